"""Records: an officer who looks themselves up where a detective looks first leaves a trace that is raised."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.audit import services
from lamplighter.hub.audit.access_log import anomalies
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.patterns import selectors
from lamplighter.hub.people.models import Link, Membership
from tests.integration.audit.unusual import last_event, raised_from
from tests.integration.patterns import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
RECORDS = ("person ", "pattern ", "report ", "link ")


def officer(name: str, code: str = "force-a", title: str = "Force A") -> User:
    """A stalking lead of this name."""
    return ensure_user(
        "officer",
        password="a-long-password-1",
        display_name=name,
        role=Role.STALKING_LEAD,
        agency=ensure_agency(code, title, "police"),
    )


def signed_in(client: Any, settings: Any, user: User) -> Any:
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = False
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ways() -> list[tuple[str, dict[str, str] | None]]:
    """Every page of the records on which the suspect of the story can be read, and the searches."""
    course = selectors.of_report(story.STORY[0]["report_id"]).get()
    his = Membership.objects.filter(person_id=course.suspect_person, current=True).values("record_id")
    pair = Link.objects.filter(left_record__in=his, right_record__in=his).first()
    assert pair is not None
    key = intake.report_key(story.STORY[2]["report_id"])
    gets = [
        reverse("patterns:list"),
        *(
            reverse(f"patterns:{page}", args=[course.course_id])
            for page in ("pattern", "chart", "decide", "next", "schedule")
        ),
        # The same page again on the same day is a look of its own.
        reverse("patterns:pattern", args=[course.course_id]),
        reverse("patterns:occasion", args=[course.course_id, 0]),
        reverse("patterns:different_in_pattern", args=[course.course_id, 0]),
        reverse("patterns:joined", args=[key]),
        reverse("patterns:different", args=[key]),
        reverse("intake:report", args=[intake.report_key(story.STORY[0]["report_id"])]),
        reverse("cases:refer_pattern", args=[course.course_id]),
        reverse("people:person", args=[course.suspect_person]),
        reverse("people:link", args=[pair.address]),
        reverse("people:waterfall", args=[pair.address]),
        reverse("workforce:pattern", args=[course.course_id]),
    ]
    posts = [
        (reverse("patterns:search"), {"words": "Marsh"}),
        (reverse("search:search"), {"term": "Marsh"}),
        (reverse("patterns:decide", args=[course.course_id]), {"reason": ""}),
        (reverse("people:link", args=[pair.address]), {"reason": ""}),
        (reverse("patterns:different", args=[key]), {"reason": ""}),
    ]
    return [(address, None) for address in gets] + posts


def test_every_page_of_the_records_that_shows_somebody_is_in_the_trail_and_raised(client, settings) -> None:
    user = officer("Daniel Marsh")
    client = signed_in(client, settings, user)
    without, not_raised = [], []
    for address, form in ways():
        last = last_event()
        answer = client.get(address) if form is None else client.post(address, form)
        assert answer.status_code in {200, 422}, (address, answer.status_code)
        looks = Event.objects.filter(pk__gt=last, actor=user, operation__in=("consultation", "disclosure"))
        events = list(looks.order_by("pk"))
        if not any(e.subject.startswith(RECORDS) or e.detail.get("of_records") for e in events):
            without.append(address)
        elif events[0].operation == "consultation" and (
            ("own_name_records", user.pk, None) not in raised_from(events[0])
        ):
            not_raised.append(address)
    assert without == []
    assert not_raised == []


def test_records_of_others_are_not_raised_as_ones_own(client, settings) -> None:
    user = officer("Sam Reed")
    client = signed_in(client, settings, user)
    last = last_event()
    for address, form in ways()[:8]:
        assert form is None
        client.get(address)
    event = Event.objects.filter(pk__gt=last).order_by("pk")[0]
    assert {rule for rule, who, _ in raised_from(event) if "name" in rule and who == user.pk} == set()


@pytest.mark.parametrize("works", [False, True])
def test_records_on_which_neither_they_nor_their_agency_worked(works: bool) -> None:
    """An agency that sends reports, and none of these."""
    user = officer("Sam Reed")
    limit = anomalies.config()["no_work_records"]
    last = last_event()
    with identity.as_person(user):
        for number in range(limit):
            services.consulted(user, "people.seen", f"person P-of-others-{number}")
            if works and number == 0:
                services.record(user, "people.same", f"person P-of-others-{number}")
    event = Event.objects.filter(pk__gt=last).order_by("pk")[0]
    raised = {rule for rule, who, _ in raised_from(event) if who == user.pk}
    assert ("no_work_records" in raised) == (not works)


def test_an_agency_that_sends_no_reports_works_on_those_of_others() -> None:
    user = officer("Sam Reed", "hub-alone", "The hub")
    last = last_event()
    with identity.as_person(user):
        for number in range(anomalies.config()["no_work_records"]):
            services.consulted(user, "people.seen", f"person P-of-others-{number}")
    event = Event.objects.filter(pk__gt=last).order_by("pk")[0]
    assert "no_work_records" not in {rule for rule, who, _ in raised_from(event) if who == user.pk}
