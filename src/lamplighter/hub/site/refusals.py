"""Say no in words: it cannot be done now, or somebody else was first. Every context raises these two."""

from __future__ import annotations

from typing import Any

FIRST = "Somebody changed this while you were writing. Both versions are below; nothing of yours is lost."


class NotPossibleError(ValueError):
    """Refusal of what cannot be done as things stand. The text says why, for the page, and names nobody.

    ``field`` names the answer of a form that it is about, "" for none in particular.
    """

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class ConflictError(NotPossibleError):
    """Somebody else was first. ``newest`` is the row that stands now, where the page can show it."""

    def __init__(self, text: str = FIRST, *, newest: Any = None) -> None:
        super().__init__(text)
        self.newest = newest
