"""The second attack and the plain reader of attachments find what is there to be found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lamplighter.disclosure import gate
from lamplighter.disclosure.printed import Printed
from lamplighter.disclosure.tables import Release
from tests.unit.disclosure.builders import COURTS, EXACT, as_printed, cross, flat, release
from tests.unit.disclosure.test_corrections import edition
from tools.verify import attached
from tools.verify.disclosure import draw, one
from tools.verify.plain_attack import Edition, narrow

AREA = flat("area", "avon", "kent", "tyne", "wear")
#: Hidden: 13 of Wear, and 37 of Tyne, which shield it.
TABLE = cross(
    "areas",
    [AREA],
    {("avon",): 240, ("kent",): 110, ("tyne",): 37, ("wear",): 13},
    percent_of=("area",),
    decimals=1,
)


def told(*editions: tuple[Release, Printed]) -> list[str]:
    return narrow([Edition(truth, printed, truth) for truth, printed in editions])


def test_two_editions_between_which_a_figure_was_put_right_are_subtracted() -> None:
    first, later = edition(""), edition("2026-02", "open", open=64)
    hide = {"t": [("charged",), ("withdrew",)]}
    early, late = as_printed(first, EXACT, hide), as_printed(later, EXACT, hide)
    assert told((first, early)) == []
    found = told((first, early), (later, late))
    assert {line.partition(" less")[0] for line in found} == {"reports open", "reports all"}
    assert all(line.endswith("3.000 to 3.000") for line in found)


def test_what_is_hidden_in_one_edition_and_shown_in_the_other_is_told() -> None:
    first, later = edition(""), edition("2026-02", "open", open=90)
    early = as_printed(first, EXACT, {"t": [("charged",), ("withdrew",)]})
    late = as_printed(later, EXACT, {"t": [("charged",), ("no-action",)]})
    assert any(
        line.startswith("reports charged") and "4.000 to 4.000" in line
        for line in told((first, early), (later, late))
    )
    # If anything may have changed, nothing is.
    anew = replace(later, corrections=())
    assert told((first, early), (anew, late)) == []


@pytest.mark.parametrize("kind", sorted(attached.LEAKS))
def test_a_true_figure_in_an_attachment_is_read_by_both(kind: str) -> None:
    """By the plain reader, who knows of no gate, and by the gate, which refuses the file."""
    hide = {"areas": [("tyne",), ("wear",)]}
    printed = as_printed(release([AREA], TABLE), COURTS, hide)
    files = attached.drawn(printed)
    assert attached.told(files, [13, 37], printed) == []
    assert gate.check(printed, attachments=files).passed
    leak = attached.LEAKS[kind](files, 13, printed)
    assert any(line.startswith("13 in ") for line in attached.told(files | leak, [13, 37], printed))
    assert set(gate.check(printed, attachments=files | leak).tables) == set(leak)


def test_figures_are_put_right_in_many_of_the_random_releases() -> None:
    drawn = [draw(seed, largest=3, small=True) for seed in range(100)]
    assert sum(own.corrected is not None for own in drawn) >= 25


def test_an_exact_earlier_count_is_reckoned_with_when_figures_are_rounded() -> None:
    """Nearest multiples would leave less than five possible groups: neighbouring ones are printed instead."""
    line = one(1006, every=10_000)
    assert line.profile == "tre"
    assert line.refused == line.blocked == line.plain == 0


@pytest.mark.parametrize("seed", [240, 440])
def test_rounded_figures_that_would_say_too_much_are_printed_otherwise(seed: int) -> None:
    """A printed 10 is 10 to 14, too close to the figure before it: 15 is printed, or nothing."""
    line = one(seed, 3, 10_000, small=True)
    assert line.corrected
    assert line.refused == line.blocked == line.plain == 0
