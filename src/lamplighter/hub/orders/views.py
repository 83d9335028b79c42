"""Pages of the orders of a case: the register, one order, recording, deciding, breaches, and zones."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lamplighter.hub.access import concurrent_edits
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.access.wall.partitions import CASE_PARTITIONS
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case
from lamplighter.hub.design import actions
from lamplighter.hub.orders import (
    breaches,
    decisions,
    forms,
    permissions,
    presenters,
    rules,
    selectors,
    services,
    zones,
)
from lamplighter.hub.orders.models import Decision, Order, Step, Term
from lamplighter.hub.orders.selectors import Standing
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.hub.victim_side.forms.contact import LookForm

SIDES = tuple(name for name in CASE_PARTITIONS if name not in {"vault", "warning"})
DANGER = "If somebody is in danger now, call 999 first."


def _may_write(request: HttpRequest, case: Case, as_at: Any) -> bool:
    user = who(request)
    return as_at is None and permissions.may_work_on_cases(user) and cases.writes_on(user, case)


def _terms(standings: list[Standing]) -> dict[uuid.UUID, Term]:
    return {term.key: term for one in standings for term in one.terms}


@shows(*SIDES)
@require(permissions.may_see_cases)
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show every order of the case, the decision on one, and every breach."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    user, on = who(request), presenters.today(as_at)
    standings = selectors.orders(case, as_at)
    tasks = selectors.clocks(case) if as_at is None else {}
    named = selectors.suspect_named(case, as_at)
    made = selectors.decisions(case, as_at)
    due = [c for rows in tasks.values() for c in rows if c.kind == selectors.DECIDE]
    context = frame(request, case, "orders:page", as_at) | {
        "decision": presenters.decision(selectors.standing(made), named, due),
        "court_ends": [presenters.at_court(row) for row in selectors.court_ends(case, as_at, made)],
        "orders": [presenters.order(one, on, tasks) for one in standings],
        "breaches": [presenters.breach(b, _terms(standings), tasks) for b in selectors.breaches(case, as_at)],
        "may": _may_write(request, case, as_at),
        "decides": as_at is None and permissions.may_decide_orders(user),
        "zones": as_at is None and permissions.may_open_vault(user) and permissions.vault_open(user, case),
    }
    return render(request, "orders/page.html", context)


@shows(*SIDES)
@require(permissions.may_see_cases)
def order(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Show one order: its terms, every version, and what happened with it."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    one = selectors.order(case, row, as_at)
    on = presenters.today(as_at)
    tasks = selectors.clocks(case) if as_at is None else {}
    terms = {version.pk: selectors.terms_of(version, as_at) for version in one.versions[:-1]}
    terms[one.order.pk] = list(one.terms)
    rule = rules.kind(one.order.kind, on)
    context = frame(request, case, "orders:order", as_at) | {
        "order": presenters.order(one, on, tasks),
        "versions": presenters.versions(one, terms),
        "not_signed": not selectors.available(rule, case, on),
        "may": _may_write(request, case, as_at) and one.order.partition in services.sides(who(request)),
    }
    return render(request, "orders/order.html", context)


@shows(*SIDES, "vault")
@require(permissions.may_work_on_cases)
def record(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record an order with its terms."""
    case, user = cases.open_case(key), who(request)
    on_case = [p.agency for p in cases.participations(case)]
    form = forms.OrderForm(request.POST or None, user=user, on_case=on_case, initial={"side": "shared"})
    return actions.page(
        request,
        "orders/record.html",
        form,
        lambda values: services.record(user, case, form.draft(), side=values["side"]),
        lambda: frame(request, case, "orders:record") | {"new": True, "back": ("orders:page", case.key)},
        done="Order saved. What follows from it is on the lists of those who do it.",
        to=lambda made: ("orders:order", case.key, made.thread),
    )


