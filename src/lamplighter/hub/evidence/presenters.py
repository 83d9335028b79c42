"""Exhibits as pages show them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.cases.models import Case
from lamplighter.hub.casework.forms import SIDE
from lamplighter.hub.design.environment import long_date, long_time
from lamplighter.hub.evidence import policies, rules, selectors
from lamplighter.hub.evidence.files import opening, redacting
from lamplighter.hub.evidence.models import DeviceStep, Exhibit, File, Scan
from lamplighter.hub.evidence.selectors import Known
from lamplighter.hub.evidence.services import INCIDENT

Step = DeviceStep.Step
QUARANTINE = "Waits to be scanned for viruses"


def size(of: int) -> str:
    """Return a length as people read it."""
    for unit, words in ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB")):
        if of >= unit:
            return f"{of / unit:.1f} {words}"
    return f"{of} bytes"


def state(known: Known, file: File, today: dt.date) -> dict[str, Any]:
    """Return the state of a file's scan in words, and whether it opens in one click."""
    code = known.state(file)
    scan = known.scans.get(file.pk)
    text = Scan.State(code).label if code else QUARANTINE
    told = ""
    if scan and scan.engine:
        told = f"{scan.engine}, {long_time(scan.at)}"
        if scan.database_at:
            told += f"; its database is of {long_date(scan.database_at)}"
            if (today - timezone.localdate(scan.database_at)).days > rules.limit("database", today):
                told += ", which is old"
        else:
            told += "; the date of its database is not known"
    if scan and scan.found:
        told = f"{scan.found}. {told}".strip()
    return {
        "code": code,
        "text": text,
        "told": told,
        "clean": code == Scan.State.CLEAN,
        "infected": code == Scan.State.INFECTED,
        "alarm": code in {Scan.State.INFECTED, Scan.State.ERROR},
        "why": policies.NEEDS_A_REASON.get(code, ""),
    }


def row(known: Known, today: dt.date) -> dict[str, Any]:
    """Return an exhibit as a line of the list."""
    one = known.exhibit
    file = known.original
    return {
        "key": one.key,
        "label": known.label,
        "title": one.title,
        "kind": rules.type_title(file.kind) if file else one.get_kind_display(),
        "came": long_date(one.came_at),
        "source": one.get_source_display(),
        "state": state(known, file, today) if file else None,
        "device": _device(known, today) if one.kind == Exhibit.Kind.DEVICE else "",
        "shows": [s.words for s in known.supports if s.words],
        "incidents": sum(s.of_kind == INCIDENT for s in known.supports),
        "redacted": len(known.redacted),
        "readers": SIDE.get(one.partition, one.get_partition_display()),
        "owner": one.owner.name,
    }


def _device(known: Known, today: dt.date) -> str:
    if Step.RESULT in known.steps:
        found = known.steps[Step.RESULT]
        return f"{found.get_result_display()}, {long_date(found.on)}"
    if on := selectors.submitted_on(known):
        due = on + dt.timedelta(days=rules.limit("device", on))
        late = " The day is past." if due < today else ""
        return f"Submitted {long_date(on)}. A result is due by {long_date(due)}.{late}"
    return "Not submitted for examination"


def exhibit(known: Known, case: Case, on_case: list[Agency], today: dt.date) -> dict[str, Any]:
    """Return an exhibit with everything that stands of it."""
    one = known.exhibit
    return row(known, today) | {
        "facts": _facts(known, on_case),
        "files": [_file(known, f, case, today) for f in known.files if f.role != File.Role.VIEW],
        "picture": _picture(known, case),
        "moves": [
            {
                "when": long_time(m.moved_at),
                "from": m.from_whom,
                "to": m.to_whom,
                "why": m.why,
                "where": m.where,
                "seal": m.seal,
            }
            for m in known.moves
        ],
        "steps": [
            {
                "text": s.get_step_display(),
                "on": long_date(s.on),
                "result": s.get_result_display(),
                "words": s.words,
            }
            for s in sorted(known.steps.values(), key=lambda s: s.on)
        ],
        # Incidents stand on the page by themselves, each with its link.
        "supports": [
            s.words or OF_KIND.get(s.of_kind, "") for s in known.supports if s.words or s.of_kind in OF_KIND
        ],
        "is_device": one.kind == Exhibit.Kind.DEVICE,
    }


OF_KIND = {
    "draft": "An incident that is still a draft",
    "term": "A term of an order",
    "line": "A line of the enquiry",
}


def _facts(known: Known, on_case: list[Agency]) -> list[tuple[str, str]]:
    one = known.exhibit
    handed = f", {one.came_from}" if one.came_from else ""
    by = f"{one.by.display_name}, {one.owner.name}" if one.by else one.owner.name
    readers = form_readers.readers(one.partition, one.owner, on_case)
    found = [
        ("Number it had before", one.reference),
        ("Where it came from", f"{one.get_source_display()}{handed}"),
        ("How it came", one.came_how),
        ("Handed over", long_time(one.came_at)),
        ("Recorded here", f"{long_time(one.at)}, by {by}"),
        ("Held by", one.held_by),
        ("Where it is kept", one.link),
        ("Its SHA-256 there", one.sha256),
        ("Who can read this", f"{readers[:1].upper()}{readers[1:]}"),
    ]
    return [(label, value) for label, value in found if value]


def _file(known: Known, file: File, case: Case, today: dt.date) -> dict[str, Any]:
    original = file.role == File.Role.ORIGINAL
    made = f"Made on {long_time(file.at)}" + (f" by {file.by.display_name}" if file.by else "")
    told = state(known, file, today)
    return {
        "key": file.key,
        "title": "Original" if original else "Redacted copy",
        "name": file.name,
        "kind": rules.type_title(file.kind),
        "size": size(file.size),
        "sha256": file.sha256,
        "state": told,
        "made": "" if original else f"{made}. {file.why}",
        "areas": file.areas,
        "open": reverse("evidence:open", args=[case.key, file.key]) if not told["infected"] else "",
        "redact": reverse("evidence:redact", args=[case.key, file.key])
        if original and told["clean"] and file.kind in redacting.KINDS
        else "",
    }


def _picture(known: Known, case: Case) -> str:
    view = known.view
    return reverse("evidence:picture", args=[case.key, view.key]) if view else ""


def waits_for_a_picture(known: Known) -> bool:
    """Tell whether a picture is to come once it is scanned."""
    file = known.original
    return bool(file and file.kind in opening.PICTURE_KINDS and not known.view)


def file_name(known: Known, file: File) -> str:
    """Return the name that a file leaves under: ours, which tells of nobody."""
    part = "" if file.role == File.Role.ORIGINAL else f"-{file.role}"
    ending = file.kind if file.kind.isalnum() else "bin"
    return f"exhibit-{known.label}{part}.{ending}"
