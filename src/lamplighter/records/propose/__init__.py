"""Proposals for a mapping from a sample of what a system exports, and the mapping that a person makes of one.

``propose`` says what each column may mean and why; ``Choices`` is what a person decided; ``mapping_toml``
writes the mapping that ``lamplighter.records.mapping`` reads.
"""

from __future__ import annotations

from lamplighter.records.propose.choices import Choices, problems
from lamplighter.records.propose.compose import NotComposableError, Source, compose
from lamplighter.records.propose.proposal import (
    ColumnProposal,
    Proposal,
    propose,
    propose_tables,
    read_tables,
)
from lamplighter.records.propose.written import mapping_toml

__all__ = [
    "Choices",
    "ColumnProposal",
    "NotComposableError",
    "Proposal",
    "Source",
    "compose",
    "mapping_toml",
    "problems",
    "propose",
    "propose_tables",
    "read_tables",
]
