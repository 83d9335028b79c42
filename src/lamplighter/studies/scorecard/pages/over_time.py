"""Changes over the years: those that are named, the country's charts, and those of one force."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from lamplighter.reporting.charts.trend_chart import Break, TrendPoint, trend_chart
from lamplighter.studies.forces.page import span_of
from lamplighter.studies.scorecard import frame, signals
from lamplighter.studies.scorecard.figures import ALL, MEASURES, Force
from lamplighter.studies.scorecard.over_time import ALARMS, BREAKS, CHARTS, SIGHT, break_key, key
from lamplighter.studies.scorecard.pages.context import Context, measure_named
from lamplighter.studies.scorecard.signals import Alarm, Chart, settings
from lamplighter.studies.scorecard.tables import in_month, on_day

PATH = "over-time.html"


def page(context: Context) -> frame.Page:
    parts = [
        frame.p(
            "Each measure of each force is held, quarter by quarter, against all quarters before it. A "
            "chart on which nothing changed raises an alarm once in ",
            _rule(context, "run_length_years"),
            " years, as often for a rise as for a fall. Of the alarms of one quarter those are named that "
            "stand among all charts together: in the long run at most ",
            _rule(context, "false_discoveries", "%"),
            " of what is named is chance, and where nothing changed anywhere at most ",
            _rule(context, "over_time_level", "%"),
            " of quarters name anything. A change says that figures moved, and not why.",
        ),
        frame.h2("Changes that are named", "named"),
        _named(context),
        frame.h2("England and Wales together", "together"),
        _charts(context, ALL, "England and Wales"),
    ]
    return frame.Page(PATH, "Over time", Markup("").join(parts))


def pages_of_forces(context: Context) -> Iterator[frame.Page]:
    """Return a page of charts for each force that may be named."""
    for force in context.forces:
        if context.is_out(force):
            path = _path(force)
            back = frame.p(frame.link(context.page_of(force), f"All figures of {force.title}", path))
            body = (
                back
                + _told(context, force)
                + _sight(context, force)
                + _charts(context, force.code, force.title)
            )
            yield frame.Page(path, f"{force.title} over time", body)


def of_a_force(context: Context, force: Force) -> Markup:
    """Return what is named of a force, and where its charts are."""
    path = context.page_of(force)
    return (
        _told(context, force)
        + _sight(context, force)
        + frame.p(frame.link(_path(force), f"{force.title} over time: a chart for each measure", path))
    )


def _path(force: Force) -> str:
    return f"forces/{force.code}-over-time.html"


def _told(context: Context, force: Force) -> Markup:
    named = context.over_time.named({force.code})
    if named:
        return frame.points(_said(context, chart, alarm) for chart, alarm in named)
    if any(not c.why_not for c in context.over_time.charts_of(force.code)):
        return frame.p("No change of this force stands among all charts.")
    return frame.p("Too few quarters of this force are held for a chart to be read.")


def _sight(context: Context, force: Force) -> Markup:
    """Say how large a change the charts of a force could see, so that silence is not read as steadiness."""
    charts = context.over_time.charts_of(force.code)
    seen = [c for c in charts if context.book.has(SIGHT, f"{c.measure}.{force.code}")]
    if not seen:
        return frame.p(
            "That no change is named says nothing: no chart of this force can be read, so none could "
            "be seen, however large."
        )
    items = []
    for chart in seen:
        own = (SIGHT, f"{chart.measure}.{force.code}")
        row = context.book.row(*own)
        ways = [
            frame.joined(f"a {way} of ", context.book.cell((*own, way), 1), " points")
            for way in ("rise", "fall")
            if row[way] is not None
        ]
        least = Markup(" or ").join(ways) if ways else "no change, however large"
        never = "" if row["fall"] is not None else "; no fall could be seen, not even to nought"
        items.append(
            frame.joined(
                context.book.text((MEASURES, chart.measure, "title")),
                ", now at ",
                context.book.cell((*own, "level"), 1, "%"),
                ": ",
                least,
                never if ways else "",
                ".",
            )
        )
    unseen = [c for c in charts if c not in seen]
    if unseen:
        names = Markup("; ").join(context.book.text((MEASURES, c.measure, "title")) for c in unseen)
        items.append(frame.joined("No change could be seen, for no chart can be read: ", names, "."))
    return frame.p(
        "That no change is named does not say that nothing changed. Within two quarters, and in nine of ten "
        "cases, the charts of this force would name a change at least as large as this; a smaller one may go "
        "unseen:"
    ) + frame.points(items)


def _rule(context: Context, name: str, suffix: str = "") -> Markup:
    return context.book.cell(("rules", name, "value"), 0, suffix)


def _named(context: Context) -> Markup:
    every = context.over_time.named({*context.out, ALL})
    if not every:
        readable = any(not c.why_not for c in context.over_time.read.charts.values())
        return frame.p(
            "None is named."
            if readable
            else "Too few quarters are held for any chart to be read: nothing can be said yet."
        )
    titles = {f.code: f for f in context.forces}
    rows = []
    for chart, alarm in every:
        own = (ALARMS, key(chart, alarm.crossed))
        force = titles.get(chart.force)
        name = frame.link(context.page_of(force), force.title, PATH) if force else "England and Wales"
        rows.append(
            [
                frame.joined(name, ": ", context.book.text((MEASURES, chart.measure, "title"))),
                "Rose" if alarm.upwards else "Fell",
                in_month(alarm.since.first),
                in_month(alarm.crossed.first),
                context.book.cell((*own, "before"), 1, "%"),
                context.book.cell((*own, "after"), 1, "%"),
            ]
        )
    head = ("What", "Direction", "Since the quarter from", "Seen in the quarter from", "Before", "After")
    return frame.table("Changes, the newest first", head, rows, numbers=frozenset({4, 5}))


def _said(context: Context, chart: Chart, alarm: Alarm) -> Markup:
    own = (ALARMS, key(chart, alarm.crossed))
    return frame.joined(
        context.book.text((MEASURES, chart.measure, "title")),
        " rose from " if alarm.upwards else " fell from ",
        context.book.cell((*own, "before"), 1, "%"),
        " to ",
        context.book.cell((*own, "after"), 1, "%"),
        " since the quarter from ",
        in_month(alarm.since.first),
        ". It was seen in the quarter from ",
        in_month(alarm.crossed.first),
        ". Why is not known here.",
    )


def _charts(context: Context, force: str, title: str) -> Markup:
    parts = []
    for chart in context.over_time.charts_of(force):
        words = measure_named(chart.measure).title
        place = chart.measure.replace("_", "-")
        # The charts of one force are a page of their own.
        parts.append(frame.h3(words) if force == ALL else frame.h2(words, place))
        parts.append(_one(context, chart, title))
    return Markup("").join(parts)


def _one(context: Context, chart: Chart, title: str) -> Markup:
    """Return one chart with its table, or why it cannot be read."""
    left_out = context.over_time.left_out.get((chart.measure, chart.force), 0)
    told = [
        Markup("")
        if not left_out
        else frame.p(
            "Quarters are left out that ended less than ",
            _rule(context, "mature_months"),
            " months before the source was published, or of which too many crimes are open.",
        )
    ]
    if chart.why_not:
        return frame.p(_why_not(context, chart)) + told[0]
    raised = {a.crossed.first: a for a in chart.named}
    points = [
        TrendPoint(
            span_of(p.counted.first, p.counted.last),
            100 * p.value,
            "",
            expected=None
            if p.centre is None or p.low is None or p.high is None
            else (100 * p.low, 100 * p.centre, 100 * p.high),
            mark="a change is named" if p.counted.first in raised else "",
        )
        for p in chart.points
    ]
    measure = measure_named(chart.measure)
    placed = _placed(chart)
    picture = trend_chart(
        points, [Break(place, "") for place in placed], title=f"{measure.title}, {title}", unit=measure.unit
    )
    rows = []
    for point in chart.points:
        own = (CHARTS, key(chart, point.counted))
        known = point.centre is not None
        bounds = (
            frame.joined(
                context.book.cell((*own, "low"), 1, "%"), " to ", context.book.cell((*own, "high"), 1, "%")
            )
            if known
            else Markup("nothing before it")
        )
        rows.append(
            [
                frame.joined(in_month(point.counted.first), " to ", in_month(point.counted.last)),
                context.book.cell((*own, "counted")),
                context.book.cell((*own, "out_of")),
                context.book.cell((*own, "value"), 1, "%"),
                bounds,
                "a change is named" if point.counted.first in raised else "",
            ]
        )
    head = ("Quarter", "Counted", "Of", "Share", "What the quarters before lead to expect", "Alarm")
    beside = Markup("<details>\n<summary>Every quarter</summary>\n{}</details>\n").format(
        frame.table(f"{measure.title}, by quarter", head, rows, numbers=frozenset({1, 2, 3}))
    )
    broken = [
        frame.joined(
            *(
                frame.joined(
                    "; " if number else "",
                    "from " if number else "From ",
                    on_day(b.day),
                    ": ",
                    context.book.text((BREAKS, break_key(context.over_time, b), "why")),
                )
                for number, b in enumerate(told)
            )
        )
        for told in placed.values()
    ]
    words = frame.joined(
        "The band is what the quarters before lead to expect. A ring is a change that is named.",
        " Nothing is compared across a break." if broken else "",
    )
    return Markup("").join(
        [
            frame.figure(picture.svg, f"Line chart: {measure.title}", words, beside, "data/charts.csv"),
            _numbered(broken),
            *told,
        ]
    )


def _numbered(items: list[Markup]) -> Markup:
    if not items:
        return Markup("")
    rows = [Markup("<li>{}</li>\n").format(item) for item in items]
    return frame.p("Breaks, numbered as on the chart:") + Markup("<ol>\n{}</ol>\n").format(
        Markup("").join(rows)
    )


def _why_not(context: Context, chart: Chart) -> Markup:
    if len(chart.points) < settings().fewest_periods:
        return frame.joined(
            "Fewer than ",
            _rule(context, "fewest_periods"),
            " quarters are held that can be read: no chart yet.",
        )
    if "too few" in chart.why_not:
        return frame.joined(
            "In its smallest quarter fewer than ",
            _rule(context, "fewest_expected"),
            " would be expected: too few for a chart.",
        )
    return frame.said(chart.why_not)


def _placed(chart: Chart) -> dict[int, list[signals.Break]]:
    """Return the breaks by the point before which they lie, in the order in which the chart numbers them."""
    placed: dict[int, list[signals.Break]] = {}
    for told in chart.breaks:
        place = next((i for i, p in enumerate(chart.points) if p.counted.last >= told.day), 0)
        if place:
            placed.setdefault(place, []).append(told)
    return dict(sorted(placed.items()))
