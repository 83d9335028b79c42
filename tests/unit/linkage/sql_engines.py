"""Write the same table and the same model as SQL, for an engine that holds the records: DuckDB, or Spark.

The conditions of the table are SQL already; the mixture becomes a sum of powers of two. What comes back is
the level of every comparison and the evidence of every pair, as the arrays give them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import sqlglot
from sqlglot import exp

from lamplighter.linkage.arrays.row_order import Rows
from lamplighter.linkage.comparisons.comparison_levels import NULL_LEVEL, Comparison, Level
from lamplighter.linkage.comparisons.comparison_vectors import LIST_FEATURES, active
from lamplighter.linkage.features.encoded_columns import Lists, Numbers, Texts
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies import name_dependence
from lamplighter.linkage.model.parameters import Model

Bits = npt.NDArray[np.float64]
DUCKDB, SPARK = "duckdb", "spark"
# What Splink's library for Spark calls the functions that DuckDB has of its own.
_IN_SPARK = {"jaro_winkler_similarity": "jaro_winkler"}


def features_frame(features: Features) -> pl.DataFrame:
    """Features as a plain table with a column ``row``: texts, lists and numbers."""
    made: dict[str, pl.Series] = {}
    for name, column in features.columns.by_name.items():
        if isinstance(column, Texts):
            values = [*column.values.to_list(), None]
            made[name] = pl.Series([values[code] for code in column.codes], dtype=pl.String())
        elif isinstance(column, Numbers):
            whole = pl.Series(column.numbers)
            made[name] = pl.DataFrame({"n": whole, "k": column.known}).select(
                pl.when("k").then("n").alias(name)
            )[name]
        else:
            made[name] = pl.Series(_texts(column), dtype=pl.List(pl.String()))
    # Spark has no whole numbers without a sign.
    return pl.DataFrame(made).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64()))


def _texts(column: Lists) -> list[list[str] | None]:
    items = column.values.to_list()
    distinct: list[list[str] | None] = [
        [items[e] for e in column.elements[a:b]]
        for a, b in zip(column.starts[:-1], column.starts[1:], strict=True)
    ]
    distinct.append(None)
    return [distinct[code] for code in column.codes]


def shares_frame(features: Features, model: Model) -> pl.DataFrame:
    """Bits of every value's frequency: columns ``feature``, ``value``, ``bits``."""
    parts = []
    for name in sorted({v.tf for c in model.table for v in c.levels if v.tf and features.has(v.tf)}):
        column = features.columns.by_name[name]
        assert isinstance(column, (Texts, Lists))
        parts.append(
            pl.DataFrame({"value": column.values, "bits": model.frequencies.bits_of(name, column.values)})
            .with_columns(feature=pl.lit(name))
            .select("feature", "value", "bits")
        )
    schema = {"feature": pl.String(), "value": pl.String(), "bits": pl.Float64()}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def _ladder(comparison: Comparison) -> str:
    """Return the levels of a comparison over columns ``x_l`` and ``x_r``, as SQL."""
    arms = [f"when {level.sql} then {level.value}" for level in comparison.levels if level.sql]
    return f"case when {comparison.null_sql} then {NULL_LEVEL} {' '.join(arms)} else 0 end"


def statement(features: Features, model: Model, dialect: str = DUCKDB) -> str:
    """SQL over tables ``people`` (:func:`features_frame`), ``pairs`` (pair, l, r), ``shares``
    (:func:`shares_frame`) and ``wholes`` (:func:`wholes_frame`) that gives ``pair``, a level a comparison,
    and ``evidence``."""
    at = active(features, model.table)
    table = [model.table[i] for i in at]
    columns = sorted({c for t in table for c in t.columns()} & set(features.columns.by_name))
    sides = ", ".join(f"a.{c} as {c}_l, b.{c} as {c}_r" for c in columns)
    levels = ", ".join(f"{_translated(_ladder(c), dialect)} as {c.name}" for c in table)
    shades = [
        (c, v) for c in table for v in c.levels if v.tf is not None and features.has(v.tf) and not v.near
    ]
    joins = "".join(_shade(c, v, dialect) for c, v in shades)
    bits = {(c.name, v.value): f"coalesce(s_{c.name}_{v.value}.bits, 0)" for c, v in shades}
    if model.frequencies.communities is not None:
        joins += _together(model)
        bits[model.table[name_dependence.place(model.table)].name, -1] = "coalesce(together.bits, 0)"
    kinds = [_kind(model, k, list(zip(at, table, strict=True)), bits) for k in range(len(model.arrays.same))]
    one = " + ".join(kinds[k] for k in np.flatnonzero(model.arrays.same))
    two = " + ".join(kinds[k] for k in np.flatnonzero(~model.arrays.same))
    names = ", ".join(f"w.{c.name}" for c in table)
    return (
        f"with w as (select pair, {levels}, {_lists(columns)} from (select p.pair, {sides} from pairs p"
        f" join people a on a.row = p.l join people b on b.row = p.r) as sides)"
        f" select w.pair, {names}, log2({one}) - log2({two}) + ({model.arrays.base!r}) as evidence"
        f" from w{joins}"
    )


def _lists(columns: list[str]) -> str:
    """Return the columns of both sides, kept for the look-up of frequencies."""
    return ", ".join(f"{c}_l, {c}_r" for c in columns)


def wholes_frame(features: Features, model: Model) -> pl.DataFrame:
    """Bits by which whole names are commoner than both names say (:mod:`name_dependence`): ``first``,
    ``sur``, ``bits``."""
    names = (
        features_frame(features).select(name_dependence.FIRST, name_dependence.SURNAME).drop_nulls().unique()
    )
    lift = model.frequencies.lift(names[name_dependence.FIRST], names[name_dependence.SURNAME])
    return names.with_columns(bits=pl.Series(lift, dtype=pl.Float64()))


