"""Turn what was signed into what pages show: a switch in plain words, its state, who read it and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.design.environment import long_date, long_time
from lamplighter.hub.law import permissions, rule_files, rules
from lamplighter.hub.law.configuration import PER
from lamplighter.hub.law.models import Check, Reading, SwitchedOff
from lamplighter.hub.law.selectors import Standing, first_who_signs, who_answers


def name(standing: Standing) -> str:
    """Return what a switch is called, with the area, version or court as it was signed."""
    return f"{standing.switch.title}, {signed_for(standing)}" if standing.per else standing.switch.title


def signed_for(standing: Standing) -> str:
    """Return the area, version or court as somebody wrote it last."""
    return standing.signed[0].reading.per if standing.signed else standing.per


def state(standing: Standing, on: dt.date) -> tuple[bool, str]:
    """Return whether a switch is on, on a day, and how it stands in words."""
    if holding := standing.holding(on):
        until = f" until {_before(holding.valid_until)}" if holding.valid_until else ""
        return True, f"On from {long_date(holding.valid_from)}{until}"
    if coming := standing.coming(on):
        return False, f"Off. It comes on on {long_date(coming.valid_from)}"
    if standing.waiting:
        return False, "Off. Signed, and waits for the check of a second person"
    if standing.ended:
        return False, f"Off. Switched off from {long_date(standing.ended[0].day)}"
    if standing.last is not None and standing.last.valid_from is None:
        return False, "Off. Read, and not in force"
    if any(s.counts for s in standing.signed):
        return False, "Off. It has ended"
    return (
        False,
        "Off. Nobody has read it and signed" if not standing.signed else "Off. The check did not agree",
    )


def _before(day: dt.date) -> str:
    return long_date(day - dt.timedelta(days=1))


def row(standing: Standing, on: dt.date, first: User | None = None) -> dict[str, Any]:
    """Return one switch as the list shows it."""
    switch, last = standing.switch, standing.last
    is_on, words = state(standing, on)
    read = standing.holding(on) or last
    answers = who_answers(standing, first)
    return {
        "code": switch.code,
        "title": name(standing),
        "about": switch.about,
        "on": is_on,
        "state": words,
        "per": PER.get(switch.per, "") if not standing.per else "",
        "instrument": f"{read.instrument}, {read.reference}" if read else "",
        "to_read": switch.instrument,
        "by": _by(read) if read else "",
        "checked": _checked(standing, read),
        "next_review": long_date(standing.next_review),
        "overdue": standing.next_review < on,
        "answers": answers.display_name if answers else "",
    }


def _by(reading: Reading) -> str:
    return f"{reading.by.display_name} on {long_date(reading.read_on)}"


def _checked(standing: Standing, reading: Reading | None) -> str:
    found = next((s.check for s in standing.signed if reading and s.reading.pk == reading.pk), None)
    if found is None:
        return ""
    agreed = "Checked by" if found.agrees else "Not agreed by"
    return f"{agreed} {found.by.display_name} on {long_date(timezone.localdate(found.at))}"


def page(standings: Iterable[Standing], user: User, on: dt.date) -> dict[str, Any]:
    """Return the whole list: switches, how many are on and overdue, files of rules, and who signs."""
    first = first_who_signs()
    rows = [row(s, on, first) for s in standings]
    files = [_file(f, on) for f in rule_files.every()]
    return {
        "rows": rows,
        "on": sum(r["on"] for r in rows),
        "overdue": sum(r["overdue"] for r in rows),
        "files": files,
        "files_overdue": sum(f["overdue"] for f in files),
        "sees_parts": _sees_parts(user),
        **who(on),
    }


def _sees_parts(user: User) -> bool:
    from lamplighter.hub.accounts.permissions import may_see_configuration

    return may_see_configuration(user)


def who(on: dt.date) -> dict[str, str]:
    """Return who signs and who checks, in words."""
    extra = rules.signing(on).extra
    return {"signers": _roles(extra["sign"]), "checkers": _roles(extra["check"])}


def _roles(codes: Iterable[str]) -> str:
    words = [str(Role(code).label).lower() + "s" for code in codes]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _file(found: rule_files.RuleFile, on: dt.date) -> dict[str, Any]:
    changes = sorted(found.upkeep.changes, key=lambda c: c.on, reverse=True)
    return {
        "title": found.title,
        "part": found.part,
        "author": found.upkeep.author,
        "checker": found.upkeep.checker,
        "next_review": long_date(found.upkeep.next_review),
        "overdue": found.upkeep.overdue(on),
        "changes": [f"{long_date(c.on)}, {c.by}: {c.what}" for c in changes],
    }


def one(standings: list[Standing], user: User, on: dt.date, *, past: bool) -> dict[str, Any]:
    """Return the page of one switch: how it stands, what is known, its history, and what can be done."""
    switch = standings[0].switch
    return {
        "switch": switch,
        "rows": [_standing(s, user, on, past=past, first=first_who_signs()) for s in standings],
        "history": _history(standings),
        "may_sign": permissions.may_sign(user) and not past,
        **who(on),
    }


def _standing(
    standing: Standing, user: User, on: dt.date, *, past: bool, first: User | None
) -> dict[str, Any]:
    holding = standing.holding(on) or standing.coming(on)
    checks = [r for r in standing.waiting if r.by_id != user.pk and permissions.may_check(user)]
    can_end = holding is not None and permissions.may_sign(user)
    return row(standing, on, first) | {
        "words": holding.words if holding else "",
        "check": [] if past else [reverse("law:check", args=[r.key]) for r in checks],
        "off": reverse("law:off", args=[holding.key]) if holding and can_end and not past else "",
    }


def _history(standings: list[Standing]) -> list[dict[str, Any]]:
    """Return every entry, the newest first."""
    made: list[tuple[dt.datetime, dict[str, Any]]] = []
    for standing in standings:
        for signed in standing.signed:
            made.append((signed.reading.at, _entry(signed.reading, _read(signed.reading))))
            if signed.check:
                made.append((signed.check.at, _entry(signed.check, _check(signed.check, signed.reading))))
        made += [(off.at, _entry(off, _off(off))) for off in standing.ended]
    return [entry for _, entry in sorted(made, key=lambda e: e[0], reverse=True)]


def _entry(row: Reading | Check | SwitchedOff, told: dict[str, Any]) -> dict[str, Any]:
    return {"at": long_time(row.at), "by": row.by.display_name} | told


def _read(row: Reading) -> dict[str, Any]:
    per = f" for {row.per}" if row.per else ""
    if row.valid_from is None:
        what = f"Read{per}: not in force"
    else:
        until = f" until {_before(row.valid_until)}" if row.valid_until else ""
        what = f"Signed{per}: in force from {long_date(row.valid_from)}{until}"
    lines = [
        f"Read on {long_date(row.read_on)}: {row.instrument}, {row.reference}",
        f"Next review {long_date(row.next_review)}",
        row.words,
    ]
    return {"what": what, "lines": [line for line in lines if line]}


def _check(row: Check, reading: Reading) -> dict[str, Any]:
    per = f" for {reading.per}" if reading.per else ""
    what = "Checked" if row.agrees else "Checked, and not agreed"
    return {"what": f"{what}{per}", "lines": [row.reason]}


def _off(row: SwitchedOff) -> dict[str, Any]:
    per = f" for {row.per}" if row.per else ""
    return {"what": f"Switched off{per} from {long_date(row.day)}", "lines": [row.reason]}


def reading(found: Reading) -> list[tuple[str, str]]:
    """Return what somebody signed, for whoever checks it."""
    told = [
        ("Signed by", f"{found.by.display_name}, {long_time(found.at)}"),
        ("Signed for", found.per),
        ("Read", f"{found.instrument}, {found.reference}"),
        ("Read on", long_date(found.read_on)),
        ("In force from", long_date(found.valid_from) if found.valid_from else ""),
        ("Until", _before(found.valid_until) if found.valid_until else ""),
        ("What it says", found.words),
        ("Next review", long_date(found.next_review)),
    ]
    return [(label, words) for label, words in told if words]
