"""Print what today's code makes of the sentences and courses that a practitioner read it with.

    python -m benchmarks.practice_review

The practitioner's own words and made-up courses, of the review of 28 November 2026, with what the code of
that day said of each (981fab0) and what the code that runs says now. ``docs/practice.md`` tells them; the
tests that hold each are named there.
"""

from __future__ import annotations

import datetime as dt

from rich.console import Console
from rich.table import Table

from lamplighter.courses.assemble import courses
from lamplighter.courses.coding import coder
from lamplighter.courses.summaries import labels
from tests.unit.courses.bundles import Writer

SENTENCES = (
    "Partner strangled IP and threatened to kill her",
    "Suspect pushed IP and threatened to stab her",
    "Ex rang IP and threatened to smash her windows",
    "Suspect followed the victim and grabbed her",
    "Ex partner slapped IP then strangled her",
    "Suspect waited for IP and followed her home",
)
FIRST = dt.datetime(2026, 3, 1, 9)
FOLLOWED = (
    "Suspect has followed IP home twice, waits outside her work and has put a tracker on her car. "
    "She told him to stop and blocked him."
)
DISHONOUR = "Brother slapped IP and twice threatened to kill her for dishonouring the family."
NEIGHBOUR = "Neighbour stares at IP, films her and asks for a date. Ongoing dispute over parking."


def _day(number: int) -> dt.datetime:
    return FIRST + dt.timedelta(days=number)


def _five_occasions() -> Writer:
    w = Writer()
    w.report("A1", _day(40), FOLLOWED, "Amy", "Ben", relationship="ex_partner", occasions=5)
    return w


def _counter_reports() -> Writer:
    w = Writer()
    w.report("A1", _day(0), "Suspect followed IP home.", "Amy", "Ben", relationship="ex_partner")
    for number in (1, 2):
        w.report(f"B{number}", _day(5 * number), "She messages him every day.", "Ben", "Amy")
    return w


def _honour() -> Writer:
    w = Writer()
    w.report("A1", _day(0), DISHONOUR, "Amy", "Cal", relationship="family", occasions=2)
    return w


def _tick() -> Writer:
    w = Writer()
    w.report("A1", _day(0), NEIGHBOUR, "Amy", "Dan", relationship="neighbour", ticked=("threat_kill",))
    w.report("A2", _day(9), NEIGHBOUR, "Amy", "Dan", relationship="neighbour")
    return w


COURSES = (
    ("One report, five occasions", "unclear; not flagged", _five_occasions),
    (
        "One report of hers, two counter-reports of his",
        "she is the suspect; her report omitted",
        _counter_reports,
    ),
    ("Two death threats by a brother", "family row: rows between relatives", _honour),
    ("A ticked threat to kill beside a dispute", "noise, boundaries, bins or parking; tick discarded", _tick),
)


def main() -> None:
    console = Console(width=140)
    table = Table("sentence", "acts read", "done by", title="Direction: of these, all six were reversed")
    for text in SENTENCES:
        acts = coder.code(text)
        by = {"to_victim": "the suspect", "by_victim": "the victim", "mutual": "both"}
        table.add_row(
            text, ", ".join(a.behaviour for a in acts), ", ".join(sorted({by[a.direction] for a in acts}))
        )
    console.print(table)
    table = Table("course", "then", "now", title="Courses")
    for name, then, make in COURSES:
        w = make()
        found = courses(w.bundle(), w.linked(), as_at=_day(60)).courses
        now = [
            f"{c['victim_person']} as victim of {c['suspect_person']}: "
            f"{labels.reading_title(c['reading'])}, "
            f"{'flagged' if c['flagged'] else 'not flagged'}, "
            f"{c['n_reports']} of {len(w.rows['reports'])} reports"
            for c in found.sort("victim_person").iter_rows(named=True)
        ]
        table.add_row(name, then, "\n".join(now))
    console.print(table)


if __name__ == "__main__":
    main()
