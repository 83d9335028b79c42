"""Dates of birth and ages as recorded: mistyped dates, guessed ages, bands where no date is kept."""

from __future__ import annotations

import numpy as np

from lamplighter.synthetic.people.population import YEAR
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.sampling.draws import DAY, Bools, Ints, chance, pick

AGE_BANDS = ((0, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 110))
NO_DATE = np.int64(-(1 << 40))


def recorded(
    config: Config, rng: np.random.Generator, born: Ints, at: Ints, has: dict[str, Bools], helpline: Bools
) -> tuple[Ints, Ints, Ints]:
    """(date shown, lowest age, highest age) of each row; ``NO_DATE`` and -1 where nothing was recorded.

    A wrong date has day and month the wrong way round, a slip in the day, year or month, or is 1 January.
    """
    n = len(born)
    wrong = chance(rng, config.marginals.birth_date_error, n)
    kind = pick(rng, [0.3, 0.25, 0.2, 0.15, 0.1], n)
    date = born.astype("datetime64[D]")
    month_start = date.astype("datetime64[M]")
    year_start = date.astype("datetime64[Y]")
    day = (date - month_start.astype("datetime64[D]")).astype(np.int64) + 1
    month = (month_start - year_start.astype("datetime64[M]")).astype(np.int64) + 1
    swaps = wrong & (kind == 0) & (day <= 12)
    other_month = year_start.astype("datetime64[M]") + (day.clip(1, 12) - 1)
    swapped = other_month.astype("datetime64[D]").astype(np.int64) + month - 1
    first_of_year = year_start.astype("datetime64[D]").astype(np.int64)
    shown = np.where(swaps, swapped, born)
    shown = np.where(
        wrong & ((kind == 1) | ((kind == 0) & ~swaps)), born + rng.choice([-1, 1, 9, -9, 10, -10], n), shown
    )
    shown = np.where(wrong & (kind == 2), born + rng.choice([-1, 1, 10, -10], n) * 365, shown)
    shown = np.where(wrong & (kind == 3), first_of_year, shown)
    shown = np.where(wrong & (kind == 4), born + rng.choice([-30, 31, 61, -61], n), shown)
    age = ((at // DAY - born) / YEAR).astype(np.int64)
    guess = np.where(chance(rng, 0.5, n), age, (age + rng.integers(-3, 4, n)))
    spread = rng.integers(0, 4, n)
    # A round guess ("30s") is a decade; an exact age is one year; "approx 40" is a few either side.
    low = np.select([spread == 0, spread == 1], [age, age // 10 * 10], guess // 5 * 5 - 3)
    high = np.select([spread == 0, spread == 1], [age, age // 10 * 10 + 9], guess // 5 * 5 + 6)
    edges = np.array([b[0] for b in AGE_BANDS])
    band = (np.searchsorted(edges, age, side="right") - 1).clip(0, len(edges) - 1)
    low = np.where(helpline, edges[band], low)
    high = np.where(helpline, np.array([b[1] for b in AGE_BANDS])[band], high)
    told = np.where(helpline, has["age"] | has["forename"], has["age"] & ~has["born"])
    return (
        np.where(has["born"], shown, NO_DATE),
        np.where(told, low.clip(0, 110), -1),
        np.where(told, high.clip(0, 120), -1),
    )
