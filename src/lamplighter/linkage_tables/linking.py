"""Link any table of people, a person a row: from records to persons."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.arrays.pair_ids import pairs_of
from lamplighter.linkage.blocking import blocking_rules, candidate_pairs, recall_estimate
from lamplighter.linkage.blocking.candidate_pairs import Hashed, Limits
from lamplighter.linkage.clustering import cluster_evidence, cluster_weights, clusters, stable_ids
from lamplighter.linkage.clustering.decisions import standing
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.comparisons.comparison_levels import Extra, comparisons, kinds
from lamplighter.linkage.dyads.dyad_evidence import KINDS
from lamplighter.linkage.dyads.weighed_pairs import Believed
from lamplighter.linkage.explain import pair_bars
from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.linkage.model import training
from lamplighter.linkage.model.level_weights import level_weights
from lamplighter.linkage.model.parameters import (
    STARTING_MATTER,
    STARTING_RELATION,
    Model,
    starting_bands,
    starting_priors,
)
from lamplighter.linkage.model.training import Fitted
from lamplighter.linkage.results import LinkResult
from lamplighter.linkage.settings import EPOCH, Asked, bands_of_table, notes
from lamplighter.linkage.thresholds import LOWEST_BAR, LOWEST_BAR_OF_A_TABLE
from lamplighter.linkage_tables import weighed_pairs
from lamplighter.linkage_tables.column_roles.no_identifiers import warn_of_payments, warn_unless_told
from lamplighter.linkage_tables.column_roles.reading import Understood

Bits = npt.NDArray[np.float64]
MANY = 100_000
"""In a table of more records keys that are common are narrowed so far that finer ones are worth having."""


def default_pairs(records: int) -> float:
    """Tell how many pairs to look at for each record of a table, at most: 12 in a small one, 6 in a large
    one, and 8 in one of ten million, where more people have a value in common."""
    fewer = np.clip(12 * (50_000 / max(records, 1)) ** 0.25, 6, 12)
    return float(fewer * max(records / 1_000_000, 1.0) ** 0.125)


def linked_table(table: Understood, asked: Asked) -> LinkResult:
    """Persons of a table of people, as it was understood."""
    asked.progress("Preparing the records")
    warn_of_payments(table.taken_for)
    ids = table.people["record_id"]
    features = prepare(table.people if ids.is_sorted() else table.people.sort("record_id"))
    if asked.model is not None:
        with ThreadPoolExecutor(2) as pool:
            return _persons(features, asked.model, table, asked, pool).result
    return _learned(features, table, asked)


def _learned(features: Features, table: Understood, asked: Asked) -> LinkResult:
    """Persons under a model that is fitted to the records."""
    asked.progress("Learning from the records")
    many, few = len(features) > MANY, len(features) <= weighed_pairs.FEW
    keys = blocking_rules.usable(features, table.extras, many=many, few=few)
    if not keys and len(features) > 1:
        warn_unless_told(table.taken_for)
    fitted = training.fit(features, comparisons(table.extras), keys, asked.secret)
    model = _model_of_table(fitted, len(features), table.extras, asked.day or EPOCH)
    with ThreadPoolExecutor(2) as pool:
        # What nobody waits for yet is worked out while pairs are compared.
        pool.submit(model.frequencies.hidden)
        found = _persons(features, model, table, asked, pool, fitted)
        found.result.notes["keys"] = fitted.yields
        expected = found.missed.result() if found.missed else None
    if expected is not None:
        found.result.notes["recall_of_keys"] = _recall(found.believed, expected)
    return found.result


def _recall(believed: Believed, expected: recall_estimate.Expected) -> recall_estimate.Recall:
    """Tell how many of the true pairs were looked at: that keys proposed, and that others' links brought
    along."""
    if believed.looked_at == pairs_of(len(believed.features)):
        return recall_estimate.Recall(1.0, 1.0, 1.0)
    weighed, many = believed.weighed, believed.by_keys
    found = expected.among(weighed.left[:many], weighed.right[:many], len(believed.features))
    true, together = probability_of(believed.bits), believed.context.together
    assert together is not None, "Persons are known by now."
    # Whoever is there twice has no third record that could bring the two together.
    of_many = float(true[together > 0].sum()) / max(float(true.sum()), 1e-9)
    # What a key had proposed and nobody kept is no more than was proposed.
    shares = candidate_pairs.Shares(Hashed(believed.features), weighed.left[many:], weighed.right[many:])
    fresh = ~np.logical_or.reduce([shares.key(k) for k in weighed_pairs.keys_of(believed.weigher)])
    more = float(true[many:][fresh].sum()) / max(float(true[:many].sum()), 1e-9)
    return found.with_brought(more, of_many)


@dataclass(frozen=True, slots=True)
class _Found:
    believed: Believed
    result: LinkResult
    missed: Future[recall_estimate.Expected | None] | None


def _persons(
    features: Features,
    model: Model,
    table: Understood,
    asked: Asked,
    pool: ThreadPoolExecutor,
    fitted: Fitted | None = None,
) -> _Found:
    """Persons under a model; of one that was just ``fitted`` the bar is chosen too."""
    asked.progress("Comparing records")
    n = len(features)
    limits = (
        Limits.of_table(n, default_pairs(n) * n)
        if asked.pairs_a_record is None
        else Limits(pairs=asked.pairs_a_record * n)
    )
    learned = asked.model is None and n >= training.FEWEST_RECORDS
    shared = None if fitted is None else fitted.shared
    believed = weighed_pairs.of_table(features, model, limits, shared, fitted=learned)
    model = believed.model
    if asked.model is None:
        budget, day = asked.false_link_budget, asked.day or EPOCH
        lowest = LOWEST_BAR_OF_A_TABLE if n >= training.FEWEST_RECORDS else LOWEST_BAR
        bands = bands_of_table(believed.bits, budget, day, lowest)
        model = replace(model, bands=bands)
        believed = replace(believed, weigher=believed.weigher.under(model))
    # A model is named by a hash of all that it holds, which nobody waits for yet; nor for what keys missed.
    naming = pool.submit(model.named if asked.model is None else lambda: model)
    missed = pool.submit(recall_estimate.expected, fitted.proposed) if fitted and fitted.proposed else None
    asked.progress("Finding persons")
    result, believed = _settled_table(believed, table, asked, naming, pool)
    result.notes["weights"] = level_weights(
        believed.model.mixture, believed.model.table, kinds(), features.has, believed.weighed.levels
    )
    return _Found(replace(believed, weigher=believed.weigher.under(result.model)), result, missed)


def _model_of_table(fitted: Fitted, records: int, extras: tuple[Extra, ...], day: dt.date) -> Model:
    groups = range(len(fitted.odds))
    asked = fitted.sources.pairs()
    sources = {fitted.sources.name(g): fitted.odds[g] / (1 + fitted.odds[g]) for g in groups if asked[g] > 0}
    return Model(
        mixture=fitted.mixture,
        frequencies=fitted.shared.frequencies,
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
    asked: Asked,
    naming: Future[Model],
    pool: ThreadPoolExecutor,
) -> tuple[LinkResult, Believed]:
    """Persons of a table, and what is believed of its pairs once these are known. Without a memory or
    decisions, a person is called by their first record. The model comes with its name from ``naming``."""
    weighed, model, names = believed.weighed, believed.model, believed.features.record_ids
    force = standing(asked.decisions)
    hold = pl.Series([None], dtype=weight_bars.HOLD).new_from_index(0, len(weighed))
    evidence = cluster_evidence.OfWeighed.whole(believed.weigher, weighed, believed.context.total)
    label = clusters.grouped(
        names, evidence, cluster_evidence.Holds.none(len(hold)), force, model.bands.link_at
    ).label

    def called() -> stable_ids.Named:
        if asked.previous_ids is None and asked.decisions is None:
            return stable_ids.by_first(names, label)
        return stable_ids.name(clusters.members(names, label), asked.previous_ids, force)

    calling = pool.submit(called)
    together = cluster_weights.together(label, evidence, believed.bits, model.bands, groups=True)
    believed = replace(believed, context=replace(believed.context, together=together))
    kind, model = np.full(len(weighed), KINDS["other"], dtype=np.int8), naming.result()
    pairs = pair_bars.pairs_frame(
        believed.weigher.under(model), weighed, believed.context, kind, hold,
        explained=weight_bars.with_bars(len(weighed), asked.explained),
    )  # fmt: skip
    named = calling.result()
    result = LinkResult(
        model=model,
        pairs=pairs,
        persons=named.persons,
        person_changes=named.changes,
        report_pairs=pl.DataFrame(schema=weight_bars.REPORT_PAIRS_SCHEMA),
        memory=named.memory,
        conflicts=force.conflicts,
        notes=notes(believed, int(np.count_nonzero(np.bincount(label)))),
        taken_for=table.taken_for,
        record_ids=table.people["record_id"],
    )
    return result, believed
