"""References that agencies give to reports, person rows and nominals, and the code words of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lamplighter.synthetic import reports as r
from lamplighter.synthetic import rows as w
from lamplighter.synthetic.config import Config

if TYPE_CHECKING:
    from lamplighter.synthetic.cell import Cell

# In the order of dossiers.RELATIONSHIPS, as the schema's code set names them.
RELATIONSHIP_CODES = (
    "ex_partner",
    "acquaintance",
    "not_known",
    "colleague",
    "neighbour",
    "stranger",
    "family",
    "service_user",
    "partner",
    "friend",
)
SEX_CODES = ("male", "female", "not_known")
# The helpline's nine headings, the behaviours under each and the code each is mapped to.
HEADINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "following": ("following", ("following",)),
    "unwanted contact": (
        "unwanted_contact",
        ("unwanted_contact", "unwanted_gift", "contact_via_others", "payment_messages", "unwanted_orders"),
    ),
    "posting or impersonating": ("publishing", ("publishing", "impersonation")),
    "monitoring": ("monitoring", ("monitoring", "tracking", "account_access")),
    "turning up or waiting": ("loitering", ("approach", "loitering")),
    "property": ("damage", ("damage", "interference", "break_in")),
    "watching": ("watching", ("watching",)),
    "threats": (
        "threat_harm",
        ("threat_harm", "threat_kill", "threat_veiled", "threat_images", "threat_self_harm"),
    ),
    "violence": ("violence", ("violence", "strangulation", "sexual_violence")),
}
HEADING_OF = {b: heading for heading, (_, behaviours) in HEADINGS.items() for b in behaviours}


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


def nominal_refs(cell: Cell) -> list[str | None]:
    """Force B's nominal reference for each person row; nobody else keeps one."""
    is_b = np.array([s == "force_b" for s in cell.config.sources])[cell.reports.agency[cell.rows.report]]
    number = cell.rows.details_of * cell.config.cells + cell.number + 40_001
    return [f"N{k:07d}" if b else None for k, b in zip(number.tolist(), is_b.tolist(), strict=True)]


def roles(cell: Cell) -> list[str]:
    """Role of each person row; a helpline knows a client, persons of concern and others only."""
    helpline = cell.reports.agency[cell.rows.report] == cell.config.forces
    role = np.where(helpline & (cell.rows.role > w.SUSPECT), w.INVOLVED, cell.rows.role)
    return [w.ROLES[i] for i in role.tolist()]
