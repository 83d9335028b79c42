"""Tables of totals: every rate worked out again from its counts, every total from its parts.

Rates and totals as printed are never used by a study. They are a check on the counts, and a row that slipped
against its name shows in them. A row "Total" is no force: it is held against the sum of the forces and left
out. Every finding about a row names its force.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from lamplighter.study_bundle.bundle import whole_months
from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.checks.table_work import TableWork
from lamplighter.vocabulary.forces import ALL, force_named, missing, plain, sums_up

_SERIES = ["measure", "category", "offence_group", "period_from", "period_to", "basis"]
_WHOLE = ["force", "period_from", "period_to", "basis", "offence_group"]
#: A run of neighbouring rows that is taken for a slip: one row may be a coincidence.
_RUN = 2
#: A table with so many forces of the list is meant to have them all.
_NATIONAL = 30


def check_totals(work: TableWork, file: str) -> None:
    """Counts, rates, names and periods of a totals table."""
    work.note(pl.col("period_to") < pl.col("period_from"), "ends_before_it_begins_row", "period_to")
    _rows_that_sum_up(work)
    work.note(pl.col("count").is_null(), "count_missing", "count")
    work.note(pl.col("count") < 0, "count_below_nought", "count")
    _slipped_rates(work)
    work.note(pl.col("count") > pl.col("of"), "count_above_whole", "count")
    rate, whole = pl.col("rate"), pl.col("of")
    work.note(rate.is_not_null() & (whole == 0), "zero_of_zero", "rate")
    work.note(
        rate.is_not_null() & (pl.col("count").is_null() | whole.is_null()), "rate_without_count", "rate"
    )
    work.note(_differs(work.frame), "rate_disagrees", "rate")
    _names(work)
    _sums(work)
    _periods(work, file)
    _silent(work)
    _absent(work, file)
    bases = work.accepted.group_by("force").agg(pl.col("basis").unique().sort().str.join("+"))
    if bases["basis"].n_unique() > 1:
        work.findings.append(f.one("mixed_basis", file=file, table="totals", column="basis"))


def _rows_that_sum_up(work: TableWork) -> None:
    """Leave out rows that are named as a sum, once they are held against the sum of the forces."""
    names = work.frame["force"].drop_nulls().unique().to_list()
    kinds = {name: kind for name in names if (kind := sums_up(name))}
    if len(kinds) == len(names):
        return  # a table of the country alone
    of = pl.col("force").replace_strict(kinds, default=None, return_dtype=pl.String)
    frame = work.frame.with_columns(of.alias("_sums"))
    parts = frame.filter(pl.col("_sums").is_null() & ~work.bad)
    sums = parts.group_by(_SERIES).agg(
        pl.when(pl.col(c).null_count() == 0).then(pl.col(c).sum()).alias(f"_{c}") for c in ("count", "of")
    )
    held = frame.join(sums, on=_SERIES, how="left", nulls_equal=True, maintain_order="left")
    wrong = [(pl.col(c) != pl.col(f"_{c}")).fill_null(False) for c in ("count", "of")]
    disagrees = held.select((pl.col("_sums") == ALL) & pl.any_horizontal(wrong)).to_series()
    work.note(disagrees, "total_row_disagrees", "force")
    work.note(held["_sums"].is_not_null(), "total_row", "force")


def _printed(frame: pl.DataFrame) -> pl.Series:
    """Half a unit of the last decimal that a rate is printed with: as written, or as its number shows."""
    shown = (
        pl.col("rate")
        .cast(pl.String)
        .str.extract(r"\.(\d+)$")
        .str.replace(r"^0$", "")
        .str.len_chars()
        .fill_null(0)
    )
    written = [pl.col("_rate_decimals")] if "_rate_decimals" in frame.columns else []
    decimals = frame.select(pl.coalesce(*written, shown.cast(pl.Int64)).alias("d"))["d"]
    return pl.Series([0.5 * 10.0 ** -int(d) for d in decimals], dtype=pl.Float64)


def _computed(frame: pl.DataFrame) -> pl.Series:
    return frame.select(pl.when(pl.col("of") > 0).then(100.0 * pl.col("count") / pl.col("of"))).to_series()


def _fits(frame: pl.DataFrame, computed: pl.Series) -> pl.Series:
    return ((frame["rate"] - computed).abs() <= _printed(frame) * 1.0001 + 1e-9).fill_null(False)


def _differs(frame: pl.DataFrame) -> pl.Series:
    computed = _computed(frame)
    return frame["rate"].is_not_null() & computed.is_not_null() & ~_fits(frame, computed)


def _slipped_rates(work: TableWork) -> None:
    """Rates that fit the counts of the row above or below, in two rows running or more of one series."""
    frame = work.frame.with_row_index("_i").with_columns(_computed(work.frame).alias("_c"))
    bad: list[int] = []
    for _, series in frame.group_by(_SERIES, maintain_order=True):
        if series.height <= _RUN or series["rate"].null_count() == series.height:
            continue
        wrong = series["rate"].is_not_null() & series["_c"].is_not_null() & ~_fits(series, series["_c"])
        for step in (1, -1):
            runs = (wrong & _fits(series, series["_c"].shift(step))).to_list()
            bad += [i for i, hit in zip(series["_i"].to_list(), _in_runs(runs), strict=True) if hit]
    if bad:
        index = pl.Series(range(work.frame.height))
        work.note(index.is_in(bad), "slipped_rates", "rate")


def _in_runs(hits: list[bool]) -> list[bool]:
    return [
        h and ((i > 0 and hits[i - 1]) or (i + 1 < len(hits) and hits[i + 1])) for i, h in enumerate(hits)
    ]


def _names(work: TableWork) -> None:
    """One force under two spellings in one series."""
    names = work.frame["force"].drop_nulls().unique().to_list()
    codes = {n: found.code if (found := force_named(n)) else plain(n).replace(" ", "") for n in names}
    own = pl.col("force").replace_strict(codes, default=None, return_dtype=pl.String)
    spellings = pl.col("force").n_unique().over([own.alias("_p"), *_SERIES])
    work.note(spellings > 1, "force_twice", "force")


def _absent(work: TableWork, file: str) -> None:
    """Name the forces that a table of nearly all of them does not have, and each quarter that one lacks."""
    there = work.accepted
    known = {n: found.title for n in there["force"].drop_nulls().unique() if (found := force_named(n))}
    if len(known) >= _NATIONAL:
        day = there["period_to"].max()
        for title in missing(known, day) if isinstance(day, dt.date) else ():
            lacks = f.one("force_missing", file=file, table="totals", column="force", force=title)
            work.findings.append(lacks)
    periods = there.group_by("force", maintain_order=True).agg(
        pl.struct("period_from", "period_to").unique().sort().alias("p")
    )
    every = {(p["period_from"], p["period_to"]) for row in periods["p"] for p in row}
    months = {whole_months(*p) for p in every}
    if not months <= {1, 3}:
        return
    for name, row in periods.iter_rows():
        own = {(p["period_from"], p["period_to"]) for p in row}
        if every - own:
            work.findings.append(
                f.one("quarter_missing", file=file, table="totals", column="period_from", force=name)
            )


def _sums(work: TableWork) -> None:
    """Outcomes of a force and period against its own total, and a slip of the totals against the names."""
    standing = work.accepted
    parts = (
        standing.filter(pl.col("measure") == "outcome")
        .group_by(_WHOLE, maintain_order=True)
        .agg(pl.col("count").sum().alias("parts"))
    )
    totals = standing.filter(pl.col("measure") == "offences").select(
        *_WHOLE, "_row", pl.col("count").alias("total")
    )
    both = totals.join(parts, on=_WHOLE, nulls_equal=True, maintain_order="left").drop_nulls("total")
    wrong = both["parts"] != both["total"]
    if not wrong.any():
        return
    rows = set(both.filter(wrong)["_row"].to_list())
    slipped: set[int] = set()
    for step in (1, -1):
        runs = _in_runs((wrong & (both["total"] == both["parts"].shift(step)).fill_null(False)).to_list())
        slipped |= {r for r, hit in zip(both["_row"].to_list(), runs, strict=True) if hit}
    index = work.frame["_row"]
    measure = work.frame["measure"] == "offences"
    work.note(measure & index.is_in(sorted(slipped)), "slipped_rows", "count")
    work.note(measure & index.is_in(sorted(rows - slipped)), "sum_disagrees", "count")


def _periods(work: TableWork, file: str) -> None:
    """Periods of different lengths side by side; a part year by itself. Quarters make up years."""
    after = pl.col("period_to") + pl.duration(days=1)
    start = pl.col("period_from")
    months = (after.dt.year() - start.dt.year()) * 12 + after.dt.month() - start.dt.month()
    whole = (after.dt.day() == start.dt.day()) & (months % 12 == 0)
    lengths = work.accepted.select(months.alias("m"), (after.dt.day() == start.dt.day()).alias("w")).unique()
    alike = lengths.height == 1 and lengths["w"].all()
    if lengths.height > 1:
        work.findings.append(f.one("mixed_periods", file=file, table="totals", column="period_to"))
    # Quarters side by side are no part year of anything when they tile one: what is missing is said by force.
    spans = work.accepted.select(pl.col("period_from").min(), pl.col("period_to").max())
    tiled = alike and spans.height and _years(*spans.row(0)) and lengths["m"][0] < 12
    work.note(~whole & pl.lit(not tiled), "part_year_period_row", "period_to")


def _years(first: dt.date | None, last: dt.date | None) -> bool:
    return first is not None and last is not None and whole_months(first, last) % 12 == 0


def _silent(work: TableWork) -> None:
    """Forces that report nothing at all."""
    every = pl.col("count").fill_null(0).sum().over(_WHOLE)
    outcomes = (pl.col("measure") == "outcome") & pl.col("category").is_not_null()
    work.note(outcomes & (every == 0) & pl.struct(_WHOLE).is_first_distinct(), "no_counts", "force")
