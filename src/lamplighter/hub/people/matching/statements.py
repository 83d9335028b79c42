"""Statements that read and write the tables of matching, each one that PostgreSQL keeps prepared.

None of them may read a table from end to end: a report would then take longer the more the hub holds. So
a row is looked up where it is wanted (``LATERAL``, or a subquery of its own), which leaves the planner no
other way than the index, and the plan is made once (:data:`BEGIN`), also where a table is still small.
"""

from __future__ import annotations

from collections.abc import Iterable

BEGIN = """
SELECT m.version, m.prepared_as, set_config('plan_cache_mode', 'force_generic_plan', true),
    set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true)
FROM (SELECT 1) AS once LEFT JOIN LATERAL (
    SELECT version, prepared_as FROM people_linkmodel ORDER BY used_from DESC LIMIT 1
) AS m ON true
"""
EVERY_CROWDED = "SELECT key FROM people_crowdedkey"
"""Asked once in the life of a process: every other statement is asked with every report."""
CROWDED = "SELECT key FROM people_crowdedkey WHERE key = ANY(%s::bigint[])"
SHARING = """
WITH w AS MATERIALIZED (
    SELECT w.key, n.first FROM unnest(%s::bigint[]) AS w(key) CROSS JOIN LATERAL (
        SELECT first FROM people_keypage WHERE first <= w.key ORDER BY first DESC LIMIT 1
    ) AS n
), c(key, record) AS MATERIALIZED (
    SELECT w.key, unnest(p.records[array_position(p.keys, w.key) : width_bucket(w.key, p.keys)])::bigint
    FROM w JOIN (
        SELECT first, keys, records FROM people_keypage
        WHERE first = ANY(ARRAY(SELECT first FROM w)) OR first = ANY('{}') OFFSET 0
    ) AS p ON p.first = w.first
    UNION ALL
    SELECT key, record FROM people_recentkey WHERE key = ANY(%s::bigint[])
), h AS MATERIALIZED (
    SELECT record FROM c GROUP BY record HAVING count(*) >= %s OR bool_or(key & 1 = 0)
)
SELECT array_agg(record_id), array_agg(report_id), array_agg(prepared), array_send(array_agg(number::bigint)),
    array_send(ARRAY(SELECT key FROM c)), array_send(ARRAY(SELECT record FROM c)),
    array_send(ARRAY(SELECT key FROM people_crowdedkey WHERE key = ANY(%s::bigint[])))
FROM people_preparedrecord WHERE number = ANY(ARRAY(SELECT record FROM h)) OR number = ANY('{}')
"""
"""One row. Who is kept under enough of some keys, where an even one is enough, as columns, and their numbers;
every key with the number of each record under it, also of those; and last which keys are crowded.

Pages and records lie anywhere on the disk. ``OR`` leaves the planner no other way than to find out first
where all of them are: then PostgreSQL asks for the next ones while it waits for one."""
OF_REPORTS = """
SELECT record_id, report_id, prepared FROM people_preparedrecord
WHERE report_id = ANY(%s::text[]) ORDER BY record_id
"""
TIED = """
WITH RECURSIVE near(id, is_person) AS (
    SELECT unnest(%s::text[]), false
    UNION
    SELECT t.id, t.is_person FROM near n CROSS JOIN LATERAL (
        SELECT right_record, false FROM people_link
        WHERE NOT n.is_person AND left_record = n.id AND (match_weight >= 0 OR hold = 'kept')
        UNION ALL
        SELECT left_record, false FROM people_link
        WHERE NOT n.is_person AND right_record = n.id AND (match_weight >= 0 OR hold = 'kept')
        UNION ALL
        SELECT right_record, false FROM people_decision WHERE NOT n.is_person AND left_record = n.id
        UNION ALL
        SELECT left_record, false FROM people_decision WHERE NOT n.is_person AND right_record = n.id
        UNION ALL
        SELECT person_id, true FROM people_membership WHERE NOT n.is_person AND record_id = n.id
        UNION ALL
        SELECT record_id, false FROM people_membership WHERE n.is_person AND person_id = n.id AND current
    ) AS t(id, is_person)
)
SELECT n.id, p.report_id, p.role,
    EXISTS (SELECT 1 FROM people_decision WHERE left_record = n.id)
    OR EXISTS (SELECT 1 FROM people_decision WHERE right_record = n.id)
FROM near n
LEFT JOIN LATERAL (
    SELECT report_id, role FROM people_preparedrecord WHERE record_id = n.id LIMIT 1
) AS p ON true
WHERE NOT n.is_person
"""
"""A person is a place to pass through: its members are asked for once, not with each of them."""
TIES = """
SELECT array_agg(left_record), array_agg(right_record), array_agg(hold), array_send(array_agg(match_weight)),
    array_send(array_agg(cardinality(reasons)::bigint)),
    string_agg(substring(array_send(reasons) FROM 21), ''),
    string_agg(substring(array_send(bits) FROM 21), '')
FROM unnest(%s::text[]) AS r(record_id)
CROSS JOIN LATERAL (
    SELECT left_record, right_record, match_weight, hold, reasons, bits FROM people_link
    WHERE left_record = r.record_id AND (right_record IN (SELECT unnest(%s::text[]))) IS TRUE OFFSET 0
) AS l
HAVING count(*) > 0
"""
"""As columns, since a large person has tens of thousands; arrays without their heads of twenty bytes, to be
read at once. ``IS TRUE`` keeps the records hashed: looking for each in an array of all takes as long as they
are many, squared."""
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
    INSERT INTO people_preparedrecord (record_id, report_id, role, prepared)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) RETURNING number, record_id
)
INSERT INTO people_recentkey (key, record)
SELECT unnest(r.keys::bigint[]), a.number FROM unnest(%s::text[], %s::text[]) AS r(record_id, keys)
JOIN added a ON a.record_id = r.record_id
"""
OF_RECORDS = """
SELECT number, record_id, report_id, prepared FROM people_preparedrecord WHERE record_id = ANY(%s::text[])
"""
# The pages in which ``wanted`` keys stand, if anywhere, are an array, so that they are looked up by their
# index. What is to go ``out`` of ``changed`` pages is taken out.
_PAGES = """
    FROM people_keypage p CROSS JOIN LATERAL unnest(p.keys, p.records) AS e(key, record)
    WHERE p.first = ANY(ARRAY(
        SELECT n.first FROM wanted w CROSS JOIN LATERAL (
            SELECT first FROM people_keypage WHERE first <= w.key ORDER BY first DESC LIMIT 1
        ) AS n
    ))
), pages AS (
    UPDATE people_keypage p SET keys = c.keys, records = c.records FROM (
        SELECT first, coalesce(array_agg(key ORDER BY key, record) FILTER (WHERE NOT out), '{}') AS keys,
            coalesce(array_agg(record ORDER BY key, record) FILTER (WHERE NOT out), '{}') AS records
        FROM changed GROUP BY first HAVING bool_or(out)
    ) AS c WHERE p.first = c.first
)
"""
REMOVE = _PAGES.join(
    [
        """
