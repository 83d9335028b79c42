"""Make the report that may leave: counts of people, protected, drawn from what was printed, and attacked.

Shares and their intervals are worked out again from printed counts. Intervals with doubt about who is who,
and what is expected once all is proven, leave in whole per cent, and only where one per cent is many people.
What is released is of the whole country: a force's or a hub's figures are lines of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from lamplighter.disclosure.attack.texts import numbers_of_page
from lamplighter.disclosure.errors import DisclosureError
from lamplighter.disclosure.folders import ledger
from lamplighter.disclosure.gate import Outcome, outcome_of, publish
from lamplighter.disclosure.looks import like_parts
from lamplighter.disclosure.printed import Printed, PrintedTable
from lamplighter.disclosure.profiles import Profile
from lamplighter.disclosure.profiles import profile as profile_named
from lamplighter.disclosure.tables import TOTAL, Cell, Code, Codes, Dimension, Model, Release, Table
from lamplighter.reporting.document import (
    HIDDEN,
    NOT_APPLICABLE,
    Block,
    Caution,
    Column,
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
from lamplighter.reporting.words import day, number
from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.reoffending.cohort import Window
from lamplighter.studies.reoffending.grid import Cohorts, counts_of
from lamplighter.studies.reoffending.lives import lives_of
from lamplighter.studies.reoffending.partitions import combined
from lamplighter.studies.reoffending.report.rates import corrected_for, named, period
from lamplighter.studies.reoffending.report.release_names import (
    BY_FORCE,
    CORRECTED,
    ENTERED,
    FIRST_RECORDED,
    FORCES,
    KNOWN,
    NAME,
    ORDERS,
    OUTCOMES,
    READ_OUT,
    SEPARATOR,
    period_of,
)
from lamplighter.studies.reoffending.report.sentences import headline_warnings
from lamplighter.studies.reoffending.study import Study
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.forces import force_named

RELEASED, DERIVED = "Protected for release", "derived.json"
_PARTITION = "because each person is counted in one group, one force and one period"
_HEADLINE, _SAME, _OTHER, _REST, _NOTHING = "headline", "same_victim", "other_victim", "rest", "nothing"


def release_report(
    study: Study, profile: str, out: Path, earlier: Path | None = None, edition: str = ""
) -> Outcome:
    """Protect, draw, attack, and write into ``out`` what withstood.

    Raises:
        DisclosureError: the study is not of the whole country, the headline has no figure, an earlier release
            is of people of an overlapping period, there is no such profile, or ``out`` is not empty.
    """
    if study.scope.kind != "country":
        raise DisclosureError(
            "Only a report of the whole country can be released.",
            remedy="Leave out --force and --hub: each force is a line of the country’s release.",
        )
    if study.cell(study.headline).state != "held":
        raise DisclosureError("The headline has no figure.", remedy="Wait until it is mature and held.")
    before = ledger(earlier)
    check_periods(study, before)
    rules = profile_named(profile, None)
    release = release_of(study, rules, edition or study.held.country.extracted_on.isoformat())
    answers = {question.key: _PARTITION for question in like_parts(release, rules.threshold)}

    def draw(printed: Printed) -> Mapping[str, bytes]:
        page = _Page(study, printed)
        return {**report_files(page.report()), DERIVED: page.derived()}

    return outcome_of(publish(replace(release, answers=answers), rules, out, earlier, draw=draw), out)


def check_periods(study: Study, earlier: Sequence[Printed]) -> None:
    """Refuse people of a period that overlaps one released before: the difference would tell of a few."""
    periods = {d.name: d.codes[0] for d in _periods(study)}
    for printed in earlier:
        for dimension in printed.dimensions:
            own = periods.get(dimension.name)
            if own is None:
                continue
            for code in dimension.codes:
                if code.code != own.code and _overlap(code.code, own.code):
                    raise DisclosureError(
                        f"The ledger has people of {code.label}, which overlaps {own.label}.",
                        where=printed.edition,
                        remedy="Give --first and --before of the same period, or of one that shares no day.",
                    )


def _overlap(one: str, other: str) -> bool:
    (a, b), (c, d) = period_of(one), period_of(other)
    return a < d and c < b


def _code_of(window: Window) -> str:
    return f"{window.first}{SEPARATOR}{window.before}"


def _period_code(study: Study) -> str:
    return _code_of(study.windows[study.headline])


def _periods(study: Study) -> tuple[Dimension, Dimension]:
    """Return the days of which people are counted: those of the headline, and those first recorded."""
    recorded = Code(_code_of(study.period), period(study.period), None)
    return (
        Dimension(ENTERED, (Code(_period_code(study), _period_label(study), None),), "Entered in"),
        Dimension(FIRST_RECORDED, (recorded,), "First recorded in"),
    )


def force_codes(names: Sequence[str]) -> tuple[str, ...]:
    """Return a code for each force that is the same in every release, whichever others are in it."""
    codes = code_set("forces").codes
    known = {own.title: code for code, own in codes.items()}
    found: list[str] = []
    for name in names:
        own = force_named(name)
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "force"
        code = known[own.title] if own is not None else plain
        while code in found or code == TOTAL:
            code += "-again"
        found.append(code)
    return tuple(found)


def _period_label(study: Study) -> str:
    return period(study.windows[study.headline])


def classes(study: Study) -> dict[str, tuple[str, str]]:
    """Return the groups that people are counted in once, each with its title and what it is part of."""
    own = study.defs.headline
    title = named(study, study.headline)
    found = {
        _HEADLINE: (title, TOTAL),
        _SAME: ("… against the same victim", _HEADLINE),
        _OTHER: ("… against others, or not known whom", _HEADLINE),
        _REST: ("None of this", TOTAL),
    }
    for outcome in study.defs.outcomes:
        if outcome.code != own.outcome:
            found[outcome.code.replace("_", "-")] = (f"… but: {outcome.title.lower()}", _REST)
    found[_NOTHING] = ("… and nothing else that is counted", _REST)
    return found


def _class_of_people(study: Study) -> tuple[list[str], np.ndarray]:
    """Return for everybody of the headline's cohort the group that they are counted in, and the force."""
    index, outcome, victim, horizon, wait = study.headline
    held, defs = study.held, study.defs
    lives = lives_of(held.rows, held.links.person, held.links.persons, defs.rules)
    cohorts = Cohorts(held, defs, lives, None)
    cohort = cohorts.cohort(defs.index(index), study.windows[study.headline])

    def hits(code: str, against: str, months: int) -> np.ndarray:
        later = cohorts.later(cohort, defs.outcome(code))
        return np.asarray(counts_of(cohort, later, against, horizon, months) > 0)

    group = np.full(len(cohort), _NOTHING, dtype=object)
    for own in reversed([o for o in defs.outcomes if o.code != outcome]):
        group[hits(own.code, "either", own.waits[0])] = own.code.replace("_", "-")
    reoffended = hits(outcome, victim, wait)
    group[reoffended] = _OTHER
    group[reoffended & hits(outcome, "same", wait)] = _SAME
    asked = [held.country.holds(force, defs.outcome(outcome).kinds) for force in held.country.forces]
    kept = np.array(asked)[cohort.force]
    return group[kept].tolist(), cohort.force[kept]


