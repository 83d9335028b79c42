"""The list of cases, the search, and the referral that opens one."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.accounts.own_account import drafts
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import forms, permissions, policies, presenters, rules, selectors, services
from lamplighter.hub.cases.case_page.frame import names_shown
from lamplighter.hub.cases.models import Case, Party
from lamplighter.hub.cases.participants import ages, corrections
from lamplighter.hub.cases.referrals import from_pattern, open_cases
from lamplighter.hub.cases.referrals import selectors as listing
from lamplighter.hub.design.environment import plural
from lamplighter.hub.patterns import selectors as patterns
from lamplighter.hub.patterns.models import Course
from lamplighter.hub.site.refusals import NotPossibleError


@shows("shared", "police", "health", "advocacy", "warning")
@require(permissions.may_see_cases)
def case_list(request: HttpRequest) -> HttpResponse:
    view = request.GET.get("view", "next")
    view = view if view in listing.VIEWS else "next"
    asked = request.GET.get("page", "1")
    page = listing.page_of(view, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1)
    shown = names_shown(request)
    here = reverse("cases:list")
    context = {
        "views": [
            {"text": text, "href": f"{here}?view={key}", "current": key == view}
            for key, text in listing.VIEWS.items()
        ],
        "view": view,
        "rows": presenters.rows(page.rows, names=shown, agency=who(request).agency_id),
        "names_shown": shown,
        "form": forms.SearchForm(),
        "newer": f"{here}?view={view}&page={page.number - 1}" if page.number > 1 else "",
        "older": f"{here}?view={view}&page={page.number + 1}" if page.more else "",
        "may_refer": permissions.may_refer(request.user),
    }
    return render(request, "cases/list.html", context)


@shows("shared")
@require(permissions.may_see_cases)
def search(request: HttpRequest) -> HttpResponse:
    """Search for a case. The words searched for are in the body of the request and on the page only."""
    form = forms.SearchForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "asked": False}
    if form.is_valid():
        term = " ".join(form.cleaned_data["term"].split())
        found = listing.by_reference(term)
        pointed = ""
        if not listing.as_reference(term):
            found = listing.by_name(term, listing.MOST_FOUND + 1)
            pointed = listing.signpost(term)
        page_access.at(
            "cases.searched", "cases", found=len(found), **page_access.own_name(request.user, term)
        )
        listed = [listing.Listed(case, None) for case in found[: listing.MOST_FOUND]]
        rows = presenters.rows(listed, names=True)
        context |= {"asked": True, "rows": rows, "ask": pointed, "more": len(found) > len(listed)}
    return render(request, "cases/search.html", context, status=422 if form.errors else 200)


@shows("shared")
@require(permissions.may_refer)
def refer(request: HttpRequest) -> HttpResponse:
    return _refer(request, {}, {})


@shows("shared", "records")
@require(permissions.may_refer_pattern)
def refer_pattern(request: HttpRequest, course_id: str) -> HttpResponse:
    """The two people of a pattern, as its reports call them."""
    try:
        course = patterns.one(course_id)
    except Course.DoesNotExist:
        raise Http404 from None
    taken = from_pattern.referral_of(course)
    initial = {"crime_numbers": taken["crime_numbers"]}
    for side in ("victim", "suspect"):
        initial |= {
            f"{side}_name": taken[side]["name"],
            f"{side}_alias": taken[side]["also_known_as"],
            f"{side}_birth_date": taken[side]["birth_date"],
            f"{side}_age": _one_age(taken[side]["age_from"], taken[side]["age_to"]),
        }
    persons = {side: taken[side]["person_id"] for side in ("victim", "suspect")}
    earlier = list(Case.objects.filter(course_id=course_id))
    told = {side: {name: taken[side][name] for name in ages.COLUMNS} for side in ("victim", "suspect")}
    return _refer(request, initial, persons, course_id=course_id, earlier=earlier, told=told)


@shows("shared")
@require(permissions.may_refer)
def refer_reversed(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The same two people with their places changed: a case of its own."""
    before = selectors.open_case(key)
    other = {Party.Side.VICTIM: "suspect", Party.Side.SUSPECT: "victim"}
    initial: dict[str, Any] = {}
    persons: dict[str, Any] = {}
    told: dict[str, dict[str, Any]] = {}
    for party in selectors.parties(before):
        side = other[Party.Side(party.side)]
        initial |= {
            f"{side}_name": party.name,
            f"{side}_alias": party.also_known_as,
            f"{side}_birth_date": party.birth_date,
            f"{side}_age": _one_age(party.age_from, party.age_to),
        }
        told[side] = {name: getattr(party, name) for name in ages.COLUMNS}
        persons[side] = party
    return _refer(request, initial, persons, before=before, told=told)


