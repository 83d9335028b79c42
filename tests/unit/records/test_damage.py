"""Each kind of damage that extracts come with: what is mended, what is left out, and what the sender
is told.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from lamplighter.records import canonical, errors, ingest
from tests.unit.records.extracts import FORCE_A_HEADER, force_a, force_b, helpline

KEY = b"key"
COLUMNS = FORCE_A_HEADER.split(",")


def a_row(**cells: str) -> str:
    """One good line of Force A's extract, with some cells changed."""
    base = {
        "OCC_NO": "4A/000001/24",
        "ROW_REF": "R0000001",
        "DATE_REPORTED": "02/07/2024 02:50",
        "OCC_FROM": "01/07/2024 10:15",
        "OCC_TO": "01/07/2024 10:15",
        "OFFENCE_TITLE": "Harassment (s.2 PHA 1997)",
        "HO_CLASS": "8L 195/94",
        "DA_FLAG": "Y",
        "LOCATION": "9 Alder Road",
        "LOCATION_PC": "AV1 8ZQ",
        "OUTCOME": "16",
        "ROLE": "VICTIM",
        "SURNAME": "ASHDALE",
        "FORENAMES": "Ada",
        "DOB": "28/08/2001",
        "SEX": "F",
        "SDE": "W1",
        "POSTCODE": "av18zq",
        "TEL_1": "07131 140022",
        "MO_TEXT": "Knocked at the door.",
    } | cells
    return ",".join(base.get(c, "") for c in COLUMNS)


def read_a(folder: Path, *lines: str, head: str = FORCE_A_HEADER, encoding: str = "utf-8") -> ingest.Batch:
    path = folder / "force_a.csv"
    path.write_bytes(("\r\n".join([head, *lines]) + "\r\n").encode(encoding))
    bundle, rejects, counts = ingest.read_all(path, "force_a_rms", KEY)
    assert counts.balanced()
    return ingest.Batch(bundle, rejects, counts)


def reasons(batch: ingest.Batch) -> set[str]:
    return {v.rsplit(",", 1)[0] for v in batch.rejects["value_class"]}


def test_a_good_line(tmp_path: Path) -> None:
    batch = read_a(tmp_path, a_row())
    report, person = (batch.bundle[t].row(0, named=True) for t in ("reports", "people"))
    assert batch.rejects.is_empty()
    assert report["report_id"] == "force_a_rms:4A/000001/24"
    assert report["recorded_as"] == "harassment"
    assert report["record_type"] == "crime"
    assert report["domestic_abuse"] is True
    assert report["source_rows"] == [2]
    assert person["birth_date"] == dt.date(2001, 8, 28)
    assert person["phones"] == ["+447131140022"]
    assert person["postcode"] == "AV1 8ZQ"
    assert json.loads(person["raw"])["TEL_1"] == "07131 140022"


def test_a_line_repeated_exactly_or_padded_counts_as_a_duplicate(tmp_path: Path) -> None:
    padded = a_row(OCC_NO="  4A/000001/24 ", SURNAME=" ASHDALE ")
    batch = read_a(tmp_path, a_row(), a_row(), padded)
    assert batch.counts.totals()["duplicates"] == 2
    assert batch.counts.reports == 1
    assert batch.counts.people == 1


def test_the_header_repeated_inside_is_left_out_with_a_reason(tmp_path: Path) -> None:
    batch = read_a(tmp_path, a_row(), FORCE_A_HEADER)
    assert reasons(batch) == {"the header line again"}
    assert batch.rejects["row"].to_list() == [3]


def test_a_line_cut_before_its_role_is_left_out(tmp_path: Path) -> None:
    batch = read_a(tmp_path, a_row(), a_row(ROW_REF="R0000002")[:90])
    assert reasons(batch) == {"line that ends too early"}
    assert batch.counts.totals()["rejected"] == 1


def test_cells_one_column_off_are_moved_back(tmp_path: Path) -> None:
    cells = a_row(ADDRESS="9 Alder Road").split(",")
    at = COLUMNS.index("SURNAME")
    batch = read_a(tmp_path, ",".join([*cells[:at], "", *cells[at:-1]]))
    person = batch.bundle["people"].row(0, named=True)
    assert reasons(batch) == {"cells one column off"}
    assert (person["surname"], person["birth_date"]) == ("ASHDALE", dt.date(2001, 8, 28))
    assert person["phones"] == ["+447131140022"]


