"""Courses of conduct as computed, version by version, and what people decided about them.

A course is computed from reports, persons and corrections, and is written anew
only when something in it changed: the older version stays, so that "what did
we know on that day" is a query. Decisions, corrections, holders and looks are
rows that are added and never changed.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lamplighter.hub.access.wall import row_security
from lamplighter.hub.intake.fields import WallClockField


def _texts() -> ArrayField[Any, Any]:
    return ArrayField(models.TextField(), default=list)


class Computation(models.Model):
    """One run of the rules: over everything, over the persons that something touched, or over the reports of
    one delivery after the other, whose number is among its ``counts``."""

    wall = "records"

    class Scope(models.TextChoices):
        ALL = "all", "Everything"
        COMPONENT = "component", "The persons touched"
        DELIVERY = "delivery", "The reports of a delivery"

    at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    rules_version = models.TextField()
    counts = models.JSONField(default=dict)
    # Numbers of the lessons that the words were read with.
    learned = ArrayField(models.IntegerField(), default=list)

    def __str__(self) -> str:
        return f"Computation {self.pk}"


class Course(models.Model):
    """One version of one course. ``superseded_at`` is empty for the version that stands."""

    wall = "records"
    wall_reads = row_security.pattern_reads()

    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="courses")
    course_id = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True)
    victim_person = models.CharField(max_length=60)
    suspect_person = models.CharField(max_length=60, null=True)
    kind = models.CharField(max_length=20)
    reading = models.CharField(max_length=40)
    reading_reasons = _texts()
    flagged = models.BooleanField()
    hidden = models.BooleanField()
    n_reports = models.IntegerField()
    n_occasions = models.IntegerField()
    first_at = WallClockField(null=True)
    last_at = WallClockField(null=True)
    agencies = _texts()
    relationship = models.CharField(max_length=40, null=True)
    # The places under the rules of the order of the list: arrays compare element by element, as the rules do.
    urgency_key = ArrayField(models.FloatField(), default=list)
    urgency_reasons = _texts()
    rules_met = _texts()
    report_ids = _texts()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course_id"],
                condition=Q(superseded_at__isnull=True),
                name="one_standing_version_a_course",
            ),
        ]
        indexes = [
            models.Index(fields=["course_id", "computed_at"]),
            models.Index(
                fields=["victim_person"], condition=Q(superseded_at__isnull=True), name="course_victim"
            ),
            models.Index(
                fields=["suspect_person"], condition=Q(superseded_at__isnull=True), name="course_suspect"
            ),
            models.Index(
                fields=["flagged", "urgency_key"],
                condition=Q(superseded_at__isnull=True),
                name="course_urgency",
            ),
            GinIndex(fields=["report_ids"], name="course_reports"),
        ]

    def __str__(self) -> str:
        return f"Course {self.course_id}"


class Occasion(models.Model):
    """One report's account of one occasion; accounts of the same occasion share ``number``."""

    wall = "records"
    wall_reads = row_security.words_of_sender("agency")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="occasions")
    place = models.IntegerField()
    number = models.IntegerField()
    report_id = models.CharField(max_length=200)
    occasion_seq = models.IntegerField()
    at = WallClockField(null=True)
    until = WallClockField(null=True)
    precision = models.CharField(max_length=12, null=True)
    acts = _texts()
    limbs = _texts()
    channels = _texts()
    actor = models.CharField(max_length=12, null=True)
    words = _texts()
    rules = _texts()
    recorded_as = models.CharField(max_length=40, null=True)
    agency = models.CharField(max_length=60)
    source_ref = models.CharField(max_length=200)
    attribution = models.CharField(max_length=40)
    reason = models.TextField(default="")
    reversed = models.BooleanField(default=False)
    same_as = models.CharField(max_length=220, null=True)
    # What the report of it tells beside acts that the order of the list reads.
    circumstances = _texts()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "place"], name="one_place_in_the_order")]
        ordering = ["place"]

    def __str__(self) -> str:
        return f"Occasion {self.pk}"

    @property
    def key(self) -> str:
        """Return the name by which findings call it."""
        return f"{self.report_id}#{self.occasion_seq}"


class Finding(models.Model):
    """Finding of one rule in one version of a course, with the occasions that show it."""

    wall = "records"
    wall_reads = row_security.words_of_evidence()

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="findings")
    rule_id = models.CharField(max_length=60)
    rule_version = models.CharField(max_length=40)
    title = models.TextField()
    met = models.BooleanField()
    evidence = _texts()
    words = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "rule_id"], name="one_finding_a_rule")]

    def __str__(self) -> str:
        return f"Finding {self.rule_id}"


class CourseChange(models.Model):
    """Change of a course by a computation: new, a report joined or left, persons changed, or gone."""

    wall = "records"
    wall_reads = row_security.not_kept_off("course_id")
    append_only = True

    class Kind(models.TextChoices):
        NEW = "new", "New"
        CHANGED = "changed", "Changed"
        GONE = "gone", "Fell apart"
        BACK = "back", "Came back"

    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="changes")
    course_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reports_joined = _texts()
    reports_left = _texts()
    rules_added = _texts()
    rules_lost = _texts()
    # Numbers of the lessons, learned or taken back, by which the acts of its reports read otherwise.
    learned = ArrayField(models.IntegerField(), default=list)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["course_id", "-at"])]

    def __str__(self) -> str:
        return f"Change {self.pk} of {self.course_id}"


