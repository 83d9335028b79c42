"""Reports that matching and patterns leave out, for work on them failed or took too long.

One such report would stop all that come after it, and those about its people, and each night's matching of
everything. So it is set aside: it stays on record and is in no pattern, and somebody is told. It is taken up
again when somebody lets it be tried again, when the software is another one, or as soon as another version of
it comes: what is set aside is a version.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake import queue
from lamplighter.hub.intake.models import ReportVersion, SetAside, UnderWay
from lamplighter.hub.intake.set_aside import selectors
from lamplighter.hub.site.refusals import NotPossibleError

Fault, Step = SetAside.Fault, SetAside.Step


def put_aside(report_id: str, step: str, fault: str, place: str = "") -> bool:
    """Set the version of a report that stands aside; says whether it was not already. For services."""
    current = ReportVersion.objects.filter(report_id=report_id, superseded_at=None).first()
    if current is None:
        return False
    made, new = SetAside.objects.get_or_create(
        version=current,
        ended_at=None,
        defaults={
            "key": current.key,
            "agency_id": current.agency,
            "step": step,
            "fault": fault,
            "place": place[:520],
            "at": timezone.now(),
            "software": selectors.software(),
        },
    )
    if new:
        audit.record(
            None,
            "intake.set_aside",
            f"report {made.key}",
            operation=Operation.ALTERATION,
            kind=fault,
        )
    return new


@transaction.atomic
def try_again(user: User, key: uuid.UUID) -> None:
    """Let a report that is set aside be followed up once more. Raises :class:`NotPossibleError`."""
    with as_service(selectors.PURPOSE):
        ended = selectors.standing().filter(key=key).update(ended_at=timezone.now(), ended_by=user)
    if not ended:
        raise NotPossibleError("This report is not set aside any more: it was tried again, or corrected.")
    queue.follow_up_later(str(key))
    audit.record(user, "intake.tried_again", f"report {key}", operation=Operation.ALTERATION)


def of_other_software() -> list[str]:
    """End the setting aside by another version of the software; return those reports. For services."""
    older = selectors.standing().exclude(software=selectors.software())
    found = list(older.values_list("pk", "version__report_id"))
    SetAside.objects.filter(pk__in=[pk for pk, _ in found]).update(ended_at=timezone.now())
    return [report_id for _, report_id in found]


# Pages -----------------------------------------------------------------------


# What a worker ended on ------------------------------------------------------


def begin(report_ids: Collection[str]) -> dict[str, int]:
    """Write down that a worker begins to follow these reports up; return how often one ended on each before.

    Committed at once: it has to be there after a process that was killed. For services.
    """
    current = dict(
        ReportVersion.objects.filter(report_id__in=list(report_ids), superseded_at=None).values_list(
            "pk", "report_id"
        )
    )
    before = dict(UnderWay.objects.filter(version__in=list(current)).values_list("version_id", "times"))
    UnderWay.objects.filter(version__in=list(before)).update(times=F("times") + 1)
    UnderWay.objects.bulk_create(
        [UnderWay(version_id=pk) for pk in current if pk not in before], ignore_conflicts=True
    )
    return {current[pk]: times for pk, times in before.items()}


def ended(report_ids: Collection[str]) -> None:
    """Take that down again. For services."""
    UnderWay.objects.filter(version__report_id__in=list(report_ids)).delete()
