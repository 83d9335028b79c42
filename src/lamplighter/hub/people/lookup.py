"""What is kept of records so that a new report finds them: the records made ready, and keys of their people
and of the references that their reports have or name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache

import polars as pl
from django.conf import settings

from lamplighter.linkage import compact
from lamplighter.linkage.features import Features, prepare
from lamplighter.linkage.frequencies import counted
from lamplighter.linkage.keys import MOST_RECORDS_A_KEY, kept, most_for
from lamplighter.linkage.model import Model
from lamplighter.records.schema import Bundle

REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is kept of some records so that others find them: ``records`` (number, record_id, report_id,
    role, prepared), ``keys`` (key, record) and ``crowded`` (key), those that more than ``most`` share.
    Numbers begin at 1."""

    records: pl.DataFrame
    keys: pl.DataFrame
    crowded: pl.DataFrame
    most: int


def prepared(bundle: Bundle) -> Prepared:
    """Every record of a bundle, ready to be compared and looked up."""
    most = most_for(bundle["people"].height)
    features = prepare(bundle["people"], bundle["reports"])
    found = kept(features, secret=secret(), most=most)
    texts = compact.texts_of(features, bundle["reports"])
    keys = pl.DataFrame({"row": found.rows, "key": found.keys})
    referred = _reference_keys(features, texts, most)
    keys = pl.concat([keys, referred[0]])
    crowded = pl.concat([pl.Series("key", found.crowded), referred[1]])
    records = (
        features.facts.select("record_id", "report_id", pl.col("role").fill_null(""))
        .with_columns(prepared=texts)
        .with_row_index("number", 1)
        .with_columns(pl.col("number").cast(pl.Int64))
    )
    return Prepared(
        records,
        # In the order of their index, which is then written page after page and full.
        keys.select("key", record=pl.col("row") + 1).sort("key", "record"),
        crowded.to_frame("key").unique(maintain_order=True),
        most,
    )


def _reference_keys(features: Features, texts: pl.Series, most: int) -> tuple[pl.DataFrame, pl.Series]:
    """A key for each reference that a report has or names, on its first record; and the crowded ones.

    Two agencies' reports about one event may have no detail of a person in common and still name each
    other's reference.
    """
    facts = features.facts.select("record_id", "report_id").with_columns(text=texts).with_row_index("row")
    first = facts.sort("record_id").unique("report_id", keep="first", maintain_order=True)
    rows = [
        (row, key)
        for row, record, report, text in first.select("row", "record_id", "report_id", "text").iter_rows()
        if report is not None
        for key in keys_of_references(compact.read(record, report, text))
    ]
    frame = pl.DataFrame(rows, schema={"row": pl.Int64(), "key": pl.Int64()}, orient="row")
    many = frame.group_by("key").len().filter(pl.col("len") > most)["key"]
    return frame.filter(~pl.col("key").is_in(many.implode())), many


def keys_of_references(record: compact.Compact) -> list[int]:
    """The keys of the references that a record's report has and names."""
    references = dict.fromkeys((record.own_reference, *record.named_references))
    return [reference_key(r) for r in references if r]


def reference_key(plain: str) -> int:
    """The key of a reference as ``compact.reference`` writes it; even, as all that are no weak ones."""
    digest = hashlib.blake2b(f"{REFERENCE}:{plain}".encode(), digest_size=8, key=secret()).digest()
    return int.from_bytes(digest, "little", signed=True) & ~1


def counted_anew(model: Model, bundle: Bundle) -> Model:
    """A model whose value frequencies are counted again in these reports, hashed with today's secret."""
    features = prepare(bundle["people"], bundle["reports"])
    frequencies = counted(features, set(model.frequencies.rare), secret())
    return replace(model, frequencies=frequencies).named()


def secret() -> bytes:
    """What the texts in keys are hashed with: whoever has the table of keys alone cannot try names on it."""
    return _secret(settings.SECRET_KEY)


@cache
def _secret(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), person=b"lookup keys").digest()


def fingerprint() -> str:
    """A name for the secret in use. Keys that were made with another one find nobody, and every common name
    passes for a rare one: the copy of a hub that comes back elsewhere makes them anew."""
    return hashlib.blake2b(secret(), digest_size=8, person=b"fingerprint").hexdigest()


def way(most: int) -> str:
    """A name for the way in which records are made ready, and how many may share a key."""
    return f"{compact.VERSION}/{most}"


def made_so(way: str) -> bool:
    """Whether records were made ready as today: those made in another way are made anew."""
    return way.partition("/")[0] == str(compact.VERSION)


def most_in(way: str | None) -> int:
    """How many records may share a key before it is crowded, where records were made ready in a way."""
    most = (way or "").partition("/")[2]
    return int(most) if most else MOST_RECORDS_A_KEY
