"""Make every record of a frame ready as one short text: those of :mod:`features.compact_records`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl

from lamplighter.linkage.features import compact_records
from lamplighter.linkage.features.encoded_columns import Column, Lists, Numbers
from lamplighter.linkage.features.record_features import Features, part_of

# Letters, figures, spaces and marks that mean the same to every library, and that JSON writes as they are.
_ORDINARY = r"^[ !#-\[\]-~]*$"


def texts_of(features: Features, reports: pl.DataFrame | None) -> pl.Series:
    """Return the text of every record of some features, in their order."""
    facts = features.facts
    parts = [
        _json_texts(part_of(facts)),
        _json_texts(facts["relationship"]),
        _json_texts(facts["recorded_as"]),
        _json_texts(facts["reported_at"].to_physical()),
    ]
    parts += _references(facts["report_id"], reports)
    parts += [_json_column(features.columns.by_name[name]) for name in compact_records.COLUMNS]
    frame = pl.DataFrame({str(i): p for i, p in enumerate(parts)})
    inside = pl.concat_str(pl.all(), separator=",")
    return frame.select(t=pl.concat_str(pl.lit("["), inside, pl.lit("]")))["t"]


def _references(report_ids: pl.Series, reports: pl.DataFrame | None) -> list[pl.Series]:
    if reports is None or not {"report_id", "source_ref", "related_refs"} <= set(reports.columns):
        return [pl.Series([text]).new_from_index(0, len(report_ids)) for text in ("null", "[]")]
    last = reports.select("report_id", "source_ref", "related_refs").unique("report_id", keep="last")
    # Few reports name another's reference; those that do are written out one by one.
    naming = last.filter(pl.col("related_refs").list.len() > 0).select("report_id", "related_refs")
    named = [(i, _dumped(compact_records.references(r))) for i, r in naming.iter_rows()]
    told = last.select("report_id", own=_quoted(_plain(last["source_ref"]))).join(
        pl.DataFrame(named, schema={"report_id": pl.String(), "named": pl.String()}, orient="row"),
        on="report_id",
        how="left",
    )
    joined = report_ids.to_frame("report_id").join(told, on="report_id", how="left", maintain_order="left")
    return [joined["own"].fill_null("null"), joined["named"].fill_null("[]")]


def references_of(reports: pl.DataFrame) -> pl.DataFrame:
    """Return the references that each report has or names, none twice: ``report_id``, ``reference``."""
    last = reports.unique("report_id", keep="last")
    naming = last.filter(pl.col("related_refs").list.len() > 0).select("report_id", "related_refs")
    named = [(i, r) for i, every in naming.iter_rows() for r in compact_records.references(every)]
    own = last.select("report_id", reference=_plain(last["source_ref"])).drop_nulls()
    schema = {"report_id": pl.String(), "reference": pl.String()}
    both = pl.concat([own, pl.DataFrame(named, schema=schema, orient="row")])
    return both.filter(pl.col("reference") != "").unique(maintain_order=True)


def _plain(texts: pl.Series) -> pl.Series:
    """:func:`compact_records.reference` of every text."""
    easy = texts.str.contains(_ORDINARY)
    found = texts.str.to_uppercase().str.replace_all(" ", "", literal=True)
    found = found.str.replace_all(r"(^|[^0-9])0+([0-9])", "${1}${2}")
    odd = ~easy.fill_null(True)
    if odd.any():
        at = odd.arg_true()
        found = found.scatter(at, [compact_records.reference(t) for t in texts.gather(at).to_list()])
    return found


def _quoted(texts: pl.Series) -> pl.Series:
    """Return every text as JSON has it."""
    found = pl.select(pl.lit('"') + texts + pl.lit('"')).to_series()
    odd = ~texts.str.contains(_ORDINARY).fill_null(True)
    if odd.any():
        at = odd.arg_true()
        found = found.scatter(at, [_dumped(t) for t in texts.gather(at).to_list()])
    return found


def _json_texts(column: pl.Series) -> pl.Series:
    kinds = column.unique().drop_nulls().to_list()
    return column.replace_strict({k: _dumped(k) for k in kinds}, default="null", return_dtype=pl.String())


def _json_column(column: Column) -> pl.Series:
    if isinstance(column, Numbers):
        numbers = pl.Series(column.numbers).cast(pl.String())
        return pl.select(pl.when(pl.Series(column.known)).then(numbers).otherwise(pl.lit("null"))).to_series()
    if isinstance(column, Lists):
        items = column.values.to_list()
        distinct = [
            _dumped([items[e] for e in column.elements[a:b]])
            for a, b in zip(column.starts[:-1], column.starts[1:], strict=True)
        ]
    else:
        distinct = [_dumped(v) for v in column.values.to_list()]
    whole = pl.Series([*distinct, "null"], dtype=pl.String())
    return whole.gather(np.where(column.codes >= 0, column.codes, len(distinct)))


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
