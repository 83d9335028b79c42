"""Keep the rules of safe contact: in the vault, shown for a reason, and asked before every contact."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import for_reason
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import permissions, policies, rules, selectors
from lamplighter.hub.victim_side import told_with_reports as told
from lamplighter.hub.victim_side.models import SafeContact
from lamplighter.hub.victim_side.policies import Verdict
from lamplighter.hub.victim_side.services import documents
from lamplighter.hub.victim_side.told_with_reports import Told
from lamplighter.vocabulary.codes import code_set

CHECKS = "To check that a contact is safe"
CHANGES = "To change the rule of safe contact"
SPEECH = "contact.speech"
ASK = "contact.asking"


@transaction.atomic
def look(user: User, case: Case, reason: str, as_at: dt.datetime | None = None) -> list[SafeContact]:
    """Open the vault for one look: every version known at ``as_at``, newest first. The reason is kept."""
    policies.check_look(reason)
    with for_reason(reason.strip()):
        found = list(selectors.known(SafeContact, case, as_at).order_by("-number"))
    audit.consulted(
        user,
        "victim.vault_opened",
        f"case {case.key}",
        case=case,
        fields=["phone", "email", "address"],
        reason=reason.strip(),
    )
    return found


def told_with_reports(case: Case, reason: str) -> list[Told]:
    """Return what one's own agency was told with reports about the victim: same look, same reason."""
    with for_reason(reason.strip()):
        return told.of_case(case)


def nothing_to_see(user: User, case: Case) -> bool:
    """Say whether there is nothing that a look would show: no version, and nothing told with a report.

    Then no reason is asked of whoever writes the first version.
    """
    with for_reason(CHECKS):
        found = SafeContact.objects.filter(case=case).exists() or bool(told.of_case(case))
    audit.consulted(user, "victim.contact_checked", f"case {case.key}", case=case, reason=CHECKS)
    return not found


@transaction.atomic
def set_rule(user: User, case: Case, *, seen: str, **values: Any) -> SafeContact:
    """Write the next version of the rule, with columns of :class:`SafeContact`. It stands from now on."""
    if not permissions.may_contact_victim(user):
        raise NotPossibleError("The victim's advocate, or the police on the case, write this rule.")
    policies.check_rule(values)
    with for_reason(CHANGES):
        before = SafeContact.objects.filter(case=case).order_by("-number").first()
        made = documents.add(SafeContact, user, case, seen, **values)
    if made.speech.strip() and not (before and before.speech.strip()):
        _arrange_speech(user, case, made)
    if before and before.address.strip() and before.address.split() != made.address.split():
        # On the side of whoever wrote it: that there was a move is hers to tell.
        day = moment.now().astimezone(rules.LONDON).date()
        side = permissions.partition_of(user)
        hooks.happened(user, hooks.Event(case, "victim.moved", day, made.key, side))
    if made.asked_who:
        clocks.end_kind(user, case, ASK, why="The victim was asked.")
    elif not Clock.objects.filter(case=case, kind=ASK, state=Clock.State.RUNNING).exists():
        _ask_who(user, case, made)
    return made


def _ask_who(user: User, case: Case, rule: SafeContact) -> None:
    """Have whoever wrote a rule without it ask the victim: a relative who is told can be the danger."""
    now = moment.now()
    if not rules.holds("asking", now):
        return
    _give(
        user,
        case,
        ASK,
        "Ask the victim, alone, who must not be told, answer or interpret",
        rules.after_working_days("asking", now),
        "Safe contact was recorded without it. The time is this hub’s own.",
        rule,
    )


def _arrange_speech(user: User, case: Case, rule: SafeContact) -> None:
    """Have what the victim needs to speak arranged: the vault says what it is."""
    _give(
        user,
        case,
        SPEECH,
        "Arrange what the victim needs to speak and be understood",
        rules.after_working_days("speech", moment.now()),
        "It is written under safe contact, with who may not interpret. The time is this hub’s own.",
        rule,
    )


def _give(
    user: User, case: Case, kind: str, text: str, due_at: dt.datetime, why: str, rule: SafeContact
) -> None:
    """Give what a rule leaves to be done to the agency that wrote it down, on its own side."""
    clocks.start(
        user,
        case,
        kind,
        text,
        due_at=due_at,
        starts_at=moment.now(),
        why=why,
        partition=permissions.partition_of(user),
        page="victim:contact",
        of_key=rule.key,
    )


def may_contact(user: User, case: Case, channel: str, at: dt.datetime) -> Verdict:
    """Tell whether the victim may be contacted by ``channel`` at ``at`` (aware), and if not, why.

    Somebody who may not read the vault gets the answer for a case without a
    rule: nothing tells them whether there is one. Every question is audited.
    """
    rule = _standing(case)
    texted = selectors.texted_before(user, case, at)
    code = policies.refusal(rule, channel, at, texted=texted)
    audit.consulted(
        user,
        "victim.contact_checked",
        f"case {case.key}",
        case=case,
        reason=CHECKS,
        channel=channel,
        refused=code,
    )
    if code:
        return Verdict(False, policies.in_words(code, rule, channel), code, rule)
    return Verdict(True, "Allowed by the rule of safe contact.", "", rule)


def verdicts(user: User, case: Case) -> dict[str, Verdict]:
    """The answer for every channel, now. One audited question."""
    at, rule = moment.now(), _standing(case)
    texted = selectors.texted_before(user, case, at)
    found = {}
    for channel in code_set("contact_channels").codes:
        code = policies.refusal(rule, channel, at, texted=texted)
        words = policies.in_words(code, rule, channel) if code else "Yes, now"
        found[channel] = Verdict(not code, words, code, rule)
    audit.consulted(user, "victim.contact_checked", f"case {case.key}", case=case, reason=CHECKS)
    return found


def _standing(case: Case) -> SafeContact | None:
    with for_reason(CHECKS):
        return SafeContact.objects.filter(case=case).order_by("-number").first()
