"""What several tables say together of people with several codes at once, to the protection and the attack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lamplighter.disclosure import gate
from lamplighter.disclosure.attack.audit import crossing
from lamplighter.disclosure.attack.audit.corrections import Corrections
from lamplighter.disclosure.protect import joint, protect, system
from lamplighter.disclosure.tables import TOTAL, Code, Codes, Correction, Dimension, Release
from tests.unit.disclosure.builders import COURTS, as_printed, cross, flat, release
from tools.verify import attached
from tools.verify.disclosure import draw, left_out, one
from tools.verify.plain_attack import Edition, narrow

AREA = flat("area", "avon", "kent", "tyne")
AGE = flat("age", "young", "middle", "old")
ROUTE = flat("route", "call", "letter", "visit", "online")
#: Nobody in Kent called or wrote, and nobody of middle age came any other way; so nobody in Kent is of middle
#: age.
CALLS = {
    ("avon", "young"): 2,
    ("avon", "middle"): 30,
    ("avon", "old"): 8,
    ("tyne", "young"): 10,
    ("tyne", "middle"): 9,
    ("tyne", "old"): 12,
}
VISITS = {
    ("avon", "young"): 1,
    ("kent", "young"): 40,
    ("avon", "old"): 9,
    ("kent", "old"): 7,
    ("tyne", "young"): 11,
    ("tyne", "old"): 13,
}
#: Each alone is safe with these four hidden.
FEW = ("avon", "young")
FOUR: list[Codes] = [FEW, ("avon", "middle"), ("kent", "young"), ("kent", "middle")]
#: What the plain attack found of random releases, at commit f9208c2e: with corrections, and without.
TOO_NARROW = [449, 853, 1265, 1285, 2789, 1577, 1765]


def ring() -> Release:
    """Area by age, area by route, age by route."""
    by_age: dict[Codes, int] = {}
    by_area: dict[Codes, int] = {}
    ages: dict[Codes, int] = {}
    routes = {"call": CALLS, "letter": CALLS | {FEW: 0}, "visit": VISITS, "online": VISITS | {FEW: 0}}
    for route, people in routes.items():
        for (area, age), count in people.items():
            for counts, codes in ((by_age, (area, age)), (by_area, (area, route)), (ages, (age, route))):
                counts[codes] = counts.get(codes, 0) + count
    return release(
        [AREA, AGE, ROUTE],
        cross("by-age", [AREA, AGE], by_age),
        cross("by-area", [AREA, ROUTE], by_area),
        cross("ages", [AGE, ROUTE], ages),
    )


def test_three_tables_that_close_a_ring_tell_what_none_of_them_tells() -> None:
    whole = ring()
    printed = as_printed(whole, COURTS, {"by-age": FOUR})
    found = {f.cell: f.words for f in gate.check(printed).findings if f.kind == "narrow"}
    assert found.keys() == {" / ".join(codes) for codes in FOUR}
    assert found["kent / middle"] == "is 0, exactly."
    assert narrow([Edition(whole, printed, whole)])
    # Without the third side the ring is open, and nothing is told.
    two = replace(whole, tables=whole.tables[:2])
    assert gate.check(as_printed(two, COURTS, {"by-age": FOUR})).passed


def test_a_ring_is_protected_as_one() -> None:
    whole = ring()
    outcome = gate.release(whole, COURTS)
    assert isinstance(outcome, gate.Released), outcome.words
    assert narrow([Edition(whole, outcome.printed, whole)]) == []
    assert outcome.printed.tables[0].counts[FEW] is None
    assert {
        codes for table in outcome.printed.tables for codes, n in table.counts.items() if n is None
    } != set(FOUR)


@pytest.mark.parametrize("seed", TOO_NARROW)
def test_what_was_told_too_narrowly_is_protected(seed: int) -> None:
    line = one(seed, every=10_000)
    assert (line.plain, line.blocked) == (0, 0), line.words
    assert line.ratio <= 1.1


@pytest.mark.parametrize("seed", TOO_NARROW)
def test_and_would_be_refused_if_it_were_not(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack finds it with nothing of the protection's: a print that reckons with single tables only."""
    monkeypatch.setattr(system, "joints", lambda *_: ())
    monkeypatch.setattr(system, "_growth_of_the_rest", lambda *_: None)
    line = one(seed, every=10_000)
    assert line.plain == 0
    assert line.blocked + line.refused == 1
    assert "wide, least 5)" in line.words


