"""Reading exhibits. The wall decides which there are."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, Min, OuterRef, QuerySet, Subquery
from django.http import Http404

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.cases.models import Case
from lamplighter.hub.cases.selectors import Moment
from lamplighter.hub.evidence import rules
from lamplighter.hub.evidence.files import opening, pictures, sealed
from lamplighter.hub.evidence.models import DeviceStep, Exhibit, File, Move, Scan, Support

OfExhibit = TypeVar("OfExhibit", File, Move, DeviceStep, Support)
Role = File.Role
Step = DeviceStep.Step
NOT_SCANNED = ""
"""State of a file of which no scan says anything."""


@dataclass(frozen=True, slots=True)
class Known:
    """An exhibit with all that stands of it: its files, their scans, its moves and days, what it supports."""

    exhibit: Exhibit
    files: tuple[File, ...] = ()
    scans: Mapping[int, Scan] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    steps: Mapping[str, DeviceStep] = field(default_factory=dict)
    supports: tuple[Support, ...] = ()

    @property
    def label(self) -> str:
        return self.exhibit.label

    @property
    def original(self) -> File | None:
        return next((f for f in self.files if f.role == Role.ORIGINAL), None)

    @property
    def view(self) -> File | None:
        return next((f for f in self.files if f.role == Role.VIEW), None)

    @property
    def redacted(self) -> list[File]:
        return [f for f in self.files if f.role == Role.REDACTED]

    def state(self, file: File) -> str:
        """Return the state of a file's scan. What the hub made of a clean original is as clean as that."""
        if file.role != Role.ORIGINAL and (original := self.original):
            return self.state(original)
        scan = self.scans.get(file.pk)
        return str(scan.state) if scan else NOT_SCANNED

    @property
    def without_result(self) -> bool:
        """Tell whether it is a device that was submitted and of which no result came back."""
        return Step.SUBMITTED in self.steps and Step.RESULT not in self.steps


def of_case(case: Case, as_at: Moment = None) -> list[Known]:
    """Return the exhibits of a case that the person may read, in the order of their numbers.

    For papers: ``exhibit.label`` is the number, ``exhibit.title`` what it is, ``supports`` what it shows.
    """
    return known(Exhibit.objects.filter(case=case, **_by(as_at)), as_at)


def exhibit(case: Case, key: uuid.UUID) -> Known:
    """Return one exhibit of the case, or "not found", said the same for one that never was."""
    found = known(Exhibit.objects.filter(case=case, key=key))
    if not found:
        raise Http404
    return found[0]


def file(case: Case, key: uuid.UUID) -> tuple[Known, File]:
    """Return a file with its exhibit, or "not found"."""
    found = File.objects.filter(case=case, key=key).select_related("exhibit").first()
    if found is None:
        raise Http404
    return exhibit(case, found.exhibit.key), found


def known(exhibits: Iterable[Exhibit], as_at: Moment = None) -> list[Known]:
    """Return these exhibits with all that stands of them, in the order of side and number."""
    rows = list(exhibits.select_related("by", "owner", "case"))  # type: ignore[attr-defined]  # a query
    keys = [row.pk for row in rows]
    files = _grouped(File.objects.filter(exhibit__in=keys, **_by(as_at)).order_by("pk"))
    scans: dict[int, Scan] = {}
    of_files = [f.pk for found in files.values() for f in found]
    for scan in Scan.objects.filter(file__in=of_files, **_by(as_at)).order_by("pk"):
        scans[scan.file_id] = scan
    moves = _grouped(Move.objects.filter(exhibit__in=keys, **_by(as_at)).order_by("moved_at", "pk"))
    steps = _grouped(DeviceStep.objects.filter(exhibit__in=keys, **_by(as_at)).order_by("pk"))
    supports = _grouped(Support.objects.filter(exhibit__in=keys, **_by(as_at)).order_by("pk"))
    found = [
        Known(
            row,
            tuple(files[row.pk]),
            {f.pk: scans[f.pk] for f in files[row.pk] if f.pk in scans},
            tuple(moves[row.pk]),
            {step.step: step for step in steps[row.pk]},
            standing(supports[row.pk]),
        )
        for row in rows
    ]
    return sorted(
        found, key=lambda k: (k.exhibit.partition != "shared", k.exhibit.partition, k.exhibit.number)
    )


def standing(supports: Iterable[Support]) -> tuple[Support, ...]:
    """Return what an exhibit shows, without links that were taken back. The oldest first."""
    rows = list(supports)
    newest = {(s.exhibit_id, s.of_kind, s.of_key): s.pk for s in rows if s.of_key}
    return tuple(
        s for s in rows if not s.of_key or (s.stands and newest[s.exhibit_id, s.of_kind, s.of_key] == s.pk)
    )


def not_clean(found: Sequence[Known]) -> list[tuple[Known, File, str]]:
    """Return the originals that do not open in one click, each with its state."""
    pairs = [(k, k.original) for k in found]
    return [(k, f, k.state(f)) for k, f in pairs if f is not None and k.state(f) != Scan.State.CLEAN]


