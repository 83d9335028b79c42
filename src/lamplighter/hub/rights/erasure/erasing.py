"""Rows that are really gone: those of one owner, or the whole case when every owner has decided so.

With them go the owner's received reports that are about the two people of the
case and nobody else. What is left is a tombstone in the audit trail (opaque
ids, counts by table, keyed digests) and a line of the ledger.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from procrastinate.contrib.django import app

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall.declared_tables import partition_of
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.arrivals.models import CaseReport, Following
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases.models import (
    ActingTogether,
    Case,
    LeadWorker,
    Participation,
    Party,
    RepeatedReferral,
    Status,
)
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.duplicates.models import GivenTask, Joined
from lamplighter.hub.insight import services as insight
from lamplighter.hub.intake.models import ReportVersion
from lamplighter.hub.intake.storage.services import PURPOSE
from lamplighter.hub.meetings.models import Placing
from lamplighter.hub.patterns.saved_reports import services as patterns
from lamplighter.hub.rights import policies, services
from lamplighter.hub.rights.erasure import ledger, received_reports
from lamplighter.hub.rights.erasure.ledger import ERASE
from lamplighter.hub.rights.models import (
    ErasedPart,
    Erasure,
    ErasureApproval,
    Hold,
    RetentionDecision,
    SubjectItem,
    SubjectRequest,
)
from lamplighter.hub.rights.permissions import HOMES
from lamplighter.hub.rights.retention import schedule
from lamplighter.hub.sharing.models import Receipt
from lamplighter.hub.site.refusals import NotPossibleError

# What the case is made of, whoever wrote it down: it goes when the whole case goes.
# So does what it shows of reports: that of a report which is erased goes with the report.
SPINE = (Case, Participation, Party, Status, CaseReport, Following)
# What is noted of an agency, and is nothing that it recorded of the case: no say in when the case goes.
# Something that an agency is to do is such a note: the hub has the task of triage on cases of which it
# holds nothing.
NOTES = (
    *(ActingTogether, Clock, ErasedPart, GivenTask, Joined, LeadWorker, Placing, Receipt),
    RepeatedReferral,
)
Rows = dict[type[models.Model], set[Any]]


class RestsOnItError(RuntimeError):
    """A row of another agency points at one of these."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``counts``: rows that went, by table. ``waits``: none yet, because rows of others rest on these."""

    counts: dict[str, int]
    whole: bool = False
    waits: bool = False


@transaction.atomic
def approve(user: User, case: Case, decision: RetentionDecision) -> Outcome:
    """A second person says yes, and what the decision's owner holds of the case is erased at once.

    All of the case goes once everybody who owns something of it has approved
    the same. Raises ``NotPossibleError`` for the person who decided,
    another agency, a decision that is not the newest, or a hold.
    """
    policies.check_approval(user, decision)
    if not ErasureApproval.objects.filter(decision=decision).exists():
        schedule.check_time(user, decision)
    # Who asked a moment ago is looked for now: what they asked about must not go before it is listed.
    with as_service(services.ANSWER):
        services.collect_waiting()
    with as_service(ERASE):
        # Two who approve at once: the second may find that the whole case has gone.
        if Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).first() is None:
            raise NotPossibleError(policies.GONE)
        _check(case, decision)
    with as_service(services.ANSWER):
        _check_asked(case)
    if not ErasureApproval.objects.filter(decision=decision).exists():
        said = owned(user, case, partition=decision.partition, decision=decision)
        approval = ErasureApproval.objects.create(**said)
        audit.record(user, "rights.erasure_approved", f"approval {approval.key}", case=case)
    with as_service(ERASE):
        outcome = _carry_out(user, case, decision)
    return outcome


