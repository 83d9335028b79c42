"""How well pairs of reports are told: the same victim and the same suspect, or not.

    python -m benchmarks.linkage_dyads --person-records 20000 --seeds 2026 7 31

Truth is what the made-up world says of every recorded victim and suspect; a pair of reports is true when both
are the same two people, whichever part they play. Reports that list no suspect are left out, since there
is nobody to link. A pair that was never proposed is a miss. Nothing is fitted to the truth. Beside the
linkage stand a plain sum of the weights of both people (the same evidence, the prior of both) and Splink 5,
whose pairs of reports follow from its persons.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks import baselines
from lamplighter.linkage import link
from lamplighter.linkage.dyads import dyad_frames, report_candidates, weighed_pairs
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.results import LinkResult
from lamplighter.synthetic.sampling.config import Marginals
from lamplighter.synthetic.worlds.world import World, generate

Bits = npt.NDArray[np.float64]
ON = ["left", "right"]


@dataclass(frozen=True, slots=True)
class Told:
    """What a method says of pairs of reports: ``pairs`` (left < right, bits of log-odds), and at which bits
    it links."""

    name: str
    pairs: pl.DataFrame
    links_at: float


def reports_of(world: World) -> pl.DataFrame:
    """Reports that list a victim and a suspect: report_id, a, b (the two people, sorted), and strata."""
    people = world.bundle["people"].select("record_id", "report_id", "role")
    truth = world.truth.records.select("record_id", "person_id", "identifiable", "sparse")
    who = people.join(truth, on="record_id")
    victims = who.filter(role="victim").select("report_id", v="person_id")
    suspects = who.filter(role="suspect").select(
        "report_id", s="person_id", named="identifiable", barely=pl.col("sparse") & pl.col("identifiable")
    )
    both = victims.join(suspects, on="report_id").unique(["report_id", "v", "s"])
    about = world.truth.reports.select("report_id", "agency", "swapped_roles")
    return both.join(about, on="report_id").with_columns(
        a=pl.min_horizontal("v", "s"), b=pl.max_horizontal("v", "s")
    )


def true_pairs(reports: pl.DataFrame) -> pl.DataFrame:
    """True pairs of reports (left < right) with the strata they belong to."""
    both = reports.join(reports, on=["a", "b"], suffix="_r").filter(
        pl.col("report_id") < pl.col("report_id_r")
    )
    return (
        both.select(
            left="report_id",
            right="report_id_r",
            named=pl.col("named") & pl.col("named_r"),
            barely=(pl.col("barely") | pl.col("barely_r")) & pl.col("named") & pl.col("named_r"),
            nobody=~(pl.col("named") & pl.col("named_r")),
            cross=pl.col("agency") != pl.col("agency_r"),
            swapped=(pl.col("v") != pl.col("v_r")) | pl.col("swapped_roles") | pl.col("swapped_roles_r"),
        )
        .sort("left", "right", "named", descending=[False, False, True])
        .unique(ON, keep="first", maintain_order=True)
    )


STRATA = {
    "all": None,
    "both suspects can be identified": "named",
    "a suspect is barely described": "barely",
    "a suspect is not named at all": "nobody",
    "two agencies": "cross",
    "roles swapped": "swapped",
}


def ours(result: LinkResult) -> Told:
    """The belief that both are the same, whichever relation is told."""
    said = result.report_pairs
    bar = result.model.bands.link_at
    return Told(
        "Lamplighter", _ordered(said.select(left="left_report", right="right_report", bits="both_weight")),
        float(np.log2(bar / (1 - bar))),
    )  # fmt: skip


def sum_of_weights(world: World, result: LinkResult) -> Told:
    """The evidence of the best pair of victims and of the best pair of suspects, added to the prior."""
    reports = world.bundle["reports"]
    features = prepare(world.bundle["people"].sort("record_id"), reports)
    references = report_candidates.references(features, reports)
    believed = weighed_pairs.of_reports(features, result.model, references)
    parts = weighed_pairs.with_related(believed.weigher, believed.weighed, believed.parts)
    cells = dyad_frames.report_cells(parts, result.model, references)
    names = dict(
        features.facts.select(pl.col("report_id").rank("dense").cast(pl.Int64).alias("rep"), "report_id")
        .drop_nulls()
        .unique()
        .iter_rows()
    )
    prior = result.model.priors.both
    pairs = cells.select(
        left=pl.col("rep_l").replace_strict(names, return_dtype=pl.String()),
        right=pl.col("rep_r").replace_strict(names, return_dtype=pl.String()),
        bits=pl.col("v").fill_null(0.0) + pl.col("s").fill_null(0.0) + float(np.log2(prior / (1 - prior))),
    )
    return Told("Plain sum of weights", _ordered(pairs), 0.0)


def of_persons(name: str, people: pl.DataFrame, persons: pl.DataFrame) -> Told:
    """A peer's pairs of reports, by its persons: linked or not, with no belief between."""
    pairs = baselines.report_pairs(people, persons)
    return Told(name, pairs.with_columns(bits=pl.lit(1.0)), 0.0)


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    turned = pairs.select(
        left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right"), bits="bits"
    )
    return turned.group_by(ON).agg(pl.col("bits").max()).sort(ON)


