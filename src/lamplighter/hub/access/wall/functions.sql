-- What the policies ask. Each looks at the person of the transaction, set by access.wall.identity, and at nothing else.
-- All are run with the owner's rights, so that they see the rows they decide about.
CREATE SCHEMA IF NOT EXISTS access;
GRANT USAGE ON SCHEMA access TO PUBLIC;

-- What the site proves with that it was the site which said who is asking: anybody who can run a statement can set
-- a setting, and only whoever has this key can make the proof that goes with it. Read by the functions below alone.
CREATE TABLE IF NOT EXISTS access.identity_key (one boolean PRIMARY KEY DEFAULT true CHECK (one), key bytea NOT NULL);
REVOKE ALL ON access.identity_key FROM PUBLIC;
-- What access.wall.sync applied last: a digest of what it ran, one of what the database held afterwards, and the list of that
-- with its seal, which nobody makes who has only the database (access/wall/drift.py).
CREATE TABLE IF NOT EXISTS access.applied (one boolean PRIMARY KEY DEFAULT true CHECK (one),
    declared text NOT NULL, found text NOT NULL, at timestamptz NOT NULL DEFAULT now());
ALTER TABLE access.applied ADD COLUMN IF NOT EXISTS state text NOT NULL DEFAULT '';
ALTER TABLE access.applied ADD COLUMN IF NOT EXISTS seal text NOT NULL DEFAULT '';
REVOKE ALL ON access.applied FROM PUBLIC;

-- Who the settings say is asking, believed by nobody before it is proved.
CREATE OR REPLACE FUNCTION access.claimed() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('lamplighter.actor', true), '')::bigint
$$;
-- A proof is of one connection, one transaction (or one background job), one person and one purpose: seen elsewhere
-- or kept for later, it proves nothing. access.wall.identity makes the same.
CREATE OR REPLACE FUNCTION access.proof(secret bytea, scope text) RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED AS $$
    SELECT scope || encode(sha256(secret || sha256(secret || convert_to(
        pg_backend_pid() || '|' || CASE scope WHEN 'j' THEN 'job' ELSE extract(epoch FROM now())::text END
        || '|' || coalesce(current_setting('lamplighter.actor', true), '')
        || '|' || coalesce(current_setting('lamplighter.purpose', true), ''), 'UTF8'))), 'hex')
$$;
CREATE OR REPLACE FUNCTION access.proved() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    proof text := coalesce(current_setting('lamplighter.proof', true), '');
    secret bytea;
BEGIN
    IF proof = '' THEN RETURN false; END IF;
    SELECT key INTO secret FROM access.identity_key;
    RETURN proof = access.proof(secret, left(proof, 1));
END $$;
CREATE OR REPLACE FUNCTION access.actor() RETURNS bigint LANGUAGE sql STABLE PARALLEL RESTRICTED AS $$
    SELECT CASE WHEN access.proved() THEN access.claimed() END
$$;
CREATE OR REPLACE FUNCTION access.purpose() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED AS $$
    SELECT CASE WHEN access.proved() THEN coalesce(current_setting('lamplighter.purpose', true), '') ELSE '' END
$$;
CREATE OR REPLACE FUNCTION access.reason() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('lamplighter.reason', true), '')
$$;
-- An account that waits to be confirmed by a second person has no role and no agency: it opens nothing but its own page,
-- whatever page or statement asks. What is kept from somebody is kept from them all the same.
CREATE OR REPLACE FUNCTION access.role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT u.role FROM accounts_user u WHERE u.id = access.actor() AND u.is_active AND u.waits_since IS NULL
$$;
CREATE OR REPLACE FUNCTION access.agency() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT u.agency_id FROM accounts_user u WHERE u.id = access.actor() AND u.is_active AND u.waits_since IS NULL
$$;
CREATE OR REPLACE FUNCTION access.kind() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT a.kind FROM accounts_user u JOIN accounts_agency a ON a.code = u.agency_id
    WHERE u.id = access.actor() AND u.is_active AND u.waits_since IS NULL
