"""A small hub with reports in it: several pairs of people, a few reports each, some recorded as stalking."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.insight import services
from lamplighter.hub.insight.models import Release, Review
from lamplighter.hub.intake.documents import services as intake
from lamplighter.hub.intake.models import PersonRecord
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people.models import Membership
from tests.integration.access import making
from tests.integration.intake import making as documents

PERIOD = (dt.date(2025, 7, 1), dt.date(2026, 6, 30))
SURNAMES = ("Ashdown", "Bellamy", "Corrigan", "Dunmore", "Everleigh", "Farrant", "Gadsby")
SUSPECTS = ("Hathersage", "Inskip", "Jellicoe", "Kirkbride", "Lathom", "Maskrey", "Nettleton")


def report(pair: int, number: int, **rest: Any) -> dict[str, Any]:
    """One report of a pair: the victim is ``SURNAMES[pair]``, the suspect ``SUSPECTS[pair]``."""
    values = {
        "source_ref": f"ins/{pair}/{number}",
        "reported_at": f"2026-0{1 + number}-1{pair % 9}T10:30:00",
        "recorded_as": "stalking" if number else "harassment",
        "summary": "He followed her home and waited outside. He sent messages every night.",
        "occasions": [
            {
                "started_at": f"2026-0{1 + number}-0{3 + day}T2{day}:15:00",
                "date_precision": "exact",
                "narrative": words,
            }
            for day, words in enumerate(("He followed her home.", "He waited outside her flat."))
        ],
        "people": [
            {
                "role": "victim",
                "forenames": "Zoe",
                "surname": SURNAMES[pair],
                "birth_date": f"199{pair}-04-0{1 + pair}",
                "sex": "female",
                "phones": [f"0719510177{pair}"],
            },
            {
                "role": "suspect",
                "relationship": "ex_partner",
                "forenames": "Dan",
                "surname": SUSPECTS[pair],
                "birth_date": f"198{pair}-09-1{pair}",
                "phones": [f"0719510188{pair}"],
            },
        ],
    }
    return documents.document(**(values | rest))


def received(document: dict[str, Any], code: str = "force-a") -> Any:
    return intake.receive_document(document, making.agency(code), making.somebody(Role.INVESTIGATOR, code))


def joined() -> None:
    """Who is who by date of birth, without the linkage: it has tests of its own. Then the patterns."""
    known = set(Membership.objects.values_list("record_id", flat=True))
    for record in PersonRecord.objects.filter(version__superseded_at=None).order_by("record_id"):
        if record.record_id not in known:
            Membership.objects.create(
                record_id=record.record_id,
                person_id=f"{record.role}-{record.birth_date}",
                report_id=record.report_id,
                role=record.role,
                born=1,
            )
    patterns.refresh_all()


def a_hub(pairs: int = 7, each: int = 3) -> None:
    """Reports received, who is who, and the patterns."""
    for pair in range(pairs):
        for number in range(each):
            received(report(pair, number))
    joined()


def cases_of_all(by: User | None = None) -> list[Case]:
    """A case of each standing pattern, with an advocacy service and a health service on it."""
    from lamplighter.hub.cases.referrals import from_pattern

    made = []
    for course in Course.objects.filter(superseded_at=None, suspect_person__isnull=False).order_by("pk"):
        told = from_pattern.referral_of(course)
        made.append(making.a_case(by, "helpline", "health", course_id=course.course_id, **told))
    return made


def a_review(user: User | None = None, scope: str = "reports", period: Any = PERIOD) -> Review:
    """Asked for by an analyst, and waiting."""
    by = user or making.somebody(Role.ANALYST, "hub")
    with identity.as_person(by):
        return services.ask_for_review(by, scope, *period)


def made(review: Review) -> Review:
    """As a worker would."""
    with identity.job(services.PURPOSE):
        services.make_review(Review.objects.get(pk=review.pk))
    return Review.objects.get(pk=review.pk)


def released(review: Review, user: User | None = None) -> Release:
    """Asked for, and made as a worker would."""
    by = user or making.somebody(Role.ANALYST, "hub")
    with identity.as_person(by):
        release = services.ask_for_release(by, review, "police-victim")
    with identity.job(services.PURPOSE):
        services.make_release(Release.objects.get(pk=release.pk))
    return Release.objects.get(pk=release.pk)
