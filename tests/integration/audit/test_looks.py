"""The trail of an officer who looks themselves up, in every way there is: each look is in it, and raised."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.access_log import anomalies, page_access
from lamplighter.hub.audit.models import Event, UnusualAccess
from lamplighter.hub.cases.case_page.frame import NAMES
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.oversight.audit_log import case_access
from tests.integration.access import making
from tests.integration.audit.unusual import last_event, raised_from

pytestmark = pytest.mark.django_db
OWN = "Daniel Hollinshaw"


@pytest.fixture
def case() -> Case:
    return making.a_case(making.somebody(Role.INVESTIGATOR, "force-b"))


def called(name: str, role: str = Role.STALKING_LEAD, code: str = "force-b") -> tuple[User, Client]:
    """Somebody of this name, signed in, with names on the screen."""
    user = making.somebody(role, code)
    User.objects.filter(pk=user.pk).update(display_name=name)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[NAMES] = True
    session.save()
    return user, client


def since(last: int) -> list[Event]:
    return list(Event.objects.filter(pk__gt=last).order_by("pk"))


def named(events: list[Event]) -> set[int]:
    """The cases that these events say were shown."""
    alone = {e.case_id for e in events if e.case_id}
    return alone | {int(pk) for e in events for pk in e.detail.get("of_cases", [])}


def ways(case: Case) -> list[tuple[str, str, dict[str, str] | None, int]]:
    """``(method, address, form, status)``: every way to see who is reported in a case, without its page."""
    party = Party.objects.get(case=case, side="suspect")
    task = Clock.objects.filter(case=case).first()
    assert task is not None
    here = f"/cases/{case.key}"
    gets = (
        *("/cases/", f"/cases/refer/case/{case.key}", f"{here}/people/{party.key}"),
        *(f"{here}/people/{party.key}/same", f"{here}/agencies", f"{here}/agencies/lead", f"{here}/as-at"),
        *(f"{here}/retention/review", f"{here}/retention/hold", f"{here}/move", f"{here}/close"),
        *(f"{here}/follow-up", f"{here}/safeguarding", f"{here}/kept-off", f"{here}/need", f"{here}/looked"),
        *(f"{here}/triage", f"{here}/history", f"{here}/timeline", f"/work/{task.key}", "/work/team"),
    )
    posts = (
        ("/cases/search", {"term": OWN}, 200),
        ("/search/", {"term": OWN}, 200),
        (f"{here}/need", {"reason": ""}, 422),
        (f"{here}/kept-off", {"reason": ""}, 422),
        (f"{here}/move", {"to": ""}, 422),
        (f"{here}/people/{party.key}", {"name": ""}, 422),
        (f"{here}/i-know-somebody", {"reason": ""}, 422),
        (f"/work/{task.key}/cancel", {"reason": ""}, 422),
    )
    return [("get", a, None, 200) for a in gets] + [("post", a, f, s) for a, f, s in posts]


def test_whoever_looks_themselves_up_in_any_way_leaves_a_trace_that_is_raised(case: Case) -> None:
    user, client = called(OWN)
    without, not_raised, statuses = [], [], {}
    for method, address, form, status in ways(case):
        last = last_event()
        answer = client.get(address, secure=True) if form is None else client.post(address, form, secure=True)
        statuses[method, address] = (answer.status_code, status)
        events = [e for e in since(last) if e.operation == "consultation" and e.actor_id == user.pk]
        if case.pk not in named(events):
            without.append((method, address))
        elif ("own_name", user.pk, case.pk) not in raised_from(events[0]):
            not_raised.append((method, address))
    assert {way: got for way, (got, status) in statuses.items() if got != status} == {}
    assert without == []
    assert not_raised == []


def test_what_is_not_shown_is_no_look(case: Case) -> None:
    """A page that sends on, that is refused or that is not there."""
    _, client = called("Sam Reed")
    _, stranger = called("Sam Reed", Role.INVESTIGATOR, "force-a")
    last = last_event()
    assert stranger.get(f"/cases/{case.key}", secure=True).status_code == 404
    assert stranger.post(f"/cases/{case.key}/need", {"reason": ""}, secure=True).status_code == 404
    assert client.post("/cases/names", {"case": str(case.key)}, secure=True).status_code == 302
    # Names are hidden again: references are no look at anybody.
    assert client.get("/cases/", secure=True).status_code == 200
    assert [e.verb for e in since(last)] == []


def test_a_page_writes_one_event_in_one_statement(case: Case) -> None:
    _, client = called("Sam Reed")
    client.get(f"/cases/{case.key}/agencies", secure=True)
    last = last_event()
    with CaptureWrites() as writes:
        assert client.get(f"/cases/{case.key}/people", secure=True).status_code == 200
    assert [(e.verb, e.subject, e.case_id) for e in since(last)] == [
        ("cases.people_seen", f"case {case.key}", case.pk)
    ]
    assert len(writes.found) == 1


class CaptureWrites:
    """The statements that write into the trail."""

    def __enter__(self) -> CaptureWrites:
        self.found: list[str] = []
        self._with = connection.execute_wrapper(self._note)
        self._with.__enter__()
        return self

    def _note(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if "audit_write" in str(sql):
            self.found.append(str(sql))
        return execute(sql, params, many, context)

    def __exit__(self, *gone: Any) -> None:
        self._with.__exit__(*gone)


@pytest.mark.parametrize(
    ("name", "term", "rule"),
    [
        (OWN, "hollinshaw DANIEL", "own_name_searched"),
        (OWN, "Mary Hollinshaw", "family_name_searched"),
        ("Zoë Marsh-Bell", "zoe marsh-bell", "own_name_searched"),
        ("Joe Nobody", "Nobody", "family_name_searched"),
    ],
)
def test_a_search_for_ones_own_name_is_raised_whatever_it_finds(name: str, term: str, rule: str) -> None:
    user, client = called(name)
    for address, field in (("/cases/search", "term"), ("/search/", "term"), ("/patterns/search", "words")):
        last = last_event()
        assert client.post(address, {field: term}, secure=True).status_code == 200, address
        [event] = [e for e in since(last) if e.verb.endswith((".searched", ".asked"))]
        assert (rule, user.pk, None) in raised_from(event), address
        # That it was their name; never what was typed.
        assert term.lower() not in f"{event.subject} {event.detail} {event.reason}".lower()


@pytest.mark.parametrize("term", ["Priya Nair", "Daniel", "LL-7KQ2-M9XB", "Hollin"])
def test_a_search_for_others_is_not_raised_as_ones_own(term: str) -> None:
    user, client = called("Daniel Hollinshaw")
    client.post("/cases/search", {"term": term}, secure=True)
    [event] = Event.objects.filter(verb="cases.searched")
    assert {rule for rule, who, _ in raised_from(event) if who == user.pk and "searched" in rule} == set()


def test_those_who_answer_for_a_case_see_who_found_it_in_a_list(case: Case) -> None:
    user, client = called("Sam Reed", Role.INVESTIGATOR)
    client.get("/cases/", secure=True)
    client.post("/cases/search", {"term": "Priya Nair"}, secure=True)
    coordinator = making.somebody(Role.COORDINATOR, "force-b")
    with identity.as_person(coordinator):
        assert [row["actor_id"] for row in case_access.at_case(case)].count(user.pk) == 2


def test_the_auditor_reads_which_cases_were_shown_and_that_it_was_their_own_name(case: Case) -> None:
    client = called(OWN, Role.INVESTIGATOR)[1]
    client.post("/cases/search", {"term": OWN}, secure=True)
    unusual_before = UnusualAccess.objects.count()
    with identity.as_service("watch access"):
        anomalies.watch()
    assert UnusualAccess.objects.count() - unusual_before == 2
    _, auditor = called("Asha Bell", Role.AUDITOR, "hub")
    page = auditor.post("/audit/", {"case": case.reference}, secure=True).content.decode()
    assert f"Cases shown: {case.reference}" in page
    assert "The search was for their own name." in page
    page = auditor.get("/audit/unusual", secure=True).content.decode()
    assert "Searched for their own name" in page
    assert "Looked at a case of somebody with their own name" in page


def test_a_list_of_many_is_no_work_on_each_and_a_search_that_finds_few_is_a_look() -> None:
    """A list names whom it shows, and nobody is raised for having read a list."""
    limits = anomalies.config()
    owner = making.somebody(Role.INVESTIGATOR, "force-b")
    cases = [making.a_case(owner) for _ in range(limits["no_work"])]
    user, client = called("Sam Reed", Role.INVESTIGATOR)
    last = last_event()
    assert client.get("/cases/?view=newest", secure=True).status_code == 200
    assert named(since(last)) >= {c.pk for c in cases}
    assert raised_from(since(last)[0]) == set()
    for one in cases:
        client.post("/cases/search", {"term": one.reference}, secure=True)
    assert raised_from(since(last)[0]) == {("no_work", user.pk, None)}


def test_nothing_is_said_outside_a_page(case: Case) -> None:
    last = last_event()
    page_access.case(case)
    page_access.record("person P-1")
    page_access.among("cases", cases=[case])
    assert since(last) == []
