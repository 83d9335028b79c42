"""Cells are merged before they are hidden: at most one in ten is, and every stage of the funnel stays."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from lamplighter.disclosure.profiles import profile
from lamplighter.disclosure.protect import protect
from lamplighter.disclosure.tables import TOTAL, Cell, Table
from lamplighter.studies.review import dimensions
from lamplighter.studies.review.analyses.attrition import STAGES
from lamplighter.studies.review.engine import Review, review
from lamplighter.studies.review.publication.merging import FAMILIES, MOST_HIDDEN, merged, thinned
from lamplighter.studies.review.publication.publishing import NAME
from lamplighter.studies.review.results import NOT_RECORDED, Count, Field
from lamplighter.study_bundle import checking
from lamplighter.synthetic.study_bundles.bundle import make
from tests.unit.studies.making import random_bundle

POLICE = profile("police-victim")


def _hidden(own: Review, rules: str = "police-victim") -> tuple[int, int]:
    account = protect(own.found.release(NAME, "Review", "first"), profile(rules)).account
    return len(account.hidden), account.cells


def test_a_release_of_three_thousand_reports_hides_at_most_one_cell_in_ten(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = make("london", tmp_path_factory.mktemp("london") / "bundle", reports=3_000)
    own = review(checking.check(made.bundle.parent).required())
    hidden, cells = _hidden(own)
    assert hidden > MOST_HIDDEN * cells  # as it was: about one in five
    fit, told = thinned(own, POLICE, "first")
    hidden, cells = _hidden(fit)
    assert hidden <= MOST_HIDDEN * cells
    assert any("shown together with a neighbour" in sentence for sentence in told)
    # Nothing is left out of the equality view to get there.
    assert len(fit.equality) == len(own.equality)
    printed = protect(fit.found.release(NAME, "Review", "first"), POLICE).printed
    funnel = next(table for table in printed.tables if table.name == "furthest-stage")
    figures = [funnel.counts[(TOTAL,)], *(funnel.counts[(f"reached_{stage}",)] for stage in list(STAGES)[1:])]
    shown = [figure for figure in figures if figure is not None]
    assert len(shown) == len(figures)
    assert shown == sorted(shown, reverse=True)


@pytest.fixture(scope="module")
def small() -> Review:
    return review(random_bundle(250, 3))


def test_merging_keeps_every_total(small: Review) -> None:
    fit = merged(small, POLICE)
    for name, count in fit.found.counts.items():
        before = small.found.counts[name].table.cells
        own = [field.parents for field in count.fields]
        for codes, cell in count.table.cells.items():
            if name == "furthest-stage":
                continue
            lines = [_leaves(code, parents) for code, parents in zip(codes, own, strict=True)]
            parts = [before[c].value for c in itertools.product(*lines) if c in before]
            assert cell.value == sum(parts), (name, codes)


def _leaves(code: str, parents: dict[str, str]) -> list[str]:
    below = [part for part, above in parents.items() if above == code]
    return [leaf for part in below for leaf in _leaves(part, parents)] or [code]


def test_fifteen_not_recorded_join_their_neighbour_and_drag_nobody(small: Review) -> None:
    """The case that was found: a third column of 15 people took up to ten times as many cells with it."""
    groups = {"18-24": 320, "25-34": 410, "35-44": 502, "45-54": 288, "55-plus": 260}
    cells = {}
    for place, (group, people) in enumerate(groups.items()):
        silent, met = 3, people // 3 + place
        values = {"met": met, "not_met": people - met - silent, NOT_RECORDED: silent}
        for result, value in values.items():
            cells[result, group] = value
            for total in ((result, TOTAL), (TOTAL, group), (TOTAL, TOTAL)):
                cells[total] = cells.get(total, 0) + value
    ages = Field("victim_age_group", "Age", dimensions.AGE_GROUPS)
    table = Table(
        "by-age",
        "By age",
        "line",
        ("result", "victim_age_group"),
        {c: Cell(float(v)) for c, v in cells.items()},
    )
    count = Count(table, (dimensions.RESULT, ages), "reports", "All")
    own = replace(
        small,
        found=replace(
            small.found, counts={"by-age": count}, indicators=(), curves={}, summaries={}, fits={}, days=()
        ),
        equality=(count,),
    )
    assert _hidden(own)[0] >= 10
    fit = merged(own, POLICE)
    assert _hidden(fit)[0] == 0
    assert fit.found.counts["by-age"].table.cells["not_met_or_not_recorded", "18-24"].value == 320 - 106


def test_families_are_trees_of_codes_that_there_are() -> None:
    for name, families in FAMILIES.items():
        parts = [part for family in families for part in family.parts]
        assert len(set(parts)) == len(parts), name
        assert all(family.title for family in families)
