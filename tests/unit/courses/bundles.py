"""Small bundles written by hand for the tests of this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from lamplighter.linkage.dyads.same_suspect import SameSuspect, Unlisted
from lamplighter.records.schema import TABLES, Bundle

# By the time between two reports of one victim, as a linkage learns it: 0.9 in a month, 0.23 after a year.
USUAL = SameSuspect(
    unlisted=Unlisted(3.0, {}, {"week": 4.0, "month": 3.0, "quarter": 2.0, "year": 0.6, "longer": 0.1})
)


@dataclass
class Linked:
    """The part of a link result that this room reads."""

    persons: pl.DataFrame
    judged: SameSuspect = USUAL

    def same_suspect(self, record_ids: Collection[str]) -> SameSuspect:
        """What is held of suspects of whom nothing tells who they are."""
        return self.judged


@dataclass
class Writer:
    """Collects reports; persons are what the tests say they are."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {t.name: [] for t in TABLES})
    persons: list[tuple[str, str]] = field(default_factory=list)

    def report(
        self,
        ref: str,
        at: dt.datetime,
        summary: str,
        victim: str | None,
        suspect: str | None = None,
        *,
        source: str = "force_a_rms",
        agency: str = "force-a",
        group: str = "harassment",
        included: tuple[str, ...] = (),
        relationship: str | None = None,
        refs: tuple[str, ...] = (),
        suspect_fields: dict[str, Any] | None = None,
        reported_at: dt.datetime | None = None,
        precision: str = "exact",
        occasions: int = 1,
        ticked: tuple[str, ...] = (),
        others: tuple[tuple[str, str], ...] = (),
        surname: str | None = None,
    ) -> str:
        """One report; victim and suspect are person ids and double as names. '?' is a blank suspect.

        ``others``: roles and persons. ``surname``: the victim's, where it is not of the first name."""
        report_id = f"{source}:{ref}"
        self.rows["reports"].append(
            {
                "report_id": report_id,
                "source": source,
                "agency": agency,
                "source_ref": ref,
                "reported_at": reported_at or at + dt.timedelta(hours=2),
                "recorded_as": group,
                "summary": summary,
                "related_refs": list(refs),
            }
        )
        for seq, each in enumerate((group, *included), start=1):
            self.rows["offences"].append(
                {
                    "report_id": report_id,
                    "offence_seq": seq,
                    "classification": "principal" if seq == 1 else "included",
                    "offence_group": each,
                }
            )
        for seq in range(1, occasions + 1):
            when = at - dt.timedelta(days=7 * (occasions - seq))
            self.rows["occasions"].append(
                {
                    "report_id": report_id,
                    "occasion_seq": seq,
                    "started_at": when,
                    "ended_at": when,
                    "date_precision": precision,
                    "behaviours": list(ticked),
                }
            )
        for role, person in (("victim", victim), ("suspect", suspect), *others):
            if person is None:
                continue
            record_id = f"{report_id}/{role}"
            row: dict[str, Any] = {"record_id": record_id, "report_id": report_id, "role": role}
            if person != "?":
                row |= {"forenames": person, "surname": f"{person}son"}
                if surname is not None and role == "victim":
                    row |= {"surname": surname}
                self.persons.append((record_id, f"P-{person}"))
            if role == "suspect":
                row |= {"relationship": relationship} | (suspect_fields or {})
            self.rows["people"].append(row)
        return report_id

    def bundle(self) -> Bundle:
        """The five tables."""
        return {t.name: pl.DataFrame(self.rows[t.name], schema=t.polars_schema) for t in TABLES}

    def linked(self) -> Linked:
        """Who is who."""
        return Linked(
            pl.DataFrame(
                self.persons, schema={"record_id": pl.String(), "person_id": pl.String()}, orient="row"
            )
        )


def day(n: int, hour: int = 12) -> dt.datetime:
    """Day ``n`` after 1 January 2025."""
    return dt.datetime(2025, 1, 1, hour) + dt.timedelta(days=n)
