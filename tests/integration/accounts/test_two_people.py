"""Nobody alone makes an account that opens anything: what one person asks for, another confirms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from lamplighter.hub.access.models import BreakGlass
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.credentials import AuthenticatorApp, Passkey, RecoveryCode, SignedIn
from lamplighter.hub.accounts.models import Confirmation, Invitation, Role, User
from lamplighter.hub.accounts.staff import confirmations, members
from lamplighter.hub.audit.access_log import anomalies
from lamplighter.hub.audit.models import Event, UnusualAccess
from lamplighter.hub.cases.models import Case
from lamplighter.hub.operations import installing
from lamplighter.hub.oversight import work
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side.models import SafeContact
from tests.integration.access import making
from tests.integration.accounts import door

pytestmark = pytest.mark.django_db
WORD = "seven quiet lanterns"
SPOKEN = "I spoke to her at her desk today."


@pytest.fixture
def administrator() -> User:
    return making.somebody(Role.ADMINISTRATOR, "hub")


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def invited(by: User, role: str = Role.INVESTIGATOR, code: str | None = "force-a", name: str = "ash") -> Any:
    with identity.as_person(by):
        agency = making.agency(code) if code else None
        return members.invite(by, username=name, display_name="Ash Lund", role=role, agency=agency)


def came_in(link: members.Link) -> User:
    return members.accept(link.invitation, password=WORD)


def opens(user: User) -> int:
    """Return how many cases the database shows to this person."""
    with identity.as_person(user):
        return Case.objects.count()


def confirm(by: User, user: User, do: Callable[..., None] = confirmations.confirm) -> None:
    user = User.objects.get(pk=user.pk)
    with identity.as_person(by):
        do(by, user, SPOKEN)


def answering(user: User) -> list[str]:
    """Return whom this person is asked to confirm, on their work list."""
    with identity.as_person(user):
        return [notice.text for notice in work.notices(user, team=False)]


def test_an_administrator_tries_to_read_a_vault_alone(administrator: User) -> None:
    """The transcript: invite, use the link, and there it stops; those who are told learn of it at once."""
    advocate = making.somebody(Role.ADVOCATE, "helpline")
    auditor = making.somebody(Role.AUDITOR, "hub")
    case = making.a_case(None, "helpline")
    by = browser_of(administrator)
    form = {"display_name": "Dana Reyes", "username": "dana", "role": "advocate", "agency": "helpline"}
    page = door.post(by, "/account/people/invite", form).content.decode()
    assert "Then somebody else confirms the account" in page
    assert advocate.display_name in page
    secret = page.split("/account/invited/")[1].split("<")[0]

    # In another browser, as the invented colleague.
    invented = Client()
    door.post(invented, f"/account/invited/{secret}")
    assert door.post(invented, "/account/join", {"password": WORD, "again": WORD}).status_code == 302
    dana = User.objects.get(username="dana")
    assert door.is_in(invented)
    for path in ("/", "/work/", "/cases/", f"/cases/{case.key}", f"/cases/{case.key}/victim/safe-contact"):
        answer = door.get(invented, path)
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/account/waits"), path
    waits = door.get(invented, "/account/waits").content.decode()
    assert "opens nothing until a second person has confirmed" in waits
    # No page, and a statement that somebody got into one: the database itself.
    with identity.as_person(dana), identity.for_reason("To ring her about tonight"):
        assert (Case.objects.count(), SafeContact.objects.count()) == (0, 0)

    # Who is told: the helpline's own people, and every auditor.
    assert answering(advocate) == ["Confirm an account: Dana Reyes, advocate"]
    told = door.get(browser_of(auditor), "/account/to-confirm").content.decode()
    assert "Dana Reyes" in told
    assert "For the agency" in told
    # The administrator cannot say yes, by page or by statement, nor the account itself.
    assert door.post(by, f"/account/people/{dana.key}/confirm", _answer(dana)).status_code == 403
    assert door.get(invented, f"/account/people/{dana.key}/confirm").status_code == 302
    for one in (administrator, dana):
        with pytest.raises(NotPossibleError, match="did not ask for it"):
            confirm(one, dana)
        with pytest.raises(DatabaseError, match="opens nothing before"), identity.as_person(one):
            User.objects.filter(pk=dana.pk).update(waits_since=None)

    # The helpline knows nobody of that name: refused, shut, and in the trail with the words.
    theirs = browser_of(advocate)
    answer = door.post(theirs, f"/account/people/{dana.key}/confirm", _answer(dana, "refuse"))
    assert answer.headers["Location"] == "/account/to-confirm"
    dana.refresh_from_db()
    assert (dana.is_active, dana.has_usable_password()) == (False, False)
    assert not door.is_in(invented)
    written = Event.objects.get(verb="accounts.not_confirmed", subject=f"user {dana.key}")
    assert (written.actor, written.reason) == (advocate, SPOKEN)
    assert "Refused, and shut" in door.get(by, "/account/people").content.decode()
    assert SPOKEN in door.get(browser_of(auditor), "/account/to-confirm").content.decode()
    assert answering(advocate) == []


def _answer(user: User, said: str = "confirm") -> dict[str, str]:
    return {"answer": said, "words": SPOKEN, "version": members.version(user)}


def test_somebody_of_the_agency_confirms_by_the_page_and_the_account_opens() -> None:
    coordinator, lead = making.somebody(Role.COORDINATOR), making.somebody(Role.STALKING_LEAD)
    making.a_case()
    user = came_in(invited(coordinator))
    assert opens(user) == 0
    assert answering(coordinator) == []
    page = browser_of(lead)
    assert "Ash Lund" in door.get(page, "/account/to-confirm").content.decode()
    there = f"/account/people/{user.key}/confirm"
    short = door.post(page, there, _answer(user) | {"words": "yes"})
    assert "at least 10 characters" in short.content.decode()
    assert door.post(page, there, _answer(user)).headers["Location"] == "/account/to-confirm"
    user.refresh_from_db()
    assert user.waits_since is None
    assert opens(user) == 1
    assert Confirmation.objects.get(user=user, agrees=True).by == lead
    assert Event.objects.filter(verb="accounts.confirmed", actor=lead).exists()
    assert door.get(page, there).status_code == 404
    assert door.get(browser_of(user), "/account/waits").headers["Location"] == "/"


def test_nobody_is_confirmed_while_the_link_could_be_used_by_whoever_made_it() -> None:
    coordinator, lead = making.somebody(Role.COORDINATOR), making.somebody(Role.STALKING_LEAD)
    user = invited(coordinator).invitation.user
    with pytest.raises(NotPossibleError, match="have not used their sign-in link"):
        confirm(lead, user)
    with pytest.raises(DatabaseError, match="opens nothing before"), identity.as_person(lead):
        User.objects.filter(pk=user.pk).update(waits_since=None)
    page = door.get(browser_of(lead), f"/account/people/{user.key}/confirm").content.decode()
    assert 'value="confirm"' not in page
    confirm(lead, user, confirmations.refuse)
    assert not Invitation.objects.filter(withdrawn_at=None).exists()


def test_who_confirms_whom(administrator: User) -> None:
    """Those who lead the agency; else others who work there; else an auditor, as for the hub's own roles."""
    auditor = making.somebody(Role.AUDITOR, "hub")
    user = came_in(invited(administrator))
    assert confirmations.confirmers(user) == [auditor]
    colleague = making.somebody(Role.INVESTIGATOR)
    assert confirmations.confirmers(user) == [colleague]
    lead, coordinator = making.somebody(Role.STALKING_LEAD), making.somebody(Role.COORDINATOR)
    assert set(confirmations.confirmers(user)) == {lead, coordinator}
    making.somebody(Role.STALKING_LEAD, "force-b")
    assert set(confirmations.confirmers(user)) == {lead, coordinator}
    for role, code in ((Role.ANALYST, "force-a"), (Role.AUDITOR, None), (Role.ADMINISTRATOR, "hub")):
        another = came_in(invited(administrator, role, code, name=f"x-{role}"))
        assert confirmations.confirmers(another) == [auditor]
    # Whoever waits confirms nobody, and so does whoever asked for a part of it.
    with identity.as_person(administrator):
        members.change_role(administrator, coordinator, Role.INVESTIGATOR)
        members.change_role(administrator, lead, Role.COORDINATOR)
    assert confirmations.confirmers(user) == [colleague]


