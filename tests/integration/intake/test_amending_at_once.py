"""Two who correct, or withdraw, one report at the same moment: one is told, one version is made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.accounts.services import ensure_agency, ensure_user
from lamplighter.hub.arrivals.saving import services as corrected_reports
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.models import Amendment, ReportVersion
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.intake.reports.selectors import HeldReport
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.intake import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.own_server]


def given_a_typed_report() -> tuple[User, HeldReport]:
    agency = ensure_agency("force-a", "Force A")
    user = ensure_user(
        "officer", password="a lamp in every street", display_name="A", role=Role.INVESTIGATOR, agency=agency
    )
    document = making.document() | {"people": [making.document()["people"][0]], "answered": {}}
    documents.receive_document(document, agency, user)
    return user, versions.find(user, ReportVersion.objects.get().key)


def at_once(*acts: Callable[[], Any]) -> list[NotPossibleError]:
    """Do all of them at the same moment; who was told no, and how."""
    ready, told = threading.Barrier(len(acts)), list[NotPossibleError]()

    def run(act: Callable[[], Any]) -> None:
        try:
            ready.wait(10)
            act()
        except NotPossibleError as problem:
            told.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.mark.parametrize("second", ["correct", "withdraw"])
def test_one_is_told_and_the_other_has_made_the_only_version(second: str) -> None:
    user, held = given_a_typed_report()
    seen = held.newest.pk
    told = making.document() | {"people": [making.document()["people"][0]], "answered": {}}

    def correct(words: str) -> None:
        corrected_reports.correct_report(user, held, told | {"summary": words}, seen=seen, reason="Misheard.")

    other = (
        (lambda: correct("He came back"))
        if second == "correct"
        else (lambda: corrected_reports.withdraw_report(user, held, seen=seen, reason="A test."))
    )
    (problem,) = at_once(lambda: correct("He followed her home"), other)
    assert Amendment.objects.count() == 1
    corrected = ReportVersion.objects.count() == 2
    assert ReportVersion.objects.filter(superseded_at=None).count() == (1 if corrected else 0)
    assert isinstance(problem, ConflictError) == corrected
