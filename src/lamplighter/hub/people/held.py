"""The tables that a report is matched against, as :class:`lamplighter.linkage.online.Held` asks for them.

Every question is one statement that PostgreSQL keeps prepared, so a report costs a handful of round trips.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone
from psycopg.pq import Format
from psycopg.rows import dict_row, tuple_row

from lamplighter.hub.people import lookup
from lamplighter.linkage import compact, ids
from lamplighter.linkage.compact import Compact
from lamplighter.linkage.keys import MOST_RECORDS_A_KEY, Maker
from lamplighter.linkage.online import Near, Sharing, Tie

Row = Mapping[str, Any]
Made = dict[int, tuple[int, int] | None]
_CROWDED = "SELECT key FROM people_crowdedkey WHERE key = ANY(%b::bigint[])"
_SHARING = """
SELECT p.number, p.record_id, p.report_id, p.prepared, h.keys
FROM (SELECT c.record, array_agg(c.key) AS keys
      FROM unnest(%b::bigint[]) AS w(key)
      CROSS JOIN LATERAL (SELECT record, key FROM people_candidatekey WHERE key = w.key) AS c
      GROUP BY c.record) AS h
JOIN people_preparedrecord p ON p.number = h.record
"""
_OF_REPORTS = """
SELECT number, record_id, report_id, prepared, keys FROM people_preparedrecord
WHERE report_id = ANY(%b::text[]) ORDER BY record_id
"""
_OF_NUMBERS = """
SELECT number, record_id, report_id, prepared, keys FROM people_preparedrecord
WHERE number = ANY(%b::bigint[]) FOR UPDATE
"""
_TIED = """
WITH RECURSIVE near(record_id) AS (
    SELECT unnest(%b::text[])
    UNION
    SELECT t.record_id FROM near n CROSS JOIN LATERAL (
        SELECT right_record FROM people_link
        WHERE left_record = n.record_id AND (match_weight >= 0 OR hold = 'kept')
        UNION ALL
        SELECT left_record FROM people_link
        WHERE right_record = n.record_id AND (match_weight >= 0 OR hold = 'kept')
        UNION ALL
        SELECT right_record FROM people_decision WHERE left_record = n.record_id
        UNION ALL
        SELECT left_record FROM people_decision WHERE right_record = n.record_id
        UNION ALL
        SELECT b.record_id FROM people_membership a JOIN people_membership b ON b.person_id = a.person_id
        WHERE a.record_id = n.record_id AND b.current
    ) AS t(record_id)
)
SELECT n.record_id, p.report_id FROM near n LEFT JOIN people_preparedrecord p ON p.record_id = n.record_id
"""
_TIES = """
SELECT left_record, right_record, match_weight, hold, levels FROM people_link
WHERE left_record = ANY(%b::text[]) AND right_record = ANY(%b::text[])
"""
_DECISIONS = """
SELECT id, at, by_id, kind, left_record, right_record, undoes_id, reason FROM people_decision
WHERE left_record = ANY(%b::text[]) OR right_record = ANY(%b::text[])
"""
_MEMORY = """
SELECT record_id, person_id, born, current FROM people_membership
WHERE person_id = ANY(%b::text[]) OR person_id IN (
    SELECT person_id FROM people_membership WHERE record_id = ANY(%b::text[])
)
"""
_ADD_RECORDS = """
INSERT INTO people_preparedrecord (record_id, report_id, role, prepared, keys)
SELECT record_id, report_id, role, prepared, '{}'::bigint[]
FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[]) AS r(record_id, report_id, role, prepared)
RETURNING record_id, number
"""
_ADD_KEYS = """
WITH added AS (
    INSERT INTO people_candidatekey (key, record)
    SELECT k.key, k.record FROM unnest(%b::bigint[], %b::bigint[]) AS k(key, record)
    WHERE NOT EXISTS (SELECT 1 FROM people_crowdedkey c WHERE c.key = k.key)
    ON CONFLICT DO NOTHING
    RETURNING key, record
)
UPDATE people_preparedrecord p SET keys = p.keys || a.keys
FROM (SELECT record, array_agg(key) AS keys FROM added GROUP BY record) AS a WHERE p.number = a.record
"""
_REMOVE = """
WITH gone AS (
    DELETE FROM people_preparedrecord WHERE record_id = ANY(%b::text[]) RETURNING number, keys
), of AS (
    SELECT number, unnest(keys) AS key FROM gone
), keys AS (
    DELETE FROM people_candidatekey c USING of WHERE c.key = of.key AND c.record = of.number RETURNING 1
)
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM keys)
"""
_CROWD = "INSERT INTO people_crowdedkey (key) SELECT unnest(%b::bigint[]) ON CONFLICT DO NOTHING"
_EMPTY_KEYS = "DELETE FROM people_candidatekey WHERE key = ANY(%b::bigint[]) RETURNING key, record"


def cursor(row_factory: Any = tuple_row) -> psycopg.Cursor[Any]:
    """A cursor on this request's connection, within its transaction, whose statements stay prepared."""
    connection.ensure_connection()
    made = psycopg.Cursor(connection.connection, row_factory=row_factory)
    made.format = Format.BINARY
    return made


