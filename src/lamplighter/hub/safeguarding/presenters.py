"""Prepare the pages of checks and warnings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lamplighter.hub.access import moment
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design.environment import long_time
from lamplighter.hub.safeguarding import rules
from lamplighter.hub.safeguarding.models import (
    Answer,
    Check,
    CheckAnswer,
    DangerWarning,
    HowSoon,
    InDanger,
    WarningMessage,
)
from lamplighter.hub.safeguarding.selectors import Standing
from lamplighter.reporting.words import listed

NOBODY = "Nobody has answered. The case’s coordinator is told of it: speak to them"
WAITS = "Waits for an answer"


def _who(row: Any) -> str:
    who = f"{row.by.display_name}, " if row.by else ""
    return f"{who}{row.owner.name}, {long_time(row.at)}"


def answer_line(standing: Standing | None, now: dt.datetime) -> str:
    """Summarise a check now, in one sentence, for those who asked."""
    if standing is None:
        return "Your service has not asked for a check on the victim’s side."
    if standing.answer:
        return f"{Answer(standing.answer).label}."
    return f"{NOBODY}." if standing.nobody(now) else f"{WAITS}, due {long_time(standing.ask.due_at)}."


def asked(standing: Standing, as_at: dt.datetime | None) -> dict[str, Any]:
    """One ask with what came back: dates and the fixed words of each, nothing else."""
    now = as_at or moment.now()
    facts = [
        ("Asked", _who(standing.ask)),
        ("The work", "Required" if standing.ask.required else "Voluntary"),
        ("Answer due", long_time(standing.ask.due_at)),
    ]
    facts += [(f"{long_time(row.at)}", row.get_what_display()) for row in standing.news]
    return {
        "title": standing.ask.get_when_display(),
        "facts": facts,
        "line": answer_line(standing, now),
    }


def check(row: Check, as_at: dt.datetime | None) -> dict[str, Any]:
    """One check for the advocates of the case."""
    now = as_at or moment.now()
    signed = row.signed  # type: ignore[attr-defined]  # of selectors.checks
    return {
        "row": row,
        "title": title(row),
        "asked": long_time(row.at),
        "due": long_time(row.due_at),
        "late": not signed and row.due_at < now,
        "signed": [answer(one) for one in signed],
    }


def title(row: Check) -> str:
    if row.when == "end":
        return "Direct work with the suspect has ended"
    kind = "Required work" if row.required else "Direct work"
    return f"{kind} with the suspect {'has started' if row.begun else 'is planned'}"


def answer(row: CheckAnswer) -> dict[str, Any]:
    told = row.get_told_display() + (f": {row.get_told_why_display().lower()}" if row.told_why else "")
    facts = [
        ("Told of the work", told),
        ("Supported", row.get_supported_display()),
        ("Safety plan looked at", row.get_plan_display()),
        ("Where they are or their routine could come out", row.get_exposed_display()),
    ]
    if row.words:
        facts.append(("Notes", row.words))
    facts.append(("Signed by", _who(row)))
    return {"said": row.get_answer_display(), "facts": facts}


def who_is_in_danger(row: Any) -> str:
    return listed([InDanger(code).label.lower() for code in row.in_danger], "and").capitalize()


def warning(row: DangerWarning, tasks: Mapping[str, Clock], now: dt.datetime) -> dict[str, Any]:
    """One warning for the side that sent it, with whether each agency that it went to has acted."""
    agencies = Agency.objects.filter(pk__in=row.sent_to).order_by("name")
    sent = [(f"Sent to {agency.name}", _acted(tasks.get(agency.pk), now)) for agency in agencies]
    return {
        "title": who_is_in_danger(row),
        "facts": [
            ("How soon", row.get_how_soon_display()),
            ("Message sent", row.message),
            *(sent or [("Sent to", "Nobody")]),
            ("What was heard, not sent", row.heard),
            ("Legal basis", rules.basis_title(row.basis)),
            ("Sent by", _who(row)),
        ],
    }


def _acted(task: Clock | None, now: dt.datetime) -> str:
    if task is None:
        return "Not known. Ring them."
    if task.state == Clock.State.DONE and task.ended_at:
        return f"Acted on it, {long_time(task.ended_at)}. Ring them to ask what was done."
    if task.state != Clock.State.RUNNING:
        return "Has ended the task without acting. Ring them."
    if task.due_at < now:
        return f"Has not recorded acting, and was to by {long_time(task.due_at)}. Ring them."
    return f"Has not recorded acting yet. To act by {long_time(task.due_at)}."


def message(row: WarningMessage) -> dict[str, Any]:
    """One warning for those who are warned."""
    who = row.by.display_name if row.by else "Somebody"
    return {
        "title": who_is_in_danger(row),
        "message": row.message,
        "facts": [
            ("How soon", row.get_how_soon_display()),
            ("Act by", long_time(row.due_at)),
            (
                "Sent by",
                f"{who}, {row.sender.name}, {long_time(row.at)}",
            ),
            ("Legal basis", rules.basis_title(row.basis)),
        ],
    }


def message_line(row: WarningMessage) -> str:
    return f"{who_is_in_danger(row)}: {HowSoon(row.how_soon).label.lower()}. {long_time(row.at)}"
