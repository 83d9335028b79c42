"""The charts of a study: what they say in words is what they draw, and nothing more."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lamplighter.reporting.charts.axes import ticks
from lamplighter.reporting.charts.bars_chart import BarValue, bars_chart
from lamplighter.reporting.charts.curves_chart import Curve, CurvePoint, curves_chart
from lamplighter.reporting.charts.forest_chart import Effect, forest_chart
from lamplighter.reporting.charts.pictures import Picture, rounded
from lamplighter.reporting.charts.trend_chart import Break, TrendPoint, trend_chart
from lamplighter.reporting.charts.weights_chart import Weight, weights_chart


def words_of(picture: Picture) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg)


def test_round_marks_cover_the_axis() -> None:
    assert ticks(100) == [0, 20, 40, 60, 80, 100]
    assert ticks(0.3) == [0, 0.1, 0.2, 0.3]
    assert ticks(0) == [0]
    for top in (1e-3, 7, 45, 12_345, 9.9e6):
        marks = ticks(top)
        assert 2 <= len(marks) <= 6
        assert marks[-1] <= top * 1.0001


def test_bars_say_their_numbers_and_a_hidden_one_has_no_bar() -> None:
    picture = bars_chart(
        [BarValue("Recorded", 100.0, "100% (2 000)"), BarValue("Charged", None, "[c]")],
        title="How far reports got",
        unit="% of reports",
    )
    assert picture.alt == (
        "Bar chart. How far reports got, in % of reports. Recorded: 100% (2 000) and Charged: [c]."
    )
    assert picture.rows == (("Recorded", "100% (2 000)"), ("Charged", "[c]"))
    assert {"100% (2 000)", "[c]", "Recorded", "Charged"} <= set(words_of(picture))
    assert not any("e+" in word for word in words_of(picture))


def test_bars_tell_what_the_hollow_part_is() -> None:
    picture = bars_chart(
        [BarValue("With an outcome", 60.0, "60%", rest=40.0)], title="T", unit="%", rest_name="still open"
    )
    assert "The hollow part of a bar is still open." in picture.alt
    assert "Hollow: still open" in picture.svg


@pytest.mark.parametrize("bars", [[], [BarValue("A", -1.0, "-1")]])
def test_bars_that_cannot_be_drawn_are_refused(bars: list[BarValue]) -> None:
    with pytest.raises(ValueError, match=r"no bar|negative"):
        bars_chart(bars, title="T", unit="%")


def curve(*points: tuple[float, float]) -> Curve:
    return Curve("Victim withdrew", tuple(CurvePoint(day, percent) for day, percent in points))


def test_a_curve_ends_where_its_points_end() -> None:
    picture = curves_chart(
        [curve((0, 0), (5, 10), (40, 25))], title="T", unit="% of reports", until=90, told=[4, 7, 30, 60]
    )
    assert picture.rows == (("4", "0.0%"), ("7", "10.0%"), ("30", "10.0%"), ("60", "not shown"))
    assert "10.0% by day 7" in picture.alt
    assert "60" not in picture.alt


def test_the_path_of_a_curve_has_only_the_steps_it_was_given() -> None:
    few = curves_chart([curve((0, 0), (50, 25))], title="T", unit="%", until=90, told=[50])
    many = curves_chart(
        [curve(*((float(d), d / 2) for d in range(51)))], title="T", unit="%", until=90, told=[50]
    )
    path = re.compile(r'<path d="(M[^"]*)"[^>]*stroke="#12436d"')
    assert path.findall(few.svg)[0].count("L") < 5 < path.findall(many.svg)[0].count("L")


def test_points_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="out of order"):
        curves_chart([curve((5, 1), (0, 0))], title="T", unit="%", until=9, told=[5])


def test_an_interval_that_runs_off_the_axis_ends_in_an_arrow() -> None:
    inside = forest_chart([Effect("A", 1.0, 0.5, 2.0)], title="T", unit="odds ratio")
    beyond = forest_chart([Effect("A", 9.0, 0.8, 900.0)], title="T", unit="odds ratio")
    assert beyond.rows == (("A", "9.00 (0.80 to 900.00)"),)
    assert len(beyond.svg) > len(inside.svg)


def test_an_effect_outside_its_limits_is_refused() -> None:
    with pytest.raises(ValueError, match="outside its limits"):
        forest_chart([Effect("A", 3.0, 0.5, 2.0)], title="T", unit="odds ratio")


def test_no_line_crosses_a_break_or_reaches_a_part_period() -> None:
    points = [TrendPoint(f"Y{n}", float(n), str(n), whole=n != 5) for n in range(1, 6)]
    whole = trend_chart(points, [], title="T", unit="reports")
    broken = trend_chart(points, [Break(2, "A rule changed")], title="T", unit="reports")
    segments = re.compile(r'<path d="M[^"]*L[^"]*"[^>]*stroke="#12436d" stroke-width="2"')
    assert len(segments.findall(broken.svg)) > len(segments.findall(whole.svg))
    assert "do not compare across a break" in broken.alt
    assert broken.rows[2] == ("Y3", "3", "break before this period: A rule changed")
    assert broken.rows[4] == ("Y5", "5", "part of a period")


def test_what_is_expected_and_what_is_ringed_are_drawn_and_said() -> None:
    plain = [TrendPoint(f"Q{n}", 10.0 + n, str(10 + n)) for n in range(4)]
    told = [plain[0], *(replace(p, expected=(5.0, 10.0, 40.0)) for p in plain[1:])]
    told[3] = replace(told[3], mark="a change is named")
    one, other = (trend_chart(p, [], title="T", unit="% of crimes") for p in (plain, told))
    assert len(other.svg) > len(one.svg)
    assert "Q3: 13 (a change is named)" in other.alt
    assert "what the periods before lead to expect" in other.alt
    assert "expect" not in one.alt
    assert other.rows[3] == ("Q3", "13", "a change is named")


@pytest.mark.parametrize("place", [0, 5])
def test_a_break_outside_the_series_is_refused(place: int) -> None:
    points = [TrendPoint(f"Y{n}", float(n), str(n)) for n in range(5)]
    with pytest.raises(ValueError, match="between two"):
        trend_chart(points, [Break(place, "x")], title="T", unit="reports")


def test_labels_are_never_read_as_code() -> None:
    picture = bars_chart([BarValue("it's \\ ] + alert(1)", 1.0, "1")], title="T", unit="n")
    assert (
        "it's \\ ] + alert(1)".replace("'", "&#39;") in picture.svg or "it's \\ ] + alert(1)" in picture.svg
    )


def test_weights_are_drawn_to_both_sides_and_told() -> None:
    picture = weights_chart(
        [Weight("Surname the same", 9.84), Weight("Surname differs", -3.46)], title="Weights", unit="bits"
    )
    assert "Surname differs: −3.5" in picture.alt
    assert picture.rows == (("Surname the same", "+9.8"), ("Surname differs", "−3.5"))
    with pytest.raises(ValueError, match="no bar"):
        weights_chart([], title="Weights", unit="bits")


def test_what_threads_do_to_the_last_digits_does_not_reach_a_chart() -> None:
    def drawn(odds: float) -> str:
        return forest_chart([Effect("Age", odds, 1.1, 2.3 * odds / 1.7)], title="Odds", unit="odds ratio").svg

    assert drawn(1.7) == drawn(1.7 * (1 + 2e-13))
    assert drawn(1.7) != drawn(1.7 * (1 + 2e-3))


def test_numbers_of_a_chart_are_rounded_wherever_they_lie_and_nothing_else_is() -> None:
    given = {"a": [1 / 3, {"b": (2e9 / 3, 7, True, "0.33333333333")}], "c": float("inf"), "d": None}
    assert rounded(given) == {
        "a": [0.333333333, {"b": [666666667.0, 7, True, "0.33333333333"]}],
        "c": float("inf"),
        "d": None,
    }
