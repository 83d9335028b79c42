"""The attack finds what it should: every kind of leak, planted one at a time beside a print without it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.disclosure import gate
from lamplighter.disclosure.attack import Attack
from lamplighter.disclosure.attack.audit.intervals import Intervals
from lamplighter.disclosure.attack.audit.knowledge import learn
from lamplighter.disclosure.attack.reading import gather
from lamplighter.disclosure.folders import write_printed
from lamplighter.disclosure.printed import Printed, PrintedCurve, PrintedSummary
from lamplighter.disclosure.profiles import profile
from lamplighter.disclosure.protect import protect
from lamplighter.disclosure.tables import Cell, Code, Codes, Curve, Dimension, Release, Table
from tests.unit.disclosure.builders import COURTS, EXACT, POLICE, as_printed, cross, flat, release
from tools.verify.disclosure import draw

SEX = flat("sex", "women", "men")
OUTCOME = flat("outcome", "charged", "withdrew", "open")
FORCE = Dimension(
    "force",
    (
        Code("north"),
        Code("avon", parent="north"),
        Code("tyne", parent="north"),
        Code("south"),
        Code("kent", parent="south"),
        Code("devon", parent="south"),
    ),
)
INNER: dict[Codes, int] = {
    ("women", "charged"): 40,
    ("women", "withdrew"): 61,
    ("women", "open"): 24,
    ("men", "charged"): 3,
    ("men", "withdrew"): 17,
    ("men", "open"): 15,
}
ALONE = release([SEX, OUTCOME], cross("funnel", [SEX, OUTCOME], INNER))
ONLY_PRIMARY = {"funnel": [("men", "charged")]}
SQUARE = {
    "funnel": [("men", "charged"), ("men", "open"), ("women", "charged"), ("women", "open")],
}


def kinds(outcome: Attack) -> set[str]:
    return {finding.kind for finding in outcome.findings}


def test_a_safe_pattern_withstands_and_its_narrowest_width_is_told() -> None:
    outcome = gate.check(as_printed(ALONE, EXACT, SQUARE))
    assert outcome.passed
    assert outcome.hidden == 4
    # men charged and men open make 18 between them, so each lies between 0 and 18.
    assert outcome.narrowest == 18


def test_without_the_threshold_small_counts_are_seen() -> None:
    outcome = gate.check(as_printed(ALONE, EXACT, {}))
    assert kinds(outcome) == {"small"}
    assert outcome.findings[0].words == "3 is printed; the least that may be is 10."


def test_without_secondary_hiding_the_row_gives_the_cell_away() -> None:
    outcome = gate.check(as_printed(ALONE, EXACT, ONLY_PRIMARY))
    (finding,) = outcome.findings
    assert (finding.kind, finding.table, finding.cell) == ("narrow", "funnel", "men / charged")
    assert finding.words == "is 3, exactly."


def test_margins_worked_out_again_after_hiding() -> None:
    show = {"funnel": {("men", "all"): 32.0, ("all", "charged"): 40.0, ("all", "all"): 157.0}}
    outcome = gate.check(as_printed(ALONE, EXACT, ONLY_PRIMARY, show=show))
    assert not outcome.passed
    assert outcome.tables == ("funnel",)


def test_two_tables_with_the_true_and_the_recomputed_margin() -> None:
    by_sex = cross("by-sex", [SEX], {("women",): 125, ("men",): 35})
    both = release([SEX, OUTCOME], cross("funnel", [SEX, OUTCOME], INNER), by_sex)
    show = {"funnel": {("men", "all"): 32.0}}
    outcome = gate.check(as_printed(both, EXACT, SQUARE, show=show))
    assert "clash" in kinds(outcome)


def test_hidden_in_one_table_and_printed_in_another() -> None:
    again = cross("men-only", [OUTCOME, SEX], {(o, s): n for (s, o), n in INNER.items()})
    outcome = gate.check(as_printed(release([SEX, OUTCOME], *ALONE.tables, again), EXACT, SQUARE))
    found = {(f.table, f.cell) for f in outcome.findings if f.kind == "narrow"}
    assert ("funnel", "men / charged") in found


def test_a_force_hidden_alone_in_its_region() -> None:
    table = cross("areas", [FORCE], {("avon",): 4, ("tyne",): 30, ("kent",): 25, ("devon",): 44})
    outcome = gate.check(as_printed(release([FORCE], table), EXACT, {"areas": [("avon",)]}))
    assert [(f.cell, f.low, f.high) for f in outcome.findings] == [("avon", 4, 4)]
    safe = gate.check(as_printed(release([FORCE], table), EXACT, {"areas": [("avon",), ("tyne",)]}))
    assert safe.passed


def test_nested_areas_are_subtracted() -> None:
    area = Dimension("area", (Code("town", parent=None), Code("old-town", parent=None, within="town")))
    one = release([area], cross("areas", [area], {("town",): 124, ("old-town",): 121}))
    hide = {"areas": [("all",)]}
    outcome = gate.check(as_printed(one, EXACT, hide))
    (finding,) = [f for f in outcome.findings if f.kind == "difference"]
    assert (finding.low, finding.high) == (3, 3)
    far = release([area], cross("areas", [area], {("town",): 150, ("old-town",): 121}))
    assert "difference" not in kinds(gate.check(as_printed(far, EXACT, hide)))


def _editions(later: int) -> tuple[Printed, Printed]:
    cells = {("women",): 125, ("men",): 35}
    first = release([SEX], cross("by-sex", [SEX], cells, as_at="2026-01", grows=True))
    more = {("women",): 125 + later, ("men",): 35 + 30}
    second = release([SEX], cross("by-sex", [SEX], more, as_at="2026-02", grows=True), name="summer")
    return as_printed(first, EXACT, {}), as_printed(second, EXACT, {})


def test_two_editions_are_subtracted() -> None:
    first, second = _editions(2)
    outcome = gate.check(second, [first])
    (finding,) = outcome.findings
    assert (finding.kind, finding.low, finding.high) == ("difference", 2, 2)
    assert "women (2026-01 to 2026-02)" in finding.words
    first, second = _editions(20)
    assert gate.check(second, [first]).passed


def test_what_lies_between_does_not_shield_the_ends() -> None:
    """A hidden or missing middle: January and March, or the inner and the outermost ring, are subtracted."""
    hide = {"t": [("all",)]}

    def edition(name: str, women: int, as_at: str) -> Printed:
        table = cross("t", [SEX], {("women",): women, ("men",): 60}, as_at=as_at, grows=True)
        hidden = [("women",), ("men",)] if name == "february" else []
        return as_printed(release([SEX], table, name=name), EXACT, {"t": hidden})

    past = [edition("january", 40, "2026-01"), edition("february", 41, "2026-02")]
    outcome = gate.check(edition("march", 43, "2026-03"), past)
    words = {finding.words for finding in outcome.findings if finding.kind == "difference"}
    assert "women (2026-01 to 2026-03) is 3, exactly." in words

    rings = Dimension(
        "area",
        (
            Code("c", parent=None),
            Code("b", parent=None, within="c"),
            Code("a", parent=None, within="b"),
        ),
    )
    for inner in ({("a",): 50, ("b",): 52, ("c",): 54}, {("a",): 50, ("c",): 54}):
        middle = [("b",)] if ("b",) in inner else []
        one = release([rings], cross("t", [rings], inner))
        printed = as_printed(one, EXACT, {"t": [*hide["t"], *middle, *([] if middle else [("b",)])]})
        found = [f for f in gate.check(printed).findings if f.kind == "difference"]
        assert [(f.low, f.high) for f in found] == [(4, 4)]


def test_a_later_state_of_a_wider_area() -> None:
    area = Dimension("area", (Code("town", parent=None), Code("old-town", parent=None, within="town")))

    def edition(name: str, code: str, count: int) -> Printed:
        table = Table("t", "T", "reports", ("area",), {(code,): Cell(count)}, as_at=name, grows=True)
        return as_printed(Release(name, name, name, (area,), (table,)), EXACT, {})

    first = edition("first", "old-town", 40)
    (finding,) = gate.check(edition("second", "town", 44), [first]).findings
    assert (finding.kind, finding.low, finding.high) == ("difference", 4, 4)
    table = Table("t", "T", "reports", ("area",), {("town",): Cell(44)}, as_at="second", grows=True)
    protected = protect(Release("second", "Second", "second", (area,), (table,)), EXACT, [first])
    assert gate.check(protected.printed, [first]).passed


def test_a_cell_hidden_now_was_printed_before() -> None:
    first = as_printed(replace(ALONE, name="winter", edition="2025"), EXACT, {})
    outcome = gate.check(as_printed(ALONE, EXACT, SQUARE), [first])
    finding = next(f for f in outcome.findings if f.cell == "men / charged" and f.kind == "narrow")
    assert "It is printed in 2025: funnel." in finding.words


def test_percentages_of_true_counts_with_a_decimal_undo_hiding() -> None:
    table = replace(ALONE.tables[0], percent_of=("outcome",), decimals=1)
    one = replace(ALONE, tables=(table,))
    true = {
        codes: round(100 * cell.value / table.cells[codes[0], "all"].value, 1)
        for codes, cell in table.cells.items()
    }
    outcome = gate.check(as_printed(one, EXACT, SQUARE, shares={"funnel": true}))
    assert {f.cell for f in outcome.findings} >= {"men / charged", "women / open"}
    # Of printed cells only they tell nothing that the counts do not.
    kept: dict[Codes, float] = {c: p for c, p in true.items() if c not in SQUARE["funnel"]}
    assert gate.check(as_printed(one, EXACT, SQUARE, shares={"funnel": kept})).passed


def test_percentages_of_true_counts_undo_rounding() -> None:
    one_row = release([SEX], cross("by-sex", [SEX], {("women",): 43, ("men",): 12}, percent_of=("sex",)))
    rounded = {"by-sex": {("women",): 45.0, ("men",): 10.0, ("all",): 55.0}}
    table = replace(one_row.tables[0], decimals=3)
    true = {("women",): round(4300 / 55, 3), ("men",): round(1200 / 55, 3), ("all",): 100.0}
    rules = replace(POLICE, rounding="conventional")
    outcome = gate.check(
        as_printed(replace(one_row, tables=(table,)), rules, {}, show=rounded, shares={"by-sex": true})
    )
    assert kinds(outcome) == {"rounding"}


def test_rounding_that_its_own_total_undoes() -> None:
    four = flat("outcome", "a", "b", "c", "d")
    one = release([four], cross("funnel", [four], {(c,): 12 for c in "abcd"}))
    show = {"funnel": {(c,): 10.0 for c in "abcd"} | {("all",): 50.0}}
    outcome = gate.check(as_printed(one, replace(POLICE, rounding="conventional"), {}, show=show))
    assert kinds(outcome) == {"rounding"}
    assert "printed as 10, is 12, exactly." in {f.words for f in outcome.findings}


def test_everybody_in_one_cell() -> None:
    inner = {("women", "withdrew"): 40, ("men", "withdrew"): 20, ("men", "charged"): 14}
    one = release([SEX, OUTCOME], cross("funnel", [SEX, OUTCOME], inner))
    outcome = gate.check(as_printed(one, COURTS, {}))
    (finding,) = [f for f in outcome.findings if f.cell == "women / withdrew"]
    assert finding.kind == "class"


def test_one_hidden_mean_follows_from_the_others() -> None:
    one = release([SEX], cross("by-sex", [SEX], {("women",): 120, ("men",): 35}))
    rows: dict[Codes, float | None] = {("women",): 31.2, ("men",): None, ("all",): 33.4}
    printed = as_printed(one, EXACT, {})
    means = PrintedSummary("ages", "Ages", "reports", ("sex",), "mean", rows, decimals=1)
    outcome = gate.check(replace(printed, summaries=(means,)))
    assert kinds(outcome) == {"average"}
    rows = {("women",): None, ("men",): None, ("all",): 33.4}
    assert gate.check(replace(printed, summaries=(replace(means, rows=rows),))).passed


def kaplan_meier(everybody: int, days: int) -> Curve:
    """A curve with a few events and a few people lost to follow-up every day."""
    times, events, at_risk, estimate = [], [], [], []
    left, value = everybody, 1.0
    for day in range(1, days + 1):
        died = 4 if day % 3 else 1
        value *= 1 - died / left
        times.append(float(day))
        events.append(died)
        at_risk.append(left)
        estimate.append(value)
        left -= died + day % 2
    return Curve(
        "withdrawal", "Withdrawal", "survival", tuple(times), tuple(events), tuple(at_risk), tuple(estimate)
    )


CURVE = kaplan_meier(200, 50)


def test_a_curve_with_every_event_in_it() -> None:
    raw = PrintedCurve(
        CURVE.name,
        CURVE.title,
        "survival",
        (0.0, *CURVE.times),
        (0, *CURVE.events),
        (200, *CURVE.at_risk),
        (1.0, *(round(value, 3) for value in CURVE.estimate)),
    )
    outcome = gate.check(replace(as_printed(ALONE, EXACT, SQUARE), curves=(raw,)))
    assert kinds(outcome) == {"curve"}
    merged = protect(release([SEX], curves=(CURVE,)), POLICE)
    (shown,) = merged.printed.curves
    assert 3 < len(shown.times) < 20
    assert shown.at_risk[-1] >= 10
    assert min(shown.events[1:]) >= 10
    assert gate.check(merged.printed).passed


def test_figures_that_no_truth_fits() -> None:
    show = {"funnel": {("all", "all"): 900.0}}
    assert "contradiction" in kinds(gate.check(as_printed(ALONE, EXACT, SQUARE, show=show)))


@pytest.mark.parametrize("name", ["police-victim", "tre", "moj-convictions"])
def test_what_the_protector_prints_withstands(name: str) -> None:
    assert gate.check(protect(ALONE, profile(name)).printed).passed


@given(st.integers(0, 5_000), st.sampled_from(["police-victim", "tre", "moj-convictions"]))
@settings(max_examples=6, deadline=None)
def test_the_truth_is_always_among_what_the_attack_thinks_possible(
    tmp_path_factory: pytest.TempPathFactory, seed: int, name: str
) -> None:
    """A narrow interval beside the truth would be a false alarm, and a wide one no comfort."""
    drawn = draw(seed, largest=2, small=True)
    work = tmp_path_factory.mktemp("papers")
    before = [] if drawn.earlier is None else [protect(drawn.earlier, profile(name)).printed]
    for number, printed in enumerate(before):
        write_printed(printed, work / "ledger" / str(number))
    write_printed(protect(drawn.release, profile(name), before).printed, work / "now")
    known = learn(gather(work / "now", work / "ledger"))
    intervals = Intervals(known)
    for table in drawn.release.tables:
        for codes, cell in table.cells.items():
            named = zip(table.dimensions, codes, strict=True)
            key = (table.measure, table.as_at, tuple(sorted((d, c) for d, c in named if c != "all")))
            low, high = intervals.exact(known.number[key])
            assert low <= cell.value <= high


LEFT_OUT = Dimension("answer", (Code("yes"), Code("no"), Code("not_recorded")))


def answered(yes: int, no: int, everybody: int) -> Release:
    counts = {("yes",): yes, ("no",): no, ("all",): everybody}
    cells = {codes: Cell(float(n)) for codes, n in counts.items()}
    return release([LEFT_OUT], Table("t", "T", "reports", ("answer",), cells))


def test_a_code_that_no_table_lists_is_taken_for_empty() -> None:
    """All 98, no 95, and no line for "not recorded": three said yes."""
    one = answered(3, 95, 98)
    outcome = gate.check(as_printed(one, EXACT, {"t": {("yes",)}}))
    assert [(f.kind, f.low, f.high) for f in outcome.findings] == [("narrow", 3, 3)]
    assert gate.check(as_printed(one, EXACT, {"t": {("yes",), ("no",)}})).passed


def test_a_code_that_must_hold_somebody_is_not_taken_for_empty() -> None:
    """The printed figures leave 30 for the code without a line: not empty, and nothing contradicts."""
    assert gate.check(as_printed(answered(20, 50, 100), EXACT, {})).passed


def test_the_protector_hides_another_cell_where_a_code_has_no_line() -> None:
    for rules in (EXACT, COURTS):
        protected = protect(answered(3, 95, 98), rules)
        hidden = {codes for codes, count in protected.printed.tables[0].counts.items() if count is None}
        assert len(hidden) == 2
        assert gate.check(protected.printed).passed
