"""The parts of the configuration that are about who works with the hub: agencies and training."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lamplighter import vocabulary
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.faults import quoted
from lamplighter.rule_files.schema import (
    Document,
    Report,
    Row,
    Rows,
    Value,
    code,
    count,
    origin,
    text,
)

VOCABULARY = Path(vocabulary.__file__).parent

# Agencies --------------------------------------------------------------------------------------------------

# The shape of a reference is looked for in words that come from outside. So it may hold capital letters,
# digits, a few marks, \d and [A-Z], each so many times at the most, and nothing else.
_ATOM = r"(?:\\[d./-]|\[[A-Z0-9-]{1,12}\]|[A-Z0-9/_ -])"
_TIMES = r"(?:\?|\{\d{1,2}(?:,\d{1,2})?\})?"
_GROUP = rf"\(((?:{_ATOM}{_TIMES})*)\)"
REFERENCE = re.compile(_GROUP * 3)
_PIECE = re.compile(rf"({_ATOM})({_TIMES})")
EXAMPLE = r"'(NS/)(\d{1,6})(/\d{2})'"
SHORTEST = 4  # characters that a reference has at least, or every number in a sentence would be one
CODE = re.compile(r"[a-z0-9][a-z0-9-]+")


def _is_agency(value: str) -> str | None:
    return None if CODE.fullmatch(value) else "be two or more lowercase letters, digits and hyphens"


def _is_small(value: str) -> str | None:
    return None if value == " ".join(value.lower().split()) else "be in lowercase letters"


def _is_reference(value: str) -> str | None:
    found = REFERENCE.fullmatch(value)
    if found is None:
        return f"be three groups of capital letters, digits and \\d, such as {EXAMPLE}"
    if sum(_least(group) for group in found.groups()) < SHORTEST:
        return f"be of {SHORTEST} characters or more, such as {EXAMPLE}"
    return None


def _least(group: str) -> int:
    """Return how many characters a group matches at the least."""
    pieces = [times for _, times in _PIECE.findall(group)]
    return sum(0 if t == "?" else int(re.findall(r"\d+", t)[0]) if t else 1 for t in pieces)


def _kinds() -> Mapping[str, str]:
    from lamplighter.hub.accounts.models import Agency

    return dict(Agency.Kind.choices)


AGENCY = Rows(
    "agency",
    "Agencies",
    (
        Value("code", "Code", longest=60, shape=_is_agency, shown=False),
        text("name", "Name", longest=120, shown=False),
        Value("kind", "Kind", one_of=_kinds),
        Value("names", "Also written as", many=True, optional=True, longest=120, shape=_is_small),
        Value("reference", "Shape of its reference numbers", optional=True, longest=200, shape=_is_reference),
        Value("pad", "Digits of the number, with zeros in front", of=int, least=1, most=12, optional=True),
    ),
    heading="name",
    dated=False,
)


def _check_agencies(document: Document, report: Report, reading: Reading) -> None:
    rows = document["agency"]
    called: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        place = report.row(AGENCY, number, rows)
        for name in {row["code"], row["name"].lower(), *row.get("names", ())}:
            if called.setdefault(name, row["code"]) != row["code"]:
                what = f"{quoted(name)} is what {quoted(called[name])} is called too."
                report.add("ambiguous", place, what, "A name must mean one agency.")
        _check_pad(row, place, report)


def _check_pad(row: Row, place: str, report: Report) -> None:
    if "pad" not in row:
        return
    found = REFERENCE.fullmatch(row.get("reference", ""))
    if found is None:
        report.add("missing_key", place, "pad is given, and reference is not.", f"Add reference = {EXAMPLE}.")
    elif any(atom != r"\d" for atom, _ in _PIECE.findall(found[2])):
        what = "the second group of reference holds more than digits, and pad fills it with zeros."
        report.add("malformed", f"{place}, key pad", what, f"Write reference as in {EXAMPLE}.")


TEMPLATE = r"""meaning = "Agencies that own reports."
source = "The hub's own list."

[[agency]]
code = "hub"
name = "The hub itself"
kind = "hub"

# An agency. Take out the # and write your own. kind is police, health, probation, advocacy or hub. It decides
# what its people may read, and cannot be changed later. The rest may be left out. names are other ways in
# which people write it, in lowercase letters. reference is the shape of its references in three groups:
# what stands before the number, the number, what stands after it. pad is how many digits the number has with
# zeros in front.
#
# [[agency]]
# code = "northshire-police"
# name = "Northshire Police"
# kind = "police"
# names = ["northshire", "ns police"]
# reference = '(NS/)(\d{1,6})(/\d{2})'
# pad = 6
"""
AGENCIES = Part(
    "agencies",
    "Agencies",
    "Which agencies work with the hub, of which kind each is, and what its reference numbers look like.",
    VOCABULARY / "agencies.toml",
    (
        text("meaning", "Meaning", optional=True, shown=False),
        text("source", "Source", optional=True),
        AGENCY,
    ),
    rules=_check_agencies,
    template=lambda: TEMPLATE,
    keeps_up=False,
    # The database keeps every agency that there was.
    keeps_codes=False,
)

# Training --------------------------------------------------------------------------------------------------

# What somebody is told before they do it, where their training does not count that day. Nothing is refused.
ACTS = {
    "release": "information is shared with another agency",
    "typology": "the type of a person stalking is judged",
    "risk": "the risk of a case is assessed",
}

TRAINING = Part(
    "training",
    "Training",
    "Which training the hub asks for, and how long it counts.",
    Path(__file__).with_name("training.toml"),
    (
        Rows(
            "topic",
            "Topics",
            (
                code(longest=40),
                text("name", "Name", longest=120, shown=False),
                count("months", "Counts for", "month", most=240, optional=True),
                Value("before", "Asked about before", many=True, optional=True, one_of=lambda: ACTS),
            ),
            heading="name",
        ),
    ),
)
# Drafts ----------------------------------------------------------------------------------------------------

DRAFTS = Part(
    "drafts",
    "Drafts",
    "How long the hub holds what somebody has typed on a form and not saved, for them alone.",
    Path(__file__).with_name("drafts.toml"),
    (
        Rows(
            "draft",
            "Drafts",
            (
                code(),
                text("title", "Words", longest=200, shown=False),
                count("days", "Held for", "day", most=31),
                *origin(),
            ),
            single=True,
            always=("draft",),
        ),
    ),
)
PARTS = (AGENCIES, TRAINING, DRAFTS)
