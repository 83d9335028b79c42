"""Pages that all others rest on: sources, corrections, changes, files, how to read, whom to write to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from markupsafe import Markup

from lamplighter.studies.scorecard import frame
from lamplighter.studies.scorecard.pages.context import ORDER, Context
from lamplighter.studies.scorecard.pages.released import links_to
from lamplighter.studies.scorecard.tables import Book, an_id, edition_words, on_day

SOURCES, CORRECTIONS, CHANGES, DATA, ABOUT = (
    f"{name}.html" for name in ("sources", "corrections", "changes", "data", "about")
)
_MOST_SHOWN = 300  # changes on the page; the file has all


def pages(context: Context) -> Iterator[frame.Page]:
    yield _sources(context)
    yield _corrections(context)
    yield _changes(context.book)
    yield _about(context)


def _sources(context: Context) -> frame.Page:
    used = {y.source.id for y in context.years.current}
    parts = [
        frame.p(
            "Each source is kept as it was downloaded and is known by the hash of its bytes. A file "
            "whose bytes are "
            "others is refused. Where a later edition has another figure, the pages show both."
        )
    ]
    for source in context.folder.sources:
        if source.published > context.as_at:
            continue
        words = {
            n: context.book.text(("sources", source.id, n)) for n in ("title", "publisher", "licence", "note")
        }
        address = Markup('<a href="{}">{}</a>').format(source.address, _named(source.address))
        file = Markup('<a href="{}">The file, {} bytes</a>').format(
            source.on_site, context.book.cell(("sources", source.id, "bytes"))
        )
        pairs: list[tuple[str, str | Markup]] = [
            ("Publisher", words["publisher"]),
            ("Edition", edition_words(source.edition)),
            ("Published", on_day(source.published)),
            ("Obtained", on_day(source.obtained)),
            ("Licence", words["licence"]),
            ("Address", address),
            ("As it was downloaded", file),
            ("Hash of its bytes", an_id(f"sha256:{source.sha256}")),
            ("Standing", "Used" if source.id in used else "An earlier edition, shown as what figures were"),
        ]
        if words["note"]:
            pairs.append(("Note", words["note"]))
        parts += [Markup('<h2 id="{}">{}</h2>\n').format(source.id, words["title"]), frame.facts(pairs)]
        parts.append(_findings(context, source.id))
    if context.releases:
        parts += [
            frame.h2("Releases of hubs and forces", "releases"),
            frame.p("What has left through the gate is kept file by file, each with its hash."),
            frame.points(links_to(context, SOURCES)),
        ]
    return frame.Page(SOURCES, "Sources", Markup("").join(parts))


def _named(address: str) -> Markup:
    return an_id(address) if any(c.isdigit() for c in address) else frame.said(address)


def _findings(context: Context, source: str) -> Markup:
    rows = [r for r in context.book.tables["findings"].rows if r["source"] == source]
    if not rows:
        return frame.p("Nothing was found wrong in it.")
    made: list[list[str | Markup]] = [
        [
            context.book.text(("findings", str(r["id"]), "reason")),
            context.book.text(("findings", str(r["id"]), "force")),
            context.book.cell(("findings", str(r["id"]), "rows")),
        ]
        for r in rows
    ]
    return frame.table("What was found in it", ("What", "Force", "Rows"), made, numbers=frozenset({2}))


def _corrections(context: Context) -> frame.Page:
    begins = frame.p(
        "Errors of this site, with what it said and what it says now. To report one: ",
        context.book.text(("about", "contact", "words")),
        ".",
    )
    if not context.folder.corrections:
        return frame.Page(CORRECTIONS, "Corrections", begins + frame.p("None so far."))
    rows: list[list[str | Markup]] = []
    for number, one in enumerate(context.folder.corrections, 1):
        own = f"c{number}"
        told = [context.book.text(("corrections", own, name)) for name in ("was", "now", "why")]
        there = context.book.text(("corrections", own, "page"))
        rows.append([on_day(one.on), there, *told])
    head = ("Corrected on", "Page", "What it said", "What it says", "Why")
    return frame.Page(CORRECTIONS, "Corrections", begins + frame.table("Corrections", head, rows))


def _changes(book: Book) -> frame.Page:
    every = book.tables["changes"].rows
    parts = [
        frame.p(
            "Figures that are others than they were when this site was last built. The same as a ",
            Markup('<a href="feed.xml">feed</a>'),
            " for a feed reader, and as a ",
            Markup('<a href="data/changes.csv">file</a>'),
            ".",
        )
    ]
    if not every:
        parts.append(frame.p("None is held."))
        return frame.Page(CHANGES, "What changed", Markup("").join(parts))
    rows: list[list[str | Markup]] = []
    for row in every[:_MOST_SHOWN]:
        own = str(row["id"])
        day = row["on"]
        assert isinstance(day, dt.date)
        what = book.text(("changes", own, "what"))
        rows.append(
            [what, on_day(day), *(book.figure(("changes", own, n)) or "nothing" for n in ("was", "now"))]
        )
    parts.append(frame.table("Changes", ("What", "Since", "It was", "It is"), rows))
    if len(every) > _MOST_SHOWN:
        parts.append(frame.p("The file has the rest."))
    return frame.Page(CHANGES, "What changed", Markup("").join(parts))


def data_page(book: Book) -> frame.Page:
    """Return the list of every file. It comes last, when every table is there."""
    rows = [
        [
            Markup('<a href="{}">{}</a>').format(t.path, t.title),
            Markup(", ").join(an_id(c) for c in t.columns),
        ]
        for t in sorted(book.tables.values(), key=lambda t: t.name)
    ]
    body = frame.p(
        "Every number of every page is a cell of one of these files: the element that shows it names "
        "the file, "
        "the row and the column. The files together are a Data Package (",
        Markup('<a href="datapackage.json">datapackage.json</a>'),
        "); ",
        Markup('<a href="metadata.json">metadata.json</a>'),
        " describes them to Datasette.",
    ) + frame.table("Files", ("File", "Columns"), rows)
    return frame.Page(DATA, "Data", body)


def _about(context: Context) -> frame.Page:
    def rule(name: str, suffix: str = "%", decimals: int = 0) -> Markup:
        return context.book.cell(("rules", name, "value"), decimals, suffix)

    body = Markup("").join(
        [
            frame.p(
                "Published by ",
                context.book.text(("about", "publisher", "words")),
                ". Write to: ",
                context.book.text(("about", "contact", "words")),
                ".",
            ),
            frame.h2("What this is", "what"),
            frame.p(
                "Counts of stalking crimes that the police recorded and of what became of them, as "
                "the Home Office "
                "published them, with what may and what may not be concluded. The crimes are those of class ",
                an_id("8Q"),
                " of the counting rules; stalking that was recorded under another name is not among them.",
            ),
            frame.h2("How to read a funnel", "funnel"),
            frame.p(
                "Each mark is a force: further right, the more crimes; further up, the larger the "
                "share. Between the "
                "dashes lie ",
                rule("inner"),
                " of forces that do not differ, between the dots ",
                rule("outer", decimals=1),
                ". Where forces differ by more than chance the limits are widened by the spread "
                "between forces. A "
                "force outside them differs from the others by more than they differ among "
                "themselves: a question, "
                "not an answer.",
            ),
            frame.h2("Which forces are not compared", "not-compared"),
            frame.p(
                "A force is left out of limits and tests where more than ",
                rule("open_share"),
                " of its crimes have no outcome yet, where there are fewer than ",
                rule("fewest", ""),
                ", where a period is missing, or where it polices no area. Its counts are shown all "
                "the same.",
            ),
            frame.h2("False alarms", "alarms"),
            frame.p(
                "If no forces differed at all, the chance that the figures of a year flag anything "
                "would be at most ",
                rule("page_level"),
                ".",
            ),
            frame.h2("Why there is no order", "order"),
            frame.p(
                ORDER,
                " One real force was at one end of such a list on one basis and at the other end on "
                "the other, "
                "because most of its cases were still open.",
            ),
            frame.h2("Where a number comes from", "number"),
            frame.p(
                "Every number on every page is bound to a cell of a file under ",
                frame.link(DATA, "data", ABOUT),
                ". The row of the cell names its measure and its source. A program checks every "
                "number of the site "
                "against its cell, its card and the bytes of its source before the site goes out.",
            ),
            frame.h2("Right of reply", "reply"),
            frame.p(
                "What is said of a force alone goes out only after the force has had time to read it "
                "and to reply, and "
                "stands beside what it replies.",
            ),
        ]
    )
    return frame.Page(ABOUT, "How to read this", body)
