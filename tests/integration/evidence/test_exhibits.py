"""Receipt, quarantine, scan, custody, devices, redaction: by the services and pages that people use."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.evidence import rules, selectors, services, tasks
from lamplighter.hub.evidence.files import sealed
from lamplighter.hub.evidence.models import Erased, Exhibit, File, Scan
from lamplighter.hub.evidence.record import receipts
from lamplighter.hub.papers.files import bundles
from lamplighter.hub.site import sealed_files
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making as people
from tests.integration.cases import telling
from tests.integration.evidence import making
from tests.unit.hub.evidence import drawn, hostile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]


@pytest.fixture
def officer() -> User:
    return people.somebody(Role.INVESTIGATOR)


@pytest.fixture
def case(officer: User) -> Case:
    with identity.as_person(officer):
        return people.a_case(officer, "helpline", "health", "probation")


def url(case: Case, *parts: Any) -> str:
    return "/".join(["", "cases", str(case.key), "exhibits", *map(str, parts)])


def form(**changed: Any) -> dict[str, Any]:
    today = timezone.localdate()
    given = making.TOLD | {"side": "shared", "time": "", "reference": ""}
    return given | {"day_day": today.day, "day_month": today.month, "day_year": today.year} | changed


def upload(user: User, case: Case, *files: tuple[str, bytes], **changed: Any) -> Any:
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return telling.browser(user).post(url(case, "send"), form(files=sent, **changed), secure=True)


def get(user: User, address: str) -> Any:
    return telling.browser(user).get(address, secure=True)


def test_a_file_is_hashed_sealed_and_comes_back_as_it_came(
    officer: User, case: Case, sealed_files: Path
) -> None:
    content = os.urandom(3_000_001)
    made = making.receive(officer, case, of=making.sent(b"a,b\n" + content.hex().encode(), "calls.txt"))
    file = making.known(officer, made).original
    assert file is not None
    whole = b"a,b\n" + content.hex().encode()
    assert (file.sha256, file.size) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert b"".join(sealed.chunks(file.key)) == whole
    [on_disk] = [p for p in sealed_files.rglob("*") if p.is_file()]
    raw = on_disk.read_bytes()
    assert whole[:200] not in raw
    assert "calls" not in str(on_disk)
    assert on_disk.stat().st_mode & 0o077 == 0


def test_a_file_that_was_touched_on_the_disk_does_not_open(officer: User, case: Case) -> None:
    file = making.known(officer, making.receive(officer, case)).original
    assert file is not None
    path = sealed.path_of(file.key)
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(sealed_files.NotOpenedError):
        b"".join(sealed.chunks(file.key))


def test_nothing_is_kept_of_what_is_refused(officer: User, case: Case, sealed_files: Path) -> None:
    with pytest.raises(NotPossibleError, match="cannot be opened"):
        making.receive(officer, case, of=making.sent(b"no picture", "a.jpg"))
    first = making.receive(officer, case, of=making.sent(b"the same"))
    with pytest.raises(NotPossibleError, match=f"exhibit {first.label}"):
        making.receive(officer, case, of=making.sent(b"the same", "other.txt"))
    assert len([p for p in sealed_files.rglob("*") if p.is_file()]) == 1
    with identity.as_person(officer):
        assert Exhibit.objects.filter(case=case).count() == 1


def test_several_files_are_received_and_one_that_is_refused_is_named(officer: User, case: Case) -> None:
    pictures = [(f"{n}.jpg", hostile.picture(seed=n)) for n in range(1, 41)]
    answer = upload(officer, case, *pictures[:39], ("evil.exe", b"MZ"), pictures[39])
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "1 of 41 files was not taken in" in text
    assert "evil.exe" in text
    with identity.as_person(officer):
        found = selectors.of_case(case)
    assert [k.exhibit.number for k in found] == list(range(1, 41))
    assert found[0].exhibit.title == "Screenshots of messages, 1 of 41"


def test_a_file_too_large_is_told_where_it_goes(
    officer: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rules.limit
    monkeypatch.setattr(rules, "limit", lambda code, on: 0 if code == "file" else real(code, on))
    answer = upload(officer, case, ("a.txt", b"x"))
    assert answer.status_code == 422
    assert "record it as “kept elsewhere”" in answer.content.decode()


# The scan -------------------------------------------------------------------------------------------------


def test_a_real_scanner_says_what_opens(officer: User, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    clean = making.receive(officer, case, of=making.sent(b"He was there."))
    bad = making.receive(officer, case, of=making.sent(b"look: " + making.EICAR, "bad.txt"))
    large = making.receive(officer, case, of=making.sent(b"a" * 2_000_000 + making.EICAR, "large.txt"))
    inside = hostile.archive(("a.txt", b"a" * 2_000_000 + making.EICAR))
    packed = making.receive(officer, case, of=making.sent(inside, "p.zip"))
    shown = making.receive(officer, case, of=making.sent(hostile.picture(position=True), "s.jpg"))
    with making.a_clamd(alert=False) as address:
        monkeypatch.setattr(settings, "CLAMD", address)
        monkeypatch.setattr(settings, "CLAMD_READS", 1024**2)
        tasks.scan(0)
    states = {}
    for one in (clean, bad, large, packed, shown):
        known = making.known(officer, one)
        assert known.original is not None
        states[one.label] = known.state(known.original)
    assert list(states.values()) == ["clean", "infected", "partly", "partly", "clean"]
    assert making.known(officer, shown).view is not None
    # Whoever sent it is told, and Done ends that.
    task = _task(case, "evidence.infected")
    assert task.assigned_to_id == officer.pk
    assert f"exhibit {bad.label}" in task.text


def test_a_scanner_that_is_away_leaves_files_waiting(
    officer: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = making.receive(officer, case)
    monkeypatch.setattr(settings, "CLAMD", "/nowhere/clamd.socket")
    tasks.scan(0)
    known = making.known(officer, one)
    assert known.original is not None
    assert known.state(known.original) == selectors.NOT_SCANNED


def test_no_page_says_that_a_file_is_clean(officer: User, case: Case) -> None:
    known = making.known(officer, making.receive(officer, case))
    file = known.original
    row = {"case": case, "owner_id": officer.agency_id, "by": officer, "partition": "shared"}
    with identity.as_person(officer), pytest.raises(DatabaseError), transaction.atomic():
        Scan.objects.create(**row, file=file, state="clean")


def _task(case: Case, kind: str) -> Clock:
    with people.as_the_owner():
        return Clock.objects.get(case=case, kind=kind, state=Clock.State.RUNNING)


# What leaves the site -------------------------------------------------------------------------------------


def test_only_a_clean_file_opens_in_one_click_and_an_infected_one_never(officer: User, case: Case) -> None:
    one = making.receive(officer, case, of=making.sent(b"<script>alert(1)</script>", "../../evil\u202e.txt"))
    file = making.known(officer, one).original
    assert file is not None
    address = url(case, "file", file.key)
    client = telling.browser(officer)
    asked = client.get(address, secure=True)
    assert "Waits to be scanned" in asked.content.decode()
    assert "not known to be clean" in asked.content.decode()
    assert client.post(address, {"reason": ""}, secure=True).status_code == 422
    given = client.post(address, {"reason": "The court asks for it today."}, secure=True)
    _is_no_page(given, b"<script>alert(1)</script>", "exhibit-E1.txt")
    making.answered(file)
    _is_no_page(client.get(address, secure=True), b"<script>alert(1)</script>", "exhibit-E1.txt")
    making.answered(file, "infected", "Eicar-Test")
    for answer in (
        client.get(address, secure=True),
        client.post(address, {"reason": "I want it."}, secure=True),
    ):
        assert "Nobody can open this file here" in answer.content.decode()


def _is_no_page(answer: Any, content: bytes, name: str) -> None:
    assert answer.streaming
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_every_hostile_file_is_received_or_refused_and_none_is_served_as_a_page(
    officer: User, case: Case
) -> None:
    """All 300 by the service, one after another; what is in is served as bytes, and no page breaks."""
    taken = 0
    for sample in hostile.samples():
        try:
            made = making.receive(officer, case, of=making.sent(sample.content, sample.name))
        except NotPossibleError:
            continue
        taken += 1
        file = File.objects.get(exhibit=made, role="original")
        making.answered(file)
        if taken % 7 == 0:
            answer = get(officer, url(case, "file", file.key))
            ending = answer["Content-Disposition"].rpartition(".")[2].strip('"')
            _is_no_page(answer, sample.content, f"exhibit-{made.label}.{ending}")
        for view in File.objects.filter(exhibit=made, role="view"):
            content = b"".join(sealed.chunks(view.key))
            assert content.startswith(b"\xff\xd8")
            assert hostile.MARK.encode() not in content
            assert b"<script" not in content
    assert taken >= 30
    text = get(officer, url(case)).content.decode()
    assert "<script>alert" not in text


def test_a_picture_stands_on_the_page_only_made_anew(officer: User, case: Case) -> None:
    one = making.receive(
        officer, case, of=making.sent(hostile.picture(orientation=6, position=True), "a.jpg")
    )
    file = making.known(officer, one).original
    assert file is not None
    assert "The picture is shown here once" in get(officer, url(case, one.key)).content.decode()
    making.answered(file)
    view = making.known(officer, one).view
    assert view is not None
    assert f"/file/{view.key}/picture" in get(officer, url(case, one.key)).content.decode()
    answer = get(officer, url(case, "file", view.key, "picture"))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert hostile.MARK.encode() not in answer.content
    # The original is never a picture of a page, nor its file under that address.
    assert get(officer, url(case, "file", file.key, "picture")).status_code == 404


def test_a_redacted_copy_is_a_file_of_its_own_and_the_original_stays(officer: User, case: Case) -> None:
    content = hostile.picture("PNG", (240, 120), orientation=3, position=True)
    one = making.receive(officer, case, of=making.sent(content, "a.png"))
    file = making.known(officer, one).original
    assert file is not None
    address = url(case, "file", file.key, "redact")
    assert get(officer, address).status_code == 404, "not before it is clean"
    making.answered(file)
    client = telling.browser(officer)
    assert client.get(url(case, "file", file.key, "grid"), secure=True)["Content-Type"] == "image/jpeg"
    assert "No square" not in client.get(address, secure=True).content.decode()
    wrong = client.post(address, {"areas": "Z9", "why": "For the court"}, secure=True)
    assert wrong.status_code == 422
    assert "“Z9” is no square of the grid" in wrong.content.decode()
    done = client.post(address, {"areas": "A1:D4", "why": "For the court"}, secure=True)
    assert done.status_code == 302
    known = making.known(officer, one)
    [copy] = known.redacted
    assert (copy.made_from_id, copy.areas, copy.why) == (file.pk, "A1:D4", "For the court")
    assert known.state(copy) == "clean"
    assert b"".join(sealed.chunks(file.key)) == content
    assert hostile.MARK.encode() not in b"".join(sealed.chunks(copy.key))
    with pytest.raises(DatabaseError), transaction.atomic(), people.as_the_owner():
        File.objects.filter(pk=file.pk).update(sha256="0" * 64)


# Custody, devices, references -----------------------------------------------------------------------------


def test_hand_overs_stand_in_their_order_and_leave_as_case_uco(officer: User, case: Case) -> None:
    one = making.receive(officer, case, of=making.sent(b"words"), reference="SR/1")
    client = telling.browser(officer)
    today = timezone.localdate()
    day = {"day_day": today.day, "day_month": today.month, "day_year": today.year, "time": "", "where": ""}
    sent = {"from_whom": "PC Reed", "to_whom": "Digital unit", "why": "Examination", "seal": "A1234"} | day
    assert client.post(url(case, one.key, "hand-over"), sent, secure=True).status_code == 302
    back = sent | {"from_whom": "Digital unit", "to_whom": "PC Reed", "why": "Examined", "seal": "A1235"}
    assert client.post(url(case, one.key, "hand-over"), back, secure=True).status_code == 302
    text = client.get(url(case, one.key), secure=True).content.decode()
    assert text.index("Seal A1234") < text.index("Seal A1235")
    answer = client.get(url(case, "custody"), secure=True)
    assert answer["Content-Disposition"] == 'attachment; filename="custody.jsonld"'
    graph = json.loads(answer.content)["@graph"]
    record = next(n for n in graph if n["@type"] == "case-investigation:ProvenanceRecord")
    assert record["case-investigation:exhibitNumber"] == "E1"
    assert record["case-investigation:rootExhibitNumber"] == "SR/1"
    actions = [n for n in graph if n["@type"] == "case-investigation:InvestigativeAction"]
    assert [a["uco-core:name"] for a in actions] == ["Received", "Handed over", "Handed over"]
    assert actions[2]["case-investigation:wasInformedBy"] == {"@id": actions[1]["@id"]}
    file = next(n for n in graph if n["@type"] == "uco-observable:File")
    [facet] = file["uco-core:hasFacet"]
    assert (
        facet["uco-observable:hash"][0]["uco-types:hashValue"]["@value"].lower()
        == hashlib.sha256(b"words").hexdigest()
    )


def a_device(officer: User, case: Case) -> Exhibit:
    told = making.TOLD | {
        "came_at": timezone.now(),
        "held_by": "Force A, digital unit",
        "title": "A telephone",
    }
    with identity.as_person(officer):
        return services.note_elsewhere(officer, case, "police", "device", **told)


def test_a_device_has_days_and_somebody_asks_for_its_result(officer: User, case: Case) -> None:
    one = a_device(officer, case)
    assert one.label == "P1"
    today = timezone.localdate()

    def step(name: str, days: int, **rest: str) -> None:
        with identity.as_person(officer):
            known = selectors.exhibit(case, one.key)
            services.step(officer, case, known, name, today - dt.timedelta(days=days), **rest)

    with pytest.raises(NotPossibleError, match="first when it was submitted"):
        step("result", 1, result="usable")
    step("seized", 10)
    with pytest.raises(NotPossibleError, match="cannot be before"):
        step("submitted", 11)
    step("submitted", 9)
    with identity.as_person(officer):
        assert [k.label for k in selectors.devices_without_result(case)] == ["P1"]
    task = _task(case, "evidence.device")
    assert timezone.localdate(task.due_at) == today + dt.timedelta(days=28 - 9)
    step("result", 0, result="usable", words="Messages of three weeks.")
    with identity.as_person(officer):
        assert selectors.devices_without_result(case) == []
    with people.as_the_owner():
        assert Clock.objects.get(pk=task.pk).state == Clock.State.DONE


def test_film_that_a_force_keeps_is_a_note_with_its_hash(officer: User, case: Case) -> None:
    client = telling.browser(officer)
    given = form(kind="film", held_by="Force A", link="https://evidence.example/17", sha256="A" * 64)
    answer = client.post(url(case, "elsewhere"), given, secure=True)
    assert answer.status_code == 302
    text = client.get(answer["Location"], secure=True).content.decode()
    assert "a" * 64 in text
    assert 'href="https://evidence.example' not in text
    wrong = client.post(url(case, "elsewhere"), given | {"sha256": "abc"}, secure=True)
    assert "The SHA-256 must be 64 digits" in wrong.content.decode()


def test_exhibits_are_attached_to_what_they_support(officer: User, case: Case) -> None:
    of = uuid.uuid4()
    told = making.TOLD | {"came_at": timezone.now()}
    with identity.as_person(officer):
        files = [making.sent(hostile.picture(seed=n), f"{n}.jpg") for n in range(3)]
        fates = services.attach(officer, case, "shared", files, "draft", of, **told)
        assert [f.exhibit is not None for f in fates] == [True] * 3
        assert [e.label for e in selectors.supporting(case, "draft", of)] == ["E1", "E2", "E3"]


# The daily root -------------------------------------------------------------------------------------------


def test_each_receipt_leads_to_the_root_of_its_day_and_no_other_does(officer: User, case: Case) -> None:
    for number in range(5):
        making.receive(officer, case, of=making.sent(f"note {number}".encode()))
    with identity.job(receipts.PURPOSE):
        first = receipts.join(timezone.localdate() + dt.timedelta(days=1))
        assert first is not None
        assert first.receipts_joined == 5
        assert receipts.join(timezone.localdate() + dt.timedelta(days=1)) is None, "once a day"
    late = making.receive(officer, case, of=making.sent(b"late"))
    with identity.as_person(officer):
        files = list(File.objects.filter(case=case).order_by("pk"))
        assert receipts.proof(File.objects.get(exhibit=late)) is None
    with identity.job(receipts.PURPOSE):
        second = receipts.join(timezone.localdate() + dt.timedelta(days=2))
    assert second is not None
    assert second.before == first.root
    with identity.as_person(officer):
        for file in files:
            found = receipts.proof(file)
            assert found is not None
            proof, root = found
            assert receipts.holds(proof)
            assert root == (second if file.exhibit_id == late.pk else first)
            file.size += 1
            assert receipts.leaf(file) != proof.leaf, "of a changed file the receipt does not speak"


def test_what_was_erased_goes_from_the_disk_and_nothing_else_does(officer: User, case: Case) -> None:
    gone, stays = making.receive(officer, case), making.receive(officer, case)
    keys = {e: File.objects.get(exhibit=e).key for e in (gone, stays)}
    with identity.job("erase a record"), transaction.atomic():
        for model in (File, Exhibit):
            rows = {"exhibit": gone} if model is File else {"pk": gone.pk}
            model.objects.filter(**rows)._raw_delete(
                "default"
            )  # as an erasure does: by key, without cascades
    assert sealed.path_of(keys[gone]).exists()
    with identity.job(receipts.PURPOSE):
        assert tasks.tidy() == 1
        assert not Erased.objects.exists()
    with pytest.raises(sealed.NotHereError):
        sealed.path_of(keys[gone])
    assert sealed.path_of(keys[stays]).exists()


def test_what_was_cut_off_while_it_arrived_goes_after_a_day(
    officer: User, case: Case, sealed_files: Path
) -> None:
    arriving = sealed_files / "arriving"
    arriving.mkdir(parents=True, exist_ok=True)
    old, new = (arriving / uuid.uuid4().hex for _ in range(2))
    for path in (old, new):
        path.write_bytes(b"cut off")
    before = time.time() - 25 * 3600
    os.utime(old, (before, before))
    with identity.job(receipts.PURPOSE):
        assert tasks.tidy() == 1
    assert (old.exists(), new.exists()) == (False, True)


# The wall -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "agency", "partition"),
    [
        (Role.INVESTIGATOR, "force-a", "police"),
        (Role.ADVOCATE, "helpline", "advocacy"),
        (Role.CLINICIAN, "health", "health"),
        (Role.PROBATION, "probation", "health"),
    ],
)
def test_no_address_of_an_exhibit_answers_anybody_of_another_side(
    case: Case, role: Role, agency: str, partition: str
) -> None:
    """Every address that takes an id, as every role: another's exhibit is as one that never was."""
    writer = people.somebody(role, agency)
    content = hostile.picture(position=True)
    one = making.receive(writer, case, partition, of=making.sent(content, "hername.jpg"), title="zqtitle")
    file = making.known(writer, one).original
    assert file is not None
    making.answered(file)
    view = making.known(writer, one).view
    assert view is not None
    addresses = [url(case, one.key), *(url(case, one.key, p) for p in ("hand-over", "device", "shows"))]
    addresses += [url(case, "file", f.key) for f in (file, view)]
    addresses += [url(case, "file", f.key, p) for f in (file, view) for p in ("picture", "grid", "redact")]
    for other_role, other in (
        *((Role.INVESTIGATOR, "force-a"), (Role.STALKING_LEAD, "force-a"), (Role.ADVOCATE, "helpline")),
        *((Role.CLINICIAN, "health"), (Role.PROBATION, "probation"), (Role.COORDINATOR, "hub")),
        *((Role.INVESTIGATOR, "force-b"), (Role.ANALYST, "hub"), (Role.AUDITOR, "hub")),
        (Role.ADMINISTRATOR, "hub"),
    ):
        reader = people.somebody(other_role, other)
        reads = _reads(other_role, other, role, agency, partition)
        client = telling.browser(reader)
        for address in addresses:
            for answer in (
                client.get(address, secure=True),
                client.post(address, {"reason": "x"}, secure=True),
            ):
                if not reads:
                    assert answer.status_code in {403, 404, 405}, (other_role, address, answer.status_code)
        for address in (url(case), url(case, "custody"), f"/cases/{case.key}", f"/cases/{case.key}/history"):
            answer = client.get(address, secure=True)
            text = answer.content.decode()
            assert ("zqtitle" in text) == (reads and address in {url(case), url(case, "custody")}), address
            assert "hername" not in text or reads
            if not reads:
                assert f"Exhibit {one.label}" not in text
    assert get(writer, url(case, one.key)).status_code == 200


