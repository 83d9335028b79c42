"""Numbers in charts, pages and other files that are not among the protected figures.

An intruder opens the files: the text of a picture, its alternative text and tooltips, the data behind it,
what is written into a picture's metadata, the cells of a spreadsheet.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from lamplighter.disclosure.attack.derived import LIST, derived
from lamplighter.disclosure.attack.findings import Finding
from lamplighter.disclosure.attack.published_files.formats import passages
from lamplighter.disclosure.attack.published_files.pages import drawings, marked_up
from lamplighter.disclosure.attack.published_files.refusing import CannotRead, decoded
from lamplighter.disclosure.attack.reading import Papers

#: The description is read as such; its own numbers (rules, decimals) are not figures.
DESCRIPTION = "release.json"
MOST_A_FILE = 20
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
#: A day needs its year: "7 March" can be seven who came in March.
_DATE = re.compile(
    r"\b\d{4}-\d{2}(?:-\d{2})?(?:T\d{2}:\d{2}(?::\d{2})?Z?)?\b"
    rf"|\b\d{{1,2}} {_MONTH} \d{{4}}\b|\b{_MONTH} \d{{4}}\b"
)
_VERSION = re.compile(r"(?<![\w.])v?\d+(?:\.\d+){2,}\b")
#: Thousands are parted by a comma or a thin space; read in two pieces, 2 750 would be a 2 and a 750. A number
#: may have a unit or an ordinal's ending; with other letters it is a name.
_NUMBER = re.compile(
    r"(?<![\w])(?<!\d\.)[-−]?(\d{1,3}(?:[,\u2009\u202f]\d{3})+(?!\d)|\d+)(\.\d+)?"
    r"(?:st|nd|rd|th|k|m|x|bn)?(?!\w)",
    re.I,
)
_PARTING = str.maketrans("", "", ",\u2009\u202f")
_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen"""
_BY_TEN = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(re.findall(r"\w+", _ONES))} | {"dozen": 12}
_TENS = {word: 10 * value for value, word in enumerate(re.findall(r"\w+", _BY_TEN), 2)}
_IN_WORDS = re.compile(
    rf"\b(?:({'|'.join(_TENS)})(?:[- ]({'|'.join(_UNITS)}))?|({'|'.join(_UNITS)}))\b"
    r"(?:[- ](hundred|thousand))?", re.I
)  # fmt: skip
#: A text in which a number of the rules may stand.
_OF_RULES = re.compile(
    r"\b(?:hidden|hide|shown|suppress\w*|round\w*|nearest|multiples?|fewer|under|below|least|threshold|rules?"
    r"|or more)\b",
    re.I,
)
#: "One" that counts nobody.
_PRONOUN = re.compile(
    r"\b(?:no|any|every|some|each|this|that|another|which|other|older|newer|earlier|later|next|last|than)"
    r" one\b"
    r"|\bone (?:or more|another|after another|and the same|by one)\b|\bone's\b",
    re.I,
)


def strangers(papers: Papers) -> tuple[list[Finding], int]:
    """Numbers that should not be there, and how many files were read."""
    follows, found = derived(papers)
    allowed = sorted({*_allowed(papers), *follows})
    names, rules, codes = _names(papers), _rules(papers), _codes(papers)
    files = 0
    for path in sorted(p for p in papers.folder.rglob("*") if p.is_file()):
        name = path.relative_to(papers.folder).as_posix()
        files += 1
        if name in (DESCRIPTION, LIST) or name in papers.declared:
            continue
        mine: list[Finding] = []
        try:
            for place, text in (("its name", name), *passages(path, papers.folder)):
                known = codes | rules if _OF_RULES.search(text) else codes
                for number, decimals in numbers(_without(text, names)):
                    if not _fits(number, decimals, allowed) and number not in known:
                        shown = f"{number:.{decimals}f}"
                        said = f"{shown} is in {place} and in no protected table."
                        mine.append(Finding("text", name, place, said))
            if path.suffix.lower() in (".svg", ".html", ".htm"):
                mine += [Finding("bar", name, "a drawing", said) for said in _bars(path, allowed)]
        except CannotRead as problem:
            words = f"{problem} Otherwise leave the file out."
            mine.insert(0, Finding("unreadable", name, "whole file", words))
        found += list(dict.fromkeys(mine))[:MOST_A_FILE]
    return found, files


