"""What a column is taken for, by its heading and by the look of its values."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lamplighter.linkage_tables import link
from lamplighter.linkage_tables.column_roles.columns import understood
from lamplighter.linkage_tables.column_roles.no_identifiers import NobodyTold
from lamplighter.linkage_tables.headings import named_field

SPELT = {
    "phones": (
        "Mobile no.", "Mobile No", "Tel. no.", "Tel (home)", "Home Tel No.", "Contact tel", "Phone #",
        "Telephone Number 1", "Primary Phone", "Daytime telephone", "phone_home", "MOBILE_PHONE_NUMBER",
        "cellPhone", "Landline no", "Tel", "Evening phone", "Customer phone number", "mob_1",
        "Work Tel.", "Phone (mobile)",
    ),
    "address_text": (
        "Addr line 1", "Address Line 1", "Addr. 1", "ADDRESS_1", "Home address", "addressLine1",
        "Street address line 1", "Postal Address", "1st line of address", "First line of address",
        "Residential Address", "Full address",
    ),
    "forenames": (
        "First name", "FIRST_NAME", "firstName", "Given name(s)", "Forename(s)", "Christian name",
        "Fore name", "1st name", "F_Name", "Patient first name", "Client forename", "Legal first name",
        "Person Given Name",
    ),
    "surname": (
        "Last name", "LAST-NAME", "lastName", "Family name", "Sur name", "SURNAME", "L. Name",
        "Patient surname", "Client last name", "Person Family Name", "Legal surname", "name.0.family",
        "What is your surname?", "Please enter your last name",
    ),
    "full_name": (
        "Full name", "Name", "NAME OF PERSON", "Patient name", "Customer Name", "Name (full)",
        "Client full name",
    ),
    "birth_date": (
        "Date of birth", "D.O.B.", "DOB", "Birth date", "birthDate", "Date of Birth (dd/mm/yyyy)",
        "DoB (DD/MM/YYYY)", "Patient DOB", "birth_dt", "Client date of birth", "Date born",
    ),
    "sex": (
        "Sex", "Gender", "Gender code", "sex_cd", "Patient sex", "Sex at birth", "Gender identity",
    ),
    "postcode": (
        "Postcode", "Post code", "Postal Code", "ZIP", "Zip code", "Home postcode", "post_cd",
        "Correspondence postcode", "Address postcode",
    ),
    "town": (
        "Town", "City", "Post town", "Town/City", "Home town", "Address town", "Mailing City",
        "person.address.city", "Contact: Mailing City", "address.0.city",
    ),
    "house": (
        "House no.", "House number", "Street no", "Building no.", "House name or number",
        "House name/number",
    ),
    "street": (
        "Street", "Street name", "Road name", "Address street",
    ),
    "emails": (
        "E-mail", "Email address", "E-mail addr.", "EMAIL_1", "Contact email", "Primary e-mail address",
    ),
    "vehicles": (
        "VRM", "Reg. no.", "Vehicle registration", "Number plate", "Vehicle reg no",
    ),
    "age": (
        "Age", "Age (years)", "Age at report", "Age in years",
    ),
    "middle_name": (
        "Middle name", "Middle initial", "Middle Name(s)", "M.I.", "Patient middle name",
    ),
    "birth_year": (
        "Year of birth", "Birth year", "YOB",
    ),
    "identifier": (
        "NHS number", "NHS No.", "NI number", "National Insurance No", "Passport no.", "SSN",
        "Driving licence no",
    ),
    "record_id": (
        "ID", "Record ID", "rec_id", "Row no", "Record no.", "Unique ID",
    ),
    "nicknames": (
        "Alias", "Known as", "AKA", "Also known as", "Nick name",
    ),
    "answer": (
        "cluster", "Person ID", "entity_id",
    ),
}  # fmt: skip
TELLS_NOTHING = (
    "Notes", "Occupation", "Birth place", "Place of birth", "Name of school", "Date of report",
    "Address type",
    "Phone type", "Mother's name", "Last seen", "Age group", "City of birth", "Postcode area", "Street type",
    "Next of kin name", "Emergency contact phone", "GP name", "First language", "Email sent", "House type",
    "Tel provider", "Marital status", "Number of children", "Date of death", "Reg date", "Patient no.",
    "Customer code", "Client type", "Member number", "Patient account",
)  # fmt: skip


@pytest.mark.parametrize("field", SPELT)
def test_headings_are_known_however_they_are_spelt(field: str) -> None:
    for heading in SPELT[field]:
        assert named_field(heading) == field, heading
        for way in (heading.upper(), heading.lower(), heading.replace(" ", "_"), f" {heading} "):
            if " " in heading or way == heading:
                assert named_field(way) == field, way


@pytest.mark.parametrize("heading", TELLS_NOTHING)
def test_a_heading_that_only_sounds_like_a_field_is_none(heading: str) -> None:
    assert named_field(heading) is None


def _column(values: list[str]) -> dict[str, str | None]:
    """What a column with a name that tells nothing is taken for, beside names."""
    names = [f"Quarle{i % 40}" for i in range(len(values))]
    frame = pl.DataFrame({"surname": names, "zzz": values}).sample(fraction=1, shuffle=True, seed=3)
    return dict(understood(frame).taken_for)


def _drawn(shape: str, many: int = 300) -> list[str]:
    """Texts of a shape: 9 stands for a digit, A for a letter."""
    rng = np.random.default_rng(4)
    letters = list("ABDEFGHJKLNPRSTUWXYZ")
    return [
        "".join(
            str(rng.integers(1, 10)) if c == "9" else str(rng.choice(letters)) if c == "A" else c
            for c in shape
        )
        for _ in range(many)
    ]


@pytest.mark.parametrize(
    ("shape", "field"),
    [
        ("07999 999999", "phones"),
        ("+44 (0)999 999 9999", "phones"),
        ("(0999) 999-9999", "phones"),
        ("AA9 9AA", "postcode"),
        ("A999AA", "postcode"),
        ("a.AA99@post.example", "emails"),
        ("AA999999A", "identifier"),
    ],
)
def test_a_column_is_known_by_the_look_of_its_values(shape: str, field: str) -> None:
    values = _drawn(shape)
    # Some are repeated, and now and then nothing is known or a value is odd.
    told = values + values[:60] + ["unknown", "n/a", "see notes"]
    assert _column(told)["zzz"] == field


def test_dates_that_lie_far_apart_are_births_and_others_are_not() -> None:
    rng = np.random.default_rng(5)

    def dates(first: int, last: int) -> list[str]:
        days = rng.integers(0, (last - first) * 365, 200)
        made = [str(np.datetime64(f"{first}-01-01") + np.timedelta64(int(d), "D")) for d in days]
        return [f"{d[8:10]}/{d[5:7]}/{d[:4]}" for d in made] + ["not known"]

    assert _column(dates(1935, 2008))["zzz"] == "birth_date"
    assert _column(dates(2021, 2026))["zzz"] != "birth_date"


def test_codes_of_sex_are_known_and_other_codes_are_not() -> None:
    assert _column(["M", "F", "F", "M", "U", ""] * 20)["zzz"] == "sex"
    assert _column(["M", "F", "S", "D"] * 20)["zzz"] == "category"
    assert _column(["U", "X"] * 20)["zzz"] == "category"


def test_what_is_named_goes_before_what_only_looks_so() -> None:
    phones = _drawn("07999999999")
    births = [f"{1940 + i % 60}-03-{1 + i % 28:02}" for i in range(300)]
    frame = pl.DataFrame({"dob": births, "zzz": births[::-1], "Mobile no.": phones, "yyy": phones[::-1]})
    taken = understood(frame).taken_for
    assert taken["dob"] == "birth_date"
    assert taken["zzz"] != "birth_date"
    assert taken["Mobile no."] == taken["yyy"] == "phones"


def _people(many: int = 240) -> tuple[list[str], list[str]]:
    """First names, one in four of them known, and surnames, each person there more than once."""
    known, made = ("Margaret", "Robert", "Liz"), ("Ekta", "Zaitra", "Onveer", "Eimhear", "Wojtek", "Pallavi")
    rng = np.random.default_rng(6)
    firsts = [str(rng.choice(known if rng.random() < 0.3 else made)) for _ in range(many)]
    return firsts, [f"Quar{a}{b}" for a, b in rng.choice(list("bdfgklmnprstvz"), (many, 2))]


def test_a_word_that_begins_the_headings_of_a_table_is_taken_off() -> None:
    firsts, lasts = _people()
    births = [f"{1940 + i % 60}-03-{1 + i % 28:02}" for i in range(len(firsts))]
    frame = pl.DataFrame({"zz_first": firsts, "zz_last": lasts, "zz_dob": births, "zz_ref": firsts[::-1]})
    taken = understood(frame).taken_for
    assert taken == {
        "zz_first": "forenames", "zz_last": "surname", "zz_dob": "birth_date", "zz_ref": "category",
    }  # fmt: skip
    # A word on one column alone tells nothing, and a column without such a word goes before.
    assert understood(frame.select("zz_last", "zz_ref")).taken_for["zz_last"] != "surname"
    child = pl.DataFrame({"parent_first": firsts, "parent_last": lasts, "first": firsts[::-1], "last": lasts})
    taken = understood(child).taken_for
    assert taken["first"] == "forenames"
    assert taken["parent_first"] != "forenames"


def test_whole_names_are_known_by_the_first_names_in_them() -> None:
    firsts, lasts = _people()
    whole = [f"{a} {b}" for a, b in zip(firsts, lasts, strict=True)]
    streets = [f"{b} {('Road', 'Street', 'Lane')[i % 3]}" for i, b in enumerate(lasts)]
    notes = [f"{a} was seen by the neighbour of {b}" for a, b in zip(firsts, lasts, strict=True)]
    taken = understood(pl.DataFrame({"Payee": whole, "where": streets, "what": notes})).taken_for
    assert taken == {"Payee": "full_name", "where": "text", "what": "text"}
    turned = [f"{b.upper()}, {a}" for a, b in zip(firsts, lasts, strict=True)]
    assert understood(pl.DataFrame({"Payee": turned})).taken_for == {"Payee": "full_name"}


def test_the_name_somebody_goes_by_is_no_evidence_of_its_own() -> None:
    for heading in ("Chosen name", "Preferred forename", "usual_name"):
        assert named_field(heading) == "nicknames", heading
    assert named_field("forename_2") == named_field("Second forename") == "middle_name"
    assert named_field("last known town") == "town"


def test_a_number_with_letters_within_it_is_an_identifier() -> None:
    told = _drawn("A9999AA")
    assert _column(told + told[:60])["zzz"] == "identifier"


def test_a_number_filled_up_with_noughts_is_no_telephone() -> None:
    assert _column(_drawn("0009999999"))["zzz"] is None
    assert _column(_drawn("09999999999"))["zzz"] == "phones"


@pytest.mark.parametrize("heading", ["vehicle", "Rego", "Number plate"])
def test_what_is_said_to_be_a_vehicle_has_a_mark(heading: str) -> None:
    makes = [f"{make} {model}" for make in ("Quarlo", "Oakmo") for model in ("Swift", "Hill", "320")] * 20
    people = {"surname": [f"Quarle{'abcdefgh'[i % 8]}" for i in range(120)]}
    marks = [m if i % 2 else m[4:] for i, m in enumerate(_drawn("AA99AAA")[:120])]
    for values, field in ((makes, "category"), (marks, "vehicles")):
        assert understood(pl.DataFrame({**people, heading: values})).taken_for[heading] == field


class TestWhatTheCallerSays:
    def test_a_column_that_has_the_name_of_a_field_is_said_the_other_way_round(self) -> None:
        frame = pl.DataFrame({"given_name": ["Ann", "Bob"], "surname": ["Oak", "Elm"], "when": ["x", "y"]})
        said = {"given_name": "forenames", "surname": "surname", "only": True}
        assert understood(frame, said).taken_for == {
            "given_name": "forenames", "surname": "surname", "when": None,
        }  # fmt: skip

    def test_of_a_table_that_tells_of_nobody_the_remedy_is_said(self) -> None:
        frame = pl.DataFrame({"affiliation": [f"Institute {'abcdefgh'[i % 8] * 3}" for i in range(200)]})
        with pytest.warns(NobodyTold, match=r"nobody is linked.*columns=\{'full_name': 'affiliation'\}"):
            link(frame)
        link(frame, columns={"full_name": "affiliation"})


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Elector Number", False),
        ("Driver no", False),
        ("Street Number", True),
        ("House no.", True),
        ("Number", True),
    ],
)
def test_a_number_of_somebody_is_no_number_of_a_house_though_a_house_might_have_it(
    heading: str, field: bool
) -> None:
    table = pl.DataFrame(
        {
            heading: [str(9 * n + 1) for n in range(40)],
            "Elector Surname": ["Quarle", "Oakmere"] * 20,
            "Elector Forename": ["Ann", "Tom", "Eve", "Ida"] * 10,
            "Street": ["Mill Lane", "Hill Road"] * 20,
        }
    )
    assert (understood(table).taken_for[heading] == "house") is field
