"""Measure how well reports are put together, by stratum, over several made-up worlds, with intervals.

    python -m benchmarks.strata --worlds 9321a 9322b [--beside FOLDER]
    python -m benchmarks.strata twins --worlds 9321a 9322b

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
from benchmarks.accuracy import Answer, hidden_score, pairs_of, strata, true_members
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


def ours_of(bundle: Bundle, linked: LinkResult, as_at: dt.datetime) -> Answer:
    """Return the courses of the spine as it ships, and which of them it calls hidden stalking."""
    found = courses(bundle, linked, as_at=as_at)
    groups = found.report_groups().select("report_id", "course_id")
    hidden = frozenset(found.courses.filter(pl.col("flagged") & pl.col("hidden"))["course_id"])
    return Answer(OURS, 0.0, linked.persons, found.report_pairs(), groups, hidden)


def of_hidden(answer: Answer, world: World) -> dict[str, int]:
    """Count true hidden courses, those that are found, and the flags and those of them that are right."""
    score = hidden_score(answer, world)
    return {
        "true": score.truth,
        "found": round(score.recall * score.truth),
        "flags": len(answer.hidden),
        "right": round(score.precision * len(answer.hidden)),
    }


def of_twins(linked: LinkResult, world: World) -> list[dict[str, int]]:
    """Count twins of whom somebody recorded a birth date each, and those that are held to be one person: of
    either sex, and of one."""
    born = world.bundle["people"].filter(pl.col("birth_date").is_not_null()).select("record_id")
    records = world.truth.records.join(born, on="record_id").select("record_id", "person_id")
    there = world.truth.persons.join(records.select("person_id").unique(), on="person_id")
    both = there.join(there, on=["family_id", "birth_date"], suffix="_r")
    both = both.filter(pl.col("person_id") < pl.col("person_id_r"))
    held = records.join(linked.persons.select("record_id", one="person_id"), on="record_id")
    of = {who: set(ones) for who, ones in held.group_by("person_id").agg("one").iter_rows()}
    rows = []
    for pairs in (both, both.filter(pl.col("sex") == pl.col("sex_r"))):
        joined = sum(bool(of[a] & of[b]) for a, b in pairs.select("person_id", "person_id_r").iter_rows())
        rows.append({"pairs": pairs.height, "joined": joined})
    return rows


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
    right or wrong together. ``whole``: the share of true courses with every report and no other. Then hidden
    stalking, counted over all of the worlds.
    """
    parser = options(measure)
    parser.add_argument("--worlds", nargs="+", default=["1a", "2b"], help="seed and phrase bank of each")
    parser.add_argument("--person-records", type=int, default=8_000)
    parser.add_argument("--beside", type=Path, help="another working tree")
    asked = parser.parse_args()
    told: dict[tuple[str, str], list[pl.DataFrame]] = defaultdict(list)
    hidden: list[dict[str, int]] = []
    for name in asked.worlds:
        world = generate(int(name[:-1]), person_records=asked.person_records, bank=name[-1])
        as_at = dt.datetime.combine(world.config.as_at, dt.time.max)
        linked = link(world.bundle, as_at=as_at)
        ours = ours_of(world.bundle, linked, as_at)
        hidden.append(of_hidden(ours, world))
        found = {OURS: ours.courses}
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
    counted = {name: sum(one[name] for one in hidden) for name in hidden[0]}
    line: dict[str, Any] = {"counted": "hidden stalking", **counted}
    line |= {
        "share found": counted["found"] / counted["true"],
        "flags right": counted["right"] / counted["flags"],
    }
    show("Hidden stalking", [line])
    keep("accuracy", "hidden in worlds", [line])


def measure_twins() -> None:
    """Tell how many twins are held to be one person, over several made-up worlds.

        python -m benchmarks.strata twins --worlds 9421a 9422b --person-records 20000

    Twins count where a birth date is recorded of each; one wrong link between their records is enough.
    """
    parser = options(measure_twins)
    parser.add_argument("--worlds", nargs="+", default=["1a", "2b"], help="seed and phrase bank of each")
    parser.add_argument("--person-records", type=int, default=20_000)
    asked = parser.parse_args()
    twins = []
    for name in asked.worlds:
        world = generate(int(name[:-1]), person_records=asked.person_records, bank=name[-1])
        as_at = dt.datetime.combine(world.config.as_at, dt.time.max)
        twins.append(of_twins(link(world.bundle, as_at=as_at), world))
    lines = [
        {"twins": name, **{c: sum(one[i][c] for one in twins) for c in ("pairs", "joined")}}
        for i, name in enumerate(("of either sex", "of one sex"))
    ]
    show("Twins whose births are recorded, and those held to be one person", lines)
    keep("accuracy", "twins", lines)


PARTS = {
    "measure": measure,
    "twins": measure_twins,
}

if __name__ == "__main__":
    sys.exit(run_part("strata", PARTS))
