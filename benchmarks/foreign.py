"""How well ``link`` and ``link_pairs`` do on labelled tables with other people's columns, beside Splink 5.

    python -m benchmarks.foreign [--only parish,complaints] [--seed 101] [--also FOLDER]

Nothing is said of the columns: they are guessed, once for all tables, and nothing is fitted to a truth.
``--also``: a folder of further labelled CSVs (a column ``truth``; two people a row where the name begins
with ``pair``), such as FEBRL. Splink sees the columns as they were understood, with the settings of its
own examples ("stock"), and with wide blocking rules and a cap on training ("tuned").
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import polars as pl
import splink.comparison_library as cl
from rich.console import Console
from rich.table import Table
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from benchmarks.foreign_more import MORE, MORE_TWO_PARTY
from benchmarks.foreign_tables import TABLES, TWO_PARTY
from lamplighter.linkage.explain.accuracy import b_cubed, pairwise
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.whole_tables import linked, truth_of

NARROW = (("first", "last"), ("last", "dob"), ("first", "dob"), ("postcode", "first"), ("phone",))
WIDE = (*NARROW, ("dob",), ("postcode",), ("last", "town"), ("first", "town"), ("first", "street"),
        ("last", "street"))  # fmt: skip
AT = 0.95


def splink(frame: pl.DataFrame, rules: Sequence[Sequence[str]], most_pairs: float | None) -> pl.DataFrame:
    """Splink 5 on a table as it was understood: record (row number as text), group."""
    people = understood(frame).people
    names = {
        "forenames": "first", "surname": "last", "birth_date": "dob", "postcode": "postcode",
        "phones": "phone", "town": "town", "street": "street",
    }  # fmt: skip
    seen = people.select(
        pl.int_range(pl.len()).alias("unique_id"),
        *(
            (pl.col(c).list.first() if people[c].dtype == pl.List else pl.col(c)).str.to_lowercase().alias(n)
            for c, n in names.items()
            if c in people.columns
        ),
    )
    there = set(seen.columns)
    kinds = {
        "first": cl.NameComparison("first"), "last": cl.NameComparison("last"),
        "dob": cl.DateOfBirthComparison("dob", input_is_string=True),
        "postcode": cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        "phone": cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        "town": cl.ExactMatch("town").configure(term_frequency_adjustments=True),
        "street": cl.JaroWinklerAtThresholds("street"),
    }  # fmt: skip
    usable = [r for r in rules if set(r) <= there]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*r) for r in usable],
        comparisons=[k for n, k in kinds.items() if n in there],
    )
    linker = Linker(DuckDBAPI().register(seen.to_arrow(), dataset_display_name="people"), settings)
    sure = [r for r in (("first", "last", "dob"), ("first", "last", "street"), ("first", "phone"))
            if set(r) <= there]  # fmt: skip
    train = linker.training
    train.estimate_probability_two_random_records_match([block_on(*r) for r in sure], recall=0.7)
    train.estimate_u_using_random_sampling(max_pairs=1e6)
    capped = {} if most_pairs is None else {"max_pairs": most_pairs}
    for rule in (("first", "last"), ("dob",) if "dob" in there else ("last", "street")):
        train.estimate_parameters_using_expectation_maximisation(block_on(*rule), **capped)
    scored = linker.inference.predict(threshold_match_probability=AT)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_probability=AT
    )
    groups = pl.DataFrame(found.as_pyarrow_table())
    return groups.select(rid=pl.col("unique_id").cast(pl.String()), group="cluster_id")


def quietly(frame: pl.DataFrame, rules: Sequence[Sequence[str]], most: float | None) -> pl.DataFrame | None:
    """The same without its chatter; None where it stops with an error."""
    for name in [n for n in logging.root.manager.loggerDict if n.startswith("splink")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return splink(frame, rules, most)
        except Exception:  # noqa: BLE001 - a peer that cannot be fitted to a table is part of the result
            return None


def rows(name: str, table: pl.DataFrame, *, two_party: bool, alone: bool) -> list[list[str]]:
    """The lines of one labelled table: ours, and Splink's where it has something for such a table."""
    truth = truth_of(table, "truth")
    assert truth is not None
    frame = table.drop("truth")
    started = time.perf_counter()
    found = linked(frame, two_party=two_party)
    seconds = time.perf_counter() - started
    m = found.measured(truth)
    b = m.beliefs
    own = [name, f"{table.height:,}", "Lamplighter", *m.groups.cells(), f"{m.items.f1:.3f}",
           f"{b.at_bar - b.best:+.3f}", f"{b.recall_sure:.3f}", f"{b.calibration_error:.3f}",
           f"{b.proposed:.3f}", f"{seconds:.1f}"]  # fmt: skip
    lines = [own]
    if two_party or alone:
        return lines
    known = pl.DataFrame(
        {"rid": pl.Series(range(table.height), dtype=pl.Int64()).cast(pl.String()), "group": truth}
    ).drop_nulls("group")
    for title, rules, most in (("Splink 5, stock", NARROW, None), ("Splink 5, tuned", WIDE, 5e5)):
        started = time.perf_counter()
        theirs = quietly(frame, rules, most)
        if theirs is None:
            lines.append(["", "", title, *["-"] * 8, f"{time.perf_counter() - started:.1f}"])
            continue
        score, cubed = pairwise(theirs, known, "rid", "group"), b_cubed(theirs, known, "rid", "group")
        lines.append(["", "", title, *score.cells(), f"{cubed.f1:.3f}", *["-"] * 4,
                      f"{time.perf_counter() - started:.1f}"])  # fmt: skip
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="names of tables, parted by commas")
    parser.add_argument("--also", type=Path, help="a folder of further labelled CSVs")
    parser.add_argument("--alone", action="store_true", help="without Splink")
    parser.add_argument("--seed", type=int, help="made anew with this seed, every table")
    arguments = parser.parse_args()
    seeded = {} if arguments.seed is None else {"seed": arguments.seed}
    two_party = TWO_PARTY | MORE_TWO_PARTY
    made: dict[str, tuple[Callable[..., pl.DataFrame], bool]] = {
        n: (partial(f, **seeded), n in two_party) for n, f in (TABLES | MORE | two_party).items()
    }
    if arguments.also:
        for path in sorted(arguments.also.glob("*.csv")):
            made[path.stem] = (
                lambda path=path: pl.read_csv(path, infer_schema=False),
                path.stem[:4] == "pair",
            )
    only = [n for n in arguments.only.split(",") if n]
    table = Table(
        title="Tables with other people's columns; the columns are guessed, nothing is fitted to the truth"
    )
    for heading in ("table", "rows", "method", "precision", "recall", "F1", "B3 F1", "bar less best",
                    "R at 99%", "calibration error", "looked at", "s"):  # fmt: skip
        table.add_column(heading, justify="left" if heading in ("table", "method") else "right")
    for name, (make, of_two) in made.items():
        if only and name not in only:
            continue
        lines = rows(name, make(), two_party=of_two, alone=arguments.alone)
        for i, line in enumerate(lines):
            table.add_row(*line, end_section=i == len(lines) - 1)
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
