"""File 1 says who people are and nothing of what was done; file 2 the other way round."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from lamplighter.national.delivery import splitting
from lamplighter.national.delivery.keys import Key, Release
from lamplighter.national.delivery.splitting import Delivery
from lamplighter.national.errors import NationalError
from tests.unit.national.country import Country, bundles

OWN, ANALYST, TOKENS = Key(b"f" * 32), Key(b"a" * 32), Key(b"t" * 32)
FORCE = "force-a"


def split(delivered: Country, **more: object) -> Delivery:
    return splitting.split(delivered.held[FORCE], FORCE, OWN, ANALYST, **more)  # type: ignore[arg-type]  # as they are


def words_of(frame: pl.DataFrame) -> set[str]:
    """Every text of a frame, lists included."""
    found: set[str] = set()
    for column, kind in frame.schema.items():
        values = frame[column].explode() if isinstance(kind, pl.List) else frame[column]
        if values.dtype == pl.String:
            found |= set(values.drop_nulls().to_list())
    return found


def test_the_linker_sees_parties_and_no_more(delivered: Country) -> None:
    found = split(delivered)
    assert set(found.people.columns) == {"record_id", "report_id", "source", *splitting.PARTY_FIELDS}
    assert found.reports.columns == ["report_id", "reported_at", "source", "source_ref", "related_refs"]
    summaries = set(delivered.held[FORCE]["reports"]["summary"].drop_nulls())
    assert summaries
    assert not summaries & (words_of(found.people) | words_of(found.reports))
    own = {*delivered.held[FORCE]["people"]["record_id"], *delivered.held[FORCE]["reports"]["report_id"]}
    assert not own & (words_of(found.people) | words_of(found.reports) | words_of(found.passing))


def test_the_analyst_sees_codes_dates_and_numbers_alone(delivered: Country) -> None:
    found = split(delivered)
    assert set(found.content) == {"people", "reports", "offences", "occasions"}
    people = delivered.held[FORCE]["people"]
    known = {v for c in ("surname", "forenames", "address_text", "postcode") for v in people[c].drop_nulls()}
    known |= {v for c in ("phones", "emails", "handles") for v in people[c].explode().drop_nulls()}
    for frame in found.content.values():
        assert not known & words_of(frame)
        assert not {"birth_date", "surname", "summary", "raw", "source_ref"} & set(frame.columns)
    assert found.content["people"].height == people.height
    assert found.content["occasions"]["behaviours"].explode().drop_nulls().len() >= 0


def test_records_meet_through_the_passing_table_and_through_nothing_else(delivered: Country) -> None:
    found = split(delivered)
    linkers, analysts = set(found.people["record_id"]), set(found.content["people"]["record"])
    assert set(found.passing["record_id"]) == linkers
    assert set(found.passing["record"]) == analysts
    assert not {i[2:] for i in linkers} & {i[2:] for i in analysts}
    # Whoever holds the analyst's key and not the force's cannot make the linker's ids of them.
    opened = ANALYST.opened(found.passing["record"].to_list())
    assert ANALYST.derived("linker").sealed("w", opened).is_in(list(linkers)).sum() == 0


def test_reports_that_name_each_other_still_do(delivered: Country) -> None:
    found = split(delivered)
    held = delivered.held[FORCE]["reports"]
    inside = held.select(pl.col("related_refs").explode()).drop_nulls().filter(
        pl.col("related_refs").is_in(held["source_ref"].implode())
    )  # fmt: skip
    named = found.reports["related_refs"].explode().drop_nulls()
    assert inside.height
    assert named.len() == inside.height
    assert named.is_in(found.reports["report_id"].implode()).all()


@pytest.mark.parametrize("column", ["surname", "phones", "birth_date", "address_text"])
def test_a_table_that_says_who_somebody_is_is_refused_by_column(delivered: Country, column: str) -> None:
    people = delivered.held[FORCE]["people"].drop_nulls(column)
    values = people[column].list.first() if column == "phones" else people[column]
    told = pl.DataFrame({"record_id": people["record_id"], "note": values}).drop_nulls()
    with pytest.raises(NationalError, match="column note of the table extra") as refused:
        split(delivered, events={"extra": told})
    assert str(told["note"][0]) not in str(refused.value)


def test_a_sentence_with_a_name_in_it_is_refused_and_codes_are_taken_in(delivered: Country) -> None:
    people = delivered.held[FORCE]["people"].filter(pl.col("surname").str.len_chars() > 4)
    ids = people["record_id"].head(5)
    words = pl.DataFrame(
        {"record_id": ids, "what": [f"Spoke to Mr {people['surname'][0].upper()} at home"] * 5}
    )
    with pytest.raises(NationalError, match="says who somebody is"):
        split(delivered, events={"visits": words})
    codes = pl.DataFrame({"record_id": ids, "what": ["charged", "bailed", "charged", "charged", "bailed"],
                          "on": [dt.date(2026, 1, day) for day in range(1, 6)]})  # fmt: skip
    found = split(delivered, events={"visits": codes}).content["visits"]
    assert found["what"].value_counts().sort("what")["count"].to_list() == [2, 3]
    assert set(found.columns) == {"record", "what", "on"}


def test_a_code_that_is_a_surname_too_is_taken_in_where_the_force_says_that_it_is_a_code(
    delivered: Country,
) -> None:
    people = delivered.held[FORCE]["people"].drop_nulls("surname")
    told = pl.DataFrame({"record_id": people["record_id"], "court": people["surname"][0].lower()})
    with pytest.raises(NationalError):
        split(delivered, events={"courts": told})
    assert split(delivered, events={"courts": told}, coded={"courts.court"}).content["courts"].height
    # A column of words is not made one of codes by saying so.
    sentence = told.with_columns(court=pl.lit(f"saw {people['surname'][0]} twice"))
    with pytest.raises(NationalError):
        split(delivered, events={"courts": sentence}, coded={"courts.court"})


def test_what_is_no_code_is_emptied_and_counted(delivered: Country) -> None:
    held = dict(delivered.held[FORCE])
    held["reports"] = held["reports"].with_columns(outcome=pl.lit("told Dave off"))
    found = splitting.split(held, FORCE, OWN, ANALYST)
    assert found.content["reports"]["outcome"].null_count() == held["reports"].height
    assert found.emptied["reports.outcome"] == held["reports"].height


def test_without_names_tokens_alone_are_sent(delivered: Country) -> None:
    found = split(delivered, shared=TOKENS, names=False)
    hidden = [c for c in splitting.PARTY_FIELDS if c not in splitting.GROUP_FIELDS]
    assert all(found.people[c].null_count() == found.people.height for c in hidden)
    assert set(found.tokens["kind"]) <= {"pnc", "cro", "born", "phone", "email"}
    assert found.tokens.height
    with pytest.raises(NationalError, match="tokens, which need the key"):
        split(delivered, names=False)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda b: {"people": b["people"]}, "needs the tables"),
        (lambda b: {**b, "people": pl.concat([b["people"], b["people"].head(1)])}, "there twice"),
        (lambda b: {**b, "people": b["people"].clear()}, "at least one person"),
    ],
)
def test_what_cannot_be_delivered_is_refused(delivered: Country, change: object, told: str) -> None:
    with pytest.raises(NationalError, match=told):
        splitting.split(change(delivered.held[FORCE]), FORCE, OWN, ANALYST)  # type: ignore[operator]  # a function


@pytest.mark.parametrize("wrong", ["", "Q1 2027", "../x", "a_b"])
def test_a_release_is_the_name_of_a_folder(wrong: str) -> None:
    with pytest.raises(NationalError, match="lowercase letters"):
        splitting.check_release(Release("reoffending", wrong))


def test_the_same_people_have_the_same_ids_in_the_next_delivery_and_others_in_another_force() -> None:
    held, _ = bundles(3, 400, 2)
    a = splitting.split(held[FORCE], FORCE, OWN, ANALYST)
    assert splitting.split(held[FORCE], FORCE, OWN, ANALYST).people.equals(a.people)
    other = splitting.split(held[FORCE], "force-b", OWN, ANALYST)
    assert not set(other.people["record_id"]) & set(a.people["record_id"])


def test_the_analyst_gets_a_band_of_age_and_no_date_of_birth() -> None:
    people = pl.DataFrame(
        {
            "record_id": ["a", "b", "c", "d"],
            "report_id": ["r"] * 4,
            "birth_date": [dt.date(1990, 3, 11), dt.date(1990, 3, 10), None, dt.date(2010, 1, 1)],
            "age_from": [None, None, 40, 12],
            "age_to": [None, None, 45, 13],
        },
        schema_overrides={"age_from": pl.Int64, "age_to": pl.Int64},
    )
    reports = pl.DataFrame({"report_id": ["r"], "reported_at": [dt.datetime(2025, 3, 10, 23, 0)]})
    told = splitting.with_age_bands(people, reports)
    # The one will be 35 tomorrow, the other is today; what a force says itself stays.
    assert told["age_from"].to_list() == [25, 35, 40, 12]
    assert told["age_to"].to_list() == [34, 44, 45, 13]
    assert told.columns == people.columns
