"""Settings of the hub for its reviews, by date: the part "reviews" of the configuration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lamplighter.hub.insight import configuration
from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.study_bundle.bundle import whole_months

RULES = DatedRules(configuration.PART)


#: What holds in a hub whose file was written before there was such a row.
MOST_UNIQUE = 10


def most_unique(on: dt.date) -> int:
    """Return the most per cent of reports that may stand alone in a bundle that leaves the hub."""
    return int(in_force("most_unique", on)["percent"]) if "most_unique" in RULES.tables() else MOST_UNIQUE


def pack_due(period: tuple[dt.date, dt.date], on: dt.date) -> dt.date | None:
    """Return the day by which the pack of this period is to be published; ``None``: none is due of it."""
    if "publication_due" not in RULES.tables():
        return None
    try:
        row = in_force("publication_due", on)
    except LookupError:
        return None
    whole = whole_months(*period) == int(row["months"])
    return period[1] + dt.timedelta(days=int(row["days"])) if whole else None


def in_force(name: str, on: dt.date) -> Mapping[str, Any]:
    """The row of this rule that holds on a day.

    Raises:
        LookupError: no row of the rule holds on that day.
    """
    return RULES.one(name, on).extra
