"""Names that go together."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage.dyads import training
from lamplighter.linkage.engines.on_duckdb import OnDuckDB
from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.linkage.frequencies import name_dependence
from lamplighter.linkage.frequencies.name_dependence import Communities
from lamplighter.linkage.model.match_weights import Weigher
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.model.training import random_rows
from lamplighter.synthetic.worlds.world import generate

POOLS = {"many": (60, 300), "few": (12, 20)}
"""How many first names and surnames two communities have."""
IS_OF_FEW = 0.1


def names(*, mixed: bool, people: int = 6_000, seed: int = 3) -> Features:
    """People of two communities; ``mixed``: whose first names say nothing of their surnames."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(people):
        first, last = ("few" if rng.random() < IS_OF_FEW else "many" for _ in range(2))
        last = last if mixed else first
        given, family = (rng.integers(POOLS[of][side]) for side, of in enumerate((first, last)))
        rows.append(
            {
                "record_id": f"r{i}",
                "forenames": f"{first}{_letters(given)}",
                "surname": f"{last}{_letters(family)}",
            }
        )
    return prepare(pl.DataFrame(rows))


def _letters(number: int) -> str:
    return "".join(chr(97 + number // 26**place % 26) for place in range(3))


def lift(told: Communities, first: str, surname: str) -> float:
    return float(told.bits(pl.Series([first]), pl.Series([surname]))[0])


def test_names_of_a_small_community_are_shared_oftener_than_both_say() -> None:
    told = name_dependence.found(names(mixed=False).columns.by_name)
    assert told is not None
    both = name_dependence.FIRST, name_dependence.SURNAME
    first, surname = (next(v for v in told.of[c] if v.startswith("few")) for c in both)
    usual, other = (next(v for v in told.of[c] if v.startswith("many")) for c in both)
    # Each whole name is counted once: 240 of the few, and some thousand of the many.
    assert lift(told, first, surname) > 2
    assert abs(lift(told, usual, other)) < 0.5
    assert lift(told, first, other) < -1
    assert lift(told, "nobody", surname) == pytest.approx(0, abs=1e-3)


def test_where_names_do_not_go_together_there_are_no_communities() -> None:
    assert name_dependence.found(names(mixed=True).columns.by_name) is None
    assert name_dependence.found(names(mixed=False, people=100).columns.by_name) is None


@pytest.fixture(scope="module")
def features() -> Features:
    bundle = generate(3, person_records=20_000, bank="b").bundle
    return prepare(bundle["people"].sort("record_id"), bundle["reports"])


@pytest.fixture(scope="module")
def model(features: Features) -> Model:
    return training.start(features, dt.date(2026, 7, 1))


def test_a_model_keeps_no_name_and_says_the_same_when_it_is_read(features: Features, model: Model) -> None:
    document = json.loads(json.dumps(model.to_json()))
    kept: Mapping[str, Mapping[str, object]] = document["frequencies"]["communities"]["of"]
    every = {v for c in name_dependence.texts_of(features.columns.by_name) for v in c.values.to_list()}
    assert sum(map(len, kept.values())) > 100
    assert not every & {v for own in kept.values() for v in own}
    again = Model.from_json(document)
    assert again.frequencies == model.frequencies
    first, surname = (
        c.values.gather(c.codes[c.codes >= 0][:500])
        for c in name_dependence.texts_of(features.columns.by_name)
    )
    some = min(len(first), len(surname))
    ours, theirs = (m.frequencies.lift(first.head(some), surname.head(some)) for m in (model, again))
    assert (ours == theirs).all()
    assert len(np.unique(ours)) > 50


def test_sql_weighs_whole_names_as_the_arrays_do(features: Features, model: Model) -> None:
    first, surname = name_dependence.texts_of(features.columns.by_name)
    left, right = random_rows(len(features), 3_000_000)
    same = (first.codes[left] == first.codes[right]) & (surname.codes[left] == surname.codes[right])
    same &= (first.codes[left] >= 0) & (surname.codes[left] >= 0)
    left, right = left[same][:3_000], right[same][:3_000]
    assert len(left) > 200
    ours = Weigher(features, model).weigh(left, right).evidence
    theirs = OnDuckDB().weights(features, model, left, right, -np.inf).evidence
    assert np.abs(ours - theirs).max() <= 1e-9
