"""Reaching the victim: every contact passes the rule of safe contact, and the plan goes on from there."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import permissions, policies, rules, selectors
from lamplighter.hub.victim_side.models import Cadence, Contact, ContactResult, RuleBroken
from lamplighter.hub.victim_side.services import documents
from lamplighter.hub.victim_side.services.safe_contact import may_contact
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.working_days import working_day_near

PLAN, NEXT, CHANGED, BROKEN = (
    "victim.contact_day_",
    "victim.contact_next",
    "victim.support_changed",
    "victim.rule_broken",
)
REACHED = frozenset({"reached", "answered"})


def partition_of(user: User) -> str:
    """Return the partition of this person's contacts with the victim. Raises ``NotPossibleError`` if none."""
    if partition := permissions.partition_of(user):
        return partition
    raise NotPossibleError("The victim's advocate, or the police on the case, contact the victim.")


@transaction.atomic
def record(
    user: User,
    case: Case,
    *,
    channel: str,
    at: dt.datetime,
    direction: str = Contact.Direction.OUT,
    words: str = "",
    result: str = "",
    agreed: str = "",
    clock: Clock | None = None,
) -> Contact:
    """Write down a contact, to be made now or made before, and what came of it if that is known.

    ``clock`` is the task that it answers. Raises ``policies.NotSafeError`` when
    it would break the rule of safe contact; the database refuses it as well.
    """
    partition = partition_of(user)
    policies.check_codes("contact_channels", [channel])
    if at > moment.now() + dt.timedelta(minutes=5):
        raise NotPossibleError("The time must not be in the future.")
    rule = None
    if direction == Contact.Direction.OUT:
        verdict = may_contact(user, case, channel, at)
        if not verdict.allowed:
            raise policies.NotSafeError(verdict.code, verdict.reason)
        rule = verdict.rule.key
    values = {"direction": direction, "channel": channel, "happened_at": at, "words": words, "rule": rule}
    made = Contact.objects.create(**owned(user, case, partition=partition, **values))
    audit.record(
        user,
        "victim.contact_recorded",
        f"contact {made.key}",
        operation=Operation.COLLECTION,
        case=case,
        fields=["channel", "words"],
        channel=channel,
    )
    title = f"{code_set('contact_channels').title(channel)}: {made.get_direction_display().lower()}"
    cases.enter(
        user,
        case,
        "victim.contact",
        title,
        partition=partition,
        happened_at=at,
        page="victim:contact",
        of_key=made.key,
    )
    if result:
        add_result(user, case, made, result, agreed, clock=clock)
    return made


@transaction.atomic
def add_result(
    user: User, case: Case, contact: Contact, result: str, agreed: str = "", *, clock: Clock | None = None
) -> ContactResult:
    """Record the outcome of a contact. Only one that reached the victim ends a task."""
    policies.check_codes("contact_results", [result])
    if result == "message_left":
        verdict = may_contact(user, case, contact.channel, contact.happened_at)
        if verdict.rule is None or not verdict.rule.may_leave_message or verdict.rule.key != contact.rule:
            raise policies.NotSafeError("message", policies.in_words("message", None, contact.channel))
    values = {"partition": contact.partition, "contact": contact, "result": result, "agreed": agreed}
    made = ContactResult.objects.create(**owned(user, case, **values))
    audit.record(user, "victim.contact_result", f"contact {contact.key}", case=case, result=result)
    if result in REACHED and contact.partition == "advocacy":
        _go_on(user, case, contact, clock)
    return made


@transaction.atomic
def tell_broken(user: User, case: Case, *, channel: str, at: dt.datetime, words: str) -> RuleBroken:
    """Say that somebody contacted the victim against the rule: a look at the victim's safety is due."""
    policies.check_codes("contact_channels", [channel])
    if not words.strip():
        raise NotPossibleError("Say what happened.")
    partition = partition_of(user)
    values = {"channel": channel, "happened_at": at, "words": words}
    made = RuleBroken.objects.create(**owned(user, case, partition=partition, **values))
    now = moment.now()
    clocks.start(
        user,
        case,
        BROKEN,
        "Look at the victim's safety: a contact rule was broken",
        due_at=rules.after_working_days("broken", now),
        starts_at=now,
        why="Somebody made a contact that the rule of safe contact does not allow.",
        partition=partition,
        page="victim:contact",
        of_key=made.key,
    )
    audit.record(user, "victim.rule_broken", f"broken {made.key}", operation=Operation.COLLECTION, case=case)
    return made


@transaction.atomic
def agree_cadence(user: User, case: Case, days: int, words: str = "", *, seen: str | None = None) -> Cadence:
    """Record how often the victim wants to hear from the advocate, from the end of the first week on."""
    longest = rules.one("contact_plan", _today()).extra["longest_cadence_days"]
    if not 1 <= days <= longest:
        raise NotPossibleError(f"Enter a number of days from 1 to {longest}.")
    documents.check_seen(Cadence, case, seen)
    made = Cadence.objects.create(**owned(user, case, days=days, words=words))
    audit.record(user, "victim.cadence_agreed", f"case {case.key}", case=case, fields=["days"], days=days)
    return made


def start_plan(user: User, case: Case, advocate: User, first: dt.date) -> list[Clock]:
    """The tasks of the first week, counted from ``first``; on a day off, the working day before."""
    rule, now = rules.one("contact_plan", first), moment.now()
    days = rule.extra["days"]
    return [
        clocks.start(
            user,
            case,
            f"{PLAN}{day}",
            f"Contact the victim: day {day} of {days[-1]}",
            due_at=rules.end_of(working_day_near(first + dt.timedelta(days=day), after=first)),
            starts_at=now,
            why="Many withdraw in the first week. The rule of safe contact says how.",
            partition="advocacy",
            assigned_to=advocate,
            page="victim:contact",
        )
        for day in days
    ]


def task(case: Case, key: uuid.UUID | str | None) -> Clock | None:
    """A running task of this side of the case by its key; ``None`` for anything else."""
    if not key:
        return None
    return Clock.objects.filter(case=case, key=key, kind__startswith="victim.", state="running").first()


def _go_on(user: User, case: Case, contact: Contact, clock: Clock | None) -> None:
    """The victim was reached: end what that answers, and make sure that there is a next time."""
    words = f"Reached: {code_set('contact_channels').title(contact.channel).lower()}"
    running = selectors.clocks(case)
    today = rules.end_of(_today())
    due = [c for c in running if c.kind.startswith((PLAN, NEXT)) and c.due_at <= today]
    ended = [clock] if clock else due[:1]
    ended += [c for c in running if c.kind == CHANGED and c not in ended and c.at <= contact.at]
    for one in ended:
        clocks.end(user, one, why=words)
    left = [c for c in running if c not in ended and c.kind.startswith((PLAN, NEXT))]
    if not left:
        first = _today()
        day = working_day_near(
            first + dt.timedelta(days=selectors.cadence_days(case, moment.told())), after=first
        )
        by = selectors.advocate(case)
        clocks.start(
            user,
            case,
            NEXT,
            "Contact the victim, as agreed",
            due_at=rules.end_of(day),
            starts_at=moment.now(),
            why=f"Every {selectors.cadence_days(case, moment.told())} days, as agreed or by default.",
            partition="advocacy",
            assigned_to=by.advocate if by else user,
            page="victim:contact",
        )


def _today() -> dt.date:
    return moment.now().astimezone(rules.LONDON).date()
