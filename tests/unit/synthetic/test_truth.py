"""The truth covers every record and agrees with itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from lamplighter.synthetic.worlds.truth import Truth
from lamplighter.synthetic.worlds.world import World


def test_every_record_and_report_has_its_truth_and_no_more(large: World) -> None:
    t, b = large.truth, large.bundle
    assert (
        t.records.select("record_id", "report_id", "role")
        .sort("record_id")
        .equals(b["people"].select("record_id", "report_id", "role").sort("record_id"))
    )
    assert (
        t.reports.select("report_id", "agency", "reported_at")
        .sort("report_id")
        .equals(b["reports"].select("report_id", "agency", "reported_at").sort("report_id"))
    )


def test_everybody_named_in_the_truth_exists(large: World) -> None:
    t = large.truth
    known = set(t.persons["person_id"])
    assert t.persons["person_id"].is_unique().all()
    for frame, column in (
        (t.records, "person_id"),
        (t.reports, "victim_person"),
        (t.reports, "suspect_person"),
        (t.courses, "victim_person"),
        (t.courses, "suspect_person"),
        (t.courses, "proxy_person"),
        (t.courses, "relative_person"),
    ):
        assert set(frame[column].drop_nulls()) <= known


def test_courses_are_counted_from_their_reports_and_occasions(large: World) -> None:
    t = large.truth
    counted = (
        t.reports.drop_nulls("course_id")
        .group_by("course_id")
        .agg(
            n=pl.len(),
            first=pl.col("reported_at").min(),
            last=pl.col("reported_at").max(),
            said=pl.col("recorded_stalking").any(),
            swapped=pl.col("swapped_roles").any(),
        )
    )
    joined = t.courses.join(counted, on="course_id", how="full", coalesce=True)
    assert joined.null_count()["n"].item() == 0
    assert joined.null_count()["kind"].item() == 0
    assert (joined["n"] == joined["n_reports"]).all()
    assert (joined["first"] == joined["first_report_at"]).all()
    assert (joined["last"] == joined["last_report_at"]).all()
    assert (joined["swapped"] == joined["swapped_roles"]).all()
    hidden = joined["is_stalking"] & (joined["n"] >= 2) & ~joined["said"]
    assert (hidden == joined["hidden"]).all()
    past = t.occasions.filter(~pl.col("future")).drop_nulls("course_id").group_by("course_id").len()
    both = t.courses.join(past, on="course_id")
    assert (both["len"] == both["n_occasions"]).all()


def test_recorded_stalking_agrees_with_the_classifications(large: World) -> None:
    said = (
        large.bundle["offences"].group_by("report_id").agg(said=(pl.col("offence_group") == "stalking").any())
    )
    joined = large.truth.reports.join(said, on="report_id")
    assert (joined["said"] == joined["recorded_stalking"]).all()


def test_roles_are_the_true_ones_unless_marked_as_swapped(large: World) -> None:
    t = large.truth
    victims = t.records.filter(role="victim").join(t.reports, on="report_id")
    plain = victims.filter(~pl.col("swapped_roles"), ~pl.col("against_relative"))
    assert (plain["person_id"] == plain["victim_person"]).all()
    swapped = victims.filter("swapped_roles")
    assert swapped.height > 50
    assert (swapped["person_id"] == swapped["suspect_person"]).all()
    relatives = victims.filter("against_relative")
    assert relatives.height > 50
    assert (relatives["person_id"] != relatives["victim_person"]).all()


def test_what_cannot_be_identified_shows_nothing_to_identify_by(large: World) -> None:
    blind = large.truth.records.filter(~pl.col("identifiable"), ~pl.col("wrong_nominal"))
    shown = large.bundle["people"].join(blind.select("record_id"), on="record_id")
    assert shown.height > 500
    for column in ("surname", "forenames", "birth_date", "address_text", "pnc_id"):
        assert shown[column].null_count() == shown.height, column
    for column in ("phones", "handles", "emails", "vehicles", "nicknames"):
        assert shown[column].null_count() == shown.height, column


def test_reused_nominals_show_one_set_of_details(large: World) -> None:
    people = large.bundle["people"].drop_nulls("source_person_ref")
    shown = people.group_by("source_person_ref").agg(
        pl.len(),
        *[pl.col(c).n_unique() for c in ("surname", "forenames", "birth_date", "address_text", "phones")],
    )
    assert shown.filter(pl.col("len") > 1).height > 100
    assert shown.select(pl.max_horizontal(pl.exclude("source_person_ref", "len"))).max().item() == 1
    wrong = large.truth.records.filter("wrong_nominal").height / people.height
    assert 0 < wrong < 0.02


def test_the_future_is_truth_only(large: World) -> None:
    ahead = large.truth.occasions.filter("future")
    assert ahead.height > 50
    assert ahead["report_id"].null_count() == ahead.height
    assert ahead["at"].min() > dt.datetime.combine(large.config.as_at, dt.time())


def test_told_behaviours_are_among_the_true_ones(large: World) -> None:
    covered = (
        large.truth.occasions.drop_nulls("report_id")
        .explode("behaviours")
        .group_by("report_id")
        .agg("behaviours")
    )
    joined = (
        large.truth.reports.filter(~pl.col("swapped_roles"))
        .join(covered, on="report_id")
        .explode("behaviours_told")
    )
    joined = joined.drop_nulls("behaviours_told")
    assert joined.height > 10_000
    assert joined.select(pl.col("behaviours_told").is_in(pl.col("behaviours")).all()).item()


def test_attention_looks_only_ahead_of_its_day(large: World) -> None:
    as_at = dt.datetime(2025, 6, 1)
    attention = large.truth.attention(as_at)
    assert attention["course_id"].is_unique().all()
    assert 0 < attention["serious_next"].sum() < attention.height / 4
    assert attention["days_to_next"].min() >= 0
    serious = attention.filter("serious_next")
    assert (serious["days_to_serious"] < 28).all()
    assert (serious["acts_next"] >= 1).all()
    with pytest.raises(ValueError, match="past the end"):
        large.truth.attention(dt.datetime(2027, 6, 1))


def test_truth_comes_back_from_disk_as_it_was(small: World, tmp_path: Path) -> None:
    small.truth.write(tmp_path)
    assert Truth.read(tmp_path).records.equals(small.truth.records)
    assert Truth.read(tmp_path).occasions.equals(small.truth.occasions)
