"""Hold a country as arrays: events, who is who, and the faults of its rows.

Days are whole numbers since 1970: ``FAR`` is a day that never comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.studies.reoffending.country import Country
from lamplighter.studies.reoffending.definitions import KINDS
from lamplighter.vocabulary.codes import code_set

Ints = npt.NDArray[np.int32]
FAR = 2**30
NONE = -1
KIND_CODES = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault of one file: what is wrong, how to mend it, how often, and in which rows at first."""

    name: str
    file: str
    what: str
    remedy: str
    count: int
    rows: tuple[int, ...]

    def __str__(self) -> str:
        more = "" if self.count <= len(self.rows) else f" and {self.count - len(self.rows):,} more"
        rows = ", ".join(f"{row}" for row in self.rows)
        return f"{self.file}, row {rows}{more}: {self.what} {self.remedy} ({self.name})"


@dataclass(frozen=True, slots=True)
class Rows:
    """Events as columns. ``suspect`` and ``victim`` are places in the records of the links, or NONE.

    ``act`` joins rows that one force, or a force that says so, has of one act; ``course_began`` is
    the first day of the course that a row belongs to, or FAR. ``custodial`` is 1, 0, or NONE if not known.
    """

    kind: npt.NDArray[np.int8]
    group: npt.NDArray[np.int16]
    force: npt.NDArray[np.int16]
    occurred: Ints
    ended: Ints
    recorded: Ints
    proven: Ints
    suspect: Ints
    victim: Ints
    act: Ints
    course_began: Ints
    custodial: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return int(self.kind.size)

    def take(self, keep: npt.NDArray[np.bool_]) -> Rows:
        """Return the rows that are kept, in their order."""
        return Rows(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of people, or of forces: their names, and the number of the group of each record or force."""

    labels: tuple[str, ...]
    codes: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Links:
    """Person of each record, as a number, and in each draw the records that have another one.

    ``draws`` holds for each draw the places of records and their persons there. ``groups`` are sex, age band
    and ethnicity of each record, as most records of its person say it, where forces delivered them.
    """

    person: Ints
    persons: int
    draws: tuple[tuple[Ints, Ints], ...]
    quality: pl.DataFrame | None
    about: dict[str, Any]
    groups: Mapping[str, Grouping] = field(default_factory=dict)

    def of_draw(self, draw: int) -> Ints:
        """Return the person of each record in a draw, counted from 0."""
        places, persons = self.draws[draw]
        own = self.person.copy()
        own[places] = persons
        return own


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that was read. ``lacks`` names columns that are not held; ``read`` is how many rows were."""

    country: Country
    rows: Rows
    links: Links
    faults: tuple[Fault, ...]
    lacks: frozenset[str]
    read: int
    unknown_suspect: int


def groups() -> tuple[str, ...]:
    """Return the offence groups in the order of their numbers."""
    return tuple(code_set("offence_groups").codes)
