"""Tries everything an intruder with the papers could try, and says what came of it."""

from __future__ import annotations

from pathlib import Path

from lamplighter.disclosure.attack.curves import steps
from lamplighter.disclosure.attack.findings import Attack, Finding
from lamplighter.disclosure.attack.intervals import Contradiction, Intervals
from lamplighter.disclosure.attack.knowledge import Knowledge, learn, unlisted
from lamplighter.disclosure.attack.reading import Figure, Papers, gather
from lamplighter.disclosure.attack.texts import strangers


def attack(folder: Path, earlier: Path | None = None, *, widths: bool = False) -> Attack:
    """Attack a printed release, knowing the earlier ones in the ledger ``earlier``.

    With ``widths`` every hidden cell's interval is found out to the last person, so that ``narrowest`` is
    exact; without, a cell is left alone once it is shown to be wide enough.

    Raises:
        CannotAttack: the folder is not a printed release.
    """
    papers = gather(folder, earlier)
    known = learn(papers)
    findings = [*_printed_small(papers), *_clashes(known), *steps(papers)]
    narrowest: float | None = None
    try:
        _take_for_empty(known)
        intervals = Intervals(known)
        found, narrowest = _narrow(papers, known, intervals, widths=widths)
        findings += found
        findings += _differences(papers, known, intervals)
        findings += _classes(known, intervals)
        findings += _undone(known, intervals)
    except Contradiction as problem:
        findings.append(_contradiction(known, problem))
    text, files = strangers(papers)
    findings += text
    return Attack(
        tuple(dict.fromkeys(findings)),
        len([i for i in known.hidden if i not in known.shown]),
        sum(len(sheet.figures) for sheet in papers.sheets),
        files,
        narrowest,
    )


def _take_for_empty(known: Knowledge) -> None:
    """Cells that no table lists hold nobody, unless the figures of their measure speak against it."""
    by_measure = list(unlisted(known).values())
    together = [i for cells in by_measure for i in cells]
    if together and not _all_empty(known, together):
        for cells in by_measure:
            _all_empty(known, cells)


def _all_empty(known: Knowledge, cells: list[int]) -> bool:
    """Whether these can all be empty; if so, that is known from here on."""
    before = {i: known.high[i] for i in cells}
    known.high = [0.0 if i in before else high for i, high in enumerate(known.high)]
    try:
        Intervals(known).possible(cells)
    except Contradiction:
        known.high = [before.get(i, high) for i, high in enumerate(known.high)]
        return False
    return True


def _printed_small(papers: Papers) -> list[Finding]:
    threshold, zeros = int(papers.rules["threshold"]), bool(papers.rules["zeros_hidden"])
    found = []
    for sheet in papers.sheets:
        if sheet.source != papers.description["edition"] or sheet.spec.get("kind") == "magnitude":
            continue
        for figure in sheet.figures:
            if figure.text is None:
                continue
            value = float(figure.text)
            if value < threshold and (value != 0 or zeros):
                words = f"{figure.text} is printed; the least that may be is {threshold}."
                found.append(Finding("small", figure.where, figure.cell, words, value, value))
    return found


def _clashes(known: Knowledge) -> list[Finding]:
    return [
        Finding(
            "clash",
            second.where,
            second.cell,
            f"{second.text} is printed here and {first.text} in {first.where}: the difference tells what "
            "one of them leaves out.",
        )
        for first, second in known.clashes
    ]


