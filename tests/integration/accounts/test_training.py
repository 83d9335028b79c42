"""Trained in what, and until when."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, TrainingRecord
from lamplighter.hub.accounts.staff import training
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db


def test_it_counts_from_the_day_of_completion_to_the_day_it_ends() -> None:
    by, user = making.somebody(Role.COORDINATOR), making.somebody(Role.INVESTIGATOR)
    day = timezone.localdate() - dt.timedelta(days=30)
    months = training.topics(day)["srp"].months
    assert months
    with identity.as_person(by):
        row = training.record(by, user, topic="srp", completed_on=day, evidence="certificate 1")
    assert row.expires_on == training.months_later(day, months)
    with identity.as_person(user):
        for on, counts in (
            (day - dt.timedelta(days=1), False),
            (day, True),
            (row.expires_on, True),
            (row.expires_on + dt.timedelta(days=1), False),
        ):
            assert training.valid(user, "srp", on) is counts, on
        assert not training.valid(user, "sam")


def test_who_shares_information_or_judges_the_type_is_told_what_training_they_lack() -> None:
    advocate, clinician = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
    )
    case = making.a_case(advocate, "helpline", "health", "force-a")
    judge = reverse("perpetrator_side:judge", args=[case.key])
    write = reverse("sharing:write", args=[case.key])
    day = timezone.localdate()
    ends = day + dt.timedelta(days=20)
    sent = {
        "from_partition": "advocacy", "to_partition": "police", "kind": "act", "title": "He waited",
        "text": "He waited.", "basis": "consent", "consent_of": "victim", "consent_how": "spoken",
        "consent_on_day": day.day, "consent_on_month": day.month, "consent_on_year": day.year,
        "expires_on_day": ends.day, "expires_on_month": ends.month, "expires_on_year": ends.year,
        "necessity": "They need it.", "proportionality": "No more.",
    }  # fmt: skip
    for user, topic, name, page in (
        (clinician, "srp", "Stalking Risk Profile", lambda c: c.get(judge, secure=True)),
        (advocate, "information-sharing", "Information sharing", lambda c: c.post(write, sent, secure=True)),
    ):
        client = telling.browser(user)
        before = page(client)
        assert before.status_code == 200
        assert f"No training in {name}" in before.content.decode()
        lead = making.somebody(Role.ADMINISTRATOR, "hub")
        with identity.as_person(lead):
            training.record(lead, user, topic=topic, completed_on=day, evidence="certificate 1")
        after = page(client)
        assert after.status_code == 200
        assert "No training in" not in after.content.decode()


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-30", 24, "2028-11-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-08-31", 6, "2027-02-28"),
    ],
)
def test_months_later(day: str, months: int, later: str) -> None:
    assert training.months_later(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(later)


def test_nobody_records_their_own_or_for_another_agency() -> None:
    coordinator, elsewhere = making.somebody(Role.COORDINATOR), making.somebody(Role.CLINICIAN, "health")
    given = {"topic": "srp", "completed_on": timezone.localdate(), "evidence": "x"}
    for user in (coordinator, elsewhere):
        with pytest.raises(NotPossibleError), identity.as_person(coordinator):
            training.record(coordinator, user, **given)
    # And the database alone holds: nobody writes their own, those without the role none, and none is changed.
    for by, user in ((coordinator, coordinator), (elsewhere, elsewhere), (elsewhere, coordinator)):
        with pytest.raises(DatabaseError, match="row-level security"), identity.as_person(by):
            TrainingRecord.objects.create(user=user, by=by, **given)
    administrator = making.somebody(Role.ADMINISTRATOR, "hub")
    with identity.as_person(administrator):
        training.record(administrator, elsewhere, **given)
    with pytest.raises(DatabaseError), identity.as_person(administrator):
        TrainingRecord.objects.update(evidence="y")


def test_who_reads_it() -> None:
    by, user = making.somebody(Role.COORDINATOR), making.somebody(Role.INVESTIGATOR)
    with identity.as_person(by):
        training.record(by, user, topic="sam", completed_on=timezone.localdate(), evidence="x")
    for reader, sees in (
        (user, 1),
        (by, 1),
        (making.somebody(Role.ADMINISTRATOR, "hub"), 1),
        (making.somebody(Role.AUDITOR, "hub"), 1),
        (making.somebody(Role.INVESTIGATOR), 0),
        (making.somebody(Role.ANALYST, "hub"), 0),
    ):
        with identity.as_person(reader):
            assert TrainingRecord.objects.count() == sees, reader.role


def test_what_ends_next_comes_first() -> None:
    by = making.somebody(Role.ADMINISTRATOR, "hub")
    user, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    today = timezone.localdate()
    with identity.as_person(by):
        for who, topic, ago in ((user, "srp", 30), (user, "information-sharing", 500), (other, "sam", 1070)):
            day = today - dt.timedelta(days=ago)
            training.record(by, who, topic=topic, completed_on=day, evidence="x")
        found = training.team([user, other])
    assert [(s.user.pk, s.topic.code, s.state) for s in found[:3]] == [
        (user.pk, "information-sharing", "ended"),
        (other.pk, "sam", "soon"),
        (user.pk, "srp", "valid"),
    ]
    assert {s.state for s in found[3:]} == {"none"}


def test_the_pages(client: Client) -> None:
    by, user = making.somebody(Role.COORDINATOR), making.somebody(Role.INVESTIGATOR)
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    form = {
        "person": str(user.key),
        "topic": "srp",
        "completed_on_day": "1",
        "completed_on_month": "3",
        "completed_on_year": "2026",
        "evidence": "certificate 2214",
    }
    assert client.post("/account/training/record", form, secure=True).status_code == 302
    assert "1 March 2026" in client.get("/account/training", secure=True).content.decode()
    later = form | {"completed_on_year": "2099"}
    assert client.post("/account/training/record", later, secure=True).status_code == 422
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "1 March 2026" in client.get("/account/", secure=True).content.decode()


def test_the_demonstrations_people_are_trained() -> None:
    from lamplighter.hub.demo.story import accounts as story_accounts

    roles = {
        "administrator": (Role.ADMINISTRATOR, "hub"),
        "lead": (Role.STALKING_LEAD, "force-a"),
        "advocate": (Role.ADVOCATE, "helpline"),
        "clinician": (Role.CLINICIAN, "health"),
        "investigator": (Role.INVESTIGATOR, "force-b"),
    }
    users = {name: making.somebody(*where) for name, where in roles.items()}
    story_accounts.tell(users, None)
    states = {s.state for s in training.team(list(users.values()))}
    assert states == {"valid", "soon", "ended", "none"}
