"""Stable person ids, a pure function of groups, decisions and what went before.

On a merge the id with most human decisions survives, then the older. On a split
the part with most of the records keeps it (on a tie the part with the oldest
record); each other part is born anew and points back. A part that is exactly a
person who was there before gets that id back, so that undoing a decision gives
back what was there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from lamplighter.linkage.decisions import Standing

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MEMORY_SCHEMA = pl.Schema(
    {"record_id": pl.String(), "person_id": pl.String(), "born": pl.Int64(), "current": pl.Boolean()}
)
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


def person_id(founder: str, salt: int = 0) -> str:
    """An opaque id such as 'P-7KQ2M9XD', the same for the same founding record wherever it is made."""
    number = int.from_bytes(hashlib.sha256(f"{salt}:{founder}".encode()).digest()[:8], "big")
    text = ""
    for _ in range(8):
        number, rest = divmod(number, len(_ALPHABET))
        text += _ALPHABET[rest]
    return f"P-{text}"


def name(groups: Sequence[Sequence[str]], previous: pl.DataFrame | None, standing: Standing) -> Named:
    """Ids for ``groups`` of record ids, given the memory of the last time (None at the first)."""
    memory = previous if previous is not None else pl.DataFrame(schema=MEMORY_SCHEMA)
    before: dict[str, str] = {}
    born: dict[str, int] = {}
    former: dict[frozenset[str], str] = {}
    members: dict[tuple[str, bool], list[str]] = {}
    for record, pid, when, current in memory.select(list(MEMORY_SCHEMA)).iter_rows():
        born[pid] = when
        members.setdefault((pid, current), []).append(record)
        if current:
            before[record] = pid
    now = set(before.values())
    for (pid, current), records in members.items():
        if not current and pid not in now:
            former.setdefault(frozenset(records), pid)
    clock = max(born.values(), default=0)
    decided = Counter(r for pair in (*standing.same, *standing.not_same) for r in pair)
    ordered = sorted((sorted(g) for g in groups), key=lambda g: g[0])
    chosen: dict[int, str] = {}
    changes: list[tuple[str, str, str | None]] = []
    for g, records in enumerate(ordered):
        back = former.get(frozenset(records))
        if back is not None:
            origin = Counter(before[r] for r in records if r in before).most_common(1)
            chosen[g] = back
            changes.append(("revived", back, origin[0][0] if origin else None))
    claims = _claims([() if g in chosen else records for g, records in enumerate(ordered)], before)
    taken: dict[str, int] = {}
    for pid, parts in claims.items():
        # The part with most of the person's records, on a tie the one with its oldest record.
        taken[pid] = min(parts, key=lambda g: (-parts[g], ordered[g][0]))
    weight: Counter[str] = Counter()
    for record, pid in before.items():
        weight[pid] += decided[record]
    holds: dict[int, list[str]] = {}
    for pid, part in taken.items():
        holds.setdefault(part, []).append(pid)
    for g in range(len(ordered)):
        mine = holds.get(g, [])
        if mine:
            keep = min(mine, key=lambda p: (-weight[p], born[p], p))
            chosen[g] = keep
            changes += [("merged", keep, p) for p in sorted(mine) if p != keep]
    used = set(chosen.values())
    for g, records in enumerate(ordered):
        if g in chosen:
            continue
        origin = Counter(before[r] for r in records if r in before).most_common(1)
        pid = _fresh(records[0], born)
        clock += 1
        born[pid] = clock
        chosen[g] = pid
        used.add(pid)
        changes.append(("split" if origin else "born", pid, origin[0][0] if origin else None))
    rows = [(r, chosen[g]) for g, records in enumerate(ordered) for r in records]
    persons = pl.DataFrame(rows, schema=PERSONS_SCHEMA, orient="row").sort("record_id")
    return Named(
        persons,
        pl.DataFrame(changes, schema=CHANGES_SCHEMA, orient="row").sort("kind", "person_id"),
        _remembered(rows, members, before, born),
    )


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


def _remembered(
    rows: list[tuple[str, str]],
    members: Mapping[tuple[str, bool], list[str]],
    before: Mapping[str, str],
    born: Mapping[str, int],
) -> pl.DataFrame:
    """The current persons, and the last members of every person that is no more."""
    now = {pid for _, pid in rows}
    kept = [(r, pid, born[pid], True) for r, pid in rows]
    for (pid, current), records in members.items():
        # A person who was there and is gone is remembered as last seen, for an undo.
        if pid not in now and (current or (pid, True) not in members):
            kept += [(r, pid, born[pid], False) for r in records]
    return pl.DataFrame(kept, schema=MEMORY_SCHEMA, orient="row").sort("person_id", "record_id")
