-- Whatever is told of an exhibit is of its case and read by whoever reads the exhibit. A file that was made is made from a
-- file of the same exhibit, or is the original.
CREATE OR REPLACE FUNCTION evidence_with_exhibit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM evidence_exhibit e
        WHERE e.id = NEW.exhibit_id AND e.case_id = NEW.case_id AND e.partition = NEW.partition
    ) THEN
        RAISE EXCEPTION 'what is told of an exhibit is on its side of the case' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION evidence_with_file() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM evidence_file f
        WHERE f.id = NEW.file_id AND f.case_id = NEW.case_id AND f.partition = NEW.partition
    ) THEN
        RAISE EXCEPTION 'a scan is with its file' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION evidence_lineage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.role = 'original') IS DISTINCT FROM (NEW.made_from_id IS NULL) OR (NEW.made_from_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM evidence_file f WHERE f.id = NEW.made_from_id AND f.exhibit_id = NEW.exhibit_id
    )) THEN
        RAISE EXCEPTION 'a copy is made from a file of the same exhibit' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- What was erased from the tables is then removed from the disk too, by its name and by nothing else.
CREATE OR REPLACE FUNCTION evidence_file_erased() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO evidence_erased (file) VALUES (OLD.key) ON CONFLICT DO NOTHING;
    RETURN OLD;
END $$;
REVOKE ALL ON FUNCTION evidence_with_exhibit(), evidence_with_file(), evidence_lineage(), evidence_file_erased() FROM PUBLIC;
DO $do$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['file', 'move', 'devicestep', 'support'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER with_exhibit BEFORE INSERT ON evidence_%s'
            ' FOR EACH ROW EXECUTE FUNCTION evidence_with_exhibit()', name);
    END LOOP;
END $do$;
CREATE OR REPLACE TRIGGER with_file BEFORE INSERT ON evidence_scan
    FOR EACH ROW EXECUTE FUNCTION evidence_with_file();
CREATE OR REPLACE TRIGGER lineage BEFORE INSERT ON evidence_file
    FOR EACH ROW EXECUTE FUNCTION evidence_lineage();
CREATE OR REPLACE TRIGGER erased AFTER DELETE ON evidence_file
    FOR EACH ROW EXECUTE FUNCTION evidence_file_erased();
