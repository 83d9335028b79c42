"""Two reports, two questions: is it the same victim, and is it the same suspect?

The weights of the two parties are never added up. Four cells are kept apart for
every pair of reports: both the same (11), victim only (10), suspect only (01),
neither (00). With prior cells ``p``, evidence ``V`` for the victims and ``S``
for the suspects (likelihood ratios), each marginal is exact and additive in bits::

    odds(same suspect) = S * (p11 * t11 * r * V + p01 * t01) / (p10 * t10 * V * s + p00)
    odds(same victim)  = V * (p11 * t11 * r * S + p10 * t10) / (p01 * t01 * S * v + p00)

``r`` is how the suspect is described to the victim (both times as an ex-partner,
or once as a neighbour) and what the two reports are about. ``t`` is how many times
as often so much time lies between two reports of a cell as between any two (:mod:`apart`).
A report that names the other's reference multiplies the cells. ``v`` and ``s``: two victims of one
suspect are not any two people, but often of one home or family, and so are two
suspects of one victim. Where a share q of them are, and a pair fits two such K
times as well as any two (:meth:`mixture.Tables.related`), it is ``1 - q + q K``;
or a mother and her son who report one man would be one victim. (Beside ``p01``
above and ``p10`` below the line it would belong too: that two suspects may be
brothers says of the victims next to nothing, and is left out.) The last factor of
each line is the *context* of a pair; so "Dave" links to "David Smith" through a
victim they share, and through nothing else. Priors
and ``r`` are learned without labels. Roles may be swapped: the same formulas
answer whether the victim of one report is the suspect of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage import apart, pairing
from lamplighter.linkage.model import Model, Priors
from lamplighter.linkage.ordering import Rows
from lamplighter.linkage.pairing import PART

Bits = npt.NDArray[np.float64]
LARGEST_BITS = 80.0
KINDS: Mapping[str, int] = {name: number for number, name in enumerate(pairing.KIND.categories)}
"""The kinds of pairs of :func:`pairing.pair_frame`, as numbers."""
# A report that names the other's reference concerns the same two people, as a rule.
REFERENCE_BITS = {"11": 12.0, "10": 9.0, "01": 9.0}
# When the victim of one report is the suspect of another, the share in which the other two people
# are the same as well: counter-allegations are the usual reason.
COUNTER_SHARE = 0.4
WHEN = [f"t{cell}" for cell in apart.CELLS]
_AT_ONCE = 500_000
_REPORTS_AT_ONCE = 3_000_000


@dataclass(frozen=True, slots=True)
class Context:
    """For every scored pair, the prior and the bits that the rest of its two reports add to it.

    ``shared`` is what the other party adds, ``described`` what the relationship words add (or that nothing
    names the suspect), ``matter`` what the kind of matter adds, ``apart`` what the time between the two
    reports adds, ``related`` what it takes away that people of one home or family may share a suspect, or a
    victim. ``together``: what the records of a table that the two belong with add, once persons are known.
    """

    prior: Bits
    shared: Bits
    described: Bits
    matter: Bits
    apart: Bits
    related: Bits
    together: Bits | None = None

    @property
    def total(self) -> Bits:
        """Prior odds of each pair, in bits."""
        total = self.prior + self.shared + self.described + self.matter + self.apart + self.related
        return np.asarray(total if self.together is None else total + self.together)

    def of(self, at: npt.NDArray[np.int64]) -> Context:
        """That of some of the pairs."""
        together = None if self.together is None else self.together[at]
        return Context(
            self.prior[at],
            self.shared[at],
            self.described[at],
            self.matter[at],
            self.apart[at],
            self.related[at],
            together,
        )


@dataclass(frozen=True, slots=True)
class Reported:
    """What two reports say beside each of n pairs of records, as arrays.

    ``kind``: of the pair, a number of :data:`KINDS`. ``within``: prior bits of two entries of one
    report (not looked at elsewhere). ``named``: whether one report names the other. ``relation``, ``about``:
    likelihood ratios of the relationship words and of the matter; ``when`` (n, 3): of the time between, in
    each of :data:`apart.CELLS`. ``other``: mean ratio of the other party's pairs (for a swapped pair, of the
    other swap); ``other_told`` with what the reports say of them. ``related``: the ratio for two people who
    have something to do with each other against any two.
    """

    kind: npt.NDArray[np.int8]
    within: Bits
    named: npt.NDArray[np.bool_]
    relation: Bits
    about: Bits
    when: Bits
    unnamed: npt.NDArray[np.bool_]
    identified: npt.NDArray[np.bool_]
    other: Bits
    other_told: Bits
    related: Bits


def contexts(frame: pl.DataFrame, model: Model, references: pl.DataFrame) -> Context:
    """The context of every pair of ``frame`` (:func:`pairing.pair_frame`).

    ``references``: rep_l, rep_r of reports of which one names the other.
    """
    found = Context(*(np.empty(frame.height) for _ in range(6)))
    other, other_told = _other_parties(frame, model)
    named = references.select("rep_l", "rep_r").unique().with_columns(named=pl.lit(True))
    # A part at a time: what it takes is several times what is kept of it.
    for start in range(0, frame.height, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        part = context_of(_reported(frame[some], named, model, other[some], other_told[some]), model.priors)
        found.prior[some], found.shared[some] = part.prior, part.shared
        found.described[some], found.matter[some] = part.described, part.matter
        found.apart[some], found.related[some] = part.apart, part.related
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
    """The numbers of the kinds of the pairs of ``frame``: (n,)."""
    return frame["kind"].to_physical().cast(pl.Int8()).to_numpy()


def of_one_party(kind: npt.NDArray[np.int8]) -> Rows:
    """The pairs of two victims, and of two suspects, of two reports."""
    return np.flatnonzero((kind == KINDS["victim"]) | (kind == KINDS["suspect"]))


def context_of(pairs: Reported, p: Priors) -> Context:
    """The context of pairs from what their reports say. The batch and the form both come here."""
    n = len(pairs.kind)
    prior, shared, described, matter, time, related = (np.zeros(n) for _ in range(6))
    prior[:] = _logit(p.other)
    at = np.flatnonzero(pairs.kind == KINDS["within"])
    prior[at] = pairs.within[at]
    p11, p10, p01 = p.both, p.victim_only, p.suspect_only
    p00 = 1 - p11 - p10 - p01
    k11, k10, k01 = (np.where(pairs.named, 2.0 ** REFERENCE_BITS[c], 1.0) for c in ("11", "10", "01"))

    at = np.flatnonzero(pairs.kind == KINDS["suspect"])
    v, r, about, when = pairs.other[at], pairs.relation[at], pairs.about[at], pairs.when[at].T
    anybody, any_time = np.ones(len(at)), np.ones((3, len(at)))

    def suspects(ratio: Bits, t: Bits = any_time, near: Bits = anybody) -> Bits:
        top = k11[at] * p11 * t[0] * ratio * v + k01[at] * p01 * t[2]
        return np.asarray(np.log2(top) - np.log2(k10[at] * p10 * t[1] * v * near + p00))

    base, near = _logit(p11 + p01), _near(p.related_suspects, pairs.related[at])
    said = r * about
    steps = [suspects(anybody), suspects(r), suspects(said), suspects(said, when), suspects(said, when, near)]
    share = p11 / (p11 + p10)
    dimmed = np.where(pairs.unnamed[at], _logit(p.unnamed * share) - _logit(share), 0.0)
    prior[at], shared[at] = base, steps[0] - base
    described[at], matter[at] = steps[1] - steps[0] + dimmed, steps[2] - steps[1]
    time[at], related[at] = steps[3] - steps[2], steps[4] - steps[3]

    at = np.flatnonzero(pairs.kind == KINDS["victim"])
    s, when = pairs.other[at], pairs.when[at].T
    anybody, any_time = np.ones(len(at)), np.ones((3, len(at)))

    def victims(t: Bits = any_time, near: Bits = anybody) -> Bits:
        top = k11[at] * p11 * t[0] * pairs.other_told[at] + k10[at] * p10 * t[1]
        return np.asarray(np.log2(top) - np.log2(k01[at] * p01 * t[2] * s * near + p00))

    base, near = _logit(p11 + p10), _near(p.related_victims, pairs.related[at])
    steps = [victims(), victims(when), victims(when, near)]
    prior[at], shared[at] = base, steps[0] - base
    time[at], related[at] = steps[1] - steps[0], steps[2] - steps[1]

    at = np.flatnonzero(pairs.kind == KINDS["swapped"])
    s11, s10 = p.swapped * COUNTER_SHARE, p.swapped * (1 - COUNTER_SHARE)
    v, t = pairs.other[at], pairs.when[at, 0]
    base = _logit(s11 + s10)
    full = np.log2(k11[at] * s11 * v + s10) - np.log2(s10 * v + (1 - s11 - 2 * s10))
    # Two reports of the same two people come as close together whoever is the victim in each.
    timed = np.log2(k11[at] * s11 * t * v + s10) - np.log2(s10 * v + (1 - s11 - 2 * s10))
    # Whoever is not described at all is nobody's counterpart: the other party alone proves nothing.
    unknown = ~pairs.identified[at]
    prior[at], shared[at] = base, np.where(unknown, np.minimum(full - base, 0.0), full - base)
    time[at] = np.where(unknown, np.minimum(timed - full, 0.0), timed - full)
    return Context(prior, shared, described, matter, time, related)


def _near(share: float, ratio: Bits) -> Bits:
    """How much better two fit who are two victims of one suspect (or the other way round) than any two do."""
    return np.asarray(1 - share + share * ratio)


def unnamed_pairs(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Suspect pairs of which nothing is told: neither an identifier nor a relationship."""
    return frame.select(_NOTHING_NAMES & (pl.col("relation") == "unsaid")).to_series().to_numpy()


