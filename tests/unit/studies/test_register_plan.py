"""A plan that can be held to account passes; each thing that is missing has a name, a line and a remedy."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from lamplighter.studies.register.loading import shipped
from lamplighter.studies.register.plan import CARD_KEYS, Checked, check_plan
from lamplighter.studies.register.template import template

ON = dt.date(2026, 11, 30)
CARD = '[[measure]]\nid = "withdrawn"\n' + "".join(f'{key} = "Told."\n' for key in CARD_KEYS)
TARGET = """[[target]]
id = "withdrawals"
recommendations = ["super-complaint-2024-15"]
aim = "Fewer victims of stalking withdraw because nobody told them what happens next."
measure = "withdrawn"
baseline = 45.0
baseline_low = 43.5
baseline_high = 46.5
baseline_from = 2025-04-01
baseline_to = 2026-03-31
target = 30
target_low = 28
target_high = 32
by = 2029-03-31
owner = "Minister for Safeguarding"
money = 0
money_from = "Costs nothing beyond what the Home Office spends in 2027/28."
"""


def plan(*targets: str, cards: str = CARD) -> str:
    return 'title = "National Tackling Stalking Plan"\n' + "".join(targets) + cards


def checked(text: str, measures: tuple[str, ...] = ()) -> Checked:
    return check_plan(text, "plan.toml", shipped(), ON, measures)


def test_a_plan_that_says_all_of_it_can_be_held_to_account() -> None:
    found = checked(plan(TARGET))
    assert (found.faults, found.in_short) == ((), "Every one of 1 target can be held to account.")
    assert found.answered == {"super-complaint-2024-15"}
    assert "super-complaint-2024-07" in found.left_out
    assert "super-complaint-2024-15" not in found.left_out
    assert "super-complaint-2024-01" not in found.left_out  # of which nothing is held


@pytest.mark.parametrize(
    ("was", "now", "names"),
    [
        ('aim = "Fewer', 'aim = ""  # "Fewer', ["no_aim"]),
        ('measure = "withdrawn"\n', "", ["no_measure"]),
        ('measure = "withdrawn"\n', 'measure = "withdrew"\n', ["no_card"]),
        ("baseline = 45.0", 'baseline = ""', ["no_baseline"]),
        ("baseline = 45.0", 'baseline = "about half"', ["baseline_is_words"]),
        ("baseline_low = 43.5\n", "", ["no_baseline_interval"]),
        ("baseline_to = 2026-03-31\n", "", ["no_baseline_period"]),
        ("baseline_to = 2026-03-31", "baseline_to = 2024-03-31", ["no_baseline_period"]),
        ("target = 30", 'target = "substantially fewer"', ["target_is_words"]),
        ("target = 30", 'target = "30%"', ["target_is_words"]),
        ("target = 30\n", "", ["no_target"]),
        ("target = 30", "target = 20", ["target_outside"]),
        ("target_high = 32\n", "", ["no_target_interval"]),
        ("target_high = 32", "target_high = 44", ["not_told_apart"]),
        ("by = 2029-03-31\n", "", ["no_date"]),
        ("by = 2029-03-31", 'by = "within a decade"', ["no_date"]),
        ("by = 2029-03-31", "by = 2026-11-30", ["date_passed"]),
        ("Minister for Safeguarding", "", ["no_owner"]),
        ("Minister for Safeguarding", "Police forces and partner agencies", ["owner_is_many"]),
        ("money = 0\n", "", ["no_money"]),
        ("money = 0", 'money = "to be found"', ["no_money"]),
        ("money_from = ", "money_of = ", ["unknown_key", "no_money_from"]),
        ("super-complaint-2024-15", "super-complaint-2024-51", ["unknown_recommendation"]),
    ],
)
def test_each_thing_that_is_missing_is_refused_by_its_name(was: str, now: str, names: list[str]) -> None:
    assert was in TARGET
    found = checked(plan(TARGET.replace(was, now, 1)))
    assert [f.name for f in found.faults] == names
    assert not found.accountable
    assert found.in_short == "1 of 1 target cannot be held to account."
    for fault in found.faults:
        assert fault.place.startswith("[[target]] 1 “withdrawals” (line 2)")
        assert fault.remedy


def test_three_targets_that_cannot_be_measured_are_refused_line_by_line() -> None:
    text = plan(
        TARGET,
        '[[target]]\nid = "trust"\naim = "Victims trust the police."\nmeasure = "trust"\n'
        'baseline = ""\ntarget = "significantly higher"\nby = 2030-01-01\nowner = "All forces"\n'
        'money = 0\nmoney_from = "None."\n',
        TARGET.replace('"withdrawals"', '"sooner"').replace("target_high = 32", "target_high = 50"),
        '[[target]]\nid = "halve"\naim = "Halve it in a decade."\n',
    )
    found = checked(text)
    assert found.refused == {"trust": 4, "sooner": 1, "halve": 7}
    assert found.in_short == "3 of 4 targets cannot be held to account."
    lines = text.split("\n")
    for fault in found.faults:
        told = re.search(r"key ([a-z_]+) \(line (\d+)\)", fault.place)
        if told:
            assert lines[int(told[2]) - 1].startswith(f"{told[1]} = ")
    assert "“significantly higher”: nobody could say whether that was reached" in str(found.faults)


def test_a_card_that_exists_elsewhere_is_enough_and_one_of_its_own_is_whole() -> None:
    assert checked(plan(TARGET, cards=""), ("withdrawn",)).accountable
    bare = '[[measure]]\nid = "withdrawn"\ntitle = "Withdrawn"\n'
    assert [f.name for f in checked(plan(TARGET, cards=bare)).faults] == ["card_incomplete"]
    assert [f.name for f in checked(plan(TARGET, cards=CARD + "[[measure]]\n")).faults] == ["no_id"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "no_title"),
        ('title = "A"\n', "no_target"),
        ('title = "A"\naims = 3\n' + TARGET + CARD, "unknown_key"),
        ('title = "A"\ntarget = 3\n', "wrong_type"),
        ('title = "A"\ntarget = [3', "syntax"),
        (plan(TARGET, TARGET), "repeated"),
        (plan(TARGET) + '[[left_out]]\nrecommendation = "super-complaint-2024-07"\n', "left_out_without_why"),
    ],
)
def test_a_plan_that_is_none_is_said_to_be_none(text: str, name: str) -> None:
    found = checked(text)
    assert name in [f.name for f in found.faults]
    assert not found.accountable


def test_what_the_plan_leaves_out_with_a_reason_is_not_asked_for_again() -> None:
    left = '[[left_out]]\nrecommendation = "super-complaint-2024-07"\nwhy = "It is for forces."\n'
    found = checked(plan(TARGET) + left)
    assert found.accountable
    assert "super-complaint-2024-07" not in found.left_out


def test_the_template_is_filled_from_the_register_and_passes_only_when_it_is_filled_in() -> None:
    text = template(shipped(), ON)
    found = checked(text)
    known = [r.id for r in shipped().held(ON) if r.says_something]
    assert (found.targets, len(found.refused), found.left_out) == (len(known), len(known), ())
    assert {f.name for f in found.faults} == {
        "no_aim",
        "no_measure",
        "no_baseline",
        "no_target",
        "no_date",
        "no_owner",
        "no_money",
        "no_money_from",
    }
    assert "# No public evidence held: 40 of 43" in text
    filled = text.split("[[target]]")[0] + TARGET + CARD
    assert checked(filled).accountable
