"""What other contexts do when a case opens, without this one knowing them.

An application names its module in ``AppConfig.case_opened``; the module holds
``case_opened(case)``, called within the transaction that opens the case.
"""

from __future__ import annotations

from importlib import import_module

from django.apps import apps

from lamplighter.hub.cases.models import Case


def tell(case: Case) -> None:
    """Tell every context that asked to be told."""
    for config in apps.get_app_configs():
        if name := getattr(config, "case_opened", ""):
            import_module(name).case_opened(case)
