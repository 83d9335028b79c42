"""Estimate how often two records of one person are compared by an initial, where many have no more than that.

The table of levels supposes that names are written out and an initial is a rare slip. Of "J Quarle" and
"J. Quarle" the initial is all that there is: how often it fits in pairs of one person follows from how many
names are initials, whatever is learned later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lamplighter.linkage.comparisons.comparison_levels import Comparison, Kind
from lamplighter.linkage.features.encoded_columns import Texts
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.model.fellegi_sunter import Mixture

_INITIAL, _DIFFERS = "initial", 0
_FEW = 0.05
"""Where fewer names are initials the table of levels stands."""


def shares_of_initials(features: Features, table: Sequence[Comparison]) -> Mapping[str, float]:
    """Of how many names, of those that are told, an initial is all that is told, by comparison; of those of
    which it is more than a few."""
    found: dict[str, float] = {}
    for comparison in table:
        level = next((v for v in comparison.levels if v.name == _INITIAL), None)
        for name in () if level is None else sorted(level.columns()):
            column = features.columns.by_name.get(name)
            if isinstance(column, Texts) and len(column.values):
                counts, single = column.counts(), (column.values.str.len_chars() == 1).to_numpy()
                share = float(counts[single].sum() / max(counts.sum(), 1))
                if share > _FEW:
                    found[comparison.name] = share
    return found


def with_initials(
    begun: Mixture, table: Sequence[Comparison], kinds: Sequence[Kind], shares: Mapping[str, float]
) -> Mixture:
    """Return the mixture before any fitting, where so many names are initials (:func:`shares_of_initials`):
    in pairs of one person, one of two names is one that often, and fits unless they differ.
    """
    rates = {kind: dict(rows) for kind, rows in begun.rates.items()}
    for comparison in table:
        share = shares.get(comparison.name)
        if share is None:
            continue
        last = comparison.level(_DIFFERS).name
        for kind in kinds:
            if kind.begins_random(comparison):
                continue
            row = rates[kind.name][comparison.name]
            kept = {v.name for v in comparison.levels if v.fixed or v.name in (last, _INITIAL)}
            fits = 1 - sum(row[n] for n in kept if n != _INITIAL)
            either = max(row[_INITIAL], fits * (1 - (1 - share) ** 2))
            rest = (fits - either) / (fits - row[_INITIAL])
            rates[kind.name][comparison.name] = {
                n: either if n == _INITIAL else r if n in kept else r * rest for n, r in row.items()
            }
    return replace(begun, rates=rates)
