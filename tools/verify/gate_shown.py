"""Show what the gate does with a force left out by hand, a figure put right and one in a style sheet.

    python -m tools.verify.gate_shown

prints the page that ``docs/gate-shown.md`` holds; a test sees that it is the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lamplighter.disclosure import gate
from lamplighter.disclosure.attack import told as told_of
from lamplighter.disclosure.errors import NotAnswered
from lamplighter.disclosure.printed import HIDDEN
from lamplighter.disclosure.profiles import profile
from lamplighter.disclosure.tables import TOTAL, Cell, Code, Correction, Dimension, Release, Table

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
        yield f"| {code} | {count} | " + " | ".join(_shown(own, code) for own in outcomes.values()) + " |"
    yield ""
    for name, outcome in outcomes.items():
        yield f"`{name}`:"
        yield ""
        yield "```text"
        yield told_of(outcome.attack)
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
    yield told_of(gate.check(replace(printed.printed, tables=(table,), rules=bare.published())))
    yield "```"
    yield ""
    yield from _put_right(outcomes)
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


def _put_right(outcomes: Mapping[str, gate.Released | gate.Blocked]) -> Iterator[str]:
    """Yield the same tables with three people of Kent taken out, after those that were printed."""
    earlier = {name: first.printed for name, first in outcomes.items() if isinstance(first, gate.Released)}
    whole = release()
    fewer = {code: count - 3 * (code in ("kent", "south", TOTAL)) for code, count in COUNTS.items()}
    table = replace(
        whole.tables[0],
        cells={(code,): Cell(float(count)) for code, count in fewer.items()},
        as_at="2026-07",
    )
    later = replace(whole, name="summer", title="Summer", edition="2026-summer", tables=(table,))
    told = Correction("reports", "", "2026-07", ((("force", "kent"),),))
    corrected = replace(later, corrections=(told,))
    yield "## A figure that is put right"
    yield ""
    yield "Three reports of Kent had been counted twice. Handed in with a new date alone, it is asked about:"
    yield ""
    yield "```text"
    try:
        gate.release(later, profile("moj-convictions"), [earlier["moj-convictions"]])
    except NotAnswered as question:
        yield str(question)
    yield "```"
    yield ""
    yield "With the word that only Kent was put right, and the first edition in the ledger:"
    yield ""
    yield "| force | handed in | " + " | ".join(f"`{name}`" for name in PROFILES) + " |"
    yield "|---|--:|" + "--:|" * len(PROFILES)
    second = {name: gate.release(corrected, profile(name), [earlier[name]]) for name in PROFILES}
    for code, count in fewer.items():
        yield f"| {code} | {count} | " + " | ".join(_shown(second[name], code) for name in PROFILES) + " |"
    yield ""
    yield "Printed as it was handed in, without rounding, it does not leave:"
    yield ""
    yield "```text"
    bare = replace(profile("moj-convictions"), name="bare")
    counts = {(code,): None if code == "avon" else float(count) for code, count in fewer.items()}
    own = earlier["moj-convictions"]
    as_it_was = replace(own.tables[0], counts=counts, as_at="2026-07")
    printed = replace(
        own,
        name="summer",
        edition="2026-summer",
        tables=(as_it_was,),
        corrections=(told,),
        rules=bare.published(),
    )
    yield told_of(gate.check(printed, [own]))
    yield "```"
    yield ""


def _shown(outcome: gate.Released | gate.Blocked, code: str) -> str:
    if not isinstance(outcome, gate.Released):
        raise RuntimeError(outcome.words)
    figure = outcome.printed.tables[0].counts[(code,)]
    return HIDDEN if figure is None else f"{figure:g}"


def text() -> str:
    """Return the whole page."""
    return "\n".join(page()).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
