"""Candidate keys: the same keys block the batch and are looked up when a form is saved.

Two records are compared when they share a key that few records have. A key is
stored as a hash, so that the indexed table shows nobody's name or number.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.features import prepare

MOST_RECORDS_A_KEY = 250
"""A key shared by more records than this is passed over: its records have rarer keys in common,
or nothing in common that would identify anybody."""

KEY_SCHEMA = pl.Schema({"record_id": pl.String(), "kind": pl.String(), "key": pl.String()})
Pairs = npt.NDArray[np.int64]


def _sql(kind: str, parts: Iterable[str], source: str = "f", where: str = "true") -> str:
    parts = list(parts)
    present = " and ".join(f"({p}) is not null" for p in parts)
    key = " || '|' || ".join(f"({p})" for p in parts)
    return f"select record_id, '{kind}' as kind, {key} as key from {source} where {present} and {where}"  # noqa: S608 - parts are the constants below


_LONG = "length(first) > 1"
_CLASS = "(select *, unnest(first_class) as cls from f where length(first) > 1)"
_YEAR = "cast(year(born_from) as varchar)"
_SAME_YEAR = "born_from = born_to"
_DECADES = (
    "(select *, unnest(range(year(born_from) // 10, year(born_to) // 10 + 1)) as decade from f"
    " where born_to is not null and born_from > date '1880-01-01')"
)


def _each(column: str) -> str:
    return f"(select record_id, unnest({column}) as v from f)"  # noqa: S608 - columns are the constants below


# Kind, and the query that makes its keys from the features `f`.
KINDS: dict[str, str] = {
    "pnc": _sql("pnc", ["pnc"]),
    "cro": _sql("cro", ["cro"]),
    "nominal": _sql("nominal", ["nominal"]),
    "phone": _sql("phone", ["v"], _each("phones")),
    "token": _sql("token", ["v"], _each("tokens")),
    "email": _sql("email", ["v"], _each("emails")),
    "account": _sql("account", ["v"], _each("handle_cores"), "length(v) >= 3"),
    "vehicle": _sql("vehicle", ["v"], _each("vrms")),
    "vehicle_part": _sql(
        "vehicle_part",
        ["v"],
        "(select record_id, substr(unnest(list_concat(coalesce(vrms, []), coalesce(vrm_parts, []))), 1, 4)"
        " as v from f)",
        "length(v) = 4",
    ),
    "name": _sql("name", ["least(first, sur)", "greatest(first, sur)"], where=_LONG),
    "class_surname": _sql("class_surname", ["cls", "sur"], _CLASS),
    "class_surname_sound": _sql("class_surname_sound", ["cls", "sur_ph"], _CLASS),
    "sounds": _sql("sounds", ["first_ph", "sur_ph"], where=_LONG),
    "starts": _sql("starts", ["substr(first, 1, 3)", "substr(sur, 1, 3)"], where=_LONG),
    "born": _sql("born", ["birth_date"]),
    "born_first": _sql("born_first", ["birth_date", "substr(first, 1, 1)"]),
    "surname_year": _sql("surname_year", ["sur_ph", _YEAR, "coalesce(sex, '?')"], where=_SAME_YEAR),
    "class_year": _sql("class_year", ["cls", _YEAR], _CLASS, _SAME_YEAR),
    "class_month_day": _sql("class_month_day", ["cls", "substr(birth_date, 6)"], _CLASS),
    "surname_decade_town": _sql("surname_decade_town", ["sur", "cast(decade as varchar)", "town"], _DECADES),
    "class_dwelling": _sql("class_dwelling", ["cls", "dwelling"], _CLASS),
    "class_postcode": _sql("class_postcode", ["cls", "postcode"], _CLASS),
    "surname_postcode": _sql("surname_postcode", ["sur_ph", "postcode"]),
    "dwelling_sex": _sql("dwelling_sex", ["dwelling", "coalesce(postcode, town)", "sex"]),
    "class_town": _sql("class_town", ["cls", "town", "coalesce(sex, '?')"], _CLASS),
    "class_outward": _sql("class_outward", ["cls", "outward"], _CLASS),
}


def candidate_keys(people: pl.DataFrame, reports: pl.DataFrame | None = None) -> pl.DataFrame:
    """Keys of every record: ``record_id``, ``kind``, ``key`` (16 hexadecimal digits of MD5)."""
    return keys_of(prepare(people, reports))


def keys_of(features: pl.DataFrame) -> pl.DataFrame:
    """The same from features that are already prepared."""
    with duckdb.connect() as connection:
        connection.register("f", features.to_arrow())
        union = " union ".join(KINDS.values())
        found = connection.sql(
            f"select record_id, kind, substr(md5(kind || ':' || key), 1, 16) as key from ({union})"  # noqa: S608 - fixed
        )
        frame: pl.DataFrame = found.pl()
    return frame.cast(KEY_SCHEMA).sort("record_id", "kind", "key")


def rarest_first(keys: pl.DataFrame, frequencies: pl.DataFrame) -> pl.DataFrame:
    """``keys`` with ``records`` (how many records have the key, from ``frequencies``: ``key``,
    ``records``), rarest first, without those that too many share."""
    known = keys.join(frequencies.select("key", "records"), on="key", how="left").fill_null(0)
    return known.filter(pl.col("records") <= MOST_RECORDS_A_KEY).sort("records", "kind", "key")


def frequencies(keys: pl.DataFrame) -> pl.DataFrame:
    """How many records have each key: ``key``, ``records``."""
    return keys.group_by("key").agg(records=pl.len())


def candidate_pairs(features: pl.DataFrame, *, most: int = MOST_RECORDS_A_KEY) -> Pairs:
    """Pairs of rows of ``features`` that share a key: shape (n, 2), left < right, no pair twice."""
    rows = features.select("record_id").with_row_index("row")
    keys = keys_of(features)
    with duckdb.connect() as connection:
        connection.register("k", keys.select("record_id", "key").to_arrow())
        connection.register("r", rows.to_arrow())
        connection.execute(
            "create table t as select cast('0x' || key as ubigint) as key, cast(row as integer) as row"
            " from k join r using (record_id)"
        ).fetchall()
        found = connection.execute(
            "with kept as (select key from t group by key having count(*) between 2 and ?)"
            " select distinct a.row as l, b.row as r from t a join t b using (key)"
            " semi join kept using (key) where a.row < b.row",
            [most],
        ).fetchnumpy()
    pairs = np.column_stack([found["l"], found["r"]]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
