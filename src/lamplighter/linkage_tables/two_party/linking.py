"""Link a table of two-party records, in one call: from records to pairs, dyads and persons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays import components
from lamplighter.linkage.arrays.log_odds import bits_of, probability_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking.rule_selection import yields
from lamplighter.linkage.clustering import agglomeration, cluster_weights, profiles
from lamplighter.linkage.clustering.stable_ids import by_first
from lamplighter.linkage.frequencies.term_frequencies import Shared
from lamplighter.linkage.model.level_weights import level_weights
from lamplighter.linkage.settings import EPOCH, bands_of_table, checked
from lamplighter.linkage.thresholds import LEAST_PROBABILITY_KEPT, LOWEST_BAR, LOWEST_BAR_OF_A_TABLE
from lamplighter.linkage_tables.column_roles.columns import Said
from lamplighter.linkage_tables.column_roles.several_tables import one_table, rows_of, tables_of
from lamplighter.linkage_tables.inputs.any_library import frame_of
from lamplighter.linkage_tables.two_party.candidate_pairs import proposed
from lamplighter.linkage_tables.two_party.cell_model import (
    CELLS,
    CellModel,
    cells_of,
    fitted,
    kind_bits,
    log_odds,
)
from lamplighter.linkage_tables.two_party.pair_bars import explained as bars_of
from lamplighter.linkage_tables.two_party.parties import TwoParties, of_parties, two_parties
from lamplighter.linkage_tables.two_party.record_pairs import Pairs, Scene, frequencies, scene_of

Bits = npt.NDArray[np.float64]
LEAST_BITS = -8.0


@dataclass(frozen=True, slots=True)
class PairsResult:
    """Hold what :func:`link_pairs` gives.

    ``pairs``: left_record, right_record, swapped (the first party of one is the second of the other), the
    probabilities ``both``, ``first_only``, ``second_only`` and ``neither`` (they sum to 1), weight (bits of
    log-odds of ``both``), relation: the likeliest cell, or 'unclear', and levels: the bars that sum to the
    weight. ``dyads``: record_id, dyad_id.
    ``persons``: record_id, party ('first', 'second'), person_id. ``link_at``: the bar of ``both`` that the
    budget gives. ``taken_for``: what each column was taken for. ``notes``: figures about the run.
    ``record_ids``: of the records in the order in which they were handed in.
    """

    pairs: pl.DataFrame
    dyads: pl.DataFrame
    persons: pl.DataFrame
    link_at: float
    taken_for: Mapping[str, str | None]
    notes: dict[str, Any]
    record_ids: pl.Series

    def rows(self, table: Any) -> Any:
        """Return what was linked, each row with its ``dyad_id``, ``first_person_id`` and ``second_person_id``
        at the
        end: see :meth:`lamplighter.linkage.LinkResult.rows`."""
        told = self.record_ids.to_frame("record_id")
        parties = [
            self.persons.filter(party=p).select("record_id", pl.col("person_id").alias(f"{p}_person_id"))
            for p in ("first", "second")
        ]
        for frame in (self.dyads, *parties):
            told = told.join(frame, on="record_id", how="left", maintain_order="left")
        return rows_of(table, {c: told[c] for c in told.columns if c != "record_id"})

    def __repr__(self) -> str:
        n = self.notes
        return (
            f"<PairsResult: {n['records']:,} records about {n['dyads']:,} pairs of people; "
            f"{n['pairs_linked']:,} pairs of records linked from a probability of {self.link_at:.2f}>"
        )


def link_pairs(
    frame: Any,
    *,
    columns: Said = None,
    false_link_budget: float | None = None,
    explained: bool | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> PairsResult:
    """Return which records of a table are about the same two people.

    Args:
        frame: a record a row, with two people each; or several such tables, as in
            :func:`lamplighter.linkage_tables.link`.
        columns: see :func:`parties.two_parties`; guessed where it is not said.
        false_link_budget: the share of false links to bear: see :func:`lamplighter.linkage_tables.link`.
        explained: whether each pair has its bars: see :func:`lamplighter.linkage_tables.link`.
        progress: told what is being done.

    Raises:
        ColumnUnknown: a column that is not there, or no two parties to be told apart.
        ValueError: record ids are repeated, or the budget is no share.
    """
    checked(false_link_budget)
    told = two_parties(_one_frame(frame, columns), columns)
    progress("Preparing the records")
    order = told.record_ids.arg_sort()
    scene = scene_of(told, order)
    progress("Looking for candidates")
    candidates = proposed(scene)
    pairs = candidates.pairs
    shared = frequencies(scene)
    progress("Learning from the records")
    scene, model = fitted(scene, pairs, shared)
    progress("Comparing records")
    kinds_ = kind_bits(scene, pairs, shared, model)
    progress("Finding pairs of people")
    result = _settled(told, order, scene, pairs, kinds_, shared, model, false_link_budget, explained)
    belief = cells_of(kinds_, model)[:, 0]
    some = np.flatnonzero(belief > LEAST_PROBABILITY_KEPT)
    result.notes["weights"] = level_weights(
        model.mixture, scene.table, model.kinds, scene.has, scene.levels(pairs.at(some))
    )
    result.notes["keys"] = yields(candidates.keys, candidates.members(some), candidates.costs, belief[some])
    return result


def _one_frame(given: Any, columns: Said) -> pl.DataFrame:
    tables = tables_of(given)
    if tables is None:
        return frame_of(given)
    # Whoever says what the columns are speaks of them as they are.
    return one_table(tables, told=of_parties) if columns is None else one_table(tables, told=lambda _: {})


def _settled(
    told: TwoParties,
    order: pl.Series,
    scene: Scene,
    pairs: Pairs,
    bits: Bits,
    shared: tuple[Shared, Shared],
    model: CellModel,
    budget: float | None,
    explained: bool | None,
) -> PairsResult:
    ids, n = told.record_ids.gather(order), scene.n
    cells = cells_of(bits, model)
    best = _best_way(pairs, cells)
    weight = log_odds(cells[best, 0], cells[best, 1:].sum(axis=1))
    bands = bands_of_table(weight, budget, EPOCH, LOWEST_BAR_OF_A_TABLE)
    bar = bits_of(bands.link_at)
    way = pairs.at(best)
    label, evidence = _grouped(scene, way.left, way.right, weight, bar, shared, model)
    # Of two parties that are swapped little is told that the others could say more of.
    together = cluster_weights.together(label, evidence, weight, bands, exclusive=~way.swapped)
    cells_told = _raised(cells[best], weight, together)
    # A pair that says by itself what it is of is told of, whatever the others say.
    kept = np.maximum(weight, weight + together) >= LEAST_BITS
    weight = weight + together
    persons = _persons(ids, pairs, cells, n, bar)
    told_cells = cells_told[kept]
    top = told_cells.argmax(axis=1)
    frame = pl.DataFrame(
        {
            "left_record": ids.gather(way.left[kept]),
            "right_record": ids.gather(way.right[kept]),
            "swapped": way.swapped[kept],
            **{name: told_cells[:, c] for c, name in enumerate(CELLS)},
            "weight": weight[kept],
            "relation": pl.Series([*CELLS, "unclear"]).gather(
                np.where(told_cells[np.arange(len(top)), top] >= LOWEST_BAR, top, len(CELLS))
            ),
            "levels": bars_of(
                scene, way.at(np.flatnonzero(kept)), shared, model, together[kept], asked=explained
            ),
        }
    )
    dyads = by_first(ids, label).persons.rename({"person_id": "dyad_id"})
    notes = {
        "records": n,
        "pairs_looked_at": len(pairs),
        "pairs_linked": int((weight >= bar).sum()),
        "expected_false_links": float((1 - probability_of(weight[weight >= bar])).sum()),
        "dyads": int(dyads["dyad_id"].n_unique()),
    }
    taken = {
        f"{party}: {c}": f
        for party, part in (("first", told.first), ("second", told.second), ("shared", told.shared))
        for c, f in part.taken_for.items()
        if f != "record_id"
    }
    return PairsResult(frame, dyads, persons, bands.link_at, taken, notes, told.record_ids)


def _best_way(pairs: Pairs, cells: Bits) -> Rows:
    """Of the two ways round, the one that speaks more for the same two people: a row a pair of records."""
    frame = pl.DataFrame({"l": pairs.left, "r": pairs.right, "p": cells[:, 0], "at": np.arange(len(pairs))})
    best = frame.sort("l", "r", "p", descending=[False, False, True], maintain_order=True)
    return best.unique(["l", "r"], keep="first", maintain_order=True)["at"].to_numpy()


def _grouped(
    scene: Scene, left: Rows, right: Rows, weight: Bits, bar: float, shared: tuple[Shared, Shared],
    model: CellModel,
) -> tuple[Rows, profiles.Evidence]:  # fmt: skip
    """Records about the same two people: average linkage, absent pairs weighed both ways round; and the
    evidence, that of the pairs first."""
    linked = weight >= bar
    label = components.components(scene.n, left[linked], right[linked])
    a, b = components.absent_pairs(label, left, right)
    if len(a):
        more = []
        for swapped in (False, True):
            absent = Pairs.plain(a, b, np.full(len(a), swapped))
            cells = cells_of(kind_bits(scene, absent, shared, model), model)
            more.append(log_odds(cells[:, 0], cells[:, 1:].sum(axis=1)))
        left, right = np.r_[left, a], np.r_[right, b]
        weight = np.r_[weight, np.maximum(*more)]
    evidence = _evidence(left, right, weight)
    return agglomeration.group(scene.n, evidence, link_at=bar), evidence


def _raised(cells: Bits, weight: Bits, together: Bits) -> Bits:
    """Return the cells of pairs to whose log-odds of both the same something is added: the others keep their
    shares of the rest.
    """
    before, now = probability_of(weight), probability_of(weight + together)
    rest = np.divide(1 - now, 1 - before, out=np.ones(len(now)), where=before < 1)
    return np.column_stack([now, cells[:, 1:] * rest[:, None]])


def _evidence(left: Rows, right: Rows, weight: Bits) -> profiles.Evidence:
    bars = np.column_stack([np.clip(weight, -profiles.CLIP, profiles.CLIP), np.zeros(len(weight))])
    return profiles.Evidence(left, right, bars, np.ones(bars.shape, dtype=bool), np.array([True, False]))


def _persons(ids: pl.Series, pairs: Pairs, cells: Bits, n: int, bar: float) -> pl.DataFrame:
    """Return who is who among the first and the second parties, taken together."""
    (a, b), (c, d) = pairs.people(n)
    first = log_odds(cells[:, 0] + cells[:, 1], cells[:, 2] + cells[:, 3])
    second = log_odds(cells[:, 0] + cells[:, 2], cells[:, 1] + cells[:, 3])
    left, right = np.r_[np.minimum(a, b), np.minimum(c, d)], np.r_[np.maximum(a, b), np.maximum(c, d)]
    same_record = np.column_stack([np.arange(n), np.arange(n) + n])
    label = agglomeration.group(
        2 * n, _evidence(left, right, np.r_[first, second]), link_at=bar, cannot=same_record
    )
    whole = pl.DataFrame(
        {"record_id": pl.concat([ids, ids]), "party": ["first"] * n + ["second"] * n}
    ).with_columns(name=pl.concat_str("record_id", "party", separator="/"))
    return whole.with_columns(person_id=by_first(whole["name"], label).persons["person_id"]).drop("name")
