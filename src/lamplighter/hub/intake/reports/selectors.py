"""One report with all its versions: what each says, through which door it came, who amended it and why.

Read as the person who asks, so that the wall decides what is there, and as a service only for the answer
whether something is recorded about how to reach somebody safely. One exception: those who may not read
reports as received, or may not read this one, may open what they typed themselves, as long as nobody has
changed it since. It tells them nothing that they did not write: why somebody else withdrew it is left out.
Whoever is kept off its people is not told so by a report that they typed and do not find again.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.intake.models import TABLES, Amendment, Delivery, ReportVersion, SafeContact
from lamplighter.hub.intake.reports import sections
from lamplighter.hub.intake.reports.answers import Answers, recall
from lamplighter.hub.intake.reports.sections import Change, Section

Kind = Amendment.Kind
PURPOSE = "receive reports"
TYPED = f"{Delivery.Door.FORM}-"


@dataclass(frozen=True, slots=True)
class Note:
    """An amendment: what was done, why, by whom and when."""

    kind: str
    reason: str
    by: str
    by_id: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version, with its amendments."""

    pk: int
    number: int
    received_at: dt.datetime
    superseded_at: dt.datetime | None
    notes: tuple[Note, ...] = ()

    def note(self, *kinds: str) -> Note | None:
        """The amendment of one of these kinds, if there is one."""
        return next((n for n in self.notes if n.kind in kinds), None)


@dataclass(frozen=True, slots=True)
class HeldReport:
    """A report and its versions, oldest first. ``own``: asked for by somebody of the agency that sent it."""

    key: uuid.UUID
    report_id: str
    reference: str
    source: str
    agency: str
    versions: tuple[Version, ...]
    own: bool = False
    contents: dict[int, list[Section]] = field(default_factory=dict, compare=False)
    # What was typed into each version, by its number in the database.
    answers: dict[int, Answers] = field(default_factory=dict, compare=False)

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    @property
    def standing(self) -> bool:
        """Tell whether it is current: not withdrawn."""
        return self.newest.superseded_at is None

    @property
    def withdrawn(self) -> Note | None:
        """Tell who withdrew it and why; ``None`` while it stands."""
        return None if self.standing else self.newest.note(Kind.WITHDRAWN)

    @property
    def door(self) -> str:
        """Through which door it came: its source says it."""
        return door_of(self.source, self.agency)

    def says(self, version: Version | None = None) -> list[Section]:
        """Describe a version (the newest, when not given), as far as the person who asked is shown it."""
        found = self.contents.get((version or self.newest).pk, [])
        return found if self.own else [s.for_others() for s in found]

    def changed(self, version: Version) -> list[Change]:
        """List the changes that a version made to the one before it; nothing for the first."""
        place = self.versions.index(version)
        return self._differ(self.versions[place - 1].pk, version.pk) if place else []

    def changed_since(self, pk: int) -> list[Change]:
        """List the changes in the newest version since the one of this number in the database."""
        return self._differ(pk, self.newest.pk)

    def _differ(self, before: int, after: int) -> list[Change]:
        found = sections.differences(self.contents.get(before, []), self.contents.get(after, []))
        return found if self.own else [c.for_others() for c in found]


def door_of(source: str, agency: str) -> str:
    """Return the door through which reports of this source come: ``documents`` names those of two of them."""
    doors = (Delivery.Door.FORM, Delivery.Door.FEED)
    return next((d for d in doors if source == f"{d}-{agency}"), Delivery.Door.FILES)


def find(user: User, key: uuid.UUID) -> HeldReport:
    """Return a report with all its versions.

    Raises:
        ReportVersion.DoesNotExist: there is none, or this person may not open it.
    """
    rows = ReportVersion.objects.filter(key=key)
    found = _reports(rows, user) if permissions.may_see_patterns(user) else []
    if not found:
        with as_service(PURPOSE):
            found = [_own_words(r, user) for r in _reports(_typed_by(user, rows), user)]
    if not found:
        raise ReportVersion.DoesNotExist
    return found[0]


def of_reports(user: User, keys: Collection[uuid.UUID]) -> list[HeldReport]:
    """Return these reports as somebody who reads reports sees them, each with all its versions."""
    return _reports(ReportVersion.objects.filter(key__in=keys), user)


def _own_words(report: HeldReport, user: User) -> HeldReport:
    """The report without reasons that others gave: they may tell of other reports."""
    told = [
        replace(v, notes=tuple(n if n.by_id == user.pk else replace(n, reason="") for n in v.notes))
        for v in report.versions
    ]
    return replace(report, versions=tuple(told))


def several(report_ids: Collection[str]) -> set[uuid.UUID]:
    """Return the keys of those of some reports that came or were amended again, or are withdrawn."""
    # By reference, which has an index for every version; ids of reports have one for those that stand.
    references = {report_id.split(":", 1)[-1] for report_id in report_ids}
    rows = ReportVersion.objects.filter(source_ref__in=references, report_id__in=report_ids)
    return set(rows.filter(Q(version__gt=1) | ~Q(superseded_at=None)).values_list("key", flat=True))


