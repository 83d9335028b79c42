"""The only writers about the national index: releases, looks, requests, decisions, and what goes back."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.identity import as_service, for_reason
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import rules as cases_rules
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.elsewhere import answer_files, permissions, placing, policies, rules, selectors, tokens
from lamplighter.hub.elsewhere.models import Answer, Decision, Known, Release, Reply, Request
from lamplighter.hub.intake import selectors as intake
from lamplighter.hub.people import selectors as people
from lamplighter.hub.people.models import Membership
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError

ASKED = "elsewhere.asked"
ONE = "elsewhere:request"
ASKS = "To ask a force that knows the suspect, or to decide on what the index said"
_IDENTITY = (
    *("surname", "forenames", "nicknames", "birth_date", "sex", "ethnicity", "phones", "emails", "handles"),
    *("address_text", "postcode", "pnc_id", "cro"),
)


@transaction.atomic
def receive(user: User, name: str, content: bytes) -> Release:
    """Take in an answer file of the index, all of it or nothing, and bring it to the cases that it is about.

    Raises ``answer_files.FaultsError`` with every fault, and ``NotPossibleError`` for a release that was
    withdrawn or for somebody who may not.
    """
    if not permissions.may_run_index(user):
        raise NotPossibleError(
            "A coordinator of the hub or of a force takes in what the index answers.", "file"
        )
    today = timezone.localdate(moment.now())
    file = answer_files.read(name, content, hub=rules.hub_name(today), today=today)
    with as_service(placing.MATCH):
        release, persons = _store(user, file)
    audit.record(
        user,
        "elsewhere.received",
        f"index {release.key}",
        operation=Operation.COLLECTION,
        rows=release.rows,
        matched=release.matched,
    )
    for case in placing.of_persons(persons):
        placing.bring_up_to_date(case)
    return release


def _store(user: User, file: answer_files.AnswerFile) -> tuple[Release, set[str]]:
    """As the service: write the rows, and return the people whom they, or those before them, are about."""
    before = Release.objects.select_for_update().filter(name=file.release).first()
    touched: set[str] = set()
    if before is not None:
        if before.withdrawn_at:
            day = timezone.localtime(before.withdrawn_at)
            raise NotPossibleError(
                f"This release was withdrawn on {day:%-d %B %Y}. Ask for a newer one.", "file"
            )
        touched |= set(before.answers.exclude(record_id="").values_list("record_id", flat=True))
        before.answers.all().delete()
    suspects = Membership.objects.filter(role="suspect", current=True)
    report_of = dict(suspects.values_list("record_id", "report_id"))
    record_of = tokens.by_token(report_of)
    named = {row.suspect for row in file.rows}
    values = {
        "as_at": file.as_at,
        "forces_read": file.forces_read,
        "forces_missing": list(file.forces_missing),
        "suspects": len(named),
        "matched": len(named & set(record_of)),
        "rows": len(file.rows),
        "imported_by": user,
        "imported_at": moment.now(),
    }
    release, _ = Release.objects.update_or_create(name=file.release, defaults=values)
    Answer.objects.bulk_create(
        (
            Answer(
                release=release,
                record_id=record_of.get(row.suspect, ""),
                report_id=report_of.get(record_of.get(row.suspect, ""), ""),
                suspect=row.suspect,
                force=row.force,
                force_name=row.force_name,
                kind=row.kind,
                belief=row.belief,
                doubts=list(row.doubts),
                forces_known=row.forces_known,
                contact_name=row.contact_name,
                contact_email=row.contact_email,
                contact_phone=row.contact_phone,
            )
            for row in file.rows
        ),
        batch_size=2_000,
    )
    touched |= {record_of[token] for token in named & set(record_of)}
    return release, set(people.person_of(touched).values())


@transaction.atomic
def withdraw(user: User, release: Release, reason: str) -> None:
    """Take a withdrawn release's rows away, everywhere; that there was one, and why it went, stays."""
    if not permissions.may_run_index(user):
        raise NotPossibleError("A coordinator of the hub or of a force withdraws a release.", "reason")
    policies.check_reason(reason, "Enter why the release is withdrawn.")
    with as_service(placing.TELL):
        cases_of = list(Case.objects.filter(pk__in=Known.objects.filter(release=release.name).values("case")))
    with as_service(placing.MATCH):
        found = Release.objects.select_for_update().get(pk=release.pk)
        if found.withdrawn_at:
            return
        found.withdrawn_by, found.withdrawn_at, found.why_withdrawn = user, moment.now(), reason.strip()
        found.save(update_fields=["withdrawn_by", "withdrawn_at", "why_withdrawn"])
        found.answers.all().delete()
    for case in cases_of:
        placing.bring_up_to_date(case)
        placing.withdrawn(case, release.name)
    audit.record(user, "elsewhere.withdrawn", f"index {release.key}", reason=reason.strip())