def test_who_asked_twice_is_remembered_until_it_is_confirmed(administrator: User) -> None:
    coordinator, lead = making.somebody(Role.COORDINATOR), making.somebody(Role.STALKING_LEAD)
    user = came_in(invited(coordinator))
    with identity.as_person(administrator):
        members.change_role(administrator, User.objects.get(pk=user.pk), Role.STALKING_LEAD, "Wrong one")
    user.refresh_from_db()
    assert user.asked_by == [coordinator.pk, administrator.pk]
    assert confirmations.confirmers(user) == [lead]
    confirm(lead, user)
    with identity.as_person(administrator):
        members.change_role(administrator, User.objects.get(pk=user.pk), Role.INVESTIGATOR, "Back again")
    user.refresh_from_db()
    assert user.asked_by == [administrator.pk]


@pytest.mark.parametrize("what", ["role", "transfer", "fresh_start"])
def test_what_changes_an_account_takes_everything_until_it_is_confirmed(
    administrator: User, what: str
) -> None:
    user, auditor = making.somebody(Role.INVESTIGATOR, "force-a"), making.somebody(Role.AUDITOR, "hub")
    lead, other = (
        making.somebody(Role.STALKING_LEAD, "force-a"),
        making.somebody(Role.STALKING_LEAD, "force-b"),
    )
    case = making.a_case(user, "force-b")
    BreakGlass.objects.create(
        case=case,
        partition="police",
        user=user,
        reason="r" * 30,
        expires_at=timezone.now() + dt.timedelta(hours=1),
    )
    assert opens(user) == 1
    with identity.as_person(administrator):
        if what == "role":
            members.change_role(administrator, user, Role.COORDINATOR, "Appointed")
        elif what == "transfer":
            members.transfer(administrator, user, making.agency("force-b"), Role.INVESTIGATOR, "Moves")
        else:
            link = members.fresh_start(administrator, user, "Telephone lost")
    if what == "fresh_start":
        user = came_in(link)
    assert opens(user) == 0
    second = other if what == "transfer" else lead
    assert len(answering(second)) == 1
    assert "Sam Reed" in door.get(browser_of(auditor), "/account/to-confirm").content.decode()
    for wrong in (administrator, auditor, lead if what == "transfer" else other):
        with pytest.raises(NotPossibleError):
            confirm(wrong, user)
    confirm(second, user)
    assert opens(user) == 1


