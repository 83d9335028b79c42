"""Force B's nominal references, and the code words of a person row."""

from __future__ import annotations

import numpy as np

from lamplighter.synthetic.reports import person_rows as w
from lamplighter.synthetic.worlds.cell import Cell

# In the order of dyads.RELATIONSHIPS, as the schema's code set names them.
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
