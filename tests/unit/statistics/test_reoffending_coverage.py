"""A slice of the made-up countries of ``python -m tools.verify.reoffending``: fixed seeds, limits that chance
keeps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lamplighter.synthetic.histories.history import history
from lamplighter.synthetic.histories.settings import GROUPS, Settings
from tools.verify import reoffending
from tools.verify.reoffending import (
    LADDERS,
    MAIN,
    accuracy,
    bias,
    cohort,
    country,
    held,
    mature,
    summary,
    year_after,
)

COUNTRIES = 20


@pytest.fixture(scope="module")
def lines() -> list[dict]:
    return [country((MAIN, seed)) for seed in range(COUNTRIES)]


@pytest.mark.parametrize("ladder", [ladder.name for ladder in LADDERS])
def test_intervals_with_both_corrections_hold_the_truth_and_plain_ones_do_not(lines, ladder):
    inside, count, error, _ = held(lines, ladder, "both")
    assert count == COUNTRIES
    # Of 20 at 95%, 16 or fewer would be seen in one of 60 rows of seeds; these seeds are fixed.
    assert inside >= 17
    assert abs(error) < 0.6
    plain, _, plain_error, _ = held(lines, ladder, "plain")
    assert plain < inside - 3
    assert plain_error < -1.5
    own, _, _, width = held(lines, ladder, "people")
    assert own >= 17
    assert width < held(lines, ladder, "both")[3]


def test_each_correction_alone_leaves_the_other_fault(lines):
    for ladder in LADDERS:
        lag, links = (held(lines, ladder.name, way)[2] for way in ("lag", "links"))
        assert lag < -1.2
        if ladder.known == "proven":
            assert links < -1.2


def test_forces_can_stand_in_for_court_areas_as_the_study_has_them():
    made = history(Settings(people=4_000), 7)
    found = cohort(made, made.links.truth(), LADDERS[0])
    assert len(set(found.force.tolist())) > len(set(found.area.tolist())) > 1
    by_court, by_force = mature(found, LADDERS[0]), mature(found, LADDERS[0], by_force=True)
    assert by_court.estimate != by_force.estimate
    assert abs(by_court.estimate - by_force.estimate) < 0.01


def test_a_cohort_worked_out_person_by_person():
    made = history(Settings(people=400), 6)
    person, upto = made.drawn(2), made.upto
    acts, groups = made.acts, np.asarray(GROUPS)[made.acts.offence]
    ladder = LADDERS[0]
    found = cohort(made, person, ladder)
    expected = []
    for who in sorted(set(person.tolist())):
        mine = np.flatnonzero(person == who)
        starts = {}
        for at in mine[np.lexsort((acts.day[mine], made.recorded[mine]))]:
            year = (upto - reoffending.FROM - made.recorded[at]) // 365
            if groups[at] == "stalking" and made.recorded[at] <= upto and year >= -1:
                starts.setdefault(year, at)
        for year, at in starts.items():
            day0 = made.recorded[at]
            due = year_after(np.array([day0]))[0]
            proofs = [
                acts.proven[other]
                for other in mine
                if day0 < acts.day[other] <= due
                and groups[other] in ladder.groups
                and acts.proven[other] <= upto
            ]
            expected.append((year, int(day0), min(proofs) - day0 if proofs else None))
    told = [
        (int(y), int(d), None if np.isnan(z) else int(z))
        for y, d, z in zip(found.year, found.day0, found.delay, strict=True)
    ]
    wanted = [(int(y), d, None if z is None else int(z)) for y, d, z in expected]
    assert sorted(told, key=str) == sorted(wanted, key=str)
    assert sum(z is not None for *_, z in told) > 20


def test_a_year_after_a_leap_day_is_the_last_of_february():
    days = np.array(["2024-02-29", "2023-03-01", "2024-01-31"], dtype="datetime64[D]").astype(np.int64)
    assert year_after(days).astype("datetime64[D]").astype(str).tolist() == [
        "2025-02-28",
        "2024-03-01",
        "2025-01-31",
    ]


def test_a_thousand_countries_can_be_made_in_slices(tmp_path: Path, monkeypatch, capsys):
    kept = tmp_path / "kept.jsonl"
    words = ["reoffending", "--countries", "3", "--workers", "1", "--kept", str(kept)]
    monkeypatch.setattr("sys.argv", [*words, "--minutes", "0"])
    assert reoffending.main() == reoffending.UNFINISHED
    first = kept.read_text("utf-8").splitlines()
    assert 1 <= len(first) < 3
    assert "still to be made" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", words)
    reoffending.main()
    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert sorted(line["seed"] for line in lines) == [0, 1, 2]
    assert kept.read_text("utf-8").splitlines()[: len(first)] == first
    assert summary(lines)[0] in capsys.readouterr().out


def test_the_bias_of_published_links_is_told_by_group_without_the_truth():
    line = bias(0)
    for told, false, missed, error, true in line["groups"]:
        assert told == pytest.approx(false + missed)
        assert abs(told - true) < 4 * error
        assert missed < -0.01
        assert false > 0
    assert "larger" in summary([line])[0]


def test_a_larger_country_is_within_a_point(monkeypatch):
    line = accuracy((300, 1))
    people, known, said, low, high, plain = line["parts"][0]
    assert people > reoffending.ENOUGH
    assert abs(said - known) < 0.01
    assert low < high
    assert plain < known - 0.02
    assert [part[0] for part in line["parts"]] == sorted((part[0] for part in line["parts"]), reverse=True)
