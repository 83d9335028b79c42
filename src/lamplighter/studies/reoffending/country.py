"""Say what a folder of a country holds: its forces, its hubs, the day of the extract, and what is not held.

``country.toml`` says it. What is not held is never shown as nought, so a force or the country names it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lamplighter.records.errors import RecordsError
from lamplighter.rule_files import reading
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.rule_files.schema import Report, Rows, Value, check, text
from lamplighter.studies.reoffending.definitions import KINDS

FILE = "country.toml"
#: Columns of events that a country may lack; ``victim`` and ``course`` are whole questions.
MAY_LACK = ("ended", "victim", "crime", "course", "custodial", "same_occasion_as")


class CountryError(RecordsError):
    """The folder of a country cannot be read for a study; the text names the file and the remedy."""


@dataclass(frozen=True, slots=True)
class Force:
    """One force that delivered, and kinds of events that it does not hold."""

    name: str
    not_held: frozenset[str]


@dataclass(frozen=True, slots=True)
class Country:
    """Facts of a folder. ``late`` names forces that should be in it and are not."""

    title: str
    made_up: bool
    extracted_on: dt.date
    period_from: dt.date
    forces: tuple[Force, ...]
    hubs: Mapping[str, tuple[str, ...]]
    late: tuple[str, ...]
    not_held: frozenset[str]
    sources: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(force.name for force in self.forces)

    def holds(self, force: Force, kinds: tuple[str, ...]) -> bool:
        """Tell whether a force holds all of these kinds of events."""
        return not (set(kinds) & (self.not_held | force.not_held))


def _not_held() -> Mapping[str, str]:
    return {**KINDS, **dict.fromkeys(MAY_LACK, "column")}


_NOT_HELD = Value("not_held", "Not held", many=True, may_be_empty=True, optional=True, one_of=_not_held)
SCHEMA = (
    text("title", "Title", longest=200),
    Value("made_up", "Made up", of=bool),
    Value("extracted_on", "Day of the extract", of=dt.date),
    Value("period_from", "First day that the events cover", of=dt.date),
    Value("sources", "Sources", many=True),
    Value("late", "Forces that are late", many=True, may_be_empty=True, optional=True),
    _NOT_HELD,
    Rows("force", "Forces", (text("name", "Name", longest=120), _NOT_HELD), code="name", dated=False),
    Rows(
        "hub",
        "Hubs",
        (text("name", "Name", longest=120), Value("forces", "Forces", many=True)),
        code="name",
        dated=False,
        optional=True,
    ),
)


def begun(
    folder: Path,
    *,
    title: str,
    extracted_on: dt.date,
    period_from: dt.date,
    sources: Sequence[str],
    hubs: Mapping[str, Sequence[str]],
    made_up: bool,
) -> Path:
    """Write ``country.toml`` for a folder of an analyst, with the forces that delivered and those that are
    late, and return it.

    Raises:
        CountryError: it is there already, no force has delivered events, or what is said makes no country.
    """
    path = folder / FILE
    if path.exists():
        raise CountryError("is there already.", file=FILE, remedy="Change it by hand, or take it away first.")
    forces = sorted(p.parent.name for p in (folder / "content").glob("*/events.parquet"))
    if not forces:
        raise CountryError(
            "no force has delivered a table of events.",
            file="content",
            remedy="lamplighter national deliver --events events.parquet puts it there.",
        )
    try:
        told = json.loads((folder / "links" / "links.json").read_text("utf-8"))["forces"]
    except (OSError, ValueError, KeyError):
        raise CountryError(
            "is not there or cannot be read.",
            file="links/links.json",
            remedy="Run lamplighter national link.",
        ) from None
    late = sorted({*told.get("late", ()), *(set(told.get("present", ())) - set(forces))} - set(forces))
    q = json.dumps
    lines = [
        f"title = {q(title)}",
        f"made_up = {str(made_up).lower()}",
        f"extracted_on = {extracted_on}",
        f"period_from = {period_from}",
        f"sources = {q(list(sources))}",
        f"late = {q(late)}",
        "# Kinds of events or columns that the whole country does not hold; of one force, under its name.",
        "not_held = []",
        *(f"\n[[force]]\nname = {q(name)}" for name in forces),
        *(f"\n[[hub]]\nname = {q(name)}\nforces = {q(list(own))}" for name, own in hubs.items()),
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    try:
        read_country(folder)
    except CountryError:
        path.unlink()
        raise
    return path


def read_country(folder: Path) -> Country:
    """Return what a folder says of itself.

    Raises:
        CountryError: the file is not there, or is not as it should be.
    """
    path = folder / FILE
    try:
        content = path.read_text("utf-8-sig")
        body = reading.parsed(content, FILE)
    except FileNotFoundError:
        raise CountryError(
            "is not there.", file=FILE, remedy="docs/reoffending.md says what it holds."
        ) from None
    except RuleFileError as error:
        raise CountryError(str(error)) from None
    report = Report(FILE, content)
    check(SCHEMA, body, report)
    if not report.faults:
        names = {row["name"] for row in body["force"]}
        for number, hub in enumerate(body.get("hub", ()), 1):
            for name in sorted(set(hub["forces"]) - names):
                where = report.row(next(s for s in SCHEMA if s.name == "hub"), number, body["hub"])  # type: ignore[arg-type]  # a table of the schema
                report.add(
                    "unknown_force", where, f"{name} is no force of the file.", "Add it, or correct it."
                )
        if body["period_from"] > body["extracted_on"]:
            report.add(
                "not_a_period", "key period_from", "lies after the extract.", "Correct one of the two."
            )
    if report.faults:
        raise CountryError(str(RuleFileError(report.faults)))
    return Country(
        title=body["title"],
        made_up=body["made_up"],
        extracted_on=body["extracted_on"],
        period_from=body["period_from"],
        forces=tuple(Force(r["name"], frozenset(r.get("not_held", ()))) for r in body["force"]),
        hubs={r["name"]: tuple(r["forces"]) for r in body.get("hub", ())},
        late=tuple(body.get("late", ())),
        not_held=frozenset(body.get("not_held", ())),
        sources=tuple(body["sources"]),
    )
