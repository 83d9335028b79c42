from __future__ import annotations

from django.conf import settings
from django.db import models

from lamplighter.hub.access.models import RowOfAnyPartition, redactable


class Clock(RowOfAnyPartition):
    """Something to do by a moment, and why. It is in the partition of the work that it belongs to."""

    redacts = redactable(text="Task", why="Why", ended_why="Outcome")

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Not needed any more"

    kind = models.CharField(max_length=60)
    # A verb and a clock, never a name: "Call the victim: day 3 of 7".
    text = models.CharField(max_length=200)
    why = models.TextField()
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_why = models.TextField(blank=True)
    page = models.CharField(max_length=60, blank=True)
    of_key = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["assigned_to", "due_at"], condition=models.Q(state="running"), name="my_clocks"
            ),
            models.Index(fields=["owner", "due_at"], condition=models.Q(state="running"), name="team_clocks"),
            # Of which cases somebody has or had a task.
            models.Index(fields=["assigned_to", "case"], name="cases_of_tasks"),
            # The list of cases by what comes next, and those that wait for triage: read in their order.
            models.Index(fields=["due_at", "id"], condition=models.Q(state="running"), name="next_clocks"),
            models.Index(
                fields=["kind", "due_at", "id"],
                condition=models.Q(state="running"),
                name="next_clocks_of_kind",
            ),
            models.Index(fields=["case", "kind"]),
        ]


BY_HAND = "task"
"""The kind of a task that one person gave another."""
