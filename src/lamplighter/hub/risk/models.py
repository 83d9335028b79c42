"""Keep what was judged, and when; what makes it due again; what is done. Rows stay as they were written."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from lamplighter.hub.access.models import CaseRow, RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import BY_ROW, SHARED
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.instruments.models import Sheet
from lamplighter.hub.risk.levels import Level


def _level() -> models.CharField[str, str]:
    return models.CharField(max_length=12, choices=Level.choices, default=Level.NOT_ASSESSED)


def _cites() -> ArrayField[list[uuid.UUID], list[uuid.UUID]]:
    # arrivals.CaseReport.key: the incident as the case showed it when it was cited, not as corrected since;
    # or the key of a breach or a version of an order that everybody on the case reads (cases.hooks.Reason).
    return ArrayField(models.UUIDField(), default=list)


class Current(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


class Assessment(CaseRow):
    """Four judgements, each with its reasons and the incidents that they cite. Nothing is added up.

    A correction is a new assessment. Which level stands follows from all of them (:mod:`risk.levels`): a
    lower one counts once a named person of another agency (``asked``) has agreed. A second rater who has
    still to judge blind does not read the one that they are asked about.

    The submitted instruments that it rests on are rows beside it (:class:`CitedInstrument`), for each is
    read on its own side.
    """

    wall = "shared"
    append_only = True
    wall_reads = f"({row_security.case_reads(SHARED)} AND NOT access.risk_hidden(id))"
    redacts = redactable(
        current_words="Is the stalking current: how it is known",
        violence_why="Reasons: violence",
        persistence_why="Reasons: persistence",
        recurrence_why="Reasons: recurrence",
        harm_why="Reasons: psychosocial harm",
        changed="What has changed",
    )

    current = models.CharField(max_length=10, choices=Current.choices)
    # The code of the definition of "current" that held on the day.
    definition = models.CharField(max_length=60)
    current_words = models.TextField()
    violence = _level()
    violence_why = models.TextField(blank=True)
    violence_cites = _cites()
    persistence = _level()
    persistence_why = models.TextField(blank=True)
    persistence_cites = _cites()
    recurrence = _level()
    recurrence_why = models.TextField(blank=True)
    recurrence_cites = _cites()
    harm = _level()
    harm_why = models.TextField(blank=True)
    harm_cites = _cites()
    # Empty in the first alone.
    changed = models.TextField(blank=True)
    # Who sees to it that the measures are taken; always somebody where a level is high.
    answers_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Where a level would be lower: on which grounds, codes of rules.toml, and who of another agency is asked.
    grounds = ArrayField(models.CharField(max_length=40), default=list)
    asked = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # Whether training in stalking counted for the assessor on that day.
    trained = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["case", "-at", "-id"])]


class CitedInstrument(RowOfAnyPartition):
    """A submitted instrument that an assessment rests on, in the partition of the instrument.

    Everybody on the case reads the assessment. Whoever may not read the instrument does not learn from it
    that there is one: so it is no column there. It is of whose the instrument is, and is erased with it.
    """

    append_only = True
    wall_reads = f"({row_security.reads(BY_ROW)} AND NOT access.risk_hidden(assessment_id))"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="cited")
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "sheet"], name="risk_instrument_cited_once")
        ]
        verbose_name = "instrument used by an assessment"


class LowerAnswer(CaseRow):
    """Answer of the named person of a second agency to a lower level. The database takes nobody else's."""

    wall = "shared"
    append_only = True
    redacts = redactable(words="Reason")

    class Answer(models.TextChoices):
        AGREED = "agreed", "Agrees that it is lower"
        REFUSED = "refused", "Does not agree"

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="lower")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    words = models.TextField()


class Trigger(RowOfAnyPartition):
    """Something happened after which the risk is assessed again. In the partition of where it is known.

    ``by`` is empty where the hub found it. Who may not read the row does not learn that there is one.
    """

    append_only = True
    redacts = redactable(words="What happened")

    # A code of rules.toml.
    kind = models.CharField(max_length=40)
    happened_on = models.DateField()
    words = models.TextField(blank=True)
    # The row that it comes from, where it was not recorded by hand.
    of_key = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"])]


