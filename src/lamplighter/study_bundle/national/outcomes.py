"""The Home Office's open data on outcomes as one bundle of totals, with what was found on the way.

A figure always names its edition: later editions revise earlier years. Two files that hold one year are
refused, because adding them up would count it twice. Forces have their names in the list of forces; a row
that sums up forces is held against them and left out.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lamplighter.records.mapping.mappings import FileSpec
from lamplighter.reporting.words import day
from lamplighter.study_bundle.checking import Checked, checked
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.errors import BundleMappingError, StudyBundleError
from lamplighter.study_bundle.files.csv_tables import Raw
from lamplighter.study_bundle.files.data_package import digest_of
from lamplighter.study_bundle.files.sheets import Sheet, sheets_of
from lamplighter.study_bundle.files.table_sources import InMemory
from lamplighter.study_bundle.financial_years import Period, year_of
from lamplighter.study_bundle.metadata import read_metadata, rules_in
from lamplighter.study_bundle.national import words as told
from lamplighter.study_bundle.national.shapes import holds_counts, made_long, roles_of, strange
from lamplighter.study_bundle.schema import schema_version
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.forces import force_named, sums_up

_SPEC = FileSpec(name="totals", pattern="", columns=(), required=())
#: No outcome yet, as the publisher words it.
NOT_YET = "Not yet assigned an outcome"
_TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Edition:
    """One file and the edition that it is: the month, or the day, on which it was published."""

    path: Path
    day: dt.date
    words: str


@dataclass(frozen=True, slots=True)
class Sheets:
    """One sheet that was read: its name, its line of headings, its shape, its lines and those left out."""

    label: str
    line: int
    shape: str
    lines: int
    left_out: int


@dataclass(frozen=True, slots=True)
class National:
    """The bundle as checked, what was read, and words that nobody has said the meaning of, with counts.

    ``by_code`` has for every year, offence code and basis the sum over all forces: what the publisher prints.
    """

    checked: Checked
    sheets: tuple[Sheets, ...]
    by_code: pl.DataFrame
    unknown_outcomes: dict[str, int]
    unknown_forces: dict[str, int]
    unknown_headings: dict[str, str]


class TwoEditions(StudyBundleError):
    """Two files hold the same year."""


def edition(text: str, path: Path) -> Edition:
    """Return an edition from its month or day, as 2020-01 or 2020-01-30. Raises ``BundleMappingError``."""
    found = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text.strip())
    try:
        if found is None:
            raise ValueError
        year, month = int(found[1]), int(found[2])
        day = dt.date(year, month, int(found[3] or calendar.monthrange(year, month)[1]))
    except (ValueError, calendar.IllegalMonthError) as error:
        raise BundleMappingError(
            "The edition is no month.",
            file=path.name,
            remedy="Give the month in which the file was published, as 2020-01.",
        ) from error
    return Edition(path, day, f"edition of {day:%B %Y}")


def read_outcomes(
    editions: Sequence[Edition],
    words: told.Words | None = None,
    *,
    basis: str | None = None,
    year: str | None = None,
    offence: str | None = None,
    sheet: str | None = None,
    line: int | None = None,
) -> National:
    """Read files of outcomes by force as one bundle.

    Args:
        editions: the files, each with its edition; one edition a year.
        words: what headings and outcomes mean; those that come with the package when ``None``.
        basis, year, offence: what a table is of where it does not say it.
        sheet, line: the sheet and its line of headings, where they are not found.

    Raises:
        RecordsError: a file cannot be read, has no table of outcomes, or holds a year that another has.
    """
    words = words or told.known()
    began = None if year is None else _year(year)
    frames, findings, read = [], [], []
    headings: dict[str, str] = {}
    holders: dict[int, Edition] = {}
    for one in editions:
        own = []
        for place in _tables(one.path, words, sheet, line):
            headings |= dict.fromkeys(strange(place, words), place.label)
            long = made_long(place, words, basis=basis, year=began)
            kept, wrong = _clean(long.frame, words, quarters="quarter" in roles_of(place, words).values())
            findings += [*long.findings, *wrong]
            lost = long.left_out + long.frame["_row"].n_unique() - kept["_row"].n_unique()
            read.append(Sheets(place.label, place.line, long.shape, long.lines, lost))
            own.append(kept)
        frame = pl.concat(own)
        for begins in sorted(frame["year"].unique()):
            if begins in holders:
                raise _twice(begins, holders[begins], one)
            holders[begins] = one
        frames.append(frame)
    whole = pl.concat(frames)
    if not whole.height:
        raise BundleMappingError(
            "No row could be read.", file=editions[0].path.name, remedy="See what its columns hold."
        )
    unknown_outcomes = _counted(whole.filter(pl.col("outcome").is_null())["words"])
    unknown_forces = _counted(whole.filter(pl.col("known").is_null() & pl.col("sums").is_null())["force"])
    about = _metadata(editions, whole, offence)
    whole = whole.filter(pl.col("outcome").is_not_null())
    totals = _totals(whole, offence)
    sources = {"totals": InMemory(Raw(totals, findings, 0, frozenset(_COLUMNS)))}
    metadata, bad = read_metadata(about, editions[0].path.name, _TITLE)
    made = checked(metadata, sources, bad, digest_of([e.path for e in editions]))
    by_code = (
        whole.filter((pl.col("outcome") != _TOTAL) & pl.col("sums").is_null())
        .group_by("year", "code", "basis")
        .agg(pl.col("count").sum())
        .sort("year", "code", "basis", nulls_last=True)
    )
    return National(made, tuple(read), by_code, unknown_outcomes, unknown_forces, headings)


_TITLE = "Crime outcomes by force, published"
_COLUMNS = (
    "force",
    "period_from",
    "period_to",
    "basis",
    "measure",
    "category",
    "outcome",
    "offence_group",
    "count",
)


def _year(text: str) -> int:
    found = year_of(text)
    if found is None:
        raise BundleMappingError("The year cannot be read.", remedy="Write it as 2018/19.")
    return found


def _tables(path: Path, words: told.Words, sheet: str | None, line: int | None) -> list[Sheet]:
    every = sheets_of(path, _SPEC, line=line, sheet=sheet)
    found = [s for s in every if holds_counts(s, words) and (sheet is not None or not s.hidden)]
    if not found:
        seen = next(iter(every), None)
        read = (
            "" if seen is None else f" Its headings: {', '.join(h for h in seen.headings[:12] if h)[:300]}."
        )
        raise BundleMappingError(
            "No table of counts by force and outcome was found.",
            file=path.name if seen is None else seen.label,
            place="" if seen is None else f"line {seen.line}",
            remedy="Say where the headings stand with --line and --sheet, or what they mean in --words."
            + read,
        )
    return found


def _twice(begins: int, first: Edition, second: Edition) -> TwoEditions:
    return TwoEditions(
        f"{_named(begins)} is in {first.path.name} ({first.words}) and in this file ({second.words}).",
        file=second.path.name,
        remedy="Give one edition of a year: adding both up would count it twice.",
    )


def _named(begins: int) -> str:
    return f"{begins}/{(begins + 1) % 100:02}"


def _counted(values: pl.Series) -> dict[str, int]:
    frame = values.rename("word").fill_null("(blank)").value_counts(sort=True, name="n")
    return {str(w)[:120]: int(n) for w, n in frame.iter_rows()}


def _clean(
    frame: pl.DataFrame, words: told.Words, *, quarters: bool
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the rows that can be placed, with the force that is meant, and findings about the others."""
    found: list[pl.DataFrame] = []

    def note(rows: pl.DataFrame, problem: str, column: str) -> None:
        if rows.height:
            found.append(f.of_rows(rows.unique("_row", keep="first"), "totals", problem, column))

    def without(mask: pl.Expr, problem: str, column: str) -> None:
        nonlocal frame
        marked = frame.with_columns(mask.fill_null(False).alias("_m"))
        note(marked.filter("_m"), problem, column)
        frame = marked.filter(~pl.col("_m")).drop("_m")

    without(pl.col("force").is_null() | (pl.col("force") == ""), "required_empty", "force")
    without(pl.col("year").is_null(), "year_unreadable", "period_from")
    if quarters:
        without(pl.col("quarter").is_null(), "quarter_unreadable", "period_from")
    note(frame.filter(pl.col("outcome").is_null()), "outcome_unknown", "category")
    without(pl.col("outcome").is_in(list(told.inside())), "alternate_inside", "outcome")
    names = frame["force"].unique().to_list()
    meant = {n: words.forces.get(told.plain(n), n) for n in names}
    titles = {n: force.title for n in names if (force := force_named(meant[n]))}
    sums = {n: kind for n in names if (kind := sums_up(meant[n]))}
    frame = frame.with_columns(
        pl.col("force").replace_strict(titles, default=None, return_dtype=pl.String).alias("known"),
        pl.col("force").replace_strict(sums, default=None, return_dtype=pl.String).alias("sums"),
    ).with_columns(pl.coalesce("known", pl.col("force").replace(meant)).alias("force"))
    note(frame.filter(pl.col("known").is_null() & pl.col("sums").is_null()), "force_not_listed", "force")
    key = ["year", "quarter", "force", "code", "outcome", "words", "basis"]
    again = ~pl.struct(key).is_first_distinct()
    without(again & pl.col("outcome").is_not_null(), "line_twice", "force")
    return frame, found


