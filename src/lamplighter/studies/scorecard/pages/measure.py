"""The page of one measure: its card with every field, what all forces say of it, and each force."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from lamplighter.studies.forces.measures import BASES, DIRECTIONS, Measure, cards
from lamplighter.studies.scorecard import frame
from lamplighter.studies.scorecard.figures import ALL, MEASURES
from lamplighter.studies.scorecard.pages import released
from lamplighter.studies.scorecard.pages.context import (
    OWN_WORK,
    Context,
    editions,
    funnel,
    measure_named,
    page_of_measure,
    when,
)
from lamplighter.studies.scorecard.tables import an_id, in_year, on_day
from lamplighter.studies.scorecard.years import Year

INDEX = "measures/index.html"


def pages(context: Context) -> Iterator[frame.Page]:
    yield _index(context)
    for card in cards():
        yield _page(context, card)
        for year in context.years.current[:-1]:
            if context.has(card.name, ALL, year):
                yield _of_year(context, card, year)


def _path(card: Measure, year: Year) -> str:
    return page_of_measure(card).replace(".html", f".{year.code}.html")


def _of_year(context: Context, card: Measure, year: Year) -> frame.Page:
    """Return an earlier year on a page of its own, so that no page grows with the years."""
    path = _path(card, year)
    title = frame.joined(context.title(card), ", ", in_year(year.code))
    body = (
        frame.p(frame.link(page_of_measure(card), "The card of this measure, and its newest year", path))
        + frame.p("All forces together: ", context.of(card, ALL, year), ".")
        + funnel(context, card, year, path)
    )
    return frame.Page(path, f"{card.title}, {year.words}", body, title)


def _index(context: Context) -> frame.Page:
    rows = [
        [
            frame.link(page_of_measure(card), context.title(card), INDEX),
            context.book.text((MEASURES, card.name, "why")),
            "Not held"
            if context.not_held(card)
            else "Review overdue"
            if card.overdue(context.as_at)
            else "Shown",
        ]
        for card in cards()
    ]
    body = frame.p(
        "Each measure has a card that says what is counted, how it could be gamed and what must not "
        "be concluded. "
        "No measure here has a direction: a high or a low share is a question, not an answer."
    ) + frame.table("Measures", ("Measure", "Why it is here", "Standing"), rows)
    return frame.Page(INDEX, "Measures", body + released.of_measures(context, INDEX))


def _page(context: Context, card: Measure) -> frame.Page:
    path = page_of_measure(card)
    parts = [Markup("")]
    if card.overdue(context.as_at):
        parts.append(
            frame.caution(
                "The review of this card is overdue: it was to be looked at again by ",
                on_day(card.next_review),
                ". Read it with care.",
            )
        )
    if context.not_held(card):
        parts.append(frame.caution("Not held. ", context.book.text((MEASURES, card.name, "not_held"))))
    if card.name == OWN_WORK and context.reviews:
        parts.append(frame.p(frame.link(released.INDEX, "What forces publish of their own work", path), "."))
    parts += [frame.p(context.book.text((MEASURES, card.name, "why"))), _card(context, card, path)]
    newest = context.year
    if context.has(card.name, ALL, newest):
        parts += [
            Markup('<h2 id="newest">{}</h2>\n').format(when(newest)),
            frame.p("All forces together: ", context.of(card, ALL, newest), "."),
            funnel(context, card, newest, path),
        ]
    earlier = [y for y in context.years.current[:-1] if context.has(card.name, ALL, y)]
    if earlier:
        parts += [
            frame.h2("Earlier years", "earlier"),
            frame.points(
                frame.joined(
                    frame.link(_path(card, y), in_year(y.code), path), ": ", context.of(card, ALL, y)
                )
                for y in reversed(earlier)
            ),
        ]
    if not card.not_held:
        parts += [frame.h2("What this figure was", "editions"), editions(context, ALL, [card])]
    parts += [
        frame.h2("Who keeps this card up", "upkeep"),
        frame.facts(
            (
                ("Author", context.book.text((MEASURES, card.name, "author"))),
                ("Checked by", context.book.text((MEASURES, card.name, "checker"))),
                ("Next review", on_day(card.next_review)),
            )
        ),
        frame.points(frame.joined(on_day(c.on), f", {c.by}: {c.what}") for c in card.changes),
    ]
    return frame.Page(path, card.title, Markup("").join(parts))


def _card(context: Context, card: Measure, path: str) -> Markup:
    def words(name: str) -> Markup:
        return context.book.text((MEASURES, card.name, name))

    paired = measure_named(card.paired)
    pairs: list[tuple[str, str | Markup]] = [
        ("What is counted", words("numerator")),
        ("Of what", words("denominator")),
        ("Where both come from", words("comes_from")),
        ("Basis", f"{card.basis}: {BASES[card.basis]}"),
        ("Unit", words("unit")),
        ("When it may be read as final", words("maturity")),
        ("Direction", DIRECTIONS[card.direction]),
        ("How it could be gamed", words("gaming")),
        ("Read beside it", frame.link(page_of_measure(paired), context.title(paired), path)),
        ("What must not be concluded", words("must_not")),
    ]
    if card.outcomes:
        codes = Markup(", ").join(an_id(code) for code in card.outcomes)
        pairs.insert(1, ("Home Office outcome", frame.joined("type ", codes)))
    return frame.facts(pairs)
