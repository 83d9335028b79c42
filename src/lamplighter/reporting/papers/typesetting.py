"""Set a paper with Typst: only the fonts in the wheel, tagged, the same bytes for the same input."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import typst


def pdf(name: str, data: Mapping[str, Any], as_at: dt.datetime) -> bytes:
    """Return the paper that the template ``name`` makes of ``data``, conforming to PDF/UA-1.

    ``as_at`` (aware) is the time in its metadata. Raises ``RuntimeError`` where it is no single file.
    """
    made = typst.Compiler(template(name), font_paths=fonts()).compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(as_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise RuntimeError("The typesetter returned no single file.")
    return made


@cache
def template(name: str) -> bytes:
    """Return the text of a template."""
    return (files("lamplighter.reporting") / name).read_bytes()


@cache
def fonts() -> typst.Fonts:
    """Return the fonts of the wheel, and no others."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
