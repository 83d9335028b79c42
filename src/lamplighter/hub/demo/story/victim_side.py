"""The victim's side of the demonstration's case: she wavers on day 2 and comes back on day 6.

Day 0 is the Tuesday after the case was opened, or five weeks ago where it was
opened later than that. Everything is written by the services that people use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.victim_side.models import CodeEvent, SafetyPlan
from lamplighter.hub.victim_side.rules import LONDON
from lamplighter.hub.victim_side.services import contact, documents, safe_contact, standing_by, updates

LENGTH = dt.timedelta(days=35)
CALM: dict[str, Any] = {"others_present": "no", "asked_to_stop": "no", "afraid_to_say": "yes"}
PRESSED: dict[str, Any] = {
    "others_present": "yes",
    "asked_to_stop": "yes",
    "afraid_to_say": "yes",
    "pressure_words": "His sister was in the room and had asked her to “let it go”. Asked again when alone.",
}


def first_day(case: Case, now: dt.datetime) -> dt.date:
    """The Tuesday that is day 0."""
    day = min(case.opened_at, now - LENGTH).astimezone(LONDON).date()
    return day + dt.timedelta(days=(1 - day.weekday()) % 7)


class Telling:
    """Person, day and hour of an act of the story."""

    def __init__(self, users: dict[str, User], case: Case) -> None:
        self.users, self.case = users, case
        self.first = first_day(case, timezone.now())

    def date(self, day: int) -> dt.date:
        return self.first + dt.timedelta(days=day)

    @contextmanager
    def on(self, who: str, day: int, hour: int, minute: int = 0) -> Iterator[tuple[User, dt.datetime]]:
        at = dt.datetime.combine(self.date(day), dt.time(hour, minute), LONDON)
        with as_person(self.users[who]), moment.at(at):
            yield self.users[who], at

    def reach(self, day: int, hour: int, result: str, agreed: str = "") -> None:
        """A text, then a call, as she asked."""
        with self.on("advocate", day, hour) as (user, at):
            contact.record(user, self.case, channel="text", at=at, words="Can I call you at ten past?")
        with self.on("advocate", day, hour, 10) as (user, at):
            contact.record(user, self.case, channel="call", at=at, result=result, agreed=agreed)


def tell(users: dict[str, User], case: Case) -> None:
    """Tell the whole story into ``case``. ``users`` by their user names: advocate, investigator, lead."""
    story = Telling(users, case)
    _beginning(story)
    _wavering(story)
    _coming_back(story)
    _afterwards(story)


def _beginning(story: Telling) -> None:
    with story.on("advocate", 0, 10) as (user, _):
        safe_contact.set_rule(
            user,
            story.case,
            seen="",
            phone="07700 900417",
            email="p.nair@example.org",
            address="Flat 9, 3 Foxglove Court, Marlow Bridge",
            channels=["text", "call", "in_person"],
            text_first=True,
            windows=[{"days": [0, 1, 2, 3, 4], "from": "10:00", "to": "14:00"}],
            who_may_answer="Nobody but her. Her phone is on loan from her brother.",
            safe_word="Is this about the library books?",
            words="Never voicemail: he knows the old PIN.",
        )
        standing_by.appoint(user, story.case, user, story.first)
    story.reach(0, 11, "reached", "A call on each day of the plan, between ten and two.")
    with story.on("advocate", 0, 12) as (user, _):
        standing_by.change_support(
            user,
            story.case,
            "supports",
            since=story.first,
            words="I want it to stop. I want somebody to say that it is not me.",
            **CALM,
        )
        documents.assess_needs(
            user,
            story.case,
            seen="",
            areas={
                "safety": {"level": "urgent", "words": "He has a key to the back door."},
                "digital": {"level": "some", "words": "Old shared cloud; does not know who can see it."},
                "health": {"level": "some", "words": "Sleeps three hours."},
                "work": {"level": "none", "words": ""},
                "children": {"level": "not_asked", "words": ""},
            },
            words="To sleep.",
        )
        documents.plan_safety(
            user,
            story.case,
            seen="",
            sections={
                "now": "999, then 55 if she cannot speak. “Library books” tells her brother to call.",
                "home": "Locks changed on Thursday. Back door light.",
                "phone": "Uses her brother's phone for us.",
                "people": "Brother; Mrs Ade next door.",
            },
        )
        standing_by.offer_statement(user, story.case, "later", on=story.first, words="Not now.")
    with story.on("investigator", 1, 10) as (user, at):
        event = updates.enter_event(user, story.case, "arrest", story.date(1))
        updates.tell(user, story.case, event, channel="text", at=at)
    story.reach(1, 11, "reached", "Keep the flowers' card, do not touch it.")
    with story.on("advocate", 1, 12) as (user, _):
        standing_by.add_impact(
            user,
            story.case,
            happened_on=story.date(-9),
            words="He stood under the window and said I would be sorry. I thought he would come up.",
            elements=["harassed", "fear_of_violence"],
        )
    with story.on("lead", 1, 16) as (user, _):
        updates.enter_event(user, story.case, "bail", story.date(1))


def _wavering(story: Telling) -> None:
    with story.on("lead", 2, 10, 30) as (user, at):
        event = next(e for e in _events(story) if e.kind == "bail")
        updates.tell(user, story.case, event, channel="text", at=at)
    with story.on("advocate", 2, 11, 15) as (user, at):
        contact.record(
            user,
            story.case,
            channel="call",
            at=at,
            direction="in",
            words="She rang. He has written to her mother.",
            result="reached",
        )
        standing_by.change_support(
            user,
            story.case,
            "unsure",
            since=story.date(2),
            reasons=["apology", "pressure_others", "delay"],
            words="He has said sorry to my mum. He cried. Maybe it is over, and I ruin his life for nothing.",
            **PRESSED,
        )
    story.reach(3, 10, "no_answer")


def _events(story: Telling) -> list[CodeEvent]:
    return list(CodeEvent.objects.filter(case=story.case).order_by("pk"))


def _coming_back(story: Telling) -> None:
    story.reach(6, 11, "reached", "She goes on. A friend stays until the weekend.")
    with story.on("advocate", 6, 12) as (user, _):
        standing_by.change_support(
            user,
            story.case,
            "returned",
            since=story.date(6),
            reasons=["again", "supported"],
            words="He was outside work again this morning. Sorry does not mean sorry.",
            **CALM,
        )
        standing_by.add_impact(
            user,
            story.case,
            happened_on=story.date(6),
            words="When I saw the car I could not get off the bus. I went to the end of the line and back.",
            elements=["harassed", "fear_of_violence", "serious_alarm_distress", "adverse_effect"],
            effects=["route", "sleep", "going_out"],
        )
        plan = SafetyPlan.objects.get(case=story.case)
        documents.plan_safety(
            user,
            story.case,
            seen=str(plan.key),
            sections=plan.sections
            | {
                "travel": "Two stops earlier, with Sam from work. Reception has been told.",
                "accounts": "Left the shared cloud on a library computer. New e-mail, second factor.",
                "devices": "Garage looks for trackers on Thursday.",
                "evidence": "Screenshots with dates go to her brother.",
            },
            change="He knew which bus. The shared cloud showed her place.",
        )


def _afterwards(story: Telling) -> None:
    story.reach(8, 10, "reached", "Every two weeks from now on.")
    with story.on("advocate", 8, 12) as (user, _):
        contact.agree_cadence(user, story.case, 14, "Tuesdays suit her.")
        standing_by.offer_statement(
            user, story.case, "accepted", on=story.date(8), words="I want him to hear it."
        )
    with story.on("investigator", 20, 12) as (user, _):
        updates.enter_event(user, story.case, "sentence", story.date(20))
    with story.on("investigator", 21, 10) as (user, at):
        event = next(e for e in _events(story) if e.kind == "sentence")
        updates.tell(user, story.case, event, channel="text", at=at)
    story.reach(22, 11, "reached", "What the community order means, and what it does not.")
    yesterday = timezone.now() - dt.timedelta(days=1)
    with as_person(story.users["investigator"]), moment.at(yesterday):
        updates.enter_event(
            story.users["investigator"], story.case, "order", yesterday.astimezone(LONDON).date()
        )
