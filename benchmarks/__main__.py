"""The benchmarks: a table of what each answers, or one of them run.

    python -m benchmarks
    python -m benchmarks NAME [what the benchmark itself takes]

``make bench`` and ``make bench NAME=... ARGS="..."`` are the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Entry:
    """One benchmark. ``minutes`` is that of the run that the docs tell, on two cores, and empty where none is
    written down; ``peer`` is what stands beside it in the same run."""

    name: str
    question: str
    command: str
    minutes: str
    peer: str


ENTRIES = (
    Entry("accuracy", "Are the right persons, courses and hidden stalking found in a made-up world?",
          "accuracy", "", "Splink 5, exact matching"),
    Entry("urgency", "Does the order of the list put serious acts ahead?",
          "accuracy urgency", "", "time since the last occasion"),
    Entry("coder", "Are acts read in sentences as a person read them?",
          "accuracy coder", "", "labels by hand"),
    Entry("practice", "What becomes of the practitioner's sentences and courses?",
          "accuracy practice", "", "the code of the review"),
    Entry("mapping", "Are the columns of an export proposed right? (FOLDER)",
          "accuracy mapping", "", "truth.csv"),
    Entry("dyads", "Are two reports about the same two people told?",
          "linkage dyads", "", "Splink 5, exact matching"),
    Entry("areas", "The same, where another maker made people, slips and habits?",
          "linkage areas --splink", "", "Splink 5"),
    Entry("errors", "What do the errors look like? (writes docs/linkage-errors.md)",
          "linkage errors", "", ""),
    Entry("parity", "Does a report get the same weights when saved as in the batch?",
          "linkage parity", "", "the batch"),
    Entry("linkage", "How long does linking a million records take, and in what memory?",
          "linkage_speed", "", "Splink 5, tuned"),
    Entry("arrivals", "How long until a new report's persons are known and on disk?",
          "arrivals", "", "Splink 5 (--splink)"),
    Entry("incremental", "Do records that arrive later end as if linked at once?",
          "incremental", "", "linked at once"),
    Entry("foreign", "Are tables with other people's columns linked well?", "foreign", "", "Splink 5"),
    Entry("kinds", "Are kinds of tables linked well for which nothing was written?",
          "kinds", "", "the best threshold"),
    Entry("ablation", "What does each mechanism of the linkage cost, were it not there?",
          "ablation", "", "the same without it"),
    Entry("files", "How many reports a second are read and validated?", "imports speed", "", "row by row"),
    Entry("workbook", "What does a workbook of 200,000 rows take?", "imports workbook", "13", "openpyxl"),
    Entry("import", "How many reports a second come into PostgreSQL?",
          "imports database", "", "COPY of the same bytes"),
    Entry("hub", "Is the site fast for fifty people, and do times betray hidden rows?",
          "hub_load", "", "no row security"),
    Entry("pages", "What do pages cost the processor, beside another version? (--home FOLDER)",
          "page_cost", "", "another version on a copy of the folder"),
    Entry("minutes", "How long does a save of minutes take, twelve people at once? (--home FOLDER)",
          "page_cost minutes", "", "one person alone"),
    Entry("processor", "What do hidden rows cost the database? (--home FOLDER)",
          "hub_load processor", "", "rows set aside"),
    Entry("evidence", "How fast is evidence received and sealed, and in what memory? (--gigabytes)",
          "evidence", "", "a copy of the same bytes, hashed"),
    Entry("service", "Does a hub lose anything when copied, restored, upgraded, killed?",
          "in_service", "12", "pg_dump, pg_restore"),
    Entry("review", "How long does a whole review take, released and attacked?", "review_speed", "", ""),
    Entry("survival", "How long do survival models of a million people take?",
          "survival_speed", "", "R, lifelines (--peers)"),
)  # fmt: skip
"""``make verify`` has what passes or fails; ``public_tables.py`` runs in an environment of its own."""


def table() -> Table:
    """Return what every benchmark answers."""
    shown = Table("name", "question", "python -m benchmarks.", "minutes", "peer in the same run")
    for entry in ENTRIES:
        shown.add_row(entry.name, entry.question, entry.command, entry.minutes or "not noted", entry.peer)
    return shown


def main(words: Sequence[str]) -> int:
    """Print the table, or become the benchmark that the first word names."""
    if not words or words[0] in ("-h", "--help"):
        Console(width=160).print(table())
        print('make bench NAME=... ARGS="..." runs one; ARGS=--help says what it takes.')
        return 0
    entry = next((e for e in ENTRIES if e.name == words[0]), None)
    if entry is None:
        print(f"There is no benchmark {words[0]}. There are: {', '.join(e.name for e in ENTRIES)}.")
        return 2
    module, *more = entry.command.split()
    os.execv(sys.executable, [sys.executable, "-m", f"benchmarks.{module}", *more, *words[1:]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
