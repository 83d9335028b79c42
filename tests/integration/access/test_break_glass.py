"""Breaking the glass: who may, for how long, what it opens, who is told, who reviews it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass, BreakGlassReview, Exclusion
from lamplighter.hub.access.wall import identity
from lamplighter.hub.access.wall.partitions import AREAS, CASE_PARTITIONS
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases import services
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.oversight.audit_log import case_access
from lamplighter.hub.oversight.blocked_people import services as blocked_people
from lamplighter.hub.oversight.emergency_access import selectors as emergency_selectors
from lamplighter.hub.oversight.emergency_access import services as emergency_grants
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making

pytestmark = pytest.mark.django_db
WHY = "She may be in danger tonight and nobody of the helpline answers."
CODES = {
    Role.COORDINATOR: "force-a",
    Role.INVESTIGATOR: "force-a",
    Role.STALKING_LEAD: "force-a",
    Role.PROBATION: "probation",
    Role.CLINICIAN: "health",
    Role.ADVOCATE: "helpline",
    Role.ADMINISTRATOR: "force-a",
    Role.ANALYST: "hub",
    Role.AUDITOR: "hub",
}


@pytest.fixture
def case() -> Case:
    made = making.a_case(None, "helpline", "health", "probation")
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with identity.as_person(advocate):
        services.enter(advocate, made, "note", "In confidence", partition="advocacy")
        with identity.for_reason("She told me"):
            services.enter(advocate, made, "address", "4 Vault Lane", partition="vault")
    return made


def broken(user: User, case: Case, partition: str = "advocacy", minutes: int = 15) -> BreakGlass:
    with identity.as_person(user):
        return emergency_grants.break_glass(user, case.pk, partition, WHY, minutes)


def seen(user: User, kind: str = "note") -> int:
    with identity.as_person(user), identity.for_reason("Looking"):
        return Entry.objects.filter(kind=kind).count()


@pytest.mark.parametrize("role", list(CODES))
@pytest.mark.parametrize("partition", sorted({*AREAS, *CASE_PARTITIONS}))
def test_who_may_break_which(case: Case, role: str, partition: str) -> None:
    user = making.somebody(role, CODES[role])
    if partition in AREAS and role in AREAS[partition].break_glass:
        broken(user, case, partition)
        assert BreakGlass.objects.get().user == user
    else:
        with pytest.raises(DatabaseError, match="row-level security"):
            broken(user, case, partition)


def test_those_who_work_with_the_person_reported_never() -> None:
    for partition in ("advocacy", "vault"):
        assert not {Role.PROBATION, Role.CLINICIAN} & CASE_PARTITIONS[partition].break_glass


def test_it_opens_that_partition_of_that_case_and_no_other(case: Case) -> None:
    lead = making.somebody(Role.STALKING_LEAD)
    other = making.a_case(None, "helpline")
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    with identity.as_person(advocate):
        services.enter(advocate, other, "note", "Elsewhere", partition="advocacy")
    assert seen(lead) == 0
    broken(lead, case)
    assert seen(lead) == 1
    assert seen(making.somebody(Role.STALKING_LEAD)) == 0


def test_the_vault_still_asks_for_a_reason(case: Case) -> None:
    coordinator = making.somebody(Role.COORDINATOR)
    assert seen(coordinator, "address") == 0
    broken(coordinator, case, "vault")
    assert seen(coordinator, "address") == 1
    with identity.as_person(coordinator):
        assert Entry.objects.filter(kind="address").count() == 0


def test_it_lapses_by_itself_and_can_be_ended(case: Case) -> None:
    lead = making.somebody(Role.STALKING_LEAD)
    made = broken(lead, case)
    with identity.as_person(lead):
        emergency_grants.end(lead, made)
    assert seen(lead) == 0
    again = broken(lead, case)
    assert seen(lead) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        BreakGlass.objects.filter(pk=again.pk).update(expires_at=timezone.now() - dt.timedelta(minutes=1))
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert seen(lead) == 0


def test_nobody_breaks_it_for_longer_or_without_a_reason_or_for_another(case: Case) -> None:
    lead, other = making.somebody(Role.STALKING_LEAD), making.somebody(Role.STALKING_LEAD)
    for minutes, reason, who in ((241, WHY, lead), (15, "Too short", lead), (15, WHY, other)):
        with pytest.raises(DatabaseError, match="row-level security"), identity.as_person(lead):
            BreakGlass.objects.create(
                case=case,
                partition="advocacy",
                user=who,
                reason=reason,
                expires_at=TransactionNow() + dt.timedelta(minutes=minutes),
            )


def test_the_words_and_the_times_are_checked(case: Case) -> None:
    lead = making.somebody(Role.STALKING_LEAD)
    with pytest.raises(NotPossibleError, match="20 characters"):
        emergency_grants.break_glass(lead, case.pk, "advocacy", "short", 15)
    with pytest.raises(NotPossibleError, match="how long"):
        emergency_grants.break_glass(lead, case.pk, "advocacy", WHY, 500)


def test_nobody_writes_through_it_or_makes_it_longer(case: Case) -> None:
    lead = making.somebody(Role.STALKING_LEAD)
    made = broken(lead, case)
    for owner in ("helpline", "force-a"):
        with pytest.raises(DatabaseError, match="row-level security"), identity.as_person(lead):
            services.enter(lead, case, "note", "x", partition="advocacy", owner_id=owner)
    with pytest.raises(DatabaseError, match="permission denied"), identity.as_person(lead):
        Entry.objects.filter(kind="note").update(title="x")
    with identity.as_person(lead), pytest.raises(DatabaseError, match="can be ended, once"):
        BreakGlass.objects.filter(pk=made.pk).update(expires_at=timezone.now() + dt.timedelta(days=30))


def test_whoever_is_kept_off_never(case: Case) -> None:
    lead, coordinator = making.somebody(Role.STALKING_LEAD), making.somebody(Role.COORDINATOR)
    made = broken(lead, case)
    with identity.as_person(coordinator):
        blocked_people.keep_off(coordinator, case, lead, "He lives next door to her mother.")
    assert made.pk
    assert seen(lead) == 0
    with pytest.raises(DatabaseError, match="row-level security"):
        broken(lead, case)
    with identity.as_person(lead):
        assert (Case.objects.count(), Exclusion.objects.count()) == (0, 0)
        assert emergency_selectors.case_by_reference(case.reference) is None


def test_whoever_has_used_it_blocks_nobody_who_could_review_it(case: Case) -> None:
    coordinator = making.somebody(Role.COORDINATOR)
    reviewers = [making.somebody(Role.STALKING_LEAD), making.somebody(Role.AUDITOR, "hub")]
    officer = making.somebody(Role.INVESTIGATOR)
    made = broken(coordinator, case, "health")
    with identity.as_person(coordinator):
        for other in reviewers:
            with pytest.raises(NotPossibleError, match="could review it"):
                blocked_people.keep_off(coordinator, case, other, "He lives next door to her mother.")
            row = {"case": case, "user": other, "by": coordinator, "reason": "By a statement of one's own."}
            with pytest.raises(DatabaseError, match="could review it"), transaction.atomic():
                Exclusion.objects.create(**row)
        # Somebody who reviews nothing, at any time.
        blocked_people.keep_off(coordinator, case, officer, "He lives next door to her mother.")
    with identity.as_person(reviewers[0]):
        emergency_grants.review(reviewers[0], made, "justified", "There was no other way.")
    with identity.as_person(coordinator):
        blocked_people.keep_off(coordinator, case, reviewers[0], "He lives next door to her mother.")


def test_a_case_keeps_an_auditor_who_can_look_and_none_reads_that_they_are_blocked(case: Case) -> None:
    coordinator = making.somebody(Role.COORDINATOR)
    one, other = (making.somebody(Role.AUDITOR, "hub") for _ in range(2))
    with identity.as_person(coordinator):
        blocked_people.keep_off(coordinator, case, one, "She is the victim’s aunt.")
        with pytest.raises(NotPossibleError, match="No other auditor"):
            blocked_people.keep_off(coordinator, case, other, "She is the victim’s cousin.")
        row = {"case": case, "user": other, "by": coordinator, "reason": "By a statement of one's own."}
        with pytest.raises(DatabaseError, match="keeps an auditor"), transaction.atomic():
            Exclusion.objects.create(**row)
    said = Event.objects.filter(verb="access.kept_off")
    with identity.as_person(one):
        assert not said.exists()
    with identity.as_person(other):
        assert said.get().subject == f"person {one.key}"
    # They know somebody in it: nobody has to wait for another.
    with identity.as_person(other):
        blocked_people.keep_me_off(other, case, "The suspect is my cousin.")
    assert Exclusion.objects.filter(user=other, ended_at=None).exists()


def test_those_whose_it_is_are_told_and_a_review_ends_it(case: Case) -> None:
    lead, coordinator = making.somebody(Role.STALKING_LEAD), making.somebody(Role.COORDINATOR, "force-b")
    advocate, clinician = (
        making.somebody(Role.ADVOCATE, "helpline"),
        making.somebody(Role.CLINICIAN, "health"),
    )
    made = broken(lead, case, "vault")
    with identity.as_person(clinician):
        assert (
            Clock.objects.filter(kind=emergency_grants.ALERT).count(),
            Entry.objects.filter(kind=emergency_grants.ALERT).count(),
        ) == (
            0,
            0,
        )
    with identity.as_person(advocate):
        told = Entry.objects.get(kind=emergency_grants.ALERT)
        assert WHY in told.body
        assert Clock.objects.get(kind=emergency_grants.ALERT).state == Clock.State.RUNNING
    with identity.as_person(lead), pytest.raises(NotPossibleError, match="Somebody else"):
        emergency_grants.review(lead, made, "justified", WHY)
    with pytest.raises(DatabaseError, match="row-level security"), identity.as_person(lead):
        BreakGlassReview.objects.create(glass=made, user=lead, finding="justified", words=WHY)
    with pytest.raises(DatabaseError, match="row-level security"), identity.as_person(advocate):
        BreakGlassReview.objects.create(glass=made, user=advocate, finding="justified", words=WHY)
    with identity.as_person(coordinator):
        emergency_grants.review(
            coordinator, made, "justified", "The helpline was closed and she was at risk."
        )
        with pytest.raises(NotPossibleError, match="already"):
            emergency_grants.review(
                coordinator, made, "justified", "The helpline was closed and she was at risk."
            )
    with identity.as_person(advocate):
        assert Clock.objects.get(kind=emergency_grants.ALERT).state == Clock.State.DONE
    assert Event.objects.filter(verb="access.glass_broken", reason=WHY, case_id=case.pk).count() == 1


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_says_the_same_of_every_case(case: Case) -> None:
    empty = making.a_case(None, "helpline", "health", "probation")
    client = _client(making.somebody(Role.COORDINATOR, "force-b"))

    def said(one: Case) -> str:
        text = client.get(f"/cases/{one.key}/need", secure=True).content.decode()
        text = text.replace(str(one.key), "KEY").replace(one.reference, "REFERENCE")
        return "\n".join(line for line in text.splitlines() if "csrf" not in line)

    assert said(case) == said(empty)
    clinician = _client(making.somebody(Role.CLINICIAN, "health"))
    page = clinician.get(f"/cases/{case.key}/need", secure=True).content.decode()
    assert emergency_selectors.words_of("advocacy") not in page
    assert emergency_selectors.words_of("shared") in page
    assert clinician.get(f"/cases/{uuid.uuid4()}/need", secure=True).status_code == 404


def test_the_journey_of_pages(case: Case) -> None:
    lead, coordinator = making.somebody(Role.STALKING_LEAD), making.somebody(Role.COORDINATOR)
    client, reviewer = _client(lead), _client(coordinator)
    values = {"partition": "advocacy", "minutes": "60", "reason": WHY}
    assert (
        client.post(f"/cases/{case.key}/need", values | {"reason": "short"}, secure=True).status_code == 422
    )
    assert client.post(f"/cases/{case.key}/need", values | {"partition": "x"}, secure=True).status_code == 422
    answer = client.post(f"/cases/{case.key}/need", values, secure=True, follow=True)
    assert "In confidence" in answer.content.decode()
    assert "You have emergency access" in answer.content.decode()
    waiting = reviewer.get("/oversight/glass", secure=True).content.decode()
    assert WHY in waiting
    made = BreakGlass.objects.get()
    page = reviewer.get(f"/oversight/glass/{made.key}", secure=True).content.decode()
    assert "Viewed the case page" in page
    assert client.post(f"/oversight/glass/{made.key}/end", secure=True).status_code == 302
    assert "You have emergency access" not in client.get(f"/cases/{case.key}", secure=True).content.decode()
    form = {"finding": "not_justified", "words": "The helpline was open at that time."}
    assert client.post(f"/oversight/glass/{made.key}", form, secure=True).status_code == 422
    assert reviewer.post(f"/oversight/glass/{made.key}", form, secure=True).status_code == 302
    assert "It was not justified" in reviewer.get("/oversight/glass", secure=True).content.decode()


def test_by_reference_for_a_case_one_is_not_on(case: Case) -> None:
    stranger = _client(making.somebody(Role.INVESTIGATOR, "force-b"))
    values = {"partition": "shared", "minutes": "15", "reason": WHY}
    assert stranger.get(f"/cases/{case.key}", secure=True).status_code == 404
    wrong = stranger.post("/cases/need", values | {"reference": "LL-XXXX-XXXX"}, secure=True)
    assert (wrong.status_code, "There is no case with this reference" in wrong.content.decode()) == (
        422,
        True,
    )
    right = stranger.post("/cases/need", values | {"reference": case.reference.lower()}, secure=True)
    assert right["Location"] == f"/cases/{case.key}"
    assert stranger.get(f"/cases/{case.key}", secure=True).status_code == 200


def test_somebody_is_kept_off_and_let_back(case: Case) -> None:
    coordinator, clinician = making.somebody(Role.COORDINATOR), making.somebody(Role.CLINICIAN, "health")
    client, other = _client(coordinator), _client(clinician)
    values = {"user": str(clinician.key), "reason": "She is the sister of the suspect."}
    assert client.post(f"/cases/{case.key}/kept-off", values, secure=True).status_code == 302
    assert client.post(f"/cases/{case.key}/kept-off", values, secure=True).status_code == 422
    assert other.get(f"/cases/{case.key}", secure=True).status_code == 404
    assert other.get(f"/cases/{case.key}/kept-off", secure=True).status_code == 403
    assert (
        client.post(f"/cases/{case.key}/kept-off/end", values | {"reason": "x"}, secure=True).status_code
        == 422
    )
    assert client.post(f"/cases/{case.key}/kept-off/end", values, secure=True).status_code == 302
    assert other.get(f"/cases/{case.key}", secure=True).status_code == 200


def test_whoever_knows_somebody_says_so_and_cannot_undo_it(case: Case) -> None:
    lead = making.somebody(Role.STALKING_LEAD)
    client = _client(lead)
    values = {"reason": "I went to school with the suspect."}
    assert client.post(f"/cases/{case.key}/i-know-somebody", values, secure=True).status_code == 302
    assert client.get(f"/cases/{case.key}", secure=True).status_code == 404
    with identity.as_person(lead):
        assert Exclusion.objects.update(ended_at=timezone.now()) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_exclusion WHERE ended_at IS NULL")
        assert cursor.fetchone()[0] == 1


def test_whoever_may_not_review_reads_that_and_not_that_nothing_was_read(case: Case) -> None:
    """Their own emergency access; and one on a case that they are kept off is not there for them at all."""
    coordinator = making.somebody(Role.COORDINATOR)
    with identity.as_person(coordinator):
        made = emergency_grants.break_glass(
            coordinator, case.pk, "advocacy", "She rang and nobody answers now.", 60
        )
    own = _client(coordinator).get(f"/oversight/glass/{made.key}", secure=True).content.decode()
    assert "You may not review this" in own
    assert "Nothing on this case" not in own
    making.somebody(Role.AUDITOR)
    other = making.somebody(Role.AUDITOR)
    assert (
        "Nothing on this case"
        not in _client(other).get(f"/oversight/glass/{made.key}", secure=True).content.decode()
    )
    lead = making.somebody(Role.STALKING_LEAD)
    Exclusion.objects.create(case=case, user=other, reason="A relative of the suspect.", by=lead)
    assert _client(other).get(f"/oversight/glass/{made.key}", secure=True).status_code == 404
    with identity.as_person(other):
        assert case_access.through_glass(made) == []
        assert case_access.may_not_review(made)


def test_each_keeping_off_is_put_before_an_auditor_and_not_the_one_it_is_about(case: Case) -> None:
    from lamplighter.hub.audit.access_log import anomalies
    from lamplighter.hub.audit.models import UnusualAccess
    from lamplighter.hub.oversight.blocked_people import services as blocked_people

    coordinator, clinician = making.somebody(Role.COORDINATOR), making.somebody(Role.CLINICIAN, "health")
    auditor, another = making.somebody(Role.AUDITOR), making.somebody(Role.AUDITOR)
    with identity.as_person(coordinator):
        for person in (clinician, another):
            blocked_people.keep_off(coordinator, case, person, "She is a relative of the suspect.")
    with identity.job("watch access"):
        assert anomalies.watch() == 2
        assert anomalies.watch() == 0
    with identity.as_person(auditor):
        assert UnusualAccess.objects.filter(rule="kept_off", user=coordinator).count() == 2
    with identity.as_person(another):
        assert not UnusualAccess.objects.exists()
