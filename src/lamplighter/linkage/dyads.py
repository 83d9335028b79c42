"""Two reports, two questions: is it the same victim, and is it the same suspect?

The weights of the two parties are never added up. Four cells are kept apart for
every pair of reports: both the same (11), victim only (10), suspect only (01),
neither (00). With prior cells ``p``, evidence ``V`` for the victims and ``S``
for the suspects (likelihood ratios), each marginal is exact and additive in bits::

    odds(same suspect) = S * (p11 * r * V + p01) / (p10 * V + p00)
    odds(same victim)  = V * (p11 * r * S + p10) / (p01 * S + p00)

``r`` is how the suspect is described to the victim (both times as an ex-partner,
or once as a neighbour). A report that names the other's reference multiplies the
cells. The last factor of each line is the *context* of a pair; so "Dave" links
to "David Smith" through a victim they share, and through nothing else. Priors
and ``r`` are learned without labels. Roles may be swapped: the same formulas
answer whether the victim of one report is the suspect of the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.levels import NULL_LEVEL, comparisons
from lamplighter.linkage.model import Model, Priors

Bits = npt.NDArray[np.float64]
LARGEST_BITS = 80.0
# A report that names the other's reference concerns the same two people, as a rule.
REFERENCE_BITS = {"11": 12.0, "10": 9.0, "01": 9.0}
# When the victim of one report is the suspect of another, the share in which the other two people
# are the same as well: counter-allegations are the usual reason.
COUNTER_SHARE = 0.4
# Of two reports by one victim in which nothing names the suspect, this share concern one suspect.
# Reports that do name one say nothing about these, so it is a judgement, and it never links alone.
UNNAMED_SHARE = 0.25
IDENTIFYING = frozenset(
    {
        "forename",
        "surname",
        "telephone",
        "email",
        "account",
        "account_name",
        "vehicle",
        "pnc",
        "cro",
        "nominal",
        "birth_date",
    }
)

_INTIMATE = ("partner", "ex_partner")
_KNOWN = ("friend", "acquaintance", "colleague", "neighbour", "service_user", "family")
_LOOSE = ("acquaintance", "friend")


@dataclass(frozen=True, slots=True)
class Context:
    """For every scored pair, bits that the rest of its two reports add to the base prior.

    ``shared`` is the part that the other party adds, ``described`` the part that the
    relationship words add; their sum and the base prior are the prior odds of the pair.
    """

    prior: Bits
    shared: Bits
    described: Bits


def relation_kind(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """How two relationship words go together: a key of ``Model.relation``, or ``unsaid``."""
    unsaid = left.is_null() | right.is_null() | left.is_in(["not_known"]) | right.is_in(["not_known"])
    intimate = left.is_in(_INTIMATE) & right.is_in(_INTIMATE)
    loose = (left.is_in(_LOOSE) & right.is_in(_KNOWN)) | (right.is_in(_LOOSE) & left.is_in(_KNOWN))
    stranger = (left == "stranger") ^ (right == "stranger")
    return (
        pl.when(unsaid)
        .then(pl.lit("unsaid"))
        .when(intimate)
        .then(pl.lit("intimate"))
        .when(left == right)
        .then(pl.lit("same"))
        .when(stranger)
        .then(pl.lit("stranger"))
        .when(loose)
        .then(pl.lit("compatible"))
        .otherwise(pl.lit("conflict"))
    )


def named_pairs(levels: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Whether a pair compares anything that tells one person from another: shape (n,)."""
    at = [i for i, c in enumerate(comparisons()) if c.name in IDENTIFYING]
    return np.asarray((levels[:, at] != NULL_LEVEL).any(axis=1))


