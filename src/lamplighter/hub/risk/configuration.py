"""The part of the configuration about risk: levels and their intervals, measures, triggers, samples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.risk.levels import JUDGEMENTS, Level
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import listed
from lamplighter.rule_files.schema import Document, Report, Row, Rows, Value, code, count, origin, text

SHIPPED = Path(__file__).with_name("rules.toml")
PERIODS = ("hours", "days", "working_days")
LIMITS = ("first", "lower", "blind")
# Triggers that the software itself raises.
FOUND = (
    *("new_incident", "breach", "charge", "release", "bail_change", "court_date"),
    *("victim_moved", "victim_withdrew", "silence", "second_rater", "warning", "changed"),
)
# Who is told of a trigger: everybody on the case, or the side alone on which it is known.
TOLD = {"everybody": "Everybody on the case", "own_side": "Only the side on which it is known"}
# Grounds of a lower level. That somebody completed a programme is none of them: it was not found to make a
# difference (operating model, 2.7), so that no row can say it.
RESTS_ON = {
    "acts": "What was done, or not done, at liberty",
    "liberty": "The person cannot reach anybody",
    "protection": "Protection that works",
    "information": "What was recorded before was wrong",
}


def _levels() -> Mapping[str, str]:
    return {level.value: level.label for level in Level}


TITLE = text("title", "Words", longest=200, shown=False)
HINT = text("hint", "Hint", longest=400, optional=True)
WITHIN = (
    count("hours", "Within", "hour", most=24 * 60, optional=True),
    count("days", "Within", "day", most=732, optional=True),
    count("working_days", "Within", "working day", most=366, optional=True),
)
JUDGED = Rows("judgement", "What is judged", (code(), TITLE, HINT, *origin()), always=tuple(JUDGEMENTS))
LEVELS = Rows(
    "level",
    "Levels, and when the risk is assessed again",
    (code(), TITLE, HINT, *WITHIN, *origin()),
    always=tuple(Level.values),
)
MEASURES = Rows(
    "measure",
    "Checklist of measures",
    (code(), TITLE, Value("levels", "At the level", many=True, one_of=_levels), HINT, *origin()),
    some=True,
)
TRIGGERS = Rows(
    "trigger",
    "What makes a re-assessment due",
    (code(), TITLE, Value("told", "Who is told", one_of=lambda: TOLD), HINT, *WITHIN, *origin()),
    always=FOUND,
)
GROUNDS = Rows(
    "ground",
    "Grounds of a lower level",
    (code(), TITLE, Value("rests_on", "Is about", one_of=lambda: RESTS_ON), *origin()),
    some=True,
)
TIME_LIMITS = Rows("limit", "Time limits", (code(), TITLE, *WITHIN, *origin()), always=LIMITS)
SILENCE = Rows(
    "silence",
    "Silence after many reports",
    (
        code(),
        TITLE,
        count("reports", "At least", "report", most=100, least=2),
        count("within_days", "Within", "day", most=366),
        count("quiet_days", "And then none for", "day", most=366),
        *origin(),
    ),
    single=True,
)
SAMPLE = Rows(
    "sample",
    "Assessments that a second rater judges blind",
    (code(), TITLE, count("percent", "Of a hundred", most=100, least=0), *origin()),
    single=True,
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    for table in (LEVELS, TRIGGERS, TIME_LIMITS):
        rows: list[Row] = document[table.name]
        for number, row in enumerate(rows, 1):
            given = [name for name in PERIODS if name in row]
            if len(given) != 1:
                what = f"has {listed(given)}." if given else "has no period."
                report.add(
                    "not_one_period",
                    report.row(table, number, rows),
                    what,
                    f"Give one of {listed(PERIODS)}.",
                )


PART = Part(
    "risk",
    "Risk",
    "What is judged, when it is judged again, what brings that forward, and what is done at each level.",
    SHIPPED,
    (JUDGED, LEVELS, MEASURES, TRIGGERS, GROUNDS, TIME_LIMITS, SILENCE, SAMPLE),
    rules=_check,
    also=("assessments", "levels", "triggers"),
)
PARTS = (PART,)
