"""Failures of background jobs, and the copies of the hub that were made and proved."""

from __future__ import annotations

from django.db import models


class JobFault(models.Model):
    """One attempt at a job that ended in an error: which kind and where in the code, never its words."""

    wall = "operations"
    written_by_services = True

    job_id = models.BigIntegerField(db_index=True)
    task = models.CharField(max_length=128)
    attempt = models.IntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=120, help_text="The type of the error.")
    place = models.CharField(max_length=400, help_text="Files, lines and functions, the innermost first.")

    def __str__(self) -> str:
        return f"Fault of job {self.job_id}"


class Copy(models.Model):
    """A copy of the hub that was made, or one that was brought back and compared (a drill)."""

    wall = "operations"
    written_by_services = True

    class What(models.TextChoices):
        MADE = "made", "Copy made"
        PROVED = "proved", "Copy brought back and compared"

    what = models.CharField(max_length=8, choices=What.choices)
    at = models.DateTimeField()
    made_at = models.DateTimeField(help_text="When the copy in question was made.")
    bytes = models.BigIntegerField(null=True)
    seconds = models.FloatField()
    equal = models.BooleanField(null=True, help_text="Of a drill: whether everything came back as it was.")

    def __str__(self) -> str:
        return f"{self.what} at {self.at}"
