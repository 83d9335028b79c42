"""Text to the kinds of the schema, and contact details brought to canonical form: for our own CSV,
JSON and forms.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import polars as pl

from lamplighter.records import canonical
from lamplighter.records.canonical.outcome import Outcome
from lamplighter.records.schema import POLARS_TYPES, Table
from lamplighter.records.validation.problems import FOUND_SCHEMA

Findings = list[pl.DataFrame]
_PLAIN_LIST = r'^\[(?:"[^"\\\x00-\x1f]*"(?:, ?"[^"\\\x00-\x1f]*")*)?\]$'
_NUMBER_LIST = r"^\[(?:[0-9]{1,15}(?:, ?[0-9]{1,15})*)?\]$"

#: Fields in canonical form look like this already; only others are worked on.
CANONICAL: dict[str, tuple[str, Callable[[pl.Series], Outcome]]] = {
    "phones": (r"^\+[1-9][0-9]{6,14}$", canonical.phones),
    "emails": (r"^[a-z0-9._%+'\-]+@[a-z0-9.\-]+\.[a-z]{2,}$", canonical.emails),
    "handles": (r"^[a-z?]+:[^\s@:A-Z]{2,}$", canonical.handles),
    "vehicles": (r"^[A-Z0-9]{2,8}\*?$", lambda s: canonical.vehicles(s)[0]),
}
CANONICAL_ONE: dict[str, tuple[str, Callable[[pl.Series], Outcome]]] = {
    "postcode": (r"^[A-Z]{1,2}[0-9][A-Z0-9]?(?: [0-9][A-Z]{2})?$", canonical.postcodes),
    "location_postcode": (r"^[A-Z]{1,2}[0-9][A-Z0-9]?(?: [0-9][A-Z]{2})?$", canonical.postcodes),
    "place_postcode": (r"^[A-Z]{1,2}[0-9][A-Z0-9]?(?: [0-9][A-Z]{2})?$", canonical.postcodes),
    "pnc_id": (r"^$", canonical.pnc_ids),
    "cro": (r"^$", canonical.cros),
}


def typed(rows: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, Findings]:
    """Text columns to the kinds of the schema. A cell that cannot be read is null, with a finding."""
    findings: Findings = []
    columns = []
    for f in table.fields:
        value = rows[f.name] if f.name in rows.columns else None
        if value is None or value.null_count() == rows.height:
            columns.append(pl.Series(f.name, [None] * rows.height, dtype=POLARS_TYPES[f.kind]))
            continue
        if value.dtype == pl.String and f.kind not in {"text", "json"}:
            # A list with nothing in it says nothing, and nothing in it is of the wrong kind.
            nothing = ["", "[]"] if f.kind in {"texts", "integers"} else [""]
            empty = value.str.strip_chars().is_in(nothing)
            value = pl.select(pl.when(empty).then(None).otherwise(value)).to_series()
            read, problem = _read(value, f.kind)
            lost = read.is_null() & value.is_not_null() if problem is None else problem.is_not_null()
            if lost.any():
                names = (
                    problem.filter(lost)
                    if problem is not None
                    else pl.Series(["value_wrong_type"] * int(lost.sum()))
                )
                findings.append(_notes(rows.filter(lost), table, f.name, names, value.filter(lost)))
            value = read
        elif value.dtype == pl.String:
            value = pl.select(pl.when(value.str.strip_chars() == "").then(None).otherwise(value)).to_series()
        columns.append(value.alias(f.name))
    hidden = [rows[c] for c in ("_file", "_row") if c in rows.columns]
    return pl.DataFrame([*columns, *hidden]), findings


def _read(value: pl.Series, kind: str) -> tuple[pl.Series, pl.Series | None]:
    if kind == "datetime":
        quick = value.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
        if quick.null_count() == value.null_count():
            return quick, None
        out = canonical.datetimes(value)
        return out.value, out.problem
    if kind == "date":
        quick_date = value.str.to_date("%Y-%m-%d", strict=False)
        if quick_date.null_count() == value.null_count():
            return quick_date, None
        out = canonical.datetimes(value)
        return out.value.cast(pl.Date), out.problem
    if kind == "integer":
        return value.str.strip_chars().cast(pl.Int64, strict=False), None
    if kind == "boolean":
        low = value.str.strip_chars().str.to_lowercase()
        words = {
            "true": True,
            "false": False,
            "yes": True,
            "no": False,
            "y": True,
            "n": False,
            "1": True,
            "0": False,
        }
        return low.replace_strict(words, default=None, return_dtype=pl.Boolean), None
    return _lists(value, POLARS_TYPES["texts" if kind == "texts" else "integers"]), None


def _lists(value: pl.Series, dtype: pl.DataType) -> pl.Series:
    """JSON lists; text that is none is parted at semicolons."""
    plain = value.str.contains(_PLAIN_LIST if dtype == pl.List(pl.String) else _NUMBER_LIST).fill_null(False)
    quick = pl.select(pl.when(plain).then(value)).to_series().str.json_decode(dtype)
    quick = pl.select(pl.when(quick.list.len() > 0).then(quick)).to_series() if plain.any() else quick
    rest = value.is_not_null() & ~plain
    if not rest.any():
        return quick
    distinct = value.filter(rest).unique().to_list()
    read = pl.Series([_list(t, dtype) for t in distinct], dtype=dtype, strict=False)
    lists = pl.DataFrame({"k": pl.Series(distinct, dtype=pl.String), "v": read})
    slow = pl.select(pl.when(rest).then(value)).to_series().alias("k").to_frame()
    slow = slow.join(lists, on="k", how="left", maintain_order="left")
    return pl.select(pl.when(rest).then(slow["v"]).otherwise(quick)).to_series()


def _list(text: str, dtype: pl.DataType) -> list[object] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = [part.strip() for part in text.split(";")]
    if not isinstance(found, list):
        found = [found]
    if dtype == pl.List(pl.Int64):
        return [
            int(v)
            for v in found
            if isinstance(v, int) or (isinstance(v, str) and v.isdigit() and len(v) < 19)
        ]
    return [
        str(v)
        for v in found
        if isinstance(v, str | int | float) and not isinstance(v, bool) and str(v).strip()
    ] or None


def _notes(
    rows: pl.DataFrame, table: Table, column: str, problems: pl.Series, value: pl.Series | None
) -> pl.DataFrame:
    reference = next((c for c in ("report_id", "record_id") if c in rows.columns), None)
    return rows.select(
        (pl.col("_file") if "_file" in rows.columns else pl.lit(None, pl.String)).alias("file"),
        (pl.col("_row") if "_row" in rows.columns else pl.lit(None, pl.Int64)).cast(pl.Int64).alias("row"),
        pl.lit(f"{table.name}.{column}").alias("column"),
        problems.cast(pl.String).alias("problem"),
        (value.str.len_chars().cast(pl.Int64) if value is not None else pl.lit(None, pl.Int64)).alias(
            "length"
        ),
        (pl.col(reference).cast(pl.String) if reference else pl.lit(None, pl.String)).alias("report_ref"),
    ).cast(FOUND_SCHEMA)


def canonicalised(rows: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, Findings]:
    """Contact details, postcodes and identifiers in canonical form; what is so already is not touched."""
    findings: Findings = []
    for name, (pattern, function) in CANONICAL.items():
        if name not in table.columns or rows[name].null_count() == rows.height:
            continue
        # A list with anything in another form is worked out anew, piece by piece.
        odd = rows.select(
            pl.col(name)
            .list.eval(~pl.element().str.contains(pattern).fill_null(False))
            .list.any()
            .fill_null(False)
        ).to_series()
        if odd.any():
            text = rows[name].filter(odd).list.eval(pl.element().drop_nulls()).list.join("; ")
            out = pieces(text, pattern, function)
            rows = _replaced(rows, name, odd, out.value)
            if out.problem is not None and out.problem.null_count() < len(out.problem):
                bad = rows.filter(odd).filter(out.problem.is_not_null())
                findings.append(_notes(bad, table, name, out.problem.drop_nulls(), None))
    for name, (pattern, function) in CANONICAL_ONE.items():
        if name not in table.columns or rows[name].null_count() == rows.height:
            continue
        odd = (~rows[name].str.contains(pattern)).fill_null(False)
        if odd.any():
            out = function(rows[name].filter(odd))
            if out.problem is not None and out.problem.null_count() < len(out.problem):
                bad = rows.filter(odd).filter(out.problem.is_not_null())
                findings.append(_notes(bad, table, name, out.problem.drop_nulls(), None))
            rows = _replaced(rows, name, odd, out.value)
    return rows, findings


def pieces(text: pl.Series, pattern: str, function: Callable[[pl.Series], Outcome]) -> Outcome:
    """Return each piece by itself: those in canonical form as they are, the others worked out."""
    frame = (
        pl.DataFrame({"t": text}).with_row_index("i").with_columns(pl.col("t").str.split("; ")).explode("t")
    )
    right = frame["t"].str.contains(pattern).fill_null(False)
    out = function(pl.select(pl.when(~right).then(frame["t"])).to_series())
    value = pl.DataFrame({"i": frame["i"], "t": frame["t"], "r": right, "v": out.value}).select(
        "i", pl.when("r").then(pl.concat_list("t")).otherwise("v").alias("v")
    )
    problems = out.problem if out.problem is not None else pl.Series([None] * frame.height, dtype=pl.String)
    gathered = (
        value.with_columns(problems.alias("p"))
        .explode("v")
        .group_by("i", maintain_order=True)
        .agg(pl.col("v").drop_nulls().unique(maintain_order=True), pl.col("p").drop_nulls().first())
    )
    lists = gathered.select(pl.when(pl.col("v").list.len() > 0).then("v")).to_series()
    return Outcome(lists, gathered["p"])


def _replaced(rows: pl.DataFrame, name: str, odd: pl.Series, value: pl.Series) -> pl.DataFrame:
    index = pl.DataFrame({"i": odd.arg_true()}).with_columns(value.alias("new"))
    new = pl.DataFrame({"i": pl.int_range(rows.height, dtype=pl.UInt32, eager=True)}).join(
        index.with_columns(pl.col("i").cast(pl.UInt32)), on="i", how="left", maintain_order="left"
    )["new"]
    return rows.with_columns(pl.select(pl.when(odd).then(new).otherwise(rows[name])).to_series().alias(name))
