import django.contrib.postgres.fields
from django.db import migrations, models

# An explanation keeps its words and its bits as they were: the words move to a table of their own, each once.
WORDS = """
INSERT INTO people_reason (comparison, title, level, words)
SELECT DISTINCT b->>'comparison', b->>'title', b->>'level', b->>'words'
FROM people_link CROSS JOIN LATERAL jsonb_array_elements(levels) AS b
"""
BITS = """
UPDATE people_link SET
    reasons = ARRAY(
        SELECT r.number FROM jsonb_array_elements(levels) WITH ORDINALITY AS e(b, place)
        JOIN people_reason r ON (r.comparison, r.title, r.level, r.words)
            = (b->>'comparison', b->>'title', b->>'level', b->>'words')
        ORDER BY place
    ),
    bits = ARRAY(
        SELECT (b->>'weight')::float8 FROM jsonb_array_elements(levels) WITH ORDINALITY AS e(b, place) ORDER BY place
    )
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0004_prepared_records")]
    operations = [
        migrations.CreateModel(
            name="Reason",
            fields=[
                ("number", models.SmallAutoField(primary_key=True, serialize=False)),
                ("comparison", models.TextField()),
                ("title", models.TextField()),
                ("level", models.TextField()),
                ("words", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("comparison", "title", "level", "words"), name="a_reason_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="RecentKey",
            fields=[
                ("key", models.BigIntegerField()),
                ("record", models.BigIntegerField()),
                ("pk", models.CompositePrimaryKey("key", "record", blank=True, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.AddField(
            model_name="link",
            name="reasons",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), default=list, size=None),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="link",
            name="bits",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), default=list, size=None),
            preserve_default=False,
        ),
        migrations.RunSQL([WORDS, BITS], migrations.RunSQL.noop),
        migrations.RemoveField(model_name="link", name="levels"),
        # They follow from the record, and a key that becomes crowded would have sixty records written anew.
        migrations.RemoveField(model_name="preparedrecord", name="keys"),
        # Text is ordered by its bytes here: a second index for words that begin alike would only be written.
        migrations.AlterField(model_name="preparedrecord", name="record_id", field=models.TextField()),
        migrations.AlterField(model_name="preparedrecord", name="report_id", field=models.TextField()),
        migrations.AddConstraint(
            model_name="preparedrecord",
            constraint=models.UniqueConstraint(fields=("record_id",), name="a_record_prepared_once"),
        ),
        migrations.AddIndex(
            model_name="preparedrecord",
            index=models.Index(fields=["report_id"], name="people_prep_report__353a42_idx"),
        ),
        migrations.RunSQL("DROP INDEX IF EXISTS people_link_key_7530af49_like", migrations.RunSQL.noop),
    ]
