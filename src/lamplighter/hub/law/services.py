"""The only writer of what was read and signed, checked, and switched off."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.law import policies, rules
from lamplighter.hub.law.models import Check, Reading, SwitchedOff
from lamplighter.hub.site.refusals import ConflictError


@transaction.atomic
def sign(
    user: User,
    switch: rules.Switch,
    *,
    instrument: str,
    reference: str,
    read_on: dt.date,
    next_review: dt.date,
    valid_from: dt.date | None,
    valid_until: dt.date | None = None,
    per: str = "",
    words: str = "",
) -> Reading:
    """Record that ``user`` read the instrument of a switch, and from when they found it to be in force.

    ``valid_from`` empty: it is not in force, and the switch stays as it is. Nothing
    is switched on before a second person has checked it. Raises
    ``NotPossibleError``.
    """
    row = Reading(
        switch=switch.code,
        per=" ".join(per.split()) if switch.per else "",
        instrument=instrument.strip(),
        reference=reference.strip(),
        read_on=read_on,
        next_review=next_review,
        valid_from=valid_from,
        valid_until=valid_until,
        words=words.strip(),
        by=user,
        at=moment.now(),
    )
    policies.check_sign(user, switch, row)
    row.save(force_insert=True)
    audit.record(user, "law.signed", f"law {row.key}", switch=switch.code, in_force=valid_from is not None)
    return row


@transaction.atomic
def check(user: User, row: Reading, *, agrees: bool, reason: str) -> Check:
    """Record whether a second person finds the same. Raises ``NotPossibleError``."""
    policies.check_check(user, row)
    try:
        with transaction.atomic():
            made = Check.objects.create(
                reading=row, agrees=agrees, reason=reason.strip(), by=user, at=moment.now()
            )
    except IntegrityError:
        raise ConflictError("Somebody else has checked this. Go back and read it.") from None
    audit.record(user, "law.checked", f"law {row.key}", switch=row.switch, agrees=agrees)
    return made


@transaction.atomic
def switch_off(user: User, switch: rules.Switch, *, day: dt.date, reason: str, per: str = "") -> SwitchedOff:
    """Record that nothing signed so far holds from ``day`` on. Raises ``NotPossibleError``."""
    policies.check_off(user, day)
    row = SwitchedOff.objects.create(
        switch=switch.code, per=per, day=day, reason=reason.strip(), by=user, at=moment.now()
    )
    audit.record(user, "law.switched_off", f"law {row.key}", switch=switch.code)
    return row
