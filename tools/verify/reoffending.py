"""Made-up countries whose truth is known, and intervals of their rates: python -m tools.verify.reoffending.

Each country has 43 forces, people who go on, move, die and are imprisoned, courts that take their time, and
links that are missed or false. From its extract four ladders are worked out (index event and outcome, 12
months) by plain array arithmetic of this file, which shares nothing with the study of reoffending: on the
published links with 12 and 6 months as official statistics do (``plain``), corrected for late proof alone
((``lag``), over twenty drawn partitions alone (``links``), and both. Counted is how often each interval holds
the truth. That of ``people`` is what will be known of these people once everything is proven and it is known
who is who; that of the other ways is the rate of the process that made them, which other people would share.
For the latter Rubin's rules (``both``) are wide where beliefs are exactly calibrated: the former is judged.

    python -m tools.verify.reoffending --countries 1000
    python -m tools.verify.reoffending --others 60 --bias 100 --large 14 --accuracy 100

``--others`` makes countries in which something else is wrong, and ``--bias`` says how far the published links
are off for each of two groups of people, the links of one of which are more often in doubt.
``--accuracy`` makes countries of more people whose links are known, and counts how often the corrected rate
is within one point of the mature truth, by median delay and number of people asked about.

In slices: ``--kept FILE --minutes 2`` keeps a line a country in FILE, stops in time (status 3) and, run
again, goes on from there. Ends with status 1 when the corrected intervals of the main countries hold the
truth in fewer than 93 or more than 97 of 100, or the corrected rate is within a point in fewer than 95 of 100
where enough people are asked.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lamplighter.statistics import (
    combine,
    mature_rate,
    meet,
    refine,
    signed_bias,
    unseen_links,
    waiting_rates,
    wilson,
)
from lamplighter.synthetic.histories.history import History, history
from lamplighter.synthetic.histories.links import Links
from lamplighter.synthetic.histories.lives import area_of
from lamplighter.synthetic.histories.proofs import NEVER
from lamplighter.synthetic.histories.settings import GROUPS, Settings

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
UNFINISHED = 3
SEED = 20_261_201
FINAL = 1826
#: The rate asked is of those with 18 to 30 months behind them: a year from so many days before the extract.
FROM = 548
BAND = (0.93, 0.97)
WITHIN = 0.01
#: Medians of delay; a country of the main scenario has one of them in turn.
MEDIANS = (60, 130, 200, 300, 400)
#: Days between two records that make kinds of pairs, and from when a belief is in doubt.
BETWEEN, DOUBT = (-365, 0, 60, 180, 365, 730, 1461), 0.025
#: Student's t of twenty draws.
T19 = 2.093
#: People asked about from which the corrected rate is held to one point.
ENOUGH = 10_000
RELATED = ("stalking", "harassment", "malicious_communications")


@dataclass(frozen=True)
class Ladder:
    """An index event and an outcome."""

    name: str
    index: str
    known: str
    groups: tuple[str, ...]

    @property
    def longest(self) -> int:
        return FINAL if self.known == "proven" else FROM


LADDERS = (
    Ladder("allegation, then stalking-related and proven", "recorded", "proven", RELATED),
    Ladder("allegation, then stalking recorded", "recorded", "recorded", ("stalking",)),
    Ladder("charge, then any proven", "charged", "proven", tuple(set(GROUPS))),
    Ladder("conviction, then any proven", "proven", "proven", tuple(set(GROUPS))),
)


@dataclass(frozen=True)
class Scenario:
    """A kind of country; ``judged`` scenarios are held to the band."""

    name: str
    title: str
    settings: Settings
    judged: bool = False
    trend: bool = False
    unseen: float = 0.0
    calibration: float = 0.0
    refined: bool = False
    by_force: bool = False


MAIN, BY_FORCE = "main", "forces"
#: Lives in a country.
PEOPLE = 9_000
SCENARIOS = (
    Scenario(MAIN, "medians of 60 to 400 days", Settings(people=PEOPLE), judged=True),
    Scenario("random", "false links join any two", Settings(people=PEOPLE, lookalikes="random")),
    Scenario(
        "refined",
        "the same, and beliefs that know of days and forces",
        Settings(people=PEOPLE, lookalikes="random"),
        refined=True,
    ),
    Scenario(
        "unseen",
        "5 in 100 links across forces never looked at",
        Settings(people=PEOPLE, unseen=0.05),
        unseen=0.05,
    ),
    Scenario("slower", "delays lengthen by 8% a year", Settings(people=PEOPLE, slower=0.08)),
    Scenario("off", "all beliefs off by 0.25 in log odds", Settings(people=PEOPLE, calibration=0.25)),
    Scenario(
        "drawn",
        "the same, and draws that allow for it",
        Settings(people=PEOPLE, calibration=0.25),
        calibration=0.25,
    ),
    Scenario("trend", "the same, with a trend", Settings(people=PEOPLE, slower=0.08), trend=True),
    Scenario(
        BY_FORCE,
        "the main countries, with forces for court areas, as the study has them",
        Settings(people=PEOPLE),
        judged=True,
        by_force=True,
    ),
)


def year_after(day: Ints) -> Ints:
    """Return the same day a year later; 28 February for the 29th."""
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    place = (date - month.astype("datetime64[D]")).astype(np.int64)
    to = month + 12
    length = ((to + 1).astype("datetime64[D]") - to.astype("datetime64[D]")).astype(np.int64)
    return np.asarray(to.astype("datetime64[D]").astype(np.int64) + np.minimum(place, length - 1))


def _among(groups: tuple[str, ...]) -> Bools:
    """Return which offences are of these groups, by their place."""
    return np.array([group in groups for group in GROUPS])


@dataclass(frozen=True)
class Cohort:
    """Everybody's first index event in each year before the extract; year 0 is the one that is asked about.

    ``delay`` is from it to the first proof, NaN where none was there by the day; ``rests`` says that the act
    is linked to the index event across forces.
    """

    day0: Ints
    window: Ints
    year: Ints
    area: Ints
    force: Ints
    group: Ints
    delay: npt.NDArray[np.float64]
    rests: Bools

    @property
    def asked(self) -> Bools:
        return np.asarray(self.year == 0)


def cohort(
    made: History,
    person: Ints,
    ladder: Ladder,
    *,
    eventual: bool = False,
    only: tuple[int, int] | None = None,
) -> Cohort:
    """Work out a ladder under one reading of who is who, by the extract or with all that came later.

    ``only`` asks about index events from one day to before another, and no other year.
    """
    acts, upto = made.acts, made.upto
    days = {"recorded": made.recorded, "charged": made.charged, "proven": acts.proven}
    start = days[ladder.index]
    at = np.flatnonzero(_among(("stalking",))[acts.offence] & (start <= upto))
    year = (upto - FROM - start[at]) // 365
    if only is not None:
        year = np.where((start[at] >= only[0]) & (start[at] < only[1]), 0, -2)
    at, year = at[year >= -1], year[year >= -1]
    order = np.lexsort((acts.day[at], start[at], -year, person[at]))
    at, year = at[order], year[order]
    key = person[at] * 64 + year
    first = np.append(True, key[1:] != key[:-1])[: key.size]
    at, year = at[first], year[first]
    # Whatever of the same person might count, a row for each pair of index event and act.
    known_on = days[ladder.known]
    may = np.flatnonzero(_among(ladder.groups)[acts.offence] & (known_on < (NEVER if eventual else upto + 1)))
    may = may[np.argsort(person[may], kind="stable")]
    begins = np.searchsorted(person[may], person[at], side="left")
    many = np.searchsorted(person[may], person[at], side="right") - begins
    entry = np.repeat(np.arange(at.size), many)
    within = np.arange(entry.size) - np.repeat(np.cumsum(many) - many, many)
    act = may[begins[entry] + within]
    day0 = start[at]
    counts = (acts.day[act] > day0[entry]) & (acts.day[act] <= year_after(day0)[entry])
    entry, act = entry[counts], act[counts]
    seen = np.full(at.size, np.inf)
    np.minimum.at(seen, entry, known_on[act].astype(np.float64))
    crossings = np.zeros(person.size, dtype=np.int64)
    crossings[1:] = np.cumsum((acts.life[1:] == acts.life[:-1]) & (acts.force[1:] != acts.force[:-1]))
    fewest = np.full(at.size, NEVER)
    np.minimum.at(fewest, entry, np.abs(crossings[act] - crossings[at[entry]]))
    return Cohort(
        day0=day0,
        window=upto - day0,
        year=year,
        area=area_of(acts.force[at]),
        force=acts.force[at],
        group=acts.group[at],
        delay=np.where(np.isfinite(seen), seen - day0, np.nan),
        rests=(fewest > 0) & (fewest < NEVER),
    )


def truth(made: History, ladder: Ladder) -> tuple[int, int]:
    """Return how many will be counted, and of how many, once everything is known."""
    found = cohort(made, made.links.truth(), ladder, eventual=True)
    return int((found.delay[found.asked] <= ladder.longest).sum()), int(found.asked.sum())


def mature(
    found: Cohort, ladder: Ladder, *, trend: bool = False, by_force: bool = False, target: str = "process"
) -> Any:
    """Return the rate of the year asked about, corrected for late proof, with courts or forces as strata."""
    return mature_rate(
        found.delay,
        found.window,
        longest=ladder.longest,
        of=found.asked,
        strata=found.force if by_force else found.area,
        started=found.day0 if trend else None,
        trend=trend,
        target=target,
    )


def waited(found: Cohort) -> tuple[float, float, tuple[float, float]]:
    """Return the official 12 and 6 months: the rate, its variance, and its interval."""
    mine = found.asked
    one = waiting_rates(found.delay[mine], found.window[mine])[0]
    rate = one.counted / one.people
    interval = wilson(np.asarray(one.counted), np.asarray(one.people))
    return rate, rate * (1 - rate) / one.people, (float(interval.lower), float(interval.upper))


def country(task: tuple[str, int]) -> dict[str, Any]:
    """Make one country, and say what each way of counting says of it."""
    name, seed = task
    scenario = next(s for s in SCENARIOS if s.name == name)
    settings = scenario.settings
    if name in (MAIN, BY_FORCE):
        settings = replace(settings, median_delay=float(MEDIANS[seed % len(MEDIANS)]))
    made = history(settings, SEED + seed)
    believed = replace(made, links=refined(made)) if scenario.refined else made
    drawn = (believed.drawn(d, scenario.calibration) for d in range(1, settings.draws + 1))
    readings = [made.links.published(), *drawn]
    line: dict[str, Any] = {
        "scenario": name,
        "seed": seed,
        "median": settings.median_delay,
        "missed": made.links.missed(across=False),
        "missed_across": made.links.missed(across=True),
        "false": made.links.false(),
        "ladders": {},
    }
    for ladder in LADDERS:
        line["ladders"][ladder.name] = _ladder(made, readings, ladder, scenario)
    return line


def refined(made: History) -> Links:
    """Return the links with beliefs that know how many days lie between two records, and in which forces."""
    links, acts = made.links, made.acts
    days = acts.day[links.second] - acts.day[links.first]
    kind = np.searchsorted(BETWEEN, days, side="right") * 2 + links.across
    doubt = (links.belief > DOUBT) & (links.belief < 1 - DOUBT) & links.seen
    belief = links.belief.copy()
    belief[doubt] = refine(belief[doubt], kind[doubt]).belief
    return replace(links, belief=belief)


def _ladder(made: History, readings: list[Ints], ladder: Ladder, scenario: Scenario) -> dict[str, Any]:
    counted, people = truth(made, ladder)
    cohorts = [cohort(made, person, ladder) for person in readings]
    plain, *drawn_plain = [waited(c) for c in cohorts]
    lag, *drawn = [mature(c, ladder, trend=scenario.trend, by_force=scenario.by_force) for c in cohorts]
    links = combine([r for r, _, _ in drawn_plain], [v for _, v, _ in drawn_plain], scale="logit")
    out: dict[str, Any] = {
        "truth": [counted, people],
        "plain": [plain[0], *plain[2]],
        "lag": [lag.estimate, lag.lower, lag.upper],
        "links": [links.estimate, links.lower, links.upper],
        "told": all(m.told for m in drawn),
    }
    if out["told"]:
        values = [m.estimate for m in drawn]
        both = combine(values, [m.variance for m in drawn], complete_df=people - 1, scale="logit")
        own = combine(values, [m.lag_variance for m in drawn], scale="logit")
        out["both"] = [both.estimate, both.lower, both.upper]
        out["people"] = [own.estimate, own.lower, own.upper]
        out["due_to_linkage"] = both.due_to_linkage
        if scenario.unseen:
            out["unseen"], out["widened"] = _unseen(made, cohorts[1], both, scenario.unseen)
    return out


def _unseen(made: History, found: Cohort, both: Any, share: float) -> tuple[list[float], list[float]]:
    """Return the interval moved to what is likely, and widened by the bound."""
    counted = found.asked & ~np.isnan(found.delay)
    # Links across forces between the records of the cohort's people that somebody looked at.
    links = made.links
    near = links.across & links.seen & links.true
    near &= np.abs(made.acts.day[links.second] - (made.upto - FROM - 183)) <= 365
    bound = unseen_links(
        found.rests[counted].astype(np.int64),
        int(found.asked.sum()),
        float(near.sum()),
        unseen=share,
        unseen_at_most=1.5 * share,
    )
    moved = bound.moved(both.lower, both.upper)
    return [both.estimate * bound.likely / bound.rate, *moved], [
        both.estimate,
        *bound.widen(both.lower, both.upper),
    ]


# How near the corrected rate comes to the mature truth.


def accuracy(task: tuple[int, int]) -> dict[str, Any]:
    """Correct one country's ladders on the true links, for parts of its people."""
    median, seed = task
    made = history(Settings(people=160_000, median_delay=float(median)), SEED + 50_000 + seed)
    person = made.links.truth()
    ladder = LADDERS[0]
    found = cohort(made, person, ladder)
    final = cohort(made, person, ladder, eventual=True)
    rng = np.random.default_rng([SEED, seed])
    turn = rng.random(found.day0.size)
    out = []
    for part in (1.0, 0.25, 0.0625):
        mine = turn < part
        own = replace(found, **{k: getattr(found, k)[mine] for k in found.__dataclass_fields__})
        asked = own.asked
        known = float((final.delay[mine][asked] <= ladder.longest).mean())
        said = mature(own, ladder, target="people")
        plain = waited(own)[0]
        out.append([int(asked.sum()), known, said.estimate, said.lower, said.upper, plain])
    return {"scenario": "accuracy", "median": median, "seed": seed, "parts": out}


