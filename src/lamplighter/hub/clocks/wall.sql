-- Who is kept off a case, so that no task is given to somebody who would never see it. With the owner's rights: who is
-- kept off, and why, is for those with oversight to read. For whoever works on the case, and of that case only.
CREATE OR REPLACE FUNCTION clocks_kept_off(of_case bigint) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT e.user_id FROM access_exclusion e
    WHERE e.case_id = of_case AND e.ended_at IS NULL
      AND (access.purpose() <> '' OR access.on_case(of_case)
           OR (access.role() = 'coordinator' AND NOT access.excluded(of_case)))
    UNION ALL
    -- Of an agency whose staff are reported, everybody whom the team outside it has not admitted.
    SELECT u.id FROM access.standing_markers() s JOIN workforce_marker m ON m.id = s.marker_id
    JOIN LATERAL access.marker_cases(ARRAY[m.id]) c ON c.case_id = of_case AND c.of_suspect
    JOIN accounts_user u ON u.agency_id = m.agency_id
    WHERE NOT EXISTS (SELECT 1 FROM workforce_member t
                      WHERE t.marker_id = m.id AND t.user_id = u.id AND t.ended_at IS NULL)
      AND (access.purpose() <> '' OR access.on_case(of_case)
           OR (access.role() = 'coordinator' AND NOT access.excluded(of_case)))
$$;
REVOKE ALL ON FUNCTION clocks_kept_off(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION clocks_kept_off(bigint) TO lamplighter_web, lamplighter_service;
