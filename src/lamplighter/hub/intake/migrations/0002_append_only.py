"""Received reports are never changed or deleted: only a version's ``superseded_at`` may be set, once."""

from django.db import migrations

CHILDREN = ("offencerecord", "occasionrecord", "personrecord", "safecontact", "reject", "batch")

FORWARD = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE FUNCTION intake_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was received is append-only';
END $$;
CREATE FUNCTION intake_only_supersede() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before intake_reportversion := OLD;
BEGIN
    IF OLD.superseded_at IS NOT NULL THEN
        RAISE EXCEPTION 'a superseded version is append-only';
    END IF;
    before.superseded_at := NEW.superseded_at;
    IF before IS DISTINCT FROM NEW THEN
        RAISE EXCEPTION 'what was received is append-only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER intake_reportversion_no_delete BEFORE DELETE ON intake_reportversion
    FOR EACH ROW EXECUTE FUNCTION intake_refuse_change();
CREATE TRIGGER intake_reportversion_only_supersede BEFORE UPDATE ON intake_reportversion
    FOR EACH ROW EXECUTE FUNCTION intake_only_supersede();
""" + "".join(
    f"""
CREATE TRIGGER intake_{name}_append_only BEFORE UPDATE OR DELETE ON intake_{name}
    FOR EACH ROW EXECUTE FUNCTION intake_refuse_change();
"""
    for name in CHILDREN
)

BACK = (
    "".join(f"DROP TRIGGER intake_{name}_append_only ON intake_{name};" for name in CHILDREN)
    + """
DROP TRIGGER intake_reportversion_no_delete ON intake_reportversion;
DROP TRIGGER intake_reportversion_only_supersede ON intake_reportversion;
DROP FUNCTION intake_only_supersede(); DROP FUNCTION intake_refuse_change();
"""
)


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
