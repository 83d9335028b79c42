"""Read the events of a country and the linker's output, check every row, and turn both into arrays.

A table that cannot be used is refused as a whole. A row with a fault is left out, counted and named by file,
row and remedy. Days are whole numbers since 1970: ``FAR`` is a day that never comes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.studies.reoffending.country import MAY_LACK, Country, CountryError
from lamplighter.studies.reoffending.definitions import ACTS, KINDS
from lamplighter.vocabulary.codes import code_set

Ints = npt.NDArray[np.int32]
FAR = 2**30
NONE = -1
COLUMNS = ("event", "force", "kind", "occurred", "recorded", "proven", "offence", "suspect")
_DAYS = ("occurred", "ended", "recorded", "proven")
KIND_CODES = {kind: place for place, kind in enumerate(KINDS)}
SHOWN_ROWS = 20
_NO_CRIME, _CONTACT = "NC", "contact_"
_ITSELF = ("release", "order_made", "custody_start", "death")
_CSV_HEAD, _PARQUET_HEAD = 2, 1  # number of the first row of a file, as people count it
_PERSONS = ("record", "force", "role", "person")
_PARTITIONS = ("draw", "record", "person")


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault of one file: what is wrong, how to mend it, how often, and in which rows at first."""

    name: str
    file: str
    what: str
    remedy: str
    count: int
    rows: tuple[int, ...]

    def __str__(self) -> str:
        more = "" if self.count <= len(self.rows) else f" and {self.count - len(self.rows):,} more"
        rows = ", ".join(f"{row}" for row in self.rows)
        return f"{self.file}, row {rows}{more}: {self.what} {self.remedy} ({self.name})"


