-- A member of a team is ended once, and otherwise stays as they were named.
CREATE OR REPLACE TRIGGER wall_only_ends BEFORE UPDATE ON workforce_member
    FOR EACH ROW EXECUTE FUNCTION access.only_ends();

-- Which reports a marker covers is written down when a report comes, in the transaction that links it. Returns those that
-- are new. For the services that link and for whoever sets a marker; it tells nobody whose report it is.
CREATE OR REPLACE FUNCTION workforce_cover() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    made integer := 0;
BEGIN
    IF access.purpose() = '' OR NOT EXISTS (SELECT 1 FROM workforce_marker) THEN
        RETURN 0;
    END IF;
    INSERT INTO workforce_covered (marker_id, report_id, at)
    SELECT o.marker_id, o.report_id, clock_timestamp() FROM (
        SELECT p.marker_id, m.report_id
        FROM access.marker_persons(ARRAY(SELECT s.marker_id FROM access.standing_markers() s)) p
        JOIN people_membership m ON m.person_id = p.person AND m.current
        UNION SELECT w.id, w.report_id
        FROM access.standing_markers() s JOIN workforce_marker w ON w.id = s.marker_id WHERE w.report_id <> ''
    ) o
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION workforce_cover() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workforce_cover() TO lamplighter_service, lamplighter_records;

-- Nothing is left of a report that is erased. A marker on it goes on to another report that it covers; where there is
-- none, nothing is left to cover, and it goes with all that hangs on it. Returns how many reports it forgot.
CREATE OR REPLACE FUNCTION workforce_forget(of_reports text[]) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    gone integer := 0;
    alone bigint[];
