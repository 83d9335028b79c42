"""Each financial year of each edition, compared by the room of forces; the newest edition is current."""

from __future__ import annotations

import datetime as dt
import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lamplighter.studies.forces.comparison import Comparison, compare
from lamplighter.studies.forces.counts import counts_of
from lamplighter.studies.scorecard.folder import WORDS, Folder, ScorecardError, Source
from lamplighter.study_bundle.bundle import StudyBundle
from lamplighter.study_bundle.national import words as known
from lamplighter.study_bundle.national.outcomes import National, edition, read_outcomes

OFFENCE = "stalking"
_MOST_BYTES = 1_000_000_000  # of a snapshot that is unpacked


@dataclass(frozen=True)
class Year:
    """One financial year as one edition has it. ``begins`` is the calendar year of its April."""

    begins: int
    source: Source
    found: Comparison
    #: Whether the source has crimes of all kinds.
    has_all: bool

    @property
    def code(self) -> str:
        return f"{self.begins}-{(self.begins + 1) % 100:02}"

    @property
    def words(self) -> str:
        return self.code.replace("-", "/")


@dataclass(frozen=True)
class Years:
    """Every year in every edition, oldest year and oldest edition first; findings of each source as read."""

    every: tuple[Year, ...]
    findings: tuple[tuple[Source, pl.DataFrame], ...]

    @property
    def current(self) -> tuple[Year, ...]:
        """Return each year in its newest edition."""
        return tuple({year.begins: year for year in self.every}.values())

    def editions(self, begins: int) -> tuple[Year, ...]:
        return tuple(year for year in self.every if year.begins == begins)


def read_years(folder: Folder, as_at: dt.date) -> Years:
    """Return the years of every source that was published by a day.

    Raises:
        ScorecardError: no source was, or one holds words that nobody has said the meaning of.
        RecordsError: a source cannot be read.
    """
    used = [s for s in folder.sources if s.published <= as_at]
    if not used:
        raise ScorecardError(
            f"No source was published by {as_at}.", file=folder.path.name, remedy="Give a later --as-at."
        )
    words = known.with_own(folder.path / WORDS if (folder.path / WORDS).exists() else None)
    every: list[Year] = []
    findings = []
    for source in used:
        with _unpacked(source.path) as path:
            national = read_outcomes(
                [edition(source.edition, path)],
                words,
                basis=source.basis,
                year=source.year,
                offence=source.offence,
            )
        _refuse_unknown(national, source)
        bundle = national.checked.required()
        short = national.checked.in_short
        findings.append((source, short.filter(pl.col("reason_code") != "column_not_held")))
        every += list(_years(bundle, source))
    every.sort(key=lambda y: (y.begins, y.source.published, y.source.id))
    return Years(tuple(every), tuple(findings))


def _years(bundle: StudyBundle, source: Source) -> Iterator[Year]:
    totals = bundle.table("totals")
    begins = pl.col("period_from").dt.offset_by("-3mo").dt.year()
    for year in sorted(totals.select(begins.unique()).to_series()):
        own = totals.filter(begins == year)
        part = StudyBundle.of(bundle.metadata, {"totals": own}, bundle.held_tables, bundle.held_columns)
        counts = counts_of(part, OFFENCE)
        if counts is None:
            raise ScorecardError("It holds no outcomes.", file=source.path.name, remedy="Take it out.")
        yield Year(int(year), source, compare(counts), counts.all_crimes is not None)


def _refuse_unknown(national: National, source: Source) -> None:
    unknown = [*national.unknown_outcomes, *national.unknown_forces]
    if unknown:
        raise ScorecardError(
            f"{len(unknown)} words for outcomes or forces are not known, such as “{unknown[0][:60]}”: counts "
            "would be left out.",
            file=source.path.name,
            remedy=f"Say what they mean in {WORDS} of the folder, as `lamplighter bundle outcomes --words` "
            "writes it.",
        )


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Give the file itself, or what a .gz holds, under its own name."""
    if path.suffix != ".gz":
        yield path
        return
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / path.stem
        try:
            with gzip.open(path) as packed, out.open("wb") as to:
                while part := packed.read(1 << 20):
                    if to.tell() > _MOST_BYTES:
                        raise ScorecardError("It is too large.", file=path.name, remedy="Split it by year.")
                    to.write(part)
        except (OSError, EOFError) as error:
            raise ScorecardError(
                "It cannot be unpacked.", file=path.name, remedy="Is the download whole?"
            ) from error
        yield out
