"""Every engine gives the same pairs, weights, components and ids, of more than 20,000 profiles."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.arrays.components import components
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking.blocking_rules import key_kinds, usable
from lamplighter.linkage.clustering import stable_ids
from lamplighter.linkage.comparisons.comparison_vectors import LIST_FEATURES
from lamplighter.linkage.engines.on_arrays import OnArrays, first_of_each
from lamplighter.linkage.engines.on_duckdb import OnDuckDB
from lamplighter.linkage.engines.on_spark import OnSpark
from lamplighter.linkage.engines.protocol import Engine, Profiles, Rules
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.model.agreement_patterns import Weighed
from tests.unit.linkage.made_up import one, people
from tools.verify.countries import Country

SPARK = pytest.param("spark", marks=[pytest.mark.slow, pytest.mark.xdist_group("spark")])
LINKED, LOOKED_AT = 18.0, 4.0
"""Bits of evidence from which pairs are tied, and from which they are kept."""


@pytest.fixture(params=["duckdb", SPARK])
def engine(request: pytest.FixtureRequest) -> Engine:
    return OnDuckDB() if request.param == "duckdb" else request.getfixturevalue("on_spark")


def all_three(engine: Engine, country: Country) -> tuple[tuple[Rows, Rows], Weighed, Rows]:
    left, right = engine.pairs(country.profiles, country.rules)
    weighed = engine.weights(country.profiles.features, country.model, left, right, LOOKED_AT)
    tied = weighed.evidence >= LINKED
    label = engine.components(len(country.profiles), weighed.left[tied], weighed.right[tied])
    return (left, right), weighed, label


def test_a_country_comes_out_the_same_as_on_arrays(engine: Engine, large: Country) -> None:
    assert len(large.profiles) >= 20_000
    assert len(np.unique(large.profiles.sources)) == 12
    pairs, weighed, label = all_three(engine, large)
    own_pairs, own, own_label = all_three(OnArrays(), large)
    assert len(own_pairs[0]) > 50_000
    assert all((a == b).all() for a, b in zip(pairs, own_pairs, strict=True))
    assert 10_000 < len(own) < len(own_pairs[0])
    assert (weighed.left == own.left).all()
    assert (weighed.right == own.right).all()
    assert (weighed.levels == own.levels).all()
    assert np.abs(weighed.evidence - own.evidence).max() <= 1e-9
    assert len(np.unique(own_label)) < len(own_label) - 1_000
    assert (label == own_label).all()
    ids = large.profiles.features.record_ids
    named = [stable_ids.by_first(ids, of).persons for of in (label, own_label)]
    assert named[0].equals(named[1])


def test_common_keys_are_narrowed_alike(little: Country) -> None:
    rules = Rules(tuple(usable(little.profiles.features, many=True, few=True)), most=4, pairs=3_000)
    found, own = (e.pairs(little.profiles, rules) for e in (OnDuckDB(), OnArrays()))
    assert len(own[0]) > 300
    assert all((a == b).all() for a, b in zip(found, own, strict=True))


def test_long_chains_and_crowds_hang_together(engine: Engine) -> None:
    rng = np.random.default_rng(5)
    chain = rng.permutation(40)
    left, right = np.r_[chain[:-1], 70, rng.integers(80, 999, 150)], np.r_[chain[1:], 71, [999] * 150]
    label = engine.components(1_001, left, right)
    assert (label == first_of_each(components(1_001, left, right))).all()
    assert (label[:40] == 0).all()
    assert label[[70, 71, 1_000]].tolist() == [70, 70, 1_000]


def test_nothing_to_look_at_gives_nothing(little: Country) -> None:
    nobody = np.empty(0, dtype=np.int64)
    for engine in (OnDuckDB(), OnArrays()):
        assert not len(engine.pairs(little.profiles, Rules(()))[0])
        assert not len(engine.weights(little.profiles.features, little.model, nobody, nobody, 0.0))
        assert engine.components(3, nobody, nobody).tolist() == [0, 1, 2]


def test_keys_in_parts_give_the_same_pairs(large: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = OnDuckDB().pairs(large.profiles, large.rules)
    monkeypatch.setattr("lamplighter.linkage.engines.on_duckdb.ROWS_A_PART", 50_000)
    parts = OnDuckDB(memory="200MB", threads=1).pairs(large.profiles, large.rules)
    assert all((a == b).all() for a, b in zip(whole, parts, strict=True))


def test_tables_are_gone_when_a_verb_ends(little: Country, tmp_path: Path) -> None:
    engine = OnDuckDB(folder=tmp_path)
    with engine.tables(10) as tables:
        tables.hold("people", pl.DataFrame({"sur": ["Hayes"]}))
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    assert len(engine.pairs(little.profiles, little.rules)[0])
    assert not list(tmp_path.iterdir())


def test_letters_of_any_script_are_cut_alike(engine: Engine) -> None:
    names = ["Żółć", "Żółw", "Żół", "Łukasz", "", "Ӧ'Ӧ"]
    rows = [one(f"r{i}{j}", forenames=n, surname=m) for i, n in enumerate(names) for j, m in enumerate(names)]
    features = prepare(people(*rows))
    profiles = Profiles(features, np.arange(len(features)) % 5)
    rules = Rules(tuple(usable(features, few=True)), most=12)
    found, own = (e.pairs(profiles, rules) for e in (engine, OnArrays()))
    assert len(own[0]) > 20
    assert all((a == b).all() for a, b in zip(found, own, strict=True))


def test_keys_are_narrowed_by_texts_alone() -> None:
    assert not [
        k.name for k in key_kinds(many=True, few=True) if {p.column for p in k.narrow} & LIST_FEATURES
    ]


def test_budgets_are_kept_to_alike(large: Country) -> None:
    few = replace(large.rules, pairs=200_000)
    found, own = (e.pairs(large.profiles, few) for e in (OnDuckDB(), OnArrays()))
    assert all((a == b).all() for a, b in zip(found, own, strict=True))


def test_a_session_leaves_an_interrupt_to_whoever_runs_it(on_spark: OnSpark) -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
