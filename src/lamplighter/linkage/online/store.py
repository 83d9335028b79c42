"""Declare what is asked of the place that keeps the records: tables of the hub."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.clustering import stable_ids
from lamplighter.linkage.comparisons.weight_bars import HELD
from lamplighter.linkage.features.compact_records import Compact
from lamplighter.linkage.online.scorer import Bits


@dataclass(frozen=True, slots=True)
class Sharing:
    """Hold who shares a key with new records. ``people``: the new ones, and after them those that are held.
    ``one`` and ``other`` (n,): pairs of them that are compared, by their places, at least one of each new,
    and of different reports. ``referring``: records of held reports that have a reference in common with a
    new one."""

    people: Sequence[Compact]
    one: Rows
    other: Rows
    referring: Sequence[Compact] = ()


class OneTie(Protocol):
    """A stored belief about two records: see :class:`Ties`."""

    @property
    def left(self) -> str: ...
    @property
    def right(self) -> str: ...
    @property
    def weight(self) -> float: ...
    @property
    def hold(self) -> str | None: ...
    @property
    def parts(self) -> Rows: ...
    @property
    def bits(self) -> Sequence[float] | Bits: ...


@dataclass(frozen=True, slots=True)
class Ties:
    """Stored beliefs as columns of n: records in the order of their ids, the bits of the whole, and why it is
    held, a number of ``weight_bars.HOLDS``. ``sizes`` says how many bars each has; of all bars, one after the
    other, ``parts`` has what it is about (:func:`reasons.parts_of`) and ``bits`` what it is worth."""

    left: Sequence[str]
    right: Sequence[str]
    weight: Bits
    hold: npt.NDArray[np.int8]
    sizes: Rows
    parts: Rows
    bits: Bits

    @classmethod
    def of(cls, ties: Sequence[OneTie]) -> Ties:
        """From single ones."""
        return cls(
            [t.left for t in ties],
            [t.right for t in ties],
            np.array([t.weight for t in ties], dtype=np.float64),
            np.array([HELD[t.hold] for t in ties], dtype=np.int8),
            np.array([len(t.bits) for t in ties], dtype=np.int64),
            np.concatenate([np.empty(0, dtype=np.int64), *(t.parts for t in ties)]),
            np.concatenate([np.empty(0), *(t.bits for t in ties)]),
        )

    def of_some(self, chosen: npt.NDArray[np.bool_]) -> Ties:
        """Return the ``chosen`` (n,) ones."""
        if chosen.all():
            return self
        at, bars = np.flatnonzero(chosen).tolist(), np.repeat(chosen, self.sizes)
        return Ties(
            [self.left[i] for i in at],
            [self.right[i] for i in at],
            self.weight[chosen],
            self.hold[chosen],
            self.sizes[chosen],
            self.parts[bars],
            self.bits[bars],
        )


@dataclass(frozen=True, slots=True)
class Near:
    """Hold what is tied to some records: ``records`` that are held (record id -> report id), the ties among
    them, decisions about them (rows of ``decisions.SCHEMA``), and the memory of the persons they are or
    were."""

    records: Mapping[str, str]
    ties: Ties = field(default_factory=lambda: Ties.of([]))
    decisions: Sequence[Mapping[str, Any]] = ()
    memory: Sequence[stable_ids.Remembered] = ()


class Held(Protocol):
    """The place that keeps the records."""

    def sharing(self, new: Sequence[Compact]) -> Sharing:
        """Records that share enough keys with ``new`` (:func:`hashed_keys.many_enough`), and ``new`` that
        share enough with each other."""

    def reports(self, report_ids: Collection[str]) -> list[Compact]:
        """Everybody in these reports."""

    def together(self, people: Sequence[Compact]) -> tuple[Rows, Rows]:
        """Return which two of these records share enough keys to be compared, by their places."""

    def near(self, record_ids: Collection[str]) -> Near:
        """Everything that ties over evens, decisions and persons tie to the given records, and they
        themselves where they are held."""
