"""Name persons with ids that stay, a pure function of clusters, decisions and what went before.

On a merge the id with most human decisions survives, then the older. On a split
the part with most of the records keeps it (on a tie the part with the oldest
record); each other part is born anew and points back. A part that is exactly a
person who was there before gets that id back, so that undoing a decision gives
back what was there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.clustering.decisions import Standing

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MEMORY_SCHEMA = pl.Schema(
    {"record_id": pl.String(), "person_id": pl.String(), "born": pl.Int64(), "current": pl.Boolean()}
)
"""``born`` numbers persons in the order in which they were born. A row that is not ``current`` is a
former membership, and its ``born`` has the number of its generation in the upper half."""
_GENERATION = 2**32
NOW = 2**31
"""The generation of a current person, after every former one."""
PERSONS_SCHEMA = pl.Schema({"record_id": pl.String(), "person_id": pl.String()})
CHANGES_SCHEMA = pl.Schema({"kind": pl.String(), "person_id": pl.String(), "other_id": pl.String()})


@dataclass(frozen=True, slots=True)
class Named:
    """``persons``: record_id, person_id. ``changes``: kind ('born', 'merged' = other_id is now
    person_id, 'split' = person_id came out of other_id, 'revived'). ``memory``: what to hand in
    as ``previous`` the next time."""

    persons: pl.DataFrame
    changes: pl.DataFrame
    memory: pl.DataFrame


Remembered = tuple[str, str, int, bool]
"""A row of the memory: record_id, person_id, born, current."""
Change = tuple[str, str, str | None]
"""A row of the changes: kind, person_id, other_id."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Hold what :class:`Named` holds, as plain rows."""

    persons: list[tuple[str, str]]
    changes: list[Change]
    memory: list[Remembered]


def person_id(founder: str, salt: int = 0) -> str:
    """Return an opaque id such as 'P-7KQ2M9XD', the same for the same founding record wherever it is made."""
    number = int.from_bytes(hashlib.sha256(f"{salt}:{founder}".encode()).digest()[:8], "big")
    text = ""
    for _ in range(8):
        number, rest = divmod(number, len(_ALPHABET))
        text += _ALPHABET[rest]
    return f"P-{text}"


def name(groups: Sequence[Sequence[str]], previous: pl.DataFrame | None, standing: Standing) -> Named:
    """Ids for ``groups`` of record ids, given the memory of the last time (None at the first)."""
    memory = previous if previous is not None else pl.DataFrame(schema=MEMORY_SCHEMA)
    found = named(groups, memory.select(list(MEMORY_SCHEMA)).iter_rows(), standing)
    return Named(
        pl.DataFrame(found.persons, schema=PERSONS_SCHEMA, orient="row").sort("record_id"),
        pl.DataFrame(found.changes, schema=CHANGES_SCHEMA, orient="row").sort("kind", "person_id"),
        pl.DataFrame(found.memory, schema=MEMORY_SCHEMA, orient="row").sort("person_id", "born", "record_id"),
    )


def named(groups: Sequence[Sequence[str]], memory: Iterable[Remembered], standing: Standing) -> Rows:
    """Return the same on plain rows: what a single report needs."""
    before, born, members = _recalled(memory)
    ordered = sorted((sorted(g) for g in groups), key=lambda g: g[0])
    current = {frozenset(records): pid for (pid, gen), records in members.items() if gen == NOW}
    chosen = {g: pid for g, records in enumerate(ordered) if (pid := current.get(frozenset(records)))}
    changes = _revived(ordered, before, members, chosen)
    _kept(ordered, before, born, standing, chosen)
    changes += _new(ordered, before, born, chosen)
    changes += _merged(ordered, before, chosen)
    rows = [(r, chosen[g]) for g, records in enumerate(ordered) for r in records]
    return Rows(rows, changes, _remembered(rows, members, born))


def _revived(
    groups: Sequence[Sequence[str]],
    before: Mapping[str, str],
    members: Mapping[tuple[str, int], Sequence[str]],
    chosen: dict[int, str],
) -> list[Change]:
    """Return who exactly these records were, the last time that they were a person by themselves: ``chosen``
    gets the id of that person, where nobody else has it."""
    former = {frozenset(records): pid for (pid, _), records in sorted(members.items(), key=lambda m: m[0][1])}
    given, changes = set(chosen.values()), list[Change]()
    for g, records in enumerate(groups):
        back = former.get(frozenset(records))
        if g not in chosen and back is not None and back not in given:
            chosen[g] = back
            given.add(back)
            origin = _origin(records, before)
            if origin != back:
                changes.append(("revived", back, origin))
    return changes