@transaction.atomic
def look(user: User, case: Case, reason: str, as_at: dt.datetime | None = None) -> list[Known]:
    """Show once, for a reason that is kept, what the index said of the suspect.

    The task of the reader's own force ends by it: that another force on the case has read it tells hers
    nothing.
    """
    policies.check_reason(reason)
    with for_reason(reason.strip()):
        found = selectors.knowns(case, as_at)
    audit.consulted(
        user,
        "elsewhere.looked",
        f"case {case.key}",
        case=case,
        fields=["force", "kind", "belief", "contact"],
        reason=reason.strip(),
    )
    if as_at is None:
        clocks.end_kind(user, case, placing.NEWS, why="It was read.", own=True)
    return found


def one_known(user: User, case: Case, key: uuid.UUID) -> Known | None:
    """Return one row, for whoever asks that force or decides on it; the look is on record."""
    with for_reason(ASKS):
        found = Known.objects.filter(case=case, key=key).first()
    audit.consulted(user, "elsewhere.looked", f"case {case.key}", case=case, reason=ASKS)
    return found


@transaction.atomic
def ask(user: User, case: Case, known: Known, question: str, asked_on: dt.date) -> Request:
    """Write down that a force was asked, and start the task of recording its answer.

    Raises ``NotPossibleError``, also for words that repeat the vault.
    """
    cases._hold(case)
    policies.check_request(question, asked_on, timezone.localdate(moment.now()))
    guarding.check(user, case, "police", question)
    made = Request.objects.create(
        **owned(
            user,
            case,
            force=known.force,
            force_name=known.force_name,
            release=known.release,
            asked_on=asked_on,
            question=question.strip(),
        )
    )
    cases.enter(
        user,
        case,
        placing.KIND,
        f"Asked {known.force_name} about the suspect"[:200],
        partition="police",
        body=made.question,
        page=ONE,
        of_key=made.key,
    )
    rule = rules.time("asked", timezone.localdate(moment.now()))
    clocks.start(
        user,
        case,
        ASKED,
        rule.title,
        due_at=cases_rules.due(rule, moment.now()),
        why="A force was asked about the suspect. The time is this hub’s own.",
        partition="police",
        assigned_to=user,
        page=ONE,
        of_key=made.key,
    )
    audit.record(user, "elsewhere.asked", f"asking {made.key}", case=case, fields=["question", "asked_on"])
    return made


@transaction.atomic
def answered(
    user: User, case: Case, request: Request, outcome: str, learnt: str, answered_on: dt.date
) -> Reply:
    """Record what a force answered. What was learnt is a line of the history that the police alone read.

    Raises ``ConflictError`` where somebody recorded an answer first, and ``NotPossibleError``.
    """
    cases._hold(case)
    before = Reply.objects.filter(request=request).first()
    if before is not None:
        raise ConflictError(newest=before)
    today = timezone.localdate(moment.now())
    policies.check_reply(outcome, learnt, request.asked_on, answered_on, today)
    guarding.check(user, case, "police", learnt)
    made = Reply.objects.create(
        **owned(user, case, request=request, outcome=outcome, answered_on=answered_on, learnt=learnt.strip())
    )
    cases.enter(
        user,
        case,
        placing.KIND,
        f"{request.force_name}: {made.get_outcome_display().lower()}"[:200],
        partition="police",
        body=made.learnt,
        page=ONE,
        of_key=request.key,
    )
    for clock in Clock.objects.filter(case=case, kind=ASKED, of_key=request.key, state=Clock.State.RUNNING):
        clocks.end(user, clock, why=f"{made.get_outcome_display()}.")
    audit.record(user, "elsewhere.answered", f"asking {request.key}", case=case, fields=["outcome", "learnt"])
    return made


