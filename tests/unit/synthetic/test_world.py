"""The same settings give the same world; other settings give another; the bundle fits the schema."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamplighter.records.schema import TABLES
from lamplighter.synthetic.sampling.config import Config
from lamplighter.synthetic.worlds.truth import Truth
from lamplighter.synthetic.worlds.world import World, generate
from lamplighter.vocabulary.codes import code_set


def same(left: World, right: World) -> bool:
    return all(left.bundle[t.name].equals(right.bundle[t.name]) for t in TABLES) and all(
        getattr(left.truth, f.name).equals(getattr(right.truth, f.name)) for f in fields(Truth)
    )


def test_a_seed_gives_one_world(small: World) -> None:
    assert same(small, generate(31, person_records=3_000))


def test_another_seed_gives_another_world(small: World) -> None:
    other = generate(34, person_records=3_000)
    assert not small.bundle["people"]["surname"].equals(other.bundle["people"]["surname"])


def test_the_phrase_bank_changes_words_and_nothing_else(small: World) -> None:
    other = generate(31, person_records=3_000, bank="b")
    assert other.truth.records.equals(small.truth.records)
    assert other.bundle["people"].equals(small.bundle["people"])
    shared = set(small.bundle["reports"]["summary"]) & set(other.bundle["reports"]["summary"])
    assert not shared


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_tables_have_the_declared_columns_and_keys(small: World, table) -> None:
    frame = small.bundle[table.name]
    assert frame.schema == table.polars_schema
    assert frame.height > 0
    assert frame.select(table.key).is_unique().all()
    for column, (parent, key) in table.parents.items():
        assert set(frame[column]) <= set(small.bundle[parent][key])
    for field in table.fields:
        if field.required:
            assert frame[field.name].null_count() == 0, field.name


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_coded_values_are_in_their_code_sets(large: World, table) -> None:
    for field in table.fields:
        if field.codes is None or field.codes == "outcomes":
            continue
        values = large.bundle[table.name][field.name]
        values = values.explode() if field.kind == "texts" else values
        assert set(values.drop_nulls()) <= set(code_set(field.codes).codes), field.name


def test_nothing_is_reported_before_it_happened_or_outside_the_period(large: World) -> None:
    reports = large.bundle["reports"]
    assert reports["reported_at"].min() >= dt.datetime.combine(large.config.start, dt.time())
    assert reports["reported_at"].max() < dt.datetime.combine(large.config.as_at + dt.timedelta(1), dt.time())
    joined = large.bundle["occasions"].join(reports.select("report_id", "reported_at"), on="report_id")
    assert (joined["ended_at"] <= joined["reported_at"]).all()
    assert joined.filter(pl.col("started_at") > pl.col("ended_at")).is_empty()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**31),
    records=st.integers(100, 1_500),
    forces=st.integers(1, 5),
    bank=st.sampled_from(["a", "b"]),
)
def test_any_settings_give_a_world_of_the_size_asked_for(seed: int, records: int, forces: int, bank) -> None:
    made = generate(seed, person_records=records, forces=forces, bank=bank)
    held = made.bundle["people"].height
    assert records <= held
    # Over by less than the person records of one story.
    story = made.truth.reports.with_columns(story=pl.coalesce("course_id", "report_id"))
    largest = (
        made.truth.records.join(story.select("report_id", "story"), on="report_id").group_by("story").len()
    )
    assert held - records < largest["len"].max()
    assert set(made.bundle["reports"]["agency"]) <= set(made.config.agencies)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"person_records": 99}, "100 person records"),
        ({"forces": 0}, "between 1 and 30"),
        ({"forces": 31}, "between 1 and 30"),
        ({"bank": "c"}, "phrase bank"),
        ({"start": dt.date(2027, 1, 1)}, "must start before"),
    ],
)
def test_settings_out_of_range_are_refused(change: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Config(**{"seed": 1, **change})


def test_references_are_unique_within_an_agency_and_rise_with_time(two_forces: World) -> None:
    reports = two_forces.bundle["reports"].sort("reported_at", "source_ref")
    assert reports.select("source", "source_ref").is_unique().all()
    a = reports.filter(source="force_a_rms").with_columns(
        year=pl.col("source_ref").str.slice(-2),
        number=pl.col("source_ref").str.extract(r"4A/(\d{6})/").cast(pl.Int64),
    )
    assert a["number"].null_count() == 0
    for _, one in a.group_by("year"):
        assert one.sort("number")["reported_at"].is_sorted()


def test_force_b_suffixes_second_crimes_only_before_the_principal_crime_rule(two_forces: World) -> None:
    second = two_forces.bundle["reports"].filter(pl.col("source_ref").str.ends_with("X"))
    assert second.height > 0
    assert second["reported_at"].max() < dt.datetime(2023, 6, 1)
    included = two_forces.bundle["offences"].filter(classification="included")
    when = included.join(two_forces.bundle["reports"], on="report_id")["reported_at"]
    assert when.min() >= dt.datetime(2023, 6, 1)


def test_only_fictional_numbers_addresses_and_marks(large: World) -> None:
    people = large.bundle["people"]
    phones = people["phones"].explode().drop_nulls()
    assert phones.str.contains(r"^\+44(71|72)\d{8}$|^\+441632\d{6}$").all()
    emails = people["emails"].explode().drop_nulls()
    assert emails.str.ends_with(".example").all()
    marks = people["vehicles"].explode().drop_nulls()
    assert marks.str.contains(r"^[JTUZ][A-Z]\d\d").all()
    postcodes = people["postcode"].drop_nulls()
    assert postcodes.str.contains(r"^[A-Z][VX]\d{1,2}( \d[A-Z]{2})?$").all()
    # Areas in use that end in V or X: Coventry, Wolverhampton, Inverness, Exeter, Halifax.
    assert not postcodes.str.contains(r"^(CV|WV|IV|EX|HX)\d").any()
    assert people["uprn"].drop_nulls().str.starts_with("990").all()


def test_nothing_recorded_is_null_and_never_an_empty_list(small: World) -> None:
    for table in TABLES:
        for field in table.fields:
            if field.kind in ("texts", "integers"):
                values = small.bundle[table.name][field.name]
                assert not (values.list.len() == 0).any(), field.name


def test_safe_contacts_belong_to_helpline_clients_whose_number_is_nowhere_else(large: World) -> None:
    safe = large.bundle["safe_contacts"].join(large.bundle["people"], on="record_id")
    assert set(safe["role"]) == {"victim"}
    assert set(safe["agency"]) == {"helpline"}
    assert safe["phones"].null_count() == safe.height
