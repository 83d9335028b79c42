"""Bank holidays, and what the vocabulary reads of the installation."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from lamplighter import vocabulary
from lamplighter.hub.accounts.configuration import AGENCIES
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.schema import (
    MARKS,
    Document,
    Named,
    Report,
    Rows,
    Value,
    is_time,
    origin,
    text,
)
from lamplighter.vocabulary import supplied

SHIPPED = Path(vocabulary.__file__).with_name("working_days.toml")


def _is_year(value: str) -> str | None:
    return None if len(value) == 4 and value.isdecimal() else "be a year such as 2027"


def _check(document: Document, report: Report, reading: Reading) -> None:
    years = sorted(int(year) for year in document["years"])
    shipped = (WORKING_DAYS.shipped_document() or {})["years"]
    # Working days of the past are counted too.
    for year in sorted(({int(y) for y in shipped} | set(range(years[0], years[-1] + 1))) - set(years)):
        report.add("gap", "[years]", f"the year {year} is missing.", f"Add [years.{year}], as published.")
    until = document["known_until"]
    if until != dt.date(years[-1], 12, 31):
        what = f"is {until}, and the last year is {years[-1]}."
        report.add("contradicts", "key known_until", what, f"Write known_until = {years[-1]}-12-31.")
    for year, row in document["years"].items():
        for day in row["days"]:
            place = f"[years.{year}], key days"
            if day.year != int(year):
                report.add("malformed", place, f"{day} is not in {year}.", "Move it to its year.")
            elif day.weekday() > 4:
                what = f"{day} is a {day:%A}, on which nobody works anyway."
                report.add("malformed", place, what, "Give the substitute day, as published.")


WORKING_DAYS = Part(
    "working_days",
    "Bank holidays",
    "Which days are not working days, besides Saturdays and Sundays, and when a working day ends.",
    SHIPPED,
    (
        Value("known_until", "Known until", of=dt.date),
        text("source", "Source"),
        Named(
            "years",
            "Bank holidays by year",
            (
                Value("days", "Bank holidays", of=dt.date, many=True),
                Value("mark", "How firm", one_of=lambda: MARKS),
            ),
            _is_year,
        ),
        Rows(
            "ends",
            "When a working day ends",
            (Value("at", "Ends at", shape=is_time), *origin()),
            code="",
            heading="at",
            single=True,
            # A file of a hub's own that was written before has the hour as shipped.
            optional=True,
        ),
    ),
    rules=_check,
    also=("bank_holidays", "holidays"),
)
PARTS = (WORKING_DAYS,)


def supply_the_vocabulary() -> None:
    """Let the vocabulary, which knows of no hub, read agencies and bank holidays of the installation."""
    supplied.supply(supplied.AGENCIES, AGENCIES.document)
    supplied.supply(supplied.WORKING_DAYS, WORKING_DAYS.document)
