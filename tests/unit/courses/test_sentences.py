"""The sentence that comes first: what a pattern is called by, and who said stalking."""

from __future__ import annotations

import datetime as dt

from lamplighter.courses.summaries import labels, sentences
from lamplighter.linkage.explain import naming

KINDS = {"force-a": "police", "force-b": "police", "helpline": "advocacy", "gp": ""}
REPORTS = [
    {
        "report_id": "1",
        "agency": "force-a",
        "recorded_as": "criminal_damage",
        "reported_at": dt.datetime(2026, 3, 1),
    },
    {"report_id": "2", "agency": "force-b", "recorded_as": "breach", "reported_at": dt.datetime(2026, 4, 11)},
]
TIMES = [r["reported_at"] for r in REPORTS]


def test_a_pattern_is_one_sentence_then_what_nobody_called_it() -> None:
    told = sentences.of_pattern(REPORTS, "Priya Nair", "a man called “Dan”", TIMES, KINDS)
    facts = "in two forces, over 41 days"
    assert told == (
        f"Two reports about Priya Nair and a man called “Dan”, {facts}. They were recorded as "
        f"criminal damage and {sentences.offence('breach')}. None was recorded as stalking."
    )


def test_stalking_among_other_offences_of_a_report_is_stalking_recorded() -> None:
    told = sentences.of_pattern(REPORTS, "Priya Nair", "Dan Marsh", TIMES, KINDS, included={"2"})
    assert told.endswith("One of two was recorded as stalking.")


def test_what_a_helpline_or_probation_calls_stalking_is_no_crime_record() -> None:
    called = [REPORTS[0], REPORTS[1] | {"agency": "helpline", "recorded_as": "stalking"}]
    said = "A helpline or another service called it stalking, which is no crime record."
    assert sentences.called_stalking(called, kinds=KINDS) == f"None was recorded as stalking. {said}"
    twice = [*called, called[1] | {"report_id": "3"}]
    assert "called it stalking in two reports" in sentences.called_stalking(twice, kinds=KINDS)
    assert sentences.called_stalking(REPORTS, kinds=KINDS) == "None was recorded as stalking."
    officer = [REPORTS[0], REPORTS[1] | {"agency": "prob", "recorded_as": "stalking"}]
    assert sentences.called_stalking(officer, kinds={"prob": "probation"}).startswith("None")
    assert sentences.called_stalking(officer).startswith("One of two")
    contact = [REPORTS[0], officer[1] | {"record_type": "contact"}]
    assert sentences.called_stalking(contact).startswith("None")


def test_agencies_are_counted_by_what_they_are() -> None:
    assert sentences.where(["force-a", "force-b", "helpline", "gp"], KINDS) == (
        "in two forces, by a helpline and by one other agency"
    )


def test_an_act_that_was_not_read_is_not_said_to_be_nothing() -> None:
    assert labels.acts([]) == "No act against the person was read from the words"
    assert labels.attribution("named", "The report names this person.") == ""
    assert labels.reading_title("other_matter") == "Other repeated matter, not read"
    assert "amily" not in labels.reading_title("family_row")


def test_a_name_is_the_one_that_most_records_give() -> None:
    rows = [
        {"surname": "NAIR", "forenames": "PRIYA"},
        {"surname": "Nair", "forenames": "Priya"},
        {"surname": "Nayar"},
    ]
    assert naming.called(rows) == "Priya Nair"
    assert naming.called([{"nicknames": ["Dan"], "sex": "male"}]) == "a man called “Dan”"
    assert naming.called([{}]) == "somebody not yet identified"
