"""Splink 5 on DuckDB, driven by the table of levels: training, and scoring as a second opinion."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator

from lamplighter.linkage.levels import Comparison, Level, comparisons, tf_columns
from lamplighter.linkage.model import Model

MAX_PAIRS = 5e5
ID = "record_id"
# Blocks of training: a column made for the block, how, and the comparisons it says nothing about.
# The column has a name of its own, because Splink leaves out of a session every comparison that
# looks at a blocking column, and the household levels look at many.
BLOCKS: Mapping[str, tuple[pl.Expr, frozenset[str]]] = {
    "block_name": (
        pl.format("{} {}", "first", "sur"),
        frozenset({"forename", "surname", "nominal"}),
    ),
    "block_birth": (
        pl.format("{} {}", "birth_date", "sex"),
        frozenset({"birth_date", "age", "sex", "nominal"}),
    ),
    "block_phone": (
        pl.col("phones").list.first(),
        frozenset({"telephone", "address", "nominal"}),
    ),
}


def settings(model: Model, blocking: list[str] | None = None) -> SettingsCreator:
    """Splink settings with the levels of the table and the rates of ``model``."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=ID,
        comparisons=[_comparison(c, model) for c in comparisons()],
        blocking_rules_to_generate_predictions=[{"blocking_rule": b} for b in blocking or []],
        probability_two_random_records_match=model.priors.other,
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=False,
    )


def _comparison(c: Comparison, model: Model) -> dict[str, Any]:
    null = {"sql_condition": c.null_sql, "label_for_charts": "nothing to compare", "is_null_level": True}
    return {
        "output_column_name": c.name,
        "comparison_levels": [null, *(_level(c, v, model) for v in c.levels)],
    }


def _level(c: Comparison, v: Level, model: Model) -> dict[str, Any]:
    m, u = model.rates[c.name][v.name]
    row: dict[str, Any] = {
        "sql_condition": v.sql or "ELSE",
        "label_for_charts": v.title,
        "m_probability": m,
        "u_probability": u,
        "fix_m_probability": v.fixed,
        "fix_u_probability": v.fixed,
    }
    if v.tf:
        row |= {"tf_adjustment_column": v.tf, "tf_adjustment_weight": 1.0}
    return row


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Splink prints and warns about each session; the library says nothing on its caller's screen."""
    known = logging.root.manager.loggerDict
    names = ["splink", "sqlglot", *(n for n in known if n.startswith("splink."))]
    before = {n: logging.getLogger(n).level for n in names}
    for n in names:
        logging.getLogger(n).setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for n, level in before.items():
                logging.getLogger(n).setLevel(level)


def linker(features: pl.DataFrame, model: Model, blocking: list[str] | None = None) -> Linker:
    """A Splink linker over ``features``, with the model's value frequencies registered."""
    api = DuckDBAPI()
    made = Linker(api.register(features.to_arrow(), dataset_display_name="people"), settings(model, blocking))
    for column in tf_columns():
        values = features[column].drop_nulls().unique().sort()
        shares = [model.tf[column].get(v, model.tf_unseen[column]) for v in values]
        table = pl.DataFrame(
            {column: values, f"tf_{column}": shares},
            schema={column: pl.String(), f"tf_{column}": pl.Float64()},
        )
        made.table_management.register_term_frequency_lookup(api.register(table.to_arrow()), column)
    return made


def train(features: pl.DataFrame, model: Model) -> dict[str, dict[str, tuple[float, float]]]:
    """Rates by Splink: u by random sampling, m by EM on each block that has pairs, averaged.

    A level that Splink saw too little of keeps the rate of ``model``.
    """
    from splink.internals.exceptions import EMTrainingException

    columns = features.with_columns([made.alias(name) for name, (made, _) in BLOCKS.items()])
    with _quiet():
        made = linker(columns, model)
        made.training.estimate_u_using_random_sampling(max_pairs=MAX_PAIRS)
        u = {name: rates[1] for name, rates in _rates(made._settings_obj.comparisons).items()}
        found: dict[tuple[str, str], list[float]] = {}
        for name, (_, blind) in BLOCKS.items():
            if columns[name].drop_nulls().is_duplicated().sum() < 20:
                continue
            try:
                session = made.training.estimate_parameters_using_expectation_maximisation(
                    f"l.{name} = r.{name}", max_pairs=MAX_PAIRS
                )
            except EMTrainingException:
                continue
            for (comparison, level), (m, _) in _rates(session.core_model_settings.comparisons).items():
                if comparison not in blind and m is not None:
                    found.setdefault((comparison, level), []).append(m)
    result: dict[str, dict[str, tuple[float, float]]] = {}
    for c in comparisons():
        result[c.name] = {}
        for v in c.levels:
            m0, u0 = model.rates[c.name][v.name]
            ms = found.get((c.name, v.name))
            result[c.name][v.name] = (float(np.mean(ms)) if ms else m0, u.get((c.name, v.name)) or u0)
    return result


def _rates(found: Any) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    """Rates by comparison and level from Splink's own comparisons; a level it never saw has none."""
    rates: dict[tuple[str, str], tuple[float | None, float | None]] = {}
    ours = {c.name: c for c in comparisons()}
    for comparison in found:
        c = ours[comparison.output_column_name]
        seen = [x for x in comparison.comparison_levels if not x.is_null_level]
        for level, v in zip(seen, c.levels, strict=True):
            rates[c.name, v.name] = (_number(level.m_probability), _number(level.u_probability))
    return rates


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and 0 < value < 1 else None


def weights(features: pl.DataFrame, pairs: npt.NDArray[np.int64], model: Model) -> pl.DataFrame:
    """Splink's own weight of each pair of rows, without the prior: left_record, right_record, bits.

    For the parity test: Splink joins the pairs itself, in one block a pair.
    """
    ids = features[ID]
    with _quiet():
        made = linker(features.with_columns(block_all=pl.lit(1)), model, ["l.block_all = r.block_all"])
        frame = made.inference.predict().as_duckdbpyrelation().pl()
    columns = [c for c in frame.columns if c.startswith("mw_")]
    frame = frame.select(f"{ID}_l", f"{ID}_r", bits=pl.sum_horizontal(columns))
    wanted = pl.DataFrame({f"{ID}_l": ids.gather(pairs[:, 0]), f"{ID}_r": ids.gather(pairs[:, 1])})
    turned = pl.concat(
        [frame, frame.rename({f"{ID}_l": f"{ID}_r", f"{ID}_r": f"{ID}_l"}).select(frame.columns)]
    )
    joined = wanted.join(turned, on=[f"{ID}_l", f"{ID}_r"], how="left", maintain_order="left")
    return joined.rename({f"{ID}_l": "left_record", f"{ID}_r": "right_record"})