def test_an_empty_reference_is_taken_from_the_line_beside_it(tmp_path: Path) -> None:
    other = a_row(OCC_NO="", ROW_REF="R0000002", ROLE="SUSPECT", SURNAME="BROOKFELL")
    batch = read_a(tmp_path, a_row(), other)
    assert batch.counts.reports == 1
    assert batch.counts.people == 2
    alone = read_a(tmp_path, a_row(), a_row(OCC_NO="", ROW_REF="R0000002", MO_TEXT="Another matter."))
    assert alone.counts.totals()["rejected"] == 1
    assert "empty reference" in reasons(alone)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"DOB": "", "APP_AGE": "13/12/1999"}, (dt.date(1999, 12, 13), None, None)),
        ({"DOB": "approx 45"}, (None, 40, 50)),
        ({"DOB": "", "APP_AGE": "30s"}, (None, 30, 39)),
        ({"DOB": "14/09/2087"}, (None, None, None)),
    ],
)
def test_either_field_may_hold_a_birth_date_or_an_age(
    tmp_path: Path, cells: dict[str, str], expected: tuple[object, ...]
) -> None:
    person = read_a(tmp_path, a_row(**cells)).bundle["people"].row(0, named=True)
    assert (person["birth_date"], person["age_from"], person["age_to"]) == expected


def test_lines_that_disagree_give_the_value_most_often_given_and_keep_the_others(tmp_path: Path) -> None:
    lines = [a_row(ROW_REF=f"R{n}", SURNAME=s) for n, s in enumerate(("ASHDALE", "BROOKFELL", "CARROW"))]
    lines.append(a_row(ROW_REF="R9", ROLE="WITNESS", DATE_REPORTED="02/07/2023 02:50"))
    batch = read_a(tmp_path, *lines)
    report = batch.bundle["reports"].row(0, named=True)
    assert report["reported_at"] == dt.datetime(2024, 7, 2, 2, 50)
    assert json.loads(report["raw"])["other_lines"][0]["DATE_REPORTED"] == "02/07/2023 02:50"
    assert "lines of one report that disagree" in reasons(batch)


def test_quotation_marks_that_do_not_pair(tmp_path: Path) -> None:
    batch = read_a(
        tmp_path, a_row(MO_TEXT='"He said "stop" and left'), a_row(ROW_REF="R0000002", ROLE="WITNESS")
    )
    assert batch.counts.people == 2
    assert "quotation marks that do not pair" in reasons(batch)


def test_a_line_break_in_a_quoted_cell_is_no_damage(tmp_path: Path) -> None:
    batch = read_a(
        tmp_path,
        a_row(MO_TEXT='"First line,\r\nsecond ""line"""'),
        a_row(OCC_NO="4A/000002/24", ROW_REF="R0000002"),
    )
    assert batch.counts.reports == 2
    assert 'second "line"' in batch.bundle["reports"].sort("report_id")["summary"][0]
    assert batch.bundle["reports"].sort("report_id")["source_rows"].to_list() == [[2], [4]]


def test_text_encoded_twice_is_put_right_and_kept_raw(tmp_path: Path) -> None:
    report = read_a(tmp_path, a_row(MO_TEXT="Left â€“ rear")).bundle["reports"].row(0, named=True)
    assert report["summary"] == "Left – rear"
    assert json.loads(report["raw"])["MO_TEXT"] == "Left â€“ rear"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    batch = read_a(tmp_path, a_row(FORENAMES="Zoë"), encoding=encoding)
    assert batch.bundle["people"]["forenames"].to_list() == ["Zoë"]


def test_columns_in_another_order_and_case_with_one_more_and_one_less(tmp_path: Path) -> None:
    kept = [c for c in reversed(COLUMNS) if c != "AKA"]
    cells = dict(zip(COLUMNS, a_row().split(","), strict=True))
    line = ",".join([*(cells[c] for c in kept), "new"])
    batch = read_a(tmp_path, line, head=",".join([*(c.lower() for c in kept), "Something New"]))
    assert batch.bundle["people"]["surname"].to_list() == ["ASHDALE"]
    assert json.loads(batch.bundle["people"]["raw"][0])["SOMETHING_NEW"] == "new"
    assert {"column that is not there", "column that the mapping does not know"} <= reasons(batch)


def test_the_same_row_reference_for_two_people_keeps_both(tmp_path: Path) -> None:
    batch = read_a(tmp_path, a_row(), a_row(ROLE="SUSPECT", SURNAME="CARROW"), a_row(OCC_NO="4A/000002/24"))
    assert batch.counts.people == 3
    assert batch.bundle["people"]["record_id"].is_unique().all()
    assert "row reference used twice" in reasons(batch)


def test_rejects_never_repeat_a_value(tmp_path: Path) -> None:
    batch = read_a(
        tmp_path, a_row(TEL_1="0713secret", POSTCODE="AV9secret", DOB="secretday", PNCID="99/secret")
    )
    assert batch.rejects.height >= 3
    assert not any("secret" in str(cell) for row in batch.rejects.iter_rows() for cell in row)


