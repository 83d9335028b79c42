"""Describe a version of a report, part by part in words, and the differences between two versions."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.intake.new_report.drafts import pages_of
from lamplighter.hub.intake.new_report.forms import Page
from lamplighter.hub.intake.new_report.pages import occasion_number
from lamplighter.hub.intake.reports.answers import recall
from lamplighter.records.schema import TABLES_BY_NAME
from lamplighter.reporting.words import when
from lamplighter.vocabulary.codes import code_set

Row = Mapping[str, Any]
# An address may be hers: only the agency that was told it is shown it here.
PRIVATE = frozenset(
    {
        *("address_text", "postcode", "uprn"),
        *("place_text", "place_postcode", "location_text", "location_postcode"),
    }
)
# What nobody typed, or is said in another row.
_OURS = frozenset(
    {
        *("report_id", "record_id", "source", "source_ref", "agency", "raw", "source_file", "source_rows"),
        *("offence_seq", "occasion_seq", "role", "relationship_raw", "behaviours_raw", "match_tokens"),
        *("recorded_as", "offence", "offence_group", "started_at", "ended_at", "date_precision", "age_to"),
    }
)
_LABELS = {
    "reported_at": "Reported",
    "made_by": "Who told the agency",
    "report_channel": "How the agency was told",
    "record_type": "Kind of record",
    "summary": "What happened",
    "impact": "How it has affected them",
    "domestic_abuse": "Domestic abuse",
    "flags": "Markers",
    "outcome": "Outcome",
    "location_text": "Place",
    "location_postcode": "Postcode of the place",
    "related_refs": "Other reference numbers",
    "classification": "Principal or included",
    "raw_code": "The agency’s own code",
    "raw_title": "Recorded as",
    "place_text": "Place",
    "place_postcode": "Postcode of the place",
    "behaviours": "What was done",
    "channel": "How it happened",
    "actor": "Done by",
    "narrative": "In words",
    "relationship": "Relationship",
    "surname": "Last name",
    "forenames": "First names",
    "nicknames": "Nicknames and other names",
    "descriptor": "Words used instead of a name",
    "birth_date": "Date of birth",
    "age_from": "Age",
    "sex": "Sex",
    "ethnicity": "Ethnicity",
    "phones": "Phone numbers",
    "emails": "Email addresses",
    "handles": "Accounts",
    "address_text": "Home address",
    "postcode": "Postcode",
    "town": "Town",
    "uprn": "Property reference",
    "vehicles": "Registration marks",
    "vehicle_descriptions": "Vehicles",
    "pnc_id": "PNC id",
    "cro": "CRO number",
    "source_person_ref": "The agency’s own person reference",
}
WITHHELD = "Recorded. Only the agency that sent the report sees it here."


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that a report says. ``private``: shown to the agency that was told, and to nobody else."""

    label: str
    words: str
    private: bool = False

    def for_others(self) -> Answer:
        return Answer(self.label, WITHHELD, self.private) if self.private else self


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report: ``key`` names the same part of another version, ``step`` its page of the form."""

    key: str
    heading: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    step: str = ""

    def for_others(self) -> Section:
        """Without what only the agency that was told is shown."""
        told = {name: answer.for_others() for name, answer in self.answers.items()}
        return Section(self.key, self.heading, told, self.step)


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that differs: ``was`` and ``now`` in words, "" for nothing."""

    part: str
    name: str
    heading: str
    label: str
    was: str
    now: str
    private: bool = False

    def for_others(self) -> Change:
        """That it changed, without what it says."""
        if not self.private:
            return self
        was, now = ("Recorded, not shown here" if words else "" for words in (self.was, self.now))
        return Change(self.part, self.name, self.heading, self.label, was, now, self.private)


def of_pages(pages: Mapping[str, Page], numbers: Sequence[int]) -> list[Section]:
    """The parts of a report that was typed, from its filled pages."""
    found = []
    for step, page in pages.items():
        page.is_valid()
        place = occasion_number(step)
        answers = {
            name: Answer(str(page[name].label), words, name in PRIVATE)
            for name in page.fields
            if (words := in_words(page, name))
        }
        key = f"occasion {numbers[place - 1]}" if place else step
        found.append(Section(key, page.heading, answers, step))
    return found


