"""The page of one force: its figures, each quarter, its reply; until its embargo ends, that it reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from markupsafe import Markup

from lamplighter.reporting.charts.trend_chart import TrendPoint, trend_chart
from lamplighter.studies.forces.measures import Measure
from lamplighter.studies.forces.page import breaks_of, span_of
from lamplighter.studies.scorecard import frame
from lamplighter.studies.scorecard.figures import ALL, FIGURES, QUARTERS, Force, key
from lamplighter.studies.scorecard.pages import over_time, paragraphs, released
from lamplighter.studies.scorecard.pages.context import (
    ORDER,
    Context,
    editions,
    held,
    page_of_measure,
    when,
    where,
)
from lamplighter.studies.scorecard.tables import in_month, on_day

INDEX = "forces/index.html"


def pages(context: Context) -> Iterator[frame.Page]:
    yield _index(context)
    for force in context.forces:
        path = context.page_of(force)
        body = _whole(context, force, path) if context.is_out(force) else _reading(context, force)
        yield frame.Page(path, force.title, body)


def _index(context: Context) -> frame.Page:
    links = [
        Markup("<li>{}{}</li>\n").format(
            frame.link(context.page_of(f), f.title, INDEX), "" if context.is_out(f) else " (not out yet)"
        )
        for f in context.forces
    ]
    body = frame.p(ORDER) + Markup('<ul class="columns">\n{}</ul>\n').format(Markup("").join(links))
    return frame.Page(INDEX, "Forces", body)


def _reading(context: Context, force: Force) -> Markup:
    held_ = context.folder.reply_of(force.code)
    if held_ is None:
        told = frame.caution(
            "This page has not been sent to the force yet. It goes out after the force has read it."
        )
    else:
        told = frame.caution(
            "The force is reading this page. It was sent on ",
            on_day(held_.sent),
            " and goes out after ",
            on_day(held_.embargo),
            ", with what the force replies.",
        )
    return told + frame.p(
        "Until then nothing is said here of this force alone. Its published counts are in the sums "
        "of all forces "
        "and in the ",
        frame.link("sources.html", "sources", context.page_of(force)),
        ".",
    )


def _whole(context: Context, force: Force, path: str) -> Markup:
    parts = []
    for year in reversed(context.years.current):
        there = [m for m in held(context, year) if context.has(m.name, force.code, year)]
        if not there:
            continue
        rows = [_row(context, measure, force, path, year) for measure in there]
        head = (
            "Measure",
            "What it says",
            "Interval of chance",
            "All forces",
            "Beside the others",
            "What can be expected",
        )
        parts += [
            Markup('<h2 id="year-{}">{}</h2>\n').format(year.code, when(year)),
            frame.table(frame.joined(f"{force.title}, ", when(year)), head, rows),
        ]
    parts.append(
        frame.p(
            "The interval of chance is of the force’s own counts, at ",
            context.book.cell(("rules", "intervals", "value"), 0, "%"),
            ". What can be expected draws on what all forces show: the fewer the crimes, the more.",
        )
    )
    parts += [frame.h2("By quarter", "by-quarter"), _by_quarter(context, force)]
    parts += [frame.h2("Over time", "over-time"), over_time.of_a_force(context, force)]
    parts += [released.of_a_force(context, force), released.again_in_a_force(context, force)]
    parts += [frame.h2("In words, for whoever asks", "in-words"), paragraphs.of_a_force(context, force)]
    parts += [
        frame.h2("What these figures were", "editions"),
        editions(context, force.code, held(context, context.year)),
        frame.h2("What the force replied", "reply"),
        _reply(context, force),
    ]
    wrong = [n for n, c in enumerate(context.folder.corrections, 1) if c.force == force.code]
    if wrong:
        parts.append(
            frame.p(
                "Errors on this page were corrected: ",
                frame.link("corrections.html", "corrections", path),
                ".",
            )
        )
    return Markup("").join(parts)


def _row(context: Context, measure: Measure, force: Force, path: str, year: object) -> list[str | Markup]:
    own = next(y for y in context.years.current if y is year)
    row = context.book.row(FIGURES, key(measure.name, force.code, own))
    said: str | Markup = str(row["expected"]) or "Cannot be said"
    if row["expected_low"] is not None:
        ends = context.interval(measure, force.code, own, "expected_low", "expected_high")
        said = frame.joined(said, ": ", ends)
    return [
        frame.link(page_of_measure(measure), context.title(measure), path),
        context.of(measure, force.code, own),
        context.interval(measure, force.code, own),
        context.share(measure, ALL, own),
        where(context, measure, force.code, own),
        said,
    ]


def _by_quarter(context: Context, force: Force) -> Markup:
    """Return each quarter of recording: crimes, charges and open cases."""
    rows: list[list[str | Markup]] = []
    drawn: list[TrendPoint] = []
    spans: list[tuple[dt.date, dt.date]] = []
    for row in context.book.tables[QUARTERS].rows:
        if row["force"] != force.code:
            continue
        first, last, own = row["first"], row["last"], str(row["id"])
        assert isinstance(first, dt.date)
        assert isinstance(last, dt.date)
        span = frame.joined(in_month(first), " to ", in_month(last))
        if row["crimes"] is None:
            rows.append([span, *["no row in the source"] * 4])
            continue
        counts = [context.book.cell((QUARTERS, own, name)) for name in ("crimes", "charged", "open")]
        known = isinstance(row["value"], float)
        share: str | Markup = context.book.cell((QUARTERS, own, "value"), 1, "%") if known else "no share"
        rows.append([span, *counts, share])
        if known and isinstance(row["low"], float) and isinstance(row["high"], float):
            spans.append((first, last))
            value = row["value"]
            assert isinstance(value, float)
            drawn.append(TrendPoint(span_of(first, last), value, "", row["low"], row["high"]))
    table = frame.table(
        "Crimes by the quarter in which they were recorded",
        ("Period", "Crimes recorded", "Charged or summonsed", "No outcome yet", "Share charged"),
        rows,
        numbers=frozenset({1, 2, 3, 4}),
    )
    if len(drawn) < 2:
        return table
    title = "Charged or summonsed, by quarter of recording"
    picture = trend_chart(drawn, breaks_of(spans), title=title, unit="% of crimes recorded")
    return frame.figure(
        picture.svg,
        f"Line chart: {title}",
        "Later quarters have had less time to be decided: a fall towards the end is to be expected. "
        "The bars are "
        "what chance alone leaves open.",
        table,
        "data/quarters.csv",
    )


def _reply(context: Context, force: Force) -> Markup:
    held_ = context.folder.reply_of(force.code)
    assert held_ is not None
    newest = context.year.source.obtained
    parts = [frame.p("The force was sent this page on ", on_day(held_.sent), " to read and to reply to.")]
    if held_.sent < newest:
        parts.append(
            frame.p(
                "Its newest figures came on ",
                on_day(newest),
                ", after that: the force has not replied to them.",
            )
        )
    if not held_.reply:
        return Markup("").join([*parts, frame.p("It has given no reply that may be printed.")])
    by = context.book.text(("replies", force.code, "reply_by"))
    on = [", ", on_day(held_.reply_on)] if held_.reply_on else []
    quoted = Markup("<blockquote>{}</blockquote>\n").format(
        context.book.text(("replies", force.code, "reply"))
    )
    return Markup("").join([*parts, quoted, frame.p(by or "The force", *on)])
