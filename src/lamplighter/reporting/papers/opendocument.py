"""A paper as an ODT, to be edited: the government's format for papers that others go on writing."""

from __future__ import annotations

import io
import re
from xml.sax.saxutils import escape, quoteattr

from odfdo import Document

from lamplighter.reporting.papers import outline as o
from lamplighter.reporting.papers.zipped import repacked

TEXT_WIDTH = 17.2  # centimetres
_SPACES = (
    "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
        for name, urn in {
            "office": "office",
            "text": "text",
            "style": "style",
            "table": "table",
            "fo": "xsl-fo-compatible",
            "svg": "svg-compatible",
            "meta": "meta",
        }.items()
    )
    + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OF_THE_TEMPLATE = ("Configurations2/", "Thumbnails/", "settings.xml", "Pictures/", "manifest.rdf")
_VERSION = re.compile(rb'manifest:version="[^"]*"')
_ENTRIES = re.compile(
    rb'<manifest:file-entry[^>]*manifest:full-path="(?:Configurations2|Thumbnails|Pictures|settings\.xml|manifest\.rdf)'
    rb"[^>]*/>"
)


def paper_odt(paper: o.Paper) -> bytes:
    """Return the ODT; the same outline gives the same bytes."""
    document = Document("text")
    for name, part in (("content", _content(paper)), ("styles", _styles(paper)), ("meta", _meta(paper))):
        document.container.set_part(f"{name}.xml", (_HEAD + part).encode())
    out = io.BytesIO()
    document.container.save(out)
    return repacked(
        out.getvalue(),
        without=_OF_THE_TEMPLATE,
        change=lambda name, content: _entries(content) if name == "META-INF/manifest.xml" else content,
    )


def _entries(manifest: bytes) -> bytes:
    """Return the list of parts without those that were left out, of the version that the parts are in."""
    return _VERSION.sub(b'manifest:version="1.2"', _ENTRIES.sub(b"", manifest))


def _meta(paper: o.Paper) -> str:
    """Say the title and the time of the record, and no program and nobody."""
    at = paper.as_at.replace(tzinfo=None).isoformat(timespec="seconds")
    return (
        f'<office:document-meta{_SPACES} office:version="1.2"><office:meta>'
        f"<dc:title>{escape(paper.title)}</dc:title><dc:language>en-GB</dc:language>"
        f"<meta:creation-date>{at}</meta:creation-date><dc:date>{at}</dc:date>"
        f"</office:meta></office:document-meta>"
    )


def _text(words: str) -> str:
    """Return text as ODF has it: runs of spaces and line breaks are elements of their own."""
    made = escape(words).replace("\n", "<text:line-break/>").replace("\t", "<text:tab/>")
    return re.sub("  +", lambda m: f' <text:s text:c="{len(m[0]) - 1}"/>', made)


def _p(words: str, style: str = "Standard", span: str = "") -> str:
    inner = _text(words)
    if span:
        inner = f'<text:span text:style-name="{span}">{inner}</text:span>'
    return f'<text:p text:style-name="{style}">{inner}</text:p>'


_SPAN = {"": "", o.LEAD: "", o.STRONG: "Strong", o.SOFT: "Soft", o.QUOTE: "Quote"}


def _content(paper: o.Paper) -> str:
    tables: list[str] = []
    body = [f'<text:h text:style-name="Heading_1" text:outline-level="1">{_text(paper.title)}</text:h>']
    body += [_block(block, tables) for block in paper.blocks]
    return (
        f'<office:document-content{_SPACES} office:version="1.2">'
        f"<office:automatic-styles>{''.join(tables)}{_LIST}</office:automatic-styles>"
        f"<office:body><office:text>{''.join(body)}</office:text></office:body></office:document-content>"
    )


