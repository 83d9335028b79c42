"""The pages of cases: who sees what, what is kept when two write, and the past as it was known."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases import presenters, selectors, services
from lamplighter.hub.cases.models import Case, Party, Status, Triage, Work
from lamplighter.hub.cases.participants import corrections
from lamplighter.hub.cases.status import changes
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.victim_side.services import updates
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
PAGES = ("case", "timeline", "history", "people", "agencies", "legal", "work", "as_at")
DECIDING = ("triage", "move", "close", "follow_up")


def page(client: Any, name: str, case: Case, query: str = "", **data: Any) -> Any:
    address = reverse(f"cases:{name}", args=[case.key]) + query
    return client.post(address, data, secure=True) if data else client.get(address, secure=True)


def text_of(answer: Any) -> str:
    """The words of the page's main part."""
    body = answer.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", body[body.index("<main") : body.index("</main>")]).split())


def test_every_page_of_a_case_is_there_for_those_on_it_and_for_nobody_else() -> None:
    case = telling.a_working_case(telling.coordinator(), "direct", "helpline", "health", "probation")
    for role, code, there in (
        (Role.COORDINATOR, "force-a", 200),
        (Role.COORDINATOR, "force-b", 200),
        (Role.ADVOCATE, "helpline", 200),
        (Role.CLINICIAN, "health", 200),
        (Role.PROBATION, "probation", 200),
        (Role.INVESTIGATOR, "force-b", 404),
        (Role.AUDITOR, "hub", 403),
        (Role.ANALYST, "hub", 403),
    ):
        client = telling.browser(making.somebody(role, code))
        for name in PAGES:
            assert page(client, name, case).status_code == there, (role, code, name)
        for name in DECIDING:
            decides = there if role == Role.COORDINATOR or there != 200 else 403
            # Refused before it is looked for: what is refused to everybody of a role says nothing.
            if role == Role.INVESTIGATOR:
                decides = 403
            assert page(client, name, case).status_code == decides, (role, code, name)


def test_a_case_that_one_may_not_open_is_answered_like_one_that_never_was() -> None:
    case = making.a_case()
    client = telling.browser(making.somebody(Role.ADVOCATE, "helpline"))
    for name in PAGES:
        hidden = page(client, name, case)
        never = client.get(reverse(f"cases:{name}", args=[uuid.uuid4()]), secure=True)
        assert (hidden.status_code, never.status_code) == (404, 404)
        drop = re.compile(r"nonce-[^'\"]+|csrfmiddlewaretoken\" value=\"[^\"]+")
        assert drop.sub("", hidden.content.decode()) == drop.sub("", never.content.decode())


def test_what_was_shown_on_a_day_is_shown_for_that_day_ever_after() -> None:
    """The page of day 2 now, and the page as at day 2 a month later: the same words."""
    by = telling.coordinator()
    with identity.as_person(by):
        case = making.a_case(by, "helpline", at=telling.days_ago(40))
        changes.triage(by, case, "direct", "on_probation", "On licence.", at=telling.days_ago(38))
        changes.set_legal_status(
            by, case, "investigation", telling.days_ago(60).date(), "Record", at=telling.days_ago(38)
        )
    client = telling.browser(by)
    day = timezone.localdate(telling.days_ago(38)).isoformat()
    names = ("case", "timeline", "history", "people", "agencies", "legal", "work")
    before = {name: text_of(page(client, name, case, f"?as_at={day}")) for name in names}
    assert "Direct intervention" in before["case"]
    with identity.as_person(by):
        with moment.at(telling.days_ago(30)):
            services.add_agency(by, case, making.agency("health"), "Asked in later")
        services.move(by, case, "step_down", "The plan is done.", at=telling.days_ago(10))
        victim = selectors.parties(case)[0]
        corrections.correct(by, case, victim, "Misspelt", name="Priya Nayar")
        changes.set_legal_status(by, case, "charged", telling.days_ago(50).date(), "Told late")
        services.end_participation(by, case, making.agency("helpline"), "Her wish")
    now = text_of(page(client, "case", case))
    assert "Step-down review" in now
    assert "Charged" in now
    for name in names:
        assert text_of(page(client, name, case, f"?as_at={day}")) == before[name], name
    assert "as the hub knew it at the end of" in before["case"]
    assert "Step-down" not in before["case"]


