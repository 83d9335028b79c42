"""Two sets of times are told apart when they differ, and not when they do not."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks import hub_load


def times(seed: int, more: float = 0.0) -> list[tuple[list[float], list[float]]]:
    """Twelve addresses, each with a time of its own, asked for 40 times there and 40 times aside."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(12):
        own = chance.uniform(0.02, 0.2)
        there, aside = own + chance.exponential(0.002, (2, 40))
        found.append(((there + more).tolist(), aside.tolist()))
    return found


def test_a_page_that_takes_longer_is_seen() -> None:
    found = hub_load.compare("clinician", "case", times(1, more=0.001))
    assert found.seen
    assert found.tells > 0.5 + found.margin
    assert found.low < 0.001 < found.high
    assert found.requests == 12 * 80


def test_pages_that_differ_only_from_each_other_are_not() -> None:
    found = hub_load.compare("clinician", "case", times(2))
    assert not found.seen
    assert found.low < 0 < found.high


def test_a_page_that_is_quicker_with_its_rows_is_seen_too() -> None:
    assert hub_load.compare("clinician", "case", times(3, more=-0.001)).tells < 0.4


def test_by_hand() -> None:
    # Of 2 × 3 pairs: 2 > 1 counts, 2 = 2 counts half, 3 is longer than two and equal to one.
    assert hub_load.longer(np.array([2.0, 3.0]), np.array([1.0, 2.0, 3.0])) == pytest.approx(4 / 6)
    assert hub_load.longer(np.array([1.0, 1.0]), np.array([1.0])) == 0.5


def test_what_was_never_asked_for_is_not_compared() -> None:
    with pytest.raises(ValueError, match="case"):
        hub_load.compare("clinician", "case", [([0.1], [])])


def test_groups_take_turns_fairly() -> None:
    """Half of the turns each, early as often as late, and no group goes with another."""
    turns = np.array(hub_load.TURNS) * 2 - 1
    assert (turns.sum(axis=1) == 0).all()
    assert (turns @ np.arange(turns.shape[1]) == 0).all()
    together = turns @ turns.T
    assert together[0, 1] == -turns.shape[1]  # the halves of the cases change places
    for one, other in ((0, 2), (0, 3), (1, 2), (1, 3), (2, 3)):
        assert together[one, other] == 0


def test_every_address_is_asked_as_often_with_its_rows_as_without() -> None:
    subjects = [hub_load.Subject(f"page {group}", "/", {}, group) for group in range(len(hub_load.TURNS))]
    there: list[int] = []

    def change(groups: Sequence[int]) -> None:
        there[:] = groups

    def ask(subject: hub_load.Subject) -> tuple[float, int]:
        return (2.0 if subject.group in there else 1.0), 10

    hub_load._ask_all(subjects, ask, 1, 3, change)
    for subject in subjects:
        assert subject.there == [2.0] * 12
        assert subject.aside == [1.0] * 12
        assert subject.sizes == {10}
