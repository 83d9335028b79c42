"""Text that every form can show the same: what no letter of ours can show is named in words, in brackets.

The fonts of the typesetter hold Latin, Greek, Cyrillic, Hebrew, Arabic and more, and no pictures. Every
form shows the same words, so that nobody reads more in the one than in the other. Nothing is left out without
a word, except marks that are not seen and turn the order of letters, which could hide what a sentence says.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

# Letters that no font of the wheel has: said by their script, a run at a time.
_SCRIPTS = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "THAI", "BENGALI", "TAMIL", "GUJARATI", "GURMUKHI")
_TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
# Between the parts of one picture, and how it is drawn.
_JOINS = {"\u200d", "\ufe0e", "\ufe0f", "\u20e3", "\ufeff"}
_PLAIN = re.compile(r"[\x20-\x7e\n\u00a0-\u024f\u2009\u2010-\u2027\u2030-\u203a\u20ac\u2212]*")
_LINES = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def printable(text: str) -> str:
    """Return ``text`` as every form can show it."""
    if _PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", _LINES.sub("\n", text).replace("\t", " "))
    return "".join(_run(kind, [*run]) for kind, run in groupby(text, _kind))


def named(character: str) -> str:
    """Return the name of a character in brackets: ``[grinning face]``."""
    code = f"character U+{ord(character):04X}"
    return f"[{unicodedata.name(character, code).lower()}]"


def _kind(character: str) -> str:
    if character in _JOINS or character in _TURNING:
        return "dropped"
    category = unicodedata.category(character)
    if category == "Cc" and character != "\n":
        return "dropped"
    if ord(character) >= 0x1F000 or category in {"Co", "Cs", "Cn"}:
        return "named"
    name = unicodedata.name(character, "")
    return next((s for s in _SCRIPTS if name.startswith((s, f"FULLWIDTH {s}"))), "shown")


def _run(kind: str, run: list[str]) -> str:
    if kind == "shown":
        return "".join(run)
    if kind == "dropped":
        return ""
    if kind == "named":
        return "".join(map(named, run))
    script = "Chinese or Japanese" if kind == "CJK" else kind.capitalize()
    return f"[{len(run)} {script} {'letter' if len(run) == 1 else 'letters'}: see the report]"
