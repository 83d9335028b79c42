"""The only writers of meetings: planning, who came, what is asked before, its agenda, its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.cases.participants import services as lead_workers
from lamplighter.hub.clocks import selectors as tasks
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.meetings import hooks, policies, rules
from lamplighter.hub.meetings.models import Asked, Attendance, Meeting, Placing, Return
from lamplighter.hub.sharing import guarding
from lamplighter.reporting.words import day

KIND = "meeting"
RETURN = "meeting.return"
PURPOSE = "run clocks"
RETURN_TEXT = "Send your return for the hub’s meeting"


def title(meeting: Meeting) -> str:
    """Return what a meeting is called: by its day, and by nothing else."""
    return f"Meeting of {day(timezone.localdate(meeting.starts_at))}"


def called(meeting: Meeting) -> str:
    """Return the same within a sentence: "meeting of 3 May 2026"."""
    return title(meeting).replace("M", "m", 1)


@transaction.atomic
def plan(
    user: User,
    *,
    starts_at: dt.datetime,
    minutes: int,
    chair: User,
    agencies: Collection[Agency],
    place: str = "",
    place_told: bool = False,
    times: int = 1,
) -> list[Meeting]:
    """Plan a meeting, or a series of ``times``, each as long after the one before as the hub's rule says.

    Each keeps its hour by the clock on the wall, also where the clocks change in between.
    Raises ``NotPossibleError``.
    """
    policies.check_plan(starts_at, minutes, agencies, times, moment.now())
    apart = rules.days("cadence", timezone.localdate(starts_at))
    first, made = timezone.localtime(starts_at).replace(tzinfo=None), []
    for number in range(times):
        starts = timezone.make_aware(first + number * apart)
        found = Meeting.objects.create(
            starts_at=starts,
            ends_at=starts + dt.timedelta(minutes=minutes),
            place=place.strip(),
            place_told=place_told,
            chair=chair,
            agencies=sorted(agency.pk for agency in agencies),
            by=user,
            at=moment.now(),
            changed_at=moment.now(),
        )
        audit.record(user, "meetings.planned", f"meeting {found.key}")
        made.append(found)
    hooks.invite(user, made)
    return made


@transaction.atomic
def change(
    user: User,
    meeting: Meeting,
    *,
    starts_at: dt.datetime,
    minutes: int,
    chair: User,
    agencies: Collection[Agency],
    place: str = "",
    place_told: bool = False,
    seen: str = "",
) -> Meeting:
    """Change a meeting that is not over: calendars that know it take the new version.

    Raises ``NotPossibleError``; ``ConflictError`` where somebody changed it first.
    """
    found = _hold(meeting)
    policies.check_open(found)
    policies.check_seen(found, seen)
    if starts_at != found.starts_at:
        policies.check_plan(starts_at, minutes, agencies, 1, moment.now())
    found.starts_at, found.ends_at = starts_at, starts_at + dt.timedelta(minutes=minutes)
    found.place, found.place_told, found.chair = place.strip(), place_told, chair
    found.agencies = sorted(agency.pk for agency in agencies)
    found.sequence, found.changed_at = found.sequence + 1, moment.now()
    found.save()
    audit.record(user, "meetings.changed", f"meeting {found.key}", fields=["starts_at", "place", "agencies"])
    hooks.invite(user, [found])
    return found


@transaction.atomic
def cancel(user: User, meeting: Meeting, why: str) -> Meeting:
    """Call a meeting off: its returns are not asked for any more, and its calendar file cancels it."""
    found = _hold(meeting)
    policies.check_open(found)
    policies.check_reason(why, "why")
    found.cancelled_at, found.cancelled_why = moment.now(), why.strip()
    found.sequence, found.changed_at = found.sequence + 1, moment.now()
    found.save()
    with as_service(PURPOSE):
        rows = Clock.objects.filter(kind=RETURN, of_key=found.key, state=Clock.State.RUNNING)
        rows.update(
            state=Clock.State.CANCELLED,
            ended_at=moment.now(),
            ended_by=user,
            ended_why="The meeting was cancelled.",
        )
    audit.record(user, "meetings.cancelled", f"meeting {found.key}")
    hooks.invite(user, [found])
    return found


@transaction.atomic
def attend(user: User, meeting: Meeting, came: Iterable[dict[str, Any]]) -> list[Attendance]:
    """Record who came: each a dict with ``person``, or ``guest`` and ``agency``, and the ``state``."""
    policies.check_open(meeting)
    made = []
    for row in came:
        person = row.get("person")
        agency = person.agency if person else row["agency"]
        made.append(
            Attendance.objects.create(
                meeting=meeting,
                person=person,
                guest="" if person else row["guest"].strip(),
                agency=agency,
                state=row["state"],
                by=user,
                at=moment.now(),
            )
        )
    if made:
        audit.record(user, "meetings.attended", f"meeting {meeting.key}", rows=len(made))
    return made


# Before the meeting ---------------------------------------------------------------------------------------


@transaction.atomic
def ask_for(user: User, case: Case, what: str, reason: str) -> Asked:
    """Ask that the next meeting discusses the case in full, or decides on closing it."""
    policies.check_asked(what, reason)
    guarding.check(user, case, "shared", reason)
    made = Asked.objects.create(**owned(user, case, what=what, reason=reason.strip()))
    asked = f"Asked for the hub’s meeting: {made.get_what_display().lower()}"
    cases.enter(user, case, KIND, asked, body=made.reason, page="meetings:case", of_key=made.key)
    audit.record(user, "meetings.asked_for", f"asked {made.key}", case=case, fields=["reason"], what=what)
    return made


@transaction.atomic
def ask_returns(user: User, meeting: Meeting, on_agenda: Collection[Case]) -> int:
    """Give each agency that is asked and works on one of these cases the task of its return; how many.

    Asked again, only cases that came to the agenda since bring tasks.
    """
    found = _hold(meeting)
    policies.check_open(found)
    now = moment.now()
    by = found.starts_at - rules.days("returns", timezone.localdate(found.starts_at))
    # The meeting may be nearer than that: then at once, by its beginning.
    due = by if by > now else found.starts_at
    number = 0
    with as_service(PURPOSE):
        asked = set(Clock.objects.filter(kind=RETURN, of_key=found.key).values_list("case_id", "owner_id"))
        working = Participation.objects.filter(
            case__in=list(on_agenda), agency__in=found.agencies, ended_at=None
        )
        for one in working.select_related("agency", "case").order_by("case_id", "pk"):
            if (one.case_id, one.agency_id) in asked:
                continue
            clocks.start_for(
                one.agency,
                one.case,
                RETURN,
                RETURN_TEXT,
                due_at=due,
                why=f"{title(found)}: what is new, what you did, what you ask of the others.",
                partition="shared",
                page="meetings:return",
                of_key=found.key,
                assigned_to=_worker(one.case, one.agency),
            )
            number += 1
    found.asked_at, found.returns_by = now, due
    found.save(update_fields=["asked_at", "returns_by"])
    audit.record(user, "meetings.returns_asked", f"meeting {found.key}", rows=number)
    return number


def _worker(case: Case, agency: Agency) -> User | None:
    """The agency's lead worker; nobody who is kept off the case."""
    worker = lead_workers.holder(case, agency, RETURN, "shared")
    return worker if worker and not tasks.is_kept_off(worker, case) else None


