"""How much time lies between two reports, and what the records of a group say of two of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.linkage import LinkResult, link
from lamplighter.linkage.comparisons.weight_bars import APART, TOGETHER
from lamplighter.linkage.dyads import pair_context
from lamplighter.linkage.dyads.report_pairs import SAME
from lamplighter.linkage.explain import explanations
from lamplighter.linkage.features.record_features import prepare
from lamplighter.synthetic.worlds.world import World, generate
from tests.unit.linkage.made_up import one, people, reports

START = dt.datetime(2024, 3, 1, 9)
VICTIM = {
    "forenames": "Karen", "surname": "Meadway", "birth_date": dt.date(1966, 9, 28), "sex": "female",
    "phones": ["+447142980175"],
}  # fmt: skip
MAN = {"forenames": "Dale", "sex": "male"}


def told(*days: int) -> dict[str, pl.DataFrame]:
    """A report on each day: by one woman, about a man of whom a first name is known."""
    rows = [
        one(f"r{i}/{part}", report_id=f"r{i}", role=role, **who)
        for i in range(len(days))
        for part, role, who in ((1, "victim", VICTIM), (2, "suspect", MAN))
    ]
    made = [
        {"report_id": f"r{i}", "source": "x", "source_ref": f"r{i}", "reported_at": START + dt.timedelta(day)}
        for i, day in enumerate(days)
    ]
    return {"people": people(*rows), "reports": reports(*made)}


@pytest.fixture(scope="module")
def world() -> World:
    return generate(5, person_records=3_000, bank="b")


@pytest.fixture(scope="module")
def found(world: World) -> LinkResult:
    return link(world.bundle)


def test_how_much_time_lies_between_any_two_reports_is_counted() -> None:
    bundle = told(0, 5, 400)
    features = prepare(bundle["people"], bundle["reports"])
    any_two = [share[-1] for share in pair_context.starting_gaps(features).values()]
    # A week, and twice more than a year; one of each is added.
    assert any_two == pytest.approx(np.array([2, 1, 1, 1, 3]) / 8, rel=1e-5)


def test_reports_without_a_day_say_nothing_of_the_time_between() -> None:
    bundle = told(0, 5, 400)
    features = prepare(bundle["people"], bundle["reports"].drop("reported_at"))
    assert pair_context.starting_gaps(features) == {}
    assert (pair_context.gap_ratios({}) == 1).all()


@given(st.lists(st.tuples(*[st.one_of(st.none(), st.integers(18_000, 20_000))] * 2), min_size=1))
def test_frames_and_arrays_tell_the_same_time_between(days: list[tuple[int | None, int | None]]) -> None:
    shares = {name: (0.1 + i, 0.2, 0.3, 0.4) for i, name in enumerate(pair_context.GAPS)}
    frame = pl.DataFrame(days, schema={"a": pl.Int32(), "b": pl.Int32()}, orient="row")
    told = frame.select(apart=pair_context.gap_kind(pl.col("a"), pl.col("b")).cast(pair_context.GAP))
    by_frame = told.select(r=pair_context.gap_ratio(shares, "11"))["r"].to_numpy()
    one, other = (frame[c].cast(pl.Float64).fill_null(np.nan).to_numpy() for c in frame.columns)
    assert (pair_context.gap_ratios(shares)[pair_context.gap_numbers(one, other), 0] == by_frame).all()


def test_reports_of_one_course_are_found_to_come_close_together(found: LinkResult) -> None:
    shares = found.model.apart
    assert (
        pair_context.gap_ratio_of(shares["week"], "11")
        > 2 * pair_context.gap_ratio_of(shares["week"], "10")
        > 2
    )
    assert pair_context.gap_ratio_of(shares["longer"], "11") < 0.5
    for cell in range(4):
        assert sum(share[cell] for share in shares.values()) == pytest.approx(1, abs=1e-4)


def test_a_first_name_tells_more_a_week_later_than_years_later(found: LinkResult) -> None:
    near, far = (link(told(0, days), model=found.model).pairs for days in (6, 800))
    weights, bars = [], []
    for pairs in (near, far):
        pair = pairs.filter(left_record="r0/2", right_record="r1/2").row(0, named=True)
        weights.append(pair["match_weight"])
        bars.append(next(b for b in explanations.waterfall(pair) if b.comparison == APART))
    assert weights[0] > weights[1] + 2
    assert bars[0].weight > 0.5
    assert "made close together" in bars[0].label
    assert bars[1].weight < -1
    assert "much time lies" in bars[1].label


def test_a_model_of_before_says_nothing_of_time(found: LinkResult) -> None:
    before = replace(found.model, apart={})
    assert type(before).from_json(before.named().to_json()).apart == {}
    assert link(told(0, 6), model=before).pairs.equals(link(told(0, 800), model=before).pairs)


def test_two_reports_of_one_person_are_believed_as_the_rest_of_their_records_are(
    world: World, found: LinkResult
) -> None:
    truth = dict(world.truth.records.select("record_id", "person_id").iter_rows())
    who = world.bundle["people"].filter(pl.col("role").is_in(["victim", "suspect"]))
    of_report: dict[str, set[str]] = {}
    for report, record in who.select("report_id", "record_id").iter_rows():
        of_report.setdefault(report, set()).add(truth[record])
    right = weak = 0.0
    raised = 0
    for row in found.report_pairs.filter(relation=SAME).iter_rows(named=True):
        agreed = sum(b["weight"] for b in row["levels"] if b["comparison"] == TOGETHER)
        assert agreed >= 0
        if row["weight"] - agreed < 0:
            raised += 1
            right += of_report[row["left_report"]] == of_report[row["right_report"]]
            weak += row["probability"]
    # By themselves these would be held to be of others.
    assert raised > 20
    assert right / raised > 0.8
    assert weak / raised == pytest.approx(right / raised, abs=0.12)
