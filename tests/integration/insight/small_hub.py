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
from lamplighter.hub.cases.status import changes, open_tasks
from lamplighter.hub.cases.status.open_tasks import Decided
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import services as closing
from lamplighter.hub.closing.around import audits
from lamplighter.hub.closing.around import identity as identities
from lamplighter.hub.enquiries import selectors as lines
from lamplighter.hub.enquiries import services as line_services
from lamplighter.hub.enquiries.services import Given
from lamplighter.hub.evidence import selectors as exhibits
from lamplighter.hub.evidence import services as evidence
from lamplighter.hub.meetings import services as meetings
from lamplighter.hub.meetings.minutes import services as minutes
from lamplighter.hub.orders import breaches, decisions
from lamplighter.hub.orders import selectors as orders_selectors
from lamplighter.hub.orders import services as orders
from lamplighter.hub.orders.policies import Draft as OrderDraft
from lamplighter.hub.orders.policies import Said
from lamplighter.hub.patterns import services as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.perpetrator_side import services as perpetrator
from lamplighter.hub.perpetrator_side.health_flags import services as health_flags
from lamplighter.hub.risk import selectors as risk_selectors
from lamplighter.hub.risk import services as risk_services
from lamplighter.hub.risk.levels import JUDGEMENTS
from lamplighter.hub.risk.models import BlindAsk
from lamplighter.hub.risk.plan import services as plan
from lamplighter.hub.risk.plan.services import Words
from lamplighter.hub.risk.policies import Action, Draft
from lamplighter.hub.risk.second_opinion import second_rater
from lamplighter.hub.risk.triggers import services as triggers
from lamplighter.hub.victim_side.rules import LONDON
from lamplighter.hub.victim_side.services import contact, documents, standing_by, updates
from tests.integration.access import making as access
from tests.integration.insight import making
from tests.integration.risk import telling as risk
from tests.integration.victim_side.making import a_rule

