"""Make the kinds of tables that tell of two people a row: one world, as other holders keep it."""

from __future__ import annotations

import datetime as dt
import tomllib
from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import numpy as np
import polars as pl
from numpy.random import Generator

from benchmarks.kinds import slips
from benchmarks.kinds.slips import Home, date_as, one_of, short_name

# Words the two-party kinds are made of: names by group, short names, streets and towns.

_HELD = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))["two_party"]
#: The two parts of the name of a street.
STREET_PARTS: tuple[list[str], list[str]] = tuple(words.split() for words in _HELD["street_parts"])
#: Towns and the letters their postcodes begin with.
TOWNS: list[tuple[str, str]] = [(town, code) for town, code in _HELD["towns"]]
ADJECTIVES: list[str] = _HELD["adjectives"].split()
THINGS: list[str] = _HELD["things"].split()
#: The groups beside the largest, which is "white".
GROUPS = ("south_asian", "polish", "west_african")
TAILS = "ABDEFGHJLNPQRSTUWXYZ"


class Skewed:
    """A list drawn from with a weight of 1 / (rank + 4): a few common, a long tail."""

    def __init__(self, words: str) -> None:
        self.words = words.split()
        self.steps = list(accumulate(1 / (rank + 4) for rank in range(len(self.words))))

    def __call__(self, rng: Generator) -> str:
        return self.words[min(bisect(self.steps, rng.random() * self.steps[-1]), len(self.words) - 1)]


_GROUPS = {"white": _HELD, **_HELD["groups"]}
_NAMES = {
    group: {what: Skewed(held[what]) for what in ("women", "men", "surnames")}
    for group, held in _GROUPS.items()
}
_PARTS = {
    group: [words.split() for words in held.get("surname_parts", ())] for group, held in _GROUPS.items()
}


def surname(rng: Generator, group: str) -> str:
    """One surname: three in five are common ones, where a group has parts to put others together of."""
    if not _PARTS[group] or rng.random() < 0.6:
        return _NAMES[group]["surnames"](rng)
    first, second = _PARTS[group]
    return one_of(rng, first) + one_of(rng, second)


def forename(rng: Generator, group: str, sex: str) -> str:
    """One first name of a group and sex ("f" or "m")."""
    return _NAMES[group]["women" if sex == "f" else "men"](rng)


def short(rng: Generator, name: str) -> str:
    """A short name of a first name, or the name itself where none is known."""
    if name in _HELD["short"] and rng.random() < 0.5:
        return one_of(rng, _HELD["short"][name].split())
    return short_name(rng, name)


