"""Check the configuration, put it in force, and copy a shipped part out for editing."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import DatabaseError, connection

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.configuration import AGENCIES
from lamplighter.hub.audit import services as audit
from lamplighter.hub.configuration.models import InForce
from lamplighter.hub.intake.sources import versions
from lamplighter.hub.site import places
from lamplighter.hub.site.config_files import reading
from lamplighter.hub.site.config_files.faults import ConfigurationError
from lamplighter.hub.site.config_files.part import Part, parts
from lamplighter.hub.site.config_files.reading import Reading, State
from lamplighter.hub.site.errors import OperatorError
from lamplighter.rule_files.faults import Fault, RuleFileError, listed, nearest, quoted
from lamplighter.rule_files.reading import parsed
from lamplighter.rule_files.schema import Document, Rows

PURPOSE = "put configuration in force"
LOCK = 72114
EARLIER = 50  # versions of a part that are looked through for codes
NoticedBy = InForce.NoticedBy
log = logging.getLogger(__name__)


class NotCopiedError(OperatorError):
    """A part cannot be copied out for editing; the text says why."""


@dataclass(frozen=True, slots=True)
class Applied:
    """Changes that came into force: names of parts, and codes of agencies that are new or renamed."""

    parts: tuple[str, ...]
    agencies_added: tuple[str, ...]
    agencies_renamed: tuple[str, ...]


# Checking --------------------------------------------------------------------------------------------------


def check() -> list[Fault]:
    """Return every error of the files as they are on disk now. No database is asked."""
    return _faults(Reading(places.installation()))


def faults_of_this_process() -> list[Fault]:
    """Return every error of the files that this process has read."""
    return _faults(reading.running())


def _faults(read: Reading) -> list[Fault]:
    return [*read.faults(parts()), *_left_behind(), *faults_of_mappings()]


def faults_of_mappings() -> list[Fault]:
    """Return an error for each mapping of the installation that cannot be used, as the files are now.

    One that a later version has followed is none: its file is never changed, and only a delivery that was cut
    short needs it.
    """
    try:
        found = versions.broken()
    except OSError as problem:
        why = (problem.strerror or type(problem).__name__).lower()
        remedy = "It must be a folder that the user who runs the hub may read and write."
        return [Fault("unreadable", "mappings", "", f"cannot be read ({why}).", remedy)]
    return [
        Fault(
            "mapping",
            f"mappings/{broken.file}",
            broken.error.place,
            broken.error.what[:1].lower() + broken.error.what[1:],
            broken.error.remedy,
        )
        for broken in found
        if not broken.followed
    ]


def _left_behind() -> Iterator[Fault]:
    """Questionnaires lay in a folder of their own once. What is there would silently not count."""
    if any((places.home() / "measures").glob("*.toml")):
        yield Fault(
            "not_a_part",
            "measures",
            "",
            "this folder is not read any more.",
            "Write its files in the format of instruments, in installation/instruments, and remove it.",
        )


def refuse_if_broken() -> None:
    """Raise ``ConfigurationError`` with every error where this process has read any."""
    if faults := faults_of_this_process():
        raise ConfigurationError(faults)


def contradictions() -> list[Fault]:
    """Return an error for each agency that the database has as of another kind."""
    return accounts.contradictions(_own_agencies(reading.running()))


def _own_agencies(read: Reading) -> list[accounts.Declared]:
    """Return the agencies of the hub's own file. The shipped ones are made up and come into no database."""
    state = read.state(AGENCIES)
    rows = state.document["agency"] if state.own else []
    return [accounts.Declared(row["code"], row["name"], row["kind"]) for row in rows]


# Putting in force ------------------------------------------------------------------------------------------


def started(by: str) -> None:
    """Put in force what this process has read, as the first thing that the site or the worker does.

    Raises ``ConfigurationError``. A database that does not answer yet only
    leaves the note of it to the next start.
    """
    refuse_if_broken()
    try:
        apply(by)
    except (DatabaseError, psycopg.Error):
        log.warning("The database does not answer yet: what is in force is noted at the next start")
    finally:
        connection.close()


