"""The sentence that comes first: who, how many reports, what they were called, by whom, over how long."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from lamplighter.courses.reports.facts import by_police
from lamplighter.reporting.words import count, listed, ordinal, small, span
from lamplighter.vocabulary.codes import code_set

Row = Mapping[str, Any]
# Also what is never closed, to the end, and left alone: no other bracket need be tried then.
_ASIDE = re.compile(r"(?<!\s)\s*+\([^)]*+(?:\)|\Z)")
# "Neighbour matter (contact)" and the like: what a service was told, which is not a crime's name.
_KIND_WORDS = {"police": ("force", "forces"), "advocacy": ("helpline", "helplines")}


def offence(code: str | None) -> str:
    """'criminal damage'; 'something not mapped' when the source's title has no group."""
    if code is None:
        return "something not mapped"
    codes = code_set("offence_groups").codes
    return codes[code].title if code in codes else code.replace("_", " ")


def recorded_as(reports: Iterable[Row]) -> str:
    """'criminal damage, malicious communications (twice) and breach of bail', in the order of time."""
    counted = Counter(_without_asides(offence(r["recorded_as"])) for r in in_time(reports))
    times = {1: "", 2: " (twice)"}
    return listed([f"{name}{times.get(n, f' ({small(n)} times)')}" for name, n in counted.items()])


def _without_asides(text: str) -> str:
    return _ASIDE.sub(lambda aside: "" if aside[0].endswith(")") else aside[0], text)


def in_time(reports: Iterable[Row]) -> list[Row]:
    return sorted(reports, key=lambda r: (str(r["reported_at"] or "9999"), r["report_id"]))


def where(agencies: Collection[str], kinds: Mapping[str, str]) -> str:
    """'in two forces', 'in one force and by a helpline'."""
    tally = Counter(kinds.get(a, "") for a in agencies)
    parts = []
    for kind, (one, many) in _KIND_WORDS.items():
        if n := tally.pop(kind, 0):
            name = one if n == 1 else many
            amount = "one" if n == 1 else small(n)
            parts.append(
                f"in {amount} {name}" if kind == "police" else f"by {'a' if n == 1 else small(n)} {name}"
            )
    if rest := tally.total():
        parts.append(f"by {small(rest)} other {'agency' if rest == 1 else 'agencies'}")
    return listed(parts)


def over(reports: Iterable[Row], occasions: Sequence[datetime]) -> str:
    """'over 41 days', from the first occasion to the last; 'on one day'."""
    times = [*occasions] or [r["reported_at"] for r in reports if r["reported_at"]]
    if not times:
        return ""
    days = (max(times).date() - min(times).date()).days
    return f"over {span(days)}" if days else "on one day"


def called_stalking(
    reports: Sequence[Row], included: Collection[str] = (), kinds: Mapping[str, str] | None = None
) -> str:
    """'None was recorded as stalking.' or how many were: of police records, whatever a service calls it."""
    n = sum(
        by_police(str(r["agency"]), r.get("record_type"), kinds)
        and (r["recorded_as"] == "stalking" or r["report_id"] in included)
        for r in reports
    )
    if n == 0:
        none = "It was not recorded as stalking." if len(reports) == 1 else "None was recorded as stalking."
        return none + _called_by_a_service(reports, kinds)
    if n == len(reports):
        return "It was recorded as stalking." if n == 1 else "All were recorded as stalking."
    were = "was" if n == 1 else "were"
    return f"{small(n).capitalize()} of {small(len(reports))} {were} recorded as stalking."


def _called_by_a_service(reports: Sequence[Row], kinds: Mapping[str, str] | None) -> str:
    """That a helpline or probation called it stalking when no police did: the strongest form of hidden."""
    n = sum(
        r["recorded_as"] == "stalking" and not by_police(str(r["agency"]), r.get("record_type"), kinds)
        for r in reports
    )
    many = f" in {small(n)} reports" if n > 1 else ""
    return f" A helpline or another service called it stalking{many}, which is no crime record." if n else ""


def of_pattern(
    reports: Sequence[Row],
    victim: str,
    suspect: str,
    occasions: Sequence[datetime],
    kinds: Mapping[str, str],
    included: Collection[str] = (),
) -> str:
    """Return the sentence of a pattern; ``included`` are reports that stalking is among other offences of."""
    n = len(reports)
    agencies = {str(r["agency"]) for r in reports}
    facts = ", ".join(p for p in (where(agencies, kinds), over(reports, occasions)) if p)
    they = "It was" if n == 1 else "They were"
    return (
        f"{small(n).capitalize()} {'report' if n == 1 else 'reports'} about {victim} and {suspect}, {facts}. "
        f"{they} recorded as {recorded_as(reports)}. {called_stalking(reports, included, kinds)}"
    )


def of_new_report(
    new: Row,
    others: Sequence[Row],
    victim: str,
    suspect: str,
    occasions: Sequence[datetime],
    kinds: Mapping[str, str],
) -> str:
    """The sentence after saving: which report this is, and what the others were called."""
    n = len(others)
    agencies = {str(r["agency"]) for r in (*others, new)}
    facts = ", ".join(p for p in (where(agencies, kinds), over([*others, new], occasions)) if p)
    place = len(others) + 1
    called = called_stalking([*others, new], kinds=kinds)
    others_words = "The other was" if n == 1 else f"The other {small(n)} were"
    return (
        f"This is the {ordinal(place)} report about {victim} and {suspect}. "
        f"{others_words} recorded as {recorded_as(others)}, {facts}. {called}"
    )


def weak(n: int) -> str:
    """Say that nothing was found: silence never means 'not searched'."""
    if n == 0:
        return "No earlier report was found, and nothing resembles it."
    listed_below = "is listed below" if n == 1 else "are listed below"
    return (
        f"No earlier report was found. {count(n, 'weak possibility', 'weak possibilities')} {listed_below}."
    )


def of_report_alone(report: Row, occasions: Sequence[datetime], numbers: int, weak_ones: int) -> str:
    """The sentence after saving a report that is a pattern by itself: it tells of several occasions."""
    told = f"This report alone describes {count(numbers, 'incident', 'incidents')}"
    when = f", {over([report], occasions)}" if len(occasions) > 1 else ""
    return f"{weak(weak_ones)} {told}{when}, which make a pattern. {called_stalking([report])}"
