-- Nobody checks a finding of their own, whatever the software in front asks.
CREATE OR REPLACE FUNCTION access.improvement_second_person() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.kind = 'check' AND EXISTS (
        SELECT 1 FROM improvement_entry f WHERE f.id = NEW.of_id AND f.by_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'a finding is checked by somebody else' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER wall_second_person BEFORE INSERT ON improvement_entry
    FOR EACH ROW EXECUTE FUNCTION access.improvement_second_person();
