from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_no_kind_is_guessed")]
    operations = [
        migrations.AlterField(
            model_name="agency",
            name="kind",
            field=models.CharField(
                choices=[
                    ("police", "Police force"),
                    ("health", "Health service"),
                    ("probation", "Probation service"),
                    ("advocacy", "Advocacy or helpline"),
                    ("hub", "The hub itself"),
                    ("other", "Another service: housing, council, education"),
                ],
                max_length=12,
            ),
        )
    ]
