"""A scorecard's folder: sources as snapshots by hash, the right of reply of forces, corrections.

``scorecard.toml`` says who publishes. ``sources.toml`` names each snapshot with its SHA-256; a file whose
bytes are others is refused by name. ``right_of_reply.toml`` says when each force was sent its page, until
when it is reading, and what it replied. ``corrections.toml`` is the log of errors that were put right,
``breaks.toml`` the days from which figures are counted otherwise.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lamplighter.records.errors import RecordsError
from lamplighter.rule_files import reading
from lamplighter.rule_files.faults import RuleFileError
from lamplighter.rule_files.schema import Group, Report, Rows, Value, check, code, text
from lamplighter.studies.forces.measures import measures
from lamplighter.studies.scorecard.signals import Break
from lamplighter.vocabulary.codes import code_set

SOURCES, ABOUT, REPLIES, CORRECTIONS, BREAKS = (
    "sources.toml",
    "scorecard.toml",
    "right_of_reply.toml",
    "corrections.toml",
    "breaks.toml",
)
WORDS = "words.toml"
_SNAPSHOTS = "snapshots"
_EDITION = re.compile(r"\d{4}-\d{2}(-\d{2})?")


class ScorecardError(RecordsError):
    """A scorecard's folder, or a site, cannot be used as it is."""


class SourceChanged(ScorecardError):
    """A snapshot does not have the bytes that were written down for it."""


@dataclass(frozen=True, slots=True)
class Source:
    """One snapshot: what it is, who published it and when, and its bytes by hash."""

    id: str
    path: Path
    sha256: str
    publisher: str
    title: str
    edition: str
    published: dt.date
    obtained: dt.date
    licence: str
    address: str
    note: str = ""
    basis: str | None = None
    year: str | None = None
    offence: str | None = None
    made_up: bool = False

    @property
    def on_site(self) -> str:
        """Return where the site keeps the bytes."""
        return f"sources/{self.sha256[:16]}-{self.path.name}"


@dataclass(frozen=True, slots=True)
class Reply:
    """Standing of a force: when it was sent its page, until when it is reading, and what it replied."""

    sent: dt.date
    embargo: dt.date
    reply: str = ""
    reply_on: dt.date | None = None
    reply_by: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """One error that was put right: on which day, on which page, what it said, and what it says now."""

    on: dt.date
    page: str
    was: str
    now: str
    why: str
    force: str = ""


@dataclass(frozen=True)
class Folder:
    """Everything a publisher keeps. ``replies`` are by code of a force; ``every`` is for the others."""

    path: Path
    title: str
    publisher: str
    contact: str
    sources: tuple[Source, ...]
    address: str = ""
    replies: dict[str, Reply] = field(default_factory=dict)
    every: Reply | None = None
    corrections: tuple[Correction, ...] = ()
    breaks: tuple[Break, ...] = ()

    def reply_of(self, force: str) -> Reply | None:
        """Return where a force stands, by its code; ``None`` for one that was not sent its page."""
        return self.replies.get(force, self.every)

    def is_out(self, force: str, on: dt.date) -> bool:
        """Tell whether what is said of a force may go out on a day: after its embargo, and never before."""
        held = self.reply_of(force)
        return held is not None and on > held.embargo


def _hash(value: str) -> str | None:
    return None if re.fullmatch(r"[0-9a-f]{64}", value) else "be 64 digits and letters from a to f"


def _edition(value: str) -> str | None:
    return None if _EDITION.fullmatch(value) else "be a month or a day, as 2020-01"


def _address(value: str) -> str | None:
    return None if re.fullmatch(r"https?://[^\s<>\"]+", value) else "begin with https://"


def _local(value: str) -> str | None:
    inside = not value.startswith(("/", "\\")) and ".." not in Path(value).parts
    return None if inside and ":" not in value else "be a path inside the folder"


def _date(name: str, label: str, *, optional: bool = False) -> Value:
    return Value(name, label, of=dt.date, optional=optional)


