"""Bound a rate for pairs that were never looked at: links that no blocking rule proposed.

No draw from beliefs can hold such a link, since nothing was believed of it. How many there are is estimated
apart (capture and recapture over blocking rules), as a share of all true links. Two things are said of it.
*Likely*: links went unseen at random, so that whoever is counted because of *k* links, any of which would
have done, stands for 1 / (1 - q^k) people. *At most*: every unseen link hides a reoffender and makes two
people of one in the denominator; *at least*: every one joins two who are counted already. Nothing outside
these two can be, however links went unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.errors import OptionRefused, ValueRefused


@dataclass(frozen=True, slots=True)
class UnseenLinks:
    """A rate with what pairs never looked at may do to it.

    ``rate`` is without them; ``likely`` if they went unseen at random; ``least`` and ``most`` bound it.
    ``links`` is how many are thought unseen at most.
    """

    rate: float
    likely: float
    least: float
    most: float
    links: float

    def widen(self, lower: float, upper: float) -> tuple[float, float]:
        """Return an interval widened by the bounds."""
        return max(0.0, lower + self.least - self.rate), min(1.0, upper + self.most - self.rate)

    def moved(self, lower: float, upper: float) -> tuple[float, float]:
        """Return an interval moved to what is likely, as wide in proportion."""
        ratio = self.likely / self.rate if self.rate > 0 else 1.0
        return max(0.0, lower * ratio), min(1.0, upper * ratio)


def unseen_links(
    resting_on: Any,
    people: int,
    links: float,
    *,
    unseen: float,
    unseen_at_most: float,
    joining: float = 0.0,
) -> UnseenLinks:
    """Bound a rate for links that were never looked at.

    Args:
        resting_on: (counted,) for each counted person, how many links would each alone have shown it; 0 where
            it rests on no link (the same force holds both records).
        people: how many the rate is of.
        links: how many links were found among all records that could matter.
        unseen: the estimated share of true links that nobody looked at.
        unseen_at_most: its upper limit.
        joining: how many of the links found join two index records, and so take one from the denominator.

    Raises:
        ValueRefused, OptionRefused: what is wrong with the input.
    """
    k = checks.times(resting_on, "resting_on") if np.size(resting_on) else np.empty(0)
    if (k != np.floor(k)).any():
        raise ValueRefused(
            "not a whole number", array="resting_on", index=int(np.argmax(k != np.floor(k))), remedy="Count."
        )
    if not 0 <= unseen <= unseen_at_most < 1:
        raise OptionRefused(
            "not a share at or below its upper limit", array="unseen", remedy="Give 0.01 for one in 100."
        )
    if people < k.size or people < 1:
        raise OptionRefused("fewer than are counted", array="people", remedy="Give all the rate is of.")
    if links < 0 or not 0 <= joining <= links:
        raise OptionRefused("not a part of the links", array="joining", remedy="Give how many of the links.")
    counted = float(k.size)
    on_links = k[k > 0]
    hidden = float((unseen**on_links / (1 - unseen**on_links)).sum())
    twice = joining * unseen / (1 - unseen)
    most = links * unseen_at_most / (1 - unseen_at_most)
    fewer = max(people - most, 1.0)
    return UnseenLinks(
        rate=counted / people,
        likely=min((counted + hidden) / max(people - twice, 1.0), 1.0),
        least=max((counted - most) / fewer, 0.0),
        most=min((counted + most) / fewer, 1.0),
        links=most,
    )
