"""Pages of instruments on a case: begin, answer page by page, submit, read, compare, download."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.cases import selectors as cases
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.design import actions
from lamplighter.hub.instruments import (
    forms,
    incidents,
    library,
    permissions,
    policies,
    presenters,
    selectors,
    services,
)
from lamplighter.instruments import fhir

SIDES = ("shared", "police", "health", "advocacy")
LOOK = "instruments.seen"
HOME = "instruments:page"
SHEET = "instruments:sheet"


@shows(*SIDES, look=LOOK)
@require(permissions.may_see_cases)
@require_safe
def page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show what was submitted, drafts, and what can be begun."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    found = selectors.sheets(case, as_at)
    user = who(request)
    today = timezone.localdate()
    may = permissions.may_answer(user) and as_at is None
    context = frame(request, case, HOME, as_at) | {
        "drafts": [presenters.card(one) for one in found if one.is_draft and one.sheet.by_id == user.pk],
        "others": [presenters.card(one) for one in found if one.is_draft and one.sheet.by_id != user.pk],
        "submitted": [presenters.card(one) for one in found if one.is_submitted],
        "offered": presenters.offered(user, today, library.refusals(today)) if may else [],
        "may": may,
    }
    return render(request, "instruments/page.html", context)


@shows(*SIDES, look=LOOK)
@require(permissions.may_answer)
def begin(request: HttpRequest, key: uuid.UUID, code: str) -> HttpResponse:
    """Say what an instrument is, who may answer it and where its answers lie; and begin it."""
    case = cases.open_case(key)
    today = timezone.localdate()
    one = library.current(code, today)
    if one is None or one.use != "case":
        raise Http404
    offered = next(
        o for o in presenters.offered(who(request), today, library.refusals(today)) if o["one"] is one
    )
    return actions.page(
        request,
        "instruments/begin.html",
        forms.NothingForm(actions.posted(request)),
        lambda given: services.begin(who(request), case, code),
        lambda: frame(request, case, "instruments:begin") | offered,
        to=lambda made: (SHEET, case.key, made.key),
    )


@shows(*SIDES, look=LOOK)
@require(permissions.may_see_cases)
@require_safe
def sheet(request: HttpRequest, key: uuid.UUID, sheet: uuid.UUID) -> HttpResponse:
    """Show a draft to who answers it as a task list; to everybody else, and once submitted, the answers."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    found = selectors.one(case, sheet, as_at)
    user = who(request)
    is_own_draft = found.is_draft and found.sheet.by_id == user.pk and as_at is None
    if found.is_draft and not is_own_draft:
        # Half an assessment is nobody's judgement yet.
        raise Http404
    today = timezone.localdate()
    newest = library.current(found.sheet.instrument, today)
    others = [
        one for one in selectors.submitted(case, as_at) if one.sheet.instrument == found.sheet.instrument
    ]
    context = frame(request, case, SHEET, as_at) | {
        "card": presenters.card(found),
        "found": found,
        "one": found.one,
        "gone": presenters.GONE if found.one is None else "",
        "newer": newest if newest and newest.digest != found.sheet.digest else None,
        "others": [presenters.card(one) for one in others if one.sheet.pk != found.sheet.pk],
        "may": permissions.may_answer(user) and as_at is None,
    }
    if is_own_draft:
        context |= {
            "tasks": presenters.tasks(case, found),
            "waiting": presenters.waiting(found.one, found.path) if found.one else [],
            "no_longer": presenters.no_longer(found),
            "missing": presenters.missing(found),
        }
        return render(request, "instruments/draft.html", context)
    context |= {
        "answered": presenters.answered_pages(found, incidents.cited(case, found.rows.values())),
        "score": presenters.score(found),
        "topic": policies.topic_name(found.one) if found.one else "",
    }
    return render(request, "instruments/submitted.html", context)


@shows(*SIDES, look=LOOK)
@require(permissions.may_answer)
def questions(request: HttpRequest, key: uuid.UUID, sheet: uuid.UUID, section: str) -> HttpResponse:
    """Ask the questions of one page of one's own draft, and save what was answered."""
    case = cases.open_case(key)
    found = _own_draft(request, case, sheet)
    one, asked = found.one, found.path.page(section)
    if one is None or asked is None or not asked.items:
        raise Http404
    form = forms.PageForm(
        actions.posted(request),
        one=one,
        items=asked.items,
        given=found.answers,
        known=incidents.of_case(case, found.sheet.partition),
    )
    pages = [one.section.code for one in found.path.pages if one.items]
    return actions.page(
        request,
        "instruments/questions.html",
        form,
        lambda given: services.answer_page(who(request), case, sheet, section, form.answers()),
        lambda: (
            frame(request, case, "instruments:questions")
            | {
                "one": one,
                "section": asked.section,
                "sheet": found.sheet,
                "number": pages.index(section) + 1,
                "of": len(pages),
                "effect": presenters.effect,
            }
        ),
        done="Answers saved.",
        to=lambda after: _next(case, after, section),
    )


def _own_draft(request: HttpRequest, case: Any, sheet: uuid.UUID) -> selectors.Answered:
    """Return a draft of the person's own, or "not found", said the same for one that never was."""
    found = selectors.one(case, sheet)
    if not found.is_draft or found.sheet.by_id != who(request).pk:
        raise Http404
    return found


