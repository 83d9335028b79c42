"""Answer what totals alone can answer: shares of outcomes by force, and nothing about people or time.

Every share is worked out from its counts. A rate that the source printed and
that its own counts do not give is flagged when the bundle is read; it is never
shown in place of ours.
"""

from __future__ import annotations

import polars as pl

from lamplighter.disclosure.tables import TOTAL, Cell, Table
from lamplighter.reporting.words import day
from lamplighter.studies.review.results import Count, Field
from lamplighter.studies.review.settings import Settings
from lamplighter.study_bundle.bundle import StudyBundle

NO_OUTCOME = "no_outcome"
#: Words of a source for no category at all.
_BLANK = ("(blank)", "", "not yet assigned an outcome")
BY_FORCE, BY_CATEGORY = "outcomes-by-force", "outcomes-by-category"
UNGROUPED = "ungrouped"


def totals(bundle: StudyBundle, settings: Settings) -> list[Count]:
    """Outcomes of all forces together and by force, for each period of the source by itself.

    Periods are never added up: five years and nine months are not one count of anything. Nothing when the
    bundle has no totals of outcomes.
    """
    frame = bundle.table("totals").filter((pl.col("measure") == "outcome") & pl.col("count").is_not_null())
    frame = _of_one_kind(frame, bundle.metadata.basis)
    spans = sorted(frame.select("period_from", "period_to").unique().iter_rows())
    found = []
    for first, last in spans:
        own = frame.filter((pl.col("period_from") == first) & (pl.col("period_to") == last))
        # The names of tables say the period only where there is more than one.
        mark = f"-{first:%Y%m%d}-{last:%Y%m%d}" if len(spans) > 1 else ""
        named = f", {day(first)} to {day(last)}" if mark else ""
        found += _of_period(own, settings, bundle.metadata.selection, mark, named)
    return found


def _of_one_kind(frame: pl.DataFrame, basis: str) -> pl.DataFrame:
    """Return the counts on the bundle's basis and, where all offences are counted as well as some, of all."""
    own = frame.filter(pl.col("basis") == basis)
    frame = own if own.height else frame
    whole = frame.filter(pl.col("offence_group").is_null())
    return whole if whole.height else frame


def _of_period(frame: pl.DataFrame, settings: Settings, selection: str, mark: str, named: str) -> list[Count]:
    groups = dict(settings.group_of_code)
    blank = pl.col("category").str.to_lowercase().is_in(_BLANK) | pl.col("category").is_null()
    told = frame.with_columns(
        outcome_group=pl.when(blank & pl.col("outcome").is_null())
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
    table = Table(
        name=f"{BY_FORCE}{mark}",
        title=f"Outcomes by force{named}",
        measure="totals_outcomes",
        dimensions=("force", "totals_group"),
        cells={key: Cell(value) for key, value in sorted(cells.items())},
    )
    basis = f"Crimes as the source counts them: {selection}"
    by_category = (
        told.group_by(category=pl.col("category").fill_null("")).agg(pl.col("count").sum()).sort("category")
    )
    names = {
        f"c{place:03}": "No outcome given (blank in the source)" if name in _BLANK[:2] else str(name)
        for place, name in enumerate(by_category["category"])
    }
    categories = Table(
        name=f"{BY_CATEGORY}{mark}",
        title=f"Outcomes as the source words them{named}",
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
