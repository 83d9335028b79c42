"""The only writer of the plan: scenarios, actions that are tasks, measures, and the victim's own view."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.cases.selectors import Moment, known
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import end_of
from lamplighter.hub.risk import policies, rules, selectors
from lamplighter.hub.risk.models import MeasureState, Scenario, VictimView
from lamplighter.hub.risk.policies import Action
from lamplighter.hub.risk.selectors import ACTION
from lamplighter.hub.sharing import guarding
from lamplighter.hub.sharing import selectors as sharing_selectors
from lamplighter.hub.sharing import services as sharing
from lamplighter.hub.sharing.models import Release
from lamplighter.hub.sharing.policies import Draft as Shared
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

PURPOSE = "run clocks"
KIND = "risk.plan"
PAGE = "risk:plan"
VIEW = "The victim’s view of the danger and of the plan"
SUPPORT = "support"  # a kind of sharing/rules.toml
WORDS = ("what", "whom", "signs", "response", "mind", "why")


@dataclass(frozen=True, slots=True)
class Words:
    """A scenario as somebody writes it."""

    what: str
    whom: str
    response: str
    mind: str
    signs: str = ""
    why: str = ""


def scenarios(case: Case, as_at: Moment = None) -> list[Scenario]:
    """Return the scenarios that stand, in the order in which they were first written."""
    rows = known(Scenario.objects.filter(case=case), as_at).select_related("by", "owner").order_by("at", "pk")
    newest = {row.thread: row for row in rows}
    return [row for row in newest.values() if not row.ended]


def versions(case: Case, thread: uuid.UUID, as_at: Moment = None) -> list[Scenario]:
    """Return every version of one scenario, the newest first."""
    rows = known(Scenario.objects.filter(case=case, thread=thread), as_at).select_related("by", "owner")
    return list(rows.order_by("-at", "-pk"))


@transaction.atomic
def write(
    user: User,
    case: Case,
    words: Words,
    *,
    thread: uuid.UUID | None = None,
    seen: str = "",
    ended: bool = False,
    actions: Sequence[Action] = (),
) -> Scenario:
    """Write a scenario or a new version of one: what could happen, to whom, and what is done about it.

    ``seen`` is the key of the version that the writer read. ``ConflictError`` carries the one that stands.
    """
    cases._hold(case)
    before = next(iter(versions(case, thread)), None) if thread else None
    if thread and (before is None or str(before.key) != seen):
        raise ConflictError(newest=before)
    for name, text in (
        ("what", "Enter what could happen."),
        ("whom", "Enter to whom it could happen."),
        ("response", "Enter what you do about it."),
        ("mind", "Enter what would change your mind."),
    ):
        if not getattr(words, name).strip():
            raise NotPossibleError(text, name)
    if before is not None:
        policies.check_reason(words.why, "why")
    typed = {name: getattr(words, name).strip() for name in WORDS}
    guarding.check(user, case, "shared", *typed.values(), *(action.text for action in actions))
    row = typed | {"thread": thread or uuid.uuid4(), "ended": ended}
    made = Scenario.objects.create(**owned(user, case, **row))
    verb = "Scenario taken out of the plan" if ended else "Scenario changed" if before else "Scenario added"
    cases.enter(user, case, KIND, verb, body=made.why or made.what, page=PAGE, of_key=made.key)
    for action in actions:
        give(user, case, action, of_key=made.thread)
    audit.record(user, "risk.scenario_written", f"scenario {made.key}", case=case, fields=[*WORDS])
    return made


@transaction.atomic
def act(user: User, case: Case, action: Action, *, of_key: uuid.UUID | None = None) -> Clock:
    """Give somebody of any agency on the case an action of the plan, with its day.

    Raises ``NotPossibleError``.
    """
    if not action.text.strip():
        raise NotPossibleError("Enter what is to be done.", "text")
    if action.by < rules.day_of(moment.now()):
        raise NotPossibleError("The day must not be in the past.", "by")
    if not people.on_the_case(case, "shared", str(user.agency_id)).filter(pk=action.to.pk).exists():
        raise NotPossibleError("Choose somebody who can open this case.", "to")
    guarding.check(user, case, "shared", action.text)
    return give(user, case, action, of_key=of_key)


def give(user: User, case: Case, action: Action, *, of_key: uuid.UUID | None = None) -> Clock:
    """Start the task of an action, for the agency of whoever does it. Part of what checked it."""
    # In the name of another agency: the rules of the wall let a person add rows of their own alone.
    with as_service(PURPOSE):
        made = clocks.start(
            user,
            case,
            ACTION,
            action.text.strip()[:200],
            due_at=end_of(action.by),
            why=f"An action of the risk plan. Asked by {user.display_name}.",
            assigned_to=action.to,
            owner=action.to.agency,
            page=PAGE,
            of_key=of_key,
        )
    cases.enter(
        user,
        case,
        KIND,
        f"Action for {action.to.display_name}: {action.text.strip()}"[:200],
        page=PAGE,
        of_key=made.key,
    )
    audit.record(user, "risk.action_given", f"clock {made.key}", case=case, to=str(action.to.key))
    return made


@transaction.atomic
def measure(
    user: User, case: Case, code: str, state: str, words: str, *, seen: str | None = None
) -> MeasureState:
    """Record how a measure stands. ``seen`` is the key of the row that was read, "" for none."""
    cases._hold(case)
    if code not in rules.on("measure", rules.day_of(moment.now())):
        raise NotPossibleError("This measure is not on the list.")
    before = selectors.measures(case).get(code)
    if seen is not None and str(before.key if before else "") != seen:
        raise ConflictError(newest=before)
    policies.check_measure(state, words)
    guarding.check(user, case, "shared", words)
    made = MeasureState.objects.create(**owned(user, case, measure=code, state=state, words=words.strip()))
    title = f"{rules.title('measure', code)}: {made.get_state_display().lower()}"
    cases.enter(user, case, KIND, title[:200], body=made.words, page="risk:page", of_key=made.key)
    audit.record(user, "risk.measure_recorded", f"case {case.key}", case=case, fields=["state"], measure=code)
    return made


# The victim's view ------------------------------------------------------------------------------------------


def views(case: Case, as_at: Moment = None) -> list[VictimView]:
    """Return every version of the victim's view, the newest first; none for who is not on her side."""
    rows = known(VictimView.objects.filter(case=case), as_at).select_related("by", "owner")
    return list(rows.order_by("-at", "-pk"))


