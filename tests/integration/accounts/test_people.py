"""Invited, moved, given another role, gone: at once, and written down."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Agency, Invitation, Posting, Role, User
from lamplighter.hub.accounts.staff import members
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case
from lamplighter.hub.clocks import services as clocks
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.site.refusals import NotPossibleError
from tests.integration.access import making
from tests.integration.accounts import door

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return making.somebody(Role.ADMINISTRATOR, "hub")


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def invited(by: User, **rest: Any) -> members.Link:
    values = {"username": "new.person", "display_name": "Ash Lund", "role": Role.INVESTIGATOR}
    with identity.as_person(by):
        return members.invite(by, **(values | {"agency": making.agency("force-a")} | rest))


def test_from_invitation_to_the_first_page(administrator: User, settings: Any) -> None:
    making.agency("force-a")
    by = browser_of(administrator)
    form = {"display_name": "Ash Lund", "username": "ash", "role": "investigator", "agency": "force-a"}
    page = door.post(by, "/account/people/invite", form).content.decode()
    link = re.search(r"https://testserver(/account/invited/[A-Za-z0-9_-]{32})<", page)
    assert link
    assert link[1].rsplit("/", 1)[1] not in str(list(Invitation.objects.values()))
    # The inviter is out of it from here on; a second factor is asked for as of everybody.
    settings.SECOND_FACTOR = "required"
    guest = Client()
    assert door.get(guest, link[1]).status_code == 200
    assert door.post(guest, link[1]).headers["Location"] == "/account/join"
    assert door.post(guest, "/account/join", {"password": "short", "again": "short"}).status_code == 200
    word = "seven quiet lanterns"
    chosen = door.post(guest, "/account/join", {"password": word, "again": word})
    assert chosen.headers["Location"] == "/account/second-factor"
    user = User.objects.get(username="ash")
    assert (user.is_active, user.check_password(word)) == (True, True)
    assert [p.what for p in user.postings.order_by("pk")] == ["invited", "joined"]
    # Once.
    second = Client()
    assert door.get(second, link[1]).status_code == 410
    assert door.post(second, link[1]).status_code == 410
    assert door.get(second, "/account/join").status_code == 410


@pytest.mark.parametrize("spoil", ["expired", "withdrawn", "left"])
def test_a_link_that_is_over_lets_nobody_in(administrator: User, spoil: str) -> None:
    link = invited(administrator)
    now = timezone.now()
    if spoil == "expired":
        Invitation.objects.update(expires_at=now)
    elif spoil == "withdrawn":
        Invitation.objects.update(withdrawn_at=now)
    else:
        with identity.as_person(administrator):
            members.leave(administrator, link.invitation.user)
    assert members.invited_by(link.secret) is None


def test_an_invitation_runs_for_72_hours(administrator: User) -> None:
    made = invited(administrator).invitation
    assert made.expires_at - made.at <= dt.timedelta(hours=72, seconds=1)
    assert members.invited_by("a" * 32) is None


def test_coordinators_invite_to_casework_in_their_own_agency() -> None:
    coordinator = making.somebody(Role.COORDINATOR, "force-a")
    other = making.agency("force-b")
    invited(coordinator)
    for wrong in ({"agency": other}, {"role": Role.ADMINISTRATOR}, {"role": Role.AUDITOR}, {"agency": None}):
        with pytest.raises(NotPossibleError):
            invited(coordinator, username="another", **wrong)


def test_who_may_not_invite_cannot_write_an_invitation() -> None:
    investigator, link = making.somebody(Role.INVESTIGATOR), invited(making.somebody(Role.COORDINATOR))
    # Where nobody else leads the agency, the investigator is asked to confirm and reads what for.
    making.somebody(Role.STALKING_LEAD)
    with pytest.raises(DatabaseError, match="row-level security"), identity.as_person(investigator):
        Invitation.objects.create(
            user=link.invitation.user, by=investigator, digest="x", expires_at=timezone.now()
        )
    with identity.as_person(investigator):
        assert Invitation.objects.count() == 0
        assert Posting.objects.count() == 0


def test_a_leaver_is_out_at_once_and_leaves_nothing_running(administrator: User) -> None:
    user = making.somebody(Role.COORDINATOR)
    case = making.a_case(user)
    clock = clocks.start(
        user, case, "call", "Call the victim", due_at=timezone.now(), why="First day", assigned_to=user
    )
    BreakGlass.objects.create(
        case=case,
        partition="police",
        user=user,
        reason="r" * 30,
        expires_at=timezone.now() + dt.timedelta(hours=1),
    )
    theirs = browser_of(user)
    assert door.is_in(theirs)
    answer = door.post(browser_of(administrator), f"/account/people/{user.key}/leave", {"reason": "New post"})
    assert answer.status_code == 302
    assert not door.is_in(theirs)
    user.refresh_from_db()
    assert (user.is_active, user.has_usable_password(), user.left_at is None) == (False, False, False)
    clock.refresh_from_db()
    assert (clock.assigned_to_id, clock.state, clock.owner_id) == (None, Clock.State.RUNNING, "force-a")
    assert not BreakGlass.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(
        verb="accounts.left", subject=f"user {user.key}", actor=administrator
    ).exists()


def test_a_transfer_takes_the_old_agencys_cases_away_at_once(administrator: User) -> None:
    user = making.somebody(Role.INVESTIGATOR, "force-a")
    making.a_case(user)
    making.agency("force-b")
    theirs = browser_of(user)
    with identity.as_person(user):
        assert Case.objects.count() == 1
    form = {"agency": "force-b", "role": "investigator", "reason": "Moves on Monday"}
    assert door.post(browser_of(administrator), f"/account/people/{user.key}/move", form).status_code == 302
    assert not door.is_in(theirs)
    with identity.as_person(user):
        assert Case.objects.count() == 0
    dated = user.postings.get(what="transfer")
    assert (dated.agency_id, dated.by, dated.reason) == ("force-b", administrator, "Moves on Monday")
    assert timezone.now() - dated.at < dt.timedelta(minutes=5)


def test_a_name_that_reads_the_same_is_given_once(administrator: User) -> None:
    invited(administrator, username="Ash.Lund")
    assert User.objects.called("ASH.LUND").username == "ash.lund"
    with pytest.raises(NotPossibleError, match="already"):
        invited(administrator, username="\uff41sh.lund")
    User.objects.filter(username="ash.lund").update(username="stra\u00dfe")
    with pytest.raises(NotPossibleError, match="already"):
        invited(administrator, username="strasse")
    with pytest.raises(NotPossibleError, match="reads the same"):
        members.invited_at_the_server(
            username="STRASSE", display_name="Ash", role=Role.AUDITOR, agency=making.agency("hub")
        )


def test_another_role_signs_them_out(administrator: User) -> None:
    user = making.somebody(Role.INVESTIGATOR)
    theirs = browser_of(user)
    with identity.as_person(administrator):
        members.change_role(administrator, user, Role.STALKING_LEAD, "Appointed")
    assert not door.is_in(theirs)
    assert user.postings.get(what="role").role == Role.STALKING_LEAD


def test_nobody_changes_their_own_account_or_brings_back_a_leaver(administrator: User) -> None:
    user = making.somebody(Role.INVESTIGATOR)
    with identity.as_person(administrator):
        members.leave(administrator, user)
    for do in (
        lambda: members.leave(administrator, administrator),
        lambda: members.change_role(administrator, administrator, Role.AUDITOR),
        lambda: members.fresh_start(administrator, administrator, "x"),
        lambda: members.leave(administrator, user),
        lambda: members.transfer(administrator, user, making.agency("force-b"), Role.INVESTIGATOR),
        lambda: members.fresh_start(administrator, user, "x"),
    ):
        with pytest.raises(NotPossibleError), identity.as_person(administrator):
            do()


def test_a_fresh_start_takes_what_they_had(administrator: User) -> None:
    user = door.somebody("jo", Role.INVESTIGATOR, "force-a")
    door.with_app(user)
    with identity.as_person(administrator):
        link = members.fresh_start(administrator, user, "Telephone stolen")
    assert "/account/" not in door.password(Client()).headers.get("Location", "")
    user = members.accept(link.invitation, password="seven quiet lanterns")
    from lamplighter.hub.accounts.own_account import second_factors

    with identity.as_person(user):
        assert not second_factors.held_by(user)
        assert second_factors.held_by(user).codes_left == 0
    # Not "joined" a second time.
    assert not user.postings.filter(what="joined").exists()


def test_a_postings_history_is_never_changed(administrator: User) -> None:
    invited(administrator)
    with pytest.raises(DatabaseError), identity.as_person(administrator):
        Posting.objects.update(reason="Another")


def test_pages_are_for_those_who_may() -> None:
    user = making.somebody(Role.INVESTIGATOR, "force-b")
    paths = {
        "people": {Role.ADMINISTRATOR, Role.COORDINATOR},
        "people/invite": {Role.ADMINISTRATOR, Role.COORDINATOR},
        f"people/{user.key}/new-link": {Role.ADMINISTRATOR, Role.COORDINATOR},
        f"people/{user.key}/role": {Role.ADMINISTRATOR},
        f"people/{user.key}/move": {Role.ADMINISTRATOR},
        f"people/{user.key}/leave": {Role.ADMINISTRATOR},
        "agencies": {Role.ADMINISTRATOR},
        "agencies/add": {Role.ADMINISTRATOR},
        "training": {Role.ADMINISTRATOR, Role.COORDINATOR, Role.STALKING_LEAD},
        "training/record": {Role.ADMINISTRATOR, Role.COORDINATOR, Role.STALKING_LEAD},
    }
    for role in Role:
        client = browser_of(making.somebody(role, "force-b"))
        for path, allowed in paths.items():
            status = door.get(client, f"/account/{path}").status_code
            assert (status == 200) == (role in allowed), (role, path, status)


def test_a_coordinator_sees_their_own_agency_only() -> None:
    elsewhere = making.somebody(Role.INVESTIGATOR, "force-b")
    client = browser_of(making.somebody(Role.COORDINATOR, "force-a"))
    assert elsewhere.username not in door.get(client, "/account/people").content.decode()
    assert door.get(client, f"/account/people/{elsewhere.key}").status_code == 404


def test_an_agency_is_added_once(administrator: User) -> None:
    client = browser_of(administrator)
    form = {"name": "Force C", "code": "force-c", "kind": "police"}
    assert door.post(client, "/account/agencies/add", form).status_code == 302
    assert Agency.objects.get(pk="force-c").name == "Force C"
    assert door.post(client, "/account/agencies/add", form).status_code == 422


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(client: Client) -> None:
    user = door.somebody()
    door.password(client)
    other = browser_of(user)
    before = client.session.session_key
    word = "seven quiet lanterns"
    wrong = {"current": "not it", "password": word, "again": word}
    assert door.post(client, "/account/password", wrong).status_code == 200
    right = wrong | {"current": door.PASSWORD}
    assert door.post(client, "/account/password", right).status_code == 302
    assert client.session.session_key != before
    assert (door.is_in(client), door.is_in(other)) == (True, False)


def test_end_all_my_other_sessions(client: Client) -> None:
    user = door.somebody()
    door.password(client)
    other = browser_of(user)
    door.post(client, "/account/sign-out-everywhere")
    assert (door.is_in(client), door.is_in(other)) == (True, False)
