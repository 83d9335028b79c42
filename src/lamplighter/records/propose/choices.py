"""What a person decided about a sample: what each column means, each word's code, and the answers that the
sample could not give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lamplighter.records.propose.codes import CodeProposal
from lamplighter.records.propose.guesses import OF_NOBODY
from lamplighter.records.propose.meanings import LEFT_OUT, NOT_USED, meanings
from lamplighter.records.propose.proposal import Proposal

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
        """What is decided where a person changes nothing of a proposal."""
        return cls(
            columns={(c.table, c.column): (c.meaning, c.whose) for c in proposal.columns},
            codes={
                (p.table, p.column): {e.value: e.code for e in p.entries if e.code is not None}
                for p in proposal.codes
            },
            answers={q.key: q.proposed for q in proposal.questions if q.proposed and not q.confirm},
            nulls=proposal.nulls,
        )

    def meaning(self, table: str, column: str) -> str:
        return self.columns.get((table, column), (NOT_USED, ""))[0]

    def whose(self, table: str, column: str) -> str:
        return self.columns.get((table, column), (NOT_USED, ""))[1]

    def having(self, meaning: str, whose: str = "") -> list[Key]:
        """The columns of a meaning and a person, in the order of the files."""
        return [key for key, value in self.columns.items() if value == (meaning, whose)]

    def people(self) -> list[str]:
        """The keys of the people who stand side by side."""
        found = [w for m, w in self.columns.values() if w and meanings()[m].of_person and m not in OF_NOBODY]
        return list(dict.fromkeys(found))

    def as_data(self) -> dict[str, Any]:
        """The choices as plain data, for keeping."""
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


def rows_are(proposal: Proposal, choices: Choices) -> str:
    """What the rows are by what was decided: as ``Proposal.rows_are``."""
    if any(t.level for t in proposal.tables):
        return "levels"
    if any(m == "role" for m, _ in choices.columns.values()):
        return "people"
    return "parties" if choices.people() else "one_role"


def problems(proposal: Proposal, choices: Choices, codes: tuple[CodeProposal, ...] = ()) -> list[str]:
    """What still keeps the choices from being a mapping, in words for the person who makes them."""
    del codes
    found = [*_references(proposal, choices), *_twice(proposal, choices), *_people(proposal, choices)]
    told = set(choices.answers)
    found += [
        f"Answer the question “{q.text}”"
        for q in proposal.questions
        if q.confirm and q.key not in told and _still_asked(q.key, proposal, choices)
    ]
    return found


def _still_asked(key: str, proposal: Proposal, choices: Choices) -> bool:
    if key == "people":
        return rows_are(proposal, choices) == "one_role"
    return True


def _references(proposal: Proposal, choices: Choices) -> list[str]:
    label = meanings()["report_reference"].label
    tables = [t for t in proposal.tables if not t.level]
    with_it = {t for t, _ in choices.having("report_reference")}
    if not with_it:
        return [
            f"Say which column is “{label}”. Without it the hub cannot tell a correction from a new report"
        ]
    if len(tables) > 1 and not proposal.tables[0].json:
        without = [t for t in tables if t.name not in with_it]
        joined = {t for t, _ in choices.having("person_reference")}
        return [
            f"Say which column of {t.file} joins it to the other files: “{label}”, or the person’s own number"
            for t in without
            if t.name not in joined
        ]
    return []


def _twice(proposal: Proposal, choices: Choices) -> list[str]:
    """Meanings that more than one column of a table has, and only one can have."""
    held: dict[tuple[str, str, str], list[str]] = {}
    for (table, column), (meaning, whose) in choices.columns.items():
        if not meanings()[meaning].several:
            heading = proposal.table(table).heading(column)
            held.setdefault((table, meaning, whose), []).append(heading)
    return [
        f"Only one column can be “{meanings()[meaning].label}”: {' or '.join(f'“{h}”' for h in headings)}"
        for (_, meaning, _), headings in held.items()
        if len(headings) > 1
    ]


def _people(proposal: Proposal, choices: Choices) -> list[str]:
    used = [(k, m, w) for k, (m, w) in choices.columns.items() if m not in {NOT_USED, LEFT_OUT}]
    persons = [(k, m, w) for k, m, w in used if meanings()[m].of_person]
    if not persons:
        return ["Say which columns are about people. A report without people cannot be matched with others"]
    if rows_are(proposal, choices) != "parties":
        return []
    loose = [k for k, m, w in persons if not w and m not in OF_NOBODY]
    labels = [(meanings()[choices.meaning(*k)].label, proposal.table(k[0]).heading(k[1])) for k in loose]
    return [f"Say whose “{label}” the column “{heading}” is" for label, heading in labels]
