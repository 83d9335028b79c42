"""Letting something across the wall: choosing, writing, checking, sending; the register; taking it back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access import concurrent_edits
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.own_account import drafts
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.accounts.staff import training
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case, Entry
from lamplighter.hub.design import actions
from lamplighter.hub.legal_bases.rules import RULES
from lamplighter.hub.sharing import forms, hooks, permissions, policies, presenters, selectors, services
from lamplighter.hub.sharing.hooks import Offered
from lamplighter.hub.sharing.receipts import services as receiving
from lamplighter.hub.sharing.refusals import services as refusing
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.reporting.register import DisclosureRegister
from lamplighter.reporting.register import register_pdf as pdf_of
from lamplighter.reporting.words import day

HOME = "sharing:register"
A_PAGE = 50
WITHDRAWN = "It is withdrawn. Nobody on the other side can read it any more."
KEPT_TOO = "Your reason is saved beside the first one."


@shows("shared", "release", "police", "health", "advocacy")
@require(permissions.may_see_cases)
def register(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _register(request, key, "sharing/register.html", refused=True)


@shows("shared", "release", look="sharing.register_seen")
@require(permissions.may_see_cases)
def register_print(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _register(request, key, "sharing/register_print.html")


def _register(request: HttpRequest, key: uuid.UUID, template: str, *, refused: bool = False) -> HttpResponse:
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    context = frame(request, case, HOME, as_at) | {
        "lines": presenters.register(selectors.register(case, as_at), {case.pk: case}),
        "received": selectors.received(who(request), case, as_at),
        "refused": refusing.refused(case, as_at) if refused else [],
        "may": permissions.may_release(request.user) and as_at is None,
        "now": timezone.now(),
    }
    return render(request, template, context)


@shows("shared", "release", look="sharing.register_seen")
@require(permissions.may_see_cases)
def register_pdf(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    lines = presenters.register(selectors.register(case), {case.pk: case})
    audit.record(request.user, "sharing.register_printed", f"case {case.key}", case=case, lines=len(lines))
    return _paper(request, f"Case {case.reference}", lines, f"register-{case.reference}")


def _paper(request: HttpRequest, reference: str, lines: list[dict[str, Any]], name: str) -> HttpResponse:
    user = who(request)
    paper = DisclosureRegister(
        title="Register of disclosures",
        reference=reference,
        sentence=f"As {user.agency.name if user.agency else 'the hub'} may see it.",
        as_at=timezone.localtime(),
        lines=presenters.paper_lines(lines),
        handling="OFFICIAL-SENSITIVE",
    )
    response = HttpResponse(pdf_of(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


@shows("shared", "police", "health", "advocacy", look="sharing.choosing")
@require(permissions.may_release)
def choose(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    found = selectors.entries(case, permissions.origins(request.user))
    form = forms.ChooseForm(request.POST or None, entries=found)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["source"]
        source = "" if chosen == "words" else f"?entry={chosen}"
        return redirect(reverse("sharing:write", args=[case.key]) + source)
    context = frame(request, case, HOME) | {"form": form}
    return render(request, "sharing/choose.html", context, status=422 if form.errors else 200)


@shows("shared", "police", "health", "advocacy", "vault")
@require(permissions.may_release)
def write(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Written page by page, then checked as the recipient will see it, then sent: one address, one form.

    What the other pages were answered goes along with each of them. ``page`` says which was sent, and
    without it all of them were.
    """
    case = cases.open_case(key)
    source, offered = _source(request, case), _offered(request, case)
    taken_from = source or offered
    typed = drafts.Typed(request, "sharing.write", f"{case.key} {taken_from.key if taken_from else ''}")
    if typed.leaving:
        return typed.left()
    if typed.clearing:
        typed.discard()
        return redirect(request.get_full_path())
    form = _form(request, case, source, offered)
    typed.filled(form)
    if not form.is_bound:
        return _page(request, case, form, form.page(typed.place()), taken_from, typed)
    typed.keep()
    step, pages = request.POST.get("step", "check"), form.pages()
    at = form.page(request.POST["page"]) if "page" in request.POST else pages[-1]
    if step in {"back", "edit"}:
        before = pages[max(pages.index(at) - 1, 0)] if step == "back" else at
        form.show_errors_of(None)
        return _page(request, case, form, before, taken_from, typed)
    wrong = form.first_wrong(at)
    if wrong is None:
        draft = form.draft()
        try:
            last = at == pages[-1]
            if pages.index(at) >= pages.index(forms.READERS):
                services.check(who(request), case, draft, whole=last)
            if not last:
                form.show_errors_of(None)
                return _page(request, case, form, pages[pages.index(at) + 1], taken_from, typed)
            if step == "send":
                services.release(who(request), case, draft, source=source, offered=offered)
                typed.discard()
                messages.success(request, "It is released. The register shows it from now on.")
                return redirect(HOME, case.key)
        except NotPossibleError as refused:
            form.add_error(refused.field or None, str(refused))
            wrong = form.page_of(refused.field) if refused.field else at
        else:
            context = _checked(request, case, form, draft) | {"offered": offered}
            return render(request, "sharing/check.html", context)
    form.show_errors_of(wrong)
    return _page(request, case, form, wrong, taken_from, typed, status=422)


def _page(
    request: HttpRequest,
    case: Case,
    form: forms.ReleaseForm,
    page: forms.Page,
    source: Entry | Offered | None,
    typed: drafts.Typed,
    status: int = 200,
) -> HttpResponse:
    pages = form.pages()
    context = frame(request, case, HOME) | {
        "form": form,
        "page": page,
        "asked": form.asked(page),
        "hidden": form.of_others(page),
        "number": pages.index(page) + 1,
        "count": len(pages),
        "source": isinstance(source, Entry),
        "offered": source if isinstance(source, Offered) else None,
        "typed": typed,
    }
    return render(request, "sharing/write.html", context, status=status)


