"""Keys of many records, made part by part."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.linkage.blocking import key_index
from lamplighter.linkage.blocking.hashed_keys import Keyed
from lamplighter.linkage.blocking.key_index import Kept, Part
from lamplighter.linkage.features import compact_frames, compact_records
from lamplighter.linkage.features.record_features import prepare
from tests.unit.linkage.made_up import Made
from tests.unit.linkage.memory_store import kept_of

SECRET = b"of this hub"


def under(found: Kept) -> list[tuple[int, int]]:
    return [pair for keys, rows in found.sorted for pair in zip(keys.tolist(), rows.tolist(), strict=True)]


@pytest.mark.parametrize("most", [250, 20, 3, 1])
def test_parts_come_to_what_the_whole_does(
    small: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(key_index, "AT_ONCE", 50)
    people = small.bundle["people"]
    features = prepare(people, small.bundle["reports"])
    rng = np.random.default_rng(1)
    which = rng.integers(0, 3, len(features))
    rows = [np.flatnonzero(which == part) for part in range(3)]

    def part(own: Sequence[int]) -> Callable[[], Part]:
        own_features = prepare(people[own], small.bundle["reports"])
        return lambda: Part(Keyed(own_features, SECRET))

    whole = kept_of(features, secret=SECRET, most=most)
    apart = key_index.kept([part(own) for own in rows], rows, most, tmp_path)
    assert apart.crowded.tolist() == whole.crowded.tolist()
    assert bool(len(whole.crowded)) == (most < 250)
    pairs = under(whole)
    assert under(apart) == pairs == sorted(set(pairs))


def test_further_keys_are_crowded_with_the_rest(small: Made) -> None:
    features = prepare(small.bundle["people"], small.bundle["reports"])
    rows, keys = np.array([0, 1, 2, 3, 4]), np.array([-8, 10, 10, 10, 12])
    found = key_index.kept(
        [lambda: Part(Keyed(features, SECRET), rows, keys)], [np.arange(len(features)) + 100], most=2
    )
    assert 10 in found.crowded
    pairs = under(found)
    assert {(-8, 100), (12, 104)} <= set(pairs)
    assert 10 not in {key for key, _ in pairs}


REFERENCES = st.one_of(
    st.none(),
    st.text(alphabet='aB0019 -/_."\\é\u2003\x1cß٠', max_size=8),
    st.text(max_size=8),
    st.from_regex(re.compile(r"[A-Z]{2}/0{0,3}[0-9]{0,4}/0{1,3}[0-9]{0,2}"), fullmatch=True),
)


@given(st.lists(REFERENCES, min_size=1, max_size=12))
def test_references_of_a_frame_are_those_of_one_report(texts: list[str | None]) -> None:
    column = pl.Series(texts, dtype=pl.String())
    plain = compact_frames._plain(column)
    assert plain.to_list() == [compact_records.reference(t) for t in texts]
    written = [None if t is None else compact_frames._dumped(t) for t in plain]
    assert compact_frames._quoted(plain).to_list() == written
