"""Make values fit for PostgreSQL."""

from __future__ import annotations

from typing import Any


def storable(value: Any) -> Any:
    """Return a value without the NUL character, which PostgreSQL's text cannot hold and nobody could read."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [storable(v) for v in value]
    return {k: storable(v) for k, v in value.items()} if isinstance(value, dict) else value
