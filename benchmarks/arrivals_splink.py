"""Splink 5's ``predict_between`` on the records of :mod:`benchmarks.arrivals`, one new record at a time."""

from __future__ import annotations

import contextlib
import io
import logging
import statistics
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

Say = Callable[[str], None]
MOST_TIMED = 40
"""How many reports are looked up: each takes Splink about half a second in two million records."""
LINKED_AT = 0.5


def compare(
    held: dict[str, pl.DataFrame],
    reports: Sequence[dict[str, Any]],
    truth: pl.DataFrame,
    ours: float,
    told: tuple[int, int],
    say: Say,
) -> None:
    """Times of single records, how many true partners were found, and the ratio to ``ours`` (s a report)."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("splink")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        times, right, asked = _measured(held["people"], reports, truth)
    median = statistics.median(times)
    people = statistics.mean(len(r["people"]) for r in reports)
    say(f"Splink 5 predict_between, one record: p50 {1e3 * median:.1f} ms, max {1e3 * max(times):.1f} ms")
    say(f"  found a true partner of {right} of {asked} records; ours {told[0]} of {told[1]}")
    say(f"  ours takes {1e3 * ours:.1f} ms for a report of {people:.1f} people, committed:")
    say(f"  {median * people / ours:.0f} times faster a record")


def _frame(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(
        pl.col("record_id").alias("unique_id"),
        pl.col("forenames").str.to_lowercase().str.split(" ").list.first().alias("first_name"),
        pl.col("surname").str.to_lowercase().alias("surname"),
        pl.col("birth_date").cast(pl.String).alias("dob"),
        "postcode",
        pl.col("phones").list.first().alias("phone"),
    )


def _measured(
    people: pl.DataFrame, reports: Sequence[dict[str, Any]], truth: pl.DataFrame
) -> tuple[list[float], int, int]:
    database = DuckDBAPI()
    whole = database.register(_frame(people).to_arrow(), dataset_display_name="held")
    linker = Linker(whole, _settings())
    linker.training.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob"), block_on("phone", "first_name")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on("first_name", "surname"), block_on("dob")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=5e5)
    for column in ("first_name", "surname", "first_name_surname_concat", "dob", "postcode", "phone"):
        with contextlib.suppress(Exception):
            linker.table_management.compute_tf_table(column)
    person = dict(truth.select("record_id", "person_id").iter_rows())
    partners: dict[str, set[str]] = defaultdict(set)
    for record in people["record_id"].filter(people["record_id"].is_in(list(person))):
        partners[person[record]].add(record)
    times, right, asked = [], 0, 0
    for report in reports:
        for new in report["people"]:
            frame = _frame(pl.DataFrame([new], schema=people.schema))
            began = time.perf_counter()
            one = database.register(frame.to_arrow(), dataset_display_name=f"new{len(times)}")
            found = linker.inference.predict_between(whole, one).as_pyarrow_table().to_pylist()
            times.append(time.perf_counter() - began)
            if partners[person[new["record_id"]]]:
                asked += 1
                likely = [r for r in found if r["match_probability"] >= LINKED_AT]
                ends = {r[side] for r in likely for side in ("unique_id_l", "unique_id_r")}
                right += bool(ends & partners[person[new["record_id"]]])
    return times, right, asked


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "surname"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode", "surname"),
            block_on("postcode", "first_name"),
            block_on("phone"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        ],
    )
