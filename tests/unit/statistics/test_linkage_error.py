"""Partitions combined, the published one held against what is believed, and links that nobody looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from lamplighter.statistics import combine, meet, refine, signed_bias, splits_and_merges, unseen_links
from lamplighter.statistics.arrays.errors import NotAnArray, NotEnoughData, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.flags import has

#: SAS/STAT User's Guide, the MIANALYZE procedure, first example: five imputed means of 31 people.
OXYGEN = [47.0120, 47.2407, 47.4995, 47.1485, 47.0042]
OXYGEN_ERRORS = [0.95984, 0.93540, 1.00766, 0.95439, 0.96528]


def test_rubins_rules_on_a_printed_example() -> None:
    found = combine(OXYGEN, np.square(OXYGEN_ERRORS), complete_df=30)
    assert found.estimate == pytest.approx(47.180993, abs=2e-5)
    assert found.between == pytest.approx(0.041478, abs=1e-5)
    assert found.within == pytest.approx(0.930853, abs=2e-6)
    assert found.total == pytest.approx(0.980626, abs=1e-5)
    assert found.df == pytest.approx(26.298, abs=1e-3)
    assert (found.lower, found.upper) == pytest.approx((45.1466, 49.2154), abs=2e-4)


def test_partitions_that_agree_add_nothing() -> None:
    found = combine([0.3] * 20, [0.0004] * 20)
    assert found.due_to_linkage == pytest.approx(0, abs=1e-12)
    assert found.df > 1e12
    assert (found.lower, found.upper) == pytest.approx(
        (0.3 - 1.959964 * 0.02, 0.3 + 1.959964 * 0.02), abs=1e-6
    )
    few = combine([0.3] * 20, [0.0004] * 20, complete_df=9)
    # With nothing between, Barnard and Rubin's are those of one analysis, times 10 / 12.
    assert few.df == pytest.approx(9 * 10 / 12)


def test_three_partitions_worked_by_hand() -> None:
    found = combine([0.2, 0.3, 0.4], [0.01, 0.01, 0.01])
    assert found.between == pytest.approx(0.01)
    assert found.total == pytest.approx(0.01 + 4 / 3 * 0.01)
    assert found.due_to_linkage == pytest.approx(4 / 7)
    assert found.df == pytest.approx(2 * (7 / 4) ** 2)
    half = stats.t.ppf(0.975, found.df) * found.total**0.5
    assert found.upper - found.estimate == pytest.approx(half)
    assert has(found.flags, "mostly_linkage")


def test_log_odds_keep_limits_between_nought_and_one() -> None:
    q, u = np.array([0.02, 0.05, 0.03, 0.04]), np.full(4, 0.0004)
    plain, odds = combine(q, u), combine(q, u, scale="logit")
    assert plain.lower < 0 < odds.lower
    assert odds.estimate == pytest.approx(special.expit(special.logit(q).mean()))
    # The same answer by hand on the other scale.
    by_hand = combine(special.logit(q), u / (q * (1 - q)) ** 2)
    assert odds.upper == pytest.approx(special.expit(by_hand.upper))
    assert odds.due_to_linkage == pytest.approx(by_hand.due_to_linkage)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (([0.3], [0.1]), NotEnoughData),
        (([0.3, 0.2], [0.1]), NotAnArray),
        (([0.3, 0.2], [0.1, -0.1]), ValueRefused),
        (([0.3, np.nan], [0.1, 0.1]), ValueRefused),
    ],
)
def test_what_cannot_be_combined_is_refused(arguments: Any, kind: type) -> None:
    with pytest.raises(kind):
        combine(*arguments)
    with pytest.raises(ValueRefused, match="between 0 and 1"):
        combine([0.0, 0.2], [0.1, 0.1], scale="logit")
    with pytest.raises(OptionRefused):
        combine([0.1, 0.2], [0.1, 0.1], complete_df=0)


def test_intervals_hold_the_truth_as_often_as_they_say_and_plain_ones_do_not() -> None:
    """A mean of which a share of the values is drawn from what is believed of them."""
    rng = np.random.default_rng(8)
    held = plain = 0
    for _ in range(400):
        n, unknown = 60, 25
        values = rng.standard_normal(n)
        seen = values[unknown:]
        means, variances = [], []
        for _ in range(20):
            spread = seen.std(ddof=1) * np.sqrt((seen.size - 1) / rng.chisquare(seen.size - 1))
            middle = seen.mean() + spread * rng.standard_normal() / np.sqrt(seen.size)
            drawn = np.concatenate([middle + spread * rng.standard_normal(unknown), seen])
            means.append(drawn.mean())
            variances.append(drawn.var(ddof=1) / n)
        both = combine(means, variances, complete_df=n - 1)
        held += both.lower <= 0 <= both.upper
        half = 1.96 * variances[0] ** 0.5
        plain += means[0] - half <= 0 <= means[0] + half
    assert 0.925 <= held / 400 <= 0.975
    assert plain / 400 < 0.90


def test_the_meet_of_two_partitions_holds_what_both_hold() -> None:
    first, second = [0, 0, 0, 1, 1, 2], ["a", "a", "b", "b", "b", "c"]
    met = meet(first, second)
    together = [(i, j) for i in range(6) for j in range(i) if met[i] == met[j]]
    assert together == [(1, 0), (4, 3)]
    # One published person is taken apart, and the part is joined to another.
    assert splits_and_merges(first, second) == (1, 1)
    assert splits_and_merges(first, first) == (0, 0)


def test_bias_is_told_apart_into_false_and_missed_links_by_group() -> None:
    # Women: false links made 2 of 10 too many. Men: missed links hide 3 of 10. Together they nearly cancel.
    published = [0.5, 0.4, 0.45]
    met = [[0.3, 0.4, 0.35], [0.3, 0.4, 0.35]]
    drawn = [[0.3, 0.7, 0.5], [0.3, 0.7, 0.5]]
    found = signed_bias(published, met, drawn, ["women", "men", "all"])
    assert found.bias == pytest.approx([0.2, -0.3, -0.05])
    assert found.false_links == pytest.approx([0.2, 0.0, 0.1])
    assert found.missed_links == pytest.approx([0.0, -0.3, -0.15])
    assert found.bias == pytest.approx(found.false_links + found.missed_links)
    assert found.error == pytest.approx([0, 0, 0])
    assert found.groups == ("women", "men", "all")
    moved = signed_bias([0.5], [[0.5], [0.5]], [[0.4], [0.6]])
    assert moved.error[0] == pytest.approx((0.02 * 1.5) ** 0.5)
    with pytest.raises(NotAnArray):
        signed_bias(published, met, [[0.3, 0.7], [0.3, 0.7]])


def test_one_step_of_bayes_worked_by_hand() -> None:
    # All true pairs are near and all certain; one in doubt is near as well, one is far.
    found = refine([1.0, 1.0, 0.0, 0.0, 0.5, 0.5], ["near", "near", "far", "far", "near", "far"])
    assert found.kinds == ("far", "near")
    assert found.belief == pytest.approx([1, 1, 0, 0, 1, 0], abs=1e-4)
    # Kinds that are alike among true and false ones change nothing.
    same = refine([0.2, 0.2, 0.8, 0.8], [0, 1, 0, 1])
    assert same.belief == pytest.approx([0.2, 0.2, 0.8, 0.8])
    assert same.among_true == pytest.approx([0.5, 0.5])


def test_beliefs_right_on_average_become_right_for_each_kind() -> None:
    rng = np.random.default_rng(12)
    belief = rng.beta(0.8, 0.8, 60_000)
    true = rng.random(belief.size) < belief
    kinds = [rng.choice(3, belief.size, p=shares) for shares in ([0.1, 0.3, 0.6], [0.6, 0.3, 0.1])]
    kind = np.where(true, kinds[1], kinds[0])
    found = refine(belief, kind)
    assert found.among_true == pytest.approx([0.6, 0.3, 0.1], abs=0.02)
    assert found.among_false == pytest.approx([0.1, 0.3, 0.6], abs=0.02)
    for one in range(3):
        mine = kind == one
        assert found.belief[mine].mean() == pytest.approx(true[mine].mean(), abs=0.012)
    # Before, the belief in pairs of the first kind was far too low.
    assert belief[kind == 0].mean() < true[kind == 0].mean() - 0.12
    for low in (0.0, 0.25, 0.5, 0.75):
        mine = (found.belief >= low) & (found.belief < low + 0.25)
        assert found.belief[mine].mean() == pytest.approx(true[mine].mean(), abs=0.015)


def test_beliefs_that_cannot_be_refined_are_refused() -> None:
    with pytest.raises(ValueRefused, match="between 0 and 1"):
        refine([0.2, 1.2], [0, 1])
    with pytest.raises(ValueRefused, match="in doubt"):
        refine([1.0, 1.0], [0, 1])
    with pytest.raises(NotAnArray):
        refine([0.2, 0.4], [0])


def test_unseen_links_at_random_worked_by_hand() -> None:
    # 90 rest on one link, 10 on two, 100 on none. A tenth of links is unseen.
    found = unseen_links([1] * 90 + [2] * 10 + [0] * 100, 1000, 300, unseen=0.1, unseen_at_most=0.1)
    assert found.rate == pytest.approx(0.2)
    assert found.likely == pytest.approx((200 + 90 / 9 + 10 / 99) / 1000)
    assert found.links == pytest.approx(300 / 9)
    assert found.most == pytest.approx((200 + 300 / 9) / (1000 - 300 / 9))
    assert found.least == pytest.approx((200 - 300 / 9) / (1000 - 300 / 9))
    assert found.widen(0.18, 0.22) == pytest.approx((0.18 + found.least - 0.2, 0.22 + found.most - 0.2))
    assert found.moved(0.18, 0.22) == pytest.approx((0.18 * found.likely / 0.2, 0.22 * found.likely / 0.2))


def test_nothing_unseen_changes_nothing_and_nonsense_is_refused() -> None:
    found = unseen_links([1, 1, 0], 10, 2, unseen=0.0, unseen_at_most=0.0)
    assert found.rate == found.likely == found.least == found.most == pytest.approx(0.3)
    with pytest.raises(OptionRefused):
        unseen_links([1], 10, 2, unseen=0.2, unseen_at_most=0.1)
    with pytest.raises(OptionRefused):
        unseen_links([1, 1], 1, 2, unseen=0.1, unseen_at_most=0.1)
    with pytest.raises(ValueRefused):
        unseen_links([0.5], 10, 2, unseen=0.1, unseen_at_most=0.1)
    with pytest.raises(OptionRefused):
        unseen_links([1], 10, 2, unseen=0.1, unseen_at_most=0.1, joining=3)


def rate_of(person: Any, index: Any, again: Any) -> tuple[int, int]:
    """Count people with an index record, and those of them with a later record of two."""
    counted = people = 0
    for one in set(person[index].tolist()):
        mine = person == one
        first = np.flatnonzero(mine & index)[0]
        people += 1
        counted += bool((mine & again)[first + 1 :].any())
    return counted, people


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.02, 0.4))
def test_the_truth_is_never_outside_the_bound(seed: int, unseen: float) -> None:
    """People in chains of records; some links of the chains go unseen, in any pattern."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, 40)
    person = np.repeat(np.arange(40), sizes)
    index, again = rng.random(person.size) < 0.7, rng.random(person.size) < 0.6
    linked = np.flatnonzero(person[1:] == person[:-1]) + 1
    # The pattern that hides most: those links first.
    gone = rng.permutation(linked)[: int(unseen * linked.size)]
    broken = np.isin(np.arange(person.size), gone)
    seen_as = np.cumsum(np.concatenate([[True], person[1:] != person[:-1]]) | broken)
    true_counted, true_people = rate_of(person, index, again)
    counted, people = rate_of(seen_as, index, again)
    if not people:
        return
    found_links = linked.size - gone.size
    share = gone.size / max(linked.size, 1)
    if found_links == 0 or share >= 1:
        return
    found = unseen_links([1] * counted, people, found_links, unseen=share, unseen_at_most=share)
    assert found.least - 1e-9 <= true_counted / true_people <= found.most + 1e-9
