"""Cohorts of whole made-up countries, beside plain arithmetic that shares nothing with the study."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lamplighter.studies.reoffending.cohort import Window, cohort_of, later_acts, number_of
from lamplighter.studies.reoffending.content.events import read_held
from lamplighter.studies.reoffending.content.shapes import Held
from lamplighter.studies.reoffending.country import read_country
from lamplighter.studies.reoffending.definitions import Definitions, definitions
from lamplighter.studies.reoffending.grid import Cohorts, window_of
from lamplighter.studies.reoffending.lag import lag_corrected, learnt_of, proof_delays
from lamplighter.studies.reoffending.lives import lives_of
from lamplighter.synthetic.histories.history import History, history
from lamplighter.synthetic.histories.settings import Settings
from lamplighter.synthetic.histories.tables import write
from tools.verify.reoffending import LADDERS, Ladder, cohort

CODES = {
    LADDERS[0].name: ("allegation", "stalking_proven"),
    LADDERS[1].name: ("allegation", "stalking_recorded"),
    LADDERS[2].name: ("charge", "any_proven"),
    LADDERS[3].name: ("proven", "any_proven"),
}


def held_of(made: History, folder: Path) -> tuple[Held, Definitions]:
    write(made, folder)
    country = read_country(folder)
    return read_held(folder, country), definitions(country.extracted_on)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> tuple[History, Held, Definitions]:
    made = history(Settings(people=6_000, draws=3), 3)
    return made, *held_of(made, tmp_path_factory.mktemp("country"))


def test_every_row_of_a_made_up_country_is_read(country: Any) -> None:
    _, held, _ = country
    assert held.faults == ()
    assert held.unknown_suspect == 0
    assert len(held.rows) == held.read > 10_000
    assert len(held.links.draws) == 3


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.name)
@pytest.mark.parametrize("draw", [0, 1, 3])
def test_the_same_people_with_the_same_delays(country: Any, ladder: Ladder, draw: int) -> None:
    made, held, defs = country
    person = held.links.of_draw(draw - 1) if draw else held.links.person
    index, outcome = (defs.index(CODES[ladder.name][0]), defs.outcome(CODES[ladder.name][1]))
    # Whom a message was to is not asked by the plain arithmetic.
    outcome = replace(outcome, same_victim_only=())
    lives = lives_of(held.rows, person, held.links.persons, defs.rules)
    for year in (2019, 2024):
        window = Window(dt.date(year, 6, 1), dt.date(year + 1, 6, 1))
        found = cohort_of(lives, index, window)
        delay = proof_delays(
            found, later_acts(found, outcome, defs.rules), 12, number_of(held.country.extracted_on)
        )
        plain = cohort(
            made,
            made.drawn(draw) if draw else made.links.published(),
            ladder,
            only=(number_of(window.first), number_of(window.before)),
        )
        told, expected = (
            sorted(zip(day.tolist(), np.nan_to_num(z, nan=-1).tolist(), strict=True))
            for day, z in ((found.day0, delay), (plain.day0, plain.delay))
        )
        assert told == expected
        assert sum(z >= 0 for _, z in told) > 20


def test_the_study_corrects_a_rate_to_what_will_be_known(tmp_path: Path) -> None:
    made = history(Settings(people=25_000, doubtful=0, doubtful_across=0, median_delay=300, draws=1), 5)
    held, defs = held_of(made, tmp_path)
    cohorts = Cohorts(
        held, defs, lives_of(held.rows, held.links.person, held.links.persons, defs.rules), None
    )
    asked = window_of(defs, held.country.extracted_on, 24)
    learnt = learnt_of(cohorts, defs.index("proven"), 12)
    (found,) = lag_corrected([{"any_proven": learnt["any_proven"]}], [], "proven", 12, 60, (asked,))
    final = cohort(
        made,
        made.links.truth(),
        LADDERS[3],
        eventual=True,
        only=(number_of(asked.first), number_of(asked.before)),
    )
    truth = (final.delay <= 1826).mean()
    assert found.rate is not None
    assert found.rate.told
    assert abs(found.rate.estimate - truth) < 4 * found.rate.lag_variance**0.5
    assert found.counted / found.people < truth - 0.02
