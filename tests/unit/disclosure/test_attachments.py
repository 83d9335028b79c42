"""Every part of an attachment is read or refused: 7, which no table prints, is hidden in it in 70 ways."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

import pytest
import vl_convert

from lamplighter.disclosure import gate
from tests.unit.disclosure.builders import EXACT, as_printed, cross, flat, release

SEX = flat("sex", "women", "men")
#: 1,240 women, 35 men and a total of 1,275 are printed. 7 never is.
PRINTED = as_printed(
    release([SEX], cross("by-sex", [SEX], {("women",): 1_240, ("men",): 35}), quoted={"London": (45.0,)}),
    EXACT,
    {},
)
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def page(inside: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{inside}</body></html>".encode()


def svg(inside: str, width: int = 333, height: int = 77) -> bytes:
    sizes = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {sizes}>{inside}</svg>'.encode()


def packed(**parts: str | bytes) -> bytes:
    """An archive; ``__`` in a name stands for /, ``_x`` for .x."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, body in parts.items():
            file.writestr(name.replace("__", "/").replace("_x_", ".xml").replace("_v_", ".vml"), body)
    return out.getvalue()


def sheet(inside: str = "", **more: str | bytes) -> bytes:
    return packed(xl__worksheets__sheet1_x_=f"<worksheet>{inside}</worksheet>", **more)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


DRAWN = svg('<rect width="333" height="77" fill="white"/>')


def png(*more: bytes) -> bytes:
    """What draws DRAWN, with more chunks after its head."""
    whole = bytes(vl_convert.svg_to_png(DRAWN.decode()))
    return whole[:33] + b"".join(more) + whole[33:]


def vega(**more: object) -> bytes:
    spec: dict[str, object] = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "width": 300}
    return json.dumps(spec | {"mark": "bar", "data": {"values": [{"count": 35}]}} | more).encode()


