"""The index answers a hub with a file that the hub takes in, and that says nothing of what was done."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from lamplighter.cli.main import app
from lamplighter.hub.elsewhere import answer_files
from lamplighter.linkage.engines.on_arrays import OnArrays
from lamplighter.national.errors import NationalError
from lamplighter.national.release import answers
from lamplighter.national.release.answers import Answer, Question
from lamplighter.national.run import Linked
from tests.unit.national.country import NAMED, RELEASE, Country, linkers_ids

OWN, HUB, AS_AT = "force-a", "north-hub", "2026-06-30"
TODAY = dt.date(2026, 12, 1)


def token(record: str) -> str:
    return hashlib.sha256(record.encode()).hexdigest()


def suspects_of(country: Country) -> pl.DataFrame:
    """What the hub's page gives: the suspects of the force in its area, as text."""
    people = country.held[OWN]["people"].filter(pl.col("role") == "suspect", pl.col("surname").is_not_null())
    cells = [
        pl.col(c).list.join(";") if isinstance(people.schema[c], pl.List) else pl.col(c).cast(pl.String)
        for c in answers.IDENTITY
    ]
    return people.select(pl.Series("suspect", [token(r) for r in people["record_id"]]), *cells).with_columns(
        pl.all().fill_null("")
    )


def contacts_of(country: Country) -> pl.DataFrame:
    others = sorted(set(country.held) - {OWN})
    return pl.DataFrame(
        {
            "force": others,
            "force_name": [f"The force called {f}" for f in others],
            "contact_name": ["Stalking desk"] * len(others),
            "contact_email": [f"desk@{f}.example" for f in others],
            "contact_phone": [""] * len(others),
        }
    )


NOBODY = pl.DataFrame(schema=dict.fromkeys(answers.DECISIONS, pl.String()))


def asked(country: Country, linked: Linked, **more: pl.DataFrame) -> Answer:
    given = {"suspects": suspects_of(country), "contacts": contacts_of(country), "decisions": NOBODY} | more
    given["suspects"] = answers.read_suspects(given["suspects"])
    question = Question(hub=HUB, own=(OWN,), **given)  # type: ignore[arg-type]  # frames of the right names
    return answers.answered(linked, question, RELEASE.release, AS_AT, OnArrays())


@pytest.fixture(scope="module")
def answer(country: Country, linked: Linked) -> Answer:
    return asked(country, linked)


def test_the_hub_takes_the_file_in_as_it_is(answer: Answer, country: Country) -> None:
    read = answer_files.read("known.csv", answer.rows.write_csv().encode(), hub=HUB, today=TODAY)
    assert read.release == RELEASE.release
    assert read.forces_read == len(country.held)
    assert len(read.rows) == answer.rows.height > 5
    assert {r.force for r in read.rows} <= set(country.held) - {OWN}


def test_who_is_said_to_be_known_is_known_there(answer: Answer, country: Country) -> None:
    records = country.held[OWN]["people"]["record_id"].to_list()
    ids = dict(zip([token(r) for r in records], linkers_ids(country, OWN, records), strict=True))
    person = dict(country.truth.select("record_id", "person").iter_rows())
    forces = country.truth.group_by("person").agg("force")
    known = {p: set(f) for p, f in forces.iter_rows()}
    sure = answer.rows.filter(pl.col("belief") >= 0.95)
    judged = [
        force in known[person[ids[suspect]]]
        for suspect, force in sure.select("suspect", "force").iter_rows()
        if ids[suspect] in person
    ]
    assert len(judged) >= 5
    assert sum(judged) / len(judged) > 0.9


def test_nothing_identifying_is_in_the_answer(answer: Answer, country: Country) -> None:
    told = answer.rows.write_csv()
    for bundle in country.held.values():
        for column in NAMED:
            for name in bundle["people"][column].drop_nulls().unique():
                assert len(name) < 5 or name not in told
        assert not [r for r in bundle["people"]["record_id"] if r in told]


def test_what_a_person_decided_is_not_said_again_until_it_is_taken_back(
    answer: Answer, country: Country, linked: Linked
) -> None:
    suspect, force = answer.rows.select("suspect", "force").row(0)
    no = pl.DataFrame(
        {"suspect": [suspect], "force": [force], "decision": ["not_the_same"], "decided_on": ["2026-06-01"]}
    )
    again = pl.concat([no, no.with_columns(decision=pl.lit("taken_back"), decided_on=pl.lit("2026-06-02"))])
    row = {"suspect": suspect, "force": force}
    assert asked(country, linked, decisions=no).rows.filter(**row).is_empty()
    assert asked(country, linked, decisions=again).rows.equals(answer.rows)


def test_a_force_without_a_contact_is_counted_and_named_to_the_linker(
    answer: Answer, country: Country, linked: Linked
) -> None:
    force = answer.rows["force"][0]
    found = asked(country, linked, contacts=contacts_of(country).filter(pl.col("force") != force))
    assert found.nobody_to_ask == (force,)
    assert force not in found.rows["force"].to_list()
    assert found.known == answer.known
    left = found.rows.join(answer.rows, on=["suspect", "force"])
    assert left["forces_known"].equals(left["forces_known_right"].rename("forces_known"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: f.drop("cro"), "cro"),
        (lambda f: f.with_columns(story=pl.lit("He waited outside")), "story"),
        (lambda f: f.with_columns(suspect=pl.lit("42")), "64 hexadecimal digits"),
        (lambda f: pl.concat([f, f]), "there twice"),
    ],
)
def test_a_question_that_is_none_is_refused(country: Country, spoil: object, message: str) -> None:
    with pytest.raises(NationalError, match=message) as refused:
        answers.read_suspects(spoil(suspects_of(country)))  # type: ignore[operator]  # a function of a frame
    assert "He waited" not in str(refused.value)


def test_the_command_writes_the_file_for_that_hub_alone(
    country: Country, linked: Linked, answer: Answer, tmp_path: Path
) -> None:
    for name, frame in (("suspects", suspects_of(country)), ("contacts", contacts_of(country))):
        frame.write_csv(tmp_path / f"{name}.csv")
    out = tmp_path / "known_elsewhere.csv"
    words = [
        "national", "answer", tmp_path / "suspects.csv", "--hub", HUB, "--own", OWN, "--contacts",
        tmp_path / "contacts.csv", "--linker", country.linker, "--purpose", RELEASE.purpose, "--release",
        RELEASE.release, "--as-at", AS_AT, "--out", out,
    ]  # fmt: skip
    done = CliRunner().invoke(app, [str(w) for w in words])
    assert done.exit_code == 0, done.output
    assert f"{answer.known} of {answer.asked} suspects are known" in " ".join(done.output.split())
    assert out.stat().st_mode & 0o077 == 0
    assert pl.read_csv(out, infer_schema=False)["suspect"].to_list() == answer.rows["suspect"].to_list()
    again = CliRunner().invoke(app, [str(w) for w in words])
    assert again.exit_code == 2