def _kept(
    groups: Sequence[Sequence[str]],
    before: Mapping[str, str],
    born: Mapping[str, int],
    standing: Standing,
    chosen: dict[int, str],
) -> None:
    """Ids stay with the part that has most of a person's records, on a tie with that of the oldest record; of
    several ids the one with most human decisions stays, then the older."""
    given = set(chosen.values())
    holds: dict[int, list[str]] = {}
    for pid, parts in _claims([() if g in chosen else r for g, r in enumerate(groups)], before).items():
        if pid not in given:
            part = min(parts, key=lambda g: (-parts[g], groups[g][0]))
            holds.setdefault(part, []).append(pid)
    decided = Counter(r for pair in (*standing.same, *standing.not_same) for r in pair)
    weight: Counter[str] = Counter()
    for record, pid in before.items():
        weight[pid] += decided[record]
    for part, mine in holds.items():
        chosen[part] = min(mine, key=lambda p: (-weight[p], born[p], p))


def _new(
    groups: Sequence[Sequence[str]],
    before: Mapping[str, str],
    born: dict[str, int],
    chosen: dict[int, str],
) -> list[Change]:
    """Return an id of their own for all who have none yet."""
    changes, clock = list[Change](), max(born.values(), default=0)
    for g, records in enumerate(groups):
        if g not in chosen:
            pid, origin = _fresh(records[0], born), _origin(records, before)
            clock += 1
            born[pid] = clock
            chosen[g] = pid
            changes.append(("split" if origin else "born", pid, origin))
    return changes


def _origin(records: Sequence[str], before: Mapping[str, str]) -> str | None:
    """Return the person who had most of some records."""
    most = Counter(before[r] for r in records if r in before).most_common(1)
    return most[0][0] if most else None


def by_first(names: pl.Series, label: npt.NDArray[np.int64]) -> Named:
    """Persons called by the first of their records, for a table of which nobody has quoted ids yet."""
    first = np.full(int(label.max()) + 1 if len(label) else 0, -1, dtype=np.int64)
    first[label[::-1]] = np.arange(len(label))[::-1]
    founder = first[label]
    born = np.cumsum(founder == np.arange(len(label)))[founder]
    persons = pl.DataFrame({"record_id": names, "person_id": names.gather(founder)}).cast(PERSONS_SCHEMA)
    memory = persons.with_columns(born=pl.Series(born, dtype=pl.Int64()), current=pl.lit(True))
    return Named(persons, pl.DataFrame(schema=CHANGES_SCHEMA), memory)


def _merged(
    groups: Sequence[Sequence[str]], before: Mapping[str, str], chosen: Mapping[int, str]
) -> list[Change]:
    """For every person who is no more: the person who has most of the records now."""
    gone = set(before.values()) - set(chosen.values())
    heirs: dict[str, Counter[str]] = {}
    for g, records in enumerate(groups):
        for r in records:
            if before.get(r) in gone:
                heirs.setdefault(before[r], Counter())[chosen[g]] += 1
    return [("merged", min(c, key=lambda p: (-c[p], p)), pid) for pid, c in sorted(heirs.items())]


def _claims(groups: Sequence[Sequence[str]], before: Mapping[str, str]) -> dict[str, Counter[int]]:
    claims: dict[str, Counter[int]] = {}
    for g, records in enumerate(groups):
        for r in records:
            if r in before:
                claims.setdefault(before[r], Counter())[g] += 1
    return claims


def _fresh(founder: str, used: Mapping[str, int]) -> str:
    salt = 0
    while (pid := person_id(founder, salt)) in used:
        salt += 1
    return pid


def _recalled(
    memory: Iterable[Remembered],
) -> tuple[dict[str, str], dict[str, int], dict[tuple[str, int], list[str]]]:
    """Person of each record now, birth of each person, records of each person by generation."""
    before: dict[str, str] = {}
    born: dict[str, int] = {}
    members: dict[tuple[str, int], list[str]] = {}
    for record, pid, number, current in memory:
        generation, born[pid] = divmod(number, _GENERATION)
        members.setdefault((pid, NOW if current else generation), []).append(record)
        if current:
            before[record] = pid
    return before, born, members


def _only_grown(before: set[str], now: set[str], known: set[str]) -> bool:
    """Tell whether a person is who they were but for records that were nobody's."""
    return before <= now and (now - before).isdisjoint(known)


def _remembered(
    rows: list[tuple[str, str]],
    members: Mapping[tuple[str, int], list[str]],
    born: Mapping[str, int],
) -> list[Remembered]:
    """Return the current persons, and who every record was before, so that an undo finds it again.

    A person to whom only records came that were nobody's before is not remembered as they were: with each
    report they would take as many rows as they have records.
    """
    now: dict[str, set[str]] = {}
    for record, pid in rows:
        now.setdefault(pid, set()).add(record)
    known = {r for records in members.values() for r in records}
    next_one = max((gen for _, gen in members if gen != NOW), default=0) + 1
    # A set of records is remembered once, as it was last named.
    latest: dict[frozenset[str], tuple[str, int]] = {}
    for (pid, gen), records in sorted(members.items(), key=lambda m: m[0][1]):
        if gen != NOW or not _only_grown(set(records), now.get(pid, set()), known):
            latest[frozenset(records)] = (pid, min(gen, next_one))
    kept = [(r, pid, born[pid], True) for r, pid in rows]
    kept += [
        (r, pid, born[pid] + gen * _GENERATION, False)
        for records, (pid, gen) in latest.items()
        for r in records
    ]
    return kept
