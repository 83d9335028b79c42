"""The part of the configuration that is about unusual access: what is put before an auditor."""

from __future__ import annotations

from pathlib import Path

from lamplighter.hub.site.config_files.part import Part
from lamplighter.hub.site.config_files.reading import Reading
from lamplighter.rule_files.schema import Document, Report, count, settled

SHIPPED = Path(__file__).with_name("unusual.toml")


def _check(document: Document, report: Report, reading: Reading) -> None:
    if document["many_in_an_hour"] > document["many_in_a_day"]:
        report.add(
            "longer_than_the_longest",
            "key many_in_an_hour",
            f"is {document['many_in_an_hour']}, and many_in_a_day is {document['many_in_a_day']}.",
            "An hour must not need more than a day.",
        )


PART = Part(
    "unusual_access",
    "Unusual access",
    "When the way in which somebody looked at records is put before an auditor.",
    SHIPPED,
    (
        *settled(),
        # A run that was missed is made up for: less than a day could leave some unseen.
        count("hours_back", "Each run looks back", "hour", least=24, most=24 * 31),
        count("many_in_an_hour", "Within an hour", "record", most=100_000),
        count("many_in_a_day", "Within a day", "record", most=100_000),
        count("not_on_case", "Cases that their agency does not work on, a day", "case", most=1_000),
        count("no_work", "Cases on which they had nothing to do, a day", "case", most=1_000),
        count(
            "no_work_records",
            "Records on which they had nothing to do, a day",
            "record",
            most=1_000,
            optional=True,
        ),
        count(
            "few_found",
            "A search is a look at each case when it finds at most",
            "case",
            most=50,
            optional=True,
        ),
        count("guessing", "Wrong case numbers tried, a day", "wrong number", most=1_000),
        count("young_account_days", "An account counts as new for", "day", most=366, optional=True),
        count(
            "second_step_wrong",
            "Wrong second steps after the right password, a day",
            "wrong try",
            most=1_000,
            optional=True,
        ),
    ),
    rules=_check,
    also=("unusual",),
)
PARTS = (PART,)
