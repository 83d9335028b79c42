"""Safety of cells on the way out to people: nothing that a spreadsheet would run."""

from __future__ import annotations

import polars as pl

#: What makes a spreadsheet take a cell as a formula (OWASP, CSV injection), after any blanks; full-width
#: forms too.
_FORMULA = r"^[\s\u{feff}\u{200b}]*[=+\-@\t\r|%＝＋－＠]"
#: Telephone numbers and plain numbers are no formulae.
_NUMBER = r"^[+\-]?[0-9][0-9 .,]*$"


def neutralise_formulae(frame: pl.DataFrame) -> pl.DataFrame:
    """Text cells that a spreadsheet would run, with an apostrophe before them; everything else as it is.

    Lists are looked at element by element. Numbers and telephone numbers
    ('+447131140022') stay as they are.
    """
    return frame.with_columns(_safe(name, dtype) for name, dtype in frame.schema.items() if _textual(dtype))


def _textual(dtype: pl.DataType) -> bool:
    return dtype == pl.String or dtype == pl.List(pl.String)


def _safe(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return _neutral(pl.col(name)).alias(name)
    return pl.col(name).list.eval(_neutral(pl.element())).alias(name)


def _neutral(cell: pl.Expr) -> pl.Expr:
    runs = cell.str.contains(_FORMULA) & ~cell.str.contains(_NUMBER)
    return pl.when(runs).then(pl.lit("'") + cell).otherwise(cell)


def neutralise_cell(text: str) -> str:
    """One cell, in the same way."""
    return str(neutralise_formulae(pl.DataFrame({"t": [text]}))["t"][0])
