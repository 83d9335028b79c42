"""Measure how well people and pairs of reports are told, on made-up worlds and on areas of another maker.

    python -m benchmarks.linkage dyads --person-records 20000 --seeds 2026 7 31
    python -m benchmarks.linkage areas [--areas families custody] [--seeds 1 2] [--splink]
    python -m benchmarks.linkage errors --out docs/linkage-errors.md
    python -m benchmarks.linkage parity --person-records 14000 --seed 2026

Truth is what the made-up world says, and is read here and nowhere else.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import io
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import getdoc
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import splink.comparison_library as cl
from rich.console import Console
from rich.table import Table
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from benchmarks import run_part
from benchmarks.foreign import Rng, Someone, people, recorded, times
from lamplighter.linkage import api, link
from lamplighter.linkage.arrays.pair_words import packed
from lamplighter.linkage.comparisons.weight_bars import HELD
from lamplighter.linkage.dyads import dyad_frames, report_candidates, weighed_pairs
from lamplighter.linkage.explain import explanations
from lamplighter.linkage.explain.accuracy import Score, pairwise
from lamplighter.linkage.features import compact_frames, compact_records
from lamplighter.linkage.features.record_features import prepare
from lamplighter.linkage.online.compared_records import Met
from lamplighter.linkage.online.scorer import Judge, Weights
from lamplighter.linkage.results import LinkResult
from lamplighter.records.schema import PEOPLE, REPORTS
from lamplighter.synthetic.sampling.config import Marginals
from lamplighter.synthetic.worlds.world import World, generate

# How well a grouping agrees with the truth; the scores themselves are the library's.


def pairwise_sets(found: pl.DataFrame, truth: pl.DataFrame) -> Score:
    """Pairwise score of two lists of unordered pairs, columns ``left`` < ``right``, without repeats."""
    right = (
        found.select("left", "right")
        .unique()
        .join(truth.select("left", "right").unique(), on=["left", "right"])
        .height
    )
    ours, true = found.select("left", "right").unique().height, truth.select("left", "right").unique().height
    return Score(right / ours if ours else 1.0, right / true if true else 1.0, true)


def wholly_found(found: pl.DataFrame, truth: pl.DataFrame, on: str, group: str) -> tuple[int, int]:
    """How many true groups of two or more are found exactly, item for item, and how many there are."""
    true = truth.filter(pl.col(group).is_not_null()).group_by(group).agg(pl.col(on).sort().alias("items"))
    true = true.filter(pl.col("items").list.len() > 1)
    ours = found.filter(pl.col(group).is_not_null()).group_by(group).agg(pl.col(on).sort().alias("items"))
    exact = true.join(ours.select("items").unique(), on="items", how="inner").height
    return exact, true.height


# The peers: exact matching, and Splink 5 as its own examples set it up.
#
# Both see what the linkage sees (the ``people`` table as received) and neither
# sees the truth. Both give persons; report pairs follow by the obvious rule that
# two reports belong together when a victim of one is a victim of the other and a
# suspect of one is a suspect of the other.


def exact(people: pl.DataFrame) -> pl.DataFrame:
    """Same surname, forename and birth date, or same surname, forename and telephone, else alone.

    Returns ``record_id``, ``person_id``.
    """
    keyed = people.select(
        "record_id",
        pl.col("surname").str.to_lowercase().alias("surname"),
        pl.col("forenames").str.to_lowercase().str.split(" ").list.first().alias("forename"),
        pl.coalesce(pl.col("birth_date").cast(pl.String), pl.col("phones").list.first()).alias("second"),
    )
    whole = pl.all_horizontal(pl.col("surname", "forename", "second").is_not_null())
    key = pl.concat_str(["surname", "forename", "second"], separator="|")
    return keyed.select(
        "record_id",
        pl.when(whole).then(key).otherwise(pl.lit("alone ") + pl.col("record_id")).alias("person_id"),
    )


def splink_stock(people: pl.DataFrame, threshold: float = 0.95) -> pl.DataFrame:
    """Splink 5, the settings of its person-deduplication example, connected components at ``threshold``.

    Returns ``record_id``, ``person_id``.
    """
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("splink")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        return _splink_stock(people, threshold)


def splink_wider(people: pl.DataFrame, threshold: float = 0.95) -> pl.DataFrame:
    """The same with wider blocking rules, which propose what spelling or a move would hide.

    Returns ``record_id``, ``person_id``.
    """
    rules = [
        block_on("first_name", "surname"),
        block_on("dob"),
        block_on("postcode"),
        block_on("phone"),
        block_on("email"),
        block_on("substr(surname, 1, 4)", "substr(dob, 1, 4)"),
        block_on("substr(surname, 1, 3)", "substr(first_name, 1, 3)"),
    ]
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("splink")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        return _splink_stock(people, threshold, rules)


def _splink_stock(people: pl.DataFrame, threshold: float, rules: list[Any] | None = None) -> pl.DataFrame:
    frame = people.select(
        pl.col("record_id").alias("unique_id"),
        pl.col("forenames").str.to_lowercase().str.split(" ").list.first().alias("first_name"),
        pl.col("surname").str.to_lowercase().alias("surname"),
        pl.col("birth_date").cast(pl.String).alias("dob"),
        "postcode",
        pl.col("emails").list.first().alias("email"),
        pl.col("phones").list.first().alias("phone"),
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=rules
        or [
            block_on("first_name", "surname"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode", "first_name"),
            block_on("phone"),
            block_on("email"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.EmailComparison("email"),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        ],
    )
    database = DuckDBAPI()
    linker = Linker(database.register(frame.to_arrow(), dataset_display_name="people"), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob"), block_on("email"), block_on("phone", "first_name")],
        recall=0.7,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("first_name", "surname"), max_pairs=5e5
    )
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("dob"), max_pairs=5e5)
    scored = linker.inference.predict(threshold_match_probability=threshold)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_probability=threshold
    )
    table = pl.from_arrow(clusters.as_pyarrow_table())
    assert isinstance(table, pl.DataFrame)
    return table.select(pl.col("unique_id").alias("record_id"), pl.col("cluster_id").alias("person_id"))


def report_pairs(people: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Pairs of reports that share a victim and a suspect: columns ``left`` < ``right``."""
    placed = people.select("record_id", "report_id", "role").join(persons, on="record_id")
    victims = placed.filter(pl.col("role") == "victim").select(
        "report_id", pl.col("person_id").alias("victim")
    )
    suspects = placed.filter(pl.col("role") == "suspect").select(
        "report_id", pl.col("person_id").alias("suspect")
    )
    dyads = victims.join(suspects, on="report_id").unique()
    pairs = dyads.join(dyads, on=["victim", "suspect"], suffix="_right")
    return (
        pairs.filter(pl.col("report_id") < pl.col("report_id_right"))
        .select(pl.col("report_id").alias("left"), pl.col("report_id_right").alias("right"))
        .unique()
    )


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
    pairs = report_pairs(people, persons)
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
        of_persons("Splink 5, stock", people, splink_stock(people)),
        of_persons("Splink 5, tuned, wider blocking", people, splink_wider(people)),
        of_persons("Exact matching", people, exact(people)),
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