def _together(model: Model) -> str:
    """Return a join with the bits of the whole name, where a pair shares it."""
    sides = []
    for column in (name_dependence.FIRST, name_dependence.SURNAME):
        c, level = name_dependence.exact(model.table, column)
        sides.append(f"together.{column} = w.{column}_l and w.{model.table[c].name} = {level}")
    return f" left join wholes as together on {' and '.join(sides)}"


def _shade(comparison: Comparison, level: Level, dialect: str) -> str:
    """Return a join with the frequency of what a pair has in common at a level, where it is at that level."""
    name, tf = f"s_{comparison.name}_{level.value}", level.tf
    at = f"{comparison.name} = {level.value}"
    if tf in LIST_FEATURES:
        both = f"list_intersect({tf}_l, {tf}_r)" if dialect == DUCKDB else f"array_intersect({tf}_l, {tf}_r)"
        each = "unnest" if dialect == DUCKDB else "explode"
        shared = f"select pair, {each}({both}) as value from w where {at}"
        inner = (
            f"select t.pair, min(v.bits) as bits from ({shared}) as t join shares v"
            f" on v.feature = '{tf}' and v.value = t.value group by t.pair"
        )
    else:
        inner = (
            f"select w.pair, greatest(x.bits, y.bits) as bits from w"
            f" join shares x on x.feature = '{tf}' and x.value = w.{tf}_l"
            f" join shares y on y.feature = '{tf}' and y.value = w.{tf}_r where w.{at}"
        )
    return f" left join ({inner}) as {name} on {name}.pair = w.pair"


def _kind(
    model: Model, k: int, table: list[tuple[int, Comparison]], bits: Mapping[tuple[str, int], str]
) -> str:
    """Two to the bits of one kind of pair."""
    arrays = model.arrays
    terms = [repr(float(arrays.log_share[k]))]
    first, level = arrays.beside_at
    for i, comparison in table:
        terms.append(_by_level(comparison, arrays.own[k, i]))
        if arrays.at_random[k, i]:
            terms += [b for (name, _), b in bits.items() if name == comparison.name]
        if arrays.beside is not None and arrays.beside[k, i].any():
            more = _by_level(comparison, arrays.beside[k, i])
            terms.append(f"case w.{model.table[first].name} when {level} then {more} else 0 end")
    return f"pow(2, {' + '.join(f'({t})' for t in terms)})"


def _by_level(comparison: Comparison, bits: Bits) -> str:
    """Return the bits (v,) of the level that a pair is at."""
    arms = "".join(f" when {v.value} then {float(bits[v.value])!r}" for v in comparison.levels)
    return f"case w.{comparison.name}{arms} else 0 end"


def _translated(sql: str, dialect: str) -> str:
    """Return a condition of the table in the words of another engine."""
    if dialect == DUCKDB:
        return sql

    def renamed(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.JarowinklerSimilarity):
            return exp.Anonymous(this="jaro_winkler", expressions=[node.this, node.expression])
        if isinstance(node, exp.ArrayOverlaps):
            return exp.Anonymous(this="arrays_overlap", expressions=[node.this, node.expression])
        if isinstance(node, exp.Anonymous) and node.name.lower() in _IN_SPARK:
            return exp.Anonymous(this=_IN_SPARK[node.name.lower()], expressions=node.expressions)
        return node

    return sqlglot.parse_one(sql, dialect=DUCKDB).transform(renamed).sql(dialect=dialect)


def by_duckdb(features: Features, model: Model, left: Rows, right: Rows) -> pl.DataFrame:
    """Levels and evidence of pairs of rows, by DuckDB: in the order of the pairs."""
    with duckdb.connect() as connection:
        connection.register("people", features_frame(features).to_arrow())
        connection.register("shares", shares_frame(features, model).to_arrow())
        connection.register("wholes", wholes_frame(features, model).to_arrow())
        connection.register("pairs", pairs_frame(left, right).to_arrow())
        found: pl.DataFrame = connection.sql(statement(features, model)).pl()
    return found.sort("pair")


def by_spark(spark: Any, features: Features, model: Model, left: Rows, right: Rows) -> pl.DataFrame:
    """Return the same by Spark. ``spark`` is a session with Splink's functions (see :func:`session`)."""
    tables = (
        ("people", features_frame(features)),
        ("shares", shares_frame(features, model)),
        ("wholes", wholes_frame(features, model)),
        ("pairs", pairs_frame(left, right)),
    )
    for name, frame in tables:
        spark.createDataFrame(frame.to_arrow()).createOrReplaceTempView(name)
    found = spark.sql(statement(features, model, SPARK))
    return pl.DataFrame(pl.from_arrow(found.toArrow())).sort("pair")


def pairs_frame(left: Rows, right: Rows) -> pl.DataFrame:
    """Pairs of rows as a table: pair, l, r."""
    return pl.DataFrame({"pair": np.arange(len(left)), "l": left, "r": right})


def session(folder: str) -> Any:
    """Return a Spark session on this machine alone, with the functions of Splink's library; ``folder`` is for
    its checkpoints. Needs the packages ``pyspark`` and ``splink``, and Java 17.

    Raises:
        ImportError: a package is not installed.
    """
    from pyspark.sql import SparkSession
    from splink.backends.spark import SparkAPI, similarity_jar_location

    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars", similarity_jar_location())
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.driver.memory", "3g")
        .getOrCreate()
    )
    made.sparkContext.setCheckpointDir(folder)
    SparkAPI(spark_session=made)
    return made