@dataclass(frozen=True, slots=True)
class Rows:
    """Events as columns. ``suspect`` and ``victim`` are places in the records of the links, or NONE.

    ``act`` joins rows that one force, or a force that says so, has of one act; ``course_began`` is
    the first day of the course that a row belongs to, or FAR. ``custodial`` is 1, 0, or NONE if not known.
    """

    kind: npt.NDArray[np.int8]
    group: npt.NDArray[np.int16]
    force: npt.NDArray[np.int16]
    occurred: Ints
    ended: Ints
    recorded: Ints
    proven: Ints
    suspect: Ints
    victim: Ints
    act: Ints
    course_began: Ints
    custodial: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return int(self.kind.size)

    def take(self, keep: npt.NDArray[np.bool_]) -> Rows:
        """Return the rows that are kept, in their order."""
        return Rows(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Links:
    """Person of each record, as a number, and in each draw the records that have another one.

    ``draws`` holds for each draw the places of records and their persons there.
    """

    person: Ints
    persons: int
    draws: tuple[tuple[Ints, Ints], ...]
    quality: pl.DataFrame | None
    about: dict[str, Any]

    def of_draw(self, draw: int) -> Ints:
        """Return the person of each record in a draw, counted from 0."""
        places, persons = self.draws[draw]
        own = self.person.copy()
        own[places] = persons
        return own


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that was read. ``lacks`` names columns that are not held; ``read`` is how many rows were."""

    country: Country
    rows: Rows
    links: Links
    faults: tuple[Fault, ...]
    lacks: frozenset[str]
    read: int
    unknown_suspect: int


def groups() -> tuple[str, ...]:
    """Return the offence groups in the order of their numbers."""
    return tuple(code_set("offence_groups").codes)


def read_held(folder: Path, country: Country) -> Held:
    """Read and check the tables of a country.

    Raises:
        CountryError: a table is missing or cannot be used as a whole.
    """
    records, links = _links(folder)
    faults: list[Fault] = []
    frames, lacks, read = [], set(MAY_LACK) & country.not_held, 0
    for file, name in _event_files(folder):
        frame, missing = _frame(file, name)
        lacks |= missing
        read += frame.height
        frames.append(_checked(frame, name, country, faults))
    frame = pl.concat(frames, how="diagonal") if len(frames) > 1 else frames[0]
    del frames
    frame = _whole(frame, records, faults)
    known = frame.filter(pl.col("s").is_not_null())
    return Held(
        country=country,
        rows=_arrays(known, country),
        links=links,
        faults=tuple(faults),
        lacks=frozenset(lacks),
        read=read,
        unknown_suspect=frame.height - known.height,
    )


def _event_files(folder: Path) -> list[tuple[Path, str]]:
    single = [folder / name for name in ("events.parquet", "events.csv") if (folder / name).is_file()]
    inner = sorted(p for p in (folder / "events").glob("*") if p.suffix in (".csv", ".parquet"))
    if len(single) + bool(inner) != 1:
        raise CountryError(
            "there are no events, or they are there twice.",
            file="events",
            remedy="Give events.parquet, or events.csv, or a folder events with a file a force.",
        )
    return [(p, p.name) for p in single] or [(p, f"events/{p.name}") for p in inner]


def _frame(file: Path, name: str) -> tuple[pl.DataFrame, set[str]]:
    """Return one file of events with a row number and every column, and the columns that it lacks."""
    is_csv = file.suffix == ".csv"
    frame = _read(file, name)
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing:
        raise CountryError(
            f"lacks {', '.join(missing)}.", file=name, remedy="docs/reoffending.md lists the columns."
        )
    odd = sorted(set(frame.columns) - set(COLUMNS) - set(MAY_LACK))
    if odd:
        raise CountryError(
            f"holds {', '.join(odd)}, which the study does not read.",
            file=name,
            remedy="Take it out: nothing that is not needed is handed to an analyst.",
        )
    lacks = {c for c in MAY_LACK if c not in frame.columns}
    text = [c for c in frame.columns if c not in (*_DAYS, "custodial")]
    made = [pl.col(c).cast(pl.String).replace("", None) for c in text]
    if is_csv:
        made += [pl.col(c).replace("", None) for c in (*_DAYS, "custodial") if c in frame.columns]
    wrong = {
        c: frame.schema[c]
        for c in _DAYS
        if c in frame.columns and not is_csv and frame.schema[c] not in (pl.Date, pl.Null)
    }
    if wrong:
        raise CountryError(
            f"{', '.join(sorted(wrong))} must be a day.", file=name, remedy="Write the columns as dates."
        )
    frame = frame.with_columns(*made, *(pl.lit(None, pl.String).alias(c) for c in lacks))
    return frame.with_row_index("row", offset=_CSV_HEAD if is_csv else _PARQUET_HEAD), lacks


def _read(file: Path, name: str) -> pl.DataFrame:
    try:
        if file.suffix == ".csv":
            return pl.read_csv(file, infer_schema=False, encoding="utf8")
        return pl.read_parquet(file)
    except FileNotFoundError:
        raise CountryError("is not there.", file=name, remedy="The linker writes it.") from None
    except pl.exceptions.PolarsError as problem:
        kind = "CSV in UTF-8" if file.suffix == ".csv" else "Parquet"
        raise CountryError("cannot be read.", file=name, remedy=f"Write it as {kind}.") from problem


def _checked(frame: pl.DataFrame, name: str, country: Country, faults: list[Fault]) -> pl.DataFrame:
    """Return the rows of one file without faults, with days as days."""
    text_days = [c for c in _DAYS if frame.schema[c] == pl.String]
    parsed = frame.with_columns(
        pl.col(c).str.to_date("%Y-%m-%d", strict=False).alias(f"{c}_day") for c in text_days
    )
    no_day = [
        (
            f"not_a_day_{c}",
            pl.col(c).is_not_null() & pl.col(f"{c}_day").is_null(),
            f"{c} is no day.",
            "Write it as 2026-05-03.",
        )
        for c in text_days
    ]
    custodial = pl.col("custodial").cast(pl.String).str.to_lowercase()
    no_day.append(
        (
            "not_yes_or_no",
            custodial.is_not_null() & ~custodial.is_in(["true", "false"]),
            "custodial is neither true nor false.",
            "Write true, false, or nothing.",
        )
    )
    days = parsed.with_columns(
        *(pl.col(f"{c}_day").alias(c) for c in text_days), (custodial == "true").alias("custodial")
    )
    rules = (*no_day, *_rules(country, [c for c in _DAYS if c not in text_days]))
    # What is not a day was read from the text before it was replaced.
    marked = days.with_columns(
        *(parsed.select(e.fill_null(value=False).alias(f"fault_{n}")).to_series() for n, e, _, _ in no_day),
        *(e.fill_null(value=False).alias(f"fault_{n}") for n, e, _, _ in rules[len(no_day) :]),
    )
    return _without(marked, [(n, w, r) for n, _, w, r in rules], name, faults)


def _rules(country: Country, _given: Sequence[str]) -> Iterator[tuple[str, pl.Expr, str, str]]:
    """Yield the checks of one row: name, where it is wrong, what and remedy."""
    acts, itself = pl.col("kind").is_in(ACTS), pl.col("kind").is_in(_ITSELF)
    last = country.extracted_on
    proven = pl.col("kind").is_in(["conviction", "caution"])
    yield "no_event", pl.col("event").is_null(), "The event has no name.", "Give each a name of its own."
    yield (
        "unknown_force",
        ~pl.col("force").is_in(country.names) | pl.col("force").is_null(),
        "The force is not in country.toml.",
        "Add it there, or correct the name.",
    )
    yield (
        "unknown_kind",
        ~pl.col("kind").is_in(list(KINDS)) | pl.col("kind").is_null(),
        "This is no kind of event.",
        f"It can be: {', '.join(KINDS)}.",
    )
    yield (
        "not_held_but_there",
        pl.col("kind").is_in(list(country.not_held))
        | pl.any_horizontal(
            pl.lit(value=False),
            *(
                (pl.col("force") == f.name) & pl.col("kind").is_in(list(f.not_held))
                for f in country.forces
                if f.not_held
            ),
        ),
        "Events of this kind are said not to be held.",
        "Correct country.toml, or leave them out.",
    )
    yield (
        "unknown_offence",
        (acts & pl.col("offence").is_null())
        | (pl.col("offence").is_not_null() & ~pl.col("offence").is_in(list(code_set("offences").codes))),
        "There is no offence, or none of that code.",
        "Codes of offences are in docs/study-bundle-dictionary.md.",
    )
    yield (
        "no_day",
        (itself & pl.col("occurred").is_null())
        | (pl.col("kind").is_in(["report", "charge"]) & pl.col("recorded").is_null())
        | (proven & pl.col("proven").is_null()),
        "The day is missing that makes it this kind of event.",
        "A report or charge needs recorded, a conviction or caution proven, anything else occurred.",
    )
    yield (
        "ends_before_it_begins",
        pl.col("ended") < pl.col("occurred"),
        "It ended before it began.",
        "Correct occurred or ended.",
    )
    yield (
        "known_before_it_was_done",
        acts & ((pl.col("recorded") < pl.col("occurred")) | (pl.col("proven") < pl.col("occurred"))),
        "It was recorded or proven before it was done.",
        "Correct the days.",
    )
    yield (
        "after_the_extract",
        pl.any_horizontal(pl.col(c) > last for c in _DAYS),
        "A day lies after the extract.",
        "Correct the day, or extracted_on in country.toml.",
    )
    yield (
        "its_own_double",
        pl.col("same_occasion_as") == pl.col("event"),
        "It is said to be the same occasion as itself.",
        "Name the other event.",
    )


def _without(
    marked: pl.DataFrame, rules: Sequence[tuple[str, str, str]], file: str, faults: list[Fault]
) -> pl.DataFrame:
    """Return the rows that no rule refuses, and enter a fault for each rule that refuses some."""
    columns = [f"fault_{name}" for name, _, _ in rules]
    counts = marked.select(pl.col(columns).sum()).row(0)
    for (name, what, remedy), column, count in zip(rules, columns, counts, strict=True):
        if count:
            rows = marked.filter(pl.col(column))["row"].head(SHOWN_ROWS).to_list()
            faults.append(Fault(name, file, what, remedy, int(count), tuple(rows)))
    if any(counts):
        marked = marked.filter(~pl.any_horizontal(columns))
    return marked.drop(c for c in marked.columns if c.startswith("fault_") or c.endswith("_day"))


def _whole(frame: pl.DataFrame, records: pl.DataFrame, faults: list[Fault]) -> pl.DataFrame:
    """Check what one row says of another, join the records, and give rows of one act one number."""
    frame = frame.join(records.rename({"record": "suspect", "place": "s"}), on="suspect", how="left")
    frame = frame.join(records.rename({"record": "victim", "place": "v"}), on="victim", how="left")
    marked = frame.with_columns(
        fault_repeated_event=pl.col("event").is_duplicated(),
        fault_not_linked=pl.col("suspect").is_not_null() & pl.col("s").is_null(),
        fault_victim_not_linked=pl.col("victim").is_not_null() & pl.col("v").is_null(),
        fault_unknown_double=pl.col("same_occasion_as").is_not_null()
        & ~pl.col("same_occasion_as").is_in(frame["event"].implode()),
    )
    rules = (
        ("repeated_event", "The name of the event is there twice.", "Give each event a name of its own."),
        ("not_linked", "The suspect’s record is not among the links.", "Link it, or withdraw the event."),
        (
            "victim_not_linked",
            "The victim’s record is not among the links.",
            "Link it, or withdraw the event.",
        ),
        ("unknown_double", "It is the same occasion as an event that is not there.", "Name one that is."),
    )
    return _numbered(_without(marked, rules, "events", faults))


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with ``act``: the first row of the same crime of a force, or of the same occasion."""
    frame = frame.with_columns(at=pl.int_range(pl.len(), dtype=pl.Int32))
    if frame["crime"].null_count() < frame.height:
        first = pl.col("at").first().over("force", "crime")
        frame = frame.with_columns(act=pl.when(pl.col("crime").is_null()).then("at").otherwise(first))
    else:
        frame = frame.with_columns(act=pl.col("at"))
    told = frame.filter(pl.col("same_occasion_as").is_not_null()).select("same_occasion_as", mine="act")
    if told.height:
        edges = told.join(frame.select("event", other="act"), left_on="same_occasion_as", right_on="event")
        act = frame["act"].to_numpy().copy()
        frame = frame.with_columns(act=pl.Series(_joined(act, edges["mine"], edges["other"])))
    return frame


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


def _arrays(frame: pl.DataFrame, country: Country) -> Rows:
    offences = code_set("offences").codes
    places = {name: place for place, name in enumerate(groups())}
    # What is recorded and is no crime (an incident, a call) has no group: it is nobody's offence.
    group_of = {
        code: places[str(own.extra["group"])]
        for code, own in offences.items()
        if own.extra["class"] != _NO_CRIME and not code.startswith(_CONTACT)
    }

    def days(name: str, missing: int) -> Ints:
        return frame[name].to_physical().cast(pl.Int32).fill_null(missing).to_numpy()

    def coded(name: str, codes: dict[str, int], kind: Any) -> Any:
        return frame[name].replace_strict(codes, default=NONE, return_dtype=kind).fill_null(NONE).to_numpy()

    occurred = days("occurred", -FAR)
    began = pl.col("occurred").min().over("force", "course")
    course = frame.select(pl.when(pl.col("course").is_not_null()).then(began)).to_series()
    return Rows(
        kind=coded("kind", KIND_CODES, pl.Int8),
        group=coded("offence", group_of, pl.Int16),
        force=coded("force", {name: place for place, name in enumerate(country.names)}, pl.Int16),
        occurred=occurred,
        ended=np.maximum(days("ended", -FAR), occurred),
        recorded=days("recorded", FAR),
        proven=days("proven", FAR),
        suspect=frame["s"].cast(pl.Int32).fill_null(NONE).to_numpy(),
        victim=frame["v"].cast(pl.Int32).fill_null(NONE).to_numpy(),
        act=frame["act"].to_numpy(),
        course_began=course.to_physical().cast(pl.Int32).fill_null(FAR).to_numpy(),
        custodial=frame["custodial"].cast(pl.Int8).fill_null(NONE).to_numpy(),
    )


def _links(folder: Path) -> tuple[pl.DataFrame, Links]:
    """Return the records with their places, and the links as numbers."""
    persons = _linked(folder, "persons", _PERSONS)
    if persons["record"].is_duplicated().any() or persons.null_count().sum_horizontal().item():
        raise CountryError(
            "names a record twice, or leaves a cell empty.",
            file="links/persons.parquet",
            remedy="Each record stands once, with its force, role and person.",
        )
    odd = set(persons["role"].unique().to_list()) - {"suspect", "victim"}
    if odd:
        raise CountryError(
            "has another role than suspect or victim.",
            file="links/persons.parquet",
            remedy="Write suspect or victim.",
        )
    partitions = _linked(folder, "partitions", _PARTITIONS, optional=True)
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
        records.select("record", pl.col("place").cast(pl.Int32)),
        Links(
            person=person.cast(pl.Int32).to_numpy(),
            persons=every.len(),
            draws=tuple(made),
            quality=_read(quality, "links/quality.parquet") if quality.is_file() else None,
            about=told,
        ),
    )


def _linked(folder: Path, name: str, columns: tuple[str, ...], *, optional: bool = False) -> pl.DataFrame:
    file = f"links/{name}.parquet"
    path = folder / "links" / f"{name}.parquet"
    if optional and not path.is_file():
        return pl.DataFrame(schema={"draw": pl.Int32, "record": pl.String, "person": pl.String})
    frame = _read(path, file)
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise CountryError(
            f"lacks {', '.join(missing)}.", file=file, remedy="Take it from the linker as it is."
        )
    number = [pl.col(c).cast(pl.Int32) for c in columns if c == "draw"]
    return frame.select(*(pl.col(c).cast(pl.String) for c in columns if c != "draw"), *number)
