"""Put together a date of birth that a table holds in three columns: the day, the month and the year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from lamplighter.linkage_tables.cleaning.dates import dated
from lamplighter.linkage_tables.headings import document, words

PARTS = ("birth_day", "birth_month", "birth_year")
_LEAST_YEARS = 30
"""As for dates of births (:mod:`looks`): births lie further apart than what happened to people."""
_NEARLY_ALL = 0.9


def in_parts(frame: pl.DataFrame, columns: Sequence[str]) -> Mapping[str, str]:
    """Return which of some columns hold a part of the date of birth: column -> a field of :data:`PARTS`;
    nothing where they do not hold all three.

    The three have headings that differ in the word for the part alone (``dob_day``, ``dob_month``,
    ``dob_year``; ``bd``, ``bm``, ``by``) and hold what days, months and years are. Where the headings do not
    say that they are of a birth, the years say it: they lie thirty years apart and more.
    """
    known: Mapping[str, Sequence[str]] = document()["parts_of_a_date"]
    born = frozenset(known["born"])
    readings = [(column, *reading) for column in columns for reading in _readings(column, known)]
    parts_of: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for _, rest, part in readings:
        parts_of[rest].add(part)
    found: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for column, rest, part in readings:
        # What a column holds is looked at only where there are headings for all three.
        if len(parts_of[rest]) == len(PARTS) and part not in found[rest] and _may_be(part, frame[column]):
            found[rest][part] = column
    whole = {rest: parts for rest, parts in found.items() if len(parts) == len(PARTS)}
    ranked = sorted(whole, key=lambda rest: (not set(rest) & born, len(rest)))
    for rest in ranked:
        if set(rest) & born or _apart(frame[whole[rest]["birth_year"]]):
            return {column: part for part, column in whole[rest].items()}
    return {}


def _readings(column: str, known: Mapping[str, Sequence[str]]) -> list[tuple[tuple[str, ...], str]]:
    """Return what a heading is without the word for a part of a date, and that part: ``dob_day`` gives dob,
    day."""
    own = words(column)
    found = []
    for part in PARTS:
        names = known[part]
        found += [(tuple(own[:i] + own[i + 1 :]), part) for i, w in enumerate(own) if w in names]
        # "by", "byear" and "yob" are one word.
        if len(own) == 1:
            found += [((own[0][: -len(n)],), part) for n in names if own[0].endswith(n) and own[0] != n]
            found += [((own[0][len(n) :],), part) for n in names if own[0].startswith(n) and own[0] != n]
    return found


def _may_be(part: str, values: pl.Series) -> bool:
    """Tell whether hardly anything but days of a month, months, or years is there."""
    if values.dtype.is_nested():
        return False
    texts = values.cast(pl.String()).str.strip_chars().drop_nulls()
    texts = texts.filter(texts != "")
    if not len(texts):
        return False
    number = _number(texts)
    low, high = {"birth_day": (1, 31), "birth_month": (1, 12), "birth_year": (1800, 2100)}[part]
    fits = number.is_between(low, high).fill_null(False)
    if part == "birth_month":
        fits |= texts.str.contains(r"(?i)^[^\W\d_]{3,12}\.?$")
    return int(fits.sum()) >= _NEARLY_ALL * len(texts)


def _number(texts: pl.Series) -> pl.Series:
    """Whole numbers, which a program may have made into decimals."""
    return texts.str.extract(r"^(\d{1,4})(?:\.0*)?$").cast(pl.Int64())


def _apart(years: pl.Series) -> bool:
    some = _number(years.cast(pl.String()).str.strip_chars()).drop_nulls()
    low, high = some.quantile(0.1), some.quantile(0.9)
    return low is not None and high is not None and high - low >= _LEAST_YEARS


def whole_births(taken: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return what columns are taken for, with parts of a birth that make no whole one: the day and the month
    say again what a date of birth says, and are compared by themselves where there is no year."""
    held = set(taken.values())
    if set(PARTS) <= held and "birth_date" not in held:
        return dict(taken)
    alone = None if "birth_date" in held else "category"
    return {c: alone if f in ("birth_day", "birth_month") else f for c, f in taken.items()}


def put_together(people: pl.DataFrame) -> pl.DataFrame:
    """``people`` with ``birth_date`` made of :data:`PARTS`, as 'YYYY-MM-DD', where these are there; the year
    stays, for those of whom it is all that is known."""
    if not set(PARTS) <= set(people.columns):
        return people
    day, month, year = (people[p].cast(pl.String()).str.strip_chars() for p in PARTS)
    number = pl.DataFrame({"d": _number(day), "m": _number(month), "y": _number(year), "name": month})
    digits = number.select(
        w=pl.format(
            "{}-{}-{}",
            "y",
            pl.col("m").cast(pl.String()).str.zfill(2),
            pl.col("d").cast(pl.String()).str.zfill(2),
        )
    )["w"]
    named = dated(number.select(w=pl.format("{} {} {}", "d", "name", "y"))["w"])
    made = pl.DataFrame({"a": digits, "b": named}).select(birth_date=pl.coalesce("a", "b"))["birth_date"]
    return people.with_columns(made).drop("birth_day", "birth_month")
