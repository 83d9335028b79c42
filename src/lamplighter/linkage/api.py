"""Link people in reports, in one call: who is who, and which reports have the same victim and suspect.

:func:`link` asks :mod:`linking` for everything: features of the records, a model where none is given, the
match weights of the candidate pairs, the persons that they come to, and what each two reports share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from lamplighter.linkage.linking import linked_reports
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.results import LinkResult
from lamplighter.linkage.settings import Asked, Progress

_WANTED = (
    "link takes people in reports: a polars table of people with report_id and role, or a mapping with the "
    "tables 'people' and 'reports'. Any other table of people is linked by lamplighter.linkage_tables.link."
)


def silent(step: str) -> None:
    """Watch nothing of the progress."""


def link(
    bundle: Any,
    *,
    decisions: pl.DataFrame | None = None,
    model: Model | None = None,
    as_at: dt.date | dt.datetime | None = None,
    previous_ids: pl.DataFrame | None = None,
    previous_links: pl.DataFrame | None = None,
    false_link_budget: float | None = None,
    secret: bytes = b"",
    progress: Progress | None = None,
) -> LinkResult:
    """Tell who is who, and which reports have the same victim and suspect.

    Args:
        bundle: ``people`` and ``reports`` as in the schema of records, or ``people`` alone.
        decisions: the append-only log of :mod:`clustering.decisions`; only those made up to
            ``as_at`` count.
        model: a fitted model; without one a model is fitted to the data.
        previous_ids: the ``memory`` of an earlier result.
        previous_links: pairs of people in reports that were linked then (left_record, right_record). They
            stay linked a little below the level at which two records join (``thresholds.STAYS``).
        false_link_budget: the share of false links to bear: unless said 0.02.
        secret: what a new model hashes the values with that it remembers.
        progress: told what is being done.

    Deterministic: the same input gives the same output, whatever the order of the rows.

    Raises:
        TypeError: what is given is no table of people in reports, or a model or a day is none.
        ValueError: ids are missing or repeated, or a column is not there.
    """
    asked = asked_for(
        decisions=decisions,
        model=model,
        as_at=as_at,
        previous_ids=previous_ids,
        previous_links=previous_links,
        false_link_budget=false_link_budget,
        secret=secret,
        progress=progress,
    )
    return linked_reports(*_frames(bundle), asked)


def asked_for(
    *,
    decisions: pl.DataFrame | None,
    model: Model | None,
    as_at: dt.date | dt.datetime | None,
    previous_ids: pl.DataFrame | None,
    previous_links: pl.DataFrame | None,
    false_link_budget: float | None,
    secret: bytes,
    progress: Progress | None,
    pairs_a_record: float | None = None,
    explained: bool | None = None,
) -> Asked:
    """Put together what a caller asks for, with the decisions that were made up to ``as_at``."""
    if as_at is not None and not isinstance(as_at, dt.date):
        raise TypeError(f"as_at is a date or a datetime, such as datetime.date(2025, 3, 1), not {as_at!r}.")
    if decisions is not None and as_at is not None:
        until = as_at if isinstance(as_at, dt.datetime) else dt.datetime.combine(as_at, dt.time.max)
        decisions = decisions.filter(pl.col("at") <= until)
    return Asked(
        decisions,
        model,
        as_at.date() if isinstance(as_at, dt.datetime) else as_at,
        previous_ids,
        previous_links,
        false_link_budget,
        pairs_a_record,
        secret,
        explained,
        progress or silent,
    )


def are_in_reports(people: pl.DataFrame) -> bool:
    """Ask whether the people of a table stand in reports, and in a part each."""
    return {"report_id", "role"} <= set(people.columns)


def _frames(bundle: Any) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    if isinstance(bundle, Mapping):
        people, reports = bundle.get("people"), bundle.get("reports")
    else:
        people, reports = bundle, None
    if not isinstance(people, pl.DataFrame) or not (reports is None or isinstance(reports, pl.DataFrame)):
        raise TypeError(_WANTED)
    if reports is None and not are_in_reports(people):
        raise TypeError(_WANTED)
    return people, reports
