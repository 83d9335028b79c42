"""Record what the victim has a right to be told, by when, and that it was told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case, Participation
from lamplighter.hub.cases.participants.ages import Known, is_child
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import policies, rules, selectors
from lamplighter.hub.victim_side.models import CodeEvent, CodeUpdate, EnhancedRights
from lamplighter.hub.victim_side.services import contact, documents

SPOKEN = frozenset({"call", "in_person"})
RIGHTS_ENDED = "victims_code.rights_ended"
TELL_OF_RIGHTS = "Tell the victim: enhanced rights have ended"
FIND_AN_ADVOCATE = "Find an advocate to tell the victim: enhanced rights have ended"


@transaction.atomic
def enter_event(user: User, case: Case, kind: str, happened_on: dt.date) -> CodeEvent:
    """Something happened that the victim is told of: the clock runs from that day, in working days.

    ``happened_on`` is the day from which the time of its kind counts: of what comes from a court, the day on
    which the witness care unit was told (``rules.from_receipt``).
    """
    today = moment.now().astimezone(rules.LONDON).date()
    policies.check_past(happened_on, today)
    known = rules.on("event", happened_on)
    if kind not in known:
        raise NotPossibleError("Choose what happened.")
    enhanced = selectors.enhanced(case)
    due_at = rules.update_due(happened_on, enhanced, kind)
    made = CodeEvent.objects.create(**owned(user, case, kind=kind, happened_on=happened_on, due_at=due_at))
    title = known[kind].title
    days = rules.update_days(happened_on, enhanced, kind)
    start = "it was received" if rules.from_receipt(happened_on, kind) else "it"
    who = known[kind].extra.get("who", "")
    clocks.start(
        user,
        case,
        selectors.UPDATE,
        f"Tell the victim: {title.lower()}",
        due_at=due_at,
        starts_at=moment.now(),
        why=f"Victims' Code: {days} working {'day' if days == 1 else 'days'} after {start}. "
        f"{known[kind].source}.{f' Told by: {who}.' if who else ''}",
        page="victim:updates",
        of_key=made.key,
    )
    at = dt.datetime.combine(happened_on, dt.time(12), rules.LONDON)
    cases.enter(
        user,
        case,
        "victims_code",
        title,
        happened_at=min(at, moment.now()),
        page="victim:updates",
        of_key=made.key,
    )
    audit.record(
        user,
        "victim.event_entered",
        f"event {made.key}",
        operation=Operation.COLLECTION,
        case=case,
        kind=kind,
    )
    return made


@transaction.atomic
def tell(user: User, case: Case, event: CodeEvent, *, channel: str, at: dt.datetime) -> CodeUpdate:
    """The victim is told of ``event`` by ``channel`` at ``at``: a contact, checked like any other.

    How the victim was reached stays with whoever did; the others learn that it
    was done. Raises ``policies.NotSafeError`` when the rule does not allow it, and
    ``ConflictError`` when somebody has recorded it already.
    """
    documents.hold(case)
    if earlier := CodeUpdate.objects.filter(event=event).select_related("by", "owner").first():
        raise policies.changed(earlier)
    title = rules.title("event", event.kind)
    result = "reached" if channel in SPOKEN else ""
    contact.record(user, case, channel=channel, at=at, words=f"Victims' Code update: {title}", result=result)
    made = CodeUpdate.objects.create(**owned(user, case, event=event, told_at=at))
    running = Clock.objects.filter(case=case, kind=selectors.UPDATE, of_key=event.key, state="running")
    for clock in running:
        clocks.end(user, clock, why="The victim was told")
    cases.enter(
        user,
        case,
        "victims_code",
        f"The victim was told: {title.lower()}",
        happened_at=at,
        page="victim:updates",
    )
    audit.record(user, "victim.told", f"event {event.key}", operation=Operation.DISCLOSURE, case=case)
    return made


@transaction.atomic
def set_enhanced(
    user: User, case: Case, answers: Mapping[str, str], reason: str, *, seen: str | None = None
) -> EnhancedRights:
    """Record which categories of enhanced rights the victim is in. It sets the clocks of later events.

    ``answers``: "yes", "no" or "not_known" for every category of today. The rights end only where each has
    been refused, and never of somebody under 18; then the advocates on the case have a task to tell the
    victim. Raises ``NotPossibleError`` otherwise.
    """
    today = moment.now().astimezone(rules.LONDON).date()
    enhanced = policies.check_rights(
        answers, reason, rules.on("enhanced", today), is_child(case) == Known.YES
    )
    documents.check_seen(EnhancedRights, case, seen)
    had = selectors.enhanced(case)
    given = {word: [code for code, said in answers.items() if said == word] for word in ("yes", "no")}
    made = EnhancedRights.objects.create(
        **owned(user, case, enhanced=enhanced, applies=given["yes"], refused=given["no"], reason=reason)
    )
    title = f"Enhanced rights under the Victims' Code: {'yes' if enhanced else 'no'}"
    cases.enter(user, case, "victims_code", title, body=reason, page="victim:updates")
    audit.record(user, "victim.enhanced_rights", f"case {case.key}", case=case, fields=["enhanced"])
    if had and not enhanced:
        _tell_the_advocates(user, case)
    elif enhanced:
        with as_service("run clocks"):
            clocks.end_kind(
                user, case, RIGHTS_ENDED, why="Enhanced rights again", state=Clock.State.CANCELLED
            )
    return made


def _tell_the_advocates(user: User, case: Case) -> None:
    """Start a task for each advocacy service on the case; with none there, for the agency that refused."""
    now = moment.now()
    services = [
        p.agency
        for p in Participation.objects.filter(case=case, ended_at=None).select_related("agency")
        if p.agency.kind == Agency.Kind.ADVOCACY
    ]
    text = TELL_OF_RIGHTS if services else FIND_AN_ADVOCATE
    # In the name of another agency: the rules of the wall let a person add rows of their own alone.
    with as_service("run clocks"):
        for agency in services or [user.own_agency]:
            clocks.start(
                user,
                case,
                RIGHTS_ENDED,
                text,
                due_at=rules.after_working_days("rights_ended", now),
                starts_at=now,
                why="All three categories were refused, so updates under the Victims' Code come later. If "
                "one of them applies, record it on the same page: the rights are back at once.",
                owner=agency,
                page="victim:updates",
            )
