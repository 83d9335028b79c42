"""The 33 indicators and the equality view."""

from __future__ import annotations

from math import isfinite

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.document import (
    HIDDEN,
    NOT_APPLICABLE,
    Block,
    Caution,
    Column,
    Heading,
    Mark,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import listed, number
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import NOT_RECORDED, Count, Field, Indicator, Shown
from lamplighter.studies.review.sections.shares import (
    NOT_REACHED,
    Gap,
    difference,
    interval_words,
    percent,
    share_value,
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
    Column("Not met", "count"),
    Column("Not recorded", "count"),
)
#: The lines in the order of a reader's questions. Lines that are read together stand together.
QUESTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("seen", "Was it seen as stalking?", ("1", "3", "2b", "6", "12")),
    ("history", "Were earlier reports and the suspect’s history known?", ("4a", "4b", "5", "7", "8a", "8b")),
    (
        "risk",
        "Was the risk assessed, and acted on?",
        ("9", "11a", "11b", "10", "13", "32", "29a", "29b", "28"),
    ),
    (
        "victim",
        "Did the victim stay, and who stood by them?",
        ("15", "17a", "17b", "16a", "16b", "16c", "14a", "14b", "26d", "26b", "26a", "26c"),
    ),
    ("enquiry", "Was it looked into, and closed with care?", ("18a", "18b", "20", "19a", "19b", "27b")),
    (
        "orders",
        "Were orders sought, served and policed?",
        ("21a", "21c", "21b", "22b", "23a", "23b", "23c", "24", "25a", "25b"),
    ),
    ("after", "Afterwards, and in public", ("30", "31", "33")),
)


def indicator_section(review: Review, shown: Shown) -> Section:
    """Every line with numerator, denominator and what was not recorded, by the question that it answers."""
    lines = {f"{line.number}{line.part}": line for line in review.found.indicators}
    blocks: list[Block] = [
        Words(
            (
                "Each line says how many of whom. Where the record is silent the case stays in the count: a "
                "step that should have been taken, and is not on record, counts as not taken. How many are "
                "silent is the last column, and how many are on record as a no is the one before. A case too "
                "young for a time limit is left out of its line.",
                "Lines to be read together stand together: each can be made to look good by making its "
                "partner worse.",
            )
        )
    ]
    for key, question, names in QUESTIONS:
        held = [lines[name] for name in names if name in lines and lines[name].count is not None]
        if held:
            table = Table(
                f"indicators-{key}",
                question,
                _COLUMNS,
                tuple(_row(line, shown) for line in held),
                notes=(*_pairs(held), *_notes(held)),
                folded=True,
            )
            blocks += [Heading(question), table]
        blocks += [
            _split(line, line.count, shown)
            for line in held
            if line.count is not None and len(line.count.fields) == 2
        ]
    medians = [line for line in review.found.indicators if line.median is not None]
    if medians:
        blocks += [Heading("How many days it took"), _medians(review, medians, shown)]
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
    with_no = _codes(count, "not_met_or_not_recorded", group) in count.table.cells
    missing = shown.count(count.name, silent) if silent in count.table.cells else None if with_no else 0
    no = _codes(count, "not_met", group)
    against = shown.count(count.name, no) if no in count.table.cells else None if with_no else 0
    empty = whole == 0
    return (
        f"{line.number}{line.part}",
        f"{line.title}: {line.numerator}, of {line.denominator}",
        value_of(met),
        value_of(whole),
        NOT_APPLICABLE if empty else share_value(met, whole),
        NOT_APPLICABLE if empty else interval_words(met, whole),
        value_of(against),
        value_of(missing),
    )


def _notes(lines: list[Indicator]) -> tuple[str, ...]:
    return tuple(f"{line.number}{line.part}: {note}" for line in lines for note in line.notes)


def _pairs(lines: list[Indicator]) -> tuple[str, ...]:
    there = {line.number for line in lines}
    pairs = sorted({tuple(sorted((line.number, other))) for line in lines for other in line.read_with})
    told = [f"{a} with {b}" for a, b in pairs if a in there or b in there]
    return (f"Read together or not at all: {listed(told)}.",) if told else ()


