"""The twelve scenarios of the verification programme (docs/statistics-regression.md)."""

from __future__ import annotations

from lamplighter.statistics.simulation import misspecification, sample_sizes
from lamplighter.statistics.simulation.coverage import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("sizes", "60 to 5,000 allegations", sample_sizes.sizes),
    Scenario("rates", "rates of 5 to 55%", sample_sizes.rates),
    Scenario("rare factors", "12 factors, three of 1 to 2%", sample_sizes.rare),
    Scenario("shared suspects", "ICC 0 to 0.3; suspects and victims", misspecification.clustering),
    Scenario(
        "crossing hazards",
        "effects that change with time",
        misspecification.crossing,
        misspecification.crossing_truth,
    ),
    Scenario("competing outcomes", "three outcomes", misspecification.competing),
    Scenario("lag", "open on the day of the extract", misspecification.lag),
    Scenario("linkage error", "5% of suspects lost, 5% wrong", misspecification.linkage),
    Scenario("weak overlap", "one term nearly decides another", misspecification.overlap),
    Scenario("wrong form", "a curve and an interaction left out", misspecification.wrong_form),
    Scenario("no effect", "false findings with shared suspects", misspecification.no_effect, times=5),
    Scenario(
        "uneven effect",
        "an effect that differs between halves",
        misspecification.uneven,
        misspecification.uneven_hazard,
    ),
)
# Not judged: shows from how many suspects on a cluster-robust interval can be trusted.
EXTRA = (Scenario("few suspects", "5 to 40 suspects", misspecification.few_clusters),)
