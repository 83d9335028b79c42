"""From a bundle to persons and pairs of reports, in one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import (
    clusters,
    completing,
    dyads,
    fitting,
    grouping,
    keys,
    pairing,
    relations,
    results,
)
from lamplighter.linkage.decisions import standing
from lamplighter.linkage.features import prepare
from lamplighter.linkage.levels import NULL_LEVEL
from lamplighter.linkage.model import Bands, Model
from lamplighter.linkage.results import LinkResult
from lamplighter.linkage.scoring import Pool, Scored

LEAST_PROBABILITY_KEPT = 0.001
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Believed:
    """All scored pairs of a set of records under one model."""

    features: pl.DataFrame
    scored: Scored
    frame: pl.DataFrame
    context: dyads.Context

    @property
    def bits(self) -> npt.NDArray[np.float64]:
        """Log-odds of every pair in bits."""
        return np.asarray(self.scored.evidence + self.context.total)


def link(
    bundle: Mapping[str, pl.DataFrame] | pl.DataFrame,
    *,
    decisions: pl.DataFrame | None = None,
    model: Model | None = None,
    as_at: dt.date | dt.datetime | None = None,
    previous_ids: pl.DataFrame | None = None,
    false_link_budget: float = 0.02,
) -> LinkResult:
    """Who is who, and which reports have the same victim and suspect.

    ``bundle`` holds ``people`` and ``reports``; a plain frame of people does too (see
    :func:`lamplighter.linkage.features.prepare` for its columns). ``decisions`` is the
    append-only log of :mod:`lamplighter.linkage.decisions`; only those made up to ``as_at`` count.
    Without ``model`` one is fitted to the data. ``previous_ids`` is the ``memory`` of an earlier
    result. Deterministic: the same input gives the same output, whatever the order of the rows.
    """
    people, reports = _frames(bundle)
    day = as_at.date() if isinstance(as_at, dt.datetime) else as_at
    if decisions is not None and as_at is not None:
        until = as_at if isinstance(as_at, dt.datetime) else dt.datetime.combine(as_at, dt.time.max)
        decisions = decisions.filter(pl.col("at") <= until)
    if "record_id" in people.columns:
        people = people.sort("record_id")
    features = prepare(people, reports)
    references = completing.references(features, reports)
    found = keys.candidate_pairs(features)
    pool = Pool(features)
    try:
        if model is None:
            started = fitting.start(features, day or _last_day(reports))
            pairs = widened(pool, found, started, references)
            model = fitting.fit(pool, pairs, references, started=started)
            believed = believe(pool, found, references, model)
            bands = chosen_bands(believed.bits, false_link_budget, day or _last_day(reports))
            model = replace(model, bands=bands).named()
        else:
            believed = believe(pool, found, references, model)
    finally:
        pool.close()
    return settle(believed, model, decisions, previous_ids)


def _frames(bundle: Mapping[str, pl.DataFrame] | pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    if isinstance(bundle, pl.DataFrame):
        return bundle, None
    return bundle["people"], bundle.get("reports")


def _last_day(reports: pl.DataFrame | None) -> dt.date:
    """The day of the newest report: a fit is dated by its data, not by the clock."""
    if reports is None or "reported_at" not in reports.columns:
        return EPOCH
    last = reports["reported_at"].max()
    return last.date() if isinstance(last, dt.datetime) else EPOCH


def widened(
    pool: Pool, found: npt.NDArray[np.int64], model: Model, references: pl.DataFrame
) -> npt.NDArray[np.int64]:
    """``found`` and the pairs that pairs of reports propose (see :mod:`completing`)."""
    scored = pool.score(found, model)
    frame = pairing.pair_frame(pool.features, found, scored.levels, scored.evidence)
    asked = completing.report_pairs(pool.features, frame, model, references)
    return completing.union(found, completing.completed(pool.features, asked))


def believe(pool: Pool, found: npt.NDArray[np.int64], references: pl.DataFrame, model: Model) -> Believed:
    """Score everything that ``found``, two reports together or a component of links proposes."""
    features = pool.features
    pairs = widened(pool, found, model, references)
    for _ in range(2):
        scored = pool.score(pairs, model)
        frame = pairing.pair_frame(features, pairs, scored.levels, scored.evidence)
        believed = Believed(features, scored, frame, dyads.contexts(frame, model, references))
        absent = grouping.absent_pairs(features.height, pairs[believed.bits >= 0], pairs)
        if not len(absent):
            break
        pairs = completing.union(pairs, absent)
    return believed


def chosen_bands(bits: npt.NDArray[np.float64], budget: float, day: dt.date) -> Bands:
    """The lowest bar, not under evens, at which the expected share of false links is in budget."""
    p = np.sort(fitting.probability(bits))[::-1]
    p = p[p >= 0.5]
    if not len(p):
        return Bands(0.5, 0.05, budget, day.isoformat())
    false_share = np.cumsum(1 - p) / np.arange(1, len(p) + 1)
    within = np.flatnonzero(false_share <= budget)
    link_at = float(p[within[-1]]) if len(within) else 1 - budget
    # Just under the weakest link that fits, so that rounding does not cut it off.
    return Bands(max(0.5, link_at - 1e-9), 0.05, budget, day.isoformat())


def settle(
    believed: Believed, model: Model, decisions: pl.DataFrame | None, previous_ids: pl.DataFrame | None
) -> LinkResult:
    """Persons and pairs of reports from beliefs and decisions."""
    features, scored, context = believed.features, believed.scored, believed.context
    record_ids = features["record_id"]
    force = standing(decisions)
    hold = holds(believed)
    evidence = grouping.Evidence(scored.pairs, scored.weights, scored.levels != NULL_LEVEL, context.total)
    named, label = clusters.named_groups(record_ids, evidence, hold, force, previous_ids, model.bands.link_at)
    # Whatever shares a component is kept, so that persons can be worked out again from the pairs.
    piece = grouping.components(features.height, scored.pairs[believed.bits >= 0])
    keep = (piece[scored.pairs[:, 0]] == piece[scored.pairs[:, 1]]) | _asked(believed)
    keep |= fitting.probability(believed.bits) >= LEAST_PROBABILITY_KEPT
    pairs = results.pairs_frame(record_ids, scored, context, believed.frame, hold, model, keep)
    frame = believed.frame.with_columns(
        a=record_ids.gather(scored.pairs[:, 0]), b=record_ids.gather(scored.pairs[:, 1])
    ).with_columns(left_record=pl.min_horizontal("a", "b"), right_record=pl.max_horizontal("a", "b"))
    told = relations.report_pairs(pairs, frame, named.persons, features, model, force.not_same)
    return LinkResult(
        model=model,
        pairs=pairs.sort("left_record", "right_record"),
        persons=named.persons,
        person_changes=named.changes,
        report_pairs=told,
        memory=named.memory,
        conflicts=force.conflicts,
        notes=_notes(believed, model, len(np.unique(label))),
    )


def _asked(believed: Believed) -> npt.NDArray[np.bool_]:
    """Suspect pairs of two reports that may have the same victim: their 'no' is an answer too."""
    at = believed.frame.with_columns(bits=believed.bits)
    victims = (
        at.filter((pl.col("kind") == "victim") & (pl.col("bits") >= 0)).select("rep_l", "rep_r").unique()
    )
    hit = at.join(
        victims.with_columns(v=pl.lit(True)), on=["rep_l", "rep_r"], how="left", maintain_order="left"
    )
    return ((hit["kind"] == "suspect") & hit["v"].fill_null(False)).to_numpy()


def holds(believed: Believed) -> pl.Series:
    """Why the model may not link a pair: 'barred' for the victim and the suspect of one report, and
    for two suspects of one report unless they are plainly one entry made twice; 'unnamed' for
    suspects of whom nothing tells who they are."""
    roles = pl.col("part_l") + pl.col("part_r")
    barred = (pl.col("kind") == "within") & (
        roles.is_in(["VS", "SV"]) | (roles.is_in(["SS", "VV", "SO", "OS"]) & (pl.col("bits") < 0))
    )
    frame = believed.frame.with_columns(
        bits=believed.bits, unnamed=pl.Series(dyads.unnamed_pairs(believed.frame))
    )
    return frame.select(
        hold=pl.when(barred)
        .then(pl.lit(results.BARRED))
        .when(pl.col("unnamed"))
        .then(pl.lit(results.UNNAMED))
    )["hold"]


def _notes(believed: Believed, model: Model, persons: int) -> dict[str, Any]:
    p = fitting.probability(believed.bits)
    linked = p >= model.bands.link_at
    return {
        "records": believed.features.height,
        "pairs_scored": len(p),
        "pairs_linked": int(linked.sum()),
        "pairs_to_decide": int(((p >= model.bands.decide_at) & ~linked).sum()),
        "expected_false_links": float((1 - p[linked]).sum()),
        "persons": persons,
    }
