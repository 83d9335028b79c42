-- A broken glass and a person kept off are ended once and otherwise stay as they were written:
-- nobody makes their own look longer or writes another reason afterwards.
CREATE OR REPLACE FUNCTION access.only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR (to_jsonb(NEW) - 'ended_at') <> (to_jsonb(OLD) - 'ended_at') THEN
        RAISE EXCEPTION 'a row of % can be ended, once, and not changed otherwise', TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER wall_only_ends BEFORE UPDATE ON access_breakglass
    FOR EACH ROW EXECUTE FUNCTION access.only_ends();
CREATE OR REPLACE TRIGGER wall_only_ends BEFORE UPDATE ON access_exclusion
    FOR EACH ROW EXECUTE FUNCTION access.only_ends();
