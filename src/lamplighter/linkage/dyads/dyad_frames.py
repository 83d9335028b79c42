"""Work out, on frames of pairs (:func:`pair_context.pair_frame`), the context of each pair and the four cells
of each pair of reports, by the formulas of :mod:`dyad_evidence`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.linkage.dyads import pair_context
from lamplighter.linkage.dyads.dyad_evidence import (
    KINDS,
    LARGEST_BITS,
    REFERENCE_BITS,
    WITHIN,
    Context,
    Reported,
    context_of,
)
from lamplighter.linkage.dyads.pair_context import PART
from lamplighter.linkage.model.parameters import Model, Priors

Bits = npt.NDArray[np.float64]
WHEN = [f"t{cell}" for cell in pair_context.GAP_CELLS]
_AT_ONCE = 500_000
_REPORTS_AT_ONCE = 3_000_000


def contexts(frame: pl.DataFrame, model: Model, references: pl.DataFrame) -> Context:
    """Return the context of every pair of ``frame`` (:func:`pair_context.pair_frame`).

    ``references``: rep_l, rep_r of reports of which one names the other.
    """
    found = Context(*(np.empty(frame.height) for _ in range(6)))
    other, other_told = _other_parties(frame, model)
    named = references.select("rep_l", "rep_r").unique().with_columns(named=pl.lit(True))
    # A part at a time: what it takes is several times what is kept of it.
    for start in range(0, frame.height, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        reported = _reported(frame[some], named, model, other[some], other_told[some])
        found.put(some, context_of(reported, model.priors))
    return found


def _reported(
    frame: pl.DataFrame, named: pl.DataFrame, model: Model, other: Bits, other_told: Bits
) -> Reported:
    odds = _with_ratios(frame, model)
    kind = kind_of(frame)
    within = np.zeros(frame.height)
    within[kind == KINDS["within"]] = _within_prior(frame.filter(kind="within"), model.priors)
    on = ["rep_l", "rep_r"]
    naming = frame.select(on).join(named, on=on, how="left", maintain_order="left")["named"]
    return Reported(
        kind,
        within,
        naming.fill_null(False).to_numpy(),
        odds["r"].to_numpy(),
        odds["about"].to_numpy(),
        odds.select(WHEN).to_numpy(),
        unnamed_pairs(frame),
        frame["identified"].to_numpy(),
        other,
        other_told,
        odds["near"].to_numpy(),
    )


def _other_parties(frame: pl.DataFrame, model: Model) -> tuple[Bits, Bits]:
    """``other`` and ``other_told`` of :class:`Reported`, for every pair."""
    bf, told = pl.col("bf"), pl.col("bf") * pl.col("r") * pl.col("about")
    other, other_told = np.ones(frame.height), np.ones(frame.height)
    # All pairs of the same two reports are in the same part.
    many = -(-frame.height // _REPORTS_AT_ONCE) or 1
    parts = frame.select(part=pl.col("rep_l").fill_null(0) % many)["part"]
    for part in parts.unique().to_list():
        rows = (parts == part).arg_true().to_numpy()
        some = frame[rows]
        kind = kind_of(some)
        for mine, theirs in (("suspect", "victim"), ("victim", "suspect"), ("swapped", "swapped")):
            at, odds = np.flatnonzero(kind == KINDS[mine]), _with_ratios(some.filter(kind=theirs), model)
            found = _other_party(some[at], odds, (bf, told), flip=mine == "swapped")
            other[rows[at]], other_told[rows[at]] = found
    return other, other_told


def kind_of(frame: pl.DataFrame) -> npt.NDArray[np.int8]:
    """Return the numbers of the kinds of the pairs of ``frame``: (n,)."""
    return frame["kind"].to_physical().cast(pl.Int8()).to_numpy()


def unnamed_pairs(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Suspect pairs of which nothing is told: neither an identifier nor a relationship."""
    return frame.select(_NOTHING_NAMES & (pl.col("relation") == "unsaid")).to_series().to_numpy()


