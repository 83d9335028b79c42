"""The 33 indicators and the equality view."""

from __future__ import annotations

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.document import (
    HIDDEN,
    NOT_APPLICABLE,
    Block,
    Caution,
    Column,
    Heading,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import listed, number
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import NOT_RECORDED, Count, Indicator, Shown
from lamplighter.studies.review.sections.shares import (
    difference_words,
    interval_words,
    percent,
    summed,
    value_of,
)

_COLUMNS = (
    Column("No."),
    Column("Indicator"),
    Column("Met", "count"),
    Column("Of", "count"),
    Column("Share", "percent"),
    Column("95% interval"),
    Column("Not recorded", "count"),
)


def indicator_section(review: Review, shown: Shown) -> Section:
    """Every line with numerator, denominator and what was not recorded."""
    lines = review.found.indicators
    rows = [_row(line, shown) for line in lines if line.count is not None]
    blocks: list[Block] = [
        Words(
            (
                "Each line is a share: how many of the denominator have what the numerator says. Where the "
                "record is "
                "silent, the case stays in the denominator: for a step that should have been taken, not "
                "recorded "
                "counts as not done. How many are silent is the last column.",
                "Read the paired indicators together or not at all: each can be made to look good by "
                "making the "
                f"other worse. {_pairs(lines)}",
            )
        ),
        Table("indicators", "The 33 indicators", _COLUMNS, tuple(rows), notes=_notes(lines)),
        _definitions(lines),
    ]
    medians = [line for line in lines if line.median is not None]
    if medians:
        blocks.append(_medians(review, medians, shown))
    for line in lines:
        if line.count is not None and len(line.count.fields) == 2:
            blocks.append(_split(line, line.count, shown))
    return Section("indicators", "The 33 indicators", tuple(blocks))


def _codes(count: Count, result: str, group: str = TOTAL) -> tuple[str, ...]:
    return (result,) if len(count.fields) == 1 else (result, group)


def _row(line: Indicator, shown: Shown, group: str = TOTAL) -> tuple[Value, ...]:
    count = line.count
    if count is None:
        raise ValueError(f"The line {line.key} has no count.")
    whole = shown.count(count.name, _codes(count, TOTAL, group))
    met = shown.count(count.name, _codes(count, "met", group))
    silent = _codes(count, NOT_RECORDED, group)
    missing = shown.count(count.name, silent) if silent in count.table.cells else 0
    empty = whole == 0
    return (
        f"{line.number}{line.part}",
        line.title,
        value_of(met),
        value_of(whole),
        NOT_APPLICABLE if empty else value_of(percent(met, whole)),
        NOT_APPLICABLE if empty else interval_words(met, whole),
        value_of(missing),
    )


def _definitions(lines: tuple[Indicator, ...]) -> Table:
    return Table(
        "indicator-definitions",
        "What each indicator counts",
        (Column("No."), Column("Numerator"), Column("Denominator")),
        tuple((f"{line.number}{line.part}", line.numerator, line.denominator) for line in lines),
    )


def _notes(lines: tuple[Indicator, ...]) -> tuple[str, ...]:
    return tuple(f"{line.number}{line.part}: {note}" for line in lines for note in line.notes)


def _pairs(lines: tuple[Indicator, ...]) -> str:
    pairs = sorted({tuple(sorted((line.number, other))) for line in lines for other in line.read_with})
    return f"The pairs: {listed([f'{a} with {b}' for a, b in pairs])}." if pairs else ""


def _medians(review: Review, lines: list[Indicator], shown: Shown) -> Table:
    rows: list[tuple[Value, ...]] = []
    for line in lines:
        name = line.median or ""
        middle = shown.summary(name, ())
        late = shown.summary(f"{name}-90th", ()) if f"{name}-90th" in review.found.summaries else None
        found = review.medians[name]
        interval: Value = (
            HIDDEN
            if shown.protected
            else f"{number(found.low)} to {number(found.high)}"
            if found.low == found.low and found.high == found.high and abs(found.high) != float("inf")
            else NOT_APPLICABLE
        )
        rows.append((f"{line.number}{line.part}", line.title, value_of(middle), interval, value_of(late)))
    return Table(
        "indicator-medians",
        "Indicators in days",
        (
            Column("No."),
            Column("Indicator"),
            Column("Median", "days"),
            Column("95% interval"),
            Column("Nine in ten by", "days"),
        ),
        tuple(rows),
        notes=("Intervals are from a bootstrap that draws suspects, or from the survival curve.",),
    )


def _split(line: Indicator, count: Count, shown: Shown) -> Table:
    own = count.fields[1]
    groups = [code for code in [*own.titles, NOT_RECORDED] if (TOTAL, code) in count.table.cells]
    rows = []
    for code in groups:
        row = _row(line, shown, code)
        rows.append((own.title_of(code), *row[2:]))
    rows.append(("All", *_row(line, shown)[2:]))
    return Table(
        f"{count.name}-split",
        f"{line.number}{line.part}. {count.table.title}",
        (Column(own.title), *_COLUMNS[2:]),
        tuple(rows),
        basis=count.basis,
        notes=line.notes,
        totals=frozenset({len(rows) - 1}),
    )


def equality_section(review: Review, shown: Shown) -> Section | None:
    """Chosen indicators by group of victims, with the difference from all others together."""
    if not review.equality:
        return None
    by_measure: dict[str, list[Count]] = {}
    for count in review.equality:
        by_measure.setdefault(count.table.measure, []).append(count)
    lines = {f"indicator-{line.number}{line.part}": line for line in review.found.indicators}
    blocks: list[Block] = [
        Words(
            (
                "Each table sets a group beside all other victims of whom the same characteristic is "
                "recorded. The "
                "difference is in points, with a 95% interval. Most groups are small: an interval that "
                "holds 0 "
                "means that the figures do not tell, not that there is no difference.",
            )
        ),
        Caution(
            "Not adjusted for anything else: a gap by one characteristic may be a gap by another. Many "
            "differences are shown, so one in twenty intervals will miss 0 by chance alone."
        ),
    ]
    for measure, counts in by_measure.items():
        line = lines[measure]
        blocks.append(Heading(f"{line.number}{line.part}. {line.title}"))
        blocks += [_gap_table(line, count, shown) for count in counts]
    return Section("equality", "Is everybody served alike?", tuple(blocks))


def _gap_table(line: Indicator, count: Count, shown: Shown) -> Table:
    own = count.fields[1]
    codes = [code for code in own.titles if (TOTAL, code) in count.table.cells]
    sizes = {code: shown.count(count.name, (TOTAL, code)) for code in codes}
    mets = {
        code: shown.count(count.name, ("met", code)) if ("met", code) in count.table.cells else 0
        for code in codes
    }
    rows: list[tuple[Value, ...]] = []
    for code in codes:
        rest = [other for other in codes if other != code]
        others = summed([sizes[o] for o in rest])
        met_others = summed([mets[o] for o in rest])
        rows.append(
            (
                own.title_of(code),
                value_of(mets[code]),
                value_of(sizes[code]),
                value_of(percent(mets[code], sizes[code])) if sizes[code] != 0 else NOT_APPLICABLE,
                interval_words(mets[code], sizes[code]),
                difference_words(mets[code], sizes[code], met_others, others),
            )
        )
    return Table(
        count.name,
        count.table.title,
        (
            Column(own.title),
            Column("Met", "count"),
            Column("Of", "count"),
            Column("Share", "percent"),
            Column("95% interval"),
            Column("Points from the others (95% interval)"),
        ),
        tuple(rows),
        basis=f"{count.basis}; victims whose {own.title.lower().removeprefix('victim’s ')} is recorded",
        notes=line.notes,
    )