_SOURCE = Rows(
    "source",
    "Sources",
    (
        code(name="id", longest=80),
        text("file", "File", shape=_local),
        text("sha256", "SHA-256", shape=_hash),
        *(text(name, name.capitalize()) for name in ("publisher", "title", "licence")),
        text("edition", "Edition", shape=_edition),
        _date("published", "Published"),
        _date("obtained", "Obtained"),
        text("address", "Address", shape=_address),
        text("note", "Note", optional=True),
        Value("basis", "Basis", one_of=lambda: {"recorded": "", "assigned": ""}, optional=True),
        text("year", "Year", optional=True),
        text("offence", "Offence", optional=True),
        Value("made_up", "Made up", of=bool, optional=True),
    ),
    code="id",
    heading="title",
    dated=False,
)
_READING = (_date("sent", "Sent to the force"), _date("embargo", "The force reads until"))
_REPLY = (
    text("reply", "Reply", longest=6000, optional=True),
    _date("reply_on", "Reply given on", optional=True),
    text("reply_by", "Reply given by", optional=True),
)
_FORCE = Rows(
    "force",
    "Forces",
    (
        Value("code", "Force", one_of=lambda: {c: f.title for c, f in code_set("forces").codes.items()}),
        *_READING,
        *_REPLY,
    ),
    dated=False,
    optional=True,
)
_EVERY = Group("every_force", "Every other force", _READING, optional=True)
_CORRECTION = Rows(
    "correction",
    "Corrections",
    (
        _date("on", "On"),
        text("page", "Page", shape=_local),
        text("was", "What it said"),
        text("now", "What it says"),
        text("why", "Why"),
        Value("force", "Force", one_of=lambda: dict.fromkeys(code_set("forces").codes, ""), optional=True),
    ),
    code="",
    dated=False,
)
_BREAK = Rows(
    "break",
    "Breaks",
    (
        _date("day", "From"),
        text("why", "Why"),
        text("source", "Source"),
        Value("force", "Force", one_of=lambda: dict.fromkeys(code_set("forces").codes, ""), optional=True),
        Value("measure", "Measure", one_of=lambda: {m.name: m.title for m in measures()}, optional=True),
    ),
    code="",
    dated=False,
)
_ABOUT = (
    *(text(name, name.capitalize(), longest=200) for name in ("title", "publisher", "contact")),
    text("address", "Address of the site", shape=_address, optional=True),
)


def read_folder(path: Path) -> Folder:
    """Return a folder with every file in it checked.

    Raises:
        ScorecardError: a file is missing or wrong, by file and line.
        SourceChanged: a snapshot has other bytes than those written down.
    """
    if not path.is_dir():
        raise ScorecardError("There is no such folder.", file=path.name, remedy="Name a scorecard's folder.")
    about = _read(path / ABOUT, _ABOUT)
    rows = _read(path / SOURCES, (_SOURCE,))["source"]
    told = _read(path / REPLIES, (_EVERY, _FORCE)) if (path / REPLIES).exists() else {}
    wrong = _read(path / CORRECTIONS, (_CORRECTION,)) if (path / CORRECTIONS).exists() else {}
    broken = _read(path / BREAKS, (_BREAK,)) if (path / BREAKS).exists() else {}
    sources = tuple(_source(path, row) for row in rows)
    twice = {s.sha256 for s in sources if sum(s.sha256 == o.sha256 for o in sources) > 1}
    if twice:
        raise ScorecardError(
            "Two sources have the same bytes.", file=SOURCES, remedy="Keep one: it would be counted twice."
        )
    every = told.get("every_force")
    return Folder(
        path,
        about["title"],
        about["publisher"],
        about["contact"],
        tuple(sorted(sources, key=lambda s: (s.published, s.id))),
        about.get("address", ""),
        {row["code"]: _reply(row) for row in told.get("force", ())},
        _reply(every) if every else None,
        tuple(sorted((Correction(**row) for row in wrong.get("correction", ())), key=lambda c: c.on)),
        tuple(sorted((Break(**row) for row in broken.get("break", ())), key=lambda b: b.day)),
    )


