"""Curves: does a step show fewer people than the profile allows?"""

from __future__ import annotations

from lamplighter.disclosure.attack.findings import Finding
from lamplighter.disclosure.attack.reading import Papers

#: Numbers at risk are printed to the nearest 5.
AT_RISK = 5


def steps(papers: Papers) -> list[Finding]:
    """Steps with too few events or too few people left.

    The most events that a fall of the estimate leaves room for: in a survival curve the people at risk at
    the start of the step times the share that fell; in an incidence curve everybody times the rise.
    """
    events, left = int(papers.rules["curve_events"]), int(papers.rules["curve_left"])
    base = max(int(papers.rules["base"]), 1)
    found = []
    for spec, rows in papers.curves:
        half = 0.5 * 10.0 ** -int(spec["decimals"])
        table = str(spec["name"])

        def add(cell: str, words: str, most: float, table: str = table) -> None:
            found.append(Finding("curve", table, f"day {cell}", words, None, most))

        for number, row in enumerate(rows):
            people, shown = int(row["at risk"]), int(row["events"])
            if people % AT_RISK or (shown % base and shown % AT_RISK):
                add(row["time"], "people at risk or events are not rounded.", people)
            if people + AT_RISK // 2 < left:
                add(row["time"], f"at most {people + AT_RISK // 2} people are at risk here.", people)
            if number == 0:
                continue
            before = rows[number - 1]
            now, was = float(row["estimate"]), float(before["estimate"])
            if spec["kind"] == "survival":
                at_start = int(before["at risk"]) + AT_RISK / 2
                most = at_start * (1 - max(0.0, now - half) / min(1.0, was + half)) if was > 0 else 0.0
            else:
                most = (int(rows[0]["at risk"]) + AT_RISK / 2) * (now - was + 2 * half)
            if most < events or shown + AT_RISK // 2 < events:
                add(row["time"], f"the step is at most {most:.1f} people; the least is {events}.", most)
    return found
