from django.db import migrations, models

# A link had a name made from its two records, and an index of such names: each of a report's thirty links
# had another page of it written to disk.
FORWARD = """
ALTER TABLE people_link DROP COLUMN key, DROP CONSTRAINT one_belief_a_pair, ADD PRIMARY KEY (left_record, right_record)
"""
BACK = [
    "ALTER TABLE people_link ADD COLUMN key varchar(16), DROP CONSTRAINT people_link_pkey",
    """
    UPDATE people_link SET
        key = left(encode(sha256(convert_to(left_record || chr(31) || right_record, 'UTF8')), 'hex'), 16)
    """,
    "ALTER TABLE people_link ADD PRIMARY KEY (key), ADD CONSTRAINT one_belief_a_pair UNIQUE (left_record, right_record)",
]


class Migration(migrations.Migration):
    dependencies = [("people", "0007_keys_in_pages")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARD, BACK)],
            state_operations=[
                migrations.RemoveConstraint(model_name="link", name="one_belief_a_pair"),
                migrations.RemoveField(model_name="link", name="key"),
                migrations.AddField(
                    model_name="link",
                    name="pk",
                    field=models.CompositePrimaryKey(
                        "left_record", "right_record", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        ),
    ]
