"""Files of an installation for tests: the shipped ones with something changed."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site.config_files.part import Part, parts
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import Fault


def part(name: str) -> Part:
    return next(p for p in parts() if p.name == name)


def shipped(name: str) -> str:
    """The shipped text of a part; of a folder, of the file that is named after the slash."""
    return part(name.partition("/")[0]).shipped_texts()[f"{name}.toml"]


def changed(name: str, *changes: tuple[str, str]) -> str:
    """The shipped text with the first place of each ``old`` replaced; every ``old`` must be there."""
    text = shipped(name)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def write(folder: Path, **texts: str) -> Path:
    """Write files into an installation's folder; ``__`` in a name is a slash."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def faults(folder: Path) -> list[Fault]:
    return Reading(folder).faults(parts())
