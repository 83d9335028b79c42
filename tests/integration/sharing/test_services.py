"""What crosses the wall, to whom, for how long; asked of the database as each person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from lamplighter.hub.access.models import owned
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import User
from lamplighter.hub.audit.models import Event, Operation
from lamplighter.hub.cases.models import Entry
from lamplighter.hub.sharing import selectors, services
from lamplighter.hub.sharing.models import Disclosure, Grounds, Release, Withdrawal
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access.making import agency
from tests.integration.sharing.making import Team, draft

pytestmark = pytest.mark.django_db
ORIGINAL = "zqoriginal: she is pregnant and nobody knows"


@pytest.fixture
def team() -> Team:
    return Team()


def released(team: Team, user: User | None = None, **values: Any) -> Release:
    user = user or team.advocate
    with identity.as_person(user):
        return services.release(user, team.case, draft(**values))


def sees(user: User) -> tuple[int, int, int]:
    """How many released versions, lines of the register, and grounds this person reads."""
    with identity.as_person(user):
        return (Release.objects.count(), Disclosure.objects.count(), Grounds.objects.count())


def test_the_goal_reads_the_version_and_the_register_and_nothing_behind_it(team: Team) -> None:
    source = team.confide(ORIGINAL)
    with identity.as_person(team.advocate):
        services.release(team.advocate, team.case, draft(), source=source)
    assert sees(team.advocate) == (1, 1, 1)
    assert sees(team.investigator) == (1, 1, 0)
    assert sees(team.other_force) == (1, 1, 0)
    for nobody in (team.clinician, team.probation, team.coordinator, team.outsider):
        assert sees(nobody) == (0, 0, 0)
    with identity.as_person(team.investigator), connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(r)::text || to_jsonb(d)::text FROM sharing_release r, sharing_disclosure d"
        )
        everything = cursor.fetchone()[0]
        assert not Entry.objects.filter(body=ORIGINAL).exists()
    assert ORIGINAL not in everything
    assert str(source.key) not in everything


def test_when_it_expires_only_the_register_is_left(team: Team) -> None:
    made = released(team)
    past = timezone.now() - dt.timedelta(minutes=1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE sharing_release SET expires_at = %s", [past])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert sees(team.investigator) == (0, 1, 0)
    assert sees(team.advocate) == (1, 1, 1)
    with identity.as_person(team.investigator):
        assert selectors.readable([made.disclosure]) == {}


def test_withdrawn_it_is_gone_for_the_recipient_and_stays_on_the_register(team: Team) -> None:
    made = released(team)
    with identity.as_person(team.advocate):
        services.withdraw(team.advocate, team.case, made.disclosure, "She changed her mind.")
    assert sees(team.investigator) == (0, 1, 0)
    assert sees(team.advocate) == (1, 1, 1)
    with identity.as_person(team.investigator):
        line = Disclosure.objects.get()
        assert line.withdrawn_at is not None
        assert not Withdrawal.objects.exists()
        assert not Entry.objects.filter(kind="release").exists()
    with (
        identity.as_person(team.advocate),
        pytest.raises(NotPossibleError, match="withdrawn already"),
    ):
        services.withdraw(team.advocate, team.case, made.disclosure, "Again.")


def test_only_who_released_it_withdraws_it(team: Team) -> None:
    made = released(team, team.investigator, from_partition="police", to_partition="advocacy")
    for other in (team.other_force, team.advocate):
        with identity.as_person(other), pytest.raises(NotPossibleError):
            services.withdraw(other, team.case, made.disclosure, "I want it gone.")
        with identity.as_person(other):
            assert Release.objects.update(withdrawn_at=timezone.now()) == 0
            assert Disclosure.objects.update(withdrawn_at=timezone.now()) == 0
    assert sees(team.advocate) == (1, 1, 0)


@pytest.mark.parametrize("table", [Release, Disclosure])
@pytest.mark.parametrize(
    "change", [{"expires_at": timezone.now() + dt.timedelta(days=999)}, {"to_agencies": ["force-a"]}]
)
def test_what_was_released_is_never_changed(team: Team, table: Any, change: dict[str, Any]) -> None:
    released(team)
    with (
        identity.as_person(team.advocate),
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
    ):
        table.objects.update(**change)


def test_named_agencies_only(team: Team) -> None:
    released(team, to_agencies=("force-b",))
    assert sees(team.other_force) == (1, 1, 0)
    assert sees(team.investigator) == (0, 0, 0)


def test_probation_receives_what_names_it_and_nothing_else_of_that_side(team: Team) -> None:
    police = {"from_partition": "police", "to_partition": "health", "kind": "legal", "basis": "cda_115"}
    released(team, team.investigator, **police)
    assert sees(team.probation) == (0, 0, 0)
    assert sees(team.clinician) == (1, 1, 0)
    released(team, team.investigator, **police, to_agencies=("probation",))
    assert sees(team.probation) == (1, 1, 0)
    assert sees(team.clinician) == (1, 1, 0)
    clinic = {"from_partition": "health", "to_partition": "health", "basis": "public_interest"}
    with (
        identity.as_person(team.clinician),
        pytest.raises(NotPossibleError, match="Name the probation"),
    ):
        services.release(team.clinician, team.case, draft(**clinic))
    released(team, team.clinician, **clinic, to_agencies=("probation",))
    assert sees(team.probation) == (2, 2, 0)


def test_an_agency_that_left_receives_nothing_and_keeps_its_own_register(team: Team) -> None:
    released(team)
    released(team, team.other_force, from_partition="police", to_partition="advocacy")
    from lamplighter.hub.cases import services as cases

    with identity.as_person(team.other_force):
        cases.end_participation(team.other_force, team.case, agency("force-b"), "Moved on.")
    assert sees(team.other_force) == (0, 1, 0)
    with identity.as_person(team.other_force):
        assert [r.owner_id for r in selectors.of_agency(team.other_force)] == ["force-b"]


def test_the_police_get_no_confidence_without_consent_or_threshold(team: Team) -> None:
    without = {"basis": "cda_115", "consent_of": "", "consent_how": "", "consent_on": None}
    for goal in ("police", "shared"):
        with identity.as_person(team.advocate), pytest.raises(NotPossibleError, match="threshold"):
            services.release(team.advocate, team.case, draft(**without, to_partition=goal))
    with identity.as_person(team.advocate), pytest.raises(NotPossibleError, match="shows that the"):
        services.release(team.advocate, team.case, draft(**without, threshold="life"))
    made = released(team, **without, threshold="life", threshold_words="He said he would kill her on Friday.")
    assert made.disclosure.threshold == "life"
    # The clinic is not the police: a basis is enough there.
    released(team, **without, to_partition="health")


def test_the_database_asks_for_the_threshold_itself(team: Team) -> None:
    values = {
        "from_partition": "advocacy",
        "to_partition": "police",
        "expires_at": timezone.now() + dt.timedelta(days=9),
    }
    with identity.as_person(team.advocate), pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(**owned(team.advocate, team.case, kind="act", basis="cda_115", **values))


@pytest.mark.parametrize("goal", ["health", "shared"])
def test_nothing_of_the_vault_goes_to_the_other_side(team: Team, goal: str) -> None:
    with identity.as_person(team.advocate), pytest.raises(NotPossibleError, match="never released"):
        services.release(team.advocate, team.case, draft(from_partition="vault", to_partition=goal))
    values = {"from_partition": "vault", "to_partition": goal, "expires_at": timezone.now()}
    with (
        identity.as_person(team.advocate),
        identity.for_reason("a try in a test"),
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        Disclosure.objects.create(**owned(team.advocate, team.case, kind="act", basis="consent", **values))


def test_from_the_vault_to_the_police_and_each_look_of_its_side_needs_a_reason(team: Team) -> None:
    made = released(
        team, from_partition="vault", kind="whereabouts", title="A new number", text="07700 900123"
    )
    assert sees(team.investigator) == (1, 1, 0)
    # Advocates see that it happened, and the words with a reason.
    assert sees(team.advocate) == (0, 1, 0)
    with identity.as_person(team.advocate):
        found = selectors.release_of(team.advocate, made.disclosure, "She asks what was told")
        assert found is not None
        assert found.text == "07700 900123"
    assert Event.objects.filter(verb="sharing.vault_seen", reason="She asks what was told").count() == 1


@pytest.mark.parametrize(
    "text",
    ["She is now at 14 Orchard Rise.", "Ring 07700-900-123", "Near sw1a1aa", "p.nair@example.org is hers"],
)
def test_words_of_the_vault_are_not_repeated_to_the_other_side(team: Team, text: str) -> None:
    vault_entry(team, "14 Orchard Rise, SW1A 1AA", "07700 900123", "p.nair@example.org")
    with identity.as_person(team.advocate), pytest.raises(NotPossibleError, match="in the vault"):
        services.release(team.advocate, team.case, draft(text=text, to_partition="health"))
    released(team, text="He waited outside her work.", to_partition="health")
    assert Event.objects.filter(verb="sharing.vault_checked").exists()


def vault_entry(team: Team, address: str, phone: str, email: str) -> None:
    from lamplighter.hub.victim_side.models import SafeContact

    with identity.as_person(team.advocate), identity.for_reason("writing it down"):
        SafeContact.objects.create(
            **owned(team.advocate, team.case, number=1, address=address, phone=phone, email=email)
        )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": " "}, "words that the recipient"),
        ({"title": ""}, "heading"),
        ({"necessity": ""}, "needs this"),
        ({"proportionality": ""}, "no more"),
        ({"basis": "because"}, "another legal basis"),
        ({"kind": "gossip"}, "what kind"),
        ({"consent_on": None}, "whose consent"),
        ({"consent_on": dt.date(2999, 1, 1)}, "future"),
        ({"expires_on": dt.date(2020, 1, 1)}, "after today"),
        ({"expires_on": dt.date(2999, 1, 1)}, "at most"),
        ({"to_partition": "advocacy"}, "another side"),
        ({"to_partition": "vault"}, "another side"),
        ({"from_partition": "police", "to_partition": "health"}, "your own side"),
        ({"to_agencies": ("health",)}, "of that side"),
    ],
)
def test_what_a_release_must_say(team: Team, values: dict[str, Any], words: str) -> None:
    with identity.as_person(team.advocate), pytest.raises(NotPossibleError, match=words):
        services.release(team.advocate, team.case, draft(**values))
    assert not Disclosure.objects.exists()


def test_what_is_on_one_side_is_not_released_from_another(team: Team) -> None:
    source = team.confide("zqwords", by=team.investigator, partition="shared")
    with (
        identity.as_person(team.advocate),
        pytest.raises(NotPossibleError, match="side that it is on"),
    ):
        services.release(team.advocate, team.case, draft(), source=source)


def test_nobody_releases_for_another_side_or_a_case_of_others(team: Team) -> None:
    values = {
        "from_partition": "advocacy",
        "to_partition": "health",
        "expires_at": timezone.now() + dt.timedelta(days=9),
        "kind": "act",
        "basis": "consent",
    }
    for other in (team.investigator, team.clinician, team.outsider):
        with identity.as_person(other), pytest.raises(DatabaseError), transaction.atomic():
            Disclosure.objects.create(**owned(other, team.case, **values))


def test_it_is_told_where_it_came_from_and_in_the_audit_trail(team: Team) -> None:
    made = released(team, title="zqheading")
    with identity.as_person(team.advocate):
        entry = Entry.objects.get(kind="release")
        assert entry.partition == "advocacy"
        assert entry.of_key == made.disclosure.key
    event = Event.objects.get(verb="sharing.released")
    assert event.operation == Operation.DISCLOSURE
    assert event.detail["to"] == "police"
    assert "zqheading" not in f"{event.subject} {event.detail} {event.fields} {event.reason}"


def test_the_panel_is_as_it_was_on_a_day(team: Team) -> None:
    before = timezone.now()
    released(team)
    with identity.as_person(team.investigator):
        assert len(selectors.received(team.investigator, team.case)) == 1
        assert selectors.received(team.investigator, team.case, before) == []
        assert selectors.register(team.case, before) == []
    with identity.as_person(team.advocate):
        assert selectors.received(team.advocate, team.case) == []
