"""One report is read without frames where nothing is wrong with it. Both ways must give the same rows."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lamplighter.records import ingest
from lamplighter.records.canonical import names as canonical_names
from lamplighter.records.canonical.names import is_plainly_a_name
from lamplighter.records.reading.documents import _told
from lamplighter.records.reading.plain_rows import Rows, plain_rows

KEY = b"key"
NOW = dt.datetime(2026, 5, 4, 12)


def document(**changes: Any) -> dict[str, Any]:
    """A report as the form makes it."""
    return {
        "source": "form-force-a",
        "agency": "force-a",
        "source_ref": "FORCE-A-26-ABCD2345",
        "reported_at": "2026-05-03T00:00:00",
        "record_type": "crime",
        "recorded_as": "harassment",
        "summary": "He waited outside her work again.\r\n“Again”, she said: “\t/\\ …”",
        "domestic_abuse": True,
        "related_refs": [],
        "offences": [{"offence": "harassment_s2", "offence_group": "harassment", "raw_title": "Harassment"}],
        "occasions": [
            {"date_precision": "day", "started_at": "2026-05-02T00:00:00", "ended_at": "2026-05-02T23:59:00"},
            {"date_precision": "day", "behaviours": ["loitering"], "place_postcode": "AV1"},
        ],
        "people": [
            {"role": "victim", "forenames": "Ada Mae", "surname": "O'Neil", "phones": ["+447131140022"]},
            {
                "role": "suspect",
                "surname": "Lightfoot",
                "birth_date": "1990-02-28",
                "relationship": "ex_partner",
                "nicknames": ["Baz", 'the "boss" \\ é'],
                "vehicles": [],
                "age_from": 30,
                "age_to": 30,
            },
        ],
    } | changes


def person(**changes: Any) -> dict[str, Any]:
    return document(people=[{"role": "victim", "forenames": "Ada"} | changes])


def _plainly(one: dict[str, Any]) -> Rows | None:
    return plain_rows(_told([one]), match_key=KEY, as_at=NOW, source_file="form")


def _same_as_by_frames(one: dict[str, Any]) -> bool:
    """Hold both ways to the same answer; whether the report was read without frames."""
    rows = _plainly(one)
    batch = ingest.from_documents([one], match_key=KEY, as_at=NOW, source_file="form")
    alone = ingest.from_document(one, match_key=KEY, as_at=NOW, source_file="form")
    assert alone.rows == {name: frame.to_dicts() for name, frame in batch.bundle.items()}
    assert alone.rejects == batch.rejects.to_dicts()
    assert alone.counts.totals() == batch.counts.totals()
    assert alone.counts.balanced()
    assert {alone.digest} - {""} == set(ingest.digest(batch.bundle).values())
    return rows is not None


@pytest.mark.parametrize(
    "one",
    [
        document(),
        document(summary="   ", occasions=[], people=[], offences=[]),
        person(phones=["07131 140022", "+447131140023"], emails=["Ada@Example.ORG"], postcode="av18zq"),
        person(
            handles=["@Ada_1 (IG)"], vehicles=["ab12 cde"], forenames="Mrs Ada", surname="Smith nee Jones"
        ),
        person(safe_contact={"note": "her sister, 07195 101084"}),
        person(forenames="A caller", surname=None),
        document(occasions=[{"date_precision": "day"}]),
    ],
)
def test_what_a_form_usually_holds_needs_no_frames(one: dict[str, Any]) -> None:
    assert _same_as_by_frames(one)


@pytest.mark.parametrize(
    "one",
    [
        document(agency=None),
        document(source_ref=None),
        document(recorded_as="no such group"),
        document(reported_at="2026-06-03T00:00:00"),
        document(reported_at="3 May 2026"),
        document(domestic_abuse="perhaps"),
        document(related_refs="A/1; B/2"),
        document(occasions=[{"occasion_seq": 1}, {"occasion_seq": 1}]),
        document(occasions=[{"started_at": "2026-05-09T00:00:00"}]),
        document(occasions=[{"started_at": "2026-05-02T10:00:00", "ended_at": "2026-05-02T09:00:00"}]),
        document(offences=[{"report_id": "somebody else's"}]),
        person(role=None),
        person(phones=["not a number"]),
        person(birth_date="2026-05-04"),
        person(birth_date="1880-01-01"),
        person(birth_date="1990-02-30"),
        person(age_from=40, age_to=30),
        person(age_from=-1),
        person(nicknames=["Baz", " "]),
        person(surname="Sm\x00ith"),
    ],
)
def test_of_whatever_is_to_be_said_anything_the_frames_say_it(one: dict[str, Any]) -> None:
    assert not _same_as_by_frames(one)


_WORD = st.sampled_from(
    [
        "Ada",
        "ex",
        "partner",
        "Unknown",
        "Neighbor",
        "co",
        "worker",
        "Mr",
        "nee",
        "a.k.a.",
        "N/A",
        "x",
        "O'Neil",
        "Anne-Marie",
        "José",
        "’",
        "  ",
        ",",
        "null",
        "aka",
        "Žižek",
        "friend",
        "née",
        "0",
        "S",
    ]
)
_NAME = st.lists(_WORD, min_size=1, max_size=4).map(" ".join) | st.text(max_size=12)
_LOOSE = st.sampled_from(
    [
        "07131 140022",
        "+447131140022",
        "ada@example.org",
        "Ada@Example.org",
        "ab12 cde",
        "AB12CDE",
        "insta: ada",
    ]
) | st.text(max_size=8)
_DAY = st.dates(dt.date(1890, 1, 1), dt.date(2027, 1, 1)).map(str) | st.text(max_size=6)
_MOMENT = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2026, 6, 1)).map(dt.datetime.isoformat) | _DAY
_SOME = st.none() | st.text(max_size=10)
_PERSON = st.fixed_dictionaries(
    {"role": st.sampled_from(["victim", "suspect", "other"])},
    optional={
        "forenames": _NAME,
        "surname": _NAME,
        "descriptor": _SOME,
        "nicknames": st.lists(_NAME, max_size=2),
        "birth_date": _DAY,
        "age_from": st.integers(-1, 160) | _SOME,
        "age_to": st.integers(-1, 160),
        **{n: st.lists(_LOOSE, max_size=2) for n in ("phones", "emails", "handles", "vehicles")},
        **dict.fromkeys(("postcode", "pnc_id", "cro"), _LOOSE),
        "safe_contact": st.fixed_dictionaries({"note": _LOOSE}),
    },
)
_DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "summary": _SOME,
        "reported_at": _MOMENT,
        "domestic_abuse": st.booleans() | _SOME,
        "flags": st.lists(_SOME, max_size=2),
        "location_postcode": _LOOSE,
        "occasions": st.lists(
            st.fixed_dictionaries(
                {}, optional={"started_at": _MOMENT, "ended_at": _MOMENT, "narrative": _SOME}
            ),
            max_size=2,
        ),
        "people": st.lists(_PERSON, max_size=2),
    },
)


@given(_DOCUMENT)
@example({"summary": "\ud800"})
@settings(deadline=None)
def test_both_ways_give_the_same_rows_whatever_is_typed(changes: dict[str, Any]) -> None:
    one = document(**changes)
    try:
        json.dumps(one, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # No text at all, and the frames will not have it. Nor does the quick way.
        assert _plainly(one) is None
        return
    _same_as_by_frames(one)


@given(_NAME)
@settings(deadline=None)
def test_what_is_plainly_a_name_stays_as_it_is(name: str) -> None:
    if is_plainly_a_name(name):
        series, nobody = pl.Series([name], dtype=pl.String), pl.Series([None], dtype=pl.String)
        assert [o.value[0] for o in canonical_names(series, nobody)] == [name, None, None]
        assert [o.value[0] for o in canonical_names(nobody, series)] == [None, name, None]