@shows(*SIDES, "vault")
@require(permissions.may_work_on_cases)
def change(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Write a new version. Where somebody was first, both are shown and nothing typed is lost."""
    case, user = cases.open_case(key), who(request)
    one = selectors.order(case, row)
    on_case = [p.agency for p in cases.participations(case)]
    applied = next((s.on for s in one.steps if s.what == Step.What.APPLIED), None)
    form = forms.OrderForm(
        request.POST or None,
        user=user,
        on_case=on_case,
        terms=len(one.terms),
        new=False,
        initial=forms.initial(one.order, one.terms, applied),
    )

    def do(values: dict[str, Any]) -> Order:
        return services.change(
            user, case, one, form.draft(), values["why"], side=values["side"], seen=values["version"]
        )

    def both(theirs: Order, values: dict[str, Any]) -> Any:
        rows = [
            ("Order", presenters.kind(theirs.kind), presenters.kind(values["kind"])),
            ("Holds", presenters.until(theirs), str(values["last_day"] or "")),
            ("Why", theirs.why, values["why"]),
        ]
        return concurrent_edits.beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)

    return actions.page(
        request,
        "orders/record.html",
        form,
        do,
        lambda: (
            frame(request, case, "orders:change") | {"new": False, "back": ("orders:order", case.key, row)}
        ),
        done="New version saved. The one before stays readable.",
        to=("orders:order", case.key, row),
        both=both,
    )


@shows(*SIDES, "vault")
@require(permissions.may_work_on_cases)
def step(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Record what happened with an order."""
    case, user = cases.open_case(key), who(request)
    one = selectors.order(case, row)
    notifies = "notify_days" in rules.kind(one.order.kind, presenters.today(None)).extra
    form = forms.StepForm(request.POST or None, steps=forms.steps(one.made is not None, notifies))
    return actions.page(
        request,
        "orders/form.html",
        form,
        lambda values: services.step(user, case, one, values.pop("what"), values.pop("on"), **values),
        lambda: (
            frame(request, case, "orders:step")
            | {
                "heading": "Record what happened with the order",
                "intro": [
                    f"{presenters.kind(one.order.kind)}. {presenters.line(one, presenters.today(None))}",
                    "That it was made, or its terms changed, is recorded on “Change the order”.",
                ],
                "button": "Save",
                "back": ("orders:order", case.key, row),
            }
        ),
        done="Saved.",
        to=("orders:order", case.key, row),
    )


@shows("shared", "vault")
@require(permissions.may_decide_orders)
def decide(request: HttpRequest, key: uuid.UUID, row: uuid.UUID | None = None) -> HttpResponse:
    """Record whether an order is applied for; of ``row``, an end of proceedings, whether it was."""
    case, user = cases.open_case(key), who(request)
    of = next((r for r in selectors.court_ends(case) if r.key == row), None)
    if row is not None and of is None:
        raise Http404
    before = None if row else selectors.decision(case)
    occasion = Decision.Occasion.COURT_END if row else Decision.Occasion.NAMED
    form = forms.DecideForm(
        request.POST or None,
        at_court=row is not None,
        initial={"version": str(before.key) if before else ""},
    )

    def do(values: dict[str, Any]) -> Decision:
        seen = values.pop("version")
        what, reason = values.pop("what"), values.pop("reason")
        return decisions.decide(user, case, occasion, what, reason, **values, of=of, seen=seen)

    def both(theirs: Decision, values: dict[str, Any]) -> Any:
        yours = Decision.What(values["what"]).label
        rows = [
            ("Decision", theirs.get_what_display(), yours),
            ("Reason", theirs.reason, values["reason"]),
        ]
        return concurrent_edits.beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)

    told = presenters.at_court(of) if of else None
    intro = (
        [f"{told['line']}. {told['hint']}"]
        if told
        else [
            "Each case in which the suspect is named has a recorded decision. An order needs no charge, and "
            "takes the place of none.",
            "The test: acts associated with stalking; a risk associated with stalking to somebody; and that "
            "an order is necessary to protect them.",
        ]
    )
    return actions.page(
        request,
        "orders/form.html",
        form,
        do,
        lambda: (
            frame(request, case, "orders:decide")
            | {
                "heading": "Decide on an order at the end of proceedings"
                if of
                else "Decide on a stalking protection order",
                "intro": intro,
                "button": "Save decision",
                "back": ("orders:page", case.key),
            }
        ),
        done="Decision saved.",
        # Who comes from the check of a closing goes on with it.
        to=("closing:page" if request.GET.get("then") == "closing" else "orders:page", case.key),
        both=both,
    )


