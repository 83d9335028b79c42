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

from benchmarks.kinds.homes import Home
from benchmarks.kinds.slips import Record, one_of

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
    held = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
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
