"""Tries everything an intruder with the papers could try, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from lamplighter.disclosure.attack.audit.intervals import Contradiction, Intervals
from lamplighter.disclosure.attack.audit.knowledge import Knowledge, learn, unlisted
from lamplighter.disclosure.attack.curves import steps
from lamplighter.disclosure.attack.findings import Attack, Finding, promise
from lamplighter.disclosure.attack.reading import Figure, Papers, Told, gather, told_elsewhere
from lamplighter.disclosure.attack.texts import strangers

IF_EMPTY = (
    " So it is told if nobody is in what no table lists. If a line that holds somebody was left out, that"
    " is not the true figure: list every line."
)


def attack(
    folder: Path, earlier: Path | None = None, *, widths: bool = False, elsewhere: Path | None = None
) -> Attack:
    """Attack a printed release, knowing the earlier ones in the ledger ``earlier``.

    With ``widths`` every hidden cell's interval is found out to the last person, so that ``narrowest`` is
    exact; without, a cell is left alone once it is shown to be wide enough. ``elsewhere`` lists exact counts
    behind printed figures: the attack is made once more by somebody who has them.

    Raises:
        CannotAttack: the folder is not a printed release.
    """
    papers, exact = gather(folder, earlier), told_elsewhere(elsewhere)
    known = learn(papers)
    findings = [*_printed_small(papers), *_clashes(known), *steps(papers)]
    found, narrowest = _reading(papers, known, widths=widths)
    findings += _if_empty(known, found, lambda again: _reading(papers, again, widths=False)[0], papers)
    for told in ([e for e in exact if e[2]], exact if any(not now for *_, now in exact) else []):
        knows = learn(papers)
        found = _knowing(papers, knows, told)
        findings += _if_empty(knows, found, partial(_knowing, papers, told=told), papers)
    text, files = strangers(papers)
    findings += text
    return Attack(
        tuple(dict.fromkeys(findings)),
        len([i for i in known.hidden if i not in known.shown]),
        sum(len(sheet.figures) for sheet in papers.sheets),
        files,
        narrowest,
        promise(papers.rules, known.beyond),
        len(exact),
    )


def _reading(papers: Papers, known: Knowledge, *, widths: bool) -> tuple[list[Finding], float | None]:
    """Return what follows from the print, and the least width of a hidden cell."""
    findings: list[Finding] = []
    narrowest: float | None = None
    try:
        _take_for_empty(known)
        intervals = Intervals(known)
        found, narrowest = _narrow(papers, known, intervals, widths=widths)
        findings += found
        findings += _differences(papers, known, intervals)
        findings += _classes(known, intervals)
        findings += _undone(known, intervals)
        if not papers.rules["rounding_counts"]:
            findings += _one_told(papers, known, intervals)
    except Contradiction as problem:
        findings.append(_contradiction(known, problem))
    return findings, narrowest


def _if_empty(
    known: Knowledge, found: list[Finding], again: Callable[[Knowledge], list[Finding]], papers: Papers
) -> list[Finding]:
    """Say of a finding that it stands only if nobody is in what no table lists.

    Who holds the tables knows better, and would look in vain for the figure that is told.
    """
    if not found or not known.emptied:
        return found
    wary = learn(papers)
    wary.emptied = None
    sure = {(own.kind, own.table, own.cell, own.low, own.high) for own in again(wary)}
    return [
        own
        if (own.kind, own.table, own.cell, own.low, own.high) in sure
        else replace(own, words=own.words + IF_EMPTY)
        for own in found
    ]


def _knowing(papers: Papers, known: Knowledge, told: list[Told]) -> list[Finding]:
    """Return what somebody finds who has the exact counts as well; by subtraction too, if all are of now."""
    news = [(i, count) for name, count, _ in told if (i := known.find(name)) is not None]
    if all(known.low[i] == known.high[i] == count for i, count in news):
        return []  # nothing was rounded: all of it is printed
    for i, count in news:
        known.bound(i, count, count)
        if known.low[i] > known.high[i]:
            return [_contradiction(known, Contradiction([i]))]
    of_now = all(now for *_, now in told)
    try:
        _take_for_empty(known)
        intervals = Intervals(known)
        found, _ = _narrow(papers, known, intervals, widths=False, printed_too=False)
        if of_now:
            found += _differences(papers, known, intervals)
            found += _classes(known, intervals)
    except Contradiction as problem:
        return [_contradiction(known, problem)]
    more = " To somebody who has the exact count behind printed figures"
    more += "." if of_now else ", those of earlier releases among them."
    return [replace(finding, words=finding.words + more) for finding in found]


def _one_told(papers: Papers, known: Knowledge, intervals: Intervals) -> list[Finding]:
    """Groups left by subtraction, for somebody who has the exact count of the smaller figure."""
    least, threshold = float(papers.rules["least_width"]), int(papers.rules["threshold"])
    amounts = {known.names[i][0] for i in known.amounts}
    rows = []
    for row in known.sums:
        new = next((i for i in row if i in known.remainders), None)
        if new is None or len(row) != 3 or known.names[new][0] in amounts:
            continue
        late = next(i for i, sign in row.items() if sign > 0)
        early = next(i for i, sign in row.items() if sign < 0 and i != new)
        if known.shown.get(late) and known.shown.get(early) and known.high[early] > known.low[early]:
            rows.append((late, early, new))
    narrow = intervals.wide_enough({late: least for late, _, _ in rows})
    findings = []
    for late, early, new in rows:
        low, high = narrow.get(late, (0.0, 0.0))
        # For some exact count of the earlier one, all that can be left lies between 1 and the threshold.
        ends = [(high - threshold + 1, low - 1)]
        if new in known.signed:
            ends.append((high + 1, low + threshold - 1))
        ends = [(max(known.low[early], a), min(known.high[early], b)) for a, b in ends]
        first, last = next(((a, b) for a, b in ends if a <= b), (1.0, 0.0))
        if late in narrow and first <= last:
            said = " / ".join(code for _, code in known.names[new][2]) or "everybody"
            figure, source = known.shown[late][0], known.shown[early][0].where
            words = (
                f"{said}: the few between this figure and that of {source} may be told to within "
                f"{high - low:g} by somebody who gets the exact count behind that one."
            )
            findings.append(Finding("one exact", figure.where, figure.cell, words, low - last, high - first))
    return findings


def _take_for_empty(known: Knowledge) -> None:
    """Cells that no table lists hold nobody, unless the figures of their measure speak against it."""
    if known.emptied is None:
        return
    by_measure = list(unlisted(known).values())
    together = [i for cells in by_measure for i in cells]
    if together and not _all_empty(known, together):
        for cells in by_measure:
            if not _all_empty(known, cells):
                bounds = Intervals(known)
                _all_empty(known, [i for i in cells if bounds.low[i] < 1])


def _all_empty(known: Knowledge, cells: list[int]) -> bool:
    """Whether these can all be empty; if so, that is known from here on."""
    before = {i: known.high[i] for i in cells}
    known.high = [0.0 if i in before else high for i, high in enumerate(known.high)]
    try:
        Intervals(known).possible(cells)
    except Contradiction:
        known.high = [before.get(i, high) for i, high in enumerate(known.high)]
        return False
    if known.emptied is not None:
        known.emptied.update(cells)
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
    papers: Papers, known: Knowledge, intervals: Intervals, *, widths: bool, printed_too: bool = True
) -> tuple[list[Finding], float | None]:
    least = float(papers.rules["least_width"])
    share = float(papers.rules["p_percent"]) / 100
    targets = [i for i in (*known.hidden, *known.averages) if printed_too or not known.shown.get(i)]
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
        elif ": " in figure.where:
            words += " It was hidden there, and would be told together with this release."
        findings.append(Finding(kind, figure.where, figure.cell, words, low, high))
    seen = []
    for i in known.hidden if printed_too else ():
        if widths and i not in narrow:
            low, high = intervals.exact(i)
            seen.append(high - low)
        else:
            seen.append(narrow[i][1] - narrow[i][0] if i in narrow else intervals.seen(i))
    return findings, min(seen) if seen else None


def _differences(papers: Papers, known: Knowledge, intervals: Intervals) -> list[Finding]:
    """Groups that nobody printed but that lie between two printed ones, or between a margin and its parts."""
    least, threshold = float(papers.rules["least_width"]), int(papers.rules["threshold"])
    amounts = {known.names[i][0] for i in known.amounts}
    left_out = known.left_out | {i for cells in unlisted(known).values() for i in cells}
    left_out -= known.shown.keys() | known.hidden.keys()
    few = {
        i: least
        for i in sorted(known.remainders | left_out)
        if known.names[i][0] not in amounts
        and (
            (intervals.least[i] >= 1 and intervals.most[i] < threshold)
            or (i in known.signed and intervals.most[i] <= -1 and intervals.least[i] > -threshold)
        )
    }
    findings = []
    for i, (low, high) in intervals.wide_enough(few).items():
        fewer = i in known.signed and high <= -1
        if fewer:
            low, high = -high, -low
        if low >= 1 and high < threshold:
            _, as_at, codes = known.names[i]
            said = " / ".join(code for _, code in codes) or "everybody"
            where = _near(known, i)
            told = f"is {low:g}, exactly" if low == high else f"must be between {low:g} and {high:g}"
            words = f"{said}{f' ({as_at})' if as_at else ''} {told}."
            if i in known.signed:
                words = f"{said}: what the correction {'took away' if fewer else 'added'} {told}."
            if i in left_out:
                words += " No table lists it: a margin less its listed parts tells it."
            kind = "left out" if i in left_out else "difference"
            findings.append(Finding(kind, where.where, where.cell, words, low, high))
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
