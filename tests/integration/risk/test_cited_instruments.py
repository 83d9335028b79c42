"""An assessment rests on submitted instruments, and names each to those alone who may read it."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.insight.export.risk import read as exported
from lamplighter.hub.instruments import services as instruments
from lamplighter.hub.instruments.models import Sheet, SheetEnd
from lamplighter.hub.risk import selectors
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.models import Assessment, CitedInstrument
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.words import day
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.instruments import filling
from tests.integration.risk import telling
from tests.integration.risk.test_pages import sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)


def on_the_side_of(user: User, case: Case, partition: str, version: str) -> Sheet:
    """A submitted instrument that lies on one side. What is shipped lies on no side."""
    row = {"case": case, "owner_id": user.agency_id, "by": user, "partition": partition}
    with making.as_the_owner():
        sheet = Sheet.objects.create(**row, instrument="srp", version=version, digest="0" * 64)
        SheetEnd.objects.create(**row, sheet=sheet, how="submitted", training="valid")
    return sheet


def resting_on(*sheets: Sheet, **said: object) -> object:
    return dataclasses.replace(telling.draft(**said), instruments=tuple(sheet.key for sheet in sheets))


def test_it_is_chosen_on_the_form_and_named_on_the_page_the_comparison_and_the_answer() -> None:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    case = telling.a_case(by)
    sheet = filling.submitted(by, case)
    client = cases.browser(by)
    address = f"/cases/{case.key}/risk/assess"
    page = client.get(address, secure=True).content.decode()
    named = f"FOUR: is it stalking, and what is known, version 1, submitted {day(timezone.localdate())}"
    assert named in page
    assert client.post(address, sent(instruments=str(sheet.key)), secure=True).status_code == 302
    with identity.as_person(by):
        first = Assessment.objects.get(case=case)
    telling.assess(by, case, telling.draft(violence="low", asked=other, grounds=("custody",)))
    here = client.get(f"/cases/{case.key}/risk/assessments/{first.key}", secure=True).content.decode()
    assert named in here
    assert f"/cases/{case.key}/instruments/{sheet.key}" in here
    beside = client.get(f"/cases/{case.key}/risk/compare", secure=True).content.decode()
    assert named in beside
    assert "None that you can read" in beside
    with identity.as_person(other):
        waits = selectors.current(case).waits
        assert waits is not None
    asked = cases.browser(other).get(f"/cases/{case.key}/risk/assessments/{waits.key}/lower", secure=True)
    assert "None that you can read." in asked.content.decode()


def test_only_what_is_submitted_on_this_case_and_not_corrected_is_cited_and_nothing_is_lost() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case, elsewhere = telling.a_case(by), telling.a_case(by)
    with identity.as_person(by):
        draft = instruments.begin(by, case, "four")
    there = filling.submitted(by, elsewhere)
    corrected = filling.submitted(by, case)
    with identity.as_person(by):
        newer = instruments.correct(by, case, corrected.key)
        instruments.submit(by, case, newer.key)
    for sheet in (draft, there, corrected):
        with pytest.raises(NotPossibleError, match="An instrument that you chose"):
            telling.assess(by, case, resting_on(sheet))
    with pytest.raises(NotPossibleError, match="An instrument that you chose"):
        telling.assess(by, case, dataclasses.replace(telling.draft(), instruments=(uuid.uuid4(),)))
    assert not Assessment.objects.exists()
    telling.assess(by, case, resting_on(newer))
    page = cases.browser(by).post(
        f"/cases/{case.key}/risk/assess", sent(instruments=str(corrected.key)), secure=True
    )
    assert page.status_code == 422
    assert "Why violence." in page.content.decode()


def test_as_at_a_day_it_is_the_one_that_was_cited_and_a_correction_since_is_said() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    with moment.at(cases.days_ago(30)):
        case = telling.a_case(by)
        sheet = filling.submitted(by, case)
    with moment.at(cases.days_ago(20)):
        made = telling.assess(by, case, resting_on(sheet))
    with moment.at(cases.days_ago(5)), identity.as_person(by):
        newer = instruments.correct(by, case, sheet.key)
        instruments.submit(by, case, newer.key)
    client = cases.browser(by)
    address = f"/cases/{case.key}/risk/assessments/{made.key}"
    then = f"{address}?as_at={cases.days_ago(10).date().isoformat()}"
    before, now = (client.get(a, secure=True).content.decode() for a in (then, address))
    assert "version 1, submitted" in before
    assert "Corrected since." not in before
    assert "Corrected since." in now
    with identity.as_person(by):
        assert selectors.cited(case, cases.days_ago(25)) == {}


def test_an_instrument_of_one_side_is_named_to_nobody_of_the_other() -> None:
    his, hers, police = (
        making.somebody(Role.CLINICIAN, "health"),
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.INVESTIGATOR),
    )
    case = telling.a_case(police)
    health = on_the_side_of(his, case, "health", "of-health")
    advocacy = on_the_side_of(hers, case, "advocacy", "of-advocacy")
    with identity.as_person(his):
        assert [one.sheet.key for one in selectors.citable(case)] == [health.key]
    with pytest.raises(NotPossibleError, match="An instrument that you chose"):
        telling.assess(his, case, resting_on(health, advocacy))
    made = telling.assess(his, case, resting_on(health))
    telling.assess(hers, case, resting_on(advocacy))
    for user, may, must_not in (
        (his, {"of-health"}, {"of-advocacy"}),
        (hers, {"of-advocacy"}, {"of-health"}),
        (police, set(), {"of-health", "of-advocacy"}),
    ):
        client = cases.browser(user)
        seen = "".join(
            client.get(f"/cases/{case.key}/risk{path}", secure=True).content.decode()
            for path in ("", "/assess", "/compare", f"/assessments/{made.key}")
        )
        assert {word for word in may | must_not if word in seen} == may
        with identity.as_person(user):
            assert CitedInstrument.objects.count() == len(may)


def test_the_database_takes_no_citation_on_a_side_that_its_writer_does_not_write() -> None:
    from django.db import DatabaseError, transaction

    by, his = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    case = telling.a_case(by)
    sheet = on_the_side_of(his, case, "health", "1")
    made = telling.assess(by, case, telling.draft())
    with identity.as_person(by), pytest.raises(DatabaseError), transaction.atomic():
        CitedInstrument.objects.create(
            case=case, by=by, owner_id=by.agency_id, partition="health", assessment=made, sheet=sheet
        )


def test_the_second_rater_learns_nothing_of_what_the_hidden_assessment_rests_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: True)
    author, rater = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    case = telling.a_case(author, "health")
    telling.assess(author, case, resting_on(filling.submitted(author, case)))
    with identity.as_person(rater):
        assert not CitedInstrument.objects.exists()
        ask = selectors.asked_to_rate(rater, case)[0]
        second_rater.rate(rater, case, ask, dict.fromkeys(JUDGEMENTS, "moderate"), "By the reports.")
        assert CitedInstrument.objects.count() == 1


def test_a_study_learns_which_instrument_made_for_stalking_a_judgement_rests_on() -> None:
    by, his = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    case = telling.a_case(by)
    telling.assess(by, case, telling.draft())
    telling.assess(by, case, resting_on(filling.submitted(by, case)))
    # A hub's own name of a version could say whose it is; and of the newest it is the one that counts.
    telling.assess(his, case, resting_on(on_the_side_of(his, case, "health", "Force A 2024")))
    with identity.as_service("export cases for a study"):
        told = [event.rest for _, event in exported() if event.kind == "risk_assessment"]
    assert [(rest["instrument"], rest["instrument_version"]) for rest in told] == [
        ("four_judgements", None),
        ("four", "1"),
        ("srp", None),
    ]