PERIOD_FROM = dt.date(2026, 1, 1)
A, B, C, D, E, F = range(6)
# What B, C and F told of at their second report, beside what is done to everybody.
TEXTED = [
    {"started_at": "2026-01-20T21:15:00", "date_precision": "exact", "narrative": words}
    for words in ("He followed her home.", "He texted her all night.")
]
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
    """Fourteen reports. Only D was called stalking from the first; B, C and F were texted."""
    first, second, third = (dt.datetime(2026, *day, 10, 30) for day in ((1, 12), (1, 26), (2, 9)))
    report(A, 0, first, offences=SUMMARY_ONLY)
    report(A, 1, second)
    report(A, 2, third, outcome="1")  # charged
    report(B, 0, first)
    report(B, 1, second, outcome="15", occasions=TEXTED)  # no further action, the victim supports it
    report(C, 0, first, outcome="15")
    report(C, 1, second, occasions=TEXTED)
    report(D, 0, first, recorded_as="stalking", offences=SUMMARY_ONLY, outcome="17")  # the time has passed
    report(D, 1, second)
    report(E, 0, first)
    report(E, 1, second)
    report(F, 0, first)
    report(F, 1, second, occasions=TEXTED)
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
    _flagged(hub)
    _audited(hub)
    _proceeded(hub)
    _judged(hub)
    _met(hub)
    _devices(hub)
    _ordered(hub)
    _broken(hub)
    _concluded(hub)
    _identified(hub)
    _dropped(hub)
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

    Nobody takes C on, though she agreed like them; E declined one. B declined an assessment of needs. Of A
    alone the needs are assessed, and what it did to her is written down.
    """
    a, b = hub.cases[A], hub.cases[B]
    for case, since, day in ((a, 13, 15), (b, 14, 19)):
        with hub.told(hub.advocate, 1, since, 12):
            standing_by.appoint(hub.advocate, case, hub.advocate, dt.date(2026, 1, since))
            a_rule(hub.advocate, case)
        with hub.told(hub.advocate, 1, day, 17):
            contact.record(hub.advocate, case, channel="call", at=moment.now(), result="reached")
    for pair, what, answer in (
        *((pair, "advocate", "accepted") for pair in (A, B, C)),
        *((E, "advocate", "declined"), (A, "needs", "accepted"), (B, "needs", "declined")),
    ):
        with hub.told(hub.advocate, 1, 13, 13):
            standing_by.offer(hub.advocate, hub.cases[pair], what, answer, on=dt.date(2026, 1, 13))
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


def _audited(hub: Hub) -> None:
    """In February the lead audits A and D: A's decisions minimise, D's file does not."""
    for pair, found in ((A, "yes"), (D, "no")):
        with hub.told(hub.lead, 2, 20, 11):
            audits.record(hub.lead, hub.cases[pair], "minimising", found, "Read from the first page.")


def _flagged(hub: Hub) -> None:
    """On 15 January the clinician hears of A, B and C. A is decided on day 10, B on day 11, C never."""
    heard = dt.date(2026, 1, 15)
    for pair, day in ((A, 25), (B, 26), (C, None)):
        case = hub.cases[pair]
        with hub.told(hub.clinician, 1, 16, 9):
            row = health_flags.flag(
                hub.clinician, case, source="liaison", noted_on=heard, words="Seen in custody."
            )
        if day is not None:
            with hub.told(hub.clinician, 1, day, 9):
                health_flags.decide(
                    *(hub.clinician, case, row),
                    decision="refer",
                    on=dt.date(2026, 1, day),
                    words="He asks for it.",
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


def _ordered(hub: Hub) -> None:
    """Orders: A's is decided on the fourth day, B's on the eighth; of the others nobody says a word.

    A has an interim order after five days, served after 26 hours, and a full one that nothing is notified
    after; B a full one, served an hour too late; D's is refused. A notifies in time, B a day late, and of
    A's new address of March nothing is ever heard.
    """
    a, b, d = (hub.cases[pair] for pair in (A, B, D))
    police = hub.investigator
    for case, day, what, ground in ((a, 16, "spo", ""), (b, 20, "not", "other_order")):
        with hub.told(police, 1, day):
            decisions.decide(police, case, "named", what, "As the file says.", ground=ground)
    with hub.told(police, 2, 2):
        decisions.decide(police, b, "named", "spo", "He went on, and bail ended.")
    _order(hub, a, "spo_interim", (1, 19), (1, 21, 14))
    _order(hub, b, "spo", (2, 3), (2, 4, 10))
    _order(hub, d, "spo", (1, 20), None)
    _step(hub, a, "served", (1, 22, 16))
    _step(hub, a, "notified", (1, 24, 18))
    with hub.told(police, 2, 11, 12):
        standing = orders_selectors.orders(a)[0]
        orders.change(police, a, standing, _said("spo", (1, 19), (2, 11, 11)), "The full order was made.")
    _step(hub, a, "served", (2, 12, 9))
    _step(hub, a, "changed", (3, 1, 9))
    _step(hub, b, "served", (2, 6, 11))
    _step(hub, b, "notified", (2, 9, 9))
    _step(hub, d, "refused", (2, 3, 12))


def _said(kind: str, applied: tuple[int, int], made: tuple[int, int, int] | None) -> OrderDraft:
    on = dt.date(2026, *made[:2]) if made else None
    return OrderDraft(
        kind,
        "application",
        applied_on=dt.date(2026, *applied),
        made_on=on,
        made_at=dt.time(made[2]) if made else None,
        begins_on=on,
        last_day=on + dt.timedelta(days=800) if on else None,
        terms=(Said("prohibition", "Not to contact the protected person."),),
    )


def _order(
    hub: Hub, case: Case, kind: str, applied: tuple[int, int], made: tuple[int, int, int] | None
) -> None:
    with hub.told(hub.investigator, *(made or (*applied, 12))):
        orders.record(hub.investigator, case, _said(kind, applied, made))


def _step(hub: Hub, case: Case, what: str, at: tuple[int, int, int]) -> None:
    with hub.told(hub.investigator, *at):
        orders.step(
            hub.investigator,
            case,
            orders_selectors.orders(case)[0],
            what,
            dt.date(2026, *at[:2]),
            time=dt.time(at[2]),
            by_whom="PC Reed",
            how="In person",
        )


def _broken(hub: Hub) -> None:
    """Breaches: A's arrested for within the day and recorded twice, B's answered on the next day but after
    47 hours, C's not at all. A's and B's are looked at as stalking."""
    for pair, who, at in (
        (A, hub.clinician, (1, 23, 23, 50)),
        (A, hub.advocate, (1, 24, 9)),
        (B, hub.investigator, (2, 9, 0, 10)),
        (C, hub.advocate, (2, 10, 9)),
    ):
        with hub.told(who, *at):
            day = moment.now().astimezone(LONDON).date()
            breaches.record(who, hub.cases[pair], "bail", day, "Waited at her work.", time=dt.time(0, 5))
    a, b = hub.cases[A], hub.cases[B]
    with hub.told(hub.investigator, 1, 24, 23):
        second, first = orders_selectors.breaches(a)
        breaches.answer(hub.investigator, a, first, "arrest", "At his home, without force.")
        breaches.answer(hub.investigator, a, second, "same", "Told twice: it is the one before.")
        breaches.look(hub.investigator, a, first, "yes", "Following, for the third time.")
    with hub.told(hub.investigator, 2, 10, 23, 50):
        (only,) = orders_selectors.breaches(b)
        breaches.answer(hub.investigator, b, only, "reason", "He is in hospital, and guarded there.")
        breaches.look(hub.investigator, b, only, "no", "One letter, about the keys, and no more.")


