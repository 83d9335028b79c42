"""Say that a file, or a part of it, is of a kind that cannot be looked into."""

from __future__ import annotations


class CannotRead(Exception):
    """The file, or a part of it, cannot be looked into or is broken; the words name it and the remedy."""


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8. Raises :class:`CannotRead`."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRead("The file is not UTF-8.") from None
