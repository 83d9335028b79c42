"""The only writers of papers: make a version, issue it, withdraw it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import selectors as cases_selectors
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.legal_bases.rules import RULES as BASES
from lamplighter.hub.papers import permissions, policies, rules, selectors, who_learns
from lamplighter.hub.papers.contents import hidden, incidents
from lamplighter.hub.papers.files import bundles, drawing
from lamplighter.hub.papers.kinds import KINDS, Kind
from lamplighter.hub.papers.models import Issue, Paper, PaperWithdrawal
from lamplighter.hub.papers.writing import courts, letters, referrals
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side.services import contact, safe_contact
from lamplighter.reporting.papers import outline as outlines
from lamplighter.reporting.papers.bundle import NoRoomError, assembled, numbered, pages_of
from lamplighter.reporting.papers.outline import Blocks, Note
from lamplighter.reporting.papers.tagged_pdf import settable
from lamplighter.reporting.words import clock, count, day

Write = Callable[[User, Case, Mapping[str, Any], dt.datetime], dict[str, Blocks]]
WRITE: Mapping[str, Write] = {
    "schedule": courts.schedule,
    "spo": courts.spo,
    "restraining": courts.restraining,
    "marac": referrals.marac,
    "mappa": referrals.mappa,
    "summary": referrals.summary,
    "take_along": letters.take_along,
    "letter_victim": letters.to_victim,
    "letter_court": letters.to_court,
    "acknowledgement": letters.acknowledgement,
}
# Without these a paper of the kind is not made; what is said where one is empty.
NEEDED: Mapping[str, Mapping[str, str]] = {
    "bundle": {"court": "Enter the court.", "parts": "Choose at least one document."},
    "restraining": {
        "grounds": "Enter the grounds.",
        "verified_with": "Enter with whom the address was verified.",
        "verified_day": "Enter the day on which the address was verified.",
    },
    "marac": {
        "criteria": "Choose at least one criterion.",
        "reason": "Enter why it should be heard.",
        "consent": "Say whether the victim knows of the referral.",
    },
    "mappa": {
        "category": "Choose the category.",
        "level": "Choose the level.",
        "reason": "Enter why it needs this level.",
    },
    "take_along": {"parts": "Leave at least one part of the plan in."},
    "letter_victim": {"dear": "Enter how the letter begins.", "words": "Enter the letter."},
    "letter_court": {
        "to": "Enter to which court.",
        "dear": "Enter how the letter begins.",
        "words": "Enter the letter.",
    },
    "acknowledgement": {"dear": "Enter how the letter begins.", "words": "Enter the letter."},
}
VERIFYING = "To verify the address for a restraining order"
PRINTING = "To print the court’s version of a restraining order"
HISTORY = "paper"
PAGE = "papers:paper"


@transaction.atomic
def make(
    user: User,
    case: Case,
    code: str,
    given: Mapping[str, Any],
    *,
    thread: uuid.UUID | None = None,
    at: dt.datetime | None = None,
) -> list[Paper]:
    """Make the next version of a paper of this case, as its maker may see the case now. It is a draft.

    ``given``: what was typed and chosen. ``thread``: of the paper that it is a version of; ``None``: new.
    Returns a row for each reader that the kind has a version for. Raises ``NotPossibleError``.
    """
    kind = KINDS[code]
    policies.check_maker(permissions.may_make(user, kind), kind)
    with cases._told(at):
        cases._hold(case)
        now = moment.now()
        policies.check_given(given, NEEDED.get(code, {}))
        past = _past(case, kind, given, now)
        given = _checked(user, case, code, given, now)
        words = hidden.of_case(user, case)
        hidden.check_typed(words, *_typed(given))
        number = 1 + max((p.number for p in selectors.thread(case, thread)), default=0) if thread else 1
        group = thread or uuid.uuid4()

        def drawn(for_whom: str, blocks: Blocks) -> outlines.Paper:
            return settable(hidden.withheld(_outline(case, kind, for_whom, blocks, number, now, past), words))

        if code == bundles.KIND:
            paper, given = _bundle(case, given, lambda blocks: drawn("", blocks), group, words, now)
            made = [_add(user, case, code, group, number, "", paper, given, now)]
        else:
            written = WRITE[code](user, case, given, past or now)
            made = [
                _add(user, case, code, group, number, for_whom, drawn(for_whom, blocks), given, now)
                for for_whom, blocks in written.items()
            ]
        audit.record(
            user,
            "papers.made",
            f"paper {made[0].key}",
            case=case,
            kind=code,
            version=number,
            as_at=(past or now).isoformat(),
        )
    return made


def _add(
    user: User,
    case: Case,
    code: str,
    thread: uuid.UUID,
    number: int,
    for_whom: str,
    paper: outlines.Paper,
    given: Mapping[str, Any],
    now: dt.datetime,
) -> Paper:
    row = {
        "partition": permissions.partition_of(user, KINDS[code]),
        "kind": code,
        "thread": thread,
        "number": number,
        "for_whom": for_whom,
        "outline": outlines.as_json(paper),
        "given": dict(given),
        "digest": outlines.digest(paper),
    }
    return Paper.objects.create(**owned(user, case, **row) | {"at": now})


def _bundle(
    case: Case,
    given: dict[str, Any],
    draw: Callable[[Blocks], outlines.Paper],
    thread: uuid.UUID,
    words: frozenset[str],
    now: dt.datetime,
) -> tuple[outlines.Paper, dict[str, Any]]:
    """Return the front of a bundle, and what was given with the page of each document and the eight checks.

    What goes on from an earlier version keeps the documents of that one, in their places.
    """
    before = next(iter(selectors.thread(case, thread)), None)
    earlier = before.given if before else {}
    chosen = [*earlier.get("parts", []), *(p for p in given["parts"] if p not in earlier.get("parts", []))]
    documents = bundles.parts(case, chosen, now)
    if sum(map(pages_of, (p.pdf for p in documents))) > _most_pages(timezone.localdate(now)):
        raise NotPossibleError(
            "The bundle has more pages than the court takes. Leave documents out.", "parts"
        )
    try:
        front, starts, pages = numbered(
            lambda index: settable(bundles.front(given, draw(()), index)),
            documents,
            pages=earlier.get("front", 0),
        )
    except NoRoomError:
        raise NotPossibleError(
            "The index has no room for so many later documents. Begin a new bundle.", "parts"
        ) from None
    given = given | {
        "parts": chosen,
        "starts": list(starts),
        "front": pages,
        "before": earlier.get("starts", []),
    }
    _, checks = bundles.file_and_checks(
        case, front, given, name="bundle.pdf", hidden=words, before=given["before"], now=now
    )
    return front, given | {"checks": [[c.code, c.passed, c.found] for c in checks]}


def _most_pages(today: dt.date) -> int:
    return int(rules.one("bundle", today).extra["most_pages"])


def _typed(given: Any) -> list[str]:
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        given = list(given.values())
    return [t for value in given for t in _typed(value)] if isinstance(given, list | tuple) else []


def _past(case: Case, kind: Kind, given: Mapping[str, Any], now: dt.datetime) -> dt.datetime | None:
    """Return the end of the past day of which the paper is made; ``None``: it is made of now.

    Raises ``NotPossibleError`` where the hub did not hold then what the paper is made of.
    """
    if not given.get("as_at"):
        return None
    on = dt.date.fromisoformat(given["as_at"])
    policies.check_past(kind, on, timezone.localdate(now), timezone.localdate(case.opened_at))
    at = cases_selectors.end_of(on)
    first = incidents.first_held(case)
    if "records" in kind.draws and first is not None and first > at:
        raise NotPossibleError(
            f"The hub held no report of this case on {day(on)}: the first joined it on "
            f"{day(timezone.localdate(first))}. Choose that day or a later one.",
            "as_at",
        )
    if kind is KINDS["spo"] and not all(rules.on(table, on) for table in ("limb", "hearsay")):
        raise NotPossibleError(
            f"The rules of this hub for this paper begin after {day(on)}. Choose a later day.", "as_at"
        )
    return at


def _as_it_stood(case: Case, past: dt.datetime) -> Note:
    on = day(timezone.localdate(past))
    told = (
        f"This is the case as the hub held it at the end of {on}. What was told or corrected later is not on "
        "it, even where it happened before."
    )
    if gone := incidents.left_out(case, past):
        told += (
            f" {count(gone, 'report')} that stood on the case that day "
            f"{'is' if gone == 1 else 'are'} left out: withdrawn since, or found to be about somebody else."
        )
    return Note(told)


def _outline(
    case: Case,
    kind: Kind,
    for_whom: str,
    blocks: Blocks,
    number: int,
    now: dt.datetime,
    past: dt.datetime | None,
) -> outlines.Paper:
    called = dict(kind.versions)[for_whom]
    title = (kind.heading or kind.title) + (f", {called[:1].lower()}{called[1:]}" if called else "")
    local = timezone.localtime(now)
    held, stood = f"As held at {clock(local)} on {day(local)}.", ""
    if past:
        on = day(timezone.localdate(past))
        stood = f", as at {on}"
        held = f"The case as it stood on {on}. Made at {clock(local)} on {day(local)}."
        title, blocks = title + stood, (_as_it_stood(case, past), *blocks)
    paper = outlines.Paper(title=title, as_at=now, blocks=blocks, draft=True)
    if kind.plain:
        return paper
    return replace(
        paper,
        reference=f"Case {case.reference}{stood}",
        handling=getattr(settings, "HANDLING_CAVEAT", "OFFICIAL-SENSITIVE"),
        version=f"Version {number}",
        foot=f"Version {number}. {held}",
    )


def _checked(user: User, case: Case, code: str, given: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Return what was given with what the service adds; refuse what the kind does not allow."""
    today = timezone.localdate(now)
    if code == "restraining":
        on = dt.date.fromisoformat(given["verified_day"])
        policies.check_verified(on, today, _days(today))
        held = next(iter(safe_contact.look(user, case, VERIFYING)), None)
        if held is None or not held.address.strip():
            raise NotPossibleError(
                "No address of the victim is recorded under safe contact. Record it there first, "
                "then make the pack."
            )
        return {**given, "verified_on": day(on), "address_rule": str(held.key)}
    if code == "take_along":
        names = [p.agency.name for p in cases_selectors.participations(case)] + [user.display_name]
        for party in cases_selectors.parties(case):
            names += [*party.name.split(), *party.also_known_as.split()]
        words = rules.one("giveaway", today).extra["words"]
        policies.check_no_giveaway({p["field"]: p["words"] for p in given["parts"]}, words, names)
    return dict(given)