def untold_pairs(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Suspect pairs of which nothing tells who they are: no identifier, and no relationship that both have.

    Of two strangers, or of "a stranger" and a friend, the rest of two reports may say that they are one
    person. That is believed, and a person decides.
    """
    alike = pl.col("relation").is_in(pair_context.DESCRIBED_ALIKE)
    return frame.select(_NOTHING_NAMES & ~alike).to_series().to_numpy()


_NOTHING_NAMES = (pl.col("kind") == "suspect") & ~pl.col("identified")


def _with_ratios(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """``frame`` with likelihood ratios: bf of the pair itself, r of the relationship words, about of
    the matter, and those of the time between (:data:`WHEN`)."""
    bits = pl.col("ev").clip(-LARGEST_BITS, LARGEST_BITS)
    return frame.with_columns(
        bf=(bits * float(np.log(2))).exp(),
        near=(pl.col("related") * float(np.log(2))).exp(),
        r=ratio("relation", model.relation),
        about=ratio("matter", model.matter),
        **{f"t{cell}": pair_context.gap_ratio(model.apart, cell) for cell in pair_context.GAP_CELLS},
    )


def beside_the_words(model: Model) -> pl.Expr:
    """Tell how many times as often the matter and the time between are so where two reports by one victim
    concern one suspect as where they concern two."""
    return ratio("matter", model.matter) * pair_context.gap_ratio(model.apart, "11", "10")


def ratio(column: str, rates: Mapping[str, tuple[float, float]]) -> pl.Expr:
    """Return the likelihood ratio of what a column says; 1 where it says nothing."""
    table = {k: m / u for k, (m, u) in rates.items()}
    return pl.col(column).replace_strict(table, default=1.0, return_dtype=pl.Float64)


def _other_party(
    rows: pl.DataFrame, theirs: pl.DataFrame, values: tuple[pl.Expr, pl.Expr], *, flip: bool
) -> tuple[Bits, Bits]:
    """Mean likelihood ratios of the other party's pairs of the same two reports, for every row of a kind."""
    on = ["rep_l", "rep_r", *(["part_l"] if flip else [])]
    table = theirs.group_by(on, maintain_order=True).agg(one=values[0].mean(), two=values[1].mean())
    if flip:
        table = table.with_columns(pl.col("part_l").replace_strict({"V": "S", "S": "V"}, return_dtype=PART))
    found = rows.select(on).join(table, on=on, how="left", maintain_order="left")
    return found["one"].fill_null(1.0).to_numpy(), found["two"].fill_null(1.0).to_numpy()


def _within_prior(frame: pl.DataFrame, priors: Priors) -> Bits:
    parts = frame.select(pl.concat_str("part_l", "part_r")).to_series()
    odds = parts.replace_strict(WITHIN, default=priors.within_report).cast(pl.Float64).to_numpy()
    return bits_of(odds)


def report_cells(frame: pl.DataFrame, model: Model, references: pl.DataFrame) -> pl.DataFrame:
    """Return the four cells of every pair of reports that a victim or a suspect pair, or a reference, joins.

    Columns: rep_l, rep_r, v, s (bits of the best victim and suspect pair), V_near, S_near (mean ratios of
    ``related``), p11, p10, p01, p00 (posterior, sum 1), suspects (whether both reports tell something
    about theirs).
    """
    on = ["rep_l", "rep_r"]
    victims, suspects = _best_of_each(frame, model)
    cells = victims.join(suspects, on=on, how="full", coalesce=True)
    cells = cells.join(
        references.select(on).unique().with_columns(named=pl.lit(True)), on=on, how="full", coalesce=True
    )
    cells = cells.with_columns(
        suspects=pl.col("S").is_not_null(),
        named=pl.col("named").fill_null(False),
        **{c: pl.col(c).fill_null(1.0) for c in ("V", "S", "S_plain", "V_near", "S_near")},
        **{name: pl.coalesce(name, f"{name}_s", 1.0) for name in WHEN},
    )
    odds = _cell_odds(model.priors)
    total = pl.sum_horizontal(*odds.values())
    return cells.with_columns(**{c: e / total for c, e in odds.items()}).sort(on)


def _best_of_each(frame: pl.DataFrame, model: Model) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what the pairs of victims, and those of suspects, of each two reports say together."""
    on = ["rep_l", "rep_r"]
    sides = _with_ratios(frame, model)
    # The same for all pairs of two reports.
    when = {name: pl.col(name).first() for name in WHEN}
    victims = (
        sides.filter(kind="victim")
        .group_by(on, maintain_order=True)
        .agg(V=pl.col("bf").mean(), V_near=pl.col("near").mean(), v=pl.col("ev").max(), **when)
    )
    suspects = (
        sides.filter((pl.col("kind") == "suspect") & ~pl.Series(unnamed_pairs(frame)))
        .group_by(on, maintain_order=True)
        .agg(
            S=(pl.col("bf") * pl.col("r") * pl.col("about")).mean(),
            S_plain=pl.col("bf").mean(),
            S_near=pl.col("near").mean(),
            s=pl.col("ev").max(),
            **{f"{name}_s": first for name, first in when.items()},
        )
    )
    return victims, suspects


def _cell_odds(p: Priors) -> dict[str, pl.Expr]:
    """Tell how likely each cell is, but for a factor that all have: see :mod:`dyad_evidence`."""
    k = {c: pl.when(pl.col("named")).then(2.0**b).otherwise(1.0) for c, b in REFERENCE_BITS.items()}
    v, s, s_plain = pl.col("V"), pl.col("S"), pl.col("S_plain")

    def near(column: str, share: float) -> pl.Expr:
        return 1 - share + share * pl.col(column)

    return {
        "p11": p.both * k["11"] * pl.col("t11") * v * s,
        "p10": p.victim_only * k["10"] * pl.col("t10") * v * near("S_near", p.related_suspects),
        "p01": p.suspect_only * k["01"] * pl.col("t01") * s_plain * near("V_near", p.related_victims),
        "p00": pl.lit(1 - p.both - p.victim_only - p.suspect_only),
    }
