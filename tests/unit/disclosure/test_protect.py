"""What is hidden, at what cost, and that what is shown adds up."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.disclosure import gate
from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.protect import Protected, protect
from lamplighter.disclosure.protect.primary import sensitive
from lamplighter.disclosure.protect.protecting import problem_of
from lamplighter.disclosure.protect.rounding import nearest
from lamplighter.disclosure.protect.system import build
from lamplighter.disclosure.tables import Cell, Code, Codes, Dimension, Model, Release, Summary, Table
from tests.unit.disclosure.builders import COURTS, EXACT, POLICE, as_printed, cross, flat, release
from tools.verify.disclosure import draw, optimum

SEX = flat("sex", "women", "men")
OUTCOME = flat("outcome", "charged", "withdrew", "open")


def rules_of(protected: Protected, cell: str) -> tuple[str, ...]:
    """The rules by which a cell is hidden; fails when it is shown."""
    return next(hidden.rules for hidden in protected.account.hidden if hidden.cell == cell)


def hidden_codes(printed: Printed, table: int = 0) -> set[Codes]:
    return {codes for codes, count in printed.tables[table].counts.items() if count is None}


def test_small_counts_and_zeros_by_profile() -> None:
    table = cross("t", [OUTCOME], {("charged",): 0, ("withdrew",): 7, ("open",): 40})
    one = release([OUTCOME], table)
    police = protect(one, POLICE)
    assert rules_of(police, "reports: outcome charged") == ("threshold",)
    assert rules_of(police, "reports: outcome withdrew") == ("threshold",)
    assert hidden_codes(police.printed) >= {("charged",), ("withdrew",)}
    assert hidden_codes(protect(one, COURTS).printed) == set()


def test_the_print_does_not_tell_primary_from_secondary() -> None:
    table = cross("t", [OUTCOME], {("charged",): 3, ("withdrew",): 30, ("open",): 44})
    protected = protect(release([OUTCOME], table), POLICE)
    assert hidden_codes(protected.printed) == {("charged",), ("withdrew",)}
    assert [hidden.primary for hidden in protected.account.hidden].count(True) == 1
    told = str(protected.printed)
    assert "threshold" not in told.replace("'threshold'", "")
    assert "secondary" not in told


def test_class_disclosure_hides_the_whole_row() -> None:
    inner = {("women", "withdrew"): 40, ("men", "withdrew"): 20, ("men", "charged"): 14}
    protected = protect(release([SEX, OUTCOME], cross("t", [SEX, OUTCOME], inner)), COURTS)
    assert "class" in rules_of(protected, "reports: outcome withdrew, sex women")
    assert gate.check(protected.printed).passed
    open_ = replace(COURTS, class_disclosure=False)
    loose = protect(release([SEX, OUTCOME], cross("t", [SEX, OUTCOME], inner)), open_)
    assert ("women", "withdrew") not in hidden_codes(loose.printed)


@pytest.mark.parametrize(
    ("cell", "rules"),
    [
        (Cell(900.0, 40, 60.0, 50.0), ()),
        (Cell(900.0, 7, 60.0, 50.0), ("contributors",)),
        (Cell(900.0, 40, 450.0, 50.0), ("dominance",)),
        (Cell(900.0, 40, 380.0, 500.0), ("p per cent",)),
    ],
)
def test_sums_with_few_or_dominant_people(cell: Cell, rules: tuple[str, ...]) -> None:
    table = Table("days", "Days", "days", ("sex",), {("women",): cell}, "magnitude")
    protected = protect(release([SEX], table), POLICE)
    assert [hidden.rules for hidden in protected.account.hidden] == ([rules] if rules else [])


def test_sums_that_are_hidden_are_uncertain_by_a_share_of_themselves() -> None:
    cells = {
        ("women",): Cell(9_000.0, 7, 900.0, 800.0),
        ("men",): Cell(3_000.0, 60, 100.0, 90.0),
        ("all",): Cell(12_000.0, 67, 900.0, 800.0),
    }
    protected = protect(release([SEX], Table("days", "Days", "days", ("sex",), cells, "magnitude")), POLICE)
    assert hidden_codes(protected.printed) == {("women",), ("men",)}
    outcome = gate.check(protected.printed)
    assert outcome.passed
    assert outcome.narrowest is not None
    assert outcome.narrowest >= 900


@given(st.lists(st.integers(0, 40), min_size=2, max_size=4))
@settings(max_examples=12, deadline=None)
def test_no_cheaper_safe_choice_exists_in_a_row(counts: list[int]) -> None:
    """Every choice of cells is tried, and the attack (which knows nothing of ours) says which are safe."""
    dim = flat("kind", *(f"k{n}" for n in range(len(counts))))
    one = release([dim], cross("t", [dim], {(f"k{n}",): count for n, count in enumerate(counts)}))
    cells = one.tables[0].cells
    rules = replace(EXACT, class_disclosure=False)
    account = protect(one, rules).account
    must = {codes for codes, cell in cells.items() if rules.too_few(cell.value)}
    costs = []
    for size in range(len(must), len(cells) + 1):
        for chosen in itertools.combinations(cells, size):
            if must <= set(chosen) and gate.check(as_printed(one, rules, {"t": chosen})).passed:
                costs.append(sum(cells[codes].value + 1 for codes in chosen))
    assert account.cost == pytest.approx(min(costs), rel=0.06)
    assert account.bound <= min(costs) + 1e-6


@pytest.mark.parametrize("seed", [3, 8, 20, 41])
def test_the_bound_is_no_more_than_the_optimum_found_another_way(seed: int) -> None:
    one = draw(seed, largest=2, small=True).release
    account = protect(one, EXACT).account
    system = build(one, ())
    problem = problem_of(system, EXACT, sensitive(system, EXACT))
    everything = float(problem.cost.sum()) + 1
    other, cheaper = optimum(problem, everything), optimum(problem, account.cost)
    assert other is not None
    assert cheaper == other or (cheaper is not None and cheaper.least == account.cost == other.least)
    assert other.proved
    assert account.bound <= other.least + 1e-4
    assert other.least - 1e-4 <= account.cost <= 1.06 * other.least + 1e-4


@given(st.integers(0, 5_000))
@settings(max_examples=12, deadline=None)
def test_controlled_rounding_keeps_sums_and_stays_near(seed: int) -> None:
    one = draw(seed, largest=3, small=True).release
    protected = protect(one, POLICE)
    if protected.account.rounding != "controlled":
        return  # three linked tables can lack one; the print says which rounding it has
    system = build(one, ())
    shown = {}
    for true, table in zip(one.tables, protected.printed.tables, strict=True):
        for codes, figure in table.counts.items():
            if figure is not None:
                assert figure % 5 == 0
                assert abs(figure - true.cells[codes].value) < 5
                named = zip(table.dimensions, codes, strict=True)
                key = (table.measure, table.as_at, tuple(sorted((d, c) for d, c in named if c != "all")))
                shown[system.number[key]] = figure
    for whole, parts in system.relations:
        if all(i in shown for i in (whole, *parts)):
            assert shown[whole] == sum(shown[i] for i in parts)


def test_conventional_rounding_that_sums_would_undo_is_given_up() -> None:
    four = flat("outcome", "a", "b", "c", "d")
    one = release([four], cross("funnel", [four], {(c,): 12 for c in "abcd"}))
    protected = protect(one, replace(POLICE, rounding="conventional"))
    assert protected.account.rounding == "controlled"
    assert protected.printed.rules["rounding"] == "controlled"
    assert gate.check(protected.printed).passed
    assert [nearest(value, 5) for value in (2, 2.5, 12, 13)] == [0, 5, 10, 15]


def test_percentages_are_of_rounded_counts_and_never_of_hidden_ones() -> None:
    inner = {
        ("women", "charged"): 43,
        ("women", "withdrew"): 57,
        ("men", "charged"): 3,
        ("men", "withdrew"): 61,
    }
    table = cross("t", [SEX, OUTCOME], inner, percent_of=("outcome",), decimals=1)
    (printed,) = protect(release([SEX, OUTCOME], table), POLICE).printed.tables
    for (sex, outcome), share in printed.percentages.items():
        count, base = printed.counts[sex, outcome], printed.counts[sex, "all"]
        if count is None or base is None:
            assert share is None
        else:
            assert share == round(100 * count / base, 1)


def test_nested_areas_are_kept_apart_or_hidden() -> None:
    area = Dimension("area", (Code("town", parent=None), Code("old-town", parent=None, within="town")))
    cells = {("town",): Cell(124.0), ("old-town",): Cell(121.0)}
    one = release([area], Table("t", "T", "reports", ("area",), cells))
    protected = protect(one, EXACT)
    assert len(hidden_codes(protected.printed)) == 1
    assert gate.check(protected.printed).passed


def test_what_an_earlier_edition_printed_is_reckoned_with() -> None:
    def edition(name: str, women: int, as_at: str) -> Release:
        table = cross("t", [SEX], {("women",): women, ("men",): 60}, as_at=as_at, grows=True)
        return Release(name, name, name, (SEX,), (table,))

    first = protect(edition("first", 40, "2026-01"), EXACT).printed
    second = edition("second", 43, "2026-02")
    assert not gate.check(protect(second, EXACT).printed, [first]).passed
    protected = protect(second, EXACT, [first])
    assert ("women",) in hidden_codes(protected.printed)
    assert gate.check(protected.printed, [first]).passed
    # Three people more cannot be told from the rounded figures.
    rounded = protect(edition("first", 40, "2026-01"), POLICE).printed
    assert gate.check(protect(second, POLICE, [rounded]).printed, [rounded]).passed


def test_summaries_and_models_by_size() -> None:
    table = cross("t", [SEX], {("women",): 120, ("men",): 61})
    rows: dict[Codes, tuple[float, int]] = {
        ("women",): (31.26, 120),
        ("men",): (33.94, 61),
        ("all",): (32.2, 181),
    }
    means = Summary("ages", "Ages", "reports", ("sex",), "mean", rows, decimals=1)
    medians = replace(means, name="mid", statistic="median", rows=rows | {("men",): (34.0, 9)})
    small = Model("m", "M", 31, 24, 12, {"men": 1.2345})
    thin = replace(small, name="thin", people=400, smallest_level=4)
    good = replace(small, name="good", people=400)
    one = release([SEX], table, summaries=(means, medians), models=(small, thin, good))
    protected = protect(one, POLICE)
    assert protected.printed.summaries[0].rows == {("women",): 31.3, ("men",): 33.9, ("all",): 32.2}
    assert protected.printed.summaries[1].rows == {("women",): 30.0, ("men",): None, ("all",): 30.0}
    assert [m.values for m in protected.printed.models] == [None, None, {"men": 1.234}]
    assert protected.account.withheld == ("m", "thin")
    few = release([SEX], cross("t", [SEX], {("women",): 120, ("men",): 6}), summaries=(means,))
    assert protect(few, POLICE).printed.summaries[0].rows[("men",)] is None


def test_the_same_release_is_protected_the_same_way() -> None:
    drawn = draw(17, largest=3, small=True).release
    assert protect(drawn, POLICE) == protect(drawn, POLICE)
