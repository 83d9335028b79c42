"""The page of forces beside one another: what is said of the country, of each force, and what is not said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl

from lamplighter.reporting.charts.funnel_chart import FunnelLine, FunnelPoint, funnel_chart
from lamplighter.reporting.charts.pictures import Picture
from lamplighter.reporting.charts.trend_chart import Break, TrendPoint, trend_chart
from lamplighter.reporting.document import (
    NOT_APPLICABLE,
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
    Value,
    Words,
)
from lamplighter.reporting.folder import report_files, write_folder
from lamplighter.reporting.words import count, day, listed, number, sentence
from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.forces.comparison import Cell, Compared, Comparison
from lamplighter.studies.forces.counts import NO_OUTCOME
from lamplighter.vocabulary.codes import code_set

PUBLISHED = "Worked out from published counts"
INTERNAL = "Internal: holds small numbers, not for release"
_ORDER = "Forces stand in alphabetical order. The order says nothing."
_GRID = 120


def report_of(found: Comparison) -> Report:
    """Return the page as a report: words, tables and pictures in the order in which people read them."""
    counts = found.counts
    period = f"{day(counts.first)} to {day(counts.last)}"
    meta = counts.metadata
    warnings = ["Every person and every event in this report is made up."] if meta.made_up else []
    warnings += counts.joined
    sections = [
        _first(found),
        _apart(found),
        *(_measure(found, m) for m in found.measures),
        _over_time(found),
        _each_period(found),
        _method(found),
    ]
    return Report(
        title="Forces beside one another",
        subtitle=f"{sentence(counts.offence).removesuffix('.')}, {period}",
        standing=INTERNAL if counts.of_rows else PUBLISHED,
        facts=(
            (f"{_units(found)} recorded", period),
            ("As known on", day(meta.extracted_on)),
            (f"Which {counts.unit}s", meta.selection),
            ("Sources", "; ".join(meta.sources)),
        ),
        sections=tuple(s for s in sections if s is not None),
        warnings=tuple(warnings),
        source="from the sources named above",
    )


def write_page(found: Comparison, folder: Path) -> None:
    """Write the page, its tables as CSV and its charts. Raises ``FileExistsError`` as ``write_folder``."""
    counts = found.counts
    facts = {
        "study": "forces",
        "period": [counts.first.isoformat(), counts.last.isoformat()],
        "sources": list(counts.metadata.sources),
    }
    write_folder(folder, report_files(report_of(found)), facts)


def _shown(m: Compared, value: float | None) -> str:
    if value is None:
        return "no share"
    return number(value, 1) if m.measure.is_rate else f"{number(value, 1)}%"


def _of(m: Compared, cell: Cell) -> str:
    return f"{_shown(m, cell.value)}, {number(cell.x)} of {number(cell.n)}"


def _first(found: Comparison) -> Section:
    """Return what a reader in a hurry must not miss, each sentence worked out from the rows that remain."""
    crimes = sum(s.crimes for s in found.sizes.values())
    forces = sum(s.crimes > 0 for s in found.sizes.values())
    figures = [
        KeyFigure(
            number(crimes),
            f"{found.counts.unit}s recorded by {count(forces, 'force')}",
            found.counts.offence,
        )
    ]
    figures += [
        KeyFigure(
            _shown(m, m.country.value),
            m.measure.title.lower() if m.measure.is_rate else m.measure.title,
            f"{number(m.country.x)} of {number(m.country.n)} {_unit(found, m)}, all forces together",
        )
        for m in found.measures
        if m.country.value is not None
    ]
    return Section(
        "brief",
        "What these figures say",
        (
            KeyFigures(tuple(figures[:6])),
            Heading("What may be said"),
            Points(tuple(_may(found))),
            Heading("What may not be said"),
            Points(tuple(_may_not(found))),
        ),
        first=True,
    )


def _unit(found: Comparison, m: Compared) -> str:
    return f"{found.counts.unit}s" if m.measure.basis == "recorded" else "outcomes"


def _units(found: Comparison) -> str:
    return f"{found.counts.unit.capitalize()}s"


def _may(found: Comparison) -> Iterable[str]:
    if not found.flags_any:
        yield "Nothing on this page differs between forces by more than chance alone would bring."
    for m in found.measures:
        if m.funnel is None:
            continue
        title = m.measure.title
        if not m.differ:
            yield f"{title}: no more difference between forces than chance alone would bring."
            continue
        spread = f"{title}: forces differ by more than chance ({_test(m)}). "
        out = listed([f"{c.force} ({_of(m, c)})" for c in m.outside])
        yield spread + (
            f"Outside the limits, with the spread between forces allowed for: {out}."
            if out
            else "None is outside the limits once the spread between forces is allowed for."
        )
    yield from _may_of_periods(found)
    for cell in _open(found):
        size, unit = found.sizes[cell.force], found.counts.unit
        yield (
            f"{cell.force}: {number(size.open)} of its {number(size.crimes)} {unit}s have no outcome yet. "
            "Its other shares are not final, and are not set beside those of the others."
        )


def _may_of_periods(found: Comparison) -> Iterable[str]:
    """Say of which measures forces differ in single quarters, and where it is told who is outside."""
    if not found.apart:
        return
    several: dict[str, list[str]] = {}
    for title, own in _by_title(found).items():
        differ = sum(m.differ for m in own)
        if differ:
            when = "in every quarter" if differ == len(own) else f"in {differ} of {len(own)} quarters"
            several.setdefault(when, []).append(title)
    if not several and not any(m.outside for m in found.apart):
        yield "In no single quarter do forces differ by more than chance."
        return
    told = "; ".join(f"{when}: {listed([f'“{t}”' for t in titles])}" for when, titles in several.items())
    if told:
        yield f"Looked at quarter by quarter, forces differ by more than chance {told}."
    yield "Who lies outside in which quarter stands under “Each quarter by itself”."


def _by_title(found: Comparison) -> dict[str, list[Compared]]:
    """Return the measures of single periods, those of one title together."""
    by_title: dict[str, list[Compared]] = {}
    for m in found.apart:
        by_title.setdefault(m.measure.title, []).append(m)
    return by_title


def _each_period(found: Comparison) -> Section | None:
    """Return every measure in each quarter by itself, with limits of its own."""
    if not found.apart:
        return None
    blocks: list[Block] = [
        Words(
            (
                "Each quarter is set beside itself only: its own centre, its own limits. The same reasons "
                "leave a force out, so that late quarters, in which many cases are open, compare fewer.",
            )
        )
    ]
    for title, own in _by_title(found).items():
        key = own[0].measure.name.replace("_", "-")
        columns = (
            Column("Quarter"),
            Column(own[0].measure.of[:1].upper() + own[0].measure.of[1:], "count"),
            Column(title, "count"),
            Column("Forces compared", "count"),
            Column("Differ by more than chance"),
            Column("Outside the limits"),
        )
        rows = tuple(
            (
                span_of(*m.period),
                m.country.n,
                m.country.x,
                sum(c.compared for c in m.cells),
                "Too few to say" if m.funnel is None else "Yes" if m.differ else "No",
                listed([f"{c.force} ({'above' if c.outside > 0 else 'below'})" for c in m.outside]),
            )
            for m in own
            if m.period
        )
        blocks += [Heading(title), Table(f"quarters-{key}", f"{title}, by quarter", columns, rows)]
        for m in own:
            if m.funnel is not None and m.period is not None:
                name = f"{key}-{m.period[0]:%Y-%m}"
                table = _table(found, m, name)
                blocks.append(Figure(f"funnel-{name}", _titled(m), picture_of(found, m), table, _reading(m)))
    return Section("each-quarter", "Each quarter by itself", tuple(blocks))


def _titled(m: Compared) -> str:
    return m.measure.title if m.period is None else f"{m.measure.title}, {span_of(*m.period)}"


def _open(found: Comparison) -> list[Cell]:
    """Return the forces that the gate leaves out because of open cases, once each."""
    limit = found.limits.open_share
    cells = {c.force: c for m in found.measures if m.measure.gate for c in m.cells if c.reasons}
    held = found.sizes
    return [c for f, c in sorted(cells.items()) if held[f].crimes and held[f].open > limit * held[f].crimes]


def _test(m: Compared) -> str:
    assert m.funnel is not None
    p = m.funnel.differ
    chance = "less than 1 in 10\u2009000" if p < 1e-4 else f"p = {number(p, 4)}"
    return f"chi-square {number(m.funnel.statistic, 0)} on {m.funnel.freedom} degrees of freedom, {chance}"


def _may_not(found: Comparison) -> Iterable[str]:
    yield (
        "That a force does well or badly. Recording, kinds of cases and practice all move these shares, and "
        "counts cannot tell which of them did."
    )
    if _open(found):
        yield (
            f"Anything about the shares of {listed([c.force for c in _open(found)])}: while so many cases "
            "are open, the few that are decided are no fair sample of all."
        )
    yield (
        "That two forces inside the limits differ from one another, or that forces can be put in an order by "
        "these shares."
    )
    yield "That these counts are of people, or of how much stalking there is: they are of what was recorded."


def _apart(found: Comparison) -> Section | None:
    """Return the forces that are not set beside the others, with why."""
    rows: dict[str, dict[str, list[str]]] = {}
    for m in found.measures:
        for cell in m.cells:
            for reason in cell.reasons:
                rows.setdefault(cell.force, {}).setdefault(reason, []).append(m.measure.title)
    lines: list[tuple[Value, ...]] = [
        (force, reason, "every measure" if len(titles) == len(found.measures) else "; ".join(titles))
        for force, reasons in sorted(rows.items())
        for reason, titles in reasons.items()
    ]
    blocks: list[Block] = [
        Words(
            (
                "A force that cannot be set beside the others is drawn hollow and crossed, and is in no "
                "limit and no test. Its counts are in every table and in the figures of all forces together.",
            )
        )
    ]
    if lines:
        columns = (Column("Force"), Column("Why"), Column("For"))
        blocks.append(Table("not-compared", "Not set beside the others", columns, tuple(lines)))
    else:
        blocks.append(Words(("Every force in the data could be set beside the others.",)))
    return Section("not-compared-section", "Which forces are not compared, and why", tuple(blocks))


def _measure(found: Comparison, m: Compared) -> Section:
    key = m.measure.name.replace("_", "-")
    blocks: list[Block] = [Words((m.measure.why, *_sentences(m)))]
    table = _table(found, m, key)
    if m.funnel is not None:
        blocks += [Figure(f"funnel-{key}", m.measure.title, picture_of(found, m), table, _reading(m))]
    else:
        blocks += [Words(("Too few forces can be compared for limits to be drawn.",)), table]
    blocks += [
        Caution(
            f"{m.measure.must_not} What moves it without anything changing for victims: {m.measure.gaming}"
        )
    ]
    return Section(f"measure-{key}", m.measure.title, tuple(blocks))


def _sentences(m: Compared) -> list[str]:
    if m.funnel is None:
        return []
    all_ = f"All forces together: {_of(m, m.country)}."
    if not m.differ:
        return [f"{all_} Forces do not differ by more than chance ({_test(m)})."]
    return [
        f"{all_} Forces differ by more than chance ({_test(m)}). Recording and practice are both in it. "
        "The limits are widened by the spread between forces; a force outside them differs from the others "
        "by more than they differ among themselves."
    ]


def _reading(m: Compared) -> str:
    out = listed([f"{c.force} ({'above' if c.outside > 0 else 'below'})" for c in m.outside])
    return f"Outside the limits: {out}." if out else "No force that is compared lies outside the limits."


def picture_of(found: Comparison, m: Compared) -> Picture:
    """Return the funnel of one measure that has limits."""
    assert m.funnel is not None
    points = [
        FunnelPoint(
            c.force,
            float(c.n) / (1000 if m.measure.is_rate else 1),
            float(c.value),
            _of(m, c),
            "outside" if c.outside else "inside" if c.compared else "apart",
        )
        for c in m.cells
        if c.value is not None
    ]
    scale = 1000 if m.measure.is_rate else 1
    largest = max(p.size for p in points) * scale * 1.06
    smallest = min(p.size for p in points) * scale
    grid = [float(v) for v in np.geomspace(max(smallest * 0.8, 1), largest, _GRID)]
    lines = []
    for level, name in ((found.limits.inner, "95% limits"), (found.limits.outer, "99.8% limits")):
        low, high = m.limits_at(grid, level)
        lines.append(FunnelLine(name, tuple(g / scale for g in grid), tuple(low), tuple(high)))
    unit = "for every 1,000 crimes" if m.measure.is_rate else f"% of {m.measure.of}"
    size = "Crimes of all kinds, thousands" if m.measure.is_rate else f"Number of {m.measure.of}"
    return funnel_chart(points, lines, m.funnel.centre * m.scale, title=_titled(m), unit=unit, size_unit=size)


def where_it_lies(cell: Cell) -> str:
    """Say where a force lies, or why it is not compared."""
    if not cell.compared:
        return f"Not compared. {' '.join(cell.reasons)}"
    return {0: "Inside the limits", 1: "Above the limits", -1: "Below the limits"}[cell.outside]


def _table(found: Comparison, m: Compared, key: str) -> Table:
    whole = "Crimes of all kinds" if m.measure.is_rate else m.measure.of[:1].upper() + m.measure.of[1:]
    value = Column("For every 1,000", "number") if m.measure.is_rate else Column("Share", "percent")
    columns = [Column("Force"), Column(whole, "count"), Column(m.measure.title, "count"), value]
    interval = not m.measure.is_rate
    columns += [Column("95% interval")] if interval else []
    columns += [Column("Where it lies")]
    first, last = m.period or (found.counts.first, found.counts.last)
    rows: list[tuple[Value, ...]] = []
    for c in (*m.cells, m.country):
        seen: list[Value] = [c.force, c.n, c.x, NOT_APPLICABLE if c.value is None else c.value]
        if interval:
            known = c.low is not None and c.high is not None
            seen.append(
                f"{number(c.low or 0.0, 1)} to {number(c.high or 0.0, 1)}" if known else NOT_APPLICABLE
            )
        seen.append("" if c is m.country else where_it_lies(c))
        rows.append(tuple(seen))
    return Table(
        f"by-force-{key}",
        _titled(m),
        tuple(columns),
        tuple(rows),
        basis=f"{sentence(found.counts.offence).removesuffix('.')}; {m.measure.of}, "
        f"{day(first)} to {day(last)}",
        notes=(_ORDER,),
        totals=frozenset({len(rows) - 1}),
    )


def _over_time(found: Comparison) -> Section | None:
    """Return the country by quarter, with breaks of recording marked, and each force by quarter."""
    counts = found.counts
    sums, every = (_sums(frame) for frame in (counts.frame, counts.history))
    country = every.group_by("first", "last").agg(pl.col("n", "x", "o").sum(), pl.len()).sort("first")
    if country.height < 2:
        return None
    spans = [(a, b) for a, b, n, *_ in country.iter_rows() if n > 0]
    points = [
        TrendPoint(span_of(a, b), 100 * x / n, _share_of(x, n), *_between(x, n))
        for a, b, n, x, *_ in country.iter_rows()
        if n > 0
    ]
    blocks: list[Block] = []
    if points:
        title = f"Charged or summonsed, of {counts.unit}s recorded in each period"
        picture = trend_chart(points, breaks_of(spans), title=title, unit=f"% of {counts.unit}s recorded")
        rows = tuple((span_of(a, b), k, n, x, o) for a, b, n, x, o, k in country.iter_rows())
        columns = (
            Column("Period"),
            Column("Forces with a row", "count"),
            Column(f"{_units(found)} recorded", "count"),
            Column("Charged or summonsed", "count"),
            Column("No outcome yet", "count"),
        )
        table = Table("country-by-period", "All forces together, by period", columns, rows)
        told = "Later periods have had less time to be decided: a fall towards the end is to be expected."
        blocks.append(Figure("country-trend", title, picture, table, told))
    by_force = {(f, a): (n, x, o) for f, a, _, n, x, o in sums.iter_rows()}
    lines: list[tuple[Value, ...]] = []
    for force in counts.forces:
        for first, last in counts.periods:
            held = by_force.get((force, first))
            if held is None:
                lines.append((force, span_of(first, last), *[NOT_APPLICABLE] * 3, "No row in the data"))
            else:
                n, x, o = held
                lines.append((force, span_of(first, last), n, x, o, ""))
    parts = (
        Column("Force"),
        Column("Period"),
        Column(f"{_units(found)} recorded", "count"),
        Column("Charged or summonsed", "count"),
        Column("No outcome yet", "count"),
        Column("Note"),
    )
    blocks.append(
        Table(
            "by-force-and-period",
            "Each force, by period",
            parts,
            tuple(lines),
            notes=(_ORDER,),
            folded=True,
        )
    )
    return Section("over-time", "By quarter, together and apart", tuple(blocks))


def _sums(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the crimes of each force and period, those charged, and those without an outcome."""
    charged, still = (pl.col("outcome") == code for code in ("1", NO_OUTCOME))
    return (
        frame.filter(pl.col("basis") == "recorded")
        .group_by("force", "first", "last")
        .agg(
            pl.col("count").sum().alias("n"),
            pl.col("count").filter(charged).sum().alias("x"),
            pl.col("count").filter(still).sum().alias("o"),
        )
    )


