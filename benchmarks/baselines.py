"""The peers: exact matching, and Splink 5 as its own examples set it up.

Both see what the linkage sees (the ``people`` table as received) and neither
sees the truth. Both give persons; report pairs follow by the obvious rule that
two reports belong together when a victim of one is a victim of the other and a
suspect of one is a suspect of the other.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from typing import Any

import polars as pl
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI


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
