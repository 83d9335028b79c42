"""Attachments of random releases: drawn from the print, the same with a true figure in them, a plain reader.

The reader opens the files as somebody with a browser, an editor and a ruler would. It uses nothing of the
gate and does not know how a file was made: only which true counts are hidden, to look for them.
"""

from __future__ import annotations

import csv
import html
import io
import re
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from html.parser import HTMLParser

import numpy as np
import vl_convert
from PIL import Image

from lamplighter.disclosure.printed import HIDDEN, Printed

Files = dict[str, bytes]
#: The year in a namespace is part of its name; any other value of the attribute is read.
NAMESPACES = {("xmlns", "http://www.w3.org/2000/svg"), ("xmlns:xlink", "http://www.w3.org/1999/xlink")}
WIDE = 400
BAR = 300.0
TOP, STEP, THICK = 20, 12, 8


def chart(figures: Iterable[float], most: float) -> bytes:
    """A chart of these figures, each as long as it is, with an axis that reaches ``most``."""
    lengths = list(figures)
    step = _reaching(most)
    unit = BAR / step
    axis = "".join(f'<text x="{v * unit:g}" y="9">{v:g}</text>' for v in (0.0, step / 2, step))
    bars = "".join(
        f'<rect x="0" y="{TOP + STEP * at}" width="{n * unit:.6f}" height="{THICK}"></rect>'
        for at, n in enumerate(lengths)
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{40 + STEP * len(lengths)}">'
    return f"{head}{axis}{bars}</svg>".encode()


def _reaching(most: float) -> float:
    return 10.0 ** len(str(int(most)))


def _bars(printed: Printed) -> list[float]:
    return [n for n in printed.tables[0].counts.values() if n]


def drawn(printed: Printed) -> Files:
    """Page, chart, picture, style sheet and spreadsheet of the first table, from what is printed."""
    table, rules = printed.tables[0], printed.rules
    rows, lines = [], []
    for codes, count in table.counts.items():
        said = " / ".join(codes)
        shown = HIDDEN if count is None else f"{count:,.0f}"
        share = table.percentages.get(codes)
        per = "" if share is None else f"{share:.{table.decimals}f}%"
        rows.append(f'<tr><th scope="row">{said}</th><td title="{shown}">{shown}</td><td>{per}</td></tr>')
        lines.append([said, shown, per])
    least = f"Counts under {rules['threshold']} are hidden."
    if rules["base"] > 1:
        least += f" The others are rounded to the nearest {rules['base']}."
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Counts</title>'
        '<link rel="stylesheet" href="style.css"><style>td { color: #222 }</style></head><body>'
        f"<h1>{html.escape(table.title)}</h1><p>{least}</p><table>{''.join(rows)}</table>"
        '<img src="chart.svg" alt="The same as a chart"></body></html>'
    )
    told = next((n for n in table.counts.values() if n), None)
    note = "" if told is None else f'h1::after {{ content: " ({told:g} of them)" }}\n'
    sheet = f"table {{ border: 1px solid #222; margin: 1em; width: 100% }}\n{note}"
    out = io.StringIO()
    csv.writer(out).writerows([["of whom", "people", "share"], *lines])
    svg = chart(_bars(printed), max(_bars(printed), default=1.0))
    return {
        "page.html": page.encode(),
        "chart.svg": svg,
        "chart.png": bytes(vl_convert.svg_to_png(svg.decode())),
        "style.css": sheet.encode(),
        "figures.csv": out.getvalue().encode(),
    }


# A true figure put into one of them. Each takes the files, the figure and the print, and gives back one file.

Leak = Callable[[Files, int, Printed], Files]


def _page(inside: str) -> Leak:
    def made(files: Files, n: int, printed: Printed) -> Files:
        del printed
        said = inside.replace("{n}", f"{n}").replace("{wide}", "".join(chr(0xFF10 + int(c)) for c in f"{n}"))
        said = said.replace("{codes}", "".join(f"&#{ord(c)};" for c in f"{n}"))
        said = said.replace("{apart}", "".join(f"<b>{c}</b>" for c in f"{n}"))
        return {"page.html": files["page.html"].replace(b"</body>", f"{said}</body>".encode())}

    return made


def _picture(inside: str) -> Leak:
    def made(files: Files, n: int, printed: Printed) -> Files:
        del printed
        said = inside.replace("{n}", f"{n}")
        said = said.replace("{apart}", "".join(f"<tspan>{c}</tspan>" for c in f"{n}"))
        return {"other.svg": files["chart.svg"].replace(b"</svg>", f"{said}</svg>".encode())}

    return made