def _read(path: Path, schema: tuple[Any, ...]) -> dict[str, Any]:
    try:
        content = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ScorecardError(
            "The file is missing.",
            file=path.name,
            remedy="Add a table of the Home Office's outcomes open data: `lamplighter scorecard add TABLE`. "
            "Releases of hubs and forces stand beside it."
            if path.name == SOURCES
            else "`lamplighter scorecard add` begins a folder and says what to fill in.",
        ) from None
    except UnicodeDecodeError:
        raise ScorecardError("It is no text in UTF-8.", file=path.name, remedy="Save it as UTF-8.") from None
    report = Report(path.name, content)
    document = reading.parse(report)
    if document is not None:
        check(schema, document, report)
        for row in document.get("force", ()) if not report.faults else ():
            if row["embargo"] < row["sent"]:
                report.add(
                    "not_a_period",
                    f"[[force]] “{row['code']}”",
                    "the embargo ends before the page was sent.",
                    "Write the last day on which the force is still reading as embargo.",
                )
    if document is None or report.faults:
        raise ScorecardError(str(RuleFileError(report.faults)))
    return document


def _source(folder: Path, row: dict[str, Any]) -> Source:
    rest = {name: value for name, value in row.items() if name != "file"}
    source = Source(path=folder / row["file"], **rest)
    if not source.path.is_file():
        raise ScorecardError(
            "The snapshot is not there.", file=row["file"], remedy=f"Put it back; {SOURCES} names it."
        )
    if digest(source.path) != source.sha256:
        raise SourceChanged(
            f"The snapshot is not the file that was written down as {source.id}: its SHA-256 is another.",
            file=row["file"],
            remedy="Put the file back as it was. A new edition is a source of its own: "
            "`lamplighter scorecard add`.",
        )
    return source


def _reply(row: dict[str, Any]) -> Reply:
    return Reply(**{name: value for name, value in row.items() if name != "code"})


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_BEGUN = """# Who publishes this scorecard, and where to write to them.
title = "Stalking scorecard"
publisher = "Name whoever publishes this"
contact = "Say where corrections and replies are sent"
"""


def add_source(folder: Path, file: Path, facts: dict[str, Any]) -> Source:
    """Copy a file into the folder as a snapshot and write it down. A folder that is not there is begun.

    Raises:
        ScorecardError: the file is not there or is held already, or a fact is missing or wrong.
    """
    if not file.is_file():
        raise ScorecardError("There is no such file.", file=file.name, remedy="Name the published file.")
    known = digest(file)
    place = folder / SOURCES
    before = place.read_text("utf-8-sig") if place.exists() else ""
    if known in before:
        raise ScorecardError("The same bytes are held already.", file=file.name, remedy=f"See {SOURCES}.")
    row = {
        "id": f"{re.sub(r'[^a-z0-9]+', '-', file.name.lower()).strip('-')[:50]}-{facts['edition']}",
        "file": f"{_SNAPSHOTS}/{known[:16]}-{file.name}",
        "sha256": known,
        **{name: value for name, value in facts.items() if value},
    }
    lines = [f"{name} = {_toml(value)}" for name, value in row.items()]
    whole = f"{before.rstrip()}\n\n[[source]]\n".lstrip() + "\n".join(lines) + "\n"
    report = Report(SOURCES, whole)
    check((_SOURCE,), reading.parse(report) or {}, report)
    if report.faults:
        raise ScorecardError(str(RuleFileError(report.faults)))
    (folder / _SNAPSHOTS).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / row["file"])
    place.write_text(whole, "utf-8")
    begin(folder)
    return _source(folder, row)


def begin(folder: Path) -> None:
    """Write who publishes, to be filled in, where it does not stand yet."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ABOUT).exists():
        (folder / ABOUT).write_text(_BEGUN, "utf-8")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else json.dumps(str(value), ensure_ascii=False)
