"""The rules that put a case on the agenda: each a small function, asked as whoever reads the agenda.

A source is given a :class:`Look` and returns what it puts there, each with the reason in words. It reads
through the wall like every page, so nobody's agenda holds what they may not read, and asks the database the
same number of questions whatever is hidden. Another context adds its own: its application names a module in
``AppConfig.meeting_agenda``, which holds ``SOURCES``, a list of such functions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TypeVar

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases.models import Closing, Entry, Participation
from lamplighter.hub.cases.permissions import DECIDED
from lamplighter.hub.clocks.configuration import NOTICE
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.meetings import rules
from lamplighter.hub.meetings.minutes.services import ACTION
from lamplighter.hub.meetings.models import Asked, Line, Meeting, Placing, Return
from lamplighter.hub.meetings.services import RETURN, called
from lamplighter.reporting.words import count, day

R = TypeVar("R", bound=Model)
# The sections of an agenda, in their order (operating model 2.4), each with what it is called.
ATTENDANCE, ACTIONS, INCIDENTS, VICTIM = "attendance", "actions", "incidents", "victim"
TRIAGE, DISCUSSION, EXPIRING, PROGRESS, CLOSURE = "triage", "discussion", "expiring", "progress", "closure"
SECTIONS: dict[str, str] = {
    ATTENDANCE: "Conflicts of interest and attendance",
    ACTIONS: "Actions not done, and overdue tasks",
    INCIDENTS: "New incidents and breaches",
    VICTIM: "The victim’s side",
    TRIAGE: "Referrals to triage",
    DISCUSSION: "Full discussions",
    EXPIRING: "Orders and time limits that end soon",
    PROGRESS: "Progress of interventions",
    CLOSURE: "Closures asked for",
}
# In these the victim's advocate is heard, and agencies send a return before.
HEARD = (INCIDENTS, TRIAGE, DISCUSSION, CLOSURE)
# Kinds of lines of a case's history. What is on which side, the wall says.
OF_INCIDENTS = ("report", "breach", "warning", "legal_status", "victims_code", "intervention.warned")
OF_PROGRESS = "intervention."
MOST = 400  # lines of one source
LATE = "Overdue"
NO_ADVOCATE = "No advocacy service works on the case. Say who tells the victim’s side, or why nobody can"


@dataclass(frozen=True, slots=True)
class Look:
    """Say who looks at which meeting. ``before``: the meeting before, if there was one; ``as_at``: up to
    when, where the meeting is over; ``now``: when something is late."""

    user: User
    meeting: Meeting
    before: Meeting | None
    as_at: dt.datetime | None
    now: dt.datetime

    @property
    def since(self) -> dt.datetime:
        """The meeting before; of a hub's first meeting, as long before it as meetings are apart."""
        starts = self.meeting.starts_at
        return self.before.starts_at if self.before else starts - rules.days("cadence", starts.date())

    @property
    def since_words(self) -> str:
        return f"since {f'the {called(self.before)}' if self.before else _day(self.since)}"

    def known(self, rows: QuerySet[R], column: str = "at") -> QuerySet[R]:
        """The rows that there were when the meeting ended."""
        return rows.filter(**{f"{column}__lte": self.as_at}) if self.as_at else rows

    def new(self, rows: QuerySet[R], column: str = "at") -> QuerySet[R]:
        """The rows that came after the meeting before."""
        return self.known(rows.filter(**{f"{column}__gt": self.since}), column)

    def running(self, rows: QuerySet[Clock]) -> QuerySet[Clock]:
        """The tasks that ran when the meeting ended, or run."""
        if self.as_at is None:
            return rows.filter(state=Clock.State.RUNNING)
        return self.known(rows).filter(Q(ended_at=None) | Q(ended_at__gt=self.as_at))


@dataclass(frozen=True, slots=True)
class Proposed:
    """One thing that a rule puts on the agenda of a case. ``why`` is the rule, in words; ``side`` is the
    partition that it was read from; ``alarm`` says in a word why it comes first: "Overdue", "Danger"."""

    section: str
    case: int
    text: str
    why: str
    at: dt.datetime
    side: str = "shared"
    alarm: str = ""


Source = Callable[[Look], list[Proposed]]


def _day(at: dt.datetime) -> str:
    return day(timezone.localdate(at))


