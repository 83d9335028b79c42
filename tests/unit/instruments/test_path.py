"""The path: a pure function of definition and answers, and nothing is lowered by what is not known."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamplighter.instruments import loading
from lamplighter.instruments.answers import Answer, State
from lamplighter.instruments.definition import Definition
from lamplighter.instruments.loading import definition, shipped_texts
from lamplighter.instruments.path import walk
from lamplighter.instruments.rules import Truth, ask, both
from lamplighter.rule_files.schema import Report
from tests.unit.instruments.making import answered, documents

Given = tuple[Definition, dict[str, Answer]]
# How fast the machine is today is not what these tests are about.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=200)


@unhurried
@given(documents())
def test_the_random_instruments_are_such_as_a_file_may_hold(document: dict[str, object]) -> None:
    report = Report("x.toml")
    loading.check_document(document, report)
    # A random rule may contradict itself, or say the same twice; nothing else is wrong with it.
    assert {fault.name for fault in report.faults} <= {"never_asked", "counted_twice"}


@unhurried
@given(answered(), st.randoms())
def test_the_path_is_the_same_whatever_the_order_of_the_answers(found: Given, dice: random.Random) -> None:
    made, answers = found
    once = walk(made, answers)
    shuffled = list(answers.items())
    dice.shuffle(shuffled)
    assert walk(made, dict(shuffled)) == once == walk(made, answers)
    # One answer after another, with a look at the path in between, leads to the same.
    kept: dict[str, Answer] = {}
    for code, answer in shuffled:
        kept[code] = answer
        walk(made, kept)
    assert walk(made, kept) == once


@unhurried
@given(answered())
def test_nothing_is_asked_whose_rule_is_not_yes(found: Given) -> None:
    made, answers = found
    path = walk(made, answers)
    counts = {code: answers[code] for code in path.codes if code in answers}
    waiting = {one.item.code for one in path.waiting}
    pages = {section.code: number for number, section in enumerate(made.sections)}
    for item in made.items:
        section = made.sections[pages[item.section]]
        earlier = {c: a for c, a in counts.items() if pages[made.by_code[c].section] < pages[item.section]}
        rule = both(section.when, item.when)
        truth = Truth.YES if rule is None else ask(rule, earlier)
        assert (item.code in path.codes) == (truth is Truth.YES)
        assert (item.code in waiting) == (truth is Truth.NOT_KNOWN)
    assert {item.code for item in path.no_longer} == set(answers) - set(path.codes)


@unhurried
@given(answered(), st.data())
def test_not_known_never_lowers_what_follows(found: Given, data: st.DataObject) -> None:
    made, answers = found
    before = walk(made, answers)
    asked = {code: answers[code] for code in before.codes if code in answers}
    if not asked:
        return
    code = data.draw(st.sampled_from(sorted(asked)))
    left_open = data.draw(st.sampled_from([State.NOT_KNOWN, State.NOT_ASKED, State.DECLINED]))
    after = walk(made, asked | {code: Answer(left_open)})
    there = {*before.codes, *(one.item.code for one in before.waiting)}
    still = {*after.codes, *(one.item.code for one in after.waiting)}
    assert there <= still


@unhurried
@given(answered())
def test_an_answer_that_is_no_longer_asked_counts_for_nothing(found: Given) -> None:
    made, answers = found
    path = walk(made, answers)
    gone = {item.code for item in path.no_longer}
    without = walk(made, {code: answer for code, answer in answers.items() if code not in gone})
    assert without.pages == path.pages


def test_the_open_example_asks_of_partners_where_nobody_can_rule_it_out() -> None:
    made = loading.load(shipped_texts()["four/1.toml"], "four/1.toml")
    assert len(made.items) == 23

    def pages(**states: State) -> list[str]:
        answers = {code: Answer(state) for code, state in states.items()}
        return [page.section.code for page in walk(made, answers).pages if page.items]

    always = ["four", "acts", "current", "violence", "persistence", "judgement"]
    assert pages(prior_intimate=State.NO) == always
    assert pages(prior_intimate=State.YES)[4] == "former_partner"
    for state in (State.NOT_KNOWN, State.NOT_ASKED, State.DECLINED):
        assert pages(prior_intimate=state)[4] == "former_partner"
        assert pages(prior_intimate=state)[6] == "open_questions"
    # Nobody has answered yet: it waits, and is not ruled out.
    assert {one.on for one in walk(made, {}).waiting if one.item.section == "former_partner"} == {
        ("prior_intimate",)
    }


def test_no_shipped_instrument_of_judgement_is_added_up() -> None:
    import tomllib

    for text in shipped_texts().values():
        made = definition(tomllib.loads(text))
        assert made.scale is None or (made.kind == "measure" and made.licence == "open")
