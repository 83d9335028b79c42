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

-- Whoever has used emergency access on a case blinds nobody who could review it, and a case keeps an auditor who can
-- look. In the database, because a page is not the only way to write a row.
CREATE OR REPLACE FUNCTION access.keeps_reviewers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    of_role text := (SELECT u.role FROM accounts_user u WHERE u.id = NEW.user_id);
BEGIN
    IF NEW.by_id = NEW.user_id THEN
        RETURN NEW;  -- they know somebody in it themselves
    END IF;
    IF of_role IN ('auditor', 'coordinator', 'stalking_lead') AND EXISTS (
        SELECT 1 FROM access_breakglass g LEFT JOIN access_breakglassreview r ON r.glass_id = g.id
        WHERE g.case_id = NEW.case_id AND g.user_id = NEW.by_id AND r.id IS NULL
    ) THEN
        RAISE EXCEPTION 'whoever has used emergency access blocks nobody who could review it'
            USING ERRCODE = 'check_violation';
    END IF;
    IF of_role = 'auditor' AND NOT EXISTS (
        SELECT 1 FROM accounts_user u WHERE u.role = 'auditor' AND u.is_active AND u.waits_since IS NULL AND u.id <> NEW.user_id
        AND NOT EXISTS (SELECT 1 FROM access_exclusion e
                        WHERE e.case_id = NEW.case_id AND e.user_id = u.id AND e.ended_at IS NULL)
    ) THEN
        RAISE EXCEPTION 'a case keeps an auditor who can look' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER access_keeps_reviewers BEFORE INSERT ON access_exclusion
    FOR EACH ROW EXECUTE FUNCTION access.keeps_reviewers();
