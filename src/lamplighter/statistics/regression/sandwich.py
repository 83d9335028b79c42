"""Variance that holds when rows are not independent: by row, by cluster, by suspect and victim at once.

The estimate of a likelihood model is ``bread`` (the inverse of the information) around a ``meat`` made of the
scores of rows or clusters. The small-sample corrections, always stated in the result:

``CR0``
    none.
``CR1``
    G / (G - 1) x (n - 1) / (n - k), as ``sandwich::vcovCL(type = "HC1")`` in R. With every row its own
    cluster it is HC1, n / (n - k).
``CR2``
    each cluster's score is spread by the inverse square root of what its own leverage took away (Bell and
    McCaffrey 2002). With single rows it is HC2.
``CR3``
    by the whole inverse: nearly the jackknife over clusters, (G - 1) / G x sum. With single rows HC3.

Two ways of clustering: V(first) + V(second) - V(both together) (Cameron, Gelbach and Miller 2011). When that
is not a variance (a negative eigenvalue) the eigenvalue is set to zero and the result flagged.

Limits use Student's t with G - 1 degrees of freedom, G the smaller number of clusters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lamplighter.statistics.arrays.checks import Floats, Ints
from lamplighter.statistics.arrays.flags import Flag
from lamplighter.statistics.regression.patterns import squared_by_cluster

CORRECTIONS = ("CR0", "CR1", "CR2", "CR3")
FEW_CLUSTERS = 30
NO_RESIDUAL = 1e-9
_CHUNK = 50_000
_LEVERAGE_ONE = (
    "One row alone fixes a coefficient, so it has no residual: it adds nothing to the robust variance, and "
    "the variance of that coefficient is not known."
)


@dataclass(frozen=True, slots=True)
class Robust:
    """A robust variance.

    Attributes:
        covariance: (coefficients, coefficients).
        clusters: number of clusters a way; empty when rows stand alone.
        freedom: degrees of freedom of the limits (infinite when rows stand alone).
        description: how it was made, for the methods page.
        flags: what a reader must be told.
    """

    covariance: Floats
    clusters: tuple[int, ...]
    freedom: float
    description: str
    flags: tuple[Flag, ...]


def sandwich(
    bread: Floats,
    matrix: Floats,
    scores: Floats,
    information: Floats,
    ways: tuple[Ints, ...],
    correction: str,
    of: Ints | None = None,
) -> Robust:
    """Robust variance of a generalised linear model.

    Args:
        bread: (k, k) inverse of the information.
        matrix: (n, k) design.
        scores: (n,) d log-likelihood / d linear predictor of each row.
        information: (n,) the working weight of each row (its share of the information).
        ways: no, one or two labellings by cluster, codes from 0.
        correction: one of :data:`CORRECTIONS`.
        of: (rows,) which row of ``matrix``, ``scores`` and ``information`` each row is like; when they are
            one a row it is left out.
    """
    rows = np.arange(matrix.shape[0]) if of is None else of
    made = _OneWay(bread, matrix, scores, information, rows, correction)
    if not ways:
        covariance = made.of_rows()
        alone = correction in ("CR2", "CR3") and bool((_left(bread, matrix, information) < NO_RESIDUAL).any())
        said = (Flag("leverage_one", _LEVERAGE_ONE),) if alone else ()
        return Robust(covariance, (), np.inf, f"robust by row ({correction.replace('CR', 'HC')})", said)
    sizes = tuple(int(way.max()) + 1 for way in ways)
    flags: list[Flag] = []
    covariance = made.of_clusters(ways[0], sizes[0])
    if len(ways) == 2:
        both = np.unique(ways[0] * np.int64(sizes[1]) + ways[1], return_inverse=True)[1].reshape(-1)
        covariance = (
            covariance + made.of_clusters(ways[1], sizes[1]) - made.of_clusters(both, int(both.max()) + 1)
        )
        covariance, mended = _positive(covariance)
        if mended:
            flags.append(
                Flag(
                    "two_way_variance_mended",
                    "The two-way clustered variance was not positive; its negative part was set to zero.",
                )
            )
    smallest = min(sizes)
    flags += few_clusters(ways, sizes)
    called = " and ".join(f"{size} clusters" for size in sizes)
    return Robust(
        covariance,
        sizes,
        float(smallest - 1),
        f"cluster-robust by {called} ({correction}), t with {smallest - 1} degrees of freedom",
        tuple(flags),
    )


def few_clusters(ways: tuple[Ints, ...], sizes: tuple[int, ...]) -> list[Flag]:
    """Flags for clusters too few, or one too large, for a cluster-robust variance to be trusted."""
    out = []
    if min(sizes) < FEW_CLUSTERS:
        out.append(
            Flag(
                "few_clusters",
                f"Only {min(sizes)} clusters: below {FEW_CLUSTERS} the limits can be too narrow.",
            )
        )
    largest = max(float(np.bincount(way).max()) / way.size for way in ways)
    if largest > 0.2:
        out.append(
            Flag(
                "one_large_cluster",
                f"One cluster holds {largest:.0%} of the rows; the limits lean on it and can be too narrow.",
            )
        )
    return out


@dataclass(frozen=True, slots=True)
class _OneWay:
    """The variance by one labelling of the rows. ``of`` (rows,) says which row of the arrays each is like."""

    bread: Floats
    matrix: Floats
    scores: Floats
    information: Floats
    of: Ints
    correction: str

    def of_rows(self) -> Floats:
        """Return the variance of rows that stand alone."""
        contribution = self.matrix * self.scores[:, None]
        if self.correction in ("CR2", "CR3"):
            left = _left(self.bread, self.matrix, self.information)
            left = np.where(left < NO_RESIDUAL, np.inf, left)
            contribution = contribution / (np.sqrt(left) if self.correction == "CR2" else left)[:, None]
        held = np.bincount(self.of, minlength=contribution.shape[0])
        covariance = self.bread @ (contribution.T @ (contribution * held[:, None])) @ self.bread
        if self.correction == "CR1":
            covariance = covariance * self._smaller(self.of.size)
        return np.asarray((covariance + covariance.T) / 2)

    def of_clusters(self, way: Ints, size: int) -> Floats:
        """Return the variance of rows that come in ``size`` clusters."""
        if size == self.of.size:
            return self.of_rows()
        if self.correction in ("CR2", "CR3"):
            covariance = self._spread(way, size)
            if self.correction == "CR3":
                covariance = covariance * ((size - 1) / size)
        else:
            meat = squared_by_cluster(self.matrix * self.scores[:, None], self.of, way, size)
            covariance = self.bread @ meat @ self.bread
            if self.correction == "CR1":
                covariance = covariance * self._smaller(size)
        return np.asarray((covariance + covariance.T) / 2)

    def _smaller(self, size: int) -> float:
        n, k = self.of.size, self.matrix.shape[1]
        return float(size / (size - 1) * (n - 1) / (n - k))

    def _spread(self, way: Ints, size: int) -> Floats:
        """Put back what a cluster's own leverage took from its score, with work in the cluster's own size.

        With R the root of the bread (bread = R R') and T the cluster's rows turned by it and weighted by
        their information, the leverages are the eigenvalues of T'T, (k, k), and just as well of TT', which is
        as large as the cluster has rows (Woodbury). A suspect has one report or two, a model twenty-five
        coefficients.
        """
        k = self.bread.shape[0]
        root = np.linalg.cholesky(self.bread)
        turned = self.matrix @ root
        scored = turned * self.scores[:, None]
        turned = turned * np.sqrt(self.information)[:, None]
        order = np.argsort(way, kind="stable")
        held = np.bincount(way, minlength=size)
        starts = np.cumsum(held) - held
        total = np.zeros((k, k))
        for rows in np.unique(held[held > 0]):
            alike = np.flatnonzero(held == rows)
            several = max(1, _CHUNK // int(rows))
            for first in range(0, alike.size, several):
                some = alike[first : first + several]
                own = self.of[order[starts[some, None] + np.arange(rows)]]
                out = scored[own].sum(axis=1)[..., None]
                short = turned[own]
                if rows <= k:
                    leverage, vectors = np.linalg.eigh(short @ short.swapaxes(1, 2))
                    along = vectors.swapaxes(1, 2) @ (short @ out)
                    out += short.swapaxes(1, 2) @ (vectors @ (self._more(leverage, False) * along))
                else:
                    leverage, vectors = np.linalg.eigh(short.swapaxes(1, 2) @ short)
                    out += vectors @ (self._more(leverage, True) * (vectors.swapaxes(1, 2) @ out))
                total += out[..., 0].T @ out[..., 0]
        return root @ total @ root.T

    def _more(self, leverage: Floats, inner: bool) -> Floats:
        """Return what is added along each direction: power(1 - leverage) - 1, over the leverage unless inner.

        At leverage one this cluster alone fixes that direction, so its score there is nothing and stays so.
        """
        left = 1.0 - leverage
        fixed = left < NO_RESIDUAL
        left = np.where(fixed, 1.0, left)
        other = np.sqrt(left)
        grown = 1.0 / (other * (1.0 + other)) if self.correction == "CR2" else 1.0 / left
        if inner:
            return np.asarray(np.where(fixed, -1.0, leverage * grown))[..., None]
        return np.asarray(np.where(fixed, -1.0 / np.where(fixed, leverage, 1.0), grown))[..., None]


def _left(bread: Floats, matrix: Floats, information: Floats) -> Floats:
    """What each row's own leverage leaves of its residual: (n,)."""
    return np.asarray(1.0 - np.einsum("ij,jk,ik->i", matrix, bread, matrix, optimize=True) * information)


def summed(contribution: Floats, way: Ints, size: int) -> Floats:
    """Rows (n, k) added up within clusters: (size, k)."""
    return np.column_stack([np.bincount(way, weights=column, minlength=size) for column in contribution.T])


def _positive(covariance: Floats) -> tuple[Floats, bool]:
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    if values.min() >= -1e-12 * max(values.max(), 0.0):
        return covariance, False
    return np.asarray((vectors * np.clip(values, 0.0, None)) @ vectors.T), True


def combined(influence: Floats, ways: tuple[Ints, ...]) -> Floats:
    """Sum of squares of influences added up within clusters (one or two ways), no small-sample correction.

    Args:
        influence: (n, quantities).
        ways: no, one or two labellings.
    """
    if not ways:
        return np.asarray(influence.T @ influence)
    sizes = [int(way.max()) + 1 for way in ways]
    parts = [summed(influence, way, size) for way, size in zip(ways, sizes, strict=True)]
    total = np.sum([part.T @ part for part in parts], axis=0)
    if len(ways) == 2:
        both = np.unique(ways[0] * np.int64(sizes[1]) + ways[1], return_inverse=True)[1].reshape(-1)
        part = summed(influence, both, int(both.max()) + 1)
        total = total - part.T @ part
    return np.asarray(total)
