-- A line of minutes stays as it was written: all that can change is that a later one has taken its place, once and before
-- the minutes were agreed; and that words are redacted.
CREATE OR REPLACE FUNCTION meetings_line_stays() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    agreed timestamptz;
BEGIN
    IF access.rewording() <> '' THEN RETURN NEW; END IF;
    IF OLD.replaced_at IS NOT NULL OR to_jsonb(NEW) - 'replaced_at' IS DISTINCT FROM to_jsonb(OLD) - 'replaced_at' THEN
        RAISE EXCEPTION 'a line of minutes is never changed' USING ERRCODE = 'check_violation';
    END IF;
    SELECT m.agreed_at INTO agreed FROM meetings_meeting m WHERE m.id = OLD.meeting_id FOR KEY SHARE;
    IF agreed IS NOT NULL THEN
        RAISE EXCEPTION 'minutes that are agreed are never changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER line_stays BEFORE UPDATE ON meetings_line
    FOR EACH ROW EXECUTE FUNCTION meetings_line_stays();
-- A correction stands where the line stands, and is of the agency that wrote it. What comes after the minutes were agreed
-- is late, whoever writes it: agreeing waits for the lines that are being written, and they for it.
CREATE OR REPLACE FUNCTION meetings_line_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    agreed timestamptz;
BEGIN
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM meetings_line n
        WHERE n.id = NEW.replaces_id AND n.first = NEW.first AND n.case_id = NEW.case_id
          AND n.owner_id = NEW.owner_id AND n.partition = NEW.partition AND n.meeting_id = NEW.meeting_id
    ) THEN
        RAISE EXCEPTION 'a correction is of the same line' USING ERRCODE = 'check_violation';
    END IF;
    SELECT m.agreed_at INTO agreed FROM meetings_meeting m WHERE m.id = NEW.meeting_id FOR KEY SHARE;
    NEW.late := agreed IS NOT NULL;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER line_follows BEFORE INSERT ON meetings_line
    FOR EACH ROW EXECUTE FUNCTION meetings_line_follows();
-- A meeting whose minutes are agreed, or that was cancelled, stays as it was.
CREATE OR REPLACE FUNCTION meetings_meeting_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.agreed_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL THEN
        RAISE EXCEPTION 'this meeting is over' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER meeting_stays BEFORE UPDATE ON meetings_meeting
    FOR EACH ROW EXECUTE FUNCTION meetings_meeting_stays();
-- General business: all that can change is that its words are taken out, or that what it asks for is done, once each. Once
-- the minutes are agreed, or the meeting was cancelled, nothing is added.
CREATE OR REPLACE FUNCTION meetings_business_stays() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    over boolean;
    strikes CONSTANT text[] := '{words,evidence,done_words,struck_at,struck_why}';
    ends CONSTANT text[] := '{done_at,done_by_id,done_words}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT m.agreed_at IS NOT NULL OR m.cancelled_at IS NOT NULL INTO over
            FROM meetings_meeting m WHERE m.id = NEW.meeting_id FOR KEY SHARE;
        IF over THEN RAISE EXCEPTION 'this meeting is over' USING ERRCODE = 'check_violation'; END IF;
        RETURN NEW;
    END IF;
    IF OLD.struck_at IS NULL AND NEW.struck_at IS NOT NULL AND NEW.words = '' AND NEW.evidence = '' AND NEW.done_words = ''
        AND to_jsonb(NEW) - strikes IS NOT DISTINCT FROM to_jsonb(OLD) - strikes THEN RETURN NEW; END IF;
    IF OLD.struck_at IS NULL AND OLD.done_at IS NULL AND NEW.done_at IS NOT NULL
        AND to_jsonb(NEW) - ends IS NOT DISTINCT FROM to_jsonb(OLD) - ends THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'general business is never changed' USING ERRCODE = 'check_violation';
END $$;
CREATE OR REPLACE TRIGGER business_stays BEFORE INSERT OR UPDATE ON meetings_business
    FOR EACH ROW EXECUTE FUNCTION meetings_business_stays();
