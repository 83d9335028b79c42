"""Say in its place what a force does not hold, and what to ask for: never a nought, a headline or a chart."""

from __future__ import annotations

from collections.abc import Iterator

from lamplighter.reporting.document import Block, Words
from lamplighter.studies.review.results import Found, NotAnswered


def ask_for(why: NotAnswered) -> str:
    """Return what the data would need to hold, as the end of a sentence."""
    return "; ".join(f"{item[:1].lower()}{item[1:]}" for item in why.missing)


def absent(found: Found, *names: str) -> list[Block]:
    """Return a paragraph for what is not held of these measures; nothing where all are held."""
    told = {item.title: ask_for(item) for item in _whys(found, names)}
    return [
        Words((f"Not held by this force: {title}. To answer it, ask for: {asked}.",))
        for title, asked in told.items()
    ]


def why_not(found: Found, *names: str) -> NotAnswered | None:
    """Return the reason of a gap: of a measure by its table, of an indicator or an analysis by its name."""
    return next(_whys(found, names), None)


def _whys(found: Found, names: tuple[str, ...]) -> Iterator[NotAnswered]:
    for name in names:
        if name in found.not_held:
            yield found.not_held[name]
        yield from (item for item in found.not_answered if item.what == name)
