"""Read what counts as reoffending: index events, outcomes, horizons, rules, and the headline, as dated data.

The headline is one definition that is named before the data are opened. Its hash goes into every result, so
that a headline that was changed afterwards shows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from lamplighter.rule_files import reading
from lamplighter.rule_files.dated import holds
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.rule_files.schema import UPKEEP, Report, Rows, Value, check, code, text
from lamplighter.vocabulary.codes import code_set

FILE = "definitions.toml"
KINDS = {
    "report": "Report or allegation that a force recorded",
    "charge": "Charge or summons",
    "conviction": "Conviction",
    "caution": "Caution",
    "release": "Release from custody",
    "order_made": "Order made that protects somebody",
    "breach": "Breach of an order",
    "custody_start": "Beginning of custody",
    "death": "Death of the suspect",
}
#: Kinds that tell of something that was done: an act by a suspect, whatever stage it has reached.
ACTS = ("report", "charge", "conviction", "caution", "breach")
DAYS = {"recorded": "the day it was recorded", "proven": "the day of proof", "occurred": "the day itself"}
#: "own": the day of proof of what is proven, and the day itself of anything else.
INDEX_DAYS = {**DAYS, "own": "the day of proof, or of the event itself"}
VICTIMS = {"either": "Any victim", "same": "The same victim", "new": "A new victim"}
STRADDLING = {"not_counted": "not counted", "counted": "counted on the last day of the course"}


@dataclass(frozen=True, slots=True)
class Index:
    """Hold where following somebody begins."""

    code: str
    title: str
    kinds: tuple[str, ...]
    day: str
    groups: tuple[str, ...]
    custodial: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """Things that count afterwards. The first of ``waits`` is the usual one."""

    code: str
    title: str
    kinds: tuple[str, ...]
    known: str
    groups: tuple[str, ...]
    not_groups: tuple[str, ...]
    same_victim_only: tuple[str, ...]
    course: bool
    waits: tuple[int, ...]

    @property
    def is_proven(self) -> bool:
        return self.known == "proven"


@dataclass(frozen=True, slots=True)
class Rules:
    """Say what becomes of a course that straddles day 0, and how far apart two books may date one act."""

    straddling: str
    same_act_days: int
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """The one definition that was named before the data were opened."""

    index: str
    outcome: str
    victim: str
    horizon: int
    wait: int
    named_on: dt.date
    named_by: str
    why: str

    @property
    def cell(self) -> tuple[str, str, str, int, int]:
        return (self.index, self.outcome, self.victim, self.horizon, self.wait)


@dataclass(frozen=True, slots=True)
class Concentration:
    """Months looked back over, the shares of people that are asked for, and who is called prolific."""

    months: int
    shares: tuple[int, ...]
    prolific: int


@dataclass(frozen=True, slots=True)
class ReadOut:
    """Say of whom a figure may be read out: so many people, and no interval wider than so many points."""

    people: int
    points: int

    def too_few(self, people: int, *intervals: tuple[float, float]) -> bool:
        """Tell whether a figure is of too few people, with its intervals as shares."""
        widest = max(high - low for low, high in intervals)
        return people < self.people or 100 * widest > self.points


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that holds on one day, read from one file."""

    indexes: tuple[Index, ...]
    outcomes: tuple[Outcome, ...]
    horizons: tuple[int, ...]
    rules: Rules
    headline: Headline
    editions: tuple[tuple[str, str, int], ...]
    official: tuple[str, int, tuple[int, ...]]
    cohort_months: int
    read_out: ReadOut
    concentration: Concentration
    rows: Mapping[str, Sequence[Mapping[str, Any]]]

    def index(self, called: str) -> Index:
        return next(one for one in self.indexes if one.code == called)

    def outcome(self, called: str) -> Outcome:
        return next(one for one in self.outcomes if one.code == called)

    def headline_hash(self) -> str:
        """Return the hash of all that the headline means: its codes, their rules, and the cohort."""
        told = {
            "headline": {k: str(v) for k, v in asdict(self.headline).items() if k not in ("why", "named_by")},
            "index": asdict(self.index(self.headline.index)),
            "outcome": {k: v for k, v in asdict(self.outcome(self.headline.outcome)).items() if k != "waits"},
            "rules": asdict(self.rules),
            "cohort": self.cohort_months,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def headline_words(self) -> str:
        """Return the headline in one sentence."""
        own = self.headline
        against = "" if own.victim == "either" else f", {VICTIMS[own.victim].lower()}"
        return (
            f"{self.outcome(own.outcome).title}{against}, within {own.horizon} months of: "
            f"{self.index(own.index).title.lower()}. {own.wait} months are waited for it to be known."
        )

    def as_json(self) -> bytes:
        """Return everything that holds as JSON, in a fixed order, with the hash of the headline."""
        body = {"headline_sha256": self.headline_hash(), **{k: list(v) for k, v in self.rows.items()}}
        return (json.dumps(body, indent=2, ensure_ascii=False, default=str) + "\n").encode()


def _kinds() -> Mapping[str, str]:
    return KINDS


def _groups() -> Mapping[str, str]:
    return {name: own.title for name, own in code_set("offence_groups").codes.items()}


_CODE, _TITLE = code("Code"), text("title", "Title", longest=120)
_NOTES = (text("mark", "Mark", longest=1), text("source", "Source", optional=True))
_OUTCOMES = Value("kinds", "Kinds of event", many=True, one_of=_kinds)
_OF = Value("groups", "Offence groups", many=True, may_be_empty=True, one_of=_groups)
_MONTHS = Value("months", "Months", of=int, least=1, most=240)
_WAIT = Value("wait", "Months waited", of=int, least=0, most=240)
_WAITS = Value("waits", "Months waited", of=int, many=True, least=0, most=240)
_HORIZON = Value("horizon", "Months", of=int, least=1, most=240)


def _single(name: str, title: str, *values: Value) -> Rows:
    return Rows(name, title, (*values, *_NOTES), code="", single=True)


SCHEMA = (
    Rows(
        "index",
        "Index events",
        (
            _CODE,
            _TITLE,
            _OUTCOMES,
            Value("day", "Day 0", one_of=lambda: INDEX_DAYS),
            _OF,
            Value("custodial", "Convictions with custody too", of=bool, optional=True),
            *_NOTES,
        ),
    ),
    Rows(
        "outcome",
        "Outcomes",
        (
            _CODE,
            _TITLE,
            _OUTCOMES,
            Value("known", "Known by", one_of=lambda: {k: v for k, v in DAYS.items() if k != "occurred"}),
            _OF,
            Value("not_groups", "Groups left out", many=True, may_be_empty=True, one_of=_groups),
            Value("same_victim_only", "Same victim only", many=True, may_be_empty=True, one_of=_groups),
            Value("course", "Only in a course of conduct", of=bool),
            _WAITS,
            *_NOTES,
        ),
    ),
    Rows("horizon", "Horizons", (_CODE, _MONTHS, *_NOTES), heading="code"),
    _single(
        "rules",
        "Rules",
        Value("straddling", "Courses that straddle day 0", one_of=lambda: STRADDLING),
        Value("same_act_days", "Days apart in two books", of=int, least=0, most=31),
        Value("alike", "Groups that may be one act", many=True, may_be_empty=True, one_of=_groups),
    ),
    _single(
        "headline",
        "Headline",
        text("index", "Index event", longest=60),
        text("outcome", "Outcome", longest=60),
        Value("victim", "Victim", one_of=lambda: VICTIMS),
        _HORIZON,
        _WAIT,
        Value("named_on", "Named on", of=dt.date),
        text("named_by", "Named by", longest=200),
        text("why", "Why"),
    ),
    Rows("edition", "Editions", (_CODE, _TITLE, _WAIT, *_NOTES)),
    _single("official", "As the Ministry of Justice counts", text("outcome", "Outcome"), _HORIZON, _WAITS),
    _single("cohort", "Cohort", _MONTHS),
    _single(
        "read_out",
        "What may be read out",
        Value("people", "People at least", of=int, least=1, most=100_000),
        Value("points", "Points between limits at most", of=int, least=1, most=100),
    ),
    _single(
        "concentration",
        "Concentration",
        _MONTHS,
        Value("shares", "Per cent of people", of=int, many=True, least=1, most=99),
        Value("prolific", "Occasions that make somebody prolific", of=int, least=2, most=999),
    ),
    UPKEEP,
)
_NAMED = ("rules", "headline", "official", "cohort", "read_out", "concentration")


def definitions_in(content: str, on: dt.date, file: str = FILE) -> Definitions:
    """Return what a file says holds on a day. Raises ``RuleFileError``, which names each fault and place."""
    document = reading.parsed(content, file)
    report = Report(file, content)
    check(SCHEMA, document, report)
    if report.faults:
        raise RuleFileError(report.faults)
    names = [table.name for table in SCHEMA if isinstance(table, Rows)]
    held = {name: [row for row in document.get(name, ()) if holds(row, on)] for name in names}
    for name, rows in held.items():
        if not rows:
            what, remedy = f"no row holds on {on}.", "Add a row that holds on the day of the extract."
            report.add("nothing_holds", f"[[{name}]]", what, remedy)
    if not report.faults:
        for place, what, remedy in _contradictions(held):
            report.add("contradiction", place, what, remedy)
    if report.faults:
        raise RuleFileError(report.faults)
    return _definitions(held)


def definitions(on: dt.date, path: Path | None = None) -> Definitions:
    """Return the definitions that hold on a day, from a file or as shipped. Raises ``RuleFileError``."""
    if path is None:
        return definitions_in(shipped(), on)
    return definitions_in(path.read_text("utf-8-sig"), on, path.name)


def shipped() -> str:
    """Return the file as shipped, with its comments."""
    return (files("lamplighter.studies.reoffending") / FILE).read_text("utf-8")


def _contradictions(held: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[tuple[str, str, str]]:
    """Yield what the rows of one day say against one another: place, fault and remedy."""
    codes = {name: {row["code"] for row in held[name]} for name in ("index", "outcome")}
    own, official = held["headline"][0], held["official"][0]
    horizons = {row["months"] for row in held["horizon"]}
    for name in ("index", "outcome"):
        if own[name] not in codes[name]:
            known = ", ".join(sorted(codes[name]))
            yield f"[[headline]], key {name}", "no row of that code holds on the day.", f"It can be: {known}."
    for place, row in (("headline", own), ("official", official)):
        if row["horizon"] not in horizons:
            yield (
                f"[[{place}]], key horizon",
                "no horizon has so many months.",
                f"It can be: {', '.join(map(str, sorted(horizons)))}.",
            )
    if official["outcome"] not in codes["outcome"]:
        yield "[[official]], key outcome", "no outcome of that code holds on the day.", "Name one that does."
    for row in held["outcome"]:
        if row["code"] == own["outcome"] and own["wait"] not in row["waits"]:
            waits = ", ".join(map(str, row["waits"]))
            yield "[[headline]], key wait", "the outcome is not waited for so long.", f"It can be: {waits}."
        if row["code"] == official["outcome"] and set(official["waits"]) - set(row["waits"]):
            yield "[[official]], key waits", "the outcome lacks one of them.", "Add it to the outcome."
        acts = set(row["kinds"]) - set(ACTS)
        if acts:
            yield (
                f"[[outcome]] “{row['code']}”, key kinds",
                f"{', '.join(sorted(acts))}: nothing is done by it.",
                f"An outcome can be: {', '.join(ACTS)}.",
            )


def _definitions(held: Mapping[str, Sequence[Mapping[str, Any]]]) -> Definitions:
    def made(row: Mapping[str, Any]) -> dict[str, Any]:
        left = {k: v for k, v in row.items() if k not in ("from", "until", "mark", "source")}
        return {k: tuple(v) if isinstance(v, list) else v for k, v in left.items()}

    single = {name: made(held[name][0]) for name in _NAMED}
    official = single["official"]
    return Definitions(
        indexes=tuple(Index(**made(row)) for row in held["index"]),
        outcomes=tuple(Outcome(**made(row)) for row in held["outcome"]),
        horizons=tuple(sorted(row["months"] for row in held["horizon"])),
        rules=Rules(**single["rules"]),
        headline=Headline(**single["headline"]),
        editions=tuple(
            sorted(((r["code"], r["title"], r["wait"]) for r in held["edition"]), key=lambda e: e[2])
        ),
        official=(official["outcome"], official["horizon"], official["waits"]),
        cohort_months=single["cohort"]["months"],
        read_out=ReadOut(**single["read_out"]),
        concentration=Concentration(**single["concentration"]),
        rows=held,
    )
