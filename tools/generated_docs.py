"""Write the documents that are made from code, or with ``--check`` fail when one is out of date.

python tools/generated_docs.py [--check]
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lamplighter.courses.findings import urgency
from lamplighter.courses.rules import JOINING, RuleText, rule_texts
from lamplighter.hub.cases import rules
from lamplighter.hub.cases.status import states
from lamplighter.hub.site.config_files import reading
from lamplighter.records.dictionary import data_dictionary
from lamplighter.study_bundle.dictionary import study_dictionary
from tools import figures

DOCS = Path(__file__).resolve().parents[1] / "docs"
ABLATION = DOCS.parent / "benchmarks/ablation.json"
FEWEST_LOTS = 20
POOLS = {"reports": "pairs of reports", "persons": "persons", "one": "one a row", "two": "two a row"}


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
    """Every rule on a course of conduct and every rule of the order of the list, as the pages show them."""
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
    lines += _rows_of(rule_texts())
    lines += [
        "",
        "## What belongs together",
        "",
        "By what reports join a pattern, and how many incidents a reading needs.",
        "",
        *lines[6:8],
        *_rows_of(rule_texts(JOINING)),
    ]
    lines += [
        "",
        "## Order of the list",
        "",
        "Looked at in this order; a later rule only parts what the earlier ones leave together.",
        "",
    ]
    for n, rule in enumerate(urgency.RULES, 1):
        size = f" {rule.size}." if rule.size else ""
        lines.append(f"{n}. {rule.title} (`{rule.rule_id}`).{size} {rule.source} [{rule.mark}].")
    lines += ["", "Above the line stand:", ""]
    lines += [f"- {line.title}: {line.source} [{line.mark}]" for line in urgency.red_lines()]
    return "\n".join(lines) + "\n"


def _rows_of(texts: Mapping[str, RuleText]) -> list[str]:
    lines = []
    for rule in texts.values():
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
    return lines


def case_states() -> str:
    """The states of a case and the dated rules of each, from the table that the hub holds to."""
    label = {state: state.label for state in states.State}
    lines = [
        "# The states of a case",
        "",
        "Made from `hub/cases/status/states.py` and `hub/cases/rules.toml`. Every change adds a row",
        "with who, when and why; no row is changed. A move that is not here is refused.",
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
        count, unit = rules.period(rule)
        within = f"{count} {unit}s"
        starts, runs = (
            ", ".join(label[states.State(s)] for s in rule.extra[k]) for k in ("starts_with", "runs_in")
        )
        cells = (rule.title, within, starts, runs, *_dates(rule), rule.extra["mark"], rule.extra["source"])
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _dates(rule: rules.Rule) -> tuple[str, str]:
    return str(rule.valid_from), str(rule.valid_until or "")


def wall() -> str:
    """The written rules of the wall, from the table that the database's row security is made from."""
    import django

    # The rules name roles and tables, which are Django's models. No database is asked.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    django.setup()
    from lamplighter.hub.access.wall import partitions, row_security
    from lamplighter.hub.access.wall.declared_tables import declared
    from lamplighter.hub.accounts.models import Agency, Role

    def roles(names: Iterable[str]) -> str:
        return ", ".join(sorted(Role(name).label.lower() for name in names)) or "nobody"

    def readers(partition: partitions.Partition) -> str:
        ways = []
        for reader in partition.readers:
            kind = f" ({Agency.Kind(reader.kind).label.lower()})" if reader.kind else ""
            ways.append(roles(reader.roles) + kind + (", own rows only" if reader.own_rows_only else ""))
        return "; ".join(ways) or "as the rule says"

    lines = [
        "# The wall",
        "",
        "Made from `access/wall/partitions.py`, the table that PostgreSQL's row security is made from. A",
        "property test holds the database to it: `test_the_database_reads_and_writes_as_the_rules_say`.",
        "",
        "## Rows of a case",
        "",
        "Read by those whose agency works on the case, unless they are kept off it. A row is added for one's",
        "own agency only, and keeps its case, its owner and its partition for ever.",
        "",
        "| Partition | Rule | Readers | Every case | May break the glass | Reason for each look | Services |",
        "|---|---|---|---|---|---|---|",
    ]
    for partition in partitions.CASE_PARTITIONS.values():
        cells = (
            f"`{partition.name}`",
            partition.rule,
            readers(partition),
            roles(partition.everywhere),
            roles(partition.break_glass),
            "yes" if partition.reason_needed else "no",
            ", ".join(sorted(partition.purposes)),
        )
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        f"A broken glass lasts {row_security.LONGEST_GLASS} at most, needs a reason of",
        f"{row_security.LEAST_REASON} characters or more,"
        " opens one partition of one case, lets nobody write, and waits for a review by",
        "somebody else.",
        "",
        "## Everything else",
        "",
        "| Partition | Rule | Readers |",
        "|---|---|---|",
    ]
    for name, partition in partitions.PARTITIONS.items():
        if name not in partitions.CASE_PARTITIONS:
            lines.append(f"| `{name}` | {partition.rule} | {readers(partition)} |")
    lines += ["", "## Services", "", "| Purpose | Database role | Partitions of cases |", "|---|---|---|"]
    for purpose, role in partitions.PURPOSES.items():
        reached = [f"`{p.name}`" for p in partitions.CASE_PARTITIONS.values() if purpose in p.purposes]
        lines.append(f"| {purpose} | `lamplighter_{role}` | {', '.join(reached) or 'none'} |")
    lines += [
        "",
        "## Tables",
        "",
        "`by_row`: each row says its partition. Conditions of a table's own are in its `models.py`.",
        "Words of the rows of a case can be redacted, by two functions of the database and nothing else;",
        "what stood there is in `access.sealed_words`, on which no role of the hub has any right: see",
        "[ADR 0133](../adr/0133-saved-words-are-taken-out-of-the-rows-and-sealed-where-no-role-reads.md).",
        "",
        "| Partition | Tables | Tables whose rows are only ever added |",
        "|---|---|---|",
    ]
    tables: dict[str, list[tuple[str, bool]]] = {}
    for table in declared():
        own = [n for n in ("reads", "adds", "changes") if getattr(table.model, f"wall_{n}", None)]
        said = f"`{table.table}`" + (f" (own conditions: {', '.join(own)})" if own else "")
        tables.setdefault(table.partition, []).append((said, table.append_only))
    for name, found in tables.items():
        changing, adding = (", ".join(t for t, added in found if added is only) for only in (False, True))
        lines.append(f"| `{name}` | {changing or 'none'} | {adding or 'none'} |")
    return "\n".join(lines) + "\n"


