from django.db import migrations

TABLES = ("decision", "holding", "look", "correction", "coursechange")
FORWARD = """
CREATE FUNCTION patterns_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what people did with a pattern is append-only';
END $$;
""" + "".join(
    f"CREATE TRIGGER patterns_{t}_append_only BEFORE UPDATE OR DELETE ON patterns_{t}"
    f" FOR EACH ROW EXECUTE FUNCTION patterns_refuse_change();\n"
    for t in TABLES
)
BACK = (
    "".join(f"DROP TRIGGER patterns_{t}_append_only ON patterns_{t};\n" for t in TABLES)
    + "DROP FUNCTION patterns_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("patterns", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