# How far the published links are off, for whom.


def bias(seed: int) -> dict[str, Any]:
    """Say of one country how far the published rate of each group is off, and how far it truly is."""
    made = history(Settings(people=PEOPLE), SEED + 70_000 + seed)
    ladder = LADDERS[1]

    def rates(person: Ints) -> list[float]:
        found = cohort(made, person, ladder)
        counted = ~np.isnan(found.delay)
        return [float(counted[found.asked & (found.group == g)].mean()) for g in (0, 1)]

    published = made.links.published()
    drawn = [made.drawn(draw) for draw in range(1, made.settings.draws + 1)]
    own = rates(published)
    told = signed_bias(own, [rates(meet(published, one)) for one in drawn], [rates(one) for one in drawn])
    true = rates(made.links.truth())
    return {
        "scenario": "bias",
        "median": made.settings.median_delay,
        "seed": seed,
        "groups": [
            [told.bias[g], told.false_links[g], told.missed_links[g], told.error[g], own[g] - true[g]]
            for g in (0, 1)
        ],
    }


def _biases(lines: list[dict[str, Any]]) -> str:
    text = [
        f"\nbias of published links by group; {len(lines):,} countries; allegation, then stalking recorded"
    ]
    text.append(f"  {'group':8}{'told':>8}{'false':>8}{'missed':>8}{'truly':>8}{'holds':>8}   points")
    for g, name in enumerate(("larger", "smaller")):
        told, false, missed, error, true = np.array([line["groups"][g] for line in lines]).T
        holds = float((np.abs(told - true) <= T19 * error).mean())
        columns = "".join(f"{100 * values.mean():>+8.2f}" for values in (told, false, missed, true))
        text.append(f"  {name:8}{columns}{holds:>8.1%}")
    return "\n".join(text)


