"""A hub so small that every indicator of it can be counted on the fingers: six pairs, a case each.

The six (A to F) are told in the order of the year 2026. Monday 12 January is the first report of each; the
services write every row, at the moment that is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.staff import training
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.referrals import from_pattern
from lamplighter.hub.cases.status import changes
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.evidence import selectors as exhibits
from lamplighter.hub.evidence import services as evidence
from lamplighter.hub.meetings import minutes
from lamplighter.hub.meetings import services as meetings
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.perpetrator_side import services as perpetrator
from lamplighter.hub.risk import plan, triggers
from lamplighter.hub.risk import selectors as risk_selectors
from lamplighter.hub.risk import services as risk_services
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.models import BlindAsk
from lamplighter.hub.risk.plan import Words
from lamplighter.hub.risk.policies import Action, Draft
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.victim_side.rules import LONDON
from lamplighter.hub.victim_side.services import contact, documents, standing_by, updates
from tests.integration.access import making as access
from tests.integration.insight import making
from tests.integration.risk import telling as risk
from tests.integration.victim_side.making import a_rule

PERIOD_FROM = dt.date(2026, 1, 1)
A, B, C, D, E, F = range(6)
SUMMARY_ONLY = [{"raw_code": "8/1", "raw_title": "Stalking", "offence": "stalking_s2a"}]


@dataclass
class Hub:
    """The people of the small hub and their six cases."""

    investigator: User
    lead: User
    coordinator: User
    advocate: User
    clinician: User
    probation: User
    of_force_a: User
    cases: list[Case] = field(default_factory=list)

    @contextmanager
    def told(self, who: User, month: int, day: int, hour: int = 10, minute: int = 0) -> Iterator[None]:
        """As this person, at this London time of 2026."""
        at = dt.datetime(2026, month, day, hour, minute, tzinfo=LONDON)
        with identity.as_person(who), moment.at(at):
            yield


def period() -> tuple[dt.date, dt.date]:
    """From the first day of 2026 to yesterday."""
    return PERIOD_FROM, timezone.localdate() - dt.timedelta(days=1)


def report(pair: int, number: int, at: dt.datetime, **rest: Any) -> None:
    words = at.strftime("%Y-%m-%dT%H:%M:00")
    making.received(making.report(pair, number, reported_at=words, **rest))


def yesterday() -> dt.datetime:
    """A moment of yesterday that is less than 24 whole hours ago, at whatever time this is asked."""
    now = timezone.localtime()
    hour = min(now.hour + 1, 23)
    return dt.datetime.combine(now.date() - dt.timedelta(days=1), dt.time(hour, 59))


def reports() -> None:
    """Fourteen reports. Only D was called stalking from the first."""
    first, second, third = (dt.datetime(2026, *day, 10, 30) for day in ((1, 12), (1, 26), (2, 9)))
    report(A, 0, first, offences=SUMMARY_ONLY)
    report(A, 1, second)
    report(A, 2, third, outcome="1")  # charged
    report(B, 0, first)
    report(B, 1, second, outcome="15")  # no further action, the victim supports it
    report(C, 0, first, outcome="15")
    report(C, 1, second)
    report(D, 0, first, recorded_as="stalking", offences=SUMMARY_ONLY, outcome="17")  # the time has passed
    report(D, 1, second)
    report(E, 0, first)
    report(E, 1, second)
    report(F, 0, first)
    report(F, 1, second)
    with as_if_on(dt.datetime(2026, 3, 2, 9, tzinfo=LONDON)):
        making.joined()
    # Of this one a day has not gone by when the hub brings it together with the others.
    report(F, 2, yesterday())
    making.joined()


@contextmanager
def as_if_on(moment: dt.datetime) -> Iterator[None]:
    """Let the clock stand: what the patterns did is dated by nothing else."""

    class Standing(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return moment.astimezone(tz)

    with patch.object(timezone, "datetime", Standing):
        yield


def a_small_hub() -> Hub:
    """Everything that the hand count of ``test_by_hand`` counts."""
    hub = Hub(
        access.somebody(Role.INVESTIGATOR),
        access.somebody(Role.STALKING_LEAD),
        access.somebody(Role.COORDINATOR, "hub"),
        access.somebody(Role.ADVOCATE, "helpline"),
        access.somebody(Role.CLINICIAN, "health"),
        access.somebody(Role.PROBATION, "probation"),
        access.somebody(Role.COORDINATOR, "force-a"),
    )
    # Whom the lot can make a second rater: they work on neither case.
    access.somebody(Role.ADVOCATE, "helpline")
    access.somebody(Role.INVESTIGATOR)
    reports()
    _referred(hub)
    _stood_by(hub)
    _withdrew(hub)
    _advised(hub)
    _proceeded(hub)
    _judged(hub)
    _met(hub)
    _devices(hub)
    return hub


def _referred(hub: Hub) -> None:
    """On Tuesday: A, B and C with an advocacy service, E by that service itself, D and F without one."""
    courses = {c.victim_person: c for c in Course.objects.filter(superseded_at=None, kind="pattern")}
    in_order = [courses[f"victim-199{pair}-04-0{1 + pair}"] for pair in range(6)]
    others = {A: ("helpline", "health"), B: ("helpline", "health"), C: ("helpline", "health")}
    for pair, course in enumerate(in_order):
        by = hub.advocate if pair == E else hub.investigator
        with identity.as_person(access.somebody(Role.INVESTIGATOR)):
            told = from_pattern.referral_of(course)
        with hub.told(by, 1, 13, 9):
            agencies = [access.agency(code) for code in others.get(pair, ())]
            hub.cases.append(
                cases.refer(by, agencies=agencies, why="Follows her.", course_id=course.course_id, **told)
            )
    # The newest report of F came yesterday; a person looks at the pattern and decides today.
    with identity.as_person(hub.lead):
        patterns.decide(hub.lead, in_order[F], "course_of_conduct", "The same man, three times.")


def _stood_by(hub: Hub) -> None:
    """A has an advocate from Tuesday, who reaches her on the second working day; B's takes one day more.

    Nobody takes C on. Of A alone the needs are assessed, and what it did to her is written down.
    """
    a, b = hub.cases[A], hub.cases[B]
    for case, since, day in ((a, 13, 15), (b, 14, 19)):
        with hub.told(hub.advocate, 1, since, 12):
            standing_by.appoint(hub.advocate, case, hub.advocate, dt.date(2026, 1, since))
            a_rule(hub.advocate, case)
        with hub.told(hub.advocate, 1, day, 17):
            contact.record(hub.advocate, case, channel="call", at=moment.now(), result="reached")
    with hub.told(hub.advocate, 1, 15, 17, 30):
        areas = {"safety": {"level": "urgent", "words": "A new lock."}}
        documents.assess_needs(hub.advocate, a, seen="", areas=areas)
        standing_by.add_impact(
            hub.advocate,
            a,
            happened_on=dt.date(2026, 1, 10),
            words="I do not sleep.",
            elements=["fear_of_violence"],
        )


def _withdrew(hub: Hub) -> None:
    """On 20 January A and B: A was asked about pressure, of B it was not safe to ask."""
    for pair, said in ((A, "no"), (B, "not_asked")):
        with hub.told(hub.advocate, 1, 20, 11):
            standing_by.change_support(
                hub.advocate,
                hub.cases[pair],
                "withdrawn",
                since=dt.date(2026, 1, 20),
                reasons=["fear"],
                words="He will find out.",
                others_present="no",
                asked_to_stop=said,
                afraid_to_say=said,
            )


def _advised(hub: Hub) -> None:
    """A on the fifth working day (Monday 19 January), B on the sixth; the hub sends C elsewhere at once."""
    for pair, day in ((A, 19), (B, 20)):
        with hub.told(hub.clinician, 1, day, 15):
            perpetrator.advise(
                hub.clinician,
                hub.cases[pair],
                kind="advice",
                on=dt.date(2026, 1, day),
                to="The officer in the case",
                question="What drives it?",
                advice="See him soon.",
                minutes=30,
            )
    with hub.told(hub.coordinator, 1, 14, 9):
        changes.triage(
            hub.coordinator,
            hub.cases[C],
            "redirected",
            "other_service",
            "They live elsewhere.",
            redirected_to="The hub of the next county",
        )


def _proceeded(hub: Hub) -> None:
    """On 10 February A is charged, and B and C are ended. B is told in time, C too late, D never."""
    with hub.told(hub.investigator, 2, 10, 12):
        changes.set_legal_status(hub.investigator, hub.cases[A], "charged", dt.date(2026, 2, 10), "The file")
        changes.set_legal_status(
            hub.investigator, hub.cases[B], "no_action", dt.date(2026, 2, 10), "The file"
        )
    with hub.told(hub.advocate, 2, 11, 9):
        standing_by.offer_statement(hub.advocate, hub.cases[A], "offered", on=dt.date(2026, 2, 11))
    for pair, day in ((B, 11), (C, 16)):
        case = hub.cases[pair]
        if pair == C:
            with hub.told(hub.advocate, 2, 1):
                a_rule(hub.advocate, case)
        with hub.told(hub.investigator, 2, 10, 13):
            event = updates.enter_event(hub.investigator, case, "no_action", dt.date(2026, 2, 10))
        with hub.told(hub.investigator, 2, day, 12):
            updates.tell(hub.investigator, case, event, channel="call", at=moment.now())


def _judged(hub: Hub) -> None:
    """Risk: A high within the day, E high the day after, F low within the day; E and F by another too.

    A's own action is done a day before it is due, E's never. Of B, C and D nobody judges the risk.
    """
    with identity.as_person(hub.of_force_a):
        training.record(
            hub.of_force_a,
            hub.lead,
            topic="stalking-awareness",
            completed_on=dt.date(2026, 1, 5),
            evidence="A certificate",
        )
    a, e, f = (hub.cases[pair] for pair in (A, E, F))
    _high(hub, hub.investigator, a, (1, 13, 9, 30), due=(1, 20))
    with hub.told(hub.lead, 1, 14):
        words = Words("He waits at her work", "Her", "A word with the door", "If he writes again")
        plan.write(hub.lead, a, words)
    _high(hub, hub.advocate, e, (1, 14, 12), due=(1, 20), done=False, twice=True)
    _assess(hub.lead, f, (1, 13, 9, 45), _levels(f, "low"), twice=True)
    for case, day, levels in ((e, 14, {"violence": "high"}), (f, 15, {})):
        ask = _asked_blind(case)
        judged = dict.fromkeys(JUDGEMENTS, "moderate") | levels
        with hub.told(ask.rater, 1, day, 14):
            second_rater.rate(ask.rater, case, ask, judged, "As I read it.")
    # The second judged F to be higher, which calls for another look: after 20 hours.
    _assess(hub.lead, f, (1, 16, 10), _levels(f, "moderate"))
    # A withdrew on the 20th at 11: her advocate judges after 47 hours. After the charge of 10 February at 12
    # it takes half an hour too long. B's trigger of that day is set aside, and that of her withdrawal waits.
    _high(hub, hub.advocate, a, (1, 22, 10), due=(1, 30))
    _high(hub, hub.investigator, a, (2, 12, 12, 30), due=(2, 20))
    b = hub.cases[B]
    with hub.told(hub.investigator, 2, 11, 9):
        (waiting,) = risk_selectors.triggers_open(b)
        triggers.set_aside(hub.investigator, b, waiting, "Nothing changes for her.")


def _levels(case: Case, level: str, **rest: Any) -> Draft:
    with access.as_the_owner():
        shown = arrivals.reports(case)[:1]
    return risk.draft(*shown, **(dict.fromkeys(JUDGEMENTS, level) | rest))


def _assess(who: User, case: Case, at: tuple[int, ...], draft: Draft, *, twice: bool = False) -> None:
    moment_ = dt.datetime(2026, *at, tzinfo=LONDON)
    with identity.as_person(who), patch.object(second_rater, "is_drawn", lambda _percent: twice):
        risk_services.assess(who, case, draft, at=moment_)


def _high(
    hub: Hub,
    who: User,
    case: Case,
    at: tuple[int, ...],
    *,
    due: tuple[int, int],
    done: bool = True,
    twice: bool = False,
) -> None:
    """High, with one action by a day; where it is ``done``, on the day before."""
    action = Action("Ask for a recall to custody", who, dt.date(2026, *due))
    draft = _levels(case, "moderate", violence="high", answers_for=who, actions=(action,))
    _assess(who, case, at, draft, twice=twice)
    if done:
        with hub.told(who, due[0], due[1] - 1):
            (task,) = Clock.objects.filter(case=case, kind=risk_selectors.ACTION, state="running")
            clocks.end(who, task)


def _asked_blind(case: Case) -> BlindAsk:
    with access.as_the_owner():
        return BlindAsk.objects.select_related("rater__agency").get(case=case)


def _met(hub: Hub) -> None:
    """On 21 January the hub's meeting takes up A, with three agencies: four actions, and a line struck out.

    The police do theirs in time, the advocate two days late, health never; a fourth is called off before.
    """
    case = hub.cases[A]
    with hub.told(hub.coordinator, 1, 16):
        agencies = [access.agency(code) for code in ("force-a", "helpline", "health")]
        starts = dt.datetime(2026, 1, 21, 14, tzinfo=LONDON)
        (meeting,) = meetings.plan(
            hub.coordinator, starts_at=starts, minutes=90, chair=hub.coordinator, agencies=agencies
        )
    with hub.told(hub.coordinator, 1, 21, 14, 5):
        came = (hub.investigator, hub.advocate, hub.clinician)
        meetings.attend(hub.coordinator, meeting, [{"person": p, "state": "present"} for p in came])
    doers = (hub.investigator, hub.advocate, hub.clinician, hub.lead)
    with hub.told(hub.coordinator, 1, 21, 14, 30):
        for who in doers:
            minutes.write(
                *(hub.coordinator, case, meeting, "action", "shared", "Look at the locks."),
                doer=who,
                due_on=dt.date(2026, 1, 28),
                evidence="A picture",
            )
        wrong = minutes.write(hub.coordinator, hub.cases[E], meeting, "note", "shared", "Of another case.")
        minutes.correct(hub.coordinator, hub.cases[E], wrong, "Written by mistake.", words="", struck=True)
    for who, day, state in ((doers[0], 27, "done"), (doers[1], 30, "done"), (doers[3], 26, "cancelled")):
        with hub.told(who, 1, day, 9):
            (task,) = Clock.objects.filter(case=case, kind=minutes.ACTION, assigned_to=who)
            clocks.end(who, task, state=state)


def _devices(hub: Hub) -> None:
    """Five devices: A’s in 26 days, F’s empty and in time, B's too late, C's never; D's was not submitted."""
    days: tuple[tuple[int, dt.date, dt.date | None, str], ...] = (
        (A, dt.date(2026, 1, 20), dt.date(2026, 2, 15), "usable"),
        (B, dt.date(2026, 1, 20), dt.date(2026, 3, 10), "usable"),
        (C, dt.date(2026, 2, 2), None, ""),
        (D, dt.date(2026, 2, 2), None, ""),
        (F, dt.date(2026, 2, 2), dt.date(2026, 3, 2), "nothing"),
    )
    user = hub.investigator
    for pair, submitted, result, found in days:
        case = hub.cases[pair]
        with hub.told(user, 1, 19):
            told = {"title": "A telephone", "source": "victim", "came_how": "By hand", "held_by": "Force A"}
            one = evidence.note_elsewhere(user, case, "police", "device", came_at=moment.now(), **told)
        steps = [("seized", dt.date(2026, 1, 19), "")]
        steps += [("submitted", submitted, "")] if pair != D else []
        steps += [("result", result, found)] if result else []
        for step, on, came in steps:
            with hub.told(user, on.month, on.day, 15):
                evidence.step(user, case, exhibits.exhibit(case, one.key), step, on, result=came)
