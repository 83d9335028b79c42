"""Take in what the victim brings: a file is read and counted, questions are answered, and drafts are made."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.messages import grouping, policies, receipt
from lamplighter.hub.messages.grouping import NOT_KNOWN, SUSPECT, VICTIM
from lamplighter.hub.messages.models import Brought, Draft, Line
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side import permissions
from lamplighter.message_exports import diary, reading
from lamplighter.message_exports.dates import Order
from lamplighter.message_exports.shapes import Answers, Entry, Export, ExportError, Kind

KIND = "victim.brought"
PAGE = "brought:list"
AT_ONCE = 2_000
AGAIN = "This was brought before. Nothing was imported a second time."


def partition_of(user: User) -> str:
    """Return the side on which this person keeps what the victim brings.

    Raises ``NotPossibleError`` for those who do not work with the victim.
    """
    found = permissions.partition_of(user)
    if not found:
        raise NotPossibleError("Only advocates and the police take in what the victim brings.")
    return found


@transaction.atomic
def bring(user: User, case: Case, name: str, data: bytes, words: str = "") -> Brought:
    """Keep a file that the victim brings, read it, and count every line of it.

    Raises:
        ConflictError: the same file was brought before; nothing is imported again.
        NotPossibleError: the file cannot be read, or its lines do not add up. Nothing is kept.
    """
    cases._hold(case)
    partition, sha = partition_of(user), receipt.digest(data)
    _check_new(case, partition, sha)
    found = _read(data, Answers())
    brought = Brought.objects.create(
        **owned(
            user,
            case,
            partition=partition,
            format=found.format,
            channel=found.channel,
            name=name[-255:],
            size=len(data),
            sha256=sha,
            words=words.strip(),
            senders=_proposed(found),
            account=account_of(found),
            order=found.order.order if found.order and found.order.proved else "",
        )
    )
    title = f"{reading.TITLES[found.format]}, brought by the victim"
    receipt.keep(user, brought, name, data, title, receipt.ending_of(data, found.format))
    _told(user, brought, "brought.file_brought", f"The victim brought: {reading.TITLES[found.format]}")
    return brought


@transaction.atomic
def answer(user: User, brought: Brought, senders: Mapping[str, str], order: str = "") -> list[Draft]:
    """Take the answers about a file, keep its lines and make drafts. Lines of an earlier file are left out.

    Raises:
        NotPossibleError: an answer is missing, does not fit the file, or was given already; or a virus was
            found in the file.
    """
    held = _held(brought)
    policies.check_state(held, Brought.State.ASKED)
    policies.check_senders(senders, held.senders)
    order = policies.check_order(held, order)
    data = receipt.to_read(held.originals.select_related("file").get())
    found = _read(data, Answers(Order(order) if order else None))
    confirmed = bool((held.account.get("order") or {}) and not held.account["order"]["proved"])
    Brought.objects.filter(pk=held.pk).update(
        senders=dict(senders), order=order, order_confirmed=confirmed, state=Brought.State.DRAFTS,
        account=account_of(found),
    )  # fmt: skip
    held.refresh_from_db()
    lines = [_line(user, held, entry) for entry in found.entries]
    _leave_out_again(held, lines)
    made = keep_lines(user, held, lines)
    audit.record(user, "brought.answered", f"case {held.case.key}", case=held.case, drafts=len(made))
    return made


def keep_lines(user: User, brought: Brought, lines: Sequence[Line]) -> list[Draft]:
    """Keep lines and make drafts of them; within a transaction that holds the case."""
    groups = grouping.grouped(lines)
    row = {"partition": brought.partition, "brought": brought}
    drafts = [Draft(**owned(user, brought.case, **row, **group.told())) for group in groups]
    Draft.objects.bulk_create(drafts, batch_size=AT_ONCE)
    for draft, group in zip(drafts, groups, strict=True):
        for line in group.lines:
            line.draft = draft
    Line.objects.bulk_create(lines, batch_size=AT_ONCE)
    if not drafts:
        Brought.objects.filter(pk=brought.pk).update(state=Brought.State.DONE)
    return drafts


def finish(brought: Brought) -> None:
    """Say that nothing is left to confirm, where that is so; within a transaction that holds the case."""
    left = Draft.objects.filter(brought=brought, state=Draft.State.DRAFT).exists()
    state = Brought.State.DRAFTS if left else Brought.State.DONE
    Brought.objects.filter(pk=brought.pk).update(state=state)


def account_of(found: Export) -> dict[str, object]:
    """Return how every line was counted, for the page."""
    order = found.order
    return {
        "unit": found.account.unit,
        "total": found.account.total,
        "counts": found.account.counts,
        "notes": list(found.notes),
        "named": sum(len(e.attachments) for e in found.entries),
        "found": len(found.attachments_found),
        "refused": [[p.place, p.end, p.why, p.raw[:2_000]] for p in found.refused],
        "twice": sum(grouping.clock_of(e)[1] == grouping.TWICE for e in found.entries),
        "order": {"order": order.order, "proved": order.proved, "why": order.why} if order else {},
        "example": _example(found),
    }


def fingerprint(kind: str, who: str, when: object, text: str) -> str:
    """Return by what a line is known again in another file of the same chat."""
    # An export without media says "omitted" where one with media names the file.
    told = "" if kind == Kind.MEDIA else text
    return hashlib.sha256("\x1f".join([kind, who, str(when), told]).encode()).hexdigest()


def _example(found: Export) -> list[str]:
    """Return a date of the file in both orders, where a person must say which it is."""
    if not found.needs_order:
        return []
    shown = next((e for e in found.entries if e.when and e.when.day != e.when.month), None)
    if shown is None or shown.when is None:
        return []
    day, other = shown.when.date(), shown.when.date()
    other = other.replace(month=day.day, day=day.month)
    both = (day, other) if found.order and found.order.order == Order.DAY_FIRST else (other, day)
    return [f"{d.day} {d:%B %Y}" for d in both]


def _read(data: bytes, answers: Answers) -> Export:
    try:
        return reading.read(data, answers)
    except ExportError as error:
        raise policies.refusal(error) from None


def _check_new(case: Case, partition: str, sha: str) -> None:
    earlier = Brought.objects.filter(case=case, partition=partition, sha256=sha).first()
    if earlier is not None:
        raise ConflictError(AGAIN, newest=earlier)


def _held(brought: Brought) -> Brought:
    """Return it as it stands, with its case held: one change at a time."""
    cases._hold(brought.case)
    return Brought.objects.select_related("case", "owner").get(pk=brought.pk)


def _proposed(found: Export) -> dict[str, str]:
    """Return who each sender is likely to be: whose phone it is, where the file says so; others are open."""
    if found.format == diary.FORMAT:
        return {}
    mine = {e.who for e in found.entries if e.mine and e.who}
    return {who: VICTIM if who in mine else "" for who in found.senders}


def _line(user: User, brought: Brought, entry: Entry) -> Line:
    clock, precision, note = grouping.clock_of(entry)
    role = brought.senders.get(entry.who, NOT_KNOWN)
    if entry.kind is Kind.DIARY:
        role = SUSPECT
    row = {
        "place": entry.place,
        "end": entry.end,
        "happened_at": clock,
        "moment": entry.when if entry.when is not None and entry.when.tzinfo and clock else None,
        "precision": precision,
        "kind": str(entry.kind),
        "who": entry.who[:300],
        "role": role,
        "text": entry.text,
        "raw": entry.raw,
        "files": list(entry.attachments),
        "seconds": entry.seconds,
        "note": note,
        "fingerprint": fingerprint(entry.kind, entry.who, entry.when, entry.text),
    }
    return Line(**owned(user, brought.case, partition=brought.partition, brought=brought, **row))


def _leave_out_again(brought: Brought, lines: Iterable[Line]) -> None:
    """Mark the lines that an earlier file of this case brought: each as often as it did, and no oftener."""
    earlier = Line.objects.filter(
        case=brought.case, partition=brought.partition, brought__format=brought.format
    ).exclude(left_out=Line.LeftOut.AGAIN)
    of_each = Counter[tuple[int, str]](earlier.values_list("brought_id", "fingerprint"))
    # Of several earlier files the one that has it oftenest: they may overlap themselves.
    held: dict[str, int] = {}
    for (_, print_of), times in of_each.items():
        held[print_of] = max(times, held.get(print_of, 0))
    for line in lines:
        if held.get(line.fingerprint, 0) > 0:
            held[line.fingerprint] -= 1
            line.left_out = Line.LeftOut.AGAIN


def _told(user: User, brought: Brought, verb: str, title: str) -> None:
    """Put it into the history of the side that keeps it, and on the audit trail."""
    cases.enter(user, brought.case, KIND, title, partition=brought.partition, page=PAGE)
    audit.record(
        user,
        verb,
        f"case {brought.case.key}",
        operation=Operation.COLLECTION,
        case=brought.case,
        format=brought.format or brought.sort,
        sha256=brought.sha256,
    )
