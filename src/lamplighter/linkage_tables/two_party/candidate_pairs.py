"""Find the candidate pairs of two-party records: those that share a key of one person, or of both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows, words_of_rows
from lamplighter.linkage.blocking import blocking_rules, candidate_pairs
from lamplighter.linkage.blocking.blocking_rules import Key, Part
from lamplighter.linkage.blocking.candidate_pairs import Limits
from lamplighter.linkage.comparisons.comparison_levels import Extra
from lamplighter.linkage.features.encoded_columns import Column, Lists, Texts
from lamplighter.linkage.features.feature_columns import EXTRA
from lamplighter.linkage.features.record_features import Features, related
from lamplighter.linkage.features.row_pairs import Columns
from lamplighter.linkage_tables.two_party.record_pairs import FIRST, SECOND, Pairs, Scene

Bools = npt.NDArray[np.bool_]
JOINT_KEYS: tuple[tuple[str, ...], ...] = (
    ("sur_ph_1", "sur_ph_2"),
    ("first_ph_1", "first_ph_2", "sur_ph_1"),
    ("first_ph_1", "first_ph_2", "sur_ph_2"),
    ("first_class_1", "first_class_2"),
    ("first_class_1", "dwelling"),
    ("first_class_2", "dwelling"),
    ("first_class_1", "postcode"),
    ("first_class_2", "postcode"),
    ("sur_ph_1", "first_ph_2", "street"),
    ("first_ph_1", "sur_ph_2", "street"),
    ("first_class_1", "birth_date"),
    ("first_class_2", "birth_date"),
)
OF_THE_ROW = ("phones", "emails", "handle_cores", "vrms", "dwelling")
"""What is of the row and hardly anybody else has: a reason by itself to look at two rows, as it would be were
it told whose it is."""
_NARROW = ("sur_1[0:1]", "sur_2[0:1]", "street", "outward", "town", "birth_date_1[0:4]", "birth_date_2[0:4]")
LIMITS = Limits(most=100)


MOST_TOLD_APART = 62
"""So many keys are told apart in a number of 64 bits; any more count as the last one."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Pairs, and the ``keys`` that proposed them with how many pairs each did (``costs``)."""

    pairs: Pairs
    keys: tuple[str, ...]
    costs: npt.NDArray[np.float64]

    def members(self, at: Rows) -> Bools:
        """Return which keys proposed each of some pairs: (n, k)."""
        shifts = np.minimum(np.arange(len(self.keys)), MOST_TOLD_APART - 1)
        return np.asarray((self.pairs.by[at][:, None] >> shifts & 1).astype(bool))


def proposed(scene: Scene) -> Proposed:
    """Pairs that share a key of one person, or a key of both together."""
    n, people = scene.n, scene.people
    parts: list[pl.DataFrame] = []
    called: list[str] = []
    costs: list[float] = []

    def begun(key: Key) -> int:
        called.append(key.name)
        costs.append(0.0)
        return 1 << min(len(called) - 1, MOST_TOLD_APART - 1)

    extras = tuple(Extra(c.name, c.kind, c.title) for c in scene.of_people.table if c.kind is not None)
    hashed = candidate_pairs.Hashed(people)
    for key in blocking_rules.usable(people, extras):
        columns, by = key.columns(), begun(key)
        for a, b in _pairs_of(key, hashed):
            costs[-1] += len(a)
            i, j, swapped = a % n, b % n, (a < n) != (b < n)
            first = np.where(a < b, a, b) < n
            straight = np.where(first[:, None], _without(scene, columns, ()), _without(scene, (), columns))
            crossed = _without(scene, columns, columns)
            parts.append(_frame(i, j, swapped, np.where(swapped[:, None], crossed, straight), by))
    joint = _joint_features(scene)
    identifiers = [c.name for c in scene.of_shared.table if c.kind == "identifier"]
    hashed, turned = candidate_pairs.Hashed(joint), candidate_pairs.Hashed(_both_ways(joint))
    for key in _joint_keys(joint, identifiers):
        names = key.columns()
        of_first = {c.removesuffix("_1") for c in names if c.endswith("_1")}
        of_second = {c.removesuffix("_2") for c in names if c.endswith("_2")}
        of_both = names - {f"{c}_1" for c in of_first} - {f"{c}_2" for c in of_second}
        tells, by = _without(scene, of_first, of_second, of_both), begun(key)
        for a, b in _pairs_of(key, hashed):
            costs[-1] += len(a)
            every = np.broadcast_to(tells, (len(a), len(tells)))
            parts.append(_frame(a, b, np.zeros(len(a), dtype=bool), every, by))
        if not (of_first or of_second):
            continue
        back = _without(scene, of_second, of_first, of_both)
        for a, b in _pairs_of(key, turned):
            # One record as it is and another turned round: the lower of the two is the left one.
            across = np.flatnonzero((a < n) & (b >= n) & (a != b - n))
            i, j = a[across], b[across] - n
            costs[-1] += len(i)
            parts.append(
                _frame(i, j, np.ones(len(i), dtype=bool), np.where((i < j)[:, None], tells, back), by)
            )
    told = [_word(i) for i in range(len(_without(scene, (), ())))]
    nothing = np.zeros(0, dtype=np.int64)
    none = _frame(nothing, nothing, nothing > 0, np.zeros((0, len(told)), dtype=np.int64), 0)
    whole = pl.concat([none, *parts])
    found = (
        whole.filter(pl.col("l") != pl.col("r"))
        .group_by("l", "r", "swapped")
        .agg(pl.col(*told, "by").bitwise_or())
        .sort("l", "r", "swapped")
    )
    left, right, swapped = (found[c].to_numpy() for c in ("l", "r", "swapped"))
    pairs = Pairs(left, right, swapped, found.select(told).to_numpy(), found["by"].to_numpy())
    return Proposed(pairs, tuple(called), np.array(costs))