class TriggerAside(RowOfAnyPartition):
    """A trigger was set aside without an assessment, for this reason."""

    append_only = True
    redacts = redactable(reason="Reason")

    trigger = models.OneToOneField(Trigger, on_delete=models.PROTECT, related_name="aside")
    reason = models.TextField()


class MeasureState(CaseRow):
    """Say where a measure of the checklist stands; the newest row of each counts."""

    wall = "shared"
    append_only = True
    redacts = redactable(words="What was done, or why not")

    class State(models.TextChoices):
        DONE = "done", "Done"
        IN_HAND = "in_hand", "In hand"
        NOT_NEEDED = "not_needed", "Not for this case"
        NOT_KNOWN = "not_known", "Not known"

    # A code of rules.toml.
    measure = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices)
    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["case", "measure", "-id"])]


class Scenario(CaseRow):
    """Something that could happen, and what is done about it; the newest row of a ``thread`` stands.

    Its actions are tasks (``clocks.Clock.of_key`` is the thread).
    """

    wall = "shared"
    append_only = True
    redacts = redactable(
        what="What could happen",
        whom="To whom",
        signs="Warning signs",
        response="What we do",
        mind="What would change our mind",
        why="Why it was changed",
    )

    thread = models.UUIDField(default=uuid.uuid4)
    what = models.TextField()
    whom = models.TextField()
    signs = models.TextField(blank=True)
    response = models.TextField()
    mind = models.TextField()
    ended = models.BooleanField(default=False)
    # Empty in the first of a thread alone.
    why = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "thread", "-id"])]


class VictimView(CaseRow):
    """The victim's own view of the danger and of the plan, as her advocate wrote it down.

    It stays on her side. What she lets the others read is a release of it (``sharing``), which she can end.
    """

    wall = "advocacy"
    append_only = True
    redacts = redactable(words="The victim’s view")

    words = models.TextField()
    # sharing.Disclosure.key, where she let the others read it.
    shared_as = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "-id"])]


class BlindAsk(CaseRow):
    """A sample of the assessments: this person judges too, without having read the first.

    Until they have, the author does not learn that there is such an ask. Who declines is followed by another
    ask; one without a ``rater`` waits for somebody to be found.
    """

    wall = "shared"
    append_only = True
    written_by_services = True
    wall_reads = (
        f"({row_security.case_reads(SHARED)}"
        " AND (author_id <> (SELECT access.actor()) OR access.risk_rated(assessment_id)))"
    )

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="blind")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["rater"])]


class BlindDecline(CaseRow):
    """Somebody who was asked to judge blind does not, for a reason. Another is drawn.

    What they say of themselves is for coordinators who may read the ask, and nobody else.
    """

    wall = "shared"
    append_only = True
    redacts = redactable(words="Why they declined")
    wall_reads = (
        f"({row_security.case_reads(SHARED)} AND (by_id = (SELECT access.actor())"  # noqa: S608  a role of ours
        f" OR ((SELECT access.role()) = '{Role.COORDINATOR}'"
        " AND EXISTS (SELECT 1 FROM public.risk_blindask a WHERE a.id = ask_id))))"
    )

    class Why(models.TextChoices):
        KNOWS = "knows", "I know somebody in this case"
        CONFLICT = "conflict", "I have another conflict of interest"
        READ = "read", "I have read or heard how it was judged"
        LEAVE = "leave", "I am on leave, or have no time by that day"
        OTHER = "other", "Another reason"

    ask = models.OneToOneField(BlindAsk, on_delete=models.PROTECT, related_name="decline")
    why = models.CharField(max_length=10, choices=Why.choices)
    words = models.TextField(blank=True)


class SecondRating(CaseRow):
    """The four judgements of a second rater. It moves no level; where it is higher, that is a trigger."""

    wall = "shared"
    append_only = True
    redacts = redactable(words="Reasons")

    ask = models.OneToOneField(BlindAsk, on_delete=models.PROTECT, related_name="rating")
    violence = _level()
    persistence = _level()
    recurrence = _level()
    harm = _level()
    words = models.TextField()
