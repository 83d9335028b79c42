"""The dimensions that the review counts by, with their titles, as readers meet them."""

from __future__ import annotations

from collections.abc import Mapping

from lamplighter.studies.review.results import Field
from lamplighter.studies.review.settings import END_TITLES, Settings
from lamplighter.vocabulary.codes import code_set

RESULT = Field("result", "Result", {"met": "Yes", "not_met": "No"})
YES_NO: Mapping[str, str] = {"yes": "Yes", "no": "No"}
ETHNIC_GROUPS: Mapping[str, str] = {
    "W": "White",
    "M": "Mixed",
    "A": "Asian",
    "B": "Black",
    "O": "Other",
    "N": "Not stated",
}
RELATIONSHIPS: Mapping[str, str] = {
    "partner": "Partner",
    "ex_partner": "Former partner",
    "family": "Family",
    "known": "Known otherwise",
    "stranger": "Stranger",
    "not_known": "Not known who",
}
#: Relationship as recorded to the wider groups that are counted: fine ones would single people out.
RELATIONSHIP_GROUPS: Mapping[str, str] = {
    "partner": "partner",
    "ex_partner": "ex_partner",
    "family": "family",
    "friend": "known",
    "acquaintance": "known",
    "colleague": "known",
    "neighbour": "known",
    "service_user": "known",
    "stranger": "stranger",
    "not_known": "not_known",
}
AGE_GROUPS: Mapping[str, str] = {
    "under-18": "Under 18",
    "18-24": "18 to 24",
    "25-34": "25 to 34",
    "35-44": "35 to 44",
    "45-54": "45 to 54",
    "55-plus": "55 and over",
}
#: Age bands as recorded to the wider ones that are counted.
AGE_OF_BAND: Mapping[str, str] = {
    "0-15": "under-18",
    "16-17": "under-18",
    "18-24": "18-24",
    "25-34": "25-34",
    "35-44": "35-44",
    "45-54": "45-54",
    "55-64": "55-plus",
    "65-74": "55-plus",
    "75-plus": "55-plus",
}
SEXES: Mapping[str, str] = {code: row.title for code, row in code_set("sexes").codes.items()}
CLASSES: Mapping[str, str] = {
    "stalking": "Stalking",
    "harassment": "Harassment",
    "malicious_communications": "Malicious communications",
    "domestic_incident": "Domestic incident",
    "criminal_damage": "Criminal damage",
    "assault": "Assault",
    "other": "Anything else",
}


def yes_no(name: str, title: str) -> Field:
    """A field answered yes or no."""
    return Field(name, title, YES_NO)


def outcome_group(settings: Settings) -> Field:
    """Groups of outcomes, and "still open"."""
    titles = {group.name: group.title for group in settings.outcome_groups}
    return Field("outcome_group", "Outcome", {**titles, "open": "No outcome yet (open)"})


def ends() -> Field:
    """The ways a report first ends, and "still open"."""
    return Field("end", "How it first ended", {**END_TITLES, "open": "Still open"})
