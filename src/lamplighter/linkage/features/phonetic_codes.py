"""Tell how many names sound, all at once: as :func:`features.names.sound` has it, letter by letter."""

from __future__ import annotations

import string

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.features.names import CODES, UNSAID_AT_THE_END, sound

_PLAIN = np.isin(np.arange(256), np.frombuffer(string.ascii_lowercase.encode() + b"\0", dtype=np.uint8))
_RARE, _RARE_AT_FIRST = (
    np.isin(np.arange(2**16), [a << 8 | b for a, b in two]) for two in ((b"gh", b"ph"), (b"kn", b"gn", b"wr"))
)
_SOFT = np.frombuffer(b"eiy", dtype=np.uint8)
_PASSED_OVER = 255
_FIRST_DIGIT_OF = np.array([int(CODES.get(chr(c), "0")) for c in range(256)], dtype=np.uint8)
_DIGIT_OF = _FIRST_DIGIT_OF.copy()
_DIGIT_OF[np.frombuffer(b"hw\0", dtype=np.uint8)] = _PASSED_OVER
_UNSAID = np.isin(np.arange(256), np.frombuffer(UNSAID_AT_THE_END.encode() + b"\0", dtype=np.uint8))


def sounds(names: pl.Series) -> list[str]:
    """Tell how each of many words sounds, none of them empty: most of them letter by letter all at once."""
    width = int(names.str.len_bytes().to_numpy().max(initial=1))
    ascii_only = pl.col("w").str.len_bytes() == pl.col("w").str.len_chars()
    plain = names.to_frame("w").select(pl.when(ascii_only).then("w").otherwise(pl.lit("")))["w"]
    whole = str(plain.str.pad_end(width, "\0").str.join("").item()).encode()
    letters = np.frombuffer(whole, dtype=np.uint8).reshape(len(names), width)
    found = _sounds(letters)
    for at in np.flatnonzero(_rare(letters)).tolist():
        found[at] = sound(names[at]) or ""
    return found


def _rare(letters: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Tell which words have letters that are not plain, or that are respelt together with the next one."""
    rare = ~_PLAIN[letters].all(axis=1) | (letters[:, 0] == 0)
    if letters.shape[1] > 1:
        pairs = letters[:, :-1].astype(np.uint16) << 8 | letters[:, 1:]
        rare |= _RARE[pairs].any(axis=1) | _RARE_AT_FIRST[pairs[:, 0]]
    return np.asarray(rare)


def _sounds(letters: npt.NDArray[np.uint8]) -> list[str]:
    """As :func:`sound` has it of plain words, their letters a row a word, filled up with noughts."""
    first, second = letters[:, 0].copy(), letters[:, 1:2].any(axis=1)
    if letters.shape[1] > 1:
        second = np.isin(letters[:, 1], _SOFT)
    for of, soft, into in ((b"c", True, b"s"), (b"c", False, b"k"), (b"q", False, b"k"), (b"g", True, b"j")):
        first[(letters[:, 0] == of[0]) & (second if soft else True) & (first == letters[:, 0])] = into[0]
    digits = _DIGIT_OF[letters]
    digits[:, 0] = _FIRST_DIGIT_OF[first]
    # What is not said at the end is passed over, unless it is all there is.
    said = ~_UNSAID[letters]
    said[:, 0] |= ~_UNSAID[first]
    last = np.where(said.any(axis=1), letters.shape[1] - 1 - said[:, ::-1].argmax(axis=1), letters.shape[1])
    made = np.zeros((len(letters), 5), dtype=np.uint8)
    made[:, 0] = first
    before, many = digits[:, 0], np.ones(len(letters), dtype=np.intp)
    for place in range(1, letters.shape[1]):
        digit = np.where(place <= last, digits[:, place], _PASSED_OVER)
        new = np.flatnonzero((digit != before) & (digit != _PASSED_OVER) & (digit != 0) & (many < 5))
        made[new, many[new]] = digit[new] + ord("0")
        many[new] += 1
        before = np.where(digit == _PASSED_OVER, before, digit)
    return [text.decode() for text in made.view("S5")[:, 0].tolist()]