def test_tables_that_hang_together_like_branches_need_nothing_more() -> None:
    star = {frozenset(("force", "outcome")), frozenset(("outcome", "sex")), frozenset(("outcome", "age"))}
    assert set(joint.cliques(star)) == star == crossing.meeting(star)
    closed = star | {frozenset(("sex", "age"))}
    three = frozenset(("outcome", "sex", "age"))
    assert set(joint.cliques(closed)) == crossing.meeting(closed) == {three, frozenset(("force", "outcome"))}
    four = {frozenset(pair) for pair in (("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"))}
    for found in (set(joint.cliques(four)), crossing.meeting(four)):
        assert sorted(map(len, found)) == [3, 3]
    protected = system.build(release([AREA, AGE], cross("t", [AREA, AGE], CALLS | VISITS)), [])
    assert not protected.joint


def test_a_code_that_is_made_up_in_two_ways_is_one_sum_of_each() -> None:
    ways = {TOTAL: [("north", "south")], "north": [("a", "b"), ("old", "north less old")]}
    assert joint.pieces(TOTAL, ways) == ("north", "south")
    assert joint.smallest([TOTAL, *ways["north"][0], *ways["north"][1]], ways) == (
        "a",
        "b",
        "north",
        "north less old",
        "old",
        "south",
    )


def test_what_is_too_much_to_ask_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = as_printed(ring(), COURTS, {"by-age": FOUR})
    assert "several tables" not in gate.check(printed).promise
    for module in (crossing, system):
        monkeypatch.setattr(module, "MOST", 35)
    outcome = gate.check(printed)
    assert "Not reckoned with: what several tables of reports together say" in outcome.promise
    assert outcome.passed
    assert not system.build(ring(), []).joint


def test_what_a_correction_of_an_inner_area_leaves_alone_around_it() -> None:
    """Who is in the new town and not in the old one was not touched."""
    town = Dimension("town", (Code("old", parent=None, within="new"), Code("new", parent=None)))
    put_right = Correction("reports", "", "2026-02", ((("town", "old"),),))
    same = system._same([put_right], {"town": town})
    for code, state in (("new", "2026-02"), ("old", "2026-02"), ("new less old", "")):
        assert same(("reports", "2026-02", (("town", code),)))[1] == state
    around = Corrections(
        {("reports", "2026-02"): ("", ((("town", "old"),),))}, {("town", "old"): frozenset(("old", "new"))}
    )
    for code, state in (("new", "2026-02"), ("old", "2026-02"), ("new without old", "")):
        assert around.since("reports", "2026-02", (("town", code),)) == state


def test_a_figure_that_stands_only_if_what_is_not_listed_is_empty_says_so() -> None:
    """Two lines of one margin were left out: the gate holds neither, and reads both as nobody."""
    line = one(908, largest=3, every=10_000, small=True)
    assert line.refused == 1
    truth = left_out(908, draw(908, largest=3, small=True).earlier)  # type: ignore[arg-type]  # drawn after an earlier one
    assert truth.tables[1].cells["age-0", "old-town"].value == 9
    assert "is 51, exactly" in line.words
    assert "If a line that holds somebody was left out, that is not the true figure: list every line." in (
        line.words
    )
    # Where every line is listed, nothing is said of it.
    assert "list every line" not in gate.attacker.told(
        gate.check(as_printed(ring(), COURTS, {"by-age": FOUR}))
    )


def test_a_figure_of_an_earlier_edition_says_that_it_was_hidden_there() -> None:
    line = one(887, largest=3, every=10_000, small=True)
    assert "must lie between 0 and 4" in line.words
    assert "It was hidden there, and would be told together with this release." in line.words


def test_the_year_of_a_namespace_is_no_figure() -> None:
    printed = protect(ring(), COURTS).printed
    files = attached.drawn(printed)
    assert b'xmlns="http://www.w3.org/2000/svg"' in files["chart.svg"]
    assert attached.told(files, [2000], printed) == []
    other = files["chart.svg"].replace(b"www.w3.org/2000/svg", b"example.org/2000/svg")
    assert attached.told({"chart.svg": other}, [2000], printed) == ["2000 in chart.svg, xmlns"]
