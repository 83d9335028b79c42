"""Triage, change of status, closing, follow-up and legal status."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lamplighter.hub.access import concurrent_edits
from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.models import Agency
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases import forms, permissions, policies, presenters, rules, selectors, services
from lamplighter.hub.cases.case_page import pattern_summary
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.models import Case, FollowUp, LegalStatus, MappaStatus, Party, Status
from lamplighter.hub.cases.participants import acting_together, ages
from lamplighter.hub.cases.participants import selectors as people
from lamplighter.hub.cases.referrals import open_cases
from lamplighter.hub.cases.status import changes, criminal_matters, hooks, mappa, open_tasks
from lamplighter.hub.cases.status.hooks import MissingError
from lamplighter.hub.design import actions
from lamplighter.hub.design.environment import long_date
from lamplighter.hub.site.refusals import NotPossibleError


def _keep(
    request: HttpRequest, case: Case, form: Any, act: Callable[[dict[str, Any]], Any], said: str
) -> HttpResponse | dict[str, Any]:
    """Do it and go to the case; or the form again, with what somebody else wrote beside what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except NotPossibleError as refused:
            shown = dict(actions.refused(form, refused, both=lambda n, _: {"theirs": n} | _beside(form, n)))
            if isinstance(refused, MissingError):
                hooks.refused(who(request), case, str(form.data.get("dropped_as", "")))
                shown["refused"] = refused
            return shown
        else:
            messages.success(request, said)
            return redirect("cases:case", case.key)
    return {}


def _beside(form: Any, theirs: Any) -> dict[str, Any]:
    """What stands now beside what was typed, where somebody else was first."""
    if isinstance(theirs, Status):
        rows = [("Status", theirs.get_name_display(), _chosen(form, "decision", "to") or "Closed")]
        rows.append(("Reason", theirs.reason, form.cleaned_data.get("reason", "")))
    elif isinstance(theirs, FollowUp):
        rows = [("Follow-up", f"{theirs.months} months after closing", _chosen(form, "months"))]
        rows.append(("Found", theirs.get_found_display(), _chosen(form, "found")))
        rows.append(("How it is known", theirs.words, form.cleaned_data.get("words", "")))
    elif isinstance(theirs, MappaStatus):
        rows = [("Status", mappa.in_words(theirs), _chosen(form, "state"))]
        rows.append(("Since", long_date(theirs.since), long_date(form.cleaned_data["since"])))
        rows.append(("How it is known", theirs.source, form.cleaned_data["source"]))
    else:
        rows = [("Status", theirs.get_name_display(), _chosen(form, "name"))]
        rows.append(("Since", long_date(theirs.since), long_date(form.cleaned_data["since"])))
        rows.append(("How it is known", theirs.source, form.cleaned_data["source"]))
    return concurrent_edits.beside(rows, by=theirs.by, owner=theirs.owner, at=theirs.at)


def _page(request: HttpRequest, case: Case, name: str, form: Any, kept: Any, **more: Any) -> HttpResponse:
    if isinstance(kept, HttpResponse):
        return kept
    context = frame(request, case, f"cases:{name}") | {"form": form} | kept | more
    return render(request, f"cases/{name}.html", context, status=422 if form.errors else 200)


def _chosen(form: Any, *names: str) -> str:
    """The words of the choice that was made in the first of these fields that the form has."""
    for name in names:
        if name in form.fields:
            return str(dict(form.fields[name].choices).get(form.cleaned_data.get(name), ""))
    return ""


