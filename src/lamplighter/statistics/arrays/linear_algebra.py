"""Small symmetric systems: which column is a combination of which, and solving what is left."""

from __future__ import annotations

import numpy as np

from lamplighter.statistics.arrays.checks import Floats
from lamplighter.statistics.arrays.errors import NotIdentified

_COLLINEAR = 1e-9  # share of a column's variance that the earlier columns leave


def refuse_unidentified(information: Floats, size: Floats, names: tuple[str, ...]) -> None:
    """Raise :class:`NotIdentified`, naming columns, when ``information`` (p, p) is singular.

    ``size`` (p,) says how large each diagonal element would be if the column were not explained at all.
    """
    diagonal = np.diag(information)
    for j, name in enumerate(names):
        if not diagonal[j] > 1e-12 * size[j]:
            raise NotIdentified(
                f"'{name}' does not vary among those compared",
                array="covariates",
                remedy="Leave the column out.",
            )
    root = np.sqrt(diagonal)  # before the product, which of a column in tiny units is nought
    scaled = information / np.outer(root, root)
    for j in range(1, len(names)):
        before = scaled[:j, :j]
        part = np.linalg.lstsq(before, scaled[:j, j], rcond=None)[0]
        if 1 - scaled[:j, j] @ part < _COLLINEAR:
            others = [f"'{names[i]}'" for i in range(j) if abs(part[i]) > 1e-6]
            raise NotIdentified(
                f"'{names[j]}' is a combination of {', '.join(others)}",
                array="covariates",
                remedy="Leave one of them out.",
            )


def solve(information: Floats, score: Floats) -> Floats | None:
    """Return the solution for a positive definite matrix, or None when it is not one (to rounding)."""
    diagonal = np.diag(information)
    if not (np.isfinite(information).all() and (diagonal > 0).all()):
        return None
    root = np.sqrt(diagonal)
    scaled = information / np.outer(root, root)
    try:
        np.linalg.cholesky(scaled - 1e-13 * np.eye(root.size))
        return np.asarray(np.linalg.solve(scaled, score / root) / root)
    except np.linalg.LinAlgError:
        return None


def inverse(information: Floats) -> Floats:
    """Return the inverse of a symmetric matrix, scaled first so that units do not matter (else a
    pseudo-inverse).
    """
    root = np.sqrt(np.maximum(np.diag(information), np.finfo(np.float64).tiny))
    scaled = information / np.outer(root, root)
    try:
        out = np.linalg.inv(scaled)
    except np.linalg.LinAlgError:
        out = np.linalg.pinv(scaled)
    return np.asarray((out + out.T) / 2 / np.outer(root, root))


def quadratic(matrix: Floats, vector: Floats) -> float:
    """vector' matrix^-1 vector."""
    return float(vector @ np.linalg.lstsq(matrix, vector, rcond=None)[0])


def ratio(estimate: Floats, error: Floats) -> Floats:
    """estimate / error, NaN where the error is not above zero."""
    out = np.full(estimate.size, np.nan)
    return np.asarray(np.divide(estimate, error, out=out, where=error > 0))
