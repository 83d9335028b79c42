"""Ids say nothing, do not join, and are turned from one release into another by whoever holds both keys."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from lamplighter.national.delivery.keys import Key, Release, transcoded
from lamplighter.national.errors import NationalError

FIRST, SECOND = Release("reoffending", "2027-q1"), Release("reoffending", "2027-q2")


def test_a_key_is_kept_in_a_file_that_nobody_else_can_read(tmp_path: Path) -> None:
    key = Key.kept(tmp_path / "linker" / "key")
    assert Key.kept(tmp_path / "linker" / "key") == key
    assert (tmp_path / "linker" / "key").stat().st_mode & 0o077 == 0
    assert key.secret.hex() not in repr(key)


@pytest.mark.parametrize("written", ["", "not a key", "ab" * 31])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / "key").write_text(written)
    with pytest.raises(NationalError, match="is no key"):
        Key.read(tmp_path / "key")


def test_two_releases_and_two_purposes_have_no_id_in_common_and_are_turned_into_one_another() -> None:
    key = Key(b"k" * 32)
    tokens = key.tokens(["one", "two", "three"])
    other = Release("evaluation", "2027-q1")
    of = {r: key.of_release(r).sealed("n", tokens) for r in (FIRST, SECOND, other)}
    assert not set(of[FIRST]) & set(of[SECOND])
    assert not set(of[FIRST]) & set(of[other])
    turned = transcoded(of[FIRST], key.of_release(FIRST), key.of_release(SECOND))
    assert turned.to_list() == of[SECOND].to_list()
    assert transcoded(pl.Series([], dtype=pl.String()), key, key).is_empty()


def test_whoever_has_another_key_turns_ids_into_nothing_that_is_known() -> None:
    key, stranger = Key(b"k" * 32), Key(b"s" * 32)
    ids = key.of_release(FIRST).sealed("n", key.tokens(["one"]))
    turned = transcoded(ids, stranger.of_release(FIRST), key.of_release(SECOND))
    assert turned[0] != key.of_release(SECOND).sealed("n", key.tokens(["one"]))[0]


@pytest.mark.parametrize("wrong", ["n-xyz", "n-00ff"])
def test_what_is_no_id_is_not_turned_back(wrong: str) -> None:
    with pytest.raises(NationalError, match="no id"):
        Key(b"k" * 32).opened([wrong])
