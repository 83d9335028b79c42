"""Answers, and the states that are kept apart: no is not "not known", and that is not "nobody asked"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | dt.date | tuple[str, ...] | None


class State(StrEnum):
    """Say how an item was answered. ``GIVEN``: by a value, such as a number or one of several options."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    GIVEN = "given"
    NOT_KNOWN = "not_known"
    NOT_ASKED = "not_asked"
    DECLINED = "declined"
    DOES_NOT_APPLY = "does_not_apply"


TITLES: Mapping[State, str] = {
    State.YES: "Yes",
    State.PARTLY: "Partly",
    State.NO: "No",
    State.GIVEN: "Answered",
    State.NOT_KNOWN: "Not known",
    State.NOT_ASKED: "Not asked",
    State.DECLINED: "Did not want to answer",
    State.DOES_NOT_APPLY: "Does not apply",
}
# Nothing follows from these, and never a "no".
MISSING = frozenset({State.NOT_KNOWN, State.NOT_ASKED, State.DECLINED})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its state, the value where it is given, words, and the incidents that it rests on."""

    state: State
    value: Value = None
    words: str = ""
    cites: tuple[str, ...] = ()

    @property
    def is_missing(self) -> bool:
        return self.state in MISSING

    @property
    def code(self) -> Value:
        """Return what a rule compares: the value where there is one, else the state."""
        return self.value if self.state is State.GIVEN else str(self.state)


Answers: TypeAlias = Mapping[str, Answer]
