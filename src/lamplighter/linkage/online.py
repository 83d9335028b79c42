"""One report at a time, with the same model and the same functions as the batch.

The hub looks up the report's keys (:func:`lamplighter.linkage.keys.candidate_keys`)
in an indexed table, fetches the whole reports that the found records are in, and
hands both to :func:`match`. :func:`arrive` then works out the touched persons
again, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import believing, clusters, completing, grouping, ids, pipeline, relations, results
from lamplighter.linkage.believing import Believed
from lamplighter.linkage.decisions import standing
from lamplighter.linkage.features import Features, prepare
from lamplighter.linkage.model import Model


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a new report changes. ``pairs``: the new pairs. ``persons``: everybody in the touched
    components. ``changes``, ``memory``: as in :class:`results.LinkResult`, of those persons.
    ``report_pairs``: the new reports beside the others."""

    pairs: pl.DataFrame
    persons: pl.DataFrame
    changes: pl.DataFrame
    memory: pl.DataFrame
    report_pairs: pl.DataFrame


def match(
    new_people: pl.DataFrame,
    candidates: pl.DataFrame,
    model: Model,
    *,
    reports: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Pairs of ``new_people`` among themselves and with ``candidates``, with ``PAIRS_SCHEMA``.

    Both are people as in the schema of records. ``candidates`` should hold the whole of every
    report that shares a key with the new one: what the other party says counts. ``reports`` holds
    the reports of both, for dates, kind of matter and references. Weights are those of the batch.
    """
    believed = _believed(new_people, candidates, model, reports)
    return _frame(believed, _touching(believed, set(new_people["record_id"])))


def arrive(
    new_people: pl.DataFrame,
    neighbours: pl.DataFrame,
    model: Model,
    *,
    reports: pl.DataFrame | None = None,
    stored_pairs: pl.DataFrame | None = None,
    decisions: pl.DataFrame | None = None,
    previous_ids: pl.DataFrame | None = None,
) -> Arrival:
    """Match a new report and work out the touched persons again.

    ``neighbours``: people of every report that shares a key with the new one, and every record of
    the persons these belong to. ``stored_pairs``: the stored pairs among them. ``decisions`` and
    ``previous_ids``: of them, or all. The result does not depend on the order in which reports
    arrive, except where a neighbour was not handed in (a key too common to be looked up).
    """
    new = set(new_people["record_id"])
    believed = _believed(new_people, neighbours, model, reports)
    record_ids, weighed = believed.features.record_ids, believed.weighed
    at = _touching(believed, new)
    fresh = _frame(believed, at)
    every = fresh if stored_pairs is None else _newest(fresh, stored_pairs)
    touched = component(every, new, decisions)
    named = resolve_component(every, touched, decisions, previous_ids, model)
    frame = believed.parts.with_columns(
        a=record_ids.gather(weighed.left), b=record_ids.gather(weighed.right)
    ).with_columns(left_record=pl.min_horizontal("a", "b"), right_record=pl.max_horizontal("a", "b"))
    persons = _all_persons(record_ids, named.persons, previous_ids)
    told = relations.report_pairs(
        every, frame.filter(pl.Series(at)), persons, believed.features, model,
        standing(decisions).not_same,
    )  # fmt: skip
    return Arrival(fresh, named.persons, named.changes, named.memory, told)


def component(pairs: pl.DataFrame, records: Iterable[str], decisions: pl.DataFrame | None = None) -> set[str]:
    """``records`` and everybody whom pairs over evens, or decisions, join to them through any chain."""
    force = standing(decisions)
    joined = pairs.filter(pl.col("match_weight") >= 0).select("left_record", "right_record")
    edges = [*joined.iter_rows(), *force.same]
    start = set(records)
    names = sorted(start | {r for e in edges for r in e})
    number = {r: i for i, r in enumerate(names)}
    array = np.array([[number[a], number[b]] for a, b in edges], dtype=np.int64).reshape(-1, 2)
    label = grouping.components(len(names), array[:, 0], array[:, 1])
    wanted = {int(label[number[r]]) for r in start}
    return {r for r in names if int(label[number[r]]) in wanted}


def resolve_component(
    pairs: pl.DataFrame,
    records: Iterable[str],
    decisions: pl.DataFrame | None,
    previous_ids: pl.DataFrame | None,
    model: Model,
) -> ids.Named:
    """Persons of the touched component alone (see :func:`component`), and of nobody else.

    ``records`` of persons that reach outside the component are taken along whole, so that no id is
    decided on half a person.
    """
    chosen = set(records)
    memory = previous_ids
    if memory is not None:
        persons = set(memory.filter(pl.col("record_id").is_in(list(chosen)))["person_id"])
        memory = memory.filter(pl.col("person_id").is_in(list(persons)))
        chosen |= set(memory.filter("current")["record_id"])
    frame = pl.DataFrame({"record_id": sorted(chosen)}, schema={"record_id": pl.String()})
    return clusters.resolve(frame, pairs, decisions, memory, link_at=model.bands.link_at)


def _believed(
    new_people: pl.DataFrame, others: pl.DataFrame, model: Model, reports: pl.DataFrame | None
) -> Believed:
    people = pl.concat([new_people, others], how="diagonal_relaxed").unique("record_id", keep="first")
    features: Features = prepare(people.sort("record_id"), reports)
    return believing.of_reports(features, model, completing.references(features, reports))


def _touching(believed: Believed, records: set[str]) -> npt.NDArray[np.bool_]:
    """Which pairs have one of ``records``."""
    named = believed.features.record_ids.is_in(list(records)).to_numpy()
    return np.asarray(named[believed.weighed.left] | named[believed.weighed.right])


def _frame(believed: Believed, at: npt.NDArray[np.bool_]) -> pl.DataFrame:
    return results.pairs_frame(
        believed.features.record_ids,
        believed.weighed,
        believed.context,
        believed.parts["kind"],
        pipeline.holds(believed),
        believed.model,
        at,
    ).sort("left_record", "right_record")


def _newest(fresh: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    on = ["left_record", "right_record"]
    kept = stored.join(fresh.select(on), on=on, how="anti")
    return pl.concat([fresh, kept.select(fresh.columns)]).sort(on)


def _all_persons(record_ids: pl.Series, persons: pl.DataFrame, memory: pl.DataFrame | None) -> pl.DataFrame:
    """Persons of everybody in sight: those worked out now, else those of before."""
    if memory is None:
        return persons
    before = memory.filter("current").select("record_id", "person_id")
    rest = before.join(persons, on="record_id", how="anti").join(
        record_ids.to_frame("record_id"), on="record_id", how="semi"
    )
    return pl.concat([persons, rest])
