"""Say of each thing that a hub needs whether it is as it should be, why not, and what to do.

The same findings stand on the page of the service, in the banner for those who look after it, and in
``lamplighter hub check``. None holds anybody's data.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max, Min
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from lamplighter.hub.access.wall import sync
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.audit.integrity import checkpoints
from lamplighter.hub.design.environment import long_date, long_time, plural
from lamplighter.hub.evidence import selectors as evidence
from lamplighter.hub.intake.set_aside import selectors as aside
from lamplighter.hub.intake.sources import samples
from lamplighter.hub.notices import selectors as mail
from lamplighter.hub.notices.carriers import protocol
from lamplighter.hub.operations import jobs
from lamplighter.hub.operations.models import Copy
from lamplighter.hub.site import places
from lamplighter.hub.site.background_work import worker_pulse


class State(StrEnum):
    """State of one thing that is checked."""

    OK = "ok"
    SOON = "soon"  # to be seen to in the next days
    NOW = "now"  # people are affected


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a hub needs: its name, how it stands, what is so, and what to do where it is not
    right."""

    name: str
    state: State
    says: str
    remedy: str = ""


WAITS_LONG, WAITS_TOO_LONG = dt.timedelta(minutes=5), dt.timedelta(hours=1)
TIME_LIMITS = "clocks.overdue"
TIME_LIMITS_WITHIN = dt.timedelta(minutes=15)
COPY_WITHIN, COPY_AT_LEAST = dt.timedelta(hours=26), dt.timedelta(days=3)
PROVED_WITHIN = dt.timedelta(days=35)
SIGNED_WITHIN = dt.timedelta(hours=26)
FULL, NEARLY_FULL = 500_000_000, 5_000_000_000  # bytes that are free
NAMED = 12  # things of the database that one finding names
UPLOAD_OLD = dt.timedelta(days=1)


def worker(now: dt.datetime) -> Finding:
    """Check that a worker is there: it reads files, matches reports from feeds and keeps the time limits."""
    last = worker_pulse.last()
    if last is not None and worker_pulse.beats(last, now):
        return Finding("Worker", State.OK, f"Running. Last heard from at {_clock(last)}.")
    says = f"No worker is running. The last one was heard from on {long_time(last)}." if last else (
        "No worker is running."
    )  # fmt: skip
    return Finding(
        "Worker",
        State.NOW,
        f"{says} Files are not read, reports from feeds are not matched, and nobody is told what is overdue.",
        "Start it: `systemctl start lamplighter-worker`, or `lamplighter hub worker`.",
    )


def failed_work(now: dt.datetime) -> Finding:
    """Check that no background work failed for good."""
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    if not failed:
        return Finding("Failed work", State.OK, "Nothing has failed.")
    return Finding(
        "Failed work",
        State.NOW,
        f"{plural(failed, 'task')} failed, and will not be tried again.",
        "Mend the cause, then try it again on the page Service.",
    )


def reports_set_aside(now: dt.datetime) -> Finding:
    """Check that no reports are left out of matching because work on them failed."""
    number = aside.how_many()
    if not number:
        return Finding("Reports set aside", State.OK, "Every report is matched, or on its way.")
    one = number == 1
    return Finding(
        "Reports set aside",
        State.NOW,
        f"{plural(number, 'report')} could not be matched. {'It is' if one else 'They are'} in no pattern.",
        "See Imports, Reports set aside, for what happened and what to do.",
    )


def waiting_work(now: dt.datetime) -> Finding:
    """Check that no background work waits for longer than it should."""
    due = ProcrastinateJob.objects.filter(status="todo").exclude(scheduled_at__gt=now)
    oldest = ProcrastinateEvent.objects.filter(
        job__in=due, type__in=["deferred", "deferred_for_retry", "scheduled"]
    ).aggregate(first=Min("at"))["first"]
    number = due.count()
    if number and oldest is not None and now - oldest > WAITS_LONG:
        return Finding(
            "Waiting work",
            State.NOW if now - oldest > WAITS_TOO_LONG else State.SOON,
            f"{plural(number, 'task')} waiting, the oldest since {long_time(oldest)}.",
            "If a worker runs, it is busy with something long: see the page Service.",
        )
    return Finding("Waiting work", State.OK, f"{plural(number, 'task')} waiting." if number else "None.")


