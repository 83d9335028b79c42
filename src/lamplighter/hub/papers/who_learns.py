"""Tell those who must learn that papers for a court went out, or are not to be used any more.

Whoever stands by the victim, on the advocates' side: the victim hears of it before the respondent does. The
other forces on the case, for an order is kept or broken in any of them. Nobody who works with the suspect:
an application can be without notice, and no row of this stands where they read.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.wall.identity import as_service
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import selectors as tasks
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.papers import rules
from lamplighter.hub.papers.kinds import KINDS
from lamplighter.hub.papers.models import Paper
from lamplighter.hub.site.config_files.dated import Rule
from lamplighter.hub.victim_side import selectors as victim
from lamplighter.hub.workforce import selectors as workforce
from lamplighter.reporting.words import day

PURPOSE = "run clocks"
# Kinds of tasks: to speak with the victim, to read it in another force, and to tell that it was withdrawn.
VICTIM, FORCES, WITHDRAWN = "paper.victim", "paper.forces", "paper.withdrawn"
CONTACT, PAPER = "victim:contact", "papers:paper"


def is_told(kind: str) -> bool:
    """Tell whether anybody is told by a task that a paper of this kind is issued."""
    return any(kind in rule.extra["papers"] for rule in rules.on("learns", _today()).values())


def issued(user: User, case: Case, row: Paper) -> None:
    """Give the tasks of a version that is issued now, once for all the readers that it has a version for.

    What is still open of an earlier version of the same paper ends: the later one asks for the same.
    """
    others = _same_paper(row)
    if any(other.number == row.number and hasattr(other, "issue") for other in others):
        return
    earlier = [other.key for other in others if other.number < row.number]
    _end(user, case, earlier, "A later version of the paper went out.")
    asked = rules.on("learns", _today())
    agency = user.agency.name if user.agency else "The police"
    why = f"{agency} gave out papers on {day(_today())}: {_called(row)}. No order is made by that."
    if _asks(asked, "victim", row):
        _tell_victim(
            user,
            case,
            row,
            VICTIM,
            f"{why} Speak with the victim before the respondent is served: what the court is asked for, what "
            "they want said, and when it is heard. The officer in the case knows. Ways and times of safe "
            "contact hold.",
        )
    if _asks(asked, "forces", row):
        with as_service(PURPOSE):
            for force in [a for a in _on_case(case) if a.kind == Agency.Kind.POLICE and a != user.agency]:
                said = f"{why} It may be kept or broken in your area too."
                _give(user, case, row, FORCES, force, "police", said, PAPER)


def withdrawn(user: User, case: Case, row: Paper) -> None:
    """End what is open because of a version; whoever has acted on it is told that it is used no more."""
    if not hasattr(row, "issue"):
        return
    same = [other for other in _same_paper(row) if other.number == row.number]
    if any(hasattr(other, "issue") and not hasattr(other, "withdrawal") for other in same):
        return
    keys = [row.key, *(other.key for other in same)]
    with as_service(PURPOSE):
        done = Clock.objects.filter(case=case, of_key__in=keys, kind=VICTIM, state=Clock.State.DONE).exists()
    _end(user, case, keys, "The paper was withdrawn.")
    if done and _asks(rules.on("learns", _today()), "withdrawn", row):
        why = (
            f"Not used any more: {_called(row)}. The victim was told of these papers: say what comes instead."
        )
        _tell_victim(user, case, row, WITHDRAWN, why)


def _today() -> dt.date:
    return timezone.localdate(moment.now())


def _called(row: Paper) -> str:
    return KINDS[row.kind].title.partition(":")[0]


def _asks(asked: Mapping[str, Rule], code: str, row: Paper) -> bool:
    rule = asked.get(code)
    return rule is not None and row.kind in rule.extra["papers"]


def _same_paper(row: Paper) -> list[Paper]:
    rows = Paper.objects.filter(case=row.case_id, thread=row.thread).exclude(pk=row.pk)
    return list(rows.select_related("issue", "withdrawal"))


def _on_case(case: Case) -> list[Agency]:
    """Return the agencies of the case whose people can see it. As the service."""
    blind = workforce.blind(case)
    return [p.agency for p in cases.participations(case) if p.agency_id not in blind]


def _tell_victim(user: User, case: Case, row: Paper, kind: str, why: str) -> None:
    """Ask the victim's advocate; without one, each advocacy service; without any, the police who issued it.

    Always on the advocates' side, or that of the police: what everybody on the case reads holds none of it.
    """
    with as_service(PURPOSE):
        on_case = _on_case(case)
        services = [a for a in on_case if a.kind == Agency.Kind.ADVOCACY]
        named = victim.advocate(case)
        by = named.advocate if named and not tasks.is_kept_off(named.advocate, case) else None
        if by and by.agency in services:
            _give(user, case, row, kind, by.agency, "advocacy", why, CONTACT, by)
        elif services:
            for agency in services:
                _give(user, case, row, kind, agency, "advocacy", why, CONTACT)
        elif user.agency:
            _give(user, case, row, kind, user.agency, "police", f"{why} No advocate is on the case.", CONTACT)


def _give(
    user: User,
    case: Case,
    row: Paper,
    kind: str,
    agency: Agency,
    partition: str,
    why: str,
    page: str,
    to: User | None = None,
) -> None:
    text, due = rules.limit(kind.rpartition(".")[2], moment.now())
    clocks.start(
        user,
        case,
        kind,
        text,
        due_at=due,
        why=why,
        partition=partition,
        owner=agency,
        assigned_to=to,
        page=page,
        of_key=row.key,
    )


def _end(user: User, case: Case, keys: Collection[uuid.UUID], why: str) -> None:
    with as_service(PURPOSE):
        rows = Clock.objects.filter(case=case, of_key__in=keys, kind__in=(VICTIM, FORCES, WITHDRAWN))
        for clock in rows.filter(state=Clock.State.RUNNING):
            clocks.end(user, clock, why=why, state=Clock.State.CANCELLED)