def apply(by: str = NoticedBy.UPGRADE) -> Applied:
    """Bring the hub's agencies into the database and note which parts are in force since now.

    All of it or nothing. Called again, it changes nothing. Raises
    ``ConfigurationError``: an error in a file, an agency that the database has
    as of another kind, or a code that records may carry and a file has lost.
    """
    refuse_if_broken()
    read = reading.running()
    with identity.as_service(PURPOSE), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        own = _own_agencies(read)
        new = [state for part in parts() if (state := read.state(part)).digest != _digest_in_force(part)]
        if faults := [*accounts.contradictions(own), *(f for state in new for f in _lost_codes(state))]:
            raise ConfigurationError(faults)
        added, renamed = accounts.take_in_agencies(own)
        for state in new:
            _note(state, read, by)
    return Applied(tuple(s.part.name for s in new), added, renamed)


def _digest_in_force(part: Part) -> str:
    rows = InForce.objects.filter(part=part.name).order_by("-since", "-pk")
    return rows.values_list("digest", flat=True).first() or ""


def _note(state: State, read: Reading, by: str) -> None:
    row = InForce.objects.create(
        part=state.part.name,
        digest=state.digest,
        own=state.own,
        content=state.texts,
        software=software(),
        noticed_by=by,
        since=read.at,
    )
    audit.record(
        None,
        "configuration.in_force",
        f"configuration {row.key}",
        fields=[state.part.name],
        digest=state.digest,
        own=state.own,
        software=row.software,
    )


def software() -> str:
    """Return the version of the software."""
    try:
        return importlib.metadata.version("lamplighter")[:40]
    except importlib.metadata.PackageNotFoundError:
        return "from source"


def _lost_codes(state: State) -> Iterator[Fault]:
    """Yield an error for each code that was in force once and that the hub's own file has no more.

    Records carry codes. A code that ends with ``until`` can still be read.
    """
    if not (state.own and state.part.keeps_codes):
        return
    there = codes(state.part, state.documents.values())
    rows = InForce.objects.filter(part=state.part.name).order_by("-since", "-pk")
    lost: set[tuple[str, str]] = set()
    for content in rows.values_list("content", flat=True)[:EARLIER]:
        lost |= codes(state.part, documents_of(content).values()) - there
    for table, code in sorted(lost):
        yield Fault(
            "lost_code",
            state.part.file,
            f"[[{table}]]",
            f"{quoted(code)} has been in force, and is not in the file any more.",
            "Records may carry it. Put its row back, and end it with “until” where the table has dates.",
        )


def codes(part: Part, documents: Iterable[Document]) -> set[tuple[str, str]]:
    """Return each table of a part with each of its codes."""
    held = list(documents)
    return {
        (node.name, str(row[node.code]))
        for node in part.schema
        if isinstance(node, Rows) and node.code
        for document in held
        for row in _rows(document, node)
        if node.code in row
    }


def _rows(document: Document, node: Rows) -> list[dict[str, object]]:
    rows = document.get(node.name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def documents_of(content: dict[str, str]) -> dict[str, Document]:
    """Return what noted texts hold, by name of file; without those that cannot be read."""
    found: dict[str, Document] = {}
    for name, text in content.items():
        try:
            found[name] = parsed(text, name)
        except RuleFileError:
            continue
    return found


# Copying out -----------------------------------------------------------------------------------------------

HEAD = """# Copied from Lamplighter {software} for editing: {title}.
# {decides}
# This file takes the place of the shipped one as a whole. A change is a new row with its own "from", after
# "until" in the row that held before: what was decided stays readable by the rule of its day. The hub checks
# every file when it starts, and does not start with an error in one.

"""


def copy_out(name: str) -> list[Path]:
    """Write a shipped part into the installation's folder for editing; returns the files.

    ``name`` is a part's, with or without ``.toml``. Nothing is written over.
    Raises ``NotCopiedError``.
    """
    known = {part.name: part for part in parts()}
    part = known.get(name.removesuffix(".toml"))
    if part is None:
        remedy = nearest(name, known) or f"The parts are {listed(sorted(known))}."
        raise NotCopiedError(f"There is no part {quoted(name)}. {remedy}".rstrip())
    head = HEAD.format(software=software(), title=part.title, decides=part.decides)
    texts = {part.file: part.template()} if part.template else part.shipped_texts()
    folder = places.installation()
    if there := [file for file in texts if (folder / file).exists()]:
        raise NotCopiedError(
            f"{folder / there[0]} is there already, and nothing is written over. Edit it, or move it away."
        )
    return [_written(folder / file, head + text) for file, text in texts.items()]


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never in the place of a file that somebody has written in this moment.
    places.write_whole(path, text, new=True)
    return path
