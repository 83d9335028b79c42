"""From people in reports to persons, and to what each two reports have in common."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import (
    believing,
    clusters,
    completing,
    dyads,
    fitting,
    fitting_reports,
    grouping,
    ids,
    relations,
    results,
)
from lamplighter.linkage.believing import Believed
from lamplighter.linkage.decisions import standing
from lamplighter.linkage.features import prepare
from lamplighter.linkage.results import LinkResult
from lamplighter.linkage.settings import EPOCH, Asked, chosen_bands, notes

LEAST_PROBABILITY_KEPT = 0.001
REPORTS_BUDGET = 0.02


def linked_reports(people: pl.DataFrame, reports: pl.DataFrame | None, asked: Asked) -> LinkResult:
    """Persons of people in reports, and which reports have the same victim and suspect."""
    if "record_id" in people.columns:
        people = people.sort("record_id")
    asked.progress("Preparing the records")
    features = prepare(people, reports)
    references = completing.references(features, reports)
    day = asked.day or _last_day(reports)
    model = asked.model
    if model is None:
        asked.progress("Learning from the records")
        model = fitting_reports.fit(features, references, day, asked.secret)
    asked.progress("Comparing records")
    believed = believing.of_reports(features, model, references)
    if asked.model is None:
        budget = REPORTS_BUDGET if asked.false_link_budget is None else asked.false_link_budget
        model = replace(model, bands=chosen_bands(believed.bits, budget, day)).named()
        believed = replace(believed, weigher=believed.weigher.under(model))
    asked.progress("Finding persons")
    return settle(believed, asked.decisions, asked.previous_ids, asked.previous_links)


def _last_day(reports: pl.DataFrame | None) -> dt.date:
    """The day of the newest report: a fit is dated by its data, not by the clock."""
    if reports is None or "reported_at" not in reports.columns:
        return EPOCH
    last = reports["reported_at"].max()
    return last.date() if isinstance(last, dt.datetime) else EPOCH


def settle(
    believed: Believed,
    decisions: pl.DataFrame | None,
    previous_ids: pl.DataFrame | None,
    previous_links: pl.DataFrame | None = None,
) -> LinkResult:
    """Persons and pairs of reports from beliefs about people in reports, and decisions."""
    features, weighed, context, model = (
        believed.features, believed.weighed, believed.context, believed.model,
    )  # fmt: skip
    frame = believed.parts
    record_ids = features.record_ids
    force = standing(decisions)
    placed = frame.with_columns(
        a=record_ids.gather(weighed.left), b=record_ids.gather(weighed.right)
    ).with_columns(left_record=pl.min_horizontal("a", "b"), right_record=pl.max_horizontal("a", "b"))
    kept = clusters.kept_pairs(placed, believed.bits, previous_links, model.bands.link_at)
    hold = _with_kept(holds(believed), kept)
    evidence = clusters.from_beliefs(weighed, context.total, model)
    label = clusters.grouped(record_ids, evidence, hold, force, model.bands.link_at)
    named = ids.name(clusters.members(record_ids, label), previous_ids, force)
    # Whatever shares a component is kept, so that persons can be worked out again from the pairs.
    linked = believed.bits >= 0
    piece = grouping.components(len(features), weighed.left[linked], weighed.right[linked])
    keep = (piece[weighed.left] == piece[weighed.right]) | _asked(believed)
    keep |= fitting.probability(believed.bits) >= LEAST_PROBABILITY_KEPT
    pairs = results.pairs_frame(record_ids, weighed, context, frame["kind"], hold, model, keep)
    placed = placed.with_columns(groups=pl.Series(grouping.between(label, evidence)))
    told = relations.report_pairs(pairs, placed, named.persons, features, model, force.not_same)
    return LinkResult(
        model=model,
        pairs=pairs.sort("left_record", "right_record"),
        persons=named.persons,
        person_changes=named.changes,
        report_pairs=told,
        memory=named.memory,
        conflicts=force.conflicts,
        notes=notes(believed, len(np.unique(label))),
        taken_for={},
    )


def _asked(believed: Believed) -> npt.NDArray[np.bool_]:
    """Suspect pairs of two reports that may have the same victim: their 'no' is an answer too."""
    at = believed.parts.with_columns(bits=believed.bits)
    victims = (
        at.filter((pl.col("kind") == "victim") & (pl.col("bits") >= 0)).select("rep_l", "rep_r").unique()
    )
    hit = at.join(
        victims.with_columns(v=pl.lit(True)), on=["rep_l", "rep_r"], how="left", maintain_order="left"
    )
    return ((hit["kind"] == "suspect") & hit["v"].fill_null(False)).to_numpy()


def _with_kept(hold: pl.Series, kept: npt.NDArray[np.bool_]) -> pl.Series:
    frame = pl.DataFrame({"hold": hold, "kept": kept})
    stays = pl.col("kept") & pl.col("hold").is_null()
    return frame.select(hold=pl.when(stays).then(pl.lit(results.KEPT)).otherwise("hold"))["hold"]


def holds(believed: Believed) -> pl.Series:
    """Why the model may not link a pair: 'barred' for the victim and the suspect of one report, and
    for two suspects of one report unless they are plainly one entry made twice; 'unnamed' for
    suspects of whom nothing tells who they are."""
    roles = pl.col("part_l") + pl.col("part_r")
    barred = (pl.col("kind") == "within") & (
        roles.is_in(["VS", "SV"]) | (roles.is_in(["SS", "VV", "SO", "OS"]) & (pl.col("bits") < 0))
    )
    frame = believed.parts.with_columns(
        bits=believed.bits, unnamed=pl.Series(dyads.unnamed_pairs(believed.parts))
    )
    return frame.select(
        hold=pl.when(barred)
        .then(pl.lit(results.BARRED))
        .when(pl.col("unnamed"))
        .then(pl.lit(results.UNNAMED))
    )["hold"]