def _reads(role: str, agency: str, of_role: str, of_agency: str, partition: str) -> bool:
    if partition == "police":
        return agency == "force-a" and role in {Role.INVESTIGATOR, Role.STALKING_LEAD}
    if partition == "health" and of_role == Role.PROBATION:
        return role in {Role.PROBATION, Role.CLINICIAN}
    return (role, agency) == (of_role, of_agency)


def test_numbers_tell_nothing_of_another_side(officer: User, case: Case) -> None:
    advocate = people.somebody(Role.ADVOCATE, "helpline")
    labels = [
        making.receive(who, case, side).label
        for who, side in (
            *((officer, "shared"), (advocate, "advocacy"), (advocate, "shared"), (officer, "police")),
            *((advocate, "advocacy"), (officer, "shared")),
        )
    ]
    assert labels == ["E1", "A1", "E2", "P1", "A2", "E3"]


def test_the_other_side_never_learns_that_it_has_the_same_file(officer: User, case: Case) -> None:
    advocate = people.somebody(Role.ADVOCATE, "helpline")
    making.receive(advocate, case, "advocacy", of=making.sent(b"the same bytes"))
    assert making.receive(officer, case, of=making.sent(b"the same bytes")).label == "E1"


def test_a_pdf_that_is_read_and_cannot_be_drawn_is_kept_and_says_so(officer: User, case: Case) -> None:
    sample = drawn.one(580)
    made = making.receive(officer, case, of=making.sent(sample.content, sample.name))
    file = making.known(officer, made).original
    assert file is not None
    making.answered(file)
    page = get(officer, url(case, "file", file.key, "redact"))
    assert page.status_code == 200
    assert "cannot be drawn: it is damaged" in page.content.decode()
    assert get(officer, url(case, "file", file.key, "grid")).status_code == 404
    sent = {"areas": "1: B2", "why": "For the court"}
    answer = telling.browser(officer).post(url(case, "file", file.key, "redact"), sent, secure=True)
    assert answer.status_code == 422
    assert "send that" in answer.content.decode()
    with (
        identity.as_person(officer),
        pytest.raises(NotPossibleError, match=f"Exhibit {made.label}: The pages"),
    ):
        bundles.parts(case, [f"exhibit:{made.key}"], timezone.now())


