"""Layouts that mappings can say: people side by side, people in a file of their own, columns put together."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from lamplighter.records import ingest
from lamplighter.records.canonical import whole_names
from lamplighter.records.errors import MappingError
from lamplighter.records.mapping.mappings import Mapping, parse_mapping
from lamplighter.records.reading.batches import Counts
from lamplighter.records.schema import Bundle
from lamplighter.records.transforms.common_words import code_set_of, common_words, read_by_words
from lamplighter.vocabulary.codes import code_set

KEY = b"key"
SIDE_BY_SIDE = """
[source]
name = "side"
agency = "force-c"
agency_kind = "police"
title = "Side by side"
format = "delimited"

[[files]]
name = "rows"
pattern = "(?i)rows"
columns = ["REF", "DAY", "TIME", "WHAT", "V_NAME", "V_SAFE", "S_NAME", "S_TEL", "SECRET"]
required = ["REF"]
report = "REF"
above = 1
safe = ["V_SAFE"]
left_out = ["SECRET"]
joined = [{ name = "DAY + TIME", from = ["DAY", "TIME"], with = " " }]

[reports]
fields = [
    { into = "reported_at", from = "DAY + TIME", do = "datetime" },
    { into = "summary", from = "WHAT" },
]

[[parties]]
name = "victim"
role = "victim"
fields = [{ into = ["surname", "forenames", "descriptor"], from = "V_NAME", do = "whole_name" }]

[[parties]]
name = "suspect"
role = "suspect"
fields = [
    { into = ["surname", "forenames", "descriptor"], from = "S_NAME", do = "whole_name" },
    { into = "phones", from = "S_TEL", do = "phones" },
]
"""
ROWS = """Printed for the hub
REF,DAY,TIME,WHAT,V_NAME,V_SAFE,S_NAME,S_TEL,SECRET
R1,03/05/2026,10:15,Followed her,Priya Nair,text 07195101084,Dan Dane,07195101083,plumbago
R1,03/05/2026,10:15,Followed her,Priya Nair,text 07195101084,Tom Vance,,plumbago
R2,04/05/2026,,Waited,Emily Hayes,,,,plumbago
"""


def side() -> Mapping:
    return parse_mapping(SIDE_BY_SIDE, "side.toml")


def read(path: Path, text: str, mapping: Mapping) -> tuple[Bundle, pl.DataFrame, Counts]:
    path.write_text(text, "utf-8")
    return ingest.read_all([path], mapping, KEY)


def test_people_side_by_side_are_people_of_their_own(tmp_path: Path) -> None:
    bundle, rejects, counts = read(tmp_path / "rows.csv", ROWS, side())
    assert counts.balanced()
    assert counts.totals()["accepted"] == 3
    people = {row["record_id"]: row for row in bundle["people"].iter_rows(named=True)}
    # The victim of a report of two suspects stands in both rows, and is one record.
    assert set(people) == {"side:R1/victim", "side:R1/suspect", "side:R1/suspect-2", "side:R2/victim"}
    assert (people["side:R1/victim"]["forenames"], people["side:R1/victim"]["role"]) == ("Priya", "victim")
    assert people["side:R1/suspect"]["phones"] == ["+447195101083"]
    assert rejects.is_empty()
    reported = bundle["reports"].sort("report_id")["reported_at"]
    assert [at.isoformat() for at in reported] == ["2026-05-03T10:15:00", "2026-05-04T00:00:00"]


def test_raw_values_are_of_whom_they_are_and_leave_out_what_is_not_stored(tmp_path: Path) -> None:
    bundle, _, _ = read(tmp_path / "rows.csv", ROWS, side())
    raws = {row["record_id"]: json.loads(row["raw"]) for row in bundle["people"].iter_rows(named=True)}
    assert raws["side:R1/victim"] == {"V_NAME": "Priya Nair"}
    assert raws["side:R1/suspect"] == {"S_NAME": "Dan Dane", "S_TEL": "07195101083"}
    (report,) = (json.loads(r) for r in bundle["reports"].filter(pl.col("source_ref") == "R2")["raw"])
    assert report == {"REF": "R2", "DAY": "04/05/2026", "WHAT": "Waited"}
    everything = json.dumps({n: f.to_dicts() for n, f in bundle.items()}, default=str)
    assert "plumbago" not in everything


def test_a_safe_contact_beside_others_is_the_victims(tmp_path: Path) -> None:
    bundle, _, _ = read(tmp_path / "rows.csv", ROWS, side())
    (held,) = bundle["safe_contacts"].iter_rows(named=True)
    assert held["record_id"] == "side:R1/victim"
    assert json.loads(held["details"]) == {"V_SAFE": "text 07195101084"}
    rest = json.dumps({n: bundle[n].to_dicts() for n in ("reports", "people")}, default=str)
    assert "07195101084" not in rest
    tokens = dict(bundle["people"].select("record_id", "match_tokens").iter_rows())
    assert [k for k, v in tokens.items() if v] == ["side:R1/victim"]


def test_the_next_extract_has_the_same_records_on_other_lines(tmp_path: Path) -> None:
    first, _, _ = read(tmp_path / "rows.csv", ROWS, side())
    lines = ROWS.splitlines()
    other = "\n".join([lines[0], "and one line more", lines[1], lines[4], lines[2], lines[3]]) + "\n"
    second, _, _ = read(tmp_path / "rows.csv", other, side())
    assert ingest.digest(first) == ingest.digest(second)


def test_people_in_a_file_of_their_own_that_names_the_report(tmp_path: Path) -> None:
    mapping = parse_mapping(
        """
