"""Draws are as likely as what is believed, keep decisions, and never join what cannot be one person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.national.release import partitions
from lamplighter.national.release.partitions import Beliefs, drawn

NONE = np.empty((0, 2), dtype=np.int64)
MANY = 4_000


def beliefs(
    n: int, pairs: dict[tuple[int, int], float], base: list[int], *,
    must: list[tuple[int, int]] | None = None, cannot: list[tuple[int, int]] | None = None,
) -> Beliefs:  # fmt: skip
    left, right = (np.array([p[i] for p in pairs], dtype=np.int64) for i in (0, 1))
    bits = bits_of(np.array(list(pairs.values())))
    return Beliefs(
        n, left, right, bits, np.array(must or NONE, dtype=np.int64).reshape(-1, 2),
        np.array(cannot or NONE, dtype=np.int64).reshape(-1, 2), np.array(base, dtype=np.int64),
    )  # fmt: skip


def persons(told: Beliefs, draws: int = MANY) -> np.ndarray:
    """The person of each thing in each draw: (draws, n)."""
    found = np.tile(told.base, (draws, 1))
    for draw, rows, person in drawn(told, draws):
        found[draw - 1, rows] = person
    return found


@pytest.mark.parametrize(("p", "base"), [(0.9, [0, 0]), (0.9, [0, 1]), (0.3, [0, 1]), (0.3, [0, 0])])
def test_a_pair_is_one_person_as_often_as_is_believed(p: float, base: list[int]) -> None:
    found = persons(beliefs(2, {(0, 1): p}, base))
    assert (found[:, 0] == found[:, 1]).mean() == pytest.approx(p, abs=0.025)


def test_three_who_hang_together_are_drawn_by_their_joins() -> None:
    found = persons(beliefs(3, {(0, 1): 0.95, (1, 2): 0.6, (0, 2): 0.6}, [0, 0, 0]))
    assert (found[:, 0] == found[:, 1]).mean() == pytest.approx(0.95, abs=0.02)
    assert (found[:, 0] == found[:, 2]).mean() == pytest.approx(0.6, abs=0.04)
    # Somebody who is with both is with neither alone: a draw is a partition.
    assert not (
        (found[:, 0] == found[:, 1]) & (found[:, 1] == found[:, 2]) & (found[:, 0] != found[:, 2])
    ).any()


def test_what_is_sure_or_unlikely_is_not_drawn() -> None:
    told = beliefs(4, {(0, 1): 0.9995, (2, 3): 0.002}, [0, 0, 1, 2])
    assert all(len(rows) == 0 for _, rows, _ in drawn(told, 50))


def test_decisions_and_what_cannot_be_are_kept_in_every_draw() -> None:
    pairs = {(0, 1): 0.4, (1, 2): 0.9, (0, 2): 0.9, (2, 3): 0.5}
    told = beliefs(4, pairs, [0, 0, 0, 1], must=[(0, 1)], cannot=[(0, 3), (1, 3)])
    found = persons(told, 500)
    assert (found[:, 0] == found[:, 1]).all()
    assert (found[:, 0] != found[:, 3]).all()
    assert (found[:, 1] != found[:, 3]).all()
    # What is not decided still varies.
    assert 0 < (found[:, 2] == found[:, 3]).mean() < 1


def test_a_new_person_has_a_number_that_nobody_has() -> None:
    told = beliefs(4, {(0, 1): 0.5, (1, 2): 0.5, (0, 2): 0.5, (2, 3): 0.5}, [7, 7, 7, 7])
    for _, rows, person in drawn(told, 200):
        fresh = person[person != 7]
        assert (fresh >= told.n).all()
        assert len(rows) == len(fresh)


def test_the_same_seed_draws_the_same_and_draws_differ() -> None:
    told = beliefs(6, {(0, 1): 0.5, (2, 3): 0.5, (4, 5): 0.5}, [0, 0, 1, 1, 2, 2])
    one, two = (persons(told, 20) for _ in range(2))
    assert (one == two).all()
    assert len(np.unique(one, axis=0)) > 1


def test_a_person_without_pairs_of_their_own_stays_whole() -> None:
    """Two things of one person that no pair ties, as where somebody decided it in another way."""
    told = beliefs(3, {(0, 2): 0.5}, [0, 0, 1])
    found = persons(told, 100)
    assert (found[:, 0] == found[:, 1]).all()


def test_a_large_component_is_cut_where_it_is_weakest() -> None:
    n = 700
    pairs = {(i, i + 1): 0.95 if i != n // 2 else 0.05 for i in range(n - 1)}
    found = persons(beliefs(n, pairs, [0] * (n // 2 + 1) + [1] * (n // 2 - 1)), 5)
    assert found.shape == (5, n)


def test_few_and_many_nodes_are_drawn_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pieces are drawn on numbers, large ones on arrays: the same draws of the same seed."""
    rng = np.random.default_rng(3)
    chances = {
        (a, b): round(float(rng.uniform(0.02, 0.98)), 3)
        for start in range(0, 300, 10)
        for a in range(start, start + rng.integers(3, 9))
        for b in range(start, a)
        if rng.random() < 0.7
    }
    told = beliefs(300, {(b, a): p for (a, b), p in chances.items()}, [i // 10 for i in range(300)])
    apart = np.array([(start, start + 2) for start in range(0, 300, 30)])
    told = replace(told, cannot=apart)
    few = persons(told, 10)
    monkeypatch.setattr(partitions, "FEW", 2)
    assert (persons(told, 10) == few).all()
    assert len(np.unique(few, axis=0)) == 10
