"""Let other contexts act on what was received, without this one knowing them.

An application names its module in ``AppConfig.follows_intake``. The module may hold
``delivery_read(delivery)``: the reports of a delivery are stored; ``report_came(report_id)``: one report of a
feed is; and ``tried_again()``: somebody lets a report that was set aside be matched once more.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from django.apps import apps

from lamplighter.hub.intake.models import Delivery


def delivery_read(delivery: Delivery) -> None:
    """Tell whoever follows that the reports of a delivery are stored."""
    for module in _modules("delivery_read"):
        module.delivery_read(delivery)


def report_came(report_id: str) -> None:
    """Tell whoever follows that a report of a feed is stored."""
    for module in _modules("report_came"):
        module.report_came(report_id)


def tried_again() -> None:
    """Tell whoever follows that a report that was set aside is matched once more."""
    for module in _modules("tried_again"):
        module.tried_again()


def _modules(name: str) -> list[ModuleType]:
    named = (getattr(config, "follows_intake", "") for config in apps.get_app_configs())
    modules = [import_module(path) for path in named if path]
    return [module for module in modules if hasattr(module, name)]
