"""No words that the other side may read repeat what is in the vault, in any field of any table."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.wall import vault
from lamplighter.hub.access.wall.declared_tables import Declared, declared
from lamplighter.hub.access.wall.identity import as_person, as_service, for_reason
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.access_log import anomalies
from lamplighter.hub.audit.models import Event, UnusualAccess
from lamplighter.hub.cases.models import Case, LegalStatus
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.oversight.audit_log import case_access
from lamplighter.hub.victim_side.models import SafeContact
from tests.integration.access import making
from tests.integration.cases import telling
from tests.integration.intake import journey

pytestmark = pytest.mark.django_db
HELD = {
    "phone": "07195 101083",
    "email": "priya@hidden.example",
    "address": "14 Lark Rise, Avonbridge, AV1 8ZQ",
}
REPEATED = (
    "Ring 0719 5101083 after six",
    "ring +44 7195 101 083",
    "mail PRIYA@hidden.example",
    "seen at 14, Lark-Rise",
    "near av18zq",
)
SAFE = ("Seen at 15 Lark Rise", "Ring 07195 101084", "14 times in March", "At the flat above the bakery")


def looked_at() -> list[Declared]:
    return [table for table in declared() if vault.looked_at(table)]


@pytest.fixture
def officer() -> User:
    return making.somebody(Role.INVESTIGATOR)


@pytest.fixture
def case(officer: User) -> Case:
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with as_person(officer):
        made = making.a_case(officer, "helpline", "health", "probation")
    with as_person(advocate), for_reason("To write it down"):
        SafeContact.objects.create(case=made, owner_id="helpline", by=advocate, number=1, **HELD)
    return made


def status(user: User, case: Case, words: str) -> None:
    with as_person(user), transaction.atomic():
        LegalStatus.objects.create(
            case=case,
            owner_id=user.agency_id,
            by=user,
            name="investigation",
            since="2026-05-03",
            source=words,
        )


@pytest.mark.parametrize("words", REPEATED)
def test_what_the_vault_holds_is_refused_however_it_is_written(officer: User, case: Case, words: str) -> None:
    with pytest.raises(IntegrityError, match=rf"^vault: {case.pk} source"):
        status(officer, case, words)


@pytest.mark.parametrize("words", SAFE)
def test_what_it_does_not_hold_is_saved(officer: User, case: Case, words: str) -> None:
    status(officer, case, words)


def test_who_may_not_read_the_vault_cannot_ask_it_by_trying(case: Case) -> None:
    for role, code in (
        (Role.CLINICIAN, "health"),
        (Role.PROBATION, "probation"),
        (Role.COORDINATOR, "force-a"),
    ):
        user = making.somebody(role, code)
        lines = [len(seen_of(user, case))]
        status(user, case, REPEATED[0])
        lines.append(len(seen_of(user, case)))
        status(user, case, SAFE[1])
        lines.append(len(seen_of(user, case)))
        # Nothing that they can read tells the guess that was right from the one that was not: not even who
        # looked.
        assert lines[0] == lines[1] == lines[2]
        assert not any("vault" in str(row) for row in seen_of(user, case))
        # Those whose vault it is hear of it: the trail names the place, and an auditor is told the same day.
        event = Event.objects.get(verb=vault.REPEATED, actor=user)
        assert (event.case_id, event.fields) == (case.pk, ["source"])
        assert event.subject.startswith("cases_legalstatus ")
        assert "07195" not in str(vars(event))
        with as_service("watch access"):
            anomalies.watch()
        assert UnusualAccess.objects.filter(rule="vault_repeated", user=user, case_id=case.pk).exists()


def seen_of(user: User, case: Case) -> list[dict[str, object]]:
    with as_person(user):
        return case_access.at_case(case)


def test_an_older_row_is_not_refused_for_what_the_vault_holds_since(officer: User, case: Case) -> None:
    with as_person(officer):
        clock = clocks.start(
            officer,
            case,
            "a.clock",
            "Call",
            due_at=timezone.now(),
            why="Seen at the flat",
            partition="shared",
        )
    with making.as_the_owner():
        Clock.objects.filter(pk=clock.pk).update(why=REPEATED[0])
    with as_person(officer):
        clocks.end(officer, clock, why="Done")
        with pytest.raises(IntegrityError, match="ended_why"), transaction.atomic():
            Clock.objects.filter(pk=clock.pk).update(ended_why=REPEATED[0])


def test_a_reader_of_the_vault_who_tries_too_often_is_answered_no_more(officer: User, case: Case) -> None:
    """A refusal is an answer, given without a reason for the look: each is on the trail, few are given."""
    client = telling.browser(officer)
    form = {
        "name": "charged",
        "since_day": "3",
        "since_month": "5",
        "since_year": "2026",
        "source": REPEATED[0],
    }
    place = reverse("cases:legal", args=[case.key])
    for _ in range(vault.MOST_TRIES):
        said = client.post(place, form, secure=True).content.decode()
        assert "Not saved: “Source” says how to reach" in said
    tried = Event.objects.filter(verb=vault.TRIED, actor=officer, case_id=case.pk)
    assert tried.count() == vault.MOST_TRIES
    for words in (REPEATED[0], SAFE[1]):
        said = client.post(place, form | {"source": words}, secure=True).content.decode()
        assert "wait an hour, or leave out the numbers" in said
        assert words in said
    assert "At the flat" not in said
    assert client.post(place, form | {"source": SAFE[3]}, secure=True).status_code == 302
    with as_service("watch access"):
        anomalies.watch()
    assert UnusualAccess.objects.filter(rule="vault_repeated", user=officer).exists()
    # A colleague is not held up by it.
    status(making.somebody(Role.STALKING_LEAD), case, SAFE[1])


def test_every_table_that_others_read_is_looked_at_in_every_column_of_words() -> None:
    with making.as_the_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'hides_vault'"
        )
        held = {name: set(re.findall(r"'(\w+)'", told)) for name, told in cursor.fetchall()}
    assert held == {table.table: set(vault.looked_at(table)) for table in looked_at()}
    assert {"cases_legalstatus", "cases_referral", "cases_closing", "cases_entry", "cases_triage"} <= set(
        held
    )
    for table in declared():
        free = getattr(table.model, "holds_no_words", {})
        assert set(free) <= {f.name for f in table.model._meta.concrete_fields}, table.table
        assert all(len(why) > 10 for why in free.values()), table.table


def written_by_people() -> list[Declared]:
    return [t for t in looked_at() if not getattr(t.model, "written_by_services", False)]


@pytest.mark.parametrize("table", written_by_people(), ids=lambda table: table.table)
def test_each_column_of_words_of_each_table_refuses_it(table: Declared, officer: User, case: Case) -> None:
    """As the trigger is asked: a row of the table with the words in just one column."""
    for column in vault.looked_at(table):
        kind = next(f for f in table.model._meta.concrete_fields if f.column == column).get_internal_type()
        value = {"JSONField": "to_jsonb(%s::text)", "ArrayField": "ARRAY[%s]"}.get(kind, "%s")
        names, values = ["case_id", f'"{column}"'], ["%s", value]
        if table.partition == "by_row":
            names, values = [*names, "partition"], [*values, "'shared'"]
        with (
            as_person(officer),
            pytest.raises(IntegrityError, match=f"^vault: {case.pk} {column}"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f'INSERT INTO "{table.table}" ({", ".join(names)}) VALUES ({", ".join(values)})',
                [case.pk, "Ring 07195 101083"],
            )


def test_the_page_says_what_to_do_and_loses_nothing_that_was_typed(officer: User, case: Case) -> None:
    answer = telling.browser(officer).post(
        reverse("cases:legal", args=[case.key]),
        {
            "name": "charged",
            "since_day": "3",
            "since_month": "5",
            "since_year": "2026",
            "source": "She is at 14 Lark Rise now",
        },
        secure=True,
    )
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Not saved: “Source” says how to reach the victim" in said
    assert "Take it out below, then save again." in said
    # The vault's own words are nowhere: what is shown is what was typed, to be changed.
    assert HELD["address"] not in said
    assert HELD["phone"] not in said
    fields = journey.fields(said.split("<main", 1)[1])
    assert "She is at 14 Lark Rise now" in said
    assert fields | {"source": "She is there now"} == {
        "name": "charged",
        "since_day": "3",
        "since_month": "5",
        "since_year": "2026",
        "source": "She is there now",
    }
    assert not LegalStatus.objects.filter(case=case).exists()
