"""The files of an installation as they were at one moment, and what this process runs on.

A process reads its configuration once. Files that are changed while it runs
count from its next start: no page is made half of the old and half of the new.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter.hub.site import places
from lamplighter.hub.site.config_files.faults import ConfigurationError
from lamplighter.hub.site.config_files.part import Part, runs_on
from lamplighter.rule_files.faults import Fault, listed, nearest
from lamplighter.rule_files.reading import parse
from lamplighter.rule_files.schema import Report, check

LARGEST = 250_000  # bytes of one file; the shipped ones have at most a twentieth of it
# Folders of the installation that other contexts read.
OTHERS = ("mappings",)
PAPERS = (".md", ".txt", ".rst")


@dataclass(frozen=True)
class State:
    """One part in one reading: its texts and documents by file name, and what is wrong with them.

    ``own``: a file of the installation counts. ``digest`` is of all the texts,
    in hexadecimal; two readings with the same digest say the same.
    """

    part: Part
    own: bool
    texts: dict[str, str]
    faults: tuple[Fault, ...]
    digest: str
    read: dict[str, dict[str, Any]]

    @property
    def documents(self) -> dict[str, dict[str, Any]]:
        """Return what the files hold, by name. Raises ``ConfigurationError`` where anything is wrong."""
        if self.faults:
            raise ConfigurationError(self.faults)
        return self.read

    @property
    def document(self) -> dict[str, Any]:
        """Return what the one file of the part holds. Raises ``ConfigurationError``."""
        return self.documents[self.part.file]


class Reading:
    """Read every configuration file of ``folder`` now. ``None``: there is no folder, all is as shipped."""

    def __init__(self, folder: Path | None) -> None:
        self.at = dt.datetime.now(dt.UTC)
        self.folder = folder
        self.names: list[str] = []
        self._folders: set[str] = set()
        self._found: dict[str, bytes | Fault] = {}
        self._states: dict[str, State] = {}
        if folder is not None:
            self._read(folder)

    def _read(self, folder: Path) -> None:
        try:
            inside = sorted(folder.iterdir())
        except OSError as problem:
            self._found[""] = _unreadable(folder.name, problem)
            return
        for path in inside:
            self.names.append(path.name)
            if path.name.startswith(".") or path.name in OTHERS:
                continue
            if path.suffix == ".toml":
                self._found[path.name] = _content(path, path.name)
            elif path.is_dir():
                self._read_inside(path)

    def put(self, folder: Path, called: str) -> None:
        """Read a folder from elsewhere as if it were the installation's folder of this name."""
        self._read_inside(folder, called)

    def _read_inside(self, folder: Path, called: str = "") -> None:
        called = called or folder.name
        self._folders.add(called)
        try:
            inside = sorted(folder.iterdir())
        except OSError as problem:
            self._found[f"{called}/"] = _unreadable(called, problem)
            return
        self.names += [f"{called}/{path.name}" for path in inside]
        for path in inside:
            name = f"{called}/{path.name}"
            if path.name.startswith("."):
                continue
            if path.suffix == ".toml":
                self._found[name] = _content(path, name)
            elif path.is_dir() and "/" not in called:
                self._read_inside(path, name)

    def state(self, part: Part) -> State:
        """Return a part as these files have it, checked."""
        if part.name not in self._states:
            self._states[part.name] = self._state(part)
        return self._states[part.name]

    def _state(self, part: Part) -> State:
        own = {n: c for n, c in self._found.items() if n == part.file or n.startswith(f"{part.file}/")}
        # Where the folder itself cannot be read, nobody knows what this part says.
        faults = [c for n, c in self._found.items() if isinstance(c, Fault) and (n in own or not n)]
        texts = {} if own and not part.is_folder else part.shipped_texts()
        for name, content in own.items():
            if isinstance(content, bytes):
                try:
                    texts[name] = content.decode("utf-8-sig")
                except UnicodeDecodeError as problem:
                    faults.append(_not_utf8(name, content, problem))
        read: dict[str, dict[str, Any]] = {}
        reports = {name: Report(name, text) for name, text in texts.items()}
        for name, report in reports.items():
            # Its own text is read once, though it is compared with itself.
            shipped = None if own or part.is_folder else part.shipped_document()
            document = parse(report) if shipped is None else shipped
            if document is not None:
                read[name] = document
                self._check(part, document, report)
        faults += [fault for report in reports.values() for fault in report.faults]
        if part.together and not faults:
            part.together(read, reports.__getitem__)
            faults = [fault for report in reports.values() for fault in report.faults]
        return State(part, bool(own), texts, tuple(faults), _digest(texts, faults), read)

    def _check(self, part: Part, document: dict[str, Any], report: Report) -> None:
        check(part.schema, document, report, part.shipped_document())
        if part.keeps_up and not report.faults:
            _check_upkeep(document, report)
        if part.rules and not report.faults:
            part.rules(document, report, self)

    def strays(self, parts: Sequence[Part]) -> list[Fault]:
        """Return an error for each name in the folder that belongs to no part, and for an unreadable folder.

        Names that begin with a dot, papers (``README.md``) and copies that an
        editor or a careful person leaves beside a part (``cases.toml~``,
        ``cases.toml.old``) are left alone.
        """
        files = {p.file for p in parts if not p.is_folder}
        folders = {p.file for p in parts if p.is_folder}
        also = {name: p.file for p in parts for name in (p.name, *p.also)}
        faults = [c for n, c in self._found.items() if not n and isinstance(c, Fault)]
        for name in self.names:
            if name in folders - self._folders:
                faults.append(_stray(name, "It must be a folder. Rename it, or remove it."))
            top, _, inner = name.partition("/")
            last = inner or top
            if last.startswith((".", "#")) or last.endswith(PAPERS) or top in OTHERS:
                continue
            if inner:
                if top in folders and ".toml" not in inner and name not in self._folders:
                    faults.append(_stray(name, "Only files that end in .toml are read here. Remove it."))
            elif top not in files | folders and not any(top.startswith(f) for f in files):
                like = nearest(top.removesuffix(".toml"), also)
                for known in also:
                    like = like.replace(f" {known}?", f" {also[known]}?")
                there = like or f"The parts are {listed(sorted(files | folders))}. "
                faults.append(_stray(name, f"{there}Rename it, or remove it."))
        return faults

    def faults(self, parts: Iterable[Part]) -> list[Fault]:
        """Return everything that is wrong with these files."""
        every = tuple(parts)
        # What is wrong with the folder is wrong with every part, and said once.
        return list(dict.fromkeys([*self.strays(every), *(f for p in every for f in self.state(p).faults)]))