def amended(report_ids: Collection[str]) -> list[tuple[str, str, dt.datetime]]:
    """Return when each of some reports came again or was amended: its id, the kind of amendment, the time.

    A version that a system sent later is a correction like any other.
    """
    held = ReportVersion.objects.filter(key__in=several(report_ids)).order_by("version")
    rows = list(held.values_list("pk", "report_id", "version", "received_at"))
    notes = _notes(pk for pk, *_ in rows)
    found: list[tuple[str, str, dt.datetime]] = []
    for pk, report_id, number, received_at in rows:
        kinds = {n.kind for n in notes[pk]}
        if number > 1:
            found.append(
                (report_id, Kind.PUT_BACK if Kind.PUT_BACK in kinds else Kind.CORRECTED, received_at)
            )
        found += [(report_id, n.kind, n.at) for n in notes[pk] if n.kind == Kind.WITHDRAWN]
    return found


def typed(user: User, *, withdrawn: bool = False) -> QuerySet[ReportVersion]:
    """Return the newest version of each report typed for this person's agency, the last received first.

    Whoever may not read reports as received sees those that they typed themselves.
    """
    newer = ReportVersion.objects.filter(key=OuterRef("key"), version__gt=OuterRef("version"))
    rows = ReportVersion.objects.filter(
        ~Exists(newer), source__startswith=TYPED, source=f"{TYPED}{user.agency_id}"
    )
    if withdrawn:
        rows = rows.exclude(superseded_at=None)
    mine = _typed_by(user, rows)
    if permissions.may_see_patterns(user):
        # What the wall would show them, and besides what they typed about people whom they are kept off.
        off = RawSQL(_KEPT_OFF, [], output_field=BooleanField())  # noqa: S611  no value in it
        mine = rows.annotate(off=off).filter(Q(off=False) | Q(key__in=mine.values("key")))
    return mine.order_by("-received_at", "-pk")


_KEPT_OFF = "(intake_reportversion.report_id = ANY ((SELECT access.kept_off_reports())::text[]))"


def reading_own() -> AbstractContextManager[None]:
    """Ask :func:`typed` as the service: some of what one typed oneself, the wall shows nobody."""
    return as_service(PURPOSE)


def _typed_by(user: User, rows: QuerySet[ReportVersion]) -> QuerySet[ReportVersion]:
    """Of these, reports of this person's agency whose newest version they typed themselves."""
    newer = ReportVersion.objects.filter(key=OuterRef("key"), version__gt=OuterRef("version"))
    mine = ReportVersion.objects.filter(
        ~Exists(newer),
        source__startswith=TYPED,
        source=f"{TYPED}{user.agency_id}",
        batch__delivery__received_by=user.pk,
        key__in=rows.values("key"),
    )
    return rows.filter(key__in=mine.values("key"))


def safely(version: int) -> bool:
    """Return whether a version records how to reach somebody safely; not how."""
    with as_service(PURPOSE):
        return SafeContact.objects.filter(version_id=version).exists()


def standing_version(key: uuid.UUID) -> int | None:
    """Return the number in the database of the version that stands; ``None`` for a withdrawn report."""
    return ReportVersion.objects.filter(key=key, superseded_at=None).values_list("pk", flat=True).first()


def _reports(rows: QuerySet[ReportVersion], user: User) -> list[HeldReport]:
    by_key: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.order_by("version").values():
        by_key[row["key"]].append(dict(row))
    versions = [row for held in by_key.values() for row in held]
    notes = _notes(row["id"] for row in versions)
    agencies = {a.code: a for a in Agency.objects.filter(pk__in={row["agency"] for row in versions})}
    contents = _contents(versions, agencies)
    return [
        HeldReport(
            key=key,
            report_id=held[-1]["report_id"],
            reference=held[-1]["source_ref"],
            source=held[-1]["source"],
            agency=held[-1]["agency"],
            versions=tuple(
                Version(
                    row["id"],
                    row["version"],
                    row["received_at"],
                    row["superseded_at"],
                    tuple(notes[row["id"]]),
                )
                for row in held
            ),
            own=held[-1]["agency"] == user.agency_id,
            contents=contents,
            answers=_answers(held),
        )
        for key, held in by_key.items()
    ]


def _typed(row: dict[str, Any]) -> bool:
    return door_of(row["source"], row["agency"]) == Delivery.Door.FORM


def _answers(held: list[dict[str, Any]]) -> dict[int, Answers]:
    return {row["id"]: recall(json.loads(row["raw"])) for row in held if _typed(row)}


def _notes(versions: Iterable[int]) -> dict[int, list[Note]]:
    found: dict[int, list[Note]] = defaultdict(list)
    for note in Amendment.objects.filter(version__in=list(versions)).select_related("by").order_by("at"):
        found[note.version_id].append(Note(note.kind, note.reason, note.by.display_name, note.by_id, note.at))
    return found


def _contents(versions: list[dict[str, Any]], agencies: dict[str, Agency]) -> dict[int, list[Section]]:
    numbers = [row["id"] for row in versions]
    parts: dict[int, dict[str, list[dict[str, Any]]]] = {
        row["id"]: {"reports": [row], "offences": [], "occasions": [], "people": []} for row in versions
    }
    for name, order in (("offences", "offence_seq"), ("occasions", "occasion_seq"), ("people", "record_id")):
        rows: Any = TABLES[name]._default_manager.filter(version__in=numbers)
        for row in rows.order_by("version", order).values():
            parts[row["version_id"]][name].append(row)
    return {
        row["id"]: sections.of_rows(parts[row["id"]], agencies.get(row["agency"]) if _typed(row) else None)
        for row in versions
    }
