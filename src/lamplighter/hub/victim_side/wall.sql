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
          AND c.happened_at <= NEW.happened_at AND c.happened_at > NEW.happened_at - interval '%TEXT_FIRST_HOURS% hours'
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

-- How to reach the victim of a case, as it was told with a report: for those of the agency that was told it who read the
-- vault of the case, each time with a reason. It is read where it lies, so that it is there as soon as there is a case,
-- or as soon as a report joins one, and is gone with its report.
CREATE OR REPLACE FUNCTION victim_side_told_with_reports(of_case bigint)
    RETURNS TABLE (details text, reported_at timestamp, received_at timestamptz, source_ref text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.details::text, v.reported_at, v.received_at, v.source_ref
    FROM cases_party p
    JOIN people_membership m ON m.person_id = p.person_id AND m.current
    JOIN intake_reportversion v ON v.report_id = m.report_id AND v.superseded_at IS NULL
    JOIN intake_safecontact s ON s.version_id = v.id AND s.record_id = m.record_id
    WHERE p.case_id = of_case AND p.side = 'victim' AND p.person_id <> '' AND p.replaced_at IS NULL
      AND access.reason() <> '' AND access.on_case(of_case) AND s.agency = access.agency()
      AND NOT access.off_vault(of_case)
      AND ((access.role() = 'advocate' AND access.kind() = 'advocacy')
           OR (access.role() IN ('investigator', 'stalking_lead') AND access.kind() = 'police'))
    ORDER BY v.received_at DESC, v.id DESC
$$;
-- The same of one report for whoever typed it, until somebody of it is in a case: from then on it is in the vault.
CREATE OR REPLACE FUNCTION victim_side_told_with_report(of_key uuid) RETURNS TABLE (details text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.details::text FROM intake_reportversion v JOIN intake_safecontact s ON s.version_id = v.id
    WHERE v.key = of_key AND v.superseded_at IS NULL AND s.agency = access.agency()
      -- Whoever typed it, and nobody who has corrected the report or put it back since with this carried over.
      AND access.actor() = (
          SELECT d.received_by_id FROM intake_reportversion w
          JOIN intake_safecontact t ON t.version_id = w.id AND t.details::text = s.details::text
          JOIN intake_batch b ON b.id = w.batch_id
          JOIN intake_delivery d ON d.id = b.delivery_id AND d.door = 'form'
          WHERE w.key = of_key ORDER BY w.version LIMIT 1
      )
      AND NOT v.report_id = ANY (access.kept_off_reports())
      AND NOT EXISTS (
          SELECT 1 FROM people_membership m JOIN cases_party p ON p.person_id = m.person_id
          WHERE m.report_id = v.report_id AND m.current AND m.role = 'victim' AND p.side = 'victim'
            AND p.replaced_at IS NULL
      )
$$;
REVOKE ALL ON FUNCTION victim_side_told_with_reports(bigint), victim_side_told_with_report(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION victim_side_told_with_reports(bigint), victim_side_told_with_report(uuid) TO lamplighter_web;
