"""Pages about the two people, the agencies that work on the case, and time spent."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import Agency, User
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit.access_log import page_access
from lamplighter.hub.cases import forms, permissions, presenters, selectors, services
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case, Participation, Party
from lamplighter.hub.cases.participants import ages, corrections
from lamplighter.hub.cases.participants import selectors as working
from lamplighter.hub.cases.participants import services as lead_workers
from lamplighter.hub.cases.participants import services as participants
from lamplighter.hub.cases.referrals import selectors as listing
from lamplighter.hub.design import actions
from lamplighter.hub.site.refusals import ConflictError

PERSON = (("name", "Name"), ("also_known_as", "Other names"), ("birth_date", "Date of birth"))
# An age that was said belongs to the day on which it was said.
AGE = ("age_from", "age_to", "age_on")


@shows("shared")
@require(permissions.may_see_cases)
def people(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    found = selectors.parties(case, as_at)
    context = frame(request, case, "cases:people", as_at) | {
        "people": [presenters.person(p) | {"before": _differing(p)} for p in found],
        "elsewhere": presenters.elsewhere(case, found, as_at),
        "may": permissions.may_work_on_cases(request.user) and not as_at,
    }
    return render(request, "cases/people.html", context)


def _differing(party: Party) -> list[dict[str, object]]:
    """Earlier versions that said something else on the page than the one after them."""
    found, later = [], party
    for version in selectors.versions(party):
        if version.at < party.at and _says_other(version, later):
            until = version.replaced_at
            found.append(presenters.person(version) | {"until": until, "why": later.reason})
        later = version
    return found


def _says_other(version: Party, later: Party) -> bool:
    return any(getattr(version, n) != getattr(later, n) for n in [*(name for name, _ in PERSON), *AGE])


@shows("shared")
@require(permissions.may_work_on_cases)
def person(request: HttpRequest, key: uuid.UUID, party_key: uuid.UUID) -> HttpResponse:
    """Put right what the case calls a person. Who is second sees both versions and loses nothing."""
    case = selectors.open_case(key)
    standing = selectors.newest_version(selectors.party(case, party_key))
    initial = {name: getattr(standing, name) for name, _ in PERSON} | {
        "age": standing.age_from if standing.age_from == standing.age_to else None,
        "version": standing.key,
    }

    def told(values: dict[str, Any]) -> tuple[Party, str, dict[str, Any]]:
        seen = selectors.party(case, values.pop("version"))
        reason = values.pop("reason")
        return seen, reason, values | ages.stated(values.pop("age"), seen, timezone.localdate())

    def do(values: dict[str, Any]) -> None:
        seen, reason, rest = told(values)
        corrections.correct(who(request), case, seen, reason, **rest)

    def both(newest: Party, typed: dict[str, Any]) -> dict[str, Any]:
        fields = (*PERSON, ("age_from", "Age"), ("age_on", "Age was said on"))
        rows = presenters.both(fields, newest, told(typed)[-1])
        by = (newest.by.display_name if newest.by else "", newest.owner.name)
        return {"both": rows, "who": ", ".join(x for x in by if x), "when": newest.at}

    return actions.page(
        request,
        "cases/person.html",
        forms.PersonForm(request.POST or None, initial=initial),
        do,
        lambda: frame(request, case, "cases:person") | {"side": standing.get_side_display()},
        done="Record corrected. What it said before can still be read.",
        to=("cases:people", case.key),
        both=both,
    )


@shows("shared")
@require(permissions.may_work_on_cases)
def same(request: HttpRequest, key: uuid.UUID, party_key: uuid.UUID) -> HttpResponse:
    """People of other cases that one may open and who may be this one."""
    case = selectors.open_case(key)
    mine = selectors.newest_version(selectors.party(case, party_key))
    near = [c for c in listing.by_name(mine.name) if c != case] if mine.name != "Not known" else []
    likely = [
        (c, p)
        for c in near
        for p in selectors.parties(c)
        if listing.alike(p.name, mine.name) and not selectors.are_one(p, mine)
    ]
    page_access.among("cases", cases=[c for c, _ in likely])
    people = {str(p.key): p for _, p in likely}
    return actions.page(
        request,
        "cases/same.html",
        forms.SameForm(request.POST or None, likely=likely),
        lambda v: corrections.same_person(who(request), case, mine, people[v["other"]], v["how"]),
        lambda: frame(request, case, "cases:same") | {"mine": mine, "likely": likely},
        done="They are one person from now on, in both cases.",
        to=("cases:people", case.key),
    )


@shows("shared")
@require(permissions.may_see_cases)
def agencies(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    on_it = selectors.participations(case, as_at)
    may = permissions.may_work_on_cases(request.user) and not as_at
    codes = {p.agency_id for p in on_it}
    others = Agency.objects.exclude(code__in=codes).order_by("name")
    form = forms.AgencyForm(
        (request.POST or None) if may else None,
        choices=[(a.code, a.name) for a in others],
        hands_over=who(request).agency_id in codes,
    )

    def do(values: dict[str, Any]) -> HttpResponse:
        chosen = Agency.objects.get(pk=values["agency"])
        hands_over = values["how"] == "hand_over"
        change = services.hand_over if hands_over else services.add_agency
        change(who(request), case, chosen, values["reason"])
        words = "has taken the case over" if hands_over else "works on the case from now on"
        messages.success(request, f"{chosen.name} {words}.")
        return redirect("cases:list") if hands_over else redirect("cases:agencies", case.key)

    return actions.page(
        request,
        "cases/agencies.html",
        form,
        do,
        lambda: (
            frame(request, case, "cases:agencies", as_at)
            | {
                "may": may,
                "on_it": [(p, may and _may_end(who(request), p)) for p in on_it],
                "ended": selectors.ended_participations(case, as_at),
            }
        ),
    )


@shows("shared")
@require(permissions.may_work_on_cases)
def lead(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Name the lead worker of one's own agency on the case from now on."""
    user, case = who(request), selectors.open_case(key)
    standing = selectors.leads_of([case.pk], user.agency_id).get(case.pk)
    could = working.on_the_case(case, "shared", user.agency_id or "").filter(agency=user.agency_id)
    initial = {
        "version": standing.key if standing else "",
        "worker": standing.worker.key if standing and standing.worker else None,
    }

    def do(values: dict[str, Any]) -> User | None:
        try:
            lead_workers.assign(user, case, values["worker"], list(could), seen=values["version"])
        except ConflictError as changed:
            named = presenters.lead_name(changed.newest) or "nobody"
            told = f"Somebody changed it while you were choosing: it is {named} now."
            raise ConflictError(told, newest=changed.newest) from changed
        return values["worker"]  # type: ignore[no-any-return]  # of the form

    return actions.page(
        request,
        "cases/lead.html",
        forms.LeadForm(request.POST or None, people=could, initial=initial),
        do,
        lambda: frame(request, case, "cases:lead") | {"agency": user.agency},
        done=lambda worker: f"Lead worker: {worker.display_name if worker else 'nobody for now'}.",
        to=("cases:case", case.key),
        field="worker",
    )


