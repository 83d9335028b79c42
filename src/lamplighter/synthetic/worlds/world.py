"""A whole made-up world in memory: what agencies hold, and what is really so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields

import polars as pl

from lamplighter.records.schema import TABLES, Bundle
from lamplighter.synthetic.people import places
from lamplighter.synthetic.sampling.config import Bank, Config, Marginals
from lamplighter.synthetic.worlds import canonical_frames, truth_frames
from lamplighter.synthetic.worlds import cell as cells
from lamplighter.synthetic.worlds.truth import Truth


@dataclass(slots=True)
class World:
    """``bundle`` is what importers would make of the agencies' records; ``truth`` is never an input.

    ``spared``: person records whose lines no export damages.
    """

    config: Config
    bundle: Bundle
    truth: Truth
    spared: frozenset[str] = frozenset()


def generate(
    seed: int,
    *,
    person_records: int = 10_000,
    forces: int = 4,
    bank: Bank = "a",
    start: dt.date = dt.date(2022, 7, 1),
    as_at: dt.date = dt.date(2026, 6, 30),
    marginals: Marginals | None = None,
) -> World:
    """Return a world of at least ``person_records`` person records (over by less than one story a part).

    The same arguments give the same world, on one machine or many, whole or streamed. For more than about a
    million person records use :func:`~lamplighter.synthetic.worlds.stream.write`, which holds one part at a
    time.

    Raises:
        ValueError: settings out of range (see :class:`~lamplighter.synthetic.sampling.config.Config`).
    """
    config = Config(
        seed=seed,
        person_records=person_records,
        forces=forces,
        bank=bank,
        start=start,
        as_at=as_at,
        marginals=marginals or Marginals(),
    )
    where = places.make(config)
    made = [part(config, number, where) for number in range(config.cells)]
    return World(
        config=config,
        bundle={t.name: pl.concat([b[t.name] for b, _ in made], rechunk=True) for t in TABLES},
        truth=Truth(*[pl.concat([getattr(t, f.name) for _, t in made], rechunk=True) for f in fields(Truth)]),
    )


def part(config: Config, number: int, where: places.Places) -> tuple[Bundle, Truth]:
    """One part of the world as frames."""
    cell = cells.make(config, number, where)
    return canonical_frames.bundle(cell), truth_frames.truth(cell)
