"""Write the documents that are made from code, or with ``--check`` fail when one is out of date.

python tools/generated_docs.py [--check]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from lamplighter.courses import urgency
from lamplighter.courses.registry import rule_texts
from lamplighter.hub.cases import rules, states
from lamplighter.records.dictionary import data_dictionary

DOCS = Path(__file__).resolve().parents[1] / "docs"


def decisions() -> str:
    """The list of decisions, from the first line and the status of each."""
    lines = [
        "# Decisions",
        "",
        "One page each. Every record ends with a *Compliance* line: the test that would fail if the decision",
        "were quietly undone.",
        "",
        "| No. | Decision |",
        "|---|---|",
    ]
    for path in sorted((DOCS / "adr").glob("[0-9]*.md")):
        title = re.sub(r"^# *(\d+[.:]? *)?", "", path.read_text("utf-8").splitlines()[0])
        lines.append(f"| {path.name[:4]} | [{title}]({path.name}) |")
    return "\n".join(lines) + "\n"


def rule_book() -> str:
    """Every rule on a course of conduct and every rule of urgency, as the pages show them."""
    lines = [
        "# The rules",
        "",
        "Made from the rules that run. A rule is met or not met, on named occasions; nothing is added up.",
        "",
        "## On a course of conduct",
        "",
        "| Rule | Version | Says | Because | Source | In force |",
        "|---|---|---|---|---|---|",
    ]
    for rule in rule_texts().values():
        dates = " ".join(
            part
            for part in (
                f"from {rule.valid_from}" if rule.valid_from else "",
                f"until {rule.valid_until}" if rule.valid_until else "",
            )
            if part
        )
        cells = (f"`{rule.rule_id}`", rule.version, rule.title, rule.reason, rule.source, dates or "always")
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    lines += [
        "",
        "## Order of urgency",
        "",
        "Looked at in this order; a later rule only parts what the earlier ones leave together.",
        "",
    ]
    lines += [f"{n}. {rule.title} (`{rule.rule_id}`)" for n, rule in enumerate(urgency.RULES, 1)]
    return "\n".join(lines) + "\n"


def case_states() -> str:
    """The states of a case and the dated rules of each, from the table that the hub holds to."""
    label = {state: state.label for state in states.State}
    lines = [
        "# The states of a case",
        "",
        "Made from `hub/cases/states.py` and `hub/cases/rules.toml`. Every change adds a row with who, when",
        "and why; no row is changed. A move that is not here is refused.",
        "",
        "```mermaid",
        "stateDiagram-v2",
    ]
    lines += [f'    state "{text}" as {state}' for state, text in label.items()]
    lines.append(f"    [*] --> {states.State.REFERRED}")
    lines += [f"    {state} --> {to}" for state, moves in states.MOVES.items() for to in moves]
    lines += ["```", "", "| From | To |", "|---|---|"]
    lines += [
        f"| {label[states.State(state)]} | {', '.join(label[states.State(to)] for to in moves)} |"
        for state, moves in states.MOVES.items()
    ]
    lines += [
        "",
        "## Thresholds of triage",
        "",
        "Marks: S stated by a published source, K to be checked, I a default of ours.",
        "",
        "| Threshold | Carries | From | Until | Mark | Source |",
        "|---|---|---|---|---|---|",
    ]
    for rule in rules.every("threshold"):
        carried = ", ".join(label[states.State(s)] for s in rule.extra["for"])
        cells = (rule.title, carried, *_dates(rule), rule.extra["mark"], rule.extra["source"])
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        "## Clocks",
        "",
        "| What is to be done | Within | Starts with | Runs in | From | Until | Mark | Source |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for rule in rules.every("clock"):
        within = next(
            f"{rule.extra[key]} {key.replace('_', ' ')}"
            for key in ("working_days", "days", "months")
            if key in rule.extra
        )
        starts, runs = (
            ", ".join(label[states.State(s)] for s in rule.extra[k]) for k in ("starts_with", "runs_in")
        )
        cells = (rule.title, within, starts, runs, *_dates(rule), rule.extra["mark"], rule.extra["source"])
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _dates(rule: rules.Rule) -> tuple[str, str]:
    return str(rule.valid_from), str(rule.valid_until or "")


MADE: dict[str, Callable[[], str]] = {
    "data-dictionary.md": data_dictionary,
    "rules.md": rule_book,
    "adr/README.md": decisions,
    "case-states.md": case_states,
}


def main() -> int:
    stale = []
    for name, make in MADE.items():
        path, text = DOCS / name, make()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
            print("written:", path.relative_to(DOCS.parent))
    if stale and "--check" in sys.argv:
        print("Out of date:", ", ".join(f"docs/{name}" for name in stale), "- run: make generate")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
