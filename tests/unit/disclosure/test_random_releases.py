"""500 random releases of several tables and dates: none can be broken, none hides much more than it must.

Half had lines left out by hand, a third are corrected afterwards, all leave with a page, a chart, its
picture, a style sheet and a spreadsheet; each is attacked twice, by programs that share no code with the
protector. What is refused is what an earlier release has printed, or what follows only for somebody who takes
what was left out by hand for empty, and says so.

The long run: ``python -m tools.verify.disclosure --releases 10000``.
"""

from __future__ import annotations

import pytest

from tools.verify.disclosure import LEAST_WIDTH, MOST_OF_OPTIMUM, MOST_RATIO, draw, left_out, one

RELEASES = 500
A_TEST = 25


@pytest.mark.parametrize("first", range(0, RELEASES, A_TEST))
def test_no_hidden_cell_can_be_worked_out(first: int) -> None:
    lines = [one(seed, 3, RELEASES, small=True) for seed in range(first, first + A_TEST)]
    assert [line.words for line in lines if line.blocked or line.plain] == []
    assert {reason for line in lines for reason in line.reasons} <= {
        "printed before",
        "if nobody is unlisted",
    }
    assert sum(line.refused for line in lines) <= A_TEST / 10
    assert sum(line.planted for line in lines) > A_TEST / 2
    assert min(line.narrowest for line in lines if line.narrowest is not None) >= LEAST_WIDTH
    assert max(line.ratio for line in lines) <= MOST_RATIO
    assert sum(line.primary for line in lines) > A_TEST
    assert sum(line.secondary for line in lines) > 0


@pytest.mark.parametrize("first", range(0, 32, 8))
def test_as_little_is_hidden_as_a_programme_of_another_kind_finds(first: int) -> None:
    """Small releases: every movement written out in one integer programme, and its optimum proved."""
    lines = [one(seed, 2, 1, small=True) for seed in range(first, first + 8)]
    proved = [line.second_ratio for line in lines if line.second_ratio is not None and line.proved]
    assert len(proved) >= 2
    assert max(proved) <= MOST_OF_OPTIMUM


def test_lines_are_left_out_of_many_of_them() -> None:
    drawn = [draw(seed, largest=3, small=True).release for seed in range(100)]
    assert sum(left_out(seed, own) != own for seed, own in enumerate(drawn)) >= 20


@pytest.mark.parametrize("seed", [5020, 9644])
def test_what_is_printed_of_the_same_people_before_is_no_secret_when_a_correction_hides_it(seed: int) -> None:
    """The correction is of women: the figure of men is the same people as in the edition before."""
    assert one(seed).words == ""


@pytest.mark.parametrize("seed", [4161, 8405])
def test_a_correction_that_tells_what_was_hidden_whatever_is_hidden_now_is_refused(seed: int) -> None:
    line = one(seed)
    assert (line.refused, line.blocked, line.reasons) == (1, 0, {"whatever is hidden": 1})


def test_a_solver_that_loses_its_way_from_the_last_answer_begins_anew() -> None:
    """In this release the simplex ends without an answer although there is one."""
    line = one(626, 6, RELEASES)
    assert line.broken == line.blocked == 0
    assert line.ratio <= MOST_RATIO
