"""Send the letters that wait: the only caller of a carrier, and the only place where an address is opened.

An address is that of a :class:`Mailbox`, a row of an account, confirmed by its owner and of a domain that the
configuration names when it is sent. There is no other way in: a letter names an account, never an address.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.notices import addresses, letters, looking, rules
from lamplighter.hub.notices.carriers import chosen
from lamplighter.hub.notices.carriers.protocol import REFUSED, Carrier, NotSentError, Outcome
from lamplighter.hub.notices.models import Letter, Mailbox, Notice

logger = logging.getLogger(__name__)
AT_ONCE = 200  # letters a run: the next minute has the next
QUIETLY = frozenset({Letter.What.DIGEST, Letter.What.INVITATION})
ASKED_AFTER = dt.timedelta(minutes=10)
ASKED_FOR = dt.timedelta(days=4)
State = Letter.State


def send_waiting(now: dt.datetime | None = None) -> int:
    """Send what is due. Returns how many letters a carrier took."""
    now = now or timezone.now()
    waiting = Letter.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at", "pk")
    due = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    if not due or not rules.is_sent(timezone.localdate(now)):
        return 0
    return sum(_send(pk, now) for pk in due)


def _send(pk: int, now: dt.datetime) -> bool:
    taken = _take(pk, now)
    if taken is None:
        return False
    letter, message, address = taken
    try:
        carrier = chosen.carrier(timezone.localdate(now))
        reference = carrier.send(message, address) if carrier else ""
    except NotSentError as problem:
        # The letter's key is no address and names nobody.
        logger.warning("Letter %s was not sent: %s", letter.key, problem.fault)
        _not_sent(letter, problem.fault, now)
        return False
    with transaction.atomic():
        Letter.objects.filter(pk=pk).update(
            state=State.SENT, ended_at=now, fault="", reference=reference, calendar=None
        )
        Mailbox.objects.filter(user=letter.user).update(fault="", paused_until=None)
    return True


@transaction.atomic
def _take(pk: int, now: dt.datetime) -> tuple[Letter, letters.Message, str] | None:
    """Take one letter for this try, with its words as they are now; ``None`` where it is not sent now.

    Its next try is set before this one: whoever is killed while sending leaves a letter that is sent again.
    """
    rows = Letter.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user__agency")
    letter = rows.filter(pk=pk, state=State.WAITING, due_at__lte=now).first()
    if letter is None:
        return None
    box = Mailbox.objects.filter(user=letter.user).first()
    day = timezone.localdate(now)
    if box is not None and _is_held(letter, box, now):
        Letter.objects.filter(pk=pk).update(due_at=now + dt.timedelta(minutes=5))
        return None
    address = addresses.to_write_to(box, day, unconfirmed=letter.what == Letter.What.CODE) if box else ""
    number = _number(letter, box, now) if box and address else 0
    tells = letter.what in {Letter.What.AT_ONCE, Letter.What.DIGEST}
    if not letter.user.works or not address or (tells and not number):
        _drop(letter, now)
        return None
    letter.tries += 1
    Letter.objects.filter(pk=pk).update(tries=letter.tries, due_at=now + rules.wait(letter.tries, day))
    code = addresses.code_of(box) if box and letter.what == Letter.What.CODE else ""
    site = rules.sending(day).extra["site"]
    return letter, letters.message(letter, site, number=number, code=code), address


def _is_held(letter: Letter, box: Mailbox, now: dt.datetime) -> bool:
    """Tell whether a letter waits for the end of quiet hours, also one that is tried again."""
    if letter.what == Letter.What.AT_ONCE:
        now_too = rules.kinds_at_once(box, now)
        kinds = Notice.objects.filter(letter=letter).values_list("kind", flat=True)
        return rules.is_quiet(box, now) and not any(kind.startswith(now_too) for kind in kinds)
    return letter.what in QUIETLY and rules.is_quiet(box, now)


def _number(letter: Letter, box: Mailbox, now: dt.datetime) -> int:
    """Count what the letter tells of that its reader may still see, and has still to do, at this moment."""
    if letter.what not in {Letter.What.AT_ONCE, Letter.What.DIGEST}:
        return 0
    there = {thing.subject for thing in looking.everything(letter.user, now)}
    return Notice.objects.filter(letter=letter, subject__in=there).count()


def _drop(letter: Letter, now: dt.datetime) -> None:
    Letter.objects.filter(pk=letter.pk).update(state=State.DROPPED, ended_at=now, calendar=None)
    Notice.objects.filter(letter=letter).delete()


@transaction.atomic
def _not_sent(letter: Letter, fault: str, now: dt.datetime) -> None:
    """Keep it for the next try; or, where the address was refused, leave what it told of for a later one."""
    Letter.objects.filter(pk=letter.pk).update(fault=fault)
    if fault == REFUSED:
        _refused(letter, now)


def _refused(letter: Letter, now: dt.datetime) -> None:
    Letter.objects.filter(pk=letter.pk).update(
        state=State.FAILED, fault=REFUSED, ended_at=now, reference="", calendar=None
    )
    # Nothing is lost: it is on the work list, and it is new again for the next email.
    Notice.objects.filter(letter=letter).delete()
    until = now + rules.pause(timezone.localdate(now))
    Mailbox.objects.filter(user=letter.user).update(fault=REFUSED, paused_until=until)


def ask_what_became(now: dt.datetime | None = None) -> int:
    """Ask the carrier about letters that it took lately. Returns how many came back."""
    now = now or timezone.now()
    lately = Letter.objects.filter(
        state=State.SENT, ended_at__gt=now - ASKED_FOR, ended_at__lte=now - ASKED_AFTER
    )
    asked = list(lately.exclude(reference="").select_related("user").order_by("ended_at")[:AT_ONCE])
    try:
        carrier = chosen.carrier(timezone.localdate(now)) if asked else None
        return sum(_ask(carrier, letter, now) for letter in asked) if carrier else 0
    except NotSentError as problem:
        logger.warning("What became of letters was not told: %s", problem.fault)
        return 0


def _ask(carrier: Carrier, letter: Letter, now: dt.datetime) -> bool:
    outcome = carrier.outcome(letter.reference)
    if outcome is Outcome.REFUSED:
        with transaction.atomic():
            _refused(letter, now)
    elif outcome is Outcome.ARRIVED:
        Letter.objects.filter(pk=letter.pk).update(reference="")
    return outcome is Outcome.REFUSED


def forget(now: dt.datetime | None = None) -> int:
    """Remove letters from long ago that nothing on a work list hangs on. Returns how many.

    And the addresses of accounts that are closed: whoever comes back enters theirs again.
    """
    now = now or timezone.now()
    Mailbox.objects.filter(user__is_active=False).delete()
    old = Letter.objects.filter(ended_at__lt=now - rules.kept(timezone.localdate(now)), notices=None)
    return old.delete()[0]
