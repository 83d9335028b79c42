"""Show what became of the reports: the funnel, outcomes on both bases, and time as competing outcomes."""

from __future__ import annotations

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.charts.bars_chart import BarValue, bars_chart
from lamplighter.reporting.charts.curves_chart import Curve, CurvePoint, curves_chart
from lamplighter.reporting.document import (
    HIDDEN,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    Block,
    Caution,
    Column,
    Figure,
    Heading,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import number
from lamplighter.studies.review.analyses.attrition import STAGES
from lamplighter.studies.review.analyses.time_to_outcome import OUTSIDE
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import Shown
from lamplighter.studies.review.sections.absent import absent, ask_for
from lamplighter.studies.review.sections.shares import (
    NOT_REACHED,
    interval_words,
    percent,
    share_figure,
    share_table,
    share_value,
    share_words,
    summed,
    value_of,
)
from lamplighter.studies.review.settings import END_TITLES, ENDS


def outcome_section(review: Review, shown: Shown) -> Section | None:
    """The funnel and the outcomes on both bases."""
    counts = review.found.counts
    if "furthest-stage" not in counts:
        return _assigned_only(review, shown)
    whole = shown.count("outcomes-of-recorded", (TOTAL,))
    still = shown.count("outcomes-of-recorded", ("open",))
    share = percent(still, whole)
    told = "a hidden share" if share is None else f"{number(share, 1)}%"
    blocks: list[Block] = [
        Words(
            (
                f"Of the reports of the period {told} had no outcome on the day of the extract. They are "
                "shown as "
                "open in every table and picture, and never left out.",
            )
        ),
        _funnel(review, shown),
        Heading("Outcomes of the reports of the period"),
        share_figure(
            counts["outcomes-of-recorded"],
            shown,
            title="What had become of the reports",
            reading="One basis: the reports of the period, whatever has become of them since.",
        ),
        share_table(counts["how-reports-ended"], shown),
    ]
    if "outcome-conflicts" in counts:
        blocks += [
            Heading("Reports to which two outcomes are given"),
            share_table(counts["outcome-conflicts"], shown),
        ]
    if "outcomes-assigned" in counts:
        blocks += [
            Heading("Outcomes assigned in the period"),
            share_table(counts["outcomes-assigned"], shown),
            Caution(
                "These are two different bases. A rate must take its top and its bottom from the same one: "
                "outcomes assigned this year over reports recorded this year is not the share of anything."
            ),
        ]
    return Section("outcomes", "What became of the reports", tuple(blocks))


def _assigned_only(review: Review, shown: Shown) -> Section | None:
    """What a bundle of outcomes assigned in the period can say: how they divide, and no share of reports."""
    count = review.found.counts.get("outcomes-assigned")
    if count is None:
        return None
    words = "Outcomes that were assigned in the period. They are a share of outcomes, and of nothing else."
    return Section("outcomes", "What became of the reports", (Words((words,)), share_table(count, shown)))


def _funnel(review: Review, shown: Shown) -> Figure:
    gone = {name for name in STAGES if f"stage-{name}" in review.found.not_held}
    stages = [name for name in STAGES if name not in gone]
    cells = review.found.counts["furthest-stage"].table.cells
    at = {stage: shown.count("furthest-stage", (stage,)) for stage in stages}
    whole = shown.count("furthest-stage", (TOTAL,))
    rows: list[tuple[Value, ...]] = []
    bars = []
    before: int | None = None
    for place, stage in enumerate(stages):
        told = (f"reached_{stage}",)  # a release counts who reached a stage, not who stayed there
        if place and told in cells:
            reached = shown.count("furthest-stage", told)
        else:
            reached = whole if place == 0 else summed([at[name] for name in stages[place:]])
        share = percent(reached, whole)
        rows.append(
            (
                STAGES[stage],
                value_of(reached),
                share_value(reached, whole),
                interval_words(reached, whole) if place else "",
                NOT_APPLICABLE if not place else share_value(reached, before),
            )
        )
        bars.append(BarValue(STAGES[stage], share, share_words(reached, whole)))
        before = reached
    for stage in STAGES:
        if stage in gone:
            rows.insert(list(STAGES).index(stage), (STAGES[stage], *(NOT_AVAILABLE for _ in range(4))))
    count = review.found.counts["furthest-stage"]
    table = Table(
        "funnel",
        "How far reports got",
        (
            Column("Stage"),
            Column("Reports", "count"),
            Column("Share of all", "percent"),
            Column("95% interval"),
            Column("Share of the stage before", "percent"),
        ),
        tuple(rows),
        basis=count.basis,
        notes=(
            "A report that reached a later stage counts at every earlier one.",
            *(
                f"Not held by this force: {why.title}. To answer it, ask for: {ask_for(why)}."
                for name in STAGES
                if (why := review.found.not_held.get(f"stage-{name}")) is not None
            ),
        ),
    )
    picture = bars_chart(bars, title="How far reports got", unit="% of all reports", most=100.0)
    return Figure("figure-funnel", "How far reports got", picture, table)


def time_section(review: Review, shown: Shown) -> Section | None:
    """Cumulative incidence of each end, the first week, and "among those who withdrew" beside it."""
    if not review.found.curves:
        return None
    choices = review.cohort.settings
    ends = [end for end in ENDS if f"time-to-{end.replace('_', '-')}" in review.found.curves]
    curves = [made for end in ends if (made := _curve(review, shown, end)) is not None]
    blocks: list[Block] = [
        Words(
            (
                "Each curve says how many of all reports had come to that end by each day. The ends "
                "compete: a "
                "report that ended in one way cannot end in another, so the curves add up to the share "
                "that has "
                "ended at all. Open reports count for as long as they have been open.",
            )
        )
    ]
    if curves:
        blocks.append(
            _figure("time-to-end", "What had happened by each day", curves, review, choices.curve_until)
        )
        blocks.append(
            _figure("first-week", "The first week in close-up", curves, review, float(choices.first_week))
        )
    if review.timing.undated:
        few = "" if shown.protected else f" They are {number(review.timing.undated)}."
        blocks.append(Words((f"{OUTSIDE}{few}",)))
    blocks.append(_told(review, shown, ends))
    blocks += absent(review.found, "how-soon-withdrawn")
    soon = review.found.counts.get("how-soon-withdrawn")
    if soon is not None:
        blocks += [
            Heading("Among those who withdrew"),
            share_table(soon, shown),
            Caution(
                "This table is for comparison with London, which publishes it. It says how soon those "
                "withdrew who "
                "did; it is not the chance of withdrawing, which is in the curves above."
            ),
        ]
    return Section("time", "How long it took", tuple(blocks))


def _curve(review: Review, shown: Shown, end: str) -> Curve | None:
    name = f"time-to-{end.replace('_', '-')}"
    steps = shown.curve(name)
    if not steps:
        return None
    limits = {} if shown.protected else {day: (low, high) for day, low, high in review.found.limits[end]}
    start = (0.0, 0.0) if limits else (None, None)
    points = [CurvePoint(0.0, 0.0, *start)]
    for day, share in steps:
        low, high = limits.get(day, start if share == 0 else (None, None))
        points.append(
            CurvePoint(
                day,
                round(100 * share, 1 if shown.protected else 6),
                None if low is None else round(100 * low, 6),
                None if high is None else round(100 * high, 6),
            )
        )
    if not shown.protected:
        last = float(review.cohort.reports["followed"].max())  # type: ignore[arg-type]  # an integer column
        if last > points[-1].day:
            points.append(CurvePoint(last, points[-1].percent, points[-1].low, points[-1].high))
    if len(points) > 1 and points[1].day == 0:
        points = points[1:]
    return Curve(END_TITLES[end], tuple(points))


def _figure(key: str, title: str, curves: list[Curve], review: Review, until: float) -> Figure:
    choices = review.cohort.settings
    days = [0, 1, 2, 3, 5, 7] if until <= choices.first_week else list(choices.told_days)
    picture = curves_chart(
        curves, title=title, unit="% of all reports", until=until, told=[float(day) for day in days]
    )
    table = Table(
        f"{key}-numbers",
        title,
        tuple(Column(name) for name in picture.columns),
        picture.rows,
        basis="All reports of the period",
    )
    unknown = "how-soon-withdrawn" in review.found.not_held
    return Figure(f"figure-{key}", title, picture, table, BY_OUTCOME if unknown else "")


#: Beside the curves of a force that does not hold when victims withdrew.
BY_OUTCOME = (
    "Withdrawals stand on the day of their outcome, which is later than the day on which the victim "
    "withdrew: that day is not held by this force."
)


def _told(review: Review, shown: Shown, ends: list[str]) -> Table:
    """Risk by the days that are told, with limits where the true curves may be shown."""
    choices = review.cohort.settings
    rows: list[tuple[Value, ...]] = []
    for day in choices.told_days:
        row: list[Value] = [f"Day {day}"]
        for end in ends:
            row.append(risk_by(review, shown, end, day))
        rows.append(tuple(row))
    return Table(
        "risk-by-day",
        "Share of all reports that had come to each end",
        (Column("By"), *(Column(END_TITLES[end]) for end in ends)),
        tuple(rows),
        basis="All reports of the period; the ends compete, and open reports count for as long as they "
        "are open",
        notes=(
            ("From the protected, merged steps: no interval is given.",)
            if shown.protected
            else (
                "95% limits on the log-log scale, from a variance that lets reports of one suspect go "
                "together.",
            )
        ),
    )


def risk_by(review: Review, shown: Shown, end: str, day: int) -> Value:
    """Share of all reports that had come to an end by a day, with its interval where the truth is shown."""
    if shown.protected:
        steps = [share for on, share in shown.curve(f"time-to-{end.replace('_', '-')}") or () if on <= day]
        last = max((on for on, _ in shown.curve(f"time-to-{end.replace('_', '-')}") or ()), default=-1.0)
        return HIDDEN if not steps or day > last else f"{number(100 * steps[-1], 1)}%"
    curves = review.timing.curves
    if curves is None:
        return NOT_AVAILABLE
    found = curves.risk_at([day], ENDS.index(end) + 1)
    estimate, low, high = (float(v[0]) for v in (found.estimate, found.lower, found.upper))
    if estimate != estimate:
        return NOT_REACHED
    if low != low or high != high:
        return f"{number(100 * estimate, 1)}%"
    return f"{number(100 * estimate, 1)}% ({number(100 * low, 1)}% to {number(100 * high, 1)}%)"
