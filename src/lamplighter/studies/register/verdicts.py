"""Tell how a recommendation stands for one body on a day, and by how many days it has slipped.

Worked out from what the register held on that day, by rules written before the evidence: what was entered
later changes nothing. Silence is no answer: where nothing is held, it is said that nothing is held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from lamplighter.studies.register.entries import Claim, Evidence, Recommendation, Register, known

NO_RESPONSE, REJECTED, ACCEPTED, CLAIMED, EVIDENCED, CONTRADICTED, LAPSED = STATUSES = (
    "no_response",
    "rejected",
    "accepted",
    "claimed_done",
    "evidenced",
    "contradicted",
    "lapsed",
)
WORDS: Mapping[str, str] = {
    NO_RESPONSE: "No public evidence held",
    REJECTED: "Rejected",
    ACCEPTED: "Accepted",
    CLAIMED: "Said to be done, not shown",
    EVIDENCED: "Shown to be done",
    CONTRADICTED: "Evidence says it is not done",
    LAPSED: "Accepted, then silence",
}
MEANINGS: Mapping[str, str] = {
    NO_RESPONSE: "Nothing is held of what the body said or did about it. It may have acted.",
    REJECTED: "The body said that it will not do it.",
    ACCEPTED: "The body said that it will do it, or that it is doing it.",
    CLAIMED: "The body said that it did it. No evidence has been judged since.",
    EVIDENCED: "Evidence met the rule that was written before it.",
    CONTRADICTED: "It was said or shown to be done, and newer evidence did not meet the rule.",
    LAPSED: "It was accepted, its date passed, and its body’s own pages, read whole since, say nothing more.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing of a recommendation for one body on a day.

    ``slipped`` is in days from the first due date; ``None`` where it cannot be said. ``slip_words`` tell why.
    ``since_due`` is how long ago it was due, whoever did what; ``None`` without a due date.
    """

    status: str
    why: str
    since: dt.date | None
    slipped: int | None
    slip_words: str
    since_due: int | None
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]


def standing(register: Register, one: Recommendation, body: str, as_at: dt.date) -> Standing:
    """Return how a recommendation stood for a body at the end of a day, by what was then entered."""
    claims = tuple(
        sorted(
            (c for c in one.claims if c.by == body and c.own and known(c, as_at) and c.on <= as_at),
            key=lambda c: (c.on, c.number),
        )
    )
    evidence = tuple(
        sorted(
            (e for e in one.evidence if e.about == body and known(e, as_at)),
            key=lambda e: (e.until, e.published, e.number),
        )
    )
    whole = [x.on for x in register.looked(one.source, body, as_at) if x.whole]
    silent = register.lapse_days(as_at), max(whole, default=None)
    status, why, since = _status(one, claims, evidence, silent)
    slipped, words = _slip(one, status, claims, evidence, as_at)
    due = None if one.due is None else max(0, (as_at - one.due).days)
    return Standing(status, why, since, slipped, words, due, claims, evidence)


def _judged(one: Recommendation, evidence: tuple[Evidence, ...]) -> list[tuple[Evidence, bool]]:
    """Return the evidence that decides something, oldest first."""
    found = []
    for e in evidence:
        met = one.rule(e.rule).judge(e) if e.rule else None
        if met is not None:
            found.append((e, met))
    return found


def _status(
    one: Recommendation,
    claims: tuple[Claim, ...],
    evidence: tuple[Evidence, ...],
    silent: tuple[int, dt.date | None],
) -> tuple[str, str, dt.date | None]:
    """Return the status, why, and since when. ``silent``: days until a lapse, and the last whole look."""
    said = claims[-1] if claims else None
    judged = _judged(one, evidence)
    if judged:
        last, met = judged[-1]
        words = one.rule(last.rule).text
        retracted = said is not None and said.kind in ("not_done", "rejected") and said.on > last.published
        if met and not retracted:
            return EVIDENCED, f"Evidence met the rule: {words}", last.published
        answered = said is not None and said.on > last.until
        done = said is not None and said.kind == "done"
        if not met and not answered and (done or any(m for _, m in judged)):
            return CONTRADICTED, f"Evidence did not meet the rule: {words}", last.published
    if said is None:
        return NO_RESPONSE, MEANINGS[NO_RESPONSE], None
    since = None if said.by_then else said.on
    if said.kind == "rejected":
        return REJECTED, MEANINGS[REJECTED], since
    if said.kind == "done":
        none = "" if one.rules else " No rule of a verdict has been written for it."
        return CLAIMED, MEANINGS[CLAIMED] + none, since
    lapse, looked = silent
    # Nobody is said to be silent whose pages nobody has read since.
    if one.due is not None and looked and (ends := max(one.due, said.on) + dt.timedelta(lapse)) <= looked:
        return LAPSED, MEANINGS[LAPSED], ends
    return ACCEPTED, MEANINGS[ACCEPTED], since


def _slip(
    one: Recommendation,
    status: str,
    claims: tuple[Claim, ...],
    evidence: tuple[Evidence, ...],
    as_at: dt.date,
) -> tuple[int | None, str]:
    if one.due is None:
        return None, "No due date is held."
    if status == NO_RESPONSE:
        if as_at <= one.due:
            return 0, "It is not due yet."
        return None, "Nothing is held from which it could be said whether it slipped."
    if status == REJECTED:
        return None, "It was rejected: nothing is waited for."
    if status == EVIDENCED:
        met = [e for e, m in _judged(one, evidence) if m]
        return max(0, min((e.until - one.due).days for e in met)), "To the end of the period that shows it."
    if status == CLAIMED:
        done = claims[-1]
        if done.by_then and done.on > one.due:
            return None, "It is not held on which day it was said to be done."
        return max(0, (done.on - one.due).days), "By the body’s own account."
    if as_at <= one.due:
        return 0, "It is not due yet."
    return (as_at - one.due).days, "Nothing held says that it is done: the days run on."
