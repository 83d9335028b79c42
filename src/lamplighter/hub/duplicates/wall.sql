-- That two cases were joined stays as it was written: all that can change is that they are parted, once.
CREATE OR REPLACE FUNCTION duplicates_joined_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Words that were written by mistake are taken out, by the functions that may (access/wall/redacting.sql).
    IF access.rewording() <> '' THEN RETURN NEW; END IF;
    IF OLD.parted_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['parted_at', 'parted_by_id', 'parted_why']
        IS DISTINCT FROM to_jsonb(OLD) - ARRAY['parted_at', 'parted_by_id', 'parted_why'] THEN
        RAISE EXCEPTION 'what was joined is parted once and never changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER joined_stays BEFORE UPDATE ON duplicates_joined
    FOR EACH ROW EXECUTE FUNCTION duplicates_joined_stays();
