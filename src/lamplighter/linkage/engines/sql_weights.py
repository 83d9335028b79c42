"""Write the table of levels and a model as SQL: pairs to weights.

The conditions of the table are SQL already; the mixture becomes a sum of powers of two. What comes back is
the level of every comparison and the evidence of every pair, as the arrays give them. A pair needs nothing
but its two rows, so that an engine may look at pairs in any order and anywhere.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lamplighter.linkage.comparisons.comparison_levels import NULL_LEVEL, Comparison, Level
from lamplighter.linkage.comparisons.comparison_vectors import LIST_FEATURES, active
from lamplighter.linkage.engines.sql_dialects import Dialect, translated
from lamplighter.linkage.engines.sql_tables import LIFT, PROFILE, bits_column, shaded
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies import name_dependence
from lamplighter.linkage.model.parameters import Model

Bits = npt.NDArray[np.float64]
_LEAST = -1e9
"""Bits that every pair comes to; SQL has no number for less than any."""


def compared(features: Features, model: Model) -> list[str]:
    """Return the names of the comparisons that these features can say anything about, in their order."""
    return [c.name for c in _compared(features, model)]


def columns(features: Features, model: Model) -> set[str]:
    """Return the feature columns that the statement reads."""
    names = {c for t in _compared(features, model) for c in t.columns()} | shaded(features, model)
    if model.frequencies.communities is not None:
        names |= {name_dependence.FIRST, name_dependence.SURNAME}
    return names & set(features.columns.by_name)


def levels(features: Features, model: Model, dialect: Dialect) -> str:
    """Return SQL over tables ``people`` (:func:`sql_tables.with_frequencies`) and ``pairs`` (pair, l, r) that
    gives ``pair``, a level a comparison, and the bits of frequencies of those that have any
    (:func:`evidence`)."""
    table = _compared(features, model)
    lifted = model.frequencies.communities is not None
    names = sorted({*columns(features, model), *(bits_column(n) for n in shaded(features, model))})
    sides = ", ".join(f"a.{n} as {n}_l, b.{n} as {n}_r" for n in [*names, *([LIFT] if lifted else [])])
    sides_of = (
        f"select p.pair, {sides} from pairs p join people a on a.{PROFILE} = p.l"
        f" join people b on b.{PROFILE} = p.r"
    )
    every = ", ".join(f"{translated(_ladder(c), dialect)} as {c.name}" for c in table)
    own = [c.name for c in table]
    bits = [f"{sql} as {bits_column(name)}" for name, sql in _frequencies(features, model, dialect).items()]
    leveled = f"select *, {every} from ({sides_of}) as sides"
    return f"select {', '.join(['pair', *own, *bits])} from ({leveled}) as of_sides"


def evidence(features: Features, model: Model, dialect: Dialect, least: float) -> str:
    """Return SQL over the table ``leveled``, which :func:`levels` gives, that gives ``pair``, the levels and
    ``evidence`` of pairs that come to ``least`` bits."""
    shading = set(_frequencies(features, model, dialect))
    every = list(zip(active(features, model.table), _compared(features, model), strict=True))
    kinds = [_kind(model, k, every, shading) for k in range(len(model.arrays.same))]
    named = ", ".join(f"{kind} as k{k}" for k, kind in enumerate(kinds))
    own = ", ".join(c.name for _, c in every)
    one, two = (np.flatnonzero(model.arrays.same == which).tolist() for which in (True, False))
    bits = f"{_log_sum(one)} - {_log_sum(two)} + ({model.arrays.base!r})"
    weighed = f"select pair, {own}, {bits} as evidence from (select *, {named} from leveled) as kinds"
    return f"select * from ({weighed}) as weighed where evidence >= {max(least, _LEAST)!r}"


def _compared(features: Features, model: Model) -> list[Comparison]:
    return [model.table[i] for i in active(features, model.table)]


def _frequencies(features: Features, model: Model, dialect: Dialect) -> dict[str, str]:
    """Return how the bits of frequencies of each comparison are written, of those that have any."""
    tfs, found = shaded(features, model), {}
    for comparison in _compared(features, model):
        arms = [(v.value, _shade(v, dialect)) for v in comparison.levels if v.tf in tfs]
        if arms:
            each = "".join(f" when {value} then coalesce({sql}, 0)" for value, sql in arms)
            found[comparison.name] = f"case {comparison.name}{each} else 0 end"
    if model.frequencies.communities is not None:
        place = model.table[name_dependence.place(model.table)].name
        found[place] = f"{found[place]} + {_together(model)}" if place in found else _together(model)
    return found


def _ladder(comparison: Comparison) -> str:
    """Return the levels of a comparison over columns ``x_l`` and ``x_r``, as SQL."""
    arms = [f"when {level.sql} then {level.value}" for level in comparison.levels if level.sql]
    return f"case when {comparison.null_sql} then {NULL_LEVEL} {' '.join(arms)} else 0 end"


def _shade(level: Level, dialect: Dialect) -> str:
    """Return the bits of the frequency of what a pair has in common at a level."""
    name = str(level.tf)
    bits = bits_column(name)
    if name in LIST_FEATURES:
        return dialect.rarest.format(left=f"{name}_l", right=f"{name}_r", bits=f"{bits}_l")
    return f"greatest({bits}_l, {bits}_r)"


def _together(model: Model) -> str:
    """Return the bits of the whole name, where a pair shares it."""
    both = [name_dependence.exact(model.table, n) for n in (name_dependence.FIRST, name_dependence.SURNAME)]
    shared = " and ".join(f"{model.table[c].name} = {level}" for c, level in both)
    return f"case when {shared} then coalesce({LIFT}_l, 0) else 0 end"


def _kind(model: Model, k: int, table: list[tuple[int, Comparison]], shading: set[str]) -> str:
    """Return the bits of one kind of pair."""
    arrays = model.arrays
    terms = [repr(float(arrays.log_share[k]))]
    first, level = arrays.beside_at
    for i, comparison in table:
        terms.append(_by_level(comparison, arrays.own[k, i]))
        if arrays.at_random[k, i] and comparison.name in shading:
            terms.append(bits_column(comparison.name))
        if arrays.beside is not None and arrays.beside[k, i].any():
            more = _by_level(comparison, arrays.beside[k, i])
            terms.append(f"case {model.table[first].name} when {level} then {more} else 0 end")
    return " + ".join(f"({t})" for t in terms)


def _log_sum(kinds: list[int]) -> str:
    """Return the bits of the sum of some kinds; the largest is taken out, so that none is too small a
    number."""
    names = [f"k{k}" for k in kinds]
    most = f"greatest({', '.join(names)})" if len(names) > 1 else names[0]
    return f"({most} + log2({' + '.join(f'pow(2, {n} - {most})' for n in names)}))"


def _by_level(comparison: Comparison, bits: Bits) -> str:
    """Return the bits (v,) of the level that a pair is at."""
    arms = "".join(f" when {v.value} then {float(bits[v.value])!r}" for v in comparison.levels)
    return f"case {comparison.name}{arms} else 0 end"
