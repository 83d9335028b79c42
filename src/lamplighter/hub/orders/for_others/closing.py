"""Orders and breaches that are still open before an outcome drops a case: see ``cases.status.hooks``."""

from __future__ import annotations

from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.status.hooks import Check
from lamplighter.hub.orders import selectors

PAGE, DECIDE = "orders:page", "orders:decide"


def checks(case: Case, outcome: str) -> list[Check]:
    """Return whether an order was decided on, and whether each breach was answered. As the service."""
    found = [_decision(case)]
    open_ones = {one.breach.key: one for one in selectors.breaches_unanswered(case)}
    for one in selectors.breaches(case):
        if one.same:
            continue
        open_one = open_ones.get(one.breach.key)
        missing = [] if open_one is None else _missing(open_one)
        found.append(
            Check(
                "orders.breach",
                "Breach: an arrest or a reason, and whether it was a further stalking offence",
                open_one is None,
                "Answered, and looked at as stalking." if open_one is None else " ".join(missing),
                page=PAGE,
            )
        )
    return found


def _decision(case: Case) -> Check:
    ended = selectors.court_ends(case)
    undecided = selectors.spo_decision_missing(case)
    says = "Decided." if not undecided else "Nobody has recorded whether one is applied for, and why."
    if not undecided and selectors.decision(case) is None:
        says = "Nobody is named as a suspect, so none could be applied for."
    if ended:
        says = "Proceedings ended, and nobody has recorded whether an order was asked for."
    page = DECIDE if undecided and not ended else PAGE
    return Check("orders.decision", "Stalking protection order", not undecided and not ended, says, page=page)


def _missing(one: selectors.Broken) -> list[str]:
    """Say what nobody has recorded of a breach."""
    return [
        text
        for there, text in (
            (one.answers, "Nobody has recorded an arrest, or why there was none."),
            (one.checks, "Nobody has looked at whether it was a further stalking offence."),
        )
        if not there
    ]
