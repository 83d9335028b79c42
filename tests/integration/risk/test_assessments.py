"""Judging the risk: four judgements, a level that follows, an interval, and two agencies to lower it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, TrainingRecord
from lamplighter.hub.cases import services as cases_services
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.risk import rules, selectors, services
from lamplighter.hub.risk.configuration import RESTS_ON
from lamplighter.hub.risk.models import Assessment, LowerAnswer
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.risk.triggers import services as triggers
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.risk import telling

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture(autouse=True)
def nobody_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lot decides who is asked to judge blind; here nobody is."""
    monkeypatch.setattr(second_rater, "is_drawn", lambda percent: False)


def test_a_case_begins_with_the_task_of_the_first_assessment_which_the_first_one_ends() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    first = telling.running(case, "risk.first")
    assert [(c.partition, c.page) for c in first] == [("shared", "risk:page")]
    assert dt.timedelta(hours=23) < first[0].due_at - NOW() <= dt.timedelta(hours=24)
    assert telling.level(by, case) == "not_assessed"
    telling.assess(by, case, telling.draft())
    assert not telling.running(case, "risk.first")
    due = telling.running(case, "risk.due")
    assert [c.assigned_to for c in due] == [by]
    with identity.as_person(by):
        assert due[0].due_at == selectors.current(case).due_at
        assert [c.kind for c in selectors.due(case)] == ["risk.due"] == [c.kind for c in selectors.due(by)]
    assert telling.level(by, case) == "moderate"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"current": ""}, "whether the stalking is current"),
        ({"current_words": " "}, "how it is known"),
        ({"violence": "grave"}, "Choose a level for violence"),
    ],
)
def test_what_is_not_judged_is_refused_and_nothing_is_written(change: dict, said: str) -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    with pytest.raises(NotPossibleError, match=said):
        telling.assess(by, case, telling.draft(**change))
    assert not Assessment.objects.exists()
    assert telling.running(case, "risk.first")


def test_reasons_cite_incidents_of_the_case_and_no_others() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case, other = telling.a_case(by), telling.a_case(by)
    here, there = telling.a_report(case), telling.a_report(other)
    with pytest.raises(NotPossibleError, match="at least one incident"):
        telling.assess(by, case, telling.draft())
    with pytest.raises(NotPossibleError, match="no longer shown on this case"):
        telling.assess(by, case, telling.draft(there))
    made = telling.assess(by, case, telling.draft(here))
    assert made.violence_cites == [here.key]
    # A low level, or one that nobody knows, may rest on none; but says why.
    low = dict.fromkeys(("violence", "persistence", "recurrence", "harm"), "not_known")
    nothing = telling.draft(**low)
    judged = dict(nothing.judged) | {"harm": dataclasses.replace(nothing.judged["harm"], why=" ")}
    with pytest.raises(NotPossibleError, match="what is missing for psychosocial harm"):
        telling.assess(by, case, dataclasses.replace(nothing, judged=judged))
    telling.assess(by, case, nothing)


def test_not_known_takes_nothing_away_and_is_said() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    telling.assess(by, case, telling.a_high(by))
    later = telling.assess(by, case, telling.draft(violence="not_known", answers_for=by))
    with identity.as_person(by):
        found = selectors.current(case)
    assert found.level == "high"
    assert found.judged["violence"].unknown == later


def test_a_high_level_needs_somebody_an_action_and_a_day() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    high = telling.a_high(by)
    for change, said in (
        ({"answers_for": None}, "needs somebody who answers for it"),
        ({"actions": ()}, "at least one action"),
        ({"answers_for": making.somebody(Role.PROBATION, "probation")}, "can open this case"),
    ):
        given = dataclasses.replace(high, **change)
        with pytest.raises(NotPossibleError, match=said):
            telling.assess(by, case, given)
    past = (dataclasses.replace(high.actions[0], by=timezone.localdate() - dt.timedelta(1)),)
    with pytest.raises(NotPossibleError, match="must not be in the past"):
        telling.assess(by, case, dataclasses.replace(high, actions=past))
    assert not Assessment.objects.exists()
    telling.assess(by, case, high)
    assert [c.text for c in telling.running(case, "risk.action")] == ["Ask for a recall to custody"]
    # Judged again while that action runs, it needs no other.
    telling.assess(by, case, dataclasses.replace(high, actions=()))


