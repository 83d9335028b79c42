"""A bundle, of totals or of reports, as counts by force, period, basis and outcome.

Periods are never added up unless they are of one length and follow one another; a force with other periods
than the rest keeps them apart. A force that ended is counted with its successor, which is said.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from lamplighter.study_bundle.bundle import Metadata, StudyBundle, whole_months
from lamplighter.vocabulary.codes import code_set
from lamplighter.vocabulary.forces import force_named, successor

NO_OUTCOME, OTHER = "0", "other"
#: Words for no outcome yet, as sources write them.
_NOT_YET = ("not yet assigned an outcome", "not yet assigned", "(blank)", "")


@dataclass(frozen=True)
class Counts:
    """Counts of one kind of crime. ``frame``: force, first, last, basis, outcome, count.

    ``there`` has every force and period for which the source has any row of any crime; ``all_crimes`` the
    crimes of all kinds by force, where the source has them; ``joined`` what was counted with a successor.
    """

    frame: pl.DataFrame
    there: pl.DataFrame
    all_crimes: pl.DataFrame | None
    periods: tuple[tuple[dt.date, dt.date], ...]
    metadata: Metadata
    of_rows: bool
    offence: str
    joined: tuple[str, ...] = ()
    left_apart: tuple[str, ...] = ()
    #: The same of every period of that length that the source has, for what changed over the years.
    earlier: pl.DataFrame | None = None

    @property
    def unit(self) -> str:
        """Return what is counted: a report of stalking need not have been recorded as a crime."""
        return "report" if self.of_rows else "crime"

    @property
    def history(self) -> pl.DataFrame:
        return self.frame if self.earlier is None else self.earlier

    @property
    def first(self) -> dt.date:
        return self.periods[0][0]

    @property
    def last(self) -> dt.date:
        return self.periods[-1][1]

    @property
    def forces(self) -> list[str]:
        """Return the forces in alphabetical order."""
        return sorted({*self.frame["force"], *self.there["force"], *self.left_apart})


def counts_of(bundle: StudyBundle, offence: str = "stalking") -> Counts | None:
    """Return the counts of a bundle, of totals for their latest year; ``None`` when it holds no outcomes."""
    if bundle.height("reports"):
        return _of_reports(bundle) if "outcome" in bundle.held_kinds else None
    totals = bundle.table("totals").filter((pl.col("measure") == "outcome") & pl.col("count").is_not_null())
    if not totals.height:
        return None
    return _of_totals(bundle.metadata, totals, offence)


def _of_totals(metadata: Metadata, totals: pl.DataFrame, offence: str) -> Counts:
    totals, joined = _as_today(totals)
    named = totals.filter(pl.col("offence_group") == offence)
    whole = totals.filter(pl.col("offence_group").is_null())
    own = named if named.height else whole
    title = code_set("offence_groups").title(offence) if named.height else "all offences of the source"
    none = pl.col("category").fill_null("").str.to_lowercase().is_in(_NOT_YET)
    frame = own.select(
        "force",
        pl.col("period_from").alias("first"),
        pl.col("period_to").alias("last"),
        "basis",
        pl.coalesce(
            pl.col("outcome").str.strip_suffix("A"), pl.when(none).then(pl.lit(NO_OUTCOME)), pl.lit(OTHER)
        ).alias("outcome"),
        "count",
    )
    periods, apart, alike = _periods(frame)
    span = pl.struct("first", "last").is_in([{"first": a, "last": b} for a, b in periods])
    there = totals.select(
        "force", pl.col("period_from").alias("first"), pl.col("period_to").alias("last")
    ).unique()
    crimes = None
    if named.height and whole.height:
        crimes = (
            whole.rename({"period_from": "first", "period_to": "last"})
            .filter(span & (pl.col("basis") == "recorded"))
            .group_by("force")
            .agg(pl.col("count").sum())
        )
    own, seen = frame.filter(span), there.filter(span)
    history = frame.filter(pl.struct("first", "last").is_in(alike))
    return Counts(own, seen, crimes, periods, metadata, False, title, joined, apart, history)


def _periods(
    frame: pl.DataFrame,
) -> tuple[tuple[tuple[dt.date, dt.date], ...], tuple[str, ...], list[dict[str, dt.date]]]:
    """Return the periods compared, the forces that have others only, and every period of that length.

    Of the length that most forces have; of these the last that together make up a year.
    """
    every = frame.select("force", "first", "last").unique()
    months = {(a, b): whole_months(a, b) for a, b in every.select("first", "last").unique().iter_rows()}
    lengths = every.with_columns(
        pl.struct("first", "last")
        .map_elements(lambda p: months[(p["first"], p["last"])], return_dtype=pl.Int64)
        .alias("m")
    )
    forces = lengths.group_by("m").agg(pl.col("force").n_unique().alias("n")).sort("n", "m", descending=True)
    common = forces["m"][0]
    own = sorted(p for p, m in months.items() if m == common)
    end = own[-1][1]
    chosen = [p for p in own if whole_months(p[0], end) <= max(12, common)] if common else [own[-1]]
    apart = sorted(set(frame["force"]) - set(lengths.filter(pl.col("m") == common)["force"]))
    return tuple(chosen), tuple(apart), [{"first": a, "last": b} for a, b in own]


def _as_today(totals: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return forces by their title in the list, each with those that it has followed by the last period."""
    on = totals["period_to"].max()
    assert isinstance(on, dt.date)
    titles, joined = {}, []
    for name in totals["force"].unique():
        found = force_named(name)
        if found is None:
            continue
        now = successor(found.code, on)
        titles[name] = code_set("forces").title(now)
        if now != found.code:
            joined.append(f"{found.title} is counted with {titles[name]}, which followed it.")
    return totals.with_columns(pl.col("force").replace(titles)), tuple(sorted(joined))


def _of_reports(bundle: StudyBundle) -> Counts:
    """Count reports by force and quarter of recording, each with its last outcome, or none yet."""
    meta = bundle.metadata
    day = pl.col("recorded_at").dt.date()
    reports = bundle.table("reports").select("report_id", "force", day.alias("day"))
    # What is not dated stood before what is.
    dated = bundle.events("outcome").sort("report_id", "at", "event_id", nulls_last=False)
    last = dated.group_by("report_id", maintain_order=True).agg(pl.col("code").last())
    quarter = pl.col("day").dt.truncate("1q")
    rows = reports.join(last, on="report_id", how="left").with_columns(
        quarter.alias("first"), quarter.dt.offset_by("3mo").dt.offset_by("-1d").alias("last")
    )
    titles = {n: found.title for n in rows["force"].unique() if (found := force_named(n))}
    frame = (
        rows.with_columns(
            pl.col("force").replace(titles),
            pl.lit("recorded").alias("basis"),
            pl.col("code").str.strip_suffix("A").fill_null(NO_OUTCOME).alias("outcome"),
        )
        .group_by("force", "first", "last", "basis", "outcome")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .sort("force", "first", "outcome")
    )
    periods = tuple(sorted(set(frame.select("first", "last").iter_rows())))
    there = frame.select("force", "first", "last").unique()
    return Counts(frame, there, None, periods, meta, True, "stalking, as reported")
