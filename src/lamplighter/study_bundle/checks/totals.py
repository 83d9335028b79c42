"""Tables of totals: every rate worked out again from its counts, every total from its parts.

Rates and totals as printed are never used by a study. They are a check on the counts, and a row that slipped
against its name shows in them.
"""

from __future__ import annotations

import polars as pl

from lamplighter.study_bundle.checks import findings as f
from lamplighter.study_bundle.checks.table_work import TableWork

_SERIES = ["measure", "category", "offence_group", "period_from", "period_to", "basis"]
_WHOLE = ["force", "period_from", "period_to", "basis", "offence_group"]
#: A run of neighbouring rows that is taken for a slip: one row may be a coincidence.
_RUN = 2


def check_totals(work: TableWork, file: str) -> None:
    """Counts, rates, names and periods of a totals table."""
    work.note(pl.col("period_to") < pl.col("period_from"), "ends_before_it_begins_row", "period_to")
    work.note(pl.col("count").is_null(), "count_missing", "count")
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
    if work.accepted["basis"].n_unique() > 1:
        work.findings.append(f.one("mixed_basis", file=file, table="totals", column="basis"))


def _printed(rate: pl.Series) -> pl.Series:
    """Half a unit of the last decimal that a rate is printed with."""
    decimals = (
        rate.cast(pl.String).str.extract(r"\.(\d+)$").str.replace(r"^0$", "").str.len_chars().fill_null(0)
    )
    return pl.Series([0.5 * 10.0 ** -int(d) for d in decimals], dtype=pl.Float64)


def _computed(frame: pl.DataFrame) -> pl.Series:
    return frame.select(pl.when(pl.col("of") > 0).then(100.0 * pl.col("count") / pl.col("of"))).to_series()


def _fits(rate: pl.Series, computed: pl.Series) -> pl.Series:
    return ((rate - computed).abs() <= _printed(rate) * 1.0001 + 1e-9).fill_null(False)


def _differs(frame: pl.DataFrame) -> pl.Series:
    computed = _computed(frame)
    return frame["rate"].is_not_null() & computed.is_not_null() & ~_fits(frame["rate"], computed)


def _slipped_rates(work: TableWork) -> None:
    """Rates that fit the counts of the row above or below, in two rows running or more of one series."""
    frame = work.frame.with_row_index("_i").with_columns(_computed(work.frame).alias("_c"))
    bad: list[int] = []
    for _, series in frame.group_by(_SERIES, maintain_order=True):
        if series.height <= _RUN or series["rate"].null_count() == series.height:
            continue
        wrong = (
            series["rate"].is_not_null() & series["_c"].is_not_null() & ~_fits(series["rate"], series["_c"])
        )
        for step in (1, -1):
            runs = (wrong & _fits(series["rate"], series["_c"].shift(step))).to_list()
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
    plain = pl.col("force").str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "")
    spellings = pl.col("force").n_unique().over([plain.alias("_p"), *_SERIES])
    work.note(spellings > 1, "force_twice", "force")


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
    """Periods of different lengths side by side; a part year by itself."""
    after = pl.col("period_to") + pl.duration(days=1)
    start = pl.col("period_from")
    months = (after.dt.year() - start.dt.year()) * 12 + after.dt.month() - start.dt.month()
    whole = (after.dt.day() == start.dt.day()) & (months % 12 == 0)
    work.note(~whole, "part_year_period_row", "period_to")
    lengths = work.accepted.select(months.alias("m"), (after.dt.day() == start.dt.day()).alias("w")).unique()
    if lengths.height > 1:
        work.findings.append(f.one("mixed_periods", file=file, table="totals", column="period_to"))


def _silent(work: TableWork) -> None:
    """Forces that report nothing at all."""
    every = pl.col("count").fill_null(0).sum().over(_WHOLE)
    outcomes = (pl.col("measure") == "outcome") & pl.col("category").is_not_null()
    work.note(outcomes & (every == 0) & pl.struct(_WHOLE).is_first_distinct(), "no_counts", "force")
