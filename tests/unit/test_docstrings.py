"""Hold the first words of docstrings: a verb, or the noun of the thing, never a clause ("Whether ...")."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tools.house import FREE

HOUSE = Path(__file__).resolve().parents[2] / "src" / "lamplighter"
VERBS = frozenset(
    """
    accept add admit agree allow annotate answer append apply approve arrange ask assign attach attack
    await begin bring build call carry change check choose clean clear close collect compare compile
    compose confirm convert copy correct count cover create cut decide declare delete describe draw drop
    empty encode encrypt end enter erase escalate estimate evaluate exclude explain export fetch file
    fill find finish fit follow forget gather generate get give go grant group guess hand hide hold
    import index insert install invite join keep lay lead learn leave let limit link list load lock log
    look make mark match maximise mend merge move name normalise note offer open order parse part pass
    pick place prepare print propose protect prove publish put raise rank read rebuild receive recompute
    record redact refuse register reject release remember remove rename repeat replace report reset
    resolve restore return round run save say score seal search see select send serve set settle share
    show sign simulate skip solve sort split start state stop store stream sum take tell test tidy time
    trace train translate trim try turn undo update use validate verify wait walk warn weigh withdraw
    withhold work wrap write yield
    """.split()  # noqa: SIM905  a list that can be read
)
AT_LEAST_VERBS = 0.46
"""The share of docstrings that open with a verb, of all rooms: it may only rise."""


@cache
def first_words(room: str) -> tuple[tuple[str, str], ...]:
    """Return the place and first word of each docstring of modules, and of public classes and functions."""
    words = []
    for path in sorted((HOUSE / room).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        found: list[ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef] = list(_public(tree))
        for node in found if path.name == "__init__.py" else [tree, *found]:
            if said := ast.get_docstring(node):
                place = f"{path.relative_to(HOUSE)}:{getattr(node, 'lineno', 1)}"
                words.append((place, re.split(r"\W", said, maxsplit=1)[0].lower()))
    return tuple(words)


def _public(node: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    for child in getattr(node, "body", ()):
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if child.name.startswith("_"):
            continue
        yield child
        if isinstance(child, ast.ClassDef):
            yield from _public(child)


ROOMS = sorted(p.name for p in HOUSE.iterdir() if p.is_dir() and (p / "__init__.py").exists())


@pytest.mark.parametrize("room", ROOMS)
def test_no_docstring_opens_with_a_clause(room: str) -> None:
    free = [place for place, word in first_words(room) if word in FREE]
    assert not free, (
        f"{len(free)} docstrings of {room} open with what, who, whether or the like. Open with a verb, such "
        f"as Return or Tell, or with the noun of the thing: {free}"
    )


def test_the_share_of_docstrings_that_open_with_a_verb_does_not_fall() -> None:
    words = Counter(word for room in ROOMS for _, word in first_words(room))
    share = sum(n for word, n in words.items() if word in VERBS) / words.total()
    assert share >= AT_LEAST_VERBS, f"{share:.3f} of docstrings open with a verb, {AT_LEAST_VERBS} did."
