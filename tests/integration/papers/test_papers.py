"""Papers of a case: made by those who may, kept where they belong, issued once, silent about the address."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from django.utils import timezone
from pypdf import PdfReader

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.papers import permissions, services
from lamplighter.hub.papers.files import drawing
from lamplighter.hub.papers.kinds import KINDS
from lamplighter.hub.papers.models import Issue, Paper
from lamplighter.hub.redaction import services as redaction
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from lamplighter.hub.victim_side.policies import NotSafeError
from tests.integration.access import making
from tests.integration.cases import telling as cases
from tests.integration.papers import telling
from tests.integration.papers.telling import (
    ADDRESS,
    HOSTILE,
    LONG,
    a_case,
    file,
    issue,
    make,
    officer,
    text_of,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
SAYS = {
    "marac": {"criteria": ["judgement"], "reason": "It gets worse.", "consent": "yes"},
    "mappa": {"category": "three", "level": "2", "reason": "Several agencies are needed."},
    "letter_victim": {
        "dear": "Dear Priya",
        "words": "We will ring on Friday.\n\nWith best wishes",
        "signed": "S. Reed",
    },
    "letter_court": {
        "to": "Avonbridge Crown Court",
        "dear": "Dear Sir or Madam",
        "words": "The file follows.",
    },
    "acknowledgement": {"dear": "Dear colleague", "words": "Received."},
}


def verified(**rest: str) -> dict[str, str]:
    said = {"verified_with": "The advocate", "verified_day": TODAY().isoformat(), "grounds": "He goes on."}
    return said | rest


def test_a_schedule_is_a_draft_in_every_form_until_it_is_issued() -> None:
    by = officer()
    case = a_case(by)
    (row,) = make(by, case, "schedule", remarks="Read with exhibit one.")
    for form in drawing.NAMES:
        draft = text_of(file(by, case, row, form), form)
        assert "DRAFT" in draft
        assert "OFFICIAL-SENSITIVE" in draft
    out = issue(by, case, row)
    for form in drawing.NAMES:
        made = file(by, case, row, form)
        assert "DRAFT" not in text_of(made, form)
        assert "Version 1" in text_of(made, form)
        assert out.digests[form] == drawing.digest(made)
    with identity.as_person(by):
        line = Entry.objects.get(case=case, kind="paper")
    assert (line.partition, line.page) == ("police", "papers:paper")
    with making.as_the_owner():
        event = Event.objects.get(verb="papers.issued")
    assert event.operation == "disclosure"
    assert event.detail["basis"] == "public_task"
    assert "Avonbridge" not in str(event.detail)


@pytest.mark.parametrize("form", list(drawing.NAMES))
def test_hostile_text_comes_out_the_same_in_every_form(form: str) -> None:
    by = officer()
    case = a_case(by, 1, f"{HOSTILE} {LONG}")
    (row,) = make(by, case, "schedule", remarks=HOSTILE)
    said = text_of(file(by, case, row, form), form)
    assert "<script>alert(1)</script>" in said
    assert '=HYPERLINK("x")' in said
    assert "ŵyneb" in said
    assert "[grinning face]" in said
    assert "'; DROP TABLE" in said
    # Over some pages of a PDF, with what stands on every page in between.
    assert sum(map(len, re.findall("x{9,}", said.replace(" ", "")))) == len(LONG)
    # A reader of PDF turns letters that run from the right around.
    assert "שלום" in said or "םולש" in said
    client = cases.browser(by)
    page = client.get(f"/cases/{case.key}/papers/{row.key}", secure=True).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page
    assert "[grinning face]" in page


def test_no_form_names_a_tool_or_anybody_in_its_properties() -> None:
    by = officer()
    case = a_case(by, 1)
    (row,) = make(by, case, "summary")
    for form in drawing.NAMES:
        held = telling.everything_in(file(by, case, row, form), form).lower()
        for word in (
            "typst",
            "python-docx",
            "odfdo",
            "pikepdf",
            "qpdf",
            "lamplighter",
            "libreoffice",
            "macintosh",
        ):
            assert word not in held, (form, word)


def test_an_address_that_a_report_repeats_is_withheld_and_typed_text_with_one_is_refused() -> None:
    by = officer()
    case = a_case(by, 1, "He waited outside 14 Lark Rise all night.")
    telling.safe(case)
    (row,) = make(by, case, "schedule")
    for form in drawing.NAMES:
        assert "lark rise" not in telling.everything_in(file(by, case, row, form), form).lower()
    assert "[address withheld]" in text_of(file(by, case, row))
    with pytest.raises(NotPossibleError, match="address"):
        make(by, case, "schedule", remarks="She lives at 14 Lark Rise.")


def test_the_address_stands_on_the_courts_version_that_is_issued_and_nowhere_else() -> None:
    by = officer()
    case = a_case(by)
    with pytest.raises(NotPossibleError, match="No address"):
        make(by, case, "restraining", **verified())
    telling.safe(case)
    late = (TODAY() - dt.timedelta(days=3)).isoformat()
    with pytest.raises(NotPossibleError, match="more than 2 days ago"):
        make(by, case, "restraining", **verified(verified_day=late))
    court, respondent = make(
        by, case, "restraining", **verified(prohibitions=["contact", "zone"], views="She wants one.")
    )
    for row in (court, respondent):
        assert "Lark" not in str(row.outline) + str(row.given)
        assert "Lark" not in text_of(file(by, case, row))
    issue(by, case, court)
    issue(by, case, respondent)
    for form in drawing.NAMES:
        assert ADDRESS in text_of(file(by, case, court, form), form)
        said = telling.everything_in(file(by, case, respondent, form), form)
        assert "Lark" not in said
        assert "AV1" not in said
        assert "She wants one" not in said
    page = cases.browser(by).get(f"/cases/{case.key}/papers/{court.key}", secure=True).content.decode()
    assert "Lark" not in page
    assert "Not to contact" in page


def test_after_safe_contact_changed_the_courts_version_is_not_given_out() -> None:
    by = officer()
    case = a_case(by)
    telling.safe(case)
    court, _ = make(by, case, "restraining", **verified())
    telling.safe(case, address="2 Mill Lane, Avonbridge")
    with pytest.raises(ConflictError, match="changed after"):
        issue(by, case, court)
    assert not Issue.objects.exists()


def test_a_pack_names_the_incidents_of_each_limb_and_what_is_missing() -> None:
    by = officer()
    case = a_case(by, 4)
    (row,) = make(
        by, case, "spo", prohibitions=["contact"], own_prohibitions="not to fly a drone\n", hearsay_why=""
    )
    said = text_of(file(by, case, row))
    assert "1. The respondent has carried out acts associated with stalking" in said
    assert "s.2A(3)(a) following Incident 1 None held" in said
    assert "Nobody has assessed the risk" in said
    assert "Limb 3: nobody has said why an order is necessary" in said
    assert "Not to fly a drone." in said
    assert "Not to contact or try to contact" in said
    assert "No order is recorded as in force" in said
    assert "No exhibit is held" in said
    assert "4A/000000/26" in said


@pytest.mark.parametrize("incidents", [3, 300])
def test_every_incident_is_on_the_schedule_once(incidents: int) -> None:
    by = officer()
    case = a_case(by, incidents, "He waited outside her work.")
    (row,) = make(by, case, "schedule")
    made = file(by, case, row)
    said = text_of(made)
    assert all(said.count(f"4A/{n:06d}/26") == 1 for n in range(incidents))
    assert "Page 1 of " in said
    assert (
        telling.text_of(file(by, case, row, "docx"), "docx").count("He waited outside her work.") == incidents
    )


@pytest.mark.parametrize("code", [k for k in KINDS if k not in ("bundle", "take_along")])
def test_who_makes_a_kind_and_where_it_is_kept(code: str) -> None:
    owner = officer()
    case = a_case(owner, 1)
    telling.safe(case)
    agencies = {"advocate": "helpline", "clinician": "health", "probation": "probation"}
    kind = KINDS[code]
    given = SAYS.get(code, verified() if code == "restraining" else {})
    for role in Role:
        user = making.somebody(role, agencies.get(role, "force-a"))
        with identity.as_person(user):
            may = permissions.may_make(user, kind)
            if role not in kind.makers:
                assert not may
        if not may:
            with pytest.raises(NotPossibleError, match="cannot make"):
                make(user, case, code, **given)
            continue
        row = make(user, case, code, **given)[0]
        own = {"advocate": "advocacy", "clinician": "health", "probation": "health"}.get(role, "police")
        assert row.partition == (own if kind.keeps == "own" else kind.keeps)


def test_a_paper_of_one_side_is_not_there_for_the_others() -> None:
    by = officer()
    case = a_case(by)
    (row,) = make(by, case, "schedule")
    for role, code in (
        (Role.ADVOCATE, "helpline"),
        (Role.CLINICIAN, "health"),
        (Role.PROBATION, "probation"),
    ):
        client = cases.browser(making.somebody(role, code))
        assert (
            client.get(f"/cases/{case.key}/papers", secure=True).content.count(b"Schedule of a course") == 0
        )
        for path in ("", "/pdf", "/docx", "/odt", "/issue", "/withdraw"):
            assert client.get(f"/cases/{case.key}/papers/{row.key}{path}", secure=True).status_code in (
                403,
                404,
            )


def test_a_letter_goes_only_where_the_rules_of_safe_contact_allow_it() -> None:
    by = officer()
    case = a_case(by)
    (row,) = make(by, case, "letter_victim", **SAYS["letter_victim"])
    with pytest.raises(NotSafeError):
        issue(by, case, row)
    telling.safe(case)
    with pytest.raises(NotSafeError):
        issue(by, case, row, channel="email")
    issue(by, case, row, recipient="Priya", channel="letter")
    said = text_of(file(by, case, row))
    assert "We will ring on Friday." in said
    for word in ("OFFICIAL", case.reference, "talking", "Lark"):
        assert word not in said


def test_a_plan_to_take_along_says_nothing_that_gives_her_away() -> None:
    by = officer()
    case = a_case(by)
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    for words in ("Ring the Police first.", "Ask Daniel nothing.", "Go to the refuge."):
        with pytest.raises(NotPossibleError, match="give the plan away") as refused:
            make(advocate, case, "take_along", parts=[{"field": "part_home", "heading": "1", "words": words}])
        assert refused.value.field == "part_home"
    parts = [{"field": "part_home", "heading": "1", "words": "Blue bag by the door."}]
    (row,) = make(advocate, case, "take_along", parts=parts)
    issue(advocate, case, row, recipient="Herself")
    with identity.as_person(advocate):
        fresh = Paper.objects.select_related("case").get(pk=row.pk)
        assert drawing.name_of(fresh, "pdf") == "notes.pdf"
    for form in drawing.NAMES:
        held = telling.everything_in(file(advocate, case, row, form), form)
        for word in ("OFFICIAL", case.reference, "Priya", "Hollinshaw", "stalk", "Helpline", "afety"):
            assert word not in held, (form, word)


def test_a_version_is_issued_once_and_a_later_one_overtakes_it() -> None:
    by = officer()
    case = a_case(by)
    (first,) = make(by, case, "summary")
    with identity.as_person(by):
        (second,) = services.make(by, case, "summary", {}, thread=first.thread)
    assert second.number == 2
    with pytest.raises(ConflictError, match="later version"):
        issue(by, case, first)
    issue(by, case, second)
    with pytest.raises(ConflictError, match="issued already"):
        issue(by, case, second)
    with identity.as_person(by):
        services.withdraw(by, case, second, "A name was wrong in it.")
        with pytest.raises(ConflictError, match="withdrawn already"):
            services.withdraw(by, case, second, "A name was wrong in it.")
    assert "DRAFT" in text_of(file(by, case, second))


def test_the_pages_make_issue_and_give_out_a_paper() -> None:
    by = officer()
    case = a_case(by)
    client = cases.browser(by)
    papers = f"/cases/{case.key}/papers"
    assert "No paper that you may read" in client.get(papers, secure=True).content.decode()
    asked = client.get(f"{papers}/make/spo", secure=True).content.decode()
    # Proposed after what was done, and chosen.
    assert "(Incidents 1 and 3)" in asked
    answer = client.post(f"{papers}/make/spo", {"prohibitions": ["contact"]}, secure=True)
    assert answer.status_code == 302
    with identity.as_person(by):
        row = Paper.objects.get(case=case)
    page = client.get(answer["Location"], secure=True).content.decode()
    assert "DRAFT" in page
    assert '<th scope="col"' in page
    refused = client.post(f"{papers}/{row.key}/issue", {"recipient": "A court"}, secure=True)
    assert refused.status_code == 422
    given = {"recipient": "A court", "basis": "public_task", "why": "For the application.", "read": "on"}
    assert client.post(f"{papers}/{row.key}/issue", given, secure=True).status_code == 302
    page = client.get(f"{papers}/{row.key}", secure=True).content.decode()
    assert "SHA-256 of the PDF" in page
    assert "For the application." in page
    got = client.get(f"{papers}/{row.key}/docx", secure=True)
    assert got["Content-Disposition"] == f'attachment; filename="spo-{case.reference}-v1.docx"'
    assert got["Cache-Control"] == "no-store"
    again = client.get(f"{papers}/make/spo?again={row.key}", secure=True)
    assert again.status_code == 200
    assert (
        client.post(f"{papers}/{row.key}/withdraw", {"reason": "Another is coming."}, secure=True).status_code
        == 302
    )
    assert "Another is coming." in client.get(f"{papers}/{row.key}", secure=True).content.decode()


def test_a_bundle_is_checked_keeps_its_numbers_and_is_not_issued_where_a_check_fails() -> None:
    by = officer()
    case = a_case(by)
    (schedule,) = make(by, case, "schedule")
    with pytest.raises(NotPossibleError, match="withdrawn, or you may not read"):
        make(by, case, "bundle", court="Avonbridge", parts=[f"paper:{schedule.key}"])
    issue(by, case, schedule)
    (first,) = make(by, case, "bundle", court="Avonbridge Magistrates", parts=[f"paper:{schedule.key}"])
    assert [passed for _, passed, _ in first.given["checks"]] == [True] * 8
    draft = file(by, case, first)
    assert text_of(draft).count("DRAFT") >= len(PdfReader(io.BytesIO(draft)).pages)
    (summary,) = make(by, case, "summary")
    issue(by, case, summary)
    with identity.as_person(by):
        (second,) = services.make(
            by,
            case,
            "bundle",
            {"court": "Avonbridge Magistrates", "parts": [f"paper:{summary.key}"]},
            thread=first.thread,
        )
    assert second.given["parts"] == [f"paper:{schedule.key}", f"paper:{summary.key}"]
    assert second.given["starts"][0] == first.given["starts"][0]
    out = issue(by, case, second)
    made = file(by, case, second)
    assert out.digests["pdf"] == drawing.digest(made)
    assert "DRAFT" not in text_of(made)
    reader = PdfReader(io.BytesIO(made))
    assert reader.page_labels == [str(n) for n in range(1, len(reader.pages) + 1)]
    assert "pdfuaid:part" not in telling.everything_in(made, "pdf")
    front = file(by, case, second, "front")
    assert "pdfuaid:part" in telling.everything_in(front, "pdf")
    client = cases.browser(by)
    page = client.get(f"/cases/{case.key}/papers/{second.key}", secure=True).content.decode()
    assert page.count("Passed") == 8
    # It must still pass when it is issued: a number that the vault has since stands in the schedule.
    (third,) = make(by, case, "bundle", court="Avonbridge", parts=[f"paper:{schedule.key}"])
    telling.safe(case, phone="4A/000001/26")
    with pytest.raises(NotPossibleError, match="fails a check"):
        issue(by, case, third)


def test_after_words_were_taken_out_the_page_says_that_it_is_not_the_file_that_was_given_out() -> None:
    by = officer()
    case = a_case(by)
    (row,) = make(by, case, "summary", remarks="For a meeting about Zelda.")
    out = issue(by, case, row)
    client = cases.browser(by)
    address = f"/cases/{case.key}/papers/{row.key}"
    assert "Words were taken out" not in client.get(address, secure=True).content.decode()
    with identity.as_person(by):
        redaction.redact(by, case, row, "Zelda", "A name that has nothing to do with it.")
    assert "Words were taken out" in client.get(address, secure=True).content.decode()
    made = file(by, case, row)
    assert "Zelda" not in text_of(made)
    assert drawing.digest(made) != out.digests["pdf"]
