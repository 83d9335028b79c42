"""The outline of a paper: its blocks in order. Every form, on screen or as a file, is drawn from it.

All text is plain text and is set as such: no form reads markup in it. An outline is kept as JSON
(:func:`as_json`, :func:`from_json`), so that what was issued can be drawn again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeAlias

# Codes of one letter: words of an outline can be redacted where it is kept, and no code may be one of them.
STRONG, SOFT, QUOTE, LEAD = "b", "s", "q", "l"
ADDRESS = "a"


@dataclass(frozen=True, slots=True)
class Run:
    """A line of text. ``style``: strong, soft or a quotation; ``page``: where in the bundle it leads to."""

    text: str
    style: str = ""
    page: int = 0


Cell: TypeAlias = tuple[Run, ...]


def cell(text: str, style: str = "") -> Cell:
    return (Run(text, style),)


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 2 or 3: the title of the paper is the one of level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. ``style``: ``LEAD`` is larger, the others as for a :class:`Run`."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that whoever reads the paper must not miss, set apart."""

    text: str


@dataclass(frozen=True, slots=True)
class Hint(Note):
    """Something for whoever finishes the paper: it stands on the draft alone (:func:`finished`)."""


@dataclass(frozen=True, slots=True)
class Points:
    """A list, with numbers where somebody will refer to them."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names of facts and what is so."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row. ``widths`` in centimetres, 0 for a column that shares what is left."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Lines to sign on, each with what belongs there."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something that is put before the court beside the paper, by its number."""

    number: str
    title: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sealed:
    """Words that the outline does not hold, such as an address; ``what`` names them. See :func:`filled`."""

    label: str
    what: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """Begin a new page, where there are pages."""


Block: TypeAlias = (
    Heading | Text | Note | Hint | Points | Facts | Table | Signature | Exhibit | Sealed | PageBreak
)
Blocks: TypeAlias = tuple[Block, ...]
BLOCKS: dict[str, type[Any]] = {
    "h": Heading,
    "p": Text,
    "n": Note,
    "d": Hint,
    "l": Points,
    "f": Facts,
    "t": Table,
    "s": Signature,
    "x": Exhibit,
    "z": Sealed,
    "b": PageBreak,
}
_CODES = {kind: code for code, kind in BLOCKS.items()}


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything on the paper. ``as_at`` (aware) is when the record was read.

    ``handling`` stands at the head and foot of every page, ``draft`` across it, ``foot`` in the foot.
    """

    title: str
    as_at: dt.datetime
    blocks: tuple[Block, ...]
    reference: str = ""
    handling: str = ""
    version: str = ""
    foot: str = ""
    draft: bool = False


def as_json(paper: Paper) -> dict[str, Any]:
    """Return the paper as plain values, without its moment, which is kept beside it."""
    held = {f.name: getattr(paper, f.name) for f in fields(paper) if f.name != "as_at"}
    return held | {"blocks": [{"block": _CODES[type(b)]} | asdict(b) for b in paper.blocks]}


def from_json(held: dict[str, Any], as_at: dt.datetime) -> Paper:
    """Return the paper that :func:`as_json` wrote down."""
    return Paper(**held | {"as_at": as_at, "blocks": tuple(_block(dict(b)) for b in held["blocks"])})


def _block(held: dict[str, Any]) -> Block:
    kind = BLOCKS[held.pop("block")]
    if kind is Table:
        rows = tuple(tuple(tuple(Run(**run) for run in c) for c in row) for row in held.pop("rows"))
        return Table(held["caption"], _tuples(held["head"]), rows, _tuples(held["widths"]))
    made: Block = kind(**{name: _tuples(value) for name, value in held.items()})
    return made


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def digest(paper: Paper) -> str:
    """Return the SHA-256 of the outline, by which one version is told from another."""
    held = as_json(paper) | {"as_at": paper.as_at.astimezone(dt.UTC).isoformat()}
    text = json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def mapped(paper: Paper, change: Callable[[str], str]) -> Paper:
    """Return the paper with ``change`` made to every text that stands on it."""
    blocks = tuple(_changed(block, change) for block in paper.blocks)
    return replace(
        paper,
        blocks=blocks,
        title=change(paper.title),
        reference=change(paper.reference),
        version=change(paper.version),
        foot=change(paper.foot),
    )


_NOT_TEXT = {"level", "numbered", "widths", "style", "page", "what"}


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(v, change) for v in value)
    if hasattr(value, "__dataclass_fields__"):
        told = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _NOT_TEXT}
        return replace(value, **{name: _changed(v, change) for name, v in told.items()})
    return value


def texts(paper: Paper) -> Iterator[str]:
    """Return every text on the paper, in its order."""
    found: list[str] = []

    def kept(text: str) -> str:
        found.append(text)
        return text

    mapped(paper, kept)
    yield from filter(None, found)


def finished(paper: Paper) -> Paper:
    """Return the paper as others read it: no draft, and without what was said to whoever finishes it."""
    return replace(paper, draft=False, blocks=tuple(b for b in paper.blocks if not isinstance(b, Hint)))


def filled(paper: Paper, words: dict[str, str]) -> Paper:
    """Return the paper with what is sealed filled in. Raises ``KeyError`` for what is not given."""
    blocks = tuple(Facts(((b.label, words[b.what]),)) if isinstance(b, Sealed) else b for b in paper.blocks)
    return replace(paper, blocks=blocks)


def sealed(paper: Paper) -> set[str]:
    """Return the names of what has to be filled in before the paper is drawn."""
    return {b.what for b in paper.blocks if isinstance(b, Sealed)}
