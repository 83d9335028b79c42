"""Ask about what looks like one thing and is declared as another, before anything is protected.

The protection knows sums only where they are declared. A code that stands apart and yet makes up a margin
with its neighbours, a year beside its own quarters, a quarter or a force in a measure's name: each hides from
the gate a sum that a reader sees. So they are asked about, and the answer is written down.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lamplighter.disclosure.errors import NotAnswered
from lamplighter.disclosure.printed import Printed, PrintedTable
from lamplighter.disclosure.tables import TOTAL, Codes, Dimension, Release, Table

#: Of all the sums that are tried, fewer than one in so many may look like a margin by chance.
BY_CHANCE = 10
MOST_QUESTIONS = 5
#: With fewer figures in both editions nothing is said about what stayed the same.
LEAST_COMPARED = 2
_MONTH = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
_MONTH += "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_PERIOD = re.compile(rf"(?:q[1-4]|h[12]|(?:19|20)\d\d(?:q[1-4]|h[12])?|{_MONTH})", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNTIL = re.compile(r"(?:to|until|up to)[-_ ](.+)", re.I)
_PLACE_OR_TIME = re.compile(
    r"force|area|region|district|site|hub|court|place|period|quarter|month|year", re.I
)
_DATE = re.compile(r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?)?")
_AGE = re.compile(r"(old|new|former)[-_ ](.+)", re.I)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that looks like something else. ``key`` is what the answer is written under."""

    key: str
    where: str
    what: str
    remedy: str


def ask(release: Release, earlier: Sequence[Printed], threshold: int) -> None:
    """Refuse tables with open questions, naming each with the two ways to settle it.

    Raises:
        NotAnswered: something looks like something else and ``release.answers`` does not say why not.
    """
    found = {question.key: question for question in questions(release, earlier, threshold)}
    left = [question for key, question in found.items() if not release.answers.get(key, "").strip()]
    if not left:
        return
    told = [
        f"{q.where}: {q.what} {q.remedy} If not, say why in release.json: "
        f'"answers": {{"{q.key}": "because …"}}.'
        for q in left[:MOST_QUESTIONS]
    ]
    if len(left) > MOST_QUESTIONS:
        told.append(f"There are {len(left) - MOST_QUESTIONS} more such questions.")
    raise NotAnswered(" ".join(told))


def questions(release: Release, earlier: Sequence[Printed], threshold: int) -> Iterator[Question]:
    """Yield everything in these tables that looks like something it is not declared to be."""
    yield from like_parts(release, threshold)
    for dimension in release.dimensions:
        yield from _like_periods(dimension, _summed(release.tables, dimension))
    every: list[Table | PrintedTable] = [*release.tables]
    every += [table for printed in earlier for table in printed.tables]
    yield from _like_one_measure(release, every)
    yield from _like_corrections(release, earlier)
    for table in release.tables:
        if not _DATE.fullmatch(table.as_at):
            yield Question(
                f"as_at {table.as_at}",
                table.name,
                "The state of the data is no date: it looks like a period that is counted.",
                "Give the day of the extract in as_at, and make the period a dimension.",
            )


def like_parts(release: Release, threshold: int) -> Iterator[Question]:
    """Yield each group of codes that looks like the undeclared parts of another."""
    dimensions = {dimension.name: dimension for dimension in release.dimensions}
    for table in release.tables:
        for name in table.dimensions:
            yield from _like_parts(table, dimensions[name], threshold)


def _like_corrections(release: Release, earlier: Sequence[Printed]) -> Iterator[Question]:
    """Yield each revised measure half of whose figures are as they were printed: a reader takes the hidden
    ones for unchanged as well."""
    named = {(c.measure, c.after) for c in release.corrections}
    for table in release.tables:
        if table.grows or (table.measure, table.as_at) in named:
            continue
        for printed in earlier:
            base = int(printed.rules["base"])
            for before in printed.tables:
                if before.measure != table.measure or before.grows or not before.as_at < table.as_at:
                    continue
                if before.dimensions != table.dimensions:
                    continue
                both = [
                    abs(cell.value - shown) < max(base, 1)
                    for codes, cell in table.cells.items()
                    if TOTAL not in codes and (shown := before.counts.get(codes)) is not None
                ]
                if len(both) >= LEAST_COMPARED and 2 * sum(both) >= len(both):
                    yield Question(
                        f"correction of {table.measure} as at {table.as_at}",
                        table.name,
                        f"Half of the figures or more are as they were printed in {printed.edition}, so it "
                        "looks like a correction of a few, and a reader takes the hidden ones for unchanged.",
                        "Name what was corrected under “corrections”.",
                    )


def _lines(table: Table, at: int) -> Mapping[Codes, dict[str, float]]:
    """By the other codes, the values along one dimension."""
    found: dict[Codes, dict[str, float]] = defaultdict(dict)
    for codes, cell in table.cells.items():
        found[(*codes[:at], *codes[at + 1 :])][codes[at]] = cell.value
    return found