def time_limits(now: dt.datetime) -> Finding:
    """Check that overdue tasks are looked for: limits of the Victims' Code hang on it."""
    last = ProcrastinateEvent.objects.filter(job__task_name=TIME_LIMITS, type="succeeded").aggregate(
        last=Max("at")
    )["last"]
    if last is not None and now - last <= TIME_LIMITS_WITHIN:
        return Finding("Time limits", State.OK, f"Checked at {_clock(last)}.")
    said = f"Last checked on {long_time(last)}." if last else "Not checked yet."
    return Finding("Time limits", State.NOW, said, "They are checked by the worker, every five minutes.")


def copies(now: dt.datetime) -> Finding:
    """Check that there is a copy of the hub that is young enough."""
    last = _last(Copy.What.MADE)
    remedy = "Make one with `lamplighter backup`, and let a timer do so every night."
    if last is None:
        return Finding("Copies", State.NOW, "No copy of this hub has been made.", remedy)
    said = f"The last copy was made on {long_time(last.made_at)}."
    if now - last.made_at <= COPY_WITHIN:
        return Finding("Copies", State.OK, said)
    return Finding("Copies", State.SOON if now - last.made_at <= COPY_AT_LEAST else State.NOW, said, remedy)


def proofs(now: dt.datetime) -> Finding:
    """Check that a copy has lately been brought back and found equal."""
    last = _last(Copy.What.PROVED)
    remedy = "Bring the newest copy back beside the hub: `lamplighter restore FOLDER --drill`."
    if last is None:
        return Finding("Test of a copy", State.SOON, "No copy has been tested here yet.", remedy)
    if not last.equal:
        return Finding(
            "Test of a copy",
            State.NOW,
            f"The copy that was tested on {long_time(last.at)} did not come back as it was made.",
            "Make a new copy and test it. If it fails again, ask for help: you have no sound copy.",
        )
    state = State.OK if now - last.at <= PROVED_WITHIN else State.SOON
    said = f"A copy was brought back and found equal on {long_time(last.at)}."
    return Finding("Test of a copy", state, said, "" if state is State.OK else remedy)


def _last(what: str) -> Copy | None:
    with as_service(jobs.PURPOSE):
        return Copy.objects.filter(what=what).order_by("-at").first()


def audit_log(now: dt.datetime) -> Finding:
    """Check that the audit trail was signed lately."""
    newest = max((p.stat().st_mtime for p in checkpoints.folder().glob("*.json")), default=None)
    if newest is None:
        return Finding("Audit log", State.SOON, "Not signed yet.", "The worker signs it every night.")
    at = dt.datetime.fromtimestamp(newest, dt.UTC)
    said = f"Last signed on {long_time(at)}."
    if now - at > SIGNED_WITHIN:
        return Finding("Audit log", State.SOON, said, "The worker signs it every night.")
    return _kept_elsewhere(said)


def _kept_elsewhere(said: str) -> Finding:
    """Tell whether what was signed has left this machine: here it says nothing against who holds the
    machine."""
    name, goal = "Audit log", checkpoints.elsewhere()
    if goal is None:
        return Finding(
            name,
            State.OK,
            f"{said} The checkpoints are on this machine only.",
            f"Name a folder on another machine in {checkpoints.ELSEWHERE}, or copy them there.",
        )
    try:
        left, same_disk = checkpoints.waiting(), goal.stat().st_dev == places.home().stat().st_dev
    except OSError:
        return Finding(
            name,
            State.SOON,
            f"{said} The folder elsewhere cannot be reached.",
            f"Mount it again, or change {checkpoints.ELSEWHERE}. The worker writes there what is missing.",
        )
    if left:
        return Finding(
            name,
            State.SOON,
            f"{said} {plural(left, 'checkpoint')} not written to the folder elsewhere yet.",
            "The worker tries every hour. See whether it runs, and may write there.",
        )
    if same_disk:
        return Finding(
            name,
            State.SOON,
            f"{said} The folder elsewhere is on the same disk as the hub.",
            "Name one on another machine: whoever holds this one can change both.",
        )
    return Finding(name, State.OK, f"{said} Every checkpoint is also in the folder elsewhere.")


def email(now: dt.datetime) -> Finding:
    """Check that email can be sent, where the hub sends any, and to whom it does not arrive."""
    found, name = mail.standing(now), "Email"
    if found.how == "none":
        return Finding(name, State.OK, "This hub sends no email.")
    if found.tried:
        told = [protocol.told(fault) for fault in sorted(found.tried)]
        waits = f"{plural(found.waiting, 'email')} waiting."
        says, remedies = (" ".join(parts) for parts in zip(*told, strict=True))
        return Finding(name, State.SOON, f"{says} {waits} What is new is on My work.", remedies)
    if found.unreached:
        number = plural(len(found.unreached), "person", "people")
        says = f"Email to {number} came back. What is new is on My work."
        return Finding(name, State.SOON, says, "The page Email says to whom. They enter their address again.")
    sent = plural(found.sent, "email")
    return Finding(name, State.OK, f"{sent} sent in the last 7 days, {found.waiting} waiting.")


