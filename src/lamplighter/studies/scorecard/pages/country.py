"""The page of England and Wales together: what it says, what it does not, and the funnel of charges."""

from __future__ import annotations

from markupsafe import Markup

from lamplighter.studies.forces.measures import cards
from lamplighter.studies.scorecard import frame
from lamplighter.studies.scorecard.figures import ALL, FIGURES, MEASURES, SIZES, key
from lamplighter.studies.scorecard.pages import paragraphs
from lamplighter.studies.scorecard.pages.context import (
    CHIEFLY,
    Context,
    differ,
    editions,
    funnel,
    held,
    measure_named,
    page_of_measure,
    when,
)
from lamplighter.studies.scorecard.tables import edition_words, in_year

PATH = "index.html"


def page(context: Context) -> frame.Page:
    year = context.year
    there = held(context, year)
    parts = [
        Markup('<p class="subtitle">{}</p>\n').format(
            frame.joined("Stalking as the police recorded it, ", when(year))
        ),
        _first(context),
        frame.h2("What may be said", "may"),
        frame.points(_may(context)),
        frame.h2("What may not be said", "may-not"),
        frame.points(_may_not(context)),
    ]
    if CHIEFLY in {m.name for m in there}:
        parts += [
            frame.h2("Charges by force, within limits", "charges"),
            funnel(context, measure_named(CHIEFLY), year, PATH, folded=True),
        ]
    if len(context.years.current) > 1:
        parts += [frame.h2("Year by year", "years"), _by_year(context)]
    parts += [
        frame.h2("In words, for whoever asks", "in-words"),
        paragraphs.of_the_country(context),
        frame.h2("What these figures were", "editions"),
        editions(context, ALL, there),
        frame.h2("What is not public, or not held", "not-held"),
        frame.points(
            frame.joined(
                frame.link(page_of_measure(card), context.title(card), PATH),
                ": ",
                context.book.text((MEASURES, card.name, "not_held")),
            )
            for card in cards()
            if context.not_held(card)
        ),
    ]
    return frame.Page(PATH, "Stalking in England and Wales", Markup("").join(parts))


def _first(context: Context) -> Markup:
    year = context.year
    crimes = (SIZES, f"{ALL}.{year.code}", "crimes")
    figures: list[tuple[Markup, str | Markup, str | Markup]] = [
        (
            context.book.cell(crimes),
            "crimes of stalking recorded",
            frame.joined("all forces together, ", in_year(year.code)),
        )
    ]
    for measure in held(context, year):
        if context.is_known(context.ref(measure.name, ALL, year, "value")):
            counts = frame.joined(
                context.number(measure.name, ALL, "counted"),
                " of ",
                context.number(measure.name, ALL, "out_of"),
            )
            title = frame.link(page_of_measure(measure), context.title(measure), PATH)
            unit = "crimes recorded" if measure.basis == "recorded" else "outcomes assigned"
            unit = "crimes of all kinds" if measure.is_rate else unit
            figures.append((context.share(measure, ALL), title, frame.joined(counts, " ", unit)))
    return frame.key_figures(figures)


def _may(context: Context) -> list[Markup]:
    told = []
    for measure in held(context, context.year):
        if context.compared(measure, context.year) is not None:
            told.append(
                frame.joined(context.title(measure), ": ", differ(context, measure, context.year, brief=True))
            )
    return told


def _may_not(context: Context) -> list[Markup]:
    told = [
        frame.joined(
            "That a force does well or badly. Recording, kinds of cases and practice all move these "
            "shares, and "
            "counts cannot tell which of them did."
        )
    ]
    apart = [
        f
        for f in context.forces
        if context.is_out(f)
        and context.has(CHIEFLY, f.code, context.year)
        and "no outcome yet" in str(context.book.row(FIGURES, key(CHIEFLY, f.code, context.year))["reasons"])
    ]
    for force in apart:
        told.append(
            frame.joined(
                "Anything about the shares of ",
                frame.link(context.page_of(force), force.title, PATH),
                ". ",
                context.reasons(measure_named(CHIEFLY), force.code, context.year),
                " The few that are decided are no fair sample of all.",
            )
        )
    told.append(
        frame.joined(
            "That two forces inside the limits differ, or that forces can be put in an order by these shares."
        )
    )
    told.append(
        frame.joined(
            "How much stalking there is, or how many people suffer it: these are crimes that were recorded."
        )
    )
    return told


def _by_year(context: Context) -> Markup:
    rows: list[list[str | Markup]] = []
    for year in context.years.current:
        for measure in held(context, year):
            rows.append(
                [
                    frame.joined(context.title(measure), ", ", in_year(year.code)),
                    edition_words(year.source.edition),
                    context.of(measure, ALL, year),
                ]
            )
    note = frame.caution(
        "An old year has had longer to be decided than a new one. A difference between two years "
        "whose editions "
        "are not of the same age is partly that."
    )
    return note + frame.table(
        "All forces together, year by year", ("Figure", "Edition", "What it says"), rows
    )