def _days(today: dt.date) -> int:
    return int(rules.one("address", today).extra["days"])


@transaction.atomic
def issue(
    user: User,
    case: Case,
    row: Paper,
    *,
    recipient: str,
    basis: str,
    why: str,
    channel: str = "letter",
    at: dt.datetime | None = None,
) -> Issue:
    """Issue a version: it is no draft any more, and the SHA-256 of each form that goes out is kept.

    A letter to the victim goes by ``channel``, where the rules of safe contact allow it now. Raises
    ``NotPossibleError``; ``ConflictError`` where somebody issued or overtook it meanwhile.
    """
    kind = KINDS[row.kind]
    policies.check_maker(permissions.may_make(user, kind), kind)
    with cases._told(at):
        cases._hold(case)
        row = selectors.paper(case, row.key)
        now = moment.now()
        today = timezone.localdate(now)
        policies.check_can_issue(row, selectors.newest(row))
        policies.check_recipient(recipient, basis, BASES.on("basis", today), why)
        paper = drawing.outline(row, as_issued=True)
        words = hidden.of_case(user, case)
        hidden.check(paper, words)
        hidden.check_typed(words, recipient, why)
        if outlines.sealed(paper):
            paper = outlines.filled(paper, {outlines.ADDRESS: _address(user, case, row, now)})
        made = Issue.objects.create(
            **owned(
                user,
                case,
                partition=row.partition,
                paper=row,
                recipient=recipient.strip(),
                basis=basis,
                why=why.strip(),
                digests=_digests(case, row, paper, words, now),
            )
            | {"at": now}
        )
        if row.kind == "letter_victim":
            contact.record(user, case, channel=channel, at=now, words=f"A letter, version {row.number}.")
        cases.enter(
            user,
            case,
            HISTORY,
            f"Paper issued: {_called(row)}"[:200],
            partition=row.partition,
            body=f"To {made.recipient}. {BASES.title('basis', basis)}. {made.why}",
            page=PAGE,
            of_key=row.key,
        )
        audit.record(
            user,
            "papers.issued",
            f"paper {row.key}",
            operation=Operation.DISCLOSURE,
            case=case,
            kind=row.kind,
            version=row.number,
            basis=basis,
            digest=made.digests["pdf"],
        )
        who_learns.issued(user, case, row)
    return made