def _share_of(x: int, n: int) -> str:
    return f"{number(100 * x / n, 1)}%, {number(x)} of {number(n)}"


def _between(x: int, n: int) -> tuple[float, float]:
    said = wilson(min(max(x, 0), n), n)
    return 100 * float(said.lower), 100 * float(said.upper)


def span_of(first: dt.date, last: dt.date) -> str:
    if (last - first).days > 200:
        return f"{first.year}/{last.year % 100:02}"
    return f"{first:%b} to {last:%b} {last.year}"


def rule_changes(first: dt.date, last: dt.date) -> list[tuple[dt.date, str]]:
    """Return the recording rules that began or ended between two days, by day."""
    found = []
    for rule in code_set("recording_rules").codes.values():
        for on, what in ((rule.valid_from, "begins"), (rule.valid_until, "ends")):
            if on is not None and first < on <= last:
                found.append((on, f"{rule.title} ({what} {day(on)})"))
    return sorted(found)


def breaks_of(spans: list[tuple[dt.date, dt.date]]) -> list[Break]:
    """Return the changes of recording, each before the period in which it falls."""
    changes = rule_changes(spans[0][0], spans[-1][1])
    placed = [(next(i for i, p in enumerate(spans) if p[1] >= on), name) for on, name in changes]
    return [Break(place, name) for place, name in placed if place]


