"""Gather the two printed minutes: the full ones of a reader, and the ones that are safe on every side.

The full minutes hold the lines that whoever prints them may read, each marked with its side. The safe ones
hold lines and returns of what is shared and nothing else: not even why a case was on the agenda, where a
side said so.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design.environment import long_time
from lamplighter.hub.meetings import presenters, selectors
from lamplighter.hub.meetings.agenda import items as agenda
from lamplighter.hub.meetings.general import presenters as business
from lamplighter.hub.meetings.general import selectors as selectors_of_general
from lamplighter.hub.meetings.models import Line, Meeting, Return
from lamplighter.hub.meetings.services import title
from lamplighter.reporting.papers.minutes import MeetingMinutes, MinutesCase, MinutesLine, minutes_pdf
from lamplighter.reporting.words import count

HANDLING = "OFFICIAL-SENSITIVE"
SHARED = "shared"
FULL = (
    "Full minutes for {who}: every line that they may read, some of them of one side only. They are not for "
    "the other sides."
)
SAFE = "Minutes for every side: only lines that everybody on a case may read. Nothing of one side is here."


def full(user: User, meeting: Meeting, now: dt.datetime) -> tuple[bytes, list[Case]]:
    """Return the minutes with every line that this person may read, and the cases that are in them."""
    who = ", ".join(x for x in (user.display_name, user.agency.name if user.agency else "") if x)
    return _made(user, meeting, now, FULL.format(who=who), shared_only=False)


def safe(user: User, meeting: Meeting, now: dt.datetime) -> tuple[bytes, list[Case]]:
    """Return the minutes with shared lines only, and the cases that are in them."""
    return _made(user, meeting, now, SAFE, shared_only=True)


def _made(
    user: User, meeting: Meeting, now: dt.datetime, whom_for: str, *, shared_only: bool
) -> tuple[bytes, list[Case]]:
    built = agenda.build(user, meeting, now)
    of: dict[int, list[Line]] = {}
    said: dict[int, list[MinutesLine]] = {}
    for sent in selectors.returns(meeting):
        if sent.partition == SHARED or not shared_only:
            said.setdefault(sent.case_id, []).append(_return(sent))
    for line in selectors.lines(meeting):
        if line.partition == SHARED or not shared_only:
            of.setdefault(line.case_id, []).append(line)
            said.setdefault(line.case_id, []).append(_line(line))
    cases = [*built.cases, *Case.objects.filter(pk__in=said.keys() - {c.pk for c in built.cases})]
    rows = [
        MinutesCase(
            f"Case {case.reference}",
            _why(built, case, shared_only),
            tuple(said.get(case.pk, ())),
        )
        for case in cases
    ]
    printed = MeetingMinutes(
        title=title(meeting),
        when=f"{presenters.when(meeting)}. Chair: {meeting.chair.display_name}.",
        whom_for=whom_for,
        state=_state(meeting, [line for lines in of.values() for line in lines], now),
        draft=meeting.agreed_at is None,
        as_at=now,
        came=tuple((c["who"], c["agency"], c["state"].lower()) for c in _came(meeting)),
        # A case of which this paper has nothing to say is not on it.
        cases=tuple(row for row in rows if row.lines or row.why),
        general=_general(meeting),
        handling=HANDLING,
    )
    named = [case for case, row in zip(cases, rows, strict=True) if row.lines or row.why]
    return minutes_pdf(printed), named


def _came(meeting: Meeting) -> list[dict[str, str]]:
    return presenters.attendance(selectors.attendance(meeting))


def _why(built: agenda.Agenda, case: Case, shared_only: bool) -> tuple[str, ...]:
    return tuple(
        f"{section.title}: {line.text}{_of_side(line.side)}"
        for section, item in built.of_case(case)
        for line in item.lines
        if line.side == SHARED or not shared_only
    )


def _of_side(side: str) -> str:
    return "" if side == SHARED else f" ({presenters.badge(side)} only)"


def _line(line: Line) -> MinutesLine:
    said = f"Struck out: {line.reason}" if line.struck else presenters.in_words(line)
    corrected = f" (Corrected: {line.reason})" if line.reason and not line.struck else ""
    late = "Added after the minutes were agreed. " if line.late else ""
    return MinutesLine(
        when=long_time(line.said_at),
        who=", ".join(x for x in (line.by.display_name if line.by else "", line.owner.name) if x),
        kind=line.get_kind_display(),
        words=f"{late}{said}{corrected}",
        side="" if line.partition == SHARED else f"{presenters.badge(line.partition)} only",
    )


def _general(meeting: Meeting) -> tuple[MinutesCase, ...]:
    """Return what was said of no case: everybody who does casework reads it, so it stands on both papers."""
    rows = selectors_of_general.of(meeting)
    return tuple(
        MinutesCase(
            business.words(item),
            (f"Put on the agenda by {business.who(item)}.",),
            tuple(
                MinutesLine(long_time(row.at), business.who(row), row.get_kind_display(), business.words(row))
                for row in rows
                if row.item_id == item.pk
            ),
        )
        for item in rows
        if item.item_id is None
    )


def _return(sent: Return) -> MinutesLine:
    shown = presenters.sent(sent)
    return MinutesLine(
        when=long_time(sent.at),
        who=", ".join(x for x in (sent.by.display_name if sent.by else "", sent.owner.name) if x),
        kind="Return before the meeting",
        words=" ".join(f"{label}: {text}" for label, text in shown["parts"]),
        side="" if sent.partition == SHARED else f"{presenters.badge(sent.partition)} only",
    )


def _state(meeting: Meeting, lines: list[Line], now: dt.datetime) -> str:
    """Return the version: a draft of this minute, or the agreed one with how many lines came afterwards."""
    if meeting.agreed_at is None:
        return f"DRAFT of {long_time(timezone.localtime(now))}. Not agreed."
    late = sum(line.late for line in lines)
    added = f", with {count(late, 'line')} added afterwards" if late else ""
    return f"Version {1 + late}, agreed by the chair {long_time(meeting.agreed_at)}{added}."