def measure_dyads() -> None:
    """How well pairs of reports are told: the same victim and the same suspect, or not.

        python -m benchmarks.linkage dyads --person-records 20000 --seeds 2026 7 31

    Truth is what the made-up world says of every recorded victim and suspect; a pair of reports is true when
    both are the same two people, whichever part they play. Reports that list no suspect are left out, since
    there is nobody to link. A pair that was never proposed is a miss. Nothing is fitted to the truth. Beside
    the linkage stand a plain sum of the weights of both people (the same evidence, the prior of both) and
    Splink 5, whose pairs of reports follow from its persons.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(measure_dyads), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2026, 7, 31])
    parser.add_argument("--noise", type=float, nargs="+", default=[1.0])
    parser.add_argument("--bank", choices=["a", "b"], default="b")
    asked = parser.parse_args()
    console = Console(width=170)
    console.print(summary(asked.seeds, asked.noise, asked.person_records, asked.bank))


EXAMPLES = 1
SHOWN = ("forenames", "surname", "nicknames", "birth_date", "age_from", "sex", "address_text", "postcode",
         "phones", "handles", "vehicles", "relationship", "descriptor")  # fmt: skip
Pair = Mapping[str, Any]


def shown(record: Mapping[str, Any]) -> str:
    """What a record says of a person, in one line."""
    said = []
    for name in SHOWN:
        value = record.get(name)
        if isinstance(value, list):
            value = ", ".join(value)
        if value not in (None, ""):
            said.append(f"aged {value}" if name == "age_from" else str(value))
    return ("; ".join(said) or "nothing recorded").replace("|", "/")


class Book:
    """A world, what the linkage made of it, and what is so."""

    def __init__(self, world: World, result: LinkResult) -> None:
        people = world.bundle["people"]
        self.records = {r["record_id"]: r for r in people.iter_rows(named=True)}
        truth = world.truth.records.select("record_id", "person_id", "identifiable")
        placed = (
            people.select("record_id", "report_id", "role")
            .join(truth, on="record_id")
            .join(result.persons.rename({"person_id": "found"}), on="record_id")
        )
        self.parties = {
            (report, role): shown(self.records[record])
            for record, report, role in people.select("record_id", "report_id", "role").iter_rows()
        }
        sides = [placed.rename({c: f"{c}_{s}" for c in placed.columns}) for s in ("l", "r")]
        self.pairs = result.pairs.join(sides[0], left_on="left_record", right_on="record_id_l").join(
            sides[1], left_on="right_record", right_on="record_id_r"
        )
        self.weighed = self.pairs.with_columns(
            one=pl.col("person_id_l") == pl.col("person_id_r"),
            linked=pl.col("found_l") == pl.col("found_r"),
            known=pl.col("identifiable_l") & pl.col("identifiable_r"),
        ).filter(pl.col("report_id_l") != pl.col("report_id_r"))
        reports = reports_of(world)
        true = true_pairs(reports).select(*ON, "named", true=pl.lit(True))
        said = result.report_pairs.with_columns(
            left=pl.min_horizontal("left_report", "right_report"),
            right=pl.max_horizontal("left_report", "right_report"),
        )
        self.dyads = said.join(true, on=ON, how="full", coalesce=True).with_columns(
            pl.col("true").fill_null(False),
            pl.col("relation").fill_null("none"),
            pl.col("named").fill_null(False),
        )
        victims = reports.group_by("report_id").agg(pl.col("v").first())
        self.dyads = (
            self.dyads.join(victims.rename({"report_id": "left", "v": "v_l"}), on="left", how="left")
            .join(victims.rename({"report_id": "right", "v": "v_r"}), on="right", how="left")
            .with_columns(one_victim=(pl.col("v_l") == pl.col("v_r")).fill_null(False))
        )

    def of_records(self, pair: Pair) -> list[str]:
        """A pair of records as a row: both, the belief, and why."""
        belief = 1 / (1 + 2 ** -max(min(pair["match_weight"], 60), -60))
        return [
            shown(self.records[pair["left_record"]]),
            shown(self.records[pair["right_record"]]),
            f"{belief:.3f}",
            explanations.sentence(pair),
        ]

    def of_reports(self, pair: Pair) -> list[str]:
        """A pair of reports as a row: both with victim and suspect, what was said, and why."""
        sides = [
            f"V: {self.parties.get((r, 'victim'), '-')}<br>S: {self.parties.get((r, 'suspect'), '-')}"
            for r in (pair["left"], pair["right"])
        ]
        if pair["relation"] == "none":
            return [*sides, "not looked at, or far apart", ""]
        return [
            *sides, f"{pair['relation'].replace('_', ' ')}, {pair['probability']:.3f}",
            explanations.sentence(pair),
        ]  # fmt: skip


def drawn(frame: pl.DataFrame, on: list[str], examples: int = EXAMPLES) -> pl.DataFrame:
    """Draw a few of some pairs, the same ones every time."""
    if not frame.height:
        return frame
    order = frame.select(h=pl.concat_str(on).hash(3))["h"].arg_sort()
    return frame[order].head(examples)


def kinds(book: Book) -> list[tuple[str, str, pl.DataFrame, bool]]:
    """Each kind of error: a heading, what it means, its pairs, and whether they are pairs of records."""
    w, d = book.weighed, book.dyads
    said = pl.col("relation")
    both = ["same_victim_same_suspect", "counter_report"]
    return [
        ("Two people taken for one", "Records that were put together and are of two people.",
         w.filter(pl.col("linked") & ~pl.col("one")), True),
        ("One person taken for two", "Records of one person, weighed with each other and not put together.",
         w.filter(~pl.col("linked") & pl.col("one") & pl.col("known")), True),
        ("The same victim, another suspect, taken for one course",
         "The confusion that must not happen: joined, and the suspects are two people.",
         d.filter(said.is_in(both) & ~pl.col("true") & pl.col("one_victim")), False),
        ("Another victim taken for the same", "Joined, and the victims are two people.",
         d.filter(said.is_in(both) & ~pl.col("true") & ~pl.col("one_victim")), False),
        ("The same two people, the suspect left to a person",
         "True pairs that were not joined, because the suspect is not described well enough.",
         d.filter((said == "same_victim_suspect_unclear") & pl.col("true")), False),
        ("The same two people, told apart",
         "True pairs of which the linkage says that one of the two is somebody else.",
         d.filter(said.is_in(["same_victim_other_suspect", "same_suspect_other_victim"]) & pl.col("true")),
         False),
        ("The same two people, never put side by side", "True pairs that share no person that was found.",
         d.filter((said == "none") & pl.col("true")), False),
    ]  # fmt: skip


def in_full(book: Book) -> list[tuple[str, str, Pair | None]]:
    """An easy, a hard and a rejected judgement about two reports."""
    d = book.dyads

    def first(where: pl.Expr, by: Callable[[pl.DataFrame], pl.DataFrame]) -> Pair | None:
        found = by(d.filter(where))
        return found.row(0, named=True) if found.height else None

    same = pl.col("relation") == "same_victim_same_suspect"
    return [
        ("An easy one", "Joined, and right.",
         first(same & pl.col("true") & pl.col("weight").is_between(25, 60), lambda f: f.sort("weight", *ON))),
        ("A hard one", "Joined, and right, on little.",
         first(same & pl.col("true") & pl.col("weight").is_between(1.5, 3.5), lambda f: f.sort(*ON))),
        ("A rejected one", "The victim is the same, the suspect is held to be another, and is.",
         first((pl.col("relation") == "same_victim_other_suspect") & ~pl.col("true") & pl.col("one_victim"),
               lambda f: f.sort("weight", *ON, descending=[True, False, False]))),
    ]  # fmt: skip


def page(book: Book, command: str, examples: int = EXAMPLES) -> str:
    """The whole page, in Markdown."""
    number = "One example of each kind is" if examples == 1 else f"{examples} examples of each kind are"
    lines = [
        "# Errors of the linkage",
        "",
        f"Written by `{command}`; do not edit. Everybody here is made up. {number} drawn by a hash,"
        " not chosen (`--examples 10` writes more). V is the victim and S the suspect of a report. What the"
        " figures are is in [Results of the linkage](linkage-results.md).",
        "",
        "## Three judgements, unit by unit",
        "",
        "A unit is a bit: it doubles or halves the odds. The units of a judgement sum to its weight exactly.",
        "",
    ]
    for title, note, pair in in_full(book):
        lines += [f"### {title}", ""]
        if pair is None:
            lines += ["This world has none.", ""]
            continue
        left, right, said, why = book.of_reports(pair)
        lines += [f"{note} {said[0].upper()}{said[1:]}. {why}", ""]
        lines += [f"- First report. {left.replace('<br>', '. ')}", f"- Second. {right.replace('<br>', '. ')}"]
        lines += ["", "| units | what |", "|---:|---|"]
        lines += [f"| {b.weight:+.2f} | {b.label} |" for b in explanations.waterfall(pair)]
        lines += [f"| **{pair['weight']:+.2f}** | **weight: log-odds in bits** |", ""]
        against = explanations.strongest_against(pair)
        if against is not None:
            lines += [f"Most against it: {against.label} ({against.weight:+.2f}).", ""]
    for title, note, found, of_records in kinds(book):
        on = ["left_record", "right_record"] if of_records else ON
        lines += [f"## {title}", "", f"{note} {found.height:,} in this world.", ""]
        if not found.height:
            continue
        lines += [
            "| one | other | belief | why |" if of_records else "| one | other | said | why |",
            "|---|---|---|---|",
        ]
        rows = drawn(found, on, examples).iter_rows(named=True)
        lines += [
            "| " + " | ".join(book.of_records(r) if of_records else book.of_reports(r)) + " |" for r in rows
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def write_errors() -> None:
    """Write examples of each kind of error of the linkage on the made-up world, and three judgements in full.

        python -m benchmarks.linkage errors --out docs/linkage-errors.md

    Everybody in it is made up, which is why records may be shown as they were recorded. The examples are
    drawn, not chosen: as many of each kind as ``--examples`` says by the hash of the pair, or all where there
    are fewer.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(write_errors), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--person-records", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="how many of each kind")
    parser.add_argument("--out", type=Path, default=Path("docs/linkage-errors.md"))
    asked = parser.parse_args()
    world = generate(asked.seed, person_records=asked.person_records, bank="b")
    result = link(world.bundle, as_at=dt.datetime.combine(world.config.as_at, dt.time.max))
    command = (
        f"python -m benchmarks.linkage errors --person-records {asked.person_records} --seed {asked.seed}"
    )
    asked.out.write_text(page(Book(world, result), command, asked.examples), "utf-8")


