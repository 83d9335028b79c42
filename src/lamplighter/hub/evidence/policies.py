"""Check what is possible with an exhibit. Who may read what is for the wall."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model

from lamplighter.hub.evidence.models import DeviceStep, Exhibit, Move, Scan
from lamplighter.hub.site.refusals import NotPossibleError

SHA256 = re.compile(r"[0-9a-f]{64}")
Step = DeviceStep.Step
NEEDS_A_REASON: Mapping[str, str] = {
    "": "It was not scanned for viruses.",
    Scan.State.PARTLY: "It was not fully scanned for viruses: it is larger than the scanner reads.",
    Scan.State.ERROR: "The virus scanner could not read it.",
}


def check_side(partition: str, sides: Collection[str]) -> None:
    if partition not in sides:
        raise NotPossibleError("Choose who can read it.", field="side")


def check_fits(model: type[Model], given: Mapping[str, Any]) -> None:
    """Check that each text is as short as its column, and say which is not."""
    for name, value in given.items():
        most = getattr(model._meta.get_field(name), "max_length", None)
        if most and isinstance(value, str) and len(value) > most:
            raise NotPossibleError(f"Keep it to {most} characters; it has {len(value)}.", field=name)


def check_told(given: Mapping[str, Any], now: dt.datetime) -> None:
    """Check what is told of how something came."""
    check_fits(Exhibit, {name: value for name, value in given.items() if isinstance(value, str)})
    if not given["title"].strip():
        raise NotPossibleError("Enter what it is.", field="title")
    if given["source"] not in Exhibit.Source.values:
        raise NotPossibleError("Choose where it came from.", field="source")
    if not given["came_how"].strip():
        raise NotPossibleError("Enter how it came to you.", field="came_how")
    if given["came_at"] > now + dt.timedelta(minutes=5):
        raise NotPossibleError("The day on which it was handed over must not be in the future.", field="day")


def check_elsewhere(kind: str, given: Mapping[str, Any]) -> None:
    """Check what is told of a thing that somebody else keeps."""
    if kind not in {Exhibit.Kind.FILM, Exhibit.Kind.DEVICE, Exhibit.Kind.OBJECT}:
        raise NotPossibleError("Choose what it is.", field="kind")
    if not given.get("held_by", "").strip():
        raise NotPossibleError("Enter who holds it.", field="held_by")
    if (digest := given.get("sha256", "")) and not SHA256.fullmatch(digest):
        raise NotPossibleError("The SHA-256 must be 64 digits and letters from a to f.", field="sha256")


def check_move(given: Mapping[str, Any], now: dt.datetime) -> None:
    """Check what is told of a hand-over."""
    check_fits(Move, given)
    for name, words in (
        ("from_whom", "Enter who handed it over."),
        ("to_whom", "Enter who took it."),
        ("why", "Enter why it was handed over."),
    ):
        if not given[name].strip():
            raise NotPossibleError(words, field=name)
    if given["moved_at"] > now + dt.timedelta(minutes=5):
        raise NotPossibleError("The day must not be in the future.", field="day")


def check_step(
    exhibit: Exhibit, step: str, on: dt.date, result: str, standing: Mapping[str, DeviceStep], today: dt.date
) -> None:
    """Check a day of a device: in their order, and none to come."""
    if exhibit.kind != Exhibit.Kind.DEVICE:
        raise NotPossibleError("Only a device has these days.")
    if step not in Step.values:
        raise NotPossibleError("Choose what happened.", field="step")
    if on > today:
        raise NotPossibleError("The day must not be in the future.", field="day")
    if (step == Step.RESULT) != bool(result):
        words = "Choose what the result is." if not result else "Only a result says what was found."
        raise NotPossibleError(words, field="result")
    order = [s for s in (Step.SEIZED, Step.SUBMITTED, Step.RESULT) if s in standing or s == step]
    days = {s: standing[s].on for s in standing} | {step: on}
    if step == Step.RESULT and Step.SUBMITTED not in standing:
        raise NotPossibleError("Record first when it was submitted.", field="step")
    for earlier, later in itertools.pairwise(order):
        if days[earlier] > days[later]:
            raise NotPossibleError(
                f"“{Step(later).label}” cannot be before “{Step(earlier).label}”, "
                f"{days[earlier]:%-d %B %Y}. Record the day that is wrong anew.",
                field="day",
            )


def check_opens(state: str, reason: str) -> None:
    """Only a clean file opens by itself. One in which a virus was found never does."""
    if state == Scan.State.INFECTED:
        raise NotPossibleError("A virus was found in it. It is kept as it came, and nobody can open it here.")
    if state != Scan.State.CLEAN and not reason.strip():
        raise NotPossibleError("Enter why it is opened all the same.", field="reason")