def test_before_it_was_referred_the_hub_did_not_know_the_case() -> None:
    by = telling.coordinator()
    case = telling.a_story(by)
    early = text_of(page(telling.browser(by), "case", case, "?as_at=2020-01-01"))
    assert "did not know this case yet" in early
    assert "Nair" not in early


@pytest.mark.parametrize("day", ["", "tomorrow", "2999-01-01", "2026-02-31", "0001-01-01"])
def test_a_day_that_is_none_shows_the_case_as_it_is(day: str) -> None:
    by = telling.coordinator()
    answer = page(telling.browser(by), "case", telling.a_story(by), f"?as_at={day}")
    assert answer.status_code == 200
    assert "as the hub knew it" not in answer.content.decode()


def test_the_date_boxes_lead_to_that_day() -> None:
    by = telling.coordinator()
    case, client = telling.a_story(by), None
    client = telling.browser(by)
    answer = page(client, "as_at", case, "?day_day=3&day_month=11&day_year=2025")
    assert answer.headers["Location"].endswith(f"/cases/{case.key}?as_at=2025-11-03")
    assert page(client, "as_at", case, "?day_day=40&day_month=11&day_year=2025").status_code == 422


def test_no_name_is_on_the_bar_until_somebody_asks() -> None:
    by = telling.coordinator()
    case, client = telling.a_working_case(by), telling.browser(by)

    def bar() -> str:
        body = page(client, "case", case).content.decode()
        found = re.search(
            r'<section class="ll-identity" aria-label="This matter".*?</section>', body, flags=re.S
        )
        assert found
        return found.group(0)

    assert case.reference in bar()
    assert "Nair" not in bar()
    listed = client.get("/cases/", secure=True).content.decode()
    assert case.reference in listed
    assert "Nair" not in listed
    client.post("/cases/names", {"case": str(case.key)}, secure=True)
    assert "Nair" in bar()
    assert "Nair" in client.get("/cases/", secure=True).content.decode()
    client.post("/cases/names", {"case": "nothing"}, secure=True)
    assert "Nair" not in bar()


def test_no_name_is_in_a_title_or_an_address() -> None:
    by = telling.coordinator()
    case, client = telling.a_working_case(by), telling.browser(by)
    client.post("/cases/names", {}, secure=True)
    addresses = [reverse(f"cases:{n}", args=[case.key]) for n in (*PAGES, *DECIDING, "refer_reversed")]
    with identity.as_person(by):
        party = selectors.parties(case)[0]
    addresses += [reverse(f"cases:{n}", args=[case.key, party.key]) for n in ("person", "same")]
    for address in [*addresses, "/cases/", "/cases/search", "/cases/refer"]:
        body = client.get(address, secure=True).content.decode()
        title = re.search(r"<title>(.*?)</title>", body, flags=re.S)
        assert title
        outside = title.group(1) + " ".join(re.findall(r'(?:href|src|action)="([^"]*)"', body))
        assert "Nair" not in outside, address
        assert "Hollinshaw" not in outside, address


def test_two_who_put_right_one_person_both_stay_readable() -> None:
    one, two = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    case = making.a_case(one, "helpline")
    seen = Party.objects.get(case=case, side="victim")
    address = reverse("cases:person", args=[case.key, seen.key])

    def sends(user: Any, version: Any, **values: str) -> Any:
        return telling.browser(user).post(
            address, {"version": str(version), "reason": "She said so"} | values, secure=True
        )

    assert sends(one, seen.key, name="Priya Nayar").status_code == 302
    second = sends(two, seen.key, name="Priya K Nair", also_known_as="Pri")
    assert second.status_code == 422
    body = second.content.decode()
    assert "Both versions" in body
    assert "Priya Nayar" in body
    assert 'value="Priya K Nair"' in body
    assert 'value="Pri"' in body
    assert selectors.newest_version(seen).name == "Priya Nayar"
    # Having seen both, the second decides.
    version = re.search(r'name="version" value="([^"]+)"', body)
    assert version
    assert sends(two, version.group(1), name="Priya K Nair", also_known_as="Pri").status_code == 302
    assert [p.name for p in Party.objects.filter(case=case, side="victim").order_by("pk")] == [
        "Priya Nair",
        "Priya Nayar",
        "Priya K Nair",
    ]
    people = page(telling.browser(one), "people", case).content.decode()
    assert all(name in people for name in ("Priya Nair", "Priya Nayar", "Priya K Nair"))