def _narrow(
    papers: Papers, known: Knowledge, intervals: Intervals, *, widths: bool
) -> tuple[list[Finding], float | None]:
    least = float(papers.rules["least_width"])
    share = float(papers.rules["p_percent"]) / 100
    targets = [*known.hidden, *known.averages]
    wanted = {}
    for i in targets:
        amount = i in known.amounts
        wanted[i] = max(least, share * intervals.low[i]) if amount else least
    narrow = intervals.wide_enough(wanted)
    findings = []
    for i, (low, high) in sorted(narrow.items()):
        figure = known.averages.get(i) or known.hidden[i][0]
        kind = "average" if i in known.averages else "narrow"
        elsewhere = known.shown.get(i)
        words = f"must lie between {low:g} and {high:g} ({high - low:g} wide, least {wanted[i]:g})."
        if high - low < 1e-6:
            words = f"is {low:g}, exactly."
        if elsewhere:
            words += f" It is printed in {elsewhere[0].where}."
        findings.append(Finding(kind, figure.where, figure.cell, words, low, high))
    seen = []
    for i in known.hidden:
        if widths and i not in narrow:
            low, high = intervals.exact(i)
            seen.append(high - low)
        else:
            seen.append(narrow[i][1] - narrow[i][0] if i in narrow else intervals.seen(i))
    return findings, min(seen) if seen else None


def _differences(papers: Papers, known: Knowledge, intervals: Intervals) -> list[Finding]:
    """Groups that nobody printed but that lie between two printed ones."""
    least, threshold = float(papers.rules["least_width"]), int(papers.rules["threshold"])
    amounts = {known.names[i][0] for i in known.amounts}
    few = {
        i: least
        for i in sorted(known.remainders)
        if known.names[i][0] not in amounts and not (intervals.least[i] < 1 or intervals.most[i] >= threshold)
    }
    findings = []
    for i, (low, high) in intervals.wide_enough(few).items():
        if low >= 1 and high < threshold:
            _, as_at, codes = known.names[i]
            said = " / ".join(code for _, code in codes) or "everybody"
            where = _near(known, i)
            words = f"{said}{f' ({as_at})' if as_at else ''} must be between {low:g} and {high:g}."
            findings.append(Finding("difference", where.where, where.cell, words, low, high))
    return findings


def _near(known: Knowledge, i: int) -> Figure:
    """Return a printed figure from which the group can be taken by subtraction."""
    for row in known.sums:
        if i in row:
            for other in row:
                if known.shown.get(other):
                    return known.shown[other][0]
    return next(figures[0] for figures in known.shown.values() if figures)


def _classes(known: Knowledge, intervals: Intervals) -> list[Finding]:
    findings = []
    for whole, parts in known.classes:
        if intervals.low[whole] < 1 or known.names[whole][0].startswith("sum of "):
            continue
        if whole in known.amounts:
            continue
        possible = [i for i in parts if intervals.high[i] > 0]
        if len(possible) == 1 and all(known.shown.get(i) or known.hidden.get(i) for i in parts):
            figure = (known.shown.get(possible[0]) or known.hidden[possible[0]])[0]
            words = "nobody is in the other cells of its row or column, so everybody is in this one."
            findings.append(Finding("class", figure.where, figure.cell, words))
    return findings


def _undone(known: Knowledge, intervals: Intervals) -> list[Finding]:
    rounded = {
        i: 1.0
        for i, figures in known.shown.items()
        if i not in known.amounts and known.high[i] > known.low[i] and figures
    }
    return [
        Finding(
            "rounding",
            known.shown[i][0].where,
            known.shown[i][0].cell,
            f"printed as {known.shown[i][0].text}, is {low:g}, exactly.",
            low,
            high,
        )
        for i, (low, high) in sorted(intervals.wide_enough(rounded).items())
    ]


def _contradiction(known: Knowledge, problem: Contradiction) -> Finding:
    figures = [f for i in problem.unknowns for f in (*known.shown.get(i, ()), *known.hidden.get(i, ()))]
    figure = figures[0] if figures else next(f[0] for f in known.shown.values() if f)
    tables = sorted({f.where for f in figures})[:6]
    words = (
        "these figures cannot all be true together: a margin was worked out again after cells were hidden, "
        f"or the tables come from different data (see {', '.join(tables)})."
    )
    return Finding("contradiction", figure.where, figure.cell, words)
