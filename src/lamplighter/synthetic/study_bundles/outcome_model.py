"""The outcome model of a scenario, exactly: chances by factors, days by outcome, and what follows."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from lamplighter.synthetic.sampling.draws import Floats
from lamplighter.synthetic.study_bundles.scenarios import FACTORS, FIRST_MONTH, FIRST_WEEK, Scenario

WITHDRAWN_BY, CLOSED_BY = 180, 365
_NODES = 41  # of Gauss-Hermite integration over suspects


def logistic(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), any shape."""
    out: Floats = 1.0 / (1.0 + np.exp(-x))
    return out


def _spread(weights: Floats) -> Floats:
    out: Floats = weights / weights.sum()
    return out


def withdrawal_days() -> Floats:
    """Chance of each day 0 to 180, given withdrawal: front-loaded, with the published shares."""
    day = np.arange(WITHDRAWN_BY + 1, dtype=float)
    parts = [(day <= 7, FIRST_WEEK, 0.25), ((day > 7) & (day <= 30), FIRST_MONTH - FIRST_WEEK, 0.05)]
    parts.append((day > 30, 1.0 - FIRST_MONTH, 0.012))
    out = np.zeros_like(day)
    for where, share, decay in parts:
        out[where] = share * _spread(np.exp(-decay * day[where]))
    return out


def closing_days(median: float, last: int, first: int = 3) -> Floats:
    """Chance of each day 0 to ``last``: log-normal about ``median``, none before day ``first``."""
    day = np.arange(last + 1, dtype=float)
    weight = np.where(day >= first, np.exp(-0.5 * (np.log(np.maximum(day, 1) / median) / 0.8) ** 2), 0.0)
    return _spread(weight / np.maximum(day, 1))


def no_action_days() -> Floats:
    """Chance of each day 0 to 365, given closure with no further action."""
    return closing_days(70.0, CLOSED_BY)


def charge_days() -> Floats:
    """Chance of each day 0 to 365, given charge: some on the first days, in custody."""
    out: Floats = 0.35 * np.pad(_spread(np.array([0.5, 0.3, 0.2])), (0, CLOSED_BY - 2)) + 0.65 * closing_days(
        90.0, CLOSED_BY
    )
    return out


@dataclass(frozen=True, slots=True)
class Model:
    """Intercepts that give a scenario its shares, found by adding up over all factors exactly."""

    scenario: Scenario
    withdraw_at: float
    no_action_at: float

    def withdraw(self, factors: Mapping[str, npt.NDArray[np.bool_]], suspect: Floats) -> Floats:
        """Return each report's chance of withdrawal. ``suspect``: the suspects' own log odds, one
        a report.
        """
        return logistic(self.withdraw_at + _linear(self.scenario.withdraw_effects, factors) + suspect)

    def no_action(self, factors: Mapping[str, npt.NDArray[np.bool_]]) -> Floats:
        """Return each report's chance of no further action when the victim does not withdraw."""
        return logistic(self.no_action_at + _linear(self.scenario.no_action_effects, factors))


def _linear(effects: Mapping[str, float], factors: Mapping[str, npt.NDArray[np.bool_]]) -> Floats:
    out: Floats = np.zeros(len(next(iter(factors.values()))))
    for name, effect in effects.items():
        out = out + effect * factors[name]
    return out


def model(scenario: Scenario) -> Model:
    """Return the model of a scenario. Raises ``ValueError`` when its shares cannot be."""
    if not 0 < scenario.withdraw + scenario.no_action + scenario.charged + scenario.open_for_ever <= 1:
        raise ValueError("The shares of a scenario add up to more than one")
    chance, factors = _every_report()
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    linear = _linear(scenario.withdraw_effects, factors)

    def withdrawn(at: float) -> Floats:
        by_node = logistic(at + linear[:, None] + scenario.suspect_sd * nodes[None, :])
        out: Floats = by_node @ weights
        return out

    first = float(brentq(lambda at: float(chance @ withdrawn(at)) - scenario.withdraw, -30, 30, xtol=1e-12))
    stays = chance * (1.0 - withdrawn(first))
    closing = _linear(scenario.no_action_effects, factors)
    second = float(
        brentq(lambda at: float(stays @ logistic(at + closing)) - scenario.no_action, -30, 30, xtol=1e-12)
    )
    return Model(scenario, first, second)


def _every_report() -> tuple[Floats, dict[str, npt.NDArray[np.bool_]]]:
    """Return every combination of factors with its chance."""
    rows = np.array(list(itertools.product((False, True), repeat=len(FACTORS))))
    shares = np.array(list(FACTORS.values()))
    chance: Floats = np.where(rows, shares, 1.0 - shares).prod(axis=1)
    return chance, {name: rows[:, i] for i, name in enumerate(FACTORS)}


def incidence(scenario: Scenario, days: tuple[int, ...]) -> dict[str, dict[str, float]]:
    """Return the true cumulative incidence of each competing outcome by each day, of all reports."""
    shares = {
        "withdrawal": (scenario.withdraw, withdrawal_days()),
        "no_further_action": (scenario.no_action, no_action_days()),
        "charge": (scenario.charged, charge_days()),
    }
    return {
        name: {str(d): float(share * chance[: d + 1].sum()) for d in days}
        for name, (share, chance) in shares.items()
    }
