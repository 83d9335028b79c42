"""The only writer here: add an action, name who answers for it, say how it is, find, check, withdraw, end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.improvement import policies, selectors
from lamplighter.hub.improvement.models import Action, Entry
from lamplighter.hub.site.refusals import ConflictError


@transaction.atomic
def add(
    user: User,
    *,
    agency: Agency,
    title: str,
    comes_from: str,
    due_on: dt.date,
    rule: str,
    owner: User | None = None,
) -> Action:
    """Add an action with its due date and what would show that it is done; neither changes from then on.

    Without an ``owner`` everybody of the agency who can answer for it has it. Raises ``NotPossibleError``.
    """
    policies.check_action(title, comes_from, rule, due_on, _today())
    if owner is not None:
        policies.check_owner(owner, agency)
    made = Action.objects.create(
        agency=agency,
        title=" ".join(title.split()),
        comes_from=" ".join(comes_from.split()),
        due_on=due_on,
        rule=rule.strip(),
        by=user,
        at=moment.now(),
    )
    audit.record(user, "improvement.added", f"improvement {made.key}", of_agency=agency.code)
    if owner is not None:
        _write(user, made, "improvement.owner_named", kind=Entry.Kind.OWNER, on=_today(), words="", to=owner)
    return made


@transaction.atomic
def name_owner(user: User, action: Action, owner: User) -> Entry:
    """Say who answers for an action from now on: they have its task. Raises ``NotPossibleError``."""
    policies.check_names_owner(user, action)
    policies.check_owner(owner, action.agency)
    policies.check_open(_has_ended(action))
    kind = Entry.Kind.OWNER
    return _write(user, action, "improvement.owner_named", kind=kind, on=_today(), words="", to=owner)


@transaction.atomic
def end(user: User, action: Action, *, kind: str, words: str) -> Entry:
    """End an action, and with it its tasks: it is not needed any more, or should not have been added.

    What should not have been added is shown without its words. Raises ``NotPossibleError``.
    """
    policies.check_words(words, "words")
    policies.check_end(user, kind)
    policies.check_open(_has_ended(action))
    return _write(user, action, f"improvement.{kind}", kind=kind, on=_today(), words=words)


@transaction.atomic
def say(
    user: User, action: Action, *, kind: str, on: dt.date, words: str, new_date: dt.date | None = None
) -> Entry:
    """Record what the agency says of an action. Raises ``NotPossibleError``."""
    policies.check_words(words, "words")
    policies.check_said(user, action, kind, on, new_date, _today())
    policies.check_open(_has_ended(action))
    return _write(user, action, "improvement.said", kind=kind, on=on, words=words, new_date=new_date)


@transaction.atomic
def find(user: User, action: Action, *, found: str, on: dt.date, words: str) -> Entry:
    """Record what was looked at and whether it shows that it is done; a second person checks it.

    Raises ``NotPossibleError``.
    """
    policies.check_words(words, "words")
    policies.check_finding(found, on, action, _today())
    policies.check_open(_has_ended(action))
    kind = Entry.Kind.FINDING
    return _write(user, action, "improvement.found", kind=kind, on=on, words=words, found=found)


@transaction.atomic
def check(user: User, finding: Entry, *, agrees: bool, words: str) -> Entry:
    """Agree with a finding as a second person, which makes it count, or do not.

    Raises ``NotPossibleError``.
    """
    policies.check_words(words, "words")
    policies.check_check(user, finding, list(finding.answers.all()))
    policies.check_open(_has_ended(finding.action))
    verb = "improvement.checked" if agrees else "improvement.not_agreed"
    return _write(
        user,
        finding.action,
        verb,
        kind=Entry.Kind.CHECK,
        on=_today(),
        words=words,
        of=finding,
        agrees=agrees,
    )


@transaction.atomic
def withdraw(user: User, entry: Entry, words: str) -> Entry:
    """Take back an entry that was wrong: its words are shown no more. Raises ``NotPossibleError``."""
    policies.check_words(words, "words")
    policies.check_withdrawal(user, entry, list(entry.answers.all()))
    kind = Entry.Kind.WITHDRAWN
    return _write(user, entry.action, "improvement.withdrawn", kind=kind, on=_today(), words=words, of=entry)


def _write(user: User, action: Action, verb: str, *, words: str, **rest: Any) -> Entry:
    try:
        with transaction.atomic():
            made = Entry.objects.create(action=action, words=words.strip(), by=user, at=moment.now(), **rest)
    except IntegrityError:
        raise ConflictError("Somebody else has done this already. Go back and read it.") from None
    audit.record(user, verb, f"improvement {action.key}", kind=str(made.kind))
    return made


def _has_ended(action: Action) -> bool:
    return not selectors.open_actions().filter(pk=action.pk).exists()


def _today() -> dt.date:
    return timezone.localdate(moment.now())
