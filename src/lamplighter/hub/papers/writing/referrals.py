"""Referrals to MARAC and MAPPA, and the summary of a case: facts that everybody on the case may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.papers import rules
from lamplighter.hub.papers.contents import incidents
from lamplighter.hub.papers.writing import parts
from lamplighter.hub.papers.writing.courts import CAUTION, NO_INCIDENT
from lamplighter.reporting.papers.outline import Block, Blocks, Facts, Heading, Note, Points, Signature, Text
from lamplighter.reporting.words import day

Given = Mapping[str, Any]
CONSENT = {
    "yes": "They know of the referral and agree",
    "told": "They know of the referral and do not agree",
    "no": "They do not know of it: see the reasons",
}
LEVELS = {"1": "Level 1", "2": "Level 2", "3": "Level 3"}


def _known(case: Case, now: dt.datetime) -> list[Block]:
    """Return what both referrals and the summary hold: risk, criminal matters, orders, incidents."""
    found = incidents.of_case(case, now)
    return [
        Heading("Risk"),
        *parts.risk_as_judged(case, found, now),
        Heading("Criminal matters and orders"),
        *parts.criminal_matters(case, now),
        *parts.orders_in_force(case, now),
        Heading("Incidents, in order"),
        Note(CAUTION),
        incidents.facts_table(found) if found else Text(NO_INCIDENT),
    ]


def _from_whom(user: User, case: Case, now: dt.datetime) -> Facts:
    return Facts(
        (
            ("Referred by", f"{user.display_name}, {user.agency.name if user.agency else ''}"),
            ("Agencies on the case", parts.agencies(case, now)),
            ("Status", parts.where_it_stands(case, now)),
        )
    )


def marac(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    wishes = given.get("wishes", "")
    blocks = [
        _from_whom(user, case, now),
        parts.people(case, now),
        Heading("Criteria"),
        Points(tuple(rules.title("marac", code) for code in given["criteria"])),
        Heading("Why it should be heard"),
        Text(given["reason"]),
        Heading("The victim"),
        Facts(
            (
                ("Knows of the referral", CONSENT[given["consent"]]),
                ("What they want", wishes or "Not held: ask"),
            )
        ),
        *_known(case, now),
    ]
    gaps = parts.risk_gaps(case, now) + ([] if wishes else ["What the victim wants is not held."])
    return {"": (*blocks, *parts.missing(gaps), Signature(("Signature", "Date")))}


def mappa(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    blocks = [
        _from_whom(user, case, now),
        parts.people(case, now),
        Heading("Category and level asked for"),
        Facts((("Category", rules.title("mappa", given["category"])), ("Level", LEVELS[given["level"]]))),
        Heading("Why it needs this level"),
        Text(given["reason"]),
        *_known(case, now),
    ]
    gaps = parts.risk_gaps(case, now)
    if not cases.legal_standing(case, now):
        gaps.append("No criminal matter is held. Category 2 and 3 ask for a conviction or a caution.")
    return {"": (*blocks, *parts.missing(gaps), Signature(("Signature", "Date")))}


def summary(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    referral = cases.referral(case, now)
    blocks: list[Block] = [parts.people(case, now), Facts(_standing(case, now))]
    if given.get("remarks"):
        blocks += [Heading("What it is for"), Text(given["remarks"])]
    blocks.append(Heading("Why it was referred"))
    blocks.append(Text(referral.why if referral else "No referral is held."))
    return {"": (*blocks, *_known(case, now), *parts.missing(parts.risk_gaps(case, now)))}


def _standing(case: Case, now: dt.datetime) -> tuple[tuple[str, str], ...]:
    return (
        ("Status", parts.where_it_stands(case, now)),
        ("Opened", day(case.opened_at)),
        ("Agencies on the case", parts.agencies(case, now)),
    )
