"""Scan what was received, tell whoever sent what was refused, and make pictures of what is clean.

The job runs every minute; until it has been there a file is in quarantine. The bytes go to the scanner as
they are unsealed: no plain copy of them is written.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases import services as cases
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.notices import end_of
from lamplighter.hub.evidence import selectors
from lamplighter.hub.evidence.files import clamd, opening, pictures, sealed
from lamplighter.hub.evidence.models import File, Scan, SharedCopy
from lamplighter.hub.site import sealed_files

log = logging.getLogger(__name__)
PURPOSE = "look after evidence"
AT_ONCE = 60
BYTES_AT_ONCE = 512 * 1024**2
PAGE = "evidence:exhibit"
INFECTED_TASK = "evidence.infected"
SAVED = ("evidence.file_opened", "evidence.shared_saved")


def scanner() -> clamd.Clamd | None:
    """Return the hub's scanner; ``None`` where it has none."""
    return clamd.Clamd(settings.CLAMD, settings.CLAMD_READS) if settings.CLAMD else None


def scan_waiting() -> int:
    """Scan what no scan says anything of, the oldest first; returns how many. As the service."""
    by = scanner()
    if by is None:
        return 0
    scans = Scan.objects.filter(file=OuterRef("pk"))
    rows = File.objects.filter(~Exists(scans), role=File.Role.ORIGINAL).order_by("pk")
    waiting = list(rows.select_related("exhibit", "case", "by", "owner")[:AT_ONCE])
    for number, file in enumerate(waiting):
        try:
            answer = _asked(by, file)
        except clamd.NoScannerError as problem:
            log.warning("%s Files wait until it does.", problem)
            return number
        note(file, answer)
    return len(waiting)


def scan_again(today: dt.date) -> int:
    """Scan anew what was found clean under signatures that are old beside those of now; returns how many.

    The oldest answer first, and no more bytes at once than leave new files waiting a minute. As the service.
    """
    by = scanner()
    if by is None:
        return 0
    try:
        _, database_at = by.version()
    except clamd.NoScannerError as problem:
        log.warning("%s Nothing is scanned again until it does.", problem)
        return 0
    done = size = 0
    for file in selectors.to_scan_again(database_at, today)[:AT_ONCE]:
        size += file.size
        if done and size > BYTES_AT_ONCE:
            break
        try:
            answer = _asked(by, file)
        except clamd.NoScannerError as problem:
            log.warning("%s Nothing is scanned again until it does.", problem)
            break
        note(file, answer, again=True)
        done += 1
    return done


def _asked(by: clamd.Clamd, file: File) -> clamd.Answer:
    try:
        answer = by.scan(sealed.chunks(file.key), file.size)
    except sealed.NotHereError:
        return clamd.Answer(clamd.Outcome.ERROR, found="the file is not on the disk")
    except sealed_files.NotOpenedError:
        return clamd.Answer(clamd.Outcome.ERROR, found="the file was changed on the disk")
    if answer.outcome == clamd.Outcome.CLEAN and file.scanned > by.reads:
        # What is inside is larger than the scanner reads of one file: it says OK without having looked.
        return clamd.Answer(
            clamd.Outcome.PARTLY, answer.engine, answer.database_at, "larger inside than the scanner reads"
        )
    return answer


@transaction.atomic
def note(file: File, answer: clamd.Answer, *, again: bool = False) -> Scan:
    """Keep what the scanner said, and do what follows from it. As the service.

    ``again``: it was found clean before, so that people may have saved it, and its picture is made.
    """
    common: dict[str, Any] = {
        "case": file.case,
        "owner": file.owner,
        "by": None,
        "at": moment.now(),
        "partition": file.partition,
    }
    made = Scan.objects.create(
        **common,
        file=file,
        state=answer.outcome.value,
        engine=answer.engine,
        database_at=answer.database_at,
        found=answer.found,
    )
    if answer.outcome == clamd.Outcome.INFECTED:
        _tell(file)
        if again:
            _tell_savers(file)
    elif answer.outcome == clamd.Outcome.CLEAN and file.kind in opening.PICTURE_KINDS and not again:
        _make_view(file, common)
    return made


def _make_view(file: File, common: dict[str, Any]) -> None:
    try:
        with sealed.opened(file.key) as plain:
            content = pictures.view(plain)
    except pictures.NOT_DRAWN as problem:
        log.warning("No picture could be made of file %s: %s", file.key, type(problem).__name__)
        return
    keep(file, File.Role.VIEW, "jpeg", content, **common)


def keep(file: File, role: str, kind: str, content: bytes, **common: Any) -> File:
    """Seal what was made of a file, and say what it was made from."""
    put = sealed.put_bytes(content)
    return File.objects.create(
        **common,
        key=put.key,
        exhibit=file.exhibit,
        role=role,
        made_from=file,
        name="",
        kind=kind,
        size=put.size,
        sha256=put.sha256,
        scanned=put.size,
    )


def _tell(file: File) -> None:
    """Tell whoever sent it, by a task; and the history of its side."""
    label = file.exhibit.label
    now = moment.now()
    clocks.start_for(
        file.owner,
        file.case,
        INFECTED_TASK,
        f"See to exhibit {label}: a virus was found in its file",
        due_at=end_of(now.date()),
        why="Nobody can open it here. Check the computer that it came from, and ask for it anew.",
        partition=file.partition,
        page=PAGE,
        of_key=file.exhibit.key,
        assigned_to=file.by,
    )
    cases.enter(
        None,
        file.case,
        "exhibit",
        f"Exhibit {label}: a virus was found in its file",
        partition=file.partition,
        page=PAGE,
        of_key=file.exhibit.key,
        owner_id=file.owner_id,
    )


def _tell_savers(file: File) -> None:
    """Tell, by a task of each, those who saved it while it counted as clean: it is on their computers."""
    files = [file.key, *File.objects.filter(made_from=file).values_list("key", flat=True)]
    copies = SharedCopy.objects.filter(file__in=files).values_list("key", flat=True)
    saved = Event.objects.filter(
        verb__in=SAVED, subject__in=[f"file {key}" for key in (*files, *copies)], case_id=file.case_id
    )
    users = User.objects.filter(pk__in=saved.values("actor"), is_active=True).exclude(pk=file.by_id or 0)
    label = file.exhibit.label
    for user in users.select_related("agency").order_by("pk"):
        if user.agency is None:
            continue
        inside = form_readers.reads(user, file.partition, file.owner_id)
        # Of a copy that crossed the wall only their own side is told, and not which exhibit it is of.
        side = file.partition if inside else next(iter(form_readers.of(user)))
        clocks.start_for(
            user.agency,
            file.case,
            INFECTED_TASK,
            f"Have your computer checked: a virus was found in exhibit {label}, which you saved"
            if inside
            else "Have your computer checked: a virus was found in a redacted copy that you saved",
            due_at=end_of(moment.now().date()),
            why="It counted as clean when you saved it. The scanner knows more now. Do not open it again.",
            partition=side,
            page=PAGE if inside else "",
            of_key=file.exhibit.key if inside else None,
            assigned_to=user,
        )
