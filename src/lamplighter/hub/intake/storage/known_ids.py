"""Know the ids that the hub holds, so that a first import need not ask for each.

A hub that holds nothing but what this run of an import has written holds the
ids of this run and no others. While that is so, a batch whose ids are none of
them is new without a look-up. The moment another delivery has brought a report
it is no longer so, and every later batch is looked up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from lamplighter.hub.intake.models import Delivery
from lamplighter.records import schema

_IDS = {"reports": "report_id", "people": "record_id"}


class Known:
    """The ids one run of an import has written, as 64-bit hashes: 8 bytes each, so 25 MB a million reports.

    Two ids with one hash cost a look-up that was not needed, never one left out.
    Hashes hold for one process: a run that goes on after a crash looks everything up.
    """

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._began = False
        self._alone = False
        self._seen = {name: np.empty(0, np.uint64) for name in _IDS}

    def rules_out(self, cursor: Any, bundle: schema.Bundle) -> bool:
        """Tell whether the hub certainly holds none of these reports and person records.

        To be asked in the transaction that writes them, after the locks of their sources are held: whoever
        else writes for these sources has then either committed and is seen here, or comes later.
        """
        if not self._began:
            self._began = True
            cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM intake_reportversion)")
            self._alone = bool(cursor.fetchone()[0])
        if self._alone:
            cursor.execute(
                "SELECT NOT EXISTS (SELECT 1 FROM intake_batch WHERE delivery_id <> %s"
                " AND reports_new + reports_corrected > 0)",
                [self._delivery.pk],
            )
            self._alone = bool(cursor.fetchone()[0])
        return self._alone and not any(self._met(name, bundle[name]) for name in _IDS)

    def add(self, bundle: schema.Bundle) -> None:
        """Remember the ids of what is being written. That it may yet be rolled back does no harm."""
        if self._alone:
            for name in _IDS:
                # Two sorted runs: merging them is one pass.
                both = np.concatenate([self._seen[name], _hashes(name, bundle[name])])
                self._seen[name] = np.sort(both, kind="stable")

    def ask_from_now_on(self) -> None:
        """Rule nothing out any more."""
        self._began, self._alone = True, False

    def _met(self, name: str, frame: pl.DataFrame) -> bool:
        seen, asked = self._seen[name], _hashes(name, frame)
        if not seen.size or not asked.size:
            return False
        at = np.searchsorted(seen, asked)
        return bool((seen[np.minimum(at, seen.size - 1)] == asked).any())


def _hashes(name: str, frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.sort(frame[_IDS[name]].hash(seed=31).to_numpy())
