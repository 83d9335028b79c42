"""Stage C: judge the two parties of reports of two forces, where persons of both meet in them.

The same couple in two forces is a course that crossed a border; the same suspect with another victim is a
repeat perpetrator; and a suspect of whom only "Dan" is known is found across a border through the victim and
through nothing else. So the pairs of stage B are taken back to the reports that they stand in, and every two
such reports are judged as two reports of one force are (``linkage/dyads``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.api import holds
from lamplighter.linkage.arrays.log_odds import DIGITS, rounded_bits
from lamplighter.linkage.arrays.pair_ids import Packed, packed
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.clustering.cluster_evidence import OfWeighed
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.dyads import dyad_evidence, dyad_frames, pair_context, weighed_pairs
from lamplighter.linkage.dyads.weighed_pairs import Believed
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.agreement_patterns import Weighed, taken
from lamplighter.linkage.model.parameters import Model
from lamplighter.national.linking.recording.border_weigher import Recording
from lamplighter.national.linking.unseen import FIGURES, of_frame

Bits = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
MOST_RECORDS = 12
"""So many records of a person, their newest, are set beside those of another."""
STANDS_IN: Mapping[str, tuple[str, ...]] = {
    "age": ("birth_date",),
    "account_name": ("forename", "surname"),
}
"""What is compared in place of something else, where one of two records has not got it. Of two persons it
says nothing more where their other records compare the thing itself: a namesake with another date of birth is
not the likelier for an age that fits, nor anybody for being called twice what they are called."""
OF_REPORTS = 2
"""The last parts of what is said of a pair, which are of their reports."""
LOOKED_AT_AGAIN = -4.0
"""Bits from which two persons whom reports alone brought together are judged by all their records."""
_AT_ONCE = 200_000
_NOBODY = pl.DataFrame(schema={"rep_l": pl.Int32(), "rep_r": pl.Int32()})
NOTHING_SEEN = pl.DataFrame(
    schema={"left": pl.Int64(), "right": pl.Int64()} | dict.fromkeys(FIGURES, pl.Float64())
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Hold what all records of two persons say of the two: ``bars`` (n, parts) in bits, ``compared`` (n,
    parts), as :class:`clustering.profiles.Evidence` has them; whether the two are ``unnamed`` (nothing tells
    who they are) and ``named`` (something compared tells one person from another); ``kind``: what they are in
    their reports, a number of ``dyad_evidence.KINDS``, of their likest records; ``leaning``: by how many bits
    a pair would be likelier if matches were twice as common: none where their reports say enough."""

    left: Rows
    right: Rows
    bars: Bits
    compared: Flags
    unnamed: Flags
    named: Flags
    kind: npt.NDArray[np.int8]
    leaning: Bits

    @property
    def total(self) -> Bits:
        return np.asarray(self.bars.sum(axis=1))

    def __len__(self) -> int:
        return len(self.left)

    def at(self, rows: Rows | Flags) -> Judged:
        """Some of the pairs."""
        return Judged(*(getattr(self, f)[rows] for f in self.__dataclass_fields__))

    def told_by(self, every: Judged) -> Judged:
        """Return the same pairs with what ``every`` of their records says of the two, and what their reports
        add as it is."""
        assert np.array_equal(self.left, every.left)
        assert np.array_equal(self.right, every.right)
        bars = np.column_stack([every.bars[:, :-OF_REPORTS], self.bars[:, -OF_REPORTS:]])
        compared = np.column_stack([every.compared[:, :-OF_REPORTS], self.compared[:, -OF_REPORTS:]])
        return replace(self, bars=bars, compared=compared, unnamed=every.unnamed, named=every.named)

    def frame(self) -> pl.DataFrame:
        """Return them as a frame: a column a part."""
        parts = self.bars.shape[1]
        return pl.DataFrame(
            {"left": self.left, "right": self.right}
            | {f"bar{i}": self.bars[:, i] for i in range(parts)}
            | {f"compared{i}": self.compared[:, i] for i in range(parts)}
            | {"unnamed": self.unnamed, "named": self.named, "kind": self.kind, "leaning": self.leaning}
        )

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Judged:
        """Return those of a frame."""
        parts = sum(c.startswith("bar") for c in frame.columns)

        def columns(name: str) -> list[npt.NDArray[np.generic]]:
            return [frame[f"{name}{i}"].to_numpy() for i in range(parts)]

        return cls(
            frame["left"].to_numpy(), frame["right"].to_numpy(),
            np.column_stack(columns("bar")).astype(np.float64),
            np.column_stack(columns("compared")).astype(bool),
            frame["unnamed"].to_numpy(), frame["named"].to_numpy(), frame["kind"].to_numpy().astype(np.int8),
            frame["leaning"].to_numpy(),
        )  # fmt: skip

    @classmethod
    def none(cls, parts: int) -> Judged:
        """Return no pairs, with so many parts."""
        whole, yes = np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)
        return cls(
            whole, whole, np.empty((0, parts)), np.empty((0, parts), dtype=bool), yes, yes,
            np.empty(0, dtype=np.int8), np.empty(0),
        )  # fmt: skip

    @classmethod
    def joined(cls, parts: list[Judged]) -> Judged:
        """Return all of several, in order of their persons."""
        whole = cls(*(np.concatenate([getattr(p, f) for p in parts]) for f in cls.__dataclass_fields__))
        return whole.at(np.lexsort((whole.right, whole.left)))


