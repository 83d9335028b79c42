"""Prepare the pages of a closing, as plain values."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import resolve, reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import presenters as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status.hooks import Check
from lamplighter.hub.closing import checking, policies, rules
from lamplighter.hub.closing.checking import Checked
from lamplighter.hub.closing.models import Considered, Signature
from lamplighter.hub.closing.published import Dropped
from lamplighter.hub.closing.selectors import Proposed, answer_of
from lamplighter.reporting.words import count, day, listed

by = cases.by


def check(found: Check, case: Case, user: User) -> dict[str, Any]:
    """Return a check with the page where it is done, where this person may open it."""
    href = reverse(found.page, args=[case.key]) if found.page else ""
    may = getattr(resolve(href).func, "permission", None) if href else None
    return {
        "title": found.title,
        "done": found.done,
        "says": found.says,
        # The page of one decision comes back here.
        "href": (f"{href}?then=closing" if href else "") if may is None or may(user) else "",
    }


def checked(found: Checked, case: Case, user: User) -> dict[str, Any]:
    """Return the checks that somebody reads, those that are missing first.

    A page that is only looked at says nothing of the sides that its reader does not read, not even how many
    things are missing there: that is told to whoever proposes an outcome, or closes the case.
    """
    rows = [check(c, case, user) for c in found.mine]
    missing = [row for row in rows if not row["done"]]
    read = checking.readable(user, case)
    others = [words for side, words in checking.SIDES.items() if side not in read]
    nothing = "Nothing is missing of what you can read." if others else "Nothing is missing."
    return {
        "missing": missing,
        "done": [row for row in rows if row["done"]],
        "elsewhere": [_unread(others)] if others else [],
        "summary": f"{count(len(missing), 'thing')} {'is' if len(missing) == 1 else 'are'} missing."
        if missing
        else nothing,
    }


def _unread(sides: list[str]) -> str:
    need = "needs" if len(sides) == 1 else "need"
    return (
        f"What {listed(sides, 'and')} still {need} is said when an outcome is proposed, or the case closed."
    )


def proposal(found: Proposed | None) -> dict[str, Any] | None:
    """Return the proposal that stands, its signatures and overrides."""
    if found is None:
        return None
    return {
        "key": found.row.key,
        "title": rules.called(found.row.outcome),
        "outcome": found.row.outcome,
        "reason": found.row.reason,
        "by": by(found.row),
        "at": found.row.at,
        "refused": found.refused,
        "carried": found.carried,
        "signatures": [
            {
                "title": f"{s.get_capacity_display()}: {s.get_answer_display().lower()}",
                "words": s.words,
                "by": by(s),
                "at": s.at,
            }
            for s in found.signatures
        ],
        "waits": [c.label for c in Signature.Capacity if not found.signed(c)] if not found.refused else [],
        "overrides": [
            {
                "reason": o.reason,
                "by": by(o),
                "at": o.at,
                "senior": o.senior.display_name,
                "answer": answer.get_answer_display() if (answer := answer_of(o)) else "",
                "words": answer.words if answer else "",
                "answered_at": answer.at if answer else None,
            }
            for o in found.overrides
        ],
        "overridden": found.overridden is not None,
    }


def considered(found: dict[str, Considered]) -> list[dict[str, Any]]:
    """Return what was considered, each with its findings."""
    today = timezone.localdate()
    return [
        {
            "title": row.get_what_display(),
            "found": [policies.choices(row.what, today).get(code, code) for code in row.found],
            "words": row.words,
            "by": by(row),
            "at": row.at,
        }
        for row in found.values()
    ]


MISSING = {
    "risk.in_date": "risk assessment in date",
    "victim.impact": "impact on the victim",
    "closing.evidence_led": "evidence-led prosecution",
    "closing.suspect": "earlier reports about the suspect",
    "closing.victim": "earlier reports by the victim",
    "closing.sign.lead": "signature of a stalking lead",
    "closing.sign.supervisor": "signature of a supervisor",
    "closing.told": "victim told of the decision",
    "closing.told.review": "victim told of the right to a review",
}


def in_short(code: str) -> str:
    """Return what a check is called where no case is named: in the hub's figures."""
    if code.startswith("enquiries."):
        return "lines of enquiry"
    return MISSING.get(code, code.split(".", 1)[-1].replace("_", " "))


def missing(rows: list[Dropped]) -> list[tuple[str, int]]:
    """Return in how many cases that an override dropped each thing was missing, the most frequent first."""
    found = Counter(
        text for row in rows if row.override for text in {in_short(c) for c in row.override.ask.missing}
    )
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def published(rows: list[Dropped]) -> list[dict[str, Any]]:
    """Return the rows of the published list."""
    return [
        {
            "reference": row.closing.case.reference,
            "href": reverse("closing:page", args=[row.closing.case.key]),
            "outcome": rules.called(row.closing.dropped_as),
            "on": day(timezone.localdate(row.closing.at)),
            "by": f"{row.override.by.display_name}, {row.override.by.agency}"
            if row.override and row.override.by
            else "",
            "why": row.override.words if row.override else "",
            "missing": listed(sorted({in_short(c) for c in row.override.ask.missing}), "and")
            if row.override
            else "",
        }
        for row in rows
    ]
