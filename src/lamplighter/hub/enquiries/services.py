"""The only writers of lines of enquiry by people: say where one stands and who does it, and add one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.enquiries import appearing, policies, rules, selectors
from lamplighter.hub.enquiries.models import Line, LineState
from lamplighter.hub.enquiries.selectors import Standing
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

PURPOSE = appearing.PURPOSE
KIND = appearing.KIND
# A person who adds a line writes it on their own side: the first that they write.
SIDES = ("police", "advocacy")


@dataclass(frozen=True, slots=True)
class Given:
    """State of a line as somebody gives it. ``seen``: the key of the state that they read."""

    line: Standing
    state: str
    words: str
    doer: User | None
    due_on: dt.date
    seen: str


def side_of(user: User) -> str:
    """Return the side on which this person adds a line."""
    return next((name for name in form_readers.of(user) if name in SIDES), appearing.NOBODYS)


def may_write(user: User, line: Line) -> bool:
    """Tell whether this person records where a line stands: who writes on its side."""
    if line.partition == appearing.NOBODYS:
        return form_readers.reads(user, line.partition, line.owner_id)
    return line.partition in form_readers.of(user)


def who_could_do(case: Case, line: Line) -> list[User]:
    """List those who read the line on this case: one of them can be given it."""
    rows = people.on_the_case(case, line.partition, line.owner_id)
    return list(rows.select_related("agency"))


@transaction.atomic
def record(user: User, case: Case, given: Sequence[Given]) -> list[LineState]:
    """Record where some lines stand, all or none. Of each, its task ends once it is resolved.

    Raises ``ConflictError`` with the state that stands where somebody else was first, and
    ``NotPossibleError``, whose ``field`` begins with the key of the line.
    """
    cases._hold(case)
    today = rules.day_of(moment.now())
    now = {line.row.key: line for line in selectors.lines(case)}
    made = [_record(user, case, one, now[one.line.row.key], today) for one in given]
    if made:
        with as_service(PURPOSE):
            _planned(user, case)
            appearing.near(case, today)
    return made


def _record(user: User, case: Case, given: Given, now: Standing, today: dt.date) -> LineState:
    row = now.row
    if now.seen != given.seen:
        raise ConflictError(newest=now.newest)
    if not may_write(user, row):
        raise NotPossibleError("This line belongs to another side of the case.")
    before = now.newest.due_on if now.newest else row.due_on
    try:
        policies.check_state(given.state, given.words, given.due_on, before, today)
        if given.doer is not None and given.doer not in who_could_do(case, row):
            raise NotPossibleError("Choose somebody who can open this line.", "doer")
    except NotPossibleError as refusal:
        refusal.field = f"{row.key}-{refusal.field}"
        raise
    guarding.check(user, case, row.partition, given.words)
    made = LineState.objects.create(
        **owned(
            user,
            case,
            partition=row.partition,
            line=row,
            state=given.state,
            words=given.words.strip(),
            doer=given.doer,
            due_on=given.due_on,
        )
    )
    title = selectors.title(row, today)
    if now.state != made.state or made.words:
        cases.enter(
            user,
            case,
            KIND,
            f"{title}: {made.get_state_display().lower()}"[:200],
            partition=row.partition,
            body=made.words,
            page=appearing.ONE,
            of_key=row.key,
        )
    resolved = made.state in (LineState.State.DONE, LineState.State.REFUSED, LineState.State.NOT_REASONABLE)
    with as_service(PURPOSE):
        for clock in Clock.objects.filter(
            case=case, kind=appearing.SOON, of_key=row.key, state=Clock.State.RUNNING
        ):
            if resolved:
                clocks.end(user, clock, why=f"{made.get_state_display()}.")
    audit.record(user, "enquiries.recorded", f"line {row.key}", case=case, fields=["state"], state=made.state)
    return made


def _planned(user: User, case: Case) -> None:
    """As the service: the task of saying who does the new lines ends once each of them has somebody."""
    waiting = {
        (line.row.owner_id, line.row.partition)
        for line in selectors.lines(case)
        if not line.resolved and line.doer_id is None
    }
    for clock in Clock.objects.filter(case=case, kind=appearing.NEW, state=Clock.State.RUNNING):
        if (clock.owner_id, clock.partition) not in waiting:
            clocks.end(user, clock, why="Each line has somebody who does it.")


@transaction.atomic
def add(user: User, case: Case, title: str, why: str, due_on: dt.date, *, doer: User | None = None) -> Line:
    """Add a line of enquiry that no rule calls for, on the side of whoever adds it.

    Raises ``NotPossibleError``, also for words that repeat the vault.
    """
    cases._hold(case)
    today = rules.day_of(moment.now())
    policies.check_added(title, why, due_on, today)
    partition = side_of(user)
    guarding.check(user, case, partition, title, why)
    made = Line.objects.create(
        **owned(user, case, partition=partition, title=title.strip()[:200], why=why.strip(), due_on=due_on)
    )
    LineState.objects.create(
        **owned(
            user,
            case,
            partition=partition,
            line=made,
            state=LineState.State.OPEN,
            doer=doer or user,
            due_on=due_on,
        )
    )
    if doer is not None and doer not in who_could_do(case, made):
        raise NotPossibleError("Choose somebody who can open this line.", "doer")
    cases.enter(
        user,
        case,
        KIND,
        f"Line of enquiry added: {made.title}"[:200],
        partition=partition,
        body=made.why,
        page=appearing.ONE,
        of_key=made.key,
    )
    with as_service(PURPOSE):
        appearing.near(case, today)
    audit.record(user, "enquiries.added", f"line {made.key}", case=case, fields=["title", "why", "due_on"])
    return made
