-- Minutes of all agencies by activity, for whoever costs the hub: its own coordinators. How often an advocate calls is
-- hers, so it names no case, no agency and nobody, and nothing of fewer than three people: activities of fewer are one row
-- without a name, and where that is of fewer than three as well, the smallest of the others is in it.
-- In whole hours: what one more entry changes is not seen.
CREATE OR REPLACE FUNCTION caseload_minutes(since date)
    RETURNS TABLE (activity text, minutes bigint, people bigint) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    WITH w AS (
        SELECT k.activity::text, k.minutes, k.by_id FROM cases_work k
        WHERE k."on" >= since AND access.role() = 'coordinator' AND access.kind() = 'hub'
    ), by_activity AS (
        SELECT w.activity, count(DISTINCT w.by_id) AS people,
            row_number() OVER (ORDER BY count(DISTINCT w.by_id), sum(w.minutes), w.activity) AS place
        FROM w GROUP BY w.activity
    ), lumped AS (
        -- As many of the smallest as it takes for what is without a name to be of three people.
        SELECT min(n) AS n FROM generate_series(0, (SELECT count(*) FROM by_activity)) n
        WHERE n >= (SELECT count(*) FROM by_activity b WHERE b.people < 3)
        AND (n = 0 OR 3 <= (
            SELECT count(DISTINCT w.by_id) FROM w JOIN by_activity b USING (activity) WHERE b.place <= n))
    ), named AS (
        SELECT w.minutes, w.by_id, CASE WHEN b.place <= (SELECT n FROM lumped) THEN '' ELSE w.activity END AS activity
        FROM w JOIN by_activity b USING (activity) WHERE (SELECT n FROM lumped) IS NOT NULL
    )
    SELECT named.activity, (60 * round(sum(named.minutes) / 60.0))::bigint, count(DISTINCT named.by_id) FROM named
    GROUP BY named.activity ORDER BY named.activity = '', sum(named.minutes) DESC, named.activity
$$;
REVOKE ALL ON FUNCTION caseload_minutes(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION caseload_minutes(date) TO lamplighter_web;
