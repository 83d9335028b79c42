"""Codes and words that no mapping lists: read where their sense is plain, else kept raw with a warning."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.unit.records.test_damage import a_row, read_a


def people(folder: Path, column: str, *values: str) -> pl.DataFrame:
    rows = [
        a_row(OCC_NO=f"4A/{i:06d}/24", ROW_REF=f"R{i:07d}", **{"ROLE": "SUSPECT", column: value})
        for i, value in enumerate(values, 1)
    ]
    return read_a(folder, *rows).bundle["people"].sort("record_id")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ex b/f", "ex_partner"),
        ("Ex spouse/partner", "ex_partner"),
        ("Husband - separated", "ex_partner"),
        ("Father of her child", "ex_partner"),
        ("Baby's dad", "ex_partner"),
        ("previously dated", "ex_partner"),
        # 'Ex' is not always a partner, and not always the suspect's own.
        ("Ex colleague", "colleague"),
        ("ex-neighbour", "neighbour"),
        ("Former friend", "friend"),
        ("Old school friend", "friend"),
        ("ex's new partner", "acquaintance"),
        ("brother of ex", "acquaintance"),
        ("Partner's ex", "acquaintance"),
        ("Lodger", "neighbour"),
        ("Fan", "stranger"),
        ("Husband", "partner"),
        ("Step-father", "family"),
    ],
)
def test_relationships_in_words(tmp_path: Path, written: str, code: str) -> None:
    found = people(tmp_path, "RELATIONSHIP", written).row(0, named=True)
    assert (found["relationship"], found["relationship_raw"]) == (code, written)


def test_roles_in_other_words(tmp_path: Path) -> None:
    written = (
        "SUSP",
        "Alleged offender",
        "PERSON OF INTEREST",
        "V",
        "Inj. party/VICTIM",
        "Wit",
        "INFORMANT 2",
    )
    assert people(tmp_path, "ROLE", *written)["role"].to_list() == [
        *("suspect", "suspect", "suspect", "victim", "victim", "witness", "reporting_person")
    ]


def test_an_unknown_code_is_kept_raw_with_a_warning(tmp_path: Path) -> None:
    batch = read_a(
        tmp_path,
        a_row(HO_CLASS="88F", OFFENCE_TITLE="Something quite new", ALSO_CLASSED="8Q; 97Z", ROLE="NOMINAL"),
    )
    offences = batch.bundle["offences"].sort("offence_seq")
    assert offences["raw_code"].to_list() == ["88F", "8Q", "97Z"]
    assert offences["offence"].to_list() == ["other", "stalking_s2a", "other"]
    assert offences["raw_title"][0] == "Something quite new"
    assert batch.bundle["people"]["role"].to_list() == ["involved"]
    warned = batch.rejects.filter(pl.col("value_class").str.starts_with("code that the mapping"))
    assert set(warned["column"]) == {"HO_CLASS/OFFENCE_TITLE", "ALSO_CLASSED", "ROLE"}
    assert set(batch.rejects["severity"]) == {"warning"}