def devices_without_result(case: Case, as_at: Moment = None) -> list[Known]:
    """Return the devices that were submitted and of which no result came back: for the closing check."""
    return [k for k in of_case(case, as_at) if k.exhibit.kind == Exhibit.Kind.DEVICE and k.without_result]


def supporting(case: Case, of_kind: str, of_key: uuid.UUID) -> list[Exhibit]:
    """Return the exhibits that support an incident, a draft, a term of an order or a line of an enquiry."""
    rows = Support.objects.filter(case=case, of_kind=of_kind, of_key=of_key).select_related("exhibit")
    found = {s.exhibit_id: s.exhibit for s in standing(rows.order_by("pk"))}
    return sorted(found.values(), key=lambda e: (e.partition, e.number))


def same_file(case: Case, sha256: str, **of: Any) -> File | None:
    """Return a file of the case with the same bytes that the person may read; ``of``: its side, its owner."""
    rows = File.objects.filter(case=case, sha256=sha256, role=Role.ORIGINAL, **of)
    return rows.select_related("exhibit").first()


def content(file: File) -> bytes:
    """Return the bytes of a file as they came. Raises ``Http404`` where they are not on this disk."""
    try:
        return b"".join(sealed.chunks(file.key))
    except sealed.NotHereError:
        raise Http404 from None


def may_be_drawn(found: Known) -> bool:
    """Tell whether the hub draws a picture of it for pages: it is clean, or this hub has no scanner.

    Where there is one, it is waited for. Where there is none, what the hub itself has drawn is no file of
    the sender's: no byte of the original is in it.
    """
    file = found.original
    if file is None or file.kind not in opening.PICTURE_KINDS:
        return False
    state = found.state(file)
    return state == Scan.State.CLEAN or (state == NOT_SCANNED and not settings.CLAMD)


def drawn(found: Known) -> bytes | None:
    """Return the picture of an exhibit as the hub draws it; ``None`` where it may not, or cannot."""
    file = found.original
    if file is None or not may_be_drawn(found):
        return None
    if found.view:
        return content(found.view)
    try:
        with sealed.opened(file.key) as plain:
            return pictures.view(plain)
    except (sealed.NotHereError, *pictures.NOT_DRAWN):
        return None


def newest_scans() -> QuerySet[Any]:
    """Return the originals, each with the state, the database's day and the id of its newest scan."""
    newest = Scan.objects.filter(file=OuterRef("pk")).order_by("-pk")
    return File.objects.filter(role=Role.ORIGINAL).annotate(
        scan_state=Subquery(newest.values("state")[:1]),
        scan_database=Subquery(newest.values("database_at")[:1]),
        scan_pk=Subquery(newest.values("pk")[:1]),
    )


def to_scan_again(database_at: Moment, today: dt.date) -> QuerySet[Any]:
    """Return what was clean under a database that is old beside one of ``database_at``, the oldest first."""
    if database_at is None:
        # A scanner that names no day of its database cannot say which answer is older.
        return File.objects.none()
    old = database_at - dt.timedelta(days=rules.limit("database", today))
    rows = newest_scans().filter(scan_state=Scan.State.CLEAN, scan_database__lt=old).order_by("scan_pk")
    return rows.select_related("exhibit", "case", "by", "owner")


@dataclass(frozen=True, slots=True)
class Scanning:
    """Numbers of the scanner's work, without a word of which case: what waits, and what is scanned again.

    ``database_at`` is of the newest answer of the scanner; ``old``: it was old on the day of that answer.
    """

    waiting: int
    since: Moment
    again: int
    database_at: Moment
    old: bool


def scanning(today: dt.date) -> Scanning:
    """Return how the scanning stands, as the service."""
    with as_service("look after evidence"):
        waits = newest_scans().filter(scan_pk=None).aggregate(number=Count("pk"), since=Min("at"))
        last = Scan.objects.order_by("-pk").values_list("at", "database_at").first()
        at, database_at = last or (None, None)
        again = to_scan_again(database_at, today).count()
    days = dt.timedelta(days=rules.limit("database", today))
    old = bool(at and database_at and at - database_at > days)
    return Scanning(waits["number"], waits["since"], again, database_at, old)


def submitted_on(found: Known) -> dt.date | None:
    step = found.steps.get(Step.SUBMITTED)
    return step.on if step else None


def drawable(found: Known) -> File | None:
    """Return the file of which pages are drawn for a bundle: the newest redacted copy, or else the original.

    ``None`` where the hub draws no pages of it, or where no scanner has found it clean.
    """
    file = found.redacted[-1] if found.redacted else found.original
    if file is None or file.kind not in pictures.DRAWN or found.state(file) != Scan.State.CLEAN:
        return None
    return file


def pages(file: File) -> bytes:
    """Return the pages of a file as a PDF of pictures that the hub has drawn itself."""
    with sealed.opened(file.key) as plain:
        return pictures.as_pages(plain, file.kind)


def _by(as_at: Moment) -> dict[str, dt.datetime]:
    return {"at__lte": as_at} if as_at else {}


def _grouped(rows: Iterable[OfExhibit]) -> defaultdict[int, list[OfExhibit]]:
    found: defaultdict[int, list[OfExhibit]] = defaultdict(list)
    for row in rows:
        found[row.exhibit_id].append(row)
    return found
