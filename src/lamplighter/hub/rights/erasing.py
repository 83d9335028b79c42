"""Rows that are really gone: those of one owner, or the whole case when every owner has decided so.

What is left is a tombstone in the audit trail: opaque ids, counts by table, and the decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from lamplighter.hub.access import moment
from lamplighter.hub.access.declared import partition_of
from lamplighter.hub.access.identity import as_service
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases.models import Case, Participation, Party, Status
from lamplighter.hub.rights import policies
from lamplighter.hub.rights.models import ErasedPart, Hold, RetentionDecision

ERASE = "erase a record"
# What the case is made of, whoever wrote it down: it goes when the whole case goes.
SPINE = (Case, Participation, Party, Status)
Rows = dict[type[models.Model], set[Any]]


@transaction.atomic
def carry_out(user: User, case: Case, decision: RetentionDecision) -> dict[str, int]:
    """Erase what the decision's owner holds of the case; all of it, once every owner has decided so.

    Returns how many rows went, by table. Raises ``policies.NotPossibleError``
    when the decision is not the newest, a hold stands, or rows of others rest
    on these.
    """
    if decision.owner_id != user.agency_id:
        raise policies.NotPossibleError("Each agency erases what it owns.")
    with as_service(ERASE):
        Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        _check(case, decision)
        others = _owners(case) - {decision.owner_id}
        whole = all(_wants_it_erased(case, owner) for owner in others)
        rows = _of_case(case) if whole else _of_owner(case, decision.owner_id)
        counts = _delete(rows)
        if not whole:
            ErasedPart.objects.create(
                case=case,
                owner_id=decision.owner_id,
                at=moment.now(),
                partition=decision.partition,
                decision_key=decision.key,
            )
        audit.record(
            user,
            "rights.case_erased" if whole else "rights.part_erased",
            f"case {case.key}",
            operation=Operation.ERASURE,
            case=case.pk,
            rows=counts,
            owner=decision.owner_id,
            decision=str(decision.key),
        )
    return counts


def _check(case: Case, decision: RetentionDecision) -> None:
    standing = RetentionDecision.objects.filter(case=case, owner=decision.owner_id).order_by("-pk").first()
    if standing is None or standing.pk != decision.pk or standing.kind != RetentionDecision.Kind.ERASE:
        raise policies.NotPossibleError("This is not what your agency decided last. Open the page again.")
    if Hold.objects.filter(case=case, ended_at=None).exists():
        raise policies.NotPossibleError(policies.HELD)


def _wants_it_erased(case: Case, owner: str) -> bool:
    last = RetentionDecision.objects.filter(case=case, owner=owner).order_by("-pk").first()
    return last is not None and last.kind == RetentionDecision.Kind.ERASE


def _owners(case: Case) -> set[str]:
    """Agencies that own anything of the case: not what it is made of, and not that their part is gone."""
    found: set[str] = set()
    for model, field in _models_of_case():
        if _has_owner(model) and model not in (*SPINE, ErasedPart):
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


def _of_owner(case: Case, owner: str) -> Rows:
    found: Rows = {}
    for model, field in _models_of_case():
        if _has_owner(model) and model not in SPINE:
            rows = model._base_manager.filter(**{field.attname: case.pk}, owner_id=owner)
            found[model] = set(rows.values_list("pk", flat=True))
    return _with_what_rests_on_them(found, owner)


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
                raise policies.NotPossibleError(
                    "Something that another agency wrote rests on this. It can go only with the whole case, "
                    "when every agency has decided to erase."
                )
            found.setdefault(child, set()).update(new)
            waiting.setdefault(child, set()).update(new)
    return found


def _pointing_at(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
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
