"""Counts as tables and bars: number, share, 95% interval, all from what may be shown.

Shares are of the shown total, and intervals are worked out from the shown
counts: a share of rounded counts gives away no more than the counts do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lamplighter.disclosure.tables import TOTAL
from lamplighter.reporting.charts.bars_chart import BarValue, bars_chart
from lamplighter.reporting.document import HIDDEN, NOT_APPLICABLE, Column, Figure, Mark, Table, Value
from lamplighter.reporting.words import number
from lamplighter.statistics.inference.proportions import newcombe, wilson
from lamplighter.studies.review.derived_figures import note
from lamplighter.studies.review.results import NOT_RECORDED, Count, Shown

#: What stands where a curve or a centile ends before it.
NOT_REACHED = "not reached in this follow-up"
#: Beside a behaviour that no report describes.
NOT_ASKED = "the data do not say whether it was asked"


def percent(part: int | None, whole: int | None) -> float | None:
    """Per cent, or ``None`` where either is hidden or the whole is nobody."""
    if part is None or not whole:
        return None
    share = 100 * min(part, whole) / whole
    note("share", (share,), (part, whole))
    return share


def summed(parts: Sequence[int | None]) -> int | None:
    """The sum of shown counts, or ``None`` where one is hidden."""
    shown = [n for n in parts if n is not None]
    if len(shown) < len(parts):
        return None
    total = sum(shown)
    if len(shown) > 1:
        note("sum", (total,), tuple(shown))
    return total


def interval_words(part: int | None, whole: int | None) -> Value:
    """'41.2% to 45.0%' by Wilson's method."""
    if part is None or whole is None:
        return HIDDEN
    if not whole:
        return NOT_APPLICABLE
    found = wilson(min(part, whole), whole)
    note("wilson", (100 * float(found.lower), 100 * float(found.upper)), (part, whole))
    return f"{number(100 * float(found.lower), 1)}% to {number(100 * float(found.upper), 1)}%"


@dataclass(frozen=True, slots=True)
class Gap:
    """Points by which one share differs from another, with Newcombe's limits."""

    points: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """'4.2 (1.0 to 7.4)'."""
        return f"{number(self.points, 1)} ({number(self.low, 1)} to {number(self.high, 1)})"


def difference(part: int | None, whole: int | None, other: int | None, rest: int | None) -> Gap | Mark:
    """Points by which the first share differs from the second, or the mark that says why there is none."""
    if part is None or whole is None or other is None or rest is None:
        return HIDDEN
    if not whole or not rest:
        return NOT_APPLICABLE
    found = newcombe(min(part, whole), whole, min(other, rest), rest)
    gap, low, high = (100 * float(v) for v in (found.estimate, found.lower, found.upper))
    note("newcombe", (gap, low, high), (part, whole, other, rest))
    return Gap(gap, low, high)


def value_of(count: int | float | None) -> Value:
    """The number, or the mark for hidden."""
    return HIDDEN if count is None else count


def share_value(part: int | None, whole: int | None) -> Value:
    """The share, or the mark that says why there is none: hidden is only what was hidden."""
    if part is None or whole is None:
        return HIDDEN
    return NOT_APPLICABLE if not whole else value_of(percent(part, whole))


def share_words(part: int | None, whole: int | None, *, counted: bool = True) -> str:
    """The share beside a bar: "12.5% (5)", "hidden" or "nobody counted"."""
    if part is None or whole is None:
        return "hidden"
    share = percent(part, whole)
    if share is None:
        return "nobody counted"
    return f"{number(share, 1)}% ({number(part)})" if counted else f"{number(share, 1)}%"


def codes_of(count: Count) -> list[str]:
    """The codes of a one-way table in order, "not recorded" last and only if the table has it."""
    own = count.fields[0]
    codes = [code for code in own.titles if (code,) in count.table.cells]
    if (NOT_RECORDED,) in count.table.cells and NOT_RECORDED not in codes:
        codes.append(NOT_RECORDED)
    return codes


def share_table(count: Count, shown: Shown, *, title: str | None = None) -> Table:
    """A one-way table: code, number, share of all, interval; the total last."""
    own = count.fields[0]
    whole = shown.count(count.name, (TOTAL,))
    rows: list[tuple[Value, ...]] = []
    for code in codes_of(count):
        n = shown.count(count.name, (code,))
        rows.append((own.title_of(code), value_of(n), share_value(n, whole), interval_words(n, whole)))
    rows.append(("All", value_of(whole), share_value(whole, whole), ""))
    return Table(
        key=count.name,
        title=title or count.table.title,
        columns=(
            Column(own.title),
            Column(count.unit.capitalize(), "count"),
            Column("Share", "percent"),
            Column("95% interval"),
        ),
        rows=tuple(rows),
        basis=count.basis,
        notes=count.notes,
        totals=frozenset({len(rows) - 1}),
    )


def share_figure(count: Count, shown: Shown, *, title: str, reading: str = "") -> Figure:
    """The same as bars, with the table behind it."""
    table = share_table(count, shown)
    whole = shown.count(count.name, (TOTAL,))
    bars = []
    for code in codes_of(count):
        n = shown.count(count.name, (code,))
        bars.append(BarValue(count.fields[0].title_of(code), percent(n, whole), share_words(n, whole)))
    picture = bars_chart(bars, title=title, unit=f"% of {count.unit}", most=100.0 if len(bars) < 3 else None)
    return Figure(f"figure-{count.name}", count.table.title, picture, table, reading)


def stack_table(counts: list[Count], shown: Shown, *, key: str, title: str, basis: str) -> Table:
    """Several yes-or-no counts as one table, a row each."""
    rows: list[tuple[Value, ...]] = []
    for count in counts:
        yes, whole = shown.count(count.name, ("yes",)), shown.count(count.name, (TOTAL,))
        if yes == 0 and not shown.protected and count.name.startswith("behaviour-"):
            # A form without this box and a year without one look alike: no share is made of it.
            rows.append((count.table.title, "none described", value_of(whole), NOT_APPLICABLE, NOT_ASKED))
            continue
        rows.append(
            (
                count.table.title,
                value_of(yes),
                value_of(whole),
                share_value(yes, whole),
                interval_words(yes, whole),
            )
        )
    unit = counts[0].unit.capitalize()
    return Table(
        key=key,
        title=title,
        columns=(
            Column("What"),
            Column(unit, "count"),
            Column("Of", "count"),
            Column("Share", "percent"),
            Column("95% interval"),
        ),
        rows=tuple(rows),
        basis=basis,
    )