def contexts() -> str:
    """The rooms and the contexts of the hub, in the layers that import-linter holds them to."""
    config = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))
    held = config["tool"]["importlinter"]["contracts"]
    (rooms,) = [c for c in held if c["type"] == "layers" and "lamplighter.hub" in c["layers"]]
    (layers,) = [c for c in held if c.get("containers") == ["lamplighter.hub"]]
    (faces,) = [c for c in held if c["type"] == "public_faces"]
    lines = [
        "# The house, as its contracts have it",
        "",
        "Made from the contracts of import-linter in `pyproject.toml` (`make contracts`). What stands",
        "higher knows what stands lower, and never the other way; on one line none knows another.",
        "",
        "```text",
        *(name.removeprefix("lamplighter.") for name in rooms["layers"]),
        "```",
        "",
        "## Contexts of the hub",
        "",
        "```text",
    ]
    inside = [[n for n in _named(layer) if _context(n).exists()] for layer in layers["layers"]]
    lines += ["   ".join(names) for names in inside if names]
    lines += ["```", "", "| Context | What it answers |", "|---|---|"]
    lines += [f"| `{name}` | {_question(name)} |" for names in inside for name in names]
    kit, open_to = (", ".join(f"`{n}`" for n in faces[key]) for key in ("kit", "faces"))
    lines += [
        "",
        f"A context imports of another only modules called {open_to},",
        "and those that the contract lists one by one with the reason.",
        f"The kit is used for what it is: {kit}.",
    ]
    return "\n".join(lines) + "\n"


