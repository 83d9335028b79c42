"""Workbooks made to do harm, damaged, or of another kind: refused with a message, never opened far."""

from __future__ import annotations

import random
import struct
import zipfile
from pathlib import Path

import pytest

from lamplighter.records import errors, ingest
from lamplighter.records.errors import RecordsError
from lamplighter.records.reading.recognise import sort_out
from lamplighter.records.workbook import package as opening
from lamplighter.records.workbook import sheet as sheets
from tests.unit.records.making_workbooks import HEAD, package, row_xml, sheet_xml, write_table
from tests.unit.records.test_damage import COLUMNS
from tests.unit.records.test_workbook import a_table

FILES = 60
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BILLION = (
    '<!DOCTYPE x [<!ENTITY a "lots of it">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def refused(path: Path, kind: type[RecordsError], words: str, mapping: str = "force_a_rms") -> RecordsError:
    """How reading the file ends, which is always with a remedy."""
    with pytest.raises(kind, match=words) as ended:
        ingest.read_all(path, mapping, b"key")
    assert ended.value.remedy
    assert ended.value.file.startswith(path.name)
    return ended.value


def read_or_refused(path: Path) -> bool:
    """Whether the file was read, every row accounted for; a refusal names the file and the remedy."""
    try:
        _, _, counts = ingest.read_all(path, "force_a_rms", b"key")
    except RecordsError as error:
        refusal = error
    else:
        assert counts.balanced()
        return True
    assert refusal.remedy
    assert refusal.file.startswith(path.name)
    return False


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_are_refused_wherever_they_are_declared(tmp_path: Path, part: str) -> None:
    body = f"{HEAD}{BILLION}<worksheet><sheetData/><x>&i;</x></worksheet>"
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    path = package(tmp_path / "entities.xlsx", sheet_xml(cells), {part: body})
    refused(path, errors.NotThisFormat, "document type or entities")


def test_a_file_of_this_machine_is_not_fetched_by_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody should read this")
    told = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    body = sheet_xml(row_xml(1, ["&e;"])).replace(HEAD, HEAD + told)
    refused(package(tmp_path / "fetch.xlsx", body), errors.NotThisFormat, "document type or entities")


def test_what_unpacks_to_far_too_much_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = package(tmp_path / "bomb.xlsx", b"<worksheet>" + b" " * (80 * 2**20))
    assert path.stat().st_size < 200_000
    monkeypatch.setattr(opening.Package, "pieces", lambda *_: pytest.fail("a part was unpacked"))
    refused(path, errors.NotThisFormat, "far more than its cells")


def test_no_more_is_unpacked_than_a_part_says_that_it_holds(tmp_path: Path) -> None:
    """A part that says it holds 10 bytes and holds ten million."""
    path = package(tmp_path / "lies.xlsx", sheet_xml("") + " " * 10_000_000)
    data = bytearray(path.read_bytes())
    name = b"xl/worksheets/sheet1.xml"
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = -1
        while (start := data.find(mark, start + 1)) >= 0:
            length = 30 if mark == b"PK\x03\x04" else 46
            if data[start + length : start + length + len(name)] == name:
                data[start + at : start + at + 4] = struct.pack("<I", 10)
    path.write_bytes(data)
    refused(path, errors.NotThisFormat, "damaged")


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="AAAAAAAAAAAAAAA1"><v>1</v></c></row>',
        '<row r="99999999999999999999"><c><v>1</v></c></row>',
        '<row r="-5"><c><v>1</v></c></row>',
        '<row r="1">' + '<c t="str"><v>' + "x" * 1_000_001 + "</v></c></row>",
    ],
)
def test_places_and_texts_that_no_sheet_has_are_refused(tmp_path: Path, rows: str) -> None:
    refused(package(tmp_path / "places.xlsx", sheet_xml(rows)), errors.NotThisFormat, "far more than its")


def test_two_cells_far_apart_take_no_room(tmp_path: Path) -> None:
    """Readers that hold a sheet as a rectangle ask for half a terabyte here."""
    table = a_table({})
    path = write_table(tmp_path / "far.xlsx", table)
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b"</sheetData>", far.encode() + b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    bundle, rejects, counts = ingest.read_all(path, "force_a_rms", b"key")
    assert bundle["reports"].height == 1
    assert counts.balanced()
    assert rejects.filter(severity="reject")["row"].to_list() == [1_048_576]


def test_one_text_shared_by_every_cell_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_TEXT", 1_000_000)
    strings = f"<sst><si><t>{'long ' * 2_000}</t></si></sst>"
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 1_000))
    path = package(tmp_path / "shared.xlsx", sheet_xml(cells), {"xl/sharedStrings.xml": strings})
    refused(path, errors.NotThisFormat, "far more than its cells")


