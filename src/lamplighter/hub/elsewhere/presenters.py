"""Prepare the pages of what is known elsewhere, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.hub.cases import presenters as cases
from lamplighter.hub.elsewhere.answer_files import DOUBTS, belief_word
from lamplighter.hub.elsewhere.models import Decision, Known, Release
from lamplighter.hub.elsewhere.selectors import Asked
from lamplighter.reporting.words import count, day, listed

# The file says that somebody is known, and no more. What it leaves out is said on every page of it.
DOES_NOT_SAY = (
    "What was reported there, by whom, and when.",
    "Who the victims are, and how many.",
    "Whether anything was proven, and how dangerous anybody is.",
)

_SURE = {
    "almost_certain": "Almost certainly",
    "very_likely": "Very likely",
    "likely": "Likely",
    "possible": "Possibly",
}


def page(
    rows: Sequence[Known], decided: Mapping[tuple[str, str], Decision], asked: Sequence[Asked]
) -> dict[str, Any]:
    """Return everything that one look shows."""
    newest = rows[0].release if rows else ""
    current = [row for row in rows if row.release == newest]
    named = {(row.suspect, row.force) for row in current}
    earlier: dict[str, str] = {}
    for row in rows:
        if (row.suspect, row.force) not in named:
            earlier.setdefault(row.force_name, f"{row.force_name}, in the release of {day(row.as_at)}")
    stands = {key for key, d in decided.items() if d.decision == Decision.Said.NOT_THE_SAME}
    left = {row.force for row in current if (row.suspect, row.force) not in stands}
    return {
        "summary": _summary(current, left),
        "forces": [_force(row, decided.get((row.suspect, row.force)), asked) for row in current],
        "unnamed": _unnamed(current),
        "earlier": sorted(earlier.values()),
        "as_of": day(current[0].as_at) if current else "",
        "release": newest,
        "read": _read(current[0]) if current else "",
        "does_not_say": DOES_NOT_SAY,
    }


def _summary(current: Sequence[Known], left: set[str]) -> str:
    if not current:
        return "The national index has no answer about this suspect that you can see."
    if not left:
        return "The police on this case decided that each of the people named below is somebody else."
    return f"Known in {count(len(left), 'other force')}."


def _unnamed(current: Sequence[Known]) -> str:
    """Say how many forces know the suspect and are not named, for the record that most know."""
    forces: dict[str, int] = {}
    for row in current:
        forces[row.suspect] = forces.get(row.suspect, 0) + 1
    more = max((row.forces_known - forces[row.suspect] for row in current), default=0)
    if more < 1:
        return ""
    return f"{count(more, 'more force')} that the index may not name: ask the index how to reach them."


def _read(row: Known) -> str:
    told = f"The records of {count(row.forces_read, 'force')} were read."
    if row.forces_missing:
        left = listed(sorted(row.forces_missing), "and")
        missing = count(len(row.forces_missing), "force")
        theirs = "it knows" if len(row.forces_missing) == 1 else "they know"
        told += (
            f" Not read, because late or withdrawn: {missing} ({left}). What {theirs} is not in the answer."
        )
    return told


def _force(row: Known, decision: Decision | None, asked: Sequence[Asked]) -> dict[str, Any]:
    stands = decision is not None and decision.decision == Decision.Said.NOT_THE_SAME
    mine = [one for one in asked if one.row.force == row.force]
    return {
        "key": row.key,
        "name": row.force_name,
        "kind": row.get_kind_display(),
        "sure": how_sure(row.belief),
        "doubts": [
            _upper(DOUBTS.get(code, "for a reason that this version does not know")) for code in row.doubts
        ],
        "contact": row.contact_name,
        "email": row.contact_email,
        "phone": row.contact_phone,
        "not_the_same": stands,
        "decided": f"{cases.by(decision)}, decided so on {day(decision.at)}: “{decision.reason}”"
        if stands and decision
        else "",
        "asked": [one_request(one) for one in mine],
    }


def how_sure(belief: float) -> str:
    """Say a belief in words and as a number, and never as certain."""
    right = min(99, round(belief * 100))
    words = _SURE.get(belief_word(belief), "Perhaps")
    return f"{words} the same person: right in about {right} of 100 such cases"


def one_request(one: Asked) -> dict[str, Any]:
    """Return a request and its answer in words."""
    reply = one.reply
    return {
        "key": one.row.key,
        "force": one.row.force_name,
        "asked": f"Asked on {day(one.row.asked_on)} by {cases.by(one.row)}",
        "question": one.row.question,
        "answer": f"{reply.get_outcome_display()}, {day(reply.answered_on)}"
        if reply
        else "No answer recorded",
        "learnt": reply.learnt if reply else "",
        "open": reply is None,
    }


def releases(rows: Sequence[Release]) -> list[dict[str, Any]]:
    """Return the releases that this hub has an answer of."""
    return [
        {
            "key": row.key,
            "name": row.name,
            "as_at": day(row.as_at),
            "counts": f"{count(row.rows, 'row')} about {count(row.suspects, 'suspect')}, "
            f"{row.matched:,} of whom this hub knows by their token",
            "forces": f"{count(row.forces_read, 'force')} read"
            + (f", missing: {listed(sorted(row.forces_missing), 'and')}" if row.forces_missing else ""),
            "imported": f"{day(row.imported_at)} by {row.imported_by.display_name}",
            "withdrawn": _withdrawn(row),
        }
        for row in rows
    ]


def _withdrawn(row: Release) -> str:
    if row.withdrawn_at is None or row.withdrawn_by is None:
        return ""
    return f"Withdrawn on {day(row.withdrawn_at)} by {row.withdrawn_by.display_name}: {row.why_withdrawn}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
