-- The rule of safe contact, kept by the database: whoever writes a contact, by whatever way, is refused when it
-- breaks the standing rule. The same questions in the same order as policies.refusal; a test holds the two together.
CREATE OR REPLACE FUNCTION victim_side_refusal(
    rule victim_side_safecontact, of_channel text, at_moment timestamptz, texted boolean
) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    here timestamp := at_moment AT TIME ZONE 'Europe/London';
BEGIN
    IF rule.id IS NULL THEN RETURN 'no_rule'; END IF;
    IF rule.no_contact THEN RETURN 'no_contact'; END IF;
    IF NOT of_channel = ANY (rule.channels) THEN RETURN 'channel'; END IF;
    -- A letter arrives when it arrives.
    IF of_channel <> 'letter' AND jsonb_array_length(rule.windows) > 0 AND NOT EXISTS (
        SELECT 1 FROM jsonb_array_elements(rule.windows) AS w
        WHERE w -> 'days' @> to_jsonb(extract(isodow FROM here)::int - 1)
          AND here::time >= (w ->> 'from')::time AND here::time < (w ->> 'to')::time
    ) THEN RETURN 'time'; END IF;
    IF rule.text_first AND of_channel IN ('call', 'voicemail', 'in_person') AND NOT texted THEN
        RETURN 'text_first';
    END IF;
    RETURN NULL;
END $$;

-- With the owner's rights: the rule is in the vault, and the writer need not be able to read it.
CREATE OR REPLACE FUNCTION victim_side_contact_is_safe() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    rule victim_side_safecontact;
    refused text;
BEGIN
    -- A refusal would tell what the rule is: only those who may write here are given a reason.
    IF NOT access.adds(NEW.case_id, NEW.owner_id, NEW.partition) THEN RETURN NEW; END IF;
    IF NEW.partition NOT IN ('advocacy', 'police') THEN
        RAISE EXCEPTION 'a contact is of the advocate or of the police' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.direction = 'in' THEN RETURN NEW; END IF;
    -- Held until the commit, so that no rule changes between this look and the row; see services.documents.
    PERFORM pg_advisory_xact_lock_shared(72075, NEW.case_id::int);
    SELECT * INTO rule FROM victim_side_safecontact WHERE case_id = NEW.case_id ORDER BY number DESC LIMIT 1;
    refused := victim_side_refusal(rule, NEW.channel, NEW.happened_at, EXISTS (
        SELECT 1 FROM victim_side_contact c
        WHERE c.case_id = NEW.case_id AND c.direction = 'out' AND c.channel = 'text'
          AND c.happened_at <= NEW.happened_at AND c.happened_at > NEW.happened_at - interval '24 hours'
          AND c.partition = NEW.partition AND c.owner_id = NEW.owner_id
    ));
    IF refused IS NULL AND NEW.rule IS DISTINCT FROM rule.key THEN refused := 'another_rule'; END IF;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'safe contact: %', refused USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER safe_contact BEFORE INSERT ON victim_side_contact
    FOR EACH ROW EXECUTE FUNCTION victim_side_contact_is_safe();

CREATE OR REPLACE FUNCTION victim_side_result_is_safe() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    of_contact victim_side_contact;
BEGIN
    IF NOT access.adds(NEW.case_id, NEW.owner_id, NEW.partition) THEN RETURN NEW; END IF;
    SELECT * INTO of_contact FROM victim_side_contact WHERE id = NEW.contact_id;
    IF of_contact.case_id IS DISTINCT FROM NEW.case_id OR of_contact.partition IS DISTINCT FROM NEW.partition
       OR of_contact.owner_id IS DISTINCT FROM NEW.owner_id THEN
        RAISE EXCEPTION 'a result is with its contact' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.result = 'message_left' AND NOT EXISTS (
        SELECT 1 FROM victim_side_safecontact s WHERE s.key = of_contact.rule AND s.may_leave_message
    ) THEN
        RAISE EXCEPTION 'safe contact: message' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER safe_contact BEFORE INSERT ON victim_side_contactresult
    FOR EACH ROW EXECUTE FUNCTION victim_side_result_is_safe();
REVOKE ALL ON FUNCTION victim_side_contact_is_safe(), victim_side_result_is_safe() FROM PUBLIC;
