"""Tell whether a switch is on: on a day, for an area, as the hub knew it at a moment."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.law import permissions, rules
from lamplighter.hub.law.models import Check, Reading, SwitchedOff

Moment = dt.datetime | None


def tidy(per: str) -> str:
    """Return what a switch is signed for, as it is compared: without capitals and double spaces."""
    return " ".join(per.split()).casefold()


@dataclass(frozen=True, slots=True)
class Signed:
    """A reading with its check, if there is one, as both were known at a moment."""

    reading: Reading
    check: Check | None

    @property
    def counts(self) -> bool:
        """Return whether a second person agreed that it is in force."""
        return self.reading.valid_from is not None and self.check is not None and self.check.agrees


@dataclass(frozen=True)
class Standing:
    """Everything that was signed for one switch and one area, version or court, the newest first."""

    switch: rules.Switch
    per: str
    signed: tuple[Signed, ...] = ()
    ended: tuple[SwitchedOff, ...] = ()

    def holding(self, on: dt.date) -> Reading | None:
        """Return the reading by which the switch is on, on a day; ``None`` when it is off.

        Of those that begin on or before the day and that nobody has switched off
        since, the one that was signed last counts.
        """
        for one in self.signed:
            begins, until = one.reading.valid_from, one.reading.valid_until
            if one.counts and begins is not None and begins <= on and not self._off(one.reading, on):
                return one.reading if until is None or on < until else None
        return None

    def coming(self, on: dt.date) -> Reading | None:
        """Return the reading by which it comes on after ``on``."""
        found = [
            one.reading
            for one in self.signed
            if one.counts
            and one.reading.valid_from is not None
            and one.reading.valid_from > on
            and not self._off(one.reading, one.reading.valid_from)
        ]
        return min(found, key=lambda r: r.valid_from or on, default=None)

    def _off(self, reading: Reading, on: dt.date) -> bool:
        return any(off.at >= reading.at and off.day <= on for off in self.ended)

    @property
    def waiting(self) -> list[Reading]:
        """Return what waits for the check of a second person."""
        return [s.reading for s in self.signed if s.check is None and s.reading.valid_from is not None]

    @property
    def last(self) -> Reading | None:
        """Return what was read last, unless a second person did not agree with it."""
        return next((s.reading for s in self.signed if s.check is None or s.check.agrees), None)

    @property
    def next_review(self) -> dt.date:
        """Return by when somebody looks again: as signed last, or else as the file says."""
        return self.last.next_review if self.last else self.switch.next_review


def in_force(code: str, on: dt.date, area: str = "", as_at: Moment = None) -> bool:
    """Return whether a switch is on, on a day. What nobody has signed, or nobody has checked, is off.

    ``area`` is what the switch is signed for: an area, a version, a court. Without
    ``as_at`` what is known now counts; with it, what was known then. Raises
    ``KeyError`` for a switch that is not there, and ``ValueError`` where an area is
    missing or is named for a switch that has none: neither is to read as "off".
    """
    found = rules.switch(code)
    if bool(found.per) != bool(tidy(area)):
        what = f"is signed for each {found.per}: name one" if found.per else "is not signed for each area"
        raise ValueError(f"The switch {code!r} {what}")
    one = _standings([found], as_at)
    return any(s.per == tidy(area) and s.holding(on) is not None for s in one)


def standings(as_at: Moment = None) -> list[Standing]:
    """Return every switch, in the order of the file; one of several areas once for each that was signed."""
    return _standings(rules.switches().values(), as_at)


def of(switch: rules.Switch, as_at: Moment = None) -> list[Standing]:
    """Return one switch, once for each area, version or court that was signed."""
    return _standings([switch], as_at)


def _standings(switches: Iterable[rules.Switch], as_at: Moment) -> list[Standing]:
    asked = list(switches)
    codes = [s.code for s in asked]
    readings = Reading.objects.filter(switch__in=codes).select_related("by", "check_made__by")
    offs = SwitchedOff.objects.filter(switch__in=codes).select_related("by")
    if as_at is not None:
        readings, offs = readings.filter(at__lte=as_at), offs.filter(at__lte=as_at)
    signed = [Signed(r, _check_of(r, as_at)) for r in readings.order_by("-at", "-pk")]
    ended = list(offs.order_by("-at", "-pk"))
    return [one for s in asked for one in _of(s, signed, ended)]


def _check_of(reading: Reading, as_at: Moment) -> Check | None:
    found = getattr(reading, "check_made", None)
    return found if found is not None and (as_at is None or found.at <= as_at) else None


def _of(switch: rules.Switch, signed: Sequence[Signed], ended: Sequence[SwitchedOff]) -> list[Standing]:
    mine = [s for s in signed if s.reading.switch == switch.code]
    off = [o for o in ended if o.switch == switch.code]
    named = sorted({tidy(s.reading.per) for s in mine}) or [""]
    return [
        Standing(
            switch,
            per,
            tuple(s for s in mine if tidy(s.reading.per) == per),
            tuple(o for o in off if tidy(o.per) == per),
        )
        for per in named
    ]


def asked(code: str) -> rules.Switch:
    """Return the switch of an address. Raises ``Http404``."""
    found = rules.switches().get(code)
    if found is None:
        raise Http404
    return found


def reading(key: uuid.UUID) -> Reading:
    """Return one reading of a switch that the file has. Raises ``Http404``."""
    found = Reading.objects.select_related("by").filter(key=key).first()
    if found is None or found.switch not in rules.switches():
        raise Http404
    return found


def first_who_signs() -> User | None:
    """Return the one of those who sign who has been here longest, of the hub's own agency first."""
    roles = rules.signing(timezone.localdate()).extra["sign"]
    found = User.objects.working().filter(role__in=roles).select_related("agency")
    return min(found, key=lambda u: (not (u.agency and u.agency.kind == "hub"), u.pk), default=None)


def who_answers(standing: Standing, first: User | None) -> User | None:
    """Return the one person who looks at a switch again: whoever signed it last, while they sign here.

    Else ``first`` (:func:`first_who_signs`): what nobody has ever read, or whose reader left, is somebody's.
    """
    last = standing.last
    return last.by if last is not None and permissions.may_sign(last.by) else first


def today() -> dt.date:
    return timezone.localdate()
