"""What others' exports say in other ways: words written together, kinds of tellers, numbers of people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lamplighter.records.propose import Proposal, propose
from lamplighter.records.propose.columns.headings import named as meanings_named
from lamplighter.records.propose.columns.headings import said_by, within, words_of


def proposed(folder: Path, text: str, kind: str | None = None, name: str = "sample.csv") -> Proposal:
    path = folder / name
    path.write_text(text, "utf-8")
    return propose([path], kind)


def meaning(proposal: Proposal, heading: str) -> tuple[str, str]:
    found = next(c for c in proposal.columns if c.heading == heading)
    return found.meaning, found.whose


def table(headings: str, rows: list[str]) -> str:
    return "\n".join([headings, *rows]) + "\n"


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Dt Rep'd", "date reported"),
        ("Rel’n to Compl", "relationship to complainant"),
        ("Nature of rel'ship", "nature of relationship"),
        ("Victim's name", "victim name"),
        ("VPC", "v postcode"),
        ("dateofincident", "date of incident"),
        ("vicsurname", "victim surname"),
        ("relationshiptovictim", "relationship to victim"),
        ("telephoneno", "phone ref"),
        ("OffName", "offender name"),
        ("OffCat", "off category"),
        ("DV? (Y/N)", "dv"),
        # Words that only look as if others were in them stay as they are.
        ("Refused", "refused"),
        ("Statement", "statement"),
        ("Candidate", "candidate"),
        ("Nationality", "nationality"),
    ],
)
def test_headings_are_taken_apart(heading: str, words: str) -> None:
    assert " ".join(words_of(heading)) == words


@pytest.mark.parametrize(
    ("heading", "named", "whose"),
    [
        ("Locus", "place_text", None),
        ("AKA", "nicknames", None),
        ("Status code", "not_used", None),
        ("Last committed", "happened_to", None),
        ("How has this affected you?", "impact", None),
        ("Other issues", "offence_included", None),
        ("VFore", "forenames", "victim"),
        ("SDOB", "birth_date", "suspect"),
        ("Off DOB", "birth_date", "suspect"),
        ("Responding student name", "whole_name", "suspect"),
        ("Complainer address", "address", "victim"),
        ("Reason for closure", "outcome", None),
        ("Where did it take place?", "place_text", None),
        ("NHS no.", "person_reference", None),
    ],
)
def test_names_that_meanings_go_by_elsewhere(heading: str, named: str, whose: str | None) -> None:
    told = said_by(heading)
    found = meanings_named(told.rest or told.words)
    assert not found if named == "not_used" else found[0].meaning == named
    assert (told.whose.role if told.whose is not None else None) == whose


def test_a_heading_of_a_thousand_letters_is_taken_apart_at_once() -> None:
    assert len(words_of("dateofincident" * 1_000)) < 200


def test_who_told_them_is_no_part_in_the_report(tmp_path: Path) -> None:
    told = ["Victim", "Relative", "Victim", "Police"]
    rows = [
        f"C{n}/25,{told[n % 4]},Ann{'abcde'[n % 5]},Lake,0{n % 9 + 1}/03/1990,Bea,Moor,1{n % 9}/04/1980"
        for n in range(40)
    ]
    headings = "Crime no,Notified by,Vic forename,Vic surname,Vic DOB,Susp forename,Susp surname,Susp DOB"
    proposal = proposed(tmp_path, table(headings, rows), "police")
    assert meaning(proposal, "Notified by") == ("made_by", "")
    assert proposal.rows_are == "parties"
    names = [r.replace(told[n % 4], f"{'ABCDE'[n % 5]}nna {'FGHKLMN'[n % 7]}oor") for n, r in enumerate(rows)]
    proposal = proposed(tmp_path, table(headings, names), "police")
    assert meaning(proposal, "Notified by") == ("whole_name", "reporting_person")


def test_sentences_that_name_a_victim_are_no_part_and_checksums_no_telephones(tmp_path: Path) -> None:
    told = ["The victim sleeps badly", "The victim left her job"]
    rows = [
        f"C{n}/25,Ann,Lake,{told[n % 2]} since week {n} of last year,{n * 7919 + 2946004570}"
        for n in range(10, 60)
    ]
    proposal = proposed(tmp_path, table("Crime no,Vic forename,Vic surname,Qqq,Zzz", rows), "police")
    assert meaning(proposal, "Qqq")[0] == "summary"
    assert meaning(proposal, "Zzz")[0] != "phones"
    assert proposal.rows_are == "parties"


def test_last_beside_first_is_the_latest_and_alone_when_it_happened(tmp_path: Path) -> None:
    rows = [f"C{n},Lake,{n % 27 + 1:02d}/01/2026,{n % 27 + 1:02d}/02/2026" for n in range(30)]
    both = "Crime no,Victim surname,Date of first incident,Date of last incident"
    proposal = proposed(tmp_path, table(both, rows))
    assert meaning(proposal, "Date of first incident") == ("happened_from", "")
    assert meaning(proposal, "Date of last incident") == ("happened_to", "")
    alone = both.replace("Date of first incident", "Zzz")
    proposal = proposed(tmp_path, table(alone, rows))
    assert meaning(proposal, "Date of last incident") == ("happened_from", "")


def concerns(whom: str) -> list[str]:
    """Forty rows of ten people who come four times each: ``whom``, and the other side is somebody new."""
    found = []
    for n in range(40):
        who, day = n % 10, f"{n % 28 + 1:02d}/0{n % 9 + 1}/2026"
        same = f"S{'abcdefghij'[who]}lby,{who + 10}/03/1990"
        other = f"T{'abcdefghijklmn'[n % 13]}r{'aeiou'[n // 9]}n,{n % 28 + 1:02d}/05/19{60 + n}"
        people = (same, other) if whom == "victim" else (other, same)
        found.append(f"P{who:03d},{60000 + n},{day},{people[0]},{people[1]},Waited at gate number {n} again")
    return found


@pytest.mark.parametrize("whom", ["victim", "suspect"])
def test_a_number_that_comes_again_with_one_person_is_theirs(tmp_path: Path, whom: str) -> None:
    headings = "Case ref,Entry id,Date notified,Victim surname,Victim DOB,Suspect surname,Suspect DOB,Details"
    proposal = proposed(tmp_path, table(headings, concerns(whom)))
    assert meaning(proposal, "Case ref") == ("person_reference", whom)
    assert meaning(proposal, "Entry id") == ("report_reference", "")


def test_a_number_that_comes_again_with_the_same_report_stays_the_reports(tmp_path: Path) -> None:
    rows = [
        f"P{n // 2:03d},{60000 + n},{n // 2 + 1:02d}/01/2026,Lake,Moor{'ab'[n % 2]},He waited at {n // 2}"
        for n in range(50)
    ]
    headings = "Case ref,Entry id,Date notified,Victim surname,Suspect surname,Details"
    proposal = proposed(tmp_path, table(headings, rows))
    assert meaning(proposal, "Case ref") == ("report_reference", "")


def test_what_some_rows_lack_is_not_the_reports_own_reference(tmp_path: Path) -> None:
    rows = [f"26{n:04d},{f'24*{n:05d}' if n % 3 else ''},Lake,0{n % 9 + 1}/03/1990" for n in range(60)]
    proposal = proposed(tmp_path, table("RefID,CrimeRef,Victim surname,Victim DOB", rows))
    assert meaning(proposal, "RefID") == ("report_reference", "")
    assert meaning(proposal, "CrimeRef") == ("other_reference", "")


def test_within_objects_that_say_nothing_the_last_word_tells(tmp_path: Path) -> None:
    assert within("$.enquiry.route") == "route"
    assert within("$.vehicle.type") == within("$.route") == ""
    rows = [
        {
            "contactId": f"C{n:04d}",
            "enquiry": {"route": ["phone", "webForm", "email"][n % 3], "markers": ["digital"]},
            "people": [{"part": "victim", "surname": "Lake"}, {"part": "perpetrator", "surname": "Moor"}],
        }
        for n in range(30)
    ]
    text = "\n".join(json.dumps(row) for row in rows) + "\n"
    proposal = proposed(tmp_path, text, "advocacy", "sample.jsonl")
    assert meaning(proposal, "enquiry route") == ("report_channel", "")
    assert meaning(proposal, "enquiry markers") == ("flags", "")
