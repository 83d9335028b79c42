"""A case with incidents and words, and papers made of it as people make them."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zipfile
from typing import Any
from xml.etree import ElementTree

from django.utils import timezone
from pypdf import PdfReader

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.papers import services
from lamplighter.hub.papers.models import Paper
from lamplighter.hub.victim_side.services import documents, safe_contact
from tests.integration.access import making
from tests.integration.risk import telling as risk

ADDRESS = "14 Lark Rise, Avonbridge, AV1 8ZQ"
HOSTILE = '<script>alert(1)</script> =HYPERLINK("x") ŵyneb שלום مرحبا 😀 \'; DROP TABLE'
LONG = "x" * 10_000
# What was done, the letters of section 2A(3) that go with it, and the words of the report.
ACTS = (
    (["following"], ["a"], "He walked behind her from the tram to her work."),
    (
        ["unwanted_contact", "threat_harm"],
        ["b"],
        "He sent two messages: she would be sorry if she said nothing.",
    ),
    (["loitering"], ["e"], "He waited outside her work."),
    (["unwanted_contact", "breach"], ["b"], "He rang her at night. His bail forbids it."),
    (["tracking"], ["g"], "A garage found a tracker under her car."),
)


def officer() -> User:
    return making.somebody(Role.INVESTIGATOR)


def a_case(by: User, incidents: int = 3, words: str = "", **rest: Any) -> Case:
    """A case of four kinds of agency with so many incidents, each with words of its own or with these."""
    case = risk.a_case(by, "helpline", "health", "probation", **rest)
    for number in range(incidents):
        at = dt.datetime(2026, 3, 1, 21, 5) + dt.timedelta(days=number)
        acts, limbs, said = ACTS[number % len(ACTS)]
        row = risk.a_report(
            case,
            happened_at=at,
            reported_at=at + dt.timedelta(hours=12),
            precision="exact",
            acts=acts,
            limbs=limbs,
            recorded_as="stalking",
        )
        a_version(row.report_key, f"4A/{number:06d}/26", words or said)
    return case


def a_version(key: uuid.UUID, reference: str, words: str, at: dt.datetime | None = None) -> None:
    with making.as_the_owner():
        ReportVersion.objects.create(
            key=key,
            report_id=str(key),
            source="force-a",
            source_ref=reference,
            digest="0" * 64,
            batch_id=1,
            received_at=at or timezone.now(),
            agency="force-a",
            summary=words,
        )


def make(by: User, case: Case, code: str, **given: Any) -> list[Paper]:
    with identity.as_person(by):
        return services.make(by, case, code, given)


def issue(by: User, case: Case, row: Paper, **rest: Any) -> Any:
    said = {
        "recipient": "Avonbridge Magistrates’ Court",
        "basis": "public_task",
        "why": "For the application.",
    }
    with identity.as_person(by):
        return services.issue(by, case, row, **(said | rest))


def file(by: User, case: Case, row: Paper, form: str = "pdf") -> bytes:
    with identity.as_person(by):
        fresh = Paper.objects.select_related("issue", "withdrawal", "case").get(pk=row.pk)
        return services.file(by, case, fresh, form)[0]


def safe(case: Case, by: User | None = None, **values: Any) -> None:
    """Rules of safe contact, with an address."""
    by = by or making.somebody(Role.ADVOCATE, "helpline")
    told = {
        "address": ADDRESS,
        "channels": ["letter", "call"],
        "asked_who": True,
        "must_not_be_told": "Nobody",
    }
    with identity.as_person(by):
        seen = safe_contact.look(by, case, "To change what is there")
        safe_contact.set_rule(by, case, seen=str(seen[0].key) if seen else "", **(told | values))


def a_plan(case: Case, by: User, sections: dict[str, str]) -> None:
    with identity.as_person(by):
        documents.plan_safety(by, case, sections, seen="")


def text_of(made: bytes, form: str = "pdf") -> str:
    """Everything that can be read in a file, with spaces as one and nothing that is not seen."""
    if form == "pdf":
        found = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    else:
        with zipfile.ZipFile(io.BytesIO(made)) as held:
            parts = [held.read(n) for n in held.namelist() if n.endswith(".xml") and "theme" not in n]
        found = "\n".join("".join(ElementTree.fromstring(part).itertext()) for part in parts)
    return " ".join(found.replace("\u200b", "").split())


def everything_in(made: bytes, form: str) -> str:
    """What is in a file with its names and properties too, unpacked."""
    if form == "pdf":
        reader = PdfReader(io.BytesIO(made))
        xmp = reader.xmp_metadata
        return "\n".join(
            [
                text_of(made),
                str(reader.metadata),
                xmp.stream.get_data().decode() if xmp else "",
                str(reader.outline),
            ]
        )
    with zipfile.ZipFile(io.BytesIO(made)) as held:
        return "\n".join(
            [*held.namelist(), *(held.read(n).decode(errors="replace") for n in held.namelist())]
        )
