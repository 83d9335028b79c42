"""The made-up hub's cases: one told over six weeks, and a few more so that the lists look like lists.

Every step is a service's, as the person who would do it, dated back by
``access.moment``. Other contexts add their side of the case in modules of
``story``, each with ``tell(users, case)``.
"""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import services as lead_workers
from lamplighter.hub.cases.participants import services as participants
from lamplighter.hub.cases.referrals import from_pattern, rejections
from lamplighter.hub.cases.status import changes
from lamplighter.hub.casework import notes
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.closing import services as closing
from lamplighter.hub.demo import story
from lamplighter.hub.demo.story import weighing_risk
from lamplighter.hub.my_work import services as finishing
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people.models import Membership
from lamplighter.synthetic import demo as demo_world

WEEKS = 6
REPORTED = -2
"""The day of the story on which the last of its four reports was made: two days before it is referred."""
Users = dict[str, User]


def day(number: int, hour: int = 10) -> dt.datetime:
    """A moment of the story: its day 0 is six weeks ago, and it ends today."""
    first = timezone.localdate() - dt.timedelta(weeks=WEEKS)
    moment_of_day = dt.datetime.combine(first + dt.timedelta(days=number), dt.time(hour))
    return min(timezone.make_aware(moment_of_day), timezone.now())


def told(users: Users) -> bool:
    with identity.as_person(users["coordinator"]):
        return Case.objects.exists()


def tell_all(users: Users, done: Callable[[str, float], None]) -> Case | None:
    """Open the story's case, let every other context tell its side, then open the others."""
    course = _main_pattern(users)
    if course is None:
        return None
    # All of it or nothing: a half told story would never be told to its end.
    with transaction.atomic():
        case = _tell_case(users, course)
        stories = _stories()
        for number, name in enumerate(stories, start=1):
            done(name.replace("_", " "), number / (len(stories) + 2))
            importlib.import_module(f"{story.__name__}.{name}").tell(users, case)
        _tell_others(users, course)
        weighing_risk.others(users, case)
    return case


def _stories() -> list[str]:
    return sorted(m.name for m in pkgutil.iter_modules(story.__path__))


def _main_pattern(users: Users) -> Course | None:
    """The pattern of the placed story; in a world without it, the first flagged one of two known people."""
    with identity.as_person(users["coordinator"]):
        standing = Course.objects.filter(superseded_at=None)
        known = standing.filter(flagged=True, suspect_person__isnull=False).order_by("urgency_key", "pk")
        placed = Membership.objects.filter(record_id__in=demo_world.story_record_ids(), current=True)
        # Known by its people's records: what a pattern is called follows from what is in it.
        reports = sorted(set(placed.values_list("report_id", flat=True)))
        of_story = standing.filter(report_ids__contains=reports) if reports else standing.none()
        return of_story.order_by("pk").first() or known.first()


def _agencies(*codes: str) -> list[Agency]:
    return [Agency.objects.get(code=code) for code in codes]