class Tables:
    """What the hub holds, asked for one report."""

    def __init__(self) -> None:
        self._maker = maker()
        self._keys: dict[str, Made] = {}
        self._sharers: dict[int, int] = {}

    # Reading

    def keys_of(self, new: Sequence[Compact]) -> dict[str, Made]:
        """The keys that new records are kept under; those of their references on the first of them."""
        made: dict[str, Made] = {c.record_id: dict(self._maker.keys(c.values)) for c in new}
        if new:
            first = min(new, key=lambda c: c.record_id)
            made[first.record_id] |= dict.fromkeys(lookup.keys_of_references(first))
        with cursor() as cur:
            every = [k for keys in made.values() for k in keys]
            crowded = {row[0] for row in cur.execute(_CROWDED, [every], prepare=True)}
        for c in new if crowded else ():
            keys = made[c.record_id]
            for key in crowded & keys.keys():
                origin = keys.pop(key)
                if origin is not None:
                    keys |= dict.fromkeys(self._maker.narrowed(origin, c.values))
        return made

    def sharing(self, new: Sequence[Compact]) -> Sharing:
        """See :class:`online.Held`."""
        self._keys = self.keys_of(new)
        references = {k for c in new for k in lookup.keys_of_references(c)}
        wanting: dict[int, list[int]] = {}
        for i, c in enumerate(new):
            for key in self._keys[c.record_id]:
                wanting.setdefault(key, []).append(i)
        proposed: list[tuple[int, Compact]] = []
        referring: list[Compact] = []
        sharers: Counter[int] = Counter()
        with cursor() as cur:
            rows = cur.execute(_SHARING, [list(wanting)], prepare=True)
            for _, record_id, report_id, text, keys in rows:
                sharers.update(keys)
                other = compact.read(record_id, report_id, text)
                beside = {i for k in keys if k not in references for i in wanting[k]}
                proposed += [(i, other) for i in sorted(beside)]
                if not references.isdisjoint(keys):
                    referring.append(other)
        self._sharers = sharers
        return Sharing(proposed, referring)

    def reports(self, report_ids: Collection[str]) -> list[Compact]:
        """See :class:`online.Held`."""
        with cursor() as cur:
            rows = cur.execute(_OF_REPORTS, [list(report_ids)], prepare=True)
            return [compact.read(r[1], r[2], r[3]) for r in rows]

    def keys(self, record_ids: Collection[str]) -> Mapping[str, Collection[int]]:
        """See :class:`online.Held`."""
        statement = "SELECT record_id, keys FROM people_preparedrecord WHERE record_id = ANY(%b::text[])"
        with cursor() as cur:
            return dict(cur.execute(statement, [list(record_ids)], prepare=True))

    def near(self, record_ids: Collection[str]) -> Near:
        """See :class:`online.Held`."""
        with cursor() as cur:
            reached = dict(cur.execute(_TIED, [list(record_ids)], prepare=True))
        every = list(reached)
        founders = [ids.person_id(r) for r in every]
        with connection.connection.pipeline(), cursor() as ties, cursor() as memory:
            decisions = cursor(row_factory=dict_row)
            ties.execute(_TIES, [every, every], prepare=True)
            memory.execute(_MEMORY, [founders, every], prepare=True)
            decisions.execute(_DECISIONS, [every, every], prepare=True)
            return Near(
                {r: report for r, report in reached.items() if report is not None},
                [Tie(*row) for row in ties],
                [decision_row(d) for d in decisions],
                memory.fetchall(),
            )

    # Writing

    def keep(self, new: Sequence[Compact], roles: Mapping[str, str]) -> None:
        """Keep new records, under the keys that they were looked up by."""
        keys = self._keys if self._keys.keys() >= {c.record_id for c in new} else self.keys_of(new)
        with cursor() as cur:
            columns = [
                [c.record_id for c in new],
                [c.report_id for c in new],
                [roles.get(c.record_id) or "" for c in new],
                [c.text() for c in new],
            ]
            numbers = dict(cur.execute(_ADD_RECORDS, columns, prepare=True))
            pairs = [(k, numbers[r]) for r, made in keys.items() for k in made]
            cur.execute(_ADD_KEYS, [[k for k, _ in pairs], [n for _, n in pairs]], prepare=True)
        held = Counter(k for k, _ in pairs)
        full = [k for k, n in held.items() if n + self._sharers.get(k, 0) > MOST_RECORDS_A_KEY]
        if full:
            self._narrow(full)

    def _narrow(self, full: Sequence[int]) -> None:
        """Keep the records of keys that have become crowded under what narrows them instead."""
        with cursor() as cur:
            cur.execute(_CROWD, [list(full)])
            emptied = cur.execute(_EMPTY_KEYS, [list(full)]).fetchall()
            rows = cur.execute(_OF_NUMBERS, [sorted({n for _, n in emptied})]).fetchall()
            finer: dict[int, list[int]] = {}
            for number, record_id, report_id, text, keys in rows:
                values = compact.read(record_id, report_id, text).values
                made = self._maker.keys(values)
                cur.execute(
                    "UPDATE people_preparedrecord SET keys = %b::bigint[] WHERE number = %s",
                    [[k for k in keys if k not in full], number],
                )
                for key in full:
                    if key in keys and key in made:
                        for narrower in self._maker.narrowed(made[key], values):
                            finer.setdefault(narrower, []).append(number)
            still = [k for k, numbers in finer.items() if len(numbers) > MOST_RECORDS_A_KEY]
            cur.execute(_CROWD, [still])
            pairs = [(k, n) for k, numbers in finer.items() if k not in set(still) for n in numbers]
            cur.execute(_ADD_KEYS, [[k for k, _ in pairs], [n for _, n in pairs]], prepare=True)


def tied(record_ids: Iterable[str]) -> set[str]:
    """Every record that today's links, decisions or persons tie to the given ones, and they themselves."""
    with cursor() as cur:
        return {row[0] for row in cur.execute(_TIED, [list(record_ids)], prepare=True)}


def remove(record_ids: Iterable[str]) -> tuple[int, int]:
    """Take out records and their keys; how many rows went of each."""
    with cursor() as cur:
        gone = cur.execute(_REMOVE, [list(record_ids)]).fetchone()
    return (gone[0], gone[1]) if gone else (0, 0)


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


_makers: dict[bytes, Maker] = {}


def maker() -> Maker:
    """What makes keys with this hub's secret; kept, because it remembers what it has hashed."""
    secret = lookup.secret()
    if secret not in _makers:
        _makers.clear()
        _makers[secret] = Maker(secret)
    return _makers[secret]