def _totals(whole: pl.DataFrame, offence: str | None) -> pl.DataFrame:
    """Return counts by force, period, basis, outcome and group of offences, as rows of the bundle."""
    periods = [
        Period(y, q) for y, q in whole.select("year", "quarter").unique(maintain_order=True).iter_rows()
    ]
    spans = pl.DataFrame(
        {
            "year": [p.year for p in periods],
            "quarter": [p.quarter for p in periods],
            "period_from": [p.first for p in periods],
            "period_to": [p.last for p in periods],
        },
        schema_overrides={"year": pl.Int64, "quarter": pl.Int64},
    )
    groups = pl.DataFrame(
        [(p.year, p.quarter, code, o.group) for p in periods for code, o in told.offences(p.first).items()],
        schema={"year": pl.Int64, "quarter": pl.Int64, "code": pl.String, "offence_group": pl.String},
        orient="row",
    )
    on = ["year", "quarter"]
    frame = whole.join(spans, on=on, how="left", nulls_equal=True, maintain_order="left").join(
        groups, on=[*on, "code"], how="left", nulls_equal=True, maintain_order="left"
    )
    coded = frame["code"].drop_nulls().n_unique()
    parts = [frame.filter(pl.col("offence_group").is_not_null())]
    if not coded:
        parts = [frame.with_columns(pl.lit(offence, pl.String).alias("offence_group"))]
    elif coded >= told.codes_of_all_crimes():
        parts.append(frame.with_columns(pl.lit(None, pl.String).alias("offence_group")))
    titles = {code: c.title for code, c in code_set("outcomes").codes.items()}
    total = pl.col("outcome") == _TOTAL
    by = ["force", "period_from", "period_to", "basis", "outcome", "offence_group"]
    rows = (
        pl.concat(parts)
        .group_by(by, maintain_order=True)
        .agg(
            pl.when(pl.col("count").count() > 0).then(pl.col("count").sum()).alias("count"),
            pl.col("_file").first(),
            pl.col("_row").first(),
        )
        .with_columns(
            pl.when(total).then(pl.lit("offences")).otherwise(pl.lit("outcome")).alias("measure"),
            pl.when(~total)
            .then(pl.col("outcome").replace_strict(titles, default=NOT_YET, return_dtype=pl.String))
            .alias("category"),
            pl.when(pl.col("outcome").is_in(list(titles))).then(pl.col("outcome")).alias("outcome"),
        )
    )
    # A count that is not given says nothing: it is no row, rather than a row without a count.
    return rows.filter(pl.col("count").is_not_null()).select(*_COLUMNS, "_file", "_row")