def test_raising_needs_a_reason_and_lowering_a_ground_and_a_second_agency() -> None:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    colleague = making.somebody(Role.STALKING_LEAD)
    case = telling.a_case(by)
    telling.assess(by, case, telling.draft())
    with pytest.raises(NotPossibleError, match="what has changed"):
        telling.assess(by, case, telling.a_high(by, changed=" "))
    telling.assess(by, case, telling.a_high(by))
    lower = telling.draft(violence="low")
    with pytest.raises(NotPossibleError, match="A completed programme is no ground"):
        telling.assess(by, case, lower)
    lower = dataclasses.replace(lower, grounds=("custody",))
    with pytest.raises(NotPossibleError, match="another agency to agree"):
        telling.assess(by, case, lower)
    with pytest.raises(NotPossibleError, match="another agency who can open"):
        telling.assess(by, case, dataclasses.replace(lower, asked=colleague))
    with pytest.raises(NotPossibleError, match="grounds from the list"):
        telling.assess(by, case, dataclasses.replace(lower, grounds=("programme",), asked=other))
    # The old level stands, so somebody still answers for it.
    lower = dataclasses.replace(lower, asked=other, answers_for=by)
    made = telling.assess(by, case, lower)
    assert telling.level(other, case) == "high"
    asked = telling.running(case, "risk.lower")
    assert [(c.assigned_to, c.owner_id) for c in asked] == [(other, "helpline")]
    sooner = telling.running(case, "risk.due")[0].due_at
    for somebody in (by, colleague):
        with identity.as_person(somebody), pytest.raises(NotPossibleError, match="who is named"):
            services.answer_lower(somebody, case, made, "agreed", "I think so too.")
    with identity.as_person(other), pytest.raises(NotPossibleError, match="at least 10"):
        services.answer_lower(other, case, made, "agreed", "Yes.")
    with identity.as_person(other):
        services.answer_lower(other, case, made, "agreed", "Remanded; the prison watches his calls.")
    assert telling.level(by, case) == "moderate"
    assert not telling.running(case, "risk.lower")
    assert telling.running(case, "risk.due")[0].due_at > sooner
    with identity.as_person(other), pytest.raises(ConflictError):
        services.answer_lower(other, case, made, "agreed", "Remanded; the prison watches his calls.")


def test_refused_or_overtaken_the_old_level_stands() -> None:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    case = telling.a_case(by)
    telling.assess(by, case, telling.a_high(by))
    given = telling.draft(violence="low", grounds=("no_acts",), asked=other, answers_for=by)
    made = telling.assess(by, case, given)
    with identity.as_person(other):
        services.answer_lower(other, case, made, "refused", "He is outside her door again.")
    assert telling.level(by, case) == "high"
    overtaken = telling.assess(by, case, given)
    telling.assess(by, case, telling.draft(violence="not_known", answers_for=by))
    assert not telling.running(case, "risk.lower")
    with identity.as_person(other), pytest.raises(ConflictError):
        services.answer_lower(other, case, overtaken, "agreed", "Agreed, but too late.")
    assert telling.level(by, case) == "high"


def test_the_database_takes_the_answer_of_nobody_else() -> None:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    third = making.somebody(Role.CLINICIAN, "health")
    case = telling.a_case(by)
    telling.assess(by, case, telling.a_high(by))
    given = telling.draft(violence="low", grounds=("no_acts",), asked=other, answers_for=by)
    made = telling.assess(by, case, given)
    for somebody in (by, third):
        with identity.as_person(somebody), pytest.raises(DatabaseError), transaction.atomic():
            LowerAnswer.objects.create(
                case=case,
                by=somebody,
                owner_id=somebody.agency_id,
                assessment=made,
                answer="agreed",
                words="x",
            )


