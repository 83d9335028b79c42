"""What is asked of the place that keeps the records: tables of the hub, or, in memory,
:class:`lamplighter.linkage.shelf.Shelf`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from lamplighter.linkage import ids
from lamplighter.linkage.compact import Compact
from lamplighter.linkage.keys import in_common
from lamplighter.linkage.reasons import Bar, Reason, bars_of, parts_of


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who shares a key with new records: ``proposed`` (which of the new, the other: one that is held, or a
    new one of another report), and ``referring``: records of held reports that have a reference in common
    with a new one."""

    proposed: Sequence[tuple[int, Compact]]
    referring: Sequence[Compact] = ()


class Tied(Protocol):
    """A stored belief about two records: its bits, and what each of them is about (:func:`parts_of`)."""

    @property
    def left(self) -> str: ...
    @property
    def right(self) -> str: ...
    @property
    def weight(self) -> float: ...
    @property
    def hold(self) -> str | None: ...
    @property
    def parts(self) -> npt.NDArray[np.int64]: ...
    @property
    def bits(self) -> Sequence[float] | npt.NDArray[np.float64]: ...


@dataclass(frozen=True, slots=True)
class Tie:
    """The same with its reasons."""

    left: str
    right: str
    weight: float
    hold: str | None
    reasons: Sequence[Reason]
    bits: Sequence[float]

    @property
    def levels(self) -> list[Bar]:
        return bars_of(self.reasons, self.bits)

    @property
    def parts(self) -> npt.NDArray[np.int64]:
        return parts_of(self.reasons)


@dataclass(frozen=True, slots=True)
class Near:
    """What is tied to some records: ``records`` that are held (record id -> report id), the ties among them,
    decisions about them (rows of ``decisions.SCHEMA``), and the memory of the persons they are or were."""

    records: Mapping[str, str]
    ties: Sequence[Tied] = ()
    decisions: Sequence[Mapping[str, Any]] = ()
    memory: Sequence[ids.Remembered] = ()


def among(
    new: Sequence[Compact], keys: Sequence[Collection[int]], proposes: Callable[[Collection[int]], bool]
) -> list[tuple[int, Compact]]:
    """Which of the new records of different reports are compared for the ``keys`` that they share."""
    shared = in_common(keys).items() if len({c.report_id for c in new}) > 1 else ()
    return [
        (i, new[j]) for (i, j), found in shared if new[i].report_id != new[j].report_id and proposes(found)
    ]


class Held(Protocol):
    """The place that keeps the records."""

    def sharing(self, new: Sequence[Compact]) -> Sharing:
        """Records that share a key with ``new``, and ``new`` that share one with each other (:func:`among`);
        none of them of the same report."""

    def reports(self, report_ids: Collection[str]) -> list[Compact]:
        """Everybody in these reports."""

    def keys(self, people: Sequence[Compact]) -> Mapping[str, Collection[int]]:
        """The keys that these records are kept under."""

    def proposes(self, shared: Collection[int]) -> bool:
        """Whether two records that share these keys are compared (:func:`keys.reason_enough`)."""

    def near(self, record_ids: Collection[str]) -> Near:
        """Everything that ties over evens, decisions and persons tie to the given records, and they
        themselves where they are held."""
