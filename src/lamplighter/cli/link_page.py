"""The page of a linked table: what was found, how sure, what each agreement is worth, where pairs came from.

It holds names of columns and figures, and nobody's values.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import polars as pl

from lamplighter.linkage.explain.accuracy import BINS, Bin
from lamplighter.linkage_tables.two_party.pair_bars import PARTIES
from lamplighter.linkage_tables.whole_tables import Linked, Measured
from lamplighter.reporting.charts.bars_chart import BarValue, bars_chart
from lamplighter.reporting.charts.weights_chart import Weight, weights_chart
from lamplighter.reporting.document import (
    Block,
    Caution,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Points,
    Report,
    Section,
    Table,
    Words,
)

LEAST_SEEN = 0.002
"""Levels that fewer pairs than this are at, of one person and at random alike, are in the table alone."""
MOST_KEYS = 20


def page(found: Linked, measured: Measured | None) -> Report:
    """The report of one linked table, with how well it went where a truth is known."""
    what = "Which rows are about the same two people" if found.two_party else "Which rows are the same person"
    sections = [
        Section("found", "What was found", tuple(_found(found, measured)), first=True),
        *([Section("truth", "Beside the truth", tuple(_beside(measured)))] if measured else []),
        Section("sure", "How sure it is", tuple(_sure(found))),
        Section("weights", "What each agreement is worth", tuple(_weights(found))),
        *([Section("keys", "Where the pairs came from", tuple(_keys(found)))] if found.keys else []),
        Section("columns", "What each column was taken for", (_columns(found),)),
        Section("how", "How this was worked out", (Points(_HOW),), appendix=True),
    ]
    return Report(
        title="Who is who",
        subtitle=what,
        standing="For those who may see the table: names of columns and figures, nobody's values",
        facts=tuple(found.figures()[:3]),
        sections=tuple(sections),
        source="from the table that was linked",
    )


def _found(found: Linked, measured: Measured | None) -> list[Block]:
    figures = dict(found.figures())
    unit = "Different pairs of people" if found.two_party else "Different persons"
    key = [
        KeyFigure(figures[unit], unit.lower(), f"in {figures['Rows']} rows"),
        KeyFigure(
            figures["Pairs linked"],
            "pairs of rows linked",
            f"{figures['Of these false, as expected']} of them false, as the model expects",
        ),
    ]
    if measured:
        key.append(
            KeyFigure(
                f"{measured.groups.f1:.3f}",
                "F1 of the groups",
                f"precision {measured.groups.precision:.3f}, recall {measured.groups.recall:.3f}",
            )
        )
    recall = figures.get("True pairs that were looked at, estimated")
    if recall:
        value, _, interval = recall.partition(" ")
        key.append(
            KeyFigure(value, "of true pairs looked at", f"an estimate without any truth; 95% {interval}")
        )
    return [
        KeyFigures(tuple(key)),
        Caution("A link is a belief with reasons, not a fact. Look at the reasons before acting on one."),
    ]


def _beside(measured: Measured) -> list[Block]:
    b = measured.beliefs
    table = Table(
        "accuracy",
        "How well it went",
        (Column("What"), Column("Figure")),
        tuple(measured.figures()),
        basis=f"{measured.groups.truth:,} true pairs. The column with the truth was not looked at before.",
    )
    bins = [x for x in b.bins if x.pairs]
    if not bins:
        return [table]
    bars = [
        BarValue(
            _range(x.low, x.high),
            100 * x.true,
            f"{100 * x.true:.0f}% of {x.pairs:,}, believed {100 * x.believed:.0f}%",
            low=100 * x.interval[0],
            high=100 * x.interval[1],
        )
        for x in bins
    ]
    picture = bars_chart(
        bars, title="Of pairs believed so likely, how many are true", unit="% true", most=100
    )
    return [
        table,
        Figure(
            "reliability",
            "Of pairs believed so likely, how many are true",
            picture,
            _bins_table(bins),
            "Where beliefs are right, the share that is true lies within the range at the left. "
            f"The expected calibration error is {b.calibration_error:.3f}; "
            f"by chance alone, were every belief right, it would be {b.by_chance:.3f}.",
        ),
    ]


def _bins_table(bins: Sequence[Bin]) -> Table:
    return Table(
        "reliability",
        "Beliefs and truth",
        (
            Column("Believed"), Column("Pairs", "count"), Column("Mean belief", "percent"),
            Column("True", "percent"), Column("95% interval of the share"),
        ),
        tuple(
            (
                _range(x.low, x.high), x.pairs, 100 * x.believed, 100 * x.true,
                f"{100 * x.interval[0]:.1f} to {100 * x.interval[1]:.1f}",
            )
            for x in bins
        ),
    )  # fmt: skip


def _range(low: float, high: float) -> str:
    return f"{100 * low:.0f} to {100 * high:.0f}%"


def _sure(found: Linked) -> list[Block]:
    p = found.pairs["probability"]
    counts = [
        (_range(a, b), p.filter((p >= a) & ((p < b) | (b == 1.0))))
        for a, b in itertools.pairwise(BINS)
        if b > BINS[1]
    ]
    rows = tuple((label, len(some), float((1 - some).sum())) for label, some in counts)
    bars = [BarValue(label, float(n), f"{n:,} pairs") for label, n, _ in rows]
    table = Table(
        "beliefs",
        "Pairs by how likely they are held to be right",
        (Column("Believed"), Column("Pairs", "count"), Column("Expected to be wrong", "number")),
        rows,
        basis=f"Pairs are linked from {100 * found.bar:.0f}%; those under 5% are left out.",
    )
    title = "Pairs by how likely they are held to be right"
    return [
        Words(
            ("Few pairs in the middle mean that the table tells people apart; many mean that it does not.",)
        ),
        Figure("beliefs", title, bars_chart(bars, title=title, unit="pairs"), table),
    ]


def _weights(found: Linked) -> list[Block]:
    said = (
        "A bit doubles the odds that two rows belong together, or halves them. The weight is that of a "
        "value of middling frequency: a rare name that agrees weighs more, a common one less."
    )
    blocks: list[Block] = [Words((said,))]
    for mark, name in PARTIES.items() if found.two_party else {"": ""}.items():
        part = found.weights.filter(pl.col("comparison").str.starts_with(mark))
        if not part.height:
            continue
        title = f"Weights of what was compared{': ' + name.lower() if name else ''}"
        seen = part.filter((pl.col("same") >= LEAST_SEEN) | (pl.col("random") >= LEAST_SEEN))
        bars = [Weight(_capital(w), v) for w, v in seen.select("words", "weight").iter_rows()]
        key = f"weights-{name.lower().replace(' ', '-')}" if name else "weights-all"
        table = Table(
            key,
            title,
            (Column("Compared"), Column("Outcome"), Column("Of one person", "percent", 2),
             Column("At random", "percent", 4), Column("Weight in bits", "number")),
            tuple((t, w, 100 * s, 100 * r, v) for t, w, s, r, v in part.select(
                "title", "words", "same", "random", "weight").iter_rows()),
        )  # fmt: skip
        if name:
            blocks.append(Heading(name))
        if bars:
            blocks.append(Figure(key, title, weights_chart(bars, title=title, unit="bits"), table))
    return blocks


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _keys(found: Linked) -> list[Block]:
    keys = sorted(found.keys, key=lambda y: -y.found)[:MOST_KEYS]
    named = {y.key: _words_of(y.key) for y in keys}
    bars = [
        BarValue(named[y.key], 100 * y.found, f"{100 * y.found:.0f}%, {100 * y.alone:.1f}% by it alone")
        for y in keys
    ]
    title = "Share of the likely pairs that each key finds"
    table = Table(
        "keys",
        "What each key brings",
        (Column("Key"), Column("Pairs it proposes", "count"), Column("Likely pairs it finds", "percent"),
         Column("Found by it alone", "percent")),
        tuple((_words_of(y.key), round(y.pairs), 100 * y.found, 100 * y.alone) for y in found.keys),
    )  # fmt: skip
    said = "Two rows are compared when they share one of these keys; where a key is common it is narrowed."
    return [
        Words((said,)),
        Figure("keys", title, bars_chart(bars, title=title, unit="% of likely pairs", most=100), table),
    ]


def _words_of(key: str) -> str:
    plain = key.replace("sur_ph", "surname by sound").replace("first_ph", "first name by sound")
    plain = plain.replace("first_class", "first name or short form").replace("+", ", ")
    return _capital(plain.removeprefix("x_").replace("_1", " of the first").replace("_2", " of the second")
                    .replace("_", " "))  # fmt: skip


def _columns(found: Linked) -> Table:
    rows = tuple((c, f.replace("_", " ") if f else "left out") for c, f in found.taken_for.items())
    return Table("columns", "What each column was taken for", (Column("Column"), Column("Taken for")), rows)


_HOW = (
    "No answer was shown to the model: how often each thing agrees, in rows of one person and of two, is "
    "learned from the table itself.",
    "Rows of two people who have something to do with each other (a household, twins, a father and son) are "
    "kinds of their own, so that what they share is not counted as if it spoke for one person.",
    "What is missing weighs nothing. Columns that follow from another column are left out, or they would be "
    "counted twice.",
    "The bar is the lowest at which the expected share of false links stays within the share that was borne.",
    "Groups are joined best first while the average of their evidence holds, so that one strong false pair "
    "does not chain two groups.",
)
