"""The tables that a report is matched against, as :class:`lamplighter.linkage.online.store.Held` asks for
them.

Every question is one statement that PostgreSQL keeps prepared, so a report costs a handful of round trips.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import starmap
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone
from psycopg.rows import dict_row

from lamplighter.hub.people.links import reason_words
from lamplighter.hub.people.matching import prepared_records
from lamplighter.hub.people.matching import statements as ask
from lamplighter.hub.people.matching.statements import numbers, texts
from lamplighter.hub.site.postgresql.arrays import Float8s, Int2s, Int8s, read, read_beheaded
from lamplighter.hub.site.postgresql.prepared import cursor
from lamplighter.linkage.arrays.row_order import Rows, different, placed
from lamplighter.linkage.blocking.hashed_keys import Maker, across, fewest, sharing
from lamplighter.linkage.clustering import stable_ids
from lamplighter.linkage.comparisons.weight_bars import HELD
from lamplighter.linkage.features import compact_records
from lamplighter.linkage.features.compact_records import Compact
from lamplighter.linkage.online.store import Near, Sharing, Ties

_MOST_REMEMBERED = 50_000
NONE = np.empty(0, dtype=np.int64)
Row = Mapping[str, Any]
Made = dict[int, tuple[int, int] | None]


class Tables:
    """Tables of what the hub holds, asked for some reports or one decision, within a transaction.

    It remembers what it was asked, so that what follows from the answers is written without asking again:
    ``places`` (report and role of a record) and ``members`` (rows of the memory, with their numbers).
    ``model`` is the version of the model in use, None before the first linking.
    """

    def __init__(self) -> None:
        self._maker = maker()
        self._keys: dict[str, Made] = {}
        self._finer: dict[tuple[str, int], list[int]] = {}
        self._sharers: Mapping[int, int] = {}
        self._full: list[int] = []
        self.places: dict[str, tuple[str, str]] = {}
        self.members: dict[stable_ids.Remembered, int] = {}
        self._cursor = cursor()
        began = self._cursor.execute(ask.BEGIN, prepare=True).fetchone()
        assert began is not None
        self.model: str | None = began[0]
        self._most = prepared_records.most_in(began[1])

    # Reading

    def _made(self, new: Sequence[Compact]) -> dict[str, Made]:
        """Every key of the records of new reports; those of references on the first of each."""
        keys = self._maker.keys_of([c.values for c in new])
        made: dict[str, Made] = {c.record_id: {**own} for c, own in zip(new, keys, strict=True)}
        first: dict[str, Compact] = {}
        for c in new:
            if c.report_id not in first or c.record_id < first[c.report_id].record_id:
                first[c.report_id] = c
        for c in first.values():
            made[c.record_id] |= dict.fromkeys(prepared_records.keys_of_references(c))
        return made

    def _narrowed_of(self, c: Compact, key: int, origin: tuple[int, int]) -> list[int]:
        """What narrows a key of a record: asked for more than once, and worked out once."""
        known = self._finer.get((c.record_id, key))
        if known is None:
            known = self._finer[c.record_id, key] = self._maker.narrowed(origin, c.values)
        return known

    def _narrowed(self, made: Mapping[str, Made], people: Iterable[Compact], of: set[int]) -> set[int]:
        """What narrows some of these keys."""
        if not of:
            return set()
        origins = ((c, k, made[c.record_id][k]) for c in people for k in of & made[c.record_id].keys())
        return {finer for c, k, origin in origins if origin for finer in self._narrowed_of(c, k, origin)}

    def _kept(self, made: dict[str, Made], people: Iterable[Compact], crowded: set[int]) -> dict[str, Made]:
        """Of the keys of some records those that they are kept under: not the crowded ones, but what narrows
        them; and nobody is kept under what is crowded although it has been narrowed."""
        if not crowded:
            return made
        for c in people:
            keys = made[c.record_id]
            for key in crowded & keys.keys():
                origin = keys.pop(key)
                if origin is not None:
                    keys |= dict.fromkeys(self._narrowed_of(c, key, origin))
        return {r: {k: o for k, o in keys.items() if k not in crowded} for r, keys in made.items()}

    def _asked(
        self, made: Mapping[str, Made], people: Sequence[Compact], ask_for: Callable[[set[int]], set[int]]
    ) -> set[int]:
        """The crowded ones among the keys of some records and what narrows them. ``ask_for`` is asked about
        some keys, none twice, and says which are crowded: once, unless a key has become crowded of late."""
        every = {k for keys in made.values() for k in keys}
        first = every | self._narrowed(made, people, every & self._were_crowded())
        crowded = ask_for(first)
        late = self._narrowed(made, people, crowded & every) - first
        if late:
            crowded |= ask_for(late)
        self._were_crowded().update(crowded & every)
        return crowded

    def _were_crowded(self) -> set[int]:
        """Keys that have been crowded since this process began to match, so that what narrows them is asked
        for at once. Only a hint: whether they still are is asked each time."""
        secret = prepared_records.secret()
        if secret not in _crowded_with:
            _crowded_with.clear()
            _crowded_with[secret] = {row[0] for row in self._cursor.execute(ask.EVERY_CROWDED)}
        return _crowded_with[secret]

    def sharing(self, new: Sequence[Compact]) -> Sharing:
        """See :class:`asking.Held`."""
        made = self._made(new)
        held: list[Compact] = []
        places, shared, every = [NONE], [NONE], [NONE]

        def those_with(keys: set[int]) -> set[int]:
            # In the order of their index, whose pages are then come upon one after the other.
            wanted = numbers(sorted(keys))
            asked = [wanted, wanted, fewest(self._most), wanted]
            found = self._cursor.execute(ask.SHARING, asked, prepare=True).fetchone()
            assert found is not None
            *columns, number, key, record, crowded = found
            under = read(Int8s, [key])
            if number is not None:
                place, known = placed(read(Int8s, [record]), read(Int8s, [number]))
                places.append(place[known] + len(held))
                shared.append(under[known])
                held.extend(starmap(compact_records.read, zip(*columns, strict=True)))
            every.append(under)
            return set(read(Int8s, [crowded]).tolist())

        crowded = self._asked(made, new, those_with)
        self._keys = self._kept(made, new, crowded)
        self._sharers = Counter(np.concatenate(every).tolist())
        theirs = np.concatenate(places), np.concatenate(shared)
        references = {k for c in new for k in prepared_records.keys_of_references(c)}
        mine = _beside([self._keys[c.record_id].keys() - references for c in new])
        one, other = across(*mine, *theirs, self._most)
        several = len({c.report_id for c in new}) > 1
        i, j = sharing(*mine, self._most) if several else (NONE, NONE)
        reports = np.array([c.report_id for c in new], dtype=object)
        apart = reports[i] != reports[j]
        return Sharing(
            [*new, *held],
            np.concatenate([one, i[apart]]),
            np.concatenate([other + len(new), j[apart]]),
            [held[n] for n in different(theirs[0][np.isin(theirs[1], list(references))]).tolist()],
        )

    def reports(self, report_ids: Collection[str]) -> list[Compact]:
        """See :class:`asking.Held`."""
        return [
            compact_records.read(*row)
            for row in self._cursor.execute(ask.OF_REPORTS, [texts(report_ids)], prepare=True)
        ]

    def together(self, people: Sequence[Compact]) -> tuple[Rows, Rows]:
        """See :class:`asking.Held`."""
        made: dict[str, Made] = {r: {**own} for r, own in _made_of(people, self._maker).items()}

        def crowded(keys: set[int]) -> set[int]:
            found = self._cursor.execute(ask.CROWDED, [numbers(keys)], prepare=True)
            return {row[0] for row in found}

        keys = self._kept(made, people, self._asked(made, people, crowded))
        return sharing(*_beside([keys[c.record_id] for c in people]), self._most)

    def near(self, record_ids: Collection[str]) -> Near:
        """See :class:`asking.Held`."""
        reached = self._cursor.execute(ask.TIED, [texts(record_ids)], prepare=True).fetchall()
        self.places = {r: (report, role) for r, report, role, _ in reached if report is not None}
        every = texts(r for r, *_ in reached)
        founders = texts(stable_ids.person_id(r) for r, *_ in reached)
        decided = any(decided for *_, decided in reached)
        decisions: list[Row] = []
        with connection.connection.pipeline(), cursor() as ties, cursor(row_factory=dict_row) as log:
            ties.execute(ask.TIES, [every, every], prepare=True)
            self._cursor.execute(ask.MEMORY, [founders, every], prepare=True)
            if decided:
                log.execute(ask.DECISIONS, [every, every], prepare=True)
            found = _ties(ties.fetchone())
            self.members = {(r, p, born, current): n for n, r, p, born, current in self._cursor}
            if decided:
                decisions = [decision_row(d) for d in log]
        held = {r: report for r, (report, _) in self.places.items()}
        return Near(held, found, decisions, list(self.members))

    # Writing

    def keep(self, new: Sequence[Compact], roles: Mapping[str, str]) -> None:
        """Keep new records, under the keys that they were looked up by; :meth:`narrow` what that crowds."""
        if not self._keys.keys() >= {c.record_id for c in new}:
            self.sharing(new)
        keys = self._keys
        told = {c.record_id: roles.get(c.record_id) or "" for c in new}
        columns = [
            texts(told),
            texts(c.report_id for c in new),
            texts(told.values()),
            texts(c.text() for c in new),
            texts(told),
            texts(numbers(keys[r]) for r in told),
        ]
        self._cursor.execute(ask.ADD_RECORDS, columns, prepare=True)
        self.places |= {c.record_id: (c.report_id, told[c.record_id]) for c in new}
        held = Counter(k for r in told for k in keys[r])
        self._full = [k for k, n in held.items() if n + self._sharers.get(k, 0) > self._most]

    def narrow(self) -> None:
        """Keep the records of keys that have become crowded under what narrows them instead."""
        if not self._full:
            return
        # Whoever shares a key came by it in the same way: what narrows the new record's narrows theirs.
        made = {k: origin for keys in self._keys.values() for k, origin in keys.items()}
        with cursor() as cur:
            emptied = cur.execute(
                ask.EMPTY_KEYS, [numbers(self._full), numbers(self._full)], prepare=True
            ).fetchall()
            finer: dict[int, list[int]] = {}
            for key, number, text in emptied:
                origin = made[key]
                for narrower in (
                    self._maker.narrowed(origin, compact_records.values_in(text)) if origin else ()
                ):
                    finer.setdefault(narrower, []).append(number)
            still = {k for k, found in finer.items() if len(found) > self._most}
            cur.execute(ask.CROWD, [numbers({*self._full, *still})], prepare=True)
            pairs = [(k, n) for k, found in finer.items() if k not in still for n in found]
            cur.execute(
                ask.ADD_KEYS, [numbers(k for k, _ in pairs), numbers(n for _, n in pairs)], prepare=True
            )


def _ties(columns: tuple[Any, ...] | None) -> Ties:
    """From the only row of ``ask.TIES``."""
    if columns is None:
        return Ties.of([])
    left, right, holds, weight, sizes, reasons, bits = columns
    return Ties(
        left,
        right,
        read(Float8s, [weight]),
        np.array([HELD[h] for h in holds], dtype=np.int8),
        read(Int8s, [sizes]),
        reason_words.parts(read_beheaded(Int2s, reasons)),
        read_beheaded(Float8s, bits),
    )


def _beside(own: Sequence[Collection[int]]) -> tuple[Rows, Rows]:
    """The place of each of some records, and one of its keys, side by side."""
    rows = np.repeat(np.arange(len(own)), [len(keys) for keys in own])
    return rows, np.array([k for keys in own for k in keys], dtype=np.int64)


def tied(record_ids: Iterable[str]) -> set[str]:
    """Every record that today's links, decisions or persons tie to the given ones, and they themselves."""
    with cursor() as cur:
        return {row[0] for row in cur.execute(ask.TIED, [texts(record_ids)], prepare=True)}


