"""Safe contact that was typed with a report: whoever typed it reads it, and then the vault of the case."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.urls import reverse

from lamplighter.hub.access.wall.identity import as_person, for_reason
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.people.models import Membership
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.intake import typed

pytestmark = pytest.mark.django_db
SAFELY = "Text her sister on 07195 101099, never call"
VICTIM = typed.VICTIM | {"safe_contact": SAFELY}


def typed_by(user: User) -> uuid.UUID:
    return typed.type_report(
        telling.browser(user), report=typed.REPORT | {"offence": "contact_stalking"}, victim=VICTIM
    )


def report_page(user: User, key: uuid.UUID) -> str:
    return str(telling.browser(user).get(reverse("intake:report", args=[key]), secure=True).content.decode())


def a_case_of(key: uuid.UUID, by: User, *others: str) -> Case:
    """A case about the victim of the report, as linkage has her."""
    with making.as_the_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.record_id, v.report_id FROM intake_personrecord p"
            " JOIN intake_reportversion v ON v.id = p.version_id WHERE v.key = %s AND p.role = 'victim'",
            [key],
        )
        record, report = cursor.fetchone()
        Membership.objects.filter(record_id=record).delete()
        Membership.objects.create(
            record_id=record, person_id="P-77", report_id=report, role="victim", born=1, current=True
        )
    return making.a_case(by, *others, victim={"name": "Priya Nair", "person_id": "P-77"})


def vault(user: User, case: Case) -> str:
    answer = telling.browser(user).post(
        reverse("victim:safe_contact", args=[case.key]),
        {"reason": "To call her about the arrest"},
        secure=True,
    )
    return str(answer.content.decode())


def test_who_typed_it_reads_it_until_there_is_a_case_and_then_the_vault_has_it() -> None:
    advocate, colleague = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.ADVOCATE, "helpline"),
    )
    key = typed_by(advocate)
    assert SAFELY in report_page(advocate, key)
    assert SAFELY not in report_page(colleague, key)
    assert "Recorded, and not shown here" in report_page(colleague, key)
    officer = making.somebody(Role.INVESTIGATOR)
    case = a_case_of(key, officer, "helpline")
    assert SAFELY not in report_page(advocate, key)
    assert SAFELY in vault(advocate, case)
    assert SAFELY in vault(colleague, case)
    assert SAFELY not in vault(officer, case)


def test_who_puts_a_report_back_has_not_been_told_what_is_in_it() -> None:
    advocate, lead = making.somebody(Role.ADVOCATE, "helpline"), making.somebody(Role.COORDINATOR, "helpline")
    key = typed_by(advocate)
    with making.as_the_owner():
        standing = ReportVersion.objects.get(key=key).pk
    for step in ("withdraw", "put_back"):
        fields = {"reason": "Taken for another woman's", "version": str(standing)}
        answer = telling.browser(lead).post(reverse(f"intake:{step}", args=[key]), fields, secure=True)
        assert answer.status_code == 302, answer.content.decode()
    assert SAFELY not in report_page(lead, key)
    assert "Recorded, and not shown here" in report_page(lead, key)
    assert SAFELY in report_page(advocate, key)


@pytest.mark.parametrize(
    ("role", "code", "reason", "reads"),
    [
        (Role.ADVOCATE, "helpline", "To call her", True),
        (Role.ADVOCATE, "helpline", "", False),
        (Role.INVESTIGATOR, "force-a", "To call her", False),
        (Role.CLINICIAN, "health", "To call her", False),
        (Role.COORDINATOR, "force-a", "To call her", False),
        (Role.AUDITOR, "hub", "To call her", False),
    ],
)
def test_the_database_gives_it_to_the_agency_that_was_told_it_alone(
    role: str, code: str, reason: str, reads: bool
) -> None:
    case = a_case_of(
        typed_by(making.somebody(Role.ADVOCATE, "helpline")),
        making.somebody(Role.INVESTIGATOR),
        "helpline",
        "health",
    )
    with as_person(making.somebody(role, code)), for_reason(reason), connection.cursor() as cursor:
        cursor.execute("SELECT details FROM victim_side_told_with_reports(%s)", [case.pk])
        assert bool(cursor.fetchall()) is reads


def test_an_advocate_whose_service_is_not_on_the_case_reads_nothing_of_it() -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    case = a_case_of(typed_by(advocate), making.somebody(Role.INVESTIGATOR))
    with as_person(advocate), for_reason("To call her"), connection.cursor() as cursor:
        cursor.execute("SELECT details FROM victim_side_told_with_reports(%s)", [case.pk])
        assert cursor.fetchall() == []
