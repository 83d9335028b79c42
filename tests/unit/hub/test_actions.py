"""What a page shows of a refusal, and of a conflict: nothing that was typed is lost."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.test import RequestFactory

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.design import actions
from lamplighter.hub.design.reasons import asking, reason
from lamplighter.hub.site.refusals import FIRST, ConflictError, NotPossibleError

WhyForm = asking(reason(), VersionForm)


def sent(**typed: str) -> forms.Form:
    form = WhyForm({"reason": "She moved", "version": "1"} | typed)
    assert form.is_valid()
    return form


@pytest.mark.parametrize(
    ("refusal", "field", "where"),
    [
        (NotPossibleError("No."), "", "__all__"),
        (NotPossibleError("No.", "reason"), "", "reason"),
        (NotPossibleError("No."), "reason", "reason"),
        # A service that knows of no form may name an answer that this one has not.
        (NotPossibleError("No.", "words"), "reason", "reason"),
        (NotPossibleError("No.", "words"), "", "__all__"),
    ],
)
def test_a_refusal_stands_beside_its_answer(refusal: NotPossibleError, field: str, where: str) -> None:
    form = sent()
    assert actions.refused(form, refusal, field=field) == {}
    assert dict(form.errors) == {where: ["No."]}
    assert (form["reason"].value(), form["version"].value()) == ("She moved", "1")


def test_a_conflict_shows_both_and_is_sent_again_by_somebody_who_has_read_both() -> None:
    form = sent()
    newest = SimpleNamespace(key=2, words="He moved")

    def both(theirs: Any, typed: dict[str, Any]) -> dict[str, Any]:
        return {"both": (theirs.words, typed["reason"])}

    shown = actions.refused(form, ConflictError(newest=newest), field="reason", both=both)
    assert shown == {"both": ("He moved", "She moved")}
    assert dict(form.errors) == {"__all__": [FIRST]}
    assert (form["reason"].value(), form["version"].value()) == ("She moved", "2")


def test_a_page_by_itself_is_returned_as_it_is() -> None:
    request = RequestFactory().post("/", {"reason": "She moved", "version": ""})
    made = actions.page(
        request, "none.html", WhyForm(request.POST), lambda given: HttpResponse(given["reason"])
    )
    assert made.content == b"She moved"