def _form(
    request: HttpRequest, case: Case, source: Entry | None, offered: Offered | None
) -> forms.ReleaseForm:
    on_case = [p.agency for p in cases.participations(case)]
    initial: dict[str, Any] = {}
    origins = permissions.origins(request.user)
    if source:
        initial = {"title": source.title, "text": source.body, "from_partition": source.partition}
        origins = [source.partition]
    elif offered:
        initial, origins = {"from_partition": offered.partition}, [offered.partition]
    own = who(request).agency_id or ""
    values: dict[str, Any] = {"origins": origins, "on_case": on_case, "own": own, "initial": initial}
    return forms.ReleaseForm(request.POST or None, **values)


def _source(request: HttpRequest, case: Case) -> Entry | None:
    try:
        key = uuid.UUID(request.GET.get("entry", ""))
    except ValueError:
        return None
    return selectors.entry(case, permissions.origins(request.user), key)


def _offered(request: HttpRequest, case: Case) -> Offered | None:
    """Return what goes with the words; "not found" for what this person may not release."""
    if "with" not in request.GET:
        return None
    try:
        key = uuid.UUID(request.GET["with"])
    except ValueError:
        raise Http404 from None
    if (found := hooks.offered(who(request), case, key)) is None:
        raise Http404
    return found


def _checked(
    request: HttpRequest, case: Case, form: forms.ReleaseForm, draft: policies.Draft
) -> dict[str, Any]:
    user = who(request)
    by = ", ".join(x for x in (user.display_name, user.agency.name if user.agency else "") if x)
    return frame(request, case, HOME) | {
        "form": form,
        "hidden": form.answers(),
        "parts": form.pages(),
        "to": presenters.to_whom(draft),
        "basis": RULES.title("basis", draft.basis),
        "training": training.told(user, "release"),
        "warnings": refusing.warnings(
            draft, [p.agency for p in cases.participations(case)], timezone.localdate()
        ),
        "shown": presenters.version(draft.title, draft.text, by, timezone.now(), day(draft.expires_on)),
    }


@shows("shared", "release")
@require(permissions.may_see_cases)
def released(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """The released version as it was written; for those who released it, also why."""
    case = cases.open_case(key)
    line = selectors.line(case, row)
    needs_reason = line.from_partition == "vault" and "vault" in permissions.origins(request.user)
    ask = forms.ReasonForm(request.POST if request.method == "POST" and needs_reason else None)
    reason = ask.cleaned_data["reason"] if ask.is_bound and ask.is_valid() else ""
    found = selectors.release_of(who(request), line, reason)
    page_access.at("sharing.seen", f"release {line.key}", case=case)
    if found or line.withdrawn_at:
        receiving.receive(who(request), line)
    grounds = selectors.grounds(line)
    context = frame(request, case, HOME) | {
        "line": presenters.register([line], {case.pk: case})[0],
        "to": presenters.to_whom(line),
        "shown": presenters.released(found) if found else None,
        "beside": hooks.beside(found) if found else [],
        "why": presenters.why(grounds, line) if grounds else [],
        "withdrawals": selectors.withdrawals(line),
        "form": ask,
        "ask": needs_reason and found is None,
        "withdraw": _may_withdraw(request, line) and policies.stands(line, timezone.now()),
        "row": line,
    }
    return render(request, "sharing/released.html", context, status=422 if ask.errors else 200)


def _may_withdraw(request: HttpRequest, line: Any) -> bool:
    mine = line.owner_id == who(request).agency_id
    return mine and line.from_partition in permissions.origins(request.user)


@shows("shared", "release")
@require(permissions.may_release)
def withdraw(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    case = cases.open_case(key)
    line = selectors.line(case, row)
    if not _may_withdraw(request, line):
        raise Http404
    form = forms.WithdrawForm(request.POST or None)

    def context() -> dict[str, Any]:
        now = selectors.line(case, row)
        shown = presenters.register([now], {case.pk: case})[0]
        return frame(request, case, HOME) | {"line": shown, "to": presenters.to_whom(now), "row": now}

    def both(theirs: Any, typed: dict[str, Any]) -> dict[str, Any]:
        rows = [("Why it is withdrawn", theirs.reason, typed["reason"])]
        return concurrent_edits.beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)

    return actions.page(
        request,
        "sharing/withdraw.html",
        form,
        lambda _: services.withdraw(who(request), case, line, **form.written()),
        context,
        done=lambda _: KEPT_TOO if form.cleaned_data["version"] else WITHDRAWN,
        to=("sharing:released", case.key, line.key),
        both=both,
    )


@shows("release")
@require(permissions.may_release)
def agency(request: HttpRequest) -> HttpResponse:
    """List what one's own agency released, of every case."""
    page = Paginator(selectors.of_agency(who(request)), A_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    page_access.at("sharing.agency_register_seen", "register")
    page_access.among("register", cases={row.case_id for row in rows})
    lines = presenters.register(rows, selectors.case_references(rows))
    return render(
        request, "sharing/agency.html", {"lines": lines, "page": page, "agency": who(request).agency}
    )


@shows("release", look="sharing.agency_register_seen")
@require(permissions.may_release)
def agency_pdf(request: HttpRequest) -> HttpResponse:
    user = who(request)
    rows = list(selectors.of_agency(user))
    lines = presenters.register(rows, selectors.case_references(rows))
    audit.record(user, "sharing.agency_register_printed", "register", lines=len(lines))
    page_access.among("register", cases={row.case_id for row in rows})
    return _paper(request, str(user.agency or ""), lines, "register")
