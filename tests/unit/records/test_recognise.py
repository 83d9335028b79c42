"""Telling files apart: own mappings before ours, equals asked about, nothing left aside without a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lamplighter.records import ingest
from lamplighter.records.errors import BundleNotValid, FileNotReadable, FileNotRecognised, MappingError
from lamplighter.records.formats.data_package import write_bundle
from lamplighter.records.formats.input_files import labelled
from lamplighter.records.mapping.mappings import load_mapping, load_mappings
from lamplighter.records.reading.recognise import SortedFiles, sort_out, which
from tests.unit.records.extracts import force_a, force_b, helpline
from tests.unit.records.making_workbooks import write_table

KEY = b"key"
OWN = """
[source]
name = "{name}"
agency = "force-c"
title = "Force C"
format = "delimited"

[[files]]
name = "incidents"
pattern = '{pattern}'
columns = [{columns}]
required = ["{reference}"]
report = "{reference}"
row = "LINE"

[reports]
fields = [
    {{ into = "reported_at", from = "TOLD", do = "datetime" }},
    {{ into = "record_type", do = "constant", value = "crime" }},
    {{ into = "summary", from = "WHAT", do = "text" }},
]

[people]
fields = [
    {{ into = "role", from = "PART", do = "code", map = "parts", otherwise = "involved" }},
    {{ into = ["surname", "forenames", "descriptor"], from = ["SURNAME", "FORENAME"], do = "names" }},
]

[maps.parts]
"IP" = "victim"
"SUS" = "suspect"
"""
COLUMNS = ("INC", "LINE", "TOLD", "WHAT", "PART", "SURNAME", "FORENAME")


def own(
    folder: Path,
    name: str = "force_c",
    columns: tuple[str, ...] = COLUMNS,
    pattern: str = "never a name",
    file: str = "",
    reference: str = "INC",
) -> Path:
    """A mapping of somebody's own."""
    path = folder / f"{file or name}.toml"
    listed = ", ".join(f'"{c}"' for c in columns)
    text = OWN.format(name=name, columns=listed, pattern=pattern, reference=reference)
    used = [set(re.findall(r'"([A-Z]{3,})"', line.split("from", 1)[-1])) for line in text.splitlines()]
    # No mapping may name a column that its files lack.
    lines = [line for line, names in zip(text.splitlines(), used, strict=True) if names <= {*columns, "SUS"}]
    path.write_text("\n".join(lines), "utf-8")
    return path


