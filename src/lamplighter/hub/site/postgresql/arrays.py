"""Arrays of numbers as PostgreSQL sends and reads them: long ones are neither written nor read as text."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

# After a head of five whole numbers each value stands behind its length.
_HEAD = struct.Struct(">iiiii")
_SIZE = {"int2": 2, "int8": 8, "float8": 8}
_ELEMENTS = {
    name: np.dtype([("length", ">i4"), ("value", f">{'f' if name[0] == 'f' else 'i'}{size}")])
    for name, size in _SIZE.items()
}


class Sent(bytes):
    """An array of numbers, ready to be sent."""


class Int2s(Sent):
    """Of ``smallint[]``."""


class Int8s(Sent):
    """Of ``bigint[]``."""


class Float8s(Sent):
    """Of ``double precision[]``."""


_NAMES: dict[type[Sent], str] = {Int2s: "int2", Int8s: "int8", Float8s: "float8"}


def sent(kind: type[Sent], values: npt.ArrayLike) -> Sent:
    """An array as PostgreSQL reads it."""
    name = _NAMES[kind]
    plain = np.asarray(values)
    made = np.empty(len(plain), dtype=_ELEMENTS[name])
    made["length"], made["value"] = _SIZE[name], plain
    return kind(_HEAD.pack(1, 0, types[name].oid, len(plain), 1) + made.tobytes())


def read(kind: type[Sent], arrays: Iterable[bytes]) -> npt.NDArray[Any]:
    """The numbers of arrays that ``array_send`` gave, none of them nested, one after the other."""
    return read_beheaded(kind, b"".join(a[_HEAD.size :] for a in arrays))


def read_beheaded(kind: type[Sent], arrays: bytes) -> npt.NDArray[Any]:
    """The same of arrays that the database has joined to one, each without its head."""
    found = np.frombuffer(arrays, dtype=_ELEMENTS[_NAMES[kind]])["value"]
    return found.astype(found.dtype.newbyteorder("="))


class _SentDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Sent) -> Buffer:
        return obj


def register(connection: psycopg.Connection[Any]) -> None:
    """Let a connection send such arrays."""
    for kind, name in _NAMES.items():
        dumper = type(f"{kind.__name__}Dumper", (_SentDumper,), {"oid": types[name].array_oid})
        connection.adapters.register_dumper(kind, dumper)
