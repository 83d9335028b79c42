"""Versions that two people may write at the same time: the second is told, and nothing of either is lost."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction

from lamplighter.hub.access.concurrent_edits import one_at_a_time
from lamplighter.hub.access.models import CaseRow, owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import services as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import policies
from lamplighter.hub.victim_side.models import NeedsAssessment, SafetyPlan, Version

Made = TypeVar("Made", bound=Version)
# The first half of the lock; the case is the second. wall.sql holds it shared while a contact is written.
LOCK = 72075


def add(model: type[Made], user: User, case: Case, seen: str, **values: Any) -> Made:
    """Add the next version, if ``seen`` (a key, or "" for none) is still the newest.

    Raises ``ConflictError`` with the newest version otherwise. The
    lock is held until the transaction ends.
    """
    hold(case)
    newest = model._default_manager.filter(case=case).order_by("-number").first()
    if (str(newest.key) if newest else "") != seen:
        raise policies.changed(newest)
    number = newest.number + 1 if newest else 1
    made = model._default_manager.create(**owned(user, case, number=number, **values))
    audit.record(
        user,
        f"victim.{model._meta.model_name}_written",
        f"{model._meta.model_name} {made.key}",
        operation=Operation.ALTERATION if newest else Operation.COLLECTION,
        case=case,
        fields=sorted(values),
        number=number,
    )
    return made


def hold(case: Case) -> None:
    """One at a time on the victim's side of a case, until the transaction ends."""
    one_at_a_time(case.pk, LOCK)


def check_seen(model: type[CaseRow], case: Case, seen: str | None) -> None:
    """That ``seen`` (a key, or "" for none) is still the row recorded last; ``None`` does not ask.

    For what stands until the next row is recorded. Raises
    ``ConflictError`` with the row that was recorded since.
    """
    hold(case)
    newest = latest(model, case)
    if seen is not None and (str(newest.key) if newest else "") != seen:
        raise policies.changed(newest)


def latest(model: type[CaseRow], case: Case) -> Any:
    """The row recorded last, whatever day it is about; ``None`` when there is none."""
    return model._default_manager.filter(case=case).select_related("by", "owner").order_by("-pk").first()


@transaction.atomic
def assess_needs(
    user: User, case: Case, *, seen: str, areas: dict[str, dict[str, str]], words: str = ""
) -> NeedsAssessment:
    """Write down what the victim needs, area by area: ``{area: {"level": ..., "words": ...}}``."""
    policies.check_needs(areas)
    made = add(NeedsAssessment, user, case, seen, areas=areas, words=words)
    _enter(user, case, made, "needs", f"Needs assessed, version {made.number}", "victim:needs")
    return made


@transaction.atomic
def plan_safety(
    user: User, case: Case, *, seen: str, sections: dict[str, str], change: str = ""
) -> SafetyPlan:
    """Write the next version of the safety plan: ``{section: words}``, and what changed."""
    policies.check_codes("safety_plan_sections", sections)
    if not any(text.strip() for text in sections.values()):
        raise NotPossibleError("Write at least one part of the plan.")
    made = add(SafetyPlan, user, case, seen, sections=sections, change=change)
    _enter(user, case, made, "safety_plan", f"Safety plan, version {made.number}", "victim:safety_plan")
    return made


def _enter(user: User, case: Case, made: Version, kind: str, title: str, page: str) -> None:
    cases.enter(user, case, f"victim.{kind}", title, partition="advocacy", page=page, of_key=made.key)
