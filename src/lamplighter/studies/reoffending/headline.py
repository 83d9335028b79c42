"""Keep which headline was named when the data were opened, so that one that was changed afterwards shows.

The first run on a folder enters its headline; a run with another one adds an entry and takes none away.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from lamplighter.studies.reoffending.country import CountryError
from lamplighter.studies.reoffending.definitions import Definitions

FILE = "headline.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One headline: its hash, what it says, the day it was named and the day it was first used here."""

    sha256: str
    words: str
    named_on: str
    first_used_on: str

    @property
    def named_late(self) -> bool:
        """Tell whether it was named after the data had been opened with it."""
        return self.named_on > self.first_used_on


def entries_in(folder: Path) -> tuple[Entry, ...]:
    """Return the headlines that were used on a folder, in the order in which they were.

    Raises:
        CountryError: the file was changed by hand so that it cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        return tuple(Entry(**entry) for entry in json.loads(path.read_text("utf-8"))["headlines"])
    except (ValueError, KeyError, TypeError):
        raise CountryError(
            "cannot be read.",
            file=FILE,
            remedy="Bring it back from a copy: it says which headline came first.",
        ) from None


def enter(folder: Path, defs: Definitions, on: dt.date) -> tuple[Entry, ...]:
    """Enter the headline of a run, if it is not the last one used, and return all entries.

    Raises:
        CountryError: the file cannot be read or written.
    """
    found = entries_in(folder)
    own = defs.headline_hash()
    if found and found[-1].sha256 == own:
        return found
    entry = Entry(own, defs.headline_words(), defs.headline.named_on.isoformat(), on.isoformat())
    found = (*found, entry)
    body = json.dumps({"headlines": [asdict(e) for e in found]}, indent=2, ensure_ascii=False)
    try:
        (folder / FILE).write_text(body + "\n", "utf-8")
    except OSError:
        raise CountryError(
            "cannot be written.",
            file=FILE,
            remedy="The folder must be writable: which headline was named before the data is kept in it.",
        ) from None
    return found
