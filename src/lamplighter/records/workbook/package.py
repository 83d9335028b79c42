"""The package that a workbook is: a zip archive of XML parts, opened without trusting what it says of itself.

Nothing is unpacked to disk, no part is read whole that may be large, and no part is read at all that holds
no cells: macros, links, pictures and connections stay where they are.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lamplighter.records.errors import CompressedFile, FileNotReadable, NotThisFormat, PasswordProtected
from lamplighter.records.formats.input_files import InputFile

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_PARTS = 10_000
MOST_SMALL = 16 * 2**20
"""Bytes that a part may unpack to of which we hold all: the list of sheets, the styles."""
MOST_UNPACKED = 3 * 2**30
"""Bytes that a sheet, or the texts that sheets share, may unpack to."""
_SUSPICIOUS, _RATIO = 64 * 2**20, 400
"""So many bytes at so many times their packed size are no table: what people type packs 5 to 50 times."""
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_READ = 2**20
_OPENDOCUMENT, _MIMETYPE = b"application/vnd.oasis.opendocument.", 100

SAVE = "Open it in Excel and save it as an Excel Workbook (.xlsx) without a password, or as CSV UTF-8."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name, its part of the package, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Package:
    """Hold what a workbook holds. ``styles`` and ``strings`` are names of parts, empty when it has none."""

    file: InputFile
    sheets: tuple[Sheet, ...]
    styles: str
    strings: str
    from_1904: bool
    sizes: dict[str, int]
    opendocument: bool = False

    def pieces(self, part: str) -> Iterator[bytes]:
        """Yield one part's bytes, a megabyte at a time. Raises ``NotThisFormat`` when it is damaged."""
        try:
            with zipfile.ZipFile(self.file.path) as archive, archive.open(part) as opened:
                while piece := opened.read(_READ):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, NotImplementedError) as error:
            raise damaged(self.file) from error

    def tree(self, part: str) -> Element:
        """Return a small part as a tree. Raises ``NotThisFormat`` for one that is large or no plain XML."""
        if self.sizes.get(part, 0) > MOST_SMALL:
            raise too_large(self.file)
        return _parsed(self.file, b"".join(self.pieces(part)))


def starts_as_workbook(head: bytes) -> bool:
    """Return whether a file's first bytes are those of a zip archive, as a workbook's are."""
    return head.startswith(ZIP)


def is_workbook(path: Path) -> bool:
    """Return whether the file is a workbook (.xlsx, .xlsm, .ods); what is in it is not looked at yet.

    Raises:
        PasswordProtected: a workbook that a password protects.
        NotThisFormat: an old workbook (.xls), or another kind of spreadsheet or document.
    """
    kind = b""
    try:
        with path.open("rb") as file:
            head = file.read(8)
            if head == OLE:
                raise _old(path, file)
    except OSError as error:
        raise FileNotReadable(
            f"The file cannot be read ({error.strerror or 'input error'}).",
            file=path.name,
            remedy="Check the path and that you may open it.",
        ) from error
    if not starts_as_workbook(head):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:MOST_PARTS])
            if {"content.xml", "mimetype"} <= names:
                with archive.open("mimetype") as part:
                    kind = part.read(_MIMETYPE)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        # Which kind of archive it was meant to be cannot be told: the caller says that it is one.
        return False
    if any(n.endswith("xl/workbook.bin") for n in names):
        raise NotThisFormat(
            "This is a binary workbook (.xlsb), which is not read.", file=path.name, remedy=SAVE
        )
    if kind.startswith(_OPENDOCUMENT):
        if kind.removeprefix(_OPENDOCUMENT).startswith(b"spreadsheet"):
            return True
        raise NotThisFormat(
            "This is an OpenDocument file, and no spreadsheet.",
            file=path.name,
            remedy="Ask the sender for the table as a spreadsheet (.ods, .xlsx) or as CSV (UTF-8).",
        )
    if "word/document.xml" in names:
        raise NotThisFormat(
            "This is a Word document, not a table.",
            file=path.name,
            remedy="Ask the sender for the table as an Excel Workbook (.xlsx) or as CSV (UTF-8).",
        )
    return "[Content_Types].xml" in names and "_rels/.rels" in names


def _old(path: Path, file: IO[bytes]) -> NotThisFormat:
    """What to say of a file in Microsoft's older container, which also wraps a workbook with a password."""
    mark, held = "EncryptedPackage".encode("utf-16-le"), b""
    while piece := file.read(_READ):
        if mark in held + piece:
            return PasswordProtected(
                "A password protects this workbook.", file=path.name, place="first bytes", remedy=SAVE
            )
        held = piece[-len(mark) :]
    return NotThisFormat(
        "This is an old Office document, such as an Excel 97-2003 workbook (.xls), which is not read.",
        file=path.name,
        place="first bytes",
        remedy=SAVE,
    )


