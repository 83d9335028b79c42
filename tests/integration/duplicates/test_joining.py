"""Two cases of one pair joined and parted: what goes on where, who reads what, and what comes back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases import selectors
from lamplighter.hub.cases.models import Case, Entry, Participation
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.duplicates import services
from lamplighter.hub.duplicates.models import GivenTask, Joined
from lamplighter.hub.oversight.blocked_people import services as blocked_people
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
TWO = {
    "victim": {"name": "Priya Nair", "birth_date": dt.date(1994, 5, 3)},
    "suspect": {"name": "Daniel Marsh", "birth_date": dt.date(1990, 2, 11)},
}
WHY = "One man, typed twice by two forces."


@dataclass
class Pair:
    """The older is of force A and the helpline; the younger of force B, health and the helpline."""

    by: User
    older: Case
    younger: Case
    people: dict[str, User]


@pytest.fixture
def pair() -> Pair:
    by = making.somebody(Role.COORDINATOR, "hub")
    people = {
        "force-a": making.somebody(Role.INVESTIGATOR, "force-a"),
        "force-b": making.somebody(Role.INVESTIGATOR, "force-b"),
        "helpline": making.somebody(Role.ADVOCATE, "helpline"),
        "health": making.somebody(Role.CLINICIAN, "health"),
    }
    older = telling.a_working_case(by, "direct", "force-a", "helpline", **TWO)
    younger = telling.a_working_case(
        by, "consultation", "force-b", "health", "helpline", **TWO, again_why="Not known to be one."
    )
    return Pair(by, older, younger, people)


def a_task(by: User, case: Case, partition: str, text: str, kind: str = "contact") -> Clock:
    with identity.as_person(by):
        due = timezone.now() + dt.timedelta(days=2)
        return clocks.start(
            by, case, kind, text, due_at=due, why="Day 3 of 7.", partition=partition, assigned_to=by
        )


def running(case: Case) -> set[str]:
    with making.as_the_owner():
        rows = (
            Clock.objects.filter(case=case, state=Clock.State.RUNNING)
            .exclude(kind__startswith="case.")
            .exclude(kind__in=("risk.first", "orders.decision"))
        )
        return set(rows.values_list("text", flat=True))


def agencies(case: Case) -> set[str]:
    with making.as_the_owner():
        return set(Participation.objects.filter(case=case, ended_at=None).values_list("agency", flat=True))


def status(case: Case) -> str:
    with making.as_the_owner():
        found = selectors.current(case)
        assert found is not None
        return str(found.name)


def join(pair: Pair) -> Joined:
    with identity.as_person(pair.by):
        return services.join(pair.by, pair.younger, pair.older, WHY)


def test_joined_and_parted_again_everything_is_where_it_was(pair: Pair) -> None:
    hers = a_task(pair.people["helpline"], pair.younger, "advocacy", "Call her")
    a_task(pair.people["force-b"], pair.younger, "police", "Take the statement")
    a_task(pair.people["force-b"], pair.younger, "shared", "Ask the school")
    a_task(pair.people["health"], pair.younger, "health", "Offer a session")
    before = (running(pair.younger), running(pair.older), agencies(pair.older), status(pair.younger))
    made = join(pair)
    assert agencies(pair.older) == {"hub", "force-a", "helpline", "force-b", "health"}
    # Force A could not read the police's and the shared task of the younger case: they stay there.
    assert running(pair.older) == {"Call her", "Offer a session"}
    assert running(pair.younger) == {"Take the statement", "Ask the school"}
    assert (status(pair.younger), status(pair.older)) == ("closed", "direct")
    with making.as_the_owner():
        moved = Clock.objects.get(case=pair.older, text="Call her")
        assert (moved.owner_id, moved.partition, moved.assigned_to_id, moved.due_at) == (
            "helpline", "advocacy", pair.people["helpline"].pk, hers.due_at,
        )  # fmt: skip
        assert not Clock.objects.filter(
            case=pair.younger, state=Clock.State.RUNNING, kind__startswith="case.follow_up"
        ).exists()
        assert Event.objects.filter(verb="duplicates.joined").count() == 2
    with identity.as_person(pair.by):
        services.part(pair.by, made, "Two men after all.")
    after = (running(pair.younger), running(pair.older), agencies(pair.older), status(pair.younger))
    assert after == before
    with making.as_the_owner():
        assert Clock.objects.get(pk=hers.pk).state == Clock.State.RUNNING
        assert GivenTask.objects.count() == 2
    with identity.as_person(pair.by), pytest.raises(NotPossibleError):
        services.part(pair.by, Joined.objects.get(), "Again.")


def test_what_was_done_meanwhile_stays_done(pair: Pair) -> None:
    a_task(pair.people["helpline"], pair.younger, "advocacy", "Call her")
    made = join(pair)
    with identity.as_person(pair.people["helpline"]):
        moved = Clock.objects.get(case=pair.older, text="Call her")
        clocks.end(pair.people["helpline"], moved, why="She is safe.")
    with identity.as_person(pair.by):
        services.part(pair.by, made, "Two men after all.")
    assert running(pair.younger) == set() == running(pair.older)


def test_nobody_reads_of_the_other_case_who_could_not_open_it(pair: Pair) -> None:
    outside = pair.people["force-a"]
    a_task(pair.people["force-b"], pair.younger, "shared", "Ask the school")
    with identity.as_person(outside):
        before = set(Entry.objects.values_list("pk", flat=True)) | set(
            Clock.objects.values_list("pk", flat=True)
        )
    join(pair)
    with identity.as_person(outside):
        assert not Joined.objects.exists()
        assert not Case.objects.filter(pk=pair.younger.pk).exists()
        new = [e.title + e.body for e in Entry.objects.exclude(pk__in=before)]
        assert new
        assert not [t for t in new if pair.younger.reference in t or "duplicate" in t or WHY in t]
        assert not Clock.objects.filter(text="Ask the school").exists()
    for place in ("cases:case", "cases:history", "cases:agencies", "duplicates:joined"):
        answer = telling.browser(outside).get(reverse(place, args=[pair.older.key]), secure=True)
        assert answer.status_code == 200
        assert pair.younger.reference not in answer.content.decode()
        assert WHY not in answer.content.decode()
    # Whoever was on the younger opens both, and is led to the one where work goes on.
    page = telling.browser(pair.people["force-b"]).get(
        reverse("cases:case", args=[pair.younger.key]), secure=True
    )
    assert f"Work goes on in case {pair.older.reference}." in page.content.decode()


def test_who_is_kept_off_either_is_kept_off_both(pair: Pair) -> None:
    relative = pair.people["force-b"]
    with identity.as_person(pair.by):
        blocked_people.keep_off(pair.by, pair.younger, relative, "His brother works in this force.")
    join(pair)
    with identity.as_person(relative):
        assert not Case.objects.exists()
        assert not Joined.objects.exists()
    with identity.as_person(pair.by):
        services.part(pair.by, Joined.objects.get(), "Two men after all.")
    with identity.as_person(relative):
        assert not Case.objects.exists()


def test_who_may_not_decide_on_both_is_not_asked_and_cannot(pair: Pair) -> None:
    at = reverse("duplicates:join", args=[pair.younger.key, pair.older.key])
    for name in ("force-b", "helpline", "health"):
        assert telling.browser(pair.people[name]).post(at, {"reason": WHY}, secure=True).status_code == 403
    lead = making.somebody(Role.STALKING_LEAD, "force-b")
    assert telling.browser(lead).post(at, {"reason": WHY}, secure=True).status_code == 404
    here = telling.browser(lead).get(reverse("duplicates:joined", args=[pair.younger.key]), secure=True)
    assert pair.older.reference not in here.content.decode()
    # Nor past the pages: the database asks for both.
    with (
        identity.as_person(lead),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Joined.objects.create(**owned(lead, pair.younger, other=pair.older, reason=WHY))
    kept_off = making.somebody(Role.COORDINATOR, "hub")
    with identity.as_person(pair.by):
        blocked_people.keep_off(pair.by, pair.older, kept_off, "She is his cousin and works here.")
    assert telling.browser(kept_off).post(at, {"reason": WHY}, secure=True).status_code == 404
    assert not Joined.objects.exists()


def test_the_journey_of_pages_and_what_is_refused(pair: Pair) -> None:
    client = telling.browser(pair.by)
    page: Any = client.get(reverse("cases:case", args=[pair.younger.key]), secure=True).content.decode()
    assert f"Case {pair.older.reference} is open about the same two people." in page
    at = reverse("duplicates:join", args=[pair.younger.key, pair.older.key])
    said = client.get(at, secure=True).content.decode()
    for code in ("force-b", "health"):
        assert making.agency(code).name in said
    assert client.post(at, {"reason": ""}, secure=True).status_code == 422
    assert client.post(at, {"reason": WHY}, secure=True)["Location"] == reverse(
        "cases:case", args=[pair.older.key]
    )
    assert client.post(at, {"reason": WHY}, secure=True).status_code == 404
    with identity.as_person(pair.by), pytest.raises(NotPossibleError, match="joined already"):
        services.join(pair.by, pair.older, pair.younger, WHY)
    row = Joined.objects.get()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Joined.objects.filter(pk=row.pk).update(reason="Another.")
    away = reverse("duplicates:part", args=[pair.older.key, row.key])
    assert client.post(away, {"reason": "Two men."}, secure=True).status_code == 302
    listed = client.get(reverse("duplicates:joined", args=[pair.older.key]), secure=True).content.decode()
    assert "was joined" in listed
    assert "Two men." in listed
    assert client.post(at, {"reason": WHY}, secure=True).status_code == 302