def _pairs_of(key: Key, hashed: candidate_pairs.Hashed) -> list[tuple[Rows, Rows]]:
    return [
        (a, b)
        for block in candidate_pairs.blocks(key, hashed, LIMITS)
        for a, b in candidate_pairs.pairs_in(block)
    ]


def _frame(
    a: Rows, b: Rows, swapped: npt.NDArray[np.bool_], tells: npt.NDArray[np.int64], by: int
) -> pl.DataFrame:
    ends = {"l": np.minimum(a, b), "r": np.maximum(a, b), "swapped": swapped}
    words = {_word(i): word for i, word in enumerate(tells.T)}
    return pl.DataFrame(ends | words).with_columns(by=pl.lit(by, dtype=pl.Int64()))


def _word(i: int) -> str:
    """Return the column with the bits of some of the comparisons."""
    return f"tells_{i}"


def _without(
    scene: Scene, first: Collection[str], second: Collection[str], both: Collection[str] = ()
) -> npt.NDArray[np.int64]:
    """Bits of the comparisons that a key with these columns does not lean on: (numbers,)."""
    used = {FIRST: related(set(first)), SECOND: related(set(second))}
    every = related(set(both))
    told = [not used.get(c.name[: len(FIRST)], every) & c.about() for c in scene.table]
    bits: npt.NDArray[np.int64] = words_of_rows(np.array([told]))[0]
    return bits


def _joint_features(scene: Scene) -> Features:
    """Return the columns of both parties side by side, and those of both: n rows."""
    n = scene.n
    made: dict[str, Column] = {}
    for name, column in scene.people.columns.by_name.items():
        for mark, at in (("_1", slice(0, n)), ("_2", slice(n, 2 * n))):
            if isinstance(column, Texts):
                made[name + mark] = Texts(column.codes[at], column.values)
            elif isinstance(column, Lists):
                made[name + mark] = Lists(column.codes[at], column.starts, column.elements, column.values)
    for name in dict.fromkeys((*OF_THE_ROW, "street", "postcode", "outward", "town", "birth_date")):
        made[name] = scene.shared.columns.by_name[name]
    for c in scene.of_shared.table:
        if c.kind in ("text", "identifier"):
            made[c.name] = scene.shared.columns.by_name[c.name]
    return Features(Columns(made), scene.shared.facts)


def _both_ways(joint: Features) -> Features:
    """Return the same with every record once more, its parties turned round: 2n rows, the turned ones last.

    A couple that is written down the other way round has both first names in common with itself, each in the
    place of the other.
    """
    held = joint.columns.by_name
    made: dict[str, Column] = {}
    for name, column in held.items():
        other = held.get(f"{name[:-1]}{_OTHER[name[-1]]}", column) if name[-2:] in ("_1", "_2") else column
        if isinstance(column, Texts) and isinstance(other, Texts):
            made[name] = Texts(np.r_[column.codes, other.codes], column.values)
        elif isinstance(column, Lists) and isinstance(other, Lists):
            codes = np.r_[column.codes, other.codes]
            made[name] = Lists(codes, column.starts, column.elements, column.values)
    return Features(Columns(made), pl.concat([joint.facts, joint.facts]))


_OTHER = {"1": "2", "2": "1"}


def _joint_keys(joint: Features, identifiers: Sequence[str]) -> list[Key]:
    """Keys of both parties together; what is of both goes with a first name, unless few people have it."""
    extra = [c for c in joint.columns.by_name if c.startswith(EXTRA) and not c.endswith(("_1", "_2"))]
    wanted = [
        *JOINT_KEYS,
        *((f"first_class_{p}", c) for p in (1, 2) for c in extra),
        *((c,) for c in (*OF_THE_ROW, *identifiers)),
    ]
    narrow = tuple(blocking_rules.part(p) for p in _NARROW)
    return [
        Key("+".join(parts), tuple(Part(p) for p in parts), tuple(p for p in narrow if joint.has(p.column)))
        for parts in wanted
        if all(p in joint.columns.by_name and joint.has(p) for p in parts)
    ]
