"""What may each column of a sample mean, and which mapping does a person make of it?

``propose`` says what each column may mean and why; ``Choices`` is what a person decided; ``mapping_toml``
writes the mapping that ``lamplighter.records.mapping.mappings`` reads.

- ``sample``: how the files of a sample are written, their headings and some rows
- ``columns``: what one column may mean, by its heading and its values
- ``layout``, ``codes``: how the rows are laid out, code tables
- ``questions``, ``proposal``: what only a person can say, and all of it as one proposal
- ``choices``, ``compose``, ``written``: what a person decided, as a mapping, as TOML
- ``revise``: a later version of a mapping
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
