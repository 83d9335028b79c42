"""Hold the drawn partitions to whole recounts, and their interval to Rubin's rules by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lamplighter.statistics import combine, unseen_links
from lamplighter.statistics.inference.proportions import wilson
from lamplighter.studies.reoffending.grid import Cohorts, estimates, grid_of
from lamplighter.studies.reoffending.linkage_error.unseen import bounded, never_looked_at
from lamplighter.studies.reoffending.lives import lives_of
from lamplighter.studies.reoffending.partitions import combined, loose_rows, readings, window_cells
from tests.unit.studies.reoffending.making import YEAR, cell, counted, country, defs, event, held
from tools.verify.reoffending_country import write_country

KEY = ("proven", "stalking_proven", "either", 12, 12)


def two_people(folder: Path) -> Path:
    """Two convicted people; a later conviction is the first one's in the published links only."""
    rows = [
        event("conviction", "2019-12-01", "a", proven="2020-03-10"),
        event("conviction", "2019-12-01", "b", proven="2020-03-10"),
        event("conviction", "2020-06-01", "c", proven="2020-09-01", force="South"),
    ]
    return country(
        folder, rows, persons={"a": "A", "b": "B", "c": "A"}, draws=[{}, {"c": "C"}, {"c": "B"}, {"c": "C"}]
    )


def test_each_draw_is_a_study_of_its_own(tmp_path: Path) -> None:
    folder = two_people(tmp_path)
    assert counted(cell(folder)) == (2, 1, 1)
    found = readings(held(folder), defs(), None, window_cells({KEY: YEAR}))
    # In two draws the later conviction is a third person's, whose own cohort it begins.
    assert [(c[KEY].people, c[KEY].reoffenders) for c in found.draws] == [(2, 1), (3, 0), (2, 1), (3, 0)]
    assert found.published[KEY] == cell(folder)


def test_doubt_about_who_is_who_widens_the_interval(tmp_path: Path) -> None:
    found = readings(held(two_people(tmp_path)), defs(), None, window_cells({KEY: YEAR}))
    own = combined(found, KEY)
    assert own is not None
    rates = np.array([0.5, 0, 0.5, 0])
    by_hand = combine(rates, [0.125, 0, 0.125, 0], complete_df=1)
    assert (own.estimate, own.total, own.df) == (by_hand.estimate, by_hand.total, by_hand.df)
    # Four draws of two people tell nothing: the limits are all that a share can be, and no more.
    assert by_hand.upper > 1
    assert (own.lower, own.upper) == (0.0, 1.0)
    assert own.between == pytest.approx(rates.var(ddof=1))


def test_a_rate_of_nobody_has_the_limits_of_nobody_and_not_none(tmp_path: Path) -> None:
    rows = [event("conviction", "2019-12-01", who, proven="2020-03-10") for who in "abcdefghijklmnop"]
    folder = country(tmp_path, rows, draws=[{}, {}, {}])
    found = combined(readings(held(folder), defs(), None, window_cells({KEY: YEAR})), KEY)
    assert found is not None
    assert (found.estimate, found.lower) == (0.0, 0.0)
    assert found.upper == pytest.approx(float(wilson(0, 16).upper))
    assert found.upper > 0.19


def test_people_whom_no_draw_touches_are_counted_once_and_all_is_as_a_whole_recount(tmp_path: Path) -> None:
    write_country(tmp_path, 3_000, seed=5)
    read, own = held(tmp_path), defs()
    loose = loose_rows(read)
    assert 0 < loose.sum() < loose.size / 2
    found = readings(read, own, None, grid_of)
    whole = []
    for person in (read.links.person, *(read.links.of_draw(n) for n in range(len(read.links.draws)))):
        lives = lives_of(read.rows, person, read.links.persons, own.rules)
        whole.append(grid_of(Cohorts(read, own, lives, None)))
    assert found.published == whole[0]
    assert list(found.draws) == whole[1:]
    assert any(drawn != whole[0] for drawn in whole[1:])


def test_a_cell_without_a_figure_has_no_estimate(tmp_path: Path) -> None:
    one = cell(two_people(tmp_path))
    assert estimates({KEY: replace(one, state="not_yet")}) == {}
    assert estimates({KEY: one})[KEY].variance == pytest.approx(0.125)


def test_without_draws_there_is_no_interval_for_links(tmp_path: Path) -> None:
    folder = country(tmp_path, [event("conviction", "2019-12-01", "a", proven="2020-03-10")])
    found = readings(held(folder), defs(), None, window_cells({KEY: YEAR}))
    assert combined(found, KEY) is None


def told(folder: Path, **figures: float) -> Path:
    row = {"links": 90.0, "false_links": 0.0, "missed_links": 9.0, "never_looked_at": 1.0}
    row |= {"never_looked_at_most": 1.0, **figures}
    frame = pl.DataFrame([{"scope": "across", "by": "all", "group": "all", **row}])
    frame.write_parquet(folder / "links" / "quality.parquet")
    return folder


def test_links_that_nobody_looked_at_bound_the_headline(tmp_path: Path) -> None:
    """Of four people one reoffends in the own force, one in another; two links of the four are across."""
    rows = [event("conviction", "2019-12-01", who, proven="2020-03-10") for who in "abcd"]
    rows += [
        event("conviction", "2020-06-01", "a", proven="2020-09-01"),
        event("conviction", "2020-06-01", "b2", proven="2020-09-01", force="South"),
        event("report", "2015-06-01", "c2", force="South"),
    ]
    folder = told(country(tmp_path, rows, persons={"b2": "b", "c2": "c"}))
    read, own = held(folder), defs()
    assert never_looked_at(read.links) == (0.01, 0.01)
    lives = lives_of(read.rows, read.links.person, read.links.persons, own.rules)
    found = bounded(Cohorts(read, own, lives, None), KEY, YEAR)
    # Without the link, the later conviction would begin a cohort of its own.
    assert found == unseen_links([0, 1], 4, 2.0, unseen=0.01, unseen_at_most=0.01, joining=1)
    assert found.least < found.rate == 0.5 < found.likely < found.most


def test_a_linker_that_does_not_say_is_not_taken_for_one_that_saw_all(tmp_path: Path) -> None:
    read = held(two_people(tmp_path))
    assert never_looked_at(read.links) is None