def _medians(review: Review, lines: list[Indicator], shown: Shown) -> Table:
    rows: list[tuple[Value, ...]] = []
    for line in lines:
        name = line.median or ""
        middle, late = (_centile(review, shown, own) for own in (name, f"{name}-90th"))
        found = review.medians[name]
        interval: Value = HIDDEN if shown.protected else f"{_end(found.low)} to {_end(found.high)}"
        rows.append((f"{line.number}{line.part}", line.title, middle, interval, late))
    return Table(
        "indicator-medians",
        "Half of them by this day, and nine in ten by that",
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


def _centile(review: Review, shown: Shown, name: str) -> Value:
    """A centile, hidden where it was hidden, and said where so many have not got so far in this follow-up."""
    return value_of(shown.summary(name, ())) if name in review.found.summaries else NOT_REACHED


def _end(days: float) -> str:
    return number(days) if isfinite(days) else NOT_REACHED


def _split(line: Indicator, count: Count, shown: Shown) -> Table:
    own = count.fields[1]
    groups = [code for code in [*own.titles, NOT_RECORDED] if _anybody(count, code, shown)]
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
        folded=True,
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
                "Each group is set beside all other victims of whom the same characteristic is recorded. "
                "The difference is in points, with a 95% interval. Most groups are small: an interval that "
                "holds 0 means that the figures do not tell, not that there is no difference.",
            )
        ),
        Caution(
            "Not adjusted for anything else: a gap by one characteristic may be a gap by another. Many "
            "differences are shown, so one in twenty intervals will miss 0 by chance alone."
        ),
    ]
    told: list[tuple[Value, ...]] = []
    tables = []
    for measure, counts in by_measure.items():
        line = lines[measure]
        table, apart = _gaps(line, counts, shown)
        tables.append(table)
        told += apart
    blocks.append(
        Table(
            "gaps-apart",
            "Groups that differ from all others by more than chance alone would often give",
            (Column("Indicator"), Column("Group"), Column("Share", "percent"), Column(_POINTS)),
            tuple(told) or (("None differs so much", "", NOT_APPLICABLE, ""),),
            notes=("From the tables below, where every group is.",),
        )
    )
    return Section("equality", "Is everybody served alike?", (*blocks, *tables))


_POINTS = "Points from the others (95% interval)"


def widest_gap(review: Review, shown: Shown, measure: str) -> tuple[str, float] | None:
    """The group that is furthest from all others on one line and whose interval leaves out 0, with points."""
    found: list[tuple[float, float, str]] = []
    for count in review.equality:
        if count.table.measure == measure:
            found += [
                (-abs(gap.points), gap.points, group)
                for group, gap in _beside(count, shown)
                if isinstance(gap, Gap) and gap.low * gap.high > 0
            ]
    if not found:
        return None
    _, points, group = min(found)
    return group, points


def _beside(count: Count, shown: Shown) -> list[tuple[str, Gap | Mark]]:
    """Every group of a table beside all its others."""
    own, sizes, mets = _sizes(count, shown)
    told = []
    for code in sizes:
        rest = [other for other in sizes if other != code]
        others, met_others = summed([sizes[o] for o in rest]), summed([mets[o] for o in rest])
        gap = difference(mets[code], sizes[code], met_others, others)
        told.append((f"{own.title}: {own.title_of(code)}", gap))
    return told


def _anybody(count: Count, code: str, shown: Shown) -> bool:
    """Whether a group has a line: one that is seen to hold nobody has none."""
    return (TOTAL, code) in count.table.cells and shown.count(count.name, (TOTAL, code)) != 0


def _sizes(count: Count, shown: Shown) -> tuple[Field, dict[str, int | None], dict[str, int | None]]:
    """The field that splits a table, how many each group holds, and how many of them met the line."""
    own = count.fields[1]
    codes = [code for code in own.titles if _anybody(count, code, shown)]
    sizes = {code: shown.count(count.name, (TOTAL, code)) for code in codes}
    mets = {
        code: shown.count(count.name, ("met", code)) if ("met", code) in count.table.cells else 0
        for code in codes
    }
    return own, sizes, mets


def _gaps(line: Indicator, counts: list[Count], shown: Shown) -> tuple[Table, list[tuple[Value, ...]]]:
    """Every group beside all others, and the rows whose interval leaves out 0."""
    rows: list[tuple[Value, ...]] = []
    apart: list[tuple[Value, ...]] = []
    for count in counts:
        _, sizes, mets = _sizes(count, shown)
        for code, (group, gap) in zip(sizes, _beside(count, shown), strict=True):
            share = value_of(percent(mets[code], sizes[code])) if sizes[code] != 0 else NOT_APPLICABLE
            words = gap.words if isinstance(gap, Gap) else gap
            rows.append(
                (
                    group,
                    value_of(mets[code]),
                    value_of(sizes[code]),
                    share,
                    interval_words(mets[code], sizes[code]),
                    words,
                )
            )
            # Of two groups one line says both.
            twin = len(sizes) == 2 and isinstance(gap, Gap) and gap.points < 0
            if isinstance(gap, Gap) and gap.low * gap.high > 0 and not twin:
                apart.append((f"{line.number}{line.part}. {line.title}", group, share, words))
    table = Table(
        f"gaps-{line.number}{line.part}",
        f"{line.number}{line.part}. {line.title}, by group",
        (
            Column("Group"),
            Column("Met", "count"),
            Column("Of", "count"),
            Column("Share", "percent"),
            Column("95% interval"),
            Column(_POINTS),
        ),
        tuple(rows),
        basis=f"{line.denominator[:1].upper()}{line.denominator[1:]}, where the characteristic is recorded",
        notes=line.notes,
        folded=True,
    )
    return table, apart
