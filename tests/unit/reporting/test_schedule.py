"""The schedule as a PDF: complete, tagged, the same every time, and silent about addresses."""

import dataclasses
import datetime as dt
import io

import pytest
from pypdf import PdfReader

from lamplighter.reporting.schedule import (
    WITHHELD,
    CourseSchedule,
    ScheduleFeature,
    ScheduleOccasion,
    schedule_pages,
    schedule_pdf,
    withhold,
)

OCCASION = ScheduleOccasion(
    when="3 March 2026, 10pm",
    what="Damaged property",
    recorded_as="Criminal damage",
    agency="Force A",
    reference="4A/000123/26",
    account='The suspect, "Dan", scratched the car. #panic("markup") $x$ *bold*',
    limbs="s.2A(3)(f)",
)
SCHEDULE = CourseSchedule(
    title="Schedule of a course of conduct",
    reference="Pattern C-4K7Q2M",
    sentence="Two reports about Priya Nair and a man called “Dan”. None was recorded as stalking.",
    as_at=dt.datetime(2026, 11, 24, 16, 2),
    facts=(("Victim", "Priya Nair"), ("Suspect", "“Dan”")),
    occasions=(OCCASION, dataclasses.replace(OCCASION, reference="HM2600001234", agency="Force B")),
    sources=("4A/000123/26 (Force A)", "HM2600001234 (Force B)"),
    features=(ScheduleFeature("Fixated", "Two incidents."),),
    notes=("Acts were read by a named rule.",),
    handling="OFFICIAL-SENSITIVE",
    never_print=("14 Lark Rise, Avonbridge", "AV1 8ZQ"),
)


def pages(schedule):
    return [" ".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(schedule_pdf(schedule))).pages]


def test_it_says_what_it_was_given_and_reads_none_of_it_as_markup():
    text = pages(SCHEDULE)[0]
    for words in (
        "Priya Nair",
        "Damaged property",
        "s.2A(3)(f)",
        "HM2600001234",
        '#panic("markup") $x$ *bold*',
    ):
        assert words in text


def test_every_page_says_what_it_is_made_from_as_at_when_and_how_to_handle_it():
    many = dataclasses.replace(SCHEDULE, occasions=SCHEDULE.occasions * 12)
    found = pages(many)
    assert len(found) > 1
    for number, text in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in text
        assert "Made from 2 reports as held at 4:02pm on 24 November 2026: 4A/000123/26" in text
        assert text.count("OFFICIAL-SENSITIVE") == 2


def test_the_handling_words_are_configuration():
    assert "OFFICIAL" not in pages(dataclasses.replace(SCHEDULE, handling=""))[0]


def test_few_references_are_not_listed_a_second_time():
    assert "Reports it is made from" not in " ".join(pages(SCHEDULE))


def test_many_references_go_to_the_last_page():
    sources = tuple(f"4A/{i:06d}/26 (Force A)" for i in range(9))
    text = pages(dataclasses.replace(SCHEDULE, sources=sources))[-1]
    assert "Made from 9 reports, listed on the last page" in text
    assert "Reports it is made from" in text
    assert sources[8] in text


def test_it_is_a4_tagged_and_titled():
    reader = PdfReader(io.BytesIO(schedule_pdf(SCHEDULE)))
    assert (
        reader.trailer["/Root"]["/MarkInfo"]["/Marked"] is True
        or reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    )
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.metadata.title == "Schedule of a course of conduct"
    assert [round(float(v) / 72 * 25.4) for v in reader.pages[0].mediabox[2:]] == [210, 297]
    assert b"pdfuaid" in schedule_pdf(SCHEDULE)


def test_the_same_schedule_is_the_same_bytes():
    assert schedule_pdf(SCHEDULE) == schedule_pdf(SCHEDULE)
    assert schedule_pages(SCHEDULE)[0].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "written", ["14 Lark Rise, Avonbridge", "14 LARK RISE  AVONBRIDGE", "av18zq", "AV1 8ZQ"]
)
def test_an_address_is_refused_however_it_is_written(written):
    leaking = dataclasses.replace(OCCASION, account=f"He waited outside {written} all night.")
    with pytest.raises(ValueError, match="must not be printed") as refused:
        schedule_pdf(dataclasses.replace(SCHEDULE, occasions=(leaking,)))
    assert "lark" not in str(refused.value).lower()
    clean = dataclasses.replace(leaking, account=withhold(leaking.account, SCHEDULE.never_print))
    assert WITHHELD in clean.account
    assert "all night" in pages(dataclasses.replace(SCHEDULE, occasions=(clean,)))[0]


def test_withholding_leaves_other_words_alone():
    assert withhold("Larkrise Road 14", ("14 Lark Rise",)) == "Larkrise Road 14"
    assert withhold("nothing here", ("", " , ")) == "nothing here"
