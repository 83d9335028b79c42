"""Two sisters born on one day who share a home and a surname are two, whatever else their reports share."""

from __future__ import annotations

import polars as pl
import pytest

from lamplighter.linkage import link
from lamplighter.records.schema import PEOPLE, REPORTS
from tests.unit.linkage.made_up import Made

HOME = {"surname": "Hollins", "birth_date": "1991-04-09", "sex": "female", "postcode": "AV4 2TT"}
HOME |= {"address_text": "7 Quay Street", "town": "Avonbridge"}


@pytest.mark.parametrize(
    ("other", "one"), [("Beatrice", False), ("Annabel", True)], ids=["twins", "one of them"]
)
def test_only_a_first_name_parts_twins_and_a_person_is_asked(small: Made, other: str, one: bool) -> None:
    people, reports = [], []
    for n in range(6):
        report = f"twin:{n}"
        named = {"forenames": "Annabel" if n % 2 else other} | HOME
        suspect = {"forenames": "Terence", "surname": "Oakden", "birth_date": "1980-02-02", "sex": "male"}
        for role, row in (("victim", named), ("suspect", suspect)):
            people.append({"record_id": f"{report}#{role}", "report_id": report, "role": role} | row)
        reports.append({"report_id": report, "source": "twin", "agency": "twin", "recorded_as": "stalking"})
    birth = pl.col("birth_date").str.to_date()
    bundle = {
        "people": _under(
            small.bundle["people"], pl.DataFrame(people).with_columns(birth), PEOPLE.polars_schema
        ),
        "reports": _under(small.bundle["reports"], pl.DataFrame(reports), REPORTS.polars_schema),
    }
    found = link(bundle)
    persons = dict(found.persons.iter_rows())
    assert (persons["twin:0#victim"] == persons["twin:1#victim"]) is one
    assert persons["twin:0#victim"] == persons["twin:2#victim"]
    held = found.pairs.filter(left_record="twin:0#victim", right_record="twin:1#victim")
    assert held.select("hold", "band").row(0) == ((None, "linked") if one else ("twins", "to_decide"))


def _under(held: pl.DataFrame, more: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Put rows under others, with the columns that these have."""
    wanted = more.select(pl.col(c).cast(schema[c]) for c in more.columns if c in held.columns)
    return pl.concat([held, wanted], how="diagonal")
