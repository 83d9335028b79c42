"""Decide the readers of a report's words: the sender's choice, its basis, and what others are told.

What an advocacy or a health service is told, it is told in confidence. Its own people alone read the words
of its reports until it chooses others; the database decides (``access/wall/readers.sql``), and nothing here
can show more. Everybody else who reads reports is told that the report is held, its date and whom to ask
(:func:`elsewhere`). Linkage and the rules read everything, as services.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from lamplighter.hub.access.wall.partitions import CONFIDING
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake.models import ReaderChoice
from lamplighter.hub.legal_bases.rules import CONSENT, RULES
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.words import day

PURPOSE = "receive reports"
Readers = ReaderChoice.Readers
# Who may be named: the kinds of agency whose people read reports at all.
NAMEABLE = frozenset({Agency.Kind.POLICE, Agency.Kind.ADVOCACY, Agency.Kind.HEALTH, Agency.Kind.HUB})


@dataclass(frozen=True, slots=True)
class Choice:
    """Sender's choice for one report: columns of :class:`ReaderChoice`."""

    readers: str = Readers.OWN
    agencies: tuple[str, ...] = ()
    basis: str = ""
    consent_of: str = ""
    consent_how: str = ""
    consent_on: dt.date | None = None
    threshold: str = ""
    reason: str = ""


OWN = Choice()


def asked_of(agency: Agency | None) -> bool:
    """Return whether reports of this agency are told in confidence, so that it chooses who reads them."""
    return agency is not None and agency.kind in CONFIDING


def told_in_confidence() -> set[str]:
    """Codes of the agencies whose reports are told in confidence."""
    return set(Agency.objects.filter(kind__in=CONFIDING).values_list("pk", flat=True))


def _reach_police(choice: Choice) -> bool:
    if choice.readers == Readers.NAMED:
        return Agency.objects.filter(pk__in=choice.agencies, kind=Agency.Kind.POLICE).exists()
    return choice.readers != Readers.OWN


def checked(choice: Choice, agency: Agency, on: dt.date) -> Choice:
    """Return the choice without what does not belong to it.

    Raises:
        NotPossibleError: it names no agency, rests on nothing, or does not say whose consent it is and when.
    """
    if choice.readers not in Readers.values:
        raise NotPossibleError("Choose who may read what you wrote", "readers")
    if choice.readers == Readers.OWN:
        return replace(OWN, reason=choice.reason)
    named = choice.agencies if choice.readers == Readers.NAMED else ()
    if choice.readers == Readers.NAMED:
        held = set(Agency.objects.filter(pk__in=named, kind__in=NAMEABLE).values_list("pk", flat=True))
        if not named or held != set(named) or agency.code in held:
            raise NotPossibleError("Choose at least one other agency that may read it", "agencies")
    if choice.basis not in RULES.on("basis", on):
        raise NotPossibleError("Choose the legal basis: consent, or the law that allows it", "basis")
    choice = replace(choice, agencies=tuple(sorted(named)))
    if choice.basis == CONSENT:
        return replace(_with_consent(choice, on), threshold="")
    return replace(_with_law(choice, agency, on), consent_of="", consent_how="", consent_on=None)


def _with_consent(choice: Choice, on: dt.date) -> Choice:
    if choice.consent_of not in RULES.on("consent_of", on):
        raise NotPossibleError("Choose whose consent it is", "consent_of")
    if choice.consent_how not in RULES.on("consent_how", on):
        raise NotPossibleError("Choose how the consent was given", "consent_how")
    if choice.consent_on is None:
        raise NotPossibleError("Enter the date of the consent", "consent_on")
    if choice.consent_on > on:
        raise NotPossibleError("The date of the consent must not be in the future", "consent_on")
    return choice


def _with_law(choice: Choice, agency: Agency, on: dt.date) -> Choice:
    if not choice.reason.strip():
        raise NotPossibleError("Say why others may read it without consent", "reason")
    if agency.kind != Agency.Kind.ADVOCACY or not _reach_police(choice):
        return replace(choice, threshold="")
    # As sharing has it: confidences reach the police without consent at a threshold of risk.
    if choice.threshold not in RULES.on("threshold", on):
        raise NotPossibleError(
            "Without consent, the police may read it only at a threshold of risk. Choose which", "threshold"
        )
    return choice


def newest(report_id: str) -> ReaderChoice | None:
    """Return the sender's last choice, as far as the person who asks may read it."""
    return ReaderChoice.objects.filter(report_id=report_id).order_by("-pk").first()


def standing(report_ids: Collection[str]) -> dict[tuple[str, str], Readers]:
    """Return the sender's last choice for each report, by report and agency, as far as one may read it."""
    rows = ReaderChoice.objects.filter(report_id__in=list(report_ids)).order_by("pk")
    return {(r, a): Readers(c) for r, a, c in rows.values_list("report_id", "agency_id", "readers")}


def history(report_id: str) -> list[ReaderChoice]:
    """Everything that the sender said, newest first."""
    return list(ReaderChoice.objects.filter(report_id=report_id).select_related("by").order_by("-pk"))


# What everybody else is told ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A report whose words whoever asks may not read."""

    report_id: str
    key: uuid.UUID
    agency: str
    reported_at: dt.datetime | None

    @property
    def words(self) -> str:
        """That it is held, its date, and whom to ask."""
        on = f" of {day(self.reported_at)}" if self.reported_at else ", date not given"
        return f"{self.agency} holds a report{on}. Ask them."


_ELSEWHERE = "SELECT report_id, key, agency, reported_at FROM access.held_elsewhere(%s::text[], %s)"


def elsewhere(report_ids: Collection[str], key: uuid.UUID | None = None) -> list[Elsewhere]:
    """Return those of some reports, or the one of this key, whose words whoever asks may not read."""
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, [list(report_ids), key])
        rows = cursor.fetchall()
    names = dict(Agency.objects.filter(pk__in={row[2] for row in rows}).values_list("pk", "name"))
    return [Elsewhere(r, k, names.get(a, a), at) for r, k, a, at in rows]


def from_document(told: Any) -> Choice:
    """Read what a feed or a mapping says under ``readers``.

    Raises ``NotPossibleError`` for what is no choice.
    """
    if not isinstance(told, dict):
        raise NotPossibleError("Not an object", "readers")
    unknown = set(told) - set(Choice.__slots__)
    if unknown:
        raise NotPossibleError("It has a name that is not known", "readers")
    values = dict(told)
    agencies = values.pop("agencies", [])
    on = values.pop("consent_on", None)
    if not isinstance(agencies, list) or not all(isinstance(a, str) for a in agencies):
        raise NotPossibleError("Not a list of codes of agencies", "agencies")
    if not all(isinstance(v, str) for v in values.values()):
        raise NotPossibleError("A value is not text", "readers")
    try:
        given = dt.date.fromisoformat(on) if isinstance(on, str) else on
    except ValueError:
        raise NotPossibleError("Not a date such as 2026-05-03", "consent_on") from None
    if given is not None and not isinstance(given, dt.date):
        raise NotPossibleError("Not a date such as 2026-05-03", "consent_on")
    return Choice(agencies=tuple(agencies), consent_on=given, **values)