AXIS = "".join(f'<text x="{x}" y="70">{x // 3}</text>' for x in (0, 60, 120))
HIDDEN: dict[str, bytes] = {
    "css-content.html": page("<p>Men</p>", "<style>p::after { content: '7'; }</style>"),
    "css-code.html": page("<p>Men</p>", "<style>p::after { content: '\\37'; }</style>"),
    "css-counter.html": page(
        "<p>Men</p>", "<style>p { counter-reset: n 7; } p::after { content: counter(n) }</style>"
    ),
    "css-attribute.html": page("<p data-n='7'>Men</p>", "<style>p::after { content: attr(data-n) }</style>"),
    "css-comment.html": page("<p>Men</p>", "<style>/* men 7 */ p { color: red }</style>"),
    "css-height.html": page("<div class='bar'></div>", "<style>.bar { height: 7px }</style>"),
    "css-variable.html": page("<p>Men</p>", "<style>:root { --men: 7 }</style>"),
    "css-picture.html": page("<p>Men</p>", "<style>p { background: url(data:image/svg+xml,7) }</style>"),
    "css-import.html": page("<p>Men</p>", "<style>@import 'https://example.org/7.css';</style>"),
    "style.css": b"p::after { content: '7' }",
    "style-attribute.html": page("<div style='width: 7px'></div>"),
    "srcdoc.html": page("<iframe srcdoc='men: 7'></iframe>"),
    "frame.html": page("<iframe src='other.html'></iframe>"),
    "object.html": page("<object data='chart.svg'></object>"),
    "data-picture.html": page("<img alt='Men' src='data:image/svg+xml;base64,Nw=='>"),
    "data-link.html": page("<a href='data:text/plain,7'>Men</a>"),
    "placeholder.html": page("<input placeholder='7 men'>"),
    "value.html": page("<meter value='7'>Men</meter>"),
    "label.html": page("<p aria-valuetext='7'>Men</p>"),
    "title.html": page("<abbr title='7'>Men</abbr>"),
    "unheard-of.html": page("<p itemprop='7'>Men</p>"),
    "class.html": page("<p class='men-7'>Men</p>"),
    "id.html": page("<p id='men-7'>Men</p>"),
    "link.html": page("<a href='https://example.org/men/7'>Men</a>"),
    "span.html": page("<table><tr><td colspan='7'>Men</td></tr></table>"),
    "template.html": page("<template>7 men</template>"),
    "noscript.html": page("<noscript>7 men</noscript>"),
    "own-element.html": page("<x-count>7</x-count>"),
    "on.html": page("<p onclick='alert(7)'>Men</p>"),
    "meta.html": page("<p>Men</p>", "<meta name='description' content='7 men'>"),
    "comment.html": page("<!-- 7 --><p>Men</p>"),
    "words.html": page("<p>Seven men reported.</p>"),
    "ordinal.html": page("<p>The 7th man reported.</p>"),
    "figure.html": page("<p>See figure 7.</p>"),
    "day.html": page("<p>Men, on 7 March</p>"),
    "circled.html": page("<p>Men: ⑦</p>"),
    "full-width.html": page("<p>Men: ７</p>"),
    "after-a-comma.html": page("<p>women,1240,men,7</p>"),
    "thousandth.html": page("<p>7k men</p>"),
    "seven.json": b'{"7": "men"}',
    "xlink.svg": svg("<a xlink:href='#men' xlink:title='7'><text>Men</text></a>"),
    "axis-class.svg": svg("<g class='mark-group role-axis'><text>7</text></g>"),
    "axis-label.svg": svg("<g class='role-axis' aria-label='men 7'><text>Men</text></g>"),
    "bars.svg": svg("<rect y='42' width='9' height='35'/><rect x='20' y='70' width='9' height='7'/>"),
    "bar-by-axis.svg": svg(f"{AXIS}<rect y='2' width='105' height='9'/><rect y='20' width='21' height='9'/>"),
    "path-by-axis.svg": svg(f"{AXIS}<path d='M0,2h105v9h-105Z'/><path d='M0,20h21v9h-21Z'/>"),
    "turned.svg": svg("<g transform='scale(2)'><rect width='35' height='9'/></g>"),
    "dashes.svg": svg("<path d='M0,0L9,9' stroke-dasharray='7'/>"),
    "foreign.svg": svg("<foreignObject><p>7</p></foreignObject>"),
    "picture.svg": svg("<image href='data:image/png;base64,Nw=='/>"),
    "moving.svg": svg("<rect width='9'><animate attributeName='height' to='7'/></rect>"),
    "scale.json": vega(encoding={"y": {"field": "count", "scale": {"domain": [0, 7]}}}),
    "config.json": vega(config={"title": {"subtitle": "men 7"}}),
    "height.json": vega(height=7),
    "core.xlsx": sheet(docProps__core_x_="<p><description>7 men</description></p>"),
    "app.xlsx": sheet(docProps__app_x_="<Properties><Company>7</Company></Properties>"),
    "drawing.xlsx": sheet(xl__drawings__vmlDrawing1_v_="<xml>7</xml>"),
    "picture.xlsx": sheet(**{"xl__media__image1.png": b"\x89PNG"}),
    "picture.docx": packed(word__document_x_="<document/>", **{"word__media__image1.png": b"\x89PNG"}),
    "chart.xlsx": sheet(xl__charts__chart1_x_="<chart><v>7</v></chart>"),
    "prompt.xlsx": sheet("<dataValidation prompt='7'/>"),
    "style.xlsx": sheet(xl__styles_x_="<styleSheet><numFmt formatCode='&quot;men 7&quot;'/></styleSheet>"),
    "comment.xlsx": sheet("<!-- 7 -->"),
    "after.ods": packed(content_x_="<d><p>men<b/>7</p></d>"),
    "settings.ods": packed(settings_x_="<s><item name='men'>7</item></s>"),
    "style.ods": packed(styles_x_="<s><footer><p>7 men</p></footer></s>"),
    "properties.ods": packed(meta_x_="<m><title>7 men</title></m>"),
    "text.png": png(chunk(b"tEXt", b"Description\0men 7")),
    "packed.png": png(chunk(b"zTXt", b"Description\0\0" + zlib.compress(b"men 7"))),
    "language.png": png(chunk(b"iTXt", b"Description\0\0\0en\0men 7\0Men")),
    "own-part.png": png(chunk(b"meNs", b"7")),
    "profile.png": png(chunk(b"iCCP", b"men\0\0" + zlib.compress(b"7"))),
    "pixels.png": bytes(vl_convert.svg_to_png(svg("<text x='9' y='40'>7</text>").decode())),
}  # fmt: skip
#: The same with a figure that is printed; what cannot be looked into has none.
SHOWN: dict[str, bytes] = {
    "css-content.html": page("<p>Men</p>", "<style>p::after { content: '35'; }</style>"),
    "css-plain.html": page("<p>Men</p>", "<style>p { color: #123456; margin: 3px; content: '' }</style>"),
    "placeholder.html": page("<input placeholder='35 men'>"),
    "value.html": page("<meter value='35'>Men</meter>"),
    "words.html": page("<p>Forty-five in London, one after another, no one else.</p>"),
    "day.html": page("<p>Men, on 24 November 2026 and 2026-11-24</p>"),
    "axis.svg": svg(AXIS),
    "bars.svg": svg("<rect y='42' width='9' height='35'/><rect x='20' y='32' width='9' height='45'/>"),
    "bar-by-axis.svg": svg(
        f"{AXIS}<rect y='2' width='105' height='9'/><rect y='20' width='135' height='9'/>"
    ),
    "chart.json": vega(height=200),
    "core.xlsx": sheet(docProps__core_x_="<p><description>35 men</description></p>"),
    "after.ods": packed(content_x_="<d><p>men<b/>35</p></d>"),
    "text.png": png(chunk(b"tEXt", b"Description\0men 35")),
}