def _digests(
    case: Case, row: Paper, paper: outlines.Paper, words: frozenset[str], now: dt.datetime
) -> dict[str, str]:
    """Return the SHA-256 of each form. A bundle that fails a check is not issued."""
    held = drawing.digests(paper)
    if row.kind != bundles.KIND:
        return held
    made, checks = bundles.file_and_checks(
        case,
        paper,
        row.given,
        name=drawing.name_of(row, "pdf"),
        hidden=words,
        before=row.given["before"],
        now=now,
    )
    if failed := [c.title for c in checks if not c.passed]:
        raise NotPossibleError(f"The bundle fails a check and is not issued: {'; '.join(failed)}.")
    return {"pdf": drawing.digest(made), drawing.FRONT: held["pdf"]}


def _called(row: Paper) -> str:
    kind = KINDS[row.kind]
    called = dict(kind.versions).get(row.for_whom, "")
    told = f"{kind.title}{policies.as_at(row)}, version {row.number}"
    return told + (f" ({called.lower()})" if called else "")


def _address(user: User, case: Case, row: Paper, now: dt.datetime) -> str:
    """Return the address that was verified for this paper. Raises ``NotPossibleError`` where it changed."""
    today = timezone.localdate(now)
    if policies.issued(row) is None:
        policies.check_verified(dt.date.fromisoformat(row.given["verified_day"]), today, _days(today))
    held = next(iter(safe_contact.look(user, case, PRINTING)), None)
    if held is None or str(held.key) != row.given["address_rule"]:
        raise ConflictError(
            "Safe contact was changed after the address was verified. Verify it again, and make a "
            "new version."
        )
    return held.address.strip()


