"""Link any table of people, or several, or people in reports, in one call."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from lamplighter.linkage.api import are_in_reports, asked_for, linked_reports
from lamplighter.linkage.model.parameters import Model
from lamplighter.linkage.settings import Progress
from lamplighter.linkage_tables.column_roles.columns import Said, understood
from lamplighter.linkage_tables.column_roles.no_identifiers import warn_of_repeated
from lamplighter.linkage_tables.column_roles.several_tables import one_table, tables_of
from lamplighter.linkage_tables.inputs.any_library import frame_of
from lamplighter.linkage_tables.linking import linked_table
from lamplighter.linkage_tables.results import TableResult
from lamplighter.linkage_tables.two_party.one_person_warning import warn_of_two


def link(
    bundle: Any,
    *,
    columns: Said = None,
    decisions: Any = None,
    model: Model | None = None,
    as_at: dt.date | dt.datetime | None = None,
    previous_ids: Any = None,
    previous_links: Any = None,
    false_link_budget: float | None = None,
    pairs_a_record: float | None = None,
    secret: bytes = b"",
    explained: bool | None = None,
    progress: Progress | None = None,
) -> TableResult:
    """Tell who is who in any table of people; and of people in reports which reports have the same two.

    Args:
        bundle: ``people`` and ``reports`` as in the schema of records; or any table of people, of polars,
            pandas or Arrow, or rows as mappings; or several such tables, by their names or as a list, which
            are the sources of their rows.
        columns: which column of a table is what (see :func:`column_roles.columns.understood`); guessed from
            their names and contents where it is not said.
        decisions: the append-only log of :mod:`clustering.decisions`; only those made up to
            ``as_at`` count.
        model: a fitted model; without one a model is fitted to the data.
        previous_ids: the ``memory`` of an earlier result.
        previous_links: pairs of people in reports that were linked then (left_record, right_record). They
            stay linked a little below the level at which two records join (``thresholds.STAYS``).
        false_link_budget: the share of false links to bear: unless said 0.02 for reports, and for a table
            0.05, or more where a lower bar is expected to find more than it gets wrong.
        pairs_a_record: how many pairs to look at for each record of a table; see
            :func:`linking.default_pairs`.
        explained: whether each pair of a table has its bars (``levels``); where it is not said, they have
            where there are at most ``weight_bars.MOST_EXPLAINED`` of them.
        secret: what a new model hashes the values with that it remembers.
        progress: told what is being done.

    Deterministic: the same input gives the same output, whatever the order of the rows where they have ids.
    (Rows without ids are numbered; in another order a few pairs at the bar may come out otherwise.)

    Raises:
        TypeError: what is given as a table, a model or a day is none.
        ValueError: ids are missing or repeated, or a column is not there.
    """
    decisions, previous_ids, previous_links = (
        None if log is None else frame_of(log) for log in (decisions, previous_ids, previous_links)
    )
    asked = asked_for(
        decisions=decisions,
        model=model,
        as_at=as_at,
        previous_ids=previous_ids,
        previous_links=previous_links,
        false_link_budget=false_link_budget,
        pairs_a_record=pairs_a_record,
        secret=secret,
        explained=explained,
        progress=progress,
    )
    people, reports = _frames(bundle, said=columns is not None)
    if reports is not None or (columns is None and are_in_reports(people)):
        return TableResult.of(linked_reports(people, reports, asked))
    if columns is None:
        warn_of_two(people.columns)
        warn_of_repeated(people.columns)
    return TableResult.of(linked_table(understood(people, columns), asked))


def _frames(bundle: Any, *, said: bool) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    tables = tables_of(bundle)
    if tables is not None and "people" in tables and ("reports" in tables or len(tables) == 1):
        reports = tables.get("reports")
        return frame_of(tables["people"]), None if reports is None else frame_of(reports)
    return (frame_of(bundle) if tables is None else one_table(tables, as_they_are=said)), None
