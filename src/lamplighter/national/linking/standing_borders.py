"""Tell which judgements of stage C still stand after some forces delivered anew, and which have to be made.

What is said of two persons of two forces follows from the edges that bring the two together: those of anybody
who stands in a report with the one to anybody who stands in a report with the other. An edge is as it was
where both of its persons are: the same records, in the same reports, beside the same people. So a judgement
stands where every edge that brings its two together is as it was, and none of these came or went; and where
both are as they were, since whom reports alone brought together may be judged by all of their records. All
others are made anew, from all of their edges; of whom these bring together besides, nothing is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.pair_ids import Packed, distinct, packed
from lamplighter.linkage.arrays.row_order import Hashes, Rows, among, mixed
from lamplighter.national.linking.across_forces import Edges
from lamplighter.national.linking.border_reports import Judged
from lamplighter.national.linking.index import Index
from lamplighter.national.linking.unseen import FIGURES

Flags = npt.NDArray[np.bool_]
MOST_ANEW = 0.5
"""Where more of the edges than this would have to be judged, all are."""
_EDGES_AT_ONCE = 200_000
_SEED = 71


@dataclass(frozen=True, slots=True)
class Known:
    """Hold who the persons are, by their numbers: ``name`` (p,), the same in every run, and ``content`` (p,),
    the same while their reports are with everybody in them. ``beside``: person and report (a number), each
    once."""

    name: Hashes
    content: Hashes
    beside: pl.DataFrame

    @classmethod
    def of(cls, index: Index) -> Known:
        """Return those of all persons of an index."""
        rows = _recorded(index)
        person, report = rows["person"].to_numpy(), rows["report"].to_numpy()
        name = np.zeros(index.persons, dtype=np.uint64)
        name[person[::-1]] = rows["record"].to_numpy()[::-1]
        own = mixed(rows["row"].to_numpy() ^ mixed(name[person]))
        told = _summed(report, own, int(report.max(initial=-1)) + 1)
        beside = pl.DataFrame({"person": person, "report": report}).unique().sort("person", "report")
        content = _summed(
            beside["person"].to_numpy(), mixed(told[beside["report"].to_numpy()]), index.persons
        )
        return cls(name, content, beside)

    def others(self, persons: Rows) -> pl.DataFrame:
        """Return person and ``other`` for everybody who stands in a report with some persons, they
        themselves too."""
        mine = self.beside.join(pl.DataFrame({"person": np.unique(persons)}), on="person", how="semi")
        return (
            mine.join(self.beside.rename({"person": "other"}), on="report").select("person", "other").unique()
        )

    def around(self, persons: Rows) -> Flags:
        """Tell of every person whether they stand in a report with any of some."""
        found = np.zeros(len(self.name), dtype=bool)
        found[self.others(persons)["other"].to_numpy()] = True
        return found


def _recorded(index: Index) -> pl.DataFrame:
    """Return of all records, in order of their ids: ``record`` and ``row`` (hashes of the id, and of all that
    is recorded and how its force's job went), ``person`` and ``report`` (numbers)."""
    blocks = index.records.select(
        "record_id", "person", block=pl.col("job") - pl.col("job").min().over("force")
    )
    parts, begin = [], 0
    for force in index.forces:
        people = force.people()
        days = force.told().select("report_id", "reported_at")
        told = people.join(days, on="report_id", how="left", maintain_order="left").join(
            blocks, on="record_id", how="left", maintain_order="left"
        )
        report = told["report_id"].rank("dense").cast(pl.Int64) - 1 + begin
        begin += report.n_unique()
        parts.append(
            pl.DataFrame(
                {
                    "record_id": told["record_id"], "record": told["record_id"].hash(_SEED),
                    "row": told.drop("person").hash_rows(_SEED), "person": told["person"],
                    "report": report,
                }
            )
        )  # fmt: skip
    return pl.concat(parts).sort("record_id")


def _summed(at: Rows, values: Hashes, n: int) -> Hashes:
    found = np.zeros(n, dtype=np.uint64)
    with np.errstate(over="ignore"):
        np.add.at(found, at, values)
    return found


@dataclass(frozen=True, slots=True)
class Before:
    """Hold what an earlier run judged: all ``edges``, and all that was ``judged``, by the persons' names,
    with what the two held; and what they tell of pairs that nobody looked at, by the persons' names too."""

    edges: pl.DataFrame
    judged: pl.DataFrame
    seen: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Before:
        """Return what :func:`write` wrote."""
        who = pl.read_parquet(folder / "who.parquet")
        name, content = who["name"].to_numpy(), who["content"].to_numpy()
        edges = pl.read_parquet(folder / "edges.parquet")
        return cls(
            _named(edges, name, content), _named(pl.read_parquet(folder / "judged.parquet"), name, content),
            _named(pl.read_parquet(folder / "seen.parquet"), name),
        )  # fmt: skip


def _named(frame: pl.DataFrame, name: Hashes, content: Hashes | None = None) -> pl.DataFrame:
    a, b = frame["left"].to_numpy(), frame["right"].to_numpy()
    found = frame.with_columns(left_name=pl.Series(name[a]), right_name=pl.Series(name[b]))
    if content is None:
        return found
    return found.with_columns(left_holds=pl.Series(content[a]), right_holds=pl.Series(content[b]))


@dataclass(frozen=True, slots=True)
class Plan:
    """Say what is judged: ``rows`` of the edges; of what they come to only the pairs ``wanted`` (in order)
    are taken, all where it is ``None``. ``judged`` and ``seen`` stand as they were."""

    rows: Rows
    wanted: Packed | None = None
    judged: Judged | None = None
    seen: pl.DataFrame | None = None

    def joined(self, judged: Judged, seen: pl.DataFrame, n: int) -> tuple[Judged, pl.DataFrame]:
        """Return all judgements, and what they tell of pairs that nobody looked at, from those made now."""
        if self.wanted is None or self.judged is None or self.seen is None:
            return judged, seen.sort("left", "right")
        fresh = judged.at(among(packed(judged.left, judged.right, n), self.wanted))
        pairs = packed(seen["left"].to_numpy(), seen["right"].to_numpy(), n)
        told = pl.concat([self.seen, seen.filter(pl.Series(among(pairs, self.wanted)))])
        return Judged.joined([self.judged, fresh]), told.sort("left", "right")


def planned(edges: Edges, known: Known, before: Before | None) -> Plan:
    """Return which edges are judged, and what stands of what an earlier run judged."""
    n, every = len(known.name), np.arange(len(edges))
    if before is None or len(np.unique(known.name)) < n:
        return Plan(every)
    on = ["left_name", "right_name", "left_holds", "right_holds"]
    now = _named(pl.DataFrame({"left": edges.left, "right": edges.right}), known.name, known.content)
    fresh = now.join(before.edges, on=on, how="anti").select("left", "right")
    gone = before.edges.join(now, on=on, how="anti").drop("left", "right")
    changed = pl.concat([fresh, _numbered(gone, known).select("left", "right")]).unique()
    wanted = distinct([_brought(changed, known, n), _of_others(before.judged, known, n)])
    rows = _bringing(edges, wanted, known, n)
    if len(rows) > MOST_ANEW * len(edges):
        return Plan(every)
    return Plan(
        rows, wanted, Judged.of(_standing(before.judged, known, wanted, n)),
        _standing(before.seen, known, wanted, n).select("left", "right", *FIGURES),
    )  # fmt: skip


def _of_others(judged: pl.DataFrame, known: Known, n: int) -> Packed:
    """Return the pairs that were judged of persons of whom either is not as it was."""
    here = _numbered(judged.drop("left", "right"), known)
    a, b = here["left"].to_numpy(), here["right"].to_numpy()
    other = (known.content[a] != here["left_holds"].to_numpy()) | (
        known.content[b] != here["right_holds"].to_numpy()
    )
    return packed(np.minimum(a, b)[other], np.maximum(a, b)[other], n)


def _numbered(frame: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return the rows of a frame whose two persons are still there, with their numbers."""
    who = pl.DataFrame({"name": known.name, "number": np.arange(len(known.name), dtype=np.int64)})
    return (
        frame.join(who, left_on="left_name", right_on="name")
        .rename({"number": "left"})
        .join(who, left_on="right_name", right_on="name")
        .rename({"number": "right"})
    )


def _standing(frame: pl.DataFrame, known: Known, wanted: Packed, n: int) -> pl.DataFrame:
    """Return what stands of an earlier run's rows, in order of its persons' numbers of now."""
    columns = [c for c in frame.columns if not c.endswith(("_name", "_holds"))]
    here = _numbered(frame.drop("left", "right"), known)
    # Forces keep their order, and persons theirs within a force, but for those that came between.
    low, high = (f("left", "right") for f in (pl.min_horizontal, pl.max_horizontal))
    here = here.with_columns(left=low, right=high).select(columns).sort("left", "right")
    pairs = packed(here["left"].to_numpy(), here["right"].to_numpy(), n)
    return here.filter(pl.Series(~among(pairs, wanted)))


def _brought(edges: pl.DataFrame, known: Known, n: int) -> Packed:
    """Return the pairs of persons whom some edges bring together, in order."""
    beside = known.others(np.r_[edges["left"].to_numpy(), edges["right"].to_numpy()])
    parts = [
        _together(edges[start : start + _EDGES_AT_ONCE], beside, n)["pair"].to_numpy()
        for start in range(0, edges.height, _EDGES_AT_ONCE)
    ]
    return distinct(parts)


def _bringing(edges: Edges, wanted: Packed, known: Known, n: int) -> Rows:
    """Return the edges that bring any of some pairs of persons together."""
    near = known.around(np.unique(np.r_[wanted // n, wanted % n]))
    at = np.flatnonzero(near[edges.left] & near[edges.right])
    found = []
    for start in range(0, len(at), _EDGES_AT_ONCE):
        some = at[start : start + _EDGES_AT_ONCE]
        frame = pl.DataFrame({"left": edges.left[some], "right": edges.right[some], "edge": some})
        both = _together(frame, known.others(np.r_[edges.left[some], edges.right[some]]), n)
        found.append(both["edge"].to_numpy()[among(both["pair"].to_numpy(), wanted)])
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *found]))


def _together(edges: pl.DataFrame, beside: pl.DataFrame, n: int) -> pl.DataFrame:
    """Return each edge with every ``pair`` of persons, packed, whom it brings together."""
    both = (
        edges.join(beside, left_on="left", right_on="person")
        .rename({"other": "a"})
        .join(beside, left_on="right", right_on="person")
        .rename({"other": "b"})
    )
    low, high = (f("a", "b").cast(pl.Int64) for f in (pl.min_horizontal, pl.max_horizontal))
    return both.with_columns(pair=low * n + high).drop("a", "b")


def write(folder: Path, edges: Edges, known: Known, judged: Judged, seen: pl.DataFrame) -> None:
    """Write what a run judged, so that the next one can see what of it stands."""
    judged.frame().write_parquet(folder / "judged.parquet")
    seen.write_parquet(folder / "seen.parquet")
    edges.frame().select("left", "right").write_parquet(folder / "edges.parquet")
    pl.DataFrame({"name": known.name, "content": known.content}).write_parquet(folder / "who.parquet")
