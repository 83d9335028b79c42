"""The part of the configuration that is about the victim's side: who is contacted and told, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.configuration.parts import WORKING_DAYS
from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.schema import (
    Document,
    Report,
    Rows,
    Value,
    code,
    count,
    is_time,
    origin,
    text,
)
from lamplighter.vocabulary import working_days

SHIPPED = Path(__file__).with_name("rules.toml")
CODE = code(longest=30)
# "Tell the victim: …" is a task, whose words have 200 characters at most.
TITLE = text("title", "Words", longest=150, shown=False)


def _within(name: str, title: str) -> Rows:
    values = (CODE, TITLE, count("working_days", "Within", "working day", most=60), *origin())
    return Rows(name, title, values, single=True)


UPDATES = Rows(
    "victims_code",
    "Telling the victim of events (Victims’ Code)",
    (
        CODE,
        TITLE,
        count("enhanced_days", "With enhanced rights, within", "working day", most=60),
        count("ordinary_days", "Otherwise, within", "working day", most=60),
        Value("enhanced_by_default", "Enhanced rights unless somebody records otherwise", of=bool),
        *origin(),
    ),
    single=True,
)
STARTS: Mapping[str, str] = {
    "event": "The day on which it happened",
    "receipt": "The day on which whoever tells the victim was told",
}
EVENTS = Rows(
    "event",
    "Events that the victim is told of",
    (
        CODE,
        TITLE,
        # Without days of its own an event has those of the table above.
        count("enhanced_days", "With enhanced rights, within", "working day", most=60, optional=True),
        count("ordinary_days", "Otherwise, within", "working day", most=60, optional=True),
        Value("starts", "Counted from", one_of=lambda: STARTS, optional=True),
        text("who", "Told by", longest=100, optional=True),
        *origin(),
    ),
    some=True,
)
ENHANCED = Rows(
    "enhanced",
    "Categories of enhanced rights",
    (CODE, TITLE, Value("under_18", "Everybody under 18 is in it", of=bool), *origin()),
    some=True,
)
PLAN = Rows(
    "contact_plan",
    "Contact in the first week and after",
    (
        CODE,
        TITLE,
        Value("days", "Contact on day", of=int, many=True, least=1, most=28),
        count("cadence_days", "Then, unless agreed otherwise, every", "day", most=365),
        count("longest_cadence_days", "The longest that may be agreed", "day", most=365),
        *origin(),
    ),
    single=True,
)
# Of before: the hour is that of working_days.toml, for every task of the hub.
END_OF_DAY = Rows(
    "day",
    "The working day",
    (CODE, TITLE, Value("at", "Ends at", shape=is_time), *origin()),
    single=True,
    optional=True,
)


def _check(document: Document, report: Report, reading: Reading) -> None:
    days = reading.state(WORKING_DAYS).read.get(WORKING_DAYS.file)
    for number, row in enumerate(document.get("day", ()), 1):
        if row["at"] != (counted := f"{working_days.ends(row['from'], days):%H:%M}"):
            report.add(
                "moved",
                report.row(END_OF_DAY, number, document["day"]),
                f"says {row['at']}, and the hub counts by working_days.toml, which says {counted}.",
                f'Write at = "{row["at"]}" under [[ends]] of working_days.toml, and remove [[day]] here.',
            )
    for number, row in enumerate(document["event"], 1):
        if ("enhanced_days" in row) != ("ordinary_days" in row):
            place = report.row(EVENTS, number, document["event"])
            what = "only one of enhanced_days and ordinary_days is there."
            report.add("half_a_time", place, what, "Give both, or none.")
    for table in (UPDATES, EVENTS):
        for number, row in enumerate(document[table.name], 1):
            if "ordinary_days" in row and row.get("enhanced_days", 0) > row["ordinary_days"]:
                report.add(
                    "enhanced_is_later",
                    report.row(table, number, document[table.name]),
                    f"with enhanced rights the victim is told after {row['enhanced_days']} days, and "
                    f"otherwise after {row['ordinary_days']}.",
                    "Enhanced rights must not be the later ones.",
                )
    for number, row in enumerate(document["contact_plan"], 1):
        place = report.row(PLAN, number, document["contact_plan"])
        if row["days"] != sorted(row["days"]):
            report.add("not_in_order", f"{place}, key days", "the days are not in order.", "Sort them.")
        if row["cadence_days"] > row["longest_cadence_days"]:
            report.add(
                "longer_than_the_longest",
                place,
                f"cadence_days is {row['cadence_days']}, and the longest that may be agreed is "
                f"{row['longest_cadence_days']}.",
                "Correct one of the two.",
            )


PART = Part(
    "victim_side",
    "The victim’s side",
    "When the victim is contacted, of which events they are told and by when.",
    SHIPPED,
    (
        UPDATES,
        EVENTS,
        ENHANCED,
        _within("rights_ended", "Telling the victim after enhanced rights have ended"),
        PLAN,
        _within("support", "Contact after support has changed"),
        _within("broken", "Looking at safety after a contact rule was broken"),
        END_OF_DAY,
    ),
    rules=_check,
    also=("victim", "victims_code"),
)
SERVICES = Part(
    "services",
    "Services and routes",
    "What is open to a victim without recourse to public funds, and services for particular people.",
    Path(__file__).with_name("services.toml"),
    (
        Rows(
            "funds_route",
            "Open without recourse to public funds",
            (CODE, TITLE, text("about", "What it is"), *origin()),
            some=True,
        ),
        _within("funds", "Looking at what is open without recourse to public funds"),
        _within("asking", "Asking the victim who must not be told, answer or interpret"),
        _within("speech", "Arranging interpreters and what else the victim needs to speak"),
        Rows(
            "service",
            "Services for particular people",
            (CODE, TITLE, text("about", "What to do"), *origin()),
            some=True,
        ),
    ),
    also=("referrals", "routes"),
)
PARTS = (PART, SERVICES)
