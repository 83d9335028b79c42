"""Do the limits mean what they say? Cohorts with a known truth, and how often an interval holds it.

A scenario makes one cohort from its own random generator and gives answers: what an estimator said, and what
is true. :func:`run_part` adds up a share of the cohorts (a process can take a share), :func:`merge` joins
shares, and :func:`judge` turns the sums into lines of a table. The same numbers come out however the work was
shared.

An interval that an estimator could not give is counted as ``none`` and never as holding the truth.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

COVERAGE, TYPE_I, COUNT = "coverage", "type I error", "count"
BANDS = {COVERAGE: (0.93, 0.97), TYPE_I: (0.04, 0.06), COUNT: (1.0, 1.0)}
SEED = 20261124
PASS, FAIL, SHOWN = "PASS", "FAIL", "shown"


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what one estimator said of one cohort.

    Attributes:
        estimator: name of the line it belongs to.
        truth: the true value (for ``type I error`` the value tested; for ``count`` 1).
        estimate, lower, upper: NaN when there was no interval. For ``count``, ``estimate`` is 1 for a success
            and 0 for a failure.
        judged: whether the line is held to the band; otherwise it is there to be compared with.
        measure: ``coverage``, ``type I error`` (how often the interval leaves out the truth) or ``count``.
        note: printed beside the line.
    """

    estimator: str
    truth: float
    estimate: float
    lower: float = math.nan
    upper: float = math.nan
    judged: bool = True
    measure: str = COVERAGE
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way of making cohorts.

    Attributes:
        name: short; seeds come from it.
        title: what is made and why.
        answers: from a generator to the answers of one cohort.
        prepare: computes what is true, once, before the work is shared.
        times: how many cohorts for each one asked for (a narrow band needs more of them).
    """

    name: str
    title: str
    answers: Callable[[np.random.Generator], Iterable[Answer]]
    prepare: Callable[[], object] = lambda: None
    times: int = 1


@dataclass(slots=True)
class Sums:
    """Sums over cohorts of one line."""

    truth: float
    judged: bool
    measure: str
    note: str
    cohorts: int = 0
    none: int = 0
    holds: int = 0
    total: float = 0.0
    squares: float = 0.0
    width: float = 0.0

    def add(self, answer: Answer) -> None:
        """Count one answer."""
        self.cohorts += 1
        if answer.measure == COUNT:
            self.holds += int(answer.estimate == 1)
            self.total += answer.estimate
            self.squares += answer.estimate**2
            return
        if not (math.isfinite(answer.lower) and math.isfinite(answer.upper)):
            self.none += 1
            return
        self.holds += int(answer.lower <= answer.truth <= answer.upper)
        self.total += answer.estimate - answer.truth
        self.squares += (answer.estimate - answer.truth) ** 2
        self.width += answer.upper - answer.lower


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table. ``share``: the coverage, the rate of false findings, or the share of successes."""

    scenario: str
    estimator: str
    measure: str
    truth: float
    mean: float
    bias: float
    bias_error: float
    share: float
    band: tuple[float, float]
    cohorts: int
    none: int
    verdict: str
    note: str


def generator(scenario: str, cohort: int) -> np.random.Generator:
    """The random generator of one cohort: from the scenario's name and the cohort's number only."""
    return np.random.default_rng([SEED, zlib.crc32(scenario.encode()), cohort])


def run_part(scenario: Scenario, cohorts: Iterable[int]) -> dict[str, Sums]:
    """The sums over some cohorts, by line, in the order in which lines first appear."""
    found: dict[str, Sums] = {}
    for cohort in cohorts:
        for answer in scenario.answers(generator(scenario.name, cohort)):
            line = found.get(answer.estimator)
            if line is None:
                line = Sums(answer.truth, answer.judged, answer.measure, answer.note)
                found[answer.estimator] = line
            line.add(answer)
    return found


def merge(parts: Iterable[dict[str, Sums]]) -> dict[str, Sums]:
    """Join shares, in the order given."""
    out: dict[str, Sums] = {}
    for part in parts:
        for name, sums in part.items():
            if name not in out:
                out[name] = sums
                continue
            whole = out[name]
            whole.cohorts += sums.cohorts
            whole.none += sums.none
            whole.holds += sums.holds
            whole.total += sums.total
            whole.squares += sums.squares
            whole.width += sums.width
    return out


def judge(scenario: str, sums: dict[str, Sums], *, wider: float = 0.0) -> Iterator[Line]:
    """Lines of the table. ``wider`` widens the band on both sides, for runs of few cohorts."""
    for name, line in sums.items():
        given = line.cohorts - line.none
        low, high = BANDS[line.measure]
        share = line.holds / given if given else math.nan
        if line.measure == TYPE_I:
            share = 1 - share
        mean = line.total / given if given else math.nan
        spread = math.sqrt(max(line.squares / given - mean**2, 0.0) / given) if given else math.nan
        counted = line.measure == COUNT
        inside = low - wider <= share <= high + wider if not counted else line.holds == line.cohorts
        yield Line(
            scenario=scenario,
            estimator=name,
            measure=line.measure,
            truth=line.truth,
            mean=mean if counted else line.truth + mean,
            bias=math.nan if counted else mean,
            bias_error=math.nan if counted else spread,
            share=share,
            band=(low, high),
            cohorts=line.cohorts,
            none=line.none,
            verdict=(PASS if inside else FAIL) if line.judged else SHOWN,
            note=line.note,
        )
