"""Read what an intruder has, the files, anew, with nothing borrowed from whoever made them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUPPRESSED = "[c]"
MOST_BYTES = 200_000_000
#: Of what (measure, state of the data, codes), how many, and whether this release prints it.
Told = tuple[tuple[str, str, tuple[tuple[str, str], ...]], float, bool]


class CannotAttack(Exception):
    """The folder is not a printed release. The message says what is missing."""


@dataclass(frozen=True)
class Figure:
    """One printed figure: where, of what, the text as printed (``None``: suppressed), and its percentage."""

    where: str
    cell: str
    codes: tuple[tuple[str, str], ...]
    text: str | None
    percent: str | None = None


@dataclass
class Sheet:
    """A printed table with what ``release.json`` says of it."""

    source: str
    name: str
    spec: dict[str, Any]
    rules: dict[str, Any]
    figures: list[Figure] = field(default_factory=list)

    @property
    def universe(self) -> tuple[str, str]:
        """Return what is counted, and the state of the data."""
        return str(self.spec["measure"]), str(self.spec.get("as_at", ""))


@dataclass
class Papers:
    """Every printed release an intruder has, the newest first."""

    folder: Path
    description: dict[str, Any]
    sheets: list[Sheet]
    summaries: list[Sheet]
    curves: list[tuple[dict[str, Any], list[dict[str, str]]]]
    dimensions: dict[str, dict[str, dict[str, Any]]]
    declared: set[str]
    corrections: list[dict[str, Any]] = field(default_factory=list)
    #: Codes that make up another without being its children: dimension, whole, parts.
    sums: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    @property
    def rules(self) -> dict[str, Any]:
        """Return the rules printed with the release under attack."""
        return dict(self.description["rules"])


def gather(folder: Path, earlier: Path | None = None) -> Papers:
    """Read a printed release and the ledger of earlier ones.

    Raises:
        CannotAttack: a folder is not a printed release; an attack on part of the papers proves nothing.
    """
    description = _describe(folder)
    papers = Papers(folder, description, [], [], [], {}, {"release.json"})
    _take(papers, folder, description, own=True)
    if earlier is not None and earlier.exists():
        for sub in sorted(p for p in earlier.iterdir() if p.is_dir()):
            _take(papers, sub, _describe(sub), own=False)
    return papers


def told_elsewhere(path: Path | None) -> list[Told]:
    """Read exact counts that somebody may have from elsewhere: of what, how many, printed in this release.

    Raises:
        CannotAttack: the file is not such a list.
    """
    if path is None:
        return []
    try:
        return [
            (
                (str(e["measure"]), str(e["as_at"]), tuple(sorted((str(d), str(c)) for d, c in e["codes"]))),
                float(e["count"]),
                bool(e["now"]),
            )
            for e in json.loads(path.read_bytes())
        ]
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotAttack(f"{path.name} is no list of exact counts.") from None


def _describe(folder: Path) -> dict[str, Any]:
    path = folder / "release.json"
    try:
        found = json.loads(path.read_bytes())
        found["rules"]["threshold"], found["tables"], found["dimensions"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CannotAttack(f"{folder.name} holds no printed release (release.json with its rules).") from None
    return dict(found)


def _take(papers: Papers, folder: Path, description: dict[str, Any], *, own: bool) -> None:
    edition = str(description.get("edition", folder.name))
    for dimension in description["dimensions"]:
        known = papers.dimensions.setdefault(str(dimension["name"]), {})
        for code in dimension["codes"]:
            known.setdefault(str(code["code"]), code)
            if code.get("within"):
                known[str(code["code"])] = code
    papers.corrections += description.get("corrections", [])
    papers.sums += [
        (str(s["dimension"]), str(s["whole"]), tuple(map(str, s["parts"])))
        for s in description.get("sums", [])
    ]
    rules = description["rules"]
    label = "" if own else f"{edition}: "
    for kind, sheets in (("tables", papers.sheets), ("summaries", papers.summaries)):
        for spec in description.get(kind, []):
            sheet = Sheet(edition, f"{label}{spec['name']}", spec, rules)
            value = "count" if kind == "tables" else "value"
            for row in _rows(folder / f"{spec['name']}.csv"):
                codes = tuple((d, row[d]) for d in spec["dimensions"])
                said = " / ".join(code for _, code in codes) or "everybody"
                known_codes = tuple(sorted((d, c) for d, c in codes if c != "all"))
                sheet.figures.append(
                    Figure(sheet.name, said, known_codes, _text(row[value]), _text(row.get("per cent")))
                )
            sheets.append(sheet)
            if own:
                papers.declared.add(f"{spec['name']}.csv")
    if own:
        for spec in description.get("curves", []):
            papers.curves.append((spec, _rows(folder / f"{spec['name']}.csv")))
            papers.declared.add(f"{spec['name']}.csv")


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists() or path.stat().st_size > MOST_BYTES:
        raise CannotAttack(f"{path.name} is missing or too large to read.")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _text(cell: str | None) -> str | None:
    return None if cell is None or cell.strip() in ("", SUPPRESSED) else cell.strip()
