"""Pairs as patterns, and pairs that are weighed in two goes."""

from __future__ import annotations

import numpy as np
import pytest

from lamplighter.linkage.blocking.blocking_rules import usable
from lamplighter.linkage.comparisons.comparison_levels import comparisons
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model import agreement_patterns
from lamplighter.linkage.model.agreement_patterns import collapsed, compared
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.training import FEWEST_RECORDS, fit
from lamplighter.linkage.settings import EPOCH
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.linking import _model_of_table
from tests.unit.linkage.tables import persons_table


def drawn(pairs: int, comparisons: int = 17) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(5)
    levels = rng.integers(-1, 3, (pairs, comparisons)).astype(np.int8)
    levels[:, 2:] = levels[:, :1]
    levels[:, -1] = -1
    frequencies = np.where(levels >= 0, rng.integers(-12, 1, (pairs, comparisons)), 0).astype(np.float64)
    frequencies[:, 3:] = 0
    offset, group = rng.integers(-3, 3, pairs).astype(np.float64), rng.integers(-1, 2, pairs)
    return levels, frequencies, offset, group, rng.random((pairs, comparisons)) < 0.5


def test_patterns_are_the_same_however_many_pairs_are_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pairs = drawn(900)
    whole = collapsed(*pairs, times=2.0)
    monkeypatch.setattr(agreement_patterns, "_AT_ONCE", 70)
    parts = collapsed(*pairs, times=2.0)
    for of in ("levels", "frequencies", "times", "offset", "group", "tells"):
        assert np.array_equal(getattr(whole, of), getattr(parts, of)), of
    assert whole.times.sum() == 1_800


@pytest.mark.parametrize("comparisons", [4, 63, 64, 130])
def test_a_pattern_holds_what_its_pairs_hold(comparisons: int) -> None:
    levels, frequencies, offset, group, tells = drawn(40, comparisons)
    found = collapsed(levels, frequencies, offset, group, tells)
    rows = {
        (*lv, *f, o, g, *t): n
        for lv, f, o, g, t, n in zip(
            found.levels.tolist(), found.frequencies.tolist(), found.offset.tolist(), found.group.tolist(),
            found.tells.tolist(), found.times.tolist(), strict=True,
        )
    }  # fmt: skip
    for lv, f, o, g, t in zip(levels, frequencies, offset, group, tells, strict=True):
        rows[(*lv.tolist(), *f.tolist(), o, g, *t.tolist())] -= 1
    assert set(rows.values()) == {0.0}


def test_weights_are_summed_by_what_was_compared() -> None:
    levels, frequencies, offset, group, tells = drawn(300)
    seen = collapsed(levels, frequencies, offset, group, np.repeat(tells[:, :1], 17, axis=1))
    rows = compared(seen, 3)
    assert len(rows) == len(np.unique(np.column_stack([seen.levels, seen.tells]), axis=0)) < len(seen.times)
    held = rows.summed(seen.times[:, None])
    for telling, own in (
        (False, seen.times[:, None] * np.ones(17)),
        (True, seen.times[:, None] * seen.tells),
    ):
        found = rows.counts(held, telling=telling)
        for c in range(17):
            told = np.bincount(seen.levels[:, c] + 1, seen.times * own[:, c], minlength=4)[1:]
            assert found[c, :, 0].tolist() == pytest.approx(told.tolist())


def test_no_pairs_are_no_patterns() -> None:
    assert not len(compared(collapsed(*drawn(0)), 3))


def test_pairs_weighed_in_two_goes_weigh_as_in_one_and_stand_in_order() -> None:
    table = understood(persons_table(120).drop("truth"))
    features = prepare(table.people.sort("record_id"))
    assert len(features) > FEWEST_RECORDS
    fitted = fit(features, comparisons(table.extras), usable(features, table.extras))
    weigher = Weigher(features, _model_of_table(fitted, len(features), table.extras, EPOCH))
    rng = np.random.default_rng(2)
    left, right = np.sort(rng.permuted(np.tile(np.arange(len(features)), (60, 1)), axis=1)[:, :2], axis=1).T
    first = weigher.weigh(left[:40], right[:40])
    both = weigher.more(first, left[20:], right[20:])
    pairs = sorted(set(zip(left.tolist(), right.tolist(), strict=True)))
    assert [tuple(p) for p in both.pairs.tolist()] == pairs
    assert np.array_equal(both.evidence, weigher.weigh(both.left, both.right).evidence)