def _like_parts(table: Table, dimension: Dimension, threshold: int) -> Iterator[Question]:
    """Neighbours that no listed margin sums, and that make up another figure or nearly so in every line."""
    lines = _lines(table, table.dimensions.index(dimension.name))
    listed = {code for line in lines.values() for code in line}
    parents = {code.code: code.parent for code in dimension.codes}
    around = dimension.around()
    loose = [c for c in parents if c in listed and (parents[c] is None or parents[c] not in listed)]
    runs = [loose[a:b] for a in range(len(loose)) for b in range(a + 2, len(loose) + 1)]
    wholes = sorted(listed)
    beyond = math.log(max(1, len(runs) * len(wholes)) * BY_CHANCE)
    for run in sorted(runs, key=len, reverse=True):
        for whole in wholes:
            if whole in run or any(
                whole in dimension.line_of(c) or whole in around[c] or (whole != TOTAL and c in around[whole])
                for c in run
            ):
                continue
            if whole != TOTAL and any(c in dimension.line_of(whole) for c in run):
                continue
            if _surprise(lines.values(), whole, run, threshold) > beyond:
                yield Question(
                    f"{dimension.name}: {run[0]} to {run[-1]} in {whole}",
                    f"{table.name}, dimension {dimension.name}",
                    f"{' and '.join(run) if len(run) < 4 else f'{run[0]} to {run[-1]}'} make up {whole}, or "
                    f"all but a few of it, in every line, and are not declared as its parts.",
                    f'Give them "parent": "{whole}", and list what is left out.',
                )
                return


def _surprise(lines: Iterable[Mapping[str, float]], whole: str, run: Sequence[str], threshold: int) -> float:
    """Return how unlikely it is (as a logarithm) that a run comes so near to a whole by chance."""
    sure = 0.0
    for line in lines:
        if whole not in line or any(code not in line for code in run):
            continue
        gap = line[whole] - sum(line[code] for code in run)
        if gap < 0 or gap >= threshold:
            return 0.0
        sure += math.log(max(1.0, (line[whole] + 1) / (gap + 1)))
    return sure


def _summed(tables: Sequence[Table], dimension: Dimension) -> bool:
    """Tell whether some table has the total of a dimension, so that its codes are seen to add up."""
    return any(
        dimension.name in table.dimensions
        and any(codes[table.dimensions.index(dimension.name)] == TOTAL for codes in table.cells)
        for table in tables
    )


def _like_periods(dimension: Dimension, summed: bool) -> Iterator[Question]:
    """A year beside its quarters, "to March" beside "to June", an old area beside the new."""
    around = dimension.around()
    names = [code.code for code in dimension.codes]
    parents = {code.code: code.parent for code in dimension.codes}

    def apart(one: str, other: str) -> bool:
        lines = (dimension.line_of(one), dimension.line_of(other), around[one], around[other])
        tied = other in lines[0] or one in lines[1] or other in lines[2] or one in lines[3]
        return not tied and not (summed and parents[one] == parents[other] == TOTAL)

    for one in names:
        for other in names:
            if one == other or not apart(one, other):
                continue
            year = _YEAR.fullmatch(one) and re.match(rf"{one}[-_ /]?\D", other)
            until = one < other and _UNTIL.fullmatch(one) and _UNTIL.fullmatch(other)
            mine, its = _AGE.fullmatch(one), _AGE.fullmatch(other)
            renewed = one < other and mine and its and mine[2] == its[2]
            if year or until or renewed:
                remedy = f'Give one "parent" or "within" (“{one}” and “{other}”).'
                what = (
                    f"{other} looks as if it lay within {one}" if year else f"{one} and {other} look nested"
                )
                yield Question(
                    f"{dimension.name}: {one} and {other}",
                    f"dimension {dimension.name}",
                    f"{what}, and neither is declared to lie in the other.",
                    remedy,
                )


def _like_one_measure(release: Release, tables: Sequence[Table | PrintedTable]) -> Iterator[Question]:
    """Measures that differ only by a period or by a place: the sum of them is not seen."""
    codes = {
        word.casefold()
        for dimension in release.dimensions
        if _PLACE_OR_TIME.search(dimension.name)
        for code in dimension.codes
        for word in (code.code, code.label)
        if re.fullmatch(r"[^\W\d_]{3,}", word)
    }
    own = {table.measure for table in release.tables}
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for measure in dict.fromkeys(table.measure for table in tables):
        words = re.findall(r"[^\W_]+", measure.casefold())
        rest = tuple(w for w in words if not _PERIOD.fullmatch(w) and w not in codes)
        alike[rest].append(measure)
    for rest, measures in alike.items():
        if len(measures) < 2 or not rest or not own.intersection(measures):
            continue
        odd = " and ".join(f"“{measure}”" for measure in measures[:2])
        yield Question(
            f"measure {measures[0]} and {measures[1]}",
            f"measure {measures[0]}",
            f"{odd} look like one measure with a period or a group in its name: its sums would not be seen.",
            "Give them one name and make the period or the group a dimension.",
        )