$$;
-- Who may confirm an account that waits: those who lead its agency; where nobody does, others who do casework there; where
-- nobody is left there, or the role is the hub's own, an auditor. Never the account itself, nobody who waits themselves,
-- and nobody who asked for anything of what is to be confirmed.
CREATE OR REPLACE FUNCTION access.confirmers(of_user bigint) RETURNS TABLE (id bigint) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    WITH could AS (
        SELECT c.id, CASE
            WHEN c.agency_id = u.agency_id AND u.role = ANY (work.roles) AND c.role IN ('coordinator', 'stalking_lead') THEN 1
            WHEN c.agency_id = u.agency_id AND u.role = ANY (work.roles) AND c.role = ANY (work.roles) THEN 2
            WHEN c.role = 'auditor' THEN 3 END AS turn
        FROM accounts_user u
        JOIN accounts_user c ON c.id <> u.id AND c.is_active AND c.left_at IS NULL AND c.waits_since IS NULL,
        LATERAL (VALUES (ARRAY['coordinator', 'investigator', 'stalking_lead', 'probation', 'clinician', 'advocate']))
            AS work (roles)
        WHERE u.id = of_user AND c.id <> ALL (u.asked_by)
    )
    SELECT c.id FROM could c WHERE c.turn = (SELECT min(o.turn) FROM could o)