def unread_package(file: InputFile) -> Package:
    """Return the sizes of the parts of an archive, of which nothing has been read yet.

    Raises:
        NotThisFormat: it is damaged, or made to be expensive to open.
        PasswordProtected: a password protects it.
    """
    try:
        with zipfile.ZipFile(file.path) as archive:
            parts = archive.infolist()
            _checked(file, parts)
            sizes = {p.filename: p.file_size for p in parts}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged(file) from error
    return Package(file, (), "", "", False, sizes)


def open_package(file: InputFile) -> Package:
    """Open a workbook of Excel and say what is in it.

    Raises:
        NotThisFormat: it is damaged, no workbook, or made to be expensive to open.
        PasswordProtected: a password protects it.
        CompressedFile: a zip archive that holds no workbook.
    """
    unread = unread_package(file)
    workbook = _related(unread, "", "officeDocument")
    if not workbook:
        raise CompressedFile(
            "This is a zip archive that holds no workbook. Compressed files are not opened.",
            file=file.label,
            place="first bytes",
            remedy="Unpack it, look inside, and import the files.",
        )
    main = workbook[0][1]
    tree = unread.tree(main)
    sheet_parts = dict(_related(unread, main, "worksheet"))
    sheets = []
    for element in children(tree, "sheets", "sheet"):
        part = sheet_parts.get(_attribute(element, "id"))
        if part:
            hidden = element.get("state", "visible") != "visible"
            sheets.append(Sheet(element.get("name", ""), part, hidden))
    if not sheets:
        raise NotThisFormat("The workbook has no sheet of cells.", file=file.label, remedy=SAVE)
    properties = next(iter(children(tree, "workbookPr")), None)
    from_1904 = properties is not None and properties.get("date1904", "0") in {"1", "true"}
    first = {kind: _related(unread, main, kind) for kind in ("styles", "sharedStrings")}
    return Package(
        file,
        tuple(sheets),
        first["styles"][0][1] if first["styles"] else "",
        first["sharedStrings"][0][1] if first["sharedStrings"] else "",
        from_1904,
        unread.sizes,
    )


def _checked(file: InputFile, parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise too_large(file)
    for part in parts:
        if part.flag_bits & _ENCRYPTED:
            raise PasswordProtected("A password protects this archive.", file=file.label, remedy=SAVE)
        if part.compress_type not in _METHODS:
            raise damaged(file)
        # What an archive says of the size of a part is believed nowhere: no more than this is ever unpacked.
        bomb = part.file_size > _SUSPICIOUS and part.file_size > _RATIO * max(part.compress_size, 1)
        if part.file_size > MOST_UNPACKED or bomb:
            raise too_large(file)


def _related(package: Package, of: str, kind: str) -> list[tuple[str, str]]:
    """Ids and parts that a part names as related to it, of one kind; those that are there."""
    folder, name = posixpath.split(of)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    if part not in package.sizes:
        return []
    found = []
    for element in package.tree(part):
        target = element.get("Target", "")
        if element.get("TargetMode") == "External" or not element.get("Type", "").endswith(f"/{kind}"):
            continue
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        if path in package.sizes:
            found.append((element.get("Id", ""), path))
    return found


def _parsed(file: InputFile, text: bytes) -> Element:
    try:
        return fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        raise hostile(file) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise damaged(file) from error


def local(name: str) -> str:
    """Return the name of an element or an attribute without its namespace, however that is written."""
    return name.rpartition("}")[2].rpartition(":")[2]


def children(tree: Element, *names: str) -> list[Element]:
    """Return the elements on this path below the root."""
    level = [tree]
    for name in names:
        level = [child for element in level for child in element if local(str(child.tag)) == name]
    return level


def _attribute(element: Element, name: str) -> str:
    """Return an attribute that belongs to a namespace, by the last part of its name."""
    return next((v for k, v in element.attrib.items() if "}" in k and local(k) == name), "")


def damaged(file: InputFile) -> NotThisFormat:
    """Return what is said of a workbook that cannot be unpacked or parsed."""
    return NotThisFormat(
        "The workbook is damaged and cannot be read.",
        file=file.label,
        remedy="Open it in Excel, let it be repaired, and save it again; or ask the sender for it again.",
    )


def too_large(file: InputFile) -> NotThisFormat:
    """Return what is said of a workbook that unpacks to more than any table needs."""
    return NotThisFormat(
        "The workbook unpacks to far more than its cells can need.",
        file=file.label,
        remedy="Copy the table alone into a new workbook, without formatted empty rows; or save it as CSV "
        "UTF-8.",
    )


def hostile(file: InputFile) -> NotThisFormat:
    """Return what is said of XML that declares types or entities: no spreadsheet program writes it."""
    return NotThisFormat(
        "The workbook holds XML that no spreadsheet program writes (a document type or entities).",
        file=file.label,
        remedy="Do not open it. Ask the sender how it was made.",
    )
