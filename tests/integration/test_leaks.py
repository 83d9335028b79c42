"""Nothing that identifies anybody reaches a log, title, address, job, error page or the audit trail.

Marked values are brought in by every door; then what leaves outside a page's body is searched for them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import selectors, services
from lamplighter.hub.intake.documents import services as documents
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.reports import selectors as versions
from lamplighter.hub.patterns import selectors as patterns
from lamplighter.hub.patterns import services as pattern_services
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.people.matching import services as relinking
from lamplighter.hub.people.models import Link
from tests.integration.intake import journey, making, typed
from tests.integration.printed import Lines
from tests.integration.printed import lines as lines
from tests.unit.records.making_workbooks import write_table

pytestmark = pytest.mark.django_db

SURNAME, FIRST, PHONE, HANDLE, STREET = (
    "Qwyzzelby",
    "Zophrenia",
    "07195101777",
    "zz_marked_handle",
    "Vexwhistle",
)
SAFE = "via-her-aunt-xylographa"
MARKS = [SURNAME, FIRST, PHONE[1:], HANDLE, STREET, SAFE, "plumbago"]


def marked(reference: str = "leak/1") -> dict[str, Any]:
    return making.document(
        source_ref=reference,
        summary=f"{FIRST} {SURNAME} found plumbago on her door in {STREET} Lane",
        people=[
            {
                "role": "victim",
                "forenames": FIRST,
                "surname": SURNAME,
                "phones": [PHONE],
                "handles": [f"instagram:{HANDLE}"],
                "address_text": f"4 {STREET} Lane",
                "safe_contact": {"note": SAFE},
            },
            {"role": "suspect", "forenames": FIRST, "surname": SURNAME, "birth_date": "not a date"},
        ],
    )


@pytest.fixture
def coordinator() -> User:
    return accounts.ensure_user(
        "sam",
        password="a lamp in every street",
        display_name="Sam Reed",
        role=Role.COORDINATOR,
        agency=accounts.ensure_agency("force-a", kind="police"),
    )


def clean(text: str, where: str) -> None:
    found = [mark for mark in MARKS if mark.lower() in text.lower()]
    assert found == [], f"{where}: {found}"


def test_the_search_finds_what_it_looks_for() -> None:
    with pytest.raises(AssertionError, match="here"):
        clean(f"GET /people?name={SURNAME.upper()}", "here")


def test_doors_and_refusals_leave_no_trace(
    lines: Lines, client: Client, tmp_path: Path, coordinator: User
) -> None:
    agency = coordinator.agency
    assert agency is not None
    documents.receive_document(marked(), agency, coordinator)
    with pytest.raises(documents.DocumentRefusedError) as refused:
        documents.receive_document(marked() | {"source_ref": ""}, agency)
    clean(json.dumps(refused.value.rejects), "reasons of a refusal")
    clean(str(refused.value), "text of a refusal")

    _, token = accounts.issue_feed_token(agency, "test")
    for body in (json.dumps(marked("leak/2")), json.dumps(marked(""))[:-9], json.dumps(marked(""))):
        answer = client.post(
            "/feed/v1/reports",
            body,
            content_type="application/json",
            secure=True,
            headers={"Authorization": f"Bearer {token}"},
        )
        clean(answer.content.decode(), f"answer {answer.status_code} of the feed")

    path = making.force_a(tmp_path / "force_a_rms_extract.csv", 3, word=f"shouted at {SURNAME} near")
    path.write_text(
        path.read_text() + f"4A/000099/25,{SURNAME},{PHONE}\r\n4A/000098/25,R9,{SURNAME}" + "," * 27 + "\r\n"
    )
    delivery = services.import_files([path], "force_a_rms", coordinator)
    broken = tmp_path / "other" / "force_a_rms_extract.csv"
    broken.parent.mkdir()
    broken.write_text(f"{SURNAME},{PHONE}\n{FIRST},{STREET}\n")
    failed = services.import_files([broken], "force_a_rms", coordinator)
    assert failed.state == Delivery.State.FAILED
    clean(failed.problem + failed.remedy, "why an import stopped")
    for row in services.rejects_frame(delivery).iter_rows(named=True):
        clean(json.dumps({k: v for k, v in row.items() if k != "report_ref"}), "a reject")

    workbooks_leave_no_trace(path, tmp_path, coordinator)
    clean("\n".join(lines.printed), "the log")
    clean(json.dumps([job.args for job in ProcrastinateJob.objects.all()]), "arguments of jobs")
    events = Event.objects.values_list("verb", "subject", "detail")
    clean(json.dumps(list(events)), "the audit trail")
    clean(" ".join(f"{m.subject} {m.body}" for m in mail.outbox), "e-mail")


def workbooks_leave_no_trace(path: Path, folder: Path, coordinator: User) -> None:
    """Names as titles, as headings that no mapping knows, on other sheets and in rows that cannot be used."""
    rows = [line.split(",") for line in path.read_text().splitlines()[:2]]
    title, lost = [f"List of {SURNAME}"], ["", "", SURNAME, *rows[1][3:], f"{FIRST} {PHONE}"]
    table = [title, [*rows[0], SURNAME], rows[1], lost]
    book = write_table(folder / "extract.xlsx", table, Notes=[[FIRST, SURNAME], [PHONE, STREET]])
    delivery = services.import_files([book], "force_a_rms", coordinator)
    rejects = services.rejects_frame(delivery)
    assert rejects.filter(rejects["severity"] == "reject").height == 1
    for row in rejects.iter_rows(named=True):
        clean(json.dumps({k: v for k, v in row.items() if k != "report_ref"}), "a reject of a workbook")
    other = write_table(folder / "other.xlsx", [[SURNAME, FIRST], [PHONE, STREET]])
    failed = services.import_files([other], "force_a_rms", coordinator)
    assert failed.state == Delivery.State.FAILED
    clean(failed.problem + failed.remedy, "why the import of a workbook stopped")


def test_pages_name_nobody_outside_their_body(lines: Lines, client: Client, coordinator: User) -> None:
    agency = coordinator.agency
    assert agency is not None
    received = documents.receive_document(marked(), agency, coordinator)
    client.force_login(coordinator)
    paths = [
        "/",
        "/patterns/",
        "/intake/imports",
        "/intake/imports/send",
        "/intake/new/report",
        f"/patterns/report/{received.key}",
        f"/people/?name={SURNAME}",
        f"/nothing/{received.key}?q={SURNAME}",
    ]
    for path in paths:
        response = client.get(path, secure=True, follow=True)
        page = response.content.decode()
        title = re.search(r"<title>(.*?)</title>", page, flags=re.S)
        assert title, path
        clean(title.group(1), f"title of {path}")
        clean(" ".join(url for url, _ in response.redirect_chain), f"redirects of {path}")
        clean(" ".join(re.findall(r'(?:href|src|action)="([^"]*)"', page)), f"addresses on {path}")
        if response.status_code >= 400:
            clean(page, f"error page of {path}")
    clean("\n".join(lines.printed), "the log")


def test_a_fault_in_a_page_is_logged_and_told_without_its_data(
    lines: Lines, client: Client, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lamplighter.hub.intake import presenters

    def fails(*args: object) -> None:
        raise ValueError(f"Key (surname)=({SURNAME}) already exists")

    monkeypatch.setattr(presenters, "history_row", fails)
    agency = coordinator.agency
    assert agency is not None
    Delivery.objects.create(
        door=Delivery.Door.FILES, mapping="x", received_at="2026-01-01T00:00Z", digest="x"
    )
    client.force_login(coordinator)
    client.raise_request_exception = False
    response = client.get(f"/intake/imports?name={SURNAME}", secure=True)
    assert response.status_code == 500
    clean(response.content.decode(), "the error page")
    told = [line for line in lines.printed if "ValueError" in line]
    assert told, "a fault must be in the log"
    clean("\n".join(lines.printed), "the log")


def test_safe_contacts_are_in_no_bundle(coordinator: User) -> None:
    agency = coordinator.agency
    assert agency is not None
    documents.receive_document(marked(), agency, coordinator)
    bundle = selectors.bundle()
    clean_of_safe = json.dumps({name: frame.to_dicts() for name, frame in bundle.items()}, default=str)
    assert SAFE not in clean_of_safe
    assert bundle["people"]["surname"].to_list() == [SURNAME, SURNAME]


def given_a_pattern(user: User) -> tuple[Course, Link, str]:
    """Two marked reports about the same two people, saved as the form saves them: pattern, link, report."""
    agency = user.agency
    assert agency is not None
    for number in (1, 2):
        document = marked(f"leak/{number}")
        document["people"][1] |= {
            "forenames": "Dorian",
            "phones": ["07195101778"],
            "birth_date": "1984-05-06",
        }
        document["people"][0] |= {"birth_date": "1990-02-03"}
        at = f"2026-0{number + 2}-11T20:15:00"
        document["reported_at"] = at
        document["summary"] += f". Her ex followed her home and threatened to kill her, time {number}"
        document["occasions"] = [
            {
                "started_at": at,
                "ended_at": at,
                "date_precision": "exact",
                "channel": "in_person",
                "behaviours": ["following", "damage"],
            }
        ]
        received = documents.receive_document(document, agency, user)
        pattern_services.report_saved(received.report_id, user)
    relinking.relink_all(fit=False)
    pattern_services.refresh_all()
    course = patterns.of_report(received.report_id).get()
    link = Link.objects.filter(right_record__startswith=received.report_id).first()
    return course, link or Link.objects.get(left_record__startswith=received.report_id), received.key


def test_patterns_and_people_name_nobody_outside_their_body(
    lines: Lines, client: Client, coordinator: User
) -> None:
    course, link, key = given_a_pattern(coordinator)
    client.force_login(coordinator)
    pattern, person = f"/patterns/{course.course_id}", f"/people/{course.victim_person}"
    seen = ""
    for path in [
        "/patterns/",
        "/patterns/?view=other",
        pattern,
        f"{pattern}/decide",
        f"{pattern}/occasions/0",
        f"{pattern}/different/0",
        f"/patterns/saved/{key}",
        f"/patterns/saved/{key}/different",
        "/intake/reports",
        f"/intake/reports/{key}",
        f"/intake/reports/{key}/withdraw",
        person,
        f"/people/links/{link.address}",
    ]:
        page = client.get(path, secure=True)
        assert page.status_code == 200, path
        text = page.content.decode()
        seen += text
        title = re.search(r"<title>(.*?)</title>", text, flags=re.S)
        assert title, path
        clean(title.group(1), f"title of {path}")
        clean(" ".join(re.findall(r'(?:href|src|action)="([^"]*)"', text)), f"addresses on {path}")
        clean(json.dumps(dict(page.headers)), f"headers of {path}")
        # Whoever typed it reads it on the page of the report, until there is a case.
        assert SAFE not in text or path == f"/intake/reports/{key}", path
    # The pages do name them, so the search above had something to find.
    assert SURNAME.lower() in seen.lower()
    # What is decided, taken back and printed leaves no more than what is looked at.
    reason = f"{FIRST} {SURNAME} said so"
    posts = [
        (f"{pattern}/decide", {"kind": "need_more", "reason": reason, "version": course.pk}),
        (f"{pattern}/occasions/0", {"kind": "removed", "behaviour": "damage", "reason": reason}),
        (f"{pattern}/hold", {"take": "yes"}),
        (f"/people/links/{link.address}", {"kind": "not_same", "reason": reason}),
        (f"/patterns/saved/{key}/different", {"reason": ""}),
    ]
    for path, data in posts:
        answer = client.post(path, data, secure=True)
        assert answer.status_code < 500, path
        clean(json.dumps(dict(answer.headers)), f"headers of {path}")
    schedule = client.get(f"{pattern}/schedule.pdf", secure=True)
    clean(json.dumps(dict(schedule.headers)), "headers of the schedule")
    clean("\n".join(lines.printed), "the log")
    clean(json.dumps([job.args for job in ProcrastinateJob.objects.all()]), "arguments of jobs")
    clean(json.dumps(list(Event.objects.values_list("verb", "subject", "detail"))), "the audit trail")


def test_correcting_and_withdrawing_a_report_leaves_no_trace_outside_its_pages(
    lines: Lines, client: Client, coordinator: User
) -> None:
    client.force_login(coordinator)
    reason = f"{FIRST} {SURNAME} said so"
    victim = typed.VICTIM | {"forenames": FIRST, "surname": SURNAME, "phones": PHONE, "safe_contact": SAFE}
    key = typed.type_report(client, victim=victim)
    seen = elsewhere = ""
    for act in ("correct", "withdraw", "put-back"):
        address = f"/intake/reports/{key}/{act}"
        if act == "correct":
            client.get(address, secure=True)
            typed.change(client, key, victim=victim | {"surname": f"{SURNAME}-Plumbago", "safe_contact": ""})
            seen += client.get(f"{address}/victim", secure=True).content.decode()
        page = client.get(address, secure=True)
        version = versions.standing_version(key) or 0
        answers = [
            page,
            client.post(address, {"reason": "", "version": version}, secure=True),
            client.post(address, {"reason": reason, "version": version}, secure=True),
            client.get(f"/intake/reports/{key}", secure=True),
        ]
        assert [a.status_code for a in answers] == [200, 422, 302, 200], act
        for answer in answers:
            text = answer.content.decode()
            seen += text
            # On the page of the report it is read by whoever typed it.
            elsewhere += "" if answer is answers[-1] else text
            title = re.search(r"<title>(.*?)</title>", text, flags=re.S)
            clean(title.group(1) if title else "", f"title of {address}")
            clean(" ".join(re.findall(r'(?:href|src|action)="([^"]*)"', text)), f"addresses on {address}")
            clean(json.dumps(dict(answer.headers)), f"headers of {address}")
    assert SURNAME in seen
    assert reason in seen
    assert SAFE not in elsewhere
    assert SAFE not in json.dumps(dict(client.session))
    clean("\n".join(lines.printed), "the log")
    clean(json.dumps([job.args for job in ProcrastinateJob.objects.all()]), "arguments of jobs")
    clean(
        json.dumps(list(Event.objects.values_list("verb", "subject", "detail", "reason"))), "the audit trail"
    )


def test_error_pages_of_patterns_and_people_say_nothing_of_them(
    lines: Lines, client: Client, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, link, key = given_a_pattern(coordinator)
    real = [
        f"/patterns/{course.course_id}",
        f"/patterns/saved/{key}",
        f"/people/{course.victim_person}",
        f"/people/links/{link.address}",
    ]
    # Not there, asked for by name
    client.force_login(coordinator)
    for path in (
        f"/patterns/{SURNAME}",
        f"/patterns/{SURNAME}/schedule.pdf",
        f"/people/{SURNAME}",
        f"/people/links/{SURNAME}",
    ):
        answer = client.get(path, secure=True)
        assert answer.status_code == 404, path
        clean(answer.content.decode(), f"error page of {path}")
    # A fault, with a name in what went wrong
    from lamplighter.hub.patterns import presenters

    def fails(*args: object) -> None:
        raise ValueError(f"Key (surname)=({SURNAME}) already exists")

    with monkeypatch.context() as broken:
        broken.setattr(presenters, "sentence", fails)
        client.raise_request_exception = False
        answer = client.get(real[0], secure=True)
        assert answer.status_code == 500
        clean(answer.content.decode(), "the error page")
        assert [line for line in lines.printed if "ValueError" in line], "a fault must be in the log"
    # Not for this user
    coordinator.role = Role.AUDITOR
    coordinator.save()
    for path in real:
        answer = client.get(path, secure=True)
        assert answer.status_code == 403, path
        clean(answer.content.decode(), f"refusal of {path}")
    clean("\n".join(lines.printed), "the log")


def marked_sample(folder: Path) -> Path:
    """An export that names people in every place: in the rows, in a heading and in the file's own name."""
    path = folder / f"{SURNAME} export.csv"
    lines = [f"Crime no;Reported on;Victim first name;Victim surname;Vic phone;Address;Notes of {SURNAME}"]
    for n in range(30):
        told = f"{FIRST} found plumbago"
        lines.append(
            f"C/{n:04d}/26;{n % 28 + 1:02d}/03/2026;{FIRST};{SURNAME};{PHONE};4 {STREET} Lane;{told}"
        )
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.usefixtures("commits_at_once")
def test_a_source_made_from_a_sample_names_nobody_outside_the_pages_of_its_journey(
    lines: Lines, client: Client, tmp_path: Path, installation: Path
) -> None:
    kim = accounts.ensure_user(
        "kim",
        password="a lamp in every street",
        display_name="Kim Doyle",
        role=Role.ADMINISTRATOR,
        agency=accounts.ensure_agency("hub", kind="hub"),
    )
    client.force_login(kim)
    sample = marked_sample(tmp_path)
    answer = journey.begin(client, [sample])
    seen, steps = "", {"questions", "words", "preview", "save"}
    here = journey.here(answer).rpartition("/")[0]
    for path in [
        "/intake/imports/sources",
        *(f"{here}/{s}" for s in ("agency", "sample", "columns", *steps)),
    ]:
        page = client.get(path, secure=True, follow=True)
        text = page.content.decode()
        seen += text
        title = re.search(r"<title>(.*?)</title>", text, flags=re.S)
        assert title, path
        clean(title.group(1), f"title of {path}")
        clean(" ".join(re.findall(r'(?:href|src|action)="([^"]*)"', text)), f"addresses on {path}")
        clean(json.dumps(dict(page.headers)), f"headers of {path}")
    assert {m for m in (SURNAME, FIRST, STREET) if m in seen} == {SURNAME, FIRST, STREET}
    saved = journey.to_the_end(client, answer)
    clean(re.sub(f"(?i)notes.of.{SURNAME}", "", saved.content.decode()), "the page of the source")
    clean(json.dumps(dict(client.session)), "the session")

    # Its headings are what a mapping is about; of its values nothing is in it.
    text = "".join(path.read_text() for path in installation.iterdir())
    assert SURNAME.upper() in text
    clean(re.sub(f"(?i)notes.of.{SURNAME}", "", text), "the mapping")
    with sample.open("rb") as file:
        sent = client.post("/intake/imports/send", {"files": [file]}, secure=True)
    clean(json.dumps(dict(sent.headers)), "headers of a sending")
    services.run(Delivery.objects.get())
    clean("\n".join(lines.printed), "the log")
    clean(json.dumps([job.args for job in ProcrastinateJob.objects.all()]), "arguments of jobs")
    clean(json.dumps(list(Event.objects.values_list("verb", "subject", "detail"))), "the audit trail")
