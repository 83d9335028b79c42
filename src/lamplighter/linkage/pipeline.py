"""From a bundle, or from any table of people, to persons and pairs, in one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import (
    believing,
    blocking,
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
from lamplighter.linkage.believing import LOWEST_BAR_OF_A_TABLE, Believed
from lamplighter.linkage.blocking import Limits
from lamplighter.linkage.columns import Said, Understood, frame_of, understood
from lamplighter.linkage.decisions import standing
from lamplighter.linkage.features import prepare
from lamplighter.linkage.fitting import Fitted
from lamplighter.linkage.levels import Extra, comparisons, kinds
from lamplighter.linkage.model import (
    STARTING_MATTER,
    STARTING_RELATION,
    Bands,
    Model,
    starting_bands,
    starting_priors,
)
from lamplighter.linkage.results import LinkResult
from lamplighter.linkage.weights import level_weights

Bits = npt.NDArray[np.float64]
Progress = Callable[[str], None]
LEAST_PROBABILITY_KEPT = 0.001
MOST_EXPLAINED = 200_000
EPOCH = dt.date(1970, 1, 1)
REPORTS_BUDGET, TABLE_BUDGET = 0.02, 0.05
LOWEST_BAR = 0.5
"""The lowest bar that is ever chosen for reports. Of a table by itself it is lower: groups that hold together
by their average link are right more often than their weakest one says, and a statistic accuses nobody."""
DECIDE_AT = 0.05


def silent(step: str) -> None:
    """Progress that nobody watches."""


def link(
    bundle: Mapping[str, pl.DataFrame] | pl.DataFrame,
    *,
    columns: Said = None,
    decisions: pl.DataFrame | None = None,
    model: Model | None = None,
    as_at: dt.date | dt.datetime | None = None,
    previous_ids: pl.DataFrame | None = None,
    previous_links: pl.DataFrame | None = None,
    false_link_budget: float | None = None,
    pairs_a_record: float | None = None,
    secret: bytes = b"",
    progress: Progress = silent,
) -> LinkResult:
    """Who is who, and which reports have the same victim and suspect.

    Args:
        bundle: ``people`` and ``reports`` as in the schema of records; or any table of people.
        columns: which column of a table is what (see :func:`lamplighter.linkage.columns.understood`); guessed
            from their names and contents where it is not said.
        decisions: the append-only log of :mod:`lamplighter.linkage.decisions`; only those made up to
            ``as_at`` count.
        model: a fitted model; without one a model is fitted to the data.
        previous_ids: the ``memory`` of an earlier result.
        previous_links: pairs of people in reports that were linked then (left_record, right_record). They
            stay linked a little below the level at which two records join (``clusters.STAYS``).
        false_link_budget: the share of false links to bear: 0.02 for reports, 0.05 for a table, unless said.
        pairs_a_record: how many pairs to look at for each record of a table; see :func:`default_pairs`.
        secret: what a new model hashes the values with that it remembers.
        progress: told what is being done.

    Deterministic: the same input gives the same output, whatever the order of the rows.

    Raises:
        ValueError: ids are missing or repeated, or a column is not there.
    """
    day = as_at.date() if isinstance(as_at, dt.datetime) else as_at
    if decisions is not None and as_at is not None:
        until = as_at if isinstance(as_at, dt.datetime) else dt.datetime.combine(as_at, dt.time.max)
        decisions = decisions.filter(pl.col("at") <= until)
    settings = _Settings(
        decisions,
        model,
        day,
        previous_ids,
        previous_links,
        false_link_budget,
        pairs_a_record,
        secret,
        progress,
    )
    people, reports = _frames(bundle)
    if reports is not None or (columns is None and {"report_id", "role"} <= set(people.columns)):
        return _linked_reports(people, reports, settings)
    return _linked_table(understood(people, columns), settings)


@dataclass(frozen=True, slots=True)
class _Settings:
    """What :func:`link` was asked for."""

    decisions: pl.DataFrame | None
    model: Model | None
    day: dt.date | None
    previous_ids: pl.DataFrame | None
    previous_links: pl.DataFrame | None
    false_link_budget: float | None
    pairs_a_record: float | None
    secret: bytes
    progress: Progress


def _frames(bundle: Mapping[str, pl.DataFrame] | pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    if isinstance(bundle, Mapping) and "people" in bundle:
        return bundle["people"], bundle.get("reports")
    return frame_of(bundle), None


def _last_day(reports: pl.DataFrame | None) -> dt.date:
    """The day of the newest report: a fit is dated by its data, not by the clock."""
    if reports is None or "reported_at" not in reports.columns:
        return EPOCH
    last = reports["reported_at"].max()
    return last.date() if isinstance(last, dt.datetime) else EPOCH


# Reports


def _linked_reports(people: pl.DataFrame, reports: pl.DataFrame | None, asked: _Settings) -> LinkResult:
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
        notes=_notes(believed, len(np.unique(label))),
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


# Tables


def default_pairs(records: int) -> float:
    """How many pairs to look at for each record of a table, at most: 12 in a small one, 3 in ten million."""
    return float(np.clip(12 * (50_000 / max(records, 1)) ** 0.25, 3, 12))


def _linked_table(table: Understood, asked: _Settings) -> LinkResult:
    people = table.people.sort("record_id")
    asked.progress("Preparing the records")
    features = prepare(people)
    day = asked.day or EPOCH
    model, fitted = asked.model, None
    if model is None:
        asked.progress("Learning from the records")
        keys = blocking.usable(features, table.extras)
        fitted = fitting.fit(features, comparisons(table.extras), keys, asked.secret)
        model = _model_of_table(fitted, len(features), table.extras, day)
    asked.progress("Comparing records")
    n = len(features)
    limits = (
        Limits.of_table(n, default_pairs(n) * n)
        if asked.pairs_a_record is None
        else Limits(pairs=asked.pairs_a_record * n)
    )
    believed = believing.of_table(features, model, limits)
    if asked.model is None:
        budget = TABLE_BUDGET if asked.false_link_budget is None else asked.false_link_budget
        bands = chosen_bands(believed.bits, budget, day, LOWEST_BAR_OF_A_TABLE)
        model = replace(model, bands=bands).named()
        believed = replace(believed, weigher=believed.weigher.under(model))
    asked.progress("Finding persons")
    result = _settled_table(believed, table, asked.decisions, asked.previous_ids)
    result.notes["weights"] = level_weights(
        believed.model.mixture, believed.model.table, kinds(), features.has, believed.weighed.levels
    )
    if fitted is not None:
        result.notes["keys"] = fitted.yields
    if fitted is not None and (expected := fitted.expected) is not None:
        weighed = believed.weighed
        result.notes["recall_of_keys"] = expected.among(weighed.left, weighed.right, len(features))
    return result


def _model_of_table(fitted: Fitted, records: int, extras: tuple[Extra, ...], day: dt.date) -> Model:
    groups = range(len(fitted.odds))
    asked = fitted.sources.pairs()
    sources = {fitted.sources.name(g): fitted.odds[g] / (1 + fitted.odds[g]) for g in groups if asked[g] > 0}
    return Model(
        mixture=fitted.mixture,
        frequencies=fitted.frequencies,
        priors=replace(starting_priors(records / 2), other=max(fitted.matches, 1e-15)),
        sources={k: float(v) for k, v in sources.items()},
        relation=STARTING_RELATION,
        matter=STARTING_MATTER,
        bands=starting_bands(day),
        keys=fitted.keys,
        extras=extras,
        fitted_at=day.isoformat(),
        records=records,
    )


def _settled_table(
    believed: Believed,
    table: Understood,
    decisions: pl.DataFrame | None,
    previous_ids: pl.DataFrame | None,
) -> LinkResult:
    """Persons of a table. Without a memory or decisions, a person is called by their first record."""
    weighed, model, names = believed.weighed, believed.model, believed.features.record_ids
    force = standing(decisions)
    hold = pl.Series([None], dtype=pl.String()).new_from_index(0, len(weighed))
    evidence = clusters.from_beliefs(weighed, believed.context.total, model)
    label = clusters.grouped(names, evidence, hold, force, model.bands.link_at)
    if previous_ids is None and decisions is None:
        named = ids.by_first(names, label)
    else:
        named = ids.name(clusters.members(names, label), previous_ids, force)
    kinds = pl.Series(["other"]).new_from_index(0, len(weighed))
    pairs = results.pairs_frame(
        names, weighed, believed.context, kinds, hold, model, np.ones(len(weighed), dtype=bool),
        explained=len(weighed) <= MOST_EXPLAINED,
    )  # fmt: skip
    return LinkResult(
        model=model,
        pairs=pairs,
        persons=named.persons,
        person_changes=named.changes,
        report_pairs=pl.DataFrame(schema=results.REPORT_PAIRS_SCHEMA),
        memory=named.memory,
        conflicts=force.conflicts,
        notes=_notes(believed, len(np.unique(label))),
        taken_for=table.taken_for,
    )


# Both


def chosen_bands(bits: Bits, budget: float, day: dt.date, lowest: float = LOWEST_BAR) -> Bands:
    """The lowest bar, not under ``lowest``, at which the expected share of false links is in budget."""
    p = np.sort(fitting.probability(bits))[::-1]
    p = p[p >= lowest]
    decide_at = min(DECIDE_AT, lowest / 2)
    if not len(p):
        return Bands(lowest, decide_at, budget, day.isoformat())
    within = np.flatnonzero(np.cumsum(1 - p) / np.arange(1, len(p) + 1) <= budget)
    taken = int(within[-1]) + 1 if len(within) else 0
    if taken == len(p):
        link_at = lowest
    elif taken:
        # Just under the weakest link that fits, so that rounding does not cut it off.
        link_at = float(p[taken - 1]) - 1e-9
    else:
        link_at = 1 - budget
    return Bands(max(lowest, link_at), decide_at, budget, day.isoformat())


def _notes(believed: Believed, persons: int) -> dict[str, Any]:
    p, bands = fitting.probability(believed.bits), believed.model.bands
    linked = p >= bands.link_at
    return {
        "records": len(believed.features),
        "pairs_looked_at": believed.looked_at,
        "pairs_scored": len(p),
        "pairs_linked": int(linked.sum()),
        "pairs_to_decide": int(((p >= bands.decide_at) & ~linked).sum()),
        "expected_false_links": float((1 - p[linked]).sum()),
        "persons": persons,
    }
