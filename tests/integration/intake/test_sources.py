"""An administrator adds a source from a sample; its files are read by it; later versions leave the past."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import json
import logging
import os
import re
import stat
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.wall.identity import as_person
from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.accounts.models import Agency, Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.intake import selectors, services
from lamplighter.hub.intake.imports import services as file_uploads
from lamplighter.hub.intake.models import Delivery, Reject, ReportVersion, UnknownWord
from lamplighter.hub.intake.sources import samples, versions
from lamplighter.hub.intake.sources import services as source_services
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.records.errors import MappingError
from lamplighter.records.propose import Choices, mapping_toml, propose
from lamplighter.records.propose.choices import with_proposed_codes
from lamplighter.records.propose.revise import Word
from tests.integration.access.making import KINDS
from tests.integration.intake import journey, making
from tests.integration.printed import Lines
from tests.unit.records import layouts
from tests.unit.records.making_workbooks import from_csv, write_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]


def somebody(role: str, name: str = "", agency: str = "hub") -> User:
    return accounts.ensure_user(
        name or role,
        password="a lamp in every street",
        display_name="Kim Doyle",
        role=role,
        agency=accounts.ensure_agency(agency, kind=KINDS.get(agency, "advocacy")),
    )


@pytest.fixture
def administrator(client: Client) -> User:
    user = somebody(Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def crimes(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    return layouts.police_side_by_side(folder).files[0]


def saved(user: User, path: Path, title: str = "Crown records") -> versions.Version:
    """A source as the journey saves it, without the walk."""
    agency = {"name": "Crown Force", "kind": "police"}
    if accounts.Agency.objects.filter(pk="crown-force").exists():
        agency = {"code": "crown-force"}
    data = {"agency": agency, "title": title, "name": source_services.plain_name(title)}
    draft = source_services.begin(user, data)
    proposal = propose([path], "police")
    choices = Choices.of(proposal)
    choices.answers = {q.key: q.proposed for q in proposal.questions}
    with_proposed_codes(proposal, choices)
    return source_services.save_source(user, draft, proposal, choices, since=timezone.localdate())


def test_a_source_is_added_from_a_sample(
    client: Client, administrator: User, crimes: Path, uploads: Path
) -> None:
    answer = journey.to_the_end(client, journey.begin(client, [crimes]))
    assert "Mapping saved" in answer.content.decode()
    (version,) = versions.every()
    assert version.reference == f"crown_records@{timezone.localdate()}"
    assert stat.S_IMODE(version.path.stat().st_mode) == 0o600
    agency = Agency.objects.get(name="Crown Force")
    assert (agency.code, agency.kind) == ("crown-force", "police")
    assert list(uploads.rglob("*.*")) == []

    page = client.get("/intake/imports/sources", secure=True).content.decode()
    assert "Crown records" in page
    assert "In force since" in page
    (delivery,) = sent_files(client, crimes)
    services.run(delivery)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.mapping) == (Delivery.State.DONE, version.reference)
    totals = services.totals_of(delivery)
    assert (totals["rows_in"], totals["rows_accepted"], totals["reports_new"], totals["people"]) == (
        60,
        60,
        60,
        120,
    )
    held = selectors.bundle()
    assert set(held["reports"]["agency"]) == {"crown-force"}
    assert set(held["people"]["role"]) == {"victim", "suspect"}


def test_a_source_is_added_from_a_workbook_and_reads_workbooks_and_text(
    client: Client, administrator: User, crimes: Path
) -> None:
    book = from_csv(crimes, crimes.with_name("crimes.xlsx"), delimiter=";")
    answer = journey.begin(client, [book])
    assert "headings in row 1" in answer.content.decode()
    answer = journey.to_the_end(client, answer)
    assert "Mapping saved" in answer.content.decode()
    (delivery,) = sent_files(client, book)
    assert services.run(delivery).state == Delivery.State.DONE
    totals = services.totals_of(delivery)
    assert (totals["rows_in"], totals["rows_accepted"], totals["reports_new"]) == (60, 60, 60)
    (again,) = sent_files(client, crimes)
    services.run(again)
    totals = services.totals_of(again)
    assert (totals["rows_accepted"], totals["reports_new"], totals["reports_unchanged"]) == (60, 0, 60)


def test_a_workbook_with_sheets_of_two_systems_is_asked_about(
    client: Client, administrator: User, crimes: Path, tmp_path: Path
) -> None:
    saved(administrator, crimes)
    force_a = making.force_a(tmp_path / "force_a.csv", 3)
    rows = list(csv.reader(force_a.read_text("utf-8").splitlines()))
    with crimes.open(newline="") as file:
        ours = list(csv.reader(file, delimiter=";"))
    book = write_table(tmp_path / "both.xlsx", ours, Other=rows)
    assert sent_files(client, book) == []
    (delivery,) = sent_files(client, book, mapping="crown_records")
    assert services.run(delivery).state == Delivery.State.DONE
    assert services.totals_of(delivery)["rows_in"] == 60


def sent_files(client: Client, *files: Path, **said: Any) -> list[Delivery]:
    before = set(Delivery.objects.values_list("pk", flat=True))
    opened = [f.open("rb") for f in files]
    answer = client.post("/intake/imports/send", {"files": opened, **said}, secure=True, follow=True)
    for file in opened:
        file.close()
    assert answer.status_code == 200
    return list(Delivery.objects.exclude(pk__in=before).order_by("mapping"))


@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMINISTRATOR])
def test_nobody_else_adds_a_source(client: Client, role: Role, crimes: Path) -> None:
    owner = somebody(Role.ADMINISTRATOR, "owner")
    client.force_login(owner)
    at = journey.here(journey.begin(client, [crimes]))
    other = Client()
    other.force_login(somebody(role, agency="force-a"))
    assert other.get(journey.NEW, secure=True).status_code == 403
    assert other.get(at, secure=True).status_code == 403
    listed = other.get("/intake/imports/sources", secure=True)
    assert listed.status_code == (200 if role == Role.COORDINATOR else 403)
    assert other.post("/intake/imports/sources/force_b/change", secure=True).status_code == 403


def test_nobody_sees_a_sample_but_its_uploader(
    client: Client, administrator: User, crimes: Path, uploads: Path
) -> None:
    answer = journey.begin(client, [crimes])
    mine = journey.here(answer)
    assert "THORNE" in answer.content.decode() or "NAIR" in answer.content.decode()
    other = Client()
    other.force_login(somebody(Role.ADMINISTRATOR, "another"))
    for step in ("agency", "sample", "columns", "questions", "words", "preview", "save"):
        address = re.sub(r"[a-z]+$", step, mine)
        assert other.get(address, secure=True).status_code == 404, step
    assert other.post(re.sub(r"[a-z]+$", "discard", mine), secure=True).status_code == 404
    # On the disk there is nothing to read either, and nothing lies open once the page is made.
    kept = b"".join(p.read_bytes() for p in uploads.rglob("*") if p.is_file())
    assert kept
    for word in (b"Crime", b"NAIR", b"THORNE", b"42CR", b"crown"):
        assert word not in kept
    assert list(uploads.rglob("open-*")) == []
    assert all(stat.S_IMODE(p.stat().st_mode) & 0o077 == 0 for p in uploads.rglob("*"))


def test_a_sample_goes_when_the_journey_stops_or_a_day_has_passed(
    client: Client, administrator: User, crimes: Path, uploads: Path
) -> None:
    first = journey.here(journey.begin(client, [crimes]))
    client.post(re.sub(r"columns$", "discard", first), secure=True)
    assert client.get(first, secure=True).status_code == 404
    second = journey.here(journey.begin(client, [crimes], title="Other records", agency="hub"))
    yesterday = (timezone.now() - dt.timedelta(hours=25)).timestamp()
    for path in uploads.rglob("*"):
        os.utime(path, (yesterday, yesterday))
    assert client.get(second, secure=True).status_code == 404
    assert samples.clear_expired() == 1
    assert [p for p in uploads.rglob("*") if p.is_file()] == []


def test_going_back_loses_nothing(client: Client, administrator: User, crimes: Path) -> None:
    answer = journey.begin(client, [crimes])
    columns = journey.here(answer)
    beat = journey.field_of(answer.content.decode(), "Beat")
    answer = journey.go_on(client, answer, **{beat: "flags"})
    codes = journey.here(answer)
    assert codes.endswith("/words")
    word = journey.field_of(answer.content.decode(), "Ex-partner")
    answer = journey.go_on(client, answer, **{word: "acquaintance"})
    assert journey.here(answer).endswith("/preview")
    again = client.get(columns, secure=True).content.decode()
    assert journey.fields(again)[beat] == "flags"
    assert "Changed by you" in again
    assert journey.fields(client.get(codes, secure=True).content.decode())[word] == "acquaintance"
    # Another sample in place of the first: what was decided stands for the columns that are still there.
    journey.give_sample(client, columns.replace("/columns", "/sample"), [crimes])
    assert journey.fields(client.get(columns, secure=True).content.decode())[beat] == "flags"


def test_the_preview_shows_reports_as_they_would_arrive_and_counts_that_add_up(
    client: Client, administrator: User, crimes: Path
) -> None:
    lines = crimes.read_text().splitlines()
    crimes.write_text("\r\n".join([*lines, lines[1], "42CR/9/25;cut short"]) + "\r\n")
    answer = journey.begin(client, [crimes])
    while not journey.here(answer).endswith("/preview"):
        answer = journey.go_on(client, answer)
    page = answer.content.decode()
    assert page.count('<h3 class="govuk-heading-s') == 20
    assert "The first 20 of 60 reports" in page
    assert "Stalking, s.2A PHA 1997" in page
    numbers = [int(n) for n in re.findall(r'govuk-table__cell--numeric">(\d+)</td>', page)][:4]
    read, accepted, rejected, repeated = numbers
    assert read == 62
    assert read == accepted + rejected + repeated
    assert (rejected, repeated) == (1, 1)
    assert "The line ends before the cells that a row needs." in page
    assert "Row 63 of crimes.csv" in page
    assert ReportVersion.objects.count() == 0


def test_day_and_month_are_asked_and_must_be_answered(
    client: Client, administrator: User, tmp_path: Path
) -> None:
    path = tmp_path / "calls.csv"
    rows = "".join(f"C{i:03d},0{i % 9 + 1}/03/2025,Nair{chr(97 + i)},x\n" for i in range(12))
    path.write_text("Contact ID,Date of contact,Victim surname,Call notes\n" + rows)
    answer = journey.begin(client, [path], kind="advocacy")
    answer = journey.go_on(client, answer)
    assert journey.here(answer).endswith("/questions")
    assert "which number comes first" in answer.content.decode()
    refused = journey.go_on(client, answer)
    assert refused.status_code == 422
    preview = client.get(journey.here(answer).replace("/questions", "/preview"), secure=True, follow=True)
    assert journey.here(preview).endswith("/questions")
    answer = journey.go_on(client, answer, question_0="month")
    journey.to_the_end(client, answer)
    assert "day_first = false" in versions.every()[-1].path.read_text()


def test_a_later_version_leaves_the_older_and_what_came_in(
    client: Client, administrator: User, crimes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = saved(administrator, crimes)
    before = first.path.read_bytes()
    delivery = services.import_files([crimes], "crown_records", administrator)
    answer = send_change(client)
    answer = journey.give_sample(client, journey.here(answer), [crimes])
    notes = journey.field_of(answer.content.decode(), "Crime Notes")
    journey.to_the_end(client, journey.go_on(client, answer, **{notes: "impact"}))
    second = versions.every()[-1]
    assert (second.since, second.number) == (first.since, 2)
    assert first.path.read_bytes() == before
    assert versions.in_force("crown_records") == second
    assert 'CRIME_NOTES = "impact"' in second.path.read_text()
    # What was received says what it was read with, and stays as it was read.
    delivery.refresh_from_db()
    assert delivery.mapping == first.reference
    assert selectors.bundle()["reports"]["summary"].null_count() == 0
    assert services.import_files([crimes], "crown_records", administrator).mapping == second.reference
    assert selectors.bundle()["reports"]["summary"].null_count() == 60


def test_a_helplines_source_says_who_reads_its_reports_and_a_later_version_keeps_it(
    client: Client, administrator: User, tmp_path: Path
) -> None:
    """The part ``[readers]``: asked on a page, read with each file, carried into the next version."""
    files = layouts.helpline(tmp_path).files
    answer = journey.begin(client, files, name="Harbour Line", kind="advocacy", title="Harbour calls")
    while not journey.here(answer).endswith("/preview"):
        answer = journey.go_on(client, answer)
    at = journey.here(answer).replace("/preview", "/save")
    asked = client.get(at, secure=True, follow=True)
    assert journey.here(asked).endswith("/readers")
    assert "Only Harbour Line" in asked.content.decode()
    assert "our agency" not in asked.content.decode()
    refused = journey.send(client, journey.here(asked), {"readers": "everybody"})
    assert "Choose the legal basis" in refused.content.decode()
    told = {"readers": "everybody", "basis": "consent", "consent_of": "victim", "consent_how": "written"}
    given = {"consent_on_day": "1", "consent_on_month": "5", "consent_on_year": "2026"}
    save = journey.send(client, journey.here(asked), told | given)
    assert "Police, and everybody who works on patterns" in save.content.decode()
    saved_page = journey.go_on(client, save).content.decode()
    assert "Who may read the reports" in saved_page
    first = versions.every()[-1]
    assert first.body()["readers"] == told | {"consent_on": dt.date(2026, 5, 1)}
    services.import_files(files, "harbour_calls", administrator)
    officer = somebody(Role.INVESTIGATOR, agency="force-a")
    with as_person(officer):
        read = ReportVersion.objects.filter(agency="harbour-line").count()
    assert read == ReportVersion.objects.filter(agency="harbour-line").count() > 0

    # A later version has the answer already, and keeps it unless somebody changes it.
    answer = client.post("/intake/imports/sources/harbour_calls/change", secure=True, follow=True)
    answer = journey.give_sample(client, journey.here(answer), files)
    journey.to_the_end(client, answer)
    second = versions.every()[-1]
    assert (second.number, second.body()["readers"]) == (2, first.body()["readers"])
    words = [Word("Anything", "offence", "Anything", "contact_other")]
    with contextlib.suppress(NotPossibleError):
        source_services.map_words(administrator, "harbour_calls", words)
    assert versions.every()[-1].body()["readers"] == first.body()["readers"]

    # What was wrong with a file is no business of another agency's coordinator.
    rejected = tmp_path / "again.csv"
    lines = files[0].read_text().splitlines()
    rejected.write_text("\n".join([lines[0], lines[1].replace("/", "?"), *lines[2:4]]))
    delivery = services.import_files([rejected], "harbour_calls", administrator)
    assert Reject.objects.filter(batch__delivery=delivery).exists()
    for user, reads in (
        (administrator, True),
        (somebody(Role.COORDINATOR, "own", "harbour-line"), True),
        (somebody(Role.COORDINATOR, "other", "force-a"), False),
        (somebody(Role.COORDINATOR, "hubs"), False),
    ):
        with as_person(user):
            assert Reject.objects.filter(batch__delivery=delivery).exists() is reads
        client.force_login(user)
        page = client.get(f"/intake/imports/{delivery.key}", secure=True).content.decode()
        assert (
            "You cannot see the reasons. Ask an administrator, or a coordinator of Harbour Line" in page
        ) is not reads
        assert "Nothing was rejected" not in page
        answer = client.get(f"/intake/imports/{delivery.key}/rejects.csv", secure=True)
        assert answer.status_code == (200 if reads else 403)


def send_change(client: Client) -> Any:
    return client.post("/intake/imports/sources/crown_records/change", secure=True, follow=True)


def test_a_delivery_that_was_cut_short_goes_on_with_its_own_version(
    client: Client, administrator: User, crimes: Path
) -> None:
    first = saved(administrator, crimes)
    delivery = services.receive_files([crimes], "crown_records", administrator)
    body = first.body()
    body["source"]["title"] = "Another title"
    body["reports"]["fields"] = [f for f in body["reports"]["fields"] if f["into"] != "summary"]
    versions.put(versions.reserve("crown_records", first.since, mapping_toml(body)))
    assert versions.reference_of("crown_records") != first.reference
    services.run(delivery)
    assert selectors.bundle()["reports"]["summary"].null_count() == 0


def test_a_version_waits_until_its_day(client: Client, administrator: User, crimes: Path) -> None:
    answer = journey.begin(client, [crimes])
    while not journey.here(answer).endswith("/preview"):
        answer = journey.go_on(client, answer)
    save = journey.here(answer).replace("/preview", "/save")
    yesterday, later = (timezone.localdate() + dt.timedelta(days=d) for d in (-1, 30))
    refused = journey.send(client, save, _on(yesterday))
    assert "Enter today or a later day" in refused.content.decode()
    journey.send(client, save, _on(later))
    assert versions.in_force("crown_records") is None
    assert versions.in_force("crown_records", later) is not None
    with pytest.raises(MappingError, match="not in force before"):
        services.receive_files([crimes], "crown_records", administrator)
    assert "Not in force yet" in client.get("/intake/imports/sources", secure=True).content.decode()


def _on(day: dt.date) -> dict[str, str]:
    return {"since_day": str(day.day), "since_month": str(day.month), "since_year": str(day.year), "note": ""}


def test_an_own_mapping_replaces_the_built_in_one_of_its_name(
    client: Client, administrator: User, tmp_path: Path
) -> None:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", 12)
    built_in = services.import_files([path], "force_a_rms", administrator)
    answer = client.post("/intake/imports/sources/force_a_rms/change", secure=True, follow=True)
    answer = journey.give_sample(client, journey.here(answer), [path])
    journey.to_the_end(client, answer)
    own = services.import_files([path], "force_a_rms", administrator)
    assert (built_in.mapping, own.mapping) == ("force_a_rms", versions.every()[-1].reference)
    assert own.agency_id == "force-a"
    # The same reports, under the same ids: a source keeps its name.
    assert set(selectors.bundle()["reports"]["source"]) == {"force_a_rms"}
    assert services.totals_of(own)["reports_new"] == 0


# Words that came later ---------------------------------------------------------------


def with_unknown_words(crimes: Path) -> Path:
    text = crimes.read_text().replace("Ex-partner", "Bidie-in").replace("Neighbour", "Old flatmate of a kind")
    crimes.write_text(text)
    return crimes


def test_unknown_words_are_counted_and_mapped_from_the_delivery(
    client: Client, administrator: User, crimes: Path
) -> None:
    saved(administrator, crimes)
    delivery = services.import_files([with_unknown_words(crimes)], "crown_records", administrator)
    found = {w.word: w.times for w in UnknownWord.objects.all()}
    assert set(found) == {"Bidie-in"}
    page = client.get(f"/intake/imports/{delivery.key}", secure=True).content.decode()
    assert "1 word of the column V/O_RELATIONSHIP is not known" in page
    address = f"/intake/imports/{delivery.key}/words"
    answer = client.get(address, secure=True)
    word = journey.field_of(answer.content.decode(), "Bidie-in")
    assert "Choose what at least one word stands for" in journey.send(client, address, {}).content.decode()
    answer = journey.send(client, address, {word: "partner"})
    assert "1 word mapped" in answer.content.decode()
    assert "is not known" not in client.get(f"/intake/imports/{delivery.key}", secure=True).content.decode()
    older, newer = versions.every("crown_records")
    assert "Bidie-in" not in older.path.read_text()
    assert newer.load().maps["relationship"]["BIDIE IN"] == "partner"
    people = selectors.bundle()["people"]
    assert (
        people.filter(people["relationship_raw"] == "Bidie-in")["relationship"].null_count()
        == found["Bidie-in"]
    )
    services.import_files([crimes], "crown_records", administrator)
    people = selectors.bundle()["people"]
    assert set(people.filter(people["relationship_raw"] == "Bidie-in")["relationship"]) == {"partner"}


def test_a_coordinator_sees_which_words_are_not_known_and_does_not_map_them(
    client: Client, administrator: User, crimes: Path
) -> None:
    saved(administrator, crimes)
    delivery = services.import_files([with_unknown_words(crimes)], "crown_records", administrator)
    client.force_login(somebody(Role.COORDINATOR, agency="force-a"))
    page = client.get(f"/intake/imports/{delivery.key}", secure=True).content.decode()
    assert "An administrator can say what they stand for" in page
    assert client.get(f"/intake/imports/{delivery.key}/words", secure=True).status_code == 403


# Several systems at once --------------------------------------------------------------


def test_files_of_several_systems_are_told_apart(
    client: Client, administrator: User, crimes: Path, tmp_path: Path
) -> None:
    version = saved(administrator, crimes)
    built_in = making.force_a(tmp_path / "a file of Force A.csv", 3)
    found = sent_files(client, crimes, built_in)
    assert [d.mapping for d in found] == [version.reference, "force_a_rms"]
    for delivery in found:
        assert services.run(delivery).state == Delivery.State.DONE
    assert {d.agency_id for d in found} == {"crown-force", "force-a"}


def test_a_file_that_fits_nothing_is_asked_about(
    client: Client, administrator: User, crimes: Path, tmp_path: Path, uploads: Path
) -> None:
    saved(administrator, crimes)
    strange = tmp_path / "strange.csv"
    strange.write_text("Grommet,Widget\n1,2\n")
    assert sent_files(client, crimes, strange) == []
    waiting = next(uploads.glob("*/waiting.sealed"))
    address = f"/intake/imports/send/{uuid.UUID(waiting.parent.name)}"
    page = client.get(address, secure=True).content.decode()
    assert "fit no source" in page
    other = Client()
    other.force_login(somebody(Role.ADMINISTRATOR, "another"))
    assert other.get(address, secure=True).status_code == 404
    told = journey.fields(page)
    assert told == {"file_0": "crown_records", "file_1": ""}
    assert journey.send(client, address, told).status_code == 200
    assert Delivery.objects.count() == 0
    journey.send(client, address, told | {"file_1": "-"})
    assert Delivery.objects.count() == 1
    assert sorted(p.name for p in uploads.rglob("*") if p.is_file()) == ["crimes.csv"]


def test_files_that_wait_for_an_answer_go_after_a_day(
    client: Client, administrator: User, tmp_path: Path, uploads: Path
) -> None:
    strange = tmp_path / "strange.csv"
    strange.write_text("Grommet,Widget\n1,2\n")
    sent_files(client, strange)
    yesterday = (timezone.now() - dt.timedelta(hours=25)).timestamp()
    for path in uploads.rglob("*"):
        os.utime(path, (yesterday, yesterday))
    assert file_uploads.clear_expired() == 1
    assert [p for p in uploads.rglob("*") if p.is_file()] == []


def test_two_mappings_that_fit_are_asked_about(client: Client, administrator: User, tmp_path: Path) -> None:
    path = making.force_a(tmp_path / "force_a_rms_extract.csv", 12)
    saved(administrator, path, "Twin")
    assert sent_files(client, path) == []
    (delivery,) = sent_files(client, path, mapping="twin")
    assert versions.source_name(delivery.mapping) == "twin"


def test_an_extract_with_a_file_missing_is_refused_before_anything_is_received(
    client: Client, administrator: User, tmp_path: Path, uploads: Path
) -> None:
    path = tmp_path / "links.txt"
    path.write_text("LNK_REF|CRIME_REF|NOM_REF|ROLE_CD|REL_CD\nL1|HM2500001|N1|V|\n")
    with path.open("rb") as file:
        answer = client.post("/intake/imports/send", {"files": file}, secure=True)
    assert "needs a file of crimes, nominals" in answer.content.decode()
    assert Delivery.objects.count() == 0
    assert [p for p in uploads.rglob("*") if p.is_file()] == []


# Broken files, and what is told --------------------------------------------------------


def test_no_mapping_makes_an_agency(
    client: Client, administrator: User, crimes: Path, tmp_path: Path, uploads: Path
) -> None:
    """A mapping that was brought from another installation says a kind, and nobody here has."""
    version = saved(administrator, crimes)
    body = version.body()
    body["source"] |= {"name": "brought", "agency": "dale-force", "agency_kind": "police"}
    versions.Version("brought", version.since).path.write_text(mapping_toml(body))
    with crimes.open("rb") as file:
        answer = client.post("/intake/imports/send", {"files": file, "mapping": "brought"}, secure=True)
    assert "There is no agency “dale-force” yet" in answer.content.decode()
    assert Delivery.objects.count() == 0
    assert [p for p in uploads.rglob("*") if p.is_file()] == []
    answer = client.post("/intake/imports/sources/brought/change", secure=True, follow=True)
    assert "There is no agency “dale-force” yet" in answer.content.decode()
    assert not Agency.objects.filter(pk="dale-force").exists()


def test_a_broken_mapping_is_reported_and_takes_nothing_else_down(
    client: Client, administrator: User, crimes: Path, installation: Path, capsys: Any
) -> None:
    version = saved(administrator, crimes)
    version.path.write_text(version.path.read_text().replace('do = "datetime"', 'do = "time travel"'))
    (installation / "notes.toml").write_text("x = 1")
    with pytest.raises(SystemCheckError) as refused:
        call_command("check")
    told = str(refused.value)
    assert f"mappings/{version.path.name}: reports: unknown transform 'time travel'." in told
    assert "mappings/notes.toml: the name is not that of a version." in told
    page = client.get("/configuration/", secure=True).content.decode()
    assert "mappings/notes.toml" in page
    page = client.get("/intake/imports/sources", secure=True).content.decode()
    assert "2 mappings cannot be used" in page
    assert "unknown transform" in page
    assert client.get("/intake/imports/sources/crown_records", secure=True).status_code == 200
    with pytest.raises(MappingError, match="time travel"):
        services.receive_files([crimes], "crown_records", administrator)
    other = making.force_a(crimes.parent / "force_a_rms_extract.csv", 3)
    assert services.import_files([other], "force_a_rms").state == Delivery.State.DONE


def test_a_hub_starts_with_a_broken_version_that_a_later_one_has_followed(
    administrator: User, crimes: Path, capsys: Any
) -> None:
    older = saved(administrator, crimes)
    later = versions.Version(older.name, older.since, 2)
    later.path.write_text(older.path.read_text())
    older.path.write_text("broken")
    call_command("check")
    told = capsys.readouterr().err
    assert f"{older.path.name}: Not valid TOML" in told
    assert "intake.W001" in told


def test_a_file_under_another_name_or_day_is_not_used(
    client: Client, administrator: User, crimes: Path
) -> None:
    version = saved(administrator, crimes)
    moved = version.path.with_name("crown_records.2020-01-01.toml")
    moved.write_text(version.path.read_text())
    assert [b.file for b in versions.broken()] == [moved.name]
    moved.rename(version.path.with_name(f"other.{version.since}.toml"))
    assert "source.name is 'crown_records'" in str(versions.broken()[0].error)


def test_the_trail_says_who_made_a_version_and_holds_nothing_of_the_sample(
    client: Client, administrator: User, crimes: Path
) -> None:
    lines = Lines()
    logging.getLogger().addHandler(lines)
    journey.to_the_end(client, journey.begin(client, [crimes]))
    logging.getLogger().removeHandler(lines)
    (version,) = versions.every()
    (event,) = Event.objects.filter(verb="intake.mapping_saved")
    assert event.actor_id == administrator.pk
    assert event.subject == f"mapping {version.reference}"
    assert set(event.detail) == {"agency", "columns", "digest", "headings"}
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"intake.source_begun", "intake.sample_received", "intake.mapping_saved"} <= verbs
    told = json.dumps(list(Event.objects.values_list("verb", "subject", "detail"))) + "\n".join(lines.printed)
    toml = version.path.read_text()
    people = {*layouts.LAST, *layouts.STREETS, *layouts.TOWNS}
    assert not [p for p in people if p.lower() in (told + toml).lower()]
    assert "42CR" not in told + toml


def test_a_sample_that_cannot_be_read_says_why(client: Client, administrator: User, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(b"PK\x03\x04 a spreadsheet")
    answer = journey.begin(client, [path])
    assert journey.here(answer).endswith("/sample")
    assert "Compressed files are not opened" in answer.content.decode()
