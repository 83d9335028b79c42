"""What was clean under old signatures is scanned again, a part at once; who has it on a computer is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.evidence import selectors, tasks
from lamplighter.hub.evidence.files import clamd, scanning
from lamplighter.hub.evidence.files.clamd import Answer, Outcome
from lamplighter.hub.evidence.models import Exhibit, File
from lamplighter.hub.operations import checks
from tests.integration.access import making as people
from tests.integration.cases import telling
from tests.integration.evidence import making

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def officer() -> User:
    return people.somebody(Role.INVESTIGATOR)


@pytest.fixture
def case(officer: User) -> Case:
    with identity.as_person(officer):
        return people.a_case(officer, "helpline", "health")


class Scanner(clamd.Clamd):
    """A scanner whose signatures are of a day, and which finds a virus in what is told."""

    def version(self) -> tuple[str, dt.datetime | None]:
        return "ClamAV 1.4.6", NOW

    def scan(self, chunks: Any, size: int) -> Answer:
        found = b"NEW VIRUS" in b"".join(chunks)
        return Answer(
            Outcome.INFECTED if found else Outcome.CLEAN, "ClamAV 1.4.6", NOW, "New" if found else ""
        )


@pytest.fixture(autouse=True)
def scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLAMD", "/a/scanner")
    monkeypatch.setattr(scanning, "scanner", lambda: Scanner("/a/scanner", 10**9))


def clean(one: Exhibit, user: User, days: int) -> File:
    """Clean, under signatures that were so many days old."""
    file = making.known(user, one).original
    assert file is not None
    with identity.job(scanning.PURPOSE):
        row = File.objects.select_related("exhibit", "case", "by", "owner").get(pk=file.pk)
        scanning.note(row, Answer(Outcome.CLEAN, "ClamAV 1.4.5", NOW - dt.timedelta(days=days)))
    return file


def state(user: User, one: Exhibit) -> str:
    known = making.known(user, one)
    assert known.original is not None
    return known.state(known.original)


def test_only_what_is_old_is_scanned_again_and_what_is_found_is_shut(officer: User, case: Case) -> None:
    old = making.receive(officer, case, of=making.sent(b"NEW VIRUS", "a.txt"))
    fresh = making.receive(officer, case, of=making.sent(b"NEW VIRUS too", "b.txt"))
    good = making.receive(officer, case, of=making.sent(b"He was there.", "c.txt"))
    for one, days in ((old, 8), (fresh, 7), (good, 30)):
        clean(one, officer, days)
    tasks.scan_again(0)
    assert [state(officer, one) for one in (old, fresh, good)] == ["infected", "clean", "clean"]
    with identity.as_person(officer):
        [task] = Clock.objects.filter(case=case, kind="evidence.infected")
        assert task.assigned_to == officer
        assert f"exhibit {old.label}" in task.text
    # A second run finds nothing to do.
    with identity.job(scanning.PURPOSE):
        assert scanning.scan_again(timezone.localdate()) == 0


def test_no_more_at_once_than_leaves_new_files_waiting_a_minute(
    officer: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [
        making.receive(officer, case, of=making.sent(b"He was there." + bytes([48 + n]))) for n in range(3)
    ]
    for n, one in enumerate(files):
        clean(one, officer, 40 - n)
    monkeypatch.setattr(scanning, "BYTES_AT_ONCE", 20)
    with identity.job(scanning.PURPOSE):
        assert scanning.scan_again(timezone.localdate()) == 1
        left = [f.exhibit_id for f in selectors.to_scan_again(NOW, timezone.localdate())]
    assert left == [one.pk for one in files[1:]]


def test_whoever_saved_it_while_it_counted_as_clean_is_told_on_their_own_side(
    officer: User, case: Case
) -> None:
    one = making.receive(officer, case, of=making.sent(b"NEW VIRUS", "a.txt"))
    file = clean(one, officer, 9)
    advocate = people.somebody(Role.ADVOCATE, "helpline")
    clinician = people.somebody(Role.CLINICIAN, "health")
    saved = telling.browser(advocate).get(f"/cases/{case.key}/exhibits/file/{file.key}", secure=True)
    assert saved.getvalue() == b"NEW VIRUS"
    tasks.scan_again(0)
    with people.as_the_owner():
        told = {c.assigned_to_id: c.text for c in Clock.objects.filter(case=case, kind="evidence.infected")}
    assert set(told) == {officer.pk, advocate.pk}
    assert "Have your computer checked" in told[advocate.pk]
    assert clinician.pk not in told


def test_the_page_of_the_service_says_when_signatures_are_old_and_what_is_scanned_again(
    officer: User, case: Case
) -> None:
    one = making.receive(officer, case)
    file = clean(one, officer, 20)
    found = checks.virus_scanner(timezone.now())
    assert found.state == checks.State.SOON
    assert "freshclam" in found.remedy
    other = making.receive(officer, case)
    clean(other, officer, 0)
    found = checks.virus_scanner(timezone.now())
    assert found.state == checks.State.OK
    assert "To be scanned again with newer signatures: 1 file." in found.says
    making.answered(file)
    assert "again" not in checks.virus_scanner(timezone.now()).says
