"""Check what an assessment must say, and what a lower level needs. Nothing here asks the database."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lamplighter.hub.accounts.models import User
from lamplighter.hub.risk import rules
from lamplighter.hub.risk.levels import JUDGEMENTS, Level
from lamplighter.hub.risk.models import Current, MeasureState
from lamplighter.hub.site.refusals import NotPossibleError

LEAST_REASON = 10  # characters


@dataclass(frozen=True, slots=True)
class Said:
    """One judgement as somebody gives it: the level, why, and what it cites: incidents, breaches, orders."""

    level: str
    why: str = ""
    cites: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do: what, who does it, and by which day."""

    text: str
    to: User
    by: dt.date


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that an assessment says. ``actions``: what is given to somebody at once."""

    current: str
    current_words: str
    judged: Mapping[str, Said]
    changed: str = ""
    answers_for: User | None = None
    actions: tuple[Action, ...] = ()
    grounds: tuple[str, ...] = ()
    asked: User | None = None
    # Keys of submitted instruments of the case.
    instruments: tuple[uuid.UUID, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)

    def words(self) -> list[str]:
        """Return everything in it that somebody typed."""
        return [
            self.current_words,
            self.changed,
            *(said.why for said in self.judged.values()),
            *(action.text for action in self.actions),
        ]


def check_judged(draft: Draft, on_case: Collection[uuid.UUID], *, must_cite: bool, first: bool) -> None:
    """Refuse what is not judged, is not explained, or cites what the case does not show.

    ``on_case``: keys of its reports, breaches and orders. ``must_cite``: one of them is something done.
    """
    if draft.current not in Current.values:
        raise NotPossibleError("Say whether the stalking is current.", "current")
    if not draft.current_words.strip():
        raise NotPossibleError("Enter how it is known whether the stalking is current.", "current_words")
    for name, title in JUDGEMENTS.items():
        said = draft.judged[name]
        if said.level not in Level.values:
            raise NotPossibleError(f"Choose a level for {title.lower()}.", name)
        if said.level != Level.NOT_ASSESSED and not said.why.strip():
            missing = "what is missing" if said.level == Level.NOT_KNOWN else "your reasons"
            raise NotPossibleError(f"Enter {missing} for {title.lower()}.", f"{name}_why")
        if said.level in (Level.HIGH, Level.MODERATE) and must_cite and not said.cites:
            raise NotPossibleError(
                f"Choose at least one incident as a reason for {title.lower()}.",
                f"{name}_cites",
            )
        if not {*said.cites} <= {*on_case}:
            raise NotPossibleError(
                "Something that you chose as a reason is no longer shown on this case, or was changed since. "
                "Choose again.",
                f"{name}_cites",
            )
    if all(said.level == Level.NOT_ASSESSED for said in draft.judged.values()):
        raise NotPossibleError("Judge at least one of the four, or say that it is not known.", "violence")
    if not first and len(draft.changed.strip()) < LEAST_REASON:
        raise NotPossibleError(
            f"Enter what has changed since the last assessment, in at least {LEAST_REASON} characters.",
            "changed",
        )


def check_instruments(chosen: Collection[uuid.UUID], there: Collection[uuid.UUID]) -> None:
    """Refuse an instrument that is not of the case, is a draft still, or was corrected since."""
    if not {*chosen} <= {*there}:
        raise NotPossibleError(
            "An instrument that you chose was corrected since, or is not one of this case. Choose again.",
            "instruments",
        )


def check_high(level: str, draft: Draft, could: Collection[User], running: int, today: dt.date) -> None:
    """Refuse a high level for which nobody answers, or with nothing to be done by a day.

    ``could``: who can be given an action. ``running``: actions of the case that are open already.
    """
    if draft.answers_for is not None and draft.answers_for not in could:
        raise NotPossibleError("Choose somebody who can open this case to answer for it.", "answers_for")
    for number, action in enumerate(draft.actions, 1):
        if not action.text.strip():
            raise NotPossibleError("Enter what is to be done.", f"action_{number}")
        if action.to not in could:
            raise NotPossibleError("Choose somebody who can open this case.", f"action_{number}_to")
        if action.by < today:
            raise NotPossibleError("The day of an action must not be in the past.", f"action_{number}_by")
    if level != Level.HIGH:
        return
    if draft.answers_for is None:
        raise NotPossibleError("A high level needs somebody who answers for it. Choose one.", "answers_for")
    if not draft.actions and not running:
        raise NotPossibleError(
            "A high level needs at least one action, with who does it and by when.", "action_1"
        )


def check_lower(lower: Sequence[str], draft: Draft, could: Collection[User], today: dt.date) -> None:
    """Refuse a lower level without a ground, or without somebody of another agency to agree to it."""
    if not lower:
        return
    told = " and ".join(JUDGEMENTS[name].lower() for name in lower)
    if not draft.grounds:
        raise NotPossibleError(
            f"You judge {told} to be lower than before. Choose the grounds. A completed programme is no "
            "ground.",
            "grounds",
        )
    strange = {*draft.grounds} - {*rules.on("ground", today)}
    if strange:
        raise NotPossibleError("Choose grounds from the list.", "grounds")
    if draft.asked is None:
        raise NotPossibleError(
            f"You judge {told} to be lower than before. Choose somebody of another agency to agree. Until "
            "they do, the level stays.",
            "asked",
        )
    if draft.asked not in could:
        raise NotPossibleError("Choose somebody of another agency who can open this case.", "asked")


def check_reason(reason: str, field: str = "reason") -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise NotPossibleError(f"Enter a reason in at least {LEAST_REASON} characters.", field)


def check_trigger(
    kind: str, happened_on: dt.date, words: str, side: str, sides: Sequence[str], today: dt.date
) -> None:
    """Refuse a trigger that is not on the list, is told to whom it must not be, or says nothing."""
    if kind not in rules.triggers(today) or kind in FOUND_ALONE:
        raise NotPossibleError("Choose what happened from the list.", "kind")
    if happened_on > today and kind not in TO_COME:
        raise NotPossibleError("The day must not be in the future.", "happened_on")
    if side not in sides:
        raise NotPossibleError("Choose who may know of it.", "side")
    if rules.is_of_own_side(kind, today) and side not in OWN_SIDES:
        raise NotPossibleError(
            "This is about the victim, and those who work with the suspect would read it. Choose your own "
            "side; if you have none here, tell the victim’s advocate or the police on the case.",
            "side",
        )
    if kind == "changed" and not words.strip():
        raise NotPossibleError("Enter what changed.", "words")


# Sides on which something about the victim may be written: nobody there works with the suspect.
OWN_SIDES = ("advocacy", "police")
# Nobody records them by hand: a service does, where it happens.
FOUND_ALONE = ("second_rater", "warning")
# What is known before it happens.
TO_COME = ("court_date", "order_ending", "release")


def check_measure(state: str, words: str) -> None:
    if state not in MeasureState.State.values:
        raise NotPossibleError("Choose how the measure stands.", "state")
    if not words.strip():
        raise NotPossibleError("Enter what was done, by whom, or why it is not for this case.", "words")