def actions(look: Look) -> list[Proposed]:
    """Actions of meetings that have not ended, the overdue first, and those that ended since last time."""
    rows = Clock.objects.filter(kind=ACTION).select_related("assigned_to", "owner")
    found = []
    for clock in look.running(rows).order_by("due_at", "pk")[:MOST]:
        late = clock.due_at < look.now
        days = (timezone.localdate(look.now) - timezone.localdate(clock.due_at)).days
        when = f"overdue by {count(days, 'day')}" if late and days else f"due {_day(clock.due_at)}"
        who = clock.assigned_to.display_name if clock.assigned_to else "nobody in particular"
        text = f"{clock.text} ({who}, {clock.owner.name}; {when})"
        why = "An action of a meeting stays on the agenda until it ends."
        alarm = LATE if late else ""
        found.append(Proposed(ACTIONS, clock.case_id, text, why, clock.due_at, clock.partition, alarm))
    ended = look.new(rows.exclude(ended_at=None), "ended_at").order_by("ended_at", "pk")[:MOST]
    for clock in ended:
        text = f"{clock.get_state_display()}: {clock.text}. {clock.ended_why}".strip()
        why = f"An action of a meeting that ended {look.since_words}."
        found.append(Proposed(ACTIONS, clock.case_id, text, why, clock.ended_at or look.now, clock.partition))
    return found


def overdue(look: Look) -> list[Proposed]:
    """Other tasks of cases that are overdue, whoever has them."""
    rows = Clock.objects.filter(due_at__lt=look.now).exclude(kind__in=(ACTION, RETURN, NOTICE, *DECIDED))
    why = "A task of the case is overdue."
    return [
        Proposed(
            ACTIONS,
            clock.case_id,
            f"{clock.text} ({clock.owner.name}; was due {_day(clock.due_at)})",
            why,
            clock.due_at,
            clock.partition,
            LATE,
        )
        for clock in look.running(rows).select_related("owner").order_by("due_at", "pk")[:MOST]
    ]


def incidents(look: Look) -> list[Proposed]:
    """Reports, warnings, breaches and changes of the criminal matter since the last meeting."""
    rows = look.new(Entry.objects.filter(kind__in=OF_INCIDENTS)).order_by("happened_at", "pk")[:MOST]
    why = f"It joined the case {look.since_words}."
    return [
        Proposed(
            INCIDENTS,
            row.case_id,
            f"{_day(row.happened_at)}: {row.title}",
            why,
            row.happened_at,
            row.partition,
            "Danger" if row.kind in {"warning", "intervention.warned"} else "",
        )
        for row in rows
    ]


def referrals(look: Look) -> list[Proposed]:
    """Referrals that wait for a decision, the one that waits longest first."""
    rows = look.running(Clock.objects.filter(kind__in=DECIDED)).select_related("owner")
    return [
        Proposed(
            TRIAGE,
            clock.case_id,
            f"Referred {_day(clock.starts_at)}, decision due {_day(clock.due_at)}",
            "The referral waits for a decision.",
            clock.due_at,
            clock.partition,
            LATE if clock.due_at < look.now else "",
        )
        for clock in rows.order_by("due_at", "pk")[:MOST]
    ]


def asked(look: Look) -> list[Proposed]:
    """Full discussions and closures that somebody on the case asked for since the last meeting."""
    rows = Asked.objects.select_related("by", "owner")
    # Of a hub's first meeting all that was ever asked for: nothing of it is lost.
    rows = (look.new(rows) if look.before else look.known(rows)).order_by("at", "pk")[:MOST]
    return [
        Proposed(
            CLOSURE if row.what == Asked.What.CLOSURE else DISCUSSION,
            row.case_id,
            row.reason,
            f"Asked for by {row.by.display_name if row.by else ''}, {row.owner.name}, on {_day(row.at)}.",
            row.at,
        )
        for row in rows
    ]


def expiring(look: Look) -> list[Proposed]:
    """Find what is due soon, and orders, bail, releases and trials that were said to end or come soon."""
    first = max(look.now, look.meeting.starts_at) if look.as_at is None else look.as_at
    last = first + rules.days("expiring", timezone.localdate(look.meeting.starts_at))
    within = count((last - first).days, "day")
    rows = Clock.objects.filter(due_at__gte=look.now, due_at__lt=last)
    rows = look.running(rows).exclude(kind__in=(ACTION, RETURN, NOTICE, *DECIDED)).select_related("owner")
    found = [
        Proposed(
            EXPIRING,
            clock.case_id,
            f"{_day(clock.due_at)}: {clock.text} ({clock.owner.name})",
            f"It is due within {within} of the meeting.",
            clock.due_at,
            clock.partition,
        )
        for clock in rows.order_by("due_at", "pk")[:MOST]
    ]
    of_days = (timezone.localdate(look.now), timezone.localdate(last))
    names = {"orders": "An order ends", "bail": "Bail ends", "release": "Release", "trial": "Trial"}
    soon = Q()
    for name in names:
        soon |= Q(**{f"{name}_on__range": of_days})
    newest: dict[int, Closing] = {}
    for row in look.known(Closing.objects.filter(soon)).order_by("case_id", "-at", "-pk")[:MOST]:
        newest.setdefault(row.case_id, row)
    for row in newest.values():
        for name, words in names.items():
            on = getattr(row, f"{name}_on")
            if on is not None and of_days[0] <= on <= of_days[1]:
                at = timezone.make_aware(dt.datetime.combine(on, dt.time(12)))
                why = f"Said when the case was closed; it is within {within} of the meeting."
                found.append(Proposed(EXPIRING, row.case_id, f"{day(on)}: {words.lower()}", why, at))
    return found


