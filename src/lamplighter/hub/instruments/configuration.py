"""The part of the configuration that holds instruments: a folder each, a file a version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from django.apps import apps

from lamplighter import instruments
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS
from lamplighter.hub.accounts.configuration import TRAINING
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.instruments.checks import check_document, with_lines
from lamplighter.instruments.schema import Known, schema
from lamplighter.instruments.versions import check_together
from lamplighter.rule_files.schema import Document, Report

# Partitions in which somebody's answers can lie: those where people write, and not the vault.
SIDES = tuple(name for name, one in CASE_PARTITIONS.items() if not (one.of_services or one.reason_needed))


def _roles() -> Mapping[str, str]:
    return dict(Role.choices)


def _topics() -> Mapping[str, str]:
    rows = TRAINING.document()["topic"]
    return {row["code"]: row["name"] for row in rows}


def _sides() -> Mapping[str, str]:
    return {name: name.capitalize() for name in SIDES}


KNOWN = Known(roles=_roles, topics=_topics, sides=_sides)


def _check(document: Document, report: Report, reading: Reading) -> None:
    check_document(document, report)
    # What another context asks of an instrument: it names its module in ``AppConfig.instrument_rules``.
    for config in apps.get_app_configs():
        if name := getattr(config, "instrument_rules", ""):
            import_module(name).check_instrument(document, report)
    with_lines(report)


def _check_all(documents: Mapping[str, Document], report: Callable[[str], Report]) -> None:
    check_together(documents, report, set(INSTRUMENTS.shipped_texts()))
    for name in documents:
        with_lines(report(name))


INSTRUMENTS = Part(
    "instruments",
    "Instrument files",
    "Which instruments can be answered on a case or in work with the suspect, and by whom.",
    Path(instruments.__file__).with_name("data"),
    schema(KNOWN, upkeep=False),
    rules=_check,
    together=_check_all,
    # A licence can end. What was answered keeps the words with which it was.
    keeps_codes=False,
    also=("questionnaires", "measures"),
)
PARTS = (INSTRUMENTS,)
