"""Keep of records what a new report needs to find them: the records made ready, and keys of their people and
of the references that their reports have or name."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from django.conf import settings

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.blocking.hashed_keys import MOST_RECORDS_A_KEY, Keyed, most_for
from lamplighter.linkage.blocking.key_index import Keys, Part, kept
from lamplighter.linkage.comparisons.comparison_levels import supposed
from lamplighter.linkage.features import compact_frames, compact_records
from lamplighter.linkage.features.encoded_columns import Texts
from lamplighter.linkage.features.record_features import Features, prepare
from lamplighter.linkage.frequencies.value_counts import counted_with_names
from lamplighter.linkage.model.parameters import Model
from lamplighter.records.schema import Bundle

REFERENCE = "reference"
SOUNDS = ("sur_ph", "first_ph", "town")
AT_ONCE = 500_000
"""Records of several parts that are put in order at once."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Prepared form of some records, so that others find them: ``records`` (number, record_id, report_id,
    role, prepared), and ``keys`` (key, record) in the order of their index, both some at a time; and
    ``crowded`` (key), those that more than ``most`` share. Numbers begin at 1; records come first."""

    height: int
    records: Iterator[pl.DataFrame]
    keys: Iterator[pl.DataFrame]
    crowded: pl.DataFrame
    most: int


def prepared(bundle: Bundle) -> Prepared:
    """Every record of a bundle, ready to be compared and looked up."""
    features = prepare(bundle["people"], bundle["reports"])
    # Those who sound alike lie together: they are read together.
    features = features.of(named(features).select(pl.arg_sort_by(SOUNDS)).to_series().to_numpy())
    numbers = np.arange(1, len(features) + 1)
    return prepared_in_parts([lambda: (features, bundle["reports"])], [numbers])


def named(features: Features) -> pl.DataFrame:
    """Return the sounds of all records' names, and their towns: what records are kept in order of."""
    columns = features.columns.by_name

    def texts(name: str) -> pl.Series:
        column = columns[name]
        assert isinstance(column, Texts)
        codes = pl.Series(name, column.codes)
        return column.values.gather(pl.select(pl.when(codes >= 0).then(codes)).to_series()).rename(name)

    return pl.DataFrame([texts(name) for name in SOUNDS])


def prepared_in_parts(
    parts: Sequence[Callable[[], tuple[Features, pl.DataFrame]]],
    numbers: Sequence[Rows],
    folder: Path | None = None,
) -> Prepared:
    """The same of records that come in parts, each asked for three times: its features, and its reports.
    ``numbers``: that of each of their records, from 1. Parts have no report in common. With a ``folder``
    no more than a part is in memory, and the rest in files there."""
    many = sum(map(len, numbers))
    most = most_for(many)

    def keyed(part: Callable[[], tuple[Features, pl.DataFrame]]) -> Callable[[], Part]:
        def made() -> Part:
            features, reports = part()
            return Part(Keyed(features, secret()), *_reference_keys(features, reports))

        # What is in memory anyway is hashed once.
        return made if folder else cache(made)

    found = kept([keyed(part) for part in parts], numbers, most, folder)
    return Prepared(
        many,
        in_order((_records(*part(), own) for part, own in zip(parts, numbers, strict=True)), many, folder),
        (pl.DataFrame({"key": keys, "record": rows}) for keys, rows in found.sorted),
        pl.DataFrame({"key": found.crowded}),
        most,
    )


def _records(features: Features, reports: pl.DataFrame, numbers: Rows) -> pl.DataFrame:
    return features.facts.select(
        pl.Series("number", numbers),
        "record_id",
        "report_id",
        pl.col("role").fill_null(""),
        compact_frames.texts_of(features, reports).alias("prepared"),
    )


def in_order(frames: Iterable[pl.DataFrame], many: int, folder: Path | None) -> Iterator[pl.DataFrame]:
    """``many`` rows in the order of their ``number``, some at a time; through files where there is a
    ``folder``."""
    if folder is None:
        yield from (frame.sort("number") for frame in frames)
        return
    place = Path(tempfile.mkdtemp(dir=folder))
    for i, frame in enumerate(frames):
        which = ((pl.col("number") - 1) // AT_ONCE).alias("which")
        for (number,), some in frame.group_by(which):
            some.write_ipc(place / f"{number}-{i}.arrow")
    for number in range(-(-many // AT_ONCE)):
        files = sorted(place.glob(f"{number}-*.arrow"))
        yield pl.concat([pl.read_ipc(file) for file in files]).sort("number")
        for file in files:
            file.unlink()


def _reference_keys(features: Features, reports: pl.DataFrame) -> tuple[Rows, Keys]:
    """A key for each reference that a report has or names, on its first record: the rows, and their keys.

    Two agencies' reports about one event may have no detail of a person in common and still name each
    other's reference.
    """
    named = compact_frames.references_of(reports)
    first = (
        features.facts.select("record_id", "report_id")
        .with_row_index("row")
        .sort("record_id")
        .unique("report_id", keep="first", maintain_order=True)
        .join(named, on="report_id")
    )
    made = [reference_key(r) for r in first["reference"].to_list()]
    return first["row"].cast(pl.Int64).to_numpy(), np.array(made, dtype=np.int64)


def keys_of_references(record: compact_records.Compact) -> list[int]:
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
    known = {name: chance for name, chance in supposed(model.table).items() if name in model.frequencies.rare}
    frequencies = counted_with_names(features, known, secret())
    return replace(model, frequencies=frequencies).named()


def secret() -> bytes:
    """Return the secret for hashing texts in keys: nobody with the table of keys alone can try names."""
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
    return f"{compact_records.VERSION}/{most}"


def made_so(way: str) -> bool:
    """Tell whether records were made ready as today: those made in another way are made anew."""
    return way.partition("/")[0] == str(compact_records.VERSION)


def most_in(way: str | None) -> int:
    """Return how many records may share a key before it is crowded, where they were made ready in a way."""
    most = (way or "").partition("/")[2]
    return int(most) if most else MOST_RECORDS_A_KEY
