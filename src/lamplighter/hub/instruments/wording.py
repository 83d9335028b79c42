"""The questions of instruments as a workbook, for clinicians and others who review the wording.

No answer is in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lamplighter.hub.instruments import presenters
from lamplighter.instruments.answers import TITLES, State
from lamplighter.instruments.completing import words_of
from lamplighter.instruments.definition import Definition, Item
from lamplighter.instruments.rules import both
from lamplighter.instruments.schema import TYPES
from lamplighter.reporting.workbook import Cell, SheetColumn, SheetTable, workbook

COLUMNS = (
    SheetColumn("Page", "The page on which it is asked."),
    SheetColumn("Code", "What the question is called in the file, and in the answers. It never changes."),
    SheetColumn("Question", "The words that are read.", 50),
    SheetColumn("Guidance", "What stands below the question.", 40),
    SheetColumn(
        "In Welsh", "The question in Welsh, with its guidance; empty where it was not translated.", 40
    ),
    SheetColumn("Takes", "What kind of answer it takes."),
    SheetColumn("Answers", "The answers that can be chosen.", 40),
    SheetColumn("In words", "The answers that must be explained in words."),
    SheetColumn("Asked when", "When it is asked; empty: always.", 40),
    SheetColumn("Incidents", "Whether incidents must be cited."),
    SheetColumn("Published findings", "Each with its size, interval and source.", 50),
    SheetColumn("Keep it, or change it to", "For whoever reviews the wording.", 40),
    SheetColumn("Why", "For whoever reviews the wording.", 40),
)
LONGEST_NAME = 31  # characters of a sheet's name


def reviewed(found: Sequence[Definition], made: dt.datetime) -> bytes:
    """Return a workbook with a sheet for each version, and two empty columns for the reviewer."""
    tables = [
        SheetTable(
            f"{one.code} {one.version}"[:LONGEST_NAME],
            "one question",
            COLUMNS,
            [_row(one, item) for item in one.items],
        )
        for one in found
    ]
    marking = "; ".join(f"{one.name}. {one.holder}" for one in found)
    notes = ["A change is written as a new version of the file: what was answered keeps its words."]
    return workbook(tables, title="Wording of instruments", marking=marking, notes=notes, made=made)


def _row(one: Definition, item: Item) -> list[Cell]:
    section = next(section for section in one.sections if section.code == item.section)
    rule = both(section.when, item.when)
    options = [option.text for option in item.options] or list(one.labels if item.type == "scale" else ())
    states = [TITLES[state] for state in item.states if state is not State.GIVEN]
    named = {str(state): words for state, words in TITLES.items()}
    words_for = [named.get(code) or item.option(code) for code in sorted(item.words_for)]
    return [
        section.title,
        item.code,
        item.text,
        item.guidance,
        " ".join(text for text in (item.text_cy, item.guidance_cy) if text),
        TYPES[item.type],
        "; ".join([*options, *states]),
        "; ".join(words_for),
        words_of(one, rule) if rule else "",
        "Yes" if item.evidence else "",
        " ".join(presenters.effect(effect) for effect in item.effects),
        "",
        "",
    ]
