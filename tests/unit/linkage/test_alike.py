"""What is ruled out before letters are compared could never have been met."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Levenshtein

from lamplighter.linkage.features import similarity_bounds
from lamplighter.linkage.features.encoded_columns import bits_of_lists, coded_lists

TEXTS = st.lists(st.text("aabbcdeéł1 ", min_size=1, max_size=9), min_size=2, max_size=12, unique=True)


def _every_pair(n: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.divmod(np.arange(n * n, dtype=np.int32), np.int32(n))
    return x, y


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from([0.8, 0.84, 0.9, 0.92]), st.sampled_from([1, 2]))
def test_nothing_that_is_alike_is_ruled_out(texts: list[str], least: float, most: int) -> None:
    made = similarity_bounds.signs(pl.Series(texts))
    x, y = _every_pair(len(texts))
    similar = similarity_bounds.may_be_similar(made, x, made, y, least)
    near = similarity_bounds.may_be_near(made, x, made, y, most)
    begins = similarity_bounds.may_begin(made, x, made, y)
    contains = similarity_bounds.may_contain(made, x, made, y)
    for i, (a, b) in enumerate((texts[p], texts[q]) for p, q in zip(x, y, strict=True)):
        assert similar[i] or JaroWinkler.normalized_similarity(a, b) < least
        assert near[i] or min(Levenshtein.distance(a, b), DamerauLevenshtein.distance(a, b)) > most
        assert begins[i] or not a.startswith(b)
        assert contains[i] or b not in a


def test_most_pairs_of_names_are_ruled_out() -> None:
    names = ["carter", "quill", "osbourne", "patel", "nowak", "ferris", "adeyemi", "zhang", "carver"]
    made = similarity_bounds.signs(pl.Series(names))
    x, y = _every_pair(len(names))
    kept = {tuple(sorted((names[a], names[b]))) for a, b in zip(x, y, strict=True) if a != b}
    possible = similarity_bounds.may_be_similar(made, x, made, y, 0.9) & (x != y)
    alike_ones = {tuple(sorted((names[a], names[b]))) for a, b in zip(x[possible], y[possible], strict=True)}
    assert ("carter", "carver") in alike_ones
    assert len(alike_ones) < len(kept) / 6


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "dd", "ee"]), max_size=3), min_size=1, max_size=8))
def test_lists_with_a_text_in_common_have_a_bit_in_common(rows: list[list[str]]) -> None:
    lists = coded_lists(pl.Series(rows, dtype=pl.List(pl.String())))
    bits = bits_of_lists(lists)
    for i, one in enumerate(rows):
        for j, other in enumerate(rows):
            if set(one) & set(other):
                assert bits[lists.codes[i]] & bits[lists.codes[j]]
