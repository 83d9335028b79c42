"""What a sample proposes, and the mapping that comes of it."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from lamplighter.records import ingest
from lamplighter.records.errors import RecordsError
from lamplighter.records.mapping.mappings import load_mapping, parse_mapping
from lamplighter.records.propose import Choices, Proposal, Source, compose, mapping_toml, problems, propose
from lamplighter.records.propose.columns.meanings import LEFT_OUT, NOT_USED, meanings
from lamplighter.records.propose.revise import Word, choices_of, with_words
from lamplighter.records.schema import TABLES_BY_NAME
from lamplighter.vocabulary.codes import code_set
from tests.unit.records import layouts
from tests.unit.records.layouts import LAYOUTS, Layout

KEY = b"key"
SOURCE = Source("ours", "Our system", "force-c", "police")
MOSTLY = 0.9
"""So many columns of a layout are proposed right, at the least. The aim, on layouts of others, is 0.8."""


def written(folder: Path, text: str, name: str = "sample.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def answered(proposal: Proposal, **answers: str) -> Choices:
    """A proposal taken as it is, each question answered as it suggests."""
    choices = Choices.of(proposal)
    for question in proposal.questions:
        choices.answers[question.key] = (
            answers.get(question.key) or question.proposed or question.choices[0][0]
        )
    return choices


def mapped(proposal: Proposal, choices: Choices, source: Source = SOURCE) -> str:
    return mapping_toml(compose(proposal, choices, source, dt.date(2026, 5, 3), "first"))


def meaning(proposal: Proposal, heading: str) -> tuple[str, str]:
    found = next(c for c in proposal.columns if c.heading == heading)
    return found.meaning, found.whose


@pytest.mark.parametrize("make", LAYOUTS)
def test_columns_of_systems_of_several_kinds_are_understood(
    make: Callable[[Path], Layout], tmp_path: Path
) -> None:
    layout = make(tmp_path)
    proposal = propose(layout.files, layout.kind)
    files = {t.name: t.file for t in proposal.tables}
    wanted = {(f, h.replace("_", " ").lower()): m for (f, h), m in layout.expected.items()}
    wrong = {
        c.heading: (c.meaning, c.whose)
        for c in proposal.columns
        if wanted[files[c.table], c.heading.replace("_", " ").lower()] != (c.meaning, c.whose)
    }
    assert len(wrong) <= (1 - MOSTLY) * len(proposal.columns), wrong
    assert proposal.rows_are == layout.rows_are
    assert all(c.reasons for c in proposal.columns)

    choices = answered(proposal)
    assert problems(proposal, choices) == []
    text = mapped(proposal, choices, replace(SOURCE, kind=layout.kind))
    bundle, _, counts = ingest.read_all(layout.files, parse_mapping(text, "ours.toml"), KEY)
    assert counts.balanced()
    assert counts.totals()["rejected"] == 0
    roles = set(bundle["people"]["role"])
    assert roles == {"victim", "suspect"}
    assert bundle["reports"]["reported_at"].null_count() == 0
    assert (
        bundle["people"].filter(pl.col("role") == "victim")["surname"].null_count() < bundle["reports"].height
    )
    assert bundle["offences"].filter(pl.col("offence") == "other").is_empty()


def test_every_meaning_gives_fields_that_exist_and_is_found_by_its_own_headings() -> None:
    for m in meanings().values():
        for given in m.gives:
            table, field = given.split(".")
            assert field in TABLES_BY_NAME[table].columns, given
        if m.is_used:
            assert m.headings, m.name
        if m.words:
            assert code_set({"concerns": "offences"}.get(m.words, m.words)).codes


def test_a_column_that_nobody_knows_is_not_used_and_says_why(tmp_path: Path) -> None:
    rows = "".join(f"C{i:03d},Nair,zz{i % 5}-{i % 3}\n" for i in range(20))
    proposal = propose([written(tmp_path, "Crime no,Victim surname,Grommet\n" + rows)], "police")
    found = next(c for c in proposal.columns if c.heading == "Grommet")
    assert (found.meaning, found.sure) == (NOT_USED, "unsure")
    assert found.reasons == ("Neither the heading nor the values say what it is.",)


def test_a_heading_that_the_values_contradict_is_not_believed(tmp_path: Path) -> None:
    rows = "".join(f"C{i:03d},Nair,blue\n" for i in range(20))
    proposal = propose([written(tmp_path, "Crime no,Victim surname,Victim DOB\n" + rows)], "police")
    found = next(c for c in proposal.columns if c.heading == "Victim DOB")
    assert found.meaning == NOT_USED
    assert "but 0 of 20 values are dates" in found.reasons[0]


def test_two_columns_that_want_one_field_are_both_shown(tmp_path: Path) -> None:
    rows = "".join(f"C{i:03d},Nair,03/02/19{70 + i},0{i % 9 + 1}/14/1980\n" for i in range(20))
    path = written(tmp_path, "Crime no,Victim surname,Victim DOB,Victim birth date\n" + rows)
    proposal = propose([path], "police")
    one, two = (c for c in proposal.columns if "birth" in c.heading.lower() or "DOB" in c.heading)
    assert {one.meaning, two.meaning} == {"birth_date", NOT_USED}
    other = one if one.meaning == NOT_USED else two
    assert "fits “Date of birth” better" in " ".join(other.reasons)
    choices = Choices.of(proposal)
    choices.columns[other.table, other.column] = ("birth_date", "victim")
    assert any("Choose one column for “Date of birth”" in p for p in problems(proposal, choices))


def test_columns_that_begin_alike_are_one_persons(tmp_path: Path) -> None:
    text = "Id,ip.first name,ip.surname,ip.dob,nominal.first name,nominal.surname,nominal.dob,Told of\n"
    text += "".join(f"C{n}/25,Ann,Lake,0{n}/03/1990,Bea,Moor,1{n}/04/1980,He waits\n" for n in range(1, 9))
    proposal = propose([written(tmp_path, text)], "police")
    for heading, told in (("first name", "forenames"), ("surname", "surname"), ("dob", "birth_date")):
        assert meaning(proposal, f"ip.{heading}") == (told, "victim")
        assert meaning(proposal, f"nominal.{heading}") == (told, "suspect")


def test_a_number_to_call_is_no_reference_of_a_report(tmp_path: Path) -> None:
    text = "Contact number,Client surname,Notes\n"
    text += "".join(f"07195 1010{n},Lake,He waits outside her work\n" for n in range(10, 30))
    proposal = propose([written(tmp_path, text)], "advocacy")
    assert meaning(proposal, "Contact number") == ("phones", "victim")
    assert any("report's own reference" in p for p in problems(proposal, Choices.of(proposal)))
    proposal = propose([written(tmp_path, text.replace("07195 1010", "HC/"))], "advocacy")
    assert meaning(proposal, "Contact number") == ("report_reference", "")


def test_a_line_of_headings_that_comes_again_is_no_row(tmp_path: Path) -> None:
    head = "Crime no.,Vic. surname,Outcome type"
    rows = "".join(f"C{n}/25,Lake,Charged\n" for n in range(12))
    proposal = propose([written(tmp_path, f"{head}\n{rows}{head}\n{rows}")], "police")
    assert proposal.tables[0].rows.height == 24
    assert [e.value for table in proposal.codes for e in table.entries] == ["Charged"]


def test_day_and_month_are_proved_or_asked_and_never_assumed(tmp_path: Path) -> None:
    head = "Crime no,Date reported,Victim surname\n"

    def asked(days: list[str]) -> Proposal:
        rows = "".join(f"C{i:03d},{day},Nair{chr(97 + i)}\n" for i, day in enumerate(days))
        return propose([written(tmp_path, head + rows)], "police")

    proved = asked([f"{i + 10:02d}/03/2025" for i in range(12)])
    assert proved.questions == ()
    american = asked([f"03/{i + 10:02d}/2025" for i in range(12)])
    assert american.questions == ()
    open_question = asked([f"{i % 9 + 1:02d}/03/2025" for i in range(12)])
    (question,) = open_question.questions
    assert (question.key, question.proposed) == ("day_first", "")
    assert any("which number comes first" in p for p in problems(open_question, Choices.of(open_question)))

    def months(proposal: Proposal, answer: str) -> set[int]:
        text = mapped(proposal, answered(proposal, day_first=answer))
        bundle, _, _ = ingest.read_all([tmp_path / "sample.csv"], parse_mapping(text, "x.toml"), KEY)
        return set(bundle["reports"]["reported_at"].dt.month())

    assert months(open_question, "day") == {3}
    assert months(open_question, "month") == set(range(1, 10))
    american = asked([f"03/{i + 10:02d}/2025" for i in range(12)])
    # What is proved is not asked, so that nobody can answer it wrongly.
    assert months(american, "day") == {3}


def test_names_and_free_text_never_become_a_code_table(tmp_path: Path) -> None:
    make = layouts.Makes(9)
    rows = []
    for i in range(60):
        p, q = make.person(), make.person()
        rows.append(f"C{i:03d},{p.last},{p.first} {p.last}{i},{q.first} {q.last} {i % 7}rd thing he said\n")
    path = written(tmp_path, "Crime no,Victim surname,Relationship to victim,Outcome\n" + "".join(rows))
    proposal = propose([path], "police")
    choices = answered(proposal)
    for column, said in (("RELATIONSHIP_TO_VICTIM", "relationship"), ("OUTCOME", "outcome")):
        choices.columns["rows", column] = (said, "")
    text = mapped(proposal, choices)
    held = json.dumps(tomllib.loads(text).get("maps", {}))
    assert not any(last in held for last in layouts.LAST)


def test_only_words_with_a_code_are_written_down(tmp_path: Path) -> None:
    rows = "".join(f"C{i:03d},Nair,{'Ex-partner' if i % 2 else 'Grommet'}\n" for i in range(20))
    path = written(tmp_path, "Crime no,Suspect surname,Relationship to victim\n" + rows)
    proposal = propose([path], "police")
    assert [e.value for e in proposal.codes[0].unknown] == ["Grommet"]
    text = mapped(proposal, answered(proposal))
    assert "Ex-partner" in text
    assert "Grommet" not in text
    bundle, _, _ = ingest.read_all([path], parse_mapping(text, "x.toml"), KEY)
    assert set(bundle["people"]["relationship"]) == {"ex_partner", None}


def test_how_to_reach_her_safely_goes_to_the_vault_and_nowhere_else(tmp_path: Path) -> None:
    layout = layouts.helpline(tmp_path)
    proposal = propose(layout.files, "advocacy")
    text = mapped(proposal, answered(proposal), replace(SOURCE, kind="advocacy"))
    bundle, rejects, _ = ingest.read_all(layout.files, parse_mapping(text, "x.toml"), KEY)
    held = bundle["safe_contacts"]
    assert held.height == 50
    numbers = {json.loads(d).get("SAFE_CONTACT_NUMBER") for d in held["details"]} - {None}
    assert numbers
    rest = json.dumps(
        {n: bundle[n].to_dicts() for n in ("reports", "offences", "occasions", "people")}, default=str
    )
    assert not any(number in rest for number in numbers)
    assert not any(number in str(rejects.to_dicts()) for number in numbers)
    of = set(held["record_id"])
    assert set(bundle["people"].filter(pl.col("record_id").is_in(list(of)))["role"]) == {"victim"}
    assert bundle["people"]["match_tokens"].drop_nulls().len() == len(
        [d for d in held["details"] if "SAFE_CONTACT_NUMBER" in d]
    )


def test_a_column_that_is_not_to_be_stored_is_nowhere(tmp_path: Path) -> None:
    rows = "".join(f"C{i:03d},Nair,plumbago{i}\n" for i in range(20))
    path = written(tmp_path, "Crime no,Victim surname,Diagnosis\n" + rows)
    proposal = propose([path], "health")
    choices = answered(proposal)
    kept, _, _ = ingest.read_all([path], parse_mapping(mapped(proposal, choices), "x.toml"), KEY)
    assert "plumbago1" in "".join(kept["reports"]["raw"])
    choices.columns["rows", "DIAGNOSIS"] = (LEFT_OUT, "")
    bundle, _, _ = ingest.read_all([path], parse_mapping(mapped(proposal, choices), "x.toml"), KEY)
    assert "plumbago" not in json.dumps({n: f.to_dicts() for n, f in bundle.items()}, default=str)


def test_nobodys_columns_are_in_somebody_elses_raw_values(tmp_path: Path) -> None:
    layout = layouts.police_side_by_side(tmp_path)
    proposal = propose(layout.files, "police")
    bundle, _, _ = ingest.read_all(
        layout.files, parse_mapping(mapped(proposal, answered(proposal)), "x.toml"), KEY
    )
    for role, others in (("victim", "SUSP_"), ("suspect", "VIC_")):
        raws = bundle["people"].filter(pl.col("role") == role)["raw"]
        assert not any(others in raw for raw in raws)
    assert not any("VIC_" in raw or "SUSP_" in raw for raw in bundle["reports"]["raw"])


def test_the_mapping_reads_back_as_it_was_written(tmp_path: Path) -> None:
    layout = layouts.police_side_by_side(tmp_path)
    proposal = propose(layout.files, "police")
    choices = answered(proposal)
    body = compose(proposal, choices, SOURCE, dt.date(2026, 5, 3), "first")
    text = mapping_toml(body)
    assert tomllib.loads(text) == body
    mapping = parse_mapping(text, "ours.toml")
    assert (mapping.agency_kind, mapping.since, mapping.note) == ("police", dt.date(2026, 5, 3), "first")
    again = choices_of(body, proposal)
    assert again.columns == choices.columns
    assert compose(proposal, again, SOURCE, dt.date(2026, 5, 3), "first") == body


@pytest.mark.parametrize("name", ["force_a_rms", "force_b", "helpline"])
def test_a_built_in_mapping_is_the_same_when_it_is_written_anew(name: str) -> None:
    from lamplighter.records.mapping.mappings import built_in_text

    body = tomllib.loads(built_in_text(name))
    assert parse_mapping(mapping_toml(body), f"{name}.toml") == load_mapping(name)


def test_words_are_added_to_a_later_version_and_nothing_else_changes() -> None:
    from lamplighter.records.mapping.mappings import built_in_text

    body = tomllib.loads(built_in_text("force_b"))
    more = with_words(
        body, [Word("OFF_CD", "_principal", "ZZZ9", "stalking_s2a"), Word("ROLE_CD", "role", "K", "witness")]
    )
    before, after = load_mapping("force_b"), parse_mapping(mapping_toml(more), "force_b.toml")
    assert after.maps["offences"] == {**before.maps["offences"], "ZZZ9": "stalking_s2a"}
    assert after.maps["roles"] == {**before.maps["roles"], "K": "witness"}
    assert replace(after, maps=before.maps) == before
    assert "ZZZ9" not in body["maps"]["offences"]


def test_a_word_for_a_column_without_a_table_of_its_own_gets_one() -> None:
    from lamplighter.records.mapping.mappings import built_in_text

    body = tomllib.loads(built_in_text("force_a_rms"))
    word = Word("OFFENCE_TITLE", "_principal", "Persistent attention", "stalking_s2a")
    mapping = parse_mapping(mapping_toml(with_words(body, [word])), "x.toml")
    spec = next(s for s in mapping.offences if s.into == ("_principal",))
    assert mapping.maps["title"]["PERSISTENT ATTENTION"] == "stalking_s2a"
    assert spec.options["by"] == [0, 1, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("C001,Nair,12/03/2025\nC002,Hale,13/03/2025\n", "headings"),
        ("Crime no,Surname\n", "row"),
        ("just some words\nand more of them\n", "two columns"),
    ],
)
def test_a_file_without_headings_or_rows_is_refused_with_a_remedy(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(RecordsError, match=said) as refused:
        propose([written(tmp_path, text)], "police")
    assert refused.value.remedy
