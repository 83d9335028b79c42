"""What somebody from outside plants: names of files, text that is code, fields that a form does not have."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role
from lamplighter.hub.cases.models import Case
from lamplighter.hub.casework.models import Note
from lamplighter.hub.intake.imports import services as file_uploads
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
CODE = "<script>alert('zqcode')</script>"
KEPT = "&lt;script&gt;alert("


@pytest.mark.parametrize(
    "name", ["../../../escaped.csv", "/tmp/escaped.csv", "..\\..\\escaped.csv", "a/../b.csv"]
)
def test_a_file_is_kept_in_the_folder_of_its_sending_whatever_its_name(uploads: Path, name: str) -> None:
    by = telling.coordinator()
    before = {p for p in uploads.parent.rglob("*") if p.is_file()}
    file = io.BytesIO(b"a;b\n1;2\n")
    file.name = name
    answer = telling.browser(by).post("/intake/imports/send", {"files": file}, secure=True)
    assert answer.status_code in {200, 302, 422}
    written = {p for p in uploads.parent.rglob("*") if p.is_file()} - before
    assert all(p.resolve().is_relative_to(uploads.resolve()) for p in written)
    assert not Path("/tmp/escaped.csv").exists()


def test_the_folder_of_a_sending_has_a_name_that_nobody_guesses_and_is_for_its_owner_only(
    uploads: Path,
) -> None:
    one, other = file_uploads.receive([]), file_uploads.receive([])
    assert one.folder != other.folder
    assert len(one.folder.name) == 32
    assert one.folder.stat().st_mode & 0o077 == 0


@pytest.fixture
def planted() -> Case:
    by = telling.coordinator()
    with identity.as_person(by):
        return making.a_case(
            by,
            "helpline",
            victim={"name": f"Amy {CODE}"},
            suspect={"name": f"Ben {CODE}"},
            why=f"Follows her. {CODE}",
        )


@pytest.mark.parametrize("page", ["", "/timeline", "/history", "/people"])
def test_text_that_is_code_stays_text(planted: Case, page: str) -> None:
    client = telling.browser(telling.coordinator())
    client.post("/cases/names", {}, secure=True)
    answer = client.get(f"/cases/{planted.key}{page}", secure=True)
    body = answer.content.decode()
    assert answer.status_code == 200
    assert KEPT in body or "zqcode" not in body
    assert CODE not in body


def test_the_code_is_on_the_page_where_names_are_shown(planted: Case) -> None:
    """Without this the test above might look where nothing was planted."""
    client = telling.browser(telling.coordinator())
    client.post("/cases/names", {}, secure=True)
    assert KEPT in client.get(f"/cases/{planted.key}/people", secure=True).content.decode()
    client.post("/cases/names", {}, secure=True)
    assert KEPT in client.get(f"/cases/{planted.key}/history", secure=True).content.decode()


def test_a_field_that_a_form_does_not_have_changes_nothing() -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    case = making.a_case(advocate, "force-a", at=telling.days_ago(2))
    somebody = making.somebody(Role.STALKING_LEAD)
    day = timezone.localdate()
    given = {
        "kind": "call",
        "day_day": str(day.day),
        "day_month": str(day.month),
        "day_year": str(day.year),
        "words": "She rang.",
        "side": "advocacy",
    }
    more = {
        "by": somebody.pk,
        "by_id": somebody.pk,
        "owner": "force-a",
        "owner_id": "force-a",
        "partition": "shared",
    }
    answer = telling.browser(advocate).post(f"/cases/{case.key}/notes/new", given | more, secure=True)
    assert answer.status_code == 302
    with identity.as_person(advocate):
        note = Note.objects.get(case=case)
    assert (note.by_id, note.owner_id, note.partition) == (advocate.pk, "helpline", "advocacy")