def large(seed: int) -> dict[str, Any]:
    """Draw in one large country whose beliefs are off, with and without doubt about the beliefs."""
    made = history(Settings(people=60_000, calibration=0.25, years=6), SEED + 95_000 + seed)
    ladder = LADDERS[1]
    counted, people = truth(made, ladder)
    year = (made.upto - FROM - 364, made.upto - FROM + 1)
    out = []
    for doubt in (0.0, 0.25):
        drawn = [made.drawn(draw, doubt) for draw in range(1, made.settings.draws + 1)]
        rates = [float((~np.isnan(cohort(made, one, ladder, only=year).delay)).mean()) for one in drawn]
        both = combine(rates, np.zeros(len(rates)))
        out.append([both.estimate - counted / people, both.total**0.5])
    return {"scenario": "large", "median": made.settings.median_delay, "seed": seed, "draws": out}


def _large(lines: list[dict[str, Any]]) -> str:
    text = [
        f"\nbeliefs off by 0.25 in {len(lines)} countries of 60,000 lives; allegation, then stalking recorded"
    ]
    text.append(f"  {'draws':24}{'holds':>8}{'spread of errors':>18}{'their error':>13}   points")
    for way, name in enumerate(("as believed", "with doubt of beliefs")):
        error, told = np.array([line["draws"][way] for line in lines]).T
        holds = float((np.abs(error) <= T19 * told).mean())
        text.append(f"  {name:24}{holds:>8.0%}{100 * error.std():>18.2f}{100 * told.mean():>13.2f}")
    return "\n".join(text)