def pair_frame(
    features: pl.DataFrame, pairs: npt.NDArray[np.int64], levels: npt.NDArray[np.int8], evidence: Bits
) -> pl.DataFrame:
    """Pairs with the reports and parts of their records, turned so that ``rep_l <= rep_r``.

    Columns: pair, rep_l, rep_r, part_l, part_r ('V' victim, 'S' suspect, 'O' other), kind
    ('victim', 'suspect', 'swapped', 'within', 'other'), relation, ev, named (whether anything that
    identifies a person was compared).
    """
    facts = features.select(
        row=pl.int_range(pl.len(), dtype=pl.Int64),
        rep=pl.col("report_id").rank("dense").cast(pl.Int64),
        part=part_of(features),
        rel="relationship",
    )
    base = pl.DataFrame(
        {
            "pair": np.arange(len(pairs)), "l": pairs[:, 0], "r": pairs[:, 1], "ev": evidence,
            "identified": named_pairs(levels),
        }
    )  # fmt: skip
    joined = base.join(facts, left_on="l", right_on="row", how="left", maintain_order="left").join(
        facts, left_on="r", right_on="row", how="left", suffix="_2", maintain_order="left"
    )
    turn = pl.col("rep") > pl.col("rep_2")
    turned = [
        pl.when(turn).then(pl.col(b)).otherwise(pl.col(a)).alias(name)
        for name, a, b in (
            ("rep_l", "rep", "rep_2"), ("rep_r", "rep_2", "rep"), ("part_l", "part", "part_2"),
            ("part_r", "part_2", "part"),
        )
    ]  # fmt: skip
    roles = pl.col("part_l") + pl.col("part_r")
    kind = (
        pl.when(pl.col("rep_l") == pl.col("rep_r"))
        .then(pl.lit("within"))
        .otherwise(
            roles.replace_strict(
                {"VV": "victim", "SS": "suspect", "VS": "swapped", "SV": "swapped"}, default="other"
            )
        )
    )
    return joined.with_columns(*turned).select(
        "pair", "rep_l", "rep_r", "part_l", "part_r", kind.alias("kind"),
        relation_kind(pl.col("rel"), pl.col("rel_2")).alias("relation"), "ev", "identified",
    )  # fmt: skip


def part_of(features: pl.DataFrame) -> pl.Series:
    """'V' for a victim, 'S' for a suspect, 'O' for anybody else; in a report that lists no victim,
    the person who reported it stands for the victim."""
    listed = (pl.col("role") == "victim").any().over("report_id")
    stands = (pl.col("role") == "reporting_person") & ~listed
    return features.select(
        part=pl.when((pl.col("role") == "victim") | stands)
        .then(pl.lit("V"))
        .when(pl.col("role") == "suspect")
        .then(pl.lit("S"))
        .otherwise(pl.lit("O"))
    )["part"].fill_null("O")


def contexts(frame: pl.DataFrame, model: Model, references: pl.DataFrame) -> Context:
    """Prior, shared and described bits of every pair of ``frame`` (:func:`pair_frame`).

    ``references``: rep_l, rep_r of reports of which one names the other.
    """
    p = model.priors
    named = frame.join(
        references.with_columns(named=pl.lit(True)), on=["rep_l", "rep_r"], how="left", maintain_order="left"
    )
    ratio = {k: m / u for k, (m, u) in model.relation.items()}
    r = named["relation"].replace_strict(ratio, default=1.0).cast(pl.Float64).to_numpy()
    odds = named.with_columns(
        bf=pl.col("ev").clip(-LARGEST_BITS, LARGEST_BITS).map_batches(np.exp2, return_dtype=pl.Float64),
        r=r,
    )
    n = frame.height
    prior, shared, described = np.full(n, _logit(p.other)), np.zeros(n), np.zeros(n)
    within = (odds["kind"] == "within").to_numpy()
    prior[within] = _within_prior(odds.filter(kind="within"), p)

    def other_party(kind: str, weighted: bool, flip: bool = False) -> Bits:
        """Mean likelihood ratio of the other party's pairs, by pair of reports."""
        value = pl.col("bf") * pl.col("r") if weighted else pl.col("bf")
        on = ["rep_l", "rep_r", *(["part_l"] if flip else [])]
        table = odds.filter(kind=kind).group_by(on).agg(m=value.mean())
        if flip:
            table = table.with_columns(part_l=pl.col("part_l").replace_strict({"V": "S", "S": "V"}))
        joined = odds.join(table, on=on, how="left", maintain_order="left")
        return joined["m"].fill_null(1.0).to_numpy()

    ref = named["named"].fill_null(False).to_numpy()
    k11, k10, k01 = (np.where(ref, 2.0 ** REFERENCE_BITS[c], 1.0) for c in ("11", "10", "01"))
    p11, p10, p01 = p.both, p.victim_only, p.suspect_only
    p00 = 1 - p11 - p10 - p01
    for kind, other, first, second in (("suspect", "victim", p10, p01), ("victim", "suspect", p01, p10)):
        at = (odds["kind"] == kind).to_numpy()
        v = other_party(other, weighted=other == "suspect")[at]
        ka, kb = (k10, k01) if kind == "suspect" else (k01, k10)
        ka, kb, kk, rr = ka[at], kb[at], k11[at], r[at]
        base = _logit(p11 + second)
        plain = np.log2(kk * p11 * v + kb * second) - np.log2(ka * first * v + p00)
        if kind == "suspect":
            full = np.log2(kk * p11 * rr * v + kb * second) - np.log2(ka * first * v + p00)
            dim = ~odds["identified"].to_numpy()[at] & (odds["relation"] == "unsaid").to_numpy()[at]
            full = np.where(
                dim, np.minimum(full, full - _logit(p11 / (p11 + p10)) + _logit(UNNAMED_SHARE)), full
            )
        else:
            full = plain
        prior[at], shared[at], described[at] = base, plain - base, full - plain
    at = (odds["kind"] == "swapped").to_numpy()
    s11, s10 = p.swapped * COUNTER_SHARE, p.swapped * (1 - COUNTER_SHARE)
    v = other_party("swapped", weighted=False, flip=True)[at]
    base = _logit(s11 + s10)
    full = np.log2(k11[at] * s11 * v + s10) - np.log2(s10 * v + (1 - s11 - 2 * s10))
    # Whoever is not described at all is nobody's counterpart: the other party alone proves nothing.
    unknown = ~odds["identified"].to_numpy()[at]
    prior[at], shared[at] = base, np.where(unknown, np.minimum(full - base, 0.0), full - base)
    return Context(prior, shared, described)


