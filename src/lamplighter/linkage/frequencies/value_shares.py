"""Estimate the share of people who have a value, from how many were seen to have each value of a column.

Of many people the column's own counts tell it, whatever it holds (Good, 1953). Of few they tell next to
nothing: of eight people two share a surname, and nobody would say that a quarter of all people have it. There
stands what the table of levels supposes of the column, an urn from which people draw their values (Hoppe,
1984; Ewens, 1972): where two people taken at random share a value with the chance u, whoever comes after n
others has one that c of them have with the chance c / (n + 1 / u - 1). Of one other that is u; of many it is
c in n. Both opinions are pooled on the scale on which they are used, in bits (Genest and Zidek, 1986), each
by its pairs of people, since it is pairs that share a value: the second counts as those of
:data:`PEOPLE_SUPPOSED` people.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.float64]
PEOPLE_SUPPOSED = 50.0
"""As many people as are needed before anything else is learned from them (``training.FEWEST_RECORDS``)."""
PAIRS_SUPPOSED = 50.0
"""The chance that two people share a value is drawn from the pairs that were seen, and so many that were
not: it may be that of the village of one family, or of one postcode, that a table is of."""
_SMALL = 8
_LEAST = 0.02


def expected_shares(counts: npt.NDArray[np.int64], supposed: float) -> Bits:
    """The share of people to be expected to have each of some values: (n,).

    Args:
        counts: how many people were seen to have each value of a column; (n,), nobody where it is 0.
        supposed: the chance that two people taken at random share a value of the column, before anybody is
            seen.
    """
    people = max(float(counts.sum()), 1.0)
    seen = expected_counts(counts)
    own = np.where(counts < len(seen), seen[np.minimum(counts, len(seen) - 1)], counts) / people
    urn = of_urn(counts, people, shared_by_chance(counts, supposed))
    return pooled(own, urn, people)


def of_urn(counts: npt.NDArray[np.int64], people: float, chance: float) -> Bits:
    """Return the share of values that so many of so many ``people`` have, where two share one by ``chance``:
    (n,). A value that nobody was seen to have is taken for one that somebody has.
    """
    return np.asarray(np.maximum(counts, 1) / (people + 1 / chance - 1))


def of_two(people: int, chance: float) -> float:
    """Return the share of a value that two of so many have, where two people share one by ``chance``."""
    return float(pooled(np.array([2 / people]), of_urn(np.array([2]), people, chance), people)[0])


def pooled(own: Bits, urn: Bits, people: float) -> Bits:
    """Return the shares that a column's counts tell, ``own`` (n,), and those that are supposed, as one."""
    weight = PEOPLE_SUPPOSED**2 / (people**2 + PEOPLE_SUPPOSED**2)
    return np.asarray(own ** (1 - weight) * urn**weight)


def shared_by_chance(counts: npt.NDArray[np.int64], supposed: float) -> float:
    """Return the chance that two people share a value: of the pairs that were seen, and of those supposed."""
    seen = counts.astype(np.float64)
    pairs = max(float(seen.sum()) * (float(seen.sum()) - 1) / 2, 0.0)
    share = float((seen * (seen - 1)).sum()) / 2
    return (share + PAIRS_SUPPOSED * supposed) / (pairs + PAIRS_SUPPOSED)


def expected_counts(counts: npt.NDArray[np.int64], most: int = _SMALL) -> Bits:
    """Tell how many people are to be expected to have a value that so many were seen to have: (``most`` +
    1,).

    That one of n people has a value does not show that one in n has it: who was seen is why the value is
    known at all. A value seen c times is expected (c + 1) N(c + 1) / N(c) times, N(c) being how many values
    were seen c times (Good, 1953); it never falls with c, nor rises above it.
    """
    times = np.bincount(counts[counts > 0], minlength=most + 3)[: most + 3].astype(np.float64)
    seen = np.arange(most + 1)
    # Half a value is added, so that none is expected never to be seen again.
    expected = (seen + 1) * (times[1 : most + 2] + 0.5) / (times[: most + 1] + 1.0)
    expected[0] = expected[1]
    return np.maximum.accumulate(np.minimum(np.maximum(expected, _LEAST), np.maximum(seen, 1)))
