"""Every pattern that meets received text takes time linear in its length.

The modules through which received text goes are gone through for patterns: compiled ones that stand in a
module, and those that a call of ``re`` names on the spot. Each is run over texts that are made to be hard, at
one length and at four times it. What is measured is the processor's time of this thread, the least of several
tries, and what is compared is only the growth: linear is 4, the square 16.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

PACKAGES = (
    "courses",
    "linkage",
    "linkage_tables",
    "records",
    "reporting",
    "hub.patterns",
    "hub.search",
    "hub.intake",
)

NEVER_MET = {
    "lamplighter.records.canonical.names._SAYS_MORE": "asked of names of at most 100 characters (_LONGEST)",
    "lamplighter.reporting.charts.pictures._DRAWN_SVG": "only what our own drawing of a chart wrote",
}

LENGTHS = (75, 300, 1_200)
GRAIN = 0.0005
"""Seconds under which nothing is said: the square of 1,200 characters takes longer, and linear time less."""
GROWTH = 10
TRIES = 5

UNITS = (
    *"aA1_.-, \t\n()[]\"\\'@+/:{£é",
    *(
        "a.",
        "a_",
        "a_.",
        "a1",
        "1a",
        "1,",
        "1.",
        "1 ",
        " 1",
        "a ",
        "a, ",
        "a'",
        "a-",
        "a@",
        '\\"',
        "( ",
        " (",
    ),
    *(
        " -",
        "@.",
        "/,",
        "0 1",
        "d: ",
        "rd ",
        "if ",
        "x=",
        "<svg ",
        "mergeCell ",
        '"a":',
        "_x00",
        "{}",
        "+44 ",
    ),
)
AROUND = (("", ""), ("", "_"), ("a1 ", "\n2"))
PAIRS = tuple(itertools.permutations("a1_ .,(", 2))


@cache
def hostile(length: int) -> tuple[str, ...]:
    """Texts of about a length: one thing again and again, and one thing after another."""
    repeated = [before + unit * (length // len(unit)) + after for unit in UNITS for before, after in AROUND]
    in_turn = [one * (length // 2) + two * (length // 2) + "_" for one, two in PAIRS]
    third = length // 3
    return (*repeated, *in_turn, "a" * third + "1" * third + "a" * third + "_")


def asked(pattern: re.Pattern[str] | re.Pattern[bytes]) -> tuple[Callable[[str], object], ...]:
    """What is asked of a pattern: every find in a text, and whether it is the whole of it."""
    if isinstance(pattern.pattern, bytes):
        return (
            lambda text: sum(1 for _ in pattern.finditer(text.encode())),
            lambda text: pattern.fullmatch(text.encode()),
        )
    return (
        lambda text: sum(1 for _ in pattern.finditer(text)),
        lambda text: pattern.fullmatch(text),
    )


def least(run: Callable[[str], object], text: str, tries: int) -> float:
    """The least seconds of this thread of several tries."""
    taken = []
    for _ in range(tries):
        began = time.thread_time()
        run(text)
        taken.append(time.thread_time() - began)
    return min(taken)


def worse_than_linear(pattern: re.Pattern[str] | re.Pattern[bytes]) -> str | None:
    """How much longer a pattern takes for four times the text, and for which; ``None`` where it holds."""
    for run in asked(pattern):
        for shorter, longer in itertools.pairwise(LENGTHS):
            for one, four in zip(hostile(shorter), hostile(longer), strict=True):
                if least(run, four, 1) < GRAIN:
                    continue
                after = least(run, four, TRIES)
                growth = after / max(least(run, one, TRIES), 1e-7)
                if after > GRAIN and growth > GROWTH:
                    return f"{growth:.0f} times as long for {four[:16]!r}... of {longer} characters"
    return None


def modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        found = importlib.import_module(f"lamplighter.{package}")
        yield found
        for module in pkgutil.walk_packages(found.__path__, f"{found.__name__}."):
            yield importlib.import_module(module.name)


def compiled(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Patterns that stand in a module, alone or several together."""
    for name, value in vars(module).items():
        held = value.values() if isinstance(value, dict) else value
        for one in held if isinstance(value, dict | list | tuple | set | frozenset) else [value]:
            if isinstance(one, re.Pattern):
                yield name, one


CALLS = {"search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}


def named_in_calls(source: str) -> Iterator[re.Pattern[str] | re.Pattern[bytes]]:
    """Patterns that a call of ``re`` names on the spot, where they are a plain text."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in CALLS
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield re.compile(node.args[0].value)


def every_pattern() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    found: dict[tuple[object, int], tuple[str, re.Pattern[str] | re.Pattern[bytes]]] = {}
    for module in modules():
        # One that another module lends is named by whichever comes first.
        for name, pattern in compiled(module):
            found.setdefault((pattern.pattern, pattern.flags), (f"{module.__name__}.{name}", pattern))
        for pattern in named_in_calls(Path(str(module.__file__)).read_text("utf-8")):
            found.setdefault(
                (pattern.pattern, pattern.flags), (f"{module.__name__}: {pattern.pattern!r}", pattern)
            )
    return {f"{name} {n}": pattern for n, (name, pattern) in enumerate(found.values())}


def test_no_pattern_takes_more_than_linear_time() -> None:
    patterns = every_pattern()
    names = {name.rsplit(" ", 1)[0] for name in patterns}
    for one in ("facts._HANDLE_IN_TEXT", "tokens._TOKEN", "json_lines._TRAILING", "terms._MAIL"):
        assert any(name.endswith(one) for name in names), f"{one} was not found by scanning"
    assert set(NEVER_MET) <= names, "a pattern that meets no received text is not there any more"
    slow = {
        name: found
        for name, pattern in patterns.items()
        if name.rsplit(" ", 1)[0] not in NEVER_MET and (found := worse_than_linear(pattern))
    }
    assert not slow, "\n".join(f"{name}: {found}" for name, found in slow.items())


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b[a-z][a-z]*[._]?[a-z]*[._]?\d{2,}[a-z]*\d*\b",  # the cube
        r"\s+-+\s+|,\s*",
        r"\s*\([^)]*\)",
        r'("(?:[^"\\]|\\.)*")|,(\s*[}\]])',
        r"^(.*\d\w*)\s+(\D+)$",
    ],
)
def test_what_is_worse_than_linear_is_found(pattern: str) -> None:
    assert worse_than_linear(re.compile(pattern)) is not None
