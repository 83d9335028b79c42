-- Who reads the words of a report, and who is kept off what. Asked by the policies of reports, people and patterns.
-- What a sender of these kinds is told is told in confidence (partitions.CONFIDING): its reports are its own until it
-- says otherwise. One's own agency's and those of other kinds are read by everybody who reads reports.
CREATE OR REPLACE FUNCTION access.open_senders() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(a.code::text), '{}') FROM accounts_agency a
    WHERE a.kind NOT IN ('advocacy', 'health') OR a.code = access.agency()
$$;
-- The people of the cases that whoever asks is kept off, and of the patterns that those cases came from; and those of
-- the markers against them.
CREATE OR REPLACE FUNCTION access.kept_off_persons() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    WITH off AS MATERIALIZED (
        SELECT e.case_id FROM access_exclusion e
        WHERE e.user_id = access.claimed() AND e.ended_at IS NULL AND access.proved()
    )
    SELECT coalesce(array_agg(DISTINCT o.id), '{}') FROM (
        SELECT p.person_id::text AS id FROM off JOIN cases_party p ON p.case_id = off.case_id
        WHERE p.person_id <> '' AND p.replaced_at IS NULL
        UNION ALL
        SELECT unnest(ARRAY[k.victim_person, k.suspect_person])::text
        FROM off JOIN cases_case c ON c.id = off.case_id AND c.course_id <> ''
        JOIN patterns_course k ON k.course_id = c.course_id AND k.superseded_at IS NULL
        UNION ALL
        SELECT p.person FROM access.marker_persons(access.markers_against()) p
    ) o WHERE o.id IS NOT NULL
$$;
-- Every report in which one of them is somebody whom it is about, and every pattern of theirs.
CREATE OR REPLACE FUNCTION access.kept_off_reports() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    WITH off AS MATERIALIZED (SELECT access.kept_off_persons() AS ids),
    against AS MATERIALIZED (SELECT access.markers_against() AS ids)
    SELECT coalesce(array_agg(DISTINCT o.id), '{}') FROM (
        SELECT m.report_id::text AS id FROM off JOIN people_membership m ON m.person_id = ANY (off.ids)
        WHERE cardinality(off.ids) > 0
        UNION ALL
        -- What a marker is on, before anybody has looked for its people; and what it covered, once it is nobody's.
        SELECT m.report_id::text FROM against JOIN workforce_marker m ON m.id = ANY (against.ids) AND m.report_id <> ''
        UNION ALL
        SELECT v.report_id::text FROM against JOIN workforce_covered v ON v.marker_id = ANY (against.ids)
        WHERE NOT EXISTS (SELECT 1 FROM people_membership m WHERE m.report_id = v.report_id AND m.current)
    ) o
$$;
CREATE OR REPLACE FUNCTION access.kept_off_courses() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    WITH off AS MATERIALIZED (SELECT access.kept_off_persons() AS ids)
    SELECT coalesce(array_agg(DISTINCT o.id), '{}') FROM (
        SELECT k.course_id::text AS id
        FROM off JOIN patterns_course k ON k.victim_person = ANY (off.ids) OR k.suspect_person = ANY (off.ids)
        WHERE cardinality(off.ids) > 0
        UNION ALL
        SELECT m.course_id::text FROM workforce_marker m
        WHERE m.course_id <> '' AND m.id = ANY (access.markers_against())
    ) o
$$;
-- Whether whoever asks works on a case about the two people of a report.
CREATE OR REPLACE FUNCTION access.on_case_about(of_report text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    COST 5000 SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM people_membership v
        JOIN people_membership s ON s.report_id = v.report_id AND s.current AND s.role = 'suspect'
        JOIN cases_party a ON a.person_id = v.person_id AND a.replaced_at IS NULL AND a.side = 'victim'
        JOIN cases_party b ON b.case_id = a.case_id AND b.person_id = s.person_id AND b.replaced_at IS NULL
            AND b.side = 'suspect'
        WHERE v.report_id = of_report AND v.current AND v.role = 'victim' AND access.on_case(a.case_id)
    ) OR EXISTS (
        SELECT 1 FROM patterns_course k JOIN cases_case c ON c.course_id = k.course_id
        WHERE k.superseded_at IS NULL AND k.report_ids @> ARRAY[of_report] AND access.on_case(c.id)
    )
