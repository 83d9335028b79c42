"""Prepare the pages of a second opinion: who declined to judge, and how far two raters agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lamplighter.hub.risk.models import BlindDecline
from lamplighter.hub.risk.presenters import by, on
from lamplighter.hub.risk.second_opinion.agreement import FEW, Agreement, Figure

SPACE = "\N{NO-BREAK SPACE}"


def decline(row: BlindDecline) -> dict[str, Any]:
    """Return who declined to judge a case blind, and why."""
    return {
        "case": row.case,
        "by": by(row),
        "on": on(row.at),
        "why": row.get_why_display(),
        "words": row.words,
    }


def figures(rows: Sequence[Agreement]) -> list[dict[str, Any]]:
    """The agreement of each judgement, in words for a table."""
    return [
        {
            "title": row.title,
            "n": row.n,
            "left_out": row.left_out,
            "few": 0 < row.n < FEW,
            "same": f"{row.same} of {row.n}" if row.n else "None",
            "higher": row.higher,
            "lower": row.lower,
            "kappa": _figure(row.kappa),
            "icc": _figure(row.icc),
        }
        for row in rows
    ]


def _figure(found: Figure) -> str:
    if found.value is None:
        return found.why_not
    limits = [f"{x:.2f}" for x in (found.lower, found.upper) if x is not None]
    # Not to be broken between two lines: a figure is read with both of its limits.
    return f"{found.value:.2f} ({f'{SPACE}to{SPACE}'.join(limits)})"