@transaction.atomic
def send_return(
    user: User, case: Case, meeting: Meeting, partition: str, *, new: str, did: str, ask: str
) -> Return:
    """Write one's agency's return about a case, and end its task. Sent again, the newest stands."""
    policies.check_open(meeting)
    policies.check_return(partition, form_readers.of(user), new, did, ask)
    guarding.check(user, case, partition, new, did, ask)
    row = {"meeting": meeting, "new": new.strip(), "did": did.strip(), "ask": ask.strip()}
    made = Return.objects.create(**owned(user, case, partition=partition, **row))
    running = Clock.objects.filter(
        case=case, kind=RETURN, of_key=meeting.key, owner_id=user.agency_id, state=Clock.State.RUNNING
    )
    for clock in running:
        clocks.end(user, clock, why="The return was sent.")
    cases.enter(
        user,
        case,
        KIND,
        f"Return for the {called(meeting)}",
        partition=partition,
        page="meetings:item",
        of_key=meeting.key,
    )
    audit.record(
        user,
        "meetings.returned",
        f"return {made.key}",
        operation=Operation.COLLECTION,
        case=case,
        fields=["new", "did", "ask"],
        partition=partition,
    )
    return made


# The agenda -----------------------------------------------------------------------------------------------


@transaction.atomic
def add_item(user: User, meeting: Meeting, case: Case, section: str, reason: str) -> Placing:
    """Put a case on the agenda that no rule put there, or take it up after all, for a reason."""
    return _place(user, meeting, case, section, "meetings.item_added", reason=reason)


@transaction.atomic
def defer(user: User, meeting: Meeting, case: Case, section: str, reason: str) -> Placing:
    """Put an item off to the next meeting, which shows it with the reason."""
    return _place(user, meeting, case, section, "meetings.item_deferred", reason=reason, deferred=True)


def _place(
    user: User, meeting: Meeting, case: Case, section: str, verb: str, *, reason: str, deferred: bool = False
) -> Placing:
    policies.check_open(meeting)
    policies.check_reason(reason)
    guarding.check(user, case, "shared", reason)
    row = {"meeting": meeting, "section": section, "deferred": deferred, "reason": reason.strip()}
    made = Placing.objects.create(**owned(user, case, **row))
    audit.record(user, verb, f"meeting {meeting.key}", case=case, fields=["reason"], section=section)
    return made


@transaction.atomic
def reorder(user: User, meeting: Meeting, section: str, in_order: Sequence[Case]) -> None:
    """Put the cases of a section into this order. What was said of each, put off or added, stays."""
    from lamplighter.hub.meetings.selectors import placings

    policies.check_open(meeting)
    standing = placings(meeting)
    for number, case in enumerate(in_order, 1):
        before = standing.get((section, case.pk))
        if before is not None and before.place == number:
            continue
        Placing.objects.create(
            **owned(
                user,
                case,
                meeting=meeting,
                section=section,
                place=number,
                deferred=bool(before and before.deferred),
                reason=before.reason if before else "",
            )
        )
    audit.record(user, "meetings.reordered", f"meeting {meeting.key}", section=section, rows=len(in_order))


# Its end --------------------------------------------------------------------------------------------------


@transaction.atomic
def agree(user: User, meeting: Meeting) -> Meeting:
    """Agree the minutes: from now on no line changes, and what is added says that it came afterwards.

    Only whoever chairs the meeting does. Waits for lines that are being written at this moment.
    """
    # Nobody else may hold it.
    policies.check_agree(user, meeting, moment.now())
    found = _hold(meeting)
    policies.check_agree(user, found, moment.now())
    found.agreed_at = moment.now()
    found.save(update_fields=["agreed_at"])
    audit.record(user, "meetings.agreed", f"meeting {found.key}")
    return found


def _hold(meeting: Meeting) -> Meeting:
    """One change of a meeting at a time, as it stands."""
    return Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
