-- Only the owner of an item decides about it, on the item's own side of the wall and case.
CREATE OR REPLACE FUNCTION rights_decision_with_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM rights_subjectitem i
        WHERE i.id = NEW.item_id AND i.case_id = NEW.case_id AND i.owner_id = NEW.owner_id
          AND i.partition = NEW.partition AND i.side = NEW.side
    ) THEN
        RAISE EXCEPTION 'a decision is with its item' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION rights_decision_with_item() FROM PUBLIC;
CREATE OR REPLACE TRIGGER with_item BEFORE INSERT ON rights_subjectdecision
    FOR EACH ROW EXECUTE FUNCTION rights_decision_with_item();
