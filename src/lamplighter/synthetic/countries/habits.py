"""The marks of a force's habits on the columns it hands over: fields left out, capitals, half a postcode."""

from __future__ import annotations

import numpy as np
import polars as pl

from lamplighter.records.schema import Bundle
from lamplighter.synthetic.countries.forces import Force
from lamplighter.synthetic.sampling.draws import chance

_IN_CAPITALS = ("surname", "forenames", "address_text", "town")


def apply(rng: np.random.Generator, force: Force, bundle: Bundle) -> Bundle:
    """Return the tables as this force hands them over, under its own name."""
    habits, people = force.habits, bundle["people"]
    n = people.height
    changed: list[pl.Series] = []
    for name, rate in habits.missing.items():
        shown = people[name]
        blank = pl.Series(chance(rng, rate, n))
        changed.append(pl.select(pl.when(~blank).then(shown)).to_series().alias(name))
    people = people.with_columns(changed)
    outward = pl.Series(chance(rng, habits.outward_only, n))
    people = people.with_columns(
        pl.when(outward)
        .then(pl.col("postcode").str.split(" ").list.first())
        .otherwise("postcode")
        .alias("postcode")
    )
    if habits.in_capitals:
        people = people.with_columns(pl.col(*_IN_CAPITALS).str.to_uppercase())
    reports = bundle["reports"].with_columns(source=pl.lit(force.source), agency=pl.lit(force.code))
    return {**bundle, "people": people, "reports": reports}
