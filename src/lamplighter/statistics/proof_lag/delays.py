"""Estimate the share proven by each day from delays that are cut off on the right, by reverse-time hazards.

An offence that is proven after the day of the extract is not there to be counted, so the mean of the delays
seen is too short. In reverse time the cut is a delayed entry: the hazard on day *u* is the share proven on
day *u* of those proven by day *u* whose window is at least *u*, and the share proven by day *d* is the
product of one minus the hazards of all later days. That is Kaplan-Meier run backwards, and no assumption is
made about the shape.

Only the delays up to the longest window are known of: shares are of what is proven within ``longest`` days,
or, where nobody was watched for so long, within ``known_to`` days, and the flag ``too_short`` says so.

Sources: Lagakos, Barraj and De Gruttola, Biometrika 1988, 75: 515-523; Kalbfleisch and Lawless, JASA 1989,
84: 360-372 (reporting lags); Gross and Huber-Carol, Scand J Stat 1992, 19: 109-130 (regression in reverse
time).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.arrays.errors import NotEnoughData, OptionRefused, ValueRefused
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.arrays.pandas_rows import rows_alike
from lamplighter.statistics.proof_lag.counts import Seen, seen_rows, whole_days, years_of
from lamplighter.statistics.proof_lag.drift import Slopes, slopes_of
from lamplighter.statistics.proof_lag.factors import ENDS, Factors, bands_of, factors

#: Proven rows with a window so long that a day's hazard is believed.
LEAST = 10


@dataclass(frozen=True, slots=True)
class Fit:
    """Reverse-time hazards of all strata, with what they were made of. For the estimators of this package.

    ``hazard`` and ``log_kept`` (days,): on each day, and the logarithm of one minus it. ``tail`` (strata,
    days): the logarithm of the share proven by each day, at the latest start.
    """

    seen: Seen
    events: Floats
    at_risk: Floats
    hazard: Floats
    log_kept: Floats
    factors: Factors
    tail: Floats
    slopes: Slopes | None
    known_to: int
    longest: int
    flags: tuple[Flag, ...]

    def log_share(self, stratum: Ints, day: Ints, x: Floats) -> Floats:
        """Return the logarithm of the share proven by a day, a row each."""
        at = np.minimum(day, self.known_to)
        if self.slopes is None:
            return np.asarray(self.tail[stratum, at])
        out = np.zeros(at.size)
        for band, slope in enumerate(self.slopes.value):
            part = self.tail_in(band)[stratum, at]
            out += np.where(part == 0, 0.0, part) * np.exp(slope * x)
        return out

    def tail_in(self, band: int) -> Floats:
        """Return the part of ``tail`` that the days of one band make."""
        kept = np.where(self.factors.band == band, self.log_kept, 0.0)
        return _after(self.factors.factor[:, [band]] * kept)


@dataclass(frozen=True, slots=True)
class ProofDelays:
    """The share proven by each day after an offence, of all that is proven within ``known_to`` days.

    ``share`` (strata, known_to + 1) for the latest start, or for any where nothing drifts; ``pooled`` and its
    limits for all strata together. ``factor`` (strata, bands of delay) above 1 is slower than all strata.
    """

    labels: tuple[Any, ...]
    share: Floats
    pooled: Floats
    lower: Floats
    upper: Floats
    factor: Floats
    proofs: Floats
    strength: Floats
    slopes: Slopes | None
    n: int
    known_to: int
    longest: int
    confidence: float
    flags: tuple[Flag, ...]
    _fit: Fit = field(repr=False)

    def share_by(self, days: Any, stratum: Any = None) -> Floats:
        """Return the share proven by each of ``days``, of all or of one stratum."""
        when = np.minimum(whole_days(days, "days"), self.known_to)
        return np.asarray(self.pooled[when] if stratum is None else self.share[self._place(stratum), when])

    def median(self, stratum: Any = None) -> float:
        """Return the first day by which half are proven."""
        row = self.pooled if stratum is None else self.share[self._place(stratum)]
        return float(np.argmax(row >= 0.5))

    def _place(self, stratum: Any) -> int:
        if stratum not in self.labels:
            raise OptionRefused("not one of the strata", array="stratum", remedy="Ask of one that was given.")
        return self.labels.index(stratum)


def fit(
    delay: Ints,
    window: Ints,
    stratum: Ints,
    x: Floats,
    *,
    longest: int,
    strata: int,
    trend: bool,
    recent: int | None,
    least: int,
) -> Fit:
    """Fit reverse-time hazards to proven rows, cut to the longest delay that can be told."""
    known_to = _known_to(delay, window, longest, recent, least)
    flags: list[Flag] = []
    if known_to < longest:
        flags.append(
            Flag(
                "too_short",
                f"Fewer than {least} were watched for more than {known_to} days: what is proven later is "
                f"unknown, and shares are of what is proven within {known_to} days, not {longest}.",
            )
        )
    seen = seen_rows(delay, window, stratum, x, longest=known_to, recent=recent, strata=strata)
    hazard, band = _hazard(seen)
    slopes = slopes_of(seen, band, len(ENDS) + 1) if trend else None
    if slopes is not None:
        seen = seen.drifting(slopes.value, band)
        hazard, _ = _hazard(seen)
    with np.errstate(divide="ignore"):
        log_kept = np.log1p(-hazard)
    events, at_risk = seen.events(), seen.at_risk()
    made = factors(events, at_risk, hazard, band)
    tail = _after(made.factor[:, made.band] * log_kept)
    return Fit(
        seen, events, at_risk, hazard, log_kept, made, tail, slopes, known_to, int(longest), tuple(flags)
    )


def _hazard(seen: Seen) -> tuple[Floats, Ints]:
    """Return the hazards of all strata together, and the band of each day."""
    risk = seen.at_risk().sum(axis=0)
    hazard = np.divide(seen.events().sum(axis=0), risk, out=np.zeros(seen.days), where=risk > 1e-9)
    hazard = np.minimum(hazard, 1.0)
    with np.errstate(divide="ignore"):
        share = np.exp(_after(np.log1p(-hazard)[None, :])[0])
    return hazard, bands_of(share)


def _after(values: Floats) -> Floats:
    """Add up each row's values of all later days."""
    out = np.zeros_like(values)
    out[:, :-1] = np.cumsum(values[:, :0:-1], axis=1)[:, ::-1]
    return out


