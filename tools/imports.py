"""Draw which module of a room imports which, from the sources alone: circles, and the longest chain."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def _for_types_alone(tree: ast.Module) -> set[ast.AST]:
    """The nodes under ``if TYPE_CHECKING``: they are never run."""
    blocks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    return {inner for block in blocks for statement in block.body for inner in ast.walk(statement)}


def imports_of(room: str, root: Path) -> Graph:
    """Return the modules of a room, each with those of the room that it imports, also inside functions.

    ``room`` is a dotted name (``lamplighter.linkage``), ``root`` the folder that holds its first part.
    """
    files = {}
    for path in (root / room.replace(".", "/")).rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    graph: dict[str, frozenset[str]] = {}
    for name, path in files.items():
        found: set[str] = set()
        tree = ast.parse(path.read_text("utf-8"))
        unread = _for_types_alone(tree)
        for node in ast.walk(tree):
            if node in unread:
                continue
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    found.add(whole if whole in files else node.module)
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
        graph[name] = frozenset(found & files.keys()) - {name}
    return graph


def rings_in(graph: Graph) -> list[list[str]]:
    """Return every set of modules that reach one another (strongly connected, two or more), largest first."""
    order: list[str] = []
    seen: set[str] = set()
    back: dict[str, set[str]] = {name: set() for name in graph}
    for name, others in graph.items():
        for other in others:
            back[other].add(name)

    def visit(start: str, edges: Mapping[str, frozenset[str] | set[str]], into: list[str]) -> None:
        stack = [(start, iter(sorted(edges[start])))]
        seen.add(start)
        while stack:
            name, rest = stack[-1]
            if (following := next((o for o in rest if o not in seen), None)) is None:
                into.append(name)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(sorted(edges[following]))))

    for name in sorted(graph):
        if name not in seen:
            visit(name, graph, order)
    seen.clear()
    rings = []
    for name in reversed(order):
        if name not in seen:
            ring: list[str] = []
            visit(name, back, ring)
            if len(ring) > 1:
                rings.append(sorted(ring))
    return sorted(rings, key=len, reverse=True)


def longest_chain(graph: Graph) -> list[str]:
    """Return the longest row of modules of which each imports the next; a ring counts as one of them."""
    home = {name: ring[0] for ring in rings_in(graph) for name in ring}
    whole: dict[str, set[str]] = {}
    for name, others in graph.items():
        mine = home.get(name, name)
        whole.setdefault(mine, set()).update(o for other in others if (o := home.get(other, other)) != mine)
    known: dict[str, list[str]] = {}

    def chain(name: str) -> list[str]:
        if name not in known:
            known[name] = [name, *max((chain(other) for other in sorted(whole[name])), key=len, default=[])]
        return known[name]

    return max(map(chain, sorted(whole)), key=len)
