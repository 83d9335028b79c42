"""What entries show of s.2A and s.4A, and the marks of every rule and code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest

from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side import elements, policies, rules
from lamplighter.vocabulary.codes import code_sets

DAY = dt.date(2026, 11, 3)


@dataclass
class Entry:
    happened_on: dt.date
    elements: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)


def _shown(*entries: Entry) -> dict[str, bool]:
    return {e.code: e.shown for e in elements.summary(entries)}


def test_what_is_not_written_down_is_to_be_asked_and_not_denied() -> None:
    assert set(_shown().values()) == {False}
    assert all("nothing written down yet" in limb for limb in elements.limbs(elements.summary([])))
    assert {e.says for e in elements.summary([])} == {"Nothing written down yet: ask."}


def test_alarm_told_once_speaks_to_the_whole_course() -> None:
    """Forty days of covert tracking are learnt of on one day."""
    found = elements.summary([Entry(DAY, ["harassed"])])
    assert elements.limbs(found)[0] == (
        "s.2A, alarm or distress caused by the course as a whole: the account speaks to it."
    )


def test_fear_is_asked_for_on_two_occasions_and_a_person_says_what_one_day_held() -> None:
    fear = Entry(DAY, ["fear_of_violence"])

    def told(*entries: Entry) -> tuple[bool, str]:
        [found] = [e for e in elements.summary(entries) if e.code == "fear_of_violence"]
        return found.shown, found.says

    assert told(fear) == (False, "In one entry. s.4A asks for two occasions: ask.")
    shown, says = told(fear, Entry(DAY, ["fear_of_violence"]))
    assert shown
    assert says == "In 2 entries about one day. Whether they are two occasions is for a person."
    assert told(fear, Entry(DAY + dt.timedelta(days=1), ["fear_of_violence"])) == (True, "On 2 days.")


@pytest.mark.parametrize(
    ("codes", "effects", "shown"),
    [
        (["serious_alarm_distress"], [], False),
        (["adverse_effect"], ["sleep"], False),
        (["serious_alarm_distress", "adverse_effect"], ["sleep"], True),
    ],
)
def test_the_second_limb_needs_both(codes: list[str], effects: list[str], shown: bool) -> None:
    limb = elements.limbs(elements.summary([Entry(DAY, codes, effects)]))[-1]
    assert limb.startswith("s.4A, serious alarm")
    assert limb.endswith(": the account speaks to it.") == shown


def test_the_effects_are_named() -> None:
    entry = Entry(DAY, ["adverse_effect"], ["job", "moved"])
    [found] = [e for e in elements.summary([entry]) if e.code == "adverse_effect"]
    assert found.says == "Moved home, changed or left work or study."


@pytest.mark.parametrize(
    ("words", "codes", "effects"),
    [(" ", ["harassed"], []), ("She moved.", ["adverse_effect"], []), ("She moved.", [], ["moved"])],
)
def test_an_entry_that_is_not_whole_is_refused(words: str, codes: list[str], effects: list[str]) -> None:
    with pytest.raises(NotPossibleError):
        policies.check_impact(words, codes, effects)


def test_every_rule_and_code_says_how_firm_it_is() -> None:
    for table in ("victims_code", "event", "contact_plan", "support", "broken"):
        found = rules.on(table, dt.date(2026, 11, 24))
        assert found, table
        assert all(rule.mark in {"S", "K", "I"} and rule.source for rule in found.values())
    names = {"contact_channels", "contact_results", "needs_areas", "needs_levels", "impact_elements"}
    names |= {"impact_effects", "support_reasons", "safety_plan_sections"}
    for name in names:
        found = code_sets()[name]
        assert found.source
        assert all(code.extra["mark"] in {"S", "K", "I"} for code in found.codes.values())


def test_a_rule_holds_from_its_day() -> None:
    assert not rules.on("event", dt.date(2021, 3, 31))
    with pytest.raises(LookupError, match=r"victim_side\.toml"):
        rules.one("victims_code", dt.date(2021, 3, 31))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"channels": ["pigeon"]}, "from the list"),
        ({"channels": ["call"], "text_first": True}, "text messages"),
        ({"channels": [], "windows": [{"days": [0], "from": "14:00", "to": "10:00"}]}, "end after it begins"),
        ({"channels": [], "windows": [{"days": [], "from": "10:00", "to": "14:00"}]}, "days"),
        ({"channels": [], "windows": [{"days": [0], "from": "ten", "to": "14:00"}]}, "09:30"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(NotPossibleError, match=words):
        policies.check_rule(values)


def test_windows_are_said_in_words() -> None:
    windows = [
        {"days": [0, 1, 2], "from": "10:00", "to": "14:00"},
        {"days": [5], "from": "9:00", "to": "9:30"},
    ]
    assert policies.windows_in_words(windows) == "Monday to Wednesday 10am to 2pm; Saturday 9am to 9:30am"
    assert policies.windows_in_words([]) == "at any time"
