"""Everything that can be written down about the true figures: bounds, sums, ratios.

Reached cell by cell: from each figure to the margins it is part of, to its neighbours in them, to the areas
around it and to the next state of the data, until nothing new turns up (the "audit" of a suppressed table as
in Willenborg and de Waal, 2001, ch. 8, over all tables at once).
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lamplighter.disclosure.attack.audit.corrections import WITHOUT, Corrections, corrections
from lamplighter.disclosure.attack.audit.crossing import crossings
from lamplighter.disclosure.attack.reading import Figure, Papers, Sheet

#: What is counted, when, and for whom; a total names no code.
Codes = tuple[tuple[str, str], ...]
Name = tuple[str, str, Codes]
HUGE = 1e7


@dataclass
class Knowledge:
    """Unknown true figures by number, what bounds them, and the linear rows that tie them together.

    ``sums`` are rows equal to 0, ``ratios`` rows at most 0, both as ``{number: coefficient}``. ``told`` are
    the names as printed: what no correction touches is one unknown under the names of several states.
    ``crossed`` are people with several codes at once, whom no sheet counts; of the measures ``beyond`` there
    are too many of them to ask. ``emptied`` is what no sheet lists and was taken for empty (``None``: nothing
    is to be).
    """

    names: list[Name] = field(default_factory=list)
    number: dict[Name, int] = field(default_factory=dict)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    sums: list[dict[int, float]] = field(default_factory=list)
    ratios: list[dict[int, float]] = field(default_factory=list)
    shown: dict[int, list[Figure]] = field(default_factory=lambda: defaultdict(list))
    hidden: dict[int, list[Figure]] = field(default_factory=lambda: defaultdict(list))
    remainders: set[int] = field(default_factory=set)
    amounts: set[int] = field(default_factory=set)
    averages: dict[int, Figure] = field(default_factory=dict)
    classes: list[tuple[int, list[int]]] = field(default_factory=list)
    wholes: set[int] = field(default_factory=set)
    clashes: list[tuple[Figure, Figure]] = field(default_factory=list)
    left_out: set[int] = field(default_factory=set)
    corrected: Corrections = field(default_factory=Corrections)
    told: dict[Name, None] = field(default_factory=dict)
    signed: set[int] = field(default_factory=set)
    crossed: set[int] = field(default_factory=set)
    beyond: set[str] = field(default_factory=set)
    emptied: set[int] | None = field(default_factory=set)

    def find(self, name: Name) -> int | None:
        """Return the number of an unknown, if there is one; what no correction touches has its first name."""
        measure, as_at, codes = name
        return self.number.get((measure, self.corrected.since(measure, as_at, codes), codes))

    def of(self, name: Name) -> int:
        """Return the number of an unknown, a new one if it is new."""
        name = (name[0], self.corrected.since(*name), name[2])
        if name not in self.number:
            self.number[name] = len(self.names)
            self.names.append(name)
            self.low.append(0.0)
            self.high.append(HUGE)
        return self.number[name]

    def bound(self, i: int, low: float, high: float) -> None:
        """Know an unknown to lie between two values."""
        self.low[i], self.high[i] = max(self.low[i], low), min(self.high[i], high)


def learn(papers: Papers) -> Knowledge:
    """Everything that the papers tell."""
    known = Knowledge(corrected=corrections(papers))
    for sheet in papers.sheets:
        for figure in sheet.figures:
            _figure(known, sheet, figure)
        for codes in sheet.spec.get("left_out", ()):
            named = zip(sheet.spec["dimensions"], codes, strict=True)
            name = (*sheet.universe, tuple(sorted((str(d), str(c)) for d, c in named if c != "all")))
            known.told[name] = None
            i = known.of(name)
            known.left_out.add(i)
            known.bound(i, 1.0, HUGE)
    _spread(known, papers)
    _later(known, papers)
    _put_right(known, papers)
    for sheet in papers.sheets:
        _percentages(known, sheet)
    for sheet in papers.summaries:
        if sheet.spec["statistic"] == "mean":
            _means(known, sheet)
    return known


def unlisted(known: Knowledge) -> dict[str, list[int]]:
    """By measure, the smallest cells that no table has, nor a word that they hold somebody.

    Who reads the tables takes them for empty.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for i, (measure, _, _) in enumerate(known.names):
        told = i in known.shown or i in known.hidden or i in known.left_out
        if not (told or i in known.wholes or i in known.remainders or i in known.crossed):
            found[measure].append(i)
    return dict(found)


