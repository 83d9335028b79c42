"""The demonstration holds nothing that its people could not have made on a page, in their place and time.

How it is told is read from its code: every service that it calls is one that a page calls, and whoever it is
told as may open that page. What it left behind is read from the database: each row and each ended task is of
somebody whose agency worked on the case then, on a side that they write on, and the trail has them.

Its users, its agencies and the import of its files are those of commands and of the worker, as in any hub.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import sys
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from lamplighter.hub import demo
from lamplighter.hub.access.models import CaseRow
from lamplighter.hub.access.wall import identity
from lamplighter.hub.accounts.models import Role, User
from lamplighter.hub.arrivals import selectors as arrivals
from lamplighter.hub.audit.models import Event
from lamplighter.hub.cases.models import Case, Entry, Participation, RejectionAnswer, Status
from lamplighter.hub.cases.permissions import may_decide_cases, may_refer_pattern
from lamplighter.hub.clocks import selectors as clock_selectors
from lamplighter.hub.clocks.models import Clock
from lamplighter.hub.demo import cases as telling
from lamplighter.hub.demo import story as tales
from lamplighter.hub.demo import world as hub
from lamplighter.hub.enquiries import appearing
from lamplighter.hub.evidence import incidents as evidence
from lamplighter.hub.my_work import policies
from lamplighter.hub.orders.apps import OrdersConfig
from lamplighter.hub.papers.models import Paper
from lamplighter.hub.rights import services as requests
from lamplighter.hub.rights import tasks as jobs
from lamplighter.hub.risk import selectors as risk
from tests.browser.shows import world as exports
from tests.integration.access.test_policy_table import is_reader
from tests.integration.cases.telling import browser
from tests.integration.patterns import story
from tests.integration.wall import walking

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("demonstration")]
STORIES = ["cases", *sorted(f"story.{m.name}" for m in pkgutil.iter_modules(tales.__path__))]
# What the stories call that writes nothing, and what the worker does for them.
BESIDE = {
    "access.wall.identity.as_person": "who is asking",
    "access.wall.identity.as_service": "the worker",
    "access.moment.at": "when it is told of",
    "perpetrator_side.library.programme": "reads",
    "perpetrator_side.selectors.formulation": "reads",
    "rights.subject_access.collection.collect": "the worker",
    # The index knows the hub's name, and the suspect's token from the file that a coordinator sends it.
    "elsewhere.rules.hub_name": "the index",
    "elsewhere.tokens.token_of": "the index",
    "people.selectors.records_of": "reads",
}
told: dict[str, set[User]] = defaultdict(set)


@pytest.fixture(scope="module", autouse=True)
def _the_demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A small world with the placed story, and its cases told, in a transaction that is undone."""
    with django_db_blocker.unblock():
        try:
            exports.given_the_world()
            with pytest.MonkeyPatch.context() as patch, override_settings(DEMONSTRATION=True):
                watch(patch)
                with transaction.atomic():
                    hub.make_users()
                    users = {u.username: u for u in User.objects.all()}
                    assert telling.tell_all(users, lambda words, share: None)
                    yield
                    transaction.set_rollback(True)
        finally:
            story.forget()


# How it is told ---------------------------------------------------------------------------------------------


def modules() -> list[ModuleType]:
    return [importlib.import_module(f"{demo.__name__}.{name}") for name in STORIES]


def name_of(function: Any) -> str:
    function = inspect.unwrap(function)
    return f"{function.__module__}.{function.__qualname__}".removeprefix("lamplighter.hub.")


def called(tree: ast.AST, names: dict[str, Any]) -> dict[str, tuple[Any, str, Callable[..., Any]]]:
    """Functions of the hub that code names, as ``module.function``: where each hangs, and itself."""
    found = {}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            continue
        place = names.get(node.value.id)
        function = getattr(place, node.attr, None) if isinstance(place, ModuleType) else None
        if isinstance(function, FunctionType) and function.__module__.startswith("lamplighter.hub."):
            found[name_of(function)] = (place, node.attr, function)
    return found


def of_the_stories() -> dict[str, tuple[Any, str, Callable[..., Any]]]:
    found: dict[str, tuple[Any, str, Callable[..., Any]]] = {}
    for module in modules():
        found |= called(ast.parse(inspect.getsource(module)), vars(module))
    return {name: where for name, where in found.items() if not name.startswith("demo.")}


