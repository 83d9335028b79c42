"""The dated rules of the part "email", and what follows from them at a moment. Pure: nothing is read here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from django.utils import timezone

from lamplighter.hub.notices import configuration
from lamplighter.hub.site.config_files.dated import DatedRules, Rule
from lamplighter.vocabulary import working_days

RULES = DatedRules(configuration.PART)


class Wishes(Protocol):
    """Choices of a person: see ``models.Mailbox``."""

    at_once: bool
    digest: bool
    digest_on: dt.date | None
    quiet_from: dt.time
    quiet_until: dt.time
    quiet_days: bool


@dataclass(frozen=True, slots=True)
class Urgent:
    """Kinds of things that are told of at once, as a rule has them."""

    title: str
    kinds: tuple[str, ...]
    may_be_off: bool
    in_quiet_hours: bool


def sending(day: dt.date) -> Rule:
    """Return how email is sent on a day."""
    return RULES.one("sending", day)


def is_sent(day: dt.date) -> bool:
    """Tell whether this hub sends email at all."""
    return bool(sending(day).extra["how"] != "none")


def domains(day: dt.date) -> list[str]:
    """Return the domains that email may go to."""
    rows = RULES.every("domain") if "domain" in RULES.tables() else []
    return [str(rule.extra["domain"]) for rule in rows if rule.in_force(day)]


def urgent(day: dt.date) -> list[Urgent]:
    """Return what is told of at once."""
    return [
        Urgent(r.title, tuple(r.extra["kinds"]), r.extra["may_be_off"], r.extra["in_quiet_hours"])
        for r in RULES.on("urgent", day).values()
    ]


def never(day: dt.date) -> tuple[str, ...]:
    """Return the kinds, or their beginnings, that stand on the work list alone."""
    rows = RULES.on("later", day).values() if "later" in RULES.tables() else ()
    return tuple(kind for row in rows if row.extra["how"] == "never" for kind in row.extra["kinds"])


def kinds_at_once(wishes: Wishes, now: dt.datetime) -> tuple[str, ...]:
    """Return the kinds, or their beginnings, that this person is told of at this moment."""
    quiet = is_quiet(wishes, now)
    rows = [u for u in urgent(timezone.localdate(now)) if wishes.at_once or not u.may_be_off]
    return tuple(kind for u in rows if u.in_quiet_hours or not quiet for kind in u.kinds)


def usual_quiet(day: dt.date) -> tuple[dt.time, dt.time, bool]:
    """Return the quiet hours of whoever has not chosen: from, until, and on days off too."""
    row = RULES.one("quiet", day).extra
    return dt.time.fromisoformat(row["begins"]), dt.time.fromisoformat(row["ends"]), row["non_working_days"]


def is_quiet(wishes: Wishes, now: dt.datetime) -> bool:
    """Tell whether this is a quiet moment: by the clock on the wall, whatever was done to it that night."""
    here = timezone.localtime(now)
    if wishes.quiet_days and not _is_working(here.date()):
        return True
    begins, ends, time = wishes.quiet_from, wishes.quiet_until, here.time()
    if begins <= ends:
        return begins <= time < ends
    return time >= begins or time < ends


def _is_working(day: dt.date) -> bool:
    try:
        return working_days.is_working_day(day)
    except working_days.PastTheEndError:
        return day.weekday() < 5


def digest_at(day: dt.date) -> dt.time:
    """Return when the daily email is sent."""
    return dt.time.fromisoformat(RULES.one("digest", day).extra["at"])


def digest_is_due(wishes: Wishes, now: dt.datetime) -> bool:
    """Tell whether the email of this day is due: once a day, from its time on, not while it is quiet."""
    here = timezone.localtime(now)
    if not wishes.digest or (wishes.digest_on is not None and wishes.digest_on >= here.date()):
        return False
    return here.time() >= digest_at(here.date()) and not is_quiet(wishes, now)


def wait(tries: int, day: dt.date) -> dt.timedelta:
    """Return how long to wait after so many tries."""
    minutes = RULES.one("retry", day).extra["minutes"]
    return dt.timedelta(minutes=minutes[min(tries, len(minutes)) - 1])


def pause(day: dt.date) -> dt.timedelta:
    """Return for how long nothing is sent to an address that was refused."""
    return dt.timedelta(hours=RULES.one("retry", day).extra["pause_hours"])


def kept(day: dt.date) -> dt.timedelta:
    """Return how long the hub remembers that it sent something."""
    return dt.timedelta(days=RULES.one("retry", day).extra["keep_days"])
