"""Read JSON that may be damaged or hostile, and repair text that was written in the wrong encoding."""

from __future__ import annotations

import json
from typing import Any

from lamplighter.message_exports.decoding import decoded, storable
from lamplighter.message_exports.shapes import ExportError

Object = dict[str, Any]


def load(data: bytes) -> Any:
    """Return what a JSON file says.

    Raises:
        ExportError: it is damaged; it says where.
    """
    text, _ = decoded(data)
    try:
        return json.loads(text, parse_constant=lambda name: None)
    except json.JSONDecodeError as error:
        raise ExportError(
            "The file is damaged: it ends, or breaks off, in the middle.",
            place=f"line {error.lineno}",
            remedy="Export it again, and send the file without opening or changing it.",
        ) from None
    except (RecursionError, ValueError):
        raise ExportError(
            "The file is not what this app writes: it has brackets without end, or far too long a number.",
            remedy="Export it again, and send the file without opening or changing it.",
        ) from None


def text_of(value: Any) -> str:
    """Return a value as text that can be stored: "" for nothing."""
    if value is None:
        return ""
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def objects(value: Any) -> list[Any]:
    """Return the items of a list; of anything else, none."""
    return value if isinstance(value, list) else []


def fields(value: Any) -> Object:
    """Return an object; of anything else, an empty one."""
    return value if isinstance(value, dict) else {}


def as_it_stands(value: Any) -> str:
    """Return a record as it stands in the file, on one line."""
    return storable(json.dumps(value, ensure_ascii=False))


def repaired(text: str) -> str:
    """Return text whose UTF-8 was written as Latin-1 as it was meant; any other text as it is.

    It is repaired only where the way back gives exactly what stood there.
    """
    try:
        meant = text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
    return meant
