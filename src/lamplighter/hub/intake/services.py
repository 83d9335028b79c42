"""Reports that come as files, and the way back after a crash.

Files, and the form and the feed (``documents``), go through one door, ``lamplighter.records.ingest``,
and one writer, ``batch_writer``.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from procrastinate.contrib.django import app

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.intake.confidentiality import selectors as readers
from lamplighter.hub.intake.models import Batch, Delivery, ReceivedFile, Reject
from lamplighter.hub.intake.sources import versions
from lamplighter.hub.intake.storage import batch_writer
from lamplighter.hub.intake.storage.known_ids import Known
from lamplighter.hub.intake.storage.read_ahead import read_ahead
from lamplighter.hub.site import places
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.records import ingest
from lamplighter.records.errors import MappingError, RecordsError
from lamplighter.records.mapping.mappings import Mapping, built_in

log = logging.getLogger(__name__)

BATCH_REPORTS = 50_000
State = Delivery.State


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of an import: what the database holds, not what was merely read."""

    batches: int
    rows: int
    reports: int


class AlreadyRunningError(RuntimeError):
    """Another process is reading this delivery."""


def match_key() -> bytes:
    """Keys the one-way tokens of safe contacts. Lost, older tokens match nothing new."""
    return places.secret("match-key").encode()


# The queue -------------------------------------------------------------------


def read_later(delivery: Delivery) -> None:
    """Have a worker read the files of a delivery that was sent here."""
    app.configure_task("intake.read_delivery", allow_unknown=False).defer(delivery_key=str(delivery.key))


# Files -----------------------------------------------------------------------


def import_files(
    paths: Sequence[str | Path],
    mapping: str | Path,
    received_by: User | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    batch_reports: int = BATCH_REPORTS,
) -> Delivery:
    """Receive files and read them at once. The same files again change nothing; after a crash it goes on."""
    delivery = receive_files(paths, mapping, received_by)
    if delivery.state in {State.DONE, State.UNCHANGED}:
        return delivery
    return run(delivery, progress=progress, batch_reports=batch_reports)


@as_service("receive reports")
def receive_files(
    paths: Sequence[str | Path], mapping: str | Path, received_by: User | None = None
) -> Delivery:
    """Note that files arrived; a delivery of the same files that was cut short is given back."""
    # Which version it is read with is settled now: it goes on with it, whatever comes meanwhile.
    reference = versions.reference_of(mapping)
    loaded = versions.load(reference)
    readers_of(loaded)
    files = [(path, _sha256(path)) for path in _files(paths)]
    digest = _digest(loaded, [sha for _, sha in files])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(72019, hashtext(%s))", [digest])
        earlier = (
            Delivery.objects.filter(digest=digest)
            .exclude(state=State.UNCHANGED)
            .order_by("-received_at")
            .first()
        )
        if earlier and earlier.state != State.DONE:
            for file, (path, _) in zip(earlier.files.order_by("pk"), files, strict=True):
                ReceivedFile.objects.filter(pk=file.pk).update(path=str(path.resolve()))
            return earlier
        now = timezone.now()
        delivery = Delivery.objects.create(
            door=Delivery.Door.FILES,
            state=State.UNCHANGED if earlier else State.WAITING,
            mapping=reference,
            agency=accounts.ensure_agency(loaded.agency) if loaded.agency else None,
            received_by=received_by,
            received_at=now,
            finished_at=now if earlier else None,
            digest=digest,
        )
        for path, sha in files:
            ReceivedFile.objects.create(
                delivery=delivery,
                name=path.name,
                size=path.stat().st_size,
                sha256=sha,
                path=str(path.resolve()),
            )
    return delivery


def run(
    delivery: Delivery,
    *,
    progress: Callable[[Progress], None] | None = None,
    batch_reports: int = BATCH_REPORTS,
) -> Delivery:
    """Read a delivery's files from where it stopped. Safe to call again after any interruption."""
    with _only_reader(delivery):
        delivery.refresh_from_db()
        if delivery.state in {State.DONE, State.UNCHANGED}:
            return delivery
        Delivery.objects.filter(pk=delivery.pk).update(
            state=State.RUNNING, started_at=delivery.started_at or timezone.now(), problem="", remedy=""
        )
        try:
            _read(delivery, progress, batch_reports)
        except RecordsError as error:
            _stopped(delivery, f"{error.file}: {error.what}" if error.file else error.what, error.remedy)
            log.warning("Delivery %s stopped: %s", delivery.key, type(error).__name__)
            # Nothing reads them again as they are, and they are people's records in plain text.
            discard_uploads(delivery)
        except Exception:
            _stopped(
                delivery,
                "Reading stopped because of a fault in this program.",
                "It is tried again by itself for three hours. After that, send the same files again; it "
                "goes on.",
            )
            raise
        else:
            _finish(delivery)
    delivery.refresh_from_db()
    return delivery


