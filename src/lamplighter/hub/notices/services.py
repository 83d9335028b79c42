"""The writers of mailboxes and letters. What a person is told of, and when, ``telling`` decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.notices import addresses, rules
from lamplighter.hub.notices.models import Letter, Mailbox
from lamplighter.hub.site.refusals import NotPossibleError

PURPOSE = "tell people"
LARGEST = 20_000  # bytes of a calendar file
OFF = "This hub sends no email. What is new is on My work."


@transaction.atomic
def ask_address(user: User, address: str) -> Mailbox:
    """Take an address for one's own account; send it a code. Nothing else goes there until it is used."""
    now = timezone.now()
    _check_sent(now)
    found = addresses.check(address, timezone.localdate(now))
    addresses.check_codes(user)
    begins, ends, days = rules.usual_quiet(timezone.localdate(now))
    box = Mailbox.objects.filter(user=user).first() or Mailbox(
        user=user, quiet_from=begins, quiet_until=ends, quiet_days=days
    )
    box.sealed, box.confirmed_at = addresses.seal(user, found), None
    box.code, box.code_at, box.code_tries = addresses.new_code(user), now, 0
    box.fault, box.paused_until = "", None
    box.save()
    _write(user, Letter.What.CODE, now)
    audit.record(user, "notices.address_asked", f"person {user.key}")
    return box


def confirm_address(user: User, typed: str) -> Mailbox:
    """Confirm the address by the code that was sent there. After five wrong ones it needs a new code."""
    now = timezone.now()
    wrong = NotPossibleError("This is not the code, or it is older than an hour.", "code")
    with transaction.atomic():
        box = Mailbox.objects.select_for_update(of=("self",)).filter(user=user).first()
        if box is None or not box.code:
            raise NotPossibleError("There is no code to enter. Enter your address first.", "code")
        if addresses.is_code(box, typed, now) and box.code_tries < addresses.TRIES:
            box.confirmed_at, box.code = now, ""
            box.save(update_fields=["confirmed_at", "code"])
            audit.record(user, "notices.address_confirmed", f"person {user.key}")
            return box
        box.code_tries += 1
        if box.code_tries >= addresses.TRIES:
            box.code = ""
            wrong = NotPossibleError("That was the fifth wrong code. Ask for a new one.", "code")
        box.save(update_fields=["code_tries", "code"])
    raise wrong


@transaction.atomic
def choose(
    user: User,
    *,
    at_once: bool,
    digest: bool,
    quiet_from: dt.time,
    quiet_until: dt.time,
    quiet_days: bool,
) -> Mailbox:
    """Say what is sent to one's own address, and when not."""
    box = Mailbox.objects.select_for_update(of=("self",)).filter(user=user).first()
    if box is None:
        raise NotPossibleError("Enter your email address first.")
    box.at_once, box.digest = at_once, digest
    box.quiet_from, box.quiet_until, box.quiet_days = quiet_from, quiet_until, quiet_days
    box.save(update_fields=["at_once", "digest", "quiet_from", "quiet_until", "quiet_days"])
    audit.record(user, "notices.chosen", f"person {user.key}", at_once=at_once, digest=digest)
    return box


@transaction.atomic
def remove_address(user: User) -> None:
    """Remove one's own address: no email comes any more."""
    if Mailbox.objects.filter(user=user).delete()[0]:
        audit.record(user, "notices.address_removed", f"person {user.key}")


@transaction.atomic
def send_test(user: User) -> None:
    """Send a test to one's own confirmed address."""
    now = timezone.now()
    _check_sent(now)
    box = Mailbox.objects.filter(user=user).exclude(confirmed_at=None).first()
    if box is None:
        raise NotPossibleError("Enter and confirm your own email address first.")
    _write(user, Letter.What.TEST, now)
    audit.record(user, "notices.test_asked", f"person {user.key}")


@transaction.atomic
def send_with_calendar(user: User, people: Sequence[User], calendar: bytes) -> list[User]:
    """Send an invitation with a calendar file to these accounts. Returns those who have no address for it.

    The email says that there is an invitation and no more; what the file says, whoever made it answers for.
    """
    if not calendar.startswith(b"BEGIN:VCALENDAR") or len(calendar) > LARGEST:
        raise ValueError("not a calendar file, or too large a one")
    now = timezone.now()
    with as_service(PURPOSE):
        known = Mailbox.objects.filter(user__in=[p.pk for p in people]).exclude(confirmed_at=None)
        ready = (
            set(known.values_list("user_id", flat=True)) if rules.is_sent(timezone.localdate(now)) else set()
        )
        for person in people:
            if person.pk in ready and person.works:
                _write(person, Letter.What.INVITATION, now, calendar)
    return [person for person in people if person.pk not in ready or not person.works]


def _write(user: User, what: str, now: dt.datetime, calendar: bytes | None = None) -> None:
    Letter.objects.create(user=user, what=what, at=now, due_at=now, calendar=calendar)


def _check_sent(now: dt.datetime) -> None:
    if not rules.is_sent(timezone.localdate(now)):
        raise NotPossibleError(OFF)
