"""Records of the victim's side. Rows are added and never changed; the newest one stands.

``at`` is when the hub came to know, ``since`` and ``happened_at`` when it was so.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from lamplighter.hub.access.models import CaseRow, RowOfAnyPartition, redactable
from lamplighter.hub.access.wall import row_security
from lamplighter.hub.access.wall.partitions import SHARED


def newest_first(model: str) -> list[models.Index]:
    return [models.Index(fields=["case", "-at", "-id"], name=f"victim_{model}_newest")]


def only(*roles: str) -> str:
    """A shared row that everybody on the case reads, and only these roles add."""
    texts = row_security.texts(set(roles))
    return f"({row_security.case_adds(SHARED)} AND (SELECT access.role()) = ANY({texts}))"


# Whoever reaches the victim writes it where their own side keeps it; "shared" is not such a place.
BY_WHO_REACHES_HER = (
    f"(partition = ANY({row_security.texts({'advocacy', 'police'})}) AND {row_security.adds('by_row')})"
)


class Codes(ArrayField):  # type: ignore[type-arg]  # Django’s fields take none
    """Some codes of one code set."""

    def __init__(self, base_field: models.Field[Any, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(base_field or models.CharField(max_length=40), **({"default": list} | kwargs))


class Version(CaseRow):
    """One version of something that two people may write at the same time; ``number`` counts them."""

    append_only = True

    number = models.PositiveIntegerField()

    class Meta:
        abstract = True


class SafeContact(Version):
    """Rules of safe contact with the victim. The newest version is the standing rule."""

    wall = "vault"

    phone = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    # Nothing may be sent and nobody may call, for now.
    no_contact = models.BooleanField(default=False)
    channels = Codes()
    # A text must go ahead of a call, a voicemail or a visit.
    text_first = models.BooleanField(default=False)
    # A message may be left with whoever, or whatever, answers.
    may_leave_message = models.BooleanField(default=False)
    # [{"days": [0, 4], "from": "10:00", "to": "14:00"}], Monday 0, London time; empty: at any time.
    windows = models.JSONField(default=list)
    who_may_answer = models.TextField(blank=True)
    # Of a child: who with parental responsibility may be contacted, who must never be, and the school.
    parents_may = models.TextField(blank=True)
    parents_never = models.TextField(blank=True)
    school = models.TextField(blank=True)
    # Who must learn nothing: relatives, an employer, a carer, others of the community.
    must_not_be_told = models.TextField(blank=True)
    may_not_interpret = models.TextField(blank=True)
    may_not_answer = models.TextField(blank=True)
    # The victim was asked the three, alone; an answer may be "nobody".
    asked_who = models.BooleanField(default=False)
    language = models.CharField(max_length=60, blank=True)
    # Interpreter, Welsh, intermediary, special measures, capacity: what is needed, and who arranges it.
    speech = models.TextField(blank=True)
    safe_word = models.CharField(max_length=60, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="victim_safe_contact_version")]
        indexes = newest_first("safe_contact")


class Contact(RowOfAnyPartition):
    """Somebody reached out to the victim, or she to them. In the partition of whoever wrote it.

    The database refuses a row that breaks the standing rule: see ``wall.sql``.
    """

    append_only = True
    wall_adds = BY_WHO_REACHES_HER
    redacts = redactable(words="What is sent or said")

    class Direction(models.TextChoices):
        OUT = "out", "To the victim"
        IN = "in", "From the victim"

    direction = models.CharField(max_length=3, choices=Direction.choices)
    channel = models.CharField(max_length=12)
    happened_at = models.DateTimeField()
    # What is sent or to be said.
    words = models.TextField(blank=True)
    # SafeContact.key: the rule that allowed it.
    rule = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(direction="in") | models.Q(rule__isnull=False),
                name="contact_out_names_its_rule",
            ),
        ]
        indexes = newest_first("contact")


class ContactResult(RowOfAnyPartition):
    """Outcome."""

    append_only = True
    wall_adds = BY_WHO_REACHES_HER
    redacts = redactable(agreed="What was agreed")

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="results")
    result = models.CharField(max_length=20)
    agreed = models.TextField(blank=True)


class RuleBroken(RowOfAnyPartition):
    """A contact that happened against the rule, told honestly. It starts a look at her safety."""

    append_only = True
    wall_adds = BY_WHO_REACHES_HER
    redacts = redactable(words="What happened")

    channel = models.CharField(max_length=12)
    happened_at = models.DateTimeField()
    words = models.TextField()


class AdvocateOfCase(CaseRow):
    """Advocate of the victim, and since when. The newest row stands."""

    wall = "advocacy"
    append_only = True

    advocate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()

    class Meta:
        indexes = newest_first("advocate")


class Cadence(CaseRow):
    """Agreed frequency of contact, from the end of the first week on."""

    wall = "advocacy"
    append_only = True
    redacts = redactable(words="What was agreed")

    days = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)

    class Meta:
        indexes = newest_first("cadence")


class PublicFunds(CaseRow):
    """Recourse of the victim to public funds, and what of their status matters. The newest stands.

    For advocates alone: no other side, no history line of another side and no task of one says it.
    """

    wall = "advocacy"
    append_only = True
    redacts = redactable(words="What is known")

    class Recourse(models.TextChoices):
        YES = "yes", "Has recourse to public funds"
        NO = "no", "No recourse to public funds"
        NOT_KNOWN = "not_known", "Not known"
        NOT_ASKED = "not_asked", "It was not safe or possible to ask"

    recourse = models.CharField(max_length=10, choices=Recourse.choices)
    words = models.TextField(blank=True)

    class Meta:
        indexes = newest_first("public_funds")
        verbose_name_plural = "public funds"


class Offer(CaseRow):
    """Offer to the victim of an advocate or an assessment of needs, and the answer. Every answer is a row."""

    wall = "advocacy"
    append_only = True
    redacts = redactable(words="What was said")

    class What(models.TextChoices):
        ADVOCATE = "advocate", "An advocate"
        NEEDS = "needs", "An assessment of needs"

    class Answer(models.TextChoices):
        OFFERED = "offered", "Offered, no answer yet"
        ACCEPTED = "accepted", "Accepted: the victim agrees"
        DECLINED = "declined", "Declined"

    what = models.CharField(max_length=10, choices=What.choices)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    on = models.DateField()
    words = models.TextField(blank=True)

    class Meta:
        indexes = newest_first("offer")


class NeedsAssessment(Version):
    wall = "advocacy"
    redacts = redactable(areas="Needs", words="Text")

    # {code of needs_areas: {"level": code of needs_levels, "words": "..."}}
    areas = models.JSONField(default=dict)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="victim_needs_version")]
        indexes = newest_first("needs")


class SafetyPlan(Version):
    wall = "advocacy"
    redacts = redactable(sections="Plan", change="What changed")

    # {code of safety_plan_sections: "..."}
    sections = models.JSONField(default=dict)
    change = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="victim_safety_plan_version")]
        indexes = newest_first("safety_plan")


class ImpactEntry(CaseRow):
    """Effect on the victim, in her words, and the elements of the offences that it shows."""

    wall = "advocacy"
    append_only = True
    redacts = redactable(words="The victim’s words")

    happened_on = models.DateField()
    words = models.TextField()
    elements = Codes()
    effects = Codes()

    class Meta:
        indexes = newest_first("impact")


class StatementOffer(CaseRow):
    """State of the Victim Personal Statement. Every answer is a row: she can change her mind."""

    wall = "advocacy"
    append_only = True
    redacts = redactable(words="The victim’s words")

    class State(models.TextChoices):
        OFFERED = "offered", "Offered"
        LATER = "later", "To be offered again later"
        ACCEPTED = "accepted", "Wants to make one"
        DECLINED = "declined", "Does not want to make one"
        MADE = "made", "Made"

    state = models.CharField(max_length=10, choices=State.choices)
    on = models.DateField()
    words = models.TextField(blank=True)

    class Meta:
        indexes = newest_first("statement")


class SupportEvent(CaseRow):
    """Support of the victim for action, from a date on, in her words; and whether anybody pressed her."""

    wall = "advocacy"
    append_only = True
    redacts = redactable(words="The victim’s words", pressure_words="Pressure on the victim")

    class State(models.TextChoices):
        SUPPORTS = "supports", "Supports action"
        UNSURE = "unsure", "Unsure"
        WITHDRAWN = "withdrawn", "Has withdrawn support"
        RETURNED = "returned", "Supports action (again)"

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_ASKED = "not_asked", "It was not safe or possible to ask"

    state = models.CharField(max_length=10, choices=State.choices)
    since = models.DateField()
    reasons = Codes()
    words = models.TextField(blank=True)
    others_present = models.CharField(max_length=10, choices=Answer.choices)
    asked_to_stop = models.CharField(max_length=10, choices=Answer.choices)
    afraid_to_say = models.CharField(max_length=10, choices=Answer.choices)
    pressure_words = models.TextField(blank=True)
    # The victim agrees that the others in the hub know the state, and nothing else.
    may_share = models.BooleanField(default=False)

    class Meta:
        indexes = newest_first("support")


class EnhancedRights(CaseRow):
    """Enhanced rights of the victim under the Victims' Code: they set the clock of every update."""

    wall = "shared"
    append_only = True
    wall_adds = only("advocate", "coordinator", "investigator", "stalking_lead")
    redacts = redactable(reason="Reason")

    enhanced = models.BooleanField()
    # Codes of the categories (rules "enhanced") that apply, and of those that somebody refused.
    applies = ArrayField(models.CharField(max_length=30), default=list)
    refused = ArrayField(models.CharField(max_length=30), default=list)
    reason = models.TextField()

    class Meta:
        indexes = newest_first("enhanced")


class CodeEvent(CaseRow):
    """Something happened in the investigation or prosecution that the victim has a right to be told."""

    wall = "shared"
    append_only = True
    wall_adds = only("coordinator", "investigator", "stalking_lead")

    kind = models.CharField(max_length=30)
    happened_on = models.DateField()
    due_at = models.DateTimeField()

    class Meta:
        indexes = newest_first("code_event")


class CodeUpdate(CaseRow):
    """The victim was told. How and by which channel is with whoever told her."""

    wall = "shared"
    append_only = True
    wall_adds = only("advocate", "investigator", "stalking_lead")

    event = models.ForeignKey(CodeEvent, on_delete=models.PROTECT, related_name="updates")
    told_at = models.DateTimeField()

    class Meta:
        indexes = newest_first("code_update")
