"""The other side of the demonstration’s case: advice while it is investigated, then a programme.

The clinician and the probation officer do not agree on the type. The gate is
closed until the community order; then FACT begins, one session is missed and
followed up, and the next is offered for the coming week.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.demo.cases import day
from lamplighter.hub.instruments import library as instruments
from lamplighter.hub.perpetrator_side import library, selectors, services
from lamplighter.hub.perpetrator_side.programmes import delivery
from lamplighter.hub.safeguarding import selectors as checks
from lamplighter.hub.safeguarding import services as safeguarding

PROGRAMME = "fact"
BEFORE = {"q1": 4, "q2": 1, "q3": 4, "q4": 1, "q5": 3, "q6": 0, "q7": 2, "q8": 3}
# One question was left out this time.
DURING = {"q1": 3, "q2": 2, "q3": 2, "q4": 2, "q5": 3, "q6": 1, "q7": 2}


class Telling:
    """Person, day and hour of an act of the story."""

    def __init__(self, users: dict[str, User], case: Case) -> None:
        self.users, self.case = users, case

    @contextmanager
    def on(self, who: str, number: int, hour: int = 10) -> Iterator[User]:
        with as_person(self.users[who]), moment.at(day(number, hour)):
            yield self.users[who]

    def seen(self, *kinds: str) -> list[Entry]:
        """The entries of these kinds that the person of the moment can see."""
        return [e for e in reversed(selectors.evidence(self.case)) if e.kind in kinds]


def tell(users: dict[str, User], case: Case) -> None:
    """Tell this side into ``case``. ``users`` by their user names: clinician, probation, advocate."""
    story = Telling(users, case)
    _understanding(story)
    _the_officer(story)
    _programme(story)
    _afterwards(story)


def _understanding(story: Telling) -> None:
    case = story.case
    with story.on("clinician", 7) as user:
        source = "The helpline's and Force A's reports, as the referral tells them"
        services.record_relationship(user, case, "ex_intimate", source, "Four years; she ended it in spring.")
        basis = "It began within a week of the parting. He asks her back and threatens by turns."
        services.judge_type(user, case, "rejected", "low", basis)
        services.advise(
            user,
            case,
            kind="advice",
            on=day(7).date(),
            to="The officer in the case, Force B",
            question="How to tell him of the bail conditions",
            advice="In person and in short sentences, twice. Say what he may do as well as what he may not. "
            "Expect an attempt to pass on a message through family within days, and tell her advocate.",
            minutes=50,
        )
    with story.on("clinician", 9) as user:
        referral = [e.key for e in story.seen("referral")]
        both = referral + [e.key for e in story.seen("meeting")]
        for section, text, evidence in (
            ("presenting", "He waits for her, follows her and writes to her since they parted.", both),
            ("precipitating", "The parting in spring, which he learned of from others.", referral),
            ("perpetuating", "Each answer, even an angry one, tells him that there still is a bond.", []),
            ("function", "Being near her, or feared by her, keeps him from grieving.", []),
        ):
            services.state(user, case, section, text, evidence)


def _the_officer(story: Telling) -> None:
    with story.on("probation", 10) as user:
        basis = "One meeting before sentence. He speaks of being wronged by the police as much as of her."
        services.judge_type(user, story.case, "undetermined", "", basis)
        services.state(user, story.case, "protective", "He keeps every appointment with us.", [])


def _programme(story: Telling) -> None:
    case, programme = story.case, library.programme(PROGRAMME, day(23).date())
    with story.on("clinician", 21) as user:
        safeguarding.ask(user, case, required=True)
    with story.on("advocate", 22) as user:
        told = {"told": "yes", "told_why": "", "supported": "yes", "plan": "yes", "exposed": "no"}
        words = "She knows, and asks that he is never seen at the clinic on market days."
        check = checks.checks(case)[0]
        safeguarding.sign(user, case, check, answer="go_on", words=words, **told)
    with story.on("clinician", 23) as user:
        answers = dict.fromkeys(programme.criteria, "yes")
        why = "He finds it hard to move on, and says so. The order requires work with us."
        key = delivery.enrol(user, case, programme, "probation", answers, why).key
    with story.on("clinician", 25) as user:
        course = selectors.course(case, key)
        delivery.allocate(user, case, course, user, "Dr Ines Wren, Oak House (outside the trust)")
    with story.on("clinician", 26) as user:
        _measure(user, case, "before", 26, BEFORE)
    for number, planned, what in ((1, 28, "attended"), (2, 35, "missed"), (2, 37, "attended")):
        with story.on("clinician", planned - 2) as user:
            made = delivery.offer(user, case, selectors.course(case, key), number, day(planned, 14))
        with story.on("clinician", planned, 15) as user:
            course, state = selectors.session(case, made.key)
            minutes = 20 if what == "missed" else 80
            delivery.record(user, case, course, state, what, minutes=minutes)
        if what == "missed":
            with story.on("clinician", planned + 1) as user:
                course, state = selectors.session(case, made.key)
                words = "Rang him at noon: he had mixed up the weeks. Offered the day after tomorrow."
                delivery.chase(user, case, course, state, words)
    coming = timezone.localtime(timezone.now() + dt.timedelta(days=3)).replace(hour=14, minute=0, second=0)
    with story.on("clinician", 38) as user:
        delivery.offer(user, case, selectors.course(case, key), 3, coming.replace(microsecond=0))


def _measure(user: User, case: Case, when: str, number: int, answers: dict[str, int]) -> None:
    instrument = instruments.every()["moving_on", "1"]
    services.measure(user, case, instrument, when, day(number).date(), answers)


def _afterwards(story: Telling) -> None:
    case = story.case
    with story.on("clinician", 37, 16) as user:
        _measure(user, case, "during", 37, DURING)
        found = selectors.formulation(case)
        bond = next(s for s in found if s.section == "perpetuating")
        changed = "Each answer, even an angry one, tells him that there still is a bond. He counts them."
        sessions = [e.key for e in story.seen("intervention.session")]
        services.restate(user, case, bond, changed, sessions, "He said so in the second session.")
        basis = "Two sessions: grief and anger at the parting, in every example he gives."
        services.judge_type(user, case, "rejected", "moderate", basis)
    with story.on("clinician", 38, 12) as user:
        services.publish(user, case)
