"""People as they are, before anybody writes them down: names that go together, homes, kin, telephones.

A :class:`Town` deals homes and households from a seeded generator. First names and surnames come from one
community, by Zipf's law; surnames beyond a community's list are made of syllables of English places. Mobiles
begin 071 or 072, which are not allocated, and mail goes to ``.example``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.random import Generator

from benchmarks.kinds import slips
from benchmarks.kinds.slips import Home, Record, date_as, maybe, mixed, one_of

BRITISH: Mapping[str, float] = {
    "english": 0.72, "irish": 0.06, "pakistani": 0.07, "indian": 0.04, "polish": 0.04, "african": 0.03,
    "romanian": 0.02, "turkish": 0.01, "chinese": 0.01,
}  # fmt: skip
_PLACES = "Ash Black Brad Brook Burn Cald Clay Cran Daw Drax East Fair Farn Gold Hart Haw Hol Kirk Lang Lin"
_PLACES += " Mar Mid Nor Oak Pem Red Rad Ren Row Sand Shel Stan Sed Thorn Tat Wal West Whit Win Wool Yar"
_ENDS = ("ley", "ton", "worth", "field", "ford", "ham", "wood", "well", "by", "combe", "den", "thorpe")
_ENDS += ("bourne", "wick", "stead", "more", "gate")
_STREETS = "Church Station Mill Park Victoria Albert Green Manor Queens Kings Chapel School Grange North"
_STREETS += " South West Springfield Oxford Windsor Highfield Woodland Meadow Bridge Canal Priory Abbey Elm"
_STREETS += " Beech Cedar Birch Hawthorn Holly Orchard Garden Castle Market Alma Gladstone Nelson Wellington"
_WAYS = ("Road", "Street", "Lane", "Avenue", "Close", "Drive", "Crescent", "Terrace", "Court", "Gardens")
TODAY = dt.date(2026, 3, 31)
_APART: Mapping[str, tuple[int, int]] = {
    "twin": (0, 0), "sibling": (1000, 700), "partner": (400, 1200), "child": (9900, 1300),
    "namesake": (9900, 1300),
}  # fmt: skip
"""Days between the head's birth and that of kin: mean and standard deviation."""


@dataclass(frozen=True, slots=True)
class Person:
    """``sex`` is M or F; ``maiden``, a surname borne before, is empty for most; ``kin`` numbers the home's
    people from 0."""

    key: str
    sex: str
    first: str
    middle: str
    last: str
    maiden: str
    born: dt.date
    home: Home
    mobile: str
    landline: str
    mail: str
    community: str
    kin: int = 0


@dataclass(frozen=True, slots=True)
class Names:
    male: tuple[str, ...]
    female: tuple[str, ...]
    last: tuple[str, ...]
    endings: tuple[str, str]


@cache
def communities() -> Mapping[str, Names]:
    held = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))["people"]
    tail = [a + b for a, b in itertools.product(_PLACES.split(), _ENDS)]
    np.random.default_rng(7).shuffle(tail)
    found = {}
    for name, lists in held.items():
        last = lists["last"].split() + (tail if name == "english" else [])
        was, now = lists.get("other_last", ":").split(":")
        found[name] = Names(
            tuple(lists["male"].split()), tuple(lists["female"].split()), tuple(last), (was, now)
        )
    return found


@cache
def _weights(n: int, flat: float, power: float) -> np.ndarray:
    weights = 1 / (np.arange(n) + flat) ** power
    return np.cumsum(weights / weights.sum())


def zipf(rng: Generator, values: Sequence[str], flat: float = 3.0, power: float = 0.85) -> str:
    """One of ``values``, the commonest first: weight 1 / (rank + ``flat``) ** ``power``."""
    return values[
        min(int(np.searchsorted(_weights(len(values), flat, power), rng.random())), len(values) - 1)
    ]


def first_name(rng: Generator, community: str, sex: str) -> str:
    names = communities()[community]
    return zipf(rng, names.male if sex == "M" else names.female)


def surname(rng: Generator, community: str) -> str:
    return zipf(rng, communities()[community].last, 4.0, 0.95)


def as_borne(last: str, community: str, sex: str) -> str:
    """A surname as a woman or a man bears it: Kowalska, Kowalski."""
    was, now = communities()[community].endings
    return last[: -len(was)] + now if was and sex == "F" and last.endswith(was) else last


def birthday(rng: Generator, youngest: int, oldest: int) -> dt.date:
    """Of somebody whose age is between the two, years, today; the middle is likelier than the ends."""
    age = youngest + (oldest - youngest) * float(rng.beta(1.6, 2.2))
    return TODAY - dt.timedelta(days=int(age * 365.25) + int(rng.integers(0, 365)))


