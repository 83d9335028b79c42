"""A3: time to withdrawal, to no further action and to charge, as outcomes that compete.

Never one minus Kaplan-Meier: a victim who withdrew can no longer be charged
upon, and treating her as censored would invent withdrawals that never came.
Open reports stay in to the day of the extract.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.disclosure.tables import Curve, Summary
from lamplighter.statistics.survival.aalen_johansen import CompetingCurves, aalen_johansen
from lamplighter.studies.review.cohort import Cohort, on_the_clock
from lamplighter.studies.review.results import Count, Field, counted
from lamplighter.studies.review.settings import END_TITLES, ENDS

#: How soon those who withdrew had done so: for comparison with London's rape reviews, and not a risk.
SOON = {
    "0": "On the day itself",
    "1-7": "Day 1 to 7",
    "8-30": "Day 8 to 30",
    "31-90": "Day 31 to 90",
    "91-180": "Day 91 to 180",
    "181-plus": "Later",
}

OUTSIDE = (
    "Some reports ended on a day that is not known, or that is dated before the report: they stand outside "
    "the curves and the models."
)


@dataclass(frozen=True)
class Timing:
    """The competing curves with their limits, and what follows from them."""

    curves: CompetingCurves | None
    named: dict[str, Curve]
    limits: dict[str, list[tuple[float, float, float]]]
    counts: list[Count]
    summaries: list[Summary]
    flags: tuple[str, ...]
    #: Reports that stand outside the curves: how they ended is known, and not when.
    undated: int = 0


def timing(cohort: Cohort) -> Timing:
    """Cumulative incidence by day, at-risk counts, and the days among those who withdrew."""
    reports = on_the_clock(cohort.reports).filter(pl.col("followed") >= 0)
    undated = cohort.reports.height - reports.height
    flags = [OUTSIDE] if undated else []
    if not reports.height:
        return Timing(None, {}, {}, [], [], tuple(flags), undated)
    days = reports.select(pl.coalesce("end_day", "followed")).to_series().to_numpy()
    codes = {end: place for place, end in enumerate(ENDS, start=1)}
    cause = (
        reports["end"].cast(pl.String).replace_strict(codes, default=0, return_dtype=pl.Int64).fill_null(0)
    ).to_numpy()
    shared = pl.coalesce("suspect_id", "report_id")
    clusters = reports.select(shared.rank("dense").cast(pl.Int64)).to_series().to_numpy()
    curves = aalen_johansen(days.astype(np.float64), cause, clusters=clusters)
    named, limits = {}, {}
    for code in curves.causes:
        end = ENDS[code - 1]
        named[end], limits[end] = _curve(curves, code, end)
    withdrawn = cohort.reports.filter(pl.col("withdrawn_day").is_not_null())
    edges = [1, 8, 31, 91, 181]
    soon = counted(
        withdrawn.with_columns(
            soon=pl.col("withdrawn_day").bin_intervals(edges, labels=list(SOON)).cast(pl.String)
        ),
        "how-soon-withdrawn",
        "Among victims who withdrew, how soon",
        [Field("soon", "When", SOON)],
        measure="withdrawals",
        unit="reports",
        basis="Reports in which the victim withdrew, by days from the report",
        notes=("A distribution among those who withdrew, not a risk: it says nothing of how many withdraw.",),
    )
    flags += [flag.text for flag in curves.flags]
    return Timing(curves, named, limits, [soon], [], tuple(flags), undated)


def _curve(curves: CompetingCurves, code: int, end: str) -> tuple[Curve, list[tuple[float, float, float]]]:
    column = curves.causes.index(code)
    steps = curves.events[:, column] > 0
    # The curve begins with everybody: by the first event of one end, others have ended in another way.
    first = int(curves.times[steps][0] > 0)
    curve = Curve(
        name=f"time-to-{end.replace('_', '-')}",
        title=f"Time to: {END_TITLES[end].lower()}",
        kind="incidence",
        times=(*([0.0] * first), *(float(day) for day in curves.times[steps])),
        events=(*([0] * first), *(int(n) for n in curves.events[steps, column])),
        at_risk=(*([curves.n] * first), *(int(n) for n in curves.at_risk[steps])),
        estimate=(*([0.0] * first), *(float(p) for p in curves.incidence[steps, column])),
    )
    limits = [
        (float(day), float(low), float(high))
        for day, low, high in zip(
            curves.times[steps], curves.lower[steps, column], curves.upper[steps, column], strict=True
        )
    ]
    return curve, limits
