"""Two sets of answers side by side, also where each was given to another version of the instrument."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lamplighter.instruments.answers import Answer, Answers
from lamplighter.instruments.definition import Definition, Item


@dataclass(frozen=True, slots=True)
class Side:
    """Answers to one version, and which of its questions were asked."""

    definition: Definition
    answers: Answers
    asked: Collection[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One question on both sides; ``None`` where a version does not have it, or did not ask it."""

    earlier: Item | None
    later: Item | None
    was: Answer | None
    now: Answer | None

    @property
    def reworded(self) -> bool:
        """Tell whether what was read is not the same: then answers must not be compared without a look."""
        return bool(self.earlier and self.later and _read(self.earlier) != _read(self.later))

    @property
    def changed(self) -> bool:
        return _said(self.was) != _said(self.now)


def poolable(earlier: Definition, later: Definition) -> bool:
    """Return whether the authors say that both versions can be counted together."""
    if earlier.code != later.code:
        return False
    return (
        earlier.digest == later.digest
        or earlier.version in later.pool_with
        or later.version in earlier.pool_with
    )


def beside(earlier: Side, later: Side) -> list[Row]:
    """Return every question that either side asked, in the later order, with both answers."""
    codes = [item.code for item in later.definition.items]
    codes += [item.code for item in earlier.definition.items if item.code not in codes]
    asked = {*earlier.asked, *later.asked}
    return [Row(*_items(code, earlier, later)) for code in codes if code in asked]


def _items(
    code: str, earlier: Side, later: Side
) -> tuple[Item | None, Item | None, Answer | None, Answer | None]:
    one, other = earlier.definition.by_code.get(code), later.definition.by_code.get(code)
    was = earlier.answers.get(code) if code in earlier.asked else None
    now = later.answers.get(code) if code in later.asked else None
    return one, other, was, now


def _read(item: Item) -> tuple[object, ...]:
    """Return what whoever answers reads of a question."""
    return (item.text, item.guidance, item.type, tuple((o.code, o.text) for o in item.options))


def _said(answer: Answer | None) -> tuple[object, ...] | None:
    return (answer.state, answer.value) if answer else None
