-- A version of a note stays as it was written: all that can change is that a later one has taken its place, once, and
-- that words are redacted.
CREATE OR REPLACE FUNCTION casework_note_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF access.rewording() <> '' THEN RETURN NEW; END IF;
    IF OLD.replaced_at IS NOT NULL OR to_jsonb(NEW) - 'replaced_at' IS DISTINCT FROM to_jsonb(OLD) - 'replaced_at' THEN
        RAISE EXCEPTION 'a version of a note is never changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER note_stays BEFORE UPDATE ON casework_note
    FOR EACH ROW EXECUTE FUNCTION casework_note_stays();
-- A correction stands where the note stands, and is of the agency that wrote it.
CREATE OR REPLACE FUNCTION casework_note_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM casework_note n
        WHERE n.id = NEW.replaces_id AND n.first = NEW.first AND n.case_id = NEW.case_id
          AND n.owner_id = NEW.owner_id AND n.partition = NEW.partition
    ) THEN
        RAISE EXCEPTION 'a correction is of the same note' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER note_follows BEFORE INSERT ON casework_note
    FOR EACH ROW EXECUTE FUNCTION casework_note_follows();
