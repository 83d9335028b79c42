"""Show rates by definition: with and without correction, early and late, and the whole grid."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from lamplighter.reporting.charts.bars_chart import BarValue, bars_chart
from lamplighter.reporting.document import (
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    Block,
    Caution,
    Column,
    Figure,
    Heading,
    Section,
    Table,
    Value,
    Words,
)
from lamplighter.reporting.words import day, listed, number
from lamplighter.statistics import Combined
from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.reoffending.cohort import Window
from lamplighter.studies.reoffending.definitions import VICTIMS
from lamplighter.studies.reoffending.grid import Cell, Key
from lamplighter.studies.reoffending.lag import Corrected
from lamplighter.studies.reoffending.partitions import combined
from lamplighter.studies.reoffending.study import Edition, Study

GRID = "tables/grid.csv"
_NO_DRAWS = "no draws"
_FEWEST_DRAWS = 2


def period(window: Window) -> str:
    """Return a period by its first and last month."""
    last = window.before.replace(day=1)
    year, month = (last.year, last.month - 1) if last.month > 1 else (last.year - 1, 12)
    end = last.replace(year=year, month=month)
    return f"{window.first:%B %Y} to {end:%B %Y}"


def percent(share: float) -> str:
    """Return a share as a percentage."""
    return f"{number(100 * share, 1)}%"


def between(low: float, high: float) -> str:
    """Return an interval of shares as percentages. Where nobody reoffends, limits can leave 0 to 1."""
    return f"{percent(max(low, 0.0))} to {percent(min(high, 1.0))}"


def named(study: Study, key: Key) -> str:
    """Return what a cell counts, without its index event."""
    victim = "" if key[2] == "either" else f", {VICTIMS[key[2]].lower()}"
    return f"{study.defs.outcome(key[1]).title}{victim}"


def plain(study: Study, key: Key) -> str:
    return between(*study.plain_interval(key))


def with_linkage(study: Study, key: Key) -> str:
    """Return the rate over all draws, with doubt about who is who in its interval."""
    found = combined(study.readings, key)
    return _NO_DRAWS if found is None else with_limits(found)


def with_limits(found: Combined) -> str:
    """Return what draws say together, with its limits."""
    return f"{percent(found.estimate)} ({between(found.lower, found.upper)})"


def why_none(cell: Cell) -> Value:
    """Return what stands where a cell has no figure."""
    if cell.state == "not_held":
        return NOT_AVAILABLE
    if cell.state == "nobody" or cell.known_on is None:
        return NOT_APPLICABLE
    return f"from {day(cell.known_on)}"


def corrected_for(study: Study, key: Key) -> Corrected | None:
    """Return the rate with late proof allowed for, of the same people; ``None`` if not worked out."""
    if key[2] != "either":
        return None
    asked = (key[0], key[1], key[3], study.windows[key])
    return next((c for c in study.lag if (c.index, c.outcome, c.horizon, c.window) == asked), None)


def _corrected(study: Study, key: Key) -> tuple[Value, Value]:
    """Return the rate corrected for late proof, and that with doubt about who is who as well."""
    if not study.defs.outcome(key[1]).is_proven:
        return NOT_APPLICABLE, NOT_APPLICABLE
    found = corrected_for(study, key)
    if found is None:
        return "not worked out", "not worked out"
    return said_of(found), _drawn(study, found, found.both)


def _drawn(study: Study, found: Corrected, both: Combined | None) -> str:
    """Return a corrected rate over all draws, or why there is none."""
    if both is not None:
        return with_limits(both)
    no_draws = len(study.held.links.draws) < _FEWEST_DRAWS
    return _NO_DRAWS if no_draws and found.rate is not None else "too little proven"


def said_of(found: Corrected) -> Value:
    """Return a corrected rate with its limits, or its bounds."""
    if found.rate is None:
        return "too little proven"
    if not found.rate.told:
        return f"between {percent(found.rate.lower)} and {percent(found.rate.upper)}"
    return f"{percent(found.rate.estimate)} ({between(found.rate.lower, found.rate.upper)})"


def national_section(study: Study) -> Section:
    """Return the rate by definition for the headline's index event and horizon."""
    own = study.defs.headline
    keys = [
        key
        for key in study.windows
        if key[0] == own.index and key[3] == own.horizon and key[4] == _usual(study, key)
    ]
    keys.sort(key=lambda k: (k[2] != "either", k[1] != own.outcome))
    lines = [(key, named(study, key)) for key in keys]
    bars = [
        BarValue(
            title,
            100 * cell.rate,
            f"{percent(cell.rate)} ({plain(study, key)})",
            low=100 * low,
            high=100 * high,
        )
        for key, title in lines
        for cell in [study.cell(key)]
        if cell.state == "held"
        for low, high in [study.plain_interval(key)]
    ]
    table = Table(
        "rates",
        f"{study.defs.index(own.index).title}: within {own.horizon} months",
        (
            Column("What counts"),
            Column("People", "count"),
            Column("Reoffended", "count"),
            Column("Rate", "percent"),
            Column("As known (95% interval)"),
            Column("Corrected for late proof"),
            Column("With doubt about who is who"),
            Column("With both"),
        ),
        tuple(_line(study, key, title) for key, title in lines),
        basis=f"Day 0 in {period(study.windows[study.headline])}",
        notes=(
            "As known: as if all had been proven and it were certain who is who. Corrected for late proof: "
            "what the rate will be once courts have finished. With doubt: over all readings of who is who "
            "that the linker drew. All intervals are 95%, of people like these, by chance as well.",
            "Rows overlap: a person can be in several.",
        ),
    )
    shown: Block = table
    if bars:
        most = min(max(bar.high or 0 for bar in bars) * 1.4, 100)
        picture = bars_chart(bars, title="Rate by definition", unit="% of people", most=most)
        told = "The same people, counted by each definition: the answer depends on what counts."
        shown = Figure("rates-chart", "Rate by definition", picture, table, told)
    return Section(
        "national-table",
        "How many reoffended, by definition",
        (
            Words((f"The headline, named before the data were opened: {study.defs.headline_words()}",)),
            shown,
            Caution(
                "No row is the true rate of stalking again. Proven rows miss what was never reported or "
                "never "
                "proven; recorded rows hold allegations, of which some are mistaken."
            ),
        ),
    )


