"""Find the candidate pairs that the blocking rules propose: records that share a key which few records have.

The same keys block the batch and are looked up when a form is saved. In the batch a key is a number made
of the codes of its parts; in the database it is made of a keyed hash of its parts' texts
(:mod:`lamplighter.linkage.blocking.hashed_keys`), so that the table shows nobody's name or number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.pair_ids import pairs_of
from lamplighter.linkage.arrays.row_order import Hashes, Rows, begins_of, mixed, ordered, spread, spread_of
from lamplighter.linkage.blocking.blocking_rules import Key, Part
from lamplighter.linkage.features.encoded_columns import Codes, Column, Lists, Numbers, Texts, meeting
from lamplighter.linkage.features.record_features import Features

NARROWER = np.uint64(100)
MOST_RECORDS_A_KEY = 60
"""A key that more records share is narrowed; what is then still shared by more is passed over."""
WINDOW = 3
"""Records of a chain are compared with those that many places on, less one."""
FREE_PAIRS, MOST_IN_A_SMALL_TABLE = 1_500_000, 1_000
EVERY_PAIR = 4_500_000
"""A table of no more pairs, which 3,000 records have, is looked at whole: keys would spare it a second or
two, and miss those of whom little is known."""


class Hashed:
    """The values of the parts' columns as hashes, each distinct value hashed once."""

    def __init__(self, features: Features) -> None:
        self.features = features
        self._hashes: dict[Part, Hashes] = {}
        self._items: dict[str, tuple[Rows, Codes]] = {}

    def column(self, wanted: Part) -> Column:
        """Return the column of a part: of slices, where the part is one."""
        if wanted.begin is not None and wanted.end is not None:
            return self.features.columns.text(
                ("part", wanted.column, wanted.begin, wanted.end - wanted.begin)
            )
        return self.features.columns.by_name[wanted.column]

    def mixed(self, wanted: Part, salt: np.uint64) -> Hashes:
        """Mixed hashes of a part's distinct values."""
        if wanted not in self._hashes:
            column = self.column(wanted)
            assert not isinstance(column, Numbers), "A key is made of texts."
            self._hashes[wanted] = self.values(column.values)
        with np.errstate(over="ignore"):
            return mixed(self._hashes[wanted] + salt)

    def items(self, wanted: Part, rows: Rows | None = None) -> tuple[Rows, Codes]:
        """Return every text of every record (of ``rows``) of a column of lists: where it stands, and its
        code.
        """
        if wanted.column not in self._items:
            self._items[wanted.column] = self.features.columns.list(wanted.column).items()
        owners, codes = self._items[wanted.column]
        if rows is None:
            return owners, codes
        if not (rows[1:] > rows[:-1]).all():
            # Some are there twice.
            return self.features.columns.list(wanted.column).items(rows)
        place = np.full(len(self.features), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        at = place.take(owners)
        some = np.flatnonzero(at >= 0)
        return at.take(some), codes.take(some)

    def values(self, values: pl.Series) -> Hashes:
        """Hashes of distinct values. Good within one process."""
        return values.hash(1).to_numpy() | np.uint64(1)


def rows_and_keys(key: Key, hashed: Hashed) -> tuple[Rows, Hashes]:
    """Return the records that have every part of a key, each with the key."""
    rows: Rows | None = None
    made = np.zeros(0, dtype=np.uint64)
    salted = [(p, np.uint64(0 if key.unordered else i + 1)) for i, p in enumerate(key.parts)]
    # Whatever is a list gives a record several keys, so it comes last.
    for wanted, salt in sorted(salted, key=lambda p: isinstance(hashed.column(p[0]), Lists)):
        rows, made = added(rows, made, hashed, wanted, salt)
    return (np.empty(0, dtype=np.int64) if rows is None else rows), mixed(made)


def added(
    rows: Rows | None, made: Hashes, hashed: Hashed, wanted: Part, salt: np.uint64
) -> tuple[Rows, Hashes]:
    """Keys with one more part, of ``rows`` (all where it is None) that have it. The sum of mixed parts does
    not depend on their order but for ``salt``."""
    column, table = hashed.column(wanted), hashed.mixed(wanted, salt)
    with np.errstate(over="ignore"):
        if isinstance(column, Lists):
            at, codes = hashed.items(wanted, rows)
            if rows is None:
                return at, table.take(codes)
            return rows.take(at), made.take(at) + table.take(codes)
        assert isinstance(column, Texts)
        codes = column.codes if rows is None else column.codes.take(rows)
        some = np.flatnonzero(codes >= 0)
        if rows is None:
            return some, table.take(codes.take(some))
        if len(some) == len(rows):
            return rows, made + table.take(codes)
        return rows.take(some), made.take(some) + table.take(codes.take(some))


@dataclass(frozen=True, slots=True)
class Limits:
    """Limit how much keys may propose: ``most`` records to a key, and so many ``pairs``. Rare keys come
    first; what is commoner than the limits allow is narrowed, and where it is ``chained`` each of its records
    is looked at beside those that are most like it. Of a table that is looked at ``whole`` every pair is
    proposed."""

    most: int = MOST_RECORDS_A_KEY
    pairs: float = float("inf")
    chained: bool = False
    whole: bool = False

    @classmethod
    def of_table(cls, records: int, pairs: float) -> Limits:
        """Limits for so many records and ``pairs``; where all can be looked at in a second or two, a person
        recorded seventy times must not be too common a key."""
        most = int(np.clip(FREE_PAIRS / max(records, 1), MOST_RECORDS_A_KEY, MOST_IN_A_SMALL_TABLE))
        whole = pairs_of(records) <= EVERY_PAIR
        return cls(most, max(pairs, FREE_PAIRS), chained=True, whole=whole)

    def largest(self, sizes: Rows) -> int:
        """Return the largest group of records that fits."""
        return self.largest_of(np.bincount(np.minimum(sizes, self.most + 1), minlength=3))

    def largest_of(self, counts: Rows) -> int:
        """Return the same where so many groups, ``counts``, have each number of records from none up."""
        counts = counts[: self.most + 1]
        size = np.arange(len(counts))
        allowed = np.flatnonzero(np.cumsum(counts * size * (size - 1) / 2) <= self.pairs)
        return int(max(allowed[-1], 2)) if len(allowed) else 2

    def less(self, spent: float, parts: float = 1.0) -> Limits:
        """Return an equal share of what is left for so many parts."""
        return replace(self, pairs=max(self.pairs - spent, 0.0) / parts)


@dataclass(frozen=True, slots=True)
class Block:
    """Groups of records that share a key: ``rows`` in order of the key, where each group starts and its
    size. ``crowded``: the keys that too many share, sorted; ``narrower``: the part by which it is
    narrowed, or None."""

    rows: Rows
    starts: Rows
    sizes: Rows
    crowded: Hashes
    narrower: Part | None = None

    @property
    def pairs(self) -> float:
        """Tell how many pairs of records there are in the groups."""
        return float((self.sizes * (self.sizes - 1) / 2).sum())


def every_block(keys: Sequence[Key], hashed: Hashed, limits: Limits) -> Iterator[Block]:
    """Yield the blocks of some keys within limits for all together: what one does not need the next ones
    have.
    """
    if limits.whole and keys:
        n = len(hashed.features)
        yield Block(np.arange(n), np.zeros(1, np.int64), np.array([n]), np.empty(0, dtype=np.uint64))
        return
    spent = 0.0
    with ThreadPoolExecutor(2) as pool:
        # The next keys are sorted while the pairs of this one are made.
        waiting = [pool.submit(sorted_keys, key, hashed) for key in keys[:2]]
        for i, key in enumerate(keys):
            records = waiting.pop(0).result()
            waiting.extend(pool.submit(sorted_keys, k, hashed) for k in keys[i + 2 : i + 3])
            for block in blocks(key, hashed, limits.less(spent, len(keys) - i), records, pool):
                spent += block.pairs
                yield block


def sorted_keys(key: Key, hashed: Hashed) -> Grouped:
    """Return the records that have a key, in order of it."""
    return grouped(*rows_and_keys(key, hashed), len(hashed.features))


def blocks(
    key: Key,
    hashed: Hashed,
    limits: Limits,
    records: Grouped | None = None,
    pool: ThreadPoolExecutor | None = None,
) -> Iterator[Block]:
    """Groups of records that share a key, and are not too many.

    Common keys are narrowed by each of ``key.narrow`` in turn; half of the pairs are kept for that.
    ``records`` as :func:`sorted_keys` has them, where they are sorted already; ``pool``: threads that help.
    """
    records = sorted_keys(key, hashed) if records is None else records
    most = limits.less(0.0, 2.0 if key.narrow else 1.0).largest(records.sizes)
    found = _block(records, most)
    spent = found.pairs
    yield found
    crowd = np.repeat(records.sizes > most, records.sizes)
    if not crowd.any():
        return
    rows, made = records.rows[crowd], mixed(records.keys[crowd])

    def narrowed(i: int) -> Grouped:
        salt = NARROWER + np.uint64(i)
        return grouped(*added(rows, made, hashed, key.narrow[i], salt), len(hashed.features))

    which = range(len(key.narrow))
    finers = map(narrowed, which) if pool is None else pool.map(narrowed, which)
    passed_over = np.ones(len(hashed.features), dtype=bool)
    for i, (narrower, finer) in enumerate(zip(key.narrow, finers, strict=True)):
        found = _block(finer, limits.less(spent, len(key.narrow) - i).largest(finer.sizes), narrower)
        spent += found.pairs
        passed_over[found.rows[spread(found.starts, found.sizes)]] = False
        yield found
    if limits.chained:
        if WINDOW * len(rows) > limits.pairs - spent:
            rows, made = rows[passed_over[rows]], made[passed_over[rows]]
        yield _chain(rows, made, hashed, key.narrow)


def _block(records: Grouped, most: int, narrower: Part | None = None) -> Block:
    sizes, starts = records.sizes, records.starts
    fits = np.flatnonzero((sizes > 1) & (sizes <= most))
    crowded = records.keys.take(starts.take(np.flatnonzero(sizes > most)))
    return Block(records.rows, starts.take(fits), sizes.take(fits), crowded, narrower)


def _chain(rows: Rows, made: Hashes, hashed: Hashed, narrow: Sequence[Part]) -> Block:
    """Records with a key that too many share, each with the next ones in order of what narrows it (sorted
    neighbourhoods; Hernández and Stolfo, 1995).

    Somebody with hundreds of records has them under keys that are all too common, and would be left in
    pieces. So they hang together, and all of them are compared once they do.
    """
    by = [made]
    for wanted in narrow:
        column = hashed.column(wanted)
        if isinstance(column, Texts):
            # Hashes come in the same order, whatever the order of the records.
            table = np.append(hashed.mixed(wanted, NARROWER), np.uint64(0))
            by.append(table[column.codes[rows]])
    # Polars sorts by several columns four times faster than NumPy does.
    columns = pl.DataFrame({str(i): column for i, column in enumerate(by)})
    order = columns.select(o=pl.arg_sort_by(columns.columns, maintain_order=True))["o"].to_numpy()
    rows, made = rows[order], made[order]
    begins = begins_of(made)
    firsts = np.flatnonzero(begins)
    many = np.diff(np.append(firsts, len(made)))
    sizes = np.minimum(np.repeat(firsts + many, many) - np.arange(len(made)), WINDOW)
    # The last of a chain stand in the window of those before them.
    starts = np.flatnonzero((sizes == WINDOW) | ((sizes > 1) & begins))
    sizes = sizes[starts]
    of, at = spread_of(starts, sizes)
    # The group and the record are sorted as one number.
    bits = max(len(hashed.features), 1).bit_length()
    beside = ordered(of << bits | rows[at]) & ((1 << bits) - 1)
    return Block(beside, np.cumsum(sizes) - sizes, sizes, np.empty(0, dtype=np.uint64))


@dataclass(frozen=True, slots=True)
class Grouped:
    """Records in order of their keys, and of their rows where these are alike: ``rows`` and ``keys`` (n,),
    and where the records of each key start and how many there are."""

    rows: Rows
    keys: Hashes
    starts: Rows
    sizes: Rows


def short(made: Hashes, n: int) -> Hashes:
    """Keys with as many of their bits taken off as the number of one of ``n`` records needs."""
    return made & ~np.uint64((1 << max(n - 1, 1).bit_length()) - 1)


def grouped(rows: Rows, made: Hashes, n: int) -> Grouped:
    """Records by their :func:`short` keys. Key and record are sorted as one number; of ten million records
    about fifty pairs share a short key by chance, and are looked at in vain."""
    unsorted = short(made, n)
    unsorted |= rows.view(np.uint64)
    together = ordered(unsorted)
    keys = short(together, n)
    begins = np.empty(len(keys), dtype=bool)
    begins[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=begins[1:])
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, len(keys)))
    return Grouped((together ^ keys).view(np.int64), keys, starts, sizes)


