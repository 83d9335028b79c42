"""Check a folder of instruments that nobody runs on yet, as a hub that had it would. No database is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lamplighter.hub.instruments.configuration import INSTRUMENTS
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.instruments.checks import with_line
from lamplighter.instruments.definition import Definition
from lamplighter.instruments.loading import definition
from lamplighter.rule_files.faults import Fault


def checked(folder: Path) -> tuple[list[str], tuple[Fault, ...]]:
    """Return the files of a folder of instruments, and every fault that keeps them from being used.

    The roles, partitions and topics of training are those of the hub whose settings are read, or as shipped.
    """
    read = _read(folder)
    inside = f"{INSTRUMENTS.file}/"
    faults = [*read.strays((INSTRUMENTS,)), *read.state(INSTRUMENTS).faults]
    files = [name.removeprefix(inside) for name in read.names if name.endswith(".toml")]
    return files, tuple(dict.fromkeys(_with_its_line(folder, fault) for fault in faults))


def _with_its_line(folder: Path, fault: Fault) -> Fault:
    """Where keys and types are wrong, nothing that knows the lines of a file has seen it yet."""
    file = folder / fault.file.removeprefix(f"{INSTRUMENTS.file}/")
    if not file.is_file():
        return fault
    lines = file.read_text("utf-8", errors="replace").split("\n")
    return replace(fault, place=with_line(fault.place, lines))


def definitions(folder: Path) -> list[Definition]:
    """Return what the files of a folder without a fault ask; nothing of what is known by name only."""
    read = _read(folder)
    documents = read.state(INSTRUMENTS).documents
    found = [definition(documents[name]) for name in read.names if name in documents]
    return [one for one in found if one.usable]


def _read(folder: Path) -> Reading:
    read = Reading(None)
    read.put(folder, INSTRUMENTS.file)
    return read
