"""Say how links move the rates of groups: a table, and the sentences that a reader of it needs."""

from __future__ import annotations

from collections.abc import Iterable

from lamplighter.reporting.document import Block, Caution, Column, Heading, Points, Table, Value, Words
from lamplighter.reporting.words import listed, number
from lamplighter.studies.reoffending.content.links import NOT_KNOWN
from lamplighter.studies.reoffending.linkage_error.group_bias import FORCE_SIZE, GROUPINGS, Biases, GroupBias
from lamplighter.studies.reoffending.report.rates import named
from lamplighter.studies.reoffending.study import Study

BY = {
    "sex": "sex",
    "age_band": "age",
    "ethnicity": "ethnicity",
    FORCE_SIZE: "size of the force",
}
_SEX = {"female": "Women", "male": "Men"}
_ETHNICITY = {"A": "Asian", "B": "Black", "M": "Mixed", "O": "Other ethnic group", "W": "White"}
_OTHER = "O"
_NOT_TOLD, _STILL = "cannot be told", "not moved"


def bias_blocks(study: Study) -> list[Block]:
    """Return how links move the rates of groups, of each cell that is told by group."""
    blocks: list[Block] = []
    for place, found in enumerate(study.biases):
        if place == 0:
            blocks += [
                Heading("How links move the rates of groups"),
                Words(
                    (
                        "A missed link hides what somebody did again, and a false one makes it. Each drawn "
                        "reading of who is who was held against the published one, for people of one sex, "
                        "age, ethnicity or size of force by themselves.",
                    )
                ),
            ]
        blocks += _of_cell(study, found)
    if any(found.groups for found in study.biases):
        words = "Links that nobody looked at are in no draw: they would lower each of these rates further."
        blocks.append(Caution(words))
    return blocks


def _of_cell(study: Study, found: Biases) -> list[Block]:
    title = f"{named(study, found.key)}, within {found.key[3]} months"
    points = [*sentences(found), *_unsaid(found)]
    if not found.groups:
        return [Words((f"{title}:",)), Points(tuple(points))]
    rows: list[tuple[Value, ...]] = [
        (
            called(own.by, own.group),
            own.people,
            100 * own.rate,
            _points(own.false_links),
            _points(own.missed_links),
            _STILL if own.still else f"{_points(own.moved)} ({_points(own.low)} to {_points(own.high)})",
            _STILL if own.still else own.direction or _NOT_TOLD,
        )
        for own in found.groups
    ]
    columns = (
        Column("Group"),
        Column("People", "count"),
        Column("Published rate", "percent"),
        Column("False links move it by, points"),
        Column("Missed links move it by, points"),
        Column("Both together, points, and what it could be"),
        Column("The published rate is"),
    )
    key = f"bias-by-group-{found.key[1].replace('_', '-')}"
    table = Table(key, f"By group: {title}", columns, tuple(rows), basis=study.defs.index(found.key[0]).title)
    return [table, Points(tuple(points))]


def sentences(found: Biases) -> list[str]:
    """Return for each grouping which rates are too low or too high, and how much of a difference is links."""
    told = []
    for by in GROUPINGS:
        own = [g for g in found.groups if g.by == by]
        if not own:
            continue
        parts = []
        for word in ("too low", "too high"):
            those = [g for g in own if g.direction == word]
            if those:
                parts.append(f"{_word(those)} {'is' if len(those) == 1 else 'are'} {word}")
        still = [_whom(by, g.group) for g in own if g.still]
        if still:
            parts.append(f"no draw moves the rate of {listed(still)}")
        open_ = [_whom(by, g.group) for g in own if not g.direction and not g.still]
        if open_:
            parts.append(f"for {listed(open_)} the draws do not say in which direction it is moved")
        words = f"By {BY[by]}: {'; '.join(parts)}."
        low, high = min(own, key=lambda g: g.moved), max(own, key=lambda g: g.moved)
        apart = number(100 * (high.moved - low.moved), 1)
        if float(apart):
            words += (
                f" A difference of {apart} points between {_whom(by, high.group)} and "
                f"{_whom(by, low.group)} may be links and nothing else."
            )
        told.append(words)
    return told


def _word(those: Iterable[GroupBias]) -> str:
    each = [f"{_whom(g.by, g.group)} (by {number(abs(100 * g.moved), 1)} points)" for g in those]
    return f"the rate of {listed(each)}" if len(each) == 1 else f"the rates of {listed(each)}"


def _unsaid(found: Biases) -> Iterable[str]:
    """Yield what cannot be said, and why."""
    for by in GROUPINGS:
        few = [_whom(by, group) for own, group in found.too_few if own == by]
        if by in found.unsaid:
            yield f"By {BY[by]} nothing can be said. {found.unsaid[by]}"
        elif few:
            yield f"By {BY[by]} nothing can be said of {listed(few)}: too few people."


def _whom(by: str, group: str) -> str:
    """Return a group as a sentence names it."""
    if group == NOT_KNOWN:
        return f"people of whom no {BY[by]} is known"
    words = called(by, group)
    if by == "age_band":
        return f"people {words[:1].lower()}{words[1:]}"
    return f"{words} people" if by == "ethnicity" and group != _OTHER else words[:1].lower() + words[1:]


def called(by: str, group: str) -> str:
    """Return the name of a group as a reader knows it."""
    if group == NOT_KNOWN:
        return f"{BY[by].capitalize()} not known"
    names = {"sex": _SEX, "ethnicity": _ETHNICITY}.get(by, {})
    return f"Aged {group}" if by == "age_band" else names.get(group, group)


def _points(share: float) -> str:
    return number(100 * share, 1)