$$;
-- What the sender said last decides, and where it said nothing, its own agency alone reads the words.
CREATE OR REPLACE FUNCTION access.reads_report(of_report text, sender text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER COST 3000 SET search_path = public, pg_temp AS $$
    SELECT sender = ANY (access.open_senders()) OR coalesce((
        SELECT CASE c.readers
            WHEN 'everybody' THEN true
            WHEN 'named' THEN access.agency() = ANY (c.agencies)
            WHEN 'case' THEN access.on_case_about(of_report)
            ELSE false END
        FROM intake_readerchoice c WHERE c.report_id = of_report AND c.agency_id = sender
        ORDER BY c.id DESC LIMIT 1
    ), false)
$$;
-- By reference, which has an index for every version: a withdrawn report has no version that stands.
CREATE OR REPLACE FUNCTION access.sender_of(of_report text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    COST 500 SET search_path = public, pg_temp AS $$
    SELECT v.agency FROM intake_reportversion v
    WHERE v.source_ref = substr(of_report, strpos(of_report, ':') + 1) AND v.report_id = of_report
    ORDER BY v.version DESC LIMIT 1
$$;
CREATE OR REPLACE FUNCTION access.reads_words(of_report text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    COST 4000 SET search_path = public, pg_temp AS $$
    SELECT coalesce(access.reads_report(of_report, access.sender_of(of_report)), false)
$$;
-- What everybody who reads reports is told of one whose words are not theirs: that it is held, by whom, of which day.
-- Nothing of a report about people whom they are kept off.
CREATE OR REPLACE FUNCTION access.held_elsewhere(of_reports text[], of_key uuid DEFAULT NULL)
    RETURNS TABLE (report_id text, key uuid, agency text, reported_at timestamp) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT v.report_id, v.key, v.agency, v.reported_at FROM intake_reportversion v
    WHERE v.superseded_at IS NULL AND (v.report_id = ANY (of_reports) OR v.key = of_key)
        AND access.role() IN ('coordinator', 'investigator', 'stalking_lead', 'advocate')
        AND NOT access.reads_report(v.report_id, v.agency)
        AND NOT v.report_id = ANY (access.kept_off_reports())
    ORDER BY v.reported_at, v.report_id
$$;
REVOKE ALL ON FUNCTION access.held_elsewhere(text[], uuid) FROM PUBLIC;
-- What the audit log of an agency does not say: of what a marker covers, and of the markers themselves.
CREATE OR REPLACE FUNCTION access.unspoken() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(o.subject), '{}') FROM (
        SELECT 'marker ' || m.key AS subject FROM workforce_marker m WHERE access.against(m.id)
        UNION ALL
        SELECT DISTINCT 'report ' || v.key FROM intake_reportversion v
        WHERE cardinality(access.markers_against()) > 0 AND v.report_id = ANY (access.kept_off_reports())
        UNION ALL SELECT 'pattern ' || k FROM unnest(access.kept_off_courses()) AS k
        WHERE cardinality(access.markers_against()) > 0
        UNION ALL SELECT 'person ' || p FROM unnest(access.kept_off_persons()) AS p
        WHERE cardinality(access.markers_against()) > 0
    ) o
$$;
-- Who reads that there is a marker: nobody whom it is against. The team; whoever set it; those who may read reports and
-- patterns, so that they do not speak of it with that agency; and those who work on a case that it covers.
CREATE OR REPLACE FUNCTION access.sees_marker(of_marker bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    COST 2000 SET search_path = public, pg_temp AS $$
    SELECT access.role() IS NOT NULL AND NOT access.against(of_marker) AND (
        access.in_team(of_marker)
        OR EXISTS (SELECT 1 FROM workforce_marker m WHERE m.id = of_marker AND m.by_id = access.claimed())
        OR access.role() IN ('coordinator', 'investigator', 'stalking_lead', 'advocate')
        OR (access.role() IN ('clinician', 'probation') AND EXISTS (
            SELECT 1 FROM access.marker_cases(ARRAY[of_marker]) c WHERE c.of_suspect AND access.on_case(c.case_id)))
    )
$$;
-- A second person of a third agency: neither that of whoever proposed the end, nor the marked one.
CREATE OR REPLACE FUNCTION access.may_check_end(of_proposal bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM workforce_endproposed p JOIN accounts_user a ON a.id = p.by_id
        WHERE p.id = of_proposal AND access.sees_marker(p.marker_id) AND NOT access.of_marked_agency(p.marker_id)
            AND a.agency_id <> access.agency() AND p.by_id <> access.claimed()
            AND access.role() IN ('coordinator', 'stalking_lead'))
$$;
-- Asked by the functions above alone.
REVOKE ALL ON FUNCTION access.on_case_about(text), access.sender_of(text) FROM PUBLIC;
