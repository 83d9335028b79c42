"""The only writers of what is joined: two cases of one pair made one piece of work, and parted again."""

from __future__ import annotations

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import policies as cases
from lamplighter.hub.cases import rules, services
from lamplighter.hub.cases.models import Case, Closing, Participation, Status
from lamplighter.hub.cases.referrals import open_cases
from lamplighter.hub.cases.status.states import OVER
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.duplicates import policies
from lamplighter.hub.duplicates import selectors as joinings
from lamplighter.hub.duplicates.models import GivenTask, Joined

CLOSED_AS = "other"
# Read by everybody on the older case, who need not know of the other.
ASKED_IN = "Asked in by who decides on the case."


@transaction.atomic
def join(user: User, one: Case, other: Case, reason: str) -> Joined:
    """Join the younger of two cases of one pair with the older, in which work goes on.

    Whoever works on the younger works on the older from now on. The younger is closed as a
    duplicate; its tasks run on the older, but for those that somebody there could not read
    before, and those that belong to a row of the younger. Raises ``NotPossibleError``.
    """
    policies.check_reason(reason)
    older, younger = policies.in_order(one, other)
    _hold(older, younger)
    stood = services.current(younger).name
    now = services.current(older).name
    there = len(joinings.standing(older)) + len(joinings.standing(younger))
    same = [*open_cases.of_case(older), *open_cases.of_case(younger)]
    policies.check_join(older, now, same, younger, there)
    coming = [p.agency for p in joinings.agencies_that_join(older, younger)]
    knew = set(Participation.objects.filter(case=younger, ended_at=None).values_list("agency", flat=True))
    for agency in coming:
        services.add_agency(user, older, agency, ASKED_IN)
    row = {"other": younger, "reason": reason.strip(), "agencies": [a.code for a in coming]}
    made = Joined.objects.create(**owned(user, older, **row, stood="" if stood in OVER else stood))
    _give(user, made, knew)
    title = f"Joined with case {older.reference}, where work goes on"
    services.enter(user, younger, "status", title, body=reason, page="duplicates:joined")
    if made.stood:
        _close(user, younger, older, stood)
    for case in (older, younger):
        audit.record(
            user, "duplicates.joined", f"joined {made.key}", operation=Operation.COMBINATION, case=case,
            fields=["status", "agencies"],
        )  # fmt: skip
    return made


@transaction.atomic
def part(user: User, joined: Joined, reason: str) -> Joined:
    """Part two cases again: the status, the tasks that still run and the agencies go back to where they were.

    Raises ``NotPossibleError``.
    """
    policies.check_reason(reason)
    older, younger = joined.case, joined.other
    _hold(older, younger)
    policies.check_part(Joined.objects.get(pk=joined.pk))
    Joined.objects.filter(pk=joined.pk).update(
        parted_at=moment.now(), parted_by=user, parted_why=reason.strip()
    )
    closed = Status.Name.REJECTED if joined.stood in cases.UNDECIDED else Status.Name.CLOSED
    if joined.stood and services.current(younger).name == closed:
        services.put(user, younger, joined.stood, reason)
    _give_back(user, joined)
    title = f"Parted from case {older.reference}"
    services.enter(user, younger, "status", title, body=reason, page="duplicates:joined")
    for case in (older, younger):
        audit.record(
            user, "duplicates.parted", f"joined {joined.key}", case=case, fields=["status", "agencies"]
        )
    # Last, and one's own agency last of all: afterwards one may be outside.
    leaving = Participation.objects.filter(case=older, agency__in=joined.agencies, ended_at=None)
    for row in sorted(leaving.select_related("agency"), key=lambda p: p.agency_id == user.agency_id):
        services.end_participation(user, older, row.agency, "No longer asked in by who decides on the case.")
    joined.refresh_from_db()
    return joined


def _hold(*both: Case) -> None:
    """Let nobody else change either until this is done; always in the same order."""
    for case in sorted(both, key=lambda c: c.pk):
        services._hold(case)


def _close(user: User, younger: Case, older: Case, stood: str) -> None:
    why = f"A duplicate of case {older.reference}, where work goes on."
    if stood in cases.UNDECIDED:
        services.put(user, younger, Status.Name.REJECTED, why)
        return
    definition = rules.current_definition(moment.now().date())
    Closing.objects.create(
        **owned(
            user, younger, why=CLOSED_AS, reason=why, current=Closing.Current.NOT_KNOWN,
            definition=definition.code, current_words=why,
        )
    )  # fmt: skip
    services.put(user, younger, Status.Name.CLOSED, why)
    for kind in rules.follow_ups(moment.now().date()).values():
        # They are followed up once, when the case that goes on is closed.
        clocks.end_kind(user, younger, kind, why=why, state=Clock.State.CANCELLED)


def _give(user: User, joined: Joined, knew: set[str]) -> None:
    """Let the running tasks of the duplicate run on the case, of whichever side: as the service."""
    older, younger = joined.case, joined.other
    with as_service("run clocks"):
        there = Participation.objects.filter(case=older, ended_at=None).select_related("agency")
        strangers = {p.agency.kind for p in there if p.agency_id not in knew}
        running = Clock.objects.filter(case=older, state=Clock.State.RUNNING)
        taken = set(running.values_list("kind", "owner_id", "partition"))
        for clock in Clock.objects.filter(case=younger, state=Clock.State.RUNNING, of_key=None).order_by(
            "pk"
        ):
            kind = (clock.kind, clock.owner_id, clock.partition)
            if clock.kind.startswith("case.") or kind in taken or _told(clock.partition, strangers):
                continue
            made = clocks.run_on(clock, older)
            clocks.end(user, clock, why=f"It runs on case {older.reference}.", state=Clock.State.CANCELLED)
            GivenTask.objects.create(
                case=older, owner_id=clock.owner_id, by=user, at=moment.now(), partition=clock.partition,
                joined_key=joined.key, was=clock.key, now=made.key,
            )  # fmt: skip


def _told(partition: str, strangers: set[str]) -> bool:
    """Say whether an agency of these kinds would read a task of this partition that it cannot read now."""
    kinds = {reader.kind for reader in CASE_PARTITIONS[partition].readers if not reader.own_rows_only}
    return bool(strangers) if None in kinds else bool(strangers & kinds)


def _give_back(user: User, joined: Joined) -> None:
    with as_service("run clocks"):
        for given in GivenTask.objects.filter(joined_key=joined.key).order_by("pk"):
            now = Clock.objects.filter(key=given.now, state=Clock.State.RUNNING).first()
            was = Clock.objects.filter(key=given.was).first()
            if now is None or was is None:
                continue  # It was done meanwhile, or erased.
            clocks.end(user, now, why="The cases were parted.", state=Clock.State.CANCELLED)
            clocks.run_again(was, assigned_to=now.assigned_to, due_at=now.due_at)
