-- Who is kept off a case, so that no task is given to somebody who would never see it. With the owner's rights: who is
-- kept off, and why, is for those with oversight to read. For whoever works on the case, and of that case only.
CREATE OR REPLACE FUNCTION clocks_kept_off(of_case bigint) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT e.user_id FROM access_exclusion e
    WHERE e.case_id = of_case AND e.ended_at IS NULL
      AND (access.purpose() <> '' OR access.on_case(of_case)
           OR (access.role() = 'coordinator' AND NOT access.excluded(of_case)))
$$;
REVOKE ALL ON FUNCTION clocks_kept_off(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION clocks_kept_off(bigint) TO lamplighter_web, lamplighter_service;
