"""Prepare the pages of cases, as plain values for the components."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone

from lamplighter.hub.access import moment
from lamplighter.hub.access.models import CaseRow
from lamplighter.hub.access.wall import form_readers
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import permissions, policies, rules, selectors
from lamplighter.hub.cases.models import (
    ActingTogether,
    Case,
    Closing,
    Entry,
    LeadWorker,
    LegalStatus,
    Party,
    Status,
    Work,
)
from lamplighter.hub.cases.panels import history_words
from lamplighter.hub.cases.participants import acting_together, ages
from lamplighter.hub.cases.referrals import rejections
from lamplighter.hub.cases.referrals.selectors import Listed
from lamplighter.hub.cases.status import mappa
from lamplighter.hub.cases.status.open_tasks import OpenTasks
from lamplighter.hub.cases.status.open_tasks import field as task_field
from lamplighter.hub.clocks.models import Clock
from lamplighter.reporting.words import clock as clock_time
from lamplighter.reporting.words import count, day, listed

KINDS = {
    "agency": "Agencies",
    "follow_up": "Follow-up",
    "glass_broken": "Emergency access",
    "legal_status": "Legal status",
    "mappa": "MAPPA",
    "meeting": "Meetings",
    "note": "Notes, calls and visits",
    "paper": "Papers",
    "people": "People",
    "redaction": "Redactions",
    "referral": "Referral",
    "report": "Reports",
    "safeguarding": "Safeguarding",
    "status": "Status",
    "task": "Tasks",
    "triage": "Triage",
    "victims_code": "Victims' Code",
}


def kind_title(kind: str) -> str:
    return KINDS.get(kind) or kind.replace("_", " ").replace(".", ": ").capitalize()


def due(clock: Clock, now: dt.datetime | None = None) -> dict[str, Any]:
    """Return the task, its time limit and how late it is, in words."""
    now = now or timezone.now()
    on = timezone.localdate(clock.due_at)
    days = (on - timezone.localdate(now)).days
    late = clock.due_at < now
    if days < 0:
        when = f"overdue by {count(-days, 'day')}"
    elif days == 0:
        when = f"{'overdue since' if late else 'today, by'} {clock_time(timezone.localtime(clock.due_at))}"
    else:
        when = f"in {count(days, 'day')}"
    return {"text": clock.text, "on": day(on), "when": when, "overdue": late, "why": clock.why} | {
        "key": clock.key,
        "whose": clock.assigned_to.display_name if clock.assigned_to else f"Anyone in {clock.owner.name}",
    }


def open_tasks(found: OpenTasks) -> dict[str, list[dict[str, Any]]]:
    """Return the open tasks of a case by what closing does to them, and where each is decided on the form."""
    now = moment.now()
    parts = {"asked": found.asked, "going_on": found.going_on, "ending": found.ending}
    return {
        name: [
            due(clock, now) | {"fields": [task_field(clock, part) for part in ("fate", "words", "to")]}
            for clock in clocks
        ]
        for name, clocks in parts.items()
    }


def rows(listed: Sequence[Listed], *, names: bool, agency: str | None = None) -> list[dict[str, Any]]:
    """One row a case."""
    cases = [item.case for item in listed]
    status = selectors.statuses(cases)
    people = selectors.parties_of(cases) if names else {}
    if names:
        page_access.among("cases", cases=cases)
    leads = selectors.leads_of([case.pk for case in cases], agency) if agency else {}
    return [
        {
            "reference": item.case.reference,
            "href": reverse("cases:case", args=[item.case.key]),
            "status": status[item.case.pk].get_name_display() if item.case.pk in status else "",
            "names": " and ".join(p.name for p in people.get(item.case.pk, [])),
            "lead": lead_name(leads.get(item.case.pk)),
            "next": due(item.clock) if item.clock else None,
            "opened": day(timezone.localdate(item.case.opened_at)),
        }
        for item in listed
    ]


def lead_name(row: LeadWorker | None) -> str:
    return row.worker.display_name if row and row.worker else ""


def bar(
    user: User, leads: Mapping[str, LeadWorker], dates: Sequence[Clock], as_at: dt.datetime | None
) -> list[str]:
    """Return what the bar says beside the stage: the lead worker and the next date that the person may see.

    The lead worker is that of one's own agency or, where it has none, the first of another.
    """
    found = []
    own = leads.get(user.agency_id or "")
    first = own or next(iter(leads.values()), None)
    if own:
        found.append(f"Lead: {lead_name(own)}")
    elif first:
        found.append(f"Lead: {lead_name(first)}, {first.owner.name}")
    else:
        found.append("No lead worker")
    for clock in dates[:1]:
        told = due(clock, as_at)
        found.append(f"Next: {told['on']}{', overdue' if told['overdue'] else ''}")
    return found


def agencies(case: Case, as_at: dt.datetime | None, leads: Mapping[str, LeadWorker]) -> list[dict[str, str]]:
    """Each agency on the case, and who answers for it there since when."""
    found = []
    for agency in [p.agency for p in selectors.participations(case, as_at)]:
        row = leads.get(agency.code)
        since = f", since {day(timezone.localdate(row.at))}" if row else ""
        found.append({"name": agency.name, "lead": f"{lead_name(row)}{since}" if row else "no lead worker"})
    on_case = {p["name"] for p in found}
    # The hub itself need not be one of the agencies on the case.
    for row in leads.values():
        if row.owner.name not in on_case:
            since = day(timezone.localdate(row.at))
            found.append({"name": row.owner.name, "lead": f"{lead_name(row)}, since {since}"})
    return found


def entry(row: Entry, user: User, query: str = "") -> dict[str, Any]:
    """One line of the history, as ``user`` can follow it. Told later than it was so, both are said."""
    happened, told = timezone.localdate(row.happened_at), timezone.localdate(row.at)
    return {
        "when": row.happened_at,
        "told": day(told) if told > happened else "",
        "title": row.title,
        "body": row.body,
        "by": by(row),
        "kind": kind_title(row.kind),
        # What is not shared is marked: it must not be read out to the others.
        "badge": "" if row.partition == "shared" else row.get_partition_display(),
        "href": entry_href(row, user, query),
        "redact": _redact_href(row, user),
        "key": str(row.key),
    }


def _redact_href(row: Entry, user: User) -> str:
    """Where words of this line are redacted; those of a note and of minutes, on their page."""
    if row.kind == "note" or row.page == "meetings:line":
        return ""
    return redact_href(row, row.case, user, row.partition)


def redact_href(row: CaseRow, case: Case, user: User, side: str) -> str:
    """Return where words of a row of ``case`` are redacted, for its author and its agency; "" for others.

    ``side`` is the partition that it stands in.
    """
    own = row.owner_id == user.agency_id or row.by_id == user.pk
    if not own or side not in form_readers.of(user):
        return ""
    kind = f"{row._meta.app_label}-{row._meta.model_name}"
    return reverse("redaction:row", args=[case.key, kind, row.key])


def entry_href(row: Entry, user: User, query: str = "") -> str:
    """Return the address of the full entry, on the day shown, if this person may open it; "" otherwise.

    ``query`` is "?as_at=..." or "". Some pages take the row and some only the case.
    """
    if not row.page or row.page == "cases:case":
        return ""
    case_key = row.case.key
    for args in ([case_key, row.of_key], [case_key]):
        try:
            address = reverse(row.page, args=args)
        except NoReverseMatch:
            continue
        may = getattr(resolve(address).func, "permission", None)
        return address + query if may is None or may(user) else ""
    return ""


def history(
    entries: Iterable[Entry], case: Case, user: User, query: str = "", as_at: dt.datetime | None = None
) -> list[dict[str, Any]]:
    found = []
    entries = list(entries)
    words = history_words(entries, as_at)
    for row in entries:
        row.case = case
        found.append(entry(row, user, query) | ({"body": words[row.pk]} if row.pk in words else {}))
    return found


def person(party: Party) -> dict[str, Any]:
    facts = [f"Also known as {party.also_known_as}"] if party.also_known_as else []
    facts += ages.in_words(party)
    return {"side": party.get_side_display(), "name": party.name, "facts": facts, "key": party.key}


def ages_at_triage(found: Mapping[str, ages.Known]) -> list[str]:
    """Sentences for whoever decides on a referral: who is a child, and whose age nobody has said."""
    said = []
    for side in Party.Side:
        who = f"The {ages.TITLES[side]}"
        if found[side] == ages.Known.YES:
            adults = " Programmes for adults are not for them." if side == Party.Side.SUSPECT else ""
            said.append(f"{who} is under 18.{adults}")
        elif found[side] == ages.Known.NOT_KNOWN:
            said.append(f"{who}’s age is not known. Find out before you decide: they may be under 18.")
    return said


def elsewhere(case: Case, people: Sequence[Party], as_at: dt.datetime | None) -> list[dict[str, Any]]:
    """Other cases with one of these people that one may open: nothing is said of any other."""
    who = selectors.who_they_are(people, as_at)
    side = {who[p.person_id]: p for p in people if p.person_id}
    others = selectors.other_cases(case, who, as_at)
    page_access.among("cases", cases=[place.case for place in others])
    return [
        {
            "reference": place.case.reference,
            "href": reverse("cases:case", args=[place.case.key]),
            "here": side[who[place.person_id]].get_side_display(),
            "there": place.get_side_display().lower(),
            "reversed": place.side != side[who[place.person_id]].side,
        }
        for place in others
    ]


def facts(case: Case, status: Status | None, as_at: dt.datetime | None) -> list[dict[str, str]]:
    """List the facts about where the case stands, as labels and words. ``status``: of that moment."""
    triage = selectors.triage(case, as_at)
    standing, closing = selectors.legal_standing(case, as_at), selectors.closing(case, as_at)
    found = []
    if proposed := rejections.waiting(case, as_at):
        names = " and ".join(f"{p.display_name}, {p.agency}" for p in proposed.waits_for)
        text = f"Proposed, and waits to be read by {names}. The referral stays open."
        found.append({"label": "Rejection", "text": text, "more": "", "page": "cases:rejection"})
    if status:
        since = f"{status.get_name_display()}, since {day(timezone.localdate(status.at))}"
        found.append({"label": "Status", "text": since, "more": status.reason})
    if triage:
        sent = f" to {triage.redirected_to}" if triage.redirected_to else ""
        found.append(
            {
                "label": "Triage",
                "text": f"{triage.get_decision_display()}{sent}, by the threshold: "
                f"{rules.title('threshold', triage.threshold)}",
                "more": triage.reason,
            }
        )
    told = [f"{legal_words(row)}, since {day(row.since)}" for row in standing]
    ended = "What was recorded has ended" if not told and selectors.legal_history(case, as_at) else ""
    text = "; ".join(told) or ended or "Nobody has recorded it yet"
    found.append({"label": "Legal status", "text": text, "more": "", "page": "cases:legal"})
    if managed := next(iter(mappa.history(case, as_at)), None):
        text = f"{mappa.in_words(managed)}, since {day(managed.since)}"
        found.append({"label": "MAPPA", "text": text, "more": "", "page": "cases:mappa"})
    if others := acting_together.of_case(case, as_at):
        # By their cases: names are on a page of their own, for others may be looking.
        told = [f"case {o.case.reference} ({standing_of(o)})" for o in others]
        text = f"The suspect acts together with that of {listed(told, 'and')}"
        found.append({"label": "Several suspects", "text": text, "more": "", "page": "cases:together"})
    if closing and status and status.name in policies.OVER:
        current = f"Stalking current when closed: {closing.get_current_display().lower()}"
        undone = f"Asked for and not done: {closing.not_done or 'nothing'}"
        dropped = f"Dropped as outcome {closing.dropped_as}. " if closing.dropped_as else ""
        text = f"{dropped}{rules.title('closing', closing.why)}. {current}. {undone}"
        found.append({"label": "Closed", "text": text, "more": closing.current_words})
        told = [f"{words}: {_answer(closing, name)}" for name, words in policies.TO_COME.items()]
        coming = [f"{told[0][0].upper()}{told[0][1:]}", *told[1:]]
        said = f"advocate: {closing.get_advocate_display().lower()}"
        found.append(
            {"label": "Known when closed", "text": "; ".join([*coming, said]), "more": closing.agreed_words}
        )
    return found


def standing_of(other: acting_together.Other) -> str:
    """Return the status of another case, as it stands within a sentence."""
    return other.status.get_name_display().lower() if other.status else "not known"


def other_suspects(found: Sequence[acting_together.Other]) -> list[dict[str, Any]]:
    """Return the suspects of other cases of the victim: who, on which case, and where it stands."""
    page_access.among("cases", cases=[o.case for o in found])
    return [
        {
            "name": o.name,
            "reference": o.case.reference,
            "href": reverse("cases:case", args=[o.case.key]),
            "state": standing_of(o),
            "open": o.is_open,
        }
        for o in found
    ]


def said_together(rows: Sequence[ActingTogether], case: Case, user: User) -> list[dict[str, Any]]:
    """Return what was said of whose suspects act together: names, how it is known, and who said so."""
    told = [c for row in rows for c in (row.case, row.other)]
    page_access.among("cases", cases=told)
    names = {o.case.pk: o.name for o in acting_together.told(told)}
    return [
        {
            "key": row.key,
            "names": f"{names[row.case_id]} and {names[row.other_id]}",
            "reason": row.reason,
            "by": by(row),
            "at": row.at,
            # Words are redacted on the case on which they were written.
            "redact": redact_href(row, row.case, user, "shared"),
        }
        for row in rows
    ]


def proposal(found: rejections.Proposal) -> dict[str, Any]:
    """A proposed rejection for its page, with what was said of it."""
    row = found.row
    names = " and ".join(f"{p.display_name}, {p.agency}" for p in found.readers)
    rows = [
        ("Threshold", rules.title("threshold", row.threshold)),
        ("Reason", row.reason),
        ("What the victim has been told", row.told),
        ("Where else they can turn", row.turn_to),
        ("Proposed by", f"{by(row)}, {day(timezone.localdate(row.at))}"),
        ("Named to read it", names),
    ]
    for said in found.answers:
        when = day(timezone.localdate(said.at))
        rows.append((f"{by(said)}, {when}", f"{said.get_answer_display()}. {said.words}"))
    waits = " and ".join(p.display_name for p in found.waits_for)
    if waits:
        state = f"Waits to be read by {waits}. The referral stays open."
    elif found.agreed:
        state = "The referral was rejected."
    elif any(a.answer != "agreed" for a in found.answers):
        state = found.answers[-1].get_answer_display() + "."
    else:
        state = "The hub decided otherwise before it was read."
    return {"facts": rows, "state": state, "key": row.key}


def waits_for(case: Case) -> str:
    """Name the people who have to read the rejection that is proposed; "" for none."""
    found = rejections.waiting(case)
    return " and ".join(f"{p.display_name}, {p.agency}" for p in found.waits_for) if found else ""


def by(row: CaseRow) -> str:
    """Return who wrote a row, with their agency."""
    return ", ".join(x for x in (row.by.display_name if row.by else "", row.owner.name) if x)


def legal_words(row: LegalStatus) -> str:
    """A legal status with its offence: ``Charged (stalking)``."""
    return f"{row.get_name_display()} ({row.offence})" if row.offence else row.get_name_display()


def _answer(closing: Closing, name: str) -> str:
    on = getattr(closing, f"{name}_on")
    said = Closing.Current(getattr(closing, name)).label.lower()
    return f"{said}, {day(on)}" if on else said


def actions(user: User, case: Case, status: Status) -> list[dict[str, str]]:
    """List this person's possible actions now, as links."""
    found: list[tuple[str, str]] = []
    if permissions.may_decide_cases(user):
        if status.name in policies.UNDECIDED:
            found.append(("Decide what the hub does", "cases:triage"))
        if policies.moves_by_hand(status.name):
            found.append(("Change the status", "cases:move"))
        if Status.Name.CLOSED in policies.MOVES[Status.Name(status.name)]:
            found.append(("Close the case", "cases:close"))
        if status.name in (Status.Name.CLOSED, Status.Name.FOLLOW_UP):
            found.append(("Record a follow-up", "cases:follow_up"))
    if status.name in policies.UNDECIDED:
        found.append(("Record a police safeguarding check", "cases:safeguarding"))
    found += [
        ("Assign the lead worker of your agency", "cases:lead"),
        ("Add an agency", "cases:agencies"),
        ("Record time", "cases:work"),
    ]
    if permissions.may_refer(user):
        found.append(("Refer with the roles reversed", "cases:refer_reversed"))
    # Also in the administration; whoever needs it at night looks here.
    found.append(("Ask for restricted information", "access:need"))
    return [{"text": text, "href": reverse(name, args=[case.key])} for text, name in found]


