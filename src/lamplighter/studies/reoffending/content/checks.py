"""Check the rows of events: each rule with a name, what is wrong, and how to mend it.

A row with a fault is left out, counted, and named by file and row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from lamplighter.studies.reoffending.content.shapes import Fault
from lamplighter.studies.reoffending.country import Country
from lamplighter.studies.reoffending.definitions import ACTS, KINDS
from lamplighter.vocabulary.codes import code_set

DAYS = ("occurred", "ended", "recorded", "proven")
SHOWN_ROWS = 20
_ITSELF = ("release", "order_made", "custody_start", "death")
#: A rule: its name, where it is broken, what is wrong and how to mend it.
Check = tuple[str, pl.Expr, str, str]


def checked(frame: pl.DataFrame, name: str, country: Country, faults: list[Fault]) -> pl.DataFrame:
    """Return the rows without faults of their own, with days as days; enter the others in ``faults``."""
    text_days = [c for c in DAYS if frame.schema[c] == pl.String]
    custodial = pl.col("custodial").cast(pl.String).str.to_lowercase()
    shapes: list[Check] = [
        (
            f"not_a_day_{c}",
            pl.col(c).is_not_null() & pl.col(c).str.to_date("%Y-%m-%d", strict=False).is_null(),
            f"{c} is no day.",
            "Write it as 2026-05-03.",
        )
        for c in text_days
    ]
    shapes.append(
        (
            "not_yes_or_no",
            custodial.is_not_null() & ~custodial.is_in(["true", "false"]),
            "custodial is neither true nor false.",
            "Write true, false, or nothing.",
        )
    )
    parsed = [pl.col(c).str.to_date("%Y-%m-%d", strict=False) for c in text_days]
    frame = without(frame, shapes, name, faults).with_columns(
        *parsed, *(pl.col(c).cast(pl.Date) for c in DAYS if c not in text_days), custodial=custodial == "true"
    )
    return without(frame, list(rules(country)), name, faults)


def without(frame: pl.DataFrame, asked: Sequence[Check], file: str, faults: list[Fault]) -> pl.DataFrame:
    """Return the rows that no rule refuses, and enter a fault for each rule that refuses some."""
    marks = frame.select(e.fill_null(value=False).alias(name) for name, e, _, _ in asked)
    counts = marks.sum().row(0)
    if not any(counts):
        return frame
    for (name, _, what, remedy), count in zip(asked, counts, strict=True):
        if count:
            enter(Fault(name, file, what, remedy, int(count), _first(frame, marks[name])), faults)
    return frame.filter(~marks.select(pl.any_horizontal(pl.all())).to_series())


def _first(frame: pl.DataFrame, marked: pl.Series) -> tuple[int, ...]:
    return tuple(frame["row"].filter(marked).head(SHOWN_ROWS).to_list())


def enter(fault: Fault, faults: list[Fault]) -> None:
    """Enter a fault, adding it up with one of its kind in the same file."""
    for place, own in enumerate(faults):
        if (own.name, own.file) == (fault.name, fault.file):
            rows = (*own.rows, *fault.rows)[:SHOWN_ROWS]
            faults[place] = Fault(own.name, own.file, own.what, own.remedy, own.count + fault.count, rows)
            return
    faults.append(fault)


def rules(country: Country) -> Iterator[Check]:
    """Yield the checks of one row: name, where it is wrong, what and remedy."""
    acts, itself = pl.col("kind").is_in(ACTS), pl.col("kind").is_in(_ITSELF)
    last = country.extracted_on
    proven = pl.col("kind").is_in(["conviction", "caution"])
    yield "no_event", pl.col("event").is_null(), "The event has no name.", "Give each a name of its own."
    yield (
        "unknown_force",
        ~pl.col("force").is_in(country.names) | pl.col("force").is_null(),
        "The force is not in country.toml.",
        "Add it there, or correct the name.",
    )
    yield (
        "unknown_kind",
        ~pl.col("kind").is_in(list(KINDS)) | pl.col("kind").is_null(),
        "This is no kind of event.",
        f"It can be: {', '.join(KINDS)}.",
    )
    yield (
        "not_held_but_there",
        pl.col("kind").is_in(list(country.not_held))
        | pl.any_horizontal(
            pl.lit(value=False),
            *(
                (pl.col("force") == f.name) & pl.col("kind").is_in(list(f.not_held))
                for f in country.forces
                if f.not_held
            ),
        ),
        "Events of this kind are said not to be held.",
        "Correct country.toml, or leave them out.",
    )
    yield (
        "unknown_offence",
        (acts & pl.col("offence").is_null())
        | (pl.col("offence").is_not_null() & ~pl.col("offence").is_in(list(code_set("offences").codes))),
        "There is no offence, or none of that code.",
        "Codes of offences are in docs/study-bundle-dictionary.md.",
    )
    yield (
        "no_day",
        (itself & pl.col("occurred").is_null())
        | (pl.col("kind").is_in(["report", "charge"]) & pl.col("recorded").is_null())
        | (proven & pl.col("proven").is_null()),
        "The day is missing that makes it this kind of event.",
        "A report or charge needs recorded, a conviction or caution proven, anything else occurred.",
    )
    yield (
        "ends_before_it_begins",
        pl.col("ended") < pl.col("occurred"),
        "It ended before it began.",
        "Correct occurred or ended.",
    )
    yield (
        "known_before_it_was_done",
        acts & ((pl.col("recorded") < pl.col("occurred")) | (pl.col("proven") < pl.col("occurred"))),
        "It was recorded or proven before it was done.",
        "Correct the days.",
    )
    yield (
        "after_the_extract",
        pl.any_horizontal(pl.col(c) > last for c in DAYS),
        "A day lies after the extract.",
        "Correct the day, or extracted_on in country.toml.",
    )
    yield (
        "its_own_double",
        pl.col("same_occasion_as") == pl.col("event"),
        "It is said to be the same occasion as itself.",
        "Name the other event.",
    )


def between_rows(file: str) -> list[Check]:
    """Return the checks of what one row says of another; ``file`` numbers the rows that are asked about."""
    mine = pl.col("file") == file
    told: list[Check] = [
        (
            "repeated_event",
            pl.col("event").is_duplicated(),
            "The name of the event is there twice.",
            "Give each event a name of its own.",
        ),
        (
            "not_linked",
            pl.col("suspect").is_not_null() & pl.col("s").is_null(),
            "The suspect’s record is not among the links.",
            "Link it, or withdraw the event.",
        ),
        (
            "victim_not_linked",
            pl.col("victim").is_not_null() & pl.col("v").is_null(),
            "The victim’s record is not among the links.",
            "Link it, or withdraw the event.",
        ),
        (
            "unknown_double",
            pl.col("same").is_not_null() & ~pl.col("same").is_in(pl.col("event").implode()),
            "It is the same occasion as an event that is not there.",
            "Name one that is.",
        ),
    ]
    return [(name, mine & where, what, remedy) for name, where, what, remedy in told]
