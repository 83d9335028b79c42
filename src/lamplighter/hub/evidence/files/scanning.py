"""Scan what was received, tell whoever sent what was refused, and make pictures of what is clean.

The job runs every minute; until it has been there a file is in quarantine. The bytes go to the scanner as
they are unsealed: no plain copy of them is written.
"""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from lamplighter.hub.access import moment
from lamplighter.hub.cases import services as cases
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.notices import end_of
from lamplighter.hub.evidence.files import clamd, opening, pictures, sealed
from lamplighter.hub.evidence.models import File, Scan
from lamplighter.hub.site import sealed_files

log = logging.getLogger(__name__)
PURPOSE = "look after evidence"
AT_ONCE = 60
PAGE = "evidence:exhibit"
INFECTED_TASK = "evidence.infected"


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
def note(file: File, answer: clamd.Answer) -> Scan:
    """Keep what the scanner said, and do what follows from it. As the service."""
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
    elif answer.outcome == clamd.Outcome.CLEAN and file.kind in opening.PICTURE_KINDS:
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
