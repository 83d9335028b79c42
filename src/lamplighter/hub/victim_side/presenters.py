"""Rows of the victim's side as its pages say them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.hub.access import moment
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.design.environment import long_date, long_time, plural
from lamplighter.hub.victim_side import elements, policies, rules, selectors
from lamplighter.hub.victim_side.models import (
    AdvocateOfCase,
    Cadence,
    CodeEvent,
    Contact,
    EnhancedRights,
    ImpactEntry,
    NeedsAssessment,
    PublicFunds,
    SafeContact,
    SafetyPlan,
    StatementOffer,
    SupportEvent,
)
from lamplighter.hub.victim_side.policies import Verdict
from lamplighter.vocabulary.codes import code_set

Moment = dt.datetime | None


def titles(name: str, codes: Sequence[str]) -> list[str]:
    """Codes in words, in the order of their set."""
    return [found.title for code, found in code_set(name).codes.items() if code in codes]


def title(name: str, code: str) -> str:
    """A code in words; one that is in no list as it stands."""
    found = code_set(name).codes.get(code)
    return found.title if found else code


def by_line(row: Any, happened: dt.datetime | None = None) -> str:
    """Say who wrote it, for which agency, and when, unless that is said as ``happened`` already."""
    who = row.by.display_name if row.by else "The hub"
    written = long_time(row.at)
    told = "" if happened and long_time(happened) == written else f", {written}"
    return f"{who}, {row.owner.name}{told}"


def task_lines(tasks: Sequence[Clock], as_at: Moment) -> list[dict[str, Any]]:
    now = as_at or moment.now()
    return [
        {
            "key": str(task.key),
            "text": task.text,
            "why": task.why,
            "due": long_time(task.due_at),
            "overdue": task.due_at < now,
        }
        for task in tasks
    ]


def support_line(event: SupportEvent | None) -> str:
    if event is None:
        return "Not recorded yet"
    return f"{event.get_state_display()}, since {long_date(event.since)}"


def overview(case: Case, as_at: Moment) -> dict[str, Any]:
    by, plans = selectors.advocate(case, as_at), selectors.safety_plans(case, as_at)
    found = elements.summary(selectors.impact(case, as_at))
    statements, needs = selectors.statement(case, as_at), selectors.needs(case, as_at)
    tasks = selectors.clocks(case, as_at)
    urgent = [row for row in needs_version(needs[0])["rows"] if row["code"] == "urgent"] if needs else []
    shown = [e.title for e in found if e.shown]
    rows = [
        ("Support", support_line(selectors.supported(case, as_at)), "victim:support"),
        ("Impact", f"Speaks to: {'; '.join(shown)}" if shown else elements.NOTHING, "victim:impact"),
        (
            "Victim Personal Statement",
            f"{statements[0].get_state_display()}, {long_date(statements[0].on)}"
            if statements
            else "Not offered yet",
            "victim:impact",
        ),
        (
            "Needs",
            f"Version {needs[0].number}, {long_date(needs[0].at)}; needed now: {len(urgent)}"
            if needs
            else "Not assessed yet",
            "victim:needs",
        ),
        (
            "Safety plan",
            f"Version {plans[0].number}, {long_date(plans[0].at)}" if plans else "Not written yet",
            "victim:safety_plan",
        ),
    ]
    return {
        "advocate": f"{by.advocate.display_name}, {by.advocate.own_agency.name}, since {long_date(by.since)}"
        if by
        else "",
        "rows": [{"label": label, "text": text, "page": page} for label, text, page in rows],
        "tasks": task_lines(tasks, as_at),
    }


def support(case: Case, as_at: Moment) -> dict[str, Any]:
    events = selectors.support(case, as_at)
    return {"now": support_line(events[0] if events else None), "items": [_support_item(e) for e in events]}


def _support_item(event: SupportEvent) -> dict[str, Any]:
    pressed = [
        ("Somebody else was there", event.others_present),
        ("Asked to stop or to change what was said", event.asked_to_stop),
        ("Afraid of what happens", event.afraid_to_say),
    ]
    answers = SupportEvent.Answer(event.others_present).label, event.pressure_words
    return {
        "when": long_date(event.since),
        "title": event.get_state_display(),
        "by": by_line(event),
        "words": event.words,
        "reasons": titles("support_reasons", event.reasons),
        "pressure": [
            {"text": text, "answer": SupportEvent.Answer(answer).label, "alarm": answer == "yes"}
            for text, answer in pressed
        ],
        "pressure_words": answers[1],
        "shared": event.may_share,
    }


def impact_lines(entries: Sequence[ImpactEntry]) -> list[dict[str, Any]]:
    return [
        {
            "when": long_date(entry.happened_on),
            "words": entry.words,
            "by": by_line(entry),
            "elements": titles("impact_elements", entry.elements),
            "effects": titles("impact_effects", entry.effects),
        }
        for entry in entries
    ]


def needs_version(found: NeedsAssessment) -> dict[str, Any]:
    areas = code_set("needs_areas").codes
    levels = list(code_set("needs_levels").codes)

    def order(code: str, area: dict[str, str]) -> tuple[int, int]:
        """What is needed now first, what was not asked last; the same among themselves as on the form."""
        return -levels.index(area["level"]), list(areas).index(code)

    return {
        "title": f"Version {found.number}",
        "by": by_line(found),
        "rows": [
            {
                "label": areas[code].title,
                "code": area["level"],
                "level": title("needs_levels", area["level"]),
                "text": area["words"],
            }
            for code, area in sorted(found.areas.items(), key=lambda pair: order(*pair))
            if code in areas
        ],
        "words": found.words,
    }


def plan_version(found: SafetyPlan) -> dict[str, Any]:
    sections = code_set("safety_plan_sections").codes
    return {
        "title": f"Version {found.number}",
        "by": by_line(found),
        "rows": [
            {"label": section.title, "text": found.sections[code]}
            for code, section in sections.items()
            if code in found.sections
        ],
        "words": found.change,
    }


def rule_version(found: SafeContact) -> dict[str, Any]:
    yes = {True: "Yes", False: "No"}
    rows = [
        ("Must not be told", found.must_not_be_told),
        ("Parents: never contact or tell", found.parents_never),
        ("May not answer for the victim", found.may_not_answer),
        ("May not interpret", found.may_not_interpret),
        ("Asked, alone, who must not be told", "Yes" if found.asked_who else "Not recorded"),
        ("Language", found.language),
        ("To speak and be understood", found.speech),
        ("Phone", found.phone),
        ("Email", found.email),
        ("Address", found.address),
        ("Nobody may contact the victim", "Yes, for now" if found.no_contact else ""),
        ("Safe ways", ", ".join(titles("contact_channels", found.channels)) or "None"),
        ("Text first", yes[found.text_first]),
        ("A message may be left", yes[found.may_leave_message]),
        ("Safe times", policies.windows_in_words(found.windows)),
        ("Who might answer", found.who_may_answer),
        ("Parents: may be contacted", found.parents_may),
        ("School or college", found.school),
        ("Safe word", found.safe_word),
        ("What else matters", found.words),
    ]
    return {
        "title": f"Version {found.number}",
        "by": by_line(found),
        "rows": [{"label": label, "text": text} for label, text in rows if text],
    }


def standing(row: Any) -> dict[str, Any]:
    """Return what somebody else recorded, for one who was second; see ``services.documents.check_seen``."""
    if isinstance(row, AdvocateOfCase):
        rows = [("Advocate", row.advocate.display_name), ("Since", long_date(row.since))]
    elif isinstance(row, SupportEvent):
        rows = [
            ("The victim now", row.get_state_display()),
            ("Since", long_date(row.since)),
            ("Why", ", ".join(titles("support_reasons", row.reasons))),
            ("In the victim's own words", row.words),
            ("What was said about pressure", row.pressure_words),
        ]
    elif isinstance(row, Cadence):
        rows = [("How often", f"Every {plural(row.days, 'day')}"), ("In words", row.words)]
    elif isinstance(row, EnhancedRights):
        rows = [
            ("Enhanced rights", "Yes" if row.enhanced else "No"),
            ("Applies", ", ".join(rules.title("enhanced", code) for code in row.applies)),
            ("Does not apply", ", ".join(rules.title("enhanced", code) for code in row.refused)),
            ("Why", row.reason),
        ]
    elif isinstance(row, PublicFunds):
        rows = [("Public funds", row.get_recourse_display()), ("What is known", row.words)]
    elif isinstance(row, StatementOffer):
        rows = [
            ("Status", row.get_state_display()),
            ("On", long_date(row.on)),
            ("In the victim's own words", row.words),
        ]
    else:
        rows = [
            ("Told", long_time(row.told_at)),
            ("If you told the victim too", "Record yours as a contact; this record stays as it is"),
        ]
    found = [{"label": label, "text": text} for label, text in rows if text]
    return {"title": "What stands now", "by": by_line(row), "rows": found}


def answers(found: EnhancedRights | None) -> dict[str, str]:
    """Return the ``initial`` of the form of enhanced rights: what was answered last, by category."""
    if found is None:
        return {}
    said = dict.fromkeys(found.applies, "yes") | dict.fromkeys(found.refused, "no")
    return {f"category_{code}": answer for code, answer in said.items()}


def _rights(found: EnhancedRights | None, enhanced: bool) -> str:
    """Whether there are enhanced rights and by which category, or that nobody has said yet."""
    if found is None:
        return "Enhanced rights, until somebody records otherwise" if enhanced else "No enhanced rights"
    by = "; ".join(rules.title("enhanced", code).split(".")[0] for code in found.applies)
    if found.enhanced:
        return f"Enhanced rights ({by})" if by else "Enhanced rights"
    return "No enhanced rights"


def funds(case: Case, as_at: dt.datetime | None) -> dict[str, Any]:
    """Return what stands about recourse to public funds, what stood before, and what is open without it."""
    day = (as_at or moment.now()).astimezone(rules.LONDON).date()
    found = [
        {"recourse": row.get_recourse_display(), "words": row.words, "by": by_line(row)}
        for row in selectors.public_funds(case, as_at)
    ]
    return {"funds": found, "routes": list(rules.SERVICES.on("funds_route", day).values())}


def services(as_at: dt.datetime | None) -> list[Any]:
    """Services for particular people, as the rules of the day have them."""
    day = (as_at or moment.now()).astimezone(rules.LONDON).date()
    return list(rules.SERVICES.on("service", day).values())


def verdict_lines(verdicts: Mapping[str, Verdict]) -> list[dict[str, Any]]:
    channels = code_set("contact_channels").codes
    return [
        {"label": channels[code].title, "text": verdict.reason, "allowed": verdict.allowed}
        for code, verdict in verdicts.items()
    ]


def contact_line(found: Contact) -> str:
    """Summarise a contact in one line: when, how, and its outcome."""
    results = [title("contact_results", r.result) for r in found.results.all()]
    came = f": {results[-1].lower()}" if results else ""
    return f"{long_time(found.happened_at)}, {_contact_title(found).lower()}{came}"


def contact(
    case: Case, as_at: Moment, tasks: Sequence[Clock], quick: Mapping[str, Any], agency: str | None
) -> dict[str, Any]:
    lines = task_lines(tasks, as_at)
    done = selectors.clocks_ended(case, as_at)
    return {
        "tasks": [line | {"quick": quick[line["key"]]} for line in lines],
        "done": [{"text": c.text, "when": long_time(c.ended_at), "why": c.ended_why} for c in done],
        "contacts": [
            _contact_item(c) | {"number": n, "open": as_at is None and c.owner_id == agency}
            for n, c in enumerate(selectors.contacts(case, as_at), 1)
        ],
        "broken": [
            {"when": long_time(b.happened_at), "text": b.words, "by": by_line(b)}
            for b in selectors.broken(case, as_at)
        ],
        "cadence": f"After the first week: every {plural(selectors.cadence_days(case, as_at), 'day')}.",
    }


def _contact_title(found: Contact) -> str:
    return f"{title('contact_channels', found.channel)}, {found.get_direction_display().lower()}"


def _contact_item(found: Contact) -> dict[str, Any]:
    return {
        "key": found.key,
        "when": long_time(found.happened_at),
        "title": _contact_title(found),
        "by": by_line(found, found.happened_at),
        "words": found.words,
        "results": [
            {"text": title("contact_results", r.result), "agreed": r.agreed} for r in found.results.all()
        ],
    }


def _counted_from(event: CodeEvent) -> str:
    day = long_date(event.happened_on)
    return f"Received {day}" if rules.from_receipt(event.happened_on, event.kind) else day


def updates(case: Case, as_at: Moment) -> dict[str, Any]:
    enhanced, found = selectors.enhanced(case, as_at), selectors.rights(case, as_at)
    now = as_at or moment.now()
    items = []
    for event in selectors.code_events(case, as_at):
        told = event.told[0] if event.told else None
        late = (told.told_at if told else now) > event.due_at
        items.append(
            {
                "key": event.key,
                "text": rules.title("event", event.kind),
                "when": _counted_from(event),
                "due": long_time(event.due_at),
                "due_at": event.due_at,
                "told": f"Told {long_time(told.told_at)}, {told.owner.name}" if told else "",
                "late": late,
            }
        )
    rule = rules.one("victims_code", now.astimezone(rules.LONDON).date())
    days = rule.extra["enhanced_days" if enhanced else "ordinary_days"]
    return {
        "items": items,
        "open": sorted((i for i in items if not i["told"]), key=lambda i: i["due_at"]),
        "asked": found is not None,
        "rights": f"{_rights(found, enhanced)}: within {plural(days, 'working day')} of most events.",
        "source": rule.source,
    }