@shows(*SIDES, "vault")
@require(permissions.may_work_on_cases)
def breach(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record a breach, from any agency."""
    case, user = cases.open_case(key), who(request)
    on = presenters.today(None)
    shown = [one for one in selectors.orders(case) if one.made and one.order.partition == "shared"]
    by_thread = {str(one.order.thread): one for one in shown}
    form = forms.BreachForm(
        request.POST or None,
        orders=[
            (thread, f"{presenters.kind(one.order.kind)}: {presenters.lower(presenters.line(one, on))}")
            for thread, one in by_thread.items()
        ],
        terms=[
            (str(t.key), f"{presenters.kind(one.order.kind)}: {t.words}") for one in shown for t in one.terms
        ],
    )

    def do(values: dict[str, Any]) -> Any:
        chosen = values["order"]
        one = by_thread.get(chosen)
        return breaches.record(
            user,
            case,
            one.order.kind if one else chosen.removeprefix("kind:"),
            values["happened_on"],
            values["words"],
            time=values["time"],
            thread=one.order.thread if one else None,
            terms=[uuid.UUID(term) for term in values.get("terms", ())],
        )

    return actions.page(
        request,
        "orders/form.html",
        form,
        do,
        lambda: (
            frame(request, case, "orders:breach")
            | {
                "heading": "Record a breach",
                "intro": [
                    DANGER,
                    "Everybody on the case learns of it at once: to assess the risk again, to arrest or say "
                    "why not, to look at it as stalking, and to speak with the victim.",
                ],
                "button": "Save and tell everybody on the case",
                "back": ("orders:page", case.key),
            }
        ),
        done="Breach saved. Everybody on the case has been told.",
        to=lambda made: ("orders:broken", case.key, made.key),
    )


@shows(*SIDES)
@require(permissions.may_see_cases)
def broken(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Show one breach: what was done about it, and who still has something to do by when."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    one = selectors.breach(case, row, as_at)
    tasks = selectors.clocks(case) if as_at is None else {}
    terms = {term.key: term for term in Term.objects.filter(case=case, key__in=one.breach.terms)}
    context = frame(request, case, "orders:broken", as_at) | {
        "breach": presenters.breach(one, terms, tasks),
        "may": _may_write(request, case, as_at),
    }
    return render(request, "orders/broken.html", context)


def _about(request: HttpRequest, case: Case, one: Any, heading: str) -> Any:
    told = presenters.breach(one, {}, {})
    return frame(request, case, "orders:broken") | {
        "heading": heading,
        "intro": [f"{told['title']}, {told['when']}. {told['words']}".strip(), told["breach"]],
        "button": "Save",
        "back": ("orders:broken", case.key, one.breach.key),
    }


@shows("shared", "vault")
@require(permissions.may_work_on_cases)
def answer(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Record an arrest for a breach, or why there is none."""
    case, user = cases.open_case(key), who(request)
    one = selectors.breach(case, row)
    return actions.page(
        request,
        "orders/form.html",
        forms.AnswerForm(request.POST or None),
        lambda values: breaches.answer(user, case, one, values["what"], values["words"]),
        lambda: _about(request, case, one, "Record what was done about the breach"),
        done="Saved.",
        to=("orders:broken", case.key, row),
    )


@shows("shared", "vault")
@require(permissions.may_work_on_cases)
def stalking(request: HttpRequest, key: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """Say whether a breach was a further stalking offence."""
    case, user = cases.open_case(key), who(request)
    one = selectors.breach(case, row)
    return actions.page(
        request,
        "orders/form.html",
        forms.CheckForm(request.POST or None),
        lambda values: breaches.look(user, case, one, values["found"], values["words"]),
        lambda: _about(request, case, one, "Look at the breach as stalking"),
        done="Saved.",
        to=("orders:broken", case.key, row),
    )


@shows("shared", "vault")
@require(permissions.may_open_vault)
def zones_page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show where the zones are, once, for a reason. Nothing of it is in an address."""
    case, user = cases.open_case(key), who(request)
    if not permissions.vault_open(user, case):
        raise Http404
    as_at = cases.moment_asked(request)
    context = frame(request, case, "orders:zones", as_at)
    writes = as_at is None and permissions.may_contact_victim(user)
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = zones.look(user, case, form.cleaned_data["reason"], as_at)
        except NotPossibleError as refused:
            form.add_error("reason", str(refused))
        else:
            context |= {"places": sorted(found.items()), "form": forms.ZoneForm(), "writes": writes}
            return render(request, "orders/zones.html", context)
    status = 422 if form.errors else 200
    return render(request, "orders/look.html", context | {"form": form, "writes": writes}, status=status)


@shows("shared", "vault")
@require(permissions.may_contact_victim)
def zone(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Write down in the vault where a zone is."""
    case, user = cases.open_case(key), who(request)
    return actions.page(
        request,
        "orders/form.html",
        forms.ZoneForm(request.POST or None),
        lambda values: zones.write(user, case, values["name"], values["place"], values["reach"]),
        lambda: (
            frame(request, case, "orders:zones")
            | {
                "heading": "Write down where a zone is",
                "intro": [
                    "It stays in the address vault: the victim’s advocate and the police on the case read "
                    "it, each time with a reason. Nobody who works with the suspect does."
                ],
                "button": "Save in the vault",
                "back": ("orders:page", case.key),
            }
        ),
        done="Saved in the vault.",
        to=("orders:page", case.key),
    )
