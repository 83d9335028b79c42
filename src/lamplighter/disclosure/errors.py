"""Name what may be wrong with tables that are to be released. No message holds a count."""

from __future__ import annotations


class DisclosureError(ValueError):
    """Base of this room's errors: what is wrong, where, and what to do."""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(" ".join(part for part in (f"{where}:" if where else "", what, remedy) if part))


class TablesNotValid(DisclosureError):
    """The tables contradict themselves or each other, or use codes that no dimension has."""


class FolderNotReadable(DisclosureError):
    """A folder of tables lacks ``release.json`` or a table, or one of them cannot be read."""


class NotAnswered(DisclosureError):
    """Something looks like a sum or a part that is not declared; somebody has to say whether it is."""


class ProfileNotFound(DisclosureError):
    """No profile of this name is in force on the date."""
