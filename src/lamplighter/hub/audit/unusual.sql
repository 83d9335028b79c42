-- Which looks are unusual. It reads names, and gives back only who, which case, which day and how many:
-- the job that asks this has no right to read a case.
CREATE OR REPLACE FUNCTION audit_words(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(w ORDER BY w) FROM regexp_split_to_table(lower(name), '[^[:alpha:]]+') AS w WHERE w <> ''
$$;
CREATE OR REPLACE FUNCTION audit_family(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT w[1] FROM regexp_match(lower(name), '([[:alpha:]''’-]{3,})[^[:alpha:]]*$') AS w
$$;

DROP FUNCTION IF EXISTS audit_unusual(timestamptz, integer, integer, integer, integer, integer);
CREATE OR REPLACE FUNCTION audit_unusual(
    since timestamptz, in_an_hour integer, in_a_day integer, off_case integer, without_work integer, wrong integer,
    young_days integer, wrong_steps integer, few_found integer, without_work_records integer
) RETURNS TABLE (rule text, user_id bigint, case_id bigint, day date, seen bigint, event_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH looks AS MATERIALIZED (
        SELECT e.id, e.at, e.actor_id, e.agency, e.case_id, e.subject, e.verb, e.detail,
               (e.at AT TIME ZONE 'Europe/London')::date AS day
        FROM audit_event e
        WHERE e.at >= since AND e.operation = 'consultation' AND e.actor_id IS NOT NULL
    ), door AS (
        SELECT e.id, e.actor_id, e.verb, (e.at AT TIME ZONE 'Europe/London')::date AS day
        FROM audit_event e
        WHERE e.at >= since AND e.verb IN ('accounts.one_browser', 'accounts.factor_refused') AND e.actor_id IS NOT NULL
    ), each_case AS MATERIALIZED (
        SELECT l.id, l.at, l.actor_id, l.agency, l.day, l.case_id, true AS opened
        FROM looks l WHERE l.case_id IS NOT NULL
        UNION ALL
        -- What a list or a search named. Whoever is shown few by a search looked for them, and a list is a list.
        SELECT l.id, l.at, l.actor_id, l.agency, l.day, c.named::bigint,
               l.verb IN ('cases.searched', 'search.asked') AND jsonb_array_length(l.detail -> 'of_cases') <= few_found
        FROM looks l, LATERAL jsonb_array_elements_text(l.detail -> 'of_cases') AS c(named)
    ), shown AS MATERIALIZED (
        SELECT e.actor_id, e.agency, e.case_id, e.day, count(*) AS seen, min(e.id) AS first_id
        FROM each_case e GROUP BY 1, 2, 3, 4
    ), at_cases AS MATERIALIZED (
        SELECT e.actor_id, e.agency, e.case_id, e.day, min(e.id) AS first_id, min(e.at) AS first_at
        FROM each_case e WHERE e.opened GROUP BY 1, 2, 3, 4
    ), named AS (
        SELECT DISTINCT a.*, audit_words(u.display_name) IN (audit_words(p.name), audit_words(p.also_known_as)) AS own
        FROM shown a JOIN accounts_user u ON u.id = a.actor_id JOIN cases_party p ON p.case_id = a.case_id
        WHERE audit_words(u.display_name) IN (audit_words(p.name), audit_words(p.also_known_as))
           OR audit_family(u.display_name) IN (audit_family(p.name), audit_family(p.also_known_as))
    ), apart AS (
        SELECT a.*,
               EXISTS (SELECT 1 FROM cases_participation p
                       WHERE p.case_id = a.case_id AND p.agency_id = a.agency
                         AND (p.ended_at IS NULL OR p.ended_at > a.first_at)) AS on_case,
               EXISTS (SELECT 1 FROM access_breakglass g
                       WHERE g.case_id = a.case_id AND g.user_id = a.actor_id
                         AND a.first_at <= coalesce(g.ended_at, g.expires_at)
                         AND (g.at AT TIME ZONE 'Europe/London')::date <= a.day) AS through_glass,
               EXISTS (SELECT 1 FROM audit_event w
                       WHERE w.case_id = a.case_id AND w.actor_id = a.actor_id
                         AND w.operation IN ('collection', 'alteration', 'disclosure', 'combination', 'erasure'))
               OR EXISTS (SELECT 1 FROM clocks_clock c
                          WHERE c.case_id = a.case_id AND c.assigned_to_id = a.actor_id) AS works
        FROM at_cases a
    ), each_record AS MATERIALIZED (
        SELECT l.id, l.actor_id, l.agency, l.day, l.subject, true AS opened FROM looks l
        UNION ALL
        SELECT l.id, l.actor_id, l.agency, l.day, r.subject, false
        FROM looks l, LATERAL jsonb_array_elements_text(l.detail -> 'of_records') AS r(subject)
    ), at_records AS MATERIALIZED (
        SELECT e.actor_id, e.agency, e.day, e.subject, split_part(e.subject, ' ', 1) AS kind,
               split_part(e.subject, ' ', 2) AS of_id, count(*) AS seen, min(e.id) AS first_id, bool_or(opened) AS opened
        FROM each_record e WHERE e.subject ~ '^(person|pattern|report) [^ ]+$' GROUP BY 1, 2, 3, 4
    ), versions AS MATERIALIZED (
        -- The reports behind each record that was looked at; ``record_id`` where it is of one person.
        SELECT s.subject, v.id AS version_id, v.agency, NULL::text AS record_id
        FROM (SELECT DISTINCT subject, of_id FROM at_records WHERE kind = 'report') s
        JOIN intake_reportversion v ON v.key::text = s.of_id
        UNION ALL
        SELECT s.subject, v.id, v.agency, m.record_id
        FROM (SELECT DISTINCT subject, of_id AS person FROM at_records WHERE kind = 'person'
              UNION
              SELECT r.subject, p.person FROM at_records r
              JOIN patterns_course c ON c.course_id = r.of_id AND r.kind = 'pattern',
              LATERAL (VALUES (c.victim_person), (c.suspect_person)) AS p(person)) s
        JOIN people_membership m ON m.person_id = s.person AND m.current
        JOIN intake_reportversion v ON v.report_id = m.report_id AND v.superseded_at IS NULL
    ), people AS MATERIALIZED (
        SELECT DISTINCT v.subject, concat_ws(' ', p.forenames, p.surname) AS name, p.surname, n.other
        FROM versions v JOIN intake_personrecord p ON p.version_id = v.version_id
             AND (v.record_id IS NULL OR p.record_id = v.record_id)
        LEFT JOIN LATERAL unnest(p.nicknames) AS n(other) ON true
    ), named_records AS (
        SELECT r.actor_id, r.day, r.subject, r.seen, r.first_id,
               -- A record often has the middle names, too.
               bool_or(audit_words(u.display_name) <@ audit_words(p.name)
                       OR audit_words(u.display_name) = audit_words(p.other)) AS own
        FROM at_records r JOIN people p ON p.subject = r.subject JOIN accounts_user u ON u.id = r.actor_id
        WHERE audit_words(u.display_name) <@ audit_words(p.name)
           OR audit_words(u.display_name) = audit_words(p.other)
           OR audit_family(u.display_name) IN (audit_family(p.surname), audit_family(p.other))
        GROUP BY 1, 2, 3, 4, 5
    )
    SELECT CASE WHEN bool_or(own) THEN 'own_name' ELSE 'family_name' END, actor_id, case_id, day, max(seen),
           min(first_id)
    FROM named GROUP BY actor_id, case_id, day
    UNION ALL
    SELECT CASE WHEN own THEN 'own_name_records' ELSE 'family_name_records' END, actor_id, NULL, day, sum(seen)::bigint,
           min(first_id)
    FROM named_records GROUP BY actor_id, day, own
    UNION ALL
    -- Compared when it was searched for; what was typed is kept nowhere.
    SELECT l.detail ->> 'typed' || '_searched', actor_id, NULL, day, count(*), min(id)
    FROM looks l WHERE l.detail ->> 'typed' IN ('own_name', 'family_name') GROUP BY 1, 2, 4
    UNION ALL
    -- A look through a broken glass is reviewed anyway.
    SELECT 'not_on_case', actor_id, NULL, day, count(*), min(first_id)
    FROM apart WHERE NOT on_case AND NOT through_glass AND NOT works
    GROUP BY actor_id, day HAVING count(*) >= off_case
    UNION ALL
    SELECT 'no_work', actor_id, NULL, day, count(*), min(first_id)
    FROM apart WHERE on_case AND NOT through_glass AND NOT works
    GROUP BY actor_id, day HAVING count(*) >= without_work
    UNION ALL
    SELECT 'no_work_records', r.actor_id, NULL, r.day, count(*), min(r.first_id)
    FROM at_records r
    WHERE r.opened
      AND EXISTS (SELECT 1 FROM intake_reportversion v WHERE v.agency = r.agency)
      AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.subject = r.subject AND v.agency = r.agency)
      AND NOT EXISTS (SELECT 1 FROM audit_event w
                      WHERE w.subject = r.subject AND w.actor_id = r.actor_id
                        AND w.operation IN ('collection', 'alteration', 'disclosure', 'combination', 'erasure'))
    GROUP BY r.actor_id, r.day HAVING count(*) >= without_work_records
    UNION ALL
    SELECT DISTINCT ON (actor_id, day) 'many_in_an_hour', actor_id, NULL::bigint, day, subjects, first_id
    FROM (SELECT actor_id, day, date_trunc('hour', at), count(DISTINCT subject) AS subjects, min(id) AS first_id
          FROM looks GROUP BY 1, 2, 3 HAVING count(DISTINCT subject) >= in_an_hour) AS hours
    UNION ALL
    SELECT 'many_in_a_day', actor_id, NULL, day, count(DISTINCT subject), min(id)
    FROM looks GROUP BY actor_id, day HAVING count(DISTINCT subject) >= in_a_day
    UNION ALL
    SELECT 'guessing', actor_id, NULL, day, count(*), min(id)
    FROM looks WHERE verb = 'access.no_such_reference' GROUP BY actor_id, day HAVING count(*) >= wrong
    UNION ALL
    -- An account that one person had another make, move or send a new link for: young from that moment on. Those that
    -- were made on the server are its operator's.
    SELECT 'young_account', l.actor_id, NULL, l.day, count(*), min(l.id)
    FROM looks l WHERE l.verb IN ('victim.vault_opened', 'sharing.vault_seen') AND EXISTS (
        SELECT 1 FROM accounts_posting p
        WHERE p.user_id = l.actor_id AND p.by_id IS NOT NULL AND p.what IN ('invited', 'transfer', 'fresh_start')
          AND p.at BETWEEN l.at - make_interval(days => young_days) AND l.at)
    GROUP BY l.actor_id, l.day
    UNION ALL
    SELECT 'one_browser', d.actor_id, NULL, d.day, count(*), min(d.id)
    FROM door d WHERE d.verb = 'accounts.one_browser' GROUP BY d.actor_id, d.day
    UNION ALL
    SELECT 'second_step', d.actor_id, NULL, d.day, count(*), min(d.id)
    FROM door d WHERE d.verb = 'accounts.factor_refused' GROUP BY d.actor_id, d.day HAVING count(*) >= wrong_steps
    UNION ALL
    -- Words that repeat the address vault: each one that stands, and several that were refused.
    SELECT 'vault_repeated', actor_id, case_id, day, count(*), min(id)
    FROM looks WHERE verb IN ('access.vault_repeated', 'access.vault_refused') AND case_id IS NOT NULL
    GROUP BY actor_id, case_id, day HAVING count(*) >= wrong OR bool_or(verb = 'access.vault_repeated')
    UNION ALL
    -- Each one of these, whatever else was done that day: who is blocked, and who asked for two reviews too near.
    SELECT CASE e.verb WHEN 'access.kept_off' THEN 'kept_off' ELSE 'near_review' END, e.actor_id, e.case_id,
           (e.at AT TIME ZONE 'Europe/London')::date, 1, e.id
    FROM audit_event e
    WHERE e.at >= since AND e.actor_id IS NOT NULL AND e.verb IN ('access.kept_off', 'insight.near_review')
$$;
REVOKE ALL ON FUNCTION audit_unusual(timestamptz, integer, integer, integer, integer, integer, integer, integer, integer,
    integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_unusual(timestamptz, integer, integer, integer, integer, integer, integer, integer, integer,
    integer)
    TO lamplighter_service;

-- An auditor may ask for a case by what people call it; nothing of the case comes back but its number.
CREATE OR REPLACE FUNCTION audit_case(wanted text) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT c.id FROM cases_case c WHERE access.role() = 'auditor' AND NOT access.excluded(c.id)
      AND (c.reference = upper(wanted) OR c.key::text = lower(wanted))
$$;

-- The other way: an auditor's list of events calls a case by its reference, and not by the number it has here.
CREATE OR REPLACE FUNCTION audit_references(wanted bigint[]) RETURNS TABLE (id bigint, reference text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id, c.reference::text FROM cases_case c
    WHERE access.role() = 'auditor' AND c.id = ANY (wanted) AND NOT access.excluded(c.id)
$$;