[source]
name = "two"
agency = "force-c"
title = "Two files"
format = "delimited"
[rows]
reports = "crimes"
people = "people"
[[files]]
name = "crimes"
pattern = "crimes"
columns = ["REF", "WHAT"]
required = ["REF", "WHAT"]
report = "REF"
row = "REF"
[[files]]
name = "people"
pattern = "people"
columns = ["CRIME", "NAME", "ROLE"]
required = ["CRIME", "NAME"]
report = "CRIME"
[reports]
fields = [{ into = "summary", from = "WHAT" }]
[people]
fields = [
    { into = "role", from = "ROLE", do = "code", words = "roles", otherwise = "involved" },
    { into = ["surname", "forenames", "descriptor"], from = "NAME", do = "whole_name" },
]
""",
        "two.toml",
    )
    crimes, people = tmp_path / "crimes.csv", tmp_path / "people.csv"
    crimes.write_text("REF,WHAT\nA1,Followed\nA2,Waited\n")
    rows = ["A1,Priya Nair,VICT", "A1,Dan Dane,Alleged offender", "A2,Tom Reed,V", "A9,No One,V"]
    people.write_text("\n".join(["CRIME,NAME,ROLE", *rows, rows[1]]) + "\n")
    bundle, rejects, counts = ingest.read_all([people, crimes], mapping, KEY)
    assert counts.balanced()
    totals = counts.totals()
    assert (totals["rows_in"], totals["accepted"], totals["rejected"], totals["duplicates"]) == (7, 5, 1, 1)
    assert rejects.filter(pl.col("severity") == "reject")["reason"].to_list() == [
        "No report with this reference came in with these files."
    ]
    assert dict(bundle["people"].select("record_id", "role").iter_rows()) == {
        "two:A1#1": "victim",
        "two:A1#2": "suspect",
        "two:A2#1": "victim",
    }


@pytest.mark.parametrize(
    ("was", "is_now", "said"),
    [
        ('role = "suspect"', 'role = "villain"', "there is no role 'villain'"),
        ('name = "suspect"', 'name = "victim"', "same name"),
        ('report = "REF"', "", "report's reference"),
        ('safe = ["V_SAFE"]', 'safe = ["V_SAVE"]', "no column 'V_SAVE'"),
        ('from = "S_TEL"', 'from = "S_TELL"', "no file has a column 'S_TELL'"),
        ('from = ["DAY", "TIME"]', 'from = ["DAY", "TIDE"]', "no column 'TIDE'"),
        ('title = "Side by side"', 'title = "Side"\nfrom = "yesterday"', "is a date"),
        ('pattern = "(?i)rows"', 'pattern = "(rows"', "cannot be read"),
    ],
)
def test_a_slip_in_a_mapping_is_named(was: str, is_now: str, said: str) -> None:
    assert was in SIDE_BY_SIDE
    with pytest.raises(MappingError, match=said) as wrong:
        parse_mapping(SIDE_BY_SIDE.replace(was, is_now, 1), "side.toml")
    assert "side.toml" in str(wrong.value)


def test_whole_names() -> None:
    cells = [
        "Priya Nair",
        "NAIR, Priya",
        "Priya NAIR",
        "NAIR Priya",
        "Dan",
        "Mr Jan van Dyk",
        "unknown male",
        None,
    ]
    surname, forenames, descriptor = (o.value.to_list() for o in whole_names(pl.Series(cells)))
    assert surname == ["Nair", "NAIR", "NAIR", "NAIR", None, "van Dyk", None, None]
    assert forenames == ["Priya", "Priya", "Priya", "Priya", "Dan", "Jan", None, None]
    assert descriptor[6] == "unknown male"
    turned, given, _ = (o.value.to_list() for o in whole_names(pl.Series(["Nair Priya"]), surname_first=True))
    assert (turned, given) == (["Nair"], ["Priya"])


def test_common_words_give_codes_that_exist() -> None:
    for table, words in common_words().items():
        known = set(code_set(code_set_of(table)).codes)
        assert {c for _, c in words if c not in {"=", "#"}} <= known, table


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [
        ("roles", "Alleged_Perpetrator", "suspect"),
        ("roles", "Victim's friend", "reporting_person"),
        ("relationships", "Partner (former)", "ex_partner"),
        ("relationships", "new partner of ex", "acquaintance"),
        ("offences", "Harassment without violence", "harassment_s2"),
        ("offences", "Stalking involving fear of violence", "stalking_s4a"),
        ("outcomes", "Outcome 16", "16"),
        ("outcomes", "01", "1"),
        ("ethnicities", "White - British", "W1"),
        ("sexes", "Prefer not to say", "not_known"),
        ("sexes", "Grommet", None),
    ],
)
def test_common_words_are_read_as_they_are_meant(table: str, text: str, code: str | None) -> None:
    assert read_by_words(table, pl.Series([text])).to_list() == [code]


def test_words_that_no_table_knows_are_told_with_how_often(tmp_path: Path) -> None:
    text = SIDE_BY_SIDE.replace(
        '{ into = "phones", from = "S_TEL", do = "phones" }',
        '{ into = "relationship", from = "S_TEL", do = "code", words = "relationships" }',
    )
    path = tmp_path / "rows.csv"
    rows = "".join(
        f"R{i},,,x,Priya Nair,,Dan Dane,{w},\n" for i, w in enumerate(["grommet", "grommet", "ex", "a@b.org"])
    )
    path.write_text("Printed\nREF,DAY,TIME,WHAT,V_NAME,V_SAFE,S_NAME,S_TEL,SECRET\n" + rows)
    (batch,) = ingest.read([path], parse_mapping(text, "side.toml"), match_key=KEY)
    assert batch.unknown is not None
    # What may be somebody's address is counted among the warnings and told to nobody.
    assert batch.unknown.rows() == [("S_TEL", "relationship", "grommet", 2)]
    assert batch.rejects.height == 3


def test_the_example_of_the_docs_reads_a_file(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "records.md").read_text("utf-8")
    example = page.split("```toml\n", 1)[1].split("```", 1)[0]
    path = tmp_path / "export.csv"
    path.write_text(
        "Exported today\n\n"
        "Crime ref;Rep date;Rep time;Disposal;Vic surname;Vic forename;Vic DOB;Vic age;Safe to call;"
        "Officer notes\n"
        "A/1;03/05/2026;10:15;Charged/Summonsed;Nair;Priya;03/04/1990;;after six;tea\n"
    )
    bundle, _, _ = ingest.read_all([path], parse_mapping(example, "docs"), match_key=KEY)
    (report,) = bundle["reports"].iter_rows(named=True)
    (person,) = bundle["people"].iter_rows(named=True)
    assert (report["source_ref"], report["outcome"]) == ("A/1", "1")
    assert report["reported_at"] == dt.datetime(2026, 5, 3, 10, 15)
    assert (person["surname"], person["birth_date"]) == ("Nair", dt.date(1990, 4, 3))
    kept = str({name: frame.to_dicts() for name, frame in bundle.items()})
    assert "tea" not in kept
    assert kept.count("after six") == 1
    assert "after six" in str(bundle["safe_contacts"].to_dicts())
