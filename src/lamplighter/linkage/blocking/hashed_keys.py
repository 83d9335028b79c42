"""Make the blocking keys that a new report is looked up by, as numbers that show nobody's name or number.

The same kinds of keys block the batch (:mod:`blocking.candidate_pairs`). Here each text is hashed with
a secret of the place that keeps the keys, so that a list of all names does not give the keys away.

A key that more than :data:`MOST_RECORDS_A_KEY` records share is *crowded*: its records are not kept under
it but under what narrows it, as the batch narrows it; and what is crowded then is kept nowhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.pair_words import packed, unpacked
from lamplighter.linkage.arrays.row_order import Hashes, Rows, different, mixed, numbered, spread_of
from lamplighter.linkage.blocking import candidate_pairs
from lamplighter.linkage.blocking.blocking_rules import Key, Part, key_kinds, usable
from lamplighter.linkage.blocking.candidate_pairs import NARROWER, Hashed, Limits, rows_and_keys
from lamplighter.linkage.features.compact_records import AT
from lamplighter.linkage.features.record_features import Features

MOST_RECORDS_A_KEY = 250
"""A key shared by more records than this is crowded."""
KEY_SCHEMA = pl.Schema({"record_id": pl.String(), "kind": pl.String(), "key": pl.Int64()})


def most_for(records: int) -> int:
    """Tell how many may share a key, of so many records: the more there are, the fewer share one that is
    worth looking at."""
    return min(MOST_RECORDS_A_KEY, Limits.of_table(records, float("inf")).most)


def fewest(most: int) -> int:
    """Tell how many weak keys two records must share to be looked at, where ``most`` records may share a
    key."""
    return 2 if most <= candidate_pairs.MOST_RECORDS_A_KEY else 1


def sharing(rows: Rows, keys: npt.NDArray[np.int64], most: int) -> tuple[Rows, Rows]:
    """Return which two of some records, each with one of its ``keys`` (n,) beside its number in ``rows``
    (n,), share enough to be looked at (:func:`many_enough`): the numbers of the two, the lower first."""
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, np.int64)
    sizes = np.diff(np.append(starts, len(keys)))
    pairs, of = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for size in different(sizes[sizes > 1]).tolist():
        first = starts[sizes == size]
        members = rows[first[:, None] + np.arange(size)]
        i, j = np.triu_indices(size, 1)
        a, b = members[:, i], members[:, j]
        pairs.append(packed(a, b).ravel())
        of.append(np.repeat(keys[first], len(i)))
    both, which = numbered(np.concatenate(pairs))
    return unpacked(both[many_enough(which, np.concatenate(of), len(both), most)])


def across(
    rows: Rows, keys: npt.NDArray[np.int64], others: Rows, other_keys: npt.NDArray[np.int64], most: int
) -> tuple[Rows, Rows]:
    """Return the same of records beside their keys and ``others`` beside theirs: which of both share
    enough.
    """
    order = np.argsort(other_keys, kind="stable")
    ordered = other_keys[order]
    first, last = (np.searchsorted(ordered, keys, side=side) for side in ("left", "right"))
    of, at = spread_of(first, last - first)
    both, which = numbered(rows[of] << 32 | others[order[at]])
    return unpacked(both[many_enough(which, keys[of], len(both), most)])


def many_enough(which: Rows, keys: npt.NDArray[np.int64], n: int, most: int) -> npt.NDArray[np.bool_]:
    """Tell whether each of ``n`` pairs of records, of which ``which`` (m,) shares each of ``keys`` (m,), is
    looked at, where ``most`` records may share a key."""
    strong = np.bincount(which, weights=(keys & 1) == 0, minlength=n) > 0
    return np.asarray(strong | (np.bincount(which, minlength=n) >= fewest(most)))


class Keyed(Hashed):
    """Hashes that are the same in every process that knows the secret."""

    def __init__(self, features: Features, secret: bytes) -> None:
        super().__init__(features)
        self._secret = secret[:64]

    def values(self, values: pl.Series) -> Hashes:
        made = bytearray()
        for text in values.to_list():
            made += hashlib.blake2b(text.encode(), digest_size=8, key=self._secret).digest()
        return np.frombuffer(bytes(made), dtype="<u8").astype(np.uint64) | np.uint64(1)


def keys_of(features: Features, kinds: Sequence[Key] | None = None, *, secret: bytes = b"") -> pl.DataFrame:
    """Return the keys of every record, of some kinds or all: ``record_id``, ``kind``, ``key`` (64 bits)."""
    hashed = Keyed(features, secret)
    parts = []
    for number, kind in enumerate(usable(features) if kinds is None else kinds):
        rows, made = rows_and_keys(kind, hashed)
        told_apart = salted(made, kind).view(np.int64)
        parts.append(pl.DataFrame({"row": rows, "kind": np.full(len(rows), number), "key": told_apart}))
    if not parts:
        return pl.DataFrame(schema=KEY_SCHEMA)
    names = [k.name for k in (usable(features) if kinds is None else kinds)]
    whole = pl.concat(parts).unique(["row", "key"], keep="first", maintain_order=True)
    return pl.DataFrame(
        {
            "record_id": features.record_ids.gather(whole["row"]),
            "kind": pl.Series(names).gather(whole["kind"]),
            "key": whole["key"],
        },
        schema=KEY_SCHEMA,
    ).sort("record_id", "kind", "key")


_MASK = (1 << 64) - 1
_MOST_HASHES = 50_000


class _Slot:
    """The hashes of one part of a record, with the salt of its place in a key; those of texts that came are
    known."""

    def __init__(self, part: Part, salt: int, secret: bytes) -> None:
        self._column, self._cut = AT[part.column], slice(part.begin, part.end)
        self._salt, self._secret = salt, secret
        self._known: dict[str, int] = {}

    def of(self, values: Sequence[Any]) -> Sequence[int]:
        """Of the part of a record with these values: one of each text, none where nothing is recorded."""
        value = values[self._column]
        if value is None:
            return ()
        known = self._known
        if isinstance(value, str):
            text = value[self._cut]
            return (known.get(text) or self._hashed(text),)
        return [known.get(text) or self._hashed(text) for text in value]

    def _hashed(self, text: str) -> int:
        if len(self._known) >= _MOST_HASHES:
            self._known.clear()
        digest = hashlib.blake2b(text.encode(), digest_size=8, key=self._secret).digest()
        made = self._known[text] = _mixed(((int.from_bytes(digest, "little") | 1) + self._salt) & _MASK)
        return made


class Maker:
    """The keys of compact records, few at a time: those of :func:`key_index.kept`."""

    def __init__(self, secret: bytes = b"") -> None:
        kinds = key_kinds()
        self._salts = np.array([_salt(k.name) for k in kinds], dtype=np.uint64)
        self._weak = np.array([k.weak for k in kinds], dtype=np.uint64)
        slots: dict[tuple[Part, int], _Slot] = {}

        def slot(part: Part, salt: int) -> _Slot:
            return slots.setdefault((part, salt), _Slot(part, salt, secret[:64]))

        parts = [[slot(p, 0 if k.unordered else i + 1) for i, p in enumerate(k.parts)] for k in kinds]
        self._slots = list(slots.values())
        self._parts = [[self._slots.index(s) for s in own] for own in parts]
        self._narrow = [[slot(p, int(NARROWER) + i) for i, p in enumerate(k.narrow)] for k in kinds]
        self._told_apart = list(zip(self._salts.tolist(), self._weak.tolist(), strict=True))

    def keys(self, values: Sequence[Any]) -> dict[int, tuple[int, int]]:
        """Return the keys of a record; with each the number of its kind and what :meth:`narrowed` needs."""
        return self.keys_of([values])[0]

    def keys_of(self, records: Sequence[Sequence[Any]]) -> list[dict[int, tuple[int, int]]]:
        """Return the same of several."""
        sums: list[int] = []
        kinds: list[int] = []
        ends = [0]
        for values in records:
            hashed = [slot.of(values) for slot in self._slots]
            for number, parts in enumerate(self._parts):
                found = hashed[parts[0]]
                for at in parts[1:]:
                    found = [(a + b) & _MASK for a in found for b in hashed[at]]
                sums += found
                kinds += [number] * len(found)
            ends.append(len(sums))
        made = mixed(np.array(sums, dtype=np.uint64))
        keys = self._salted(made, np.array(kinds, dtype=np.int64))
        origins = list(zip(kinds, made.tolist(), strict=True))
        return [dict(zip(keys[i:j], origins[i:j], strict=True)) for i, j in pairwise(ends)]

    def narrowed(self, origin: tuple[int, int], values: Sequence[Any]) -> list[int]:
        """Return what a crowded key of a record is narrowed to; ``origin`` as :meth:`keys` gave it."""
        number, made = origin
        (salt, weak), base = self._told_apart[number], _mixed(made)
        return [
            _signed(((base + h) & _MASK ^ salt) & ~1 | weak)
            for slot in self._narrow[number]
            for h in slot.of(values)
        ]

    def _salted(self, made: Hashes, kinds: Rows) -> list[int]:
        """As :func:`salted`, of keys of several kinds."""
        kept = (made ^ self._salts[kinds]) & ~np.uint64(1) | self._weak[kinds]
        return list(kept.view(np.int64).tolist())


def _mixed(value: int) -> int:
    """As :func:`row_order.mixed`."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def salted(made: Hashes, kind: Key) -> Hashes:
    """Keys as they are kept: told apart by their kind, and odd where it is weak."""
    return np.asarray((made ^ np.uint64(_salt(kind.name))) & ~np.uint64(1) | np.uint64(kind.weak))


def _salt(kind: str) -> int:
    """Keys of two kinds never meet."""
    return int.from_bytes(hashlib.blake2b(kind.encode(), digest_size=8).digest(), "little")
