"""Scores: whatever the instrument, the same rule."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamplighter.instruments.scoring import Band, Counted, Scale, Score, band_of, counts_as, score

Answers = dict[str, int | None]
# How fast the machine is today is not what these tests are about.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def filled_in(draw: st.DrawFn) -> tuple[Scale, Answers]:
    """A random instrument and random answers to it, some left out."""
    low = draw(st.integers(-3, 3))
    high = low + draw(st.integers(1, 7))
    count = draw(st.integers(1, 12))
    items = [Counted(f"q{n}", draw(st.booleans())) for n in range(count)]
    scale = Scale(items, low, high, draw(st.integers(0, count)), draw(st.sampled_from(["mean", "none"])))
    answer = st.none() | st.integers(low, high)
    return scale, {item.code: draw(answer) for item in items}


@unhurried
@given(filled_in())
def test_a_total_lies_on_the_scale_and_is_there_unless_too_much_was_left_out(
    given_: tuple[Scale, Answers],
) -> None:
    scale, answers = given_
    found = score(scale, answers)
    assert found.answered + found.missing == len(scale.items)
    assert found.missing == sum(a is None for a in answers.values())
    assert (found.total is None) == (found.missing > scale.most_missing or found.answered == 0)
    if found.total is not None:
        assert scale.lowest - 0.01 <= found.total <= scale.highest + 0.01


@unhurried
@given(filled_in())
def test_turning_every_item_and_every_answer_round_changes_nothing(given_: tuple[Scale, Answers]) -> None:
    scale, answers = given_
    turned = Scale(
        [Counted(i.code, not i.reverse) for i in scale.items],
        scale.minimum,
        scale.maximum,
        scale.most_missing,
        scale.missing,
    )
    around: Answers = {
        c: None if a is None else scale.minimum + scale.maximum - a for c, a in answers.items()
    }
    assert score(turned, around) == score(scale, answers)


@unhurried
@given(filled_in(), st.data())
def test_one_answer_higher_moves_the_total_the_way_of_its_item(
    given_: tuple[Scale, Answers], data: st.DataObject
) -> None:
    scale, answers = given_
    movable = [i for i in scale.items if (a := answers[i.code]) is not None and a < scale.maximum]
    before = score(scale, answers)
    if not movable or before.total is None:
        return
    item = data.draw(st.sampled_from(movable))
    answer = answers[item.code]
    assert answer is not None
    after = score(scale, answers | {item.code: answer + 1})
    assert after.total is not None
    assert after.total < before.total if item.reverse else after.total > before.total


@unhurried
@given(filled_in())
def test_the_order_of_the_items_does_not_matter(given_: tuple[Scale, Answers]) -> None:
    scale, answers = given_
    backwards = Scale(
        list(reversed(scale.items)), scale.minimum, scale.maximum, scale.most_missing, scale.missing
    )
    assert score(backwards, answers) == score(scale, answers)


def test_by_hand() -> None:
    scale = Scale([Counted("a"), Counted("b", reverse=True), Counted("c")], 0, 4, 1, "mean")
    assert score(scale, {"a": 1, "b": 1, "c": 2}) == Score(6, 3, 0)
    # b counts 4 - 1 = 3; the mean of 1 and 3 stands for c.
    assert score(scale, {"a": 1, "b": 1}) == Score(6, 2, 1)
    assert score(Scale(scale.items, 0, 4, 1, "none"), {"a": 1, "b": 1}) == Score(4, 2, 1)
    assert score(scale, {"a": 1}) == Score(None, 1, 2)


def test_answers_and_items_that_are_not_there_are_refused() -> None:
    scale = Scale([Counted("a")], 0, 4)
    with pytest.raises(ValueError, match="0 to 4"):
        counts_as(scale.items[0], 5, scale)
    with pytest.raises(ValueError, match="no item z"):
        score(scale, {"z": 1})


BANDS = (Band("mild", "Mild", 5, "The manual"), Band("severe", "Severe", 10, "The manual"))


@pytest.mark.parametrize(
    ("total", "band"),
    [(None, None), (4.99, None), (5, "mild"), (9.99, "mild"), (10, "severe"), (40, "severe")],
)
def test_a_band_begins_at_its_points_and_without_a_score_there_is_none(
    total: float | None, band: str | None
) -> None:
    found = band_of(BANDS, total)
    assert (found.code if found else None) == band
    assert band_of(tuple(reversed(BANDS)), total) == found
