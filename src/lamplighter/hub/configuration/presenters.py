"""Turn parts of the configuration and their history into what the pages show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from lamplighter.hub.configuration import rendering, services
from lamplighter.hub.configuration.selectors import Standing, Version
from lamplighter.hub.design.environment import long_date, long_time
from lamplighter.hub.intake.sources.selectors import SourceRow
from lamplighter.rule_files.faults import Fault

FOLDER = "installation"


def whose(own: bool) -> str:
    return "This hub’s own" if own else "As shipped"


def since(standing: Standing) -> str:
    """Return since when this content is in force; said plainly where nobody noted it."""
    return f"Since {long_time(standing.since)}" if standing.since else "Not recorded yet"


def row(standing: Standing) -> dict[str, Any]:
    part = standing.part
    return {
        "name": part.name,
        "title": part.title,
        "decides": part.decides,
        "whose": whose(standing.state.own),
        "own": standing.state.own,
        "since": since(standing),
    }


def warnings(standings: Iterable[Standing]) -> dict[str, Any]:
    """Return titles of parts whose files have changed, of those that run otherwise elsewhere, and errors."""
    every = list(standings)
    newest = max((s.noted.since for s in every if s.elsewhere and s.noted), default=None)
    return {
        "changed": [s.part.title for s in every if s.changed],
        "elsewhere": [s.part.title for s in every if s.elsewhere],
        "elsewhere_at": newest,
        "faults": [fault_line(f) for s in every for f in s.faults],
    }


def fault_line(fault: Fault) -> dict[str, str]:
    return {"where": fault.where, "what": fault.what, "remedy": fault.remedy}


def mapping(source: SourceRow) -> dict[str, Any]:
    """Return by which mapping a system's files are read, since when, and from when by another."""
    if source.problem:
        standing = "Cannot be used"
    elif source.version is not None:
        standing = f"In force since {long_date(source.version.since)}"
    else:
        standing = "As shipped" if source.is_built_in else "Not in force yet"
    coming = [f"Another from {long_date(v.since)}" for v in sorted(source.coming)]
    file = f"{FOLDER}/mappings/{source.version.path.name}" if source.version is not None else ""
    return {"title": source.title, "standing": ". ".join([standing, *coming]), "file": file}


def where(standing: Standing) -> str:
    """Return the file that a hub would change, as it lies in the installation's folder."""
    file = standing.part.file
    return f"{FOLDER}/{file}/" if standing.part.is_folder else f"{FOLDER}/{file}"


def sections(standing: Standing, today: dt.date) -> list[rendering.Section]:
    return rendering.sections(standing.part, standing.state.documents, today)


def version(found: Version) -> dict[str, Any]:
    """Return a line of the history."""
    return {
        "key": found.row.key,
        "since": long_time(found.row.since),
        "until": f"In force until {long_time(found.until)}" if found.until else "In force now",
        "whose": whose(found.row.own),
        "noticed": found.row.get_noticed_by_display(),
        "software": found.row.software,
    }


def one_version(standing: Standing, found: Version, today: dt.date) -> dict[str, Any]:
    """Return what a version said and what it changed; texts that cannot be read any more as they are."""
    documents = services.documents_of(found.row.content)
    unread = {name: text for name, text in found.row.content.items() if name not in documents}
    before = services.documents_of(found.before.content) if found.before else None
    changes = rendering.differences(standing.part, before, documents) if before is not None else []
    return {
        "found": version(found),
        "first": found.before is None,
        "changes": changes,
        "sections": rendering.sections(standing.part, documents, today),
        "unread": unread,
    }
