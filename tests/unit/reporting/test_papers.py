"""One outline in three files: tagged, nameless, the same bytes each time, the same words in each."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from lamplighter.reporting.papers import outline as o
from lamplighter.reporting.papers.opendocument import paper_odt
from lamplighter.reporting.papers.printable import printable
from lamplighter.reporting.papers.tagged_pdf import paper_pdf, settable
from lamplighter.reporting.papers.wordprocessing import paper_docx

AT = dt.datetime(2026, 11, 24, 16, 2, tzinfo=dt.UTC)
ROWS = tuple((o.cell(str(n)), (o.Run("Followed", o.STRONG), o.Run(f"He waited {n}."))) for n in range(1, 4))
PAPER = o.Paper(
    title="Case summary",
    as_at=AT,
    blocks=(
        o.Text("Three reports.", o.LEAD),
        o.Note("Not a finding of fact."),
        o.Facts((("Victim", "Priya Nair"),)),
        o.Heading("Incidents"),
        o.Table("", ("No.", "What was done"), ROWS, (1.2, 0)),
        o.Points(("Not to write.", "Not to ring."), numbered=True),
        o.Heading("Exhibits", 3),
        o.Exhibit("AB1", "Screenshot", (("Held since", "1 May"),)),
        o.Sealed("Address", o.ADDRESS),
        o.PageBreak(),
        o.Signature(("Signature",)),
    ),
    reference="Case LL-1",
    handling="OFFICIAL-SENSITIVE",
    version="Version 1",
    foot="As held at 4pm.",
    draft=True,
)
FORMS = {"pdf": paper_pdf, "docx": paper_docx, "odt": paper_odt}


def words(made: bytes, form: str) -> str:
    if form == "pdf":
        text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(made)).pages)
    else:
        with zipfile.ZipFile(io.BytesIO(made)) as held:
            parts = [held.read(n) for n in held.namelist() if n.endswith(".xml") and "theme" not in n]
        text = " ".join("".join(ElementTree.fromstring(p).itertext()) for p in parts)
    return " ".join(text.replace("\u200b", "").split())


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_everything_and_is_the_same_bytes_twice(form: str) -> None:
    made = FORMS[form](PAPER)
    assert made == FORMS[form](PAPER)
    said = words(made, form)
    for text in o.texts(PAPER):
        assert text in said or text in ("Version 1",), text
    assert "DRAFT" in said
    issued = words(FORMS[form](dataclasses.replace(PAPER, draft=False)), form)
    assert "DRAFT" not in issued
    assert "Version 1" in issued


def test_the_pdf_claims_both_standards_has_header_cells_and_names_nobody() -> None:
    reader = PdfReader(io.BytesIO(paper_pdf(PAPER)))
    assert reader.xmp_metadata is not None
    xmp = reader.xmp_metadata.stream.get_data().decode()
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", xmp)
    assert re.search(r"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", xmp)
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert set(reader.metadata or {}) == {"/Title", "/CreationDate", "/ModDate"}
    assert b"/TH" in b"".join(str(obj).encode() for obj in _structure(reader))
    assert "ypst" not in xmp


def _structure(reader: PdfReader) -> list[object]:
    return [reader.get_object(n) for n in range(1, len(reader.xref[0]) + 1) if reader.get_object(n)]


def test_office_files_mark_their_header_rows_and_carry_nothing_of_their_template() -> None:
    with zipfile.ZipFile(io.BytesIO(paper_docx(PAPER))) as held:
        assert b"w:tblHeader" in held.read("word/document.xml")
        core = held.read("docProps/core.xml").decode()
        assert "<dc:creator></dc:creator>" in core
        assert "2013" not in core
        assert not {"docProps/app.xml", "docProps/thumbnail.jpeg"} & {*held.namelist()}
        assert {z.date_time[0] for z in held.infolist()} == {1980}
        assert b'w:val="en-GB"' in held.read("word/styles.xml")
    with zipfile.ZipFile(io.BytesIO(paper_odt(PAPER))) as held:
        assert held.namelist()[0] == "mimetype"
        assert b"<table:table-header-rows>" in held.read("content.xml")
        assert b"generator" not in held.read("meta.xml")
        # What begins the package must say the version of its parts, or office programs refuse it.
        assert {*re.findall(rb'manifest:version="(1\.\d)"', held.read("META-INF/manifest.xml"))} == {b"1.2"}


def test_an_outline_is_kept_and_read_again_and_every_word_can_be_redacted() -> None:
    held = o.as_json(PAPER)
    assert o.from_json(held, AT) == PAPER
    assert o.digest(o.from_json(held, AT)) == o.digest(PAPER)
    # No code is long enough to be a word that somebody redacts.
    codes = {b["block"] for b in held["blocks"]} | {b.get("style", "") for b in held["blocks"]}
    assert all(len(code) <= 2 for code in codes)


def test_what_is_sealed_is_left_out_until_it_is_filled() -> None:
    assert o.sealed(PAPER) == {o.ADDRESS}
    assert "[left out here]" in words(paper_pdf(PAPER), "pdf")
    full = o.filled(PAPER, {o.ADDRESS: "14 Lark Rise"})
    assert o.sealed(full) == set()
    for form, draw in FORMS.items():
        assert "14 Lark Rise" in words(draw(full), form)
    with pytest.raises(KeyError):
        o.filled(PAPER, {})


def test_pictures_and_letters_without_a_font_are_named_in_words() -> None:
    assert printable("Fine 😀") == "Fine [grinning face]"
    assert printable("I love you ❤️") == "I love you ❤"
    assert printable("明日") == "[2 Chinese or Japanese letters: see the report]"
    assert printable("a\x00b\x07c\u202ed") == "abcd"
    assert printable("ŵ Ŷ šalom é") == "ŵ Ŷ šalom é"


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_whatever_somebody_types_can_be_drawn(text: str) -> None:
    paper = settable(o.Paper("T", AT, (o.Text(text), o.Facts(((text, text),)))))
    for draw in FORMS.values():
        assert draw(paper)
