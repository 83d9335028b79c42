"""Read releases of the study of reoffending: cards, the lines of each, and the figures as they were printed.

A figure that may not be read out, because it is of too few people by the rule of the release, is not shown;
the crawler works the same out again. What is of two releases and of overlapping people is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lamplighter.disclosure.printed import Printed, PrintedTable
from lamplighter.disclosure.tables import TOTAL, Dimension
from lamplighter.rule_files import reading
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.rule_files.schema import UPKEEP, Report, Rows, Value, check, code, text
from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.reoffending.definitions import ReadOut
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
    period_of,
)
from lamplighter.studies.scorecard.releases.cards import CHANGE
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.forces import force_named
from lamplighter.vocabulary.upkeep import Change

FILE = "reoffending.toml"
PUBLISHED, PROTECTED, TOO_FEW = "published", "protected", "too_few"
#: Measures of the release: a person is counted once in a country, however many forces know them.
MEASURES = frozenset({"people", "people_first_recorded", "people_in_reports", "people_with_orders"})
DESCRIPTION = "release.json"
_FORCE = "force"
#: Which values of the release make up an estimate: point, lower and upper limit; the first that is there.
_VALUES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "linkage": (("", "linkage_low", "linkage_high"),),
    "expected": (("both", "both_low", "both_high"), ("late", "late_low", "late_high")),
}


@dataclass(frozen=True, slots=True)
class ReoffendingLine:
    """One line of a card: a part of a table of the release, or an estimate of it."""

    name: str
    title: str
    numerator: str
    denominator: str
    unit: str
    note: str
    table: str
    part: str
    estimate: str
    each_force: bool
    good: str = ""


@dataclass(frozen=True, slots=True)
class ReoffendingCard:
    """One card, with the lines of it; ``paired_name`` is the card to read beside it."""

    name: str
    title: str
    why: str
    numerator: str
    denominator: str
    comes_from: str
    basis: str
    unit: str
    maturity: str
    gaming: str
    paired_name: str
    must_not: str
    author: str
    checker: str
    next_review: dt.date
    changes: tuple[Change, ...]
    lines: tuple[ReoffendingLine, ...]

    @property
    def counted_words(self) -> str:
        """Return of whom it is, for the page of the card."""
        return "people of the period that the release counts, followed wherever they are recorded"

    @property
    def direction(self) -> str:
        """Return that no direction is the wanted one."""
        return "none"

    def overdue(self, on: dt.date) -> bool:
        """Tell whether the card should have been reviewed before ``on``."""
        return self.next_review < on


_TABLES = {name: name for name in (OUTCOMES, BY_FORCE, KNOWN, FORCES, ORDERS)}
_LINE = Rows(
    "line",
    "Lines",
    (
        code(name="name", longest=60),
        *(text(name, name.capitalize()) for name in ("title", "numerator", "denominator", "note")),
        Value("table", "Table of the release", optional=True, one_of=lambda: _TABLES),
        text("part", "Part of all people", optional=True, longest=60),
        Value("estimate", "Estimate", optional=True, one_of=lambda: {name: name for name in _VALUES}),
        Value("each_force", "For each force", of=bool, optional=True),
    ),
    code="name",
    dated=False,
)
_TEXTS = ("title", "why", "numerator", "denominator", "comes_from", "maturity", "gaming", "must_not")
CARD = Rows(
    "card",
    "Cards",
    (
        code(name="name", longest=60),
        *(text(name, name.replace("_", " ").capitalize()) for name in _TEXTS),
        Value("basis", "Basis", one_of=lambda: {"cohort": "People of a period, each once"}),
        text("unit", "Unit", longest=40),
        code("Read beside it", name="paired", longest=60),
        text("author", "Author", longest=200),
        text("checker", "Checked by", longest=200),
        Value("next_review", "Next review", of=dt.date),
        CHANGE,
        _LINE,
    ),
    code="name",
    dated=False,
)


def cards_in(content: str, file: str = FILE) -> tuple[ReoffendingCard, ...]:
    """Return the cards of a file. Raises ``RuleFileError`` that names each fault, the file and the line."""
    document = reading.parsed(content, file)
    report = Report(file, content)
    check((CARD, UPKEEP), document, report)
    rows = document.get("card", [])
    if not report.faults:
        names = {row["name"] for row in rows}
        for place, row in enumerate(rows, 1):
            where = report.row(CARD, place, rows)
            if row["paired"] not in names - {row["name"]}:
                report.add(
                    "no_such_pair",
                    f"{where}, key paired",
                    "no other card has the name of the card to read beside it.",
                    "Give the name of another card of the file.",
                )
            for line in row["line"]:
                counted = {"table", "part"} & line.keys()
                if ("estimate" in line) == bool(counted) or len(counted) == 1:
                    report.add(
                        "not_a_line",
                        f"{where}, line “{line['name']}”",
                        "it must have a table with a part, or an estimate.",
                        "Give table and part of a count, or estimate alone.",
                    )
    if report.faults:
        raise RuleFileError(report.faults)
    return tuple(_card(row) for row in rows)


def _card(row: Mapping[str, object]) -> ReoffendingCard:
    own = {k: v for k, v in row.items() if k not in ("change", "line", "paired")}
    changes, lines = row["change"], row["line"]
    assert isinstance(changes, list)
    assert isinstance(lines, list)
    empty = {"table": "", "part": "", "estimate": "", "each_force": False}
    return ReoffendingCard(
        **own,  # type: ignore[arg-type]  # each was held against the schema above
        paired_name=str(row["paired"]),
        changes=tuple(Change(**c) for c in changes),
        lines=tuple(ReoffendingLine(unit=str(row["unit"]), **{**empty, **line}) for line in lines),
    )


@cache
def cards() -> tuple[ReoffendingCard, ...]:
    """Return the cards as shipped. Raises ``RuleFileError``."""
    return cards_in((files("lamplighter.studies.scorecard.releases") / FILE).read_text("utf-8"))


def line_named(name: str) -> ReoffendingLine | None:
    """Return the line of a name; ``None`` where it is of another kind of release."""
    return next((line for card in cards() for line in card.lines if line.name == name), None)


def is_reoffending(printed: Printed) -> bool:
    """Tell whether a release is one of the study of reoffending."""
    return printed.name == NAME and {OUTCOMES, BY_FORCE} <= {t.name for t in printed.tables}


def definition(printed: Printed) -> str:
    """Return what the release counts, in words."""
    return next((d.title for d in printed.dimensions if d.name == NAME), "")


def read_out(printed: Printed) -> ReadOut:
    """Return the rule by which the release says which figures may be read out. Raises ``ValueError``."""
    told = printed.quoted.get(READ_OUT, ())
    if len(told) != 2:
        raise ValueError("The release does not say which of its figures may be read out.")
    return ReadOut(int(told[0]), int(told[1]))


def period(printed: Printed) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of the index events that a release counts."""
    first, before = _period(printed, ENTERED)
    return first, before - dt.timedelta(days=1)


