"""Measurements, each printing a ratio or a comparison to a named peer measured in the same run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping


def run_part(module: str, parts: Mapping[str, Callable[[], object]]) -> int:
    """Run the part of a module that the first word of the command line names, else the first of ``parts``.

    Returns:
        What the process is to exit with: what the part returns, or 0 where it returns nothing.
    """
    words = sys.argv[1:]
    named = bool(words) and words[0] in parts
    name = words[0] if named else next(iter(parts))
    if words[:1] in (["-h"], ["--help"]):
        sys.stdout.write(f"Parts of benchmarks.{module}: {', '.join(parts)}. Without a word: {name}.\n\n")
    sys.argv = [f"python -m benchmarks.{module} {name}", *words[named:]]
    done = parts[name]()
    return done if isinstance(done, int) else 0