def pairs_in(block: Block) -> Iterator[tuple[Rows, Rows]]:
    """Yield every pair of records of each group: left < right, or one record twice."""
    for _, a, b in pairs_by_size(block):
        yield a, b


def pairs_by_size(block: Block) -> Iterator[tuple[int, Rows, Rows]]:
    """Yield the pairs of the groups of each size, with the size."""
    order = np.argsort(block.sizes, kind="stable")
    ends = np.flatnonzero(np.diff(block.sizes[order])) + 1
    for at in np.split(order, ends):
        if len(at):
            size, first = int(block.sizes[at[0]]), block.starts.take(at)
            # A row for each place in a group: rows are put together faster than columns.
            members = np.array([block.rows.take(first + place) for place in range(size)])
            i, j = np.triu_indices(size, 1)
            yield size, members.take(i, axis=0).ravel(), members.take(j, axis=0).ravel()


class Shares:
    """Hold what pairs of records have in common, each part looked at once: ``left`` and ``right`` (n,)."""

    def __init__(self, hashed: Hashed, left: Rows, right: Rows) -> None:
        self.hashed, self.left, self.right = hashed, left, right
        self._parts: dict[Part, npt.NDArray[np.bool_]] = {}

    def part(self, wanted: Part) -> npt.NDArray[np.bool_]:
        """Tell whether each pair has a part in common."""
        if wanted not in self._parts:
            self._parts[wanted] = shares_part(self.hashed, wanted, self.left, self.right)
        return self._parts[wanted]

    def key(self, key: Key) -> npt.NDArray[np.bool_]:
        """Tell whether each pair has every part of a key in common: an array of its own."""
        if key.unordered:
            return self._either_way(*key.parts)
        shared = np.ones(len(self.left), dtype=bool)
        for wanted in key.parts:
            shared &= self.part(wanted)
        return shared

    def _either_way(self, one: Part, two: Part) -> npt.NDArray[np.bool_]:
        hashed, left, right = self.hashed, self.left, self.right
        known = holds_part(hashed, one, left) & holds_part(hashed, two, left)
        known &= holds_part(hashed, one, right) & holds_part(hashed, two, right)
        at = np.flatnonzero(known)
        a, b = (_hashes(hashed, p, left[at]) for p in (one, two))
        c, d = (_hashes(hashed, p, right[at]) for p in (one, two))
        known[at] = ((a == c) & (b == d)) | ((a == d) & (b == c))
        return known