BEGIN
    IF access.purpose() NOT IN ('erase a record', 'erase a report') THEN
        RAISE EXCEPTION 'only who erases forgets' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM workforce_covered WHERE report_id = ANY (of_reports);
    GET DIAGNOSTICS gone = ROW_COUNT;
    -- A row that is only added is changed by nobody else: see access.refuse_change.
    PERFORM set_config('lamplighter.rewording', 'erasing', true);
    UPDATE workforce_marker m SET report_id = c.report_id
    FROM (SELECT marker_id, min(report_id) AS report_id FROM workforce_covered GROUP BY marker_id) c
    WHERE c.marker_id = m.id AND m.report_id = ANY (of_reports);
    PERFORM set_config('lamplighter.rewording', '', true);
    alone := ARRAY(SELECT m.id FROM workforce_marker m WHERE m.report_id = ANY (of_reports));
    DELETE FROM workforce_endchecked c USING workforce_endproposed p
    WHERE p.id = c.proposal_id AND p.marker_id = ANY (alone);
    DELETE FROM workforce_endproposed WHERE marker_id = ANY (alone);
    DELETE FROM workforce_stepoutcome o USING workforce_step s WHERE s.id = o.step_id AND s.marker_id = ANY (alone);
    DELETE FROM workforce_step WHERE marker_id = ANY (alone);
    DELETE FROM workforce_member WHERE marker_id = ANY (alone);
    DELETE FROM workforce_nameduser WHERE marker_id = ANY (alone);
    DELETE FROM workforce_marker WHERE id = ANY (alone);
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION workforce_forget(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workforce_forget(text[]) TO lamplighter_service, lamplighter_records;

-- Agencies whose people find nothing of a case, so that no task is given to them that nobody would see.
CREATE OR REPLACE FUNCTION workforce_blind(of_case bigint) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT DISTINCT m.agency_id::text
    FROM access.standing_markers() s JOIN workforce_marker m ON m.id = s.marker_id AND m.agency_id IS NOT NULL
    JOIN LATERAL access.marker_cases(ARRAY[s.marker_id]) c ON c.case_id = of_case AND c.of_suspect
    WHERE access.purpose() <> ''
$$;
REVOKE ALL ON FUNCTION workforce_blind(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workforce_blind(bigint) TO lamplighter_service;

-- The markers of a report, a pattern or a case, for whoever may read that there are any.
CREATE OR REPLACE FUNCTION workforce_of_report(of_report text) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT s.marker_id FROM access.standing_markers() s JOIN workforce_marker m ON m.id = s.marker_id
    WHERE access.sees_marker(m.id) AND (m.report_id = of_report OR EXISTS (
        SELECT 1 FROM access.marker_persons(ARRAY[m.id]) p
        JOIN people_membership r ON r.person_id = p.person AND r.current
        WHERE r.report_id = of_report AND (p.side = 'suspect' OR r.role = 'victim' AND NOT EXISTS (
            SELECT 1 FROM people_membership x WHERE x.report_id = of_report AND x.current AND x.role = 'suspect'))))
$$;
CREATE OR REPLACE FUNCTION workforce_of_pattern(of_course text) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT s.marker_id FROM access.standing_markers() s JOIN workforce_marker m ON m.id = s.marker_id
    WHERE access.sees_marker(m.id) AND (m.course_id = of_course OR EXISTS (
        SELECT 1 FROM access.marker_persons(ARRAY[m.id]) p JOIN patterns_course k ON k.superseded_at IS NULL
        WHERE k.course_id = of_course AND ((p.side = 'suspect' AND p.person IN (k.victim_person, k.suspect_person))
            OR (k.suspect_person IS NULL AND k.victim_person = p.person))))
$$;
CREATE OR REPLACE FUNCTION workforce_of_case(of_case bigint) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT s.marker_id FROM access.standing_markers() s
    JOIN LATERAL access.marker_cases(ARRAY[s.marker_id]) c ON c.case_id = of_case AND c.of_suspect
    WHERE access.sees_marker(s.marker_id) AND NOT access.excluded(of_case)
$$;
-- The cases that a marker covers, for its team.
CREATE OR REPLACE FUNCTION workforce_cases(of_marker bigint) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT c.case_id FROM access.marker_cases(ARRAY[of_marker]) c
    WHERE c.of_suspect AND access.sees_marker(of_marker)
$$;
-- Who of the marked agency read what the marker covers, before it was set, and the person who is named at any time:
-- for the team alone. Who, when and what kind of thing; never what it said.
CREATE OR REPLACE FUNCTION workforce_looks(of_marker bigint, most integer)
    RETURNS TABLE (at timestamptz, actor_id bigint, agency text, verb text, subject text, case_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH m AS MATERIALIZED (SELECT * FROM workforce_marker w WHERE w.id = of_marker AND access.in_team(w.id)
                            AND NOT access.of_marked_agency(w.id)),
    persons AS MATERIALIZED (SELECT p.person FROM access.marker_persons(ARRAY[of_marker]) p),
    things AS MATERIALIZED (
        SELECT DISTINCT 'report ' || v.key AS subject FROM intake_reportversion v
        WHERE v.report_id IN (SELECT c.report_id FROM workforce_covered c WHERE c.marker_id = of_marker)
           OR v.report_id = (SELECT m.report_id FROM m WHERE m.report_id <> '')
        UNION SELECT 'person ' || p.person FROM persons p
        UNION SELECT DISTINCT 'pattern ' || k.course_id FROM persons p
        JOIN patterns_course k ON p.person IN (k.victim_person, k.suspect_person)
    )
    SELECT e.at, e.actor_id, e.agency::text, e.verb::text, e.subject::text, e.case_id
    FROM m JOIN audit_event e ON (
            (e.agency = m.agency_id AND e.at < m.at)
            OR e.actor_id IN (SELECT n.user_id FROM workforce_nameduser n WHERE n.marker_id = m.id))
    WHERE e.actor_id IS NOT NULL
      AND (e.subject IN (SELECT t.subject FROM things t)
           OR e.case_id IN (SELECT c.case_id FROM access.marker_cases(ARRAY[of_marker]) c WHERE c.of_suspect)
           -- Also in a list, or among what a search found.
           OR (e.detail -> 'of_records') ?| ARRAY(SELECT t.subject FROM things t)
           OR (e.detail -> 'of_cases') ?| ARRAY(
               SELECT c.case_id::text FROM access.marker_cases(ARRAY[of_marker]) c WHERE c.of_suspect))
    ORDER BY e.at DESC, e.id DESC LIMIT most
$$;
REVOKE ALL ON FUNCTION workforce_of_report(text), workforce_of_pattern(text), workforce_of_case(bigint),
    workforce_cases(bigint), workforce_looks(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workforce_of_report(text), workforce_of_pattern(text), workforce_of_case(bigint),
    workforce_cases(bigint), workforce_looks(bigint, integer) TO lamplighter_web;