def _concluded(hub: Hub) -> None:
    """In March A's is convicted, and a restraining order asked for; F's is acquitted, and nobody says."""
    police = hub.investigator
    for pair, name, day in ((A, "convicted", 2), (F, "acquitted", 3)):
        with hub.told(police, 3, day, 15):
            changes.set_legal_status(police, hub.cases[pair], name, dt.date(2026, 3, day), "Court list")
    with hub.told(police, 3, 2, 16):
        (end,) = orders_selectors.court_ends(hub.cases[A])
        decisions.decide(police, hub.cases[A], "court_end", "restraining", "Asked for in court.", of=end)


def _identified(hub: Hub) -> None:
    """A's history was checked a day after naming; whether D's victim is told who it is, after 46 hours."""
    with hub.told(hub.investigator, 1, 13, 9, 45):
        closing.consider(hub.investigator, hub.cases[A], "suspect", ["nothing"], "Nothing is held.")
    d = hub.cases[D]
    with hub.told(hub.investigator, 1, 13, 12):
        of = identities.identify(hub.investigator, d, dt.datetime(2026, 1, 12, 10, 30, tzinfo=LONDON))
        reasons = dict.fromkeys(identities.REASONS, "As written in the file.")
        made = identities.decide(hub.investigator, d, of, "disclose", reasons, hub.lead)
    with hub.told(hub.lead, 1, 14, 9):
        identities.authorise(hub.lead, d, made, "agreed", "Necessary, and no more.")
    # Two files were audited: the force's search finds A's and not B's.
    for pair, found in ((A, "yes"), (B, "no")):
        with hub.told(hub.lead, 2, 20):
            audits.record(hub.lead, hub.cases[pair], "found_by_search", found, "Searched for it.")


def _dropped(hub: Hub) -> None:
    """In March B is dropped with everything that it needs, and F by an override, with nothing of it."""
    b, f = hub.cases[B], hub.cases[F]
    for case in (b, f):
        with hub.told(hub.coordinator, 3, 2, 9):
            changes.triage(hub.coordinator, case, "consultation", "fixation", "Fixed on her.")
    for who in (hub.investigator, hub.advocate):
        with hub.told(who, 3, 2, 10):
            _resolve(who, b)
    with hub.told(hub.investigator, 3, 2, 11):
        for what, found in (("evidence_led", "witness"), ("suspect", "nothing"), ("victim", "nothing")):
            closing.consider(hub.investigator, b, what, [found], "As it was found.")
    with hub.told(hub.advocate, 3, 2, 12):
        standing_by.add_impact(
            hub.advocate, b, happened_on=dt.date(2026, 3, 1), words="I moved.", elements=["harassed"]
        )
    _assess(hub.investigator, b, (3, 2, 13), _levels(b, "moderate"))
    with hub.told(hub.investigator, 3, 3, 9):
        made = closing.propose(hub.investigator, b, "15", "No witness will speak.")
        ask = closing.ask_override(hub.investigator, f, "15", "The only witness has died.", hub.lead)
    with hub.told(hub.lead, 3, 4, 9):
        closing.sign(hub.lead, b, made, "lead", "agreed", "I read the file.")
        closing.answer_override(hub.lead, f, ask, "agreed", "I spoke with the officer.")
    with hub.told(hub.coordinator, 3, 4, 15):
        closing.sign(hub.coordinator, b, made, "supervisor", "agreed", "I read the file.")
    with hub.told(hub.advocate, 3, 5, 12):
        said = "Within three months, to another team."
        closing.tell(hub.advocate, b, made, said, channel="call", told_at=moment.now())
    dropped = Decided("not_needed", "The case was dropped.")
    for case, day in ((b, 5), (f, 6)):
        with hub.told(hub.coordinator, 3, day, 16):
            changes.close(
                hub.coordinator,
                case,
                why="no_more_to_do",
                reason="Dropped by the force.",
                current="not_known",
                current_words="Nobody knows.",
                dropped_as="15",
                # Whom nobody told of an order is told by nobody after the close either.
                tasks={c.key: dropped for c in open_tasks.of(case).asked},
            )


def _resolve(who: User, case: Case) -> None:
    """Each line that this person writes gets its outcome."""
    mine = [line for line in lines.lines(case) if line_services.may_write(who, line.row)]
    given = [
        Given(line, "done", "Asked for, and answered.", who, line.row.due_on, line.seen) for line in mine
    ]
    line_services.record(who, case, given)


def _devices(hub: Hub) -> None:
    """Five devices: A's in 26 days, F's empty and in time, B's too late, C's never; D's was not submitted."""
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
