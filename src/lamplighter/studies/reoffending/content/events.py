"""Read the events of a country in slices, so that memory is that of the arrays and not of the names in them.

Names of events, records, crimes and courses are only ever compared, so each becomes a 64-bit hash as it is
read. That two of ten million have one by chance is one in some 400,000 such countries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lamplighter.studies.reoffending.content.checks import DAYS, between_rows, checked, without
from lamplighter.studies.reoffending.content.links import read_links
from lamplighter.studies.reoffending.content.shapes import (
    FAR,
    KIND_CODES,
    NONE,
    Fault,
    Held,
    Ints,
    Rows,
    groups,
)
from lamplighter.studies.reoffending.country import MAY_LACK, Country, CountryError
from lamplighter.vocabulary.codes import code_set

COLUMNS = ("event", "force", "kind", "occurred", "recorded", "proven", "offence", "suspect")
SLICE = 500_000
_NO_CRIME, _CONTACT = "NC", "contact_"
_CSV_HEAD, _PARQUET_HEAD = 2, 1  # number of the first row of a file, as people count it


def read_held(folder: Path, country: Country) -> Held:
    """Read and check the tables of a country.

    Raises:
        CountryError: a table is missing or cannot be used as a whole.
    """
    records, links = read_links(folder)
    faults: list[Fault] = []
    slices: list[pl.DataFrame] = []
    read, codes = 0, _codes(country)
    lacking: dict[str, set[str]] = {name: set() for name in country.names}
    nowhere = set(MAY_LACK)
    for file, name in _event_files(folder):
        for frame, lacks in _slices(file, name):
            read += frame.height
            nowhere &= lacks
            frame = checked(frame, name, country, faults)
            for force in frame["force"].unique().to_list() if lacks else ():
                lacking[force] |= lacks
            slices.append(_numbers(frame, name, codes))
    frame = _whole(pl.concat(slices), records, faults)
    del slices, records
    known = frame.filter(pl.col("s").is_not_null())
    unknown = frame.height - known.height
    del frame
    own = tuple(replace(f, not_held=f.not_held | lacking[f.name]) for f in country.forces)
    nowhere |= set(MAY_LACK) & country.not_held
    return Held(
        country=replace(country, forces=own, not_held=country.not_held | nowhere),
        rows=_arrays(known),
        links=links,
        faults=tuple(faults),
        lacks=frozenset(nowhere),
        read=read,
        unknown_suspect=unknown,
    )


def _event_files(folder: Path) -> list[tuple[Path, str]]:
    single = [folder / name for name in ("events.parquet", "events.csv") if (folder / name).is_file()]
    inner = sorted(p for p in (folder / "events").glob("*") if p.suffix in (".csv", ".parquet"))
    # As the linker leaves them: a folder of content for each force that delivered.
    delivered = sorted((folder / "content").glob("*/events.parquet"))
    if len(single) + bool(inner) + bool(delivered) != 1:
        raise CountryError(
            "there are no events, or they are there twice.",
            file="events",
            remedy="Give events.parquet, or events.csv, or a folder events with a file a force, or what "
            "forces delivered in content.",
        )
    return [(p, str(p.relative_to(folder))) for p in single or inner or delivered]


def _slices(file: Path, name: str) -> Iterator[tuple[pl.DataFrame, set[str]]]:
    """Yield a file in slices with row numbers and every column, and the columns that it lacks."""
    is_csv = file.suffix == ".csv"
    head = _CSV_HEAD if is_csv else _PARQUET_HEAD
    try:
        # A CSV file is text that one country's spreadsheets can make; it is read as a whole.
        whole = (
            pl.read_csv(file, infer_schema=False, encoding="utf8").lazy() if is_csv else pl.scan_parquet(file)
        )
        schema = whole.collect_schema()
        height = whole.select(pl.len()).collect().item()
    except pl.exceptions.PolarsError as problem:
        kind = "CSV in UTF-8" if is_csv else "Parquet"
        raise CountryError("cannot be read.", file=name, remedy=f"Write it as {kind}.") from problem
    _check_columns(schema, name, is_csv=is_csv)
    lacks = {c for c in MAY_LACK if c not in schema}
    text = [c for c in schema if is_csv or c not in (*DAYS, "custodial")]
    made = [pl.col(c).cast(pl.String).replace("", None) for c in text]
    made += [pl.lit(None, pl.String).alias(c) for c in sorted(lacks)]
    for start in range(0, max(height, 1), SLICE):
        frame = whole.slice(start, SLICE).with_columns(made).collect()
        yield frame.with_row_index("row", offset=head + start), lacks


def _check_columns(schema: pl.Schema, name: str, *, is_csv: bool) -> None:
    missing = [c for c in COLUMNS if c not in schema]
    if missing:
        raise CountryError(
            f"lacks {', '.join(missing)}.", file=name, remedy="docs/reoffending.md lists the columns."
        )
    odd = sorted(set(schema) - set(COLUMNS) - set(MAY_LACK))
    if odd:
        raise CountryError(
            f"holds {', '.join(odd)}, which the study does not read.",
            file=name,
            remedy="Take it out: nothing that is not needed is handed to an analyst.",
        )
    wrong = [c for c in DAYS if c in schema and not is_csv and schema[c] not in (pl.Date, pl.Null)]
    if wrong:
        raise CountryError(
            f"{', '.join(sorted(wrong))} must be a day.", file=name, remedy="Write the columns as dates."
        )


def _codes(country: Country) -> dict[str, dict[str, int]]:
    """Return the numbers of forces, kinds, and offences by their group."""
    places = {name: place for place, name in enumerate(groups())}
    # What is recorded and is no crime (an incident, a call) has no group: it is nobody's offence.
    group = {
        code: places[str(own.extra["group"])]
        for code, own in code_set("offences").codes.items()
        if own.extra["class"] != _NO_CRIME and not code.startswith(_CONTACT)
    }
    return {
        "force": {name: place for place, name in enumerate(country.names)},
        "kind": KIND_CODES,
        "group": group,
    }


def _numbers(frame: pl.DataFrame, name: str, codes: dict[str, dict[str, int]]) -> pl.DataFrame:
    """Return a slice as numbers and hashes."""

    def coded(column: str, into: str, kind: Any) -> pl.Expr:
        return pl.col(column).replace_strict(codes[into], default=NONE, return_dtype=kind).fill_null(NONE)

    def hashed(*columns: str) -> pl.Expr:
        own = pl.struct(columns).hash() if len(columns) > 1 else pl.col(columns[0]).hash()
        return pl.when(pl.col(columns[-1]).is_not_null()).then(own)

    return frame.select(
        "row",
        file=pl.lit(name).cast(pl.Categorical),
        event=hashed("event"),
        force=coded("force", "force", pl.Int16),
        kind=coded("kind", "kind", pl.Int8),
        group=coded("offence", "group", pl.Int16),
        occurred=pl.col("occurred").to_physical().cast(pl.Int32),
        ended=pl.col("ended").to_physical().cast(pl.Int32),
        recorded=pl.col("recorded").to_physical().cast(pl.Int32),
        proven=pl.col("proven").to_physical().cast(pl.Int32),
        suspect=hashed("suspect"),
        victim=hashed("victim"),
        crime=hashed("force", "crime"),
        course=hashed("force", "course"),
        same=hashed("same_occasion_as"),
        custodial=pl.col("custodial").cast(pl.Int8).fill_null(NONE),
    )


def _whole(frame: pl.DataFrame, records: pl.DataFrame, faults: list[Fault]) -> pl.DataFrame:
    """Check what one row says of another, join the records, and give rows of one act one number."""
    for column, place in (("suspect", "s"), ("victim", "v")):
        own = records.rename({"record": column, "place": place})
        frame = frame.join(own, on=column, how="left", maintain_order="left")
    for file in frame["file"].unique(maintain_order=True).to_list():
        frame = without(frame, between_rows(file), file, faults)
    return _numbered(frame.drop("row", "file", "suspect", "victim"))


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with ``act``: the first row of the same crime of a force, or of the same occasion."""
    at = pl.int_range(pl.len(), dtype=pl.Int32)
    frame = frame.with_columns(act=at)
    if frame["crime"].null_count() < frame.height:
        first = pl.col("act").first().over("crime")
        frame = frame.with_columns(act=pl.when(pl.col("crime").is_null()).then("act").otherwise(first))
    told = frame.filter(pl.col("same").is_not_null()).select("same", mine="act")
    if told.height:
        edges = told.join(frame.select("event", other="act"), left_on="same", right_on="event")
        act = frame["act"].to_numpy().copy()
        frame = frame.with_columns(act=pl.Series(_joined(act, edges["mine"], edges["other"])))
    if frame["course"].null_count() < frame.height:
        began = pl.col("occurred").min().over("course")
        frame = frame.with_columns(began=pl.when(pl.col("course").is_not_null()).then(began))
    else:
        frame = frame.with_columns(began=pl.lit(None, pl.Int32))
    return frame.drop("event", "crime", "same", "course")


