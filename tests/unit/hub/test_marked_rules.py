"""Rules that said more than their sources do are marked, and what held before stays readable."""

from __future__ import annotations

import datetime as dt

import pytest

from lamplighter.hub.cases import rules as cases
from lamplighter.hub.legal_bases.configuration import PART as SHARING
from lamplighter.hub.perpetrator_side import library
from lamplighter.hub.rights.rules import periods
from lamplighter.hub.site.config_files.dated import DatedRules
from lamplighter.vocabulary.codes import code_set

BEFORE, NOW = dt.date(2026, 11, 28), dt.date(2026, 11, 29)
sharing = DatedRules(SHARING)


def test_mental_health_records_are_kept_twenty_years_unless_somebody_chooses_otherwise() -> None:
    first = next(iter(periods("health", NOW).values()))
    assert (first.code, first.extra["years"]) == ("health_mental", 20)
    assert {"health_adult", "health_child"} <= set(periods("health", NOW))
    assert list(periods("health", BEFORE)) == ["health_adult"]


@pytest.mark.parametrize(
    ("table", "code"),
    [("threshold", "on_probation"), ("clock", "case.consultation"), ("clock", "case.allocate")],
)
def test_a_source_for_something_else_is_no_source(table: str, code: str) -> None:
    assert cases.on(table, BEFORE)[code].mark == "S"
    row = cases.on(table, NOW)[code]
    assert (row.mark, "after" in row.source) == ("I", True)


def test_sharing_says_what_is_to_be_confirmed() -> None:
    bases = sharing.on("basis", NOW)
    assert "consent" not in list(bases)[:3]
    assert {row.mark for row in bases.values()} == {"K"}
    assert sharing.on("basis", BEFORE)["consent"].mark == "S"
    assert "A charity is not a relevant authority" in bases["cda_115"].extra["hint"]
    assert "imminent" in sharing.on("threshold", BEFORE)["life"].title
    thresholds = sharing.on("threshold", NOW)
    assert "real and immediate" in thresholds["life"].title
    assert {"adult", "statutory"} <= set(thresholds)


def test_a_programme_does_not_screen_out_whoever_denies() -> None:
    assert "want to stop or cannot" in library.programme("cobi", BEFORE).criteria["compulsive"]
    assert "whether or not" in library.programme("cobi", NOW).criteria["compulsive"]


def test_recording_rules_and_codes_that_were_not_read_say_so() -> None:
    rules = code_set("recording_rules").codes
    for code in ("ex_partner_presumption", "principal_crime", "course_of_conduct_also"):
        assert rules[code].extra["mark"] == "K"
        assert "not read" in rules[code].extra["checked"]
    offences = code_set("offences")
    assert all(code.extra["mark"] in {"S", "K", "I"} for code in offences.codes.values())
    assert "private_images" in offences.on(dt.date(2024, 1, 30))
    assert "private_images" not in offences.on(dt.date(2024, 1, 31))
    assert {"intimate_images", "threatening_communications"} <= set(offences.on(dt.date(2024, 1, 31)))
    assert all(code.extra["mark"] == "K" for code in code_set("outcomes").codes.values())
