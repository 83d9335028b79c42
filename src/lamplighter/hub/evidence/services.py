"""The only writers of exhibits: what was received, what is told of it, and where it went."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import User
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.clocks.notices import end_of
from lamplighter.hub.evidence import policies, rules, selectors
from lamplighter.hub.evidence.files import opening, sealed
from lamplighter.hub.evidence.models import DeviceStep, Exhibit, File, Move, Support
from lamplighter.hub.evidence.record import receipts
from lamplighter.hub.evidence.selectors import Known
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import NotPossibleError

LOCK = 30_171
PAGE = "evidence:exhibit"
DEVICE_TASK = "evidence.device"
LONGEST_TITLE = 200
INCIDENT = "incident"
OF_KINDS = (INCIDENT, "draft", "term", "line")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as somebody sends it: its bytes, which can be read twice, and the name it was sent under."""

    file: BinaryIO
    size: int
    name: str
    # The ending of what its sender has read it as, where its name need not say: a chat under any name.
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """Outcome of one file of several: the exhibit that it is, or why it was not taken in."""

    name: str
    exhibit: Exhibit | None = None
    why: str = ""


@transaction.atomic
def receive(
    user: User,
    case: Case,
    partition: str,
    sent: Sent,
    *,
    entered: bool = True,
    again: bool = False,
    **told: Any,
) -> Exhibit:
    """Take one file in: opened with the reader of its type, hashed while it is read, sealed, not changed.

    ``told``: ``title``, ``source``, ``came_how``, ``came_at``; and ``came_from`` and ``reference``. It is in
    quarantine until the scanner has said that it is clean. ``entered``: it has a line of the history; a
    context that receives forty pictures at once enters one of its own. ``again``: the same bytes may be an
    exhibit of another owner. Raises ``NotPossibleError``, and keeps nothing.
    """
    told = {"came_from": "", "reference": ""} | told
    policies.check_side(partition, form_readers.of(user))
    policies.check_told(told, moment.now())
    today = timezone.localdate(moment.now())
    most = rules.limit("file", today)
    if sent.size > most * rules.MEGABYTE:
        raise NotPossibleError(
            f"It is larger than {most} MB. Leave it where it is kept, and record it as “kept elsewhere”."
        )
    name = opening.shown_name(sent.name)
    guarding.check(user, case, partition, name, *_words(told))
    typed = f"file{sent.ending}" if sent.ending else sent.name
    found = opening.read(sent.file, sent.size, typed, rules.types(today), rules.reading(today))
    sent.file.seek(0)
    put = sealed.put(sent.file)
    try:
        if not again and (same := selectors.same_file(case, put.sha256)):
            raise NotPossibleError(f"The same file is in this case already: exhibit {same.exhibit.label}.")
        made = _exhibit(user, case, partition, Exhibit.Kind.FILE, told, entered=entered)
        file = File.objects.create(
            **owned(
                user,
                case,
                partition=partition,
                key=put.key,
                exhibit=made,
                role=File.Role.ORIGINAL,
                name=name,
                kind=found.kind,
                size=put.size,
                sha256=put.sha256,
                scanned=found.scanned,
            )
        )
        receipts.note(file)
    except BaseException:
        sealed.discard(put)
        raise
    return made


def receive_several(user: User, case: Case, partition: str, files: Iterable[Sent], **told: Any) -> list[Fate]:
    """Take several files in, an exhibit each, in their order. One that is refused keeps no other out."""
    files = list(files)
    most = rules.limit("files", timezone.localdate(moment.now()))
    if len(files) > most:
        raise NotPossibleError(f"At most {most} files can be sent at once. Send the others afterwards.")
    fates = []
    for number, sent in enumerate(files, start=1):
        name = opening.shown_name(sent.name)
        # The number of each is kept, where the words with it would be too long.
        place = f", {number} of {len(files)}" if len(files) > 1 else ""
        title = f"{told['title'][: LONGEST_TITLE - len(place)]}{place}"
        try:
            fates.append(Fate(name, receive(user, case, partition, sent, **(told | {"title": title}))))
        except NotPossibleError as refusal:
            if refusal.field:
                raise
            fates.append(Fate(name, why=str(refusal)))
    return fates


def attach(
    user: User,
    case: Case,
    partition: str,
    files: Iterable[Sent],
    of_kind: str,
    of_key: uuid.UUID,
    **told: Any,
) -> list[Fate]:
    """Take files in and say what they support: an incident, a draft of one, a term of an order, a line."""
    with transaction.atomic():
        fates = receive_several(user, case, partition, files, **told)
        for fate in fates:
            if fate.exhibit:
                support(user, case, fate.exhibit, of_kind=of_kind, of_key=of_key)
    return fates


@transaction.atomic
def note_elsewhere(user: User, case: Case, partition: str, kind: str, **told: Any) -> Exhibit:
    """Record what somebody else keeps: film in a force's system, a device, an object. Fetch nothing."""
    told = {"came_from": "", "reference": "", "link": "", "sha256": ""} | told
    told["sha256"] = told["sha256"].strip().lower()
    policies.check_side(partition, form_readers.of(user))
    policies.check_told(told, moment.now())
    policies.check_elsewhere(kind, told)
    guarding.check(user, case, partition, *_words(told))
    return _exhibit(user, case, partition, kind, told)


@transaction.atomic
def move(user: User, case: Case, exhibit: Exhibit, **given: Any) -> Move:
    """Record a hand-over: ``from_whom``, ``to_whom``, ``why``, ``moved_at``; ``where``, ``seal``."""
    given = {"where": "", "seal": ""} | given
    policies.check_move(given, moment.now())
    guarding.check(user, case, exhibit.partition, *_words(given))
    made = Move.objects.create(**owned(user, case, partition=exhibit.partition, exhibit=exhibit, **given))
    _written(user, case, exhibit, "moved", "Handed over", happened_at=given["moved_at"])
    return made