def _known_to(delay: Ints, window: Ints, longest: int, recent: int | None, least: int) -> int:
    """Return the last day on which at least so many are at risk, at most ``longest``."""
    if longest != int(longest) or longest < 1:
        raise OptionRefused("not a number of days above zero", array="longest", remedy="Give whole days.")
    none = np.zeros(delay.size)
    seen = seen_rows(
        delay, window, none.astype(np.int64), none, longest=int(longest), recent=recent, strata=1
    )
    enough = np.flatnonzero(seen.at_risk()[0] >= least)
    if not enough.size:
        raise NotEnoughData(
            f"fewer than {least} are at risk on any day",
            array="delay",
            remedy="Wait, or ask about a larger area.",
        )
    return int(enough[-1])


@rows_alike
def reverse_time(
    delay: Any,
    window: Any,
    *,
    longest: int,
    strata: Any = None,
    started: Any = None,
    trend: bool = False,
    recent: int | None = None,
    least: int = LEAST,
    confidence: float = 0.95,
) -> ProofDelays:
    """Estimate the share proven by each day.

    Args:
        delay: (n,) whole days from offence to proof, of offences that were proven by the day of the extract.
        window: (n,) whole days from offence to the day of the extract; at least the delay.
        longest: days after which nothing more is waited for; shares are of what is proven by then.
        strata: (n,) labels, such as offence group and court area together; small ones are drawn towards all.
        started: (n,) day of the offence, on any one calendar. Needed for ``trend``.
        trend: lets the hazards of all days rise or fall with the day of the offence. Shares are then those of
            the latest start.
        recent: learns only from the last so many days before the extract, where courts changed at a known
            day.
        least: proven rows that must be watched as long as the longest delay that is told.

    Raises:
        NotEnoughData: fewer than ``least`` proven rows.
        ValueRefused, NotAnArray, OptionRefused: what is wrong with the input.
    """
    watched = whole_days(window, "window")
    days = whole_days(delay, "delay", length=watched.size)
    if (days > watched).any():
        raise ValueRefused(
            "longer than its window: proven after the day of the extract",
            array="delay",
            index=int(np.argmax(days > watched)),
            remedy="Leave out what was proven after that day.",
        )
    if trend and started is None:
        raise OptionRefused("needs the day of each start", array="trend", remedy="Give started.")
    codes, labels = (
        (np.zeros(days.size, dtype=np.int64), ("all",))
        if strata is None
        else checks.labels(strata, "strata", length=days.size)
    )
    made = fit(
        days,
        watched,
        codes,
        years_of(started, days.size),
        longest=longest,
        strata=len(labels),
        trend=trend,
        recent=recent,
        least=least,
    )
    pooled, lower, upper = _pooled(made, checks.level(confidence))
    return ProofDelays(
        labels=labels,
        share=np.exp(made.tail),
        pooled=pooled,
        lower=lower,
        upper=upper,
        factor=made.factors.factor,
        proofs=made.factors.proofs,
        strength=made.factors.strength,
        slopes=made.slopes,
        n=int(days.size),
        known_to=made.known_to,
        longest=int(longest),
        confidence=confidence,
        flags=made.flags,
        _fit=made,
    )


def _pooled(made: Fit, confidence: float) -> tuple[Floats, Floats, Floats]:
    """Return the curve of all strata with Greenwood's variance in reverse time and log-log limits."""
    events, risk = made.events.sum(axis=0), made.at_risk.sum(axis=0)
    log_share = _after(made.log_kept[None, :])[0]
    room = risk * (risk - events)
    term = np.divide(events, room, out=np.where(events > 0, np.nan, 0.0), where=room > 0)
    error = np.sqrt(_after(term[None, :])[0])
    z = float(special.ndtri(0.5 + confidence / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(z * error / np.abs(log_share))
        share = np.exp(log_share)
        lower, upper = share**spread, share ** (1 / spread)
    return share, np.where(share == 1, 1.0, lower), np.where(share == 1, 1.0, upper)
