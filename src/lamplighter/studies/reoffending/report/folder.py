"""Write the report as a folder: page, spreadsheet, tables, the grid, the definitions and a manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lamplighter.reporting.folder import report_files, write_folder
from lamplighter.studies.reoffending.report.page import report_of
from lamplighter.studies.reoffending.report.rates import GRID, grid_csv
from lamplighter.studies.reoffending.study import Study

DEFINITIONS = "definitions.json"


def facts_of(study: Study) -> dict[str, Any]:
    """Return the manifest's facts: what was read, and the hash of the headline."""
    country = study.held.country
    return {
        "study": "reoffending",
        "scope": study.scope.title or country.title,
        "extracted_on": country.extracted_on.isoformat(),
        "headline_sha256": study.defs.headline_hash(),
        "headlines": [entry.sha256 for entry in study.headlines],
        "draws": len(study.held.links.draws),
        "rows_used": len(study.held.rows),
    }


def files_of(study: Study) -> dict[str, bytes]:
    """Return every file of the report by its path."""
    made = report_files(report_of(study))
    return {**made, GRID: grid_csv(study), DEFINITIONS: study.defs.as_json()}


def write_report(study: Study, folder: Path) -> None:
    """Write the report. Raises ``FileExistsError`` as ``write_folder``."""
    write_folder(folder, files_of(study), facts_of(study))
