"""That somebody who was reported works for an agency: from when, who deals with it, and what came of it.

A marker is set on a report, a pattern or a case, and counts for the two people of it wherever they are. As
long as it stands, whoever is named in it and everybody of that agency finds nothing of them: functions of
the database (``access/wall/functions.sql``) work out from these rows what that is, whenever it is asked.
Nobody who is kept out by a marker reads a row of these tables, not even after it has ended.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import SENIOR

SEES = "access.sees_marker(marker_id)"
TEAM = "access.in_team(marker_id)"
LEADS = "access.leads_team(marker_id)"
IN_OWN_NAME = "by_id = (SELECT access.actor())"
# Whoever names a team: its lead; and those who answer for another agency, as long as it has none.
_SENIOR = (
    f"((SELECT access.role()) = ANY({row_security.texts(set(SENIOR))})"
    " AND NOT access.of_marked_agency(marker_id)"
    " AND NOT access.has_lead(marker_id))"
)
NAMES_TEAM = f"({SEES} AND ({LEADS} OR {_SENIOR}))"
# Nobody of the marked agency leads, whoever admits them.
_MARKED = "SELECT m.agency_id FROM public.workforce_marker m WHERE m.id = marker_id"
LED_FROM_OUTSIDE = f"(NOT lead OR agency_id IS DISTINCT FROM ({_MARKED}))"


class OfMarker(models.Model):
    wall = "oversight"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.key}"


class Marker(OfMarker):
    """The suspect works for ``agency``, or for ``employer``, who is no agency of this hub.

    No free text: how it is known can be told in confidence, and whoever may read the pattern reads this.
    """

    append_only = True
    # Whoever sets it may not read it from then on: they may be of that agency.
    written_by_services = True
    wall_reads = "access.sees_marker(id)"

    class Sector(models.TextChoices):
        POLICE = "police", "A police force"
        PROBATION = "probation", "Probation"
        HEALTH = "health", "An NHS trust or another health service"
        COUNCIL = "council", "A council"
        OTHER = "other", "Another employer"

    class Post(models.TextChoices):
        OFFICER = "officer", "Police officer"
        STAFF = "staff", "Staff"
        HEALTH = "health", "Health professional"
        CONTRACTOR = "contractor", "Contractor, agency worker or volunteer"
        NOT_KNOWN = "not_known", "Not known"

    class Known(models.TextChoices):
        VICTIM = "victim", "The victim says so"
        SUSPECT = "suspect", "The suspect says or said so"
        SEEN = "seen", "Seen at work, in uniform or with a pass"
        RECORD = "record", "It is in a record"
        OTHER = "other", "Somebody else says so"
        SUSPECTED = "suspected", "It is suspected and not certain"

    report_id = models.CharField(max_length=200, blank=True)
    course_id = models.CharField(max_length=60, blank=True)
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    employer = models.CharField(max_length=120, blank=True)
    sector = models.CharField(max_length=10, choices=Sector.choices)
    post = models.CharField(max_length=10, choices=Post.choices)
    known = models.CharField(max_length=10, choices=Known.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    (~Q(report_id="") & Q(course_id="", case=None))
                    | (~Q(course_id="") & Q(report_id="", case=None))
                    | Q(report_id="", course_id="", case__isnull=False)
                ),
                name="a_marker_is_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False, employer="") | (Q(agency=None) & ~Q(employer="")),
                name="a_marker_names_one_employer",
            ),
        ]
        indexes = [
            models.Index(fields=["agency"]),
            models.Index(fields=["report_id"]),
        ]


class NamedUser(OfMarker):
    """The account of the suspect, where somebody knows it. For the outside team to read."""

    append_only = True
    written_by_services = True
    wall_reads = f"(access.sees_marker(marker_id) AND ({TEAM} OR {IN_OWN_NAME}))"

    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="named")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["marker", "user"], name="an_account_named_once")]


class Covered(models.Model):
    """A report that a marker covers, and since when: so that it stays covered when it is withdrawn, and that
    the outside team is told of those that came later."""

    wall = "oversight"
    append_only = True
    written_by_services = True
    wall_reads = f"({SEES} AND {TEAM})"

    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="covered")
    report_id = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["marker", "report_id"], name="a_report_covered_once")]
        indexes = [models.Index(fields=["report_id"])]

    def __str__(self) -> str:
        return f"Covered report {self.pk}"


class Seen(models.Model):
    """Time at which somebody of the team last opened a marker: what was covered since is new to them."""

    wall = "own"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Marker.key. No foreign key: what a person has read goes with the person.
    marker_key = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "marker_key"], name="a_marker_seen_last")]
        verbose_name_plural = "seen"

    def __str__(self) -> str:
        return f"Seen {self.pk}"


class Member(OfMarker):
    """Somebody of the outside team, or of the marked agency whom the team's lead admits by name.

    ``agency`` is theirs at that time: whoever moves to another is in the team no more.
    """

    wall_reads = SEES
    wall_adds = f"({NAMES_TEAM} AND {IN_OWN_NAME} AND {LED_FROM_OUTSIDE})"
    wall_changes = NAMES_TEAM

    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    lead = models.BooleanField(default=False)
    reason = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["marker", "user"], condition=Q(ended_at=None), name="in_a_team_once"
            ),
            models.UniqueConstraint(
                fields=["marker"], condition=Q(ended_at=None, lead=True), name="one_lead_of_a_team"
            ),
        ]


class Step(OfMarker):
    """Something the outside team's lead has to see to, by when: the professional-standards route."""

    append_only = True
    written_by_services = True
    wall_reads = f"({SEES} AND {TEAM})"

    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="steps")
    # A code of the rules of this part, and its words on the day.
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["marker", "code"], name="a_step_once")]


class StepOutcome(OfMarker):
    """Outcome of a step: to whom it went, when, and what they said."""

    append_only = True
    wall_reads = "EXISTS (SELECT 1 FROM public.workforce_step s WHERE s.id = step_id)"
    _led = "SELECT 1 FROM public.workforce_step s WHERE s.id = step_id AND access.leads_team(s.marker_id)"
    wall_adds = f"({IN_OWN_NAME} AND EXISTS ({_led}))"

    class Outcome(models.TextChoices):
        REFERRED = "referred", "Done"
        NOT_NEEDED = "not_needed", "Not needed here"
        REFUSED = "refused", "They refused or did not answer"

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="outcomes")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    on = models.DateField()
    words = models.TextField()


class EndProposed(OfMarker):
    """The team's lead says that a marker was wrong."""

    append_only = True
    wall_reads = SEES
    wall_adds = f"({IN_OWN_NAME} AND {SEES} AND {LEADS})"

    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="ends")
    reason = models.TextField()


class EndChecked(OfMarker):
    """A second person, of another agency than the first and than the marked one, agrees or does not."""

    append_only = True
    _seen = "SELECT 1 FROM public.workforce_endproposed p WHERE p.id = proposal_id"
    wall_reads = f"EXISTS ({_seen})"
    wall_adds = f"({IN_OWN_NAME} AND access.may_check_end(proposal_id))"

    proposal = models.OneToOneField(EndProposed, on_delete=models.PROTECT, related_name="check_made")
    agrees = models.BooleanField()
    reason = models.TextField()