def _sheet(rule: str) -> Leak:
    def made(files: Files, n: int, printed: Printed) -> Files:
        del printed
        return {"style.css": files["style.css"] + rule.replace("{n}", f"{n}").encode()}

    return made


def _true_bar(files: Files, n: int, printed: Printed) -> Files:
    del files
    return {"other.svg": chart([*_bars(printed), float(n)], max([*_bars(printed), float(n)]))}


def _true_pixels(files: Files, n: int, printed: Printed) -> Files:
    svg = _true_bar(files, n, printed)["other.svg"]
    return {"chart.png": bytes(vl_convert.svg_to_png(svg.decode()))}


def _in_png(files: Files, n: int, printed: Printed) -> Files:
    del printed
    body = f"Comment\0{n} people".encode()
    crc = zlib.crc32(b"tEXt" + body)
    chunk = struct.pack(">I", len(body)) + b"tEXt" + body + struct.pack(">I", crc)
    data = files["chart.png"]
    return {"chart.png": data[:33] + chunk + data[33:]}


def _row(files: Files, n: int, printed: Printed) -> Files:
    del printed
    return {"figures.csv": files["figures.csv"] + f"the others,{n},\r\n".encode()}


LEAKS: dict[str, Leak] = {
    "a sentence": _page("<p>{n} in the other</p>"),
    "a sentence in wide digits": _page("<p>{wide} in the other</p>"),
    "a sentence in character codes": _page("<p>{codes} in the other</p>"),
    "digits in elements of their own": _page("<p>{apart} in the other</p>"),
    "a title": _page('<p title="{n} in the other">The other</p>'),
    "an alternative text": _page('<img src="chart.svg" alt="{n}">'),
    "a data attribute": _page('<p data-n="{n}">The other</p>'),
    "a comment": _page("<!-- {n} in the other -->"),
    "the start of a list": _page('<ol start="{n}"><li>The other</li></ol>'),
    "a meter": _page('<meter value="{n}" max="100"></meter>'),
    "a style attribute": _page('<p style="width: {n}px">The other</p>'),
    "data in a script": _page('<script type="application/json">{"other": {n}}</script>'),
    "a string in a style sheet": _sheet('p::after { content: "{n} in the other" }\n'),
    "a property of a style sheet": _sheet(":root { --other: {n} }\n"),
    "a size in a style sheet": _sheet(".other { width: {n}px }\n"),
    "a comment in a style sheet": _sheet("/* {n} in the other */\n"),
    "the title of a picture": _picture("<title>{n}</title>"),
    "the description of a picture": _picture("<desc>{n} in the other</desc>"),
    "a label of a picture": _picture('<text x="310" y="200">{n}</text>'),
    "a label of a picture, digit by digit": _picture('<text x="310" y="200">{apart}</text>'),
    "a bar": _true_bar,
    "the pixels of a bar": _true_pixels,
    "a comment in a picture's file": _in_png,
    "a line of a spreadsheet": _row,
}


# The reader.

#: Where something is drawn; a ruler reads bars, the eye reads texts.
PLACES = {"x", "y", "dx", "dy", "width", "height", "d", "viewbox", "transform", "points"}
_NUMBER = re.compile(r"(?<![\w.-])\d[\d,]*(?:\.\d+)?(?![\w]|-\w)")
_RULE = re.compile(r"([-\w]+)\s*:\s*([^;{}]*)")
_PIXELS = re.compile(r"(?<![\w#])(\d+(?:\.\d+)?)(?:px|em|%)?(?![\w])")

Seen = tuple[float, float, str]


def seen(files: Mapping[str, bytes]) -> Iterator[Seen]:
    """Every number that can be read, or measured within a pixel: from, to, and where."""
    for name, data in files.items():
        kind = name.rpartition(".")[2]
        if kind in ("html", "svg"):
            page = _Reader()
            page.feed(data.decode())
            page.close()
            for place, text in page.texts():
                yield from _read(text, f"{name}, {place}")
            if kind == "svg":
                yield from _measured(page.bars, page.unit, 0.02, name)
        elif kind == "css":
            yield from _read_style(data.decode(), name)
        elif kind == "csv":
            for row in csv.reader(io.StringIO(data.decode())):
                for cell in row:
                    yield from _read(cell, name)
        elif kind == "png":
            yield from _read_picture(data, files, name)


def _read(text: str, where: str) -> Iterator[Seen]:
    for match in _NUMBER.finditer(unicodedata.normalize("NFKC", text)):
        value = float(match[0].replace(",", ""))
        yield value, value, where