def test_the_database_keeps_what_a_page_may_not_forget(administrator: User) -> None:
    """Each statement that would give somebody a way in alone, tried as whoever runs SQL in a page."""
    user, coordinator = making.somebody(Role.INVESTIGATOR), making.somebody(Role.COORDINATOR)
    found = User.objects.filter(pk=user.pk)
    tries: list[tuple[User, Callable[[], object]]] = [
        (administrator, lambda: found.update(role=Role.COORDINATOR)),
        (administrator, lambda: found.update(agency_id="hub")),
        (administrator, lambda: found.update(password="!x")),
        (coordinator, lambda: found.update(password="!x")),
        (
            administrator,
            lambda: User.objects.create(
                username="y", display_name="Y", role=Role.ADVOCATE, agency_id="force-a", is_active=False
            ),
        ),
        (
            coordinator,
            lambda: Invitation.objects.create(
                user=user, by=coordinator, digest="d" * 64, expires_at=timezone.now()
            ),
        ),
    ]
    for by, do in tries:
        refused = pytest.raises(DatabaseError, match=r"opens nothing before|waits to be confirmed")
        with refused, identity.as_person(by):
            do()
    # Whoever says that somebody else asked has asked all the same.
    waits = came_in(invited(coordinator, name="waits"))
    with identity.as_person(coordinator):
        User.objects.filter(pk=waits.pk).update(asked_by=[], password="!x", waits_since=timezone.now())
    waits.refresh_from_db()
    assert coordinator.pk in waits.asked_by
    with pytest.raises(DatabaseError), identity.as_person(coordinator):
        Confirmation.objects.create(user=waits, agrees=True, words=SPOKEN, by=coordinator)
    # A link that was used is not made to work again.
    with pytest.raises(DatabaseError, match="never made again"), identity.as_person(coordinator):
        Invitation.objects.filter(user=waits).update(used_at=None)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT access.redact('cases_entry', gen_random_uuid(), 'her new address', 'Why')",
        "SELECT access.restore_words(gen_random_uuid(), 'Why')",
    ],
)
def test_a_function_with_the_owners_rights_does_nothing_for_an_account_that_waits(statement: str) -> None:
    user = came_in(invited(making.somebody(Role.COORDINATOR)))
    refused = pytest.raises(DatabaseError, match="not_yours")
    with refused, identity.as_person(user), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_account_that_waits_is_given_no_task(administrator: User) -> None:
    user = making.somebody(Role.INVESTIGATOR)
    assert user in User.objects.working()
    with identity.as_person(administrator):
        members.change_role(administrator, user, Role.STALKING_LEAD, "Appointed")
    assert user not in User.objects.working()
    assert not user.works


