"""A paper as a DOCX, to be edited: headings, lists and tables are real ones, and no property names anybody.

The library's own template names it as author, dates from 2013 and brings a picture; none of that is left.
"""

from __future__ import annotations

import io
import re
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from lamplighter.reporting.papers import outline as o
from lamplighter.reporting.papers.zipped import repacked

FONT = "Arial"
SOFT = RGBColor(0x48, 0x49, 0x49)
TEXT_WIDTH = 17.2  # centimetres
# Parts of the template that name a program, or show what is not this paper.
_OF_THE_TEMPLATE = ("docProps/app.xml", "docProps/thumbnail.jpeg", "customXml/")


def paper_docx(paper: o.Paper) -> bytes:
    """Return the DOCX; the same outline gives the same bytes."""
    document = Document()
    _nobody(document, paper)
    _styles(document)
    _around(document, paper)
    document.add_heading(paper.title, 1)
    for block in paper.blocks:
        _draw(document, block)
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue(), without=_OF_THE_TEMPLATE, change=_unlisted)


def _unlisted(name: str, content: bytes) -> bytes:
    if name == "_rels/.rels":
        content = re.sub(
            rb'<Relationship [^>]*Target="docProps/(?:app\.xml|thumbnail\.jpeg)"[^>]*/>', b"", content
        )
    if name == "[Content_Types].xml":
        content = re.sub(
            rb'<Override [^>]*PartName="/(?:docProps/app\.xml|customXml/[^"]*)"[^>]*/>', b"", content
        )
        content = re.sub(rb'<Default [^>]*Extension="jpeg"[^>]*/>', b"", content)
    if name == "word/_rels/document.xml.rels":
        content = re.sub(rb'<Relationship [^>]*Target="\.\./customXml/[^>]*/>', b"", content)
    return content


def _nobody(document: Any, paper: o.Paper) -> None:
    said = document.core_properties
    for name in (
        "author",
        "last_modified_by",
        "comments",
        "keywords",
        "subject",
        "category",
        "content_status",
    ):
        setattr(said, name, "")
    said.title, said.language, said.revision = paper.title, "en-GB", 1
    said.created = said.modified = paper.as_at.replace(tzinfo=None)


def _styles(document: Any) -> None:
    sizes = {
        "Normal": 11,
        "Heading 1": 19,
        "Heading 2": 14,
        "Heading 3": 12,
        "List Bullet": 11,
        "List Number": 11,
    }
    for name, size in sizes.items():
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        # The theme's fonts would win over the one that is named.
        for attribute in [a for a in fonts.attrib if "Theme" in a]:
            del fonts.attrib[attribute]
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
        if name.startswith("Heading"):
            style.font.color.rgb, style.font.bold = RGBColor(0, 0, 0), True
            style.paragraph_format.space_before = Pt({1: 0, 2: 16, 3: 12}[int(name[-1])])
            style.paragraph_format.space_after = Pt(6)
            style.paragraph_format.keep_with_next = True
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    soft = document.styles.add_style("Soft", WD_STYLE_TYPE.PARAGRAPH)
    soft.base_style = document.styles["Normal"]
    soft.font.size, soft.font.color.rgb = Pt(9.5), SOFT
    lead = document.styles.add_style("Lead", WD_STYLE_TYPE.PARAGRAPH)
    lead.base_style = document.styles["Normal"]
    lead.font.size = Pt(13)
    note = document.styles.add_style("Note", WD_STYLE_TYPE.PARAGRAPH)
    note.base_style = document.styles["Normal"]
    note.paragraph_format.left_indent = Cm(0.5)
    edges = OxmlElement("w:pBdr")
    edges.append(_element("w:left", val="single", sz="24", space="8", color="000000"))
    properties = note.element.get_or_add_pPr()
    properties.insert_element_before(edges, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _around(document: Any, paper: o.Paper) -> None:
    """Write what stands on every page: the reference, the marking, DRAFT or the version, and the number."""
    section = document.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.9)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.4)
    head = section.header.paragraphs[0]
    _tabs(head)
    # Tabs go to the middle and to the right edge.
    _runs(head, f"{paper.reference}\t")
    _runs(head, paper.handling, o.STRONG)
    _runs(head, "\t")
    _runs(head, "DRAFT" if paper.draft else paper.version, o.STRONG if paper.draft else "")
    foot = section.footer.paragraphs[0]
    _tabs(foot)
    _runs(foot, f"{paper.foot}\t\tPage ", o.SOFT)
    _field(foot, "PAGE")
    _runs(foot, " of ", o.SOFT)
    _field(foot, "NUMPAGES")
    if paper.handling:
        marking = section.footer.add_paragraph()
        marking.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _runs(marking, paper.handling, o.STRONG)


