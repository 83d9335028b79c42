"""Referral to retention review: which moves there are, what each asks, and the clocks it starts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases import policies, rules, selectors, services
from lamplighter.hub.cases.models import Case, Closing, Entry, FollowUp, Party, Status, Triage
from lamplighter.hub.cases.status import changes
from lamplighter.hub.cases.status import services as deadlines
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
S = Status.Name


def running(case: Case) -> set[str]:
    found = Clock.objects.filter(case=case, state="running").values_list("kind", flat=True)
    return {kind for kind in found if kind.startswith("case.")}


def test_every_status_can_be_reached_and_none_is_a_dead_end() -> None:
    reached, edge = {S.REFERRED}, [S.REFERRED]
    while edge:
        for to in policies.MOVES[edge.pop()]:
            if to not in reached:
                reached.add(S(to))
                edge.append(S(to))
    assert reached == set(S) == set(policies.MOVES)
    assert all(policies.MOVES.values())


def test_every_pair_of_states_is_allowed_or_refused_as_the_table_says() -> None:
    for now in S:
        for to in S:
            if to in policies.MOVES[now]:
                policies.check_move(now, to)
            else:
                with pytest.raises(NotPossibleError, match="cannot become"):
                    policies.check_move(now, to)


def test_a_referral_starts_the_clock_of_triage_and_needs_no_crime_number() -> None:
    by = making.somebody(Role.ADVOCATE, "helpline")
    with identity.as_person(by):
        case = making.a_case(by, "force-a")
        assert running(case) == {"case.triage"}
        assert selectors.referral(case).crime_numbers == ""
    clock = Clock.objects.get(case=case, kind="case.triage")
    assert (clock.owner_id, clock.partition) == ("helpline", "shared")
    assert timezone.now() < clock.due_at < timezone.now() + dt.timedelta(days=7)


@pytest.mark.parametrize("name", ["victim", "suspect", "why"])
def test_a_referral_without_its_parts_opens_nothing(name: str) -> None:
    empty = {"name": " "} if name != "why" else " "
    with pytest.raises(NotPossibleError):
        making.a_case(**{name: empty})
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("decision", "threshold", "clocks"),
    [
        ("direct", "fixation", {"case.allocate", "case.review"}),
        ("held", "too_little", {"case.chase"}),
        ("consultation", "health_need", {"case.consultation", "case.formulation", "case.review"}),
        ("advice_only", "one_question", {"case.advice"}),
        ("redirected", "other_service", {"case.answer", "case.arrived"}),
    ],
)
def test_triage_decides_and_starts_its_clocks(decision: str, threshold: str, clocks: set[str]) -> None:
    by = telling.coordinator()
    with identity.as_person(by):
        case = making.a_case(by)
        changes.triage(by, case, decision, threshold, "Because.", redirected_to="Force C")
        assert services.current(case).name == decision
        assert running(case) == clocks
    done = Clock.objects.get(case=case, kind="case.triage")
    assert (done.state, done.ended_by) == ("done", by)
    made = Triage.objects.get(case=case)
    assert (made.decision, made.threshold, made.reason) == (decision, threshold, "Because.")
    assert Event.objects.filter(verb="cases.triaged", case_id=case.pk, actor=by).count() == 1


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"decision": "direct", "threshold": "not_stalking"}, "threshold that can carry"),
        ({"decision": "direct", "threshold": "immediate_danger", "reason": " "}, "Enter a reason"),
        ({"decision": "redirected", "threshold": "other_service"}, "which service"),
        ({"decision": "closed", "threshold": "other_service"}, "Choose what the hub does"),
    ],
)
def test_triage_refuses_what_it_cannot_carry(values: dict[str, str], says: str) -> None:
    by = telling.coordinator()
    with identity.as_person(by):
        case = making.a_case(by)
        with pytest.raises(NotPossibleError, match=says):
            changes.triage(by, case, **({"reason": "Because."} | values))
        assert services.current(case).name == S.REFERRED
    assert Triage.objects.count() == 0


def test_a_referral_is_decided_on_once() -> None:
    by = telling.coordinator()
    case = telling.a_working_case(by)
    with identity.as_person(by), pytest.raises(NotPossibleError, match="already"):
        changes.triage(by, case, "direct", **telling.TRIAGE)


def test_the_whole_way_from_referral_to_retention_review() -> None:
    by = telling.coordinator()
    case = telling.a_working_case(by, "direct")
    with identity.as_person(by):
        services.move(by, case, S.STEP_DOWN, "The plan is done.")
        assert running(case) == {"case.step_down"}
        changes.close(by, case, why="plan_done", reason="Done.", current="no", not_done="A letter")
        follow_ups = {f"case.follow_up_{m}" for m in (6, 12, 24)}
        assert running(case) == follow_ups
        changes.follow_up(by, case, 6, "nothing", "She told her advocate.")
        assert services.current(case).name == S.FOLLOW_UP
        assert running(case) == follow_ups - {"case.follow_up_6"}
        with pytest.raises(ConflictError) as second:
            changes.follow_up(by, case, 6, "nothing", "Again.")
        assert second.value.newest.words == "She told her advocate."
        changes.follow_up(by, case, 12, "not_known", "Nobody could be reached.")
        changes.follow_up(by, case, 24, "nothing", "No report since.")
        assert services.current(case).name == S.RETENTION_REVIEW
        assert running(case) == {"case.retention"}
    assert [s.name for s in Status.objects.filter(case=case).order_by("pk")] == [
        "referred",
        "direct",
        "step_down",
        "closed",
        "follow_up",
        "retention_review",
    ]
    assert Closing.objects.get(case=case).not_done == "A letter"
    assert FollowUp.objects.filter(case=case).count() == 3


def test_a_case_that_is_opened_again_is_followed_up_from_its_last_closing() -> None:
    by = telling.coordinator()
    case = telling.a_closed_case(by)
    with identity.as_person(by):
        changes.follow_up(by, case, 6, "further", "He wrote again.")
        services.move(by, case, S.REFERRED, "Further stalking.")
        assert running(case) == {"case.triage"}
        changes.triage(by, case, "consultation", **telling.TRIAGE)
        changes.close(by, case, why="plan_done", reason="Done.", current="no")
        assert selectors.follow_ups(case) == []
        changes.follow_up(by, case, 6, "nothing", "Quiet.")


def test_closing_with_current_stalking_asks_why_it_is_right() -> None:
    by = telling.coordinator()
    case = telling.a_working_case(by)
    with identity.as_person(by):
        for current in ("yes", "not_known"):
            with pytest.raises(NotPossibleError, match="why it is right to close"):
                changes.close(by, case, why="victim_choice", reason="Her wish.", current=current)
        with pytest.raises(NotPossibleError, match="is current"):
            changes.close(by, case, why="victim_choice", reason="Her wish.", current="")
        made = changes.close(
            by, case, why="victim_choice", reason="Her wish.", current="yes", current_words="Her plan stands."
        )
    assert made.definition == "contact_or_breach_at_liberty"


def test_statuses_are_never_changed() -> None:
    case = making.a_case()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Status.objects.filter(case=case).update(name=S.CLOSED)


def test_the_second_who_decides_from_an_old_page_is_told_and_changes_nothing() -> None:
    by, other = telling.coordinator(), telling.coordinator("force-b")
    case = telling.a_working_case(by)
    with identity.as_person(by):
        seen = services.current(case).key
        services.move(by, case, S.DIRECT, "She is in danger.", seen=seen)
    with identity.as_person(other):
        with pytest.raises(ConflictError) as refused:
            services.move(other, case, S.STEP_DOWN, "Quiet.", seen=seen)
        assert refused.value.newest.reason == "She is in danger."
        assert services.current(case).name == S.DIRECT


@pytest.mark.parametrize("broken", ["start", "state_changed"])
def test_a_service_that_breaks_half_way_leaves_nothing(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by = telling.coordinator()
    with identity.as_person(by):
        case = making.a_case(by)
    before = (Entry.objects.count(), Status.objects.count(), Clock.objects.count(), Event.objects.count())

    def fails(*args: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(deadlines, broken, fails)
    with pytest.raises(RuntimeError), identity.as_person(by):
        changes.triage(by, case, "direct", **telling.TRIAGE)
    if broken == "start":
        with pytest.raises(RuntimeError), identity.as_person(by):
            making.a_case(by)
    after = (Entry.objects.count(), Status.objects.count(), Clock.objects.count(), Event.objects.count())
    assert after == before
    assert (Triage.objects.count(), Case.objects.count(), Party.objects.count()) == (0, 1, 2)
    assert Clock.objects.get(kind="case.triage").state == "running"


def test_months_end_with_the_month_and_working_days_with_the_day() -> None:
    zone = timezone.get_current_timezone()
    assert rules.later_by_months(dt.datetime(2027, 8, 31, 9, tzinfo=zone), 6).date() == dt.date(2028, 2, 29)
    triage = rules.on("clock", dt.date(2026, 11, 27))["case.triage"]
    friday = dt.datetime(2026, 11, 27, 16, tzinfo=zone)
    assert rules.due(triage, friday) == dt.datetime(2026, 12, 1, 17, tzinfo=zone)
    late = dt.datetime(2999, 1, 1, 12, tzinfo=zone)
    assert rules.due(triage, late).date() == dt.date(2999, 1, 3)


def test_every_decision_has_a_threshold_and_every_clock_a_source() -> None:
    today = timezone.localdate()
    for decision in policies.TRIAGE:
        assert rules.thresholds_for(decision, today), decision
    for clock in rules.on("clock", today).values():
        assert clock.extra["source"]
        assert clock.extra["mark"] in {"S", "K", "I"}
        states = {*clock.extra["starts_with"], *clock.extra["runs_in"], *clock.extra["done_on"]}
        assert states <= set(S)
        assert set(clock.extra["starts_with"]) <= set(clock.extra["runs_in"])
    assert rules.on("threshold", dt.date(2024, 12, 31)) == {}


def test_legal_status_by_date_of_being_so_and_of_being_known() -> None:
    by = telling.coordinator()
    case = telling.a_working_case(by)
    with identity.as_person(by):
        assert selectors.legal_status(case) is None
        day = timezone.localdate()
        early = day - dt.timedelta(days=30)
        changes.set_legal_status(by, case, "investigation", early, at=telling.days_ago(20))
        charged = changes.set_legal_status(
            by, case, "charged", day - dt.timedelta(days=12), at=telling.days_ago(5)
        )
        assert selectors.legal_status(case).name == "charged"
        assert selectors.legal_status(case, telling.days_ago(10)).name == "investigation"
        assert selectors.legal_status(case, telling.days_ago(25)) is None
        # It was wrong: he was never charged. The row stays, and stops counting from now on.
        changes.set_legal_status(by, case, "investigation", early, "A mix-up", replaces=charged)
        assert selectors.legal_status(case).name == "investigation"
        assert selectors.legal_status(case, telling.days_ago(2)).name == "charged"
        assert [r.name for r in selectors.legal_corrected(case)] == ["charged"]
        with pytest.raises(NotPossibleError, match="future"):
            changes.set_legal_status(by, case, "charged", day + dt.timedelta(days=1))
        with pytest.raises(ConflictError):
            changes.set_legal_status(by, case, "no_action", early, replaces=charged)
