"""Style sheets: a style can print text (``content``), draw a bar (``height: 7px``) and fetch a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lamplighter.disclosure.attack.published_files.refusing import CannotRead

_COMMENT = re.compile(r"/\*(.*?)\*/", re.S)
_STRING = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_FETCHES = re.compile(
    r"@import|@font-face|url\(\s*[\"']?(?!#)|image-set\(|attr\(|expression\(|element\(", re.I
)
_DECLARED = re.compile(r"([-\w]+)\s*:\s*([^;{}]+)")
#: What a declaration of ``content`` may be; anything else could count or fetch a figure.
_CONTENT = re.compile(
    r"(?:\s*(?:\"[^\"\\]*\"|'[^'\\]*'|none|normal|open-quote|close-quote)\s*)+(?:!important)?"
)
#: Sizes and places with which a bar can be drawn.
_SIZES = re.compile(
    r"-?-?(?:(?:min-|max-)?(?:width|height|inline-size|block-size)|flex(?:-basis|-grow)?|left|top|right|bottom"
    r"|inset.*|transform|translate|scale|rotate|background(?:-size|-position)?|clip-path|mask.*|d|r|cx|cy|x|y"
    r"|rx|ry|stroke-dash.*|grid.*|counter.*|order|z-index|--.*)",
    re.I,
)
_UNIT = re.compile(r"(?<=[\d.])(?:px|pt|pc|em|rem|ex|ch|vw|vh|cm|mm|in|q|fr|deg|s|ms)\b", re.I)
_HEX = re.compile(r"#[0-9a-f]{3,8}\b", re.I)


def declarations(text: str, place: str, *, inline: bool = False) -> Iterator[tuple[str, str]]:
    """Yield every text and size in a style sheet; in a ``style`` attribute every number.

    Raises:
        CannotRead: it fetches something, or prints what is worked out.
    """
    for comment in _COMMENT.findall(text):
        yield f"a comment in {place}", comment
    text = _COMMENT.sub(" ", text)
    if _FETCHES.search(text):
        raise CannotRead(f"In {place} something is fetched (url, @import, attr): take it out.")
    if "\\" in text:
        raise CannotRead(f"In {place} a character is written as a code (\\): write it plainly.")
    for one, other in _STRING.findall(text):
        yield f"a string in {place}", one or other
    for name, value in _DECLARED.findall(text):
        if name.lower() == "content" and not _CONTENT.fullmatch(value):
            raise CannotRead(f"In {place} “content” is more than plain text: write the text into the page.")
        if inline or _SIZES.fullmatch(name) or name.startswith("--"):
            bare = _UNIT.sub(" ", _HEX.sub(" ", _STRING.sub(" ", value)))
            if any(char.isdigit() for char in bare):
                yield f"{name} in {place}", bare
