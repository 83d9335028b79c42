"""The part of the configuration that is about sharing: what it may rest on, and how long it lasts."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.schema import (
    Document,
    Report,
    Rows,
    code,
    count,
    origin,
    text,
)

SHIPPED = Path(__file__).with_name("rules.toml")
CONSENT = "consent"
TITLE = text("title", "Words", longest=200, shown=False)
LONGEST = 10 * 365  # days


def _choices(name: str, title: str, longest: int) -> Rows:
    return Rows(name, title, (code(longest=longest), TITLE, *origin(optional=True)), some=True)


EXPIRY = Rows(
    "expiry",
    "How long information is shared",
    (
        code(),
        TITLE,
        count("days", "Unless said otherwise", "day", most=LONGEST),
        count("most", "At most", "day", most=LONGEST),
        *origin(),
    ),
    single=True,
)
NOTICE = Rows(
    "notice",
    "What those who receive it are told",
    (
        code(),
        TITLE,
        count("read_days", "To be read within", "day", most=365),
        count("known_days", "Listed as new for", "day", most=3_650),
        count("ends_days", "Told that it ends", "day before", "days before", most=365),
        *origin(),
    ),
    single=True,
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    for number, row in enumerate(document["expiry"], 1):
        if row["days"] > row["most"]:
            report.add(
                "longer_than_the_longest",
                report.row(EXPIRY, number, document["expiry"]),
                f"days is {row['days']}, and the most is {row['most']}.",
                "Correct one of the two.",
            )


PART = Part(
    "sharing",
    "Sharing",
    "What sharing information between agencies may be based on, how long it lasts, and when those who "
    "receive it are told.",
    SHIPPED,
    (
        Rows(
            "basis",
            "Legal basis",
            (code(), TITLE, text("hint", "Hint", optional=True), *origin()),
            # The database itself asks for it where a confidence is to reach the police.
            always=(CONSENT,),
        ),
        Rows(
            "threshold",
            "What must be so before a confidence reaches the police without consent",
            (code(), TITLE, *origin()),
            some=True,
        ),
        _choices("kind", "Kinds of information", 40),
        _choices("consent_of", "Whose consent", 20),
        _choices("consent_how", "How consent was given", 20),
        EXPIRY,
        NOTICE,
    ),
    rules=_check,
)
PARTS = (PART,)
