"""Library of data here: types, the gate and programmes, each with the days on which it holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lamplighter.hub.perpetrator_side import configuration
from lamplighter.rule_files.dated import holds

# Typology and relationship ---------------------------------------------------------------------------------


def types(on: dt.date) -> dict[str, Mapping[str, Any]]:
    """The types of the typology in force on a day, by code."""
    return {row["code"]: row for row in configuration.TYPOLOGY.document()["type"] if holds(row, on)}


def relationships(on: dt.date) -> dict[str, Mapping[str, Any]]:
    return {row["code"]: row for row in configuration.TYPOLOGY.document()["relationship"] if holds(row, on)}


def scheme() -> tuple[str, str, str]:
    """The typology's code, its name, and what to keep in mind."""
    found = configuration.TYPOLOGY.document()
    return found["scheme"], found["scheme_title"], found["caution"]


def title(table: str, code: str) -> str:
    """The words of a code of any day; the code itself when there is none such."""
    gate = table in {"ground", "work"}
    part = (
        configuration.GATE
        if gate
        else configuration.PROGRAMMES
        if table == "programme"
        else configuration.TYPOLOGY
    )
    return next((row["title"] for row in reversed(part.document()[table]) if row["code"] == code), code)


# The gate --------------------------------------------------------------------------------------------------


def kinds_of_work() -> dict[str, str]:
    return {row["code"]: row["title"] for row in configuration.GATE.document()["work"]}


def gate_rules(on: dt.date) -> list[Mapping[str, Any]]:
    return [row for row in configuration.GATE.document()["rule"] if holds(row, on)]


def grounds() -> dict[str, Mapping[str, Any]]:
    """On what footing somebody takes part, by code."""
    return {row["code"]: row for row in configuration.GATE.document()["ground"]}


def is_required(ground: str) -> bool:
    """Return whether work on this footing is required; of a ground that is no more, it is not."""
    return bool(grounds().get(ground, {}).get("work") == "direct_required")


# Programmes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme as it is published. Days are whole days; ``sessions`` 0: no fixed number."""

    code: str
    title: str
    for_whom: str
    dose: str
    sessions: int
    follow_up_sessions: int
    every_days: int
    grounds: tuple[str, ...]
    criteria: Mapping[str, str]
    allocation_days: int
    chase_days: int
    valid_from: dt.date
    mark: str
    source: str

    @property
    def planned(self) -> int:
        """Sessions in all, the follow-up included; 0 when no number is fixed."""
        return self.sessions + self.follow_up_sessions

    def session_name(self, number: int) -> str:
        if not self.sessions:
            return f"session {number}"
        if number > self.sessions:
            return "the follow-up session"
        return f"session {number} of {self.sessions}"


def programmes(on: dt.date) -> dict[str, Programme]:
    """The programmes offered on a day, by code."""
    return {
        row["code"]: _programme(row)
        for row in configuration.PROGRAMMES.document()["programme"]
        if holds(row, on)
    }


def programme(code: str, on: dt.date) -> Programme:
    """A programme as it was on a day, or else as it is described last.

    One that the file no longer has keeps its code for a name: the record of it can still be read.
    """
    rows = [row for row in configuration.PROGRAMMES.document()["programme"] if row["code"] == code]
    if not rows:
        gone = "No longer described"
        return Programme(code, code, gone, gone, 0, 0, 7, (), {}, 0, 0, on, "I", gone)
    return _programme(next((row for row in rows if holds(row, on)), rows[-1]))


def _programme(row: Mapping[str, Any]) -> Programme:
    return Programme(
        **{
            name: row[name]
            for name in (
                *("code", "title", "for_whom", "dose", "sessions", "follow_up_sessions", "every_days"),
                *("allocation_days", "chase_days", "mark", "source"),
            )
        },
        grounds=tuple(row["grounds"]),
        criteria={c["code"]: c["question"] for c in row["criterion"]},
        valid_from=row["from"],
    )
