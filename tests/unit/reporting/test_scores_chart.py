"""The chart of scores says the same three times: picture, words, table."""

from __future__ import annotations

import datetime as dt

import pytest

from lamplighter.reporting.charts.scores_chart import ScorePoint, scores_chart

BEFORE = ScorePoint(dt.date(2026, 3, 2), 11, "Before")
AFTER = ScorePoint(dt.date(2026, 6, 8), 20.5, "After")


def test_words_and_table_say_what_the_picture_shows() -> None:
    drawn = scores_chart([AFTER, BEFORE], title="Moving on", lowest=0, highest=32)
    assert drawn.columns == ("Day", "When", "Total")
    assert [row[1:] for row in drawn.rows] == [("Before", "11"), ("After", "20.5")]
    assert "on a scale from 0 to 32: 11 on" in drawn.alt
    assert "Before: 11" in drawn.svg
    assert "After: 20.5" in drawn.svg
    assert 'role="img"' in drawn.svg


def test_the_whole_scale_is_drawn_so_that_a_small_change_looks_small() -> None:
    drawn = scores_chart([BEFORE, AFTER], title="Moving on", lowest=0, highest=32)
    assert all(f">{tick}<" in drawn.svg for tick in (0, 8, 16, 24, 32))


@pytest.mark.parametrize("total", [-1, 33])
def test_a_total_off_the_scale_is_refused(total: float) -> None:
    with pytest.raises(ValueError, match="outside 0 to 32"):
        scores_chart([ScorePoint(BEFORE.on, total, "Before")], title="x", lowest=0, highest=32)


def test_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="no result"):
        scores_chart([], title="x", lowest=0, highest=32)