def _joined(act: Ints, mine: pl.Series, other: pl.Series) -> Ints:
    """Return the acts after those that an edge joins were made one, under the smaller number."""
    root: dict[int, int] = {}

    def find(a: int) -> int:
        while root.get(a, a) != a:
            root[a] = root.get(root[a], root[a])
            a = root[a]
        return a

    for a, b in zip(mine.to_list(), other.to_list(), strict=True):
        low, high = sorted((find(a), find(b)))
        root[high] = low
    moved = np.array(sorted(root), dtype=np.int32)
    into = np.arange(act.size, dtype=np.int32)
    into[moved] = [find(int(a)) for a in moved]
    return into[act]


def _arrays(frame: pl.DataFrame) -> Rows:
    def ints(name: str, missing: int) -> Ints:
        return frame[name].cast(pl.Int32).fill_null(missing).to_numpy()

    occurred = ints("occurred", -FAR)
    return Rows(
        kind=frame["kind"].to_numpy(),
        group=frame["group"].to_numpy(),
        force=frame["force"].to_numpy(),
        occurred=occurred,
        ended=np.maximum(ints("ended", -FAR), occurred),
        recorded=ints("recorded", FAR),
        proven=ints("proven", FAR),
        suspect=ints("s", NONE),
        victim=ints("v", NONE),
        act=frame["act"].to_numpy(),
        course_began=ints("began", FAR),
        custodial=frame["custodial"].to_numpy(),
    )
