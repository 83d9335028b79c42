"""One JSON object a line, people nested in it, to rows of reports and rows of people."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import duckdb
import polars as pl

from lamplighter.records.errors import NotThisFormat
from lamplighter.records.formats.delimited import Rows
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.formats.text_lines import Lines, read_lines
from lamplighter.records.mapping.mappings import JsonSpec, Mapping
from lamplighter.records.validation.problems import found

# A text that never ends is taken to the end of the line: nothing behind its quotation mark is tried again. Of
# such a line nothing is mended, for it is no JSON either way.
_TRAILING = re.compile(r'("(?:[^"\\]|\\(?s:.))*+(?:"|\\?\Z))|,(\s*[}\]])')
_LOCAL = threading.local()
_DEEPEST = 200  # brackets within brackets; no contact needs more


class Nested(NamedTuple):
    """Rows of reports and of people, as text, with ``_row``, ``_raw`` and, for people, ``_role`` and
    ``_safe``.
    """

    reports: pl.DataFrame
    people: pl.DataFrame
    findings: pl.DataFrame
    rejected: int

    def as_rows(self) -> Rows:
        """Objects within which no people stand, as rows of a table; what is received is their cells."""
        frame = self.reports.drop("_raw").with_columns(pl.lit(None, pl.String).alias("_extra"))
        return Rows(frame, self.findings, self.rejected)


def read_json_lines(file: InputFile, mapping: Mapping) -> Iterator[Nested]:
    """Yield the rows of one file, a chunk at a time. Raises ``RecordsError``."""
    for lines in read_lines(file.path, mapping.files[0].encoding, file.label):
        numbered = [(lines.first + i, t) for i, t in enumerate(lines.text) if t.strip()]
        if lines.first == 1:
            check_first_object(file.label, lines)
        nested = read_objects(numbered, mapping, file.label)
        extra = [
            found(file.label, lines.other_encoding, "other_encoding"),
            found(file.label, lines.controls, "control_characters"),
            found(file.label, lines.too_long, "line_too_long"),
        ]
        yield nested._replace(
            findings=pl.concat([*extra, nested.findings]), rejected=nested.rejected + len(lines.too_long)
        )


def check_first_object(label: str, lines: Lines) -> None:
    """Refuse a file unless the first line that is not blank begins as JSON does. Raises ``NotThisFormat``."""
    for number, text in enumerate(lines.text, lines.first):
        if not text.strip():
            continue
        if text.lstrip()[0] not in "{[":
            raise NotThisFormat(
                "The first line is not a JSON object.",
                file=label,
                place=f"line {number}",
                remedy="This mapping reads one JSON object a line. Choose another mapping, or export again.",
            )
        return


def read_objects(numbered: list[tuple[int, str]], mapping: Mapping, file: str) -> Nested:
    """Rows from JSON texts with their line numbers."""
    spec = mapping.json
    assert spec is not None, "a mapping of json_lines has a [json] part"
    frame = pl.DataFrame(numbered, schema={"_row": pl.Int64, "j": pl.String}, orient="row")
    connection = _connection()
    good, findings, rejected = _valid(connection, frame, file)
    connection.register("lines", good.to_arrow())
    try:
        reports = _reports(connection, spec)
        people, more = _people(connection, spec, file)
    finally:
        connection.unregister("lines")
    return Nested(reports, people, pl.concat([*findings, *more]), rejected)


def _connection() -> duckdb.DuckDBPyConnection:
    """One in-memory connection a thread: opening one takes longer than reading a small file."""
    found: duckdb.DuckDBPyConnection | None = getattr(_LOCAL, "connection", None)
    if found is None:
        found = _LOCAL.connection = duckdb.connect(config={"threads": "2"})
    return found


def _valid(
    connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, file: str
) -> tuple[pl.DataFrame, list[pl.DataFrame], int]:
    deep = frame["j"].str.count_matches(r"[\[{]") > _DEEPEST
    shallow = frame.filter(~deep) if deep.any() else frame
    connection.register("candidates", shallow.to_arrow())
    kinds = _frame(
        connection,
        "SELECT _row, CASE WHEN json_valid(j) THEN json_type(j) END AS kind FROM candidates ORDER BY _row",
    )
    kind = frame.select("_row").join(kinds, on="_row", how="left", maintain_order="left")["kind"]
    findings: list[pl.DataFrame] = []
    rejected = 0
    bad = frame.filter(kind.is_null())
    repaired: list[tuple[int, str]] = []
    lost: list[int | None] = []
    for number, text in bad.iter_rows():
        mended = _mended(text)
        if mended is None:
            lost.append(number)
        else:
            repaired.append((number, mended))
    others = frame.filter((kind != "OBJECT").fill_null(False))["_row"].to_list()
    rejected += len(lost) + len(others)
    findings.append(found(file, lost, "json_unreadable"))
    findings.append(found(file, others, "json_not_object"))
    findings.append(found(file, [n for n, _ in repaired], "json_repaired"))
    good = frame.filter((kind == "OBJECT").fill_null(False))
    # DuckDB forgives a comma before a closing bracket; the sender is told all the same.
    lenient = good.filter(pl.col("j").str.contains(r",\s*[}\]]"))
    findings.append(found(file, [n for n, text in lenient.iter_rows() if not _strict(text)], "json_repaired"))
    if repaired:
        more = pl.DataFrame(repaired, schema=good.schema, orient="row")
        good = pl.concat([good, more]).sort("_row")
    return good, findings, rejected


def _frame(connection: duckdb.DuckDBPyConnection, query: str, parameters: object = None) -> pl.DataFrame:
    relation = connection.sql(query, params=parameters)
    return pl.DataFrame(pl.from_arrow(relation.to_arrow_table()))


def _mended(text: str) -> str | None:
    """Return the object when nothing else was wrong with it than commas before closing brackets, a comma
    behind it (a list cut into lines) or byte order marks (files put together), which are taken out.
    """
    if len(text) > 1_000_000 or text.count("[") + text.count("{") > _DEEPEST:
        return None
    bare = text.strip("\ufeff \t\r\n").removesuffix(",")
    mended = _TRAILING.sub(lambda m: m.group(1) or m.group(2), bare)
    try:
        value = json.loads(mended)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or mended == text.strip():
        return None
    return json.dumps(value, ensure_ascii=False, allow_nan=False) if _finite(value) else None


def _strict(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _finite(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def _paths(paths: list[str]) -> str:
    return "[" + ", ".join("'" + p.replace("'", "''") + "'" for p in paths) + "]"


def _columns(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return frame.with_columns(
        pl.col("cells").list.get(i, null_on_oob=True).alias(n) for i, n in enumerate(names)
    ).drop("cells")


def _reports(connection: duckdb.DuckDBPyConnection, spec: JsonSpec) -> pl.DataFrame:
    drop = json.dumps({level.path: None for level in spec.people} | dict.fromkeys(spec.restricted))
    frame = _frame(
        connection,
        f"SELECT _row, json_extract_string(j, {_paths(list(spec.report.values()))}) AS cells, "  # noqa: S608 - paths come from the mapping and are quoted
        "CAST(json_merge_patch(j, CAST(? AS JSON)) AS VARCHAR) AS _raw FROM lines ORDER BY _row",
        [drop],
    )
    frame = _columns(frame, list(spec.report))
    return _flattened(_unrestricted(frame, spec), spec)


def _people(
    connection: duckdb.DuckDBPyConnection, spec: JsonSpec, file: str
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    frames, findings = [], []
    drop = json.dumps(dict.fromkeys(spec.restricted))
    for level in spec.people:
        path = f"$.{level.path}"
        rows = _frame(
            connection,  # the paths in the query come from the mapping and are quoted
            "WITH p AS (SELECT _row, json_type(j, $path) AS kind, unnest(CASE json_type(j, $path) "  # noqa: S608 - see above
            "WHEN 'ARRAY' THEN json_extract(j, $path || '[*]') ELSE [json_extract(j, $path)] END) AS person "
            "FROM lines) "
            "SELECT _row, kind, json_type(person) AS person_kind, "
            f"json_extract_string(person, {_paths(list(spec.person.values()))}) AS cells, "
            "CASE WHEN json_type(person) = 'OBJECT' THEN "
            "CAST(json_merge_patch(person, CAST($drop AS JSON)) AS VARCHAR) END AS _raw, "
            f"[{', '.join(_safe(r) for r in spec.restricted)}] AS safe "
            "FROM p ORDER BY _row",
            {"path": path, "drop": drop},
        )
        one_for_many = rows.filter((pl.col("kind") == "OBJECT") & pl.lit(level.many))
        findings.append(found(file, one_for_many["_row"].to_list(), "json_one_for_many", column=level.path))
        wrong = rows.filter(
            pl.col("person_kind").is_not_null() & ~pl.col("person_kind").is_in(["OBJECT", "NULL"])
        )
        findings.append(found(file, wrong["_row"].to_list(), "json_wrong_kind", column=level.path))
        rows = rows.filter(pl.col("person_kind") == "OBJECT").drop("kind", "person_kind")
        rows = rows.with_columns(
            pl.lit(level.role, pl.String).alias("_role"),
            pl.col("safe").list.drop_nulls().list.first().alias("_safe"),
        ).drop("safe")
        frames.append(_columns(rows, list(spec.person)))
    if not frames:
        return pl.DataFrame(schema={"_row": pl.Int64}), findings
    people = pl.concat(frames, how="vertical_relaxed").sort("_row", maintain_order=True)
    return _flattened(_unrestricted(people, spec), spec), findings


def _safe(key: str) -> str:
    path = "'$." + key.replace("'", "''") + "'"
    value = f"CAST(json_extract(person, {path}) AS VARCHAR)"
    return f"CASE WHEN json_type(person, {path}) <> 'NULL' THEN {value} END"


def _unrestricted(frame: pl.DataFrame, spec: JsonSpec) -> pl.DataFrame:
    """Take keys whose names hold a restricted word out of the raw values, and put them with the safe
    contact.
    """
    if not spec.restricted_words:
        return frame
    words = "|".join(re.escape(w) for w in spec.restricted_words)
    rest = frame["_raw"].str.contains(rf'(?i)"[^"]*(?:{words})[^"]*"\s*:').fill_null(False)
    if not rest.any():
        return frame
    pattern = re.compile(words, re.IGNORECASE)
    raws, safes = frame["_raw"].to_list(), (frame["_safe"].to_list() if "_safe" in frame.columns else None)
    for i in rest.arg_true().to_list():
        kept, taken = _parted(json.loads(raws[i]), pattern)
        raws[i] = json.dumps(kept, ensure_ascii=False)
        if safes is not None and taken:
            before = json.loads(safes[i]) if safes[i] else None
            safes[i] = json.dumps([*([before] if before is not None else []), *taken], ensure_ascii=False)
    frame = frame.with_columns(pl.Series("_raw", raws, dtype=pl.String))
    return frame if safes is None else frame.with_columns(pl.Series("_safe", safes, dtype=pl.String))


def _parted(value: Any, pattern: re.Pattern[str]) -> tuple[Any, list[Any]]:
    if isinstance(value, dict):
        kept: dict[str, Any] = {}
        taken: list[Any] = []
        for key, inner in value.items():
            if pattern.search(key):
                taken.append({key: inner})
            else:
                kept[key], more = _parted(inner, pattern)
                taken += more
        return kept, taken
    if isinstance(value, list):
        parts = [_parted(v, pattern) for v in value]
        return [k for k, _ in parts], [t for _, ts in parts for t in ts]
    return value, []


def _flattened(frame: pl.DataFrame, spec: JsonSpec) -> pl.DataFrame:
    """Cells that are lists or objects in JSON, to text: '["a", "b"]' to 'a; b', '{"platform": "FB",
    "handle": "x"}' to 'FB: x'.
    """
    columns = [c for c in dict.fromkeys((*spec.report, *spec.person)) if c in frame.columns]
    if frame.is_empty():
        return frame
    which = frame.select(pl.col(c).str.contains(r"^\s*[\[{]").any().fill_null(False) for c in columns).row(0)
    for column in [c for c, some in zip(columns, which, strict=True) if some]:
        nested = frame[column].str.contains(r"^\s*[\[{]").fill_null(False)
        one = frame[column].str.extract(r'^\s*\["([^"\\]*)"\]\s*$', 1)
        none = frame[column].str.contains(r"^\s*\[\s*\]\s*$").fill_null(False)
        frame = frame.with_columns(
            pl.when(none).then(None).otherwise(pl.coalesce(one, pl.col(column))).alias(column)
        )
        nested = nested & ~none & one.is_null()
        distinct = frame[column].filter(nested).unique().to_list()
        flat = {value: _flat_text(value) for value in distinct}
        frame = frame.with_columns(
            pl.when(nested)
            .then(pl.col(column).replace_strict(flat, default=None, return_dtype=pl.String))
            .otherwise(column)
            .alias(column)
        )
    return frame


def _flat_text(text: str) -> str | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _flat(value) or None


def _flat(value: Any) -> str:
    if value is None or value is True or value is False:
        return ""
    if isinstance(value, list):
        return "; ".join(part for part in (_flat(v) for v in value) if part)
    if isinstance(value, dict):
        parts = [part for part in (_flat(v) for v in value.values()) if part]
        platform = any(k.lower() == "platform" for k in value)
        return (": " if platform else " ").join(parts)
    return str(value)