def _period(printed: Printed, name: str) -> tuple[dt.date, dt.date]:
    dimension = next(d for d in printed.dimensions if d.name == name)
    return period_of(dimension.codes[0].code)


def forces(printed: Printed) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of the forces that a release names, and the names that no list of forces has."""
    dimension = next(d for d in printed.dimensions if d.name == _FORCE)
    found = [(c.label, force_named(c.label)) for c in dimension.codes]
    known = code_set("forces").codes
    codes = [next(k for k, v in known.items() if v is own) for _, own in found if own is not None]
    return tuple(sorted(set(codes))), tuple(label for label, own in found if own is None)


def figures(printed: Printed) -> Iterator[tuple[ReoffendingCard, ReoffendingLine, dict[str, object]]]:
    """Return each figure of a release, by card and line: what it says, and of which force if of one."""
    tables = {t.name: t for t in printed.tables}
    dimensions = {d.name: d for d in printed.dimensions}
    rule = read_out(printed)
    for card in cards():
        for line in card.lines:
            if line.estimate:
                said = _estimated(printed, line, rule)
                if said is not None:
                    yield card, line, said
                continue
            table = tables.get(line.table)
            if table is None:
                continue
            names = [(c.code, c.label) for c in dimensions[_FORCE].codes] if line.each_force else [("", "")]
            for own, label in names:
                said = _counted(table, dimensions, line.part, own or TOTAL, rule)
                yield card, line, {**said, "within": own, "within_name": label}


def _counted(
    table: PrintedTable, dimensions: Mapping[str, Dimension], part: str, force: str, rule: ReadOut
) -> dict[str, object]:
    def cell(which: str) -> float | None:
        codes = []
        for name in table.dimensions:
            if name in (ENTERED, FIRST_RECORDED):
                codes.append(dimensions[name].codes[0].code)
            else:
                codes.append(force if name == _FORCE else which)
        return table.counts.get(tuple(codes))

    out: dict[str, object] = {"file": f"{table.name}.csv"}
    dated = next((n for n in table.dimensions if n in (ENTERED, FIRST_RECORDED)), None)
    if dated is not None:
        first, before = period_of(dimensions[dated].codes[0].code)
        out |= {"first": first, "last": before - dt.timedelta(days=1)}
    return out | counted(cell(part), cell(TOTAL), rule)


def counted(part: float | None, whole: float | None, rule: ReadOut) -> dict[str, object]:
    """Return what two printed counts say: nothing of the part where it may not be read out."""
    out: dict[str, object] = {
        "out_of": None if whole is None else int(whole),
        "out_of_is": PROTECTED if whole is None else PUBLISHED,
        "met": None,
        "met_is": PROTECTED,
        "share": None,
        "low": None,
        "high": None,
    }
    if part is None:
        return out
    if not whole:
        # Of nobody, or of a number that is hidden, nothing can be read out.
        return out | {"met_is": TOO_FEW}
    part = min(part, whole)
    said = wilson(int(part), int(whole))
    low, high = float(said.lower), float(said.upper)
    if rule.too_few(int(whole), (low, high)):
        return out | {"met_is": TOO_FEW}
    shares = {"share": 100 * part / whole, "low": 100 * low, "high": 100 * high}
    return out | {"met": int(part), "met_is": PUBLISHED} | shares


def estimated(values: Mapping[str, float] | None, which: str, rule: ReadOut) -> dict[str, object] | None:
    """Return what an estimate of a release says; ``None`` where it has none of this kind."""
    for point, low, high in _VALUES[which]:
        if values is None or low not in values:
            continue
        if float(values[high]) - float(values[low]) > rule.points:
            return {"met_is": TOO_FEW}
        limits = {"low": float(values[low]), "high": float(values[high])}
        return {"met_is": PUBLISHED, "share": float(values[point]) if point else None, **limits}
    return None


def _estimated(printed: Printed, line: ReoffendingLine, rule: ReadOut) -> dict[str, object] | None:
    own = next((m for m in printed.models if m.name == CORRECTED), None)
    if own is None:
        return None
    if own.values is None:
        return {"file": DESCRIPTION, "met_is": PROTECTED}
    said = estimated(own.values, line.estimate, rule)
    return None if said is None else {"file": DESCRIPTION, **said}


def overlapping(releases: Sequence[tuple[str, frozenset[str], Printed]]) -> Iterator[str]:
    """Yield two releases that count overlapping people, and are not two editions of one count.

    Two editions of the same forces and days are attacked as such. Otherwise the one less the other is of a
    few people whom neither names: those of a force that one has more, or of some days.
    """
    for place, (words, own, printed) in enumerate(releases):
        for others, theirs, other in releases[:place]:
            if not own & theirs:
                continue
            for name in (ENTERED, FIRST_RECORDED):
                (a, b), (c, d) = _period(printed, name), _period(other, name)
                if a < d and c < b and (own, a, b) != (theirs, c, d):
                    yield (
                        f"{words}: it counts people of the same days and forces as {others} and not the same "
                        "people: the difference tells of a few."
                    )
                    break
