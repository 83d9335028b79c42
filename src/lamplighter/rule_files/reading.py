"""Read TOML, and say in which file and line it is no TOML, or no dated row."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from lamplighter.rule_files.dated import Row, Rule, rule
from lamplighter.rule_files.faults import RuleFileError, quoted
from lamplighter.rule_files.schema import Report, Rows


def parsed(text: str, file: str) -> dict[str, Any]:
    """Return what a text holds. Raises ``RuleFileError``."""
    report = Report(file, text)
    document = parse(report)
    if document is None:
        raise RuleFileError(report.faults)
    return document


def packaged(package: str, path: str) -> dict[str, Any]:
    """Return what the file ``path`` of ``package`` holds, such as ``"code_sets/offences.toml"``."""
    return parsed(files(package).joinpath(*path.split("/")).read_text("utf-8"), path)


def at(path: Path) -> dict[str, Any]:
    """Return what a file holds. Raises ``OSError``, ``UnicodeDecodeError``, ``RuleFileError``."""
    return parsed(path.read_text("utf-8-sig"), path.name)


def dated(rows: list[Row], table: str, file: str, *, text: str = "", code: str = "id") -> list[Rule]:
    """Return the rows of a table, each with the days on which it holds. Raises ``RuleFileError``.

    ``text`` is the file's, from which a fault takes its line; ``code`` is the key that names a row.
    """
    report = Report(file, text)
    for number, row in enumerate(rows, 1):
        _check_days(row, report, _where(row.get(code, ""), table, number, rows, report, code))
    if report.faults:
        raise RuleFileError(report.faults)
    return [rule(row, row.get(code, "")) for row in rows]


def check_one_after_another(rules: Sequence[Rule], file: str) -> None:
    """Refuse days between two rows of one code on which neither holds. Raises ``RuleFileError``.

    Whoever means the last day of a row by ``until`` is told so: the next row begins the day after.
    """
    report = Report(file)
    for earlier, later in pairwise(sorted(rules, key=lambda r: (r.code, r.valid_from or dt.date.min))):
        ends, begins = earlier.valid_until, later.valid_from
        if earlier.code == later.code and ends and begins and ends < begins:
            report.add(
                "gap",
                quoted(later.code),
                f"begins on {begins}, and nothing holds from {ends} until then.",
                f"“until” is the first day on which a row does not hold. Write until = {begins}.",
            )
    if report.faults:
        raise RuleFileError(report.faults)


def _where(called: str, table: str, number: int, rows: list[Row], report: Report, code: str) -> str:
    """Return where a row is, also where it is one line of a table of codes."""
    where = report.row(Rows(table, "", (), code), number, rows)
    if "(line " in where or not called:
        return where
    begins = re.compile(rf"(?:.*\.)?{re.escape(called)} *=")
    lines = [n for n, line in enumerate(report.text.split("\n"), 1) if begins.match(line)]
    return f"[{table}] “{called}”" + (f" (line {lines[0]})" if lines else "")


def _check_days(row: Row, report: Report, where: str) -> None:
    for name in ("from", "until"):
        if name in row and type(row[name]) is not dt.date:
            what = f"must be a date, and is {quoted(row[name])}."
            report.add("wrong_type", f"{where}, key {name}", what, f"Write {name} = 2026-05-03.")
            return
    if "until" in row and "from" in row and row["until"] <= row["from"]:
        report.add(
            "not_a_period",
            where,
            f"ends on {row['until']}, which is not after its beginning on {row['from']}.",
            "“from” is the first day on which it holds, “until” the first on which it does not.",
        )


def parse(report: Report) -> dict[str, Any] | None:
    """Return what a report's text holds; ``None``, and a fault in the report, where it is no TOML."""
    try:
        return tomllib.loads(report.text)
    except tomllib.TOMLDecodeError as problem:
        what, _, at = str(problem).rpartition(" (at ")
        place = at.rstrip(")") or "end of document"
        remedy = (
            "Correct the line: text stands in quotation marks, a key stands once in its table, and a table "
            "begins with [[name]] or [name]."
        )
        report.add("syntax", place, f"this is not valid TOML: {what[:1].lower()}{what[1:]}.", remedy)
    except RecursionError:
        report.add("syntax", "", "lists are nested too deeply.", "Take them apart.")
    except ValueError:
        # Python reads no number of more than some thousand digits.
        report.add("syntax", "", "a number is too long to be read.", "Shorten it.")
    return None
