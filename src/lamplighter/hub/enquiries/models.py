"""Keep each line of enquiry, what calls for it, and where it stands. Rows are added and never changed.

A line is in the partition of the side that does it: those who work with the suspect read neither that the
police ask for something, nor that an advocate does.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from lamplighter.hub.access.models import RowOfAnyPartition, redactable


class Line(RowOfAnyPartition):
    """One line of enquiry of a case. ``kind`` is a code of rules.toml; empty where a person wrote it."""

    append_only = True
    redacts = redactable(title="Line of enquiry", why="Why")

    kind = models.CharField(max_length=40, blank=True)
    # Of one that a person added.
    title = models.CharField(max_length=200, blank=True)
    why = models.TextField(blank=True)
    # By when it is done, unless a later state of it says otherwise.
    due_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["case", "kind"])]


class Call(RowOfAnyPartition):
    """An act of an incident calls for a line."""

    append_only = True

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="calls")
    # arrivals.CaseReport.report_key: the incident; the same for every version of the report.
    report_key = models.UUIDField()
    # A code of the behaviours.
    act = models.CharField(max_length=40)
    # Of the act, where its date is known.
    act_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "report_key", "act"], name="an_act_calls_once_for_a_line")
        ]
        indexes = [models.Index(fields=["case", "report_key"])]


class LineState(RowOfAnyPartition):
    """Say where a line stands, who does it and by when; the newest row counts."""

    append_only = True
    redacts = redactable(words="Outcome or reason")

    class State(models.TextChoices):
        OPEN = "open", "Open"
        REQUESTED = "requested", "Asked for, no answer yet"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"
        NOT_REASONABLE = "not_reasonable", "Not reasonable here"

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=14, choices=State.choices)
    words = models.TextField(blank=True)
    doer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["line", "-id"])]


RESOLVED = (LineState.State.DONE, LineState.State.REFUSED, LineState.State.NOT_REASONABLE)
