from django.db import migrations, models
from django.db.models.functions import NullIf


class Migration(migrations.Migration):
    dependencies = [("people", "0008_a_link_is_its_pair")]
    operations = [
        migrations.RemoveConstraint(model_name="membership", name="one_person_a_record"),
        migrations.RemoveIndex(model_name="membership", name="people_memb_record__795e7a_idx"),
        # Made in place of both: a place less of the disk is written with a record.
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                models.F("record_id"), NullIf("current", models.Value(False)), name="one_person_a_record"
            ),
        ),
    ]
