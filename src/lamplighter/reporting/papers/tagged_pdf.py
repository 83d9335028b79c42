"""A paper as a PDF that conforms to PDF/UA-1 and PDF/A-2a at once, and names no program and nobody.

Set with Typst: only the fonts of its wheel, the same bytes for the same outline.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import pikepdf
import typst

from lamplighter.reporting.papers.outline import Paper, Text, as_json, mapped, texts
from lamplighter.reporting.papers.printable import named, printable
from lamplighter.reporting.papers.typesetting import fonts, template

STANDARDS: tuple[Literal["ua-1"], Literal["a-2a"]] = ("ua-1", "a-2a")
# Characters that looked as if they could be set and cannot: so many are named before a paper is given up.
MOST_NAMED = 60
_NOT_SET = re.compile(r"the text `(\"(?:[^\"\\]|\\.)*\")` could not be displayed")


def settable(paper: Paper) -> Paper:
    """Return the paper with what cannot be shown named in words, as it then stands in every form."""
    paper = mapped(paper, printable)
    for _ in range(MOST_NAMED):
        strange = _strange(paper)
        if not strange:
            return paper
        paper = mapped(paper, partial(_without, strange=strange))
    return mapped(paper, lambda text: "".join(c if not _odd(c) else named(c) for c in text))


def _without(text: str, strange: str) -> str:
    for character in strange:
        text = text.replace(character, named(character))
    return text


def _strange(paper: Paper) -> str:
    """Return the characters at which the typesetter stops first; "" where it sets them all.

    Only the words that hold other letters than Latin ones are tried, on a paper of their own.
    """
    words = {word for text in texts(paper) for word in text.split() if any(map(_odd, word))}
    if not words:
        return ""
    try:
        _compile(replace(paper, blocks=(Text(" ".join(sorted(words))),)), "pdf")
    except RuntimeError as refused:
        if found := _NOT_SET.search(str(refused)):
            text = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda m: chr(int(m[1], 16)), found[1][1:-1])
            return "".join(filter(_odd, text)) or text
        raise
    return ""


def _odd(character: str) -> bool:
    return ord(character) >= 0x250 and character not in _KNOWN


_KNOWN = frozenset("\u2009\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u2212\u20ac")


def paper_pdf(paper: Paper, *, first: int = 0) -> bytes:
    """Return the PDF. ``first``: its pages get their numbers from a bundle, and none of their own."""
    return nameless(_compile(paper, "pdf", first=first)[0])


def paper_pages(paper: Paper, ppi: float = 96) -> list[bytes]:
    """Return the pages as PNG, for looking at."""
    return _compile(paper, "png", ppi=ppi)


def _compile(paper: Paper, form: Literal["pdf", "png"], *, ppi: float = 96, first: int = 0) -> list[bytes]:
    data: dict[str, Any] = as_json(mapped(paper, _breakable)) | {"first": first}
    made = typst.Compiler(template("papers/paper.typ"), font_paths=fonts()).compile(
        format=form,
        ppi=ppi if form == "png" else None,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=[*STANDARDS] if form == "pdf" else [],
        timestamp=int(paper.as_at.timestamp()),
    )
    if made is None:
        raise RuntimeError("The typesetter returned nothing.")
    return [bytes(made)] if isinstance(made, bytes) else [bytes(page) for page in made]


def _breakable(text: str) -> str:
    """Give a word that is longer than a line places to break, which nobody sees."""
    return _LONG.sub(lambda m: "\u200b".join(re.findall(r".{1,20}", m[0])), text)


_LONG = re.compile(r"\S{40,}")


def nameless(pdf: bytes) -> bytes:
    """Return the same PDF without the name of the program that made it."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for name in ("/Creator", "/Producer", "/Author"):
            if name in opened.docinfo:
                del opened.docinfo[name]
        with opened.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as held:
            for name in ("xmp:CreatorTool", "pdf:Producer", "dc:creator", "xmpMM:History"):
                if name in held:
                    del held[name]
        out = io.BytesIO()
        opened.save(out, deterministic_id=True, linearize=False)
    return out.getvalue()
