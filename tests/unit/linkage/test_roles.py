"""Tables of reports as people keep them: who plays which part, and what is no name."""

from __future__ import annotations

import polars as pl
import pytest

from lamplighter.linkage_tables.cleaning.names.not_names import named
from lamplighter.linkage_tables.cleaning.shaping import shaped
from lamplighter.linkage_tables.two_party.party_markers import guessed

HEADINGS = [
    "pt_first_name pt_last_name pt_dob|alleged_assailant assailant_relationship|arrival",
    "ReporterHandle ReporterDisplayName ReporterEmail|ReportedHandle ReportedDisplayName|ReportedOn Platform",
    "Client_name Client_DOB|Perpetrator Perpetrator_DOB Perp's_relationship Perp_address|Risk",
    "Injured_party Injured_party_DOB|Alleged_offender Alleged_offender_DOB|Location",
    "Employee_name Employee_email|Alleged_harasser Harasser_email Harasser_dept|Outcome",
    "sender_username sender_email|recipient_username recipient_email|sent_at",
    "victim_forename victim_dob|suspect_known_as suspect_description suspect_phone|Relationship_to_victim",
    "PH_NAME PH_REG|TP_NAME TP_REG TP_TEL|LOSS_DATE",
    "Name_of_victim DOB_of_victim|Name_of_suspect DOB_of_suspect|Reported_date",
    "Service_user_name Service_user_DOB|Named_perpetrator Perpetrator_age|Worker",
    "Applicant Applicant's_address|Respondent Respondent_date_of_birth|Protected_child_name",
    "victim_name victim_phone|offender_name offender_phone|witness_name witness_phone reporting_officer",
]


@pytest.mark.parametrize("headings", HEADINGS)
def test_parties_are_told_by_the_parts_they_play(headings: str) -> None:
    first, second, rest = (part.split() for part in headings.split("|"))
    one, two = guessed([*first, *second, *rest])
    assert list(one) == first
    assert list(two) == second


def test_the_heading_that_is_a_part_holds_the_name() -> None:
    _, second = guessed(["pt_surname", "pt_dob", "alleged_assailant", "assailant_sex"])
    assert second == {"alleged_assailant": "name", "assailant_sex": "sex"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("UNKNOWN MALE", None),
        ("child caller", None),
        ("my ex-partner", None),
        ("Neighbour at no 14", None),
        ("someone I know", None),
        ("ex-partner Baz", "Baz"),
        ("Baz (partner)", "Baz"),
        ("My ex-husband's brother Kev", "Kev"),
        ("Dave Quarle, ex-partner", "Dave Quarle"),
        ("Friend, Anna", "Friend, Anna"),
        ("Anna Friend", "Anna Friend"),
        ("Child, Lee", "Child, Lee"),
        ("Uncle Bob", "Uncle Bob"),
        ("Quarle (Hill) Jo", "Quarle (Hill) Jo"),
    ],
)
def test_what_only_says_who_somebody_is_to_another_is_no_name(text: str, name: str | None) -> None:
    assert named(pl.Series([text, "Jo Quarle", None])).to_list() == [name, "Jo Quarle", None]


def test_a_subject_of_whom_nothing_more_is_told_is_what_it_is_about() -> None:
    assert [list(p) for p in guessed(["caller", "subject", "subject_dob"])] == [
        ["caller"],
        ["subject", "subject_dob"],
    ]
    assert [list(p) for p in guessed(["resident", "resident_dob", "subject_of_concern_name"])] == [
        ["resident", "resident_dob"], ["subject_of_concern_name"],
    ]  # fmt: skip


def test_an_age_that_stands_for_none_is_none() -> None:
    ages = [0] * 40 + [99] * 30 + list(range(1, 90))
    people = shaped(pl.DataFrame({"age": ages}))
    assert people["age_from"].null_count() == 70
    newborn = shaped(pl.DataFrame({"age": [0, 0, 1, 1, 2, 3, 4]}))
    assert newborn["age_from"].null_count() == 0


def _names(texts: list[str | None]) -> list[tuple[str | None, str | None]]:
    people = shaped(pl.DataFrame({"full_name": texts}))
    return people.select("forenames", "surname").rows()


def test_a_word_alone_is_what_most_are_that_stand_alone() -> None:
    """Where suspects go by their first names "Tank" is a nickname; where by surnames, it is one."""
    whole: list[str | None] = ["Kelly Quarle", "Jason Dray", "Mary Thornham"]
    assert _names([*whole, "Kelly", "Jason", "Mary", "Dray", "Tank"])[-2:] == [(None, "Dray"), ("Tank", None)]
    assert _names([*whole, "Quarle", "Dray", "Mary", "Tank"])[-2:] == [("Mary", None), (None, "Tank")]
    assert _names(["Kelly", "Tank"]) == [("Kelly", None), (None, "Tank")]
    # Jason is a surname oftener than a given name here, and who stands alone goes by the given one.
    both = [*whole, "Ann Jason", "Bob Jason", "Kelly", "Mary", "Kelly", "Mary", "Kelly", "Jason"]
    assert _names(both)[-1] == ("Jason", None)


def test_parties_whose_headings_are_in_german() -> None:
    first = ["antragsteller_vorname", "antragsteller_nachname", "antragsteller_geburtsdatum"]
    second = ["gegner_vorname", "gegner_nachname", "gegner_geburtsdatum"]
    assert [list(party) for party in guessed([*first, *second])] == [first, second]
