"""Say what is wrong with a delivery, a folder or a stage, in words that hold nobody's values."""

from __future__ import annotations

from lamplighter.records.errors import RecordsError


class NationalError(RecordsError):
    """Something that whoever runs the national index can set right."""


class StageFailed(NationalError):
    """A stage ended with an error. Which error and where in the code is told; its words are not, since they
    may quote somebody's name."""
