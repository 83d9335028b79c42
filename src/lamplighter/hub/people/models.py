"""Beliefs and decisions about who is who, kept apart.

A record stays as received. A link is what the model believes about two
records; it is computed and can be computed again. A decision is what a person
said about two records; it is never changed or removed, and outranks every
belief. A membership says which person today's beliefs and decisions give a
record to.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import NullIf
from django.utils import timezone

from lamplighter.hub.access.wall import row_security
from lamplighter.hub.people.links import addresses, reason_words
from lamplighter.linkage.comparisons.reasons import bars_of


class LinkModel(models.Model):
    """A fitted model as JSON, named by its own hash. The newest is the one in use."""

    wall = "records"

    version = models.CharField(max_length=80, primary_key=True)
    document = models.JSONField()
    # The secret that the keys of reports were made with, by its fingerprint: see
    # `people.matching.prepared_records`.
    keys_made_with = models.CharField(max_length=16, default="")
    # How records were made ready for comparing, by `people.matching.prepared_records.way`.
    prepared_as = models.CharField(max_length=16, default="")
    used_from = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["-used_from"])]

    def __str__(self) -> str:
        return f"Link model {self.version}"


class Reason(models.Model):
    """Words of a bar of an explanation, which many links have in common. Nobody's details are in it.

    Written and never changed: a link keeps the words that it was explained with, whatever later versions
    say. Two writers who need new words at the same moment may both write them: neither waits for the other.
    """

    wall = "records"

    number = models.SmallAutoField(primary_key=True)
    comparison = models.TextField()
    title = models.TextField()
    level = models.TextField()
    words = models.TextField()

    def __str__(self) -> str:
        return f"Reason {self.number}"


class Link(models.Model):
    """Match weight of two records (bits of log-odds), its ``reasons`` (numbers of :class:`Reason`), and the
    ``bits`` that each is worth, which sum to it."""

    wall = "records"
    wall_reads = row_security.words_of_pair()
    written_beside = True

    class Band(models.TextChoices):
        LINKED = "linked", "Linked"
        TO_DECIDE = "to_decide", "For a person to decide"
        NOT_LINKED = "not_linked", "Not linked"

    left_record = models.CharField(max_length=200)
    right_record = models.CharField(max_length=200)
    match_weight = models.FloatField()
    probability = models.FloatField()
    band = models.CharField(max_length=12, choices=Band.choices)
    hold = models.CharField(max_length=12, null=True)
    reasons = ArrayField(models.SmallIntegerField())
    bits = ArrayField(models.FloatField())
    model_version = models.CharField(max_length=80)
    computed_at = models.DateTimeField(default=timezone.now)
    pk = models.CompositePrimaryKey("left_record", "right_record")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_record__lt=models.F("right_record")), name="left_before_right"
            ),
        ]
        indexes = [models.Index(fields=["right_record"])]

    def __str__(self) -> str:
        return f"Link {addresses.name_of(self.address)}"

    @property
    def address(self) -> str:
        """Return the address of its page."""
        return addresses.address_of(self.left_record, self.right_record)

    @property
    def levels(self) -> list[dict[str, Any]]:
        """The bars of the explanation, as ``weight_bars.BAR`` has them."""
        return bars_of(reason_words.reasons(self.reasons), self.bits)


class Decision(models.Model):
    """A person's word on two records. The database refuses to change or delete a row."""

    wall = "records"
    wall_reads = row_security.words_of_pair(writer="by_id")
    append_only = True

    class Kind(models.TextChoices):
        SAME = "same", "The same person"
        NOT_SAME = "not_same", "Not the same person"
        UNDO = "undo", "Undone"

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    left_record = models.CharField(max_length=200)
    right_record = models.CharField(max_length=200)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    reason = models.TextField()
    # One click on "This is a different person" can part several pairs; they are undone together.
    act = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["left_record", "right_record"]),
            models.Index(fields=["right_record"]),
            models.Index(fields=["act"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="undo", undoes__isnull=False) | (~Q(kind="undo") & Q(undoes__isnull=True)),
                name="an_undo_names_what_it_undoes",
            ),
        ]

    def __str__(self) -> str:
        return f"Decision {self.pk}"


