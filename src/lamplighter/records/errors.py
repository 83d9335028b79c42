"""Everything that reading a file may raise: each says which file, which place in it, and what to do."""

from __future__ import annotations


class RecordsError(Exception):
    """Base of all errors of this room. ``str()`` never holds a value from the file."""

    def __init__(self, what: str, *, file: str = "", place: str = "", remedy: str = "") -> None:
        self.what, self.file, self.place, self.remedy = what, file, place, remedy
        super().__init__(" ".join(part for part in (self._where(), what, remedy) if part))

    def _where(self) -> str:
        if not self.file:
            return ""
        return f"{self.file}, {self.place}:" if self.place else f"{self.file}:"


class MappingError(RecordsError):
    """A mapping file is wrong or does not exist."""


class FileNotReadable(RecordsError):
    """The file does not exist or may not be opened."""


class CompressedFile(RecordsError):
    """A .zip, .gz or similar file: refused, never expanded."""


class NotThisFormat(RecordsError):
    """The bytes are not the kind of file that the mapping reads."""


class PasswordProtected(NotThisFormat):
    """A workbook or an archive that a password protects."""


class TooLarge(RecordsError):
    """More than this machine can hold."""


class EmptyFile(RecordsError):
    """Nothing in the file."""


class HeaderNotFound(RecordsError):
    """The first line does not name the columns that the mapping needs."""


class FileNotRecognised(RecordsError):
    """No file of the mapping has this name or these columns, or one of its files is missing."""


class BundleNotValid(RecordsError):
    """A Data Package that lacks a table or a required column."""
