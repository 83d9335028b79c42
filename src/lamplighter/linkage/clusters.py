"""Persons as a pure function of records, pairs, decisions and the ids that were there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import ids
from lamplighter.linkage.coded import Rows
from lamplighter.linkage.decisions import Standing, standing
from lamplighter.linkage.grouping import Evidence, group
from lamplighter.linkage.levels import comparisons
from lamplighter.linkage.model import Model
from lamplighter.linkage.results import BARRED, UNNAMED
from lamplighter.linkage.weighing import Weighed

Bits = npt.NDArray[np.float64]
JUST_UNDER = 0.1


def resolve(
    records: pl.DataFrame,
    pairs: pl.DataFrame,
    decisions: pl.DataFrame | None = None,
    previous_ids: pl.DataFrame | None = None,
    *,
    link_at: float,
) -> ids.Named:
    """Persons of ``records`` (record_id).

    ``pairs`` has left_record, right_record, hold and levels (see ``results.PAIRS_SCHEMA``); ``link_at`` is
    ``model.bands.link_at``, a probability. ``decisions`` is the whole log. ``previous_ids`` is the memory
    of the last time. Nothing else is looked at: the same arguments give the same persons, whatever the
    order of their rows.
    """
    names = records["record_id"].sort()
    evidence, hold = from_frame(pairs, names)
    label = grouped(names, evidence, hold, standing(decisions), link_at)
    return ids.name(members(names, label), previous_ids, standing(decisions))


def grouped(names: pl.Series, evidence: Evidence, hold: pl.Series, force: Standing, link_at: float) -> Rows:
    """The group number of each of ``names``."""
    rows = {r: i for i, r in enumerate(names)} if force.same or force.not_same else {}
    unnamed, barred = ((hold == why).fill_null(False).to_numpy().astype(bool) for why in (UNNAMED, BARRED))
    return grouped_rows(len(names), evidence, unnamed, barred, force, rows, link_at)


def grouped_rows(
    n: int,
    evidence: Evidence,
    unnamed: npt.NDArray[np.bool_],
    barred: npt.NDArray[np.bool_],
    force: Standing,
    rows: Mapping[str, int],
    link_at: float,
) -> Rows:
    """The group number of each of ``n`` rows.

    ``unnamed`` and ``barred`` say which pairs the model may not link; ``rows`` where the records stand that
    decisions name; ``link_at`` is a probability.
    """
    bar = float(np.log2(link_at) - np.log2(1 - link_at))
    must = _rows(force.same, rows)
    lifted = {tuple(sorted(p)) for p in must}
    bars = evidence.bars
    if unnamed.any():
        bars = bars.copy()
        bars[:, -1] -= np.where(unnamed, np.maximum(evidence.total - (bar - JUST_UNDER), 0.0), 0.0)
    at = np.flatnonzero(barred)
    pairs = zip(evidence.left[at].tolist(), evidence.right[at].tolist(), strict=True)
    kept = [p for p in pairs if p not in lifted]
    held = Evidence(evidence.left, evidence.right, bars, evidence.compared, evidence.lasting)
    return group(n, held, link_at=bar, must=must, cannot=[*_rows(force.not_same, rows), *kept])


def from_beliefs(weighed: Weighed, context: Bits, model: Model) -> Evidence:
    """Evidence for grouping from weighed pairs, and bits of all else (n,)."""
    some = np.flatnonzero((weighed.levels >= 0).any(axis=0))
    bars = model.arrays.bars(weighed.levels, weighed.frequencies)[:, some]
    compared = weighed.levels[:, some] >= 0
    stable = [model.table[i].stable for i in some]
    return Evidence(
        weighed.left,
        weighed.right,
        np.column_stack([bars, context]),
        np.column_stack([compared, np.ones(len(weighed), dtype=bool)]),
        np.array([*stable, False]),
    )


def from_frame(pairs: pl.DataFrame, names: pl.Series) -> tuple[Evidence, pl.Series]:
    """The same, with holds, from stored pairs and their bars; pairs of other records are left out."""
    place = pl.DataFrame({"record": names, "row": np.arange(len(names), dtype=np.int64)})
    known = (
        pairs.select("left_record", "right_record", "hold", "levels")
        .join(place, left_on="left_record", right_on="record")
        .join(place, left_on="right_record", right_on="record", suffix="_2")
        .select("hold", "levels", l=pl.min_horizontal("row", "row_2"), r=pl.max_horizontal("row", "row_2"))
        .sort("l", "r")
        .with_row_index("pair")
    )
    stable = {c.name: c.stable for c in comparisons()}
    bars = known.select("pair", "levels").explode("levels").unnest("levels").drop_nulls("comparison")
    own = bars.filter(~pl.col("comparison").str.starts_with("_"))
    parts = own["comparison"].unique().sort().to_list()
    column = own["comparison"].replace_strict({n: i for i, n in enumerate(parts)}, return_dtype=pl.Int64())
    n = known.height
    weights, compared = np.zeros((n, len(parts) + 1)), np.zeros((n, len(parts) + 1), dtype=bool)
    at, part = own["pair"].to_numpy(), column.to_numpy().astype(np.int64)
    weights[at, part] = own["weight"].to_numpy()
    compared[at, part] = True
    rest = bars.filter(pl.col("comparison").str.starts_with("_")).group_by("pair").agg(pl.col("weight").sum())
    weights[rest["pair"].to_numpy(), -1] = rest["weight"].to_numpy()
    compared[:, -1] = True
    lasting = np.array([*(stable.get(p, False) for p in parts), False])
    return Evidence(known["l"].to_numpy(), known["r"].to_numpy(), weights, compared, lasting), known["hold"]


def from_rows(
    pairs: Iterable[tuple[int, int, str | None, Sequence[Mapping[str, Any]]]],
) -> tuple[Evidence, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Evidence from rows of left, right, hold and bars, and which pairs are unnamed and barred."""
    rows = sorted(pairs, key=lambda r: r[:2])
    stable = {c.name: c.stable for c in comparisons()}
    parts = sorted({b["comparison"] for r in rows for b in r[3] if b["comparison"][0] != "_"})
    column = {name: i for i, name in enumerate(parts)}
    n, last = len(rows), len(parts)
    weights, compared = np.zeros((n, last + 1)), np.zeros((n, last + 1), dtype=bool)
    compared[:, last] = True
    for i, row in enumerate(rows):
        for bar in row[3]:
            at = column.get(bar["comparison"], last)
            weights[i, at] += bar["weight"]
            compared[i, at] = True
    left, right = (np.array([r[side] for r in rows], dtype=np.int64) for side in (0, 1))
    lasting = np.array([*(stable.get(p, False) for p in parts), False])
    unnamed, barred = (np.array([r[2] == why for r in rows], dtype=bool) for why in (UNNAMED, BARRED))
    return Evidence(left, right, weights, compared, lasting), unnamed, barred


def members(names: pl.Series, label: Rows) -> list[list[str]]:
    """The records of each group."""
    frame = pl.DataFrame({"record": names, "group": label})
    found = frame.group_by("group", maintain_order=True).agg("record")
    return found["record"].to_list()


def _rows(pairs: Sequence[tuple[str, str]], rows: Mapping[str, int]) -> list[tuple[int, int]]:
    found = [sorted((rows[a], rows[b])) for a, b in pairs if a in rows and b in rows]
    return [(a, b) for a, b in found]
