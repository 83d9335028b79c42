"""Calls that amend a typed report: storing, linkage and patterns are one transaction."""

from __future__ import annotations

from typing import Any

from lamplighter.hub.arrivals.saving import services as corrected_reports
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.intake.reports.selectors import HeldReport
from tests.integration.intake import making
from tests.integration.resilience.world import WHY, Act, World


def _document(**changes: Any) -> dict[str, Any]:
    return making.document(answered={}, **changes)


def _typed(w: World) -> None:
    documents.receive_document(_document(), w.police.agency, w.police)


def _held(w: World) -> HeldReport:
    return versions.find(w.police, ReportVersion.objects.latest("pk").key)


def _correct(w: World) -> Any:
    held = _held(w)
    told = _document(summary="He followed her home")
    return corrected_reports.correct_report(w.police, held, told, seen=held.newest.pk, reason=WHY)


def _withdraw(w: World) -> Any:
    held = _held(w)
    return corrected_reports.withdraw_report(w.police, held, seen=held.newest.pk, reason=WHY)


def _withdrawn(w: World) -> None:
    _typed(w)
    _withdraw(w)


CALLS: dict[str, tuple[Act, Act]] = {
    "save a typed report": (lambda w: None, lambda w: corrected_reports.save_report(w.police, _document())),
    "correct a typed report": (_typed, _correct),
    "withdraw a typed report": (_typed, _withdraw),
    "put a typed report back": (
        _withdrawn,
        lambda w: corrected_reports.put_back_report(w.police, _held(w), reason=WHY),
    ),
}
