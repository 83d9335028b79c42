"""General business: of no case, minuted, printed on both papers, and taken out where it should not stand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.meetings import services
from lamplighter.hub.meetings.general import services as general
from lamplighter.hub.meetings.models import Business, Meeting
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.cases import telling
from tests.integration.meetings.making import Hub, hub, plan
from tests.integration.meetings.test_minutes import paper, read

pytestmark = pytest.mark.django_db


def an_item(h: Hub, meeting: Meeting) -> tuple[Business, str]:
    """An item that the advocate adds by its page, and the page of it."""
    client = telling.browser(h.advocate)
    given = {"words": "Training in January"}
    answer = client.post(f"/meetings/{meeting.key}/business", given, secure=True)
    item = Business.objects.get(meeting=meeting, item=None)
    page = f"/meetings/{meeting.key}/business/{item.key}"
    assert answer.status_code == 302
    assert answer["Location"] == page
    return item, page


def asks(h: Hub, **rest: Any) -> dict[str, Any]:
    day = timezone.localdate() + dt.timedelta(days=2)
    given = {"kind": "action", "words": "Ask the trainer for dates", "doer": str(h.officer.key)}
    given |= {"due_day": day.day, "due_month": day.month, "due_year": day.year, "evidence": "The dates"}
    return given | rest


def test_an_item_of_no_case_is_minuted_printed_and_carried_over_until_it_is_done() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    _, page = an_item(h, meeting)
    assert "Training in January" in read(h.clinician, f"/meetings/{meeting.key}")
    client = telling.browser(h.coordinator)
    said = {"kind": "note", "words": "Twelve people want a place."}
    for given in (said, asks(h)):
        assert client.post(page, given, secure=True).status_code == 302
    for name in ("minutes", "minutes-for-every-side"):
        text = paper(h.clinician, meeting, name)
        assert "General business Training in January" in text
        assert "Twelve people want a place." in text
        assert "What would show it: The dates" in text
    following = plan(h.coordinator, timezone.now() + dt.timedelta(days=7))
    assert "Ask the trainer for dates" in read(h.clinician, f"/meetings/{following.key}")
    row = Business.objects.get(kind="action")
    done = f"/meetings/{meeting.key}/business/{row.key}/done"
    assert telling.browser(h.clinician).get(done, secure=True).status_code == 404
    officer = telling.browser(h.officer)
    assert officer.post(done, {"outcome": " "}, secure=True).status_code == 422
    assert officer.post(done, {"outcome": "12 and 19 January."}, secure=True).status_code == 302
    assert "12 and 19 January." in read(h.clinician, page)
    assert "Ask the trainer for dates" not in read(h.clinician, f"/meetings/{following.key}")


def test_what_is_missing_is_named_and_the_number_of_a_case_is_refused() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    _, page = an_item(h, meeting)
    client = telling.browser(h.coordinator)
    told = client.post(page, asks(h, evidence=""), secure=True).content.decode()
    assert "Enter what would show that it is done." in told
    assert "Ask the trainer for dates" in told
    for number in (h.case.reference, h.case.reference.lower(), h.case.reference.replace("-", " ")):
        refused = client.post(page, {"kind": "note", "words": f"As in {number}."}, secure=True)
        assert refused.status_code == 422
        assert "is the number of a case" in refused.content.decode()
    assert Business.objects.exclude(item=None).count() == 0
    token = {"token": "5f0f7c0e-6f6c-4b8e-9a53-3c8f9a1d2b11"}
    for _ in range(2):
        assert client.post(page, asks(h) | token, secure=True).status_code == 302
    assert Business.objects.exclude(item=None).count() == 1


def test_words_that_should_not_stand_there_are_taken_out_of_everything() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    _, page = an_item(h, meeting)
    telling.browser(h.officer).post(page, asks(h, words="Ring markofnobody"), secure=True)
    row = Business.objects.get(kind="action")
    strike = f"/meetings/{meeting.key}/business/{row.key}/strike"
    assert telling.browser(h.clinician).get(strike, secure=True).status_code == 404
    given = {"why": "Of a case."}
    assert telling.browser(h.coordinator).post(strike, given, secure=True).status_code == 302
    assert "Struck out: Of a case." in read(h.clinician, page)
    assert "markofnobody" not in read(h.clinician, page) + paper(h.officer, meeting)
    row.refresh_from_db()
    assert (row.words, row.evidence) == ("", "")


def test_nothing_is_changed_by_a_statement_and_nothing_added_once_the_minutes_are_agreed() -> None:
    h = hub()
    meeting = plan(h.coordinator)
    item, _ = an_item(h, meeting)
    with identity.as_person(h.officer):
        row = general.say(h.officer, item, "note", "Twelve people want a place.")
        for change in ({"words": "Other"}, {"kind": "decision"}, {"struck_at": timezone.now()}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Business.objects.filter(pk=row.pk).update(**change)
    with identity.as_person(h.clinician):
        # Somebody else's row is not theirs to change.
        assert not Business.objects.filter(pk=row.pk).update(words="", struck_at=timezone.now())
    with identity.as_person(h.coordinator):
        services.agree(h.coordinator, meeting)
    with identity.as_person(h.officer):
        with pytest.raises(NotPossibleError, match="agreed"):
            general.say(h.officer, item, "note", "Too late.")
        with pytest.raises(DatabaseError), transaction.atomic():
            Business.objects.create(
                meeting=meeting, item=item, kind="note", words="Late", by=h.officer, agency=h.officer.agency
            )