# What came out.


def held(lines: Iterable[dict[str, Any]], ladder: str, way: str) -> tuple[int, int, float, float]:
    """Return how often an interval held the truth, of how many, the mean error in points, and the mean width.

    The truth of ``people`` is each country's own; of all others the rate of the process, which is that of all
    countries with the same delay together.
    """
    pooled: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    rows = list(lines)
    for line in rows:
        own = line["ladders"][ladder]["truth"]
        pooled[line["median"]][0] += own[0]
        pooled[line["median"]][1] += own[1]
    inside = count = 0
    error = width = 0.0
    for line in rows:
        found = line["ladders"][ladder]
        if way not in found:
            continue
        whole = found["truth"] if way == "people" else pooled[line["median"]]
        true = whole[0] / whole[1]
        value, low, high = found[way]
        if not math.isfinite(value):
            continue
        inside += low <= true <= high
        count += 1
        error += value - true
        width += high - low
    return inside, count, 100 * error / max(count, 1), 100 * width / max(count, 1)


WAYS = ("plain", "lag", "links", "both", "people", "unseen", "widened")


def summary(lines: list[dict[str, Any]]) -> tuple[str, bool]:
    """Return the tables as text, and whether the main countries and the accuracy passed."""
    text, good = [], True
    for scenario in SCENARIOS:
        mine = [line for line in lines if line["scenario"] == scenario.name]
        if not mine:
            continue
        missed, across, false = (
            100 * float(np.mean([line[k] for line in mine])) for k in ("missed", "missed_across", "false")
        )
        text.append(
            f"\n{scenario.name}: {scenario.title}; {len(mine):,} countries; links missed {missed:.1f}% "
            f"within a force, {across:.1f}% across, {false:.1f}% of published ones false"
        )
        text.append(f"  {'':46}{'way':9}{'holds':>8}{'error':>8}{'width':>8}   points")
        for ladder in LADDERS:
            for way in WAYS:
                inside, count, error, width = held(mine, ladder.name, way)
                if not count:
                    continue
                share = inside / count
                verdict = ""
                if scenario.judged and way == "people":
                    passed = BAND[0] <= share <= BAND[1] and count == len(mine)
                    verdict, good = "PASS" if passed else "FAIL", good and passed
                title = ladder.name if way == "plain" else ""
                text.append(
                    f"  {title:46}{way:9}{share:>8.1%}{error:>+8.2f}{width:>8.2f}   {verdict}".rstrip()
                )
    if biased := [line for line in lines if line["scenario"] == "bias"]:
        text.append(_biases(biased))
    if wide := [line for line in lines if line["scenario"] == "large"]:
        text.append(_large(wide))
    near = [line for line in lines if line["scenario"] == "accuracy"]
    if near:
        told, passed = _near(near)
        text.append(told)
        good = good and passed
    return "\n".join(text), good


