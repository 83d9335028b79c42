"""Write an agency's self-inspection pack: each improvement action with its verdict, dates, slip and evidence.

The pack is of no case and names nobody. Nothing of it is kept: what it is made from is only added to, so that
the pack of a day can be made again, the same, as long as nothing of it was withdrawn or removed since.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils import timezone

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.improvement import presenters, selectors
from lamplighter.hub.improvement.models import Entry
from lamplighter.hub.improvement.selectors import Stands
from lamplighter.reporting.papers.outline import (
    LEAD,
    Block,
    Cell,
    Facts,
    Heading,
    Note,
    Paper,
    Points,
    Table,
    Text,
    cell,
)
from lamplighter.reporting.words import count, day
from lamplighter.studies.register import verdicts

HANDLING = "OFFICIAL-SENSITIVE"
FOOT = "Made from the hub’s improvement actions. It names nobody and no case."
NEVER = (
    "A first due date, and what would show that an action is done, are as they were first written: neither "
    "can be changed. A later date stands beside the first one, and days are counted from the first."
)
HOW = (
    "Nobody writes a status down. It is worked out from what the agency said and what was found, by rules "
    "that were written before.",
    "A finding counts from the day on which a second person agreed with it. What was there when the action "
    "was added shows nothing.",
    "What the agency says makes an action “said to be done”. Only a finding makes it “shown to be done”.",
)


def actions_of(agency: Agency, on: dt.date) -> list[Stands]:
    """Return an agency's actions as they stood at the end of a day: the overdue first, the ended last."""
    rows = selectors.actions().filter(agency=agency)
    found = [selectors.stands(a, on) for a in rows if timezone.localdate(a.at) <= on]
    return sorted(found, key=lambda s: (s.ended is not None, not s.late, s.action.due_on, s.action.pk))


def pack(agency: Agency, as_at: dt.datetime) -> Paper:
    """Return the pack of an agency as it was at a moment."""
    found = actions_of(agency, timezone.localdate(as_at))
    return Paper(
        title=f"Self-inspection: what {agency.name} undertook to do better about stalking",
        as_at=as_at,
        blocks=tuple(_blocks(found)),
        handling=HANDLING,
        foot=FOOT,
    )


def _blocks(found: Sequence[Stands]) -> Iterator[Block]:
    if not found:
        yield Text("No improvement action of this agency is held on this day.", LEAD)
        return
    yield Text(_in_short(found), LEAD)
    yield Note(NEVER)
    yield Heading("How the actions stand")
    yield _by_status(found)
    yield _overview(found)
    yield Heading("Each action")
    for number, one in enumerate(found, 1):
        yield from _one(number, one)
    yield Heading("How this was worked out")
    yield Points((*HOW, *_left_out(found)))


def _in_short(found: Sequence[Stands]) -> str:
    late = [s.late for s in found if s.late]
    shown = sum(s.ended is None and s.standing.status == verdicts.EVIDENCED for s in found)
    told = f"{count(len(found), 'action')}. Shown to be done: {shown}. Overdue: {len(late)}"
    return f"{told}, the longest by {count(max(late), 'day')}." if late else f"{told}."


def _by_status(found: Sequence[Stands]) -> Table:
    numbers = Counter(s.standing.status for s in found if s.ended is None)
    rows = [
        (presenters.WORDS[status], numbers[status], presenters.MEANINGS[status])
        for status in verdicts.STATUSES
        if numbers[status]
    ]
    ended = Counter(presenters.status(s) for s in found if s.ended is not None)
    rows += [(words, many, "A coordinator ended it.") for words, many in sorted(ended.items())]
    return Table(
        "Actions by status",
        ("Status", "Actions", "Meaning"),
        tuple((cell(words, "b"), cell(str(many)), cell(means)) for words, many, means in rows),
        (5.0, 1.8, 0),
    )


def _overview(found: Sequence[Stands]) -> Table:
    return Table(
        "All actions",
        ("No.", "Action", "First due", "Now promised for", "Status", "After the first due date"),
        tuple(
            (
                cell(str(number)),
                cell(presenters.title(s)),
                _on(s.action.due_on),
                _on(s.later) if s.later else cell("No later date"),
                cell(presenters.status(s), "b"),
                cell(slip(s)),
            )
            for number, s in enumerate(found, 1)
        ),
        (1.0, 0, 2.4, 2.4, 3.0, 3.2),
    )


def _on(when: dt.date) -> Cell:
    # A date may break in a narrow column: it would run into the next one.
    return cell(day(when).replace("\N{NO-BREAK SPACE}", " "))


def slip(found: Stands) -> str:
    """Return how many days an action slipped from its first due date, and by whose account."""
    status, days = found.standing.status, found.standing.slipped
    if found.ended is not None:
        return f"{count(days, 'day')} when it ended" if days else "None when it ended"
    if found.late:
        return f"{count(found.late, 'day')}, running on"
    if status == verdicts.REJECTED:
        return "Not counted"
    if status in (verdicts.EVIDENCED, verdicts.CLAIMED):
        account = "to the finding" if status == verdicts.EVIDENCED else "by its own account"
        return f"{count(days, 'day')} ({account})" if days else "None"
    return "Not due yet"


def _one(number: int, found: Stands) -> Iterator[Block]:
    action = found.action
    yield Heading(f"{number}. {presenters.title(found)}", 3)
    if found.struck:
        yield Text("It should not have been added, and its words are shown no more.")
        return
    facts = [
        ("Status", presenters.status(found)),
        ("First due", day(action.due_on)),
        ("Later dates", _later(found)),
        ("After the first due date", slip(found)),
        ("Comes from", action.comes_from or "Not recorded"),
        ("Added", day(timezone.localdate(action.at))),
        ("What would show that it is done", action.rule),
        ("Last said", _last_said(found)),
    ]
    if found.ended is not None:
        facts.append(("Ended", f"{day(timezone.localdate(found.ended.at))}: {found.ended.words}"))
    yield Facts(tuple(facts))
    if not found.findings:
        yield Text("Evidence: no finding is recorded.")
        return
    yield Table(
        f"Evidence on action {number}",
        ("Of", "Does it show it?", "What was looked at", "Second person"),
        tuple(
            (
                _on(finding.on),
                cell(finding.get_found_display()),
                cell(finding.words),
                cell(_second(check)),
            )
            for finding, check in found.findings
        ),
        (2.4, 3.0, 0, 3.4),
    )


def _later(found: Stands) -> str:
    told = [f"{day(e.new_date)} (said on {day(e.on)})" for e in found.moves if e.new_date]
    return "; ".join(told) or "None was said"


def _last_said(found: Stands) -> str:
    said = [e for e in found.stand if e.kind in Entry.SAID]
    last = max(said, key=lambda e: (e.on, e.pk), default=None)
    return "Nothing" if last is None else f"{last.get_kind_display()} ({day(last.on)}): {last.words}"


def _second(check: Entry | None) -> str:
    if check is None:
        return "Not checked yet: it does not count"
    agrees = "Agrees" if check.agrees else "Does not agree: it does not count"
    return f"{agrees}, on {day(check.on)}"


def _left_out(found: Sequence[Stands]) -> Iterator[str]:
    withdrawn = sum(s.withdrawn(e) is not None and e.kind not in Entry.ENDS for s in found for e in s.entries)
    if withdrawn:
        yield f"{count(withdrawn, 'entry', 'entries')} withdrawn as wrong, and left out."