def _block(block: o.Block, tables: list[str]) -> str:
    match block:
        case o.Heading():
            return (
                f'<text:h text:style-name="Heading_{block.level}" text:outline-level="{block.level}">'
                f"{_text(block.text)}</text:h>"
            )
        case o.Text():
            return _p(block.text, "Lead" if block.style == o.LEAD else "Standard", _SPAN[block.style])
        case o.Note():
            return _p(block.text, "Note")
        case o.Points():
            style = "Numbers" if block.numbered else "Points"
            items = "".join(f"<text:list-item>{_p(i)}</text:list-item>" for i in block.items)
            return f'<text:list text:style-name="{style}">{items}</text:list>'
        case o.Facts():
            return _facts(block.rows, tables)
        case o.Table():
            caption = _p(block.caption, "Caption", "Strong") if block.caption else ""
            share = (TEXT_WIDTH - sum(block.widths)) / max(1, block.widths.count(0))
            rows = [[_cell(held, "Ruled") for held in row] for row in block.rows]
            widths = [width or share for width in block.widths]
            return caption + _table(
                widths, [_cell(o.cell(h, o.STRONG), "Ruled") for h in block.head], rows, tables
            )
        case o.Signature():
            return "".join(_p("_" * 48, "Line") + _p(line, "Standard", "Soft") for line in block.lines)
        case o.Exhibit():
            head = _p(f"Exhibit {block.number}: {block.title}", "Caption", "Strong")
            return head + (_facts(block.facts, tables) if block.facts else "")
        case o.Sealed():
            return _facts(((block.label, "[left out here]"),), tables)
        case o.PageBreak():
            return _p("", "Break")


def _cell(held: o.Cell, style: str) -> str:
    inner = "".join(_p(run.text, "Standard", _SPAN[run.style]) for run in held)
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">{inner}</table:table-cell>'
    )


def _facts(rows: tuple[tuple[str, str], ...], tables: list[str]) -> str:
    made = [[_cell(o.cell(name, o.STRONG), "Bare"), _cell(o.cell(value), "Bare")] for name, value in rows]
    return _table([4.6, TEXT_WIDTH - 4.6], [], made, tables)


def _table(widths: list[float], head: list[str], rows: list[list[str]], tables: list[str]) -> str:
    number = len(tables) + 1
    columns = "".join(
        f'<style:style style:name="T{number}.{n}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width:.2f}cm"/></style:style>'
        for n, width in enumerate(widths)
    )
    tables.append(columns)
    defined = "".join(f'<table:table-column table:style-name="T{number}.{n}"/>' for n in range(len(widths)))
    heading = f"<table:table-header-rows>{_row(head)}</table:table-header-rows>" if head else ""
    return (
        f'<table:table table:name={quoteattr(f"Table {number}")} table:style-name="Wide">{defined}{heading}'
        f"{''.join(map(_row, rows))}</table:table>{_p('', 'Space')}"
    )


def _row(cells: list[str]) -> str:
    return f'<table:table-row table:style-name="Row">{"".join(cells)}</table:table-row>'


_LIST = (
    '<text:list-style style:name="Points"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
    '<style:list-level-properties text:space-before="0.3cm" text:min-label-width="0.6cm"/>'
    "</text:list-level-style-bullet></text:list-style>"
    '<text:list-style style:name="Numbers"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."><style:list-level-properties text:min-label-width="0.9cm"/>'
    "</text:list-level-style-number></text:list-style>"
    '<style:style style:name="Wide" style:family="table"><style:table-properties '
    f'style:width="{TEXT_WIDTH}cm" table:align="left"/></style:style>'
    '<style:style style:name="Row" style:family="table-row"><style:table-row-properties '
    'fo:keep-together="always"/></style:style>'
    '<style:style style:name="Ruled" style:family="table-cell"><style:table-cell-properties '
    'fo:padding="0.1cm" fo:border-bottom="0.5pt solid #b1b4b6"/></style:style>'
    '<style:style style:name="Bare" style:family="table-cell"><style:table-cell-properties '
    'fo:padding="0.05cm"/></style:style>'
)


def _paragraph_style(name: str, of: str, paragraph: str = "", text: str = "") -> str:
    return (
        f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="{of}">'
        f"<style:paragraph-properties {paragraph}/><style:text-properties {text}/></style:style>"
    )


