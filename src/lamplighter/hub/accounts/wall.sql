-- What somebody may see is made from their row of accounts_user and from the kind of their agency. So the database keeps
-- who may write those: nobody their own role, whatever page or statement asks for it.
CREATE OR REPLACE FUNCTION accounts_is_ours(name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT name IN ('lamplighter_app', 'lamplighter_web', 'lamplighter_service', 'lamplighter_records', 'lamplighter_loader')
$$;
CREATE OR REPLACE FUNCTION accounts_keeps_people() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed text[];
    of_them boolean;
    -- The rules of access.confirmers: nobody alone makes an account that opens a partition.
    alone CONSTANT text := 'an account opens nothing before somebody who did not ask for it has confirmed it';
BEGIN
    -- The owner of the tables: migrations, and commands on the machine itself.
    IF NOT accounts_is_ours(current_user) THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.is_active OR NOT coalesce(access.role() = 'administrator' OR (
                access.role() = 'coordinator' AND NEW.agency_id = access.agency()
                AND NEW.role IN ('coordinator', 'investigator', 'stalking_lead', 'probation', 'clinician', 'advocate')), false)
        THEN RAISE EXCEPTION 'nobody is invited like this' USING ERRCODE = 'insufficient_privilege'; END IF;
        IF NEW.waits_since IS NULL THEN
            RAISE EXCEPTION USING MESSAGE = alone, ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.asked_by := ARRAY[access.actor()];
        RETURN NEW;
    END IF;
    -- Who asked for what is to be confirmed, whatever the statement says: they are not who confirms it.
    NEW.asked_by := CASE
        WHEN NEW.waits_since IS NOT DISTINCT FROM OLD.waits_since OR NEW.waits_since IS NULL OR access.actor() IS NULL
        THEN OLD.asked_by
        WHEN OLD.waits_since IS NULL THEN ARRAY[access.actor()]
        ELSE array_append(OLD.asked_by, access.actor()) END;
    SELECT coalesce(array_agg(n.key), '{}') INTO changed
    FROM jsonb_each(to_jsonb(NEW)) AS n JOIN jsonb_each(to_jsonb(OLD)) AS o USING (key)
    WHERE n.value IS DISTINCT FROM o.value AND n.key NOT IN ('last_login', 'asked_by');
    IF changed = '{}' THEN RETURN NEW; END IF;
    of_them := OLD.id IS DISTINCT FROM access.actor();
    IF 'waits_since' = ANY (changed) AND NEW.waits_since IS NULL THEN
        IF changed = ARRAY['waits_since'] AND access.may_confirm(OLD.id) AND access.came_in(OLD.id) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION USING MESSAGE = alone, ERRCODE = 'insufficient_privilege';
    END IF;
    -- Whoever may confirm may refuse as well, and then the account is shut.
    IF changed <@ ARRAY['password', 'stamp', 'is_active'] AND NOT NEW.is_active AND NEW.password LIKE '!%'
       AND access.may_confirm(OLD.id)
    THEN RETURN NEW; END IF;
    -- A link that was used lets somebody in who was not; and everybody changes their own password.
    IF changed <@ ARRAY['password', 'stamp', 'is_active'] AND NEW.is_active AND OLD.left_at IS NULL
       AND access.purpose() = 'let people in'
    THEN RETURN NEW; END IF;
    IF changed <@ ARRAY['password', 'stamp'] AND (NOT of_them OR access.purpose() = 'let people in') THEN RETURN NEW; END IF;
    -- What somebody else changes waits.
    IF of_them AND (
        changed <@ ARRAY['password', 'stamp', 'waits_since']
        AND access.role() = 'coordinator' AND OLD.agency_id = access.agency()
    OR  changed <@ ARRAY['password', 'stamp', 'is_active', 'left_at', 'role', 'agency_id', 'waits_since']
        AND access.role() = 'administrator' AND (OLD.is_active OR NOT NEW.is_active))
    THEN
        IF NEW.waits_since IS NULL AND NEW.left_at IS NULL AND changed && ARRAY['password', 'role', 'agency_id'] THEN
            RAISE EXCEPTION USING MESSAGE = alone, ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'nobody changes an account like this' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER keeps_people BEFORE INSERT OR UPDATE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_keeps_people();
-- Whoever opens a link chooses what its account is signed in with: it is made for accounts that wait only.
CREATE OR REPLACE FUNCTION accounts_keeps_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT accounts_is_ours(current_user) THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT 1 FROM accounts_user u WHERE u.id = NEW.user_id AND u.waits_since IS NOT NULL)
    THEN RETURN NEW; END IF;
    -- It is used once, or withdrawn, and stays what it was otherwise.
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{used_at,withdrawn_at}'::text[] = to_jsonb(OLD) - '{used_at,withdrawn_at}'::text[]
       AND (OLD.used_at IS NULL OR NEW.used_at IS NOT NULL)
       AND (OLD.withdrawn_at IS NULL OR NEW.withdrawn_at IS NOT NULL)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a link is made for an account that waits to be confirmed, and never made again'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER keeps_links BEFORE INSERT OR UPDATE ON accounts_invitation
    FOR EACH ROW EXECUTE FUNCTION accounts_keeps_links();
