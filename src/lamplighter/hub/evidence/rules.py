"""The dated rules of the part "evidence"."""

from __future__ import annotations

import datetime as dt

from lamplighter.hub.evidence import configuration
from lamplighter.hub.evidence.files.opening import Limits
from lamplighter.hub.site.config_files.dated import DatedRules

RULES = DatedRules(configuration.PART)
MEGABYTE = 1024**2


def limit(code: str, on: dt.date) -> int:
    """Return a limit: on ``on``, or of the row written last where none holds on that day."""
    rule = RULES.on("limit", on).get(code) or RULES.newest("limit", code)
    if rule is None:
        raise LookupError(f"rules.toml of evidence has no limit {code}.")
    return int(rule.extra["number"])


def types(on: dt.date) -> dict[str, str]:
    """Return the code of each type that is taken in on a day, by the endings of its names."""
    return {e: code for code, rule in RULES.on("type", on).items() for e in rule.extra["endings"]}


def type_title(code: str) -> str:
    """Return the words of a type."""
    return RULES.title("type", code)


def reading(on: dt.date) -> Limits:
    """Return how much the readers of files take in."""
    return Limits(
        pixels=limit("pixels", on) * 10**6,
        whole=limit("whole", on) * MEGABYTE,
        entries=limit("entries", on),
        unpacked=limit("unpacked", on) * MEGABYTE,
    )