def _read_style(text: str, where: str) -> Iterator[Seen]:
    for comment in re.findall(r"/\*(.*?)\*/", text, re.S):
        yield from _read(comment, where)
    for name, value in _RULE.findall(text):
        if name.startswith("--") or name in ("content", "width", "height", "left", "top"):
            for match in _PIXELS.finditer(value):
                yield float(match[1]), float(match[1]), where


def _measured(bars: list[float], unit: float, pixels: float, where: str) -> Iterator[Seen]:
    for long in bars if unit else ():
        yield (long - pixels) / unit, (long + pixels) / unit, f"{where}, a bar"


class _Reader(HTMLParser):
    """What a reader sees of a page or a picture: texts as they run on, attributes, bars and the axis."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, str]] = []
        self.running = ""
        self.at: list[str] = []
        self.bars: list[float] = []
        self.ticks: list[tuple[float, float]] = []
        self.place = 0.0

    @property
    def unit(self) -> float:
        """Pixels for one, by the two outermost marks of the axis."""
        marks = sorted(self.ticks)
        return 0.0 if len(marks) < 2 else (marks[-1][1] - marks[0][1]) / (marks[-1][0] - marks[0][0])

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield all that is said."""
        self._end_of_line()
        yield from self.parts

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("b", "i", "span", "tspan"):
            self._end_of_line()
        self.at.append(tag)
        values = {name: value or "" for name, value in attrs}
        if tag == "rect":
            self.bars.append(float(values.get("width", 0)))
        if tag == "text":
            self.place = float(values.get("x", 0))
        for name, value in values.items():
            if name == "style":
                self.parts += [(name, m[1]) for m in _PIXELS.finditer(value)]
            elif name not in PLACES and (name, value) not in NAMESPACES:
                self.parts.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("b", "i", "span", "tspan"):
            self._end_of_line()
        if tag in self.at:
            del self.at[len(self.at) - 1 - self.at[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self.at and self.at[-1] in ("script", "style"):
            self.parts += [(self.at[-1], m[0]) for m in re.finditer(r"(?<![\w#])\d+(?![\w])", data)]
        else:
            self.running += data

    def handle_comment(self, data: str) -> None:
        self.parts.append(("a comment", data))

    def _end_of_line(self) -> None:
        said, self.running = self.running.strip(), ""
        if not said:
            return
        mark = re.fullmatch(r"(?:5|1)?0+|5", said)
        if "text" in self.at and mark and self.place <= BAR:
            self.ticks.append((float(said), self.place))
        else:
            self.parts.append(("text", said))


def _read_picture(data: bytes, files: Mapping[str, bytes], name: str) -> Iterator[Seen]:
    at = 8
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] in (b"tEXt", b"iTXt", b"zTXt"):
            yield from _read(data[at + 8 : at + 8 + length].replace(b"\0", b" ").decode("latin-1"), name)
        at += 12 + length
    dark = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))[:, :, 3] > 127
    page = _Reader()
    page.feed(files["chart.svg"].decode())  # the eye reads the axis in the picture itself
    rows = range(TOP + THICK // 2, dark.shape[0] - STEP, STEP)
    runs = [float(np.argmin(dark[y])) if dark[y, 0] else 0.0 for y in rows]
    yield from _measured([run for run in runs if run], page.unit, 1.0, name)


def told(files: Mapping[str, bytes], hidden: Iterable[int], printed: Printed) -> list[str]:
    """Hidden true counts that can be read or measured in the files and are printed nowhere."""
    excused = sorted(everything_printed(printed))
    wanted = sorted({n for n in hidden if not excuses(excused, n)})
    found = []
    for low, high, where in seen(files):
        if low != high and any(low <= n <= high for n in excused):
            continue
        found += [f"{n} in {where}" for n in wanted if low <= n <= high]
    return list(dict.fromkeys(found))


def everything_printed(printed: Printed) -> set[float]:
    """Return every figure of the tables, as printed, and what says nothing of anybody."""
    found = {0.0, 100.0}
    for table in printed.tables:
        found |= {n for n in (*table.counts.values(), *table.percentages.values()) if n is not None}
    return found | {float(printed.rules["threshold"]), float(printed.rules["base"])}


def excuses(printed: Iterable[float], n: int) -> bool:
    """Tell whether a count is printed, or is a printed share to the nearest whole."""
    return any(n == one or (one != int(one) and abs(one - n) <= 0.5 + 1e-9) for one in printed)
