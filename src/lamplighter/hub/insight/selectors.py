"""Select the rows of Insight. The database decides who sees which; these give the order and the limit."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.closing import published
from lamplighter.hub.insight import folders, running
from lamplighter.hub.insight.models import Publication, Release, Review, Run


@dataclass(frozen=True, slots=True)
class Standing:
    """A run with what its row alone does not say: that nobody works on it any more."""

    run: Run
    broken_off: bool

    @property
    def under_way(self) -> bool:
        return self.run.state in {Run.State.WAITING, Run.State.RUNNING} and not self.broken_off

    @property
    def may_run_again(self) -> bool:
        return self.run.state == Run.State.FAILED or self.broken_off


def reviews() -> QuerySet[Review]:
    """Every review that this person may read, the latest first."""
    return Review.objects.select_related("asked_by").order_by("-asked_at", "-pk")


def review(key: uuid.UUID) -> Review:
    """One review. Raises ``Http404`` for one that is not there for this person."""
    return get_object_or_404(Review.objects.select_related("asked_by"), key=key)


def release(key: uuid.UUID) -> Release:
    """One attempt at a release. Raises ``Http404``."""
    found = get_object_or_404(Release.objects.select_related("asked_by", "review"), key=key)
    # Whose review is not there for this person has no release there either.
    get_object_or_404(Review, pk=found.review_id)
    return found


def publications() -> QuerySet[Publication]:
    """Return the releases that withstood, the latest first; without the archives themselves."""
    return Publication.objects.defer("archive", "printed").order_by("-at", "-pk")


def publication(key: uuid.UUID) -> Publication:
    """One of them, with its archive. Raises ``Http404``."""
    return get_object_or_404(Publication.objects.defer("printed"), key=key)


def standing(runs: list[Run]) -> list[Standing]:
    """These runs, of one kind, each with whether its worker died."""
    gone = running.broken_off(runs)
    return [Standing(run, run.pk in gone) for run in runs]


def has_report(found: Review) -> bool:
    """Tell whether the report's files are on this machine (brought back from a copy they are not)."""
    return (folders.report(found) / "report.html").is_file()


def last_year(today: dt.date) -> tuple[dt.date, dt.date]:
    """The last twelve whole months before a day: what most reviews are about."""
    end = today.replace(day=1) - dt.timedelta(days=1)
    after = end + dt.timedelta(days=1)
    return after.replace(year=after.year - 1), end


@dataclass(frozen=True, slots=True)
class Dropped:
    """Number of cases of the hub that an outcome dropped in a year, and of those dropped by an override."""

    cases: int
    overrides: int


@as_service("export cases for a study")
def dropped(today: dt.date) -> Dropped:
    """Count the cases that were dropped in the last 12 months: two numbers, and nothing of any case."""
    rows = published.dropped(today - dt.timedelta(days=365))
    return Dropped(len(rows), sum(row.override is not None for row in rows))
