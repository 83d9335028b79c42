"""The part of the configuration about papers: the test of the Act, draft terms, criteria, bundles, limits."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.papers.kinds import KINDS
from lamplighter.hub.site.config_files.part import Part
from lamplighter.rule_files.schema import Rows, Value, code, count, origin, text
from lamplighter.vocabulary.codes import code_set

SHIPPED = Path(__file__).with_name("rules.toml")
# Limbs of the test that the pack knows how to support.
LIMBS = ("acts", "risk", "necessary")
# Those whom the hub knows how to find (``who_learns``).
LEARNS = ("victim", "forces", "withdrawn")
TITLE = text("title", "Words", longest=600, shown=False)


def _acts() -> dict[str, str]:
    return {c: row.title for c, row in code_set("behaviours").codes.items()}


def _kinds() -> dict[str, str]:
    return {c: kind.title for c, kind in KINDS.items()}


PART = Part(
    "papers",
    "Papers",
    "What the papers of a case say that follows from law and from courts: tests, draft terms, "
    "criteria, the form of a bundle.",
    SHIPPED,
    (
        Rows(
            "limb",
            "Test for a Stalking Protection Order",
            (code(), TITLE, text("ask", "What supports it", longest=600), *origin()),
            always=LIMBS,
        ),
        Rows(
            "prohibition",
            "Draft prohibitions",
            (code(), TITLE, Value("acts", "Proposed after", many=True, one_of=_acts), *origin()),
            some=True,
        ),
        Rows("requirement", "Draft positive requirements", (code(), TITLE, *origin()), some=True),
        Rows("marac", "Criteria of a MARAC referral", (code(), TITLE, *origin()), some=True),
        Rows("mappa", "MAPPA categories", (code(), TITLE, *origin()), some=True),
        Rows(
            "hearsay",
            "Notice of hearsay",
            (code(), TITLE, *origin()),
            single=True,
        ),
        Rows(
            "address",
            "How long a verified address counts",
            (code(), TITLE, count("days", "Counts for", "day", most=31), *origin()),
            single=True,
        ),
        Rows(
            "giveaway",
            "Words that a plan to take along must not hold",
            (code(), TITLE, Value("words", "Words", many=True), *origin()),
            single=True,
        ),
        Rows(
            "bundle",
            "Form of a court bundle",
            (
                code(),
                TITLE,
                count("most_dpi", "At most", "dot an inch", "dots an inch", most=1200),
                count("most_pages", "At most", "page", most=5000),
                *origin(),
            ),
            single=True,
        ),
        Rows(
            "learns",
            "Who learns that papers for a court went out",
            (
                code(),
                TITLE,
                Value("papers", "Of which papers", many=True, one_of=_kinds),
                count("working_days", "Within", "working day", most=20),
                *origin(),
            ),
            always=LEARNS,
        ),
    ),
)
PARTS = (PART,)