def _usual(study: Study, key: Key) -> int:
    own = study.defs.headline
    return own.wait if key[1] == own.outcome else study.defs.outcome(key[1]).waits[0]


def _line(study: Study, key: Key, title: str) -> tuple[Value, ...]:
    cell = study.cell(key)
    if cell.state != "held":
        gap = why_none(cell)
        return (title, gap, gap, gap, gap, gap, gap, gap)
    late, both = _corrected(study, key)
    rate: tuple[Value, ...] = (cell.people, cell.reoffenders, 100 * cell.rate)
    return (title, *rate, plain(study, key), late, with_linkage(study, key), both)


def waiting_section(study: Study) -> Section:
    """Return the rate as the Ministry counts, by months waited; the early and the late edition; and lag."""
    blocks: list[Block] = [
        Words(
            (
                "A court that takes ten months longer makes the same people look better. So the same "
                "people are "
                "shown with six, twelve and eighteen months of waiting, early and late.",
            )
        ),
        _official(study),
        Heading("The same people, early and late"),
        *_editions(study),
    ]
    if study.lag:
        blocks += [Heading("What will be proven later"), _lag(study)]
    return Section("waiting", "How much the wait for proof changes", tuple(blocks))


def _official(study: Study) -> Table:
    rows: list[tuple[Value, ...]] = []
    for key in study.official:
        cell = study.cell(key)
        title = f"{key[3]} and {key[4]} months"
        if cell.state != "held":
            gap = why_none(cell)
            rows.append((title, gap, gap, gap, gap, gap, gap))
            continue
        frequency = cell.per_reoffender
        rows.append(
            (
                title,
                cell.people,
                cell.reoffenders,
                100 * cell.rate,
                plain(study, key),
                NOT_APPLICABLE if frequency is None else frequency,
                cell.per_person,
            )
        )
    index = study.defs.index(study.official[0][0])
    return Table(
        "as-the-ministry-counts",
        f"{study.defs.outcome(study.official[0][1]).title}, as the Ministry of Justice counts",
        (
            Column("Done in, then waited"),
            Column("People", "count"),
            Column("Reoffended", "count"),
            Column("Rate", "percent"),
            Column("95% interval"),
            Column("Each reoffender", "ratio"),
            Column("Each person", "ratio"),
        ),
        tuple(rows),
        basis=f"{index.title}; day 0 in {period(study.windows[study.official[0]])}",
        notes=(
            "A mere breach of an order is not counted, as in the official measure.",
            "The last two columns are reoffences for each reoffender, and for each person.",
        ),
    )


