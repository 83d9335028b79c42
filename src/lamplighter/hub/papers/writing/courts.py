"""Papers for a court: the schedule, the pack for a Stalking Protection Order, and for a restraining order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from lamplighter.courses.summaries import labels
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.papers import rules
from lamplighter.hub.papers.contents import exhibits, incidents, orders
from lamplighter.hub.papers.contents.incidents import Incident, cited
from lamplighter.hub.papers.kinds import COURT, RESPONDENT
from lamplighter.hub.papers.writing import parts
from lamplighter.reporting.papers.outline import (
    ADDRESS,
    LEAD,
    SOFT,
    STRONG,
    Block,
    Blocks,
    Facts,
    Heading,
    Hint,
    Note,
    Points,
    Run,
    Sealed,
    Signature,
    Table,
    Text,
    cell,
)
from lamplighter.reporting.words import count, day, span

Given = Mapping[str, Any]
CAUTION = (
    "This puts together what was reported. It is not a finding of fact. Check each line against "
    "its report before it is "
    "relied on."
)
READ_BY_RULES = (
    "Acts were read from the words recorded, by rules that are named and dated, and a person may "
    "have corrected "
    "them. References to s.2A(3) are to the examples of acts associated with stalking in the Protection from "
    "Harassment Act 1997. The reading helps to find incidents and is not evidence."
)
NO_ADDRESS = "Addresses and numbers of the victim are withheld."
BEFORE_IT_GOES = Hint(
    "On the draft alone. Look for other addresses and numbers in the words before this is served. "
    "The reading of acts is a search aid: list it on the schedule of unused material."
)
NO_INCIDENT = "The case shows no report. That is no sign that nothing happened: ask each agency."


def schedule(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    found = incidents.with_words(incidents.of_case(case, now), now)
    blocks: list[Block] = [
        Text(_in_a_sentence(case, found, now), LEAD),
        Note(CAUTION),
        parts.people(case, now),
        Heading("Incidents, in order"),
        incidents.table(found) if found else Text(NO_INCIDENT),
    ]
    if given.get("remarks"):
        blocks += [Heading("Remarks of whoever made it"), Text(given["remarks"])]
    blocks += parts.missing(_gaps_of(found))
    blocks += [Heading("How this was put together"), Text(READ_BY_RULES), Text(NO_ADDRESS), BEFORE_IT_GOES]
    return {"": tuple(blocks)}


def _in_a_sentence(case: Case, found: Sequence[Incident], now: dt.datetime) -> str:
    victim = parts.named(case, Party.Side.VICTIM, now)
    suspect = parts.named(case, Party.Side.SUSPECT, now)
    dated = [i.on for i in found if i.on]
    told = f"{count(len(found), 'report').capitalize()} about {victim} and {suspect}"
    if len(dated) > 1:
        told += f", from {day(dated[0])} to {day(dated[-1])} ({span((dated[-1] - dated[0]).days)})"
    return told + "."


def _gaps_of(found: Sequence[Incident]) -> list[str]:
    gaps = [] if found else [NO_INCIDENT]
    if undated := [i for i in found if not i.on]:
        gaps.append(f"{cited(undated)}: the date is not known.")
    if unread := [i for i in found if i.account is None]:
        gaps.append(
            f"{cited(unread)}: the words are not held here for whoever made this paper. Ask the agency."
        )
    if empty := [i for i in found if i.account == ""]:
        gaps.append(f"{cited(empty)}: the report holds no account.")
    return gaps


# Stalking Protection Order ---------------------------------------------------------------------------------


def proposed(case: Case, day_: dt.date, as_at: dt.datetime | None = None) -> dict[str, list[Incident]]:
    """Return for each draft prohibition, by code, the incidents after which it is proposed."""
    found = incidents.of_case(case, as_at)
    return {
        code: [i for i in found if {*rule.extra["acts"]} & {*i.acts}]
        for code, rule in rules.on("prohibition", day_).items()
    }


def spo(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    today = timezone.localdate(now)
    found = incidents.with_words(incidents.of_case(case, now), now)
    gaps = _gaps_of(found)
    limbs = rules.on("limb", today)
    blocks: list[Block] = [
        Text(_in_a_sentence(case, found, now), LEAD),
        Hint(
            "On the draft alone, for the chief officer’s legal team. The standard of proof is taken to be "
            "the civil one, since the guidance of April 2024: check it. No charge is needed, and an order "
            "does not take the place of a prosecution."
        ),
        parts.people(case, now),
        Heading("The test, limb by limb"),
    ]
    for number, (code, build) in enumerate((("acts", _acts), ("risk", _risk), ("necessary", _necessary)), 1):
        rule = limbs.get(code)
        if rule is None:
            gaps.append(f"No rule of this hub gives limb {number} of the test on this day.")
            continue
        blocks += [Heading(f"{number}. {rule.title}", 3), Text(str(rule.extra["ask"]), SOFT)]
        made, lacking = build(case, found, given, now)
        blocks += made
        gaps += lacking
    blocks += [
        Heading("Draft prohibitions"),
        *_terms(given, "prohibition", proposed(case, today, now), today, gaps),
    ]
    blocks += [Heading("Draft positive requirements"), *_terms(given, "requirement", {}, today, gaps)]
    blocks += [Heading("Incidents, in order"), Note(CAUTION)]
    blocks.append(incidents.table(found) if found else Text(NO_INCIDENT))
    blocks += [Heading("Exhibits"), *parts.exhibits_held(case, now, {i.key: i.number for i in found})]
    if not exhibits.of_case(case, now):
        gaps.append("No exhibit is held.")
    blocks += [Heading("Hearsay"), *_hearsay(found, given, today, gaps)]
    gaps.append(
        "Not in this pack: whether the respondent lives in, is in or intends to come to the police area, and "
        "the chief officer’s authority to apply."
    )
    blocks += parts.missing(gaps)
    blocks += [Heading("How this was put together"), Text(READ_BY_RULES), Text(NO_ADDRESS), BEFORE_IT_GOES]
    blocks.append(Signature(("Prepared by: name and rank", "Signature", "Date")))
    return {"": tuple(blocks)}


def _acts(
    case: Case, found: Sequence[Incident], given: Given, now: dt.datetime
) -> tuple[list[Block], list[str]]:
    rows = []
    for limb, words in labels.LIMBS.items():
        supports = [i for i in found if limb in i.limbs]
        if supports:
            title = words.capitalize() if limb == "other" else f"s.2A(3)({limb}) {words}"
            rows.append(
                (
                    cell(title),
                    cell(cited(supports)),
                    cell(_exhibits(case, supports, now)),
                )
            )
    lacking = [] if rows else ["Limb 1: no incident shows an act associated with stalking."]
    if len([i for i in found if i.limbs]) == 1:
        lacking.append("Limb 1: one incident alone shows such an act. The Act speaks of acts.")
    if not rows:
        return [Text("No incident of the case supports this limb.")], lacking
    return [Table("", ("Acts", "Incidents", "Exhibits"), tuple(rows), (0, 4.6, 3.6))], lacking


def _exhibits(case: Case, supports: Sequence[Incident], now: dt.datetime) -> str:
    keys = {i.key for i in supports}
    held = exhibits.of_case(case, now)
    numbers = [e.number for e in held if keys & {*e.incidents}]
    # An exhibit that nobody has linked yet may show it all the same.
    return ", ".join(numbers) or ("None linked" if held else "None held")


def _risk(
    case: Case, found: Sequence[Incident], given: Given, now: dt.datetime
) -> tuple[list[Block], list[str]]:
    lacking = [f"Limb 2: {gap}" for gap in parts.risk_gaps(case, now)]
    return list(parts.risk_as_judged(case, found, now)), lacking


def _necessary(
    case: Case, found: Sequence[Incident], given: Given, now: dt.datetime
) -> tuple[list[Block], list[str]]:
    blocks: list[Block] = [
        Text("What was done already", STRONG),
        *parts.criminal_matters(case, now),
        *parts.orders_in_force(case, now),
    ]
    said, recorded = [i for i in found if "breach" in i.acts], orders.breaches(case, now)
    if said:
        blocks.append(Text(f"{cited(said)}: a condition or an order is said to have been broken."))
    if recorded:
        blocks += [Text("Breaches recorded", STRONG), Points(tuple(recorded))]
    if not said and not recorded:
        blocks.append(Text("No breach is recorded, and no incident is read as one."))
    lacking = []
    if words := given.get("necessity", ""):
        blocks += [Text("Why nothing less would do", STRONG), Text(words)]
    else:
        lacking.append("Limb 3: nobody has said why an order is necessary.")
    last = max((i.on for i in found if i.on), default=None)
    if last is None:
        lacking.append("Limb 3: the date of the last incident is not known.")
    else:
        days = (timezone.localtime(now).replace(tzinfo=None) - last).days
        blocks.append(
            Text(f"The last dated incident was on {day(last)}, {span(max(days, 0))} before this was made.")
        )
    return blocks, lacking


def _terms(
    given: Given, table: str, because: Mapping[str, Sequence[Incident]], today: dt.date, gaps: list[str]
) -> list[Block]:
    """Return the chosen terms, each with the incidents that led to it, and those that were typed."""
    chosen = given.get(f"{table}s", [])
    items = []
    for code in chosen:
        why = because.get(code, ())
        items.append(f"{rules.title(table, code)}{f' ({cited(why)}.)' if why else ''}")
    items += parts.lines(given.get(f"own_{table}s", ""))
    if not items:
        gaps.append(f"No {table} is drafted.")
        return [Text("None is drafted.")]
    return [Points(tuple(items), numbered=True)]


def _hearsay(found: Sequence[Incident], given: Given, today: dt.date, gaps: list[str]) -> list[Block]:
    rule = rules.one("hearsay", today)
    why = given.get("hearsay_why", "").strip()
    if found and not why:
        gaps.append("Hearsay: nobody has said why those who made the statements are not called.")
    rows = tuple(
        (
            cell(str(i.number)),
            (
                Run(f"Report {i.reference}" if i.reference else "Report"),
                Run(f"{i.agency}, {i.reported or 'day not held'}", SOFT),
            ),
            cell("The person who reported it, as the agency recorded it"),
            cell(why or "No reason given yet"),
        )
        for i in found
    )
    note = Hint(f"On the draft alone. {rule.title} {MARKS[rule.mark]}".strip())
    if not rows:
        return [note, Text("There is no statement to list.")]
    return [
        note,
        Text("Statements of people who are not to be called as witnesses."),
        Table(
            "", ("Incident", "Statement", "Whose words", "Why they are not called"), rows, (2.2, 4.8, 0, 4.4)
        ),
    ]


MARKS = {"S": "", "K": "This is to be checked before it is relied on.", "I": "This is a default of the hub."}


# Restraining order -----------------------------------------------------------------------------------------


def restraining(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    today = timezone.localdate(now)
    found = incidents.of_case(case, now)
    gaps: list[str] = []
    suspect = parts.named(case, Party.Side.SUSPECT, now)
    victim = parts.named(case, Party.Side.VICTIM, now)
    terms = _terms(given, "prohibition", {}, today, gaps)
    head: list[Block] = [Facts((("Person to be protected", victim), ("Respondent", suspect)))]
    grounds: list[Block] = [Heading("Grounds"), Text(given.get("grounds", ""))]
    court: list[Block] = [
        Note(
            "For the court and the prosecutor alone. It holds an address that the respondent must not read."
        ),
        *head,
        Sealed("Address of the person to be protected", ADDRESS),
        Text(
            f"The address was verified on {given['verified_on']}, with: {given['verified_with']}. "
            "Have it verified again before it is used later.",
        ),
        *grounds,
        Heading("Draft prohibitions"),
        *terms,
        Heading("What the victim wants"),
        Text(given.get("views", "") or "The victim’s views are not recorded in this pack."),
        Heading("Criminal matters and orders"),
        *parts.criminal_matters(case, now),
        *parts.orders_in_force(case, now),
        Heading("Incidents, in order"),
        incidents.facts_table(found) if found else Text(NO_INCIDENT),
    ]
    if not given.get("views"):
        gaps.append("The views of the victim on an order are not held: ask before the hearing.")
    court += [*parts.missing(gaps), Signature(("Prepared by: name and rank", "Signature", "Date"))]
    respondent: list[Block] = [
        *head,
        Text("The address of the person to be protected is not given in this paper."),
        *grounds,
        Heading("Draft prohibitions"),
        *terms,
    ]
    return {COURT: tuple(court), RESPONDENT: tuple(respondent)}
