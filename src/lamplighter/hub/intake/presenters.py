"""Models and forms to the parameters of components."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Count
from django.urls import reverse

from lamplighter.hub.design.environment import grouped, long_date, plural
from lamplighter.hub.intake import services
from lamplighter.hub.intake.imports.scheduled import Brought
from lamplighter.hub.intake.imports.services import Told
from lamplighter.hub.intake.models import Delivery, Reject, ReportVersion, SetAside
from lamplighter.hub.intake.new_report.drafts import Draft
from lamplighter.hub.intake.new_report.pages import occasion_number
from lamplighter.hub.intake.reports import sections
from lamplighter.hub.intake.set_aside import selectors as aside
from lamplighter.hub.intake.sources import versions
from lamplighter.records.errors import MappingError

State = Delivery.State


def check_sections(pages: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers of every page as summary lists, each with a way back to change it."""
    found = []
    for section in sections.of_pages(pages, range(1, len(pages) + 1)):
        rows = [{"key": {"text": a.label}, "value": {"text": a.words}} for a in section.answers.values()]
        href = f"{reverse('intake:page', args=[section.step])}?change"
        found.append({"heading": section.heading, "rows": rows, "href": href})
    return found


def other_occasions(draft: Draft, step: str, address: Callable[[str], str]) -> list[dict[str, str]]:
    """The report's other occasions, each in a few words with a way to change it at its ``address``."""
    found = []
    for other, page in draft.pages().items():
        number = occasion_number(other)
        if number and other != step:
            page.is_valid()
            words = ", ".join(
                w for name in ("on", "at", "place_text", "behaviours") if (w := sections.in_words(page, name))
            )
            found.append({"number": str(number), "words": words or "Date not known", "href": address(other)})
    return found


def state_in_words(delivery: Delivery) -> str:
    words = {
        State.WAITING: "Waiting to be read",
        State.RUNNING: "Being read",
        State.DONE: "Done",
        State.UNCHANGED: "Received before; nothing changed",
        State.FAILED: "Stopped",
    }
    return words[State(delivery.state)]


def file_names(delivery: Delivery) -> list[str]:
    return [f.name for f in delivery.files.all()]


def history_row(delivery: Delivery) -> dict[str, Any]:
    totals = services.totals_of(delivery)
    return {
        "delivery": delivery,
        "state": state_in_words(delivery),
        "totals": totals,
        "files": file_names(delivery),
    }


def number_rows(lines: Iterable[tuple[str, *tuple[int, ...]]]) -> list[list[dict[str, str]]]:
    """Rows of a table: words, then numbers."""
    return [
        [{"text": text}, *({"text": grouped(n), "format": "numeric"} for n in numbers)]
        for text, *numbers in lines
    ]


def counts_rows(totals: Mapping[str, int]) -> list[list[dict[str, str]]]:
    """The table "counts in equal counts out"."""
    return number_rows(
        [
            ("Rows read", totals["rows_in"]),
            ("Accepted", totals["rows_accepted"]),
            ("Rejected, with a reason each", totals["rows_rejected"]),
            ("Exact repeats of another row", totals["rows_duplicate"]),
        ]
    )


def outcome_sentence(delivery: Delivery, totals: Mapping[str, int]) -> str:
    """The answer of the page, before anything else."""
    match State(delivery.state):
        case State.WAITING:
            return "The files are safe here and wait to be read."
        case State.RUNNING:
            return f"{plural(totals['rows_in'], 'row')} read and stored so far."
        case State.UNCHANGED:
            return "These same files were received before. Nothing was changed."
        case State.FAILED:
            kept = totals["reports_new"] + totals["reports_corrected"] + totals["reports_unchanged"]
            return f"Reading stopped. What was stored before that is safe: {plural(kept, 'report')}."
    new, corrected, same = totals["reports_new"], totals["reports_corrected"], totals["reports_unchanged"]
    return (
        f"{plural(new, 'new report')}, {grouped(corrected)} corrected and {grouped(same)} unchanged, "
        f"about {plural(totals['people'], 'person record')}."
    )


