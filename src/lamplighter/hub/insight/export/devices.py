"""Events of devices among the exhibits of the hub's cases: taken, submitted, a result.

To be called inside ``identity.as_service("export cases for a study")``. No word is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from lamplighter.hub.evidence.models import DeviceStep
from lamplighter.hub.insight.export.dated import on
from lamplighter.hub.insight.export.events import Event

STEPS = {
    DeviceStep.Step.SEIZED: "device_seized",
    DeviceStep.Step.SUBMITTED: "device_submitted",
    DeviceStep.Step.RESULT: "device_result",
}
KINDS = tuple(sorted(STEPS.values()))


def read() -> Iterator[tuple[int, Event]]:
    """Every event of devices, by case. A day that was recorded anew counts as it stands."""
    standing = {(row.exhibit_id, row.step): row for row in DeviceStep.objects.order_by("pk")}
    for row in standing.values():
        if kind := STEPS.get(DeviceStep.Step(row.step)):
            item = ("item", f"device {row.exhibit_id}")
            yield row.case_id, on(kind, row, row.on, status=row.result or None, item=item)
