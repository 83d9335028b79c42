"""An invitation's link, and sign-on through an organisation: how somebody comes in without a password yet."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from lamplighter.hub.access.pages import shows
from lamplighter.hub.accounts import encryption
from lamplighter.hub.accounts.models import Invitation, User
from lamplighter.hub.accounts.sign_in import identity_provider, signing_in
from lamplighter.hub.accounts.sign_in.forms import NewPasswordForm
from lamplighter.hub.accounts.staff import members
from lamplighter.hub.site.refusals import NotPossibleError

LINK, GOAL = signing_in.LINK, "organisation_goal"


@shows()
@login_not_required
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, secret: str) -> HttpResponse:
    """Say whose invitation the link is. Only whoever goes on from there takes it into their session.

    A link that somebody else sent would otherwise join the reader's sign-on to an account of that person's.
    """
    invitation = members.invited_by(secret)
    if invitation is None:
        return render(request, "accounts/link_over.html", status=410)
    if request.user.is_authenticated:
        return _signed_in(request, invitation)
    if request.method == "POST":
        request.session[LINK] = encryption.seal(secret.encode(), use="link in a session", of=0)
        return HttpResponseRedirect(reverse("accounts:join"))
    return render(request, "accounts/invited.html", {"person": invitation.user, "by": invitation.by})


def _signed_in(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """A link is used by whoever it was made for, and not from the session of somebody else."""
    return render(request, "accounts/link_signed_in.html", {"person": invitation.user}, status=409)


def _invitation(request: HttpRequest) -> Invitation | None:
    try:
        secret = encryption.unseal(request.session.get(LINK, ""), use="link in a session", of=0).decode()
    except encryption.NotOpenedError:
        return None
    return members.invited_by(secret)


@shows()
@login_not_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Choose a password, or use the organisation's sign-on; the second factor comes next."""
    invitation = _invitation(request)
    if invitation is None:
        return render(request, "accounts/link_over.html", status=410)
    if request.user.is_authenticated:
        return _signed_in(request, invitation)
    form = NewPasswordForm(request.POST or None, user=invitation.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = members.accept(invitation, password=form.cleaned_data["password"])
        except NotPossibleError as problem:
            form.add_error(None, str(problem))
        else:
            del request.session[LINK]
            return HttpResponseRedirect(signing_in.password_accepted(request, user))
    offered = identity_provider.configured() and identity_provider.signs_on(invitation.user)
    organisation = settings.OIDC["name"] or "your organisation" if offered else ""
    context = {"form": form, "person": invitation.user, "organisation": organisation}
    return render(request, "accounts/join.html", context)


@shows()
@login_not_required
@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    """To the organisation's identity provider."""
    if not identity_provider.configured():
        raise Http404
    # Begun from the sign-in page, it is no answer to a link that this browser opened some time before.
    if "invitation" not in request.GET:
        request.session.pop(LINK, None)
    request.session[GOAL] = request.GET.get("next", "")
    try:
        return identity_provider.send_there(
            request, request.build_absolute_uri(reverse("accounts:organisation_back"))
        )
    except identity_provider.NotSignedOnError:
        return _not_accepted(request)


@shows()
@login_not_required
@require_safe
def organisation_back(request: HttpRequest) -> HttpResponse:
    """Back from there. Whoever it is must be known here, or hold a link that was made for them."""
    if not identity_provider.configured():
        raise Http404
    goal = request.session.pop(GOAL, "")
    try:
        known = identity_provider.come_back(request)
        user = _who(request, known)
    except (identity_provider.NotSignedOnError, NotPossibleError):
        return _not_accepted(request)
    if user is None:
        return _not_accepted(request)
    if known.with_second_factor:
        return HttpResponseRedirect(signing_in.complete(request, user, "organisation", goal))
    return HttpResponseRedirect(signing_in.password_accepted(request, user, goal, how="organisation"))


def _who(request: HttpRequest, known: identity_provider.Known) -> User | None:
    invitation = _invitation(request) if LINK in request.session else None
    if invitation is None:
        return identity_provider.person(known)
    if not identity_provider.signs_on(invitation.user):
        return None
    user = members.accept(invitation, issuer=known.issuer, subject=known.subject)
    del request.session[LINK]
    return user


def _not_accepted(request: HttpRequest) -> HttpResponse:
    """The same words whatever the reason: who is known here is nobody's to find out."""
    return render(request, "accounts/not_accepted.html", status=403)
