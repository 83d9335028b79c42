"""Strangers who share a first name have more in common than strangers have."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.comparisons.comparison_levels import comparisons, kinds
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model import namesakes
from lamplighter.linkage.model.fellegi_sunter import tables
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage_tables import link
from lamplighter.synthetic.worlds.world import generate
from tests.unit.linkage.made_up import FORENAMES, SURNAMES

TABLE = comparisons()
RANDOM = {c.name: {v.name: v.u / sum(w.u for w in c.levels) for v in c.levels} for c in TABLE}
PLACE = {c.name: i for i, c in enumerate(TABLE)}


def _fashions(people: int = 900, seed: int = 4) -> pl.DataFrame:
    """People whose second initial follows their first name in two of three; every third is there twice."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(people):
        first = str(rng.choice(FORENAMES))
        usual = "ABCDEFGHJKLM"[FORENAMES.index(first) % 12]
        row = {
            "truth": f"t{i}",
            "first_name": first,
            "middle_initial": usual if rng.random() < 0.67 else str(rng.choice(list("ABCDEFGHJKLM"))),
            "last_name": str(rng.choice(SURNAMES))
            + str(rng.choice(["", "ton", "wick", "by", "stead", "mont"])),
            "dob": str(np.datetime64("1940-01-01") + np.timedelta64(int(rng.integers(0, 24_000)), "D")),
        }
        rows.extend([row] * (2 if i % 3 == 0 else 1))
    return pl.DataFrame(rows).sample(fraction=1, shuffle=True, seed=seed)


def test_pairs_share_a_first_name_and_nobody_counts_twice() -> None:
    frame = pl.DataFrame(
        {
            "record_id": [f"r{i}" for i in range(7)],
            "forenames": ["Ann", "Ann", "Ann", "Bob", "Bob", "Cy", None],
            "surname": ["Oak", "Oak", "Elm", "Oak", "Ash", "Fir", "Oak"],
        }
    )
    left, right = namesakes.pairs(prepare(frame))
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 2), (3, 4)]


def test_a_sample_of_pairs_is_drawn_from_many() -> None:
    n, letters = 400, "abcdefghijklmnopqrst"
    frame = pl.DataFrame(
        {
            "record_id": [f"r{i:03d}" for i in range(n)],
            "forenames": ["Ann"] * n,
            "surname": [f"{letters[i // 20]}am{letters[i % 20]}" for i in range(n)],
        }
    )
    left, right = namesakes.pairs(prepare(frame), most=5_000)
    assert len(left) == 5_000
    assert (left < right).all()
    # Every record is drawn about as often as another.
    times = np.bincount(np.concatenate([left, right]), minlength=n)
    assert times.min() > 5
    assert times.max() < 60


def test_rates_are_those_of_the_pairs_and_rare_ones_are_left() -> None:
    levels = np.full((4_000, len(TABLE)), -1, dtype=np.int8)
    same, differs = (
        next(v.value for v in TABLE[PLACE["sex"]].levels if v.name == n) for n in ("same", "differs")
    )
    levels[:, PLACE["sex"]] = np.where(np.arange(4_000) < 3_800, same, differs)
    exact = next(v.value for v in TABLE[PLACE["birth_date"]].levels if v.name == "exact")
    levels[:, PLACE["birth_date"]] = np.where(np.arange(4_000) < 400, exact, 0)
    pairs = namesakes.Strangers(levels, np.zeros(levels.shape))
    found = pairs.rates(TABLE, RANDOM, lambda some, _: np.ones(len(some)))
    # Those who are random count as a thousand of the five thousand pairs.
    assert found["sex"]["same"] == pytest.approx((3_800 + 500) / 5_000)
    assert found["birth_date"]["exact"] == RANDOM["birth_date"]["exact"]
    for name, rates in found.items():
        assert sum(rates.values()) == pytest.approx(sum(RANDOM[name].values())), name


def test_what_goes_with_a_first_name_is_learned_and_bars_still_sum_to_weights() -> None:
    table = _fashions()
    result = link(table.drop("truth"))
    mixture = result.model.mixture
    assert mixture.namesakes["middle_name"]["same"] > 2 * mixture.random["middle_name"]["same"]
    bars = result.pairs["levels"].list.eval(pl.element().struct.field("weight")).list.sum()
    assert np.allclose(bars.to_numpy(), result.pairs["match_weight"].to_numpy(), atol=1e-9)
    again = Model.from_json(json.loads(json.dumps(result.model.to_json())))
    assert again.mixture == mixture


def test_beside_a_first_name_only_kinds_at_random_are_changed() -> None:
    result = link(_fashions().drop("truth"))
    own = result.model.table
    arrays = tables(result.model.mixture, own, kinds())
    assert arrays.beside is not None
    first = next(i for i, c in enumerate(own) if c.name == "forename")
    for k, kind in enumerate(kinds()):
        if not kind.is_random(own[first]):
            assert not arrays.beside[k].any(), kind.name
    few = np.full((1, len(own)), -1, dtype=np.int8)
    middle = next(i for i, c in enumerate(own) if c.name == "middle_name")
    few[0, middle] = own[middle].levels[0].value
    many = np.repeat(few, 3_000, axis=0)
    alone = arrays.patterns(few)
    few[0, first] = many[:, first] = own[first].levels[0].value
    beside = arrays.patterns(few)
    # Of few pairs and of many the sums are the same.
    assert np.allclose(arrays.patterns(many), beside)
    more = beside[0, -1] - alone[0, -1] - arrays.own[-1, first, own[first].levels[0].value]
    assert more == pytest.approx(arrays.beside[-1, middle, own[middle].levels[0].value])
    assert more > 1


def test_two_strangers_of_one_first_name_in_reports_are_of_one_sex_as_a_rule() -> None:
    """That both are men says next to nothing of two men called Mohammed."""
    mixture = link(generate(3, person_records=2_000, bank="b").bundle).model.mixture
    assert mixture.namesakes["sex"]["same"] > 0.7 > 0.6 > mixture.random["sex"]["same"]
