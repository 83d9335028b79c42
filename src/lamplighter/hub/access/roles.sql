-- The roles of the server; what each is for is in access/sync.py.
DO $$ BEGIN
    CREATE ROLE lamplighter_web NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    CREATE ROLE lamplighter_service NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    CREATE ROLE lamplighter_records NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- COPY cannot load a table that has row security. This role goes round it, and can do nothing but add rows.
DO $$ BEGIN
    CREATE ROLE lamplighter_loader NOLOGIN NOSUPERUSER BYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    CREATE ROLE lamplighter_app LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT;
    GRANT lamplighter_web, lamplighter_service, lamplighter_records, lamplighter_loader TO lamplighter_app;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- Roles belong to the server: one of an earlier version is brought up to this one.
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'lamplighter_records' AND rolbypassrls) THEN
        ALTER ROLE lamplighter_records NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role('lamplighter_app', 'lamplighter_loader', 'MEMBER') THEN
        GRANT lamplighter_loader TO lamplighter_app;
    END IF;
END $$;
