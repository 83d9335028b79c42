"""Check what a proposal, a signature and an override must say. Nothing here asks the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.closing import rules
from lamplighter.hub.closing.models import Answer, Considered, Proposal, Signature
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.vocabulary.codes import code_set

LEAST_REASON = 10  # characters
LEADS = frozenset({Role.STALKING_LEAD})
SUPERVISORS = frozenset({Role.COORDINATOR, Role.STALKING_LEAD})


def check_reason(reason: str, field: str = "reason") -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError(f"Enter a reason in at least {LEAST_REASON} characters.", field)


def choices(what: str, day: dt.date) -> dict[str, str]:
    """Return the findings that can be recorded of something that was considered."""
    if what == Considered.What.EVIDENCE_LED:
        return {code: rule.title for code, rule in rules.on("evidence", day).items()}
    return {row.code: row.title for row in code_set("history_found").on(day).values()}


def check_considered(what: str, found: Collection[str], words: str, day: dt.date) -> None:
    if what not in Considered.What.values:
        raise NotPossibleError("Choose what was considered.")
    known = choices(what, day)
    if not found or not {*found} <= {*known}:
        raise NotPossibleError("Choose at least one finding.", f"{what}_found")
    nothing = {"none", "nothing"} & {*found}
    if nothing and len(found) > 1:
        raise NotPossibleError("Choose either findings, or that there is nothing.", f"{what}_found")
    if not words.strip():
        raise NotPossibleError("Enter the findings in words.", f"{what}_words")


def check_outcome(outcome: str, reason: str, day: dt.date) -> None:
    if outcome not in rules.dropping(day):
        raise NotPossibleError("Choose an outcome from the list.", "outcome")
    check_reason(reason)


def check_signature(user: User, proposal: Proposal, capacity: str, answer: str, words: str) -> None:
    if capacity not in Signature.Capacity.values:
        raise NotPossibleError("Choose as what you sign.", "capacity")
    if user.pk == proposal.by_id:
        raise NotPossibleError("You proposed this outcome: somebody else signs it.")
    allowed = LEADS if capacity == Signature.Capacity.LEAD else SUPERVISORS
    if user.role not in allowed:
        who = "Only a stalking lead signs as" if allowed == LEADS else "Only a coordinator or lead signs as"
        raise NotPossibleError(f"{who} {Signature.Capacity(capacity).label.lower()}.", "capacity")
    if answer not in Answer.values:
        raise NotPossibleError("Say whether you agree.", "answer")
    check_reason(words, "words")


def check_senior(senior: User | None, proposal: Proposal, asker: User) -> None:
    if senior is None or senior.role not in SUPERVISORS:
        raise NotPossibleError("Choose the senior who is asked.", "senior")
    if senior.pk in (proposal.by_id, asker.pk):
        raise NotPossibleError(
            "Choose somebody else: neither who proposed the outcome nor who asks.", "senior"
        )