def test_two_who_decide_on_one_case_see_each_other() -> None:
    one, two = telling.coordinator(), telling.coordinator("force-b")
    case = telling.a_working_case(one)
    seen = str(services.current(case).key)
    first = page(telling.browser(one), "move", case, to="direct", reason="Danger", version=seen)
    assert first.status_code == 302
    second = page(telling.browser(two), "move", case, to="step_down", reason="All quiet", version=seen)
    body = second.content.decode()
    assert second.status_code == 422
    assert "Both versions" in body
    assert "Danger" in body
    assert "All quiet" in body
    assert services.current(case).name == "direct"


def test_triage_and_closing_by_form() -> None:
    by = making.somebody(Role.STALKING_LEAD)
    case = making.a_case(by)
    client = telling.browser(by)
    assert page(client, "triage", case, decision="direct").status_code == 422
    done = page(client, "triage", case, decision="direct", threshold="fixation", reason="He does not stop.")
    assert done.status_code == 302
    values = {"why": "plan_done", "reason": "Done", "current": "no", "not_done": "Nothing."}
    asked = dict.fromkeys(("orders", "bail", "release", "trial"), "not_known") | {"advocate": "not_asked"}
    assert page(client, "close", case, **values).status_code == 422
    values |= asked
    assert page(client, "close", case, **(values | {"not_done": ""})).status_code == 422
    assert page(client, "close", case, **values).status_code == 302
    assert selectors.closing(case).not_done == ""
    after = page(client, "follow_up", case, months="6", found="nothing", words="She says so")
    assert after.status_code == 302
    assert Triage.objects.count() == 1
    assert [s.name for s in Status.objects.order_by("pk")] == ["referred", "direct", "closed", "follow_up"]


def test_a_referral_by_form_opens_a_case_for_the_agencies_chosen() -> None:
    making.agency("force-b")
    making.agency("helpline")
    by = making.somebody(Role.CLINICIAN, "health")
    answer = telling.browser(by).post(
        "/cases/refer",
        {
            "victim_name": "Not known",
            "suspect_name": "Daniel Hollinshaw",
            "why": "He speaks of following somebody.",
            "victim_knows": "no",
            "danger": "not_known",
            "agencies": ["helpline"],
        },
        secure=True,
    )
    assert answer.status_code == 302
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/cases/{case.key}"
    assert {p.agency_id for p in selectors.participations(case)} == {"health", "helpline"}
    assert page(telling.browser(making.somebody(Role.ADVOCATE, "helpline")), "case", case).status_code == 200
    assert (
        page(telling.browser(making.somebody(Role.INVESTIGATOR, "force-b")), "case", case).status_code == 404
    )


def test_the_same_two_people_the_other_way_round() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case, client = making.a_case(by), telling.browser(by)
    address = reverse("cases:refer_reversed", args=[case.key])
    body = client.get(address, secure=True).content.decode()
    assert re.search(r'name="victim_name"[^>]*value="Daniel Hollinshaw"', body)
    client.post(
        address,
        {
            "victim_name": "Daniel Hollinshaw",
            "suspect_name": "Priya Nair",
            "why": "He says that she follows him.",
            "victim_knows": "yes",
            "danger": "no",
        },
        secure=True,
    )
    other = Case.objects.exclude(pk=case.pk).get()
    body = page(client, "case", case).content.decode()
    assert f"Case {other.reference}" in body
    assert "Roles reversed" in body
    assert f"Case {case.reference}" in page(client, "case", other).content.decode()


def test_a_person_in_many_cases_shows_only_those_that_one_may_open() -> None:
    ours, theirs = making.somebody(Role.INVESTIGATOR), making.somebody(Role.INVESTIGATOR, "force-b")
    him = {"name": "Daniel Hollinshaw", "person_id": "P-1"}
    first = making.a_case(ours, suspect=him)
    second = making.a_case(ours, victim={"name": "Ana Petrov"}, suspect=him)
    hidden = making.a_case(theirs, victim={"name": "Zoe Marsh"}, suspect=him)
    shared = making.a_case(theirs, "force-a", victim={"name": "Kit Lowe"}, suspect=him)
    body = page(telling.browser(ours), "case", first).content.decode()
    assert second.reference in body
    assert shared.reference in body
    assert hidden.reference not in body
    assert "Zoe" not in body
    alone = making.a_case(theirs, victim={"name": "Lia Moss"}, suspect={"name": "Unlike Him"})
    assert "Other cases" not in page(telling.browser(theirs), "case", alone).content.decode()


