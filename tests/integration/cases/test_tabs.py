"""The tabs of a case and the pages inside them: exactly one's own; what can be added; the bar."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.case_page import tabs
from lamplighter.hub.cases.panels import Place
from lamplighter.hub.cases.participants import services as lead_workers
from lamplighter.hub.clocks import services as clocks
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.wall import walking

pytestmark = pytest.mark.django_db

OF_CASES = {
    "access",
    "arrivals",
    "brought",
    "cases",
    "casework",
    "children",
    "closing",
    "duplicates",
    "elsewhere",
    "enquiries",
    "evidence",
    "instruments",
    "looks",
    "meetings",
    "orders",
    "papers",
    "perpetrator_side",
    "redaction",
    "rights",
    "risk",
    "safeguarding",
    "sharing",
    "victim",
}
VICTIM, SUSPECT = "Victim’s side", "Suspect’s side"
OVERVIEW = [
    *("Overview", "Risk", "Triggers of an assessment", "Risk plan", "Orders and breaches"),
    "Instruments",
]
# Of what nobody who works with the suspect reads.
CLOSING = ["Lines of enquiry", "Closing check"]
# For those of a force that works on the case, whether or not there is anything to read.
ELSEWHERE = "Known elsewhere"
TIMELINE = ["Timeline", "Reports", "Exhibits", "Minutes", "History"]
EVERYBODYS = [
    "Agencies and lead workers",
    "People",
    "Several suspects",
    "Under 18s",
    "Legal status",
    "MAPPA",
    "Time spent",
    "Handing over",
]
IDENTITY, AUDIT = "Telling who it is", "File audit"
HERS = [
    "Summary",
    "Contact with the victim",
    "What the victim brings",
    "Victims' Code updates",
    "Support",
    "Impact and statement",
    "Needs",
    "Offers",
    "Public funds",
    "Safety plan",
    "Safety checks",
    "Review after withdrawal",
]
HIS = [
    "Intervention",
    "Victim-safety check",
    "Warnings sent",
    "Programmes",
    "Typology",
    "Formulation",
    "Measures",
    "Advice given",
    "Health flags",
    "Officer consulted",
]
ASK, RETENTION, REDACT = "Restricted information", "Retention", "Redact something"
WORKS_FOR = "Works for an agency"
JOINED = "Joined cases"
KEEPING = ["Blocked people", "Who looked"]
# Role, agency, the pages on each side (one page makes no list), and in the administration.
WHO: list[tuple[str, str, dict[str, list[str]], list[str]]] = [
    (Role.ADVOCATE, "helpline", {VICTIM: HERS}, [*EVERYBODYS, RETENTION, ASK, REDACT, WORKS_FOR]),
    (Role.CLINICIAN, "health", {SUSPECT: HIS}, [*EVERYBODYS, RETENTION, ASK, REDACT, WORKS_FOR]),
    (Role.PROBATION, "probation", {SUSPECT: HIS}, [*EVERYBODYS, RETENTION, ASK, REDACT, WORKS_FOR]),
    (
        Role.INVESTIGATOR,
        "force-a",
        {VICTIM: HERS[1:4]},
        [*EVERYBODYS, IDENTITY, RETENTION, ASK, REDACT, WORKS_FOR],
    ),
    (
        Role.STALKING_LEAD,
        "force-a",
        {VICTIM: HERS[1:4]},
        [*EVERYBODYS, IDENTITY, AUDIT, RETENTION, ASK, *KEEPING, REDACT, WORKS_FOR, JOINED],
    ),
    *(
        (
            Role.COORDINATOR,
            code,
            {VICTIM: []},
            [*EVERYBODYS, IDENTITY, AUDIT, RETENTION, ASK, *KEEPING, REDACT, WORKS_FOR, JOINED],
        )
        for code in ("hub", "force-b")
    ),
]


def links(answer: Any, kind: str) -> dict[str, str]:
    """The links of the tabs (``tabs``) or of the pages inside one (``sidenav``), by their words."""
    found = re.findall(rf'class="ll-{kind}__link" href="([^"]+)"[^>]*>([^<]+)<', answer.content.decode())
    return {unescape(text): unescape(href) for href, text in found}


@pytest.mark.parametrize(("role", "code", "sides", "administration"), WHO)
def test_each_role_has_exactly_its_tabs_and_pages(
    role: str, code: str, sides: dict[str, list[str]], administration: list[str]
) -> None:
    others = [a for a in ("helpline", "health", "probation", "force-b") if a != code]
    case = making.a_case(None, *others, *([code] if code not in ("force-a", "hub") else []))
    client = telling.browser(making.somebody(role, code))
    there = links(client.get(f"/cases/{case.key}", secure=True), "tabs")
    assert list(there) == ["Overview", "Timeline", *sides, "Sharing", "Case administration"]
    his = role in (Role.CLINICIAN, Role.PROBATION)
    overview = OVERVIEW if his else [*OVERVIEW[:5], *CLOSING, *OVERVIEW[5:]]
    if code in ("force-a", "force-b"):
        overview = [*overview[:-1], ELSEWHERE, *overview[-1:]]
    wanted = {"Overview": overview, "Timeline": TIMELINE, "Sharing": ["Sharing", "Papers"]}
    wanted["Case administration"] = administration
    for name, pages in (wanted | sides).items():
        answer = client.get(there[name], secure=True)
        assert answer.status_code == 200, name
        found = links(answer, "sidenav")
        assert list(found) == pages, name
        body = answer.content.decode()
        # The tab is the page, the first of its list, or holds it.
        assert body.count('aria-current="page"') == (2 if pages else 1), name
        for page, href in found.items():
            assert client.get(href, secure=True).status_code == 200, page
            # Inside a tab the same tabs and pages are there, and the tab is marked.
            inside = client.get(href, secure=True)
            assert (links(inside, "tabs"), links(inside, "sidenav")) == (there, found), page
            assert re.search(rf'aria-current="(page|true)">{name}<', inside.content.decode()), page


def test_who_has_both_sides_by_emergency_access_has_both_tabs_and_still_one_line() -> None:
    case = making.a_case(None, "helpline", "health")
    user = making.somebody(Role.COORDINATOR, "hub")
    client = telling.browser(user)
    before = list(links(client.get(f"/cases/{case.key}", secure=True), "tabs"))
    with identity.as_person(user):
        for partition in ("advocacy", "health"):
            BreakGlass.objects.create(
                case=case,
                partition=partition,
                user=user,
                reason="Threat to life tonight, nobody can be reached",
                expires_at=timezone.now() + dt.timedelta(hours=1),
            )
    now = links(client.get(f"/cases/{case.key}", secure=True), "tabs")
    assert list(now) == ["Overview", "Timeline", VICTIM, SUSPECT, "Sharing", "Case administration"]
    assert set(now) - set(before) == {SUSPECT}
    assert list(links(client.get(now[SUSPECT], secure=True), "sidenav")) == HIS
    # What was opened is read: nothing can be added with it.
    body = client.get(f"/cases/{case.key}/notes/new", secure=True).content.decode()
    assert "/intervention" not in body.split("Something else")[1]
    other = making.a_case(None, "helpline", "health")
    assert list(links(client.get(f"/cases/{other.key}", secure=True), "tabs")) == before


def test_every_page_of_a_case_lights_a_tab() -> None:
    """The pages that take the frame of a case, and their forms: each belongs to a page of one tab."""
    held = {name for place in _all() for name in (place.page, *place.within)}
    assert len(held) == sum(1 + len(place.within) for place in _all()), "a page is in two places"
    # Papers, pictures and what only sends somebody on have no frame; the refusal to see has its page's.
    bare = {
        "access:end_kept_off",
        "access:i_know_somebody",
        "arrivals:read",
        "brought:picture",
        "brought:take_in",
        "brought:template",
        "cases:refer_reversed",
        "instruments:questionnaire",
        "instruments:response",
        "meetings:order",
        "papers:file",
        "perpetrator_side:chart",
        "rights:end_hold",
        "rights:erase",
        "rights:hold",
        "rights:review",
        "sharing:choose",
        "sharing:refuse",
        "sharing:register_pdf",
        "sharing:register_print",
        # Bytes and pictures of exhibits, which are no pages.
        "evidence:custody",
        "evidence:grid",
        "evidence:picture",
        "evidence:shared",
        "evidence:shared_picture",
        "sharing:released",
        "sharing:withdraw",
        "sharing:write",
    }
    pages = {
        page.name
        for page in walking.pages()
        if "key" in page.parameters and page.name.split(":")[0] in OF_CASES
    } | {"workforce:case"}
    assert pages - held == bare
    assert held - pages == set()


def _all() -> list[Place]:
    modules = [getattr(config, "case_panels", "") for config in apps.get_app_configs()]
    return [place for name in modules if name for place in getattr(import_module(name), "PLACES", ())]


def test_no_context_makes_a_tab_of_its_own() -> None:
    assert {place.tab for place in _all()} == set(tabs.TITLES)
    assert len(tabs.TITLES) == 6


@pytest.mark.parametrize(("role", "code", "sides", "administration"), WHO)
def test_what_can_be_added_leads_to_no_refusal(role: str, code: str, sides: Any, administration: Any) -> None:
    case = making.a_case(None, *({"helpline", "health", "probation", code} - {"force-a", "hub"}))
    client = telling.browser(making.somebody(role, code))
    assert (
        f'href="/cases/{case.key}/notes/new"'
        in client.get(f"/cases/{case.key}", secure=True).content.decode()
    )
    body = client.get(f"/cases/{case.key}/notes/new", secure=True).content.decode()
    assert re.search("<h1[^>]*>Add to the case<", body)
    offered = dict(re.findall(r'href="([^"]+)">([^<]+)<', body.split("Something else")[1].split("</ul>")[0]))
    assert {"Report of an incident", "Task for somebody", "Time spent"} <= set(offered.values())
    assert ("Contact with the victim" in offered.values()) == (
        role in {Role.ADVOCATE, Role.INVESTIGATOR, Role.STALKING_LEAD}
    )
    assert ("Advice you gave" in offered.values()) == (SUSPECT in sides)
    for address, words in offered.items():
        assert client.get(address.split("#")[0], secure=True, follow=True).status_code == 200, words


def test_the_bar_says_who_leads_what_is_next_and_that_nobody_has_assessed_the_risk() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = making.a_case(by, "health")
    clinician = making.somebody(Role.CLINICIAN, "health")

    def bar(user: Any, query: str = "") -> str:
        body = telling.browser(user).get(f"/cases/{case.key}{query}", secure=True).content.decode()
        found = re.search(r'<section class="ll-identity" aria-label="This matter".*?</section>', body, re.S)
        assert found
        return " ".join(re.sub(r"<[^>]+>", " ", found.group(0)).split())

    assert "No lead worker" in bar(by)
    assert "Referred" in bar(by)
    with identity.as_person(by):
        lead_workers.assign(by, case, by, [by], seen="")
        hidden = clocks.start(
            by,
            case,
            "task",
            "Ask him",
            # Not "in an hour": shortly before midnight that is the clinician's own next day.
            due_at=timezone.now() - dt.timedelta(days=2),
            why="",
            partition="police",
        )
    assert "Lead: Sam Reed" in bar(by)
    assert "Lead: Sam Reed, force-a" in bar(clinician).replace("Force A", "force-a")
    # The next date is that of what one may see.
    assert "Next:" in bar(clinician)
    assert bar(by).split("Next:")[1] != bar(clinician).split("Next:")[1]
    with identity.as_person(by):
        clocks.end(by, hidden)
    assert bar(by).split("Next:")[1] == bar(clinician).split("Next:")[1]
    assert "Risk: not assessed yet" in bar(by)
