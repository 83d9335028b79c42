"""Triage, closing, follow-up and legal status: what changes where a case stands, each as rows that stay."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import hooks, policies, rules, selectors, services
from lamplighter.hub.cases.models import (
    Case,
    Closing,
    FollowUp,
    LegalStatus,
    RepeatedReferral,
    SafeguardingCheck,
    Status,
    Triage,
)
from lamplighter.hub.cases.participants import ages
from lamplighter.hub.cases.referrals import open_cases
from lamplighter.hub.cases.status import open_tasks
from lamplighter.hub.cases.status.hooks import before_closing
from lamplighter.hub.cases.status.open_tasks import Decided
from lamplighter.hub.cases.status.states import WORKING
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError


@transaction.atomic
def triage(
    user: User,
    case: Case,
    decision: str,
    threshold: str,
    reason: str,
    *,
    redirected_to: str = "",
    again_why: str = "",
    seen: Any = None,
    at: dt.datetime | None = None,
) -> Triage:
    """Decide what the hub does with a referral, by which threshold and why; the clocks of it start.

    ``seen`` is the key of the status that the person read. Raises
    ``NotPossibleError``.
    """
    with services._told(at):
        services._hold(case)
        now = services.current(case)
        services.check_seen(now, seen)
        day = timezone.localdate(moment.now())
        policies.check_triage(now.name, decision, threshold, reason, redirected_to, day)
        policies.check_adults_only(threshold, ages.suspect_is_child(case) == ages.Known.YES, day)
        checks = selectors.safeguarding_checks(case)
        policies.check_police_checked(threshold, selectors.in_danger(case), checks, day)
        if decision in WORKING:
            # Who referred them may not have known of the other case; who decides is told, and says why.
            given = {row.other_id for row in open_cases.reasons(case)}
            unsaid = [other for other in open_cases.of_case(case) if other.pk not in given]
            policies.check_again(unsaid, again_why)
            for other in unsaid:
                RepeatedReferral.objects.create(**owned(user, case, other=other, reason=again_why))
        row = {"decision": decision, "threshold": threshold, "reason": reason, "redirected_to": redirected_to}
        made = Triage.objects.create(**owned(user, case, **row))
        title = f"Triage: {Status.Name(decision).label}"
        body = f"{rules.title('threshold', threshold)}. {reason}"
        services.enter(user, case, "triage", title, body=body, page="cases:case", of_key=made.key)
        services.put(user, case, decision, reason)
    audit.record(user, "cases.triaged", f"case {case.key}", case=case, fields=["triage"], decision=decision)
    return made


@transaction.atomic
def record_safeguarding(
    user: User, case: Case, done_by: str, done_at: dt.datetime, what: str, *, at: dt.datetime | None = None
) -> SafeguardingCheck:
    """Record what the police did for somebody's safety: who of them, when, and what.

    Raises ``NotPossibleError``.
    """
    with services._told(at):
        policies.check_safeguarding(done_by, done_at, what, moment.now())
        services._hold(case)
        row = {"done_by": done_by.strip(), "done_at": done_at, "what": what.strip()}
        made = SafeguardingCheck.objects.create(**owned(user, case, **row))
        services.enter(
            user,
            case,
            "safeguarding",
            "Police safeguarding check",
            body=f"{made.done_by}. {made.what}",
            happened_at=done_at,
            page="cases:triage",
            of_key=made.key,
        )
    audit.record(user, "cases.safeguarding", f"case {case.key}", case=case, fields=["safeguarding"])
    return made


@transaction.atomic
def close(
    user: User,
    case: Case,
    *,
    why: str,
    reason: str,
    current: str,
    current_words: str = "",
    last_act_on: dt.date | None = None,
    not_done: str = "",
    days_away: int | None = None,
    to_come: Mapping[str, tuple[str, dt.date | None]] | None = None,
    advocate: str = Closing.Advocate.NOT_ASKED,
    agreed_with: str = "",
    agreed_words: str = "",
    dropped_as: str = "",
    tasks: Mapping[uuid.UUID, Decided] | None = None,
    seen: Any = None,
    at: dt.datetime | None = None,
) -> Closing:
    """Close the case: why, whether the stalking is current by the definition of the day, what was not done.

    ``to_come`` has, for ``orders``, ``bail``, ``release`` and ``trial``, whether there is one (``yes``,
    ``no``, ``not_known``) and its day. Some reasons ask that it is not current and that a second agency
    agrees (:func:`policies.check_not_current`). ``dropped_as`` is the outcome that drops the case, which asks
    for what other contexts have registered (:mod:`.hooks`). ``tasks``: what becomes of each open task, by its
    key (:mod:`.open_tasks`). Follow-up starts, after the months of the rules. Raises ``NotPossibleError``.
    """
    with services._told(at):
        services._hold(case)
        now = services.current(case)
        services.check_seen(now, seen)
        policies.check_closing(now.name, current, current_words, reason)
        today = timezone.localdate(moment.now())
        definition = rules.current_definition(today)
        coming = dict.fromkeys(policies.TO_COME, ("not_known", None)) | dict(to_come or {})
        rule = rules.on("closing", today).get(why)
        if rule and rule.extra.get("not_current"):
            asked = policies.Asked(last_act_on, days_away, coming, advocate, agreed_with, agreed_words)
            working = {p.agency_id for p in selectors.participations(case)}
            policies.check_not_current(asked, current, working, str(user.agency_id or ""), today)
        before_closing(user, case, dropped_as)
        open_tasks.settle(user, case, tasks or {})
        made = Closing.objects.create(
            **owned(
                user,
                case,
                why=why,
                dropped_as=dropped_as,
                reason=reason,
                current=current,
                definition=definition.code,
                current_words=current_words,
                last_act_on=last_act_on,
                not_done=not_done,
                days_away=days_away,
                advocate=advocate,
                agreed_with_id=agreed_with or None,
                agreed_words=agreed_words,
                **{name: answer for name, (answer, _) in coming.items()},
                **{f"{name}_on": on for name, (_, on) in coming.items()},
            )
        )
        services.move(user, case, Status.Name.CLOSED, reason)
    fields = ["why", "current", "not_done"]
    audit.record(user, "cases.closed", f"case {case.key}", case=case, fields=fields, why=why, current=current)
    return made


@transaction.atomic
def follow_up(
    user: User,
    case: Case,
    months: int,
    found: str,
    words: str,
    *,
    seen: Any = None,
    at: dt.datetime | None = None,
) -> FollowUp:
    """Record what was found so many months after closing. After the last one the retention review is due.

    Where somebody has recorded this follow-up already, ``ConflictError``
    carries it and nothing is written, unless ``seen`` is its key: then this one
    stands beside it, written by somebody who has read it.
    """
    with services._told(at):
        services._hold(case)
        now = services.current(case)
        recorded = [row for row in selectors.follow_ups(case) if row.months == months]
        kinds = rules.follow_ups(moment.now().date())
        if recorded and str(recorded[-1].key) != str(seen):
            raise ConflictError(newest=recorded[-1])
        if not recorded or now.name not in policies.OVER:
            policies.check_follow_up(now.name, months, kinds)
        policies.check_reason(words)
        made = FollowUp.objects.create(**owned(user, case, months=months, found=found, words=words))
        again = ", said again" if recorded else ""
        title = f"Follow-up at {months} months{again}: {made.get_found_display().lower()}"
        services.enter(user, case, "follow_up", title, body=words, page="cases:follow_up", of_key=made.key)
        if kind := kinds.get(months):
            clocks.end_kind(user, case, kind, why="Recorded.")
        if now.name == Status.Name.CLOSED:
            services.put(user, case, Status.Name.FOLLOW_UP, title)
        if not recorded and months == max(kinds):
            services.move(user, case, Status.Name.RETENTION_REVIEW, "The last follow-up is recorded.")
    audit.record(user, "cases.followed_up", f"case {case.key}", case=case, months=months, found=found)
    return made


@transaction.atomic
def set_legal_status(
    user: User,
    case: Case,
    name: str,
    since: dt.date,
    source: str = "",
    *,
    matter: uuid.UUID | None = None,
    offence: str = "",
    reference: str = "",
    ends: bool = False,
    replaces: LegalStatus | None = None,
    seen: Any = None,
    at: dt.datetime | None = None,
) -> LegalStatus:
    """Record where a criminal matter stands, and since when; or put right an earlier row, which stays.

    ``matter``: that of the rows that this one follows, a new one for another matter, ``None`` for the
    one that the case always had. ``ends``: from that day nothing of it stands, and ``name`` is what did.
    What is not said of the ``offence`` and the ``reference`` stays as it was said before.
    ``seen`` is the key of the row that the person read as the newest, "" for none.
    When another was recorded since, ``ConflictError`` carries it.
    """
    with services._told(at):
        if since > timezone.localdate(moment.now()):
            raise NotPossibleError("The date must not be in the future.")
        services._hold(case)
        if replaces and LegalStatus.objects.filter(replaces=replaces).exists():
            newest = LegalStatus.objects.select_related("by").filter(replaces=replaces).latest("at", "pk")
            raise ConflictError(newest=newest)
        latest = selectors.latest_legal(case)
        if seen is not None and latest and str(latest.key) != str(seen):
            raise ConflictError(newest=latest)
        if replaces:
            matter = replaces.matter
        before = next((row for row in selectors.legal_history(case) if row.matter == matter), None)
        row = {"name": name, "since": since, "source": source, "replaces": replaces, "matter": matter}
        row |= {"ends": ends, "offence": offence or (before.offence if before else "")}
        row |= {"reference": reference or (before.reference if before else "")}
        made = LegalStatus.objects.create(**owned(user, case, **row))
        verb = "Legal status corrected" if replaces else "Legal status ended" if ends else "Legal status"
        title = f"{verb}: {made.get_name_display()}"
        happened = dt.datetime.combine(since, dt.time(12), timezone.get_current_timezone())
        services.enter(
            user,
            case,
            "legal_status",
            title,
            body=source,
            happened_at=min(happened, moment.now()),
            page="cases:legal",
            of_key=made.key,
        )
        if not ends and (replaces is None or replaces.name != name):
            hooks.happened(user, hooks.Event(case, f"legal.{name}", since, made.key))
    audit.record(user, "cases.legal_status", f"case {case.key}", case=case, fields=["legal_status"], to=name)
    return made
