"""The linkage run over a few reports: the same functions as over everything, on the part that was touched.

Pairs are believed over whole reports, because the other person in a report is
evidence. Persons are settled only for the records that are *closed* under
links, decisions and persons; whoever else stands in those reports keeps the
person that they have.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.linkage import clusters, completing, ids, keys, pipeline, relations, results
from lamplighter.linkage.decisions import standing
from lamplighter.linkage.features import prepare
from lamplighter.linkage.fitting import probability
from lamplighter.linkage.levels import NULL_LEVEL
from lamplighter.linkage.model import Model
from lamplighter.records.schema import Bundle


@dataclass(frozen=True, slots=True)
class Settled:
    """Persons of the closed records, and relations among the reports; ``links`` as in ``linkage.results``."""

    links: pl.DataFrame
    persons: pl.DataFrame
    memory: pl.DataFrame
    changes: pl.DataFrame
    report_pairs: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Every pair among the reports, scored under one model."""

    believed: pipeline.Believed
    model: Model

    @property
    def links(self) -> pl.DataFrame:
        """The pairs worth keeping, with their bars."""
        b = self.believed
        keep = probability(b.bits) >= pipeline.LEAST_PROBABILITY_KEPT
        kept = keep | pipeline._asked(b)
        record_ids = b.features["record_id"]
        return results.pairs_frame(record_ids, b.scored, b.context, b.frame["kind"], self.model, kept)


def believe(bundle: Bundle, model: Model) -> Beliefs:
    """Score the pairs among these reports."""
    features = prepare(bundle["people"].sort("record_id"), bundle["reports"])
    references = completing.references(features, bundle["reports"])
    found = keys.candidate_pairs(features)
    return Beliefs(pipeline.believe(features, found, references, model), model)


def settle(
    beliefs: Beliefs,
    *,
    closed: Collection[str],
    decisions: pl.DataFrame,
    memory: pl.DataFrame | None,
    others: dict[str, str],
) -> Settled:
    """Persons of the ``closed`` records. ``others`` gives the person of everybody else in the reports."""
    b, model = beliefs.believed, beliefs.model
    record_ids = b.features["record_id"]
    rows = {r: i for i, r in enumerate(record_ids)}
    force = standing(decisions)
    evidence = clusters.Evidence(
        b.scored.pairs,
        b.scored.weights,
        b.scored.levels != NULL_LEVEL,
        b.context.prior + b.context.shared + b.context.described,
    )
    link_at = float(np.log2(model.bands.link_at / (1 - model.bands.link_at)))
    must = [(rows[x], rows[y]) for x, y in force.same if x in rows and y in rows]
    apart = [(rows[x], rows[y]) for x, y in force.not_same if x in rows and y in rows]
    label = clusters.group(
        len(record_ids),
        evidence,
        link_at=link_at,
        must=must,
        cannot=[*apart, *pipeline.impossible(b, force, rows)],
    )
    inside = record_ids.to_frame().with_columns(g=label).filter(pl.col("record_id").is_in(list(closed)))
    groups = inside.group_by("g").agg("record_id")["record_id"].to_list()
    named = ids.name(groups, memory, force)
    everybody = {**others, **dict(named.persons.iter_rows())}
    # Somebody listed here for the first time, and of no concern to the closed records, is a person alone.
    everybody |= {r: f"?{r}" for r in record_ids if r not in everybody}
    persons = pl.DataFrame(sorted(everybody.items()), schema=ids.PERSONS_SCHEMA, orient="row")
    frame = b.frame.with_columns(
        a=record_ids.gather(b.scored.pairs[:, 0]), b=record_ids.gather(b.scored.pairs[:, 1])
    ).with_columns(left_record=pl.min_horizontal("a", "b"), right_record=pl.max_horizontal("a", "b"))
    links = _with_bars_of_persons(beliefs, persons)
    told = relations.report_pairs(links, frame, persons, b.features, model, force.not_same)
    return Settled(links, named.persons, named.memory, named.changes, told)


def _with_bars_of_persons(beliefs: Beliefs, persons: pl.DataFrame) -> pl.DataFrame:
    """Pairs worth keeping, and every pair that ended up in one person however weak it is."""
    b = beliefs.believed
    record_ids = b.features["record_id"]
    who = dict(persons.iter_rows())
    person = np.array([who[r] for r in record_ids], dtype=object)
    one = person[b.scored.pairs[:, 0]] == person[b.scored.pairs[:, 1]]
    keep = (probability(b.bits) >= pipeline.LEAST_PROBABILITY_KEPT) | pipeline._asked(b) | one
    return results.pairs_frame(record_ids, b.scored, b.context, b.frame["kind"], beliefs.model, keep)
