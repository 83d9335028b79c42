"""Splink 5's ``predict_between`` on the records of :mod:`benchmarks.arrivals`, one new record at a time."""

from __future__ import annotations

import contextlib
import io
import logging
import statistics
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    fits: Mapping[str, set[str]],
    weighed: Sequence[float],
    whole: Sequence[float],
    say: Say,
) -> None:
    """Times of single records and of whole reports, how many true partners were found, and how many times
    faster ours is: at the same work (``weighed``, and whom each record ``fits``), and with all that a report
    comes to (``whole``). Times are seconds a report; ``reports`` have been matched."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("splink")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        singly, at_once, likely = _measured(held["people"], reports)
    record, report = statistics.median(singly), statistics.median(at_once)
    people = statistics.mean(len(r["people"]) for r in reports)
    say(f"Splink 5 predict_between, one record: p50 {1e3 * record:.1f} ms, max {1e3 * max(singly):.1f} ms")
    say(f"  the {people:.1f} people of a report at once: p50 {1e3 * report:.1f} ms")
    partners = _partners(held["people"], reports, truth)
    found = [_found(partners, of) for of in (likely, fits, _persons(partners))]
    say(f"  of {len(partners)} records with a true partner held it found one of {found[0]};")
    say(f"  ours, looked up and weighed alone, of {found[1]}, and by whose person it then was, of {found[2]}")
    for what, times in (
        ("looked up and weighed alone, as predict_between does", weighed),
        ("all of it: named, explained and committed as well", whole),
    ):
        ours = statistics.median(times)
        say(f"  ours, {what}: p50 {1e3 * ours:.1f} ms a report;")
        say(f"    {record * people / ours:.0f} times faster a record, {report / ours:.0f} a whole report")


def _partners(
    people: pl.DataFrame, reports: Sequence[dict[str, Any]], truth: pl.DataFrame
) -> dict[str, set[str]]:
    """The true partners of each new record that has any held."""
    person = dict(truth.select("record_id", "person_id").iter_rows())
    held: dict[str, set[str]] = defaultdict(set)
    for record in people["record_id"].filter(people["record_id"].is_in(list(person))):
        held[person[record]].add(record)
    new = [p["record_id"] for r in reports for p in r["people"]]
    return {r: held[person[r]] for r in new if held[person[r]]}


def _persons(records: Iterable[str]) -> dict[str, set[str]]:
    """With whom each of some records is one person in the hub."""
    from lamplighter.hub.people.models import Membership

    now = Membership.objects.filter(current=True)
    person = dict(now.filter(record_id__in=list(records)).values_list("record_id", "person_id"))
    members: dict[str, set[str]] = defaultdict(set)
    of_those = now.filter(person_id__in=list(person.values()))
    for person_id, record in of_those.values_list("person_id", "record_id"):
        members[person_id].add(record)
    return {r: members[p] for r, p in person.items()}


def _found(partners: Mapping[str, set[str]], likely: Mapping[str, set[str]]) -> int:
    """Of how many records a true partner is among those who are likely to be the same."""
    return sum(bool(own & likely.get(record, set())) for record, own in partners.items())


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
    people: pl.DataFrame, reports: Sequence[dict[str, Any]]
) -> tuple[list[float], list[float], dict[str, set[str]]]:
    """Seconds for each record, seconds for all records of each report at once, and whom each record is likely
    to be."""
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
    likely: dict[str, set[str]] = {}

    def asked(new: Sequence[dict[str, Any]]) -> float:
        frame = _frame(pl.DataFrame(new, schema=people.schema))
        began = time.perf_counter()
        name = f"new{time.monotonic_ns()}"
        some = database.register(frame.to_arrow(), dataset_display_name=name)
        found = linker.inference.predict_between(whole, some).as_pyarrow_table().to_pylist()
        took = time.perf_counter() - began
        for row in found:
            if row["match_probability"] >= LINKED_AT:
                for one, other in (("unique_id_l", "unique_id_r"), ("unique_id_r", "unique_id_l")):
                    likely.setdefault(row[one], set()).add(row[other])
        return took

    singly = [asked([new]) for report in reports for new in report["people"]]
    return singly, [asked(report["people"]) for report in reports], likely


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
