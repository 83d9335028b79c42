"""Every list of the hub: the number that is shown is the number of rows behind it, whoever asks for whatever.

Pages are made short, so that what is cut off shows; the lists are read as their pages say, link by link.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals.deliveries import views as import_views
from lamplighter.hub.audit.models import Event, UnusualAccess
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.referrals import selectors as listing
from lamplighter.hub.clerical_review import unsure_views
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.intake import services as intake
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.my_work import selectors as work
from lamplighter.hub.oversight.audit_log import selectors as trail
from lamplighter.hub.oversight.blocked_people import services as blocked_people
from lamplighter.hub.oversight.emergency_access import presenters as looks
from lamplighter.hub.oversight.emergency_access import services as emergency_grants
from lamplighter.hub.patterns import selectors as patterns
from lamplighter.hub.patterns import services as deciding
from lamplighter.hub.patterns import views as pattern_views
from lamplighter.hub.people.models import Membership
from lamplighter.hub.search import finding
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.intake import making as files
from tests.integration.lists import reading
from tests.integration.patterns import story
from tests.integration.patterns.conftest import the_story as the_story
from tests.integration.people.unsure_pairs import make_unsure, persons

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_story")]
READERS = [
    (Role.COORDINATOR, "hub"),
    (Role.INVESTIGATOR, "force-a"),
    (Role.STALKING_LEAD, "force-b"),
    (Role.ADVOCATE, "helpline"),
]
few = settings(
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WHY = "A reason that is long enough to be read."


def a_short_hub(user: User) -> None:
    """Patterns decided, held, and kept from the person; unsure matches; a case of the two of the story."""
    by = making.somebody(Role.COORDINATOR, "hub")
    standing = list(patterns.standing().order_by("course_id"))
    for course, kind in zip(standing, ("course_of_conduct", "need_more", "not_a_course"), strict=False):
        deciding.decide(by, course, kind, "As it reads.")
    for course in standing[:4]:
        deciding.hold(by, course.course_id, user)
    who = persons()
    loose = sorted(f"force_a:4A/9{i:04d}0/25#2" for i in range(0, 10, 2))
    for other in loose[1:]:
        make_unsure(loose[0], other)
    # Somebody is kept off one person: of them nothing is shown, and nothing is counted.
    off = telling.a_working_case(by, suspect={"name": "Lee Ash", "person_id": who[loose[1]]})
    with identity.as_person(by):
        blocked_people.keep_off(by, off, user, WHY)


@pytest.mark.parametrize(("role", "code"), READERS)
def test_patterns(role: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    user = making.somebody(role, code)
    a_short_hub(user)
    monkeypatch.setattr(pattern_views, "A_PAGE", 4)
    client = telling.browser(user)

    @few
    @given(
        view=st.sampled_from(sorted(patterns.VIEWS)),
        tags=st.sets(st.sampled_from(sorted(patterns.TAGS)), max_size=1),
        agency=st.sampled_from(["", "force-a", "force-b"]),
        held=st.sampled_from(["", "", *patterns.HELD]),
        limit=st.sampled_from(["", "", "", *patterns.LIMIT]),
    )
    def the_same(view: str, tags: set[str], agency: str, held: str, limit: str) -> None:
        asked = {"view": view, "tag": sorted(tags), "agency": agency, "held": held, "limit": limit}
        address = f"/patterns/?{urlencode({k: v for k, v in asked.items() if v}, doseq=True)}"
        found = reading.pages(client, address)
        rows = [link for html in found for link in reading.links_of(html, "/patterns/")]
        assert [reading.number(r"(\d+) patterns? ", html) for html in found] == [len(rows)] * len(found)
        assert len(set(rows)) == len(rows)
        with identity.as_person(user):
            filters = patterns.filters_from(asked, asked["tag"], patterns.agencies())
            assert len(rows) == patterns.listed(filters, user).count()

    the_same()


@pytest.mark.parametrize(("role", "code"), READERS[:3])
def test_unsure_matches(role: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    user = making.somebody(role, code)
    client = telling.browser(user)
    before = len([c for html in reading.pages(client, "/people/unsure") for c in reading.cards_of(html)])
    a_short_hub(user)
    monkeypatch.setattr(unsure_views, "A_PAGE", 2)
    found = reading.pages(client, "/people/unsure")
    rows = [card for html in found for card in reading.cards_of(html)]
    # Four were made unsure, and they are kept off one of the four.
    assert len(rows) == before + 3
    said = r"(\d+) unsure match(?:es)? waits? for a decision"
    assert {reading.number(said, html) for html in found} == {len(rows)}
    if role == Role.COORDINATOR:
        assert reading.number(said, reading.page(client, "/work/")) == len(rows)


def test_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    by = telling.coordinator()
    cases = [telling.a_working_case(by, "direct", "helpline") for _ in range(2)]
    with identity.as_person(by):
        cases += [making.a_case(by) for _ in range(3)]
    monkeypatch.setattr(listing, "A_PAGE", 2)
    for user in (
        by,
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.INVESTIGATOR, "force-b"),
    ):
        client = telling.browser(user)
        with identity.as_person(user):
            mine = {f"/cases/{c.key}" for c in Case.objects.all()}
            waits = Clock.objects.filter(kind="case.triage", state=Clock.State.RUNNING)
            referred = {f"/cases/{c.case.key}" for c in waits.select_related("case")}
        for view, wanted in (("newest", mine), ("next", mine), ("triage", referred)):
            found = reading.pages(client, f"/cases/?view={view}")
            rows = [link for html in found for link in reading.links_of(html, "/cases/")]
            assert sorted(rows) == sorted(wanted), view
    monkeypatch.setattr(listing, "MOST_FOUND", 2)
    told = telling.browser(by).post("/cases/search", {"term": "Hollinshaw"}, secure=True).content.decode()
    assert "More than 2 cases" in told
    assert len(reading.links_of(told, "/cases/")) == 2


TASK = st.tuples(st.sampled_from([-40, -2, 2, 60, 24 * 20]), st.sampled_from(["me", "nobody", "somebody"]))


def test_my_work(monkeypatch: pytest.MonkeyPatch) -> None:
    me, other = (making.somebody(Role.ADVOCATE, "helpline") for _ in range(2))
    case = making.a_case(None, "helpline")
    client = telling.browser(me)
    monkeypatch.setattr(work, "FEW", 2)
    monkeypatch.setattr(work, "MOST", 4)

    @few
    @given(tasks=st.lists(TASK, max_size=9))
    def the_same(tasks: list[tuple[int, str]]) -> None:
        now = timezone.now()
        with making.as_the_owner():
            Clock.objects.all().delete()
        for number, (hours, whose) in enumerate(tasks):
            has = {"me": me, "somebody": other, "nobody": None}[whose]
            with identity.as_person(me):
                made = clocks.start(
                    me, case, "contact", f"Call {number}", why="Day 3.",
                    due_at=now + dt.timedelta(hours=hours), partition="advocacy",
                )  # fmt: skip
                Clock.objects.filter(pk=made.pk).update(assigned_to=has)
        for view, whose_are in (("/work/", {"me"}), ("/work/team", {"me", "nobody", "somebody"})):
            late = sum(1 for hours, whose in tasks if hours < 0 and whose in whose_are)
            first = reading.page(client, view)
            assert _said(first, "overdue") == (min(late, 2), late > 2), reading.words(first)
            whole = reading.page(client, f"{view}?part=overdue")
            assert len(reading.cards_of(whole)) == min(late, 4)
            assert ("Only the first 4 are shown." in reading.words(whole)) == (late > 4)
        _as_many_as_nobody_has(client, sum(1 for hours, whose in tasks if hours < 0 and whose == "nobody"))

    the_same()


def _said(html: str, what: str) -> tuple[int, bool]:
    """How many things the first sentence says are ``what``, and whether it says that there are more."""
    told = re.search(rf"(More than )?(\d+) things? (?:is|are) {what}", reading.words(html))
    return (int(told[2]), bool(told[1])) if told else (0, False)


def _as_many_as_nobody_has(client: Any, loose: int) -> None:
    html = reading.page(client, "/work/")
    told = re.search(r"(More than )?(\d+) tasks? of your team (?:is|are) overdue", reading.words(html))
    assert (int(told[2]), bool(told[1])) == (min(loose, 4), loose > 4) if told else loose == 0
    if told:
        link = re.search(r'href="([^"]*whose=nobody[^"]*)"', html)
        assert link
        behind = reading.page(client, link[1].replace("&amp;", "&"))
        assert len(reading.cards_of(behind)) == min(loose, 4)
        assert ("Only the first 4 are shown." in reading.words(behind)) == (loose > 4)


def test_imports_and_rejects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by = making.somebody(Role.COORDINATOR, "hub")
    monkeypatch.setattr(import_views, "A_PAGE", 2)
    client = telling.browser(by)
    line = st.sampled_from(["4A/000099/25,too,few", "again", "4A/000098/25,too,few,=1+1"])

    @few
    @given(wrong=st.lists(line, max_size=4), good=st.integers(0, 3))
    def the_same(wrong: list[str], good: int) -> None:
        number = Delivery.objects.count()
        path = files.force_a(tmp_path / "force_a_rms_extract.csv", good, first=1 + 10 * number)
        lines = path.read_text().splitlines()
        path.write_text(
            "\r\n".join([*lines, *(lines[-1] if w == "again" and good else w for w in wrong)]) + "\r\n"
        )
        made = intake.import_files([path], "force_a_rms")
        html = reading.page(client, f"/intake/imports/{made.key}")
        csv = client.get(f"/intake/imports/{made.key}/rejects.csv", secure=True)
        frame = pl.read_csv(csv.content, infer_schema=False)
        refused = frame.filter(pl.col("severity") == "reject")
        totals = intake.totals_of(made)
        assert reading.number(r"Rejected, with a reason each (\d+)", html) == totals["rows_rejected"]
        assert refused.select("file", "row").n_unique() == totals["rows_rejected"]
        times = [int(n) for n in re.findall(r'govuk-table__cell--numeric">(\d+)</td></tr>', html)]
        reasons = html.partition("What could not be used as it came")[2]
        assert (
            sum(times[-len(re.findall("<tr ", reasons)) + 1 :]) == frame.height
            if reasons
            else not frame.height
        )
        read, *parts = (totals[f"rows_{n}"] for n in ("in", "accepted", "rejected", "duplicate"))
        assert read == sum(parts)

    the_same()
    found = reading.pages(client, "/intake/imports")
    rows = [link for html in found for link in reading.links_of(html, "/intake/imports/")]
    assert len(rows) == Delivery.objects.filter(door=Delivery.Door.FILES).count()


@pytest.mark.parametrize(("role", "code"), READERS)
def test_people(role: str, code: str) -> None:
    user = making.somebody(role, code)
    client = telling.browser(user)
    wanted = Membership.objects.filter(report_id__in=[r["report_id"] for r in story.STORY], current=True)
    for person in sorted(set(wanted.values_list("person_id", flat=True))):
        html = reading.page(client, f"/people/{person}")
        records = re.findall(r'<section><h3 class="govuk-heading-s[^"]*">(.*?)</h3>', html)
        assert reading.number(r"(\d+) records? in", html) == len(records)
        assert reading.number(r"records? in (\d+) reports?", html) == len(set(records))
        assert reading.number(r"Each record by itself \((\d+)\)", html) == len(records)


@pytest.mark.parametrize(("role", "code"), READERS)
def test_search(role: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    user = making.somebody(role, code)
    client = telling.browser(user)
    for most in (1, 3, 50):
        monkeypatch.setattr(finding, "MOST", most)
        for term in ("Nair", "Dan", "Aisha", "4A/000123/26", "3 May 1994"):
            html = client.post("/search/", {"term": term}, secure=True).content.decode()
            said = {
                noun: (int(n), bool(more))
                for more, n, noun in re.findall(
                    r"(more than )?(\d+) (case|pattern|person|report)s?\b",
                    reading.words(html).partition("Found:")[2].partition(".")[0],
                )
            }
            for noun, start in (
                ("pattern", "/patterns/"),
                ("person", "/people/"),
                ("report", "/intake/reports/"),
            ):
                rows = reading.links_of(html, start)
                assert said.get(noun, (0, False))[0] == len(rows), (term, noun, most)
            cut = reading.words(html).count("Only the first")
            assert cut == sum(more for _, more in said.values())
            if most == 50:
                assert not cut


def test_what_was_done_and_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    auditor, by = making.somebody(Role.AUDITOR, "hub"), telling.coordinator()
    for _ in range(3):
        telling.a_working_case(by)
    monkeypatch.setattr(trail, "PAGE", 4)
    client = telling.browser(auditor)
    with making.as_the_owner():
        wanted = set(Event.objects.filter(actor=by).values_list("pk", flat=True))
    assert len(wanted) > 8
    asked: dict[str, str] = {"who": by.username}
    found: list[int] = []
    while asked:
        html = client.post("/audit/", asked, secure=True).content.decode()
        found += [int(n) for n in re.findall(r" of event (\d+)</span>", html)]
        before = re.search(r'name="before" value="(\d+)"', html)
        asked = {"who": by.username, "before": before[1]} if before else {}
    assert sorted(found) == sorted(wanted)


def test_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "MOST", 2)
    monkeypatch.setattr(trail, "MOST_UNUSUAL", 2)
    lead, reviewer = making.somebody(Role.STALKING_LEAD, "force-a"), making.somebody(Role.AUDITOR, "hub")
    client = telling.browser(reviewer)
    for number in range(1, 4):
        case = making.a_case(None, "helpline")
        with identity.as_person(lead):
            emergency_grants.break_glass(lead, case.pk, "advocacy", WHY, 15)
        with making.as_the_owner():
            first = Event.objects.latest("pk").pk
            UnusualAccess.objects.create(
                rule="guessing", user=lead, day=timezone.localdate(), count=9, event_id=first, of=f"{number}"
            )
        html = reading.page(client, "/oversight/glass")
        assert reading.number(r"(\d+) uses? of emergency access to review", html) == number
        assert len(reading.cards_of(html)) == min(number, 2)
        assert ("The oldest 2 are shown" in reading.words(html)) == (number > 2)
        html = reading.page(client, "/audit/unusual")
        assert reading.number(r"(\d+) things? waits?", html) == number
        assert len(reading.links_of(html, "/audit/unusual/")) == min(number, 2)
        assert ("The newest 2 are shown" in reading.words(html)) == (number > 2)