@transaction.atomic
def step(
    user: User, case: Case, known: Known, step: str, on: dt.date, *, result: str = "", words: str = ""
) -> DeviceStep:
    """Record a day of a device. Submitting it gives a day by which to ask for its result, which ends that."""
    exhibit = known.exhibit
    _hold(case)
    policies.check_step(exhibit, step, on, result, known.steps, timezone.localdate(moment.now()))
    guarding.check(user, case, exhibit.partition, words)
    row = {"step": step, "on": on, "result": result, "words": words}
    made = DeviceStep.objects.create(**owned(user, case, partition=exhibit.partition, exhibit=exhibit, **row))
    running = Clock.objects.filter(
        case=case, kind=DEVICE_TASK, of_key=exhibit.key, state=Clock.State.RUNNING
    ).first()
    if step == DeviceStep.Step.RESULT and running:
        clocks.end(user, running, why="The result was recorded.")
    elif step == DeviceStep.Step.SUBMITTED and DeviceStep.Step.RESULT not in known.steps and not running:
        days = rules.limit("device", on)
        clocks.start(
            user,
            case,
            DEVICE_TASK,
            f"Ask for the result of exhibit {exhibit.label}",
            due_at=end_of(on + dt.timedelta(days=days)),
            why=f"A device is to give a usable result within {days} days of being submitted.",
            partition=exhibit.partition,
            page=PAGE,
            of_key=exhibit.key,
        )
    _written(user, case, exhibit, "device_step", DeviceStep.Step(step).label)
    return made


@transaction.atomic
def support(
    user: User,
    case: Case,
    exhibit: Exhibit,
    *,
    of_kind: str = "",
    of_key: uuid.UUID | None = None,
    words: str = "",
) -> Support:
    """Say what an exhibit shows, or which incident, term or line it supports."""
    if bool(of_kind) != bool(of_key) or (of_kind and of_kind not in OF_KINDS):
        raise NotPossibleError("Choose what it supports.")
    if not of_kind and not words.strip():
        raise NotPossibleError("Enter what it shows.", field="words")
    policies.check_fits(Support, {"words": words})
    guarding.check(user, case, exhibit.partition, words)
    row = {"of_kind": of_kind, "of_key": of_key, "words": words}
    made = Support.objects.create(**owned(user, case, partition=exhibit.partition, exhibit=exhibit, **row))
    audit.record(user, "evidence.supports", f"exhibit {exhibit.key}", case=case, kind=of_kind)
    return made


@transaction.atomic
def link(
    user: User,
    case: Case,
    pairs: Iterable[tuple[Exhibit, uuid.UUID]],
    *,
    stands: bool = True,
    entered: bool = True,
) -> int:
    """Say that exhibits show incidents (``arrivals.CaseReport.report_key``), or take that back.

    Returns how many links that made or took back: what stands so already is left as it is. ``entered``: each
    has a line of the history. Raises ``NotPossibleError`` for an incident that this case does not show.
    """
    _hold(case)
    there = {row.report_key for row in arrivals.reports(case)}
    done = 0
    for exhibit, key in pairs:
        if stands and key not in there:
            raise NotPossibleError(
                "One of these incidents is no longer on this case. Look at the page again."
            )
        newest = Support.objects.filter(exhibit=exhibit, of_kind=INCIDENT, of_key=key).order_by("pk").last()
        if bool(newest and newest.stands) == stands:
            continue
        row = {"of_kind": INCIDENT, "of_key": key, "stands": stands}
        Support.objects.create(**owned(user, case, partition=exhibit.partition, exhibit=exhibit, **row))
        said = "Linked to an incident" if stands else "No longer linked to an incident"
        _written(user, case, exhibit, "linked" if stands else "unlinked", said if entered else "")
        done += 1
    return done


def _exhibit(
    user: User, case: Case, partition: str, kind: str, told: Mapping[str, Any], *, entered: bool = True
) -> Exhibit:
    _hold(case)
    rows = Exhibit.objects.filter(case=case, partition=partition)
    if partition == "health":
        # Two services write here and one does not read the other: each counts its own.
        rows = rows.filter(owner=user.agency_id)
    newest = rows.order_by("-number").values_list("number", flat=True).first()
    made = Exhibit.objects.create(
        **owned(user, case, partition=partition, kind=kind, number=(newest or 0) + 1, **told)
    )
    title = made.get_kind_display() if entered else ""
    _written(user, case, made, "received", title, operation=Operation.COLLECTION)
    return made


def _written(
    user: User,
    case: Case,
    exhibit: Exhibit,
    verb: str,
    title: str,
    *,
    operation: str = Operation.ALTERATION,
    happened_at: dt.datetime | None = None,
) -> None:
    """Enter it in the trail, and with a title in the history of its side: no word that somebody typed."""
    if title:
        cases.enter(
            user,
            case,
            "exhibit",
            f"Exhibit {exhibit.label}: {title}",
            partition=exhibit.partition,
            happened_at=happened_at,
            page=PAGE,
            of_key=exhibit.key,
        )
    audit.record(
        user,
        f"evidence.{verb}",
        f"exhibit {exhibit.key}",
        operation=operation,
        case=case,
        partition=exhibit.partition,
        kind=exhibit.kind,
    )


def _words(given: Mapping[str, Any]) -> list[str]:
    return [value for value in given.values() if isinstance(value, str)]


def _hold(case: Case) -> None:
    """One at a time on the exhibits of a case, until the transaction ends."""
    one_at_a_time(case.pk, LOCK)
