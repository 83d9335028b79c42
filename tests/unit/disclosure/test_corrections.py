"""A figure that is put right: what stays the same in both editions, and what the difference tells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lamplighter.disclosure import gate
from lamplighter.disclosure.errors import NotAnswered, TablesNotValid
from lamplighter.disclosure.folders import read_printed, read_release, write_printed, write_release
from lamplighter.disclosure.looks import ask
from lamplighter.disclosure.profiles import profile
from lamplighter.disclosure.protect import protect
from lamplighter.disclosure.tables import Cell, Code, Correction, Dimension, Release, Table
from tests.unit.disclosure.builders import COURTS, EXACT, POLICE, as_printed, cross, flat, release

OUTCOME = flat("outcome", "charged", "withdrew", "no-action", "open")
COUNTS = {("charged",): 4, ("withdrew",): 30, ("no-action",): 44, ("open",): 61}


def edition(as_at: str, *put_right: str, **changed: int) -> Release:
    """The same table in another state of the data; ``put_right`` are the corrected codes."""
    counts = COUNTS | {(code.replace("_", "-"),): count for code, count in changed.items()}
    told = tuple((("outcome", code),) for code in put_right)
    own = release([OUTCOME], cross("t", [OUTCOME], counts, as_at=as_at), name=f"e{as_at or 'first'}")
    return replace(own, corrections=(Correction("reports", "", as_at, told),) if put_right else ())


def test_what_a_correction_leaves_alone_is_the_same_figure_in_both_editions() -> None:
    """Charged is hidden with withdrew, then with no action: each edition is safe alone, both tell it."""
    first = as_printed(edition(""), EXACT, {"t": [("charged",), ("withdrew",)]})
    later = edition("2026-02", "open", open=90)
    second = replace(
        as_printed(later, EXACT, {"t": [("charged",), ("no-action",)]}), corrections=later.corrections
    )
    assert gate.check(second).passed
    found = [f for f in gate.check(second, [first]).findings if f.cell == "charged" and f.low == f.high == 4]
    assert found
    # Without the word that only one figure was put right, nothing ties the two editions together.
    assert gate.check(replace(second, corrections=()), [first]).passed


@pytest.mark.parametrize("rules", [POLICE, COURTS, profile("tre"), EXACT])
@pytest.mark.parametrize("moved", [-12, -3, -1, 1, 4, 8, 40])
def test_a_corrected_edition_is_protected_with_the_one_before(rules: object, moved: int) -> None:
    first = gate.release(edition(""), rules)  # type: ignore[arg-type]
    assert isinstance(first, gate.Released)
    later = edition("2026-02", "open", open=61 + moved)
    second = gate.release(later, rules, [first.printed])  # type: ignore[arg-type]
    assert isinstance(second, gate.Released), second.words
    shown = second.printed.tables[0].counts
    for code in ("charged", "withdrew", "no-action"):
        assert (shown[code,] is None) >= (first.printed.tables[0].counts[code,] is None)


@pytest.mark.parametrize("moved", [-3, 3])
def test_a_few_people_put_right_are_told_by_subtraction(moved: int) -> None:
    first = as_printed(edition(""), EXACT, {"t": [("charged",), ("withdrew",)]})
    later = edition("2026-02", "open", open=61 + moved)
    second = replace(
        as_printed(later, EXACT, {"t": [("charged",), ("withdrew",)]}), corrections=later.corrections
    )
    findings = gate.check(second, [first]).findings
    said = "took away" if moved < 0 else "added"
    assert {f.words for f in findings} == {
        f"open: what the correction {said} is 3, exactly.",
        f"everybody: what the correction {said} is 3, exactly.",
    }
    protected = protect(later, EXACT, [first])
    assert gate.check(protected.printed, [first], exact=protected.exact).passed
    assert protected.printed.tables[0].counts["open",] is None


def test_a_correction_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    later = edition("2026-02", "open", open=90)
    write_release(later, tmp_path / "tables")
    assert read_release(tmp_path / "tables").corrections == later.corrections
    printed = protect(later, POLICE, [as_printed(edition(""), EXACT, {"t": [("charged",)]})]).printed
    write_printed(printed, tmp_path / "print")
    assert read_printed(tmp_path / "print").corrections == later.corrections


def test_another_figure_than_the_corrected_one_has_changed() -> None:
    first = gate.release(edition(""), COURTS)
    assert isinstance(first, gate.Released)
    with pytest.raises(TablesNotValid, match="name it under “corrections”"):
        protect(edition("2026-02", "withdrew", open=90), COURTS, [first.printed])


def test_what_is_corrected_must_have_been_printed() -> None:
    """A correction of another state than the printed one would tie nothing to it."""
    first = gate.release(edition(""), COURTS)
    assert isinstance(first, gate.Released)
    later = edition("2026-02", "open", open=90)
    wrong = replace(later, corrections=(replace(later.corrections[0], before="2026-01"),))
    for told, past in ((wrong, [first.printed]), (later, [])):
        with pytest.raises(TablesNotValid, match="No earlier release has reports as at"):
            protect(told, COURTS, past)


def test_a_correction_names_codes_and_a_state_that_there_are() -> None:
    with pytest.raises(TablesNotValid, match="A corrected cell has no codes"):
        edition("2026-02", "nobody", open=90)
    with pytest.raises(TablesNotValid, match="not later than the one before"):
        edition("", "open", open=90)


def test_what_looks_like_a_correction_is_asked_about() -> None:
    first = gate.release(edition(""), COURTS)
    assert isinstance(first, gate.Released)
    later = replace(edition("2026-02", open=90), corrections=())
    with pytest.raises(NotAnswered, match="looks like a correction of a few") as told:
        ask(later, [first.printed], 5)
    assert "correction of reports as at 2026-02" in str(told.value)
    ask(
        replace(later, answers={"correction of reports as at 2026-02": "because it was counted anew"}),
        [first.printed],
        5,
    )
    ask(edition("2026-02", "open", open=90), [first.printed], 5)
    everything = edition("2026-02", charged=20, withdrew=50, no_action=64, open=90)
    ask(everything, [first.printed], 5)


def test_a_correction_is_subtracted_from_what_lies_within_it_as_well() -> None:
    """To March, and then to June put right: the difference is a few people, though neither state tells it."""
    period = Dimension("period", (Code("to-march", "", None, "to-june"), Code("to-june", "", None)))

    def state(name: str, code: str, count: int, as_at: str = "") -> Release:
        cells = {(code,): Cell(float(count))}
        return Release(name, name, name, (period,), (Table("t", "T", "r", ("period",), cells, as_at=as_at),))

    march, june = state("march", "to-march", 40), state("june", "to-june", 60)
    told = Correction("r", "", "2026-07", ((("period", "to-june"),),))
    later = replace(state("july", "to-june", 43, "2026-07"), corrections=(told,))
    printed = replace(as_printed(later, EXACT, {}), corrections=(told,))
    past = [as_printed(march, EXACT, {}), as_printed(june, EXACT, {})]
    assert [(f.kind, f.low, f.high) for f in gate.check(printed, past).findings] == [("difference", 3, 3)]
    assert protect(later, EXACT, past).printed.tables[0].counts["to-june",] is None


def test_a_count_of_nobody_after_a_correction_says_nothing_of_before() -> None:
    """Nobody is left of those who were there before: the earlier figure is as unknown as it was."""
    first = gate.release(edition("", open=0), POLICE)
    assert isinstance(first, gate.Released)
    later = edition("2026-02", "withdrew", withdrew=0, open=0)
    second = gate.release(later, POLICE, [first.printed])
    assert isinstance(second, gate.Released), second.words


def test_a_rounded_figure_that_says_too_much_is_hidden_and_all_is_attacked_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten is printed as 10, so it is 10 to 14: who gets the exact 16 before it knows how many went."""
    first = gate.release(edition("", charged=40, open=16), POLICE)
    assert isinstance(first, gate.Released)
    later = edition("2026-02", "open", charged=40, open=10)
    second = gate.release(later, POLICE, [first.printed])
    assert isinstance(second, gate.Released), second.words
    assert second.printed.tables[0].counts["open",] is None
    monkeypatch.setattr(gate, "TRIES", 1)
    once = gate.release(later, POLICE, [first.printed])
    assert isinstance(once, gate.Blocked)
    assert "by somebody who gets the exact count behind that one" in once.words