@dataclass(slots=True)
class Town:
    """Deals homes and people. ``area``: letters of the postcodes; ``streets``: how many there are."""

    rng: Generator
    name: str
    area: str
    streets: int = 300
    mix: Mapping[str, float] = field(default_factory=lambda: BRITISH)
    prefix: str = ""
    _made: int = 0
    _roads: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        every = [f"{a} {b}" for a, b in itertools.product(_STREETS.split(), _WAYS)]
        self.rng.shuffle(every)
        for i in range(self.streets):
            district, sector = int(self.rng.integers(1, 25)), int(self.rng.integers(0, 10))
            unit = "".join(one_of(self.rng, "ABDEFGHJLNPQRSTUWXYZ") for _ in range(2))
            self._roads.append((every[i % len(every)], f"{self.area}{district} {sector}{unit}"))

    def home(self) -> Home:
        street, postcode = one_of(self.rng, self._roads)
        number = str(int(self.rng.integers(1, 120)))
        if self.rng.random() < 0.12:
            number = f"Flat {int(self.rng.integers(1, 13))}, {number}"
        return Home(number, street, self.name, postcode)

    def mobile(self) -> str:
        return f"07{int(self.rng.integers(1, 3))}{int(self.rng.integers(0, 10**8)):08d}"

    def landline(self) -> str:
        return f"01632 {int(self.rng.integers(0, 10**6)):06d}"

    def person(self, youngest: int = 16, oldest: int = 80, male: float = 0.5) -> Person:
        """Somebody who lives alone, as far as the table knows."""
        rng = self.rng
        community = list(self.mix)[int(rng.choice(len(self.mix), p=_shares(tuple(self.mix.values()))))]
        sex = "M" if rng.random() < male else "F"
        self._made += 1
        first, last = first_name(rng, community, sex), surname(rng, community)
        middle = first_name(rng, community, sex) if rng.random() < 0.55 else ""
        maiden = (
            as_borne(surname(rng, community), community, sex) if sex == "F" and rng.random() < 0.3 else ""
        )
        person = Person(
            f"{self.prefix}{self.area}{self._made}", sex, first, "" if middle == first else middle,
            as_borne(last, community, sex), maiden, birthday(rng, youngest, oldest), self.home(),
            self.mobile(), self.landline(), "", community,
        )  # fmt: skip
        return replace(person, mail=self.mail(person))

    def mail(self, who: Person) -> str:
        """An address somebody like this would have; namesakes seldom have the same."""
        year = (
            f"{who.born.year % 100:02d}" if self.rng.random() < 0.5 else str(int(self.rng.integers(1, 999)))
        )
        first, last = who.first.lower(), who.last.lower().replace("'", "")
        local = one_of(
            self.rng, (f"{first}.{last}{year}", f"{first[0]}{last}{year}", f"{last}{first[:2]}{year}")
        )
        return f"{local}@{one_of(self.rng, ('post', 'mailbox', 'inbox', 'mail'))}.example"

    def kin(self, head: Person, how: str, youngest: int = 16) -> Person:
        """Somebody of the home of ``head``: 'twin', 'sibling', 'partner', 'child' or 'namesake' (a child of
        the head's own sex and first name). A child who would be younger than ``youngest`` is a parent."""
        rng = self.rng
        other = self.person()
        sex = {"partner": "F" if head.sex == "M" else "M", "namesake": head.sex}.get(how, other.sex)
        first = head.first if how == "namesake" else first_name(rng, head.community, sex)
        while how != "namesake" and first == head.first:
            first = first_name(rng, head.community, sex)
        root = head.last[:-3] + "ski" if head.last.endswith("ska") else head.last
        apart = dt.timedelta(days=int(rng.normal(*_APART[how])))
        latest = TODAY - dt.timedelta(days=366 * youngest)
        born = head.born + apart if head.born + apart <= latest else head.born - apart
        middle = first_name(rng, head.community, sex)
        person = replace(
            other, sex=sex, first=first, middle="" if middle == first or rng.random() < 0.4 else middle,
            last=as_borne(root, head.community, sex), maiden="", born=min(born, TODAY), home=head.home,
            landline=head.landline, community=head.community, kin=head.kin + 1,
        )  # fmt: skip
        return replace(person, mail=self.mail(person))

    def household(
        self, rate: float, hows: Sequence[str], youngest: int = 16, oldest: int = 80, male: float = 0.5
    ) -> list[Person]:
        """A person and, at ``rate``, somebody of their home."""
        head = self.person(youngest, oldest, male)
        return (
            [head, self.kin(head, one_of(self.rng, hows), youngest)] if self.rng.random() < rate else [head]
        )


@cache
def _shares(values: tuple[float, ...]) -> np.ndarray:
    return np.array(values) / sum(values)


def rows_each(rng: Generator, more: float, most: int, power: float = 1.9) -> int:
    """How many rows somebody has: one, and about ``more`` on the average, with a long tail up to ``most``."""
    further = more * (power - 1) * ((1 - rng.random()) ** (-1 / power) - 1)
    return min(1 + int(further), most)


def moved(town: Town, who: Person) -> Person:
    """The same person at another address, with the landline of that."""
    return replace(who, home=town.home(), landline=town.landline())


def life(
    town: Town, who: Person, n: int, *, moves: float = 0.0, telephones: float = 0.0, marries: float = 0.0
) -> Iterator[Person]:
    """The person at ``n`` times in order. What changed stays so: a new address, a new mobile (and mail, by
    half), a woman's new surname, each at its rate from one time to the next."""
    rng = town.rng
    for i in range(n):
        if i and rng.random() < moves:
            who = moved(town, who)
        if i and rng.random() < telephones:
            who = replace(who, mobile=town.mobile())
            who = replace(who, mail=town.mail(who)) if rng.random() < 0.5 else who
        if i and who.sex == "F" and rng.random() < marries:
            new = as_borne(surname(rng, who.community), who.community, "F")
            who = replace(who, last=new, maiden=who.last)
        yield who


