"""Read a folder as a register: one file a recommendation, ``sources/`` a file a publication.

What a file may not say is a fault with a name, its file and line, and what to do. All faults of a folder are
told at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lamplighter.rule_files.dated import Rule as Dated
from lamplighter.rule_files.dated import rule as dated
from lamplighter.rule_files.faults import Fault, RuleFileError, nearest, quoted
from lamplighter.rule_files.reading import parse
from lamplighter.rule_files.schema import Report, Rows, check
from lamplighter.studies.register.entries import (
    Claim,
    Evidence,
    Looked,
    Part,
    Recommendation,
    Register,
    Rule,
    Source,
    forces,
)
from lamplighter.studies.register.schema import NOT_HELD, NUMBER_NOT_HELD, RECOMMENDATION, RULES, SOURCE
from lamplighter.vocabulary.upkeep import upkeep_of

SHIPPED = "shipped"
"""The word by which a command means the register that comes with the software."""
_CLAIM, _EVIDENCE, _RULE = (Rows(name, "", (), code="") for name in ("claim", "evidence", "rule"))


@cache
def shipped() -> Register:
    """Return the register that comes with the software. Raises ``RuleFileError``."""
    return load(Path(str(files("lamplighter.studies.register") / "recommendations")))


def load(folder: Path, *, measures: Collection[str] | None = None) -> Register:
    """Return the register of a folder. ``measures``: the cards that exist, where they are known.

    Raises ``RuleFileError`` with every fault of every file.
    """
    faults: list[Fault] = []
    own = folder / "rules.toml"
    text = (own if own.is_file() else Path(str(files(__package__ or "") / "rules.toml"))).read_text("utf-8")
    rules = _read("rules.toml", text, RULES, faults)
    sources: dict[str, tuple[Report, dict[str, Any]]] = {}
    entries: dict[str, tuple[Report, dict[str, Any]]] = {}
    for place, schema, into in (
        (folder / "sources", SOURCE, sources),
        (folder, RECOMMENDATION, entries),
    ):
        for path in sorted(place.glob("*.toml")) if place.is_dir() else ():
            if path != own and (body := _read(path.name, path.read_text("utf-8-sig"), schema, faults)):
                report = Report(path.name, path.read_text("utf-8-sig"))
                if body["id"] != path.stem:
                    report.add(
                        "id_is_not_the_file",
                        "key id",
                        f"the file is called {quoted(path.stem)}, and the id is {quoted(body['id'])}.",
                        "Give both one name.",
                    )
                into[path.stem] = report, body
                faults += report.faults
                report.faults.clear()
    if not entries and not faults:
        remedy = "Name the folder that holds a file for each recommendation, and sources/ beside them."
        faults.append(Fault("no_recommendation", folder.name, "", "there is no recommendation.", remedy))
    if faults:
        raise RuleFileError(faults)
    assert rules is not None
    register = Register(
        {name: _source(body, report.file) for name, (report, body) in sources.items()},
        {name: _entry(body, report.file) for name, (report, body) in entries.items()},
        _rows(rules["body"]),
        _rows(rules["lapse"]),
    )
    for name, (report, _) in sources.items():
        _check_source(register.sources[name], register, report)
        faults += report.faults
    for name, (report, _) in entries.items():
        _check_entry(register.recommendations[name], register, report, measures)
        faults += report.faults
    if not faults:
        faults = list(_over_all(register))
    if faults:
        raise RuleFileError(faults)
    return register


def ahead(register: Register, today: dt.date) -> list[Fault]:
    """Return a fault for each file in which something is entered on a day that has not come."""
    found = []
    for one in register.recommendations.values():
        days = [
            one.recorded,
            *(x.recorded for x in one.entries),
            *(r.written for r in one.rules),
        ]
        if max(days) > today:
            what = f"something is entered on {max(days)}, which has not come."
            found.append(
                Fault("in_the_future", f"{one.id}.toml", "", what, "Give the day on which it was entered.")
            )
    return found


def _read(name: str, text: str, schema: Any, faults: list[Fault]) -> dict[str, Any] | None:
    report = Report(name, text)
    body = parse(report)
    if body is not None:
        check(schema, body, report)
    faults += report.faults
    return None if report.faults else body


def _rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Dated, ...]:
    return tuple(dated(row) for row in rows)


def _source(body: Mapping[str, Any], file: str) -> Source:
    own = {k: v for k, v in body.items() if k not in ("upkeep", "addressed", "looked", "mark", "source")}
    return Source(
        **own,
        upkeep=upkeep_of(body, file),
        addressed={row["to"]: row["count"] for row in body.get("addressed", ())},
        looked=tuple(Looked(**row) for row in body.get("looked", ())),
    )


def _entry(body: Mapping[str, Any], file: str) -> Recommendation:
    tables = ("upkeep", "part", "rule", "claim", "evidence", "due", "to", "read_at")
    due = body.get("due", {})
    return Recommendation(
        **{k: v for k, v in body.items() if k not in tables},
        to=tuple(body["to"]),
        read_at=tuple(body["read_at"]),
        upkeep=upkeep_of(body, file),
        due=due.get("date"),
        due_source=due.get("source", ""),
        parts=tuple(Part(**row) for row in body.get("part", ())),
        rules=tuple(Rule(**row) for row in body.get("rule", ())),
        claims=tuple(Claim(n, **row) for n, row in enumerate(body.get("claim", ()), 1)),
        evidence=tuple(Evidence(n, **row) for n, row in enumerate(body.get("evidence", ()), 1)),
    )


def _check_source(source: Source, register: Register, report: Report) -> None:
    codes = [b.code for b in register.bodies]
    for to, many in source.addressed.items():
        if to not in codes:
            report.add("unknown_body", "[[addressed]]", *_no_body(to, codes))
        elif many > source.recommendations:
            what = f"{many} are addressed to {quoted(to)}, of {source.recommendations} in all."
            report.add("more_than_all", "[[addressed]]", what, "Correct one of the two numbers.")
    for number, one in enumerate(source.looked, 1):
        if one.body and one.body not in codes and one.body not in forces(one.on):
            report.add("unknown_body", f"[[looked]] {number}", *_no_body(one.body, codes))


def _no_body(code: str, codes: Collection[str]) -> tuple[str, str]:
    return (
        f"{quoted(code)} is neither a body nor a force.",
        nearest(code, [*codes, *forces(dt.date.max)]) + "Bodies are in rules.toml, forces in forces.toml.",
    )


def _check_entry(
    one: Recommendation, register: Register, report: Report, measures: Collection[str] | None
) -> None:
    source = register.sources.get(one.source)
    codes = [b.code for b in register.bodies]
    if source is None:
        known = ", ".join(register.sources) or "none"
        what = f"there is no publication {quoted(one.source)}."
        report.add("unknown_source", "key source", what, f"Publications in sources/: {known}.")
        return
    for to in one.to:
        if to not in codes and to not in forces(dt.date.max):
            report.add("unknown_body", "key to", *_no_body(to, codes))
    if one.number.isdigit() and not 1 <= int(one.number) <= source.recommendations:
        what = f"{one.number} is no number of {source.recommendations} recommendations."
        report.add(
            "no_such_number", "key number", what, f'Correct it, or write number = "{NUMBER_NOT_HELD}".'
        )
    if one.due is not None and one.due < source.published:
        what = f"it is due on {one.due}, before it was published on {source.published}."
        report.add("due_before_published", "[due]", what, "Give the date as the publication has it.")
    _check_rules(one, report)
    if report.faults:
        return
    asked = {b for group in one.to for b in register.each(group, dt.date.max)}
    for claim in one.claims:
        place = _place(report, _CLAIM, claim.number, len(one.claims))
        _check_days(claim, claim.on, "said", source, place, report)
        _check_claim(claim, asked, {*codes, *asked, *forces(dt.date.max)}, one, place, report)
    for evidence in one.evidence:
        place = _place(report, _EVIDENCE, evidence.number, len(one.evidence))
        _check_days(evidence, evidence.published, "published", source, place, report)
        _check_evidence(evidence, asked, one, place, report, measures)


def _place(report: Report, table: Rows, number: int, many: int) -> str:
    return report.row(table, number, [{}] * many)


def _check_rules(one: Recommendation, report: Report) -> None:
    if one.rules and not one.says_something:
        report.add(
            "rule_without_words",
            _place(report, _RULE, 1, len(one.rules)),
            "a rule judges what is not known to be asked.",
            f'Fill in words or asks, or take the rule out while words = "{NOT_HELD}".',
        )
    if one.says_something and not one.rules and not one.no_rule:
        what = "it is known what it asks, and no rule says what would show that it was done."
        report.add(
            "no_rule", "", what, "Write a [[rule]] before any evidence comes, or say why not in no_rule."
        )
    for number, rule in enumerate(one.rules, 1):
        place = _place(report, _RULE, number, len(one.rules))
        bounds = [b for b in (rule.at_least, rule.at_most) if b is not None]
        if rule.measure and len(bounds) != 1:
            what = "a measure is judged by one bound, and there " + ("are two." if bounds else "is none.")
            report.add("no_bound", place, what, "Give at_least or at_most, one of the two.")
        elif bounds and not rule.measure:
            report.add("no_measure", place, "a bound has no measure.", "Name the measure that it is of.")


def _check_days(
    entry: Claim | Evidence, on: dt.date, word: str, source: Source, place: str, report: Report
) -> None:
    if on < source.published:
        what = f"it was {word} on {on}, before the recommendation was published on {source.published}."
        report.add("before_published", place, what, "Correct the day, or take it out.")
    if entry.recorded < on:
        what = f"it was entered on {entry.recorded}, before it was {word} on {on}."
        report.add("recorded_before", place, what, "Give the day on which it was entered as recorded.")
    if entry.withdrawn is not None and (entry.withdrawn < entry.recorded or not entry.why_withdrawn):
        what = "it is withdrawn without a reason, or before it was entered."
        report.add(
            "withdrawn_without_why", place, what, "Give withdrawn, not before recorded, and why_withdrawn."
        )


def _check_claim(
    claim: Claim, asked: set[str], known: set[str], one: Recommendation, place: str, report: Report
) -> None:
    for body in (claim.by, claim.about):
        if body and body not in known:
            report.add("unknown_body", place, *_no_body(body, known))
            return
    if claim.by not in asked and claim.about in ("", claim.by):
        what = (
            f"{quoted(claim.by)} is not asked by this recommendation, and it is not said of whom it speaks."
        )
        report.add("not_addressed", place, what, "Add about, or correct by.")
    if (claim.kind == "date_moved") != (claim.new_date is not None):
        what = "a later date stands with kind = “date_moved”, and with no other."
        report.add("no_new_date", place, what, "Give new_date, or correct kind. The first due date stays.")
    elif claim.new_date is not None and one.due is not None and claim.new_date <= one.due:
        what = f"the later date, {claim.new_date}, is not after the due date, {one.due}."
        report.add(
            "not_later", place, what, "Correct new_date. The first due date stays as it was published."
        )


def _check_evidence(
    one: Evidence,
    asked: set[str],
    of: Recommendation,
    place: str,
    report: Report,
    measures: Collection[str] | None,
) -> None:
    if one.about not in asked:
        what = f"{quoted(one.about)} is not asked by this recommendation."
        report.add(
            "not_addressed", place, what, "Correct about: " + (nearest(one.about, asked) or "see key to.")
        )
    if one.measure and measures is not None and one.measure not in measures:
        what = f"there is no measure {quoted(one.measure)}."
        report.add(
            "unknown_measure", place, what, nearest(one.measure, measures) + "Name a card that exists."
        )
    if (one.first is None) != (one.last is None) or (one.first and one.last and one.last < one.first):
        report.add("not_a_period", place, "its period has no two ends in order.", "Give first and last.")
    order = [v for v in (one.low, one.value, one.high) if v is not None]
    if order != sorted(order) or ((one.low is None) != (one.high is None)) or (order and one.value is None):
        report.add(
            "not_an_interval", place, "low, value and high are not in order.", "Give all three, or value."
        )
    if not one.rule:
        return
    if one.rule not in {r.id for r in of.rules}:
        rules = ", ".join(r.id for r in of.rules) or "none"
        what = f"there is no rule {quoted(one.rule)}."
        report.add("unknown_rule", place, what, f"Rules of this file: {rules}.")
        return
    rule = of.rule(one.rule)
    if one.published <= rule.written:
        report.add(
            "rule_after_evidence",
            place,
            f"it was published on {one.published}, and the rule {quoted(rule.id)} is of {rule.written}: "
            "nobody judges by a rule that was written when the answer was known.",
            "Take out rule = …: it is then shown and judges nothing. Later evidence can be judged.",
        )
        return
    before = [r for r in of.rules if r.written < one.published]
    newest = max(before, key=lambda r: r.written)
    if newest.written > rule.written:
        what = f"the rule {quoted(newest.id)} of {newest.written} had taken the place of {quoted(rule.id)}."
        report.add("rule_replaced", place, what, f"Judge it by {newest.id}, the newest rule of that day.")
    if rule.measure and (one.measure != rule.measure or one.value is None):
        what = f"the rule asks for the measure {quoted(rule.measure)} with a value."
        report.add("other_measure", place, what, "Give that measure and its value, or take out rule.")
    if not rule.measure and not one.found:
        report.add(
            "no_finding", place, "the rule asks for a finding.", "Give found: met, not_met or cannot_tell."
        )
    if not rule.measure and (not one.read_by or not one.checked_by or one.read_by == one.checked_by):
        what = "a finding is read by one person and checked by another."
        report.add("one_reader", place, what, "Give read_by and checked_by, two different people or posts.")


def _over_all(register: Register) -> Iterable[Fault]:
    seen: dict[tuple[str, str], str] = {}
    to_whom: dict[tuple[str, str], int] = {}
    for one in register.recommendations.values():
        if one.numbered:
            before = seen.setdefault((one.source, one.number), one.id)
            if before != one.id:
                what = f"number {one.number} of {quoted(one.source)} is in {before}.toml too."
                yield Fault("number_twice", f"{one.id}.toml", "key number", what, "Correct one of the two.")
        for to in one.to if one.says_something else ():
            to_whom[one.source, to] = to_whom.get((one.source, to), 0) + 1
    for (name, to), many in to_whom.items():
        most = register.sources[name].addressed.get(to)
        if most is not None and many > most:
            what = f"{many} files are addressed to {quoted(to)}, and the publication has {most}."
            yield Fault(
                "more_than_addressed", f"{name}.toml", "[[addressed]]", what, "Correct the files or count."
            )
