"""Reports by quarter, with the breaks of the recording rules."""

from __future__ import annotations

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.charts.trend_chart import Break, TrendPoint, trend_chart
from lamplighter.reporting.document import (
    Block,
    Caution,
    Column,
    Figure,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import number
from lamplighter.studies.review.analyses.quarterly_trend import FIRST_BY_QUARTER, quarters, rule_changes
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import Shown
from lamplighter.studies.review.sections.absent import absent
from lamplighter.studies.review.sections.shares import interval_words, percent, share_value, value_of


def trend_section(review: Review, shown: Shown) -> Section | None:
    """Reports, first classification and withdrawal by quarter; nothing is drawn across a break."""
    if "reports-by-quarter" not in review.found.counts:
        return None
    changes = rule_changes(review.cohort)
    blocks: list[Block] = [
        Words(
            (
                "Recorded stalking rises and falls with the rules of recording as much as with stalking. "
                "Where a rule "
                "changed, the line is broken, and what lies on the two sides must not be compared. A "
                "quarter that the "
                "period does not hold whole is drawn hollow and joined to nothing.",
            )
        )
    ]
    if changes:
        told = "; ".join(change.title for change in changes)
        blocks.append(Caution(f"Recording rules that changed inside the period: {told}."))
    blocks.append(_figure(review, shown, "reports-by-quarter", "Reports by quarter", share=False))
    if FIRST_BY_QUARTER in review.found.not_held:
        blocks += absent(review.found, FIRST_BY_QUARTER)
    else:
        title = "First classified as stalking, by quarter"
        blocks.append(_figure(review, shown, "reports-by-quarter", title, share=True))
    blocks += absent(review.found, "withdrawn-by-quarter")
    if "withdrawn-by-quarter" in review.found.counts:
        days = review.cohort.settings.mature_days
        title = f"Withdrawn within {days} days, by quarter"
        blocks.append(_figure(review, shown, "withdrawn-by-quarter", title, share=True))
        blocks.append(
            Caution(
                f"Only quarters that ended {days} days or more before the extract are here: younger ones "
                "have not "
                "had the time, and would read as an improvement."
            )
        )
    return Section("trend", "Over time", tuple(blocks))


def _figure(review: Review, shown: Shown, name: str, title: str, *, share: bool) -> Figure:
    held = [quarter for quarter in quarters(review.cohort) if name == "reports-by-quarter" or quarter.mature]
    count = review.found.counts[name]
    cells, alone = count.table.cells, len(count.fields) == 1
    points: list[TrendPoint] = []
    rows: list[tuple[Value, ...]] = []
    for quarter in held:
        codes_of_all = (quarter.code,) if alone else (quarter.code, TOTAL)
        whole = shown.count(name, codes_of_all) if codes_of_all in cells else 0
        met = shown.count(name, (quarter.code, "met")) if (quarter.code, "met") in cells else 0
        value = percent(met, whole) if share else None if whole is None else float(whole)
        text = "hidden" if value is None else f"{number(value, 1)}%" if share else number(value)
        if value is None and whole == 0:
            text = "no reports"
        points.append(TrendPoint(quarter.title, value, text, whole=quarter.whole))
        part = "" if quarter.whole else "part of a quarter"
        if alone:
            rows.append((quarter.title, value_of(whole), part))
            continue
        rows.append(
            (
                quarter.title,
                value_of(met),
                value_of(whole),
                share_value(met, whole),
                interval_words(met, whole),
                part,
            )
        )
    codes = [quarter.code for quarter in held]
    places = {quarter.code: place for place, quarter in enumerate(quarters(review.cohort))}
    breaks = [
        Break(codes.index(code), change.title)
        for change in rule_changes(review.cohort)
        for code in codes
        if places[code] == change.place and codes.index(code)
    ]
    unit = "% of reports" if share else "reports"
    key = f"{name}-{'share' if share else 'number'}"
    table = Table(
        key,
        title,
        (Column("Quarter"), Column("Reports", "count"), Column("Note"))
        if alone
        else (
            Column("Quarter"),
            Column("With it" if share else "First classified as stalking", "count"),
            Column("Reports", "count"),
            Column("Share", "percent"),
            Column("95% interval"),
            Column("Note"),
        ),
        tuple(rows),
        basis=review.found.counts[name].basis,
    )
    return Figure(f"figure-{key}", title, trend_chart(points, breaks, title=title, unit=unit), table)