def import_in_a_line(brought: Brought) -> str:
    """Say what came of an import: its source, its rows, its reports, and what to do where it stopped."""
    delivery, totals = brought.delivery, brought.totals
    said = f"{brought.title} ({plural(brought.files, 'file')}): {outcome_sentence(delivery, totals)}"
    if delivery.state == State.UNCHANGED:
        return said
    rows = (
        f"{plural(totals['rows_in'], 'row')} = {grouped(totals['rows_accepted'])} accepted + "
        f"{grouped(totals['rows_rejected'])} rejected + {grouped(totals['rows_duplicate'])} repeated."
    )
    return " ".join(filter(None, [said, rows, delivery.problem, delivery.remedy]))


def reasons(delivery: Delivery) -> list[dict[str, Any]]:
    """Counted by reason: what was rejected before what was only warned of, the most frequent first."""
    found = (
        Reject.objects.filter(batch__delivery=delivery)
        .values("severity", "column", "reason", "remedy")
        .annotate(number=Count("pk"))
        .order_by("severity", "-number", "reason", "column")
    )
    return [dict(row) for row in found]


def reasons_not_shown(delivery: Delivery, totals: Mapping[str, int]) -> str:
    """Say that something was rejected whose reasons whoever asks may not read; "" where nothing was."""
    rejected, warned = totals["rows_rejected"], totals["warnings"]
    if not rejected and not warned:
        return ""
    told = " and ".join(
        [
            *([f"{plural(rejected, 'row')} rejected"] if rejected else []),
            *([plural(warned, "warning")] if warned else []),
        ]
    )
    of = f", or a coordinator of {delivery.agency.name}" if delivery.agency else ""
    return f"{told}. You cannot see the reasons. Ask an administrator{of}."


def read_with(delivery: Delivery) -> str:
    """Name the mapping that a delivery is read with, and since when that version is in force."""
    version = versions.version_of(delivery.mapping)
    try:
        title = versions.load(delivery.mapping).title
    except MappingError:
        title = versions.source_name(delivery.mapping)
    if version is None:
        return title
    number = f", number {version.number} of that day" if version.number > 1 else ""
    return f"{title}, mapping in force from {long_date(version.since)}{number}"


def unknown_sentences(words: Iterable[tuple[str, str, str, int]]) -> list[str]:
    """'12 words of the column Role are not known', one a column."""
    counted = Counter(column for column, _, _, _ in words)
    return [
        f"{plural(n, 'word')} of the column {column} {'is' if n == 1 else 'are'} not known"
        for column, n in counted.items()
    ]


def files_told_apart(told: Iterable[Told], titles: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Each file by name, the source that it is from or "", and why a person is asked."""
    return [(one.path.name, one.source, _why(one, titles)) for one in told]


def _why(one: Told, titles: Mapping[str, str]) -> str:
    if one.error is not None:
        return f"It cannot be read: {one.error.what} {one.error.remedy}"
    if one.source:
        return "Known by its columns."
    if one.sources:
        return f"Its columns fit {' and '.join(f'“{titles.get(n, n)}”' for n in one.sources)}."
    return "Its columns fit no source that the hub knows. Add a new system as a source first."


WHY_ASIDE = {
    SetAside.Fault.TIME: "Reading and matching it took longer than one report may take.",
    SetAside.Fault.MEMORY: "Reading and matching it needed more memory than there is.",
    SetAside.Fault.ENDED: (
        "The hub’s worker ended twice while it read and matched this report. A process of its own ended too."
    ),
    SetAside.Fault.FAULT: "There is a fault in this program that reading or matching this report brings out.",
}


def set_aside_rows(waiting: Iterable[aside.Waiting]) -> list[dict[str, Any]]:
    """Return one row a report: what came, what happened, and its reference where whoever asks may read it."""
    found = list(waiting)
    read = dict(
        ReportVersion.objects.filter(key__in=[w.key for w in found], superseded_at=None).values_list(
            "key", "source_ref"
        )
    )
    return [
        {
            "key": w.key,
            "reference": read.get(w.key, ""),
            "agency": w.agency,
            "door": w.door,
            "received": w.received_at,
            "at": w.at,
            "step": w.step,
            "why": WHY_ASIDE[SetAside.Fault(w.fault)],
            "place": w.place,
        }
        for w in found
    ]