def found(name: str, data: bytes) -> list[str]:
    files = {name: data} | ({name.replace(".png", ".svg"): DRAWN} if name.endswith(".png") else {})
    outcome = gate.check(PRINTED, attachments=files)
    assert all(finding.table == name for finding in outcome.findings), outcome.findings
    return [finding.words for finding in outcome.findings]


@pytest.mark.parametrize("name", HIDDEN)
def test_a_hidden_seven_does_not_leave(name: str) -> None:
    words = found(name, HIDDEN[name])
    assert words
    # Found as what it is, or the part that is not looked into is named and how to go on.
    assert any(word.startswith(("7", "A bar", "Bars")) or "eave the file out" in word for word in words), (
        words
    )


@pytest.mark.parametrize("name", SHOWN)
def test_a_printed_figure_in_the_same_place_leaves(name: str) -> None:
    assert found(name, SHOWN[name]) == []


def test_a_part_that_is_refused_is_named_with_what_to_do() -> None:
    assert found("picture.xlsx", HIDDEN["picture.xlsx"]) == [
        "Its part xl/media/image1.png is of a kind that is not looked into (a picture, a drawing, a chart, a "
        "macro): take it out. Otherwise leave the file out."
    ]
    assert "“srcdoc” of <iframe>" in found("srcdoc.html", HIDDEN["srcdoc.html"])[0] or "<iframe>" in str(
        found("srcdoc.html", HIDDEN["srcdoc.html"])
    )


def test_a_picture_without_the_drawing_it_was_made_from_does_not_leave() -> None:
    outcome = gate.check(PRINTED, attachments={"alone.png": png()})
    assert "attach the SVG" in outcome.findings[0].words


def test_a_label_with_a_number_is_let_through_only_as_the_label() -> None:
    ages = flat("age", "18-24", "25-34")
    printed = as_printed(release([ages], cross("ages", [ages], {("18-24",): 60, ("25-34",): 70})), EXACT, {})
    assert gate.check(printed, attachments={"a.html": page("<p>Aged 18-24: 60</p>")}).passed
    assert not gate.check(printed, attachments={"a.html": page("<p>18 were hurt.</p>")}).passed


@pytest.mark.parametrize("count", [1, 5, 10])
def test_a_number_of_the_rules_is_no_leave_to_say_how_many(count: int) -> None:
    """One is a switch of the rules, five and ten are their bases: none of them is anybody's count."""
    said = f"<p>{count} in Wear</p>"
    found = gate.check(PRINTED, attachments={"page.html": said.encode()}).findings
    assert [f.words for f in found] == [f"{count} is in <p> and in no protected table."]
    told = "<p>Fewer than 10 are hidden, the others rounded to the nearest 5.</p>"
    assert gate.check(PRINTED, attachments={"page.html": told.encode()}).passed


#: Shares of 1 and 4 in 100 are printed, so each digit of 14 may stand alone; fourteen people may not.
SHARED = as_printed(
    release(
        [SEX],
        cross("by-sex", [SEX], {("women",): 1_240, ("men",): 35}, percent_of=("sex",), decimals=1),
        quoted={"London": (1.2, 4.3)},
    ),
    EXACT,
    {},
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.html", page("<p><b>1</b><b>4</b> in Wear</p>")),
        ("page.html", page("<p>1<span>4</span> in Wear</p>")),
        ("a.svg", svg('<text x="3" y="9"><tspan>1</tspan><tspan>4</tspan></text>')),
        ("a.svg", svg('<text x="30" y="9">1</text><text x="36" y="9">4</text>')),
    ],
)
def test_digits_in_elements_of_their_own_are_read_together(name: str, data: bytes) -> None:
    found = gate.check(SHARED, attachments={name: data}).findings
    assert [f.words.split(" is in ")[0] for f in found] == ["14"]
    apart = data.replace(b"</b><b>", b"</b> <b>").replace(b"1<span>", b"1 <span>")
    if name == "page.html":
        assert gate.check(SHARED, attachments={name: apart}).passed


def test_a_short_bar_of_a_coarse_axis_is_measured_as_finely_as_it_is_written() -> None:
    """A hidden 40 beside a printed 41, where a person is a thirty-third of a pixel."""
    women = {("women",): 5_240, ("men",): 41}
    printed = as_printed(release([SEX], cross("by-sex", [SEX], women)), EXACT, {})
    axis = "".join(f'<text x="{v * 0.03:g}" y="9">{v}</text>' for v in (0, 5_000, 10_000))

    def bars(men: int) -> bytes:
        lengths = (5_240, men)
        made = [
            f'<rect x="0" y="{20 + 12 * n}" width="{long * 0.03:.3f}" height="8"/>'
            for n, long in enumerate(lengths)
        ]
        return svg(axis + "".join(made), 400, 50)

    assert gate.check(printed, attachments={"a.svg": bars(41)}).passed
    (finding,) = gate.check(printed, attachments={"a.svg": bars(40)}).findings
    assert finding.words == "A bar is as long as 40 by its axis, which is no protected figure."
