"""A code that is left out by hand is an unknown: a margin less its listed parts may not tell it.

27 cases: what is left out, the margin that would tell it, the profile. Each is attacked by the gate and,
apart from it, person by person (``tools.verify.plain_attack``), with the exact counts behind what is printed.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lamplighter.disclosure import gate
from lamplighter.disclosure.errors import NotAnswered
from lamplighter.disclosure.folders import read_release, write_release
from lamplighter.disclosure.profiles import profile
from lamplighter.disclosure.protect import protect
from lamplighter.disclosure.tables import TOTAL, Cell, Code, Codes, Dimension, Release, Table
from tests.unit.disclosure.builders import as_printed, cross, flat, release
from tools.verify.plain_attack import Edition, narrow

PROFILES = ("police-victim", "moj-convictions", "tre")
LEFT_OUT = ("a force", "one cell of a force", "a force in one table")
MARGINS = ("region", "everybody", "margin in another table")
FORCE = Dimension(
    "force",
    (
        Code("north"),
        Code("avon", parent="north"),
        Code("tyne", parent="north"),
        Code("wear", parent="north"),
        Code("south"),
        Code("kent", parent="south"),
        Code("devon", parent="south"),
    ),
)
OUTCOME = flat("outcome", "charged", "open")
SEX = flat("sex", "women", "men")
PEOPLE = {("avon",): 212, ("tyne",): 552, ("wear",): 3, ("kent",): 431, ("devon",): 318}


def by_outcome() -> dict[Codes, int]:
    made: dict[Codes, int] = {}
    for (force,), count in PEOPLE.items():
        charged = 3 if force == "wear" else count // 3
        made[force, "charged"], made[force, "open"] = (
            charged,
            max(count - charged, 40 if force == "wear" else 0),
        )
    return made


def without(table: Table, *gone: Codes) -> Table:
    """The table without these lines; ``None`` in a line stands for any code."""

    def leaves(codes: Codes) -> bool:
        return any(all(g in ("*", c) for g, c in zip(line, codes, strict=True)) for line in gone)

    return replace(table, cells={codes: cell for codes, cell in table.cells.items() if not leaves(codes)})


def case(left_out: str, margin: str) -> tuple[Release, Release]:
    """The release as somebody would hand it in, and the same with nothing left out."""
    if left_out == "one cell of a force":
        whole = [cross("areas", [FORCE, OUTCOME], by_outcome())]
        gone = [("wear", "charged")]
    elif left_out == "a force in one table":
        sexes = {
            (f, s): 20 * n + (7 if s == "men" else 0) for (f,), n in PEOPLE.items() for s in ("women", "men")
        }
        sexes["wear", "men"] = 3
        whole = [
            cross("sexes", [FORCE, SEX], sexes),
            cross("areas", [FORCE, OUTCOME], by_outcome(), as_at="2026"),
        ]
        gone = [("wear", "charged")]
    else:
        whole = [cross("areas", [FORCE], PEOPLE)]
        gone = [("wear",)]
    tables = [*whole[:-1], without(whole[-1], *gone)]
    many = len(whole[-1].dimensions)
    regions = {
        "region": (),
        "everybody": ("north", "south"),
        "margin in another table": ("north", "south", TOTAL),
    }
    for name in regions[margin]:
        if margin == "everybody" and name == "north" and many == 1:
            tables[-1] = without(tables[-1], ("north",), ("south",))
        elif margin == "everybody" and many == 2:
            tables[-1] = without(tables[-1], (name, "*"))
        elif margin == "margin in another table":
            tables[-1] = without(tables[-1], (name, *["*"] * (many - 1)))
    if margin == "margin in another table":
        last = whole[-1]
        cells = {codes: cell for codes, cell in last.cells.items() if codes[0] in regions[margin]}
        tables.append(replace(last, name="margins", cells=cells))
        whole.append(replace(last, name="margins", cells=cells))
    dimensions = [FORCE, OUTCOME, SEX]
    return release(dimensions, *tables), release(dimensions, *whole)


@pytest.mark.parametrize("rules", PROFILES)
@pytest.mark.parametrize("margin", MARGINS)
@pytest.mark.parametrize("left_out", LEFT_OUT)
def test_what_is_left_out_is_not_told_by_its_margin(left_out: str, margin: str, rules: str) -> None:
    handed_in, whole = case(left_out, margin)
    outcome = gate.release(handed_in, profile(rules))
    assert isinstance(outcome, gate.Released), outcome.words
    assert narrow([Edition(handed_in, outcome.printed, whole)]) == []
    # It is not only silence: printed as it was handed in, the gate finds it, and so does the other attack.
    bare = as_printed(handed_in, replace(profile(rules), base=1, rounding="none"), {})
    assert "left out" in {finding.kind for finding in gate.check(bare).findings}
    assert narrow([Edition(handed_in, bare, whole)]) != []


@pytest.mark.parametrize("rules", ["police-victim", "tre"])
def test_an_exact_total_from_elsewhere_is_reckoned_with(rules: str) -> None:
    """Rounded, wear can be anything up to 17; whoever is told the exact figures knows that it is 3."""
    handed_in, _ = case("a force", "region")
    rounded = as_printed(
        handed_in,
        profile(rules),
        {},
        show={"areas": {c: 5 * round(v.value / 5) for c, v in handed_in.tables[0].cells.items()}},
    )
    told = protect(
        handed_in, replace(profile(rules), base=1, rounding="none", threshold=1, zeros_hidden=False)
    ).exact
    assert gate.check(rounded).passed
    found = gate.check(rounded, exact=told).findings
    assert {f.kind for f in found} == {"left out"}
    assert "exact count" in found[0].words


def test_who_leans_on_rounding_promises_less() -> None:
    handed_in, _ = case("a force", "region")
    lean = replace(profile("tre"), rounding_counts=True)
    kept, less = gate.release(handed_in, profile("tre")), gate.release(handed_in, lean)
    assert "who also gets one exact total elsewhere" in kept.attack.promise
    assert "Not promised: to a reader who gets one exact total" in less.attack.promise
    assert kept.attack.exact > less.attack.exact == 0


APART = Dimension("force", tuple(replace(code, parent=None) for code in FORCE.codes))


def asks(tables: Release, *words: str) -> None:
    with pytest.raises(NotAnswered) as problem:
        gate.release(tables, profile("moj-convictions"))
    for word in (*words, '"answers"'):
        assert word in str(problem.value)
    assert not re.search(r"\b(?:767|212|552)\b", str(problem.value))  # a message holds no count


def test_codes_that_stand_apart_and_make_up_another_are_asked_about() -> None:
    cells = {("north",): 767, ("avon",): 212, ("tyne",): 552}
    table = Table("areas", "Areas", "reports", ("force",), {c: Cell(float(v)) for c, v in cells.items()})
    handed_in = release([APART], table)
    asks(handed_in, "avon and tyne make up north", '"parent": "north"')
    answered = replace(handed_in, answers={"force: avon to tyne in north": "offices, not areas"})
    assert isinstance(gate.release(answered, profile("moj-convictions")), gate.Released)


def test_codes_that_do_not_come_near_a_sum_are_not_asked_about() -> None:
    cells = {("north",): 767, ("avon",): 312, ("tyne",): 552, ("kent",): 90, ("devon",): 144}
    table = Table("areas", "Areas", "reports", ("force",), {c: Cell(float(v)) for c, v in cells.items()})
    assert isinstance(gate.release(release([APART], table), profile("moj-convictions")), gate.Released)


@pytest.mark.parametrize(
    ("first", "second"),
    [("reports-q1", "reports-q2"), ("reports", "reports avon"), ("reports 2025", "reports")],
)
def test_a_period_or_a_force_in_the_name_of_a_measure_is_asked_about(first: str, second: str) -> None:
    one, two = (
        cross("one", [SEX], {("women",): 41, ("men",): 30}),
        cross("two", [SEX], {("women",): 44, ("men",): 33}),
    )
    asks(
        release([SEX, FORCE], replace(one, measure=first), replace(two, measure=second)),
        first, second, "make the period or the group a dimension",
    )  # fmt: skip
    plain = release([SEX, FORCE], replace(one, measure="reports"), replace(two, measure="arrests"))
    assert isinstance(gate.release(plain, profile("moj-convictions")), gate.Released)


def test_a_period_in_the_name_is_asked_about_when_the_other_was_printed_before() -> None:
    one, two = (
        cross("one", [SEX], {("women",): 41, ("men",): 30}),
        cross("two", [SEX], {("women",): 44, ("men",): 33}),
    )
    before = gate.release(release([SEX], replace(one, measure="reports q1")), profile("moj-convictions"))
    assert isinstance(before, gate.Released)
    later = release([SEX], replace(two, measure="reports q2"), name="summer")
    with pytest.raises(NotAnswered, match="look like one measure"):
        gate.release(later, profile("moj-convictions"), [before.printed])


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (("2025", "2025-q1", "2025-q2"), "lay within 2025"),
        (("to-march", "to-june"), "look nested"),
        (("old-town", "new-town"), "look nested"),
    ],
)
def test_periods_and_areas_that_look_nested_are_asked_about(codes: tuple[str, ...], told: str) -> None:
    apart = Dimension("period", tuple(Code(code, parent=None) for code in codes))
    cells = {(code,): Cell(100.0 + 37 * at) for at, code in enumerate(codes)}
    asks(release([apart], Table("t", "T", "reports", ("period",), cells)), told, '"within"')


def test_what_is_left_out_of_a_longer_period_is_not_told_by_its_margin_either() -> None:
    """ "To June" holds "to March", which was printed before: it is a line that is left out all the same."""
    period = Dimension(
        "period", (Code("to-june", parent=None), Code("to-march", parent=None, within="to-june"))
    )

    def edition(name: str, women: float, men: float) -> Release:
        cells = {(TOTAL, name): Cell(women + men), ("women", name): Cell(women), ("men", name): Cell(men)}
        return release([SEX, period], Table("t", "T", "reports", ("sex", "period"), cells), name=name)

    def without_men(whole: Release) -> Release:
        (table,) = whole.tables
        cells = {codes: cell for codes, cell in table.cells.items() if codes[0] != "men"}
        return replace(whole, tables=(replace(table, cells=cells),))

    rules, editions = profile("police-victim"), []
    for whole in (edition("to-march", 96, 8), edition("to-june", 110, 8)):
        shown = protect(without_men(whole), rules, [e.printed for e in editions])
        assert gate.check(shown.printed, [e.printed for e in editions]).passed
        editions.append(Edition(without_men(whole), shown.printed, whole))
        assert narrow(editions) == []


def test_a_state_of_the_data_that_is_no_date_is_asked_about() -> None:
    asks(release([SEX], cross("one", [SEX], {("women",): 41, ("men",): 30}, as_at="2025-q1")), "is no date")


def test_answers_are_read_from_the_folder_and_do_not_leave(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tables")
    one = release([SEX], cross("one", [SEX], {("women",): 41, ("men",): 30}), answers={"as_at": "because"})
    write_release(one, folder)
    assert read_release(folder).answers == {"as_at": "because"}
    outcome = gate.release(read_release(folder), profile("tre"))
    assert isinstance(outcome, gate.Released)
    assert not hasattr(outcome.printed, "answers")
