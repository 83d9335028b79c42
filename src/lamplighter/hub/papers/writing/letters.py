"""Letters, and the victim's own plan to take along: short papers that say little."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.models import Case
from lamplighter.hub.papers.writing import parts
from lamplighter.reporting.papers.outline import Block, Blocks, Facts, Heading, Signature, Text
from lamplighter.reporting.words import day

Given = Mapping[str, Any]


def _letter(user: User, given: Given, now: dt.datetime, before: tuple[Block, ...] = ()) -> tuple[Block, ...]:
    signed = given.get("signed") or user.display_name
    blocks: list[Block] = [Text(day(timezone.localdate(now))), *before, Text(given["dear"])]
    blocks += [Text(part.strip()) for part in given["words"].split("\n\n") if part.strip()]
    return (*blocks, Signature((signed,)))


def to_victim(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    """Write without an address, a reference or a name of the hub: what is on it is what was typed."""
    return {"": _letter(user, given, now)}


def to_court(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    agency = user.agency.name if user.agency else ""
    before = (
        Text(given["to"]),
        Facts((("Case", case.reference), ("From", f"{user.display_name}, {agency}"))),
        Heading("The criminal matter, as the hub holds it"),
        *parts.criminal_matters(case, now),
        Heading("Letter"),
    )
    return {"": _letter(user, given, now, before)}


def acknowledgement(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    referral = cases.referral(case, now)
    known: list[tuple[str, str]] = [("Case", case.reference)]
    if referral is not None:
        known.append(("Received", day(timezone.localdate(referral.at))))
        known.append(("Referred by", referral.owner.name))
    known.append(("Status", parts.where_it_stands(case, now)))
    return {"": _letter(user, given, now, (Facts(tuple(known)),))}


def take_along(user: User, case: Case, given: Given, now: dt.datetime) -> dict[str, Blocks]:
    """Write the chosen parts of the plan, under headings that anybody's notes could have."""
    blocks: list[Block] = []
    for part in given["parts"]:
        blocks += [
            Heading(part["heading"]),
            *(Text(line) for line in part["words"].split("\n") if line.strip()),
        ]
    return {"": tuple(blocks)}
