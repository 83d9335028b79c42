"""A fifth report is typed into the form: on which lists each role finds it as it is saved, and on which not.

``docs/cases.md`` prints the table; this reads it there and asks every list as everybody. Nothing but the
request that saves the report has run: no worker, and nothing that waits for a commit.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from lamplighter.hub.access.wall import identity
from lamplighter.hub.access.wall.partitions import CASEWORK
from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.referrals import from_pattern
from lamplighter.hub.oversight.blocked_people.services import keep_off
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.intake import typed
from tests.integration.patterns import story

# One world for all of them, and so one worker.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("every-list")]
DOCS = Path(__file__).parents[3] / "docs" / "cases.md"
START = "<!-- who finds a new report -->"
ON_THE_CASE = {
    "police": "force-a",
    "advocacy": "helpline",
    "health": "health",
    "probation": "probation",
    "hub": "hub",
}
ELSEWHERE = {
    "police": "force-b",
    "advocacy": "another-helpline",
    "health": "another-trust",
    "probation": "another-service",
    "hub": "hub",
}
KIND_OF = {
    Role.ADVOCATE: "advocacy",
    Role.CLINICIAN: "health",
    Role.PROBATION: "probation",
    Role.ADMINISTRATOR: "hub",
    Role.ANALYST: "hub",
    Role.AUDITOR: "hub",
}
NEW_ON = "12 May 2026"
DATES = {
    "report": typed.REPORT | {"reported_at_day": "12", "reported_at_month": "5"},
    "occasion": typed.OCCASION | {"on_day": "12", "on_month": "5"},
}


@dataclass(frozen=True)
class World:
    """The pattern of four, its case, another case of two other people, and the report that was typed."""

    case: Case
    other: Case
    report: uuid.UUID
    course_id: str
    jobs: tuple[int, int]
    kept_off: dict[str, User] = field(default_factory=dict)


def somebody(role: str, code: str, kind: str) -> User:
    with making.as_the_owner():
        accounts.ensure_agency(code, kind=kind)
        made = making.somebody(role, "hub")
        made.agency = Agency.objects.get(code=code)
        made.save()
    return made


def of(role: str, where: dict[str, str]) -> User:
    kind = KIND_OF.get(Role(role), "police")
    return somebody(role, where[kind], kind)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:  # type: ignore[no-untyped-def]  # pytest-django's
    """All of it in one transaction, which is undone: each test reads and writes nothing of it."""
    # As every test has them: a password is enough, and no page waits.
    as_in_tests = override_settings(SECOND_FACTOR="optional", ANSWERS_TAKE_AT_LEAST=0)
    with story.held(django_db_blocker), django_db_blocker.unblock(), transaction.atomic():
        with as_in_tests:
            made = a_fifth_report_is_typed()
        yield made
        transaction.set_rollback(True)


def a_fifth_report_is_typed() -> World:
    story.receive([story.FOURTH])
    patterns.report_saved(story.FOURTH["report_id"], None)
    four = Course.objects.get(superseded_at=None, report_ids__contains=[story.FOURTH["report_id"]])
    assert len(four.report_ids) == 4
    agencies = [c for kind, c in ON_THE_CASE.items() if kind not in {"police", "hub"}]
    people = {k: v for k, v in from_pattern.referral_of(four).items() if k in {"victim", "suspect"}}
    lead = making.somebody(Role.STALKING_LEAD, "force-a")
    case = telling.a_working_case(lead, "direct", *agencies, course_id=four.course_id, **people)
    others = {"victim": {"name": "Ruth Kerrow"}, "suspect": {"name": "Hugo Bray"}}
    other = telling.a_working_case(lead, "direct", *agencies, **others)
    coordinator = making.somebody(Role.COORDINATOR, "hub")
    off = {role: of(role, ON_THE_CASE) for role in Role.values}
    # Somebody can still look at the case when the auditor is kept off it.
    of(Role.AUDITOR, ON_THE_CASE)
    with identity.as_person(coordinator):
        for user in off.values():
            keep_off(coordinator, case, user, "The suspect is her brother-in-law.")
    before = ProcrastinateJob.objects.count()
    officer = telling.browser(making.somebody(Role.INVESTIGATOR, "force-a"))
    key = typed.type_report(officer, **DATES)
    five = Course.objects.get(superseded_at=None, report_ids__contains=four.report_ids)
    assert len(five.report_ids) == 5
    return World(case, other, key, five.course_id, (before, ProcrastinateJob.objects.count()), off)


class Reader:
    """What one person finds on each list."""

    def __init__(self, world: World, user: User) -> None:
        self.world, self.client = world, telling.browser(user)

    def text(self, address: str) -> str:
        """The page, as text; empty for whoever may not open it."""
        answer = self.client.get(address, secure=True)
        assert answer.status_code in {200, 403, 404}, address
        return answer.content.decode().replace("\xa0", " ") if answer.status_code == 200 else ""

    def row(self) -> dict[str, str]:
        """A word for each column of the table."""
        return {name: {True: "yes", False: "no"}[getattr(self, of)()] for name, of in COLUMNS.items()}

    def my_work(self) -> bool:
        return self._a_task("/work/")

    def team(self) -> bool:
        return self._a_task("/work/team")

    def _a_task(self, address: str) -> bool:
        page = self.text(address)
        lines = [line for line in page.split("govuk-summary-card") if "Read the new report" in line]
        assert len({line for line in lines if self.world.other.reference in line}) == 0
        return bool(lines) and self.world.case.reference in page

    def case(self) -> bool:
        """On all of its pages, or on none."""
        parts = {
            "": NEW_ON,
            "/reports": NEW_ON,
            "/timeline": NEW_ON,
            "/history": f"New report: recorded as harassment, {NEW_ON}, Force A",
        }
        found = {p: words in self.text(f"/cases/{self.world.case.key}{p}") for p, words in parts.items()}
        assert len(set(found.values())) == 1, found
        for part in parts:
            page = self.text(f"/cases/{self.world.other.key}{part}")
            assert NEW_ON not in page
            assert "New report:" not in page
        return found[""]

    def pattern(self) -> bool:
        """On its page, in the list, on the page that follows the saving, and by the search: or on none."""
        key = str(self.world.report)
        found = {
            "pattern": "Five reports" in self.text(f"/patterns/{self.world.course_id}"),
            "list": "5 reports" in self._listed(),
            "saved": "5th report" in self.text(f"/patterns/saved/{key}"),
            "search": key in self._searched(),
        }
        assert len(set(found.values())) == 1, found
        return found["pattern"]

    def pattern_names_case(self) -> bool:
        reference = self.world.case.reference
        found = {
            "pattern": reference in self.text(f"/patterns/{self.world.course_id}"),
            "list": reference in self._listed(),
            "saved": reference in self.text(f"/patterns/saved/{self.world.report}"),
        }
        assert len(set(found.values())) == 1, found
        return found["pattern"]

    def _listed(self) -> str:
        rows = self.text("/patterns/").split("<tr ")
        return "".join(row for row in rows if f"({self.world.course_id})" in row)

    def _searched(self) -> str:
        answer = self.client.post("/search/", {"term": "Nair"}, secure=True)
        return answer.content.decode() if answer.status_code == 200 else ""


COLUMNS = {
    "*My work*": "my_work",
    "List of the team": "team",
    "Case, its reports, timeline, history": "case",
    "Pattern, list of patterns, search": "pattern",
    "The pattern names the case": "pattern_names_case",
}
PLACES = ("on the case", "elsewhere", "kept off")


def row_of(role: str, place: str) -> str:
    """Return which row of the table tells of somebody with this role in this place."""
    if role not in CASEWORK:
        return "Administrator, analyst, auditor"
    if place == "kept off":
        return "Anybody kept off the case"
    return f"{Role(role).label}{'' if place == 'on the case' else ', agency not on the case'}"


def documented() -> dict[str, dict[str, str]]:
    """The table of the documentation: a row for each of whom it tells."""
    table = DOCS.read_text("utf-8").partition(START)[2].strip().partition("\n\n")[0].splitlines()
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table)
    assert head[1:] == list(COLUMNS)
    return {who: dict(zip(head[1:], cells, strict=True)) for who, *cells in rows}


def everybody() -> list[tuple[str, str]]:
    return [(role, place) for role in Role.values for place in PLACES]


@pytest.mark.parametrize(("role", "place"), everybody())
def test_each_role_finds_it_on_the_lists_that_the_documentation_says_and_on_no_other(
    world: World, role: str, place: str
) -> None:
    where = ON_THE_CASE if place == "on the case" else ELSEWHERE
    user = world.kept_off[role] if place == "kept off" else of(role, where)
    assert Reader(world, user).row() == documented()[row_of(role, place)]


def test_nothing_but_the_request_had_to_run(world: World) -> None:
    before, after = world.jobs
    assert after == before
    row = CaseReport.objects.get(case=world.case, report_key=world.report)
    assert row.news
    assert row.happened_at
    assert row.happened_at.date() == dt.date(2026, 5, 12)
    assert not CaseReport.objects.filter(case=world.other).exists()


def test_the_table_tells_of_every_role_in_every_place() -> None:
    assert set(documented()) == {row_of(role, place) for role, place in everybody()}
