"""The data dictionary of a study bundle, generated from the schema, the needs and the problems."""

from __future__ import annotations

from lamplighter.study_bundle.checks.findings import FATES, problems
from lamplighter.study_bundle.needs import needs
from lamplighter.study_bundle.schema import (
    KINDS_SET,
    OR,
    Column,
    EventKind,
    Table,
    Use,
    kinds,
    metadata_fields,
    schema_version,
    tables,
)
from lamplighter.vocabulary.codes import code_set

_WORDS = {
    "text": "text",
    "code": "code",
    "codes": "codes, parted by semicolons",
    "moment": "date or date and time",
    "date": "date",
    "integer": "whole number",
    "number": "number",
}
_HEAD = """# Study bundle: data dictionary

This page is generated from `lamplighter.study_bundle` (schema version {version}). A test fails when it is
out of date; `make generate` writes it again.

Dates are `2024-05-03` or `03/05/2024`, times `2024-05-03T14:20`. A month (`2024-05`) or a year is read too,
and counts as known to the month or year only. An empty cell is *not recorded*, never *no*. A table, a column
or a kind of event that a force does not hold is a third thing: analyses that need it are not made.

## Metadata

The key `study` of `datapackage.json`, or `[metadata]` of a mapping.

| Field | Needed | Meaning |
|---|---|---|
"""


def study_dictionary() -> str:
    """The whole page in Markdown."""
    head = _HEAD.format(version=schema_version())
    rows = [f"| `{f.name}` | {_yes(f.required)} | {_cell(f.meaning)} |" for f in metadata_fields().values()]
    parts = [head + "\n".join(rows) + "\n"]
    parts += [_table(t) for t in tables().values()]
    parts.append("## Kinds of events\n\nColumn `kind` of `events`, and what the other columns hold for it.\n")
    parts += [_kind(k) for k in kinds().values()]
    parts.append(_needs())
    parts.append(_problems())
    parts.append("## Code sets\n")
    named = {
        c.codes for t in tables().values() for c in t.columns.values() if c.codes and c.codes != KINDS_SET
    }
    named |= {u.codes for k in kinds().values() for u in k.uses.values() if u.codes}
    named.add("recording_rules")
    parts += [_codes(name) for name in sorted(named)]
    return "\n".join(parts)


def _yes(needed: bool) -> str:
    return "yes" if needed else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(table: Table) -> str:
    lines = [
        f"## `{table.name}`\n",
        f"{table.meaning}\n",
        f"Key: {', '.join(f'`{k}`' for k in table.key)}.\n",
        "| Column | Title | Kind | Needed | Meaning |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{c.name}` | {_cell(c.title)} | {_WORDS[c.kind]} | {_yes(c.required)} "
        f"| {_cell(c.meaning)}{_more(c)} |"
        for c in table.columns.values()
    ]
    return "\n".join(lines) + "\n"


def _more(column: Column) -> str:
    out = ""
    if column.codes == KINDS_SET:
        out += " One of the [kinds of events](#kinds-of-events)."
    elif column.codes:
        out += f" Codes: [{column.codes}](#{column.codes})."
    if column.parent:
        out += f" A `{column.parent}`."
    if column.least is not None:
        out += f" {column.least} to {column.most}."
    return out


def _kind(kind: EventKind) -> str:
    lines = [f"### {kind.name}\n", f"{kind.title}. {kind.meaning}\n"]
    if kind.uses:
        lines += ["| Column | Holds |", "|---|---|"]
        lines += [f"| `{c}` | {_cell(_use(u))} |" for c, u in kind.uses.items()]
    return "\n".join(lines) + "\n"


def _use(use: Use) -> str:
    codes = f"Codes: [{use.codes}](#{use.codes})." if use.codes else ""
    needed = " Must be filled." if use.required else ""
    return f"{use.meaning} {codes}{needed}".strip()


def _needs() -> str:
    lines = [
        "## What each analysis needs\n",
        "Without what is in the second column it is not made; without the third it says less.\n",
        "| Analysis or indicator | Needs | Is better with |",
        "|---|---|---|",
    ]
    for need in needs().values():
        cells = (
            f"{need.name} {need.title}",
            *(", ".join(f"`{x.replace(OR, f'`{OR}`')}`" for x in w) for w in (need.needs, need.better)),
        )
        lines.append("| " + " | ".join(_cell(c) for c in cells) + " |")
    return "\n".join(lines) + "\n"


def _problems() -> str:
    lines = [
        "## What a check may find\n",
        "| Code | Value | Reason | What to do | What becomes of it |",
        "|---|---|---|---|---|",
    ]
    for p in problems().values():
        cells = (f"`{p.name}`", p.value_class, p.reason, p.remedy, FATES[p.severity])
        lines.append("| " + " | ".join(_cell(c) for c in cells) + " |")
    return "\n".join(lines) + "\n"


def _codes(name: str) -> str:
    codes = code_set(name)
    lines = [f"### {name}\n", f"{codes.meaning}\n", "| Code | Title |", "|---|---|"]
    lines += [f"| `{c.code}` | {_cell(c.title)} |" for c in codes.codes.values()]
    return "\n".join(lines) + "\n"
