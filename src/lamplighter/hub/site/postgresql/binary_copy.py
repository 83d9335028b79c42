"""Rows of whole numbers, and of arrays of them, in the binary format of PostgreSQL's ``COPY``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

KINDS = (pl.Int64(), pl.List(pl.Int64()), pl.List(pl.Int32()))
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_OIDS = {8: 20, 4: 23}
"""Bytes of a number, and what PostgreSQL calls its type: ``bigint`` and ``integer``."""
_HEAD = 12
_ARRAY = np.dtype([(name, ">i4") for name in ("bytes", "dimensions", "nulls", "oid", "n", "lower")])
# All lengths are even, so rows are put together from words of two bytes.
Words = npt.NDArray[np.int16]
Places = npt.NDArray[np.int64]


def rows(frame: pl.DataFrame) -> memoryview:
    """All rows of a frame of columns of :data:`KINDS`, without nulls: how many fields a row has, then each
    field behind its length."""
    sizes = [_words_of(c) for c in frame.get_columns()]
    ends = np.cumsum(1 + sum(sizes, np.zeros(frame.height, np.int64)))
    at = np.concatenate([[0], ends[:-1]]).astype(np.int64) if frame.height else ends
    out = np.empty(int(ends[-1]) if frame.height else 0, ">i2")
    out[at] = frame.width
    at = at + 1
    for column, size in zip(frame.get_columns(), sizes, strict=True):
        if column.dtype == pl.Int64:
            _put_numbers(out, at, column.to_numpy(), 8)
        else:
            _put_arrays(out, at, column)
        at = at + size
    return memoryview(_SIGNATURE + out.tobytes() + _END)


def _words_of(column: pl.Series) -> Places:
    """How many words each field takes, with its length."""
    if column.dtype == pl.Int64:
        return np.full(len(column), 6, np.int64)
    return _HEAD + column.list.len().cast(pl.Int64).to_numpy() * (2 + _bytes_of(column) // 2)


def _bytes_of(column: pl.Series) -> int:
    return 8 if column.dtype == pl.List(pl.Int64()) else 4


def _put_arrays(out: Words, at: Places, column: pl.Series) -> None:
    size, lengths = _bytes_of(column), column.list.len().cast(pl.Int64).to_numpy()
    head = np.zeros(len(column), _ARRAY)
    head["bytes"], head["n"], head["oid"] = 20 + lengths * (4 + size), lengths, _OIDS[size]
    head["dimensions"] = head["lower"] = 1
    _put(out, at, head.view(">i2").reshape(-1, _HEAD))
    numbers = column.filter(column.list.len() > 0).explode().to_numpy()
    within = np.arange(len(numbers)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    _put_numbers(out, np.repeat(at + _HEAD, lengths) + within * (2 + size // 2), numbers, size)


def _put_numbers(out: Words, at: Places, numbers: npt.NDArray[np.integer], size: int) -> None:
    """Numbers of so many bytes, each behind its length."""
    fields = np.empty(len(numbers), np.dtype([("n", ">i4"), ("v", f">i{size}")]))
    fields["n"], fields["v"] = size, numbers
    _put(out, at, fields.view(">i2").reshape(len(numbers), -1))


def _put(out: Words, at: Places, words: Words) -> None:
    for i in range(words.shape[1]):
        out[at + i] = words[:, i]
