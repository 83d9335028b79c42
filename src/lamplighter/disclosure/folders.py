"""Folders of tables: ``release.json`` says what there is, one CSV file a table holds the figures.

The same layout holds a release before protection (with ``contributors`` and the like) and a printed one
(with ``[c]`` for hidden cells and the rules it was made by).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lamplighter.disclosure.errors import FolderNotReadable, TablesNotValid
from lamplighter.disclosure.printed import (
    HIDDEN,
    Printed,
    PrintedCurve,
    PrintedModel,
    PrintedSummary,
    PrintedTable,
)
from lamplighter.disclosure.tables import (
    Cell,
    Code,
    Codes,
    Correction,
    Curve,
    Dimension,
    Model,
    Release,
    Summary,
    Table,
)

T = TypeVar("T")

FORMAT = "lamplighter-tables/1"
DESCRIPTION = "release.json"
_CURVE = ("time", "events", "at risk", "estimate")
_TABLE = ("title", "measure", "kind", "as_at", "grows", "percent_of", "decimals")


def write_release(release: Release, folder: Path) -> None:
    """Write a release with the truth in it (for the ledger's owner; never for the public)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in release_files(release).items():
        (folder / name).write_bytes(text.encode())


def write_printed(printed: Printed, folder: Path) -> None:
    """Write what leaves."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in printed_files(printed).items():
        (folder / name).write_bytes(text.encode())


def release_files(release: Release) -> dict[str, str]:
    """File name to text; the same release gives the same bytes."""
    out = {DESCRIPTION: _json(_description(release) | {"answers": dict(release.answers)})}
    for table in release.tables:
        magnitude = table.kind == "magnitude"
        head = (*table.dimensions, "count") + (("contributors", "largest", "second") if magnitude else ())
        out[f"{table.name}.csv"] = _csv(
            head,
            (
                (*codes, _number(c.value))
                + ((c.contributors, _number(c.largest), _number(c.second)) if magnitude else ())
                for codes, c in table.cells.items()
            ),
        )
    for curve in release.curves:
        rows = zip(curve.times, curve.events, curve.at_risk, curve.estimate, strict=True)
        out[f"{curve.name}.csv"] = _csv(_CURVE, ([_number(v) for v in row] for row in rows))
    for summary in release.summaries:
        out[f"{summary.name}.csv"] = _csv(
            (*summary.dimensions, "value", "group"),
            ((*codes, _number(value), size) for codes, (value, size) in summary.rows.items()),
        )
    return out


def printed_files(printed: Printed) -> dict[str, str]:
    """File name to text of everything that leaves."""
    out = {DESCRIPTION: _json(_description(printed) | {"rules": dict(printed.rules)})}
    for table in printed.tables:
        share = bool(table.percent_of)
        out[f"{table.name}.csv"] = _csv(
            (*table.dimensions, "count") + (("per cent",) if share else ()),
            (
                (*codes, _shown(count, 0))
                + ((_shown(table.percentages.get(codes), table.decimals),) if share else ())
                for codes, count in table.counts.items()
            ),
        )
    for curve in printed.curves:
        rows = zip(curve.times, curve.events, curve.at_risk, curve.estimate, strict=True)
        out[f"{curve.name}.csv"] = _csv(
            _CURVE, ((_number(t), e, n, f"{s:.{curve.decimals}f}") for t, e, n, s in rows)
        )
    for summary in printed.summaries:
        out[f"{summary.name}.csv"] = _csv(
            (*summary.dimensions, "value"),
            ((*codes, _shown(value, summary.decimals)) for codes, value in summary.rows.items()),
        )
    return out


def read_release(folder: Path) -> Release:
    """Read a release with the truth in it.

    Raises:
        FolderNotReadable: a file is missing or is not what it should be.
        TablesNotValid: the tables use codes that no dimension has, and the like.
    """
    spec = _read_description(folder)
    return _building(
        folder,
        lambda: Release(
            name=spec["name"],
            title=spec["title"],
            edition=spec["edition"],
            dimensions=_dimensions(spec),
            tables=tuple(
                Table(
                    name=t["name"],
                    dimensions=tuple(t["dimensions"]),
                    cells={codes: _cell(rest) for codes, rest in _rows(folder, t)},
                    **_kept(t, _TABLE),
                )
                for t in spec["tables"]
            ),
            curves=tuple(Curve(**_curve(folder, c)) for c in spec.get("curves", ())),
            summaries=tuple(
                Summary(
                    name=s["name"],
                    dimensions=tuple(s["dimensions"]),
                    rows={
                        codes: (float(rest["value"]), int(rest["group"])) for codes, rest in _rows(folder, s)
                    },
                    **_kept(s, ("title", "measure", "statistic", "as_at", "decimals")),
                )
                for s in spec.get("summaries", ())
            ),
            models=tuple(Model(**m) for m in spec.get("models", ())),
            quoted=_quoted(spec),
            answers={str(key): str(why) for key, why in spec.get("answers", {}).items()},
            corrections=_corrections(spec),
        ),
    )


def read_printed(folder: Path) -> Printed:
    """Read a printed release, as the ledger keeps it. Raises as :func:`read_release`."""
    spec = _read_description(folder)
    return _building(
        folder,
        lambda: Printed(
            name=spec["name"],
            title=spec["title"],
            edition=spec["edition"],
            dimensions=_dimensions(spec),
            tables=tuple(_printed_table(folder, t) for t in spec["tables"]),
            curves=tuple(PrintedCurve(**_curve(folder, c)) for c in spec.get("curves", ())),
            summaries=tuple(
                PrintedSummary(
                    name=s["name"],
                    dimensions=tuple(s["dimensions"]),
                    rows={codes: _maybe(rest["value"]) for codes, rest in _rows(folder, s)},
                    **_kept(s, ("title", "measure", "statistic", "as_at", "decimals")),
                )
                for s in spec.get("summaries", ())
            ),
            models=tuple(PrintedModel(**m) for m in spec.get("models", ())),
            rules=spec["rules"],
            quoted=_quoted(spec),
            corrections=_corrections(spec),
        ),
    )


def ledger(folder: Path | None) -> tuple[Printed, ...]:
    """Return every printed release in a ledger: the folder's sub-folders in the order of their names.

    A ledger that does not exist yet is empty. A sub-folder without ``release.json`` is refused: leaving
    out an earlier release in silence would leave out what it told.
    """
    if folder is None or not folder.exists():
        return ()
    return tuple(read_printed(sub) for sub in sorted(folder.iterdir()) if sub.is_dir())


def _description(release: Release | Printed) -> dict[str, Any]:
    out: dict[str, Any] = {
        "format": FORMAT,
        "name": release.name,
        "title": release.title,
        "edition": release.edition,
        "dimensions": [
            {
                "name": d.name,
                "title": d.title,
                "codes": [
                    {"code": c.code, "label": c.label, "parent": c.parent, "within": c.within}
                    for c in d.codes
                ],
            }
            for d in release.dimensions
        ],
        "tables": [
            {"name": t.name, "dimensions": list(t.dimensions)}
            | {key: _plain(getattr(t, key)) for key in _TABLE}
            | (
                {"left_out": [list(c) for c in t.left_out]}
                if isinstance(t, PrintedTable) and t.left_out
                else {}
            )
            for t in release.tables
        ],
        "quoted": {source: list(values) for source, values in release.quoted.items()},
        "curves": [
            {"name": c.name, "title": c.title, "kind": c.kind, "decimals": c.decimals} for c in release.curves
        ],
        "summaries": [
            {
                "name": s.name,
                "title": s.title,
                "measure": s.measure,
                "dimensions": list(s.dimensions),
                "statistic": s.statistic,
                "as_at": s.as_at,
                "decimals": s.decimals,
            }
            for s in release.summaries
        ],
    }
    models: list[dict[str, Any]] = []
    for m in release.models:
        entry: dict[str, Any] = {"name": m.name, "title": m.title, "decimals": m.decimals}
        entry["values"] = None if m.values is None else dict(m.values)
        if isinstance(m, Model):
            entry |= {"people": m.people, "parameters": m.parameters, "smallest_level": m.smallest_level}
        models.append(entry)
    if release.corrections:
        out["corrections"] = [
            {
                "measure": c.measure,
                "before": c.before,
                "after": c.after,
                "cells": [dict(own) for own in c.cells],
            }
            for c in release.corrections
        ]
    return out | {"models": models}


def _printed_table(folder: Path, spec: dict[str, Any]) -> PrintedTable:
    rows = list(_rows(folder, spec))
    return PrintedTable(
        name=spec["name"],
        dimensions=tuple(spec["dimensions"]),
        counts={codes: _maybe(rest["count"]) for codes, rest in rows},
        percentages={codes: _maybe(rest["per cent"]) for codes, rest in rows if "per cent" in rest},
        left_out=tuple(tuple(codes) for codes in spec.get("left_out", ())),
        **_kept(spec, _TABLE),
    )


def _read_description(folder: Path) -> dict[str, Any]:
    path = folder / DESCRIPTION
    try:
        spec = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise FolderNotReadable(
            f"There is no readable {DESCRIPTION}.", where=folder.name, remedy="docs/disclosure.md shows one."
        ) from None
    if not isinstance(spec, dict) or spec.get("format") != FORMAT:
        raise FolderNotReadable(
            "This is not a folder of tables.", where=folder.name, remedy=f"Needs {FORMAT}."
        )
    return spec


def _building(folder: Path, make: Callable[[], T]) -> T:
    try:
        return make()
    except TablesNotValid:
        raise
    except (KeyError, TypeError, ValueError, OSError) as problem:
        if isinstance(problem, FolderNotReadable):
            raise
        raise FolderNotReadable(
            f"{DESCRIPTION} or a table lacks something or is malformed ({type(problem).__name__}).",
            where=folder.name,
            remedy="docs/disclosure.md lists the columns.",
        ) from None


def _dimensions(spec: dict[str, Any]) -> tuple[Dimension, ...]:
    return tuple(
        Dimension(d["name"], tuple(Code(**code) for code in d["codes"]), d.get("title", ""))
        for d in spec["dimensions"]
    )


def _quoted(spec: dict[str, Any]) -> dict[str, tuple[float, ...]]:
    return {str(k): tuple(float(v) for v in values) for k, values in spec.get("quoted", {}).items()}


def _corrections(spec: dict[str, Any]) -> tuple[Correction, ...]:
    return tuple(
        Correction(
            str(c["measure"]),
            str(c["before"]),
            str(c["after"]),
            tuple(tuple(sorted((str(d), str(code)) for d, code in own.items())) for own in c["cells"]),
        )
        for c in spec.get("corrections", ())
    )


def _rows(folder: Path, spec: dict[str, Any]) -> Iterable[tuple[Codes, dict[str, str]]]:
    name, dimensions = f"{spec['name']}.csv", spec["dimensions"]
    try:
        lines = list(csv.DictReader(io.StringIO((folder / name).read_text("utf-8-sig")), strict=True))
    except (OSError, ValueError, csv.Error):
        raise FolderNotReadable("The table is missing or is not CSV in UTF-8.", where=name) from None
    seen = set()
    for number, line in enumerate(lines, 2):
        if None in line or None in line.values() or any(d not in line for d in dimensions):
            raise FolderNotReadable(f"Line {number} has too many or too few columns.", where=name)
        codes = tuple(line[d] for d in dimensions)
        if codes in seen:
            raise TablesNotValid(f"Line {number} repeats a cell.", where=name, remedy="List each cell once.")
        seen.add(codes)
        yield codes, line


def _curve(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    # The start and the first step may both be at day 0: events tell them apart.
    rows = [line for _, line in _rows(folder, {"name": spec["name"], "dimensions": ["time", "events"]})]
    return spec | {
        "times": tuple(float(r["time"]) for r in rows),
        "events": tuple(int(r["events"]) for r in rows),
        "at_risk": tuple(int(r["at risk"]) for r in rows),
        "estimate": tuple(float(r["estimate"]) for r in rows),
    }


def _cell(row: Mapping[str, str]) -> Cell:
    if "contributors" not in row:
        return Cell(float(row["count"]))
    return Cell(float(row["count"]), int(row["contributors"]), float(row["largest"]), float(row["second"]))


def _kept(spec: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {n: tuple(v) if isinstance(v := spec[n], list) else v for n in names if n in spec}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _maybe(text: str) -> float | None:
    return None if text == HIDDEN else float(text)


def _shown(value: float | None, decimals: int) -> str:
    return HIDDEN if value is None else f"{value:.{decimals}f}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