def _near(lines: list[dict[str, Any]]) -> tuple[str, bool]:
    text = [
        "\ncorrected rate within a point of the mature truth; allegation, then stalking-related and proven"
    ]
    text.append(
        f"  {'median':>8}{'people':>10}{'within':>9}{'holds':>8}{'mean error':>12}{'12 and 6':>10}   points"
    )
    good = True
    for median in sorted({line["median"] for line in lines}):
        mine = [line for line in lines if line["median"] == median]
        for part in range(len(mine[0]["parts"])):
            rows = [line["parts"][part] for line in mine]
            people = float(np.mean([r[0] for r in rows]))
            errors = np.array([r[2] - r[1] for r in rows])
            within = float((np.abs(errors) <= WITHIN).mean())
            holds = float(np.mean([r[3] <= r[1] <= r[4] for r in rows]))
            plain = 100 * float(np.mean([r[5] - r[1] for r in rows]))
            verdict = ""
            if people >= ENOUGH:
                verdict, good = "PASS" if within >= 0.95 else "FAIL", good and within >= 0.95
            told = f"  {median:>8}{people:>10,.0f}{within:>9.0%}{holds:>8.0%}{100 * errors.mean():>+12.2f}"
            text.append(f"{told}{plain:>+10.2f}   {verdict}".rstrip())
    return "\n".join(text), good