def _metadata(editions: Sequence[Edition], whole: pl.DataFrame, offence: str | None) -> dict[str, object]:
    """Return the metadata of the bundle: each file with its edition and its bytes."""
    spans = [Period(y, q) for y, q in whole.select("year", "quarter").unique().iter_rows()]
    first, last = min(p.first for p in spans), max(p.last for p in spans)
    known = told.offences(first)
    held = [o.title.lower() for code, o in known.items() if code in set(whole["code"].drop_nulls())]
    what = ", ".join(held) or (offence or "all offences of the source").replace("_", " ")
    rules = rules_in(first, last)
    if not rules:
        begins = min(r.valid_from for r in code_set("recording_rules").codes.values() if r.valid_from)
        raise BundleMappingError(
            f"It ends on {day(last)}, and no rule of recording before {day(begins)} is held: until then "
            "stalking was counted with harassment.",
            file=editions[0].path.name,
            remedy=f"Take the years before {day(begins)} out of it.",
        )
    sources = [
        f"Crime outcomes by force, {e.words}, {e.path.name}, SHA-256 {digest_of([e.path])[:16]}"[:200]
        for e in editions
    ]
    return {
        "schema_version": schema_version(),
        "force": ["England and Wales, by force"],
        "period_from": first,
        "period_to": last,
        "extracted_on": max(e.day for e in editions),
        "basis": "recorded",
        "selection": f"Crimes recorded by the police, by force and outcome: {what}.",
        "sources": sources,
        "recording_rules": rules,
        "pseudonymisation": "Counts only, as published: there are no rows about people.",
    }
