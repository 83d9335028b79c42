"""A search that is cut short still ends with a safe choice in which no cell is hidden for nothing."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.disclosure import gate
from lamplighter.disclosure.protect import protect
from lamplighter.disclosure.protect.cutting import Problem, mover_for, pinned
from lamplighter.disclosure.protect.hiding import choose
from lamplighter.disclosure.protect.primary import sensitive
from lamplighter.disclosure.protect.protecting import problem_of
from lamplighter.disclosure.protect.system import build
from tests.unit.disclosure.builders import POLICE
from tools.verify.disclosure import draw

#: Releases for which the search takes five rounds and more when it is left to itself.
SLOW = (10, 14, 103)


def problem(seed: int) -> Problem:
    system = build(draw(seed).release, ())
    return problem_of(system, POLICE, sensitive(system, POLICE))


def safe(asked: Problem, hidden: np.ndarray) -> bool:
    return not pinned(asked, hidden, mover_for(asked, hidden, None), set(), np.random.default_rng(1))


@pytest.mark.parametrize("seed", SLOW)
def test_a_choice_completed_after_two_rounds_is_safe_and_near_the_cheapest(seed: int) -> None:
    asked = problem(seed)
    whole, short = choose(asked), choose(asked, rounds=2)
    assert short.rounds < whole.rounds
    assert safe(asked, short.hidden)
    assert short.bound <= whole.cost + 1e-6
    assert short.cost <= 1.3 * whole.bound


def test_no_cell_of_a_completed_choice_is_hidden_for_nothing() -> None:
    asked = problem(SLOW[0])
    hidden = choose(asked, rounds=2).hidden
    further = np.flatnonzero(hidden & ~asked.must)
    assert len(further) >= 4
    for i in further:
        fewer = hidden.copy()
        fewer[i] = False
        assert not safe(asked, fewer), i


def test_a_release_cut_short_withstands_the_attack() -> None:
    assert gate.check(protect(draw(SLOW[2]).release, POLICE, rounds=1).printed).passed
