"""Who reads the words of a report, as its sender says; and the agencies of reports that are held already."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def make_agencies(apps, schema_editor):
    """Make the agencies that reports name and the hub has no row of, of the kind that is listed."""
    from lamplighter.vocabulary.codes import code_set

    agency, version = apps.get_model("accounts", "Agency"), apps.get_model("intake", "ReportVersion")
    known = set(agency.objects.values_list("pk", flat=True))
    for code in set(version.objects.values_list("agency", flat=True).distinct()) - known:
        if listed := code_set("agencies").codes.get(code):
            agency.objects.create(code=code, name=listed.title, kind=str(listed.extra["kind"]))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_other_kinds_of_agencies'),
        ('intake', '0004_unknown_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReaderChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report_id', models.TextField()),
                ('readers', models.CharField(choices=[('own', 'Only our agency'), ('case', 'Agencies that work on a case about these two people'), ('named', 'Agencies that we name'), ('everybody', 'Police, and everybody who works on patterns')], max_length=10)),
                ('agencies', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('basis', models.CharField(blank=True, max_length=60)),
                ('consent_of', models.CharField(blank=True, max_length=20)),
                ('consent_how', models.CharField(blank=True, max_length=20)),
                ('consent_on', models.DateField(null=True)),
                ('threshold', models.CharField(blank=True, max_length=60)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['report_id', '-id'], name='intake_read_report__3c6f06_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('readers', 'own'), models.Q(('basis', ''), _negated=True), _connector='OR'), name='others_read_on_a_basis'), models.CheckConstraint(condition=models.Q(models.Q(('basis', 'consent'), _negated=True), models.Q(models.Q(('consent_of', ''), _negated=True), models.Q(('consent_how', ''), _negated=True), ('consent_on__isnull', False)), _connector='OR'), name='consent_to_read_is_told')],
            },
        ),
        migrations.RunPython(make_agencies, migrations.RunPython.noop),
    ]