def progress(look: Look) -> list[Proposed]:
    """Find what those who work with the suspect recorded since the last meeting."""
    rows = look.new(Entry.objects.filter(kind__startswith=OF_PROGRESS)).exclude(kind__in=OF_INCIDENTS)
    why = f"Recorded on the suspect’s side {look.since_words}."
    return [
        Proposed(PROGRESS, row.case_id, f"{_day(row.happened_at)}: {row.title}", why, row.at, row.partition)
        for row in rows.order_by("happened_at", "pk")[:MOST]
    ]


def put_off(look: Look) -> list[Proposed]:
    """Find what the meeting before put off, each in its section."""
    found = []
    for row in _standing(look.before, look.as_at).values():
        if row.deferred:
            why = f"Put off by the {called(look.before)}." if look.before else ""
            found.append(Proposed(row.section, row.case_id, row.reason, why, row.at))
    return found


def added(look: Look) -> list[Proposed]:
    """Find what a coordinator added, each in its section."""
    rows = [row for row in _standing(look.meeting, look.as_at).values() if row.reason and not row.deferred]
    why = "Added to the agenda by a coordinator."
    return [Proposed(row.section, row.case_id, row.reason, why, row.at) for row in rows]


def _standing(meeting: Meeting | None, as_at: dt.datetime | None) -> dict[tuple[str, int], Placing]:
    from lamplighter.hub.meetings.selectors import placings

    return placings(meeting, as_at) if meeting is not None else {}


def victims_side(look: Look, cases: Collection[int]) -> list[Proposed]:
    """For each case that is heard: what the victim's advocate sent or said, or why nobody could."""
    if not cases:
        return []
    working = Participation.objects.filter(case__in=cases, ended_at=None, agency__kind=Agency.Kind.ADVOCACY)
    services: dict[int, list[str]] = {}
    for one in working.select_related("agency").order_by("pk"):
        services.setdefault(one.case_id, []).append(one.agency.name)
    sent: dict[int, Return] = {}
    rows = Return.objects.filter(meeting=look.meeting, case__in=cases, owner__kind=Agency.Kind.ADVOCACY)
    for row in look.known(rows).select_related("owner").order_by("pk"):
        sent[row.case_id] = row
    told: dict[int, Line] = {}
    lines = Line.objects.filter(
        meeting=look.meeting, case__in=cases, replaced_at=None, struck=False, kind__in=("victim", "nobody")
    )
    for line in look.known(lines).order_by("pk"):
        told[line.case_id] = line
    found = []
    for case in cases:
        if said := told.get(case):
            text, side, why = said.words, said.partition, f"{said.get_kind_display()}."
        elif given := sent.get(case):
            text, side = f"{given.owner.name}: {given.new or given.ask or given.did}", given.partition
            why = "The advocate sent a return."
        elif case in services:
            text, side = f"Ask the advocate of {' or '.join(services[case])}", "shared"
            why = "The case is heard: the victim’s advocate tells their side. Nothing that you can read yet."
        else:
            side, text = "shared", NO_ADVOCATE
            why = "The case is heard, and nobody speaks for the victim."
        alone = "No advocate" if case not in services and case not in told else ""
        found.append(Proposed(VICTIM, case, text, why, look.now, side, alone))
    return found


SOURCES: tuple[Source, ...] = (
    actions,
    overdue,
    incidents,
    referrals,
    asked,
    expiring,
    progress,
    put_off,
    added,
)


def all_sources() -> Sequence[Source]:
    """Return every source: those of this context, and those that other contexts add."""
    found = list(SOURCES)
    for config in apps.get_app_configs():
        if name := getattr(config, "meeting_agenda", ""):
            found += import_module(name).SOURCES
    return found
