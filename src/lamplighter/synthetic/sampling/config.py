"""The settings of a made-up world, each with where its number comes from.

Marks: **[S]** a published figure, source named beside it; **[C]** read in the
named public code; **[I]** invented here because no source was found: it is a
setting, not a finding, and results should be shown for other values of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Bank: TypeAlias = Literal["a", "b"]

HELPLINE = "helpline"
FORCE_SOURCES = ("force_a_rms", "force_b")
OTHER_FORCE_SOURCE = "lamplighter"
PRINCIPAL_CRIME_FROM = dt.date(2023, 6, 1)
RECORDS_PER_CELL = 100_000


def _shares(**values: float) -> Mapping[str, float]:
    # A plain dict: a mapping proxy could not be sent to the workers that write a large world.
    return dict(values)


@dataclass(frozen=True, slots=True)
class Marginals:
    """Shares that the world is drawn from. Probabilities unless a unit is named.

    Sources:

    * ``female_victim``: 80 % of victims in the London Stalking Review 2024 (Suzy Lamplugh Trust response;
      the Metropolitan Police give the same figure). [S]
    * ``first_report_stalking``: more than 80 % of first reports were not classified as stalking, London,
      July 2015 to March 2023 (London Stalking Review 2024). Recorded as stalking is the complement, .18. [S]
    * ``earlier_allegation``: 3 in 10 suspects had earlier stalking or harassment allegations (the same). [S]
    * ``stalking_relationships``: no national split of police reports was found. Former partners lie
      between 36 % (Crime Survey, year to March 2024: 5.2 % of adults by a partner or former partner of 14.4 %
      ever stalked) and 84 % (a sample of prosecuted cases); .45 is set between them. [I]
    * ``outcomes``: 45 % of victims withdrew, 41 % closed with no further action, at most 14 % anything else
      (London Stalking Review 2024). Split inside those groups [I].
    * ``name_error``, ``birth_date_error``, ``postcode_other``: the complement of the Ministry of Justice's
      published production match probabilities (hmpps-person-match, ``model_2026_02_23_1e09.json``: name
      exact .881, date of birth exact .948, a shared postcode .708 with the outward code shared in .092
      more). [C]
    * ``ethnicities``: Census 2021, England and Wales, rounded (Office for National Statistics). [S]
    * Everything else: [I].
    """

    dossiers: Mapping[str, float] = field(
        default_factory=lambda: _shares(
            stalking=0.13,
            neighbour_dispute=0.05,
            mutual_quarrel=0.04,
            domestic_argument=0.08,
            repeat_caller=0.02,
            debt_dispute=0.025,
            work_dispute=0.02,
            family_row=0.035,
            single=0.60,
        )
    )
    female_victim: float = 0.80
    male_suspect: float = 0.86
    first_report_stalking: float = 0.17
    later_report_stalking: float = 0.20
    hidden_course: float = 0.40
    earlier_allegation: float = 0.30
    stalking_relationships: Mapping[str, float] = field(
        default_factory=lambda: _shares(
            ex_partner=0.45,
            acquaintance=0.13,
            unknown=0.12,
            colleague=0.08,
            neighbour=0.07,
            stranger=0.07,
            family=0.04,
            service_user=0.04,
        )
    )
    by_proxy: float = 0.12
    against_relative: float = 0.13
    order_made: float = 0.22
    victim_of_two: float = 0.06
    escalating: float = 0.35
    fading: float = 0.20
    silence: float = 0.15
    helpline: float = 0.14
    third_party: float = 0.16
    outcomes: Mapping[str, float] = field(
        default_factory=lambda: _shares(
            **{
                "16": 0.41,
                "14": 0.04,
                "15": 0.28,
                "18": 0.08,
                "21": 0.05,
                "1": 0.05,
                "8": 0.02,
                "3": 0.02,
                "": 0.05,
            }
        )
    )
    name_error: float = 0.119
    birth_date_error: float = 0.052
    postcode_other: float = 0.20
    nominal_reuse: float = 0.55
    wrong_nominal: float = 0.006
    ethnicities: Mapping[str, float] = field(
        default_factory=lambda: _shares(
            W1=0.744,
            W2=0.009,
            W9=0.064,
            M1=0.009,
            M2=0.004,
            M3=0.008,
            M9=0.008,
            A1=0.031,
            A2=0.027,
            A3=0.011,
            A4=0.007,
            A9=0.016,
            B1=0.010,
            B2=0.025,
            B9=0.005,
            O2=0.006,
            O9=0.016,
        )
    )


@dataclass(frozen=True, slots=True)
class Config:
    """Hold what to make. ``as_at`` is the last day anybody could have reported; the future beyond it is truth
    only.

    Raises:
        ValueError: fewer than 100 person records, no force, more than 30 forces, or dates out of order.
    """

    seed: int
    person_records: int = 10_000
    forces: int = 4
    bank: Bank = "a"
    start: dt.date = dt.date(2022, 7, 1)
    as_at: dt.date = dt.date(2026, 6, 30)
    future_days: int = 90
    marginals: Marginals = field(default_factory=Marginals)

    def __post_init__(self) -> None:
        if self.person_records < 100:
            raise ValueError("A world needs at least 100 person records")
        if not 1 <= self.forces <= 30:
            raise ValueError("A world has between 1 and 30 forces")
        if self.start >= self.as_at:
            raise ValueError("The world must start before the day it is seen on")
        if self.bank not in ("a", "b"):
            raise ValueError("The phrase bank is 'a' or 'b'")

    @property
    def cells(self) -> int:
        """Return how many parts the world is made of. Each part is drawn from (seed, part) alone."""
        return -(-self.person_records // RECORDS_PER_CELL)

    @property
    def agencies(self) -> list[str]:
        """Agency codes, the helpline last: 'force-a', 'force-b' ... 'helpline'."""
        return [f"force-{_letters(i)}" for i in range(self.forces)] + [HELPLINE]

    @property
    def sources(self) -> list[str]:
        """Source system of each agency, in the order of :attr:`agencies`."""
        named = [*FORCE_SOURCES, *[OTHER_FORCE_SOURCE] * self.forces][: self.forces]
        return [*named, HELPLINE]


def _letters(index: int) -> str:
    return chr(97 + index) if index < 26 else "a" + chr(97 + index - 26)