# People who report each other: couples, families, neighbours, colleagues and strangers, over six years.
#
# A :class:`Person` has a past: homes, numbers, addresses of mail and handles change, some take another
# surname. A :class:`Tie` is two people between whom something happens: what two rows have to share to be
# about the same two. A :class:`Report` is a tie on a day, told by the one side or by the other. Who is tied
# to whom is hard where real tables are: one suspect with several victims, one victim with several suspects,
# her sister who reports the same man, a father and a son of one name, counter-allegations.

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
        rng, first, second = self.rng, *STREET_PARTS
        self.streets = [
            (f"{one_of(rng, first)} {one_of(rng, second)}", town, f"{code}{self._code()}")
            for town, code in TOWNS[: self.towns]
            for _ in range(110)
        ]

    def _code(self) -> str:
        """What follows the letters of a postcode."""
        tail = "".join(one_of(self.rng, TAILS) for _ in "ab")
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
        stem = short(rng, person.first).lower()
        last = person.last[-1][1].lower().replace("'", "").replace(".", "")
        how = int(rng.integers(6))
        if how == 0:
            return f"{stem}.{last}{year % 100}"
        if how == 1:
            return f"{stem}_{last[:1]}{rng.integers(1, 999)}"
        if how == 2:
            return f"{person.first.lower()}{last}"
        if how == 3:
            return f"{one_of(rng, ADJECTIVES)}_{stem}"
        start = f"x{stem}x" if how == 4 else one_of(rng, ADJECTIVES)
        return f"{start}{one_of(rng, THINGS)}{rng.integers(1, 99)}"

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
        group = group or (self.group if rng.random() < 0.78 else one_of(rng, GROUPS))
        years = int(min(max(rng.gamma(5, 7), 15), 85)) if age is None else age
        born = START - dt.timedelta(days=years * 365 + int(rng.integers(0, 365)))
        person = Person(
            sex=sex,
            first=first or forename(rng, group, sex),
            middle=forename(rng, group, sex) if rng.random() < 0.6 else "",
            last=[(0, last or surname(rng, group))],
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
            person.last.append((int(rng.integers(1, DAYS)), surname(rng, group)))
        person.mails = [(day, self.a_mail(person)) for day in (0, *self._times(0.06))]
        person.handles = [(day, self.a_handle(person)) for day in (0, *self._times(0.25))]
        person.nick = short(rng, person.first)
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


# How a row about two people is written: a hand with its rates of slips, and what one side knows.

#: How often the one who reports can tell the whole name of the other, only a first name, or nothing.
KNOWN = {
    EX: (0.93, 0.06, 0.01),
    FAMILY: (0.96, 0.03, 0.01),
    NEIGHBOUR: (0.5, 0.3, 0.2),
    STRANGER: (0.2, 0.25, 0.55),
    "colleague": (0.7, 0.25, 0.05),
}


class Pen:
    """One kind's hand.

    ``slip`` is the share of words that come out wrong; ``heard``: told over a telephone, not typed.
    """

    def __init__(self, seed: int, salt: int, *, slip: float = 0.04, heard: bool = False) -> None:
        self.rng = np.random.default_rng([seed, salt])
        self.slip = slip
        self.how = slips.heard if heard else slips.typed

    def chance(self, rate: float) -> bool:
        return bool(self.rng.random() < rate)

    def pick(self, *choices: str) -> str:
        return one_of(self.rng, choices)

    def told(self, *parts: tuple[str, ...]) -> str:
        """A text: one of each part, with spaces between."""
        return " ".join(said for part in parts if (said := one_of(self.rng, part)))

    def clock(self) -> str:
        return f"{self.rng.integers(0, 24):02d}:{self.rng.integers(0, 60):02d}"

    def held(self, value: str, rate: float) -> str:
        """``value`` in a share ``rate`` of rows, else nothing."""
        return value if self.chance(rate) else ""

    def word(self, value: str) -> str:
        return slips.mixed(
            self.rng, value, {self.how: self.slip, slips.typed: self.slip / 3, slips.joined: self.slip / 2}
        )

    def digits(self, value: str) -> str:
        return slips.mixed(
            self.rng, value, {slips.digit_slip: self.slip / 2, slips.digits_turned: self.slip / 3}
        )

    def phone(self, value: str) -> str:
        """A number as one of several hands groups it."""
        value = self.digits(value)
        return self.pick(
            value,
            value,
            f"{value[:5]} {value[5:]}",
            f"+44{value[1:]}",
            f"{value[:5]} {value[5:8]} {value[8:]}",
        )

    def day(self, day: dt.date, *styles: str) -> str:
        """A date of birth in one of the styles, now and then wrong."""
        return slips.date_as(
            self.pick(*styles), slips.day_slip(self.rng, day) if self.chance(self.slip) else day
        )

    def first(self, person: Person, *, short: float = 0.12) -> str:
        """The first name, in a share ``short`` of rows the short one."""
        return self.word(person.nick if self.chance(short) else person.first)

    def last(self, person: Person, day: int) -> str:
        """The surname of the day; now and then the one before."""
        return self.word(person.last[0][1] if self.chance(0.1) else person.at(day, "last"))

    def whole(self, person: Person, day: int, *, short: float = 0.12, title: float = 0.0) -> str:
        """The whole name as 'Mr John Smith' or 'John Smith'."""
        name = f"{self.first(person, short=short)} {self.last(person, day)}"
        return f"{self.title(person)} {name}" if self.chance(title) else name

    def title(self, person: Person) -> str:
        return "Mr" if person.sex == "m" else self.pick("Mrs", "Miss", "Ms")

    def address(self, person: Person, day: int, *, stale: float = 0.08) -> str:
        """Number and street; in a share ``stale`` where the person lived first."""
        home = person.homes[0][1] if self.chance(stale) else person.home(day)
        street = home.street
        if self.chance(0.25):
            for long, brief in (
                ("Street", "St"),
                ("Road", "Rd"),
                ("Avenue", "Ave"),
                ("Close", "Cl"),
                ("Terrace", "Terr"),
                ("Drive", "Dr"),
            ):
                street = street.replace(long, brief)
        return f"{self.digits(home.number)} {self.word(street)}"

    def knows(self, report: Report) -> str:
        """How much the one side can tell of the other: ``all``, ``first`` or ``nothing``."""
        whole, first, _ = KNOWN[report.tie.kind]
        at = self.rng.random()
        return "all" if at < whole else "first" if at < whole + first else "nothing"


def frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    """Rows of strings as a table; what is empty is null, as a reader of CSV gives it."""
    return pl.DataFrame(
        [{name: value.strip() or None for name, value in row.items()} for row in rows],
        infer_schema_length=None,
        schema=dict.fromkeys(rows[0], pl.String),
    )


# Two people a row, as police hold them: an extract of crimes, and a log of emergency calls.

_OFFENCES = {
    "Harassment without violence": "IP states suspect keeps turning up at her place of work.",
    "Malicious communications": "Suspect has sent a number of messages which are abusive in nature.",
    "Criminal damage to vehicle": "Unknown means used to scratch vehicle parked outside address.",
    "Common assault": "Verbal argument during which IP was pushed to the floor.",
    "Breach of non-molestation order": "Suspect has attended the address in breach of order.",
    "Stalking": "Series of incidents where suspect has followed IP from work.",
    "Public order": "Suspect shouting abuse in the street.",
    "Theft from dwelling": "Items removed while IP was out.",
}


def police_extract(seed: int) -> pl.DataFrame:
    """12,000 crimes of one force: many suspects are half named; families and namesakes abound."""
    world, pen = World(seed, 100), Pen(seed, 1, slip=0.035)
    ties = world.ties(6_800, {EX: 45, FAMILY: 15, NEIGHBOUR: 12, COLLEAGUE: 5, STRANGER: 23})
    return frame([_crime(pen, n, report) for n, report in enumerate(world.reports(ties, 12_000, again=0.5))])


def _crime(pen: Pen, number: int, report: Report) -> dict[str, str]:
    her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
    offence = pen.pick(*_OFFENCES)
    born = pen.day(him.born, "uk") if knows == "all" and pen.chance(0.72) else ""
    known_home = knows == "all" and pen.chance(0.6)
    plate = pen.held(him.plate.replace(" ", ""), 0.12)
    nothing = pen.pick("", "", "UNKNOWN", "N/K")
    return {
        "Crime Ref": f"42/{100_000 + number}/{report.date().year % 100}",
        "Date Created": date_as("uk", report.date()),
        "HO Class Desc": offence,
        "Vic Surname": pen.last(her, day).upper(),
        "Vic Forename(s)": pen.first(her) + (f" {her.middle}" if her.middle and pen.chance(0.4) else ""),
        "Vic DOB": pen.held(pen.day(her.born, "uk"), 0.88),
        "Vic Gender": her.sex.upper(),
        "Vic Self Def Eth": her.group.title(),
        "Vic Addr": pen.held(pen.address(her, day), 0.9),
        "Vic Pcode": pen.held(her.home(day).postcode, 0.85),
        "Vic Tel": pen.held(pen.phone(her.at(day, "phones")), 0.65),
        "Vic Email": pen.held(her.at(day, "mails"), 0.25),
        "Sus Surname": pen.last(him, day).upper() if knows == "all" else nothing,
        "Sus Forename(s)": {"all": pen.first(him), "first": pen.first(him, short=0.5), "nothing": nothing}[
            knows
        ],
        "Sus Alias": pen.held(him.nick, 0.1 if knows != "nothing" else 0.02),
        "Sus DOB": born,
        "Sus Gender": pen.held(him.sex.upper(), 0.85),
        "Sus Addr": pen.address(him, day, stale=0.2) if known_home else "",
        "Sus Pcode": him.home(day).postcode if known_home and pen.chance(0.8) else "",
        "Sus Tel": pen.held(pen.phone(him.at(day, "phones")), 0.3 if knows == "all" else 0.08),
        "VRM": plate[:4] if plate and pen.chance(0.3) else plate,
        "Rel to Vic": pen.held(
            {EX: "Ex-partner", FAMILY: "Other family", NEIGHBOUR: "Neighbour", STRANGER: "Stranger"}.get(
                report.tie.kind, "Acquaintance"
            ),
            0.8,
        ),
        "OIC": pen.pick("PC 1442 HOLT", "PC 2087 SHAW", "DC 331 RYAN", "PC 918 COLE", "DC 450 MILLS"),
        "MO": pen.told(
            (_OFFENCES[offence],),
            ("Enquiries ongoing.", "No CCTV.", "" if knows == "nothing" else f"Suspect named as {him.nick}."),
        ),
        "truth": report.truth,
    }


_SAID = {
    EX: ("HER EX", "EX-PARTNER", "ex bf", "EX HUSBAND", "FORMER PARTNER"),
    FAMILY: ("FAMILY MEMBER", "relative", "son", "BROTHER"),
    NEIGHBOUR: ("NEIGHBOUR", "male next door", "NEXT DOOR"),
    COLLEAGUE: ("COLLEAGUE", "works with"),
    STRANGER: ("UNK MALE", "a male", "UNKNOWN", "male in car"),
}


def calls_999(seed: int) -> pl.DataFrame:
    """6,000 emergency calls: the other is "HER EX DAN" or nobody, some callers use another's telephone."""
    world, pen = World(seed, 101, towns=8), Pen(seed, 2, slip=0.07, heard=True)
    ties = world.ties(3_000, {EX: 55, FAMILY: 15, NEIGHBOUR: 20, STRANGER: 10})
    rows = []
    for number, report in enumerate(world.reports(ties, 6_000, again=0.6, swapped=0.02)):
        her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        said = pen.pick(*_SAID[report.tie.kind])
        if knows == "all":
            whole = pen.whole(him, day, short=0.4)
            other = pen.pick(
                whole, whole.upper(), f"{said} {pen.first(him, short=0.5)}", f"{said} {whole}", said, him.nick
            )
        else:
            other = f"{said} {pen.first(him, short=0.6)}" if knows == "first" else pen.pick(said, "")
        place = her if pen.chance(0.8) else him if pen.chance(0.4) else None
        home = (
            f"{pen.address(place, day)} {place.home(day).town}".upper()
            if place
            else world.a_home().whole(" ").upper()
        )
        rows.append(
            {
                "inc_no": f"{report.date():%Y%m%d}-{number:04d}",
                "call_time": f"{report.date():%d/%m/%Y} {pen.clock()}",
                "cli": pen.held(her.at(day, "phones") if pen.chance(0.85) else world.a_phone(), 0.92),
                "caller": pen.pick(
                    pen.whole(her, day),
                    pen.whole(her, day),
                    pen.first(her),
                    f"{pen.title(her)} {pen.last(her, day)}",
                ),
                "incident location": home,
                "other party": other,
                "op vrm": pen.held(him.plate, 0.08),
                "grade": pen.pick("1", "2", "2", "3"),
                "qualifiers": pen.pick("DA", "DA;ALC", "ASB", "", "VIO", "DA;CH"),
                "log text": pen.told(
                    ("CALLER STATES",),
                    (other.upper() or "MALE",),
                    ("IS OUTSIDE BANGING ON DOOR.", "HAS BEEN TEXTING ALL NIGHT.", "FOLLOWED HER HOME."),
                    ("NO INJURIES", "CHILDREN PRESENT", "LINE CLEARED", ""),
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


# Two people a row, as courts keep them: orders at home, and protective orders of two other countries.


def court_orders(seed: int) -> pl.DataFrame:
    """1,500 applications: names in one column, surname first; applicants' births and homes kept back."""
    world, pen = World(seed, 102, towns=5), Pen(seed, 3, slip=0.03)
    ties = world.ties(1_100, {EX: 75, FAMILY: 25}, tangled=0.5)

    def turned(person: Person, day: int) -> str:
        last, first = pen.last(person, day).upper(), pen.first(person, short=0.05)
        middle = f" {person.middle}" if person.middle and pen.chance(0.5) else ""
        return pen.pick(
            f"{last}, {first}{middle}", f"{last} {first}{middle}", f"{last}, {first} ({pen.title(person)})"
        )

    rows = []
    for number, report in enumerate(world.reports(ties, 1_500, again=0.5, swapped=0.06)):
        her, him, day = report.victim, report.suspect, report.day
        heard = date_as("words", report.date())
        rows.append(
            {
                "Case No.": f"{pen.pick('CB', 'NW', 'AS')}{report.date():%y}F{number:05d}",
                "Date Issued": heard,
                "Applicant": turned(her, day),
                "Applicant Address": pen.pick("C8 CONFIDENTIAL", "C8", "", her.home(day).whole()),
                "Solicitor (A)": pen.pick(
                    "Holt & Byrne LLP", "Crossley Quinn", "Litigant in person", "Rigby Webb", "Farnley Law"
                ),
                "Respondent": turned(him, day),
                "Resp. D.o.B.": pen.held(pen.day(him.born, "words", "uk"), 0.8),
                "Respondent Address": pen.held(
                    f"{pen.address(him, day)}, {him.home(day).town}, {him.home(day).postcode}", 0.75
                ),
                "Solicitor (R)": pen.pick("Litigant in person", "", "Mason Cole", "Rigby Webb"),
                "Rel. child(ren)": pen.held(f"{world.rng.integers(1, 4)} children", 0.5),
                "Order": pen.pick("NMO", "NMO", "OO", "NMO+OO"),
                "Expires": pen.held(f"{report.date().year + 1}", 0.7),
                "Judge": pen.pick("DJ Ogden", "DJ Whitham", "DDJ Marsh", "HHJ Nolan"),
                "truth": report.truth,
            }
        )
    return frame(rows)


def orders_us(seed: int) -> pl.DataFrame:
    """4,000 orders overseas: month before day, respondents by build and eyes, children beside."""
    world, pen = World(seed, 103, towns=10), Pen(seed, 4, slip=0.035)
    ties = world.ties(2_900, {EX: 70, FAMILY: 15, NEIGHBOUR: 8, STRANGER: 7})
    build = {id(p): (pen.rng.integers(60, 77), pen.pick("BRO", "BLU", "GRN", "HAZ")) for p in world.people}
    rows = []
    for number, report in enumerate(world.reports(ties, 4_000, again=0.5, swapped=0.05)):
        her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        named = knows == "all"
        height, eyes = build[id(him)]
        rows.append(
            {
                "CASE_NUM": f"PO-{report.date().year}-{number:06d}",
                "FILED_DT": date_as("us", report.date()),
                "PETR_LAST_NM": pen.last(her, day).upper(),
                "PETR_FIRST_NM": pen.first(her, short=0.05).upper(),
                "PETR_MI": pen.held(her.middle[:1].upper(), 0.6),
                "PETR_BIRTH_DT": pen.held(pen.day(her.born, "us"), 0.7),
                "PETR_SEX_CD": her.sex.upper(),
                "PROT_CHILD_1": pen.held(
                    f"{pen.first(world.people[number])} {pen.last(her, day)}".upper(), 0.2
                ),
                "RESP_LAST_NM": pen.last(him, day).upper() if named else pen.pick("DOE", "UNKNOWN", ""),
                "RESP_FIRST_NM": pen.first(him, short=0.1).upper()
                if knows != "nothing"
                else pen.pick("JOHN", "", ""),
                "RESP_MI": pen.held(him.middle[:1].upper(), 0.4) if named else "",
                "RESP_BIRTH_DT": pen.held(pen.day(him.born, "us"), 0.7) if named else "",
                "RESP_SEX_CD": him.sex.upper(),
                "RESP_HGT": pen.held(f"{(h := height + pen.rng.integers(-1, 2)) // 12}'{h % 12:02d}\"", 0.8),
                "RESP_EYE": pen.held(eyes if pen.chance(0.92) else "BRO", 0.75),
                "RESP_ADDR1": pen.held(pen.address(him, day, stale=0.2).upper(), 0.6) if named else "",
                "RESP_CITY": pen.held(him.home(day).town.upper(), 0.7),
                "RESP_TEL": pen.held(pen.phone(him.at(day, "phones")), 0.3),
                "REL_CD": {EX: "BG", FAMILY: "FM", NEIGHBOUR: "AC", STRANGER: "ST"}[report.tie.kind],
                "DISPOSITION": pen.pick("GRANTED", "DISMISSED", "EXPIRED", "GRANTED"),
                "truth": report.truth,
            }
        )
    return frame(rows)


def orders_german(seed: int) -> pl.DataFrame:
    """2,000 applications abroad: German headings, umlauts in two spellings, streets before numbers."""
    world, pen = World(seed, 104, towns=6, group="german"), Pen(seed, 5, slip=0.03)
    ties = world.ties(1_450, {EX: 70, FAMILY: 18, STRANGER: 12})

    def spelled(text: str) -> str:
        if pen.chance(0.75):
            return text
        for letter, plain in (
            ("ü", "ue"),
            ("ö", "oe"),
            ("ä", "ae"),
            ("ß", "ss"),
            ("Ö", "Oe"),
            ("ş", "s"),
            ("ı", "i"),
        ):
            text = text.replace(letter, plain)
        return text

    def street(home: Home) -> str:
        named, kind = home.street.split()
        way = "weg" if kind in ("Lane", "Way", "Close", "Grove") else pen.pick("straße", "straße", "str.")
        return spelled(f"{named}{way} {home.number}, {home.town}")

    rows = []
    for number, report in enumerate(world.reports(ties, 2_000, again=0.5, swapped=0.05)):
        her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        hers, his = her.home(day), him.home(day)
        rows.append(
            {
                "Az.": f"{pen.rng.integers(1, 30)} F {number}/{report.date():%y}",
                "Eingang": date_as("dots", report.date()),
                "Antragstellerin Name": spelled(pen.last(her, day)),
                "Antragstellerin Vorname": spelled(pen.first(her)),
                "Antragstellerin geb.": pen.held(pen.day(her.born, "dots"), 0.8),
                "Antragstellerin Anschrift": pen.held(street(hers), 0.6),
                "Antragsgegner Name": spelled(pen.last(him, day))
                if knows == "all"
                else pen.pick("", "unbekannt"),
                "Antragsgegner Vorname": spelled(pen.first(him)) if knows != "nothing" else "",
                "Antragsgegner geb.": pen.held(pen.day(him.born, "dots"), 0.65) if knows == "all" else "",
                "Antragsgegner Anschrift": pen.held(street(his), 0.6) if knows == "all" else "",
                "Antragsgegner Tel.": pen.held(him.at(day, "phones"), 0.3),
                "Beziehung": {EX: "Ex-Partner", FAMILY: "Familie"}.get(report.tie.kind, "fremd"),
                "Beschluss": pen.pick("erlassen", "zurückgewiesen", "Vergleich"),
                "truth": report.truth,
            }
        )
    return frame(rows)


# Two people a row, as services keep them: a helpline, a conference on risk, requests to disclose a past.

_WORKERS = ("Bev Tranter", "Sian Holt", "Marcus Eze", "Priti Shah", "Jo Ogden", "Annette Kerr", "Dee Webb")


def helpline(seed: int) -> pl.DataFrame:
    """1,200 referrals: the perpetrator is a first name and an age; workers and referrers have names too."""
    world, pen = World(seed, 105, towns=4), Pen(seed, 6, slip=0.05, heard=True)
    ties = world.ties(800, {EX: 80, FAMILY: 15, STRANGER: 5}, tangled=0.45)
    rows = []
    for number, report in enumerate(world.reports(ties, 1_200, again=0.58, swapped=0.01)):
        her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        told = {
            "all": pen.pick("first", "first", "whole", "nothing"),
            "first": "first",
            "nothing": "nothing",
        }[knows]
        age = him.age(day) + int(pen.rng.integers(-1, 2))
        rows.append(
            {
                "Ref": f"HL{number + 4000}",
                "Referral date": date_as("short", report.date()),
                "Referred by": one_of(pen.rng, _WORKERS),
                "Agency": pen.pick("Police", "GP", "Self", "Housing", "Social care"),
                "Client first name": pen.first(her, short=0.2),
                "Client surname": pen.held(pen.last(her, day), 0.85),
                "Client DOB": pen.held(pen.day(her.born, "uk", "short"), 0.6),
                "Age band": f"{her.age(day) // 10 * 10}s",
                "Safe number": pen.held(pen.phone(her.at(day, "phones")), 0.75),
                "Safe to leave voicemail?": pen.pick("Y", "N", "text only"),
                "Postcode (first half)": pen.held(her.home(day).postcode.split()[0], 0.7),
                "Perp": {
                    "first": pen.first(him, short=0.35),
                    "whole": pen.whole(him, day, short=0.2),
                    "nothing": pen.pick("", "not disclosed"),
                }[told],
                "Perp age": pen.held(str(age), 0.6) if told != "nothing" else "",
                "Relationship": pen.pick("ex", "ex-husband", "ex partner")
                if report.tie.kind == EX
                else report.tie.kind,
                "Children": pen.pick("0", "1", "2", "3", ""),
                "Allocated to": one_of(pen.rng, _WORKERS),
                "Notes": pen.told(
                    ("Client left", "Client is fleeing", "Long history with", "Police aware of"),
                    ("perp." if told == "nothing" else f"{him.nick}.",),
                    ("Risk assessed.", "No answer x3.", "Wants refuge space.", ""),
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def marac(seed: int) -> pl.DataFrame:
    """800 cases of high risk: both well told, but kin and namesakes live in the same small town."""
    world, pen = World(seed, 106, towns=1), Pen(seed, 7, slip=0.04)
    ties = world.ties(560, {EX: 80, FAMILY: 20}, tangled=0.8)
    rows = []
    for number, report in enumerate(world.reports(ties, 800, again=0.5, swapped=0.03)):
        her, him, day = report.victim, report.suspect, report.day
        rows.append(
            {
                "MARAC no": f"M{report.date():%y}/{number:03d}",
                "Meeting": date_as("dashed", report.date()),
                "Victim Name": pen.whole(her, day, title=0.05),
                "Victim D.O.B": pen.held(pen.day(her.born, "dashed", "uk"), 0.82),
                "Victim AKA": pen.held(f"{her.first} {her.last[0][1]}", 0.12),
                "Victim Address": pen.held(
                    f"{pen.address(her, day)}, {her.home(day).town} {her.home(day).postcode}", 0.85
                ),
                "Perpetrator Name": pen.whole(him, day, short=0.08),
                "Perpetrator D.O.B": pen.held(pen.day(him.born, "dashed", "uk"), 0.72),
                "Other names": pen.held(pen.pick(him.nick, him.middle, f"{him.nick} {him.last[0][1]}"), 0.25),
                "Perpetrator Address": pen.pick("NFA", "As victim", "")
                if pen.chance(0.3)
                else f"{pen.address(him, day, stale=0.15)}, {him.home(day).town} {him.home(day).postcode}",
                "Children (names, ages)": pen.held(
                    f"{pen.first(one_of(pen.rng, world.people))} ({pen.rng.integers(1, 16)})", 0.4
                ),
                "Referring agency": pen.pick("Police", "IDVA", "Health", "Probation"),
                "IDVA": one_of(pen.rng, _WORKERS),
                "Repeat?": pen.pick("Y", "N", "N", ""),
                "Actions": pen.pick(
                    "Target harden", "Refer to DAPP", "Flag address", "Liaise with school", ""
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def clares_law(seed: int) -> pl.DataFrame:
    """300 requests to disclose a past: the applicant is often her mother or sister, told just as well."""
    world, pen = World(seed, 107, towns=3), Pen(seed, 8, slip=0.03)
    ties = world.ties(220, {EX: 92, FAMILY: 8}, tangled=0.5)
    asked: dict[str, Person] = {}
    rows = []
    for number, report in enumerate(world.reports(ties, 300, again=0.45, swapped=0.0)):
        her, him, day = report.victim, report.suspect, report.day
        kin = asked.get(report.truth) or world.a_relative(her, one_of(pen.rng, ("parent", "sibling")))
        asked[report.truth] = kin
        asks = her if pen.chance(0.5) else kin
        rows.append(
            {
                "DVDS ref": f"DVDS-{number:04d}",
                "Received": date_as("uk", report.date()),
                "Route": pen.pick("Right to Ask", "Right to Ask", "Right to Know"),
                "Applicant forename": pen.first(asks),
                "Applicant surname": pen.last(asks, day),
                "Applicant DOB": pen.held(pen.day(asks.born, "uk"), 0.8),
                "Applicant tel": pen.held(pen.phone(asks.at(day, "phones")), 0.8),
                "Person at risk forename": pen.first(her),
                "Person at risk surname": pen.last(her, day),
                "Person at risk DOB": pen.held(pen.day(her.born, "uk"), 0.75),
                "Person at risk address": pen.held(her.home(day).whole(), 0.7),
                "Subject forename": pen.first(him, short=0.2),
                "Subject surname": pen.last(him, day),
                "Subject DOB or age": pen.pick(pen.day(him.born, "uk"), str(him.age(day)), ""),
                "Subject address": pen.held(f"{pen.address(him, day)}, {him.home(day).town}", 0.5),
                "Subject known as": pen.held(him.nick, 0.2),
                "Decision": pen.pick("Disclosed", "No disclosure", "Pending"),
                "truth": report.truth,
            }
        )
    return frame(rows)


# Two people a row, as places keep them: a school, a landlord, a prison and a hospital.


def school(seed: int) -> pl.DataFrame:
    """900 concerns about pupils and adults: brothers and sisters share surname, home and the same adult."""
    world, pen = World(seed, 108, towns=1), Pen(seed, 9, slip=0.04)
    ties = []
    while len(ties) < 560:
        adult = world.a_person("m" if pen.chance(0.7) else "f", age=int(pen.rng.integers(20, 55)))
        for _ in range(int(pen.rng.integers(1, 4))):
            child = world.a_person(
                age=int(pen.rng.integers(3, 14)),
                last=adult.last[0][1] if pen.chance(0.6) else "",
                group=adult.group,
                home=adult.homes[0][1],
            )
            ties.append(world.a_tie(FAMILY, child, adult))
            if pen.chance(0.1):
                ties.append(world.a_tie(STRANGER, child))
    rows = []
    for report in world.reports(ties, 900, again=0.5, swapped=0.0):
        child, adult, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        about = {
            "all": pen.whole(adult, day, title=0.5, short=0.1),
            "first": pen.first(adult),
            "nothing": pen.pick("unknown male", "", "online contact"),
        }[knows]
        if knows == "all" and pen.chance(0.3):
            about = f"{pen.title(adult)} {pen.last(adult, day)}"
        rows.append(
            {
                "Date": date_as("short", report.date()),
                "Pupil Name": pen.whole(child, day, short=0.15),
                "DoB": pen.held(pen.day(child.born, "uk"), 0.75),
                "Yr Grp": str(max(0, child.age(day) - 5)),
                "Class": pen.pick("Oak", "Elm", "Ash", "Beech"),
                "Concern about": about,
                "Relationship to pupil": pen.pick("Dad", "Stepdad", "Mum's partner")
                if adult.sex == "m"
                else pen.pick("Mum", "Stepmum", "Aunt"),
                "Home contact": pen.held(adult.at(day, "phones"), 0.55),
                "Category": pen.pick("Neglect", "Emotional", "Physical", "Online", "DA in home"),
                "Logged by": pen.pick("Mrs Ogden", "Mr Webb", "Miss Tranter", "Mrs Begum"),
                "What was seen or said": pen.told(
                    (f"{child.first} said",),
                    ("he was scared to go home.", "there was shouting last night.", "they had no tea."),
                    ("Bruise to arm.", "Tired in class.", ""),
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def neighbours(seed: int) -> pl.DataFrame:
    """3,000 complaints between neighbours: "Mr & Mrs J Smith", one street, each accuses the other."""
    world, pen = World(seed, 109, towns=6), Pen(seed, 10, slip=0.045)
    ties = world.ties(1_900, {NEIGHBOUR: 92, FAMILY: 8}, tangled=0.4)

    def tenant(person: Person, day: int) -> str:
        last = pen.last(person, day)
        return pen.pick(
            pen.whole(person, day, title=0.6),
            f"{pen.title(person)} {person.first[0]} {last}",
            f"{pen.title(person)} {last}",
            f"Mr & Mrs {person.first[0]} {last}",
            f"{pen.whole(person, day)}",
        )

    rows = []
    for number, report in enumerate(world.reports(ties, 3_000, again=0.6, swapped=0.1)):
        one, other, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
        rows.append(
            {
                "Case ID": f"ASB/{number:05d}",
                "Opened": date_as("uk", report.date()),
                "Complainant": tenant(one, day),
                "Complainant Address": pen.address(one, day, stale=0.03),
                "Complainant Postcode": one.home(day).postcode,
                "Complainant Phone": pen.held(pen.phone(one.at(day, "phones")), 0.6),
                "Alleged Perpetrator": tenant(other, day)
                if knows == "all"
                else pen.first(other, short=0.4)
                if knows == "first"
                else pen.pick("", "unknown", "Visitor"),
                "Perp Address": pen.held(pen.address(other, day, stale=0.03), 0.8),
                "ASB Type": pen.pick("Noise", "Threats", "Pets", "Parking", "Cannabis", "Harassment"),
                "Status": pen.pick("Closed", "Open", "ABA signed", "NOSP served"),
                "Housing Officer": pen.pick("K. Rigby", "S. Malik", "D. Holt"),
                "Summary": pen.told(
                    ("Loud music", "Banging on wall", "Shouting abuse", "Dog fouling"),
                    ("at night.", "every day.", "since summer.", "again."),
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def prison_mail(seed: int) -> pl.DataFrame:
    """2,500 letters and calls stopped at a prison: she is a first name and an address on an envelope."""
    world, pen = World(seed, 110, towns=10), Pen(seed, 11, slip=0.06)
    ties = world.ties(1_500, {EX: 65, FAMILY: 20, STRANGER: 15}, tangled=0.5)
    numbers: dict[int, str] = {}
    rows = []
    for report in world.reports(ties, 2_500, again=0.65, swapped=0.0):
        her, him, day = report.victim, report.suspect, report.day
        number = numbers.setdefault(
            id(him),
            f"A{pen.rng.integers(1000, 9999)}{pen.pick('A', 'C', 'D', 'E')}{pen.pick('K', 'T', 'V', 'Z')}",
        )
        kept = her.home(day)
        rows.append(
            {
                "date intercepted": date_as("dots", report.date()),
                "prisoner name": f"{pen.last(him, day).upper()} {pen.first(him, short=0.03).upper()}",
                "prison number": pen.held(pen.digits(number), 0.7),
                "wing": pen.pick("A", "B", "C", "D", "VPU"),
                "item": pen.pick("Letter out", "Letter out", "PIN call", "Card"),
                "addressee": pen.pick(
                    pen.whole(her, day, title=0.3),
                    pen.first(her, short=0.5),
                    f"{pen.title(her)} {her.first[0]} {pen.last(her, day)}",
                    "",
                ),
                "addressee address": pen.held(
                    f"{pen.address(her, day, stale=0.25)} {kept.town} {kept.postcode}", 0.7
                ),
                "number dialled": pen.held(her.at(day, "phones"), 0.25),
                "restriction": pen.pick("PPM", "RO", "NMO", "Harassment", "none recorded"),
                "censor": pen.pick("OSG Day", "OSG Booth", "OSG Price"),
                "truth": report.truth,
            }
        )
    return frame(rows)


def hospital(seed: int) -> pl.DataFrame:
    """600 injuries told to a hospital: patients in full, assailants as "partner", a first name, initials."""
    world, pen = World(seed, 111, towns=4), Pen(seed, 12, slip=0.03)
    ties = world.ties(430, {EX: 70, FAMILY: 20, STRANGER: 10}, tangled=0.45)
    return frame([_letter(pen, report) for report in world.reports(ties, 600, again=0.5, swapped=0.02)])


def _letter(pen: Pen, report: Report) -> dict[str, str]:
    her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
    said = (
        pen.pick("partner", "ex-partner", "her boyfriend")
        if report.tie.kind == EX
        else "relative"
        if report.tie.kind == FAMILY
        else "unknown assailant"
    )
    told = {
        "all": pen.pick(
            said, said, pen.first(him, short=0.3), f"{him.first[0]}.{him.last[0][1][0]}.", pen.whole(him, day)
        ),
        "first": pen.first(him),
        "nothing": said,
    }[knows]
    return {
        "PatientName": f"{pen.last(her, day).upper()}, {pen.first(her, short=0.03)} ({pen.title(her)})",
        "PatientDOB": pen.day(her.born, "words"),
        "PatientAddress": her.home(day).whole(),
        "GPName": one_of(pen.rng, ("Dr A Malik", "Dr S Whitham", "Dr P Kerr")),
        "AttendanceDate": date_as("long", report.date()),
        "DisclosedAssailant": told,
        "AssailantRelationship": said,
        "NextOfKin": pen.held(pen.pick(pen.whole(him, day), f"mother {her.last[0][1]}"), 0.3),
        "Injury": pen.pick(
            "bruising L arm", "fractured ulna", "laceration scalp", "no injury seen", "soft tissue"
        ),
        "truth": report.truth,
    }


# Two people a row where accounts stand for people, or where two systems were stacked.


def platform(seed: int) -> pl.DataFrame:
    """8,000 reports of accounts by accounts: many are thrown away, some reporters leave no address."""
    world, pen = World(seed, 112, towns=12), Pen(seed, 13, slip=0.02)
    ties = world.ties(4_000, {EX: 35, STRANGER: 55, COLLEAGUE: 10}, tangled=0.5)
    rows = []
    for number, report in enumerate(world.reports(ties, 8_000, again=0.6, swapped=0.05)):
        her, him, day = report.victim, report.suspect, report.day
        burner = f"{one_of(pen.rng, ADJECTIVES)}{one_of(pen.rng, THINGS)}{pen.rng.integers(100, 99999)}"
        handle = (
            burner if pen.chance(0.15) else him.at(day, "handles") if pen.chance(0.85) else him.handles[0][1]
        )
        said = pen.pick(handle, f"@{handle}", f"https://chirp.example/{handle}", handle.upper())
        rows.append(
            {
                "ticket_id": f"{5_000_000 + number * 7}",
                "created_at": f"{report.date():%Y-%m-%d}T{pen.clock()}:00Z",
                "reporter_username": pen.held(her.at(day, "handles"), 0.9),
                "reporter_display_name": pen.pick(
                    her.nick, f"{her.nick} {her.at(day, 'last')}", her.nick.lower(), ""
                ),
                "reporter_email": pen.held(pen.pick(her.at(day, "mails"), her.at(day, "mails").upper()), 0.7),
                "reported_username": said,
                "reported_display_name": pen.pick(
                    him.nick, f"{him.first} {him.last[0][1]}", "...", handle, ""
                ),
                "reported_email_hint": pen.held(
                    f"{(mail := him.at(day, 'mails'))[0]}***{mail[mail.index('@') - 1 :]}", 0.3
                ),
                "reason": pen.pick("harassment", "impersonation", "private_images", "threat", "spam"),
                "locale": pen.pick("en-GB", "en-GB", "en-US", "pl-PL"),
                "status": pen.pick("open", "actioned", "no_violation"),
                "comment": pen.pick(
                    "please remove",
                    "this is my ex",
                    "keeps making new accounts",
                    "i am scared",
                    "",
                    f"it is {him.nick} again",
                ),
                "truth": report.truth,
            }
        )
    return frame(rows)


def stacked(seed: int) -> pl.DataFrame:
    """5,000 rows of two systems: each fills other columns, and only one has births."""
    world, pen = World(seed, 113, towns=7), Pen(seed, 14, slip=0.04)
    ties = world.ties(2_900, {EX: 60, FAMILY: 20, STRANGER: 12, COLLEAGUE: 8})
    reports = world.reports(ties, 5_000, again=0.55)
    return frame(
        [
            (_of_police if pen.chance(0.55) else _of_probation)(pen, n, report)
            for n, report in enumerate(reports)
        ]
    )


def _of_police(pen: Pen, number: int, report: Report) -> dict[str, str]:
    her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
    named = knows == "all"
    return {
        "source": "NICHE",
        "source_id": f"OCC-{number}",
        "event_date": date_as("iso", report.date()),
        "complainant_first": pen.first(her).upper(),
        "complainant_last": pen.last(her, day).upper(),
        "complainant_dob": pen.held(date_as("iso", her.born), 0.8),
        "complainant_phone": pen.held(pen.phone(her.at(day, "phones")), 0.7),
        "complainant_postcode": pen.held(her.home(day).postcode, 0.85),
        "accused_first": pen.first(him).upper() if knows != "nothing" else "",
        "accused_last": pen.last(him, day).upper() if named else "",
        "accused_dob": pen.held(date_as("iso", him.born), 0.6) if named else "",
        "accused_phone": pen.held(him.at(day, "phones"), 0.25),
        "accused_postcode": pen.held(him.home(day).postcode, 0.5) if named else "",
        "accused_vehicle": pen.held(him.plate, 0.1),
        "narrative": "",
        "truth": report.truth,
    }


def _of_probation(pen: Pen, number: int, report: Report) -> dict[str, str]:
    her, him, day, knows = report.victim, report.suspect, report.day, pen.knows(report)
    return {
        "source": "VLO",
        "source_id": f"{number:07d}",
        "event_date": date_as("iso", report.date()),
        "complainant_first": pen.first(her, short=0.25),
        "complainant_last": pen.held(pen.last(her, day), 0.8),
        "complainant_dob": "",
        "complainant_phone": pen.held(her.at(day, "phones"), 0.5),
        "complainant_postcode": pen.held(her.home(day).postcode.split()[0], 0.6),
        "accused_first": pen.first(him, short=0.3) if knows != "nothing" else "",
        "accused_last": pen.held(pen.last(him, day), 0.7) if knows == "all" else "",
        "accused_dob": "",
        "accused_phone": "",
        "accused_postcode": "",
        "accused_vehicle": "",
        "narrative": pen.told(
            (f"Victim {her.first} reports",),
            ("contact by", "letters from", "sightings of", "messages from"),
            ("offender." if knows == "nothing" else f"{him.nick}.",),
        ),
        "truth": report.truth,
    }
