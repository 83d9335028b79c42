"""The settings of a made-up country.

**[I]** marks numbers invented here; no figure of this package is a finding, and results should be shown for
other settings too.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

FORCES = 43
AREAS = 12
#: Offences of acts, with their shares among acts [I]. The first two are recorded as stalking.
OFFENCES = ("stalking_s2a", "stalking_s4a", "harassment_s2", "malicious_communications", "assault_no_injury")
SHARES = (0.50, 0.12, 0.20, 0.08, 0.10)
GROUPS = ("stalking", "stalking", "harassment", "malicious_communications", "violence_without_injury")


@dataclass(frozen=True, slots=True)
class Settings:
    """Set what is true in a country. All [I].

    Attributes:
        people: lives that begin in the country, before false links make some of them two people.
        extract: the day of the extract.
        years: years of events before it that forces hold; lives begin ``before`` years earlier, so that the
            first year held has people with a past.
        median_delay: days from an act to its proof, at the middle court.
        slower: by how much of itself delays lengthen in a year.
        courts_differ: standard deviation of the logarithm of the areas' medians.
        proven: share of acts that are ever proven.
        again: mean chance of another act after each; it differs from person to person.
        gap: mean days between two acts of somebody at liberty.
        moves: chance that the next act is in another force.
        dies: share who die in a year.
        custodial: share of proofs that are followed by custody at once.
        doubtful, doubtful_across: share of links within a force, and across forces, that are doubtful at all.
        doubtful_group: how many times as often links of the smaller group are doubtful.
        unseen: share of true links across forces that no blocking rule proposes.
        calibration: standard deviation, from country to country, of what all beliefs are off by in log odds.
            0.25 is about a hundredth on average over all links.
        lookalikes: what false links look like. ``alike``: two people whose records follow one another as one
            person's would, so that beliefs are right for every pair. ``random``: any two, so that a belief
            that is right on average is too low for pairs that follow soon.
        draws: partitions drawn from the beliefs.
    """

    people: int = 4_000
    extract: dt.date = dt.date(2026, 11, 30)
    years: int = 9
    before: int = 4
    median_delay: float = 200.0
    slower: float = 0.0
    courts_differ: float = 0.25
    proven: float = 0.5
    again: float = 0.62
    gap: float = 330.0
    moves: float = 0.15
    dies: float = 0.02
    custodial: float = 0.15
    doubtful: float = 0.19
    doubtful_across: float = 0.46
    doubtful_group: float = 1.5
    unseen: float = 0.0
    calibration: float = 0.0
    lookalikes: Literal["alike", "random"] = "alike"
    draws: int = 20

    def __post_init__(self) -> None:
        shares = (self.proven, self.again, self.moves, self.dies, self.custodial, self.doubtful, self.unseen)
        if not all(0 <= share <= 1 for share in (*shares, self.doubtful_across)):
            raise ValueError("A share of the settings is not between 0 and 1")
        if min(self.people, self.years, self.draws) < 1 or self.median_delay <= 0:
            raise ValueError("A country needs people, years, a delay and a draw")
