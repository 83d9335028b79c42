"""A made-up country: unequal forces, people known in several, and the truth that says who."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.records.schema import TABLES
from lamplighter.synthetic.countries import country, events
from lamplighter.synthetic.countries.country import Country, OtherCountryError
from lamplighter.synthetic.countries.settings import CountrySettings
from lamplighter.synthetic.countries.truth import CountryTruth
from lamplighter.vocabulary.codes import code_set

SMALL = CountrySettings(seed=71, person_records=6_000, forces=7)


@pytest.fixture(scope="module")
def made() -> Country:
    return country.generate(CountrySettings(seed=72, person_records=90_000))


@pytest.fixture(scope="module")
def small() -> Country:
    return country.generate(SMALL)


def test_forces_are_of_unequal_size_and_hold_about_what_was_asked_for(made: Country) -> None:
    sizes = made.forces["person_records"].sort()
    assert made.forces.height == 43
    assert sizes[-1] > 20 * sizes[0]
    assert 0.12 < sizes[-1] / sizes.sum() < 0.16, "One force is a seventh of the country"
    assert 90_000 <= sizes.sum() < 95_000
    assert made.forces.sort("person_records")["force"].to_list() != made.forces["force"].to_list()


def test_every_force_hands_over_the_canonical_tables_under_its_own_name(made: Country) -> None:
    for code, tables in made.held.items():
        for t in TABLES:
            assert tables[t.name].schema == t.polars_schema
        assert tables["reports"]["agency"].unique().to_list() == [code]
        source = code.replace("-", "_")
        assert tables["people"]["record_id"].str.starts_with(f"{source}:").all()
        assert tables["reports"]["report_id"].str.starts_with(f"{source}:").all()
        assert set(tables["people"]["report_id"]) <= set(tables["reports"]["report_id"])
        assert tables["reports"]["reported_at"].is_sorted()


def test_ids_are_given_once_in_the_whole_country(made: Country) -> None:
    assert made.people["record_id"].is_unique().all()
    assert made.reports["report_id"].is_unique().all()
    assert set(made.people["record_id"]) == set(made.truth.records["record_id"])
    assert set(made.reports["report_id"]) == set(made.truth.reports["report_id"])
    assert set(made.truth.records["person_id"]) <= set(made.truth.persons["person_id"])
    assert made.truth.persons["person_id"].is_unique().all()


def test_a_quarter_of_the_repeat_suspects_crosses_a_border(made: Country) -> None:
    repeat = made.truth.suspects.filter("repeat")
    assert repeat.height > 300
    share = repeat.select(pl.col("crosses_border").mean()).item()
    assert 0.21 < share < 0.29
    crossers = repeat.filter("crosses_border")
    followed = crossers.select(pl.col("how").is_in(["same_victim", "both"]).mean()).item()
    assert 0.3 < followed < 0.5
    assert crossers.filter(pl.col("n_forces") > 2).height > 5


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_the_share_that_crosses_can_be_set(share: float) -> None:
    made = country.generate(CountrySettings(seed=73, person_records=30_000, forces=12, crossing=share))
    repeat = made.truth.suspects.filter("repeat")
    assert abs(repeat.select(pl.col("crosses_border").mean()).item() - share) < 0.08


def test_a_course_that_crosses_is_one_course_of_one_couple(made: Country) -> None:
    crossing = made.truth.courses.filter("crosses_border")
    assert crossing.height > 20
    reports = made.truth.reports.filter(
        pl.col("course_id").is_in(crossing["course_id"].to_list()), pl.col("same_act_as").is_null()
    )
    by_course = reports.group_by("course_id").agg(
        pl.col("couple_id").n_unique().alias("couples"), pl.col("force").n_unique().alias("forces")
    )
    assert by_course["couples"].unique().to_list() == [1]
    assert by_course["forces"].min() == 2
    victims = made.truth.records.join(reports.select("report_id", "victim_person"), on="report_id").filter(
        pl.col("role") == "victim", pl.col("person_id") == pl.col("victim_person")
    )
    assert victims.filter("moved").height > 20


def _first_of(value: str | None) -> str | None:
    return value.split(" ")[0].lower() if value else None


def test_one_who_crossed_has_new_addresses_and_often_another_spelling(made: Country) -> None:
    crossers = made.truth.suspects.filter("crosses_border")["person_id"].to_list()
    rows = made.truth.records.filter(
        pl.col("person_id").is_in(crossers), pl.col("role") == "suspect", pl.col("copied_from").is_null()
    ).join(made.people.drop("report_id", "role", "force"), on="record_id")
    births = rows.drop_nulls("birth_date").group_by("person_id", "birth_date").len()
    assert births.group_by("person_id").agg(pl.col("len").max() / pl.col("len").sum())["len"].mean() > 0.8
    home = rows.drop_nulls("postcode").with_columns(
        area=pl.col("postcode").str.split(" ").list.first(), first=pl.col("moved")
    )
    before = home.filter(~pl.col("moved")).select("person_id", "area").unique()
    after = home.filter("moved").select("person_id", "area").unique()
    assert before.join(after, on=["person_id", "area"]).height == 0, "Nobody keeps the address"
    names = rows.drop_nulls("surname").with_columns(
        surname=pl.col("surname").map_elements(_first_of, return_dtype=pl.String)
    )
    spelt = names.group_by("person_id").agg(
        here=pl.col("surname").filter(~pl.col("moved")).mode().first(),
        there=pl.col("surname").filter(pl.col("moved")).mode().first(),
    )
    respelt = spelt.drop_nulls().filter(pl.col("here") != pl.col("there")).height / spelt.drop_nulls().height
    assert 0.15 < respelt < 0.7


def test_some_acts_are_recorded_by_two_forces(made: Country) -> None:
    copies = made.truth.reports.drop_nulls("same_act_as")
    assert 100 < copies.height < 1_000
    first = made.truth.reports.select(
        same_act_as="report_id", first_force="force", first_at="reported_at", first_couple="couple_id"
    )
    both = copies.join(first, on="same_act_as")
    assert both.height == copies.height
    assert both.filter(pl.col("force") == pl.col("first_force")).height == 0
    assert both.filter(pl.col("reported_at") <= pl.col("first_at")).height == 0
    assert both.filter(pl.col("couple_id") != pl.col("first_couple")).height == 0
    cited = made.reports.filter(pl.col("report_id").is_in(copies["report_id"].to_list()))
    assert 0.2 < cited.select(pl.col("related_refs").is_not_null().mean()).item() < 0.6


def test_each_force_has_habits_of_its_own(made: Country) -> None:
    victims = made.people.filter(pl.col("role") == "victim")
    known = victims.group_by("force").agg(
        pl.col("ethnicity").is_not_null().mean(),
        pl.col("birth_date").is_not_null().mean(),
        (pl.col("surname") == pl.col("surname").str.to_uppercase()).mean().alias("capitals"),
        pl.len(),
    )
    large = known.filter(pl.col("len") > 300)
    spread = large.select(pl.col("ethnicity").max() - pl.col("ethnicity").min()).item()
    assert spread > 0.15
    assert large.filter(pl.col("capitals") > 0.99).height > 2
    assert large.filter(pl.col("capitals") < 0.5).height > 2
    forms = made.reports.group_by("force").agg(pl.col("source_ref").str.replace_all(r"\d", "9").first())
    assert forms["source_ref"].str.replace_all("9+", "9").n_unique() >= 4


def test_nothing_real_is_in_it(made: Country) -> None:
    phones = made.people["phones"].explode().drop_nulls()
    assert phones.str.contains(r"^\+44(71|72|1632)").all()
    mail = made.people["emails"].explode().drop_nulls()
    assert mail.str.ends_with(".example").all()
    areas = made.people["postcode"].drop_nulls().str.slice(0, 2).unique()
    assert areas.str.contains("V|X").all()
    assert made.people["uprn"].drop_nulls().str.starts_with("990").all()


def test_one_landline_is_of_one_home_and_one_police_reference_of_one_person(made: Country) -> None:
    rows = made.truth.records.filter(~pl.col("wrong_nominal")).join(
        made.people.select("record_id", "phones", "pnc_id"), on="record_id"
    )
    holders = rows.drop_nulls("pnc_id").group_by("pnc_id").agg(pl.col("person_id").n_unique())
    assert holders["person_id"].max() == 1
    lines = rows.explode("phones").filter(pl.col("phones").str.starts_with("+441632"))
    forces = lines.filter(~pl.col("moved"), pl.col("copied_from").is_null()).group_by("phones")
    assert forces.agg(pl.col("force").n_unique())["force"].max() == 1


def test_the_same_seed_gives_the_same_country_and_another_another(small: Country) -> None:
    again = country.generate(SMALL)
    other = country.generate(dataclasses.replace(SMALL, seed=74))
    for name in ("people", "reports"):
        assert_frame_equal(getattr(small, name), getattr(again, name))
        assert not getattr(small, name).equals(getattr(other, name))
    assert_frame_equal(small.truth.suspects, again.truth.suspects)


def test_on_disk_and_in_memory_are_one_country_however_many_make_it(small: Country, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    shown = country.write(tmp_path, SMALL, workers=2, progress=lambda done, of: steps.append((done, of)))
    assert steps[-1] == (14, 14)
    assert_frame_equal(shown, small.forces)
    for code, tables in small.held.items():
        assert sorted(p.name for p in (tmp_path / code).iterdir()) == sorted(
            f"{name}.parquet" for name in country.TABLE_NAMES
        )
        for name in country.TABLE_NAMES:
            assert_frame_equal(pl.read_parquet(tmp_path / code / f"{name}.parquet"), tables[name])
    told = CountryTruth.read(tmp_path / "truth")
    for f in dataclasses.fields(CountryTruth):
        assert_frame_equal(getattr(told, f.name), getattr(small.truth, f.name))


def test_a_force_of_more_than_one_part_keeps_its_references_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("countries.settings", "countries.parts", "sampling.config"):
        monkeypatch.setattr(f"lamplighter.synthetic.{module}.RECORDS_PER_CELL", 400)
    made = country.generate(CountrySettings(seed=75, person_records=3_000, forces=3))
    assert made.people["record_id"].is_unique().all()
    assert made.reports["report_id"].is_unique().all()
    assert made.forces["person_records"].max() > 800


def test_words_are_left_out_unless_asked_for(small: Country) -> None:
    assert small.reports["summary"].null_count() == small.reports.height
    told = country.generate(dataclasses.replace(SMALL, person_records=1_000, with_words=True))
    assert told.reports["summary"].null_count() < told.reports.height / 10


@pytest.mark.parametrize(
    "wrong",
    [{"forces": 0}, {"forces": 98}, {"person_records": 100}, {"crossing": 1.0}, {"same_victim": 1.2}],
)
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"force|share"):
        CountrySettings(**{"seed": 1, "person_records": 6_000, **wrong})  # type: ignore[arg-type]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OtherCountryError, match="not empty"):
        country.write(tmp_path, SMALL)


def test_the_command_writes_a_folder_a_force_and_the_truth_aside(tmp_path: Path) -> None:
    call = ["synth", "country", "--person-records", "1000", "--forces", "3", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.output
    assert {p.name for p in tmp_path.iterdir()} == {
        "country.json",
        "forces.csv",
        "force-01",
        "force-02",
        "force-03",
        "truth",
    }
    assert json.loads((tmp_path / "country.json").read_text())["forces"] == 3
    again = CliRunner().invoke(app, [*call[:-1], str(tmp_path), "--seed", "5"])
    assert again.exit_code != 0
    assert "holds something else" in again.output.replace("\n", " ")


def test_every_report_is_an_event_and_what_follows_it_comes_later(made: Country) -> None:
    every = made.events
    assert every.schema == events.SCHEMA
    assert every["event"].is_unique().all()
    reports = every.filter(pl.col("kind") == "report")
    assert set(reports["crime"]) == set(made.reports["report_id"])
    assert every.filter(pl.col("recorded") < pl.col("occurred")).height == 0
    assert every.filter(pl.col("proven") < pl.col("recorded")).height == 0
    assert every.filter(pl.col("ended") < pl.col("occurred")).height == 0
    assert set(every["offence"].drop_nulls()) <= set(code_set("offences").codes)
    kinds = dict(every.group_by("kind").len().iter_rows())
    assert set(kinds) == {
        *("report", "breach", "charge", "caution", "conviction", "custody_start", "release"),
        *("order_made", "death"),
    }
    assert kinds["conviction"] < kinds["charge"] < kinds["report"]
    roles = made.people.select("record_id", "role")
    suspects = every.join(roles, left_on="suspect", right_on="record_id")
    assert suspects["role"].unique().to_list() == ["suspect"]
    assert suspects.height == every["suspect"].drop_nulls().len()


def test_nothing_is_known_before_its_day_and_the_rest_is_kept_in_the_truth(made: Country) -> None:
    last = made.settings.as_at
    days = ("occurred", "recorded", "proven", "ended")
    assert max(day for name in days if (day := made.events[name].max()) is not None) <= last
    later = made.truth.later_events
    assert later.filter(pl.col("kind") == "conviction").height > 20
    assert later.select(pl.max_horizontal("occurred", "recorded", "proven").min()).item() > last


def test_nobody_acts_in_custody_or_after_death(made: Country) -> None:
    who = made.truth.records.select(pl.col("record_id").alias("suspect"), "person_id")
    acts = (
        made.events.filter(pl.col("kind") == "report")
        .join(who, on="suspect")
        .select("person_id", "occurred", "force")
    )
    inside = made.events.filter(pl.col("kind") == "custody_start").join(who, on="suspect")
    during = inside.join(acts, on=["person_id", "force"], suffix="_act").filter(
        pl.col("occurred_act") >= pl.col("occurred"), pl.col("occurred_act") <= pl.col("ended")
    )
    assert inside.height > 10
    assert during.height == 0
    dead = made.events.filter(pl.col("kind") == "death").join(who, on="suspect")
    after = dead.join(acts, on="person_id", suffix="_act").filter(pl.col("occurred_act") > pl.col("occurred"))
    assert dead.height > 3
    assert after.height == 0


def test_forces_take_their_time_from_charge_to_proof(made: Country) -> None:
    lags = {events.proof_lag(made.settings, i) for i in range(43)}
    assert 60 <= min(lags) < 120
    assert 250 < max(lags) <= 400


def test_forces_hold_most_of_their_courses_and_no_others(made: Country) -> None:
    own = made.events.filter(pl.col("kind") == "report").select("force", "course", report_id="crime")
    held = own.drop_nulls("course").join(made.truth.reports, on="report_id", suffix="_true")
    # What a force calls a course is a true one, of that force alone, and of two reports at least.
    assert (
        held.group_by("course").agg(pl.col("course_id").n_unique()).get_column("course_id").unique().item()
        == 1
    )
    assert held.group_by("course").agg(pl.col("force").n_unique()).get_column("force").unique().item() == 1
    assert held.group_by("course").len()["len"].min() == 2
    assert held["course_id"].null_count() == 0
    again = made.truth.reports.filter(pl.col("same_act_as").is_null(), pl.col("course_id").is_not_null())
    many = again.filter(pl.len().over("force", "course_id") > 1)
    assert 0.7 < held.height / many.height < 0.95
    # What follows a report is in its course.
    rest = made.events.filter(pl.col("kind") == "charge").select("course", report_id="crime")
    both = rest.join(own, on="report_id", suffix="_report")
    assert both.height > 50
    assert both.filter(pl.col("course").ne_missing(pl.col("course_report"))).height == 0


def test_some_reports_of_one_act_say_so(made: Country) -> None:
    named = made.events.drop_nulls("same_occasion_as")
    copies = made.truth.reports.drop_nulls("same_act_as").height
    assert 0.25 < named.height / copies < 0.55
    both = named.join(made.events.select(same_occasion_as="event", first="force"), on="same_occasion_as")
    assert both.height == named.height
    assert both.filter(pl.col("first") == pl.col("force")).height == 0