def behind(text: str, rules: dict[str, Any], *, amount: bool) -> tuple[float, float]:
    """Return the true values that can stand behind a printed one, by the rules the release prints about
    itself.
    """
    value, base = float(text), float(rules["base"])
    how = "none" if base == 1 else rules["rounding"]
    if how == "none":
        return (value - 0.5, value + 0.5) if amount else (value, value)
    reach = base if how == "controlled" else base / 2
    low, high = value - reach, value + reach
    if amount:
        return max(low, 0.0), high
    if how == "controlled":  # a neighbouring multiple: never a whole base away
        low, high = low + 1, high - 1
    low, high = math.ceil(low), math.floor(high)
    nobody_shown = value == 0 and not rules["zeros_hidden"]
    least = 0 if nobody_shown else min(int(rules["threshold"]), high)
    return float(max(low, least)), float(high)


def _figure(known: Knowledge, sheet: Sheet, figure: Figure) -> None:
    name = (*sheet.universe, figure.codes)
    known.told[name] = None
    i = known.of(name)
    amount = sheet.spec.get("kind") == "magnitude"
    if amount:
        known.amounts.add(i)
    if figure.text is None:
        known.hidden[i].append(figure)
        return
    low, high = behind(figure.text, sheet.rules, amount=amount)
    if low > known.high[i] or high < known.low[i]:
        known.clashes.append((known.shown[i][0], figure))
        return
    known.shown[i].append(figure)
    known.bound(i, low, high)


def _spread(known: Knowledge, papers: Papers) -> None:
    children: dict[tuple[str, str], list[str]] = defaultdict(list)
    for dim, listed in papers.dimensions.items():
        for code, entry in listed.items():
            if entry.get("parent") is not None:
                children[dim, str(entry["parent"])].append(code)
    seen_codes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for measure, _, codes_ in known.names:
        for dim, code in codes_:
            seen_codes[measure, dim].add(code)
    written: set[tuple[int, ...]] = set()
    met: set[Name] = set()
    queue: deque[Name] = deque()

    def reach(measure: str, as_at: str, cell: dict[str, str]) -> int:
        name = (measure, as_at, tuple(sorted(cell.items())))
        if name not in met:
            met.add(name)
            queue.append(name)
        return known.of(name)

    def walk(names: Iterable[Name]) -> None:
        fresh = [name for name in names if name not in met]
        met.update(fresh)
        queue.extend(fresh)
        while queue:
            look(*queue.popleft())

    def look(measure: str, as_at: str, codes: Codes) -> None:
        cell = dict(codes)
        for dim, code in codes:
            spec = papers.dimensions.get(dim, {}).get(code)
            if spec is None:
                continue
            rest = {d: c for d, c in cell.items() if d != dim}
            parent = spec.get("parent")
            if parent is not None:
                whole = reach(measure, as_at, rest if parent == "all" else rest | {dim: parent})
                parts = [reach(measure, as_at, rest | {dim: c}) for c in children[dim, parent]]
                if (whole, *parts) not in written:
                    written.add((whole, *parts))
                    known.sums.append({whole: 1.0} | dict.fromkeys(parts, -1.0))
                    known.wholes.add(whole)
                    if len(parts) > 1:
                        known.classes.append((whole, parts))
            for whole_code, part_codes in _summed(papers, dim, code):
                whole = reach(measure, as_at, rest | {dim: whole_code})
                parts = [reach(measure, as_at, rest | {dim: c}) for c in part_codes]
                if (whole, *parts) not in written:
                    written.add((whole, *parts))
                    known.sums.append({whole: 1.0} | dict.fromkeys(parts, -1.0))
                    known.wholes.add(whole)
            for outer in _holding(papers, dim, code):
                if outer not in seen_codes[measure, dim]:
                    continue
                around = reach(measure, as_at, rest | {dim: outer})
                inside = known.of((measure, as_at, codes))
                between = reach(measure, as_at, rest | {dim: f"{outer}{WITHOUT}{code}"})
                if (around, inside, between) not in written:
                    written.add((around, inside, between))
                    known.sums.append({around: 1.0, inside: -1.0, between: -1.0})
                    known.wholes.add(around)

    walk(known.told)
    known.remainders = {
        i for i, (_, _, codes) in enumerate(known.names) if any(WITHOUT in c for _, c in codes)
    }
    first, wholes = len(known.names), set(known.wholes)
    rows = list(crossings(papers, known.beyond))
    walk(whole for whole, _ in rows)
    for whole, parts in rows:
        known.sums.append({known.of(whole): 1.0} | {known.of(part): -1.0 for part in parts})
    # What adds up only over people with several codes at once is still the smallest that a sheet could list.
    known.wholes = wholes
    known.crossed.update(range(first, len(known.names)))


