"""The days of a version and of a licence: the first is in, and the day that ends it is not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from lamplighter.instruments import loading
from lamplighter.instruments.versions import Licence

BASE = (Path(__file__).parents[2] / "data" / "instruments" / "base.toml").read_text("utf-8")
FROM, UNTIL = dt.date(2026, 3, 29), dt.date(2026, 10, 25)  # the Sundays on which clocks change
DAYS = [
    (FROM - dt.timedelta(days=1), False),
    (FROM, True),
    (UNTIL - dt.timedelta(days=1), True),
    (UNTIL, False),
]


@pytest.mark.parametrize(("day", "is_in"), DAYS)
def test_on_its_boundaries(day: dt.date, is_in: bool) -> None:
    text = BASE.replace("from = 2026-01-01", f"from = {FROM}\nuntil = {UNTIL}")
    assert loading.load(text, "example/1.toml").in_force(day) == is_in
    assert Licence("example", "Authors", "L-1", FROM, UNTIL).holds(day) == is_in


def test_without_an_end_it_goes_on() -> None:
    far = dt.date(2999, 12, 31)
    assert loading.load(BASE, "example/1.toml").in_force(far)
    assert Licence("example", "Authors", "L-1", FROM, None).holds(far)
