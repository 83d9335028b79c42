"""Scenarios of made-up study bundles: what is true in each, as settings.

Outcomes of a report, in this order: the victim withdraws with a chance that is logistic in the report's
factors (and, where suspects are shared, in the suspect); of those who do not, the report is closed with no
further action with a chance that is logistic too; of the rest some are charged, some end otherwise and some
stay open. Withdrawals happen by day 180 and closures by day 365, so "withdrawn by day 180" and, among the
others, "closed by day 365" are exactly logistic, with the effects written here.

Marks as in :mod:`lamplighter.synthetic.sampling.config`: [S] published, [I] invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: Chance of each factor, independent of each other. Behaviours are of the report, `prior_convictions` of the
#: suspect, `female` of the victim, `ex_partner` of the pair. female .80 [S]; the rest [I].
FACTORS: Mapping[str, float] = MappingProxyType(
    {
        "female": 0.80,
        "ex_partner": 0.45,
        "prior_convictions": 0.25,
        "threat": 0.30,
        "comms": 0.80,
        "strangulation": 0.02,
        "tracking": 0.015,
        "threat_images": 0.01,
    }
)
RARE = ("strangulation", "tracking", "threat_images")

#: 38 % of withdrawals within 7 days and 64 % within 30 are the London Rape Review's update [S]: for stalking
#: nothing is published beyond "many within the first week".
FIRST_WEEK, FIRST_MONTH = 0.38, 0.64


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario. Effects are log odds ratios; shares are of all reports.

    ``suspect_sd`` is the standard deviation of the suspect's own log odds of withdrawal; the intraclass
    correlation on that scale is ``sd**2 / (sd**2 + pi**2 / 3)``.
    """

    name: str
    says: str
    reports: int
    withdraw: float = 0.45
    no_action: float = 0.41
    charged: float = 0.07
    open_for_ever: float = 0.03
    withdraw_effects: Mapping[str, float] = field(default_factory=dict)
    no_action_effects: Mapping[str, float] = field(default_factory=dict)
    reports_a_suspect: float = 1.35
    suspect_sd: float = 0.0
    named: float = 0.90
    earlier_accused: float = 0.30
    first_as_stalking: float = 0.18
    start: dt.date = dt.date(2023, 7, 1)
    end: dt.date = dt.date(2024, 6, 30)
    extracted: dt.date = dt.date(2026, 3, 31)
    volumes: tuple[tuple[dt.date, float], ...] = ()
    flat: bool = False
    forces: int = 1


_EFFECTS = {"female": 0.20, "ex_partner": 0.60, "prior_convictions": 0.25, "threat": -0.30, "comms": 0.10}
_CLOSING = {"female": -0.10, "ex_partner": -0.15, "prior_convictions": -0.40, "threat": -0.35, "comms": -0.20}

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        s.name: s
        for s in (
            Scenario(
                "london",
                "45 % withdraw, many in week one; 41 % no further action; 3 in 10 suspects accused before; "
                "82 % not first classified as stalking; 80 % of victims female.",
                10_000,
                withdraw_effects=_EFFECTS,
                no_action_effects=_CLOSING,
            ),
            Scenario(
                "null",
                "London's shares, and no factor has any effect; every case is one report.",
                10_000,
                reports_a_suspect=1.0,
            ),
            Scenario(
                "shared-suspects",
                "No factor has any effect; reports share suspects, who differ: plain tests reject too often.",
                470,
                reports_a_suspect=2.24,
                suspect_sd=1.2,
                named=1.0,
            ),
            Scenario(
                "rare-factors",
                "Three factors of 1 to 2 %; with one of them nearly everybody withdraws: separation.",
                470,
                withdraw_effects={**_EFFECTS, "strangulation": 0.8, "tracking": -0.6, "threat_images": 8.0},
                no_action_effects=_CLOSING,
            ),
            Scenario(
                "immature",
                "The extract is made on the last day of the period: much is open.",
                4_000,
                withdraw_effects=_EFFECTS,
                no_action_effects=_CLOSING,
                extracted=dt.date(2024, 6, 30),
            ),
            Scenario(
                "spreadsheet",
                "One flat CSV with a mapping, as a force without a system would send it.",
                2_000,
                withdraw_effects=_EFFECTS,
                no_action_effects=_CLOSING,
                flat=True,
            ),
            Scenario("small", "Sixty reports.", 60, withdraw_effects=_EFFECTS, no_action_effects=_CLOSING),
            Scenario(
                "recording-change",
                "Seven years; what is recorded changes in April 2020 and June 2023, what happens does not.",
                14_000,
                start=dt.date(2018, 4, 1),
                end=dt.date(2025, 3, 31),
                extracted=dt.date(2026, 3, 31),
                volumes=(
                    (dt.date(2018, 4, 1), 1.0),
                    (dt.date(2020, 4, 1), 2.4),
                    (dt.date(2023, 6, 1), 1.6),
                ),
            ),
        )
    }
)


def scenario(name: str) -> Scenario:
    """Return a scenario by name. Raises ``KeyError`` naming those there are."""
    try:
        return SCENARIOS[name]
    except KeyError:
        raise KeyError(f"There is no scenario {name!r}; there are {', '.join(SCENARIOS)}") from None
