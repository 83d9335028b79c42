"""Answers written into a mapping file, so that each is asked for once. What the file says stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from lamplighter.study_bundle.spreadsheets.mapping import load, parse


def add_words(path: Path, codes: str, answers: Mapping[str, str]) -> None:
    """Write what words of a force mean. Raises ``BundleMappingError``, and nothing is lost."""
    lines = [f"{_quoted(word)} = {_quoted(code)}" for word, code in answers.items()]
    _write(path, f"words.{codes}", lines)


def set_line(path: Path, line: int) -> None:
    """Write in which line the headings stand. Raises ``BundleMappingError``, and nothing is lost."""
    load(path)
    text = re.sub(r"(?m)^line\s*=\s*\d+\s*\n", "", path.read_text("utf-8-sig"))
    _write(path, "source", [f"line = {line}"], text)


def _write(path: Path, table: str, lines: list[str], text: str | None = None) -> None:
    text = path.read_text("utf-8-sig") if text is None else text
    head = re.search(rf"(?m)^\[{re.escape(table)}\][^\n]*\n", text)
    added = "\n".join(lines) + "\n"
    if head is None:
        text = f"{text.rstrip()}\n\n[{table}]\n{added}"
    else:
        text = text[: head.end()] + added + text[head.end() :]
    # What cannot be read again is not written.
    parse(text, path.name)
    path.write_text(text, "utf-8")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