@transaction.atomic
def decide(user: User, case: Case, known: Known, decision: str, reason: str, *, seen: str) -> Decision:
    """Say that the index joined two people, or take that back. It goes back to the index without the reason.

    ``seen`` is the key of the decision that the page showed, "" for none: where another stands,
    ``ConflictError`` carries it.
    """
    cases._hold(case)
    policies.check_reason(reason, "Enter your reason.")
    before = selectors.decisions(case).get((known.suspect, known.force))
    if str(before.key if before else "") != seen:
        raise ConflictError(newest=before)
    stands = before.decision if before else Decision.Said.TAKEN_BACK
    if decision not in Decision.Said.values or decision == stands:
        raise NotPossibleError("This is what stands already.", "reason")
    guarding.check(user, case, "police", reason)
    made = Decision.objects.create(
        **owned(
            user,
            case,
            suspect=known.suspect,
            force=known.force,
            release=known.release,
            decision=decision,
            reason=reason.strip(),
        )
    )
    said = (
        f"The suspect is not the person whom {known.force_name} knows"
        if decision == Decision.Said.NOT_THE_SAME
        else f"Withdrawn: the suspect is not the person whom {known.force_name} knows"
    )
    cases.enter(user, case, placing.KIND, said[:200], partition="police", body=made.reason, page=placing.PAGE)
    audit.record(
        user, "elsewhere.decided", f"case {case.key}", case=case, fields=["decision"], decision=decision
    )
    return made


def decisions_file(user: User) -> str:
    """Return the decisions that stand, as the file that goes back to the index: no words and no names.

    Those of the cases that this person's force works on: a decision says which force knows a suspect.
    """
    hub = rules.hub_name(timezone.localdate(moment.now()))
    rows = list(Decision.objects.select_related("case").order_by("at", "pk"))
    newest = {(row.suspect, row.force): row for row in rows}
    lines = [
        (hub, row.release, row.suspect, row.force, row.decision, timezone.localdate(row.at).isoformat())
        for row in sorted(newest.values(), key=lambda r: (r.suspect, r.force))
    ]
    # On record for each case, whose own trail says so; and for the index, where there was nothing to send.
    told = Counter(row.case for row in newest.values())
    for case, many in sorted(told.items(), key=lambda one: one[0].pk):
        audit.record(
            user,
            "elsewhere.decisions_sent",
            f"case {case.key}",
            case=case,
            operation=Operation.DISCLOSURE,
            rows=many,
        )
    if not told:
        audit.record(user, "elsewhere.decisions_sent", "index", operation=Operation.DISCLOSURE, rows=0)
    return _csv(("hub", "release", "suspect", "force", "decision", "decided_on"), lines)


def suspects_file(user: User) -> str:
    """Return the suspects whom this person may read, under their tokens, for the national index to link.

    The words of reports are not in it, and no victim is.
    """
    frame = intake.bundle(with_raw=False)["people"]
    lines = []
    for row in frame.iter_rows(named=True):
        if row["role"] == "suspect" and (row["surname"] or row["forenames"] or row["nicknames"]):
            cells = [row[name] for name in _IDENTITY]
            lines.append(
                (
                    tokens.token_of(row["record_id"]),
                    *(";".join(c) if isinstance(c, list) else c for c in cells),
                )
            )
    lines.sort(key=lambda line: str(line[0]))
    audit.record(
        user,
        "elsewhere.suspects_sent",
        "index",
        operation=Operation.DISCLOSURE,
        rows=len(lines),
    )
    return _csv(("suspect", *_IDENTITY), lines)


def _csv(head: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(lines)
    return made.getvalue()