OF_CONTEXT = ("prior", "shared", "described", "matter", "apart", "related")
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Parity:
    """How many pairs were compared; how many have another level or another hold; and the largest distance, in
    bits, of the value frequencies, of the evidence and of what the two reports add."""

    pairs: int
    levels: int
    holds: int
    furthest: dict[str, float]

    def alike(self) -> bool:
        """Whether both ways say the same of every pair."""
        return not self.levels and not self.holds and max(self.furthest.values()) <= CLOSE


def compared(seed: int, person_records: int) -> Parity:
    """Both ways on all pairs that the batch weighs in one world."""
    world = generate(seed, person_records=person_records)
    model = link(world.bundle, as_at=dt.datetime.combine(world.config.as_at, dt.time.max)).model
    reports = world.bundle["reports"]
    features = prepare(world.bundle["people"].sort("record_id"), reports)
    batch = weighed_pairs.of_reports(features, model, report_candidates.references(features, reports))
    texts = compact_frames.texts_of(features, reports)
    rows = zip(features.record_ids, features.facts["report_id"], texts, strict=True)
    people = [compact_records.read(*row) for row in rows]
    judge = Judge(model)
    met = Met()
    at = np.array(met.add(people), dtype=np.int64)
    alone = judge.judged(packed(at[batch.weighed.left], at[batch.weighed.right]), Weights(judge, met))
    furthest = {
        "value frequencies": _apart(alone.frequencies, batch.weigher.frequencies(batch.weighed)),
        "evidence": _apart(alone.evidence, batch.weighed.evidence),
        **{p: _apart(getattr(alone.context, p), getattr(batch.context, p)) for p in OF_CONTEXT},
        "weight": _apart(alone.bits, batch.bits),
    }
    held = [HELD[why] for why in api.holds(batch).to_list()]
    return Parity(
        len(batch.weighed),
        int((alone.levels != batch.weighed.levels).any(axis=1).sum()),
        int((alone.hold != np.array(held)).sum()),
        furthest,
    )


