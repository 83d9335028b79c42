"""How names sound: many at once as one by one."""

from __future__ import annotations

import random

import polars as pl
import pytest

from lamplighter.linkage.features.names import family_names, sound, words
from lamplighter.linkage.features.phonetic_codes import sounds


@pytest.mark.parametrize(
    "letters", ["abcdefghijklmnopqrstuvwxyz", "cgqkwnreiy", "ghtpaeiou", "hw", "aß語жgh", "a7_bph"]
)
def test_many_at_once_sound_as_one_by_one(letters: str) -> None:
    drawn = random.Random(20261126)
    names = ["".join(drawn.choices(letters, k=drawn.randint(1, 9))) for _ in range(4_000)]
    assert sounds(pl.Series(names)) == [sound(name) for name in names]


def test_nothing_sounds_like_nothing() -> None:
    assert sounds(pl.Series(dtype=pl.String())) == []


def test_surnames_of_a_column_have_the_words_of_each() -> None:
    names = ["QUARLE", "Dr", "O'Neil-Shaw", "Łódź", "Ame Lia", "van Holt", "Kay", "Mrs Holt"]
    found = family_names(pl.Series(names))
    assert [[w] if isinstance(w, str) else w for w in found] == [words(name) for name in names]
