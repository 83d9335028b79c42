"""Propose what each column of a sample means, how the rows are laid out, and what only a person can say.

Nothing is guessed: what neither a heading nor the values tell is "Not used", with the reason. What is
proposed is said with its reasons and how sure it is, and a person has the last word (:mod:`.choices`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lamplighter.records.errors import RecordsError
from lamplighter.records.mapping.mappings import NULLS
from lamplighter.records.propose import layout
from lamplighter.records.propose.codes import CodeProposal, codes_of
from lamplighter.records.propose.columns.guesses import LIKELY, SURE, Column, Guess, columns_of
from lamplighter.records.propose.columns.looks import NOTHING
from lamplighter.records.propose.columns.meanings import NOT_USED, meanings
from lamplighter.records.propose.questions import Question, questions_of
from lamplighter.records.propose.sample import Table, read_sample

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """Hold what one column may mean: the proposal, how sure it is ('sure', 'likely' or 'unsure'), why, and
    the other guesses. ``examples`` are values of the sample, for whoever sent it and nobody else."""

    table: str
    column: str
    heading: str
    examples: tuple[str, ...]
    meaning: str
    whose: str
    sure: str
    reasons: tuple[str, ...]
    guesses: tuple[Guess, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it would fill, as 'table.field'."""
        return meanings()[self.meaning].gives


@dataclass(frozen=True)
class Proposal:
    """Everything that a sample tells. ``rows_are``: 'people' (one a row, with its part), 'parties' (several
    side by side), 'one_role' (one a row, all of one part), 'levels' (people within objects of JSON);
    ``seen``: the columns with their values, for what is asked once a person has decided."""

    tables: tuple[Table, ...]
    columns: tuple[ColumnProposal, ...]
    rows_are: str
    nulls: tuple[str, ...]
    kind: str | None
    seen: tuple[Column, ...]

    @cached_property
    def codes(self) -> tuple[CodeProposal, ...]:
        """Return the code tables of the columns that are proposed as coded."""
        return codes_of(self.seen, self.kind)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Return what the sample leaves open."""
        return questions_of(self.seen, self.rows_are, self.kind)

    def table(self, name: str) -> Table:
        return next(t for t in self.tables if t.name == name)

    def column(self, table: str, column: str) -> ColumnProposal:
        return next(c for c in self.columns if c.table == table and c.column == column)


def propose(paths: Iterable[str | Path], kind: str | None = None) -> Proposal:
    """Propose a mapping for a sample of one system's export.

    Args:
        paths: its files: one, or all files of one extract.
        kind: what kind of agency sends it ('police', 'health', 'probation', 'advocacy' ...).

    Raises:
        RecordsError: a file cannot be read, or has no headings or rows.
    """
    return propose_tables(read_tables(paths), kind)


def read_tables(paths: Iterable[str | Path]) -> list[Table]:
    """Return the tables of the files of a sample, each under a name of its own. Raises ``RecordsError``."""
    found = [table for path in paths for table in read_sample(Path(path))]
    if not found:
        raise RecordsError("No file was given.", remedy="Send a sample of what the system exports.")
    if any(t.json for t in found) and len({t.file for t in found}) > 1:
        raise RecordsError(
            "A source is either one kind of JSON Lines file, or tables.",
            file=", ".join(sorted({t.file for t in found})),
            remedy="Make a source for each.",
        )
    if len(found) > 1 and not found[0].json:
        return [layout.renamed(t, f"file_{n}") for n, t in enumerate(found, 1)]
    return found


def propose_tables(tables: Sequence[Table], kind: str | None = None) -> Proposal:
    """Propose a mapping for tables that were read already (:func:`read_tables`)."""
    columns = [column for table in tables for column in columns_of(table, kind)]
    rows_are = layout.settle(list(tables), columns, kind)
    proposed = tuple(_told(c) for c in columns)
    return Proposal(
        tables=tuple(tables),
        columns=proposed,
        rows_are=rows_are,
        nulls=_nulls(columns),
        kind=kind,
        seen=tuple(columns),
    )


def _told(column: Column) -> ColumnProposal:
    guess = column.chosen
    assert guess is not None, "every column is settled"
    others = tuple(g for g in column.guesses if (g.meaning, g.whose) != (guess.meaning, guess.whose))
    return ColumnProposal(
        table=column.table.name,
        column=column.name,
        heading=column.heading,
        examples=tuple(value for value, _ in column.values.counts()[:EXAMPLES]),
        meaning=guess.meaning,
        whose=guess.whose,
        sure=how_sure(guess, others),
        reasons=(*guess.reasons, *column.notes),
        guesses=(guess, *others),
    )


def how_sure(guess: Guess, others: Sequence[Guess] = ()) -> str:
    """Return how sure a guess is, in a word."""
    if guess.meaning == NOT_USED:
        return "sure" if guess.score >= LIKELY else "unsure"
    rival = max((g.score for g in others if g.meaning != NOT_USED), default=0.0)
    if guess.score >= SURE and rival < guess.score - 0.05:
        return "sure"
    return "likely" if guess.score >= LIKELY else "unsure"


def _nulls(columns: Sequence[Column]) -> tuple[str, ...]:
    """Words that stand for nothing in this sample, beside those that every mapping knows."""
    met: set[str] = set()
    for column in columns:
        cells = column.table.rows[column.name].drop_nulls().str.strip_chars()
        met |= {c for c in cells.filter(cells.str.to_lowercase().is_in(list(NOTHING))).unique() if c}
    return tuple(sorted(w for w in met if w.upper() not in NULLS))
