"""A sheet of counts by force, long or wide, as one row a force, period, offence, outcome and basis.

Long: a row an outcome, with its counts on one basis or both. Wide by outcome: a column an outcome. Wide by
period: a column a year or quarter. A cell that is empty or NA is not given; it is not nought.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.errors import BundleMappingError
from lamplighter.study_bundle.files.sheets import Sheet, rows_of
from lamplighter.study_bundle.financial_years import Period, period_of, quarter_of, year_of
from lamplighter.study_bundle.national.words import Words, plain

NOT_GIVEN = ("", "na", "n a", "nan", "null", "z", "x", "u", "c", "low")
_LONG = pl.Schema(
    {
        "year": pl.Int64(),
        "quarter": pl.Int64(),
        "force": pl.String(),
        "code": pl.String(),
        "outcome": pl.String(),
        "words": pl.String(),
        "basis": pl.String(),
        "count": pl.Int64(),
        "_file": pl.String(),
        "_row": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Long:
    """Rows of one sheet made long, what was found, how many lines there were and how many were left out."""

    frame: pl.DataFrame
    findings: list[pl.DataFrame]
    lines: int
    left_out: int
    shape: str


def roles_of(sheet: Sheet, words: Words) -> dict[str, str]:
    """Return what each heading of a sheet is for; headings that are not known are not in it."""
    found = {}
    for heading in sheet.headings:
        role = words.role(heading)
        if role is None and period_of(heading) is not None:
            role = "period"
        if role is not None:
            found[heading] = role
    return found


def strange(sheet: Sheet, words: Words) -> list[str]:
    """Return the headings of a sheet that nobody has said the meaning of."""
    known = roles_of(sheet, words)
    return [h for h in sheet.headings if h and h not in known]


def holds_counts(sheet: Sheet, words: Words) -> bool:
    """Tell whether a sheet has forces and counts by outcome."""
    roles = list(roles_of(sheet, words).values())
    wide = sum(r.startswith("outcome:") for r in roles) > 1 or roles.count("period") > 1
    return "force" in roles and (wide or bool({"recorded", "assigned", "count"} & set(roles)))


def made_long(sheet: Sheet, words: Words, *, basis: str | None, year: int | None) -> Long:
    """Return the counts of a sheet. ``basis`` and ``year`` are of tables that do not say them.

    Raises:
        RecordsError: the file cannot be read on.
        BundleMappingError: a column that is needed is not there.
    """
    roles = roles_of(sheet, words)
    raw = rows_of(sheet, "totals")
    cells = _Cells(sheet, roles, raw.frame, words, year)
    by_outcome = {h: r.removeprefix("outcome:") for h, r in roles.items() if r.startswith("outcome:")}
    periods = {h: p for h, r in roles.items() if r == "period" and (p := period_of(h))}
    if len(by_outcome) > 1:
        shape, parts = "wide, a column an outcome", list(_by_outcome(cells, by_outcome, basis))
    elif len(periods) > 1:
        shape, parts = "wide, a column a period", list(_by_period(cells, periods, basis))
    else:
        shape, parts = "long", list(_by_row(cells, basis))
    frame = pl.concat(parts).cast(_LONG) if parts else pl.DataFrame(schema=_LONG)
    counted = [h for h, r in roles.items() if r in ("recorded", "assigned", "count", "total")]
    unread = [cells.unread(h) for h in (*counted, *by_outcome, *periods)]
    return Long(
        frame,
        [*raw.findings, *(x for x in unread if x.height)],
        raw.frame.height + raw.rejected,
        raw.rejected,
        shape,
    )


class _Cells:
    """The columns of a sheet by what they are for."""

    def __init__(
        self, sheet: Sheet, roles: dict[str, str], frame: pl.DataFrame, words: Words, year: int | None
    ) -> None:
        self.sheet, self.roles, self.frame, self.words, self._year = sheet, roles, frame, words, year

    def heading(self, role: str) -> str | None:
        return next((h for h, r in self.roles.items() if r == role), None)

    def text(self, heading: str | None) -> pl.Expr:
        if heading is None:
            return pl.lit(None, pl.String)
        return pl.col(self.sheet.named(heading)).str.strip_chars()

    def mapped(self, role: str, read: Callable[[str], object], kind: pl.DataType) -> pl.Expr:
        """Return a column with each of its distinct texts read once."""
        heading = self.heading(role)
        if heading is None:
            return pl.lit(None, kind)
        texts = self.frame.select(self.text(heading)).to_series().drop_nulls().unique().to_list()
        table = {t: read(t) for t in texts}
        return self.text(heading).replace_strict(table, default=None, return_dtype=kind)

    def required(self, role: str, what: str, remedy: str) -> None:
        if self.heading(role) is None:
            raise BundleMappingError(
                f"The table has no column for {what}.",
                file=self.sheet.label,
                place=f"line {self.sheet.line}",
                remedy=remedy,
            )

    def common(self, *, period: Period | None = None) -> list[pl.Expr]:
        if period is None and self._year is None:
            self.required("year", "the financial year", "Say it with --year, as 2018/19.")
        year = (
            pl.lit(period.year)
            if period
            else self.mapped("year", year_of, pl.Int64())
            if self.heading("year")
            else pl.lit(self._year)
        )
        quarter = pl.lit(period.quarter) if period else self.mapped("quarter", quarter_of, pl.Int64())
        return [
            year.cast(pl.Int64).alias("year"),
            quarter.cast(pl.Int64).alias("quarter"),
            self.text(self.heading("force")).alias("force"),
            self.text(self.heading("code")).str.to_uppercase().alias("code"),
        ]

    def outcome(self) -> list[pl.Expr]:
        """Return the type of each row's outcome, by its number or else its words, and the words."""
        if self.heading("outcome") is None:
            self.required(
                "outcome_words", "the outcome", "Give a column Outcome Type, or a column for each outcome."
            )
        words = self.text(self.heading("outcome_words") or self.heading("outcome"))
        number = self.mapped("outcome", self.words.outcome, pl.String())
        said = self.mapped("outcome_words", self.words.outcome, pl.String())
        return [pl.coalesce(number, said).alias("outcome"), words.alias("words")]

    def count(self, heading: str) -> pl.Expr:
        """Return whole numbers; what is not given, or is no number, is null."""
        text = self.text(heading).str.replace_all(",", "").str.replace(r"\.0+$", "")
        return text.cast(pl.Int64, strict=False).alias("count")

    def unread(self, heading: str) -> pl.DataFrame:
        """Return a finding for each cell under a heading that is neither a number nor a mark for nothing."""
        text = self.text(heading)
        texts = self.frame.select(text).to_series().drop_nulls().unique().to_list()
        wrong = [t for t in texts if plain(t) not in NOT_GIVEN and not re.fullmatch(r"-?[\d,]+(?:\.0+)?", t)]
        rows = self.frame.filter(text.is_in(wrong)) if wrong else self.frame.clear()
        named = rows.with_columns(self.text(self.heading("force")).alias("force"))
        return f.of_rows(named, "totals", "number_unreadable", "count")


