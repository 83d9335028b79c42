"""Fail when nothing uses a name of the package: no module of it, no benchmark, tool or template.

python -m tools.dead_code

Vulture finds the names. Tests count for nothing: what only a test calls is dead. Five conventions tell what
is called by a name that no Python says, and ``dead_code.toml`` lists the few that no convention covers, each
with its reason; a row that covers nothing any more fails too.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import vulture

ROOT = Path(__file__).resolve().parents[1]
CALLERS = ("src", "benchmarks", "tools")
DATA = ("*.jinja", "*.html", "*.toml", "*.sql", "*.typ")
"""Files whose words name Python: templates, rule files that name conditions, typesetting."""
LOOKUPS = frozenset({"Q", "annotate", "exclude", "filter", "get", "order_by"})
CONFIDENCE = 60
"""Vulture's for a function, class or variable that nothing names; an unreachable line has more."""


class Dead(NamedTuple):
    place: str
    line: int
    kind: str
    name: str


def trees(root: Path) -> Iterator[tuple[Path, ast.Module]]:
    for top in CALLERS:
        for path in sorted((root / top).rglob("*.py")):
            yield path, ast.parse(path.read_text("utf-8"))


def words_of_data(root: Path) -> set[str]:
    """Convention 1: a template or a rule file names it."""
    found: set[str] = set()
    for pattern in DATA:
        for path in (root / "src").rglob(pattern):
            found.update(re.findall(r"[A-Za-z_]\w+", path.read_text("utf-8")))
    return found


def words_of_code(tree: ast.Module) -> Iterator[str]:
    """Conventions 2 to 5: what one module says is called by its name.

    A dotted name or an attribute in a string; what a look-up of Django names; what a decorator with an
    argument hands over (a command, a condition, a check); the members of choices, which the database holds.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"[\w.:-]+", node.value):
                yield from re.split(r"[.:-]", node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in LOOKUPS:
            yield from (word for k in node.keywords for word in (k.arg or "").split("__"))
        elif isinstance(node, ast.FunctionDef) and any(isinstance(d, ast.Call) for d in node.decorator_list):
            yield node.name
        elif isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(b) for b in node.bases):
            yield from (t.id for n in node.body if isinstance(n, ast.Assign) for t in _names(n.targets))


def _names(targets: Iterable[ast.expr]) -> Iterator[ast.Name]:
    for target in targets:
        yield from (n for n in ast.walk(target) if isinstance(n, ast.Name))


def dead(root: Path = ROOT) -> list[Dead]:
    """Return what nothing names, in order of its place; without attributes of others' objects."""
    called = words_of_data(root)
    for _, tree in trees(root):
        called.update(words_of_code(tree))
    found = vulture.Vulture()
    found.scavenge([root / top for top in CALLERS], exclude=["*/migrations/*"])
    return sorted(
        Dead(
            Path(item.filename).resolve().relative_to(root).as_posix(), item.first_lineno, item.typ, item.name
        )
        for item in found.get_unused_code(min_confidence=CONFIDENCE)
        if item.name not in called and item.typ != "attribute"
    )


class Allowed(NamedTuple):
    """Names in a place that nothing names, and why they are there; ``*`` in either stands for anything."""

    where: str
    names: list[str]
    why: str

    def covers(self, item: Dead) -> str | None:
        """Return the name of this row that covers something dead."""
        if not fnmatch(item.place, self.where):
            return None
        return next((name for name in self.names if fnmatch(item.name, name)), None)


def allowed(root: Path = ROOT) -> list[Allowed]:
    rows = tomllib.loads((root / "tools/dead_code.toml").read_text("utf-8"))["allowed"]
    return [Allowed(row["where"], row["names"], row["why"]) for row in rows]


def faults(found: Iterable[Dead], rows: Sequence[Allowed]) -> list[str]:
    """Return a sentence for each thing that no row covers, and for each name of a row that covers nothing."""
    out, used = [], set()
    for item in found:
        covering = {(row, name) for row in range(len(rows)) if (name := rows[row].covers(item))}
        if not covering:
            out.append(f"{item.place}:{item.line}: nothing uses the {item.kind} {item.name}.")
        used |= covering
    for number, row in enumerate(rows):
        out += [
            f"tools/dead_code.toml: {name} in {row.where} is used now, or gone: take it out."
            for name in row.names
            if (number, name) not in used
        ]
    return out


def main() -> int:
    found = faults(dead(), allowed())
    for sentence in found:
        print(sentence)
    if found:
        print("Delete it with its tests. What is called by name alone gets a row in tools/dead_code.toml.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