def minutes(case: Case, as_at: dt.datetime | None) -> dict[str, Any]:
    """Minutes by role and over all roles, with hours in words: of the rows that one may see."""
    by_role = selectors.minutes(case, as_at)
    rows = [{"role": Role(role).label} | _hours(total) for role, total in by_role.items()]
    return {"rows": rows, "all": _hours(sum(by_role.values()))}


def _hours(minutes: int) -> dict[str, Any]:
    return {"minutes": minutes, "hours": f"{minutes // 60} h {minutes % 60:02d} min"}


def work(rows: Sequence[Work]) -> list[dict[str, Any]]:
    return [
        {
            "on": day(row.on),
            "role": row.get_role_display(),
            "by": row.by.display_name if row.by else row.owner.name,
            "minutes": row.minutes,
            "activity": rules.title("activity", row.activity),
        }
        for row in rows
    ]


def both(labels: Sequence[tuple[str, str]], theirs: Any, yours: dict[str, Any]) -> list[dict[str, str]]:
    """Set what somebody else wrote beside what was typed, for one who was second."""
    return [
        {"label": label, "theirs": _word(getattr(theirs, name, "")), "yours": _word(yours.get(name))}
        for name, label in labels
    ]


def _word(value: Any) -> str:
    if value in (None, ""):
        return "Nothing"
    return day(value) if isinstance(value, dt.date) else str(value)
