"""Records of this side of a case: rows of health, only ever added."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from lamplighter.hub.access.models import CaseRow, redactable


class TypologyJudgement(CaseRow):
    """Type that somebody judged on a day, how sure they were and on what; the next is another row."""

    wall = "health"
    append_only = True
    redacts = redactable(basis="Basis")

    class Confidence(models.TextChoices):
        LOW = "low", "Low"
        MODERATE = "moderate", "Moderate"
        HIGH = "high", "High"

    scheme = models.CharField(max_length=30)
    type = models.CharField(max_length=30)
    # Empty for "undetermined", which is a judgement of its own.
    confidence = models.CharField(max_length=10, choices=Confidence.choices, blank=True)
    basis = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at", "-id"])]


class PriorRelationship(CaseRow):
    """Relationship of the two before: a fact with its source, and no judgement."""

    wall = "health"
    append_only = True
    redacts = redactable(words="Text", source="Source")

    kind = models.CharField(max_length=30)
    words = models.TextField(blank=True)
    source = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at", "-id"])]


class Statement(CaseRow):
    """One statement of the formulation, in one of its versions. All versions of it share ``line``."""

    wall = "health"
    append_only = True
    redacts = redactable(text="Text", reason="Why it was changed")

    class Section(models.TextChoices):
        PRESENTING = "presenting", "Presenting: what is happening"
        PREDISPOSING = "predisposing", "Predisposing: what made it possible"
        PRECIPITATING = "precipitating", "Precipitating: what set it off"
        PERPETUATING = "perpetuating", "Perpetuating: what keeps it going"
        PROTECTIVE = "protective", "Protective: what holds it back"
        FUNCTION = "function", "Function: what the behaviour does for the person"

    line = models.UUIDField(default=uuid.uuid4)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=16, choices=Section.choices)
    text = models.TextField()
    # Keys of entries of the case's history that show it. None: not yet supported.
    evidence = ArrayField(models.UUIDField(), default=list)
    withdrawn = models.BooleanField(default=False)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "line", "-id"])]
        # A version has one successor: whoever is second sees the first. Only its own agency may follow it, so
        # that nobody meets a successor they may not see.
        constraints = [
            models.UniqueConstraint(
                fields=["line", "replaces"], nulls_distinct=False, name="a_statement_has_one_successor"
            )
        ]


class OfficerConsultation(CaseRow):
    """Answer of the officer in the case or the CPS about required work while the matter is live.

    The newest of an agency on a kind of work counts, until a status that is live is recorded after it.
    """

    wall = "health"
    append_only = True
    redacts = redactable(
        who="Who was asked", content="What may be talked about", disclosure="Disclosure", timing="When"
    )

    class Asked(models.TextChoices):
        OFFICER = "officer", "The officer in the case"
        CPS = "cps", "The Crown Prosecution Service (CPS)"

    class Answer(models.TextChoices):
        START = "start", "The work can go on, as agreed below"
        WAIT = "wait", "The work has to wait"

    work = models.CharField(max_length=40)
    asked = models.CharField(max_length=10, choices=Asked.choices)
    who = models.CharField(max_length=200)
    on = models.DateField()
    answer = models.CharField(max_length=8, choices=Answer.choices)
    content = models.TextField()
    disclosure = models.TextField()
    timing = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "work", "-id"])]


class Enrolment(CaseRow):
    """The person takes part in a programme, on this footing, and met what it asks on that day."""

    wall = "health"
    append_only = True
    redacts = redactable(why="Why")

    programme = models.CharField(max_length=40)
    ground = models.CharField(max_length=20)
    # Code of a criterion → "yes": what was asked, and the legal status that opened the gate.
    eligibility = models.JSONField(default=dict)
    # The codes of all that stood on the case, the newest first, with a space between them.
    legal_status = models.CharField(max_length=120)
    why = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at"])]


class Allocation(CaseRow):
    """Practitioner who works with the person from now on, and the supervisor. The newest row counts."""

    wall = "health"
    append_only = True
    redacts = redactable(supervisor="Supervisor")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="allocations")
    practitioner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Supervision is independent and may come from outside: a name, not an account.
    supervisor = models.CharField(max_length=120)


class Session(CaseRow):
    """A session that was offered for a day and a time."""

    wall = "health"
    append_only = True

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    planned_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "planned_at"])]


class SessionOutcome(CaseRow):
    """Outcome of a session: attended or not. A correction is another row that names the one it replaces."""

    wall = "health"
    append_only = True
    redacts = redactable(words="Text")

    class What(models.TextChoices):
        ATTENDED = "attended", "Attended"
        MISSED = "missed", "Missed"
        CALLED_OFF = "called_off", "Called off by the service"

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="outcomes")
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "replaces"], nulls_distinct=False, name="an_outcome_has_one_successor"
            )
        ]


class Chase(CaseRow):
    """Follow-up of a missed session."""

    wall = "health"
    append_only = True
    redacts = redactable(words="What was done")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="chases")
    words = models.TextField()


class Ending(CaseRow):
    """The programme is over: delivered in full, or stopped, by whom and why. No finding about danger."""

    wall = "health"
    append_only = True
    redacts = redactable(why="Why")

    class How(models.TextChoices):
        COMPLETED = "completed", "Delivered in full"
        PERSON = "person", "Stopped by the person"
        PRACTITIONER = "practitioner", "Stopped by the practitioner"
        SERVICE = "service", "Stopped by the service"
        GATE = "gate", "Stopped because the legal status changed"

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="ending")
    how = models.CharField(max_length=14, choices=How.choices)
    why = models.TextField()


class MeasureResult(CaseRow):
    """A questionnaire as it was answered, with its version, and the total by the rule of that version."""

    wall = "health"
    append_only = True

    class Moment(models.TextChoices):
        BEFORE = "before", "Before"
        DURING = "during", "During"
        AFTER = "after", "After"
        LATER = "later", "Later"

    instrument = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    moment = models.CharField(max_length=8, choices=Moment.choices)
    on = models.DateField()
    answers = models.JSONField(default=dict)
    # None: too much was left out.
    total = models.FloatField(null=True)
    missing = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["case", "instrument", "on"])]


class HealthFlag(CaseRow):
    """Statement of a source about the suspect's mental health, on a day. Never inferred from anything."""

    wall = "health"
    append_only = True
    redacts = redactable(words="What was said")

    class Source(models.TextChoices):
        SELF = "self", "The person this is about"
        RECORD = "record", "A health record, with a lawful basis to read it"
        LIAISON = "liaison", "Liaison and diversion, or custody healthcare"
        COURT = "court", "A report for a court"
        PROFESSIONAL = "professional", "Another professional who works with the person"
        OTHER = "other", "Somebody else who knows the person"

    source = models.CharField(max_length=14, choices=Source.choices)
    noted_on = models.DateField()
    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-noted_on"])]


class HealthDecision(CaseRow):
    """Decision on a referral to a health service after a flag; the newest stands."""

    wall = "health"
    append_only = True
    redacts = redactable(words="Why")

    class Decision(models.TextChoices):
        REFER = "refer", "Refer"
        KNOWN = "known_to_service", "Already known to a service"
        NOT = "not_refer", "Do not refer"

    flag = models.ForeignKey(HealthFlag, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=16, choices=Decision.choices)
    on = models.DateField()
    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "-on"])]


class Consultation(CaseRow):
    """Advice given to another service: to whom, on what, in words. Its minutes are in ``cases.Work``."""

    wall = "health"
    append_only = True
    redacts = redactable(to="Who asked", question="Question", advice="Advice")

    class Kind(models.TextChoices):
        ADVICE = "advice", "Advice on one question"
        CONSULTATION = "consultation", "Consultation and formulation"

    kind = models.CharField(max_length=14, choices=Kind.choices)
    on = models.DateField()
    to = models.CharField(max_length=200)
    question = models.TextField()
    advice = models.TextField()
    minutes = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["case", "-on"])]
