"""List the rules' findings in a pattern, in the order in which somebody who decides needs them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lamplighter.courses.rules import rule_texts
from lamplighter.courses.summaries.labels import FIRST, FOUR, in_names
from lamplighter.hub.patterns.models import Finding
from lamplighter.hub.patterns.one_pattern.selectors import Reading
from lamplighter.reporting.words import NOT_SHOWN

# Each occasion of the timeline says its limbs; the list of them is for whoever drafts a charge.
LIMB = "limb."


def four(reading: Reading) -> list[dict[str, Any]]:
    """FOUR: each feature with the occasions that show it."""
    found = []
    for rule in FOUR:
        finding = reading.findings.get(rule)
        unread = _unread(reading, rule)
        met = finding is not None and finding.met
        found.append(
            {
                "title": finding.title if finding else rule.split(".")[1].capitalize(),
                "met": met or unread,
                "words": ELSEWHERE if unread else finding.words if finding else _not_shown(reading),
                "occasions": evidence(reading, finding) if finding and met else [],
            }
        )
    return found


# A rule that was met by what whoever asks may not read.
ELSEWHERE = "Shown by a report that you cannot read. Ask the agency that holds it."


def _unread(reading: Reading, rule: str) -> bool:
    return rule in reading.course.rules_met and rule not in reading.findings


def _not_shown(reading: Reading) -> str:
    return NOT_SHOWN.replace("is recorded", "you can read") if reading.elsewhere else NOT_SHOWN


def contents(reading: Reading, *, amended: bool = False) -> list[dict[str, str]]:
    """Links to the parts of the page, in its order: only to those that it has."""
    parts = (
        ("timeline", "What happened", True),
        ("four", "The four signs", True),
        ("over-time", "How often", any(o.at for o in reading.forward)),
        ("rules", "Other findings", bool(others(reading) or limbs(reading))),
        ("same-people", "Why the same people", True),
        ("amendments", "Corrections", amended),
        ("decisions", "Decisions", True),
    )
    return [{"text": text, "href": f"#{part}"} for part, text, there in parts if there]


def evidence(reading: Reading, finding: Finding) -> list[dict[str, str]]:
    """Links to the occasions that show a finding."""
    keys = set(finding.evidence)
    numbers = sorted({o.number for o in reading.occasions if o.key in keys})
    return [{"text": f"incident {n}", "href": f"#occasion-{n}"} for n in numbers]


def first(reading: Reading) -> list[dict[str, Any]]:
    """List what to weigh before deciding: the rules of ``FIRST`` that were met, in its order; nothing of it
    stands again below."""
    return _shown(reading, FIRST)


def others(reading: Reading) -> list[dict[str, Any]]:
    """The other rules that were met, with their words and occasions."""
    elsewhere = {*FOUR, *FIRST, "course.occasions"}
    return _shown(reading, [r for r in _rules(reading) if r not in elsewhere and not r.startswith(LIMB)])


def limbs(reading: Reading) -> list[dict[str, Any]]:
    """The examples of section 2A(3) that the acts are of, each with its occasions."""
    return _shown(reading, [r for r in _rules(reading) if r.startswith(LIMB)])


def _rules(reading: Reading) -> list[str]:
    """Rules that were looked at, and those that were met by what whoever asks may not read."""
    return [*reading.findings, *(r for r in reading.course.rules_met if r not in reading.findings)]


def _shown(reading: Reading, rules: Collection[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for rule in rules:
        finding = reading.findings.get(rule)
        if finding is not None and finding.met:
            words = in_names(finding.words, reading.agency)
            found.append({"title": finding.title, "words": words, "occasions": evidence(reading, finding)})
        elif _unread(reading, rule) and rule in rule_texts():
            found.append({"title": rule_texts()[rule].title, "words": ELSEWHERE, "occasions": []})
    return found
