"""Read the linker's output: which records are one person, twenty draws of it, and how well it went."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lamplighter.studies.reoffending.content.shapes import Grouping, Links
from lamplighter.studies.reoffending.country import CountryError
from lamplighter.vocabulary.ages import AGE_BANDS, band_words

_PERSONS = ("record", "force", "role", "person")
_PARTIES = ("suspect", "victim")
_PARTITIONS = ("draw", "record", "person")
#: Groups of people by the column of the tables of people that they are told from.
_GROUPS = {"sex": "sex", "age_band": "age_from", "ethnicity": "ethnicity"}
NOT_KNOWN = "not known"


def read_links(folder: Path) -> tuple[pl.DataFrame, Links]:
    """Return the records, by their hash, with their places, and the links as numbers.

    Raises:
        CountryError: a table is missing or cannot be used.
    """
    persons = _linked(folder, "persons", _PERSONS)
    if persons["record"].is_duplicated().any() or persons.null_count().sum_horizontal().item():
        raise CountryError(
            "names a record twice, or leaves a cell empty.",
            file="links/persons.parquet",
            remedy="Each record stands once, with its force, role and person.",
        )
    partitions = _linked(folder, "partitions", _PARTITIONS, optional=True)
    # Witnesses and others are linked as well; nobody here follows them.
    others = persons.filter(~pl.col("role").is_in(_PARTIES))["record"]
    persons = persons.filter(pl.col("role").is_in(_PARTIES))
    if others.len() and not persons.height:
        raise CountryError(
            "has no suspect and no victim.",
            file="links/persons.parquet",
            remedy="Their roles are written suspect and victim.",
        )
    partitions = partitions.filter(~pl.col("record").is_in(others.implode()))
    every = pl.concat([persons["person"], partitions["person"]]).unique(maintain_order=True)
    number = pl.DataFrame({"person": every}).with_row_index("number")
    records = persons.select("record").with_row_index("place")
    person = persons.select("person").join(number, on="person", how="left", maintain_order="left")["number"]
    drawn = partitions.join(records, on="record", how="left").join(number, on="person", how="left")
    if drawn["place"].null_count():
        raise CountryError(
            "draws a record that persons.parquet does not have.",
            file="links/partitions.parquet",
            remedy="Take both from one run of the linker.",
        )
    draws = sorted(drawn["draw"].unique().to_list())
    about = folder / "links" / "links.json"
    told: dict[str, Any] = json.loads(about.read_text("utf-8")) if about.is_file() else {}
    count = max([*draws, int(told.get("draws", 0))], default=0)
    by_draw = drawn.partition_by("draw", as_dict=True)
    none = np.empty(0, np.int32)
    made = []
    for draw in range(1, count + 1):
        own = by_draw.get((draw,))
        made.append(
            (none, none)
            if own is None
            else (own["place"].cast(pl.Int32).to_numpy(), own["number"].cast(pl.Int32).to_numpy())
        )
    quality = folder / "links" / "quality.parquet"
    return (
        records.select(pl.col("record").hash(), pl.col("place").cast(pl.Int32)),
        Links(
            person=person.cast(pl.Int32).to_numpy(),
            persons=every.len(),
            draws=tuple(made),
            quality=read_parquet(quality, "links/quality.parquet") if quality.is_file() else None,
            about=told,
            groups=_groups(folder, persons),
        ),
    )


def _groups(folder: Path, persons: pl.DataFrame) -> dict[str, Grouping]:
    """Return the group of each record as most records of its person say it, where forces delivered any.

    Raises:
        CountryError: a table of people cannot be read.
    """
    parts = []
    for path in sorted((folder / "content").glob("*/people.parquet")):
        frame = read_parquet(path, str(path.relative_to(folder)))
        if "record" in frame.columns:
            parts.append(frame.select("record", *(_told(name, frame) for name in _GROUPS)))
    if not parts:
        return {}
    told = pl.concat(parts).unique("record", keep="first", maintain_order=True)
    every = persons.select("record", "person").join(told, on="record", how="left", maintain_order="left")
    found = {}
    for name in _GROUPS:
        if every[name].null_count() == every.height:
            continue
        most = (
            every.drop_nulls(name)
            .group_by("person", name)
            .len()
            .sort("person", "len", name, descending=[False, True, False])
            .unique("person", keep="first", maintain_order=True)
        )
        own = (
            every.select("person")
            .join(most.select("person", name), on="person", how="left", maintain_order="left")[name]
            .fill_null(NOT_KNOWN)
        )
        labels = tuple(own.unique().sort().to_list())
        codes = own.replace_strict(dict(zip(labels, range(len(labels)), strict=True)), return_dtype=pl.Int8)
        found[name] = Grouping(labels, codes.to_numpy())
    return found


def _told(name: str, frame: pl.DataFrame) -> pl.Expr:
    """Return a group of a table of people as a word: ages as bands, ethnicity by its group."""
    source = _GROUPS[name]
    if source not in frame.columns:
        return pl.lit(None, pl.String).alias(name)
    column = pl.col(source)
    if name == "ethnicity":
        return column.cast(pl.String).replace("NS", None).str.slice(0, 1).alias(name)
    if name == "age_band":
        band = pl.lit(None, pl.String)
        for low, high in AGE_BANDS:
            words = pl.lit(band_words(low, high))
            band = pl.when(column.is_between(low, high)).then(words).otherwise(band)
        return band.alias(name)
    return column.cast(pl.String).replace("not_known", None).alias(name)


def _linked(folder: Path, name: str, columns: tuple[str, ...], *, optional: bool = False) -> pl.DataFrame:
    file = f"links/{name}.parquet"
    path = folder / "links" / f"{name}.parquet"
    if optional and not path.is_file():
        return pl.DataFrame(schema={"draw": pl.Int32, "record": pl.String, "person": pl.String})
    frame = read_parquet(path, file)
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise CountryError(
            f"lacks {', '.join(missing)}.", file=file, remedy="Take it from the linker as it is."
        )
    number = [pl.col(c).cast(pl.Int32) for c in columns if c == "draw"]
    return frame.select(*(pl.col(c).cast(pl.String) for c in columns if c != "draw"), *number)


def read_parquet(path: Path, name: str) -> pl.DataFrame:
    """Return a table of the linker. Raises ``CountryError``."""
    try:
        return pl.read_parquet(path)
    except FileNotFoundError:
        raise CountryError("is not there.", file=name, remedy="The linker writes it.") from None
    except pl.exceptions.PolarsError as problem:
        raise CountryError("cannot be read.", file=name, remedy="Write it as Parquet.") from problem
