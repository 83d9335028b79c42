"""The keys that a new report is looked up by, as numbers that show nobody's name or number.

The same kinds of keys block the batch (:mod:`lamplighter.linkage.blocking`). Here each text is hashed with
a secret of the place that keeps the keys, so that a list of all names does not give the keys away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl

from lamplighter.linkage.blocking import Hashed, Key, rows_and_keys, usable
from lamplighter.linkage.coded import Hashes
from lamplighter.linkage.features import Features, prepare

MOST_RECORDS_A_KEY = 250
"""A key shared by more records than this is passed over: its records have rarer keys in common,
or nothing in common that would identify anybody."""
KEY_SCHEMA = pl.Schema({"record_id": pl.String(), "kind": pl.String(), "key": pl.Int64()})


class _Keyed(Hashed):
    """Hashes that are the same in every process that knows the secret."""

    def __init__(self, features: Features, secret: bytes) -> None:
        super().__init__(features)
        self._secret = secret[:64]

    def values(self, values: pl.Series) -> Hashes:
        made = bytearray()
        for text in values.to_list():
            made += hashlib.blake2b(text.encode(), digest_size=8, key=self._secret).digest()
        return np.frombuffer(bytes(made), dtype="<u8").astype(np.uint64) | np.uint64(1)


def candidate_keys(
    people: pl.DataFrame, reports: pl.DataFrame | None = None, *, secret: bytes = b""
) -> pl.DataFrame:
    """Keys of every record: ``record_id``, ``kind``, ``key`` (a whole number of 64 bits)."""
    return keys_of(prepare(people, reports), secret=secret)


def keys_of(features: Features, kinds: Sequence[Key] | None = None, *, secret: bytes = b"") -> pl.DataFrame:
    """The same from features that are already prepared, of some kinds of keys or all."""
    hashed = _Keyed(features, secret)
    parts = []
    for number, kind in enumerate(usable(features) if kinds is None else kinds):
        rows, made = rows_and_keys(kind, hashed)
        salted = made ^ np.uint64(_salt(kind.name))
        parts.append(
            pl.DataFrame({"row": rows, "kind": np.full(len(rows), number), "key": salted.view(np.int64)})
        )
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


def _salt(kind: str) -> int:
    """Keys of two kinds never meet."""
    return int.from_bytes(hashlib.blake2b(kind.encode(), digest_size=8).digest(), "little")


def rarest_first(keys: pl.DataFrame, frequencies: pl.DataFrame) -> pl.DataFrame:
    """``keys`` with ``records`` (how many records have the key, from ``frequencies``: ``key``,
    ``records``), rarest first, without those that too many share."""
    known = keys.join(frequencies.select("key", "records"), on="key", how="left").fill_null(0)
    return known.filter(pl.col("records") <= MOST_RECORDS_A_KEY).sort("records", "kind", "key")


def frequencies(keys: pl.DataFrame) -> pl.DataFrame:
    """How many records have each key: ``key``, ``records``."""
    return keys.group_by("key").agg(records=pl.len())