def test_each_of_a_lot_of_hostile_files_is_an_exhibit_or_named_as_refused(
    officer: User, case: Case, sealed_files: Path
) -> None:
    """Sixty at once, as people send them: none is dropped, none is counted twice, no name is a path."""
    lot = [drawn.one(number) for number in range(60)]
    with identity.as_person(officer):
        fates = services.receive_several(
            officer,
            case,
            "shared",
            [making.sent(one.content, one.name) for one in lot],
            **making.TOLD,
            came_at=timezone.now(),
        )
        files = {f.exhibit_id: f for f in File.objects.filter(case=case, role=File.Role.ORIGINAL)}
    assert len(fates) == 60
    taken = [(fate.exhibit, one) for fate, one in zip(fates, lot, strict=True) if fate.exhibit]
    refused = [fate for fate in fates if fate.exhibit is None]
    assert all(len(fate.why) > 20 and fate.name for fate in refused)
    assert len(taken) + len(refused) == 60
    assert len(taken) == len(files) == len([p for p in sealed_files.rglob("*") if p.is_file()])
    assert min(len(taken), len(refused)) > 10
    for made, one in taken:
        file = files[made.pk]
        assert file.sha256 == hashlib.sha256(one.content).hexdigest()
        assert file.size == len(one.content)
        assert not set(file.name) & set("/\\\0\r\n")
    assert [m.number for m, _ in taken] == list(range(1, len(taken) + 1))
