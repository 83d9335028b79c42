"""Exhibits are linked to incidents on the page of either, taken back there, and named where incidents are."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case
from lamplighter.hub.evidence import incidents, services
from lamplighter.hub.evidence.models import Exhibit, Support
from lamplighter.hub.papers.contents import exhibits as papers
from lamplighter.hub.patterns import hooks
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making as people
from tests.integration.cases import telling
from tests.integration.evidence import making
from tests.integration.risk import telling as risk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]


@pytest.fixture
def officer() -> User:
    return people.somebody(Role.INVESTIGATOR)


@pytest.fixture
def case(officer: User) -> Case:
    with identity.as_person(officer):
        return people.a_case(officer, "helpline", "health")


@pytest.fixture
def report(case: Case) -> CaseReport:
    at = dt.datetime.combine(timezone.localdate() - dt.timedelta(days=3), dt.time(21))
    return risk.a_report(case, acts=["following"], happened_at=at, precision="exact")


def at_exhibit(case: Case, one: Exhibit) -> str:
    return f"/cases/{case.key}/exhibits/{one.key}/incidents"


def at_incident(case: Case, row: CaseReport) -> str:
    return f"/cases/{case.key}/incidents/{row.report_key}/exhibits"


def test_chosen_on_an_exhibit_it_stands_on_every_page_of_the_incident_and_in_papers(
    officer: User, case: Case, report: CaseReport
) -> None:
    one, client = making.receive(officer, case), telling.browser(officer)
    page = client.get(at_exhibit(case, one), secure=True).content.decode()
    assert "Which incidents does it show?" in page
    given = {"chosen": [str(report.report_key)], "was": ""}
    assert client.post(at_exhibit(case, one), given, secure=True).status_code == 302
    shown = client.get(f"/cases/{case.key}/exhibits/{one.key}", secure=True).content.decode()
    assert at_incident(case, report) in shown
    assert f"Exhibit {one.label}" in client.get(f"/cases/{case.key}/reports", secure=True).content.decode()
    assert one.title in client.get(at_incident(case, report), secure=True).content.decode()
    with identity.as_person(officer):
        [named] = hooks.beside_reports([report.report_key])[report.report_key]
        assert named.text == f"Exhibit {one.label}"
        [paper] = papers.of_case(case, timezone.now())
        assert paper.incidents == (report.report_key,)
    with people.as_the_owner():
        assert Event.objects.filter(verb="evidence.linked").count() == 1


def test_taken_back_on_the_incident_nothing_names_it_and_the_row_of_before_stays(
    officer: User, case: Case, report: CaseReport
) -> None:
    one, client = making.receive(officer, case), telling.browser(officer)
    with identity.as_person(officer):
        assert services.link(officer, case, [(one, report.report_key)]) == 1
        assert services.link(officer, case, [(one, report.report_key)]) == 0
    given = {"chosen": [], "was": str(one.key)}
    assert client.post(at_incident(case, report), given, secure=True).status_code == 302
    page = client.get(at_incident(case, report), secure=True).content.decode()
    assert "No exhibit that you can see is linked to it." in page
    with identity.as_person(officer):
        assert hooks.beside_reports([report.report_key]) == {}
        assert papers.of_case(case, timezone.now())[0].incidents == ()
        assert [s.stands for s in Support.objects.order_by("pk")] == [True, False]
    with people.as_the_owner():
        assert Event.objects.filter(verb="evidence.unlinked").count() == 1
    # And again.
    with identity.as_person(officer):
        assert services.link(officer, case, [(one, report.report_key)]) == 1
        assert incidents.shown_by(making.known(officer, one)) == [report.report_key]


def test_what_somebody_else_linked_meanwhile_is_not_taken_back_by_a_page_of_before(
    officer: User, case: Case, report: CaseReport
) -> None:
    one, other = making.receive(officer, case), making.receive(officer, case)
    with identity.as_person(officer):
        services.link(officer, case, [(other, report.report_key)])
    given = {"chosen": [str(one.key)], "was": ""}
    telling.browser(officer).post(at_incident(case, report), given, secure=True)
    with identity.as_person(officer):
        assert len(hooks.beside_reports([report.report_key])[report.report_key]) == 2


def test_words_that_are_too_long_are_told_and_none_is_lost(officer: User, case: Case) -> None:
    one, client = making.receive(officer, case), telling.browser(officer)
    base = f"/cases/{case.key}/exhibits"
    answer = client.post(f"{base}/{one.key}/shows", {"words": "x" * 301}, secure=True)
    assert answer.status_code == 422
    assert "Keep it to 300 characters; it has 301." in answer.content.decode()
    assert "x" * 301 in answer.content.decode()
    with identity.as_person(officer):
        long = [making.sent(f"file {n}".encode(), f"{n}.txt") for n in range(2)]
        told = making.TOLD | {"title": "t" * 200, "came_at": timezone.now()}
        fates = services.receive_several(officer, case, "shared", long, **told)
        assert [f.exhibit.title[-8:] for f in fates if f.exhibit] == [", 1 of 2", ", 2 of 2"]
        with pytest.raises(NotPossibleError, match="Keep it to 60 characters"):
            services.receive(officer, case, "shared", making.sent(b"y"), **(told | {"reference": "r" * 61}))


def test_over_the_wall_a_link_is_neither_seen_nor_made(officer: User, case: Case, report: CaseReport) -> None:
    one = making.receive(officer, case, "police")
    with identity.as_person(officer):
        services.link(officer, case, [(one, report.report_key)])
        elsewhere = people.a_case(officer, "health")
        with pytest.raises(NotPossibleError, match="no longer on this case"):
            services.link(officer, case, [(one, uuid.uuid4())])
        with pytest.raises(NotPossibleError, match="no longer on this case"):
            services.link(officer, elsewhere, [(one, report.report_key)])
    clinician = people.somebody(Role.CLINICIAN, "health")
    client = telling.browser(clinician)
    assert client.get(at_exhibit(case, one), secure=True).status_code == 404
    page = client.get(at_incident(case, report), secure=True).content.decode()
    assert "No exhibit that you can see is linked to it." in page
    client.post(at_incident(case, report), {"chosen": [str(one.key)], "was": ""}, secure=True)
    client.post(at_incident(case, report), {"chosen": [], "was": str(one.key)}, secure=True)
    reports = client.get(f"/cases/{case.key}/reports", secure=True).content.decode()
    assert f"Exhibit {one.label}" not in reports
    with identity.as_person(clinician):
        assert hooks.beside_reports([report.report_key]) == {}
    with people.as_the_owner():
        assert Support.objects.count() == 1
    unknown = at_incident(case, report).replace(str(report.report_key), str(uuid.uuid4()))
    assert client.get(unknown, secure=True).status_code == 404
