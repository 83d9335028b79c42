"""Persons as a pure function of records, pairs, decisions and the ids that were there before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import ids
from lamplighter.linkage.decisions import Standing, standing
from lamplighter.linkage.grouping import Evidence, group
from lamplighter.linkage.levels import comparisons
from lamplighter.linkage.results import BARRED, UNNAMED

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

    ``pairs`` has ``results.PAIRS_SCHEMA``; ``link_at`` is ``model.bands.link_at``, a probability.
    ``decisions`` is the whole log. ``previous_ids`` is the memory of the last time. Nothing else is
    looked at: the same arguments give the same persons, whatever the order of their rows.
    """
    names = records["record_id"].sort()
    rows = {r: i for i, r in enumerate(names)}
    evidence, hold = from_frame(pairs, rows)
    return named_groups(names, evidence, hold, standing(decisions), previous_ids, link_at)[0]


def named_groups(
    names: pl.Series,
    evidence: Evidence,
    hold: pl.Series,
    force: Standing,
    previous_ids: pl.DataFrame | None,
    link_at: float,
) -> tuple[ids.Named, npt.NDArray[np.int64]]:
    """Persons, and the group number of each of ``names``, from arrays."""
    rows = {r: i for i, r in enumerate(names)}
    bar = float(np.log2(link_at) - np.log2(1 - link_at))
    must = _rows(force.same, rows)
    lifted = {tuple(sorted(p)) for p in must}
    barred = [(int(a), int(b)) for a, b in evidence.pairs[(hold == BARRED).fill_null(False).to_numpy()]]
    unnamed = (hold == UNNAMED).fill_null(False).to_numpy()
    over = np.where(unnamed, np.maximum(evidence.total - (bar - JUST_UNDER), 0.0), 0.0)
    held = Evidence(evidence.pairs, evidence.weights, evidence.compared, evidence.context - over)
    label = group(
        len(names),
        held,
        link_at=bar,
        must=must,
        cannot=[*_rows(force.not_same, rows), *(p for p in barred if tuple(sorted(p)) not in lifted)],
    )
    members: dict[int, list[str]] = {}
    for record, number in zip(names, label, strict=True):
        members.setdefault(int(number), []).append(record)
    return ids.name(list(members.values()), previous_ids, force), label


def _rows(pairs: Sequence[tuple[str, str]], rows: Mapping[str, int]) -> list[tuple[int, int]]:
    return [(rows[a], rows[b]) for a, b in pairs if a in rows and b in rows]


def from_frame(pairs: pl.DataFrame, rows: Mapping[str, int]) -> tuple[Evidence, pl.Series]:
    """Evidence and holds from a frame of pairs, in the order of the records' names.

    Pairs of records that are not in ``rows`` are left out.
    """
    names = [c.name for c in comparisons()]
    known = list(rows)
    keep = (
        pairs.filter(pl.col("left_record").is_in(known) & pl.col("right_record").is_in(known))
        .sort("left_record", "right_record")
        .with_row_index("pair")
    )
    ends = [[rows[r] for r in keep[side]] for side in ("left_record", "right_record")]
    n = keep.height
    weights, compared = np.zeros((n, len(names))), np.zeros((n, len(names)), dtype=bool)
    bars = keep.select("pair", "levels").explode("levels").unnest("levels").drop_nulls("comparison")
    own = bars.filter(pl.col("comparison").is_in(names))
    number = {name: i for i, name in enumerate(names)}
    column = own["comparison"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    index = own["pair"].to_numpy()
    weights[index, column] = own["weight"].to_numpy()
    compared[index, column] = True
    rest = bars.filter(~pl.col("comparison").is_in(names)).group_by("pair").agg(pl.col("weight").sum())
    context = np.zeros(n)
    context[rest["pair"].to_numpy()] = rest["weight"].to_numpy()
    both = np.sort(np.array(ends, dtype=np.int64).T.reshape(-1, 2), axis=1)
    return Evidence(both, weights, compared, context), keep["hold"]
