"""Named faults of the rules of one file: what they read, how they compare it, whether it can be so."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lamplighter.instruments import rules
from lamplighter.instruments.answers import Answer, State
from lamplighter.instruments.definition import DEFINITE, OF_STATES, Type
from lamplighter.instruments.rules import Rule, Truth, both, parse, parts, reads
from lamplighter.rule_files.faults import listed, nearest, quoted
from lamplighter.rule_files.schema import Report, Row

MOST_TRIED = 20_000  # combinations of answers; a rule of more is not tried out
MOST_OPTIONS = 8  # of one question, of which every selection is tried
EXAMPLES = {
    "all": 'all = [{ is = ["a", "yes"] }, { known = "b" }]',
    "any": 'any = [{ is = ["a", "yes"] }, { known = "b" }]',
    "not": 'not = { is = ["a", "yes"] }',
    "at_least": 'at_least = [2, [{ is = ["a", "yes"] }, { is = ["b", "yes"] }]]',
    "is": 'is = ["a", "yes"]',
    "in": 'in = ["a", ["yes", "partly"]]',
    "any_of": 'any_of = ["a", ["x", "y"]]',
    "all_of": 'all_of = ["a", ["x", "y"]]',
    "count": 'count = ["a", 2]',
    "less": 'less = ["a", 3]',
    "more": 'more = ["a", 3]',
    "before": 'before = ["a", 2026-05-03]',
    "after": 'after = ["a", 2026-05-03]',
    "known": 'known = "a"',
    "missing": 'missing = "a"',
}


@dataclass(frozen=True, slots=True)
class _Within:
    """The questions that a rule may read, by code, and where the rule stands."""

    items: Mapping[str, Row]
    page_of: Mapping[str, int]
    page: int
    place: str
    report: Report

    def add(self, name: str, what: str, remedy: str) -> None:
        self.report.add(name, f"{self.place}, key when", what, remedy)


def check_rules(
    items: Sequence[Row],
    sections: Sequence[Row],
    places: Mapping[str, Sequence[str]],
    report: Report,
) -> None:
    """Add the faults of every rule. What is built on a rule that cannot be read is not tried out."""
    by_code = {item["code"]: item for item in items}
    pages = {section["code"]: number for number, section in enumerate(sections)}
    page_of = {item["code"]: pages.get(item.get("section"), -1) for item in items}
    made: dict[tuple[str, int], Rule] = {}
    for table, rows in (("section", sections), ("item", items)):
        for number, row in enumerate(rows):
            if "when" not in row:
                continue
            page = number if table == "section" else page_of[row["code"]]
            within = _Within(by_code, page_of, page, places[table][number], report)
            before = len(report.faults)
            _check(row["when"], within)
            if len(report.faults) == before:
                made[table, number] = parse(row["when"])
                _check_reads(row["code"] if table == "item" else "", made[table, number], within)
                _check_missing(made[table, number], within)
    if not report.faults:
        _check_asked(items, sections, places, made, report)


# How it is written -----------------------------------------------------------------------------------------


def _check(raw: Any, within: _Within) -> None:
    if not isinstance(raw, dict) or len(raw) != 1:
        what = "a rule is one operator and what it is about."
        within.add("not_a_rule", what, f"Write as {EXAMPLES['is']}.")
        return
    ((operator, given),) = raw.items()
    if operator not in EXAMPLES:
        remedy = f"{nearest(operator, EXAMPLES)}It can be: {listed(EXAMPLES)}."
        within.add("unknown_operator", f"{quoted(operator)} is no operator.", remedy)
    elif operator in rules.OF_RULES:
        _check_inside(operator, given, within)
    elif operator in rules.PRESENCE:
        if isinstance(given, str):
            _item(given, within)
        else:
            _wrong(operator, within)
    elif not (isinstance(given, list) and len(given) == 2 and isinstance(given[0], str)):
        _wrong(operator, within)
    elif (item := _item(given[0], within)) is not None:
        _check_compared(operator, item, given[1], within)


def _wrong(operator: str, within: _Within) -> None:
    what = f"{quoted(operator)} is not about what stands there."
    within.add("wrong_operands", what, f"Write as {EXAMPLES[operator]}.")


def _check_inside(operator: str, given: Any, within: _Within) -> None:
    inside = given
    if operator == "not":
        inside = [given]
    elif operator == "at_least":
        if not (isinstance(given, list) and len(given) == 2 and type(given[0]) is int):
            _wrong(operator, within)
            return
        inside = given[1]
    if not isinstance(inside, list) or not inside:
        _wrong(operator, within)
        return
    if operator == "at_least" and not 1 <= given[0] <= len(inside):
        what = f"{given[0]} or more of {len(inside)} rules are asked for."
        within.add("never_enough", what, f"Write a number from 1 to {len(inside)}.")
    for number, one in enumerate(inside):
        if one in inside[:number]:
            within.add("counted_twice", "the same rule stands there twice.", "Remove one of the two.")
        else:
            _check(one, within)


def _item(code: str, within: _Within) -> Row | None:
    if code not in within.items:
        remedy = f"{nearest(code, within.items)}Use the code of an [[item]]."
        within.add("unknown_item", f"there is no question {quoted(code)}.", remedy)
        return None
    return within.items[code]


def _check_compared(operator: str, item: Row, value: Any, within: _Within) -> None:
    kind, code = Type(item["type"]), quoted(item["code"])
    if operator in rules.DATES:
        if kind is not Type.DATE:
            what = f"{quoted(operator)} is about days, and {code} takes {quoted(item['type'])}."
            within.add("not_a_date", what, "Ask a question of type “date”, or use another operator.")
        elif type(value) is not dt.date:
            _wrong(operator, within)
    elif operator in rules.NUMBERS:
        if kind not in {Type.NUMBER, Type.SCALE}:
            what = f"{quoted(operator)} is about numbers, and {code} takes {quoted(item['type'])}."
            within.add("not_a_number", what, "Ask a question of type “number”, or use another operator.")
        elif type(value) is not int:
            _wrong(operator, within)
    elif operator in rules.SETS:
        _check_set(operator, item, value, within)
    elif kind not in OF_STATES | {Type.CHOICE, Type.JUDGEMENT}:
        what = f"{quoted(operator)} is about one answer of a list, and {code} takes {quoted(item['type'])}."
        within.add("no_answers_listed", what, "Use less, more, before, after, any_of or known.")
    elif (operator == "in") != isinstance(value, list) or value == []:
        _wrong(operator, within)
    else:
        _check_answers(item, value if isinstance(value, list) else [value], within)


def _check_set(operator: str, item: Row, value: Any, within: _Within) -> None:
    code = quoted(item["code"])
    if item["type"] != Type.SEVERAL:
        what = f"{quoted(operator)} is about several answers, and {code} takes one."
        within.add("not_several", what, "Use is or in, or give the question type = “several”.")
    elif operator == "count":
        if type(value) is not int:
            _wrong(operator, within)
        elif not 1 <= value <= len(item.get("option", ())):
            what = f"{value} or more of {len(item.get('option', ()))} options are asked for."
            within.add("never_enough", what, "Write a number of options that there are.")
    elif not isinstance(value, list) or not value:
        _wrong(operator, within)
    else:
        _check_answers(item, value, within)


def _check_answers(item: Row, values: Sequence[Any], within: _Within) -> None:
    kind = Type(item["type"])
    options = [option["code"] for option in item.get("option", ())]
    known = [*map(str, DEFINITE.get(kind, ())), *options, str(State.DOES_NOT_APPLY)]
    for value in values:
        if value in (State.NOT_KNOWN, State.NOT_ASKED, State.DECLINED):
            what = f"{quoted(value)} is no answer that something follows from."
            within.add("compares_missing", what, f"Ask for it with missing = {quoted(item['code'])}.")
        elif value not in known:
            what = f"{quoted(value)} is no answer to {quoted(item['code'])}."
            within.add("unknown_answer", what, f"{nearest(str(value), known)}It can be: {listed(known)}.")


# What it reads ---------------------------------------------------------------------------------------------


def _check_reads(code: str, rule: Rule, within: _Within) -> None:
    for read in reads(rule):
        page = within.page_of[read]
        if read == code:
            within.add("reads_itself", "it is asked only after its own answer.", "Remove the rule.")
        elif page == within.page:
            what = f"{quoted(read)} is on the same page, which is asked at once."
            within.add("reads_same_page", what, "Put what follows from it on a later page.")
        elif page > within.page:
            if code in _named(within.items[read].get("when")):
                what = f"{quoted(read)} is asked only after this, and this only after {quoted(read)}."
                within.add("circular", what, "Remove one of the two rules.")
            else:
                what = f"{quoted(read)} is on a later page, and not answered yet."
                within.add("reads_later", what, "Put it on an earlier page, or this on a later one.")


def _named(raw: Any) -> set[str]:
    """Return every text of a rule as written, among them the questions that it reads."""
    if isinstance(raw, dict):
        return set().union(*map(_named, raw.values()))
    if isinstance(raw, list):
        return set().union(*map(_named, raw))
    return {raw} if isinstance(raw, str) else set()


def _check_missing(rule: Rule, within: _Within) -> None:
    for part, negated in parts(rule):
        if part.operator == "missing" and negated:
            within.add(
                "negated_missing",
                f"“not known” to {quoted(part.item)} would take something away.",
                "Not knowing lowers nothing: use known, or ask for missing without not.",
            )


# Whether it can be so --------------------------------------------------------------------------------------


def _check_asked(
    items: Sequence[Row],
    sections: Sequence[Row],
    places: Mapping[str, Sequence[str]],
    made: Mapping[tuple[str, int], Rule],
    report: Report,
) -> None:
    """Refuse a question that no answers lead to: every combination of what its rules read is tried."""
    by_code = {item["code"]: item for item in items}
    of_page = {section["code"]: made.get(("section", n)) for n, section in enumerate(sections)}
    for number, item in enumerate(items):
        rule = both(of_page.get(item.get("section")), made.get(("item", number)))
        if rule is None:
            continue
        ways = [_ways(by_code[code], rule) for code in reads(rule)]
        tried = 1
        for way in ways:
            tried *= len(way)
        if tried > MOST_TRIED or not all(ways):
            continue
        if not any(
            rules.ask(rule, dict(zip(reads(rule), given, strict=True))) is Truth.YES
            for given in itertools.product(*ways)
        ):
            report.add(
                "never_asked",
                f"{places['item'][number]}, key when",
                "no answers lead to this question.",
                "Correct its rule, or that of its page.",
            )


def _ways(item: Row, rule: Rule) -> list[Answer]:
    """Return answers of each sort that a rule can tell apart."""
    kind = Type(item["type"])
    options = [option["code"] for option in item.get("option", ())]
    found = [Answer(State.NOT_KNOWN), Answer(State.DOES_NOT_APPLY)]
    if kind in OF_STATES:
        return [*(Answer(state) for state in DEFINITE[kind]), *found]
    if kind is Type.SEVERAL:
        if len(options) > MOST_OPTIONS:
            return []
        chosen: Iterator[tuple[str, ...]] = itertools.chain.from_iterable(
            itertools.combinations(options, size) for size in range(len(options) + 1)
        )
        return [*(Answer(State.GIVEN, one) for one in chosen), *found]
    if options:
        return [*(Answer(State.GIVEN, one) for one in options), *found]
    values = [v for part, _ in parts(rule) if part.item == item["code"] for v in part.values]
    if kind is Type.DATE:
        days = [v + dt.timedelta(n) for v in values for n in (-1, 0, 1)]
        return [*(Answer(State.GIVEN, day) for day in days or [dt.date(2026, 1, 1)]), *found]
    if kind in {Type.NUMBER, Type.SCALE}:
        low, high = item.get("least"), item.get("most")
        near = [v + n for v in values for n in (-1, 0, 1)] or [low or high or 0]
        fits = [n for n in near if (low is None or n >= low) and (high is None or n <= high)]
        ends = [n for n in (low, high) if n is not None]
        return [*(Answer(State.GIVEN, n) for n in (*fits, *ends)), *found]
    return [Answer(State.GIVEN, "…"), *found]
