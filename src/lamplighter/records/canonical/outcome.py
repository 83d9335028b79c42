"""Hold what a canonical form gives back: the value, and what was wrong with what could not be read."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl


class Outcome(NamedTuple):
    """``value`` has one row per input; ``problem`` names an entry of problems.toml where one was met."""

    value: pl.Series
    problem: pl.Series | None = None


def evaluate(text: pl.Series, value: pl.Expr, problem: pl.Expr | None = None) -> Outcome:
    """Evaluate expressions over ``pl.col('t')`` against one series of text."""
    frame = pl.DataFrame({"t": text.cast(pl.String)})
    columns = [value.alias("value")]
    if problem is not None:
        columns.append(problem.alias("problem"))
    found = frame.select(columns)
    return Outcome(found["value"], found["problem"] if problem is not None else None)


def problem_when(condition: pl.Expr, name: str) -> pl.Expr:
    """Return the problem's name where ``condition`` holds, null elsewhere."""
    return pl.when(condition).then(pl.lit(name, dtype=pl.String)).otherwise(None)


def per_piece(text: pl.Series, pieces: pl.Expr, parse: object) -> Outcome:
    """Split each cell into pieces, parse the pieces, and gather the values that could be read, in order.

    ``parse`` takes a series of pieces and returns an :class:`Outcome`. A cell
    none of whose pieces could be read is null; the first problem met is kept.
    """
    frame = pl.DataFrame({"t": text.cast(pl.String)}).with_row_index("i")
    exploded = (
        frame.filter(pl.col("t").is_not_null())
        .select("i", pieces.alias("p"))
        .explode("p")
        .filter(pl.col("p").is_not_null() & (pl.col("p") != ""))
    )
    assert callable(parse)
    parsed: Outcome = parse(exploded["p"])
    found = exploded.select("i").with_columns(
        parsed.value.alias("value"),
        (
            parsed.problem
            if parsed.problem is not None
            else pl.Series([None] * exploded.height, dtype=pl.String)
        )
        .cast(pl.String)
        .alias("problem"),
    )
    if isinstance(parsed.value.dtype, pl.List):
        found = found.explode("value")
    gathered = found.group_by("i", maintain_order=True).agg(
        pl.col("value").drop_nulls().unique(maintain_order=True), pl.col("problem").drop_nulls().first()
    )
    whole = frame.select("i").join(gathered, on="i", how="left", maintain_order="left")
    value = whole.select(
        pl.when(pl.col("value").list.len() > 0).then(pl.col("value")).otherwise(None)
    ).to_series()
    return Outcome(value, whole["problem"])