def of_rows(rows: Mapping[str, Sequence[Row]], agency: Agency | None = None) -> list[Section]:
    """The parts of one version from its rows, table by table.

    Args:
        rows: of each table but that of safe contacts.
        agency: whose form made them, where they were typed: their parts are then those of its pages.
    """
    report = rows["reports"][0]
    if agency is not None:
        answers = recall(json.loads(report["raw"]))
        return of_pages(pages_of(answers, agency), answers.numbers)
    found = [
        Section("report", "What was reported", _of_row("reports", report, _classified(rows["offences"])))
    ]
    many = len(rows["occasions"]) > 1
    for place, occasion in enumerate(rows["occasions"], 1):
        heading = f"Incident {place}: when and where" if many else "When and where"
        dated = {
            "on": Answer(
                "When", when(occasion["started_at"], occasion["ended_at"], occasion["date_precision"])
            )
        }
        found.append(
            Section(f"occasion {occasion['occasion_seq']}", heading, _of_row("occasions", occasion, dated))
        )
    met: dict[str, int] = {}
    roles = code_set("roles").codes
    for person in rows["people"]:
        role = person["role"]
        met[role] = met.get(role, 0) + 1
        title = roles[role].title if role in roles else role
        heading = title if met[role] == 1 else f"{title} {met[role]}"
        found.append(Section(f"{role} {met[role]}", heading, _of_row("people", person, {})))
    return found


def differences(before: Iterable[Section], after: Iterable[Section]) -> list[Change]:
    """Every answer that is not the same before and after, in the order of the report as it is after."""
    was = {s.key: s for s in before}
    now = {s.key: s for s in after}
    found = []
    for key in [*now, *(k for k in was if k not in now)]:
        one, other = was.get(key), now.get(key)
        heading = (other or one).heading  # type: ignore[union-attr]  # one of the two has the key
        told, tells = (s.answers if s else {} for s in (one, other))
        for name in [*tells, *(n for n in told if n not in tells)]:
            here, there = told.get(name), tells.get(name)
            if (a := here.words if here else "") != (b := there.words if there else ""):
                label = (there or here).label  # type: ignore[union-attr]  # one of the two has the name
                found.append(Change(key, name, heading, label, a, b, name in PRIVATE))
    return found


def in_words(page: Page, name: str) -> str:
    """Say one of the answers of a page; empty where there is none."""
    value = page.cleaned_data.get(name) if page.is_bound else None
    if value in (None, "", []):
        return ""
    if (said := page.in_words(name, value)) is not None:
        return said
    choices = dict(getattr(page.fields[name], "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(choices.get(v, v)) for v in value)
    if isinstance(value, dt.date):
        return long_date(value)
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    # A browser ends lines in its own way.
    return str(choices.get(value, value)).replace("\r\n", "\n")


def _classified(offences: Sequence[Row]) -> dict[str, Answer]:
    """What a report was recorded as: in the source's own title, or ours of what that was taken for."""
    codes, groups = code_set("offences").codes, code_set("offence_groups").codes

    def title(offence: Row) -> str:
        for known, code in ((codes, offence["offence"]), (groups, offence["offence_group"])):
            if code in known:
                return known[code].title
        return str(offence["raw_code"] or "")

    words = "; ".join(t for o in offences if (t := o["raw_title"] or title(o)))
    return {"offence": Answer("Recorded as", words)} if words else {}


def _of_row(table: str, row: Row, first: Mapping[str, Answer]) -> dict[str, Answer]:
    found = dict(first)
    for column in TABLES_BY_NAME[table].fields:
        if column.name in _OURS:
            continue
        words = _of_value(column.name, column.codes, row)
        if words:
            found[column.name] = Answer(_LABELS[column.name], words, column.name in PRIVATE)
    return found


def _of_value(name: str, codes: str | None, row: Row) -> str:
    value = row[name]
    if value in (None, "", []):
        return ""
    if name == "age_from" and row["age_to"] not in (None, value):
        return f"{value} to {row['age_to']}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return when(value)
    if isinstance(value, dt.date):
        return long_date(value)
    values = value if isinstance(value, list) else [value]
    known = code_set(codes).codes if codes else {}
    return ", ".join(known[v].title if v in known else str(v) for v in values)
