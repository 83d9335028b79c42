-- Looking for a person by name. Row security would have to read every row before it let a similarity search use its
-- index, so these two look inside with the owner's rights and give back only what the rules allow.

-- Ids of cases that the person of the transaction may open and that name somebody like this, the likest first.
-- The page then reads those cases through row security, which has the last word.
-- Who is asking is looked up once and the tables are joined: a frequent surname has thousands of bearers, and the
-- functions of the policies asked of each of them took five times as long. Names and aliases apart: together, an index
-- is read for both and each likeness worked out twice.
CREATE OR REPLACE FUNCTION cases_search(wanted text, most int) RETURNS TABLE (case_id bigint, likeness real)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH who AS MATERIALIZED (
        SELECT access.actor() AS id, access.agency() AS agency, access.role() = 'coordinator' AS everywhere
    ), named AS (
        SELECT p.case_id, p.name FROM cases_party p WHERE p.replaced_at IS NULL AND upper(wanted) <% upper(p.name)
        UNION ALL
        SELECT p.case_id, p.also_known_as FROM cases_party p
        WHERE p.replaced_at IS NULL AND upper(wanted) <% upper(p.also_known_as)
    )
    SELECT n.case_id, max(word_similarity(upper(wanted), upper(n.name))) AS likeness
    FROM who CROSS JOIN named n
    WHERE NOT EXISTS (SELECT 1 FROM access_exclusion e
                      WHERE e.user_id = who.id AND e.ended_at IS NULL AND access.same_two(e.case_id, n.case_id))
      AND NOT n.case_id = ANY ((SELECT access.marked_cases())::bigint[])
      AND (who.everywhere
           OR EXISTS (SELECT 1 FROM cases_participation c
                      WHERE c.case_id = n.case_id AND c.agency_id = who.agency AND c.ended_at IS NULL)
           OR EXISTS (SELECT 1 FROM access_breakglass g
                      WHERE g.case_id = n.case_id AND g.user_id = who.id AND g.partition = 'shared'
                        AND g.ended_at IS NULL AND g.expires_at > now()))
    GROUP BY n.case_id
    ORDER BY likeness DESC, n.case_id DESC
    LIMIT most
$$;

-- The one agency to ask about somebody of this name, for roles that may know that a case exists, or nothing.
-- It never says how many there are, whose side the person is on, or which case. It names a police force or the hub and
-- no other agency: that somebody has an advocate or a clinician is not for this to say. Whoever is kept off a case gets
-- no signpost to it. Coordinators open every case themselves. Asking is written down, so that nobody can ask without.
CREATE OR REPLACE FUNCTION cases_signpost(wanted text) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    me bigint := access.actor();
    ours text := access.agency();
    found_case bigint;
    found_agency text;
BEGIN
    IF access.role() IS DISTINCT FROM 'stalking_lead' THEN
        RETURN NULL;
    END IF;
    -- A whole name, not a part of one: this answers about a person, and is no way to find out who there is.
    IF wanted !~ '\S\S+\s+\S\S+' THEN
        RETURN NULL;
    END IF;
    SELECT p.case_id INTO found_case
    FROM cases_party p
    WHERE p.replaced_at IS NULL
      AND upper(p.name) % upper(wanted) AND similarity(upper(p.name), upper(wanted)) >= 0.6
      AND upper(p.name) <> 'NOT KNOWN'
      AND NOT EXISTS (SELECT 1 FROM cases_participation c
                      WHERE c.case_id = p.case_id AND c.agency_id = ours AND c.ended_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM access_exclusion e
                      WHERE e.user_id = me AND e.ended_at IS NULL AND access.same_two(e.case_id, p.case_id))
      AND NOT p.case_id = ANY ((SELECT access.marked_cases())::bigint[])
    ORDER BY similarity(upper(p.name), upper(wanted)) DESC, p.case_id DESC
    LIMIT 1;
    IF found_case IS NOT NULL THEN
        SELECT a.name INTO found_agency
        FROM cases_participation c JOIN accounts_agency a ON a.code = c.agency_id
        WHERE c.case_id = found_case AND c.ended_at IS NULL AND a.kind IN ('police', 'hub')
        ORDER BY a.kind = 'hub', c.at, c.id
        LIMIT 1;
        IF found_agency IS NULL THEN
            SELECT a.name INTO found_agency FROM accounts_agency a WHERE a.kind = 'hub' ORDER BY a.code LIMIT 1;
        END IF;
    END IF;
    PERFORM audit_write(NULL, 'consultation', 'cases.signpost', 'cases', found_case, ARRAY[]::text[], '',
                        jsonb_build_object('found', found_agency IS NOT NULL));
    RETURN found_agency;
END $$;
REVOKE ALL ON FUNCTION cases_search(text, int), cases_signpost(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_search(text, int), cases_signpost(text) TO lamplighter_web;

-- A rejection is read by whom it names, of another agency than its proposer's; only the proposer takes it back.
CREATE OR REPLACE FUNCTION cases_named_reader() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM cases_rejection r
        WHERE r.id = NEW.rejection_id AND r.case_id = NEW.case_id
          AND NEW.by_id = coalesce(access.actor(), NEW.by_id)
          AND CASE WHEN NEW.answer = 'withdrawn' THEN NEW.by_id = r.by_id
                   ELSE NEW.by_id IN (r.lead_id, r.advocate_id) AND NEW.by_id <> r.by_id
                        AND NEW.owner_id <> r.owner_id END
    ) THEN
        RAISE EXCEPTION 'somebody who is named answers' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION cases_named_reader() FROM PUBLIC;
CREATE OR REPLACE TRIGGER named_reader BEFORE INSERT ON cases_rejectionanswer
    FOR EACH ROW EXECUTE FUNCTION cases_named_reader();
