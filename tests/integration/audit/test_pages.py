"""The auditor's pages, who looked at a case, unusual access, and coming and going."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit import services, tasks
from lamplighter.hub.audit.access_log import anomalies
from lamplighter.hub.audit.models import Event, Operation, UnusualAccess, UnusualAccessClosing
from lamplighter.hub.cases.models import Case
from lamplighter.hub.oversight.audit_log import case_access
from lamplighter.hub.oversight.blocked_people import services as blocked_people
from lamplighter.hub.oversight.emergency_access import services as emergency_grants
from tests.integration.access import making

pytestmark = pytest.mark.django_db
FOUND = "I asked her manager: she covered for a colleague."


@pytest.fixture
def auditor() -> User:
    return making.somebody(Role.AUDITOR, "hub")


@pytest.fixture
def case() -> Case:
    return making.a_case(None, "helpline", "health")


def a_client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def looks(user: User, case: Any, times: int = 1) -> None:
    with identity.as_person(user):
        for _ in range(times):
            services.consulted(user, "cases.seen", f"case {case.key}", case=case)


def text(client: Client, path: str, values: dict[str, str] | None = None) -> str:
    answer = client.get(path, secure=True) if values is None else client.post(path, values, secure=True)
    assert answer.status_code == 200
    return answer.content.decode()


def raised() -> set[tuple[str, int, int | None]]:
    tasks.watch(0)
    return set(UnusualAccess.objects.values_list("rule", "user_id", "case_id"))


def test_what_is_asked_for_is_found_and_nothing_else(auditor: User, case: Case) -> None:
    clinician, advocate = (
        making.somebody(Role.CLINICIAN, "health"),
        making.somebody(Role.ADVOCATE, "helpline"),
    )
    User.objects.filter(pk=advocate.pk).update(display_name="Asha Bell")
    looks(clinician, case)
    looks(advocate, case)
    services.record(None, "tests.erased", "thing 7", operation=Operation.ERASURE)
    client = a_client(auditor)
    page = text(client, "/audit/")
    assert "Asha Bell" in page
    # In words: what was done, the case by its reference, the agency by its name; ids are behind Details.
    assert "<strong>Viewed the case page</strong>" in page
    assert f"Case {case.reference}" in page
    shown = re.sub(r"<details.*?</details>", "", page, flags=re.S)
    assert str(case.key) in page
    assert str(case.key) not in shown
    assert "cases.seen" not in shown
    assert ">health<" not in shown.replace("\n", "")
    for values, there, not_there in (
        ({"who": "asha bell"}, "Asha Bell", "thing 7"),
        ({"who": clinician.username}, "Sam Reed", "Asha Bell"),
        ({"operation": "erasure"}, "thing 7", "Asha Bell"),
        ({"subject": "thing 7"}, "thing 7", "Asha Bell"),
        ({"case": case.reference.lower()}, "Asha Bell", "thing 7"),
        ({"since_day": "1", "since_month": "1", "since_year": "2020"}, "Asha Bell", "zzz"),
        (
            {"until_day": "1", "until_month": "1", "until_year": "2020"},
            "Nothing in the audit log",
            "Asha Bell",
        ),
    ):
        page = text(client, "/audit/", values)
        body = page[page.index("</form>", page.index(">Filter<")) :]
        assert there in body, values
        assert not_there not in body, values
    for wrong in ({"who": "nobody at all"}, {"case": "LL-XXXX-XXXX"}):
        assert client.post("/audit/", wrong, secure=True).status_code == 422
    assert "Nair" not in text(client, "/audit/", {"case": case.reference})


def test_older_pages_keep_what_was_asked(auditor: User) -> None:
    for number in range(60):
        services.record(None, "tests.done", f"thing {number}", operation=Operation.ERASURE)
    client = a_client(auditor)
    page = text(client, "/audit/", {"operation": "erasure"})
    assert "thing 59" in page
    assert "Record: thing 9<" not in page
    before = str(Event.objects.get(subject="thing 10").pk)
    assert f'name="before" value="{before}"' in page
    page = text(client, "/audit/", {"operation": "erasure", "before": before})
    assert "Record: thing 9<" in page
    assert "Record: thing 10<" not in page


def test_only_auditors_read_the_trail(case: Case) -> None:
    for role in set(Role) - {Role.AUDITOR}:
        user = making.somebody(role, "force-a")
        looks(user, case)
        client = a_client(user)
        for path in ("/audit/", "/audit/unusual"):
            assert client.get(path, secure=True).status_code == 403
        with identity.as_person(user):
            assert (Event.objects.count(), UnusualAccess.objects.count()) == (0, 0)


def test_who_looked_at_a_case_for_those_who_answer_for_it(case: Case) -> None:
    clinician = making.somebody(Role.CLINICIAN, "health")
    looks(clinician, case, times=2)
    for role, code, sees in (
        (Role.COORDINATOR, "force-b", True),
        (Role.STALKING_LEAD, "force-a", True),
        (Role.STALKING_LEAD, "force-b", False),
        (Role.ADVOCATE, "helpline", False),
        (Role.AUDITOR, "hub", True),
    ):
        with identity.as_person(making.somebody(role, code)):
            assert bool(case_access.at_case(case)) == sees, (role, code)
    coordinator, other = making.somebody(Role.COORDINATOR), making.somebody(Role.COORDINATOR)
    page = text(a_client(coordinator), f"/cases/{case.key}/looked")
    assert "Looked at" in page
    assert "clinician" in page
    with identity.as_person(coordinator):
        rows = case_access.at_case(case)
    lines = case_access.by_day(rows)
    assert [line["what"] for line in lines if line["role"] == "Clinician"] == ["Looked at (2)"]
    assert len(lines) < len(rows)
    with identity.as_person(other):
        blocked_people.keep_off(other, case, coordinator, "A neighbour of the victim.")
    with identity.as_person(coordinator):
        assert case_access.at_case(case) == []
    assert (
        a_client(making.somebody(Role.ADVOCATE, "helpline"))
        .get(f"/cases/{case.key}/looked", secure=True)
        .status_code
        == 403
    )


def test_own_name_and_family_name(case: Case) -> None:
    own, family, other = (making.somebody(Role.INVESTIGATOR) for _ in range(3))
    User.objects.filter(pk=own.pk).update(display_name="NAIR, Priya")
    User.objects.filter(pk=family.pk).update(display_name="Joe Hollinshaw")
    for user in (own, family, other):
        looks(user, case)
    assert raised() == {("own_name", own.pk, case.pk), ("family_name", family.pk, case.pk)}
    assert raised() == {("own_name", own.pk, case.pk), ("family_name", family.pk, case.pk)}
    assert UnusualAccess.objects.count() == 2


def test_cases_one_has_nothing_to_do_with() -> None:
    limits = anomalies.config()
    far, near, busy = (
        making.somebody(Role.COORDINATOR, "force-b"),
        making.somebody(Role.INVESTIGATOR, "force-a"),
        making.somebody(Role.INVESTIGATOR, "force-a"),
    )
    cases = [making.a_case(busy) for _ in range(max(limits["not_on_case"], limits["no_work"]))]
    for one in cases[: limits["not_on_case"] - 1]:
        looks(far, one)
    for one in cases[: limits["no_work"] - 1]:
        looks(near, one)
    for one in cases:
        looks(busy, one)
    assert raised() == set()
    looks(far, cases[limits["not_on_case"] - 1])
    looks(near, cases[limits["no_work"] - 1])
    assert raised() == {("not_on_case", far.pk, None), ("no_work", near.pk, None)}


def test_a_look_through_broken_glass_is_reviewed_and_not_raised() -> None:
    lead = making.somebody(Role.STALKING_LEAD, "force-b")
    for _ in range(anomalies.config()["not_on_case"]):
        case = making.a_case()
        with identity.as_person(lead):
            emergency_grants.break_glass(lead, case.pk, "shared", "He was seen in our area an hour ago.", 15)
        looks(lead, case)
    assert raised() == set()


def test_many_records_and_guesses() -> None:
    limits = anomalies.config()
    reader, guesser = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.CLINICIAN, "health")
    with identity.as_person(reader):
        for number in range(limits["many_in_an_hour"]):
            services.consulted(reader, "patterns.seen", f"pattern {number % (limits['many_in_an_hour'] - 1)}")
    with identity.as_person(guesser):
        for _ in range(limits["guessing"] - 1):
            services.consulted(guesser, "access.no_such_reference", "case")
    assert raised() == set()
    with identity.as_person(reader):
        services.consulted(reader, "patterns.seen", "pattern another")
    with identity.as_person(guesser):
        services.consulted(guesser, "access.no_such_reference", "case")
    assert ("guessing", guesser.pk, None) in raised()
    # All within an hour unless the clock struck meanwhile.
    assert {rule for rule, *_ in raised()} <= {"guessing", "many_in_an_hour"}


def test_the_auditor_judges_and_nobody_judges_themselves(auditor: User, case: Case) -> None:
    other = making.somebody(Role.AUDITOR, "hub")
    for user in (auditor, making.somebody(Role.INVESTIGATOR)):
        User.objects.filter(pk=user.pk).update(display_name="Priya Nair")
        looks(user, case)
    tasks.watch(0)
    assert UnusualAccess.objects.count() == 2
    mine = UnusualAccess.objects.get(user=auditor)
    one = UnusualAccess.objects.exclude(user=auditor).get()
    client = a_client(auditor)
    page = text(client, "/audit/unusual")
    assert str(one.key) in page
    assert str(mine.key) not in page
    assert client.get(f"/audit/unusual/{mine.key}", secure=True).status_code == 404
    assert "Priya Nair" in text(client, f"/audit/unusual/{one.key}")
    values = {"finding": "explained", "words": FOUND}
    assert client.post(f"/audit/unusual/{one.key}", values | {"words": "x"}, secure=True).status_code == 422
    assert client.post(f"/audit/unusual/{one.key}", values, secure=True).status_code == 302
    assert client.post(f"/audit/unusual/{one.key}", values, secure=True).status_code == 422
    assert FOUND in text(client, "/audit/unusual")
    assert str(mine.key) in text(a_client(other), "/audit/unusual")
    for user in (auditor, making.somebody(Role.COORDINATOR)):
        with pytest.raises(DatabaseError, match="row-level security"), identity.as_person(user):
            UnusualAccess.objects.create(
                rule="own_name", user=user, day="2026-11-24", count=1, event_id=1, of="x"
            )
    with pytest.raises(DatabaseError, match="row-level security"), identity.as_person(auditor):
        UnusualAccessClosing.objects.create(unusual=mine, user=other, finding="explained", words=FOUND)


def test_the_job_that_watches_may_read_no_case(case: Case) -> None:
    with identity.as_service("watch access"):
        assert Case.objects.count() == 0
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        identity.as_person(making.somebody(Role.AUDITOR, "hub")),
    ):
        anomalies.watch()


def test_coming_and_going_without_what_was_typed(client: Client) -> None:
    user = making.somebody(Role.ADVOCATE, "helpline")
    for typed in (user.username, f" {user.username.upper()}", "my secret password"):
        client.post("/account/sign-in", {"username": typed, "password": "wrong"}, secure=True)
    tried = Event.objects.filter(verb="accounts.sign_in_failed").order_by("pk")
    assert [event.subject for event in tried] == [f"user {user.key}"] * 2 + ["no such user"]
    assert "secret" not in str(list(tried.values()))
    signed_in = a_client(user)
    signed_in.post("/account/sign-out", secure=True)
    assert Event.objects.get(verb="accounts.signed_out").actor == user