class Membership(models.Model):
    """Person that a record belongs to today, and the last members of persons who are no more.

    The rows that are not ``current`` let an undone decision give back the very
    same person; ``born`` orders persons by age (see ``stable_ids``).
    """

    wall = "records"
    wall_reads = row_security.not_kept_off("person_id", "person")
    written_beside = True

    record_id = models.CharField(max_length=200)
    person_id = models.CharField(max_length=60)
    report_id = models.CharField(max_length=200)
    role = models.CharField(max_length=20)
    born = models.BigIntegerField()
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            # Nothing is equal to NULL: of those of before there may be many. It also finds what is looked up
            # by its record.
            models.UniqueConstraint(
                models.F("record_id"), NullIf("current", models.Value(False)), name="one_person_a_record"
            ),
        ]
        indexes = [
            models.Index(fields=["person_id"]),
            models.Index(fields=["report_id"]),
        ]

    def __str__(self) -> str:
        return f"Membership in {self.person_id}"


class PersonChange(models.Model):
    """Persons that became one, or one that became several: what old ids lead to."""

    wall = "records"

    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=10)
    person_id = models.CharField(max_length=60)
    other_person_id = models.CharField(max_length=60, null=True)

    class Meta:
        indexes = [models.Index(fields=["person_id"]), models.Index(fields=["other_person_id"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


class PreparedRecord(models.Model):
    """A person record as it is compared: see ``compact_records``. Made once, when the record comes in.

    It says no more than the record as received, and stands behind the same wall.
    """

    wall = "records"
    wall_reads = row_security.words_of_report()
    written_beside = True

    number = models.BigAutoField(primary_key=True)
    record_id = models.TextField()
    report_id = models.TextField()
    role = models.TextField()
    prepared = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_id"], name="a_record_prepared_once"),
        ]
        indexes = [models.Index(fields=["report_id"])]

    def __str__(self) -> str:
        return f"Prepared record {self.number}"


class KeyPage(models.Model):
    """Neighbouring hashed keys with the records that have them, as one row: what a new report is looked up
    by. ``keys`` are in order, ``records`` beside them; all records of a key stand in one row, and a key that
    is not in the row with the last ``first`` before it is nowhere.

    Written when everything is linked anew, and then hardly ever: keys lie anywhere in so large a table, and
    each of a report's fifty would have a page of it written to disk. As rows of their own they took five
    times the room.
    """

    wall = "records"
    written_beside = True

    first = models.BigIntegerField(primary_key=True)
    keys = ArrayField(models.BigIntegerField())
    records = ArrayField(models.IntegerField())

    def __str__(self) -> str:
        return f"Keys from {self.first}"


class RecentKey(models.Model):
    """One hashed key of a record that came since everything was linked: a table small enough to be written
    fast."""

    wall = "records"
    written_beside = True

    key = models.BigIntegerField()
    record = models.BigIntegerField()
    pk = models.CompositePrimaryKey("key", "record")

    def __str__(self) -> str:
        return f"Recent key of record {self.record}"


class CrowdedKey(models.Model):
    """A key that too many records share: they are looked up by what narrows it (``hashed_keys``)."""

    wall = "records"
    written_beside = True

    key = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"Crowded key {self.key}"


class Removal(models.Model):
    """Count of how often records were taken out that were held: a job that writes everything anew beside what
    is in use sees by it whether to look again for what is no longer held. One row."""

    wall = "records"

    one = models.BooleanField(primary_key=True, default=True)
    times = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(one=True), name="one_row_of_removals"),
        ]

    def __str__(self) -> str:
        return f"{self.times} removals"
