"""Measure how well reports are put together, by stratum, over several made-up worlds, with intervals.

    python -m benchmarks.strata --worlds 9321a 9322b [--beside FOLDER]

Beside the spine as it ships stand its courses with every word left out, Splink 5 and exact matching, and,
where asked for, the courses of another working tree, of the same persons. The linkage reads no words.
"""

from __future__ import annotations

import datetime as dt
import os
import pickle
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks import linkage
from benchmarks.accuracy import pairs_of, strata, true_members
from benchmarks.harness import keep, options, run_part, say, show
from lamplighter.courses.assemble import courses
from lamplighter.linkage import link
from lamplighter.linkage.results import LinkResult
from lamplighter.records.schema import Bundle
from lamplighter.synthetic.worlds.world import World, generate

OURS, WORDLESS, BEFORE = "Lamplighter", "Words left out", "Before"
_OF_ANOTHER_TREE = """
import pickle, sys
from pathlib import Path
from lamplighter.courses.assemble import courses
place = Path(sys.argv[1])
bundle, linked, as_at = pickle.loads((place / "given").read_bytes())
courses(bundle, linked, as_at=as_at).report_groups().write_parquet(place / "groups")
"""


def groups_of(bundle: Bundle, linked: LinkResult, as_at: dt.datetime) -> pl.DataFrame:
    """Return which report is in which course."""
    return courses(bundle, linked, as_at=as_at).report_groups().select("report_id", "course_id")


def groups_of_another_tree(
    tree: Path, bundle: Bundle, linked: LinkResult, as_at: dt.datetime
) -> pl.DataFrame:
    """Return the same by the code of another working tree, for the same persons and beliefs."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "given").write_bytes(pickle.dumps((bundle, linked, as_at)))
        env = {**os.environ, "PYTHONPATH": str(tree / "src")}
        subprocess.run([sys.executable, "-c", _OF_ANOTHER_TREE, folder], check=True, env=env, cwd=tree)
        return pl.read_parquet(Path(folder) / "groups").select("report_id", "course_id")


def without_words(bundle: Bundle) -> Bundle:
    """Return the tables with every free text left out."""
    texts = {"reports": ("summary", "impact"), "occasions": ("narrative",)}
    return {
        name: frame.with_columns(pl.lit(None, pl.String()).alias(c) for c in texts.get(name, ()))
        for name, frame in bundle.items()
    }


def peers(world: World) -> dict[str, pl.DataFrame]:
    """Return the courses of the peers: whom they hold for one victim and one suspect."""
    people = world.bundle["people"]
    course = pl.concat_str(["victim", "suspect"], separator="|").alias("course_id")
    found = {"Splink 5": linkage.splink(people, linkage.WIDER), "Exact matching": linkage.exact(people)}
    return {
        name: linkage.dyads_of(people, persons).select("report_id", course) for name, persons in found.items()
    }


def tallies(groups: pl.DataFrame, world: World, where: pl.Expr | None) -> pl.DataFrame:
    """Return, of each true course of a stratum, its true pairs (``truth``), those that are found (``right``),
    the pairs that were found with one of its reports (``found``, in equal parts where it is of two of them),
    and whether it is found whole (``whole``)."""
    members = true_members(world, where)
    of = dict(members.iter_rows())
    found = pairs_of(groups).with_columns(
        a=pl.col("left").replace_strict(of, default=None, return_dtype=pl.String()),
        b=pl.col("right").replace_strict(of, default=None, return_dtype=pl.String()),
    )
    wrong = found.filter(pl.col("a").ne_missing(pl.col("b")))
    parts = pl.concat(
        [
            wrong.select(course_id=side, share=1 / (pl.col("a").is_not_null() + pl.col("b").is_not_null()))
            for side in ("a", "b")
        ]
    ).drop_nulls("course_id")
    right = found.filter(pl.col("a") == pl.col("b")).group_by(course_id="a").agg(right=pl.len())
    sizes = members.group_by("course_id").agg(truth=pl.len() * (pl.len() - 1) // 2)
    tally = sizes.join(right, on="course_id", how="left").join(
        parts.group_by("course_id").agg(wrong=pl.col("share").sum()), on="course_id", how="left"
    )
    tally = tally.with_columns(pl.col("right", "wrong").fill_null(0))
    whole = (pl.col("truth") == pl.col("right")) & (pl.col("wrong") == 0)
    return tally.select("truth", "right", found=pl.col("right") + pl.col("wrong"), whole=whole)


def told_of(tally: pl.DataFrame) -> dict[str, Any]:
    """Return precision, recall and F1, where F1 lies in 95 of 100 draws of as many courses, and the share
    that is found whole."""
    values = tally.select("truth", "right", "found").to_numpy().astype(float)
    rng = np.random.default_rng(1)
    drawn = np.array([values[rng.integers(0, len(values), len(values))].sum(axis=0) for _ in range(1_000)])
    low, high = np.quantile(2 * drawn[:, 1] / np.maximum(drawn[:, 0] + drawn[:, 2], 1), [0.025, 0.975])
    truth, right, found = values.sum(axis=0)
    return {
        "precision": float(right / found) if found else 1.0,
        "recall": float(right / truth),
        "F1": float(2 * right / (truth + found)),
        "from": float(low),
        "to": float(high),
        "whole": float(np.mean(tally["whole"].to_numpy())) if tally.height else 0.0,
    }


def measure() -> None:
    """Tell how well reports are put together, by stratum, over several made-up worlds, with intervals.

        python -m benchmarks.strata --worlds 9321a 9322b [--beside FOLDER]

    ``--beside`` names another working tree. Intervals are of F1, by drawing true courses: a whole course is
    right or wrong together. ``whole``: the share of true courses with every report and no other.
    """
    parser = options(measure)
    parser.add_argument("--worlds", nargs="+", default=["1a", "2b"], help="seed and phrase bank of each")
    parser.add_argument("--person-records", type=int, default=8_000)
    parser.add_argument("--beside", type=Path, help="another working tree")
    asked = parser.parse_args()
    told: dict[tuple[str, str], list[pl.DataFrame]] = defaultdict(list)
    for name in asked.worlds:
        world = generate(int(name[:-1]), person_records=asked.person_records, bank=name[-1])
        as_at = dt.datetime.combine(world.config.as_at, dt.time.max)
        linked = link(world.bundle, as_at=as_at)
        found = {OURS: groups_of(world.bundle, linked, as_at)}
        if asked.beside is not None:
            found[BEFORE] = groups_of_another_tree(asked.beside.resolve(), world.bundle, linked, as_at)
        found[WORDLESS] = groups_of(without_words(world.bundle), linked, as_at)
        found |= peers(world)
        say(f"{name}: {world.bundle['reports'].height:,} reports")
        for stratum, where in strata(world).items():
            for method, groups in found.items():
                told[stratum, method].append(tallies(groups, world, where))
    rows = [
        {"stratum": stratum, "true pairs": int(together["truth"].sum()), "method": method} | told_of(together)
        for (stratum, method), parts in told.items()
        if (together := pl.concat(parts)).height
    ]
    show(f"Report pairs within courses, worlds {', '.join(asked.worlds)}", rows)
    keep("accuracy", "strata", rows)


PARTS = {
    "measure": measure,
}

if __name__ == "__main__":
    sys.exit(run_part("strata", PARTS))
