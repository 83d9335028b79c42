"""The only writers of requests and of what is decided about their items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import rules as case_rules
from lamplighter.hub.cases.models import Party
from lamplighter.hub.rights import policies
from lamplighter.hub.rights.models import SubjectDecision, SubjectItem, SubjectRequest
from lamplighter.hub.rights.rules import NOT_DECIDED, RULES, request_months
from lamplighter.hub.rights.subject_access import collection, letter
from lamplighter.hub.sharing import vault
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

ANSWER = "answer a subject"


@transaction.atomic
def take_in(
    user: User,
    *,
    name: str,
    received_on: dt.date,
    identity_how: str,
    also_known_as: str = "",
    birth_date: dt.date | None = None,
) -> SubjectRequest:
    """Somebody asks what is held about them. What there is, is looked for later, by a job."""
    now = moment.now()
    today = timezone.localdate(now)
    policies.check_request(name, received_on, today, identity_how)
    rule = RULES.one("answer", received_on)
    due = case_rules.later_by_months(_noon(received_on), rule.extra["months"])
    made = SubjectRequest.objects.create(
        owner_id=user.own_agency_id,
        by=user,
        at=now,
        name=name.strip(),
        also_known_as=also_known_as.strip(),
        birth_date=birth_date,
        received_on=received_on,
        identity_how=identity_how,
        decide_by=received_on + dt.timedelta(days=rule.extra["decide_days"]),
        due_on=due.date(),
    )
    audit.record(user, "rights.request_taken", f"request {made.key}", operation=Operation.COLLECTION)
    return made


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), timezone.get_current_timezone())


def collect_waiting() -> int:
    """For the job: list the items of every request that waits. Returns how many requests."""
    waiting = SubjectRequest.objects.filter(collected_at=None, answered_at=None).order_by("pk")
    for request in waiting:
        with transaction.atomic():
            collection.collect(request, timezone.now())
    return len(waiting)


def close_requests(today: dt.date) -> int:
    """Take out who asked, of every request whose period after the answer is over. Returns how many.

    For the job. What was decided about each record stays with the case and goes with it.
    """
    ended, months = 0, request_months(today)
    for request in SubjectRequest.objects.exclude(answered_at=None).filter(closed_on=None).order_by("pk"):
        answered = request.answered_at
        assert answered is not None
        until = case_rules.later_by_months(answered, months)
        if timezone.localdate(until) > today:
            continue
        with transaction.atomic():
            SubjectRequest.objects.filter(pk=request.pk).update(
                name="",
                also_known_as="",
                birth_date=None,
                identity_how="",
                extended_why="",
                paused_why="",
                closed_on=today,
            )
            audit.record(None, "rights.request_closed", f"request {request.key}", operation=Operation.ERASURE)
        ended += 1
    return ended


@transaction.atomic
def decide(
    user: User,
    item: SubjectItem,
    *,
    kind: str,
    reason: str,
    exemption: str = "",
    disclosed: bool = False,
    disclosed_how: str = "",
    own: bool = False,
    opinion: str = "",
    title: str = "",
    text: str = "",
    seen: str | None = None,
) -> SubjectDecision:
    """The owner gives an item, in words written for the person, or withholds it by a named exemption.

    ``seen`` is the key of the decision that stood when the writer began, "" for
    none; where another stands now, ``ConflictError`` carries it.
    """
    if item.owner_id != user.agency_id:
        raise NotPossibleError("Only the agency that owns it decides about it.")
    policies.check_decision(
        side=item.side,
        kind=kind,
        exemption=exemption,
        reason=reason,
        disclosed=disclosed,
        disclosed_how=disclosed_how,
        title=title,
        text=text,
        today=timezone.localdate(),
        own=own,
        health=item.owner.kind == Agency.Kind.HEALTH,
        opinion=opinion,
    )
    one_at_a_time(item.pk)
    newest = SubjectDecision.objects.filter(item=item).select_related("by", "owner").order_by("pk").last()
    if newest is not None and newest.exemption == NOT_DECIDED:
        # Nobody's decision: the time was over.
        newest = None
    if seen is not None and newest is not None and str(newest.key) != seen:
        raise ConflictError(newest=newest)
    given = kind == SubjectDecision.Kind.GIVE
    if given:
        # She may have given his name herself; to him nothing may name her, whatever he knows.
        known = item.side == Party.Side.VICTIM and disclosed
        names = set() if known else _names_of_the_other(item)
        hidden = vault.words(user, item.case) if item.side == Party.Side.SUSPECT else set()
        policies.check_other_party(f"{title}\n{text}", names, hidden)
    made = SubjectDecision.objects.create(
        **owned(user, item.case, partition=item.partition, item=item, side=item.side, kind=kind),
        exemption="" if given else exemption,
        reason=reason,
        disclosed_to_subject=given and (disclosed or own),
        own=given and own,
        opinion=opinion,
        disclosed_how=disclosed_how if given else "",
        title=title if given else "",
        text=text if given else "",
    )
    audit.record(
        user,
        "rights.item_decided",
        f"item {item.key}",
        operation=Operation.DISCLOSURE if given else Operation.ALTERATION,
        case=item.case_id,
        kind=kind,
        exemption=made.exemption,
    )
    return made


@transaction.atomic
def withhold(user: User, items: Sequence[SubjectItem], *, exemption: str, reason: str) -> int:
    """Withhold several items for one reason, all or none; returns how many.

    Nothing can be given this way: words for a person are written for each record. Raises ``NotPossibleError``
    where somebody has decided about one of them, so that no decision is overruled unseen.
    """
    if not items:
        raise NotPossibleError("Select at least one record.")
    if SubjectDecision.objects.filter(item__in=items).exclude(exemption=NOT_DECIDED).exists():
        raise NotPossibleError(
            "Somebody has decided about one of these records. Nothing was saved: select again."
        )
    for item in items:
        # "": none stands. One that was made since the question above is not overruled either.
        decide(user, item, kind=SubjectDecision.Kind.WITHHOLD, exemption=exemption, reason=reason, seen="")
    return len(items)


@transaction.atomic
def give_time(user: User, request: SubjectRequest, what: str, on: dt.date, why: str) -> SubjectRequest:
    """Put the answer off ("extend"), stop its clock to ask what is meant ("ask"), or let it go on ("clear").

    The owners of records decide by the same day as before: they learn nothing of it.
    Raises ``NotPossibleError``.
    """
    found = SubjectRequest.objects.select_for_update().get(pk=request.pk)
    policies.check_time_asked(found, what, on, timezone.localdate())
    if what != "clear" and not why.strip():
        raise NotPossibleError("Say why, in words that the person can be told.")
    if what == "extend":
        rule = RULES.one("answer", found.received_on)
        months = rule.extra["months"] + rule.extra.get("extend_months", 0)
        found.extended_on, found.extended_why = on, why.strip()
        stopped = ((found.resumed_on or on) - found.paused_on).days if found.paused_on else 0
        due = case_rules.later_by_months(_noon(found.received_on), months).date()
        found.due_on = due + dt.timedelta(days=stopped)
    elif what == "ask":
        found.paused_on, found.paused_why = on, why.strip()
    elif what == "clear" and found.paused_on:
        found.resumed_on = on
        found.due_on += on - found.paused_on
    else:
        raise NotPossibleError("Choose what has happened.")
    found.save()
    audit.record(user, "rights.time_given", f"request {found.key}", fields=["due_on"], what=what)
    return found


def _names_of_the_other(item: SubjectItem) -> set[str]:
    rows = Party.objects.filter(case=item.case_id).exclude(side=item.side)
    return {name for row in rows for name in (row.name, row.also_known_as) if name}


@transaction.atomic
def answer(user: User, request: SubjectRequest) -> bytes:
    """The pack for the person who asked: what the owners gave. What nobody decided is not in it.

    As a service, because the agency that answers does not read what the owners
    hold: only what they wrote for the person reaches the pack.
    """
    now = moment.now()
    today = timezone.localdate(now)
    with as_service(ANSWER):
        standing = SubjectRequest.objects.select_for_update().get(pk=request.pk)
        days = RULES.one("answer", standing.received_on).extra["decide_days"]
        policies.check_answer(standing, days, today)
        given = _given(standing)
        SubjectRequest.objects.filter(pk=request.pk).update(answered_at=now, answered_by=user)
        audit.record(user, "rights.answered", f"request {request.key}", operation=Operation.DISCLOSURE)
    request.refresh_from_db()
    agency = Agency.objects.get(pk=request.owner_id)
    return letter.pack(request.name, agency.name, today, given)


def not_yet(request: SubjectRequest) -> str:
    """Return why the answer cannot be made today, in words; "" where it can."""
    days = RULES.one("answer", request.received_on).extra["decide_days"]
    try:
        policies.check_answer(request, days, timezone.localdate())
    except NotPossibleError as reason:
        return str(reason)
    return ""


def _given(request: SubjectRequest) -> list[letter.Given]:
    decided = SubjectDecision.objects.filter(item__request_key=request.key).select_related("owner")
    newest: dict[int, SubjectDecision] = {d.item_id: d for d in decided.order_by("pk")}
    for item in SubjectItem.objects.filter(request_key=request.key).exclude(pk__in=newest):
        _nobody_decided(item)
    chosen = [d for d in newest.values() if d.kind == SubjectDecision.Kind.GIVE]
    return [letter.Given(d.owner.name, d.title, d.text) for d in sorted(chosen, key=_order)]


def _order(decision: SubjectDecision) -> Any:
    return (decision.owner.name, decision.pk)


def _nobody_decided(item: SubjectItem) -> None:
    """Note that the days went by without a decision: nothing was given, and nobody withheld anything."""
    SubjectDecision.objects.create(
        case_id=item.case_id,
        owner_id=item.owner_id,
        partition=item.partition,
        item=item,
        side=item.side,
        kind=SubjectDecision.Kind.NOBODY,
        exemption=NOT_DECIDED,
        reason=RULES.title("exemption", NOT_DECIDED),
    )
