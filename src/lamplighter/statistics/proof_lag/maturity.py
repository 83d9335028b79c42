"""Estimate the rate that will be known once everything is proven, from an extract in which much is not.

Whoever is counted by the day of the extract stands for 1 / share of people like him, where the share is how
many of those who will ever be counted are counted after so many days. For a rate the delay is a person's own:
from the index date to the *first* proof of any offence that counts. It holds whatever the offences of one
person have to do with each other, which delays of single offences would not, and the level may differ from
month to month. For a number of offences each offence stands for itself, and its delay is from offence to
proof.

The variance is the infinitesimal jackknife over people: it knows that those who are counted also make the
shares. Of it, ``lag_variance`` is what the courts' delay adds; the rest is that another year's people would
be others. The rate that will be printed of *these* people once all is known differs from the estimate by the
lag alone.

Where nobody was watched as long as ``longest``, there is no rate but a bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats, Ints
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.proof_lag.counts import delays_or_none, whole_days, years_of
from lamplighter.statistics.proof_lag.delays import LEAST, Fit, fit
from lamplighter.statistics.proof_lag.drift import score_and_information
from lamplighter.statistics.proof_lag.influences import Targets, model_influences

TARGETS = ("process", "people")
#: A share counted so far below which an estimate is mostly arithmetic.
_FEW = 0.25
_ALARM = 0.01


@dataclass(frozen=True, slots=True)
class MatureRate:
    """The mature rate with its limits, or a bound.

    ``estimate`` is NaN where it cannot be told; then ``lower`` and ``upper`` are bounds and ``told`` is
    False. ``counted`` of ``people`` are counted so far, ``share_counted`` of those who will be. ``variance``
    is of the rate of a process that made these people; ``lag_variance`` of the rate that will be known of
    them.
    """

    estimate: float
    lower: float
    upper: float
    variance: float
    lag_variance: float
    people: int
    counted: int
    share_counted: float
    known_to: int
    longest: int
    told: bool
    target: str
    confidence: float
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class MatureCount:
    """The mature number of offences a person: as :class:`MatureRate`, without a bound above."""

    estimate: float
    lower: float
    upper: float
    variance: float
    lag_variance: float
    offences: int
    people: int
    known_to: int
    longest: int
    told: bool
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class _Sum:
    value: float
    influence: Floats
    seen: int
    flags: tuple[Flag, ...]
    known_to: int
    lost: bool


@rows_alike
def mature_rate(
    delay: Any,
    window: Any,
    *,
    longest: int,
    of: Any = None,
    strata: Any = None,
    started: Any = None,
    trend: bool = False,
    recent: int | None = None,
    unseen_at_most: float | None = None,
    least: int = LEAST,
    target: str = "process",
    confidence: float = 0.95,
) -> MatureRate:
    """Estimate the share of people who will be counted once everything is proven.

    Args:
        delay: (n,) whole days from the index date to the first proof of an offence that counts; NaN where
            none was proven by the day of the extract. Everybody is a row, older cohorts too: they show how
            long proof takes.
        window: (n,) whole days from the index date to the day of the extract.
        longest: days after the index date at which the rate is taken as final.
        of: (n,) True for the people whose rate is asked; everybody without it.
        strata: (n,) labels such as offence group and court area of the index; small ones are drawn towards
            all.
        started: (n,) the index day. With it, drift is tested and flagged; needed for ``trend``.
        trend, recent, least: as in ``reverse_time``.
        unseen_at_most: where nobody was watched as long as ``longest``, the largest share of those who will
            be counted that may be counted only after the longest window. Without it the bound above is 1.
        target: ``process`` gives limits for the rate of a process that made these people, ``people`` for what
            will be known of them.

    Raises:
        NotEnoughData: nobody asked about, or too few proven to learn delays from.
        ValueRefused, NotAnArray, OptionRefused: what is wrong with the input.
    """
    checks.choice(target, TARGETS, "target")
    z = float(special.ndtri(0.5 + checks.level(confidence) / 2))
    watched = whole_days(window, "window")
    days, counted = delays_or_none(delay, watched)
    asked = np.ones(days.size, dtype=bool) if of is None else checks.binary(of, "of", length=days.size)
    people = int(asked.sum())
    checks.some(people, "of")
    if unseen_at_most is not None and not 0 <= unseen_at_most < 1:
        raise OptionRefused(
            "not a share", array="unseen_at_most", remedy="Give 0.1 for a tenth of those counted."
        )
    counted = counted & (days <= longest)
    summed = _summed(
        days,
        watched,
        counted,
        asked,
        longest=longest,
        strata=strata,
        started=started,
        trend=trend,
        recent=recent,
        least=least,
    )
    rate = summed.value / people
    influence = summed.influence - np.where(asked, rate, 0.0)
    variance = float((influence**2).sum()) / people**2
    sampling = max(rate * (1 - rate), 0.0) / people
    lag = max(variance - sampling, 0.0)
    flags = [*summed.flags]
    share = summed.seen / summed.value if summed.value > 0 else 1.0
    if share < _FEW:
        flags.append(
            Flag("mostly_to_come", f"Only {share:.0%} of those who will be counted are counted so far.")
        )
    used = variance if target == "process" else lag
    lower, upper = _limits(rate, used, z)
    told = summed.known_to >= longest and not summed.lost and rate < 1
    if not told:
        # The least is what is proven within the longest window; of the tail beyond it nothing is known.
        open_above = unseen_at_most is None or summed.lost
        lower = summed.seen / people if summed.lost else lower
        upper = 1.0 if open_above else min(1.0, upper / (1 - (unseen_at_most or 0.0)))
        known = f"Delays are known for {summed.known_to} days, not {longest}"
        flags.append(Flag("bound", f"{known}: there is no rate, and the limits are bounds."))
    return MatureRate(
        estimate=rate if told else float("nan"),
        lower=lower,
        upper=upper,
        variance=variance,
        lag_variance=lag,
        people=people,
        counted=summed.seen,
        share_counted=share,
        known_to=summed.known_to,
        longest=int(longest),
        told=told,
        target=target,
        confidence=confidence,
        flags=tuple(flags),
    )


@rows_alike
def mature_count(
    delay: Any,
    window: Any,
    person: Any,
    people: int,
    *,
    longest: int,
    of: Any = None,
    strata: Any = None,
    started: Any = None,
    trend: bool = False,
    recent: int | None = None,
    least: int = LEAST,
    confidence: float = 0.95,
) -> MatureCount:
    """Estimate how many offences a person will be proven once everything is: the frequency of reoffending.

    Args:
        delay, window: (n,) whole days from offence to proof, and to the day of the extract, of proven
            offences.
        person: (n,) whose offence it is: offences of one person are not independent.
        people: how many were watched, those without an offence among them.
        of: (n,) True for offences that count; the others only show how long proof takes.
        longest, strata, started, trend, recent, least: as in ``mature_rate``, of offences.
    """
    z = float(special.ndtri(0.5 + checks.level(confidence) / 2))
    watched = whole_days(window, "window")
    days, seen = delays_or_none(delay, watched)
    if not seen.all():
        raise ValueRefused(
            "missing", array="delay", index=int(np.argmin(seen)), remedy="Give proven offences only."
        )
    if people < 1:
        raise OptionRefused("nobody", array="people", remedy="Give how many people were watched.")
    asked = np.ones(days.size, dtype=bool) if of is None else checks.binary(of, "of", length=days.size)
    counted = days <= longest
    summed = _summed(
        days,
        watched,
        counted,
        asked,
        longest=longest,
        strata=strata,
        started=started,
        trend=trend,
        recent=recent,
        least=least,
    )
    mean = summed.value / people
    codes, labels = checks.labels(person, "person", length=days.size)
    each = np.bincount(codes, weights=summed.influence, minlength=len(labels))
    # Whoever has no offence moves the mean by minus itself, and so does everybody else.
    variance = float((each**2).sum() - people * mean**2) / people**2
    variance = max(variance, 0.0)
    own = np.bincount(codes[asked & counted], minlength=len(labels)).astype(np.float64)
    eventual = own * (summed.value / max(summed.seen, 1))
    sampling = float((eventual * own).sum() - people * mean**2) / people**2
    told = summed.known_to >= longest and not summed.lost
    half = z * np.sqrt(variance)
    return MatureCount(
        estimate=mean if told else float("nan"),
        lower=max(mean - half, 0.0) if told else summed.seen / people,
        upper=mean + half if told else float("inf"),
        variance=variance,
        lag_variance=max(variance - max(sampling, 0.0), 0.0),
        offences=summed.seen,
        people=int(people),
        known_to=summed.known_to,
        longest=int(longest),
        told=told,
        flags=summed.flags,
    )


def _summed(
    days: Ints,
    watched: Ints,
    counted: Bools,
    asked: Bools,
    *,
    longest: int,
    strata: Any,
    started: Any,
    trend: bool,
    recent: int | None,
    least: int,
) -> _Sum:
    """Add up 1 / share over those counted, with each row's influence on the sum."""
    if trend and started is None:
        raise OptionRefused("needs the day of each start", array="trend", remedy="Give started.")
    codes, names = (
        (np.zeros(days.size, dtype=np.int64), ("all",))
        if strata is None
        else checks.labels(strata, "strata", length=days.size)
    )
    x = years_of(started, days.size)
    if longest != int(longest) or longest < 1:
        raise OptionRefused("not a number of days above zero", array="longest", remedy="Give whole days.")
    if not counted.any():
        raise NotEnoughData(
            "nothing proven by the day of the extract", array="delay", remedy="Wait, or widen the cohort."
        )
    made = fit(
        days[counted],
        watched[counted],
        codes[counted],
        x[counted],
        longest=longest,
        strata=len(names),
        trend=trend,
        recent=recent,
        least=least,
    )
    added = counted & asked & (days <= made.known_to)
    targets = Targets(codes[added], watched[added], x[added])
    logs = made.log_share(targets.stratum, targets.window, targets.x)
    lost = bool(np.isneginf(logs).any())
    flags = [*made.flags]
    if lost:
        flags.append(
            Flag(
                "gap", "On some day everybody at risk was proven: shorter windows have no share to divide by."
            )
        )
    influence = np.zeros(days.size)
    gain = np.where(np.isneginf(logs), 0.0, np.exp(-np.where(np.isneginf(logs), 0.0, logs)))
    influence[added] = gain
    if not lost:
        influence[counted] += model_influences(made, targets, _used(days, watched, counted, made, recent))
    if started is not None and not trend:
        flags += _drifts(made)
    return _Sum(float(gain.sum()), influence, int(added.sum()), tuple(flags), made.known_to, lost)


