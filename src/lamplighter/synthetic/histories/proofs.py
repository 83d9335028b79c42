"""Say when an act is recorded, charged and proven: every court area has its own pace, and it may change with
time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.synthetic.histories.settings import AREAS, FORCES, Settings
from lamplighter.synthetic.sampling.draws import Floats, Ints

NEVER = np.int64(2**30)
#: Standard deviation of the logarithm of delays within a court [I].
_SPREAD = 0.65
_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Courts:
    """The pace of each area: what the median delay is multiplied by."""

    pace: Floats


def courts_of(settings: Settings, rng: np.random.Generator) -> Courts:
    """Return the courts of a country."""
    return Courts(np.exp(settings.courts_differ * rng.standard_normal(AREAS)))


def proof_days(settings: Settings, courts: Courts, day: Ints, force: Ints, rng: np.random.Generator) -> Ints:
    """Return the day on which each act would be proven."""
    end = np.datetime64(settings.extract).astype("datetime64[D]").astype(np.int64)
    drift = (1 + settings.slower) ** ((day - end) / _YEAR)
    median = settings.median_delay * courts.pace[force * AREAS // FORCES] * drift
    delay = np.ceil(median * np.exp(_SPREAD * rng.standard_normal(day.size)))
    return np.asarray(day + np.maximum(delay, 2), dtype=np.int64)


def recorded_days(day: Ints, rng: np.random.Generator) -> Ints:
    """Return the day on which each act is recorded: most within a few days."""
    return np.asarray(day + rng.geometric(0.25, day.size) - 1)


def charge_days(recorded: Ints, proven: Ints, rng: np.random.Generator) -> Ints:
    """Return the day of charge of what will be proven, somewhere between record and proof."""
    share = rng.beta(1.5, 3.0, recorded.size)
    between = recorded + np.floor(share * np.maximum(proven - recorded, 0)).astype(np.int64)
    return np.where(proven < NEVER, np.minimum(between, proven), NEVER)
