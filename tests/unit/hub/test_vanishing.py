"""Evidence that does not last: what may still be held of the acts of a pattern, and what may be gone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from lamplighter.hub.patterns.decisions import short_lived_evidence
from lamplighter.hub.patterns.models import Occasion

TODAY = dt.date(2026, 11, 30)


def told(days_ago: int, *channels: str, **changed: Any) -> Occasion:
    at = dt.datetime.combine(TODAY - dt.timedelta(days=days_ago), dt.time(20))
    row = {"at": at, "precision": "exact", "acts": ["loitering"], "channels": list(channels)}
    return Occasion(**(row | changed))


def of(*occasions: Occasion) -> dict[str, short_lived_evidence.Vanishing]:
    return {found.title.split()[0]: found for found in short_lived_evidence.of(occasions, TODAY)}


def test_what_goes_first_is_said_first_with_the_day_on_which_it_goes() -> None:
    found = of(told(10, "in_person"), told(300, "phone"), told(2, "phone"))
    assert list(found) == ["CCTV,", "Who"]
    assert (found["CCTV,"].held, found["CCTV,"].on) == (1, TODAY + dt.timedelta(days=20))
    assert (found["Who"].held, found["Who"].act) == (2, TODAY - dt.timedelta(days=300))
    assert "Of 20 November 2026, they may be held until about 20 December 2026" in found[
        "CCTV,"
    ].words.replace("\xa0", " ")
    assert "Ask the force’s communications data unit." in found["Who"].words


def test_what_may_be_gone_is_never_said_to_be_gone() -> None:
    found = of(told(45, "in_person"))["CCTV,"]
    assert (found.held, found.gone) == (0, 1)
    assert "may be gone: ask all the same" in found.words
    # Long after, there is nothing to ask for.
    assert of(told(70, "in_person")) == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"at": None},
        {"precision": "not_known"},
        {"acts": []},
        {"reversed": True},
        {"at": dt.datetime(2027, 1, 1)},
        {"channels": ["court_process"]},
    ],
)
def test_an_act_without_a_day_or_of_nobody_against_the_victim_leaves_nothing(changed: dict[str, Any]) -> None:
    assert of(told(3, "in_person", **changed)) == {}
