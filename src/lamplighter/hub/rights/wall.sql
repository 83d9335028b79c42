-- Only the owner of an item decides about it, on the item's own side of the wall and case.
CREATE OR REPLACE FUNCTION rights_decision_with_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF access.adds(NEW.case_id, NEW.owner_id, NEW.partition) AND NOT EXISTS (
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

-- Two people: whoever asked for the erasure cannot approve it, and an approval is of a decision to erase.
CREATE OR REPLACE FUNCTION rights_another_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF access.adds(NEW.case_id, NEW.owner_id, NEW.partition) AND NOT EXISTS (
        SELECT 1 FROM rights_retentiondecision d
        WHERE d.id = NEW.decision_id AND d.case_id = NEW.case_id AND d.owner_id = NEW.owner_id
          AND d.partition = NEW.partition AND d.kind = 'erase' AND d.by_id <> NEW.by_id
          AND NEW.by_id = coalesce(access.actor(), NEW.by_id)
    ) THEN
        RAISE EXCEPTION 'another person of the same agency approves' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION rights_another_person() FROM PUBLIC;
CREATE OR REPLACE TRIGGER another_person BEFORE INSERT ON rights_erasureapproval
    FOR EACH ROW EXECUTE FUNCTION rights_another_person();

-- What was received, said and decided is never changed; only an erasure takes it out, and nothing else.
DO $do$
DECLARE
    name text;
    words text;
BEGIN
    FOR name, words IN VALUES
        ('intake_refuse_change', 'what was received is append-only'),
        ('people_refuse_change', 'decisions about people are append-only'),
        ('patterns_refuse_change', 'what people did with a pattern is append-only')
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN'
            ' IF TG_OP = ''DELETE'' AND access.purpose() = ''erase a report'' THEN RETURN OLD; END IF;'
            ' RAISE EXCEPTION %L; END $f$', name, words);
    END LOOP;
END $do$;

-- After an erasure: what the planner noted of the rows (most frequent values, bounds of histograms) is noted anew.
-- Only a table's owner may have it counted, so it is done as the one who made them. ANALYZE leaves the old
-- notes of a table that is empty now: those are taken out, from PostgreSQL 18 on by its owner, before by a superuser.
-- Returns the tables where neither could.
CREATE OR REPLACE FUNCTION rights_forget_statistics() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    one oid;
    bare boolean;
BEGIN
    IF access.purpose() IS DISTINCT FROM 'erase a record' THEN
        RAISE EXCEPTION 'only an erasure has the tables counted anew' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR one IN
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'access') AND c.relkind = 'r' AND pg_has_role(c.relowner, 'USAGE')
        ORDER BY c.oid
    LOOP
        EXECUTE format('ANALYZE %s', one::regclass);
        SELECT reltuples = 0 INTO bare FROM pg_class WHERE oid = one;
        CONTINUE WHEN NOT bare OR NOT EXISTS (
            SELECT FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename
            JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
            WHERE c.oid = one
        );
        BEGIN
            IF to_regproc('pg_catalog.pg_clear_attribute_stats') IS NULL THEN
                DELETE FROM pg_statistic WHERE starelid = one;
            ELSE
                EXECUTE 'SELECT pg_clear_attribute_stats(n.nspname, c.relname, a.attname, false) FROM pg_class c'
                    ' JOIN pg_namespace n ON n.oid = c.relnamespace'
                    ' JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped'
                    ' WHERE c.oid = $1' USING one;
            END IF;
        EXCEPTION WHEN insufficient_privilege THEN
            RETURN NEXT one::regclass::text;
        END;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION rights_forget_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rights_forget_statistics() TO lamplighter_service;
