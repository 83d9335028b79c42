"""Hold the figures that all pages are made from, and say one of them, each number as its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup

from lamplighter.studies.forces.comparison import Compared
from lamplighter.studies.forces.measures import Measure, cards, measures
from lamplighter.studies.forces.page import picture_of
from lamplighter.studies.scorecard import frame
from lamplighter.studies.scorecard.figures import (
    ALL,
    COMPARISON,
    EDITIONS,
    FIGURES,
    MEASURES,
    SIZES,
    WHERE,
    Force,
    edition_key,
    force_of,
    key,
)
from lamplighter.studies.scorecard.folder import Folder
from lamplighter.studies.scorecard.over_time import OverTime
from lamplighter.studies.scorecard.releases.held import Held
from lamplighter.studies.scorecard.tables import Book, Ref, edition_words, in_year, on_day
from lamplighter.studies.scorecard.years import Year, Years

ORDER = "Forces stand in alphabetical order. The order says nothing."
CHIEFLY = "charged"
#: The card of what hubs and forces publish themselves.
OWN_WORK = "hub_indicators"


@dataclass(frozen=True)
class Context:
    """Hold what a site is made from; ``out`` are the codes of forces of which something may be said."""

    book: Book
    years: Years
    folder: Folder
    as_at: dt.date
    forces: tuple[Force, ...]
    out: frozenset[str]
    over_time: OverTime
    releases: tuple[Held, ...] = ()

    @property
    def year(self) -> Year:
        """Return the newest year."""
        return self.years.current[-1]

    def has(self, measure: str, force: str, year: Year) -> bool:
        return self.book.has(FIGURES, key(measure, force, year))

    def ref(self, measure: str, force: str, year: Year, column: str) -> Ref:
        return FIGURES, key(measure, force, year), column

    def is_known(self, ref: Ref) -> bool:
        return self.book.row(ref[0], ref[1]).get(ref[2]) is not None

    def number(self, measure: str, force: str, column: str, year: Year | None = None) -> Markup:
        """Return a count of a figure."""
        return self.book.cell(self.ref(measure, force, year or self.year, column))

    def share(self, measure: Measure, force: str, year: Year | None = None, column: str = "value") -> Markup:
        """Return a share with its sign, a rate without one, or that there is none."""
        ref = self.ref(measure.name, force, year or self.year, column)
        if not self.is_known(ref):
            return Markup("no share")
        return self.book.cell(ref, 1, "" if measure.is_rate else "%")

    def of(self, measure: Measure, force: str, year: Year | None = None) -> Markup:
        """Return a share with its counts: '13.7%, 2 677 of 19 583'."""
        own = year or self.year
        ref = self.ref(measure.name, force, own, "out_of")
        if not self.is_known(ref):
            return self.number(measure.name, force, "counted", own)
        counts = Markup("{} of {}").format(
            self.number(measure.name, force, "counted", own), self.book.cell(ref)
        )
        value = self.ref(measure.name, force, own, "value")
        return (
            Markup("{}, {}").format(self.share(measure, force, own), counts)
            if self.is_known(value)
            else counts
        )

    def interval(
        self, measure: Measure, force: str, year: Year, low: str = "low", high: str = "high"
    ) -> Markup:
        if not self.is_known(self.ref(measure.name, force, year, low)):
            return Markup("not given")
        ends = (self.share(measure, force, year, column) for column in (low, high))
        return Markup("{}\u00a0to\u00a0{}").format(*ends)

    def title(self, measure: Measure) -> Markup:
        return self.book.text((MEASURES, measure.name, "title"))

    def compared(self, measure: Measure, year: Year) -> Compared | None:
        return next((m for m in year.found.measures if m.measure.name == measure.name), None)

    def reasons(self, measure: Measure, force: str, year: Year) -> Markup:
        """Return why a force is not compared, each number as its cell; empty where it is."""
        words = str(self.book.row(FIGURES, key(measure.name, force, year))["reasons"])
        size = f"{force}.{year.code}"
        offered: list[tuple[Ref, int]] = [
            ((SIZES, size, "open"), 0),
            ((SIZES, size, "crimes"), 0),
            ((SIZES, size, "open_share"), 1),
            ((SIZES, size, "periods"), 0),
            ((SIZES, size, "periods_all"), 0),
            (("rules", "fewest", "value"), 0),
            (("rules", "open_share", "value"), 0),
            (self.ref(measure.name, force, year, "out_of"), 0),
            (self.ref(measure.name, force, year, "counted"), 0),
        ]
        return self.book.linked(words, offered)

    @property
    def reviews(self) -> tuple[Held, ...]:
        """Return the releases of hubs and forces of their own work."""
        return tuple(h for h in self.releases if not h.is_reoffending)

    @property
    def reoffending(self) -> tuple[Held, ...]:
        """Return the releases of studies of reoffending, the newest days first."""
        own = [h for h in self.releases if h.is_reoffending]
        return tuple(sorted(own, key=lambda h: (h.first, h.edition), reverse=True))

    def not_held(self, card: Measure) -> bool:
        """Tell whether nothing is held of a card; of the work of hubs something is once one has published."""
        return bool(card.not_held) and not (card.name == OWN_WORK and self.reviews)

    def page_of(self, force: Force) -> str:
        return f"forces/{force.code}.html"

    def is_out(self, force: Force) -> bool:
        return force.code in self.out


def page_of_measure(measure: Measure) -> str:
    return f"measures/{measure.name.replace('_', '-')}.html"


def measure_named(name: str) -> Measure:
    return next(card for card in cards() if card.name == name)


def held(context: Context, year: Year) -> tuple[Measure, ...]:
    """Return the measures of which a year has figures."""
    return tuple(m for m in measures() if context.has(m.name, ALL, year))


def when(year: Year) -> Markup:
    """Return the year and its edition: '2018/19, edition of January 2020'."""
    return Markup("{}, edition of {}").format(in_year(year.code), edition_words(year.source.edition))


def differ(context: Context, measure: Measure, year: Year, *, brief: bool = False) -> Markup:
    """Say whether forces differ by more than chance, and which of those that may be named lie outside.

    ``brief``: without how many were compared and the figures of the test.
    """
    found = context.compared(measure, year)
    row = f"{measure.name}.{year.code}"
    if found is None or found.funnel is None:
        return frame.joined("Too few forces can be set beside one another for limits to be drawn.")
    compared = context.book.cell((COMPARISON, row, "compared"))
    begins = frame.joined("Of ", context.book.cell((COMPARISON, row, "forces")), " forces, ", compared)
    begins = Markup("") if brief else frame.joined(begins, " can be set beside one another. ")
    if not found.differ:
        return frame.joined(begins, "Forces differ by no more than chance alone would bring.")
    figures = frame.joined(
        " (chi-square ",
        context.book.cell((COMPARISON, row, "statistic")),
        " on ",
        context.book.cell((COMPARISON, row, "freedom")),
        " degrees of freedom)",
    )
    test = frame.joined(
        "Forces differ by more than chance",
        "" if brief else figures,
        ". " if brief else ". Recording and practice are both in it. ",
    )
    outside = [c for c in found.outside if force_of(c.force).code in context.out]
    if outside:
        names = [
            frame.joined(
                c.force, " (", context.of(measure, force_of(c.force).code, year), "), ", WHERE[c.outside]
            )
            for c in outside
        ]
        told = frame.joined(
            "With the spread between forces allowed for, outside the limits: ", Markup("; ").join(names), "."
        )
    elif len(context.out) < len(context.forces):
        told = frame.joined(
            "None whose page is out lies outside the limits once the spread between forces is allowed for."
        )
    else:
        told = frame.joined("None lies outside the limits once the spread between forces is allowed for.")
    return frame.joined(begins, test, told)


def funnel(context: Context, measure: Measure, year: Year, page: str, *, folded: bool = False) -> Markup:
    """Return the funnel with its words and its table, which is open or folded away."""
    found = context.compared(measure, year)
    beside = by_force(context, measure, year, page)
    if folded:
        beside = Markup("<details>\n<summary>Every force</summary>\n{}</details>\n").format(beside)
    if found is None or found.funnel is None:
        return beside
    cells = tuple(c for c in found.cells if force_of(c.force).code in context.out)
    if not any(c.value is not None and c.n > 0 for c in cells):
        return beside
    picture = picture_of(year.found, replace(found, cells=cells))
    return frame.figure(
        picture.svg,
        f"Funnel chart of forces by size: {measure.title}",
        frame.joined(differ(context, measure, year), " ", ORDER),
        beside,
        "data/figures.csv",
    )


def by_force(context: Context, measure: Measure, year: Year, page: str) -> Markup:
    """Return every force that may be named, in alphabetical order, and all together."""
    rows: list[list[str | Markup]] = []
    for force in context.forces:
        name = frame.link(context.page_of(force), force.title, page)
        if not context.is_out(force):
            rows.append([name, *[Markup("")] * 4, "Its page is not out yet"])
        elif context.has(measure.name, force.code, year):
            rows.append(
                [
                    name,
                    *_counts(context, measure, force.code, year),
                    where(context, measure, force.code, year),
                ]
            )
    rows.append(["All forces together", *_counts(context, measure, ALL, year), ""])
    return frame.table(
        frame.joined(context.title(measure), ", ", when(year)),
        (
            "Force",
            "Counted",
            "Of",
            "Rate" if measure.is_rate else "Share",
            "Interval of chance",
            "Where it lies",
        ),
        rows,
        numbers=frozenset({1, 2, 3}),
    )


def _counts(context: Context, measure: Measure, force: str, year: Year) -> list[Markup]:
    whole = context.ref(measure.name, force, year, "out_of")
    return [
        context.number(measure.name, force, "counted", year),
        context.book.cell(whole) if context.is_known(whole) else Markup("not held"),
        context.share(measure, force, year),
        context.interval(measure, force, year),
    ]


def where(context: Context, measure: Measure, force: str, year: Year) -> Markup:
    """Say where a force lies, or why it is not compared."""
    row = context.book.row(FIGURES, key(measure.name, force, year))
    reasons = context.reasons(measure, force, year)
    if reasons:
        return frame.joined("Not compared. ", reasons)
    words = str(row["where"])
    return frame.said(words[:1].upper() + words[1:])


def editions(context: Context, force: str, only: Iterable[Measure]) -> Markup:
    """Return what figures were, edition by edition, where a year is held in more than one."""
    rows: list[list[str | Markup]] = []
    told: list[Markup] = []
    for year in context.years.current:
        every = context.years.editions(year.begins)
        if len(every) < 2:
            continue
        for measure in only:
            there = [y for y in every if context.book.has(EDITIONS, edition_key(measure.name, force, y))]
            changed = any(
                context.book.row(EDITIONS, edition_key(measure.name, force, y))["revised"] for y in there
            )
            parts = []
            for own in there:
                counted = _in_edition(context, measure, force, own)
                used = "used here" if own is year else "revised" if changed else "the same counts"
                rows.append(
                    [
                        frame.joined(context.title(measure), ", ", in_year(year.code)),
                        edition_words(own.source.edition),
                        on_day(own.source.published),
                        counted,
                        used,
                    ]
                )
                parts.append(frame.joined(counted, " in the edition of ", edition_words(own.source.edition)))
            if changed:
                told.append(
                    frame.joined(
                        context.title(measure), ", ", in_year(year.code), ": ", Markup("; ").join(parts), "."
                    )
                )
    if not rows:
        return frame.p("One edition of each year is held here. Later editions revise earlier years.")
    head = ("Figure", "Edition", "Published", "What it said", "Standing")
    begins = "Later editions revise earlier years. What is used is always the newest that was out."
    if not told:
        begins = "No figure of this page was revised by the editions that are held."
    return frame.p(begins) + frame.points(told) + frame.table("What these figures were, and when", head, rows)


def _in_edition(context: Context, measure: Measure, force: str, year: Year) -> Markup:
    own = edition_key(measure.name, force, year)
    row = context.book.row(EDITIONS, own)
    counted = context.book.cell((EDITIONS, own, "counted"))
    if row["out_of"] is None:
        return counted
    counts = frame.joined(counted, " of ", context.book.cell((EDITIONS, own, "out_of")))
    if row["value"] is None:
        return counts
    value = context.book.cell((EDITIONS, own, "value"), 1, "" if measure.is_rate else "%")
    return frame.joined(value, ", ", counts)