def _method(found: Comparison) -> Section:
    own = found.limits
    history = found.counts.history
    ends = history.select(pl.col("first").min(), pl.col("last").max()).row(0)
    changes = [f"{name}. Do not compare across it." for _, name in rule_changes(*ends)]
    points = [
        f"A force is not compared where more than {number(100 * own.open_share)}% of its "
        f"{found.counts.unit}s have no outcome yet, where there are fewer than {own.fewest}, where a period "
        "is missing, or where it polices no area.",
        "Limits are exact: binomial for shares, Poisson for rates, interpolated between counts. Where forces "
        "differ by more than chance, they are widened by the spread between forces (an additive variance, "
        f"from z scores of which the outer {number(100 * own.winsorised)}% at each end are drawn in; "
        "Spiegelhalter 2005).",
        "The centre is the share of all forces that are compared, which differs a little from that of all.",
        f"If no forces differed at all, at most {number(100 * own.page_level)} in 100 such pages would flag "
        "anything: half of that for the tests whether forces differ, half for single forces over all "
        "measures (Benjamini and Hochberg). Where there are several quarters, half of each is for all "
        "of them together and half for each by itself.",
        "The lines of the charts are for one force looked at alone. A force is called outside only if it "
        "stays so after all forces and measures of the page were looked at.",
        "A figure names its edition. Later editions revise earlier years.",
        *changes,
    ]
    return Section("method", "How this was worked out", (Points(tuple(points)),), appendix=True)
