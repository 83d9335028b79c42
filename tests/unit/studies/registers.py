"""Made-up registers: two publications, a force's recommendation, a government's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

UPKEEP = """
[upkeep]
author = "A"
checker = "Not checked by a practitioner yet"
next_review = 2030-01-01

[[upkeep.change]]
on = 2024-02-01
by = "A"
what = "First version"
"""
SOURCE = (
    """id = "report"
title = "A made-up report"
publisher = "An inspectorate"
published = 2024-01-10
address = "https://example.org/report"
recommendations = 4
recorded = 2024-02-01
held = "Parts of it."
mark = "S"
source = "https://example.org/report"

[[addressed]]
to = "chief_constables"
count = 2
mark = "S"
source = "https://example.org/report"
"""
    + UPKEEP
)
ONE = """id = "report-1"
source = "report"
number = "1"
title = "Search records"
words = "Forces should search their records."
to = ["chief_constables"]
recorded = 2024-02-01
mark = "S"
read_at = ["https://example.org/report"]

[due]
date = 2024-06-30
mark = "S"
source = "https://example.org/report"

[[rule]]
id = "found"
written = 2024-02-01
by = "A"
text = "A document shows that records are found."

[[rule]]
id = "share"
written = 2024-02-01
by = "A"
text = "At least 90 in 100 are found."
measure = "found_share"
at_least = 90.0
"""


def claim(kind: str = "done", on: str = "2024-07-10", by: str = "kent", **more: object) -> str:
    return _table("claim", by=by, kind=kind, on=dt.date.fromisoformat(on), **more)


def evidence(found: str = "met", published: str = "2024-09-01", about: str = "kent", **more: object) -> str:
    keys = {"rule": "found", "found": found, "read_by": "A", "checked_by": "B"} if found else {}
    return _table("evidence", about=about, published=dt.date.fromisoformat(published), **(keys | more))


def measured(value: float, low: float, high: float, published: str = "2024-09-01", **more: object) -> str:
    keys = {"rule": "share", "measure": "found_share", "value": value, "low": low, "high": high}
    return evidence("", published, **(keys | more))


def _table(name: str, **keys: object) -> str:
    day = keys.get("on") or keys.get("published")
    told = {"recorded": day, "text": "Told.", "link": "https://example.org/told"} | keys
    return f"\n[[{name}]]\n" + "".join(f"{k} = {_value(v)}\n" for k, v in told.items() if v is not None)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, dt.date | float) else f'"{value}"'


def folder(at: Path, *entries: str, source: str = SOURCE, **others: str) -> Path:
    """Write a register: the recommendation with ``entries`` after it, and other files by their names."""
    (at / "sources").mkdir(parents=True, exist_ok=True)
    (at / "sources/report.toml").write_text(source, "utf-8")
    (at / "report-1.toml").write_text(ONE + "".join(entries) + UPKEEP, "utf-8")
    for name, text in others.items():
        (at / f"{name.replace('_', '-')}.toml").write_text(text, "utf-8")
    return at
