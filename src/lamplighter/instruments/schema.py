"""Say which keys a file of an instrument may hold. What they must say together is in ``checks``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lamplighter.instruments.definition import Type
from lamplighter.rule_files.schema import UPKEEP, Codes, Group, Rows, Schema, Value, code, is_code, text

LICENCES = {"open": "Open", "licensed": "Licensed"}
KINDS = {"judgement": "Professional judgement", "screen": "Screening", "measure": "Measure"}
USES = {"case": "On a case", "work": "In work with the suspect"}
WITHOUT = {"told": "Told, and it is recorded", "refused": "Refused"}
ABOUT = {"victim": "The victim", "suspect": "The suspect", "both": "Victim and suspect"}
MEASURES = {
    "phi": "φ (phi)",
    "odds_ratio": "Odds ratio",
    "risk_ratio": "Times as often",
    "auc": "AUC",
    "share": "Share",
}
TYPES = {
    Type.PRESENCE: "Yes, partly or no",
    Type.YES_NO: "Yes or no",
    Type.CHOICE: "One of several",
    Type.SEVERAL: "Several at once",
    Type.SCALE: "A place on the scale",
    Type.NUMBER: "A whole number",
    Type.DATE: "A day",
    Type.WORDS: "Words",
    Type.JUDGEMENT: "A judgement, with reasons",
}


@dataclass(frozen=True, slots=True)
class Known:
    """Codes that are of the hub: its roles, topics of training, and partitions. ``None``: any code."""

    roles: Codes | None = None
    topics: Codes | None = None
    sides: Codes | None = None


def _one_of(words: Mapping[str, str]) -> Callable[[], Mapping[str, str]]:
    return lambda: words


def _is_version(value: str) -> str | None:
    return "not hold a slash" if "/" in value else None


def _numbers(name: str, label: str) -> Value:
    return Value(name, label, of=int, least=-1_000_000, most=1_000_000, optional=True)


OPTION = Rows(
    "option",
    "Answers to choose from",
    (
        code(longest=40),
        text("text", "Words", longest=200, shown=False),
        text("text_cy", "Words in Welsh", longest=200, optional=True, shown=False),
    ),
    heading="text",
    dated=False,
    optional=True,
)
EFFECT = Rows(
    "effect",
    "Published effects",
    (
        text("outcome", "Of what", longest=120),
        Value("measure", "Measured as", one_of=_one_of(MEASURES), optional=True),
        Value("size", "Size", of=float, optional=True),
        Value("low", "Interval from", of=float, optional=True),
        Value("high", "Interval to", of=float, optional=True),
        text("sample", "In how many", longest=120, optional=True),
        text("note", "To keep in mind", optional=True),
        text("source", "Source", longest=300, optional=True),
    ),
    code="",
    heading="outcome",
    dated=False,
    optional=True,
)
SECTION = Rows(
    "section",
    "Pages",
    (
        code(),
        text("title", "Title", longest=100, shown=False),
        text("title_cy", "Title in Welsh", longest=100, optional=True, shown=False),
        text("guidance", "Guidance", longest=2_000, optional=True, shown=False),
        text("guidance_cy", "Guidance in Welsh", longest=2_000, optional=True, shown=False),
        Value("when", "Asked when", of=dict, optional=True, shown=False),
    ),
    dated=False,
    optional=True,
)
ITEM = Rows(
    "item",
    "Questions",
    (
        code(),
        Value("section", "Page", shape=is_code, optional=True),
        text("text", "Words", longest=400, shown=False),
        text("text_cy", "Words in Welsh", longest=400, optional=True, shown=False),
        text("guidance", "Guidance", longest=2_000, optional=True, shown=False),
        text("guidance_cy", "Guidance in Welsh", longest=2_000, optional=True, shown=False),
        Value("type", "Takes", one_of=lambda: {str(t): words for t, words in TYPES.items()}),
        Value("when", "Asked when", of=dict, optional=True, shown=False),
        Value("optional", "May be left empty", of=bool, optional=True),
        Value("required", "Must be known", of=bool, optional=True),
        Value("evidence", "Shown by", one_of=_one_of({"incident": "Incidents"}), optional=True),
        Value("words_for", "Explained in words where it is", many=True, shape=is_code, optional=True),
        Value("reverse", "Counts from the other end", of=bool, optional=True),
        _numbers("least", "Smallest number"),
        _numbers("most", "Largest number"),
        OPTION,
        EFFECT,
    ),
    heading="text",
    dated=False,
    optional=True,
)
SCORE = Group(
    "score",
    "How it is added up",
    (
        Value("method", "Added up by", one_of=_one_of({"sum": "Sum"})),
        Value("minimum", "Lowest answer", of=int, least=-100, most=100),
        Value("maximum", "Highest answer", of=int, least=-100, most=100),
        Value("answers", "Answers, the lowest first", many=True, longest=100, optional=True),
        Value("most_missing", "May be left out", of=int, least=0, most=200, optional=True),
        Value(
            "missing",
            "What is left out counts as",
            one_of=_one_of({"mean": "Mean", "none": "Nothing"}),
            optional=True,
        ),
        text("higher_means", "More points mean"),
        text("permission", "The licence allows it by", longest=300, optional=True),
    ),
    optional=True,
)


BAND = Rows(
    "band",
    "Bands of the score",
    (
        code(longest=40),
        text("title", "Called", longest=120),
        Value("least", "From points", of=float),
        text("source", "Source", longest=300, optional=True),
    ),
    heading="title",
    dated=False,
    optional=True,
)


def schema(known: Known, *, upkeep: bool = True) -> Schema:
    """Return what a file may hold, with the codes that the hub knows."""
    head = (
        code(),
        text("title", "Name", longest=100),
        Value("version", "Version", longest=20, shape=_is_version),
        *_dates(),
        Value("licence", "Licence", one_of=_one_of(LICENCES)),
        text("holder", "Holder"),
        text("terms", "Terms", longest=1_000, optional=True),
        text("citation", "To be cited as", longest=600, optional=True),
        text("about", "About", longest=1_000),
        Value("kind", "Kind", one_of=_one_of(KINDS)),
        Value("use", "Used", one_of=_one_of(USES)),
        Value("about_whom", "About", one_of=_one_of(ABOUT)),
        Value("side", "Which partition it lies in", one_of=known.sides),
        Value("roles", "Used by", many=True, may_be_empty=True, one_of=known.roles),
        Value("training", "After training in", one_of=known.topics, optional=True),
        Value("without_training", "Without it, somebody is", one_of=_one_of(WITHOUT), optional=True),
        Value("language", "Language", longest=10, optional=True),
        text("filled_by", "Filled in by", longest=100, optional=True),
        Value("replaces", "Replaces version", longest=20, optional=True),
        Value("pool_with", "Can be counted together with versions", many=True, longest=20, optional=True),
    )
    tables = (SECTION, ITEM, SCORE, BAND)
    return (*head, *tables, UPKEEP) if upkeep else (*head, *tables)


def _dates() -> tuple[Value, ...]:
    return (
        Value("from", "In use from", of=dt.date),
        Value("until", "No longer begun from", of=dt.date, optional=True),
    )
