"""A raw figure is found wherever a chart, a page or a spreadsheet carries it; protected ones may be there."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

import pytest
import vl_convert

from lamplighter.disclosure import gate
from lamplighter.disclosure.attack.texts import numbers
from tests.unit.disclosure.builders import EXACT, as_printed, cross, flat, release

SEX = flat("sex", "women", "men")
#: 1,240 women, 35 men and a total of 1,275 are printed. 17 never is.
PRINTED = as_printed(
    release([SEX], cross("by-sex", [SEX], {("women",): 1_240, ("men",): 35}), quoted={"London": (45.0,)}),
    EXACT,
    {},
)


def svg(inside: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="333" viewBox="0 0 333 77">{inside}</svg>'.encode()


DRAWN = svg("<text x='9' y='40'>Men</text>")


def png(kind: bytes, body: bytes) -> bytes:
    """The picture that the drawing above makes, with a text after its head."""
    whole = bytes(vl_convert.svg_to_png(DRAWN.decode()))
    more = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return whole[:33] + more + whole[33:]


def archive(name: str, text: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, text)
    return out.getvalue()


def vega(value: int) -> bytes:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 300,
        "mark": {"type": "bar"},
        "data": {"values": [{"sex": "men", "count": value}]},
    }
    return json.dumps(spec).encode()


def found(name: str, data: bytes) -> list[str]:
    beside = {name.replace(".png", ".svg"): DRAWN} if name.endswith(".png") else {}
    outcome = gate.check(PRINTED, attachments={name: data, **beside})
    assert all(finding.table == name for finding in outcome.findings)
    return [finding.words for finding in outcome.findings]


LEAKS = {
    "svg-text.svg": svg("<text x='12' y='99'>17</text>"),
    "svg-title.svg": svg("<title>Men: 17</title>"),
    "svg-label.svg": svg('<path d="M 3 4 L 8 9" aria-label="sex: men; count: 17"/>'),
    "svg-data.svg": svg('<rect width="8" data-count="17"/>'),
    "svg-comment.svg": svg("<!-- men 17 -->"),
    "page.html": b'<html><body><img src="chart.svg" alt="Men, 17 reports"></body></html>',
    "text.html": b"<html><body><p>Only 17 men reported.</p></body></html>",
    "json.html": b'<script type="application/json">{"men": 17}</script>',
    "chart.json": vega(17),
    "plain.json": b'{"series": [1240, 17]}',
    "data.csv": b"sex,count\nmen,17\n",
    "notes.txt": b"men 17\n",
    "text.png": png(b"tEXt", b"Description\0men 17"),
    "packed.png": png(b"zTXt", b"Description\0\0" + zlib.compress(b"men 17")),
    "utf8.png": png(b"iTXt", b"Description\0\0\0\0\0men 17"),
    "book.ods": archive(
        "content.xml", '<c xmlns:office="urn:o"><cell office:value="17"><p>hidden</p></cell></c>'
    ),
    "book.xlsx": archive("xl/worksheets/sheet1.xml", "<s><c><v>17</v></c></s>"),
    "decimal.html": b"<p>A share of 16.9 per cent</p>",
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_raw_figure_is_found(name: str) -> None:
    words = found(name, LEAKS[name])
    assert words
    assert "17" in words[0] or "16.9" in words[0]


@pytest.mark.parametrize("name", [name for name in LEAKS if name != "decimal.html"])
def test_the_same_file_with_a_protected_figure_is_let_through(name: str) -> None:
    # Two characters as well, so that lengths in the packed formats stay right.
    data = LEAKS[name]
    if name in ("packed.png", "utf8.png", "text.png", "book.ods", "book.xlsx", "chart.json"):
        data = {
            "packed.png": png(b"zTXt", b"Description\0\0" + zlib.compress(b"men 35")),
            "utf8.png": png(b"iTXt", b"Description\0\0\0\0\0men 35"),
            "text.png": png(b"tEXt", b"Description\0men 35"),
            "book.ods": archive("content.xml", '<c xmlns:office="urn:o"><cell office:value="35"/></c>'),
            "book.xlsx": archive("xl/worksheets/sheet1.xml", "<s><c><v>35</v></c></s>"),
            "chart.json": vega(35),
        }[name]
    assert found(name, data.replace(b"17", b"35")) == []


def test_axes_dates_and_quoted_figures_are_no_leaks() -> None:
    axis = "".join(f'<text x="{at}" y="70">{2 * at}</text>' for at in (0, 100, 200))
    assert found("axis.svg", svg(f"<g>{axis}</g><text>1,240</text>")) == []
    page = b"<p>On 24 November 2026 and 2026-11-24: 45% in London, 1,240 women</p>"
    assert found("page.html", page) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("chart.pdf", b"%PDF-1.7"),
        ("chart.jpg", b"\xff\xd8"),
        ("page.html", b"<script>var men = 17</script>"),
        ("latin.txt", b"\xe9"),
        ("book.xlsx", b"PK broken"),
        ("fake.png", b"GIF89a"),
        ("tail.png", png(b"tEXt", b"a\0b") + b"men 35"),
        ("chart.json", b"{"),
        ("entities.ods", archive("content.xml", '<!DOCTYPE a [<!ENTITY b "17">]><a>&b;</a>')),
        (
            "wide.ods",
            archive("content.xml", '<!DOCTYPE a [<!ENTITY b "17">]><a>&b;</a>'.encode("utf-16")),
        ),
    ],
)
def test_what_cannot_be_looked_into_does_not_leave(name: str, data: bytes) -> None:
    outcome = gate.check(PRINTED, attachments={name: data})
    assert [finding.kind for finding in outcome.findings] == ["unreadable"]


def test_numbers_in_words() -> None:
    assert list(numbers("1,240 women, 3.5%, −4 points; a1b2 and 3f are no numbers")) == [
        (1240.0, 0),
        (3.5, 1),
        (4.0, 0),
    ]
