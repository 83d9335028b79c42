"""The part of the configuration that says why information is not shared, and what is warned of before."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import (
    Rows,
    Value,
    code,
    origin,
    text,
)

TITLE = text("title", "Words", longest=200, shown=False)
REFUSALS = Part(
    "refusals",
    "Not sharing",
    "Why information is not shared, and what is warned of before it is.",
    Path(__file__).with_name("refusals.toml"),
    (
        Rows(
            "refusal",
            "Reasons for not sharing",
            (code(), TITLE, text("hint", "Hint", optional=True), *origin()),
            # The database itself keeps it on the advocates' side.
            always=("immigration_status",),
        ),
        Rows(
            "warning",
            "Warnings before a release",
            (
                code(),
                text("title", "Words", shown=False),
                Value("receivers", "Where the receiver’s name holds", many=True, may_be_empty=True),
                Value("words", "Where the text holds", many=True, may_be_empty=True),
                *origin(),
            ),
        ),
    ),
)
PARTS = (REFUSALS,)
