"""No phrase that was replaced comes back: templates, strings of code, rules and papers are read for them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.hub.words.screen import Shown, everything, of_code, of_template, of_toml, of_typst, plain

LIST = tomllib.loads(
    (Path(__file__).resolve().parents[3] / "data" / "words" / "phrases.toml").read_text(encoding="utf-8")
)
PHRASES: list[tuple[str, str, str]] = [
    (plain(now), row.get("match", "in"), row["better"]) for row in LIST["phrase"] for now in row["now"]
]
_TITLE = re.compile(r"\{% block title %\}(.*?)\{% endblock %\}")


def said(phrase: str, match: str, text: str) -> bool:
    """Whether ``text``, which is :func:`plain`, says ``phrase`` in the manner of ``match``."""
    if match in {"whole", "title"}:
        return text.rstrip(".:") == phrase
    if match == "word":
        at = text.find(phrase)
        while at >= 0:
            before, after = text[at - 1 : at], text[at + len(phrase) : at + len(phrase) + 1]
            if not before.isalpha() and not (phrase[-1].isalpha() and after.isalpha()):
                return True
            at = text.find(phrase, at + 1)
        return False
    return phrase in text


def excused(phrase: str, file: str) -> bool:
    return any(plain(e["phrase"]) == phrase and file.startswith(e["file"]) for e in LIST["exception"])


def found_in(pieces: list[Shown], *, titles: bool = False) -> list[str]:
    """Return a line for each phrase found: where, what, and what is better."""
    told = []
    for piece in pieces:
        text = plain(piece.text)
        for phrase, match, better in PHRASES:
            # Keys of code are in small letters, what stands alone on a page is not.
            key = match == "whole" and piece.text[:1].islower()
            if (match == "title") == titles and not key and said(phrase, match, text):
                if excused(phrase, piece.file):
                    continue
                told.append(f"{piece.file}:{piece.line}: “{phrase}”; say: {better}")
    return told


def test_no_replaced_phrase_is_back() -> None:
    pieces = list(everything())
    assert len(pieces) > 5_000  # a reader that reads nothing would find nothing
    assert found_in(pieces) == []


def test_titles_name_the_task() -> None:
    source = Path(__file__).resolve().parents[4] / "src" / "lamplighter"
    pages = [
        Shown(title, path.relative_to(source).as_posix(), 1)
        for path in source.rglob("*.html")
        for title in _TITLE.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(pages) > 100
    assert found_in(pages, titles=True) == []


def test_an_exception_that_nothing_needs_is_taken_out() -> None:
    for exception in LIST["exception"]:
        phrase, file = plain(exception["phrase"]), exception["file"]
        kinds = {match for now, match, _ in PHRASES if now == phrase}
        here = [p for p in everything() if p.file.startswith(file)]
        assert any(said(phrase, match, plain(p.text)) for p in here for match in kinds), exception
        assert exception["why"]


@pytest.mark.parametrize(
    "pieces",
    [
        of_template('{{ govukButton({"text": "Keep my decision"}) }}'),
        of_template("<p>Reviews of\n  broken glass</p>"),
        of_template('<img alt="Who broke the glass">'),
        of_template("<p>Held by {{ name }}</p>"),
        of_template("<b>Something</b> you cannot see"),
        of_code('messages.success(request, "Your decision is kept.")'),
        of_code('text = f"Occasion {number}: when and where"'),
        of_code('text = ("Speaks most " "against: nothing")'),
        of_toml('[[rule]]\nsource = "A clinic [S 12b]"'),
        of_typst('#heading("Rests on")'),
    ],
    ids=["button", "text", "attribute", "value", "bold", "message", "f-string", "joined", "toml", "typst"],
)
def test_a_phrase_that_is_put_back_is_found(pieces: Iterator[Shown]) -> None:
    assert len(found_in(list(pieces))) == 1


def test_what_nobody_sees_is_not_read() -> None:
    assert found_in(list(of_code('def f():\n    """What came of it."""\n    # broken glass'))) == []
    assert found_in(list(of_template("{# what came of it #}<p class='look'>Search</p>"))) == []