WITH gone AS (
    DELETE FROM people_preparedrecord WHERE number = ANY(%s::bigint[]) RETURNING 1
), wanted AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS w(key, record)
), changed AS MATERIALIZED (
    SELECT p.first, e.key, e.record, (e.key, e.record) IN (SELECT key, record FROM wanted) AS out
""",
        """, recent AS (
    DELETE FROM people_recentkey c USING wanted w WHERE c.key = w.key AND c.record = w.record RETURNING 1
)
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM changed WHERE out), (SELECT count(*) FROM recent)
""",
    ]
)
CROWD = "INSERT INTO people_crowdedkey (key) SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING"
EMPTY_KEYS = _PAGES.join(
    [
        """
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT key FROM unnest(%s::bigint[]) AS w(key)
), changed AS MATERIALIZED (
    SELECT p.first, e.key, e.record, e.key IN (SELECT key FROM wanted) AS out
""",
        """, recent AS (
    DELETE FROM people_recentkey WHERE key = ANY(%s::bigint[]) RETURNING key, record
)
SELECT e.key, r.number, r.prepared
FROM (SELECT key, record FROM changed WHERE out UNION ALL SELECT key, record FROM recent) AS e
CROSS JOIN LATERAL (SELECT number, prepared FROM people_preparedrecord WHERE number = e.record LIMIT 1) AS r
""",
    ]
)
ADD_KEYS = """
INSERT INTO people_recentkey (key, record)
SELECT key, record FROM unnest(%s::bigint[], %s::bigint[]) AS k(key, record) ON CONFLICT DO NOTHING
"""
REASONS = "SELECT number, comparison, title, level, words FROM people_reason"
ADD_REASONS = """
INSERT INTO people_reason (comparison, title, level, words)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS r(comparison, title, level, words)
WHERE NOT EXISTS (
    SELECT FROM people_reason k WHERE (k.comparison, k.title, k.level, k.words)
        = (r.comparison, r.title, r.level, r.words)
)
"""
"""A number is used up by every row that is tried. Nobody waits for whoever writes the same words now, which
whoever writes everything anew may be doing for minutes."""
BELIEVE = """
WITH bars AS MATERIALIZED (SELECT %s::smallint[] AS reasons, %s::float8[] AS bits)
INSERT INTO people_link (left_record, right_record, match_weight, probability, band, hold, reasons, bits,
    model_version, computed_at)
SELECT left_record, right_record, match_weight, probability, band, nullif(hold, ''),
    bars.reasons[first::int:last::int], bars.bits[first::int:last::int], %s, %s
FROM bars, unnest(%s::text[], %s::text[], %s::float8[], %s::float8[], %s::text[], %s::text[],
    %s::bigint[], %s::bigint[])
    AS b(left_record, right_record, match_weight, probability, band, hold, first, last)
ON CONFLICT (left_record, right_record) DO UPDATE SET match_weight = excluded.match_weight,
    probability = excluded.probability, band = excluded.band, hold = excluded.hold,
    reasons = excluded.reasons, bits = excluded.bits,
    model_version = excluded.model_version, computed_at = excluded.computed_at
"""
FORGET_MEMBERS = "DELETE FROM people_membership WHERE id = ANY(%s::bigint[])"
ADD_MEMBERS = """
INSERT INTO people_membership (record_id, person_id, report_id, role, born, current)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::boolean[])
"""
ADD_CHANGES = """
INSERT INTO people_personchange (at, kind, person_id, other_person_id)
SELECT %s, kind, person, nullif(other, '')
FROM unnest(%s::text[], %s::text[], %s::text[]) AS c(kind, person, other)
WHERE NOT EXISTS (
    SELECT FROM (
        SELECT l.kind, l.person_id, l.other_person_id FROM people_personchange l
        WHERE CASE kind WHEN 'merged' THEN other ELSE person END IN (l.person_id, l.other_person_id)
        ORDER BY l.id DESC LIMIT 1
    ) AS last
    WHERE (last.kind, last.person_id, coalesce(last.other_person_id, '')) = (c.kind, person, other)
)
"""
"""Whoever writes everything anew finds once more what was found and written down meanwhile: what was said
last of a person is not said again."""
COUNT_REMOVAL = """
INSERT INTO people_removal (one, times) VALUES (true, 1)
ON CONFLICT (one) DO UPDATE SET times = people_removal.times + 1
"""
LAST_TOLD = "SELECT coalesce(max(number), 0) FROM public.people_preparedrecord"
TOLD = "SELECT number, report_id FROM public.people_preparedrecord WHERE number > %s ORDER BY number"
"""Of what is in use (``public``), also where what is written beside it is asked first."""
BRING_MEMBERS = """
INSERT INTO people_membership (record_id, person_id, report_id, role, born, current)
SELECT m.record_id, m.person_id, m.report_id, m.role, m.born, true FROM public.people_membership m
WHERE m.report_id = %s AND m.current
    AND NOT EXISTS (SELECT FROM people_membership k WHERE k.record_id = m.record_id AND k.current)
"""
FORGET_THE_FORGOTTEN = """
DELETE FROM people_membership m
WHERE NOT current AND NOT EXISTS (SELECT FROM public.people_membership p WHERE p.record_id = m.record_id)
"""


def numbers(of: Iterable[float]) -> str:
    """Numbers as PostgreSQL writes an array, exactly: written out, they cost a tenth of a list of Python."""
    return "{" + ",".join(map(repr, of)) + "}"


def texts(of: Iterable[str]) -> str:
    """Texts as PostgreSQL writes an array."""
    every = list(of)
    whole = '","'.join(every)
    # Ids have nothing that is written in another way: a tenth of the time of looking at each.
    if "\\" in whole or whole.count('"') > 2 * max(len(every) - 1, 0):
        whole = '","'.join(t.replace("\\", "\\\\").replace('"', '\\"') for t in every)
    return f'{{"{whole}"}}' if every else "{}"
