"""The part of the configuration about children: what is asked, of whom, by when; what does not apply."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.cases.configuration import WHOSE
from lamplighter.hub.cases.models import Party
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import quoted
from lamplighter.rule_files.schema import (
    Document,
    Report,
    Rows,
    Value,
    code,
    count,
    origin,
    text,
)

SHIPPED = Path(__file__).with_name("rules.toml")


def _sides() -> Mapping[str, str]:
    return {side.value: side.label for side in Party.Side}


def _about() -> Value:
    return Value("about", "Where this person is under 18", one_of=_sides)


QUESTIONS = Rows(
    "question",
    "What is asked where somebody is under 18",
    (
        code(),
        text("title", "Question", longest=200, shown=False),
        _about(),
        text("task", "Task", longest=200),
        text("hint", "Hint", optional=True),
        count("working_days", "Within", "working day", most=60),
        Value("whose", "Belongs to", one_of=lambda: WHOSE),
        Value("only_yes_ends", "Only yes ends the task", bool, optional=True),
        # Asked once this question was answered with yes.
        text("after", "Asked after the answer yes to", optional=True, longest=40, shown=False),
        *origin(),
    ),
    some=True,
)
NOTES = Rows(
    "note",
    "What to know where somebody is under 18",
    (code(), text("title", "Words", shown=False), _about(), *origin()),
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    rows = document["question"]
    by_code = {row["code"]: row for row in rows}
    for number, row in enumerate(rows, 1):
        place = report.row(QUESTIONS, number, rows)
        if "after" in row and row["after"] not in by_code:
            what = f"{quoted(row['after'])} is no question."
            report.add("no_such_question", f"{place}, key after", what, "Name the code of a question.")
        elif "after" in row and by_code[row["after"]]["about"] != row["about"]:
            what = f"{quoted(row['after'])} is about the other person."
            report.add("of_the_other", f"{place}, key after", what, "Name a question about the same person.")


PART = Part(
    "children",
    "Children and young people",
    "What is asked and done where the victim or the suspect of a case is under 18, by whom and by when.",
    SHIPPED,
    (QUESTIONS, NOTES),
    rules=_check,
    also=("child", "under_18", "ages"),
)
PARTS = (PART,)