@shows("shared", "records")
@require(permissions.may_decide_cases)
def triage(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    now = services.current(case)
    young = ages.of_case(case)
    form = forms.TriageForm(
        request.POST or None,
        suspect_is_child=young[Party.Side.SUSPECT] == ages.Known.YES,
        initial={"version": now.key},
    )
    same = open_cases.of_case(case) if now.name in policies.UNDECIDED else []
    kept = _keep(
        request,
        case,
        form,
        lambda v: changes.triage(
            who(request),
            case,
            v["decision"],
            v["threshold"],
            v["reason"],
            redirected_to=v["redirected_to"],
            again_why=v["again_why"],
            seen=v["version"],
        ),
        "Decision saved. What has to be done next is on the list of work.",
    )
    return _page(
        request,
        case,
        "triage",
        form,
        kept,
        now=now,
        referral=selectors.referral(case),
        pattern=pattern_summary.pattern(who(request), case),
        danger=selectors.in_danger(case),
        checks=selectors.safeguarding_checks(case),
        out_of_hours=rules.out_of_hours(timezone.localdate()),
        same=same,
        again=open_cases.reasons(case),
        proposed=presenters.waits_for(case),
        young=presenters.ages_at_triage(young),
        elsewhere=presenters.elsewhere(case, selectors.parties(case), None),
    )


@shows("shared")
@require(permissions.may_work_on_cases)
def safeguarding(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Record what the police did: by anybody who works on the case, an officer or one who was told by one."""
    case = selectors.open_case(key)
    form = forms.SafeguardingForm(request.POST or None)
    kept = _keep(
        request,
        case,
        form,
        lambda v: changes.record_safeguarding(who(request), case, v["done_by"], form.done_at(), v["what"]),
        "Safeguarding check saved.",
    )
    said = rules.out_of_hours(timezone.localdate())
    return _page(request, case, "safeguarding", form, kept, out_of_hours=said)


@shows("shared")
@require(permissions.may_decide_cases)
def move(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    now = services.current(case)
    read = selectors.status(case, request.POST.get("version", "")) or now
    form = forms.MoveForm(request.POST or None, now=read.name, initial={"version": now.key})
    kept = _keep(
        request,
        case,
        form,
        lambda v: services.move(who(request), case, v["to"], v["reason"], seen=v["version"]),
        "The status is changed.",
    )
    if isinstance(kept, dict) and (newest := kept.get("theirs")):
        form.offer(newest.name)
    return _page(request, case, "move", form, kept, now=now)


@shows("shared", "police", "warning")
@require(permissions.may_decide_cases)
def close(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    now = services.current(case)
    working = [p.agency for p in selectors.participations(case)]
    others = [a for a in working if a.pk != who(request).agency_id]
    tasks = open_tasks.of(case)
    form = forms.CloseForm(
        request.POST or None,
        others=others,
        tasks=tasks.asked,
        could={clock.key: list(people.who_could(clock).select_related("agency")) for clock in tasks.asked},
        initial={"version": now.key},
    )

    def act(values: dict[str, Any]) -> Any:
        coming = {name for kind in policies.TO_COME for name in (kind, f"{kind}_on")}
        of_tasks = {
            open_tasks.field(clock, name) for clock in tasks.asked for name in ("fate", "words", "to")
        }
        given = {k: v for k, v in values.items() if k not in {"version", *coming, *of_tasks}}
        return changes.close(
            who(request),
            case,
            seen=values["version"],
            to_come=form.to_come(),
            tasks=form.decided(),
            **given,
        )

    months = rules.follow_up_months(timezone.localdate())
    kept = _keep(request, case, form, act, f"The case is closed. It is followed up at {months}.")
    open_ones = [o for o in presenters.other_suspects(acting_together.of_case(case)) if o["open"]]
    return _page(
        request,
        case,
        "close",
        form,
        kept,
        now=now,
        tasks=presenters.open_tasks(tasks),
        together=open_ones,
        followed_up=months,
    )


@shows("shared")
@require(permissions.may_decide_cases)
def follow_up(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    case = selectors.open_case(key)
    earlier = selectors.follow_ups(case)
    form = forms.FollowUpForm(request.POST or None, done={row.months for row in earlier})
    kept = _keep(
        request,
        case,
        form,
        lambda v: changes.follow_up(
            who(request), case, int(v["months"]), v["found"], v["words"], seen=v["version"]
        ),
        "Follow-up saved.",
    )
    return _page(request, case, "follow_up", form, kept, earlier=earlier)


@shows("shared")
@require(permissions.may_see_cases)
def legal(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Everybody on the case reads where the criminal matter stands; those who know it write it."""
    case = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    earlier = selectors.legal_history(case, as_at)
    may = permissions.may_set_legal_status(request.user) and not as_at
    corrected = selectors.legal_corrected(case, as_at)
    # One that somebody has put right meanwhile can still be named: the answer is both, side by side.
    asked = [row for row in corrected if str(row.key) == request.POST.get("replaces")]
    latest = selectors.latest_legal(case)
    form = forms.LegalForm(
        (request.POST or None) if may else None,
        earlier=[*earlier, *asked],
        initial={"version": latest.key if latest else None},
    )

    def act(values: dict[str, Any]) -> LegalStatus:
        replaced = next((row for row in (*earlier, *asked) if str(row.key) == values["replaces"]), None)
        return changes.set_legal_status(
            who(request),
            case,
            values["name"],
            values["since"],
            values["source"],
            matter=values["of_matter"],
            offence=values["offence"],
            reference=values["reference"],
            ends=values["ends"],
            replaces=replaced,
            seen=values["version"] or "",
        )

    kept = _keep(request, case, form, act, "Legal status saved.") if may else {}
    if isinstance(kept, HttpResponse):
        return kept
    if kept:
        form.offer(selectors.legal_history(case))
    context = frame(request, case, "cases:legal", as_at) | {
        "form": form,
        "may": may,
        "earlier": earlier,
        "standing": [presenters.legal_words(row) for row in criminal_matters.standing(earlier)],
        "ended": {row.pk for row in earlier if row.ends},
        "corrected": corrected,
        "redact": {
            row.pk: presenters.redact_href(row, case, who(request), "shared")
            for row in (*earlier, *corrected)
            if row.source or row.offence or row.reference
        },
        **kept,
    }
    return render(request, "cases/legal.html", context, status=422 if form.errors else 200)


@shows("shared")
@require(permissions.may_see_cases)
def mappa_page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Everybody on the case reads whether the suspect is managed under MAPPA; those who know it write it."""
    case = selectors.open_case(key)
    as_at = selectors.moment_asked(request)
    rows = mappa.history(case, as_at)
    may = permissions.may_set_legal_status(request.user) and not as_at
    agencies = {str(a.pk): a for a in Agency.objects.order_by("name")}
    last = max(rows, key=lambda row: row.pk, default=None)
    form = forms.MappaForm(
        (request.POST or None) if may else None,
        agencies=[(code, a.name) for code, a in agencies.items()],
        initial={"version": last.key if last else None},
    )

    def act(values: dict[str, Any]) -> MappaStatus:
        return mappa.record(
            who(request),
            case,
            values["state"],
            values["since"],
            values["source"],
            category=values["category"],
            level=int(values["level"]) if values["level"] else None,
            lead_agency=agencies.get(values["lead_agency"]),
            reference=values["reference"],
            seen=values["version"] or "",
        )

    kept = _keep(request, case, form, act, "MAPPA saved.") if may else {}
    if isinstance(kept, HttpResponse):
        return kept
    context = frame(request, case, "cases:mappa", as_at) | {
        "form": form,
        "may": may,
        "rows": [(row, mappa.in_words(row)) for row in rows],
        "redact": {row.pk: presenters.redact_href(row, case, who(request), "shared") for row in rows},
        **kept,
    }
    return render(request, "cases/mappa.html", context, status=422 if form.errors else 200)
