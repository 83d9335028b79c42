"""Read the values that the disclosure engine printed, as the sections read the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.tables import Codes


@dataclass(frozen=True)
class Published:
    """The printed values of a release. See :class:`~lamplighter.studies.review.results.Shown`."""

    printed: Printed
    protected: bool = True

    def count(self, table: str, codes: Codes) -> int | None:
        """A printed count; ``None`` when hidden. A cell that was not in the table is never asked for."""
        value = next(own for own in self.printed.tables if own.name == table).counts.get(codes)
        return None if value is None else int(value)

    def curve(self, name: str) -> Sequence[tuple[float, float]] | None:
        """The merged steps, or ``None``."""
        for own in self.printed.curves:
            if own.name == name and own.times:
                return list(zip(own.times, own.estimate, strict=True))
        return None

    def summary(self, name: str, codes: Codes) -> float | None:
        """A printed median, or ``None``."""
        for own in self.printed.summaries:
            if own.name == name:
                return own.rows.get(codes)
        return None

    def model(self, name: str) -> Mapping[str, float] | None:
        """A model's printed values, or ``None``."""
        for own in self.printed.models:
            if own.name == name:
                return own.values
        return None