def _summed(papers: Papers, dim: str, code: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each sum of codes that a code is the whole of, or a part of: one code can be in several."""
    for name, whole, parts in papers.sums:
        if name == dim and (code == whole or code in parts):
            yield whole, parts


def _holding(papers: Papers, dim: str, code: str) -> list[str]:
    """Return every code around a code, step by step outwards."""
    listed = papers.dimensions.get(dim, {})
    found: list[str] = []
    outer = listed.get(code, {}).get("within")
    while outer is not None and outer not in found:
        found.append(str(outer))
        outer = listed.get(str(outer), {}).get("within")
    return found


def _around(papers: Papers, codes: Codes) -> Iterator[tuple[Codes, Codes]]:
    """Yield the codes with one of them widened, and what then lies between."""
    for dim, code in codes:
        for outer in _holding(papers, dim, code):
            wide = tuple(sorted((d, outer if d == dim else c) for d, c in codes))
            yield wide, tuple((d, f"{outer}{WITHOUT}{code}" if d == dim else c) for d, c in codes)


def _later(known: Knowledge, papers: Papers) -> None:
    """Who came new from one state of the data to another, the area having grown or not."""
    growing = {str(s.spec["measure"]) for s in papers.sheets if s.spec.get("grows")}
    own = papers.description["edition"]
    fresh = {s.universe for s in papers.sheets if s.source == own}
    told = [known.names[i] for i in sorted({*known.shown, *known.hidden})]
    dates: dict[str, list[str]] = defaultdict(list)
    for measure, as_at, _ in told:
        if measure in growing and as_at not in dates[measure]:
            dates[measure].append(as_at)
    places = set(told)
    parted = {i for row in known.sums for i, sign in row.items() if sign > 0}
    done: set[tuple[int, int]] = set()
    for measure, before, codes in told:
        after_all = sorted(d for d in dates.get(measure, ()) if d > before)
        for after in after_all:
            next_one = after == after_all[0]
            if not next_one and not {(measure, before), (measure, after)} & fresh:
                continue
            for wide, rim in ((codes, codes), *_around(papers, codes)):
                if (measure, after, wide) not in places:
                    continue
                new = known.of((measure, f"{before} to {after}", rim))
                known.remainders.add(new)
                late, early = known.number[measure, after, wide], known.number[measure, before, codes]
                done.add((late, early))
                known.sums.append({late: 1.0, early: -1.0, new: -1.0})
    for i, late, new in _growing_unlisted(known, dates, parted, done):
        known.crossed.add(new)
        known.sums.append({late: 1.0, i: -1.0, new: -1.0})


def _growing_unlisted(
    known: Knowledge, dates: Mapping[str, list[str]], parted: set[int], done: set[tuple[int, int]]
) -> Iterator[tuple[int, int, int]]:
    """Yield what no sheet lists and grows as well: a line left out, and people with several codes at once."""
    for i, (measure, before, codes) in enumerate(list(known.names)):
        after = min((d for d in dates.get(measure, ()) if d > before), default=None)
        if after is None or before not in dates[measure] or i in parted:
            continue
        late = known.number.get((measure, after, codes))
        if late is not None and (late, i) not in done:
            yield i, late, known.of((measure, f"{before} to {after}", codes))


def _put_right(known: Knowledge, papers: Papers) -> None:
    """Return what a correction took away or added: the later figure less the earlier one, of either sign.

    The earlier one may lie within the later one.
    """
    for measure, before, codes in known.told:
        early = known.of((measure, before, codes))
        for after in known.corrected.after(measure, before):
            for wide, rim in ((codes, codes), *_around(papers, codes)):
                late = known.find((measure, after, wide))
                if late is None or not (late in known.shown or late in known.hidden):
                    continue
                if known.names[late][1] != after:
                    continue
                new = known.of((measure, f"{before} to {after}", rim))
                known.low[new] = -HUGE
                known.remainders.add(new)
                known.signed.add(new)
                known.sums.append({late: 1.0, early: -1.0, new: -1.0})


def _percentages(known: Knowledge, sheet: Sheet) -> None:
    bases = set(sheet.spec.get("percent_of") or ())
    if not bases:
        return
    half = 0.5 * 10.0 ** -int(sheet.spec.get("decimals", 0))
    text_of = {figure.codes: figure.text for figure in sheet.figures}
    pairs = []
    of_the_printed = True
    for figure in sheet.figures:
        if figure.percent is None:
            continue
        base = tuple((d, c) for d, c in figure.codes if d not in bases)
        top, bottom = figure.text, text_of.get(base)
        share = float(figure.percent)
        pairs.append((figure.codes, base, share))
        if (
            top is None
            or bottom is None
            or float(bottom) == 0
            or abs(100 * float(top) / float(bottom) - share) > half + 1e-6
        ):
            of_the_printed = False
    if of_the_printed:
        return  # worked out from the printed counts: they tell nothing more
    for codes, base, share in pairs:
        top_, bottom_ = known.of((*sheet.universe, codes)), known.of((*sheet.universe, base))
        if top_ == bottom_:
            continue
        known.ratios.append({top_: 1.0, bottom_: -(share + half) / 100})
        known.ratios.append({top_: -1.0, bottom_: (share - half) / 100})


def _means(known: Knowledge, sheet: Sheet) -> None:
    """A mean and the size of its group make a sum, and sums add up."""
    half = 0.5 * 10.0 ** -int(sheet.spec.get("decimals", 0))
    total: dict[int, int] = {}
    negative = any(f.text is not None and float(f.text) < 0 for f in sheet.figures)
    for figure in sheet.figures:
        size = known.of((*sheet.universe, figure.codes))
        amount = known.of((f"sum of {sheet.name}", "", figure.codes))
        known.amounts.add(amount)
        known.low[amount], known.high[amount] = (-HUGE if negative else 0.0), HUGE
        total[size] = amount
        if figure.text is None:
            known.averages[amount] = figure
            continue
        mean = float(figure.text)
        known.ratios.append({amount: 1.0, size: -(mean + half)})
        known.ratios.append({amount: -1.0, size: mean - half})
    for row in list(known.sums):
        if all(i in total for i in row):
            known.sums.append({total[i]: c for i, c in row.items()})
