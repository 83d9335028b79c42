"""One linker on one table of :mod:`benchmarks.linkage_people`, in a process of its own.

    python -m benchmarks.linkage_contenders NAME FOLDER

Prints one line of JSON: seconds from the table in memory to persons, the peak of resident memory in MB over
the process, and how right the pairs and the persons are. Everybody gets the same columns and links at
a probability of its own: ours at the bar that it chooses, Splink at 0.95.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks import metrics

SPLINK_LINKS_AT = 0.95
NARROW: Sequence[Sequence[str]] = (
    ("first_name", "surname", "substr(postcode, 1, 4)"),
    ("surname", "dob"),
    ("first_name", "dob"),
    ("postcode", "surname"),
    ("postcode", "first_name"),
    ("phone",),
    ("substr(surname, 1, 4)", "substr(dob, 6, 2)", "substr(first_name, 1, 1)", "substr(dob, 1, 4)"),
)
WIDE: Sequence[Sequence[str]] = (
    ("first_name", "surname"),
    ("surname", "dob"),
    ("first_name", "dob"),
    ("postcode",),
    ("phone",),
    ("dob", "substr(postcode, 1, 3)"),
    ("substr(surname, 1, 4)", "substr(dob, 1, 4)", "substr(first_name, 1, 1)"),
    ("substr(surname, 1, 3)", "substr(first_name, 1, 3)", "substr(postcode, 1, 4)"),
    ("dob", "substr(first_name, 1, 1)"),
)


@dataclass(slots=True)
class Found:
    """What a linker says: ``persons`` (record_id, person_id); ``pairs`` (left, right, as ids or row numbers,
    and bits of log-odds); how many pairs it looked at, where it tells; its own recall; seconds."""

    persons: pl.DataFrame
    pairs: pl.DataFrame
    links_at: float
    looked_at: int | None
    seconds: float
    recall: Any = None
    steps: dict[str, float] | None = None


def ours(people: pl.DataFrame) -> Found:
    """The table as anybody would hand it over; nothing is set."""
    from lamplighter.linkage_tables import link

    steps: dict[str, float] = {}
    started = last = time.perf_counter()
    name = ""

    def told(step: str) -> None:
        nonlocal last, name
        now = time.perf_counter()
        if name:
            steps[name] = now - last
        last, name = now, step

    result = link(people, progress=told)
    told("done")
    seconds = time.perf_counter() - started
    return Found(
        result.persons.select("record_id", "person_id"),
        result.pairs.select(
            pl.col("left_record").alias("left"), pl.col("right_record").alias("right"), bits="match_weight"
        ),
        float(np.log2(result.model.bands.link_at) - np.log2(1 - result.model.bands.link_at)),
        int(result.notes["pairs_looked_at"]),
        seconds,
        asdict(result.notes["recall_of_keys"]) if result.notes.get("recall_of_keys") else None,
        steps,
    )


def splink(rules: Sequence[Sequence[str]], most_pairs: float | None) -> Callable[[pl.DataFrame], Found]:
    """Splink 5 with the comparisons of its own examples; ``most_pairs`` caps expectation maximisation."""

    def run(people: pl.DataFrame) -> Found:
        import splink.comparison_library as cl
        from splink import Linker, SettingsCreator, block_on
        from splink.backends.duckdb import DuckDBAPI

        warnings.simplefilter("ignore")
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("splink")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        frame = people.select(
            unique_id=pl.int_range(pl.len()),
            first_name=pl.col("forenames").str.to_lowercase(),
            surname=pl.col("surname").str.to_lowercase(),
            dob="birth_date",
            postcode="postcode",
            phone="phones",
        ).to_arrow()
        settings = SettingsCreator(
            link_type="dedupe_only",
            blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
            comparisons=[
                cl.ForenameSurnameComparison("first_name", "surname"),
                cl.DateOfBirthComparison("dob", input_is_string=True),
                cl.PostcodeComparison("postcode"),
                cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            ],
        )
        started = time.perf_counter()
        linker = Linker(DuckDBAPI().register(frame, dataset_display_name="people"), settings)
        train = linker.training
        train.estimate_probability_two_random_records_match(
            [block_on("first_name", "surname", "dob"), block_on("phone", "first_name")], recall=0.7
        )
        train.estimate_u_using_random_sampling(max_pairs=1e6)
        capped = {} if most_pairs is None else {"max_pairs": most_pairs}
        train.estimate_parameters_using_expectation_maximisation(block_on("first_name", "surname"), **capped)
        train.estimate_parameters_using_expectation_maximisation(block_on("dob"), **capped)
        trained = time.perf_counter()
        scored = linker.inference.predict(threshold_match_probability=0.01)
        predicted = time.perf_counter()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            scored, threshold_match_probability=SPLINK_LINKS_AT
        )
        groups = pl.DataFrame(clusters.as_pyarrow_table())
        seconds = time.perf_counter() - started
        pairs = pl.DataFrame(scored.as_pyarrow_table())
        ids = people["record_id"]
        return Found(
            pl.DataFrame({"record_id": ids.gather(groups["unique_id"]), "person_id": groups["cluster_id"]}),
            pairs.select(left="unique_id_l", right="unique_id_r", bits="match_weight"),
            float(np.log2(SPLINK_LINKS_AT / (1 - SPLINK_LINKS_AT))),
            None,
            seconds,
            None,
            {
                "training": trained - started,
                "pairs": predicted - trained,
                "persons": seconds + started - predicted,
            },
        )

    return run


CONTENDERS: dict[str, Callable[[pl.DataFrame], Found]] = {
    "ours": ours,
    "splink_tuned": splink(NARROW, 5e5),
    "splink_wider": splink(WIDE, 5e5),
    "splink_defaults": splink(NARROW, None),
}


def measured(found: Found, truth: pl.DataFrame) -> dict[str, Any]:
    """Pairwise scores of the pairs at the linker's own threshold and at the best one, and of the persons."""
    whose = truth.select("record_id", "person_id")
    if found.pairs["left"].dtype == pl.String:
        placed = found.pairs.join(whose, left_on="left", right_on="record_id").join(
            whose, left_on="right", right_on="record_id", suffix="_r"
        )
        match = (placed["person_id"] == placed["person_id_r"]).to_numpy()
        bits = placed["bits"].to_numpy()
    else:
        person = truth["person_id"].to_numpy()
        match = person[found.pairs["left"].to_numpy()] == person[found.pairs["right"].to_numpy()]
        bits = found.pairs["bits"].to_numpy()
    sizes = truth.group_by("person_id").len()["len"].cast(pl.Int64)
    wanted = float((sizes * (sizes - 1) // 2).sum())
    order = np.argsort(-bits, kind="stable")
    right = np.cumsum(match[order])
    taken = np.arange(1, len(order) + 1)
    f1 = 2 * right / (taken + wanted)
    own = int((bits >= found.links_at).sum())
    at_own = float(f1[own - 1]) if own else 0.0
    precise = np.flatnonzero(right / taken >= 0.99)
    pair = metrics.pairwise(found.persons, truth, "record_id", "person_id")
    cubed = metrics.b_cubed(found.persons, truth, "record_id", "person_id")
    return {
        "pair_f1": at_own,
        "best_pair_f1": float(f1.max()),
        "recall_at_99": float(right[precise[-1]] / wanted) if len(precise) else 0.0,
        "scored_recall": float(match.sum() / wanted),
        "precision": pair.precision,
        "recall": pair.recall,
        "f1": pair.f1,
        "b3": cubed.f1,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=[*CONTENDERS])
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    people = pl.read_parquet(arguments.folder / "people.parquet")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    found = CONTENDERS[arguments.name](people)
    peak = resource.getrusage(resource.RUSAGE_SELF)
    report = {
        "name": arguments.name,
        "seconds": found.seconds,
        "processor_seconds": peak.ru_utime - before,
        "megabytes": peak.ru_maxrss / 1024,
        "pairs_a_record": found.looked_at / people.height if found.looked_at else None,
        "own_recall": found.recall,
        "steps": found.steps,
    }
    print(json.dumps(report | measured(found, pl.read_parquet(arguments.folder / "truth.parquet"))))


if __name__ == "__main__":
    main()
