"""What the tables of matching are asked and told, each in one statement that PostgreSQL keeps prepared.

None of them may read a table from end to end: a report would then take longer the more the hub holds. So
a row is looked up where it is wanted (``LATERAL``, or a subquery of its own), which leaves the planner no
other way than the index, and the plan is made once (:data:`BEGIN`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import Format
from psycopg.rows import tuple_row

BEGIN = """
SELECT (SELECT prepared_as FROM people_linkmodel ORDER BY used_from DESC LIMIT 1),
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true)
"""
CROWDED = "SELECT key FROM people_crowdedkey WHERE key = ANY(%s::bigint[])"
SHARING = """
SELECT p.record_id, p.report_id, p.prepared, h.keys
FROM (SELECT c.record, array_agg(c.key) AS keys
      FROM unnest(%s::bigint[]) AS w(key)
      CROSS JOIN LATERAL (SELECT record, key FROM people_candidatekey WHERE key = w.key) AS c
      GROUP BY c.record) AS h
CROSS JOIN LATERAL (
    SELECT record_id, report_id, prepared FROM people_preparedrecord WHERE number = h.record LIMIT 1
) AS p
"""
OF_REPORTS = """
SELECT record_id, report_id, prepared FROM people_preparedrecord
WHERE report_id = ANY(%s::text[]) ORDER BY record_id
"""
OF_NUMBERS = """
SELECT number, record_id, report_id, prepared, keys FROM people_preparedrecord
WHERE number = ANY(%s::bigint[]) FOR UPDATE
"""
KEYS_OF = "SELECT record_id, keys FROM people_preparedrecord WHERE record_id = ANY(%s::text[])"
TIED = """
WITH RECURSIVE near(record_id) AS (
    SELECT unnest(%s::text[])
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
        SELECT b.record_id
        FROM (SELECT person_id FROM people_membership WHERE record_id = n.record_id) AS a
        CROSS JOIN LATERAL (
            SELECT record_id FROM people_membership WHERE person_id = a.person_id AND current OFFSET 0
        ) AS b
    ) AS t(record_id)
)
SELECT n.record_id, p.report_id, p.role,
    EXISTS (SELECT 1 FROM people_decision WHERE left_record = n.record_id)
    OR EXISTS (SELECT 1 FROM people_decision WHERE right_record = n.record_id)
FROM near n
LEFT JOIN LATERAL (
    SELECT report_id, role FROM people_preparedrecord WHERE record_id = n.record_id LIMIT 1
) AS p ON true
"""
TIES = """
SELECT left_record, right_record, match_weight, hold, levels FROM unnest(%s::text[]) AS r(record_id)
CROSS JOIN LATERAL (
    SELECT left_record, right_record, match_weight, hold, levels FROM people_link
    WHERE left_record = r.record_id AND right_record = ANY(%s::text[]) OFFSET 0
) AS l
"""
DECISIONS = """
SELECT id, at, by_id, kind, left_record, right_record, undoes_id, reason FROM people_decision
WHERE left_record = ANY(%s::text[]) OR right_record = ANY(%s::text[])
"""
MEMORY = """
SELECT id, record_id, person_id, born, current FROM people_membership
WHERE person_id = ANY(%s::text[] || ARRAY(
    SELECT person_id::text FROM people_membership WHERE record_id = ANY(%s::text[])
))
"""
ADD_RECORDS = """
WITH added AS (
    INSERT INTO people_preparedrecord (record_id, report_id, role, prepared, keys)
    SELECT record_id, report_id, role, prepared, keys::bigint[]
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS r(record_id, report_id, role, prepared, keys)
    RETURNING number, keys
)
INSERT INTO people_candidatekey (key, record) SELECT unnest(keys), number FROM added
"""
ADD_KEYS = """
WITH added AS (
    INSERT INTO people_candidatekey (key, record)
    SELECT k.key, k.record FROM unnest(%s::bigint[], %s::bigint[]) AS k(key, record)
    WHERE NOT EXISTS (SELECT 1 FROM people_crowdedkey c WHERE c.key = k.key)
    ON CONFLICT DO NOTHING
    RETURNING key, record
)
UPDATE people_preparedrecord p SET keys = p.keys || a.keys
FROM (SELECT record, array_agg(key) AS keys FROM added GROUP BY record) AS a WHERE p.number = a.record
"""
REMOVE = """
WITH gone AS (
    DELETE FROM people_preparedrecord WHERE record_id = ANY(%s::text[]) RETURNING number, keys
), of AS (
    SELECT number, unnest(keys) AS key FROM gone
), keys AS (
    DELETE FROM people_candidatekey c USING of WHERE c.key = of.key AND c.record = of.number RETURNING 1
)
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM keys)
"""
CROWD = "INSERT INTO people_crowdedkey (key) SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING"
EMPTY_KEYS = "DELETE FROM people_candidatekey WHERE key = ANY(%s::bigint[]) RETURNING key, record"
OTHER_KEYS = "UPDATE people_preparedrecord SET keys = %s::bigint[] WHERE number = %s"
BELIEVE = """
INSERT INTO people_link (key, left_record, right_record, match_weight, probability, band, hold, levels,
    model_version, computed_at)
SELECT b.*, %s, %s FROM jsonb_to_recordset(%s::jsonb) AS b(key text, left_record text, right_record text,
    match_weight float8, probability float8, band text, hold text, levels jsonb)
ON CONFLICT (key) DO UPDATE SET match_weight = excluded.match_weight, probability = excluded.probability,
    band = excluded.band, hold = excluded.hold, levels = excluded.levels,
    model_version = excluded.model_version, computed_at = excluded.computed_at
"""
FORGET_MEMBERS = "DELETE FROM people_membership WHERE id = ANY(%s::bigint[])"
ADD_MEMBERS = """
INSERT INTO people_membership (record_id, person_id, report_id, role, born, current)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::boolean[])
"""
MODEL_IN_USE = "SELECT version FROM people_linkmodel ORDER BY used_from DESC LIMIT 1"


def cursor(row_factory: Any = tuple_row) -> psycopg.Cursor[Any]:
    """A cursor on this request's connection, within its transaction, whose statements stay prepared."""
    connection.ensure_connection()
    made = psycopg.Cursor(connection.connection, row_factory=row_factory)
    made.format = Format.BINARY
    return made


def numbers(of: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL writes an array: written out, they cost a tenth of a list of Python."""
    return "{" + ",".join(map(str, of)) + "}"


def texts(of: Iterable[str]) -> str:
    """Texts as PostgreSQL writes an array."""
    return "{" + ",".join('"' + t.replace("\\", "\\\\").replace('"', '\\"') + '"' for t in of) + "}"
