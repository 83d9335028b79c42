"""Everything that was typed into the pages of one report: recalled from what was stored, and put together
when two people correct the same report at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lamplighter.hub.design.fields import DatePartsField
from lamplighter.hub.intake.new_report.forms import OccasionPage, Page, Typed
from lamplighter.hub.intake.new_report.pages import OCCASION, PAGES, occasion_number, occasion_step

NOTHING: Typed = {}


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by page, and the numbers of the occasions in the order of their pages.

    The number of an occasion stays its own while others are added and taken away: what people said of the
    acts on it is said of its number.
    """

    pages: dict[str, Typed] = field(default_factory=dict)
    numbers: tuple[int, ...] = (1,)

    def of_occasions(self) -> dict[int, Typed]:
        """Return the pages of the occasions by their numbers."""
        return {n: self.pages.get(occasion_step(p), NOTHING) for p, n in enumerate(self.numbers, 1)}

    def parts(self) -> dict[str, Typed]:
        """Return every page by a name that stays its own, also where occasions change their places."""
        rest = {step: typed for step, typed in self.pages.items() if occasion_number(step) is None}
        return rest | {part_of_occasion(n): typed for n, typed in self.of_occasions().items()}

    @classmethod
    def of_parts(cls, parts: Mapping[str, Typed], numbers: Sequence[int]) -> Answers:
        """Return the answers that have these :meth:`parts`, with these occasions in this order."""
        pages = {step: parts.get(step, NOTHING) for step in PAGES if step != OCCASION}
        for place, number in enumerate(numbers, 1):
            pages[occasion_step(place)] = parts.get(part_of_occasion(number), NOTHING)
        return cls(pages, tuple(numbers))


def part_of_occasion(number: int) -> str:
    """Return the name of the part that is the occasion of this number."""
    return f"occasion {number}"


def recall(whole: Mapping[str, Any]) -> Answers:
    """Return what was typed into the pages that made this nested report: ``pages.document`` reversed.

    Args:
        whole: the report as the form sent it, which is what ``raw`` of its version holds. How to reach the
            victim safely is not in it, and so in no answer.
    """
    occasions = list(whole.get("occasions") or ())
    pages = {step: page.recall(dict(whole)) for step, page in PAGES.items() if step != OCCASION}
    for place, occasion in enumerate(occasions, 1):
        pages[occasion_step(place)] = OccasionPage.recall({"occasions": [occasion]})
    numbers = tuple(int(o.get("occasion_seq") or place) for place, o in enumerate(occasions, 1))
    return Answers(pages, numbers)


def merged(base: Answers, mine: Answers, theirs: Answers) -> Answers:
    """Return ``mine`` on top of ``theirs``, where both began with ``base``.

    An answer that I did not change is theirs; one that both changed is mine. An occasion that either took
    away is gone, unless I had changed it; those that either added are there.
    """
    pages = {
        step: _merged(page, base.pages.get(step), mine.pages.get(step), theirs.pages.get(step))
        for step, page in PAGES.items()
        if step != OCCASION
    }
    before, own, others = base.of_occasions(), mine.of_occasions(), theirs.of_occasions()
    kept: dict[int, Typed] = {}
    for number, typed in others.items():
        if number in own and number in before:
            kept[number] = _merged(OccasionPage, before[number], own[number], typed)
        elif number not in before:
            kept[number] = typed
    for number, typed in own.items():
        if number not in before:
            # Both may have given the next number to an occasion of their own.
            kept[number if number not in kept else max({*kept, *before, *own}) + 1] = typed
        elif number not in others and _merged(OccasionPage, None, typed, None) != _merged(
            OccasionPage, None, before[number], None
        ):
            kept[number] = typed
    kept = kept or {n: own[n] for n in list(own)[:1]}
    for place, typed in enumerate(kept.values(), 1):
        pages[occasion_step(place)] = typed
    return Answers(pages, tuple(kept))


def _merged(page: type[Page], base: Typed | None, mine: Typed | None, theirs: Typed | None) -> Typed:
    base, mine, theirs = base or NOTHING, mine or NOTHING, theirs or NOTHING
    found: Typed = {}
    for name, asked in page.base_fields.items():
        changed = _controls(name, asked, mine) != _controls(name, asked, base)
        found |= _controls(name, asked, mine if changed else theirs)
    return found


def _controls(name: str, asked: Any, typed: Typed) -> Typed:
    """What was typed for one question. A date has three controls, which are one answer."""
    names = [f"{name}_{part}" for part in ("day", "month", "year")]
    wanted = names if isinstance(asked, DatePartsField) else [name]
    return {n: typed[n] for n in wanted if any(typed.get(n, ()))}