def release_of(study: Study, rules: Profile, edition: str) -> Release:
    """Return the tables that would leave, with the truth in them."""
    country = study.held.country
    kinds = classes(study)
    group = Dimension(
        NAME,
        tuple(Code(c, title, parent) for c, (title, parent) in kinds.items()),
        study.defs.headline_words(),
    )
    places = zip(force_codes(country.names), country.names, strict=True)
    force = Dimension("force", tuple(Code(code, name) for code, name in places), "Force")
    entered, recorded = _periods(study)
    known = Dimension(
        "reported_before",
        (
            Code("before", "Reported before"),
            Code("own", "… in the same force", "before"),
            Code("elsewhere", "… in other forces only", "before"),
            Code("none", "Not reported before"),
        ),
        "Reported before",
    )
    several = Dimension(
        "known_in",
        (Code("one", "One force"), Code("two", "Two forces"), Code("more", "Three forces or more")),
        "Known in",
    )
    followed = Dimension(
        "followed_order",
        (
            Code("breach", "Breach recorded"),
            Code("other", "No breach, but something else recorded"),
            Code("nothing", "Nothing recorded"),
        ),
        "After the order",
    )
    as_at = country.extracted_on.isoformat()

    def table(
        name: str, title: str, measure: str, dims: tuple[str, ...], cells: Mapping[Codes, int]
    ) -> Table:
        made = {codes: Cell(n) for codes, n in sorted(cells.items())}
        return Table(name=name, title=title, measure=measure, dimensions=dims, cells=made, as_at=as_at)

    own = study.orders
    reached = study.spread.forces
    tables = [
        *_outcome_tables(study, kinds, table),
        table(
            KNOWN,
            f"Reported before they were first recorded as stalking, {period(study.period)}",
            "people_first_recorded",
            (FIRST_RECORDED, "force", "reported_before"),
            _known_cells(study),
        ),
        table(
            FORCES,
            "In how many forces a person is known",
            "people_in_reports",
            ("known_in",),
            _with_total({"one": reached[0], "two": reached[1], "more": sum(reached[2:])}),
        ),
        table(
            ORDERS,
            "Recorded within 12 months of an order",
            "people_with_orders",
            ("followed_order",),
            _with_total(
                {"breach": own.breach, "other": own.mature - own.breach - own.nothing, "nothing": own.nothing}
            ),
        ),
    ]
    plain = Release(
        NAME,
        f"Stalking again: reoffending, {_period_label(study)}",
        edition,
        (entered, recorded, group, force, known, several, followed),
        tuple(tables),
        models=_models(study, rules),
    )
    blank = Printed(NAME, plain.title, edition, plain.dimensions, tuple(map(_blank, tables)), (), (), (), {})
    words = numbers_of_page(html_page(_Page(study, blank).report()))
    rule = (float(study.defs.read_out.people), float(study.defs.read_out.points))
    return replace(plain, quoted={"words": tuple(sorted(words)), READ_OUT: rule})


