"""Prepare person records as the columns that the comparison levels look at.

Every function of a value is worked out once for each distinct value; see :mod:`encoded_columns`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.features.encoded_columns import (
    Column,
    Lists,
    Numbers,
    Texts,
    all_different,
    no_codes,
)
from lamplighter.linkage.features.feature_columns import (
    birth_columns,
    contact_columns,
    extra_columns,
    home_columns,
    identifier_columns,
    name_columns,
)
from lamplighter.linkage.features.row_pairs import Columns

LIST_COLUMNS = ("phones", "emails", "handles", "vehicles", "match_tokens", "nicknames")
TEXT_COLUMNS = (
    "role", "relationship", "descriptor", "surname", "forenames", "sex", "ethnicity", "address_text",
    "postcode", "town", "pnc_id", "cro", "source_person_ref", "report_id",
)  # fmt: skip
FACTS = pl.Schema(
    {
        "record_id": pl.String(),
        "report_id": pl.String(),
        "source": pl.String(),
        "role": pl.String(),
        "relationship": pl.String(),
        "recorded_as": pl.String(),
        "reported_at": pl.Date(),
    }
)
"""What is known of a record besides the features: where it stands."""
FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"first", "first_ph", "first_class", "first_stem", "given", "byname"}),
    frozenset({"sur", "sur_ph", "sur_parts"}),
    frozenset({"birth_date", "born_from", "born_to"}),
    frozenset({"dwelling", "house", "street", "postcode", "outward", "town"}),
    frozenset({"handles", "handle_cores", "handle_text", "platforms"}),
    frozenset({"vrms", "vrm_parts", "vrm_ends"}),
    frozenset({"phones", "tokens"}),
)
"""Columns that are made of the same recorded values."""


@dataclass(slots=True)
class Features:
    """Features of n records: ``columns`` by name, and ``facts`` (:data:`FACTS`), a row a record."""

    columns: Columns
    facts: pl.DataFrame
    _held: dict[str, tuple[bool, bool]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.facts.height

    @property
    def record_ids(self) -> pl.Series:
        return self.facts["record_id"]

    def has(self, name: str) -> bool:
        """Tell whether any record has something in this column."""
        return self._filled(name)[0]

    def has_all(self, name: str) -> bool:
        """Tell whether every record has something in this column."""
        return self._filled(name)[1]

    def _filled(self, name: str) -> tuple[bool, bool]:
        if name not in self._held:
            column = self.columns.by_name.get(name)
            if column is None:
                self._held[name] = False, False
            else:
                known = column.known if isinstance(column, Numbers) else column.codes >= 0
                self._held[name] = bool(known.any()), bool(known.all())
        return self._held[name]

    def of(self, rows: Rows) -> Features:
        """Some of the records, in the order of ``rows``."""
        kept: dict[str, Column] = {}
        nothing = no_codes(len(rows))
        for name, column in self.columns.by_name.items():
            if isinstance(column, Numbers):
                kept[name] = Numbers(column.numbers.take(rows), column.known.take(rows))
                continue
            codes = column.codes.take(rows) if self.has(name) else nothing
            if isinstance(column, Texts):
                kept[name] = Texts(codes, column.values)
            else:
                kept[name] = Lists(codes, column.starts, column.elements, column.values)
        return Features(self.columns.of(kept, rows), self.facts[rows])


def prepare(people: pl.DataFrame, reports: pl.DataFrame | None = None) -> Features:
    """Features of every record of ``people``, in the same order.

    ``people`` needs ``record_id``; every other column of the schema of records is used when it
    is there, and so is any column whose name begins with ``x_`` (texts) or ``n_`` (whole numbers).
    ``reports`` gives the date at which an age was true; without it ages are not used (birth dates are).
    Raises ``ValueError`` when ``record_id`` is missing or repeated.
    """
    frame = _dated(_complete(people), reports)
    parts = (
        name_columns, birth_columns, contact_columns, home_columns, identifier_columns, extra_columns,
    )  # fmt: skip
    with ThreadPoolExecutor(2) as pool:
        # Names are Python's work, the rest is not: side by side they take the time of one.
        made = pool.map(lambda part: part(frame), parts)
        found: dict[str, Column] = {name: column for own in made for name, column in own.items()}
    facts = frame.select([pl.col(n).cast(t) for n, t in FACTS.items()])
    return Features(Columns(found), facts)


def _complete(people: pl.DataFrame) -> pl.DataFrame:
    if "record_id" not in people.columns:
        raise ValueError("A frame of people needs a column 'record_id'.")
    if not all_different(people["record_id"]):
        again = people.height - people["record_id"].drop_nulls().n_unique()
        raise ValueError(
            f"Each 'record_id' must appear once: {again} of {people.height} records have another's, or none."
            " Where no column is said to be the id the rows are numbered."
        )
    missing: list[pl.Expr] = []
    for name in TEXT_COLUMNS:
        if name not in people.columns:
            missing.append(pl.lit(None, dtype=pl.String()).alias(name))
    for name in LIST_COLUMNS:
        if name not in people.columns:
            missing.append(pl.lit(None, dtype=pl.List(pl.String())).alias(name))
    for name, kind in (("birth_date", pl.Date()), ("age_from", pl.Int64()), ("age_to", pl.Int64())):
        if name not in people.columns:
            missing.append(pl.lit(None, dtype=kind).alias(name))
    return people.with_columns(missing)


def _dated(frame: pl.DataFrame, reports: pl.DataFrame | None) -> pl.DataFrame:
    """``frame`` with what its reports say of every record: source, date and kind of matter."""
    if reports is not None and reports.height and "reported_at" in reports.columns:
        wanted = [c for c in ("report_id", "source", "reported_at", "recorded_as") if c in reports.columns]
        dated = reports.select(wanted).unique("report_id", keep="last")
        dated = dated.with_columns(pl.col("reported_at").cast(pl.Date))
        frame = frame.drop("source", "recorded_as", "reported_at", strict=False).join(
            dated, on="report_id", how="left", maintain_order="left"
        )
    if "reported_at" in frame.columns:
        frame = frame.with_columns(pl.col("reported_at").cast(pl.Date))
    for name, kind in (("source", pl.String()), ("recorded_as", pl.String()), ("reported_at", pl.Date())):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=kind).alias(name))
    return frame


def related(columns: set[str]) -> set[str]:
    """Columns with those that are made of the same recorded values."""
    return columns.union(*(family for family in FAMILIES if family & columns))


def part_of(facts: pl.DataFrame) -> pl.Series:
    """'V' for a victim, 'S' for a suspect, 'O' for anybody else; in a report that lists no victim,
    the person who reported it stands for the victim."""
    listed = (pl.col("role") == "victim").any().over("report_id")
    stands = (pl.col("role") == "reporting_person") & ~listed
    return facts.select(
        part=pl.when((pl.col("role") == "victim") | stands)
        .then(pl.lit("V"))
        .when(pl.col("role") == "suspect")
        .then(pl.lit("S"))
        .otherwise(pl.lit("O"))
    )["part"].fill_null("O")
