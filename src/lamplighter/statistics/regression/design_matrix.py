"""The matrix of a regression: read, checked, an intercept in front, and columns that say the same named.

A column that lies far from zero for its range (a date in seconds), or is measured in units far too small or
large, is moved and scaled for the work, and the result is moved back: where a column begins and what it is
measured in changes no fit. Ordinary columns are left as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import linalg

from lamplighter.statistics.arrays import checks
from lamplighter.statistics.arrays.checks import Bools, Floats, Ints
from lamplighter.statistics.arrays.errors import NotAnArray, NotEnoughData, NotIdentified, OptionRefused

INTERCEPT = "intercept"
_FAR = 30.0  # ranges from zero at which a column is moved
_SMALL, _LARGE = 1e-4, 1e5  # sizes beyond which a column is scaled, by a power of two
_RELATIVE_RANK = 1e-9  # a column this close to a combination of the others (after scaling) adds nothing


@dataclass(frozen=True, slots=True)
class Design:
    """A checked design.

    Attributes:
        matrix: (rows, columns), float64; the intercept, when there is one, is column 0.
        names: a name a column.
        weights: (rows,) case weights: a row of weight 3 counts as three equal rows.
        intercept: whether column 0 is the intercept.
        held: (rows,) how many rows given lie in each row of ``matrix``; empty when it is one each.
        centre, scale: (columns,) what was taken off each column, and what it was then divided by; empty when
            every column is as it was given.
    """

    matrix: Floats
    names: tuple[str, ...]
    weights: Floats
    intercept: bool
    held: Floats = field(default_factory=lambda: np.empty(0))
    centre: Floats = field(default_factory=lambda: np.empty(0))
    scale: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def plain(self) -> bool:
        """Tell whether every column is as it was given."""
        return self.centre.size == 0

    def inner(self, terms: Floats) -> Floats:
        """Return new rows of terms (without the intercept) as rows of ``matrix``."""
        rows = np.column_stack([np.ones(terms.shape[0]), terms]) if self.intercept else terms
        return rows if self.plain else np.asarray((rows - self.centre) / self.scale)

    def outward(self, beta: Floats) -> Floats:
        """Return coefficients of ``matrix`` as those of the columns given."""
        return beta if self.plain else np.asarray(self._outward(beta.size) @ beta)

    def outward_covariance(self, covariance: Floats) -> Floats:
        """Return the same for a variance; what lies behind the coefficients (a scale) stays as it is."""
        if self.plain:
            return covariance
        turn = self._outward(covariance.shape[0])
        return np.asarray(turn @ covariance @ turn.T)

    def _outward(self, size: int) -> Floats:
        turn = np.eye(size)
        k = self.scale.size
        turn[:k, :k] = np.diag(1 / self.scale)
        if self.intercept:
            turn[0, 1:k] = -self.centre[1:] / self.scale[1:]
        return turn

    @property
    def rows(self) -> int:
        """Return how many rows were given."""
        return int(self.held.sum()) if self.held.size else int(self.matrix.shape[0])

    @property
    def columns(self) -> int:
        return int(self.matrix.shape[1])


@dataclass(frozen=True, slots=True)
class Inside:
    """Hold coefficients, their variance and the model's in the columns of a design, as it was worked with."""

    beta: Floats
    covariance: Floats
    model: Floats


@dataclass(frozen=True, slots=True)
class Cells:
    """Hold what became of each row of a design, (cells,); ``of`` says which of them each row given is."""

    event: Bools
    probabilities: Floats
    offset: Floats
    of: Ints | None

    def rows(self, values: Floats) -> Floats:
        """Return what was worked out for each cell, for each row."""
        return values if self.of is None else values[self.of]


def read_design(
    terms: Any,
    rows: int,
    *,
    names: Any = None,
    weights: Any = None,
    intercept: bool = True,
    held: Floats | None = None,
) -> Design:
    """Read the terms of a model.

    Args:
        terms: (rows, terms) numbers, without the intercept. A vector is one term. ``None`` or no column at
            all gives the model of the intercept alone.
        rows: how many rows the outcome has.
        names: a name a term; when none are given those of the data frame or mapping, or ``x1``, ``x2``, ...
        weights: case weights above zero.
        intercept: whether to put an intercept in front.
        held: how many rows given lie in each of these rows, which are then their weights too.

    Raises:
        NotEnoughData: no rows, or no more rows than columns.
        NotIdentified: a column is constant, or a combination of others; both are named.
        NotAnArray, ValueRefused: the array is not a rectangle of finite numbers.
    """
    if rows == 0:
        raise NotEnoughData("no rows", array="outcome", remedy="Check the filter that made the cohort.")
    weight = checks.weights(weights if held is None else held, rows)
    many = np.empty(0) if held is None else weight
    shape = np.shape(terms) if not isinstance(terms, Mapping) else (rows, len(terms))
    none = terms is None or (len(shape) == 2 and shape[1] == 0)
    if none:
        if not intercept:
            raise OptionRefused("neither a term nor an intercept", array="terms", remedy="Give a term.")
        return Design(np.ones((rows, 1)), (INTERCEPT,), weight, True, many)
    given = checks.columns(terms, rows, "terms")
    called = checks.names_for(given.shape[1], names, terms)
    if len(set(called)) != len(called) or INTERCEPT in called:
        raise OptionRefused("a name is given twice", array="names", remedy="Give each term its own name.")
    if intercept:
        constant = np.ptp(given, axis=0) == 0
        if constant.any():
            raise NotIdentified(
                f"'{called[int(np.argmax(constant))]}' has the same value in every row",
                array="terms",
                remedy="Leave the term out: it cannot tell the rows apart.",
            )
        given = np.column_stack([np.ones(rows), given])
        called = (INTERCEPT, *called)
    centre, scale = _far_or_out_of_scale(given, intercept)
    if centre.size:
        given = (given - centre) / scale
    _refuse_collinear(given, called)
    if (int(many.sum()) if many.size else rows) <= given.shape[1]:
        raise NotEnoughData(
            f"{rows} rows for {given.shape[1]} coefficients", array="terms", remedy="Use fewer terms."
        )
    return Design(np.ascontiguousarray(given), called, weight, intercept, many, centre, scale)


