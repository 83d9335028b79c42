"""What the hub has set for its reviews, by date: rows of ``rules.toml``."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _rows() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((files("lamplighter.hub.insight") / "rules.toml").read_text("utf-8"))


def in_force(name: str, on: dt.date) -> dict[str, Any]:
    """The row of this rule that holds on a day; of several the latest.

    Raises:
        LookupError: no row of the rule holds on that day.
    """
    held = [
        row for row in _rows()[name] if row["from"] <= on and (row.get("until") is None or on < row["until"])
    ]
    if not held:
        raise LookupError(f"No rule {name} is in force on {on}.")
    return max(held, key=lambda row: row["from"])