@dataclass(frozen=True, slots=True)
class Scene:
    """Records in reports: their ``features``, the ``person`` (n,), the ``job`` (n,) and the ``force`` (n,) of
    each."""

    features: Features
    person: Rows
    job: Rows
    force: npt.NDArray[np.str_]

    def rows_of(self, left: Rows, right: Rows) -> tuple[Rows, Rows]:
        """Return the pairs of records of pairs of persons: of each person the newest records."""
        days = self.features.facts["reported_at"].to_physical()
        newest = (
            pl.DataFrame({"person": self.person, "row": np.arange(len(self.person)), "day": days})
            .sort("person", "day", "row", descending=[False, True, False], nulls_last=True)
            .group_by("person", maintain_order=True)
            .head(MOST_RECORDS)
            .select("person", "row")
        )
        pairs = (
            pl.DataFrame({"left": left, "right": right})
            .join(newest.rename({"person": "left", "row": "a"}), on="left")
            .join(newest.rename({"person": "right", "row": "b"}), on="right")
            .select(l=pl.min_horizontal("a", "b"), r=pl.max_horizontal("a", "b"))
            .unique()
            .sort("l", "r")
        )
        return pairs["l"].to_numpy().astype(np.int64), pairs["r"].to_numpy().astype(np.int64)


def judged(
    scene: Scene, left: Rows, right: Rows, model: Model, shift: Bits | None = None,
    recording: Recording | None = None, *, only: bool = False,
) -> tuple[Judged, pl.DataFrame]:  # fmt: skip
    """Return what all records of pairs of persons say, and what their reports add, of these pairs and of
    those whom their reports bring together; and (:func:`_seen`) how many true pairs were looked at.

    ``shift`` (j, j): bits by which matches of two jobs are commoner than those of any two. ``recording``: how
    their forces record, if they do not all record like the country. ``only`` these pairs are returned, which
    may be of one job too.
    """
    weigher = (recording or Recording()).weigher(scene.features, model, scene.force)
    weighed = weighed_pairs.widened(weigher, scene.rows_of(left, right), _NOBODY)
    person, job = scene.person, scene.job
    a, b = person[weighed.left], person[weighed.right]
    other_job = job[weighed.left] != job[weighed.right]
    weighed = taken(weighed, np.flatnonzero((a != b) & (other_job | only)))
    frame = pair_context.pair_frame(scene.features, weighed, model.table)
    frame = weighed_pairs.with_related(weigher, weighed, frame)
    context = dyad_frames.contexts(frame, model, _NOBODY)
    leaning = _leaning(context, frame, model)
    if shift is not None:
        own = shift[job[weighed.left], job[weighed.right]]
        context = replace(context, prior=context.prior + own * leaning)
    believed = Believed(weigher, weighed, frame, context, len(weighed), 0)
    found, n = _of_persons(believed, person, leaning), int(person.max(initial=0)) + 1
    wanted = packed(left, right, n)
    a, b = person[weighed.left], person[weighed.right]
    pairs = packed(np.minimum(a, b), np.maximum(a, b), n)
    if only:
        return found.at(np.isin(packed(found.left, found.right, n), wanted)), _seen(
            frame.clear(), pairs[:0], n, model
        )
    return found, _seen(frame.with_columns(keyed=pl.Series(np.isin(pairs, wanted))), pairs, n, model)


