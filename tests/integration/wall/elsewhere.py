"""Marked words in the tables that are of no case: reports, who is who, deliveries, reviews, oversight.

One row of every model, planted as history: superseded, ended, of a model long
out of use. So nothing is computed from it, and everything that reads rows may find it.
"""

from __future__ import annotations

import datetime as dt
import io
import tomllib
import uuid
import zipfile
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.utils import timezone

from lamplighter.hub.access.wall import staging_tables
from lamplighter.hub.access.wall.declared_tables import declared, partition_of
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.intake.imports import services as file_uploads
from lamplighter.hub.intake.sources import samples, versions
from lamplighter.instruments import loading
from lamplighter.records.mapping.mappings import built_in_text
from lamplighter.records.propose import mapping_toml
from tests.integration.access import making
from tests.integration.wall import planting
from tests.integration.wall.planting import Planted, as_if_written_before, is_text, plain

# The written rules said again: who reads what is of no case.
RECORDS_READERS = {Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD, Role.ADVOCATE}
READERS: dict[str, set[Role]] = {
    "records": RECORDS_READERS,
    "deliveries": {Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR},
    "rejects": {Role.COORDINATOR, Role.ADMINISTRATOR},
    "oversight": {Role.COORDINATOR, Role.STALKING_LEAD, Role.AUDITOR},
    "audit": {Role.AUDITOR},
    "insight": {Role.COORDINATOR, Role.ANALYST, Role.AUDITOR},
    "published": {Role.COORDINATOR, Role.STALKING_LEAD, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR},
    "meetings": RECORDS_READERS | {Role.CLINICIAN, Role.PROBATION},
    "operations": {Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR},
    "law": set(Role),
    "instruments": set(Role),
    # The rows are of somebody who is not among those who look.
    "own": set(),
    "closed": set(),
}
WITH_RULES_OF_THEIR_OWN: dict[str, set[Role]] = {
    "accounts.Invitation": {Role.COORDINATOR, Role.ADMINISTRATOR},
    "accounts.Confirmation": {Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR},
    "accounts.Posting": {Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR},
    "accounts.TrainingRecord": {Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR, Role.STALKING_LEAD},
    "intake.ReaderChoice": {Role.AUDITOR, Role.COORDINATOR, Role.INVESTIGATOR, Role.STALKING_LEAD},
    "audit.UnusualAccess": {Role.AUDITOR},
    "audit.UnusualAccessClosing": {Role.AUDITOR},
    "rights.Erasure": {Role.AUDITOR},
    # Of an employer who is no agency here, and of a team of which nobody looks.
    **{f"workforce.{m}": RECORDS_READERS for m in ("Marker", "Member", "EndProposed", "EndChecked")},
    **{f"workforce.{m}": set() for m in ("NamedUser", "Covered", "Step", "StepOutcome")},
}
# Of one agency alone, whatever the role's casework elsewhere.
# Of whose reports nobody else reads a word until they say so; here they said nothing.
TOLD_IN_CONFIDENCE = {"helpline", "health"}
OF_AN_AGENCY = {"rights.SubjectRequest"}
CASEWORK = RECORDS_READERS | {Role.CLINICIAN, Role.PROBATION}
# What the software itself writes there, which is no word of anybody's.
GIVEN: dict[str, Any] = {
    "audit.Event.agency": "force-a",
    "audit.Event.service": "",
    "audit.Event.verb": "looked",
    "audit.Event.subject": "",
    "audit.Event.fields": [],
    "audit.Event.detail": {},
    # The name of a switch, so that there is a page for the row; and a period that is one.
    "law.Reading.switch": "isa_guidance",
    "law.Reading.valid_until": None,
    "law.SwitchedOff.switch": "isa_guidance",
    # Of something that was said, and not moved, of which nobody is to answer.
    "improvement.Entry.new_date": None,
    "improvement.Entry.to": None,
    # The name of a part, so that there is a page for the row.
    "configuration.InForce.part": "cases",
    # The version that planted answers are of.
    "instruments.Licence.valid_until": None,
    "instruments.UsedVersion.code": planting.FOUR.code,
    "instruments.UsedVersion.version": planting.FOUR.version,
    "instruments.UsedVersion.digest": planting.FOUR.digest,
    "instruments.UsedVersion.text": loading.shipped_texts()["four/1.toml"],
    # What addresses carry, and names of files.
    "insight.Publication.edition": "2026-04",
    "insight.Publication.profile": "police-victim",
    "insight.Release.profile": "police-victim",
    # On one thing: a pattern, whose id addresses carry.
    "workforce.Marker.report_id": "",
    "workforce.Marker.course_id": "C-AAAAAA",
    "people.LinkModel.used_from": dt.datetime(2001, 1, 1, tzinfo=dt.UTC),
    "people.Membership.current": False,
}


def elsewhere() -> list[type[models.Model]]:
    """Every model of a partition that is of no case and not open to all."""
    return [table.model for table in declared() if table.partition in READERS]