def shares_part(hashed: Hashed, wanted: Part, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Tell whether each pair of records has one part in common."""
    column = hashed.column(wanted)
    if isinstance(column, Lists):
        a, b, columns = column.codes[left], column.codes[right], hashed.features.columns
        found = (a >= 0) & (b >= 0)
        if columns.single(wanted.column):
            return np.asarray(found & (a == b))
        bits = columns.list_bits(wanted.column)
        # No list is empty: two that are the same have all in common.
        some = np.flatnonzero(found & (a != b))
        found[some] = (bits[a[some]] & bits[b[some]]) != 0
        some = some[found[some]]
        found[some] = meeting(column, a[some], b[some])
        return found
    assert isinstance(column, Texts)
    codes = column.codes[left]
    return np.asarray((codes >= 0) & (codes == column.codes[right]))


def holds_part(hashed: Hashed, wanted: Part, rows: Rows) -> npt.NDArray[np.bool_]:
    """Tell whether each record has a part."""
    column = hashed.column(wanted)
    assert not isinstance(column, Numbers)
    return np.asarray(column.codes[rows] >= 0)


def _hashes(hashed: Hashed, wanted: Part, rows: Rows) -> Hashes:
    """Return the hash of a part of records that have it."""
    column = hashed.column(wanted)
    assert isinstance(column, Texts)
    return hashed.mixed(wanted, np.uint64(0))[column.codes[rows]]
