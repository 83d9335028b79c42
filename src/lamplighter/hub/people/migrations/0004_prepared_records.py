import django.contrib.postgres.fields
from django.db import migrations, models

# Keys can be made again, and those of before are of another make: the next report that comes in, or the
# next linking of everything, makes them (a model says how records were made ready for it).


class Migration(migrations.Migration):
    dependencies = [("people", "0003_keys_are_numbers")]
    operations = [
        migrations.DeleteModel(name="CandidateKey"),
        migrations.CreateModel(
            name="CandidateKey",
            fields=[
                ("key", models.BigIntegerField()),
                ("record", models.BigIntegerField()),
                ("pk", models.CompositePrimaryKey("key", "record", blank=True, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="CrowdedKey",
            fields=[("key", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="PreparedRecord",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("record_id", models.TextField(unique=True)),
                ("report_id", models.TextField(db_index=True)),
                ("role", models.TextField()),
                ("prepared", models.TextField()),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
        ),
        migrations.AddField(model_name="linkmodel", name="prepared_as", field=models.CharField(default="", max_length=16)),
    ]
