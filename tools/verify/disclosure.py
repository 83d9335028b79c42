"""Random releases protected, printed and attacked: python -m tools.verify.disclosure --releases 10000.

Every release is drawn anew (1 to 6 linked tables, forces in regions, zeros, skewed counts; half of them after
an earlier release: a later state of the data, a longer period, a larger area; half with lines left out by
hand; half, unless they grow, corrected afterwards: people taken out, added or moved in a figure or two). It
leaves with a page, a chart, its picture, a style sheet and a spreadsheet of its figures. What is released is
attacked a second time, person by person (``plain_attack``), with the exact counts behind its figures and
every edition less the one before; its attachments are read and measured a second time (``attached``), and a
true figure is put into one of them, which the gate must refuse. Ends with status 1 when a hidden cell could
be worked out or read, or the hidden value is more than 1.3 of the least possible (1.1 where the optimum
itself was found).

In slices: ``--kept FILE --minutes 2`` keeps a line a release in FILE, stops in time (status 3) and, run
again, goes on from there.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from lamplighter.disclosure import gate
from lamplighter.disclosure.attack.attacking import IF_EMPTY
from lamplighter.disclosure.attack.findings import Finding
from lamplighter.disclosure.attack.reading import gather
from lamplighter.disclosure.attack.texts import strangers
from lamplighter.disclosure.folders import write_printed
from lamplighter.disclosure.looks import questions
from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.profiles import Profile, profile
from lamplighter.disclosure.protect.cutting import Problem
from lamplighter.disclosure.protect.primary import sensitive
from lamplighter.disclosure.protect.protecting import Account, problem_of
from lamplighter.disclosure.protect.system import build
from lamplighter.disclosure.tables import TOTAL, Cell, Code, Codes, Correction, Dimension, Release, Table
from tools.verify import attached
from tools.verify.plain_attack import Edition, narrow

# Random releases for the disclosure room: linked tables, hierarchies, two dates, zeros, skewed counts.
#
# Every release is drawn from people of a made-up world, so that its tables agree with each other; the second
# date is the same world later, with more people.

OUTCOMES = ("charged", "withdrew", "no-further-action", "open")
SEXES = ("women", "men")


@dataclass(frozen=True)
class Drawn:
    """A release, the one before it, if there are two dates, and the one in which figures are put right."""

    release: Release
    earlier: Release | None
    corrected: Release | None = None


def left_out(seed: int, whole: Release) -> Release:
    """The same release; from every second one somebody took small lines by hand, the codes staying listed."""
    rng = np.random.default_rng([20_261_130, seed])
    if rng.random() < 0.5:
        return whole
    parents = {d.name: {code.parent for code in d.codes} for d in whole.dimensions}
    tables = list(whole.tables)
    at = int(rng.integers(len(tables)))
    table = tables[at]
    small = [
        codes
        for codes, cell in table.cells.items()
        if 0 < cell.value < 40
        and all(c != TOTAL and c not in parents[d] for d, c in zip(table.dimensions, codes, strict=True))
    ]
    if not small:
        return whole
    chosen = {
        small[i] for i in rng.choice(len(small), min(len(small), int(rng.integers(1, 3))), replace=False)
    }
    # What is left out of one table is left out of all that have it.
    for number, other in enumerate(tables):
        if other.dimensions == table.dimensions:
            cells = {codes: cell for codes, cell in other.cells.items() if codes not in chosen}
            tables[number] = replace(other, cells=cells)
    return replace(whole, tables=tuple(tables))


def draw(seed: int, *, largest: int = 6, small: bool = False) -> Drawn:
    """A random release of 1 to ``largest`` linked tables; every second one has an earlier date.

    ``small`` draws fewer forces and ages and no table of three dimensions.
    """
    rng = np.random.default_rng([20_261_124, seed])
    dimensions = _dimensions(rng, 3 if small else 4)
    two = bool(rng.random() < 0.5)
    how = str(rng.choice(["grows", "periods", "areas"])) if two else "none"
    people = _people(rng, dimensions, int(rng.choice([60, 200, 800, 3_000])))
    wanted = _wanted(rng, dimensions, int(rng.integers(1, largest + 1)), how, deep=not small)
    if how == "none":
        now = _release("now", dimensions, people, wanted, rng)
        return Drawn(now, None, _put_right(seed, now, dimensions, people, wanted))
    share = float(rng.choice([0.85, 0.95, 0.99]))
    early = people[: int(len(people) * share)]
    if how == "grows":
        first = _release("first", dimensions, early, wanted, rng, as_at="2026-01", grows=True)
        return Drawn(_release("second", dimensions, people, wanted, rng, as_at="2026-02", grows=True), first)
    if how == "periods":
        # The same data, first only up to March, then up to June: "to June less to March" is a group too.
        nested = Dimension("period", (Code("to-march", "", None, "to-june"), Code("to-june", "", None)))
    else:
        nested = Dimension("area", (Code("old-town", "", None, "new-town"), Code("new-town", "", None)))
    inner, outer = (code.code for code in nested.codes)
    first = _nested(_release("first", dimensions, early, wanted, rng), nested, inner)
    second = _release("second", dimensions, people, wanted, rng)
    corrected = _put_right(seed, second, dimensions, people, wanted)
    if corrected is not None:
        corrected = _nested(corrected, nested, outer)
    return Drawn(_nested(second, nested, outer), first, corrected)


def _put_right(
    seed: int,
    printed: Release,
    dimensions: list[Dimension],
    people: list[Codes],
    wanted: list[tuple[tuple[int, ...], bool]],
) -> Release | None:
    """The same release with a figure or two put right; every second one has none.

    People were counted twice and are taken out, were forgotten and are added, or had another code.
    """
    rng = np.random.default_rng([20_261_201, seed])
    if rng.random() < 0.5:
        return None
    of = wanted[int(rng.integers(len(wanted)))][0]
    many, way = int(rng.choice([1, 2, 4, 9, 15, 60])), str(rng.choice(["out", "in", "moved"]))
    person = list(people[int(rng.integers(len(people)))])
    mine = [n for n, own in enumerate(people) if all(own[d] == person[d] for d in of)][:many]
    cells = [_cell_of(dimensions, of, person)]
    kept = [own for n, own in enumerate(people) if n not in set(mine)]
    if way == "in":
        kept = people + [people[mine[n % len(mine)]] for n in range(many)]
    elif way == "moved":
        at = int(rng.choice(of))
        person[at] = str(rng.choice(_leaves(dimensions[at])))
        kept += [(*people[n][:at], person[at], *people[n][at + 1 :]) for n in mine]
        cells.append(_cell_of(dimensions, of, person))
    after = _release("third", dimensions, kept, wanted, rng, as_at="2026-03")
    put_right = Correction("allegations", printed.tables[0].as_at, "2026-03", tuple(dict.fromkeys(cells)))
    return replace(after, corrections=(put_right,))


def _cell_of(
    dimensions: list[Dimension], of: tuple[int, ...], person: list[str]
) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((dimensions[d].name, person[d]) for d in of))


def _dimensions(rng: np.random.Generator, most: int) -> list[Dimension]:
    regions = int(rng.integers(1, most))
    codes = []
    for r in range(regions):
        codes.append(Code(f"region-{r}"))
        codes += [Code(f"force-{r}-{f}", "", f"region-{r}") for f in range(int(rng.integers(1, most)))]
    force = Dimension("force", tuple(codes))
    outcome = Dimension("outcome", tuple(Code(o) for o in OUTCOMES[: int(rng.integers(2, most + 1))]))
    sex = Dimension("sex", tuple(Code(s) for s in SEXES))
    age = Dimension("age", tuple(Code(f"age-{a}") for a in range(int(rng.integers(2, most + 1)))))
    return [force, outcome, sex, age]


def _leaves(dimension: Dimension) -> list[str]:
    parents = {code.parent for code in dimension.codes}
    return [code.code for code in dimension.codes if code.code not in parents]


def _people(rng: np.random.Generator, dimensions: list[Dimension], size: int) -> list[Codes]:
    columns = []
    for dimension in dimensions:
        leaves = _leaves(dimension)
        skew = rng.dirichlet(np.full(len(leaves), float(rng.choice([0.4, 1.0, 4.0]))))
        columns.append([leaves[i] for i in rng.choice(len(leaves), size, p=skew)])
    return list(zip(*columns, strict=True))


def _wanted(
    rng: np.random.Generator, dimensions: list[Dimension], tables: int, how: str, *, deep: bool
) -> list[tuple[tuple[int, ...], bool]]:
    pairs = [c for n in (1, 2) for c in itertools.combinations(range(len(dimensions)), n)]
    pairs += [(0, 1, 2), (1, 2, 3)] if deep and (how == "none" or rng.random() < 0.2) else []
    chosen = rng.choice(len(pairs), min(tables, len(pairs)), replace=False)
    return [(pairs[i], bool(rng.random() < 0.3)) for i in sorted(chosen.tolist())]


def _release(
    name: str,
    dimensions: list[Dimension],
    people: list[Codes],
    wanted: list[tuple[tuple[int, ...], bool]],
    rng: np.random.Generator,
    *,
    as_at: str = "",
    grows: bool = False,
) -> Release:
    tables = []
    for number, (of, without_regions) in enumerate(wanted):
        tables.append(
            Table(
                name=f"table-{number}",
                title=f"Table {number}",
                measure="allegations",
                dimensions=tuple(dimensions[d].name for d in of),
                cells=_count(people, dimensions, of, without_regions=without_regions),
                as_at=as_at,
                grows=grows,
                percent_of=(dimensions[of[-1]].name,) if number % 2 else (),
                decimals=number % 3,
            )
        )
    return Release(name, name.title(), f"2026-{name}", tuple(dimensions), tuple(tables))


def _count(
    people: list[Codes], dimensions: list[Dimension], of: tuple[int, ...], *, without_regions: bool
) -> dict[Codes, Cell]:
    codes = []
    for d in of:
        mine = [TOTAL, *(code.code for code in dimensions[d].codes)]
        if without_regions:
            mine = [c for c in mine if not c.startswith("region")]
        codes.append(mine)
    counted: Counter[Codes] = Counter()
    for person, many in Counter(tuple(person[d] for d in of) for person in people).items():
        lines = [dimensions[d].line_of(code) for d, code in zip(of, person, strict=True)]
        for cell in itertools.product(*lines):
            counted[cell] += many
    return {cell: Cell(float(counted[cell])) for cell in itertools.product(*codes)}


def _nested(release: Release, nested: Dimension, code: str) -> Release:
    return Release(
        release.name,
        release.title,
        release.edition,
        (*release.dimensions, nested),
        tuple(
            Table(
                t.name,
                t.title,
                t.measure,
                (*t.dimensions, nested.name),
                {(*codes, code): cell for codes, cell in t.cells.items()},
                as_at=t.as_at,
                percent_of=t.percent_of,
                decimals=t.decimals,
            )
            for t in release.tables
        ),
        corrections=release.corrections,
    )


# The least hidden value, found another way: one integer programme with every movement written out.
#
# For each cell that may be hidden the programme holds two sets of true figures that fit the print and differ
# by the needed width in that cell. No cuts and nothing of how the room itself solves: only the same question.

LARGEST = 8_000
#: Limits count work, not time: a busy machine proves as much as an idle one.
NODES = 50
#: SciPy's status for a programme that nothing fits.
INFEASIBLE = 2


@dataclass(frozen=True)
class Optimum:
    """``least`` is a lower bound of the hidden value, and reached when ``proved``."""

    least: float
    proved: bool


def optimum(problem: Problem, reached: float, nodes: int = NODES) -> Optimum | None:
    """The least hidden value; ``None`` when the programme would be too large to write out.

    Only what is cheaper than ``reached``, which a safe choice costs, is looked for: costs are whole numbers,
    so where nothing costs at most ``reached - 1``, ``reached`` is the least.
    """
    n = len(problem.cost)
    may = np.flatnonzero(problem.may)
    targets = np.flatnonzero(problem.may | problem.guard).tolist()
    columns = len(may) + 2 * len(targets) * n
    if columns > LARGEST:
        return None
    at = np.full(n, -1)
    at[may] = np.arange(len(may))
    blocks: list[csr_array] = []
    low: list[float] = []
    high: list[float] = []
    bound_low, bound_high = np.zeros(columns), np.ones(columns)
    bound_low[: len(may)] = problem.must[may]
    zero, one = np.zeros(problem.rows.shape[0]), np.ones(len(may))
    for number, target in enumerate(targets):
        for side in (0, 1):
            start = len(may) + (2 * number + side) * n
            bound_low[start : start + n] = problem.outer_low
            bound_high[start : start + n] = problem.outer_high
            sums = problem.rows.tocoo()
            blocks.append(_block(sums.data, sums.row, sums.col + start, len(zero), columns))
            low += [*zero]
            high += [*zero]
            # A printed cell stays within what is printed; a hidden one within what is known anyway.
            rows = np.arange(len(may))
            more = problem.outer_high[may] - problem.inner_high[may]
            blocks.append(
                _block(
                    np.concatenate([one, -more]),
                    np.concatenate([rows, rows]),
                    np.concatenate([may + start, rows]),
                    len(may),
                    columns,
                )
            )
            low += [-np.inf] * len(may)
            high += problem.inner_high[may].tolist()
            less = problem.inner_low[may] - problem.outer_low[may]
            blocks.append(
                _block(
                    np.concatenate([one, less]),
                    np.concatenate([rows, rows]),
                    np.concatenate([may + start, rows]),
                    len(may),
                    columns,
                )
            )
            low += problem.inner_low[may].tolist()
            high += [np.inf] * len(may)
        first = len(may) + 2 * number * n + target
        width = float(problem.width[target])
        if problem.may[target]:
            entries, places = [1.0, -1.0, -width], [first + n, first, int(at[target])]
            low.append(0.0)
        else:
            entries, places = [1.0, -1.0], [first + n, first]
            low.append(width)
        high.append(np.inf)
        blocks.append(_block(np.array(entries), np.zeros(len(places)), np.array(places), 1, columns))
    cost = np.zeros(columns)
    cost[: len(may)] = problem.cost[may]
    blocks.append(_block(cost[: len(may)], np.zeros(len(may)), np.arange(len(may)), 1, columns))
    low.append(-np.inf)
    high.append(reached - 1 + 1e-6)
    whole = np.zeros(columns)
    whole[: len(may)] = 1
    found = milp(
        cost,
        constraints=LinearConstraint(vstack(blocks, format="csr"), np.array(low), np.array(high)),
        bounds=Bounds(bound_low, bound_high),
        integrality=whole,
        options={"node_limit": nodes, "mip_rel_gap": 1e-6},
    )
    if found.status == INFEASIBLE:
        return Optimum(reached, True)
    if found.mip_dual_bound is None:
        return None
    return Optimum(float(found.mip_dual_bound), found.status == 0)


def _block(data: object, row: object, column: object, rows: int, columns: int) -> csr_array:
    return csr_array(coo_array((data, (row, column)), shape=(rows, columns)))


LEAST_WIDTH = 5
#: A bound of nothing, which the other programme can stop at, is no optimum to divide by.
LEAST_VALUE = 1e-9
MOST_RATIO = 1.3
#: To the optimum itself, where it was proved by the other programme.
MOST_OF_OPTIMUM = 1.1
#: Every so many releases, if small, the optimum is found a second way.
EVERY = 10
SMALL = 40
#: The profiles of the releases, in turn.
PROFILES = ("police-victim", "moj-convictions", "tre", "leaning")
#: Status when time ran out with releases left to do.
UNFINISHED = 3


@dataclass(frozen=True)
class Line:
    """What came of one release (and of the one before it)."""

    seed: int
    profile: str
    releases: int
    tables: int
    cells: int
    primary: int
    secondary: int
    narrowest: float | None
    broken: int
    blocked: int
    words: str
    ratio: float
    second_ratio: float | None
    proved: bool
    seconds: float
    plain: int = 0
    refused: int = 0
    corrected: int = 0
    attached: int = 0
    planted: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    asked: int = 0


def rules(seed: int) -> Profile:
    """Take the profiles in turn; the fourth leans on conventional rounding when it hides."""
    chosen = PROFILES[seed % len(PROFILES)]
    if chosen != "leaning":
        return profile(chosen)
    return replace(profile("tre"), name="leaning", rounding_counts=True)


def one(seed: int, largest: int = 6, every: int = EVERY, *, small: bool = False) -> Line:
    """Protect and attack one random release and the one before it."""
    drawn, chosen, started = draw(seed, largest=largest, small=small), rules(seed), time.process_time()
    wholes = [r for r in (drawn.earlier, drawn.release, drawn.corrected) if r is not None]
    releases = [left_out(seed, r) for r in wholes]
    printed: list[Printed] = []
    editions: list[Edition] = []
    plain = refused = files = planted = asked = 0
    tables = cells = primary = secondary = broken = blocked = 0
    widths, words, ratio = [], [], 1.0
    reasons: Counter[str] = Counter()
    second: float | None = None
    proved = False
    for number, release in enumerate(releases):
        by_hand = release != wholes[number]
        # What is asked about is chance here, and is answered.
        chance = {q.key: "because it is chance" for q in questions(release, printed, chosen.threshold)}
        asked += len(chance)
        outcome = gate.release(replace(release, answers=chance), chosen, printed, draw=attached.drawn)
        account = outcome.account
        assert account is not None
        tables += len(release.tables)
        cells += account.cells
        of_primary = sum(cell.primary for cell in account.hidden)
        primary, secondary = primary + of_primary, secondary + len(account.hidden) - of_primary
        ratio = max(ratio, account.ratio)
        if isinstance(outcome, gate.Released) and outcome.attack.narrowest is not None:
            widths.append(outcome.attack.narrowest)
        if (
            number == len(releases) - 1
            and seed % every == 0
            and account.cells <= SMALL
            and account.cost > 0
            and not account.beyond_help
        ):
            other = _second(release, chosen, printed, account)
            if other is not None:
                second, proved = account.cost / max(other[0], LEAST_VALUE), other[1]
        if isinstance(outcome, gate.Blocked) and (
            by_hand or _printed_before(outcome) or _whatever_is_hidden(outcome, account)
        ):
            refused += 1  # cannot be made safe: refused, with the reason
            words.append(outcome.words)
            by_all = not by_hand and not _printed_before(outcome)
            reasons.update({"whatever is hidden"} if by_all else _reasons(outcome))
            break
        if isinstance(outcome, gate.Blocked):
            blocked += 1
            broken += len(outcome.attack.findings)
            words.append(outcome.words)
            break
        printed.append(outcome.printed)
        editions.append(Edition(release, outcome.printed, wholes[number]))
        told = narrow(editions, exact=not chosen.rounding_counts)
        told += attached.told(outcome.attachments, _hidden_counts(account), outcome.printed)
        files += len(outcome.attachments)
        leaks, passed = _planted(seed + number, outcome, account)
        planted += leaks
        told += passed
        plain += len(told)
        words += told
    return Line(
        seed,
        chosen.name,
        len(releases),
        tables,
        cells,
        primary,
        secondary,
        min(widths) if widths else None,
        broken,
        blocked,
        "\n".join(words),
        ratio,
        second,
        proved,
        time.process_time() - started,
        plain,
        refused,
        int(drawn.corrected is not None),
        files,
        planted,
        dict(reasons),
        asked,
    )


def _hidden_counts(account: Account) -> list[int]:
    return [int(cell.cost) - 1 for cell in account.hidden]


def _planted(seed: int, outcome: gate.Released, account: Account) -> tuple[int, list[str]]:
    """Put a true figure into an attachment: how many were tried, and those that the gate lets pass."""
    printed = attached.everything_printed(outcome.printed)
    left = sorted({n for n in _hidden_counts(account) if n and not attached.excuses(printed, n)})
    if not left:
        return 0, []
    rng = np.random.default_rng([20_261_202, seed])
    kind, count = str(rng.choice(sorted(attached.LEAKS))), int(rng.choice(left))
    leak = attached.LEAKS[kind](dict(outcome.attachments), count, outcome.printed)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        write_printed(outcome.printed, folder)
        for name, data in (dict(outcome.attachments) | leak).items():
            (folder / name).write_bytes(data)
        found, _ = strangers(gather(folder))
    passed = not any(finding.table in leak for finding in found)
    return 1, [f"{count} passes in {kind}"] if passed else []


def _reasons(outcome: gate.Blocked) -> set[str]:
    """The reasons that a refusal gives, each once."""
    return {_reason(finding) for finding in outcome.attack.findings}


def _reason(finding: Finding) -> str:
    if "It is printed in" in finding.words:
        return "printed before"
    # Only somebody who takes what was left out by hand for empty is told: the protector does not.
    return "if nobody is unlisted" if IF_EMPTY in finding.words else finding.kind


def _printed_before(outcome: gate.Blocked) -> bool:
    """Tell whether all that was found is given away by an earlier release or one exact count of it."""
    return _reasons(outcome) <= {"printed before", "one exact"}


def _whatever_is_hidden(outcome: gate.Blocked, account: Account) -> bool:
    """Tell whether all that was found is told although everything that may be hidden is hidden."""
    codes = r"(?<= )[^ ,]+(?=,|$| \()"
    given_away = {frozenset(re.findall(codes, name.split(": ", 1)[1])) for name in account.beyond_help}
    found = {frozenset(f.cell.split(" / ")) - {TOTAL} for f in outcome.attack.findings}
    return found <= given_away


def _second(
    release: Release, chosen: Profile, printed: list[Printed], account: Account
) -> tuple[float, bool] | None:
    system = build(release, printed)
    why = sensitive(system, chosen)
    # What the attack found to say too much when rounded must be hidden by any choice.
    close = {cell.cell for cell in account.hidden if "difference" in cell.rules}
    why |= {i: ["difference"] for i in system.cells if i not in why and system.names(i) in close}
    found = optimum(problem_of(system, chosen, why), account.cost)
    return None if found is None else (found.least, found.proved)


def summary(lines: Iterable[Line]) -> tuple[str, bool]:
    """The table of results, and whether the pass lines hold."""
    rows = list(lines)
    widths = [r.narrowest for r in rows if r.narrowest is not None]
    # Where the second way ran out of time it gives a bound, which nothing may reach.
    seconds = [r.second_ratio for r in rows if r.second_ratio is not None and r.proved]
    ratios = [r.ratio for r in rows]
    narrowest, worst = min(widths, default=float("inf")), max(ratios)
    said = [
        ("random releases (with the one before)", f"{len(rows):,} ({sum(r.releases for r in rows):,})"),
        ("tables", f"{sum(r.tables for r in rows):,}"),
        ("cells", f"{sum(r.cells for r in rows):,}"),
        ("hidden for themselves", f"{sum(r.primary for r in rows):,}"),
        ("hidden to protect those", f"{sum(r.secondary for r in rows):,}"),
        ("findings of the attack", f"{sum(r.broken for r in rows):,}"),
        ("releases blocked", f"{sum(r.blocked for r in rows):,}"),
        ("refused, with the reason", f"{sum(r.refused for r in rows):,}"),
        *((f"  {reason}", f"{n:,}") for reason, n in sorted(_all_reasons(rows).items())),
        ("corrected afterwards", f"{sum(r.corrected for r in rows):,}"),
        ("asked about, by chance", f"{sum(r.asked for r in rows):,}"),
        ("attachments", f"{sum(r.attached for r in rows):,}"),
        ("true figures put into one", f"{sum(r.planted for r in rows):,}"),
        ("told person by person, by subtraction or in a file", f"{sum(r.plain for r in rows):,}"),
        (f"least width seen of a hidden cell (pass: {LEAST_WIDTH})", f"{narrowest:g}"),
        ("hidden value to the proved bound, mean", f"{sum(ratios) / len(ratios):.4f}"),
        (f"hidden value to the proved bound, worst (pass: {MOST_RATIO})", f"{worst:.4f}"),
    ]
    if seconds:
        tried = sum(r.second_ratio is not None for r in rows)
        said += [
            ("optimum found a second way, releases (of tried)", f"{len(seconds):,} ({tried:,})"),
            ("hidden value to that optimum, mean", f"{sum(seconds) / len(seconds):.4f}"),
            (f"hidden value to that optimum, worst (pass: {MOST_OF_OPTIMUM})", f"{max(seconds):.4f}"),
        ]
    said += [
        ("slowest release, processor seconds", f"{max(r.seconds for r in rows):.1f}"),
        ("processor seconds", f"{sum(r.seconds for r in rows):,.0f}"),
    ]
    width = max(len(name) for name, _ in said)
    text = "\n".join(f"{name:<{width}}  {value:>16}" for name, value in said)
    good = (
        not any(r.blocked or r.plain for r in rows)
        and narrowest >= LEAST_WIDTH
        and worst <= MOST_RATIO
        and max(seconds, default=1.0) <= MOST_OF_OPTIMUM
    )
    return text, good


def _all_reasons(rows: Iterable[Line]) -> Counter[str]:
    """How many releases each reason refused."""
    found: Counter[str] = Counter()
    for row in rows:
        found.update(row.reasons)
    return found


def kept(file: Path | None) -> list[Line]:
    """The lines of slices that were run before."""
    if file is None or not file.exists():
        return []
    return [Line(**json.loads(text)) for text in file.read_text("utf-8").splitlines()]


def dear(line: Line) -> bool:
    """Tell whether more was hidden than the pass line allows."""
    second = line.second_ratio if line.second_ratio is not None and line.proved else 1.0
    return max(line.ratio, second) > MOST_RATIO


def main() -> int:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--tables", type=int, default=6, help="most tables in a release")
    parser.add_argument("--small", action="store_true", help="fewer forces and ages, no third dimension")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="stop after so long with what was done by then")
    parser.add_argument("--kept", type=Path, help="a file with a line for each release that is done")
    parser.add_argument("--profile", choices=PROFILES, help="only the releases of one profile")
    given = parser.parse_args()
    began = time.perf_counter()
    lines = kept(given.kept)
    done = {line.seed for line in lines}
    wanted = range(given.first, given.first + given.releases)
    if given.profile is not None:
        wanted = range(
            given.first + (PROFILES.index(given.profile) - given.first) % len(PROFILES),
            wanted.stop,
            len(PROFILES),
        )
    seeds = [s for s in wanted if s not in done]
    with ProcessPoolExecutor(given.workers) as pool:
        work = partial(one, largest=given.tables, small=given.small)
        for line in pool.map(work, seeds, chunksize=1):
            lines.append(line)
            if given.kept is not None:
                with given.kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(line)) + "\n")
            if line.blocked or line.plain or line.refused:
                print(f"seed {line.seed}, {line.profile}: {line.words}", flush=True)
            if dear(line):
                print(f"seed {line.seed}, {line.profile}: {line.ratio:.4f} of the proved bound", flush=True)
            spent = time.perf_counter() - began
            if len(lines) % 250 == 0:
                print(f"{len(lines):,} releases, {spent:,.0f} s", flush=True)
            if given.minutes is not None and spent > 60 * given.minutes:
                pool.shutdown(wait=False, cancel_futures=True)
                break
    text, good = summary(lines)
    print(text)
    left = len(wanted) - sum(line.seed in wanted for line in lines)
    if good and left > 0:
        print(f"{left:,} releases are still to be done.")
        return UNFINISHED
    print("Passed." if good else "FAILED.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
