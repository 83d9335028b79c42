"""Words saved by mistake are read by nobody any more, and sealed where no role of the hub reads them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall import sync
from lamplighter.hub.access.wall.identity import as_person, as_service, for_reason
from lamplighter.hub.access.wall.redaction import MARK
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case, Entry, LegalStatus
from lamplighter.hub.cases.status import changes
from lamplighter.hub.casework import notes
from lamplighter.hub.casework.models import Note
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.perpetrator_side.models import PriorRelationship
from lamplighter.hub.redaction import services
from lamplighter.hub.redaction.models import Redaction, Restoring
from lamplighter.hub.rights.erasure import erasing
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side.models import NeedsAssessment, SafeContact
from tests.integration.access import making
from tests.integration.cases import telling

pytestmark = pytest.mark.django_db
SLIP = "the flat above Gander’s bakery"
WHY = "It says where she lives."


@pytest.fixture
def officer() -> User:
    return making.somebody(Role.INVESTIGATOR)


@pytest.fixture
def second() -> User:
    return making.somebody(Role.STALKING_LEAD)


@pytest.fixture
def case(officer: User) -> Case:
    with as_person(officer):
        return making.a_case(officer, "helpline", "health", "probation")


def legal(user: User, case: Case, words: str) -> LegalStatus:
    with as_person(user):
        changes.set_legal_status(user, case, "investigation", timezone.localdate(), words)
        return LegalStatus.objects.get(case=case, source=words)


def everything() -> str:
    """Every text of every table of the hub, as the owner of the tables reads it; without what is sealed."""
    found = []
    with making.as_the_owner(), connection.cursor() as cursor:
        for name in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT t::text FROM public."{name}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_what_was_saved_by_mistake_is_nowhere_any_more(officer: User, case: Case) -> None:
    row = legal(officer, case, f"Crime record. She is at {SLIP}, ring twice.")
    with as_person(officer):
        note = notes.add(
            officer,
            case,
            "call",
            "police",
            "Seen near THE  FLAT\nabove Gander’s bakery",
            happened_at=timezone.now(),
        )
        notes.correct(officer, case, note, "Slip", words="Seen near her home")
    assert SLIP in everything()
    with as_person(officer):
        act = services.redact(officer, case, row, SLIP, WHY)
    assert "bakery" not in everything().lower()
    row.refresh_from_db()
    assert row.source == f"Crime record. She is at {MARK}, ring twice."
    # The copy in the history, and an earlier version of a note on another side, however it was spelled.
    assert Entry.objects.get(case=case, kind="legal_status").body.count(MARK) == 1
    note.refresh_from_db()
    assert note.words == f"Seen near {MARK}"
    # Who and why is on record, on each side where a row stood, and in the trail without the words.
    lines = Entry.objects.filter(case=case, kind="redaction").values_list("partition", "body", "by", "of_key")
    assert set(lines) == {("shared", WHY, officer.pk, act), ("police", WHY, officer.pk, act)}
    event = Event.objects.get(verb="redaction.redacted")
    assert event.actor_id == officer.pk
    assert event.case_id == case.pk


def test_no_role_of_the_hub_reads_what_is_sealed(officer: User, case: Case) -> None:
    row = legal(officer, case, SLIP)
    with as_person(officer):
        services.redact(officer, case, row, SLIP, WHY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words, before FROM access.sealed_words")
        assert (SLIP, SLIP) in cursor.fetchall()
        for role in (sync.APP, sync.WEB, sync.SERVICE, sync.RECORDS, sync.LOADER):
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                cursor.execute("SELECT has_table_privilege(%s, 'access.sealed_words', %s)", [role, right])
                assert cursor.fetchone() == (False,), (role, right)
            cursor.execute("SELECT pg_has_role(%s, 'SET')", [role])
            if cursor.fetchone() == (False,):
                # The owner of a server of one's own is no superuser, and not every role.
                continue
            cursor.execute(f"SET LOCAL ROLE {role}")
            for statement in ("SELECT * FROM", "DELETE FROM"):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    cursor.execute(f"{statement} access.sealed_words")
            cursor.execute("RESET ROLE")


@pytest.mark.parametrize("setting", ["redacting", "restoring"])
def test_no_setting_lets_a_page_change_a_row(officer: User, case: Case, setting: str) -> None:
    row = legal(officer, case, SLIP)
    with as_person(officer):
        note = notes.add(officer, case, "call", "shared", SLIP, happened_at=timezone.now())
        for changed in (
            LegalStatus.objects.filter(pk=row.pk),
            Note.objects.filter(pk=note.pk),
        ):
            column = "source" if changed.model is LegalStatus else "words"
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lamplighter.rewording', %s, true)", [setting])
            with pytest.raises(DatabaseError), transaction.atomic():
                changed.update(**{column: "Something else"})
        for model in (Redaction, Restoring):
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.create(
                    case=case,
                    owner_id="force-a",
                    by=officer,
                    partition="shared",
                    reason="x",
                    **({"row": uuid.uuid4()} if model is Redaction else {"redaction_id": 1}),
                )


def test_only_its_agency_or_a_reader_of_the_vault_redacts(officer: User, case: Case) -> None:
    row = legal(officer, case, f"At {SLIP}, 14 Lark Rise")
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    clinician = making.somebody(Role.CLINICIAN, "health")
    stranger = making.somebody(Role.INVESTIGATOR, "force-b")
    for other in (clinician, advocate, stranger, making.somebody(Role.COORDINATOR, "hub")):
        with as_person(other), pytest.raises(NotPossibleError, match="cannot redact"):
            services.redact(other, case, row, SLIP, WHY)
    with as_person(advocate), for_reason("To write it down"):
        SafeContact.objects.create(
            case=case, owner_id="helpline", by=advocate, number=1, address="14 Lark Rise, AV1 8ZQ"
        )
    with as_person(clinician), pytest.raises(NotPossibleError, match="cannot redact"):
        services.redact(clinician, case, row, "14 Lark Rise", WHY)
    with as_person(advocate):
        with pytest.raises(NotPossibleError, match="cannot redact"):
            services.redact(advocate, case, row, SLIP, WHY)
        services.redact(advocate, case, row, "14 lark rise", WHY)
    row.refresh_from_db()
    assert row.source == f"At {SLIP}, {MARK}"
    # A colleague of whoever wrote it, and the author of a row that is another agency's.
    colleague = making.somebody(Role.STALKING_LEAD)
    with as_person(colleague):
        services.redact(colleague, case, row, SLIP, WHY)
    with making.as_the_owner():
        task = Clock.objects.create(
            case=case,
            owner_id="helpline",
            by=officer,
            partition="shared",
            kind="task",
            text="Call",
            why=SLIP,
            starts_at=timezone.now(),
            due_at=timezone.now(),
        )
    with as_person(colleague), pytest.raises(NotPossibleError, match="cannot redact"):
        services.redact(colleague, case, task, SLIP, WHY)
    with as_person(officer):
        services.redact(officer, case, task, SLIP, WHY)
    task.refresh_from_db()
    assert (row.source, task.why) == (f"At {SLIP}, {MARK}", MARK)
    row.refresh_from_db()
    assert row.source == f"At {MARK}, {MARK}"


def test_words_of_the_vault_go_wherever_the_other_side_would_read_them(officer: User, case: Case) -> None:
    advocate, clinician = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
    )
    with as_person(clinician):
        theirs = PriorRelationship.objects.create(
            case=case,
            owner_id="health",
            by=clinician,
            kind="ex_partner",
            words="He says 14 Lark Rise",
            source="Him",
        )
    row = legal(officer, case, "Lives at 14 Lark Rise")
    with as_person(advocate), for_reason("To write it down"):
        SafeContact.objects.create(
            case=case, owner_id="helpline", by=advocate, number=1, address="14 Lark Rise, AV1 8ZQ"
        )
    with as_person(advocate):
        act = services.redact(advocate, case, row, "14 Lark Rise", WHY)
    theirs.refresh_from_db()
    assert theirs.words == f"He says {MARK}"
    # The other side reads who and why in its own history; what is told to each side is of its own rows.
    with as_person(clinician):
        assert {r.partition for r in Redaction.objects.filter(act=act)} == {"shared", "health"}
    with as_person(officer):
        assert {r.partition for r in Redaction.objects.filter(act=act)} == {"shared"}
    # Who may not read the vault does not get its words back, nor does anybody where others would read them.
    for user in (making.somebody(Role.CLINICIAN, "health"), making.somebody(Role.COORDINATOR)):
        with (
            as_person(user),
            pytest.raises(NotPossibleError, match="nothing here that you can restore"),
        ):
            services.restore(user, case, act, "It was right")
    with as_person(officer), pytest.raises(IntegrityError, match=r"^vault: "), transaction.atomic():
        services.restore(officer, case, act, "It was right")
    assert "Lark Rise" not in LegalStatus.objects.get(pk=row.pk).source


def test_a_second_person_of_the_agency_restores_it(officer: User, second: User, case: Case) -> None:
    row = legal(officer, case, f"Seen by Mr Gander at {SLIP}.")
    with as_person(officer):
        act = services.redact(officer, case, row, SLIP, WHY)
        services.redact(officer, case, row, "Mr Gander", "Not a witness")
        with pytest.raises(NotPossibleError, match="nothing here that you can restore"):
            services.restore(officer, case, act, "It was right")
    other = making.somebody(Role.CLINICIAN, "health")
    with as_person(other), pytest.raises(NotPossibleError):
        services.restore(other, case, act, "It was right")
    with as_person(second):
        assert services.restore(second, case, act, "It was right after all") == 2
        with pytest.raises(NotPossibleError):
            services.restore(second, case, act, "Once more")
    row.refresh_from_db()
    # What was redacted besides stays so.
    assert row.source == f"Seen by {MARK} at {SLIP}."
    line = Entry.objects.filter(case=case, kind="redaction").latest("pk")
    assert line.title.startswith("Redacted words restored: ")
    assert (line.body, line.by_id) == ("It was right after all", second.pk)
    assert SLIP not in str([vars(e) for e in Event.objects.all()])


def test_what_was_written_there_since_is_not_lost(officer: User, second: User, case: Case) -> None:
    with as_person(officer):
        clock = Clock.objects.filter(case=case).first()
        assert clock is not None
    with making.as_the_owner():
        Clock.objects.filter(pk=clock.pk).update(why=f"Look at {SLIP}", owner="force-a")
    with as_person(officer):
        act = services.redact(officer, case, clock, SLIP, WHY)
    with making.as_the_owner():
        Clock.objects.filter(pk=clock.pk).update(why="Something new")
    with as_person(second), pytest.raises(NotPossibleError, match="has been changed"):
        services.restore(second, case, act, "It was right")


@pytest.mark.parametrize(
    ("words", "why", "said"),
    [
        ("at", WHY, "at least 3"),
        (f"flat {MARK}", WHY, "without"),
        ("the cottage", WHY, "not in the text"),
        (SLIP, " ", "Enter why"),
        (SLIP, f"She lives at {SLIP.upper()}", "does not repeat"),
    ],
)
def test_what_cannot_be_redacted_is_said(officer: User, case: Case, words: str, why: str, said: str) -> None:
    row = legal(officer, case, f"At {SLIP}")
    with as_person(officer), pytest.raises(NotPossibleError, match=said):
        services.redact(officer, case, row, words, why)
    assert not Redaction.objects.exists()


def test_signs_mean_themselves_and_a_mark_is_not_redacted_again(officer: User, case: Case) -> None:
    told = r"(C:\flat) [a.b]* 1+1? {x}|^$"
    row = legal(officer, case, f"One {told} and acted on Cxflat")
    with as_person(officer):
        services.redact(officer, case, row, told, WHY)
        services.redact(officer, case, row, "act", WHY)
    row.refresh_from_db()
    assert row.source == f"One {MARK} and {MARK}ed on Cxflat"


def test_words_in_a_form_of_many_parts_and_at_the_end_of_a_line_that_was_cut(case: Case) -> None:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with as_person(advocate):
        row = NeedsAssessment.objects.create(
            case=case,
            owner_id="helpline",
            by=advocate,
            number=1,
            words="",
            areas={"housing": {"level": "high", "words": f"Moved to {SLIP}: high"}},
        )
        line = Entry.objects.create(
            case=case,
            owner_id="helpline",
            by=advocate,
            partition="advocacy",
            kind="x",
            happened_at=timezone.now(),
            title=("A task " + "x" * 200)[: 200 - 12] + SLIP[:12],
        )
        services.redact(advocate, case, row, SLIP, WHY)
        services.redact(advocate, case, row, "high", WHY)
    row.refresh_from_db()
    line.refresh_from_db()
    assert row.areas == {"housing": {"level": "high", "words": f"Moved to {MARK}: {MARK}"}}
    assert "the flat" not in line.title


def test_what_is_sealed_goes_with_the_row_when_it_is_erased(officer: User, case: Case) -> None:
    row = legal(officer, case, SLIP)
    with as_person(officer):
        services.redact(officer, case, row, SLIP, WHY)
    sealed = "SELECT count(*) FROM access.sealed_words WHERE words = %s"
    with connection.cursor() as cursor:
        cursor.execute(sealed, [SLIP])
        assert cursor.fetchone() == (2,)
    with as_person(officer), as_service("erase a record"):
        erasing._delete(erasing._of_case(case))
    with connection.cursor() as cursor:
        cursor.execute(sealed, [SLIP])
        assert cursor.fetchone() == (0,)


def test_the_pages_say_who_and_why_and_nobody_finds_the_words(
    officer: User, second: User, case: Case
) -> None:
    row = legal(officer, case, f"At {SLIP}.")
    client = telling.browser(officer)
    place = reverse("redaction:row", args=[case.key, "cases-legalstatus", row.key])
    assert place in client.get(reverse("cases:legal", args=[case.key]), secure=True).content.decode()
    assert SLIP in client.get(place, secure=True).content.decode()
    missing = client.post(place, {"words": "the cottage", "reason": WHY}, secure=True)
    assert missing.status_code == 422
    assert "not in the text above" in missing.content.decode()
    done = client.post(place, {"words": SLIP, "reason": WHY}, follow=True, secure=True)
    assert WHY in done.content.decode()
    assert "Restore the words" not in done.content.decode()
    act = Redaction.objects.filter(case=case).values_list("act", flat=True)[0]
    there = reverse("redaction:redaction", args=[case.key, act])
    readers = [
        officer,
        second,
        making.somebody(Role.CLINICIAN, "health"),
        making.somebody(Role.ADVOCATE, "helpline"),
    ]
    for user in readers:
        asks = telling.browser(user)
        for page in ("cases:case", "cases:history", "cases:timeline", "cases:legal", "redaction:rows"):
            said = asks.get(reverse(page, args=[case.key]), secure=True).content.decode()
            assert "bakery" not in said, (user.role, page)
            if page in {"cases:legal", "cases:history", "cases:timeline", "redaction:rows"}:
                assert MARK in said, (user.role, page)
        assert WHY in asks.get(there, secure=True).content.decode()
    restores = telling.browser(second)
    assert "Restore the words" in restores.get(there, secure=True).content.decode()
    restores.post(there, {"reason": "It was right"}, secure=True)
    assert SLIP in client.get(reverse("cases:legal", args=[case.key]), secure=True).content.decode()


def test_who_may_not_redact_asks_the_agency(officer: User, case: Case) -> None:
    row = legal(officer, case, f"At {SLIP}.")
    clinician = making.somebody(Role.CLINICIAN, "health")
    client = telling.browser(clinician)
    place = reverse("redaction:row", args=[case.key, "cases-legalstatus", row.key])
    page = client.get(place, secure=True).content.decode()
    assert "can redact any of it" in page
    assert "Words to redact" not in page
    refused = client.post(place, {"words": SLIP, "reason": WHY}, secure=True)
    assert refused.status_code == 422
    assert LegalStatus.objects.get(pk=row.pk).source == f"At {SLIP}."
    assert Event.objects.get(verb="redaction.refused").actor_id == clinician.pk
    client.post(place, {"_do": "ask", "reason": "Her address is in it"}, secure=True)
    task = Clock.objects.get(case=case, text=services.ASKED)
    assert (task.owner_id, task.partition, task.by_id) == ("force-a", "shared", clinician.pk)
    assert "Legal status" in task.why
    assert "Her address is in it" in task.why


def test_a_row_of_another_side_is_not_there(officer: User, case: Case) -> None:
    with as_person(officer):
        note = notes.add(officer, case, "call", "police", SLIP, happened_at=timezone.now())
    client = telling.browser(making.somebody(Role.ADVOCATE, "helpline"))
    for kind, key in (
        ("casework-note", note.key),
        ("casework-note", uuid.uuid4()),
        ("accounts-user", officer.key),
        ("x", note.key),
    ):
        place: Any = reverse("redaction:row", args=[case.key, kind, key])
        assert client.get(place, secure=True).status_code == 404
    assert (
        client.get(reverse("redaction:redaction", args=[case.key, uuid.uuid4()]), secure=True).status_code
        == 404
    )
