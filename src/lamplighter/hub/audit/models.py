from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from lamplighter.hub.access.wall import row_security

# Auditors, and not about themselves. Nobody else learns that somebody was noticed.
AUDITORS = "((SELECT access.role()) = 'auditor' AND user_id <> (SELECT access.actor()))"


# Of what somebody of their own agency is reported for, an auditor reads nothing (lamplighter.hub.workforce).
_CASES = "coalesce(case_id, 0) = ANY ((SELECT access.marked_cases())::bigint[])"
_SUBJECTS = "subject = ANY ((SELECT access.unspoken())::text[])"
# Nor that somebody found it in a list: an event that names it among others is not theirs to read.
_NAMED = (
    "coalesce((detail -> 'of_cases') ?| ((SELECT access.marked_cases())::bigint[])::text[]"
    " OR (detail -> 'of_records') ?| ((SELECT access.unspoken())::text[]), false)"
)
SPOKEN = f"(NOT {_CASES} AND NOT {_SUBJECTS} AND NOT {_NAMED})"
# Nor that they are blocked from a case themselves, and why.
_ME = "'person ' || (SELECT u.key FROM public.accounts_user u WHERE u.id = (SELECT access.actor()))::text"
_OF_ME = f"(verb LIKE 'access.kept\\_off%' AND subject = (SELECT {_ME}))"


class Operation(models.TextChoices):
    """The six operations of the Data Protection Act 2018, section 62, and what happens at the door."""

    COLLECTION = "collection", "Collected"
    ALTERATION = "alteration", "Changed"
    CONSULTATION = "consultation", "Looked at"
    DISCLOSURE = "disclosure", "Disclosed"
    COMBINATION = "combination", "Combined"
    ERASURE = "erasure", "Erased"
    ACCESS = "access", "Signed in or out"


class Event(models.Model):
    """One thing somebody did or saw. Written by ``audit_write`` in the database, and changed by nobody.

    ``subject`` is an opaque id ("pattern C-7KQ2M9"), never a name; ``detail``
    holds counts, codes and ids, never what was recorded about a person. A list or a search names in it
    what it showed: ``of_cases`` (the cases' ids, as text) and ``of_records`` (subjects).
    """

    wall = "audit"
    append_only = True
    wall_reads = f"({row_security.reads('audit')} AND {SPOKEN} AND NOT coalesce({_OF_ME}, false))"

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    agency = models.CharField(max_length=60, default="", db_default="")
    # The purpose of the background service that did it, when one did.
    service = models.CharField(max_length=60, default="", db_default="")
    operation = models.CharField(
        max_length=14,
        choices=Operation.choices,
        default=Operation.ALTERATION,
        db_default=Operation.ALTERATION,
    )
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    # The case, when there is one: "who looked at this case" is one look-up.
    case_id = models.BigIntegerField(null=True)
    fields = ArrayField(models.TextField(), default=list, db_default=[])
    reason = models.TextField(default="", db_default="")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "at"]),
            models.Index(fields=["actor", "at"]),
            models.Index(
                fields=["case_id", "at"], condition=models.Q(case_id__isnull=False), name="audit_of_case"
            ),
            # Lists and searches name the cases that they show: few events do.
            GinIndex(
                KeyTransform("of_cases", "detail"),
                condition=models.Q(detail__has_key="of_cases"),
                name="audit_naming_cases",
            ),
            # Rows come in the order of time: a few kilobytes find any day.
            BrinIndex(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"Event {self.pk}"


class ChainLink(models.Model):
    """The place of an event in the chain: each hash covers the event and the hash before it.

    Written by the database at the moment a transaction commits, so that the
    order of the chain is the order of commits and nobody waits for anybody
    while a page is made.
    """

    wall = "audit"
    append_only = True

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="link", db_constraint=False)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"Link {self.position}"


class Checkpoint(models.Model):
    """A signed statement of how far the chain reached. Copies belong where nobody here can write."""

    wall = "audit"
    append_only = True

    at = models.DateTimeField()
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    signature = models.TextField()

    def __str__(self) -> str:
        return f"Checkpoint at {self.position}"


class UnusualAccess(models.Model):
    """Something in how somebody looked at records that an auditor should judge; ``watch access`` finds it."""

    wall = "oversight"
    append_only = True
    # What is raised from an event that an auditor may not read is not theirs to read either; and that
    # somebody is blocked is for another auditor where it is the reader who is blocked.
    _READABLE = "EXISTS (SELECT 1 FROM public.audit_event e WHERE e.id = event_id)"
    _BLOCKED = "(rule = 'kept_off' AND access.excluded(coalesce(case_id, 0)))"
    wall_reads = f"({AUDITORS} AND NOT {_CASES} AND NOT {_BLOCKED} AND {_READABLE})"
    wall_adds = "false"

    class Rule(models.TextChoices):
        OWN_NAME = "own_name", "Looked at a case of somebody with their own name"
        FAMILY_NAME = "family_name", "Looked at a case of somebody with their family name"
        OWN_NAME_RECORDS = "own_name_records", "Looked at records of somebody with their own name"
        FAMILY_NAME_RECORDS = "family_name_records", "Looked at records of somebody with their family name"
        OWN_NAME_SEARCHED = "own_name_searched", "Searched for their own name"
        FAMILY_NAME_SEARCHED = "family_name_searched", "Searched for their family name"
        NOT_ON_CASE = "not_on_case", "Looked at cases that their agency does not work on"
        NO_WORK = "no_work", "Looked at cases on which they did nothing and had nothing to do"
        NO_WORK_RECORDS = "no_work_records", "Looked at records on which neither they nor their agency worked"
        MANY_IN_AN_HOUR = "many_in_an_hour", "Looked at many records within an hour"
        MANY_IN_A_DAY = "many_in_a_day", "Looked at many records within a day"
        GUESSING = "guessing", "Tried references of cases that are not there"
        YOUNG_ACCOUNT = "young_account", "Opened the address vault with a new, moved or re-linked account"
        ONE_BROWSER = (
            "one_browser",
            "Signed in where whoever asked for the account was signed in just before, or the reverse",
        )
        SECOND_STEP = "second_step", "Gave the right password and a wrong second step, again and again"
        VAULT_REPEATED = "vault_repeated", "Wrote words that are in the address vault of the case"
        KEPT_OFF = "kept_off", "Blocked somebody from a case"
        NEAR_REVIEW = "near_review", "Asked for a review that differs from an earlier one by few cases"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule = models.CharField(max_length=24, choices=Rule.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case_id = models.BigIntegerField(null=True)
    day = models.DateField()
    # How many when it was found, and the first event of them.
    count = models.IntegerField()
    event_id = models.BigIntegerField()
    # The same thing is raised once: rule, person, case and day.
    of = models.CharField(max_length=80, unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["-at"])]
        verbose_name_plural = "unusual access"

    def __str__(self) -> str:
        return f"Unusual access {self.key}"


class UnusualAccessClosing(models.Model):
    """Auditor's conclusion about an unusual access, in words."""

    wall = "oversight"
    append_only = True
    wall_reads = "(SELECT access.role()) = 'auditor'"
    wall_adds = "((SELECT access.role()) = 'auditor' AND user_id = (SELECT access.actor()))"

    class Finding(models.TextChoices):
        EXPLAINED = "explained", "There is a good reason"
        PASSED_ON = "passed_on", "Passed on to the person’s agency"
        NOT_EXPLAINED = "not_explained", "There is no good reason"

    unusual = models.OneToOneField(UnusualAccess, on_delete=models.PROTECT, related_name="closing")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=14, choices=Finding.choices)
    words = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Closing of {self.unusual_id}"
