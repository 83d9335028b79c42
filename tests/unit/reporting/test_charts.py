"""Charts: the picture, its words and its table say the same."""

import datetime as dt
import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.reporting.charts.occasions_chart import (
    Occasion,
    choose_period,
    occasions_chart,
    period_start,
)
from lamplighter.reporting.charts.waterfall import Bar, waterfall

BARS = (
    Bar("Before comparing anything", -11.2, start=True),
    Bar("Same telephone number", 14.1),
    Bar("First name agrees", 5.3),
    Bar("Ages do not overlap", -3.0),
)
SCORE = math.fsum(b.weight for b in BARS)


def test_the_bars_sum_to_the_score_or_there_is_no_picture():
    with pytest.raises(ValueError, match="sum to"):
        waterfall(BARS, score=SCORE + 0.01)
    picture = waterfall(BARS, score=SCORE)
    assert picture.rows[-1] == ("Sum", "+5.2", "+5.2")
    assert len(picture.rows) == len(BARS) + 1


@pytest.mark.parametrize(("weight", "shown"), [(0.02, "+0.02"), (-0.049, "−0.05"), (1e-5, "under 0.01")])
def test_no_bar_is_shown_as_nought_and_the_sum_stays_exact(weight: float, shown: str):
    score = SCORE + weight
    picture = waterfall((*BARS, Bar("Hardly telling anything: Sex", weight)), score=score)
    assert picture.rows[-2][1] == shown
    assert picture.rows[-1][1] == picture.rows[-2][2] == "+5.2"
    assert shown in {t.text for t in ET.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}text")}
    bare = waterfall((BARS[0], Bar("Hardly telling anything: Sex", weight)), score=BARS[0].weight + weight)
    assert "Strongest" not in bare.alt


def test_no_bars_no_picture():
    with pytest.raises(ValueError, match="at least one"):
        waterfall((), score=0.0)


def test_the_starting_point_is_never_named_as_evidence():
    alternative = waterfall(BARS, score=SCORE).alt
    assert "Strongest for: Same telephone number (+14.1)" in alternative
    assert "Strongest against: Ages do not overlap" in alternative
    assert "Before comparing" not in alternative


def test_every_bar_and_threshold_is_named_in_the_drawing():
    svg = waterfall(BARS, score=SCORE, linked_at=6.0, decide_at=-1.0).svg
    texts = {t.text for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}
    assert {b.label for b in BARS} <= texts
    assert {"linked from 6.0", "a person decides from −1.0"} <= texts


def test_a_long_label_is_drawn_whole_over_several_lines():
    label = "The other person in the two reports: the two reports have the same victim and the same suspect"
    root = ET.fromstring(waterfall((Bar(label, 1.0),), score=1.0).svg)
    drawn = [" ".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert label in drawn
    assert not any("…" in text for text in drawn)


def test_near_thresholds_are_named_on_either_side_of_their_lines():
    root = ET.fromstring(waterfall(BARS, score=SCORE, linked_at=0.2, decide_at=0.1).svg)
    side = {t.text: t.attrib["text-anchor"] for t in root.iter("{http://www.w3.org/2000/svg}text")}
    assert side["a person decides from 0.1"] == "end"
    assert side["linked from 0.2"] == "start"


def test_a_label_is_text_whatever_is_in_it():
    nasty = "<script>alert('x')</script> \\' + datum \"&"
    svg = waterfall((Bar(nasty, 1.0),), score=1.0).svg
    assert "<script" not in svg
    root = ET.fromstring(svg)
    assert any(
        (t.text or "").startswith("<script>alert") for t in root.iter("{http://www.w3.org/2000/svg}text")
    )


def test_svg_carries_no_style_or_script_that_a_strict_policy_would_refuse():
    for picture in (
        waterfall(BARS, score=SCORE),
        occasions_chart([Occasion(dt.date(2026, 3, 1), ("contact",))]),
    ):
        assert "style=" not in picture.svg
        assert "<style" not in picture.svg
        assert "<script" not in picture.svg
        assert "href" not in picture.svg.replace("xmlns:xlink", "")
        assert ET.fromstring(picture.svg).attrib["aria-label"] == picture.alt


def test_the_same_input_draws_the_same_bytes():
    occasions = [Occasion(dt.date(2026, 3, d), ("contact", "threat")) for d in (1, 9, 20)]
    assert occasions_chart(occasions).svg == occasions_chart(list(reversed(occasions))).svg
    assert occasions_chart(occasions).png() == occasions_chart(occasions).png()
    assert waterfall(BARS, score=SCORE).png()[:8] == b"\x89PNG\r\n\x1a\n"


def test_quiet_weeks_are_rows_too():
    picture = occasions_chart(
        [Occasion(dt.date(2026, 3, 2), ("contact",)), Occasion(dt.date(2026, 3, 23), ("damage", "contact"))],
        kinds=("damage",),
    )
    assert picture.columns == ("Week", "Incidents", "Damage", "Contact")
    assert [r[1] for r in picture.rows] == ["1", "0", "0", "1"]
    assert picture.rows[-1][2:] == ("1", "1")
    assert "over 21 days" in picture.alt


@pytest.mark.parametrize(("most", "top"), [(1, "1"), (4, "4"), (5, "6"), (13, "16")])
def test_the_tallest_bar_can_be_read_off(most, top):
    svg = occasions_chart([Occasion(dt.date(2026, 3, 2), ("contact",))] * most).svg
    numbers = [t.text for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert max((n for n in numbers if n.isdigit()), key=int) == top


def test_no_occasion_no_picture():
    with pytest.raises(ValueError, match="no dated incident"):
        occasions_chart([])


dates = st.dates(dt.date(2010, 1, 1), dt.date(2030, 12, 31))


@given(st.lists(st.builds(Occasion, dates, st.just(("contact",))), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_the_table_counts_every_occasion_once(occasions):
    picture = occasions_chart(occasions)
    assert sum(int(r[1]) for r in picture.rows) == len(occasions)


@given(dates, st.sampled_from(["week", "month", "quarter", "year"]))
def test_a_period_starts_on_or_before_its_days_and_is_its_own_start(date, period):
    start = period_start(date, period)
    assert start <= date
    assert period_start(start, period) == start


def test_periods_grow_with_the_span():
    first = dt.date(2020, 1, 1)
    chosen = [choose_period(first, first + dt.timedelta(days=d)) for d in (40, 400, 2000, 6000)]
    assert chosen == ["week", "month", "quarter", "year"]