def _with_total(cells: Mapping[str, int]) -> dict[Codes, int]:
    return {(TOTAL,): sum(cells.values()), **{(code,): n for code, n in cells.items()}}


def _outcome_tables(study: Study, kinds: Mapping[str, tuple[str, str]], table: object) -> list[Table]:
    groups, forces = _class_of_people(study)
    entered, codes = _period_code(study), force_codes(study.held.country.names)
    whole: dict[Codes, int] = {(entered, code): 0 for code in (TOTAL, *kinds)}
    parts: dict[Codes, int] = {
        (entered, f, code): 0 for f in (TOTAL, *codes) for code in (TOTAL, _HEADLINE, _REST)
    }
    for code, force in zip(groups, forces.tolist(), strict=True):
        main = kinds[code][1]
        for own in (TOTAL, main, code):
            whole[entered, own] += 1
        for where in (TOTAL, codes[force]):
            for own in (TOTAL, main):
                parts[entered, where, own] += 1
    assert callable(table)
    return [
        table(
            OUTCOMES,
            "People by what was known of them afterwards",
            "people",
            (ENTERED, NAME),
            whole,
        ),
        table(
            BY_FORCE,
            "People by the force of their index event",
            "people",
            (ENTERED, "force", NAME),
            parts,
        ),
    ]


def _known_cells(study: Study) -> dict[Codes, int]:
    recorded, codes = _code_of(study.period), force_codes(study.held.country.names)
    cells: dict[Codes, int] = {
        (recorded, f, code): 0
        for f in (TOTAL, *codes)
        for code in (TOTAL, "before", "own", "elsewhere", "none")
    }
    for force, none, own, elsewhere in study.known.by_force:
        counts = {"none": none, "own": own, "elsewhere": elsewhere, "before": own + elsewhere}
        counts[TOTAL] = none + own + elsewhere
        for code, n in counts.items():
            cells[recorded, codes[force], code] = n
            cells[recorded, TOTAL, code] += n
    return cells


