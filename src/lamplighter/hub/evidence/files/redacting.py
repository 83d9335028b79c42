"""A copy in which what was taken out is really gone, beside the original, which stays as it came.

Of a picture the points themselves are made black, on the upright picture that people look at. A PDF is drawn
anew as pictures: its text, links and attachments are not in the copy. Of a text each occurrence of the words
goes. Which squares or how many words went, who did it and why stays with the copy, and from what it was made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import owned
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases.models import Case
from lamplighter.hub.evidence import rules
from lamplighter.hub.evidence.files import opening, pictures, sealed
from lamplighter.hub.evidence.models import File, Scan
from lamplighter.hub.evidence.selectors import Known
from lamplighter.hub.sharing import guarding
from lamplighter.hub.site.refusals import NotPossibleError

TEXTS = frozenset({"txt", "csv"})
KINDS = opening.PICTURE_KINDS | {"pdf"} | TEXTS
ON_A_PAGE = re.compile(r"(?:page\s*)?(\d{1,4})\s*[:.)]\s*(.+)", re.IGNORECASE)
LEAST = 2
TAKEN_OUT = "█████"


def squares(text: str, kind: str) -> dict[int, list[pictures.Box]]:
    """Return the parts by page, as they were typed: ``B2:D4, F1`` of a picture, ``3: B2:D4`` of page 3."""
    found: dict[int, list[pictures.Box]] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        number, told = 1, line
        if kind == "pdf":
            read = ON_A_PAGE.fullmatch(line)
            if read is None:
                raise NotPossibleError(
                    f"“{line}” names no page. Write its number, a colon and the squares: 3: B2:D4.",
                    field="areas",
                )
            number, told = int(read[1]), read[2]
        try:
            found.setdefault(number, []).extend(pictures.areas(told))
        except ValueError as problem:
            raise NotPossibleError(
                f"“{problem}” is no square of the grid. Columns are A to L and rows 1 to 12: B2, or B2:D4.",
                field="areas",
            ) from problem
    return found


@transaction.atomic
def redact(
    user: User, case: Case, known: Known, file: File, why: str, *, areas: str = "", words: Sequence[str] = ()
) -> File:
    """Make a redacted copy of an original. Raises ``NotPossibleError``."""
    if known.state(file) != Scan.State.CLEAN or file.role != File.Role.ORIGINAL:
        raise NotPossibleError("A copy is made only of an original in which no virus was found.")
    if file.kind not in KINDS:
        raise NotPossibleError(
            "Pictures, PDF and text can be redacted here. Make a PDF of it, and send that too."
        )
    if not why.strip():
        raise NotPossibleError("Enter why the copy is made, and for whom.", field="why")
    guarding.check(user, case, file.partition, why)
    with sealed.opened(file.key) as plain:
        kind, content, told = _made(plain, file.kind, areas, [w.strip() for w in words if w.strip()])
    put = sealed.put_bytes(content)
    made = File.objects.create(
        **owned(
            user,
            case,
            partition=file.partition,
            key=put.key,
            exhibit=file.exhibit,
            role=File.Role.REDACTED,
            made_from=file,
            name="",
            kind=kind,
            size=put.size,
            sha256=put.sha256,
            scanned=put.size,
            why=why,
            areas=told,
        )
    )
    audit.record(
        user,
        "evidence.redacted",
        f"file {made.key}",
        operation=Operation.ALTERATION,
        case=case,
        of=str(file.key),
    )
    return made


def _made(plain: BinaryIO, kind: str, areas: str, words: Sequence[str]) -> tuple[str, bytes, str]:
    if kind in TEXTS:
        content, counts = text_without(plain.read(), words)
        return kind, content, f"{sum(counts)} occurrences of {len(counts)} texts"
    boxes = squares(areas, kind)
    if not any(boxes.values()):
        raise NotPossibleError("Enter which squares are to go.", field="areas")
    told = "; ".join(line.strip() for line in areas.upper().splitlines() if line.strip())[:600]
    if kind != "pdf":
        return "png", pictures.burnt(plain, boxes[1]), told
    most, there = rules.limit("pages", timezone.localdate(moment.now())), pictures.pages_of(plain)
    if there > most:
        raise NotPossibleError(
            f"It has {there} pages; a copy is made of at most {most}. Send the pages needed."
        )
    if missing := sorted(n for n in boxes if not 1 <= n <= there):
        raise NotPossibleError(f"There is no page {missing[0]}: the document has {there}.", field="areas")
    return "pdf", pictures.drawn_again(plain, boxes), told


def text_without(content: bytes, words: Sequence[str]) -> tuple[bytes, list[int]]:
    """Return a text without these words, in any case, and how often each was there."""
    if not words or min(map(len, words)) < LEAST:
        raise NotPossibleError("Enter the words that are to go, one on each line.", field="words")
    text = content.decode(opening.decoding(content[: opening.BLOCK]))
    if not all(re.search(re.escape(one), text, re.IGNORECASE) for one in words):
        raise NotPossibleError(
            "Some of these words are not in the text. Write them as they stand there, one on each line.",
            field="words",
        )
    counts = []
    # Longest first: a name inside a longer one leaves no part of it.
    for one in sorted(words, key=len, reverse=True):
        text, number = re.subn(re.escape(one), TAKEN_OUT, text, flags=re.IGNORECASE)
        counts.append(number)
    return text.encode(), counts
