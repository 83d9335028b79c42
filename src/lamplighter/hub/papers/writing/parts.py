"""Write what several papers say, each as blocks of an outline. What is not held is said to be not held.

``now``: the moment of which the paper is made. What the hub learned later is on none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from lamplighter.hub.cases import hooks
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.papers.contents import exhibits, orders
from lamplighter.hub.papers.contents.incidents import Incident, cited
from lamplighter.hub.risk import presenters as risk_words
from lamplighter.hub.risk import selectors as risk
from lamplighter.hub.risk.levels import JUDGEMENTS, Level
from lamplighter.reporting.papers.outline import (
    Block,
    Blocks,
    Exhibit,
    Facts,
    Heading,
    Points,
    Run,
    Table,
    Text,
    cell,
)
from lamplighter.reporting.words import day, sentence

OPEN_ENDED = "with no end date"
NOTHING_MISSING = "Nothing that this paper asks for is missing."


def people(case: Case, now: dt.datetime) -> Facts:
    """Return the two people as the case calls them."""
    found = cases.parties(case, now)
    return Facts(tuple((p.get_side_display().removeprefix("The ").capitalize(), _person(p)) for p in found))


def _person(party: Party) -> str:
    born = f"born {day(party.birth_date)}" if party.birth_date else "date of birth not held"
    also = f"also known as {party.also_known_as}" if party.also_known_as else ""
    return ", ".join(x for x in (party.name, born, also) if x)


def named(case: Case, side: str, now: dt.datetime) -> str:
    found = next((p.name for p in cases.parties(case, now) if p.side == side), "")
    return found or "a person whose name is not held"


def agencies(case: Case, now: dt.datetime) -> str:
    return ", ".join(p.agency.name for p in cases.participations(case, now)) or "None"


def risk_as_judged(case: Case, found: Sequence[Incident], now: dt.datetime) -> Blocks:
    """Return the risk as it stands: each judgement with its reasons and what it cites."""
    held = risk.current(case, now)
    blocks: list[Block] = [Text(risk_words.level_line(held))]
    newest = held.newest
    if newest is None:
        return tuple(blocks)
    from lamplighter.hub.arrivals.models import CaseReport

    keys = {k for name in JUDGEMENTS for k in getattr(newest, f"{name}_cites")}
    report_of = dict(CaseReport.objects.filter(case=case, key__in=keys).values_list("key", "report_key"))
    beside = hooks.cited(case, keys - {*report_of})
    rows = []
    for name, standing in held.judged.items():
        of = standing.of
        why = getattr(of, f"{name}_why", "") if of else ""
        reports = {report_of.get(k) for k in getattr(of, f"{name}_cites", [])} if of else set()
        supports = [i for i in found if i.key in reports]
        cites = [cited(supports)] if supports else []
        cites += [beside[k] for k in getattr(of, f"{name}_cites", []) if k in beside] if of else []
        level = Level(standing.level).label
        rows.append(
            (
                cell(JUDGEMENTS[name]),
                cell(level),
                cell(why or "No reasons held"),
                tuple(Run(text) for text in cites) or cell("None"),
            )
        )
    blocks.append(
        Table("", ("Judgement", "Level", "Reasons", "What it cites"), tuple(rows), (3.4, 2.4, 0, 4.4))
    )
    told = f"Last assessed on {_on(newest.at)} by {newest.owner.name}."
    if risk_words.overdue(held, now):
        told += " Another assessment is overdue."
    blocks.append(Text(told))
    return tuple(blocks)


def risk_gaps(case: Case, now: dt.datetime) -> list[str]:
    held = risk.current(case, now)
    if held.newest is None:
        return ["Nobody has assessed the risk of this case."]
    gaps = ["The assessment of risk is overdue."] if risk_words.overdue(held, now) else []
    if all(s.level in (Level.NOT_KNOWN, Level.NOT_ASSESSED) for s in held.judged.values()):
        gaps.append("No judgement of risk has a level: each is not known or not assessed.")
    return gaps


def criminal_matters(case: Case, now: dt.datetime) -> Blocks:
    rows = cases.legal_standing(case, now)
    if not rows:
        return (Text("No criminal matter is recorded in the case. That does not mean that there is none."),)
    return (
        Points(tuple(f"{row.get_name_display()}, since {day(row.since)}{_offence(row)}" for row in rows)),
    )


def _offence(row: Any) -> str:
    more = ", ".join(x for x in (row.offence, f"reference {row.reference}" if row.reference else "") if x)
    return f" ({more})" if more else ""


def orders_in_force(case: Case, now: dt.datetime) -> Blocks:
    held = orders.of_case(case, now)
    if not held:
        return (Text("No order is recorded as in force."),)
    return tuple(
        Facts(
            (
                ("Order", f"{o.title}, {o.court}" if o.court else o.title),
                ("In force", f"{_since(o.since)}, {f'until {day(o.until)}' if o.until else OPEN_ENDED}"),
                ("Terms", "\n".join(o.terms) or "No terms are held"),
                ("Served", day(o.served_on) if o.served_on else "Not recorded as served"),
            )
        )
        for o in held
    )


def _since(day_: dt.date | None) -> str:
    return f"since {day(day_)}" if day_ else "since a day that is not held"


def exhibits_held(case: Case, now: dt.datetime, numbers: dict[Any, int]) -> Blocks:
    """Return the exhibits, each with the incidents that it supports; ``numbers``: of incidents, by key."""
    held = exhibits.of_case(case, now)
    if not held:
        return (Text(exhibits.NOT_HELD),)
    return tuple(
        Exhibit(
            e.number,
            e.title,
            (
                (
                    "Supports incidents",
                    ", ".join(str(numbers[k]) for k in e.incidents if k in numbers) or "None linked",
                ),
                ("Held since", _on(e.held_since)),
                ("SHA-256 of the file", e.digest or "No file is held: it is kept elsewhere"),
            ),
        )
        for e in held
    )


def missing(gaps: Sequence[str]) -> Blocks:
    return (Heading("What is missing"), Points(tuple(gaps)) if gaps else Text(NOTHING_MISSING))


def where_it_stands(case: Case, now: dt.datetime) -> str:
    status = cases.current(case, now)
    return status.get_name_display() if status else "Not known"


def lines(text: str) -> list[str]:
    """Return what was typed one to a line, without empty ones."""
    return [sentence(line.strip()) for line in text.splitlines() if line.strip()]


def _on(at: dt.datetime) -> str:
    return day(timezone.localdate(at))
