"""Tell whether a force can be set beside the others for a measure, and if not, why, in words.

A force that cannot is drawn apart and is in no limit and no test. Its figures stand in the tables all the
same, with the reason beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from lamplighter.reporting.words import count, number
from lamplighter.studies.forces.counts import NO_OUTCOME, Counts
from lamplighter.studies.forces.measures import Measure, Settings
from lamplighter.vocabulary.forces import has_an_area

NO_AREA = "It polices no area."


@dataclass(frozen=True, slots=True)
class Sizes:
    """Size of one force in the period: its crimes, those without an outcome, its periods."""

    crimes: int
    open: int
    periods: int


def sizes_of(counts: Counts) -> dict[str, Sizes]:
    """Return the crimes of each force that were recorded in the period, with those still open."""
    recorded = (
        counts.frame.filter(pl.col("basis") == "recorded")
        .group_by("force")
        .agg(
            pl.col("count").sum().alias("n"),
            pl.col("count").filter(pl.col("outcome") == NO_OUTCOME).sum().alias("o"),
        )
    )
    seen = dict(counts.there.group_by("force").agg(pl.struct("first", "last").n_unique()).iter_rows())
    held = {force: (int(n), int(o)) for force, n, o in recorded.iter_rows()}
    return {f: Sizes(*held.get(f, (0, 0)), int(seen.get(f, 0))) for f in counts.forces}


def why_not(
    measure: Measure, x: int, n: int, size: Sizes, counts: Counts, force: str, limits: Settings
) -> tuple[str, ...]:
    """Return the reasons for which a force is not set beside the others; none when it can be."""
    if force in counts.left_apart:
        return ("Its figures are of other periods than those of the other forces.",)
    reasons = []
    if not has_an_area(force):
        reasons.append(NO_AREA)
    unit = counts.unit if measure.basis == "recorded" else "outcome"
    if n <= 0:
        reasons.append(f"There are no {unit}s to take a share of: 0 of 0 is no share.")
    elif n < limits.fewest and not measure.is_rate:
        reasons.append(f"Fewer than {limits.fewest}: {count(n, unit)}.")
    elif x < 0:
        reasons.append("Corrections of earlier periods make the count less than nought.")
    whole = len(counts.periods)
    expected = size.crimes / max(size.periods, 1)
    if size.periods and whole > size.periods and expected >= limits.quarter_expected:
        reasons.append(f"Figures of {size.periods} of {whole} periods only.")
    if measure.gate and size.crimes and size.open > limits.open_share * size.crimes:
        share = 100 * size.open / size.crimes
        reasons.append(
            f"{number(size.open)} of {number(size.crimes)} {counts.unit}s have no outcome yet "
            f"({number(share, 1)}%), more than {number(100 * limits.open_share)}%."
        )
    return tuple(reasons)
