"""A page of forces from reports that may leave: protected, drawn from what was printed, and attacked.

Limits, intervals and what is said of a force are worked out again from printed counts. A force of which a
count is hidden is set apart, with that as its reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lamplighter.disclosure.attack.texts import numbers_of_page
from lamplighter.disclosure.errors import DisclosureError
from lamplighter.disclosure.folders import ledger
from lamplighter.disclosure.gate import Outcome, outcome_of, publish
from lamplighter.disclosure.looks import like_parts
from lamplighter.disclosure.printed import Printed, PrintedTable
from lamplighter.disclosure.profiles import profile as profile_named
from lamplighter.disclosure.tables import TOTAL, Code, Codes, Dimension, Release, Table
from lamplighter.disclosure.tables import Cell as TableCell
from lamplighter.reporting.document import (
    HIDDEN,
    NOT_APPLICABLE,
    Block,
    Caution,
    Column,
    Figure,
    Heading,
    Points,
    Report,
    Section,
    Value,
    Words,
)
from lamplighter.reporting.document import Table as PageTable
from lamplighter.reporting.folder import report_files
from lamplighter.reporting.html_page import html_page
from lamplighter.reporting.words import day, listed, number, sentence
from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.forces.comparability import NO_AREA
from lamplighter.studies.forces.comparison import Cell, Compared, Comparison, tested
from lamplighter.studies.forces.counts import Counts
from lamplighter.studies.forces.measures import Measure, Settings, measures, settings
from lamplighter.studies.forces.page import picture_of, span_of, where_it_lies
from lamplighter.vocabulary.forces import has_an_area

NAME, BY_FORCE, BY_QUARTER, REST = "forces", "outcomes-by-force", "outcomes-by-quarter", "other"
RELEASED = "Protected for release"
DERIVED = "derived.json"
_HIDDEN_COUNT = "A count is hidden, so that nobody can be recognised."
_PARTITION = "because each report is counted in one outcome, one force and one quarter"


def release_page(
    counts: Counts, profile: str, out: Path, earlier: Path | None = None, edition: str = ""
) -> Outcome:
    """Protect, draw, attack, and write into ``out`` what withstood.

    Raises:
        DisclosureError: the counts were published by others, the ledger holds releases of other tables, there
            is no such profile, ``out`` is not empty, or the ledger has this edition.
    """
    if not counts.of_rows:
        raise DisclosureError(
            "These counts were published by others: there is nobody in them to protect.",
            remedy="Pass the page on as it is; or give a bundle of reports.",
        )
    before = ledger(earlier)
    if any(printed.name != NAME for printed in before):
        raise DisclosureError(
            "The ledger holds releases of other tables of reports, such as a review.",
            where=str(earlier),
            remedy="What two groupings of the same reports give away together is not attacked: release one "
            "of the two, or keep forces of other reports in a ledger of their own.",
        )
    rules = profile_named(profile, None)
    release = release_of(counts, edition or counts.last.isoformat())
    answers = {question.key: _PARTITION for question in like_parts(release, rules.threshold)}

    def draw(printed: Printed) -> Mapping[str, bytes]:
        page = _Page(counts, printed)
        return {**report_files(page.report()), DERIVED: page.derived()}

    return outcome_of(publish(replace(release, answers=answers), rules, out, earlier, draw=draw), out)


def release_of(counts: Counts, edition: str) -> Release:
    """Return the tables that would leave, with the truth in them."""
    groups = {code: measure.name for measure in _shown() for code in measure.outcomes}
    titles = {measure.name: measure.title for measure in _shown()} | {REST: "Any other outcome"}
    outcome = Dimension("forces_outcome", tuple(Code(k, v) for k, v in titles.items()), "Outcome")
    force = Dimension("force", tuple(Code(k, v) for k, v in _force_codes(counts).items()), "Force")
    quarter = Dimension(
        "quarter_recorded", tuple(Code(f"{p[0]:%Y-%m}", span_of(*p)) for p in counts.periods), "Quarter"
    )
    codes = {name: code for code, name in _force_codes(counts).items()}
    rows = counts.frame.select("force", "first", "outcome", "count").rows()
    made = []
    for name, title, other, key in (
        (BY_FORCE, "Outcomes by force", force, lambda f, _: codes[f]),
        (BY_QUARTER, "Outcomes by quarter", quarter, lambda _, first: f"{first:%Y-%m}"),
    ):
        cells: dict[Codes, int] = {
            (a, b): 0 for a in (TOTAL, *(c.code for c in other.codes)) for b in (TOTAL, *titles)
        }
        for own, first, ended, n in rows:
            one, group = key(own, first), groups.get(ended, REST)
            for place in ((one, group), (one, TOTAL), (TOTAL, group), (TOTAL, TOTAL)):
                cells[place] += int(n)
        made.append(
            Table(
                name=name,
                title=title,
                measure="reports_by_force",
                dimensions=(other.name, outcome.name),
                cells={place: TableCell(n) for place, n in sorted(cells.items())},
                as_at=counts.metadata.extracted_on.isoformat(),
            )
        )
    title = f"Forces beside one another, {day(counts.first)} to {day(counts.last)}"
    plain = Release(NAME, title, edition, (force, quarter, outcome), tuple(made))
    nothing = Printed(NAME, title, edition, plain.dimensions, tuple(map(_blank, made)), (), (), (), {})
    words = numbers_of_page(html_page(_Page(counts, nothing).report()))
    # The key of a funnel names its limits.
    words |= {100 * limit for limit in (settings().inner, settings().outer)}
    return replace(plain, quoted={"words": tuple(sorted(words))})


def _blank(table: Table) -> PrintedTable:
    """A table as if every figure were hidden: the numbers that a page still has then are words of ours."""
    hidden: dict[Codes, float | None] = dict.fromkeys(table.cells)
    return PrintedTable(table.name, table.title, table.measure, table.dimensions, hidden, {})


def _shown() -> list[Measure]:
    """Return the cards that share out the reports recorded: no outcome is in two of them."""
    found: list[Measure] = []
    for measure in measures(of_reports=True):
        taken = {code for own in found for code in own.outcomes}
        if measure.basis == "recorded" and not measure.is_rate and not taken & set(measure.outcomes):
            found.append(measure)
    return found


def _force_codes(counts: Counts) -> dict[str, str]:
    return {f"f{place:03}": force for place, force in enumerate(counts.forces)}


@dataclass
class _Page:
    """The page, from printed counts and nothing else; every figure that follows from them is written down."""

    counts: Counts
    printed: Printed
    own: Settings = field(default_factory=settings)
    _noted: set[tuple[str, tuple[float, ...], tuple[float, ...]]] = field(default_factory=set)

    def report(self) -> Report:
        """Return what leaves, as people read it."""
        found = self._compared()
        comparison = Comparison(self.counts, tuple(found), {}, self.own)
        meta, period = self.counts.metadata, f"{day(self.counts.first)} to {day(self.counts.last)}"
        return Report(
            title="Forces beside one another",
            subtitle=f"{sentence(self.counts.offence).removesuffix('.')}, {period}",
            standing=RELEASED,
            facts=(("Reports recorded", period), ("As known on", day(meta.extracted_on))),
            sections=(
                self._first(found),
                *(self._measure(comparison, m) for m in found),
                self._over_time(),
            ),
            warnings=("Every person and every event in this report is made up.",) if meta.made_up else (),
            source="from counts that were protected before they were printed",
        )

    def derived(self) -> bytes:
        """Return every figure that follows from printed counts, for the attack to work out again."""
        ordered = sorted(self._noted, key=lambda entry: (entry[0] != "sum", entry))
        rows = [{"kind": kind, "values": values, "inputs": inputs} for kind, values, inputs in ordered]
        return (json.dumps({"derived": rows}, indent=1) + "\n").encode()

    def _count(self, table: str, *codes: str) -> int | None:
        own = next(t for t in self.printed.tables if t.name == table)
        value = own.counts.get(codes)
        return None if value is None else int(value)

    def _note(self, kind: str, values: tuple[float, ...], *inputs: float) -> None:
        self._noted.add((kind, values, tuple(float(v) for v in inputs)))

    def _cell(self, measure: Measure, name: str, code: str, *, force: bool) -> Cell:
        x, n = (self._count(BY_FORCE, code, outcome) for outcome in (measure.name, TOTAL))
        if x is None or n is None:
            return Cell(name, 0, n or 0, None, None, None, (_HIDDEN_COUNT,))
        reasons = tuple(self._why_not(measure, name, code, n)) if force else ()
        if not n:
            return Cell(name, x, n, None, None, None, reasons)
        x = min(x, n)
        said = wilson(x, n)
        low, high = 100 * float(said.lower), 100 * float(said.upper)
        self._note("share", (100 * x / n,), x, n)
        self._note("wilson", (low, high), x, n)
        return Cell(name, x, n, 100 * x / n, low, high, reasons)

    def _why_not(self, measure: Measure, name: str, code: str, n: int) -> Iterator[str]:
        """Say why a force is not set beside the others, as far as printed counts tell."""
        if not has_an_area(name):
            yield NO_AREA
        if not n:
            yield "There are no reports to take a share of."
        elif n < self.own.fewest:
            yield f"Fewer than {self.own.fewest} reports."
        if measure.gate:
            still = self._count(BY_FORCE, code, "open")
            if still is None:
                yield "How many of its reports are open is hidden."
            elif n and still > self.own.open_share * n:
                yield f"More than {number(100 * self.own.open_share)}% of its reports have no outcome yet."

    def _compared(self) -> list[Compared]:
        made = []
        for measure in _shown():
            codes = _force_codes(self.counts).items()
            cells = [self._cell(measure, name, code, force=True) for code, name in codes]
            country = self._cell(measure, "All forces together", TOTAL, force=False)
            made.append((None, measure, cells, country))
        found = tested(made, self.own.page_level, self.own)
        for m in found:
            compared = [c for c in m.cells if c.compared]
            if m.funnel is not None:
                x, n = (float(sum(v)) for v in zip(*((c.x, c.n) for c in compared), strict=True))
                self._note("sum", (x,), *(c.x for c in compared))
                self._note("sum", (n,), *(c.n for c in compared))
                self._note("share", (100 * x / n,), x, n)
        return found

    def _first(self, found: list[Compared]) -> Section:
        points = []
        for m in found:
            if m.country.value is not None:
                share = f"{number(m.country.value, 1)}%, {number(m.country.x)} of {number(m.country.n)}"
                points.append(f"{m.measure.title}, all forces together: {share}.")
            if m.funnel is not None:
                points.append(_said(m))
        return Section(
            "brief",
            "What these figures say",
            (
                Points(tuple(points) or ("Every figure is hidden.",)),
                Heading("What may not be said"),
                Points(
                    (
                        "That any force does well or badly: recording, practice and the cases differ.",
                        "That forces can be put in an order by these shares: they stand alphabetically.",
                        "Anything about a force that is not compared.",
                    )
                ),
            ),
        )

    def _measure(self, comparison: Comparison, m: Compared) -> Section:
        key = m.measure.name.replace("_", "-")
        rows: list[tuple[Value, ...]] = []
        for c in (*m.cells, m.country):
            hidden = _HIDDEN_COUNT in c.reasons
            where = "" if c is m.country else where_it_lies(c)
            if hidden:
                rows.append((c.force, c.n or HIDDEN, HIDDEN, HIDDEN, HIDDEN, where))
            elif c.value is None or c.low is None or c.high is None:
                rows.append((c.force, c.n, c.x, NOT_APPLICABLE, NOT_APPLICABLE, where))
            else:
                interval = f"{number(c.low, 1)}% to {number(c.high, 1)}%"
                rows.append((c.force, c.n, c.x, c.value, interval, where))
        columns = (
            Column("Force"),
            Column("Reports recorded", "count"),
            Column(m.measure.title, "count"),
            Column("Share", "percent"),
            Column("95% interval"),
            Column("Where it lies"),
        )
        table = PageTable(
            f"by-force-{key}", m.measure.title, columns, tuple(rows), totals=frozenset({len(rows) - 1})
        )
        shown: Block = table
        if m.funnel is not None:
            shown = Figure(f"funnel-{key}", m.measure.title, picture_of(comparison, m), table, _said(m))
        return Section(
            f"measure-{key}",
            m.measure.title,
            (Words((m.measure.why,)), shown, Caution(m.measure.must_not)),
        )

    def _over_time(self) -> Section:
        rows: list[tuple[Value, ...]] = []
        for first, last in self.counts.periods:
            told = [self._count(BY_QUARTER, f"{first:%Y-%m}", k) for k in (TOTAL, "charged", "open")]
            rows.append((span_of(first, last), *(HIDDEN if n is None else n for n in told)))
        columns = (
            Column("Quarter"),
            Column("Reports recorded", "count"),
            Column("Charged or summonsed", "count"),
            Column("No outcome yet", "count"),
        )
        table = PageTable("country-by-period", "All forces together, by quarter", columns, tuple(rows))
        words = "Later quarters have had less time to be decided. Each force by quarter is not published."
        return Section("over-time", "By quarter", (Words((words,)), table))


def _said(m: Compared) -> str:
    out = listed([f"{c.force} ({'above' if c.outside > 0 else 'below'})" for c in m.outside])
    differ = "forces differ by more than chance" if m.differ else "no more difference than chance would bring"
    return f"{m.measure.title}: {differ}. " + (
        f"Outside the limits: {out}." if out else "No force that is compared lies outside the limits."
    )
