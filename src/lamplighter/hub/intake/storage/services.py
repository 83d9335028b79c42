"""Reports that are really gone: every version, all that belongs to it, and what was said of its rows."""

from __future__ import annotations

from collections.abc import Collection

from django.apps import apps
from django.db import connection
from django.db.models import Model, Q

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.intake.models import (
    Delivery,
    OfVersion,
    PersonRecord,
    ReaderChoice,
    Reject,
    ReportVersion,
    UnknownWord,
)

PURPOSE = "erase a report"


def records_of(report_ids: Collection[str]) -> set[str]:
    """Ids of the people's records in any version of these reports, and in no other report."""
    versions = ReportVersion.objects.filter(report_id__in=report_ids).values("pk")
    mine = set(PersonRecord.objects.filter(version__in=versions).values_list("record_id", flat=True))
    elsewhere = PersonRecord.objects.filter(record_id__in=mine).exclude(version__in=versions)
    return mine - set(elsewhere.values_list("record_id", flat=True))


@as_service(PURPOSE)
def erase_reports(report_ids: Collection[str]) -> dict[str, int]:
    """Delete these reports whole; returns how many rows went, by table.

    A delivery stays, with its counts. That of a single report loses its digest, which is of what was told.
    """
    held = ReportVersion.objects.filter(report_id__in=report_ids)
    versions = list(held.values_list("pk", "batch_id", "source_ref", "agency"))
    batches = {batch for _, batch, _, _ in versions}
    references = {ref for _, _, ref, _ in versions}
    said_of = Q(report_ref__in=references | set(report_ids))
    from_there = Q(batch__in=batches) | Q(batch__delivery__agency__in={agency for *_, agency in versions})
    counts = {Reject._meta.db_table: Reject.objects.filter(said_of & from_there).delete()[0]}
    # A word that no table knows may have been of any report of its batch.
    unknown = UnknownWord.objects.filter(batch__in=batches)
    counts[UnknownWord._meta.db_table] = unknown.delete()[0]
    single = Delivery.objects.filter(batches__in=batches).exclude(door=Delivery.Door.FILES)
    Delivery.objects.filter(pk__in=list(single.values_list("pk", flat=True))).update(digest="")
    chosen = ReaderChoice.objects.filter(report_id__in=report_ids)
    counts[ReaderChoice._meta.db_table] = chosen.delete()[0]
    numbers = [pk for pk, *_ in versions]
    children = [m for m in apps.get_app_config("intake").get_models() if issubclass(m, OfVersion)]
    of_versions: tuple[type[Model], str] = (ReportVersion, "id")
    with connection.cursor() as cursor:
        for model, column in [*((m, "version_id") for m in children), of_versions]:
            table = model._meta.db_table
            cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" = ANY(%s)', [numbers])  # noqa: S608  our own tables
            counts[table] = cursor.rowcount
    return counts
