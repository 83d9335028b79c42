"""An audit of a file: two questions, by somebody who wrote nothing in it, read by leads and coordinators."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases import services as cases
from lamplighter.hub.oversight.models import FileAudit
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
GIVEN = {"language": "no", "decisions": "yes"}


def test_a_lead_who_wrote_nothing_in_a_case_audits_its_file() -> None:
    officer, lead = making.somebody(Role.INVESTIGATOR), making.somebody(Role.STALKING_LEAD)
    case = making.a_case(officer, "helpline")
    page = f"/cases/{case.key}/file-audit"
    client = telling.browser(lead)
    assert "Nobody has audited this file." in client.get(page, secure=True).content.decode()
    refused = client.post(page, {"language": "no"}, secure=True)
    assert refused.status_code == 422
    assert "Choose an answer about the decisions" in refused.content.decode()
    assert client.post(page, GIVEN, secure=True).status_code == 302
    (row,) = FileAudit.objects.all()
    assert row.minimising == "yes"
    # Whoever wrote in the file neither reads the page nor the row, and no line of the case says it.
    for other in (officer, making.somebody(Role.ADVOCATE, "helpline")):
        assert telling.browser(other).get(page, secure=True).status_code == 403
        with identity.as_person(other):
            assert not FileAudit.objects.exists()
            with pytest.raises(DatabaseError), transaction.atomic():
                FileAudit.objects.create(**owned(other, case, **GIVEN))
        history = telling.browser(other).get(f"/cases/{case.key}/history", secure=True).content.decode()
        assert "Audit of the file" not in history


def test_nobody_audits_a_file_that_they_wrote_in() -> None:
    lead = making.somebody(Role.STALKING_LEAD)
    case = making.a_case(making.somebody(Role.INVESTIGATOR))
    with identity.as_person(lead):
        cases.enter(lead, case, "note", "Read the film")
    page = f"/cases/{case.key}/file-audit"
    client = telling.browser(lead)
    assert "somebody else audits its file" in client.get(page, secure=True).content.decode()
    refused = client.post(page, GIVEN, secure=True)
    assert refused.status_code == 422
    assert "somebody else audits its file" in refused.content.decode()
    assert FileAudit.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "decisions", "rated"),
    [
        ("no", "no", "no"),
        ("yes", "not_known", "yes"),
        ("no", "not_known", "not_known"),
        ("not_known", "not_known", "not_known"),
    ],
)
def test_what_cannot_be_told_is_no_no(language: str, decisions: str, rated: str) -> None:
    assert FileAudit(language=language, decisions=decisions).minimising == rated
