"""Show releases of studies of reoffending: a page a release, all of them, and the line of a force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from markupsafe import Markup

from lamplighter.studies.scorecard import frame
from lamplighter.studies.scorecard.figures import MEASURES
from lamplighter.studies.scorecard.pages.context import ORDER, Context
from lamplighter.studies.scorecard.pages.released import (
    heading_of,
    page_of,
    page_of_card,
    says,
    source_of,
    title_of,
)
from lamplighter.studies.scorecard.releases import reoffending
from lamplighter.studies.scorecard.releases.held import Held
from lamplighter.studies.scorecard.releases.released import LINES, RELEASED, RELEASES
from lamplighter.studies.scorecard.tables import Row, on_day

INDEX = "published/stalking-again.html"
_NOT_SAID = (
    "“The others stopped.” Most stalking is never reported, and most of what is reported is never proven.",
    "“This force does better than that one.” Recording, proof and the cases differ.",
    "“Orders worked.” Nobody was given one at random.",
)


def pages(context: Context) -> Iterator[frame.Page]:
    """Return a page of all releases and one of each; none where no release is held."""
    if context.reoffending:
        yield _index(context)
        for held in context.reoffending:
            yield _release(context, held)


def _index(context: Context) -> frame.Page:
    parts = [
        frame.p(
            "How many people are known to have stalked again, as studies of reoffending publish it. Each has "
            "one definition, which was named before its data were opened. Figures by other definitions are "
            "figures of something else."
        )
    ]
    for held in context.reoffending:
        parts += [
            Markup('<h2 id="{}">{}</h2>\n').format(held.id, heading_of(context, held)),
            frame.facts(
                [
                    ("Known to have done it again", says(context, f"reoffending.again.{held.id}")),
                    ("What counts", context.book.text((RELEASES, held.id, "definition"))),
                    ("Forces", frame.said(", ".join(held.names))),
                ]
            ),
            frame.p(
                frame.link(
                    page_of(held),
                    frame.joined("Every line of it, and each force: ", heading_of(context, held)),
                    INDEX,
                )
            ),
        ]
    return frame.Page(INDEX, "How many stalk again", Markup("").join([*parts, _may_not()]))


def _may_not() -> Markup:
    return frame.h2("What may not be read out", "not-said") + frame.points(map(frame.said, _NOT_SAID))


def _release(context: Context, held: Held) -> frame.Page:
    page, own = page_of(held), (RELEASES, held.id)
    rounded = context.book.row(*own)["base"] != 1
    rows = [row for row in context.book.tables[RELEASED].rows if row["release"] == held.id]
    parts = [
        frame.p(
            "Of people in ",
            frame.said(", ".join(held.names)),
            " whose index event was from ",
            on_day(held.first),
            " to ",
            on_day(held.last),
            ", each once, as published on ",
            on_day(held.published),
            ".",
        ),
        frame.p("Counted as doing it again: ", context.book.text((*own, "definition"))),
        frame.p(
            "Counts under ",
            context.book.cell((*own, "threshold")),
            " are hidden, and others so that these cannot be worked out. ",
            frame.joined("Counts are rounded to multiples of ", context.book.cell((*own, "base")), ". ")
            if rounded
            else "",
            "A figure of fewer than ",
            context.book.cell((*own, "read_out_people")),
            " people, or whose limits are more than ",
            context.book.cell((*own, "read_out_points")),
            " points apart, is not read out.",
        ),
    ]
    for card in reoffending.cards():
        parts.append(_of_card(context, card, [r for r in rows if r["measure"] == card.name], page))
    parts += [_may_not(), source_of(context, held, page)]
    return frame.Page(page, title_of(held), Markup("").join(parts), heading_of(context, held))


def _on(row: Row, column: str) -> Markup:
    value = row[column]
    assert isinstance(value, dt.date)
    return on_day(value)


def _of_card(context: Context, card: reoffending.ReoffendingCard, rows: list[Row], page: str) -> Markup:
    """Return the lines of a card: one table, and one of each line that is told for every force."""
    title = context.book.text((MEASURES, card.name, "title"))
    every = [(line, [r for r in rows if r["line"] == line.name]) for line in card.lines]
    single = [
        [
            context.book.text((LINES, line.name, "title")),
            says(context, str(own[0]["id"])),
            context.book.text((LINES, line.name, "note")),
        ]
        for line, own in every
        if own and not line.each_force
    ]
    dated = next((r for _, own in every for r in own if r.get("first")), None)
    parts = [
        Markup('<h2 id="{}">{}</h2>\n').format(card.name, title),
        frame.p("Of ", _on(dated, "first"), " to ", _on(dated, "last"), ".")
        if dated is not None
        else frame.p("Of everything that the country holds."),
        frame.p(frame.link(page_of_card(card), frame.joined("About this measure: ", title), page)),
        frame.table(title, ("Line", "What it says", "How to read it"), single),
    ]
    for line, own in every:
        if not line.each_force or not own:
            continue
        heading = context.book.text((LINES, line.name, "title"))
        cells = [
            [context.book.text((RELEASED, str(r["id"]), "within_name")), says(context, str(r["id"]))]
            for r in sorted(own, key=lambda r: str(r["within_name"]))
        ]
        parts += [
            Markup('<h3 id="{}">{}</h3>\n').format(line.name, heading),
            frame.p(context.book.text((LINES, line.name, "note"))),
            frame.table(frame.joined(title, ": ", heading), ("Force", "What it says"), cells),
            frame.p(ORDER),
        ]
    return Markup("").join(parts)