def _tell_case(users: Users, course: Course) -> Case:
    coordinator, investigator, lead = users["coordinator"], users["investigator"], users["lead"]
    with identity.as_person(coordinator):
        case = services.refer(
            coordinator,
            **from_pattern.referral_of(course),
            why="Four reports in two forces and to a helpline, none of them recorded as stalking, are about "
            "the same two people. Since they parted he has waited for her, followed her and written to her.",
            risk_now="She is afraid of being followed home. The breach of bail is with Force B.",
            victim_knows="yes",
            agencies=_agencies("force-b", "helpline", "health", "probation"),
            course_id=course.course_id,
            at=day(0, 9),
        )
        changes.triage(
            coordinator,
            case,
            "consultation",
            "fixation",
            "Fixated, obsessive, unwanted and repeated on every report. A formulation comes first, because "
            "the investigation is live.",
            at=day(1, 11),
        )
        with moment.at(day(1, 12)):
            participants.add_minutes(coordinator, case, 40, "writing", day(1).date())
    _lead(users, case, "coordinator", "investigator", "clinician", "probation")
    with identity.as_person(investigator):
        changes.set_legal_status(
            investigator, case, "investigation", day(-9).date(), "Crime record of Force B", at=day(2, 14)
        )
        with moment.at(day(6, 16)):
            participants.add_minutes(investigator, case, 95, "writing", day(6).date())
    with identity.as_person(coordinator), moment.at(day(8, 15)):
        notes.add(
            coordinator,
            case,
            "visit",
            "shared",
            "The reports were read as one course of conduct. Force A reviews how it recorded its two.",
            happened_at=day(8, 15),
            with_whom="The hub's weekly meeting",
        )
        _done(coordinator, case, "case.consultation", "Held in the weekly meeting.")
        for number, activity in ((60, "meeting"), (25, "writing")):
            participants.add_minutes(coordinator, case, number, activity, day(8).date())
    with identity.as_person(lead), moment.at(day(12, 9)):
        notes.add(
            lead,
            case,
            "decision",
            "shared",
            "Force A has recorded its two reports as stalking. The victim was told by her advocate, "
            "by agreement.",
            happened_at=day(12, 9),
        )
    with identity.as_person(investigator):
        changes.set_legal_status(
            investigator,
            case,
            "probation",
            day(20).date(),
            "Community order for the breach of bail and the messages",
            at=day(21, 9),
        )
    with identity.as_person(users["clinician"]), moment.at(day(22, 9)):
        _done(users["clinician"], case, "case.formulation", "Written, and released to the forces.")
    with identity.as_person(coordinator):
        with moment.at(day(22, 9)):
            _done(coordinator, case, "case.review", "Reviewed in the weekly meeting.")
        services.move(
            coordinator,
            case,
            "direct",
            "He is on a community order, and a programme may be offered to him.",
            at=day(22, 10),
        )
        with moment.at(day(23, 16)):
            _done(coordinator, case, "case.allocate", "The probation service does the work.")
    return case


def _done(user: User, case: Case, kind: str, outcome: str) -> None:
    finishing.done(user, Clock.objects.get(case=case, kind=kind, state=Clock.State.RUNNING), outcome)


def _lead(users: Users, case: Case, *names: str) -> None:
    """Each of these is the lead worker of their agency from the day after the referral on."""
    for name in names:
        with identity.as_person(users[name]), moment.at(day(1, 14)):
            lead_workers.assign(users[name], case, users[name], [users[name]])


def _tell_others(users: Users, course: Course) -> None:
    """Cases in other states, of other people, with other agencies on them."""
    with identity.as_person(users["coordinator"]):
        known = Course.objects.filter(superseded_at=None, flagged=True, suspect_person__isnull=False)
        courses = list(known.exclude(pk=course.pk).order_by("urgency_key", "pk"))
    # Each tale, and the day of the story by which everything in its pattern had happened: the day of the
    # referral, or of the last act where one is told.
    tales: tuple[tuple[Callable[[Users, Course], None], int], ...] = (
        (_waiting, 41),
        (_advice, 38),
        (_in_consultation, 30),
        (_declined, 25),
        (_closed, -260),
        (_dropped, -80),
        (_of_another_force, 40),
        (_step_down, -60),
        (_late, 33),
    )
    for tale, until in tales:
        if not courses:
            return
        by_then = timezone.make_naive(day(until))
        found = next((c for c in courses if c.last_at and c.last_at < by_then), courses[0])
        courses.remove(found)
        tale(users, found)


def _refer(user: User, course: Course, why: str, at: dt.datetime, *codes: str) -> Case:
    return services.refer(
        user,
        **from_pattern.referral_of(course),
        why=why,
        agencies=_agencies(*codes),
        course_id=course.course_id,
        at=at,
    )


def _waiting(users: Users, course: Course) -> None:
    """Referred yesterday by an advocate: triage is due."""
    with identity.as_person(users["advocate"]):
        _refer(users["advocate"], course, "She counts his cars. Nobody has joined them.", day(41), "force-a")


def _advice(users: Users, course: Course) -> None:
    by = users["coordinator"]
    with identity.as_person(by):
        case = _refer(by, course, "Is this a breach, or not?", day(38), "force-b")
        changes.triage(by, case, "advice_only", "one_question", "One question of law.", at=day(39))


def _in_consultation(users: Users, course: Course) -> None:
    by = users["coordinator"]
    with identity.as_person(by):
        case = _refer(by, course, "He believes that she loves him.", day(30), "health", "helpline")
        changes.triage(by, case, "consultation", "health_need", "A clinician is asked.", at=day(31))