$$;
CREATE OR REPLACE FUNCTION access.may_confirm(of_user bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT access.role() IS NOT NULL
        AND EXISTS (SELECT 1 FROM accounts_user u
                    WHERE u.id = of_user AND u.waits_since IS NOT NULL AND u.left_at IS NULL)
        AND EXISTS (SELECT 1 FROM access.confirmers(of_user) c WHERE c.id = access.actor())
$$;
-- Nobody is confirmed before they came in: a link that is still open may be used by whoever made it.
CREATE OR REPLACE FUNCTION access.came_in(of_user bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = of_user AND u.is_active AND u.left_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM accounts_invitation i WHERE i.user_id = of_user AND i.used_at IS NULL
                        AND i.withdrawn_at IS NULL AND i.expires_at > now())
$$;
-- Whether two cases are about the same two people, whichever way round: who linkage says they are, the pattern that
-- both came from, or that somebody joined them: who is kept off one is then kept off the other.
CREATE OR REPLACE FUNCTION access.same_two(one bigint, other bigint) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER COST 3000 SET search_path = public, pg_temp AS $$
    SELECT one = other OR EXISTS (
        SELECT 1 FROM cases_case a JOIN cases_case b ON b.course_id = a.course_id
        WHERE a.id = one AND b.id = other AND a.course_id <> ''
    ) OR EXISTS (
        SELECT 1 FROM duplicates_joined j
        WHERE j.parted_at IS NULL AND (j.case_id, j.other_id) IN ((one, other), (other, one))
    ) OR (
        SELECT count(DISTINCT p.person_id) = 2 FROM cases_party p
        WHERE p.case_id = one AND p.person_id <> '' AND p.replaced_at IS NULL AND EXISTS (
            SELECT 1 FROM cases_party q
            WHERE q.case_id = other AND q.person_id = p.person_id AND q.replaced_at IS NULL
        )
    )
$$;
-- Somebody who was reported works for an agency (lamplighter.hub.workforce). A marker stands until two people ended it.
CREATE OR REPLACE FUNCTION access.standing_markers() RETURNS TABLE (marker_id bigint) LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.id FROM workforce_marker m
    WHERE NOT EXISTS (SELECT 1 FROM workforce_endproposed p JOIN workforce_endchecked c ON c.proposal_id = p.id
                      WHERE p.marker_id = m.id AND c.agrees)
$$;
-- In the team by name, and of the same agency as when they were named.
CREATE OR REPLACE FUNCTION access.in_team(of_marker bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT access.proved() AND EXISTS (
        SELECT 1 FROM workforce_member t
        JOIN accounts_user u ON u.id = t.user_id AND u.agency_id = t.agency_id AND u.is_active AND u.waits_since IS NULL
        WHERE t.marker_id = of_marker AND t.user_id = access.claimed() AND t.ended_at IS NULL)
$$;
CREATE OR REPLACE FUNCTION access.leads_team(of_marker bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT access.in_team(of_marker) AND EXISTS (
        SELECT 1 FROM workforce_member t
        WHERE t.marker_id = of_marker AND t.user_id = access.claimed() AND t.ended_at IS NULL AND t.lead)
$$;
-- Whether somebody leads the team who is still here, and where they were.
CREATE OR REPLACE FUNCTION access.has_lead(of_marker bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM workforce_member t
        JOIN accounts_user u ON u.id = t.user_id AND u.agency_id = t.agency_id AND u.is_active
        WHERE t.marker_id = of_marker AND t.ended_at IS NULL AND t.lead)
$$;
CREATE OR REPLACE FUNCTION access.of_marked_agency(of_marker bigint) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM workforce_marker m JOIN accounts_user u ON u.agency_id = m.agency_id
                   WHERE m.id = of_marker AND u.id = access.claimed())
$$;
-- Whether a marker is against whoever asks: they are named in it, or of its agency and not admitted by name. Also of a
-- marker that has ended: they do not learn that there was one.
CREATE OR REPLACE FUNCTION access.named_in(of_marker bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM workforce_nameduser n
                   WHERE n.marker_id = of_marker AND n.user_id = access.claimed())
$$;
CREATE OR REPLACE FUNCTION access.against(of_marker bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT access.proved() AND (access.named_in(of_marker)
        OR (access.of_marked_agency(of_marker) AND NOT access.in_team(of_marker)))
$$;
-- Those of their agency or that name them, whether or not they have ended or the team admitted them: nearly always none.
CREATE OR REPLACE FUNCTION access.markers_touching() RETURNS TABLE (marker_id bigint) LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.id FROM workforce_marker m JOIN accounts_user u ON u.agency_id = m.agency_id WHERE u.id = access.claimed()
    UNION SELECT n.marker_id FROM workforce_nameduser n WHERE n.user_id = access.claimed()
$$;
CREATE OR REPLACE FUNCTION access.markers_against() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(t.marker_id), '{}') FROM access.markers_touching() t
    WHERE access.against(t.marker_id) AND t.marker_id IN (SELECT s.marker_id FROM access.standing_markers() s)
$$;
-- The two people of what a marker is on, as linkage knows them now. Where it knows nobody of it any more (the report was
-- withdrawn, the pattern has another id), those of the reports that it has covered.
CREATE OR REPLACE FUNCTION access.marker_persons(of_markers bigint[]) RETURNS TABLE (marker_id bigint, person text, side text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH wanted AS MATERIALIZED (
        SELECT m.id, m.report_id, m.case_id, coalesce(nullif(m.course_id, ''), c.course_id, '') AS course_id
        FROM workforce_marker m LEFT JOIN cases_case c ON c.id = m.case_id WHERE m.id = ANY (of_markers)
    ), direct AS MATERIALIZED (
        SELECT w.id, p.person_id::text AS person, p.role::text AS side
        FROM wanted w JOIN people_membership p ON p.report_id = w.report_id AND p.current
        WHERE w.report_id <> '' AND p.role IN ('victim', 'suspect')
        UNION SELECT w.id, p.person_id::text, p.side::text
        FROM wanted w JOIN cases_party p ON p.case_id = w.case_id AND p.replaced_at IS NULL WHERE p.person_id <> ''
        UNION SELECT w.id, o.person, o.side
        FROM wanted w JOIN patterns_course k ON k.course_id = w.course_id AND k.superseded_at IS NULL,
            LATERAL (VALUES (k.victim_person::text, 'victim'), (k.suspect_person::text, 'suspect')) AS o (person, side)
        WHERE w.course_id <> '' AND o.person IS NOT NULL
    )
    SELECT d.id, d.person, d.side FROM direct d
    UNION SELECT v.marker_id, p.person_id::text, p.role::text
    FROM workforce_covered v JOIN people_membership p ON p.report_id = v.report_id AND p.current
    WHERE v.marker_id = ANY (of_markers) AND p.role IN ('victim', 'suspect')
        AND v.marker_id NOT IN (SELECT d.id FROM direct d)
$$;
-- The cases that markers cover. ``of_suspect``: a case about the person reported, in whichever part, which nobody of the
-- agency finds; another case of the victim's is kept from the person who is named alone.
CREATE OR REPLACE FUNCTION access.marker_cases(of_markers bigint[])
    RETURNS TABLE (marker_id bigint, case_id bigint, of_suspect boolean) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    WITH persons AS MATERIALIZED (SELECT * FROM access.marker_persons(of_markers)),
    wanted AS MATERIALIZED (
        SELECT m.id, m.report_id, m.case_id, coalesce(nullif(m.course_id, ''), c.course_id, '') AS course_id
        FROM workforce_marker m LEFT JOIN cases_case c ON c.id = m.case_id WHERE m.id = ANY (of_markers)
    ), found AS (
        SELECT w.id AS marker_id, w.case_id, true AS of_suspect FROM wanted w WHERE w.case_id IS NOT NULL
        UNION SELECT w.id, c.id, true FROM wanted w JOIN cases_case c ON c.course_id = w.course_id
        WHERE w.course_id <> ''
        UNION SELECT p.marker_id, q.case_id, p.side = 'suspect'
        FROM persons p JOIN cases_party q ON q.person_id = p.person AND q.replaced_at IS NULL
        UNION SELECT p.marker_id, c.id, true
        FROM persons p JOIN patterns_course k ON k.superseded_at IS NULL
            AND ((p.side = 'suspect' AND p.person IN (k.victim_person, k.suspect_person))
                 OR (k.victim_person = p.person AND k.suspect_person IS NULL))
        JOIN cases_case c ON c.course_id = k.course_id
        UNION SELECT w.id, r.case_id, true
        FROM wanted w JOIN intake_reportversion v ON v.report_id = w.report_id
        JOIN arrivals_casereport r ON r.report_key = v.key AND r.ended_at IS NULL WHERE w.report_id <> ''
    )
    SELECT f.marker_id, f.case_id, f.of_suspect FROM found f
    UNION SELECT f.marker_id, CASE WHEN j.case_id = f.case_id THEN j.other_id ELSE j.case_id END, f.of_suspect
    FROM found f JOIN duplicates_joined j ON j.parted_at IS NULL AND f.case_id IN (j.case_id, j.other_id)
$$;
CREATE OR REPLACE FUNCTION access.marked_cases() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    WITH against AS MATERIALIZED (SELECT access.markers_against() AS ids)
    SELECT coalesce(array_agg(DISTINCT c.case_id), '{}') FROM against, access.marker_cases(against.ids) c
    WHERE cardinality(against.ids) > 0 AND (c.of_suspect OR access.named_in(c.marker_id))
$$;
CREATE OR REPLACE FUNCTION access.marked(of_case bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
    COST 1000 SET search_path = public, pg_temp AS $$
BEGIN
    -- Nearly always there is none.
    RETURN EXISTS (SELECT 1 FROM access.markers_touching()) AND of_case = ANY (access.marked_cases());
END $$;
-- Those of the agency whom the team admitted read the case, and never where the victim is.
CREATE OR REPLACE FUNCTION access.off_vault(of_case bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
    COST 1000 SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM workforce_marker m JOIN accounts_user u ON u.agency_id = m.agency_id
                   WHERE u.id = access.claimed())
        AND EXISTS (
            SELECT 1 FROM (SELECT coalesce(array_agg(s.marker_id), '{}') AS ids FROM access.standing_markers() s
                           WHERE access.of_marked_agency(s.marker_id)) AS own, access.marker_cases(own.ids) c
            WHERE c.case_id = of_case AND c.of_suspect);
END $$;
-- Asked of every row. COST says what that is, so that the planner asks it of as few rows as it can.
CREATE OR REPLACE FUNCTION access.excluded(of_case bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    COST 1000 SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM access_exclusion e
                   WHERE e.user_id = access.claimed() AND e.ended_at IS NULL
                     AND access.same_two(e.case_id, of_case))
           AND access.proved()
        OR access.marked(of_case)
$$;
CREATE OR REPLACE FUNCTION access.on_case(of_case bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    COST 2000 SET search_path = public, pg_temp AS $$
    -- One statement and no function within it that asks another table: half the time of two.
    SELECT EXISTS (SELECT 1 FROM accounts_user u JOIN cases_participation p ON p.agency_id = u.agency_id
                   WHERE u.id = access.claimed() AND u.is_active AND u.waits_since IS NULL
                     AND p.case_id = of_case AND p.ended_at IS NULL)
           AND NOT EXISTS (SELECT 1 FROM access_exclusion e
                           WHERE e.user_id = access.claimed() AND e.ended_at IS NULL
                             AND access.same_two(e.case_id, of_case))
           AND NOT access.marked(of_case)
           -- Last, so that it is asked of the rows that would be shown only.
           AND (SELECT current_setting('lamplighter.proof', true)
                       = access.proof(k.key, left(current_setting('lamplighter.proof', true), 1))
                FROM access.identity_key k)
$$;
CREATE OR REPLACE FUNCTION access.any_glass() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM access_breakglass g
                   WHERE g.user_id = access.actor() AND g.ended_at IS NULL AND g.expires_at > now())
           AND access.role() IS NOT NULL
$$;
CREATE OR REPLACE FUNCTION access.glass(of_case bigint, of_partition text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER COST 2000 SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM access_breakglass g
                   WHERE g.user_id = access.actor() AND g.case_id = of_case AND g.partition = of_partition
                     AND g.ended_at IS NULL AND g.expires_at > now())
           AND access.role() IS NOT NULL AND NOT access.excluded(of_case)
$$;
-- What probation wrote is another area of emergency access than what health did: see partitions.py, held_apart.
CREATE OR REPLACE FUNCTION access.is_of_kind(of_agency text, of_kind text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM accounts_agency a WHERE a.code = of_agency AND a.kind = of_kind)
$$;
CREATE OR REPLACE FUNCTION access.broke(of_glass bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM access_breakglass g WHERE g.id = of_glass AND g.user_id = access.actor())
$$;

-- A second rater has still to judge this assessment of risk blind, and is the one who asks; and that they have.
-- Asked by policies, so that the tables need not ask each other's.
CREATE OR REPLACE FUNCTION access.risk_hidden(of_assessment bigint) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM risk_blindask a
                   WHERE a.assessment_id = of_assessment AND a.rater_id = access.actor()
                     AND NOT EXISTS (SELECT 1 FROM risk_secondrating r WHERE r.ask_id = a.id)
                     AND NOT EXISTS (SELECT 1 FROM risk_blinddecline d WHERE d.ask_id = a.id))
$$;
CREATE OR REPLACE FUNCTION access.risk_rated(of_assessment bigint) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM risk_blindask a JOIN risk_secondrating r ON r.ask_id = a.id
                   WHERE a.assessment_id = of_assessment)
$$;

-- For somebody who was told a reference and is not on the case: they may break the glass, and nothing else is said.
CREATE OR REPLACE FUNCTION access.case_by_reference(wanted text) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT c.id FROM cases_case c
    WHERE c.reference = wanted AND NOT access.excluded(c.id)
      AND access.role() IN ('coordinator', 'investigator', 'stalking_lead', 'probation', 'clinician', 'advocate')
$$;

-- A row stays with its case, its owner and its partition for ever.
CREATE OR REPLACE FUNCTION access.keep_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    later jsonb := to_jsonb(NEW);
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['case_id', 'owner_id', 'partition', 'from_partition', 'to_partition', 'user_id'] LOOP
        IF before -> name IS DISTINCT FROM later -> name THEN
            RAISE EXCEPTION 'a row keeps its %', name USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
-- Whether words of a row are being redacted or restored just now (access/wall/redaction.py), by the functions that may. They
-- run with the owner's rights: a setting alone, which anybody can set, is not believed of anybody else.
CREATE OR REPLACE FUNCTION access.rewording() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN current_user::text <> ALL (ARRAY['lamplighter_app', 'lamplighter_web', 'lamplighter_service',
                                                      'lamplighter_records', 'lamplighter_loader'])
                THEN coalesce(current_setting('lamplighter.rewording', true), '') ELSE '' END
$$;
CREATE OR REPLACE FUNCTION access.redacting() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT access.rewording() = 'redacting'
$$;
CREATE OR REPLACE FUNCTION access.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND access.rewording() <> '' AND TG_TABLE_NAME NOT LIKE 'audit\_%' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND access.purpose() IN ('erase a record', 'erase a report')
        AND TG_TABLE_NAME NOT LIKE 'audit\_%' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are added and never changed', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
-- The role that loads rows goes round row security, and anybody who runs a statement in a page can become it: it adds
-- rows where the transaction proves that something is imported or matched, and nowhere else. Once a statement.
CREATE OR REPLACE FUNCTION access.loads_for_a_purpose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('role') = 'lamplighter_loader' AND access.purpose() <> ALL (TG_ARGV) THEN
        RAISE EXCEPTION 'nobody loads rows without a purpose' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
-- What the functions above ask, and nobody else: they would tell which cases are about the same two people, that
-- somebody who was reported works for an agency, and who that is.
REVOKE ALL ON FUNCTION access.same_two(bigint, bigint), access.standing_markers(), access.named_in(bigint),
    access.against(bigint), access.markers_touching(), access.markers_against(), access.marker_persons(bigint[]),
    access.marker_cases(bigint[]), access.marked(bigint) FROM PUBLIC;