def rules_of_access(now: dt.datetime) -> Finding:
    """Tell whether the database holds the rules of access as they were declared, and nothing beside them."""
    try:
        found = sync.compare().words
    except DatabaseError:
        found = ["The rules in the database cannot be read."]
    name = "Rules of access"
    if not found:
        return Finding(name, State.OK, "The database holds what is declared, and nothing else.")
    more = len(found) - NAMED
    told = [*found[:NAMED], f"And {more:,} more."] if more > 0 else found
    return Finding(
        name,
        State.NOW,
        " ".join(told),
        "Find out who changed the database, and tell the auditor. `lamplighter hub upgrade` puts back what "
        "is declared and takes away what is not. A table or a setting that it leaves is for a database "
        "administrator to see to.",
    )


def disk(now: dt.datetime) -> Finding:
    """Check that there is room on the disk of the hub's own folder."""
    free = shutil.disk_usage(places.home()).free
    said = f"{free / 1e9:,.1f} GB free."
    if free > NEARLY_FULL:
        return Finding("Disk", State.OK, said)
    state = State.NOW if free <= FULL else State.SOON
    return Finding("Disk", state, said, "Make room on the disk of the hub's folder, or give it a larger one.")


def virus_scanner(now: dt.datetime) -> Finding:
    """Check that files of evidence are scanned, again with newer signatures too, and that none are old."""
    name, found = "Virus scanner", evidence.scanning(timezone.localdate(now))
    waits = f"{plural(found.waiting, 'file')} of evidence"
    waits += f" {'waits' if found.waiting == 1 else 'wait'} to be scanned."
    if found.waiting and not settings.CLAMD:
        remedy = "Install clamav-daemon, and set LAMPLIGHTER_CLAMD (docs: Evidence)."
        return Finding(name, State.SOON, f"There is none. {waits}", remedy)
    if found.since and now - found.since >= WAITS_TOO_LONG:
        return Finding(
            name,
            State.NOW,
            f"{waits} The oldest since {long_time(found.since)}.",
            "See whether clamd runs: `systemctl status clamav-daemon`. Until then files open with a reason.",
        )
    if found.old:
        return Finding(
            name,
            State.SOON,
            f"The signatures that it scanned with last are of {long_date(found.database_at)}.",
            "See whether new ones arrive: `systemctl status clamav-freshclam`.",
        )
    said = waits if found.waiting else "No file of evidence waits to be scanned."
    if found.again:
        said += f" To be scanned again with newer signatures: {plural(found.again, 'file')}."
    return Finding(name, State.OK, said)


def uploads(now: dt.datetime) -> Finding:
    """Check that no files that were sent lie about for longer than a day."""
    folder = Path(settings.UPLOADS)
    old = (now - UPLOAD_OLD).timestamp()
    left = [p for p in folder.iterdir() if p.stat().st_mtime < old] if folder.is_dir() else []
    left = [p for p in left if p not in {Path(settings.FILE_UPLOAD_TEMP_DIR), samples.folder()}]
    if not left:
        return Finding("Uploads", State.OK, "No file that was sent lies about.")
    return Finding(
        "Uploads",
        State.SOON,
        f"{plural(len(left), 'upload')} from before yesterday still waiting to be read.",
        "See Imports for what stopped, and send the files again.",
    )


RUNNING: tuple[Callable[[dt.datetime], Finding], ...] = (
    *(worker, time_limits, failed_work, waiting_work, reports_set_aside),
    *(copies, proofs, audit_log, rules_of_access, email, disk, uploads, virus_scanner),
)
"""What the site itself can ask at any time."""


def running(now: dt.datetime | None = None) -> list[Finding]:
    """Return a finding for everything that a running hub needs, in a stable order."""
    at = now or timezone.now()
    return [check(at) for check in RUNNING]


_KEPT_FOR = 30.0  # seconds
_kept: tuple[float, list[Finding]] = (float("-inf"), [])


def urgent() -> list[Finding]:
    """Return what affects people now. Asked for every page of some roles, so kept for half a minute."""
    global _kept
    asked, found = _kept
    if time.monotonic() - asked > _KEPT_FOR:
        found = [f for f in running() if f.state is State.NOW]
        _kept = (time.monotonic(), found)
    return found


def forget() -> None:
    """Ask anew next time."""
    global _kept
    _kept = (float("-inf"), [])


def _clock(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%H:%M:%S}"
