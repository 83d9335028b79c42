-- What was released is not written again: a release can be taken back once, and nothing else of it changes.
CREATE OR REPLACE FUNCTION sharing_only_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
