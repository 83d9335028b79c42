"""A shelf on which a million records lie already: in arrays, and as texts, and not as objects of Python.

What comes is kept beside them as :class:`lamplighter.linkage.online.memory_store.Shelf` keeps it, and goes
before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Hashable, Iterable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import LinkResult
from lamplighter.linkage.arrays.row_order import among, spread
from lamplighter.linkage.blocking import key_index
from lamplighter.linkage.blocking.hashed_keys import most_for
from lamplighter.linkage.comparisons.reasons import part_of
from lamplighter.linkage.comparisons.weight_bars import HELD
from lamplighter.linkage.features import compact_frames, compact_records
from lamplighter.linkage.features.compact_records import Compact
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.online import store
from lamplighter.linkage.online.memory_store import Shelf
from lamplighter.linkage.online.scorer import Pair, pair_of
from lamplighter.records.schema import Bundle

PAIRS_AT_ONCE = 200_000
Rows = npt.NDArray[np.int32]
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Grouped:
    """Numbers by a key: those of each lie together."""

    def __init__(self, keys: npt.NDArray[np.int64], values: Rows) -> None:
        order = np.argsort(keys, kind="stable")
        self._keys, self._values = keys[order], values[order]

    def of(self, key: int) -> Rows:
        first, last = np.searchsorted(self._keys, (key, key + 1))
        return self._values[first:last]


class Ties:
    """The beliefs of a result, by the rows of their records."""

    def __init__(self, pairs: pl.DataFrame, ids: pl.Series) -> None:
        place = pl.DataFrame({"record": ids, "row": np.arange(len(ids), dtype=np.int32)})
        self.left, self.right = (
            pairs.select(record=c)
            .join(place, on="record", how="left", maintain_order="left")["row"]
            .to_numpy()
            for c in ("left_record", "right_record")
        )
        self.weight = pairs["match_weight"].to_numpy()
        self.hold = pairs["hold"].replace_strict(HELD, return_dtype=pl.Int8()).to_numpy()
        self.sizes = pairs["levels"].list.len().to_numpy().astype(np.int64)
        self.starts = np.cumsum(self.sizes) - self.sizes
        told = [_told(some) for some in pairs.select("levels").iter_slices(PAIRS_AT_ONCE)]
        self.parts, self.bits = (np.concatenate(own) for own in zip(*told, strict=True))
        every = np.arange(len(self.left), dtype=np.int32)
        both = np.concatenate([self.left, self.right]).astype(np.int64)
        self.of = Grouped(both, np.concatenate([every, every]))

    def among(self, rows: Rows, ids: Sequence[str], known: Container[Pair]) -> store.Ties:
        """Those between two of some rows, in order, of records with these ``ids``, but the ``known`` ones."""
        tied = [self.of.of(row) for row in rows.tolist()]
        some = np.concatenate([np.empty(0, dtype=np.int32), *tied])
        # A tie is found from both of its ends.
        some = some[among(self.left[some], rows) & among(self.right[some], rows)]
        some = np.sort(some)[::2]
        sides = ([ids[row] for row in side[some].tolist()] for side in (self.left, self.right))
        left, right = sides
        new = np.array([pair not in known for pair in zip(left, right, strict=True)], dtype=bool)
        bars = spread(self.starts[some], self.sizes[some])
        parts = self.parts[bars].astype(np.int64)
        found = store.Ties(
            left, right, self.weight[some], self.hold[some], self.sizes[some], parts, self.bits[bars]
        )
        return found.of_some(new)


def _told(pairs: pl.DataFrame) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.float64]]:
    """What each bar is about, and its bits, one after the other."""
    bars = pairs["levels"].explode().struct
    about = bars.field("comparison")
    numbers = {n: part_of(n) for n in about.unique().to_list()}
    return about.replace_strict(numbers, return_dtype=pl.Int16()).to_numpy(), bars.field("weight").to_numpy()


class _Known(dict[K, V]):
    """What is looked up once where it is about to be changed."""

    def __init__(self, find: Callable[[K], V]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: K) -> V:
        self[key] = self._find(key)
        return self[key]


class _People(dict[str, Compact]):
    """Records, of which those that lie already are read whenever they are asked for."""

    def __init__(self, row: dict[str, int], reports: list[str], texts: pl.Series) -> None:
        super().__init__()
        self._row, self._reports, self._texts = row, reports, texts

    def __missing__(self, record_id: str) -> Compact:
        row = self._row[record_id]
        return compact_records.read(record_id, self._reports[row], self._texts[row])

    def __contains__(self, record_id: object) -> bool:
        return super().__contains__(record_id) or record_id in self._row


class LaidShelf(Shelf):
    """A shelf with what a link of a bundle found."""

    def __init__(self, result: LinkResult, bundle: Bundle) -> None:
        features = prepare(bundle["people"].sort("record_id"), bundle["reports"])
        super().__init__(most=most_for(len(features)))
        self.ids = features.record_ids.to_list()
        self.row = {r: i for i, r in enumerate(self.ids)}
        reports = features.facts["report_id"].to_list()
        self.people = _People(self.row, reports, compact_frames.texts_of(features, bundle["reports"]))
        for record, report in zip(self.ids, reports, strict=True):
            self._in_report[report].append(record)
        for report, reference in compact_frames.references_of(bundle["reports"]).iter_rows():
            self._references[reference].add(report)
        kept = key_index.kept_of(features, most=self.most)
        self._crowded = set(kept.crowded.tolist())
        found = list(kept.sorted)
        self._under = np.concatenate([k for k, _ in found])
        self._whose = np.concatenate([rows for _, rows in found]).astype(np.int32)
        del found
        by_row = np.argsort(self._whose, kind="stable").astype(np.int32)
        self._own = by_row, np.searchsorted(self._whose[by_row], np.arange(len(self.ids) + 1))
        self._holders = _Known(self._laid_under)
        self._keys = _Known(self._laid_keys)
        self.laid = Ties(result.pairs, features.record_ids)
        self.remember(result.memory.iter_rows())

    def _laid_under(self, key: int) -> list[str]:
        first, last = (np.searchsorted(self._under, key, side=side) for side in ("left", "right"))
        return [self.ids[row] for row in self._whose[first:last].tolist()]

    def _laid_keys(self, record_id: str) -> list[int]:
        row = self.row.get(record_id)
        if row is None:
            return []
        order, starts = self._own
        return list(self._under[order[starts[row] : starts[row + 1]]].tolist())

    def keys_of(self, record_id: str) -> Collection[int]:
        known = self._keys.get(record_id)
        return self._laid_keys(record_id) if known is None else known

    def held_under(self, key: int) -> Collection[str]:
        known = self._holders.get(key)
        return self._laid_under(key) if known is None else known

    def tied_over(self, record_id: str) -> Iterable[str]:
        yield from super().tied_over(record_id)
        row = self.row.get(record_id)
        if row is None:
            return
        some = self.laid.of.of(row)
        some = some[self.laid.weight[some] >= 0]
        for other in (self.laid.left[some] + self.laid.right[some] - row).tolist():
            if pair_of(record_id, self.ids[other]) not in self.ties:
                yield self.ids[other]

    def ties_among(self, records: Collection[str]) -> store.Ties:
        rows = np.array(sorted(self.row[r] for r in records if r in self.row), dtype=np.int32)
        return store.Ties.joined([self.laid.among(rows, self.ids, self.ties), super().ties_among(records)])

    def weights(self, place: pl.DataFrame) -> pl.DataFrame:
        """Every tie: left and right by their ``place`` (record, row), and weight."""
        came = pl.DataFrame(
            [(a, b, t.weight) for (a, b), t in self.ties.items()],
            schema={"left_record": pl.String(), "right_record": pl.String(), "weight": pl.Float64()},
            orient="row",
        )
        own = (
            pl.Series(self.ids).to_frame("record").join(place, on="record", how="left", maintain_order="left")
        )
        rows = own["row"].to_numpy()
        laid = {"left": rows[self.laid.left], "right": rows[self.laid.right], "weight": self.laid.weight}
        came = placed(came, place)
        return pl.concat([pl.DataFrame(laid).join(came, on=["left", "right"], how="anti"), came])


def placed(pairs: pl.DataFrame, place: pl.DataFrame) -> pl.DataFrame:
    """Pairs of records (left_record, right_record, weight) by their ``place`` (record, row)."""
    sides = {
        side: pairs.select(record=f"{side}_record").join(
            place, on="record", how="left", maintain_order="left"
        )["row"]
        for side in ("left", "right")
    }
    return pl.DataFrame({**sides, "weight": pairs["weight"]})