def test_an_account_made_on_the_server_counts_as_confirmed_and_the_trail_says_so() -> None:
    where = making.agency("hub")
    link = members.invited_at_the_server(
        username="first", display_name="Fay First", role=Role.ADMINISTRATOR, agency=where
    )
    user = came_in(link)
    assert user.waits_since is None
    assert Confirmation.objects.get(user=user).by is None
    written = Event.objects.get(verb="accounts.confirmed", subject=f"user {user.key}")
    assert (written.actor, written.detail, written.reason) == (
        None,
        {"by": "operator"},
        members.AT_THE_SERVER,
    )
    with identity.as_person(user):
        assert members.may_give(user, Role.AUDITOR, None)


def test_where_nobody_can_confirm_it_is_done_on_the_server(administrator: User) -> None:
    link = invited(administrator, Role.AUDITOR, None)
    assert confirmations.confirmers(link.invitation.user) == []
    page = door.get(browser_of(administrator), f"/account/people/{link.invitation.user.key}")
    assert "lamplighter hub confirm-user" in page.content.decode()
    with pytest.raises(installing.InstallError, match="not come in yet"):
        installing.confirm("ash")
    user = came_in(link)
    assert "Nobody here can confirm it" in door.get(browser_of(user), "/account/waits").content.decode()
    assert installing.confirm("ASH") == "Ash Lund"
    user.refresh_from_db()
    assert user.waits_since is None
    for name, words in (("ash", "does not wait"), ("nobody", "nobody with the user name")):
        with pytest.raises(installing.InstallError, match=words):
            installing.confirm(name)


