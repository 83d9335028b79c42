"""Answer what totals alone can answer: shares of outcomes by force, and nothing about people or time.

Every share is worked out from its counts. A rate that the source printed and
that its own counts do not give is flagged when the bundle is read; it is never
shown in place of ours.
"""

from __future__ import annotations

import polars as pl

from lamplighter.disclosure.tables import TOTAL, Cell, Table
from lamplighter.studies.review.results import Count, Field
from lamplighter.studies.review.settings import Settings
from lamplighter.study_bundle.bundle import StudyBundle

NO_OUTCOME = "no_outcome"
#: Words of a source for no category at all.
_BLANK = ("(blank)", "")
UNGROUPED = "ungrouped"


def totals(bundle: StudyBundle, settings: Settings) -> list[Count]:
    """Outcomes of all forces together and by force. Nothing when the bundle has no totals of outcomes."""
    frame = bundle.table("totals").filter((pl.col("measure") == "outcome") & pl.col("count").is_not_null())
    if not frame.height:
        return []
    groups = dict(settings.group_of_code)
    told = frame.with_columns(
        outcome_group=pl.when(pl.col("category").is_in(_BLANK) | pl.col("category").is_null())
        .then(pl.lit(NO_OUTCOME))
        .otherwise(pl.col("outcome").replace_strict(groups, default=UNGROUPED, return_dtype=pl.String))
    )
    forces = {name: name for name in sorted(told["force"].unique())}
    codes = {name: f"f{place:03}" for place, name in enumerate(forces)}
    force = Field("force", "Force", {codes[name]: name for name in forces})
    outcome = Field(
        "totals_group",
        "Outcome",
        {
            **{group.name: group.title for group in settings.outcome_groups},
            UNGROUPED: "A category of the source that is no Home Office outcome type",
            NO_OUTCOME: "No outcome given",
        },
    )
    cells: dict[tuple[str, ...], int] = {}
    for name, group, count in told.select("force", "outcome_group", "count").iter_rows():
        for key in ((codes[name], group), (codes[name], TOTAL), (TOTAL, group), (TOTAL, TOTAL)):
            cells[key] = cells.get(key, 0) + int(count)
    meta = bundle.metadata
    table = Table(
        name="outcomes-by-force",
        title="Outcomes by force",
        measure="totals_outcomes",
        dimensions=("force", "totals_group"),
        cells={key: Cell(value) for key, value in sorted(cells.items())},
    )
    basis = f"Crimes as the source counts them: {meta.selection}"
    by_category = (
        told.group_by(category=pl.col("category").fill_null("")).agg(pl.col("count").sum()).sort("category")
    )
    names = {
        f"c{place:03}": "No outcome given (blank in the source)" if name in _BLANK else str(name)
        for place, name in enumerate(by_category["category"])
    }
    categories = Table(
        name="outcomes-by-category",
        title="Outcomes as the source words them",
        measure="totals_categories",
        dimensions=("category",),
        cells={
            (TOTAL,): Cell(int(by_category["count"].sum())),
            **{(code,): Cell(int(n)) for code, n in zip(names, by_category["count"], strict=True)},
        },
    )
    return [
        Count(table, (force, outcome), "crimes", basis),
        Count(categories, (Field("category", "Category", names),), "crimes", basis),
    ]
