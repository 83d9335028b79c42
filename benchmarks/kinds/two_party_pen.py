"""How a row about two people is written: a hand with its rates of slips, and what one side knows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from benchmarks.kinds import slips
from benchmarks.kinds.slips import one_of
from benchmarks.kinds.two_party_world import EX, FAMILY, NEIGHBOUR, STRANGER, Person, Report

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