def remove(record_ids: Iterable[str]) -> tuple[int, int, int]:
    """Take out records, their keys, and their keys of late; how many rows went of each."""
    make, keys = maker(), []
    with cursor() as cur:
        held = cur.execute(ask.OF_RECORDS, [texts(record_ids)], prepare=True).fetchall()
        for number, *record in held:
            c = compact_records.read(*record)
            _remembered.pop(c.record_id, None)  # nothing of who is erased stays in this process
            made = make.keys(c.values)
            finer = (k for origin in made.values() for k in make.narrowed(origin, c.values))
            keys += [(k, number) for k in {*made, *finer, *prepared_records.keys_of_references(c)}]
        columns = [numbers(n for n, *_ in held), numbers(k for k, _ in keys), numbers(n for _, n in keys)]
        gone = cur.execute(ask.REMOVE, columns, prepare=True).fetchone()
    return (gone[0], gone[1], gone[2]) if gone else (0, 0, 0)


def decision_row(d: Row) -> Row:
    """A row of ``people_decision`` as the log of the linkage has it."""
    return {
        "decision_id": f"{d['id']:012d}",
        "at": timezone.localtime(d["at"]).replace(tzinfo=None),
        "by": str(d["by_id"]),
        "kind": d["kind"],
        "left_record": d["left_record"],
        "right_record": d["right_record"],
        "undoes": f"{d['undoes_id']:012d}" if d["undoes_id"] else None,
        "reason": d["reason"],
    }


def _made_of(people: Sequence[Compact], make: Maker) -> dict[str, dict[int, tuple[int, int]]]:
    """The keys of records that are held: those of a large group are wanted with every report about it."""
    known = {c.record_id: _remembered.get(c.record_id) for c in people}
    new = [c for c in people if (of := known[c.record_id]) is None or of[:2] != (make, c.values)]
    if len(_remembered) + len(new) > _MOST_REMEMBERED:
        _remembered.clear()
    made = make.keys_of([c.values for c in new])
    _remembered.update({c.record_id: (make, c.values, own) for c, own in zip(new, made, strict=True)})
    return {r: of[2] for r, of in known.items() if of} | {
        c.record_id: own for c, own in zip(new, made, strict=True)
    }


_remembered: dict[str, tuple[Maker, tuple[Any, ...], dict[int, tuple[int, int]]]] = {}
_makers: dict[bytes, Maker] = {}
_crowded_with: dict[bytes, set[int]] = {}


def maker() -> Maker:
    """Return the maker of keys with this hub's secret; kept, because it remembers what it has hashed."""
    secret = prepared_records.secret()
    if secret not in _makers:
        _makers.clear()
        _makers[secret] = Maker(secret)
    return _makers[secret]
