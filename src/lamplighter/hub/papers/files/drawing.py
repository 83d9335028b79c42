"""Draw a paper that is kept as a file, under a name that says what kind of paper it is and names nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from lamplighter.hub.papers.kinds import KINDS
from lamplighter.hub.papers.models import Paper
from lamplighter.hub.papers.policies import issued, withdrawn
from lamplighter.reporting.papers import outline as outlines
from lamplighter.reporting.papers.opendocument import paper_odt
from lamplighter.reporting.papers.tagged_pdf import paper_pdf
from lamplighter.reporting.papers.wordprocessing import paper_docx

FORMS: Mapping[str, tuple[str, Callable[[outlines.Paper], bytes]]] = {
    "pdf": ("application/pdf", paper_pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", paper_docx),
    "odt": ("application/vnd.oasis.opendocument.text", paper_odt),
    "front": ("application/pdf", paper_pdf),
}
# Of a bundle: its front sheet alone, which keeps its tags.
FRONT = "front"
NAMES = {"pdf": "PDF", "docx": "Word (DOCX)", "odt": "OpenDocument (ODT)"}


def forms_of(row: Paper) -> Mapping[str, str]:
    """Return the forms that a version is given out in, and what each is called."""
    if row.kind == "bundle":
        return {"pdf": "PDF of the whole bundle", FRONT: "tagged PDF of the front sheet and index"}
    return NAMES


def outline(row: Paper, *, as_issued: bool | None = None) -> outlines.Paper:
    """Return the outline of a version: until it is issued DRAFT on every page, and hints for its maker."""
    held = outlines.from_json(row.outline, row.at)
    out = bool(issued(row)) if as_issued is None else as_issued
    draft = not out or withdrawn(row) is not None
    return replace(held, draft=True) if draft else outlines.finished(held)


def digest(made: bytes) -> str:
    return hashlib.sha256(made).hexdigest()


def digests(paper: outlines.Paper) -> dict[str, str]:
    """Return the SHA-256 of every form of a paper."""
    return {form: digest(draw(paper)) for form, (_, draw) in FORMS.items() if form != FRONT}


def name_of(row: Paper, form: str) -> str:
    """Return the name of a file: the kind, the case and the version; of a plain paper nothing but a word."""
    kind = KINDS[row.kind]
    if kind.plain:
        return f"{kind.heading.lower()}.{form}"
    # Nothing that was typed is in the name of a file, whatever stands in the row.
    version = row.for_whom if row.for_whom in dict(kind.versions) else ""
    parts = (row.kind.replace("_", "-"), version, row.case.reference, f"v{row.number}")
    made = "-".join(p for p in parts if p)
    return f"{made}-front.pdf" if form == FRONT else f"{made}.{form}"
