"""The pages of this side: what is sent is kept, what is wrong is told, what somebody else wrote is shown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case, Work
from lamplighter.hub.perpetrator_side import library, selectors, services
from lamplighter.hub.perpetrator_side.models import Consultation, MeasureResult, Statement, TypologyJudgement
from lamplighter.hub.perpetrator_side.programmes import delivery
from tests.integration.perpetrator_side import telling

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return telling.clinician()


@pytest.fixture
def case() -> Case:
    return telling.a_case()


class Pages:
    """Signed in as somebody, on the pages of one case."""

    def __init__(self, user: User, case: Case) -> None:
        self.client, self.start = Client(), f"/cases/{case.key}/intervention"
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, page: str = "") -> HttpResponse:
        return self.client.get(self.start + page, secure=True)  # type: ignore[return-value]  # the test client's own

    def text(self, page: str = "") -> str:
        return self.get(page).content.decode()

    def post(self, page: str, **data: object) -> HttpResponse:
        return self.client.post(self.start + page, data, secure=True)  # type: ignore[return-value]  # the same


@pytest.fixture
def pages(user: User, case: Case) -> Pages:
    return Pages(user, case)


def day(when: dt.date, name: str = "on") -> dict[str, object]:
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


def test_a_type_is_judged_and_what_is_missing_is_told(pages: Pages) -> None:
    answer = pages.post("/typology/judge", type="rejected", confidence="", basis="Letters")
    assert "Say how sure you are" in answer.content.decode()
    assert "Letters" in answer.content.decode()
    assert pages.post("/typology/judge", type="undetermined", basis="Little is known").status_code == 302
    assert TypologyJudgement.objects.get().type == "undetermined"
    assert "Undetermined" in pages.text("/typology")


def test_two_who_edit_see_both_versions_and_nothing_is_lost(user: User, case: Case, pages: Pages) -> None:
    with as_person(user):
        first = services.state(user, case, "presenting", "He writes to her")
    other = telling.clinician()
    page = f"/formulation/{first.line}/change"
    assert str(first.key) in pages.text(page)
    with as_person(other):
        services.restate(other, case, first, "He writes and waits", [], "A new report")
    sent = {"text": "He writes each day", "reason": "Counted", "seen": str(first.key)}
    both = pages.post(page, **sent).content.decode()
    assert "He writes and waits" in both
    assert both.count("He writes each day") == 2
    newest = Statement.objects.latest("pk")
    assert newest.text == "He writes and waits"
    assert str(newest.key) in both
    assert pages.post(page, **(sent | {"seen": str(newest.key)})).status_code == 302
    texts = list(Statement.objects.filter(line=first.line).order_by("pk").values_list("text", flat=True))
    assert texts == ["He writes to her", "He writes and waits", "He writes each day"]


def test_evidence_is_chosen_from_the_record(case: Case, user: User, pages: Pages) -> None:
    with as_person(user):
        entry = selectors.evidence(case)[0]
    assert entry.title in pages.text("/formulation/add")
    pages.post("/formulation/add", section="presenting", text="It began in spring", evidence=[str(entry.key)])
    pages.post("/formulation/add", section="function", text="It keeps a bond")
    page = pages.text("/formulation")
    assert page.count("No evidence linked yet") == 1
    assert "2 statements, 1 without evidence" in page
    wrong = pages.post("/formulation/add", section="presenting", text="x", evidence=[str(case.key)])
    assert wrong.status_code == 200
    assert Statement.objects.count() == 2


def test_a_programme_from_enrolment_to_its_end(user: User, case: Case, pages: Pages) -> None:
    criteria = {f"c_{code}": "yes" for code in library.programmes(timezone.localdate())["fact"].criteria}
    refused = pages.post(
        "/programmes/enrol/fact", ground="volunteer", why="x", **(criteria | {"c_adult": "no"})
    )
    assert "Not eligible" in refused.content.decode()
    waits = pages.post("/programmes/enrol/fact", ground="volunteer", why="It fits", **criteria)
    assert "No check on the victim’s side has been asked for" in waits.content.decode()
    telling.checked(user, case)
    assert (
        pages.post("/programmes/enrol/fact", ground="volunteer", why="It fits", **criteria).status_code == 302
    )
    with as_person(user):
        (course,) = selectors.courses(case)
    start = f"/programmes/{course.enrolment.key}"
    assert "Waits for a practitioner" in pages.text(start)
    pages.post(f"{start}/allocate", practitioner=str(user.key), supervisor="Dr Wren")
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    assert pages.post(f"{start}/offer", number=1, time="25:00", **day(tomorrow, "day")).status_code == 200
    assert pages.post(f"{start}/offer", number=1, time="14:30", **day(tomorrow, "day")).status_code == 302
    assert "Next: session 1 of 8" in pages.text(start)
    with as_person(user):
        (state,) = selectors.course(case, course.enrolment.key).sessions
    record = f"/sessions/{state.session.key}/record"
    assert "Missed" not in pages.text(record)
    assert pages.post(record, what="attended").status_code == 200
    assert pages.post(record, what="called_off", words="Room closed").status_code == 302
    assert pages.get(f"/sessions/{state.session.key}").status_code == 200
    assert pages.post(f"{start}/end", how="completed", why="x").status_code == 200
    assert pages.post(f"{start}/end", how="service", why="No room for it").status_code == 302
    page = pages.text(start)
    assert "ended before all of it was delivered" in page
    assert "Offer a session" not in page


def test_recording_a_missed_session_its_follow_up_and_its_minutes(
    user: User, case: Case, pages: Pages
) -> None:
    key = telling.allocated(user, case).enrolment.key
    with as_person(user), moment.at(telling.days_ago(2)):
        made = delivery.offer(user, case, selectors.course(case, key), 1, telling.days_ago(1))
    # The task on *My work* leads to the form that ends it, and to the programme for who cannot end it.
    waits = f"/sessions/{made.key}"
    assert pages.get(waits)["Location"] == f"{pages.start}{waits}/record"
    assert Pages(telling.officer(), case).get(waits).status_code == 404
    pages.post(f"/sessions/{made.key}/record", what="missed", minutes=20)
    assert pages.get(waits)["Location"] == f"{pages.start}{waits}/chase"
    assert "Not followed up yet" in pages.text(f"/programmes/{key}")
    pages.post(f"/sessions/{made.key}/chase", words="Rang; he comes on Friday")
    page = pages.text(f"/programmes/{key}")
    assert "Followed up: Rang" in page
    assert "Not followed up yet" not in page
    assert pages.get(waits).status_code == 200
    assert Work.objects.get(case=case).minutes == 20
    stale = pages.post(f"/sessions/{made.key}/record", what="attended", words="He was there")
    assert "What stands now" in stale.content.decode()
    assert "He was there" in stale.content.decode()


def test_a_questionnaire_is_scored_drawn_and_licensed_ones_cannot_be_filled_in(pages: Pages) -> None:
    answers = {f"i_q{n}": 2 for n in range(1, 9)}
    for when, ago in (("before", 60), ("after", 2)):
        sent = pages.post(
            "/measures/moving_on/1", moment=when, **day(telling.days_ago(ago).date()), **answers
        )
        assert sent.status_code == 302
    assert list(MeasureResult.objects.values_list("total", "missing")) == [(16, 0), (16, 0)]
    page = pages.text("/measures")
    assert "16 of 32" in page
    assert "A hub with a licence supplies the questions" in page
    drawn = pages.get("/measures/moving_on/1/chart.svg")
    assert drawn["Content-Type"].startswith("image/svg+xml")
    assert b"Before: 16" in drawn.content
    assert pages.get("/measures/srp/as%20licensed").status_code == 404
    assert pages.get("/measures/srp/1/chart.svg").status_code == 404


def test_advice_counts_its_minutes(pages: Pages) -> None:
    today = timezone.localdate()
    sent = {"kind": "advice", "to": "The officer in the case", "question": "Q", "advice": "A", "minutes": 45}
    assert pages.post("/consultations/record", **sent, **day(today)).status_code == 302
    assert Consultation.objects.get().minutes == Work.objects.get().minutes == 45
    assert "clinician 45" in pages.text()


def test_what_will_be_published_is_read_first(case: Case, pages: Pages) -> None:
    assert "Legal status: no further action" in pages.text("/publish")
    assert pages.post("/publish").status_code == 302
    with as_person(telling.officer()):
        assert len(selectors.summaries(case)) == 1


def test_the_pages_as_at_a_past_day_show_that_day_and_no_way_to_write(
    user: User, case: Case, pages: Pages
) -> None:
    with as_person(user):
        with moment.at(telling.days_ago(20)):
            services.judge_type(user, case, "resentful", "low", "Letters about a debt")
        services.judge_type(user, case, "rejected", "high", "It began when she left")
    then = pages.text(f"/typology?as_at={telling.days_ago(10).date()}")
    assert "Letters about a debt" in then
    assert "It began when she left" not in then
    assert "Judge the type</a>" not in then
    for page in ("", "/formulation", "/programmes", "/measures", "/consultations", "/formulation/history"):
        assert pages.get(f"{page}?as_at={telling.days_ago(10).date()}").status_code == 200


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_record(
    user: User, case: Case, pages: Pages
) -> None:
    key = telling.allocated(user, case).enrolment.key
    telling.held(user, case, key, 1, ago=40)
    asked = []
    for number in (2, 3, 4):
        for page in ("", f"/programmes/{key}", "/formulation"):
            with CaptureQueriesContext(connection) as queries:
                pages.get(page)
            asked.append((page, len(queries)))
        telling.held(user, case, key, number, ago=40 - number)
        with as_person(user):
            services.state(user, case, "presenting", f"Statement {number}", [selectors.evidence(case)[0].key])
    # The first time there was no statement, and so no evidence to look up.
    assert asked[3:6] == asked[6:9]
    assert max(count for _, count in asked) <= 45


def test_every_look_is_in_the_audit_with_opaque_words(case: Case, pages: Pages) -> None:
    pages.get("/formulation")
    event = Event.objects.filter(verb="perpetrator_side.seen").latest("pk")
    assert (event.case_id, event.subject, event.detail) == (
        case.pk,
        f"case {case.key}",
        {"page": "formulation"},
    )


def test_a_case_of_another_agency_is_not_there(user: User) -> None:
    from tests.integration.access import making

    elsewhere = making.a_case(None, "probation")
    pages = Pages(user, elsewhere)
    for page in ("", "/typology", "/typology/judge", "/publish"):
        assert pages.get(page).status_code == 404
    assert Pages(user, telling.a_case()).get(f"/programmes/{elsewhere.key}").status_code == 404
