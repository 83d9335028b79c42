"""Events of what the hub judged of the risk of its cases: grades, triggers and their answers, plans.

To be called inside ``identity.as_service("export cases for a study")``. No reason and no scenario is read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lamplighter.hub.accounts.models import Agency, Role
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.insight.export.dated import KINDS_OF_AGENCY, at
from lamplighter.hub.insight.export.events import Event
from lamplighter.hub.risk import levels, selectors
from lamplighter.hub.risk.levels import JUDGEMENTS, Level
from lamplighter.hub.risk.models import Assessment, CitedInstrument, Scenario, SecondRating, Trigger
from lamplighter.vocabulary.codes import code_set

KINDS = (
    *("plan_action", "review_trigger", "risk_assessment", "risk_plan", "risk_review", "second_assessment"),
)
#: Made for stalking: violence, persistence, recurrence and psychosocial harm, each with its reasons.
INSTRUMENT = "four_judgements"
#: A hub's own name of a version could say whose it is.
NUMBERED = re.compile(r"\d{1,4}(\.\d{1,3})?")
#: Of what nobody knows there is no grade.
GRADES = {Level.LOW: "standard", Level.MODERATE: "medium", Level.HIGH: "high"}
#: Codes of risk/rules.toml → what called for another look; the others are "other".
TRIGGERS = {
    "new_incident": "new_incident",
    "breach": "breach",
    "release": "release",
    "court_date": "court_date",
    "order_ending": "order_expiry",
    "victim_moved": "victim_move",
    "victim_withdrew": "withdrawal",
}
ROLES = {
    Role.INVESTIGATOR: "investigator",
    Role.STALKING_LEAD: "stalking_lead",
    Role.ADVOCATE: "advocate",
    Role.CLINICIAN: "psychologist",
    Role.PROBATION: "probation",
}


def read() -> Iterator[tuple[int, Event]]:
    """Every event of risk, by case."""
    rows: defaultdict[int, list[Assessment]] = defaultdict(list)
    for row in Assessment.objects.select_related("by", "owner", "lower").order_by("at", "pk"):
        rows[row.case_id].append(row)
    rests_on: defaultdict[int, list[CitedInstrument]] = defaultdict(list)
    for cited in CitedInstrument.objects.select_related("sheet").order_by("sheet__pk"):
        rests_on[cited.assessment_id].append(cited)
    triggers: defaultdict[int, list[Trigger]] = defaultdict(list)
    # A warning is a row of each of the two sides, and happened once: told of by those who were warned.
    for trigger in Trigger.objects.exclude(kind="warning", partition="health").order_by("at", "pk"):
        triggers[trigger.case_id].append(trigger)
    for case in sorted({*rows, *triggers}):
        for event in (
            *_judged(rows[case], rests_on),
            *_triggered(triggers[case]),
            *_answered(rows[case], triggers[case]),
        ):
            yield case, event
    yield from _second()
    yield from _planned()


def _grade(row: Any) -> str | None:
    """The gravest of the four as this person judged them, whatever stands."""
    return _graded([Level(getattr(row, name)) for name in JUDGEMENTS])


def _graded(found: Iterable[Level]) -> str | None:
    return GRADES.get(max(found, key=levels.attention))


def _instrument(cited: list[CitedInstrument]) -> tuple[str, str | None]:
    """Return the newest instrument made for stalking that a judgement rests on, with its version.

    Where it rests on none, it is the four judgements themselves that were made for stalking.
    """
    known = code_set("instruments").codes
    for row in reversed(cited):
        code = row.sheet.instrument.replace("-", "_")
        if code in known and known[code].extra.get("stalking"):
            version = row.sheet.version
            return code, version if NUMBERED.fullmatch(version) else None
    return INSTRUMENT, None


def _judged(rows: list[Assessment], rests_on: Mapping[int, list[CitedInstrument]]) -> Iterator[Event]:
    for row in rows:
        instrument, version = _instrument(rests_on.get(row.pk, []))
        whole = all(getattr(row, name) != Level.NOT_ASSESSED for name in JUDGEMENTS)
        yield at(
            "risk_assessment",
            row,
            row.at,
            status="complete" if whole else "partial",
            instrument=instrument,
            instrument_version=version,
            grade=_grade(row),
            by_role=_role(row),
            trained="yes" if row.trained else "no",
        )


def _role(row: Any) -> str:
    return ROLES.get(row.by.role, "other") if row.by else "other"


def _triggered(triggers: list[Trigger]) -> Iterator[Event]:
    for row in triggers:
        yield at("review_trigger", row, row.at, code=TRIGGERS.get(row.kind, "other"))


def _answered(rows: list[Assessment], triggers: list[Trigger]) -> Iterator[Event]:
    """Each look at the risk after the first, with the level that stood after it, and the trigger it answers.

    One that answers several triggers is an event for each. A trigger that was set aside, with a reason, was
    not answered by a look at the risk. What a second agency agreed to is the level from then on.
    """
    risk = selectors.of_rows(rows)
    answers: defaultdict[int, list[Trigger]] = defaultdict(list)
    for trigger in triggers:
        if found := selectors.answering(trigger, risk):
            answers[found.pk].append(trigger)
    for row in rows:
        grade = _standing(rows, row.at)
        for trigger in answers[row.pk]:
            refers_to = ("event", f"review_trigger Trigger {trigger.pk}")
            hours = float(-((row.at - trigger.at) // dt.timedelta(hours=-1)))
            yield at(
                "risk_review",
                row,
                row.at,
                mark=f"{trigger.pk}",
                grade=grade,
                refers_to=refers_to,
                quantity=hours,
            )
        if row != rows[0] and not answers[row.pk]:
            yield at("risk_review", row, row.at, grade=grade)
        lower = getattr(row, "lower", None)
        if lower is not None and lower.answer == "agreed":
            yield at("risk_review", lower, lower.at, grade=_standing(rows, lower.at))


def _standing(rows: list[Assessment], moment: dt.datetime) -> str | None:
    """The grade of the case as it stood at a moment."""
    then = selectors.of_rows([row for row in rows if row.at <= moment], moment)
    return _graded([judged.level for judged in then.judged.values()])


def _second() -> Iterator[tuple[int, Event]]:
    """Judged again by somebody who had not read the first."""
    for row in SecondRating.objects.select_related("by", "ask").order_by("pk"):
        yield (
            row.case_id,
            at(
                "second_assessment",
                row,
                row.at,
                instrument=INSTRUMENT,
                grade=_grade(row),
                by_role=_role(row),
                answer="yes",
                refers_to=("event", f"risk_assessment Assessment {row.ask.assessment_id}"),
            ),
        )


def _planned() -> Iterator[tuple[int, Event]]:
    """A plan for each case in which something is foreseen, until nothing of it stands; and its actions."""
    cases: defaultdict[int, list[Scenario]] = defaultdict(list)
    for row in Scenario.objects.order_by("at", "pk"):
        cases[row.case_id].append(row)
    for case, rows in cases.items():
        standing = {row.thread: row for row in rows}.values()
        over = max(row.at for row in standing) if all(row.ended for row in standing) else None
        yield case, at("risk_plan", rows[0], rows[0].at, item=("item", f"plan {case}"), ended_at=over)
    kinds = dict(Agency.objects.values_list("pk", "kind"))
    for task in Clock.objects.filter(kind=selectors.ACTION).order_by("pk"):
        if done := of_task(task):
            rest: dict[str, Any] = {
                "item": ("item", f"plan {task.case_id}"),
                "agency": KINDS_OF_AGENCY[Agency.Kind(kinds[task.owner_id])],
            }
            yield task.case_id, at("plan_action", task, task.starts_at, **rest, **done)


def of_task(task: Clock) -> dict[str, Any] | None:
    """Return when an action was due and when it was done; ``None``: it was not needed before it was due.

    One that was called off when it was late already stays one that was not done.
    """
    done = task.state == Clock.State.DONE
    if task.state == Clock.State.CANCELLED and task.ended_at and task.ended_at <= task.due_at:
        return None
    return {"due_at": task.due_at, "ended_at": task.ended_at if done else None}
