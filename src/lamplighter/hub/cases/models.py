"""A case is two people: one who is stalked, one who stalks. Everything that changes is a row with a time."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone

from lamplighter.hub.access.models import CaseRow, RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import SHARED
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.status.states import State


class Case(models.Model):
    """The spine. ``reference`` is what people say to each other; ``key`` is what addresses carry."""

    wall = "shared"
    # The rules of the wall speak of case_id; here the row is the case.
    wall_case = "id"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made from random letters; it holds no year, no force and no running number.
    reference = models.CharField(max_length=12, unique=True, editable=False)
    owner = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    # The pattern it came from, when there was one (patterns.Course.course_id).
    course_id = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-opened_at"])]

    def __str__(self) -> str:
        return f"Case {self.reference}"


class Participation(CaseRow):
    """An agency works on the case. Its people read what the rules give to their role; until it ends."""

    wall = "shared"
    redacts = redactable(reason="Why", ended_why="Why it ended")

    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="participations")
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "agency"], condition=models.Q(ended_at=None), name="an_agency_once_on_a_case"
            )
        ]
        indexes = [
            models.Index(fields=["agency", "case"], condition=models.Q(ended_at=None), name="agency_cases")
        ]


class Party(CaseRow):
    """A person in the case, as the case calls them. No address, no telephone: those are in the vault."""

    wall = "shared"
    redacts = redactable(name="Name", also_known_as="Also known as", reason="Why it was corrected")

    class Side(models.TextChoices):
        VICTIM = "victim", "The victim"
        SUSPECT = "suspect", "The suspect"

    side = models.CharField(max_length=8, choices=Side.choices)
    # Who it is, where linkage knows (people.Membership.person_id): the same person can be in many cases.
    person_id = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    also_known_as = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    # Where there is no date of birth: how old the person was said to be, in years, on the day age_on.
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(null=True, blank=True)
    age_on = models.DateField(null=True, blank=True)
    # A correction is a new row; the one before it stays, and stops here.
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "side"]),
            models.Index(fields=["person_id"]),
            # Two referrals of the same two people are found by names and dates of birth.
            models.Index(fields=["birth_date"]),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="party_name_trigrams"),
            GinIndex(OpClass(Upper("also_known_as"), name="gin_trgm_ops"), name="party_alias_trigrams"),
        ]


class LeadWorker(CaseRow):
    """Lead worker of an agency (``owner``) on the case from this moment on; nobody, where it is empty."""

    wall = "shared"
    append_only = True

    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["case", "owner", "-at", "-id"])]


class Status(CaseRow):
    """State of the case from this moment on. The newest row is the present one; none is ever changed."""

    wall = "shared"
    append_only = True
    redacts = redactable(reason="Reason")

    Name = State

    name = models.CharField(max_length=20, choices=Name.choices)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at", "-id"])]


class Referral(CaseRow):
    """Sender of the referral and the reason. A crime number is not needed."""

    wall = "shared"
    append_only = True
    redacts = redactable(crime_numbers="Crime numbers", why="Why it was referred", risk_now="Immediate risk")

    crime_numbers = models.TextField(blank=True)
    why = models.TextField()
    risk_now = models.TextField(blank=True)

    class Knows(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_KNOWN = "not_known", "Not known"

    victim_knows = models.CharField(max_length=12, choices=Knows.choices, default=Knows.NOT_KNOWN)
    # Whether somebody was in danger when it was sent: the hours of triage count from it.
    danger = models.CharField(max_length=12, choices=Knows.choices, default=Knows.NOT_KNOWN)


class SafeguardingCheck(CaseRow):
    """Police action to make somebody safe: who did it, when, and what. Asked before a decision."""

    wall = "shared"
    append_only = True
    redacts = redactable(done_by="Who of the police", what="What was done")

    done_by = models.CharField(max_length=200)
    done_at = models.DateTimeField()
    what = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"])]


_CASE_READS = row_security.case_reads(SHARED)
# Of a row that names another case: whoever can open both, so that nobody learns of the one from the other.
_BOTH_READ = f"({_CASE_READS} AND {_CASE_READS.replace('case_id', 'other_id')})"


class RepeatedReferral(CaseRow):
    """The same two people had an open case when this one was referred, and why it was referred all the same.

    Read by those who can open both: nobody learns from one case that there is another.
    """

    wall = "shared"
    append_only = True
    wall_reads = _BOTH_READ
    redacts = redactable(reason="Reason")
    redacts_quietly = True

    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case"]), models.Index(fields=["other"])]


class ActingTogether(CaseRow):
    """The suspects of this case and of another one of the same victim act together, or, later, do not.

    The newest row of two cases stands, whichever of them it was said on. Read by those who can open both.
    """

    wall = "shared"
    append_only = True
    wall_reads = _BOTH_READ
    redacts = redactable(reason="How it is known")
    redacts_quietly = True

    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    together = models.BooleanField()
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case"]), models.Index(fields=["other"])]


class Triage(CaseRow):
    """Decision of the hub on a referral: what to do, for which reason, by which threshold."""

    wall = "shared"
    append_only = True
    redacts = redactable(reason="Reason", redirected_to="Redirected to")

    decision = models.CharField(max_length=20, choices=Status.Name.choices)
    # A code of rules.toml, in the words that held on the day.
    threshold = models.CharField(max_length=60)
    reason = models.TextField()
    redirected_to = models.CharField(max_length=200, blank=True)


class Rejection(CaseRow):
    """Somebody proposes to reject the referral. It stands once everybody named here has read it and agrees.

    Between them and the proposer, a stalking lead and an advocate have read it.
    """

    wall = "shared"
    append_only = True
    redacts = redactable(reason="Reason", told="What the victim was told", turn_to="Where they can turn")

    # A code of rules.toml, in the words that held on the day.
    threshold = models.CharField(max_length=60)
    reason = models.TextField()
    told = models.TextField()
    turn_to = models.TextField()
    # Who reads it, of another agency; empty where the proposer is such a person.
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    advocate = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]


class RejectionAnswer(CaseRow):
    """Answer of a named reader to the proposal; or its withdrawal by the proposer.

    The database takes an answer of nobody else.
    """

    wall = "shared"
    append_only = True
    redacts = redactable(words="Reason")

    class Answer(models.TextChoices):
        AGREED = "agreed", "The rejection is right"
        REFUSED = "refused", "The referral should not be rejected"
        WITHDRAWN = "withdrawn", "The proposal was withdrawn"

    rejection = models.ForeignKey(Rejection, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    words = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rejection", "by"], name="a_rejection_is_answered_once_by_each")
        ]


class LegalStatus(CaseRow):
    """State of a criminal matter, by date: the gate of direct intervention asks all that stand.

    A person can be on licence for one offence and under investigation for another. Rows of one
    ``matter`` follow each other; the newest of each stands, unless it ``ends`` it.
    """

    wall = "shared"
    append_only = True
    redacts = redactable(source="Source", offence="Offence", reference="Reference")

    class Name(models.TextChoices):
        NOT_REPORTED = "not_reported", "Not reported to the police"
        INVESTIGATION = "investigation", "Live investigation"
        CHARGED = "charged", "Charged"
        NO_ACTION = "no_action", "No further action"
        CONVICTED = "convicted", "Convicted"
        PROBATION = "probation", "On probation or licence"
        ACQUITTED = "acquitted", "Acquitted"

    name = models.CharField(max_length=20, choices=Name.choices)
    since = models.DateField()
    source = models.TextField(blank=True)
    # None: the one matter that a case had before it could have several.
    matter = models.UUIDField(null=True)
    offence = models.CharField(max_length=200, blank=True)
    # What the police, the court or the prison calls the matter, where it is known.
    reference = models.CharField(max_length=100, blank=True)
    # From this day on nothing of the matter stands; ``name`` is what stood until then.
    ends = models.BooleanField(default=False)
    # What was recorded wrongly before: it no longer counts, and stays readable.
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        indexes = [models.Index(fields=["case", "-since", "-id"])]


class MappaStatus(CaseRow):
    """That the suspect is managed under MAPPA, was referred, or is no longer; the newest row stands.

    Multi-Agency Public Protection Arrangements: police, probation and prison manage together who is
    most dangerous. How long the police keep records depends on it.
    """

    wall = "shared"
    append_only = True
    redacts = redactable(source="Source", reference="Reference")

    class State(models.TextChoices):
        REFERRED = "referred", "Referred to MAPPA, not decided yet"
        MANAGED = "managed", "Managed under MAPPA"
        DECLINED = "declined", "Referral not accepted"
        ENDED = "ended", "No longer managed under MAPPA"

    state = models.CharField(max_length=10, choices=State.choices)
    # A code of the rules "mappa"; "" where it is not known, or nothing is managed.
    category = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    since = models.DateField()
    lead_agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=100, blank=True)
    source = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-since", "-id"])]


class Closing(CaseRow):
    """Reason for closing, whether the stalking was current then, and what was asked and not done."""

    wall = "shared"
    append_only = True
    redacts = redactable(
        reason="Reason",
        current_words="Is the stalking current?",
        not_done="Steps left out",
        agreed_words="Who agreed",
    )

    class Current(models.TextChoices):
        NO = "no", "No"
        YES = "yes", "Yes"
        NOT_KNOWN = "not_known", "Not known"

    class Advocate(models.TextChoices):
        AGREES = "agrees", "Agrees"
        DISAGREES = "disagrees", "Does not agree"
        NOT_ASKED = "not_asked", "Was not asked, or has not answered"
        NONE = "none", "There is no advocate"

    why = models.CharField(max_length=60)
    reason = models.TextField()
    current = models.CharField(max_length=10, choices=Current.choices)
    # The code of the definition of "current" that held on the day, with its weeks.
    definition = models.CharField(max_length=60)
    current_words = models.TextField(blank=True)
    last_act_on = models.DateField(null=True)
    # Empty: nothing that was asked was left undone.
    not_done = models.TextField(blank=True)
    # Of the days since the last act, how many the person was in custody, in hospital or abroad; empty: not
    # known.
    days_away = models.PositiveIntegerField(null=True)
    # What is to come, each with its day where it is known: an end of it is a reason to look again.
    orders = models.CharField(max_length=10, choices=Current.choices, default=Current.NOT_KNOWN)
    orders_on = models.DateField(null=True)
    bail = models.CharField(max_length=10, choices=Current.choices, default=Current.NOT_KNOWN)
    bail_on = models.DateField(null=True)
    release = models.CharField(max_length=10, choices=Current.choices, default=Current.NOT_KNOWN)
    release_on = models.DateField(null=True)
    trial = models.CharField(max_length=10, choices=Current.choices, default=Current.NOT_KNOWN)
    trial_on = models.DateField(null=True)
    advocate = models.CharField(max_length=10, choices=Advocate.choices, default=Advocate.NOT_ASKED)
    # Who of another agency agreed, and which: two agencies close what is no longer current.
    agreed_with = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    agreed_words = models.TextField(blank=True)
    # The outcome that drops the case, a code of the outcomes; empty where none does. The database asks two
    # signatures for it, or an override (lamplighter.hub.closing).
    dropped_as = models.CharField(max_length=4, blank=True)


class FollowUp(CaseRow):
    """Findings so many months after closing."""

    wall = "shared"
    append_only = True
    redacts = redactable(words="What was found")

    class Found(models.TextChoices):
        NOTHING = "nothing", "No further stalking is known of"
        FURTHER = "further", "Further stalking is known of"
        NOT_KNOWN = "not_known", "It could not be found out"

    months = models.PositiveSmallIntegerField()
    found = models.CharField(max_length=10, choices=Found.choices)
    words = models.TextField()


class Work(RowOfAnyPartition):
    """Time spent, for costing. In the partition of who did it: how often an advocate calls is hers."""

    append_only = True

    on = models.DateField()
    minutes = models.PositiveIntegerField()
    role = models.CharField(max_length=20, choices=Role.choices)
    activity = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["case", "role"])]
        verbose_name_plural = "work"


class Entry(RowOfAnyPartition):
    """One line of the case's history, in the partition of whoever wrote it.

    ``happened_at`` is when it was so, ``at`` when the hub came to know: "as at" asks the second.
    """

    append_only = True
    redacts = redactable(title="Title", body="Text")

    kind = models.CharField(max_length=40)
    happened_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    # Where it can be read in full: the name of a page, and the key of the row.
    page = models.CharField(max_length=60, blank=True)
    of_key = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "-happened_at", "-id"]),
            # In which cases somebody has lately written.
            models.Index(fields=["by", "at", "case"], name="cases_of_entries"),
        ]
        verbose_name_plural = "entries"
