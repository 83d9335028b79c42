"""Which level stands: never lower for what nobody knows, the same in any order, lowered by two agencies."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from lamplighter.hub.risk import levels
from lamplighter.hub.risk.levels import ATTENTION, JUDGEMENTS, KNOWN, Level

START = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Row:
    pk: int
    violence: str = "not_assessed"
    persistence: str = "not_assessed"
    recurrence: str = "not_assessed"
    harm: str = "not_assessed"
    at: dt.datetime = field(default=START)


LEVEL = st.sampled_from([*Level.values])
SAID = st.fixed_dictionaries(dict.fromkeys(JUDGEMENTS, LEVEL))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Row], dict[int, str]]:
    said = draw(st.lists(SAID, min_size=1, max_size=6))
    days = draw(st.lists(st.integers(0, 3), min_size=len(said), max_size=len(said)))
    moments = list(itertools.accumulate(days))
    rows = [
        Row(number, **one, at=START + dt.timedelta(days=day))
        for number, (one, day) in enumerate(zip(said, moments, strict=True))
    ]
    answers = draw(st.dictionaries(st.sampled_from(range(len(rows))), st.sampled_from(["agreed", "refused"])))
    return rows, answers


@given(histories(), st.randoms())
def test_any_order_of_rows_gives_the_same_level(history, chance) -> None:
    rows, answers = history
    shuffled = rows[:]
    chance.shuffle(shuffled)
    assert levels.standing(shuffled, answers) == levels.standing(rows, answers)


@given(histories(), SAID)
def test_what_is_not_known_or_not_assessed_never_lowers_a_level(history, said) -> None:
    rows, answers = history
    nothing = {n: v if v in ("not_known", "not_assessed") else "not_known" for n, v in said.items()}
    later = Row(len(rows), **nothing, at=rows[-1].at + dt.timedelta(days=1))
    before = levels.standing(rows, answers)
    for answer in ({}, {later.pk: "agreed"}, {later.pk: "refused"}):
        after = levels.standing([*rows, later], answers | answer)
        for name in JUDGEMENTS:
            assert levels.attention(after[name].level) >= levels.attention(before[name].level)
        assert levels.attention(levels.of_case(after)) >= levels.attention(levels.of_case(before))


@given(st.lists(st.sampled_from(KNOWN), min_size=1, max_size=5), st.randoms())
def test_without_a_second_agency_the_highest_that_was_ever_said_stands_in_any_order(said, chance) -> None:
    chance.shuffle(said)
    rows = [Row(n, violence=level, at=START + dt.timedelta(days=n)) for n, level in enumerate(said)]
    assert levels.standing(rows, {})["violence"].level == max(said, key=ATTENTION.index)


@given(histories())
def test_a_lower_level_stands_only_where_it_was_agreed(history) -> None:
    rows, answers = history
    refused = {pk: said for pk, said in answers.items() if said == "refused"}
    for end in range(1, len(rows)):
        before, after = levels.standing(rows[:end], refused), levels.standing(rows[: end + 1], refused)
        assert not any(levels.is_lower(after[n].level, before[n].level) for n in JUDGEMENTS)


def test_a_lower_level_waits_then_stands_or_does_not() -> None:
    rows = [Row(1, violence="high"), Row(2, violence="low", persistence="high", at=START + dt.timedelta(1))]
    waiting = levels.standing(rows, {})
    assert (waiting["violence"].level, waiting["violence"].waits) == (Level.HIGH, rows[1])
    # What the same assessment judges to be higher stands at once.
    assert waiting["persistence"].level == Level.HIGH
    assert levels.standing(rows, {2: "agreed"})["violence"] == levels.Standing(Level.LOW, rows[1])
    refused = levels.standing(rows, {2: "refused"})["violence"]
    assert (refused.level, refused.waits) == (Level.HIGH, None)
    # Overtaken by a third, which does not say, it waits no more.
    third = Row(3, violence="not_assessed", at=START + dt.timedelta(2))
    assert levels.standing([*rows, third], {})["violence"].waits is None


def test_low_is_low_only_where_all_four_are_known() -> None:
    low = dict.fromkeys(JUDGEMENTS, "low")
    assert levels.of_case(levels.standing([Row(1, **low)], {})) == Level.LOW
    assert levels.of_case(levels.standing([Row(1, **low | {"harm": "not_known"})], {})) == Level.NOT_KNOWN
    assert (
        levels.of_case(levels.standing([Row(1, **low | {"harm": "not_assessed"})], {})) == Level.NOT_ASSESSED
    )
    assert levels.of_case(levels.standing([], {})) == Level.NOT_ASSESSED
    # One high is not made up for by three low.
    one_high = levels.standing([Row(1, **low | {"violence": "high"})], {})
    assert (levels.of_case(one_high), levels.gravest(one_high)) == (Level.HIGH, ["violence"])
