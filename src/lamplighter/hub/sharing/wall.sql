-- What was released is not written again: a release can be taken back once, and nothing else of it changes.
CREATE OR REPLACE FUNCTION sharing_only_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF access.rewording() <> '' THEN RETURN NEW; END IF;
    IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
       OR to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_by_id' IS DISTINCT FROM
          to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_by_id' THEN
        RAISE EXCEPTION 'a release is withdrawn once, and never changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER only_withdrawn BEFORE UPDATE ON sharing_release
    FOR EACH ROW EXECUTE FUNCTION sharing_only_withdrawn();
CREATE OR REPLACE TRIGGER only_withdrawn BEFORE UPDATE ON sharing_disclosure
    FOR EACH ROW EXECUTE FUNCTION sharing_only_withdrawn();

-- Cases of one's agency that one has or had a task on, or has written in since. Of one's own tasks and lines only, so
-- that each need not be asked who works on its case: their cases are, once.
CREATE OR REPLACE FUNCTION sharing_own_cases(since timestamptz) RETURNS bigint[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH who AS MATERIALIZED (SELECT access.actor() AS id, access.agency() AS agency), own AS MATERIALIZED (
        SELECT t.case_id FROM who JOIN clocks_clock t ON t.assigned_to_id = who.id
        UNION SELECT e.case_id FROM who JOIN cases_entry e ON e.by_id = who.id AND e.at > since
    )
    SELECT coalesce(array_agg(p.case_id ORDER BY p.case_id), '{}')
    FROM who JOIN own ON true JOIN cases_participation p
      ON p.case_id = own.case_id AND p.agency_id = who.agency AND p.ended_at IS NULL
    WHERE NOT EXISTS (SELECT 1 FROM access_exclusion x
                      WHERE x.user_id = who.id AND x.ended_at IS NULL AND access.same_two(x.case_id, p.case_id))
      AND NOT p.case_id = ANY ((SELECT access.marked_cases())::bigint[])
$$;
REVOKE ALL ON FUNCTION sharing_own_cases(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sharing_own_cases(timestamptz) TO lamplighter_web;
