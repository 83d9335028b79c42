"""Describe the victims and suspects, what was done, and how it was seen at first."""

from __future__ import annotations

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.charts.bars_chart import BarValue, bars_chart
from lamplighter.reporting.document import (
    NOT_APPLICABLE,
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
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import NOT_RECORDED, Count, Shown
from lamplighter.studies.review.sections.absent import absent
from lamplighter.studies.review.sections.shares import (
    codes_of,
    interval_words,
    percent,
    share_figure,
    share_table,
    share_words,
    stack_table,
    value_of,
)

BEFORE = (
    "accused-before-suspects",
    "accused-before-reports",
    "offended-before-suspects",
    "offended-before-reports",
)
#: The tables of this section, held or not.
PROFILE = ("victim-sex", "suspect-sex", "relationship-of-suspect", "domestic-abuse", *BEFORE)


def people_section(review: Review, shown: Shown) -> Section | None:
    """Profile of victims and suspects, the relationship, and earlier allegations."""
    counts = review.found.counts
    if not any(name in counts or name in review.found.not_held for name in PROFILE):
        return None
    blocks: list[Block] = [
        Words(
            (
                "Victims and suspects are counted once each, however many reports there are; reports are "
                "counted "
                "once each. A characteristic that was not recorded is a line of its own: leaving it out "
                "would "
                "describe the people whose records are good.",
            )
        )
    ]
    for name in ("sex", "age-group", "ethnic-group", "disability"):
        pair = [counts[f"{side}-{name}"] for side in ("victim", "suspect") if f"{side}-{name}" in counts]
        if pair:
            blocks.append(_side_by_side(name, pair, shown))
        blocks += absent(review.found, f"victim-{name}", f"suspect-{name}")
    blocks.append(Heading("The two together"))
    if "relationship-of-suspect" in counts:
        blocks.append(
            share_figure(
                counts["relationship-of-suspect"],
                shown,
                title="Who the suspect was to the victim",
                reading="",
            )
        )
    if "domestic-abuse" in counts:
        blocks.append(share_table(counts["domestic-abuse"], shown))
    blocks += absent(review.found, "relationship-of-suspect", "domestic-abuse")
    blocks.append(Heading("Suspects who had come to notice before"))
    before = [counts[name] for name in BEFORE if name in counts]
    blocks += absent(review.found, *BEFORE)
    if not before:
        return Section("people", "Victims, suspects and how they knew each other", tuple(blocks))
    blocks.append(
        stack_table(
            before,
            shown,
            key="earlier-allegations-and-offences",
            title="Earlier allegations and earlier offences",
            basis="Named suspects, each once; and reports with a named suspect",
        )
    )
    blocks.append(
        Caution(
            "An allegation is not a conviction. Suspects and reports are two readings of the same history "
            "and "
            "must not be given one label: a few suspects may account for many reports."
        )
    )
    return Section("people", "Victims, suspects and how they knew each other", tuple(blocks))


def _side_by_side(name: str, pair: list[Count], shown: Shown) -> Table:
    """A characteristic of victims and of suspects, one line a code."""
    held = {code for count in pair for code in codes_of(count)}
    titles = {**pair[0].fields[0].titles, NOT_RECORDED: "Not recorded"}
    rows: list[tuple[Value, ...]] = []
    for code in [*(c for c in titles if c in held), TOTAL]:
        row: list[Value] = ["All" if code == TOTAL else titles[code]]
        for count in pair:
            whole = shown.count(count.name, (TOTAL,))
            there = (code,) in count.table.cells
            n = shown.count(count.name, (code,)) if there else 0
            share = percent(n, whole) if code != TOTAL else None if whole is None else 100.0
            row += [value_of(n), NOT_APPLICABLE if whole == 0 else value_of(share)]
            row.append("" if code == TOTAL else interval_words(n, whole))
        rows.append(tuple(row))
    columns = [Column(pair[0].fields[0].title)]
    for count in pair:
        unit = count.unit.capitalize()
        columns += [
            Column(unit, "count"),
            Column(f"Share of {count.unit}", "percent"),
            Column("95% interval"),
        ]
    title = pair[0].fields[0].title
    return Table(
        f"people-{name}",
        f"{title}: victims and suspects",
        tuple(columns),
        tuple(rows),
        basis="People who are identified, each once, as at their first report in the period",
        totals=frozenset({len(rows) - 1}),
    )


def behaviour_section(review: Review, shown: Shown) -> Section | None:
    """Describe what was done, whether it grew worse, and how it was first classified."""
    counts = review.found.counts
    told = [count for name, count in counts.items() if name.startswith("behaviour-")]
    own = ("first-classification", "escalation")
    if not told and not any(name in counts or name in review.found.not_held for name in own):
        return None
    blocks: list[Block] = []
    if told:
        table = stack_table(
            told,
            shown,
            key="behaviours",
            title="What was done",
            basis="Reports that describe at least one behaviour; a report may describe several",
        )
        bars = []
        for count in told:
            yes, whole = shown.count(count.name, ("yes",)), shown.count(count.name, (TOTAL,))
            none = yes == 0 and not shown.protected
            share = None if none else percent(yes, whole)
            text = "none described" if none else share_words(yes, whole, counted=False)
            bars.append(BarValue(count.table.title, share, text))
        picture = bars_chart(bars, title="What reports describe", unit="% of reports", most=100.0)
        blocks.append(Figure("figure-behaviours", "What was done", picture, table))
    if "escalation" in counts:
        blocks.append(share_table(counts["escalation"], shown))
    blocks += absent(review.found, "escalation")
    blocks.append(Heading("How it was first seen"))
    blocks += absent(review.found, "first-classification")
    if "first-classification" in counts:
        blocks.append(
            share_figure(
                counts["first-classification"],
                shown,
                title="First classification of reports",
                reading="Stalking that is first recorded as something else is assessed, and policed, as "
                "something else.",
            )
        )
    return Section("behaviours", "What was done, and how it was first seen", tuple(blocks))
