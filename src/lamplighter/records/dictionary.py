"""The data dictionary, generated from the schema, the code sets, the transforms and the problems."""

from __future__ import annotations

from lamplighter.records.schema import TABLES, Field, Table
from lamplighter.records.transforms import TRANSFORMS
from lamplighter.records.validation.problems import problems
from lamplighter.vocabulary.codes import Code, CodeSet, code_set

_HEAD = """# Data dictionary

This page is generated from the code (`lamplighter.records.dictionary`). A test fails when it is out of date;
write it again with `python -m lamplighter.records.dictionary docs/data-dictionary.md`.

A bundle is five tables. In CSV, lists are JSON (`["a", "b"]`), dates are `2024-05-03`, times are local
`2024-05-03T14:20:00`, and an empty cell means *not recorded*, never *no*.
"""
_FATE = {"reject": "left out", "warning": "taken in"}
_KINDS = {
    "text": "text",
    "date": "date",
    "datetime": "date and time",
    "integer": "whole number",
    "boolean": "true or false",
    "texts": "list of texts",
    "integers": "list of whole numbers",
    "json": "JSON",
}


def data_dictionary() -> str:
    """Return the whole page in Markdown."""
    parts = [_HEAD, *(_table(t) for t in TABLES), "## Code sets\n"]
    names = sorted({f.codes for t in TABLES for f in t.fields if f.codes})
    parts += [_codes(code_set(name)) for name in [*names, "agencies", "outcome_groups", "recording_rules"]]
    parts.append(_transforms())
    parts.append(_problems())
    return "\n".join(parts)


def _table(table: Table) -> str:
    lines = [
        f"## `{table.name}`\n",
        f"{table.meaning}\n",
        f"Key: {', '.join(f'`{k}`' for k in table.key)}.\n",
    ]
    for column, (parent, key) in table.parents.items():
        lines.append(f"`{column}` is the `{key}` of a row of `{parent}`.\n")
    lines += ["| Field | Kind | Meaning |", "|---|---|---|"]
    lines += [
        f"| `{f.name}` | {_KINDS[f.kind]}{', required' if f.required else ''} | {_meaning(f)} |"
        for f in table.fields
    ]
    return "\n".join(lines) + "\n"


def _meaning(f: Field) -> str:
    text = f.meaning.replace("|", "\\|")
    if f.codes:
        text += f" Codes: [{f.codes}](#{f.codes})."
    return text + (" **Restricted: never leaves the address vault.**" if f.restricted else "")


def _codes(codes: CodeSet) -> str:
    lines = [
        f"### {codes.name}\n",
        f"{codes.meaning}" + (f" Source: {codes.source}." if codes.source else "") + "\n",
    ]
    lines += ["| Code | Title | In force | More |", "|---|---|---|---|"]
    lines += [f"| `{c.code}` | {c.title} | {_force(c)} | {_more(c)} |" for c in codes.codes.values()]
    return "\n".join(lines) + "\n"


def _force(code: Code) -> str:
    start = f"from {code.valid_from.isoformat()}" if code.valid_from else ""
    end = f"until {code.valid_until.isoformat()}" if code.valid_until else ""
    return " ".join(p for p in (start, end) if p) or "always"


_SAID = frozenset({"code", "name", "title", "from", "until"})


def _more(code: Code) -> str:
    more = (f"{k}: {v}" for k, v in code.extra.items() if k not in _SAID and v not in ("", []))
    return ", ".join(more).replace("|", "\\|")


def _transforms() -> str:
    lines = ["## Transforms that mappings compose\n", "| Name | Meaning |", "|---|---|"]
    lines += [f"| `{t.name}` | {t.meaning} |" for t in sorted(TRANSFORMS.values(), key=lambda t: t.name)]
    return "\n".join(lines) + "\n"


def _problems() -> str:
    lines = [
        "## Reasons in the rejects file\n",
        "| Value | Reason | What to do | Row is |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {p.value_class} | {p.reason} | {p.remedy} | {_FATE[p.severity]} |" for p in problems().values()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys
    from pathlib import Path

    Path(sys.argv[1]).write_text(data_dictionary(), "utf-8")
