"""Say in its place what a force does not hold, and what to ask for: never a nought, a headline or a chart."""

from __future__ import annotations

from collections.abc import Iterator

from lamplighter.reporting.document import Block, Words
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.results import NotAnswered


def ask_for(why: NotAnswered) -> str:
    """What the data would need to hold, as the end of a sentence."""
    return "; ".join(f"{item[:1].lower()}{item[1:]}" for item in why.missing)


def absent(review: Review, *names: str) -> list[Block]:
    """A paragraph for what is not held of these measures; nothing where all are held."""
    told = {item.title: ask_for(item) for item in _whys(review, names)}
    return [
        Words((f"Not held by this force: {title}. To answer it, ask for: {asked}.",))
        for title, asked in told.items()
    ]


def why_not(review: Review, *names: str) -> NotAnswered | None:
    """Why a figure is not there: a measure by its table, an indicator or an analysis by its own name."""
    return next(_whys(review, names), None)


def _whys(review: Review, names: tuple[str, ...]) -> Iterator[NotAnswered]:
    for name in names:
        if name in review.found.not_held:
            yield review.found.not_held[name]
        yield from (item for item in review.found.not_answered if item.what == name)
