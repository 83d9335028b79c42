"""An instrument as it is read from one file. Nothing here can be changed once it is made."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from lamplighter.instruments.answers import State
from lamplighter.instruments.rules import Rule
from lamplighter.instruments.scoring import Band, Scale


class Type(StrEnum):
    """Kinds of answer that an item takes."""

    PRESENCE = "presence"
    YES_NO = "yes_no"
    CHOICE = "choice"
    SEVERAL = "several"
    SCALE = "scale"
    NUMBER = "number"
    DATE = "date"
    WORDS = "words"
    JUDGEMENT = "judgement"


WITH_OPTIONS = frozenset({Type.CHOICE, Type.SEVERAL, Type.JUDGEMENT})
OF_STATES = frozenset({Type.PRESENCE, Type.YES_NO})
DEFINITE = {
    Type.PRESENCE: (State.YES, State.PARTLY, State.NO),
    Type.YES_NO: (State.YES, State.NO),
}
LEFT_OPEN = (State.NOT_KNOWN, State.NOT_ASKED, State.DECLINED, State.DOES_NOT_APPLY)


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    text: str
    text_cy: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """A published effect of what an item asks, with its size, its interval where there is one, and source.

    It is shown to whoever answers. Nothing is computed from it.
    """

    outcome: str
    measure: str
    size: float
    low: float | None
    high: float | None
    sample: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Section:
    """One page of questions."""

    code: str
    title: str
    guidance: str
    when: Rule | None
    title_cy: str = ""
    guidance_cy: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``words_for``: answers that must be explained in words; ``reverse`` is of a scale.

    ``_cy``: the same in Welsh; empty where nobody translated it.
    """

    code: str
    section: str
    text: str
    guidance: str
    type: Type
    options: tuple[Option, ...]
    effects: tuple[Effect, ...]
    when: Rule | None
    optional: bool
    required: bool
    evidence: bool
    words_for: frozenset[str]
    reverse: bool
    least: int | None
    most: int | None
    text_cy: str = ""
    guidance_cy: str = ""

    @property
    def states(self) -> tuple[State, ...]:
        """Return the states that this item takes. One that is required takes no answer that is left open."""
        definite = DEFINITE.get(self.type, (State.GIVEN,))
        return definite if self.required else (*definite, *LEFT_OPEN)

    @property
    def codes(self) -> tuple[str, ...]:
        """Return what a rule may compare this item with; nothing for numbers, dates and words."""
        if self.type in OF_STATES:
            return (*DEFINITE[self.type], State.DOES_NOT_APPLY)
        return tuple(option.code for option in self.options)

    def option(self, code: str) -> str:
        """Return the words of an option; its code where there is none such."""
        return next((one.text for one in self.options if one.code == code), code)


@dataclass(frozen=True)
class Definition:
    """One version of one instrument. Without items it is known by name only: a licensed hub adds the rest."""

    code: str
    title: str
    version: str
    valid_from: dt.date
    valid_until: dt.date | None
    licence: str
    holder: str
    terms: str
    citation: str
    about: str
    kind: str
    use: str
    about_whom: str
    side: str
    roles: tuple[str, ...]
    training: str
    without_training: str
    language: str
    filled_by: str
    replaces: str
    pool_with: tuple[str, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    labels: tuple[str, ...]
    higher_means: str
    scale: Scale | None
    bands: tuple[Band, ...]
    digest: str

    @property
    def usable(self) -> bool:
        return bool(self.items)

    @property
    def licensed(self) -> bool:
        return self.licence == "licensed"

    @property
    def name(self) -> str:
        """Return title and version, as pages and papers say them."""
        return f"{self.title}, version {self.version}"

    @cached_property
    def by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    def within(self, section: str) -> tuple[Item, ...]:
        """Return the items of a section, in their order."""
        return tuple(item for item in self.items if item.section == section)

    def in_force(self, on: dt.date) -> bool:
        """Return whether this version may be begun on a day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)
