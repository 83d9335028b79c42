"""The documents of security name tests as proof: each must be there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted((ROOT / "docs" / "security").glob("*.md"))
NAMED = re.compile(r"`(test_\w+)`")


@cache
def names_of_tests() -> frozenset[str]:
    """Names of every test function of the suite, read and not imported."""
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found.add(node.name)
    return frozenset(found)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_every_test_that_is_named_is_there(document: Path) -> None:
    named = set(NAMED.findall(document.read_text("utf-8")))
    assert named, "a document of security names what proves it"
    assert not named - names_of_tests()


def test_every_line_of_the_assessment_has_its_proof_or_says_that_there_is_none() -> None:
    lines = (ROOT / "docs" / "security" / "asvs.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if re.match(r"\| \d", line)]
    assert len(rows) > 80
    for row in rows:
        assert re.search(r"`test_\w+`|\*\*gap\*\*|\*\*no test\*\*|does not apply|\]\(", row), row