def test_an_assessment_is_never_changed_and_any_day_can_be_read() -> None:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    with moment.at(cases.days_ago(30)):
        case = telling.a_case(by)
        telling.assess(by, case, telling.draft())
    with moment.at(cases.days_ago(20)):
        telling.assess(by, case, telling.a_high(by))
    given = telling.draft(violence="moderate", grounds=("custody",), asked=other, answers_for=by)
    with moment.at(cases.days_ago(10)):
        made = telling.assess(by, case, given)
    with moment.at(cases.days_ago(5)), identity.as_person(other):
        services.answer_lower(other, case, made, "agreed", "Remanded on Thursday.")
    told = {40: "not_assessed", 25: "moderate", 15: "high", 7: "high", 3: "moderate"}
    assert {d: telling.level(by, case, cases.days_ago(d)) for d in told} == told
    with identity.as_person(by), pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.filter(pk=made.pk).update(violence="low")


def test_two_who_assess_at_once_lose_nothing() -> None:
    by, other = making.somebody(Role.INVESTIGATOR), making.somebody(Role.ADVOCATE, "helpline")
    case = telling.a_case(by)
    first = telling.assess(by, case, telling.draft(), seen="")
    with pytest.raises(ConflictError) as refused:
        telling.assess(other, case, telling.draft(), seen="")
    assert refused.value.newest == first
    telling.assess(other, case, telling.draft(), seen=str(first.key))


def test_the_history_says_that_it_was_assessed_and_no_level() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    telling.assess(by, case, telling.a_high(by))
    with identity.as_person(by):
        line = Entry.objects.get(case=case, kind="risk")
    assert line.title == "Risk assessed"
    assert "high" not in (line.title + line.body).lower()


def test_where_the_work_ends_nobody_is_asked_to_assess_and_where_it_begins_again_somebody_is() -> None:
    by = cases.coordinator()
    case = cases.a_closed_case(by)
    assert not telling.running(case)
    with identity.as_person(by):
        cases_services.move(by, case, "referred", "It has begun again.")
    assert [c.kind for c in telling.running(case)] == ["risk.first"]


def test_a_completed_programme_lowers_nothing() -> None:
    """No ground of the configuration can be one, and the end of a programme writes no assessment."""
    assert "programme" not in {g.extra["rests_on"] for g in rules.RULES.every("ground")}
    assert {*RESTS_ON} == {"acts", "liberty", "protection", "information"}


def test_who_is_not_on_the_case_assesses_nothing() -> None:
    outside = making.somebody(Role.PROBATION, "probation")
    case = telling.a_case()
    with identity.as_person(outside):
        assert not selectors.current(case).rows
        with pytest.raises(Case.DoesNotExist):
            services.assess(outside, case, telling.draft())


def test_training_on_the_day_is_kept_with_the_assessment() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    assert telling.assess(by, case, telling.draft()).trained is False
    with making.as_the_owner():
        TrainingRecord.objects.create(
            user=by, topic="stalking-awareness", completed_on=timezone.localdate(), evidence="Certificate"
        )
    assert telling.assess(by, case, telling.draft()).trained is True


def test_the_key_of_no_assessment_is_not_found() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    with identity.as_person(by), pytest.raises(Http404):
        selectors.assessment(case, uuid.uuid4())


def test_clocks_of_all_agencies_end_with_an_assessment() -> None:
    by = making.somebody(Role.INVESTIGATOR)
    case = telling.a_case(by)
    with identity.as_person(by):
        triggers.record(by, case, "arrest", timezone.localdate())
    assert {c.owner_id for c in telling.running(case, "risk.again")} == {
        "force-a",
        "force-b",
        "helpline",
        "health",
    }
    telling.assess(by, case, telling.draft())
    assert not telling.running(case, "risk.again")
    with making.as_the_owner():
        ended = Clock.objects.filter(case=case, kind="risk.again")
        assert {c.state for c in ended} == {Clock.State.DONE}
