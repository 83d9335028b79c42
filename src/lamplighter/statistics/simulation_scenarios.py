"""The twelve scenarios of the verification programme (docs/statistics-regression.md)."""

from __future__ import annotations

from lamplighter.statistics import simulation_sizes, simulation_traps
from lamplighter.statistics.simulation import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("sizes", "60 to 5,000 allegations", simulation_sizes.sizes),
    Scenario("rates", "rates of 5 to 55%", simulation_sizes.rates),
    Scenario("rare factors", "12 factors, three of 1 to 2%", simulation_sizes.rare),
    Scenario("shared suspects", "ICC 0 to 0.3; suspects and victims", simulation_traps.clustering),
    Scenario(
        "crossing hazards",
        "effects that change with time",
        simulation_traps.crossing,
        simulation_traps.crossing_truth,
    ),
    Scenario("competing outcomes", "three outcomes", simulation_traps.competing),
    Scenario("lag", "open on the day of the extract", simulation_traps.lag),
    Scenario("linkage error", "5% of suspects lost, 5% wrong", simulation_traps.linkage),
    Scenario("weak overlap", "one term nearly decides another", simulation_traps.overlap),
    Scenario("wrong form", "a curve and an interaction left out", simulation_traps.wrong_form),
    Scenario("no effect", "false findings with shared suspects", simulation_traps.no_effect, times=5),
    Scenario(
        "uneven effect",
        "an effect that differs between halves",
        simulation_traps.uneven,
        simulation_traps.uneven_hazard,
    ),
)
# Not judged: shows from how many suspects on a cluster-robust interval can be trusted.
EXTRA = (Scenario("few suspects", "5 to 40 suspects", simulation_traps.few_clusters),)