REVOKE DELETE ON accounts_user FROM lamplighter_app, lamplighter_web, lamplighter_service, lamplighter_records;

-- The kind of an agency opens partitions. New agencies are administrators' to add; they come with a first file, which moves
-- nobody to its agency; and they come with the configuration of the installation when the hub starts, which may also give
-- them another name, and never another kind.
CREATE OR REPLACE FUNCTION accounts_keeps_agencies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT accounts_is_ours(current_user) OR access.purpose() = 'put configuration in force'
       OR TG_OP = 'INSERT' AND (access.role() = 'administrator' OR access.purpose() = 'receive reports') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'nobody adds or changes an agency like this' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER keeps_agencies BEFORE INSERT OR UPDATE ON accounts_agency
    FOR EACH ROW EXECUTE FUNCTION accounts_keeps_agencies();
REVOKE UPDATE, DELETE ON accounts_agency FROM lamplighter_app, lamplighter_web, lamplighter_service, lamplighter_records;
GRANT UPDATE (name) ON accounts_agency TO lamplighter_service;

-- Tokens of feeds are made and revoked on the machine itself; a page notes only that one was used.
REVOKE INSERT, UPDATE, DELETE ON accounts_feedtoken
    FROM lamplighter_app, lamplighter_web, lamplighter_service, lamplighter_records;
GRANT UPDATE (last_used_at) ON accounts_feedtoken TO lamplighter_web;

-- Nobody lists, reads, changes or ends sessions: only that one of which they say the key of the table, which nobody makes
-- without the hub's secret and the cookie of that browser.
REVOKE ALL ON django_session FROM lamplighter_app, lamplighter_web, lamplighter_service, lamplighter_records;
CREATE OR REPLACE FUNCTION accounts_session_read(of_key text) RETURNS SETOF django_session
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.* FROM django_session s WHERE s.session_key = of_key AND s.expire_date > now()
$$;
-- One that is new never takes the place of another; one that has ended is not begun again.
CREATE OR REPLACE FUNCTION accounts_session_save(of_key text, holds text, until timestamptz, is_new boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF is_new THEN
        INSERT INTO django_session (session_key, session_data, expire_date) VALUES (of_key, holds, until)
            ON CONFLICT DO NOTHING;
    ELSE
        UPDATE django_session SET session_data = holds, expire_date = until WHERE session_key = of_key;
    END IF;
    RETURN FOUND;
END $$;
CREATE OR REPLACE FUNCTION accounts_session_end(of_key text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM django_session WHERE session_key = of_key
$$;
CREATE OR REPLACE FUNCTION accounts_sessions_expired() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM django_session WHERE expire_date < now()
$$;
REVOKE ALL ON FUNCTION accounts_session_read(text), accounts_session_save(text, text, timestamptz, boolean),
    accounts_session_end(text), accounts_sessions_expired() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_session_read(text), accounts_session_save(text, text, timestamptz, boolean),
    accounts_session_end(text) TO lamplighter_app, lamplighter_web, lamplighter_service, lamplighter_records;
GRANT EXECUTE ON FUNCTION accounts_sessions_expired() TO lamplighter_service;