def test_leaving_and_refusing_end_everything_at_once(administrator: User) -> None:
    lead = making.somebody(Role.STALKING_LEAD)
    for number, end in enumerate(("leave", "refuse")):
        user = came_in(invited(administrator, name=f"ash-{number}"))
        door.with_app(user)
        with identity.as_person(user):
            Passkey.objects.create(user=user, credential_id=f"c{number}", public_key=b"k", name="K")
        theirs = Client()
        door.password(theirs, user.username, WORD)
        with_link = User.objects.get(pk=user.pk)
        with identity.as_person(user):
            SignedIn.objects.create(user=user, how="app", stamp=user.stamp, session="s")
        with identity.as_person(administrator):
            members._link(administrator, with_link)
        if end == "leave":
            with identity.as_person(administrator):
                members.leave(administrator, user)
        else:
            confirm(lead, user, confirmations.refuse)
        user.refresh_from_db()
        assert (user.is_active, user.has_usable_password()) == (False, False)
        assert not Invitation.objects.filter(user=user, used_at=None, withdrawn_at=None).exists()
        for held in (AuthenticatorApp, Passkey, RecoveryCode):
            assert not held.objects.filter(user=user).exists(), held
        assert not SignedIn.objects.filter(user=user, ended_at=None).exists()
        assert not door.is_in(theirs)


def test_a_look_into_the_vault_by_a_young_account_is_put_before_an_auditor(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, auditor = making.somebody(Role.STALKING_LEAD), making.somebody(Role.AUDITOR, "hub")
    known = making.somebody(Role.INVESTIGATOR)
    user = came_in(invited(administrator))
    confirm(lead, user)
    case = making.a_case()
    from lamplighter.hub.victim_side.services import safe_contact

    for one in (user, known):
        one.refresh_from_db()
        with identity.as_person(one):
            safe_contact.look(one, case, "To ring her about tonight")
    shipped = anomalies.config()
    for days, expected in ((0, []), (14, [user])):
        monkeypatch.setattr(anomalies, "config", lambda n=days: shipped | {"young_account_days": n})
        with identity.job("watch access"):
            anomalies.watch()
        with identity.as_person(auditor):
            assert [u.user for u in UnusualAccess.objects.filter(rule="young_account")] == expected
    assert shipped["young_account_days"] == 14


def test_an_account_used_where_its_inviter_was_just_before_is_put_before_an_auditor(
    administrator: User,
) -> None:
    auditor = making.somebody(Role.AUDITOR, "hub")
    administrator.set_password(door.PASSWORD)
    administrator.save()
    link = invited(administrator)
    browser = Client()
    door.password(browser, administrator.username)
    # While the inviter is signed in, the link is not used: it says to sign out first.
    for send in (door.get, door.post):
        answer = send(browser, f"/account/invited/{link.secret}")
        assert (answer.status_code, "Sign out first" in answer.content.decode()) == (409, True)
    door.post(browser, "/account/sign-out")
    door.post(browser, f"/account/invited/{link.secret}")
    door.post(browser, "/account/join", {"password": WORD, "again": WORD})
    assert door.is_in(browser)
    # The same order with somebody who has nothing to do with it is nobody's business.
    stranger, shared = door.somebody("jo"), Client()
    door.password(shared, "jo")
    door.post(shared, "/account/sign-out")
    door.password(shared, "ash", WORD)
    with identity.job("watch access"):
        anomalies.watch()
    with identity.as_person(auditor):
        found = list(UnusualAccess.objects.filter(rule="one_browser"))
    assert [(u.user.username, u.count) for u in found] == [("ash", 1)]
    assert stranger.pk != found[0].user_id


def test_the_invitation_says_whose_it_is_before_anything_else(administrator: User) -> None:
    link = invited(administrator, Role.ADVOCATE, "helpline")
    guest = Client()
    page = door.get(guest, f"/account/invited/{link.secret}").content.decode()
    for words in ("Is this you?", "Ash Lund", link.invitation.user.agency.name, "Advocate", "Sam Reed"):
        assert words in page
    assert "<title>Ash" not in page
    assert door.get(guest, "/account/join").status_code == 410
    assert door.post(guest, f"/account/invited/{link.secret}").headers["Location"] == "/account/join"
    assert door.get(guest, "/account/join").status_code == 200
