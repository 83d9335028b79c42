"""Show what the order of the list does on made-up worlds. It shows a rule at work, and decides none.

    python -m benchmarks.urgency

On each of several days the spine is run on what was known by then. Every
flagged course is put in order twice: by the rules of the list, and by time since
the last occasion, the order to beat. The truth is whether the person stalked
suffers a serious act (violence, strangulation, sexual violence, a threat to
kill) in the 28 days after, which no rule can see. Such acts are few, so that one
world tells little: the figures of several are taken together.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from lamplighter.courses.assemble import courses as find_courses
from lamplighter.courses.findings import urgency
from lamplighter.linkage import link
from lamplighter.synthetic.worlds.world import World, generate

HORIZON = 28
DAYS_BETWEEN = 45
DAYS_LOOKED_AT = 8
RESAMPLES = 2_000
RULES, RECENCY = "rules of the list", "time since last occasion"


def ranked(world: World) -> pl.DataFrame:
    """Every flagged course on every day looked at: ``seed, day, course_id, serious`` and its place in each
    order."""
    last = dt.datetime.combine(world.config.as_at, dt.time.max)
    days = (last - dt.timedelta(days=DAYS_BETWEEN * step) for step in range(DAYS_LOOKED_AT))
    return pl.concat(
        _orders(world, as_at).with_columns(seed=pl.lit(world.config.seed), day=pl.lit(step))
        for step, as_at in enumerate(days)
    )


def table(every: pl.DataFrame) -> Table:
    """Both orders: concordance, and the share of serious acts in the first twentieth, tenth and fifth."""
    days = every.select("seed", "day").n_unique()
    made = Table(
        title=f"Order of the list: a serious act in the next {HORIZON} days ({days} days looked at)",
        caption=_difference(every),
    )
    for heading in (
        "order",
        "courses",
        "with a serious act",
        "concordance",
        "in first twentieth",
        "in first tenth",
        "in first fifth",
    ):
        made.add_column(heading)
    for name in (RULES, RECENCY):
        made.add_row(
            name,
            str(every.height),
            str(int(every["serious"].sum())),
            f"{concordances(every, name)['ahead'].mean():.3f}",
            *(f"{_share_in_first(every, name, share):.2f}" for share in (0.05, 0.1, 0.2)),
        )
    return made


def concordances(every: pl.DataFrame, order: str) -> pl.DataFrame:
    """For each course with a serious act ahead, ``ahead``: the share of that day's others behind it."""
    others = (~pl.col("serious")).cast(pl.Int64)
    return (
        every.sort("seed", "day", order)
        .with_columns(
            behind=(others.sum() - others.cum_sum()).over("seed", "day"), n=others.sum().over("seed", "day")
        )
        .filter("serious")
        .select("seed", "day", "course_id", ahead=pl.col("behind") / pl.col("n"))
        .sort("seed", "day", "course_id")
    )


def _difference(every: pl.DataFrame) -> str:
    """By how much the concordance of the rules is better, with an interval: courses are drawn anew, since
    one course is looked at on several days."""
    ours, plain = concordances(every, RULES), concordances(every, RECENCY)
    apart = ours.with_columns(better=pl.col("ahead") - plain["ahead"])
    sums = apart.group_by("seed", "course_id", maintain_order=True).agg(pl.col("better").sum(), n=pl.len())
    if sums.is_empty():
        return "No serious act: nothing to compare"
    draws = np.random.default_rng(0).integers(0, sums.height, (RESAMPLES, sums.height))
    means = sums["better"].to_numpy()[draws].sum(axis=1) / sums["n"].to_numpy()[draws].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return (
        f"Concordance better by {apart['better'].mean():+.3f} ({low:+.3f} to {high:+.3f},"
        f" 95 of 100 draws of the {sums.height} courses)"
    )


def _orders(world: World, as_at: dt.datetime) -> pl.DataFrame:
    reports = world.bundle["reports"].filter(pl.col("reported_at") <= as_at)
    ids = reports.select("report_id")
    bundle = {
        name: frame.join(ids, on="report_id", how="semi") if "report_id" in frame.columns else frame
        for name, frame in world.bundle.items()
    }
    found = find_courses(bundle, link(bundle, as_at=as_at), as_at=as_at)
    flagged = found.courses.filter("flagged")
    truth = (
        found.occasions.select("course_id", "report_id")
        .join(world.truth.reports.select("report_id", pl.col("course_id").alias("true_id")), on="report_id")
        .group_by("course_id")
        .agg(pl.col("true_id").drop_nulls().mode().sort().first())
    )
    ahead = world.truth.attention(as_at, horizon_days=HORIZON).select("course_id", "serious_next")
    serious = truth.join(ahead, left_on="true_id", right_on="course_id").filter("serious_next")["course_id"]
    ours = urgency.order(flagged, found.occasions, found.findings, as_at)
    plain = urgency.baseline(flagged, found.occasions, as_at)
    return (
        ours.select("course_id", pl.col("urgency_rank").alias(RULES))
        .join(plain.select("course_id", pl.col("urgency_rank").alias(RECENCY)), on="course_id")
        .with_columns(serious=pl.col("course_id").is_in(serious.implode()))
    )


def _share_in_first(every: pl.DataFrame, order: str, share: float) -> float:
    serious = every.filter("serious").height
    first = every.filter(pl.col(order) <= (pl.len().over("seed", "day") * share).ceil(), "serious").height
    return first / serious if serious else float("nan")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both orders over several worlds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[8, 32, 2027, 41, 55, 77])
    parser.add_argument("--person-records", type=int, default=20_000)
    options = parser.parse_args(arguments)
    worlds = (generate(s, person_records=options.person_records, bank="b") for s in options.seeds)
    Console(width=160).print(table(pl.concat(map(ranked, worlds))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
