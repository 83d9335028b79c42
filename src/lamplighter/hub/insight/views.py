"""The pages of Insight: reviews that were run, one as it is made and as it reads, and what may leave."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.audit import services as audit
from lamplighter.hub.audit.models import Operation
from lamplighter.hub.design import actions
from lamplighter.hub.insight import folders, presenters, rules, selectors, services, serving
from lamplighter.hub.insight.forms import ReviewForm
from lamplighter.hub.insight.models import Release, Review, Run
from lamplighter.hub.site.refusals import NotPossibleError

A_PAGE = 25


@shows("insight", "published")
@require(permissions.may_see_insight)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List reviews, for those who may see small numbers; and releases, for all who come here."""
    rows: list[Any] = [presenters.publication_row(p) for p in selectors.publications()]
    context: dict[str, Any] = {"publications": rows}
    if permissions.may_see_reviews(request.user):
        page = Paginator(selectors.reviews(), A_PAGE).get_page(request.GET.get("page"))
        rows = [presenters.review_row(s) for s in selectors.standing(list(page))]
        context |= {"page": page, "rows": rows, "dropped": selectors.dropped(timezone.localdate())}
    return render(request, "insight/index.html", context)


@shows()
@require(permissions.may_run_reviews)
def start(request: HttpRequest) -> HttpResponse:
    first, last = selectors.last_year(timezone.localdate())
    given = {"scope": Review.Scope.REPORTS, "period_from": first, "period_to": last}
    cases = permissions.may_review_cases(request.user)
    form = ReviewForm(request.POST or None, initial=given, cases=cases)
    return actions.page(
        request,
        "insight/start.html",
        form,
        lambda told: services.ask_for_review(who(request), told["scope"], *form.period),
        to=lambda made: ("insight:review", made.key),
        field="period_to",
    )


@shows("insight")
@require(permissions.may_see_reviews)
@require_GET
def review(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One review: how far it is while it is made, and then what there is of it."""
    found = selectors.review(key)
    audit.consulted(request.user, "insight.review_seen", f"review {found.key}")
    (standing,) = selectors.standing([found])
    done = found.state == Run.State.DONE
    context = {
        "review": found,
        "standing": standing,
        "done": done,
        "report": done and selectors.has_report(found),
        "period": presenters.period(found.period_from, found.period_to),
        "answer": presenters.answer(standing),
        "steps": presenters.steps(found),
        "facts": presenters.review_facts(found),
        "counts": presenters.counts(found),
        "releases": [
            presenters.release_row(s) for s in selectors.standing(list(found.releases.order_by("-pk")))
        ],
        "may_run": permissions.may_run_reviews(request.user),
        "may_leave": found.scope != Review.Scope.CASES,
        "few": found.scope == Review.Scope.CASES,
    }
    return render(request, "insight/review.html", context)


def _run_again(request: HttpRequest, found: Review | Release, page: str) -> HttpResponse:
    try:
        services.ask_again(who(request), found)
    except NotPossibleError as refused:
        messages.warning(request, f"{refused}.")
    return redirect(page, found.key)


@shows("insight")
@require(permissions.may_run_reviews)
@require_POST
def again(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _run_again(request, selectors.review(key), "insight:review")


@shows("insight")
@require(permissions.may_see_reviews)
@require_GET
def report(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The finished report, with every true number."""
    found = selectors.review(key)
    page = _page(found)
    audit.consulted(request.user, "insight.report_read", f"review {found.key}")
    return HttpResponse(
        serving.in_the_hub(
            page,
            style=reverse("insight:style", args=[found.key]),
            back=reverse("insight:review", args=[found.key]),
            back_words="Back to the review in Insight",
        )
    )


@shows()
@require(permissions.may_see_reviews)
@require_GET
def style(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The style of that report, as the version wrote it that made the report."""
    return HttpResponse(
        serving.style_of(_page(selectors.review(key))), content_type="text/css; charset=utf-8"
    )


def _page(found: Review) -> str:
    if found.state != Run.State.DONE or not selectors.has_report(found):
        raise Http404
    return (folders.report(found) / "report.html").read_text("utf-8")


@shows("insight")
@require(permissions.may_see_reviews)
@require_GET
def download(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Page, spreadsheet, CSV and pictures in one archive. It holds small numbers, so taking it is audited."""
    found = selectors.review(key)
    _page(found)
    audit.record(
        request.user, "insight.report_downloaded", f"review {found.key}", operation=Operation.DISCLOSURE
    )
    return _archive(folders.zipped(folders.report(found)), f"review-{found.period_to}-internal.zip")


def _archive(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@shows("insight")
@require(permissions.may_run_reviews)
def prepare(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Say what a release is and under which rules; by POST, have one prepared."""
    found = selectors.review(key)
    profile = str(rules.in_force("profile", timezone.localdate())["name"])
    refusal = ""
    if request.method == "POST":
        try:
            made = services.ask_for_release(who(request), found, profile)
        except NotPossibleError as refused:
            refusal = str(refused)
        else:
            return redirect("insight:release", made.key)
    period = presenters.period(found.period_from, found.period_to)
    context = {"review": found, "period": period, "rules": presenters.rules_of(profile), "refusal": refusal}
    return render(request, "insight/prepare.html", context, status=422 if refusal else 200)


@shows("insight")
@require(permissions.may_see_reviews)
@require_GET
def release(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One attempt: how far it is, and whether it withstood or which tables did not."""
    found = selectors.release(key)
    audit.consulted(request.user, "insight.release_seen", f"release {found.key}")
    (standing,) = selectors.standing([found])
    context = {
        "release": found,
        "standing": standing,
        "done": found.state == Run.State.DONE,
        "answer": presenters.answer(standing),
        "steps": presenters.steps(found),
        "facts": presenters.release_facts(found),
        "lines": found.words.splitlines(),
        "publication": getattr(found, "publication", None),
        "may_run": permissions.may_run_reviews(request.user),
    }
    return render(request, "insight/release.html", context)


@shows("insight")
@require(permissions.may_run_reviews)
@require_POST
def release_again(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _run_again(request, selectors.release(key), "insight:release")


@shows("published")
@require(permissions.may_see_insight)
@require_GET
def published(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A released report to read: protected numbers only."""
    page = _published_page(services.opened(selectors.publication(key), who(request), "read"))
    return HttpResponse(
        serving.in_the_hub(
            page,
            style=reverse("insight:published_style", args=[key]),
            back=reverse("insight:index"),
            back_words="Back to Insight",
        )
    )


@shows()
@require(permissions.may_see_insight)
@require_GET
def published_style(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    page = _published_page(bytes(selectors.publication(key).archive))
    return HttpResponse(serving.style_of(page), content_type="text/css; charset=utf-8")


def _published_page(archive: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read("report.html").decode()


@shows("published")
@require(permissions.may_see_insight)
@require_GET
def published_archive(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = selectors.publication(key)
    return _archive(services.opened(found, who(request), "downloaded"), f"review-{found.edition}.zip")
