"""Prepare the pages of risk, as plain values."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.arrivals import presenters as arrivals
from lamplighter.hub.arrivals.models import CaseReport
from lamplighter.hub.cases import hooks
from lamplighter.hub.cases import presenters as cases
from lamplighter.hub.cases import rules as cases_rules
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.instruments.selectors import Answered
from lamplighter.hub.risk import levels, rules, selectors
from lamplighter.hub.risk.levels import JUDGEMENTS, Level, Standing
from lamplighter.hub.risk.models import Assessment, Trigger
from lamplighter.hub.risk.selectors import Risk
from lamplighter.reporting.words import day, listed

Moment = dt.datetime | None
BADGES = {Level.HIGH: "alarm", Level.MODERATE: "strong"}
SIDES = {
    "police": "Police only",
    "health": "Health and probation side only",
    "advocacy": "Advocacy only",
    "warning": "Those who were warned only",
}


NOT_HELD = "A report that is no longer held"
NO_INSTRUMENT = "None that you can read"
by = cases.by


def on(at: dt.datetime) -> str:
    return day(timezone.localdate(at))


def level_line(risk: Risk) -> str:
    """Return the level of the case in a sentence, with the judgements that make it."""
    if risk.newest is None:
        return "Nobody has assessed the risk of this case yet. It may be high."
    of = listed([JUDGEMENTS[name].lower() for name in levels.gravest(risk.judged)], "and")
    if risk.level == Level.NOT_KNOWN:
        return f"Not known: too little is known of {of}. It may be high."
    if risk.level == Level.NOT_ASSESSED:
        return f"Not assessed: nobody has judged {of}. It may be high."
    if risk.level == Level.LOW:
        return "Low in all four judgements."
    return f"{risk.level.label}, for {of}."


def _beside_the_badge(line: str, level: str) -> str:
    """Return the sentence without the level with which it begins: the badge before it says it."""
    rest = line.removeprefix(level).lstrip(" ,:")
    return f"{rest[:1].upper()}{rest[1:]}"


def overdue(risk: Risk, as_at: Moment) -> bool:
    return risk.due_at is not None and risk.due_at < (as_at or moment.now())


def bar_tag(risk: Risk, *, hidden: bool) -> str:
    if hidden:
        return "Risk: hidden until you judge"
    return f"Risk: {risk.level.label.lower()}" if risk.newest else "Risk: not assessed yet"


def bar_fact(risk: Risk, as_at: Moment, *, hidden: bool) -> str:
    """Return when and by whom the risk was assessed, or since when it was not."""
    newest = risk.newest
    if newest is None or hidden:
        return ""
    if overdue(risk, as_at):
        return f"Risk not assessed since {on(newest.at)}"
    return f"Risk assessed {on(newest.at)} by {by(newest)}"


def judgement(name: str, standing: Standing, cited: Mapping[Any, str]) -> dict[str, Any]:
    """One judgement as it stands: its level, from which assessment, why, and what would change it."""
    of = standing.of
    notes = []
    if standing.waits is not None:
        asked = standing.waits.asked
        who = f"{asked.display_name}, {asked.agency.name}" if asked and asked.agency else "a second agency"
        said = Level(getattr(standing.waits, name)).label.lower()
        notes.append(
            f"{by(standing.waits)} judged it to be {said} on {on(standing.waits.at)}. It stays "
            f"{standing.level.label.lower()} until {who} agrees."
        )
    if standing.unknown is not None:
        notes.append(
            f"On {on(standing.unknown.at)} it was not known: {getattr(standing.unknown, f'{name}_why')} That "
            "takes nothing away."
        )
    return {
        "name": name,
        "title": JUDGEMENTS[name],
        "level": standing.level.label,
        "badge": {"text": standing.level.label, "kind": BADGES.get(standing.level, "quiet")},
        "from": f"{on(of.at)}, {by(of)}" if of else "",
        "why": getattr(of, f"{name}_why") if of else "",
        "cites": [cited.get(key, NOT_HELD) for key in getattr(of, f"{name}_cites")] if of else [],
        "notes": notes,
    }


def cited(case: Case, rows: Iterable[Assessment]) -> dict[uuid.UUID, str]:
    """Return what these assessments cite, by key, each in a line: incidents as the case showed them then.

    One question for incidents, and two more where something else is cited.
    """
    keys = {key for row in rows for name in JUDGEMENTS for key in getattr(row, f"{name}_cites")}
    found = {row.key: arrivals.in_a_line(row) for row in CaseReport.objects.filter(case=case, key__in=keys)}
    return found | hooks.cited(case, keys - {*found})


def incidents(rows: Sequence[CaseReport]) -> list[tuple[str, str]]:
    return [(str(row.key), arrivals.in_a_line(row)) for row in rows]


def beside(reasons: Sequence[hooks.Reason]) -> list[tuple[str, str]]:
    """Return the breaches and orders that a judgement can cite."""
    return [(str(reason.key), reason.text) for reason in reasons]


def instrument(one: Answered) -> str:
    """Return a submitted instrument in a line: which, in which version, submitted when and by whom."""
    by_whom = ", ".join(
        x for x in (one.sheet.by.display_name if one.sheet.by else "", one.sheet.owner.name) if x
    )
    on_day = f", submitted {on(one.end.at)}" if one.end else ""
    return f"{one.title}, version {one.sheet.version}{on_day}, {by_whom}"


def instruments(rows: Sequence[Answered]) -> list[tuple[str, str]]:
    """Return what an assessment can cite, with who alone reads that it does."""
    return [
        (
            str(one.sheet.key),
            f"{instrument(one)}{f' ({side})' if (side := SIDES.get(one.sheet.partition)) else ''}",
        )
        for one in rows
    ]


def _cited_instrument(one: Answered, case: Case) -> dict[str, Any]:
    side = SIDES.get(one.sheet.partition, "")
    return {
        "text": instrument(one),
        "badge": side,
        "href": reverse("instruments:sheet", args=[case.key, one.sheet.key]),
        "corrected": one.corrected_by is not None,
    }


def page(risk: Risk, cited: Mapping[Any, str], as_at: Moment, clock: Clock | None) -> dict[str, Any]:
    newest = risk.newest
    return {
        "line": _beside_the_badge(level_line(risk), risk.level.label),
        "badge": {"text": risk.level.label, "kind": BADGES.get(risk.level, "quiet")},
        "judged": [judgement(name, standing, cited) for name, standing in risk.judged.items()],
        "newest": newest,
        "by": by(newest) if newest else "",
        "current": newest.get_current_display() if newest else "",
        "definition": cases_rules.title("current", newest.definition) if newest else "",
        "answers_for": newest.answers_for.display_name if newest and newest.answers_for else "",
        "trained": newest.trained if newest else None,
        "due": cases.due(clock, as_at) if clock else None,
        "due_on": on(risk.due_at) if risk.due_at else "",
        "overdue": overdue(risk, as_at),
    }


def trigger(row: Trigger, risk: Risk, as_at: Moment) -> dict[str, Any]:
    """One trigger: what happened, who knows of it, and the outcome."""
    aside = getattr(row, "aside", None)
    if aside is not None and as_at is not None and aside.at > as_at:
        aside = None
    answering = selectors.answering(row, risk)
    if aside is not None:
        state = f"Set aside on {on(aside.at)} by {by(aside)}: {aside.reason}"
    elif answering is not None:
        state = f"Assessed on {on(answering.at)}"
    else:
        state = _waits(row, as_at)
    return {
        "key": row.key,
        "title": rules.title("trigger", row.kind),
        "on": day(row.happened_on),
        "by": by(row) if row.by_id else "" if row.kind in ("asked", "warning") else "Found by the hub",
        "words": row.words,
        "badge": SIDES.get(row.partition, ""),
        "state": state,
        "open": aside is None and answering is None,
    }


def _waits(row: Trigger, as_at: Moment) -> str:
    try:
        rule = rules.held("trigger", row.kind, rules.day_of(row.at))
    except LookupError:
        return "An assessment is due. This hub’s rules do not name what happened, so they give it no time"
    due = rules.due(rule, row.at)
    late = due < (as_at or moment.now())
    return f"{'Overdue: an assessment was' if late else 'An assessment is'} due by {on(due)}"


def measures(level: str, found: Mapping[str, Any], as_at: Moment) -> list[dict[str, Any]]:
    """The checklist of a level, each measure with how it stands."""
    rows = []
    for code, rule in rules.measures(level, timezone.localdate(as_at or moment.now())).items():
        said = found.get(code)
        rows.append(
            {
                "code": code,
                "title": rule.title,
                "state": said.get_state_display() if said else "Nobody has answered this yet",
                "words": said.words if said else "",
                "by": f"{by(said)}, {on(said.at)}" if said else "",
                "open": said is None or said.state in ("in_hand", "not_known"),
            }
        )
    return rows


def assessment(
    row: Assessment, cited: Mapping[Any, str], rests_on: Sequence[Answered], as_at: Moment
) -> dict[str, Any]:
    """One assessment as it was written. ``rests_on``: the instruments that it cites and one may read."""
    answer = selectors.answer(row, as_at)
    lower = ""
    if row.asked and row.asked.agency:
        grounds = listed([rules.title("ground", code) for code in row.grounds], "and")
        who = f"{row.asked.display_name}, {row.asked.agency.name}"
        said = row.lower.get_answer_display().lower() if answer else "has not answered"
        lower = f"{grounds}. {who}: {said}{f'. {row.lower.words}' if answer else ''}"
    return {
        "row": row,
        "by": by(row),
        "current": row.get_current_display(),
        "definition": cases_rules.title("current", row.definition),
        "answers_for": row.answers_for.display_name if row.answers_for else "",
        "lower": lower,
        "instruments": [_cited_instrument(one, row.case) for one in rests_on],
        "judged": [
            {
                "title": title,
                "level": Level(getattr(row, name)).label,
                "why": getattr(row, f"{name}_why"),
                "cites": [cited.get(key, NOT_HELD) for key in getattr(row, f"{name}_cites")],
            }
            for name, title in JUDGEMENTS.items()
        ],
    }


def would_be(row: Assessment, risk: Risk) -> list[str]:
    """Return what agreeing changes: each judgement with the level that stands and the one that was judged."""
    return [
        f"{JUDGEMENTS[name]}: {standing.level.label.lower()} now, "
        f"{Level(getattr(row, name)).label.lower()} if you agree"
        for name, standing in risk.judged.items()
        if standing.waits is not None and standing.waits.pk == row.pk
    ]


def compare(one: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    """Two assessments side by side: a row a question, marked where they differ."""
    rows = [
        ("Is the stalking current?", *(f"{a['current']}. {a['row'].current_words}" for a in (one, other)))
    ]
    for first, second in zip(one["judged"], other["judged"], strict=True):
        rows.append((first["title"], *(_judged(j) for j in (first, second))))
        cites = ("; ".join(j["cites"]) or "None" for j in (first, second))
        rows.append((f"Cited: {first['title'].lower()}", *cites))
    rests = ("; ".join(i["text"] for i in a["instruments"]) or NO_INSTRUMENT for a in (one, other))
    rows.append(("Instruments used", *rests))
    rows.append(("What has changed", *(a["row"].changed or "Nothing was said" for a in (one, other))))
    rows.append(("Who answers for it", *(a["answers_for"] or "Nobody was named" for a in (one, other))))
    rows.append(("Lower level", *(a["lower"] or "None" for a in (one, other))))
    return [
        {"label": label, "one": first, "other": second, "differs": first != second}
        for label, first, second in rows
    ]


def _judged(found: Mapping[str, Any]) -> str:
    return f"{found['level']}. {found['why']}".strip()


def versions(risk: Risk, as_at: Moment) -> list[dict[str, Any]]:
    """Every assessment, the newest first, in a line each."""
    return [
        {
            "key": row.key,
            "number": place + 1,
            "at": row.at,
            "by": by(row),
            "levels": ", ".join(
                f"{title.lower()} {Level(getattr(row, name)).label.lower()}"
                for name, title in JUDGEMENTS.items()
            ),
            "before": risk.rows[place - 1].key if place else "",
            "answer": {
                "agreed": "agreed by a second agency",
                "refused": "not agreed by the second agency",
            }.get(selectors.answer(row, as_at), "waits for a second agency" if row.asked_id else ""),
        }
        for place, row in reversed([*enumerate(risk.rows)])
    ]


def action(clock: Clock, as_at: Moment) -> dict[str, Any]:
    """One action of the plan, with how it stands."""
    ran = clock.ended_at is None or (as_at is not None and clock.ended_at > as_at)
    told = cases.due(clock, as_at)
    return told | {
        "running": ran,
        "state": f"Due {told['on']} ({told['when']})"
        if ran
        else f"{clock.get_state_display()}{f', {on(clock.ended_at)}' if clock.ended_at else ''}",
        "outcome": "" if ran else clock.ended_why,
        "agency": clock.owner.name,
        "href": reverse("clocks:clock", args=[clock.key]),
    }
