"""Financial years and their quarters, as tables write them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_MONTHS = {month[:3].lower(): place for place, month in enumerate(calendar.month_name) if place}


@dataclass(frozen=True, slots=True)
class Period:
    """A financial year, by the calendar year in which it begins, or one of its quarters."""

    year: int
    quarter: int | None = None

    @property
    def first(self) -> dt.date:
        month = 4 if self.quarter is None else (4, 7, 10, 1)[self.quarter - 1]
        return dt.date(self.year + (month == 1), month, 1)

    @property
    def last(self) -> dt.date:
        month = 12 if self.quarter is None else 3
        at = self.first.month - 1 + month
        return dt.date(self.first.year + at // 12, at % 12 + 1, 1) - dt.timedelta(days=1)


def year_of(text: str) -> int | None:
    """Return the year in which a financial year begins: '2018/19', '2018-2019', 'Year ending March 2019'."""
    words = " ".join(re.findall(r"[a-z0-9]+", text[:60].lower()))
    found = re.fullmatch(r"(\d{4}) (\d{2}|\d{4})", words)
    if found:
        first, last = int(found[1]), int(found[2][-2:])
        return first if (first + 1) % 100 == last else None
    found = re.fullmatch(r"(?:year ending|ye|year to) (?:31 )?mar(?:ch)? (\d{4})", words)
    return int(found[1]) - 1 if found else None


def quarter_of(text: str) -> int | None:
    """Return a quarter of the financial year: '1', 'Q1', 'Apr-Jun', 'April to June 2018'."""
    words = re.findall(r"[a-z]+|\d+", text[:60].lower())
    if len(words) == 1 and words[0] in ("1", "2", "3", "4"):
        return int(words[0])
    if len(words) == 2 and words[0] in ("q", "quarter") and words[1] in ("1", "2", "3", "4"):
        return int(words[1])
    months = [_MONTHS[w[:3]] for w in words if w[:3] in _MONTHS]
    return {(4, 6): 1, (7, 9): 2, (10, 12): 3, (1, 3): 4}.get((months[0], months[-1])) if months else None


def period_of(heading: str) -> Period | None:
    """Return the period that a column of a wide table is of: '2018/19', '2018/19 Q1', 'Apr-Jun 2018'."""
    year = year_of(heading)
    if year is not None:
        return Period(year)
    found = re.fullmatch(r"\s*(\d{4}\s*[/-]\s*\d{2,4})\s*,?\s*(?:Q|Quarter )\s*([1-4])\s*", heading, re.I)
    if found and (year := year_of(found[1])) is not None:
        return Period(year, int(found[2]))
    quarter, years = quarter_of(heading), re.findall(r"\b(?:19|20)\d{2}\b", heading)
    if quarter is None or len(years) != 1:
        return None
    return Period(int(years[0]) - (quarter == 4), quarter)
