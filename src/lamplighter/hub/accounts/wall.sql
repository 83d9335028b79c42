-- What somebody may see is made from their row of accounts_user and from the kind of their agency. So the database keeps
-- who may write those: nobody their own role, whatever page or statement asks for it.
CREATE OR REPLACE FUNCTION accounts_is_ours(name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT name IN ('lamplighter_app', 'lamplighter_web', 'lamplighter_service', 'lamplighter_records', 'lamplighter_loader')
$$;
CREATE OR REPLACE FUNCTION accounts_keeps_people() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed text[];
    of_them boolean;
BEGIN
    -- The owner of the tables: migrations, and commands on the machine itself.
    IF NOT accounts_is_ours(current_user) THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT NEW.is_active AND (
            access.role() = 'administrator' OR (
                access.role() = 'coordinator' AND NEW.agency_id = access.agency()
                AND NEW.role IN ('coordinator', 'investigator', 'stalking_lead', 'probation', 'clinician', 'advocate')))
        THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'nobody is invited like this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT coalesce(array_agg(n.key), '{}') INTO changed
    FROM jsonb_each(to_jsonb(NEW)) AS n JOIN jsonb_each(to_jsonb(OLD)) AS o USING (key)
    WHERE n.value IS DISTINCT FROM o.value AND n.key <> 'last_login';
    IF changed = '{}' THEN RETURN NEW; END IF;
    of_them := OLD.id <> access.actor();
    IF changed <@ ARRAY['password', 'stamp'] AND (
        OLD.id = access.actor() OR access.purpose() = 'let people in' OR (
            of_them AND access.role() = 'coordinator' AND OLD.agency_id = access.agency()))
    THEN RETURN NEW; END IF;
    -- A link that was used lets somebody in who was not.
    IF changed <@ ARRAY['password', 'stamp', 'is_active'] AND NEW.is_active AND OLD.left_at IS NULL
       AND access.purpose() = 'let people in'
    THEN RETURN NEW; END IF;
    IF changed <@ ARRAY['password', 'stamp', 'is_active', 'left_at', 'role', 'agency_id']
       AND of_them AND access.role() = 'administrator' AND (OLD.is_active OR NOT NEW.is_active)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'nobody changes an account like this' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER keeps_people BEFORE INSERT OR UPDATE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_keeps_people();
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
