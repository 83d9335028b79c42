"""Tell whether somebody in a case is under 18: yes, no or not known. What is not known is never "adult"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.cases import rules, selectors
from lamplighter.hub.cases.models import Case, Party

COLUMNS = ("birth_date", "age_from", "age_to", "age_on")


class Known(StrEnum):
    """An answer of three values."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"


def years_later(day: dt.date, years: int) -> dt.date:
    """Return the same day so many years on; of 29 February, 1 March where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


def under(of: Mapping[str, Any], years: int, on: dt.date) -> Known:
    """Return whether a person is younger than ``years`` on a day.

    ``of`` has the :data:`COLUMNS` of a party. Without a date of birth, somebody who was said to be
    ``age_from`` to ``age_to`` years old on the day ``age_on`` has their birthday on any day of the year.
    """
    if born := of.get("birth_date"):
        return Known.YES if on < years_later(born, years) else Known.NO
    told, least, most = of.get("age_on"), of.get("age_from"), of.get("age_to")
    if told is None:
        return Known.NOT_KNOWN
    # Whoever is n years old on a day becomes n + 1 within a year of it, at the earliest on the next day.
    if most is not None and on <= years_later(told, years - 1 - most):
        return Known.YES
    if least is not None and on >= years_later(told, years - least):
        return Known.NO
    return Known.NOT_KNOWN


def under_18(party: Party | None, on: dt.date) -> Known:
    """Return whether a person of a case is a child on a day, by the age that the rules of that day give."""
    if party is None:
        return Known.NOT_KNOWN
    of = {name: getattr(party, name) for name in COLUMNS}
    return under(of, rules.child_under(on), on)


def of_people(people: Sequence[Party], as_at: selectors.Moment = None) -> dict[str, Known]:
    """Return the answer for each side, of the people as a case called them at a moment."""
    on = timezone.localdate(as_at or moment.now())
    by_side = {party.side: party for party in people}
    return {side.value: under_18(by_side.get(side), on) for side in Party.Side}


def of_case(case: Case, as_at: selectors.Moment = None) -> dict[str, Known]:
    """Return whether the victim and the suspect were known to be under 18 at a moment (``None``: now)."""
    return of_people(selectors.parties(case, as_at), as_at)


def is_child(case: Case, as_at: selectors.Moment = None) -> Known:
    """Return whether the victim of the case is under 18: yes, no or not known."""
    return of_case(case, as_at)[Party.Side.VICTIM]


def suspect_is_child(case: Case, as_at: selectors.Moment = None) -> Known:
    """Return the same of the suspect."""
    return of_case(case, as_at)[Party.Side.SUSPECT]


TITLES = {Party.Side.VICTIM: "victim", Party.Side.SUSPECT: "suspect"}


def tags(found: Mapping[str, Known]) -> list[str]:
    """Return what the bar says beside the stage of a case: who is under 18."""
    return [f"{TITLES[side].capitalize()} under 18" for side in Party.Side if found[side] == Known.YES]


def unknown(found: Mapping[str, Known]) -> str:
    """Return whose age is not known, for the overview; "" where both are."""
    whose = [TITLES[side] for side in Party.Side if found[side] == Known.NOT_KNOWN]
    return f"Age not known: {' and '.join(whose)}" if whose else ""


def in_words(party: Party) -> list[str]:
    """Return what a page says about the age of a person, a line each."""
    return [f"Born {party.birth_date:%-d %B %Y}"] if party.birth_date else told(party)


def told(party: Party) -> list[str]:
    """Return an age that was said rather than a date of birth, with the day on which it was said."""
    least, most = party.age_from, party.age_to
    if party.age_on is None or (least is None and most is None):
        return ["Age not known"]
    if least == most:
        said = str(least)
    elif least is None:
        said = f"{most} or younger"
    elif most is None:
        said = f"{least} or older"
    else:
        said = f"{least} to {most}"
    return [f"Said to be {said} on {party.age_on:%-d %B %Y}"]


def stated(age: int | None, before: Party | Mapping[str, Any] | None, on: dt.date) -> dict[str, Any]:
    """Return the columns of an age that somebody types; one that was said before keeps its day.

    A range such as 15 to 17, which a report gave and no box can show, stays until an age is typed.
    """
    names = ("age_from", "age_to", "age_on")
    if isinstance(before, Mapping):
        keeps = {name: before.get(name) for name in names}
    else:
        keeps = {name: getattr(before, name, None) for name in names}
    if age is None:
        single = keeps["age_from"] == keeps["age_to"]
        return dict.fromkeys(keeps) if single else keeps
    if (keeps["age_from"], keeps["age_to"]) == (age, age):
        return keeps
    return {"age_from": age, "age_to": age, "age_on": on}