def _apart(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    return float(np.abs(one - other).max(initial=0.0))


def compare_parity(arguments: Sequence[str] | None = None) -> None:
    """Every weight of the batch beside that of the same pair weighed when a report is saved.

        python -m benchmarks.linkage parity --person-records 14000 --seed 2026

    A made-up world is linked in the batch. All pairs that the batch weighs are weighed once more, one by one,
    as online: levels, bits of value frequencies, evidence, and what the rest of the two reports adds. Stops
    with an error where fewer than ``--at-least`` pairs were compared, or one differs by more than 1e-9 bits.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(compare_parity), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--person-records", type=int, default=14_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--at-least", type=int, default=100_000)
    asked = parser.parse_args(arguments)
    began = time.process_time()
    found = compared(asked.seed, asked.person_records)
    print(f"{found.pairs:,} pairs, {time.process_time() - began:.0f} processor seconds")
    print(f"another level: {found.levels}; another hold: {found.holds}")
    for name, bits in found.furthest.items():
        print(f"{name}: at most {bits:.1e} bits apart")
    if found.pairs < asked.at_least:
        raise SystemExit(f"Fewer than {asked.at_least:,} pairs: ask for more person records.")
    if not found.alike():
        raise SystemExit("The two ways do not agree.")


NAME = ("first", "last")
TOLD: Mapping[str, tuple[str, ...]] = {
    "all": (*NAME, "middle", "born", "phone", "number", "street", "town", "postcode"),
    "name and age": (*NAME, "age", "town"),
    "name": NAME,
    "first name": ("first",),
    "telephone": ("phone",),
    "words": ("age",),
}
"""What is recorded of somebody, besides the sex."""
RELATIONS: Mapping[str, tuple[float, str]] = {
    "ex_partner": (0.35, "the ex"),
    "partner": (0.05, "her partner"),
    "family": (0.1, "a relative"),
    "acquaintance": (0.2, "somebody she knows"),
    "neighbour": (0.12, "the neighbour"),
    "colleague": (0.06, "a colleague"),
    "stranger": (0.12, "unknown male"),
}
USUAL = {"all": 0.35, "name and age": 0.2, "name": 0.15, "first name": 0.12, "telephone": 0.08, "words": 0.1}
KNOWN = {"all": 0.85, "name and age": 0.1, "first name": 0.03, "telephone": 0.02}
FIRST_DAY = dt.datetime(2022, 7, 1)
DAYS = 1_400


@dataclass(frozen=True, slots=True)
class Area:
    """Habits of an area: how many pairs of people; how often what is told of each party (:data:`TOLD`); the
    share of courses of conduct among what is reported, of suspects who had another victim, of reports with
    the roles swapped, of others of the victim's home who report the same, of reports with a relationship."""

    pairs: int
    suspects: Mapping[str, float] = field(default_factory=lambda: USUAL)
    victims: Mapping[str, float] = field(default_factory=lambda: KNOWN)
    courses: float = 0.35
    again: float = 0.2
    swapped: float = 0.05
    of_home: float = 0.05
    related: float = 0.7
    slips: float = 1.0
    gaps: float = 0.12


AREAS: Mapping[str, Area] = {
    "usual": Area(1_500),
    "small": Area(150),
    "one_report_each": Area(3_000, courses=0.05, again=0.03),
    "long_courses": Area(800, courses=0.9),
    "families": Area(1_500, of_home=0.2, again=0.35),
    "roles_swapped": Area(1_500, swapped=0.25),
    "custody": Area(
        1_500,
        suspects={"all": 0.85, "name and age": 0.1, "name": 0.05},
        victims={"all": 0.3, "name and age": 0.3, "name": 0.3, "first name": 0.1},
    ),
    "helpline": Area(
        1_500,
        suspects={
            "all": 0.1, "name and age": 0.2, "name": 0.2, "first name": 0.3, "telephone": 0.1, "words": 0.1,
        },
        victims={"all": 0.4, "name and age": 0.3, "first name": 0.2, "telephone": 0.1},
    ),
    "many_slips": Area(1_500, slips=2.5, gaps=0.3),
    "nothing_else_said": Area(1_500, related=0.0),
}  # fmt: skip


@dataclass(slots=True)
class Made:
    """Reports of an area and who is in them. ``truth``: record_id, person_id; ``about``: a row a report, as
    :func:`true_pairs` wants it."""

    bundle: dict[str, pl.DataFrame]
    truth: pl.DataFrame
    about: pl.DataFrame


class _Writer:
    """Writes reports down, one after the other."""

    def __init__(self, rng: Rng, area: Area) -> None:
        self.rng, self.area = rng, area
        self.people: list[dict[str, object]] = []
        self.reports: list[dict[str, object]] = []
        self.truth: list[tuple[str, int]] = []
        self.about: list[dict[str, object]] = []

    def report(self, victim: Someone, suspect: Someone, when: dt.datetime, relation: str) -> None:
        force = "force_a" if self.rng.random() < 0.7 else "force_b"
        report_id = f"{force}:{len(self.reports):06d}"
        named = {"report_id": report_id, "source": force, "agency": force, "reported_at": when}
        matter = str(self.rng.choice(["harassment", "malicious_communications", "public_order", "theft"]))
        self.reports.append(named | {"source_ref": report_id[-6:], "recorded_as": matter, "related_refs": []})
        swapped = bool(self.rng.random() < self.area.swapped)
        parties = (
            {"victim": suspect, "suspect": victim} if swapped else {"victim": victim, "suspect": suspect}
        )
        told = {role: self._record(report_id, role, who, when, relation) for role, who in parties.items()}
        who = {role: id(someone) for role, someone in parties.items()}
        self.about.append(
            {
                "report_id": report_id, "v": who["victim"], "s": who["suspect"],
                "a": min(who.values()), "b": max(who.values()), "agency": force, "swapped_roles": swapped,
                "named": told["suspect"] != "words", "barely": told["suspect"] in ("first name", "telephone"),
            }
        )  # fmt: skip

    def _record(self, report_id: str, role: str, who: Someone, when: dt.datetime, relation: str) -> str:
        shares = self.area.suspects if role == "suspect" else self.area.victims
        how = str(self.rng.choice(list(shares), p=list(shares.values())))
        said = recorded(self.rng, who, self.area.slips, self.area.gaps)
        kept = {k: v if k in TOLD[how] else None for k, v in said.items()}
        line = " ".join(t for t in (kept["number"], kept["street"], kept["town"]) if t)
        age = when.year - int(who.born[:4]) + int(self.rng.integers(-1, 2))
        says_age = "age" in TOLD[how] and self.rng.random() < 0.5
        says_relation = role == "suspect" and self.rng.random() < self.area.related
        record_id = f"{report_id}/{role}"
        self.people.append(
            {
                "record_id": record_id, "report_id": report_id, "role": role,
                "relationship": relation if says_relation else None,
                "forenames": " ".join(t for t in (kept["first"], kept["middle"]) if t) or None,
                "surname": kept["last"], "sex": {"M": "male", "F": "female"}[who.sex],
                "descriptor": RELATIONS[relation][1] if how == "words" else None,
                "birth_date": _day(kept["born"]), "phones": [kept["phone"]] if kept["phone"] else None,
                "age_from": age if says_age else None, "age_to": age if says_age else None,
                "address_text": line or None, "town": kept["town"], "postcode": kept["postcode"],
            }
        )  # fmt: skip
        self.truth.append((record_id, id(who)))
        return how

    def made(self) -> Made:
        def frame(rows: list[dict[str, object]], schema: pl.Schema) -> pl.DataFrame:
            return pl.DataFrame([{c: r.get(c) for c in schema} for r in rows], schema=schema)

        return Made(
            {
                "people": frame(self.people, PEOPLE.polars_schema),
                "reports": frame(self.reports, REPORTS.polars_schema),
            },
            pl.DataFrame(self.truth, schema=["record_id", "person_id"], orient="row"),
            pl.DataFrame(self.about),
        )


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        return None


def made(area: Area, seed: int) -> Made:
    """An area from a seed."""
    rng = np.random.default_rng(seed)
    everybody = people(rng, 8 * area.pairs)
    homes: dict[tuple[str, str, str, str], list[Someone]] = {}
    for one in everybody:
        homes.setdefault(one.home, []).append(one)
    writer, known = _Writer(rng, area), list[Someone]()
    shares = [share for share, _ in RELATIONS.values()]
    for _ in range(area.pairs):
        victim = everybody[int(rng.integers(0, len(everybody)))]
        relation = str(rng.choice(list(RELATIONS), p=shares))
        others = [one for one in homes[victim.home] if one is not victim]
        if known and rng.random() < area.again:
            suspect = known[int(rng.integers(0, len(known)))]
        elif relation in ("family", "partner") and others:
            suspect = others[int(rng.integers(0, len(others)))]
        else:
            suspect = everybody[int(rng.integers(0, len(everybody)))]
        if suspect is victim:
            continue
        known.append(suspect)
        when = FIRST_DAY + dt.timedelta(days=float(rng.random() * DAYS))
        for _ in range(1 if rng.random() > area.courses else 1 + times(rng, 3.0, 25)):
            writer.report(victim, suspect, when, relation)
            if rng.random() < area.of_home and (own := [one for one in others if one is not suspect]):
                writer.report(own[int(rng.integers(0, len(own)))], suspect, when, "acquaintance")
            when += dt.timedelta(days=float(rng.exponential(40.0)))
    return writer.made()


def told_of(area: Made, *, splink: bool) -> list[tuple[Told, float]]:
    """What each method says of pairs of reports, and F1 of its persons."""
    people_, result = area.bundle["people"], link(area.bundle)
    said = [(ours(result), pairwise(result.persons, area.truth, "record_id", "person_id").f1)]
    if splink:
        persons = splink_wider(people_)
        f1 = pairwise(persons, area.truth, "record_id", "person_id").f1
        said.append((of_persons("Splink 5, tuned, wider blocking", people_, persons), f1))
    return said


def measure_areas() -> int:
    """Reports of areas that another maker made: how well pairs of reports are told where people, slips and
    habits are not those of our own made-up world.

        python -m benchmarks.linkage areas [--areas families custody] [--seeds 1 2] [--splink]

    Nothing here knows how the linkage works, and nothing is fitted to the truth. People are those of
    :mod:`benchmarks.foreign`. A pair of reports is true when both are about the same two people.
    """
    parser = argparse.ArgumentParser(
        description=getdoc(measure_areas), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--areas", nargs="+", choices=list(AREAS), default=list(AREAS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument(
        "--splink", action="store_true", help="Splink 5 beside it, whose pairs follow from persons"
    )
    asked = parser.parse_args()
    headings = (
        "area", "seed", "records", "true pairs", "method", "precision", "F1", "at the best threshold",
        "recall at 99%", "calibration error", "F1 of persons",
    )  # fmt: skip
    table = Table(*headings)
    for name in asked.areas:
        for seed in asked.seeds:
            area = made(AREAS[name], seed)
            truth = true_pairs(area.about)
            for said, persons in told_of(area, splink=asked.splink):
                s = scores(said, area.about, truth, None)
                told = [f"{s[k]:.3f}" for k in ("precision", "f1", "best_f1", "recall_at_99", "ece")]
                if said.pairs["bits"].n_unique() == 1:
                    told[2:] = ["", "", ""]  # linked or not: there is no belief between
                table.add_row(
                    *(name, str(seed), f"{area.truth.height:,}", f"{truth.height:,}", said.name),
                    *told,
                    f"{persons:.3f}",
                )
    Console(width=200).print(table)
    return 0


PARTS = {
    "dyads": measure_dyads,
    "areas": measure_areas,
    "errors": write_errors,
    "parity": compare_parity,
}
"""Each part by the word that asks for it; without a word, the first."""

if __name__ == "__main__":
    sys.exit(run_part("linkage", PARTS))
