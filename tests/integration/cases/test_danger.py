"""Danger now: hours by day and night, the police before the decision. Too little known: hold, and ask."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases import rules, selectors, services
from lamplighter.hub.cases.models import Case, Entry, SafeguardingCheck, Status
from lamplighter.hub.cases.referrals import rejections
from lamplighter.hub.cases.status import changes
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.my_work import services as finishing
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
IN_DANGER = {"danger": "yes", "risk_now": "He has a knife and is outside her work."}


def at(day: int, hour: int) -> dt.datetime:
    return dt.datetime(2027, 3, day, hour, tzinfo=timezone.get_current_timezone())


def triage_clock(case: Case) -> Clock:
    return Clock.objects.get(case=case, kind="case.triage", state="running")


@pytest.mark.parametrize(
    ("received", "in_danger", "due"),
    [
        # The Thursday before Easter, after office hours.
        (at(25, 19), True, at(25, 23)),
        (at(25, 19), False, at(31, 17)),
        # The night before Easter Sunday.
        (at(27, 23), True, at(28, 4)),  # the clocks go forward in this night: four hours, not three
    ],
)
def test_danger_is_counted_in_hours_at_any_time_of_the_year(
    received: dt.datetime, in_danger: bool, due: dt.datetime
) -> None:
    rest = IN_DANGER if in_danger else {"danger": "no"}
    case = making.a_case(telling.coordinator(), at=received, **rest)
    assert triage_clock(case).due_at == due


def test_what_was_decided_before_the_rule_is_read_by_the_rule_of_its_day() -> None:
    rule = rules.on("clock", dt.date(2026, 11, 28))["case.triage"]
    friday = dt.datetime(2026, 11, 27, 16, tzinfo=timezone.get_current_timezone())
    assert rules.due(rule, friday, danger=True) == rules.due(rule, friday)


def test_a_referral_in_danger_says_what_was_done_and_not_known_is_not_danger() -> None:
    by = telling.coordinator()
    with pytest.raises(NotPossibleError, match="what has been done"):
        making.a_case(by, danger="yes")
    with pytest.raises(NotPossibleError, match="in danger now"):
        making.a_case(by, danger="perhaps")
    assert Case.objects.count() == 0
    assert not selectors.in_danger(making.a_case(by, danger="not_known"))


@pytest.mark.parametrize("decision", ["direct", "held", "redirected", "advice_only"])
def test_no_decision_on_danger_before_the_police_check(decision: str) -> None:
    by = telling.coordinator()
    with identity.as_person(by):
        case = making.a_case(by, **IN_DANGER)
        code = next(iter(rules.thresholds_for(decision, timezone.localdate())))
        with pytest.raises(NotPossibleError, match="police safeguarding check"):
            changes.triage(by, case, decision, code, "Because.", redirected_to="Force C")
        assert services.current(case).name == Status.Name.REFERRED
        changes.record_safeguarding(by, case, "PC Reed, Force A", timezone.now(), "She is with her sister.")
        changes.triage(by, case, decision, code, "Because.", redirected_to="Force C")
        assert services.current(case).name == decision
    told = Entry.objects.get(case=case, kind="safeguarding")
    assert (told.partition, told.body) == ("shared", "PC Reed, Force A. She is with her sister.")
    assert Event.objects.filter(verb="cases.safeguarding", case_id=case.pk, actor=by).count() == 1


def test_the_threshold_of_danger_asks_for_the_check_whatever_the_referral_said() -> None:
    by = telling.coordinator()
    with identity.as_person(by):
        case = making.a_case(by, danger="no")
        with pytest.raises(NotPossibleError, match="police safeguarding check"):
            changes.triage(by, case, "direct", "immediate_danger", "A threat to kill.")
        changes.triage(by, case, "direct", "fixation", "Followed for two years.")


def test_a_check_of_an_earlier_referral_is_no_check_of_this_one() -> None:
    by = telling.coordinator()
    with identity.as_person(by):
        case = making.a_case(by, **IN_DANGER)
        changes.record_safeguarding(by, case, "PC Reed, Force A", timezone.now(), "Seen at home.")
        changes.triage(by, case, "direct", "immediate_danger", "A knife.")
        changes.close(by, case, why="plan_done", reason="Done.", current="no")
        services.move(by, case, Status.Name.REFERRED, "He is back.")
        with pytest.raises(NotPossibleError, match="police safeguarding check"):
            changes.triage(by, case, "direct", "immediate_danger", "A knife again.")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"done_by": " "}, "who of the police"),
        ({"what": " "}, "what was done"),
        ({"done_at": timezone.now() + dt.timedelta(days=1)}, "future"),
    ],
)
def test_a_check_says_who_when_and_what(row: dict[str, object], says: str) -> None:
    by = telling.coordinator()
    given = {"done_by": "PC Reed", "done_at": timezone.now() - dt.timedelta(hours=1), "what": "Seen."} | row
    with identity.as_person(by):
        case = making.a_case(by)
        with pytest.raises(NotPossibleError, match=says):
            changes.record_safeguarding(by, case, **given)
    assert not SafeguardingCheck.objects.exists()


def test_no_rejection_is_proposed_on_danger_before_the_police_check() -> None:
    lead, advocate = making.somebody(Role.STALKING_LEAD), making.somebody(Role.ADVOCATE, "helpline")
    case = making.a_case(lead, "helpline", **IN_DANGER)
    told = {"told": "Rung.", "turn_to": "The helpline; 999 in danger."}
    readers = {Role.ADVOCATE: advocate}
    with identity.as_person(lead):
        with pytest.raises(NotPossibleError, match="police safeguarding check"):
            rejections.propose(lead, case, "not_stalking", "Because.", readers=readers, **told)
        changes.record_safeguarding(lead, case, "PC Reed, Force A", timezone.now(), "Seen at home.")
        assert rejections.propose(lead, case, "not_stalking", "Because.", readers=readers, **told)


def test_too_little_known_is_held_and_asked_about_again_and_never_refused() -> None:
    by = telling.coordinator()
    today = timezone.localdate()
    assert "too_little" not in rules.thresholds_for("rejected", today)
    assert set(rules.thresholds_for("held", today)) == {"too_little"}
    with identity.as_person(by):
        case = making.a_case(by)
        changes.triage(by, case, "held", "too_little", "Force A is asked for the two crime reports.")
        for _ in range(2):
            chase = Clock.objects.get(case=case, kind="case.chase", state="running")
            finishing.done(by, chase, "Rang. They will send them.")
        assert Clock.objects.filter(case=case, kind="case.chase", state="running").count() == 1
        page = telling.browser(by).get("/cases/?view=triage", secure=True).content.decode()
        assert case.reference in page, "It has left the list of those that wait."
        changes.triage(by, case, "consultation", **telling.TRIAGE)
        assert not Clock.objects.filter(case=case, kind="case.chase", state="running").exists()


def test_the_pages_say_it_and_take_the_check() -> None:
    by = telling.coordinator()
    case, client = making.a_case(by, **IN_DANGER), telling.browser(by)
    words = rules.out_of_hours(timezone.localdate())
    assert "999" in words
    decide = f"/cases/{case.key}/triage"
    page = client.get(decide, secure=True).content.decode()
    assert words in page
    assert "somebody is in danger now" in page
    assert words in client.get("/cases/refer", secure=True).content.decode()
    sent = {"decision": "direct", "threshold": "fixation", "reason": "Because."}
    refused = client.post(decide, sent, secure=True)
    assert refused.status_code == 422
    assert "Record the police safeguarding check first" in refused.content.decode()
    earlier = timezone.localtime() - dt.timedelta(minutes=5)
    check = {"done_by": "PC Reed, Force A", "what": "With her sister.", "time": f"{earlier:%H:%M}"}
    check |= {"day_day": earlier.day, "day_month": earlier.month, "day_year": earlier.year}
    assert client.post(f"/cases/{case.key}/safeguarding", check, secure=True).status_code == 302
    assert "With her sister." in client.get(decide, secure=True).content.decode()
    assert client.post(decide, sent, secure=True).status_code == 302