def frame(rng: Generator, rows: Sequence[Record]) -> pl.DataFrame:
    """The rows in an order of no meaning, all text, nothing where a text is empty."""
    order = rng.permutation(len(rows))
    made = pl.DataFrame([rows[i] for i in order], infer_schema_length=None)
    return made.with_columns(pl.all().cast(pl.String).replace({"": None}))


# People a police force writes down: detained, searched on the street, missing.


def _name(rng: Generator, value: str, rate: float) -> str:
    return mixed(rng, value, {slips.typed: rate, slips.heard: rate, slips.joined: 0.2})


def _ethnicity(rng: Generator, community: str) -> str:
    own = {"pakistani": "A2", "indian": "A1", "african": "B2", "chinese": "O1", "polish": "W9"}
    return own.get(community, "W1") if rng.random() < 0.85 else one_of(rng, ("NS", "W1", "W9", "O9"))


def custody(seed: int) -> pl.DataFrame:
    """Detained 1 to 40 times; false details given at the desk, brothers' names among them; no fixed abode.

    A person who gives a brother's name keeps their own PNC number once fingerprints are back, in most cases.
    """
    rng = np.random.default_rng([seed, 101])
    town = Town(rng, "Marby", "ZM", streets=220)
    rows: list[Record] = []
    for home in [town.household(0.18, ("sibling", "twin", "namesake"), 17, 62, 0.86) for _ in range(1150)]:
        for who in home:
            check = one_of(rng, "ABCDEFGHJKLMNPQRTUVWXYZ")
            pnc = f"{int(rng.integers(80, 126)) % 100:02d}/{int(rng.integers(1000, 999999))}{check}"
            n = rows_each(rng, 2.6, 40)
            for now in life(town, who, n, moves=0.18, telephones=0.3, marries=0.01):
                rows.append(_detained(rng, now, home, pnc))
    return frame(rng, rows)


def _detained(rng: Generator, who: Person, home: list[Person], pnc: str) -> Record:
    first, last, middle, born = who.first, who.last, who.middle, who.born
    false = rng.random() < 0.035
    if false and len(home) > 1 and rng.random() < 0.5:
        brother = one_of(rng, [p for p in home if p is not who])
        first, born, middle = brother.first, brother.born, brother.middle
    elif false:
        first, born = first_name(rng, who.community, who.sex), slips.day_slip(rng, born)
    if rng.random() < 0.04:
        born = slips.day_slip(rng, born)
    first = slips.short_name(rng, first) if rng.random() < 0.08 else _name(rng, first, 0.025)
    given = f"{first} {middle}" if middle and rng.random() < 0.6 else first
    roof = "NFA" if rng.random() < 0.07 else who.home.line
    return {
        "Custody Record": f"{int(rng.integers(10**6)):06d}/{int(rng.integers(18, 27))}",
        "Detainee Surname": _name(rng, last, 0.025).upper(),
        "Detainee Forename(s)": given.upper(),
        "D.O.B.": date_as("uk", born),
        "M/F": who.sex,
        "Ethnic App.": _ethnicity(rng, who.community),
        "PNC ID": maybe(rng, 0.02, slips.digit_slip, pnc) if rng.random() < 0.62 else "",
        "Residing at": roof.upper(),
        "Pcode": "" if roof == "NFA" or rng.random() < 0.15 else who.home.postcode,
        "Contact tel": who.mobile if rng.random() < 0.35 else "",
        "truth": who.key,
    }


def searches(seed: int) -> pl.DataFrame:
    """Births are missing in more than half, names are refused, and young men of one estate share names.

    Whoever would not give a name is described only, and belongs to nobody.
    """
    rng = np.random.default_rng([seed, 102])
    mix = {"english": 0.5, "pakistani": 0.24, "african": 0.14, "irish": 0.06, "romanian": 0.06}
    town = Town(rng, "Colbridge", "ZC", streets=60, mix=mix)
    rows: list[Record] = []
    for home in [town.household(0.12, ("sibling", "namesake"), 14, 45, 0.92) for _ in range(1500)]:
        for who in home:
            for now in life(town, who, rows_each(rng, 1.9, 25), moves=0.05, telephones=0.2):
                rows.append(_searched(rng, now))
    for i in range(160):
        rows.append(
            {**_searched(rng, town.person(14, 45)), "Name of person": "REFUSED", "DOB if given": "",
             "Home address": "", "Tel": "", "truth": f"refused {i}"}
        )  # fmt: skip
    return frame(rng, rows)


def _searched(rng: Generator, who: Person) -> Record:
    day = TODAY - dt.timedelta(days=int(rng.integers(0, 900)))
    first = slips.short_name(rng, who.first) if rng.random() < 0.15 else _name(rng, who.first, 0.03)
    born = slips.day_slip(rng, who.born) if rng.random() < 0.03 else who.born
    age = (day - born).days // 365
    line = f"{who.home.line}, {who.home.town}" if rng.random() < 0.5 else who.home.line
    return {
        "Search no": f"SS{int(rng.integers(10**7)):07d}",
        "When": day.strftime("%d/%m/%Y"),
        "Name of person": maybe(rng, 0.1, slips.parts_turned, f"{first} {_name(rng, who.last, 0.03)}"),
        "DOB if given": date_as("uk", born) if rng.random() < 0.42 else "",
        "Apparent age": str(max(age + int(rng.normal(0, 2)), 10)) if rng.random() < 0.8 else "",
        "Officer defined ethnicity": _ethnicity(rng, who.community)[0],
        "Home address": line if rng.random() < 0.72 else "",
        "Tel": who.mobile if rng.random() < 0.2 else "",
        "Object": one_of(rng, ("Drugs", "Weapons", "Stolen goods", "Going equipped")),
        "Outcome": one_of(rng, ("NFA", "Arrest", "Community resolution", "Warning")),
        "truth": who.key,
    }


