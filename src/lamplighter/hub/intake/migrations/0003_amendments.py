"""Why typed reports were corrected, withdrawn or put back; and an index of those that were typed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Amendment",
            fields=[
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="intake.reportversion",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("corrected", "Corrected"),
                            ("withdrawn", "Withdrawn"),
                            ("put_back", "Put back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("persons", models.JSONField(default=dict)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "version_id", "kind", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.AddIndex(
            model_name="reportversion",
            index=models.Index(
                condition=models.Q(("source__startswith", "form-")),
                fields=["source", "-received_at"],
                name="intake_report_typed",
            ),
        ),
    ]
