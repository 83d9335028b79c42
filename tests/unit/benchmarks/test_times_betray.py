"""Two sets of times are told apart when they differ, and not when they do not."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.integration.wall import times_betray


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
    found = times_betray.compare("clinician", "case", times(1, more=0.001))
    assert found.seen
    assert found.tells > 0.5 + found.margin
    assert found.low < 0.001 < found.high
    assert found.requests == 12 * 80


def test_pages_that_differ_only_from_each_other_are_not() -> None:
    found = times_betray.compare("clinician", "case", times(2))
    assert not found.seen
    assert found.low < 0 < found.high


def test_a_page_that_is_quicker_with_its_rows_is_seen_too() -> None:
    assert times_betray.compare("clinician", "case", times(3, more=-0.001)).tells < 0.4


def test_by_hand() -> None:
    # Of 2 × 3 pairs: 2 > 1 counts, 2 = 2 counts half, 3 is longer than two and equal to one.
    assert times_betray.longer(np.array([2.0, 3.0]), np.array([1.0, 2.0, 3.0])) == pytest.approx(4 / 6)
    assert times_betray.longer(np.array([1.0, 1.0]), np.array([1.0])) == 0.5


def test_what_was_never_asked_for_is_not_compared() -> None:
    with pytest.raises(ValueError, match="case"):
        times_betray.compare("clinician", "case", [([0.1], [])])


def test_groups_take_turns_fairly() -> None:
    """Half of the turns each, early as often as late, and no group goes with another."""
    turns = np.array(times_betray.TURNS) * 2 - 1
    assert (turns.sum(axis=1) == 0).all()
    assert (turns @ np.arange(turns.shape[1]) == 0).all()
    together = turns @ turns.T
    assert together[0, 1] == -turns.shape[1]  # the halves of the cases change places
    for one, other in ((0, 2), (0, 3), (1, 2), (1, 3), (2, 3)):
        assert together[one, other] == 0


def test_every_address_is_asked_as_often_with_its_rows_as_without() -> None:
    subjects = [
        times_betray.Subject(f"page {group}", "/", {}, group) for group in range(len(times_betray.TURNS))
    ]
    there: list[int] = []

    def change(groups: Sequence[int]) -> None:
        there[:] = groups

    def ask(subject: times_betray.Subject) -> tuple[float, int]:
        return (2.0 if subject.group in there else 1.0), 10

    times_betray._ask_all(subjects, ask, 1, 3, change)
    for subject in subjects:
        assert subject.there == [2.0] * 12
        assert subject.aside == [1.0] * 12
        assert subject.sizes == {10}
