"""Screenshots in bulk: kept, put in order, what overlaps marked, and the words typed beside each.

No words are read from a picture here: what nobody typed cannot be searched, and the page says so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db import transaction

from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.messages import grouping, policies, receipt, services
from lamplighter.hub.messages.grouping import DAY, EXACT, NOT_DATED, SUSPECT
from lamplighter.hub.messages.models import Brought, Draft, Line, Original
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.message_exports.decoding import storable
from lamplighter.message_exports.shapes import Kind

_STAMP = re.compile(
    r"(?<!\d)(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?:[-_ T.]*(\d{2})[-.:]?(\d{2})[-.:]?(\d{2})?)?(?!\d)"
)
_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Placed:
    """Answers about one picture: its place, that it overlaps with the one before, its day, its words."""

    order: int
    overlaps: bool = False
    on: dt.date | None = None
    at: dt.time | None = None
    text: str = ""
    role: str = SUSPECT


@transaction.atomic
def bring(
    user: User,
    case: Case,
    files: Sequence[tuple[str, bytes]],
    words: str = "",
    *,
    channel: str = "",
    blocked: bool = False,
) -> Brought:
    """Keep a set of pictures, in the order of the times in their names, else of the names.

    The same picture twice in one set is kept once. Raises ``ConflictError`` for a set that was brought
    before, and ``NotPossibleError`` where one is no picture: nothing is kept then.
    """
    policies.check_pictures(files)
    cases._hold(case)
    partition = services.partition_of(user)
    once = {receipt.digest(data): (name, data) for name, data in reversed(files)}
    before = Original.objects.filter(case=case, partition=partition, file__sha256__in=once)
    known = set(before.values_list("file__sha256", flat=True))
    new = {sha: told for sha, told in once.items() if sha not in known}
    whole = receipt.digest("".join(sorted(once)).encode())
    services._check_new(case, partition, whole)
    if not new:
        first = before.select_related("brought").first()
        services._check_new(case, partition, first.brought.sha256 if first else whole)
    ordered = sorted(new.items(), key=lambda item: order_of(item[1][0]))
    brought = Brought.objects.create(
        **owned(
            user,
            case,
            partition=partition,
            sort=Brought.Sort.PICTURES,
            channel=channel,
            name=f"{len(ordered)} pictures",
            size=sum(len(data) for _, data in new.values()),
            sha256=whole,
            words=words.strip(),
            export_blocked=blocked,
            account={"total": len(files), "kept": len(ordered), "twice": len(files) - len(once),
                     "again": len(once) - len(new)},
        )
    )  # fmt: skip
    for number, (sha, (name, data)) in enumerate(ordered, start=1):
        original = _kept(user, brought, name, data, number, len(ordered))
        stamp = time_in(name)
        Line.objects.create(
            **owned(
                user,
                case,
                partition=partition,
                brought=brought,
                picture=original,
                place=number,
                end=number,
                happened_at=stamp,
                precision=_precision(stamp),
                kind=Kind.PICTURE,
                role=SUSPECT,
                fingerprint=sha,
            )
        )
    services._told(user, brought, "brought.pictures_brought", f"The victim brought {len(ordered)} pictures")
    return brought


def _kept(user: User, brought: Brought, name: str, data: bytes, number: int, of: int) -> Original:
    title = f"Screenshot {number} of {of}, brought by the victim"
    ending = policies.ENDINGS[policies.picture_type(data)]
    try:
        return receipt.keep(user, brought, name, data, title, ending)
    except NotPossibleError as refusal:
        raise NotPossibleError(
            f"“{storable(name)}” was not taken in. {refusal} Nothing was kept: leave it out, or take a "
            "screenshot of it, and send the pictures again.",
            "files",
        ) from None


@transaction.atomic
def arrange(user: User, brought: Brought, placed: Mapping[int, Placed]) -> list[Draft]:
    """Put the pictures of a set in order, with their days and words, and make drafts of them.

    ``placed`` by the number that the page showed. Raises ``NotPossibleError`` where one is missing, two have
    one place, or a day is in the future.
    """
    held = services._held(brought)
    policies.check_state(held, Brought.State.ASKED)
    lines = {line.place: line for line in held.lines.select_related("picture", "brought").order_by("place")}
    if set(placed) != set(lines):
        raise NotPossibleError("The set has changed. Look at the page again.")
    order = [p.order for p in placed.values()]
    if twice := next((n for n in order if order.count(n) > 1), None):
        raise NotPossibleError(f"Two pictures have the place {twice}. Give each its own.")
    today = dt.datetime.now(grouping.LONDON).replace(tzinfo=None)
    before: Line | None = None
    told: list[Line] = []
    for number, (place, answers) in enumerate(sorted(placed.items(), key=lambda p: p[1].order), start=1):
        line = lines[place]
        if answers.overlaps and before is None:
            raise NotPossibleError("The first picture cannot overlap with one before it.")
        when = dt.datetime.combine(answers.on, answers.at or dt.time()) if answers.on else None
        policies.check_times(when, None, today)
        line.place = line.end = number
        line.happened_at, line.role = when, answers.role
        line.precision = NOT_DATED if when is None else EXACT if answers.at else DAY
        line.text = storable(answers.text.strip())
        if answers.overlaps:
            line.note = f"It overlaps with picture {number - 1}."
            if not line.text:
                line.left_out = Line.LeftOut.OVERLAP
            elif when is None and before is not None:
                # It goes on where the one before it ends.
                line.happened_at, line.precision = before.happened_at, before.precision
        before = line
        told.append(line)
    groups = grouping.grouped(told)
    row = {"partition": held.partition, "brought": held}
    drafts = [Draft(**owned(user, held.case, **row, **group.told())) for group in groups]
    Draft.objects.bulk_create(drafts)
    for draft, group in zip(drafts, groups, strict=True):
        for line in group.lines:
            line.draft = draft
    for earlier, line in pairwise(told):
        if line.left_out == Line.LeftOut.OVERLAP:
            # It adds no words, and is looked at with the picture that it goes on from.
            line.draft = earlier.draft
    Line.objects.bulk_update(
        told,
        ["place", "end", "happened_at", "role", "precision", "text", "note", "left_out", "draft"],
        batch_size=100,
    )
    Brought.objects.filter(pk=held.pk).update(state=Brought.State.DRAFTS)
    services.finish(held)
    audit.record(user, "brought.arranged", f"case {held.case.key}", case=held.case, drafts=len(drafts))
    return drafts


def time_in(name: str) -> dt.datetime | None:
    """Return the time that phones write into the name of a screenshot; ``None`` where there is none."""
    found = _STAMP.search(name)
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
        return dt.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None


def order_of(name: str) -> tuple[bool, dt.datetime, list[tuple[int, str]]]:
    """Return by what pictures are put in order at first: the time in the name, else the name, 2 before 10."""
    stamp = time_in(name)
    parts = [(int(p), "") if p.isdigit() else (0, p.casefold()) for p in _NUMBERS.split(name) if p]
    return stamp is None, stamp or grouping.LAST, parts


def _precision(stamp: dt.datetime | None) -> str:
    if stamp is None:
        return NOT_DATED
    return EXACT if stamp.time() != dt.time() else DAY