def watch(patch: pytest.MonkeyPatch) -> None:
    """Note as whom the stories call each service."""

    def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            by = sys._getframe(1).f_globals.get("__name__", "")
            if by.startswith(f"{demo.__name__}.") and args and isinstance(args[0], User):
                told[name].add(args[0])
            return function(*args, **kwargs)

        return wrapper

    for name, (place, attribute, function) in of_the_stories().items():
        if name not in BESIDE:
            patch.setattr(place, attribute, noted(name, function))


def pages_that_call() -> dict[str, list[Callable[..., Any]]]:
    """The views that call each function of the hub, themselves or by a function of their own module."""
    found: dict[str, list[Callable[..., Any]]] = defaultdict(list)
    for page in walking.pages():
        view = page.pattern.callback
        todo, seen = [inspect.unwrap(view)], set()
        while todo:
            function = todo.pop()
            if function in seen or not isinstance(function, FunctionType):
                continue
            seen.add(function)
            tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
            for name in called(tree, function.__globals__):
                found[name].append(view)
            names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
            near = [function.__globals__.get(n) for n in names]
            todo += [f for f in near if isinstance(f, FunctionType) and f.__module__ == function.__module__]
    return found


def test_whatever_the_stories_call_a_page_calls_and_whoever_they_are_may_open_it() -> None:
    pages, stories = pages_that_call(), of_the_stories()
    asked = stories.keys() - BESIDE.keys()
    assert len(asked) > 40
    for name in sorted(asked):
        assert pages.get(name), f"No page calls {name}."
        as_whom = next(iter(inspect.signature(stories[name][2]).parameters), "") in {"user", "by", "actor"}
        assert bool(told[name]) == as_whom, f"{name}: {told[name]}"
        for user in told[name]:
            may = [p for p in pages[name] if getattr(p, "permission", lambda _: True)(user)]
            assert may, f"{user.username} may open no page that calls {name}."
    assert len(told) > 25


def test_the_stories_write_no_row_themselves() -> None:
    writes = {"create", "bulk_create", "update", "update_or_create", "get_or_create", "delete", "save"}
    for module in modules():
        tree = ast.parse(inspect.getsource(module))
        found = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} & writes
        assert found == set(), module.__name__


def test_what_the_worker_does_in_the_stories_it_does_in_a_hub() -> None:
    assert "rights.services.collect_waiting" in called(ast.parse(inspect.getsource(jobs)), vars(jobs))
    done = ast.parse(inspect.getsource(requests.collect_waiting))
    assert "rights.subject_access.collection.collect" in called(done, vars(requests))


# What it left behind ----------------------------------------------------------------------------------------


def rows() -> Iterator[CaseRow]:
    for model in apps.get_models():
        if issubclass(model, CaseRow):
            yield from model._base_manager.select_related("by__agency", "case", "owner").order_by("pk")


def on_the_case(agency: str | None, case: Case, at: Any) -> bool:
    found = Participation.objects.filter(case=case, agency=agency, at__lte=at)
    return any(p.ended_at is None or p.ended_at > at for p in found)


def side_of(row: Any) -> str:
    """The partition in which a row was written."""
    return getattr(row, "partition", "") or getattr(row, "from_partition", "") or type(row).wall


def test_each_row_is_of_somebody_who_could_write_it_there_and_then() -> None:
    seen: dict[str, int] = defaultdict(int)
    for row in rows():
        what = f"{row._meta.label} {row.pk}, at {row.at}"
        seen[row._meta.label] += 1
        assert row.case.opened_at <= row.at <= timezone.now(), what
        if row.by is None:
            continue
        everywhere = row.by.role == Role.COORDINATOR and side_of(row) == "shared"
        assert everywhere or on_the_case(row.by.agency_id, row.case, row.at), what
        if not isinstance(row, Clock):  # it belongs to whoever must act
            assert row.owner_id == row.by.agency_id, what
            assert is_reader(row.by.role, row.by.agency_id, side_of(row), row.owner_id), what
    assert len(seen) > 30, seen


