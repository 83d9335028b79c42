"""Check what is possible on the victim's side, and what would not be safe. Nothing here asks the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side import rules
from lamplighter.hub.victim_side.models import SupportEvent
from lamplighter.reporting.words import clock
from lamplighter.vocabulary.codes import code_set

AFTER_TEXT = frozenset({"call", "voicemail", "in_person"})
TEXT_FIRST_HOURS = 24
"""So long before a call a text counts as first; the trigger in ``wall.sql`` is made with it."""
LEAST_REASON = 10
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def changed(newest: Any) -> ConflictError:
    """Return the refusal of what somebody else has written since."""
    return ConflictError("Somebody else changed this after you opened it. Both are below.", newest=newest)


class NotSafeError(NotPossibleError):
    """A contact would break the rule of safe contact; ``code`` says which part, the text says it in words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict on contacting the victim by a channel at a moment, and why (not)."""

    allowed: bool
    reason: str
    code: str = ""
    rule: Any = field(default=None, repr=False, compare=False)


class ContactRule(Protocol):
    """Parts of a ``models.SafeContact`` that decide."""

    no_contact: bool
    channels: list[str]
    text_first: bool
    windows: list[dict[str, Any]]


def refusal(rule: ContactRule | None, channel: str, moment: dt.datetime, *, texted: bool) -> str:
    """Say why contact is not safe: ``no_rule``, ``no_contact``, ``channel``, ``time``, ``text_first``; or "".

    ``moment`` is aware. ``texted``: a text went to the victim in the hours
    before. The database asks the same in ``victim_side_refusal``.
    """
    if rule is None:
        return "no_rule"
    if rule.no_contact:
        return "no_contact"
    if channel not in rule.channels:
        return "channel"
    if channel != "letter" and rule.windows and not any(_within(w, moment) for w in rule.windows):
        return "time"
    if rule.text_first and channel in AFTER_TEXT and not texted:
        return "text_first"
    return ""


def _within(window: Any, moment: dt.datetime) -> bool:
    if not isinstance(window, Mapping):
        # What cannot be read allows nothing.
        return False
    here = moment.astimezone(rules.LONDON)
    start, end = (dt.time.fromisoformat(window[name]) for name in ("from", "to"))
    return here.weekday() in window["days"] and start <= here.time() < end


def in_words(code: str, rule: ContactRule | None, channel: str) -> str:
    """A refusal as a person would say it."""
    title = code_set("contact_channels").codes[channel].title.lower()
    if code == "time" and rule is not None:
        return f"Not at this time. Safe times: {windows_in_words(rule.windows)}."
    return {
        "no_rule": "Nothing is recorded about how the victim can be reached safely. Record that first.",
        "no_contact": "The victim must not be contacted for now.",
        "channel": f"Not this way: the rule does not allow “{title}”.",
        "text_first": f"Text first: send a text, then use this within {TEXT_FIRST_HOURS} hours of it.",
        "another_rule": "The safe contact rules have changed. Read them again.",
        "message": "No message may be left.",
    }[code]


class Silence(Protocol):
    """Parts of a ``models.SafeContact`` that say who must learn nothing."""

    must_not_be_told: str
    may_not_interpret: str
    may_not_answer: str
    parents_never: str


SILENT = {
    "must_not_be_told": "some people must not be told",
    "parents_never": "somebody with parental responsibility must never be contacted",
    "may_not_answer": "somebody may not answer for the victim",
    "may_not_interpret": "somebody may not interpret",
}


NOT_ASKED = "Ask the victim, alone, who must not be told, answer or interpret. Nobody has recorded it yet."


def before_contact(rule: Silence | None) -> str:
    """Give the warning before anybody rings, writes or visits, naming nobody; "" where none is held."""
    if rule is None:
        return ""
    said = [words for name, words in SILENT.items() if getattr(rule, name).strip()]
    if said:
        return f"Before you ring, write or visit: {'; '.join(said)}. Read who under safe contact."
    return ""


def windows_in_words(windows: Collection[Mapping[str, Any]]) -> str:
    """``Monday, Tuesday 10am to 2pm; Saturday 9am to noon``; ``at any time``."""
    parts = [
        f"{_days(w['days'])} {_clock(w['from'])} to {_clock(w['to'])}"
        for w in windows
        if isinstance(w, Mapping)
    ]
    return "; ".join(parts) or "at any time"


def _clock(text: str) -> str:
    """``9:05`` as "9:05am"; midnight at the end of a day is kept as "24:00" and said so."""
    hour, _, minute = str(text).partition(":")
    return "midnight" if hour == "24" else clock(dt.time(int(hour), int(minute or 0)))


def _days(numbers: Collection[int]) -> str:
    chosen = sorted(numbers)
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):
        return f"{DAYS[chosen[0]]} to {DAYS[chosen[-1]]}"
    return ", ".join(DAYS[n] for n in chosen)


def check_rule(values: Mapping[str, Any]) -> None:
    """A rule that can be kept: known channels, times that end after they begin, a text that can go first."""
    unknown = set(values["channels"]) - set(code_set("contact_channels").codes)
    if unknown:
        raise NotPossibleError("Choose ways of contact from the list.")
    if values.get("text_first") and "text" not in values["channels"]:
        raise NotPossibleError("“Text first” needs text messages among the safe ways.")
    for window in values.get("windows", ()):
        if not window["days"] or not set(window["days"]) <= set(range(7)):
            raise NotPossibleError("Choose the days of a safe time.")
        try:
            start, end = (dt.time.fromisoformat(window[name]) for name in ("from", "to"))
        except ValueError:
            raise NotPossibleError("Enter times such as 09:30.") from None
        if start >= end:
            raise NotPossibleError("A safe time must end after it begins.")


def check_look(reason: str) -> None:
    """The vault opens for a reason that somebody can judge later."""
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError("Say why you need to see this, in a few words. It is recorded.")


def check_codes(name: str, chosen: Collection[str]) -> None:
    if set(chosen) - set(code_set(name).codes):
        raise NotPossibleError("Choose from the list.")


def check_past(day: dt.date, today: dt.date) -> None:
    if day > today:
        raise NotPossibleError("The date must not be in the future.")


def check_rights(answers: Mapping[str, str], reason: str, categories: Mapping[str, Any], child: bool) -> bool:
    """Return whether the victim has enhanced rights by these answers: unless every category is refused.

    ``answers`` by category: "yes", "no" or "not_known". ``child``: the case says that they are under 18.
    Raises ``NotPossibleError`` where one is missing, without a reason, or against the age.
    """
    if set(answers) != set(categories) or not set(answers.values()) <= {"yes", "no", "not_known"}:
        raise NotPossibleError("Answer for each category.")
    if not reason.strip():
        raise NotPossibleError("Enter a reason.")
    for code, category in categories.items():
        if answers[code] == "no" and category.extra["under_18"] and child:
            raise NotPossibleError(
                "The victim is under 18, by what the case says of their age. "
                "Everybody under 18 has enhanced rights: "
                f"answer yes to “{category.title.split('.')[0]}”, or put the age right first."
            )
    return set(answers.values()) != {"no"}


def check_support(state: str, before: str | None, reasons: Collection[str], words: str) -> None:
    """Check a change of support: a state that can follow, reasons in codes and in the victim's words."""
    State = SupportEvent.State  # noqa: N806  a class
    if state == State.RETURNED and before not in {State.UNSURE, State.WITHDRAWN}:
        raise NotPossibleError("“Supports action (again)” can only follow “unsure” or “has withdrawn”.")
    if state == before:
        raise NotPossibleError(f"It is “{State(state).label}” already. Write it in the contact log instead.")
    check_codes("support_reasons", reasons)
    if state in {State.UNSURE, State.WITHDRAWN}:
        if not reasons:
            raise NotPossibleError("Choose at least one reason.")
        if not words.strip():
            raise NotPossibleError("Write what the victim said, in their own words.")


def check_impact(words: str, elements: Collection[str], effects: Collection[str]) -> None:
    check_codes("impact_elements", elements)
    check_codes("impact_effects", effects)
    if not words.strip():
        raise NotPossibleError("Write what it did to the victim, in their own words.")
    if "adverse_effect" in elements and not effects:
        raise NotPossibleError("Choose what changed in usual day-to-day activities.")
    if effects and "adverse_effect" not in elements:
        raise NotPossibleError("You chose what changed: tick the adverse effect as well, or take these away.")


def check_needs(areas: Mapping[str, Mapping[str, str]]) -> None:
    check_codes("needs_areas", areas)
    for area in areas.values():
        check_codes("needs_levels", [area["level"]])
        if area["level"] in {"some", "urgent"} and not area["words"].strip():
            raise NotPossibleError("Say in words what is needed.")