def _models(study: Study, rules: Profile) -> tuple[Model, ...]:
    """Return what is estimated and is no count: in whole per cent, where one per cent is many people."""
    cell = study.cell(study.headline)
    if cell.people < 100 * max(rules.threshold, rules.base):
        return ()
    values: dict[str, float] = {}
    both = combined(study.readings, study.headline)
    if both is not None:
        values |= {"linkage_low": 100 * both.lower, "linkage_high": 100 * both.upper}
    late = corrected_for(study, study.headline)
    if late is not None and late.both is not None:
        values |= {
            "both": 100 * late.both.estimate,
            "both_low": 100 * late.both.lower,
            "both_high": 100 * late.both.upper,
        }
    elif late is not None and late.rate is not None and late.rate.told:
        values |= {
            "late": 100 * late.rate.estimate,
            "late_low": 100 * late.rate.lower,
            "late_high": 100 * late.rate.upper,
        }
    if not values:
        return ()
    least = min(cell.reoffenders, cell.people - cell.reoffenders)
    return (
        Model(CORRECTED, "With doubt about who is who, and late proof", cell.people, 1, least, values, 0),
    )


def _blank(table: Table) -> PrintedTable:
    """A table as if every figure were hidden: the numbers that a page still has then are words of ours."""
    hidden: dict[Codes, float | None] = dict.fromkeys(table.cells)
    return PrintedTable(table.name, table.title, table.measure, table.dimensions, hidden, {})


