"""Does the order of urgency put first what happens next? Judged by the made-up world's future.

On each of several days the spine is run on what was known by then. Every
flagged course is put in order twice: by the urgency rules, and by time since
the last occasion, the order to beat. The truth is whether the person stalked
suffers a serious act (violence, strangulation, sexual violence, a threat to
kill) in the 28 days after, which no rule can see.
"""

from __future__ import annotations

import datetime as dt

import polars as pl
from rich.table import Table

from lamplighter.courses import urgency
from lamplighter.courses.assemble import courses as find_courses
from lamplighter.linkage import link
from lamplighter.synthetic.world import World

HORIZON = 28
DAYS_BETWEEN = 60
DAYS_LOOKED_AT = 6


def compare(world: World) -> Table:
    """A table of both orders: concordance, and the share of serious acts in the first tenth and fifth."""
    orders: dict[str, list[pl.DataFrame]] = {"urgency rules": [], "time since last occasion": []}
    last = dt.datetime.combine(world.config.as_at, dt.time.max)
    for step in range(DAYS_LOOKED_AT):
        as_at = last - dt.timedelta(days=DAYS_BETWEEN * step)
        for name, ranked in _orders(world, as_at).items():
            orders[name].append(ranked.with_columns(day=pl.lit(step)))
    table = Table(
        title=f"Order of urgency: a serious act in the next {HORIZON} days ({DAYS_LOOKED_AT} days looked at)"
    )
    for heading in (
        "order",
        "courses",
        "with a serious act",
        "concordance",
        "in first tenth",
        "in first fifth",
    ):
        table.add_column(heading)
    for name, frames in orders.items():
        every = pl.concat(frames)
        table.add_row(
            name,
            str(every.height),
            str(int(every["serious"].sum())),
            f"{concordance(every):.3f}",
            f"{_share_in_first(every, 0.1):.2f}",
            f"{_share_in_first(every, 0.2):.2f}",
        )
    return table


def _orders(world: World, as_at: dt.datetime) -> dict[str, pl.DataFrame]:
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
    return {
        name: ranked.select("course_id", "urgency_rank").with_columns(
            serious=pl.col("course_id").is_in(serious.implode())
        )
        for name, ranked in (("urgency rules", ours), ("time since last occasion", plain))
    }


def concordance(ranked: pl.DataFrame) -> float:
    """Chance that a course with a serious act ahead stands before one without, within one day looked at."""
    right = total = 0
    for _, day in ranked.group_by("day"):
        places = day.sort("urgency_rank")["serious"].to_list()
        before = 0
        for serious in places:
            if serious:
                before += 1
            else:
                right += before
        total += sum(places) * (len(places) - sum(places))
    return right / total if total else float("nan")


def _share_in_first(ranked: pl.DataFrame, share: float) -> float:
    cut = ranked.with_columns(n=pl.len().over("day"))
    first = cut.filter(pl.col("urgency_rank") <= (pl.col("n") * share).ceil())
    serious = int(ranked["serious"].sum())
    return int(first["serious"].sum()) / serious if serious else float("nan")
