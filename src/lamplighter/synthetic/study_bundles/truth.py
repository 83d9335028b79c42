"""Work out what is true of a made-up bundle: incidences, effects, indicators; kept apart from what a study
reads.

``expected`` is the chance in the scenario, worked out from its settings. ``numerator`` and ``denominator``
are what was drawn, counted over reports as if the extract had come after everything. Where every case is one
report (scenario ``null``) they are the indicators by case as well.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lamplighter.synthetic.sampling.draws import Bools
from lamplighter.synthetic.study_bundles.cohort import CHARGED, NO_ACTION, WITHDRAWN, Cohort
from lamplighter.synthetic.study_bundles.events import Events
from lamplighter.synthetic.study_bundles.outcome_model import incidence, withdrawal_days
from lamplighter.synthetic.study_bundles.process_events import CORRECTED, SHARES, corrected_days
from lamplighter.synthetic.study_bundles.scenarios import FACTORS

DAYS = (0, 1, 3, 7, 14, 30, 60, 90, 180, 365)


def within(hours: float, mean: float) -> float:
    """Chance that an exponential delay of a mean in hours, cut to minutes, is at most ``hours``."""
    return 1.0 - math.exp(-(hours * 60 + 1) / (mean * 60))


def truth(cohort: Cohort, events: Events, seed: int) -> dict[str, Any]:
    """Everything that is true of the bundle, ready for JSON."""
    s = cohort.scenario
    days = withdrawal_days()
    sd2 = s.suspect_sd**2
    return {
        "scenario": s.name,
        "says": s.says,
        "seed": seed,
        "reports": cohort.size,
        "cases": int(cohort.first_of_case.sum()),
        "suspects": int(cohort.first_of_suspect.sum()),
        "clock": "whole days from the day of reported_at to the day of the event",
        "shares": {
            "withdrawal": s.withdraw,
            "no_further_action": s.no_action,
            "charge": s.charged,
            "stays_open": s.open_for_ever,
            "earlier_accused": s.earlier_accused,
            "first_as_stalking": s.first_as_stalking,
        }
        | dict(FACTORS),
        "cumulative_incidence": incidence(s, DAYS),
        "among_withdrawn": {str(d): float(days[: d + 1].sum()) for d in DAYS if d <= 180},
        "drawn": {
            "withdrawal": int((cohort.became == WITHDRAWN).sum()),
            "no_further_action": int((cohort.became == NO_ACTION).sum()),
            "charge": int((cohort.became == CHARGED).sum()),
            "earlier_accused": int(cohort.accused_before[cohort.first_of_suspect].sum()),
        },
        "effects": {
            "withdrawn_by_180": {name: s.withdraw_effects.get(name, 0.0) for name in FACTORS},
            "closed_by_365_of_those_who_did_not_withdraw": {
                name: s.no_action_effects.get(name, 0.0) for name in FACTORS
            },
            "scale": "log odds ratio, given the suspect where suspects differ",
            "intraclass_correlation": sd2 / (sd2 + math.pi**2 / 3),
        },
        "breaks": [{"from": day.isoformat(), "volume": volume} for day, volume in s.volumes],
        "indicators": _indicators(cohort, events),
    }


def _counted(expected: float | None, hit: Bools, among: Bools) -> dict[str, Any]:
    return {"expected": expected, "numerator": int((hit & among).sum()), "denominator": int(among.sum())}


def _indicators(cohort: Cohort, events: Events) -> dict[str, dict[str, Any]]:
    d, c = events.drawn, cohort
    every = np.ones(c.size, dtype=bool)
    first, corrected = d["first as stalking"], d["corrected"]
    s = c.scenario
    by_three = float(corrected_days()[:4].sum())
    recognised = s.first_as_stalking + (1 - s.first_as_stalking) * CORRECTED
    withdrawn = c.became == WITHDRAWN

    def soon(name: str, start: Any, hours: float) -> Bools:
        found: Bools = d[name] & (d[f"{name} at"] - start <= hours * 60)
        return found

    stalking_tool = soon("assessed", c.reported, 24) & d["stalking tool"] & d["complete"]
    chance_of_tool = SHARES["assessed"] * SHARES["stalking tool"] * SHARES["complete"]
    fast = soon("reviewed", d["triggered at"], 48)
    return {
        "1": _counted(s.first_as_stalking / recognised, first, first | corrected),
        "2": _counted(CORRECTED * by_three, corrected & (d["corrected day"] <= 3), ~first),
        "3": _counted(0.5, d["meets the test"], d["audited"] & ~first & ~corrected),
        "6": _counted(0.8, d["found by search"], d["audited"] & (first | corrected)),
        "7": _counted(SHARES["checked"] * within(24, 30.0), soon("checked", c.reported, 24), c.named),
        "9": _counted(chance_of_tool * within(24, 20.0), stalking_tool, every),
        "10": _counted(SHARES["reviewed"] * within(48, 40.0), fast, d["triggered"]),
        "12": _counted(46 / 470, d["minimising"], d["audited"]),
        "15": _counted(s.withdraw, withdrawn & (c.day <= 180), every),
        "16": _counted(
            s.withdraw * float(withdrawal_days()[:8].sum()), withdrawn & (c.day >= 0) & (c.day <= 7), every
        ),
        "17": _counted(0.55 * 0.35, d["reasons"] & d["pressure asked"], withdrawn),
        "20": _counted(
            SHARES["result"] * within(28 * 24, 24.0 * 40),
            soon("result", d["submitted at"], 28 * 24),
            d["submitted"],
        ),
        "21": _counted(
            SHARES["considered"] * within(7 * 24, 24.0 * 5), soon("considered", c.reported, 7 * 24), c.named
        ),
        "23": _counted(
            SHARES["answered"] * within(24, 10.0), soon("answered", d["breached at"], 24), d["breached"]
        ),
        "24": _counted(0.6, d["court order"], d["concluded"]),
        "25": _counted(
            SHARES["disclosed"] * within(48, 40.0),
            soon("disclosed", c.reported, 48),
            d["anonymous"] & c.named,
        ),
        "26 offered": _counted(SHARES["offered"], d["offered"], every),
        "28": _counted(
            SHARES["health decision"] * within(240, 24.0 * 8),
            soon("health decision", d["health at"], 240),
            d["health"],
        ),
        "29 actions": _counted(0.6, d["action done"], d["meeting"]),
        "31": _counted(0.4, d["custody reviewed"], d["indicator in custody"]),
        "32": _counted(SHARES["trained"], d["trained"], d["assessed"]),
    }