def b_files(folder: Path, reports: int = 3) -> list[Path]:
    return force_b(folder, reports)


def append(path: Path, *lines: str, encoding: str = "cp1252") -> None:
    with path.open("ab") as file:
        file.write("".join(f"{line}\r\n" for line in lines).encode(encoding))


def test_force_b_damage(tmp_path: Path) -> None:
    crimes, nominals, links = b_files(tmp_path)
    head = "HM240009001|2024-06-06T15:25|2024-06-06T09:25|2024-06-06T11:05"
    second = head.replace("9001", "9002")
    third = "hm240009003X|0000-00-00T00:00|2024-06-06T09:25|2024-06-06T11:05"
    append(
        crimes,
        f"{head}|NCD|DOMESTIC||N|2 Clarence Avenue",
        "Ellerby|HV2 2XS|DA||Both parties argued.",
        f"{second}|ZZZ9|||C|Road|HV2 2XS|||Said | and left. Linked to HM240009001.",
        f"{third}|AST1|COMMON ASSAULT|MAL1~CDO1|C|Road|HV2 2XS|NULL||x",
    )
    append(nominals, "N0009001||Ex Partner||||c46|1|01||||||", "N0009009|Nobody|Links||||||||||||||||")
    append(
        links,
        "L0009001|HM240009001|N0009001||12",
        "L0009001|HM240009001|N0009001||12",
        "L0009002|HM999999999|N0009001|V|",
        "L0009003|HM240009002|N7777777|V|",
    )
    bundle, rejects, counts = ingest.read_all([crimes, nominals, links], "force_b", KEY)
    assert counts.balanced()
    reports = {r["source_ref"]: r for r in bundle["reports"].iter_rows(named=True)}
    assert reports["HM240009001"]["location_text"] == "2 Clarence Avenue Ellerby"
    assert reports["HM240009002"]["summary"] == "Said | and left. Linked to HM240009001."
    assert reports["HM240009002"]["recorded_as"] == "other"
    assert reports["HM240009002"]["related_refs"] == ["HM240009001"]
    assert reports["HM240009003X"]["related_refs"] == ["HM240009003"]
    assert reports["HM240009003X"]["reported_at"] is None
    included = bundle["offences"].filter(pl.col("classification") == "included")["offence"].to_list()
    assert included == ["malicious_communications", "damage_other"]
    suspect = bundle["people"].filter(pl.col("source_person_ref") == "N0009001").row(0, named=True)
    assert (suspect["role"], suspect["relationship"], suspect["descriptor"]) == (
        "suspect",
        "ex_partner",
        "ex partner",
    )
    assert (suspect["age_from"], suspect["age_to"]) == (41, 51)
    assert counts.totals()["duplicates"] == 1
    out = set(rejects.filter(pl.col("severity") == "reject")["value_class"])
    assert out == {
        "link to a report that is not there",
        "link to a person record that is not there",
        "person record that nothing links to",
    }


def contact(**changes: object) -> dict[str, object]:
    return {
        "contact_ref": "HC-24-01001",
        "contact": {"at": "2024-05-01T10:00:00", "channel": "phone", "made_by": "client"},
        "client": {
            "party_ref": "HC-24-01001/1",
            "first_name": "Ada",
            "age_band": "25-34",
            "gender": "woman",
            "ethnic_group": "White",
            "safe_contact": {"phone": "07131 140022", "leave_message": True},
            "handles": [],
        },
        "persons_of_concern": [{"party_ref": "HC-24-01001/2", "gender": "man", "relationship": "ex-partner"}],
        "concern": "stalking",
        "behaviours": ["unwanted contact", "singing"],
        "story": "He waits.",
        "police": {"reported": True, "force": "Force A", "ref": "4A/00148/22"},
    } | changes


def read_helpline(folder: Path, *lines: str) -> ingest.Batch:
    path = folder / "helpline.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    bundle, rejects, counts = ingest.read_all(path, "helpline", KEY)
    assert counts.balanced()
    return ingest.Batch(bundle, rejects, counts)