def _seen(frame: pl.DataFrame, pairs: Packed, n: int, model: Model) -> pl.DataFrame:
    """Return what reports tell of true pairs that nothing proposed: left, right and
    :data:`unseen.FIGURES`, each two reports beside the first pair of persons that they bring together."""
    if not frame.height:
        return NOTHING_SEEN
    on = ["rep_l", "rep_r"]
    first = frame.select(on).with_columns(pair=pl.Series(pairs)).group_by(on).agg(pl.col("pair").min())
    told = of_frame(frame, model).join(first, on=on).sort("pair", *on)
    told = told.filter(pl.any_horizontal(pl.col(f) > 0 for f in FIGURES))
    both = (pl.col("pair") // n).alias("left"), (pl.col("pair") % n).alias("right")
    found = told.group_by("pair", maintain_order=True).agg(pl.col(f).sum().round(DIGITS) for f in FIGURES)
    return found.select(*both, *FIGURES)


def half_told(found: Judged, left: Rows, right: Rows) -> Flags:
    """Tell which pairs may be of one person and are none of these, but were brought together by their
    reports: nothing was compared of them but what stands in those."""
    n = int(max(found.right.max(initial=0), right.max(initial=0))) + 1
    asked = np.isin(packed(found.left, found.right, n), packed(left, right, n))
    return np.asarray(~asked & (found.total >= LOOKED_AT_AGAIN))


def _leaning(context: dyad_evidence.Context, frame: pl.DataFrame, model: Model) -> Bits:
    """Return by how many bits each pair would be likelier if all matches were twice as common: where the
    other party is the same for sure it hardly matters."""
    p = model.priors
    twice = replace(
        p, both=2 * p.both, victim_only=2 * p.victim_only, suspect_only=2 * p.suspect_only, other=2 * p.other,
        swapped=2 * p.swapped,
    )  # fmt: skip
    more = dyad_frames.contexts(frame, replace(model, priors=twice), _NOBODY)
    return np.clip(more.total - context.total, 0.0, 1.0)


def _of_persons(believed: Believed, person: Rows, leaning: Bits) -> Judged:
    """Sum up the pairs of records of each two persons, as clustering sums up those of two groups."""
    weighed = believed.weighed
    a, b = person[weighed.left], person[weighed.right]
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((high, low))
    weighed = taken(weighed, order)
    low, high = low[order], high[order]
    begins = np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])] if len(low) else np.empty(0, bool)
    starts = np.flatnonzero(begins)
    hold = holds(believed)
    unnamed = hold.is_in(weight_bars.UNDECIDED).fill_null(False).to_numpy()[order]
    frame = believed.parts[order]
    bars, compared = _parts(believed, weighed, order, starts)
    best = _likest(rounded_bits(believed.bits[order]), starts)
    return Judged(
        low[starts], high[starts], bars, compared,
        np.logical_and.reduceat(unnamed, starts) if len(starts) else np.empty(0, bool),
        np.logical_or.reduceat(frame["identified"].to_numpy(), starts) if len(starts) else np.empty(0, bool),
        dyad_frames.kind_of(frame)[best], rounded_bits(leaning[order][best]),
    )  # fmt: skip


def _likest(bits: Bits, starts: Rows) -> Rows:
    """Return the likest pair of each group of pairs, which begin at ``starts``, of several the first."""
    sizes = np.diff(np.append(starts, len(bits)))
    return np.lexsort((-bits, np.repeat(np.arange(len(starts)), sizes)))[starts]


def _parts(believed: Believed, weighed: Weighed, order: Rows, starts: Rows) -> tuple[Bits, Flags]:
    """Return what is said of each two persons, part by part, so that the parts sum to the score by which
    clustering joins groups (:func:`clustering.profiles.score`)."""
    table = believed.model.table
    grounds = OfWeighed(
        believed.weigher, weighed, believed.context.total[order], believed.context.related[order],
        np.arange(len(table)),
    )  # fmt: skip
    lasting, ends = grounds.lasting, np.append(starts[1:], len(weighed))
    bars, compared = np.zeros((len(starts), len(lasting))), np.zeros((len(starts), len(lasting)), dtype=bool)
    first = 0
    while first < len(starts):
        last = max(int(np.searchsorted(ends, starts[first] + _AT_ONCE)), first + 1)
        some = np.arange(starts[first], ends[last - 1])
        own = grounds.of(some)
        begin = starts[first:last] - starts[first]
        sums = np.add.reduceat(np.where(own.compared, own.bars, 0.0), begin, axis=0)
        counts = np.add.reduceat(own.compared.astype(np.float64), begin, axis=0)
        best = np.maximum.reduceat(np.where(own.compared, own.bars, -np.inf), begin, axis=0)
        mean = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
        found = np.where(lasting, mean, (np.where(np.isneginf(best), 0.0, best) + mean) / 2)
        found[:, -1] = best[:, -1]
        bars[first:last], compared[first:last] = rounded_bits(found), counts > 0
        first = last
    return _stood_for(bars, compared, [c.name for c in table])


def _stood_for(bars: Bits, compared: Flags, names: Sequence[str]) -> tuple[Bits, Flags]:
    """Leave out what stands in for something else that was compared (:data:`STANDS_IN`)."""
    for name, others in STANDS_IN.items():
        told = compared[:, [names.index(other) for other in others]].any(axis=1)
        bars[told, names.index(name)] = 0.0
        compared[told, names.index(name)] = False
    return bars, compared
