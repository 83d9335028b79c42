"""Keep orders as they were made, changed and ended: rows with days, which are only ever added.

An order is a ``thread``; each version of what it says is a row of :class:`Order` with its own terms. A row is
in the partition that its writer chose, and the newest version that somebody may read is the one that stands
for them: an application that the suspect must not learn of stays with the police until a version of it is
shared. Where a zone is stands in the vault alone; a term calls it "Zone A".
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from lamplighter.hub.access.models import CaseRow, RowOfAnyPartition, redactable

ZONES = tuple(f"Zone {letter}" for letter in "ABCDEFGH")


class Order(RowOfAnyPartition):
    """One version of what an order says. The one before it stays readable."""

    append_only = True
    redacts = redactable(court="Court", reference="Reference", why="Why it was changed")

    class Route(models.TextChoices):
        APPLICATION = "application", "On application"
        CONVICTION = "conviction", "By the court on conviction"
        ACQUITTAL = "acquittal", "By the court on acquittal"
        IMPOSED = "imposed", "Set without an application: bail, licence or sentence"

    thread = models.UUIDField(default=uuid.uuid4)
    number = models.PositiveIntegerField(default=1)
    # A code of rules.toml.
    kind = models.CharField(max_length=40)
    route = models.CharField(max_length=12, choices=Route.choices)
    court = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    # Empty while nothing is made yet.
    begins_on = models.DateField(null=True)
    # The last day on which it holds; empty with ``open_ended``, or while nothing is made yet.
    last_day = models.DateField(null=True)
    open_ended = models.BooleanField(default=False)
    # Empty in the first version alone.
    why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="orders_one_version_a_number"),
            models.CheckConstraint(
                condition=models.Q(last_day__isnull=True)
                | models.Q(begins_on__isnull=False, last_day__gte=models.F("begins_on")),
                name="orders_order_is_a_period",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "thread", "-number"]),
            models.Index(fields=["last_day"], condition=models.Q(last_day__isnull=False), name="orders_end"),
        ]


class Term(RowOfAnyPartition):
    """One term of a version: something that is forbidden, or that must be done."""

    append_only = True
    redacts = redactable(words="Term")

    class What(models.TextChoices):
        PROHIBITION = "prohibition", "Prohibition"
        REQUIREMENT = "requirement", "Requirement"
        MONITORING = "monitoring", "Electronic monitoring"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="terms")
    number = models.PositiveIntegerField()
    what = models.CharField(max_length=12, choices=What.choices)
    words = models.TextField()
    # A neutral name; where it is stands in :class:`Zone`.
    zone = models.CharField(max_length=6, choices=[(z, z) for z in ZONES], blank=True)
    # Where a term ends before the order does, as electronic monitoring can.
    last_day = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "order", "number"])]


class Step(RowOfAnyPartition):
    """Something that happened with an order, on a day."""

    append_only = True
    redacts = redactable(by_whom="By whom", how="How", words="What is known")

    class What(models.TextChoices):
        LEGAL = "legal", "Sent to legal services"
        APPLIED = "applied", "Applied for"
        HEARING = "hearing", "Hearing"
        MADE = "made", "Made"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Application withdrawn"
        SERVED = "served", "Served"
        CHANGED = "changed", "The person has a new name or home address"
        NOTIFIED = "notified", "Name and home address notified"
        APPEALED = "appealed", "Appealed"
        APPEAL_LOST = "appeal_lost", "Appeal dismissed: the order stands"
        APPEAL_WON = "appeal_won", "Appeal allowed: the order ended"
        DISCHARGED = "discharged", "Discharged"
        LET_END = "let_end", "Left to end, with a reason"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="steps")
    thread = models.UUIDField()
    what = models.CharField(max_length=12, choices=What.choices)
    on = models.DateField()
    # On the clock of London; empty where it is not known.
    time = models.TimeField(null=True)
    by_whom = models.CharField(max_length=200, blank=True)
    how = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    # Where name and home address must be notified because of it: by the end of this day.
    notify_by = models.DateField(null=True)
    # Of a notification: what it was due because of.
    answers = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="answered_by")

    class Meta:
        indexes = [models.Index(fields=["case", "thread", "on"])]


class Decision(CaseRow):
    """Decision to apply for an order or not, and why: soon after the suspect is named, or at court."""

    wall = "shared"
    append_only = True
    redacts = redactable(reason="Reason")

    class Occasion(models.TextChoices):
        NAMED = "named", "The suspect is named"
        COURT_END = "court_end", "Proceedings have ended"

    class What(models.TextChoices):
        SPO = "spo", "Apply for a stalking protection order"
        RESTRAINING = "restraining", "Ask for a restraining order"
        OTHER = "other", "Apply for another order"
        NOT = "not", "Do not apply"

    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    what = models.CharField(max_length=12, choices=What.choices)
    # A code of rules.toml; empty where an order is applied for.
    ground = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    # cases.LegalStatus.key: which end of proceedings it is about.
    of_key = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "occasion", "-id"])]


class Breach(CaseRow):
    """An order or a condition was broken, as somebody of any agency recorded it, or a report said.

    Everybody on the case learns of it: what the victim told in confidence is not written here.
    """

    wall = "shared"
    append_only = True
    redacts = redactable(words="What happened")

    # A code of rules.toml; "" where a report does not say which kind.
    kind = models.CharField(max_length=40, blank=True)
    # Order.thread and Term.key; empty where it is not on the register, or not said.
    thread = models.UUIDField(null=True)
    terms = ArrayField(models.UUIDField(), default=list)
    happened_on = models.DateField(null=True)
    # On the clock of London; empty where it is not known.
    time = models.TimeField(null=True)
    words = models.TextField(blank=True)
    # arrivals.CaseReport.report_key, where it came with a report.
    report_key = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "report_key"],
                condition=models.Q(report_key__isnull=False),
                name="orders_a_report_is_one_breach",
            )
        ]
        indexes = [models.Index(fields=["case", "-at"])]


class BreachAnswer(CaseRow):
    """Answer to a breach. An arrest can follow a reason; each is a row."""

    wall = "shared"
    append_only = True
    redacts = redactable(words="Reason, or what was done")

    class What(models.TextChoices):
        ARREST = "arrest", "The suspect was arrested"
        REASON = "reason", "No arrest, for a reason that looks at the risk"
        SAME = "same", "It is the same as another breach that is recorded"

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="answers")
    what = models.CharField(max_length=8, choices=What.choices)
    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "breach"])]


class StalkingCheck(CaseRow):
    """Look at a breach as a further stalking offence. The newest row of a breach stands."""

    wall = "shared"
    append_only = True
    redacts = redactable(words="Reason")

    class Found(models.TextChoices):
        YES = "yes", "Yes: a further stalking offence"
        NO = "no", "No"

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="checks")
    found = models.CharField(max_length=4, choices=Found.choices)
    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "breach"])]


class Zone(CaseRow):
    """Place of a zone. The newest row of a name stands; the suspect's side never learns of it here."""

    wall = "vault"
    append_only = True

    name = models.CharField(max_length=6, choices=[(z, z) for z in ZONES])
    # By itself, so that words that repeat it are found wherever somebody writes them.
    place = models.TextField()
    reach = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "name", "-id"])]
