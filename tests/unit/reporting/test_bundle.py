"""A court bundle: its numbers, bookmarks and links, and each of the eight checks made to fail."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from lamplighter.reporting.papers import outline as o
from lamplighter.reporting.papers.bundle import NoRoomError, Part, assembled, numbered
from lamplighter.reporting.papers.bundle_checks import TITLES, checked
from lamplighter.reporting.papers.tagged_pdf import paper_pdf

AT = dt.datetime(2026, 11, 24, 16, 2, tzinfo=dt.UTC)
HIDDEN = ("14 Lark Rise",)


def pages(title: str, count: int = 1) -> bytes:
    blocks: list[o.Block] = []
    for number in range(count):
        blocks += [o.Text(f"{title}, sheet {number}"), o.PageBreak()]
    return paper_pdf(o.Paper(title, AT, tuple(blocks)))


def picture(dots: int) -> bytes:
    """A page of A4 that a grey picture of so many dots an inch fills."""
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(595.276, 841.89))
        wide, high = round(595.276 / 72 * dots), round(841.89 / 72 * dots)
        image = made.make_stream(bytes(wide * high))
        image.update(
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=wide,
                Height=high,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
        )
        page.add_resource(image, pikepdf.Name.XObject, pikepdf.Name("/Im"))
        page.obj.Contents = made.make_stream(b"q 595.276 0 0 841.89 0 0 cm /Im Do Q")
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


def front(index: tuple[o.Block, ...]) -> o.Paper:
    return o.Paper("Court bundle", AT, (o.Facts((("Court", "Avonbridge"),)), *index), handling="OFFICIAL")


PARTS = (
    Part("Schedule", pages("Schedule", 3)),
    Part("Exhibit AB1", picture(60), picture=True),
    Part("Statement", pages("Statement")),
)


def changed(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def failing(pdf: bytes, parts: Any = PARTS, starts: Any = None, **rest: Any) -> set[str]:
    asked = {"name": "bundle.pdf", "hidden": HIDDEN, "most_dpi": 300} | rest
    return {c.code for c in checked(pdf, parts, starts or numbered(front, parts)[1], **asked) if not c.passed}


def made(parts: Any = PARTS, pages_: int = 0) -> bytes:
    paper, starts, _ = numbered(front, parts, pages=pages_)
    return assembled(paper, parts, starts)


def turn(pdf: Any) -> None:
    pdf.pages[3].obj["/Rotate"] = 180


def mislabel(pdf: Any) -> None:
    pdf.Root.PageLabels.Nums[1]["/St"] = 2


def mislead(pdf: Any) -> None:
    pdf.pages[0].obj.Annots[1].Dest[0] = pdf.pages[6].obj


def lose_a_bookmark(pdf: Any) -> None:
    with pdf.open_outline() as outline:
        del outline.root[1]


def attach(pdf: Any) -> None:
    pdf.attachments["14 lark rise.txt"] = b"x"


FAULTS: dict[str, Callable[[Any], None]] = {
    "numbers": mislabel,
    "bookmarks": lose_a_bookmark,
    "links": mislead,
    "upright": turn,
    "address": attach,
}


def test_the_eight_checks_pass_and_each_can_fail() -> None:
    whole = made()
    assert whole == made()
    assert failing(whole) == set()
    for code, fault in FAULTS.items():
        assert failing(changed(whole, fault)) == {code}
    unmarked = (PARTS[0], Part("Exhibit AB1", PARTS[1].pdf), PARTS[2])
    assert failing(made(unmarked), unmarked) == {"text"}
    fine = (PARTS[0], Part("Exhibit AB1", picture(310), picture=True), PARTS[2])
    assert failing(made(fine), fine) == {"resolution"}
    assert failing(whole, before=(3, 7, 8)) == {"kept"}
    assert failing(whole, name="14-Lark-Rise.pdf") == {"address"}
    told = (Part("Statement", pages("He saw 14 LARK RISE")),)
    assert failing(made(told), told) == {"address"}
    assert len(TITLES) == 8


def test_numbers_match_the_files_own_and_it_opens_at_100() -> None:
    reader = PdfReader(io.BytesIO(made()))
    assert reader.page_labels == [str(n) for n in range(1, 8)]
    assert [i.title for i in reader.outline] == [  # type: ignore[union-attr]
        "Front sheet and index (page 1)",
        "Schedule (page 3)",
        "Exhibit AB1 (page 6)",
        "Statement (page 7)",
    ]
    action: Any = reader.trailer["/Root"]["/OpenAction"]  # type: ignore[index]
    assert (action[1], action[4]) == ("/XYZ", 1)
    assert reader.xmp_metadata is not None
    assert "<pdfuaid:part>" not in reader.xmp_metadata.stream.get_data().decode()


def test_a_page_that_is_a_picture_says_which_exhibit_it_is_of_and_no_other_does() -> None:
    long = Part(f"Exhibit AB2: {'a photograph ' * 12}", picture(60), picture=True)
    said = [p.extract_text() for p in PdfReader(io.BytesIO(made((*PARTS, long)))).pages]
    assert ["Exhibit AB1" in text for text in said[2:7]] == [False, False, False, True, False]
    assert "Exhibit AB2: a photograph" in said[7]
    assert "…" in said[7]
    assert "Bundle page 8" in said[7]


def test_later_documents_go_to_the_end_and_move_nothing() -> None:
    _, starts, length = numbered(front, PARTS)
    more = (*PARTS, Part("Later statement", pages("Later")))
    later = numbered(front, more, pages=length)[1]
    assert later[: len(starts)] == starts
    assert failing(made(more, length), more, later, before=starts) == set()
    many = (*PARTS, *(Part(f"Later {n}", pages("Later")) for n in range(120)))
    with pytest.raises(NoRoomError):
        numbered(front, many, pages=length)


def test_a_turned_page_is_laid_upright_and_what_could_act_is_left_behind() -> None:
    def arm(pdf: Any) -> None:
        pdf.pages[0].obj["/Rotate"] = 90
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.attachments["a.txt"] = b"x"

    parts = (Part("Statement", changed(pages("Statement"), arm)),)
    whole = made(parts)
    assert failing(whole, parts) == set()
    reader = PdfReader(io.BytesIO(whole))
    assert not reader.attachments
    assert "JavaScript" not in str(reader.trailer["/Root"])
    box = reader.pages[-1].mediabox
    assert box.width > box.height
