"""The pages: who finds them, what a form refuses, one look into the vault, and two who write at once."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.demo.story import victim_side as story_victim_side
from lamplighter.hub.victim_side import selectors
from lamplighter.hub.victim_side.models import Contact, SafeContact, SafetyPlan
from lamplighter.hub.victim_side.services import documents, safe_contact
from tests.integration.access import making as access
from tests.integration.victim_side import making

pytestmark = pytest.mark.django_db
CONFIDENTIAL = ("", "support", "impact", "needs", "public-funds", "safety-plan")
PHONE, STREET, WORD = "07700 900417", "Foxglove", "library books"


@pytest.fixture
def world() -> making.World:
    world = making.a_world()
    users = {"advocate": world.advocate, "investigator": world.investigator, "lead": world.lead}
    story_victim_side.tell(users, world.case)
    return world


def _get(client: Client, world: making.World, page: str, **query: str) -> HttpResponse:
    return client.get(f"/cases/{world.case.key}/victim/{page}", query, secure=True)


def _post(client: Client, world: making.World, page: str, **data: Any) -> HttpResponse:
    """As the form on the page sends it: with the version that the page showed."""
    shown = re.search(r'name="version" value="([^"]+)"', _text(_get(client, world, page)))
    data = ({"version": shown.group(1)} if shown else {}) | data
    return client.post(f"/cases/{world.case.key}/victim/{page}", data, secure=True)


def _text(answer: HttpResponse) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("part", CONFIDENTIAL)
def test_the_advocate_has_her_pages_and_nobody_else_has_them(world: making.World, part: str) -> None:
    assert _get(making.signed_in(world.advocate), world, part).status_code == 200
    for user in world.others():
        assert _get(making.signed_in(user), world, part).status_code in {403, 404}, user.role
    stranger = access.somebody("advocate", "hub")
    assert _get(making.signed_in(stranger), world, part).status_code in {403, 404}


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("contact", {"advocate", "investigator", "lead"}),
        ("safe-contact", {"advocate", "investigator", "lead"}),
        ("contact/rule-broken", {"advocate", "investigator", "lead"}),
        ("contact/cadence", {"advocate"}),
        ("advocate", {"advocate"}),
        ("statement", {"advocate"}),
        ("updates", {"advocate", "investigator", "lead", "coordinator"}),
        ("updates/enhanced", {"advocate", "investigator", "lead", "coordinator"}),
    ],
)
def test_who_finds_which_page(world: making.World, part: str, found: set[str]) -> None:
    roles = ("advocate", "investigator", "lead", "coordinator", "clinician", "probation")
    opens = {r for r in roles if _get(making.signed_in(getattr(world, r)), world, part).status_code == 200}
    assert opens == found


def test_the_case_page_has_her_side_for_the_advocate_only(world: making.World) -> None:
    for role, sees in (
        ("advocate", True),
        ("clinician", False),
        ("investigator", False),
        ("coordinator", False),
    ):
        answer = making.signed_in(getattr(world, role)).get(f"/cases/{world.case.key}", secure=True)
        assert answer.status_code == 200
        assert ("/victim/support" in _text(answer)) == sees
        assert ("Supports action (again)" in _text(answer)) == sees
        # Nobody has an entry for a page that they can never use.
        assert ("Victims&#39; Code updates" in _text(answer)) == (role != "clinician")


def test_as_at_day_2_the_page_says_unsure_and_offers_no_form(world: making.World) -> None:
    client = making.signed_in(world.advocate)
    day = str(story_victim_side.Telling({}, world.case).date(2))
    then, now = _text(_get(client, world, "support", as_at=day)), _text(_get(client, world, "support"))
    assert "Unsure, since" in then
    assert "Supports action (again)" not in then
    assert "Record the change" not in then
    assert "Supports action (again), since" in now
    assert "Record the change" in now
    assert "support has changed" in _text(_get(client, world, "", as_at=day))


def test_the_vault_is_shown_once_for_a_reason(world: making.World) -> None:
    client = making.signed_in(world.investigator)
    before = _text(_get(client, world, "safe-contact"))
    refused = _text(_post(client, world, "safe-contact", reason=""))
    contact = _text(_get(client, world, "contact"))
    answer = _post(client, world, "safe-contact", reason="To call about her statement")
    for shown in (PHONE, STREET, WORD):
        assert shown in _text(answer)
        for page in (before, refused, contact):
            assert shown not in page
    assert "Say why you need to see this" in refused
    assert answer["Cache-Control"] == "no-store"
    assert PHONE not in re.search("<title>(.*?)</title>", _text(answer)).group(1)
    event = Event.objects.filter(verb="victim.vault_opened").latest("pk")
    assert (event.actor, event.reason) == (world.investigator, "To call about her statement")
    # Before there was a rule, there is none to see; another look needs another reason.
    earlier = story_victim_side.Telling({}, world.case).date(-1)
    path = f"safe-contact?as_at={earlier}"
    assert PHONE not in _text(_post(client, world, path, reason="To see what was known then"))
    assert PHONE not in _text(_get(client, world, "safe-contact"))


def test_no_page_but_the_look_shows_the_vault(world: making.World) -> None:
    for role in ("advocate", "investigator"):
        client = making.signed_in(getattr(world, role))
        for page in (*CONFIDENTIAL, "contact", "updates", "contact/rule-broken"):
            text = _text(_get(client, world, page))
            assert PHONE not in text
            assert STREET not in text
            assert "p.nair@" not in text


def test_a_contact_that_is_not_safe_is_refused_on_the_page_and_on_record(world: making.World) -> None:
    client = making.signed_in(world.advocate)
    with as_person(world.advocate):
        before = Contact.objects.count()
        [task] = selectors.clocks(world.case)
    name = f"t{task.key.hex}"
    sent = {"task": str(task.key), f"{name}-channel": "voicemail", f"{name}-result": "message_left"}
    answer = _post(client, world, "contact", **sent)
    assert answer.status_code == 200
    assert "the rule does not allow “voicemail”" in _text(answer)
    with as_person(world.advocate):
        assert Contact.objects.count() == before
    assert Event.objects.filter(verb="victim.contact_refused", detail__refused="channel").count() == 1


def test_a_task_is_done_where_it_stands(world: making.World) -> None:
    with as_person(world.advocate):
        rule = SafeContact.objects.count()
    assert rule == 0  # not without a reason
    making.a_rule(world.advocate, world.case, seen=_standing(world))
    client = making.signed_in(world.advocate)
    with as_person(world.advocate):
        [task] = selectors.clocks(world.case)
    name = f"t{task.key.hex}"
    sent = {"task": str(task.key), f"{name}-channel": "call", f"{name}-result": "reached"}
    assert _post(client, world, "contact", **sent).status_code == 302
    with as_person(world.advocate):
        task.refresh_from_db()
        assert task.state == "done"


def _standing(world: making.World) -> str:
    with as_person(world.advocate):
        return str(safe_contact.look(world.advocate, world.case, "To write the next version")[0].key)


@pytest.mark.parametrize("first", ["plan", "rule"])
def test_the_second_of_two_sees_both_versions_and_loses_nothing(world: making.World, first: str) -> None:
    client, other = making.signed_in(world.advocate), access.somebody("advocate", "helpline")
    if first == "plan":
        with as_person(world.advocate):
            seen = str(SafetyPlan.objects.order_by("-number").first().key)
        page, mine = "safety-plan", {"version": seen, "section_home": "Mine: a dog"}
        with as_person(other):
            documents.plan_safety(other, world.case, seen=seen, sections={"home": "Theirs: a camera"})
    else:
        seen = _standing(world)
        page, mine = "safe-contact/change", {"version": seen, "channels": ["text"], "words": "Mine: a dog"}
        making.a_rule(other, world.case, seen=seen, words="Theirs: a camera")
    answer = _post(client, world, page, **mine)
    text = _text(answer)
    assert answer.status_code == 200
    assert "Theirs: a camera" in text
    assert "Mine: a dog" in text
    assert "Somebody else changed this" in text
    version = re.search(r'name="version" value="([^"]+)"', text).group(1)
    assert version != seen
    assert _post(client, world, page, **(mine | {"version": version})).status_code == 302
    with as_person(world.advocate):
        if first == "plan":
            newest = [p.sections.get("home") for p in selectors.safety_plans(world.case)[:2]]
            assert newest == ["Mine: a dog", "Theirs: a camera"]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("support", "Choose what is so now"),
        ("impact", "Write what it did to the victim"),
        ("statement", "Choose its status"),
        ("contact/cadence", "Enter every how many days"),
        ("contact/rule-broken", "Say what happened"),
        ("advocate", "Choose the advocate"),
        ("safety-plan", "Write at least one part of the plan"),
    ],
)
def test_an_empty_form_says_what_is_missing(world: making.World, part: str, message: str) -> None:
    answer = _post(making.signed_in(world.advocate), world, part, change="x")
    assert answer.status_code == 200
    assert message in _text(answer)
    assert "<title>Error: " in _text(answer)


def test_each_form_keeps_what_is_right(world: making.World) -> None:
    client, police = making.signed_in(world.advocate), making.signed_in(world.investigator)
    day = {"day": "2", "month": "11", "year": "2026"}
    on, happened, since = ({f"{n}_{k}": v for k, v in day.items()} for n in ("on", "happened_on", "since"))
    with as_person(world.advocate):
        needs = str(selectors.needs(world.case)[0].key)
    areas = {f"level_{a}": "none" for a in documents.policies.code_set("needs_areas").codes}
    for who, page, data in (
        (client, "statement", {"state": "made"} | on),
        (
            client,
            "impact",
            {"words": "I left my job.", "elements": ["adverse_effect"], "effects": ["job"]} | happened,
        ),
        (client, "needs", areas | {"version": needs, "level_work": "urgent", "words_work": "Rent"}),
        (client, "advocate", {"advocate": str(world.advocate.key)} | since),
        (client, "contact/cadence", {"days": "7"}),
        (police, "updates", {"kind": "hearing_listed"} | happened),
        (police, "updates/enhanced", making.as_typed(making.NO_RIGHTS) | {"reason": "Asked for less"}),
    ):
        answer = _post(who, world, page, **data)
        assert answer.status_code == 302, (page, re.findall("error-message.*?</p>", _text(answer), re.S))
    with as_person(world.advocate):
        assert selectors.statement(world.case)[0].state in {"made", "accepted"}
        assert selectors.needs(world.case)[0].areas["work"] == {"level": "urgent", "words": "Rent"}
        assert selectors.cadence_days(world.case) == 7
        assert not selectors.enhanced(world.case)
        assert "hearing_listed" in {e.kind for e in selectors.code_events(world.case)}


def test_a_broken_glass_reads_and_does_not_write(world: making.World) -> None:
    client = making.signed_in(world.lead)
    with as_person(world.lead):
        BreakGlass.objects.create(
            case=world.case,
            partition="advocacy",
            user=world.lead,
            reason="Threat to life tonight, advocate cannot be reached",
            expires_at=timezone.now() + dt.timedelta(hours=1),
        )
    text = _text(_get(client, world, "support"))
    assert "Supports action (again)" in text
    assert "Record the change" not in text
    assert _post(client, world, "support").status_code == 404
    other = access.a_case(world.investigator)
    assert client.get(f"/cases/{other.key}/victim/support", secure=True).status_code == 404


@pytest.mark.parametrize(
    ("partition", "opens", "shut"),
    [
        (
            "advocacy",
            ("", "support", "impact", "needs", "offers", "public-funds", "safety-plan", "checks", "contact"),
            ("safe-contact",),
        ),
        ("police", ("contact",), ("", "support", "safe-contact")),
        ("vault", ("safe-contact",), ("", "support", "contact")),
    ],
)
def test_a_broken_glass_opens_the_pages_of_its_partition_on_that_case(
    world: making.World, partition: str, opens: tuple[str, ...], shut: tuple[str, ...]
) -> None:
    client, user = making.signed_in(world.coordinator), world.coordinator
    with as_person(world.investigator):
        other = access.a_case(world.investigator, "helpline")

    def entries(key: Any) -> set[str]:
        side = re.compile(r'class="ll-(?:tabs|sidenav)__link" href="/cases/[^/]+/victim/([a-z-]*)"')
        tab = side.findall(_text(client.get(f"/cases/{key}", secure=True)))
        assert len(tab) == 1
        return set(side.findall(_text(client.get(f"/cases/{key}/victim/{tab[0]}", secure=True))))

    before = entries(world.case.key)
    for part in (*opens, *shut):
        assert _get(client, world, part).status_code == 403, part
    with as_person(user):
        glass = BreakGlass.objects.create(
            case=world.case,
            partition=partition,
            user=user,
            reason="Threat to life tonight, nobody can be reached",
            expires_at=timezone.now() + dt.timedelta(hours=1),
        )
    for part in opens:
        answer = _get(client, world, part)
        assert answer.status_code == 200, part
        # Read only, under a banner.
        assert "You have emergency access until" in _text(answer), part
        forms = re.findall(r"<form[^>]*>.*?</form>", _text(answer).split("<main", 1)[1], re.S)
        assert len(forms) == (1 if part == "safe-contact" else 0), part
        if part not in {"", "checks", "safe-contact"}:  # the others take what is typed
            assert _post(client, world, part, words="x").status_code in {403, 404}, part
        assert client.get(f"/cases/{other.key}/victim/{part}", secure=True).status_code == 404, part
    for part in shut:
        assert _get(client, world, part).status_code in {403, 404}, part
    assert entries(world.case.key) - before == {p for p in opens if p != "safe-contact"}
    assert entries(other.key) == before
    if partition == "vault":
        looked = _text(_post(client, world, "safe-contact", reason="To reach her before he does"))
        assert PHONE in looked
        assert ">Save<" not in re.sub(r"\s", "", looked)
        assert _post(client, world, "safe-contact/change", channels=["text"]).status_code == 403
    with as_person(user):
        BreakGlass.objects.filter(pk=glass.pk).update(ended_at=timezone.now())
    for part in opens:
        assert _get(client, world, part).status_code == 403, part
    assert entries(world.case.key) == before


def test_the_first_safe_contact_is_written_without_saying_why_one_sees_nothing() -> None:
    advocate = access.somebody(Role.ADVOCATE, "helpline")
    case = access.a_case(advocate, "helpline")
    client, here = making.signed_in(advocate), reverse("victim:safe_contact", args=[case.key])
    first = _text(client.get(here, secure=True))
    assert "Why do you need to see this?" not in first
    assert "Record safe contact" in first
    saved = client.post(
        reverse("victim:change_safe_contact", args=[case.key]),
        {"channels": ["text"], "phone": PHONE, "version": ""},
        secure=True,
    )
    assert saved.status_code == 302, _text(saved)
    again = _text(client.get(here, secure=True))
    assert "Why do you need to see this?" in again
    assert PHONE not in again


def test_a_safe_time_is_taken_as_people_write_it_and_no_day_is_any_day(world: making.World) -> None:
    client = making.signed_in(world.advocate)
    sent = {"version": _standing(world), "channels": ["call"], "from_1": "12:30pm", "to_1": "1.30pm"}
    half = _post(client, world, "safe-contact/change", **(sent | {"to_1": ""}))
    assert "A safe time needs a beginning and an end" in _text(half)
    wrong = _post(client, world, "safe-contact/change", **(sent | {"to_1": "lunch"}))
    assert "Safe time: until must be a time, like 7:30am, 5pm or 17:00" in _text(wrong)
    assert _post(client, world, "safe-contact/change", **sent).status_code == 302
    text = _text(_get(client, world, "contact"))
    with as_person(world.advocate):
        rule = safe_contact.look(world.advocate, world.case, "To check what was saved")[0]
    assert rule.windows == [{"days": [*range(7)], "from": "12:30", "to": "13:30"}]
    assert "Monday to Sunday 12:30pm to 1:30pm" in text or "Yes, now" in text