def _far_or_out_of_scale(matrix: Floats, intercept: bool) -> tuple[Floats, Floats]:
    """Return what to take off each column and to divide it by; two empty arrays when nothing is called for.

    A column is moved only where there is an intercept to take it up.
    """
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    spread = high - low
    far = intercept & (spread > 0) & (np.maximum(np.abs(low), np.abs(high)) > _FAR * spread)
    size = np.where(far, spread, np.maximum(np.abs(low), np.abs(high)))
    out = (size > 0) & ((size < _SMALL) | (size > _LARGE))
    if not (far | out).any():
        return np.empty(0), np.empty(0)
    centre = np.where(far, np.round(matrix.mean(axis=0)), 0.0)
    centre = np.where(far & (spread < 2), matrix.mean(axis=0), centre)
    return centre, np.where(out, np.exp2(np.round(np.log2(np.where(out, size, 1.0)))), 1.0)


def _refuse_collinear(matrix: Floats, names: tuple[str, ...]) -> None:
    """Rank by pivoted QR of the scaled columns; a dependent column is written with those it depends on."""
    length = np.sqrt(np.einsum("ij,ij->j", matrix, matrix))
    if (length == 0).any():
        raise NotIdentified(
            f"'{names[int(np.argmax(length == 0))]}' is zero in every row",
            array="terms",
            remedy="Leave it out.",
        )
    scaled = matrix / length
    # centred columns show what the intercept hides: an age in years far from zero is not collinear with it
    upper, pivot = linalg.qr(scaled, mode="r", pivoting=True)[:2]
    upper = upper[: matrix.shape[1]]
    diagonal = np.abs(np.diag(upper))
    if diagonal.size == matrix.shape[1] and diagonal[-1] > _RELATIVE_RANK * diagonal[0]:
        return
    rank = int((diagonal > _RELATIVE_RANK * diagonal[0]).sum())
    kept, dropped = np.sort(pivot[:rank]), np.sort(pivot[rank:])
    first = int(dropped[-1])
    share = np.linalg.lstsq(scaled[:, kept], scaled[:, first], rcond=None)[0]
    others = [names[int(j)] for j, s in zip(kept, share, strict=True) if abs(s) > 1e-6]
    raise NotIdentified(
        f"'{names[first]}' is a combination of {', '.join(repr(o) for o in others)}",
        array="terms",
        remedy="Leave one of them out, or leave out a reference level.",
    )


def read_clusters(clusters: Any, rows: int) -> tuple[Ints, ...]:
    """Cluster codes: one labelling, or a tuple of two (suspect and victim). Each (rows,), 0..G-1.

    Raises:
        OptionRefused: more than two labellings.
        NotEnoughData: fewer than two clusters in a labelling: their variance has no value.
    """
    if clusters is None:
        return ()
    ways = clusters if isinstance(clusters, tuple) else (clusters,)
    if not 1 <= len(ways) <= 2:
        raise OptionRefused("one or two ways of clustering", array="clusters", remedy="Give one, or a pair.")
    out = []
    for i, way in enumerate(ways):
        name = "clusters" if len(ways) == 1 else f"clusters[{i}]"
        codes, labels = checks.labels(way, name, length=rows)
        if len(labels) < 2:
            raise NotEnoughData(
                "one cluster holds every row, so nothing tells how clusters vary",
                array=name,
                remedy="Cluster by something finer, or not at all.",
            )
        out.append(codes)
    return tuple(out)


def read_groups(groups: Any, names: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Return which columns belong to one factor: ``{"relationship": ("ex", "stranger")}`` to column
    positions.
    """
    out: dict[str, tuple[int, ...]] = {}
    used: set[str] = set()
    for factor, members in dict(groups or {}).items():
        for member in members:
            if member not in names:
                raise OptionRefused(f"no term '{member}'", array="groups", remedy="Name terms of the model.")
            if member in used:
                raise OptionRefused(
                    f"'{member}' is in two groups", array="groups", remedy="A term has one factor."
                )
            used.add(member)
        out[str(factor)] = tuple(names.index(m) for m in members)
    return out


def two_values(column: Floats) -> Bools:
    """Tell whether a column holds only 0 and 1 (an indicator)."""
    return np.asarray(((column == 0) | (column == 1)).all())


def offset_for(exposure: Any, rows: int) -> Floats:
    """Return the logarithm of an exposure (person-days); zeros when none is given."""
    if exposure is None:
        return np.zeros(rows)
    given = checks.weights(exposure, rows, "exposure")
    if given.size != rows:
        raise NotAnArray("not as long as the outcome", array="exposure", remedy="Give one a row.")
    return np.log(given)
