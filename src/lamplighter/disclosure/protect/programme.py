"""One linear programme that is asked many times: only its costs change, so each answer begins at the last."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
#: The primal simplex (4), for a basis stays feasible when only costs change; and what HiGHS would choose.
#: Where many corners are one, the first can turn round and round: after so many steps it begins anew.
STEPS = 3_000
FROM_THE_LAST: dict[str, str | int] = {
    "presolve": "off",
    "simplex_strategy": 4,
    "simplex_iteration_limit": STEPS,
}
ANYHOW: dict[str, str | int] = {
    "presolve": "on",
    "simplex_strategy": 0,
    "simplex_iteration_limit": 2**31 - 1,
}


class _Quiet(highspy.Highs):
    """HiGHS says what it is on standard output as soon as callbacks are switched on, unless told not to."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's own name
        """Not a word."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # of highspy


class Programme:
    """``rows @ x == side`` within ``low`` and ``high``, for any costs."""

    def __init__(self, rows: csr_array, side: Floats, low: Floats, high: Floats) -> None:
        many, wide = rows.shape
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = many, wide
        lp.col_cost_ = np.zeros(wide)
        lp.col_lower_, lp.col_upper_ = low, high
        lp.row_lower_, lp.row_upper_ = side, side
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = rows.indptr, rows.indices
        lp.a_matrix_.value_ = rows.data
        self._solver = _Quiet()  # type: ignore[no-untyped-call]  # of highspy
        self._solver.setOptionValue("parallel", "off")
        self._set(FROM_THE_LAST)
        self._solver.passModel(lp)
        self._every = np.arange(wide, dtype=np.int32)

    def least(self, cost: Floats) -> tuple[Floats, Floats] | None:
        """Return the cheapest ``x`` and the price of each row; ``None`` when nothing fits."""
        self._solver.changeColsCost(len(self._every), self._every, cost)
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            # Nothing fits, or it lost its way from the last answer: once from nothing, as HiGHS itself would.
            self._set(ANYHOW)
            self._solver.clearSolver()
            self._solver.run()
            self._set(FROM_THE_LAST)
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = self._solver.getSolution()
        return np.asarray(found.col_value), np.asarray(found.row_dual)

    def _set(self, options: dict[str, str | int]) -> None:
        for name, value in options.items():
            self._solver.setOptionValue(name, value)
