"""Pages of sources: the list, one source, and the journey on which one is added or changed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts import permissions
from lamplighter.hub.accounts import services as accounts
from lamplighter.hub.design import actions
from lamplighter.hub.design.environment import long_date, plural
from lamplighter.hub.intake.confidentiality import selectors as readers_of
from lamplighter.hub.intake.models import Delivery
from lamplighter.hub.intake.sources import presenters, samples, selectors, services, versions
from lamplighter.hub.intake.sources import readers as source_readers_of
from lamplighter.hub.intake.sources.forms import (
    NEW,
    AgencyForm,
    CodesForm,
    ColumnsForm,
    QuestionsForm,
    SampleForm,
    SaveForm,
    UnknownWordsForm,
)
from lamplighter.hub.site.refusals import NotPossibleError
from lamplighter.records import ingest
from lamplighter.records.errors import RecordsError
from lamplighter.records.mapping.mappings import parse_mapping
from lamplighter.records.propose import (
    Choices,
    Proposal,
    Source,
    compose,
    mapping_toml,
    problems,
    read_tables,
)
from lamplighter.records.propose.choices import code_tables, open_questions
from lamplighter.records.propose.columns.meanings import meanings
from lamplighter.records.propose.revise import Word

STEPS = ("agency", "sample", "columns", "questions", "codes", "preview", "readers", "save")
# What is shown of a sample is matched with nothing, so its tokens need no key of this installation.
NO_KEY = b"a sample"


@shows("deliveries")
@permissions.require(permissions.may_see_sources)
@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    may = permissions.may_manage_sources(request.user)
    context = {
        "sources": selectors.sources(),
        "broken": versions.broken(),
        "unfinished": samples.unfinished(request.user) if may else [],
    }
    return render(request, "intake/sources/list.html", context)


@shows("deliveries")
@permissions.require(permissions.may_see_sources)
@require_safe
def source(request: HttpRequest, source: str) -> HttpResponse:
    found = _source(source)
    context = {
        "source": found,
        "deliveries": selectors.deliveries_of(source),
        "columns": _columns_said(found),
        "versions": [(v, selectors.note_of(v)) for v in reversed(found.every)],
        "may_change": permissions.may_manage_sources(request.user),
        "readers": selectors.readers_in_force(found),
    }
    return render(request, "intake/sources/source.html", context)


def _source(name: str) -> selectors.SourceRow:
    found = selectors.source(name)
    if found is None:
        raise Http404
    return found


def _columns_said(found: selectors.SourceRow) -> list[tuple[str, list[tuple[str, str]]]]:
    """What each column means by the version in force, file by file."""
    if found.version is None or found.mapping is None:
        return []
    told = []
    for file, columns in found.version.body().get("columns", {}).items():
        rows = []
        for column, said in columns.items():
            whose, _, meaning = said.rpartition(": ")
            if meaning in meanings():
                rows.append((column, presenters.said(meaning, whose)))
        told.append((file, rows))
    return told


# The journey ------------------------------------------------------------------------


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_http_methods(["GET", "POST"])
def source_new(request: HttpRequest) -> HttpResponse:
    """Ask whose system it is, and its name."""
    form = AgencyForm(actions.posted(request))
    if request.method == "POST" and form.is_valid():
        draft = services.begin(who(request), form.said())
        return _to("sample", draft)
    return _page(request, "agency", None, form=form, back=reverse("intake:sources"))


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_http_methods(["GET", "POST"])
def source_agency(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """The same again, for whoever goes back."""
    found = _draft(request, draft)
    said = found.data["agency"]
    initial = {"agency": said.get("code", NEW), "title": found.data["title"], **said}
    form = AgencyForm(actions.posted(request), initial=initial, changing=bool(found.data.get("base")))
    if request.method == "POST" and form.is_valid():
        found.data |= form.said() if not found.data.get("base") else {}
        found.save()
        return _to("sample", found)
    return _page(request, "agency", found, form=form, back=reverse("intake:sources"))


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_POST
def source_change(request: HttpRequest, source: str) -> HttpResponse:
    """Begin a later version of a source's mapping."""
    found = _source(source)
    if found.mapping is None:
        raise Http404
    try:
        agency = accounts.ensure_agency(found.mapping.agency)
    except accounts.UnknownAgencyError as problem:
        messages.warning(request, str(problem))
        return HttpResponseRedirect(reverse("intake:source", args=[source]))
    data = {
        "agency": {"code": agency.code},
        "title": found.title,
        "name": found.name,
        "base": found.version.reference if found.version else found.name,
    }
    return _to("sample", services.begin(who(request), data))


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_http_methods(["GET", "POST"])
def source_sample(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """A sample of the export."""
    found = _draft(request, draft)
    form = SampleForm(actions.posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.take_sample(who(request), found, form.cleaned_data["files"])
        try:
            with found.opened() as paths:
                read_tables(paths)
        except RecordsError as error:
            form.add_error("files", str(error))
            found.take([])
        else:
            return _to("columns", found)
    back = reverse("intake:source_agency", args=[found.key])
    if found.data.get("base"):
        back = reverse("intake:source", args=[found.data["name"]])
    return _page(request, "sample", found, form=form, back=back)


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_http_methods(["GET", "POST"])
def source_columns(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Ask for the meaning of each column."""

    def page(found: samples.Draft, proposal: Proposal, choices: Choices) -> HttpResponse:
        form = ColumnsForm(actions.posted(request), proposal=proposal, choices=choices)
        if request.method == "POST" and form.is_valid():
            return _next("columns", found, proposal, form.choices())
        context: dict[str, Any] = {
            "groups": form.groups,
            "sections": presenters.column_sections(proposal, choices, form),
            "written": [presenters.how_written(t) for t in proposal.tables],
            "total": len(proposal.columns),
        }
        return _page(request, "columns", found, steps=_steps(proposal, choices, found), form=form, **context)

    return _with_sample(request, draft, page)


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_http_methods(["GET", "POST"])
def source_questions(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Ask the questions that only a person can answer."""

    def page(found: samples.Draft, proposal: Proposal, choices: Choices) -> HttpResponse:
        questions = open_questions(proposal, choices)
        form = QuestionsForm(
            actions.posted(request), questions=questions, nulls=proposal.nulls, choices=choices
        )
        if request.method == "POST" and form.is_valid():
            choices.answers |= form.answers()
            _play_parts(choices, form.answers(), proposal)
            if proposal.nulls:
                choices.nulls = tuple(form.cleaned_data["nulls"])
            return _next("questions", found, proposal, choices)
        return _page(request, "questions", found, steps=_steps(proposal, choices, found), form=form)

    return _with_sample(request, draft, page)


def _play_parts(choices: Choices, answers: dict[str, str], proposal: Proposal) -> None:
    """Who a "client" is: their columns are of whom the answer says."""
    for column in proposal.seen:
        role = answers.get(f"whose:{column.said.said_so}")
        key = (column.table.name, column.name)
        meaning, whose = choices.columns[key]
        if role and whose and column.said.by_kind:
            number = whose.rpartition("_")[2]
            choices.columns[key] = (meaning, f"{role}_{number}" if number.isdecimal() else role)


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_http_methods(["GET", "POST"])
def source_codes(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Ask for the meaning of each word of a coded column."""

    def page(found: samples.Draft, proposal: Proposal, choices: Choices) -> HttpResponse:
        tables = code_tables(proposal, choices)
        form = CodesForm(actions.posted(request), tables=tables, kind=selectors.kind_of(found))
        if request.method == "POST" and form.is_valid():
            choices.codes |= form.codes()
            return _next("codes", found, proposal, choices)
        return _page(request, "codes", found, steps=_steps(proposal, choices, found), form=form)

    return _with_sample(request, draft, page)


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_safe
def source_preview(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Twenty reports as they would arrive, and everything that would not."""

    def page(found: samples.Draft, proposal: Proposal, choices: Choices) -> HttpResponse:
        if unfinished := _unfinished(proposal, choices):
            return _to(unfinished, found)
        agency = found.data["agency"].get("code", "new")
        source = Source(found.data["name"], found.data["title"], agency, selectors.kind_of(found))
        mapping = parse_mapping(mapping_toml(compose(proposal, choices, source)), "the mapping")
        now = timezone.localtime().replace(tzinfo=None)
        with found.opened() as paths:
            batches = list(ingest.read(paths, mapping, match_key=NO_KEY, as_at=now))
        bundle, rejects, counts = presenters.together(batches)
        context: dict[str, Any] = {
            "answer": presenters.arrival_sentence(counts),
            "counts": presenters.counts_rows(counts),
            "reasons": presenters.reasons(rejects, proposal),
            "reports": presenters.reports(bundle),
            "total": counts.reports,
        }
        return _page(request, "preview", found, steps=_steps(proposal, choices, found), **context)

    return _with_sample(request, draft, page)


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_http_methods(["GET", "POST"])
def source_readers(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Ask who may read the reports of a source whose agency is told things in confidence."""

    def page(found: samples.Draft, proposal: Proposal, choices: Choices) -> HttpResponse:
        agency = selectors.agency_of(found)
        if not readers_of.asked_of(agency):
            return _to("save", found)
        sent = actions.posted(request)
        form = source_readers_of.SourceReadersForm(
            sent, agency=agency, initial=source_readers_of.initial(selectors.readers_of(found))
        )
        if request.method == "POST" and form.is_valid():
            services.choose_readers(found, form.choice)
            return _to("save", found)
        return _page(request, "readers", found, steps=_steps(proposal, choices, found), form=form)

    return _with_sample(request, draft, page)


@shows("own")
@permissions.require(permissions.may_manage_sources)
@require_http_methods(["GET", "POST"])
def source_save(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """From when it is in force, and save."""

    def page(found: samples.Draft, proposal: Proposal, choices: Choices) -> HttpResponse:
        if unfinished := _unfinished(proposal, choices):
            return _to(unfinished, found)
        form = SaveForm(actions.posted(request), initial={"since": timezone.localdate()})
        if request.method == "POST" and form.is_valid():
            try:
                saved = services.save_source(who(request), found, proposal, choices, **form.cleaned_data)
            except NotPossibleError as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, f"Mapping saved. It is in force from {long_date(saved.since)}.")
                return HttpResponseRedirect(reverse("intake:source", args=[saved.name]))
        agency = selectors.agency_of(found)
        if readers_of.asked_of(agency) and selectors.readers_of(found) is None:
            return _to("readers", found)
        used = sum(m not in {"not_used", "left_out"} for m, _ in choices.columns.values())
        context: dict[str, Any] = {
            "used": used,
            "total": len(choices.columns),
            "agency": selectors.agency_name(found),
            "readers": source_readers_of.who(selectors.readers_of(found), agency)
            if readers_of.asked_of(agency)
            else "",
        }
        return _page(request, "save", found, steps=_steps(proposal, choices, found), form=form, **context)

    return _with_sample(request, draft, page)


@shows()
@permissions.require(permissions.may_manage_sources)
@require_POST
def source_discard(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """End the journey; the sample goes at once."""
    services.discard(who(request), _draft(request, draft))
    messages.success(request, "Nothing was saved, and the sample is removed.")
    return HttpResponseRedirect(reverse("intake:sources"))


def _draft(request: HttpRequest, key: uuid.UUID) -> samples.Draft:
    try:
        return samples.resume(request.user, key)
    except samples.NoDraftError:
        raise Http404 from None


def _with_sample(
    request: HttpRequest,
    key: uuid.UUID,
    page: Callable[[samples.Draft, Proposal, Choices], HttpResponse],
) -> HttpResponse:
    """A page about the sample: without one, the page that asks for it."""
    found = _draft(request, key)
    if not found.files:
        return _to("sample", found)
    try:
        proposal = selectors.proposal_of(found)
        return page(found, proposal, selectors.choices_for(found, proposal))
    except RecordsError as error:
        form = SampleForm()
        form.full_clean()
        form.add_error(None, str(error))
        return _page(request, "sample", found, form=form, back=reverse("intake:sources"))


def _next(step: str, draft: samples.Draft, proposal: Proposal, choices: Choices) -> HttpResponse:
    """Keep what was decided, and go on: to the first page that has something to decide."""
    draft.data["choices"] = choices.as_data()
    draft.save()
    ahead = STEPS[STEPS.index(step) + 1 :]
    return _to(next(s for s in _steps(proposal, choices, draft) if s in ahead), draft)


def _steps(proposal: Proposal, choices: Choices, draft: samples.Draft) -> tuple[str, ...]:
    """The pages of a journey: without those on which this sample leaves nothing to decide."""
    nothing = set()
    if not readers_of.asked_of(selectors.agency_of(draft)):
        nothing.add("readers")
    if not (open_questions(proposal, choices) or proposal.nulls):
        nothing.add("questions")
    if not code_tables(proposal, choices):
        nothing.add("codes")
    return tuple(s for s in STEPS if s not in nothing)


def _unfinished(proposal: Proposal, choices: Choices) -> str:
    """The page on which something is still to be decided; "" where nothing is."""
    left = problems(proposal, choices)
    if not left:
        return ""
    return "questions" if all(p.startswith("Answer") for p in left) else "columns"


def _to(step: str, draft: samples.Draft) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"intake:source_{step}", args=[draft.key]))


def _page(
    request: HttpRequest,
    step: str,
    draft: samples.Draft | None,
    *,
    steps: tuple[str, ...] = (),
    back: str = "",
    **context: Any,
) -> HttpResponse:
    """One page of the journey. ``steps``: its pages, once a sample tells which they are."""
    # A page that somebody came to by its address has its place even where it has nothing to ask.
    before = [s for s in steps if STEPS.index(s) < STEPS.index(step)]
    if not back and draft is not None:
        back = reverse(f"intake:source_{before[-1]}", args=[draft.key])
    changing = bool(draft and draft.data.get("base"))
    status = 422 if context.get("form") is not None and context["form"].errors else 200
    return render(
        request,
        f"intake/sources/{step}.html",
        {
            "draft": draft,
            # Whose system it is is asked only of a new source.
            "step": (len(before) if steps else STEPS.index(step)) + (0 if changing else 1),
            "steps": len(steps) - (1 if changing and steps else 0),
            "back": back,
            "title_of": draft.data["title"] if draft else "",
            "changing": changing,
            **context,
        },
        status=status if request.method == "POST" else 200,
    )


# Words that came later --------------------------------------------------------------


@shows("rejects")
@permissions.require(permissions.may_manage_sources)
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Words of a delivery that its mapping did not know: what they stand for, from today on."""
    delivery = get_object_or_404(Delivery.objects.select_related("agency"), key=key)
    found = _source(versions.source_name(delivery.mapping))
    unknown = selectors.unknown_words(delivery)
    kind = delivery.agency.kind if delivery.agency else ""
    form = UnknownWordsForm(actions.posted(request), words=unknown, kind=kind)
    there = reverse("intake:delivery", args=[delivery.key])
    if request.method == "POST" and form.is_valid():
        chosen = [
            Word(group.column, group.field, line.word, code)
            for group in form.groups
            for line in group.lines
            if (code := form.decided(line.name)) is not None
        ]
        try:
            saved = services.map_words(who(request), found.name, chosen)
        except NotPossibleError as problem:
            form.add_error(None, str(problem))
        else:
            told = f"{plural(len(chosen), 'word')} mapped, from {long_date(saved.since)} on."
            messages.success(request, f"{told} Send the files again to read them with the new version.")
            return HttpResponseRedirect(there)
    context = {"delivery": delivery, "source": found, "form": form, "back": there}
    return render(request, "intake/sources/words.html", context, status=422 if form.errors else 200)
