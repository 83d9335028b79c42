"""How large a change a chart could see: as large as is said, by planting it, and said of every force."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from lamplighter.studies.scorecard.sight import Sight, sight_of
from lamplighter.studies.scorecard.signals import Break, Counted, signals
from lamplighter.studies.scorecard.site import build
from tests.unit.studies.test_scorecard import a_folder, words_of
from tests.unit.studies.test_signals import FORCES, quarters

BEFORE = 10


def a_country(
    lot: np.random.Generator, number: int, by: float, size: int, level: float = 0.3, varies: float = 0.0
) -> dict[tuple[str, str], list[Counted]]:
    """Draw one measure of 43 forces; the share of the first moves ``by`` in the last two quarters."""
    rows = {}
    for i, force in enumerate(FORCES):
        n = size if i == 0 else 400
        row = []
        for t, span in enumerate(quarters(number)):
            share = level + (by if i == 0 and t >= BEFORE else 0.0)
            if varies:
                share = float(lot.beta(share / varies, (1 - share) / varies))
            row.append(Counted(*span, int(lot.binomial(n, share)), n))
        rows["a", force] = row
    return rows


def seen_by(lot: np.random.Generator, size: int, **more: float) -> Sight:
    found = signals(a_country(lot, BEFORE, 0.0, size, **more))
    told = sight_of(found, found.charts["a", FORCES[0]])
    assert told is not None
    return told


def named_in(lot: np.random.Generator, by: float, size: int, times: int, **more: float) -> float:
    """Return how often a change of a size is named within its first two quarters."""
    found = 0
    for _ in range(times):
        read_ = signals(a_country(lot, BEFORE + 2, by, size, **more))
        chart = read_.charts["a", FORCES[0]]
        found += any(a.upwards is (by > 0) for a in chart.named)
    return found / times


@pytest.mark.parametrize(
    ("size", "more"), [(120, {}), (400, {}), (2_000, {}), (400, {"varies": 0.004}), (400, {"level": 0.6})]
)
def test_a_change_as_large_as_is_said_is_named_in_nine_of_ten_and_half_of_it_seldom(
    size: int, more: dict[str, float]
) -> None:
    lot = np.random.default_rng(size)
    told = [seen_by(lot, size, **more) for _ in range(12)]
    rises = [t.rise for t in told if t.rise is not None]
    falls = [t.fall for t in told if t.fall is not None]
    assert len(rises) == len(falls) == 12
    rise, fall = float(np.mean(rises)), float(np.mean(falls))
    shares = [named_in(lot, by, size, 120, **more) for by in (rise, -fall)]
    # Of 240 planted, 90 in 100 give or take what chance makes of so many.
    assert 0.84 <= np.mean(shares) <= 0.98, shares
    assert named_in(lot, rise / 2, size, 60, **more) <= 0.5


def test_a_smaller_force_a_shorter_past_and_a_rarer_outcome_see_less() -> None:
    lot = np.random.default_rng(3)
    small, large = seen_by(lot, 100), seen_by(lot, 1_000)
    assert small.rise is not None
    assert large.rise is not None
    assert small.rise > 2 * large.rise
    rows = a_country(lot, BEFORE, 0.0, 300)
    whole = signals(rows)
    broken = signals(rows, [Break(quarters(BEFORE)[6][0], "A new system", "the force", FORCES[0])])
    one, other = (sight_of(r, r.charts["a", FORCES[0]]) for r in (whole, broken))
    assert one is not None
    assert other is not None
    assert one.rise is not None
    assert other.rise is not None
    assert other.rise > one.rise
    # Of a rare outcome that varies much no fall is large enough, not even to nought.
    rare = seen_by(lot, 300, level=0.04, varies=0.006)
    assert rare.fall is None
    assert rare.rise is not None


def test_a_chart_that_cannot_be_read_sees_nothing() -> None:
    lot = np.random.default_rng(4)
    found = signals({("a", "f"): a_country(lot, 3, 0.0, 300)["a", FORCES[0]]})
    assert sight_of(found, found.charts["a", "f"]) is None


def test_of_a_single_year_little_could_be_seen_and_every_force_says_so(tmp_path: Path) -> None:
    made = build(a_folder(tmp_path), dt.date(2026, 11, 30))
    for name in [n for n in made.files if n.startswith("forces/") and "index" not in n]:
        assert words_of(made.files[name]).count("That no change is named") == 1, name
    # Only decisions of the year are final by the quarter; the crimes of its last quarters are not.
    page = words_of(made.files["forces/kent.html"])
    assert "Charged or summonsed, of outcomes assigned, now at" in page
    assert "No change could be seen, for no chart can be read: Charged or summonsed;" in page
    small = words_of(made.files["forces/city_of_london.html"])
    assert "no chart of this force can be read, so none could be seen, however large" in small