def _within_prior(frame: pl.DataFrame, priors: Priors) -> Bits:
    """Within one report a person may be listed twice, but the victim is not the suspect."""
    parts = frame["part_l"] + frame["part_r"]
    table = {"VS": 1e-5, "SV": 1e-5, "SO": 1e-3, "OS": 1e-3, "SS": 0.02, "VV": 0.02}
    odds = parts.replace_strict(table, default=priors.within_report).cast(pl.Float64).to_numpy()
    return np.log2(odds / (1 - odds))


def _logit(p: float) -> float:
    return float(np.log2(p) - np.log2(1 - p))


def report_cells(frame: pl.DataFrame, model: Model, references: pl.DataFrame) -> pl.DataFrame:
    """The four cells of every pair of reports that a victim or a suspect pair, or a reference, joins.

    Columns: rep_l, rep_r, v, s (bits of the best victim and suspect pair), p11, p10, p01, p00
    (posterior, sum 1), suspects (whether both reports list one).
    """
    p = model.priors
    ratio = {k: m / u for k, (m, u) in model.relation.items()}
    r = pl.col("relation").replace_strict(ratio, default=1.0).cast(pl.Float64)
    bf = pl.col("ev").clip(-LARGEST_BITS, LARGEST_BITS).map_batches(np.exp2, return_dtype=pl.Float64)
    on = ["rep_l", "rep_r"]
    sides = frame.with_columns(bf=bf, r=r)
    victims = sides.filter(kind="victim").group_by(on).agg(V=pl.col("bf").mean(), v=pl.col("ev").max())
    best = pl.col("ev").arg_max()
    suspects = (
        sides.filter(kind="suspect")
        .group_by(on)
        .agg(
            S=(pl.col("bf") * pl.col("r")).mean(),
            S_plain=pl.col("bf").mean(),
            s=pl.col("ev").max(),
            relation=pl.col("relation").get(best),
        )
    )
    cells = victims.join(suspects, on=on, how="full", coalesce=True)
    cells = cells.join(references.with_columns(named=pl.lit(True)), on=on, how="full", coalesce=True)
    cells = cells.with_columns(
        suspects=pl.col("S").is_not_null(),
        named=pl.col("named").fill_null(False),
        **{c: pl.col(c).fill_null(1.0) for c in ("V", "S", "S_plain")},
    )
    k = {c: pl.when(pl.col("named")).then(2.0**b).otherwise(1.0) for c, b in REFERENCE_BITS.items()}
    w = {
        "p11": p.both * k["11"] * pl.col("V") * pl.col("S"),
        "p10": p.victim_only * k["10"] * pl.col("V"),
        "p01": p.suspect_only * k["01"] * pl.col("S_plain"),
        "p00": pl.lit(1 - p.both - p.victim_only - p.suspect_only),
    }
    total = pl.sum_horizontal(*w.values())
    return cells.with_columns(**{c: e / total for c, e in w.items()})
