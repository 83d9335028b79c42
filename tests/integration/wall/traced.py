"""What a page showed, held against what the audit trail says of it: no look without a trace.

A marked word of a case, or of a report, in an answer is a look at it. The same request must have written an
event that names it: the case by its id, a record by what the trail calls it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import Resolver404, resolve

from lamplighter.hub.audit.models import Event
from tests.integration.wall.planting import Canary

# What the trail calls a record; any of them says whose report was read.
RECORDS = ("person ", "pattern ", "report ", "link ", "act ", "marker ", "step ")
# Pages that show such words and need write nothing, each with its reason.
EXCEPTIONS = {
    "cases:names": "Hides names and shows the list again: references and the next task, and nobody.",
}


@dataclass
class Traced:
    """The trail so far, and every look that it does not have."""

    canaries: dict[str, Canary]
    last: int = 0
    looks: int = 0
    missing: list[str] = field(default_factory=list)
    excepted: set[str] = field(default_factory=set)
    verbs: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def __call__(self, address: str, words: set[str]) -> None:
        """Compare one answer that had ``words`` in it with what was written since the last."""
        rows = list(
            Event.objects.filter(pk__gt=self.last)
            .order_by("pk")
            .values_list("pk", "verb", "subject", "case_id", "detail")
        )
        self.last = rows[-1][0] if rows else self.last
        self.verbs.update(verb for _, verb, *_ in rows)
        cases = {case for *_, case, _ in rows} | {
            int(one) for *_, detail in rows for one in detail.get("of_cases", [])
        }
        records = any(
            subject.startswith(RECORDS) or detail.get("of_records") for _, _, subject, _, detail in rows
        )
        shown = [self.canaries[w] for w in words if w in self.canaries]
        self.looks += bool(shown)
        for canary in shown:
            if canary.case in cases or (canary.case is None and (records or canary.partition != "records")):
                continue
            if (name := _page(address)) in EXCEPTIONS:
                self.excepted.add(name)
            else:
                self.missing.append(
                    f"{name} {address.partition(' (')[2]}: {canary.place} ({canary.partition})"
                )


def _page(address: str) -> str:
    try:
        return resolve(address.partition(" ")[0].partition("?")[0]).view_name
    except Resolver404:
        return address
