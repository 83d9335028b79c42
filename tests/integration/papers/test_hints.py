"""What is said to whoever finishes a paper stands on the draft alone."""

from __future__ import annotations

import pytest

from tests.integration.papers.telling import a_case, file, issue, make, officer, text_of

HINTS = {
    "schedule": ("Look for other addresses", "schedule of unused material"),
    "spo": ("Look for other addresses", "standard of proof", "Notice of hearsay", "to be checked before"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["pdf", "docx", "odt"])
@pytest.mark.parametrize("code", [*HINTS])
def test_hints_stand_on_the_draft_and_not_on_what_is_issued(code: str, form: str) -> None:
    by = officer()
    case = a_case(by)
    (row,) = make(by, case, code)
    draft = text_of(file(by, case, row, form), form)
    assert all(hint in draft for hint in HINTS[code])
    issue(by, case, row)
    issued = text_of(file(by, case, row, form), form)
    assert not [word for word in (*HINTS[code], "On the draft alone", "check it") if word in issued]
    # What a reader must know of it stands on both.
    for text in (draft, issued):
        assert "It is not a finding of fact" in text
        assert "is not evidence" in text
