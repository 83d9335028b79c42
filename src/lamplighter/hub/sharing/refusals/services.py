"""Not sharing: what is warned of before a release, and a refusal recorded where it gives nothing away."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases import services as history
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.presenters import by
from lamplighter.hub.cases.selectors import Moment
from lamplighter.hub.sharing import configuration, permissions, policies
from lamplighter.hub.sharing.models import IMMIGRATION, Refusal
from lamplighter.hub.sharing.policies import Draft
from lamplighter.hub.site.config_files.dated import DatedRules, Rule
from lamplighter.hub.site.refusals import NotPossibleError

RULES = DatedRules(configuration.REFUSALS)
PAGE = "sharing:register"
_WORD = re.compile(r"\w+")


def reasons(user: User, day: dt.date) -> dict[str, Rule]:
    """Return the reasons that this person can give: immigration status only behind the advocates' wall."""
    found = RULES.on("refusal", day)
    if partition_of(user) != "advocacy":
        found = {code: rule for code, rule in found.items() if code != IMMIGRATION}
    return found


def partition_of(user: User) -> str:
    """Return the partition of this person's refusals: their own side, never shared."""
    return next((name for name in permissions.origins(user) if name != "vault"), "")


def warnings(draft: Draft, on_case: Collection[Agency], day: dt.date) -> list[str]:
    """Return what is warned of before a release: its receivers, and what its words speak of."""
    kinds = policies.KINDS_OF[draft.to_partition]
    receivers = [
        agency.name
        for agency in on_case
        if (agency.code in draft.to_agencies if draft.to_agencies else agency.kind in kinds)
    ]
    names, text = [_plain(name) for name in receivers], _plain(f"{draft.title} . {draft.text}")
    found = []
    for rule in RULES.on("warning", day).values():
        to = any(_plain(word) in name for word in rule.extra["receivers"] for name in names)
        if to or any(_plain(word) in text for word in rule.extra["words"]):
            found.append(rule.title)
    return found


def _plain(text: str) -> str:
    """Words in small letters with a space around each, so that "visa" is not found in "advisable"."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


@transaction.atomic
def refuse(user: User, case: Case, reason: str, *, asked_by: str, words: str) -> Refusal:
    """Record that something is not shared, and why, for one's own side alone.

    Raises ``NotPossibleError``.
    """
    day = timezone.localdate(moment.now())
    if reason not in reasons(user, day):
        raise NotPossibleError("Choose why it is not shared.", "reason")
    if not asked_by.strip():
        raise NotPossibleError("Enter who asked for it.", "asked_by")
    partition = partition_of(user)
    row = {"partition": partition, "reason": reason, "asked_by": asked_by.strip(), "words": words.strip()}
    made = Refusal.objects.create(**owned(user, case, **row))
    title = f"Not shared: {RULES.title('refusal', reason)}"[:200]
    history.enter(user, case, "release", title, partition=partition, page=PAGE, of_key=made.key)
    # The trail says that something was refused, and not why: its readers are not of this side.
    audit.record(user, "sharing.refused", f"refusal {made.key}", case=case, fields=["reason"])
    return made


def refused(case: Case, as_at: Moment = None) -> list[dict[str, object]]:
    """Return what one's own side refused, newest first, for the page of sharing."""
    rows = cases.known(Refusal.objects.filter(case=case), as_at).select_related("by", "owner")
    return [
        {
            "reason": RULES.title("refusal", row.reason),
            "asked_by": row.asked_by,
            "words": row.words,
            "by": by(row),
            "at": row.at,
        }
        for row in rows.order_by("-at", "-pk")
    ]
