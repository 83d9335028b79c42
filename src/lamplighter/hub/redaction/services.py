"""The only writer here: redact words that were saved by mistake, restore them, ask an agency to."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import redaction
from lamplighter.hub.access.wall.identity import as_service, for_reason
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import BY_HAND, Clock
from lamplighter.hub.redaction import policies, selectors
from lamplighter.hub.sharing import guarding

ASKED_WITHIN = dt.timedelta(days=1)
ASKED = "Decide whether to redact words on this case"


def redact(user: User, case: Case, row: Any, words: str, reason: str) -> uuid.UUID:
    """Take ``words`` out of ``row`` and out of its copies; returns what they have in common: their act.

    Raises ``NotPossibleError``; and the database's own error where the reason repeats the vault,
    which a page answers (``web.person``).
    """
    policies.check_words(words)
    policies.check_reason(reason)
    with transaction.atomic():
        asked = [row._meta.db_table, row.key, words.strip(), reason.strip()]
        act = uuid.UUID(str(_asked("SELECT access.redact(%s, %s, %s, %s)", asked, reason)))
        audit.record(
            user,
            "redaction.redacted",
            f"redaction {act}",
            operation=Operation.ALTERATION,
            case=case,
            model=row._meta.label,
            row=str(row.key),
        )
    return act


def refused(user: User, case: Case, row: Any) -> None:
    """Put a refusal on the trail: it tells whoever reads the vault that it does not hold the words."""
    audit.record(user, "redaction.refused", f"text {row.key}", operation=Operation.CONSULTATION, case=case)


def restore(user: User, case: Case, act: uuid.UUID, reason: str) -> int:
    """Put back what was redacted in rows of one's own agency; returns in how many places.

    Raises ``NotPossibleError``.
    """
    policies.check_reason(reason)
    with transaction.atomic():
        n = int(str(_asked("SELECT access.restore_words(%s, %s)", [act, reason.strip()], reason)))
        audit.record(
            user,
            "redaction.restored",
            f"redaction {act}",
            operation=Operation.ALTERATION,
            case=case,
            places=n,
        )
    return n


def _asked(statement: str, values: list[Any], reason: str) -> object:
    """Ask one of the database's functions, with the reason for which the vault may be compared."""
    try:
        with transaction.atomic(), for_reason(reason.strip()), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()[0]
    except IntegrityError as problem:
        if refused := redaction.Refused.of(problem):
            raise policies.of(refused) from problem
        raise


@transaction.atomic
def ask(user: User, case: Case, row: Any, why: str) -> Clock:
    """Ask the agency that owns ``row`` to redact something in it: a task for its people on this case.

    Raises ``NotPossibleError``, also where ``why`` repeats the
    vault and the other side would read it.
    """
    policies.check_reason(why)
    side = selectors.side(row)
    guarding.check(user, case, side, why)
    what = f"{redaction.name(type(row))}, {timezone.localtime(row.at):%-d %B %Y}"
    from_whom = f"{user.display_name}, {user.agency.name if user.agency else ''}".rstrip(", ")
    # The rules of the wall let nobody write a row of another agency.
    with as_service("run clocks"):
        made = clocks.start(
            user,
            case,
            BY_HAND,
            ASKED,
            due_at=moment.now() + ASKED_WITHIN,
            why=f"{what}. Asked by {from_whom}. {why.strip()}",
            partition=side,
            owner=row.owner,
        )
    audit.record(user, "redaction.asked", f"text {row.key}", case=case, to=row.owner_id)
    return made
