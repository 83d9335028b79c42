-- The only way into the audit trail, and the chain that shows when somebody found another.
CREATE OR REPLACE FUNCTION audit_write(
    of_actor bigint, of_operation text, of_verb text, of_subject text, of_case bigint, of_fields text[], of_reason text,
    of_detail jsonb
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
    -- The person of the transaction, whoever the caller says it was. A caller is believed where there is none, by the
    -- owner's commands and by a service that proves its purpose: whoever only became a role proves nothing.
    believed boolean := current_setting('role') = 'none'
        OR (current_setting('role') <> 'lamplighter_web' AND access.purpose() <> '');
    who bigint := coalesce(access.actor(), CASE WHEN believed THEN of_actor END);
    told jsonb := of_detail;
BEGIN
    IF who IS NULL AND NOT believed AND current_setting('role') <> 'lamplighter_web' THEN
        told := coalesce(told, '{}') || jsonb_build_object('proved', false, 'login', session_user,
                                                           'as', current_setting('role'));
    END IF;
    INSERT INTO audit_event (at, actor_id, agency, service, operation, verb, subject, case_id, fields, reason, detail)
    VALUES (clock_timestamp(), who, coalesce((SELECT agency_id FROM accounts_user WHERE id = who), ''),
            access.purpose(), of_operation, of_verb, of_subject, of_case, of_fields, of_reason, told)
    RETURNING id INTO made;
    RETURN made;
END $$;

REVOKE ALL ON FUNCTION audit_write(bigint, text, text, text, bigint, text[], text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_write(bigint, text, text, text, bigint, text[], text, jsonb)
    TO lamplighter_web, lamplighter_service, lamplighter_records;

CREATE OR REPLACE FUNCTION audit_part(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    -- The length first, so that nothing can move from one field into the next.
    SELECT coalesce(char_length(value)::text || ':' || value, '-')
$$;

CREATE OR REPLACE FUNCTION audit_text(place bigint, before text, e audit_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT audit_part(place::text) || audit_part(before) || audit_part(e.id::text)
        || audit_part(to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))
        || audit_part(e.actor_id::text) || audit_part(e.agency) || audit_part(e.service) || audit_part(e.operation)
        || audit_part(e.verb) || audit_part(e.subject) || audit_part(e.case_id::text)
        || audit_part((SELECT coalesce(string_agg(audit_part(f), '' ORDER BY n), '')
                       FROM unnest(e.fields) WITH ORDINALITY AS u(f, n)))
        || audit_part(e.reason) || audit_part(e.detail::text)
$$;

CREATE OR REPLACE FUNCTION audit_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    last audit_chainlink;
    place bigint;
    before text;
BEGIN
    -- Held until the commit is done, which is next: the chain has the order of the commits.
    PERFORM pg_advisory_xact_lock(72019);
    SELECT * INTO last FROM audit_chainlink ORDER BY position DESC LIMIT 1;
    place := coalesce(last.position, 0) + 1;
    before := coalesce(last.hash, repeat('0', 64));
    INSERT INTO audit_chainlink (position, event_id, previous, hash)
    VALUES (place, NEW.id, before,
            encode(sha256(convert_to(audit_text(place, before, NEW), 'UTF8')), 'hex'));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS audit_event_sealed ON audit_event;
CREATE CONSTRAINT TRIGGER audit_event_sealed AFTER INSERT ON audit_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal();
REVOKE ALL ON FUNCTION audit_seal() FROM PUBLIC;

-- A signed statement of how far the chain reached. It must be true of the chain as it stands.
CREATE OR REPLACE FUNCTION audit_checkpoint(of_at timestamptz, of_position bigint, of_hash text, of_signature text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF current_setting('role') <> 'none' AND access.purpose() <> 'watch access' THEN
        RAISE EXCEPTION 'only who watches access signs' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM audit_chainlink WHERE position = of_position AND hash = of_hash) THEN
        RAISE EXCEPTION 'no row of the chain has this position and hash' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO audit_checkpoint (at, position, hash, signature)
    VALUES (of_at, of_position, of_hash, of_signature) RETURNING id INTO made;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION audit_checkpoint(timestamptz, bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_checkpoint(timestamptz, bigint, text, text) TO lamplighter_service;

-- Who looked at a case or changed it, for those who answer for it: who, when and which kind of act, nothing else.
CREATE OR REPLACE FUNCTION audit_looks(of_case bigint, most integer)
RETURNS TABLE (at timestamptz, actor_id bigint, agency text, service text, operation text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.at, e.actor_id, coalesce(a.name, e.agency), e.service, e.operation
    FROM audit_event e LEFT JOIN accounts_agency a ON a.code = e.agency
    WHERE (e.case_id = of_case
           -- Or it was named in a list or among what a search found.
           OR (e.detail ? 'of_cases' AND (e.detail -> 'of_cases') ? of_case::text))
      AND NOT access.excluded(of_case)
      AND (access.role() IN ('auditor', 'coordinator')
           OR (access.role() = 'stalking_lead' AND access.on_case(of_case)))
      -- Whoever may not read the vault and tries an address must not learn from this list that it was right.
      AND (e.verb <> 'access.vault_repeated' OR access.role() = 'auditor')
    ORDER BY e.at DESC, e.id DESC LIMIT most
$$;

-- What somebody did on a case while the glass was broken, for those who review it and did not break it.
CREATE OR REPLACE FUNCTION audit_looks_through(of_glass bigint)
RETURNS TABLE (at timestamptz, verb text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.at, e.verb
    FROM access_breakglass g JOIN audit_event e ON e.case_id = g.case_id AND e.actor_id = g.user_id
    WHERE g.id = of_glass AND e.at BETWEEN g.at AND coalesce(g.ended_at, g.expires_at)
      AND access.role() IN ('auditor', 'coordinator', 'stalking_lead') AND NOT access.broke(of_glass)
      AND NOT access.excluded(g.case_id)
      AND (e.verb <> 'access.vault_repeated' OR access.role() = 'auditor')
    ORDER BY e.at, e.id LIMIT 500
$$;
