"""Who sends a report decides who reads its words: kept by the database, whatever the pages do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.access.wall.partitions import CONFIDING
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.intake.confidentiality import services as reader_services
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.models import (
    OccasionRecord,
    OffenceRecord,
    PersonRecord,
    ReaderChoice,
    ReportVersion,
)
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.intake.making import document

pytestmark = pytest.mark.django_db
TABLES = (ReportVersion, OffenceRecord, OccasionRecord, PersonRecord)
CONSENT = readers.Choice(
    readers="everybody",
    basis="consent",
    consent_of="victim",
    consent_how="spoken",
    consent_on=dt.date(2026, 3, 1),
)


def sent(code: str, choice: readers.Choice | None = None, **changes: object) -> str:
    told = {"readers": choice} if choice else {}
    return documents.receive_document(document(**changes) | told, making.agency(code)).report_id


def seen_by(user: User, report_id: str) -> set[str]:
    """Tables of which this person reads a row of the report."""
    versions = list(ReportVersion.objects.filter(report_id=report_id).values_list("pk", flat=True))
    with as_person(user):
        found = {m.__name__ for m in TABLES[1:] if m.objects.filter(version_id__in=versions).exists()}
        if ReportVersion.objects.filter(report_id=report_id).exists():
            found.add("ReportVersion")
    return found


ALL = {m.__name__ for m in TABLES}


@pytest.mark.parametrize(
    ("sender", "role", "agency", "reads"),
    [
        ("helpline", Role.ADVOCATE, "helpline", True),
        ("helpline", Role.INVESTIGATOR, "force-a", False),
        ("helpline", Role.COORDINATOR, "hub", False),
        ("helpline", Role.STALKING_LEAD, "force-b", False),
        ("health", Role.ADVOCATE, "helpline", False),
        ("force-a", Role.ADVOCATE, "helpline", True),
        ("force-a", Role.INVESTIGATOR, "force-b", True),
        ("probation", Role.INVESTIGATOR, "force-a", True),
        ("force-a", Role.CLINICIAN, "health", False),
    ],
)
def test_without_a_choice_the_kind_of_the_sender_decides(
    sender: str, role: str, agency: str, reads: bool
) -> None:
    report = sent(sender)
    assert seen_by(making.somebody(role, agency), report) == (ALL if reads else set())


def test_what_the_sender_chooses_holds_and_the_newest_choice_counts() -> None:
    report = sent("helpline", CONSENT)
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    other = making.somebody(Role.INVESTIGATOR, "force-b")
    assert seen_by(officer, report) == ALL
    named = readers.checked(
        readers.Choice(
            **{**CONSENT_FIELDS, "readers": "named", "agencies": ("force-b",)},
        ),
        making.agency("helpline"),
        dt.date(2026, 5, 3),
    )
    reader_services.record(report, making.agency("helpline"), named)
    assert (seen_by(officer, report), seen_by(other, report)) == (set(), ALL)
    reader_services.record(report, making.agency("helpline"), readers.OWN)
    assert seen_by(other, report) == set()


CONSENT_FIELDS = {
    "basis": "consent",
    "consent_of": "victim",
    "consent_how": "spoken",
    "consent_on": dt.date(2026, 3, 1),
}


def test_nobody_else_is_told_more_than_that_it_is_held_its_date_and_whom_to_ask() -> None:
    report = sent("helpline")
    with as_person(making.somebody(Role.INVESTIGATOR, "force-a")):
        (held,) = readers.elsewhere([report])
    assert held.words.replace("\xa0", " ") == "Helpline holds a report of 3 May 2025. Ask them."
    for role, code in ((Role.ADVOCATE, "helpline"), (Role.CLINICIAN, "health"), (Role.AUDITOR, "hub")):
        with as_person(making.somebody(role, code)):
            assert readers.elsewhere([report]) == []
    with as_person(None):
        assert readers.elsewhere([report]) == []


def test_a_choice_is_of_the_sender_alone_and_never_rewritten() -> None:
    report = sent("helpline")
    officer = making.somebody(Role.INVESTIGATOR, "force-a")
    key = ReportVersion.objects.get(report_id=report).key
    with as_person(officer):
        with pytest.raises(NotPossibleError, match="Only the agency that sent"):
            reader_services.change(officer, report, key, "helpline", CONSENT)
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO intake_readerchoice (report_id, agency_id, readers, agencies, basis, consent_of,"
                " consent_how, threshold, reason, at)"
                " VALUES (%s, 'helpline', 'everybody', '{}', 'cda_115', '', '', '', '', now())",
                [report],
            )
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with as_person(advocate):
        reader_services.change(
            advocate,
            report,
            key,
            "helpline",
            readers.Choice(**{**CONSENT_FIELDS, "readers": "everybody", "reason": "She agreed"}),
        )
        (row,) = readers.history(report)
    assert (row.by, row.reason) == (advocate, "She agreed")
    with pytest.raises(IntegrityError, match="added and never changed"), transaction.atomic():
        ReaderChoice.objects.update(readers="own")


def test_the_database_and_the_table_of_the_wall_name_the_same_kinds() -> None:
    with making.as_the_owner(), connection.cursor() as cursor:
        for code in making.KINDS:
            making.agency(code)
        cursor.execute("SELECT access.open_senders()")
        (open_,) = cursor.fetchone()
    assert set(open_) == {code for code, kind in making.KINDS.items() if kind not in CONFIDING}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"readers": "anybody"}, "readers"),
        ({"readers": "named"}, "agencies"),
        ({"readers": "named", "agencies": ("helpline",)}, "agencies"),
        ({"basis": ""}, "basis"),
        ({"consent_of": ""}, "consent_of"),
        ({"consent_how": ""}, "consent_how"),
        ({"consent_on": None}, "consent_on"),
        ({"consent_on": dt.date(2026, 6, 1)}, "consent_on"),
        ({"basis": "vital_interests"}, "reason"),
        ({"basis": "vital_interests", "reason": "He has her keys"}, "threshold"),
    ],
)
def test_others_read_only_on_a_basis_that_is_told_whole(changes: dict[str, object], field: str) -> None:
    told = {"readers": "everybody", **CONSENT_FIELDS, **changes}
    with pytest.raises(NotPossibleError) as refused:
        readers.checked(readers.Choice(**told), making.agency("helpline"), dt.date(2026, 5, 3))  # type: ignore[arg-type]  # made of words above
    assert refused.value.field == field


def test_a_message_of_the_feed_says_who_may_read_it_or_is_refused_whole() -> None:
    told = {"readers": "everybody", **CONSENT_FIELDS, "consent_on": "2025-05-01"}
    report = documents.receive_document(document(readers=told), making.agency("helpline"), door="feed")
    assert ReaderChoice.objects.get(report_id=report.report_id).consent_on == dt.date(2025, 5, 1)
    assert "readers" not in ReportVersion.objects.get(report_id=report.report_id).raw
    for wrong in (
        "everybody",
        {**told, "consent_on": "yesterday"},
        {**told, "who": "me"},
        {"readers": "case"},
    ):
        with pytest.raises(documents.DocumentRefusedError) as refused:
            documents.receive_document(
                document(source_ref="ab/2", readers=wrong), making.agency("helpline"), door="feed"
            )
        assert refused.value.rejects[0]["column"].startswith("readers.")
    assert not ReportVersion.objects.filter(source_ref="AB/2").exists()
    # Sent again without a word about it, what was chosen stands.
    documents.receive_document(document(), making.agency("helpline"), door="feed")
    assert ReaderChoice.objects.count() == 1
