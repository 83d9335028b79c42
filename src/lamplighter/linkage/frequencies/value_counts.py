"""Count how many people in some records have each value, and the term frequencies that follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from lamplighter.linkage.arrays.row_order import Rows, alike_together, different, mixed
from lamplighter.linkage.comparisons.comparison_levels import Comparison, supposed
from lamplighter.linkage.features.encoded_columns import Lists, Texts
from lamplighter.linkage.features.record_features import Features
from lamplighter.linkage.frequencies import name_dependence
from lamplighter.linkage.frequencies.term_frequencies import Frequencies, Shared, by_name
from lamplighter.linkage.frequencies.value_shares import expected_shares

_MOST_KEPT = 30_000
_HARDLY_NAMESAKES = 50
"""Among fewer records one whole name is one person's as a rule: of thirty such tables of strangers one has
two of one name."""


def tf_columns(features: Features, table: Sequence[Comparison]) -> dict[str, float]:
    """:func:`comparison_levels.supposed` of the columns of which there is something."""
    return {name: chance for name, chance in supposed(table).items() if features.has(name)}


def shared_of(
    features: Features,
    table: Sequence[Comparison],
    secret: bytes,
    people: Rows | None = None,
    uncounted: Sequence[Comparison] = (),
) -> Shared:
    """Tell how many people have the values of some features, looked up for each distinct value; of
    comparisons that are ``uncounted`` as many as are supposed."""
    names = tf_columns(features, table)
    frequencies = counted(features, names, secret, people).as_supposed(tf_columns(features, uncounted))
    shared = Shared(features, frequencies)
    for name in names:
        shared.of_values(name)
    return shared


def counted(
    features: Features, supposed: Mapping[str, float], secret: bytes = b"", people: Rows | None = None
) -> Frequencies:
    """Shares of people in some features, for the columns of ``supposed``, as :func:`shares_of`; ``people`` as
    for :func:`counts_of`."""
    return shares_of(counts_of(features, supposed, people), supposed, secret)


def counted_with_names(features: Features, supposed: Mapping[str, float], secret: bytes = b"") -> Frequencies:
    """:func:`counted`, and which first names and surnames go together."""
    return replace(
        counted(features, supposed, secret), communities=name_dependence.found(features.columns.by_name)
    )


def counts_of(
    features: Features, names: Collection[str], people: Rows | None = None
) -> dict[str, tuple[pl.Series, npt.NDArray[np.int64]]]:
    """Tell how many people in some features have each value of the columns ``names``: the values, and how
    many.

    Somebody reported twelve times would make their own name look common. So people are counted once for each
    of their values: ``people`` (n,) says whose each record is. Where that is not known, one record of each is
    counted, by a rough key (a name with a birth date, a home or a number).
    """
    chosen = _one_a_person(features) if people is None else None
    found = {}
    for name in sorted(names):
        column = features.columns.by_name[name]
        assert isinstance(column, (Texts, Lists))
        rows, codes = column.items() if isinstance(column, Lists) else (np.arange(len(column)), column.codes)
        if chosen is not None:
            codes = codes[chosen[rows]]
        elif people is not None:
            # A person and a value are told apart as one number.
            width = np.int64(max(len(column.values), 1))
            some = np.flatnonzero(codes >= 0)
            codes = different(people[rows[some]] * width + codes[some]) % width
        found[name] = column.values, np.bincount(codes[codes >= 0], minlength=len(column.values))
    return found


def shares_of(
    found: Mapping[str, tuple[pl.Series, npt.NDArray[np.int64]]],
    supposed: Mapping[str, float],
    secret: bytes = b"",
) -> Frequencies:
    """Shares of people from how many have each value of some columns; ``supposed``: the chance that two
    share a value of each column, before anybody is seen (:func:`comparison_levels.supposed`)."""
    shares: dict[str, dict[str, float]] = {}
    rare: dict[str, float] = {}
    for name, (every, counts) in found.items():
        expected = expected_shares(counts, supposed[name])
        common = np.flatnonzero(counts > 1)
        if len(common) > _MOST_KEPT:
            common = common[np.argsort(-counts[common], kind="stable")[:_MOST_KEPT]]
        shares[name] = by_name(every.gather(pl.Series(common)), expected[common])
        others = counts > 0
        others[common] = False
        # Without any, what one person has.
        alone = expected[others] if others.any() else expected_shares(np.r_[counts, 1], supposed[name])[-1:]
        rare[name] = float(alone.mean())
    return Frequencies(rare, shares, secret)


def _one_a_person(features: Features) -> npt.NDArray[np.bool_]:
    """One record of each person, roughly: shape (n,)."""
    columns = features.columns.by_name
    n = len(features)

    def codes(name: str) -> npt.NDArray[np.int64]:
        column = columns.get(name)
        if isinstance(column, (Texts, Lists)):
            return column.codes.astype(np.int64)
        return np.full(n, -1, dtype=np.int64)

    anchor = np.full(n, -1, dtype=np.int64)
    for place, name in enumerate(("birth_date", "dwelling", "phones", "nominal", "postcode")):
        found = codes(name)
        take = (anchor < 0) & (found >= 0)
        anchor[take] = found[take] * 8 + place
    first_name, surname = codes("first"), codes("sur")
    anchor[anchor < 0] = np.flatnonzero(anchor < 0) * 8 + 7
    if n < _HARDLY_NAMESAKES:
        anchor[(first_name >= 0) & (surname >= 0)] = -1
    whole = np.zeros(n, dtype=np.uint64)
    for place, found in enumerate((first_name, surname, anchor)):
        whole += mixed((found * 3 + place).astype(np.uint64))
    order, begins = alike_together(whole)
    first = np.zeros(n, dtype=bool)
    first[order[begins]] = True
    return first