def _styles(paper: o.Paper) -> str:
    default = 'fo:font-size="11pt" fo:font-family="Arial" fo:language="en" fo:country="GB"'
    headings = "".join(
        f'<style:style style:name="Heading_{level}" style:display-name="Heading {level}" '
        f'style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="{level}">'
        f'<style:paragraph-properties fo:margin-top="{above}cm" fo:margin-bottom="0.2cm" '
        f'fo:keep-with-next="always"/>'
        f'<style:text-properties fo:font-size="{size}pt" fo:font-weight="bold"/></style:style>'
        for level, size, above in ((1, 19, 0), (2, 14, 0.55), (3, 12, 0.4))
    )
    spans = "".join(
        f'<style:style style:name="{name}" style:family="text"><style:text-properties {how}/></style:style>'
        for name, how in {
            "Strong": 'fo:font-weight="bold"',
            "Soft": 'fo:font-size="9.5pt" fo:color="#484949"',
            "Quote": 'fo:font-style="italic"',
        }.items()
    )
    paragraphs = (
        _paragraph_style("Lead", "Standard", "", 'fo:font-size="13pt"')
        + _paragraph_style("Note", "Standard", 'fo:border-left="3pt solid #000000" fo:padding-left="0.3cm"')
        + _paragraph_style("Caption", "Standard", 'fo:keep-with-next="always"')
        + _paragraph_style(
            "Line", "Standard", 'fo:margin-top="0.8cm" fo:margin-bottom="0cm" fo:keep-with-next="always"'
        )
        + _paragraph_style("Space", "Standard", 'fo:margin-bottom="0cm"', 'fo:font-size="6pt"')
        + _paragraph_style("Break", "Standard", 'fo:break-before="page"')
        + _paragraph_style("Middle", "Standard", 'fo:text-align="center"')
    )
    tabs = (
        '<style:style style:name="Edge" style:family="paragraph" style:parent-style-name="Standard">'
        f'<style:paragraph-properties><style:tab-stops><style:tab-stop style:position="{TEXT_WIDTH / 2}cm" '
        f'style:type="center"/><style:tab-stop style:position="{TEXT_WIDTH}cm" style:type="right"/>'
        '</style:tab-stops></style:paragraph-properties><style:text-properties fo:font-size="9.5pt"/>'
        "</style:style>"
    )
    standing = "DRAFT" if paper.draft else paper.version
    strong = '<text:span text:style-name="Strong">{}</text:span>'
    head = (
        f'<text:p text:style-name="Edge">{_text(paper.reference)}<text:tab/>'
        f"{strong.format(_text(paper.handling))}"
        f"<text:tab/>{strong.format(_text(standing)) if paper.draft else _text(standing)}</text:p>"
    )
    foot = (
        f'<text:p text:style-name="Edge">{_text(paper.foot)}<text:tab/><text:tab/>Page '
        '<text:page-number text:select-page="current"/> of <text:page-count/></text:p>'
    )
    if paper.handling:
        foot += f'<text:p text:style-name="Middle">{strong.format(_text(paper.handling))}</text:p>'
    return (
        f'<office:document-styles{_SPACES} office:version="1.2"><office:styles>'
        f'<style:default-style style:family="paragraph"><style:text-properties {default}/>'
        "</style:default-style>"
        '<style:style style:name="Standard" style:family="paragraph" style:class="text">'
        '<style:paragraph-properties fo:margin-bottom="0.2cm"/></style:style>'
        f"{headings}{spans}{paragraphs}{tabs}</office:styles><office:automatic-styles>"
        '<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" '
        'fo:page-height="29.7cm" fo:margin-left="1.9cm" fo:margin-right="1.9cm" fo:margin-top="1.2cm" '
        'fo:margin-bottom="1.2cm"/><style:header-style><style:header-footer-properties fo:min-height="1cm" '
        'fo:margin-bottom="0.4cm"/></style:header-style><style:footer-style><style:header-footer-properties '
        'fo:min-height="1cm" fo:margin-top="0.4cm"/></style:footer-style></style:page-layout>'
        "</office:automatic-styles><office:master-styles>"
        f'<style:master-page style:name="Standard" style:page-layout-name="A4">'
        f"<style:header>{head}</style:header><style:footer>{foot}</style:footer></style:master-page>"
        "</office:master-styles></office:document-styles>"
    )
