"""No report stops the others: work that fails on one of many is done again without it.

Work on reports is tried together. What fails, or takes longer than it may, is tried one by one, and the one
that it fails on is set aside (``intake.set_aside``): its own, or one about the same people that it is read
with. A fault of the database or of the machine is nobody's, and is tried again as a whole.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Collection, Sequence
from functools import partial

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, connection, transaction
from django.utils import timezone

from lamplighter.courses import assemble
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.intake.models import ReportVersion, SetAside
from lamplighter.hub.intake.set_aside import services as set_aside
from lamplighter.hub.patterns import storage
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people import services as who
from lamplighter.hub.people.matching.record_tables import maker
from lamplighter.hub.people.matching.staged_tables import BusyError
from lamplighter.hub.people.services import Touched
from lamplighter.hub.site.background_work.within import TimeLimitError, within
from lamplighter.linkage.features import compact_records
from lamplighter.linkage.features.record_features import prepare

log = logging.getLogger(__name__)
Work = Callable[[Sequence[str]], Touched]
Refresh = Callable[[Collection[str]], object]
Fault, Step = SetAside.Fault, SetAside.Step
# Of the database and the machine, or of what is held no more: tried again, and nobody's report.
NOBODYS = (OperationalError, InterfaceError, InternalError, ReportVersion.DoesNotExist, BusyError, OSError)
MOST_NEAR = 500
"""Reports about the same people that are looked at one by one."""
MOST_ROUNDS = 5
ON_A_PAGE = 20.0
"""Seconds of computing at most where somebody waits for the page."""
AT_ONCE = 200
"""Reports of all that are read together when one of all is looked for."""


def limit() -> float:
    """Return the seconds of computing that one report, or a few together, may take."""
    return float(settings.FOLLOW_UP_SECONDS)


def each(report_ids: Sequence[str], work: Work, refresh: Refresh, *, on_a_page: bool = False) -> Touched:
    """Do the work on reports, each try in a savepoint of the transaction; set aside those that it fails on.

    ``refresh`` finds anew the patterns of persons whom one that is set aside is no longer held to be.
    The caller holds the locks that the work takes: waiting for one is no fault of a report.
    Raises what is nobody's: :data:`NOBODYS`.
    """
    touched: list[Touched] = []
    seconds = min(limit(), ON_A_PAGE) if on_a_page else limit()
    _each(list(dict.fromkeys(report_ids)), work, refresh, touched, seconds)
    return Touched(
        frozenset().union(*(t.persons for t in touched)), frozenset().union(*(t.reports for t in touched))
    )


def _each(
    report_ids: list[str],
    work: Work,
    refresh: Refresh,
    touched: list[Touched],
    seconds: float,
    rounds: int = 0,
) -> None:
    if not report_ids:
        return
    try:
        with within(seconds), transaction.atomic():
            touched.append(work(report_ids))
        return
    except NOBODYS:
        raise
    except Exception as problem:  # noqa: BLE001  whatever it is: it is logged by its kind, and kept
        fault = problem
    _still_connected(fault)
    if len(report_ids) > 1:
        for report_id in report_ids:
            _each([report_id], work, refresh, touched, seconds, rounds)
        return
    [report_id] = report_ids
    culprits = [report_id]
    if rounds < MOST_ROUNDS and not _fails(lambda: _read_alone([report_id]), seconds):
        culprits = [near for near in _near(report_id) if _fails(partial(_read_alone, [near]), seconds)]
        culprits = culprits or [report_id]
    aside(culprits, Step.COMING, fault, refresh=refresh)
    if report_id not in culprits:
        _each([report_id], work, refresh, touched, seconds, rounds + 1)


def aside(
    report_ids: Sequence[str],
    step: str,
    fault: BaseException | None,
    kind: str = "",
    *,
    refresh: Refresh | None = None,
) -> None:
    """Set reports aside, and let nobody go on being held for somebody in them."""
    kind = kind or kind_of(fault)
    place = place_of(fault) if fault else ""
    new = [r for r in report_ids if set_aside.put_aside(r, step, kind, place)]
    for _ in new:
        by = type(fault).__name__ if fault else "an ended worker"
        log.error("A report was set aside (%s) by %s", kind, by)
    # All of them first: what is found anew is found without any.
    if held := [r for r in new if people.members_in([r])]:
        left: set[str] = set()
        _if_it_can(lambda: left.update(who.leave_out(held).persons))
        if refresh is not None and left:
            _if_it_can(lambda: refresh(left))


def _if_it_can(work: Callable[[], object]) -> None:
    """Do what is right where nothing else fails; a report that is set aside is told of in any case."""
    try:
        with within(limit()), transaction.atomic():
            work()
    except NOBODYS:
        raise
    except Exception as problem:  # noqa: BLE001  it stays as it was, until everything is matched again
        log.error("What a report that is set aside was matched with stays: %s", type(problem).__name__)
        _still_connected(problem)


def everything(work: Callable[[], object]) -> None:
    """Do the work on all reports; where it fails on some of them, set those aside and do it again."""
    for _ in range(MOST_ROUNDS):
        try:
            with within(_for_everything()):
                work()
            return
        except NOBODYS:
            raise
        except Exception as problem:
            fault = problem
            _still_connected(fault)
            culprits = unreadable(intake.current_report_ids())
            if not culprits:
                # Of all together, not of one: somebody who looks after the software has to see it.
                raise
            aside(culprits, Step.EVERYTHING, fault)
    raise fault


def _for_everything() -> float:
    return limit() * max(60, intake.how_many() / 100)


def unreadable(report_ids: Sequence[str]) -> list[str]:
    """Return those of some reports that cannot be read and made ready by themselves, looked for by halves."""
    found: list[str] = []
    waiting = [list(report_ids[n : n + AT_ONCE]) for n in range(0, len(report_ids), AT_ONCE)]
    while waiting:
        some = waiting.pop()
        if not some or not _fails(partial(_read_alone, some)):
            continue
        if len(some) == 1:
            found += some
        else:
            waiting += [some[: len(some) // 2], some[len(some) // 2 :]]
    return sorted(found)


def _fails(work: Callable[[], object], seconds: float | None = None) -> bool:
    try:
        with within(seconds or limit()), transaction.atomic():
            work()
    except NOBODYS:
        raise
    except Exception as problem:  # noqa: BLE001  that it fails is the answer
        _still_connected(problem)
        return True
    return False


def _read_alone(report_ids: Sequence[str]) -> None:
    """Make reports ready for matching, and read what happened in them, each by people of its own."""
    bundle = intake.bundle(report_ids=report_ids, with_raw=False)
    prepare(bundle["people"], bundle["reports"])
    made = [
        c for report, named in intake.received(report_ids) for c in compact_records.of_report(report, named)
    ]
    maker().keys_of([c.values for c in made])
    rows = intake.rows(report_ids, taken_up=True)
    assemble.found(
        rows,
        {p["record_id"]: f"P-{number}" for number, p in enumerate(rows["people"])},
        as_at=timezone.localtime().replace(tzinfo=None),
        corrections=storage.corrections(report_ids),
    )


class _FoundError(Exception):
    """What was to be known is known, and nothing of it is to stay."""


def _near(report_id: str) -> list[str]:
    """Return the other reports about the same people, as far as matching gets; nothing of it stays."""
    near: set[str] = set()
    try:
        with within(limit()), transaction.atomic():
            touched = who.match_reports([report_id])
            near |= people.around(touched.persons, MOST_NEAR)[1]
            raise _FoundError
    except _FoundError:
        return sorted(near - {report_id})
    except NOBODYS:
        raise
    except Exception as problem:  # noqa: BLE001  then it is this report that fails
        _still_connected(problem)
        return []


def _still_connected(fault: BaseException) -> None:
    """Raise the fault where the connection did not outlive it: the job begins anew on another one."""
    if connection.connection is None or connection.connection.closed or connection.needs_rollback:
        raise fault


def kind_of(fault: BaseException | None) -> str:
    """Return what a page says of a fault."""
    if isinstance(fault, TimeLimitError):
        return Fault.TIME
    return Fault.MEMORY if isinstance(fault, MemoryError) else Fault.FAULT


def place_of(fault: BaseException) -> str:
    """Return the kind of error and where in the code it was, the innermost first; nothing of its words."""
    frames = traceback.extract_tb(fault.__traceback__)[-4:]
    places = (f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{type(fault).__name__} at {' < '.join(places)}"
