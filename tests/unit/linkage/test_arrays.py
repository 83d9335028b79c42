"""What is done on whole arrays at once comes out as it would by the plain definition."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.linkage.arrays import row_order
from lamplighter.linkage.arrays.components import members_of
from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.arrays.threads import in_turns
from lamplighter.linkage.blocking import hashed_keys
from lamplighter.linkage.blocking.blocking_rules import Part
from lamplighter.linkage.blocking.candidate_pairs import Hashed
from lamplighter.linkage.clustering.profiles import Evidence, Profiles, score
from lamplighter.linkage.comparisons.evaluate.logic import Once
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.features.row_pairs import Columns, Scene, Truth
from lamplighter.linkage.model import training


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 12), max_size=40))
def test_rows_stand_in_the_order_of_their_labels(labels: list[int]) -> None:
    order, starts, sizes = members_of(np.array(labels, dtype=np.int64))
    assert order.tolist() == sorted(range(len(labels)), key=lambda row: (labels[row], row))
    assert sizes.tolist() == [labels.count(v) for v in sorted(set(labels))]
    assert starts.tolist() == [sorted(labels).index(v) for v in sorted(set(labels))]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 12)), st.lists(st.integers(0, 12), min_size=1, unique=True))
def test_numbers_have_a_place_among_others(values: list[int], some: list[int]) -> None:
    place, known = row_order.placed(np.array(values, dtype=np.int64), np.array(some, dtype=np.int64))
    assert known.tolist() == [v in some for v in values]
    assert place[known].tolist() == [some.index(v) for v in values if v in some]


def test_numbers_are_told_apart_by_two_threads_as_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    many = np.random.default_rng(1).integers(-50, 5_000, 3_000)
    monkeypatch.setattr(row_order, "_MANY", 1_000)
    monkeypatch.setattr(row_order, "_LOOKED_AT", 100)
    assert row_order.different_by_two(many).tolist() == sorted(set(many.tolist()))
    assert row_order.different_by_two(many[:10]).tolist() == sorted(set(many[:10].tolist()))


def test_bits_are_mixed_alike_one_by_one_and_together() -> None:
    values = np.array([0, 1, 2**63, 2**64 - 1, 123_456_789], dtype=np.uint64)
    before = values.copy()
    assert row_order.mixed(values).tolist() == [hashed_keys._mixed(int(v)) for v in before]
    assert (values == before).all()


def test_the_texts_of_lists_are_those_of_each_record_that_is_asked_for() -> None:
    names = ["Ann Mary Jo", None, "Bo", "Cy Ann", "Di"]
    features = prepare(pl.DataFrame({"record_id": list("abcde"), "forenames": names}))
    hashed, given_names = Hashed(features), features.columns.list("given")
    for rows in ([0, 1, 2, 3, 4], [0, 2, 4], [3, 0], [3, 3, 0], []):
        at, codes = hashed.items(Part("given"), np.array(rows, dtype=np.int64))
        told = sorted(zip(at.tolist(), given_names.values.gather(pl.Series(codes)), strict=True))
        expected = [(i, w) for i, row in enumerate(rows) for w in sorted((names[row] or "").lower().split())]
        assert told == expected


def test_which_comparisons_a_pair_tells_of_follows_from_the_keys_that_propose_it() -> None:
    rng = np.random.default_rng(2)
    # More keys than a whole number has bits.
    members, alone = rng.random((300, 100)) < 0.03, rng.random((100, 9)) < 0.1
    expected = [[any(m & a) for a in alone.T] for m in members]
    assert training._telling(members, alone).tolist() == expected


def test_what_is_asked_again_is_answered_once() -> None:
    asked: list[int] = []

    def even(scene: Scene, at: Rows) -> Truth:
        asked.extend(at.tolist())
        return np.where(scene.left.take(at) % 2 == 0, 2, 0).astype(np.uint8)

    rows = np.arange(10)
    scene, once = Scene(Columns({}), rows, rows), Once(even)
    assert once(scene, np.array([1, 2, 3])).tolist() == [0, 2, 0]
    assert once(scene, rows).tolist() == [2, 0] * 5
    assert sorted(asked) == rows.tolist()


@pytest.mark.parametrize("many", [0, 1, 200, 201, 1_000])
def test_whoever_takes_turns_leaves_nothing_out(many: int) -> None:
    assert [v for some in in_turns(range(many)) for v in some] == list(range(many))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 7), st.integers(1, 4))
def test_components_are_joined_alike_alone_and_with_others(seed: int, k: int, m: int) -> None:
    """And the score of every two rows before any are joined is that of their pair."""
    rng, parts = np.random.default_rng(seed), 5
    lasting = rng.random(parts) < 0.5
    i, j = np.triu_indices(k, 1)
    which, pair = np.nonzero(rng.random((m, len(i))) < 0.8)
    compared = rng.random((len(pair), parts)) < 0.7
    compared[:, -1] = True
    bars = np.where(compared, rng.integers(-4, 6, compared.shape), 0).astype(np.float64)

    def made(own: npt.NDArray[np.bool_], components: int) -> Profiles:
        at = np.flatnonzero(own)
        evidence = Evidence(i[pair[at]], j[pair[at]], bars[at], compared[at], lasting)
        profiles = Profiles(components, k, lasting)
        profiles.fill(
            which[at] if components > 1 else np.zeros_like(at), evidence.left, evidence.right, evidence
        )
        return profiles

    every = made(np.ones(len(which), dtype=bool), m)
    plain = score(every.sums, every.counts, every.best, lasting)
    assert every.score.tolist() == plain.tolist()
    met = np.zeros((m, k, k))
    label = every.joined(3.0, met)
    for c in range(m):
        own = np.zeros((1, k, k))
        assert made(which == c, 1).joined(3.0, own)[0].tolist() == label[c].tolist()
        assert own[0].tolist() == met[c].tolist()
