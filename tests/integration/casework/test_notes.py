"""Notes: who reads them, what is refused, how they are corrected; and what is new since a visit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.cases.models import Case
from lamplighter.hub.casework import forms, notes
from lamplighter.hub.casework.models import LastVisit, Note
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.victim_side import making as victims

pytestmark = pytest.mark.django_db


def write(user: User, case: Case, words: str = "zqword", side: str = "shared", **changed: str) -> Any:
    today = timezone.localdate()
    given = {
        "kind": "call",
        "day_day": str(today.day),
        "day_month": str(today.month),
        "day_year": str(today.year),
        "time": "",
        "with_whom": "her manager",
        "words": words,
        "side": side,
    }
    return telling.browser(user).post(f"/cases/{case.key}/notes/new", given | changed, secure=True)


def reads(user: User, case: Case, words: str = "zqword") -> bool:
    return words in telling.browser(user).get(f"/cases/{case.key}/history", secure=True).content.decode()


@pytest.fixture
def advocate() -> User:
    return making.somebody(Role.ADVOCATE, "helpline")


@pytest.fixture
def case(advocate: User) -> Case:
    return making.a_case(advocate, "force-a", "health", "probation", at=telling.days_ago(2))


SIDES = [
    (Role.ADVOCATE, "helpline", "advocacy"),
    (Role.INVESTIGATOR, "force-a", "police"),
    (Role.CLINICIAN, "health", "health"),
    (Role.PROBATION, "probation", "health"),
]


@pytest.mark.parametrize(("role", "code", "side"), SIDES)
def test_a_note_is_read_on_its_side_or_by_everybody_on_the_case(
    case: Case, role: Role, code: str, side: str
) -> None:
    writer = making.somebody(role, code)
    form = telling.browser(writer).get(f"/cases/{case.key}/notes/new", secure=True).content.decode()
    assert "Everybody on the case" in form
    assert "Read by everybody on the case" in form
    assert write(writer, case, side="").status_code == 422
    assert write(writer, case, "zqside", side=side).status_code == 302
    assert write(writer, case, "zqshared").status_code == 302
    others = [making.somebody(r, c) for r, c, _ in SIDES if (r, c) != (role, code)]
    assert reads(making.somebody(role, code), case, "zqside")
    for other in others:
        both = reads(other, case, "zqside")
        # The clinicians of the case read what probation wrote on that side.
        assert both == ((role, other.role) == (Role.PROBATION, Role.CLINICIAN))
        assert reads(other, case, "zqshared")
    outside = making.somebody(Role.INVESTIGATOR, "force-b")
    assert write(outside, case).status_code == 404
    assert write(writer, case, side="vault").status_code == 422


def test_what_the_vault_holds_is_refused_where_the_other_side_would_read_it(
    case: Case, advocate: User
) -> None:
    with identity.as_person(advocate):
        victims.a_rule(advocate, case, address="14 Larch Grove")
    answer = write(advocate, case, "She moved to 14 Larch  Grove.")
    assert answer.status_code == 422
    assert "These words hold an address" in answer.content.decode()
    assert "She moved to 14 Larch  Grove." in answer.content.decode()
    assert not Note.objects.exists()
    assert write(advocate, case, "She moved to 14 Larch Grove.", side="advocacy").status_code == 302


def test_a_correction_takes_the_first_words_out_of_the_sight_of_the_others(
    case: Case, advocate: User
) -> None:
    other = making.somebody(Role.CLINICIAN, "health")
    assert write(advocate, case, "zqwrong").status_code == 302
    note = Note.objects.get()
    address = f"/cases/{case.key}/notes/{note.first}"

    def sends(version: Any, **changed: str) -> Any:
        today = timezone.localdate()
        given = {
            "version": str(version),
            "kind": "call",
            "day_day": str(today.day),
            "day_month": str(today.month),
            "day_year": str(today.year),
            "time": "",
            "words": "zqright",
            "reason": "zqwhy",
        }
        return telling.browser(advocate).post(f"{address}/correct", given | changed, secure=True)

    assert telling.browser(other).get(f"{address}/correct", secure=True).status_code == 404
    assert sends(note.key, reason="").status_code == 422
    assert sends(note.key).status_code == 302
    assert reads(other, case, "zqright")
    assert not reads(other, case, "zqwrong")
    assert "zqwrong" not in telling.browser(other).get(address, secure=True).content.decode()
    assert "zqwrong" in telling.browser(advocate).get(address, secure=True).content.decode()
    with identity.as_person(other):
        assert not Note.objects.filter(words__contains="zqwrong").exists()
    # The second who corrects sees both.
    second = sends(note.key, words="zqsecond")
    assert second.status_code == 422
    assert "zqright" in second.content.decode()
    newest = Note.objects.get(replaced_at=None)
    assert sends(newest.key, struck="on").status_code == 302
    assert reads(other, case, "Struck out: zqwhy")
    assert not reads(other, case, "zqright")
    assert sends(Note.objects.get(replaced_at=None).key).status_code == 404


def test_the_database_keeps_the_words_of_every_version(case: Case, advocate: User) -> None:
    now = timezone.now()
    with identity.as_person(advocate):
        note = notes.add(advocate, case, "note", "shared", "First.", happened_at=now)
        notes.correct(advocate, case, note, "Misheard", words="Second.")
    clinician = making.somebody(Role.CLINICIAN, "health")
    for user, changed in ((advocate, {"words": "x"}), (advocate, {"replaced_at": None})):
        with pytest.raises(DatabaseError, match="never changed"), identity.as_person(user):
            Note.objects.filter(case=case).update(**changed)
    with identity.as_person(clinician), transaction.atomic():
        assert Note.objects.filter(case=case).update(replaced_at=now) == 0
    with pytest.raises(NotPossibleError, match="Only"), identity.as_person(clinician):
        notes.correct(clinician, case, Note.objects.get(replaced_at=None), "Mine", words="x")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5pm", dt.time(17)),
        ("7:30am", dt.time(7, 30)),
        ("17:00", dt.time(17)),
        ("0930", dt.time(9, 30)),
        ("12am", dt.time(0)),
        ("12.15 pm", dt.time(12, 15)),
    ],
)
def test_times_are_taken_as_people_write_them(typed: str, meant: dt.time) -> None:
    assert forms.TimeOfDay(required=False).clean(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "13pm", "noon", "0pm", "7:75"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(Exception, match="such as 5pm"):
        forms.TimeOfDay(required=False).clean(typed)


def test_what_was_added_since_the_last_visit_is_told_to_each_within_what_they_see(
    case: Case, advocate: User
) -> None:
    clinician, investigator = making.somebody(Role.CLINICIAN, "health"), making.somebody(Role.INVESTIGATOR)

    def page(user: User, path: str) -> str:
        return telling.browser(user).get(path, secure=True).content.decode()

    for user in (clinician, investigator, advocate):
        assert "Since you were last here" not in page(user, f"/cases/{case.key}")
    LastVisit.objects.update(seen_at=timezone.now() - dt.timedelta(hours=2))
    assert write(advocate, case, "zqshared").status_code == 302
    police = making.somebody(Role.INVESTIGATOR)
    assert write(police, case, "zqpolice", side="police").status_code == 302
    assert "Phone call" in page(clinician, "/work/").split("Since you were last on these cases")[1]
    assert "1 more addition" in page(investigator, "/work/")
    # Of what one wrote oneself nothing is new.
    assert "Since you were last on" not in page(advocate, "/work/")
    mine, theirs = page(investigator, f"/cases/{case.key}"), page(clinician, f"/cases/{case.key}")
    assert "2 additions by others that you can see" in mine
    assert "1 addition by others that you can see" in theirs
    assert "zqpolice" not in theirs
    # The same visit goes on; a later one begins anew.
    assert "2 additions" in page(investigator, f"/cases/{case.key}")
    assert "Since you were last on" not in page(investigator, "/work/")
    LastVisit.objects.update(seen_at=timezone.now() - dt.timedelta(hours=1))
    # Nothing came after that look but what is older than an hour: all of it was seen.
    with identity.as_person(clinician):
        assert set(LastVisit.objects.values_list("user", flat=True)) == {clinician.pk}
