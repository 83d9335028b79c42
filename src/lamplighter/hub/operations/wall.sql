-- The queue of background work. Every role of the site writes into its tables, and the worker reads there what it is to
-- do, with rights that the page does not have. So whoever proves no purpose queues what a page may queue, and changes and
-- removes nothing. The worker's own connections prove theirs when they are made (worker.py). The owner may do anything.
CREATE OR REPLACE FUNCTION operations_keeps_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF access.purpose() = ''
        AND NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RAISE EXCEPTION 'nobody changes background work without a purpose' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION operations_keeps_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What pages put there themselves: files that were sent, and a report of a feed.
    IF access.purpose() = '' AND NEW.task_name NOT IN ('intake.read_delivery', 'intake.follow_up_report')
        AND NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RAISE EXCEPTION 'a page does not queue this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keeps_queue BEFORE INSERT ON procrastinate_jobs
    FOR EACH ROW EXECUTE FUNCTION operations_keeps_queue();
CREATE OR REPLACE TRIGGER keeps_jobs BEFORE UPDATE OR DELETE ON procrastinate_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION operations_keeps_jobs();
CREATE OR REPLACE TRIGGER keeps_jobs BEFORE UPDATE OR DELETE ON procrastinate_events
    FOR EACH STATEMENT EXECUTE FUNCTION operations_keeps_jobs();
CREATE OR REPLACE TRIGGER keeps_jobs BEFORE INSERT OR UPDATE OR DELETE ON procrastinate_periodic_defers
    FOR EACH STATEMENT EXECUTE FUNCTION operations_keeps_jobs();
CREATE OR REPLACE TRIGGER keeps_jobs BEFORE INSERT OR UPDATE OR DELETE ON procrastinate_workers
    FOR EACH STATEMENT EXECUTE FUNCTION operations_keeps_jobs();
