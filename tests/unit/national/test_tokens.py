"""An agency that sends no names is found by exact tokens, and less often than by names."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from lamplighter.national import run
from lamplighter.national.delivery import tokens
from lamplighter.national.delivery.keys import Key
from lamplighter.national.release import links, token_links
from tests.unit.national.country import ALONE, RELEASE, made, silent

KEY = Key(b"t" * 32)


def token_frame(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=tokens.SCHEMA, orient="row")


def test_tokens_are_keyed_and_forgive_spelling_of_a_name_alone() -> None:
    people = pl.DataFrame(
        {
            "record_id": ["a", "b", "c"], "surname": ["Clarke", "Clark", "Clarke"],
            "forenames": ["Ann", "Anna", "Ann"],
            "birth_date": ["1990-02-01", "1990-02-01", "1990-01-02"], "phones": [["+447700900001"], [], None],
        },
        schema_overrides={"phones": pl.List(pl.String())},
    ).with_columns(pl.col("birth_date").str.to_date())  # fmt: skip
    found = tokens.tokens_of(people, KEY)
    born = dict(found.filter(kind="born").select("record_id", "token").iter_rows())
    assert born["a"] == born["b"] != born["c"]
    assert found.filter(kind="phone")["record_id"].to_list() == ["a"]
    other = tokens.tokens_of(people, Key(b"o" * 32))
    assert not set(other["token"]) & set(found["token"])
    assert "447700900001" not in str(found.rows())


def test_a_record_that_fits_two_persons_is_linked_to_neither() -> None:
    known = pl.DataFrame({"record_id": ["f1", "f2"], "group": [1, 2], "person": [1, 2], "force": ["a", "b"]})
    rows = [
        ("f1", "pnc", "x"),
        ("f2", "cro", "y"),
        ("t1", "pnc", "x"),
        ("t2", "pnc", "x"),
        ("t2", "cro", "y"),
    ]
    records = pl.DataFrame({"record_id": ["t1", "t2", "t3"]})
    found = token_links.found(token_frame(rows), known, records, records)
    person = dict(found.persons.iter_rows())
    assert person["t1"] == 1
    assert person["t2"] < 0
    assert person["t3"] < 0
    assert person["t2"] != person["t3"]
    assert (found.linked, found.unclear) == (1, 1)


def test_a_token_that_many_share_tells_nobody_apart() -> None:
    people = [f"f{i}" for i in range(20)]
    known = pl.DataFrame(
        {"record_id": people, "group": range(20), "person": range(20), "force": ["a", "b"] * 10}
    )
    rows = [(p, "phone", "hostel") for p in [*people, "t1"]]
    records = pl.DataFrame({"record_id": ["t1"]})
    assert token_links.found(token_frame(rows), known, records, records).linked == 0


def test_how_sure_a_kind_is_is_counted_where_names_are_known() -> None:
    """Telephones that two persons share are not to be linked on."""
    n = 100
    known = pl.DataFrame(
        {
            "record_id": [f"{s}{i}" for i in range(n) for s in "ab"],
            "group": [g for i in range(n) for g in (i, 500 + i)],
            "person": range(2 * n), "force": ["a", "b"] * n,
        }
    )  # fmt: skip
    rows = [(f"{s}{i}", "phone", f"p{i}") for i in range(n) for s in "ab"]
    rows += [("t1", "phone", "p1")]
    records = pl.DataFrame({"record_id": ["t1"]})
    found = token_links.found(token_frame(rows), known, records, records)
    assert found.sure["phone"] < 0.1
    assert found.linked == 0
    assert found.sure["pnc"] > 0.9


def test_an_agency_with_tokens_is_found_and_its_recall_is_told(tmp_path: Path) -> None:
    country = made(tmp_path)
    for force in country.held:
        country.deliver(force, tokens=True, names=force != "helpline" and force != "force-d")
    found = run.linked(country.linker, RELEASE, ALONE, silent)
    published = links.publish(found, country.linker, country.analyst, RELEASE, silent)
    told = published.told["tokens"]
    assert told["agencies"] == ["force-d", "helpline"]
    assert told["linked"] > 20
    assert 0 < told["recall"] < 0.9
    persons = pl.read_parquet(published.folder / "persons.parquet")
    assert set(persons["force"]) == set(country.held)
    # Of those that were linked nearly all are right.
    passing = pl.concat([f.passing() for f in found.forces.present])
    placed = persons.join(passing, on="record").join(
        country.truth.drop("force").rename({"person": "true"}), on="record_id"
    )
    names, alone = placed.filter(pl.col("force") != "force-d"), placed.filter(force="force-d")
    true = names.group_by("person").agg(pl.col("true").mode().first())
    met = alone.join(true, on="person", suffix="_of_names")
    assert met.height > 20
    assert (met["true"] == met["true_of_names"]).mean() > 0.95