def test_only_services_write_what_nobody_wrote() -> None:
    nobodys = {(r._meta.label, getattr(r, "kind", "")) for r in rows() if r.by is None}
    lines = {kind for label, kind in nobodys if label == "cases.Entry"}
    # Asked of the advocate, and answered, across the wall: by the service alone. And that there is an
    # advocate is told to all on the case by the service, and not by whoever entered it.
    told = {"glass_broken", "report", "intervention.safety_check", "victim.check", "victim.advocate"}
    # Lines of enquiry appear by themselves.
    told.add("enquiry")
    assert lines <= told
    assert {label for label, _ in nobodys} <= {
        "cases.Entry",
        "clocks.Clock",
        # The service brings an answer of the national index to the cases that it is about.
        "elsewhere.Known",
        "arrivals.CaseReport",
        "arrivals.Following",
        "enquiries.Call",
        "enquiries.Line",
        "orders.Breach",
        "rights.SubjectItem",
        "safeguarding.Check",
        "safeguarding.CheckNews",
    }


def test_each_stage_is_decided_by_somebody_who_decides() -> None:
    for status in Status.objects.exclude(name="referred").select_related("by"):
        # Of a rejection: whoever was named to read it completes what somebody who decides has proposed.
        read = RejectionAnswer.objects.filter(case=status.case_id, by=status.by, answer="agreed")
        decides = [status.by, *(answer.rejection.by for answer in read if status.name == "rejected")]
        assert any(may_decide_cases(person) for person in decides), status.pk
    for case in Case.objects.exclude(course_id=""):
        referred = Status.objects.filter(case=case).earliest("at", "pk")
        assert may_refer_pattern(referred.by), f"{referred.by} cannot refer from a pattern."


def test_each_task_that_ended_was_ended_by_somebody_who_could_and_its_side_reads_how() -> None:
    ended = Clock.objects.exclude(ended_at=None).select_related("ended_by", "owner", "assigned_to")
    assert len(ended) > 20
    for clock in ended:
        what = f"{clock.kind} of case {clock.case_id}"
        assert clock.starts_at <= clock.ended_at <= timezone.now(), what
        if clock.state == Clock.State.CANCELLED and clock.ended_by is None:
            assert clock.ended_why, what  # called off by a rule
            continue
        assert clock.ended_by, what
        # An assessment by anybody on the case answers what asks every agency for one.
        asked = clock.kind in risk.ANSWERED and clock.partition == "shared"
        # The outcome of a line of enquiry, and a step of an order, by anybody of its side ends what asked.
        asked = asked or clock.kind == appearing.SOON or clock.kind in OrdersConfig.ended_by_pages
        by = clock.ended_by.agency_id if asked else None
        on_it = Participation.objects.filter(case=clock.case, agency=by).exists()
        assert policies.may_end(clock.ended_by, clock) or on_it, what
        assert clock.ended_why, what
        done = Entry.objects.filter(of_key=clock.key, kind="task", partition=clock.partition)
        moved = clock.ended_why.startswith("The case is now")
        if clock.state == Clock.State.DONE and not clock_selectors.ends_on_a_page(clock) and not moved:
            assert done.filter(by=clock.ended_by, body=clock.ended_why).exists(), what


def test_the_pack_for_an_order_names_an_exhibit_at_each_act_and_at_each_incident() -> None:
    pack = Paper.objects.get(kind="spo")
    officer = User.objects.get(username="investigator")
    with identity.as_person(officer):
        incidents = {row.report_key for row in arrivals.reports(pack.case)}
        shown = evidence.beside(incidents)
    assert len(incidents) >= 4
    assert {*shown} == incidents
    body = browser(officer).get(f"/cases/{pack.case.key}/papers/{pack.key}", secure=True).content.decode()
    limbs = body.split("The test, limb by limb", 1)[1].split("Draft prohibitions", 1)[0]
    assert "E1" in limbs
    assert "None held" not in limbs
    assert "None linked" not in limbs


def test_the_trail_has_whoever_wrote_on_a_case() -> None:
    wrote = {(row.case_id, row.by_id) for row in rows() if row.by_id}
    in_the_trail = set(Event.objects.exclude(case_id=None).values_list("case_id", "actor"))
    assert wrote - in_the_trail == set()
    keys = " ".join(Event.objects.values_list("subject", flat=True))
    # What is made by one act of somebody's own is named by its key.
    for model in (
        "casework.Note",
        "victim_side.SupportEvent",
        "victim_side.ImpactEntry",
        "sharing.Disclosure",
    ):
        for row in apps.get_model(model)._base_manager.all():
            assert str(row.key) in keys, f"{model} {row.pk} is in no event."
