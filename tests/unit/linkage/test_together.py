"""What is believed of the pairs of a table once persons are known; and the keys of large tables."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage import LinkResult
from lamplighter.linkage.blocking import blocking_rules
from lamplighter.linkage.clustering import agglomeration, cluster_weights, clusters, profiles
from lamplighter.linkage.comparisons import weight_bars
from lamplighter.linkage.comparisons.comparison_levels import kinds
from lamplighter.linkage.explain.explanations import waterfall
from lamplighter.linkage.model.parameters import starting_bands
from lamplighter.linkage_tables import link, linking
from tests.unit.linkage.tables import grouped_right, persons_table


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return persons_table(300, seed=11, loss=0.2)


@pytest.fixture(scope="module")
def linked(table: pl.DataFrame) -> LinkResult:
    return link(table.drop("truth"), columns={"record_id": "ref"})


@pytest.fixture(scope="module")
def placed(linked: LinkResult) -> pl.DataFrame:
    """Pairs with the persons of both records, how many records these have, and what the records that the two
    belong with add."""
    whose = dict(linked.persons.iter_rows())
    sizes = Counter(whose.values())
    added = [
        sum(b["weight"] for b in bars if b["comparison"] == weight_bars.TOGETHER)
        for bars in linked.pairs["levels"]
    ]
    return linked.pairs.with_columns(
        left_person=pl.col("left_record").replace_strict(whose),
        right_person=pl.col("right_record").replace_strict(whose),
        added=pl.Series(added, dtype=pl.Float64()),
    ).with_columns(size=pl.col("left_person").replace_strict(sizes, return_dtype=pl.Int64()))


def test_the_bars_sum_to_the_weight_with_what_the_other_records_add(
    linked: LinkResult, placed: pl.DataFrame
) -> None:
    assert (placed["added"] != 0).any()
    for pair in linked.pairs.iter_rows(named=True):
        assert sum(b.weight for b in waterfall(pair)) == pytest.approx(pair["match_weight"], abs=1e-9)


def test_records_of_a_person_are_raised_and_those_of_two_stay_under_the_bar(
    linked: LinkResult, placed: pl.DataFrame
) -> None:
    inside = placed["left_person"] == placed["right_person"]
    of_many, of_two = (
        placed.filter(inside & (placed["size"] > 2)),
        placed.filter(inside & (placed["size"] == 2)),
    )
    assert len(of_many) > 0
    assert len(of_two) > 0
    assert (of_many["added"] >= 0).all()
    assert (of_two["added"] == 0).all()
    apart = placed.filter(~inside)
    assert (apart["added"] <= 0).all()
    assert (apart["probability"] < linked.model.bands.link_at).all()


def of_four(bits: dict[tuple[int, int], float]) -> profiles.Evidence:
    """All pairs of four records, with what is known of some and much against the others."""
    left, right = (side.astype(np.int64) for side in np.triu_indices(4, 1))
    own = np.array([bits.get(pair, -9.0) for pair in zip(left.tolist(), right.tolist(), strict=True)])
    return profiles.Evidence(
        left, right, np.column_stack([own, 0 * own]), np.ones((6, 2), dtype=bool), np.array([True, False])
    )


def test_two_of_different_persons_are_believed_as_their_persons_are_too() -> None:
    """Two records that are much alike, of two persons whose other records contradict each other."""
    evidence = of_four({(0, 1): 9.0, (2, 3): 9.0, (1, 2): -1.0})
    own, beside = evidence.total, (evidence.left == 1) & (evidence.right == 2)
    label, bands = np.array([0, 0, 1, 1]), starting_bands(dt.date(2026, 1, 1))
    alone = (own + cluster_weights.together(label, evidence, own, bands))[beside]
    whole = (own + cluster_weights.together(label, evidence, own, bands, groups=True))[beside]
    assert alone == pytest.approx(-1.0)
    # Half way to the mean of the four pairs of the two persons, which is -7.
    assert whole == pytest.approx(-4.0)


def test_a_record_that_is_with_others_is_believed_less_to_be_of_somebody_else() -> None:
    """The record that is held more loosely has to leave those that it is with, were the two one."""
    evidence = of_four({(0, 1): 9.0, (2, 3): 1.0, (1, 2): -1.0})
    own, beside = evidence.total, (evidence.left == 1) & (evidence.right == 2)
    bands = starting_bands(dt.date(2026, 1, 1))
    for label, expected in (([0, 0, 1, 1], -1 - np.log2(1 + 2)), ([0, 0, 1, 2], -1.0)):
        added = cluster_weights.together(np.array(label), evidence, own, bands, exclusive=beside)
        assert (own + added)[beside] == pytest.approx(expected)


def test_persons_are_worked_out_again_from_the_pairs(linked: LinkResult) -> None:
    """What follows from the persons is not counted as evidence for them."""
    again = clusters.resolve(
        linked.persons.select("record_id"), linked.pairs, link_at=linked.model.bands.link_at
    )

    def groups(persons: pl.DataFrame) -> set[frozenset[str]]:
        return {frozenset(r) for r in persons.group_by("person_id").agg("record_id")["record_id"]}

    assert groups(again.persons) == groups(linked.persons)


def test_a_large_table_has_keys_that_others_and_the_form_do_without(
    table: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = {k.name for k in blocking_rules.key_kinds(many=True)} - {
        k.name for k in blocking_rules.key_kinds()
    }
    assert fine == {k.name for k in blocking_rules.key_kinds(many=True) if k.of_many}
    monkeypatch.setattr(linking, "MANY", 100)
    found = link(table.drop("truth"), columns={"record_id": "ref"})
    assert fine & set(found.model.keys)
    precision, recall = grouped_right(found.persons, table.select("ref", "truth"))
    assert precision > 0.95
    assert recall > 0.9


def test_larger_tables_look_at_fewer_pairs_a_record_until_people_have_more_in_common() -> None:
    small, middle, large = (linking.default_pairs(n) for n in (10_000, 1_000_000, 10_000_000))
    assert small > large > middle
    assert large < 15


def test_what_a_home_has_in_common_joins_no_two_people_of_it() -> None:
    """Of two sisters, each recorded twice, two records have a telephone in common and the others not."""
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    sisters = {(0, 1), (2, 3)}
    # First name, telephone, and all that is not of the two.
    bars = np.array(
        [[9.0 if p in sisters else -4.0, 9.0 if p in {*sisters, (0, 2)} else -1.5, -4.0] for p in pairs]
    )
    left, right = np.array(pairs).T
    evidence = profiles.Evidence(
        left, right, bars, np.ones(bars.shape, dtype=bool), np.array([True, False, False])
    )
    label = agglomeration.group(4, evidence, link_at=0.0)
    assert label[0] == label[1] != label[2] == label[3]
    # Somebody who moved is still one person: the first name is the same.
    moved = replace(evidence, bars=np.where([True, False, False], 9.0, bars))
    assert len(set(agglomeration.group(4, moved, link_at=0.0).tolist())) == 1


def test_a_small_table_of_people_without_relatives_has_next_to_no_relatives() -> None:
    table = persons_table(60, seed=12, loss=0.1)
    model = link(table.drop("truth"), columns={"record_id": "ref"}).model
    pairs = table.height * (table.height - 1) / 2
    others = [k.name for k in kinds() if not k.same]
    assert sum(model.mixture.shares[name] for name in others) * pairs < 12
    assert len(others) == 3