def _bars(path: Path, allowed: list[float]) -> Iterator[str]:
    def fits(value: float, reach: float) -> bool:
        at = bisect.bisect_left(allowed, value - reach)
        return at < len(allowed) and allowed[at] <= value + reach

    for drawing in drawings(decoded(path.read_bytes()), path):
        yield from drawing.strange(fits, allowed)


def numbers_of_page(page: str) -> set[float]:
    """Return every number that a page says, in its texts or in attributes that are read."""
    said = marked_up(page, Path("page.html"), Path())
    return {number for _, text in said for number, _ in numbers(text)}


def numbers(text: str) -> Iterator[tuple[float, int]]:
    """Yield each number in a text with its decimals, in figures or in words; dates and versions are none."""
    plain = text if text.isascii() else "".join(c for c in text if unicodedata.category(c) != "Cf")
    bare = _VERSION.sub(" ", _DATE.sub(" ", plain))
    for match in _NUMBER.finditer(bare):
        decimals = len(match[2]) - 1 if match[2] else 0
        yield float(match[1].translate(_PARTING) + (match[2] or "")), decimals
    for char in "" if bare.isascii() else bare:
        if unicodedata.category(char) in ("No", "Nl"):  # ⑦, ⁷ and Ⅶ
            yield float(unicodedata.numeric(char)), 0 if unicodedata.numeric(char).is_integer() else 2
    for match in _IN_WORDS.finditer(_PRONOUN.sub(" ", bare)):
        tens, more, ones, times = (piece.lower() if piece else "" for piece in match.groups())
        value = _TENS.get(tens, 0) + _UNITS.get(more or ones, 0)
        yield float(value * {"": 1, "hundred": 100, "thousand": 1_000}[times]), 0


def _without(text: str, names: Sequence[str]) -> str:
    """Return the text without the titles, labels and codes of the release that are written out in it."""
    for name in names:
        if name in text:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    return text


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


def _names(papers: Papers) -> list[str]:
    """Titles, labels and codes with a number in them, the longest first."""
    texts = [str(papers.description.get(key, "")) for key in ("name", "title", "edition")]
    for sheet in (*papers.sheets, *papers.summaries):
        texts += [str(sheet.spec.get("title", "")), str(sheet.spec["name"]), *sheet.universe]
    for spec, _ in papers.curves:
        texts += [str(spec.get("title", "")), str(spec["name"])]
    for model in papers.description.get("models", []):
        texts += [str(model.get("title", "")), str(model["name"]), *(model.get("values") or {})]
    for name, codes in papers.dimensions.items():
        texts.append(name)
        for code, spec in codes.items():
            texts += [code, str(spec.get("label") or "")]
    # A code that is nothing but a number would let that number through wherever it stands.
    told = {text for text in texts if any(numbers(text)) and re.search(r"[^\W\d_]|\d[-–]\d", text)}
    return sorted(told, key=lambda text: (-len(text), text))


def _rules(papers: Papers) -> set[float]:
    """The numbers of the rules, which a text may name that speaks of them; a 1 says too much."""
    told = [v for v in papers.rules.values() if isinstance(v, int | float) and not isinstance(v, bool)]
    return {float(v) for v in told if v != 1}


def _codes(papers: Papers) -> set[float]:
    """Codes that are numbers."""
    found: set[float] = set()
    codes = [(c, str(s.get("label") or "")) for own in papers.dimensions.values() for c, s in own.items()]
    for texts in codes:
        found |= {float(text) for text in texts if re.fullmatch(r"\d+", text)}
    return found


def _fits(number: float, decimals: int, allowed: list[float]) -> bool:
    """Tell whether an allowed figure is the number at the number's own precision; counts must be equal."""
    half = 0.5 * 10.0**-decimals + 1e-9
    at = bisect.bisect_left(allowed, number - half)
    while at < len(allowed) and allowed[at] <= number + half:
        if allowed[at] != int(allowed[at]) or allowed[at] == number:
            return True
        at += 1
    return False
