"""Estimate how many true links nothing proposed, so that nobody could look at them.

Two reports of one victim and one suspect are found by either. So the share of them whose victims the keys
propose is seen among those whose suspects they propose, and the other way round (capture and recapture; as in
decision 106). A link that neither party's keys propose is reckoned to be missed by both as if the two were
independent; they are not quite, so that a bound is told beside the estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

import polars as pl
from scipy.stats import beta

from lamplighter.linkage.blocking.blocking_rules import Key
from lamplighter.linkage.blocking.candidate_pairs import Hashed, Shares
from lamplighter.linkage.dyads import cell_priors, dyad_frames
from lamplighter.linkage.dyads.cell_priors import AS_MANY_PAIRS, FOUND_BY_SUSPECTS, FOUND_BY_VICTIMS
from lamplighter.linkage.features.record_features import Features, part_of
from lamplighter.linkage.model.parameters import Model

_NOBODY = pl.DataFrame(schema={"rep_l": pl.Int32(), "rep_r": pl.Int32()})
_LIKELY, _LOWER = 0.5, 0.025
_COUPLE = "same_victim_same_suspect"
_ALONE = {"victim_only": "same_victim_other_suspect", "suspect_only": "same_suspect_other_victim"}


@dataclass(frozen=True, slots=True)
class Unseen:
    """Expected pairs of reports by their cell and by whose keys propose them: of one victim and one suspect
    ``both`` whose victims and suspects keys propose, ``by_victim`` those whose victims, ``by_suspect`` those
    whose suspects; ``victim_only`` and ``suspect_only``, of one victim and two suspects or the other way
    round."""

    both: float = 0.0
    by_victim: float = 0.0
    by_suspect: float = 0.0
    victim_only: float = 0.0
    suspect_only: float = 0.0

    def figures(self) -> dict[str, float]:
        """Return them as JSON has them."""
        return {f.name: float(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def summed(cls, several: Iterable[Mapping[str, float]]) -> Unseen:
        """Return the sum of several of :meth:`figures`."""
        told = list(several)
        return cls(*(sum(t[f.name] for t in told) for f in fields(cls)))

    @classmethod
    def of_rows(cls, told: pl.DataFrame) -> Unseen:
        """Return the sum of a frame with :data:`FIGURES`."""
        return cls(**told.select(pl.col(*FIGURES).sum()).row(0, named=True))

    def proposed(self, party: str) -> tuple[float, float]:
        """Return the share of the true pairs of victims, or of suspects, that keys propose, and its lower
        bound (95%)."""
        of, start = (
            (self.by_suspect, FOUND_BY_VICTIMS) if party == "victim" else (self.by_victim, FOUND_BY_SUSPECTS)
        )
        yes = self.both + AS_MANY_PAIRS * start
        no = max(of - self.both, 0.0) + AS_MANY_PAIRS * (1 - start)
        return yes / (yes + no), float(beta.ppf(_LOWER, yes, no))

    def more(self, party: str) -> tuple[float, float]:
        """Return how many true pairs of a party nobody looked at for each that was looked at: the estimate,
        and the most it may be.

        Two reports of one couple are missed where both parties are. The estimate takes these for independent
        of one another, the bound for the same misfortune.
        """
        (v, v_least), (s, s_least) = self.proposed("victim"), self.proposed("suspect")
        couple = self.by_victim + self.by_suspect - self.both
        alone = self.victim_only if party == "victim" else self.suspect_only
        own, own_least = (v, v_least) if party == "victim" else (s, s_least)
        missed, most = (1 - v) * (1 - s), 1 - max(v_least, s_least)
        return tuple(
            (couple * m / max(1 - m, 0.05) + alone * (1 / max(o, 0.05) - 1)) / max(couple + alone, 1e-9)
            for m, o in ((missed, own), (most, own_least))
        )  # type: ignore[return-value]  # two, as the pairs are

    def seen(self, party: str) -> tuple[float, float]:
        """Return the share of the true pairs of a party that were looked at: the estimate, and the least."""
        estimate, most = self.more(party)
        return round(1 / (1 + estimate), 4), round(1 / (1 + most), 4)


FIGURES = tuple(f.name for f in fields(Unseen))


def of_frame(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return what each two reports tell: rep_l, rep_r and :data:`FIGURES`.

    ``frame``: their pairs (:func:`pair_context.pair_frame` with ``related`` and ``keyed``).
    """
    cells = cell_priors.with_keys(dyad_frames.report_cells(frame, model, _NOBODY), frame)
    by = {"both": "p11", "by_victim": "p11", "by_suspect": "p11", "victim_only": "p10", "suspect_only": "p01"}
    victims, suspects = pl.col("by_victim"), pl.col("by_suspect")
    told = {
        "both": victims & suspects, "by_victim": victims, "by_suspect": suspects, "victim_only": victims,
        "suspect_only": suspects,
    }  # fmt: skip
    return cells.select(
        "rep_l", "rep_r", *(pl.when(told[f]).then(pl.col(by[f])).otherwise(0.0).alias(f) for f in FIGURES)
    )


def of_reports(
    features: Features, report_pairs: pl.DataFrame, persons: pl.DataFrame, keys: Iterable[Key], weak: int
) -> Unseen:
    """Return the same of reports that were linked: whether a key proposes their victims, and their suspects.

    Reports of one couple tell whose keys propose them; of the others it is told which party they share.
    ``weak``: so many weak keys two records must share to be looked at, where they share no other.
    """
    believed = report_pairs.filter(pl.col("probability") >= _LIKELY)
    sure = believed.filter(pl.col("relation") == _COUPLE).select("left_report", "right_report", "probability")
    alone = {
        name: float(believed.filter(pl.col("relation") == relation)["probability"].sum())
        for name, relation in _ALONE.items()
    }
    rows = features.facts.select("record_id", "report_id", part=part_of(features.facts)).with_row_index("row")
    rows = rows.join(persons, on="record_id").select("row", "report_id", "part", "person_id")
    pairs = (
        sure.with_row_index("pair")
        .join(rows, left_on="left_report", right_on="report_id")
        .join(
            rows, left_on=["right_report", "part", "person_id"],
            right_on=["report_id", "part", "person_id"], suffix="_2",
        )
        .filter(pl.col("part") != "O")
    )  # fmt: skip
    if not pairs.height:
        return Unseen(**alone)
    left, right = (pairs[c].to_numpy().astype("int64") for c in ("row", "row_2"))
    shares = Shares(Hashed(features), left, right)
    strong = pl.repeat(value=False, n=pairs.height, eager=True)
    several = pl.repeat(value=0, n=pairs.height, eager=True)
    for key in keys:
        has = pl.Series(shares.key(key))
        if key.weak and weak > 1:
            several = several + has.cast(pl.Int32)
        else:
            strong = strong | has
    found = pairs.with_columns(keyed=strong | (several >= weak))
    told = found.group_by("pair").agg(
        pl.col("probability").first(),
        v=((pl.col("part") == "V") & pl.col("keyed")).any(),
        s=((pl.col("part") == "S") & pl.col("keyed")).any(),
    )  # fmt: skip
    p, v, s = pl.col("probability"), pl.col("v"), pl.col("s")
    couples = told.select(
        both=p.filter(v & s).sum(), by_victim=p.filter(v).sum(), by_suspect=p.filter(s).sum()
    )
    return Unseen(**couples.row(0, named=True), **alone)
