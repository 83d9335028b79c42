"""The dated rules of ``rules.toml``: time to answer, exemptions, periods of retention."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from lamplighter.hub.sharing.dated import Dated, Row

RULES = Dated(Path(__file__).with_name("rules.toml"))
NOT_DECIDED = "not_decided"


def exemptions(day: dt.date) -> dict[str, Row]:
    """Those that a person can choose."""
    return {code: row for code, row in RULES.on("exemption", day).items() if not row.extra.get("by_service")}


def periods(kind: str, day: dt.date) -> dict[str, Row]:
    """How long an agency of this kind keeps what it owns; the first holds until another is chosen."""
    return {code: row for code, row in RULES.on("period", day).items() if row.extra["kind"] == kind}
