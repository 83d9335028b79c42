"""Settings of a made-up country.

No force's real figures are used. Sizes follow the shape that recorded crime has in England and Wales: one
force of about a seventh of everything, a few of one twentieth, many of one or two per cent, a handful far
smaller. Every share below is a setting and no finding. [I]
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from lamplighter.synthetic.sampling.config import RECORDS_PER_CELL, Bank, Marginals
from lamplighter.synthetic.sampling.draws import Floats, Ints, stream

MOST_FORCES = 97
FEWEST_RECORDS = 60
CAPITAL = 0.14
SPREAD = 0.72


@dataclass(frozen=True, slots=True)
class CountrySettings:
    """Hold what to make.

    ``crossing``: of the people suspected in two stories of stalking or more, the share known in two forces.
    ``same_victim``: of those who cross, the share whose victim moved and was followed.
    ``third_force``: of those who cross, the share who go on to a third force.
    ``respelt``: how often the second force knows a mover under another spelling of a name.
    ``telephone_kept``: how often a mover keeps the telephone.
    ``passed_on``: how many of a hundred reports of a repeated matter are recorded by a second force too.

    Raises:
        ValueError: too few records for the forces, too many forces, or a share outside 0 to 1.
    """

    seed: int
    person_records: int = 250_000
    forces: int = 43
    crossing: float = 0.25
    same_victim: float = 0.4
    third_force: float = 0.2
    respelt: float = 0.6
    telephone_kept: float = 0.2
    passed_on: float = 0.012
    with_words: bool = False
    bank: Bank = "a"
    start: dt.date = dt.date(2022, 7, 1)
    as_at: dt.date = dt.date(2026, 6, 30)
    marginals: Marginals = field(default_factory=lambda: Marginals(helpline=0.0))

    def __post_init__(self) -> None:
        if not 1 <= self.forces <= MOST_FORCES:
            raise ValueError(f"A country has between 1 and {MOST_FORCES} forces")
        if self.person_records < FEWEST_RECORDS * self.forces:
            raise ValueError(f"{self.forces} forces need {FEWEST_RECORDS * self.forces:,} person records")
        for name in ("same_victim", "third_force", "respelt", "telephone_kept", "passed_on"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share between 0 and 1")
        if not 0 <= self.crossing < 1:
            raise ValueError("crossing is a share of 0 or more and below 1")
        if self.start >= self.as_at:
            raise ValueError("The country must start before the day it is seen on")

    def shares(self) -> Floats:
        """Return each force's share of the records, in the order of the forces; they add up to one."""
        if self.forces == 1:
            return np.ones(1)
        others = self.forces - 1
        points = (np.arange(others) + 0.5) / others
        rest = np.exp(SPREAD * _normal_quantile(points))
        capital = CAPITAL if self.forces >= 8 else 1.6 / self.forces
        shares = np.append(rest / rest.sum() * (1 - capital), capital)
        # Which force is the large one is drawn, or whoever reads the files would know it by its number.
        return shares[stream(self.seed, 0, "sizes").permutation(self.forces)]

    def sizes(self) -> Ints:
        """Return how many person records each force holds, about."""
        wanted = np.round(self.shares() * self.person_records).astype(np.int64)
        return np.maximum(wanted, FEWEST_RECORDS)


def parts_of(size: int) -> int:
    """Return in how many parts a force of this size is made."""
    return -(-size // RECORDS_PER_CELL)


def _normal_quantile(points: Floats) -> Floats:
    """Return normal quantiles by the logistic approximation, good to a hundredth between 0.01 and 0.99."""
    odds: Floats = np.log(points / (1 - points)) / 1.702
    return odds
