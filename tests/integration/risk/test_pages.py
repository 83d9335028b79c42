"""The pages of risk, as people ask for them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.legal_bases.rules import RULES
from lamplighter.hub.risk import selectors
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.models import Assessment, MeasureState, Scenario, Trigger
from lamplighter.hub.risk.plan import services as plan
from lamplighter.hub.risk.second_opinion import second_rater
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.risk import telling

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)


def sent(**said: str) -> dict[str, object]:
    """A form as it is sent: all moderate unless ``said`` says otherwise."""
    given: dict[str, object] = {"current": "yes", "current_words": "He wrote on Sunday.", "version": ""}
    for name in JUDGEMENTS:
        given |= {name: "moderate", f"{name}_why": f"Why {name}."}
    return given | said


def in_a_week(name: str) -> dict[str, str]:
    day = timezone.localdate() + dt.timedelta(days=7)
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def test_a_case_without_an_assessment_says_so_on_the_bar_and_the_page() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    client = cases.browser(by)
    for address in (f"/cases/{case.key}", f"/cases/{case.key}/risk"):
        page = client.get(address, secure=True).content.decode()
        assert "Risk: not assessed yet" in page
    assert "It may be high." in page


def test_an_assessment_by_the_form_stands_on_the_bar_of_every_page() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    report = telling.a_report(case)
    client = cases.browser(by)
    address = f"/cases/{case.key}/risk/assess"
    page = client.get(address, secure=True).content.decode()
    assert "Current means:" in page
    refused = client.post(address, sent(), secure=True)
    assert refused.status_code == 422
    assert "Choose at least one incident as a reason for violence" in refused.content.decode()
    assert "Why violence." in refused.content.decode()
    cites = {f"{name}_cites": [str(report.key)] for name in JUDGEMENTS}
    assert client.post(address, sent(**cites), secure=True).status_code == 302  # type: ignore[arg-type]
    page = client.get(f"/cases/{case.key}/legal", secure=True).content.decode()
    assert "Risk: moderate" in page
    assert f"by {by.display_name}" in page
    with identity.as_person(by):
        made = Assessment.objects.get(case=case)
    page = client.get(f"/cases/{case.key}/risk/assessments/{made.key}", secure=True).content.decode()
    assert "Violence: moderate" in page


def test_of_more_incidents_than_a_page_lists_any_can_be_cited_and_nothing_typed_is_lost() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    day = dt.datetime(2026, 3, 1, 21)
    rows = [telling.a_report(case, happened_at=day + dt.timedelta(days=n)) for n in range(95)]
    oldest, newest = str(rows[0].key), str(rows[-1].key)
    client = cases.browser(by)
    address = f"/cases/{case.key}/risk/assess"
    page = client.get(address, secure=True).content.decode()
    assert "40 of 95 incidents" in page
    assert (newest in page, oldest in page) == (True, False)
    typed = sent(violence_cites=newest, action_1_by_month="Janua") | {"harm_why": ""}
    for listed in ("80 of 95 incidents", "95 of 95 incidents"):
        answer = client.post(address, typed | {"list": "more", "listed": listed_in(page)}, secure=True)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert listed in page
        assert "There is a problem" not in page
        assert "Why violence." in page
        assert 'value="Janua"' in page
        assert f'value="{newest}" checked' in page
    assert oldest in page
    assert "more</button>" not in " ".join(page.split()).replace(" <", "<")
    found = client.post(address, typed | {"list": "find", "find": "3 JUN"}, secure=True).content.decode()
    assert "1 of 1 incident with these words" in found
    assert f'value="{newest}" checked' in found
    nothing = client.post(address, typed | {"list": "find", "find": "kite"}, secure=True).content.decode()
    assert "0 of 0 incidents with these words" in nothing
    assert Assessment.objects.count() == 0
    cites = {f"{name}_cites": [oldest] for name in JUDGEMENTS}
    assert client.post(address, sent(**cites), secure=True).status_code == 302  # type: ignore[arg-type]
    with identity.as_person(by):
        assert Assessment.objects.get(case=case).harm_cites == [rows[0].key]


def listed_in(page: str) -> str:
    """How many incidents a form says that it lists; "" where it does not say."""
    found = re.search(r'name="listed" value="(\d+)"', page)
    return found[1] if found else ""


def test_a_high_level_by_the_form_puts_its_action_on_a_list() -> None:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    case = telling.a_case(by)
    client = cases.browser(by)
    address = f"/cases/{case.key}/risk/assess"
    high = sent(violence="high")
    for more, said in (
        ({}, "needs somebody who answers for it"),
        ({"answers_for": str(by.key)}, "at least one action"),
        ({"answers_for": str(by.key), "action_1": "Move her in"}, "Choose who does action 1"),
    ):
        answer = client.post(address, high | more, secure=True)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    whole = high | {"answers_for": str(by.key), "action_1": "Offer a refuge", "action_1_to": str(other.key)}
    assert client.post(address, whole | in_a_week("action_1_by"), secure=True).status_code == 302
    assert [(c.assigned_to, c.owner_id) for c in telling.running(case, "risk.action")] == [
        (other, "helpline")
    ]
    work = cases.browser(other).get("/work/", secure=True).content.decode()
    assert "Offer a refuge" in work


def test_a_lower_level_by_the_form_waits_and_the_second_agency_answers_on_a_page() -> None:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    case = telling.a_case(by)
    first = telling.assess(by, case, telling.a_high(by))
    client = cases.browser(by)
    lower = sent(
        violence="low",
        changed="He was remanded on Thursday.",
        grounds="custody",
        asked=str(other.key),
        answers_for=str(by.key),
        version=str(first.key),
    )
    assert client.post(f"/cases/{case.key}/risk/assess", lower, secure=True).status_code == 302
    page = client.get(f"/cases/{case.key}/risk", secure=True).content.decode()
    assert f"It stays high until {other.display_name}, {other.agency.name} agrees." in page
    reader = cases.browser(other)
    assert (
        "You are asked to agree to a lower level"
        in reader.get(f"/cases/{case.key}/risk", secure=True).content.decode()
    )
    with identity.as_person(by):
        made = selectors.current(case).newest
    address = f"/cases/{case.key}/risk/assessments/{made.key}/lower"
    assert client.get(address, secure=True).status_code == 404
    given = {"answer": "agreed", "words": "The prison listens to his calls."}
    assert reader.post(address, given, secure=True).status_code == 302
    assert telling.level(by, case) == "moderate"
    both = client.get(f"/cases/{case.key}/risk/compare", secure=True).content.decode()
    assert "Differs" in both
    assert "The prison listens to his calls." in both


def test_overdue_is_said_on_the_bar_with_the_day_since_when() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    then = cases.days_ago(60)
    with moment.at(then):
        case = telling.a_case(by)
        telling.assess(by, case, telling.draft())
    client = cases.browser(by)
    page = client.get(f"/cases/{case.key}", secure=True).content.decode()
    assert "Risk not assessed since" in page
    asked = f"?as_at={timezone.localdate(then + dt.timedelta(days=2)).isoformat()}"
    past = client.get(f"/cases/{case.key}{asked}", secure=True).content.decode()
    assert "Risk not assessed since" not in past
    assert "Risk: moderate" in past
    before = f"?as_at={timezone.localdate(then - dt.timedelta(days=2)).isoformat()}"
    assert client.get(f"/cases/{case.key}/risk{before}", secure=True).status_code == 200


def test_something_that_happened_is_recorded_and_set_aside_on_pages() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    telling.assess(by, case, telling.draft())
    client = cases.browser(by)
    address = f"/cases/{case.key}/risk/happened"
    assert "Bail or its conditions" in client.get(address, secure=True).content.decode()
    today = timezone.localdate()
    day = {"happened_on_day": today.day, "happened_on_month": today.month, "happened_on_year": today.year}
    shared = {"kind": "victim_moved", "words": "", "side": "shared"} | day
    answer = client.post(address, shared, secure=True)
    assert answer.status_code == 422
    assert "those who work with the suspect would read it" in answer.content.decode()
    given = {"kind": "arrest", "words": "At his work.", "side": "shared"} | day
    assert client.post(address, given, secure=True).status_code == 302
    with identity.as_person(by):
        row = Trigger.objects.get(case=case)
    page = client.get(f"/cases/{case.key}/risk", secure=True).content.decode()
    assert "Why an assessment is due" in page
    aside = f"/cases/{case.key}/risk/triggers/{row.key}/set-aside"
    assert client.post(aside, {"reason": "No."}, secure=True).status_code == 422
    reason = {"reason": "Arrested by mistake: another man of that name."}
    assert client.post(aside, reason, secure=True).status_code == 302
    page = client.get(f"/cases/{case.key}/risk/triggers", secure=True).content.decode()
    assert "another man of that name" in page
    assert not telling.running(case, "risk.again")


def test_measures_and_the_plan_are_written_on_pages() -> None:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.CLINICIAN, "health")
    case = telling.a_case(by)
    telling.assess(by, case, telling.draft())
    client = cases.browser(by)
    assert (
        "Nobody has answered this yet" in client.get(f"/cases/{case.key}/risk", secure=True).content.decode()
    )
    measure = f"/cases/{case.key}/risk/measures/safety_plan"
    given = {"state": "done", "words": "Made with the helpline.", "version": ""}
    assert client.post(measure, given, secure=True).status_code == 302
    assert client.post(measure, given, secure=True).status_code == 422
    assert MeasureState.objects.filter(case=case).count() == 1
    scenario = {
        "what": "He comes to her work again",
        "whom": "Her and her colleagues",
        "signs": "He asks for her shifts",
        "response": "Reception calls 999",
        "mind": "A month without a word, at liberty",
        "version": "",
    }
    address = f"/cases/{case.key}/risk/plan/scenario"
    assert client.post(address, scenario | {"mind": ""}, secure=True).status_code == 422
    assert client.post(address, scenario, secure=True).status_code == 302
    with identity.as_person(by):
        row = Scenario.objects.get(case=case)
    act = {"text": "Tell reception", "to": str(other.key), "scenario": str(row.thread)} | in_a_week("by")
    assert client.post(f"/cases/{case.key}/risk/plan/action", act, secure=True).status_code == 302
    page = client.get(f"/cases/{case.key}/risk/plan", secure=True).content.decode()
    assert "Tell reception" in page
    assert "No action is recorded." in page  # of the case as a whole
    change = f"{address}/{row.thread}"
    newer = scenario | {
        "what": "He comes to her home",
        "version": str(row.key),
        "why": "He found the street.",
    }
    assert client.post(change, newer, secure=True).status_code == 302
    second = client.post(change, newer | {"version": str(row.key)}, secure=True)
    assert second.status_code == 422
    assert "Both versions" in second.content.decode()
    assert Scenario.objects.filter(case=case, thread=row.thread).count() == 2


def test_the_victims_view_stays_with_the_advocates_until_the_victim_shares_it() -> None:
    hers, his = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.CLINICIAN, "health")
    case = telling.a_case()
    advocate, clinician = cases.browser(hers), cases.browser(his)
    address = f"/cases/{case.key}/risk/plan/victims-view"
    assert clinician.get(address, secure=True).status_code in (403, 404)
    private = {"words": "I am afraid of the court day.", "shared": "", "version": ""}
    assert advocate.post(address, private, secure=True).status_code == 302
    plan_page = f"/cases/{case.key}/risk/plan"
    assert "afraid of the court day" in advocate.get(plan_page, secure=True).content.decode()
    seen = clinician.get(plan_page, secure=True).content.decode()
    assert "afraid of the court day" not in seen
    assert "No view of the victim is shared" in seen
    with identity.as_person(hers):
        version = str(plan.views(case)[0].key)
    told = private | {"shared": "Please no visits on court days.", "how": "words", "version": version}
    assert advocate.post(address, told, secure=True).status_code == 422
    told["how"] = next(iter(RULES.on("consent_how", timezone.localdate())))
    assert advocate.post(address, told | in_a_week("until"), secure=True).status_code == 302
    seen = clinician.get(plan_page, secure=True).content.decode()
    assert "no visits on court days" in seen
    assert "afraid of the court day" not in seen
    with identity.as_person(hers):
        version = str(plan.views(case)[0].key)
    assert advocate.post(address, private | {"version": version}, secure=True).status_code == 302
    assert "no visits on court days" not in clinician.get(plan_page, secure=True).content.decode()


def test_who_is_not_on_the_case_finds_no_page() -> None:
    outside = cases.browser(making.somebody(Role.PROBATION, "probation"))
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    made = telling.assess(by, case, telling.draft())
    for path in ("", "/assess", "/triggers", "/plan", "/happened", f"/assessments/{made.key}"):
        assert outside.get(f"/cases/{case.key}/risk{path}", secure=True).status_code == 404
    assert telling.level(by, case) == "moderate"
