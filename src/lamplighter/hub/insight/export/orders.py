"""Events of orders: decisions, stages of applications, orders in force, notifications, breaches and answers.

To be called inside ``identity.as_service("export cases for a study")``. No term, no court and no reason in
words is read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from lamplighter.hub.cases.models import Case
from lamplighter.hub.insight.export.dated import at, on
from lamplighter.hub.insight.export.events import Event
from lamplighter.hub.orders import rules, selectors
from lamplighter.hub.orders.models import Breach, BreachAnswer, Decision, StalkingCheck, Step
from lamplighter.hub.orders.policies import OVER
from lamplighter.hub.orders.selectors import Standing

KINDS = (
    *("breach", "breach_response", "breach_review", "court_order", "notification", "order"),
    *("spo_decision", "spo_stage"),
)
SPO = ("spo_interim", "spo")
What = Step.What
#: A step of an application for a stalking protection order → the stage; "made" is by the kind of order.
STAGES = {
    What.LEGAL: "legal",
    What.APPLIED: "issued",
    What.REFUSED: "refused",
    What.WITHDRAWN: "withdrawn",
    What.SERVED: "served",
}
MADE = {"spo_interim": "interim", "spo": "full"}
AT_COURT = {Decision.What.SPO: "applied_spo", Decision.What.RESTRAINING: "applied_restraining"}
ANSWERS = {BreachAnswer.What.ARREST: "arrest", BreachAnswer.What.REASON: "reason_recorded"}
HOUR = dt.timedelta(hours=1)


def read() -> Iterator[tuple[int, Event]]:
    """Every event of orders, by case."""
    yield from _decided()
    every = Case.objects.order_by("pk").values_list("pk", flat=True)
    for case, standings in sorted(selectors.of_cases(list(every)).items()):
        for one in standings:
            for event in (*_stages(one), *_in_force(one), *_notified(one)):
                yield case, event
    yield from _broken()


def _reasons(row: Decision) -> list[str] | None:
    if row.what == Decision.What.OTHER:
        return ["other_order"]
    day = rules.day_of(row.at)
    # One that the rules no longer name is no reason that a study knows.
    rule = rules.on("ground", day).get(row.ground) or rules.RULES.newest("ground", row.ground)
    return [str(rule.extra["counts_as"])] if rule else None


def _decided() -> Iterator[tuple[int, Event]]:
    for row in Decision.objects.order_by("pk"):
        if row.occasion == Decision.Occasion.NAMED:
            code = "apply" if row.what == Decision.What.SPO else "not_apply"
            yield row.case_id, at("spo_decision", row, row.at, code, reasons=_reasons(row))
        else:
            code = AT_COURT.get(Decision.What(row.what), "reason_recorded")
            yield row.case_id, at("court_order", row, row.at, code, reasons=_reasons(row))


def _item(one: Standing) -> tuple[str, str]:
    return ("item", f"order {one.order.thread}")


def _moment(kind: str, row: Step, code: str | None = None, **rest: Any) -> Event:
    """A step at its moment, or on its day where the time is not known."""
    if row.time is not None:
        return at(kind, row, rules.started(row.on, row.time), code, **rest)
    return on(kind, row, row.on, code, **rest)


def _stages(one: Standing) -> Iterator[Event]:
    kinds = {version.pk: version.kind for version in one.versions}
    granted: Step | None = None
    for row in one.steps:
        kind = kinds.get(row.order_id, "")
        code = MADE.get(kind) if row.what == What.MADE else STAGES.get(What(row.what))
        if kind not in SPO or code is None:
            continue
        hours = _hours(granted, row) if row.what == What.SERVED and granted else None
        if row.what == What.MADE and granted is None:
            granted = row
        yield _moment("spo_stage", row, code, item=_item(one), quantity=hours)


def _hours(granted: Step, served: Step) -> float:
    """Hours from the grant to the service, rounded up; by the days where a time is not known."""
    if granted.time is None or served.time is None:
        return 24.0 * (served.on - granted.on).days
    waited = rules.started(served.on, served.time) - rules.started(granted.on, granted.time)
    return float(-(-waited // HOUR))


def _in_force(one: Standing) -> Iterator[Event]:
    """Each order that was made, until the next of the thread, its last day, or the day on which it ended."""
    made = [row for row in one.steps if row.what == What.MADE]
    over = next((row.on for row in one.steps if row.what in OVER), None)
    versions = {version.pk: version for version in one.versions}
    for number, row in enumerate(made):
        then = made[number + 1] if number + 1 < len(made) else None
        version = versions.get(row.order_id)
        if version is None:
            continue
        ends = [day for day in (then.on if then else over, version.last_day) if day is not None]
        begins = version.begins_on or row.on
        code = str(rules.kind(version.kind, row.on).extra["counts_as"])
        ended = dt.datetime.combine(max(min(ends), begins), dt.time()) if ends else None
        yield on("order", row, begins, code, item=_item(one), ended_at=ended)


def _notified(one: Standing) -> Iterator[Event]:
    for asked, answer in one.notifications():
        if asked.notify_by is None:
            continue
        due = dt.datetime.combine(asked.notify_by, dt.time())
        ended = dt.datetime.combine(answer.on, dt.time()) if answer else None
        yield on("notification", asked, asked.on, item=_item(one), due_at=due, ended_at=ended)


def _broken() -> Iterator[tuple[int, Event]]:
    """Each breach as it came to the hub, what answered it and when; one that was recorded twice is one."""
    twice = set(BreachAnswer.objects.filter(what=BreachAnswer.What.SAME).values_list("breach_id", flat=True))
    there = Breach.objects.exclude(pk__in=twice).order_by("pk")
    since = {}
    for row in there:
        since[row.pk] = row.at
        kind = rules.kind(row.kind, rules.day_of(row.at)) if row.kind else None
        code = str(kind.extra["counts_as"]) if kind else None
        item = ("item", f"order {row.thread}") if row.thread else None
        yield row.case_id, at("breach", row, row.at, code, item=item)
    for answer in BreachAnswer.objects.filter(breach__in=since).order_by("pk"):
        yield (
            answer.case_id,
            at(
                "breach_response",
                answer,
                answer.at,
                ANSWERS[BreachAnswer.What(answer.what)],
                refers_to=_of(answer),
                quantity=float(-((since[answer.breach_id] - answer.at) // HOUR)),
            ),
        )
    for check in StalkingCheck.objects.filter(breach__in=since).order_by("pk"):
        yield check.case_id, at("breach_review", check, check.at, answer=check.found, refers_to=_of(check))


def _of(row: BreachAnswer | StalkingCheck) -> tuple[str, str]:
    return ("event", f"breach Breach {row.breach_id}")
