"""Find which pages and questions are asked: a pure function of the definition and the answers.

Pages are walked once, from the first. A question is asked when its rule and that of its page are yes. Where
they are not known yet, it waits, and it is said for what. Answers to questions that are not asked count for
nothing: what follows from them waits too.
"""

from __future__ import annotations

from dataclasses import dataclass

from lamplighter.instruments.answers import Answer, Answers
from lamplighter.instruments.definition import Definition, Item, Section
from lamplighter.instruments.rules import Rule, Truth, ask, both, reads


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question of which nobody can say yet whether it is asked; ``on``: what is not known."""

    item: Item
    rule: Rule
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    section: Section
    items: tuple[Item, ...]
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """Pages with something asked or waiting, and the answers that are kept and no longer asked for."""

    pages: tuple[Page, ...]
    no_longer: tuple[Item, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for page in self.pages for item in page.items)

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of what is asked, in order. This is kept with what is submitted."""
        return tuple(item.code for item in self.items)

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        return tuple(one for page in self.pages for one in page.waiting)

    def page(self, section: str) -> Page | None:
        return next((page for page in self.pages if page.section.code == section), None)


def walk(definition: Definition, answers: Answers) -> Path:
    """Return the path through an instrument that these answers lead along."""
    counts: dict[str, Answer] = {}
    pages = []
    asked: set[str] = set()
    for section in definition.sections:
        items: list[Item] = []
        waiting: list[Waiting] = []
        for item in definition.within(section.code):
            rule = both(section.when, item.when)
            truth = Truth.YES if rule is None else ask(rule, counts)
            if truth is Truth.YES:
                items.append(item)
            elif truth is Truth.NOT_KNOWN and rule is not None:
                open_ = [code for code in reads(rule) if code not in counts or counts[code].is_missing]
                waiting.append(Waiting(item, rule, tuple(open_)))
        if items or waiting:
            pages.append(Page(section, tuple(items), tuple(waiting)))
        # Only now: what is on one page is asked at once.
        counts.update({item.code: answers[item.code] for item in items if item.code in answers})
        asked.update(item.code for item in items)
    gone = tuple(item for item in definition.items if item.code in answers and item.code not in asked)
    return Path(tuple(pages), gone)
