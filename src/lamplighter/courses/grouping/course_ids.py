"""Stable ids of courses.

A course of two known persons is named by the two: their ids are stable already
(:mod:`lamplighter.linkage.clustering.stable_ids`). Where each has reported the other there are two
courses of the same two. The one that stood before keeps its id, or else the one
that was reported first has it, and the other's says that it is the mirrored one.

A course by an unknown person has nothing but its reports, which come and go, so
its id is remembered, by the same rules as a person's. A course that is exactly
what one was before gets that id. On a split the part keeps the id that holds most
of what people decided on, then most of the reports, then the lowest report id. On
a merge the id that stands survives, then the one with most decisions, then the
older. Without a memory (a batch run of the command line) it is named by its lowest
report id.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import polars as pl

from lamplighter.courses.grouping.dyads import Dyad

ID_LENGTH = 10
# What is hashed with the two persons of a course where the other of the two has the plain id.
MIRRORED = -1
MEMORY_SCHEMA = pl.Schema(
    {
        "course_id": pl.String(),
        "victim_person": pl.String(),
        "report_id": pl.String(),
        "version": pl.Int64(),
        "standing": pl.Boolean(),
        "decided": pl.Int64(),
    }
)
"""One row a report in a version of a course by an unknown person. ``version`` numbers versions in the order
in which they were made, over all courses; ``decided`` is how many decisions of people were taken on that
version."""
Version: TypeAlias = tuple[str, str, str, int, bool, int]


@dataclass(slots=True)
class _Remembered:
    """One course id of one victim."""

    born: int
    versions: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    decided: Counter[str] = field(default_factory=Counter)
    standing: bool = False

    @property
    def newest(self) -> set[str]:
        return self.versions[max(self.versions)]

    @property
    def decisions(self) -> int:
        return max(self.decided.values(), default=0)


def name(
    dyads: Sequence[Dyad], memory: Iterable[Version] = (), victims: Mapping[str, str] | None = None
) -> list[str]:
    """Return the id of each course, in the order given.

    Args:
        dyads: courses of one or several victims; all of a victim's courses by unknown persons together,
            or an id could be given to a part while the larger part is elsewhere.
        memory: rows of :data:`MEMORY_SCHEMA`, every version of these victims' courses by unknown persons.
        victims: who the victim is of each standing course of two known persons, by its id.
    """
    out = [_of_two(d, victims or {}) if d.suspect is not None else "" for d in dyads]
    recalled = _recalled(memory)
    of_victim: dict[str, list[int]] = defaultdict(list)
    for i, d in enumerate(dyads):
        if d.suspect is None:
            of_victim[d.victim].append(i)
    for victim, places in of_victim.items():
        held = recalled.get(victim, {})
        chosen = _kept([set(dyads[i].reports) for i in places], held)
        for g, i in enumerate(places):
            out[i] = chosen.get(g) or _fresh(victim, min(dyads[i].reports), held)
    return out


def course_id(victim: str, other: str, salt: int = 0) -> str:
    """An opaque id such as 'C-0F3A9B77C2' made from two ids, the same whichever is the victim."""
    one, two = sorted((victim, other))
    extra = f"|{salt}" if salt else ""
    return "C-" + hashlib.sha256(f"{one}|{two}{extra}".encode()).hexdigest()[:ID_LENGTH].upper()


def _of_two(d: Dyad, victims: Mapping[str, str]) -> str:
    """The id of a course of two known persons: the plain one, or that of the mirrored one."""
    suspect = d.suspect or ""
    plain, other = course_id(d.victim, suspect), course_id(d.victim, suspect, MIRRORED)
    for held in (plain, other):
        if victims.get(held) == d.victim:
            return held
    if plain in victims or other in victims:
        # The other of the two courses stands, by one of the two ids.
        return other if plain in victims else plain
    return other if d.second else plain


def _fresh(victim: str, founder: str, held: Mapping[str, _Remembered]) -> str:
    salt = 0
    while (found := course_id(victim, f"?{founder}", salt)) in held:
        salt += 1
    return found


def _kept(parts: Sequence[set[str]], held: Mapping[str, _Remembered]) -> dict[int, str]:
    """Ids that parts take over from the courses that were there, by place of the part."""
    chosen: dict[int, str] = {}
    # Exactly what stands, then exactly what once stood, newest first: an undo gives back what was there.
    exact = [(pid, m.newest) for pid, m in held.items() if m.standing]
    versions = [(n, pid, reports) for pid, m in held.items() for n, reports in m.versions.items()]
    exact += [(pid, reports) for _, pid, reports in sorted(versions, key=lambda v: -v[0])]
    for pid, reports in exact:
        for g, part in enumerate(parts):
            if part == reports and g not in chosen and pid not in chosen.values():
                chosen[g] = pid
    claims: dict[int, list[str]] = defaultdict(list)
    for pid, m in held.items():
        if pid in chosen.values():
            continue
        shares = [g for g, part in enumerate(parts) if g not in chosen and part & m.newest]
        if shares:
            best = min(shares, key=lambda g: _share(parts[g] & m.newest, m))
            claims[best].append(pid)
    for g, ids in claims.items():
        chosen[g] = min(ids, key=lambda p: (not held[p].standing, -held[p].decisions, held[p].born, p))
    return chosen


def _share(common: set[str], of: _Remembered) -> tuple[int, int, str]:
    """How good a claim to a course's id these of its reports are, the best the least."""
    return (-sum(of.decided[r] for r in common), -len(common), min(common))


def _recalled(memory: Iterable[Version]) -> dict[str, dict[str, _Remembered]]:
    """Course ids by victim, the older first."""
    out: dict[str, dict[str, _Remembered]] = defaultdict(dict)
    in_order = sorted(memory, key=lambda row: (row[3], row[0], row[2]))
    for pid, victim, report_id, version, standing, decided in in_order:
        m = out[victim].setdefault(pid, _Remembered(born=version))
        m.versions[version].add(report_id)
        m.decided[report_id] += decided
        m.standing = m.standing or standing
    return out