def _editions(study: Study) -> Iterator[Block]:
    own = study.editions
    rows = [_edition(edition) for edition in (own.early, own.late, own.newest) if edition is not None]
    yield Table(
        "editions",
        "Preliminary and final",
        (
            Column("Edition"),
            Column("Day 0 in"),
            Column("As known on"),
            Column("People", "count"),
            Column("Reoffended", "count"),
            Column("Rate", "percent"),
            Column("95% interval"),
        ),
        tuple(rows),
        basis=study.defs.headline_words(),
    )
    if own.early is None or own.late is None:
        yield Words(("The data do not go back far enough for a final edition.",))
        return
    yield Words(
        (
            f"Between the two editions of {period(own.late.cell.window)}, {number(own.came)} people were "
            f"added as "
            f"reoffenders because proof came later, and {number(own.went)} were taken out. "
            f"{number(own.joined)} came into the cohort and {number(own.left)} left it.",
        )
    )


def _edition(edition: Edition) -> tuple[Value, ...]:
    cell = edition.cell
    head = (edition.title, period(cell.window), day(edition.known_on))
    if cell.state != "held":
        gap = why_none(cell)
        return (*head, gap, gap, gap, gap)
    said = wilson(cell.reoffenders, cell.people)
    limits = between(float(said.lower), float(said.upper))
    return (*head, cell.people, cell.reoffenders, 100 * cell.rate, limits)


def _lag(study: Study) -> Table:
    rows: list[tuple[Value, ...]] = []
    for found in study.lag:
        so_far: Value = 100 * found.counted / found.people if found.people else NOT_APPLICABLE
        rows.append(
            (
                study.defs.index(found.index).title,
                study.defs.outcome(found.outcome).title,
                period(found.window),
                found.people,
                so_far,
                said_of(found),
                _drawn(study, found, found.both),
                _drawn(study, found, found.own),
            )
        )
    months = study.lag[0].months
    return Table(
        "late-proof",
        f"Proven so far, and once {months} months have passed for everybody",
        (
            Column("Day 0"),
            Column("What counts"),
            Column("Day 0 in"),
            Column("People", "count"),
            Column("Proven so far", "percent"),
            Column("Expected, if who is who were certain (95% interval)"),
            Column("Expected, with doubt about it"),
            Column("The same, of these very people"),
        ),
        tuple(rows),
        basis=f"Done within {study.lag[0].horizon} months of day 0, proven by the extract",
        notes=(
            *_flags(study),
            "The last column leaves out chance: it is what will be known of these people, and not what "
            "another year’s would do. Each force has a pace of its own, drawn towards that of all where it "
            "has few proofs.",
            "Delays of earlier people, run backwards in time, say how much is still to come. It holds if "
            "courts "
            "go on as they did.",
        ),
    )


def _flags(study: Study) -> list[str]:
    """Return what the estimates of late proof warn of, each once."""
    told = [flag.text for found in study.lag if found.rate is not None for flag in found.rate.flags]
    return list(dict.fromkeys(told))


def over_time_section(study: Study) -> Section | None:
    """Return the risk by each horizon with death competing, how often, and time at liberty."""
    if not study.over_time:
        return None
    rows: list[tuple[Value, ...]] = []
    free: list[tuple[Value, ...]] = []
    for own in study.over_time:
        title = study.defs.outcome(own.outcome).title
        for months, risk, low, high, died in zip(
            own.months, own.risk, own.low, own.high, own.died, strict=True
        ):
            rows.append((title, f"{months} months", 100 * risk, between(low, high), 100 * died))
        limits = f"{number(own.free_low)} to {number(own.free_high)}"
        free.append((title, own.free_days, limits))
    table = Table(
        "over-time",
        "Risk of a first reoffence, with death competing",
        (
            Column("What counts"),
            Column("By"),
            Column("Risk", "percent"),
            Column("95% interval"),
            Column("Died first", "percent"),
        ),
        tuple(rows),
        basis=f"{study.defs.index(study.headline[0]).title}; day 0 in {period(study.over_time_window)}",
        notes=("Aalen–Johansen. The interval is as if who is who were certain.",),
    )
    days = Table(
        "days-free",
        f"Days free of it, of the first {number(study.over_time[0].days)}, on average",
        (Column("What counts"), Column("Days", "days"), Column("95% interval")),
        tuple(free),
    )
    blocks: list[Block] = [table, days, *_often(study), *_liberty(study)]
    return Section("over-time-section", "How soon, and how often", tuple(blocks))


