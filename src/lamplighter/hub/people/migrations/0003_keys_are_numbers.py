from django.db import migrations, models

# Keys and models can be computed again, and those of before are of another make: the next linking of
# everything writes them. Persons, their ids and every decision stay.
EMPTY = "DELETE FROM people_candidatekey; DELETE FROM people_linkmodel;"


class Migration(migrations.Migration):
    dependencies = [("people", "0002_append_only")]
    operations = [
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="candidatekey", name="people_cand_key_a5589b_idx"),
        migrations.RemoveField(model_name="candidatekey", name="key"),
        migrations.AddField(model_name="candidatekey", name="key", field=models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddIndex(model_name="candidatekey", index=models.Index(fields=["key"], name="people_cand_key_a5589b_idx")),
        migrations.AddField(model_name="linkmodel", name="keys_made_with", field=models.CharField(default="", max_length=16)),
    ]
