"""Make persons of clusters, a pure function of records, pairs, decisions and the ids that were there
before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.components import components
from lamplighter.linkage.arrays.log_odds import bits_of
from lamplighter.linkage.arrays.pair_ids import packed
from lamplighter.linkage.arrays.row_order import Rows, among
from lamplighter.linkage.clustering import ambiguous_suspects, stable_ids
from lamplighter.linkage.clustering.agglomeration import between, group
from lamplighter.linkage.clustering.cluster_evidence import Holds, from_frame
from lamplighter.linkage.clustering.decisions import Standing, standing
from lamplighter.linkage.clustering.profiles import Grounds
from lamplighter.linkage.model.agreement_patterns import Weighed
from lamplighter.linkage.thresholds import JUST_UNDER, STAYS, TWO_PEOPLE

Bits = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def resolve(
    records: pl.DataFrame,
    pairs: pl.DataFrame,
    decisions: pl.DataFrame | None = None,
    previous_ids: pl.DataFrame | None = None,
    *,
    link_at: float,
) -> stable_ids.Named:
    """Persons of ``records`` (record_id).

    ``pairs`` has left_record, right_record, hold and levels (see ``weight_bars.PAIRS_SCHEMA``); ``link_at``
    is ``model.bands.link_at``, a probability. ``decisions`` is the whole log. ``previous_ids`` is the memory
    of the last time. Nothing else is looked at: the same arguments give the same persons, whatever the order
    of their rows.
    """
    names = records["record_id"].sort()
    evidence, held = from_frame(pairs, names)
    label = grouped(names, evidence, held, standing(decisions), link_at).label
    return stable_ids.name(members(names, label), previous_ids, standing(decisions))


@dataclass(frozen=True, slots=True)
class Grouped:
    """``label``: the group number of each row. ``rivals``: what others who fit as well take from the log-odds
    of each pair (:mod:`ambiguous_suspects`), zero or less."""

    label: Rows
    rivals: Bits


def grouped(names: pl.Series, evidence: Grounds, held: Holds, force: Standing, link_at: float) -> Grouped:
    """Return the groups of ``names``."""
    rows = _places([*force.same, *force.not_same], names)
    return grouped_rows(len(names), evidence, held, force, rows, link_at)


def grouped_rows(
    n: int,
    evidence: Grounds,
    held: Holds,
    force: Standing,
    rows: Mapping[str, int],
    link_at: float,
) -> Grouped:
    """Return the groups of ``n`` rows.

    ``rows`` says where the records stand that decisions name; ``link_at`` is a probability. Where nothing
    tells who a record is, and it fits two who are not one person without it, the two compete.
    """
    bar = bits_of(link_at)
    must = _rows(force.same, rows)
    lifted = {tuple(sorted(p)) for p in must}
    left, right, total = evidence.left, evidence.right, evidence.total
    at = np.flatnonzero(held.barred)
    pairs = zip(left[at].tolist(), right[at].tolist(), strict=True)
    cannot = [*_rows(force.not_same, rows), *(p for p in pairs if p not in lifted)]
    # Just over the bar, so that rounding does not part them.
    stays = np.where(held.kept, np.maximum(bar - total, 0.0) + 1e-9, 0.0)
    under = -np.maximum(total - (bar - JUST_UNDER), 0.0)
    more = np.where(held.unnamed, under, stays)

    def without(pairs: Rows) -> Rows:
        """Return the groups by some pairs, where those who are not named join nobody."""
        alone = np.where(held.named, more, under)[pairs]
        return group(n, evidence.some(pairs).shifted(alone), link_at=bar, must=must, cannot=cannot)

    rivals = _rivals(n, evidence, held, _among(left, right, cannot, n), bar, without)
    more = more + rivals
    shifted = evidence.shifted(more) if more.any() else evidence
    label = group(n, shifted, link_at=bar, must=must, cannot=cannot)
    return Grouped(_whole(label, shifted, bar, must, cannot) if must else label, rivals)


def _whole(
    label: Rows,
    evidence: Grounds,
    bar: float,
    must: Sequence[tuple[int, int]],
    cannot: Sequence[tuple[int, int]],
) -> Rows:
    """``label`` (n,), where whoever was said to be one person brings all their records along.

    Two records that somebody joins are of two persons as a rule, of whom other records speak against each
    other: that is what was decided, and no reason to part either. Only where the two whole persons cannot be
    one (``cannot``) is each record asked by itself, as in ``label``.
    """
    n = len(label)
    said = np.array(must, dtype=np.int64).reshape(-1, 2)
    linked = evidence.total >= bar
    piece = components(n, np.r_[evidence.left[linked], said[:, 0]], np.r_[evidence.right[linked], said[:, 1]])
    decided = np.zeros(n, dtype=bool)
    decided[piece[said[:, 0]]] = True
    own = group(n, evidence.some(np.flatnonzero(decided[piece[evidence.left]])), link_at=bar, cannot=cannot)
    # A group of these is a record more, to which its records are tied.
    rows = np.arange(n)
    whole = components(2 * n, np.r_[rows, said[:, 0]], np.r_[n + own, said[:, 1]])[:n]
    apart = np.array(cannot, dtype=np.int64).reshape(-1, 2)
    apart = apart[whole[apart[:, 0]] == whole[apart[:, 1]]]
    asked = ~decided[piece]
    asked |= np.isin(piece, piece[apart[:, 0]])
    # Numbers of the two ways are kept from each other.
    found = np.where(asked, label, int(label.max()) + 1 + whole)
    return np.unique(found, return_inverse=True)[1].astype(np.int64)


def _rivals(
    n: int, evidence: Grounds, held: Holds, cannot: Flags, bar: float, without: Callable[[Rows], Rows]
) -> Bits:
    """Return what others who fit as well take from each pair (:mod:`ambiguous_suspects`); ``without``: the
    groups by some pairs, without those who are not named."""
    left, right, total = evidence.left, evidence.right, evidence.total
    nothing = np.zeros(len(total))
    if held.named.all():
        return nothing
    found = ambiguous_suspects.choices(n, left, right, total, named=held.named, cannot=cannot)
    if found is None:
        return nothing
    # Where all whom somebody fits are linked with each other, nothing has to be worked out.
    apart = (cannot | (total < bar))[found.beside]
    contested = np.flatnonzero(ambiguous_suspects.competing(found, left, right, total, apart))
    if not len(contested):
        return nothing
    found = found.around(left[contested])
    label, beside = without(found.beside), evidence.some(found.beside)
    score = between(label, beside, np.ones(len(found.beside), dtype=bool))
    two = (score < bits_of(TWO_PEOPLE)) | cannot[found.beside]
    two &= label[beside.left] != label[beside.right]
    return ambiguous_suspects.competing(found, left, right, total, two)


def kept_pairs(
    names: pl.Series, weighed: Weighed, bits: Bits, before: pl.DataFrame | None, link_at: float
) -> npt.NDArray[np.bool_]:
    """Tell which pairs of ``names`` stay linked: linked ``before`` (left_record, right_record), and now just
    under the bar."""
    near = np.flatnonzero((bits < bits_of(link_at)) & (bits >= bits_of(link_at) - STAYS))
    found = np.zeros(len(bits), dtype=bool)
    if before is None or not len(near):
        return found
    on = ["left_record", "right_record"]
    were = before.select(*on).unique().with_columns(_were=pl.lit(True))
    sides = pl.DataFrame({"a": names.gather(weighed.left[near]), "b": names.gather(weighed.right[near])})
    pairs = sides.select(left_record=pl.min_horizontal("a", "b"), right_record=pl.max_horizontal("a", "b"))
    joined = pairs.join(were, on=on, how="left", maintain_order="left")
    found[near] = joined["_were"].fill_null(False).to_numpy()
    return found


def members(names: pl.Series, label: Rows) -> list[list[str]]:
    """Return the records of each group."""
    frame = pl.DataFrame({"record": names, "group": label})
    found = frame.group_by("group", maintain_order=True).agg("record")
    return found["record"].to_list()


def _among(left: Rows, right: Rows, some: Sequence[tuple[int, int]], n: int) -> Flags:
    """Tell which pairs of rows are among some."""
    wanted = np.array(some, dtype=np.int64).reshape(-1, 2)
    return among(packed(left, right, n), np.sort(packed(wanted[:, 0], wanted[:, 1], n)))


def rows_said(pairs: Sequence[tuple[str, str]], names: pl.Series) -> tuple[Rows, Rows]:
    """Pairs of records by their rows among ``names``, left < right, without those that are not there."""
    both = np.array(_rows(pairs, _places(pairs, names)), dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _places(pairs: Sequence[tuple[str, str]], names: pl.Series) -> dict[str, int]:
    """Tell where the records of some pairs stand among ``names``, of those that do: few of a million."""
    wanted = pl.Series([r for pair in pairs for r in pair], dtype=pl.String())
    rows = names.is_in(wanted.implode()).arg_true()
    return dict(zip(names.gather(rows).to_list(), rows.to_list(), strict=True))


def _rows(pairs: Sequence[tuple[str, str]], rows: Mapping[str, int]) -> list[tuple[int, int]]:
    found = [sorted((rows[a], rows[b])) for a, b in pairs if a in rows and b in rows]
    return [(a, b) for a, b in found]
