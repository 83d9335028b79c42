"""Each number of the caseload is that of the rows behind it, of the file, and of what its reader may open."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamplighter.hub.access.models import Exclusion
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.caseload import filters, risk, selectors
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.cases.participants import services as participants
from lamplighter.hub.cases.status.states import State
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.orders import decisions
from lamplighter.hub.victim_side.services import contact
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.victim_side import making as side

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a class="govuk-link" href="(/caseload/[^"]+)">(\d+)<')


@dataclass
class World:
    people: dict[str, User]
    cases: list[Case]

    def __getitem__(self, name: str) -> User:
        return self.people[name]


def a_late_task(user: User, case: Case, partition: str, **rest: Any) -> None:
    with identity.as_person(user):
        clocks.start(
            user,
            case,
            "task",
            f"Ring, {partition}",
            due_at=timezone.now() - dt.timedelta(days=2),
            why="Asked for.",
            partition=partition,
            **rest,
        )


@pytest.fixture
def world() -> World:
    roles = {
        "coordinator": (Role.COORDINATOR, "hub"),
        "force coordinator": (Role.COORDINATOR, "force-a"),
        "lead": (Role.STALKING_LEAD, "force-a"),
        "investigator": (Role.INVESTIGATOR, "force-a"),
        "other force": (Role.INVESTIGATOR, "force-b"),
        "advocate": (Role.ADVOCATE, "helpline"),
        "clinician": (Role.CLINICIAN, "health"),
        "probation": (Role.PROBATION, "probation"),
    }
    people = {name: making.somebody(*who) for name, who in roles.items()}
    force = people["force coordinator"]
    cases = [
        telling.a_story(force),
        telling.a_closed_case(force),
        telling.a_working_case(force, "direct", "helpline", "health", "probation"),
        making.a_case(people["investigator"], "helpline"),
        making.a_case(people["other force"], "health"),
    ]
    with identity.as_person(people["investigator"]):
        participants.assign(
            people["investigator"], cases[2], people["investigator"], [people["investigator"]]
        )
    a_late_task(people["investigator"], cases[2], "police", assigned_to=people["investigator"])
    a_late_task(people["advocate"], cases[2], "advocacy", assigned_to=people["advocate"])
    a_late_task(people["advocate"], cases[3], "shared")
    a_late_task(people["clinician"], cases[2], "health", assigned_to=people["clinician"])
    side.a_rule(people["advocate"], cases[2])
    with identity.as_person(people["advocate"]):
        contact.record(people["advocate"], cases[2], channel="call", at=timezone.now(), result="reached")
    for name, minutes in (("advocate", 50), ("advocate", 10), ("clinician", 90), ("investigator", 45)):
        with identity.as_person(people[name]):
            participants.add_minutes(people[name], cases[2], minutes, "meeting", timezone.localdate())
    with identity.as_person(people["advocate"]):
        participants.add_minutes(people["advocate"], cases[2], 120, "travel", timezone.localdate())
    return World(people, cases)


def a_client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_rows(client: Client, address: str) -> tuple[int, list[str]]:
    """The number in the heading of the rows, and the first cell of every row on every page."""
    seen: list[str] = []
    total, number, more = 0, 1, True
    while more:
        text = client.get(f"{address}&page={number}", secure=True).content.decode()
        total = int(re.search(r"<strong>([\d,]+) rows?</strong>", text)[1])  # type: ignore[index]  # each page has it
        seen += re.findall(r'<th scope="row"[^>]*><a class="govuk-link[^"]*" href="([^"]+)"', text)
        more = "Further" in text
        number += 1
    return total, seen


def file_rows(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address.replace("?", ".csv?", 1), secure=True)
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def numbers(client: Client) -> list[tuple[str, int]]:
    text = client.get("/caseload/", secure=True).content.decode().replace("&amp;", "&")
    return [(href, int(number)) for href, number in LINK.findall(text)]


def test_every_number_is_that_of_its_rows_and_of_its_file_for_every_role(world: World) -> None:
    for name, user in world.people.items():
        client = a_client(user)
        found = numbers(client)
        assert len(found) > 8, name
        for address, number in found:
            total, links = page_rows(client, address)
            assert (number, number, number) == (total, len(links), len(file_rows(client, address))), (
                name,
                address,
            )


def test_the_open_cases_are_those_that_the_person_can_open(world: World) -> None:
    """Said again without the page: each case asked for by its address."""
    for name, user in world.people.items():
        client = a_client(user)
        opened = {c for c in world.cases if client.get(f"/cases/{c.key}", secure=True).status_code == 200}
        closed = {world.cases[1]}
        _, links = page_rows(client, "/caseload/cases?of=open")
        assert set(links) == {f"/cases/{c.key}" for c in opened - closed}, name
        _, links = page_rows(client, "/caseload/cases?of=year")
        assert set(links) == {f"/cases/{c.key}" for c in opened}, name


def test_what_one_side_does_is_in_no_number_of_another(world: World) -> None:
    tasks = {
        name: sorted(
            t for row in file_rows(a_client(user), "/caseload/overdue?") if "Ring" in (t := row["Task"])
        )
        for name, user in world.people.items()
    }
    assert tasks["coordinator"] == ["Ring, shared"]
    assert tasks["investigator"] == ["Ring, police", "Ring, shared"]
    assert tasks["advocate"] == ["Ring, advocacy", "Ring, shared"]
    assert tasks["clinician"] == ["Ring, health"]
    assert tasks["other force"] == []
    # A call to the victim is seen by her side; to others it is not "no contact", and not nought days.
    of = {
        name: {r["Case"]: r for r in file_rows(a_client(user), "/caseload/cases?of=year")}
        for name, user in world.people.items()
    }
    reference = world.cases[2].reference
    title = "Days to first contact with the victim"
    assert of["advocate"][reference][title] == "0"
    assert of["investigator"][reference][title] == "Nothing that you can see"
    page = a_client(world["investigator"]).get("/caseload/", secure=True).content.decode()
    told = page.partition("First contact with the victim</th>")[2].partition("</tr>")[0]
    assert re.findall(r">([^<>]+)</", told)[:3] == ["Not known"] * 3
    assert of["coordinator"][reference]["Overdue tasks that you can see"] == "0"


def test_whoever_is_kept_off_a_case_counts_it_nowhere(world: World) -> None:
    user = world["coordinator"]
    before = dict(numbers(a_client(user)))["/caseload/cases?of=open"]
    Exclusion.objects.create(case=world.cases[2], user=user, reason="A relative.", by=user)
    client = a_client(user)
    assert dict(numbers(client))["/caseload/cases?of=open"] == before - 1
    for address, _ in numbers(client):
        kept = client.get(address.replace("?", ".csv?", 1), secure=True).content.decode()
        assert world.cases[2].reference not in kept


def test_every_filter_counts_lists_and_exports_the_same_for_every_role(world: World) -> None:
    asked = st.builds(
        filters.Cases,
        of=st.sampled_from(["open", "year"]),
        lead=st.sampled_from(["", "none", str(world["investigator"].key), "nobody-there"]),
        agency=st.sampled_from(["", "force-a", "helpline"]),
        stage=st.sampled_from(["", *State.values]),
        level=st.sampled_from(["", "none", "high"]),
        late=st.sampled_from(["", "yes"]),
        decision=st.sampled_from(["", "missing"]),
        triage=st.sampled_from(["", "done", "not_seen", "waiting"]),
        contact=st.sampled_from(["", "done", "not_seen"]),
        assessment=st.sampled_from(["", "done", "not_seen"]),
    )
    clients = {name: a_client(user) for name, user in world.people.items()}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(sorted(world.people)), asked)
    def holds(name: str, cases: filters.Cases) -> None:
        with identity.as_person(world[name]):
            number = len(cases.apply(selectors.caseload(timezone.now())))
        address = f"/caseload/cases?{cases.query()}"
        total, links = page_rows(clients[name], address)
        assert (total, len(links), len(file_rows(clients[name], address))) == (number, number, number)
        # An address says all that was asked, and nothing else.
        given_back = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert filters.cases(given_back) == cases

    holds()


@pytest.mark.parametrize(
    "wrong", ["of=all", "stage=new", "late=no", "decision=no", "triage=1", "contact=waiting", "assessment=x"]
)
def test_a_word_that_no_page_links_to_is_not_found(world: World, wrong: str) -> None:
    assert a_client(world["lead"]).get(f"/caseload/cases?{wrong}", secure=True).status_code == 404


def test_the_list_goes_on_over_pages_and_the_file_has_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lamplighter.hub.caseload import views

    monkeypatch.setattr(views, "A_PAGE", 1)
    client = a_client(world["coordinator"])
    total, links = page_rows(client, "/caseload/cases?of=open")
    assert (total, len(set(links))) == (4, 4)
    assert len(file_rows(client, "/caseload/cases?of=open")) == 4


def test_a_case_without_a_decision_on_an_order_is_listed_once_its_time_is_over(world: World) -> None:
    late, decided, unnamed, in_time = world.cases[2], world.cases[3], world.cases[0], world.cases[4]
    named_at = timezone.now() - dt.timedelta(days=8)
    with making.as_the_owner():
        suspects = Party.objects.filter(side=Party.Side.SUSPECT)
        suspects.filter(case__in=[late, decided, unnamed]).update(at=named_at, name="R. Holt")
        suspects.filter(case=unnamed).update(name="Not known")
        suspects.filter(case=in_time).update(at=timezone.now() - dt.timedelta(days=5), name="R. Holt")
    with identity.as_person(world["investigator"]):
        why = {"what": "not", "reason": "The file is thin.", "ground": "evidence"}
        decisions.decide(world["investigator"], decided, "named", **why)
    client = a_client(world["coordinator"])
    asked = "/caseload/cases?of=open&decision=missing"
    assert dict(numbers(client))[asked] == 1
    [row] = file_rows(client, asked)
    assert (row["Case"], row["Decision on an order"]) == (late.reference, "Missing, and its time is over")
    everything = {r["Case"]: r["Decision on an order"] for r in file_rows(client, "/caseload/cases?of=open")}
    assert [case for case, told in everything.items() if told != "Not missing"] == [late.reference]
    assert late.reference in client.get(asked, secure=True).content.decode()
    # The other force is on none of these cases, and its page is as it was.
    assert dict(numbers(a_client(world["other force"])))[asked] == 0


def test_times_are_counted_from_the_referral_and_what_waits_is_no_time(world: World) -> None:
    story, waits = world.cases[0], world.cases[3]
    rows = {r["Case"]: r for r in file_rows(a_client(world["lead"]), "/caseload/cases?of=year")}
    assert rows[story.reference]["Days to triage"] == "2"
    assert rows[waits.reference]["Days to triage"] == "Nothing that you can see"
    waiting = file_rows(a_client(world["lead"]), "/caseload/cases?of=open&triage=waiting")
    assert [r["Case"] for r in waiting] == [waits.reference]


def test_a_hub_without_levels_says_so_and_one_with_them_counts_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = a_client(world["coordinator"])
    monkeypatch.setattr(apps.get_app_config("risk"), "case_levels", "")
    page = client.get("/caseload/", secure=True).content.decode()
    assert "This hub holds no levels of risk." in page
    assert "Risk assessment" not in page
    pk = world.cases[2].pk
    told = risk.Assessed("high", "High", world.cases[2].opened_at + dt.timedelta(days=3))
    held = SimpleNamespace(levels=lambda cases: {pk: told} if pk in cases else {})
    monkeypatch.setattr(apps.get_app_config("caseload"), "case_levels", "of the test", raising=False)
    monkeypatch.setattr(risk, "import_module", lambda name: held)
    found = dict(numbers(client))
    assert found["/caseload/cases?of=open&level=high"] == 1
    assert found["/caseload/cases?of=open&level=none"] == found["/caseload/cases?of=open"] - 1
    assert found["/caseload/cases?of=year&assessment=done"] == 1
    [row] = file_rows(client, "/caseload/cases?of=open&level=high")
    assert (row["Level of risk"], row["Days to risk assessment"]) == ("High", "3")


# Time spent -------------------------------------------------------------------------------------------------


def test_time_is_read_by_ones_own_agency_and_its_side(world: World) -> None:
    def minutes(name: str) -> list[str]:
        return sorted(r["Minutes"] for r in file_rows(a_client(world[name]), "/caseload/time?"))

    assert minutes("advocate") == ["10", "120", "50"]
    assert minutes("clinician") == ["90"]
    assert minutes("investigator") == minutes("lead") == ["45"]
    assert minutes("coordinator") == minutes("other force") == minutes("probation") == []
    rows = file_rows(a_client(world["lead"]), "/caseload/time?")
    assert "Sam Reed" not in str(rows)


def totals(user: User) -> list[tuple[str, int, int]]:
    with identity.as_person(user):
        return selectors.totals(timezone.localdate() - dt.timedelta(days=365))


def test_whoever_costs_the_hub_alone_reads_totals_of_three_people_or_more(
    world: World,
) -> None:
    # Of the meeting three people; of the way one, who is told only together with them.
    assert totals(world["coordinator"]) == [("", 300, 3)]
    for name, user in world.people.items():
        if name != "coordinator":
            assert totals(user) == [], name
    others = [making.somebody(Role.ADVOCATE, "helpline") for _ in range(2)]
    for user in others:
        with identity.as_person(user):
            participants.add_minutes(user, world.cases[2], 60, "travel", timezone.localdate())
    assert totals(world["coordinator"]) == [("travel", 240, 3), ("meeting", 180, 3)]
    page = a_client(world["coordinator"]).get("/caseload/", secure=True).content.decode()
    assert "4 h 00 min" in page
    assert "for costing" not in a_client(world["lead"]).get("/caseload/", secure=True).content.decode()


def test_two_people_are_no_total(world: World) -> None:
    from lamplighter.hub.cases.models import Work

    with making.as_the_owner():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            Work.objects.filter(owner="health").delete()
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert totals(world["coordinator"]) == []
    page = a_client(world["coordinator"]).get("/caseload/", secure=True).content.decode()
    assert "Fewer than three people have recorded time" in page


# What is written down, and how much is asked ----------------------------------------------------------------


def test_a_look_and_an_export_are_in_the_trail_with_the_cases_that_they_show(world: World) -> None:
    client = a_client(world["lead"])
    file_rows(client, "/caseload/cases?of=open")
    event = Event.objects.filter(verb="caseload.exported").get()
    assert (event.subject, event.detail["rows"]) == ("caseload", 3)
    page_rows(client, "/caseload/overdue?")
    seen = Event.objects.filter(verb="caseload.tasks_seen").order_by("-pk").first()
    assert seen is not None
    assert str(world.cases[2].pk) in seen.detail["of_cases"]


def test_the_page_asks_as_often_for_many_cases_as_for_few(
    world: World, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection

    client = a_client(world["force coordinator"])
    client.get("/caseload/", secure=True)
    with CaptureQueriesContext(connection) as few:
        client.get("/caseload/", secure=True)
    for _ in range(3):
        telling.a_working_case(world["force coordinator"], "direct", "helpline")
    with CaptureQueriesContext(connection) as many:
        client.get("/caseload/", secure=True)
    assert len(many) == len(few)


def test_a_cell_that_would_be_a_formula_is_none(world: World) -> None:
    user = world["investigator"]
    with identity.as_person(user):
        clocks.start(
            user,
            world.cases[2],
            "task",
            '=HYPERLINK("http://x.example")',
            due_at=timezone.now() - dt.timedelta(days=1),
            why="x",
        )
    rows = file_rows(a_client(user), "/caseload/overdue?")
    assert [r["Task"] for r in rows if "HYPERLINK" in r["Task"]] == ['\'=HYPERLINK("http://x.example")']


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ANALYST, Role.AUDITOR])
def test_nobody_without_casework_opens_it(role: Role) -> None:
    client = a_client(making.somebody(role, "hub"))
    for address in ("", "cases", "cases.csv", "overdue", "overdue.csv", "time", "time.csv"):
        assert client.get(f"/caseload/{address}", secure=True).status_code == 403
