-- Who reads the words of a report, and who is kept off what. Asked by the policies of reports, people and patterns.
-- What a sender of these kinds is told is told in confidence (partitions.CONFIDING): its reports are its own until it
-- says otherwise. One's own agency's and those of other kinds are read by everybody who reads reports.
CREATE OR REPLACE FUNCTION access.open_senders() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(a.code::text), '{}') FROM accounts_agency a
    WHERE a.kind NOT IN ('advocacy', 'health') OR a.code = access.agency()
$$;
-- The people of the cases that whoever asks is kept off, and of the patterns that those cases came from.
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
    ) o WHERE o.id IS NOT NULL
$$;
-- Every report in which one of them is somebody whom it is about, and every pattern of theirs.
CREATE OR REPLACE FUNCTION access.kept_off_reports() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    WITH off AS MATERIALIZED (SELECT access.kept_off_persons() AS ids)
    SELECT coalesce(array_agg(DISTINCT m.report_id::text), '{}')
    FROM off JOIN people_membership m ON m.person_id = ANY (off.ids)
    WHERE cardinality(off.ids) > 0
$$;
CREATE OR REPLACE FUNCTION access.kept_off_courses() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    WITH off AS MATERIALIZED (SELECT access.kept_off_persons() AS ids)
    SELECT coalesce(array_agg(DISTINCT k.course_id::text), '{}')
    FROM off JOIN patterns_course k ON k.victim_person = ANY (off.ids) OR k.suspect_person = ANY (off.ids)
    WHERE cardinality(off.ids) > 0
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
