"""From which probability two records are linked, left apart, kept for a person or forgotten: every threshold
of a link, in one place. What agreement means, field by field, is ``comparisons/levels.toml``."""

from __future__ import annotations

LOWEST_BAR = 0.5
"""The lowest bar that is ever chosen for reports. Of a table by itself it is lower: groups that hold together
by their average link are right more often than their weakest one says, and a statistic accuses nobody."""
LOWEST_BAR_OF_A_TABLE = 0.3
"""The lowest bar that is ever chosen for a table by itself: whatever it would link is weighed both ways."""
DECIDE_AT = 0.05
"""From here up to the bar a person is asked."""
LEAST_PROBABILITY_KEPT = 0.001
"""Pairs of a smaller probability are not kept."""
LEAST_BELIEF = 0.01
"""Pairs of a smaller probability do not count where accuracy or recall is estimated."""

REPORTS_BUDGET = 0.02
"""The share of false links to bear among reports, where nobody stated one; the bar follows from it."""
TABLE_BUDGET = 0.05
WORTH_LOWERING = 0.005
"""A lower bar joins more families by chance, so that it has to bring something."""

STAYS = 1.5
"""Two records that were linked stay so under a new model down to so many bits below its bar: joining takes
more than staying, or ids would come and go with every fitting."""
JUST_UNDER = 0.1
"""Bits below the bar at which a cluster holds what would else join it."""
TWO_PEOPLE = 0.05
"""Two groups of records that are one person with a smaller probability are held to be two people."""

SURE = 0.99
"""The precision at which recall is reported as "sure"."""
