"""A sealed copy opens with its key, whole, and in no other way."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.hub.operations.backups import sealing

KEY, OTHER = b"k" * 32, b"o" * 32


def sealed(content: bytes) -> bytes:
    target = io.BytesIO()
    assert sealing.seal(io.BytesIO(content), target, KEY) == len(content)
    return target.getvalue()


def opened(content: bytes, key: bytes = KEY) -> bytes:
    return b"".join(sealing.opened(io.BytesIO(content), key))


@pytest.mark.parametrize(
    "size", [0, 1, sealing.CHUNK - 1, sealing.CHUNK, sealing.CHUNK + 1, 3 * sealing.CHUNK]
)
def test_what_goes_in_comes_out(size: int) -> None:
    content = os.urandom(size)
    assert opened(sealed(content)) == content


def test_another_key_opens_nothing() -> None:
    with pytest.raises(sealing.NotOpenedError, match="key is another"):
        opened(sealed(b"the address"), OTHER)


def test_something_else_is_refused() -> None:
    with pytest.raises(sealing.NotOpenedError, match="not a sealed copy"):
        opened(b"PGDMP and so on")


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_change_is_found(data: st.DataObject) -> None:
    content = bytearray(sealed(b"a" * 5_000))
    place = data.draw(st.integers(len(sealing.MAGIC), len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(sealing.NotOpenedError):
        opened(bytes(content))


def test_chunks_cannot_be_moved_or_cut_off() -> None:
    whole = sealed(os.urandom(3 * sealing.CHUNK))
    head = len(sealing.MAGIC) + sealing.PREFIX
    step = sealing.CHUNK + sealing.TAG
    parts = [whole[head + i * step : head + (i + 1) * step] for i in range(3)]
    for wrong in ([1, 0, 2], [0, 1], [0, 0, 2], [1, 2]):
        with pytest.raises(sealing.NotOpenedError):
            opened(whole[:head] + b"".join(parts[i] for i in wrong))
