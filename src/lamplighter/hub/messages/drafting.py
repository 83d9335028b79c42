"""Change drafts of incidents before they are confirmed: words, parting, joining, leaving out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction

from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.messages import grouping, policies, services
from lamplighter.hub.messages.models import Draft, Line
from lamplighter.hub.site.refusals import NotPossibleError


@transaction.atomic
def edit(
    user: User,
    draft: Draft,
    *,
    words: str,
    channel: str,
    started_at: dt.datetime | None,
    ended_at: dt.datetime | None,
    precision: str,
) -> Draft:
    """Change what a draft says; its lines stay as they are in the file."""
    held = _held(draft)
    policies.check_draft(held)
    policies.check_words(words)
    policies.check_times(started_at, ended_at, dt.datetime.now(grouping.LONDON).replace(tzinfo=None))
    Draft.objects.filter(pk=held.pk).update(
        words=words.strip(), channel=channel, started_at=started_at, ended_at=ended_at, precision=precision,
        edited=True,
    )  # fmt: skip
    _audited(user, held, "brought.draft_changed")
    return held


@transaction.atomic
def part(user: User, draft: Draft, lines: Collection[uuid.UUID]) -> Draft:
    """Make another draft of some lines. Raises ``NotPossibleError`` for none of them, or for all."""
    held = _held(draft)
    policies.check_draft(held)
    rows = list(Line.objects.select_related("brought").filter(draft=held).order_by("place"))
    chosen = [row for row in rows if row.key in set(lines)]
    rest = [row for row in rows if row not in chosen]
    if not chosen or not rest:
        raise NotPossibleError("Choose some of the lines, and leave at least one.", "lines")
    row = {"partition": held.partition, "brought": held.brought, **grouping.Group(chosen).told()}
    made = Draft.objects.create(**owned(user, held.case, **row))
    Line.objects.filter(pk__in=[line.pk for line in chosen]).update(draft=made)
    _made_anew(held, rest)
    _audited(user, held, "brought.draft_parted")
    return made


@transaction.atomic
def join(user: User, draft: Draft, other: Draft) -> Draft:
    """Take the lines of ``other`` into a draft; ``other`` is a draft no more."""
    held = _held(draft)
    taken = Draft.objects.get(pk=other.pk)
    policies.check_draft(held)
    policies.check_draft(taken)
    if taken.pk == held.pk or taken.brought_id != held.brought_id:
        raise NotPossibleError("Choose another draft of the same file.", "other")
    Line.objects.filter(draft=taken).update(draft=held)
    Draft.objects.filter(pk=taken.pk).update(state=Draft.State.JOINED)
    lines = list(Line.objects.select_related("brought").filter(draft=held).order_by("place"))
    words = f"{held.words}\n\n{taken.words}" if held.edited or taken.edited else ""
    _made_anew(held, lines, words)
    _audited(user, held, "brought.drafts_joined")
    return held


@transaction.atomic
def leave_out(user: User, draft: Draft, reason: str) -> Draft:
    """Leave a draft out, with a reason. It stays with the file, and can be taken in again."""
    held = _held(draft)
    policies.check_draft(held)
    policies.check_reason(reason)
    Draft.objects.filter(pk=held.pk).update(state=Draft.State.LEFT_OUT, reason=reason.strip())
    services.finish(held.brought)
    _audited(user, held, "brought.draft_left_out")
    return held


@transaction.atomic
def take_in(user: User, draft: Draft) -> Draft:
    """Make a draft again of what was left out."""
    held = _held(draft)
    if held.state != Draft.State.LEFT_OUT:
        raise NotPossibleError("This was not left out. Look at the page again.")
    Draft.objects.filter(pk=held.pk).update(state=Draft.State.DRAFT, reason="")
    services.finish(held.brought)
    _audited(user, held, "brought.draft_taken_in")
    return held


def _held(draft: Draft) -> Draft:
    services._held(draft.brought)
    return Draft.objects.select_related("case", "brought__case", "owner").get(pk=draft.pk)


def _made_anew(draft: Draft, lines: list[Line], words: str = "") -> None:
    told: dict[str, Any] = grouping.Group(lines).told()
    if draft.edited or words:
        told["words"] = words or draft.words
    Draft.objects.filter(pk=draft.pk).update(**told)


def _audited(user: User, draft: Draft, verb: str) -> None:
    audit.record(user, verb, f"case {draft.case.key}", case=draft.case, draft=str(draft.key))