def _used(days: Ints, watched: Ints, counted: Bools, made: Fit, recent: int | None) -> Bools:
    """Return which counted rows the delays were learned from, as ``seen_rows`` keeps them."""
    delay, window = days[counted], watched[counted]
    low = delay if recent is None else np.maximum(delay, window - recent)
    return np.asarray((delay <= made.known_to) & (low <= np.minimum(window, made.known_to)))


def _drifts(made: Fit) -> list[Flag]:
    (score,), (information,) = score_and_information(made.seen)
    if information <= 1e-9:
        return []
    p = float(2 * special.ndtr(-abs(score) / np.sqrt(information)))
    if p >= _ALARM:
        return []
    way = "longer" if score > 0 else "shorter"
    return [Flag("drift", f"Delays become {way} with time (p = {p:.2g}): the estimate takes them as steady.")]


def _limits(rate: float, variance: float, z: float) -> tuple[float, float]:
    """Return limits on the logit scale; where there is no spread, the rate itself."""
    if not 0 < rate < 1:
        return min(max(rate, 0.0), 1.0), 1.0 if rate >= 1 else rate
    half = z * np.sqrt(variance) / (rate * (1 - rate))
    middle = special.logit(rate)
    return float(special.expit(middle - half)), float(special.expit(middle + half))
