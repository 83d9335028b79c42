"""Let other contexts act when a case opens, or its people or agencies change, without this one knowing them.

An application names its module in ``AppConfig.case_opened``; the module holds
``case_opened(case)``, called within the transaction that opens the case. In
``AppConfig.case_people`` it names the module of ``people_changed(user, case)``,
called within the transaction in which somebody corrects who a person is, and in
``AppConfig.agencies_changed`` that of ``agencies_changed(user, case)``. The one in ``AppConfig.case_visits``
holds ``visit(user, case)``: note that somebody looks, and return what was added since they last did. In
``AppConfig.case_events`` it names the module of ``happened(user, event)``, called within the transaction that
records what happened. The one in ``AppConfig.risk_reasons`` holds ``citable(case)`` and
``cited(case, keys)``: what beside its reports a judgement of the risk of a case can rest on.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case


def tell(case: Case) -> None:
    """Tell every context that asked to be told."""
    for config in apps.get_app_configs():
        if name := getattr(config, "case_opened", ""):
            import_module(name).case_opened(case)


def people_changed(user: User, case: Case) -> None:
    """Tell every context that asked to be told of people who were corrected."""
    for config in apps.get_app_configs():
        if name := getattr(config, "case_people", ""):
            import_module(name).people_changed(user, case)


def agencies_changed(user: User, case: Case) -> None:
    """Tell every context that asked to be told that an agency works on the case, or no longer does."""
    for config in apps.get_app_configs():
        if name := getattr(config, "agencies_changed", ""):
            import_module(name).agencies_changed(user, case)


def visited(user: User, case: Case) -> Any:
    """Note that somebody looks at the case; return what was added since they last did, or ``None``."""
    named = (getattr(config, "case_visits", "") for config in apps.get_app_configs())
    return next((import_module(name).visit(user, case) for name in named if name), None)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a case, and where it is known. ``of_key``: the row that records it.

    ``name`` is ``"report"``, ``"breach"``, the state of a criminal matter after ``"legal."`` or of the case
    after ``"status."``, ``"victim.moved"``, ``"victim.unsure"`` or ``"warning"``; of orders
    ``"order.ending"``, ``"order.hearing"`` or ``"order.bail_changed"``. ``partition``: who reads ``of_key``
    may learn of it, and nobody else.
    """

    case: Case
    name: str
    day: dt.date
    of_key: uuid.UUID | None = None
    partition: str = "shared"


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that a judgement of the risk can cite beside reports: a breach, an order; never changed.

    Everybody on the case reads it, for everybody on the case reads the assessment that cites it.
    ``is_incident``: something that was done, so that a judgement without a reason has it to cite.
    """

    key: uuid.UUID
    text: str
    is_incident: bool


def citable(case: Case) -> list[Reason]:
    """Return what a judgement can cite beside the reports of the case, the newest first."""
    named = (getattr(config, "risk_reasons", "") for config in apps.get_app_configs())
    return [reason for name in named if name for reason in import_module(name).citable(case)]


def cited(case: Case, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return those of some keys that are no reports, each as a line that says what was cited."""
    found: dict[uuid.UUID, str] = {}
    for config in apps.get_app_configs() if keys else ():
        if name := getattr(config, "risk_reasons", ""):
            found |= import_module(name).cited(case, keys)
    return found


def happened(user: User | None, event: Event) -> None:
    """Tell every context that asked to be told; ``user`` recorded it, ``None``: the hub found it."""
    for config in apps.get_app_configs():
        if name := getattr(config, "case_events", ""):
            import_module(name).happened(user, event)
