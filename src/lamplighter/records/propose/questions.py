"""Ask what only a person can say: which of day and month comes first, whose columns are, who is who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lamplighter.records.propose.columns.guesses import Column
from lamplighter.records.propose.columns.meanings import meanings
from lamplighter.records.propose.layout import whose_level

DATES = ("reported_at", "happened_from", "happened_to", "birth_date")
DAY, MONTH = "day", "month"
DOMESTIC = ("DA", "DV", "DVA", "DOM", "DOMESTIC")
BIRTH = "birth_date"
_FEW = 0.1
"""So many dates of birth in another form than the rest are read with a warning each."""
ROLE_CHOICES = (
    ("victim", "The victim"),
    ("suspect", "The suspect, or person of concern"),
    ("reporting_person", "The person who reported it"),
    ("witness", "A witness"),
    ("involved", "Somebody else"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the sample does not prove, and that a person must say. ``proposed``: the answer that the
    sample suggests, "" where it suggests none."""

    key: str
    text: str
    choices: tuple[tuple[str, str], ...]
    proposed: str
    reason: str


def questions_of(columns: Sequence[Column], rows_are: str, kind: str | None) -> tuple[Question, ...]:
    """Return every question that a sample leaves open."""
    chosen = [(c, c.chosen.meaning) for c in columns if c.chosen is not None]
    found = [
        day_first_question([(c, m) for c, m in chosen if m in DATES]),
        *_whose_questions(columns),
        *_level_questions(columns, kind),
        _flag_question(columns),
    ]
    if rows_are == "one_role" and any(meanings()[m].of_person for _, m in chosen):
        found.append(_people_question(kind))
    return tuple(q for q in found if q is not None)


def day_first_question(columns: Sequence[tuple[Column, str]]) -> Question | None:
    """Return which of day and month comes first, where the columns do not all prove it."""
    dated = [(c, c.values.dates) for c, _ in columns]
    open_ones = [
        c
        for (c, meaning), (_, d) in zip(columns, dated, strict=True)
        if d is not None
        and d.day_first is None
        and d.ambiguous > (_FEW * len(c.values) if meaning == BIRTH else 0)
    ]
    if not open_ones:
        return None
    proofs = {d.day_first for _, d in dated if d is not None and d.day_first is not None}
    quoted = [f"“{c.heading}”" for c in open_ones]
    named = " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
    both = any(d is not None and d.both and d.day_first is None for _, d in dated)
    if both:
        reason = f"{named}: some dates can only have the day first, and some only the month."
    elif len(proofs) == 1:
        order = "the day" if proofs == {True} else "the month"
        reason = (
            f"No date in {named} has a number above 12 to prove it. In the other dates {order} comes first."
        )
    else:
        reason = f"No date in {named} has a number above 12 to prove it."
    proposed = (DAY if True in proofs else MONTH) if len(proofs) == 1 and not both else ""
    return Question(
        "day_first",
        "In a date such as 03/04/2026, which number comes first?",
        ((DAY, "The day: 3 April 2026"), (MONTH, "The month: 4 March 2026")),
        proposed,
        reason,
    )


def _whose_questions(columns: Sequence[Column]) -> list[Question]:
    """Whose the columns are that are called by whoever a service is for ("client", "patient")."""
    found: dict[str, list[Column]] = {}
    for column in columns:
        chosen = column.chosen
        if chosen is not None and chosen.whose and column.said.by_kind:
            found.setdefault(column.said.said_so, []).append(column)
    return [
        Question(
            f"whose:{said}",
            f"Who is the “{said}” in these files?",
            ROLE_CHOICES,
            _role(own[0].chosen.whose if own[0].chosen is not None else ""),
            f"Called so: {len(own)} of the columns, for example “{own[0].heading}”.",
        )
        for said, own in found.items()
    ]


def _role(whose: str) -> str:
    return whose.rstrip("0123456789").rstrip("_")


def _level_questions(columns: Sequence[Column], kind: str | None) -> list[Question]:
    tables = list({id(c.table): c.table for c in columns if c.table.level}.values())
    with_role = {c.table.name for c in columns if c.chosen is not None and c.chosen.meaning == "role"}
    return [
        Question(
            f"level:{table.level}",
            f"Who stands under “{table.level}”?",
            ROLE_CHOICES,
            whose_level(table, kind),
            f"The sample has {table.rows.height} of them.",
        )
        for table in tables
        if table.name not in with_role
    ]


def _flag_question(columns: Sequence[Column]) -> Question | None:
    """Whether a marker that is usual for domestic abuse stands for it here."""
    chosen = [c for c in columns if c.chosen is not None]
    if any(c.chosen.meaning == "domestic_abuse" for c in chosen):  # type: ignore[union-attr]  # is not None
        return None
    for column in chosen:
        if column.chosen is None or column.chosen.meaning != "flags":
            continue
        words = column.values.texts.str.to_uppercase().str.extract_all(r"[A-Z]+").explode().drop_nulls()
        for word in DOMESTIC:
            if times := int((words == word).sum()):
                return Question(
                    f"da_flag:{word}",
                    f"Does “{word}” in the column “{column.heading}” mean domestic abuse?",
                    (("yes", "Yes"), ("no", "No, or not known")),
                    "yes",
                    f"The sample has it {times} times, and no column says whether it is domestic abuse.",
                )
    return None


def _people_question(kind: str | None) -> Question:
    return Question(
        "people",
        "Who are the people in the rows?",
        ROLE_CHOICES,
        "suspect" if kind == "probation" else "",
        "No column says which part they play, so it is taken to be the same for everybody.",
    )