def test_a_helpline_contact_and_its_safe_contact(tmp_path: Path) -> None:
    batch = read_helpline(tmp_path, json.dumps(contact(extra={"safe_number": "07131140099"})))
    report, people = batch.bundle["reports"].row(0, named=True), batch.bundle["people"]
    assert report["related_refs"] == ["4A/000148/22"]
    assert report["recorded_as"] == "stalking"
    assert batch.bundle["occasions"]["behaviours"].to_list() == [["unwanted_contact"]]
    client = people.filter(pl.col("role") == "victim").row(0, named=True)
    assert client["phones"] is None
    assert client["match_tokens"] == [canonical.match_token("+447131140022", KEY)]
    assert json.loads(batch.bundle["safe_contacts"]["details"][0])["phone"] == "07131 140022"
    everything = " ".join(
        str(v) for t in ("reports", "people", "occasions") for r in batch.bundle[t].iter_rows() for v in r
    )
    assert "140022" not in everything
    assert "safe" not in everything
    assert "07131140099" not in everything


def test_helpline_lines_that_are_not_as_they_should_be(tmp_path: Path) -> None:
    good = json.dumps(contact())
    lines = [
        good,
        json.dumps(
            contact(
                contact_ref="HC-24-01002", persons_of_concern={"party_ref": "HC-24-01002/2", "gender": "man"}
            )
        ),
        json.dumps(
            {
                k: v
                for k, v in contact(contact_ref="x", client={"party_ref": "HC-24-01003/1"}).items()
                if k != "contact_ref"
            }
        ),
        good[:200],
        json.dumps(contact(contact_ref="HC-24-01005"))[:-1] + ",}",
        "[1, 2]",
        # Files put together keep their byte order marks; a list cut into lines keeps its commas.
        "\ufeff" + json.dumps(contact(contact_ref="HC-24-01007")),
        json.dumps(contact(contact_ref="HC-24-01008")) + ",",
        json.dumps(
            contact(
                contact_ref="HC-24-01006",
                client={"party_ref": "HC-24-01006/1", "age_band": 34, "phones": "07131140022"},
            )
        ),
    ]
    batch = read_helpline(tmp_path, *lines)
    assert batch.counts.reports == 7
    assert batch.counts.totals()["rejected"] == 2
    assert {"one object where a list belongs", "empty reference", "JSON with a mark too many"} <= reasons(
        batch
    )
    sixth = batch.bundle["people"].filter(pl.col("record_id") == "helpline:HC-24-01006/1").row(0, named=True)
    assert (sixth["age_from"], sixth["phones"]) == (33, ["+447131140022"])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"PK\x03\x04rest", errors.CompressedFile),
        (b"\x1f\x8brest", errors.CompressedFile),
        (b"%PDF-1.7", errors.NotThisFormat),
        (b"", errors.EmptyFile),
        (b"\r\n \r\n", errors.EmptyFile),
        (b"NAME,AGE\r\nx,1\r\n", errors.HeaderNotFound),
    ],
)
def test_files_that_are_refused_say_which_and_what_to_do(
    tmp_path: Path, content: bytes, error: type[errors.RecordsError]
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(error) as caught:
        ingest.read_all(path, "force_a_rms", KEY)
    assert caught.value.file == "export.csv"
    assert caught.value.remedy


def test_an_extract_with_a_file_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.FileNotRecognised, match="links"):
        ingest.read_all(b_files(tmp_path)[:2], "force_b", KEY)


def test_a_report_whose_lines_stand_apart_is_whole_also_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = force_a(tmp_path / "force_a.csv", 300).read_text("utf-8").splitlines()
    apart = [lines[0], *lines[1::2], *lines[2::2]]
    path = tmp_path / "apart.csv"
    path.write_text("\n".join(apart) + "\n", "utf-8")
    monkeypatch.setattr(ingest, "IN_MEMORY", 1000)
    monkeypatch.setattr("lamplighter.records.formats.text_lines.CHUNK", 20_000)
    batches = list(ingest.read(path, "force_a_rms", match_key=KEY, batch_reports=20))
    assert len(batches) > 3
    assert all(b.counts.balanced() for b in batches)
    assert sum(b.counts.reports for b in batches) == 300
    assert all(
        b.bundle["people"].group_by("report_id").len()["len"].unique().to_list() == [2] for b in batches
    )
    whole, _, _ = ingest.read_all(tmp_path / "force_a.csv", "force_a_rms", KEY)
    parts = {k: v for b in batches for k, v in ingest.digest(b.bundle).items()}
    assert parts == ingest.digest(whole)


def test_the_three_agencies_at_larger_size(tmp_path: Path) -> None:
    for paths, mapping in (
        ([force_a(tmp_path / "a.csv", 400)], "force_a_rms"),
        (b_files(tmp_path, 400), "force_b"),
        ([helpline(tmp_path / "h.jsonl", 400)], "helpline"),
    ):
        bundle, rejects, counts = ingest.read_all(paths, mapping, KEY)
        assert rejects.is_empty(), rejects
        assert counts.balanced()
        assert bundle["reports"].height == 400
        assert bundle["people"].height == 800