@dataclass
class _Page:
    """The page, from printed counts and nothing else; every figure that follows from them is written down."""

    study: Study
    printed: Printed
    _noted: set[tuple[str, tuple[float, ...], tuple[float, ...]]] = field(default_factory=set)

    def report(self) -> Report:
        """Return what leaves, as people read it."""
        country = self.study.held.country
        warnings = ["Every person and every event in this report is made up."] if country.made_up else []
        return Report(
            title="Stalking again: reoffending by one definition, and what stands beside it",
            subtitle=f"{country.title}, as known on {day(country.extracted_on)}",
            standing=RELEASED,
            facts=(("Headline", self.study.defs.headline_words()), ("Entered in", _period_label(self.study))),
            sections=(self._first(), self._outcomes(), self._forces(), self._before(), self._others()),
            warnings=(*warnings, *headline_warnings(self.study)),
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

    def _share(self, part: int | None, whole: int | None) -> tuple[Value, Value]:
        """Return a share and its interval, both worked out from printed counts."""
        if part is None or whole is None:
            return HIDDEN, HIDDEN
        if not whole:
            return NOT_APPLICABLE, NOT_APPLICABLE
        part = min(part, whole)
        said = wilson(part, whole)
        low, high = 100 * float(said.lower), 100 * float(said.upper)
        self._noted.add(("share", (100 * part / whole,), (float(part), float(whole))))
        self._noted.add(("wilson", (low, high), (float(part), float(whole))))
        return 100 * part / whole, f"{number(low, 1)}% to {number(high, 1)}%"

    def _first(self) -> Section:
        entered = _period_code(self.study)
        part, whole = (self._count(OUTCOMES, entered, code) for code in (_HEADLINE, TOTAL))
        share, limits = self._share(part, whole)
        blocks: list[Block] = [Heading("What may be read out")]
        if part is None or whole is None or not isinstance(share, float):
            blocks.append(Words(("Nothing: the figure is hidden, so that nobody can be recognised.",)))
        elif self._too_few(part, whole):
            blocks.append(Words(("Nothing: the figure is of too few people to be read out.",)))
        else:
            said = (
                f"{number(whole)} people entered this count from {_period_label(self.study)}. "
                f"{number(part)} of them "
                f"({number(share, 1)}%) are known to have done it again; by chance it could be {limits}. "
            )
            blocks.append(Words((said + self._estimated(),)))
        blocks += [
            Heading("What may not be read out"),
            Points(
                (
                    "“The others stopped.” Most stalking is never reported, and most of what is reported "
                    "is never "
                    "proven.",
                    "“This force does better than that one.” Recording, proof and the cases differ.",
                    "“Orders worked.” Nobody was given one at random.",
                )
            ),
        ]
        return Section("brief", "What these figures say", tuple(blocks))

    def _too_few(self, part: int, whole: int) -> bool:
        """Tell from printed counts whether the headline is of too few people to be read out."""
        said = wilson(min(part, whole), whole)
        return self.study.defs.read_out.too_few(whole, (float(said.lower), float(said.upper)))

    def _estimated(self) -> str:
        model = next((m for m in self.printed.models if m.name == CORRECTED), None)
        values = None if model is None else model.values
        if not values:
            return "Doubt about who is who and late proof are not in this interval."
        told = []
        if "linkage_low" in values:
            low, high = (number(values[k]) for k in ("linkage_low", "linkage_high"))
            told.append(f"With doubt about who is who it could be {low}% to {high}%.")
        if "both" in values:
            all_, low, high = (number(values[k]) for k in ("both", "both_low", "both_high"))
            told.append(f"Once all is proven, with that doubt, we expect {all_}% ({low}% to {high}%).")
        if "late" in values:
            all_, low, high = (number(values[k]) for k in ("late", "late_low", "late_high"))
            told.append(f"Once all is proven we expect {all_}% ({low}% to {high}%).")
        return " ".join(told)

    def _outcomes(self) -> Section:
        entered = _period_code(self.study)
        whole = self._count(OUTCOMES, entered, TOTAL)
        rows: list[tuple[Value, ...]] = []
        for code, (title, _) in classes(self.study).items():
            n = self._count(OUTCOMES, entered, code)
            rows.append((title, HIDDEN if n is None else n, *self._share(n, whole)))
        rows.append(("All people", HIDDEN if whole is None else whole, NOT_APPLICABLE, NOT_APPLICABLE))
        columns = (
            Column("Known of them"),
            Column("People", "count"),
            Column("Share", "percent"),
            Column("95% interval"),
        )
        table = PageTable(
            "people-by-outcome-shown",
            "What was known of people afterwards",
            columns,
            tuple(rows),
            basis=self.study.defs.headline_words(),
            totals=frozenset({len(rows) - 1}),
        )
        words = "Each person is in one line of the parts: the first that fits."
        return Section("outcomes", "By what is known", (Words((words,)), table))

    def _forces(self) -> Section:
        entered = _period_code(self.study)
        rows: list[tuple[Value, ...]] = []
        names = self.study.held.country.names
        for force, name in zip(force_codes(names), names, strict=True):
            n, part = (self._count(BY_FORCE, entered, force, code) for code in (TOTAL, _HEADLINE))
            shown = [HIDDEN if v is None else v for v in (n, part)]
            rows.append((name, *shown, *self._share(part, n)))
        columns = (
            Column("Force"),
            Column("People", "count"),
            Column("Known to have done it again", "count"),
            Column("Share", "percent"),
            Column("95% interval"),
        )
        table = PageTable("by-force-shown", "By the force of the index event", columns, tuple(rows))
        caution = "Forces stand in the order of the data. A share says nothing of how well a force does."
        return Section("forces", "By force", (table, Caution(caution)))

    def _before(self) -> Section:
        rows: list[tuple[Value, ...]] = []
        forces = self.study.held.country.names
        recorded, names = _code_of(self.study.period), zip(force_codes(forces), forces, strict=True)
        for code, name in (*names, (TOTAL, "All forces")):
            n, before, elsewhere = (
                self._count(KNOWN, recorded, code, c) for c in (TOTAL, "before", "elsewhere")
            )
            shown = [HIDDEN if v is None else v for v in (n, before, elsewhere)]
            rows.append((name, *shown, self._share(before, n)[0]))
        columns = (
            Column("Force"),
            Column("People first recorded as stalking", "count"),
            Column("Reported before", "count"),
            Column("In other forces only", "count"),
            Column("Share reported before", "percent"),
        )
        table = PageTable(
            "known-before-shown",
            f"Reported before, {period(self.study.period)}",
            columns,
            tuple(rows),
            totals=frozenset({len(rows) - 1}),
        )
        return Section("before", "What had been reported before", (table,))

    def _others(self) -> Section:
        blocks: list[Block] = []
        for name, title in ((FORCES, "In how many forces a person is known"), (ORDERS, "After orders")):
            own = next(t for t in self.printed.tables if t.name == name)
            dimension = next(d for d in self.printed.dimensions if d.name == own.dimensions[0])
            whole = self._count(name, TOTAL)
            rows: list[tuple[Value, ...]] = []
            for code in dimension.codes:
                n = self._count(name, code.code)
                rows.append((code.label, HIDDEN if n is None else n, self._share(n, whole)[0]))
            columns = (Column(dimension.title), Column("People", "count"), Column("Share", "percent"))
            blocks.append(PageTable(f"{name}-shown", title, columns, tuple(rows)))
        blocks.append(Caution("What followed orders is not what orders did."))
        return Section("others", "Forces of a person, and orders", tuple(blocks))
