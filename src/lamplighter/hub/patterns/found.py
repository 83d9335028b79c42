"""What the rules found in a pattern, in the order in which somebody who decides needs it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lamplighter.courses.wording import FIRST, FOUR, in_names
from lamplighter.hub.patterns.models import Finding
from lamplighter.hub.patterns.reading import Reading

# Each occasion of the timeline says its limbs; the list of them is for whoever drafts a charge.
LIMB = "limb."


def four(reading: Reading) -> list[dict[str, Any]]:
    """FOUR: each feature with the occasions that show it."""
    found = []
    for rule in FOUR:
        finding = reading.findings.get(rule)
        met = finding is not None and finding.met
        found.append(
            {
                "title": finding.title if finding else rule.split(".")[1].capitalize(),
                "met": met,
                "words": finding.words if finding else "Nothing recorded shows this yet.",
                "occasions": evidence(reading, finding) if finding and met else [],
            }
        )
    return found


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
    return [{"text": f"occasion {n}", "href": f"#occasion-{n}"} for n in numbers]


def first(reading: Reading) -> list[dict[str, Any]]:
    """What to weigh before deciding: the rules of ``FIRST`` that were met, in its order; nothing of it stands
    again below."""
    return _shown(reading, [r for r in FIRST if r in reading.findings])


def others(reading: Reading) -> list[dict[str, Any]]:
    """The other rules that were met, with their words and occasions."""
    elsewhere = {*FOUR, *FIRST, "course.occasions"}
    return _shown(reading, [r for r in reading.findings if r not in elsewhere and not r.startswith(LIMB)])


def limbs(reading: Reading) -> list[dict[str, Any]]:
    """The examples of section 2A(3) that the acts are of, each with its occasions."""
    return _shown(reading, [r for r in reading.findings if r.startswith(LIMB)])


def _shown(reading: Reading, rules: Collection[str]) -> list[dict[str, Any]]:
    met = [f for r in rules if (f := reading.findings[r]).met]
    return [
        {"title": f.title, "words": in_names(f.words, reading.agency), "occasions": evidence(reading, f)}
        for f in met
    ]
