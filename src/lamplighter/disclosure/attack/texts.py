"""Numbers in charts, pages and other files that are not among the protected figures.

An intruder opens the files: the text of a picture, its alternative text and tooltips, the data behind it,
what is written into a picture's metadata, the cells of a spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lamplighter.disclosure.attack.derived import LIST, derived
from lamplighter.disclosure.attack.findings import Finding
from lamplighter.disclosure.attack.formats import CannotRead, passages
from lamplighter.disclosure.attack.reading import Papers

#: The description is read as such; its own numbers (rules, decimals) are not figures.
DESCRIPTION = "release.json"
MOST_A_FILE = 20
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = re.compile(
    r"\b\d{4}-\d{2}(?:-\d{2})?(?:T\d{2}:\d{2}(?::\d{2})?)?\b"
    rf"|\b\d{{1,2}} {_MONTH}(?: \d{{4}})?\b|\b{_MONTH} \d{{4}}\b"
)
_LABEL = re.compile(
    r"\b(?:table|figure|chart|section|chapter|page|step|appendix|version|note) \d+(?:\.\d+)*", re.I
)
#: Thousands are parted by a comma or a thin space; read in two pieces, 2 750 would be a 2 and a 750.
_NUMBER = re.compile(r"(?<![\w.,])[-−]?(\d{1,3}(?:[,\u2009\u202f]\d{3})+|\d+)(\.\d+)?(?![\w])")
_PARTING = str.maketrans("", "", ",\u2009\u202f")


def strangers(papers: Papers) -> tuple[list[Finding], int]:
    """Numbers that should not be there, and how many files were read."""
    follows, found = derived(papers)
    allowed = sorted({*_allowed(papers), *follows})
    words = _metadata_numbers(papers)
    files = 0
    for path in sorted(p for p in papers.folder.rglob("*") if p.is_file()):
        name = path.relative_to(papers.folder).as_posix()
        files += 1
        if name in (DESCRIPTION, LIST) or name in papers.declared:
            continue
        try:
            mine = []
            for place, text in passages(path):
                for number, decimals in numbers(text):
                    if not _fits(number, decimals, allowed) and number not in words:
                        shown = f"{number:.{decimals}f}"
                        said = f"{shown} is in {place} and in no protected table."
                        mine.append(Finding("text", name, place, said))
            found += list(dict.fromkeys(mine))[:MOST_A_FILE]
        except CannotRead as problem:
            found.append(Finding("unreadable", name, "whole file", f"{problem} Leave it out."))
    return found, files


def numbers(text: str) -> Iterator[tuple[float, int]]:
    """Yield each number in a text with its decimals; dates, and numbers of tables and sections, are not
    meant.
    """
    bare = _LABEL.sub(" ", _DATE.sub(" ", text))
    for match in _NUMBER.finditer(bare):
        decimals = len(match[2]) - 1 if match[2] else 0
        yield float(match[1].translate(_PARTING) + (match[2] or "")), decimals


def _allowed(papers: Papers) -> list[float]:
    known: set[float] = {0.0, 100.0}
    for sheet in (*papers.sheets, *papers.summaries):
        for figure in sheet.figures:
            known |= {float(t) for t in (figure.text, figure.percent) if t is not None}
    for _, rows in papers.curves:
        for row in rows:
            estimate = float(row["estimate"])
            known |= {float(row["time"]), float(row["events"]), float(row["at risk"])}
            known |= {estimate, 100 * estimate, 1 - estimate, 100 * (1 - estimate)}
    for model in papers.description.get("models", []):
        known |= {abs(float(v)) for v in (model.get("values") or {}).values()}
    for values in papers.description.get("quoted", {}).values():
        known |= {abs(float(v)) for v in values}
    return sorted(known)


def _metadata_numbers(papers: Papers) -> set[float]:
    """Numbers in titles, labels and codes, and the rules themselves."""
    out: set[float] = set()
    texts = [str(papers.description.get(key, "")) for key in ("name", "title", "edition")]
    for sheet in (*papers.sheets, *papers.summaries):
        texts += [str(sheet.spec.get("title", "")), sheet.universe[1]]
    texts += [str(spec.get("title", "")) for spec, _ in papers.curves]
    for codes in papers.dimensions.values():
        for code, spec in codes.items():
            texts += [code, str(spec.get("label") or "")]
    for text in texts:
        out |= {float(piece) for piece in re.findall(r"\d+(?:\.\d+)?", text)}
    return out | {float(v) for v in papers.rules.values() if isinstance(v, int | float)}


def _fits(number: float, decimals: int, allowed: list[float]) -> bool:
    """Whether an allowed figure is the number at the number's own precision."""
    half = 0.5 * 10.0**-decimals + 1e-9
    return any(abs(number - value) <= half if value != int(value) else number == value for value in allowed)
