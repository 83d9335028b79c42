"""Deliveries, batches, versions of reports and what each held.

A report is never changed and never deleted. A corrected report is a new
*version*; the older one gets a ``superseded_at`` and stays. Children belong to
a version. The columns of reports, offences, occasions, people and safe
contacts come from ``records.schema`` and are named as they are there.

The children's link to their version carries no foreign key constraint: one
writer (``batch_writer``) writes both in one transaction, and the check would cost a
fifth of the speed of an import. ``tests/integration/intake`` checks it instead.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import RECORDS
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.intake.fields import add_columns
from lamplighter.records import schema


class Delivery(models.Model):
    """One thing that came through the door: some files, a form, a message of a feed."""

    wall = "deliveries"
    written_by_services = True

    class Door(models.TextChoices):
        FILES = "files", "Files"
        FORM = "form", "New report form"
        FEED = "feed", "Feed"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Being read"
        DONE = "done", "Done"
        UNCHANGED = "unchanged", "Received before, nothing changed"
        FAILED = "failed", "Stopped"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    door = models.CharField(max_length=8, choices=Door.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    mapping = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # The digest of mapping and files together: the same again is recognised by it.
    digest = models.CharField(max_length=64)
    batches_done = models.IntegerField(default=0)
    batch_reports = models.IntegerField(null=True)
    # Why it stopped and what to do, in words that hold no data.
    problem = models.TextField(blank=True)
    remedy = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["digest"]),
            models.Index(fields=["-received_at"]),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"Delivery {self.key}"


class ReceivedFile(models.Model):
    """A file of a delivery, as received: its name, size and digest."""

    wall = "deliveries"
    written_by_services = True

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.TextField(help_text="Where the file lies until it has been read.")

    def __str__(self) -> str:
        return f"File {self.pk}"


class Batch(models.Model):
    """One transaction of an import. Its row exists exactly when its reports do."""

    wall = "deliveries"
    written_by_services = True

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="batches")
    seq = models.IntegerField()
    rows_in = models.BigIntegerField(default=0)
    rows_accepted = models.BigIntegerField(default=0)
    rows_rejected = models.BigIntegerField(default=0)
    rows_duplicate = models.BigIntegerField(default=0)
    reports_new = models.BigIntegerField(default=0)
    reports_corrected = models.BigIntegerField(default=0)
    reports_unchanged = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)
    warnings = models.BigIntegerField(default=0)
    committed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "seq"], name="intake_batch_once")]

    def __str__(self) -> str:
        return f"Batch {self.seq} of delivery {self.delivery_id}"


class Reject(models.Model):
    """One value or row that was refused or warned about, with the reason and the remedy."""

    wall = "rejects"
    wall_reads = row_security.words_of_delivery()
    written_by_services = True

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rejects", db_constraint=False)
    file = models.TextField(null=True)
    row = models.BigIntegerField(null=True)
    column = models.TextField(null=True)
    value_class = models.TextField(null=True, help_text="What kind of value it was; never the value.")
    reason = models.TextField()
    remedy = models.TextField(null=True)
    severity = models.CharField(max_length=8)
    report_ref = models.TextField(null=True)

    def __str__(self) -> str:
        return f"Reject {self.pk}"


class UnknownWord(models.Model):
    """A word of a coded column that the mapping does not know, with how often a batch had it.

    Only what can be a code is here (``records.unknown_words``); it lets somebody say what it means.
    """

    wall = "rejects"
    wall_reads = row_security.words_of_delivery()
    written_by_services = True

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="unknown_words", db_constraint=False
    )
    column = models.TextField()
    field = models.TextField(help_text="The field of the mapping that it is for.")
    word = models.TextField()
    times = models.BigIntegerField()

    def __str__(self) -> str:
        return f"Unknown word {self.pk}"


class ReportVersion(models.Model):
    """A report as received on one occasion.

    The newest version is current until another supersedes it, or until the report is withdrawn: then no
    version is current, and the newest has an :class:`Amendment` that says so.
    """

    wall = "records"
    wall_reads = row_security.words_of_sender("agency")
    written_by_services = True

    id = models.BigAutoField(primary_key=True)
    # Opaque and the same for every version of a report: what addresses of pages carry.
    key = models.UUIDField(editable=False)
    report_id = models.TextField()
    source_ref = models.TextField()
    version = models.IntegerField(default=1)
    digest = models.CharField(max_length=64)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    received_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    if TYPE_CHECKING:
        # Columns of the schema that are asked for by name; every column is added below.
        agency: str
        reported_at: dt.datetime | None
        record_type: str | None
        recorded_as: str | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report_id"], condition=Q(superseded_at=None), name="intake_report_current_once"
            ),
        ]
        indexes = [
            models.Index(fields=["key"]),
            models.Index(fields=["source_ref"]),
            # Of those typed in alone, so that an import writes nothing into it.
            models.Index(
                fields=["source", "-received_at"],
                condition=Q(source__startswith="form-"),
                name="intake_report_typed",
            ),
        ]

    def __str__(self) -> str:
        return f"Report {self.key} version {self.version}"


class OfVersion(models.Model):
    """Row of one version of a report; its key begins with the version, so one index serves both."""

    wall = "records"
    wall_reads: str | None = row_security.words_of_version()
    written_by_services = True

    version: Any = models.ForeignKey(
        ReportVersion,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} of version {self.version_id}"


class OffenceRecord(OfVersion):
    offence_seq = models.IntegerField()
    pk = models.CompositePrimaryKey("version_id", "offence_seq")


class OccasionRecord(OfVersion):
    occasion_seq = models.IntegerField()
    pk = models.CompositePrimaryKey("version_id", "occasion_seq")


class PersonRecord(OfVersion):
    """One person as recorded in one version of one report."""

    record_id = models.TextField()
    pk = models.CompositePrimaryKey("version_id", "record_id")
    if TYPE_CHECKING:
        # Columns of the schema that are asked for by name; every column is added below.
        birth_date: dt.date | None
        phones: list[str] | None
        emails: list[str] | None
        handles: list[str] | None
        vehicles: list[str] | None
        postcode: str | None
        address_text: str | None

    class Meta:
        indexes = [models.Index(fields=["record_id"])]


class SafeContact(OfVersion):
    """The beginnings of the address vault: read by the agency that was told, joined to nothing."""

    wall = "closed"
    wall_reads = None
    written_by_services = True

    record_id = models.TextField()
    pk = models.CompositePrimaryKey("version_id", "record_id")


class Amendment(OfVersion):
    """Reason why a report that was typed in was corrected, withdrawn or put back, and by whom.

    Of the version that a correction or a putting back made, and of the one that was withdrawn.
    """

    append_only = True

    class Kind(models.TextChoices):
        CORRECTED = "corrected", "Corrected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        PUT_BACK = "put_back", "Put back"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Of a withdrawal: who its people were then, by record. Nobody holds a withdrawn record to be anybody, and
    # whoever erases must still know whom it was about.
    persons = models.JSONField(default=dict)
    pk = models.CompositePrimaryKey("version_id", "kind")


class SetAside(OfVersion):
    """A version of a report that matching and patterns leave out, for work on it failed or took too long.

    It names the report by its opaque key and says what kind of fault it was, never what was in it. It ends
    when somebody tries again, when another version of the software does, or with another version.
    """

    wall = "deliveries"
    wall_reads = None

    class Step(models.TextChoices):
        COMING = "coming", "When it came"
        EVERYTHING = "everything", "When everything was matched again"

    class Fault(models.TextChoices):
        TIME = "time", "The work took longer than it may"
        MEMORY = "memory", "The work needed more memory than there is"
        ENDED = "ended", "The hub’s worker ended while it worked on it, twice"
        FAULT = "fault", "A fault in this program"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=12, choices=Step.choices)
    fault = models.CharField(max_length=8, choices=Fault.choices)
    # For support: the type of the error and where in the code, never its words.
    place = models.CharField(max_length=520, blank=True)
    at = models.DateTimeField()
    # Of which version the software was: another one tries again by itself.
    software = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    # Who let it be tried again; nobody where the software did.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["version"]), models.Index(fields=["key"])]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(ended_at=None), name="intake_set_aside_once"
            ),
        ]


class UnderWay(OfVersion):
    """A version that a worker began to follow up. What stands here when none works is what one ended on."""

    wall = "deliveries"
    wall_reads = None

    times = models.IntegerField(default=1)
    version = models.OneToOneField(
        ReportVersion, primary_key=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )


class ReaderChoice(models.Model):
    """Readers of the words of a report, as its sender said on a day, and on what basis. The newest counts.

    Where there is none, its own agency alone reads the words of a report from an advocacy or a health
    service: ``access/wall/readers.sql``. Written by a service, for somebody of the agency that sent the
    report.
    """

    wall = "records"
    # Whose consent, and when: for the agency that asked for it, and for whoever checks.
    wall_reads = (
        f"((agency_id = (SELECT access.agency()) AND {row_security.readers(RECORDS)})"
        " OR (SELECT access.role()) = 'auditor')"
    )
    append_only = True
    written_by_services = True

    class Readers(models.TextChoices):
        OWN = "own", "Only our agency"
        CASE = "case", "Agencies that work on a case about these two people"
        NAMED = "named", "Agencies that we name"
        EVERYBODY = "everybody", "Police, and everybody who works on patterns"

    report_id = models.TextField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    readers = models.CharField(max_length=10, choices=Readers.choices)
    agencies = ArrayField(models.CharField(max_length=60), default=list)
    # A code of sharing's bases on the day; none for its own agency alone, which shares nothing.
    basis = models.CharField(max_length=60, blank=True)
    consent_of = models.CharField(max_length=20, blank=True)
    consent_how = models.CharField(max_length=20, blank=True)
    consent_on = models.DateField(null=True)
    # A code of sharing's thresholds: what was told to an advocate and the police read without consent.
    threshold = models.CharField(max_length=60, blank=True)
    # Why, in words: which danger, which law, or why it changed.
    reason = models.TextField(blank=True)
    # Nobody: as the mapping of files says, or the feed.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["report_id", "-id"])]
        constraints = [
            models.CheckConstraint(condition=Q(readers="own") | ~Q(basis=""), name="others_read_on_a_basis"),
            models.CheckConstraint(
                condition=~Q(basis="consent")
                | (~Q(consent_of="") & ~Q(consent_how="") & Q(consent_on__isnull=False)),
                name="consent_to_read_is_told",
            ),
        ]

    def __str__(self) -> str:
        return f"Choice {self.pk}"


TABLES: dict[str, type[models.Model]] = {
    "reports": ReportVersion,
    "offences": OffenceRecord,
    "occasions": OccasionRecord,
    "people": PersonRecord,
    "safe_contacts": SafeContact,
}
for _name, _model in TABLES.items():
    add_columns(_model, schema.TABLES_BY_NAME[_name])