def scores(told: Told, reports: pl.DataFrame, truth: pl.DataFrame, stratum: str | None) -> dict[str, float]:
    """Precision, recall and F1 at the method's own threshold, F1 at the best one, recall at 99% precision,
    and the expected calibration error (ten bands of a tenth).

    Within a stratum only its true pairs are counted as found or missed; false ones are those of all.
    """
    eligible = reports["report_id"].unique().implode()
    pairs = told.pairs.filter(pl.col("left").is_in(eligible) & pl.col("right").is_in(eligible))
    known = truth.with_columns(true=pl.lit(True), own=pl.lit(True) if stratum is None else pl.col(stratum))
    placed = pairs.join(known.select(*ON, "true", "own"), on=ON, how="left").with_columns(
        pl.col("true", "own").fill_null(False)
    )
    placed = placed.filter(pl.col("own") | ~pl.col("true")).sort("bits", "left", "right", descending=True)
    right, bits = placed["true"].to_numpy(), placed["bits"].to_numpy()
    wanted = int(known["own"].sum())
    found, taken = np.cumsum(right), np.arange(1, len(right) + 1)
    f1 = 2 * found / (taken + wanted)
    own = int((bits >= told.links_at).sum())
    precise = np.flatnonzero(found / taken >= 0.99)
    at = own - 1
    return {
        "true": float(wanted),
        "precision": float(found[at] / own) if own else 1.0,
        "recall": float(found[at] / wanted) if own else 0.0,
        "f1": float(f1[at]) if own else 0.0,
        "best_f1": float(f1.max(initial=0.0)),
        "recall_at_99": float(found[precise[-1]] / wanted) if len(precise) else 0.0,
        "ece": calibration_error(right, 1 / (1 + np.exp2(-np.clip(bits, -60, 60)))),
    }


def calibration_error(right: npt.NDArray[np.bool_], p: Bits) -> float:
    """The mean distance between belief and share that is right, over ten bands, each as it is filled."""
    return sum(n * abs(said - so) for _, n, said, so in bands(right, p)) / max(len(p), 1)


def bands(right: npt.NDArray[np.bool_], p: Bits) -> Iterator[tuple[float, int, float, float]]:
    """Bands of belief that hold pairs: where each begins, how many, the mean belief, the share right."""
    band = np.minimum((p * 10).astype(int), 9)
    for b in range(10):
        inside = band == b
        if inside.any():
            yield b / 10, int(inside.sum()), float(p[inside].mean()), float(right[inside].mean())


