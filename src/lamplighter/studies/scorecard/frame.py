"""The frame of a page, and the parts that pages are made of.

``framed`` puts a title, the way through the site and the style around a fragment; pages of the register come
through it too. Parts take words without digits: a number is an element of its cell (``tables``), a date one
of its own. Words with a digit are refused, so that no number is written by hand.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup, escape

SITE = "Stalking scorecard"
_SVG_LABEL = re.compile(r'\srole="img" aria-label="[^"]*"><title>.*?</title>', re.DOTALL)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its address inside the site, its title, what is on it; ``heading`` where it has elements."""

    path: str
    title: str
    body: Markup
    heading: Markup | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the way through the site."""

    path: str
    words: str


def to(path: str, page: str) -> str:
    """Return the address of a file of the site as a link on ``page``."""
    target, _, place = path.partition("#")
    away = posixpath.relpath(target, posixpath.dirname(page) or ".")
    return f"{away}#{place}" if place else away


def link(path: str, words: str | Markup, page: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(to(path, page), said(words))


def said(words: str | Markup) -> Markup:
    """Return words as they stand. Raises ``ValueError`` where plain words hold a digit."""
    if not isinstance(words, Markup) and re.search(r"\d", words):
        raise ValueError(f"A number is written by hand: {words[:80]}")
    return escape(words)


def joined(*parts: str | Markup) -> Markup:
    return Markup("").join(said(part) for part in parts)


def p(*parts: str | Markup) -> Markup:
    return Markup("<p>{}</p>\n").format(joined(*parts))


def h2(words: str, place: str) -> Markup:
    return Markup('<h2 id="{}">{}</h2>\n').format(place, said(words))


def h3(words: str | Markup) -> Markup:
    return Markup("<h3>{}</h3>\n").format(said(words))


def points(items: Iterable[str | Markup]) -> Markup:
    made = [Markup("<li>{}</li>\n").format(said(item)) for item in items]
    return Markup("<ul>\n{}</ul>\n").format(Markup("").join(made)) if made else Markup("")


def facts(pairs: Iterable[tuple[str, str | Markup]]) -> Markup:
    rows = [Markup("<dt>{}</dt><dd>{}</dd>\n").format(said(a), said(b)) for a, b in pairs]
    return Markup('<dl class="facts">\n{}</dl>\n').format(Markup("").join(rows))


def caution(*parts: str | Markup) -> Markup:
    return Markup('<div class="caution"><p>{}</p></div>\n').format(joined(*parts))


def key_figures(items: Iterable[tuple[Markup, str | Markup, str | Markup]]) -> Markup:
    """Return figures that are read first: each with what it is and what it rests on."""
    shape = Markup(
        '<li><span class="value">{}</span><span class="label">{}</span><span class="basis">{}</span></li>\n'
    )
    made = [shape.format(a, said(b), said(c)) for a, b, c in items]
    return Markup('<ul class="key">\n{}</ul>\n').format(Markup("").join(made))


def table(
    title: str | Markup,
    head: Sequence[str],
    rows: Iterable[Sequence[str | Markup]],
    *,
    numbers: frozenset[int] = frozenset(),
) -> Markup:
    """Return a table whose first column heads its rows; ``numbers`` are the columns set to the right."""

    def classed(place: int) -> Markup:
        return Markup(' class="n"') if place in numbers else Markup("")

    top = [Markup('<th scope="col"{}>{}</th>').format(classed(n), said(h)) for n, h in enumerate(head)]
    body = []
    for row in rows:
        cells = [Markup('<th scope="row">{}</th>').format(said(row[0]))]
        cells += [Markup("<td{}>{}</td>").format(classed(n), said(v)) for n, v in enumerate(row) if n]
        body.append(Markup("<tr>{}</tr>\n").format(Markup("").join(cells)))
    label = re.sub(r"[\d/]+", "", said(title).striptags()).strip()
    return Markup(
        '<div class="scroll" role="region" aria-label="{}" tabindex="0">\n<table>\n<caption>{}</caption>\n'
        "<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n"
    ).format(label, said(title), Markup("").join(top), Markup("").join(body))


def figure(svg: str, label: str, told: str | Markup, beside: Markup, drawn_from: str) -> Markup:
    """Return a picture with words and the table that says the same.

    The label of the picture has no numbers: they stand in the table, each as its cell. ``drawn_from`` is the
    file from which it was drawn.
    """
    whole = f"{label}. Every figure in it stands in the table below."
    named = Markup(' role="img" aria-label="{}"><title>{}</title>').format(said(whole), said(whole))
    drawn, times = _SVG_LABEL.subn(lambda _: str(named), svg, count=1)
    if not times:
        raise ValueError("The picture has no label.")
    return Markup(
        '<figure data-drawn-from="{}">\n<div class="scroll" role="region" aria-label="{}" tabindex="0">{}'
        "</div>\n<figcaption>{}</figcaption>\n</figure>\n{}"
    ).format(drawn_from, said(f"Picture: {label}"), Markup(drawn), said(told), beside)  # noqa: S704 - our own chart


def framed(page: Page, way: Sequence[Link], foot: Markup, name: str = SITE) -> str:
    """Return the whole page."""
    links = [
        Markup('<li><a href="{}"{}>{}</a></li>').format(
            to(one.path, page.path),
            Markup(' aria-current="page"') if one.path == page.path else Markup(""),
            said(one.words),
        )
        for one in way
    ]
    return str(
        Markup(
            '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta http-equiv="Content-Security-Policy" content="{}">\n<title>{} – {}</title>\n'
            '<link rel="alternate" type="application/atom+xml" title="Changes" href="{}">\n'
            "<style>{}</style>\n</head>\n<body>\n"
            '<a class="skip" href="#main">Skip to the content</a>\n'
            '<header>\n<p class="site">{}</p>\n'
            '<nav class="way" aria-label="Site"><ul>{}</ul></nav>\n</header>\n'
            '<main id="main">\n<h1>{}</h1>\n{}</main>\n<footer>\n{}</footer>\n</body>\n</html>\n'
        ).format(
            _POLICY,
            page.title,
            name,
            to("feed.xml", page.path),
            Markup(_style()),  # noqa: S704 - our own file
            name,
            Markup("").join(links),
            heading(page),
            page.body,
            foot,
        )
    )


def heading(page: Page) -> Markup:
    """Return the title as a heading; a number in it is an id, such as that of a recommendation."""
    if page.heading is not None:
        return page.heading
    return Markup(re.sub(r"(\d+)", r"<code>\1</code>", str(escape(page.title))))  # noqa: S704 - escaped


@cache
def _style() -> str:
    own = (files("lamplighter.studies.scorecard") / "scorecard.css").read_text("utf-8")
    shared = (files("lamplighter.reporting") / "page.css").read_text("utf-8")
    return re.sub(r"/\*.*?\*/", "", shared + own, flags=re.DOTALL)
