"""Show releases of hubs and forces: a page a release, a page a card, who is silent."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from lamplighter.reporting.words import day
from lamplighter.studies.forces.measures import DIRECTIONS
from lamplighter.studies.scorecard import frame
from lamplighter.studies.scorecard.figures import MEASURES, Force
from lamplighter.studies.scorecard.pages.context import Context
from lamplighter.studies.scorecard.releases.held import Held
from lamplighter.studies.scorecard.releases.released import (
    LINES,
    PROTECTED,
    RELEASED,
    RELEASES,
    TOO_FEW,
    WHO,
    AnyCard,
    AnyLine,
    every_card,
    figures,
    key,
)
from lamplighter.studies.scorecard.tables import Row, an_id, on_day

INDEX = "published/index.html"
NOT_PUBLISHED = "not published (protected)"
NOT_READ_OUT = "of too few people to be read out"


def pages(context: Context) -> Iterator[frame.Page]:
    """Return the pages of releases of own work, and of every card; none where no release is held."""
    if context.reviews:
        yield _index(context)
        for held in context.reviews:
            yield _release(context, held)
    for card in shown_cards(context):
        yield _card(context, card)


def shown_cards(context: Context) -> list[AnyCard]:
    """Return the cards of which something is published."""
    return [card for card in every_card() if context.book.has(MEASURES, card.name)]


def page_of(held: Held) -> str:
    return f"published/{held.id}.html"


def page_of_card(card: AnyCard) -> str:
    return f"measures/{card.name}.html"


def of_measures(context: Context, page: str) -> Markup:
    """Return the cards of which a release says something, for the list of measures."""
    if not context.releases:
        return Markup("")
    rows = [
        [
            frame.link(page_of_card(card), context.book.text((MEASURES, card.name, "title")), page),
            context.book.text((MEASURES, card.name, "why")),
            "Review overdue" if card.overdue(context.as_at) else "Shown",
        ]
        for card in shown_cards(context)
    ]
    return (
        frame.h2("From releases", "own-work")
        + frame.p("Measures of which at least one release says something, each through the gate.")
        + (
            frame.p(frame.link(INDEX, "Who publishes, and who does not", page), ".")
            if context.reviews
            else Markup("")
        )
        + frame.table("Measures from releases", ("Measure", "Why it is here", "Standing"), rows)
    )


def of_a_force(context: Context, force: Force) -> Markup:
    """Return what a force publishes of its own work, or that it publishes nothing here."""
    if not context.reviews:
        return Markup("")
    page = context.page_of(force)
    own = [held for held in context.reviews if force.code in held.forces]
    if not own:
        told = frame.p("Nothing is published here of the force’s own work. That says nothing of the work.")
    else:
        told = frame.points(
            frame.joined(
                frame.link(page_of(held), called(context, held), page),
                ", ",
                days_of(held),
                "" if len(held.forces) == 1 else " (several forces together)",
            )
            for held in own
        )
    return frame.h2("What it publishes of its own work", "own-work") + told


def again_in_a_force(context: Context, force: Force) -> Markup:
    """Return what the newest release says of a force; empty where none names it."""
    for held in context.reoffending:
        figure = f"reoffending.again-force.{held.id}.{force.code}"
        if context.book.has(RELEASED, figure):
            page = context.page_of(force)
            return (
                frame.h2("Known to have done it again", "again")
                + frame.p(
                    "Of people whose index event this force recorded from ",
                    days_of(held),
                    ": ",
                    says(context, figure),
                    ". What they did counts in whichever force it was. ",
                    frame.link(page_of(held), "What is counted, and of whom", page),
                    ".",
                )
                + frame.caution(
                    "It says nothing of how well a force does: recording, proof and cases differ."
                )
            )
    return Markup("")


def days_of(held: Held) -> Markup:
    """Return the days that a release counts."""
    return frame.joined(on_day(held.first), " to ", on_day(held.last))


def called(context: Context, held: Held) -> Markup:
    """Return what a link to a release says: whoever published several is named with which."""
    own = who(context, held)
    if sum(h.publisher == held.publisher for h in context.releases) == 1:
        return own
    return frame.joined(own, ", ", days_of(held), ", ", edition_of(held))


def who(context: Context, held: Held) -> Markup:
    """Return who published a release."""
    return context.book.text((RELEASES, held.id, "publisher"))


def edition_of(held: Held) -> Markup:
    """Return the edition of a release, in words."""
    return frame.joined("edition ", an_id(held.edition))


def _index(context: Context) -> frame.Page:
    def count(column: str) -> Markup:
        return context.book.cell((WHO, "all", column))

    rows: list[list[str | Markup]] = []
    for held in context.reviews:
        own = (RELEASES, held.id)
        rows.append(
            [
                frame.link(page_of(held), called(context, held), INDEX),
                frame.said(", ".join(held.names)),
                days_of(held),
                an_id(held.edition),
                context.book.cell((*own, "lines")),
                context.book.cell((*own, "protected")),
            ]
        )
    body = Markup("").join(
        [
            frame.p(
                "Of ",
                count("forces"),
                " forces, ",
                count("none"),
                " publish nothing of their own work here: how soon risk was assessed, whether victims were "
                "told, which lines of enquiry were followed. Of ",
                count("some"),
                " something is published, alone or together with others.",
            ),
            frame.caution(
                "Whoever publishes chooses when, and may choose what. These figures are set beside no "
                "others, and no order can be made of them."
            ),
            frame.table(
                "Releases",
                ("Published by", "Forces", "What it counts", "Edition", "Lines", "Of these, protected"),
                rows,
                numbers=frozenset({4, 5}),
            ),
            frame.h2("How it comes here", "gate"),
            frame.p(
                "Each release has passed a gate: small counts are hidden before it is printed, and what is "
                "printed is attacked. Here it is taken only as the gate wrote it down, and all releases of "
                "this site are attacked once more together: a country less its forces, a year less its "
                "quarters. A site on which a hidden figure could be worked out is not built. What is hidden "
                "is shown as “",
                NOT_PUBLISHED,
                "”: it is not nought.",
            ),
        ]
    )
    return frame.Page(INDEX, "What forces publish of their own work", body)


def _release(context: Context, held: Held) -> frame.Page:
    page, own = page_of(held), (RELEASES, held.id)
    rounded = context.book.row(*own)["base"] != 1
    rows = []
    for card, line, row in figures(held):
        rows.append(
            [
                frame.joined(
                    an_id(line.name),
                    " ",
                    frame.link(page_of_card(card), context.book.text((LINES, line.name, "title")), page),
                ),
                says(context, str(row["id"])),
            ]
        )
    parts = [
        frame.p(
            "What ",
            frame.said(", ".join(held.names)),
            " recorded from ",
            on_day(held.first),
            " to ",
            on_day(held.last),
            ", as published on ",
            on_day(held.published),
            ".",
        ),
        frame.p(
            "Counts under ",
            context.book.cell((*own, "threshold")),
            " are hidden, and others so that these cannot be worked out. ",
            frame.joined("Counts are rounded to multiples of ", context.book.cell((*own, "base")), ". ")
            if rounded
            else "",
            "Where the record is silent a step counts as not taken.",
        ),
        frame.table(
            "Its indicators",
            ("Indicator", "What it says: met, of how many"),
            rows,
        ),
        source_of(context, held, page),
    ]
    return frame.Page(page, title_of(held), Markup("").join(parts), heading_of(context, held))


def title_of(held: Held) -> str:
    """Return the title of the page of a release."""
    return f"{held.publisher}, {day(held.first)} to {day(held.last)}, edition {held.edition}"


def heading_of(context: Context, held: Held) -> Markup:
    """Return the heading of the page of a release, its numbers as dates and ids."""
    return frame.joined(who(context, held), ", ", days_of(held), ", ", edition_of(held))


def source_of(context: Context, held: Held, page: str) -> Markup:
    """Return where a release comes from: its files, their hashes, and who published it."""
    own = (RELEASES, held.id)
    sums = f"{held.on_site}/SHA256SUMS"
    return frame.h2("Where it comes from", "source") + frame.facts(
        [
            ("Title", context.book.text((*own, "title"))),
            ("Published by", who(context, held)),
            ("Forces", frame.said(", ".join(held.names))),
            ("Edition", an_id(held.edition)),
            ("Rules of disclosure", context.book.text((*own, "profile"))),
            ("Licence", context.book.text(("sources", held.id, "licence"))),
            ("Address", an_id(held.address)),
            (
                "Its files, each with its hash",
                Markup('<a href="{}">SHA<code>256</code>SUMS</a>').format(frame.to(sums, page)),
            ),
            ("Hash of that list", an_id(f"sha256:{held.sha256}")),
        ]
        + ([("Note", context.book.text(("sources", held.id, "note")))] if held.note else [])
    )


def says(context: Context, figure: str) -> Markup:
    """Return what a figure says, in one cell; what is protected is said to be, and is never a nought."""
    row: Row = context.book.row(RELEASED, figure)

    def one(column: str, decimals: int = 0, suffix: str = "") -> Markup:
        return context.book.cell((RELEASED, figure, column), decimals, suffix)

    told = []
    limits = (
        frame.joined(one("low", 0, "%"), " to ", one("high", 0, "%")) if row.get("low") is not None else ""
    )
    if row.get("met_is") == TOO_FEW:
        whole = frame.joined(", of ", one("out_of")) if row.get("out_of") is not None else ""
        told.append(frame.joined(NOT_READ_OUT, whole))
    elif row.get("met") is not None and row.get("share") is not None:
        told.append(frame.joined(one("share", 0, "%"), ", ", one("met"), " of ", one("out_of")))
        if limits:
            told.append(frame.joined("by chance it could be ", limits))
    elif limits:
        expected = (
            frame.joined(one("share", 0, "%"), ", it could be ") if row.get("share") is not None else ""
        )
        told.append(frame.joined(expected, limits))
    elif PROTECTED in (row.get("met_is"), row.get("out_of_is")):
        whole = frame.joined(", of ", one("out_of")) if row.get("out_of") is not None else ""
        told.append(frame.joined(NOT_PUBLISHED, whole))
    elif row.get("out_of") is not None:
        told.append(frame.joined(one("met"), " of ", one("out_of")))
    if row.get("days_is") == PROTECTED:
        told.append(frame.said(NOT_PUBLISHED))
    elif row.get("days") is not None:
        told.append(frame.joined("median ", one("days"), " days"))
    return Markup("; ").join(told)


def _card(context: Context, card: AnyCard) -> frame.Page:
    page = page_of_card(card)
    words = {
        n: context.book.text((MEASURES, card.name, n)) for n in ("why", "gaming", "must_not", "maturity")
    }
    paired = next(c for c in every_card() if c.name == card.paired_name)
    beside = (
        frame.link(page_of_card(paired), context.book.text((MEASURES, paired.name, "title")), page)
        if context.book.has(MEASURES, paired.name)
        else frame.joined(paired.title, " (nobody publishes it here)")
    )
    pairs: list[tuple[str, str | Markup]] = [
        ("Basis", card.counted_words),
        ("When it may be read as final", words["maturity"]),
        ("Direction", DIRECTIONS[str(context.book.row(MEASURES, card.name)["direction"])]),
        ("How it could be gamed", words["gaming"]),
        ("Read beside it", beside),
        ("What must not be concluded", words["must_not"]),
    ]
    parts = [frame.p(words["why"])]
    if card.overdue(context.as_at):
        parts.insert(
            0,
            frame.caution(
                "The review of this card is overdue: it was to be looked at again by ",
                on_day(card.next_review),
                ". Read it with care.",
            ),
        )
    parts.append(frame.facts(pairs))
    for line in card.lines:
        own = {
            n: context.book.text((LINES, line.name, n)) for n in ("title", "numerator", "denominator", "note")
        }
        parts.append(
            Markup('<h2 id="line-{}">{}</h2>\n').format(
                line.name, frame.joined(own["title"], " (", an_id(line.name), ")")
            )
        )
        parts.append(frame.p("Counted: ", own["numerator"], ", of ", own["denominator"], "."))
        if own["note"]:
            parts.append(frame.p(own["note"]))
        parts.append(_who_says(context, card, line, page))
    parts += [
        frame.p("Whoever publishes stands in alphabetical order. The order says nothing."),
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
    title = context.book.text((MEASURES, card.name, "title"))
    return frame.Page(page, card.title, Markup("").join(parts), title)


def _who_says(context: Context, card: AnyCard, line: AnyLine, page: str) -> Markup:
    """Return what each release says of a line; of several forces on the page of the release."""
    if getattr(line, "each_force", False):
        own = frame.p("Each force is a line of the release: ")
        return own + frame.points(links_to(context, page))
    told = [h for h in context.releases if context.book.has(RELEASED, key(card, line, h))]
    if not told:
        return frame.p("Nobody publishes this line here.")
    rows = [
        [
            frame.link(page_of(held), called(context, held), page),
            frame.joined(days_of(held), ", ", edition_of(held)),
            says(context, key(card, line, held)),
        ]
        for held in told
    ]
    head = ("Published by", "What it counts", "What it says: how many, of how many")
    return frame.table(context.book.text((LINES, line.name, "title")), head, rows)


def links_to(context: Context, page: str) -> Iterator[Markup]:
    """Yield a link to the page of each release, of own work and of reoffending."""
    for held in context.releases:
        yield frame.joined(frame.link(page_of(held), called(context, held), page), ", ", days_of(held))