def methods(world: World, result: LinkResult) -> list[Told]:
    """The linkage and what stands beside it."""
    people = world.bundle["people"]
    return [
        ours(result),
        sum_of_weights(world, result),
        of_persons("Splink 5, stock", people, baselines.splink_stock(people)),
        of_persons("Splink 5, tuned, wider blocking", people, baselines.splink_wider(people)),
        of_persons("Exact matching", people, baselines.exact(people)),
    ]


def tables(world: World, result: LinkResult, title: str) -> list[Table]:
    """The table by stratum, and the reliability of the linkage's beliefs."""
    reports = reports_of(world)
    truth = true_pairs(reports)
    told = methods(world, result)
    table = Table(title=f"Pairs of reports: the same victim and the same suspect. {title}")
    for heading in (
        "stratum", "true pairs", "method", "precision", "recall", "F1", "F1 at the best threshold",
        "recall at 99%", "calibration error",
    ):  # fmt: skip
        table.add_column(heading)
    for name, column in STRATA.items():
        for i, method in enumerate(told):
            score = scores(method, reports, truth, column)
            believes = i < 2
            table.add_row(
                name if i == 0 else "",
                f"{score['true']:.0f}" if i == 0 else "",
                method.name,
                *(f"{score[c]:.3f}" for c in ("precision", "recall", "f1")),
                *(f"{score[c]:.3f}" if believes else "" for c in ("best_f1", "recall_at_99")),
                f"{score['ece']:.3f}" if believes and column is None else "",
                end_section=i == len(told) - 1,
            )
    reliable = Table("belief from", "pairs", "mean belief", "share right", title="How far beliefs are right")
    eligible = reports["report_id"].unique().implode()
    placed = told[0].pairs.filter(pl.col("left").is_in(eligible) & pl.col("right").is_in(eligible))
    placed = placed.join(truth.select(*ON, t=pl.lit(True)), on=ON, how="left")
    p = 1 / (1 + np.exp2(-placed["bits"].clip(-60, 60).to_numpy()))
    for begins, n, said, so in bands(placed["t"].fill_null(False).to_numpy(), p):
        reliable.add_row(f"{begins:.1f}", str(n), f"{said:.3f}", f"{so:.3f}")
    return [table, reliable]


def summary(seeds: list[int], noises: list[float], person_records: int, bank: Any) -> Table:
    """One line a world: the linkage beside a plain sum of weights."""
    table = Table(title="Several worlds, and more slips in names")
    for heading in (
        "seed", "slips", "true pairs", "method", "F1", "at the best threshold", "recall at 99%",
        "where both suspects can be identified", "calibration error",
    ):  # fmt: skip
        table.add_column(heading)
    for noise in noises:
        for seed in seeds:
            marginals = Marginals(name_error=min(0.9, Marginals().name_error * noise))
            world = generate(seed, person_records=person_records, bank=bank, marginals=marginals)
            result = link(world.bundle, as_at=dt.datetime.combine(world.config.as_at, dt.time.max))
            reports = reports_of(world)
            truth = true_pairs(reports)
            for i, told in enumerate((ours(result), sum_of_weights(world, result))):
                every = scores(told, reports, truth, None)
                named = scores(told, reports, truth, "named")
                table.add_row(
                    str(seed) if i == 0 else "", f"x{noise:g}" if i == 0 else "",
                    f"{every['true']:.0f}" if i == 0 else "", told.name, f"{every['f1']:.3f}",
                    f"{every['best_f1']:.3f}", f"{every['recall_at_99']:.3f}",
                    f"{named['recall_at_99']:.3f}", f"{every['ece']:.3f}", end_section=i == 1,
                )  # fmt: skip
    return table


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2026, 7, 31])
    parser.add_argument("--noise", type=float, nargs="+", default=[1.0])
    parser.add_argument("--bank", choices=["a", "b"], default="b")
    asked = parser.parse_args()
    console = Console(width=170)
    console.print(summary(asked.seeds, asked.noise, asked.person_records, asked.bank))


if __name__ == "__main__":
    main()
