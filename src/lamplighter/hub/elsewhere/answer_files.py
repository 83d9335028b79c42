"""Read an answer of the national index and name each fault; docs/known-elsewhere.md says what it holds.

A file with a fault is refused as a whole, so that no half of an answer passes for all of it. A column that is
not listed is a fault too: what was said has no place here. No cell is quoted in a fault.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import polars as pl

from lamplighter.hub.elsewhere.models import Kind
from lamplighter.hub.site.refusals import NotPossibleError

COLUMNS = (
    *(
        "release",
        "as_at",
        "hub",
        "suspect",
        "force",
        "force_name",
        "kind",
        "belief",
        "belief_words",
        "doubts",
    ),
    *("forces_known", "forces_read", "forces_missing", "contact_name", "contact_email", "contact_phone"),
)
MAY_BE_EMPTY = {"doubts", "forces_missing", "contact_email", "contact_phone"}
SAME_IN_EVERY_ROW = ("release", "as_at", "hub", "forces_read", "forces_missing")
# The least belief that each word stands for, the strongest first.
WORDS: Mapping[str, float] = {"almost_certain": 0.99, "very_likely": 0.95, "likely": 0.8, "possible": 0.5}
DOUBTS: Mapping[str, str] = {
    "birth_date_missing": "a date of birth is missing",
    "birth_date_differs": "the dates of birth differ",
    "name_spelt_differently": "the name is spelt differently",
    "name_common": "the name is a common one",
    "address_differs": "the address is another one",
    "telephone_differs": "the telephone is another one",
    "few_details": "one of the forces recorded few details",
    "one_shared_detail": "they share one detail only",
    "through_the_victim": "only the victim being the same person shows it",
    "exact_tokens_only": "one of the forces sent no names, so that only exact details were compared",
}
LONGEST = {"force_name": 80, "contact_name": 120, "contact_email": 200, "contact_phone": 40}
SHOWN = 10
MOST_ROWS = 200_000
_RELEASE = re.compile(r"[A-Za-z0-9.-]{1,40}")
_TOKEN = re.compile(r"[0-9a-f]{64}")
_FORCE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class FaultsError(NotPossibleError):
    """The file was refused; ``faults`` names each fault with its rows and what to do."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The file was refused as a whole. Nothing was changed.", "file")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """One row, checked."""

    suspect: str
    force: str
    force_name: str
    kind: str
    belief: float
    doubts: tuple[str, ...]
    forces_known: int
    contact_name: str
    contact_email: str
    contact_phone: str


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file without faults."""

    release: str
    as_at: dt.date
    forces_read: int
    forces_missing: tuple[str, ...]
    rows: tuple[Row, ...]


def belief_word(belief: float) -> str:
    """Return the word for a belief, as a code."""
    return next((word for word, least in WORDS.items() if belief >= least), "")


def read(name: str, content: bytes, *, hub: str, today: dt.date) -> AnswerFile:
    """Read and check a file.

    Raises:
        FaultsError: the file cannot be used; every fault is named.
    """
    frame = _frame(name, content)
    missing = [c for c in COLUMNS if c not in frame.columns]
    odd = sorted(set(frame.columns) - set(COLUMNS))
    told = [f"The column {c} is missing. Ask the index for the whole file." for c in missing]
    told += [f"The column {_short(c)} is not part of an answer. Tell the index what it sent." for c in odd]
    if told:
        raise FaultsError(told)
    if not frame.height:
        raise FaultsError(["The file has no rows. It says nothing, and not that nobody is known elsewhere."])
    if frame.height > MOST_ROWS:
        raise FaultsError([f"The file has more than {MOST_ROWS:,} rows."])
    rows = list(frame.select(COLUMNS).iter_rows(named=True))
    faults: dict[str, list[int]] = {}
    for number, row in enumerate(rows, start=2 if name.lower().endswith(".csv") else 1):
        for fault in _faults(row, rows[0], hub, today):
            faults.setdefault(fault, []).append(number)
    faults |= _across(frame)
    if faults:
        raise FaultsError([f"{_rows(numbers)}: {fault}" for fault, numbers in faults.items()])
    first = rows[0]
    return AnswerFile(
        release=first["release"],
        as_at=dt.date.fromisoformat(first["as_at"]),
        forces_read=int(first["forces_read"]),
        forces_missing=_listed(first["forces_missing"]),
        rows=tuple(
            Row(
                **{c: row[c] for c in ("suspect", "force", "force_name", "kind", "contact_name")},
                belief=float(row["belief"]),
                doubts=_listed(row["doubts"]),
                forces_known=int(row["forces_known"]),
                contact_email=row["contact_email"],
                contact_phone=row["contact_phone"],
            )
            for row in rows
        ),
    )


def _frame(name: str, content: bytes) -> pl.DataFrame:
    """Return the file as text, empty cells as ""."""
    suffix = PurePath(name).suffix.lower()
    try:
        if suffix == ".csv":
            frame = pl.read_csv(io.BytesIO(content), infer_schema=False, encoding="utf8")
        elif suffix == ".parquet":
            frame = pl.read_parquet(io.BytesIO(content))
        else:
            raise FaultsError(["The file is neither .csv nor .parquet."])
    except (pl.exceptions.PolarsError, OSError):
        raise FaultsError(
            [f"The file cannot be read as {suffix[1:]}. Ask the index to send it again."]
        ) from None
    if any(isinstance(kind, pl.List | pl.Struct | pl.Binary | pl.Object) for kind in frame.dtypes):
        raise FaultsError(
            ["The file holds a column of lists or of bytes. Codes stand in one cell with ; between."]
        )
    return frame.with_columns(pl.all().cast(pl.String).str.strip_chars().fill_null(""))


def _faults(row: dict[str, str], first: dict[str, str], hub: str, today: dt.date) -> Iterator[str]:
    for column in COLUMNS:
        if not row[column] and column not in MAY_BE_EMPTY:
            yield f"{column} is empty."
        if len(row[column]) > LONGEST.get(column, 2_000):
            yield f"{column} is longer than {LONGEST.get(column, 2_000)} characters."
    for column in SAME_IN_EVERY_ROW:
        if row[column] != first[column]:
            yield f"{column} differs from the first row. One file is one release for one hub."
    if row["hub"] and row["hub"] != hub:
        yield f"hub is not this hub, which the index knows as {hub}. Do not keep the file."
    if row["release"] and not _RELEASE.fullmatch(row["release"]):
        yield "release has other signs than letters, digits, . and -, or more than 40."
    if row["suspect"] and not _TOKEN.fullmatch(row["suspect"]):
        yield "suspect is no token of 64 hexadecimal digits in lower case. No name and no id may be here."
    if row["force"] and not _FORCE.fullmatch(row["force"]):
        yield "force has other signs than lowercase letters, digits and dashes, or more than 60."
    if row["kind"] and row["kind"] not in Kind.values:
        yield f"kind is none of {', '.join(Kind.values)}."
    if odd := set(_listed(row["doubts"])) - set(DOUBTS):
        yield f"doubts has {len(odd)} that is not in the list."
    if any(not _FORCE.fullmatch(one) for one in _listed(row["forces_missing"])):
        yield "forces_missing holds something else than codes of forces."
    if not (row["contact_email"] or row["contact_phone"]):
        yield "there is neither contact_email nor contact_phone, so nobody can be asked."
    yield from _day_and_numbers(row, today)


def _day_and_numbers(row: dict[str, str], today: dt.date) -> Iterator[str]:
    try:
        if dt.date.fromisoformat(row["as_at"]) > today:
            yield "as_at is in the future."
    except ValueError:
        yield "as_at is no date such as 2026-11-30."
    for column in ("forces_known", "forces_read"):
        if not row[column].isascii() or not row[column].isdigit() or not 1 <= int(row[column][:9]) <= 10_000:
            yield f"{column} is no whole number of 1 or more."
    try:
        belief = float(row["belief"])
    except ValueError:
        belief = -1.0
    if not 0.5 <= belief <= 1:
        yield "belief is no number from 0.5 to 1."
    elif row["belief_words"] != belief_word(belief):
        yield "belief_words does not say what the number says."


def _across(frame: pl.DataFrame) -> dict[str, list[int]]:
    """Return faults that one row alone does not show."""
    numbered = frame.with_row_index("row", offset=2)
    found: dict[str, list[int]] = {}
    twice = numbered.filter(pl.struct("suspect", "force").is_duplicated())
    if twice.height:
        found["a suspect has the same force twice."] = twice["row"].to_list()
    number = pl.col("forces_known").cast(pl.Int64, strict=False)
    by_suspect = numbered.group_by("suspect", maintain_order=True).agg(
        pl.col("row"),
        number.n_unique().alias("different"),
        number.min().alias("least"),
        pl.len().alias("rows"),
    )
    for what, wrong in (
        ("forces_known differs between rows of one suspect.", pl.col("different") > 1),
        ("forces_known is less than the forces that are named.", pl.col("least") < pl.col("rows")),
    ):
        rows = by_suspect.filter(wrong)["row"].explode().drop_nulls().to_list()
        if rows:
            found[what] = sorted(rows)
    return found


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _short(name: str) -> str:
    """Return a heading that may have come from anywhere, fit for a page."""
    return "“" + "".join(c for c in name if c.isprintable())[:40] + "”"


def _rows(numbers: list[int]) -> str:
    shown = ", ".join(f"{n:,}" for n in numbers[:SHOWN])
    more = f" and {len(numbers) - SHOWN:,} more" if len(numbers) > SHOWN else ""
    return f"Row {shown}{more}"
