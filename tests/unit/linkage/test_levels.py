"""The table of levels, and that both executors weigh by it alike."""

from __future__ import annotations

import copy
import tomllib
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage import LinkResult, fitting, keys, levels, splink_executor
from lamplighter.linkage.features import FEATURE_SCHEMA, prepare
from lamplighter.linkage.scoring import Scorer
from tests.unit.linkage.made_up import Made, one, people


def test_every_column_of_the_table_is_a_feature() -> None:
    assert set(levels.columns_used()) <= set(FEATURE_SCHEMA)


def test_rates_of_a_comparison_are_shares() -> None:
    for comparison in levels.comparisons():
        free = [v for v in comparison.levels if not v.fixed] or comparison.levels
        assert sum(v.m for v in free) == pytest.approx(1, abs=0.04), comparison.name
        assert sum(v.u for v in free) == pytest.approx(1, abs=0.04), comparison.name


def test_a_table_with_a_condition_on_the_last_level_is_refused() -> None:
    document = tomllib.loads((files("lamplighter.linkage") / "levels.toml").read_text("utf-8"))
    broken = copy.deepcopy(document)
    broken["comparison"][0]["levels"][-1]["sql"] = "true"
    with pytest.raises(ValueError, match="only the last level"):
        levels.read(broken)


def test_splink_and_the_scorer_give_every_pair_the_same_weight(small: Made, linked: LinkResult) -> None:
    features = prepare(small.bundle["people"].sort("record_id"), small.bundle["reports"])
    pairs = fitting.random_pairs(features.height)
    assert len(pairs) > 5_000
    likely = keys.candidate_pairs(features)
    pairs = np.unique(np.concatenate([pairs[:: max(1, len(pairs) // 8_000)], likely]), axis=0)
    scorer = Scorer(features)
    ours = scorer.score(pairs, linked.model).evidence
    scorer.close()
    theirs = splink_executor.weights(features, pairs, linked.model)["bits"].to_numpy()
    assert len(np.unique(ours)) > 200
    assert np.abs(ours - theirs).max() <= 1e-9


@pytest.fixture
def weigh(linked: LinkResult):  # type: ignore[no-untyped-def]  # a function of two dicts, used in this file only
    def between(left: dict[str, object], right: dict[str, object]) -> dict[str, str]:
        frame = people(one("a", **left), one("b", **right))
        scorer = Scorer(prepare(frame))
        found = scorer.levels(np.array([[0, 1]]))[0]
        scorer.close()
        named = zip(levels.comparisons(), found, strict=True)
        return {c.name: c.level(int(v)).name for c, v in named if v != levels.NULL_LEVEL}

    return between


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"forenames": "Nicoleta"}, {"forenames": "Nycoleta"}, {"forename": "alike"}),
        ({"forenames": "David"}, {"forenames": "Dave"}, {"forename": "nickname"}),
        ({"forenames": "Gurpreet"}, {"forenames": "Gurps"}, {"forename": "nickname"}),
        ({"forenames": "Jack"}, {"nicknames": ["Big Jack"]}, {"forename": "exact"}),
        ({"forenames": "J"}, {"forenames": "Jamie"}, {"forename": "initial"}),
        ({"surname": "THUNRWOOD"}, {"surname": "Thornwood"}, {"surname": "near"}),
        ({"surname": "O'Neil-Shaw"}, {"surname": "Shaw"}, {"surname": "part"}),
        (
            {"forenames": "Popa", "surname": "Nicoleta"},
            {"forenames": "Nicoleta", "surname": "POPA"},
            {"forename": "swapped"},
        ),
        ({"phones": ["+447195101083"]}, {"phones": ["+447195101083"]}, {"telephone": "same"}),
        ({"handles": ["?:tyler.cooper"]}, {"handles": ["x:tyler.cooper"]}, {"account": "same"}),
        (
            {"handles": ["facebook:tyler.cooper"]},
            {"handles": ["x:tyler.cooper"]},
            {"account": "other_platform"},
        ),
        ({"vehicles": ["BMW3*"]}, {"vehicles": ["BM23ABC"]}, {"vehicle": "differs"}),
        ({"vehicles": ["UN18*"]}, {"vehicles": ["UN18CHP"]}, {"vehicle": "partial"}),
        (
            {"address_text": "29 Meadow Lane, Harrowmere", "town": "Harrowmere"},
            {"address_text": "29 Meadow Ln, Harrowmere", "town": "Harrowmere"},
            {"address": "same"},
        ),
        ({}, {"forenames": "Jack", "phones": ["+447195101083"]}, {}),
    ],
)
def test_levels_of_pairs(weigh, left, right, expected) -> None:  # type: ignore[no-untyped-def]  # cases above
    assert weigh(left, right) == expected


def test_missing_is_never_different(weigh) -> None:  # type: ignore[no-untyped-def]  # fixture above
    full = {"forenames": "Emily", "surname": "Hayes", "phones": ["+447195101083"], "sex": "female"}
    assert weigh(full, {}) == {}


def test_who_shares_a_home_is_not_the_same_person(weigh) -> None:  # type: ignore[no-untyped-def]  # fixture above
    home = {
        "address_text": "18 Poplar Lane",
        "postcode": "AV1 6AS",
        "phones": ["+447195101083"],
        "surname": "Jones",
    }
    import datetime as dt

    father = {**home, "forenames": "Stephen", "birth_date": dt.date(1965, 4, 1)}
    son = {**home, "forenames": "Stephen", "birth_date": dt.date(1994, 7, 9)}
    found = weigh(father, son)
    assert (found["address"], found["telephone"], found["birth_date"]) == (
        "household",
        "household",
        "differs",
    )
    twin = {**home, "forenames": "Daniel", "birth_date": dt.date(1994, 7, 9)}
    assert weigh(son, twin)["forename"] == "twin"


def test_a_reused_person_record_is_one_observation(weigh) -> None:  # type: ignore[no-untyped-def]  # fixture above
    # Without a source there is no telling whose reference it is, so the fields count.
    same = {"forenames": "Roy", "surname": "Watson", "source_person_ref": "N1"}
    assert weigh(same, same) == {"forename": "exact", "surname": "exact"}


def test_frequent_values_weigh_less(linked: LinkResult, small: Made) -> None:
    shares = linked.model.tf["first"]
    common, rare = max(shares, key=lambda k: shares[k]), min(shares, key=lambda k: shares[k])
    assert shares[common] > shares[rare]
    rows = [one(f"{n}{i}", forenames=n) for n in (common, rare) for i in (1, 2)]
    scorer = Scorer(prepare(people(*rows)))
    weights = scorer.score(np.array([[0, 1], [2, 3]]), linked.model).evidence
    scorer.close()
    assert weights[0] < weights[1]
    assert isinstance(small.bundle["people"], pl.DataFrame)
