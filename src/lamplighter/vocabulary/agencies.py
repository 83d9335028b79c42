"""Agencies that own reports, and what their references look like."""

from __future__ import annotations

from dataclasses import dataclass

from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.supplied import remembered


@dataclass(frozen=True, slots=True)
class ReferenceShape:
    """``pattern`` has three groups (head, number, tail); the number is padded with zeros to ``pad``
    digits.
    """

    agency: str
    pattern: str
    pad: int


@remembered
def reference_shapes() -> tuple[ReferenceShape, ...]:
    """Return the shape of each agency's own references, for agencies whose list gives one."""
    return tuple(
        ReferenceShape(code.code, str(code.extra["reference"]), int(code.extra.get("pad", 0)))
        for code in code_set("agencies").codes.values()
        if code.extra.get("reference")
    )


@remembered
def agency_named(text: str) -> str | None:
    """Return the agency's code for a name as people write it ('Force A'), or ``None``."""
    wanted = " ".join(text.lower().split())
    for code in code_set("agencies").codes.values():
        if wanted in {code.code, code.title.lower(), *code.extra.get("names", ())}:
            return code.code
    return None