def shared_view(case: Case, as_at: Moment = None) -> Release | None:
    """Return what she lets the others read of it now; ``None`` for nothing, and once she has ended it."""
    rows = known(Release.objects.filter(case=case), as_at).filter(
        disclosure__kind=SUPPORT,
        title=VIEW,
        from_partition="advocacy",
        to_partition="shared",
        withdrawn_at=None,
        expires_at__gt=moment.now(),
    )
    return rows.select_related("by", "owner", "disclosure").order_by("-at", "-pk").first()


@transaction.atomic
def view(
    user: User,
    case: Case,
    words: str,
    *,
    seen: str | None = None,
    shared: str = "",
    until: dt.date | None = None,
    how: str = "",
) -> VictimView:
    """Write the victim's view, as her advocate. ``shared``: what she lets the others read, "" for nothing.

    What she let them read before ends; what she says now is a release with her consent, until ``until``.
    """
    cases._hold(case)
    before = next(iter(views(case)), None)
    if seen is not None and str(before.key if before else "") != seen:
        raise ConflictError(newest=before)
    if not words.strip():
        raise NotPossibleError("Enter the victim’s view.", "words")
    today = rules.day_of(moment.now())
    released = None
    standing = shared_view(case)
    if standing is not None:
        register = sharing_selectors.line(case, standing.disclosure.key)
        sharing.withdraw(user, case, register, "The victim’s view was written again.")
    if shared.strip():
        if until is None:
            raise NotPossibleError("Enter until when the others may read it.", "until")
        released = sharing.release(
            user,
            case,
            Shared(
                from_partition="advocacy",
                to_partition="shared",
                kind=SUPPORT,
                title=VIEW,
                text=shared.strip(),
                basis="consent",
                necessity="The plan is made with the victim’s own view of it.",
                proportionality="Only the words that the victim agreed to, and until the day agreed.",
                expires_on=until,
                consent_of="victim",
                consent_how=how,
                consent_on=today,
            ),
        )
    made = VictimView.objects.create(
        **owned(user, case, words=words.strip(), shared_as=released.disclosure.key if released else None)
    )
    cases.enter(
        user, case, "victim.view", VIEW, partition="advocacy", body=made.words, page=PAGE, of_key=made.key
    )
    audit.record(user, "risk.view_written", f"view {made.key}", case=case, fields=["words"])
    return made