def test_to_say_that_two_are_one_tells_the_others_nothing() -> None:
    both = making.somebody(Role.INVESTIGATOR)
    first = making.a_case(both, "helpline")
    second = making.a_case(both, "health", victim={"name": "Priya Nair"}, suspect={"name": "Tom Lees"})
    mine, other = (Party.objects.get(case=c, side="victim") for c in (first, second))
    client = telling.browser(both)
    address = reverse("cases:same", args=[first.key, mine.key])
    assert second.reference in client.get(address, secure=True).content.decode()
    advocate = telling.browser(making.somebody(Role.ADVOCATE, "helpline"))
    before = {n: text_of(page(advocate, n, first)) for n in ("case", "timeline", "history", "people")}
    done = client.post(address, {"other": str(other.key), "how": "birth_date"}, secure=True)
    assert done.status_code == 302
    assert second.reference in page(client, "people", first).content.decode()
    assert {n: text_of(page(advocate, n, first)) for n in before} == before
    event = Event.objects.get(verb="cases.same_person")
    assert (event.operation, event.reason) == ("combination", "")
    assert event.detail == {"known_by": "birth_date", "other": str(second.key)}


def test_an_agency_that_hands_over_is_outside_and_what_it_wrote_stays() -> None:
    ours = making.somebody(Role.INVESTIGATOR)
    theirs = making.somebody(Role.INVESTIGATOR, "force-b")
    case, client = making.a_case(ours), telling.browser(ours)
    done = page(client, "agencies", case, agency="force-b", how="hand_over", reason="She has moved")
    assert done.headers["Location"] == "/cases/"
    assert page(client, "case", case).status_code == 404
    body = page(telling.browser(theirs), "case", case).content.decode()
    assert "Referred by Force A" in body
    assert "Force A no longer works on the case" in body
    refused = telling.browser(theirs).post(
        reverse("cases:end_agency", args=[case.key, "force-b"]), {"reason": "Nothing to do"}, secure=True
    )
    assert refused.status_code == 422
    assert "add another agency first" in refused.content.decode()


def test_only_the_agency_itself_or_who_decides_ends_its_work() -> None:
    case = making.a_case(None, "helpline", "health")
    address = reverse("cases:end_agency", args=[case.key, "health"])
    for role, code, status in (
        (Role.ADVOCATE, "helpline", 404),
        (Role.CLINICIAN, "health", 200),
        (Role.COORDINATOR, "force-b", 200),
    ):
        assert telling.browser(making.somebody(role, code)).get(address, secure=True).status_code == status


def test_the_day_goes_with_every_link_and_a_page_without_a_past_says_so() -> None:
    """From the case as at a day, every page of every context: that day, or the word that it is today."""
    by = telling.coordinator()
    case = telling.a_story(by)
    day = telling.days_ago(20).date().isoformat()
    for user in (by, making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.CLINICIAN, "health")):
        client = telling.browser(user)
        places = [reverse("cases:case", args=[case.key]) + f"?as_at={day}"]
        told = set()
        # From tab to tab, and from each to the pages inside it: the list grows on the way.
        for place in places:
            assert place.endswith(f"?as_at={day}"), place
            answer = client.get(place, secure=True)
            assert answer.status_code == 200, place
            words = text_of(answer)
            past, today = "as the hub knew it at the end of" in words, "This page shows today." in words
            assert past != today, place
            told.add(past)
            then = re.findall(r'class="ll-(?:tabs|sidenav)__link" href="([^"]+)"', answer.content.decode())
            places += [one for one in dict.fromkeys(then) if one not in places]
        assert len(places) > len(PAGES)
        assert told == {True, False}
        assert "This page shows today." not in text_of(page(client, "work", case))