def _check_upkeep(document: dict[str, Any], report: Report) -> None:
    """Refuse a review that lies before the last change: nobody will have looked since."""
    told = document["upkeep"]
    last = max(change["on"] for change in told["change"])
    if told["next_review"] <= last:
        what = f"is {told['next_review']}, and the last change was on {last}."
        report.add("contradicts", "[upkeep], key next_review", what, "Give a later day.")


def _stray(name: str, remedy: str) -> Fault:
    return Fault("not_a_part", name, "", "this is not a part of the configuration.", remedy)


def _content(path: Path, name: str) -> bytes | Fault:
    try:
        if path.stat().st_size > LARGEST:
            size = f"{LARGEST // 1_000} kB"
            return Fault("too_large_file", name, "", f"the file is larger than {size}.", "Shorten it.")
        return path.read_bytes()
    except OSError as problem:
        return _unreadable(name, problem)


def _unreadable(name: str, problem: OSError) -> Fault:
    why = (problem.strerror or type(problem).__name__).lower()
    remedy = "It must be a file that the user who runs the hub may read."
    return Fault("unreadable", name, "", f"cannot be read ({why}).", remedy)


def _not_utf8(name: str, content: bytes, problem: UnicodeDecodeError) -> Fault:
    line = content[: problem.start].count(b"\n") + 1
    return Fault(
        "not_utf8",
        name,
        f"line {line}",
        "the text is not in UTF-8.",
        "Save the file with the encoding UTF-8.",
    )


def _digest(texts: dict[str, str], faults: Sequence[Fault]) -> str:
    told = [sorted(texts.items()), [str(f) for f in faults if f.name in {"unreadable", "not_utf8"}]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


_running: Reading | None = None


def running() -> Reading:
    """Return what this process runs on: read when it is first asked for, and not again."""
    global _running
    if _running is None:
        _running = Reading(places.installation())
    return _running


def run_on(reading: Reading) -> Reading:
    """Let this process run on another reading, for tests and tools; returns it."""
    global _running
    _running = reading
    return reading


runs_on(lambda part: running().state(part))
