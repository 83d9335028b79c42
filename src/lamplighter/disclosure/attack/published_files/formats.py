"""Text in files: every part is read, or the file is refused with the part that is not known.

Allow-lists by construction: what is not known to hold no figure (a colour, a font, a state) is read as text;
what can hold anything (a script, a frame, a picture inside a picture) is refused.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lamplighter.disclosure.attack.published_files.office import zipped
from lamplighter.disclosure.attack.published_files.pages import marked_up
from lamplighter.disclosure.attack.published_files.pictures import png
from lamplighter.disclosure.attack.published_files.refusing import CannotRead, decoded
from lamplighter.disclosure.attack.published_files.styles import declarations

PLAIN = {".txt", ".md", ".tex", ".log", ".yml", ".yaml", ".toml", ".xml"}
#: How large a Vega chart is drawn: round sizes say nothing of anybody.
ROUND = 10
_SCHEMA = re.compile(r"https://vega\.github\.io/schema/vega(?:-lite)?/v\d{1,2}(?:\.\d{1,2}){0,2}\.json")

__all__ = ["CannotRead", "passages"]


def passages(path: Path, beside: Path | None = None) -> Iterator[tuple[str, str]]:
    """Return every text, and where it stands, in the file in which a number could be read.

    ``beside`` is the folder of the release: links must lead into it.

    Raises:
        CannotRead: what cannot be looked into cannot be released.
    """
    kind = path.suffix.lower()
    data = path.read_bytes()
    if kind in (".html", ".htm", ".svg"):
        yield from marked_up(decoded(data), path, beside or path.parent)
    elif kind in (".json", ".geojson"):
        yield from _json(decoded(data))
    elif kind in (".csv", ".tsv"):
        yield from _csv(decoded(data), "\t" if kind == ".tsv" else ",")
    elif kind in PLAIN:
        for number, line in enumerate(decoded(data).splitlines(), 1):
            yield f"line {number}", line
    elif kind in (".ods", ".xlsx", ".odt", ".docx"):
        yield from zipped(data)
    elif kind == ".png":
        yield from png(path, data)
    elif kind == ".css":
        yield from declarations(decoded(data), "the style sheet")
    elif not kind and not data:
        return
    else:
        raise CannotRead(f"Files of the kind {kind or 'without an ending'} cannot be looked into.")


def _json(text: str) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(text)
    except ValueError:
        raise CannotRead("It is not JSON.") from None
    chart = isinstance(document, dict) and _SCHEMA.fullmatch(str(document.get("$schema", ""))) is not None
    yield from _values(document, "", chart=chart)


def _values(value: Any, place: str, *, chart: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{place}.{key}".lstrip(".")
            yield f"a name in {place or 'the document'}", str(key)
            drawn = key in ("width", "height") and isinstance(inner, int) and not inner % ROUND
            if chart and (here == "$schema" or (here in ("width", "height") and drawn)):
                continue
            yield from _values(inner, here, chart=chart)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner, place, chart=chart)
    elif value is not None and not isinstance(value, bool):
        yield place or "the document", str(value)


def _csv(text: str, between: str) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=between), 1):
        for cell in row:
            yield f"line {number}", cell
