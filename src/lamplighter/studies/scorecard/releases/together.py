"""Attack releases that stand beside one another: of several forces, of all of them, of several periods.

The gate attacks a release with what its own ledger holds. On a site releases of other ledgers stand beside
it: the counts of a country less those of its forces are the counts of the one force that hid them. So each
release is written down once more with whom and when it counts, the forces of a joint release and the parts of
a longer period are declared to make it up, and the attack is made on all of them at once.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from lamplighter.disclosure.attack import Finding, attack
from lamplighter.disclosure.folders import DESCRIPTION, write_printed
from lamplighter.disclosure.printed import Printed, PrintedTable
from lamplighter.disclosure.tables import TOTAL, Code, Codes, Dimension
from lamplighter.reporting.words import day
from lamplighter.studies.scorecard.folder import ScorecardError
from lamplighter.studies.scorecard.releases import reoffending
from lamplighter.studies.scorecard.releases.cards import cards
from lamplighter.studies.scorecard.releases.held import TABLE

FORCE, PERIOD = "of_force", "of_period"
#: The same where counts do not add up: over forces that share people, over days of one standing count.
_APART = {FORCE: "of_force_apart", PERIOD: "of_period_apart"}
#: Measures that count a person or an agency once, however many forces know it.
_OF_PEOPLE = frozenset({"suspects", "suspects_named", "victims"}) | reoffending.MEASURES
#: Counts on one day, of whoever stands there then.
_OF_A_DAY = frozenset({TABLE.format("11a")})
_QUARTER, _CODE = "quarter", re.compile(r"(\d{4})-q([1-4])")
_REST = "what no release tells"

Span = tuple[dt.date, dt.date]


class ToldTogether(ScorecardError):
    """Releases that the gate passed one by one tell a hidden figure together."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One release: what it is called, whom and when it counts, what it prints."""

    words: str
    forces: frozenset[str]
    first: dt.date
    last: dt.date
    printed: Printed

    @property
    def span(self) -> Span:
        """Return the period with the day after its last."""
        return self.first, self.last + dt.timedelta(days=1)


def refuse_what_is_told(pieces: Sequence[Piece]) -> None:
    """Attack all releases together.

    Raises:
        ToldTogether: they tell a hidden figure, or a small group by subtraction; each is named with the way.
    """
    studies = [(p.words, p.forces, p.printed) for p in pieces if reoffending.is_reoffending(p.printed)]
    lines = list(reoffending.overlapping(studies))
    lines += [line for group in groups(pieces) if len(group) > 1 for line in _told(group)]
    if lines:
        more = f"\n- and {len(lines) - 12} more" if len(lines) > 12 else ""
        raise ToldTogether(
            "The releases of this site tell together what each of them hides:\n"
            + "\n".join(f"- {line}" for line in lines[:12])
            + more,
            remedy="\nLeave one of them out, or protect it anew with the others in its ledger (--earlier).",
        )


