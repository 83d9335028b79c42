from django.db import migrations

FORWARD = """
CREATE FUNCTION people_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions about people are append-only';
END $$;
CREATE TRIGGER people_decision_append_only BEFORE UPDATE OR DELETE ON people_decision
    FOR EACH ROW EXECUTE FUNCTION people_refuse_change();
CREATE TRIGGER people_personchange_append_only BEFORE UPDATE OR DELETE ON people_personchange
    FOR EACH ROW EXECUTE FUNCTION people_refuse_change();
"""
BACK = """
DROP TRIGGER people_decision_append_only ON people_decision;
DROP TRIGGER people_personchange_append_only ON people_personchange;
DROP FUNCTION people_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
