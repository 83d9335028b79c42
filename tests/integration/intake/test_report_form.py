"""The pages of a new report, without a browser: what is accepted, and how it is said back."""

from __future__ import annotations

import pytest

from lamplighter.hub.accounts.services import ensure_agency
from lamplighter.hub.intake import presenters, selectors
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.new_report.forms import OccasionPage, offence_choices
from lamplighter.hub.intake.new_report.person_forms import VictimPage
from tests.integration.intake import making

pytestmark = pytest.mark.django_db


def occasion(**typed):
    return OccasionPage(typed, agency=ensure_agency("force-a", "Force A", "police"))


def test_a_month_needs_no_day_and_is_said_back_as_a_month():
    page = occasion(date_precision="month", on_month="February", on_year="2026")
    assert page.is_valid()
    told = page.answers()["occasions"][0]
    assert (told["started_at"], told["ended_at"]) == ("2026-02-01T00:00:00", "2026-02-28T23:59:00")
    rows = {
        row["key"]["text"]: row["value"]["text"]
        for row in presenters.check_sections({"occasion": page})[0]["rows"]
    }
    assert rows["Date it happened"] == "February 2026"


@pytest.mark.parametrize("precision", ["day", "exact"])
def test_a_date_known_to_the_day_needs_its_day(precision):
    page = occasion(date_precision=precision, on_month="2", on_year="2026", at="10:00")
    assert page.errors["on"] == ["Enter the day, or say that the date is known to the month"]
    assert occasion(date_precision="month", on_year="2026").errors["on"] == [
        "Date it happened must include a month"
    ]


@pytest.mark.parametrize(("kind", "offered"), [("police", "other"), ("advocacy", "contact_other")])
def test_nobody_is_offered_a_title_that_only_a_file_can_have(kind, offered):
    choices = dict(offence_choices(ensure_agency(f"a-{kind}", "An agency", kind=kind)))
    assert offered in choices
    assert "Not mapped" not in choices.values()


def test_what_was_left_empty_is_not_warned_of_and_an_account_is_kept_however_it_is_typed():
    agency = ensure_agency("force-a", "Force A", "police")
    page = VictimPage({"forenames": "Ada", "handles": "@Ada_1\nInstagram: Ada.Two\nada_3"}, agency=agency)
    assert page.is_valid()
    received = documents.receive_document(making.document(people=[page.person()], related_refs=[]), agency)
    assert received.warnings == []
    people = selectors.bundle(report_ids=[received.report_id])["people"]
    assert people["handles"].to_list() == [["?:ada_1", "instagram:ada.two", "?:ada_3"]]
    assert people["phones"].to_list() == [None]
