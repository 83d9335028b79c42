"""Check what a release must say before it is made. Who may see what is for the wall."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.legal_bases.rules import CONSENT, RULES
from lamplighter.hub.sharing.models import NEVER_FROM_THE_VAULT, Crossing
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.schedule import withhold

KINDS_OF = {
    "police": {Agency.Kind.POLICE},
    "health": {Agency.Kind.HEALTH, Agency.Kind.PROBATION},
    "advocacy": {Agency.Kind.ADVOCACY},
    "shared": set(Agency.Kind),
}
NEEDS_THRESHOLD = ("police", "shared")
LEAST_DIGITS = 9  # of a telephone number, before it counts as one: a date has eight


def stands(row: Crossing, now: dt.datetime) -> bool:
    """Tell whether it can still be read, and so be taken back."""
    return row.withdrawn_at is None and row.expires_at > now


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that is decided about a release before it is made. Codes are those of ``rules.toml``."""

    from_partition: str
    to_partition: str
    kind: str
    title: str
    text: str
    basis: str
    necessity: str
    proportionality: str
    expires_on: dt.date
    to_agencies: tuple[str, ...] = ()
    consent_of: str = ""
    consent_how: str = ""
    consent_on: dt.date | None = None
    threshold: str = ""
    threshold_words: str = ""


def needs_threshold(from_partition: str, to_partition: str, basis: str) -> bool:
    """A victim's confidence that reaches the police, alone or with the others, without consent."""
    return from_partition == "advocacy" and to_partition in NEEDS_THRESHOLD and basis != CONSENT


def check(draft: Draft, today: dt.date, on_case: Collection[Agency], origins: Collection[str]) -> None:
    """Refuse what may not cross, goes to nobody, or does not say what it must.

    ``on_case`` are the agencies that work on the case, ``origins`` the
    partitions that the person writes.
    """
    check_readers(draft, today, on_case, origins)
    _check_words(draft)
    _check_basis(draft, today)


def check_readers(
    draft: Draft, today: dt.date, on_case: Collection[Agency], origins: Collection[str]
) -> None:
    """Refuse what may not cross, goes to nobody, or has no end: what can be said before the rest is asked."""
    _check_way(draft, origins)
    _check_recipients(draft, on_case)
    _check_expiry(draft, today)


def _check_way(draft: Draft, origins: Collection[str]) -> None:
    if draft.from_partition not in origins:
        raise NotPossibleError("You can share only what your own side holds.", "from_partition")
    same = draft.to_partition == draft.from_partition and draft.from_partition != "health"
    if draft.to_partition not in KINDS_OF or same:
        raise NotPossibleError("Choose another side.", "to_partition")
    if draft.from_partition == "vault" and draft.to_partition in NEVER_FROM_THE_VAULT:
        raise NotPossibleError(
            "Where the victim is, and how to reach them, is never released to those who work "
            "with the suspect, nor to everybody on the case.",
            "to_partition",
        )


def check_source(draft: Draft, partition: str) -> None:
    """Check that its source is on the side that releases it; empty: it was taken from nothing."""
    if partition and partition != draft.from_partition:
        raise NotPossibleError("Release it from the side that it is on.")


def _check_recipients(draft: Draft, on_case: Collection[Agency]) -> None:
    kinds = {agency.code: agency.kind for agency in on_case}
    fitting = {code for code, kind in kinds.items() if kind in KINDS_OF[draft.to_partition]}
    if set(draft.to_agencies) - fitting:
        raise NotPossibleError("Choose agencies that work on the case and are of that side.", "to_agencies")
    to_probation = bool(draft.to_agencies) and all(
        kinds[code] == Agency.Kind.PROBATION for code in draft.to_agencies
    )
    if draft.to_partition == draft.from_partition and not to_probation:
        raise NotPossibleError(
            "Name the probation service that it is for; the health service reads it already.",
            "to_agencies",
        )
    # Probation is of that side only for what names it.
    without_name = {c for c in fitting if kinds[c] != Agency.Kind.PROBATION or draft.to_partition == "shared"}
    if not (draft.to_agencies or without_name):
        raise NotPossibleError(
            "Nobody would receive it. Name the probation service below."
            if fitting
            else "Nobody of that side works on the case.",
            "to_agencies" if fitting else "to_partition",
        )


def _check_words(draft: Draft) -> None:
    wanted = (
        ("title", draft.title, "Enter a heading for the recipient."),
        ("text", draft.text, "Enter the words that the recipient will read."),
        ("necessity", draft.necessity, "Say why the recipient needs this."),
        ("proportionality", draft.proportionality, "Say why this much is right, and no more."),
    )
    for field, words, refusal in wanted:
        if not words.strip():
            raise NotPossibleError(refusal, field)


def _check_basis(draft: Draft, today: dt.date) -> None:
    if draft.kind not in RULES.on("kind", today):
        raise NotPossibleError("Choose what kind of information it is.", "kind")
    if draft.basis not in RULES.on("basis", today):
        raise NotPossibleError("Choose consent, or another legal basis.", "basis")
    if draft.basis == CONSENT:
        if not (draft.consent_of and draft.consent_how and draft.consent_on):
            raise NotPossibleError("Say whose consent it is, how it was given, and when.", "consent_of")
        if draft.consent_on > today:
            raise NotPossibleError("The day of the consent must not be in the future.", "consent_on")
    if needs_threshold(draft.from_partition, draft.to_partition, draft.basis):
        if draft.threshold not in RULES.on("threshold", today):
            raise NotPossibleError(
                "Without consent, what was told in confidence goes to the police only when a threshold of "
                "risk is met. Choose which.",
                "threshold",
            )
        if not draft.threshold_words.strip():
            raise NotPossibleError("Say what shows that the threshold is met.", "threshold_words")


def _check_expiry(draft: Draft, today: dt.date) -> None:
    most = RULES.one("expiry", today).extra["most"]
    if draft.expires_on <= today:
        raise NotPossibleError("The release must end after today.", "expires_on")
    if draft.expires_on > today + dt.timedelta(days=most):
        raise NotPossibleError(
            f"A release can last {most} days at most. Release it again when it is needed longer.",
            "expires_on",
        )


def check_hides(text: str, hidden: Collection[str]) -> None:
    """Refuse text that repeats what is in the vault, however it is spaced or punctuated."""
    digits = re.sub(r"\D", "", text)
    numbers = (re.sub(r"\D", "", term) for term in hidden)
    repeated = any(len(n) >= LEAST_DIGITS and n in digits for n in numbers)
    if repeated or withhold(text, hidden) != text:
        raise NotPossibleError(
            "These words hold an address or another way to reach the victim that is in the vault. "
            "Take it out: those who would read this must not have it.",
            "text",
        )


def check_withdrawal(withdrawn: bool, ended: bool, reason: str) -> None:
    if withdrawn:
        raise NotPossibleError("It has been withdrawn already.")
    if ended:
        raise NotPossibleError("It has ended by itself: nobody on the other side can read it any more.")
    if not reason.strip():
        raise NotPossibleError("Enter a reason.")