def test_passwords_and_older_kinds_have_messages_of_their_own(tmp_path: Path) -> None:
    old = tmp_path / "old.xls"
    old.write_bytes(OLE + bytes(4_000) + "Workbook".encode("utf-16-le"))
    assert ".xlsx" in refused(old, errors.NotThisFormat, "97-2003").remedy
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(OLE + bytes(2**20) + "EncryptedPackage".encode("utf-16-le") + bytes(100))
    assert "without a password" in refused(locked, errors.PasswordProtected, "password").remedy
    kinds = {
        "x.xlsb": ("xl/workbook.bin", "binary workbook"),
        "x.docx": ("word/document.xml", "Word document"),
    }
    for name, (part, words) in kinds.items():
        refused(package(tmp_path / name, "", {part: "x"}), errors.NotThisFormat, words)
    sheet = tmp_path / "x.odt"
    with zipfile.ZipFile(sheet, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    refused(sheet, errors.NotThisFormat, "OpenDocument file, and no spreadsheet")
    folder = tmp_path / "several.zip"
    with zipfile.ZipFile(folder, "w") as archive:
        archive.writestr("one.csv", "a,b\n1,2\n")
    refused(folder, errors.CompressedFile, "Compressed files are not opened")


def test_a_part_locked_by_itself_is_refused(tmp_path: Path) -> None:
    path = package(tmp_path / "locked.xlsx", sheet_xml(""))
    data = bytearray(path.read_bytes())
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1
    path.write_bytes(data)
    refused(path, errors.PasswordProtected, "password")


def test_macros_and_links_are_never_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_table(tmp_path / "macros.xlsm", a_table({}))
    with zipfile.ZipFile(path, "a") as archive:
        for part in ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/connections.xml"):
            archive.writestr(part, b"\x00 nothing that may be read")
    read: list[str] = []
    plain = zipfile.ZipFile.open

    def watched(self: zipfile.ZipFile, name: str, *more: object, **other: object) -> object:
        read.append(str(name))
        return plain(self, name, *more, **other)

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    bundle, _, _ = ingest.read_all(path, "force_a_rms", b"key")
    assert bundle["people"].height == 1
    assert set(read) == {
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        "xl/worksheets/sheet1.xml",
    }


def test_a_refused_workbook_in_a_folder_is_left_aside_with_the_reason(tmp_path: Path) -> None:
    write_table(tmp_path / "good.xlsx", a_table({}))
    (tmp_path / "old.xls").write_bytes(OLE + bytes(100))
    package(tmp_path / "entities.xlsx", f"{HEAD}{BILLION}<worksheet>&i;</worksheet>")
    found = sort_out([tmp_path])
    assert {f: [x.label for x in files] for f, files in found.files.items()} == {"force_a_rms": ["good.xlsx"]}
    assert [a.label for a in found.left_aside] == ["entities.xlsx", "old.xls"]
    assert "97-2003" in found.left_aside[1].why


def test_damaged_workbooks_end_in_a_message_and_never_in_a_fault(tmp_path: Path) -> None:
    good = write_table(tmp_path / "good.xlsx", a_table({}, {"ROLE": "SUSPECT", "DOB": 36_800.5})).read_bytes()
    draw = random.Random(5)
    read = 0
    for number in range(FILES):
        data = bytearray(good)
        for _ in range(draw.randrange(1, 6)):
            at = draw.randrange(len(data))
            if draw.random() < 0.3:
                del data[at : at + draw.randrange(1, 200)]
            else:
                data[at] = draw.randrange(256)
        path = tmp_path / f"damaged-{number}.xlsx"
        path.write_bytes(data)
        read += read_or_refused(path)
    assert read < FILES


def test_damaged_xml_inside_a_sound_package_ends_in_a_message(tmp_path: Path) -> None:
    """The checksum of a zip hides most damage from the parser; here the parser gets it."""
    path = write_table(tmp_path / "good.xlsx", a_table({}, {"ROLE": "SUSPECT"}))
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    draw = random.Random(6)
    for number in range(FILES):
        name = draw.choice(["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
        data = bytearray(parts[name])
        for _ in range(draw.randrange(1, 4)):
            at = draw.randrange(len(data))
            data[at : at + draw.randrange(0, 9)] = draw.choice([b"", b"<", b"9999999999", b"<v/>", b"\xff"])
        made = tmp_path / f"inside-{number}.xlsx"
        with zipfile.ZipFile(made, "w") as archive:
            for part, content in (parts | {name: bytes(data)}).items():
                archive.writestr(part, content)
        read_or_refused(made)


def test_headings_without_end_are_cut_where_those_of_csv_are(tmp_path: Path) -> None:
    table = [[*COLUMNS, *(f"EXTRA_{n}" for n in range(2_000))], a_table({})[1]]
    bundle, _, counts = ingest.read_all(write_table(tmp_path / "wide.xlsx", table), "force_a_rms", b"key")
    assert bundle["people"].height == 1
    assert counts.balanced()
