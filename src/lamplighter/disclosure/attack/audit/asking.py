"""One set of rows that is asked again and again how small or large something can be, by linear programme.

Each question starts from the corner where the last one ended, so most take a few steps.
"""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

#: Where many corners are one, the primal simplex can turn round and round; after so many steps it is left.
STEPS = 3_000
Numbers = NDArray[np.float64]


class Silent(highspy.Highs):
    """HiGHS without its greeting on standard output, where the attack's own answer is read."""

    def enableCallbacks(self) -> None:  # noqa: N802 - its name in HiGHS
        """Silence first: switching callbacks on is what greets."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # of highspy


class Questions:
    """``floor <= rows @ x <= ceiling`` and ``low <= x <= high``."""

    def __init__(
        self, rows: csr_array, floor: Numbers, ceiling: Numbers, low: Numbers, high: Numbers
    ) -> None:
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = rows.shape
        model.col_cost_ = np.zeros(rows.shape[1])
        model.col_lower_, model.col_upper_ = low, high
        model.row_lower_, model.row_upper_ = floor, ceiling
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
        model.a_matrix_.value_ = rows.data
        self._columns = np.arange(rows.shape[1], dtype=np.int32)
        self._highs = Silent()  # type: ignore[no-untyped-call]  # of highspy
        self._highs.setOptionValue("parallel", "off")
        self._highs.passModel(model)

    def least(self, cost: Numbers) -> Numbers | None:
        """Return where ``cost @ x`` is least; ``None`` when no ``x`` fits."""
        self._highs.changeColsCost(len(self._columns), self._columns, cost)
        # Only costs change, so the last corner stays possible and the primal simplex (4) goes on from it.
        # Where that comes to no end, the question is put anew with what HiGHS would choose.
        for presolve, strategy, steps in (("off", 4, STEPS), ("on", 0, 2**31 - 1)):
            self._highs.setOptionValue("presolve", presolve)
            self._highs.setOptionValue("simplex_iteration_limit", steps)
            self._highs.setOptionValue("simplex_strategy", strategy)
            if presolve == "on":
                self._highs.clearSolver()
            self._highs.run()
            if self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                return np.asarray(self._highs.getSolution().col_value)
        return None