def missing(seed: int) -> pl.DataFrame:
    """A few hundred children and patients missing again and again from the same few homes and wards.

    Their address is the home's, the telephone the staff's, so that both are shared by strangers.
    """
    rng = np.random.default_rng([seed, 103])
    town = Town(rng, "Tarnside", "ZT", streets=160)
    wards = [(town.home(), town.landline()) for _ in range(9)]
    rows: list[Record] = []
    for i in range(420):
        who = town.person(9, 18, 0.45) if rng.random() < 0.6 else town.person(18, 88)
        ward: tuple[Home, str] | None = one_of(rng, wards) if rng.random() < 0.45 else None
        for now in life(town, who, rows_each(rng, 2.8 if ward else 0.7, 38), moves=0.06, telephones=0.2):
            if ward and rng.random() < 0.06:
                ward = one_of(rng, wards)
            placed = replace(now, home=ward[0], landline=ward[1]) if ward else now
            rows.append(_missed(rng, placed, i))
    return frame(rng, rows)


def _missed(rng: Generator, who: Person, number: int) -> Record:
    day = TODAY - dt.timedelta(days=int(rng.integers(0, 1500)))
    first = slips.short_name(rng, who.first) if rng.random() < 0.15 else _name(rng, who.first, 0.02)
    born = slips.day_slip(rng, who.born) if rng.random() < 0.03 else who.born
    aka = slips.short_name(rng, who.first) if rng.random() < 0.15 else ""
    height = np.random.default_rng(number).normal(168 if who.sex == "M" else 160, 9) + rng.normal(0, 3)
    return {
        "MISPER REF": f"MP-{day.year}-{int(rng.integers(10**5)):05d}",
        "Missing Person": f"{first} {_name(rng, who.last, 0.02)}",
        "Also known as": aka if aka != who.first else "",
        "Sex": {"M": "Male", "F": "Female"}[who.sex] if rng.random() < 0.97 else "Not stated",
        "Born on": date_as("words", born) if rng.random() < 0.86 else "",
        "Age when reported": str((day - who.born).days // 365) if rng.random() < 0.9 else "",
        "Reported on": date_as("words", day),
        "Missing from": who.home.line,
        "Missing from postcode": who.home.postcode if rng.random() < 0.85 else "",
        "Height cm": f"{height:.0f}" if rng.random() < 0.7 else "",
        "Informant tel": who.landline if rng.random() < 0.7 else who.mobile,
        "truth": who.key,
    }


# People that those who care and house write down: a hospital's door, a waiting list, a line for refuges.

_NO_NUMBER = ("", "", "", "0000000000")


def emergency(seed: int) -> pl.DataFrame:
    """Big; few columns, fields cut at ten letters, twins and infants, staff who type what they hear.

    A newborn is 'BABY' until named. Unconscious men are 'UNKNOWN MALE' and belong to nobody.
    """
    rng = np.random.default_rng([seed, 201])
    town = Town(rng, "Harrowgate", "ZH", streets=900)
    rows: list[Record] = []
    for home in [town.household(0.25, ("twin", "child", "child", "partner"), 0, 94) for _ in range(7600)]:
        for who in home:
            number = f"{int(rng.integers(400, 799))}{int(rng.integers(10**7)):07d}"
            for now in life(town, who, rows_each(rng, 1.1, 40), moves=0.09, telephones=0.15, marries=0.03):
                rows.append(_attended(rng, now, number))
    for i in range(120):
        who = town.person(18, 80, 0.8)
        row = _attended(rng, who, "")
        rows.append(
            {**row, "PT_FNAME": "UNKNOWN", "PT_SNAME": "MALE", "PT_BIRTH": "19000101", "PT_PC": "ZZ99 3VZ",
             "PT_TEL": "", "NHS": "", "truth": f"unknown {i}"}
        )  # fmt: skip
    return frame(rng, rows)


def _attended(rng: Generator, who: Person, number: str) -> Record:
    day = TODAY - dt.timedelta(days=int(rng.integers(0, 700)))
    how = {slips.typed: 0.03, slips.heard: 0.035}
    first, born = mixed(rng, who.first, {**how, slips.short_name: 0.06}), who.born
    day = max(day, born)
    if (day - born).days < 60 and rng.random() < 0.6:
        first = "Baby"
    if rng.random() < 0.025:
        born = slips.day_slip(rng, born)
    sure = rng.random() < 0.5
    return {
        "ATT_NO": f"{int(rng.integers(10**8)):08d}",
        "ATT_DT": day.strftime("%Y%m%d"),
        "PT_FNAME": slips.cut(10)(rng, first.upper()),
        "PT_SNAME": slips.cut(10)(rng, mixed(rng, who.last, {**how, slips.joined: 0.3}).upper()),
        "PT_BIRTH": date_as("packed", born) if rng.random() < 0.98 else "19000101",
        "PT_GENDER": {"M": "1", "F": "2"}[who.sex] if rng.random() < 0.985 else "9",
        "PT_PC": maybe(rng, 0.03, slips.typed, who.home.postcode) if rng.random() < 0.93 else "ZZ99 3VZ",
        "PT_TEL": (who.mobile if rng.random() < 0.7 else who.landline) if rng.random() < 0.5 else "",
        "NHS": maybe(rng, 0.01, slips.digits_turned, number) if sure else one_of(rng, _NO_NUMBER),
        "GP_CODE": f"Y{int(who.home.postcode.split()[0][2:]):05d}",
        "truth": who.key,
    }


def housing(seed: int) -> pl.DataFrame:
    """Applicants by initial as often as by name, couples who share a telephone and mail, moves, renewals.

    Somebody applies again each year; between times they move, part and take other surnames.
    """
    rng = np.random.default_rng([seed, 202])
    town = Town(rng, "Ellerby", "ZE", streets=350)
    rows: list[Record] = []
    for home in [town.household(0.45, ("partner", "partner", "child"), 17, 78, 0.42) for _ in range(980)]:
        for who in home:
            insured = _insured(rng)
            n = rows_each(rng, 1.3, 12)
            for now in life(town, who, n, moves=0.25, telephones=0.2, marries=0.04):
                rows.append(_applied(rng, now, home[0], insured))
    return frame(rng, rows)


def _insured(rng: Generator) -> str:
    two = "".join(one_of(rng, "ABCEGHJKLMNPRSTWXYZ") for _ in range(2))
    return f"{two}{int(rng.integers(10**6)):06d}{one_of(rng, 'ABCD')}"


def _applied(rng: Generator, who: Person, head: Person, insured: str) -> Record:
    first = who.first[0] if rng.random() < 0.4 else mixed(rng, who.first, {slips.typed: 0.03})
    title = one_of(rng, ("Mr", "Mr.")) if who.sex == "M" else one_of(rng, ("Mrs", "Ms", "Miss"))
    number = insured if rng.random() < 0.5 else f"{insured[:2]} {insured[2:4]} {insured[4:6]} {insured[6:]}"
    shared = head if rng.random() < 0.5 else who
    return {
        "App ID": f"HR{int(rng.integers(10**6)):06d}",
        "Applicant": f"{title} {first} {mixed(rng, who.last, {slips.typed: 0.03, slips.joined: 0.3})}",
        "Applicant DoB": date_as(one_of(rng, ("uk", "uk", "uk", "short")), who.born)
        if rng.random() < 0.83 else "",
        "N.I. Number": maybe(rng, 0.02, slips.typed, number) if rng.random() < 0.38 else "",
        "Present address": maybe(rng, 0.05, slips.part_lost, f"{who.home.line}, {who.home.town}"),
        "Postal Code": who.home.postcode if rng.random() < 0.9 else "",
        "Mobile/phone": maybe(rng, 0.02, slips.digit_slip, shared.mobile) if rng.random() < 0.75 else "",
        "E-mail addr": shared.mail if rng.random() < 0.45 else "",
        "Bedrooms": str(int(rng.integers(1, 5))),
        "Band": one_of(rng, "ABCD"),
        "truth": who.key,
    }  # fmt: skip


def refuges(seed: int) -> pl.DataFrame:
    """Few rows; women between two surnames, no address that may be told, ages for births, new telephones.

    The number of children and the place that was fled stay the same, and a clerk looks at them.
    """
    rng = np.random.default_rng([seed, 203])
    town = Town(rng, "elsewhere", "ZR", streets=200)
    places = [f"{a}{b}" for a in ("Marl", "Den", "Ox", "Wel", "Crow") for b in ("ford", "bury", "ham", "ton")]
    rows: list[Record] = []
    for _ in range(310):
        who = town.person(17, 70, 0.03)
        place, children = one_of(rng, places), int(rng.integers(0, 5))
        for now in life(town, who, rows_each(rng, 1.1, 9), telephones=0.3, marries=0.06):
            rows.append(_fled(rng, now, place, children))
    return frame(rng, rows)


def _fled(rng: Generator, who: Person, place: str, children: int) -> Record:
    last = who.maiden if who.maiden and rng.random() < 0.25 else who.last
    age = (TODAY - who.born).days // 365 + int(rng.integers(-1, 1))
    born = date_as("uk", who.born) if rng.random() < 0.62 else (str(age) if rng.random() < 0.6 else "")
    return {
        "Referral": f"R{int(rng.integers(10**5)):05d}",
        "First name": mixed(rng, who.first, {slips.typed: 0.04, slips.heard: 0.05, slips.short_name: 0.12}),
        "Last name (if safe)": mixed(rng, last, {slips.typed: 0.04, slips.heard: 0.05})
        if rng.random() < 0.88 else "",
        "DOB or age": born,
        "Safe number": who.mobile if rng.random() < 0.66 else "",
        "Email if safe": who.mail if rng.random() < 0.3 else "",
        "Fled from": place if rng.random() < 0.85 else "",
        "No. of children": str(children + int(rng.random() < 0.05)) if rng.random() < 0.9 else "",
        "Ethnic origin": who.community if rng.random() < 0.7 else "",
        "Referred by": one_of(rng, ("Police", "Self", "Social care", "Helpline", "Health")),
        "truth": who.key,
    }  # fmt: skip


# People on registers: certificates for guns, badges for taxis, the roll of electors.

_MOHAMMED = ("Mohammed", "Mohammad", "Muhammad", "Mohamed", "Md", "M")
_FARMS = ("Farm", "Grange", "Cottage", "House", "Barn", "Lodge")


def firearms(seed: int) -> pl.DataFrame:
    """Fathers and sons of one name on one farm; two certificates and a renewal every five years.

    Births are written with stops, are copied from the father's certificate now and then, and the number of
    the certificate says nothing of its holder.
    """
    rng = np.random.default_rng([seed, 301])
    town = Town(rng, "Upper Skell", "ZS", streets=420, mix={"english": 0.93, "irish": 0.05, "polish": 0.02})
    rows: list[Record] = []
    for _ in range(1350):
        home = town.household(0.3, ("namesake", "child", "child", "sibling", "partner"), 38, 84, 0.93)
        farm = f"{home[0].home.street.split()[0]} {one_of(rng, _FARMS)}" if rng.random() < 0.4 else ""
        before: list[Record] = []
        for who in home:
            birthplace = one_of(rng, ("Skell", "Marby", "Harrowgate", "Leeds", "York", "Hull", "Durham"))
            for now in life(town, who, int(rng.integers(1, 7)), moves=0.05, telephones=0.1):
                before.append(_certified(rng, now, farm, birthplace, before))
        rows += before
    return frame(rng, rows)


def _certified(rng: Generator, who: Person, farm: str, birthplace: str, before: list[Record]) -> Record:
    born = slips.day_slip(rng, who.born) if rng.random() < 0.02 else who.born
    given = [who.first, who.middle if rng.random() < 0.75 else who.middle[:1]]
    row = {
        "Cert. number": f"{one_of(rng, 'FS')}{int(rng.integers(10**6)):06d}",
        "Holder forenames": mixed(rng, " ".join(given).strip(), {slips.typed: 0.03, slips.scanned: 0.02}),
        "Holder family name": mixed(rng, who.last, {slips.typed: 0.02, slips.scanned: 0.03}),
        "Title": ("Mr" if who.sex == "M" else "Mrs") if rng.random() < 0.9 else "",
        "Birth": date_as("dots", born) if rng.random() < 0.94 else "",
        "Birth place": birthplace if rng.random() < 0.8 else "",
        "House": farm if farm and rng.random() < 0.9 else who.home.number,
        "Road": who.home.street if rng.random() < 0.9 else "",
        "Post town": who.home.town,
        "P/code": maybe(rng, 0.02, slips.typed, who.home.postcode),
        "Tel (home)": who.landline if rng.random() < 0.6 else "",
        "Tel (mob)": who.mobile if rng.random() < 0.35 else "",
        "Granted": date_as("dots", dt.date(int(rng.integers(2011, 2026)), int(rng.integers(1, 13)), 3)),
        "truth": who.key,
    }
    return slips.copied(before, "Birth", "Birth place")(rng, row) if rng.random() < 0.01 else row


def taxis(seed: int) -> pl.DataFrame:
    """Five councils' drivers; a few names that very many bear, in either order, spelt in many ways.

    Mohammed stands before another name or is left out; the driver number is filled by two councils.
    """
    rng = np.random.default_rng([seed, 302])
    mix = {
        "pakistani": 0.56,
        "english": 0.2,
        "romanian": 0.08,
        "indian": 0.08,
        "turkish": 0.04,
        "african": 0.04,
    }
    town = Town(rng, "Castleby", "ZY", streets=300, mix=mix)
    rows: list[Record] = []
    for home in [town.household(0.15, ("sibling", "child"), 23, 68, 0.96) for _ in range(1500)]:
        for who in home:
            own = (int(rng.integers(5)), int(rng.integers(5)))
            number = f"{who.last.upper()[:5]:9<5}{int(rng.integers(10**6)):06d}{who.first[0]}9XY"
            mohammed = (
                who.first not in _MOHAMMED
                and who.community == "pakistani"
                and who.sex == "M"
                and rng.random() < 0.5
            )
            for now in life(town, who, int(rng.integers(1, 5)), moves=0.12, telephones=0.15):
                rows.append(_badged(rng, now, one_of(rng, own), number, mohammed))
    return frame(rng, rows)


def _badged(rng: Generator, who: Person, council: int, number: str, mohammed: bool) -> Record:
    how = {slips.typed: 0.03, slips.heard: 0.06}
    before = f"{one_of(rng, _MOHAMMED)} " if mohammed and rng.random() < 0.75 else ""
    born = slips.day_slip(rng, who.born) if rng.random() < 0.03 else who.born
    row = {
        "Council": ("Castle", "Dale", "Moor", "Vale", "Wold")[council],
        "Badge": f"{int(rng.integers(100, 9999))}",
        "Driver first names": before + mixed(rng, who.first, how),
        "Driver surname": mixed(rng, who.last, how),
        "Date/Birth": date_as(("uk", "dashed", "uk", "iso", "short")[council], born)
        if rng.random() < 0.9 else "",
        "Driver number": maybe(rng, 0.02, slips.typed, number) if council in (1, 3) else "",
        "Driver address": f"{who.home.line}, {who.home.town}, {who.home.postcode}"
        if rng.random() < 0.88 else "",
        "Contact no": who.mobile if council != 2 and rng.random() < 0.7 else "",
        "Vehicle reg": f"U{int(rng.integers(1, 999))} ZZ{one_of(rng, 'ABCD')}" if rng.random() < 0.4 else "",
        "Expires": date_as("iso", dt.date(int(rng.integers(2024, 2029)), int(rng.integers(1, 13)), 1)),
        "truth": who.key,
    }  # fmt: skip
    if rng.random() < 0.04:
        row = slips.turned("Driver first names", "Driver surname")(rng, row)
    return {f: v.upper() if council == 4 else v for f, v in row.items()} | {"truth": who.key}


def electors(seed: int) -> pl.DataFrame:
    """No births but an attainer's; name and address are all; three years' rolls below one another.

    Fathers and sons of one name in one home differ by a middle initial at the best; who moves within the
    area is found again only where the name is rare.
    """
    rng = np.random.default_rng([seed, 303])
    town = Town(rng, "Netherby", "ZN", streets=400)
    rows: list[Record] = []
    for _ in range(2300):
        home = town.household(0.6, ("partner", "partner", "partner", "child", "sibling", "namesake"), 17, 88)
        for year in (2024, 2025, 2026):
            if rng.random() < 0.02:
                head = moved(town, home[0])
                home = [replace(who, home=head.home, landline=head.landline) for who in home]
            for who in home:
                if rng.random() < 0.93:
                    rows.append(_enrolled(rng, who, year))
    return frame(rng, rows)


def _enrolled(rng: Generator, who: Person, year: int) -> Record:
    middle = who.middle if rng.random() < 0.45 else who.middle[:1]
    others = mixed(rng, who.first, {slips.typed: 0.015, slips.scanned: 0.015, slips.short_name: 0.03})
    comes_of_age = who.born.replace(year=who.born.year + 18, day=min(who.born.day, 28))
    home = who.home
    return {
        "Elector Number Prefix": f"{who.home.postcode.split()[0][2:]}/{len(who.home.street) % 4}",
        "Elector Number": f"{int(rng.integers(1, 3000))}",
        "Elector Surname": mixed(rng, who.last, {slips.typed: 0.01, slips.scanned: 0.015, slips.joined: 0.2}),
        "Elector Forename": f"{others} {middle}".strip() if rng.random() < 0.985 else others[:1],
        "Elector DOB": date_as("uk", comes_of_age) if comes_of_age.year >= year else "",
        "Franchise Flag": "G" if who.community in ("polish", "romanian") else "",
        "Address 1": home.line if rng.random() < 0.97 else slips.typed(rng, home.line),
        "Address 2": home.town if rng.random() < 0.8 else "",
        "PostCode": home.postcode,
        "Roll of": str(year),
        "truth": who.key,
    }


# People in several systems at once, by their handles, or in another country.


def courts(seed: int) -> pl.DataFrame:
    """Three areas' registers below one another, each with other columns filled and dates of its own.

    Area A writes one name, surname first; B writes parts; C knows an age and the place, seldom a birth.
    """
    rng = np.random.default_rng([seed, 401])
    town = Town(rng, "Selwick", "ZL", streets=380)
    rows: list[Record] = []
    for home in [town.household(0.1, ("sibling", "twin", "partner"), 16, 70, 0.8) for _ in range(2300)]:
        for who in home:
            areas = "".join(one_of(rng, "AABBC") for _ in range(2))
            for now in life(town, who, rows_each(rng, 1.4, 30), moves=0.12, marries=0.02):
                rows.append(_tried(rng, now, one_of(rng, areas)))
    return frame(rng, rows)


def _tried(rng: Generator, who: Person, area: str) -> Record:
    how = {slips.typed: 0.025, slips.heard: 0.02}
    first = mixed(rng, who.first, {**how, slips.short_name: 0.05})
    last = mixed(rng, who.last, {**how, slips.joined: 0.3})
    middle = who.middle if rng.random() < 0.7 else ""
    day = TODAY - dt.timedelta(days=int(rng.integers(0, 1200)))
    born = slips.day_slip(rng, who.born) if rng.random() < 0.025 else who.born
    row = dict.fromkeys(
        ("area", "case_no", "defendant", "forename_1", "forename_2", "family_name", "born", "age_at_hearing",
         "gender", "address_line_1", "address_town", "address_pc", "heard_on", "plea"), "",
    )  # fmt: skip
    row |= {
        "area": area, "case_no": f"{area}{int(rng.integers(10**7)):07d}", "heard_on": date_as("iso", day),
        "plea": one_of(rng, ("G", "NG", "")), "truth": who.key,
    }  # fmt: skip
    if area == "A":
        row |= {
            "defendant": f"{last.upper()}, {first} {middle}".strip(),
            "born": date_as("uk", born) if rng.random() < 0.95 else "",
            "address_line_1": f"{who.home.line}, {who.home.town}",
        }
    else:
        row |= {"forename_1": first, "forename_2": middle, "family_name": last, "gender": who.sex}
    if area == "B":
        row |= {
            "born": date_as("dashed", born) if rng.random() < 0.93 else "",
            "address_line_1": who.home.line,
            "address_pc": who.home.postcode,
        }
    if area == "C":
        row |= {
            "born": date_as("iso", born) if rng.random() < 0.3 else "",
            "age_at_hearing": str((day - who.born).days // 365),
            "address_line_1": who.home.line if rng.random() < 0.85 else "",
            "address_town": who.home.town,
            "address_pc": who.home.postcode if rng.random() < 0.6 else "",
        }
    return row


def handles(seed: int) -> pl.DataFrame:
    """Reports of what was done online: handles, display names, seldom a real name, hardly ever a birth.

    Somebody has two or three handles, leaves some and takes others; telephones and mail tie them together.
    """
    rng = np.random.default_rng([seed, 402])
    town = Town(rng, "Bramwell", "ZB", streets=250)
    rows: list[Record] = []
    for _ in range(720):
        who = town.person(15, 55, 0.75)
        club = one_of(rng, ("Reds", "Blues", "Rovers", "City", "Town"))
        own = [_handle(rng, who) for _ in range(int(rng.integers(1, 4)))]
        for now in life(town, who, rows_each(rng, 1.7, 25), telephones=0.12):
            if rng.random() < 0.08:
                own[int(rng.integers(len(own)))] = _handle(rng, who)
            rows.append(_posted(rng, now, one_of(rng, own), club))
    return frame(rng, rows)


def _handle(rng: Generator, who: Person) -> str:
    first, last, number = who.first.lower(), who.last.lower().replace("'", ""), int(rng.integers(1, 9999))
    word = one_of(rng, ("gunner", "ghost", "real", "night", "lad", "king", "fc", "blade", "red", "tiger"))
    return one_of(rng, (f"{first}_{last}{number}", f"{first}{number}", f"{word}_{first}{number}",
                        f"{word}{number}", f"{last}.{first}{number}", f"the{word}{number}"))  # fmt: skip


def _posted(rng: Generator, who: Person, handle: str, club: str) -> Record:
    first = mixed(rng, who.first, {slips.typed: 0.02, slips.short_name: 0.2})
    shown = one_of(rng, (first, f"{first} {who.last}", f"{first} {who.last[0]}", handle))
    at = one_of(rng, ("{}", "{}", "@{}"))
    return {
        "report": f"SM{int(rng.integers(10**6)):06d}",
        "platform": one_of(rng, ("insta", "facebook", "snap", "tiktok", "x")),
        "handle": at.format(maybe(rng, 0.03, slips.typed, handle)) if rng.random() < 0.9 else "",
        "display_name": shown if rng.random() < 0.8 else "",
        "real_name_if_known": f"{first} {who.last}" if rng.random() < 0.5 else "",
        "dob_if_known": date_as("uk", who.born) if rng.random() < 0.2 else "",
        "suspect_phone": who.mobile if rng.random() < 0.35 else "",
        "suspect_email": who.mail if rng.random() < 0.3 else "",
        "suspect_town": who.home.town if rng.random() < 0.4 else "",
        "club": club if rng.random() < 0.6 else "",
        "truth": who.key,
    }  # fmt: skip


_UMLAUTS: Mapping[str, str] = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e"}


def _spelt_out(rng: Generator, value: str) -> str:
    """Umlauts written as two letters, or their dots lost."""
    table = _UMLAUTS if rng.random() < 0.8 else {k: v[0] for k, v in _UMLAUTS.items()}
    return value.translate(str.maketrans(dict(table)))


def anzeigen(seed: int) -> pl.DataFrame:
    """German: umlauts spelt out or lost, names at birth, 'geb. am' with stops, streets cut to 'Str.'.

    Five figures of a post code stand for a whole quarter, so that a place says little.
    """
    rng = np.random.default_rng([seed, 403])
    mix = {"german": 0.8, "turkish": 0.12, "polish": 0.05, "romanian": 0.03}
    town = Town(rng, "Neustedt", "ZZ", streets=240, mix=mix)
    rows: list[Record] = []
    for home in [town.household(0.25, ("partner", "sibling", "child"), 15, 82, 0.55) for _ in range(1600)]:
        for who in home:
            for now in life(town, who, rows_each(rng, 1.2, 30), moves=0.12, telephones=0.2, marries=0.03):
                rows.append(_reported(rng, now))
    return frame(rng, rows)


def _street(rng: Generator, home: Home) -> str:
    root = home.street.split()[0]
    road = one_of(np.random.default_rng([ord(c) for c in home.street]), ("straße", "weg", "platz", "allee"))
    number = home.number.split()[-1]
    if road == "straße":
        road = one_of(rng, ("straße", "straße", "str.", "strasse"))
    return f"{root}{road} {number}"


def _reported(rng: Generator, who: Person) -> Record:
    how = {slips.typed: 0.025, slips.heard: 0.02, _spelt_out: 0.3}
    born = slips.day_slip(rng, who.born) if rng.random() < 0.025 else who.born
    home = who.home
    place = str(60000 + int(home.postcode.split()[0][2:]) * 7)
    landline = "0" + who.landline[1:].replace(" ", one_of(rng, ("/", " ", "-")))
    return {
        "Vorgangsnr.": f"{int(rng.integers(10**6)):06d}/{int(rng.integers(20, 27))}",
        "Nachname": mixed(rng, who.last, how),
        "Vorname": mixed(rng, who.first, how)
        + (f" {who.middle}" if who.middle and rng.random() < 0.2 else ""),
        "Geburtsname": mixed(rng, who.maiden, how) if rng.random() < 0.5 else "",
        "geb. am": date_as("dots", born) if rng.random() < 0.88 else "",
        "Geschl.": {"M": "m", "F": "w"}[who.sex] if rng.random() < 0.9 else "",
        "Straße/Nr.": _street(rng, home) if rng.random() < 0.9 else "",
        "PLZ": maybe(rng, 0.02, slips.digit_slip, place) if rng.random() < 0.92 else "",
        "Wohnort": "Neustedt" if rng.random() < 0.9 else "",
        "Tel.": (who.mobile if rng.random() < 0.6 else landline) if rng.random() < 0.5 else "",
        "Delikt": one_of(rng, ("Nachstellung", "Bedrohung", "Betrug", "Körperverletzung")),
        "truth": who.key,
    }
