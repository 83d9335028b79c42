"""Events of the hub's meetings: which cases were discussed, by how many agencies, and what was agreed to do.

To be called inside ``identity.as_service("export cases for a study")``. No line of the minutes is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.insight.export.dated import KINDS_OF_AGENCY, at
from lamplighter.hub.insight.export.events import Event
from lamplighter.hub.insight.export.risk import of_task
from lamplighter.hub.meetings.models import Attendance, Line

KINDS = ("action", "meeting")
CAME = frozenset({Attendance.State.PRESENT, Attendance.State.PART})
SEVERAL = 2


def read() -> Iterator[tuple[int, Event]]:
    """Every event of meetings, by case."""
    # A line that was struck out should never have been written, and one that was added later was not said.
    lines = Line.objects.filter(replaced_at=None, struck=False, meeting__cancelled_at=None)
    standing = list(lines.select_related("meeting", "doer__agency").order_by("said_at", "pk"))
    yield from _discussed([line for line in standing if not line.late])
    yield from _agreed([line for line in standing if line.task])


def _discussed(lines: list[Line]) -> Iterator[tuple[int, Event]]:
    """A case once a meeting in which something was said of it; of several agencies where two or more were."""
    there = _there()
    said: defaultdict[tuple[int, int], list[Line]] = defaultdict(list)
    for line in lines:
        said[line.case_id, line.meeting_id].append(line)
    for (case, number), rows in said.items():
        agencies = there[number] | {row.owner_id for row in rows}
        code = "multi_agency" if len(agencies) >= SEVERAL else "other"
        meeting = rows[0].meeting
        yield case, at("meeting", meeting, meeting.starts_at, code=code, mark=f"{case}")


def _there() -> defaultdict[int, set[str]]:
    """Agencies of whoever came, by meeting; the newest row of a person or guest stands."""
    newest: dict[tuple[int, int | None, str], Attendance] = {}
    for row in Attendance.objects.order_by("at", "pk"):
        newest[row.meeting_id, row.person_id, row.guest] = row
    out: defaultdict[int, set[str]] = defaultdict(set)
    for row in newest.values():
        if row.state in CAME:
            out[row.meeting_id].add(row.agency_id)
    return out


def _agreed(lines: list[Line]) -> Iterator[tuple[int, Event]]:
    tasks = {task.key: task for task in Clock.objects.filter(key__in=[line.task for line in lines])}
    kinds = dict(Agency.objects.values_list("pk", "kind"))
    for line in lines:
        task = tasks.get(line.task) if line.task else None
        if task is not None and (done := of_task(task)):
            agency = KINDS_OF_AGENCY[Agency.Kind(kinds[task.owner_id])]
            yield line.case_id, at("action", task, line.said_at, agency=agency, **done)
