import django.contrib.postgres.fields
from django.db import migrations, models

# A row is a couple of hundred bytes to a thousand: moved aside, each look would read two pages.
STAY = """
ALTER TABLE people_keypage ALTER COLUMN keys SET STORAGE PLAIN, ALTER COLUMN records SET STORAGE PLAIN
"""
# All records of a key stand in one row: as ``frame_storage`` makes them.
PAGES = """
INSERT INTO people_keypage (first, keys, records)
SELECT min(key), array_agg(key ORDER BY key, record), array_agg(record ORDER BY key, record)
FROM (
    SELECT key, record, (rank() OVER (ORDER BY key) - 1) / 64 AS page FROM people_candidatekey
) AS k GROUP BY page
"""
KEYS = """
INSERT INTO people_candidatekey (key, record) SELECT e.key, e.record FROM people_keypage, unnest(keys, records) AS e(key, record)
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0006_written_anew_beside")]
    operations = [
        migrations.CreateModel(
            name="KeyPage",
            fields=[
                ("first", models.BigIntegerField(primary_key=True, serialize=False)),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("records", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
        ),
        migrations.RunSQL(STAY, migrations.RunSQL.noop),
        migrations.RunSQL(PAGES, KEYS),
        migrations.DeleteModel(name="CandidateKey"),
    ]
