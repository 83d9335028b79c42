"""Show the people who work here: for administrators, and for coordinators about their own agency."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lamplighter.hub.access import concurrent_edits
from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.models import (
    Agency,
    Confirmation,
    Invitation,
    Posting,
    Role,
    TrainingRecord,
    User,
)
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.accounts.staff import confirmations, members, training
from lamplighter.hub.accounts.staff.forms import (
    AgencyForm,
    InviteForm,
    RoleForm,
    TrainingForm,
    TransferForm,
    WhyForm,
)
from lamplighter.hub.design import actions
from lamplighter.hub.design.environment import long_date

SECOND = "The account opens nothing until somebody else has confirmed it: see who below."
AS_IT_STANDS = "As it stands"
FORM = "accounts/form.html"


def team_of(user: Any) -> QuerySet[User]:
    """Return the people whom this person looks after: everybody, or their own agency's people."""
    everybody = User.objects.select_related("agency").order_by("display_name", "pk")
    return everybody if user.role == Role.ADMINISTRATOR else everybody.filter(agency=user.agency_id)


def _state(user: User, invited: set[int], refused: set[int]) -> str:
    if user.left_at is not None:
        return "Left"
    if user.waits_since is not None and user.pk not in invited and user.is_active:
        return "Waits to be confirmed"
    if user.is_active:
        return "New sign-in link not used yet" if user.pk in invited else "Active"
    if user.pk in invited:
        return "Invited"
    return "Refused, and shut" if user.pk in refused else "Invited; the link has run out"


def _invited() -> set[int]:
    open_now = Invitation.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
    return set(open_now.values_list("user_id", flat=True))


@shows()
@require(permissions.may_see_accounts)
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    invited = _invited()
    team = list(team_of(who(request)))
    refused = confirmations.refused(team)
    listed = [(user, _state(user, invited, refused)) for user in team]
    return render(request, "accounts/people.html", {"people": listed})


@shows()
@require(permissions.may_invite)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    by: Any = request.user
    return _page(
        request,
        InviteForm(request.POST or None, by=by),
        lambda given: _hand_over(request, members.invite(by, **given)),
        {"title": "Invite somebody", "button": "Make the link"},
        reverse("accounts:people"),
    )


def _page(
    request: HttpRequest,
    form: forms.Form,
    do: Callable[[dict[str, Any]], Any],
    words: dict[str, Any],
    back: str,
    done: str = "",
    **rest: Any,
) -> HttpResponse:
    """Show a form about people or agencies; where ``do`` says nothing of its own, ``done`` is said."""
    shown = words | {"back": back}
    return actions.page(request, FORM, form, do, shown, done=done or str, to=(back,), **rest)


def _hand_over(request: HttpRequest, link: members.Link) -> HttpResponse:
    """The link is told on this page and nowhere else: it is stored nowhere, and no message is sent."""
    address = request.build_absolute_uri(reverse("accounts:invited", args=[link.secret]))
    user = link.invitation.user
    context = {
        "address": address,
        "person": user,
        "hours": members.LINK_HOURS,
        "confirmers": confirmations.confirmers(user),
    }
    return render(request, "accounts/link.html", context)


def _person(request: HttpRequest, key: UUID) -> User:
    found = team_of(who(request)).filter(key=key).first()
    if found is None:
        raise Http404
    return found


@shows()
@require(permissions.may_see_accounts)
@require_safe
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    user = _person(request, key)
    by: Any = request.user
    own = user.pk == by.pk
    context = {
        "person": user,
        "state": _state(user, _invited(), confirmations.refused([user])),
        "confirmers": confirmations.confirmers(user) if user.waits_since and not user.left_at else [],
        "answers": Confirmation.objects.select_related("by").filter(user=user).order_by("-at", "-pk"),
        "postings": Posting.objects.select_related("agency", "by").filter(user=user).order_by("-at", "-pk"),
        "manages": permissions.may_manage_accounts(by) and not own and user.left_at is None,
        "renews": members.may_give(by, user.role, user.agency) and not own and user.left_at is None,
    }
    return render(request, "accounts/person.html", context)


def _change(
    request: HttpRequest,
    user: User,
    form: VersionForm,
    words: dict[str, str],
    do: Callable[[dict[str, Any]], HttpResponse | str],
) -> HttpResponse:
    """One form that changes one person's account; ``do`` returns a page, or what to say afterwards."""
    return _page(
        request,
        form,
        lambda _: do(form.written()),
        words | {"about": user},
        reverse("accounts:person", args=[user.key]),
        both=lambda newest, typed: _both(newest, typed, words["title"]),
        mark=lambda _: members.version(user),
    )


def _now(user: User) -> dict[str, str]:
    return {"version": members.version(user)}


def _both(theirs: Posting, typed: dict[str, Any], what: str) -> dict[str, Any]:
    """What another administrator did to the account, beside what was about to be done to it."""
    role, agency = typed.get("role"), typed.get("agency")
    rows = [
        ("What was done", theirs.get_what_display(), what),
        ("Role", theirs.get_role_display(), Role(role).label if role else AS_IT_STANDS),
        ("Agency", theirs.agency.name if theirs.agency else "", agency.name if agency else AS_IT_STANDS),
        ("Why", theirs.reason, typed["reason"]),
    ]
    return concurrent_edits.beside(rows, by=theirs.by, at=theirs.at)


