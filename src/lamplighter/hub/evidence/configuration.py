"""The part of the configuration that is about evidence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.evidence.files.opening import READERS
from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import Rows, Value, code, count, origin, text

SHIPPED = Path(__file__).with_name("rules.toml")
LIMITS = ("file", "files", "pixels", "whole", "entries", "unpacked", "pages", "database", "device")


def _readers() -> Mapping[str, str]:
    """Return the types that the software can open: a hub may take in fewer, and no others."""
    return {name: name for name in READERS}


def is_ending(value: str) -> str | None:
    """Check the ending of a name of a file."""
    good = value.startswith(".") and value[1:].isalnum() and value == value.lower() and len(value) <= 6
    return None if good else "be an ending such as “.pdf”, in lowercase"


PART = Part(
    "evidence",
    "Evidence",
    "Which types of files the hub takes in, how large they may be, and how long a device may take.",
    SHIPPED,
    (
        Rows(
            "limit",
            "Limits",
            (
                code(),
                text("title", "Words", longest=150, shown=False),
                count("number", "Limit", most=100_000),
                *origin(),
            ),
            # The software itself asks for these.
            always=LIMITS,
        ),
        Rows(
            "type",
            "Types of files",
            (
                Value("code", "Code", one_of=_readers),
                text("title", "Words", longest=60, shown=False),
                text("endings", "Endings", many=True, shape=is_ending),
                *origin(),
            ),
            some=True,
        ),
    ),
    also=("exhibit", "virus", "file"),
)
PARTS = (PART,)