def untold_pairs(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Suspect pairs of which nothing tells who they are: no identifier, and no relationship that both have.

    Of two strangers, or of "a stranger" and a friend, the rest of two reports may say that they are one
    person. That is believed, and a person decides.
    """
    alike = pl.col("relation").is_in(pairing.DESCRIBED_ALIKE)
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
        **{f"t{cell}": apart.ratio(model.apart, cell) for cell in apart.CELLS},
    )


def ratio(column: str, rates: Mapping[str, tuple[float, float]]) -> pl.Expr:
    """The likelihood ratio of what a column says; 1 where it says nothing."""
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


WITHIN: Mapping[str, float] = {"VS": 1e-5, "SV": 1e-5, "SO": 1e-3, "OS": 1e-3, "SS": 0.02, "VV": 0.02}
"""Within one report a person may be listed twice, but the victim is not the suspect."""


def _within_prior(frame: pl.DataFrame, priors: Priors) -> Bits:
    parts = frame.select(pl.concat_str("part_l", "part_r")).to_series()
    odds = parts.replace_strict(WITHIN, default=priors.within_report).cast(pl.Float64).to_numpy()
    return np.asarray(np.log2(odds / (1 - odds)))


def _logit(p: float) -> float:
    return float(np.log2(p) - np.log2(1 - p))


def report_cells(frame: pl.DataFrame, model: Model, references: pl.DataFrame) -> pl.DataFrame:
    """The four cells of every pair of reports that a victim or a suspect pair, or a reference, joins.

    Columns: rep_l, rep_r, v, s (bits of the best victim and suspect pair), V_near, S_near (mean ratios of
    ``related``), p11, p10, p01, p00 (posterior, sum 1), suspects (whether both reports tell something
    about theirs).
    """
    p = model.priors
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
    k = {c: pl.when(pl.col("named")).then(2.0**b).otherwise(1.0) for c, b in REFERENCE_BITS.items()}

    def near(column: str, share: float) -> pl.Expr:
        return 1 - share + share * pl.col(column)

    w = {
        "p11": p.both * k["11"] * pl.col("t11") * pl.col("V") * pl.col("S"),
        "p10": p.victim_only * k["10"] * pl.col("t10") * pl.col("V") * near("S_near", p.related_suspects),
        "p01": p.suspect_only
        * k["01"]
        * pl.col("t01")
        * pl.col("S_plain")
        * near("V_near", p.related_victims),
        "p00": pl.lit(1 - p.both - p.victim_only - p.suspect_only),
    }

    total = pl.sum_horizontal(*w.values())
    return cells.with_columns(**{c: e / total for c, e in w.items()}).sort(on)