def groups(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return the releases parted so that those of two groups share neither forces nor days."""
    found: list[list[Piece]] = []
    for piece in pieces:
        near = [g for g in found if any(_meet(piece, other) for other in g)]
        found = [g for g in found if g not in near] + [[*(p for g in near for p in g), piece]]
    return found


def _meet(one: Piece, other: Piece) -> bool:
    return bool(one.forces & other.forces) and one.first <= other.last and other.first <= one.last


def _told(group: Sequence[Piece]) -> Iterator[str]:
    """Yield what the attack on a group finds, one line each."""
    written = _Written(group)
    with tempfile.TemporaryDirectory(prefix="lamplighter-together-") as work:
        folder, past = Path(work) / "release", Path(work) / "ledger"
        written.write(folder, past)
        outcome = attack(folder, past)
    for found in outcome.findings:
        if found.table.startswith(f"{_REST}: ") and not written.is_few(found):
            continue
        whose = "" if ": " in found.table else f"{written.group[0].words}: "
        yield f"{whose}{found.table}, {found.cell}: {found.words}"


class _Written:
    """A group of releases with whom and when each counts, ready for the attack."""

    def __init__(self, group: Sequence[Piece]) -> None:
        # The rules of whichever hides most are those that all have to meet.
        self.group = sorted(
            group, key=lambda p: (-int(p.printed.rules["threshold"]), -float(p.printed.rules["least_width"]))
        )
        self.threshold = int(self.group[0].printed.rules["threshold"])
        spans = {p.span for p in group}
        if len(spans) > 1:
            spans |= {s for p in group for t in p.printed.tables for s in _quarters(p, t).values()}
        cuts = sorted({end for span in spans for end in span})
        self.slots: list[Span] = [
            (a, b) for a, b in pairwise(cuts) if any(s[0] <= a and b <= s[1] for s in spans)
        ]
        self.spans = sorted({*spans, *self.slots})
        self.sets = sorted({p.forces for p in group}, key=sorted)
        self.each = sorted({f for p in group for f in p.forces})
        self.by_quarter = len({p.span for p in group}) > 1
        seen: dict[str, int] = {}
        for piece in group:
            for measure in {t.measure for t in piece.printed.tables}:
                seen[measure] = seen.get(measure, 0) + 1
        #: What a single release counts was attacked by the gate already.
        self.shared = {m for m, n in seen.items() if n > 1}
        self.own = {
            TABLE.format(line.name) for card in cards() if not card.additive for line in card.lines
        } | _OF_PEOPLE

    def is_few(self, found: Finding) -> bool:
        """Tell whether what is found of a force that released nothing is a small group, and not any count."""
        return (
            found.low is not None
            and found.high is not None
            and found.low >= 1
            and found.high < self.threshold
        )

    def write(self, folder: Path, past: Path) -> None:
        """Write the first release, and all others as what was printed before it."""
        made = [self._of(piece) for piece in self.group]
        made.append(self._rest(made))
        for place, printed in enumerate(made):
            there = folder if place == 0 else past / f"{place:04}"
            write_printed(printed, there)
            described = json.loads((there / DESCRIPTION).read_text("utf-8"))
            described["sums"] = list(self._sums())
            (there / DESCRIPTION).write_text(json.dumps(described), "utf-8")

    def _sums(self) -> Iterator[dict[str, object]]:
        for forces in self.sets:
            if len(forces) > 1:
                parts = [_force(frozenset({f})) for f in sorted(forces)]
                yield {"dimension": FORCE, "whole": _force(forces), "parts": parts}
        for span in self.spans:
            inside = [s for s in self.slots if span[0] <= s[0] and s[1] <= span[1]]
            if len(inside) > 1:
                yield {"dimension": PERIOD, "whole": _period(span), "parts": [_period(s) for s in inside]}

    def _dimensions(self) -> tuple[Dimension, ...]:
        every = {*self.sets, *(frozenset({f}) for f in self.each)}
        forces = [Code(c, parent=None) for c in sorted(map(_force, every))]
        periods = [Code(_period(s), parent=None) for s in self.spans]
        own = {FORCE: forces, PERIOD: periods}
        return tuple(
            Dimension(name, tuple(codes)) for key, codes in own.items() for name in (key, _APART[key])
        )

    def _places(self, measure: str) -> tuple[str, str]:
        apart = measure in self.own
        return (
            _APART[FORCE] if apart else FORCE,
            _APART[PERIOD] if apart or measure in _OF_A_DAY else PERIOD,
        )

    def _of(self, piece: Piece) -> Printed:
        tables = [self._counted(piece, t) for t in piece.printed.tables if t.measure in self.shared]
        return Printed(
            piece.printed.name,
            piece.printed.title,
            piece.words,
            (*piece.printed.dimensions, *self._dimensions()),
            tuple(tables),
            (),
            (),
            (),
            piece.printed.rules,
            corrections=piece.printed.corrections,
        )

    def _counted(self, piece: Piece, table: PrintedTable) -> PrintedTable:
        """Return a table with whom and when it counts; a quarter of it is a period like any."""
        quarters = _quarters(piece, table) if self.by_quarter else {}
        at = table.dimensions.index(_QUARTER) if quarters else -1

        def named(codes: Codes) -> Codes:
            span = quarters.get(codes[at], piece.span) if quarters else piece.span
            kept = tuple(c for n, c in enumerate(codes) if n != at)
            return (*kept, _force(piece.forces), _period(span))

        kept_dimensions = tuple(d for n, d in enumerate(table.dimensions) if n != at)
        # Percentages are worked out from the printed counts: they tell nothing more.
        return replace(
            table,
            dimensions=(*kept_dimensions, *self._places(table.measure)),
            counts={named(codes): count for codes, count in table.counts.items()},
            percentages={},
            left_out=tuple(named(codes) for codes in table.left_out),
            percent_of=(),
        )

    def _rest(self, made: Iterable[Printed]) -> Printed:
        """Return the smallest parts of which no release tells anything, as hidden: they are not empty."""
        shapes: dict[tuple[str, str, tuple[str, ...]], set[Codes]] = {}
        told: dict[tuple[str, str], set[tuple[str, str]]] = {}
        merged: dict[tuple[str, str, tuple[str, ...]], set[Codes]] = {}
        for printed in made:
            for t in printed.tables:
                if FORCE not in t.dimensions:
                    continue  # counts that do not add up leave nothing over
                shapes.setdefault((t.measure, t.as_at, t.dimensions), set()).update(c[:-2] for c in t.counts)
                told.setdefault((t.measure, t.as_at), set()).update((c[-2], c[-1]) for c in t.counts)
                merged.setdefault((t.measure, t.as_at, t.dimensions), set()).update(_merged(printed, t))
        tables = []
        for number, ((measure, as_at, dimensions), cells) in enumerate(sorted(shapes.items())):
            slots = self.slots if PERIOD in dimensions else [p.span for p in self.group]
            parts = [(_force(frozenset({f})), _period(s)) for f in self.each for s in sorted(set(slots))]
            hidden = [p for p in parts if p not in told[measure, as_at]]
            hidden_cells = {(*c, *p) for p in hidden for c in cells} | merged[measure, as_at, dimensions]
            counts: Mapping[Codes, float | None] = dict.fromkeys(sorted(hidden_cells))
            if counts:
                tables.append(
                    PrintedTable(f"part-{number}", measure, measure, dimensions, counts, {}, as_at=as_at)
                )
        rules = self.group[0].printed.rules
        return Printed("parts", _REST, _REST, self._dimensions(), tuple(tables), (), (), (), rules)


def _force(forces: frozenset[str]) -> str:
    return " and ".join(sorted(forces))


def _period(span: Span) -> str:
    # Told on a command line and in a log: a plain space.
    return f"{day(span[0])} to {day(span[1] - dt.timedelta(days=1))}".replace("\u00a0", " ")


def _quarters(piece: Piece, table: PrintedTable) -> dict[str, Span]:
    """Return the quarters of a table as periods; none where its codes are no quarters."""
    if _QUARTER not in table.dimensions:
        return {}
    at = table.dimensions.index(_QUARTER)
    found: dict[str, Span] = {}
    for code in {codes[at] for codes in table.counts} - {TOTAL}:
        told = _CODE.fullmatch(code)
        if told is None:
            return {}
        year, month = int(told[1]), 3 * int(told[2]) + 1
        first = dt.date(year, month - 3, 1)
        after = dt.date(year + (month > 12), (month - 1) % 12 + 1, 1)
        found[code] = (max(first, piece.span[0]), min(after, piece.span[1]))
    return found if all(a < b for a, b in found.values()) else {}


def _merged(printed: Printed, table: PrintedTable) -> Iterator[Codes]:
    """Yield the cells that a table gives only together, as “No, or not recorded”: they are not empty."""
    codes_of = {d.name: d.codes for d in printed.dimensions}
    for place, name in enumerate(table.dimensions):
        within: dict[str, list[str]] = {}
        for code in codes_of[name]:
            if code.parent is not None and code.parent != TOTAL:
                within.setdefault(code.parent, []).append(code.code)
        for cell in table.counts:
            inner = [(*cell[:place], c, *cell[place + 1 :]) for c in within.get(cell[place], ())]
            if not any(own in table.counts for own in inner):
                yield from inner