def _carry_out(user: User, case: Case, decision: RetentionDecision) -> Outcome:
    owner = str(decision.owner_id)
    found = received_reports.of_case(case)
    # Who works on the case and sent reports about the two decides about those, like about any other row.
    working = Participation.objects.filter(case=case, ended_at=None, agency__in=found.own)
    owners = _owners(case) | {owner} | set(working.values_list("agency_id", flat=True))
    whole = all(_approved(case, one) for one in owners)
    try:
        rows = _of_case(case) if whole else _of_owner(case, owner)
    except RestsOnItError:
        return Outcome({}, waits=True)
    going = found.of(owners if whole else {owner})
    with as_service(PURPOSE):
        # Of every version: one that was withdrawn has none that stands.
        keys = ReportVersion.objects.filter(report_id__in=going)
        report_keys = sorted(set(keys.values_list("key", flat=True)))
    counts = _erase(case, rows, going)
    if not whole:
        _note_part(case, owner, decision.partition, decision.key)
    line = Erasure.objects.create(
        at=moment.now(), case_key=case.key, agency=owner, whole=whole, report_keys=report_keys
    )
    _afterwards()
    # Where the process ends before it, the next copy or restoring makes up for it from the table.
    transaction.on_commit(partial(ledger.put, ledger.of_row(line)), robust=True)
    audit.record(
        user,
        "rights.case_erased" if whole else "rights.part_erased",
        f"case {case.key}",
        operation=Operation.ERASURE,
        case=case.pk,
        rows=counts,
        owner=owner,
        decision=str(decision.key),
        erasure=str(line.key),
        reports=[ledger.digest_of(key) for key in report_keys],
    )
    return Outcome(counts, whole=whole)


def _afterwards() -> None:
    """Have what else holds something of these rows follow, once they are gone: in the same transaction, so
    that there is either the erasure with its jobs or none. The jobs have no argument."""
    app.configure_task("rights.forget_statistics", allow_unknown=False).defer()
    insight.forget_later()


def forget_statistics() -> list[str]:
    """Let PostgreSQL count every table anew, so that its statistics hold no value of a row that has gone.

    Returns:
        Tables that are empty now and whose old statistics this server's owner has to remove.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rights_forget_statistics()")
        return sorted(row[0] for row in cursor.fetchall())


def _erase(case: Case, rows: Rows, report_ids: list[str]) -> dict[str, int]:
    # The case first: what it shows of these reports goes with them, and must not be counted twice.
    counts = _delete(rows)
    return dict(sorted((counts | patterns.erase_reports(report_ids)).items()))


def _note_part(case: Case, owner: str, partition: str, decision_key: uuid.UUID) -> None:
    ErasedPart.objects.create(
        case=case, owner_id=owner, at=moment.now(), partition=partition, decision_key=decision_key
    )


@transaction.atomic
def apply_again(line: ledger.Line) -> dict[str, int]:
    """Erase in a copy that came back what had been erased after it was made; returns rows by table.

    Nothing is done, and nothing returned, where the copy knows of this erasure.
    """
    with as_service(ERASE):
        if Erasure.objects.filter(key=line.key).exists():
            return {}
        case = Case.objects.filter(key=line.case_key).first()
        with as_service(PURPOSE):
            held = ReportVersion.objects.filter(key__in=line.report_keys)
            report_ids = sorted(set(held.values_list("report_id", flat=True)))
        rows: Rows = {}
        if case is not None:
            rows = _of_case(case) if line.whole else _of_owner(case, line.agency)
            counts = _erase(case, rows, report_ids)
            if not line.whole:
                partition = HOMES[Agency.Kind(Agency.objects.get(pk=line.agency).kind)]
                _note_part(case, line.agency, partition, line.key)
        else:
            counts = patterns.erase_reports(report_ids)
        Erasure.objects.create(
            key=line.key,
            at=line.at,
            case_key=line.case_key,
            agency=line.agency,
            whole=line.whole,
            report_keys=list(line.report_keys),
        )
        _afterwards()
        audit.record(
            None,
            "rights.erased_again",
            f"case {line.case_key}",
            operation=Operation.ERASURE,
            rows=counts,
            owner=line.agency,
            erasure=str(line.key),
            reports=[ledger.digest_of(key) for key in line.report_keys],
        )
    return counts


@dataclass(frozen=True, slots=True)
class Preview:
    """Numbers of reports that would go and stay. ``others``: of each other agency that sent some."""

    rows: int
    reports: int
    with_others: int
    others: dict[str, int]


def preview(user: User, case: Case, *, may_see_reports: bool) -> Preview:
    """Count what an approval would erase. Of other agencies' reports only for those who may read them."""
    owner = str(user.agency_id)
    with as_service(ERASE):
        try:
            rows = sum(len(keys) for keys in _of_owner(case, owner).values())
        except RestsOnItError:
            rows = sum(len(keys) for keys in _own_rows(case, owner).values())
        found = received_reports.of_case(case)
        names = dict(Agency.objects.filter(pk__in=found.own).values_list("pk", "name"))
    others = {names.get(code, code): len(held) for code, held in sorted(found.own.items()) if code != owner}
    return Preview(
        rows,
        len(found.of({owner})),
        found.with_others[owner],
        others if may_see_reports else {},
    )


