"""Arrivals while everything is written anew beside what is in use, and takes its place."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks import arrivals_state as state
from benchmarks.arrivals import arrive, rebuild, roles, timed
from lamplighter.hub.people.matching.relinking import AT_ONCE, Meanwhile
from lamplighter.records.schema import Bundle

Reports = Sequence[dict[str, Any]]


@dataclass(slots=True)
class Followed(Meanwhile):
    """As in the hub, except that the reports are none of the hub's: this one holds what matching keeps."""

    reports: dict[str, dict[str, Any]] = field(default_factory=dict)

    def _match_again(self, report_ids: Sequence[str]) -> None:
        from lamplighter.hub.people import services
        from lamplighter.hub.people.matching import staged_tables

        for start in range(0, len(report_ids), AT_ONCE):
            rows = [self.reports[report_id] for report_id in report_ids[start : start + AT_ONCE]]
            for report in rows:
                staged_tables.bring_members(report["report_id"])
            services.match_rows([(report, report["people"]) for report in rows])


def during(held: Bundle, coming: Reports, came: int) -> tuple[float, list[float]]:
    """Seconds to write everything anew, and to match each report of ``coming`` meanwhile: of those ``came``
    already, and are followed with the rest."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    reports = {r["report_id"]: r for r in coming}
    # In a process of its own, as a worker is one beside the site.
    other = multiprocessing.get_context("spawn").Process(target=rebuild, args=(held, reports, there))
    other.start()
    here.recv()
    times: list[float] = []
    for report in coming[came:]:
        times += timed(lambda r: arrive(state.compacted(r), roles(r)), [report])
        if here.poll():
            break
    took: float = here.recv()
    other.join()
    return took, times


def written_anew(held: Bundle, reports: dict[str, dict[str, Any]]) -> None:
    """Records made ready and keys anew, their links and persons as they are: no model need be fitted."""
    from django.db import connection

    from lamplighter.hub.people.matching import frame_storage, prepared_records, staged_tables
    from lamplighter.hub.people.models import Link, Membership

    # Whoever came before this is not among those held, and is followed with those who come now.
    with staged_tables.alone():
        meanwhile = Followed(told=held["people"].height, reports=reports)
        prepared = prepared_records.prepared(held)
        with staged_tables.beside(), connection.cursor() as cursor:
            frame_storage.add_prepared(prepared, fresh=True)
            for table, records in ((Link, ("left_record", "right_record")), (Membership, ("record_id",))):
                name = table._meta.db_table
                columns = ", ".join(f.column for f in table._meta.concrete_fields if f.column != "id")
                made_ready = " AND ".join(
                    f"{r} IN (SELECT record_id FROM people_preparedrecord)" for r in records
                )
                cursor.execute(
                    f"INSERT INTO {name} ({columns}) SELECT {columns} FROM public.{name} WHERE {made_ready}"
                )
            staged_tables.indexed()
            meanwhile.switch()
