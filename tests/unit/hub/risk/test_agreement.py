"""Agreement of two raters, against printed examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.hub.risk.levels import KNOWN
from lamplighter.hub.risk.second_opinion import agreement, second_rater


def pairs(table: list[list[int]]) -> list[tuple[str, str]]:
    return [
        (KNOWN[first], KNOWN[second])
        for first, row in enumerate(table)
        for second, count in enumerate(row)
        for _ in range(count)
    ]


def test_weighted_kappa_of_a_table_worked_by_hand() -> None:
    """Quadratic weights of three levels: 1, 0.75, 0. Of 100 pairs 69 are the same, 26 one step and 5 two
    steps apart. Both raters used the levels 40, 35 and 25 times.
    """
    found = agreement.kappa(pairs([[30, 8, 2], [7, 22, 6], [3, 5, 17]]))
    observed = (69 + 26 * 0.75) / 100
    rows, columns = (0.40, 0.35, 0.25), (0.40, 0.35, 0.25)
    weight = {0: 1.0, 1: 0.75, 2: 0.0}
    expected = sum(rows[i] * columns[j] * weight[abs(i - j)] for i in range(3) for j in range(3))
    assert found.value == pytest.approx((observed - expected) / (1 - expected), abs=1e-12)
    assert found.lower < found.value < found.upper


def test_the_icc_is_the_one_way_form_of_one_rating() -> None:
    """Four pairs worked by hand: 1 1, 2 3, 3 3, 1 2. Between cases 5.5 / 3, within cases 1 / 4."""
    known = [("low", "low"), ("moderate", "high"), ("high", "high"), ("low", "moderate")]
    means, grand = (1.0, 2.5, 3.0, 1.5), 2.0
    between = 2 * sum((m - grand) ** 2 for m in means) / 3
    within = (0 + 0.5 + 0 + 0.5) / 4
    assert agreement.icc(known).value == pytest.approx((between - within) / (between + within), abs=1e-12)


def test_what_cannot_be_worked_out_is_said_and_is_not_nought() -> None:
    assert agreement.kappa([]).why_not == agreement.icc([("low", "low")]).why_not == "Too few pairs"
    same = [("low", "low")] * 5
    assert agreement.kappa(same).why_not == agreement.icc(same).why_not == "Both used one level only"
    assert agreement.kappa(same).value is None


LEVEL = st.sampled_from([*KNOWN, "not_known", "not_assessed"])


def test_the_lot_draws_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_rater.secrets, "randbelow", lambda most: most - 1)
    assert [second_rater.is_drawn(percent) for percent in (0, 10, 99, 100)] == [False, False, False, True]
    monkeypatch.setattr(second_rater.secrets, "randbelow", lambda most: 0)
    assert [second_rater.is_drawn(percent) for percent in (0, 1)] == [False, True]


@given(st.lists(st.tuples(LEVEL, LEVEL), max_size=40))
def test_every_pair_is_counted_or_left_out_and_said(both) -> None:
    found = agreement._of("Violence", both)
    assert found.n + found.left_out == len(both)
    assert found.same + found.higher + found.lower == found.n
    for figure in (found.kappa, found.icc):
        assert (figure.value is None) == bool(figure.why_not)
