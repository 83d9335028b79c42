"""The keys that a new report is looked up by: its people's, and the references that it has or names."""

from __future__ import annotations

import hashlib
import re

import polars as pl
from django.conf import settings

from lamplighter.hub.intake.models import ReportVersion
from lamplighter.linkage.keys import KEY_SCHEMA, candidate_keys
from lamplighter.records.schema import Bundle

REFERENCE = "reference"


def keys_of(bundle: Bundle) -> pl.DataFrame:
    """``record_id``, ``kind``, ``key`` for every record of a bundle, in a steady order."""
    people = candidate_keys(bundle["people"], bundle["reports"], secret=secret())
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
    return pl.DataFrame(rows, schema=KEY_SCHEMA, orient="row").unique(maintain_order=True)


def reference_key(reference: str) -> int:
    """One key for '4A/00148/22' and '4a / 000148 / 22': case, spaces and leading noughts are nothing."""
    plain = re.sub(r"\s", "", reference.upper())
    plain = re.sub(r"(^|[^0-9])0+(?=\d)", r"\1", plain)
    digest = hashlib.blake2b(f"{REFERENCE}:{plain}".encode(), digest_size=8, key=secret()).digest()
    return int.from_bytes(digest, "little", signed=True)


def secret() -> bytes:
    """What the texts in keys are hashed with: whoever has the table of keys alone cannot try names on it."""
    return hashlib.blake2b(settings.SECRET_KEY.encode(), person=b"lookup keys").digest()


def fingerprint() -> str:
    """A name for the secret in use. Keys that were made with another one find nobody: the copy of a hub
    that comes back elsewhere makes them anew."""
    return hashlib.blake2b(secret(), digest_size=8, person=b"fingerprint").hexdigest()


def current_reports() -> list[str]:
    """Ids of every report that is held."""
    return list(ReportVersion.objects.filter(superseded_at=None).values_list("report_id", flat=True))
