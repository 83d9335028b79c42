"""Say why records of several forces were taken for one person: what each force recorded, and which
comparisons speak for each link and against it.

It is for the linker alone: names are in it. The parts of a link sum to its weight in bits, as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from lamplighter.linkage.arrays.log_odds import probability_of
from lamplighter.linkage.dyads.dyad_evidence import KINDS
from lamplighter.national.errors import NationalError
from lamplighter.national.run import Linked

MOST = 20
SHOWN_PARTS = 8
_LEAST_BITS, _LEAST_HABIT = 0.1, 0.5
RECORDED = ("names", "birth_date", "postcode", "phones", "emails", "pnc_id", "cro")
REPORTS = "What the two reports say, and how common matches are"
HOME = "People of one home or family"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Hold what one force recorded of somebody: how many ``records``, their ids at the linker, and the
    ``values`` of each of :data:`RECORDED`, each once."""

    force: str
    records: tuple[str, ...]
    values: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reason:
    """Two forces' persons who were taken for one, or not: how likely it is (``belief``), the part they play
    together, and the ``parts`` of the weight in bits, the largest first; ``rest``: bits of all others."""

    left: str
    right: str
    belief: float
    kind: str
    parts: tuple[tuple[str, float], ...]
    rest: float


@dataclass(frozen=True, slots=True)
class Habit:
    """Hold an ``outcome`` to which records of one person come so many ``times`` as often when a ``force``
    made one of them."""

    force: str
    outcome: str
    times: float


@dataclass(frozen=True, slots=True)
class Known:
    """One person of the country, as each force recorded them, with the links between the forces."""

    recorded: tuple[Recorded, ...]
    links: tuple[Reason, ...]


def reasons(
    found: Linked, *, least_forces: int = 2, records: Collection[str] = (), most: int = MOST
) -> tuple[Known, ...]:
    """Return persons known to several forces with the reasons: most forces first, and of as many the least
    sure first, since these need a person's eye.

    ``records``: of these alone, by their ids at the linker.

    Raises:
        NationalError: one of the records is not in the release.
    """
    index = found.index
    whole = index.records.with_columns(group=pl.Series(found.group[index.records["person"].to_numpy()]))
    strange = set(records) - set(whole["record_id"].to_list()) if records else set()
    if strange:
        raise NationalError(f"{len(strange)} of the records are not in this release.", place="record")
    sizes = whole.group_by("group").agg(forces=pl.col("force").n_unique())
    if records:
        sizes = sizes.join(whole.filter(pl.col("record_id").is_in(list(records))), on="group", how="semi")
    wanted = sizes.filter(pl.col("forces") >= least_forces)
    across = _across(found)
    surest = across.group_by("group").agg(least=pl.col("belief").max())
    chosen = (
        wanted.join(surest, on="group", how="left")
        .sort("forces", "least", "group", descending=[True, False, False], nulls_last=True)
        .head(most)["group"]
        .to_list()
    )
    told = index.recorded().join(whole.select("record_id", "group", "force"), on="record_id")
    told = told.filter(pl.col("group").is_in(chosen))
    titles = [*(c.title for c in found.country.model.table), HOME, REPORTS]
    return tuple(
        Known(
            tuple(_recorded(told.filter(group=group))),
            tuple(_links(found, across.filter(group=group), titles)),
        )
        for group in chosen
    )


def habits(found: Linked, most: int = MOST) -> tuple[Habit, ...]:
    """Return how forces record otherwise than others do, as pairs are weighed by it, what is furthest from
    the others first."""
    titles = {(c.name, v.name): v.title for c in found.country.model.table for v in c.levels}
    every = [
        (bits, force, titles[comparison, level])
        for comparison, levels in found.recording.rates.same.items()
        for level, row in levels.items()
        for force, bits in row.items()
        if abs(bits) >= _LEAST_HABIT
    ]
    every.sort(key=lambda h: (-abs(h[0]), h[1], h[2]))
    return tuple(Habit(force, title, 2.0**bits) for bits, force, title in every[:most])


def _across(found: Linked) -> pl.DataFrame:
    """Return the pairs of persons of two forces of one group: row (of ``judged``), group, belief."""
    judged, force_of = found.judged, found.index.force_of
    same = found.group[judged.left] == found.group[judged.right]
    rows = np.flatnonzero(same & (force_of[judged.left] != force_of[judged.right]))
    return pl.DataFrame(
        {
            "row": rows,
            "group": found.group[judged.left[rows]],
            "belief": probability_of(found.bits[rows]),
        }
    )


def _recorded(frame: pl.DataFrame) -> Iterable[Recorded]:
    for (force,), own in sorted(frame.partition_by("force", as_dict=True).items()):
        names = own.select(
            name=pl.concat_str(
                [pl.col(c).fill_null("") for c in ("forenames", "surname") if c in own.columns], separator=" "
            ).str.strip_chars()
        )["name"]
        values = {"names": _each(names)}
        values |= {c: _each(own[c]) if c in own.columns else () for c in RECORDED if c != "names"}
        yield Recorded(str(force), tuple(sorted(own["record_id"].to_list())), values)


def _each(values: pl.Series) -> tuple[str, ...]:
    flat = values.explode() if isinstance(values.dtype, pl.List) else values
    told = flat.drop_nulls().cast(pl.String)
    return tuple(told.filter(told != "").unique().sort().to_list())


def _links(found: Linked, rows: pl.DataFrame, titles: list[str]) -> Iterable[Reason]:
    judged, force_of = found.judged, found.index.force_of
    kinds = {number: name for name, number in KINDS.items()}
    for row, belief in (
        rows.sort("belief", "row", descending=[True, False]).select("row", "belief").iter_rows()
    ):
        bars = judged.bars[row]
        order = [i for i in np.argsort(-np.abs(bars), kind="stable") if abs(bars[i]) >= _LEAST_BITS]
        shown = order[:SHOWN_PARTS]
        yield Reason(
            str(force_of[judged.left[row]]),
            str(force_of[judged.right[row]]),
            float(belief),
            kinds[int(judged.kind[row])],
            tuple((titles[i], float(bars[i])) for i in shown),
            float(bars.sum() - bars[shown].sum()),
        )