def _named(layer: str) -> list[str]:
    return re.findall(r"\w+", layer)


def _context(name: str) -> Path:
    return DOCS.parent / "src" / "lamplighter" / "hub" / name / "__init__.py"


def _question(name: str) -> str:
    said = ast.get_docstring(ast.parse(_context(name).read_text("utf-8"))) or ""
    return " ".join(said.split("\n\n")[0].split())


def ablation() -> str:
    """What each mechanism of the linkage is worth, from the figures that ``make ablate`` writes."""
    found = json.loads(ABLATION.read_text("utf-8"))["mechanisms"]
    lines = [
        "# What each mechanism of the linkage is worth",
        "",
        "Made from `benchmarks/ablation.json`, which `make ablate` writes. Each mechanism is replaced by",
        "its trivial answer, and the data are linked again. The cost is F1 of groups (of pairs of reports:",
        "of pairs) less F1 without it: the mean over kinds of data, with an interval of 95 of 100 draws of",
        "kinds and of lots. *Did something* counts lots in which it answered otherwise than trivially and",
        "the records were other ones for it; where there is none the cost is nought.",
        "",
        "**The rule**, said before anything was measured: a mechanism goes where the upper end of the",
        "interval is under 0.001 in each of the four kinds of data where it does anything, or where it does",
        "nothing in any lot; it stays where F1 is no measure of what it is for. While a run is not complete,",
        f"what was asked of fewer than {FEWEST_LOTS} lots, or does something in tables that were not linked",
        "without it yet, stays too. `make ablate` goes on where it was broken off.",
        "",
        "| Mechanism | Is for | Lines | Lots | Did something | Cost in F1 | Verdict |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in sorted(found, key=lambda r: (not r["gone"], r["name"])):
        costs = "; ".join(
            f"{POOLS[pool]} {p['cost']:+.4f} ({p['low']:+.4f} to {p['high']:+.4f})"
            for pool, p in row["pools"].items()
        )
        touched = sum(p["touched"] for p in row["pools"].values())
        lines.append(
            f"| {row['name']} | {row['purpose']} | {row['lines'] or ''} | {row['lots']} | {touched} "
            f"| {costs or '0.0000'} | {_verdict(row)} |"
        )
    return "\n".join(lines) + "\n"


def _verdict(row: Mapping[str, Any]) -> str:
    if row["gone"]:
        return "**gone**"
    if row["kept"]:
        return f"stays: {row['kept']}"
    if row["waiting"]:
        return f"stays: {row['waiting']} tables are not linked without it yet"
    if not row["passes"]:
        return "stays"
    return "may go next" if row["lots"] >= FEWEST_LOTS else "stays: too few lots"


MADE: dict[str, Callable[[], str]] = {
    "data-dictionary.md": data_dictionary,
    "study-bundle-dictionary.md": study_dictionary,
    "rules.md": rule_book,
    "adr/README.md": decisions,
    "case-states.md": case_states,
    "security/wall.md": wall,
    "contexts.md": contexts,
    "linkage-ablation.md": ablation,
}


def held() -> tuple[dict[str, str], list[str]]:
    """Return what documents with blocks of figures are to say, and the sentences that tell others."""
    kept = figures.kept()
    blocks = {str(p.relative_to(DOCS)): text for p, text in figures.documents(DOCS, kept).items()}
    return blocks, figures.unsaid(DOCS, kept)


def main() -> int:
    # Whatever lies in the installation of whoever runs this.
    reading.run_on(reading.Reading(None))
    blocks, unsaid = held()
    stale = []
    for name, text in ({name: make() for name, make in MADE.items()} | blocks).items():
        path = DOCS / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
            print("written:", path.relative_to(DOCS.parent))
    if stale and "--check" in sys.argv:
        print("Out of date:", ", ".join(f"docs/{name}" for name in stale), "- run: make generate")
    for fault in unsaid:
        print(f"{fault} (the figures are in benchmarks/figures; tools/figures.py has the sentence)")
    if unsaid or (stale and "--check" in sys.argv):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
