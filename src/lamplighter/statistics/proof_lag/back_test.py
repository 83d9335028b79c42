"""Freeze the extract on earlier days, estimate, and hold it against what was known later.

The past of an extract is its own test: on each earlier day some proofs were not there yet, and of people
whose index date is long enough ago it is known today what came of them. A method that was wrong then is wrong
now.

The day of the first proof is the same in every later extract, so an extract is frozen by leaving out what was
proven after the day. What was later taken out or added for other reasons than proof (appeals, late linkage)
is not undone: where old extracts were kept, give each its own columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.proof_lag.counts import delays_or_none, whole_days
from lamplighter.statistics.proof_lag.delays import LEAST
from lamplighter.statistics.proof_lag.maturity import MatureRate, mature_rate
from lamplighter.statistics.proof_lag.waiting import WaitingRate, waiting_rates


@dataclass(frozen=True, slots=True)
class Frozen:
    """Hold what was said on one day, and what was known later.

    ``later`` is NaN where it is not known yet. ``error`` is estimate less later; ``held`` tells whether the
    limits held it, and is None where there was no rate or nothing is known.
    """

    day: int
    people: int
    said: MatureRate | None
    waiting: tuple[WaitingRate, ...]
    later: float
    error: float
    held: bool | None


@dataclass(frozen=True, slots=True)
class BackTest:
    """All frozen days.

    ``judged`` of them had a rate and are known by now; ``worst`` and ``mean`` are of their errors.
    """

    days: tuple[Frozen, ...]
    judged: int
    held: int
    worst: float
    mean: float


@rows_alike
def back_test(
    index_day: Any,
    delay: Any,
    extract_day: int,
    freezes: Any,
    *,
    longest: int,
    followed: tuple[int, int],
    strata: Any = None,
    trend: bool = False,
    recent: int | None = None,
    least: int = LEAST,
    confidence: float = 0.95,
) -> BackTest:
    """Estimate the mature rate as it would have been on earlier days.

    Args:
        index_day: (n,) day of the index event, on any one calendar.
        delay: (n,) days from it to the first proof of an offence that counts; NaN for none by
            ``extract_day``.
        extract_day: the day of the extract, on the same calendar.
        freezes: days at or before it.
        longest: days after which a rate is taken as final.
        followed: on each frozen day the rate is of people whose index date was at least and less than so many
            days
            before: (548, 913) is a year of people with 18 months behind the last of them.
        strata, trend, recent, least: as in ``mature_rate``.
    """
    index = checks.numbers(index_day, "index_day")
    window = whole_days(extract_day - index, "index_day")
    days, seen = delays_or_none(delay, window)
    if not 0 <= followed[0] < followed[1]:
        raise OptionRefused("not from fewer to more days", array="followed", remedy="Give (548, 913).")
    labels = None if strata is None else checks.labels(strata, "strata", length=index.size)[0]
    out = []
    for freeze in np.sort(whole_days(freezes, "freezes")).tolist():
        if freeze > extract_day:
            raise OptionRefused("after the extract", array="freezes", remedy="Give days up to the extract.")
        there = index <= freeze
        then = (freeze - index).astype(np.int64)
        known = seen & (days <= then)
        of = there & (then >= followed[0]) & (then < followed[1])
        people = int(of.sum())
        said: MatureRate | None = None
        waiting: tuple[WaitingRate, ...] = ()
        if people:
            column = np.where(known, days, np.nan)
            waiting = waiting_rates(column[of], then[of], confidence=confidence)
            try:
                said = mature_rate(
                    column[there],
                    then[there],
                    longest=longest,
                    of=of[there],
                    strata=None if labels is None else labels[there],
                    started=index[there],
                    trend=trend,
                    recent=recent,
                    least=least,
                    target="people",
                    confidence=confidence,
                )
            except NotEnoughData:
                said = None
        whole = bool(people) and bool((window[of] >= longest).all())
        later = float((seen & (days <= longest))[of].mean()) if whole else float("nan")
        error = said.estimate - later if said is not None else float("nan")
        held = bool(said.lower <= later <= said.upper) if said is not None and np.isfinite(error) else None
        out.append(Frozen(int(freeze), people, said, waiting, later, error, held))
    errors: Floats = np.asarray([f.error for f in out if f.held is not None])
    return BackTest(
        days=tuple(out),
        judged=errors.size,
        held=sum(f.held is True for f in out),
        worst=float(np.abs(errors).max()) if errors.size else float("nan"),
        mean=float(errors.mean()) if errors.size else float("nan"),
    )