def _one_age(least: int | None, most: int | None) -> int | None:
    """An age that the one box of the form can show; of a range, none."""
    return least if least == most else None


def _refer(
    request: HttpRequest,
    initial: dict[str, Any],
    persons: dict[str, Any],
    *,
    course_id: str = "",
    earlier: list[Case] | None = None,
    before: Case | None = None,
    told: dict[str, dict[str, Any]] | None = None,
) -> HttpResponse:
    typed = drafts.Typed(request, "cases.refer", before.key if before else course_id)
    if typed.leaving:
        return typed.left()
    if typed.clearing:
        typed.discard()
        return redirect(request.path)
    form = typed.filled(forms.ReferForm(request.POST or None, user=who(request), initial=initial))
    same: list[Case] = []
    if initial and not before:
        two = {
            side: {
                "person_id": persons.get(side, ""),
                "name": initial.get(f"{side}_name"),
                "birth_date": initial.get(f"{side}_birth_date"),
            }
            for side in ("victim", "suspect")
        }
        same = open_cases.open_cases(two["victim"], two["suspect"])
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        known = {side: who for side, who in persons.items() if isinstance(who, str)}
        try:
            case = services.refer(
                who(request),
                victim=form.person("victim", (told or {}).get("victim"))
                | {"person_id": known.get("victim", "")},
                suspect=form.person("suspect", (told or {}).get("suspect"))
                | {"person_id": known.get("suspect", "")},
                why=values["why"],
                risk_now=values["risk_now"],
                danger=values["danger"],
                crime_numbers=values["crime_numbers"],
                victim_knows=values["victim_knows"],
                agencies=list(Agency.objects.filter(code__in=values["agencies"])),
                course_id=course_id,
                again_why=values["again_why"],
            )
            for party in selectors.parties(case):
                if before and (person := persons.get(party.side)):
                    corrections.same_person(who(request), case, party, person, "mirrored")
        except policies.SameTwoPeopleError as refused:
            form.add_error("again_why", str(refused))
            same = list(refused.cases)
        except NotPossibleError as refused:
            form.add_error(None, str(refused))
        else:
            typed.discard()
            messages.success(request, f"Case {case.reference} is open. The hub decides next what it does.")
            return redirect("cases:case", case.key)
    if request.method == "POST":
        typed.keep()
    if course_id:
        page_access.record(f"pattern {course_id}")
    if initial or request.method == "POST":
        page_access.among("cases", cases=[*same, *(earlier or [])])
    today = timezone.localdate()
    triage = rules.on("clock", today)["case.triage"]
    hours = rules.danger_hours(triage)
    context = {
        "in_danger": plural(hours, "hour") if hours else "",
        "out_of_hours": rules.out_of_hours(today),
        "within": plural(*rules.period(triage)),
        "form": form,
        "course_id": course_id,
        "same": same,
        "asks_again": bool(same) or bool(form["again_why"].value()),
        "earlier": [c for c in earlier or [] if c not in same],
        "other_way": before,
        "typed": typed,
    }
    return render(request, "cases/refer.html", context, status=422 if form.errors else 200)
