"""Show what the gate does with a force left out by hand and with a figure in a style sheet.

    python -m tools.verify.gate_shown

prints the page that ``docs/gate-shown.md`` holds; a test sees that it is the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

from lamplighter.disclosure import gate
from lamplighter.disclosure.attack import told
from lamplighter.disclosure.printed import HIDDEN
from lamplighter.disclosure.profiles import profile
from lamplighter.disclosure.tables import TOTAL, Cell, Code, Dimension, Release, Table

PROFILES = ("police-victim", "moj-convictions", "tre")
COUNTS = {"north": 767, "avon": 212, "tyne": 552, "south": 749, "kent": 431, "devon": 318, TOTAL: 1_516}
PAGE = "<style>p::after {{ content: “{} in Wear” }}</style><p>Reports</p>"


def release() -> Release:
    """Reports by force. Wear, of which there are three, is listed and has no line."""
    forces = Dimension(
        "force",
        (
            Code("north"),
            *(Code(name, parent="north") for name in ("avon", "tyne", "wear")),
            Code("south"),
            *(Code(name, parent="south") for name in ("kent", "devon")),
        ),
    )
    cells = {(code,): Cell(float(count)) for code, count in COUNTS.items()}
    table = Table("areas", "Reports by force", "reports", ("force",), cells)
    return Release("spring", "Spring", "2026-spring", (forces,), (table,))


def page() -> Iterator[str]:
    """Yield the page, line by line."""
    yield "# What the gate does, shown"
    yield ""
    yield "Printed by `python -m tools.verify.gate_shown`. All figures are made up."
    yield ""
    yield "## A force left out by hand"
    yield ""
    yield "Wear had 3 reports, and somebody took its line out. North less Avon and Tyne still tells it."
    yield ""
    yield "| force | handed in | " + " | ".join(f"`{name}`" for name in PROFILES) + " |"
    yield "|---|--:|" + "--:|" * len(PROFILES)
    outcomes = {name: gate.release(release(), profile(name)) for name in PROFILES}
    for code, count in COUNTS.items():
        shown = []
        for outcome in outcomes.values():
            if not isinstance(outcome, gate.Released):
                raise RuntimeError(outcome.words)
            figure = outcome.printed.tables[0].counts[(code,)]
            shown.append(HIDDEN if figure is None else f"{figure:g}")
        yield f"| {code} | {count} | " + " | ".join(shown) + " |"
    yield ""
    for name, outcome in outcomes.items():
        yield f"`{name}`:"
        yield ""
        yield "```text"
        yield told(outcome.attack)
        yield "```"
        yield ""
    yield "Printed as it was handed in, without rounding, it does not leave:"
    yield ""
    yield "```text"
    bare = replace(profile("police-victim"), name="bare", base=1, rounding="none", rounding_counts=False)
    printed = outcomes["moj-convictions"]
    if not isinstance(printed, gate.Released):
        raise RuntimeError(printed.words)
    table = replace(
        printed.printed.tables[0],
        counts={(code,): float(count) for code, count in COUNTS.items()},
        left_out=(),
    )
    yield told(gate.check(replace(printed.printed, tables=(table,), rules=bare.published())))
    yield "```"
    yield ""
    yield "## A figure in a style sheet"
    yield ""
    for count in (3, 212):
        text = PAGE.format(count).replace("“", '"').replace("”", '"')
        barest = replace(printed.printed, tables=(table,), rules=bare.published())
        found = [
            f
            for f in gate.check(barest, attachments={"page.html": text.encode()}).findings
            if f.kind != "left out"
        ]
        yield f"`{text}`"
        yield ""
        yield "```text"
        yield (
            "\n".join(f"{f.table}, {f.cell}: {f.words}" for f in found) or "Nothing is found: 212 is printed."
        )
        yield "```"
        yield ""


def text() -> str:
    """Return the whole page."""
    return "\n".join(page()).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
