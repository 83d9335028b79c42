"""A new report on an open case: who learns of it, within the transaction that saves it, and who does not."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from unittest import mock

import pytest
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals import configuration, following, presenters, selectors, services
from lamplighter.hub.arrivals.models import CaseReport, Following
from lamplighter.hub.arrivals.saving import services as corrected_reports
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.cases.referrals import from_pattern
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.intake.confidentiality import services as reader_services
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.oversight.blocked_people.services import keep_off
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.risk import selectors as risk_selectors
from lamplighter.hub.risk.second_opinion import second_rater
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.intake import typed
from tests.integration.patterns import story
from tests.integration.risk import telling as risk

FOURTH = story.FOURTH["report_id"]
ON_IT = {
    Role.INVESTIGATOR: "force-a",
    Role.STALKING_LEAD: "force-a",
    Role.ADVOCATE: "helpline",
    Role.CLINICIAN: "health",
    Role.PROBATION: "probation",
    Role.COORDINATOR: "hub",
}
PAGES = ("/work/", "/work/team", "/cases/{}/history", "/cases/{}/reports", "/cases/{}")


@pytest.fixture(scope="module")
def the_story(django_db_setup, django_db_blocker) -> Iterator[None]:
    with story.held(django_db_blocker):
        yield


@pytest.fixture
def course(the_story: None, db: None) -> Course:
    return Course.objects.get(superseded_at=None, report_ids__contains=[story.STORY[0]["report_id"]])


@pytest.fixture
def case(course: Course) -> Case:
    """In direct intervention, with four agencies, from the pattern of three reports."""
    by = making.somebody(Role.STALKING_LEAD)
    taken = from_pattern.referral_of(course)
    people = {side: taken[side] for side in ("victim", "suspect")}
    return telling.a_working_case(
        by, "direct", "helpline", "health", "probation", course_id=course.course_id, **people
    )


def arrives(report: dict = story.FOURTH, by: User | None = None) -> uuid.UUID:
    story.receive([report])
    patterns.report_saved(report["report_id"], by)
    return intake.report_key(report["report_id"])


def seen(user: User, case: Case) -> dict[str, str]:
    client = telling.browser(user)
    return {
        p: client.get(p.format(case.key), secure=True).content.decode().replace("\xa0", " ") for p in PAGES
    }


def test_what_was_known_when_the_case_opened_is_shown_and_is_no_news(case: Case) -> None:
    rows = CaseReport.objects.filter(case=case)
    assert {(r.recorded_as, r.news) for r in rows} == {
        ("criminal_damage", False),
        ("malicious_communications", False),
        ("breach_of_bail", False),
    }
    assert not Clock.objects.filter(case=case, kind__in=(configuration.READ, configuration.RISK)).exists()
    assert not Entry.objects.filter(case=case, kind="report").exists()


@pytest.mark.parametrize("role", ON_IT)
def test_everybody_on_the_case_finds_it_on_my_work_in_the_history_and_on_the_page(
    case: Case, role: str
) -> None:
    user = making.somebody(role, ON_IT[role])
    before = seen(user, case)
    assert "Read the new report" not in before["/work/"]
    arrives()
    after = seen(user, case)
    assert "Read the new report" in after["/work/"]
    assert case.reference in after["/work/"]
    why = re.search(r"A report joined this case[^<]*", after["/work/"])
    assert why
    assert why[0] == "A report joined this case: recorded as harassment, 30 April 2026, Force A."
    assert "New report: recorded as harassment" in after["/cases/{}/history"]
    assert "Harassment" in after["/cases/{}/reports"]
    assert "4 reports about these two people" in after["/cases/{}/reports"]
    if role != Role.COORDINATOR:
        assert "Read the new report" in after["/work/team"]
        assert "Review the risk after the new report" in after["/work/team"]
    # Of the report itself nothing that it says: a screen in an office is enough for harm.
    told = after["/work/"] + after["/work/team"] + after["/cases/{}/history"] + after["/cases/{}/reports"]
    for word in ("bus", "Marsh", "Nair", "Lark Rise", "4A/000300/26", "danthemarsh"):
        assert word not in told


def test_nobody_else_finds_it_on_any_list(case: Case) -> None:
    others = [making.somebody(r, "force-b") for r in (Role.INVESTIGATOR, Role.STALKING_LEAD)]
    kept_off = making.somebody(Role.INVESTIGATOR)
    keep_off(making.somebody(Role.COORDINATOR), case, kept_off, "His brother-in-law is the suspect.")
    key = arrives()
    for user in (*others, kept_off):
        now = seen(user, case)
        for page in ("/work/", "/work/team"):
            assert "new report" not in now[page]
            assert case.reference not in now[page]
        for page in PAGES[2:]:
            assert telling.browser(user).get(page.format(case.key), secure=True).status_code == 404
        answer = telling.browser(user).get(f"/patterns/saved/{key}", secure=True)
        joined = answer.content.decode()
        # Whoever is kept off the case is kept off what is held of its two people too.
        assert answer.status_code == (404 if user is kept_off else 200)
        assert ("See the pattern" in joined) is (user is not kept_off)
        assert case.reference not in joined
        assert "has been told" not in joined
        pattern = telling.browser(user).get(f"/patterns/{_pattern()}", secure=True).content.decode()
        listed = telling.browser(user).get("/patterns/", secure=True).content.decode()
        assert case.reference not in pattern + listed


def test_a_report_that_joins_makes_an_assessment_due_once_and_the_assessment_ends_the_reviews(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)
    by = making.somebody(Role.INVESTIGATOR)
    arrives()
    arrives()
    with identity.as_person(by):
        due = risk_selectors.triggers_open(case)
        assert [(row.kind, row.by_id, row.of_key) for row in due] == [
            ("new_incident", None, intake.report_key(FOURTH))
        ]
    # The task that a report has always brought is the task of assessing: nobody has two.
    assert not risk.running(case, "risk.again")
    assert len(risk.running(case, configuration.RISK)) == 4
    risk.assess(by, case, risk.draft(*CaseReport.objects.filter(case=case, ended_at=None)))
    assert not risk.running(case, configuration.RISK)
    with identity.as_person(by):
        assert not risk_selectors.triggers_open(case)


def _pattern() -> str:
    return str(Course.objects.get(superseded_at=None, report_ids__contains=[FOURTH]).course_id)


def test_the_result_page_the_pattern_and_the_list_name_the_case_for_those_on_it(case: Case) -> None:
    client = telling.browser(making.somebody(Role.INVESTIGATOR))
    key = arrives()
    joined = client.get(f"/patterns/saved/{key}", secure=True).content.decode()
    assert f'href="/cases/{case.key}/reports">Case {case.reference}</a> is open; everybody on it' in joined
    assert case.reference in client.get(f"/patterns/{_pattern()}", secure=True).content.decode()
    assert case.reference in client.get("/patterns/", secure=True).content.decode()


def test_a_probation_officer_who_reports_is_told_that_the_case_knows(case: Case) -> None:
    """Who may not read patterns has a page of their own; of a case that is not theirs, no word."""
    report = story.FOURTH | {
        "report_id": "form-probation:8",
        "source": "form-probation",
        "agency": "probation",
    }
    officer = making.somebody(Role.PROBATION, "probation")
    key = arrives(report, officer)
    with identity.as_person(officer):
        assert [n.text for n in following.told_of(key)] == [f"Case {case.reference}"]
    with identity.as_person(making.somebody(Role.INVESTIGATOR, "force-b")):
        assert following.told_of(key) == []


def test_the_same_report_twice_tells_once(case: Case) -> None:
    arrives()
    patterns.report_saved(FOURTH, None)
    patterns.refresh_all()
    services.catch_up()
    assert Entry.objects.filter(case=case, kind="report").count() == 1
    running = Clock.objects.filter(case=case, state="running")
    for kind in (configuration.READ, configuration.RISK):
        owners = sorted(running.filter(kind=kind).values_list("owner_id", "partition"))
        assert owners == [
            ("force-a", "police"),
            ("health", "health"),
            ("helpline", "advocacy"),
            ("probation", "health"),
        ]


def test_a_correction_that_joins_nothing_tells_nobody_and_a_withdrawal_is_said(case: Case) -> None:
    by = making.somebody(Role.INVESTIGATOR)
    key = arrives()
    told = Entry.objects.filter(case=case, kind="report")
    with identity.as_person(by):
        services.read(by, case)
    before = Clock.objects.filter(case=case, kind=configuration.READ).count()
    patterns.correct(by, FOURTH, 1, "added", "threat_kill", "He said so; read again.")
    assert told.count() == 1
    assert Clock.objects.filter(case=case, kind=configuration.READ).count() == before
    stands = CaseReport.objects.get(case=case, report_key=key, ended_at=None)
    assert "threat_kill" in stands.acts
    assert stands.news
    assert CaseReport.objects.filter(case=case, report_key=key, ended_why="changed").count() == 1
    with identity.as_person(by):
        held = versions.find(by, key)
        corrected_reports.withdraw_report(by, held, seen=held.newest.pk, reason="Sent twice.")
    assert told.count() == 2
    newest = told.latest("pk").title.replace("\xa0", " ")
    assert newest == "Report withdrawn: recorded as harassment, 30 April 2026, Force A"
    assert not CaseReport.objects.filter(case=case, report_key=key, ended_at=None).exists()


def test_a_helplines_report_says_that_it_exists_and_whom_to_ask(case: Case) -> None:
    making.agency("helpline")
    report = story.FOURTH | {"report_id": "form-helpline:17", "source": "form-helpline", "agency": "helpline"}
    key = arrives(report)
    row = CaseReport.objects.get(case=case, report_key=key)
    assert (row.rule, row.recorded_as, row.acts, row.limbs) == ("", "", [], [])
    page = seen(making.somebody(Role.PROBATION, "probation"), case)["/cases/{}/reports"]
    assert "Not shared with the case. Ask Helpline." in page


CONFIDED = story.FOURTH | {"report_id": "form-helpline:17", "source": "form-helpline", "agency": "helpline"}


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        (None, False),
        (readers.Readers.OWN, False),
        (readers.Readers.NAMED, False),
        (readers.Readers.EVERYBODY, False),
        (readers.Readers.CASE, True),
    ],
)
def test_what_a_helpline_chose_decides_what_the_case_shows_whatever_the_rule_for_its_kind(
    case: Case, choice: readers.Readers | None, shown: bool
) -> None:
    helpline = making.agency("helpline")
    story.receive([CONFIDED])
    if choice:
        told = readers.Choice(readers=choice, agencies=("force-a",), basis="cda_115")
        reader_services.record(CONFIDED["report_id"], helpline, told)
    patterns.report_saved(CONFIDED["report_id"], None)
    row = CaseReport.objects.get(case=case, agency="helpline")
    assert (bool(row.rule), bool(row.recorded_as), bool(row.acts)) == (shown, shown, shown)
    page = seen(making.somebody(Role.PROBATION, "probation"), case)["/cases/{}/reports"]
    assert ("Not shared with the case. Ask Helpline." in page) is not shown


def test_a_choice_that_changes_later_changes_what_the_case_shows(case: Case) -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    client = telling.browser(advocate)
    key = typed.type_report(client, report=typed.REPORT | {"offence": "contact_stalking"})
    place = reverse("intake:report_readers", args=[key])
    for chosen, shown in (("case", True), ("own", False)):
        sent = {"readers": chosen, "basis": "vital_interests", "threshold": "life", "reason": "She agreed"}
        answer = client.post(place, sent, secure=True)
        assert answer.status_code == 302, answer.content.decode()
        row = CaseReport.objects.get(case=case, report_key=key, ended_at=None)
        assert bool(row.acts) is shown
        page = seen(making.somebody(Role.CLINICIAN, "health"), case)["/cases/{}/reports"]
        assert ("Not shared with the case. Ask Helpline." in page) is not shown
    # Nobody is told twice that it joined.
    assert Entry.objects.filter(case=case, kind="report").count() == 1


def test_reading_takes_it_off_ones_own_list_and_ends_the_task_of_ones_agency(case: Case) -> None:
    arrives()
    reader, colleague = (making.somebody(Role.INVESTIGATOR) for _ in range(2))
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    client = telling.browser(reader)
    assert client.post(f"/cases/{case.key}/reports/read", secure=True).status_code == 302
    assert "Read the new report" not in seen(reader, case)["/work/"]
    assert "Read the new report" not in seen(colleague, case)["/work/"]
    assert "Read the new report" in seen(advocate, case)["/work/"]
    running = Clock.objects.filter(case=case, kind=configuration.READ, state="running")
    assert sorted(running.values_list("owner_id", flat=True)) == ["health", "helpline", "probation"]


def test_persons_whose_ids_changed_since_the_case_opened_are_found_all_the_same(case: Case) -> None:
    """The pattern has another id than the one that the case came from."""
    Case.objects.filter(pk=case.pk).update(course_id="C-another")
    arrives()
    assert Entry.objects.filter(case=case, kind="report").count() == 1


def test_what_is_said_is_in_whole_sentences_with_the_gravest_act_first() -> None:
    row = CaseReport(
        agency="force-a",
        rule="enforcement",
        recorded_as="harassment",
        acts=["abuse", "threat_kill"],
        happened_at=dt.datetime(2026, 5, 3, 9),
        precision="exact",
    )
    names = {"force-a": "Force A"}
    with mock.patch.object(presenters, "agency_names", return_value=names):
        assert presenters.detail(row).startswith("Threatened to kill; ")
        assert not presenters.detail(row).endswith("..")
        assert presenters.why([row, row]) == "2 reports joined this case, from Force A."
        [told] = presenters.rows([row], User(role=Role.PROBATION))
    assert told["recorded_as"] == "Harassment"


def test_a_report_of_somebody_else_tells_nobody(case: Case) -> None:
    other = story.background(1, seed=3)[0] | {"report_id": "force_a:4A/77777/26"}
    arrives(other)
    assert not Entry.objects.filter(case=case, kind="report").exists()


def test_a_case_from_before_is_followed_from_the_report_that_joins_now(case: Case) -> None:
    """Cases that were open before the hub told of reports: what they had is no news, what joins is."""
    CaseReport.objects.filter(case=case).delete()
    Following.objects.filter(case=case).delete()
    key = arrives()
    news = CaseReport.objects.filter(case=case, news=True).values_list("report_key", flat=True)
    assert list(news) == [key]
    assert CaseReport.objects.filter(case=case).count() == 4


def test_a_case_shows_its_reports_as_they_were_on_a_past_day(case: Case) -> None:
    key = arrives()
    CaseReport.objects.filter(report_key=key).update(at=timezone.now() + dt.timedelta(days=1))
    assert len(selectors.reports(case, timezone.now())) == 3
    assert ReportVersion.objects.filter(key=key).exists()
