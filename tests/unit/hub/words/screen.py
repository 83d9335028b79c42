"""Collect what the product shows: the text of templates, strings of code, and files of words.

Docstrings, comments, class names of HTML, addresses and log lines are not shown. An expression stands as
``{}``, so that a phrase around a value is found as well.
"""

from __future__ import annotations

import ast
import functools
import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[4] / "src" / "lamplighter"
# Made-up people and what they say, and the lists that read what others write: none of it is our wording.
NOT_OURS = (
    "synthetic/",
    "courses/coding/lexicon/",
    "records/mapping/built_in/",
    "records/propose/",
    "study_bundle/spreadsheets/mappings/",
    "hub/demo/",
    "linkage/features/first_names_uk.toml",
    "linkage/features/nicknames_uk.toml",
)
_COMMENT = re.compile(r"\{#.*?#\}", re.S)
_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
_LITERAL = re.compile(r'"([^"\n]*)"|\'([^\'\n]*)\'')
_TAG = re.compile(r"<[^>]*>")
_SHOWN_ATTRIBUTE = re.compile(r'\b(?:alt|title|aria-label|placeholder|content)="([^"]*)"')
# Text within a line is one sentence whatever is bold or linked in it.
_INLINE = re.compile(r"</?(?:a|strong|em|code|span|abbr|b|i|mark)\b[^>]*>")


@dataclass(frozen=True)
class Shown:
    """One piece of wording, and the file (below ``src/lamplighter``) and line it is in."""

    text: str
    file: str
    line: int


def plain(text: str) -> str:
    """Return ``text`` in one case, with straight quotes and single spaces, as phrases are compared."""
    text = html.unescape(text).replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    return " ".join(text.split()).casefold()


def of_template(source: str, file: str = "") -> Iterator[Shown]:
    """Yield the text nodes of a Jinja template, and every string that its code may print."""
    source = _COMMENT.sub(lambda m: "\n" * m.group().count("\n"), source)
    for code in _CODE.finditer(source):
        line = source.count("\n", 0, code.start()) + 1
        for literal in _LITERAL.finditer(code.group()):
            yield Shown(literal.group(1) or literal.group(2) or "", file, line)
    text = _CODE.sub(lambda m: "\n" * m.group().count("\n") + ("{}" if m.group()[1] == "{" else ""), source)
    for attribute in _SHOWN_ATTRIBUTE.finditer(text):
        yield Shown(attribute.group(1), file, text.count("\n", 0, attribute.start()) + 1)
    text = _INLINE.sub(lambda m: "\n" * m.group().count("\n"), text)
    at = 0
    for tag in [*_TAG.finditer(text), None]:
        end = tag.start() if tag else len(text)
        piece = text[at:end]
        if piece.strip():
            start = at + len(piece) - len(piece.lstrip())
            yield Shown(piece.strip(), file, text.count("\n", 0, start) + 1)
        at = tag.end() if tag else end


def _docstrings(tree: ast.AST) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            # A string that stands alone is read by nobody but programmers.
            found |= {
                id(s.value) for s in body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)
            }
    return found


def of_code(source: str, file: str = "") -> Iterator[Shown]:
    """Yield the strings of a Python module; of an f-string, one piece with ``{}`` for each value."""
    tree = ast.parse(source)
    unseen = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = []
            for value in node.values:
                if isinstance(value, ast.Constant):
                    unseen.add(id(value))
                    parts.append(str(value.value))
                else:
                    parts.append("{}")
            yield Shown("".join(parts), file, node.lineno)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in unseen:
            yield Shown(node.value, file, node.lineno)


def _values(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _values(value)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value)
    elif isinstance(node, str):
        yield node


def of_toml(source: str, file: str = "") -> Iterator[Shown]:
    """Yield the strings of a file of rules or words. Names of tables and keys are not shown."""
    for value in _values(tomllib.loads(source)):
        at = source.find(value.split("\n")[0])
        yield Shown(value, file, source.count("\n", 0, max(at, 0)) + 1)


def of_typst(source: str, file: str = "") -> Iterator[Shown]:
    """Yield the lines of a Typst template that are text or hold a string; comments are left out."""
    for number, line in enumerate(source.splitlines(), start=1):
        code = line.split("//")[0]
        for literal in _LITERAL.finditer(code):
            yield Shown(literal.group(1) or literal.group(2) or "", file, number)
        for content in re.findall(r"\[([^\[\]]*)\]", code):
            yield Shown(content, file, number)


_READERS = {".html": of_template, ".py": of_code, ".toml": of_toml, ".typ": of_typst}


@functools.cache
def everything() -> tuple[Shown, ...]:
    """Return all wording of the product, test data and other people's words left out."""
    found: list[Shown] = []
    for path in sorted(SOURCE.rglob("*")):
        file = path.relative_to(SOURCE).as_posix()
        if path.suffix in _READERS and not file.startswith(NOT_OURS) and "/migrations/" not in file:
            found += _READERS[path.suffix](path.read_text(encoding="utf-8"), file)
    return tuple(found)
