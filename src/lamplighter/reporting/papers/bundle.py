"""A court bundle: a front sheet with an index, then papers and exhibits, numbered as the file counts pages.

The numbers are those of the PDF, from 1 on the first page. Each row of the index leads to its first page, and
is a bookmark with that number. What comes later goes to the end and changes no number: the index has room.
Parts are laid on pages of A4 anew, upright: nothing of a part that could act, such as a script, a link or an
attachment, comes along. Their tags are lost by that, so the file does not claim to be PDF/UA or PDF/A.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pikepdf
import typst

from lamplighter.reporting.papers.outline import Block, PageBreak, Paper, Run, Table, Text, cell
from lamplighter.reporting.papers.tagged_pdf import paper_pdf
from lamplighter.reporting.papers.typesetting import fonts, template

A4 = (595.276, 841.89)
INDEX = "Front sheet and index"
SPARE = "This page is left for later entries of the index."
NOT_TAGGED = (
    "A screen reader cannot use the headings and tables of this joined file (it does not conform to PDF/UA). "
    "The front sheet and each paper are there as accessible PDFs too: ask for them."
)
MOST_TRIES = 6
# Letters of a title that leave room for the number of the page beside it.
LONGEST = 70
_PAGE = re.compile(r"lamplighter-page:(\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """A document of the bundle. ``picture``: its pages hold no text to search."""

    title: str
    pdf: bytes
    picture: bool = False


class NoRoomError(ValueError):
    """The index has no room for more entries without moving pages that have a number already."""


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def index(parts: Sequence[Part], starts: Sequence[int], front: int) -> tuple[Block, ...]:
    """Return the index: each document with its pages, as a link to the first."""
    rows = [(INDEX, 1, front)]
    rows += [(p.title, start, start + pages_of(p.pdf) - 1) for p, start in zip(parts, starts, strict=True)]
    made = tuple(
        (
            cell(str(number)),
            (Run(title, page=first),),
            cell(str(first) if first == last else f"{first} to {last}"),
        )
        for number, (title, first, last) in enumerate(rows, 1)
    )
    return (Table("", ("No.", "Document", "Pages"), made, (1.3, 0, 2.8)), Text(NOT_TAGGED, "s"))


def numbered(
    front: Callable[[tuple[Block, ...]], Paper], parts: Sequence[Part], *, pages: int = 0
) -> tuple[Paper, tuple[int, ...], int]:
    """Return the front with an index that says the right pages, where each part starts, and its own length.

    ``pages``: how many the front has already, for a bundle that goes on; 0 for a new one, which gets one to
    spare. Raises :class:`NoRoomError`.
    """
    lengths = [pages_of(p.pdf) for p in parts]
    length = pages or 2
    for _ in range(MOST_TRIES):
        starts = tuple(length + 1 + sum(lengths[:n]) for n in range(len(parts)))
        paper = front(index(parts, starts, length))
        written = pages_of(paper_pdf(paper, first=1))
        wanted = pages or written + 1
        if written > wanted:
            raise NoRoomError("The index has no room for more documents.")
        if wanted == length:
            spare = (PageBreak(), Text(SPARE))
            return replace(paper, blocks=paper.blocks + spare * (wanted - written)), starts, length
        length = wanted
    raise NoRoomError("The index does not settle.")


def assembled(front: Paper, parts: Sequence[Part], starts: Sequence[int]) -> bytes:
    """Return the bundle; the same parts give the same bytes."""
    with pikepdf.open(io.BytesIO(paper_pdf(front, first=1))) as bundle:
        first = len(bundle.pages)
        for part in parts:
            _append(bundle, part)
        named = [""] * first + [_below(part) for part in parts for _ in range(pages_of(part.pdf))]
        _number(bundle, named, draft=front.draft)
        _link(bundle)
        _bookmark(bundle, [(INDEX, 1), *zip((p.title for p in parts), starts, strict=True)])
        _open_at_100(bundle)
        _claim_nothing(bundle)
        if starts and starts[0] != first + 1:
            raise ValueError("The index was made for another number of pages.")
        out = io.BytesIO()
        bundle.remove_unreferenced_resources()
        bundle.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _append(bundle: pikepdf.Pdf, part: Part) -> None:
    """Lay each page of a part on a page of its own, upright and as large as it fits."""
    with pikepdf.open(io.BytesIO(part.pdf)) as source:
        for page in source.pages:
            x0, y0, x1, y1 = (float(v) for v in page.cropbox)
            lies = (x1 - x0 > y1 - y0) != (int(page.obj.get("/Rotate", 0)) % 180 == 90)
            size = A4[::-1] if lies else A4
            _lay(bundle, bundle.add_blank_page(page_size=size), page, "/Part", size)


def _lay(
    bundle: pikepdf.Pdf, under: pikepdf.Page, page: pikepdf.Page, name: str, size: tuple[float, float]
) -> None:
    """Lay a page over another one, under a name that is the same each time."""
    form = bundle.copy_foreign(page.as_form_xobject())
    called = under.add_resource(form, pikepdf.Name.XObject, pikepdf.Name(name))
    under.contents_add(b"q\n", prepend=True)
    placed = under.calc_form_xobject_placement(form, called, pikepdf.Rectangle(0, 0, *size))
    under.contents_add(b"\nQ\n" + placed)


def _below(part: Part) -> str:
    """Return what is written below a page that cannot say itself which exhibit it is of."""
    if not part.picture:
        return ""
    return part.title if len(part.title) <= LONGEST else f"{part.title[: LONGEST - 1]}…"


def _number(bundle: pikepdf.Pdf, named: Sequence[str], *, draft: bool) -> None:
    """Write its number on each page, in the same corner, above whatever number a part has of its own."""
    lies = [float(p.mediabox[2]) > float(p.mediabox[3]) for p in bundle.pages]
    made = typst.Compiler(template("papers/bundle_numbers.typ"), font_paths=fonts()).compile(
        format="pdf",
        sys_inputs={"data": json.dumps({"lies": lies, "draft": draft, "named": named})},
        timestamp=0,
    )
    if not isinstance(made, bytes):
        raise RuntimeError("The typesetter returned no single file.")
    with pikepdf.open(io.BytesIO(made)) as numbers:
        for page, number, flipped in zip(bundle.pages, numbers.pages, lies, strict=True):
            _lay(bundle, page, number, "/Number", A4[::-1] if flipped else A4)
            # One stream: readers stop at an empty one, which a page begins with that was blank.
            page.contents_coalesce()
    bundle.Root.PageLabels = pikepdf.Dictionary(
        Nums=pikepdf.Array([0, pikepdf.Dictionary(S=pikepdf.Name("/D"), St=1)])
    )


def _link(bundle: pikepdf.Pdf) -> None:
    """Turn the links of the index into ones that land on a page of this file."""
    for page in bundle.pages:
        for note in page.obj.get("/Annots", ()):
            action = note.get("/A")
            if action is not None and (found := _PAGE.fullmatch(str(action.get("/URI", "")))):
                del note["/A"]
                note["/Dest"] = _top_of(bundle, int(found[1]))


def _top_of(bundle: pikepdf.Pdf, number: int, zoom: Any = 0) -> pikepdf.Array:
    page = bundle.pages[number - 1]
    return pikepdf.Array([page.obj, pikepdf.Name("/XYZ"), 0, page.mediabox[3], zoom])


def _bookmark(bundle: pikepdf.Pdf, rows: Sequence[tuple[str, int]]) -> None:
    with bundle.open_outline() as outline:
        outline.root.clear()
        for title, number in rows:
            item = pikepdf.OutlineItem(f"{title} (page {number})")
            item.destination = _top_of(bundle, number)
            outline.root.append(item)


def _open_at_100(bundle: pikepdf.Pdf) -> None:
    bundle.Root.OpenAction = _top_of(bundle, 1, 1)
    bundle.Root.PageMode = pikepdf.Name("/UseOutlines")


def _claim_nothing(bundle: pikepdf.Pdf) -> None:
    """Take out that the file conforms to PDF/UA and PDF/A: the front did, and the whole does not."""
    with bundle.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as held:
        for name in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance"):
            if name in held:
                del held[name]