def kept(path: Path | None) -> list[dict[str, Any]]:
    """Return the lines of earlier slices."""
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _one(task: tuple[str, int, int]) -> dict[str, Any]:
    name, median, seed = task
    if name in ("bias", "large"):
        return bias(seed) if name == "bias" else large(seed)
    return accuracy((median, seed)) if name == "accuracy" else country((name, seed))


def main() -> int:
    """Run and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--countries", type=int, default=0, help="of the main scenario")
    parser.add_argument("--first", type=int, default=0, help="first seed of the main scenario")
    parser.add_argument("--forces", type=int, default=0, help="of those with forces as strata")
    parser.add_argument("--others", type=int, default=0, help="of each other scenario")
    parser.add_argument("--accuracy", type=int, default=0, help="larger countries for each median delay")
    parser.add_argument("--bias", type=int, default=0, help="countries whose bias is told by group")
    parser.add_argument("--large", type=int, default=0, help="countries of 60,000 whose beliefs are off")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="stop after so long with what was done by then")
    parser.add_argument("--kept", type=Path, help="a file with a line for each country that is done")
    given = parser.parse_args()
    began = time.perf_counter()
    lines = kept(given.kept)
    done = {
        (line["scenario"], int(line["median"]) if line["scenario"] == "accuracy" else 0, line["seed"])
        for line in lines
    }
    tasks = [(MAIN, 0, seed) for seed in range(given.first, given.first + given.countries)]
    tasks += [(BY_FORCE, 0, seed) for seed in range(given.first, given.first + given.forces)]
    others = [s.name for s in SCENARIOS if s.name not in (MAIN, BY_FORCE)]
    tasks += [(name, 0, seed) for name in others for seed in range(given.others)]
    tasks += [("bias", 0, seed) for seed in range(given.bias)]
    tasks += [("large", 0, seed) for seed in range(given.large)]
    tasks += [("accuracy", median, seed) for seed in range(given.accuracy) for median in MEDIANS]
    left = [task for task in tasks if task not in done]
    stopped = False
    with ProcessPoolExecutor(given.workers) as pool:
        for line in pool.map(partial(_one), left, chunksize=1):
            lines.append(line)
            if given.kept is not None:
                with given.kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
            if given.minutes is not None and time.perf_counter() - began > 60 * given.minutes:
                stopped = len(lines) < len(tasks)
                pool.shutdown(wait=False, cancel_futures=True)
                break
    text, good = summary(lines)
    print(text)
    if stopped:
        print(f"{len(tasks) - len(lines):,} countries are still to be made.")
        return UNFINISHED
    print("Passed." if good else "FAILED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
