"""What is above the line is on the first list, whatever it reads as; possible abuse has an owner."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from lamplighter.courses.reports.readings import DOMESTIC, HONOUR, OTHER, POSSIBLE
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.patterns import configuration, selectors, work
from lamplighter.hub.patterns.decisions import domestic_abuse
from lamplighter.hub.patterns.models import AbuseLook, Computation, Course
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.vocabulary.working_days import working_days_after
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
# A Thursday before a weekend, so that working days are not days.
THURSDAY = dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC)


def a_pattern(course_id: str, reading: str, **rest: Any) -> Course:
    with making.as_the_owner():
        run = Computation.objects.create(scope=Computation.Scope.ALL, rules_version="1")
        row = {
            "digest": course_id,
            "victim_person": f"P-{course_id}",
            "suspect_person": "P-2",
            "kind": "pattern",
            "reading": reading,
            "flagged": reading == POSSIBLE,
            "hidden": False,
            "n_reports": 2,
            "n_occasions": 2,
            "agencies": ["force-a"],
            "urgency_key": [1.0, 1.0],
            "report_ids": [f"{course_id}-1"],
            "computed_at": THURSDAY,
        }
        return Course.objects.create(course_id=course_id, computation=run, **(row | rest))


def again(old: Course, **rest: Any) -> Course:
    """A report more: another version stands."""
    with making.as_the_owner():
        Course.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
    return a_pattern(old.course_id, old.reading, **({"computed_at": timezone.now()} | rest))


def listed(view: str, user: Any) -> list[str]:
    found = selectors.listed(selectors.Filters(view=view), user)
    return list(found.values_list("course_id", flat=True))


def test_above_the_line_is_on_the_first_list_before_what_is_flagged_whatever_it_reads_as() -> None:
    a_pattern("C-flagged", POSSIBLE, urgency_key=[1.0, 0.0])
    why = ["above the line: strangulation, 2 days ago"]
    a_pattern("C-partner", DOMESTIC, urgency_key=[0.0, 0.0], urgency_reasons=why)
    a_pattern("C-noise", OTHER)
    lead = making.somebody(Role.STALKING_LEAD)
    assert listed("decide", lead) == ["C-partner", "C-flagged"]
    body = telling.browser(lead).get("/patterns/", secure=True).content.decode()
    assert why[0] in body
    assert "Possible domestic abuse" in body
    assert "urgent" not in body.lower()
    assert "has not been tested on real outcomes" in body


def test_each_has_an_owner_and_a_day_in_working_days() -> None:
    first = a_pattern("C-1", DOMESTIC)
    a_pattern("C-2", HONOUR, computed_at=THURSDAY + dt.timedelta(days=7))
    a_pattern("C-3", OTHER)
    a_pattern("C-4", DOMESTIC, agencies=["helpline"])
    ours, theirs = making.somebody(Role.STALKING_LEAD), making.somebody(Role.STALKING_LEAD, "force-b")
    coordinator = telling.coordinator("hub")
    due = working_days_after(THURSDAY.date(), configuration.look_within(timezone.localdate()))
    assert next((w.course.course_id, w.due) for w in domestic_abuse.of(ours)) == (first.course_id, due)
    assert [w.course.course_id for w in domestic_abuse.of(ours)] == ["C-1", "C-2"]
    assert domestic_abuse.of(theirs) == []
    # What no force with a stalking lead recorded is the coordinator's: it is nobody's else.
    assert [w.course.course_id for w in domestic_abuse.of(coordinator)] == ["C-4"]
    [notice] = work.notices(ours, team=False)
    assert notice.text == "Look at 2 patterns of possible domestic or honour-based abuse"
    assert timezone.localdate(notice.due_at) == due
    assert work.notices(theirs, team=False) == []
    assert listed("abuse", ours) == ["C-1", "C-2", "C-4"]


def test_that_somebody_looked_is_recorded_and_ends_it_until_it_changes() -> None:
    course = a_pattern("C-1", DOMESTIC)
    lead = making.somebody(Role.STALKING_LEAD)
    client = telling.browser(lead)
    page = "/patterns/C-1/abuse"
    assert client.post(page, {"version": course.pk, "outcome": " "}, secure=True).status_code == 422
    sent = {"version": course.pk, "outcome": "The domestic abuse team has it."}
    assert client.post(page, sent, secure=True).status_code == 302
    made = AbuseLook.objects.get()
    assert (made.by, made.version, made.reading) == (lead, course, DOMESTIC)
    assert Event.objects.filter(verb="patterns.abuse_looked", actor=lead).count() == 1
    assert listed("abuse", lead) == []
    assert domestic_abuse.of(lead) == []
    newer = again(course)
    assert listed("abuse", lead) == ["C-1"]
    stale = client.post(page, sent, secure=True)
    assert stale.status_code == 422
    assert "The pattern changed" in stale.content.decode()
    with pytest.raises(NotPossibleError, match="changed"):
        domestic_abuse.look(lead, Course.objects.get(pk=course.pk), "Looked.")
    [waiting] = domestic_abuse.of(lead)
    assert (waiting.course, waiting.due) == (newer, domestic_abuse.due(newer.computed_at))


def test_a_report_more_puts_nothing_off() -> None:
    lead = making.somebody(Role.STALKING_LEAD)
    again(a_pattern("C-1", DOMESTIC))
    [waiting] = domestic_abuse.of(lead)
    assert waiting.due == domestic_abuse.due(THURSDAY)


def test_what_reads_otherwise_has_no_such_page() -> None:
    a_pattern("C-1", POSSIBLE)
    lead, analyst = making.somebody(Role.STALKING_LEAD), making.somebody(Role.ADVOCATE, "helpline")
    assert telling.browser(lead).get("/patterns/C-1/abuse", secure=True).status_code == 404
    a_pattern("C-2", DOMESTIC)
    assert telling.browser(analyst).get("/patterns/C-2/abuse", secure=True).status_code == 403
