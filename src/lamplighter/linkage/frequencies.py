"""How many people have a value: agreement on a rare one tells more than on a common one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import communities
from lamplighter.linkage.coded import Lists, Texts
from lamplighter.linkage.communities import Communities
from lamplighter.linkage.features import Features
from lamplighter.linkage.levels import Comparison
from lamplighter.linkage.ordering import Rows, alike_together, different, mixed, numbered, spread
from lamplighter.linkage.sql_scene import distinct_pairs

Bits = npt.NDArray[np.float64]
_FEW = 2_000
_ALONE = 100_000
"""The frequencies of so many pairs are looked up by one thread."""
_MOST_KEPT = 30_000
_SMALL = 8
_LEAST = 0.02


@dataclass(slots=True, eq=False)
class Frequencies:
    """Shares of people: column -> value -> share, for values that more than one has; ``rare`` is the
    share of any other value of the column. ``communities``: which first names and surnames go together.

    A model is kept long after the records that it was fitted to may have been erased: it names values by a
    keyed hash (:meth:`hidden`), and only what was counted in this process knows them as they are.
    """

    rare: Mapping[str, float]
    plain: Mapping[str, Mapping[str, float]] | None = field(default=None, repr=False)
    secret: bytes = field(default=b"", repr=False)
    communities: Communities | None = field(default=None, repr=False)
    _hidden: Mapping[str, Mapping[str, float]] | None = field(default=None, repr=False)
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    @classmethod
    def kept(
        cls,
        rare: Mapping[str, float],
        hidden: Mapping[str, Mapping[str, float]],
        secret: bytes,
        communities: Communities | None = None,
    ) -> Frequencies:
        """Frequencies as a model keeps them."""
        return cls(rare, None, secret, communities, hidden)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frequencies):
            return NotImplemented
        if self.rare != other.rare or self.hidden() != other.hidden():
            return False
        return self.hidden_communities() == other.hidden_communities()

    __hash__ = None  # type: ignore[assignment]  # as a value that is compared

    def hidden(self) -> Mapping[str, Mapping[str, float]]:
        """The shares by keyed hashes of the values."""
        if self._hidden is None:
            name = _namer(self.secret)
            self._hidden = {
                c: _by_name(pl.Series([name(v) for v in row], dtype=pl.String()), list(row.values()))
                for c, row in (self.plain or {}).items()
            }
        return self._hidden

    def hidden_communities(self) -> Communities | None:
        """The communities by keyed hashes of the names."""
        if self.communities is None or self.plain is None:
            return self.communities
        return self.communities.renamed(_namer(self.secret))

    def lift(self, first: pl.Series, surname: pl.Series) -> Bits:
        """Bits by which two strangers share each whole name oftener than the shares of both names say."""
        if self.communities is None:
            return np.zeros(len(first))
        if self.plain is None:
            first, surname = (self._hashed(names) for names in (first, surname))
        return self.communities.bits(first, surname)

    def lift_of_one(self, first: str, surname: str) -> float:
        """The same of one whole name."""
        return float(self.lift(pl.Series([first]), pl.Series([surname]))[0])

    def _hashed(self, values: pl.Series) -> pl.Series:
        called = _namer(self.secret)
        return pl.Series([called(v) for v in values.to_list()], dtype=pl.String())

    def bits_of(self, name: str, values: pl.Series) -> Bits:
        """Bits of the share of each value of a column."""
        rare = self.rare.get(name, 1.0)
        table = self.hidden().get(name, {}) if self.plain is None else self.plain.get(name, {})
        if self.plain is None:
            values = self._hashed(values)
        if len(values) <= _FEW:
            known = np.array([table.get(v, rare) for v in values.to_list()], dtype=np.float64)
            return np.asarray(np.log2(known))
        if name not in self._frames:
            schema = {"v": pl.String(), "s": pl.Float64()}
            self._frames[name] = pl.DataFrame(
                {"v": list(table.keys()), "s": list(table.values())}, schema=schema
            )
        joined = values.to_frame("v").join(self._frames[name], on="v", how="left", maintain_order="left")
        return np.asarray(np.log2(joined["s"].fill_null(rare).to_numpy()))

    def bits_of_one(self, name: str, value: str) -> float:
        """The same of one value."""
        rare = self.rare.get(name, 1.0)
        if self.plain is None:
            return float(np.log2(self.hidden().get(name, {}).get(_namer(self.secret)(value), rare)))
        return float(np.log2(self.plain.get(name, {}).get(value, rare)))


def _namer(secret: bytes) -> Callable[[str], str]:
    key = secret[:64]
    return lambda value: hashlib.blake2b(value.encode(), digest_size=8, key=key).hexdigest()


def counted(
    features: Features, names: set[str], secret: bytes = b"", people: Rows | None = None
) -> Frequencies:
    """Shares of people in some features, for the columns ``names``; ``people`` as for :func:`counts_of`."""
    return shares_of(counts_of(features, names, people), secret)


def counted_with_names(features: Features, names: set[str], secret: bytes = b"") -> Frequencies:
    """:func:`counted`, and which first names and surnames go together."""
    shares = counts_of(features, names)
    return replace(shares_of(shares, secret), communities=communities.found(features))


def counts_of(
    features: Features, names: set[str], people: Rows | None = None
) -> dict[str, tuple[pl.Series, npt.NDArray[np.int64]]]:
    """How many people in some features have each value of the columns ``names``: the values, and how many.

    Somebody reported twelve times would make their own name look common. So people are counted once for each
    of their values: ``people`` (n,) says whose each record is. Where that is not known, one record of each is
    counted, by a rough key (a name with a birth date, a home or a number).
    """
    chosen = _one_a_person(features) if people is None else None
    found = {}
    for name in sorted(names):
        column = features.columns.by_name[name]
        assert isinstance(column, (Texts, Lists))
        rows, codes = column.items() if isinstance(column, Lists) else (np.arange(len(column)), column.codes)
        if chosen is not None:
            codes = codes[chosen[rows]]
        elif people is not None:
            # A person and a value are told apart as one number.
            width = np.int64(max(len(column.values), 1))
            some = np.flatnonzero(codes >= 0)
            codes = different(people[rows[some]] * width + codes[some]) % width
        found[name] = column.values, np.bincount(codes[codes >= 0], minlength=len(column.values))
    return found


def shares_of(
    found: Mapping[str, tuple[pl.Series, npt.NDArray[np.int64]]], secret: bytes = b""
) -> Frequencies:
    """Shares of people from how many have each value of some columns."""
    shares: dict[str, dict[str, float]] = {}
    rare: dict[str, float] = {}
    for name, (every, counts) in found.items():
        total = max(float(counts.sum()), 1.0)
        expected = expected_counts(counts)
        common = np.flatnonzero(counts > 1)
        if len(common) > _MOST_KEPT:
            common = common[np.argsort(-counts[common], kind="stable")[:_MOST_KEPT]]
        values = every.gather(pl.Series(common))
        kept = expected[np.minimum(counts[common], len(expected) - 1)]
        kept = np.where(counts[common] < len(expected), kept, counts[common])
        shares[name] = _by_name(values, kept / total)
        left_out = counts.copy()
        left_out[common] = 0
        others = max(int(np.count_nonzero(left_out)), 1)
        rare[name] = (
            float(expected[np.minimum(left_out[left_out > 0], len(expected) - 1)].sum() / others / total)
            if left_out.any()
            else float(expected[1] / total)
        )
    return Frequencies(rare, shares, secret)


def expected_counts(counts: npt.NDArray[np.int64], most: int = _SMALL) -> Bits:
    """How many people are to be expected to have a value that so many were seen to have: (``most`` + 1,).

    That one of n people has a value does not show that one in n has it: who was seen is why the value is
    known at all. A value seen c times is expected (c + 1) N(c + 1) / N(c) times, N(c) being how many values
    were seen c times (Good, 1953); it never falls with c, nor rises above it.
    """
    times = np.bincount(counts[counts > 0], minlength=most + 3)[: most + 3].astype(np.float64)
    seen = np.arange(most + 1)
    # Half a value is added, so that none is expected never to be seen again.
    expected = (seen + 1) * (times[1 : most + 2] + 0.5) / (times[: most + 1] + 1.0)
    expected[0] = expected[1]
    return np.maximum.accumulate(np.minimum(np.maximum(expected, _LEAST), np.maximum(seen, 1)))


def _by_name(names: pl.Series, shares: Bits | list[float]) -> dict[str, float]:
    """Shares in order of their names."""
    frame = pl.DataFrame({"name": names, "share": shares}, schema_overrides={"share": pl.Float64()}).sort(
        "name"
    )
    return dict(zip(frame["name"].to_list(), frame["share"].to_list(), strict=True))


def _one_a_person(features: Features) -> npt.NDArray[np.bool_]:
    """One record of each person, roughly: shape (n,)."""
    columns = features.columns.by_name
    n = len(features)

    def codes(name: str) -> npt.NDArray[np.int64]:
        column = columns.get(name)
        if isinstance(column, (Texts, Lists)):
            return column.codes.astype(np.int64)
        return np.full(n, -1, dtype=np.int64)

    anchor = np.full(n, -1, dtype=np.int64)
    for place, name in enumerate(("birth_date", "dwelling", "phones", "nominal", "postcode")):
        found = codes(name)
        take = (anchor < 0) & (found >= 0)
        anchor[take] = found[take] * 8 + place
    anchor[anchor < 0] = np.flatnonzero(anchor < 0) * 8 + 7
    whole = np.zeros(n, dtype=np.uint64)
    for place, found in enumerate((codes("first"), codes("sur"), anchor)):
        whole += mixed((found * 3 + place).astype(np.uint64))
    order, begins = alike_together(whole)
    first = np.zeros(n, dtype=bool)
    first[order[begins]] = True
    return first


class Shared:
    """Bits of the frequency of what pairs of records have in common, for the rows of some features."""

    def __init__(self, features: Features, frequencies: Frequencies) -> None:
        self._features = features
        self.frequencies = frequencies
        self._bits: dict[str, Bits] = {}

    def among(self, features: Features) -> Shared:
        """The same for the rows of other features, whose distinct values are the same."""
        found = Shared(features, self.frequencies)
        found._bits = self._bits
        return found

    def of_values(self, name: str) -> Bits:
        """Bits of the share of each distinct value of a column."""
        if name not in self._bits:
            column = self._features.columns.by_name[name]
            assert isinstance(column, (Texts, Lists))
            self._bits[name] = self.frequencies.bits_of(name, column.values)
        return self._bits[name]

    def bits(self, name: str, left: Rows, right: Rows) -> Bits:
        """Bits of the share of people who have the value that each pair has in common.

        Of two values that are merely alike, the commoner counts; of lists, the rarest text in both.
        """
        column = self._features.columns.by_name[name]
        if isinstance(column, Lists):
            if self._features.columns.single(name):
                own, bits = column.codes.take(left), np.minimum(self.of_values(name), 0.0)
                same = (own >= 0) & (own == column.codes.take(right))
                return np.where(same, bits.take(column.elements.take(np.maximum(own, 0))), 0.0)
            return self._rarest(column, self.of_values(name), left, right)
        assert isinstance(column, Texts)
        bits = self.of_values(name)
        return np.maximum(bits.take(column.codes.take(left)), bits.take(column.codes.take(right)))

    def _rarest(self, column: Lists, bits: Bits, left: Rows, right: Rows) -> Bits:
        if not len(left):
            return np.zeros(0)
        a, b, which = distinct_pairs(column.codes[left], column.codes[right], len(column.starts))
        n = column.sizes[a]
        pair = np.repeat(np.arange(len(a)), n)
        mine = column.elements[spread(column.starts[a], n)]
        m = column.sizes[b][pair]
        theirs = column.elements[spread(column.starts[b[pair]], m)]
        both = np.repeat(mine, m)
        hit = both == theirs
        rarest = np.zeros(len(a))
        np.minimum.at(rarest, np.repeat(pair, m)[hit], bits[both[hit]])
        return rarest[which]

    def of_levels(
        self,
        levels: npt.NDArray[np.int8],
        left: Rows,
        right: Rows,
        table: tuple[Comparison, ...],
        active: list[int],
    ) -> Bits:
        """For every pair and comparison the bits of its frequency, 0 where the level has none: (n, c)."""
        found = np.zeros(levels.shape, order="F")

        def shade(i: int) -> None:
            for level in table[i].levels:
                if level.tf and self._features.has(level.tf):
                    hit = np.flatnonzero(levels[:, i] == level.value)
                    found[hit, i] = self.bits(level.tf, left.take(hit), right.take(hit))

        if len(levels) <= _ALONE:
            for i in active:
                shade(i)
        else:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(shade, active))
        self._add_lift(found, levels, left, table)
        return found

    def _add_lift(
        self, found: Bits, levels: npt.NDArray[np.int8], left: Rows, table: tuple[Comparison, ...]
    ) -> None:
        """Where first name and surname are shared, they are as common together as their communities say."""
        if self.frequencies.communities is None:
            return
        hit = np.flatnonzero(communities.share_both(levels, table))
        first, surname = communities.texts_of(self._features)
        rows, width = left.take(hit), len(surname.values) + 1
        whole, which = numbered(first.codes.take(rows).astype(np.int64) * width + surname.codes.take(rows))
        names = (
            first.values.gather(pl.Series(whole // width)),
            surname.values.gather(pl.Series(whole % width)),
        )
        found[hit, communities.place(table)] += self.frequencies.lift(*names)[which]
