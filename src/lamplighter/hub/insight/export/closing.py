"""Events of lines of enquiry, of dropping a case, and of telling a victim who an anonymous stalker is.

To be called inside ``identity.as_service("export cases for a study")``. No outcome and no reason is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from lamplighter.hub.cases.models import Closing
from lamplighter.hub.closing.models import (
    Answer,
    Considered,
    FileAudit,
    Identified,
    IdentityAuthorised,
    Signature,
)
from lamplighter.hub.enquiries.models import Line, LineState
from lamplighter.hub.insight.export.dated import at
from lamplighter.hub.insight.export.events import Event

KINDS = ("closed", "enquiry_line", "history_check", "identity_decision", "sign_off")
STATES = {
    LineState.State.OPEN: "applicable",
    LineState.State.REQUESTED: "requested",
    LineState.State.DONE: "done",
    LineState.State.REFUSED: "refused",
    LineState.State.NOT_REASONABLE: "not_reasonable",
}
SIGNED = {Signature.Capacity.LEAD: "stalking_spoc", Signature.Capacity.SUPERVISOR: "supervisor"}
NOTHING = "nothing"


def read() -> Iterator[tuple[int, Event]]:
    """Every event of these, by case."""
    yield from _lines()
    yield from _considered()
    yield from _dropped()
    yield from _identities()
    for row in FileAudit.objects.order_by("pk"):
        yield row.case_id, at("audit", row, row.at, code=row.what, answer=row.answer)


def _lines() -> Iterator[tuple[int, Event]]:
    """A line from when it applies, and each state since. One that a person added has no code of its own."""
    for line in Line.objects.exclude(kind="").order_by("pk"):
        yield line.case_id, at("enquiry_line", line, line.at, code=line.kind, status="applicable")
    for row in LineState.objects.exclude(line__kind="").select_related("line").order_by("pk"):
        status = STATES[LineState.State(row.state)]
        yield row.case_id, at("enquiry_line", row, row.at, code=row.line.kind, status=status)


def _considered() -> Iterator[tuple[int, Event]]:
    """The suspect's history was checked."""
    for row in Considered.objects.filter(what=Considered.What.SUSPECT).order_by("pk"):
        answer = "no" if row.found == [NOTHING] else "yes"
        yield row.case_id, at("history_check", row, row.at, answer=answer, reasons=sorted(row.found))


def _dropped() -> Iterator[tuple[int, Event]]:
    """Signatures that agree; and the outcome that dropped a case, with its day."""
    for signed in Signature.objects.filter(answer=Answer.AGREED).order_by("pk"):
        code = SIGNED[Signature.Capacity(signed.capacity)]
        yield signed.case_id, at("sign_off", signed, signed.at, code=code)
    for row in Closing.objects.exclude(dropped_as="").order_by("pk"):
        yield row.case_id, at("outcome", row, row.at, code=row.dropped_as)
        yield row.case_id, at("closed", row, row.at)


def _identities() -> Iterator[tuple[int, Event]]:
    """A decision counts from when a second person authorised it."""
    for row in Identified.objects.order_by("pk"):
        yield row.case_id, at("suspect_named", row, row.identified_at)
    authorised = IdentityAuthorised.objects.filter(answer=Answer.AGREED).select_related("decision")
    for answer in authorised.order_by("pk"):
        yield (
            answer.case_id,
            at("identity_decision", answer, answer.at, code=answer.decision.decision),
        )


def anonymous() -> set[int]:
    """Return the cases whose stalker was anonymous once."""
    return set(Identified.objects.order_by().values_list("case_id", flat=True))
