from django.db import migrations, models

# Back: a reason that two writers wrote at the same moment is one again.
ONCE = """
CREATE TEMPORARY TABLE again ON COMMIT DROP AS
    SELECT r.number, k.number AS first FROM people_reason r JOIN (
        SELECT min(number) AS number, comparison, title, level, words FROM people_reason
        GROUP BY comparison, title, level, words
    ) k USING (comparison, title, level, words)
    WHERE k.number < r.number;
UPDATE people_link SET reasons = ARRAY(
    SELECT coalesce(a.first, e.number)
    FROM unnest(reasons) WITH ORDINALITY AS e(number, place) LEFT JOIN again a ON a.number = e.number
    ORDER BY place
) WHERE reasons && ARRAY(SELECT number FROM again);
DELETE FROM people_reason WHERE number IN (SELECT number FROM again);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0005_recent_keys_and_reasons")]
    operations = [
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("one", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("times", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("one", True)), name="one_row_of_removals")
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="reason", name="a_reason_once"),
        migrations.RunSQL(migrations.RunSQL.noop, ONCE),
    ]
