"""No command runs, and neither site nor worker starts, on a configuration that has an error."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError
from django.utils import timezone

from lamplighter.hub.configuration import services
from lamplighter.rule_files.faults import Fault

DAYS_LEFT = 180  # until the known bank holidays end


def _error(fault: Fault) -> Error:
    return Error(f"{fault.where}: {fault.what}", hint=fault.remedy, id=f"configuration.{fault.name}")


@register("configuration")
def the_configuration_is_sound(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report every error of the files that this process has read."""
    faults = services.faults_of_this_process()
    return [_error(fault) for fault in faults] or [*_bank_holidays()]


def _bank_holidays() -> list[CheckMessage]:
    from lamplighter.vocabulary import working_days

    last = working_days.calendar().last
    if (last - timezone.localdate()).days > DAYS_LEFT:
        return []
    return [
        Warning(
            f"Bank holidays are known until {last} only.",
            hint="Add the next year, as published, to working_days.toml of the installation.",
            id="configuration.W001",
        )
    ]


@register(Tags.database)
def the_database_agrees(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report agencies that are of another kind in the database."""
    if not kwargs.get("databases") or services.faults_of_this_process():
        return []
    # Before the first migrate there is no table to contradict.
    with suppress(DatabaseError, psycopg.Error):
        return [_error(fault) for fault in services.contradictions()]
    return []