def _tabs(paragraph: Any) -> None:
    stops = paragraph.paragraph_format.tab_stops
    for stop in [*paragraph.style.paragraph_format.tab_stops]:
        stops.add_tab_stop(stop.position, stop.alignment.__class__.CLEAR)
    stops.add_tab_stop(Cm(TEXT_WIDTH / 2), WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(Cm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)


def _field(paragraph: Any, code: str) -> None:
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(9.5), SOFT
    for part in ("begin", code, "end"):
        if part == code:
            made = OxmlElement("w:instrText")
            made.set(qn("xml:space"), "preserve")
            made.text = code
        else:
            made = _element("w:fldChar", fldCharType=part)
        run._r.append(made)


def _runs(paragraph: Any, text: str, style: str = "") -> None:
    """Add text to a paragraph; lines that somebody typed stay lines."""
    for number, line in enumerate(text.split("\n")):
        run = paragraph.add_run()
        if number:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)
        run.bold, run.italic = style == o.STRONG or None, style == o.QUOTE or None
        if style == o.SOFT:
            run.font.size, run.font.color.rgb = Pt(9.5), SOFT


def _paragraph(place: Any, text: str, style: str = "Normal", run: str = "") -> Any:
    made = place.add_paragraph(style=style)
    _runs(made, text, run)
    return made


def _draw(document: Any, block: o.Block) -> None:
    match block:
        case o.Heading():
            document.add_heading(block.text, block.level)
        case o.Text():
            style = {o.LEAD: "Lead", o.SOFT: "Soft"}.get(block.style, "Normal")
            _paragraph(document, block.text, style, block.style)
        case o.Note():
            _paragraph(document, block.text, "Note")
        case o.Points():
            _points(document, block)
        case o.Facts():
            _facts(document, block.rows)
        case o.Table():
            _table(document, block)
        case o.Signature():
            for number, line in enumerate(block.lines, 1):
                rule = _paragraph(document, "_" * 48)
                rule.paragraph_format.space_before, rule.paragraph_format.space_after = Pt(22), Pt(0)
                rule.paragraph_format.keep_with_next = True
                label = _paragraph(document, line, "Soft")
                label.paragraph_format.keep_with_next = number < len(block.lines)
        case o.Exhibit():
            heading = _paragraph(document, f"Exhibit {block.number}: {block.title}", run=o.STRONG)
            heading.paragraph_format.keep_with_next = bool(block.facts)
            if block.facts:
                _facts(document, block.facts)
        case o.Sealed():
            _facts(document, ((block.label, "[left out here]"),))
        case o.PageBreak():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _points(document: Any, block: o.Points) -> None:
    """Numbers are written and not counted by the program: each list begins at 1, and they can be cited."""
    for number, item in enumerate(block.items, 1):
        if block.numbered:
            made = _paragraph(document, f"{number}.\t{item}")
            made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Cm(0.9), Cm(-0.9)
            made.paragraph_format.tab_stops.add_tab_stop(Cm(0.9))
        else:
            _paragraph(document, item, "List Bullet")


def _facts(document: Any, rows: tuple[tuple[str, str], ...]) -> None:
    table = document.add_table(rows=0, cols=2)
    for name, value in rows:
        cells = table.add_row().cells
        _runs(cells[0].paragraphs[0], name, o.STRONG)
        _runs(cells[1].paragraphs[0], value)
    _widths(table, (4.6, TEXT_WIDTH - 4.6))
    _spacer(document)


def _table(document: Any, block: o.Table) -> None:
    if block.caption:
        _paragraph(document, block.caption, run=o.STRONG).paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(block.head))
    table.style = "Table Grid"
    for place, name in zip(table.rows[0].cells, block.head, strict=True):
        _runs(place.paragraphs[0], name, o.STRONG)
    # Said again on each page, and known as the header to who listens.
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))
    for row in block.rows:
        made = table.add_row()
        if sum(len(run.text) for held in row for run in held) <= 1500:
            made._tr.get_or_add_trPr().append(_element("w:cantSplit", val="true"))
        for place, held in zip(made.cells, row, strict=True):
            for number, run in enumerate(held):
                paragraph = place.paragraphs[0] if not number else place.add_paragraph()
                paragraph.paragraph_format.space_after = Pt(2)
                _runs(paragraph, run.text, run.style)
    given = sum(block.widths)
    share = (TEXT_WIDTH - given) / max(1, block.widths.count(0))
    _widths(table, tuple(width or share for width in block.widths))
    _spacer(document)


def _spacer(document: Any) -> None:
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _widths(table: Any, widths: tuple[float, ...]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for place, width in zip(row._tr.tc_lst, widths, strict=True):
            place.width = Cm(width)