def _may_end(user: User, participation: Participation) -> bool:
    """Whoever is of the agency, and those who decide on cases."""
    return user.agency_id == participation.agency_id or permissions.may_decide_cases(user)


@shows("shared")
@require(permissions.may_work_on_cases)
def end_agency(request: HttpRequest, key: uuid.UUID, code: str) -> HttpResponse:
    case = selectors.open_case(key)
    found = next((p for p in selectors.participations(case) if p.agency_id == code), None)
    if found is None or not _may_end(who(request), found):
        raise Http404
    return actions.page(
        request,
        "cases/end_agency.html",
        forms.ReasonForm(request.POST or None),
        lambda v: services.end_participation(who(request), case, found.agency, v["reason"]),
        lambda: frame(request, case, "cases:end_agency") | {"agency": found.agency},
        done=f"{found.agency.name} no longer works on the case.",
        to=lambda _: (_still_open(case),),
    )


def _still_open(case: Case) -> str:
    """The case if it can still be opened; one's own agency may just have left it."""
    there = Case.objects.filter(pk=case.pk).exists()
    return reverse("cases:agencies", args=[case.key]) if there else reverse("cases:list")


@shows("shared", "police", "health", "advocacy", "warning", look="cases.minutes_seen")
@require(permissions.may_see_cases)
def work(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    may = permissions.may_work_on_cases(request.user) and not as_at
    form = forms.WorkForm((request.POST or None) if may else None, initial={"on": timezone.localdate()})
    return actions.page(
        request,
        "cases/work.html",
        form,
        lambda v: participants.add_minutes(who(request), case, v["minutes"], v["activity"], v["on"]),
        lambda: (
            frame(request, case, "cases:work", as_at)
            | {
                "may": may,
                "partition": participants.partition_of(who(request)),
                "totals": presenters.minutes(case, as_at),
                "rows": presenters.work(selectors.work(case, as_at)),
            }
        ),
        done="Time saved.",
        to=("cases:work", case.key),
    )
