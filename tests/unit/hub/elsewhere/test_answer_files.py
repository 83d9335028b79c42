"""The index's answer file: each fault has a name, and nothing of a report has a place in it."""

from __future__ import annotations

import csv
import datetime as dt
import io

import polars as pl
import pytest

from lamplighter.hub.elsewhere import answer_files, presenters, tokens
from lamplighter.hub.elsewhere.answer_files import FaultsError

TODAY = dt.date(2026, 12, 1)
GOOD = {
    "release": "2026-11",
    "as_at": "2026-11-30",
    "hub": "this-hub",
    "suspect": "a" * 64,
    "force": "force-07",
    "force_name": "Thorleshire Police",
    "kind": "other_victim",
    "belief": "0.97",
    "belief_words": "very_likely",
    "doubts": "address_differs;name_spelt_differently",
    "forces_known": "2",
    "forces_read": "42",
    "forces_missing": "force-19",
    "contact_name": "Stalking desk",
    "contact_email": "desk@thorleshire.example",
    "contact_phone": "",
}


def a_file(*rows: dict[str, str]) -> bytes:
    made = io.StringIO()
    writer = csv.DictWriter(made, [*GOOD, *sorted(set().union(*rows) - set(GOOD))])
    writer.writeheader()
    writer.writerows([GOOD | row for row in rows])
    return made.getvalue().encode()


def read(content: bytes, name: str = "known_elsewhere.csv") -> answer_files.AnswerFile:
    return answer_files.read(name, content, hub="this-hub", today=TODAY)


def refused(*rows: dict[str, str]) -> list[str]:
    with pytest.raises(FaultsError) as refusal:
        read(a_file(*rows))
    return refusal.value.faults


def test_a_good_file_is_read_whole() -> None:
    found = read(a_file({}, {"force": "force-08", "doubts": "", "contact_phone": "01632 960001"}))
    assert (found.release, found.as_at, found.forces_read) == ("2026-11", dt.date(2026, 11, 30), 42)
    assert found.forces_missing == ("force-19",)
    assert [row.force for row in found.rows] == ["force-07", "force-08"]
    assert found.rows[0].doubts == ("address_differs", "name_spelt_differently")
    assert found.rows[1].doubts == ()


def test_parquet_says_the_same_with_dates_and_numbers_as_such() -> None:
    made = io.BytesIO()
    typed = GOOD | {
        "as_at": dt.date(2026, 11, 30),
        "belief": 0.97,
        "forces_known": 2,
        "forces_read": 42,
        "contact_phone": None,
    }
    pl.DataFrame([typed]).write_parquet(made)
    assert read(made.getvalue(), "known_elsewhere.parquet") == read(a_file({}))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"suspect": "Daniel Hollinshaw"}, "suspect is no token"),
        ({"suspect": "A" * 64}, "suspect is no token"),
        ({"hub": "other-hub"}, "hub is not this hub"),
        ({"kind": "raped_her"}, "kind is none of"),
        ({"belief": "0.4", "belief_words": ""}, "belief is no number from 0.5 to 1"),
        ({"belief": "nan"}, "belief is no number from 0.5 to 1"),
        ({"belief_words": "almost_certain"}, "belief_words does not say what the number says"),
        ({"doubts": "he hit her"}, "doubts has 1 that is not in the list"),
        ({"as_at": "2026-12-02"}, "as_at is in the future"),
        ({"as_at": "30/11/2026"}, "as_at is no date"),
        ({"forces_known": "0"}, "forces_known is no whole number"),
        ({"forces_read": "many"}, "forces_read is no whole number"),
        ({"forces_missing": "the Met"}, "forces_missing holds something else"),
        ({"force": "Thorleshire Police"}, "force has other signs"),
        ({"force_name": "x" * 81}, "force_name is longer than 80"),
        ({"release": "of the day!"}, "release has other signs"),
        ({"contact_email": ""}, "neither contact_email nor contact_phone"),
        ({"contact_name": ""}, "contact_name is empty"),
    ],
)
def test_each_fault_is_named_with_its_row_and_no_cell_is_quoted(wrong: dict[str, str], told: str) -> None:
    faults = refused(wrong)
    assert any(fault.startswith("Row 2: ") and told in fault for fault in faults), faults
    for cell in wrong.values():
        if len(cell) > 5:
            assert not any(cell in fault for fault in faults)


def test_rows_that_do_not_agree_are_named() -> None:
    assert any(
        "release differs" in f and f.startswith("Row 3") for f in refused({}, {"force": "b", "release": "2"})
    )
    assert any("the same force twice" in f and "2, 3" in f for f in refused({}, {}))
    assert any("forces_known differs" in f for f in refused({}, {"force": "b", "forces_known": "3"}))
    rows = [{"force": f"force-{i}", "forces_known": "2"} for i in range(3)]
    assert any("less than the forces that are named" in f for f in refused(*rows))


def test_a_column_of_what_was_said_is_refused_by_name_and_one_that_is_missing_too() -> None:
    assert refused({"offence": "stalking", "victim": "Priya"}) == [
        "The column “offence” is not part of an answer. Tell the index what it sent.",
        "The column “victim” is not part of an answer. Tell the index what it sent.",
    ]
    lines = a_file({}).decode().splitlines()
    short = "\n".join(line.rsplit(",", 1)[0] for line in lines).encode()
    with pytest.raises(FaultsError) as refusal:
        read(short)
    assert refusal.value.faults == ["The column contact_phone is missing. Ask the index for the whole file."]


def test_an_empty_file_says_nothing_and_not_that_nobody_is_known() -> None:
    with pytest.raises(FaultsError) as refusal:
        read(a_file({}).splitlines()[0])
    assert "not that nobody is known" in refusal.value.faults[0]


@pytest.mark.parametrize(
    ("name", "content"), [("a.xlsx", b"x"), ("a.parquet", b"no"), ("a.csv", b"\xff\xfe\x00,\n\x80")]
)
def test_what_cannot_be_read_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(FaultsError):
        read(content, name)


def test_a_belief_is_said_in_words_and_never_as_certain() -> None:
    assert [answer_files.belief_word(b) for b in (1.0, 0.99, 0.95, 0.8, 0.5)] == [
        "almost_certain",
        "almost_certain",
        "very_likely",
        "likely",
        "possible",
    ]
    assert "99 of 100" in presenters.how_sure(1.0)
    assert presenters.how_sure(0.83).startswith("Likely the same person")


def test_a_token_says_nothing_of_the_record_and_is_the_same_again() -> None:
    one = tokens.token_of("force_a_rms:R0000001")
    assert len(one) == 64
    assert one == tokens.token_of("force_a_rms:R0000001") != tokens.token_of("force_a_rms:R0000002")
    assert tokens.by_token(["x", "y"]) == {tokens.token_of("x"): "x", tokens.token_of("y"): "y"}