@shows()
@require(permissions.may_manage_accounts)
@require_http_methods(["GET", "POST"])
def change_role(request: HttpRequest, key: UUID) -> HttpResponse:
    user, by = _person(request, key), who(request)

    def do(given: dict[str, Any]) -> str:
        members.change_role(by, user, **given)
        return f"The role is changed. They have to sign in again. {SECOND}"

    words = {
        "title": "Change the role",
        "button": "Change the role",
        "intro": "They are signed out at once. Somebody else must confirm the account before it opens "
        "anything again; then they see what the new role may see.",
    }
    form = RoleForm(request.POST or None, initial=_now(user) | {"role": user.role})
    return _change(request, user, form, words, do)


@shows()
@require(permissions.may_manage_accounts)
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, key: UUID) -> HttpResponse:
    user, by = _person(request, key), who(request)

    def do(given: dict[str, Any]) -> str:
        back = members.transfer(by, user, **given)
        where = given["agency"].name
        told = f"They work for {where} from now on. Tasks returned to the old team: {back}. {SECOND}"
        return told if user.has_usable_password() else f"{told} They need a new sign-in link: send them one."

    words = {
        "title": "Move to another agency",
        "button": "Move them now",
        "intro": "From now on they see nothing more of the old agency's cases, and what the new agency may "
        "see once somebody there has confirmed the account. "
        "They are signed out at once, and their running tasks go back to the old team. Sign-on through an "
        "organisation and a sign-in link that was not used stop working.",
    }
    form = TransferForm(request.POST or None, initial=_now(user) | {"role": user.role})
    return _change(request, user, form, words, do)


@shows()
@require(permissions.may_manage_accounts)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, key: UUID) -> HttpResponse:
    user, by = _person(request, key), who(request)

    def do(given: dict[str, Any]) -> str:
        back = members.leave(by, user, **given)
        return f"They have left, and cannot sign in any more. Tasks returned to their team: {back}."

    words = {
        "title": "Remove access",
        "button": "Remove access now",
        "intro": "They are signed out at once and cannot sign in again. Their running tasks go back to their "
        "team, and what they wrote stays under their name. This cannot be undone.",
    }
    return _change(request, user, WhyForm(request.POST or None, initial=_now(user)), words, do)


@shows()
@require(permissions.may_invite)
@require_http_methods(["GET", "POST"])
def fresh_start(request: HttpRequest, key: UUID) -> HttpResponse:
    user, by = _person(request, key), who(request)

    def do(given: dict[str, Any]) -> HttpResponse:
        return _hand_over(request, members.fresh_start(by, user, **given))

    words = {
        "title": "Send new sign-in link",
        "button": "Make a new link",
        "intro": "For somebody who has lost their password, or what they use as a second step. Make sure it "
        "is them: call a number that you knew before. What they signed in with stops working at once, and "
        "the account opens nothing until somebody else has confirmed that it is theirs again.",
    }
    return _change(request, user, WhyForm(request.POST or None, initial=_now(user)), words, do)


@shows()
@require(permissions.may_manage_accounts)
@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/agencies.html", {"agencies": Agency.objects.order_by("name")})


@shows()
@require(permissions.may_manage_accounts)
@require_http_methods(["GET", "POST"])
def add_agency(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        AgencyForm(request.POST or None),
        lambda given: members.add_agency(who(request), **given),
        {"title": "Add an agency", "button": "Add the agency"},
        reverse("accounts:agencies"),
        "The agency is added.",
        field="code",
    )


@shows()
@require(permissions.may_see_training)
@require_safe
def team_training(request: HttpRequest) -> HttpResponse:
    working = list(team_of(who(request)).filter(is_active=True))
    standing = training.team(working)
    # One line a person for what they have not done: a row for each topic would bury what ends soon.
    missing: dict[User, list[str]] = {}
    for row in standing:
        if row.state == "none":
            missing.setdefault(row.user, []).append(row.topic.name)
    context = {
        "done": [row for row in standing if row.state != "none"],
        "not_done": [(user.display_name, topics) for user, topics in missing.items()],
    }
    return render(request, "accounts/training.html", context)


def _both_records(theirs: TrainingRecord, typed: dict[str, Any]) -> dict[str, Any]:
    rows = [
        ("Day of completion", long_date(theirs.completed_on), long_date(typed["completed_on"])),
        ("Where the evidence is", theirs.evidence, typed["evidence"]),
    ]
    return concurrent_edits.beside(rows, by=theirs.by, at=theirs.at)


@shows()
@require(permissions.may_see_training)
@require_http_methods(["GET", "POST"])
def record_training(request: HttpRequest) -> HttpResponse:
    by: Any = request.user
    form = TrainingForm(
        request.POST or None,
        team=team_of(by).filter(is_active=True).exclude(pk=by.pk),
        initial={"version": timezone.now().isoformat()},
    )

    def do(_: dict[str, Any]) -> None:
        given = form.written()
        training.record(by, given.pop("person"), **given)

    return _page(
        request,
        form,
        do,
        {"title": "Record training", "button": "Record it"},
        reverse("accounts:training"),
        "The training is recorded.",
        both=_both_records,
        mark=lambda newest: newest.at.isoformat(),
    )
