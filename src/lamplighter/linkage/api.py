"""Link people in reports, in one call: who is who, and which reports have the same victim and suspect.

:func:`link` asks in turn for features of the records, a model where none is given, the match weights of the
candidate pairs, the persons that they come to, and what each two reports share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.arrays.pair_ids import packed
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.clustering import agglomeration, cluster_evidence, clusters, join_weights, stable_ids
from lamplighter.linkage.clustering.decisions import Standing, standing
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.dyads import dyad_frames, report_candidates, report_pairs, training, weighed_pairs
from lamplighter.linkage.dyads.weighed_pairs import Believed
from lamplighter.linkage.explain import pair_bars
from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.linkage.model.agreement_patterns import Weighed, taken
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.results import LinkResult
from lamplighter.linkage.settings import EPOCH, Asked, Progress, chosen_bands, notes
from lamplighter.linkage.thresholds import LEAST_PROBABILITY_KEPT, REPORTS_BUDGET

_WANTED = (
    "link takes people in reports: a polars table of people with report_id and role, or a mapping with the "
    "tables 'people' and 'reports'. Any other table of people is linked by lamplighter.linkage_tables.link."
)


def silent(step: str) -> None:
    """Watch nothing of the progress."""


def link(
    bundle: Any,
    *,
    decisions: pl.DataFrame | None = None,
    model: Model | None = None,
    as_at: dt.date | dt.datetime | None = None,
    previous_ids: pl.DataFrame | None = None,
    previous_links: pl.DataFrame | None = None,
    false_link_budget: float | None = None,
    secret: bytes = b"",
    progress: Progress | None = None,
) -> LinkResult:
    """Tell who is who, and which reports have the same victim and suspect.

    Args:
        bundle: ``people`` and ``reports`` as in the schema of records, or ``people`` alone.
        decisions: the append-only log of :mod:`clustering.decisions`; only those made up to
            ``as_at`` count.
        model: a fitted model; without one a model is fitted to the data.
        previous_ids: the ``memory`` of an earlier result.
        previous_links: pairs of people in reports that were linked then (left_record, right_record). They
            stay linked a little below the level at which two records join (``thresholds.STAYS``).
        false_link_budget: the share of false links to bear: unless said 0.02.
        secret: what a new model hashes the values with that it remembers.
        progress: told what is being done.

    Deterministic: the same input gives the same output, whatever the order of the rows.

    Raises:
        TypeError: what is given is no table of people in reports, or a model or a day is none.
        ValueError: ids are missing or repeated, or a column is not there.
    """
    asked = asked_for(
        decisions=decisions,
        model=model,
        as_at=as_at,
        previous_ids=previous_ids,
        previous_links=previous_links,
        false_link_budget=false_link_budget,
        secret=secret,
        progress=progress,
    )
    return linked_reports(*_frames(bundle), asked)


def asked_for(
    *,
    decisions: pl.DataFrame | None,
    model: Model | None,
    as_at: dt.date | dt.datetime | None,
    previous_ids: pl.DataFrame | None,
    previous_links: pl.DataFrame | None,
    false_link_budget: float | None,
    secret: bytes,
    progress: Progress | None,
    pairs_a_record: float | None = None,
    explained: bool | None = None,
) -> Asked:
    """Put together what a caller asks for, with the decisions that were made up to ``as_at``."""
    if as_at is not None and not isinstance(as_at, dt.date):
        raise TypeError(f"as_at is a date or a datetime, such as datetime.date(2025, 3, 1), not {as_at!r}.")
    if decisions is not None and as_at is not None:
        until = as_at if isinstance(as_at, dt.datetime) else dt.datetime.combine(as_at, dt.time.max)
        decisions = decisions.filter(pl.col("at") <= until)
    return Asked(
        decisions,
        model,
        as_at.date() if isinstance(as_at, dt.datetime) else as_at,
        previous_ids,
        previous_links,
        false_link_budget,
        pairs_a_record,
        secret,
        explained,
        progress or silent,
    )


def are_in_reports(people: pl.DataFrame) -> bool:
    """Ask whether the people of a table stand in reports, and in a part each."""
    return {"report_id", "role"} <= set(people.columns)


def _frames(bundle: Any) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    if isinstance(bundle, Mapping):
        people, reports = bundle.get("people"), bundle.get("reports")
    else:
        people, reports = bundle, None
    if not isinstance(people, pl.DataFrame) or not (reports is None or isinstance(reports, pl.DataFrame)):
        raise TypeError(_WANTED)
    if reports is None and not are_in_reports(people):
        raise TypeError(_WANTED)
    return people, reports


Bits = npt.NDArray[np.float64]


def linked_reports(people: pl.DataFrame, reports: pl.DataFrame | None, asked: Asked) -> LinkResult:
    """Persons of people in reports, and which reports have the same victim and suspect."""
    asked.progress("Preparing the records")
    features = prepare(people.sort("record_id") if "record_id" in people.columns else people, reports)
    references = report_candidates.references(features, reports)
    day = asked.day or _last_day(reports)
    model = asked.model
    if model is None:
        asked.progress("Learning from the records")
        model = training.fit(features, references, day, asked.secret)
    force = standing(asked.decisions)
    found = settle(
        _believed(features, model, references, day, asked, force),
        force,
        asked.previous_ids,
        asked.previous_links,
    )
    return replace(found, record_ids=people["record_id"])


def _believed(
    features: Features, model: Model, references: pl.DataFrame, day: dt.date, asked: Asked, force: Standing
) -> Believed:
    """Weigh all pairs; of a model that was just fitted the bar is chosen."""
    asked.progress("Comparing records")
    said = clusters.rows_said(force.same, features.record_ids)
    believed = weighed_pairs.of_reports(features, model, references, said)
    if asked.model is None:
        budget = REPORTS_BUDGET if asked.false_link_budget is None else asked.false_link_budget
        model = replace(model, bands=chosen_bands(believed.bits, budget, day)).named()
        believed = replace(believed, weigher=believed.weigher.under(model))
    asked.progress("Finding persons")
    return believed


def _last_day(reports: pl.DataFrame | None) -> dt.date:
    """Return the day of the newest report: a fit is dated by its data, not by the clock."""
    if reports is None or "reported_at" not in reports.columns:
        return EPOCH
    last = reports["reported_at"].max()
    return last.date() if isinstance(last, dt.datetime) else EPOCH


def settle(
    believed: Believed,
    force: Standing,
    previous_ids: pl.DataFrame | None,
    previous_links: pl.DataFrame | None = None,
) -> LinkResult:
    """Persons and pairs of reports from beliefs about people in reports, and decisions."""
    kept = _kept(believed, force, previous_links)
    said = notes(believed, len(np.unique(kept.label)))
    # What is not kept goes before words are made of the rest.
    believed = kept.believed
    names, model, frame = believed.features.record_ids, believed.model, believed.parts
    named = stable_ids.name(clusters.members(names, kept.label), previous_ids, force)
    pairs = pair_bars.pairs_frame(
        believed.weigher, believed.weighed, believed.context, dyad_frames.kind_of(frame), kept.hold
    )
    told = report_pairs.report_pairs(pairs, frame, named.persons, believed.features, model, force.not_same)
    return LinkResult(
        model=model,
        pairs=pairs,
        persons=named.persons,
        person_changes=named.changes,
        report_pairs=told,
        memory=named.memory,
        conflicts=force.conflicts,
        notes=said,
        taken_for={},
        record_ids=names,
        not_same=force.not_same,
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """``label`` (n,): the group of each record; ``believed``: the pairs that are handed on, in the order of
    the names of their records, with ``groups``, ``agreed`` and ``rivals`` in its frame; ``hold``: why each is
    held."""

    label: Rows
    believed: Believed
    hold: pl.Series


def _kept(believed: Believed, force: Standing, previous_links: pl.DataFrame | None) -> _Kept:
    names, weighed, bits = believed.features.record_ids, believed.weighed, believed.bits
    link_at = believed.model.bands.link_at
    stays = clusters.kept_pairs(names, weighed, bits, previous_links, link_at)
    hold = _with_kept(holds(believed), stays)
    context = believed.context
    evidence = cluster_evidence.OfWeighed.whole(believed.weigher, weighed, context.total, context.related)
    held = cluster_evidence.Holds.of(hold, believed.parts["identified"].to_numpy())
    found = clusters.grouped(names, evidence, held, force, link_at)
    keep = _worth_keeping(believed, bits, force)
    at = _by_names(names, weighed, np.flatnonzero(keep))
    groups = agglomeration.between(found.label, evidence, keep)[at]
    agreed = join_weights.agreed(found.label, evidence, bits)[at]
    few = replace(
        believed,
        weighed=taken(weighed, at),
        frame=believed.parts[at].with_columns(groups=groups, agreed=agreed, rivals=found.rivals[at]),
        context=believed.context.of(at),
    )
    return _Kept(found.label, few, hold.gather(at))


def _by_names(names: pl.Series, weighed: Weighed, at: Rows) -> Rows:
    """Some pairs in the order of the names of their records."""
    order = names.rank("ordinal").to_numpy().astype(np.int64) - 1
    left, right = order[weighed.left[at]], order[weighed.right[at]]
    return at[np.argsort(packed(np.minimum(left, right), np.maximum(left, right), len(names)), kind="stable")]


def _worth_keeping(believed: Believed, bits: Bits, force: Standing) -> npt.NDArray[np.bool_]:
    """Tell which pairs are handed on: what is likely enough; whatever shares a component, so that persons can
    be worked out again from the pairs; and what was asked."""
    weighed = believed.weighed
    said = clusters.rows_said(force.same, believed.features.record_ids)
    piece = weighed_pairs.hanging_together(believed, said)
    keep = (piece[weighed.left] == piece[weighed.right]) | _asked(believed, bits)
    return np.asarray(keep | (probability_of(bits) >= LEAST_PROBABILITY_KEPT))


def _asked(believed: Believed, bits: Bits) -> npt.NDArray[np.bool_]:
    """Suspect pairs of two reports that may have the same victim: their 'no' is an answer too."""
    frame, on = believed.parts, ["rep_l", "rep_r"]
    victims = frame.filter((pl.col("kind") == "victim") & pl.Series(bits >= 0)).select(on).unique()
    suspects = frame.select(*on, "kind").with_row_index("row").filter(kind="suspect")
    asked = np.zeros(len(bits), dtype=bool)
    asked[suspects.join(victims, on=on, how="semi")["row"].to_numpy()] = True
    return asked


def _with_kept(hold: pl.Series, kept: npt.NDArray[np.bool_]) -> pl.Series:
    frame = pl.DataFrame({"hold": hold, "kept": kept})
    stays = pl.col("kept") & pl.col("hold").is_null()
    return frame.select(hold=pl.when(stays).then(_why(weight_bars.KEPT)).otherwise("hold"))["hold"]


def holds(believed: Believed) -> pl.Series:
    """Tell why the model may not link a pair: 'barred' for the victim and the suspect of one report, and
    for two suspects of one report unless they are plainly one entry made twice; 'unnamed' for
    suspects of whom nothing tells who they are; 'twins' for people of one birth and home whom first names
    alone part."""
    frame = believed.parts
    unnamed = pl.Series(dyad_frames.untold_pairs(frame))
    why = pl.when(unnamed).then(_why(weight_bars.UNNAMED)).when(frame["twins"]).then(_why(weight_bars.TWINS))
    hold = pl.select(hold=why)["hold"]
    within = np.flatnonzero((frame["kind"] == "within").to_numpy())
    roles = frame[within].select(roles=pl.concat_str("part_l", "part_r"), bits=believed.bits[within])
    barred = pl.col("roles").is_in(["VS", "SV"]) | (
        pl.col("roles").is_in(["SS", "VV", "SO", "OS"]) & (pl.col("bits") < 0)
    )
    return hold.scatter(within[roles.select(barred).to_series().to_numpy()], weight_bars.BARRED)


def _why(hold: str) -> pl.Expr:
    return pl.lit(hold, dtype=weight_bars.HOLD)