def may_read(label: str, partition: str, role: str, code: str, owner: str) -> bool:
    """May this role of this agency read the rows of this table that ``owner`` sent or keeps?"""
    if label in OF_AN_AGENCY:
        return role in CASEWORK and code == owner
    if partition == "records" and owner in TOLD_IN_CONFIDENCE:
        return role in RECORDS_READERS and code == owner
    return role in WITH_RULES_OF_THEIR_OWN.get(label, READERS[partition])


def plant(planted: Planted, case: Case, agency: Agency, user: User) -> dict[str, list[str]]:
    """One row of every such model, about ``user`` where it is about somebody. Returns keys by application."""
    made: dict[type[models.Model], Any] = {}
    with as_if_written_before():
        for model in elsewhere():
            _row(planted, made, model, case, agency, user)
        _beside(planted, case, agency, user)
    keys: dict[str, list[str]] = {}
    for model, row in made.items():
        planted.models.add(model._meta.label)
        if isinstance(key := getattr(row, "key", None), uuid.UUID):
            keys.setdefault(model._meta.app_label, []).append(str(key))
    return keys


def _beside(planted: Planted, case: Case, agency: Agency, user: User) -> None:
    """The same in what is written beside these tables, as if a writer had been killed and left it there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path = {staging_tables.SCHEMA}, public")
        for table in staging_tables.tables(declared()):
            _row(planted, {}, table.model, case, agency, user)
            planted.models.add(f"{staging_tables.SCHEMA}.{table.table}")
        cursor.execute("SET LOCAL search_path = DEFAULT")


def plant_files(planted: Planted, *, mapping: bool) -> dict[str, list[str]]:
    """A sample and files that wait for an answer, of an administrator who is none of those who look; and a
    mapping of the installation's own, marked too if ``mapping``. Returns what fills the addresses of pages
    about them."""
    user = making.somebody(Role.ADMINISTRATOR, "hub")

    def word(partition: str, place: str) -> str:
        return planted.add(partition, "hub", None, f"intake.{place}")

    rows = [f"C{n},{word('own', 'sample.surname')},{word('own', 'sample.text')}" for n in range(4)]
    lines = [f"Crime no,Victim surname,{word('own', 'sample.heading')}", *rows]
    sample = SimpleUploadedFile(f"{word('own', 'sample.name')}.csv", "\n".join(lines).encode())
    agency = {"name": word("own", "draft.agency"), "kind": "police"}
    draft = samples.start(user, {"title": word("own", "draft.title"), "name": "a_draft", "agency": agency})
    draft.take([sample])
    waiting = file_uploads.receive([SimpleUploadedFile(f"{word('own', 'sent.name')}.csv", b"A,B\n1,2\n")])
    waiting.wait(user)

    today = timezone.localdate()
    body = tomllib.loads(built_in_text("helpline"))
    body["source"] |= {"name": "marked", "from": today}
    if mapping:
        body["source"] |= {k: word("deliveries", f"mapping.{k}") for k in ("title", "note")}
    versions.put(versions.reserve("marked", today, mapping_toml(body)))
    return {"draft in intake": [str(draft.key), str(waiting.key)], "source in intake": ["marked"]}


def _row(
    planted: Planted,
    made: dict[type[models.Model], Any],
    model: type[models.Model],
    case: Case,
    agency: Agency,
    user: User,
) -> Any:
    if model in made:
        return made[model]
    related = {User: user, Agency: agency, Case: case}
    values: dict[str, Any] = {}
    for f in model._meta.concrete_fields:
        if isinstance(f, models.AutoField | models.BigAutoField) or (f.is_relation and f.null):
            continue
        if f.is_relation:
            values[f.name] = related.get(f.related_model) or _row(
                planted, made, f.related_model, case, agency, user
            )
        else:
            values[f.name] = _value(planted, f, str(partition_of(model)), agency.code)
    made[model] = model._default_manager.create(**values)
    return made[model]


def _value(planted: Planted, f: Any, partition: str, owner: str) -> Any:
    place = f"{f.model._meta.label}.{f.name}"
    if place in GIVEN:
        return GIVEN[place]
    if f.name == "case_id":
        return None

    def word() -> str:
        return planted.add(partition, owner, None, place)

    if f.choices:
        return f.choices[0][0]
    if isinstance(f, ArrayField):
        return [value] if (value := _marked(planted, f.base_field, word, partition, place)) else []
    if isinstance(f, models.JSONField):
        return {"words": word()}
    if isinstance(f, models.BinaryField):
        return _zipped(word())
    if isinstance(f, models.UUIDField):
        return uuid.uuid4()
    marked = _marked(planted, f, word, partition, place)
    return plain(f) if marked is None else marked


def _marked(planted: Planted, f: Any, word: Any, partition: str, place: str) -> str | int | None:
    if is_text(f):
        return str(word())[: f.max_length or None]
    if partition == "records" and isinstance(f, models.BigIntegerField):
        return planted.add_number(partition, place)
    return None


def _zipped(word: str) -> bytes:
    """An archive with a report that has what the pages need of one."""
    report = f"<head><title>Review</title><style>a {{}}</style></head><body><header></header>{word}</body>"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("report.html", report)
    return made.getvalue()