def _declined(users: Users, course: Course) -> None:
    lead = users["lead"]
    with identity.as_person(lead):
        case = _refer(lead, course, "Two neighbours, three calls.", day(25), "helpline")
        made = rejections.propose(
            lead,
            case,
            "not_stalking",
            "One delivery, three calls about it, and nothing since.",
            told="Told on the telephone that the hub does not take the case on, and why.",
            turn_to="The helpline, at any time; 101, and 999 in danger.",
            readers={Role.ADVOCATE: users["advocate"]},
            at=day(26),
        )
    with identity.as_person(users["advocate"]):
        words = "I rang and heard the same. The number of the helpline is known."
        rejections.answer(users["advocate"], case, made, "agreed", words, at=day(26, 15))


def _closed(users: Users, course: Course) -> None:
    """Closed seven months ago: the first follow-up is overdue."""
    by = users["coordinator"]
    with identity.as_person(by):
        case = _refer(by, course, "Followed from her work.", day(-300), "helpline")
        changes.triage(by, case, "consultation", "fixation", "Repeated and fixed.", at=day(-299))
        changes.close(
            by,
            case,
            why="no_longer_current",
            reason="Nothing since he moved away, by her own account and by both forces' records.",
            current="no",
            last_act_on=day(-290).date(),
            days_away=0,
            to_come=dict.fromkeys(("orders", "bail", "release", "trial"), ("no", None)),
            advocate="agrees",
            agreed_with="helpline",
            agreed_words="The helpline’s team leader, in the hub’s meeting.",
            not_done="A letter to her employer, which the force did not send.",
            at=day(-170),
        )


def _dropped(users: Users, course: Course) -> None:
    """Dropped as outcome 15 by an override: much was missing, and a lead of another agency let it pass."""
    by, lead = users["coordinator"], users["lead"]
    with identity.as_person(by):
        case = _refer(by, course, "Calls at night, and waits at her gym.", day(-80), "force-a", "helpline")
        changes.triage(by, case, "consultation", "fixation", "Repeated and fixed.", at=day(-79))
        ask = closing.ask_override(
            by,
            case,
            "15",
            "The only witness has died, and the phone was lost before it could be copied.",
            lead,
            at=day(-20, 11),
        )
    with identity.as_person(lead):
        closing.answer_override(
            lead,
            case,
            ask,
            "agreed",
            "I read the file. What is missing cannot be had any more, and she knows why.",
            at=day(-19, 10),
        )
    with identity.as_person(by):
        changes.close(
            by,
            case,
            why="no_more_to_do",
            reason="Dropped by the force as outcome 15. Her advocate stays with her.",
            current="not_known",
            current_words="Nobody knows whether it has stopped; the advocate rings each week.",
            advocate="disagrees",
            not_done="Her phone was not asked for while she had it.",
            dropped_as="15",
            at=day(-18),
        )


def _of_another_force(users: Users, course: Course) -> None:
    """Only Force B works on it: the stalking lead of Force A is told whom to ask, and no more."""
    with identity.as_person(users["investigator"]):
        _refer(users["investigator"], course, "Messages every night.", day(40))


def _step_down(users: Users, course: Course) -> None:
    by = users["coordinator"]
    with identity.as_person(by):
        case = _refer(by, course, "Threats after a separation.", day(-60), "helpline", "probation")
        changes.record_safeguarding(
            by,
            case,
            "Sergeant Webb, Force A",
            day(-60, 14),
            "Seen at work. Locks changed, alarm fitted, number flagged on the control room system.",
            at=day(-60, 15),
        )
        changes.triage(by, case, "direct", "immediate_danger", "Threats to kill.", at=day(-59))
        services.move(by, case, "step_down", "The sessions are over and nothing was reported.", at=day(33))


def _late(users: Users, course: Course) -> None:
    """Nobody has decided for nine days. Who referred may not read patterns, and typed the two names."""
    with identity.as_person(users["coordinator"]):
        people = from_pattern.referral_of(course)
    by = users["clinician"]
    with identity.as_person(by):
        services.refer(
            by,
            victim={"name": people["victim"]["name"]},
            suspect={"name": people["suspect"]["name"]},
            why="He speaks of her workplace.",
            agencies=_agencies("force-a"),
            at=day(33),
        )
