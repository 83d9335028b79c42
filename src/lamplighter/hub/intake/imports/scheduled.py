"""Files that a scheduler brings: told apart by their sources' mappings, read at once, accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.intake import services, tasks
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.sources import versions
from lamplighter.hub.site.errors import OperatorError
from lamplighter.records.formats.input_files import InputFile
from lamplighter.records.mapping.mappings import Mapping
from lamplighter.records.reading import recognise
from lamplighter.records.reading.recognise import LeftAside

State = Delivery.State


class NotReadableError(OperatorError):
    """The user that the hub runs as may not read a file or a folder."""


@dataclass(frozen=True, slots=True)
class Brought:
    """One import of a run: the source's title, how many files, the delivery, its counts (``totals_of``)."""

    title: str
    files: int
    delivery: Delivery
    totals: dict[str, int]

    @property
    def was_read(self) -> bool:
        """Tell whether all of it is held now."""
        return self.delivery.state in {State.DONE, State.UNCHANGED}


@dataclass(frozen=True, slots=True)
class Run:
    """Outcome of one run: imports in the order of the files, and what was not read, with why."""

    brought: list[Brought]
    left_aside: list[LeftAside]

    @property
    def complete(self) -> bool:
        """Tell whether everything given is held now. Rejected rows are accounted for, not missing."""
        return not self.left_aside and all(b.was_read for b in self.brought)


def bring_in(paths: Sequence[str | Path], sources: Iterable[str] = ()) -> Run:
    """Receive and read files and folders; what was read before changes nothing.

    ``sources``: names of those that the files may be from. Without any, every source of the hub may be.

    Raises:
        RecordsError: a file fits no source, or two; nothing of the run is received then.
        UnknownAgencyError: the agency of a source is not known to the hub.
        NotReadableError: the hub's user may not read something.
    """
    try:
        found = recognise.sort_out(paths, _own(sources))
        groups = [(m, group) for m, files in found.extracts() for group in _extracts(m, files)]
        deliveries = [(m, g, services.receive_files(g, m.name)) for m, g in groups]
    except PermissionError as problem:
        raise NotReadableError(
            f"The user that the hub runs as may not read {Path(problem.filename or '').name or 'a file'}. "
            "Give that user the right to read it and its folder."
        ) from problem
    return Run([_read(m, len(g), d) for m, g, d in deliveries], found.left_aside)


def _own(sources: Iterable[str]) -> list[Mapping]:
    """The mappings to tell files apart by: those named, else those in force that are the hub's own."""
    named = [versions.load(versions.reference_of(s)) for s in sources]
    return named or [m for name, m in versions.usable().items() if versions.in_force(name)]


def _extracts(mapping: Mapping, files: Sequence[InputFile]) -> Iterator[list[Path]]:
    """Files that only make sense together; else one import a file, so that yesterday's is known again."""
    paths = list(dict.fromkeys(f.path for f in files))
    if len(mapping.files) > 1:
        yield paths
        return
    for path in paths:
        yield [path]


def _read(mapping: Mapping, files: int, delivery: Delivery) -> Brought:
    if delivery.state not in {State.DONE, State.UNCHANGED}:
        tasks.read_now(str(delivery.key))
    with as_service("receive reports"):
        delivery.refresh_from_db()
        return Brought(mapping.title, files, delivery, services.totals_of(delivery))
