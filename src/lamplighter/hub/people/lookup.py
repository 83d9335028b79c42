"""The keys that a new report is looked up by: its people's, and the references that it has or names."""

from __future__ import annotations

import hashlib
import re

import polars as pl

from lamplighter.hub.intake.models import ReportVersion
from lamplighter.linkage.keys import candidate_keys
from lamplighter.records.schema import Bundle

REFERENCE = "reference"


def keys_of(bundle: Bundle) -> pl.DataFrame:
    """``record_id``, ``kind``, ``key`` for every record of a bundle, in a steady order."""
    people = candidate_keys(bundle["people"], bundle["reports"])
    return pl.concat([people, reference_keys(bundle)])


def reference_keys(bundle: Bundle) -> pl.DataFrame:
    """A key for each reference that a report has or names, on the first record of the report.

    Two agencies' reports about one event may have no detail of a person in
    common and still name each other's reference.
    """
    standing_for = dict(bundle["people"].group_by("report_id").agg(pl.col("record_id").min()).iter_rows())
    rows = [
        (standing_for[report_id], REFERENCE, reference_key(ref))
        for report_id, own, named in bundle["reports"]
        .select("report_id", "source_ref", "related_refs")
        .iter_rows()
        if report_id in standing_for
        for ref in dict.fromkeys([own, *(named or [])])
        if ref
    ]
    schema = {"record_id": pl.String(), "kind": pl.String(), "key": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row").unique(maintain_order=True)


def reference_key(reference: str) -> str:
    """One key for '4A/00148/22' and '4a / 000148 / 22': case, spaces and leading noughts are nothing."""
    plain = re.sub(r"\s", "", reference.upper())
    plain = re.sub(r"(^|[^0-9])0+(?=\d)", r"\1", plain)
    return hashlib.md5(f"{REFERENCE}:{plain}".encode(), usedforsecurity=False).hexdigest()[:16]


def current_reports() -> list[str]:
    """Ids of every report that is held."""
    return list(ReportVersion.objects.filter(superseded_at=None).values_list("report_id", flat=True))
