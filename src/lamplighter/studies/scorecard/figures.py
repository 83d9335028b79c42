"""Years as tables: each figure with its edition and source, and what it was in earlier editions.

A force whose page is not out is in no row about a single force; it is in the sums of all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.forces.comparability import Sizes
from lamplighter.studies.forces.comparison import Cell, Compared
from lamplighter.studies.forces.counts import NO_OUTCOME
from lamplighter.studies.forces.measures import Measure, cards, measures, settings
from lamplighter.studies.scorecard import signals
from lamplighter.studies.scorecard.shrunken import expected, spread_of
from lamplighter.studies.scorecard.tables import Row, Table
from lamplighter.studies.scorecard.years import Year, Years
from lamplighter.vocabulary.forces import force_named

ALL = "all"
FIGURES, COMPARISON, SIZES, QUARTERS, EDITIONS, MEASURES, RULES = (
    "figures",
    "comparison",
    "sizes",
    "quarters",
    "editions",
    "measures",
    "rules",
)
NO_RATE = "The source does not hold crimes of all kinds."
WHERE = {0: "inside the limits", 1: "above the limits", -1: "below the limits"}


@dataclass(frozen=True, slots=True)
class Force:
    """One force: its code, which is in addresses and keys, and its name."""

    code: str
    title: str


def force_of(title: str) -> Force:
    found = force_named(title)
    return Force(found.code if found else re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_"), title)


def forces_of(years: Years) -> tuple[Force, ...]:
    """Return every force of every year in alphabetical order of its name."""
    return tuple(force_of(t) for t in sorted({t for y in years.current for t in y.found.counts.forces}))


def tables_of(years: Years, out: Collection[str], as_at: dt.date) -> list[Table]:
    """Return the tables of figures; ``out`` are the codes of the forces of which something may be said."""
    current = years.current
    return [
        Table(MEASURES, "Measures, a card each", _CARD, tuple(_card(m, as_at) for m in cards())),
        Table(RULES, "Limits and levels that the pages use", _RULE, tuple(_rules())),
        Table(
            FIGURES,
            "Every figure of every force and of all together",
            _FIGURE,
            tuple(row for y in current for row in _figures(y, out)),
            bound=True,
        ),
        Table(
            COMPARISON,
            "What all forces together say, by measure and year",
            _COMPARISON,
            tuple(row for y in current for row in _comparisons(y, out)),
            bound=True,
        ),
        Table(
            SIZES,
            "Crimes, open crimes and periods of each force",
            _SIZE,
            tuple(_sizes(current, out)),
            bound=True,
        ),
        Table(
            QUARTERS,
            "Charges and open crimes by quarter",
            _QUARTER,
            tuple(_quarters(current, out)),
            bound=True,
        ),
        Table(
            EDITIONS,
            "What each figure was, edition by edition",
            _EDITION,
            tuple(row for y in years.every for row in _editions(y, out, years)),
            bound=True,
        ),
    ]


_SOURCE = "Source, an id of sources.csv"
_CARD = {
    "id": "Name of the measure",
    "title": "Title",
    "why": "Why it is here",
    "numerator": "What is counted",
    "denominator": "What it is counted of",
    "comes_from": "Where both come from",
    "basis": "Basis: recorded or assigned",
    "unit": "Unit",
    "maturity": "When it may be read as final",
    "direction": "Direction: none, more or less is better",
    "gaming": "What moves it without anything changing for victims",
    "paired": "Measure to read beside it",
    "must_not": "What must not be concluded",
    "author": "Author",
    "checker": "Who checked it",
    "next_review": "Day of the next review",
    "overdue": "Whether the review is overdue",
    "held": "Whether there are figures",
    "not_held": "Why there are none",
    "changes": "Change log",
}


def _card(card: Measure, as_at: dt.date) -> Row:
    return {
        **{name: getattr(card, name) for name in _CARD if hasattr(card, name) and name != "changes"},
        "id": card.name,
        "overdue": card.overdue(as_at),
        "held": not card.not_held,
        "changes": "; ".join(f"{c.on}, {c.by}: {c.what}" for c in card.changes),
    }


_RULE = {"id": "Name", "value": "Value", "words": "What it is"}


def _rules() -> Iterator[Row]:
    own, over_time = settings(), signals.settings()
    for name, value, words in (
        ("open_share", 100 * own.open_share, "Per cent of open crimes above which a force is not compared"),
        ("fewest", own.fewest, "Crimes or outcomes below which no share is compared"),
        ("page_level", 100 * own.page_level, "Chance in per cent that a set of alike forces flags anything"),
        ("winsorised", 100 * own.winsorised, "Per cent of z scores drawn in at each end"),
        ("inner", 100 * own.inner, "Level of the inner limits, per cent"),
        ("outer", 100 * own.outer, "Level of the outer limits, per cent"),
        ("intervals", 100 * own.intervals, "Level of intervals, per cent"),
        ("run_length", over_time.run_length, "Quarters until a chart without a change raises an alarm"),
        ("run_length_years", over_time.run_length / 4, "The same in years"),
        ("false_discoveries", 100 * over_time.false_discoveries, "Per cent of changes named that are chance"),
        (
            "over_time_level",
            100 * over_time.page_level,
            "Chance in per cent that a quarter names any by chance",
        ),
        ("fewest_periods", over_time.fewest_periods, "Quarters below which no chart is read"),
        (
            "fewest_expected",
            over_time.fewest_expected,
            "Events expected in a quarter below which none is read",
        ),
        ("mature_months", over_time.mature_months, "Months after which a quarter is read as decided"),
    ):
        yield {"id": name, "value": value, "words": words}


_WHICH = {
    "id": "measure.force.year",
    "measure": "Measure, an id of measures.csv",
    "force": "Code of the force; all for all together",
    "name": "Name of the force",
    "year": "Financial year",
}
_COUNT = {
    "counted": "Crimes or outcomes counted",
    "out_of": "Crimes or outcomes of which they are counted",
    "value": "Per cent, or for every thousand crimes of all kinds",
}
_FIGURE = {
    **_WHICH,
    **_COUNT,
    "low": "Lower end of the interval of chance",
    "high": "Upper end",
    "compared": "Whether it is set beside the others",
    "where": "Where it lies",
    "reasons": "Why it is not compared",
    "expected_low": "Lower end of what can be expected of the force",
    "expected_high": "Upper end",
    "expected": "The same in words",
    "edition": "Edition of the source",
    "source": _SOURCE,
}


def key(measure: str, force: str, year: Year) -> str:
    """Return the key of a figure."""
    return f"{measure}.{force}.{year.code}"


def _cells(year: Year) -> Iterator[tuple[Measure, Compared | None, tuple[Cell, ...]]]:
    """Return each measure with its cells, of all together last; a rate that is not held has counts."""
    for measure in measures():
        found = next((m for m in year.found.measures if m.measure.name == measure.name), None)
        if found is not None:
            yield measure, found, (*found.cells, found.country)
        elif measure.is_rate:
            sizes = year.found.sizes
            every = sum(s.crimes for s in sizes.values())
            held = [*((f, s.crimes) for f, s in sizes.items()), ("All forces together", every)]
            yield measure, None, tuple(Cell(f, x, 0, None, None, None, (NO_RATE,)) for f, x in held)


def _figures(year: Year, out: Collection[str]) -> Iterator[Row]:
    for measure, found, cells in _cells(year):
        spread = spread_of(found)
        for place, cell in enumerate(cells, 1):
            whole = place == len(cells)
            force = Force(ALL, cell.force) if whole else force_of(cell.force)
            if not whole and force.code not in out:
                continue
            said = expected(found, cell, spread) if not whole else None
            yield {
                "id": key(measure.name, force.code, year),
                "measure": measure.name,
                "force": force.code,
                "name": force.title,
                "year": year.words,
                **_counted(measure, cell),
                "low": cell.low,
                "high": cell.high,
                "compared": None if whole else cell.compared and found is not None,
                "where": "" if whole else WHERE[cell.outside] if cell.compared else "not compared",
                "reasons": " ".join(cell.reasons),
                "expected_low": said.low if said else None,
                "expected_high": said.high if said else None,
                "expected": said.words if said else "",
                "edition": year.source.edition,
                "source": year.source.id,
            }


def _counted(measure: Measure, cell: Cell) -> dict[str, object]:
    nothing = measure.is_rate and cell.value is None
    return {"counted": cell.x, "out_of": None if nothing else cell.n, "value": cell.value}


_COMPARISON = {
    "id": "measure.year",
    "measure": "Measure, an id of measures.csv",
    "year": "Financial year",
    "forces": "Forces in the data",
    "compared": "Forces set beside one another",
    "apart": "Forces that could not be",
    "outside": "Forces outside the limits, of those whose pages are out",
    "centre": "Share or rate of all that are compared",
    "statistic": "Chi-square of the test whether forces differ",
    "freedom": "Its degrees of freedom",
    "chance": "Chance in ten thousand of such differences between forces that do not differ",
    "differ": "Whether forces differ by more than chance, after all tests of the year",
    "edition": "Edition of the source",
    "source": _SOURCE,
}


def _comparisons(year: Year, out: Collection[str]) -> Iterator[Row]:
    for found in year.found.measures:
        funnel = found.funnel
        compared = sum(c.compared for c in found.cells)
        yield {
            "id": f"{found.measure.name}.{year.code}",
            "measure": found.measure.name,
            "year": year.words,
            "forces": len(found.cells),
            "compared": compared,
            "apart": len(found.cells) - compared,
            "outside": sum(force_of(c.force).code in out for c in found.outside),
            "centre": found.centre,
            "statistic": funnel.statistic if funnel else None,
            "freedom": funnel.freedom if funnel else None,
            "chance": 10_000 * funnel.differ if funnel else None,
            "differ": found.differ,
            "edition": year.source.edition,
            "source": year.source.id,
        }


_SIZE = {
    "id": "force.year",
    "measure": "Measure of whose basis they are",
    "force": "Code of the force",
    "year": "Financial year",
    "crimes": "Crimes recorded in the year",
    "open": "Of these, without an outcome",
    "open_share": "Per cent without an outcome",
    "periods": "Periods with a row",
    "periods_all": "Periods of the year in the data",
    "edition": "Edition of the source",
    "source": _SOURCE,
}


def _sizes(years: tuple[Year, ...], out: Collection[str]) -> Iterator[Row]:
    for year in years:
        counts, sizes = year.found.counts, year.found.sizes
        whole = Sizes(
            sum(s.crimes for s in sizes.values()), sum(s.open for s in sizes.values()), len(counts.periods)
        )
        for force, size in [*((force_of(f), s) for f, s in sizes.items()), (Force(ALL, ""), whole)]:
            if force.code not in out and force.code != ALL:
                continue
            yield {
                "id": f"{force.code}.{year.code}",
                "measure": "open",
                "force": force.code,
                "year": year.words,
                "crimes": size.crimes,
                "open": size.open,
                "open_share": 100 * size.open / size.crimes if size.crimes else None,
                "periods": size.periods,
                "periods_all": len(counts.periods),
                "edition": year.source.edition,
                "source": year.source.id,
            }


_QUARTER = {
    "id": "force.first-day",
    "measure": "Measure, an id of measures.csv",
    "force": "Code of the force; all for all together",
    "name": "Name of the force",
    "year": "Financial year",
    "first": "First day",
    "last": "Last day",
    "crimes": "Crimes recorded in the period; empty where the source has no row",
    "charged": "Of these, charged or summonsed",
    "open": "Of these, without an outcome",
    "value": "Per cent charged or summonsed",
    "low": "Lower end of the interval of chance",
    "high": "Upper end",
    "edition": "Edition of the source",
    "source": _SOURCE,
}


def _quarters(years: tuple[Year, ...], out: Collection[str]) -> Iterator[Row]:
    """Return each force and period: what control charts are drawn from."""
    for year in years:
        counts = year.found.counts
        held = counts.frame.filter(pl.col("basis") == "recorded")
        sums = [
            pl.col("count").sum().alias("n"),
            pl.col("count").filter(pl.col("outcome") == "1").sum().alias("x"),
            pl.col("count").filter(pl.col("outcome") == NO_OUTCOME).sum().alias("o"),
        ]
        by_force = {(f, a): v for f, a, *v in held.group_by("force", "first").agg(sums).iter_rows()}
        together = {a: v for a, *v in held.group_by("first").agg(sums).iter_rows()}
        for title in [*counts.forces, ALL]:
            force = Force(ALL, "All forces together") if title == ALL else force_of(title)
            if force.code not in out and force.code != ALL:
                continue
            for first, last in counts.periods:
                found = together.get(first) if title == ALL else by_force.get((title, first))
                n, x, o = (int(v) for v in found) if found else (None, None, None)
                said = wilson(x, n) if n and x is not None and 0 <= x <= n else None
                yield {
                    "id": f"{force.code}.{first}",
                    "measure": "charged",
                    "force": force.code,
                    "name": force.title,
                    "year": year.words,
                    "first": first,
                    "last": last,
                    "crimes": n,
                    "charged": x,
                    "open": o,
                    "value": 100 * x / n if n and x is not None else None,
                    "low": 100 * float(said.lower) if said else None,
                    "high": 100 * float(said.upper) if said else None,
                    "edition": year.source.edition,
                    "source": year.source.id,
                }


_EDITION = {
    "id": "measure.force.year.edition",
    **{name: words for name, words in _WHICH.items() if name not in ("id", "name")},
    **_COUNT,
    "edition": "Edition",
    "published": "Day of publication",
    "current": "Whether the pages use it",
    "revised": "Whether a later edition has other counts",
    "source": _SOURCE,
}


def edition_key(measure: str, force: str, year: Year) -> str:
    """Return the key of a figure in one edition."""
    return f"{key(measure, force, year)}.{year.source.edition}.{year.source.sha256[:6]}"


def _editions(year: Year, out: Collection[str], years: Years) -> Iterator[Row]:
    newest = next(y for y in years.current if y.begins == year.begins)
    last = {(m.name, c.force): (c.x, c.n) for m, _, cells in _cells(newest) for c in cells}
    for measure, _, cells in _cells(year):
        for place, cell in enumerate(cells, 1):
            code = ALL if place == len(cells) else force_of(cell.force).code
            if code not in out and code != ALL:
                continue
            yield {
                "id": edition_key(measure.name, code, year),
                "measure": measure.name,
                "force": code,
                "year": year.words,
                **_counted(measure, cell),
                "edition": year.source.edition,
                "published": year.source.published,
                "current": year is newest,
                "revised": (cell.x, cell.n) != last.get((measure.name, cell.force), (cell.x, cell.n)),
                "source": year.source.id,
            }