def _with_basis(cells: _Cells, basis: str | None) -> str:
    if basis is None:
        raise BundleMappingError(
            "The table does not say which outcomes it counts.",
            file=cells.sheet.label,
            place=f"line {cells.sheet.line}",
            remedy="Say it with --basis: recorded (of crimes recorded in the period), or assigned (in it).",
        )
    return basis


def _by_row(cells: _Cells, basis: str | None) -> Iterator[pl.DataFrame]:
    for role, own in (("recorded", "recorded"), ("assigned", "assigned"), ("count", basis)):
        heading = cells.heading(role)
        if heading is None or (role == "count" and {"recorded", "assigned"} & set(cells.roles.values())):
            continue
        yield cells.frame.select(
            *cells.common(),
            *cells.outcome(),
            pl.lit(_with_basis(cells, own)).alias("basis"),
            cells.count(heading),
            "_file",
            "_row",
        )


def _by_outcome(cells: _Cells, outcomes: dict[str, str], basis: str | None) -> Iterator[pl.DataFrame]:
    for heading, code in outcomes.items():
        yield cells.frame.select(
            *cells.common(),
            pl.lit(code).alias("outcome"),
            pl.lit(heading).alias("words"),
            pl.lit(_with_basis(cells, basis)).alias("basis"),
            cells.count(heading),
            "_file",
            "_row",
        )
    total = cells.heading("total")
    if total is not None:
        yield cells.frame.select(
            *cells.common(),
            pl.lit("total").alias("outcome"),
            pl.lit(total).alias("words"),
            pl.lit(_with_basis(cells, basis)).alias("basis"),
            cells.count(total),
            "_file",
            "_row",
        )


def _by_period(cells: _Cells, periods: dict[str, Period], basis: str | None) -> Iterator[pl.DataFrame]:
    for heading, period in periods.items():
        yield cells.frame.select(
            *cells.common(period=period),
            *cells.outcome(),
            pl.lit(_with_basis(cells, basis)).alias("basis"),
            cells.count(heading),
            "_file",
            "_row",
        )
