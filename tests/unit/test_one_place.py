"""Hold each of these to its one place: refusals, the reading of TOML, the form that asks why, thresholds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "lamplighter"
TREES = {p.relative_to(SRC).as_posix(): ast.parse(p.read_text("utf-8")) for p in SRC.rglob("*.py")}
COMPUTED = (
    "attaching.py",
    "conditions.py",
    "conditions_course.py",
    "grouping.py",
    "occasions.py",
    "readings.py",
)


def classes(name: str) -> list[str]:
    return [
        f for f, t in TREES.items() for n in ast.walk(t) if isinstance(n, ast.ClassDef) and n.name == name
    ]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("NotPossibleError", "hub/site/refusals.py"),
        ("ConflictError", "hub/site/refusals.py"),
        ("ReasonForm", "hub/design/reasons.py"),
    ],
)
def test_it_is_defined_once(name: str, place: str) -> None:
    assert classes(name) == [place]


def test_toml_is_read_in_one_module() -> None:
    readers = [
        file
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and any(a.name == "tomllib" for a in node.names)
    ]
    assert readers == ["rule_files/reading.py"]


def test_the_rules_of_courses_have_no_days_of_their_own() -> None:
    """A span in the code would be a rule that ``rules.toml`` does not know."""
    spans = [
        (file, node.lineno)
        for file, tree in TREES.items()
        if file.startswith("courses/") and file.endswith(COMPUTED)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "timedelta"
        and any(isinstance(k.value, ast.Constant) and k.value.value for k in node.keywords)
    ]
    assert spans == []


def test_a_threshold_of_a_link_is_written_once() -> None:
    place = "linkage/thresholds.py"
    names = {
        target.id
        for node in TREES[place].body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert len(names) >= 10
    again = [
        (file, target.id)
        for file, tree in TREES.items()
        if file.startswith(("linkage", "hub/people")) and file != place
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        # Of names that depend on one another "sure" is a number of standard errors.
        if isinstance(target, ast.Name) and target.id in names
    ]
    assert again == []
