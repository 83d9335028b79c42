"""One man under two forces' names: what a person who crossed a border is there, and how he is spelt there."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.countries.borders import ATTRIBUTES, Crossing, Stories
from lamplighter.synthetic.countries.parts import Part
from lamplighter.synthetic.countries.settings import CountrySettings
from lamplighter.synthetic.people.names import book
from lamplighter.synthetic.reports import recording_errors
from lamplighter.synthetic.sampling.draws import Bools, chance, stream
from lamplighter.synthetic.worlds.cell import Cell

_TYPED_AS_KNOWN = 0.9
_VICTIM_RESPELT = 0.4
_KEEPS_ACCOUNT = 0.5
_KEEPS_VEHICLE = 0.5


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody of another force who is person ``person`` of a part: ``is_really`` is their id there.

    ``forename`` and ``surname``: how this force spells them; None is as they spell it themselves.
    """

    part: int
    person: int
    attributes: tuple[int, ...]
    is_really: str
    keeps_telephone: bool
    keeps_account: bool
    keeps_vehicle: bool
    forename: str | None
    surname: str | None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Everybody who crossed, by the part they came to, and the courses that went on there."""

    people: dict[int, list[Arrival]]
    courses: dict[int, dict[str, str]]


def person_id(part: int, person: int) -> str:
    """Return the id of a person in the truth."""
    return f"T{part:03d}-{person:06d}"


def course_id(part: int, dossier: int) -> str:
    """Return the id of a course in the truth."""
    return f"C{part:03d}-{dossier:06d}"


def arrivals(settings: CountrySettings, stories: Stories, crossings: list[Crossing]) -> Arrivals:
    """Return who arrives in which part, in the order in which the crossings were chosen."""
    rng = stream(settings.seed, 0, "arrivals")
    slip = random.Random(int(rng.integers(1 << 60)))  # noqa: S311 - a seeded world, not a secret
    people: dict[int, list[Arrival]] = {}
    courses: dict[int, dict[str, str]] = {}
    for c in crossings:
        part = int(stories.part[c.target])
        root = int(stories.part[c.root])
        sides = [("suspect", stories.suspect, stories.suspect_is, settings.respelt)]
        if c.same_victim:
            sides.append(("victim", stories.victim, stories.victim_is, settings.respelt * _VICTIM_RESPELT))
            courses.setdefault(part, {})[course_id(part, int(stories.dossier[c.target]))] = course_id(
                root, int(stories.dossier[c.root])
            )
        for _, persons, details, respelt in sides:
            attributes = tuple(details[c.root].tolist())
            forename, surname = _respelt(attributes, slip) if slip.random() < respelt else (None, None)
            people.setdefault(part, []).append(
                Arrival(
                    part=part,
                    person=int(persons[c.target]),
                    attributes=attributes,
                    is_really=person_id(root, int(persons[c.root])),
                    keeps_telephone=slip.random() < settings.telephone_kept,
                    keeps_account=slip.random() < _KEEPS_ACCOUNT,
                    keeps_vehicle=slip.random() < _KEEPS_VEHICLE,
                    forename=forename,
                    surname=surname,
                )
            )
    return Arrivals(people=people, courses=courses)


def _respelt(attributes: tuple[int, ...], slip: random.Random) -> tuple[str | None, str | None]:
    """Return another spelling of the forename, of the surname, or of both."""
    names = book()
    forename = names.forenames[attributes[ATTRIBUTES.index("forename")]]
    surname = names.surnames[attributes[ATTRIBUTES.index("surname")]]
    which = slip.random()
    first = last = None
    if which < 0.6:
        known = [*names.forename_variants.get(forename, []), *names.nicknames.get(forename, [])]
        first = slip.choice(known) if known else recording_errors.typo(forename, slip)
    if which > 0.4:
        known = names.surname_variants.get(surname, [])
        last = slip.choice(known) if known else recording_errors.typo(surname, slip)
    return first, last


def settle(part: Part, arrivals: list[Arrival]) -> None:
    """Make the people of a part who came from elsewhere who they are; address and telephone are new."""
    people = part.drawn.people
    for a in arrivals:
        value = dict(zip(ATTRIBUTES, a.attributes, strict=True))
        for name in ("sex", "ethnicity", "born", "forename", "second", "surname", "second_surname", "pnc"):
            getattr(people, name)[a.person] = value[name]
        people.arrested[a.person] = bool(people.arrested[a.person]) or bool(value["arrested"])
        if a.keeps_account:
            people.handle_style[a.person] = value["handle_style"]
        if a.keeps_vehicle:
            people.vehicle[a.person] = value["vehicle"]
        if a.keeps_telephone:
            people.mobile_0[a.person] = people.mobile_1[a.person] = value["mobile"]


def respell(settings: CountrySettings, cell: Cell, arrivals: list[Arrival]) -> None:
    """Type the names of those who came from elsewhere as this force knows them."""
    rng = stream(settings.seed, cell.number, "respelt")
    shown = cell.rows.person[cell.rows.details_of]
    first, last = cell.recorded.columns["forenames"], cell.recorded.columns["surname"]
    as_known: Bools = chance(rng, _TYPED_AS_KNOWN, len(shown))
    for a in arrivals:
        if a.forename is None and a.surname is None:
            continue
        for i in np.flatnonzero((shown == a.person) & as_known).tolist():
            given = first[i]
            if a.forename and given:
                first[i] = " ".join([a.forename, *given.split(" ")[1:]])
            if a.surname and last[i]:
                last[i] = a.surname
