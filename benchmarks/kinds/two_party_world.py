"""People who report each other: couples, families, neighbours, colleagues and strangers, over six years.

A :class:`Person` has a past: homes, numbers, addresses of mail and handles change, some take another surname.
A :class:`Tie` is two people between whom something happens: what two rows have to share to be about the same
two. A :class:`Report` is a tie on a day, told by the one side or by the other. Who is tied to whom is hard
where real tables are: one suspect with several victims, one victim with several suspects, her sister who
reports the same man, a father and a son of one name, counter-allegations.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from benchmarks.kinds import two_party_names as names
from benchmarks.kinds.homes import Home
from benchmarks.kinds.slips import one_of

START = dt.date(2018, 1, 1)
DAYS = 6 * 365
EX, FAMILY, NEIGHBOUR, COLLEAGUE, STRANGER = "ex", "family", "neighbour", "colleague", "stranger"


@dataclass(slots=True, eq=False)
class Person:
    """Somebody with a past. What changes is a list of (from day, value), earliest first."""

    sex: str
    first: str
    middle: str
    last: list[tuple[int, str]]
    born: dt.date
    group: str
    homes: list[tuple[int, Home]]
    phones: list[tuple[int, str]]
    mails: list[tuple[int, str]]
    handles: list[tuple[int, str]]
    plate: str
    nick: str

    def at(self, day: int, what: str) -> str:
        """``last``, ``phones``, ``mails`` or ``handles`` as they were on a day."""
        return [value for since, value in getattr(self, what) if since <= day][-1]

    def home(self, day: int) -> Home:
        return [home for since, home in self.homes if since <= day][-1]

    def age(self, day: int) -> int:
        return (START + dt.timedelta(days=day) - self.born).days // 365


@dataclass(frozen=True, slots=True, eq=False)
class Tie:
    """Two people between whom something happens; ``first`` is the one who is more often the victim."""

    first: Person
    second: Person
    kind: str


@dataclass(frozen=True, slots=True)
class Report:
    """A tie on a day, in days from the start; ``victim`` and ``suspect`` are as this report has them."""

    truth: str
    tie: Tie
    day: int
    victim: Person
    suspect: Person

    def date(self) -> dt.date:
        return START + dt.timedelta(days=self.day)


@dataclass(slots=True)
class World:
    """Makes people and ties with one generator, of a seed and a number of the kind's own.

    ``towns`` sets how thick the place is: fewer, more chance agreement. ``group`` is the largest group.
    """

    seed: int
    salt: int
    towns: int = 12
    group: str = "white"
    people: list[Person] = field(default_factory=list)
    rng: Generator = field(init=False)
    streets: list[tuple[str, str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng([self.seed, self.salt])
        rng, first, second = self.rng, *names.STREET_PARTS
        self.streets = [
            (f"{one_of(rng, first)} {one_of(rng, second)}", town, f"{code}{self._code()}")
            for town, code in names.TOWNS[: self.towns]
            for _ in range(110)
        ]

    def _code(self) -> str:
        """What follows the letters of a postcode."""
        tail = "".join(one_of(self.rng, names.TAILS) for _ in "ab")
        return f"{self.rng.integers(1, 21)} {self.rng.integers(1, 10)}{tail}"

    # People -----------------------------------------------------------------

    def a_home(self, *, street: tuple[str, str, str] | None = None) -> Home:
        """A house or, one in four, a flat."""
        rng = self.rng
        road, town, code = street or one_of(rng, self.streets)
        number = str(rng.integers(1, 180))
        return Home(
            f"Flat {rng.integers(1, 13)}, {number}" if rng.random() < 0.25 else number, road, town, code
        )

    def a_phone(self) -> str:
        return f"07{self.rng.integers(100_000_000, 300_000_000)}"

    def a_handle(self, person: Person) -> str:
        rng, year = self.rng, person.born.year
        stem = names.short(rng, person.first).lower()
        last = person.last[-1][1].lower().replace("'", "").replace(".", "")
        how = int(rng.integers(6))
        if how == 0:
            return f"{stem}.{last}{year % 100}"
        if how == 1:
            return f"{stem}_{last[:1]}{rng.integers(1, 999)}"
        if how == 2:
            return f"{person.first.lower()}{last}"
        if how == 3:
            return f"{one_of(rng, names.ADJECTIVES)}_{stem}"
        start = f"x{stem}x" if how == 4 else one_of(rng, names.ADJECTIVES)
        return f"{start}{one_of(rng, names.THINGS)}{rng.integers(1, 99)}"

    def a_mail(self, person: Person) -> str:
        rng = self.rng
        last = person.last[-1][1].lower().replace("'", "").replace(".", "")
        first, year = person.first.lower(), person.born.year % 100
        stem = one_of(rng, (f"{first}.{last}", f"{first[0]}{last}{year}", self.a_handle(person)))
        tail = str(rng.integers(1, 99)) if rng.random() < 0.4 else ""
        return f"{stem}{tail}@{one_of(rng, ('mail', 'post', 'inbox', 'letters'))}.example"

    def _times(self, rate: float) -> list[int]:
        """The days on which something changes; ``rate`` a year."""
        return sorted(
            int(d) for d in self.rng.integers(1, DAYS, size=int(self.rng.poisson(rate * DAYS / 365)))
        )

    def a_person(
        self,
        sex: str = "",
        *,
        age: int | None = None,
        last: str = "",
        group: str = "",
        home: Home | None = None,
        first: str = "",
    ) -> Person:
        """Somebody; what is not said is drawn."""
        rng = self.rng
        sex = sex or one_of(rng, "fm")
        group = group or (self.group if rng.random() < 0.78 else one_of(rng, names.GROUPS))
        years = int(min(max(rng.gamma(5, 7), 15), 85)) if age is None else age
        born = START - dt.timedelta(days=years * 365 + int(rng.integers(0, 365)))
        person = Person(
            sex=sex,
            first=first or names.forename(rng, group, sex),
            middle=names.forename(rng, group, sex) if rng.random() < 0.6 else "",
            last=[(0, last or names.surname(rng, group))],
            born=born,
            group=group,
            homes=[(0, home or self.a_home())],
            phones=[(day, self.a_phone()) for day in (0, *self._times(0.15))],
            mails=[],
            handles=[],
            plate=f"{''.join(one_of(rng, 'ABDEFGHKLMNPRSVWY') for _ in 'ab')}{rng.integers(2, 72):02d} "
            f"{''.join(one_of(rng, 'ABCDEFGHJKLMNPRSTUVWXYZ') for _ in 'abc')}",
            nick="",
        )
        person.homes += [(day, self.a_home()) for day in self._times(0.14)]
        if sex == "f" and years > 20 and rng.random() < 0.12:
            person.last.append((int(rng.integers(1, DAYS)), names.surname(rng, group)))
        person.mails = [(day, self.a_mail(person)) for day in (0, *self._times(0.06))]
        person.handles = [(day, self.a_handle(person)) for day in (0, *self._times(0.25))]
        person.nick = names.short(rng, person.first)
        self.people.append(person)
        return person

    def a_relative(self, of: Person, how: str) -> Person:
        """A ``child``, ``parent`` or ``sibling``: one surname, often one home, seldom one first name."""
        rng = self.rng
        years = {"child": -27, "parent": 28, "sibling": int(rng.integers(-6, 7))}[how]
        age = max(3, of.age(0) + years)
        together = rng.random() < {"child": 0.7 if age < 20 else 0.3, "parent": 0.3, "sibling": 0.35}[how]
        sex = one_of(rng, "fm")
        same = sex == of.sex and how != "sibling" and rng.random() < 0.12
        return self.a_person(
            sex,
            age=age,
            last=of.last[0][1],
            group=of.group,
            home=of.homes[0][1] if together else None,
            first=of.first if same else "",
        )

    # Ties -------------------------------------------------------------------

    def a_tie(self, kind: str, first: Person | None = None, second: Person | None = None) -> Tie:
        """Two people of a kind; who is given is kept."""
        rng = self.rng
        if first is None:
            first = self.a_person("f" if rng.random() < (0.82 if kind == EX else 0.6) else "m")
        if second is None:
            if kind == EX:
                shared = first.last[0][1] if rng.random() < 0.25 else ""
                home = first.homes[0][1] if rng.random() < 0.45 else None
                other = ("m" if first.sex == "f" else "f") if rng.random() < 0.94 else first.sex
                age = max(16, first.age(0) + int(rng.normal(2, 5)))
                second = self.a_person(
                    other, age=age, last=shared, group=first.group if rng.random() < 0.85 else "", home=home
                )
            elif kind == FAMILY:
                grown = first.age(0) > 43
                second = self.a_relative(first, one_of(rng, ("child" if grown else "parent", "sibling")))
            elif kind == NEIGHBOUR:
                near = first.homes[0][1]
                second = self.a_person(home=self.a_home(street=(near.street, near.town, near.postcode)))
            else:
                second = self.a_person("m" if rng.random() < 0.75 else "f")
        return Tie(first, second, kind)

    def ties(self, count: int, kinds: dict[str, float], *, tangled: float = 0.35) -> list[Tie]:
        """About ``count`` ties of kinds at their shares.

        A share ``tangled`` of them has somebody, or some names, in common with another tie.
        """
        rng, made = self.rng, list[Tie]()
        shares = np.array(list(kinds.values())) / sum(kinds.values())
        for kind in map(str, rng.choice(list(kinds), size=count, p=shares)):
            if len(made) >= count:
                break
            tie = self.a_tie(kind)
            made.append(tie)
            at = rng.random() / tangled
            if at < 0.25:  # another victim of the same suspect
                made.append(
                    self.a_tie(kind if kind != FAMILY else EX, second=tie.second, first=self.a_person("f"))
                )
            elif at < 0.45:  # another suspect of the same victim
                made.append(self.a_tie(one_of(rng, (EX, STRANGER, kind)), first=tie.first))
            elif at < 0.65:  # her sister, mother or daughter reports the same man
                made.append(
                    Tie(
                        self.a_relative(tie.first, one_of(rng, ("child", "parent", "sibling"))),
                        tie.second,
                        FAMILY,
                    )
                )
            elif at < 0.8:  # his brother, father or son joins in
                made.append(
                    Tie(
                        tie.first,
                        self.a_relative(tie.second, one_of(rng, ("child", "parent", "sibling"))),
                        FAMILY,
                    )
                )
            elif at < 1.0:  # two others of the same names
                first, second = tie.first, tie.second
                made.append(
                    Tie(
                        self.a_person(first.sex, group=first.group, last=first.last[0][1], first=first.first),
                        self.a_person(
                            second.sex, group=second.group, last=second.last[0][1], first=second.first
                        )
                        if rng.random() < 0.15
                        else self.a_person(second.sex),
                        kind,
                    )
                )
        return made

    def reports(
        self, ties: list[Tie], rows: int, *, again: float = 0.55, swapped: float = 0.04
    ) -> list[Report]:
        """``rows`` reports of the ties, by day.

        ``again`` is the chance that another report follows one; ``swapped`` the share of reports told by the
        second person, all of them of the ties in which there are counter-allegations.
        """
        rng, made = self.rng, list[Report]()
        order = rng.permutation(len(ties))
        at = 0
        while len(made) < rows:
            if at == len(order):
                raise ValueError("too few ties for so many rows")
            number = int(order[at])
            at += 1
            tie, day = ties[number], int(rng.integers(0, DAYS))
            counter = rng.random() < swapped * 2.5
            while True:
                turned = counter and rng.random() < 0.4
                sides = (tie.second, tie.first) if turned else (tie.first, tie.second)
                made.append(Report(f"t{number:05d}", tie, day, *sides))
                day += 1 + int(rng.exponential(110))
                if day >= DAYS or rng.random() > again:
                    break
        return sorted(made[:rows], key=lambda r: r.day)
