"""From a file of the victim to incidents: nothing lost, nothing twice, and only her side reads the file."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.evidence import selectors as evidence
from lamplighter.hub.evidence.models import Exhibit, File, Receipt
from lamplighter.hub.evidence.record import receipts
from lamplighter.hub.intake.confidentiality.selectors import OWN
from lamplighter.hub.intake.models import OccasionRecord, PersonRecord, ReportVersion
from lamplighter.hub.messages import confirming, drafting, pictures, receipt, selectors, services
from lamplighter.hub.messages.models import Brought, Draft, Line, Original
from lamplighter.hub.messages.pictures import Placed
from lamplighter.hub.site.refusals import ConflictError, NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.evidence import making as evidence_making
from tests.integration.messages import exports

pytestmark = pytest.mark.django_db
WHO = {exports.HER: "victim", exports.HIM: "suspect"}


@pytest.fixture
def advocate() -> User:
    return making.somebody(Role.ADVOCATE, "helpline")


@pytest.fixture
def case(advocate: User) -> Case:
    officer = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(officer):
        return making.a_case(officer, "helpline", "health")


def brought(user: User, case: Case, data: bytes | None = None) -> tuple[Brought, list[Draft]]:
    with identity.as_person(user):
        made = services.bring(user, case, "WhatsApp Chat with Dan.txt", data or exports.chat())
        return made, services.answer(user, made, WHO)


def test_every_line_of_the_file_is_kept_and_each_says_why_it_is_in_no_draft(
    advocate: User, case: Case
) -> None:
    made, drafts = brought(advocate, case)
    with identity.as_person(advocate):
        lines = list(Line.objects.filter(brought=made))
        assert len(lines) == 61
        assert len(drafts) == 6
        assert all((line.draft_id is None) == bool(line.left_out) for line in lines)
        made.refresh_from_db()
        assert sum(made.account["counts"].values()) == made.account["total"] == 71
        assert made.order == "dmy"
        assert not made.order_confirmed
        assert receipt.to_read(made.originals.get()) == exports.chat()
        assert "Leave me alone" not in drafts[0].words
        assert "Missed call" in drafts[0].words


def test_confirmed_drafts_are_incidents_of_one_report_with_the_number_of_the_suspect(
    advocate: User, case: Case
) -> None:
    made, drafts = brought(advocate, case)
    with identity.as_person(advocate):
        found = confirming.confirm(advocate, made, drafts, OWN)
        assert found.incidents == 6
        confirmed = selectors.incidents(case)
        assert [d.seq for d in reversed(confirmed)] == [1, 2, 3, 4, 5, 6]
        assert {str(d.report_key) for d in confirmed} == {found.report_key}
        made.refresh_from_db()
        assert made.state == Brought.State.DONE
        with pytest.raises(NotPossibleError):
            confirming.confirm(advocate, made, drafts, OWN)
    with making.as_the_owner():
        occasions = OccasionRecord.objects.filter(version__key=uuid.UUID(found.report_key))
        assert occasions.count() == 6
        assert set(occasions.values_list("channel", flat=True)) == {"text_message"}
        suspect = PersonRecord.objects.get(version__key=uuid.UUID(found.report_key), role="suspect")
        assert suspect.phones == ["+447700900123"]


def test_the_same_file_and_an_overlapping_one_double_nothing(advocate: User, case: Case) -> None:
    made, _ = brought(advocate, case)
    with identity.as_person(advocate):
        with pytest.raises(ConflictError, match="brought before") as refused, transaction.atomic():
            services.bring(advocate, case, "again.txt", exports.chat())
        assert refused.value.newest == made
        longer = exports.chat() + b"[20/03/2026, 10:00:00] Dan H +44 7700 900123: New\r\n"
        second = services.bring(advocate, case, "longer.txt", longer)
        drafts = services.answer(advocate, second, WHO)
        assert len(drafts) == 1
        assert Line.objects.filter(brought=second, left_out=Line.LeftOut.AGAIN).count() == 61
        assert Brought.objects.filter(case=case).count() == 2


def test_drafts_are_parted_joined_changed_left_out_and_taken_in_again(advocate: User, case: Case) -> None:
    made, drafts = brought(advocate, case)
    with identity.as_person(advocate):
        first = selectors.lines(drafts[0])
        other = drafting.part(advocate, drafts[0], [first[0].key, first[1].key])
        assert {line.key for line in selectors.lines(other)} == {first[0].key, first[1].key}
        drafting.join(advocate, drafts[0], other)
        assert len(selectors.lines(drafts[0])) == len(first)
        drafting.leave_out(advocate, drafts[1], "About the children, and agreed.")
        with pytest.raises(NotPossibleError):
            drafting.leave_out(advocate, drafts[1], "Again.")
        drafting.take_in(advocate, drafts[1])
        kept = {line.pk for line in Line.objects.filter(brought=made)}
        assert len(kept) == 61


def test_a_file_that_cannot_be_read_keeps_nothing_and_says_where(advocate: User, case: Case) -> None:
    with identity.as_person(advocate), pytest.raises(NotPossibleError, match="line 1"), transaction.atomic():
        services.bring(advocate, case, "x.xml", b"<smses count='1'><sms body='x'>")
    with identity.as_person(advocate):
        assert not Brought.objects.exists()
        assert not Original.objects.exists()


def test_the_order_of_day_and_month_is_asked_where_nothing_proves_it(advocate: User, case: Case) -> None:
    data = b"02/03/2026, 10:05 - Dan: hello\n04/03/2026, 10:05 - Dan: hello again\n"
    with identity.as_person(advocate):
        made = services.bring(advocate, case, "chat.txt", data)
        assert made.order == ""
        with pytest.raises(NotPossibleError, match="day or the month"):
            services.answer(advocate, made, {"Dan": "suspect"})
        drafts = services.answer(advocate, made, {"Dan": "suspect"}, "mdy")
        made.refresh_from_db()
        assert made.order_confirmed
        assert [d.started_at.month for d in drafts if d.started_at] == [2, 4]


def test_pictures_are_put_in_order_and_what_nobody_typed_is_said(advocate: User, case: Case) -> None:
    files = [(f"Screenshot_202603{d:02}-101500.png", exports.png(d)) for d in (15, 14, 16, 17)]
    with identity.as_person(advocate):
        made = pictures.bring(advocate, case, [*files, files[0]], channel="text_message", blocked=True)
        shown = selectors.pictures(made)
        assert [line.happened_at.day for line in shown if line.happened_at] == [14, 15, 16, 17]
        first = shown[0].happened_at
        assert first is not None
        placed = {
            1: Placed(1, False, first.date(), first.time(), "I am outside"),
            2: Placed(2, True, None, None, "and I wait"),
            3: Placed(3, False, dt_of(shown[2]).date(), None, ""),
            4: Placed(4, True, None, None, ""),
        }
        drafts = pictures.arrange(advocate, made, placed)
        assert len(drafts) == 2
        assert [n.place for n in selectors.lines(drafts[1])] == [3, 4]
        assert selectors.left_out(made) == {}
        assert drafts[0].words == "I am outside\n\nand I wait"
        assert "cannot be searched" in drafts[1].words
        with pytest.raises(ConflictError):
            pictures.bring(advocate, case, files)


def dt_of(line: Line) -> dt.datetime:
    when: dt.datetime | None = line.happened_at
    assert when is not None
    return when


def test_only_those_of_her_side_find_the_file_and_its_pages(advocate: User, case: Case) -> None:
    made, drafts = brought(advocate, case)
    with identity.as_person(advocate):
        original = made.originals.get()
    pages = [
        f"/cases/{case.key}/brought/",
        f"/cases/{case.key}/brought/{made.key}",
        f"/cases/{case.key}/brought/drafts/{drafts[0].key}",
        f"/cases/{case.key}/exhibits/file/{original.file.key}",
    ]
    for role, agency, first in (
        (Role.ADVOCATE, "helpline", 200),
        (Role.INVESTIGATOR, "force-a", 200),
        (Role.CLINICIAN, "health", 403),
        (Role.COORDINATOR, "hub", 403),
    ):
        client = telling.browser(making.somebody(role, agency))
        answers = [client.get(page, secure=True) for page in pages]
        assert answers[0].status_code == first
        hers = role == Role.ADVOCATE
        assert [a.status_code == 200 for a in answers[1:]] == [hers] * 3
        assert any(b"Where are you" in a.content for a in answers) == hers
    police = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(police):
        for model in (Brought, Original, Draft, Line, Exhibit, File):
            assert not model.objects.exists()


def test_an_original_goes_through_the_one_receipt_and_is_given_out_as_an_exhibit(
    advocate: User, case: Case
) -> None:
    made, _ = brought(advocate, case)
    with identity.as_person(advocate):
        file = made.originals.get().file
        known, _ = evidence.file(case, file.key)
    assert (known.label, known.exhibit.source, file.kind) == ("A1", "victim", "txt")
    assert file.sha256 == made.sha256
    with identity.job(receipts.PURPOSE):
        assert Receipt.objects.filter(leaf=receipts.leaf(file)).exists()
    client = telling.browser(advocate)
    at = f"/cases/{case.key}/exhibits/file/{file.key}"
    page = client.get(f"/cases/{case.key}/brought/{made.key}", secure=True).content.decode()
    assert "exhibit A1" in page
    assert "Waits to be scanned for viruses" in page
    assert at in page
    # Not scanned: with a reason. Clean: at once.
    assert "Save the file" in client.get(at, secure=True).content.decode()
    evidence_making.answered(file)
    answer = client.get(at, secure=True)
    assert answer.getvalue() == exports.chat()
    assert answer["Content-Disposition"] == 'attachment; filename="exhibit-A1.txt"'
    assert answer["Content-Type"] == "application/octet-stream"


def test_an_infected_file_makes_no_drafts_and_whoever_brought_it_is_told(advocate: User, case: Case) -> None:
    with identity.as_person(advocate):
        made = services.bring(advocate, case, "chat.txt", exports.chat())
        file = made.originals.get().file
    evidence_making.answered(file, "infected", "Eicar-Test")
    with identity.as_person(advocate):
        with pytest.raises(NotPossibleError, match="virus was found in exhibit A1"), transaction.atomic():
            services.answer(advocate, made, WHO)
        assert not Line.objects.exists()
        task = Clock.objects.get(case=case, kind="evidence.infected")
        assert task.assigned_to == advocate
    client = telling.browser(advocate)
    for at in (f"brought/{made.key}", f"exhibits/file/{file.key}"):
        page = client.get(f"/cases/{case.key}/{at}", secure=True).content.decode()
        assert "obody can open it here" in page or "Nobody can open this file here" in page
    answers = {"sender_0": "suspect", "sender_1": "victim", "go": "on"}
    told = client.post(f"/cases/{case.key}/brought/{made.key}", answers, secure=True)
    assert told.status_code == 422
    assert "no drafts are made of it" in told.content.decode()


def test_an_infected_picture_is_never_shown_and_one_that_waits_says_so(
    advocate: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with identity.as_person(advocate):
        made = pictures.bring(advocate, case, [(f"{n}.png", exports.png(n)) for n in (1, 2)])
        first, second = selectors.pictures(made)
    one, two = first.picture, second.picture
    assert one is not None
    assert two is not None
    monkeypatch.setattr(settings, "CLAMD", "/nowhere/clamd.socket")
    client = telling.browser(advocate)
    at = f"/cases/{case.key}/brought/{made.key}"
    page = client.get(at, secure=True).content.decode()
    assert "2 pictures wait for the virus scanner" in page
    shown = [f"/cases/{case.key}/brought/originals/{o.key}/picture" for o in (one, two)]
    assert [client.get(s, secure=True).status_code for s in shown] == [404, 404]
    evidence_making.answered(one.file, "infected", "Eicar-Test")
    evidence_making.answered(two.file)
    assert [client.get(s, secure=True).status_code for s in shown] == [404, 200]
    page = client.get(at, secure=True).content.decode()
    assert "A virus was found in" in page
    assert shown[0] not in page
    assert shown[1] in page


def test_what_is_an_exhibit_already_is_not_received_again(advocate: User, case: Case) -> None:
    held = evidence_making.receive(
        advocate, case, "advocacy", of=evidence_making.sent(exports.png(1), "one.png")
    )
    with identity.as_person(advocate):
        made = pictures.bring(advocate, case, [("1.png", exports.png(1)), ("2.png", exports.png(2))])
        found = {line.picture.file.exhibit.label for line in selectors.pictures(made) if line.picture}
        assert found == {held.label, "A2"}
        assert Exhibit.objects.filter(case=case).count() == 2
    # Of another agency it is received again: each erases its own.
    officer = making.somebody(Role.INVESTIGATOR)
    evidence_making.receive(officer, case, "shared", of=evidence_making.sent(exports.png(3), "three.png"))
    with identity.as_person(advocate):
        made = pictures.bring(advocate, case, [("3.png", exports.png(3))])
        [line] = selectors.pictures(made)
        assert line.picture is not None
        assert line.picture.file.owner == advocate.agency


def test_a_picture_that_cannot_be_opened_is_named_and_nothing_is_kept(advocate: User, case: Case) -> None:
    files = [("1.png", exports.png(1)), ("cut.png", exports.png(2)[:60])]
    with (
        identity.as_person(advocate),
        pytest.raises(NotPossibleError, match=r"“cut\.png” was not taken in"),
        transaction.atomic(),
    ):
        pictures.bring(advocate, case, files)
    with identity.as_person(advocate):
        assert not Brought.objects.exists()
        assert not Exhibit.objects.exists()


def test_the_journey_by_pages_makes_the_case_know_of_the_report(advocate: User, case: Case) -> None:
    client = telling.browser(advocate)
    base = f"/cases/{case.key}/brought/"
    sent = SimpleUploadedFile("WhatsApp Chat with Dan.txt", exports.chat())
    answer = client.post(f"{base}file", {"file": sent, "words": "By email"}, secure=True)
    assert answer.status_code == 302
    page = client.get(answer["Location"], secure=True).content.decode()
    assert "All lines of the file" in page
    assert "Who is “Priya”?" in page
    answer = client.post(
        answer["Location"], {"sender_0": "suspect", "sender_1": "victim", "go": "on"}, secure=True
    )
    assert answer.status_code == 302
    page = client.get(answer["Location"], secure=True).content.decode()
    assert "6 drafts to confirm" in page
    with identity.as_person(advocate):
        keys = [str(d.key) for d in Draft.objects.all()]
    answer = client.post(f"{answer['Location']}/confirm", {"drafts": keys}, secure=True)
    assert answer.status_code == 200
    assert "Who may read 6 incidents?" in answer.content.decode()
    with identity.as_person(advocate):
        made = Brought.objects.get()
    answer = client.post(f"{base}{made.key}/confirm", {"drafts": keys, "readers": "own"}, secure=True)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    page = client.get(base, secure=True).content.decode()
    assert page.count("Incident from what the victim brought") == 6


def test_the_police_take_in_what_the_victim_brings_on_their_own_side(case: Case) -> None:
    officer = making.somebody(Role.INVESTIGATOR)
    made, drafts = brought(officer, case)
    assert made.partition == "police"
    client = telling.browser(officer)
    answer = client.post(
        f"/cases/{case.key}/brought/{made.key}/confirm", {"drafts": [str(d.key) for d in drafts]}, secure=True
    )
    assert answer.status_code == 302
    with identity.as_person(officer):
        assert len(selectors.incidents(case)) == 6
    with making.as_the_owner():
        report = ReportVersion.objects.get(key=selectors_key(made))
        assert report.agency == "force-a"
        # A chat that somebody took in is no crime record.
        assert report.record_type is None


def selectors_key(made: Brought) -> uuid.UUID:
    key: uuid.UUID | None = (
        Draft.objects.filter(brought=made).exclude(report_key=None).values_list("report_key", flat=True)[0]
    )
    assert key is not None
    return key


def test_a_copy_to_look_at_has_no_position_and_a_diary_can_be_downloaded(advocate: User, case: Case) -> None:
    with identity.as_person(advocate):
        made = pictures.bring(advocate, case, [("a.png", exports.png(1))])
        original = made.originals.get()
    client = telling.browser(advocate)
    page = client.get(f"/cases/{case.key}/brought/{made.key}", secure=True).content.decode()
    assert "Picture 1" in page
    copy = client.get(f"/cases/{case.key}/brought/originals/{original.key}/picture", secure=True)
    # Drawn by the hub: where there is no scanner, at once.
    assert copy["Content-Type"] == "image/jpeg"
    assert b"GPS" in exports.png(1)
    assert b"GPS" not in copy.content
    assert "sandbox" in copy["Content-Security-Policy"]
    for sort, begins in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfDate")):
        given = client.get(f"/cases/{case.key}/brought/diary/{sort}", secure=True)
        assert given.content.startswith(begins)