def _next(case: Any, after: selectors.Answered, section: str) -> tuple[Any, ...]:
    """Return the next page that has a question left; else the list of pages."""
    pages = [page for page in after.path.pages if page.items]
    codes = [page.section.code for page in pages]
    later = codes[codes.index(section) + 1 :] if section in codes else []
    if later:
        return ("instruments:questions", case.key, after.sheet.key, later[0])
    return (SHEET, case.key, after.sheet.key)


@shows(*SIDES, look=LOOK)
@require(permissions.may_answer)
def submit(request: HttpRequest, key: uuid.UUID, sheet: uuid.UUID) -> HttpResponse:
    """Show every answer once more, with what is missing, and submit."""
    case = cases.open_case(key)
    found = _own_draft(request, case, sheet)
    return actions.page(
        request,
        "instruments/submit.html",
        forms.NothingForm(actions.posted(request)),
        lambda given: services.submit(who(request), case, sheet),
        lambda: (
            frame(request, case, "instruments:submit")
            | {
                "one": found.one,
                "sheet": found.sheet,
                "answered": presenters.answered_pages(found, incidents.cited(case, found.rows.values())),
                "missing": presenters.missing(found),
                "waiting": presenters.waiting(found.one, found.path) if found.one else [],
                "no_longer": presenters.no_longer(found),
            }
        ),
        done="Submitted. It does not change any more.",
        to=(SHEET, case.key, sheet),
    )


@shows(*SIDES, look=LOOK)
@require(permissions.may_answer)
def set_aside(request: HttpRequest, key: uuid.UUID, sheet: uuid.UUID) -> HttpResponse:
    """Set one's own draft aside."""
    case = cases.open_case(key)
    found = _own_draft(request, case, sheet)
    return actions.page(
        request,
        "instruments/set_aside.html",
        forms.NothingForm(actions.posted(request)),
        lambda given: services.set_aside(who(request), case, sheet),
        lambda: frame(request, case, "instruments:set_aside") | {"card": presenters.card(found)},
        done="The draft was set aside.",
        to=(HOME, case.key),
    )


@shows(*SIDES, look=LOOK)
@require(permissions.may_answer)
def correct(request: HttpRequest, key: uuid.UUID, sheet: uuid.UUID) -> HttpResponse:
    """Begin another one in the place of what was submitted."""
    case = cases.open_case(key)
    found = selectors.one(case, sheet)
    if not found.is_submitted:
        raise Http404
    return actions.page(
        request,
        "instruments/correct.html",
        forms.NothingForm(actions.posted(request)),
        lambda given: services.correct(who(request), case, sheet),
        lambda: frame(request, case, "instruments:correct") | {"card": presenters.card(found)},
        to=lambda made: (SHEET, case.key, made.key),
    )


@shows(*SIDES, look=LOOK)
@require(permissions.may_see_cases)
@require_safe
def beside(request: HttpRequest, key: uuid.UUID, sheet: uuid.UUID, other: uuid.UUID) -> HttpResponse:
    """Show two that were submitted side by side, the earlier first."""
    case = cases.open_case(key)
    as_at = cases.moment_asked(request)
    both = [selectors.one(case, one, as_at) for one in (sheet, other)]
    if not all(one.is_submitted for one in both) or len({one.sheet.instrument for one in both}) > 1:
        raise Http404
    earlier, later = sorted(both, key=lambda one: one.sheet.pk)
    context = frame(request, case, "instruments:beside", as_at) | presenters.compared(earlier, later)
    context |= {"earlier": presenters.card(earlier), "later": presenters.card(later)}
    return render(request, "instruments/beside.html", context)


# Downloads -------------------------------------------------------------------------------------------------


@shows(*SIDES, look=LOOK)
@require(permissions.may_see_cases)
@require_safe
def response(request: HttpRequest, key: uuid.UUID, sheet: uuid.UUID) -> HttpResponse:
    """Give the submitted answers as QuestionnaireResponse of FHIR R4."""
    case = cases.open_case(key)
    found = selectors.one(case, sheet)
    if not found.is_submitted or found.one is None or found.end is None:
        raise Http404
    path = found.path
    cited = incidents.cited(case, found.rows.values())
    told = fhir.response(
        found.one,
        path,
        found.answers,
        identifier=str(found.sheet.key),
        authored=found.end.at,
        incidents=cited,
    )
    subject = f"sheet {sheet}"
    audit.record(who(request), "instruments.downloaded", subject, operation=Operation.DISCLOSURE, case=case)
    return _download(told, "response.json")


@shows(*SIDES, look=LOOK)
@require(permissions.may_see_cases)
@require_safe
def questionnaire(request: HttpRequest, key: uuid.UUID, sheet: uuid.UUID) -> HttpResponse:
    """Give the version that was answered as Questionnaire of FHIR R4; of an open instrument alone."""
    case = cases.open_case(key)
    found = selectors.one(case, sheet)
    if not found.is_submitted or found.one is None or found.one.licensed:
        raise Http404
    return _download(fhir.questionnaire(found.one, timezone.localdate()), "questionnaire.json")


def _download(told: dict[str, Any], name: str) -> HttpResponse:
    """Return a file; its name says nothing about anybody."""
    made = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
    made["Content-Type"] = "application/fhir+json; charset=utf-8"
    made["Content-Disposition"] = f'attachment; filename="{name}"'
    return made
