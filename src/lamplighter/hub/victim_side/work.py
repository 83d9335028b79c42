"""Say how the victim may be contacted, beside each task that means contacting the victim.

Read from the vault for the page and never kept with the task. Only for those
whom the vault tells how; others have the task without a line, whatever the rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from lamplighter.hub.access.wall.identity import for_reason
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.victim_side import permissions, policies, presenters, selectors
from lamplighter.hub.victim_side.models import SafeContact
from lamplighter.hub.victim_side.services import contact
from lamplighter.hub.victim_side.services.safe_contact import CHECKS
from lamplighter.hub.victim_side.services.updates import RIGHTS_ENDED
from lamplighter.reporting.words import listed

CONTACTS = (contact.PLAN, contact.NEXT, contact.CHANGED, selectors.UPDATE, RIGHTS_ENDED)
NO_RULE = "No safe contact rules recorded. Agree them before you contact the victim."
NO_CONTACT = "Do not contact the victim for now: the safe contact rules say so."


def advice(user: User, clocks: Sequence[Clock]) -> dict[int, str]:
    """The standing rule in a line, by the clock's id. One audited look that names the cases."""
    if not permissions.may_contact_victim(user):
        return {}
    asked = [c for c in clocks if c.kind.startswith(CONTACTS)]
    if not asked:
        return {}
    cases = {c.case_id: str(c.case.key) for c in asked}
    with for_reason(CHECKS):
        rows = SafeContact.objects.filter(case__in=cases).order_by("case_id", "-number")
        standing = {row.case_id: row for row in rows.distinct("case_id")}
    # Without a case of its own: a person with many tasks has not gone through many cases.
    audit.consulted(user, "victim.contact_advised", "work list", reason=CHECKS, cases=sorted(cases.values()))
    return {c.pk: in_short(standing.get(c.case_id)) for c in asked}


def in_short(rule: SafeContact | None) -> str:
    """Say whether and how, without number, address, name or safe word: others may see the screen."""
    if rule is None:
        return NO_RULE
    if rule.no_contact or not rule.channels:
        return NO_CONTACT
    silent = policies.before_contact(rule)
    ways = listed([t.lower() for t in presenters.titles("contact_channels", rule.channels)], "or")
    told = [silent] if silent else []
    told += ["Text first."] if rule.text_first else []
    told.append(f"Only by {ways}.")
    told.append("A message may be left." if rule.may_leave_message else "Never leave a message.")
    if rule.windows:
        told.append(f"Only at these times: {policies.windows_in_words(rule.windows)}.")
    return " ".join(told)