@transaction.atomic
def file(user: User, case: Case, row: Paper, form: str) -> tuple[bytes, bool]:
    """Return a form of a version as a file, and whether it is what was issued, byte for byte.

    The address on the court's version is read for this look alone, and the look is on record.
    """
    paper = drawing.outline(row)
    out = policies.issued(row)
    if out is not None and outlines.sealed(paper):
        paper = outlines.filled(paper, {outlines.ADDRESS: _address(user, case, row, moment.now())})
    if row.kind == bundles.KIND and form == "pdf":
        documents = bundles.parts(case, row.given["parts"], moment.now())
        made = assembled(paper, documents, row.given["starts"])
    else:
        made = drawing.FORMS[form][1](paper)
    same = out is not None and drawing.digest(made) == out.digests.get(form)
    audit.record(
        user,
        "papers.downloaded",
        f"paper {row.key}",
        operation=Operation.DISCLOSURE if out else Operation.CONSULTATION,
        case=case,
        form=form,
        as_issued=same,
    )
    return made, same


@transaction.atomic
def withdraw(
    user: User, case: Case, row: Paper, reason: str, *, at: dt.datetime | None = None
) -> PaperWithdrawal:
    """Withdraw a version: it is not to be used any more. What was given out is not called back by that.

    Raises ``NotPossibleError``; ``ConflictError`` where somebody did it first.
    """
    kind = KINDS[row.kind]
    policies.check_maker(permissions.may_make(user, kind), kind)
    with cases._told(at):
        cases._hold(case)
        row = selectors.paper(case, row.key)
        policies.check_can_withdraw(row, reason)
        hidden.check_typed(hidden.of_case(user, case), reason)
        made = PaperWithdrawal.objects.create(
            **owned(user, case, partition=row.partition, paper=row, reason=reason.strip())
        )
        cases.enter(
            user,
            case,
            HISTORY,
            f"Paper withdrawn: {_called(row)}"[:200],
            partition=row.partition,
            body=made.reason,
            page=PAGE,
            of_key=row.key,
        )
        audit.record(user, "papers.withdrawn", f"paper {row.key}", case=case, fields=["reason"])
        who_learns.withdrawn(user, case, row)
    return made
