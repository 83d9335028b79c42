"""Hold what a person decided about a sample: what each column means, each word's code, and the answers that
the sample could not give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from lamplighter.records.propose.codes import CodeProposal, codes_of
from lamplighter.records.propose.columns.guesses import OF_NOBODY, Column, Guess
from lamplighter.records.propose.columns.meanings import LEFT_OUT, NOT_USED, meanings
from lamplighter.records.propose.proposal import Proposal
from lamplighter.records.propose.questions import Question, questions_of
from lamplighter.records.propose.sample import Table

Key = tuple[str, str]
"""A table and one of its columns."""
OPEN = ""
"""The code of a word that is left open on purpose."""


@dataclass
class Choices:
    """A person's decisions. ``columns``: meaning and whose, by table and column; ``codes``: the code of each
    word that got one, by table and column; ``answers``: by the key of the question."""

    columns: dict[Key, tuple[str, str]] = field(default_factory=dict)
    codes: dict[Key, dict[str, str]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    nulls: tuple[str, ...] = ()

    @classmethod
    def of(cls, proposal: Proposal) -> Choices:
        """Return what is decided where a person changes nothing of a proposal."""
        return cls(
            columns={(c.table, c.column): (c.meaning, c.whose) for c in proposal.columns},
            codes={
                (p.table, p.column): {e.value: e.code for e in p.entries if e.code is not None}
                for p in proposal.codes
            },
            answers={},
            nulls=proposal.nulls,
        )

    def meaning(self, table: str, column: str) -> str:
        return self.columns.get((table, column), (NOT_USED, ""))[0]

    def whose(self, table: str, column: str) -> str:
        return self.columns.get((table, column), (NOT_USED, ""))[1]

    def having(self, meaning: str, whose: str = "") -> list[Key]:
        """Return the columns of a meaning and a person, in the order of the files."""
        return [key for key, value in self.columns.items() if value == (meaning, whose)]

    def people(self) -> list[str]:
        """Return the keys of the people who stand side by side."""
        found = [w for m, w in self.columns.values() if w and meanings()[m].of_person and m not in OF_NOBODY]
        return list(dict.fromkeys(found))

    def as_data(self) -> dict[str, Any]:
        """Return the choices as plain data, for keeping."""
        return {
            "columns": [[t, c, m, w] for (t, c), (m, w) in self.columns.items()],
            "codes": [[t, c, table] for (t, c), table in self.codes.items()],
            "answers": self.answers,
            "nulls": list(self.nulls),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Choices:
        return cls(
            columns={(t, c): (m, w) for t, c, m, w in data["columns"]},
            codes={(t, c): dict(table) for t, c, table in data["codes"]},
            answers=dict(data["answers"]),
            nulls=tuple(data["nulls"]),
        )


def decided(proposal: Proposal, choices: Choices) -> list[Column]:
    """Return the columns of a sample with the meaning that each was given."""
    found = []
    for column in proposal.seen:
        meaning, whose = choices.columns.get((column.table.name, column.name), (NOT_USED, ""))
        found.append(replace(column, chosen=Guess(meaning, whose, 1.0, ())))
    return found


def code_tables(proposal: Proposal, choices: Choices) -> tuple[CodeProposal, ...]:
    """Return the code tables of what was decided: each word of the sample with the code that it has, or
    ``None``.
    """
    found = []
    for proposed in codes_of(decided(proposal, choices), proposal.kind):
        known = choices.codes.get((proposed.table, proposed.column), {})
        entries = tuple(replace(e, code=known.get(e.value, e.code)) for e in proposed.entries)
        found.append(replace(proposed, entries=entries))
    return tuple(found)


def with_proposed_codes(proposal: Proposal, choices: Choices) -> None:
    """Give every word of a coded column the code that its words say, where nobody has decided about it."""
    for table in code_tables(proposal, choices):
        held = choices.codes.setdefault((table.table, table.column), {})
        for entry in table.entries:
            if entry.code is not None:
                held.setdefault(entry.value, entry.code)


def open_questions(proposal: Proposal, choices: Choices) -> tuple[Question, ...]:
    """Return what the sample leaves open, of what was decided."""
    return questions_of(decided(proposal, choices), rows_are(proposal, choices), proposal.kind)


def rows_are(proposal: Proposal, choices: Choices) -> str:
    """Return what the rows are by what was decided: as ``Proposal.rows_are``."""
    if any(t.level for t in proposal.tables):
        return "levels"
    if any(m == "role" for m, _ in choices.columns.values()):
        return "people"
    return "parties" if choices.people() else "one_role"


def used_tables(proposal: Proposal, choices: Choices) -> list[Table]:
    """Return the tables of which a mapping is made: without sheets of a workbook of which nothing is used,
    such as a list of codes."""
    used = {table for (table, _), (m, _) in choices.columns.items() if m not in {NOT_USED, LEFT_OUT}}
    return [t for t in proposal.tables if not t.sheet or t.name in used] or list(proposal.tables[:1])


class Problem(NamedTuple):
    """Hold what keeps choices from being a mapping, in words for the person who made them, and the column."""

    text: str
    key: Key | None = None


def column_problems(proposal: Proposal, choices: Choices) -> list[Problem]:
    """Return what is wrong with the meanings of the columns."""
    return [*_references(proposal, choices), *_twice(proposal, choices), *_people(proposal, choices)]


def problems(proposal: Proposal, choices: Choices) -> list[str]:
    """Everything that still keeps the choices from being a mapping, in words."""
    unanswered = [q.text for q in open_questions(proposal, choices) if q.key not in choices.answers]
    wrong = [p.text for p in column_problems(proposal, choices)]
    return [*wrong, *(f"Answer the question “{text}”" for text in unanswered)]


def _references(proposal: Proposal, choices: Choices) -> list[Problem]:
    label = meanings()["report_reference"].label
    tables = [t for t in used_tables(proposal, choices) if not t.level]
    with_it = {t for t, _ in choices.having("report_reference")}
    if not with_it:
        why = "Without it the hub cannot tell a correction from a new report"
        return [Problem(f"Choose which column is “{label}”. {why}")]
    if len(tables) > 1 and not proposal.tables[0].json:
        without = [t for t in tables if t.name not in with_it]
        joined = {t for t, _ in choices.having("person_reference")}
        how = f"“{label}”, or the person’s own number"
        return [
            Problem(f"Choose which column of {t.file} joins it to the other files: {how}")
            for t in without
            if t.name not in joined
        ]
    return []


def _twice(proposal: Proposal, choices: Choices) -> list[Problem]:
    """Meanings that more than one column of a table has, and only one can have."""
    held: dict[tuple[str, str, str], list[Key]] = {}
    for (table, column), (meaning, whose) in choices.columns.items():
        if not meanings()[meaning].several:
            held.setdefault((table, meaning, whose), []).append((table, column))
    found = []
    for (table, meaning, _), keys in held.items():
        if len(keys) > 1:
            headings = " or ".join(f"“{proposal.table(table).heading(c)}”" for _, c in keys)
            found.append(
                Problem(f"Choose one column for “{meanings()[meaning].label}”: {headings}", keys[-1])
            )
    return found


def _people(proposal: Proposal, choices: Choices) -> list[Problem]:
    used = [(k, m, w) for k, (m, w) in choices.columns.items() if m not in {NOT_USED, LEFT_OUT}]
    persons = [(k, m, w) for k, m, w in used if meanings()[m].of_person]
    if not persons:
        why = "A report without people cannot be matched with others"
        return [Problem(f"Choose which columns are about people. {why}")]
    if rows_are(proposal, choices) != "parties":
        return []
    return [
        Problem(
            f"Choose whose “{meanings()[m].label}” the column “{proposal.table(k[0]).heading(k[1])}” is", k
        )
        for k, m, w in persons
        if not w and m not in OF_NOBODY
    ]