def _often(study: Study) -> Iterator[Block]:
    cell = study.cell(study.headline)
    if cell.state != "held":
        return
    names = [*(str(n) for n in range(len(cell.repeats) - 1)), f"{len(cell.repeats) - 1} or more"]
    yield Table(
        "repeats",
        "Reoffences of each person, by the headline",
        (Column("Reoffences"), Column("People", "count"), Column("Share", "percent")),
        tuple((name, n, 100 * n / cell.people) for name, n in zip(names, cell.repeats, strict=True)),
        basis=f"{number(cell.people)} people; {number(cell.reoffences)} reoffences",
    )
    if cell.per_reoffender is not None:
        yield Words(
            (
                f"{number(cell.per_reoffender, 2)} reoffences for each reoffender, "
                f"{number(cell.per_person, 2)} for each person.",
            )
        )


def _liberty(study: Study) -> Iterator[Block]:
    own = study.at_liberty
    if own is None:
        return
    plain_words = (
        f"All days up to the horizon or death are counted as days at liberty: {number(own.plain, 1)} "
        f"reoffences for "
        "every 100 person-years."
    )
    if not own.custody_known:
        yield Words((f"{plain_words} Time in custody is not held, so what it would change is not known.",))
        return
    yield Words(
        (
            f"{plain_words} With known time in custody taken out it is {number(own.corrected, 1)}: "
            f"{number(own.in_custody)} of {number(own.people)} people spent some of the time in custody. "
            f"Emigration "
            "and custody elsewhere are not known.",
        )
    )


def grid_section(study: Study) -> Section:
    """Return every cell: one table for each index event."""
    horizons = study.defs.horizons
    blocks: list[Block] = [
        Words(
            (
                "Every definition at once, so that nobody has to choose one after seeing the figures. "
                "The latest "
                "people that are mature differ by horizon: compare down a column, never along a row.",
                f"With numbers, intervals and months waited: {GRID}.",
            )
        )
    ]
    for index in study.defs.indexes:
        rows: list[tuple[Value, ...]] = []
        windows: dict[int, Window] = {}
        for outcome in study.defs.outcomes:
            for victim in VICTIMS:
                line: list[Value] = []
                for horizon in horizons:
                    key = (index.code, outcome.code, victim, horizon, outcome.waits[0])
                    cell = study.cell(key)
                    windows[horizon] = cell.window
                    line.append(100 * cell.rate if cell.state == "held" else why_none(cell))
                rows.append((outcome.title, VICTIMS[victim], *line))
        told = [f"{h} months: {period(w)}" for h, w in windows.items()]
        blocks.append(
            Table(
                f"grid-{index.code}",
                index.title,
                (
                    Column("What counts"),
                    Column("Victim"),
                    *(Column(f"{h} months", "percent") for h in horizons),
                ),
                tuple(rows),
                basis=f"Day 0 in {listed(told)}",
                folded=True,
            )
        )
    return Section("grid", "The whole grid", tuple(blocks), appendix=True)


def grid_csv(study: Study) -> bytes:
    """Return every cell with all its numbers, for programs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = "index,outcome,victim,horizon_months,wait_months,day0_from,day0_before,state,known_on,people,"
    head += "reoffenders,rate,low,high,linkage_rate,linkage_low,linkage_high,share_due_to_linkage,reoffences,"
    head += "per_person,per_reoffender,left_out,headline"
    writer.writerow(head.split(","))
    for key, cell in study.readings.published.items():
        row: list[object] = [*key, cell.window.first, cell.window.before, cell.state, cell.known_on or ""]
        if cell.state == "held":
            low, high = study.plain_interval(key)
            both = combined(study.readings, key)
            row += [cell.people, cell.reoffenders, *(f"{v:.6f}" for v in (cell.rate, low, high))]
            drawn = (both.estimate, both.lower, both.upper, both.due_to_linkage) if both is not None else ()
            row += [f"{v:.6f}" for v in drawn] or [""] * 4
            often = cell.per_reoffender
            row += [cell.reoffences, f"{cell.per_person:.6f}", "" if often is None else f"{often:.6f}"]
            row += [cell.left_out]
        else:
            row += [""] * 13
        writer.writerow([*row, "yes" if key == study.headline else ""])
    return out.getvalue().encode()