def incidents(path: Path, reports: int = 3, start: int = 1) -> Path:
    """Two lines an incident, in the columns of the own mapping."""
    lines = [",".join(COLUMNS)]
    for n in range(start, start + reports):
        for line, (part, name) in enumerate((("IP", "QUARLE,Ann"), ("SUS", "VOSS,Ned")), 1):
            lines.append(f"C{n},{n}-{line},2026-05-0{n % 9 + 1} 10:00,Knocked at the door.,{part},{name}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def by_mapping(found: SortedFiles) -> dict[str, list[str]]:
    return {name: [f.label for f in files] for name, files in found.files.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three systems' files, one of a fourth, a note, and a folder within."""
    made = tmp_path / "exports"
    made.mkdir()
    force_a(made / "a.csv", 3)
    force_b(made, 3)
    helpline(made / "h.jsonl", 3)
    incidents(made / "c.csv")
    (made / "README.txt").write_text("From the records team.")
    (made / "older").mkdir()
    return made


def test_own_and_built_in_formats_are_told_apart_in_one_folder(folder: Path, tmp_path: Path) -> None:
    found = sort_out([folder], [own(tmp_path)])
    assert by_mapping(found) == {
        "force_a_rms": ["a.csv"],
        "force_c": ["c.csv"],
        "force_b": ["force_b_crimes.txt", "force_b_links.txt", "force_b_nominals.txt"],
        "helpline": ["h.jsonl"],
    }
    assert [a.label for a in found.left_aside] == ["README.txt", "older"]
    assert "name it too" in found.left_aside[1].why
    assert found.unused == []


def test_what_lacks_a_mapping_says_which_is_nearest(folder: Path, tmp_path: Path) -> None:
    """The file has half of Force A's columns and lacks the one that says which report a line is of."""
    lines = (folder / "a.csv").read_text().replace("OCC_NO", "OCCURRENCE", 1)
    (folder / "a.csv").write_text(lines)
    found = sort_out([folder])
    assert {a.label: a.why for a in found.left_aside} == {
        "README.txt": "no mapping knows its columns",
        "a.csv": "no mapping fits its columns; for force_a_rms it lacks OCC_NO",
        "c.csv": "no mapping knows its columns",
        "older": "a folder within a folder is not looked into; name it too if it is to be read",
    }
    with pytest.raises(FileNotRecognised, match=r"a\.csv.*force_a_rms it lacks OCC_NO.*--mapping"):
        sort_out([folder / "a.csv"])


def test_an_own_mapping_outranks_one_of_ours_that_fits_better(folder: Path, tmp_path: Path) -> None:
    header = (folder / "a.csv").read_text().split("\n", 1)[0].strip().split(",")
    own(tmp_path, "ours", (*header[:20], "ANOTHER"), reference="OCC_NO")
    assert by_mapping(sort_out([folder / "a.csv"])) == {"force_a_rms": ["a.csv"]}
    assert by_mapping(sort_out([folder / "a.csv"], [tmp_path / "ours.toml"])) == {"ours": ["a.csv"]}


def test_an_own_mapping_of_our_name_takes_the_place_of_ours(folder: Path, tmp_path: Path) -> None:
    found = sort_out([folder], [own(tmp_path, "force_a_rms")])
    assert [f.label for f in found.files["force_a_rms"]] == ["c.csv"]
    assert found.mappings["force_a_rms"].title == "Force C"
    assert "a.csv" in [a.label for a in found.left_aside]


def test_two_that_fit_equally_well_are_asked_about(folder: Path, tmp_path: Path) -> None:
    mappings = [own(tmp_path, "north"), own(tmp_path, "south")]
    with pytest.raises(
        FileNotRecognised, match=r"c\.csv: .*north \(north\.toml\) and south \(south\.toml\)"
    ) as ended:
        sort_out([folder], mappings)
    assert "one --mapping at a time" in ended.value.remedy
    # The names of the files tell them apart where the mappings say so.
    incidents(folder / "south-2026.csv", start=5)
    named = [own(tmp_path, "north", pattern="^c"), own(tmp_path, "south", pattern="south")]
    found = by_mapping(sort_out([folder], named))
    assert (found["north"], found["south"]) == (["c.csv"], ["south-2026.csv"])


def test_of_two_versions_the_one_with_the_files_own_columns_is_taken(folder: Path, tmp_path: Path) -> None:
    older = own(tmp_path, "v1", COLUMNS[:5])
    assert list(sort_out([folder / "c.csv"], [older, own(tmp_path, "v2")]).files) == ["v2"]


def test_mappings_come_by_name_by_file_and_by_folder(folder: Path, tmp_path: Path) -> None:
    made = tmp_path / "mappings"
    made.mkdir()
    own(made, "one")
    own(made, "two")
    (made / "notes.md").write_text("not a mapping")
    assert [m.name for m in load_mappings([made, "force_b"])] == ["one", "two", "force_b"]
    with pytest.raises(MappingError, match="no mapping in this folder"):
        load_mappings([folder])
    with pytest.raises(MappingError, match=r"called 'one': one\.toml and again\.toml"):
        load_mappings([made, own(tmp_path, "one", file="again")])
    with pytest.raises(MappingError, match="folder, not a mapping"):
        load_mapping(made)


def test_a_mapping_that_fits_nothing_is_said(folder: Path, tmp_path: Path) -> None:
    found = sort_out([folder], [own(tmp_path), own(tmp_path, "other", ("REF", "INC", "WHO", "WHEN"))])
    assert found.unused == ["other"]


def test_a_file_named_with_one_mapping_is_read_by_it_and_says_what_it_lacks(
    folder: Path, tmp_path: Path
) -> None:
    found = sort_out([folder / "README.txt"], [own(tmp_path)])
    assert by_mapping(found) == {"force_c": ["README.txt"]}
    with pytest.raises(Exception, match=r"README\.txt.*does not name the columns INC"):
        ingest.read_all(found.files["force_c"], found.mappings["force_c"], KEY)


def test_bundles_are_known_as_folders_packages_and_tables(folder: Path, tmp_path: Path) -> None:
    bundle, _, _ = ingest.read_all(folder / "a.csv", "force_a_rms", KEY)
    for name, form in (("one", "parquet"), ("two", "csv")):
        write_bundle(bundle, tmp_path / name, form)  # type: ignore[arg-type]
    both = [tmp_path / "one", tmp_path / "two" / "datapackage.json", folder / "h.jsonl"]
    assert by_mapping(sort_out(both)) == {"lamplighter": ["one", "datapackage.json"], "helpline": ["h.jsonl"]}
    # Without its description a folder of tables is the bundle all the same, beside other files.
    (tmp_path / "two" / "datapackage.json").unlink()
    incidents(tmp_path / "two" / "c.csv")
    found = sort_out([tmp_path / "two"], [own(tmp_path)])
    assert set(found.files) == {"lamplighter", "force_c"}
    back, _, counts = ingest.read_all(found.files["lamplighter"], "lamplighter", KEY)
    assert ingest.digest(back) == ingest.digest(bundle)
    assert counts.balanced()
    # The package of somebody else is a folder like any other.
    (tmp_path / "two" / "datapackage.json").write_text('{"resources": [{"name": "c", "path": "c.csv"}]}')
    assert "force_c" in sort_out([tmp_path / "two"], [own(tmp_path)]).files
    (tmp_path / "two" / "datapackage.json").write_text("{")
    with pytest.raises(BundleNotValid):
        sort_out([tmp_path / "two"])


def test_sheets_of_one_workbook_may_be_of_two_systems(folder: Path, tmp_path: Path) -> None:
    rows = [line.split(",") for line in (folder / "c.csv").read_text().splitlines()]
    a = [line.split(",")[:30] for line in (folder / "a.csv").read_text().splitlines()[:1]]
    book = write_table(
        tmp_path / "both.xlsx", [["Exports"], [], *rows], Rms=a, Codes=[["code", "means"]], Empty=[]
    )
    found = sort_out([book], [own(tmp_path)])
    assert by_mapping(found) == {
        "force_c": ["both.xlsx, sheet Extract"],
        "force_a_rms": ["both.xlsx, sheet Rms"],
    }
    assert [a.label for a in found.left_aside] == ["both.xlsx, sheet Codes"]


def test_headings_in_two_byte_text_are_seen(folder: Path) -> None:
    (folder / "wide.csv").write_bytes((folder / "a.csv").read_text().encode("utf-16"))
    assert by_mapping(sort_out([folder / "wide.csv"])) == {"force_a_rms": ["wide.csv"]}


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotReadable, match=r"gone\.csv"):
        sort_out([tmp_path / "gone.csv"])


def test_files_of_one_name_have_labels_of_their_own(tmp_path: Path) -> None:
    paths = [tmp_path / place / "2026" / "jan.csv" for place in ("north", "south")]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.touch()
    other = tmp_path / "feb.csv"
    found = labelled([*paths, other, tmp_path / "south" / ".." / "feb.csv"])
    assert [f.label for f in found] == ["north/2026/jan.csv", "south/2026/jan.csv", "feb.csv"]


def test_which_says_what_a_person_is_asked_about(folder: Path, tmp_path: Path) -> None:
    north = load_mapping(own(tmp_path, "north"))
    near = load_mapping(own(tmp_path, "near", (*COLUMNS, "BEAT")))
    built_in = load_mapping("force_a_rms")
    assert which(folder / "c.csv", [north, near, built_in]) == ["north"]
    assert which(folder / "c.csv", [north, near, built_in], clearly=0.2) == ["near", "north"]
    assert which(folder / "README.txt", [north, near, built_in]) == []
    book = write_table(tmp_path / "book.xlsx", [COLUMNS], Other=[built_in.files[0].columns])
    assert which(book, [north, built_in]) == ["force_a_rms", "north"]


def test_headings_below_a_title_are_told_too(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "titled.csv"
    path.write_text("Incidents of May\nprinted on Monday\n\n" + (folder / "c.csv").read_text())
    mapping = own(tmp_path)
    assert which(path, [load_mapping(mapping)]) == []
    mapping.write_text(mapping.read_text().replace('report = "INC"', 'report = "INC"\nabove = 2'))
    assert which(path, [load_mapping(mapping)]) == ["force_c"]
