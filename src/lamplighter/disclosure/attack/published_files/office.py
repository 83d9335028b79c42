"""Spreadsheets and documents: parts that are known are read to the last attribute, any other is refused."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from defusedxml import DefusedXmlException, ElementTree

from lamplighter.disclosure.attack.published_files.refusing import CannotRead, decoded

LARGEST = 100_000_000
#: Parts that hold text, numbers and settings in XML. Pictures, drawings, charts and macros are not here.
KNOWN = re.compile(
    r"mimetype|content\.xml|styles\.xml|meta\.xml|settings\.xml|manifest\.rdf|META-INF/manifest\.xml"
    r"|\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:core|app|custom)\.xml"
    r"|xl/(?:workbook|sharedStrings|styles|calcChain)\.xml|xl/theme/theme\d+\.xml"
    r"|xl/(?:worksheets/sheet|tables/table|comments)\d+\.xml|xl/(?:worksheets/)?_rels/[\w.]+\.rels"
    r"|word/(?:document|styles|settings|webSettings|fontTable|numbering|footnotes|endnotes|comments)\.xml"
    r"|word/(?:header|footer)\d*\.xml|word/theme/theme\d+\.xml|word/_rels/[\w.]+\.rels"
)
#: Attributes that are shown, printed or calculated, whatever their value looks like.
SPOKEN = {
    "value", "string-value", "date-value", "time-value", "currency", "title", "descr", "name", "prompt",
    "alt", "promptTitle", "error", "errorTitle", "tooltip", "formula", "display", "text", "href", "Target",
    "lvlText",
}  # fmt: skip
_SIZE = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?(?:cm|mm|in|pt|px|em|%)?|#?[0-9A-Fa-f]{6,8}|[\d.]+pt \w+ #\w{6}")
_PLACE = re.compile(r"\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?(?: .*)?|\d+:\d+")
_WELL_KNOWN = re.compile(
    r"(?:https?://(?:docs\.oasis-open\.org|schemas\.(?:openxmlformats\.org|microsoft\.com)|purl\.org"
    r"|www\.w3\.org|openoffice\.org)/|urn:oasis:|application/)\S*"
)
#: Where the window of a spreadsheet stood when it was saved.
_WINDOW = re.compile(
    r"(?:VisibleArea|CursorPosition|Position|Raster(?:Resolution|Subdivision))(?:Top|Left|Right|Bottom|Width"
    r"|Height|X|Y)|(?:PageView)?Zoom(?:Value|Type)|GridColor|HorizontalScrollbarWidth|ActiveSplitRange"
    r"|FormulaBarHeight|CharacterCompressionType|ImagePreferredDPI|LinkUpdateMode|SyntaxStringRef"
)
_APPLICATION = re.compile(r"\d{1,2}\.\d{4}")


def zipped(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield every text of a packed document, and every attribute that is no size, colour or place.

    Raises:
        CannotRead: a part is not known, or the file is damaged or locked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise CannotRead("It unpacks to more than can be looked through.")
            if archive.comment or any(entry.comment for entry in entries) or data[:2] != b"PK":
                raise CannotRead("Something is packed beside its parts: save it anew.")
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names):
                raise CannotRead("It has a part twice: save it anew.")
            for entry in entries:
                if entry.is_dir():
                    continue
                if not KNOWN.fullmatch(entry.filename):
                    raise CannotRead(
                        f"Its part {entry.filename} is of a kind that is not looked into (a picture, a "
                        "drawing, a chart, a macro): take it out."
                    )
                if entry.filename == "mimetype":
                    yield "mimetype", _WELL_KNOWN.sub("", decoded(archive.read(entry)))
                else:
                    yield from _part(archive.read(entry), entry.filename, names)
    except (zipfile.BadZipFile, RuntimeError, zlib.error, NotImplementedError, ElementTree.ParseError):
        raise CannotRead("It is damaged or locked.") from None


def _part(data: bytes, name: str, names: list[str]) -> Iterator[tuple[str, str]]:
    text = decoded(data)
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise CannotRead("Its XML declares entities.") from None
    if "<!--" in text or text.count("<?") > (1 if text.lstrip().startswith("<?xml") else 0):
        raise CannotRead(f"Its part {name} has a comment inside: save it anew.")
    for element in root.iter():
        tag = _bare(element.tag)
        shared = tag == "c" and element.get("t") in ("s", "b")
        for key, value in element.attrib.items():
            if _bare(key) in SPOKEN or not (_SIZE.fullmatch(value) or _PLACE.fullmatch(value)):
                yield f"{name}, {tag}", _WELL_KNOWN.sub("", value)
        for child in element:
            skipped = shared and _bare(child.tag) == "v" and (child.text or "").isdigit()
            if child.text and child.text.strip() and not skipped and not _furniture(child, name, names):
                yield f"{name}, {_bare(child.tag)}", child.text
            if child.tail and child.tail.strip():
                yield f"{name}, {tag}", child.tail
    if root.text and root.text.strip():
        yield f"{name}, {_bare(root.tag)}", root.text


def _furniture(element: Any, name: str, names: list[str]) -> bool:
    """Tell whether a property is the programme's own: its version, its window, how many sheets there are."""
    if name == "settings.xml" and _bare(element.tag) == "config-item":
        given = {_bare(key): value for key, value in element.attrib.items()}
        if given.get("name") == "WindowState":
            return bool(re.fullmatch(r"[\d,;]*", element.text))
        return given.get("type") in ("int", "short", "long") and bool(
            _WINDOW.fullmatch(given.get("name", ""))
        )
    tag, text = _bare(element.tag), element.text.strip()
    if name == "styles.xml" and tag in ("page-count", "page-number"):
        return text in ("1", "99")  # stand for a number that the programme puts there
    if name != "docProps/app.xml":
        return False
    sheets = sum(n.startswith("xl/worksheets/sheet") for n in names)
    return (tag == "AppVersion" and bool(_APPLICATION.fullmatch(text))) or (
        tag == "i4" and text == str(sheets) and sheets > 0
    )


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]