class Decision(models.Model):
    """A person's word on a course. The database refuses to change or delete a row; the newest counts."""

    wall = "records"
    wall_reads = row_security.not_kept_off("course_id")
    append_only = True

    class Kind(models.TextChoices):
        COURSE = "course_of_conduct", "It is a course of conduct"
        NOT_COURSE = "not_a_course", "It is not a course of conduct"
        NEED_MORE = "need_more", "We need to know more first"

    course_id = models.CharField(max_length=60)
    version = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["course_id", "-at"])]

    def __str__(self) -> str:
        return f"Decision {self.pk}"


class NextStep(models.Model):
    """Step after a decision: a day on which to look again, or a force that is to correct its record."""

    wall = "records"
    wall_reads = row_security.not_kept_off("course_id")
    append_only = True

    class Kind(models.TextChoices):
        REVIEW = "review", "Look at the pattern again"
        CORRECT = "correct_recording", "Correct how a report was recorded"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    due_on = models.DateField()
    # Whose record it is; empty for a review.
    agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    report_id = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["course_id", "-at"]),
            models.Index(fields=["agency", "due_on"]),
            models.Index(fields=["report_id"]),
        ]

    def __str__(self) -> str:
        return f"Next step {self.key}"


class StepEnded(models.Model):
    """Outcome of a step, in the words of the person who took it."""

    wall = "records"
    wall_reads = row_security.end_of_step()
    append_only = True

    step = models.OneToOneField(NextStep, on_delete=models.PROTECT, related_name="ended")
    outcome = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"End of step {self.step_id}"


class Holding(models.Model):
    """Assignment of a course to a person; a row without a holder hands it back. The newest counts."""

    wall = "records"
    wall_reads = row_security.not_kept_off("course_id")
    append_only = True

    course_id = models.CharField(max_length=60)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["course_id", "-at"])]

    def __str__(self) -> str:
        return f"Holding {self.pk}"


class Look(models.Model):
    """That somebody saw this version of a course: what came later is what changed since anyone looked."""

    wall = "records"
    wall_reads = row_security.not_kept_off("course_id")
    append_only = True

    course_id = models.CharField(max_length=60)
    version = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["course_id", "-at"])]

    def __str__(self) -> str:
        return f"Look {self.pk}"


class AbuseLook(models.Model):
    """That somebody looked at a pattern that reads as possible domestic or honour-based abuse."""

    wall = "records"
    wall_reads = row_security.not_kept_off("course_id")
    append_only = True

    course_id = models.CharField(max_length=60)
    version = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    reading = models.CharField(max_length=40)
    outcome = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["course_id", "-at"])]

    def __str__(self) -> str:
        return f"Look at abuse {self.pk}"


class Correction(models.Model):
    """A person's word on one act read from a report. Never changed; the newest on an act counts.

    'undone' takes the words before it back: the act stands again as it is read, or does not.
    'declined' is no word on the act, and is written no more: it says that certain words, for which a second
    reader proposed it while there was one (decision 191), do not tell of it.
    """

    wall = "records"
    wall_reads = row_security.words_of_report(writer="by_id")
    append_only = True

    class Kind(models.TextChoices):
        ACCEPT = "accept", "Right"
        REMOVE = "removed", "Wrong"
        ADD = "added", "Missed"
        UNDO = "undone", "Undone"
        DECLINE = "declined", "Not this"

    report_id = models.CharField(max_length=200)
    occasion_seq = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    behaviour = models.CharField(max_length=40)
    reason = models.TextField(default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["report_id", "occasion_seq", "-at"])]

    def __str__(self) -> str:
        return f"Correction {self.pk}"


class Lesson(models.Model):
    """A phrase proposed from a correction, or by another hub: it gives an act to these words, or takes one.

    Never changed; its decisions say whether it is read. Whoever reads the report's words reads the phrase.
    """

    wall = "records"
    wall_reads = row_security.words_of_lesson()
    append_only = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    behaviour = models.CharField(max_length=40)
    phrase = models.TextField()
    holds_back = models.BooleanField()
    # Empty for one from another hub, of which ``origin`` says what its file called itself.
    report_id = models.CharField(max_length=200, blank=True)
    occasion_seq = models.IntegerField(default=0)
    correction = models.ForeignKey(Correction, null=True, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["report_id", "occasion_seq"])]

    def __str__(self) -> str:
        return f"Lesson {self.pk}"


class LessonDecision(models.Model):
    """A person's word on a lesson: accepted from a day on, refused, or taken back from a day on."""

    wall = "records"
    wall_reads = row_security.of_lesson()
    append_only = True

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        TAKEN_BACK = "taken_back", "Undone"

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # The first day on which it is read, or is read no more.
    on = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "kind"], name="one_word_of_a_kind_a_lesson")]

    def __str__(self) -> str:
        return f"Decision {self.pk} on a lesson"


class LessonEffect(models.Model):
    """That the effect of a lesson was worked out, beside which other lessons."""

    wall = "records"
    wall_reads = row_security.of_lesson()

    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="effect")
    learned = ArrayField(models.IntegerField(), default=list)
    rules_version = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Effect {self.pk}"


class LessonIncident(models.Model):
    """An incident that gains or loses the act by a lesson; ``said``: what a correction of it says to that."""

    wall = "records"
    wall_reads = row_security.of_lesson("report")

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="incidents")
    report_id = models.CharField(max_length=200)
    occasion_seq = models.IntegerField()
    gains = models.BooleanField()
    said = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [models.Index(fields=["report_id"])]

    def __str__(self) -> str:
        return f"Incident {self.pk} of a lesson"


class LessonPattern(models.Model):
    """A pattern that a lesson changes, with its reading without and with it; empty where there is none."""

    wall = "records"
    wall_reads = row_security.of_lesson("course")

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="patterns")
    course_id = models.CharField(max_length=60)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"Pattern {self.pk} of a lesson"
