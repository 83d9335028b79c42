"""Find accounts that stand where a name should: "sweetcat32", "iron_sam", or the row's own account once more.

Two accounts of one person have no name in common: read as names, they would say that she is somebody else.
"""

from __future__ import annotations

import polars as pl

from lamplighter.linkage_tables.cleaning.clean_columns import lists

_LOOKS_SO = r"^[^\s_]*\p{L}[^\s_]*_\S*$|^\S*_\S*\p{L}\S*$|^\S*\p{L}\S*\d{2,}$"
"""One word with a low line, or with two figures at the end: one figure may be a slip of a name ("J0hn")."""


def apart(names: pl.Series, handles: pl.Series | None) -> tuple[pl.Series, pl.Series | None]:
    """``names`` without those that are accounts, and ``handles`` (lists of texts, or none) with these."""
    looks = names.str.contains(_LOOKS_SO).fill_null(False)
    alone = names.set(names.str.contains(r"\s").fill_null(False), None)
    read = lists([alone], "handles")
    again = _among(read, handles) if handles is not None else looks & False
    if not (looks | again).any():
        return names, handles
    told = read.zip_with(looks, pl.Series([None], dtype=read.dtype).new_from_index(0, len(read)))
    if handles is not None:
        both = pl.concat_list(pl.col("h").fill_null([]), pl.col("t").fill_null([]))
        told = pl.DataFrame({"h": handles, "t": told}).select(h=both.list.unique(maintain_order=True))["h"]
    return names.set(looks | again, None), told.alias("handles")


def _among(read: pl.Series, handles: pl.Series) -> pl.Series:
    """Tell whether what is read of a name is one of the accounts beside it."""
    frame = pl.DataFrame({"r": read, "h": handles})
    return frame.select(
        a=(pl.col("r").list.len() > 0) & (pl.col("r").list.set_difference("h").list.len() == 0)
    )["a"].fill_null(False)
