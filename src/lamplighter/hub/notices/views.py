"""One's own email, and how the sending stands for whoever looks after the hub."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.design import actions
from lamplighter.hub.notices import forms, presenters, selectors, services
from lamplighter.hub.site.refusals import NotPossibleError

SETTINGS, FORM = "notices:settings", "notices/form.html"


@shows("own")
@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """Show where emails go, what is sent, and when not."""
    user = who(request)
    context = presenters.own(selectors.mailbox(user), selectors.last_code(user), timezone.now())
    return render(request, "notices/settings.html", context)


@shows("own")
def address(request: HttpRequest) -> HttpResponse:
    """Enter one's own address; a code is sent there."""
    return actions.page(
        request,
        FORM,
        forms.AddressForm(request.POST or None),
        lambda given: services.ask_address(who(request), given["address"]),
        {
            "title": "Your email address",
            "intro": "The hub sends a code to this address. Emails say how many new things are on your work "
            "list, and nothing about them. Use an address that nobody else reads.",
            "button": "Send the code",
        },
        to=("notices:code",),
        field="address",
    )


@shows("own")
def code(request: HttpRequest) -> HttpResponse:
    """Enter the code that was sent to the address."""
    return actions.page(
        request,
        FORM,
        forms.CodeForm(request.POST or None),
        lambda given: services.confirm_address(who(request), given["code"]),
        {
            "title": "Confirm your email address",
            "intro": "A code was sent to the address that you entered. It can take some minutes to arrive.",
            "button": "Confirm the address",
        },
        done="Your email address is confirmed.",
        to=(SETTINGS,),
        field="code",
    )


@shows("own")
def choices(request: HttpRequest) -> HttpResponse:
    """Choose what is sent, and the quiet hours."""
    user = who(request)
    box = selectors.mailbox(user)
    if box is None:
        return redirect(SETTINGS)
    names = ("at_once", "digest", "quiet_days")
    held: dict[str, Any] = {name: "yes" if getattr(box, name) else "no" for name in names}
    held |= {"quiet_from": box.quiet_from, "quiet_until": box.quiet_until}
    told = presenters.own(box, None, timezone.now())
    form = forms.ChoicesForm(request.POST or None, initial=held, may_be_off=". ".join(told["may_be_off"]))
    return actions.page(
        request,
        FORM,
        form,
        lambda given: services.choose(user, **form.chosen()),
        {"title": "What is emailed to you", "always": told["always"], "button": "Save"},
        done="Saved.",
        to=(SETTINGS,),
    )


@shows("own")
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Remove one's own address."""
    services.remove_address(who(request))
    messages.success(request, "Your address is removed. No emails are sent to you.")
    return redirect(SETTINGS)


@shows("own")
@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """Send a test to one's own address."""
    try:
        services.send_test(who(request))
    except NotPossibleError as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "A test is on its way to your address.")
    return redirect("notices:service" if permissions.may_run_service(who(request)) else SETTINGS)


@shows("operations")
@permissions.require(permissions.may_see_service)
@require_GET
def service(request: HttpRequest) -> HttpResponse:
    """Show whether emails are sent, what waits and why, and whose address was refused."""
    user = who(request)
    context = presenters.service(selectors.standing(timezone.now()), selectors.last_test(user))
    box = selectors.mailbox(user)
    context["may_test"] = context["sends"] and box is not None and box.confirmed_at is not None
    return render(request, "notices/service.html", context)
