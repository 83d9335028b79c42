"""References that agencies give to reports and person rows."""

from __future__ import annotations

import numpy as np

from lamplighter.synthetic.reports import person_rows as w
from lamplighter.synthetic.reports import reporting as r
from lamplighter.synthetic.sampling.config import Config


def report_ids(config: Config, reports: r.Reports, references: list[str]) -> list[str]:
    """'<source>:<reference>' for each report."""
    sources = config.sources
    return [f"{sources[a]}:{ref}" for a, ref in zip(reports.agency.tolist(), references, strict=True)]


def record_ids(
    config: Config, number: int, reports: r.Reports, rows: w.Rows, references: list[str]
) -> list[str]:
    """'<source>:<row reference>' for each person row of part ``number``."""
    agency = reports.agency[rows.report]
    count = np.zeros(len(agency), dtype=np.int64)
    for a in np.unique(agency):
        mine = np.flatnonzero(agency == a)
        count[mine] = np.arange(len(mine)) * config.cells + number
    out = []
    sources = config.sources
    columns = (agency.tolist(), count.tolist(), rows.report.tolist(), rows.seq.tolist())
    for a, k, i, seq in zip(*columns, strict=True):
        source = sources[a]
        if source == "force_a_rms":
            out.append(f"force_a_rms:R{k + 1:07d}")
        elif source == "force_b":
            out.append(f"force_b:L{700_001 + k}")
        else:
            out.append(f"{source}:{references[i]}/{seq}")
    return out
