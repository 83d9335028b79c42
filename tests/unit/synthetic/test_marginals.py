"""Shares of the world against the figures they are drawn from, within stated tolerances."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from lamplighter.synthetic.sampling.config import Marginals
from lamplighter.synthetic.worlds.world import World

TARGET = Marginals()


def stalking(world: World) -> pl.DataFrame:
    return world.truth.courses.filter("is_stalking")


def test_four_in_five_victims_of_stalking_are_women(large: World) -> None:
    sexes = stalking(large).join(large.truth.persons, left_on="victim_person", right_on="person_id")["sex"]
    assert (sexes == "female").mean() == pytest.approx(TARGET.female_victim, abs=0.04)


def test_most_first_reports_to_police_are_not_recorded_as_stalking(large: World) -> None:
    police = large.truth.reports.filter(pl.col("agency") != "helpline").join(
        stalking(large).select("course_id"), on="course_id"
    )
    first = police.sort("reported_at").group_by("course_id", maintain_order=True).first()
    assert 1 - first["recorded_stalking"].mean() == pytest.approx(0.82, abs=0.04)


def test_three_in_ten_suspects_have_earlier_allegations(large: World) -> None:
    one = stalking(large).select("course_id", "suspect_person", "first_report_at")
    pairs = one.join(one, on="suspect_person").filter(
        pl.col("first_report_at_right") < pl.col("first_report_at")
    )
    share = pairs["course_id"].n_unique() / one.height
    assert share == pytest.approx(TARGET.earlier_allegation, abs=0.05)


def test_relationships_follow_the_setting(large: World) -> None:
    shares = dict(stalking(large)["relationship"].value_counts(normalize=True).iter_rows())
    for name, share in TARGET.stalking_relationships.items():
        assert shares["not_known" if name == "unknown" else name] == pytest.approx(share, abs=0.03), name


def test_outcomes_keep_the_published_shares(large: World) -> None:
    outcomes = large.bundle["reports"].filter(record_type="crime")["outcome"]
    withdrew = outcomes.is_in(["16", "14"]).mean()
    assert withdrew == pytest.approx(0.45, abs=0.05)


def test_recorded_details_err_as_often_as_the_ministry_of_justice_finds(large: World) -> None:
    people = (
        large.bundle["people"]
        .join(large.truth.records.filter(~pl.col("wrong_nominal")), on=["record_id", "report_id", "role"])
        .join(large.truth.persons, on="person_id", suffix="_true")
    )
    dated = people.drop_nulls("birth_date")
    right = (dated["birth_date"] == dated["birth_date_true"]).mean()
    assert right == pytest.approx(1 - TARGET.birth_date_error, abs=0.01)
    named = people.filter(role="victim").drop_nulls(["surname", "forenames"])
    first = named["forenames"].str.split(" ").list.first()
    exact = ((named["surname"] == named["surname_true"]) & (first == named["forename"])).mean()
    assert exact == pytest.approx(1 - TARGET.name_error, abs=0.02)


def test_surnames_are_skewed_with_a_long_tail(large: World) -> None:
    counts = large.truth.persons["surname"].value_counts().sort("count", descending=True)["count"]
    assert counts[0] > 40 * counts.median()
    assert len(counts) > 2_000


@pytest.mark.parametrize(
    ("stratum", "least"),
    [
        ("hidden", 0.2),
        ("cross_force", 0.1),
        ("cross_agency", 0.2),
        ("unknown_suspect", 0.05),
        ("sparse_suspect", 0.08),
        ("swapped_roles", 0.01),
        ("by_proxy", 0.04),
        ("against_relative", 0.04),
    ],
)
def test_every_stratum_is_there_in_number(large: World, stratum: str, least: float) -> None:
    assert least < stalking(large)[stratum].mean() < 0.6


def test_every_kind_of_hard_negative_repeats(large: World) -> None:
    kinds = large.truth.courses.filter(pl.col("n_reports") >= 2)["kind"].value_counts()
    assert set(kinds["kind"]) == {
        "stalking",
        *(k for k in TARGET.dossiers if k not in ("single", "stalking")),
    }
    assert kinds["count"].min() >= 10


def test_victims_of_two_people_some_of_one_first_name(large: World) -> None:
    two = (
        stalking(large)
        .group_by("victim_person")
        .agg("suspect_person")
        .filter(pl.col("suspect_person").list.n_unique() > 1)
    )
    assert two.height > 20
    names = two.explode("suspect_person").join(
        large.truth.persons, left_on="suspect_person", right_on="person_id"
    )
    per_victim = names.group_by("victim_person").agg(pl.col("forename").n_unique() < pl.len())
    assert per_victim["forename"].sum() > 5


def test_families_hold_fathers_and_sons_of_one_name_and_twins(large: World) -> None:
    people = large.truth.persons
    children = people.filter(pl.col("place_in_family").is_in(["elder_child", "younger_child"]))
    twins = children.group_by("family_id", "birth_date").len().filter(pl.col("len") > 1)
    assert twins.height > 10
    fathers = people.filter(place_in_family="first_adult").join(
        people.filter(place_in_family="elder_child"), on=["family_id", "forename", "surname"]
    )
    assert fathers.height > 10


def test_what_comes_next_is_foreshadowed_but_not_by_recency_alone(large: World) -> None:
    """A serious act ahead is likelier where acts of the last two months already were serious."""
    ahead, told = [], []
    for as_at in (dt.datetime(2024, 7, 1), dt.datetime(2025, 7, 1), dt.datetime(2026, 6, 1)):
        attention = large.truth.attention(as_at)
        before = large.truth.occasions.filter(pl.col("at") < as_at, pl.col("at") > as_at - dt.timedelta(60))
        grave = before.group_by("course_id").agg(grave=pl.col("serious").any())
        joined = attention.join(grave, on="course_id")
        ahead += joined["serious_next"].to_list()
        told += joined["grave"].to_list()
    frame = pl.DataFrame({"ahead": ahead, "told": told})
    assert frame.filter("told")["ahead"].mean() > 1.5 * frame.filter(~pl.col("told"))["ahead"].mean()