def refuse_to_read(delivery: Delivery) -> bool:
    """Stop a delivery that a worker must not read: of files that nobody sent here, or with a mapping that is
    neither built in nor the installation's; returns whether it was.

    A row in the database can name any file of this machine, and the worker reads with rights of its own. A
    command reads what its caller can.
    """
    folder = Path(settings.UPLOADS).resolve()
    outside = [f for f in delivery.files.all() if not Path(f.path).resolve().is_relative_to(folder)]
    known = versions.version_of(delivery.mapping) is not None or delivery.mapping in built_in()
    if delivery.state in {State.DONE, State.UNCHANGED} or (known and not outside):
        return False
    what = "Its files are not where files are sent to" if outside else "Its mapping is not one of this hub’s"
    _stopped(
        delivery,
        f"{what}, so the worker does not read them.",
        "If a command was cut short, give it again: it goes on where it stopped. If nobody gave one, tell "
        "whoever looks after this hub: somebody may have written into the database.",
    )
    log.warning("Delivery %s is not read: its files or its mapping are not of this hub", delivery.key)
    return True


def _read(delivery: Delivery, progress: Callable[[Progress], None] | None, batch_reports: int) -> None:
    paths = [f.path for f in delivery.files.order_by("pk")]
    # A delivery is read with one batch size from its beginning to its end, or its cursor would mean nothing.
    size = delivery.batch_reports or batch_reports
    Delivery.objects.filter(pk=delivery.pk).update(batch_reports=size)
    now = timezone.localtime().replace(tzinfo=None)
    batches = ingest.read(
        paths, versions.load(delivery.mapping), match_key=match_key(), batch_reports=size, as_at=now
    )
    known = Known(delivery)
    choice = readers_of(versions.load(delivery.mapping))
    for incoming in read_ahead(batches, skip=delivery.batches_done):
        batch_writer.write(delivery, incoming, timezone.now(), known, choice)
        if progress:
            progress(so_far(delivery))


def readers_of(mapping: Mapping) -> readers.Choice | None:
    """Return the readers of a file's reports, as its mapping says; ``None``: the kind of agency decides.

    Raises ``MappingError`` for what is no choice.
    """
    agency = accounts.ensure_agency(mapping.agency) if mapping.readers and mapping.agency else None
    if agency is None or not readers.asked_of(agency):
        return None
    try:
        return readers.checked(readers.from_document(mapping.readers), agency, timezone.localdate())
    except NotPossibleError as refused:
        raise MappingError(
            f"readers.{refused.field}: {refused}.",
            file=mapping.written_in,
            remedy="Complete [readers], or leave it out to let only your agency read the reports.",
        ) from refused


def so_far(delivery: Delivery) -> Progress:
    totals = totals_of(delivery)
    reports = totals["reports_new"] + totals["reports_corrected"] + totals["reports_unchanged"]
    return Progress(totals["batches"], totals["rows_in"], reports)


def totals_of(delivery: Delivery) -> dict[str, int]:
    """Every count of a delivery, summed over its batches."""
    names = [f.name for f in Batch._meta.local_fields if f.name.startswith(("rows_", "reports_"))] + [
        "people",
        "warnings",
    ]
    sums = delivery.batches.aggregate(**{name: Sum(name, default=0) for name in names})
    return {"batches": delivery.batches.count(), **{k: int(v) for k, v in sums.items()}}


def _finish(delivery: Delivery) -> None:
    totals = totals_of(delivery)
    accounted = totals["rows_accepted"] + totals["rows_rejected"] + totals["rows_duplicate"]
    if totals["rows_in"] != accounted:
        _stopped(
            delivery,
            f"{totals['rows_in']} rows were read but {accounted} are accounted for.",
            "Do not rely on this import. Tell the people who look after Lamplighter.",
        )
        return
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(state=State.DONE, finished_at=timezone.now())
        audit.record(
            None,
            "intake.delivery_read",
            f"delivery {delivery.key}",
            operation=Operation.COLLECTION,
            agency=delivery.agency_id or "",
        )
    discard_uploads(delivery)


def _stopped(delivery: Delivery, problem: str, remedy: str) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=State.FAILED, problem=problem, remedy=remedy)


@as_service("receive reports")
def discard_uploads(delivery: Delivery) -> None:
    """Remove uploaded copies once read; files elsewhere are their owner's business."""
    folder = Path(settings.UPLOADS).resolve()
    for file in delivery.files.all():
        path = Path(file.path)
        if path.is_relative_to(folder):
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                path.parent.rmdir()


@contextlib.contextmanager
def _only_reader(delivery: Delivery) -> Iterator[None]:
    """Held on the connection, so that it ends with the process, however that ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(72020, %s)", [delivery.pk])
        if not cursor.fetchone()[0]:
            raise AlreadyRunningError("This delivery is being read by another process.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(72020, %s)", [delivery.pk])


def _files(paths: Sequence[str | Path]) -> list[Path]:
    """The files themselves; a folder stands for the files in it."""
    found: list[Path] = []
    for path in map(Path, paths):
        inside = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
        found += inside
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(mapping: Mapping, files: list[str]) -> str:
    # The mapping belongs to it: the same file read by a corrected mapping is not the same delivery.
    return hashlib.sha256("\n".join([repr(mapping), *sorted(files)]).encode()).hexdigest()


def rejects_frame(delivery: Delivery) -> pl.DataFrame:
    """Everything refused or warned about in a delivery, in the order of the files."""
    rows = Reject.objects.filter(batch__delivery=delivery).order_by("file", "row", "pk")
    return pl.DataFrame(
        list(rows.values_list(*batch_writer.REJECT_COLUMNS)),
        schema=dict.fromkeys(batch_writer.REJECT_COLUMNS, pl.String) | {"row": pl.Int64},
        orient="row",
    )
