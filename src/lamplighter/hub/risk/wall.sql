-- A lower level is agreed by whom its assessor named, of another agency; and a sample is judged by whom it was given to.
CREATE OR REPLACE FUNCTION risk_named_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM risk_assessment a
        WHERE a.id = NEW.assessment_id AND a.case_id = NEW.case_id
          AND NEW.by_id = coalesce(access.actor(), NEW.by_id)
          AND NEW.by_id = a.asked_id AND NEW.owner_id <> a.owner_id
    ) THEN
        RAISE EXCEPTION 'somebody who is named answers' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION risk_named_rater() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM risk_blindask a
        WHERE a.id = NEW.ask_id AND a.case_id = NEW.case_id AND NEW.by_id = coalesce(access.actor(), NEW.by_id)
          AND NEW.by_id = a.rater_id AND a.rater_id <> a.author_id
    ) THEN
        RAISE EXCEPTION 'somebody who is named answers' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION risk_named_person(), risk_named_rater() FROM PUBLIC;
CREATE OR REPLACE TRIGGER named_person BEFORE INSERT ON risk_loweranswer
    FOR EACH ROW EXECUTE FUNCTION risk_named_person();
CREATE OR REPLACE TRIGGER named_rater BEFORE INSERT ON risk_blinddecline
    FOR EACH ROW EXECUTE FUNCTION risk_named_rater();
CREATE OR REPLACE TRIGGER named_rater BEFORE INSERT ON risk_secondrating
    FOR EACH ROW EXECUTE FUNCTION risk_named_rater();