def test_a_link_of_the_history_leads_to_no_refusal() -> None:
    """What is shared of the Victims' Code is in everybody's history; its page is for those who tell her."""
    by = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(by):
        case = making.a_case(by, "health", "helpline")
        updates.enter_event(by, case, "arrest", telling.days_ago(3).date())
    for role, code, opens in (
        (Role.CLINICIAN, "health", False),
        (Role.ADVOCATE, "helpline", True),
        (Role.INVESTIGATOR, "force-a", True),
    ):
        answer = page(telling.browser(making.somebody(role, code)), "history", case)
        assert "Arrest" in text_of(answer)
        assert (f"/cases/{case.key}/victim/updates" in answer.content.decode()) == opens, role


def test_what_was_due_today_is_overdue_when_its_hour_is_past() -> None:
    by = telling.coordinator()
    case = making.a_case(by)
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    clock = Clock(case=case, owner=case.owner, text="Call", due_at=noon)
    late = presenters.due(clock, noon + dt.timedelta(hours=1))
    early = presenters.due(clock, noon - dt.timedelta(hours=1))
    assert (late["when"], late["overdue"]) == ("overdue since noon", True)
    assert (early["when"], early["overdue"]) == ("today, by noon", False)


def test_minutes_are_seen_by_the_side_that_worked() -> None:
    case = making.a_case(None, "helpline", "health", "probation")
    workers = [
        (Role.ADVOCATE, "helpline", "advocacy", "35"),
        (Role.CLINICIAN, "health", "health", "50"),
        (Role.PROBATION, "probation", "health", "20"),
        (Role.INVESTIGATOR, "force-a", "police", "90"),
        (Role.COORDINATOR, "hub", "shared", "15"),
    ]
    today = timezone.localdate()
    when = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    users = {}
    for role, code, partition, minutes in workers:
        users[role] = making.somebody(role, code)
        done = page(telling.browser(users[role]), "work", case, minutes=minutes, activity="meeting", **when)
        assert done.status_code == 302, role
        assert Work.objects.latest("pk").partition == partition
    sees = {
        Role.ADVOCATE: {"advocate": 35, "coordinator": 15},
        Role.CLINICIAN: {"clinician": 50, "probation": 20, "coordinator": 15},
        Role.PROBATION: {"probation": 20, "coordinator": 15},
        Role.INVESTIGATOR: {"investigator": 90, "coordinator": 15},
        Role.COORDINATOR: {"coordinator": 15},
    }
    for role, expected in sees.items():
        with identity.as_person(users[role]):
            assert selectors.minutes(case) == expected, role
            assert presenters.minutes(case, None)["all"]["minutes"] == sum(expected.values())
    body = page(telling.browser(users[Role.CLINICIAN]), "work", case).content.decode()
    assert "50" in body
    assert "Advocate" not in body


def test_history_shows_one_kind_at_a_time_and_only_kinds_that_are_there() -> None:
    by = telling.coordinator()
    case = telling.a_story(by)
    with identity.as_person(by):
        services.enter(by, case, "note", "A meeting was held")
    client = telling.browser(by)
    whole = page(client, "history", case).content.decode()
    some = page(client, "history", case, "?kind=triage").content.decode()
    assert "A meeting was held" in whole
    assert "A meeting was held" not in some
    assert "Triage: Direct intervention" in some
    assert "kind=note" in some
    assert "A meeting was held" in page(client, "history", case, "?kind=nothing").content.decode()


def test_a_look_is_written_down() -> None:
    by = telling.coordinator()
    case = telling.a_working_case(by)
    page(telling.browser(by), "case", case)
    event = Event.objects.filter(verb="cases.seen", case_id=case.pk).get()
    assert (event.actor_id, event.operation) == (by.pk, "consultation")


def test_pages_ask_a_bounded_number_of_questions(django_assert_max_num_queries: Any) -> None:
    by = telling.coordinator()
    case, client = telling.a_story(by), telling.browser(by)
    with identity.as_person(by):
        for n in range(30):
            services.enter(by, case, "note", f"Note {n}")
            making.a_case(by)
    client.post("/cases/names", {}, secure=True)
    # What a process asks once, whichever page comes first, is no question of this page.
    page(client, "case", case)
    for name, most in (("case", 60), ("timeline", 40), ("history", 30), ("people", 29)):
        with django_assert_max_num_queries(most):
            assert page(client, name, case).status_code == 200
    # One of them writes down whose names were shown.
    with django_assert_max_num_queries(24):
        assert client.get("/cases/", secure=True).content.decode().count("/cases/") > 25
