"""The review as a folder for those inside: page, tables, charts, manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lamplighter.reporting.folder import report_files, write_folder
from lamplighter.studies.review.engine import Review
from lamplighter.studies.review.publication.report import report_of, versions
from lamplighter.studies.review.results import Everything, Rounded


def facts_of(review: Review) -> dict[str, Any]:
    """Return the manifest's facts on how the report was made: the bundle's digest and the programs."""
    meta = review.cohort.bundle.metadata
    return {
        "study": "review",
        "bundle": review.cohort.bundle.digest,
        "period": [meta.period_from.isoformat(), meta.period_to.isoformat()],
        "extracted_on": meta.extracted_on.isoformat(),
        "bootstrap_seed": review.cohort.settings.bootstrap_seed,
        "programs": dict(versions()),
    }


def write_review(review: Review, folder: Path, *, rounded: bool = False) -> None:
    """Write the report with every true number, or with counts that tell nothing of a single case.

    Raises ``FileExistsError`` as ``write_folder``.
    """
    shown = Rounded(review.found) if rounded else Everything(review.found)
    write_folder(folder, report_files(report_of(review, shown)), facts_of(review))
