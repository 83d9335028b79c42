"""Measure the house as it stands: size, folders, imports and language, in the columns of docs/house.md.

``python tools/house.py [ROOT]``: ROOT is a checkout, this one where it is left out; an older one can be
measured with the same rule.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.imports import imports_of, longest_chain, rings_in

PLACES = ("", "linkage", "linkage_tables", "hub")
LONG = 50  # lines of a function, its signature and docstring included
FREE = frozenset(
    "what who whose whom whether how which whoever whatever whichever where when why".split()  # noqa: SIM905
)
"""Words that open a clause where a docstring should open with a verb."""


@dataclass(frozen=True)
class Measured:
    """The figures of one room."""

    files: int
    lines: int
    median: int
    largest: int
    fullest: str
    chain: int
    rings: int
    long_functions: int
    functions: int
    docstrings: int
    clauses: int


def _sources(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*.py") if "migrations" not in p.parts)


def _documented(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if (said := ast.get_docstring(node)) and not getattr(node, "name", "").startswith("_"):
            yield said


def measure(root: Path, room: str) -> Measured:
    """Measure a room of the package below ``root/src``: an empty name is the whole package."""
    folder = root / "src" / "lamplighter" / room
    files = _sources(folder)
    lines = {path: path.read_text("utf-8").count("\n") for path in files}
    modules = Counter(p.parent for p in files if p.name != "__init__.py")
    fullest, most = modules.most_common(1)[0]
    graph = imports_of(".".join(filter(None, ("lamplighter", room))), root / "src")
    lengths, said = [], []
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        said += list(_documented(tree)) if path.name != "__init__.py" else []
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lengths.append((node.end_lineno or node.lineno) - node.lineno + 1)
    return Measured(
        files=len(files),
        lines=sum(lines.values()),
        median=int(statistics.median(lines.values())),
        largest=max(lines.values()),
        fullest=f"{most} ({fullest.relative_to(root / 'src' / 'lamplighter').as_posix()})",
        chain=len(longest_chain(graph)),
        rings=len(rings_in(graph)),
        long_functions=sum(n > LONG for n in lengths),
        functions=len(lengths),
        docstrings=len(said),
        clauses=sum(re.split(r"\W", text, maxsplit=1)[0].lower() in FREE for text in said),
    )


def _count(root: Path, folder: str) -> int:
    return sum(p.read_text("utf-8").count("\n") for p in _sources(root / folder))


def main(arguments: list[str]) -> None:
    """Print the table."""
    root = Path(arguments[0] if arguments else Path(__file__).parents[1]).resolve()
    git = ["git", "-C", str(root), "log", "-1", "--format=%h, %as"]
    commit = subprocess.run(git, capture_output=True, text=True)
    print(f"At {commit.stdout.strip() or root}\n")
    head = "files | lines | median | largest | modules in the fullest folder | longest chain | rings"
    print(f"| | {head} | functions over {LONG} lines | docstrings that open with a clause |")
    print("|---" * 10 + "|")
    for room in PLACES:
        if not (root / "src" / "lamplighter" / room).is_dir():
            continue
        m = measure(root, room)
        cells = [room or "src", m.files, f"{m.lines:,}", m.median, m.largest, m.fullest, m.chain, m.rings]
        cells += [f"{m.long_functions} of {m.functions:,}", f"{m.clauses} of {m.docstrings:,}"]
        print("| " + " | ".join(map(str, cells)) + " |")
    tests, benchmarks = _count(root, "tests"), _count(root, "benchmarks")
    share = tests / measure(root, "").lines
    print(f"\nTests {tests:,} lines ({share:.2f} a line of code), benchmarks {benchmarks:,}.")


if __name__ == "__main__":
    main(sys.argv[1:])
