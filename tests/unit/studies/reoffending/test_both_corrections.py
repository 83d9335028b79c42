"""Hold late proof and doubtful links in one interval: by hand, and beside the way of tools/verify."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import special

from lamplighter.statistics import combine, mature_rate
from lamplighter.studies.reoffending.cohort import Window, number_of
from lamplighter.studies.reoffending.content.events import read_held
from lamplighter.studies.reoffending.content.shapes import Held
from lamplighter.studies.reoffending.country import read_country
from lamplighter.studies.reoffending.definitions import Definitions, definitions
from lamplighter.studies.reoffending.grid import Cohorts, window_of
from lamplighter.studies.reoffending.lag import Corrected, Delays, Learnt, lag_corrected, learnt_of
from lamplighter.studies.reoffending.lives import lives_of
from lamplighter.studies.reoffending.partitions import Readings, loose_rows, readings
from lamplighter.synthetic.histories.history import History, history
from lamplighter.synthetic.histories.lives import area_of
from lamplighter.synthetic.histories.settings import Settings
from lamplighter.synthetic.histories.tables import write
from tools.verify.reoffending import LADDERS, Cohort, cohort, mature

OLD, NEW = (Window(dt.date(year, 1, 1), dt.date(year + 1, 1, 1)) for year in (2020, 2024))
DAYS, OUTCOME = 365, "any_proven"


def learnt(again: int, *, before: int = 80) -> Learnt:
    """Of ``before`` earlier people a quarter each was proven after 100 and 300 days, and half were not.

    Of 80 newer ones, each watched for 200 days, ``again`` were proven after 50.
    """
    quarter = before // 4
    old = np.array([100.0] * quarter + [300.0] * quarter + [np.nan] * (before - 2 * quarter))
    new = np.array([50.0] * again + [np.nan] * (80 - again))
    return {OUTCOME: tuple(_delays(w, d, n) for w, d, n in ((OLD, old, 400), (NEW, new, 200)))}


def _delays(window: Window, delay: Any, watched: int, force: int = 0) -> Delays:
    whole = np.full(delay.size, watched)
    return Delays(window, delay, whole, 20_000 - whole, np.full(delay.size, force, np.int16))


def corrected(published: Learnt, *draws: Learnt) -> Corrected:
    (found,) = lag_corrected([published], [[draw] for draw in draws], "proven", 6, 12, (NEW,))
    return found


def test_each_draw_is_corrected_by_itself_and_all_are_combined_by_hand() -> None:
    """Half of what is proven within a year is proven by day 200, so what is seen stands for twice as many."""
    drawn = (8, 10, 16)
    found = corrected(learnt(10), *(learnt(n) for n in drawn))
    rates = [2 * n / 80 for n in drawn]
    assert found.rate is not None
    assert found.rate.estimate == pytest.approx(20 / 80)
    each = [_by_itself(learnt(n)) for n in drawn]
    assert [one.estimate for one in each] == pytest.approx(rates)
    logits = special.logit(rates)
    slope = np.array([1 / (r * (1 - r)) for r in rates])
    for combined, variances in (
        (found.both, [one.variance for one in each]),
        (found.own, [one.lag_variance for one in each]),
    ):
        assert combined is not None
        middle = special.expit(logits.mean())
        total = (np.array(variances) * slope**2).mean() + (1 + 1 / 3) * logits.var(ddof=1)
        assert combined.estimate == pytest.approx(middle)
        assert combined.total == pytest.approx(total * (middle * (1 - middle)) ** 2)
    assert found.both is not None
    assert found.own is not None
    # Another year's people would be others; and people are only so many.
    assert found.own.total < found.both.total
    assert found.both.df < 79


def _by_itself(one: Learnt) -> Any:
    old, new = one[OUTCOME]
    return mature_rate(
        np.concatenate([old.delay, new.delay]),
        np.concatenate([old.watched, new.watched]),
        longest=DAYS,
        of=np.repeat([False, True], [old.delay.size, new.delay.size]),
    )


def test_draws_that_differ_widen_the_interval_and_those_that_do_not_do_not() -> None:
    same = corrected(learnt(10), *[learnt(10)] * 3)
    apart = corrected(learnt(10), learnt(5), learnt(10), learnt(15))
    assert same.both is not None
    assert apart.both is not None
    assert same.own is not None
    assert apart.own is not None
    assert same.both.between == pytest.approx(0, abs=1e-15)
    for wide, narrow in ((apart.both, same.both), (apart.own, same.own)):
        assert wide.due_to_linkage > 0.2
        assert wide.upper - wide.lower > 1.2 * (narrow.upper - narrow.lower)


def test_late_proof_is_in_the_interval_of_these_people_and_in_the_rate() -> None:
    """Without lag, draws that agree would say that what is known of these people is all there is."""
    found = corrected(learnt(10), *[learnt(10)] * 3)
    assert found.own is not None
    assert found.own.estimate == pytest.approx(2 * found.counted / found.people)
    assert found.own.within > 0
    # The more people show how long proof takes, the surer it is.
    surer = corrected(learnt(10), *[learnt(10, before=4_000)] * 3)
    assert surer.own is not None
    assert surer.own.within < found.own.within


def test_each_force_has_a_pace_of_its_own() -> None:
    """Two forces whose people were all proven early, and late: only the late one has much to come."""
    quick, slow = np.array([20.0] * 200 + [np.nan] * 200), np.array([300.0] * 200 + [np.nan] * 200)
    new = np.array([20.0] * 20 + [np.nan] * 80)
    old = [_delays(OLD, quick, 400), _delays(OLD, slow, 400, force=1)]
    ours = {OUTCOME: (*old, _delays(NEW, new, 200))}
    found = corrected(ours)
    assert found.rate is not None
    # At the pace of all, 20 seen would stand for 40.
    assert 20 <= 100 * found.rate.estimate < 22


def test_without_draws_or_where_a_draw_cannot_be_told_nothing_is_combined() -> None:
    assert corrected(learnt(10)).both is None
    short = {OUTCOME: (_delays(NEW, np.array([50.0] * 20 + [np.nan] * 60), 200),)}
    found = corrected(learnt(10), learnt(10), short)
    assert found.rate is not None
    assert found.both is found.own is None


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> tuple[History, Held, Definitions, Readings]:
    made = history(Settings(people=6_000, draws=4), 7)
    folder = tmp_path_factory.mktemp("country")
    write(made, folder)
    told = read_country(folder)
    held, defs = read_held(folder, told), definitions(told.extracted_on)
    index = defs.index("proven")
    found = readings(held, defs, None, lambda _: {}, learns=lambda cohorts: learnt_of(cohorts, index, 12))
    return made, held, defs, found


def test_the_study_combines_as_the_check_of_coverage_does(country: Any) -> None:
    """The same country by arithmetic that shares nothing with the study; courts by area, which it knows."""
    made, held, defs, found = country
    asked = window_of(defs, held.country.extracted_on, 24)

    def by_area(reading: Any) -> list[Learnt]:
        return [
            {OUTCOME: tuple(replace(d, force=area_of(d.force)) for d in part[OUTCOME])} for part in reading
        ]

    (ours,) = lag_corrected(
        by_area(found.proof), [by_area(draw) for draw in found.proof_drawn], "proven", 12, 60, (asked,)
    )
    windows = [one.window for one in found.proof[0][OUTCOME]]
    each = [mature(_all_years(made, draw, windows, asked), LADDERS[3]) for draw in range(1, 5)]
    values = [one.estimate for one in each]
    both = combine(values, [m.variance for m in each], complete_df=ours.people - 1, scale="logit")
    own = combine(values, [m.lag_variance for m in each], scale="logit")
    assert ours.both is not None
    assert ours.own is not None
    for mine, theirs in ((ours.both, both), (ours.own, own)):
        for name in ("estimate", "lower", "upper", "within", "between", "df"):
            assert getattr(mine, name) == pytest.approx(getattr(theirs, name), rel=1e-7), name
    assert both.between > 0
    assert ours.counted / ours.people < ours.own.estimate - 0.01


def _all_years(made: History, draw: int, windows: list[Window], asked: Window) -> Cohort:
    """Put a cohort of each period together, as one that asks about one of them."""
    person = made.drawn(draw)
    parts = []
    for window in windows:
        days = (number_of(window.first), number_of(window.before))
        one = cohort(made, person, LADDERS[3], only=days)
        parts.append(replace(one, year=np.full(one.day0.size, int(window != asked))))
    names = Cohort.__dataclass_fields__
    return Cohort(**{name: np.concatenate([getattr(one, name) for one in parts]) for name in names})


def test_only_people_whom_a_draw_touches_are_worked_out_again(country: Any) -> None:
    _, held, defs, found = country
    assert 0 < loose_rows(held).mean() < 1
    for draw in found.proof_drawn:
        assert draw[0] is found.proof[0]
        assert draw[1] is not found.proof[1]
    # Both parts are what a whole recount gives.
    person = held.links.of_draw(2)
    lives = lives_of(held.rows, person, held.links.persons, defs.rules)
    whole = learnt_of(Cohorts(held, defs, lives, None), defs.index("proven"), 12)
    for outcome, periods in whole.items():
        for place, one in enumerate(periods):
            parts = [part[outcome][place] for part in found.proof_drawn[2]]
            for name in ("delay", "watched", "day0", "force"):
                mine = np.concatenate([getattr(part, name) for part in parts])
                np.testing.assert_array_equal(np.sort(mine), np.sort(getattr(one, name)))
