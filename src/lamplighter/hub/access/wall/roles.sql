-- The roles of the server; what each is for is in access/wall/sync.py. Run by whoever may make roles: the embedded
-- server's superuser, or a database administrator (`lamplighter hub roles`). Anybody else may run it too, as long
-- as nothing is missing: it looks before it makes.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lamplighter_web') THEN
        CREATE ROLE lamplighter_web NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lamplighter_service') THEN
        CREATE ROLE lamplighter_service NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lamplighter_records') THEN
        CREATE ROLE lamplighter_records NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- COPY cannot load a table that has row security. This role goes round it, and can do nothing but add rows.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lamplighter_loader') THEN
        CREATE ROLE lamplighter_loader NOLOGIN NOSUPERUSER BYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lamplighter_app') THEN
        CREATE ROLE lamplighter_app LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- Roles belong to the server: those of an earlier version are brought up to this one.
DO $$ DECLARE
    name text;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lamplighter_records' AND rolbypassrls) THEN
        ALTER ROLE lamplighter_records NOBYPASSRLS;
    END IF;
    FOREACH name IN ARRAY ARRAY['lamplighter_web', 'lamplighter_service', 'lamplighter_records', 'lamplighter_loader'] LOOP
        IF NOT pg_has_role('lamplighter_app', name, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO lamplighter_app', name);
        END IF;
    END LOOP;
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
