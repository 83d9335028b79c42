"""The timeline of a case: everything that the wall shows this person, and never a hint of the rest."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases import services
from lamplighter.hub.cases.case_page import timeline
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.casework import notes
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.my_work import services as finishing
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db

PARTITIONS = {
    (Role.ADVOCATE, "helpline"): "advocacy",
    (Role.CLINICIAN, "health"): "health",
    (Role.INVESTIGATOR, "force-a"): "police",
}


def seen(user: User, case: Case, query: str = "") -> Any:
    answer = telling.browser(user).get(f"/cases/{case.key}/timeline{query}", secure=True)
    assert answer.status_code == 200
    body = answer.content.decode()
    return unescape(body[body.index("<main") : body.index("</main>")]).replace("\xa0", " ")


def titles(body: str) -> list[str]:
    return re.findall(r'<h2 class="ll-timeline__title">([^<]*)</h2>', body)


def topics(body: str) -> list[str]:
    return re.findall(r'class="ll-chip" href="[^"]*kind=(\w*)"', body)


def a_task(user: User, case: Case, text: str, partition: str) -> Clock:
    due = timezone.now() + dt.timedelta(days=1)
    return clocks.start(user, case, "task", text, due_at=due, why="Asked for.", partition=partition)


@pytest.fixture
def told() -> tuple[Case, dict[str, User]]:
    """On each side a line, a note and a task that has ended; and shared ones."""
    users = {PARTITIONS[who]: making.somebody(*who) for who in PARTITIONS}
    case = making.a_case(users["police"], "helpline", "health", "probation")
    for partition, user in users.items():
        with identity.as_person(user):
            services.enter(user, case, f"{partition}.of", f"Line of {partition}", partition=partition)
            notes.add(user, case, "note", partition, f"Words of {partition}", happened_at=moment.now())
            clocks.end(user, a_task(user, case, f"Task of {partition}", partition), why="It was done.")
    with identity.as_person(users["police"]):
        services.enter(users["police"], case, "status", "Line of all")
        clocks.end(users["police"], a_task(users["police"], case, "Task of all", "shared"))
    return case, users


def test_everybody_finds_what_is_theirs_and_what_is_shared_and_nothing_else(told: Any) -> None:
    case, users = told
    probation = making.somebody(Role.PROBATION, "probation")
    hub = making.somebody(Role.COORDINATOR, "hub")
    for partition, user in [*users.items(), ("", probation), ("", hub)]:
        body = seen(user, case)
        for name in PARTITIONS.values():
            wanted = name == partition
            for words in (f"Line of {name}", f"Words of {name}", f"Task of {name}"):
                assert (words in body) == wanted, (user.role, words)
        assert "Line of all" in body
        assert "Done: Task of all" in body
        # A filter stands for what is there, and for nothing that one may not see.
        assert ("other" in topics(body)) == bool(partition)
        assert ("notes" in topics(body)) == bool(partition)
        assert not re.search(r"\d+ (lines|entries|results|items|more)", body)


def test_a_topic_of_which_one_sees_nothing_is_answered_like_one_that_is_none(told: Any) -> None:
    case, _ = told
    user = making.somebody(Role.PROBATION, "probation")
    whole = seen(user, case)
    assert seen(user, case, "?kind=notes") == whole
    assert seen(user, case, "?kind=zqx") == whole


def test_the_newest_is_first_and_each_topic_shows_its_own(told: Any) -> None:
    case, users = told
    user = users["advocacy"]
    with identity.as_person(user):
        services.enter(user, case, "note", "Told late", happened_at=telling.days_ago(90))
        found = timeline.items(user, case, None)
    assert [i.at for i in found] == sorted((i.at for i in found), reverse=True)
    whole = titles(seen(user, case))
    assert whole[-1] == "Told late"
    parts = [titles(seen(user, case, f"?kind={t}")) for t in topics(seen(user, case)) if t]
    assert len(parts) > 3
    assert sorted(title for part in parts for title in part) == sorted(whole)


def test_an_incident_stands_on_its_day_with_no_more_than_the_case_may_show(told: Any) -> None:
    case, users = told
    row = {"case": case, "owner_id": "force-a", "by": None, "at": telling.days_ago(3), "agency": "force-a"}
    happened = dt.datetime(2026, 3, 4, 18, 20)
    CaseReport.objects.create(
        **row,
        happened_at=happened,
        precision="exact",
        rule="police",
        recorded_as="stalking",
        acts=["breach"],
    )
    CaseReport.objects.create(**row, reported_at=dt.datetime(2026, 3, 5, 9, 0))
    CaseReport.objects.create(**row)
    for user in users.values():
        body = seen(user, case, "?kind=reports")
        assert len(titles(body)) == 3
        assert titles(body)[1].startswith("Incident, recorded as ")
        assert "4 March 2026" in body
        assert "Breach" in body
        # Of what is not shared: that it is held, and whom to ask. One without any date is last.
        assert body.count("Not shared with the case.") == 2
        assert body.rindex("Date not known") > body.index("4 March 2026")
        assert ("/reports/" in body) == (user.role in {Role.INVESTIGATOR, Role.ADVOCATE})
    past = seen(users["police"], case, f"?as_at={telling.days_ago(5).date().isoformat()}")
    assert "Incident" not in past


def test_a_task_that_was_done_with_words_is_on_it_once(told: Any) -> None:
    case, users = told
    user = users["police"]
    with identity.as_person(user):
        finishing.done(user, a_task(user, case, "Ring the court", "shared"), "It is on Monday.")
    body = seen(user, case)
    assert titles(body).count("Done: Ring the court") == 1
    assert "It is on Monday." in body


def test_a_decision_that_is_written_as_a_note_is_among_the_decisions(told: Any) -> None:
    case, users = told
    user = users["health"]
    with identity.as_person(user):
        notes.add(user, case, "decision", "health", "We wait for the court.", happened_at=moment.now())
    assert "We wait for the court." in seen(user, case, "?kind=decisions")
    assert "We wait for the court." not in seen(user, case, "?kind=notes")
    assert "We wait for the court." not in seen(users["advocacy"], case)


def test_a_long_case_comes_in_pages_and_loses_nothing(told: Any, django_assert_max_num_queries: Any) -> None:
    case, users = told
    user = users["police"]
    with identity.as_person(user):
        for n in range(40):
            services.enter(user, case, "status", f"Line {n:02d}")
        wanted = {i.entry for i in timeline.items(user, case, None) if i.entry}
    assert wanted == set(
        Entry.objects.filter(case=case, partition__in=("shared", "police")).values_list("pk", flat=True)
    )
    pages = [titles(seen(user, case, f"?page={n}")) for n in (1, 2)]
    assert len(pages[0]) == 25
    assert {f"Line {n:02d}" for n in range(40)} <= {*pages[0], *pages[1]}
    with django_assert_max_num_queries(39):
        seen(user, case)


def test_every_kind_of_line_has_a_topic_of_its_own() -> None:
    """What falls under "Other" is what nobody thought of: emergency access alone may."""
    for kind in ("victim.impact", "intervention.published", "intervention.summary", *timeline.OF_KIND):
        assert timeline.topic_of(kind) != timeline.OTHER
    assert set(timeline.OF_KIND.values()) <= set(timeline.TOPICS)
