"""Saving a report is one service: it is stored, matched and told of, all of it or nothing, and read once."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest

from lamplighter.hub.accounts.models import Role
from lamplighter.hub.arrivals.saving import services
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import selectors
from lamplighter.hub.intake.documents.services import DocumentRefusedError
from lamplighter.hub.intake.models import Delivery, PersonRecord, ReportVersion
from lamplighter.hub.people import selectors as people
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.intake.making import document
from tests.integration.patterns import story

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def the_story(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Reports that are held and linked: without a model nobody is matched."""
    with story.held(django_db_blocker):
        yield


def test_a_report_is_stored_and_matched_without_being_read_again() -> None:
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    with mock.patch.object(selectors, "received", side_effect=AssertionError("read again")):
        saved = services.save_report(officer, document())
    assert saved.outcome == "new"
    held = ReportVersion.objects.get(report_id=saved.report_id)
    assert {m.record_id for m in people.members_in([saved.report_id])} == set(
        PersonRecord.objects.filter(version=held).values_list("record_id", flat=True)
    )
    verbs = Event.objects.filter(subject=f"report {saved.key}").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["intake.report_saved", "patterns.report_saved"]


def test_what_is_stored_already_is_read_to_be_matched() -> None:
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    services.save_report(officer, document())
    again = services.save_report(officer, document())
    assert (again.outcome, again.compared) == ("unchanged", None)
    assert people.members_in([again.report_id])


def test_nothing_is_stored_where_the_suspects_agency_cannot_be_marked_or_it_is_no_report() -> None:
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    before = ReportVersion.objects.count(), Delivery.objects.count()
    told = {"sector": "police", "post": "A post", "known": "She said so.", "employer": ""}
    someone = making.somebody(Role.CLINICIAN, "health")
    with pytest.raises(NotPossibleError):
        services.save_report(
            officer, document(), works_for=told | {"agency": making.agency("force-b"), "named": someone}
        )
    with pytest.raises(DocumentRefusedError):
        services.save_report(officer, document(source_ref=""))
    assert (ReportVersion.objects.count(), Delivery.objects.count()) == before