def _check(case: Case, decision: RetentionDecision) -> None:
    standing = RetentionDecision.objects.filter(case=case, owner=decision.owner_id).order_by("-pk").first()
    if standing is None or standing.pk != decision.pk or standing.kind != RetentionDecision.Kind.ERASE:
        raise NotPossibleError("This is not what your agency decided last. Open the page again.")
    if Hold.objects.filter(case=case, ended_at=None).exists():
        raise NotPossibleError(policies.HELD)


def _check_asked(case: Case) -> None:
    """Refuse while somebody waits for an answer about rows of the case, in the words of a hold.

    To erase what was asked for, to keep it from the person, is an offence (DPA 2018, section 173). Nobody
    learns from it that somebody asked.
    """
    waiting = SubjectRequest.objects.filter(answered_at=None).values("key")
    if SubjectItem.objects.filter(case=case, request_key__in=waiting).exists():
        raise NotPossibleError(policies.HELD)


def _approved(case: Case, owner: str) -> bool:
    last = RetentionDecision.objects.filter(case=case, owner=owner).order_by("-pk").first()
    if last is None or last.kind != RetentionDecision.Kind.ERASE:
        return False
    return ErasureApproval.objects.filter(decision=last).exists()


def _owners(case: Case) -> set[str]:
    """Agencies that own anything of the case: not what it is made of, and no notes."""
    found: set[str] = set()
    for model, field in _models_of_case():
        if _has_owner(model) and model not in (*SPINE, *NOTES):
            rows = model._base_manager.filter(**{field.attname: case.pk}).order_by()
            found |= set(rows.values_list("owner_id", flat=True).distinct())
    return found


def _models_of_case() -> Iterator[tuple[type[models.Model], models.ForeignKey[Any, Any]]]:
    """Every table that points at a case, and by which column."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Case and partition_of(model):
                yield model, field


def _has_owner(model: type[models.Model]) -> bool:
    return any(f.attname == "owner_id" for f in model._meta.concrete_fields)


def _own_rows(case: Case, owner: str) -> Rows:
    found: Rows = {}
    for model, field in _models_of_case():
        if _has_owner(model) and model not in SPINE:
            rows = model._base_manager.filter(**{field.attname: case.pk}, owner_id=owner)
            found[model] = set(rows.values_list("pk", flat=True))
    return found


def _of_owner(case: Case, owner: str) -> Rows:
    return _with_what_rests_on_them(_own_rows(case, owner), owner)


def _of_case(case: Case) -> Rows:
    found: Rows = {Case: {case.pk}}
    for model, field in _models_of_case():
        rows = model._base_manager.filter(**{field.attname: case.pk})
        found.setdefault(model, set()).update(rows.values_list("pk", flat=True))
    return _with_what_rests_on_them(found, None)


def _with_what_rests_on_them(found: Rows, owner: str | None) -> Rows:
    """Add rows that point at these; refuse where one is another owner's and only one owner's go."""
    waiting = {model: set(keys) for model, keys in found.items()}
    while waiting:
        model, keys = waiting.popitem()
        for child, column in _pointing_at(model):
            rows = child._base_manager.filter(**{f"{column}__in": keys})
            new = set(rows.values_list("pk", flat=True)) - found.get(child, set())
            if not new:
                continue
            if owner and (not _has_owner(child) or rows.filter(pk__in=new).exclude(owner_id=owner).exists()):
                raise RestsOnItError
            found.setdefault(child, set()).update(new)
            waiting.setdefault(child, set()).update(new)
    return found


def _pointing_at(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            yield relation.related_model, relation.field.attname


def _delete(found: Rows) -> dict[str, int]:
    """Delete by key. Foreign keys are checked at the end, so that no order is needed."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model, keys in found.items():
            if keys:
                table, key = model._meta.db_table, model._meta.pk.column
                cursor.execute(f'DELETE FROM "{table}" WHERE "{key}" = ANY(%s)', [list(keys)])  # noqa: S608  our own tables
                if cursor.rowcount != len(keys):
                    raise RuntimeError(f"{len(keys)} rows of {table} were to go, and {cursor.rowcount} went.")
                counts[table] = cursor.rowcount
    return dict(sorted(counts.items()))
