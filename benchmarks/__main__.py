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

from benchmarks.harness import say, show


@dataclass(frozen=True, slots=True)
class Entry:
    """One benchmark; ``peer`` is what stands beside it in the same run."""

    name: str
    question: str
    command: str
    peer: str


ENTRIES = (
    Entry("accuracy", "Are the right persons, courses and hidden stalking found in a made-up world?",
          "accuracy", "Splink 5, exact matching"),
    Entry("coder", "Are acts read in sentences as a person read them?", "accuracy coder", "labels by hand"),
    Entry("strata", "Are reports put together, by stratum, over several worlds, also without the words?",
          "strata", "Splink 5, exact matching"),
    Entry("twins", "How often are reports of twins put together?", "strata twins", ""),
    Entry("reading", "The same in any file of labelled sentences, by limb, kind and voice? (FILE...)",
          "reading", "labels by hand"),
    Entry("readings", "How do sentences look that were read right, and that were not? (FILE...)",
          "reading shown", "labels by hand"),
    Entry("dyads", "Are two reports about the same two people told?",
          "linkage dyads", "a plain sum of weights"),
    Entry("areas", "The same, where another maker made people, slips and habits?",
          "linkage areas --splink", "Splink 5"),
    Entry("linkage", "How long does linking a million records take, and in what memory?",
          "linkage_speed", "Splink 5, tuned"),
    Entry("arrivals", "How long until a new report's persons are known and on disk?",
          "arrivals", "Splink 5 (--splink)"),
    Entry("saved", "How long from Save to the page that says the pattern?", "arrivals site", ""),
    Entry("foreign", "Are tables with other people's columns linked well?", "foreign", "Splink 5"),
    Entry("kinds", "Are kinds of tables linked well for which nothing was written?",
          "kinds", "the best threshold"),
    Entry("ablation", "What does each mechanism of the linkage cost, were it not there?",
          "ablation", "the same without it"),
    Entry("files", "How many reports a second are read and validated?", "imports speed", "row by row"),
    Entry("import", "How many reports a second come into PostgreSQL?",
          "imports database", "COPY of the same bytes"),
    Entry("hub", "Is the site fast for fifty people, and do times betray hidden rows?",
          "hub_load", "no row security"),
    Entry("processor", "What do hidden rows cost the database? (--home FOLDER)",
          "hub_load processor", "rows set aside"),
    Entry("evidence", "How fast is evidence received and sealed, and in what memory? (GIGABYTES)",
          "evidence", "a copy of the same bytes, hashed"),
    Entry("pages", "What do pages cost the processor? (--home FOLDER)",
          "page_cost", "another version on a copy of the folder"),
    Entry("minutes", "How long does a save of minutes take, twelve people at once? (--home FOLDER)",
          "page_cost minutes", "one person alone"),
    Entry("review", "How long does a whole review take, released and attacked?", "review_speed", ""),
)  # fmt: skip
"""``make verify`` has what passes or fails."""


def main(words: Sequence[str]) -> int:
    """Print the table, or become the benchmark that the first word names."""
    if not words or words[0] in ("-h", "--help"):
        rows = [{"name": e.name, "question": e.question, "python -m benchmarks.": e.command} for e in ENTRIES]
        show("", [row | {"peer in the same run": e.peer} for row, e in zip(rows, ENTRIES, strict=True)])
        say('make bench NAME=... ARGS="..." runs one; ARGS=--help says what it takes, and')
        say("ARGS=--write-figures keeps what it measures for the documents (then: make generate).")
        return 0
    entry = next((e for e in ENTRIES if e.name == words[0]), None)
    if entry is None:
        say(f"There is no benchmark {words[0]}. There are: {', '.join(e.name for e in ENTRIES)}.")
        return 2
    module, *more = entry.command.split()
    os.execv(sys.executable, [sys.executable, "-m", f"benchmarks.{module}", *more, *words[1:]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
